//! Keys on the larger NIST curves ([FIPS 186-5](https://csrc.nist.gov/pubs/fips/186-5/final)), for suites that ask for them; signatures are
//! deterministic ([RFC 6979](https://www.rfc-editor.org/rfc/rfc6979)).

use badge_schemas::jwk::Jwk;
use badge_verifier::securing::SigningRequest;
use badge_verifier::securing::keys::PublicKey;
use p384::ecdsa::signature::Signer as _;

use crate::signer::{Signer, SigningFailed};

/// The public half as our verifier reads it: `sec1` is an uncompressed point.
fn public(curve: &str, sec1: &[u8]) -> Result<PublicKey, SigningFailed> {
    // The first byte says that the point is uncompressed; the coordinates follow.
    let coordinates = sec1.get(1..).ok_or(SigningFailed::Unreadable)?;
    let (x, y) = coordinates.split_at(coordinates.len() / 2);
    PublicKey::from_jwk(&Jwk::ec(curve, x, y)).map_err(|_| SigningFailed::Unreadable)
}

macro_rules! signer {
    ($name:ident, $curve:literal, $library:ident) => {
        #[doc = concat!("A ", $curve, " key.")]
        pub struct $name {
            secret: $library::ecdsa::SigningKey,
            public: PublicKey,
        }

        impl $name {
            /// Takes a private key.
            ///
            /// # Errors
            /// [`SigningFailed::Unreadable`] when its public half is not an acceptable key.
            pub fn new(secret: $library::ecdsa::SigningKey) -> Result<Self, SigningFailed> {
                let public = public($curve, secret.verifying_key().to_sec1_point(false).as_bytes())?;
                Ok(Self { secret, public })
            }
        }

        impl Signer for $name {
            fn public_key(&self) -> &PublicKey {
                &self.public
            }

            fn sign(&self, request: SigningRequest<'_>) -> Result<Vec<u8>, SigningFailed> {
                let SigningRequest::Bytes(message) = request;
                let signature: $library::ecdsa::Signature =
                    self.secret.try_sign(message).map_err(|_| SigningFailed::Refused)?;
                Ok(signature.to_bytes().to_vec())
            }
        }
    };
}

signer!(P384Signer, "P-384", p384);
signer!(P521Signer, "P-521", p521);
