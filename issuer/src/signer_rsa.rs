//! RSA keys, through josekit: the only file that names it. They exist because some validators of the field accept only RS256 and ES256.

use badge_schemas::jwk::Jwk;
use badge_verifier::securing::SigningRequest;
use badge_verifier::securing::keys::PublicKey;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jwk::KeyPair as _;
use josekit::jwk::alg::rsa::RsaKeyPair;
use josekit::jws::JwsSigner as _;
use josekit::jws::alg::rsassa::RsassaJwsSigner;
use serde_json::json;
use zeroize::Zeroizing;

use crate::signer::{Signer, SigningFailed};

/// Length of the RSA keys we make, in bits: 128 bits of security, what national agencies ask for beyond 2030.
const MODULUS_BITS: u32 = 3072;

/// An RSA key for `RS256` ([RFC 7518 §3.3](https://www.rfc-editor.org/rfc/rfc7518#section-3.3)).
pub struct RsaSigner {
    secret: RsassaJwsSigner,
    public: PublicKey,
}

/// Makes a new RSA key.
///
/// # Errors
/// [`SigningFailed::Refused`] when the library fails.
pub fn generate() -> Result<Zeroizing<Vec<u8>>, SigningFailed> {
    let pair = RsaKeyPair::generate(MODULUS_BITS).map_err(|_| SigningFailed::Refused)?;
    Ok(Zeroizing::new(pair.to_der_private_key()))
}

impl RsaSigner {
    /// Reads a private key in PKCS#8 DER.
    ///
    /// # Errors
    /// [`SigningFailed::Unreadable`].
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, SigningFailed> {
        let pair = RsaKeyPair::from_der(der).map_err(|_| SigningFailed::Unreadable)?;
        let public = pair.to_jwk_public_key();
        let member = |name: &str| {
            let text = public.parameter(name)?.as_str()?;
            // Other libraries pad or not; ours has one spelling.
            URL_SAFE_NO_PAD.decode(text).ok().map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
        };
        let jwk: Jwk = serde_json::from_value(json!({"kty": "RSA", "n": member("n"), "e": member("e")}))
            .map_err(|_| SigningFailed::Unreadable)?;
        let public = PublicKey::from_jwk(&jwk).map_err(|_| SigningFailed::Unreadable)?;
        let secret = josekit::jws::RS256.signer_from_der(der).map_err(|_| SigningFailed::Unreadable)?;
        Ok(Self { secret, public })
    }
}

impl Signer for RsaSigner {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, request: SigningRequest<'_>) -> Result<Vec<u8>, SigningFailed> {
        let SigningRequest::Bytes(message) = request;
        self.secret.sign(message).map_err(|_| SigningFailed::Refused)
    }
}
