//! Peer evaluation with the real program: candidate, evaluators and others, each with a wallet of their own.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use crate::support::{Issuer, Said, Wallet};
use badge_verifier::evaluation::digest;
use badge_verifier::evaluation::thread::{Evaluated, State, ThreadReport, judge};
use badge_verifier::{Snapshot, TrustPolicy};
use jiff::Timestamp;
use serde_json::{Value, json};

const ESCO: &str = "http://data.europa.eu/esco/skill/b11f499a-5f6c-4e06-a4b0-3bf3b4d6a3a5";

/// A candidate, an evaluator, and a folder between them.
pub(crate) struct Case {
    pub(crate) zoé: Wallet,
    pub(crate) zoé_did: String,
    pub(crate) ève: Wallet,
    pub(crate) ève_did: String,
}

impl Case {
    pub(crate) fn new() -> Self {
        let ((zoé, zoé_did), (ève, ève_did)) = (Wallet::open(), Wallet::open());
        Self { zoé, zoé_did, ève, ève_did }
    }

    pub(crate) fn thread(&self) -> String {
        self.zoé.beside("dossier d’évaluation.json").to_str().unwrap().to_owned()
    }

    /// Asks for two skills, with one piece of evidence.
    pub(crate) fn ask(&self, more: &[&str]) -> String {
        let evidence = self.zoé.file("schéma réseau.txt", "un réseau");
        let thread = self.thread();
        let second = format!("{ESCO} Dépanner un réseau@DigComp:5");
        let mut args = vec!["evaluate", "request", "--skill", "digcomp:1.1@5", "--skill", &second];
        args.extend(["--claim", "Dix ans, sans diplôme.", "--name", "Zoé Lefèvre", "--evidence", &evidence]);
        args.extend(["--tie", "none", "-o", &thread]);
        args.extend(more);
        if !more.contains(&"--evaluator-email") {
            args.extend(["--evaluator", &self.ève_did]);
        }
        self.zoé.ok(&args);
        thread
    }

    /// Asks again, in another file.
    pub(crate) fn ask_anew(&self) -> String {
        std::fs::remove_file(self.thread()).unwrap();
        self.ask(&[])
    }

    pub(crate) fn accepted(&self) -> String {
        let thread = self.ask(&[]);
        self.ève.ok(&["evaluate", "accept", &thread, "--tie", "none", "--name", "Ève Müller"]);
        thread
    }

    pub(crate) fn met(&self) -> String {
        let thread = self.accepted();
        self.ève.ok(&["evaluate", &thread, "--outcome", "met", "--comment", "Très sûre d’elle.", "--yes"]);
        thread
    }
}

pub(crate) fn judged(thread: &str) -> ThreadReport {
    let bytes = std::fs::read(thread).unwrap();
    judge(&bytes, &TrustPolicy::default(), Timestamp::now(), &Snapshot::default())
}

pub(crate) fn records(thread: &str) -> Vec<Value> {
    let thread: Value = serde_json::from_slice(&std::fs::read(thread).unwrap()).unwrap();
    thread["verifiableCredential"].as_array().unwrap().clone()
}

/// Runs it, expects a refusal with this code, and that the thread is as it was.
pub(crate) fn refused(wallet: &Wallet, thread: &str, args: &[&str], code: &str) -> Said {
    let before = std::fs::read(thread).unwrap();
    let said = wallet.run(args);
    assert!(said.code == 2 && said.err.contains(code), "{args:?}: {} {}{}", said.code, said.out, said.err);
    assert_eq!(std::fs::read(thread).unwrap(), before, "{args:?}");
    said
}

#[test]
fn a_candidate_without_a_diploma_is_evaluated_and_every_record_verifies() {
    let case = Case::new();
    let thread = case.met();
    let report = judged(&thread);
    assert_eq!((report.state, report.evaluations.len()), (Some(State::Submitted), 2));
    assert!(report.problems().next().is_none() && report.evaluations.iter().all(Evaluated::stands));
    let records = records(&thread);
    assert_eq!(records[0]["issuer"]["name"], "Zoé Lefèvre");
    assert_eq!(records[2]["issuer"]["name"], "Ève Müller", "as she named herself when she accepted");
    assert_eq!(records[2]["type"], json!(["VerifiableCredential", "EndorsementCredential"]));
    assert_eq!(records[2]["credentialSubject"]["id"], json!(case.zoé_did));
    assert_eq!(records[2]["credentialSubject"]["endorsementComment"], "Très sûre d’elle.");
    for (lang, words) in
        [("en", ["submitted", "took", "What can be done next"]), ("fr", ["rendu", "", "Ce qui peut"])]
    {
        let said = case.zoé.ok(&["evaluate", "status", &thread, "--lang", lang]);
        assert!(said.contains(words[0]) && said.contains(words[2]), "{said}");
        assert!(said.contains("Naviguer") || said.contains("Browsing"), "{said}");
    }
    let status: Value =
        serde_json::from_str(&case.zoé.ok(&["evaluate", "status", &thread, "--json"])).unwrap();
    assert_eq!((&status["state"], &status["role"]), (&json!("submitted"), &json!("candidate")));
    assert_eq!(status["open"][0]["move"], "appeal");
}

#[test]
fn an_evaluator_says_no_with_a_reason_and_in_her_language() {
    for (verb, reason, state) in
        [("recuse", None, State::Recused), ("decline", Some("outside-expertise"), State::Declined)]
    {
        let case = Case::new();
        let thread = case.ask(&[]);
        let mut args = vec!["evaluate", verb, &thread, "--statement", "Je l’ai formée en 2019."];
        if reason.is_none() {
            refused(&case.ève, &thread, &args, "TIES_UNSAID");
            args.extend(["--tie", "teaching"]);
        }
        if let Some(reason) = reason {
            let said = refused(&case.ève, &thread, &args, "REASON_MISSING");
            assert!(
                said.err.contains("--reason with one of conflict-of-interest, outside-expertise, no-time")
            );
            args.extend(["--reason", reason]);
        }
        let ève = case.ève.in_french();
        let said = ève.run(&args);
        assert!(said.code == 0 && said.err.contains("État\u{a0}: "), "{}", said.err);
        assert_eq!(judged(&thread).state, Some(state));
        let status = case.zoé.ok(&["evaluate", "status", &thread]);
        assert!(status.contains("ask somebody else") && status.contains("— by the candidate"), "{status}");
        let later = ève.run(&["evaluate", &thread, "--outcome", "met", "--yes"]);
        assert!(
            later.code == 2 && later.err.contains("MOVE_NOT_NOW") && later.err.contains("Le dossier est"),
            "{}",
            later.err
        );
    }
}

#[test]
fn findings_short_of_met_say_why_and_how_far() {
    let case = Case::new();
    let thread = case.accepted();
    let partly = ["evaluate", &thread, "--skill", "1.1", "--outcome", "partially-met", "--yes"];
    let with = |more: &[&'static str]| [partly.as_slice(), more].concat();
    refused(&case.ève, &thread, &with(&["--reached", "4"]), "REASON_MISSING");
    let reason = ["--reason", "evidence-insufficient"];
    refused(&case.ève, &thread, &with(&["--reached", "5", reason[0], reason[1]]), "FINDINGS_UNFIT");
    refused(&case.ève, &thread, &with(&["--reached", "8", reason[0], reason[1]]), "FINDINGS_UNFIT");
    let said = refused(&case.ève, &thread, &with(&["--reason", "other"]), "REASON_UNSAID");
    assert!(said.err.contains("--statement"), "{}", said.err);
    refused(&case.ève, &thread, &with(&["--reason", "bias"]), "REASON_UNFIT");
    case.ève.ok(&with(&["--reached", "4", reason[0], reason[1]]));
    let evaluation = &records(&thread)[2]["credentialSubject"]["evaluation"];
    assert_eq!(
        (&evaluation["outcome"], &evaluation["reachedLevel"]["code"]),
        (&json!("partially-met"), &json!("4"))
    );
    assert_eq!(evaluation["reachedLevel"]["name"], "Intermediate");

    let unknown = case.ève.file("autre.json", r#"{"skills": [], "verdict": "oui"}"#);
    refused(&case.ève, &thread, &["evaluate", &thread, "--answers", &unknown, "--yes"], "OPTION_INVALID");
    // The other one, from a file of answers, as an abstention.
    let answers =
        json!({"skills": [{"skill": "depanner", "outcome": "abstained", "reason": "outside-expertise"}]});
    let file = case.ève.file("réponses.json", answers.to_string());
    case.ève.ok(&["evaluate", &thread, "--answers", &file, "--yes"]);
    let report = judged(&thread);
    let found: Vec<_> = report.evaluations.iter().map(|one| one.evaluation.finding.as_str()).collect();
    assert_eq!(found, ["partially-met", "abstained"]);
    let said = refused(&case.ève, &thread, &with(&[reason[0], reason[1]]), "EVALUATED_ALREADY");
    assert!(said.err.contains("take that evaluation back first"), "{}", said.err);
}

#[test]
fn nobody_else_answers_or_evaluates_and_nobody_for_themselves() {
    let case = Case::new();
    let (stranger, _) = Wallet::open();
    let thread = case.ask(&[]);
    refused(&stranger, &thread, &["evaluate", "accept", &thread], "MOVE_NOT_YOURS");
    refused(&case.zoé, &thread, &["evaluate", "accept", &thread], "SELF_EVALUATION");
    refused(&case.ève, &thread, &["evaluate", &thread, "--outcome", "met", "--yes"], "MOVE_NOT_NOW");
    case.ève.ok(&["evaluate", "accept", &thread, "--tie", "none"]);
    refused(&stranger, &thread, &["evaluate", &thread, "--outcome", "met", "--yes"], "MOVE_NOT_YOURS");
    refused(&case.ève, &thread, &["evaluate", "accept", &thread], "MOVE_NOT_NOW");
    let out = case.zoé.beside("à soi-même.json");
    let own =
        ["evaluate", "request", "--evaluator", &case.zoé_did, "--skill", "digcomp:1.1@5", "--claim", "Moi."];
    let said = case.zoé.run(&[own.as_slice(), &["-o", out.to_str().unwrap()]].concat());
    assert!(
        said.code == 2
            && said.err.contains("SELF_EVALUATION")
            && said.err.contains("Name somebody else with --evaluator")
            && !out.exists(),
        "{}",
        said.err
    );
}

#[test]
fn a_request_to_an_address_is_bound_by_whoever_knows_it() {
    let case = Case::new();
    let thread = case.ask(&["--evaluator-email", "Ève.Müller@école.example"]);
    assert!(!std::fs::read_to_string(&thread).unwrap().to_lowercase().contains("müller"));
    let said = refused(&case.ève, &thread, &["evaluate", "accept", &thread], "EMAIL_NEEDED");
    assert!(said.err.contains("--email ADDRESS"), "{}", said.err);
    let status = case.ève.ok(&["evaluate", "status", &thread, "--lang", "fr"]);
    assert!(status.contains("json' --email ADRESSE --tie LIEN --organisation URI --lang fr ("), "{status}");
    refused(
        &case.ève,
        &thread,
        &["evaluate", "accept", &thread, "--email", "autre@école.example"],
        "EMAIL_NOT_ASKED",
    );
    case.ève.ok(&["evaluate", "accept", &thread, "--tie", "none", "--email", "ève.müller@école.example"]);
    assert_eq!(judged(&thread).evaluator, Some(case.ève_did));
}

#[test]
fn evidence_is_checked_before_it_is_named_as_seen() {
    let case = Case::new();
    let thread = case.accepted();
    let (folder, empty) = (case.ève.beside("preuves"), case.ève.beside("vide"));
    std::fs::create_dir(&folder).unwrap();
    std::fs::create_dir(&empty).unwrap();
    let args = |folder: &std::path::Path| {
        [
            "evaluate",
            &thread,
            "--skill",
            "1.1",
            "--outcome",
            "met",
            "--yes",
            "--evidence-dir",
            folder.to_str().unwrap(),
        ]
        .map(str::to_owned)
    };
    let run = |folder: &std::path::Path| args(folder);
    std::fs::write(folder.join("schéma réseau.txt"), "un autre réseau").unwrap();
    let without = case.ève.beside("sans.json");
    let unseen = ["evaluate", &thread, "--outcome", "met", "--yes", "-o", without.to_str().unwrap()];
    let said = case.ève.run(&[unseen.as_slice(), &["--lang", "fr"]].concat());
    assert!(said.code == 0 && said.err.contains("Aucune preuve regardée"), "{}", said.err);
    let wrong = run(&folder);
    refused(&case.ève, &thread, &wrong.each_ref().map(String::as_str), "EVIDENCE_CHANGED");
    std::fs::write(folder.join("schéma réseau.txt"), "un réseau").unwrap();
    let said = case.ève.run(&run(&folder).each_ref().map(String::as_str));
    assert!(said.code == 0 && said.err.contains("schéma réseau.txt"), "{}", said.err);
    assert!(!said.err.contains("No evidence was looked at"), "{}", said.err);
    let seen = &records(&thread)[2]["credentialSubject"]["evaluation"]["seenEvidence"];
    assert_eq!(
        (&seen[0]["name"], &seen[0]["mediaType"]),
        (&json!("schéma réseau.txt"), &json!("text/plain"))
    );
    let mut other = run(&empty).map(String::from);
    "réseau".clone_into(&mut other[3]);
    let said = case.ève.run(&other.each_ref().map(String::as_str));
    assert!(said.code == 0 && said.err.contains("not be named as seen"), "{}", said.err);
    assert_eq!(records(&thread)[3]["credentialSubject"]["evaluation"].get("seenEvidence"), None);
}

#[test]
fn thirty_three_skills_are_refused_and_a_year_and_more_too() {
    let case = Case::new();
    let out = case.zoé.beside("trop.json");
    let skills: Vec<String> =
        (0..33).map(|n| format!("urn:compétence:{n} Compétence n° {n}@EQF:5")).collect();
    let base = [
        "evaluate",
        "request",
        "--evaluator",
        &case.ève_did,
        "--claim",
        "Tout.",
        "--tie",
        "none",
        "-o",
        out.to_str().unwrap(),
    ];
    let nothing = ["evaluate", "request", "--evaluator", &case.ève_did, "--skill", "digcomp:1.1@5", "-o"];
    let said = case.zoé.run(&[nothing.as_slice(), &[out.to_str().unwrap()]].concat());
    assert!(said.code == 2 && said.err.contains("add --claim, --badge or --template"), "{}", said.err);
    let many: Vec<&str> = skills.iter().flat_map(|skill| ["--skill", skill.as_str()]).collect();
    let said = case.zoé.run(&[base.as_slice(), &many].concat());
    assert!(said.code == 2 && said.err.contains("EVALUATION_TOO_LARGE"), "{}", said.err);
    case.zoé.ok(&[base.as_slice(), &many[2..]].concat());
    std::fs::remove_file(&out).unwrap();
    for (option, value) in [
        ("--valid", "367d"),
        ("--tie", "amour"),
        ("--tie", "family"),
        ("--skill", "digcomp:9.9@5"),
        ("--skill", "x@EQF:9"),
    ] {
        let said = case.zoé.run(&[base.as_slice(), &many[..2], &[option, value]].concat());
        assert!(said.code == 2 && !out.exists(), "{option} {value}: {}", said.err);
    }
}

#[test]
fn a_request_whose_time_is_over_is_not_answered() {
    let (ève, did) = Wallet::open();
    let candidate = Issuer::new(7);
    let draft = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            "https://w3id.org/skills-badge/evaluation/v1"],
        "id": "urn:uuid:7d0f9d5e-1d5b-4f0e-9c1b-2a7c3c1a9b77",
        "type": ["VerifiableCredential", "EvaluationMandateCredential"],
        "name": "Demande d’évaluation",
        "issuer": candidate.did(),
        "validFrom": "2020-01-01T00:00:00Z",
        "validUntil": "2020-02-01T00:00:00Z",
        "credentialSubject": {
            "type": ["EvaluationMandate"], "evaluator": did, "claim": "Il y a longtemps.",
            "soughtSkill": [{"type": ["SoughtSkill"],
                "skill": {"type": ["Alignment"], "targetName": "Réseau", "targetUrl": "urn:s:1"},
                "targetLevel": {"type": ["SkillLevel"], "framework": "EQF", "code": "5"}}],
            "conflictOfInterest": {"type": ["ConflictOfInterest"], "relation": ["none"]},
        },
    });
    let mandate: Value = serde_json::from_str(&candidate.json(draft)).unwrap();
    let thread = badge_verifier::evaluation::thread::thread(std::slice::from_ref(&mandate));
    let thread = ève.file("vieux.json", thread.to_string());
    refused(&ève, &thread, &["evaluate", "accept", &thread], "MANDATE_EXPIRED");
    let status: Value = serde_json::from_str(&ève.ok(&["evaluate", "status", &thread, "--json"])).unwrap();
    assert_eq!((&status["state"], &status["open"][0]["move"]), (&json!("expired"), &json!("request")));
    // Changed afterwards, it is nobody's request.
    let forged = std::fs::read_to_string(&thread).unwrap().replace("2020-02-01", "2099-02-01");
    std::fs::write(&thread, forged).unwrap();
    refused(&ève, &thread, &["evaluate", "accept", &thread], "MANDATE_NOT_AUTHENTIC");
    assert_eq!(ève.run(&["evaluate", "status", &thread]).code, 1);
}

#[test]
fn an_evaluation_is_of_one_version_of_a_badge() {
    let case = Case::new();
    let issuer = Issuer::new(1);
    let badge = issuer.draft(&case.zoé_did);
    let id = case.zoé.add("badge.json", issuer.json(badge.clone()));
    let thread = case.thread();
    let esco =
        "http://data.europa.eu/esco/skill/1f1d2ff8-c4c1-45a2-9812-6a7ea84b7f0b Épanneler un bloc@EQF:4";
    let request =
        ["evaluate", "request", "--evaluator", &case.ève_did, "--badge", &id, "--tie", "none", "-o", &thread];
    let elsewhere = case.zoé.run(&[request.as_slice(), &["--skill", "digcomp:1.1@5"]].concat());
    assert!(elsewhere.code == 2 && elsewhere.err.contains("BADGE_WITHOUT_SKILL"), "{}", elsewhere.err);
    case.zoé.ok(&[request.as_slice(), &["--skill", esco]].concat());
    case.ève.ok(&["evaluate", "accept", &thread, "--tie", "none"]);
    let mut reissued = badge.clone();
    reissued["validFrom"] = json!("2021-01-01T00:00:00Z");
    let other = case.ève.file("autre version.json", issuer.json(reissued));
    let same = case.ève.file("la version.json", issuer.json(badge.clone()));
    let evaluate = ["evaluate", &thread, "--outcome", "met", "--yes", "--badge"];
    refused(&case.ève, &thread, &[evaluate.as_slice(), &[&other]].concat(), "NOT_THE_ONE_ASKED");
    case.ève.ok(&[evaluate.as_slice(), &[&same]].concat());
    let endorsement = &records(&thread)[2]["credentialSubject"];
    assert_eq!(endorsement["id"], badge["id"]);
    assert_eq!(endorsement["evaluation"]["targetDigest"], json!(digest::of_badge(&badge).unwrap()));
    let stolen = case.ève.run(&[
        "evaluate",
        "request",
        "--evaluator",
        &case.zoé_did,
        "--badge",
        &same,
        "--skill",
        esco,
        "-o",
        "-",
    ]);
    assert!(stolen.code == 2 && stolen.err.contains("BADGE_OF_ANOTHER"), "{}", stolen.err);
}

#[test]
fn a_template_binds_what_is_aimed_at() {
    let case = Case::new();
    let achievement = Issuer::new(1).draft("x:y")["credentialSubject"]["achievement"].clone();
    let file = case.zoé.file("modèle.json", achievement.to_string());
    let thread = case.ask(&["--template", &file]);
    case.ève.ok(&["evaluate", "accept", &thread, "--tie", "none"]);
    let mut changed = achievement.clone();
    changed["description"] = json!("Autre chose.");
    let changed = case.ève.file("autre modèle.json", changed.to_string());
    let evaluate = ["evaluate", &thread, "--outcome", "met", "--yes", "--template"];
    refused(&case.ève, &thread, &[evaluate.as_slice(), &[&changed]].concat(), "NOT_THE_ONE_ASKED");
    case.ève.ok(&[evaluate.as_slice(), &[&file]].concat());
    let evaluation = &records(&thread)[2]["credentialSubject"]["evaluation"];
    assert_eq!(evaluation["templateDigest"], json!(digest::of_achievement(&achievement).unwrap()));
}

#[test]
fn standing_is_carried_as_it_was_issued() {
    let case = Case::new();
    let issuer = Issuer::new(1);
    let signed = issuer.json(issuer.draft(&case.ève_did));
    let json_badge = case.ève.add("e.json", &signed);
    let jwt = issuer.jwt(issuer.draft(&case.ève_did));
    let jwt_badge = case.ève.add("e.jwt", &jwt);
    let thread = case.accepted();
    case.ève.ok(&[
        "evaluate",
        &thread,
        "--outcome",
        "met",
        "--yes",
        "--standing",
        &json_badge,
        "--standing",
        &jwt_badge,
        "--organisation",
        "https://lycée.example",
        "--organisation-name",
        "Lycée Condé",
    ]);
    let record = &records(&thread)[2];
    let standing = &record["credentialSubject"]["evaluation"]["standing"];
    assert_eq!(standing[0]["credential"], serde_json::from_str::<Value>(&signed).unwrap());
    assert_eq!(standing[1]["credential"], json!(jwt));
    assert_eq!(
        (&record["issuer"]["parentOrg"]["name"], &record["issuer"]["name"]),
        (&json!("Lycée Condé"), &json!("Ève Müller"))
    );
    assert!(judged(&thread).problems().next().is_none());
}

#[test]
fn what_was_said_is_taken_back_by_who_said_it() {
    let case = Case::new();
    let thread = case.met();
    let withdraw = ["evaluate", "withdraw", &thread, "--reason", "error-found"];
    refused(&case.zoé, &thread, &withdraw, "MOVE_NOT_NOW");
    refused(&Wallet::open().0, &thread, &withdraw, "MOVE_NOT_YOURS");
    refused(&case.ève, &thread, &["evaluate", "withdraw", &thread, "--reason", "no-time"], "REASON_UNFIT");
    case.ève.ok(&[withdraw.as_slice(), &["--skill", "réseau", "--statement", "J’avais mal lu."]].concat());
    let report = judged(&thread);
    assert_eq!(report.state, Some(State::Submitted), "the other evaluation stands");
    assert!(report.evaluations[0].stands() && !report.evaluations[1].stands());
    case.ève.ok(&withdraw);
    assert_eq!(judged(&thread).state, Some(State::Withdrawn));
    refused(&case.ève, &thread, &withdraw, "MOVE_NOT_NOW");

    // A request, and an acceptance; neither is written over what others have signed.
    let over = [
        "evaluate",
        "request",
        "--evaluator",
        "did:key:z6MkjZRZv3aezoqNyFQSuCxYwWVSDgtHEsJeXyTuiSqr3pUP",
        "--skill",
        "digcomp:1.1@5",
        "--claim",
        "Encore.",
        "--tie",
        "none",
        "-o",
        &thread,
    ];
    refused(&case.zoé, &thread, &over, "FILE_EXISTS");
    std::fs::remove_file(&thread).unwrap();
    let thread = case.ask(&[]);
    case.zoé.ok(&["evaluate", "withdraw", &thread, "--reason", "no-longer-needed"]);
    assert_eq!(judged(&thread).state, Some(State::Withdrawn));
    std::fs::remove_file(&thread).unwrap();
    let thread = case.accepted();
    case.ève.ok(&["evaluate", "withdraw", &thread, "--reason", "conflict-of-interest"]);
    assert_eq!(judged(&thread).state, Some(State::Withdrawn));
}

#[test]
fn an_appeal_is_lodged_and_decided() {
    let case = Case::new();
    let (jury, jury_did) = Wallet::open();
    let thread = case.accepted();
    let not_met = ["evaluate", &thread, "--outcome", "not-met", "--reason", "level-not-reached", "--yes"];
    case.ève.ok(&not_met);
    let lodge = ["evaluate", "appeal", "lodge", &thread, "--to", &jury_did, "--reason", "bias"];
    refused(&case.zoé, &thread, &lodge, "OPTION_INVALID");
    let lodge = [lodge.as_slice(), &["--skill", "réseau", "--statement", "Déjà vu."]].concat();
    refused(&case.ève, &thread, &lodge, "MOVE_NOT_YOURS");
    let said = case.zoé.run(&lodge);
    assert!(said.code == 0 && said.err.contains(&format!("send the thread to {jury_did}")), "{}", said.err);
    let said = refused(&case.zoé, &thread, &lodge, "APPEAL_PENDING");
    assert!(said.err.contains("under way already"), "{}", said.err);
    let resolve =
        ["evaluate", "appeal", "resolve", &thread, "--decision", "upheld", "--statement", "Recours fondé."];
    refused(&case.zoé, &thread, &resolve, "MOVE_NOT_YOURS");
    let said = jury.run(&[resolve.as_slice(), &["--name", "Jury académique"]].concat());
    assert!(said.code == 0 && said.err.contains("The appeal is upheld"), "{}", said.err);
    let report = judged(&thread);
    assert!(report.evaluations[0].stands() && !report.evaluations[1].stands());
    refused(&jury, &thread, &resolve, "MOVE_NOT_NOW");
    case.ève.ok(&["evaluate", &thread, "--outcome", "met", "--yes"]);
    assert_eq!(judged(&thread).evaluations.len(), 3, "there is room for another");
}

#[test]
fn the_file_stays_as_it_is_where_the_thread_is_written_elsewhere() {
    let case = Case::new();
    let thread = case.ask(&[]);
    let before = std::fs::read(&thread).unwrap();
    let out = case.ève.beside("accepté.json");
    case.ève.ok(&["evaluate", "accept", &thread, "--tie", "none", "-o", out.to_str().unwrap()]);
    assert_eq!(std::fs::read(&thread).unwrap(), before);
    assert_eq!(judged(out.to_str().unwrap()).state, Some(State::Accepted));
    let printed = case.ève.ok(&["evaluate", "accept", &thread, "--tie", "none", "-o", "-"]);
    assert!(printed.contains("EvaluationThread"));
    refused(&case.ève, &thread, &["evaluate", &thread, "--outcome", "met"], "MOVE_NOT_NOW");
    let accepted = out.to_str().unwrap();
    refused(&case.ève, accepted, &["evaluate", accepted], "ANSWERS_NEEDED");
    refused(&case.ève, accepted, &["evaluate", accepted, "--outcome", "met"], "CONFIRMATION_NEEDED");
    let said = case.ève.run(&["evaluate", "status", &case.ève.file("x.json", "{}")]);
    assert!(said.code == 2 && said.err.contains("NOT_A_THREAD"), "{}", said.err);
}

/// A service on this machine that gives status entries and takes withdrawals.
pub(crate) struct Service {
    pub(crate) base: String,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Service {
    /// Answers each request with what `answer` makes of its path and body.
    pub(crate) fn start(answer: impl Fn(&str, &Value) -> (u16, String) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}/o/école", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = asked.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let (mut raw, mut piece) = (Vec::new(), [0; 4096]);
                let (path, body) = loop {
                    let read = stream.read(&mut piece).unwrap();
                    raw.extend_from_slice(&piece[..read]);
                    let text = String::from_utf8_lossy(&raw).into_owned();
                    let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                    let length = head
                        .lines()
                        .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
                    if body.len() >= length.unwrap_or(0) {
                        break (head.split(' ').nth(1).unwrap().to_owned(), body.to_owned());
                    }
                };
                let body: Value = serde_json::from_str(&body).unwrap();
                let (status, said) = answer(&path, &body);
                kept.lock().unwrap().push((path, body));
                let head = format!(
                    "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
                    said.len()
                );
                stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(said.as_bytes())).unwrap();
            }
        });
        Self { base, asked }
    }

    /// One that plays by the rules.
    pub(crate) fn fair() -> Self {
        Self::start(|path, thread| {
            if path.ends_with("/evaluations/withdrawals") {
                noted(thread)
            } else {
                (201, entries(thread, |index| index).to_string())
            }
        })
    }

    /// One whose lists are under its own address.
    pub(crate) fn keeping(withdrawals: impl Fn(&Value) -> (u16, String) + Send + 'static) -> Self {
        let base = Arc::new(std::sync::OnceLock::<String>::new());
        let known = base.clone();
        let service = Self::start(move |path, thread| {
            if path.ends_with("/evaluations/withdrawals") {
                return withdrawals(thread);
            }
            let text = entries(thread, |index| index).to_string();
            (201, text.replace("https://org.example", known.get().unwrap()))
        });
        base.set(service.base.clone()).unwrap();
        service
    }

    pub(crate) fn asked(&self) -> Vec<(String, Value)> {
        self.asked.lock().unwrap().clone()
    }
}

/// The answer of one who has noted every withdrawal.
pub(crate) fn noted(thread: &Value) -> (u16, String) {
    let records = thread["verifiableCredential"].as_array().unwrap();
    let endorsements = records.iter().filter(|record| record["type"][1] == "EndorsementCredential");
    let ids: Vec<&Value> = endorsements.map(|record| &record["id"]).collect();
    (200, json!({"withdrawn": ids}).to_string())
}

fn entries(thread: &Value, place: impl Fn(usize) -> usize) -> Value {
    let skills = thread["verifiableCredential"][0]["credentialSubject"]["soughtSkill"].as_array().unwrap();
    let entry = |(index, sought): (usize, &Value)| {
        let number = place(index);
        json!({"skill": sought["skill"]["targetUrl"], "credentialStatus": {
            "id": format!("https://org.example/status/9#{number}"), "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation", "statusListIndex": number.to_string(),
            "statusListCredential": "https://org.example/status/9"}})
    };
    json!({"keeper": "did:web:org.example", "entries": skills.iter().enumerate().map(entry).collect::<Vec<_>>()})
}

#[test]
fn the_issuers_service_keeps_the_status_of_what_can_be_taken_back() {
    let case = Case::new();
    let service = Service::keeping(noted);
    let thread = case.accepted();
    let at = ["--at", &service.base, "--danger-allow-loopback"];
    let evaluate = ["evaluate", &thread, "--outcome", "met", "--yes"];
    case.ève.ok(&[evaluate.as_slice(), &at].concat());
    assert!(service.asked()[0].0.ends_with("/evaluations/entries"), "{:?}", service.asked()[0].0);
    let status = |index: usize| records(&thread)[index]["credentialStatus"]["statusListIndex"].clone();
    assert_eq!((status(2), status(3)), (json!("0"), json!("1")));
    assert_eq!(records(&thread)[2]["credentialSubject"]["evaluation"]["statusKeeper"], "did:web:org.example");
    let report = judged(&thread);
    assert!(report.problems().next().is_none());
    assert!(report.evaluations.iter().all(|one| !one.stands()), "not known without its list");

    let withdraw = ["evaluate", "withdraw", &thread, "--reason", "error-found"];
    let said = case.ève.run(&withdraw);
    assert!(
        said.code == 0 && said.err.contains("--at"),
        "the evaluator is told what is missing: {}",
        said.err
    );
    assert_eq!(service.asked().len(), 1);
    let said = case.ève.run(&[withdraw.as_slice(), &at].concat());
    assert!(said.code == 0 && said.err.contains("has noted it for 2 evaluation"), "{}", said.err);
    assert!(said.err.contains("The 2 evaluations taken back are sent to"), "{}", said.err);
    let told = service.asked().split_off(1);
    assert_eq!(told.len(), 1);
    let (path, sent) = &told[0];
    let sent = sent["verifiableCredential"].as_array().unwrap();
    assert!(path.ends_with("/evaluations/withdrawals"), "{path}");
    let all = records(&thread);
    assert_eq!(
        sent,
        &[&all[2], &all[4], &all[3], &all[5]].map(Clone::clone),
        "and no mandate, and no answer"
    );
}

/// The command that is printed for what is left tells the service, and takes back nothing that was not meant.
#[test]
fn the_command_for_what_is_left_tells_and_takes_nothing_back() {
    let case = Case::new();
    let thread = case.accepted();
    let service = Service::keeping(noted);
    let at = ["--at", &service.base, "--danger-allow-loopback"];
    case.ève.ok(&[["evaluate", &thread, "--outcome", "met", "--yes"].as_slice(), &at].concat());
    let later = case.ève.beside("suite.json").to_str().unwrap().to_owned();
    let withdraw =
        ["evaluate", "withdraw", &thread, "--skill", "1.1", "--reason", "error-found", "-o", &later];
    let said = case.ève.run(&withdraw);
    assert_eq!(said.code, 0, "{}", said.err);
    let command = format!("badge-wallet evaluate withdraw {later} --tell --at {}", service.base);
    assert!(said.err.contains(&command), "{}", said.err);

    let before = std::fs::read(&later).unwrap();
    let typed = ["evaluate", "withdraw", &later, "--tell", "--at", &service.base, "--danger-allow-loopback"];
    for _ in 0..2 {
        let said = case.ève.run(&typed);
        assert!(said.code == 0 && said.err.contains("has noted it for 1 evaluation"), "{}", said.err);
        assert_eq!(std::fs::read(&later).unwrap(), before, "nothing more is signed");
    }
    let (_, sent) = service.asked().last().unwrap().clone();
    let all = records(&later);
    assert_eq!(sent["verifiableCredential"], json!([all[2], all[4]]), "the one that was taken back alone");
    let unclear =
        ["evaluate", "withdraw", &later, "--tell", "--at", &service.base, "--reason", "error-found"];
    assert_eq!(case.ève.run(&unclear).code, 2, "either it tells or it takes back");
}

/// Entries are asked for with the mandate and the answer alone: what was evaluated since is none of the service's business.
#[test]
fn a_service_is_sent_no_more_than_it_needs() {
    let case = Case::new();
    let service = Service::fair();
    let thread = case.accepted();
    case.ève.ok(&["evaluate", &thread, "--skill", "1.1", "--outcome", "met", "--yes"]);
    let at = ["--at", &service.base, "--danger-allow-loopback"];
    case.ève.ok(&[["evaluate", &thread, "--outcome", "met", "--yes"].as_slice(), &at].concat());
    let sent = service.asked()[0].1["verifiableCredential"].as_array().unwrap().clone();
    assert_eq!(sent, records(&thread)[..2]);
}

#[test]
fn each_service_is_told_what_it_keeps_and_one_that_refuses_stops_no_other() {
    let case = Case::new();
    let thread = case.accepted();
    let first = Service::keeping(|_| (503, r#"{"code":"STORAGE_FULL"}"#.to_owned()));
    let second = Service::keeping(noted);
    for (skill, service) in [("1.1", &first), ("", &second)] {
        let at = ["--at", &service.base, "--outcome", "met", "--yes", "--danger-allow-loopback"];
        let skills: &[&str] = if skill.is_empty() { &[] } else { &["--skill", skill] };
        case.ève.ok(&[["evaluate", &thread].as_slice(), skills, &at].concat());
    }
    let withdraw = ["evaluate", "withdraw", &thread, "--reason", "error-found", "--danger-allow-loopback"];
    let said = case.ève.run(&[withdraw.as_slice(), &["--at", &second.base]].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains(&format!("{} has noted it for 1 evaluation", second.base)), "{}", said.err);
    let command = format!("--tell --at {}", first.base);
    assert!(said.err.contains(&command), "what is left to do is said as it is typed: {}", said.err);
    let sent = |service: &Service| {
        let (_, sent) = service.asked().last().unwrap().clone();
        sent["verifiableCredential"].as_array().unwrap().clone()
    };
    let all = records(&thread);
    assert_eq!(sent(&second), [&all[3], &all[5]].map(Clone::clone), "only its own");

    // Both are told again; the one that refuses is named, and the other was reached all the same.
    let before = second.asked().len();
    let both = case.ève.run(&[withdraw.as_slice(), &["--at", &first.base, "--at", &second.base]].concat());
    assert_ne!(both.code, 0);
    assert!(both.err.contains("what is left is to tell the service"), "{}", both.err);
    let status = case.ève.ok_or_open(&["evaluate", "status", &thread, "--lang", "fr"]);
    for service in [&first, &second] {
        assert!(status.contains(&format!("prévient {} du retrait", service.base)), "{status}");
        assert!(status.contains(&format!("--tell --at {}", service.base)), "{status}");
    }
    assert!(both.err.contains("SERVICE_REFUSES") && both.err.contains("STORAGE_FULL"), "{}", both.err);
    assert!(both.err.contains(&first.base) && both.err.contains("has noted it for 1"), "{}", both.err);
    assert_eq!(
        (second.asked().len(), sent(&first)),
        (before + 1, [&all[2], &all[4]].map(Clone::clone).to_vec())
    );
}

/// A service that notes one withdrawal and refuses another is not said to have noted both.
#[test]
fn what_a_service_refuses_beside_what_it_notes_is_said() {
    let case = Case::new();
    let thread = case.accepted();
    let service = Service::keeping(|thread| {
        let mut answer: Value = serde_json::from_str(&noted(thread).1).unwrap();
        answer["withdrawn"].as_array_mut().unwrap().truncate(1);
        answer["refused"] = json!([{"pointer": "/verifiableCredential/3", "code": "EVALUATION_ENTRY_FOREIGN",
            "detail": "None\u{1b}[2J was asked for."}]);
        (200, answer.to_string())
    });
    let at = ["--at", &service.base, "--danger-allow-loopback"];
    case.ève.ok(&[["evaluate", &thread, "--outcome", "met", "--yes"].as_slice(), &at].concat());
    let withdraw = ["evaluate", "withdraw", &thread, "--reason", "error-found"];
    let said = case.ève.run(&[withdraw.as_slice(), &at].concat());
    assert_ne!(said.code, 0, "{}", said.err);
    let skill = |index: usize| {
        let record = &records(&thread)[index];
        let skill = &record["credentialSubject"]["evaluation"]["evaluatedSkill"]["targetUrl"];
        skill.as_str().unwrap().to_owned()
    };
    assert!(said.err.contains("has noted it for 1 evaluation"), "{}", said.err);
    let line = format!("has not noted it for the evaluation of {}", skill(3));
    assert!(
        said.err.contains(&line) && !said.err.contains(&format!("evaluation of {}", skill(2))),
        "{}",
        said.err
    );
    assert!(
        said.err.contains("EVALUATION_ENTRY_FOREIGN") && said.err.contains("was asked for"),
        "{}",
        said.err
    );
    assert!(said.err.contains("SERVICE_REFUSES") && !said.err.contains('\u{1b}'), "{}", said.err);
    let tell = ["evaluate", "withdraw", &thread, "--tell"];
    let said = case.ève.in_french().run(&[tell.as_slice(), &at].concat());
    assert!(said.code != 0 && said.err.contains("ne l’a pas noté pour l’évaluation de"), "{}", said.err);
}

#[test]
fn an_evaluation_without_a_status_says_so() {
    let case = Case::new();
    let thread = case.accepted();
    let ève = case.ève.in_french();
    let said = ève.run(&["evaluate", &thread, "--outcome", "met", "--yes"]);
    assert!(said.code == 0 && said.err.contains("n’a pas de statut"), "{}", said.err);
    assert!(records(&thread)[2].get("credentialStatus").is_none());
}

#[test]
fn a_service_that_misbehaves_gets_no_signature() {
    let case = Case::new();
    let thread = case.accepted();
    let refuse = |service: &Service, code: &str| {
        let base = service.base.clone();
        let args =
            ["evaluate", &thread, "--outcome", "met", "--yes", "--at", &base, "--danger-allow-loopback"];
        refused(&case.ève, &thread, &args, code)
    };
    let says = |status: u16, text: &'static str| Service::start(move |_, _| (status, text.to_owned()));
    let problem = r#"{"type":"about:blank","code":"MANDATE_EXPIRED","detail":"Trop tard."}"#;
    let said = refuse(&says(422, problem), "SERVICE_REFUSES");
    assert!(said.err.contains("refuses: Trop tard (MANDATE_EXPIRED). ("), "{}", said.err);
    refuse(&says(404, "<html>"), "SERVICE_REFUSES");
    refuse(&says(200, "[]"), "SERVICE_REFUSES");
    refuse(&says(200, r#"{"entries": []}"#), "SERVICE_REFUSES");
    refuse(&says(307, ""), "FETCH_FAILED");
    refuse(&Service::start(|_, thread| (201, entries(thread, |_| 4).to_string())), "SERVICE_REFUSES");
    let suspension = |_: &str, thread: &Value| {
        (201, entries(thread, |n| n).to_string().replace("revocation", "suspension"))
    };
    refuse(&Service::start(suspension), "SERVICE_REFUSES");
    let fair = Service::fair();
    let args = ["evaluate", &thread, "--outcome", "met", "--yes", "--at", &fair.base];
    refused(&case.ève, &thread, &args, "FETCH_REFUSED");
    assert!(fair.asked().is_empty(), "this machine is not asked without the option that says so");

    // An entry that an earlier evaluation has would be revoked already.
    let at = ["--at", &fair.base, "--danger-allow-loopback"];
    let one = ["evaluate", &thread, "--skill", "1.1", "--outcome", "met", "--yes"];
    case.ève.ok(&[one.as_slice(), &at].concat());
    case.ève.ok(&["evaluate", "withdraw", &thread, "--reason", "error-found"]);
    let told = refused(&case.ève, &thread, &[one.as_slice(), &at].concat(), "STATUS_KEPT_BEFORE");
    assert!(told.err.contains("a new request") && !told.err.contains("Check the address"), "{}", told.err);
    let status = case.ève.ok_or_open(&["evaluate", "status", &thread]);
    assert!(status.contains("with --at, a new request is needed for: "), "{status}");
    // One of another skill is not given to a second one either, and that is the service's fault.
    let swapped = Service::start(|_, thread| (201, entries(thread, |index| 1 - index).to_string()));
    let at = ["--at", &swapped.base, "--danger-allow-loopback"];
    let other = ["evaluate", &thread, "--skill", "réseau", "--outcome", "met", "--yes"];
    refused(&case.ève, &thread, &[other.as_slice(), &at].concat(), "SERVICE_REFUSES");
}

#[test]
fn who_recuses_is_tied_to_the_candidate_or_says_why_in_words() {
    let case = Case::new();
    let thread = case.ask(&[]);
    let recuse = ["evaluate", "recuse", &thread, "--reason"];
    for reason in ["no-time", "scope-unclear", "level-not-reached"] {
        let said = refused(&case.ève, &thread, &[recuse.as_slice(), &[reason]].concat(), "REASON_UNFIT");
        assert!(said.err.contains("conflict-of-interest, other"), "{}", said.err);
    }
    case.ève.ok(&[recuse.as_slice(), &["other", "--statement", "Je juge son concours."]].concat());
    assert_eq!(judged(&thread).state, Some(State::Recused));
}

/// What `status` prints can be typed as it stands.
#[test]
fn what_can_be_done_next_is_a_whole_command() {
    let case = Case::new();
    let thread = case.accepted();
    let command = |wallet: &Wallet, words: &str| {
        let told = wallet.ok(&["evaluate", "status", &thread]);
        let line =
            told.lines().find(|line| line.contains(words)).unwrap_or_else(|| unreachable!("{words}: {told}"));
        let (_, command) = line.split_once("badge-wallet ").unwrap();
        let typed = command.split(" (").next().unwrap();
        // A shell splits it into words, as it would for whoever copies the line.
        let script = format!("for word in {typed}; do printf '%s\\n' \"$word\"; done");
        let words = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
        let words = String::from_utf8(words.stdout).unwrap();
        words.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    case.ève.ok(&["evaluate", &thread, "--skill", "1.1", "--outcome", "met", "--yes"]);
    let typed = command(&case.ève, "can take back");
    let typed: Vec<&str> = typed.iter().map(String::as_str).collect();
    case.ève.ok(&typed);
    assert_eq!(judged(&thread).state, Some(State::Withdrawn));
    let said = refused(
        &case.ève,
        &thread,
        &["evaluate", &thread, "--skill", "chant", "--outcome", "met", "--yes"],
        "SKILL_NOT_SOUGHT",
    );
    assert!(
        said.err.contains("no skill chant") && said.err.contains("(1.1)") && said.err.contains("Dépanner"),
        "{}",
        said.err
    );
}

#[test]
fn evidence_keeps_its_name_and_what_no_bundle_takes_is_said_when_it_is_asked_about() {
    let case = Case::new();
    let decomposed = "Etude R&D #3 e\u{301}te\u{301}.txt";
    let odd = "plan: v2?.txt";
    let film = "film.mp4";
    let paths: Vec<String> =
        [(decomposed, "a"), (odd, "b"), (film, "c")].map(|(name, text)| case.zoé.file(name, text)).to_vec();
    std::fs::File::options().write(true).open(&paths[2]).unwrap().set_len((64 << 20) + 1).unwrap();
    let thread = case.zoé.beside("demande.json").to_str().unwrap().to_owned();
    let mut args = vec![
        "evaluate",
        "request",
        "--skill",
        "digcomp:1.1@5",
        "--evaluator",
        &case.ève_did,
        "--claim",
        "Dix ans.",
    ];
    for path in &paths {
        args.extend(["--evidence", path]);
    }
    args.extend(["--tie", "none", "-o", &thread]);
    let said = case.zoé.run(&args);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("film.mp4 has 64.1 MiB: an encrypted bundle takes 64.0 MiB"), "{}", said.err);
    let bundle = case.zoé.beside("preuves.bundle").to_str().unwrap().to_owned();
    let make = |files: &[&String]| {
        let mut args = vec!["evaluate", "bundle", &thread, "-o", &bundle];
        for path in files {
            args.extend(["--evidence", path]);
        }
        case.zoé.run(&args)
    };
    let refused = make(&[&paths[2]]);
    assert!(refused.code == 2 && refused.err.contains("BUNDLE_TOO_LARGE"), "{}", refused.err);
    assert!(refused.err.contains("film.mp4, 64.1 MiB; at most 64.0 MiB"), "{}", refused.err);
    assert_eq!(make(&[&paths[0], &paths[1]]).code, 0);
    let folder = case.ève.beside("reçu");
    let opened = case.ève.run(&["evaluate", "open", &bundle, "-o", folder.to_str().unwrap()]);
    assert_eq!(opened.code, 0, "{}", opened.err);
    assert_eq!(std::fs::read(folder.join(decomposed)).unwrap(), b"a");
    assert_eq!(std::fs::read(folder.join("plan_ v2_.txt")).unwrap(), b"b");
    assert!(opened.err.contains("“plan: v2?.txt” is written as “plan_ v2_.txt”"), "{}", opened.err);
    assert_eq!(opened.err.matches("is written as").count(), 1, "{}", opened.err);
}

/// What is given as a thread and is none is named, with what to do about it.
#[test]
fn another_file_is_told_from_a_thread() {
    let case = Case::new();
    let thread = case.ask(&[]);
    let bundle = case.ève.beside("preuves.bundle").to_str().unwrap().to_owned();
    case.zoé.ok(&["evaluate", "bundle", &thread, "-o", &bundle]);
    let larger = std::fs::read(&bundle).unwrap().into_iter().chain(std::iter::repeat_n(0, 2 << 20));
    let larger = case.ève.file("large.bundle", larger.collect::<Vec<u8>>());
    let pdf = case.ève.file("dossier.pdf", [&b"%PDF-1.7\n"[..], &vec![0; 2 << 20][..]].concat());
    let issuer = Issuer::new(7);
    let badge = case.ève.file("badge.json", issuer.json(issuer.draft(&case.zoé_did)));
    let french = case.ève.in_french();
    for (file, code, said) in [
        (&bundle, "EVIDENCE_BUNDLE_GIVEN", "badge-wallet evaluate open FICHIER -o RÉPERTOIRE"),
        (&larger, "EVIDENCE_BUNDLE_GIVEN", "Ceci est un paquet chiffré de preuves"),
        (&pdf, "NOT_A_THREAD", "Ceci est un fichier d’une autre sorte (PDF), et non un dossier d’évaluation"),
        (&badge, "NOT_A_THREAD", "Ceci est un badge, et non un dossier d’évaluation"),
    ] {
        for args in [&["evaluate", "status", file][..], &["evaluate", "accept", file], &["evaluate", file]] {
            let answer = french.run(args);
            assert!(answer.code == 2 && answer.err.contains(code), "{args:?}: {}", answer.err);
            assert!(
                answer.err.contains(said) && answer.out.is_empty(),
                "{args:?}: {}{}",
                answer.err,
                answer.out
            );
        }
    }
}

#[test]
fn a_word_that_is_no_move_is_told_with_those_that_are() {
    let (wallet, _) = Wallet::open();
    let french = wallet.in_french();
    for args in
        [&["evaluate", "statut", "x.json"][..], &["evaluate", "statut"], &["evaluate", "statut", "--yes"]]
    {
        let said = french.run(args);
        assert!(said.code == 2 && said.err.contains("evaluate statut"), "{args:?}: {}", said.err);
        assert!(said.err.contains("les actes sont request, accept, decline"), "{args:?}: {}", said.err);
    }
    let said = french.run(&["evaluate", "accept", "x.json", "--tie", "aucun"]);
    assert!(
        said.err.contains("none, employment, colleague") && said.err.contains("business ou other"),
        "{}",
        said.err
    );
    assert!(said.err.contains("voir badge-wallet evaluate accept --help --lang fr"), "{}", said.err);
    let said = french.run(&["evaluate", "request", "--skill", "digcomp:1.1@5", "-o", "x.json"]);
    assert!(said.err.contains("--evaluator <DID> ou --evaluator-email <ADDRESS>"), "{}", said.err);
    let said = french.run(&[
        "evaluate",
        "request",
        "--evaluator",
        "zoé",
        "--skill",
        "digcomp:1.1@5",
        "--claim",
        "x",
        "-o",
        "x.json",
    ]);
    assert!(said.err.contains("ce n’est pas un DID"), "{}", said.err);
    for args in [&["--help"][..], &["evaluate", "--help"], &["evaluate", "appeal", "--help"]] {
        let help = french.ok(args);
        assert!(
            help.contains("\u{a0}:\n") && !help.contains("Commands:") && !help.contains("Options:"),
            "{help}"
        );
        assert!(!help.contains("Arguments:"), "{help}");
    }
}

#[test]
fn evidence_goes_to_the_evaluator_alone() {
    let case = Case::new();
    let thread = case.ask(&[]);
    let evidence = case.zoé.beside("schéma réseau.txt");
    let bundle = case.zoé.beside("preuves.bundle");
    let (evidence, bundle) = (evidence.to_str().unwrap(), bundle.to_str().unwrap());
    case.zoé.ok(&["evaluate", "bundle", &thread, "--evidence", evidence, "-o", bundle]);
    assert!(!String::from_utf8_lossy(&std::fs::read(bundle).unwrap()).contains("un réseau"));
    let folder = case.ève.beside("reçu");
    let place = folder.to_str().unwrap();
    let opened = case.ève.run(&["evaluate", "open", bundle, "-o", place]);
    assert_eq!(opened.code, 0, "{}", opened.err);
    let got = opened.out.trim();
    assert!(opened.err.contains(&format!("badge-wallet evaluate accept {got}")), "{}", opened.err);
    assert_eq!(std::fs::read(got).unwrap(), std::fs::read(&thread).unwrap(), "the thread, byte for byte");
    assert_eq!(std::fs::read(folder.join("schéma réseau.txt")).unwrap(), "un réseau".as_bytes());
    // What was opened is what the evaluator evaluates from.
    let said = case.ève.run(&["evaluate", "accept", got, "--tie", "none", "--name", "Ève Müller"]);
    let command = format!("badge-wallet evaluate {got} --evidence-dir {place}");
    assert!(said.code == 0 && said.err.contains(&command), "{}", said.err);
    let again = case.ève.beside("encore");
    let opened = case.ève.run(&["evaluate", "open", bundle, "-o", again.to_str().unwrap()]);
    assert!(opened.err.contains("evaluate accept"), "{}", opened.err);
    assert!(case.ève.ok(&["evaluate", "status", got]).contains(&command));
    case.ève.ok(&["evaluate", got, "--outcome", "met", "--comment", "Vu.", "--evidence-dir", place, "--yes"]);
    assert_eq!(judged(got).state, Some(State::Submitted));

    let (stranger, _) = Wallet::open();
    for (wallet, code) in [(&stranger, "BUNDLE_OF_ANOTHER"), (&case.zoé, "BUNDLE_OF_ANOTHER")] {
        let other = wallet.beside("autre");
        let said = wallet.run(&["evaluate", "open", bundle, "-o", other.to_str().unwrap()]);
        assert!(said.code == 2 && said.err.contains(code), "{}", said.err);
        assert!(!other.exists());
    }
    std::fs::write(evidence, "un autre réseau").unwrap();
    let said = case.zoé.run(&["evaluate", "bundle", &thread, "--evidence", evidence, "-o", bundle]);
    assert!(said.code == 2 && said.err.contains("EVIDENCE_NOT_OFFERED"), "{}", said.err);
    assert!(said.err.contains("Give the very file that you announced"), "{}", said.err);
    let empty = case.zoé.beside("vide.bundle");
    let said = case.zoé.run(&["evaluate", "bundle", &thread, "-o", empty.to_str().unwrap()]);
    assert!(said.err.contains("Files: 0; announced and absent: schéma réseau.txt"), "{}", said.err);
}
