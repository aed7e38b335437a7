//! Who vouches for each other, however their key is written, and in whatever order it is asked.

use badge_schemas::evaluation::Standing;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::evaluations::offering;
use crate::harness::{Answer, Service, codes};
use crate::panels::{award, defined, told, with_quorum};
use crate::peers::{ADA, Aim, BOB, CYD, Course, GUILD, Person, SKILL, found_met, own_badge};

/// The same key as did:jwk, with more members than it needs.
fn jwk_did(of: Person, members: &str) -> String {
    let x = URL_SAFE_NO_PAD.encode(of.public_bytes());
    format!(
        "did:jwk:{}",
        URL_SAFE_NO_PAD.encode(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"{members}}}"#))
    )
}

/// An evaluation by itself of a candidate under this DID.
fn of_did(candidate: &str, evaluator: Person, template: &Value) -> Value {
    let course = Course::accepted(CYD, evaluator, Aim::template(template));
    let mut evaluation = course.evaluation(SKILL);
    candidate.clone_into(&mut evaluation.candidate);
    (evaluation.previous, evaluation.mandate, evaluation.mandate_digest) = (None, None, None);
    evaluation.standing = vec![Standing::carrying(own_badge(evaluator, GUILD, "6"))];
    let mut endorsement = course.endorsement(&evaluation, None);
    endorsement["credentialSubject"]["id"] = candidate.into();
    evaluator.seal(&endorsement)
}

fn award_to(service: &Service, badge: &str, key: &str, did: &str, evaluation: &Value) -> Answer {
    service.award(badge, key, &json!({"recipient": {"id": did}, "evaluations": [evaluation]}))
}

#[test]
fn one_key_is_one_person_however_it_is_written() {
    let (_directory, service) = offering("");
    let (id, aim) = defined(&service, &with_quorum(1));
    let published = service.get(&format!("/badges/{id}")).expect(200);
    let plain = jwk_did(BOB, "");
    award(&service, &id, "1", ADA, &[found_met(ADA, BOB, &aim).thread()]).expect(201);
    for (key, bob) in [("2", &plain), ("3", &jwk_did(BOB, r#","use":"sig""#))] {
        let ring = award_to(&service, &id, key, bob, &of_did(bob, ADA, &published));
        assert_eq!(told(&ring, 422), ["ENDORSEMENT_RECIPROCAL"], "{bob}");
    }
    // Recorded as did:jwk, found as did:key.
    award_to(&service, &id, "4", &plain, &of_did(&plain, CYD, &published)).expect(201);
    let ring = award(&service, &id, "5", CYD, &[found_met(CYD, BOB, &aim).thread()]);
    assert_eq!(told(&ring, 422), ["ENDORSEMENT_RECIPROCAL"]);
    // Nobody evaluates themselves under another name.
    let own = award_to(&service, &id, "6", &plain, &of_did(&plain, BOB, &published));
    assert_eq!(told(&own, 422)[0], "EVALUATOR_IS_CANDIDATE");
}

#[test]
fn who_holds_no_badge_of_it_has_vouched_for_nobody() {
    let (_directory, service) = offering("");
    let (id, aim) = defined(&service, &with_quorum(1));
    let by = |candidate, evaluator| [found_met(candidate, evaluator, &aim).thread()];
    let first = award(&service, &id, "1", ADA, &by(ADA, BOB)).expect(201);
    assert_eq!(told(&award(&service, &id, "2", BOB, &by(BOB, ADA)), 422), ["ENDORSEMENT_RECIPROCAL"]);
    let path = format!("/api/awards/{}/status", first["id"].as_str().unwrap());
    let revoke = json!({"status": "revoked", "reason": "erreur"});
    service.admin("POST", &path, Some(&revoke)).expect(200);
    award(&service, &id, "3", BOB, &by(BOB, ADA)).expect(201);
}

/// Two badges that are there, and each one's holder endorses the other's: put in at once, one at most is.
#[test]
fn of_two_who_are_put_into_each_others_badges_at_once_one_at_most_is() {
    let (_directory, service) = offering("");
    let id = service.define("");
    for round in 0..6_u8 {
        let pair = [Person(120 + 2 * round), Person(121 + 2 * round)];
        let badges = pair
            .map(|one| service.award(&id, &one.did(), &json!({"recipient": {"id": one.did()}})).expect(201));
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let asked: Vec<_> = (0..2)
                .map(|one| {
                    let (service, badge) = (&service, &badges[one]);
                    let course = found_met(pair[one], pair[1 - one], &Aim::badge(&badge["credential"]));
                    scope.spawn(move || {
                        let path = format!("/api/awards/{}/endorsements", badge["id"].as_str().unwrap());
                        let body = json!({"endorsements": [course.records.last().unwrap()]});
                        service.admin("POST", &path, Some(&body))
                    })
                })
                .collect();
            asked.into_iter().map(|asked| asked.join().unwrap()).collect()
        });
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert!(statuses.contains(&200) && statuses.contains(&422), "{statuses:?}");
        let refused = answers.iter().find(|answer| answer.status == 422).unwrap();
        assert_eq!(codes(&refused.json())[0].0, "ENDORSEMENT_RECIPROCAL");
    }
}

/// Several who add to one badge at once all do, and what each is answered is what is recorded then.
#[test]
fn what_is_put_into_a_badge_at_once_is_all_there_and_answered_as_recorded() {
    let (_directory, service) = offering("");
    let id = service.define("");
    let awarded = service.award(&id, "k", &json!({"recipient": {"id": ADA.did()}})).expect(201);
    let award_id = awarded["id"].as_str().unwrap();
    let aimed = Aim::badge(&awarded["credential"]);
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let asked: Vec<_> = (50..54)
            .map(|number| {
                let (service, course) = (&service, found_met(ADA, Person(number), &aimed));
                scope.spawn(move || {
                    let body = json!({"endorsements": [course.thread()]});
                    let path = format!("/api/awards/{award_id}/endorsements");
                    service.admin("POST", &path, Some(&body)).expect(200)
                })
            })
            .collect();
        asked.into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    let file = service.admin("GET", &format!("/api/awards/{award_id}/file?format=json"), None).json();
    assert_eq!(file["endorsement"].as_array().unwrap().len(), 4);
    let with_all: Vec<&Value> =
        answers.iter().map(|answer| &answer["credential"]).filter(|badge| **badge == file).collect();
    assert_eq!(with_all.len(), 1, "the last one is answered with what is recorded");
    let log = service.admin("GET", "/api/audit?limit=1000", None).text();
    assert_eq!(log.matches("\"kind\":\"reissued\"").count(), 4, "nothing is signed that is not recorded");
}
