//! Evidence: files that are committed to by digest, and checked again by who evaluates.

use std::path::{Path, PathBuf};

use badge_schemas::evaluation::EvidenceCommitment;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::evaluation::digest;
use badge_verifier::evaluation::thread::check_evidence;

use crate::files;

/// Largest piece of evidence we read: 256 MiB, a film of some minutes; it is read whole to be hashed.
const MAX_EVIDENCE_LEN: usize = 256 << 20;

/// Media types by the end of a file's name: what evidence usually is.
const MEDIA_TYPES: [(&str, &str); 10] = [
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain"),
    ("md", "text/markdown"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("zip", "application/zip"),
];

/// Commitments to these files, under the names they have.
///
/// # Errors
/// A file that cannot be read; two of the same name, which nobody could tell apart.
pub(super) fn commit(paths: &[PathBuf]) -> Result<Vec<EvidenceCommitment>, Problem> {
    let mut commitments: Vec<EvidenceCommitment> = Vec::with_capacity(paths.len());
    for path in paths {
        let bytes = files::read(path, MAX_EVIDENCE_LEN)?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if commitments.iter().any(|known| known.name == name) {
            return Err(Problem::new(Code::OptionInvalid).with("option", "--evidence").with_words(
                "reason",
                "two files have the same name",
                "deux fichiers portent le même nom",
            ));
        }
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        let known = MEDIA_TYPES.iter().find(|(end, _)| Some(*end) == extension.as_deref());
        let media_type = known.map(|(_, media_type)| (*media_type).to_owned());
        commitments.push(EvidenceCommitment::new(name, media_type, digest::of_bytes(&bytes)));
    }
    Ok(commitments)
}

/// What a directory holds of the evidence that was offered.
pub(super) struct Found {
    /// Files that are what was committed to, with their paths.
    pub(super) seen: Vec<(EvidenceCommitment, PathBuf)>,
    /// The names of what is not there.
    pub(super) missing: Vec<String>,
}

/// Looks for the offered evidence in a directory and checks each file.
///
/// # Errors
/// [`Code::EvidenceChanged`] for the first file that is not the one committed to.
pub(super) fn check(offered: &[EvidenceCommitment], directory: &Path) -> Result<Found, Problem> {
    let mut found = Found { seen: Vec::new(), missing: Vec::new() };
    for one in offered {
        // The name is the candidate's: it names a file in this directory, and nothing elsewhere.
        let plain = Path::new(&one.name).file_name().is_some_and(|name| name.to_str() == Some(&one.name));
        let path = directory.join(&one.name);
        if !plain || !path.is_file() {
            found.missing.push(one.name.clone());
            continue;
        }
        check_evidence(one, &files::read(&path, MAX_EVIDENCE_LEN)?)?;
        found.seen.push((one.clone(), path));
    }
    Ok(found)
}
