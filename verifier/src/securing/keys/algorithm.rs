//! The signature algorithms we accept.

use std::fmt;

/// A signature algorithm we accept ([RFC 7518 §3.1](https://www.rfc-editor.org/rfc/rfc7518#section-3.1), [RFC 8037 §3.1](https://www.rfc-editor.org/rfc/rfc8037#section-3.1)).
///
/// There is no `none` and nothing symmetric: what cannot be named cannot be confused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// `EdDSA` with an Ed25519 key.
    EdDsa,
    /// ECDSA over P-256 with SHA-256.
    Es256,
    /// ECDSA over P-384 with SHA-384.
    Es384,
    /// ECDSA over P-521 with SHA-512.
    Es512,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256 and MGF1 with SHA-256, the salt as long as the hash.
    Ps256,
    /// BBS over BLS12-381 with SHA-256 ([draft-irtf-cfrg-bbs-signatures](https://datatracker.ietf.org/doc/draft-irtf-cfrg-bbs-signatures/)), in `bbs-2023` only: no token names it.
    Bbs,
}

impl Algorithm {
    /// Every algorithm that `alg` may name.
    pub const ALL: [Self; 6] = [Self::EdDsa, Self::Es256, Self::Es384, Self::Es512, Self::Rs256, Self::Ps256];

    /// The name that stands in `alg`; of BBS, that of its ciphersuite.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Bbs => "BLS12-381-SHA-256",
        }
    }

    /// Reads `alg`, case-sensitively; `None` for every algorithm we do not accept there.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
