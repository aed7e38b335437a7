//! The cryptosuites give the specifications' figures at every stage.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use badge_schemas::controller::Relationship;
use badge_schemas::multikey::Multikey;
use badge_verifier::securing::data_integrity::{self, SecuredDocument};
use badge_verifier::securing::keys::PublicKey;
use badge_verifier::securing::rdfc::HashFunction;
use badge_verifier::securing::{
    Cryptosuite, Existing, Mechanism, ProofOptions, Secured, SigningRequest, jcs, prepare, rdfc,
};
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha384};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

fn read(name: &str) -> Value {
    let path = badge_test_vectors::folder().join("w3c").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Every file of stages: one for each suite and kind of key.
const STAGES: [&str; 7] = [
    "eddsa-rdfc-2022.json",
    "eddsa-jcs-2022.json",
    "ecdsa-rdfc-2019-p256.json",
    "ecdsa-rdfc-2019-p384.json",
    "ecdsa-jcs-2019-p256.json",
    "ecdsa-jcs-2019-p384.json",
    "ed25519-signature-2020.json",
];

fn text<'a>(figures: &'a Value, name: &str) -> &'a str {
    figures[name].as_str().unwrap()
}

fn suite(figures: &Value) -> Cryptosuite {
    let named = text(figures, "cryptosuite");
    Cryptosuite::ALL.into_iter().find(|suite| suite.as_str() == named).unwrap()
}

fn key(figures: &Value) -> PublicKey {
    let multikey = Multikey::parse(text(&figures["key"], "publicKeyMultibase")).unwrap();
    PublicKey::from_multikey(&multikey).unwrap()
}

fn function(figures: &Value) -> HashFunction {
    if text(figures, "documentHash").len() == 96 { HashFunction::Sha384 } else { HashFunction::Sha256 }
}

#[test]
fn the_canonical_forms_and_hashes_are_those_of_the_specification() {
    for name in STAGES {
        let figures = read(name);
        let function = function(&figures);
        let canonical = |value: &Value| {
            if name.contains("jcs") {
                String::from_utf8(jcs::canonicalize(value).unwrap()).unwrap()
            } else {
                rdfc::canonicalize_with(value, function).unwrap()
            }
        };
        let digest = |text: &str| match function {
            HashFunction::Sha256 => hex(&Sha256::digest(text)),
            HashFunction::Sha384 => hex(&Sha384::digest(text)),
        };
        let document = canonical(&figures["document"]);
        assert_eq!(document, text(&figures, "canonicalDocument"), "{name}");
        assert_eq!(digest(&document), text(&figures, "documentHash"), "{name}");
        let configuration = canonical(&figures["proofConfiguration"]);
        assert_eq!(configuration, text(&figures, "canonicalProofConfiguration"), "{name}");
        assert_eq!(digest(&configuration), text(&figures, "proofConfigurationHash"), "{name}");
        let proof = figures["proofConfiguration"].as_object().unwrap();
        let data = data_integrity::hash_data(&figures["document"], proof, suite(&figures), function).unwrap();
        assert_eq!(hex(&data), text(&figures, "hashData"), "{name}");
    }
}

#[test]
fn the_signatures_of_the_specification_verify_and_others_do_not() {
    for name in STAGES {
        let figures = read(name);
        let mut document = figures["document"].clone();
        document["proof"] = figures["proofConfiguration"].clone();
        if !name.contains("jcs") {
            document["proof"].as_object_mut().unwrap().remove("@context");
        }
        document["proof"]["proofValue"] = figures["proofValue"].clone();
        let verify = |document: &Value| {
            let secured = SecuredDocument::new(document)?;
            secured.verify(&secured.proofs()[0], suite(&figures), &key(&figures))
        };
        assert_eq!(verify(&document), Ok(()), "{name}");
        for (pointer, value) in [
            ("/name", "Alumni"),
            ("/proof/created", "2023-02-24T23:36:39Z"),
            ("/proof/proofPurpose", "authentication"),
        ] {
            let mut changed = document.clone();
            *changed.pointer_mut(pointer).unwrap() = value.into();
            assert!(verify(&changed).is_err(), "{name} {pointer}");
        }
    }
}

/// The options that the figures' configuration stands for.
fn options(figures: &Value) -> ProofOptions {
    let configuration = &figures["proofConfiguration"];
    ProofOptions::new(
        text(configuration, "verificationMethod"),
        key(figures),
        Relationship::AssertionMethod,
        text(configuration, "created").parse().unwrap(),
    )
}

#[test]
fn preparing_gives_the_bytes_of_the_specification() {
    for name in STAGES {
        let figures = read(name);
        let mechanism = Mechanism::DataIntegrity(suite(&figures));
        let prepared = prepare(figures["document"].clone(), mechanism, &options(&figures));
        if !suite(&figures).signs() {
            assert!(prepared.is_err(), "{name} is read only");
            continue;
        }
        let prepared = prepared.unwrap();
        let SigningRequest::Bytes(message) = prepared.request();
        assert_eq!(hex(message), text(&figures, "hashData"), "{name}");
    }
}

#[test]
fn signing_gives_the_signature_of_the_specification() {
    for name in ["eddsa-rdfc-2022.json", "eddsa-jcs-2022.json"] {
        let figures = read(name);
        let private = text(&figures["key"], "privateKeyMultibase").strip_prefix('z').unwrap();
        let private = bs58::decode(private).into_vec().unwrap();
        let signer = SigningKey::from_bytes(private[2..].try_into().unwrap());
        let mechanism = Mechanism::DataIntegrity(suite(&figures));
        let prepared = prepare(figures["document"].clone(), mechanism, &options(&figures)).unwrap();
        let SigningRequest::Bytes(message) = prepared.request();
        let signature = signer.sign(message).to_bytes();
        assert_eq!(hex(&signature), text(&figures, "signature"), "{name}");
        let Secured::Json(sealed) = prepared.seal(&signature).unwrap() else {
            unreachable!("an embedded proof gives JSON")
        };
        let sealed: Value = serde_json::from_str(&sealed).unwrap();
        assert_eq!(sealed["proof"]["proofValue"], figures["proofValue"], "{name}");
    }
}

/// What the verifier finds of each proof of a set or chain, with the did:key that the proof names.
fn findings(document: &Value) -> Vec<bool> {
    let Ok(secured) = SecuredDocument::new(document) else { return vec![false] };
    let verify = |found| {
        let found: &data_integrity::FoundProof = found;
        let method = found.proof.verification_method.as_deref().unwrap();
        let multikey = Multikey::parse(method.split_once('#').unwrap().1).unwrap();
        let key = PublicKey::from_multikey(&multikey).unwrap();
        secured.verify(found, found.proof.suite().unwrap(), &key).is_ok()
    };
    secured.proofs().iter().map(verify).collect()
}

#[test]
fn a_chained_proof_covers_the_proofs_it_follows() {
    let chain = read("proof-chain.json")["document"].take();
    assert_eq!(findings(&chain), [true; 4]);
    // Without the first proof, the third has lost one that it follows; the fourth follows the third alone.
    let mut shorter = chain.clone();
    shorter["proof"].as_array_mut().unwrap().remove(0);
    assert_eq!(findings(&shorter), [true, false, true]);
    // The first proof is changed: the third was made over another.
    let mut replaced = chain.clone();
    replaced["proof"][0]["proofValue"] = chain["proof"][1]["proofValue"].clone();
    assert_eq!(findings(&replaced), [false, true, false, true]);
    for (changed, value) in [
        (serde_json::json!("urn:uuid:unknown"), [true, true, true, false]),
        (chain["proof"][0]["id"].clone(), [true, true, true, false]),
        (serde_json::json!([chain["proof"][2]["id"], chain["proof"][2]["id"]]), [true, true, true, false]),
    ] {
        let mut other = chain.clone();
        other["proof"][3]["previousProof"] = changed;
        assert_eq!(findings(&other), value);
    }
    // A circle, and an id given twice.
    let mut circle = chain.clone();
    circle["proof"][0]["previousProof"] = chain["proof"][2]["id"].clone();
    assert_eq!(findings(&circle), [false, true, false, true]);
    let mut twice = chain.clone();
    twice["proof"][1]["id"] = chain["proof"][0]["id"].clone();
    assert_eq!(findings(&twice), [true, false, false, true]);
}

#[test]
fn proofs_of_a_set_stand_alone() {
    let set = read("proof-set.json")["document"].take();
    assert_eq!(findings(&set), [true; 2]);
    let mut one = set.clone();
    one["proof"].as_array_mut().unwrap().remove(0);
    assert_eq!(findings(&one), [true]);
}

#[test]
fn a_chain_of_all_suites_is_written_and_read() {
    let figures = read("eddsa-rdfc-2022.json");
    let mut document = figures["document"].clone();
    let ed25519 = SigningKey::from_bytes(&[7; 32]);
    let p256 = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
    let method = |multikey: &Multikey| format!("did:key:{multikey}#{multikey}");
    let mut previous = Vec::new();
    for suite in Cryptosuite::ALL.into_iter().filter(|suite| suite.signs() && !suite.is_selective()) {
        let ec = suite.as_str().starts_with("ecdsa");
        let multikey = if ec {
            let point = p256.verifying_key().to_sec1_point(true);
            Multikey::new(badge_schemas::multikey::KeyKind::P256, point.as_bytes()).unwrap()
        } else {
            let bytes = ed25519.verifying_key().to_bytes();
            Multikey::new(badge_schemas::multikey::KeyKind::Ed25519, bytes).unwrap()
        };
        let id = format!("urn:example:{}", suite.as_str());
        let options = ProofOptions {
            id: Some(id.clone()),
            previous_proof: previous.clone(),
            existing: Existing::Keep,
            nonce: Some("é".to_owned()),
            ..ProofOptions::new(
                method(&multikey),
                PublicKey::from_multikey(&multikey).unwrap(),
                Relationship::AssertionMethod,
                "2026-11-02T09:00:00Z".parse().unwrap(),
            )
        };
        let prepared = prepare(document, Mechanism::DataIntegrity(suite), &options).unwrap();
        let SigningRequest::Bytes(message) = prepared.request();
        let signature = if ec {
            let signature: p256::ecdsa::Signature = p256::ecdsa::signature::Signer::sign(&p256, message);
            signature.to_bytes().to_vec()
        } else {
            ed25519.sign(message).to_bytes().to_vec()
        };
        document = serde_json::from_str(prepared.seal(&signature).unwrap().as_str()).unwrap();
        previous.push(id);
    }
    assert_eq!(previous.len(), document["proof"].as_array().unwrap().len());
    assert_eq!(findings(&document), vec![true; previous.len()]);
}
