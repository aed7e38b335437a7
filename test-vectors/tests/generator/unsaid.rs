//! What says nothing: empty arrays and null; and the periods of proofs around what is said.

use badge_verifier::snapshot::ResourceKind;
use serde_json::{Value, json};

use super::documents::{REGISTRY_URL, badge, badge_with, badge_with_status, list, recognised, registry};
use super::keys::{AUTHORITY, ISSUER};
use super::{Case, case, expected, not_authentic, valid};
use crate::support::{Body, Expected, Input};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    nothing(&mut cases);
    periods(&mut cases);
    cases
}

fn verify(name: &str, lesson: &str, input: Input, outcome: Expected) -> Case {
    case("verify", name, lesson, input, outcome)
}

fn nothing(cases: &mut Vec<Case>) {
    let added = |pointer: &str, name: &str, value: Value| {
        let mut sealed = ISSUER.seal(&badge());
        sealed.pointer_mut(pointer).unwrap()[name] = value;
        Input::Json(sealed)
    };
    cases.push(verify(
        "empty-array-added",
        "An empty array says no more than its absence: nobody gains by adding one to a signed badge.",
        added("", "evidence", json!([])),
        valid(&[]),
    ));
    cases.push(verify(
        "empty-array-nested-added",
        "An empty array says no more than its absence, at any depth.",
        added("/credentialSubject/achievement", "alignment", json!([])),
        valid(&[]),
    ));
    let undefined = "fail JSONLD_UNDEFINED_TERM";
    cases.push(verify(
        "empty-array-undefined-added",
        "An empty array does not excuse a name without meaning.",
        added("/issuer", "undefinedProperty", json!([])),
        not_authentic(&[("conformance", undefined), ("signature", undefined)]),
    ));
    cases.push(verify(
        "null-added",
        "Null is no way to say nothing: to some readers it is a value, and no signature covers it.",
        added("/credentialSubject/achievement", "humanCode", Value::Null),
        not_authentic(&[("conformance", "fail SCHEMA_VIOLATION"), ("signature", "fail JSONLD_INVALID")]),
    ));
    let empty = badge_with(|badge| badge["credentialSubject"]["achievement"]["tag"] = json!([]));
    cases.push(verify(
        "jwt-empty-array",
        "A token may carry empty arrays, as many issuers write them.",
        Input::Text(ISSUER.jwt(&empty)),
        valid(&[]),
    ));
}

fn periods(cases: &mut Vec<Case>) {
    let stale = || expected("indeterminate", &[&[("status", "undetermined STATUS_LIST_STALE")]]);
    let mut proof = ISSUER.proof();
    proof["expires"] = "2026-11-21T00:00:00Z".into();
    cases.push(
        verify(
            "status-list-proof-expired",
            "A list whose proof has expired is out of date, whatever its own period.",
            Input::Json(ISSUER.seal(&badge_with_status())),
            stale(),
        )
        .list(ISSUER.seal_with(&list("revocation", &[]), proof)),
    );
    let mut token = list("revocation", &[]);
    token["exp"] = 1_795_219_200.into(); // 2026-11-21T00:00:00Z
    cases.push(
        verify(
            "status-list-token-expired",
            "A list whose token has expired is out of date, whatever its own period.",
            Input::Json(ISSUER.seal(&badge_with_status())),
            stale(),
        )
        .at_hand(
            ResourceKind::StatusList,
            super::documents::LIST_URL,
            Body::Text(ISSUER.vc_jwt(&token)),
        ),
    );
    let mut recognition = registry(&json!([recognised(&ISSUER.did(), &json!({}))]));
    recognition["exp"] = 1_795_219_200.into();
    let policy = format!("[[registries]]\nsource = \"{REGISTRY_URL}\"\nissuer = \"{}\"\n", AUTHORITY.did());
    cases.push(
        verify(
            "registry-token-expired",
            "A registry whose token has expired lists nobody, whatever its own period.",
            Input::Json(ISSUER.seal(&badge())),
            valid(&[("issuer", "warn REGISTRY_EXPIRED")]),
        )
        .policy(policy)
        .registries(&["list-expired"])
        .at_hand(ResourceKind::Registry, REGISTRY_URL, Body::Text(AUTHORITY.vc_jwt(&recognition))),
    );
}
