//! Who keeps the keys: opens those that sign, makes those that are missing, and changes their states: to change them, one process at a time.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use jiff::{SignedDuration, Timestamp};

use super::file::Sealing;
use super::history::{self, Held, KeyEntry, KeyHistory, KeyState};
use super::token::{Token, TokenSigner};
use super::{KeyKind, KeyRing, Protection, Wanted, file, file_unusable};
use crate::files;
use crate::signer::{Signer, SigningFailed};

/// Where private halves are kept.
#[derive(Clone)]
pub enum Holding {
    /// In files, encrypted where there is a passphrase.
    Files(Option<Sealing>),
    /// On a token; keys in files from before, with their passphrase, sign until they have successors.
    Token(Arc<Token>, Option<Sealing>),
}

impl Holding {
    fn sealing(&self) -> Option<&Sealing> {
        match self {
            Self::Files(sealing) | Self::Token(_, sealing) => sealing.as_ref(),
        }
    }
}

/// What is already known of the keys in a directory: opening them finds the same, or fails.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The thumbprint of each key, by its name.
    pub thumbprints: BTreeMap<String, String>,
    /// The state of each key that signs no more, by its name.
    pub states: BTreeMap<String, KeyState>,
    /// Files that must be there although no thumbprint is known.
    pub files: Vec<&'static str>,
}

/// The right to use the keys of a directory; it goes with the process, however that ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// The keeper of the keys in a directory.
pub struct KeyKeeper {
    directory: PathBuf,
    holding: Holding,
    lock: Lock,
}

/// What a rotation did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The key that signed until now.
    pub old: String,
    /// The key that signs from now on.
    pub new: String,
}

impl KeyKeeper {
    /// Takes the keys of a directory for this process alone, to change them; the directory is made where it is missing.
    ///
    /// # Errors
    /// [`Code::DataInUse`] where another process has them; [`Code::FileUnwritable`].
    pub fn new(directory: &Path, holding: Holding) -> Result<Self, Problem> {
        files::make_private_directory(directory)?;
        let lock = lock(directory, File::try_lock)?;
        Ok(Self { directory: directory.to_owned(), holding, lock })
    }

    /// Takes them to sign, beside other processes that do: several services over one database.
    ///
    /// # Errors
    /// [`Code::DataInUse`] where a process changes them; [`Code::FileUnwritable`].
    pub fn sharing(directory: &Path, holding: Holding) -> Result<Self, Problem> {
        files::make_private_directory(directory)?;
        let lock = lock(directory, File::try_lock_shared)?;
        Ok(Self { directory: directory.to_owned(), holding, lock })
    }

    /// Opens the keys that sign and makes those that are wanted and not there yet. No key is ever replaced.
    ///
    /// A plain file is encrypted in its place when a passphrase is given.
    ///
    /// # Errors
    /// [`Code::DataFileMissing`] and [`Code::KeyFileUnusable`] where a key is not the one that is known; [`Code::PassphraseRequired`],
    /// [`Code::FileUnreadable`], [`Code::FileUnwritable`].
    pub fn open(&self, wanted: Wanted, known: &Known) -> Result<KeyRing, Problem> {
        // Two first starts at once make one set of keys.
        let path = self.directory.join("opening");
        let open = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
        let _opening = open
            .and_then(|file| file.lock().map(|()| file))
            .map_err(|error| files::unwritable(&path, &error))?;
        let read = KeyHistory::read(&self.directory)?;
        self.check_known(read.as_ref(), known)?;
        let mut history = read.clone().unwrap_or_default();
        let (mut created, mut encrypted) = (Vec::new(), Vec::new());
        let mut signers: BTreeMap<KeyKind, Arc<dyn Signer>> = BTreeMap::new();
        // Ed25519 last: what cannot be made is found out before there is an identity.
        for kind in [KeyKind::P256, KeyKind::Rsa, KeyKind::Ed25519] {
            if let Some(entry) = history.active(kind) {
                let opened = self.open_entry(entry)?;
                encrypted.extend(opened.encrypted);
                signers.insert(kind, opened.signer);
                continue;
            }
            // From before there was a history, or from a start that was cut short: the key is there, and nothing speaks of it yet.
            let name = self.name(kind, 1);
            let taken = history.named(&name).is_some();
            let opened = if taken { None } else { self.find(kind, &name)? };
            let (name, opened) = match opened {
                Some(opened) => (name, opened),
                None if wanted.includes(kind) => {
                    let name = self.free_name(kind, &history)?;
                    let opened = self.make(kind, &name)?;
                    created.push(self.shown(&name));
                    (name, opened)
                }
                None => continue,
            };
            encrypted.extend(opened.encrypted);
            history.add(self.entry(kind, name, opened.signer.as_ref()));
            signers.insert(kind, opened.signer);
        }
        self.check_known(Some(&history), known)?;
        if read.as_ref() != Some(&history) {
            history.write(&self.directory)?;
        }
        let ed25519 = signers
            .remove(&KeyKind::Ed25519)
            .ok_or_else(|| file::unusable(&history::path(&self.directory), SigningFailed::Unreadable))?;
        let protection = match &self.holding {
            Holding::Files(Some(_)) => Protection::Encrypted,
            Holding::Files(None) => Protection::Plain,
            Holding::Token(..) => Protection::Elsewhere,
        };
        Ok(KeyRing {
            ed25519,
            p256: signers.remove(&KeyKind::P256),
            rsa: signers.remove(&KeyKind::Rsa),
            history,
            protection,
            created,
            encrypted,
        })
    }

    /// Makes a new key of a kind, which signs from now on; the one that signed until now is retired. A crash leaves the old one in force, or the new.
    ///
    /// # Errors
    /// As [`open`](Self::open); [`Code::NotFound`] where there is no key of this kind.
    pub fn rotate(&self, kind: KeyKind, now: Timestamp) -> Result<Rotated, Problem> {
        let mut history = self.history()?;
        let old = history.active(kind).cloned().ok_or_else(|| not_found(kind.as_str()))?;
        // What is written with a passphrase now could be read with it before.
        self.open_entry(&old)?;
        let new =
            self.succeed(&mut history, kind, &old.name, KeyState::Retired { since: next_second(now) })?;
        Ok(Rotated { old: old.name, new })
    }

    /// Retires a key without a successor: only one that no issuer needs.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::OptionInvalid`] where it is not active, or needed.
    pub fn retire(&self, name: &str, now: Timestamp) -> Result<(), Problem> {
        let mut history = self.history()?;
        let key = history.named(name).cloned().ok_or_else(|| not_found(name))?;
        if !key.is_active() {
            return Err(refused(name, "it is not active", "elle n’est pas active"));
        }
        if key.kind != KeyKind::Rsa {
            return Err(refused(
                name,
                "every issuer signs with such a key: badge-issuer key rotate gives it a successor",
                "tout émetteur signe avec une telle clé\u{a0}: badge-issuer key rotate lui donne un successeur",
            ));
        }
        history.set(name, KeyState::Retired { since: next_second(now) });
        history.write(&self.directory)
    }

    /// Declares that somebody else may have signed with a key since a time; a key that signs gets a successor in the same step. The time may be
    /// moved back later, never forward.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::OptionInvalid`] for a time to come, or later than one that was declared.
    pub fn compromise(
        &self,
        name: &str,
        since: &DateTimeStamp,
        now: Timestamp,
    ) -> Result<Option<String>, Problem> {
        let mut history = self.history()?;
        let key = history.named(name).cloned().ok_or_else(|| not_found(name))?;
        if since.instant() > now {
            return Err(refused("--since", "it is still to come", "ce moment est à venir"));
        }
        if let KeyState::Compromised { since: before, .. } = &key.state
            && before.instant() < since.instant()
        {
            return Err(refused(
                "--since",
                "an earlier time has been published; it can only be moved back",
                "un moment antérieur a été publié\u{a0}; il ne peut qu’être reculé",
            ));
        }
        let state = KeyState::Compromised { since: since.clone(), declared: now.into() };
        if key.is_active() {
            // What is written with a passphrase now could be read with it before. A thief may have taken the file away, too.
            match self.open_entry(&key) {
                Err(problem) if problem.code != Code::DataFileMissing => return Err(problem),
                _ => {}
            }
            return self.succeed(&mut history, key.kind, name, state).map(Some);
        }
        history.set(name, state);
        history.write(&self.directory)?;
        Ok(None)
    }

    /// The right to these keys, to be held as long as they are used.
    pub fn into_lock(self) -> Lock {
        self.lock
    }

    fn history(&self) -> Result<KeyHistory, Problem> {
        let path = history::path(&self.directory);
        let history = KeyHistory::read(&self.directory)?;
        history.ok_or_else(|| Problem::new(Code::DataFileMissing).with("path", path.display()))
    }

    /// Makes the successor, then writes both states at once.
    fn succeed(
        &self,
        history: &mut KeyHistory,
        kind: KeyKind,
        old: &str,
        state: KeyState,
    ) -> Result<String, Problem> {
        let name = self.free_name(kind, history)?;
        let made = self.make(kind, &name)?;
        history.set(old, state);
        history.add(self.entry(kind, name.clone(), made.signer.as_ref()));
        history.write(&self.directory)?;
        Ok(name)
    }

    /// What was published must still be here.
    fn check_known(&self, history: Option<&KeyHistory>, known: &Known) -> Result<(), Problem> {
        let path = history::path(&self.directory);
        let Some(history) = history else {
            // From before there was a history: the files themselves. Where keys have changed there was one, and only it knows which of them sign.
            let first: Vec<String> = KeyKind::ALL.into_iter().map(|kind| self.name(kind, 1)).collect();
            let renewed = known.thumbprints.keys().any(|name| !first.contains(name));
            for kind in KeyKind::ALL {
                if renewed || self.is_taken(kind, &self.name(kind, 2))? {
                    return Err(Problem::new(Code::DataFileMissing).with("path", path.display()));
                }
            }
            let names = known.thumbprints.keys().map(String::as_str).chain(known.files.iter().copied());
            for name in names {
                let path = self.directory.join(name);
                if !path.try_exists().map_err(|error| files::unreadable(&path, &error))? {
                    return Err(Problem::new(Code::DataFileMissing).with("path", path.display()));
                }
            }
            return Ok(());
        };
        check_published(history, known, &path)
    }

    /// The key of an entry, if it is the one whose public half is published.
    fn open_entry(&self, entry: &KeyEntry) -> Result<Opened, Problem> {
        let shown = self.shown(&entry.name);
        let missing = || Problem::new(Code::DataFileMissing).with("path", shown.display());
        let opened = match (entry.held, &self.holding) {
            (Held::File, holding) => {
                open_file(&self.directory.join(&entry.name), entry.kind, holding.sealing())?
            }
            (Held::Token, Holding::Token(token, _)) => {
                token.find(&entry.name, entry.kind)?.map(Opened::on_token)
            }
            (Held::Token, Holding::Files(_)) => {
                return Err(Problem::new(Code::TokenUnusable).with("token", &entry.name).with_words(
                    "reason",
                    "the key is on a token, and the settings name none ([keys.pkcs11])",
                    "la clé est sur un jeton, et les réglages n’en nomment aucun ([keys.pkcs11])",
                ));
            }
        };
        let opened = opened.ok_or_else(missing)?;
        if opened.signer.public_key().is(&entry.public_key(&shown)?) {
            Ok(opened)
        } else {
            Err(another(&shown))
        }
    }

    /// A key of this name that no history speaks of.
    fn find(&self, kind: KeyKind, name: &str) -> Result<Option<Opened>, Problem> {
        match &self.holding {
            Holding::Files(sealing) => open_file(&self.directory.join(name), kind, sealing.as_ref()),
            Holding::Token(..) if kind == KeyKind::Rsa => Ok(None),
            Holding::Token(token, _) => Ok(token.find(name, kind)?.map(Opened::on_token)),
        }
    }

    fn make(&self, kind: KeyKind, name: &str) -> Result<Opened, Problem> {
        match &self.holding {
            Holding::Files(sealing) => {
                let path = self.directory.join(name);
                let der = kind.generate().map_err(|problem| problem.at_file(&path))?;
                file::write(&path, &der, sealing.as_ref())?;
                let signer = kind.signer(&der).map_err(|error| file::unusable(&path, error))?;
                Ok(Opened { signer, encrypted: None })
            }
            Holding::Token(token, _) => token.generate(name, kind).map(Opened::on_token),
        }
    }

    fn entry(&self, kind: KeyKind, name: String, signer: &dyn Signer) -> KeyEntry {
        let held = match &self.holding {
            Holding::Files(_) => Held::File,
            Holding::Token(..) => Held::Token,
        };
        // Each of our kinds has that form; what had none would not be taken into a history.
        let public_key_jwk = signer.public_key().to_jwk().unwrap_or_default();
        KeyEntry { name, kind, held, public_key_jwk, state: KeyState::Active }
    }

    fn name(&self, kind: KeyKind, number: usize) -> String {
        let number = if number == 1 { String::new() } else { format!("-{number}") };
        match &self.holding {
            Holding::Files(_) => format!("{}{number}.pem", kind.as_str()),
            Holding::Token(..) => format!("{}{number}", kind.as_str()),
        }
    }

    /// A name that nothing has yet; what a rotation left behind that was cut short keeps its own.
    fn free_name(&self, kind: KeyKind, history: &KeyHistory) -> Result<String, Problem> {
        for number in 1..=history::MAX_KEYS {
            let name = self.name(kind, number);
            if history.named(&name).is_none() && !self.is_taken(kind, &name)? {
                return Ok(name);
            }
        }
        let path = history::path(&self.directory);
        Err(file_unusable(&path, "it has too many keys", "il contient trop de clés"))
    }

    fn is_taken(&self, kind: KeyKind, name: &str) -> Result<bool, Problem> {
        match &self.holding {
            Holding::Files(_) => {
                let path = self.directory.join(name);
                path.try_exists().map_err(|error| files::unreadable(&path, &error))
            }
            Holding::Token(..) if kind == KeyKind::Rsa => Ok(false),
            Holding::Token(token, _) => Ok(token.find(name, kind)?.is_some()),
        }
    }

    /// How a key is named to a person.
    fn shown(&self, name: &str) -> PathBuf {
        match &self.holding {
            Holding::Files(_) => self.directory.join(name),
            Holding::Token(..) => PathBuf::from(name),
        }
    }
}

/// A key that was opened, and its file where that was encrypted now.
struct Opened {
    signer: Arc<dyn Signer>,
    encrypted: Option<PathBuf>,
}

impl Opened {
    fn on_token(signer: Arc<TokenSigner>) -> Self {
        Self { signer, encrypted: None }
    }
}

/// Whether every key that was published is still among those of a history, and none has gone back to a state it had left.
///
/// # Errors
/// [`Code::KeyFileUnusable`].
pub(super) fn check_published(history: &KeyHistory, known: &Known, path: &Path) -> Result<(), Problem> {
    let found = history.thumbprints();
    if let Some((name, _)) =
        known.thumbprints.iter().find(|(name, thumbprint)| found.get(*name) != Some(*thumbprint))
    {
        return Err(another(&path.with_file_name(name)));
    }
    let stands = |name: &String, state: &KeyState| {
        history.named(name).is_some_and(|key| key.state.is_no_earlier_than(state))
    };
    if known.states.iter().all(|(name, state)| stands(name, state)) {
        return Ok(());
    }
    let en = "it lets a key sign, or trusts it longer, that this issuer has retired or declared compromised: it is an older history";
    let fr = "il laisse signer, ou tient plus longtemps pour sûre, une clé que cet émetteur a retirée ou déclarée compromise\u{a0}: c’est un historique plus ancien";
    Err(file_unusable(path, en, fr))
}

fn open_file(path: &Path, kind: KeyKind, sealing: Option<&Sealing>) -> Result<Option<Opened>, Problem> {
    let Some(read) = file::read(path, sealing)? else { return Ok(None) };
    let signer = kind.signer(&read.der).map_err(|error| file::unusable(path, error))?;
    Ok(Some(Opened { signer, encrypted: read.encrypted_now.then(|| path.to_owned()) }))
}

fn lock(directory: &Path, take: fn(&File) -> Result<(), TryLockError>) -> Result<Lock, Problem> {
    let path = directory.join("lock");
    let open = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
    let file = open.map_err(|error| files::unwritable(&path, &error))?;
    match take(&file) {
        Ok(()) => Ok(Lock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(Problem::new(Code::DataInUse).with("path", path.display())),
        Err(TryLockError::Error(error)) => Err(files::unwritable(&path, &error)),
    }
}

/// Published times have whole seconds; signatures of this very second are from before.
fn next_second(now: Timestamp) -> DateTimeStamp {
    let next =
        if now.subsec_nanosecond() == 0 { Ok(now) } else { now.checked_add(SignedDuration::from_secs(1)) };
    next.unwrap_or(now).into()
}

fn another(path: &Path) -> Problem {
    file_unusable(
        path,
        "it holds another key than the one this data directory was used with",
        "il contient une autre clé que celle avec laquelle ce répertoire de données a servi",
    )
}

fn not_found(key: &str) -> Problem {
    Problem::new(Code::NotFound).with("resource", key)
}

fn refused(option: &str, en: &str, fr: &'static str) -> Problem {
    Problem::new(Code::OptionInvalid).with("option", option).with_words("reason", en, fr)
}

#[cfg(test)]
mod tests;
