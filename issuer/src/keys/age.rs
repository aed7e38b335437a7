//! Key files encrypted to a passphrase by [age](https://c2sp.org/age), in ASCII armor: `age -d` opens them. The one file that uses the crate `age`.

use std::io::Read as _;
use std::iter;

use age::armor::ArmoredReader;
use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, scrypt};
use zeroize::Zeroizing;

use super::file::MAX_FILE;
use crate::passphrase::Passphrase;

/// How an armored file begins.
pub(super) const BEGINNING: &str = "-----BEGIN AGE ENCRYPTED FILE-----";

/// The work of a guess at files made here: scrypt with N = 2^17 and r = 8 takes 128 MiB. The same wherever a file is made: how busy a machine
/// happens to be says nothing of what guessing should cost.
const WORK_FACTOR: u8 = 17;

/// The most work that is done for a file: 2^18, which the program `age` takes, are 256 MiB. Each step above it doubles the memory that whoever
/// can put a file there takes from a small machine.
const MAX_WORK_FACTOR: u8 = 18;

/// Why a file does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotOpened {
    /// The passphrase is another.
    Passphrase,
    /// It asks for more work than [`MAX_WORK_FACTOR`].
    Work(u8),
    /// It is encrypted to keys, not to a passphrase.
    NoPassphrase,
    /// It is no whole age file, or not as it was made.
    Damaged,
}

impl NotOpened {
    /// The reason, in English and French.
    pub(super) fn words(self) -> (String, String) {
        match self {
            Self::Passphrase => (
                "it does not open with this passphrase".into(),
                "il ne s’ouvre pas avec cette phrase secrète".into(),
            ),
            Self::Work(factor) => (
                format!(
                    "its work factor 2^{factor} is above 2^{MAX_WORK_FACTOR}: decrypt it with age -d and encrypt it again"
                ),
                format!(
                    "son facteur de travail 2^{factor} dépasse 2^{MAX_WORK_FACTOR}\u{a0}: déchiffrez-le par age -d et chiffrez-le de nouveau"
                ),
            ),
            Self::NoPassphrase => (
                "age encrypted it to a key, and a passphrase is needed".into(),
                "age l’a chiffré pour une clé, et il faut une phrase secrète".into(),
            ),
            Self::Damaged => (
                "it is no whole age file, or was altered".into(),
                "ce n’est pas un fichier age entier, ou il a été altéré".into(),
            ),
        }
    }
}

/// Encrypts a text; nothing where that fails, which only a broken source of randomness makes it do.
pub(super) fn seal(text: &[u8], passphrase: &Passphrase) -> Option<String> {
    seal_with(text, passphrase, WORK_FACTOR)
}

fn seal_with(text: &[u8], passphrase: &Passphrase, work_factor: u8) -> Option<String> {
    let mut recipient = scrypt::Recipient::new(secret(passphrase));
    recipient.set_work_factor(work_factor);
    age::encrypt_and_armor(&recipient, text).ok()
}

/// The text in a file. It is given out whole, once every part of the file has been authenticated.
pub(super) fn open(file: &[u8], passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, NotOpened> {
    let decryptor = Decryptor::new_buffered(ArmoredReader::new(file)).map_err(|_| NotOpened::Damaged)?;
    if !decryptor.is_scrypt() {
        return Err(NotOpened::NoPassphrase);
    }
    let mut identity = scrypt::Identity::new(secret(passphrase));
    identity.set_max_work_factor(MAX_WORK_FACTOR);
    let mut reader =
        decryptor.decrypt(iter::once(&identity as &dyn age::Identity)).map_err(|error| match error {
            DecryptError::ExcessiveWork { required, .. } => NotOpened::Work(required),
            DecryptError::DecryptionFailed
            | DecryptError::KeyDecryptionFailed
            | DecryptError::NoMatchingKeys => NotOpened::Passphrase,
            _ => NotOpened::Damaged,
        })?;
    // As long as the file may be, so that it is never moved and left behind in memory.
    let mut text = Zeroizing::new(Vec::with_capacity(MAX_FILE));
    reader.read_to_end(&mut text).map_err(|_| NotOpened::Damaged)?;
    Ok(text)
}

fn secret(passphrase: &Passphrase) -> SecretString {
    passphrase.as_str().to_owned().into()
}

#[cfg(test)]
mod tests;
