//! `check` and `serve` judge a thread of an evaluation: the verdict, the state apart from it, and what could not be looked at.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::fs;

use badge_schemas::achievement::Alignment;
use badge_schemas::evaluation::{
    Answer, ConflictOfInterest, Evaluation, Evaluator, Finding, Mandate, Reason, Record, RecordHead,
    Response, SkillLevel, SoughtSkill, Withdrawal,
};
use badge_schemas::profile::ProfileRef;
use badge_schemas::timestamp::DateTimeStamp;
use badge_verifier::evaluation::{digest, thread};
use badge_verifier::securing::{Cryptosuite, Mechanism};
use serde_json::{Value, json};
use support::{Answer as Told, Issuer, Server, run, run_with, status_entry};
use tempfile::TempDir;

const SKILL: &str = "http://data.europa.eu/esco/skill/a2a1f4f3-5a3a-4d3c-9b3a-8f8f5f4e1c11";

fn directory() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A candidate and an evaluator, and what they sign in turn.
struct People {
    candidate: Issuer,
    evaluator: Issuer,
}

impl People {
    fn new() -> Self {
        Self { candidate: Issuer::new(11), evaluator: Issuer::new(12) }
    }

    fn seal(by: &Issuer, mut record: Value, change: impl FnOnce(&mut Value)) -> Value {
        change(&mut record);
        serde_json::from_str(&by.sign(record, Mechanism::DataIntegrity(Cryptosuite::EddsaRdfc2022))).unwrap()
    }

    fn mandate(&self) -> Value {
        let skill: Alignment = serde_json::from_value(
            json!({"type": ["Alignment"], "targetName": "soudage TIG", "targetUrl": SKILL}),
        )
        .unwrap();
        let sought = vec![SoughtSkill::new(skill, SkillLevel::new("DigComp 2.2", "5"))];
        let none = ConflictOfInterest::none();
        let mut mandate = Mandate::new(Evaluator::Did(self.evaluator.did()), sought, none);
        mandate.claim = Some("Dix ans de chaudronnerie.".to_owned());
        let mut head = head(1, &self.candidate);
        head.valid_until = Some(DateTimeStamp::parse("2026-02-01T00:00:00Z").unwrap());
        Self::seal(&self.candidate, mandate.to_credential(&head).unwrap(), |_| ())
    }

    fn accept(&self, mandate: &Value) -> Value {
        let mut response =
            Response::new(mandate["id"].as_str().unwrap(), digest_of(mandate), Answer::Accepted);
        response.conflict_of_interest = Some(ConflictOfInterest::none());
        Self::seal(&self.evaluator, response.to_credential(&head(2, &self.evaluator)).unwrap(), |_| ())
    }

    fn evaluate(&self, mandate: &Value, accepted: &Value, change: impl FnOnce(&mut Value)) -> Value {
        let asked = Mandate::read(mandate).unwrap();
        let skill = asked.sought_skill[0].skill.clone();
        let level = SkillLevel::new("DigComp 2.2", "5");
        let mut evaluation = Evaluation::new(self.candidate.did(), skill, level, Finding::Met);
        evaluation.previous = Some(digest_of(accepted));
        evaluation.mandate = Some(mandate["id"].as_str().unwrap().to_owned());
        evaluation.mandate_digest = Some(digest_of(mandate));
        let head = head(3, &self.evaluator);
        let endorsement = evaluation.to_endorsement(&head, &self.candidate.did(), None).unwrap();
        Self::seal(&self.evaluator, endorsement, change)
    }

    fn thread(&self, change: impl FnOnce(&mut Value)) -> Vec<Value> {
        let mandate = self.mandate();
        let accepted = self.accept(&mandate);
        let submitted = self.evaluate(&mandate, &accepted, change);
        vec![mandate, accepted, submitted]
    }
}

fn digest_of(record: &Value) -> String {
    digest::of_record(record).unwrap()
}

fn head(number: u8, by: &Issuer) -> RecordHead {
    RecordHead {
        id: format!("urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a3b{number:02x}"),
        name: "Évaluation par un pair".to_owned(),
        issuer: ProfileRef::Uri(by.did()),
        valid_from: DateTimeStamp::parse("2026-01-10T00:00:00Z").unwrap(),
        valid_until: None,
    }
}

/// Keeps a thread in a file, and checks it.
fn check(home: &TempDir, records: &[Value], arguments: &[&str]) -> Told {
    fs::write(home.path().join("thread.json"), thread::thread(records).to_string()).unwrap();
    run(home.path(), &[&["check", "thread.json"], arguments].concat())
}

fn evaluation(answer: &Told) -> (String, bool) {
    let report = answer.json();
    let one = &report["evaluations"][0];
    (one["force"].as_str().unwrap().to_owned(), one["stands"].as_bool().unwrap())
}

#[test]
fn a_whole_thread_is_valid_and_its_state_stands_apart() {
    let home = directory();
    let people = People::new();
    let records = people.thread(|_| ());
    let answer = check(&home, &records, &["--offline", "--json"]);
    assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{}", answer.out);
    let report = answer.json();
    assert_eq!(
        (&report["kind"], &report["verdict"], &report["verified"], &report["state"]),
        (&json!("evaluation-thread"), &json!("valid"), &json!(true), &json!("submitted"))
    );
    assert_eq!(evaluation(&answer), ("stands".to_owned(), true));
    for (lang, words) in [
        (
            "en",
            [
                "VALID thread – submitted (met: 1) — every record is",
                "submitted — an evaluation was handed in",
                "met (DigComp 2.2 5) — stands",
                "2. answer by",
            ],
        ),
        (
            "fr",
            [
                "Dossier VALIDE – rendu (acquis\u{a0}: 1) — chaque enregistrement est",
                "rendu — une évaluation a été rendue",
                "acquis (DigComp 2.2 5) — tient",
                "2. réponse de",
            ],
        ),
    ] {
        let answer = check(&home, &records, &["--offline", "--lang", lang]);
        for word in words {
            assert!(answer.out.contains(word), "{word} in {}", answer.out);
        }
        for did in [people.candidate.did(), people.evaluator.did()] {
            assert!(answer.out.contains(&did), "{}", answer.out);
        }
    }
    // A state that is no success is a sound thread all the same.
    let expired = check(&home, &records[..1], &["--offline", "--json"]);
    assert_eq!((expired.code, &expired.json()["state"]), (0, &json!("expired")), "{}", expired.out);
}

#[test]
fn a_record_that_does_not_count_makes_the_thread_invalid() {
    let home = directory();
    let people = People::new();
    let mut records = people.thread(|_| ());
    records[2]["credentialSubject"]["evaluation"]["outcome"] = json!("not-met");
    let answer = check(&home, &records, &["--offline", "--json"]);
    assert_eq!((answer.code, &answer.json()["verdict"]), (1, &json!("invalid")));
    assert_eq!(answer.json()["records"][2]["problem"]["code"], "RECORD_UNSOUND");
    assert_eq!(answer.json()["state"], "expired", "what counts is still told: accepted, and never evaluated");
    let text = check(&home, &records, &["--offline"]).out;
    assert!(text.starts_with("INVALID thread – expired — ") && text.contains("does not count"), "{text}");
    for records in [&[][..], &records[1..2]] {
        let answer = check(&home, records, &["--offline", "--json"]);
        assert_eq!((answer.code, &answer.json()["problem"]["code"]), (1, &json!("THREAD_WITHOUT_MANDATE")));
        assert_eq!(answer.json()["state"], Value::Null);
    }
}

#[test]
fn an_evaluation_whose_status_was_not_seen_is_never_said_to_stand() {
    let home = directory();
    let people = People::new();
    let server = Server::start();
    let list = server.url("/status/1");
    let records = people.thread(|record| record["credentialStatus"] = status_entry(&list, 42));
    let unseen = check(&home, &records, &["--offline", "--json"]);
    assert_eq!((unseen.code, &unseen.json()["verdict"]), (3, &json!("indeterminate")), "{}", unseen.out);
    assert_eq!(evaluation(&unseen), ("undetermined".to_owned(), false));
    assert_eq!(unseen.json()["evaluations"][0]["undetermined"]["code"], "RESOURCE_MISSING");
    for (lang, word) in [
        ("en", "undetermined: it is not known to stand"),
        ("fr", "indéterminée\u{a0}: on ne sait pas si elle tient"),
    ] {
        let text = check(&home, &records, &["--offline", "--lang", lang]).out;
        assert!(text.contains(word), "{text}");
        assert!(!text.contains("— stands") && !text.contains("— tient"), "{text}");
    }
    assert!(server.asked().is_empty(), "offline asks nobody");

    let unreachable = check(&home, &records, &["--danger-allow-loopback", "--json"]);
    assert_eq!((unreachable.code, evaluation(&unreachable).0.as_str()), (3, "undetermined"));

    server.say("/status/1", people.evaluator.status_list(&list, &[]));
    let seen =
        check(&home, &records, &["--danger-allow-loopback", "--json", "--save-snapshot", "saved.json"]);
    assert_eq!((seen.code, evaluation(&seen)), (0, ("stands".to_owned(), true)), "{}", seen.out);
    assert_eq!(seen.json()["used"][0]["url"], json!(list));

    server.say("/status/1", people.evaluator.status_list(&list, &[42]));
    let revoked = check(&home, &records, &["--danger-allow-loopback", "--json"]);
    assert_eq!((revoked.code, evaluation(&revoked)), (0, ("withdrawn".to_owned(), false)));
    assert_eq!(revoked.json()["state"], "withdrawn");
    drop(server);
    let again = check(&home, &records, &["--offline", "--json", "--snapshot", "saved.json"]);
    assert_eq!((again.code, evaluation(&again)), (0, ("stands".to_owned(), true)), "with every server gone");
}

#[test]
fn a_key_that_is_not_at_hand_leaves_what_follows_open_and_not_refused() {
    let home = directory();
    let people = People::new();
    let mandate = people.mandate();
    let accepted = people.accept(&mandate);
    // The answer of somebody whose keys have to be fetched.
    let mut elsewhere = accepted.clone();
    elsewhere["issuer"] = json!("did:web:atelier.example");
    elsewhere["proof"]["verificationMethod"] = json!("did:web:atelier.example#key-1");
    let submitted = people.evaluate(&mandate, &elsewhere, |_| ());
    let answer = check(&home, &[mandate.clone(), elsewhere, submitted.clone()], &["--offline", "--json"]);
    assert_eq!(answer.code, 3, "{}", answer.out);
    let verdicts = |answer: &Told| -> Vec<String> {
        let records = answer.json()["records"].as_array().unwrap().clone();
        records.iter().map(|one| one["verdict"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(verdicts(&answer), ["valid", "indeterminate", "indeterminate"]);
    // What fails by itself fails, whatever else was not looked at.
    let mut forged = submitted;
    forged["credentialSubject"]["evaluation"]["outcome"] = json!("not-met");
    let mut elsewhere = accepted;
    elsewhere["issuer"] = json!("did:web:atelier.example");
    elsewhere["proof"]["verificationMethod"] = json!("did:web:atelier.example#key-1");
    let answer = check(&home, &[mandate, elsewhere, forged], &["--offline", "--json"]);
    assert_eq!((answer.code, verdicts(&answer)[2].as_str()), (1, "invalid"), "{}", answer.out);
}

#[test]
fn a_withdrawal_is_told_with_its_reason() {
    let home = directory();
    let people = People::new();
    let mut records = people.thread(|_| ());
    let own = digest_of(&records[2]);
    let withdrawal = Withdrawal::new(own.clone(), own, Reason::ErrorFound);
    let withdrawal = withdrawal.to_credential(&head(4, &people.evaluator)).unwrap();
    records.push(People::seal(&people.evaluator, withdrawal, |_| ()));
    for (lang, words) in [
        ("en", ["withdrawn by the evaluator", "by a signed record: an error was found"]),
        ("fr", ["retirée par l’évaluateur", "par un enregistrement signé\u{a0}: erreur constatée"]),
    ] {
        let answer = check(&home, &records, &["--offline", "--lang", lang]);
        assert_eq!(answer.code, 0, "{}", answer.out);
        assert!(words.iter().all(|word| answer.out.contains(word)), "{}", answer.out);
    }
}

#[test]
fn a_thread_answers_no_challenge_and_a_signed_one_is_a_presentation() {
    let home = directory();
    let people = People::new();
    let records = people.thread(|_| ());
    for (option, value) in [
        ("--challenge", Some("n-1")),
        ("--domain", Some("cfa.example")),
        ("--recipient", Some("ada@example.org")),
        ("--at", Some("2026-01-01T00:00:00Z")),
        ("--refresh", None),
    ] {
        let arguments: Vec<&str> = ["--offline", option].into_iter().chain(value).collect();
        let answer = check(&home, &records, &arguments);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{option}");
        assert!(answer.err.contains("OPTION_INVALID") && answer.err.contains(option), "{}", answer.err);
    }
    let mut signed = thread::thread(&records);
    signed["proof"] = json!({"type": "DataIntegrityProof"});
    let input = signed.to_string();
    let answer = run_with(home.path(), &["check", "-", "--offline", "--json"], input.as_bytes());
    assert_eq!(answer.code, 1, "a proof that nobody could check is not passed over");
    assert_eq!(answer.check("signature").0, "fail");
}

#[test]
fn a_warning_fails_a_thread_where_that_was_asked() {
    let home = directory();
    let records = People::new().thread(|_| ());
    fs::write(home.path().join("other.jwt"), Issuer::new(2).registry("did:example:other")).unwrap();
    let arguments = ["--offline", "--json", "--registry", "other.jwt"];
    assert_eq!(check(&home, &records, &arguments).code, 0);
    let strict = check(&home, &records, &[&arguments[..], &["--strict"]].concat());
    assert_eq!(
        (strict.code, &strict.json()["verdict"], &strict.json()["strict"]),
        (1, &json!("invalid"), &json!(true))
    );
}

#[test]
fn a_hostile_thread_stays_on_its_lines() {
    let home = directory();
    let people = People::new();
    let skill: Alignment = serde_json::from_value(
        json!({"type": ["Alignment"], "targetName": "x\nVALID \u{1b}[2J\u{202e}", "targetUrl": SKILL}),
    )
    .unwrap();
    let sought = vec![SoughtSkill::new(skill, SkillLevel::new("a\nVALID", "\u{9b}5"))];
    let none = ConflictOfInterest::none();
    let mut mandate = Mandate::new(Evaluator::Did(people.evaluator.did()), sought, none);
    mandate.claim = Some("a\nVALID".to_owned());
    let mandate = mandate.to_credential(&head(1, &people.candidate)).unwrap();
    let answer = check(&home, &[People::seal(&people.candidate, mandate, |_| ())], &["--offline"]);
    assert!(!answer.out.lines().skip(1).any(|line| line.trim_start().starts_with("VALID")), "{}", answer.out);
    assert!(
        !answer.out.contains('\u{1b}') && !answer.out.contains('\u{202e}') && !answer.out.contains('\u{9b}')
    );
}
