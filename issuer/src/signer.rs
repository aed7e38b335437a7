//! Who holds a signing key: signs what [`Prepared`](badge_verifier::securing::Prepared) asks for, and gives out only the public half.

use badge_schemas::jwk::Jwk;
use badge_verifier::securing::SigningRequest;
use badge_verifier::securing::keys::PublicKey;
use ed25519_dalek::Signer as _;

/// A signing key in use. Several implement it: a key in a file of each kind, on a token, with a signer of its own.
pub trait Signer: Send + Sync {
    /// The public half; its kind decides the algorithm.
    fn public_key(&self) -> &PublicKey;

    /// Signs.
    ///
    /// # Errors
    /// [`SigningFailed`] when the key cannot be used.
    fn sign(&self, request: SigningRequest<'_>) -> Result<Vec<u8>, SigningFailed>;
}

/// The key could not be read or used; says nothing of the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigningFailed {
    /// The bytes are not a private key of this kind.
    #[error("not a private key of the expected kind")]
    Unreadable,
    /// The signature could not be made.
    #[error("the signature could not be made")]
    Refused,
    /// Whoever holds the key does not answer now: a token that was pulled out, a signer that is being started.
    #[error("the holder of the key does not answer")]
    Unavailable,
}

/// An Ed25519 key ([RFC 8032](https://www.rfc-editor.org/rfc/rfc8032)).
pub struct Ed25519Signer {
    secret: ed25519_dalek::SigningKey,
    public: PublicKey,
}

impl Ed25519Signer {
    /// Takes a private key.
    ///
    /// # Errors
    /// [`SigningFailed::Unreadable`] when its public half is not an acceptable key.
    pub fn new(secret: ed25519_dalek::SigningKey) -> Result<Self, SigningFailed> {
        let public = PublicKey::from_jwk(&Jwk::ed25519(secret.verifying_key().as_bytes()))
            .map_err(|_| SigningFailed::Unreadable)?;
        Ok(Self { secret, public })
    }
}

impl Signer for Ed25519Signer {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, request: SigningRequest<'_>) -> Result<Vec<u8>, SigningFailed> {
        let SigningRequest::Bytes(message) = request;
        Ok(self.secret.sign(message).to_bytes().to_vec())
    }
}

/// A P-256 key; its signatures are deterministic ([RFC 6979](https://www.rfc-editor.org/rfc/rfc6979)).
pub struct P256Signer {
    secret: p256::ecdsa::SigningKey,
    public: PublicKey,
}

impl P256Signer {
    /// Takes a private key.
    ///
    /// # Errors
    /// [`SigningFailed::Unreadable`] when its public half is not an acceptable key.
    pub fn new(secret: p256::ecdsa::SigningKey) -> Result<Self, SigningFailed> {
        let point = secret.verifying_key().to_sec1_point(false);
        let coordinate = |bytes: Option<&_>| -> Result<[u8; 32], SigningFailed> {
            let bytes: &p256::FieldBytes = bytes.ok_or(SigningFailed::Unreadable)?;
            Ok((*bytes).into())
        };
        let jwk = Jwk::ec("P-256", &coordinate(point.x())?, &coordinate(point.y())?);
        let public = PublicKey::from_jwk(&jwk).map_err(|_| SigningFailed::Unreadable)?;
        Ok(Self { secret, public })
    }
}

impl Signer for P256Signer {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, request: SigningRequest<'_>) -> Result<Vec<u8>, SigningFailed> {
        let SigningRequest::Bytes(message) = request;
        let signature: p256::ecdsa::Signature =
            self.secret.try_sign(message).map_err(|_| SigningFailed::Refused)?;
        Ok(signature.to_bytes().to_vec())
    }
}
