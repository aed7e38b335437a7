//! Limits over a whole input, however many documents it embeds.

use badge_schemas::presentation::envelop_jwt;
use badge_verifier::snapshot::ResourceKind;
use serde_json::{Value, json};

use super::documents::{BADGE_ID, OB, V2, badge_with, endorsement};
use super::keys::{AUTHORITY, ENDORSER, HOLDER, ISSUER, Key, LIST_KEEPER, STRANGER, base64url};
use super::{Case, case, expected, invalid, unreadable, valid};
use crate::support::{Body, Expected, Input};

pub fn cases() -> Vec<Case> {
    let mut cases = vec![work(), credentials(), endorsements(), nesting(), signatures()];
    cases.extend([keys(), lists()]);
    cases.extend(key_sets());
    cases
}

/// A document of nearly the largest size, 1 MiB, with these members: some 15,600 steps to read.
fn padded(document: &Value) -> Body {
    let text = document.to_string();
    let (before, _) = text.rsplit_once('}').unwrap();
    Body::Repeat {
        before: format!("{before},\"padding\":["),
        repeat: format!("\"{}\",", "x".repeat(997)),
        times: 1_000,
        after: "\"x\"]}".to_owned(),
    }
}

/// A credential that was begun when there were steps left for it to be opened, and not for more.
fn begun() -> Expected {
    let blocked = "blocked signature";
    expected(
        "invalid",
        &[
            super::NOT_LOOKED_UP,
            &[
                ("conformance", "fail WORK_LIMIT"),
                ("signature", "fail WORK_LIMIT"),
                ("proof-purpose", blocked),
                ("controller", blocked),
                ("presenter", blocked),
            ],
        ],
    )
}

/// The same presented so many times: the first ones are as `looked_at` says, the last one meets the limit.
fn until_the_limit(case: Case, looked_at: usize, each: &Expected, begun: Expected) -> Case {
    let case = (0..looked_at).fold(case, |case, index| case.embedded(&pointer(index), each.clone()));
    case.embedded(&pointer(looked_at), begun)
}

/// A credential of some 115,000 steps.
fn dear(issuer: &str) -> Value {
    let mut credential = costly();
    credential["issuer"] = issuer.into();
    credential["evidence"] = vec![json!({"type": "Evidence"}); 130].into();
    credential
}

fn keys() -> Case {
    let did = "did:web:cfa.example";
    let method = format!("{did}#1");
    let jwt = ISSUER.token(&json!({"alg": "EdDSA", "kid": method, "typ": "vc+jwt"}), &dear(did));
    let document = json!({
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": did,
        "verificationMethod": [{"id": method, "type": "Multikey", "controller": did,
            "publicKeyMultibase": ISSUER.did().trim_start_matches("did:key:")}],
        "assertionMethod": [method],
    });
    let case = case(
        "hostile",
        "work-of-keys",
        "A document of keys is paid for each time a key is looked up in it, however few credentials there are.",
        presented(&enveloped(&jwt), 16),
        unsigned("fail CREDENTIAL_INVALID"),
    )
    .at_hand(ResourceKind::ControllerDocument, "https://cfa.example/.well-known/did.json", padded(&document));
    let each = expected("indeterminate", &[&[("presenter", "blocked signature")]]);
    // 16 × 115,000 would fit into 2,000,000 steps; 15,600 more for each do not.
    until_the_limit(case, 15, &each, begun())
}

fn lists() -> Case {
    let url = "https://cfa.example/revocations.json";
    let mut credential = dear(&ISSUER.did());
    credential["id"] = BADGE_ID.into();
    credential["@context"].as_array_mut().unwrap().insert(2, super::documents::EXTENSIONS.into());
    credential["credentialStatus"] = json!([
        {"id": url, "type": "1EdTechRevocationList"},
        {"id": url, "type": "1EdTechRevocationList"},
        {"id": url, "type": "1EdTechRevocationList"},
        {"id": url, "type": "1EdTechRevocationList"},
    ]);
    let list = json!({"@context": [V2], "id": url, "issuer": ISSUER.did(), "revokedCredential": []});
    let case = case(
        "hostile",
        "work-of-older-lists",
        "An older revocation list, which is read as a whole, is paid for each time it is asked.",
        presented(&enveloped(&ISSUER.vc_jwt(&credential)), 11),
        unsigned("fail CREDENTIAL_INVALID"),
    )
    .at_hand(ResourceKind::StatusList, url, padded(&list));
    let each = expected("indeterminate", &[&[("status", "pass"), ("presenter", "blocked signature")]]);
    // 11 × 117,000 would fit into 2,000,000 steps; four times 15,600 more for each do not.
    until_the_limit(case, 10, &each, begun())
}

/// Badges with a derived proof of 401 signatures each.
fn signatures() -> Case {
    let (did, method) = super::keys::p256_did();
    let one = [&[0x58, 0x40][..], &[7; 64]].concat();
    // CBOR: a list of five; the base signature and a key; the list of signatures; no labels, no places.
    let value = [
        &[0xd9, 0x5d, 0x01, 0x85, 0x58, 0x40][..],
        &[7; 64],
        &[0x58, 0x23, 0x80, 0x24, 0x02],
        &[7; 32],
        &[0x99, 0x01, 0x90],
        &one.repeat(400),
        &[0xa0, 0x80],
    ]
    .concat();
    let badge = badge_with(|badge| {
        badge["issuer"]["id"] = did.into();
        badge["proof"] = json!({"type": "DataIntegrityProof", "cryptosuite": "ecdsa-sd-2023", "created": "2026-11-02T09:00:00Z",
            "verificationMethod": method, "proofPurpose": "assertionMethod", "proofValue": format!("u{}", base64url(&value))});
    });
    let case = case(
        "hostile",
        "work-of-derived-signatures",
        "Each signature of a derived proof is paid for before the first is looked at.",
        presented(&badge.to_string(), 5),
        unsigned("fail CREDENTIAL_INVALID"),
    );
    let refused =
        |code: &str| super::not_authentic(&[("signature", code), ("presenter", "blocked signature")]);
    until_the_limit(case, 4, &refused("fail PROOF_MALFORMED"), refused("fail WORK_LIMIT"))
}

/// Sets of keys at their limit of 256, and beyond.
fn key_sets() -> Vec<Case> {
    let issuer = "https://cfa.example/tenant/1";
    let claims = json!({"vct": "https://cartes.example/bibliotheque/1", "iss": issuer, "nbf": 1_793_491_200});
    let header = json!({"alg": "EdDSA", "kid": "clef", "typ": "dc+sd-jwt"});
    let sd_jwt = format!("{}~", ISSUER.token(&header, &claims));
    let mut key = ISSUER.jwk();
    key["kid"] = "clef".into();
    let mut other = STRANGER.jwk();
    other["kid"] = "autre".into();
    let with = |name: &str, lesson: &str, before: usize, outcome: Expected| {
        let metadata = json!({"issuer": issuer, "jwks_uri": "https://cfa.example/clefs.jwks"});
        case("verify", name, lesson, Input::Text(sd_jwt.clone()), outcome)
            .at_hand(
                ResourceKind::JwtVcIssuer,
                "https://cfa.example/.well-known/jwt-vc-issuer/tenant/1",
                Body::Json(metadata),
            )
            .at_hand(
                ResourceKind::Jwks,
                "https://cfa.example/clefs.jwks",
                Body::Repeat {
                    before: "{\"keys\":[".to_owned(),
                    repeat: format!("{other},"),
                    times: before,
                    after: format!("{key}]}}"),
                },
            )
    };
    vec![
        with("keys-many", "The last of 256 keys in a set is one of them.", 255, valid(&[])),
        with(
            "keys-too-many",
            "A set of more than 256 keys is read that far and no further.",
            256,
            super::no_key("invalid", "fail CONTROLLER_DOCUMENT_INVALID"),
        ),
    ]
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
    for index in 0..4 {
        case = case.embedded(&pointer(index), looked_at());
    }
    case = case.embedded(&pointer(4), begun());
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
