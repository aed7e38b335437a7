//! The file that keeps the tokens: `access.json` in the data directory, mode 0600; digests, never a token.
//!
//! A change takes the lock of `access.lock`, reads, changes and replaces the file whole; the service and the command line may
//! both change it while the other runs, and instances that share the directory see each other's changes with the next request.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use badge_schemas::document::Document;
use badge_schemas::problem::{Code, Problem};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::role::Role;
use super::secret::{Secret, TokenDigest};
use crate::files::{self, Readers};
use crate::members::{Members, malformed, missing};
use crate::randomness;

/// The file's name.
pub const FILE: &str = "access.json";

const LOCK: &str = "access.lock";

/// Most tokens kept: every request is compared with all of them. Those that no longer count make room for new ones.
pub const MAX_TOKENS: usize = 1000;

/// Largest file we read, in bytes: [`MAX_TOKENS`] tokens that each name some badges.
const MAX_FILE: usize = 8 << 20;

/// Most badges that one token names.
const MAX_BADGES: usize = 100;

/// Longest id of a badge that a token names, in bytes: those that we make have 36.
const MAX_BADGE_ID: usize = 100;

/// Longest account name, in characters.
const MAX_ACCOUNT: usize = 64;

/// How long a token counts when nobody says otherwise: a school year.
pub const DEFAULT_VALIDITY: SignedDuration = SignedDuration::from_hours(24 * 365);

/// A token, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Token {
    /// Its public id.
    pub id: String,
    /// Whose it is: the name that the record gives to who acts.
    pub account: String,
    /// What it may do.
    pub roles: Vec<Role>,
    /// The badges whose awards it may make, see and change; none named means all.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub badges: BTreeSet<String>,
    #[serde(with = "hexadecimal")]
    pub(super) digest: TokenDigest,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// Until when it counts; only the first administrator's has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_by: Option<String>,
}

impl Token {
    /// Whether it counts at a time.
    pub fn counts(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }

    /// The token as it is shown: without its digest.
    pub fn to_json(&self) -> Value {
        let mut shown = json!(self);
        if let Some(members) = shown.as_object_mut() {
            members.remove("digest");
        }
        shown
    }
}

/// A token that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    account: String,
    roles: Vec<Role>,
    badges: BTreeSet<String>,
    expires_at: Timestamp,
}

impl Request {
    /// Checks what was asked for.
    ///
    /// # Errors
    /// [`Code::MalformedValue`] or [`Code::MemberMissing`] with the pointer of the member.
    pub fn new(
        account: String,
        roles: Vec<Role>,
        badges: Vec<String>,
        expires_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let plain = |character: char| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || "-_.".contains(character)
        };
        let sound = account.chars().all(plain)
            && account.starts_with(|first: char| first.is_ascii_lowercase())
            && account.len() <= MAX_ACCOUNT
            && account != crate::issuer::OPERATOR;
        if !sound {
            return Err(malformed(
                "/account",
                "it is up to 64 of a-z, 0-9, - _ and ., begins with a letter, and is not operator; it stays in the record for ever, so let it name a function or a program rather than a person",
                "il a jusqu’à 64 caractères parmi a-z, 0-9, - _ et ., commence par une lettre, et n’est pas operator ; il reste à jamais dans le registre : qu’il nomme une fonction ou un programme plutôt qu’une personne",
            ));
        }
        if roles.is_empty() {
            return Err(missing("/roles"));
        }
        let is_id = |badge: &String| {
            (1..=MAX_BADGE_ID).contains(&badge.len()) && badge.bytes().all(|byte| byte.is_ascii_graphic())
        };
        if badges.len() > MAX_BADGES || !badges.iter().all(is_id) {
            return Err(malformed(
                "/badges",
                "it is a list of up to 100 badge ids, each of up to 100 visible ASCII characters",
                "c’est une liste d’au plus 100 identifiants de badges, chacun d’au plus 100 caractères ASCII visibles",
            ));
        }
        if !badges.is_empty() && roles.iter().any(|role| *role != Role::Awarder) {
            return Err(malformed(
                "/badges",
                "only a token whose one role is awarder can be limited to some badges: the others are about all of them",
                "seul un jeton dont l’unique rôle est awarder peut être limité à certains badges : les autres les concernent tous",
            ));
        }
        let expires_at = match expires_at {
            Some(end) if end <= now => {
                return Err(Problem::new(Code::TokenEndPast).at("/expiresAt").with("at", end));
            }
            Some(end) => end,
            None => now.checked_add(DEFAULT_VALIDITY).unwrap_or(Timestamp::MAX),
        };
        let mut roles = roles;
        roles.sort_unstable();
        roles.dedup();
        Ok(Self { account, roles, badges: badges.into_iter().collect(), expires_at })
    }

    /// Reads `{"account":"…","roles":["awarder"],"badges":["…"],"expiresAt":"…"}`.
    ///
    /// # Errors
    /// A [`Problem`] with its pointer.
    pub fn parse(document: Document, now: Timestamp) -> Result<Self, Problem> {
        let mut members = Members::of(document.into_value(), "")?;
        let account = members.text("account")?.ok_or_else(|| missing("/account"))?;
        let roles = members.texts("roles", Role::ALL.len())?.ok_or_else(|| missing("/roles"))?;
        let roles = roles
            .iter()
            .map(|role| {
                Role::parse(role).ok_or_else(|| {
                    malformed(
                        "/roles",
                        "a role is administrator, badge-designer, awarder or auditor",
                        "un rôle est administrator, badge-designer, awarder ou auditor",
                    )
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let badges = members.texts("badges", MAX_BADGES)?.unwrap_or_default();
        let expires_at = members.time("expiresAt")?.map(|time| time.instant());
        members.finish()?;
        Self::new(account, roles, badges, expires_at, now)
    }
}

/// What identifies one state of the file, so that an unchanged one is not read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    inode: u64,
    seconds: i64,
    nanoseconds: i64,
    length: u64,
}

/// The file.
#[derive(Clone, Debug)]
pub struct Register {
    directory: PathBuf,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    tokens: Vec<Token>,
}

impl Register {
    /// The register of a data directory, which must be there.
    ///
    /// # Errors
    /// [`Code::FileUnreadable`].
    pub fn of(directory: &Path) -> Result<Self, Problem> {
        std::fs::metadata(directory).map_err(|error| files::unreadable(directory, &error))?;
        Ok(Self { directory: directory.to_owned() })
    }

    /// Makes a token, and keeps its digest.
    ///
    /// # Errors
    /// [`Code::TokensFull`]; what the file system says.
    pub fn create(&self, request: Request, by: &str, now: Timestamp) -> Result<(Token, Secret), Problem> {
        let secret = Secret::fresh()?;
        let token = Token {
            id: randomness::uuid()?,
            account: request.account,
            roles: request.roles,
            badges: request.badges,
            digest: secret.digest(),
            created_at: now,
            created_by: by.to_owned(),
            expires_at: Some(request.expires_at),
            revoked_at: None,
            revoked_by: None,
        };
        let kept = token.clone();
        self.change(move |tokens| {
            make_room(tokens, now)?;
            tokens.push(kept);
            Ok(())
        })?;
        Ok((token, secret))
    }

    /// Revokes a token. Doing it twice is doing it once.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub fn revoke(&self, id: &str, by: &str, now: Timestamp) -> Result<Token, Problem> {
        self.change(|tokens| {
            let token = tokens.iter_mut().find(|token| token.id == id);
            let token = token.ok_or_else(|| Problem::new(Code::NotFound).with("resource", "token"))?;
            if token.revoked_at.is_none() {
                token.revoked_at = Some(now);
                token.revoked_by = Some(by.to_owned());
            }
            Ok(token.clone())
        })
    }

    /// Every token, oldest first.
    ///
    /// # Errors
    /// [`Code::DataUnusable`].
    pub fn tokens(&self) -> Result<Vec<Token>, Problem> {
        Ok(self.read()?.tokens)
    }

    /// Keeps a token whose text somebody else chose: the first administrator's. One that is known stays as it is.
    pub(super) fn adopt(&self, digest: TokenDigest, account: &str, now: Timestamp) -> Result<(), Problem> {
        let id = randomness::uuid()?;
        self.change(move |tokens| {
            if tokens.iter().any(|token| token.digest == digest) {
                return Ok(());
            }
            make_room(tokens, now)?;
            tokens.push(Token {
                id,
                account: account.to_owned(),
                roles: vec![Role::Administrator],
                badges: BTreeSet::new(),
                digest,
                created_at: now,
                created_by: crate::issuer::OPERATOR.to_owned(),
                expires_at: None,
                revoked_at: None,
                revoked_by: None,
            });
            Ok(())
        })
    }

    /// The state of the file; `None` where there is none.
    pub(super) fn stamp(&self) -> Result<Option<Stamp>, Problem> {
        let path = self.path();
        match std::fs::metadata(&path) {
            Ok(found) => Ok(Some(Stamp {
                inode: found.ino(),
                seconds: found.mtime(),
                nanoseconds: found.mtime_nsec(),
                length: found.len(),
            })),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(files::unreadable(&path, &error)),
        }
    }

    fn path(&self) -> PathBuf {
        self.directory.join(FILE)
    }

    fn read(&self) -> Result<Content, Problem> {
        if self.stamp()?.is_none() {
            return Ok(Content::default());
        }
        let path = self.path();
        let unusable = |reason: String| {
            Problem::new(Code::DataUnusable).with("reason", format!("{}: {reason}", path.display()))
        };
        // Not a document from outside: its members are ours, its size is not that of a request.
        let content: Content = serde_json::from_slice(&files::read_up_to(&path, MAX_FILE)?)
            .map_err(|error| unusable(error.to_string()))?;
        if content.tokens.iter().any(|token| token.roles.is_empty()) {
            return Err(unusable("a token has no role".to_owned()));
        }
        Ok(content)
    }

    /// Reads, changes and replaces the file, alone.
    fn change<T>(&self, change: impl FnOnce(&mut Vec<Token>) -> Result<T, Problem>) -> Result<T, Problem> {
        let path = self.directory.join(LOCK);
        let lock: File = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(|error| files::unwritable(&path, &error))?;
        lock.lock().map_err(|error| files::unwritable(&path, &error))?;
        let mut content = self.read()?;
        let before = serde_json::to_vec(&content).ok();
        let answer = change(&mut content.tokens)?;
        let unwritten = |error: serde_json::Error| Problem::new(Code::DataUnusable).with("reason", error);
        if serde_json::to_vec(&content).ok() != before {
            let bytes = serde_json::to_vec_pretty(&content).map_err(unwritten)?;
            files::write_whole(&self.path(), &bytes, Readers::Owner)?;
        }
        Ok(answer)
    }
}

/// Lets the oldest tokens go that no longer count, where there are too many.
fn make_room(tokens: &mut Vec<Token>, now: Timestamp) -> Result<(), Problem> {
    while tokens.len() >= MAX_TOKENS {
        // One without an end is kept although it was revoked: it is what says that the first administrator's does not count any more.
        let spent = |token: &Token| !token.counts(now) && token.expires_at.is_some();
        let Some(oldest) = tokens.iter().position(spent) else {
            return Err(Problem::new(Code::TokensFull).with("limit", MAX_TOKENS));
        };
        tokens.remove(oldest);
    }
    Ok(())
}

/// A digest in hexadecimal.
mod hexadecimal {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    use super::TokenDigest;

    pub(super) fn serialize<S: Serializer>(digest: &TokenDigest, serializer: S) -> Result<S::Ok, S::Error> {
        let text = digest.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        serializer.serialize_str(&text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TokenDigest, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut digest = [0; 32];
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(D::Error::custom("a digest has 64 hexadecimal digits"));
        }
        for (byte, place) in digest.iter_mut().zip(0..) {
            let digits = text.get(2 * place..2 * place + 2).unwrap_or_default();
            *byte = u8::from_str_radix(digits, 16).map_err(D::Error::custom)?;
        }
        Ok(digest)
    }
}
