//! Who may act: whoever holds a token that is known, in force, and has the role that an address asks for.
//!
//! A token belongs to an account, whose name the record keeps with everything it does. It has one or more [`Role`]s, may be
//! limited to some badges, ends at a date, and can be revoked at once. What is kept of it is its SHA-256 (see [`secret`]).
//!
//! The first administrator's token is made at the first start and handed over in a file, `DATA/admin-token`, mode 0600; the file may
//! be removed once the token is in a safe place, and the token revoked once there is another administrator's.

mod grant;
pub mod register;
mod role;
pub mod secret;

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use badge_schemas::problem::{Code, Problem};
use jiff::Timestamp;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

pub use grant::{ADMINISTRATOR, Grant};
pub use register::{Register, Request, Token};
pub use role::Role;

use crate::files::{self, Readers};
use register::Stamp;
use secret::Secret;

/// The file in the data directory that hands over the first administrator's token.
pub const FILE: &str = "admin-token";

/// Longest token file we read, in bytes; a token has 77 characters.
const MAX_FILE: usize = 1024;

/// Shortest token we take from a file, in characters: 128 bits in base64url. Shorter ones can be guessed.
const MIN_TOKEN: usize = 22;

/// The tokens of one issuer, as they stand in its data directory now.
pub struct Access {
    register: Register,
    loaded: RwLock<Loaded>,
}

struct Loaded {
    stamp: Option<Stamp>,
    tokens: Vec<Token>,
}

impl Access {
    /// Opens the register of a data directory. Where there is no token yet, one is made and handed over in `DATA/admin-token`; a
    /// token that stands in that file is an administrator's, unless it was revoked.
    ///
    /// # Errors
    /// [`Code::FileUnreadable`], [`Code::FileUnwritable`]; [`Code::DataUnusable`] for a token that is too short.
    pub fn open(data: &Path, now: Timestamp) -> Result<(Self, Option<PathBuf>), Problem> {
        let register = Register::of(data)?;
        let path = data.join(FILE);
        let handed_over = path.try_exists().map_err(|error| files::unreadable(&path, &error))?;
        if handed_over {
            let bytes = Zeroizing::new(files::read_up_to(&path, MAX_FILE)?);
            let token = bytes.trim_ascii();
            if token.len() < MIN_TOKEN {
                let reason = format!("{} holds a token of fewer than {MIN_TOKEN} characters", path.display());
                return Err(Problem::new(Code::DataUnusable).with("reason", reason));
            }
            register.adopt(secret::digest(token), ADMINISTRATOR, now)?;
        } else if register.tokens()?.is_empty() {
            let secret = Secret::fresh()?;
            // The file first: a token that is kept and that nobody holds would be of no use to anyone.
            files::write_whole(&path, secret.reveal().as_bytes(), Readers::Owner)?;
            register.adopt(secret.digest(), ADMINISTRATOR, now)?;
        }
        let handed_over = path.exists().then_some(path);
        let loaded = RwLock::new(Loaded { stamp: register.stamp()?, tokens: register.tokens()? });
        Ok((Self { register, loaded }, handed_over))
    }

    /// The file behind it.
    pub fn register(&self) -> &Register {
        &self.register
    }

    /// What the token in an `Authorization` header opens ([RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
    ///
    /// The digest of what was sent is compared with every digest kept, each time to the end, so that time tells nothing.
    ///
    /// # Errors
    /// [`Code::TokenRequired`], [`Code::TokenExpired`], [`Code::TokenRevoked`]; none repeats what was sent. Where the register cannot
    /// be read nobody is admitted: what it would say of a revoked token is unknown.
    pub fn admit(&self, authorization: Option<&[u8]>, now: Timestamp) -> Result<Grant, Problem> {
        let refuse =
            |en: &str, fr: &'static str| Problem::new(Code::TokenRequired).with_words("reason", en, fr);
        let header = authorization.ok_or_else(|| refuse("there is none", "il n’y en a pas"))?;
        let sent = header
            .split_at_checked(7)
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case(b"Bearer "))
            .map(|(_, token)| token)
            .ok_or_else(|| refuse("it is not a Bearer token", "ce n’est pas un jeton Bearer"))?;
        self.refresh()?;
        let digest = secret::digest(sent);
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        let mut found = None;
        for token in &loaded.tokens {
            if bool::from(token.digest.ct_eq(&digest)) {
                found = Some(token);
            }
        }
        let Some(token) = found else {
            return Err(if secret::is_damaged(sent) {
                refuse(
                    "it is not whole: its checksum is wrong",
                    "il n’est pas entier : sa somme de contrôle est fausse",
                )
            } else {
                refuse("it is not known here", "il n’est pas connu ici")
            });
        };
        if let Some(at) = token.revoked_at {
            return Err(Problem::new(Code::TokenRevoked).with("account", &token.account).with("at", at));
        }
        if let Some(end) = token.expires_at.filter(|end| now >= *end) {
            return Err(Problem::new(Code::TokenExpired).with("account", &token.account).with("at", end));
        }
        Ok(Grant {
            token: token.id.clone(),
            account: token.account.clone(),
            roles: token.roles.clone(),
            badges: token.badges.clone(),
        })
    }

    /// Reads the register again where it has changed.
    fn refresh(&self) -> Result<(), Problem> {
        let stamp = self.register.stamp()?;
        if self.loaded.read().unwrap_or_else(PoisonError::into_inner).stamp == stamp {
            return Ok(());
        }
        let mut loaded = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
        // The stamp is from before the reading: what changes in between is read with the next request.
        let tokens = self.register.tokens()?;
        *loaded = Loaded { stamp, tokens };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn bearer(text: &str) -> Vec<u8> {
        format!("Bearer {text}").into_bytes()
    }

    fn asked(roles: &[Role], badges: &[&str], end: i64) -> Request {
        let badges = badges.iter().map(|badge| (*badge).to_owned()).collect();
        Request::new("lms".to_owned(), roles.to_vec(), badges, Some(at(end)), at(0)).unwrap()
    }

    #[test]
    fn the_first_token_is_made_once_and_only_it_is_admitted() {
        let directory = tempfile::tempdir().unwrap();
        let (access, path) = Access::open(directory.path(), at(0)).unwrap();
        let path = path.unwrap();
        let token = std::fs::read_to_string(&path).unwrap();
        for name in [FILE, register::FILE] {
            let mode = std::fs::metadata(directory.path().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        let kept = std::fs::read_to_string(directory.path().join(register::FILE)).unwrap();
        assert!(!kept.contains(&token[5..20]), "no token at rest");
        let (again, _) = Access::open(directory.path(), at(0)).unwrap();
        let grant = again.admit(Some(format!("bearer {token}").as_bytes()), at(0)).unwrap();
        assert_eq!((grant.account(), &grant.roles[..]), (ADMINISTRATOR, &[Role::Administrator][..]));
        for header in ["", "Bearer", "Bearer ", "Basic x", &token, &format!("Bearer {token}x"), "Bearér x"] {
            assert!(access.admit(Some(header.as_bytes()), at(0)).is_err(), "{header:?}");
        }
        assert!(access.admit(None, at(0)).is_err());
        std::fs::remove_file(&path).unwrap();
        let (without, path) = Access::open(directory.path(), at(0)).unwrap();
        assert!(path.is_none(), "no new token is made because the file was removed");
        assert!(without.admit(Some(&bearer(&token)), at(0)).is_ok());
    }

    #[test]
    fn an_empty_token_file_opens_no_door() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join(FILE), "\n").unwrap();
        assert_eq!(Access::open(directory.path(), at(0)).err().unwrap().code, Code::DataUnusable);
    }

    #[test]
    fn a_token_ends_at_its_date_and_when_it_is_revoked_elsewhere() {
        let directory = tempfile::tempdir().unwrap();
        let (access, _) = Access::open(directory.path(), at(0)).unwrap();
        // As the command line does it, beside the running service.
        let beside = Register::of(directory.path()).unwrap();
        let (token, secret) = beside.create(asked(&[Role::Awarder], &["b"], 10), "x", at(0)).unwrap();
        let header = bearer(secret.reveal());
        let code = |now| access.admit(Some(&header), at(now)).map_err(|problem| problem.code);
        let grant = code(9).unwrap();
        assert!(grant.covers("b") && !grant.covers("c"));
        assert_eq!(grant.require_badge("c").unwrap_err().code, Code::BadgeOutOfScope);
        assert_eq!(grant.require(&[Role::Auditor]).unwrap_err().code, Code::RoleInsufficient);
        assert_eq!(code(10).unwrap_err(), Code::TokenExpired);
        beside.revoke(&token.id, "x", at(5)).unwrap();
        assert_eq!(code(9).unwrap_err(), Code::TokenRevoked);
        let again = beside.revoke(&token.id, "y", at(7)).unwrap();
        assert_eq!((again.revoked_at, again.revoked_by.as_deref()), (Some(at(5)), Some("x")));
        assert_eq!(beside.revoke("none", "x", at(5)).unwrap_err().code, Code::NotFound);
        assert!(!token.to_json().to_string().contains("digest"));
    }

    #[test]
    fn a_revoked_first_token_does_not_come_back_from_its_file() {
        let directory = tempfile::tempdir().unwrap();
        let (access, path) = Access::open(directory.path(), at(0)).unwrap();
        let token = std::fs::read_to_string(path.unwrap()).unwrap();
        let id = access.register().tokens().unwrap()[0].id.clone();
        access.register().revoke(&id, "x", at(1)).unwrap();
        let (again, _) = Access::open(directory.path(), at(2)).unwrap();
        assert_eq!(again.admit(Some(&bearer(&token)), at(2)).unwrap_err().code, Code::TokenRevoked);
    }

    #[test]
    fn a_register_that_cannot_be_read_admits_nobody() {
        let directory = tempfile::tempdir().unwrap();
        let (access, path) = Access::open(directory.path(), at(0)).unwrap();
        let token = std::fs::read_to_string(path.unwrap()).unwrap();
        for damaged in ["{", "{\"tokens\":[], \"x\":1}", "{\"tokens\":[{}]}"] {
            std::fs::write(directory.path().join(register::FILE), damaged).unwrap();
            let code = access.admit(Some(&bearer(&token)), at(0)).unwrap_err().code;
            assert_eq!(code, Code::DataUnusable, "{damaged}");
        }
    }

    #[test]
    fn what_is_asked_for_must_make_sense() {
        let ask = |account: &str, roles: &[Role], badges: &[&str], end: i64| {
            let badges = badges.iter().map(|badge| (*badge).to_owned()).collect();
            Request::new(account.to_owned(), roles.to_vec(), badges, Some(at(end)), at(5)).is_ok()
        };
        assert!(ask("lms-1", &[Role::Awarder], &["b"], 6));
        for account in ["", "Lms", "1", "a b", "é", "operator", &"a".repeat(65)] {
            assert!(!ask(account, &[Role::Awarder], &[], 6), "{account}");
        }
        assert!(!ask("a", &[], &[], 6), "no role");
        assert!(!ask("a", &[Role::Auditor, Role::Awarder], &["b"], 6), "an auditor sees all");
        assert!(!ask("a", &[Role::BadgeDesigner], &["b"], 6), "a designer writes any");
        assert!(!ask("a", &[Role::Awarder], &[], 5), "over before it begins");
        assert!(!ask("a", &[Role::Awarder], &[""], 6));
    }

    #[test]
    fn two_who_change_the_register_at_once_lose_nothing() {
        let directory = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let register = Register::of(directory.path()).unwrap();
                    for _ in 0..5 {
                        register.create(asked(&[Role::Awarder], &[], 10), "x", at(0)).unwrap();
                    }
                });
            }
        });
        assert_eq!(Register::of(directory.path()).unwrap().tokens().unwrap().len(), 20);
    }
}
