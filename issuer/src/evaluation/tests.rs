//! What cannot be tried over HTTP: days that pass, and keys that others publish.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

#[path = "../../tests/api/peers.rs"]
#[expect(dead_code, reason = "the tests of the service need more of it")]
mod peers;

use badge_schemas::evaluation::Standing;
use badge_verifier::snapshot::{Resource, ResourceKind, Retrieval};
use serde_json::{Value, json};

use self::peers::{ADA, Aim, BOB, Course, GUILD, SKILL, own_badge, skill, stamp};
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
            Ok(withdrawn) => withdrawn.len().to_string(),
            Err(Refusal::Request(problems)) => problems[0].code.as_str().to_owned(),
            Err(Refusal::Failure(reason)) => panic!("{reason}"),
        }
    };
    assert_eq!(attempt(&signed(ADA), false), "EVALUATION_KEYS_NOT_FETCHED");
    assert_eq!(attempt(&signed(BOB), true), "RECORD_UNSOUND", "the stolen key takes nothing back");
    assert_eq!(attempt(&signed(ADA), true), "1");
}

/// An issuer that keeps entries, with a badge for which one evaluator is enough, and what evaluators aim at.
fn issuing(directory: &std::path::Path) -> (std::sync::Arc<Issuer>, Subject, Aim) {
    let config = directory.join("issuer.toml");
    let settings = "public-url = 'https://badges.example'\n[evaluations]\nfetch = 'never'";
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

#[test]
fn an_interrupted_award_is_weighed_again_before_it_is_signed() {
    let directory = tempfile::tempdir().unwrap();
    let (issuer, subject, aim) = issuing(directory.path());
    let now = Timestamp::now();
    let mut course = kept(&issuer, ADA, BOB, &aim);
    let first = awarded(&issuer, &subject, &course, "first", now).unwrap();
    // Nothing has changed: it is finished, under the index that its intent reserved.
    let begun = interrupted(&issuer, &first, "again", now);
    let finished = awarded(&issuer, &subject, &course, "again", now).unwrap();
    assert_eq!(
        (&finished.id, &finished.slot, finished.status),
        (&begun.id, &begun.slot, AwardStatus::Active)
    );

    // Its evaluations come to something else by now: what was meant is not signed, and the next request is weighed anew.
    let mut meant: Value = serde_json::from_str(&issuer.store.request(&first.id).unwrap()).unwrap();
    meant["result"]["voices"][0]["level"]["code"] = "7".into();
    let begun = interrupted_with(&issuer, &first, "other", now, meant.to_string());
    assert_eq!(awarded(&issuer, &subject, &course, "other", now).unwrap_err(), ["EVALUATIONS_CHANGED"]);
    let anew = awarded(&issuer, &subject, &course, "other", now).unwrap();
    assert!(anew.id != begun.id && anew.slot != begun.slot);

    // Taken back in between: it is not signed, and nothing of the people in it stays.
    let begun = interrupted(&issuer, &first, "late", now);
    course.withdraw(BOB);
    let thread = course.thread().to_string();
    issuer.withdraw_evaluations(thread.as_bytes(), now).unwrap();
    course.records.pop();
    assert_eq!(awarded(&issuer, &subject, &course, "late", now).unwrap_err(), ["ENDORSEMENT_WITHDRAWN"]);
    let left = issuer.store.award(&begun.id).unwrap().unwrap();
    assert_eq!((left.status, left.recipient), (AwardStatus::Intended, None));
    assert!(issuer.store.forms(&first.id).unwrap().is_some(), "what was signed stays signed");
}

#[test]
fn an_intent_counts_in_a_ring_while_it_is_being_made_and_no_longer() {
    let directory = tempfile::tempdir().unwrap();
    let (issuer, subject, aim) = issuing(directory.path());
    let now = Timestamp::now();
    let ada = kept(&issuer, ADA, BOB, &aim);
    let first = awarded(&issuer, &subject, &ada, "first", now).unwrap();
    let hour_ago = now.checked_sub(jiff::SignedDuration::from_hours(1)).unwrap();
    interrupted(&issuer, &first, "old", hour_ago);
    let revoked = StatusChange {
        award: first.id.clone(),
        from: AwardStatus::Active,
        to: AwardStatus::Revoked,
        code: "c".to_owned(),
        reason: "r".to_owned(),
        actor: OPERATOR.to_owned(),
        at: now,
    };
    issuer.store.record_status_change(revoked, crate::randomness::entropy().unwrap()).unwrap();
    let bob = kept(&issuer, BOB, ADA, &aim);
    // One that is being made at this moment counts, one that a crash left an hour ago does not.
    let fresh = interrupted(&issuer, &first, "fresh", now);
    assert_eq!(awarded(&issuer, &subject, &bob, "bob", now).unwrap_err(), ["ENDORSEMENT_RECIPROCAL"]);
    issuer.take_back(&fresh, now).unwrap();
    awarded(&issuer, &subject, &bob, "bob", now).unwrap();
    // Begun again, the old one meets what was signed since.
    assert_eq!(awarded(&issuer, &subject, &ada, "old", now).unwrap_err(), ["ENDORSEMENT_RECIPROCAL"]);
}

#[test]
fn all_awards_of_a_person_are_read_or_it_is_said_that_they_are_not() {
    let directory = tempfile::tempdir().unwrap();
    let (issuer, subject, aim) = issuing(directory.path());
    let now = Timestamp::now();
    let first = awarded(&issuer, &subject, &kept(&issuer, ADA, BOB, &aim), "first", now).unwrap();
    std::thread::scope(|scope| {
        for part in 0..8 {
            let (issuer, first) = (&issuer, &first);
            scope.spawn(move || {
                for number in 0..=crate::store::MAX_PAGE / 8 {
                    interrupted(issuer, first, &format!("{part}-{number}"), now);
                }
            });
        }
    });
    let all = issuer.awards_of(&ADA.did(), &mut people::Budget::default()).unwrap();
    assert_eq!(all.len(), 1 + 8 * (crate::store::MAX_PAGE / 8 + 1));
    let Err(Refusal::Request(problems)) = issuer.awards_of(&ADA.did(), &mut people::Budget::of(1_000)) else {
        panic!("more than were allowed")
    };
    assert_eq!(problems[0].code.as_str(), "RING_NOT_SEARCHED");
}
