//! The signing keys in their files: PKCS#8 PEM, encrypted with a passphrase wherever there is one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use badge_schemas::problem::{Code, Problem};
use pkcs8::der::SecretDocument;
use pkcs8::der::pem::PemLabel as _;
use pkcs8::{
    DecodePrivateKey as _, EncodePrivateKey as _, EncryptedPrivateKeyInfoRef, LineEnding, PrivateKeyInfoRef,
    pkcs5,
};
use zeroize::Zeroizing;

use crate::files::{self, Readers};
use crate::passphrase::Passphrase;
use crate::randomness;
use crate::signer::{Ed25519Signer, P256Signer, Signer, SigningFailed};
use crate::signer_rsa::{self, RsaSigner};

/// Longest key file we read, in bytes: an encrypted RSA key of 8,192 bits takes about 7,000.
const MAX_FILE: usize = 16_384;

/// Draws of a P-256 key before the randomness is called broken: each fails once in 2^32.
const MAX_DRAWS: u8 = 8;

/// Which kinds of key are wanted besides Ed25519, which always is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// P-256, for ES256.
    pub p256: bool,
    /// RSA, for RS256.
    pub rsa: bool,
}

/// How the key files are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// Encrypted with a passphrase: PBES2 with scrypt and AES-256-CBC ([RFC 8018](https://www.rfc-editor.org/rfc/rfc8018)).
    Encrypted,
    /// Readable by whoever reads the files, which have mode 0600.
    Plain,
}

/// The signing keys of one issuer.
pub struct KeyRing {
    /// Signs Data Integrity proofs, and under did:key JWTs too.
    pub ed25519: Arc<dyn Signer>,
    /// Signs JWTs with ES256.
    pub p256: Option<Arc<dyn Signer>>,
    /// Signs JWTs with RS256.
    pub rsa: Option<Arc<dyn Signer>>,
    /// How the files are kept.
    pub protection: Protection,
    /// The files that were made now.
    pub created: Vec<PathBuf>,
    /// The files that were plain and were encrypted in their place now.
    pub encrypted: Vec<PathBuf>,
}

/// The name of the file with the Ed25519 key, which every issuer has.
pub const ED25519_FILE: &str = "ed25519.pem";

/// The name of the file with the P-256 key, which every issuer under a did:web has.
pub const P256_FILE: &str = "p256.pem";

/// The name of the file with the RSA key.
pub const RSA_FILE: &str = "rsa.pem";

impl KeyRing {
    /// Reads the keys in a directory and makes those that are wanted and not there yet. No key is ever replaced.
    ///
    /// A plain file is encrypted in its place when a passphrase is given.
    ///
    /// # Errors
    /// [`Code::PassphraseRequired`], [`Code::KeyFileUnusable`], [`Code::FileUnreadable`], [`Code::FileUnwritable`].
    pub fn open(directory: &Path, passphrase: Option<&Passphrase>, wanted: Wanted) -> Result<Self, Problem> {
        files::make_private_directory(directory)?;
        let (mut created, mut encrypted) = (Vec::new(), Vec::new());
        let mut open = |kind: Kind, wanted: bool| -> Result<Option<Arc<dyn Signer>>, Problem> {
            let path = directory.join(kind.file_name());
            let der = match read(&path, passphrase)? {
                Some(Read { der, encrypted_now }) => {
                    if encrypted_now {
                        encrypted.push(path.clone());
                    }
                    der
                }
                None if wanted => {
                    let der = kind.generate().map_err(|problem| problem.at_file(&path))?;
                    write(&path, &der, passphrase)?;
                    created.push(path.clone());
                    der
                }
                None => return Ok(None),
            };
            kind.signer(&der).map(Some).map_err(|error| unusable(&path, error))
        };
        let p256 = open(Kind::P256, wanted.p256)?;
        let rsa = open(Kind::Rsa, wanted.rsa)?;
        let ed25519 = open(Kind::Ed25519, true)?
            .ok_or_else(|| unusable(&directory.join(Kind::Ed25519.file_name()), SigningFailed::Unreadable))?;
        let protection = if passphrase.is_some() { Protection::Encrypted } else { Protection::Plain };
        Ok(Self { ed25519, p256, rsa, protection, created, encrypted })
    }

    /// The thumbprint of each key, by the name of its file.
    pub fn thumbprints(&self) -> BTreeMap<String, String> {
        [(ED25519_FILE, Some(&self.ed25519)), (P256_FILE, self.p256.as_ref()), (RSA_FILE, self.rsa.as_ref())]
            .into_iter()
            .filter_map(|(file, key)| Some((file.to_owned(), key?.public_key().thumbprint())))
            .collect()
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Ed25519,
    P256,
    Rsa,
}

/// Why a key could not be made.
enum NotMade {
    Randomness(Problem),
    Key,
}

impl NotMade {
    fn at_file(self, path: &Path) -> Problem {
        match self {
            Self::Randomness(problem) => problem,
            Self::Key => unusable(path, SigningFailed::Refused),
        }
    }
}

impl Kind {
    fn file_name(self) -> &'static str {
        match self {
            Self::Ed25519 => ED25519_FILE,
            Self::P256 => P256_FILE,
            Self::Rsa => RSA_FILE,
        }
    }

    /// A new private key in PKCS#8 DER.
    fn generate(self) -> Result<Zeroizing<Vec<u8>>, NotMade> {
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

    fn signer(self, der: &[u8]) -> Result<Arc<dyn Signer>, SigningFailed> {
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
struct Read {
    der: Zeroizing<Vec<u8>>,
    encrypted_now: bool,
}

/// The key in a file, decrypted; nothing where there is no file.
fn read(path: &Path, passphrase: Option<&Passphrase>) -> Result<Option<Read>, Problem> {
    if !path.try_exists().map_err(|error| files::unreadable(path, &error))? {
        return Ok(None);
    }
    let bytes = Zeroizing::new(files::read_up_to(path, MAX_FILE)?);
    let refuse = |en: &str, fr: &'static str| file_unusable(path, en, fr);
    let text = std::str::from_utf8(&bytes).map_err(|_| refuse("it is not PEM", "ce n’est pas du PEM"))?;
    let (label, document) =
        SecretDocument::from_pem(text).map_err(|_| refuse("it is not PEM", "ce n’est pas du PEM"))?;
    match (label, passphrase) {
        (EncryptedPrivateKeyInfoRef::PEM_LABEL, None) => {
            Err(Problem::new(Code::PassphraseRequired).with("path", path.display()))
        }
        (EncryptedPrivateKeyInfoRef::PEM_LABEL, Some(passphrase)) => {
            let encrypted = EncryptedPrivateKeyInfoRef::try_from(document.as_bytes()).map_err(|_| {
                refuse("it is not an encrypted PKCS#8 key", "ce n’est pas une clé PKCS#8 chiffrée")
            })?;
            let plain = encrypted.decrypt(passphrase.as_bytes()).map_err(|_| {
                refuse("it does not open with this passphrase", "il ne s’ouvre pas avec cette phrase secrète")
            })?;
            Ok(Some(Read { der: plain.to_bytes(), encrypted_now: false }))
        }
        (PrivateKeyInfoRef::PEM_LABEL, passphrase) => {
            let der = document.to_bytes();
            if passphrase.is_some() {
                write(path, &der, passphrase)?;
            }
            Ok(Some(Read { der, encrypted_now: passphrase.is_some() }))
        }
        _ => Err(refuse("it is not a PKCS#8 private key", "ce n’est pas une clé privée PKCS#8")),
    }
}

fn write(path: &Path, der: &[u8], passphrase: Option<&Passphrase>) -> Result<(), Problem> {
    let unencodable = || file_unusable(path, "it could not be encoded", "elle n’a pas pu être encodée");
    let refuse = |_: pkcs8::Error| unencodable();
    let (label, document) = match passphrase {
        // scrypt with N = 2^14, r = 8: as strong as OpenSSL and others can read without special settings.
        Some(passphrase) => {
            let parameters = pkcs5::pbes2::Parameters::generate_scrypt(&mut getrandom::SysRng)
                .map_err(|error| refuse(error.into()))?;
            let encrypted = PrivateKeyInfoRef::try_from(der)
                .and_then(|key| key.encrypt_with_params(parameters, passphrase.as_bytes()))
                .map_err(refuse)?;
            (EncryptedPrivateKeyInfoRef::PEM_LABEL, encrypted)
        }
        None => (PrivateKeyInfoRef::PEM_LABEL, SecretDocument::try_from(der).map_err(|_| unencodable())?),
    };
    let pem = document.to_pem(label, LineEnding::LF).map_err(|error| refuse(error.into()))?;
    files::write_whole(path, pem.as_bytes(), Readers::Owner)
}

fn unusable(path: &Path, error: SigningFailed) -> Problem {
    Problem::new(Code::KeyFileUnusable).with("path", path.display()).with("reason", error)
}

/// The finding for a key file that is not what it should be.
pub fn file_unusable(path: &Path, en: &str, fr: &'static str) -> Problem {
    Problem::new(Code::KeyFileUnusable).with("path", path.display()).with_words("reason", en, fr)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use std::os::unix::fs::PermissionsExt as _;

    use badge_verifier::securing::SigningRequest;

    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text.into(), "test").unwrap()
    }

    fn open(directory: &Path, passphrase: Option<&Passphrase>, wanted: Wanted) -> Result<KeyRing, Problem> {
        KeyRing::open(directory, passphrase, wanted)
    }

    #[test]
    fn keys_are_made_once_and_read_again() {
        let directory = tempfile::tempdir().unwrap();
        let wanted = Wanted { p256: true, rsa: true };
        let first = open(directory.path(), None, wanted).unwrap();
        assert_eq!(first.created.len(), 3);
        let again = open(directory.path(), None, Wanted::default()).unwrap();
        assert!(again.created.is_empty());
        let pairs = [
            (&first.ed25519, &again.ed25519),
            (first.p256.as_ref().unwrap(), again.p256.as_ref().unwrap()),
            (first.rsa.as_ref().unwrap(), again.rsa.as_ref().unwrap()),
        ];
        for (first, again) in pairs {
            assert!(first.public_key() == again.public_key());
            let signature = again.sign(SigningRequest::Bytes("é".as_bytes())).unwrap();
            let key = first.public_key();
            key.verify(key.algorithm(), "é".as_bytes(), &signature).unwrap();
            assert!(key.verify(key.algorithm(), b"e", &signature).is_err());
        }
        // Version 1 (RFC 5208), which every tool reads: SEQUENCE, then INTEGER 0.
        let text = std::fs::read_to_string(directory.path().join("ed25519.pem")).unwrap();
        let (_, document) = SecretDocument::from_pem(&text).unwrap();
        assert_eq!(document.as_bytes().get(2..5), Some(&[2, 1, 0][..]));
        for file in std::fs::read_dir(directory.path()).unwrap() {
            assert_eq!(file.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn an_encrypted_key_needs_its_passphrase_and_is_never_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let first = open(directory.path(), Some(&passphrase("été")), Wanted::default()).unwrap();
        assert_eq!(first.protection, Protection::Encrypted);
        let file = directory.path().join("ed25519.pem");
        let bytes = std::fs::read(&file).unwrap();
        assert!(bytes.starts_with(b"-----BEGIN ENCRYPTED PRIVATE KEY-----"));
        let code = |result: Result<KeyRing, Problem>| result.err().unwrap().code;
        assert_eq!(code(open(directory.path(), None, Wanted::default())), Code::PassphraseRequired);
        assert_eq!(
            code(open(directory.path(), Some(&passphrase("ete")), Wanted::default())),
            Code::KeyFileUnusable
        );
        std::fs::write(&file, "rubbish").unwrap();
        assert_eq!(code(open(directory.path(), None, Wanted::default())), Code::KeyFileUnusable);
        assert_eq!(std::fs::read(&file).unwrap(), b"rubbish", "left alone");
        std::fs::write(&file, bytes).unwrap();
        let again = open(directory.path(), Some(&passphrase("été")), Wanted::default()).unwrap();
        assert!(first.ed25519.public_key() == again.ed25519.public_key());
    }

    #[test]
    fn a_plain_key_is_encrypted_once_there_is_a_passphrase() {
        let directory = tempfile::tempdir().unwrap();
        let plain = open(directory.path(), None, Wanted::default()).unwrap();
        assert_eq!(plain.protection, Protection::Plain);
        let now = open(directory.path(), Some(&passphrase("été")), Wanted::default()).unwrap();
        assert!(plain.ed25519.public_key() == now.ed25519.public_key());
        assert_eq!((plain.encrypted.len(), now.encrypted.len()), (0, 1));
        let text = std::fs::read_to_string(directory.path().join("ed25519.pem")).unwrap();
        assert!(text.contains("ENCRYPTED"));
        assert!(open(directory.path(), None, Wanted::default()).is_err());
    }
}
