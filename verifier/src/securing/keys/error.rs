//! Why a key or a signature was refused.

use badge_schemas::multikey::MultikeyError;
use badge_schemas::problem::{Code, Problem};

use super::{Algorithm, MAX_EXPONENT, MAX_MODULUS_BITS, MIN_MODULUS_BITS};

/// Why a key was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Another kind of key: its `kty`, its curve, its multicodec.
    #[error("{name} {value:?} is not supported")]
    Unsupported {
        /// Which member says so.
        name: &'static str,
        /// What it says.
        value: String,
    },
    /// A member that this kind of key needs is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// Not base64url without padding, or not in its one canonical spelling.
    #[error("{0} is not canonical base64url")]
    Base64(&'static str),
    /// The wrong number of bytes.
    #[error("{name} has {found} bytes where {expected} are needed")]
    Length {
        /// Which member.
        name: &'static str,
        /// Bytes found.
        found: usize,
        /// Bytes needed.
        expected: usize,
    },
    /// An RSA number written with leading zeros: the same key would have two thumbprints.
    #[error("{0} begins with a zero byte")]
    LeadingZero(&'static str),
    /// The text is not a Multikey.
    #[error(transparent)]
    Multikey(#[from] MultikeyError),
    /// The bytes are no point on the curve.
    #[error("not a point on {0}")]
    NotOnCurve(&'static str),
    /// An Ed25519 point of small order: signatures under it can be forged without a secret.
    #[error("the key is of small order")]
    SmallOrder,
    /// An Ed25519 point in another than its one canonical encoding ([RFC 8032 §5.1.3](https://www.rfc-editor.org/rfc/rfc8032#section-5.1.3)).
    #[error("the key is not canonically encoded")]
    NotCanonical,
    /// An RSA modulus that is too small or too large.
    #[error("the modulus has {bits} bits, not {MIN_MODULUS_BITS} to {MAX_MODULUS_BITS}")]
    ModulusSize {
        /// Its length in bits.
        bits: usize,
    },
    /// An even RSA modulus: not a product of two primes.
    #[error("the modulus is even")]
    EvenModulus,
    /// An RSA exponent that is even, below 3 or above [`MAX_EXPONENT`].
    #[error("the exponent is not an odd number from 3 to {MAX_EXPONENT}")]
    Exponent,
    /// `alg` names an algorithm that this kind of key is not for.
    #[error("alg {found:?} does not fit a key for {expected}")]
    AlgorithmMismatch {
        /// What `alg` says.
        found: String,
        /// The one algorithm this kind of key is for.
        expected: Algorithm,
    },
    /// A key of a kind that no JWK can carry.
    #[error("no JWK can carry it")]
    NoJwk,
    /// `use` is not `sig`.
    #[error("use {0:?} is not sig")]
    Use(String),
    /// `key_ops` does not contain `verify`.
    #[error("key_ops does not contain verify")]
    KeyOps,
    /// Private members stand beside the public ones.
    #[error("the private key is published")]
    PrivateExposed,
}

impl KeyError {
    /// The finding for the key named `method`.
    pub fn to_problem(&self, method: &str) -> Problem {
        match self {
            Self::PrivateExposed => Problem::new(Code::JwkPrivateKeyExposed).with("method", method),
            _ => Problem::new(Code::KeyMalformed).with("method", method).with("reason", self),
        }
    }
}

/// Why a signature was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureRefused {
    /// The algorithm asked for is not the one the key is for.
    #[error("{asked} was asked for, the key is for {key}")]
    Algorithm {
        /// The algorithm that the message names.
        asked: Algorithm,
        /// The algorithm that the key is for.
        key: Algorithm,
    },
    /// The signature has not the one length it can have.
    #[error("the signature has {found} bytes where {expected} are needed")]
    Length {
        /// Bytes found.
        found: usize,
        /// Bytes needed.
        expected: usize,
    },
    /// The key did not make this signature over this message.
    #[error("the signature does not match")]
    Mismatch,
    /// A second implementation could not read the key.
    #[error("the key cannot be read")]
    Key,
}
