//! Rings over one database: who vouches for whom at the same moment, at whichever service.

use std::sync::Barrier;

use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::harness::{Answer, Service, achievement, codes};
use crate::load::{settings, start, twin};
use crate::peers::{Aim, GUILD, Person, found_met};
use crate::runs;

/// A way in which somebody is vouched for.
struct Request {
    path: String,
    key: String,
    body: Value,
}

/// A badge from a panel's result.
fn panel_award(badge: &str, aim: &Aim, candidate: Person, evaluator: Person) -> Request {
    let thread = found_met(candidate, evaluator, aim).thread();
    let body = json!({"recipient": {"id": candidate.did()}, "evaluations": [thread]});
    Request { path: format!("/api/badges/{badge}/awards"), key: candidate.did(), body }
}

/// An endorsement put into a badge that is there.
fn folding(service: &Service, badge: &str, candidate: Person, evaluator: Person) -> Request {
    let body = json!({"recipient": {"id": candidate.did()}});
    let awarded = service.award(badge, &candidate.did(), &body).expect(201);
    let course = found_met(candidate, evaluator, &Aim::badge(&awarded["credential"]));
    let body = json!({"endorsements": [course.records.last().unwrap()]});
    let path = format!("/api/awards/{}/endorsements", awarded["id"].as_str().unwrap());
    Request { path, key: candidate.did(), body }
}

/// Each of the two is asked of a service of its own at the same moment: one is done, the other is told why not.
fn one_of_them_is_done(services: [&Service; 2], requests: &[Request; 2]) {
    let begin = Barrier::new(2);
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let asked: Vec<_> = services
            .into_iter()
            .zip(requests)
            .map(|(service, Request { path, key, body })| {
                let begin = &begin;
                scope.spawn(move || {
                    begin.wait();
                    service.admin_with("POST", path, &[("Idempotency-Key", key)], Some(body))
                })
            })
            .collect();
        asked.into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    let refused: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 422).collect();
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert!(refused.len() == 1 && statuses.iter().any(|status| matches!(status, 200 | 201)), "{statuses:?}");
    assert_eq!(codes(&refused[0].json())[0].0, "ENDORSEMENT_RECIPROCAL");
}

#[test]
fn of_two_who_vouch_for_each_other_at_two_services_at_once_one_is_vouched_for() {
    let cluster = Cluster::start();
    let directory = settings(&cluster.url(), "");
    let one = start(directory.path());
    let twin = twin(directory.path());
    let two = start(twin.path());
    let plain = one.define("");
    let mut panel = achievement();
    panel["panel"] = json!({"quorum": 1, "standingIssuers": [GUILD.did()]});
    let defined = one.admin("POST", "/api/badges", Some(&panel)).expect(201);
    let badge = defined["id"].as_str().unwrap();
    let aim = Aim::template(&one.get(&format!("/badges/{badge}")).expect(200));
    let rounds = u8::try_from(runs(6, 12, 30)).unwrap();
    let mut people = (40..).map(Person);
    for round in 0..rounds {
        let [ada, bob] = [people.next().unwrap(), people.next().unwrap()];
        let requests = match round % 3 {
            0 => [folding(&one, &plain, ada, bob), folding(&two, &plain, bob, ada)],
            1 => [panel_award(badge, &aim, ada, bob), panel_award(badge, &aim, bob, ada)],
            _ => [folding(&one, &plain, ada, bob), panel_award(badge, &aim, bob, ada)],
        };
        one_of_them_is_done([&one, &two], &requests);
    }
}
