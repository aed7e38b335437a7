//! Public keys, and whether a signature was made with one.

use std::fmt;

use badge_schemas::jwk::Jwk;
use badge_schemas::multikey::{KeyKind, Multikey, MultikeyError};
use badge_schemas::problem::{Code, Problem};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Verifier as _;
use rsa::traits::PublicKeyParts as _;
use sha2::{Digest as _, Sha256};

/// Smallest RSA modulus we accept, in bits ([RFC 7518 §3.3](https://www.rfc-editor.org/rfc/rfc7518#section-3.3)).
pub const MIN_MODULUS_BITS: usize = 2048;

/// Largest RSA modulus we accept, in bits: nobody publishes a larger one, and the work grows with its square.
pub const MAX_MODULUS_BITS: usize = 8192;

/// Largest RSA exponent we accept: 2^32 − 1. In practice it is 65537; the work grows with its length.
pub const MAX_EXPONENT: u64 = (1 << 32) - 1;

/// A signature algorithm we accept ([RFC 7518 §3.1](https://www.rfc-editor.org/rfc/rfc7518#section-3.1), [RFC 8037 §3.1](https://www.rfc-editor.org/rfc/rfc8037#section-3.1)).
///
/// There is no `none` and nothing symmetric: what cannot be named cannot be confused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// `EdDSA` with an Ed25519 key.
    EdDsa,
    /// ECDSA over P-256 with SHA-256.
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
}

impl Algorithm {
    /// Every algorithm we accept.
    pub const ALL: [Self; 3] = [Self::EdDsa, Self::Es256, Self::Rs256];

    /// The name that stands in `alg`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }

    /// Reads `alg`, case-sensitively; `None` for every algorithm we do not accept.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A public key that was checked when it was read; each belongs to exactly one [`Algorithm`].
///
/// - Ed25519: canonically encoded and not of small order ([RFC 8032](https://www.rfc-editor.org/rfc/rfc8032));
/// - P-256: a point on the curve ([FIPS 186-5](https://csrc.nist.gov/pubs/fips/186-5/final));
/// - RSA: modulus and exponent within our limits ([RFC 8017](https://www.rfc-editor.org/rfc/rfc8017)).
///
/// Having one says nothing about whose key it is.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(Kind);

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Ed25519(ed25519_dalek::VerifyingKey),
    P256(p256::ecdsa::VerifyingKey),
    Rsa(rsa::RsaPublicKey),
}

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

impl PublicKey {
    /// Reads an Ed25519 or P-256 [Multikey](https://www.w3.org/TR/cid-1.0/#Multikey).
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_multikey(multikey: &Multikey) -> Result<Self, KeyError> {
        match multikey.kind() {
            KeyKind::Ed25519 => ed25519(multikey.bytes()),
            KeyKind::P256 => p256_sec1(multikey.bytes()),
            KeyKind::P384 => Err(KeyError::Unsupported { name: "curve", value: "P-384".to_owned() }),
        }
    }

    /// Reads a public [JWK](https://www.rfc-editor.org/rfc/rfc7517): `OKP` Ed25519, `EC` P-256, `RSA`.
    ///
    /// `alg`, `use` and `key_ops`, where given, must allow verifying with the one algorithm of this kind of key.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, KeyError> {
        if jwk.exposes_private_key() {
            return Err(KeyError::PrivateExposed);
        }
        let key = match jwk.kty.as_str() {
            "OKP" => {
                curve(jwk, "Ed25519")?;
                ed25519(&decode("x", jwk.x.as_ref())?)?
            }
            "EC" => {
                curve(jwk, "P-256")?;
                let mut sec1 = vec![SEC1_UNCOMPRESSED];
                for (name, member) in [("x", &jwk.x), ("y", &jwk.y)] {
                    let coordinate = decode(name, member.as_ref())?;
                    exactly(name, &coordinate, 32)?;
                    sec1.extend(coordinate);
                }
                p256_sec1(&sec1)?
            }
            "RSA" => rsa_key(&decode("n", jwk.n.as_ref())?, &decode("e", jwk.e.as_ref())?)?,
            other => return Err(KeyError::Unsupported { name: "kty", value: other.to_owned() }),
        };
        let expected = key.algorithm();
        match jwk.alg.as_deref() {
            Some(alg) if Algorithm::parse(alg) != Some(expected) && !is_ed25519_name(alg, expected) => {
                return Err(KeyError::AlgorithmMismatch { found: alg.to_owned(), expected });
            }
            _ => {}
        }
        match jwk.public_use.as_deref() {
            None | Some("sig") => {}
            Some(other) => return Err(KeyError::Use(other.to_owned())),
        }
        match &jwk.key_ops {
            Some(operations) if !operations.iter().any(|operation| operation == "verify") => {
                Err(KeyError::KeyOps)
            }
            _ => Ok(key),
        }
    }

    /// The key as a JWK with its required members only.
    pub fn to_jwk(&self) -> Jwk {
        match &self.0 {
            Kind::Ed25519(key) => Jwk::ed25519(key.as_bytes()),
            Kind::P256(key) => {
                let (x, y) = coordinates(key);
                Jwk::p256(&x, &y)
            }
            Kind::Rsa(key) => {
                let mut jwk = Jwk::default();
                "RSA".clone_into(&mut jwk.kty);
                jwk.n = Some(URL_SAFE_NO_PAD.encode(key.n().to_bytes_be()));
                jwk.e = Some(URL_SAFE_NO_PAD.encode(key.e().to_bytes_be()));
                jwk
            }
        }
    }

    /// The key as a Multikey; `None` for RSA, which we write as JWK only.
    pub fn to_multikey(&self) -> Option<Multikey> {
        match &self.0 {
            Kind::Ed25519(key) => Multikey::new(KeyKind::Ed25519, key.as_bytes().to_vec()).ok(),
            Kind::P256(key) => Multikey::new(KeyKind::P256, key.to_sec1_point(true).as_bytes().to_vec()).ok(),
            Kind::Rsa(_) => None,
        }
    }

    /// The SHA-256 thumbprint, base64url without padding ([RFC 7638](https://www.rfc-editor.org/rfc/rfc7638)).
    pub fn thumbprint(&self) -> String {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let input = match &self.0 {
            Kind::Ed25519(key) => {
                format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, encode(key.as_bytes()))
            }
            Kind::P256(key) => {
                let (x, y) = coordinates(key);
                format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, encode(&x), encode(&y))
            }
            Kind::Rsa(key) => {
                let (e, n) = (encode(&key.e().to_bytes_be()), encode(&key.n().to_bytes_be()));
                format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#)
            }
        };
        encode(&Sha256::digest(input))
    }

    /// The one algorithm this key is for.
    pub fn algorithm(&self) -> Algorithm {
        match &self.0 {
            Kind::Ed25519(_) => Algorithm::EdDsa,
            Kind::P256(_) => Algorithm::Es256,
            Kind::Rsa(_) => Algorithm::Rs256,
        }
    }

    /// Checks that this key made `signature` over `message` with `algorithm`.
    ///
    /// - EdDSA: 64 bytes, S reduced, R canonical and not of small order, no cofactor ([RFC 8032 §5.1.7](https://www.rfc-editor.org/rfc/rfc8032#section-5.1.7) made strict).
    /// - ES256: r and s as 32 bytes each ([RFC 7518 §3.4](https://www.rfc-editor.org/rfc/rfc7518#section-3.4)). Both s and n − s are accepted, as
    ///   the standard has it: a signature can be rewritten without the key, so never identify a badge by its signature.
    /// - RS256: as long as the modulus, one exact padding ([RFC 8017 §8.2.2](https://www.rfc-editor.org/rfc/rfc8017#section-8.2.2)).
    ///
    /// # Errors
    /// [`SignatureRefused`].
    pub fn verify(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureRefused> {
        if algorithm != self.algorithm() {
            return Err(SignatureRefused::Algorithm { asked: algorithm, key: self.algorithm() });
        }
        let expected = self.signature_length();
        if signature.len() != expected {
            return Err(SignatureRefused::Length { found: signature.len(), expected });
        }
        let verified = match &self.0 {
            Kind::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .and_then(|signature| key.verify_strict(message, &signature))
                .is_ok(),
            Kind::P256(key) => p256::ecdsa::Signature::from_slice(signature)
                .and_then(|signature| key.verify(message, &signature))
                .is_ok(),
            Kind::Rsa(key) => {
                use rsa::sha2::Digest as _;
                let digest = rsa::sha2::Sha256::digest(message);
                key.verify(rsa::Pkcs1v15Sign::new::<rsa::sha2::Sha256>(), &digest, signature).is_ok()
            }
        };
        if verified { Ok(()) } else { Err(SignatureRefused::Mismatch) }
    }

    fn signature_length(&self) -> usize {
        match &self.0 {
            Kind::Ed25519(_) | Kind::P256(_) => 64,
            Kind::Rsa(key) => key.size(),
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PublicKey({} {})", self.algorithm(), self.thumbprint())
    }
}

/// First byte of an uncompressed point ([SEC 1 §2.3.3](https://www.secg.org/sec1-v2.pdf)).
const SEC1_UNCOMPRESSED: u8 = 4;

/// The field prime 2^255 − 19, little-endian: a canonical y lies below it.
const ED25519_PRIME: [u8; 32] = {
    let mut prime = [0xff; 32];
    prime[0] = 0xed;
    prime[31] = 0x7f;
    prime
};

fn ed25519(bytes: &[u8]) -> Result<PublicKey, KeyError> {
    let bytes: &[u8; 32] =
        bytes.try_into().map_err(|_| KeyError::Length { name: "x", found: bytes.len(), expected: 32 })?;
    let mut y = *bytes;
    y[31] &= 0x7f;
    if y.iter().rev().ge(ED25519_PRIME.iter().rev()) {
        return Err(KeyError::NotCanonical);
    }
    let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NotOnCurve("Ed25519"))?;
    if key.is_weak() { Err(KeyError::SmallOrder) } else { Ok(PublicKey(Kind::Ed25519(key))) }
}

/// Reads a compressed or uncompressed point; the library's third form, without the sign of y, is not in our standards.
fn p256_sec1(bytes: &[u8]) -> Result<PublicKey, KeyError> {
    if !matches!(bytes.first(), Some(2 | 3 | &SEC1_UNCOMPRESSED)) {
        return Err(KeyError::NotOnCurve("P-256"));
    }
    p256::ecdsa::VerifyingKey::from_sec1_bytes(bytes)
        .map(|key| PublicKey(Kind::P256(key)))
        .map_err(|_| KeyError::NotOnCurve("P-256"))
}

fn rsa_key(n: &[u8], e: &[u8]) -> Result<PublicKey, KeyError> {
    for (name, bytes) in [("n", n), ("e", e)] {
        if bytes.first() == Some(&0) {
            return Err(KeyError::LeadingZero(name));
        }
    }
    // The length in bytes comes first: no arithmetic on a number of unbounded size.
    if n.len() > MAX_MODULUS_BITS / 8 {
        return Err(KeyError::ModulusSize { bits: n.len() * 8 });
    }
    if e.len() > 4 || e.last().is_none_or(|byte| byte % 2 == 0) || e == [1] {
        return Err(KeyError::Exponent);
    }
    let (n, e) = (rsa::BigUint::from_bytes_be(n), rsa::BigUint::from_bytes_be(e));
    if n.bits() < MIN_MODULUS_BITS {
        return Err(KeyError::ModulusSize { bits: n.bits() });
    }
    rsa::RsaPublicKey::new_with_max_size(n, e, MAX_MODULUS_BITS)
        .map(|key| PublicKey(Kind::Rsa(key)))
        .map_err(|_| KeyError::EvenModulus)
}

fn coordinates(key: &p256::ecdsa::VerifyingKey) -> ([u8; 32], [u8; 32]) {
    let (mut x, mut y) = ([0; 32], [0; 32]);
    let point = key.to_sec1_point(false);
    for (to, from) in x.iter_mut().chain(&mut y).zip(point.as_bytes().iter().skip(1)) {
        *to = *from;
    }
    (x, y)
}

fn curve(jwk: &Jwk, expected: &str) -> Result<(), KeyError> {
    match jwk.crv.as_deref() {
        Some(crv) if crv == expected => Ok(()),
        Some(other) => Err(KeyError::Unsupported { name: "crv", value: other.to_owned() }),
        None => Err(KeyError::Missing("crv")),
    }
}

fn decode(name: &'static str, member: Option<&String>) -> Result<Vec<u8>, KeyError> {
    URL_SAFE_NO_PAD.decode(member.ok_or(KeyError::Missing(name))?).map_err(|_| KeyError::Base64(name))
}

fn exactly(name: &'static str, bytes: &[u8], expected: usize) -> Result<(), KeyError> {
    if bytes.len() == expected {
        Ok(())
    } else {
        Err(KeyError::Length { name, found: bytes.len(), expected })
    }
}

/// Newer JWKs say `Ed25519` where older ones say `EdDSA` ([RFC 9864 §2.2](https://www.rfc-editor.org/rfc/rfc9864#section-2.2)).
fn is_ed25519_name(alg: &str, expected: Algorithm) -> bool {
    expected == Algorithm::EdDsa && alg == "Ed25519"
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
