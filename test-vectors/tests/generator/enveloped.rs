//! Envelopes that hold something else than they say, or say it with a line break too many.

use badge_schemas::presentation::envelop;
use serde_json::{Value, json};

use super::documents::{badge, presentation};
use super::images::{badge_chunk, png};
use super::keys::{HOLDER, ISSUER, multibase};
use super::sd_jwt::{CHALLENGE, joined, vc};
use super::{Case, case, expected, unreadable, valid};
use crate::support::{Expected, Input};

const FIRST: &str = "/verifiableCredential/0";

fn envelope(kind: &str, url: impl Into<String>) -> Value {
    json!({"@context": "https://www.w3.org/ns/credentials/v2", "id": url.into(), "type": kind})
}

fn percent(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}%{byte:02X}"))
}

/// A presentation as a token, so that every character of what it holds is signed.
fn token(credential: &Value) -> String {
    let mut payload = presentation(&json!([credential]));
    payload["iat"] = json!(1_795_341_540);
    payload["nonce"] = CHALLENGE.into();
    HOLDER.token(&json!({"alg": "EdDSA", "kid": HOLDER.method(), "typ": "vp+jwt", "cty": "vp"}), &payload)
}

fn outcome(verdict: &str, credentials: &str) -> Expected {
    expected(verdict, &[&[("challenge", "pass"), ("credentials", credentials)]])
}

fn shown(name: &str, lesson: &str, credential: &Value) -> Case {
    case("present", name, lesson, Input::Text(token(credential)), outcome("valid", "pass"))
        .challenge(CHALLENGE)
        .embedded(FIRST, valid(&[("presenter", "pass")]))
}

fn refused(name: &str, lesson: &str, credential: &Value, code: &str) -> Case {
    let input = Input::Text(token(credential));
    case("hostile", name, lesson, input, outcome("invalid", "fail CREDENTIAL_INVALID"))
        .challenge(CHALLENGE)
        .embedded(FIRST, unreadable(code))
}

pub fn cases() -> Vec<Case> {
    const ONE: &str = "EnvelopedVerifiableCredential";
    let jwt = ISSUER.vc_jwt(&badge());
    let sealed = ISSUER.seal(&badge()).to_string();
    let marked = format!("\u{feff}{sealed}");
    let with = |ending: &str| envelope(ONE, format!("data:application/vc+jwt,{jwt}{ending}"));
    let (sd_jwt, disclosures) = vc();
    let sd_jwt = joined(&sd_jwt, &disclosures);
    let mut cases = vec![
        shown(
            "jwt-envelope-line-break",
            "A line break after the URL of an envelope is no part of it, to any reader of URLs; the token signs it as it stands.",
            &with("\n"),
        ),
        shown(
            "jwt-envelope-line-breaks",
            "Nor are two line breaks, as other systems write them.",
            &with("\r\n"),
        ),
        case(
            "hostile",
            "envelope-broken-line",
            "Only at its end: with a line break inside it is no URL.",
            Input::Text(token(&envelope(
                ONE,
                format!("data:application/vc+jwt,{}", jwt.replacen('.', ".\n", 1)),
            ))),
            outcome("invalid", "blocked conformance").and(&[("conformance", "fail JSONLD_INVALID")]),
        )
        .challenge(CHALLENGE),
        refused(
            "envelope-presented-json",
            "A presented envelope holds a token: JSON in it would be read by others as nothing.",
            &envelope(ONE, format!("data:application/vc+jwt,{}", percent(sealed.as_bytes()))),
            "MALFORMED_VALUE",
        ),
        refused(
            "envelope-presented-marked-json",
            "A byte order mark before it does not make JSON a token.",
            &envelope(ONE, format!("data:application/vc+jwt,{}", percent(marked.as_bytes()))),
            "MALFORMED_VALUE",
        ),
        refused(
            "envelope-presented-image",
            "An image is no token, whatever the envelope calls it.",
            &envelope(ONE, format!("data:application/vc+jwt,{}", percent(&png(&[badge_chunk(&jwt)])))),
            "MALFORMED_VALUE",
        ),
        refused(
            "envelope-presented-cose",
            "What is in an envelope that this program does not read is not taken for anything else.",
            &envelope(ONE, "data:application/vc+cose;base64,0oRD"),
            "UNSUPPORTED_CONTAINER",
        ),
        refused(
            "envelope-presented-presentation",
            "A presentation in an envelope for credentials is not what the envelope says.",
            &envelope(ONE, format!("data:application/vp+jwt,{}", token(&with("")))),
            "MALFORMED_VALUE",
        ),
        case(
            "hostile",
            "envelope-marked-json",
            "A byte order mark does not hide that an envelope holds JSON.",
            Input::Json(envelope(ONE, format!("data:application/vc+jwt,{}", percent(marked.as_bytes())))),
            unreadable("MALFORMED_VALUE"),
        ),
        case(
            "hostile",
            "envelope-in-a-marked-envelope",
            "Nor that it holds another envelope.",
            Input::Json(envelope(
                ONE,
                format!("data:application/vc+jwt,{}", percent(format!("\u{feff}{}", with("")).as_bytes())),
            )),
            unreadable("MALFORMED_VALUE"),
        ),
        case(
            "verify",
            "envelope-sd-jwt-as-presentation",
            "A credential as SD-JWT in an envelope for presentations is not what the envelope says.",
            Input::Json(envelope(
                "EnvelopedVerifiablePresentation",
                format!("data:application/vc+sd-jwt,{sd_jwt}"),
            )),
            unreadable("MALFORMED_VALUE"),
        ),
        case(
            "verify",
            "envelope-sd-jwt",
            "A badge as SD-JWT in an envelope is the badge.",
            Input::Json(envelop("vc+sd-jwt", &sd_jwt)),
            valid(&[]),
        ),
    ];
    cases.push(in_rdf(&with("\n")));
    cases
}

/// Where the RDF is signed, what is no IRI is not in it, and the envelope would be anybody's.
fn in_rdf(credential: &Value) -> Case {
    let mut document = presentation(&json!([credential]));
    let mut proof = HOLDER.proof();
    proof["proofPurpose"] = "authentication".into();
    proof["challenge"] = CHALLENGE.into();
    proof["proofValue"] = multibase(&[7; 64]).into();
    document["proof"] = proof;
    let blocked = "blocked signature";
    let outcome = expected(
        "invalid",
        &[&[
            ("conformance", "fail JSONLD_INVALID"),
            ("signature", "fail JSONLD_INVALID"),
            ("validity", blocked),
            ("challenge", blocked),
            ("domain", blocked),
            ("credentials", "blocked conformance"),
        ]],
    );
    case(
        "hostile",
        "envelope-line-break-in-rdf",
        "A line break makes the URL of an envelope no IRI: a proof over RDF would not cover it.",
        Input::Json(document),
        outcome,
    )
    .challenge(CHALLENGE)
}
