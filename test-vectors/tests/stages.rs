//! The cryptosuite gives the specification's figures at every stage.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use badge_schemas::controller::Relationship;
use badge_schemas::multikey::Multikey;
use badge_verifier::securing::keys::PublicKey;
use badge_verifier::securing::{
    Mechanism, ProofOptions, Secured, SigningRequest, data_integrity, prepare, rdfc,
};
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn figures() -> Value {
    let path = badge_test_vectors::folder().join("w3c/eddsa-rdfc-2022.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn text<'a>(figures: &'a Value, name: &str) -> &'a str {
    figures[name].as_str().unwrap()
}

#[test]
fn the_canonical_forms_and_hashes_are_those_of_the_specification() {
    let figures = figures();
    let document = rdfc::canonicalize(&figures["document"]).unwrap();
    assert_eq!(document, text(&figures, "canonicalDocument"));
    assert_eq!(hex(&Sha256::digest(&document)), text(&figures, "documentHash"));
    let configuration = rdfc::canonicalize(&figures["proofConfiguration"]).unwrap();
    assert_eq!(configuration, text(&figures, "canonicalProofConfiguration"));
    assert_eq!(hex(&Sha256::digest(&configuration)), text(&figures, "proofConfigurationHash"));
    let proof = figures["proofConfiguration"].as_object().unwrap();
    assert_eq!(
        hex(&data_integrity::hash_data(&figures["document"], proof).unwrap()),
        text(&figures, "hashData")
    );
}

#[test]
fn signing_gives_the_signature_of_the_specification() {
    let figures = figures();
    let public = Multikey::parse(text(&figures["key"], "publicKeyMultibase")).unwrap();
    let private = text(&figures["key"], "privateKeyMultibase").strip_prefix('z').unwrap();
    let private = bs58::decode(private).into_vec().unwrap();
    let signer = SigningKey::from_bytes(private[2..].try_into().unwrap());
    let configuration = &figures["proofConfiguration"];
    let options = ProofOptions {
        verification_method: configuration["verificationMethod"].as_str().unwrap().to_owned(),
        key: PublicKey::from_multikey(&public).unwrap(),
        purpose: Relationship::AssertionMethod,
        created: configuration["created"].as_str().unwrap().parse().unwrap(),
        expires: None,
        challenge: None,
        domain: None,
    };
    let prepared = prepare(figures["document"].clone(), Mechanism::EddsaRdfc2022, &options).unwrap();
    let SigningRequest::Bytes(message) = prepared.request();
    assert_eq!(hex(message), text(&figures, "hashData"));
    let signature = signer.sign(message).to_bytes();
    assert_eq!(hex(&signature), text(&figures, "signature"));
    let Secured::Json(sealed) = prepared.seal(&signature).unwrap() else {
        unreachable!("an embedded proof gives JSON")
    };
    let sealed: Value = serde_json::from_str(&sealed).unwrap();
    assert_eq!(sealed["proof"]["proofValue"], figures["proofValue"]);
}
