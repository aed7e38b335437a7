//! Keys in files: PKCS#8 PEM, encrypted with a passphrase wherever there is one; as PKCS#8 has it, or by age.

use std::path::Path;
use std::sync::Arc;

use badge_schemas::problem::{Code, Problem};
use pkcs8::der::SecretDocument;
use pkcs8::der::pem::PemLabel as _;
use pkcs8::{
    DecodePrivateKey as _, EncodePrivateKey as _, EncryptedPrivateKeyInfoRef, LineEnding, PrivateKeyInfoRef,
    pkcs5,
};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{KeyKind, age};
use crate::files::{self, Readers};
use crate::passphrase::Passphrase;
use crate::randomness;
use crate::signer::{Ed25519Signer, P256Signer, Signer, SigningFailed};
use crate::signer_rsa::{self, RsaSigner};

/// How a key file is encrypted. Which it is, is seen when it is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encryption {
    /// PBES2 with scrypt (N = 2^14, r = 8) and AES-256-CBC, as PKCS#8 has it ([RFC 8018](https://www.rfc-editor.org/rfc/rfc8018)).
    #[default]
    Pkcs8,
    /// [age](https://c2sp.org/age) to a passphrase (scrypt with N = 2^17, r = 8), in ASCII armor, around a PKCS#8 PEM.
    Age,
}

impl Encryption {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Pkcs8, Self::Age];

    /// The one of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }

    /// `pkcs8` or `age`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pkcs8 => "pkcs8",
            Self::Age => "age",
        }
    }
}

/// What key files are encrypted with.
#[derive(Clone, Debug)]
pub struct Sealing {
    /// The passphrase of all of them.
    pub passphrase: Passphrase,
    /// How those are encrypted that are made now.
    pub encryption: Encryption,
}

/// Longest key file we read, in bytes: an encrypted RSA key of 8,192 bits takes about 7,000.
pub(super) const MAX_FILE: usize = 16_384;

/// Draws of a P-256 key before the randomness is called broken: each fails once in 2^32.
const MAX_DRAWS: u8 = 8;

/// Why a key could not be made.
pub(super) enum NotMade {
    Randomness(Problem),
    Key,
}

impl NotMade {
    pub(super) fn at_file(self, path: &Path) -> Problem {
        match self {
            Self::Randomness(problem) => problem,
            Self::Key => unusable(path, SigningFailed::Refused),
        }
    }
}

impl KeyKind {
    /// A new private key in PKCS#8 DER.
    pub(super) fn generate(self) -> Result<Zeroizing<Vec<u8>>, NotMade> {
        let seed = || randomness::bytes::<32>().map(Zeroizing::new).map_err(NotMade::Randomness);
        let encode = |document: Result<SecretDocument, pkcs8::Error>| {
            document.map(|document| document.to_bytes()).map_err(|_| NotMade::Key)
        };
        match self {
            // Without the public half, which would make it the version 2 that OpenSSL does not read.
            Self::Ed25519 => encode(
                ed25519_dalek::pkcs8::KeypairBytes { secret_key: *seed()?, public_key: None }.to_pkcs8_der(),
            ),
            Self::P256 => {
                for _ in 0..MAX_DRAWS {
                    if let Ok(key) = p256::ecdsa::SigningKey::from_slice(&*seed()?) {
                        return encode(key.to_pkcs8_der());
                    }
                }
                Err(NotMade::Key)
            }
            Self::Rsa => signer_rsa::generate().map_err(|_| NotMade::Key),
        }
    }

    pub(super) fn signer(self, der: &[u8]) -> Result<Arc<dyn Signer>, SigningFailed> {
        Ok(match self {
            Self::Ed25519 => {
                let key =
                    ed25519_dalek::SigningKey::from_pkcs8_der(der).map_err(|_| SigningFailed::Unreadable)?;
                Arc::new(Ed25519Signer::new(key)?)
            }
            Self::P256 => {
                let key =
                    p256::ecdsa::SigningKey::from_pkcs8_der(der).map_err(|_| SigningFailed::Unreadable)?;
                Arc::new(P256Signer::new(key)?)
            }
            Self::Rsa => Arc::new(RsaSigner::from_pkcs8(der)?),
        })
    }
}

/// What was read from a file.
pub(super) struct Read {
    pub(super) der: Zeroizing<Vec<u8>>,
    pub(super) encrypted_now: bool,
}

/// The key in a file, decrypted; nothing where there is no file.
pub(super) fn read(path: &Path, sealing: Option<&Sealing>) -> Result<Option<Read>, Problem> {
    if !path.try_exists().map_err(|error| files::unreadable(path, &error))? {
        return Ok(None);
    }
    let bytes = Zeroizing::new(files::read_up_to(path, MAX_FILE)?);
    let refuse = |en: &str, fr: &'static str| file_unusable(path, en, fr);
    let text = std::str::from_utf8(&bytes).map_err(|_| refuse("it is not PEM", "ce n’est pas du PEM"))?;
    if text.starts_with(age::BEGINNING) {
        let Some(sealing) = sealing else {
            return Err(Problem::new(Code::PassphraseRequired).with("path", path.display()));
        };
        let plain = age::open(&bytes, &sealing.passphrase).map_err(|error| {
            let (en, fr) = error.words();
            Problem::new(Code::KeyFileUnusable).with("path", path.display()).with_words("reason", &en, fr)
        })?;
        let document = std::str::from_utf8(&plain).ok().and_then(|text| SecretDocument::from_pem(text).ok());
        let Some((PrivateKeyInfoRef::PEM_LABEL, document)) = document else {
            return Err(refuse(
                "what age encrypted is not the PEM of a PKCS#8 private key",
                "ce qu’age a chiffré n’est pas le PEM d’une clé privée PKCS#8",
            ));
        };
        return Ok(Some(Read { der: document.to_bytes(), encrypted_now: false }));
    }
    let (label, document) =
        SecretDocument::from_pem(text).map_err(|_| refuse("it is not PEM", "ce n’est pas du PEM"))?;
    match (label, sealing) {
        (EncryptedPrivateKeyInfoRef::PEM_LABEL, None) => {
            Err(Problem::new(Code::PassphraseRequired).with("path", path.display()))
        }
        (EncryptedPrivateKeyInfoRef::PEM_LABEL, Some(sealing)) => {
            let encrypted = EncryptedPrivateKeyInfoRef::try_from(document.as_bytes()).map_err(|_| {
                refuse("it is not an encrypted PKCS#8 key", "ce n’est pas une clé PKCS#8 chiffrée")
            })?;
            let plain = encrypted.decrypt(sealing.passphrase.as_bytes()).map_err(|_| {
                refuse("it does not open with this passphrase", "il ne s’ouvre pas avec cette phrase secrète")
            })?;
            Ok(Some(Read { der: plain.to_bytes(), encrypted_now: false }))
        }
        (PrivateKeyInfoRef::PEM_LABEL, sealing) => {
            let der = document.to_bytes();
            if sealing.is_some() {
                write(path, &der, sealing)?;
            }
            Ok(Some(Read { der, encrypted_now: sealing.is_some() }))
        }
        _ => Err(refuse("it is not a PKCS#8 private key", "ce n’est pas une clé privée PKCS#8")),
    }
}

/// Writes a key, whole or not at all.
pub(super) fn write(path: &Path, der: &[u8], sealing: Option<&Sealing>) -> Result<(), Problem> {
    let unencodable = || file_unusable(path, "it could not be encoded", "elle n’a pas pu être encodée");
    let refuse = |_: pkcs8::Error| unencodable();
    let plain = || SecretDocument::try_from(der).map_err(|_| unencodable());
    let (label, document) = match sealing {
        Some(Sealing { passphrase, encryption: Encryption::Age }) => {
            let pem = plain()?
                .to_pem(PrivateKeyInfoRef::PEM_LABEL, LineEnding::LF)
                .map_err(|error| refuse(error.into()))?;
            let sealed = age::seal(pem.as_bytes(), passphrase).ok_or_else(unencodable)?;
            return files::write_whole(path, sealed.as_bytes(), Readers::Owner);
        }
        // scrypt with N = 2^14, r = 8: as strong as OpenSSL and others can read without special settings.
        Some(Sealing { passphrase, encryption: Encryption::Pkcs8 }) => {
            let parameters = pkcs5::pbes2::Parameters::generate_scrypt(&mut getrandom::SysRng)
                .map_err(|error| refuse(error.into()))?;
            let encrypted = PrivateKeyInfoRef::try_from(der)
                .and_then(|key| key.encrypt_with_params(parameters, passphrase.as_bytes()))
                .map_err(refuse)?;
            (EncryptedPrivateKeyInfoRef::PEM_LABEL, encrypted)
        }
        None => (PrivateKeyInfoRef::PEM_LABEL, plain()?),
    };
    let pem = document.to_pem(label, LineEnding::LF).map_err(|error| refuse(error.into()))?;
    files::write_whole(path, pem.as_bytes(), Readers::Owner)
}

/// The finding for a key that cannot be used.
pub(super) fn unusable(path: &Path, error: SigningFailed) -> Problem {
    Problem::new(Code::KeyFileUnusable).with("path", path.display()).with("reason", error)
}

/// The finding for a key file that is not what it should be.
pub fn file_unusable(path: &Path, en: &str, fr: &'static str) -> Problem {
    Problem::new(Code::KeyFileUnusable).with("path", path.display()).with_words("reason", en, fr)
}
