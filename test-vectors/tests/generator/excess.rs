//! More hostile inputs: work and text that grow beyond what is sent, signatures and tokens that are none, addresses that are only named.

use badge_verifier::snapshot::ResourceKind;
use serde_json::{Value, json};

use super::documents::{EXTENSIONS, OB, V2, badge, badge_from, badge_with};
use super::images::{bomb, bytes, chunk, png};
use super::keys::{ISSUER, claims, multibase};
use super::{Case, case, forged, no_key, not_authentic, unreadable, valid};
use crate::support::{Body, Input};

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

    cases.extend(bombs());
    cases.extend(depths());
    cases.extend(signatures());
    cases.extend(controllers());
    cases.push(addresses());
    cases
}

/// What a compressed text of 200 KB would unpack to, in bytes.
const UNPACKED: usize = 200 << 20;

/// Images whose badge is a zlib stream; `tests/bombs.rs` holds that it does unpack to 200 MiB.
fn bombs() -> Vec<Case> {
    let keyword = b"openbadgecredential\0".as_slice();
    let one = |name: &str, lesson: &str, kind: &[u8; 4], head: &[u8]| {
        let image = png(&[chunk(kind, &[keyword, head, &bomb(UNPACKED)].concat())]);
        case("hostile", name, lesson, bytes(&image), unreadable("PNG_BADGE_CHUNK_FORM"))
    };
    vec![
        one(
            "png-bomb",
            "200 KB of compressed text that would unpack to 200 MB are not unpacked.",
            b"iTXt",
            &[1, 0, 0, 0],
        ),
        one("png-bomb-in-latin-1", "Nor are they in the older kind of compressed chunk.", b"zTXt", &[0]),
    ]
}

/// Relations and contexts that lead on and on.
fn depths() -> Vec<Case> {
    let mut proof = ISSUER.proof();
    proof["proofValue"] = multibase(&[7; 64]).into();
    let ring: Vec<Value> = (0..300)
        .map(|n| json!({"id": format!("_:n{n}"), "knows": {"id": format!("_:n{}", (n + 1) % 300)}}))
        .collect();
    let context = (1..9).fold(
        json!({"x": "https://cfa.example/ns#x"}),
        |inner, _| json!({"x": {"@id": "https://cfa.example/ns#x", "@context": inner}}),
    );
    let limit = "fail CANONICALIZATION_LIMIT";
    vec![
        case(
            "hostile",
            "ring",
            "Three hundred nodes in a ring, each told apart only by the next one, are deeper than any badge.",
            Input::Json(
                json!({"@context": [V2, {"knows": "https://cfa.example/ns#knows"}], "type": ["VerifiableCredential"],
                "issuer": ISSUER.did(), "credentialSubject": ring, "proof": proof.clone()}),
            ),
            not_authentic(&[("conformance", "fail MALFORMED_VALUE"), ("signature", limit)]),
        ),
        case(
            "hostile",
            "context-chain",
            "A context within a context within a context, nine deep, is not followed.",
            Input::Json(badge_with(|badge| {
                badge["@context"] = json!([V2, OB, context]);
                badge["proof"] = proof;
            })),
            not_authentic(&[("conformance", limit), ("signature", limit)]),
        ),
    ]
}

/// Signatures whose first half is the neutral point: whoever has the key can make them, and the equation of RFC 8032, §5.1.7, holds.
fn signatures() -> Vec<Case> {
    let sealed = ISSUER.seal(&badge());
    let with = |name: &str, lesson: &str, point: [u8; 32]| {
        let proof = sealed["proof"].clone();
        let signature = ISSUER.sign_with_neutral_point(&super::keys::to_be_signed(&badge(), &proof), point);
        let mut changed = sealed.clone();
        changed["proof"]["proofValue"] = multibase(&signature).into();
        case("hostile", name, lesson, Input::Json(changed), forged())
    };
    let mut neutral = [0; 32];
    neutral[0] = 1;
    // y = p + 1, little-endian: reduced modulo p it is the same point.
    let mut respelt = [0xff; 32];
    (respelt[0], respelt[31]) = (0xee, 0x7f);
    vec![
        with(
            "signature-neutral-point",
            "A signature whose point is the neutral one satisfies the equation, and is refused by those who are strict.",
            neutral,
        ),
        with(
            "signature-point-not-canonical",
            "A point in a signature that is not reduced is a second spelling: refused, though the equation holds.",
            respelt,
        ),
    ]
}

/// Documents of keys without end.
fn controllers() -> Vec<Case> {
    let did = "did:web:cfa.example";
    let method = format!("{did}#1");
    let mut proof = ISSUER.proof();
    proof["verificationMethod"] = method.as_str().into();
    let input = ISSUER.seal_with(&badge_from(did), proof);
    let document = |keys: Value| json!({"@context": ["https://www.w3.org/ns/did/v1"], "id": did, "assertionMethod": [method], "verificationMethod": keys});
    let key = json!({"id": method, "type": "Multikey", "controller": did, "publicKeyMultibase": ISSUER.multibase()});
    let other = json!({"id": format!("{did}#2"), "type": "Multikey", "controller": did, "publicKeyMultibase": ISSUER.multibase()});
    let with = |name: &str, lesson: &str, open: &Value, repeat: String, times: usize| {
        let open = open.to_string();
        let (before, after) = open.split_once("\"HERE\"").unwrap();
        let (before, after) = (before.to_owned(), after.to_owned());
        case(
            "hostile",
            name,
            lesson,
            Input::Json(input.clone()),
            no_key("invalid", "fail CONTROLLER_DOCUMENT_INVALID"),
        )
        .at_hand(
            ResourceKind::ControllerDocument,
            "https://cfa.example/.well-known/did.json",
            Body::Repeat { before, repeat, times, after },
        )
    };
    let mut padded = document(json!([key.clone()]));
    padded["service"] = "HERE".into();
    let mut padded = with(
        "did-document-huge",
        "A DID document of 20 MB is not read, although the key is in it.",
        &padded,
        "x".repeat(1_000),
        20_000,
    );
    // The text is one string: its quotes stand around what is repeated.
    if let Some(Body::Repeat { before, after, .. }) =
        padded.vector.snapshot.first_mut().map(|one| &mut one.body)
    {
        before.push('"');
        after.insert(0, '"');
    }
    vec![
        padded,
        with(
            "did-document-of-many-keys",
            "A DID document that lists more than 256 keys is nobody's, although the key is in it.",
            &document(json!(["HERE", key])),
            format!("{other},"),
            256,
        ),
    ]
}

/// Addresses of this machine wherever a badge may name one that is only shown.
fn addresses() -> Case {
    let badge = badge_with(|badge| {
        badge["@context"] = json!([V2, OB, EXTENSIONS, {"Politique": "https://cfa.example/ns#Politique"}]);
        badge["evidence"] =
            json!([{"id": "http://127.0.0.1:8080/preuve", "type": ["Evidence"], "name": "Photo"}]);
        badge["termsOfUse"] = json!([{"id": "http://localhost/conditions", "type": "Politique"}]);
        badge["refreshService"] =
            json!({"id": "http://[::1]/nouvelle-version", "type": "1EdTechCredentialRefresh"});
        badge["credentialSubject"]["achievement"]["image"] =
            json!({"id": "http://169.254.169.254/latest/meta-data", "type": "Image"});
        badge["credentialSubject"]["achievement"]["criteria"]["id"] = "http://10.0.0.1/criteres".into();
    });
    case(
        "hostile",
        "addresses-only-named",
        "Evidence, terms of use, newer versions, pictures and criteria are named, not asked for: nothing of them is missing.",
        Input::Json(ISSUER.seal(&badge)),
        valid(&[]),
    )
}
