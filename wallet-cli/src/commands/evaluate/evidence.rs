//! Evidence: files that are committed to by digest, and checked again by who evaluates.

use std::path::{Path, PathBuf};

use badge_schemas::evaluation::EvidenceCommitment;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::evaluation::digest;

use crate::bundle::MAX_BUNDLE_BYTES;
use crate::files;
use crate::page::evidence::{Found as At, MAX_EVIDENCE_BYTES, look};

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
        let bytes = files::read(path, MAX_EVIDENCE_BYTES)?;
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

/// The files that no bundle can take, by name, with their sizes in bytes: they can be committed to, and must be handed over in another way.
pub(super) fn too_large_for_a_bundle(paths: &[PathBuf]) -> Vec<(String, usize)> {
    let sized = |path: &PathBuf| {
        let bytes = usize::try_from(std::fs::metadata(path).ok()?.len()).unwrap_or(usize::MAX);
        (bytes > MAX_BUNDLE_BYTES)
            .then(|| (path.file_name().unwrap_or_default().to_string_lossy().into_owned(), bytes))
    };
    paths.iter().filter_map(sized).collect()
}

/// What a directory holds of the evidence that was offered.
pub(super) struct Found {
    /// Files that are what was committed to, with their paths.
    pub(super) seen: Vec<(EvidenceCommitment, PathBuf)>,
    /// The names of what is not there.
    pub(super) missing: Vec<String>,
}

/// Looks for the offered evidence in a directory: by digest, whatever the files are called; by name, to say that one changed.
///
/// # Errors
/// [`Code::EvidenceChanged`] for the first file that has the name and is not the one committed to; a directory that cannot be read.
pub(super) fn check(offered: &[EvidenceCommitment], directory: &Path) -> Result<Found, Problem> {
    let mut found = Found { seen: Vec::new(), missing: Vec::new() };
    for one in look(offered, Some(directory))? {
        match one.found {
            At::Same(path) => found.seen.push((one.committed, path)),
            At::Missing => found.missing.push(one.committed.name),
            At::Different => {
                return Err(Problem::new(Code::EvidenceChanged).with("name", one.committed.name));
            }
        }
    }
    Ok(found)
}
