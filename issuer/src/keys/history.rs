//! Every key that an issuer has had, with its state: what is published, and what must never be lost.
//!
//! One file, `keys/history.json`, written whole: a change of keys has happened when it is there, and not before.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use badge_schemas::document::Document;
use badge_schemas::jwk::Jwk;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use badge_verifier::securing::keys::PublicKey;
use serde::{Deserialize, Serialize};

use super::KeyKind;
use super::file::file_unusable;
use crate::files::{self, Readers};

/// The name of the file, in the directory of the keys.
pub const FILE: &str = "history.json";

/// Most keys in it: at one rotation of three keys a week, that is six years; a larger file is another file.
pub const MAX_KEYS: usize = 1000;

/// Largest file we read, in bytes: 1,000 entries of an RSA key take 700,000.
const MAX_FILE: usize = 1_048_576;

/// The version of the form that we write.
const VERSION: u32 = 1;

/// Where the private half is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Held {
    /// In a file of the same directory.
    File,
    /// On a token that speaks PKCS#11.
    Token,
}

/// Whether a key signs, and what its signatures are worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum KeyState {
    /// It signs.
    Active,
    /// It signs no more, and the issuer stands by what it signed.
    Retired {
        /// Since when.
        since: DateTimeStamp,
    },
    /// Somebody else may have signed with it.
    Compromised {
        /// Since when, as far back as that cannot be excluded.
        since: DateTimeStamp,
        /// When that was declared.
        declared: DateTimeStamp,
    },
}

impl KeyState {
    /// Whether a key in this state may have been in the other before: states go from active to retired to compromised, and a date of
    /// compromise only moves back.
    pub(super) fn is_no_earlier_than(&self, before: &Self) -> bool {
        match (before, self) {
            (Self::Active, _) | (Self::Retired { .. }, Self::Retired { .. } | Self::Compromised { .. }) => {
                true
            }
            (Self::Compromised { since: before, .. }, Self::Compromised { since, .. }) => {
                since.instant() <= before.instant()
            }
            (Self::Retired { .. }, Self::Active)
            | (Self::Compromised { .. }, Self::Active | Self::Retired { .. }) => false,
        }
    }
}

/// One key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyEntry {
    /// Its name: that of its file, or its label on the token.
    pub name: String,
    /// Its kind.
    pub kind: KeyKind,
    /// Where its private half is kept.
    pub held: Held,
    /// Its public half.
    pub public_key_jwk: Jwk,
    /// Its state.
    pub state: KeyState,
}

impl KeyEntry {
    /// The public half, for use.
    ///
    /// # Errors
    /// [`Code::KeyFileUnusable`].
    pub fn public_key(&self, path: &Path) -> Result<PublicKey, Problem> {
        PublicKey::from_jwk(&self.public_key_jwk).map_err(|_| {
            let en = "the public key in it is not one";
            file_unusable(path, en, "la clé publique qu’il contient n’en est pas une")
        })
    }

    /// Whether it signs.
    pub fn is_active(&self) -> bool {
        self.state == KeyState::Active
    }
}

/// Every key, in the order of their making.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyHistory {
    keys: Vec<KeyEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    version: u32,
    keys: Vec<KeyEntry>,
}

impl KeyHistory {
    /// Takes entries: each name once and fit for a file's name, at most one active key of each kind, public halves of the right kind.
    ///
    /// # Errors
    /// [`Code::KeyFileUnusable`], naming `path`.
    pub fn new(keys: Vec<KeyEntry>, path: &Path) -> Result<Self, Problem> {
        let refuse = |en: &str, fr: &'static str| Err(file_unusable(path, en, fr));
        let (mut names, mut active) = (BTreeSet::new(), BTreeSet::new());
        if keys.len() > MAX_KEYS {
            return refuse("it has too many keys", "il contient trop de clés");
        }
        for key in &keys {
            if !is_name(&key.name) || !names.insert(key.name.as_str()) {
                return refuse(
                    "a name in it is not one, or stands twice",
                    "un nom n’en est pas un, ou figure deux fois",
                );
            }
            if key.is_active() && !active.insert(key.kind) {
                return refuse("two keys of one kind are active", "deux clés du même genre sont actives");
            }
            if key.public_key(path)?.algorithm() != key.kind.algorithm()
                || key.public_key_jwk.exposes_private_key()
            {
                return refuse(
                    "a key in it is of another kind than it says",
                    "une clé n’est pas du genre annoncé",
                );
            }
        }
        Ok(Self { keys })
    }

    /// Reads the history of a directory; nothing where there is none.
    ///
    /// # Errors
    /// [`Code::KeyFileUnusable`], [`Code::FileUnreadable`].
    pub fn read(directory: &Path) -> Result<Option<Self>, Problem> {
        let path = path(directory);
        if !path.try_exists().map_err(|error| files::unreadable(&path, &error))? {
            return Ok(None);
        }
        Self::from_json(files::read_up_to(&path, MAX_FILE)?, &path).map(Some)
    }

    /// Reads a history from JSON.
    ///
    /// # Errors
    /// [`Code::KeyFileUnusable`], naming `path`.
    pub fn from_json(bytes: Vec<u8>, path: &Path) -> Result<Self, Problem> {
        let unreadable = |reason: String| {
            Problem::new(Code::KeyFileUnusable).with("path", path.display()).with("reason", reason)
        };
        let document = Document::parse(bytes).map_err(|problem| unreadable(problem.code.as_str().into()))?;
        let saved: Saved =
            serde_json::from_value(document.into_value()).map_err(|error| unreadable(error.to_string()))?;
        if saved.version != VERSION {
            return Err(unreadable(format!("version {}", saved.version)));
        }
        Self::new(saved.keys, path)
    }

    /// Writes the history, whole or not at all, and durably.
    ///
    /// # Errors
    /// [`Code::FileUnwritable`].
    pub fn write(&self, directory: &Path) -> Result<(), Problem> {
        files::write_whole(&path(directory), &self.to_json(), Readers::Owner)
    }

    /// The history as JSON.
    pub fn to_json(&self) -> Vec<u8> {
        let saved = Saved { version: VERSION, keys: self.keys.clone() };
        serde_json::to_vec_pretty(&saved).unwrap_or_default()
    }

    /// Every key.
    pub fn keys(&self) -> &[KeyEntry] {
        &self.keys
    }

    /// The active key of a kind.
    pub fn active(&self, kind: KeyKind) -> Option<&KeyEntry> {
        self.keys.iter().find(|key| key.kind == kind && key.is_active())
    }

    /// A key by its name.
    pub fn named(&self, name: &str) -> Option<&KeyEntry> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The thumbprint of each key, by its name.
    pub fn thumbprints(&self) -> BTreeMap<String, String> {
        let thumbprint = |key: &KeyEntry| {
            PublicKey::from_jwk(&key.public_key_jwk)
                .ok()
                .map(|public| (key.name.clone(), public.thumbprint()))
        };
        self.keys.iter().filter_map(thumbprint).collect()
    }

    /// The state of each key that signs no more, by its name.
    pub fn ended(&self) -> BTreeMap<String, KeyState> {
        let ended = self.keys.iter().filter(|key| !key.is_active());
        ended.map(|key| (key.name.clone(), key.state.clone())).collect()
    }

    /// Adds a key.
    pub(super) fn add(&mut self, key: KeyEntry) {
        self.keys.push(key);
    }

    /// Gives a key another state.
    pub(super) fn set(&mut self, name: &str, state: KeyState) {
        if let Some(key) = self.keys.iter_mut().find(|key| key.name == name) {
            key.state = state;
        }
    }
}

/// Where the history of a directory is.
pub fn path(directory: &Path) -> PathBuf {
    directory.join(FILE)
}

/// Names are joined to a path and written into labels: letters, digits, `.`, `-` and `_`, and not a dot first.
fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    (1..=64).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn entry(name: &str, state: KeyState) -> KeyEntry {
        // The public key of RFC 8032 §7.1, test 1.
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let public_key_jwk =
            serde_json::from_value(serde_json::json!({"kty": "OKP", "crv": "Ed25519", "x": x})).unwrap();
        KeyEntry { name: name.into(), kind: KeyKind::Ed25519, held: Held::File, public_key_jwk, state }
    }

    #[test]
    fn a_history_is_read_as_it_was_written() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(KeyHistory::read(directory.path()).unwrap(), None);
        let since = || DateTimeStamp::parse("2026-11-10T00:00:00Z").unwrap();
        let keys = vec![
            entry("a.pem", KeyState::Compromised { since: since(), declared: since() }),
            entry("b.pem", KeyState::Retired { since: since() }),
            entry("c.pem", KeyState::Active),
        ];
        let history = KeyHistory::new(keys, directory.path()).unwrap();
        history.write(directory.path()).unwrap();
        assert_eq!(KeyHistory::read(directory.path()).unwrap(), Some(history));
        let text = std::fs::read_to_string(path(directory.path())).unwrap();
        for wrong in [
            text.replace("\"version\": 1", "\"version\": 2"),
            text.replace("\"held\"", "\"kept\""),
            text.replace("\"kty\": \"OKP\"", "\"kty\": \"OKP\", \"d\": \"AA\""),
            text.replace("\"a.pem\"", "\"../a.pem\""),
            text.replace("\"a.pem\"", "\"b.pem\""),
            text.replace("ed25519", "p256"),
            text[..text.len() / 2].to_owned(),
        ] {
            assert_ne!(wrong, text);
            std::fs::write(path(directory.path()), wrong).unwrap();
            assert_eq!(KeyHistory::read(directory.path()).unwrap_err().code, Code::KeyFileUnusable);
        }
    }

    #[test]
    fn one_key_of_a_kind_is_active() {
        let two = vec![entry("a.pem", KeyState::Active), entry("b.pem", KeyState::Active)];
        assert_eq!(KeyHistory::new(two, Path::new("h")).unwrap_err().code, Code::KeyFileUnusable);
    }
}
