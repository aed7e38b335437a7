//! Public keys, and whether a signature was made with one.

mod algorithm;
mod error;
mod proof_scoped;

use std::fmt;

use badge_schemas::jwk::Jwk;
use badge_schemas::multikey::{KeyKind, Multikey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Verifier as _;
use rsa::traits::PublicKeyParts as _;
use sha2::{Digest as _, Sha256};

use super::bbs;
pub use algorithm::Algorithm;
pub use error::{KeyError, SignatureRefused};
pub use proof_scoped::{ProofScopedKey, multikey as proof_scoped_multikey};

/// Smallest RSA modulus we accept, in bits ([RFC 7518 §3.3](https://www.rfc-editor.org/rfc/rfc7518#section-3.3)).
pub const MIN_MODULUS_BITS: usize = 2048;

/// Largest RSA modulus we accept, in bits: nobody publishes a larger one, and the work grows with its square.
pub const MAX_MODULUS_BITS: usize = 8192;

/// Largest RSA exponent we accept: 2^32 − 1. In practice it is 65537; the work grows with its length.
pub const MAX_EXPONENT: u64 = (1 << 32) - 1;

/// A public key that was checked when it was read.
///
/// Each belongs to exactly one [`Algorithm`], but for an RSA key whose JWK names none: it may verify RS256 and PS256.
///
/// - Ed25519: canonically encoded and not of small order ([RFC 8032](https://www.rfc-editor.org/rfc/rfc8032));
/// - P-256, P-384, P-521: a point on the curve ([FIPS 186-5](https://csrc.nist.gov/pubs/fips/186-5/final));
/// - RSA: modulus and exponent within our limits ([RFC 8017](https://www.rfc-editor.org/rfc/rfc8017));
/// - BLS12-381: see [`bbs::PublicKey`].
///
/// Having one says nothing about whose key it is.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(Kind);

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Ed25519(ed25519_dalek::VerifyingKey),
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    P521(p521::ecdsa::VerifyingKey),
    /// With the one algorithm its JWK names, if any.
    Rsa(rsa::RsaPublicKey, Option<Algorithm>),
    Bls12381G2(Box<bbs::PublicKey>),
}

impl PublicKey {
    /// Reads an Ed25519, P-256, P-384, P-521 or BLS12-381 [Multikey](https://www.w3.org/TR/cid-1.0/#Multikey).
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_multikey(multikey: &Multikey) -> Result<Self, KeyError> {
        match multikey.kind() {
            KeyKind::Ed25519 => ed25519(multikey.bytes()),
            KeyKind::P256 => from_sec1("P-256", multikey.bytes()),
            KeyKind::P384 => from_sec1("P-384", multikey.bytes()),
            KeyKind::P521 => from_sec1("P-521", multikey.bytes()),
            KeyKind::Bls12381G2 => bbs::PublicKey::from_bytes(multikey.bytes())
                .map(|key| Self(Kind::Bls12381G2(Box::new(key))))
                .map_err(|_| KeyError::NotOnCurve("BLS12-381 G2")),
        }
    }

    /// Reads a public [JWK](https://www.rfc-editor.org/rfc/rfc7517): `OKP` Ed25519, `EC` P-256, P-384 and P-521, `RSA`.
    ///
    /// `alg`, `use` and `key_ops`, where given, must allow verifying with an algorithm of this kind of key.
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
                let crv = jwk.crv.as_deref().ok_or(KeyError::Missing("crv"))?;
                let length = match crv {
                    "P-256" => 32,
                    "P-384" => 48,
                    "P-521" => 66,
                    other => return Err(KeyError::Unsupported { name: "crv", value: other.to_owned() }),
                };
                let mut sec1 = vec![SEC1_UNCOMPRESSED];
                for (name, member) in [("x", &jwk.x), ("y", &jwk.y)] {
                    let coordinate = decode(name, member.as_ref())?;
                    exactly(name, &coordinate, length)?;
                    sec1.extend(coordinate);
                }
                from_sec1(crv, &sec1)?
            }
            "RSA" => rsa_key(&decode("n", jwk.n.as_ref())?, &decode("e", jwk.e.as_ref())?)?,
            other => return Err(KeyError::Unsupported { name: "kty", value: other.to_owned() }),
        };
        let key = match jwk.alg.as_deref() {
            Some(alg) => key.only_for(alg)?,
            None => key,
        };
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

    /// The key as a JWK with its required members only; `None` for BLS12-381, of which no form is registered.
    pub fn to_jwk(&self) -> Option<Jwk> {
        Some(match &self.0 {
            Kind::Bls12381G2(_) => return None,
            Kind::Ed25519(key) => Jwk::ed25519(key.as_bytes()),
            Kind::P256(_) | Kind::P384(_) | Kind::P521(_) => {
                let (curve, x, y) = self.coordinates().unwrap_or_default();
                Jwk::ec(curve, &x, &y)
            }
            Kind::Rsa(key, algorithm) => {
                let mut jwk = Jwk::default();
                "RSA".clone_into(&mut jwk.kty);
                jwk.alg = algorithm.map(|algorithm| algorithm.as_str().to_owned());
                jwk.n = Some(URL_SAFE_NO_PAD.encode(key.n().to_bytes_be()));
                jwk.e = Some(URL_SAFE_NO_PAD.encode(key.e().to_bytes_be()));
                jwk
            }
        })
    }

    /// The key as a Multikey; `None` for RSA, which we write as JWK only.
    pub fn to_multikey(&self) -> Option<Multikey> {
        match &self.0 {
            Kind::Ed25519(key) => Multikey::new(KeyKind::Ed25519, key.as_bytes().to_vec()).ok(),
            Kind::P256(key) => Multikey::new(KeyKind::P256, key.to_sec1_point(true).as_bytes()).ok(),
            Kind::P384(key) => Multikey::new(KeyKind::P384, key.to_sec1_point(true).as_bytes()).ok(),
            Kind::P521(key) => Multikey::new(KeyKind::P521, key.to_sec1_point(true).as_bytes()).ok(),
            Kind::Bls12381G2(key) => Multikey::new(KeyKind::Bls12381G2, key.bytes().to_vec()).ok(),
            Kind::Rsa(..) => None,
        }
    }

    /// The BLS12-381 key, where it is one.
    pub fn bbs(&self) -> Option<&bbs::PublicKey> {
        match &self.0 {
            Kind::Bls12381G2(key) => Some(key),
            _ => None,
        }
    }

    /// The SHA-256 thumbprint, base64url without padding ([RFC 7638](https://www.rfc-editor.org/rfc/rfc7638)); of BLS12-381, which has no JWK, that of its bytes.
    pub fn thumbprint(&self) -> String {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let input = match &self.0 {
            Kind::Ed25519(key) => {
                format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, encode(key.as_bytes()))
            }
            Kind::P256(_) | Kind::P384(_) | Kind::P521(_) => {
                let (curve, x, y) = self.coordinates().unwrap_or_default();
                format!(r#"{{"crv":"{curve}","kty":"EC","x":"{}","y":"{}"}}"#, encode(&x), encode(&y))
            }
            Kind::Rsa(key, _) => {
                let (e, n) = (encode(&key.e().to_bytes_be()), encode(&key.n().to_bytes_be()));
                format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#)
            }
            Kind::Bls12381G2(key) => return encode(&Sha256::digest(key.bytes())),
        };
        encode(&Sha256::digest(input))
    }

    /// Whether this is the same key, whatever algorithm either is restricted to.
    pub fn is(&self, other: &Self) -> bool {
        self.thumbprint() == other.thumbprint()
    }

    /// The algorithm to sign with; the only one this key verifies, but for RSA (see [`PublicKey::accepts`]).
    pub fn algorithm(&self) -> Algorithm {
        match &self.0 {
            Kind::Ed25519(_) => Algorithm::EdDsa,
            Kind::P256(_) => Algorithm::Es256,
            Kind::P384(_) => Algorithm::Es384,
            Kind::P521(_) => Algorithm::Es512,
            Kind::Rsa(_, only) => only.unwrap_or(Algorithm::Rs256),
            Kind::Bls12381G2(_) => Algorithm::Bbs,
        }
    }

    /// Whether signatures by `algorithm` over one message may be checked with this key. None with a BLS12-381 key: it signs lists of
    /// messages, which [`bbs`] verifies.
    pub fn accepts(&self, algorithm: Algorithm) -> bool {
        match &self.0 {
            Kind::Bls12381G2(_) => false,
            Kind::Rsa(_, None) => matches!(algorithm, Algorithm::Rs256 | Algorithm::Ps256),
            _ => algorithm == self.algorithm(),
        }
    }

    /// The same key, for the algorithm that its JWK names.
    fn only_for(self, alg: &str) -> Result<Self, KeyError> {
        let expected = self.algorithm();
        let named = Algorithm::parse(alg).filter(|algorithm| self.accepts(*algorithm));
        match (self.0, named) {
            (Kind::Rsa(key, None), Some(algorithm)) => Ok(Self(Kind::Rsa(key, Some(algorithm)))),
            (kind, Some(_)) => Ok(Self(kind)),
            (kind, None) if is_ed25519_name(alg, expected) => Ok(Self(kind)),
            (_, None) => Err(KeyError::AlgorithmMismatch { found: alg.to_owned(), expected }),
        }
    }

    /// Curve, x and y of a key on a curve of NIST.
    fn coordinates(&self) -> Option<(&'static str, Vec<u8>, Vec<u8>)> {
        let (curve, point) = match &self.0 {
            Kind::P256(key) => ("P-256", key.to_sec1_point(false).as_bytes().to_vec()),
            Kind::P384(key) => ("P-384", key.to_sec1_point(false).as_bytes().to_vec()),
            Kind::P521(key) => ("P-521", key.to_sec1_point(false).as_bytes().to_vec()),
            Kind::Ed25519(_) | Kind::Rsa(..) | Kind::Bls12381G2(_) => return None,
        };
        let (x, y) = point.get(1..)?.split_at_checked(point.len() / 2)?;
        Some((curve, x.to_vec(), y.to_vec()))
    }

    /// Checks that this key made `signature` over `message` with `algorithm`.
    ///
    /// - EdDSA: 64 bytes, S reduced, R canonical and not of small order, no cofactor ([RFC 8032 §5.1.7](https://www.rfc-editor.org/rfc/rfc8032#section-5.1.7) made strict).
    /// - ES256, ES384, ES512: r and s as 32, 48 or 66 bytes each ([RFC 7518 §3.4](https://www.rfc-editor.org/rfc/rfc7518#section-3.4)). Both s and n − s are
    ///   accepted, as the standard has it: a signature can be rewritten without the key, so never identify a badge by its signature.
    /// - RS256: as long as the modulus, one exact padding ([RFC 8017 §8.2.2](https://www.rfc-editor.org/rfc/rfc8017#section-8.2.2)).
    /// - PS256: as long as the modulus, a salt of 32 bytes ([RFC 7518 §3.5](https://www.rfc-editor.org/rfc/rfc7518#section-3.5)).
    ///
    /// # Errors
    /// [`SignatureRefused`].
    pub fn verify(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureRefused> {
        if !self.accepts(algorithm) {
            return Err(SignatureRefused::Algorithm { asked: algorithm, key: self.algorithm() });
        }
        let expected = self.signature_length();
        if signature.len() != expected {
            return Err(SignatureRefused::Length { found: signature.len(), expected });
        }
        let verified = match &self.0 {
            Kind::Bls12381G2(_) => false,
            Kind::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .and_then(|signature| key.verify_strict(message, &signature))
                .is_ok(),
            Kind::P256(key) => p256::ecdsa::Signature::from_slice(signature)
                .and_then(|signature| key.verify(message, &signature))
                .is_ok(),
            Kind::P384(key) => p384::ecdsa::Signature::from_slice(signature)
                .and_then(|signature| key.verify(message, &signature))
                .is_ok(),
            Kind::P521(key) => p521::ecdsa::Signature::from_slice(signature)
                .and_then(|signature| key.verify(message, &signature))
                .is_ok(),
            Kind::Rsa(key, _) => {
                use rsa::sha2::{Digest as _, Sha256};
                let digest = Sha256::digest(message);
                match algorithm {
                    Algorithm::Ps256 => key.verify(rsa::Pss::new::<Sha256>(), &digest, signature).is_ok(),
                    _ => key.verify(rsa::Pkcs1v15Sign::new::<Sha256>(), &digest, signature).is_ok(),
                }
            }
        };
        if verified { Ok(()) } else { Err(SignatureRefused::Mismatch) }
    }

    fn signature_length(&self) -> usize {
        match &self.0 {
            Kind::Ed25519(_) | Kind::P256(_) => 64,
            Kind::P384(_) => 96,
            Kind::P521(_) => 132,
            Kind::Rsa(key, _) => key.size(),
            Kind::Bls12381G2(_) => bbs::SIGNATURE_BYTES,
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
fn from_sec1(curve: &str, bytes: &[u8]) -> Result<PublicKey, KeyError> {
    let usual = matches!(bytes.first(), Some(2 | 3 | &SEC1_UNCOMPRESSED));
    let (curve, key) = match curve {
        "P-256" => ("P-256", p256::ecdsa::VerifyingKey::from_sec1_bytes(bytes).map(Kind::P256)),
        "P-384" => ("P-384", p384::ecdsa::VerifyingKey::from_sec1_bytes(bytes).map(Kind::P384)),
        "P-521" => ("P-521", p521::ecdsa::VerifyingKey::from_sec1_bytes(bytes).map(Kind::P521)),
        other => return Err(KeyError::Unsupported { name: "crv", value: other.to_owned() }),
    };
    match key {
        Ok(key) if usual => Ok(PublicKey(key)),
        _ => Err(KeyError::NotOnCurve(curve)),
    }
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
        .map(|key| PublicKey(Kind::Rsa(key, None)))
        .map_err(|_| KeyError::EvenModulus)
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
