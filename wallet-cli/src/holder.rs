//! The holder's key: a did:key whose private half lives in one encrypted file.
//!
//! `holder.pem` is [encrypted PKCS#8](https://www.rfc-editor.org/rfc/rfc5958#section-3) (PBES2 with scrypt and AES-256-CBC, with the
//! parameters that OpenSSL reads) behind one line with the DID. [RFC 7468 §5.2](https://www.rfc-editor.org/rfc/rfc7468#section-5.2)
//! allows such text, and one file is either there or not: no key without its name, no name without its key.

use std::path::{Path, PathBuf};

use badge_schemas::did::{Did, did_key, did_key_method};
use badge_schemas::multikey::{KeyKind, Multikey};
use badge_schemas::problem::{Code, Problem};
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, KeypairBytes};
use ed25519_dalek::{Signer as _, SigningKey};
use getrandom::SysRng;
use pkcs8::{EncryptedPrivateKeyInfoRef, LineEnding, PrivateKeyInfoRef, SecretDocument};
use zeroize::Zeroizing;

use crate::files::{self, Access};

/// The file's name in the wallet.
const FILE_NAME: &str = "holder.pem";

/// Longest key file we read: 16 KiB; ours take about 500 bytes.
const MAX_KEY_FILE: usize = 16 << 10;

/// Where encrypted PKCS#8 begins ([RFC 7468 §11](https://www.rfc-editor.org/rfc/rfc7468#section-11)).
const ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";

/// Where plain PKCS#8 begins ([RFC 7468 §10](https://www.rfc-editor.org/rfc/rfc7468#section-10)).
const PLAIN: &str = "PRIVATE KEY";

/// What protects the key at rest.
pub(crate) enum Protection<'p> {
    /// A passphrase.
    Passphrase(&'p str),
    /// Nothing but the file's permissions.
    DangerNone,
}

/// The key file of a wallet, as far as it can be read without its passphrase.
pub(crate) struct Holder {
    path: PathBuf,
    did: String,
    key: Multikey,
    pem: Zeroizing<String>,
}

/// A holder whose key is open. It redacts itself and is wiped when dropped.
pub(crate) struct OpenHolder {
    key: SigningKey,
    public: Multikey,
}

impl Holder {
    /// Where a wallet keeps its key.
    pub(crate) fn path(wallet: &Path) -> PathBuf {
        wallet.join(FILE_NAME)
    }

    /// Makes a new key and writes it. The caller holds the wallet's lock and knows that there is none yet.
    ///
    /// # Errors
    /// [`Code::RandomnessMissing`], [`Code::FileUnwritable`].
    pub(crate) fn create(wallet: &Path, protection: &Protection<'_>) -> Result<String, Problem> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut()).map_err(|_| Problem::new(Code::RandomnessMissing))?;
        let key = SigningKey::from_bytes(&seed);
        let did = did_key(&public(&key)?);
        let pem = encode(&key, protection).map_err(|error| damaged(&Self::path(wallet), &error))?;
        let text = Zeroizing::new(format!("{did}\n{}", *pem));
        files::write(&Self::path(wallet), text.as_bytes(), Access::Owner)?;
        Ok(did)
    }

    /// Reads the public part; needs no passphrase.
    ///
    /// # Errors
    /// [`Code::WalletMissing`], [`Code::FileUnreadable`], [`Code::WalletKeyDamaged`].
    pub(crate) fn read(wallet: &Path) -> Result<Self, Problem> {
        let path = Self::path(wallet);
        if matches!(path.try_exists(), Ok(false)) {
            return Err(Problem::new(Code::WalletMissing).with("path", wallet.display()));
        }
        let bytes = Zeroizing::new(files::read(&path, MAX_KEY_FILE)?);
        let pem = std::str::from_utf8(&bytes).map_err(|error| damaged(&path, &error))?;
        let did = pem.lines().next().unwrap_or_default().trim().to_owned();
        match Did::parse(&did) {
            Ok(Did::Key(key)) if key.kind() == KeyKind::Ed25519 => {
                Ok(Self { did, key, pem: Zeroizing::new(pem.to_owned()), path })
            }
            _ => Err(Problem::new(Code::WalletKeyDamaged).with("path", path.display()).with_words(
                "reason",
                "its first line is not the holder's did:key",
                "sa première ligne n’est pas le did:key du détenteur",
            )),
        }
    }

    /// The holder's DID.
    pub(crate) fn did(&self) -> &str {
        &self.did
    }

    /// Whether a passphrase is needed to open the key.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.pem.contains(ENCRYPTED)
    }

    /// Whether other accounts can read the file, as a warning.
    pub(crate) fn exposure(&self) -> Option<Problem> {
        files::is_exposed(&self.path)
            .then(|| Problem::new(Code::WalletKeyExposed).with("path", self.path.display()))
    }

    /// Opens the key.
    ///
    /// # Errors
    /// [`Code::PassphraseWrong`]; [`Code::WalletKeyDamaged`], also when the key is not the one the file names.
    pub(crate) fn open(&self, passphrase: &str) -> Result<OpenHolder, Problem> {
        let wrong = |_| Problem::new(Code::PassphraseWrong).with("path", self.path.display());
        let (label, der) =
            SecretDocument::from_pem(&self.pem).map_err(|error| damaged(&self.path, &error))?;
        let key = if label == ENCRYPTED {
            let sealed = EncryptedPrivateKeyInfoRef::try_from(der.as_bytes())
                .map_err(|error| damaged(&self.path, &error))?;
            let opened = sealed.decrypt(passphrase).map_err(wrong)?;
            // AES-CBC has no seal of its own: what a wrong passphrase opens is rubbish, not a key.
            SigningKey::from_pkcs8_der(opened.as_bytes()).map_err(wrong)?
        } else {
            SigningKey::from_pkcs8_der(der.as_bytes()).map_err(|error| damaged(&self.path, &error))?
        };
        if public(&key)? != self.key {
            return Err(Problem::new(Code::WalletKeyDamaged).with("path", self.path.display()).with_words(
                "reason",
                "the key is not the one its first line names",
                "la clé n’est pas celle que nomme sa première ligne",
            ));
        }
        Ok(OpenHolder { key, public: self.key.clone() })
    }
}

impl OpenHolder {
    /// A holder whose key is known, for tests of what is built on it.
    #[cfg(test)]
    pub(crate) fn of_seed(seed: [u8; 32]) -> Self {
        let key = SigningKey::from_bytes(&seed);
        let Ok(public) = public(&key) else { unreachable!("an Ed25519 key is one") };
        Self { key, public }
    }

    /// The holder's DID.
    pub(crate) fn did(&self) -> String {
        did_key(&self.public)
    }

    /// The verification method of the holder's only key.
    pub(crate) fn verification_method(&self) -> String {
        did_key_method(&self.public)
    }

    /// The public half.
    pub(crate) fn public(&self) -> &Multikey {
        &self.public
    }

    /// The X25519 secret that belongs to the key that did:key derives for `keyAgreement`.
    pub(crate) fn agreement_secret(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.key.to_scalar_bytes())
    }

    /// Signs with Ed25519.
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

#[cfg(test)]
impl OpenHolder {
    /// The holder whose key is made of one byte.
    pub(crate) fn of(byte: u8) -> Self {
        let key = SigningKey::from_bytes(&[byte; 32]);
        let bytes = key.verifying_key().to_bytes();
        let public = Multikey::new(KeyKind::Ed25519, bytes).unwrap_or_else(|error| unreachable!("{error}"));
        Self { key, public }
    }
}

fn encode(key: &SigningKey, protection: &Protection<'_>) -> Result<Zeroizing<String>, pkcs8::Error> {
    // Without the public key beside it: OpenSSL before 3.5 reads only that form (RFC 8410 §7, version 1).
    let plain = KeypairBytes { secret_key: key.to_bytes(), public_key: None }.to_pkcs8_der()?;
    match protection {
        Protection::DangerNone => Ok(plain.to_pem(PLAIN, LineEnding::LF)?),
        Protection::Passphrase(passphrase) => {
            let info = PrivateKeyInfoRef::try_from(plain.as_bytes())?;
            Ok(info.encrypt_with_rng(&mut SysRng, passphrase)?.to_pem(ENCRYPTED, LineEnding::LF)?)
        }
    }
}

fn public(key: &SigningKey) -> Result<Multikey, Problem> {
    Multikey::new(KeyKind::Ed25519, key.verifying_key().to_bytes())
        .map_err(|error| Problem::new(Code::WalletKeyDamaged).with("path", FILE_NAME).with("reason", error))
}

fn damaged(path: &Path, error: &dyn std::fmt::Display) -> Problem {
    Problem::new(Code::WalletKeyDamaged).with("path", path.display()).with("reason", error)
}
