//! Files that must be whole or absent, and the secret ones among them.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use badge_schemas::problem::{Code, Problem};

/// Who may read a file that we write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Its owner alone: mode 0600.
    Owner,
    /// Whoever the process's umask allows.
    Everyone,
}

/// Writes a file so that it is there whole or not at all, and still there after a power cut: temporary file, fsync, rename, fsync of the directory.
///
/// # Errors
/// [`Code::FileUnwritable`] with what the operating system said.
pub fn write_whole(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), Problem> {
    replace(path, bytes, readers).map_err(|error| unwritable(path, &error))
}

/// Reads a file of at most `limit` bytes.
///
/// # Errors
/// [`Code::FileUnreadable`], [`Code::InputTooLarge`].
pub fn read_up_to(path: &Path, limit: usize) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let beyond = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    io::Read::read_to_end(&mut io::Read::take(file, beyond), &mut bytes)
        .map_err(|error| unreadable(path, &error))?;
    if bytes.len() > limit {
        return Err(Problem::new(Code::InputTooLarge).with("size", bytes.len()).with("limit", limit));
    }
    Ok(bytes)
}

/// Creates a directory and those above it.
///
/// # Errors
/// [`Code::FileUnwritable`].
pub fn make_directory(path: &Path) -> Result<(), Problem> {
    std::fs::create_dir_all(path).map_err(|error| unwritable(path, &error))
}

/// The finding for a file that cannot be read.
pub fn unreadable(path: &Path, error: &io::Error) -> Problem {
    Problem::new(Code::FileUnreadable).with("path", path.display()).with("reason", error)
}

/// The finding for a file that cannot be written.
pub fn unwritable(path: &Path, error: &io::Error) -> Problem {
    Problem::new(Code::FileUnwritable).with("path", path.display()).with("reason", error)
}

fn replace(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?;
    let temporary = directory.join(format!(".{}.{}", name.to_string_lossy(), uuid::Uuid::new_v4()));
    let mode = if readers == Readers::Owner { 0o600 } else { 0o666 };
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&temporary)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&temporary, path))
        .and_then(|()| File::open(directory)?.sync_all());
    if written.is_err() {
        // Nothing half-written stays behind; the error that matters is the one above.
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_secret_file_is_readable_by_its_owner_alone_and_leaves_no_trace_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("clé");
        write_whole(&path, b"one", Readers::Owner).unwrap();
        write_whole(&path, b"two", Readers::Owner).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("taken");
        std::fs::create_dir(&path).unwrap();
        std::fs::write(path.join("inside"), b"x").unwrap();
        assert_eq!(write_whole(&path, b"y", Readers::Everyone).unwrap_err().code, Code::FileUnwritable);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_large_file_is_refused_before_it_is_held() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("large");
        std::fs::write(&path, [0; 11]).unwrap();
        assert_eq!(read_up_to(&path, 10).unwrap_err().code, Code::InputTooLarge);
        assert_eq!(read_up_to(&path, 11).unwrap().len(), 11);
    }
}
