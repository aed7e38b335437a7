//! Keys that were revoked, retired or expired, and what places a signature before that.

use badge_verifier::content::Content;
use badge_verifier::trusted_time::content_sha256;
use serde_json::{Value, json};

use super::documents::{badge, badge_from, presentation};
use super::keys::{HOLDER, ISSUER, claims};
use super::{Case, case, expected, invalid, no_key, not_authentic, valid};
use crate::support::{Expected, Input};

const DID_WEB: &str = "did:web:cfa.example";
const DID_WEB_KEY: &str = "did:web:cfa.example#k1";
const DID_WEB_URL: &str = "https://cfa.example/.well-known/did.json";

/// When the key ended; the usual proof says it was made on 2 November.
const END: &str = "2026-11-10T00:00:00Z";
const BEFORE: &str = "2026-11-05T12:00:00Z";
const AFTER: &str = "2026-11-15T12:00:00Z";
/// `iat` of 2 November, and of 12 November.
const IAT_BEFORE: i64 = 1_793_610_000;
const IAT_AFTER: i64 = IAT_BEFORE + 10 * 86_400;

/// The issuer's document, its key with one more member.
fn document(member: &str) -> Value {
    let mut key = json!({"id": DID_WEB_KEY, "type": "Multikey", "controller": DID_WEB, "publicKeyMultibase": ISSUER.multibase()});
    key[member] = END.into();
    json!({"@context": ["https://www.w3.org/ns/did/v1"], "id": DID_WEB, "verificationMethod": [key], "assertionMethod": [DID_WEB_KEY]})
}

/// The same, the key no longer among those in use.
fn former(member: &str) -> Value {
    let mut document = document(member);
    document["assertionMethod"] = json!([]);
    document["formerAssertionMethod"] = json!([DID_WEB_KEY]);
    document
}

fn created(time: &str) -> Value {
    let mut proof = ISSUER.proof();
    proof["verificationMethod"] = DID_WEB_KEY.into();
    proof["created"] = time.into();
    ISSUER.seal_with(&badge_from(DID_WEB), proof)
}

fn sealed() -> Value {
    created("2026-11-02T09:00:00Z")
}

fn token(iat: Option<i64>) -> String {
    let mut claims = claims(&badge_from(DID_WEB));
    if let Some(iat) = iat {
        claims["iat"] = iat.into();
    }
    ISSUER.token(&json!({"alg": "EdDSA", "kid": DID_WEB_KEY, "typ": "JWT"}), &claims)
}

fn digest(text: &str) -> String {
    content_sha256(&Content::open(text.as_bytes()).unwrap().1).unwrap()
}

/// A policy that knows of a document at a time.
fn existed(text: &str, time: &str) -> String {
    format!("[[trusted-times]]\nsha256 = '{}'\ntime = '{time}'\n", digest(text))
}

fn json_case(name: &str, lesson: &str, badge: Value, document: Value, outcome: Expected) -> Case {
    case("verify", name, lesson, Input::Json(badge), outcome).document(DID_WEB_URL, document)
}

fn jwt_case(name: &str, lesson: &str, token: &str, document: Value, outcome: Expected) -> Case {
    case("verify", name, lesson, Input::Text(token.to_owned()), outcome).document(DID_WEB_URL, document)
}

fn refused(code: &str) -> Expected {
    no_key("invalid", &format!("fail {code}"))
}

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    revoked(&mut cases);
    retired(&mut cases);
    expired(&mut cases);
    tokens(&mut cases);
    presented(&mut cases);
    cases
}

fn revoked(cases: &mut Vec<Case>) {
    let badge = sealed();
    let text = badge.to_string();
    let mut one = |name: &str, lesson: &str, policy: String, outcome: Expected| {
        let case = json_case(name, lesson, badge.clone(), document("revoked"), outcome);
        cases.push(case.policy(policy));
    };
    one(
        "key-revoked-badge-existed",
        "A badge that is known to have existed before its key was revoked still counts.",
        existed(&text, BEFORE),
        valid(&[]),
    );
    one(
        "key-revoked-badge-existed-later",
        "To have existed after the revocation proves nothing, whatever created says.",
        existed(&text, AFTER),
        refused("KEY_REVOKED"),
    );
    one(
        "key-revoked-badge-existed-at-once",
        "To have existed at the moment of the revocation is not before it.",
        existed(&text, END),
        refused("KEY_REVOKED"),
    );
    one(
        "key-revoked-badge-existed-in-the-future",
        "A trusted time that has not come yet is none.",
        existed(&text, "2027-01-01T00:00:00Z"),
        refused("KEY_REVOKED"),
    );
    one(
        "key-revoked-earliest-of-two-times",
        "Of two trusted times the earlier one counts: both are true.",
        existed(&text, AFTER) + &existed(&text, BEFORE),
        valid(&[]),
    );
    one(
        "key-revoked-time-of-another",
        "That another badge existed before says nothing of this one.",
        existed(&created("2026-11-03T09:00:00Z").to_string(), BEFORE),
        refused("KEY_REVOKED"),
    );
    one(
        "key-revoked-time-of-the-content",
        "That the same claims existed before, without this signature, says nothing of the signature.",
        existed(&badge_from(DID_WEB).to_string(), BEFORE),
        refused("KEY_REVOKED"),
    );
    one(
        "key-revoked-never-believed",
        "The policy that believes signatures by expired keys does not reach revoked ones.",
        "expired-key = 'danger-believe-signature'".to_owned(),
        refused("KEY_REVOKED"),
    );
    let later = created(AFTER);
    cases.push(
        json_case(
            "key-revoked-created-after",
            "A signature that says itself that it is younger than the revocation is refused, whatever else is known.",
            later.clone(),
            document("revoked"),
            refused("KEY_REVOKED"),
        )
        .policy(existed(&later.to_string(), BEFORE)),
    );
    cases.push(
        json_case(
            "key-revoked-back-dated",
            "A proof back-dated by years by whoever found the key is worth nothing.",
            created("2020-01-01T00:00:00Z"),
            document("revoked"),
            refused("KEY_REVOKED"),
        )
        .at("2026-11-05T00:00:00Z"),
    );
    cases.push(
        json_case(
            "key-revoked-formerly-listed",
            "A revoked key that was listed for signing badges was allowed to sign what existed before.",
            sealed(),
            former("revoked"),
            valid(&[]),
        )
        .policy(existed(&text, BEFORE)),
    );
    let mut unlisted = former("revoked");
    unlisted["formerAssertionMethod"] = json!([]);
    cases.push(
        json_case(
            "key-revoked-never-listed",
            "A revoked key that was never listed for signing badges did not sign one by right.",
            sealed(),
            unlisted,
            not_authentic(&[("proof-purpose", "fail PURPOSE_NOT_AUTHORIZED")]),
        )
        .policy(existed(&text, BEFORE)),
    );
    let mut in_use = former("revoked");
    in_use["verificationMethod"][0].as_object_mut().unwrap().remove("revoked");
    cases.push(
        json_case(
            "key-formerly-listed-without-revocation",
            "Only a revocation makes of a former key one that was allowed to sign.",
            sealed(),
            in_use,
            not_authentic(&[("proof-purpose", "fail PURPOSE_NOT_AUTHORIZED")]),
        )
        .policy(existed(&text, BEFORE)),
    );
}

fn retired(cases: &mut Vec<Case>) {
    cases.push(json_case(
        "key-retired",
        "What a key signed before it was retired counts: its controller still stands by it.",
        sealed(),
        document("retired"),
        valid(&[]),
    ));
    cases.push(json_case(
        "key-retired-created-after",
        "A signature that says it was made after its key was retired should not exist.",
        created(AFTER),
        document("retired"),
        refused("KEY_RETIRED"),
    ));
    let mut both = document("retired");
    both["verificationMethod"][0]["revoked"] = AFTER.into();
    cases.push(json_case(
        "key-retired-then-revoked",
        "A retired key that is revoked later is revoked.",
        sealed(),
        both,
        refused("KEY_REVOKED"),
    ));
}

fn expired(cases: &mut Vec<Case>) {
    let badge = sealed();
    let text = badge.to_string();
    let open = || no_key("indeterminate", "undetermined KEY_EXPIRED");
    let mut one = |name: &str, lesson: &str, policy: String, outcome: Expected| {
        let case = json_case(name, lesson, badge.clone(), document("expires"), outcome);
        cases.push(case.policy(policy));
    };
    one(
        "key-expired-fail",
        "A policy may refuse every key past its expiry.",
        "expired-key = 'fail'".to_owned(),
        refused("KEY_EXPIRED"),
    );
    one(
        "key-expired-believed",
        "A policy may believe, at its own danger, what a signature by an expired key says of its time.",
        "expired-key = 'danger-believe-signature'".to_owned(),
        valid(&[]),
    );
    one(
        "key-expired-badge-existed",
        "A badge that is known to have existed before its key expired counts.",
        existed(&text, BEFORE),
        valid(&[]),
    );
    one(
        "key-expired-badge-existed-later",
        "That a badge existed after its key had expired leaves the question open.",
        existed(&text, AFTER),
        open(),
    );
    cases.push(
        json_case(
            "key-expired-created-after",
            "A signature that says itself that it is younger than the expiry is refused.",
            created(AFTER),
            document("expires"),
            refused("KEY_EXPIRED"),
        )
        .policy("expired-key = 'danger-believe-signature'"),
    );
}

fn tokens(cases: &mut Vec<Case>) {
    let dated = token(Some(IAT_BEFORE));
    cases.push(jwt_case(
        "jwt-key-revoked-back-dated",
        "A token's iat never places it before the revocation of its key.",
        &dated,
        document("revoked"),
        refused("KEY_REVOKED"),
    ));
    cases.push(
        jwt_case(
            "jwt-key-revoked-existed",
            "A token that is known to have existed before its key was revoked counts.",
            &dated,
            former("revoked"),
            valid(&[]),
        )
        .policy(existed(&dated, BEFORE)),
    );
    cases.push(jwt_case(
        "jwt-key-retired-iat-after",
        "A token that says it was made after its key was retired should not exist either.",
        &token(Some(IAT_AFTER)),
        document("retired"),
        refused("KEY_RETIRED"),
    ));
    cases.push(jwt_case(
        "jwt-key-retired-undated",
        "A token by a retired key that says nothing of its time counts.",
        &token(None),
        document("retired"),
        valid(&[]),
    ));
    cases.push(
        jwt_case(
            "jwt-key-expired-undated",
            "Where an expired key's token says nothing of its time, there is nothing to believe.",
            &token(None),
            document("expires"),
            no_key("indeterminate", "undetermined KEY_EXPIRED"),
        )
        .policy("expired-key = 'danger-believe-signature'"),
    );
}

fn presented(cases: &mut Vec<Case>) {
    let old = sealed();
    let mut proof = HOLDER.proof();
    proof["created"] = "2026-11-22T09:59:00Z".into();
    proof["proofPurpose"] = "authentication".into();
    proof["challenge"] = "7d1f6a90-défi".into();
    let shown = HOLDER.seal_with(&presentation(&json!([old])), proof);
    let inside = expected("valid", &[&[("presenter", "pass")]]);
    cases.push(
        case(
            "present",
            "key-revoked-badge-existed",
            "A badge inside a presentation of today is recognised as the one that existed before.",
            Input::Json(shown),
            expected("valid", &[&[("challenge", "pass"), ("credentials", "pass")]])
                .with_embedded("/verifiableCredential/0", inside),
        )
        .challenge("7d1f6a90-défi")
        .document(DID_WEB_URL, document("revoked"))
        .policy(existed(&old.to_string(), BEFORE)),
    );
    let mut proof = ISSUER.proof();
    proof["verificationMethod"] = DID_WEB_KEY.into();
    proof["proofPurpose"] = "authentication".into();
    let mut presentation = presentation(&json!([ISSUER.seal(&badge())]));
    presentation["holder"] = DID_WEB.into();
    let shown = ISSUER.seal_with(&presentation, proof);
    let blocked = "blocked signature";
    let outcome = invalid(&[
        ("proof-purpose", "fail PURPOSE_NOT_AUTHORIZED"),
        ("challenge", blocked),
        ("domain", blocked),
        ("credentials", "undetermined CREDENTIAL_INDETERMINATE"),
    ]);
    cases.push(
        case(
            "present",
            "key-formerly-for-badges",
            "That a key once signed badges lets nobody present with it.",
            Input::Json(shown.clone()),
            outcome.with_embedded(
                "/verifiableCredential/0",
                expected("indeterminate", &[&[("presenter", blocked)]]),
            ),
        )
        .document(DID_WEB_URL, former("revoked"))
        .policy(existed(&shown.to_string(), BEFORE)),
    );
}
