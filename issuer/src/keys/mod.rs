//! The issuer's keys: those that sign, wherever their private halves are kept, and every one that did.

mod age;
pub mod file;
pub mod history;
pub mod keeper;
mod protocol;
mod remote;
pub mod service;
mod shape;
pub mod token;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use badge_schemas::problem::{Code, Problem};
use badge_verifier::securing::keys::Algorithm;
use serde::{Deserialize, Serialize};

pub use file::{Encryption, Sealing, file_unusable};
pub use history::{KeyEntry, KeyHistory, KeyState};
pub use keeper::{Holding, KeyKeeper, Known, Lock};
pub use token::{Token, TokenSettings};

use crate::signer::Signer;

/// The kinds of key that an issuer signs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyKind {
    /// Signs Data Integrity proofs, and under did:key JWTs too.
    Ed25519,
    /// Signs JWTs with ES256, and base proofs of `ecdsa-sd-2023`.
    P256,
    /// Signs JWTs with RS256.
    Rsa,
}

impl KeyKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Ed25519, Self::P256, Self::Rsa];

    /// `ed25519`, `p256` or `rsa`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::P256 => "p256",
            Self::Rsa => "rsa",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The one algorithm it signs with.
    pub fn algorithm(self) -> Algorithm {
        match self {
            Self::Ed25519 => Algorithm::EdDsa,
            Self::P256 => Algorithm::Es256,
            Self::Rsa => Algorithm::Rs256,
        }
    }
}

/// Which kinds of key are wanted besides Ed25519, which always is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// P-256, for ES256.
    pub p256: bool,
    /// RSA, for RS256.
    pub rsa: bool,
}

impl Wanted {
    fn includes(self, kind: KeyKind) -> bool {
        match kind {
            KeyKind::Ed25519 => true,
            KeyKind::P256 => self.p256,
            KeyKind::Rsa => self.rsa,
        }
    }
}

/// How the private halves are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// Encrypted with a passphrase, as [`Encryption`] says.
    Encrypted,
    /// Readable by whoever reads the files, which have mode 0600.
    Plain,
    /// Not by this process: on a token, or by a signer of its own.
    Elsewhere,
}

/// Where the settings say that the private halves are.
#[derive(Clone, Debug, Default)]
pub enum Place {
    /// In files of the data directory.
    #[default]
    Files,
    /// On a token that speaks PKCS#11.
    Token(TokenSettings),
    /// With a signer that listens on this socket.
    Signer(PathBuf),
}

impl Place {
    /// Looks whether the keys could be asked for, and opens none: a signer answers; a module loads, and its token is there. No PIN is sent,
    /// for a wrong one counts.
    ///
    /// # Errors
    /// [`Code::TokenUnusable`], [`Code::TokenAbsent`]; [`Code::SignerUnavailable`].
    pub fn look(&self) -> Result<(), Problem> {
        match self {
            Self::Files => Ok(()),
            Self::Token(settings) => Token::look(settings),
            Self::Signer(socket) => remote::open(socket, &Known::default()).map(drop),
        }
    }

    /// How the keys of a directory are held by this process.
    ///
    /// # Errors
    /// [`Code::TokenUnusable`], [`Code::TokenAbsent`]; [`Code::OptionInvalid`] where they are with a signer.
    pub fn holding(&self, sealing: Option<Sealing>) -> Result<Holding, Problem> {
        match self {
            Self::Files => Ok(Holding::Files(sealing)),
            Self::Token(settings) => Ok(Holding::Token(Token::open(settings.clone())?, sealing)),
            Self::Signer(path) => {
                Err(Problem::new(Code::OptionInvalid).with("option", "[keys] socket").with_words(
                    "reason",
                    &format!(
                        "the keys are with the signer at {}: use its settings and its data directory",
                        path.display()
                    ),
                    "les clés sont chez le signataire\u{a0}: employez ses réglages et son répertoire de données",
                ))
            }
        }
    }

    /// Opens the keys, and gives the right to use them where this process has taken it.
    ///
    /// # Errors
    /// As [`KeyKeeper::open`]; [`Code::SignerUnavailable`].
    pub fn open(
        &self,
        directory: &Path,
        sealing: Option<Sealing>,
        wanted: Wanted,
        known: &Known,
    ) -> Result<(KeyRing, Option<Lock>), Problem> {
        if let Self::Signer(socket) = self {
            return Ok((remote::open(socket, known)?, None));
        }
        let keeper = KeyKeeper::sharing(directory, self.holding(sealing)?)?;
        let ring = keeper.open(wanted, known)?;
        Ok((ring, Some(keeper.into_lock())))
    }
}

/// The signing keys of one issuer.
pub struct KeyRing {
    /// Signs Data Integrity proofs, and under did:key JWTs too.
    pub ed25519: Arc<dyn Signer>,
    /// Signs JWTs with ES256.
    pub p256: Option<Arc<dyn Signer>>,
    /// Signs JWTs with RS256.
    pub rsa: Option<Arc<dyn Signer>>,
    /// Every key, those that sign and those that did.
    pub history: KeyHistory,
    /// How the private halves are kept.
    pub protection: Protection,
    /// The keys that were made now: files, or labels on the token.
    pub created: Vec<PathBuf>,
    /// The files that were plain and were encrypted in their place now.
    pub encrypted: Vec<PathBuf>,
}

/// The name of the file with the first Ed25519 key, which every issuer has.
pub const ED25519_FILE: &str = "ed25519.pem";

/// The name of the file with the first P-256 key, which every issuer under a did:web has.
pub const P256_FILE: &str = "p256.pem";
