//! Files that must be whole or absent, and the secret ones among them.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use badge_schemas::problem::{Code, Problem};

/// Who may read a file that we write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Its owner alone: mode 0600.
    Owner,
    /// Whoever the process's umask allows.
    Everyone,
}

/// Writes a file so that it is there whole or not at all, and still there after a power cut.
///
/// # Errors
/// [`Code::FileUnwritable`] with what the operating system said.
pub fn write_whole(path: &Path, bytes: &[u8], readers: Readers) -> Result<(), Problem> {
    Output::prepare(path, readers)?.finish(bytes, &mut io::sink())
}

/// Whether [`write_whole`] could write there: opens the place, and leaves nothing behind.
///
/// # Errors
/// [`Code::FileUnwritable`].
pub fn can_write(path: &Path) -> Result<(), Problem> {
    Output::prepare(path, Readers::Owner).map(drop)
}

/// A place to write to that has been opened already, so that what fails, fails before there is anything to lose.
///
/// A file is written beside its place and then renamed; a symbolic link is followed; a device or a pipe is written to as it is;
/// `-` stands for the standard output.
pub struct Output {
    path: PathBuf,
    place: Place,
}

enum Place {
    Stream,
    /// Something that is there and is no plain file.
    Special(File),
    Plain {
        file: File,
        temporary: Temporary,
        target: PathBuf,
    },
}

/// A file that does not outlive its value, unless it has been renamed.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // After a rename there is nothing left to remove, and after an error nothing half-written should stay behind.
        let _ = fs::remove_file(&self.0);
    }
}

impl Output {
    /// Opens the place that an option names; `-` is the standard output.
    ///
    /// # Errors
    /// [`Code::FileUnwritable`].
    pub fn named(path: &Path) -> Result<Self, Problem> {
        if path.as_os_str() == "-" {
            return Ok(Self { path: path.to_owned(), place: Place::Stream });
        }
        Self::prepare(path, Readers::Everyone)
    }

    fn prepare(path: &Path, readers: Readers) -> Result<Self, Problem> {
        let place = Place::of(path, readers).map_err(|error| unwritable(path, &error))?;
        Ok(Self { path: path.to_owned(), place })
    }

    /// Writes everything; `stream` is the standard output.
    ///
    /// # Errors
    /// [`Code::FileUnwritable`]; a file that was there is untouched.
    pub fn finish(self, bytes: &[u8], stream: &mut dyn io::Write) -> Result<(), Problem> {
        let written = match self.place {
            Place::Stream => stream.write_all(bytes).and_then(|()| stream.flush()),
            Place::Special(mut file) => file.write_all(bytes),
            Place::Plain { mut file, temporary, target } => file
                .write_all(bytes)
                .and_then(|()| file.sync_all())
                .and_then(|()| fs::rename(&temporary.0, &target))
                .and_then(|()| File::open(parent(&target))?.sync_all()),
        };
        written.map_err(|error| unwritable(&self.path, &error))
    }
}

impl Place {
    fn of(path: &Path, readers: Readers) -> io::Result<Self> {
        let target = match fs::metadata(path) {
            Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() => {
                return OpenOptions::new().write(true).open(path).map(Self::Special);
            }
            Ok(_) => fs::canonicalize(path)?,
            // A link that leads nowhere yet: its target is what is to be made.
            Err(_) => fs::read_link(path).map_or_else(|_| path.to_owned(), |link| parent(path).join(link)),
        };
        let name = target.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?;
        let temporary = parent(&target).join(format!(".{}.{}", name.to_string_lossy(), uuid::Uuid::new_v4()));
        let mode = if readers == Readers::Owner { 0o600 } else { 0o666 };
        let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&temporary)?;
        Ok(Self::Plain { file, temporary: Temporary(temporary), target })
    }
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

/// Creates a directory and those above it, open to whoever the process's umask allows.
///
/// # Errors
/// [`Code::FileUnwritable`].
pub fn make_directory(path: &Path) -> Result<(), Problem> {
    fs::create_dir_all(path).map_err(|error| unwritable(path, &error))
}

/// Creates the data directory: others may go through it, to what is for everyone, and see nothing of it. One that is there keeps its rights.
///
/// # Errors
/// [`Code::FileUnwritable`].
pub fn make_data_directory(path: &Path) -> Result<(), Problem> {
    let made = DirBuilder::new().recursive(true).mode(0o711).create(path);
    made.map_err(|error| unwritable(path, &error))
}

/// Makes a directory its owner's alone, mode 0700, creating it where it is missing.
///
/// # Errors
/// [`Code::FileUnwritable`].
pub fn make_private_directory(path: &Path) -> Result<(), Problem> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .and_then(|()| fs::metadata(path))
        .and_then(|found| {
            let exposed = found.permissions().mode() & 0o077 != 0;
            if exposed { fs::set_permissions(path, Permissions::from_mode(0o700)) } else { Ok(()) }
        })
        .map_err(|error| unwritable(path, &error))
}

/// The finding for a file that cannot be read.
pub fn unreadable(path: &Path, error: &io::Error) -> Problem {
    reasoned(Problem::new(Code::FileUnreadable).with("path", path.display()), error)
}

/// The finding for a file that cannot be written.
pub fn unwritable(path: &Path, error: &io::Error) -> Problem {
    reasoned(Problem::new(Code::FileUnwritable).with("path", path.display()), error)
}

/// Adds the operating system's reason, in both languages where it is a common one.
pub fn reasoned(problem: Problem, error: &io::Error) -> Problem {
    let french = match error.kind() {
        io::ErrorKind::NotFound => "il n’existe pas",
        io::ErrorKind::PermissionDenied => "accès refusé",
        io::ErrorKind::IsADirectory => "c’est un répertoire",
        io::ErrorKind::NotADirectory => "une partie du chemin n’est pas un répertoire",
        io::ErrorKind::StorageFull => "il n’y a plus d’espace",
        io::ErrorKind::ReadOnlyFilesystem => "le système de fichiers est en lecture seule",
        io::ErrorKind::BrokenPipe => "personne ne lit de l’autre côté",
        io::ErrorKind::ConnectionRefused => "personne n’y écoute",
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => "il ne répond pas à temps",
        io::ErrorKind::UnexpectedEof => "il a coupé la communication",
        io::ErrorKind::AddrInUse => "cette adresse est déjà utilisée",
        io::ErrorKind::AddrNotAvailable => "cette adresse n’est pas celle de cette machine",
        _ => return problem.with("reason", error),
    };
    problem.with_words("reason", &error.to_string(), french)
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
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
    fn links_are_followed_and_what_is_no_plain_file_stays_what_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        for target in ["there", "absent"] {
            let link = at(&format!("link-{target}"));
            std::os::unix::fs::symlink(target, &link).unwrap();
            std::fs::write(at("there"), b"old").unwrap();
            write_whole(&link, b"new", Readers::Everyone).unwrap();
            assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
            assert_eq!(std::fs::read(at(target)).unwrap(), b"new");
        }
        let device = at("device");
        std::os::unix::fs::symlink("/dev/null", &device).unwrap();
        write_whole(&device, b"nowhere", Readers::Everyone).unwrap();
        assert!(!std::fs::metadata(&device).unwrap().is_file());
    }

    #[test]
    fn a_place_that_was_made_ready_and_not_used_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("badge");
        drop(Output::named(&path).unwrap());
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
        assert!(Output::named(&path.join("below")).is_err());
        let mut stream = Vec::new();
        Output::named(Path::new("-")).unwrap().finish(b"badge", &mut stream).unwrap();
        assert_eq!(stream, b"badge");
    }

    #[test]
    fn a_private_directory_is_closed_even_where_it_was_open() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys");
        std::fs::create_dir(&path).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        make_private_directory(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
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
