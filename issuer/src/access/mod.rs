//! Who may act: whoever holds a token that is known, in force, and has the role that an address asks for.
//!
//! A token belongs to an account, whose name the record keeps with everything it does. It has one or more [`Role`]s, may be
//! limited to some badges, ends at a date, and can be revoked at once. The record keeps who made and revoked it, and its SHA-256
//! (see [`secret`]).
//!
//! The first administrator's token is made at the first start and handed over in a file, `DATA/admin-token`, mode 0600; the file may
//! be removed once the token is in a safe place, and the token revoked once there is another administrator's.

pub mod former;
mod grant;
pub mod operator;
pub mod register;
mod role;
pub mod secret;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use badge_schemas::problem::{Code, Problem};
use jiff::Timestamp;
use zeroize::Zeroizing;

pub use grant::{ADMINISTRATOR, Grant};
pub use register::{Register, Request};
pub use role::Role;

use crate::files::{self, Readers};
use crate::refusal::Refusal;
use crate::store::Store;
use secret::Secret;

/// The file in the data directory that hands over the first administrator's token.
pub const FILE: &str = "admin-token";

/// Longest token file we read, in bytes; a token has 77 characters.
const MAX_FILE: usize = 1024;

/// Shortest token we take from a file, in characters: 128 bits in base64url. Shorter ones can be guessed.
const MIN_TOKEN: usize = 22;

/// Who may act in one issuer: its tokens, as its record has them at the moment.
pub struct Access {
    register: Register,
}

impl Access {
    /// Looks at the tokens of a record, and takes over those of a former version that stand in the data directory. Where there is no token
    /// yet, one is made and handed over in `DATA/admin-token`; a token that stands in that file is an administrator's, unless it was revoked.
    ///
    /// # Errors
    /// [`Code::FileUnreadable`], [`Code::FileUnwritable`]; [`Code::DataUnusable`] for a token that is too short; what the record says.
    pub fn open(
        data: &Path,
        store: Arc<dyn Store>,
        now: Timestamp,
    ) -> Result<(Self, Option<PathBuf>), Refusal> {
        let register = Register::new(store);
        former::take_over(data, &register)?;
        let path = data.join(FILE);
        let handed_over = path.try_exists().map_err(|error| files::unreadable(&path, &error))?;
        if handed_over {
            let bytes = Zeroizing::new(files::read_up_to(&path, MAX_FILE)?);
            let token = bytes.trim_ascii();
            if token.len() < MIN_TOKEN {
                let reason = format!("{} holds a token of fewer than {MIN_TOKEN} characters", path.display());
                return Err(Problem::new(Code::DataUnusable).with("reason", reason).into());
            }
            if secret::is_damaged(token) {
                let reason =
                    format!("{} holds a token that is not whole: its checksum is wrong", path.display());
                return Err(Problem::new(Code::DataUnusable).with("reason", reason).into());
            }
            register.adopt(secret::digest(token), ADMINISTRATOR, now)?;
        } else if register.page(None, 1)?.tokens.is_empty() {
            let secret = Secret::fresh()?;
            // The file first: a token that is kept and that nobody holds would be of no use to anyone.
            files::write_whole(&path, secret.reveal().as_bytes(), Readers::Owner)?;
            register.adopt(secret.digest(), ADMINISTRATOR, now)?;
        }
        let handed_over = path.exists().then_some(path);
        Ok((Self { register }, handed_over))
    }

    /// The tokens.
    pub fn register(&self) -> &Register {
        &self.register
    }

    /// What the token in an `Authorization` header opens ([RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
    ///
    /// The record is asked each time, so that a token revoked anywhere is refused here from the next request on. It is asked for the digest
    /// of what was sent: what time tells is about a digest, from which nobody comes to a token. With a database it waits for the answer.
    ///
    /// # Errors
    /// [`Code::TokenRequired`], [`Code::TokenExpired`], [`Code::TokenRevoked`]; none repeats what was sent. Where the record cannot
    /// be read nobody is admitted: what it would say of a revoked token is unknown.
    pub fn admit(&self, authorization: Option<&[u8]>, now: Timestamp) -> Result<Grant, Refusal> {
        let refuse =
            |en: &str, fr: &'static str| Problem::new(Code::TokenRequired).with_words("reason", en, fr);
        let header = authorization.ok_or_else(|| refuse("there is none", "il n’y en a pas"))?;
        let sent = header
            .split_at_checked(7)
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case(b"Bearer "))
            .map(|(_, token)| token)
            .ok_or_else(|| refuse("it is not a Bearer token", "ce n’est pas un jeton Bearer"))?;
        if secret::is_damaged(sent) {
            return Err(refuse(
                "it is not whole: its checksum is wrong",
                "il n’est pas entier\u{a0}: sa somme de contrôle est fausse",
            )
            .into());
        }
        let found = self.register.find(&secret::digest(sent))?;
        let token = found.ok_or_else(|| refuse("it is not known here", "il n’est pas connu ici"))?;
        if let Some(revoked) = &token.revoked {
            let refused = Problem::new(Code::TokenRevoked).with("account", &token.account);
            return Err(refused.with("at", revoked.at).into());
        }
        if let Some(end) = token.expires_at.filter(|end| now >= *end) {
            let refused = Problem::new(Code::TokenExpired).with("account", &token.account);
            return Err(refused.with("at", end).into());
        }
        Ok(Grant { token: token.id, account: token.account, roles: token.roles, badges: token.badges })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::store::EmbeddedStore;

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

    fn record(data: &Path) -> Arc<dyn Store> {
        Arc::new(EmbeddedStore::open(&data.join("store")).unwrap())
    }

    fn open(data: &Path, now: i64) -> (Access, Option<PathBuf>) {
        Access::open(data, record(data), at(now)).unwrap()
    }

    fn code<T>(answer: Result<T, Refusal>) -> Option<Code> {
        answer.err().map(|refusal| refusal.into_problems()[0].code)
    }

    #[test]
    fn the_first_token_is_made_once_and_only_it_is_admitted() {
        let directory = tempfile::tempdir().unwrap();
        let (access, path) = open(directory.path(), 0);
        drop(access);
        let path = path.unwrap();
        let token = std::fs::read_to_string(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let (again, _) = open(directory.path(), 0);
        let grant = again.admit(Some(format!("bearer {token}").as_bytes()), at(0)).unwrap();
        assert_eq!((grant.account(), &grant.roles[..]), (ADMINISTRATOR, &[Role::Administrator][..]));
        let recorded = again.register().page(None, 9).unwrap().tokens;
        assert_eq!((recorded.len(), recorded[0].made_by.as_str()), (1, crate::issuer::OPERATOR));
        for header in ["", "Bearer", "Bearer ", "Basic x", &token, &format!("Bearer {token}x"), "Bearér x"] {
            assert_eq!(
                code(again.admit(Some(header.as_bytes()), at(0))),
                Some(Code::TokenRequired),
                "{header:?}"
            );
        }
        assert!(again.admit(None, at(0)).is_err());
        drop(again);
        std::fs::remove_file(&path).unwrap();
        let (without, path) = open(directory.path(), 0);
        assert!(path.is_none(), "no new token is made because the file was removed");
        assert!(without.admit(Some(&bearer(&token)), at(0)).is_ok());
    }

    #[test]
    fn a_token_that_somebody_chose_is_taken_and_a_short_one_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join(FILE);
        for short in ["\n", "a-token-of-21-letters", "bdgi_0123456789abcdef0123456789abcdef"] {
            std::fs::write(&file, short).unwrap();
            let opened = Access::open(directory.path(), record(directory.path()), at(0));
            assert_eq!(code(opened), Some(Code::DataUnusable));
        }
        std::fs::write(&file, "chosen-by-the-operator-itself\n").unwrap();
        let (access, _) = open(directory.path(), 0);
        assert!(access.admit(Some(b"Bearer chosen-by-the-operator-itself"), at(0)).is_ok());
    }

    #[test]
    fn a_token_ends_at_its_date_and_when_it_is_revoked() {
        let directory = tempfile::tempdir().unwrap();
        let (access, _) = open(directory.path(), 0);
        let register = access.register();
        let (token, secret) = register.create(asked(&[Role::Awarder], &["b"], 10), "x", at(0)).unwrap();
        let header = bearer(secret.reveal());
        let grant = access.admit(Some(&header), at(9)).unwrap();
        assert!(grant.covers("b") && !grant.covers("c"));
        assert_eq!(grant.require_badge("c").unwrap_err().code, Code::BadgeOutOfScope);
        assert_eq!(grant.require(&[Role::Auditor]).unwrap_err().code, Code::RoleInsufficient);
        assert_eq!(code(access.admit(Some(&header), at(10))), Some(Code::TokenExpired));
        assert_eq!(register.in_force(at(9)).unwrap().len(), 2);
        register.revoke(&token.id, "x", at(5)).unwrap();
        assert_eq!(code(access.admit(Some(&header), at(9))), Some(Code::TokenRevoked));
        assert_eq!(register.in_force(at(9)).unwrap().len(), 1);
        let again = register.revoke(&token.id, "y", at(7)).unwrap().revoked.unwrap();
        assert_eq!((again.at, again.actor.as_str()), (at(5), "x"));
        for odd in ["none", "", "a\0b", &"x".repeat(2000)] {
            assert_eq!(code(register.revoke(odd, "x", at(5))), Some(Code::NotFound), "{odd:?}");
        }
        assert!(!register::shown(&token).to_string().contains("digest"));
    }

    #[test]
    fn a_revoked_first_token_does_not_come_back_from_its_file() {
        let directory = tempfile::tempdir().unwrap();
        let (access, path) = open(directory.path(), 0);
        let token = std::fs::read_to_string(path.unwrap()).unwrap();
        let id = access.register().page(None, 1).unwrap().tokens[0].id.clone();
        access.register().revoke(&id, "x", at(1)).unwrap();
        drop(access);
        let (again, _) = open(directory.path(), 2);
        assert_eq!(code(again.admit(Some(&bearer(&token)), at(2))), Some(Code::TokenRevoked));
    }

    #[test]
    fn tokens_of_a_former_version_are_taken_over_once_with_their_revocations() {
        let directory = tempfile::tempdir().unwrap();
        let file = former::path(directory.path());
        for damaged in ["{", "{\"tokens\":[], \"x\":1}", "{\"tokens\":[{}]}"] {
            std::fs::write(&file, damaged).unwrap();
            let opened = Access::open(directory.path(), record(directory.path()), at(0));
            assert_eq!(code(opened), Some(Code::DataUnusable), "{damaged}");
        }
        let (first, second) = (Secret::fresh().unwrap(), Secret::fresh().unwrap());
        let text = serde_json::json!({"tokens": [
            {"id": "one", "account": "administrator", "roles": ["administrator"], "digest": first.digest(),
             "createdAt": at(1), "createdBy": "operator", "revokedAt": at(3), "revokedBy": "chief"},
            {"id": "two", "account": "lms", "roles": ["awarder"], "badges": ["b"], "digest": second.digest(),
             "createdAt": at(2), "createdBy": "administrator", "expiresAt": at(90)},
        ]});
        std::fs::write(&file, text.to_string()).unwrap();
        // The token of the first administrator still lies in its file: revoked it stays.
        std::fs::write(directory.path().join(FILE), first.reveal()).unwrap();
        for round in 0..2 {
            let (access, _) = open(directory.path(), 5);
            assert!(!file.exists() && directory.path().join("access.json.taken-over").exists());
            let refused = code(access.admit(Some(&bearer(first.reveal())), at(6)));
            assert_eq!(refused, Some(Code::TokenRevoked), "{round}");
            let grant = access.admit(Some(&bearer(second.reveal())), at(6)).unwrap();
            assert!(grant.covers("b") && !grant.covers("c"));
            let tokens = access.register().page(None, 9).unwrap().tokens;
            let told: Vec<_> = tokens.iter().map(|token| (token.id.as_str(), token.made_at)).collect();
            assert_eq!(told, [("one", at(1)), ("two", at(2))]);
            assert_eq!(
                tokens[0].revoked.as_ref().map(|it| (it.actor.as_str(), it.at)),
                Some(("chief", at(3)))
            );
            assert_eq!(tokens[1].expires_at, Some(at(90)));
        }
        // One that comes back from a backup is taken over again, and changes nothing.
        std::fs::rename(directory.path().join("access.json.taken-over"), &file).unwrap();
        let (access, _) = open(directory.path(), 7);
        assert_eq!(access.register().page(None, 9).unwrap().tokens.len(), 2);
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
}
