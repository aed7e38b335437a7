//! How documents are secured: Data Integrity proofs and JWTs, both ways.
//!
//! Writing goes `prepare → sign elsewhere → seal`: the key never comes here, and a signature is checked before anything is sealed.

pub mod bbs;
pub mod cryptosuite;
pub mod data_integrity;
pub mod disclosure;
pub mod jcs;
#[cfg(feature = "openssl")]
pub mod josekit_peer;
pub mod jws;
pub mod keys;
pub mod rdfc;
pub mod sd_jwt;
pub mod vc_jwt;
pub mod vp_jwt;

use badge_schemas::controller::Relationship;
use badge_schemas::problem::Problem;
use jiff::Timestamp;
use serde_json::Value;

use crate::work::Work;
pub use cryptosuite::Cryptosuite;
use keys::{Algorithm, PublicKey};

/// How a document is to be secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// A Data Integrity proof ([VC Data Integrity](https://www.w3.org/TR/vc-data-integrity/)).
    DataIntegrity(Cryptosuite),
    /// An Open Badges VC-JWT ([Open Badges 3.0 §8.2](https://www.imsglobal.org/spec/ob/v3p0/#jwt-proof)).
    VcJwt(Algorithm),
    /// A credential as `vc+jwt` ([VC-JOSE-COSE §3.1.1](https://www.w3.org/TR/vc-jose-cose/#securing-with-jose)).
    VcJose(Algorithm),
    /// A presentation as `vp+jwt` ([VC-JOSE-COSE §3.1.2](https://www.w3.org/TR/vc-jose-cose/#securing-vps-with-jose)).
    VpJwt(Algorithm),
}

/// For whom a document is verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// Someone to whom it was presented: a base proof of selective disclosure has no business there.
    #[default]
    Verifier,
    /// Its holder, who received it from the issuer.
    Holder,
}

/// Everything about a proof but the key that makes it.
#[derive(Clone, Debug, PartialEq)]
pub struct ProofOptions {
    /// The key's URL, as the controller document names it.
    pub verification_method: String,
    /// The public half of the key that will sign; signatures are checked with it before sealing.
    pub key: PublicKey,
    /// What the proof is for.
    pub purpose: Relationship,
    /// When it is made.
    pub created: Timestamp,
    /// Until when it may be relied on.
    pub expires: Option<Timestamp>,
    /// The verifier's challenge, for a presentation.
    pub challenge: Option<String>,
    /// The verifier's domain, for a presentation.
    pub domain: Option<String>,
    /// A value that makes the proof unlike any other.
    pub nonce: Option<String>,
    /// The proof's own id, so that others may follow it.
    pub id: Option<String>,
    /// The ids of the document's proofs that this one follows: it signs them too.
    pub previous_proof: Vec<String>,
    /// What becomes of the proofs that the document has.
    pub existing: Existing,
}

/// What becomes of the proofs that a document has when it gets another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Existing {
    /// They go: the new proof is the only one.
    #[default]
    Replace,
    /// They stay, and the new one is added: a proof set, or with `previous_proof` a chain.
    Keep,
}

impl ProofOptions {
    /// The options every proof needs; the others are unset.
    pub fn new(
        verification_method: impl Into<String>,
        key: PublicKey,
        purpose: Relationship,
        created: Timestamp,
    ) -> Self {
        Self {
            verification_method: verification_method.into(),
            key,
            purpose,
            created,
            expires: None,
            challenge: None,
            domain: None,
            nonce: None,
            id: None,
            previous_proof: Vec::new(),
            existing: Existing::default(),
        }
    }
}

/// A document ready to be signed: everything but the signature.
#[derive(Clone, Debug)]
pub struct Prepared {
    to_sign: Vec<u8>,
    algorithm: Algorithm,
    key: PublicKey,
    shape: Shape,
}

#[derive(Clone, Debug)]
enum Shape {
    /// The document, and its proof still without `proofValue`.
    DataIntegrity(data_integrity::Unsigned),
    /// A base proof of selective disclosure, and where it will stand.
    Base(Box<disclosure::UnsignedBase>),
    /// The signing input of a JWS.
    Jwt,
    /// The signing input of a JWS that is part of an SD-JWT, and what stands around it.
    SdJwt { before: String, after: String },
}

/// What a signer is asked to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigningRequest<'a> {
    /// One message: hashed by the signature algorithm itself, not before.
    Bytes(&'a [u8]),
}

/// A secured document, as it goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Secured {
    /// JSON with an embedded proof.
    Json(String),
    /// A compact JWS.
    Jwt(String),
    /// An SD-JWT, with or without key binding JWT.
    SdJwt(String),
}

impl Secured {
    /// The text that goes into a file.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Json(text) | Self::Jwt(text) | Self::SdJwt(text) => text,
        }
    }
}

/// Why a signature was not sealed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The signature does not verify with the key that was announced.
    #[error("the signature does not verify with the announced key")]
    SignatureRefused,
}

/// Does everything but sign.
///
/// # Errors
/// A [`Problem`] when the document cannot be secured: undefined terms, relative IRIs, too complex, or the wrong key for the mechanism.
pub fn prepare(document: Value, mechanism: Mechanism, options: &ProofOptions) -> Result<Prepared, Problem> {
    let key = options.key.clone();
    match mechanism {
        Mechanism::DataIntegrity(suite) => {
            let unsigned = data_integrity::prepare(document, suite, options)?;
            Ok(Prepared {
                to_sign: unsigned.message.clone(),
                algorithm: key.algorithm(),
                key,
                shape: Shape::DataIntegrity(unsigned),
            })
        }
        Mechanism::VcJwt(algorithm) | Mechanism::VcJose(algorithm) | Mechanism::VpJwt(algorithm) => {
            let work = Work::default();
            rdfc::Rdf::new(&document, &work).sound().map_err(|error| error.to_problem())?;
            let method = options.verification_method.as_str();
            let (header, payload) = match mechanism {
                Mechanism::VpJwt(_) => {
                    (vp_jwt::header(algorithm, method), vp_jwt::payload(&document, options)?)
                }
                Mechanism::VcJose(_) => {
                    (vc_jwt::jose_header(algorithm, method), vc_jwt::jose_payload(&document, options)?)
                }
                _ => (vc_jwt::header(algorithm, method), vc_jwt::payload(&document)?),
            };
            let to_sign = jws::signing_input(&header, &payload).into_bytes();
            Ok(Prepared { to_sign, algorithm, key, shape: Shape::Jwt })
        }
    }
}

/// Does everything but sign, for a proof from which its holder can show parts: [Create Base Proof](https://www.w3.org/TR/vc-di-ecdsa/#create-base-proof-ecdsa-sd-2023).
///
/// What `mandatory_pointers` select is in everything the holder shows. The issuer's key signs one message: the statements are signed by a
/// key of `secrets`, which lives as long as this call. The proofs that the document has are dropped, whatever the options say.
///
/// # Errors
/// As [`prepare`], and [`Code::DisclosurePointer`](badge_schemas::problem::Code::DisclosurePointer).
pub fn prepare_base(
    document: &Value,
    options: &ProofOptions,
    mandatory_pointers: &[String],
    secrets: &disclosure::Secrets,
) -> Result<Prepared, Problem> {
    let unsigned = disclosure::prepare(document, options, mandatory_pointers, secrets)?;
    Ok(Prepared {
        to_sign: unsigned.message().to_vec(),
        algorithm: options.key.algorithm(),
        key: options.key.clone(),
        shape: Shape::Base(Box::new(unsigned)),
    })
}

/// The same with `bbs-2023`, for an issuer with a BLS12-381 key: [Create Base Proof](https://www.w3.org/TR/vc-di-bbs/#create-base-proof-bbs-2023).
///
/// `hmac_key` is fresh randomness, never used for two proofs.
///
/// # Errors
/// As [`prepare_base`].
pub fn prepare_bbs_base(
    document: &Value,
    options: &ProofOptions,
    mandatory_pointers: &[String],
    hmac_key: &disclosure::HmacKey,
) -> Result<disclosure::UnsignedBbsBase, Problem> {
    disclosure::prepare_bbs(document, options, mandatory_pointers, hmac_key)
}

impl Prepared {
    /// What has to be signed.
    pub fn request(&self) -> SigningRequest<'_> {
        SigningRequest::Bytes(&self.to_sign)
    }

    /// Checks the signature and puts it where it belongs.
    ///
    /// # Errors
    /// [`SealError::SignatureRefused`]: nothing unsound leaves this function.
    pub fn seal(self, signature: &[u8]) -> Result<Secured, SealError> {
        self.key.verify(self.algorithm, &self.to_sign, signature).map_err(|_| SealError::SignatureRefused)?;
        match self.shape {
            Shape::DataIntegrity(unsigned) => Ok(Secured::Json(data_integrity::seal(unsigned, signature))),
            Shape::Base(unsigned) => Ok(Secured::Json(unsigned.seal(signature))),
            Shape::Jwt => Ok(Secured::Jwt(jws::compact(&String::from_utf8_lossy(&self.to_sign), signature))),
            Shape::SdJwt { before, after } => {
                let jws = jws::compact(&String::from_utf8_lossy(&self.to_sign), signature);
                Ok(Secured::SdJwt(format!("{before}{jws}{after}")))
            }
        }
    }
}
