//! More hostile inputs: work and text that grow beyond what is sent, and tokens that are no signature.

use serde_json::{Value, json};

use super::documents::{OB, V2, badge, badge_with};
use super::keys::{ISSUER, claims, multibase};
use super::{Case, case, no_key, not_authentic, unreadable};
use crate::support::Input;

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let repeated = |name: &str, lesson: &str, open: &str, repeat: &str, times: usize, outcome| {
        let (before, after) = open.split_once("\"HERE\"").unwrap();
        let (repeat, after) = (format!("{repeat},"), format!("{repeat}{after}"));
        let input = Input::Repeat { before: before.to_owned(), repeat, times, after };
        case("hostile", name, lesson, input, outcome)
    };
    let signed_somehow = |change: &dyn Fn(&mut Value)| {
        Input::Json(badge_with(|badge| {
            change(badge);
            let mut proof = ISSUER.proof();
            proof["proofValue"] = multibase(&[7; 64]).into();
            badge["proof"] = proof;
        }))
    };
    let both = |code: &str| not_authentic(&[("conformance", code), ("signature", code)]);

    let prefix = format!("https://cfa.example/{}#", "x".repeat(10_000));
    let open = badge_with(|badge| {
        badge["@context"] = json!([V2, OB, {"p": prefix}]);
        badge["p:knows"] = json!(["HERE"]);
    });
    cases.push(repeated(
        "prefix-repeated",
        "A long prefix is written once and repeated in thousands of quads.",
        &open.to_string(),
        "{\"type\":\"p:x\"}",
        2_000,
        no_key("invalid", "fail NO_PROOF").and(&[("conformance", "fail CANONICALIZATION_LIMIT")]),
    ));

    cases.push(case(
        "hostile",
        "context-protected-by-reference",
        "A protected term that another term is defined by is as protected as any.",
        signed_somehow(&|badge| {
            badge["@context"] = json!([V2, OB, {"OpenBadgeCredential": "https://evil.example/ns#Anything"}]);
        }),
        both("fail CONTEXT_INLINE_FORBIDDEN"),
    ));
    cases.push(case(
        "hostile",
        "whole-number-with-exponent",
        "A whole number beyond 2^53 is one however it is written: implementations sign different digits for it.",
        signed_somehow(&|badge| badge["credentialSubject"]["achievement"]["creditsAvailable"] = json!(1e20)),
        unreadable("JSON_NUMBER"),
    ));

    cases.push(case(
        "hostile",
        "jwe",
        "An encrypted token, its content compressed, is not opened.",
        Input::Text(
            "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00iLCJ6aXAiOiJERUYifQ.AAAA.AAAA.AAAA.AAAA".to_owned(),
        ),
        unreadable("UNSUPPORTED_CONTAINER"),
    ));
    let header =
        json!({"alg": "PBES2-HS256+A128KW", "p2c": 2_147_483_647, "p2s": "AAAA", "kid": ISSUER.method()});
    cases.push(case(
        "hostile",
        "jwt-pbes2",
        "A token that asks for two thousand million rounds of hashing is refused before the first.",
        Input::Text(ISSUER.token(&header, &claims(&badge()))),
        unreadable("ALG_FORBIDDEN"),
    ));

    cases
}
