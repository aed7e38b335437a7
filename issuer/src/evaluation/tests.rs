//! What cannot be tried over HTTP: days that pass, and keys that others publish.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod finishing;
#[path = "../../tests/api/peers.rs"]
#[expect(dead_code, reason = "the tests of the service need more of it")]
mod peers;

use std::cell::Cell;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use badge_schemas::evaluation::Standing;
use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::evaluation::thread::{ThreadReport, judge};
use badge_verifier::snapshot::{Resource, ResourceKind, Retrieval};
use serde_json::{Value, json};

use self::peers::{ADA, Aim, BOB, CYD, Course, GUILD, SKILL, own_badge, skill, stamp};
use super::*;
use crate::award::{Draws, StatusEntry, Subject};
use crate::data_directory;
use crate::draft::Draft;
use crate::issuer::{Act, Issuer, OPERATOR};
use crate::refusal::Refusal;
use crate::settings::{Options, Settings};
use crate::store::{Award, AwardStatus, Idempotency, Intent, NewSeat, Purpose, StatusChange};
use crate::template::Template;

#[test]
fn each_person_and_network_has_an_allowance_for_a_day() {
    let evaluations = Evaluations::default();
    let sharer = |name: &str, most| Sharer { who: Digest::of(&[name.as_bytes()]), most };
    let [ada, bob, cyd, net] = [sharer("a", 9), sharer("b", 3), sharer("c", 9), sharer("n", 1)];
    let at = |second| Timestamp::from_second(second).unwrap();
    for _ in 0..3 {
        assert_eq!(evaluations.take(&[ada, bob], at(DAY)), Ok(()));
    }
    assert_eq!(evaluations.take(&[cyd, bob], at(2 * DAY - 1)), Err(bob), "Bob has had his");
    evaluations.give_back(&[ada, bob]);
    assert_eq!(evaluations.take(&[cyd, bob, net], at(2 * DAY - 1)), Ok(()));
    assert_eq!(evaluations.take(&[cyd, bob], at(2 * DAY - 1)), Err(bob));
    assert_eq!(evaluations.take(&[ada, cyd, net], at(2 * DAY - 1)), Err(net));
    assert_eq!(evaluations.take(&[cyd, bob, net], at(2 * DAY)), Ok(()), "the next day");
    assert_eq!((until_tomorrow(at(2 * DAY)), until_tomorrow(at(2 * DAY - 1))), (DAY, 1));
}

/// What is fetched of others is judged as the verifier judges it: an evaluator under `did:web` counts while their key does.
#[test]
fn what_a_stolen_key_signed_makes_no_badge_whatever_date_it_bears() {
    const DID: &str = "did:web:atelier.example";
    const METHOD: &str = "did:web:atelier.example#k1";
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("issuer.toml");
    std::fs::write(&config, "[evaluations]\nfetch = 'never'").unwrap();
    let (data, config) = (Some(directory.path().join("data")), Some(config));
    let settings = Settings::resolve(Options { data, config, ..Options::default() }).unwrap();
    let issuer = data_directory::open(&settings, None).unwrap().issuer;

    let achievement = json!({
        "id": "https://b.example/badges/1", "type": ["Achievement"], "name": "Souder", "description": "Sait souder.",
        "criteria": {"narrative": "Un cordon."}, "alignment": [skill(SKILL)],
        "panel": {"quorum": 1, "standingIssuers": [GUILD.did()]},
    });
    let template = Template::of(achievement, Purpose::Revocation, Vec::new()).unwrap();
    let course = Course::accepted(ADA, BOB, Aim::template(&template.achievement));
    let mut evaluation = course.evaluation(SKILL);
    let mut own = own_badge(BOB, GUILD, "6");
    own.as_object_mut().unwrap().remove("proof");
    own["credentialSubject"]["id"] = DID.into();
    evaluation.standing = vec![Standing::carrying(GUILD.seal(&own))];
    let mut endorsement = course.endorsement(&evaluation, None);
    endorsement["issuer"]["id"] = DID.into();
    let endorsement = BOB.seal_as(METHOD, &endorsement);

    let draft = json!({"recipient": {"id": ADA.did()}, "evaluations": [endorsement]});
    let draft = Draft::of(draft).unwrap();
    let badge = json!({
        "id": "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a2b77", "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": issuer.identity().profile(), "validFrom": stamp(0),
        "credentialSubject": {"id": ADA.did(), "type": ["AchievementSubject"], "achievement": template.achievement},
    });
    let now = Timestamp::now();
    let document = |revoked: Option<Value>| {
        let mut key = json!({"id": METHOD, "type": "Multikey", "controller": DID, "publicKeyMultibase": BOB.multibase()});
        if let Some(revoked) = revoked {
            key["revoked"] = revoked;
        }
        json!({"@context": ["https://www.w3.org/ns/did/v1"], "id": DID, "verificationMethod": [key], "assertionMethod": [METHOD]})
    };
    let weighed = |published: Option<Value>| {
        let mut snapshot = issuer.evaluation_snapshot(now).unwrap();
        if let Some(published) = published {
            let url = "https://atelier.example/.well-known/did.json".to_owned();
            let outcome = Ok(published.to_string().into_bytes());
            let resource = Resource { kind: ResourceKind::ControllerDocument, url };
            snapshot.insert(resource, Retrieval { fetched_at: now, outcome });
        }
        match issuer.weigh_with(&badge, &draft, &template, now, snapshot) {
            Ok(weighed) => weighed.result.evaluators,
            Err(Refusal::Request(problems)) => {
                problems.iter().map(|found| found.code.as_str().to_owned()).collect()
            }
            Err(Refusal::Failure(reason)) => panic!("{reason}"),
        }
    };
    assert_eq!(weighed(Some(document(None))), [DID]);
    // Stolen since yesterday, or for a year: the evaluation says that it is of an hour ago, and that proves nothing.
    for hours in [-24, -24 * 365] {
        assert_eq!(weighed(Some(document(Some(json!(stamp(hours)))))), ["ENDORSEMENT_INVALID"]);
    }
    // Nothing is fetched here: what cannot be seen does not count.
    assert_eq!(weighed(None), ["ENDORSEMENT_INDETERMINATE"]);
}

/// An evaluator under `did:web` whose key was stolen publishes another, and takes back what the old one signed.
#[test]
fn a_withdrawal_is_signed_with_the_key_that_its_evaluator_publishes_now() {
    const DID: &str = "did:web:atelier.example";
    const METHOD: &str = "did:web:atelier.example#new";
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("issuer.toml");
    std::fs::write(&config, "public-url = 'https://badges.example'\n[evaluations]\nfetch = 'never'").unwrap();
    let (data, config) = (Some(directory.path().join("data")), Some(config));
    let settings = Settings::resolve(Options { data, config, ..Options::default() }).unwrap();
    let issuer = data_directory::open(&settings, None).unwrap().issuer;
    let now = Timestamp::now();

    let aim = Aim { skills: vec![SKILL.to_owned()], ..Aim::default() };
    let mut course = Course::accepted(ADA, BOB, aim);
    let mandate = peers::digest_of(&course.records[0]);
    let new = NewSeat { seat: entries::seat_of(&mandate, DID, SKILL), at: now, most_in_a_day: 1 };
    let seated = issuer.store.reserve_seat(new, crate::randomness::entropy().unwrap()).unwrap();
    let slot = seated.seat().slot.clone();
    let list = format!("https://badges.example/status/{}", slot.list);
    let entry = crate::credential::status_entry(&list, &slot);
    let mut endorsement = course.endorsement(&course.evaluation(SKILL), Some(&entry));
    endorsement["issuer"]["id"] = DID.into();
    course.records.push(BOB.seal_as("did:web:atelier.example#stolen", &endorsement));
    let signed = |by: peers::Person| {
        let mut course = course.clone();
        course.withdraw(by);
        let withdrawal = course.records.last_mut().unwrap();
        withdrawal.as_object_mut().unwrap().remove("proof");
        withdrawal["issuer"] = DID.into();
        *withdrawal = by.seal_as(METHOD, withdrawal);
        course.thread().to_string()
    };
    let attempt = |thread: &str, published: bool| {
        let mut snapshot = issuer.evaluation_snapshot(now).unwrap();
        if published {
            let key = json!({"id": METHOD, "type": "Multikey", "controller": DID, "publicKeyMultibase": ADA.multibase()});
            let document = json!({"@context": ["https://www.w3.org/ns/did/v1"], "id": DID, "verificationMethod": [key],
                "assertionMethod": [METHOD]});
            let url = "https://atelier.example/.well-known/did.json".to_owned();
            let resource = Resource { kind: ResourceKind::ControllerDocument, url };
            let outcome = Ok(document.to_string().into_bytes());
            snapshot.insert(resource, Retrieval { fetched_at: now, outcome });
        }
        match issuer.withdraw_with(thread.as_bytes(), now, snapshot) {
            Ok(answer) => answer.withdrawn.len().to_string(),
            Err(Refusal::Request(problems)) => problems[0].code.as_str().to_owned(),
            Err(Refusal::Failure(reason)) => panic!("{reason}"),
        }
    };
    assert_eq!(attempt(&signed(ADA), false), "EVALUATION_KEYS_NOT_FETCHED");
    assert_eq!(attempt(&signed(BOB), true), "RECORD_UNSOUND", "the stolen key takes nothing back");
    assert_eq!(attempt(&signed(ADA), true), "1");
}

/// An issuer that keeps entries, with a badge for which one evaluator is enough, and what evaluators aim at.
fn issuing(directory: &std::path::Path) -> (Arc<Issuer>, Subject, Aim) {
    issuing_with(directory, "never")
}

fn issuing_with(directory: &std::path::Path, fetch: &str) -> (Arc<Issuer>, Subject, Aim) {
    let config = directory.join("issuer.toml");
    let settings = format!("public-url = 'https://badges.example'\n[evaluations]\nfetch = '{fetch}'");
    std::fs::write(&config, settings).unwrap();
    let (data, config) = (Some(directory.join("data")), Some(config));
    let settings = Settings::resolve(Options { data, config, ..Options::default() }).unwrap();
    let issuer = data_directory::open(&settings, None).unwrap().issuer;
    let achievement = json!({
        "type": ["Achievement"], "name": "Souder", "description": "Sait souder.", "inLanguage": "fr",
        "criteria": {"narrative": "Un cordon."}, "alignment": [skill(SKILL)],
        "panel": {"quorum": 1, "standingIssuers": [GUILD.did()]},
    });
    let template = Template::of(achievement, Purpose::Revocation, Vec::new()).unwrap();
    let defined = issuer.define(None, template, Act::by_operator(Timestamp::now())).unwrap();
    let aim = Aim::template(&defined.template.achievement);
    let subject = Subject { badge: defined.badge, version: defined.version, template: defined.template };
    (issuer, subject, aim)
}

/// An evaluation under an entry that the issuer keeps.
fn kept(issuer: &Issuer, candidate: peers::Person, evaluator: peers::Person, aim: &Aim) -> Course {
    let mut course = Course::accepted(candidate, evaluator, aim.clone());
    let thread = course.thread().to_string();
    let now = Timestamp::now();
    let reserved = issuer.evaluation_entries(thread.as_bytes(), None, now).unwrap();
    course.submit(Some(&reserved.entries[0]["credentialStatus"]), Some(own_badge(evaluator, GUILD, "6")));
    course
}

fn awarded(
    issuer: &Issuer,
    subject: &Subject,
    course: &Course,
    key: &str,
    now: Timestamp,
) -> Result<Award, Vec<String>> {
    let draft = json!({"recipient": {"id": course.candidate.did()}, "evaluations": [course.thread()]});
    let draft = Draft::of(draft).unwrap();
    let idempotency = Idempotency { key: key.to_owned(), digest: Digest::of(&[key.as_bytes()]) };
    let act = Act::by_operator(now);
    match issuer.award(subject, draft, StatusEntry::Kept, Some(idempotency), Draws::fresh().unwrap(), act) {
        Ok(awarded) => Ok(awarded.award),
        Err(Refusal::Request(problems)) => {
            Err(problems.iter().map(|found| found.code.as_str().to_owned()).collect())
        }
        Err(Refusal::Failure(reason)) => panic!("{reason}"),
    }
}

/// Leaves what a crash between intent and signature leaves of an award like this one.
fn interrupted(issuer: &Issuer, like: &Award, key: &str, at: Timestamp) -> Award {
    interrupted_with(issuer, like, key, at, issuer.store.request(&like.id).unwrap())
}

fn interrupted_with(issuer: &Issuer, like: &Award, key: &str, at: Timestamp, request: String) -> Award {
    let id = format!("interrupted-{key}");
    let intent = Intent {
        credential_id: format!("https://badges.example/credentials/{id}"),
        award: id,
        badge: like.badge.clone(),
        badge_version: like.badge_version,
        purpose: Some(Purpose::Revocation),
        recipient: like.recipient.clone().unwrap(),
        request,
        idempotency: Some(Idempotency { key: key.to_owned(), digest: Digest::of(&[key.as_bytes()]) }),
        actor: OPERATOR.to_owned(),
        at,
    };
    issuer.store.record_intent(intent, crate::randomness::entropy().unwrap()).unwrap().award().clone()
}

/// The codes of a refusal.
fn codes<T: std::fmt::Debug>(answer: Result<T, Refusal>) -> Vec<&'static str> {
    match answer {
        Err(Refusal::Request(problems)) => problems.iter().map(|problem| problem.code.as_str()).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_entry_that_differs_in_any_member_is_not_the_one_kept() {
    let directory = tempfile::tempdir().unwrap();
    let (issuer, _, aim) = issuing(directory.path());
    let now = Timestamp::now();
    let accepted = Course::accepted(ADA, BOB, aim);
    let thread = accepted.thread().to_string();
    let reserved = issuer.evaluation_entries(thread.as_bytes(), None, now).unwrap();
    let entry = reserved.entries[0]["credentialStatus"].clone();
    let list = entry["statusListCredential"].as_str().unwrap().to_owned();
    let (folder, number) = list.rsplit_once('/').unwrap();
    let withdrawn = |status: &Value| {
        let mut course = accepted.clone();
        course.records.push(course.endorsement(&course.evaluation(SKILL), Some(status)));
        course.withdraw(BOB);
        issuer.withdraw_evaluations(course.thread().to_string().as_bytes(), now)
    };
    let next = entry["statusListIndex"].as_str().unwrap().parse::<u32>().unwrap() ^ 1;
    for (member, value) in [
        ("type", json!("BitstringStatusListEntries")),
        ("statusPurpose", json!("suspension")),
        ("statusPurpose", json!(["revocation"])),
        ("statusPurpose", Value::Null),
        ("statusListIndex", json!(next.to_string())),
        ("statusListIndex", entry["statusListIndex"].as_str().unwrap().parse::<u32>().unwrap().into()),
        ("statusListCredential", json!(format!("{folder}/1{number}"))),
        ("statusListCredential", json!(format!("{folder}/{number}1"))),
        ("statusListCredential", json!(format!("{folder}/{number}/"))),
        ("statusListCredential", json!(format!("https://badges.example/not-status/{number}"))),
        ("statusListCredential", json!(format!("https://badges.example/status-tokens/{number}"))),
        ("statusListCredential", json!(format!("{list}?list={number}"))),
        ("statusListCredential", json!(format!("{list}?"))),
        ("statusListCredential", json!(format!("{list}#{number}"))),
        ("statusListCredential", json!(format!("https://badges.example/?/status/{number}"))),
        ("statusListCredential", json!(format!("https://badges.example/#/status/{number}"))),
        ("statusListCredential", json!(format!("/status/{number}"))),
    ] {
        let mut other = entry.clone();
        other[member] = value;
        assert_eq!(codes(withdrawn(&other)), ["EVALUATION_ENTRY_FOREIGN"], "{other}");
    }
    // Under another address it is the same place: the service may have moved.
    let mut before = entry.clone();
    before["statusListCredential"] =
        list.replace("https://badges.example", "https://former.example/b").into();
    assert_eq!(withdrawn(&before).unwrap().withdrawn.len(), 1);
    assert_eq!(withdrawn(&entry).unwrap().withdrawn.len(), 1);
}

/// A seal would send its readers to where the list no longer is.
#[test]
fn an_entry_from_before_a_move_is_not_sealed_and_said_to_be_one() {
    let directory = tempfile::tempdir().unwrap();
    let (issuer, _, aim) = issuing(directory.path());
    let course = Course::accepted(ADA, BOB, aim);
    let thread = course.thread().to_string();
    let reserved = issuer.evaluation_entries(thread.as_bytes(), None, Timestamp::now()).unwrap();
    let entry = reserved.entries[0]["credentialStatus"].clone();
    let evaluation = course.evaluation(SKILL);
    let told = |lang, change: &dyn Fn(&mut Value)| {
        let mut status = entry.clone();
        change(&mut status);
        let endorsement = course.endorsement(&evaluation, Some(&status));
        let is_entry = |status: &Value, seat: &_| issuer.is_entry(status, seat);
        let kept = issuer.kept(&endorsement, &BOB.did(), &evaluation, is_entry).unwrap();
        kept.err().map_or_else(String::new, |problem| problem.sentence(lang))
    };
    let moved = |status: &mut Value| {
        let list = status["statusListCredential"].as_str().unwrap().replace("badges", "former");
        status["statusListCredential"] = list.into();
    };
    assert_eq!(told(Lang::En, &|_| ()), "");
    assert!(told(Lang::En, &moved).contains("no longer publishes lists; have it made again"));
    assert!(told(Lang::Fr, &moved).contains("ne publie plus de listes"));
    let another = "it names another one";
    assert!(told(Lang::En, &|status| status["statusListIndex"] = "x".into()).contains(another));
    assert!(told(Lang::En, &|status| status["more"] = "x".into()).contains(another), "at the address of now");
}

#[test]
fn a_thread_of_which_nothing_is_elsewhere_is_judged_once() {
    let directory = tempfile::tempdir().unwrap();
    let (issuer, _, aim) = issuing(directory.path());
    let now = Timestamp::now();
    let bytes = kept(&issuer, ADA, BOB, &aim).thread().to_string().into_bytes();
    let (policy, mut snapshot) = issuer.at_hand(&bytes, now).unwrap();
    let judged = Cell::new(0);
    let ask = |snapshot: &badge_verifier::Snapshot| {
        judged.set(judged.get() + 1);
        judge(&bytes, &policy, now, snapshot)
    };
    let report = issuer.complete(&mut snapshot, Asker::Token, now, ask, ThreadReport::missing).unwrap();
    assert!(report.evaluations[0].stands(), "with the list of its status");
    assert_eq!(judged.get(), 1);
}

/// Whoever has no entry here makes this service fetch nothing, and look at no signature: a real socket counts who comes.
#[test]
fn a_stranger_makes_this_service_neither_fetch_nor_look_at_a_signature() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let did = format!("did:web:localhost%3A{}", listener.local_addr().unwrap().port());
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    std::thread::spawn(move || {
        for _ in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    let endorsing = |course: &Course, status: &Value| {
        let mut endorsement = course.endorsement(&course.evaluation(SKILL), Some(status));
        endorsement["issuer"]["id"] = did.as_str().into();
        endorsement
    };
    let as_elsewhere = |record: &Value, by: peers::Person| {
        let mut record = record.clone();
        record.as_object_mut().unwrap().remove("proof");
        record["issuer"] = did.as_str().into();
        by.seal_as(&format!("{did}#k"), &record)
    };
    for fetch in ["for-awards", "always"] {
        let directory = tempfile::tempdir().unwrap();
        let (mut issuer, _, aim) = issuing_with(directory.path(), fetch);
        Arc::get_mut(&mut issuer).unwrap().evaluations.reach = Reach::DangerLoopback;
        let now = Timestamp::now();
        calls.store(0, Ordering::SeqCst);
        if fetch == "for-awards" {
            let mut asking = Course::accepted(ADA, BOB, aim.clone());
            asking.records[0] = as_elsewhere(&asking.records[0], ADA);
            let thread = asking.thread().to_string();
            let refused = codes(issuer.evaluation_entries(thread.as_bytes(), None, now));
            assert_eq!(refused[0], "EVALUATION_KEYS_NOT_FETCHED");
        }
        // Nobody asked for an entry for this one: whether it is signed at all is not looked at.
        let mut course = Course::accepted(ADA, BOB, aim);
        let list = format!("https://{}/status/1", did.trim_start_matches("did:web:").replace("%3A", ":"));
        let status = json!({"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "7",
            "statusListCredential": list});
        course.records.push(endorsing(&course, &status));
        course.withdraw(BOB);
        let withdrawal = course.records.last_mut().unwrap();
        *withdrawal = as_elsewhere(withdrawal, CYD);
        let thread = course.thread().to_string();
        assert_eq!(
            codes(issuer.withdraw_evaluations(thread.as_bytes(), now)),
            ["EVALUATION_ENTRY_FOREIGN"],
            "{fetch}"
        );
        assert_eq!(calls.load(Ordering::SeqCst), 0, "{fetch}");

        // With an entry the keys are asked for: the socket counts.
        let mandate = peers::digest_of(&course.records[0]);
        let new = NewSeat { seat: entries::seat_of(&mandate, &did, SKILL), at: now, most_in_a_day: 1 };
        let seated = issuer.store.reserve_seat(new, crate::randomness::entropy().unwrap()).unwrap();
        let slot = &seated.seat().slot;
        let list = format!("https://badges.example/status/{}", slot.list);
        let entry = crate::credential::status_entry(&list, slot);
        course.records.truncate(2);
        course.records.push(endorsing(&course, &entry));
        course.withdraw(BOB);
        let withdrawal = course.records.last_mut().unwrap();
        *withdrawal = as_elsewhere(withdrawal, BOB);
        let thread = course.thread().to_string();
        assert_eq!(codes(issuer.withdraw_evaluations(thread.as_bytes(), now)), ["RECORD_UNSOUND"], "{fetch}");
        assert!(calls.load(Ordering::SeqCst) > 0, "{fetch}");
    }
}
