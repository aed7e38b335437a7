//! A second opinion on the JOSE algorithms but EdDSA, by OpenSSL.

use badge_schemas::jwk::Jwk;
use josekit::jws::{ES256, ES384, ES512, JwsVerifier, PS256, RS256};
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
        Algorithm::Es384 => Box::new(ES384.verifier_from_jwk(&jwk).map_err(|_| SignatureRefused::Key)?),
        Algorithm::Es512 => Box::new(ES512.verifier_from_jwk(&jwk).map_err(|_| SignatureRefused::Key)?),
        Algorithm::Ps256 => Box::new(PS256.verifier_from_jwk(&jwk).map_err(|_| SignatureRefused::Key)?),
        Algorithm::Rs256 => Box::new(RS256.verifier_from_jwk(&jwk).map_err(|_| SignatureRefused::Key)?),
        Algorithm::EdDsa | Algorithm::Bbs => return Err(SignatureRefused::Key),
    };
    verifier.verify(message, signature).map_err(|_| SignatureRefused::Mismatch)
}

#[cfg(test)]
mod tests;
