//! Base proofs and what is derived from them, whatever the suite.

use badge_schemas::problem::{Code, Problem};
use serde_json::{Map, Value};

use super::{HmacKey, cbor};
use crate::securing::cryptosuite::{self, Cryptosuite, bbs_2023, ecdsa_sd_2023};
use crate::securing::data_integrity::{self, FoundProof, without_proof};
use crate::securing::keys::PublicKey;
use crate::securing::{Audience, ProofOptions, SealError, Secured};
use crate::work::Work;

pub use ecdsa_sd_2023::Secrets;

/// A document and its base proof, but for the issuer's signature.
#[derive(Clone, Debug)]
pub struct UnsignedBase {
    document: Value,
    proof: Map<String, Value>,
    base: ecdsa_sd_2023::UnsignedBase,
}

impl UnsignedBase {
    /// What the issuer's key signs.
    pub(in crate::securing) fn message(&self) -> &[u8] {
        self.base.message()
    }

    /// The document with its base proof.
    pub(in crate::securing) fn seal(self, signature: &[u8]) -> String {
        let Self { mut document, mut proof, base } = self;
        proof.insert("proofValue".to_owned(), Value::String(base.proof_value(signature)));
        document["proof"] = Value::Object(proof);
        document.to_string()
    }
}

/// Does everything but sign.
pub(in crate::securing) fn prepare(
    document: &Value,
    options: &ProofOptions,
    mandatory_pointers: &[String],
    secrets: &Secrets,
) -> Result<UnsignedBase, Problem> {
    let suite = Cryptosuite::EcdsaSd2023;
    if !suite.accepts(&options.key) {
        return Err(cryptosuite::wrong_key(suite, &options.key));
    }
    if let Some(previous) = options.previous_proof.first() {
        return Err(in_a_chain(previous));
    }
    let document = without_proof(document);
    let proof = data_integrity::new_proof(&document, suite, options);
    let base = ecdsa_sd_2023::prepare(&document, &proof, mandatory_pointers, secrets)?;
    Ok(UnsignedBase { document, proof, base })
}

/// A document and its base proof of `bbs-2023`, but for the issuer's signature: that of a list of messages, so no
/// [`SigningRequest`](crate::securing::SigningRequest).
#[derive(Clone, Debug)]
pub struct UnsignedBbsBase {
    document: Value,
    proof: Map<String, Value>,
    base: bbs_2023::UnsignedBase,
}

impl UnsignedBbsBase {
    /// The header that the issuer's key signs with the messages.
    pub fn header(&self) -> &[u8] {
        self.base.header()
    }

    /// The messages that the issuer's key signs.
    pub fn messages(&self) -> &[Vec<u8>] {
        self.base.messages()
    }

    /// Checks the signature, and gives the document with its base proof.
    ///
    /// # Errors
    /// [`SealError::SignatureRefused`]: nothing unsound leaves this function.
    pub fn seal(self, signature: &[u8]) -> Result<Secured, SealError> {
        self.base.check(signature).map_err(|_| SealError::SignatureRefused)?;
        let Self { mut document, mut proof, base } = self;
        proof.insert("proofValue".to_owned(), Value::String(base.proof_value(signature)));
        document["proof"] = Value::Object(proof);
        Ok(Secured::Json(document.to_string()))
    }
}

/// Does everything but sign, with a BLS12-381 key.
pub(in crate::securing) fn prepare_bbs(
    document: &Value,
    options: &ProofOptions,
    mandatory_pointers: &[String],
    hmac_key: &HmacKey,
) -> Result<UnsignedBbsBase, Problem> {
    let suite = Cryptosuite::Bbs2023;
    let key = options.key.bbs().ok_or_else(|| cryptosuite::wrong_key(suite, &options.key))?;
    if let Some(previous) = options.previous_proof.first() {
        return Err(in_a_chain(previous));
    }
    let document = without_proof(document);
    let proof = data_integrity::new_proof(&document, suite, options);
    let base = bbs_2023::prepare(&document, &proof, mandatory_pointers, hmac_key, key)?;
    Ok(UnsignedBbsBase { document, proof, base })
}

/// Verifies a proof of selective disclosure: a derived one for a verifier, either kind for the holder.
pub(in crate::securing) fn verify(
    document: &Value,
    found: &FoundProof,
    audience: Audience,
    key: &PublicKey,
    work: &Work,
) -> Result<(), Problem> {
    if let Some(previous) = found.proof.previous_proof.first() {
        return Err(in_a_chain(previous).at(format!("{}/previousProof", found.pointer)));
    }
    let base = audience == Audience::Holder && is_base(found);
    let result = match key.bbs() {
        Some(key) if base => bbs_2023::verify_base(document, &found.members, key, work),
        Some(key) => bbs_2023::verify(document, &found.members, key, work),
        None if base => ecdsa_sd_2023::verify_base(document, &found.members, key),
        None => ecdsa_sd_2023::verify(document, &found.members, key, work),
    };
    result.map_err(|problem| match problem.pointer.as_deref() {
        Some("/proofValue") => problem.under(&found.pointer),
        _ => problem,
    })
}

/// A document's base proof.
#[derive(Clone, Debug, PartialEq)]
pub struct BaseProof {
    /// Where it stands and what it says.
    pub found: FoundProof,
    /// What everything derived from it shows.
    pub mandatory_pointers: Vec<String>,
}

/// The base proof of a document, where it has one; nothing is verified.
pub fn base_proof(document: &Value) -> Option<BaseProof> {
    let found = data_integrity::proofs(document).ok()?.into_iter().find(is_base)?;
    let mandatory_pointers = match found.proof.suite()? {
        Cryptosuite::Bbs2023 => bbs_2023::mandatory_pointers(&found.members),
        _ => ecdsa_sd_2023::mandatory_pointers(&found.members),
    };
    let mandatory_pointers = mandatory_pointers.ok()?;
    Some(BaseProof { found, mandatory_pointers })
}

/// Derives, for the holder, a document that shows what its base proof makes mandatory and what `selective_pointers` select.
///
/// Nothing is verified here: the holder verified the base proof on receiving it, and verifies what was derived before it goes out.
/// Other proofs of the document are left out: they are over all of it.
///
/// # Errors
/// [`Code::NoBaseProof`]; [`Code::ProofMalformed`], [`Code::DisclosurePointer`], [`Code::DisclosureEmpty`], [`Code::DisclosureImpossible`].
pub fn derive(document: &Value, selective_pointers: &[String]) -> Result<Value, Problem> {
    let found = data_integrity::proofs(document)?.into_iter().find(is_base);
    let found = found.ok_or_else(|| Problem::new(Code::NoBaseProof).at("/proof"))?;
    match found.proof.suite() {
        Some(Cryptosuite::Bbs2023) => bbs_2023::derive(document, &found.members, selective_pointers, &[]),
        _ => ecdsa_sd_2023::derive(document, &found.members, selective_pointers),
    }
}

fn is_base(found: &FoundProof) -> bool {
    let base = match found.proof.suite() {
        Some(Cryptosuite::EcdsaSd2023) => ecdsa_sd_2023::BASE_PREFIX,
        Some(Cryptosuite::Bbs2023) => bbs_2023::BASE_PREFIX,
        _ => return false,
    };
    found.proof.proof_value.as_deref().and_then(cbor::prefix) == Some(base)
}

fn in_a_chain(previous: &str) -> Problem {
    Problem::new(Code::PreviousProofUnresolved)
        .with("previous", previous)
        .with("reason", "a proof of selective disclosure follows no other")
}
