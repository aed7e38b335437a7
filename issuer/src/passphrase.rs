//! The passphrase of the key files: where it comes from, and a type that never shows it.

use std::fmt;
use std::path::Path;

use badge_schemas::problem::{Code, Problem};
use zeroize::Zeroizing;

use crate::files;

/// The environment variable that may hold the passphrase, for scripts and containers.
pub const VARIABLE: &str = "BADGE_ISSUER_PASSPHRASE";

/// Longest passphrase file we read, in bytes: a passphrase is a line, and a larger file is the wrong file.
const MAX_FILE: usize = 4096;

/// A passphrase; wiped from memory when dropped, and never shown.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes a passphrase; an empty one protects nothing and is refused.
    ///
    /// # Errors
    /// [`Code::OptionInvalid`], naming `option`.
    pub fn new(text: String, option: &str) -> Result<Self, Problem> {
        if text.is_empty() {
            return Err(invalid(option, "it is empty", "elle est vide"));
        }
        Ok(Self(Zeroizing::new(text)))
    }

    /// Reads the first line of a file, without its line ending; everything else in the line counts, blanks included.
    ///
    /// # Errors
    /// [`Code::FileUnreadable`]; [`Code::OptionInvalid`] for an empty line or text that is not UTF-8.
    pub fn from_file(path: &Path) -> Result<Self, Problem> {
        let bytes = Zeroizing::new(files::read_up_to(path, MAX_FILE)?);
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| invalid("--passphrase-file", "it is not UTF-8", "ce n’est pas de l’UTF-8"))?;
        Self::new(text.lines().next().unwrap_or_default().to_owned(), "--passphrase-file")
    }

    /// The text, for the key derivation.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Its bytes.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Passphrase(…)")
    }
}

fn invalid(option: &str, en: &str, fr: &'static str) -> Problem {
    Problem::new(Code::OptionInvalid).with("option", option).with_words("reason", en, fr)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn only_the_line_ending_is_dropped_and_nothing_is_shown() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("p");
        std::fs::write(&path, " été 1 \r\nsecond").unwrap();
        let passphrase = Passphrase::from_file(&path).unwrap();
        assert_eq!(passphrase.as_bytes(), " été 1 ".as_bytes());
        assert_eq!(format!("{passphrase:?}"), "Passphrase(…)");
        std::fs::write(&path, "\n").unwrap();
        assert_eq!(Passphrase::from_file(&path).unwrap_err().code, Code::OptionInvalid);
    }
}
