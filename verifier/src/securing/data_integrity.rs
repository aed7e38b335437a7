//! Data Integrity proofs with the cryptosuite `eddsa-rdfc-2022`, written and read through the same transformation.

use std::cell::OnceCell;

use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::keys::{Algorithm, PublicKey};
use super::{ProofOptions, rdfc};

/// Most proofs we read on one document: 16; proof sets in use have two or three.
pub const MAX_PROOFS: usize = 16;

/// The cryptosuite's name.
pub const EDDSA_RDFC_2022: &str = "eddsa-rdfc-2022";

/// The members of a proof we act on ([Data Integrity §2.1](https://www.w3.org/TR/vc-data-integrity/#proofs)); all members are signed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proof {
    /// `DataIntegrityProof`, or the name of an older suite.
    #[serde(rename = "type")]
    pub kind: String,
    /// The cryptosuite.
    pub cryptosuite: Option<String>,
    /// What the proof is for.
    pub proof_purpose: Option<String>,
    /// The key's URL.
    pub verification_method: Option<String>,
    /// When it was made.
    pub created: Option<DateTimeStamp>,
    /// Until when it may be relied on.
    pub expires: Option<DateTimeStamp>,
    /// The verifier's challenge.
    pub challenge: Option<String>,
    /// The verifier's domain, one or several.
    #[serde(default, deserialize_with = "badge_schemas::lenient::one_or_many")]
    pub domain: Vec<String>,
    /// The proof this one follows in a chain.
    pub previous_proof: Option<Value>,
    /// The signature.
    pub proof_value: Option<String>,
}

impl Proof {
    /// Whether this program can verify it.
    pub fn is_supported(&self) -> bool {
        self.kind == "DataIntegrityProof"
            && self.cryptosuite.as_deref() == Some(EDDSA_RDFC_2022)
            && self.previous_proof.is_none()
    }

    /// The name of what secures the document, for messages.
    pub fn suite(&self) -> &str {
        match &self.cryptosuite {
            Some(suite) if self.previous_proof.is_none() => suite,
            Some(_) => "a proof chain (previousProof)",
            None => &self.kind,
        }
    }
}

/// A proof as it stands in a document.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundProof {
    /// Its JSON Pointer.
    pub pointer: String,
    /// The members we act on.
    pub proof: Proof,
    /// All members: what is signed.
    pub members: Map<String, Value>,
}

/// The proofs of a document, each with its pointer and its raw object.
///
/// # Errors
/// [`Code::NoProof`], [`Code::TooManyProofs`], [`Code::ProofMalformed`].
pub fn proofs(document: &Value) -> Result<Vec<FoundProof>, Problem> {
    let items: Vec<(String, &Value)> = match document.get("proof") {
        None => return Err(Problem::new(Code::NoProof)),
        Some(Value::Array(items)) => {
            items.iter().enumerate().map(|(index, item)| (format!("/proof/{index}"), item)).collect()
        }
        Some(single) => vec![("/proof".to_owned(), single)],
    };
    if items.is_empty() {
        return Err(Problem::new(Code::NoProof).at("/proof"));
    }
    if items.len() > MAX_PROOFS {
        return Err(Problem::new(Code::TooManyProofs)
            .at("/proof")
            .with("count", items.len())
            .with("limit", MAX_PROOFS));
    }
    items
        .into_iter()
        .map(|(pointer, item)| {
            let malformed =
                |reason: String| Problem::new(Code::ProofMalformed).at(&pointer).with("reason", reason);
            let Value::Object(members) = item else {
                return Err(malformed("a proof is an object".to_owned()));
            };
            let proof = Proof::deserialize(item).map_err(|error| malformed(error.to_string()))?;
            Ok(FoundProof { pointer, proof, members: members.clone() })
        })
        .collect()
}

/// Verifies one proof: [vc-di-eddsa §3.2.2](https://www.w3.org/TR/vc-di-eddsa/#verify-proof-eddsa-rdfc-2022).
///
/// A pass means that this key signed this content; not that the key is the issuer's.
///
/// # Errors
/// [`Code::SignatureInvalid`], [`Code::ProofMalformed`], or what keeps the document from being canonicalised.
pub fn verify(body: &Body<'_>, proof: &Map<String, Value>, key: &PublicKey) -> Result<(), Problem> {
    let value = proof.get("proofValue").and_then(Value::as_str).unwrap_or_default();
    let malformed = |reason: &str| Problem::new(Code::ProofMalformed).at("/proof").with("reason", reason);
    let encoded =
        value.strip_prefix('z').ok_or_else(|| malformed("proofValue must be base58btc, beginning with z"))?;
    if encoded.len() > MAX_PROOF_VALUE {
        return Err(malformed("proofValue is longer than any Ed25519 signature"));
    }
    let signature = bs58::decode(encoded).into_vec().map_err(|_| malformed("proofValue is not base58btc"))?;
    let message = [proof_hash(body.document, proof)?, body.hash()?].concat();
    key.verify(Algorithm::EdDsa, &message, &signature)
        .map_err(|_| Problem::new(Code::SignatureInvalid).at("/proof/proofValue"))
}

/// Longest base58 we decode for a signature: 64 bytes take at most 88 characters, and decoding is quadratic.
const MAX_PROOF_VALUE: usize = 96;

/// The document without proof, the proof without `proofValue`, and the message to sign.
pub(super) fn prepare(
    mut document: Value,
    options: &ProofOptions,
) -> Result<(Value, Value, Vec<u8>), Problem> {
    if let Some(members) = document.as_object_mut() {
        members.remove("proof");
    }
    let mut proof = Map::new();
    let mut set = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            proof.insert(name.to_owned(), Value::String(value));
        }
    };
    set("type", Some("DataIntegrityProof".to_owned()));
    set("cryptosuite", Some(EDDSA_RDFC_2022.to_owned()));
    set("created", Some(DateTimeStamp::from(options.created).to_string()));
    set("expires", options.expires.map(|expires| DateTimeStamp::from(expires).to_string()));
    set("verificationMethod", Some(options.verification_method.clone()));
    set("proofPurpose", Some(options.purpose.as_str().to_owned()));
    set("challenge", options.challenge.clone());
    set("domain", options.domain.clone());
    let message = hash_data(&document, &proof)?;
    Ok((document, Value::Object(proof), message))
}

/// Puts the signature into the proof and the proof into the document.
pub(super) fn seal(mut document: Value, mut proof: Value, signature: &[u8]) -> String {
    proof["proofValue"] = Value::String(format!("z{}", bs58::encode(signature).into_string()));
    document["proof"] = proof;
    document.to_string()
}

/// Hash of the canonical proof configuration followed by hash of the canonical document
/// ([vc-di-eddsa §3.2.4](https://www.w3.org/TR/vc-di-eddsa/#hashing-eddsa-rdfc-2022)).
pub fn hash_data(document: &Value, proof: &Map<String, Value>) -> Result<Vec<u8>, Problem> {
    Ok([proof_hash(document, proof)?, Body::new(document).hash()?].concat())
}

fn proof_hash(document: &Value, proof: &Map<String, Value>) -> Result<Vec<u8>, Problem> {
    let config =
        canonicalize(&proof_configuration(document, proof)).map_err(|problem| problem.under("/proof"))?;
    Ok(Sha256::digest(config).to_vec())
}

/// A document whose canonical form is hashed once, however many proofs it carries.
#[derive(Debug)]
pub struct Body<'d> {
    document: &'d Value,
    hash: OnceCell<Result<Vec<u8>, Problem>>,
}

impl<'d> Body<'d> {
    /// The body of a document, not hashed yet.
    pub fn new(document: &'d Value) -> Self {
        Self { document, hash: OnceCell::new() }
    }

    fn hash(&self) -> Result<Vec<u8>, Problem> {
        let hash = || canonicalize(&without_proof(self.document)).map(|text| Sha256::digest(text).to_vec());
        self.hash.get_or_init(hash).clone()
    }
}

/// The proof without its value, in the document's context ([vc-di-eddsa §3.2.5](https://www.w3.org/TR/vc-di-eddsa/#proof-configuration-eddsa-rdfc-2022)).
pub fn proof_configuration(document: &Value, proof: &Map<String, Value>) -> Value {
    let mut config = proof.clone();
    config.remove("proofValue");
    if let Some(context) = document.get("@context") {
        config.insert("@context".to_owned(), context.clone());
    }
    Value::Object(config)
}

/// The document without its proofs.
pub fn without_proof(document: &Value) -> Value {
    let mut body = document.clone();
    if let Some(members) = body.as_object_mut() {
        members.remove("proof");
    }
    body
}

fn canonicalize(value: &Value) -> Result<String, Problem> {
    rdfc::canonicalize(value).map_err(|error| error.to_problem())
}
