//! What the candidate shows: each piece that was committed to, and whether the file at hand is it.

use std::fs;
use std::path::{Path, PathBuf};

use badge_schemas::evaluation::EvidenceCommitment;
use badge_schemas::problem::Problem;
use badge_verifier::evaluation::digest;

use crate::files;

/// Largest piece of evidence we read: 256 MiB, a film of some minutes; it is read whole to be hashed.
pub(crate) const MAX_EVIDENCE_BYTES: usize = 256 << 20;

/// Most files of a directory that are looked at: four for each piece that a request may offer.
const MAX_FILES: usize = 4 * badge_schemas::evaluation::MAX_EVIDENCE;

/// Longest ending of a file's name that is kept when it is handed on.
const MAX_ENDING: usize = 8;

/// A piece of evidence and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// What was committed to.
    pub(crate) committed: EvidenceCommitment,
    /// Whether it is here.
    pub(crate) found: Found,
}

/// Whether a piece of evidence is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// This file is it, byte for byte.
    Same(PathBuf),
    /// There is a file of that name, and it is not what was committed to.
    Different,
    /// There is no such file.
    Missing,
}

/// Looks for what was committed to among the files of a directory: by digest, whatever their names; then by name, to say that one changed.
///
/// # Errors
/// A directory that cannot be read. Files that cannot be read, or are too large, are not found.
pub(crate) fn look(offered: &[EvidenceCommitment], directory: Option<&Path>) -> Result<Vec<Shown>, Problem> {
    let mut files = Vec::new();
    if let Some(directory) = directory {
        let entries = fs::read_dir(directory).map_err(|error| files::unreadable(directory, &error))?;
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths.into_iter().filter(|path| path.is_file()).take(MAX_FILES) {
            let digest = files::read(&path, MAX_EVIDENCE_BYTES).ok().map(|bytes| digest::of_bytes(&bytes));
            files.push((path, digest));
        }
    }
    let shown = offered.iter().map(|committed| {
        let same = files.iter().find(|(_, digest)| digest.as_ref() == Some(&committed.digest_multibase));
        let named = files.iter().any(|(path, digest)| {
            digest.is_some() && path.file_name().is_some_and(|name| *name == *committed.name)
        });
        let found = match same {
            Some((path, _)) => Found::Same(path.clone()),
            None if named => Found::Different,
            None => Found::Missing,
        };
        Shown { committed: committed.clone(), found }
    });
    Ok(shown.collect())
}

impl Shown {
    /// The bytes, read now and found to be what was committed to; `None` where they are not, or not any more.
    pub(crate) fn read(&self) -> Option<Vec<u8>> {
        let Found::Same(path) = &self.found else { return None };
        let bytes = files::read(path, MAX_EVIDENCE_BYTES).ok()?;
        (digest::of_bytes(&bytes) == self.committed.digest_multibase).then_some(bytes)
    }

    /// Whether it can be said to have been seen: only what is here, unchanged.
    pub(crate) fn is_here(&self) -> bool {
        matches!(self.found, Found::Same(_))
    }

    /// A name under which a browser keeps the file: ours but for its ending, since the rest is a stranger's.
    pub(crate) fn file_name(&self, index: usize) -> String {
        let ending = self.committed.name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let plain = |ending: &String| {
            (1..=MAX_ENDING).contains(&ending.len())
                && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        match ending.filter(plain) {
            Some(ending) => format!("evidence-{}.{ending}", index + 1),
            None => format!("evidence-{}", index + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn commitment(name: &str, bytes: &[u8]) -> EvidenceCommitment {
        EvidenceCommitment::new(name, None, digest::of_bytes(bytes))
    }

    #[test]
    fn a_piece_is_found_by_its_digest_and_one_that_changed_by_its_name() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("renamed.pdf"), b"one").unwrap();
        fs::write(directory.path().join("plan.pdf"), b"changed").unwrap();
        let offered = [
            commitment("report.pdf", b"one"),
            commitment("plan.pdf", b"two"),
            commitment("../plan.pdf", b"three"),
        ];
        let shown = look(&offered, Some(directory.path())).unwrap();
        assert_eq!(shown[0].found, Found::Same(directory.path().join("renamed.pdf")));
        assert_eq!((&shown[1].found, &shown[2].found), (&Found::Different, &Found::Missing));
        assert_eq!(look(&offered, None).unwrap()[0].found, Found::Missing);
        assert!(look(&offered, Some(&directory.path().join("nowhere"))).is_err());
    }

    #[test]
    fn a_file_that_changes_later_is_not_handed_on() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("report.pdf");
        fs::write(&path, b"one").unwrap();
        let shown = look(&[commitment("report.pdf", b"one")], Some(directory.path())).unwrap();
        assert_eq!(shown[0].read().unwrap(), b"one");
        fs::write(&path, b"two").unwrap();
        assert_eq!(shown[0].read(), None);
    }

    #[test]
    fn a_name_from_a_stranger_ends_up_in_no_header() {
        let named =
            |name: &str| Shown { committed: commitment(name, b""), found: Found::Missing }.file_name(0);
        assert_eq!(named("Schéma.PDF"), "evidence-1.pdf");
        for hostile in ["a", "a.", "a.\"; x", "a.p\r\nSet-Cookie: b", "a.longerthanthat", "a.é"] {
            assert_eq!(named(hostile), "evidence-1", "{hostile:?}");
        }
    }
}
