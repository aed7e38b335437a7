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

/// Each is asked at the same moment, of one service or the other: all are done but one, who would close the ring and is told so.
fn all_but_one_are_done(services: [&Service; 2], requests: &[Request]) {
    let begin = Barrier::new(requests.len());
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let asked: Vec<_> = services
            .into_iter()
            .cycle()
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
    let done = statuses.iter().filter(|status| matches!(status, 200 | 201)).count();
    assert_eq!((refused.len(), done), (1, requests.len() - 1), "{statuses:?}");
    assert_eq!(codes(&refused[0].json())[0].0, "ENDORSEMENT_RECIPROCAL");
}

#[test]
fn who_would_close_a_ring_at_two_services_at_once_is_refused() {
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
    let mut people = (40..).map(Person);
    for round in 0..runs(8, 16, 64) {
        let [ada, bob, cyd] = [(); 3].map(|()| people.next().unwrap());
        let folded = |candidate, evaluator| folding(&one, &plain, candidate, evaluator);
        let awarded = |candidate, evaluator| panel_award(badge, &aim, candidate, evaluator);
        let requests = match round % 4 {
            0 => vec![folded(ada, bob), folded(bob, ada)],
            1 => vec![awarded(ada, bob), awarded(bob, ada)],
            2 => vec![folded(ada, bob), awarded(bob, ada)],
            _ => vec![awarded(ada, bob), folded(bob, cyd), awarded(cyd, ada)],
        };
        all_but_one_are_done([&one, &two], &requests);
    }
}
