//! Badges secured with each cryptosuite; proof sets and chains.

use badge_schemas::controller::Relationship;
use badge_schemas::multikey::Multikey;
use badge_verifier::securing::keys::PublicKey;
use badge_verifier::securing::{
    Cryptosuite, Existing, Mechanism, ProofOptions, SigningRequest, data_integrity, prepare, rdfc,
};
use serde_json::{Value, json};

use super::documents::{EXTENSIONS, OB, V2, badge, badge_from, badge_with};
use super::keys::{ISSUER, Key, STRANGER, multibase};
use super::{Case, Expected, case, forged, no_key, not_authentic, valid};
use crate::support::Input;

const EXAMPLES: &str = "https://www.w3.org/ns/credentials/examples/v2";
const ED25519_2020: &str = "https://w3id.org/security/suites/ed25519-2020/v1";

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    each_suite(&mut cases);
    read_only(&mut cases);
    contexts_of_jcs(&mut cases);
    chains(&mut cases);
    cases
}

fn suite_case(name: &str, lesson: &str, document: Value, outcome: Expected) -> Case {
    case("verify", name, lesson, Input::Json(document), outcome)
}

/// Who signs, with a key of one of three kinds.
#[derive(Clone, Copy)]
pub(super) enum Signer {
    Ed25519(Key),
    P256,
    P384,
}

impl Signer {
    fn multikey(self) -> Multikey {
        let point = |prefix: [u8; 2], point: &[u8]| multibase(&[&prefix[..], point].concat());
        let text = match self {
            Self::Ed25519(key) => key.multibase(),
            Self::P256 => point([0x80, 0x24], p256().verifying_key().to_sec1_point(true).as_bytes()),
            Self::P384 => point([0x81, 0x24], p384().verifying_key().to_sec1_point(true).as_bytes()),
        };
        Multikey::parse(&text).unwrap()
    }

    fn did(self) -> String {
        format!("did:key:{}", self.multikey())
    }

    fn sign(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.sign(message),
            Self::P256 => {
                let signature: p256::ecdsa::Signature =
                    p256::ecdsa::signature::Signer::sign(&p256(), message);
                signature.to_bytes().to_vec()
            }
            Self::P384 => {
                let signature: p384::ecdsa::Signature =
                    p384::ecdsa::signature::Signer::sign(&p384(), message);
                signature.to_bytes().to_vec()
            }
        }
    }

    pub(super) fn options(self) -> ProofOptions {
        ProofOptions::new(
            format!("{}#{}", self.did(), self.multikey()),
            PublicKey::from_multikey(&self.multikey()).unwrap(),
            Relationship::AssertionMethod,
            "2026-11-02T09:00:00Z".parse().unwrap(),
        )
    }

    fn seal(self, document: Value, suite: Cryptosuite) -> Value {
        self.seal_with(document, suite, &self.options())
    }

    pub(super) fn seal_with(self, document: Value, suite: Cryptosuite, options: &ProofOptions) -> Value {
        let prepared = prepare(document, Mechanism::DataIntegrity(suite), options).unwrap();
        let SigningRequest::Bytes(message) = prepared.request();
        let signature = self.sign(message);
        serde_json::from_str(prepared.seal(&signature).unwrap().as_str()).unwrap()
    }
}

fn p256() -> p256::ecdsa::SigningKey {
    p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap()
}

fn p384() -> p384::ecdsa::SigningKey {
    p384::ecdsa::SigningKey::from_slice(&[7; 48]).unwrap()
}

fn each_suite(cases: &mut Vec<Case>) {
    for (name, lesson, suite, signer) in [
        (
            "eddsa-jcs",
            "A badge signed with eddsa-jcs-2022 is valid.",
            Cryptosuite::EddsaJcs2022,
            Signer::Ed25519(ISSUER),
        ),
        (
            "ecdsa-rdfc-p256",
            "A badge signed with ecdsa-rdfc-2019 by a P-256 key is valid.",
            Cryptosuite::EcdsaRdfc2019,
            Signer::P256,
        ),
        (
            "ecdsa-rdfc-p384",
            "With a P-384 key ecdsa-rdfc-2019 hashes with SHA-384, blank nodes included.",
            Cryptosuite::EcdsaRdfc2019,
            Signer::P384,
        ),
        (
            "ecdsa-jcs-p256",
            "A badge signed with ecdsa-jcs-2019 by a P-256 key is valid.",
            Cryptosuite::EcdsaJcs2019,
            Signer::P256,
        ),
        (
            "ecdsa-jcs-p384",
            "A badge signed with ecdsa-jcs-2019 by a P-384 key is valid.",
            Cryptosuite::EcdsaJcs2019,
            Signer::P384,
        ),
    ] {
        let sealed = signer.seal(badge_from(&signer.did()), suite);
        cases.push(suite_case(name, lesson, sealed.clone(), valid(&[])));
        let mut renamed = sealed;
        renamed["proof"]["cryptosuite"] = match suite {
            Cryptosuite::EddsaJcs2022 => "eddsa-rdfc-2022",
            Cryptosuite::EcdsaRdfc2019 => "ecdsa-jcs-2019",
            _ => "ecdsa-rdfc-2019",
        }
        .into();
        cases.push(suite_case(
            &format!("{name}-renamed"),
            &format!(
                "A signature for {} is none for another suite with the same key. ({name})",
                suite.as_str()
            ),
            renamed,
            forged(),
        ));
    }
    let mut wrong = Signer::P256.seal(badge_from(&Signer::P256.did()), Cryptosuite::EcdsaRdfc2019);
    wrong["proof"]["cryptosuite"] = "eddsa-rdfc-2022".into();
    cases.push(suite_case(
        "suite-of-another-key",
        "A suite is for its own kind of key.",
        wrong,
        not_authentic(&[("signature", "fail KEY_CRYPTOSUITE_MISMATCH")]),
    ));
}

/// Suites that we read and do not write: the proof is made from the hash alone.
fn read_only(cases: &mut Vec<Case>) {
    let sealed = |document: &Value, proof: Value, suite| {
        let data = data_integrity::hash_data(
            document,
            proof.as_object().unwrap(),
            suite,
            rdfc::HashFunction::Sha256,
        );
        let mut sealed = document.clone();
        sealed["proof"] = proof;
        sealed["proof"]["proofValue"] = multibase(&ISSUER.sign(&data.unwrap())).into();
        sealed
    };
    let mut draft = ISSUER.proof();
    draft["cryptosuite"] = "eddsa-2022".into();
    cases.push(suite_case(
        "eddsa-2022",
        "A proof with the draft name eddsa-2022 is read.",
        sealed(&badge(), draft, Cryptosuite::Eddsa2022),
        valid(&[]),
    ));
    let mut old = ISSUER.proof();
    old["type"] = "Ed25519Signature2020".into();
    old.as_object_mut().unwrap().remove("cryptosuite");
    let document = badge_with(|badge| badge["@context"] = json!([V2, OB, ED25519_2020]));
    let good = sealed(&document, old, Cryptosuite::Ed25519Signature2020);
    cases.push(suite_case(
        "ed25519-signature-2020",
        "A proof of type Ed25519Signature2020 is read where the document names its context.",
        good.clone(),
        valid(&[]),
    ));
    let mut both = good;
    both["proof"]["cryptosuite"] = "eddsa-rdfc-2022".into();
    cases.push(suite_case(
        "ed25519-signature-2020-with-cryptosuite",
        "A proof type from before cryptosuites names none.",
        both,
        no_key("invalid", "fail CRYPTOSUITE_UNSUPPORTED"),
    ));
}

fn contexts_of_jcs(cases: &mut Vec<Case>) {
    let sealed = Signer::Ed25519(ISSUER).seal(badge(), Cryptosuite::EddsaJcs2022);
    let with = |context: Value| {
        let mut changed = sealed.clone();
        changed["@context"] = context;
        changed
    };
    cases.push(suite_case(
        "jcs-context-added",
        "Contexts after those of a JCS proof change no word that was signed.",
        with(json!([V2, OB, EXAMPLES])),
        valid(&[]),
    ));
    let more = badge_with(|badge| badge["@context"] = json!([V2, OB, EXAMPLES]));
    let mut replaced = Signer::Ed25519(ISSUER).seal(more, Cryptosuite::EddsaJcs2022);
    replaced["@context"][2] = EXTENSIONS.into();
    cases.push(suite_case(
        "jcs-context-replaced",
        "A JCS proof holds only in a document that begins with its contexts.",
        replaced,
        not_authentic(&[("signature", "fail PROOF_CONTEXT_MISMATCH")]),
    ));
    let mut bare = sealed.clone();
    bare["proof"].as_object_mut().unwrap().remove("@context");
    cases.push(suite_case(
        "jcs-context-removed",
        "The contexts of a JCS proof are signed with it.",
        bare,
        forged(),
    ));
    let mut added = ISSUER.seal(&badge());
    added["proof"]["@context"] = json!([V2, EXTENSIONS]);
    cases.push(suite_case(
        "rdfc-context-in-proof",
        "Contexts in an RDFC proof are not signed, so they must be the document's.",
        added,
        not_authentic(&[("signature", "fail PROOF_CONTEXT_MISMATCH")]),
    ));
    let mut spelled = sealed;
    spelled["credentialSubject"]["achievement"]["name"] = "Soudure TIG – niveau 2".into();
    cases.push(suite_case("jcs-changed", "A JCS proof covers every member.", spelled, forged()));
}

const FIRST: &str = "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a1b91";
const SECOND: &str = "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a1b92";

fn chains(cases: &mut Vec<Case>) {
    let issuer = Signer::Ed25519(ISSUER);
    let options = ProofOptions { id: Some(FIRST.to_owned()), ..issuer.options() };
    let first = issuer.seal_with(badge(), Cryptosuite::EddsaRdfc2022, &options);
    let follow = |id: &str, previous: &str, suite, document: Value| {
        let stranger = Signer::Ed25519(STRANGER);
        let options = ProofOptions {
            id: Some(id.to_owned()),
            previous_proof: vec![previous.to_owned()],
            existing: Existing::Keep,
            ..stranger.options()
        };
        stranger.seal_with(document, suite, &options)
    };
    let chain = follow(SECOND, FIRST, Cryptosuite::EddsaRdfc2022, first.clone());
    cases.push(suite_case(
        "proof-chain",
        "A proof that follows the issuer's, by somebody else, does no harm.",
        chain.clone(),
        valid(&[]),
    ));
    cases.push(suite_case(
        "proof-chain-jcs",
        "A chain may go on with another cryptosuite.",
        follow(SECOND, FIRST, Cryptosuite::EddsaJcs2022, first),
        valid(&[]),
    ));
    let unresolved = || not_authentic(&[("signature", "fail PREVIOUS_PROOF_UNRESOLVED")]);
    let broken = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut changed = chain.clone();
        change(changed["proof"].as_array_mut().unwrap());
        changed
    };
    // The issuer's own proof holds its purpose and key: only the signature of the whole is in doubt.
    cases.push(suite_case(
        "proof-chain-cut",
        "A chained proof without the proof it follows does not stand alone.",
        broken(&|proofs| drop(proofs.remove(0))),
        unresolved().and(&[("controller", "fail CONTROLLER_NOT_ISSUER")]),
    ));
    cases.push(suite_case(
        "proof-chain-changed",
        "A chained proof was made over the very proof it follows.",
        broken(&|proofs| {
            let other = Signer::Ed25519(ISSUER);
            let options = ProofOptions {
                id: Some(FIRST.to_owned()),
                nonce: Some("another".to_owned()),
                ..other.options()
            };
            proofs[0] = other.seal_with(badge(), Cryptosuite::EddsaRdfc2022, &options)["proof"].take();
        }),
        forged(),
    ));
    cases.push(suite_case(
        "proof-chain-circle",
        "Proofs that follow each other in a circle prove nothing.",
        broken(&|proofs| proofs[0]["previousProof"] = SECOND.into()),
        unresolved(),
    ));
    cases.push(suite_case(
        "proof-chain-ambiguous",
        "Two proofs with one id cannot be told apart by what follows them.",
        broken(&|proofs| {
            let twin = proofs[0].clone();
            proofs.push(twin);
        }),
        unresolved(),
    ));
    let mut unknown = json!({"id": FIRST, "type": "DataIntegrityProof", "cryptosuite": "mldsa44-rdfc-2024",
        "created": "2026-11-02T09:00:00Z", "verificationMethod": ISSUER.method(), "proofPurpose": "assertionMethod"});
    unknown["proofValue"] = "uAAAA".into();
    cases.push(suite_case(
        "proof-chain-unknown",
        "A proof that follows one of an unknown suite cannot be verified.",
        broken(&|proofs| proofs[0] = unknown.clone()),
        unresolved().and(&[("controller", "fail CONTROLLER_NOT_ISSUER")]),
    ));
}
