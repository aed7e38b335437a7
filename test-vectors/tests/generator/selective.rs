//! Selective disclosure with `ecdsa-sd-2023`: what a holder may show, and what holders and strangers may try.

use std::collections::BTreeMap;

use badge_schemas::controller::Relationship;
use badge_schemas::multikey::Multikey;
use badge_verifier::securing::disclosure::cbor::{self, Components, ProofValue};
use badge_verifier::securing::disclosure::{Secrets, derive};
use badge_verifier::securing::keys::PublicKey;
use badge_verifier::securing::{ProofOptions, Secured, SigningRequest, prepare_base};
use serde_json::{Value, json};

use super::documents::{badge_with, presentation};
use super::keys::{HOLDER, ISSUER, base64url, p256_did, p256_sign};
use super::{Case, Expected, case, not_authentic, valid};
use crate::support::Input;

const BASE: [u8; 3] = [0xd9, 0x5d, 0x00];
const DERIVED: [u8; 3] = [0xd9, 0x5d, 0x01];

pub const MANDATORY: [&str; 8] = [
    "/issuer",
    "/validFrom",
    "/validUntil",
    "/credentialSubject/id",
    "/credentialSubject/achievement/id",
    "/credentialSubject/achievement/name",
    "/credentialSubject/achievement/description",
    "/credentialSubject/achievement/criteria",
];

/// A badge with more in it than everyone needs to see.
fn badge() -> Value {
    badge_with(|badge| {
        badge["issuer"]["id"] = p256_did().0.into();
        badge["credentialSubject"]["narrative"] = "Seule de sa promotion à souder en position.".into();
        badge["credentialSubject"]["achievement"]["tag"] = json!(["soudure", "inox"]);
        badge["evidence"] = json!([
            {"type": ["Evidence"], "name": "Éprouvette pliée"},
            {"type": ["Evidence"], "name": "Radiographie", "description": "Sans défaut."},
        ]);
    })
}

/// The badge with its base proof.
fn base(badge: &Value, mandatory: &[&str], randomness: u8) -> Value {
    let (_, method) = p256_did();
    let key = Multikey::parse(method.split_once('#').unwrap().1).unwrap();
    let options = ProofOptions::new(
        method,
        PublicKey::from_multikey(&key).unwrap(),
        Relationship::AssertionMethod,
        "2026-11-02T09:00:00Z".parse().unwrap(),
    );
    let mandatory: Vec<String> = mandatory.iter().map(ToString::to_string).collect();
    let secrets = Secrets::from_randomness([randomness; 32], [randomness + 1; 32]);
    let prepared = prepare_base(badge, &options, &mandatory, &secrets).unwrap();
    let SigningRequest::Bytes(message) = prepared.request();
    let signature = p256_sign(message);
    let Secured::Json(text) = prepared.seal(&signature).unwrap() else { panic!("not JSON") };
    serde_json::from_str(&text).unwrap()
}

fn show(base: &Value, pointers: &[&str]) -> Value {
    let pointers: Vec<String> = pointers.iter().map(ToString::to_string).collect();
    derive(base, &pointers).unwrap()
}

/// The parts of a derived proof.
struct Parts {
    base_signature: Vec<u8>,
    public_key: Vec<u8>,
    signatures: Vec<Vec<u8>>,
    labels: BTreeMap<u64, Vec<u8>>,
    mandatory: Vec<usize>,
}

impl Parts {
    fn of(document: &Value) -> Self {
        let bytes = cbor::decode(document["proof"]["proofValue"].as_str().unwrap(), DERIVED).unwrap();
        let mut components = Components::new(&bytes, 5).unwrap();
        Self {
            base_signature: components.bytes().unwrap().to_vec(),
            public_key: components.bytes().unwrap().to_vec(),
            signatures: components.list(|one| one.bytes().map(<[u8]>::to_vec)).unwrap(),
            labels: components.map(|one| one.bytes().map(<[u8]>::to_vec)).unwrap(),
            mandatory: components.places().unwrap(),
        }
    }

    fn write(&self) -> String {
        ProofValue::new(DERIVED, 5)
            .bytes(&self.base_signature)
            .bytes(&self.public_key)
            .byte_strings(self.signatures.iter().map(Vec::as_slice))
            .byte_map(&self.labels)
            .places(&self.mandatory)
            .text()
    }
}

/// The derived document with another proof value.
fn with_parts(derived: &Value, change: impl FnOnce(&mut Parts)) -> Value {
    let mut parts = Parts::of(derived);
    change(&mut parts);
    let mut document = derived.clone();
    document["proof"]["proofValue"] = parts.write().into();
    document
}

/// The derived document with other bytes in its proof value.
fn with_bytes(derived: &Value, change: impl FnOnce(&mut Vec<u8>)) -> Value {
    let mut bytes = cbor::decode(derived["proof"]["proofValue"].as_str().unwrap(), DERIVED).unwrap();
    change(&mut bytes);
    let mut document = derived.clone();
    document["proof"]["proofValue"] = format!("u{}", base64url(&[&DERIVED[..], &bytes].concat())).into();
    document
}

/// The base proof with other mandatory pointers, as a holder might rewrite it.
fn with_pointers(base: &Value, pointers: &[&str]) -> Value {
    let bytes = cbor::decode(base["proof"]["proofValue"].as_str().unwrap(), BASE).unwrap();
    let mut components = Components::new(&bytes, 5).unwrap();
    let fixed: [Vec<u8>; 3] = std::array::from_fn(|_| components.bytes().unwrap().to_vec());
    let signatures = components.list(|one| one.bytes().map(<[u8]>::to_vec)).unwrap();
    let pointers: Vec<String> = pointers.iter().map(ToString::to_string).collect();
    let value = fixed.iter().fold(ProofValue::new(BASE, 5), |value, part| value.bytes(part));
    let mut document = base.clone();
    document["proof"]["proofValue"] =
        value.byte_strings(signatures.iter().map(Vec::as_slice)).texts(&pointers).text().into();
    document
}

pub fn changed(document: &Value, change: impl FnOnce(&mut Value)) -> Value {
    let mut document = document.clone();
    change(&mut document);
    document
}

pub fn cases() -> Vec<Case> {
    let whole = base(&badge(), &MANDATORY, 0x11);
    let derived = show(&whole, &["/credentialSubject/narrative", "/evidence/1"]);
    let mut cases = vec![
        shown(
            "sd-derived",
            "A badge of which the holder shows what is mandatory and two things more is valid.",
            derived.clone(),
        ),
        shown(
            "sd-mandatory-alone",
            "A badge of which the holder shows nothing but what is mandatory is valid.",
            show(&whole, &[]),
        ),
        shown("sd-everything", "A badge of which the holder shows everything is valid.", show(&whole, &[""])),
        case(
            "present",
            "sd-derived-presented",
            "A derived badge is presented like any other.",
            Input::Json(HOLDER.seal_with(&presentation(&json!([derived])), authentication())),
            valid(&[("challenge", "pass"), ("domain", "pass"), ("credentials", "pass")]),
        )
        .challenge("c3f1")
        .domain("employeur.example")
        .embedded("/verifiableCredential/0", valid(&[("presenter", "pass")])),
    ];
    let malformed = [("signature", "fail PROOF_MALFORMED")];
    let invalid = [("signature", "fail SIGNATURE_INVALID")];
    cases.extend([
        refused(
            "sd-base-proof",
            "A base proof is for the holder alone; a verifier refuses it, sound as it is.",
            whole.clone(),
            &[("signature", "fail BASE_PROOF_PRESENTED")],
        ),
        refused(
            "sd-one-label-for-two-nodes",
            "Two nodes under one label would be one thing torn apart: a holder could make a badge of two from one.",
            with_parts(&derived, |parts| {
                let first = parts.labels[&0].clone();
                parts.labels.insert(1, first);
            }),
            &malformed,
        ),
        refused(
            "sd-label-missing",
            "A label map that leaves out a node is refused.",
            with_parts(&derived, |parts| drop(parts.labels.pop_last())),
            &malformed,
        ),
        refused(
            "sd-label-too-many",
            "A label map with a node that is not there is refused.",
            with_parts(&derived, |parts| drop(parts.labels.insert(100, vec![7; 32]))),
            &malformed,
        ),
        refused(
            "sd-labels-swapped",
            "Labels of two nodes exchanged: what was said of one is not signed of the other.",
            with_parts(&derived, |parts| {
                let (first, second) = (parts.labels[&0].clone(), parts.labels[&1].clone());
                parts.labels.extend([(0, second), (1, first)]);
            }),
            &invalid,
        ),
        refused(
            "sd-label-too-short",
            "A label is the 32 bytes of an HMAC.",
            with_parts(&derived, |parts| drop(parts.labels.insert(0, vec![7; 31]))),
            &malformed,
        ),
        refused(
            "sd-index-out-of-range",
            "A mandatory index beyond the last statement is refused.",
            with_parts(&derived, |parts| *parts.mandatory.last_mut().unwrap() = 1_000),
            &malformed,
        ),
        refused(
            "sd-index-repeated",
            "A mandatory index that stands twice is refused.",
            with_parts(&derived, |parts| parts.mandatory.push(parts.mandatory[0])),
            &malformed,
        ),
        refused(
            "sd-signature-too-few",
            "A statement without a signature is refused.",
            with_parts(&derived, |parts| drop(parts.signatures.pop())),
            &malformed,
        ),
        refused(
            "sd-signature-too-many",
            "A signature without a statement is refused.",
            with_parts(&derived, |parts| parts.signatures.push(parts.signatures[0].clone())),
            &malformed,
        ),
        refused(
            "sd-signatures-exchanged",
            "The signatures stand in the order of the statements.",
            with_parts(&derived, |parts| parts.signatures.swap(0, 1)),
            &invalid,
        ),
        refused(
            "sd-mandatory-statement-hidden",
            "A holder who takes the end of validity off the mandatory pointers cannot hide it: the issuer signed the hash of all.",
            show(&with_pointers(&whole, &MANDATORY.into_iter().filter(|one| *one != "/validUntil").collect::<Vec<_>>()), &[]),
            &invalid,
        ),
        refused(
            "sd-statement-made-mandatory",
            "A statement moved among the mandatory ones changes their hash.",
            with_parts(&derived, |parts| {
                let free = (0..=parts.mandatory.len()).find(|place| !parts.mandatory.contains(place)).unwrap();
                parts.mandatory.push(free);
                parts.mandatory.sort_unstable();
                parts.signatures.remove(0);
            }),
            &invalid,
        ),
        refused(
            "sd-value-changed",
            "A shown value that was changed is not signed.",
            changed(&derived, |badge| badge["credentialSubject"]["narrative"] = "Première de sa promotion.".into()),
            &invalid,
        ),
        refused(
            "sd-mandatory-value-changed",
            "A mandatory value that was changed is not signed.",
            changed(&derived, |badge| badge["validUntil"] = "2039-11-01T00:00:00Z".into()),
            &invalid,
        ),
        refused(
            "sd-statement-added",
            "A statement that was added has no signature.",
            changed(&derived, |badge| badge["name"] = "Badge d’or".into()),
            &malformed,
        ),
        refused(
            "sd-undefined-term-added",
            "A member that no context defines would leave no statement behind; it is refused.",
            changed(&derived, |badge| badge["credentialSubject"]["mention"] = "très bien".into()),
            &[("conformance", "fail JSONLD_UNDEFINED_TERM"), ("signature", "fail JSONLD_UNDEFINED_TERM")],
        ),
        refused(
            "sd-statement-of-another-badge",
            "A statement signed for another badge of the same issuer does not fit: each badge has its own key.",
            {
                let other = changed(&badge(), |badge| {
                    badge["credentialSubject"]["narrative"] = "Première de sa promotion.".into();
                });
                let other = show(&base(&other, &MANDATORY, 0x21), &["/credentialSubject/narrative", "/evidence/1"]);
                let signatures = Parts::of(&other).signatures;
                let mixed = changed(&derived, |badge| {
                    badge["credentialSubject"]["narrative"] = other["credentialSubject"]["narrative"].clone();
                });
                with_parts(&mixed, |parts| parts.signatures = signatures)
            },
            &invalid,
        ),
        refused(
            "sd-key-of-another-badge",
            "The proof's own key is signed by the issuer with the rest; another badge's does not fit.",
            {
                let other = show(&base(&badge(), &MANDATORY, 0x21), &["/credentialSubject/narrative", "/evidence/1"]);
                let Parts { signatures, public_key, .. } = Parts::of(&other);
                with_parts(&derived, |parts| (parts.signatures, parts.public_key) = (signatures, public_key))
            },
            &invalid,
        ),
        refused(
            "sd-key-of-another-kind",
            "The proof's own key is a P-256 key.",
            with_parts(&derived, |parts| parts.public_key[..2].copy_from_slice(&[0xed, 0x01])),
            &malformed,
        ),
        refused(
            "sd-proof-options-changed",
            "The members of a derived proof are those that the issuer signed.",
            changed(&derived, |badge| badge["proof"]["created"] = "2026-11-03T09:00:00Z".into()),
            &invalid,
        ),
        refused(
            "sd-in-a-chain",
            "A proof of selective disclosure follows no other.",
            changed(&derived, |badge| badge["proof"]["previousProof"] = "urn:x:before".into()),
            &[("signature", "fail PREVIOUS_PROOF_UNRESOLVED")],
        ),
        refused(
            "sd-ed25519-key",
            "The issuer's key for ecdsa-sd-2023 is a P-256 key.",
            changed(&derived, |badge| {
                badge["issuer"]["id"] = ISSUER.did().into();
                badge["proof"]["verificationMethod"] = ISSUER.method().into();
            }),
            &[("signature", "fail KEY_CRYPTOSUITE_MISMATCH")],
        ),
        refused(
            "sd-cbor-trailing",
            "Nothing follows the CBOR array of a proof value.",
            with_bytes(&derived, |bytes| bytes.push(0)),
            &malformed,
        ),
        refused(
            "sd-cbor-indefinite",
            "A CBOR array of indefinite length is another spelling of the same, and refused.",
            with_bytes(&derived, |bytes| {
                bytes[0] = 0x9f;
                bytes.push(0xff);
            }),
            &malformed,
        ),
        refused(
            "sd-cbor-huge-array",
            "An array that claims four thousand million signatures costs nothing to refuse.",
            with_bytes(&derived, |bytes| {
                let signatures = 1 + 2 + 64 + 2 + 35;
                bytes.splice(signatures..=signatures, [0x9a, 0xff, 0xff, 0xff, 0xff]);
            }),
            &malformed,
        ),
        refused(
            "sd-proof-value-base58",
            "The proof value of this suite is base64url.",
            changed(&derived, |badge| badge["proof"]["proofValue"] = "z3FXQjecWufY46".into()),
            &malformed,
        ),
        refused(
            "sd-proof-value-of-another-suite",
            "A proof value that begins like one of bbs-2023 is refused.",
            changed(&derived, |badge| {
                let value = badge["proof"]["proofValue"].as_str().unwrap().replacen("u2V0B", "u2V0D", 1);
                badge["proof"]["proofValue"] = value.into();
            }),
            &malformed,
        ),
    ]);
    cases
}

pub fn authentication() -> Value {
    json!({
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-11-22T09:59:00Z",
        "expires": "2026-11-22T10:05:00Z",
        "verificationMethod": HOLDER.method(),
        "proofPurpose": "authentication",
        "challenge": "c3f1",
        "domain": "employeur.example",
    })
}

pub fn shown(name: &str, lesson: &str, document: Value) -> Case {
    case("verify", name, lesson, Input::Json(document), valid(&[]))
}

pub fn refused(name: &str, lesson: &str, document: Value, differences: &[(&str, &str)]) -> Case {
    let outcome: Expected = not_authentic(differences);
    case("hostile", name, lesson, Input::Json(document), outcome)
}
