//! A second opinion on RS256 and ES256, by OpenSSL.

use badge_schemas::jwk::Jwk;
use josekit::jws::{ES256, JwsVerifier, RS256};
use serde_json::Value;

use super::keys::{Algorithm, SignatureRefused};

/// Checks a signature with OpenSSL; on every input the answer should be that of [`super::keys::PublicKey::verify`].
///
/// Never EdDSA: this library accepts Ed25519 keys of small order, under which anyone can sign.
///
/// # Errors
/// [`SignatureRefused::Key`] for a key that it cannot use with `algorithm` (EdDSA included), else [`SignatureRefused::Mismatch`].
pub fn verify(
    algorithm: Algorithm,
    jwk: &Jwk,
    message: &[u8],
    signature: &[u8],
) -> Result<(), SignatureRefused> {
    let Ok(Value::Object(members)) = serde_json::to_value(jwk) else { return Err(SignatureRefused::Key) };
    let jwk = josekit::jwk::Jwk::from_map(members).map_err(|_| SignatureRefused::Key)?;
    let verifier: Box<dyn JwsVerifier> = match algorithm {
        Algorithm::Es256 => Box::new(ES256.verifier_from_jwk(&jwk).map_err(|_| SignatureRefused::Key)?),
        Algorithm::Rs256 => Box::new(RS256.verifier_from_jwk(&jwk).map_err(|_| SignatureRefused::Key)?),
        Algorithm::EdDsa => return Err(SignatureRefused::Key),
    };
    verifier.verify(message, signature).map_err(|_| SignatureRefused::Mismatch)
}

#[cfg(test)]
mod tests;
