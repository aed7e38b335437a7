//! Credentials and presentations with everything that implementations of JSON-LD and RDF disagree about.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const V2: &str = "https://www.w3.org/ns/credentials/v2";
const OPEN_BADGES: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";

/// Text as people write it, and as they do not: quotes, TAB, controls, DEL, noncharacters, other planes.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zéèœßñ ’–]{1,12}",
        "[\\u{1F600}-\\u{1F64F}é\"\\\\/\t\n\r]{1,8}",
        "[\\x01-\\x1f\\x7f\u{80}\u{2028}\u{feff}\u{fffe}\u{ffff} <>{}|^`]{1,6}",
    ]
}

/// Numbers around every boundary of the conversion to `xsd:integer` and `xsd:double`; without those that are refused, whole ones between
/// 2^53 and 10^21.
fn number() -> impl Strategy<Value = Value> {
    let refused =
        |number: f64| number.fract() == 0.0 && (9_007_199_254_740_992.0..1e21).contains(&number.abs());
    any_number().prop_filter("refused", move |number| !number.as_f64().is_some_and(refused))
}

fn any_number() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i16>().prop_map(Value::from),
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Value::from),
        (-4_000_i32..4_000).prop_map(|eighths| json!(f64::from(eighths) / 8.0)),
        (0_u32..2_000).prop_map(|cents| json!(f64::from(cents) / 100.0)),
        (any::<i32>(), -30_i32..30).prop_map(|(digits, power)| json!(f64::from(digits) * 10_f64.powi(power))),
        prop::sample::select(vec![
            0.0,
            5.0,
            0.1 + 0.2,
            1e20,
            1e21,
            1.5e300,
            5e-324,
            1e-7,
            123_456_789.123_456_79
        ])
        .prop_map(|number| json!(number)),
    ]
}

/// A value of the property `any` in the context below.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => text().prop_map(Value::from),
        3 => number(),
        1 => any::<bool>().prop_map(Value::from),
        2 => (text(), prop::sample::select(vec!["fr", "fr-CA", "EN", "zh-Hant-TW", "de-CH-1996"]))
            .prop_map(|(text, language)| json!({"@value": text, "@language": language})),
        1 => text().prop_map(|text| json!({"@value": text, "@type": "https://example.org/datatype"})),
        1 => number().prop_map(|number| json!({"@value": number, "@type": "http://www.w3.org/2001/XMLSchema#float"})),
        1 => any::<bool>().prop_map(|truth| json!({"@value": truth, "@type": "https://www.w3.org/2001/XMLSchema#boolean"})),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let name = prop::sample::select(vec!["any", "other", "inOrder", "asDouble", "asBoolean", "asDate"]);
        prop_oneof![
            vec((name, inner.clone()), 1..4).prop_map(|members| members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect::<Map<_, _>>()
                .into()),
            vec(inner.clone(), 1..4).prop_map(|items| json!({"any": items})),
            vec(inner, 1..4).prop_map(|items| json!({"@list": items})),
        ]
    })
}

/// Values of typed terms, which are what the term's type says.
fn typed() -> impl Strategy<Value = Value> {
    (number(), any::<bool>(), text(), vec(text(), 1..4)).prop_map(|(number, truth, date, list)| {
        json!({"asDouble": number, "asBoolean": truth, "asDate": date, "inOrder": list})
    })
}

/// A badge without proof.
pub fn credentials() -> impl Strategy<Value = Value> {
    let results = vec(prop::sample::select(vec!["12", "13", "A"]), 0..4);
    (value(), typed(), text(), number(), results, vec(text(), 0..3)).prop_map(
        |(value, typed, narrative, credits, results, tags)| {
            let results: Vec<Value> =
                results.into_iter().map(|value| json!({"type": ["Result"], "value": value})).collect();
            let mut badge = json!({
                "@context": [V2, OPEN_BADGES, {
                    "ex": "https://example.org/terms#",
                    "any": "ex:any", "other": "ex:other",
                    "inOrder": {"@id": "ex:inOrder", "@container": "@list"},
                    "asDouble": {"@id": "ex:asDouble", "@type": "http://www.w3.org/2001/XMLSchema#double"},
                    "asBoolean": {"@id": "ex:asBoolean", "@type": "https://www.w3.org/2001/XMLSchema#boolean"},
                    "asDate": {"@id": "ex:asDate", "@type": "http://www.w3.org/2001/XMLSchema#date"}
                }],
                "type": ["VerifiableCredential", "OpenBadgeCredential"],
                "issuer": {"id": "did:example:issuer", "type": ["Profile"], "name": "Académie"},
                "validFrom": "2026-01-01T00:00:00Z",
                "any": value,
                "other": typed,
                "credentialSubject": {
                    "type": ["AchievementSubject"],
                    "achievement": {
                        "type": ["Achievement"], "name": "TIG", "description": narrative,
                        "criteria": {"narrative": narrative}, "creditsAvailable": credits
                    }
                }
            });
            if !results.is_empty() {
                badge["credentialSubject"]["result"] = results.into();
            }
            if !tags.is_empty() {
                badge["credentialSubject"]["achievement"]["tag"] = tags.into();
            }
            badge
        },
    )
}

/// Badges that are alike, each in the graph of a presentation and with proofs in graphs of their own.
pub fn presentations() -> impl Strategy<Value = Value> {
    (vec(prop::sample::select(vec!["A", "B"]), 1..4), vec(0_u8..2, 1..3), any::<bool>()).prop_map(
        |(names, proofs, alike)| {
            let proofs: Vec<Value> = proofs
                .into_iter()
                .map(|kind| {
                    json!({"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofPurpose": "assertionMethod",
                        "challenge": kind.to_string()})
                })
                .collect();
            let badges: Vec<Value> = names
                .into_iter()
                .map(|name| {
                    let name = if alike { "A" } else { name };
                    json!({"@context": [V2, OPEN_BADGES], "type": ["VerifiableCredential", "OpenBadgeCredential"],
                        "issuer": {"id": "did:example:issuer", "type": ["Profile"]},
                        "credentialSubject": {"type": ["AchievementSubject"], "achievement": {"type": ["Achievement"], "name": name}},
                        "proof": proofs})
                })
                .collect();
            json!({"@context": [V2], "type": ["VerifiablePresentation"], "verifiableCredential": badges})
        },
    )
}
