//! A key that lives as long as one proof: it signs the statements of an `ecdsa-sd-2023` base proof and is forgotten.

use badge_schemas::multikey::{KeyKind, Multikey};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use sha2::{Digest as _, Sha256};

/// The multicodec of a P-256 public key, as a varint ([Multikey](https://www.w3.org/TR/cid-1.0/#Multikey)).
const P256_PUB: [u8; 2] = [0x80, 0x24];

/// A P-256 key pair for one proof ([vc-di-ecdsa §3.6.5](https://www.w3.org/TR/vc-di-ecdsa/#base-proof-serialization-ecdsa-sd-2023)).
///
/// It vouches for nobody: the issuer's key, which never comes here, signs its public half.
pub struct ProofScopedKey(SigningKey);

impl ProofScopedKey {
    /// The key made of fresh randomness. Bytes that are no scalar of P-256, one in 2^32, are hashed until they are.
    pub fn from_randomness(randomness: [u8; 32]) -> Self {
        let mut scalar = randomness;
        loop {
            if let Ok(key) = SigningKey::from_slice(&scalar) {
                return Self(key);
            }
            scalar = Sha256::digest(scalar).into();
        }
    }

    /// The public half, with the two bytes that say what it is.
    pub fn multikey_bytes(&self) -> Vec<u8> {
        let point = self.0.verifying_key().to_sec1_point(true);
        [P256_PUB.as_slice(), point.as_bytes()].concat()
    }

    /// An ES256 signature, deterministic ([RFC 6979](https://www.rfc-editor.org/rfc/rfc6979)).
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let signature: Signature = self.0.sign(message);
        signature.to_bytes().into()
    }
}

impl std::fmt::Debug for ProofScopedKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ProofScopedKey(…)")
    }
}

/// The key that such bytes name.
pub fn multikey(bytes: &[u8]) -> Option<Multikey> {
    Multikey::new(KeyKind::P256, bytes.strip_prefix(P256_PUB.as_slice())?).ok()
}
