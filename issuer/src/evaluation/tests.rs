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
use crate::data_directory;
use crate::draft::Draft;
use crate::refusal::Refusal;
use crate::settings::{Options, Settings};
use crate::store::{NewSeat, Purpose};
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
