//! The suites of selective disclosure give their specifications' figures at every stage.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;

use badge_schemas::multikey::Multikey;
use badge_verifier::securing::cryptosuite::ecdsa_sd_2023::{self, Secrets};
use badge_verifier::securing::disclosure::{
    HmacKey, LabelReplacement, canonicalize_and_group, label_replacement_canonicalize,
};
use badge_verifier::securing::keys::{ProofScopedKey, PublicKey};
use badge_verifier::securing::rdfc;
use badge_verifier::work::Work;
use p256::ecdsa::signature::Signer as _;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

const ECDSA_SD: [&str; 2] = ["ecdsa-sd-2023", "ecdsa-sd-2023-employment"];

struct Figures(Value);

impl Figures {
    fn read(name: &str) -> Self {
        let path = badge_test_vectors::folder().join(format!("w3c/{name}.json"));
        Self(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
    }

    fn text(&self, pointer: &str) -> &str {
        self.0.pointer(pointer).unwrap_or_else(|| panic!("{pointer}")).as_str().unwrap()
    }

    fn texts(&self, pointer: &str) -> Vec<String> {
        serde_json::from_value(self.0.pointer(pointer).unwrap().clone()).unwrap()
    }

    fn places(&self, pointer: &str) -> Vec<usize> {
        serde_json::from_value(self.0.pointer(pointer).unwrap().clone()).unwrap()
    }

    fn hmac_key(&self) -> HmacKey {
        HmacKey::new(unhex(self.text("/keys/hmac")).try_into().unwrap())
    }

    fn document(&self, proof_value: &str) -> (Value, Map<String, Value>) {
        let mut proof = self.0["proofConfiguration"].as_object().unwrap().clone();
        proof.insert("proofValue".to_owned(), json!(self.text(proof_value)));
        (self.0["document"].clone(), proof)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn secret(multibase: &str) -> [u8; 32] {
    let bytes = bs58::decode(multibase.strip_prefix('z').unwrap()).into_vec().unwrap();
    bytes[2..].try_into().unwrap()
}

fn public(multibase: &str) -> PublicKey {
    PublicKey::from_multikey(&Multikey::parse(multibase).unwrap()).unwrap()
}

fn strs(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

#[test]
fn statements_and_labels_are_those_of_the_specification() {
    for name in ECDSA_SD {
        let figures = Figures::read(name);
        let document = &figures.0["document"];
        let canonical = rdfc::canonicalize(document).unwrap();
        assert_eq!(canonical, figures.texts("/canonical").concat(), "{name}");
        let configuration = {
            let mut configuration = figures.0["proofConfiguration"].clone();
            configuration["@context"] = document["@context"].clone();
            rdfc::canonicalize(&configuration).unwrap()
        };
        assert_eq!(configuration, figures.text("/canonicalProofConfiguration"), "{name}");
        assert_eq!(hex(&Sha256::digest(configuration)), figures.text("/proofHash"), "{name}");

        let (mandatory, selective) =
            (figures.texts("/mandatoryPointers"), figures.texts("/selectivePointers"));
        let combined = [mandatory.clone(), selective.clone()].concat();
        let key = figures.hmac_key();
        let grouped = canonicalize_and_group(
            document,
            LabelReplacement::HmacId(&key),
            [&strs(&mandatory), &strs(&selective), &strs(&combined)],
        )
        .unwrap();
        assert_eq!(grouped.nquads, figures.texts("/canonicalHmac"), "{name}");
        for (group, pointer) in
            grouped.groups.iter().zip(["mandatoryIndexes", "selectiveIndexes", "combinedIndexes"])
        {
            let places: Vec<usize> = group.matching.iter().copied().collect();
            assert_eq!(places, figures.places(&format!("/groupIndexes/{pointer}")), "{name} {pointer}");
        }
        let mandatory = grouped.at(&grouped.groups[0].matching).concat();
        assert_eq!(hex(&Sha256::digest(mandatory)), figures.text("/mandatoryHash"), "{name}");
        let map: BTreeMap<String, String> = serde_json::from_value(figures.0["labelMap"].clone()).unwrap();
        assert_eq!(grouped.groups[2].label_map, map, "{name}");

        let revealed = rdfc::to_quads(&figures.0["revealDocument"]).unwrap();
        let replaced = label_replacement_canonicalize(&revealed, LabelReplacement::Given(&map)).unwrap();
        assert_eq!(replaced.nquads, figures.texts("/verifyNQuads"), "{name}");
    }
}

#[test]
fn an_ecdsa_sd_base_proof_is_that_of_the_specification() {
    for name in ECDSA_SD {
        let figures = Figures::read(name);
        let (document, proof) = figures.document("/baseProofValue");
        let mut configuration = proof.clone();
        configuration.remove("proofValue");
        let secrets = Secrets {
            hmac_key: figures.hmac_key(),
            proof_key: ProofScopedKey::from_randomness(secret(
                figures.text("/keys/proof/secretKeyMultibase"),
            )),
        };
        let mandatory = figures.texts("/mandatoryPointers");
        let unsigned = ecdsa_sd_2023::prepare(&document, &configuration, &mandatory, &secrets).unwrap();
        let proof_key = Multikey::parse(figures.text("/keys/proof/publicKeyMultibase")).unwrap();
        let sign_data = [
            unhex(figures.text("/proofHash")),
            [&[0x80, 0x24], proof_key.bytes()].concat(),
            unhex(figures.text("/mandatoryHash")),
        ];
        assert_eq!(unsigned.message(), sign_data.concat(), "{name}");
        let issuer =
            p256::ecdsa::SigningKey::from_slice(&secret(figures.text("/keys/base/secretKeyMultibase")))
                .unwrap();
        let signature: p256::ecdsa::Signature = issuer.sign(unsigned.message());
        assert_eq!(hex(&signature.to_bytes()), figures.text("/baseSignature"), "{name}");
        assert_eq!(unsigned.proof_value(&signature.to_bytes()), figures.text("/baseProofValue"), "{name}");

        let key = public(figures.text("/keys/base/publicKeyMultibase"));
        ecdsa_sd_2023::verify_base(&document, &proof, &key).unwrap();
    }
}

#[test]
fn an_ecdsa_sd_derived_proof_is_that_of_the_specification() {
    for name in ECDSA_SD {
        let figures = Figures::read(name);
        let (document, proof) = figures.document("/baseProofValue");
        let derived = ecdsa_sd_2023::derive(&document, &proof, &figures.texts("/selectivePointers")).unwrap();
        let (_, expected) = figures.document("/derivedProofValue");
        assert_eq!(derived["proof"], Value::Object(expected.clone()), "{name}");
        let mut revealed = derived.clone();
        revealed.as_object_mut().unwrap().remove("proof");
        assert_eq!(revealed, figures.0["revealDocument"], "{name}");
        let key = public(figures.text("/keys/base/publicKeyMultibase"));
        ecdsa_sd_2023::verify(&derived, &expected, &key, &Work::default()).unwrap();
    }
}
