//! What holds for every badge, not only for those of the vectors.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod generator;
mod support;

use badge_schemas::controller::Relationship;
use badge_schemas::jwk::Jwk;
use badge_verifier::securing::keys::{Algorithm, PublicKey};
use badge_verifier::securing::{Cryptosuite, Mechanism, ProofOptions, Secured, SigningRequest, prepare};
use badge_verifier::{Expectations, Report, Snapshot, TrustPolicy, Verdict, verify};
use generator::documents::{badge, badge_with, esco};
use generator::keys::ISSUER;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn run(input: &[u8]) -> Report {
    verify(
        input,
        &Expectations::default(),
        &TrustPolicy::default(),
        generator::NOW.parse().unwrap(),
        &Snapshot::default(),
    )
}

/// Signed the way an issuer does: prepare, sign, seal.
fn sealed(document: &Value, mechanism: Mechanism) -> String {
    let jwk: Jwk = serde_json::from_value(ISSUER.jwk()).unwrap();
    let options = ProofOptions::new(
        ISSUER.method(),
        PublicKey::from_jwk(&jwk).unwrap(),
        Relationship::AssertionMethod,
        "2026-11-02T09:00:00Z".parse().unwrap(),
    );
    let prepared = prepare(document.clone(), mechanism, &options).unwrap();
    let SigningRequest::Bytes(message) = prepared.request();
    let signature = ISSUER.sign(message);
    match prepared.seal(&signature).unwrap() {
        Secured::Json(text) | Secured::Jwt(text) | Secured::SdJwt(text) => text,
    }
}

/// Text as people write it, and as they do not.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zéèœßñ ’–]{1,24}",
        "[\\u{1F600}-\\u{1F64F}é\"\\\\/]{1,8}",
        "\\PC{1,16}",
        "[\\x01-\\x1f\\x7f\u{2028}\u{feff} ]{1,6}"
    ]
}

prop_compose! {
    fn badges()(
        name in text(),
        narrative in text(),
        skills in vec((text(), 0_u32..1000), 0..12),
        credits in prop_oneof![Just(None), (0_u32..200).prop_map(|credits| Some(json!(credits))), (0_u32..4000).prop_map(|credits| Some(json!(f64::from(credits) / 8.0)))],
        mark in prop::option::of(0_u32..=20),
        tags in vec("[a-z]{1,8}", 0..4),
    ) -> Value {
        badge_with(|badge| {
            let achievement = &mut badge["credentialSubject"]["achievement"];
            achievement["name"] = name.into();
            achievement["criteria"]["narrative"] = narrative.into();
            let alignments: Vec<Value> = skills
                .into_iter()
                .map(|(name, number)| {
                    let mut alignment = esco();
                    alignment["targetName"] = name.into();
                    alignment["targetUrl"] = format!("http://data.europa.eu/esco/skill/00000000-0000-4000-8000-{number:012}").into();
                    alignment
                })
                .collect();
            if !alignments.is_empty() {
                achievement["alignment"] = alignments.into();
            }
            if !tags.is_empty() {
                achievement["tag"] = tags.into();
            }
            if let Some(credits) = credits {
                achievement["creditsAvailable"] = credits;
            }
            if let Some(mark) = mark {
                let id = "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a1b10";
                achievement["resultDescription"] =
                    json!([{"id": id, "type": ["ResultDescription"], "name": "Note", "resultType": "RawScore", "valueMin": "0", "valueMax": "20"}]);
                badge["credentialSubject"]["result"] = json!([{"type": ["Result"], "resultDescription": id, "value": mark.to_string()}]);
            }
        })
    }
}

/// The same JSON with its members in another order.
fn reordered(value: &Value, by: usize) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> =
                members.iter().map(|(name, member)| (name.clone(), reordered(member, by))).collect();
            let middle = by % members.len().max(1);
            members.rotate_left(middle);
            Value::Object(members.into_iter().collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(|item| reordered(item, by)).collect(),
        other => other.clone(),
    }
}

const MECHANISMS: [Mechanism; 2] =
    [Mechanism::DataIntegrity(Cryptosuite::EddsaRdfc2022), Mechanism::VcJwt(Algorithm::EdDsa)];

fn some_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        text().prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        let name = prop_oneof![
            "[a-z@:]{0,6}",
            "@context|@graph|@id|type|proof|issuer|credentialSubject|verifiableCredential"
                .prop_map(String::from)
        ];
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((name, inner), 0..6).prop_map(|members| Value::Object(members.into_iter().collect()))
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(3), ..ProptestConfig::default() })]

    #[test]
    fn what_is_sealed_is_valid(badge in badges(), by in 0_usize..8) {
        for mechanism in MECHANISMS {
            let text = sealed(&badge, mechanism);
            let report = run(text.as_bytes());
            prop_assert_eq!(report.verdict(), Verdict::Valid, "{}", serde_json::to_string(&report).unwrap());
            // Order of members and white space say nothing; a token has no second spelling.
            if mechanism == Mechanism::DataIntegrity(Cryptosuite::EddsaRdfc2022) {
                let other = reordered(&serde_json::from_str(&text).unwrap(), by);
                prop_assert_eq!(run(serde_json::to_string_pretty(&other).unwrap().as_bytes()).verdict(), Verdict::Valid);
            } else {
                let other = sealed(&reordered(&badge, by), mechanism);
                prop_assert_eq!(run(format!(" {other}\n").as_bytes()).verdict(), Verdict::Valid);
            }
        }
    }

    #[test]
    fn arbitrary_bytes_are_never_valid(bytes in vec(any::<u8>(), 0..400), head in 0_usize..6) {
        let heads: [&[u8]; 6] = [b"", b"{", b"eyJ", b"\x89PNG\r\n\x1a\n", b"<svg xmlns=\"http://www.w3.org/2000/svg\">", b"\xef\xbb\xbf"];
        prop_assert_ne!(run(&[heads[head], &bytes].concat()).verdict(), Verdict::Valid);
    }

    #[test]
    fn arbitrary_json_is_never_valid(value in some_json(), place in 0_usize..6) {
        let mut document = ISSUER.seal(&badge());
        let pointer = ["/@context", "/issuer", "/credentialSubject", "/proof", "/credentialSubject/achievement", "/proof/proofValue"][place];
        prop_assume!(document.pointer(pointer) != Some(&value));
        *document.pointer_mut(pointer).unwrap() = value.clone();
        prop_assert_ne!(run(document.to_string().as_bytes()).verdict(), Verdict::Valid);
        prop_assert_ne!(run(value.to_string().as_bytes()).verdict(), Verdict::Valid);
    }

    #[test]
    fn part_of_a_badge_is_never_valid(cut in 1_usize..1000, from_the_end in any::<bool>()) {
        for whole in [ISSUER.seal(&badge()).to_string(), ISSUER.jwt(&badge())] {
            let at = whole.len() * cut / 1000;
            let bytes = whole.as_bytes();
            let part = if from_the_end { &bytes[at..] } else { &bytes[..at] };
            prop_assert!(part.len() == bytes.len() || run(part).verdict() != Verdict::Valid);
        }
    }
}
