//! The same key and body award once, however many ask at once.

use std::collections::BTreeSet;

use serde_json::json;

use crate::harness::{HOLDER, Service};

#[test]
fn many_at_once_with_one_key_make_one_award() {
    let service = Service::start();
    let badge = service.define("");
    let body = json!({"recipient": {"id": HOLDER}});
    let answers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| service.award(&badge, "same", &body))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 1);
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 201)));
    let distinct: BTreeSet<String> = answers
        .iter()
        .map(|answer| format!("{}{}", answer.json()["id"], answer.json()["credential"]))
        .collect();
    assert_eq!(distinct.len(), 1, "all got the same badge, signature and all");
    let listed = service.admin("GET", "/api/awards", None).expect(200);
    assert_eq!(listed["awards"].as_array().unwrap().len(), 1);
}

#[test]
fn different_keys_get_different_indexes() {
    let service = Service::start();
    let badge = service.define("");
    let body = json!({"recipient": {"id": HOLDER}});
    let indexes: BTreeSet<String> = std::thread::scope(|scope| {
        let service = &service;
        let (badge, body) = (&badge, &body);
        let threads: Vec<_> = (0..8)
            .map(|number| scope.spawn(move || service.award(badge, &format!("k{number}"), body).expect(201)))
            .collect();
        threads
            .into_iter()
            .map(|thread| {
                thread.join().unwrap()["credential"]["credentialStatus"]["statusListIndex"].to_string()
            })
            .collect()
    });
    assert_eq!(indexes.len(), 8);
}

#[test]
fn a_key_stands_for_one_body_and_one_badge() {
    let service = Service::start();
    let (badge, other) = (service.define(""), service.define(""));
    let body = json!({"recipient": {"id": HOLDER}});
    let award = service.award(&badge, "key", &body).expect(201);
    let changed = json!({"recipient": {"id": HOLDER}, "narrative": "x"});
    let conflict = service.award(&badge, "key", &changed).expect(409);
    assert_eq!(conflict["code"], "IDEMPOTENCY_CONFLICT");
    assert_eq!(conflict["values"]["award"], award["id"]);
    service.award(&other, "key", &body).expect(409);
    service.award(&badge, "key", &body).expect(200);
}

#[test]
fn a_key_is_required_and_has_a_form() {
    let service = Service::start();
    let badge = service.define("");
    let path = format!("/api/badges/{badge}/awards");
    let body = json!({"recipient": {"id": HOLDER}});
    let long = "x".repeat(201);
    for headers in [
        vec![],
        vec![("Idempotency-Key", "")],
        vec![("Idempotency-Key", "a b")],
        vec![("Idempotency-Key", "é")],
        vec![("Idempotency-Key", long.as_str())],
        vec![("Idempotency-Key", "a"), ("Idempotency-Key", "b")],
    ] {
        let answer = service.admin_with("POST", &path, &headers, Some(&body));
        assert_eq!(answer.expect(400)["code"], "IDEMPOTENCY_KEY_REQUIRED", "{headers:?}");
    }
    service.award(&badge, &"x".repeat(200), &body).expect(201);
}
