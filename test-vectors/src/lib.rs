//! Test vectors as data: one named lesson each, with the expected outcome of every check.
//!
//! This crate depends on nothing of ours; its tests depend on everything. See `README.md` for the format.

use std::path::{Path, PathBuf};

/// The folder that holds the vectors.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// The JSON files of one area (`w3c`, `ietf`, `issue`, `verify`, `present`, `hostile`, `evaluate`), in order of their names.
///
/// # Errors
/// When the folder cannot be read.
pub fn files(area: &str) -> std::io::Result<Vec<PathBuf>> {
    let mut files = std::fs::read_dir(folder().join(area))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<Vec<_>>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    Ok(files)
}
