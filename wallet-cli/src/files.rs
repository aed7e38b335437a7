//! Files that are whole or not there.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use badge_schemas::problem::{Code, Problem};

/// How the name of a file begins that is still being written; one left behind by a crash is swept at the next writing.
pub(crate) const UNFINISHED: &str = ".tmp-";

/// Who may read a file that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// The owner alone: everything inside the wallet.
    Owner,
    /// As the user's umask says: what goes out.
    Default,
}

/// Reads a whole file of at most `limit` bytes.
///
/// # Errors
/// [`Code::FileUnreadable`], [`Code::InputTooLarge`].
pub(crate) fn read(path: &Path, limit: usize) -> Result<Vec<u8>, Problem> {
    File::open(path).map_err(|error| unreadable(path, &error)).and_then(|file| read_from(file, path, limit))
}

/// Reads everything from an open file or stream; `path` is its name in messages.
///
/// # Errors
/// [`Code::FileUnreadable`], [`Code::InputTooLarge`].
pub(crate) fn read_from(source: impl io::Read, path: &Path, limit: usize) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    source.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    if bytes.len() > limit {
        let size = format!("> {limit}");
        return Err(Problem::new(Code::InputTooLarge).with("size", size).with("limit", limit));
    }
    Ok(bytes)
}

/// Refuses a place where something is already: what is new replaces nothing that somebody signed or keeps.
///
/// # Errors
/// [`Code::FileExists`].
pub(crate) fn is_new(path: &Path) -> Result<(), Problem> {
    if fs::symlink_metadata(path).is_err() {
        return Ok(());
    }
    Err(Problem::new(Code::FileExists).with("path", path.display()))
}

/// Writes a file so that a reader, now or after a crash, finds the old bytes or the new ones and nothing else.
///
/// Something that is not a plain file (a device, a pipe) is written to directly; a symbolic link is followed.
///
/// # Errors
/// [`Code::FileUnwritable`]; the old file, if any, is untouched.
pub(crate) fn write(path: &Path, bytes: &[u8], access: Access) -> Result<(), Problem> {
    let failed = |error: io::Error| unwritable(path, &error);
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(failed(io::ErrorKind::IsADirectory.into())),
        Ok(found) if !found.is_file() => OpenOptions::new()
            .write(true)
            .open(path)
            .and_then(|mut file| file.write_all(bytes))
            .map_err(failed),
        Ok(_) => replace(&fs::canonicalize(path).map_err(failed)?, bytes, access).map_err(failed),
        Err(_) => replace(path, bytes, access).map_err(failed),
    }
}

/// Refuses a path at which nothing can be written, before anybody works for it: what would take its place is begun there and taken away again.
///
/// # Errors
/// [`Code::FileUnwritable`].
pub(crate) fn is_writable(path: &Path) -> Result<(), Problem> {
    let failed = |error: io::Error| unwritable(path, &error);
    let place = match fs::metadata(path) {
        Ok(found) if found.is_dir() => return Err(failed(io::ErrorKind::IsADirectory.into())),
        Ok(found) if !found.is_file() => return Ok(()),
        Ok(_) => fs::canonicalize(path).map_err(failed)?,
        Err(_) => path.to_owned(),
    };
    let begun = unfinished(&place).map_err(failed)?;
    create(&begun, Access::Owner).and_then(|_| fs::remove_file(&begun)).map_err(failed)
}

/// Where a file is written before it takes its place.
fn unfinished(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    Ok(parent(path).join(format!("{UNFINISHED}{}-{name}", std::process::id())))
}

fn replace(path: &Path, bytes: &[u8], access: Access) -> io::Result<()> {
    let directory = parent(path);
    let unfinished = unfinished(path)?;
    let written = create(&unfinished, access)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    written.and_then(|()| sync_directory(directory))
}

/// Creates a new file; one of the same name left by a crashed process of the same number is not followed but replaced.
fn create(path: &Path, access: Access) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if access == Access::Owner {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::remove_file(path)?;
            options.open(path)
        }
        other => other,
    }
}

/// Removes a file for good; one that is gone already is no error.
///
/// # Errors
/// [`Code::FileUnwritable`].
pub(crate) fn remove(path: &Path) -> Result<(), Problem> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unwritable(path, &error)),
        _ => sync_directory(parent(path)).map_err(|error| unwritable(path, &error)),
    }
}

/// Makes a directory and those above it, readable by the owner alone; one that is there keeps its rights.
///
/// # Errors
/// [`Code::FileUnwritable`].
pub(crate) fn make_directory(path: &Path) -> Result<(), Problem> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path).map_err(|error| unwritable(path, &error))
}

/// Whether accounts other than the owner's can read a file.
pub(crate) fn is_exposed(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

/// The exclusive right to write into a directory; given back when dropped, or when the process ends however it ends.
pub(crate) struct WriteLock {
    _file: File,
}

impl WriteLock {
    /// Waits for the right to write.
    ///
    /// # Errors
    /// [`Code::FileUnwritable`].
    pub(crate) fn take(path: &Path) -> Result<Self, Problem> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let file = options
            .open(path)
            .and_then(|file| file.lock().map(|()| file))
            .map_err(|error| unwritable(path, &error))?;
        Ok(Self { _file: file })
    }
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn sync_directory(path: &Path) -> io::Result<()> {
    // Only on Unix can a directory be opened and its entries be made durable.
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

/// A path that could not be read, as a problem.
pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Problem {
    reasoned(Problem::new(Code::FileUnreadable).with("path", path.display()), error)
}

fn unwritable(path: &Path, error: &io::Error) -> Problem {
    reasoned(Problem::new(Code::FileUnwritable).with("path", path.display()), error)
}

/// The system's reason in the reader's language where it is a common one.
fn reasoned(problem: Problem, error: &io::Error) -> Problem {
    let french = match error.kind() {
        io::ErrorKind::NotFound => "il n’existe pas",
        io::ErrorKind::PermissionDenied => "accès refusé",
        io::ErrorKind::IsADirectory => "c’est un répertoire",
        io::ErrorKind::NotADirectory => "une partie du chemin n’est pas un répertoire",
        io::ErrorKind::StorageFull => "il n’y a plus d’espace",
        io::ErrorKind::ReadOnlyFilesystem => "le système de fichiers est en lecture seule",
        _ => return problem.with("reason", error),
    };
    problem.with_words("reason", &error.to_string(), french)
}

/// A path as the program was given it, where `-` stands for a stream.
pub(crate) fn stream(path: &Path, name: &str) -> Option<PathBuf> {
    (path.as_os_str() == "-").then(|| PathBuf::from(name))
}
