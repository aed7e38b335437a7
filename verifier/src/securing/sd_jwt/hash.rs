//! The hash functions that digests of disclosures are made with.

use badge_schemas::problem::{Code, Problem};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

/// A value of `_sd_alg` that we accept ([RFC 9901 §4.1.1](https://www.rfc-editor.org/rfc/rfc9901#section-4.1.1)): the SHA-2 functions of the
/// [IANA registry](https://www.iana.org/assignments/named-information) with at least 256 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum HashAlgorithm {
    /// `sha-256`, which also counts where nothing is said.
    #[default]
    Sha256,
    /// `sha-384`.
    Sha384,
    /// `sha-512`.
    Sha512,
}

impl HashAlgorithm {
    /// Every hash function we accept.
    pub const ALL: [Self; 3] = [Self::Sha256, Self::Sha384, Self::Sha512];

    /// The name that stands in `_sd_alg`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha-256",
            Self::Sha384 => "sha-384",
            Self::Sha512 => "sha-512",
        }
    }

    /// What the payload of an issuer-signed JWT names, or the default.
    ///
    /// # Errors
    /// [`Code::SdAlgUnsupported`] for every other value, whatever its case.
    pub fn of_payload(payload: &Value) -> Result<Self, Problem> {
        let Some(named) = payload.get("_sd_alg") else { return Ok(Self::default()) };
        Self::ALL.into_iter().find(|hash| named.as_str() == Some(hash.as_str())).ok_or_else(|| {
            let found = named.as_str().map_or_else(|| named.to_string(), str::to_owned);
            Problem::new(Code::SdAlgUnsupported).at("/_sd_alg").with("found", found)
        })
    }

    /// The digest of an ASCII text, in base64url ([RFC 9901 §4.2.3](https://www.rfc-editor.org/rfc/rfc9901#section-4.2.3)).
    pub fn digest(self, text: &str) -> String {
        match self {
            Self::Sha256 => URL_SAFE_NO_PAD.encode(Sha256::digest(text)),
            Self::Sha384 => URL_SAFE_NO_PAD.encode(Sha384::digest(text)),
            Self::Sha512 => URL_SAFE_NO_PAD.encode(Sha512::digest(text)),
        }
    }
}
