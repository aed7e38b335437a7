//! Who may act: whoever holds the administrator's token.

use std::path::{Path, PathBuf};

use badge_schemas::problem::{Code, Problem};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::files::{self, Readers};
use crate::randomness;

/// The file in the data directory that holds the token.
pub const FILE: &str = "admin-token";

/// Longest token file we read, in bytes; a token has 43 characters.
const MAX_FILE: usize = 1024;

/// Shortest token we take from a file, in characters: 128 bits in base64url. Shorter ones can be guessed.
const MIN_TOKEN: usize = 22;

/// The administrator's token, as its digest: the comparison takes the same time wherever a guess is wrong, and memory holds no token.
#[derive(Clone)]
pub struct Access {
    digest: [u8; 32],
}

impl Access {
    /// Reads the token's digest from `DATA/admin-token`, or makes a token of 256 random bits and writes it there, once, mode 0600.
    ///
    /// # Errors
    /// [`Code::FileUnreadable`], [`Code::FileUnwritable`]; [`Code::DataUnusable`] for a token that is too short.
    pub fn open(data: &Path) -> Result<(Self, PathBuf), Problem> {
        let path = data.join(FILE);
        let token = if path.try_exists().map_err(|error| files::unreadable(&path, &error))? {
            let bytes = Zeroizing::new(files::read_up_to(&path, MAX_FILE)?);
            Zeroizing::new(String::from_utf8_lossy(&bytes).trim().to_owned())
        } else {
            let token = Zeroizing::new(URL_SAFE_NO_PAD.encode(randomness::bytes::<32>()?));
            files::write_whole(&path, token.as_bytes(), Readers::Owner)?;
            token
        };
        if token.len() < MIN_TOKEN {
            let reason = format!("{} holds a token of fewer than {MIN_TOKEN} characters", path.display());
            return Err(Problem::new(Code::DataUnusable).with("reason", reason));
        }
        Ok((Self { digest: Sha256::digest(token.as_bytes()).into() }, path))
    }

    /// Whether an `Authorization` header carries the token ([RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
    ///
    /// # Errors
    /// [`Code::TokenRequired`], which never repeats what was sent.
    pub fn admit(&self, authorization: Option<&[u8]>) -> Result<(), Problem> {
        let refuse = |reason: &str| Problem::new(Code::TokenRequired).with("reason", reason);
        let header = authorization.ok_or_else(|| refuse("there is none"))?;
        let token = header
            .split_at_checked(7)
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case(b"Bearer "))
            .map(|(_, token)| token)
            .ok_or_else(|| refuse("it is not a Bearer token"))?;
        let digest: [u8; 32] = Sha256::digest(token).into();
        if bool::from(digest.ct_eq(&self.digest)) { Ok(()) } else { Err(refuse("it is another")) }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_token_is_made_once_and_only_it_is_admitted() {
        let directory = tempfile::tempdir().unwrap();
        let (access, path) = Access::open(directory.path()).unwrap();
        let token = std::fs::read_to_string(&path).unwrap();
        assert_eq!(token.len(), 43);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let (again, _) = Access::open(directory.path()).unwrap();
        assert!(again.admit(Some(format!("bearer {token}").as_bytes())).is_ok());
        for header in ["", "Bearer", "Bearer ", "Basic x", &token, &format!("Bearer {token}x"), "Bearér x"] {
            assert!(access.admit(Some(header.as_bytes())).is_err(), "{header:?}");
        }
        assert!(access.admit(None).is_err());
    }

    #[test]
    fn an_empty_token_file_opens_no_door() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join(FILE), "\n").unwrap();
        assert_eq!(Access::open(directory.path()).err().unwrap().code, Code::DataUnusable);
    }
}
