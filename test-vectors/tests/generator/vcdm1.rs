//! Badges of the data model 1.1, on which Open Badges 3.0 was published first; and documents of neither version.

use serde_json::{Value, json};

use super::data_model::V1;
use super::documents::{BADGE_ID, OB, V2, badge, badge_with};
use super::keys::{HOLDER, ISSUER, STRANGER};
use super::{Case, case, invalid, not_authentic, valid};
use crate::support::{Expected, Input};

const OB_3_0_0: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context.json";
const OB_3_0_1: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json";
const DI_V1: &str = "https://w3id.org/security/data-integrity/v1";
const DI_V2: &str = "https://w3id.org/security/data-integrity/v2";

/// The badge as the data model 1.1 writes it.
fn old(contexts: &[&str]) -> Value {
    let mut old = badge();
    old["@context"] = json!(contexts);
    let members = old.as_object_mut().unwrap();
    for (new, was) in [("validFrom", "issuanceDate"), ("validUntil", "expirationDate")] {
        let date = members.remove(new).unwrap();
        members.insert(was.to_owned(), date);
    }
    old
}

fn old_with(change: impl FnOnce(&mut Value)) -> Value {
    let mut old = old(&[V1, OB_3_0_1]);
    change(&mut old);
    old
}

/// The claims that repeat the members of the old badge.
fn claims() -> Value {
    // 2026-11-01 and 2029-11-01, midnight UTC.
    json!({"iss": ISSUER.did(), "jti": BADGE_ID, "sub": HOLDER.did(), "nbf": 1_793_491_200, "exp": 1_888_185_600})
}

/// As Open Badges writes a token: the members of the badge, and claims beside them.
fn open_badges(badge: &Value) -> Value {
    let mut payload = badge.clone();
    claims().as_object().unwrap().iter().for_each(|(name, value)| payload[name] = value.clone());
    payload
}

/// As the data model 1.1 writes a token: the badge in a claim.
fn in_vc(badge: &Value) -> Value {
    let mut payload = claims();
    payload["vc"] = badge.clone();
    payload
}

fn token(typ: &str, payload: &Value) -> Input {
    Input::Text(ISSUER.token(&json!({"alg": "EdDSA", "kid": ISSUER.method(), "typ": typ}), payload))
}

fn verify(name: &str, lesson: &str, input: Input, outcome: Expected) -> Case {
    case("verify", &format!("vcdm1-{name}"), lesson, input, outcome)
}

pub fn cases() -> Vec<Case> {
    let sealed = |contexts: &[&str]| Input::Json(ISSUER.seal(&old(contexts)));
    let conformance = |words: &'static str| invalid(&[("conformance", words)]);
    let mixed = "fail VCDM_VARIANT_MISMATCH";
    let mut cases = vec![
        verify(
            "proof",
            "A badge of the data model 1.1 with a Data Integrity proof is valid.",
            sealed(&[V1, OB_3_0_1, DI_V2]),
            valid(&[]),
        ),
        verify(
            "first-edition",
            "So is one with the first context of Open Badges 3.0, which had no version in its name.",
            sealed(&[V1, OB_3_0_0, DI_V1]),
            valid(&[]),
        ),
        verify(
            "token",
            "A token of 1.1 as Open Badges writes it repeats issuanceDate and expirationDate.",
            token("JWT", &open_badges(&old(&[V1, OB_3_0_1]))),
            valid(&[]),
        ),
        verify(
            "token-claims-differ",
            "The claims of a token of 1.1 must not contradict its dates.",
            token(
                "JWT",
                &open_badges(&old_with(|badge| badge["expirationDate"] = "2028-11-01T00:00:00Z".into())),
            ),
            conformance("fail CLAIM_MISMATCH"),
        ),
        verify(
            "vc",
            "A token of 1.1 may hold the badge in the claim vc.",
            token("JWT", &in_vc(&old(&[V1, OB_3_0_1]))),
            valid(&[]),
        ),
        verify(
            "vc-completed",
            "What only the claims say belongs to the badge in vc.",
            token(
                "JWT",
                &in_vc(&old_with(|badge| {
                    let members = badge.as_object_mut().unwrap();
                    ["id", "issuanceDate", "expirationDate"]
                        .iter()
                        .for_each(|name| drop(members.remove(*name)));
                    members["issuer"].as_object_mut().unwrap().remove("id");
                    members["credentialSubject"].as_object_mut().unwrap().remove("id");
                })),
            ),
            valid(&[]),
        ),
        verify(
            "vc-contradicted",
            "A claim that contradicts the badge in vc is refused.",
            token("JWT", &in_vc(&old_with(|badge| badge["credentialSubject"]["id"] = STRANGER.did().into()))),
            conformance("fail CLAIM_MISMATCH"),
        ),
        verify(
            "vc-expired-by-claim",
            "A badge in vc expires when the claim says so.",
            token("JWT", &{
                let mut payload = in_vc(&old_with(|badge| {
                    badge.as_object_mut().unwrap().remove("expirationDate");
                }));
                payload["exp"] = 1_794_000_000.into();
                payload
            }),
            invalid(&[("validity", "fail EXPIRED")]),
        ),
        verify(
            "vc-and-more",
            "A member beside vc would be read by nobody.",
            token("JWT", &{
                let mut payload = in_vc(&old(&[V1, OB_3_0_1]));
                payload["credentialStatus"] =
                    json!({"id": "https://cfa.example/status/1#94", "type": "1EdTechRevocationList"});
                payload
            }),
            conformance(mixed),
        ),
        verify(
            "vc-jose-cose",
            "The newer kind of token has no claim vc.",
            token("vc+jwt", &in_vc(&old(&[V1, OB_3_0_1]))),
            conformance(mixed),
        ),
        verify(
            "vc-of-2-0",
            "A badge of the data model 2.0 in vc, as several issuers write it, is read by the rules of 1.1.",
            token("JWT", &in_vc(&badge())),
            valid(&[]),
        ),
        verify(
            "expired",
            "A badge of 1.1 ends at its expirationDate.",
            Input::Json(ISSUER.seal(&old_period("2024-01-01T00:00:00Z", "2026-01-01T00:00:00Z"))),
            invalid(&[("validity", "fail EXPIRED")]),
        ),
        verify(
            "not-yet",
            "A badge of 1.1 begins at its issuanceDate.",
            Input::Json(ISSUER.seal(&old_period("2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"))),
            invalid(&[("validity", "fail NOT_YET_VALID")]),
        ),
        verify(
            "undated",
            "A badge of 1.1 says when it was issued.",
            Input::Json(ISSUER.seal(&{
                let mut badge = old(&[V1, OB_3_0_1, DI_V2]);
                badge.as_object_mut().unwrap().remove("issuanceDate");
                badge
            })),
            conformance("fail MALFORMED_VALUE"),
        ),
        verify(
            "tampered",
            "A badge of 1.1 changed after signing is invalid.",
            Input::Json({
                let mut sealed = ISSUER.seal(&old(&[V1, OB_3_0_1, DI_V2]));
                sealed["expirationDate"] = "2039-11-01T00:00:00Z".into();
                sealed
            }),
            super::forged(),
        ),
        verify(
            "of-another",
            "A badge of 1.1 signed by someone else than its issuer is invalid.",
            Input::Json(STRANGER.seal(&old(&[V1, OB_3_0_1, DI_V2]))),
            not_authentic(&[("controller", "fail CONTROLLER_NOT_ISSUER")]),
        ),
        verify(
            "unshaped",
            "A badge of 1.1 has the shape of a badge.",
            Input::Json(ISSUER.seal(&{
                let mut badge = old(&[V1, OB_3_0_1, DI_V2]);
                badge["credentialSubject"]["achievement"].as_object_mut().unwrap().remove("criteria");
                badge
            })),
            conformance("fail SCHEMA_VIOLATION"),
        ),
        verify(
            "valid-until",
            "validUntil under 1.1 would be read by some and not by others.",
            token(
                "JWT",
                &open_badges(&old_with(|badge| badge["validUntil"] = "2026-11-02T00:00:00Z".into())),
            ),
            conformance(mixed),
        ),
        verify(
            "related-resource",
            "1.1 knows no digests of related resources.",
            token("JWT", &open_badges(&old_with(|badge| badge["relatedResource"] = json!([])))),
            invalid(&[("conformance", mixed), ("related-resource", "fail MALFORMED_VALUE")]),
        ),
        verify(
            "context-of-2-0",
            "The context of 2.0 does not stand beside that of 1.1.",
            token("JWT", &open_badges(&old(&[V1, V2, OB_3_0_1]))),
            conformance("fail VCDM_CONTEXTS_MIXED"),
        ),
    ];
    for member in ["issuanceDate", "expirationDate"] {
        let document = badge_with(|badge| badge[member] = "2026-11-02T00:00:00Z".into());
        cases.push(verify(
            &format!("{}-in-2-0", member.to_ascii_lowercase()),
            &format!("{member} under 2.0 would be read by some and not by others."),
            Input::Text(ISSUER.jwt(&document)),
            conformance(mixed),
        ));
    }
    let both = badge_with(|badge| badge["@context"] = json!([V2, OB, V1]));
    cases.push(verify(
        "context-in-2-0",
        "The context of 1.1 after that of 2.0 is refused in a token too, which JSON-LD does not have to read.",
        Input::Text(ISSUER.jwt(&both)),
        conformance("fail VCDM_CONTEXTS_MIXED"),
    ));
    cases
}

fn old_period(from: &str, until: &str) -> Value {
    let mut badge = old(&[V1, OB_3_0_1, DI_V2]);
    badge["issuanceDate"] = from.into();
    badge["expirationDate"] = until.into();
    badge
}
