//! Limits over a whole input, however many documents it embeds.

use badge_schemas::presentation::envelop_jwt;
use serde_json::{Value, json};

use super::documents::{BADGE_ID, OB, V2, badge_with, endorsement};
use super::keys::{AUTHORITY, ENDORSER, HOLDER, ISSUER, Key, LIST_KEEPER, STRANGER, base64url};
use super::{Case, case, expected, invalid, unreadable, valid};
use crate::support::{Expected, Input};

pub fn cases() -> Vec<Case> {
    vec![work(), credentials(), endorsements(), nesting()]
}

/// A credential that costs nearly all that one document may: the JSON-LD processor copies every term in force for every type.
/// 403 + 203 terms and 600 types are some 430,000 steps, of 2,000,000 for the whole input.
fn costly() -> Value {
    let terms: serde_json::Map<String, Value> =
        (0..400).map(|n| (format!("t{n}"), format!("urn:x:{n}").into())).collect();
    json!({"@context": [V2, OB, terms], "type": ["VerifiableCredential"], "issuer": ISSUER.did(), "validFrom": "2026-11-01T00:00:00Z",
        "credentialSubject": {"id": HOLDER.did()}, "evidence": vec![json!({"type": "Evidence"}); 600]})
}

fn enveloped(jwt: &str) -> String {
    envelop_jwt(jwt).to_string()
}

/// A presentation without proof, of the same thing so many times.
fn presented(item: &str, times: usize) -> Input {
    let presentation =
        json!({"@context": [V2], "type": ["VerifiablePresentation"], "verifiableCredential": ["HERE"]});
    let presentation = presentation.to_string();
    let (before, after) = presentation.split_once("\"HERE\"").unwrap();
    Input::Repeat {
        before: before.to_owned(),
        repeat: format!("{item},"),
        times: times - 1,
        after: format!("{item}{after}"),
    }
}

/// A presentation without proof: nobody presents, and a service may still be asked about its content.
fn unsigned(credentials: &str) -> Expected {
    let blocked = "blocked signature";
    invalid(&[
        ("signature", "fail NO_PROOF"),
        ("proof-purpose", blocked),
        ("controller", blocked),
        ("validity", blocked),
        ("challenge", blocked),
        ("domain", blocked),
        ("credentials", credentials),
    ])
}

fn pointer(index: usize) -> String {
    format!("/verifiableCredential/{index}")
}

fn work() -> Case {
    let jwt = ISSUER.vc_jwt(&costly());
    let lesson = "Many costly credentials in one presentation are not all looked at, signed or not.";
    let mut case = case(
        "hostile",
        "work-over-a-presentation",
        lesson,
        presented(&enveloped(&jwt), 8),
        unsigned("fail CREDENTIAL_INVALID"),
    );
    let looked_at = || expected("indeterminate", &[&[("presenter", "blocked signature")]]);
    let begun = expected(
        "invalid",
        &[
            super::NOT_LOOKED_UP,
            &[
                ("conformance", "fail WORK_LIMIT"),
                ("signature", "fail WORK_LIMIT"),
                ("proof-purpose", "blocked signature"),
                ("controller", "blocked signature"),
                ("presenter", "blocked signature"),
            ],
        ],
    );
    for index in 0..4 {
        case = case.embedded(&pointer(index), looked_at());
    }
    case = case.embedded(&pointer(4), begun);
    (5..8).fold(case, |case, index| case.embedded(&pointer(index), unreadable("WORK_LIMIT")))
}

fn credentials() -> Case {
    let token = format!("{}.{}.", base64url(b"{\"alg\":\"none\"}"), base64url(b"{}"));
    case(
        "hostile",
        "credentials-too-many",
        "A presentation of 257 credentials is not that of one person's badges: none is looked at.",
        presented(&enveloped(&token), 257),
        // Each has a context of its own, of which a document may have 128.
        unsigned("fail TOO_MANY_CREDENTIALS").and(&[("conformance", "fail CANONICALIZATION_LIMIT")]),
    )
}

fn endorsements() -> Case {
    let badge = badge_with(|badge| badge["endorsementJwt"] = vec!["e30.e30.e30"; 257].into());
    case(
        "hostile",
        "endorsements-too-many",
        "A badge with 257 endorsements is refused: none is looked at.",
        Input::Json(ISSUER.seal(&badge)),
        invalid(&[("endorsements", "fail TOO_MANY_CREDENTIALS")]),
    )
}

/// An endorsement of somebody, by somebody else who is endorsed in turn.
fn endorsed_endorsement(by: Key, of: &str, inner: Option<Value>) -> Value {
    let mut endorsement = endorsement();
    endorsement["id"] = format!("{}#endorsement", by.did()).into();
    endorsement["issuer"]["id"] = by.did().into();
    endorsement["credentialSubject"]["id"] = of.into();
    if let Some(inner) = inner {
        endorsement["issuer"]["endorsement"] = json!([inner]);
    }
    by.seal(&endorsement)
}

fn nesting() -> Case {
    let fifth = endorsed_endorsement(LIST_KEEPER, &HOLDER.did(), None);
    let fourth = endorsed_endorsement(HOLDER, &STRANGER.did(), Some(fifth));
    let third = endorsed_endorsement(STRANGER, &AUTHORITY.did(), Some(fourth));
    let second = endorsed_endorsement(AUTHORITY, &ENDORSER.did(), Some(third));
    let first = endorsed_endorsement(ENDORSER, BADGE_ID, Some(second));
    let badge = ISSUER.seal(&badge_with(|badge| badge["endorsement"] = json!([first])));
    let inner = "/issuer/endorsement/0";
    let endorsed =
        |words, inner_outcome| valid(&[("endorsements", words)]).with_embedded(inner, inner_outcome);
    let fourth = endorsed("warn ENDORSEMENT_INVALID", unreadable("NESTING_TOO_DEEP"));
    let first = endorsed("pass", endorsed("pass", endorsed("pass", fourth)));
    case(
        "hostile",
        "nesting",
        "The endorser's endorser's endorser may be endorsed; the fifth endorsement in a row is not looked at.",
        Input::Json(badge),
        valid(&[("endorsements", "pass")]),
    )
    .embedded("/endorsement/0", first)
}
