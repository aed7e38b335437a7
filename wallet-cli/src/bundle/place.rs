//! Where an opened bundle is put: a folder of its own that appears whole, or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use badge_schemas::problem::{Code, Problem};

use super::Opened;
use super::names::THREAD_FILE;
use crate::files::{self, Access, UNFINISHED};

/// Writes the thread and the files into a new folder, readable by the owner alone; gives the place of the thread.
///
/// # Errors
/// [`Code::FileExists`], [`Code::FileUnwritable`]; then nothing was written.
pub(crate) fn write(opened: &Opened, folder: &Path) -> Result<PathBuf, Problem> {
    files::is_new(folder)?;
    let unwritable = || Problem::new(Code::FileUnwritable).with("path", folder.display());
    let name = folder.file_name().ok_or_else(|| unwritable().with("reason", "–"))?.to_string_lossy();
    let unfinished = folder.with_file_name(format!("{UNFINISHED}{}-{name}", std::process::id()));
    let written = fill(opened, &unfinished)
        .and_then(|()| fs::rename(&unfinished, folder).map_err(|error| unwritable().with("reason", error)));
    if written.is_err() {
        // Already on the way to an error; a leftover would only add to it.
        let _ = fs::remove_dir_all(&unfinished);
    }
    written.map(|()| folder.join(THREAD_FILE))
}

fn fill(opened: &Opened, folder: &Path) -> Result<(), Problem> {
    files::make_directory(folder)?;
    files::write(&folder.join(THREAD_FILE), &opened.thread, Access::Owner)?;
    opened
        .files
        .iter()
        .try_for_each(|file| files::write(&folder.join(&file.name), &file.bytes, Access::Owner))
}
