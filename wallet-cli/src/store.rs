//! The badges of a wallet: one directory, one file per badge.
//!
//! `credentials/ID.{json,jwt,sd-jwt,png,svg}` is the badge, byte for byte as it was given; `ID` is the first 16 hexadecimal digits of its
//! SHA-256, so a changed file is noticed. Beside it stand `ID.meta.json` (when it was added, what its last check found) and
//! `ID.snapshot.json` (what that check fetched). The notes can be lost without losing a badge. `ID.endorsement-DIGEST.{json,jwt}` is an endorsement
//! that the holder gathered, byte for byte; it goes where the badge goes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use badge_schemas::credential::{AchievementCredential, issuer_id};
use badge_schemas::problem::{Code, Problem};
use badge_verifier::container::{compact_jws, png, sd_jwt, svg};
use badge_verifier::content::{Container, Content};
use badge_verifier::securing::sd_jwt::SdJwt;
use badge_verifier::securing::vc_jwt;
use badge_verifier::snapshot::sha256_hex;
use badge_verifier::{Report, Snapshot};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::attached::{Attached, MAX_ATTACHED, MAX_ENDORSEMENT_LEN};
use crate::check;
use crate::files::{self, Access, UNFINISHED, WriteLock};

/// Largest badge we read: the largest PNG that may carry one.
pub(crate) const MAX_BADGE_LEN: usize = png::MAX_PNG_LEN;

/// Largest file of notes or snapshot we read: 128 MiB, a snapshot with a national registry in base64 and room to spare.
const MAX_NOTES_LEN: usize = 128 << 20;

/// Hexadecimal digits of the digest that name a badge: 64 bits, so that no two badges of one person meet by chance.
const ID_LEN: usize = 16;

const META: &str = "meta.json";
const SNAPSHOT: &str = "snapshot.json";
const ENDORSEMENT: &str = "endorsement-";

/// The badges of one wallet.
pub(crate) struct Store {
    directory: PathBuf,
    lock: PathBuf,
}

/// A badge as a document, whether it comes from the wallet or is about to go there.
#[derive(Clone, Debug)]
pub(crate) struct Badge {
    /// The bytes as received.
    pub(crate) bytes: Vec<u8>,
    /// What they are.
    pub(crate) container: Container,
    /// The badge in its text form: JSON, a compact JWS or an SD-JWT; what stands inside an image.
    pub(crate) text: String,
    /// The credential as data, with its proof where that is embedded.
    pub(crate) value: Value,
    /// The credential's typed view.
    pub(crate) view: AchievementCredential,
    /// The SD-JWT it is, if it is one: then its holder chooses what to show of it.
    pub(crate) sd_jwt: Option<Box<SdJwt>>,
}

/// A badge in the wallet.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    /// Its name in the wallet.
    pub(crate) id: String,
    /// Its file.
    pub(crate) path: PathBuf,
    /// The badge.
    pub(crate) badge: Badge,
    /// What is noted beside it.
    pub(crate) notes: Option<Notes>,
}

/// What the wallet notes beside a badge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Notes {
    /// When it was added.
    pub(crate) added_at: String,
    /// The URL it was fetched from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<String>,
    /// What the last check found.
    pub(crate) last_check: LastCheck,
    /// The digests of endorsements of this badge that their evaluators were seen to take back.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) withdrawn: BTreeSet<String>,
}

/// What the last check of a badge found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LastCheck {
    /// When.
    pub(crate) at: String,
    /// `valid`, `invalid` or `indeterminate`.
    pub(crate) verdict: String,
    /// Whether it was established that the issuer it names signed it.
    pub(crate) proven: bool,
    /// The codes of what spoke against it or kept the verdict open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) problems: Vec<String>,
}

impl LastCheck {
    /// From a report.
    pub(crate) fn of(report: &Report, at: Timestamp) -> Self {
        let findings = check::findings(report, badge_schemas::lang::Lang::En);
        Self {
            at: badge_schemas::timestamp::DateTimeStamp::from(at).to_string(),
            verdict: report.verdict().as_str().to_owned(),
            proven: check::is_proven(report),
            problems: findings.iter().map(|problem| problem.code.as_str().to_owned()).collect(),
        }
    }
}

/// What became of a badge that was to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It is new here.
    Added,
    /// The same bytes were here already; the notes are fresh.
    Already,
    /// It took the place of an older version of the same badge, which is gone.
    Replaced {
        /// The older one.
        old: String,
    },
    /// It stands beside another file of the same badge: another form of it, or a version that is not proven.
    Beside {
        /// The other one.
        other: String,
    },
    /// A newer version is here; nothing was written.
    Older {
        /// The newer one.
        newer: String,
    },
}

impl Badge {
    /// Reads a badge from its bytes.
    ///
    /// # Errors
    /// What the container, the parser or the typed view finds.
    pub(crate) fn read(bytes: Vec<u8>) -> Result<Self, Problem> {
        let (container, content) = Content::open(&bytes)?;
        let text = match container {
            Container::Json | Container::Jwt | Container::SdJwt => bytes.clone(),
            Container::Png => png::extract(&bytes).map_err(|error| error.to_problem())?,
            Container::Svg => svg::extract(&bytes).map_err(|error| error.to_problem())?,
        };
        let (text, value, sd_jwt) = match content {
            Content::Json(document) => {
                let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
                (String::from_utf8_lossy(text).into_owned(), document.into_value(), None)
            }
            Content::Jws(jws) => {
                let value = vc_jwt::credential(jws.payload().value());
                (compact_jws(&text).unwrap_or_default().to_owned(), value, None)
            }
            Content::SdJwt(read) => {
                // A presentation to somebody else is no badge to keep (RFC 9901 §7.2).
                if let Some(binding) = read.key_binding() {
                    let audience = &binding.audience;
                    return Err(Problem::new(Code::KeyBindingUnexpected).with("audience", audience));
                }
                (sd_jwt(&text).unwrap_or_default().to_owned(), read.document(), Some(read))
            }
        };
        let view = AchievementCredential::view(&value)?;
        Ok(Self { bytes, container, text, value, view, sd_jwt })
    }

    /// Its name in a wallet.
    pub(crate) fn id(&self) -> String {
        short_id(&self.bytes)
    }

    /// Whether the text form is a compact JWS rather than JSON.
    pub(crate) fn is_jwt(&self) -> bool {
        compact_jws(self.text.as_bytes()).is_some()
    }

    /// Who is named as the one it was given to.
    pub(crate) fn subject(&self) -> Option<&str> {
        self.view.credential_subject.id.as_deref()
    }

    /// Open Badges equality: issuer and credential id, percent-decoded and trimmed
    /// ([Open Badges 3.0 §4](https://www.imsglobal.org/spec/ob/v3p0/#equality-and-comparison)).
    fn identity(&self) -> Option<(String, String)> {
        let plain = |id: &str| percent_decode_str(id).decode_utf8_lossy().trim().to_owned();
        Some((plain(issuer_id(&self.value)?), plain(self.view.id.as_deref()?)))
    }

    fn start(&self) -> Option<Timestamp> {
        self.view.valid_from.as_ref().map(badge_schemas::timestamp::DateTimeStamp::instant)
    }
}

impl Stored {
    fn is_proven(&self) -> bool {
        self.notes.as_ref().is_some_and(|notes| notes.last_check.proven)
    }

    /// Another form of this badge here that was found revoked, both signed by the issuer they name: a status is that of the badge, whatever
    /// its form.
    pub(crate) fn revoked_twin<'s>(&self, all: &'s [Self]) -> Option<&'s Self> {
        let revoked = |stored: &Self| {
            let problems = stored.notes.as_ref().map(|notes| notes.last_check.problems.as_slice());
            problems.unwrap_or_default().iter().any(|code| code == Code::Revoked.as_str())
        };
        let identity = self.badge.identity().filter(|_| self.is_proven() && !revoked(self))?;
        all.iter().find(|other| {
            other.id != self.id
                && other.is_proven()
                && revoked(other)
                && other.badge.identity().as_ref() == Some(&identity)
        })
    }
}

impl Store {
    /// The store of a wallet; nothing is read yet.
    pub(crate) fn new(wallet: &Path) -> Self {
        Self { directory: wallet.join("credentials"), lock: wallet.join("lock") }
    }

    /// Waits for the right to write, makes the directory if need be, and sweeps what a crash left unfinished.
    ///
    /// # Errors
    /// [`Code::FileUnwritable`], [`Code::FileUnreadable`].
    pub(crate) fn lock(&self) -> Result<WriteLock, Problem> {
        let lock = WriteLock::take(&self.lock)?;
        files::make_directory(&self.directory)?;
        for name in self.names()?.into_iter().filter(|name| name.starts_with(UNFINISHED)) {
            files::remove(&self.directory.join(name))?;
        }
        Ok(lock)
    }

    /// Every badge, in the order they were added, and the files that are no longer what was kept.
    ///
    /// # Errors
    /// [`Code::FileUnreadable`] for the directory itself.
    pub(crate) fn all(&self) -> Result<(Vec<Stored>, Vec<Problem>), Problem> {
        let (mut badges, mut damage) = (Vec::new(), Vec::new());
        for (id, name) in self.named()? {
            match self.load(&id, &name, &mut damage) {
                Ok(stored) => badges.push(stored),
                Err(problem) => damage.push(problem),
            }
        }
        badges.sort_by_cached_key(|stored| {
            (stored.notes.as_ref().map(|notes| notes.added_at.clone()), stored.id.clone())
        });
        Ok((badges, damage))
    }

    /// The one badge whose identifier begins so.
    ///
    /// # Errors
    /// [`Code::BadgeNotFound`], [`Code::BadgeIdAmbiguous`], [`Code::StoredBadgeDamaged`].
    pub(crate) fn find(&self, prefix: &str) -> Result<Stored, Problem> {
        let wanted = prefix.trim().to_ascii_lowercase();
        let found: Vec<_> = self
            .named()?
            .into_iter()
            .filter(|(id, _)| !wanted.is_empty() && id.starts_with(&wanted))
            .collect();
        match found.as_slice() {
            [] => Err(Problem::new(Code::BadgeNotFound).with("id", prefix)),
            [(id, name)] => self.load(id, name, &mut Vec::new()),
            several => {
                Err(Problem::new(Code::BadgeIdAmbiguous).with("id", prefix).with("count", several.len()))
            }
        }
    }

    /// What the last check of this badge fetched; nothing where that was not kept or is not readable.
    pub(crate) fn snapshot(&self, id: &str) -> Snapshot {
        let read = files::read(&self.file(id, SNAPSHOT), MAX_NOTES_LEN).ok();
        read.and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|text| Snapshot::from_json(&text).ok())
            .unwrap_or_default()
    }

    /// Keeps a badge, by the rules of [Open Badges equality](https://www.imsglobal.org/spec/ob/v3p0/#equality-and-comparison): a
    /// newer `validFrom` replaces, provided that the newer one is proven to come from the issuer it names.
    ///
    /// # Errors
    /// [`Code::FileUnwritable`]; what was there is still there.
    pub(crate) fn keep(
        &self,
        _: &WriteLock,
        badge: &Badge,
        notes: &Notes,
        snapshot: &Snapshot,
    ) -> Result<Kept, Problem> {
        let id = badge.id();
        let (stored, _) = self.all()?;
        let mut notes = notes.clone();
        // What was seen to be taken back stays so for every version and form of the badge.
        let same = |one: &&Stored| {
            one.id == id || (badge.identity().is_some() && one.badge.identity() == badge.identity())
        };
        let known = stored.iter().filter(same).filter_map(|one| one.notes.as_ref());
        notes.withdrawn.extend(known.flat_map(|known| known.withdrawn.iter().cloned()));
        let notes = &notes;
        if stored.iter().any(|one| one.id == id) {
            self.write_notes(&id, notes, snapshot)?;
            return Ok(Kept::Already);
        }
        let equal: Vec<&Stored> = stored
            .iter()
            .filter(|one| badge.identity().is_some() && one.badge.identity() == badge.identity())
            .collect();
        if let Some(newer) = equal.iter().find(|one| one.is_proven() && one.badge.start() > badge.start()) {
            return Ok(Kept::Older { newer: newer.id.clone() });
        }
        files::write(&self.file(&id, badge.container.as_str()), &badge.bytes, Access::Owner)?;
        self.write_notes(&id, notes, snapshot)?;
        let mut kept = Kept::Added;
        for other in equal {
            let older = other.badge.start() < badge.start();
            if older && notes.last_check.proven {
                // Whether they speak of the new version too is asked whenever they are shown.
                self.carry(&other.id, &id)?;
                self.erase(other)?;
                kept = Kept::Replaced { old: other.id.clone() };
            } else if kept == Kept::Added {
                kept = Kept::Beside { other: other.id.clone() };
            }
        }
        Ok(kept)
    }

    /// Writes down a fresh check of a badge that is here.
    ///
    /// # Errors
    /// [`Code::FileUnwritable`].
    pub(crate) fn note(
        &self,
        _: &WriteLock,
        id: &str,
        notes: &Notes,
        snapshot: &Snapshot,
    ) -> Result<(), Problem> {
        self.write_notes(id, notes, snapshot)
    }

    /// Notes beside a badge that its evaluator took back the endorsement with this digest.
    ///
    /// # Errors
    /// [`Code::FileUnwritable`].
    pub(crate) fn note_withdrawn(&self, _: &WriteLock, id: &str, digest: &str) -> Result<(), Problem> {
        let Some(mut notes) = self.notes(id, &mut Vec::new()) else { return Ok(()) };
        if notes.withdrawn.insert(digest.to_owned()) {
            let text = serde_json::to_string_pretty(&notes).unwrap_or_default();
            files::write(&self.file(id, META), text.as_bytes(), Access::Owner)?;
        }
        Ok(())
    }

    /// Removes a badge and what was noted beside it.
    ///
    /// # Errors
    /// [`Code::FileUnwritable`].
    pub(crate) fn remove(&self, _: &WriteLock, stored: &Stored) -> Result<(), Problem> {
        self.erase(stored)
    }

    /// Keeps an endorsement beside a badge that is here, with what was fetched to judge it.
    ///
    /// # Errors
    /// [`Code::BadgeNotFound`], [`Code::TooManyEndorsements`], [`Code::FileUnwritable`].
    pub(crate) fn attach(
        &self,
        _: &WriteLock,
        id: &str,
        endorsement: &Attached,
        snapshot: &Snapshot,
    ) -> Result<(), Problem> {
        // It may have been removed while we looked.
        if !self.named()?.iter().any(|(known, _)| known == id) {
            return Err(Problem::new(Code::BadgeNotFound).with("id", id));
        }
        let name = endorsement_name(endorsement);
        let known = self.endorsement_names(id)?;
        if known.len() >= MAX_ATTACHED && !known.contains(&format!("{id}.{name}")) {
            return Err(Problem::new(Code::TooManyEndorsements).with("limit", MAX_ATTACHED));
        }
        files::write(&self.file(id, &name), &endorsement.bytes, Access::Owner)?;
        match snapshot.entries().next() {
            Some(_) => files::write(&self.file(id, SNAPSHOT), snapshot.to_json().as_bytes(), Access::Owner),
            None => Ok(()),
        }
    }

    /// Takes one endorsement away from beside a badge; nothing happens where it is not there any more.
    ///
    /// # Errors
    /// [`Code::FileUnwritable`].
    pub(crate) fn detach(&self, _: &WriteLock, id: &str, endorsement: &Attached) -> Result<(), Problem> {
        files::remove(&self.file(id, &endorsement_name(endorsement)))
    }

    /// The endorsements beside a badge, and the files that are no longer what was kept.
    ///
    /// # Errors
    /// [`Code::FileUnreadable`] for the directory itself.
    pub(crate) fn attached(&self, id: &str) -> Result<(Vec<Attached>, Vec<Problem>), Problem> {
        let (mut attached, mut damage) = (Vec::new(), Vec::new());
        for name in self.endorsement_names(id)? {
            let path = self.directory.join(&name);
            let whole = |bytes: &Vec<u8>| name.contains(&format!("{ENDORSEMENT}{}.", short_id(bytes)));
            let read = files::read(&path, MAX_ENDORSEMENT_LEN);
            match read.ok().filter(whole).and_then(|bytes| Attached::read(&bytes)) {
                Some(one) => attached.push(one),
                None => damage.push(
                    Problem::new(Code::StoredBadgeDamaged).with("path", path.display()).with_words(
                        "reason",
                        "its content has changed",
                        "son contenu a changé",
                    ),
                ),
            }
        }
        Ok((attached, damage))
    }

    /// The files of the endorsements beside a badge, in the order of their digests.
    fn endorsement_names(&self, id: &str) -> Result<Vec<String>, Problem> {
        let prefix = format!("{id}.{ENDORSEMENT}");
        let mut names: Vec<_> = self.names()?.into_iter().filter(|name| name.starts_with(&prefix)).collect();
        names.sort();
        Ok(names)
    }

    /// Takes the endorsements of one badge along to another.
    fn carry(&self, from: &str, to: &str) -> Result<(), Problem> {
        for name in self.endorsement_names(from)? {
            let path = self.directory.join(&name);
            let bytes = files::read(&path, MAX_ENDORSEMENT_LEN)?;
            let rest = name.strip_prefix(from).unwrap_or_default();
            files::write(&self.directory.join(format!("{to}{rest}")), &bytes, Access::Owner)?;
        }
        Ok(())
    }

    fn erase(&self, stored: &Stored) -> Result<(), Problem> {
        for name in self.endorsement_names(&stored.id)? {
            files::remove(&self.directory.join(name))?;
        }
        files::remove(&stored.path)?;
        files::remove(&self.file(&stored.id, META))?;
        files::remove(&self.file(&stored.id, SNAPSHOT))
    }

    fn write_notes(&self, id: &str, notes: &Notes, snapshot: &Snapshot) -> Result<(), Problem> {
        let text = serde_json::to_string_pretty(notes).unwrap_or_default();
        files::write(&self.file(id, META), text.as_bytes(), Access::Owner)?;
        match snapshot.entries().next() {
            Some(_) => files::write(&self.file(id, SNAPSHOT), snapshot.to_json().as_bytes(), Access::Owner),
            None => files::remove(&self.file(id, SNAPSHOT)),
        }
    }

    fn file(&self, id: &str, extension: &str) -> PathBuf {
        self.directory.join(format!("{id}.{extension}"))
    }

    fn load(&self, id: &str, name: &str, damage: &mut Vec<Problem>) -> Result<Stored, Problem> {
        let path = self.directory.join(name);
        let broken = || Problem::new(Code::StoredBadgeDamaged).with("path", path.display());
        let bytes = files::read(&path, MAX_BADGE_LEN)?;
        if short_id(&bytes) != id {
            return Err(broken().with_words("reason", "its content has changed", "son contenu a changé"));
        }
        let badge = Badge::read(bytes).map_err(|problem| broken().with("reason", problem.code.as_str()))?;
        let notes = self.notes(id, damage);
        Ok(Stored { id: id.to_owned(), path, badge, notes })
    }

    fn notes(&self, id: &str, damage: &mut Vec<Problem>) -> Option<Notes> {
        let path = self.file(id, META);
        if matches!(path.try_exists(), Ok(false)) {
            return None;
        }
        let notes =
            files::read(&path, MAX_NOTES_LEN).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        if notes.is_none() {
            damage.push(Problem::new(Code::StoredNoteDamaged).with("path", path.display()));
        }
        notes
    }

    /// The badge files, by identifier and name.
    fn named(&self) -> Result<Vec<(String, String)>, Problem> {
        let mut named: Vec<_> =
            self.names()?.into_iter().filter_map(|name| Some((badge_id(&name)?.to_owned(), name))).collect();
        named.sort();
        Ok(named)
    }

    fn names(&self) -> Result<Vec<String>, Problem> {
        let failed = |error: &std::io::Error| files::unreadable(&self.directory, error);
        let entries = match fs::read_dir(&self.directory) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(|error| failed(&error))?,
        };
        let names = entries.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()));
        names.collect::<Result<_, _>>().map_err(|error| failed(&error))
    }
}

/// The identifier in the name of a badge file: 16 lower-case hexadecimal digits and the extension of a container.
fn badge_id(name: &str) -> Option<&str> {
    let (id, extension) = name.split_once('.')?;
    let hexadecimal = |c: u8| c.is_ascii_digit() || matches!(c, b'a'..=b'f');
    (id.len() == ID_LEN
        && id.bytes().all(hexadecimal)
        && matches!(extension, "json" | "jwt" | "sd-jwt" | "png" | "svg"))
    .then_some(id)
}

/// What follows the badge's identifier in the name of an endorsement's file.
fn endorsement_name(endorsement: &Attached) -> String {
    format!("{ENDORSEMENT}{}.{}", endorsement.id(), endorsement.extension)
}

/// The name of bytes in a wallet: the beginning of their SHA-256.
pub(crate) fn short_id(bytes: &[u8]) -> String {
    let mut digest = sha256_hex(bytes);
    digest.truncate(ID_LEN);
    digest
}

#[cfg(test)]
mod tests {
    use super::badge_id;

    #[test]
    fn only_badge_files_are_taken_for_badges() {
        assert_eq!(badge_id("0123456789abcdef.json"), Some("0123456789abcdef"));
        for other in [
            "0123456789abcdef.meta.json",
            ".tmp-1-0123456789abcdef.json",
            "0123456789ABCDEF.json",
            "0123456789abcde.json",
            "0123456789abcdef",
            "0123456789abcdef.endorsement-0123456789abcdef.json",
        ] {
            assert_eq!(badge_id(other), None, "{other}");
        }
    }
}
