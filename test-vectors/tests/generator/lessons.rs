//! What official suites found that others accept: presentations without the right context, type or holder.

use serde_json::{Value, json};

use super::documents::{V2, badge, presentation};
use super::keys::{HOLDER, ISSUER};
use super::sd_jwt::CHALLENGE;
use super::{Case, case, expected, unreadable};
use crate::support::{Expected, Input};

const OTHER: &str = "https://w3id.org/security/data-integrity/v2";

/// A presentation as a token, changed.
fn token(change: impl FnOnce(&mut Value)) -> Input {
    let mut payload = presentation(&json!([ISSUER.seal(&badge())]));
    payload["iat"] = json!(1_795_341_540);
    payload["nonce"] = CHALLENGE.into();
    change(&mut payload);
    Input::Text(
        HOLDER
            .token(&json!({"alg": "EdDSA", "kid": HOLDER.method(), "typ": "vp+jwt", "cty": "vp"}), &payload),
    )
}

fn refused(code: &str) -> Expected {
    expected(
        "invalid",
        &[&[
            ("challenge", "pass"),
            ("conformance", &format!("fail {code}")),
            ("credentials", "blocked conformance"),
        ]],
    )
}

pub fn cases() -> Vec<Case> {
    let present = |name: &str, lesson: &str, input: Input, outcome: Expected| {
        case("present", name, lesson, input, outcome).challenge(CHALLENGE)
    };
    vec![
        present(
            "context-missing",
            "A presentation without contexts says nothing that others could read.",
            token(|payload| drop(payload.as_object_mut().unwrap().remove("@context"))),
            refused("CONTEXT_ORDER"),
        ),
        present(
            "context-order",
            "The first context of a presentation is that of the data model.",
            token(|payload| payload["@context"] = json!([OTHER, V2])),
            refused("CONTEXT_ORDER"),
        ),
        present(
            "type-missing",
            "Without a type a presentation is none.",
            token(|payload| drop(payload.as_object_mut().unwrap().remove("type"))),
            unreadable("NOT_A_CREDENTIAL"),
        ),
        present(
            "type-of-another",
            "A type of somebody's own is not that of a presentation.",
            token(|payload| payload["type"] = json!(["DataIntegrityProof"])),
            unreadable("NOT_A_CREDENTIAL"),
        ),
        present(
            "holder-array",
            "A presentation has one holder.",
            token(|payload| payload["holder"] = json!([HOLDER.did()])),
            refused("MALFORMED_VALUE"),
        ),
        present(
            "holder-number",
            "A number holds nothing.",
            token(|payload| payload["holder"] = json!(4)),
            refused("MALFORMED_VALUE"),
        ),
        present(
            "holder-word",
            "A holder is named by an address.",
            token(|payload| payload["holder"] = "Zoé".into()),
            refused("MALFORMED_VALUE").and(&[
                ("controller", "fail CONTROLLER_NOT_HOLDER"),
                ("challenge", "blocked signature"),
                ("domain", "blocked signature"),
            ]),
        ),
    ]
}
