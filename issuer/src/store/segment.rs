//! Append-only files in numbered segments, and the few file operations that make a write durable.
//!
//! A write is acknowledged after `fdatasync` of the file; a new file also needs an `fsync` of its directory, or a power cut
//! takes the whole file away.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::{Damage, StoreError};

/// A file being appended to. A trait so that tests can fill the disk, fail the write, or cut the power.
pub trait SegmentFile: Send {
    /// Writes all of `bytes` at the end.
    ///
    /// # Errors
    /// What the operating system says; some of the bytes may have been written.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Makes what was written durable (`fdatasync`).
    ///
    /// # Errors
    /// What the operating system says; what is durable then is unknown.
    fn sync(&mut self) -> io::Result<()>;

    /// Cuts the file off, or lengthens it with zeros.
    ///
    /// # Errors
    /// What the operating system says.
    fn set_len(&mut self, length: u64) -> io::Result<()>;
}

impl SegmentFile for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn set_len(&mut self, length: u64) -> io::Result<()> {
        File::set_len(self, length)
    }
}

/// Everything that changes the record's files; by default, what the operating system does.
pub trait Disk: Send + Sync {
    /// Opens a file for appending, creating it if missing.
    ///
    /// # Errors
    /// What the operating system says.
    fn open(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>>;

    /// Writes `bytes` in place at `offset`, durable when this returns.
    ///
    /// # Errors
    /// What the operating system says.
    fn overwrite(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(bytes)?;
        file.sync_data()
    }

    /// Removes a file.
    ///
    /// # Errors
    /// What the operating system says.
    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    /// Makes the creation and removal of a directory's files durable.
    ///
    /// # Errors
    /// What the operating system says.
    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        File::open(path).and_then(|directory| directory.sync_all())
    }

    /// The bytes that can still be written on the disk that `path` lies on.
    ///
    /// # Errors
    /// What the operating system says.
    fn free(&self, path: &Path) -> io::Result<u64> {
        let disk = rustix::fs::statvfs(path)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
}

/// The operating system's files.
pub struct SystemDisk;

impl Disk for SystemDisk {
    fn open(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        Ok(Box::new(OpenOptions::new().create(true).append(true).mode(0o600).open(path)?))
    }
}

/// Makes the creation or renaming of a directory's files durable.
fn sync_directory(disk: &dyn Disk, path: &Path) -> Result<(), StoreError> {
    disk.sync_directory(path).map_err(|e| StoreError::io(path, e))
}

/// Creates a directory that is its owner's alone and makes its name durable; one that was open to others is closed.
pub(super) fn create_directory(path: &Path) -> Result<(), StoreError> {
    let close = || {
        DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        let exposed = fs::metadata(path)?.permissions().mode() & 0o077 != 0;
        if exposed { fs::set_permissions(path, Permissions::from_mode(0o700)) } else { Ok(()) }
    };
    close().map_err(|e| StoreError::io(path, e))?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.map_or(Ok(()), |parent| sync_directory(&SystemDisk, parent))
}

/// Reads `length` bytes at `offset`; `None` when the file ends before.
pub(super) fn read_at(path: &Path, offset: u64, length: usize) -> Result<Option<Vec<u8>>, StoreError> {
    let read = || -> io::Result<Option<Vec<u8>>> {
        let mut file = File::open(path)?;
        if file.metadata()?.len() < offset.saturating_add(length as u64) {
            return Ok(None);
        }
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = vec![0; length];
        file.read_exact(&mut bytes)?;
        Ok(Some(bytes))
    };
    read().map_err(|e| StoreError::io(path, e))
}

/// A directory of segments: `00000001.journal`, `00000002.journal`, ….
#[derive(Clone)]
pub(super) struct Segments {
    directory: PathBuf,
    extension: &'static str,
}

impl Segments {
    pub(super) fn new(directory: PathBuf, extension: &'static str) -> Self {
        Self { directory, extension }
    }

    pub(super) fn path(&self, number: u32) -> PathBuf {
        self.directory.join(format!("{number:08}.{}", self.extension))
    }

    /// How many segments there are.
    ///
    /// # Errors
    ///
    /// [`Damage::MissingSegment`] when their numbers do not run from 1 without a gap.
    pub(super) fn count(&self) -> Result<u32, StoreError> {
        let entries = fs::read_dir(&self.directory).map_err(|e| StoreError::io(&self.directory, e))?;
        let mut numbers = Vec::new();
        for entry in entries {
            let path = entry.map_err(|e| StoreError::io(&self.directory, e))?.path();
            if path.extension().is_some_and(|extension| extension == self.extension) {
                let number =
                    path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse::<u32>().ok());
                numbers.extend(number);
            }
        }
        numbers.sort_unstable();
        for (number, expected) in numbers.iter().zip(1..) {
            if *number != expected {
                return Err(StoreError::damaged(&self.path(expected), 0, Damage::MissingSegment));
            }
        }
        Ok(numbers.last().copied().unwrap_or(0))
    }
}

/// The segment at the end, open for appending.
pub(super) struct Tail {
    segments: Segments,
    disk: Arc<dyn Disk>,
    number: u32,
    length: u64,
    file: Box<dyn SegmentFile>,
    /// A write failed and could not be taken back: what the file holds is unknown until it is read again.
    broken: bool,
}

/// Says that the end of a file was cut off, from a byte on.
fn tell_cut(path: &Path, byte: u64, bytes: u64) {
    if bytes > 0 {
        tracing::warn!(file = %path.display(), byte, bytes, "an unfinished end was cut off: nobody was told that it was recorded");
    }
}

impl Tail {
    /// Creates segment `number`, durable with its header when this returns.
    pub(super) fn create(
        segments: &Segments,
        disk: &Arc<dyn Disk>,
        number: u32,
        header: &[u8],
    ) -> Result<Self, StoreError> {
        let path = segments.path(number);
        let create = || -> io::Result<Box<dyn SegmentFile>> {
            // It is there only where its creation was cut short.
            let torn = fs::metadata(&path).map_or(0, |found| found.len());
            let mut file = disk.open(&path)?;
            file.set_len(0)?;
            file.append(header)?;
            file.sync()?;
            tell_cut(&path, 0, torn);
            Ok(file)
        };
        let file = create().map_err(|e| {
            // Left behind, it would be read as a torn creation at the next start; removed, it never was.
            drop(disk.remove(&path));
            StoreError::io(&path, e)
        })?;
        sync_directory(&**disk, &segments.directory)?;
        let (segments, disk) = (segments.clone(), Arc::clone(disk));
        Ok(Self { segments, disk, number, length: header.len() as u64, file, broken: false })
    }

    /// Opens segment `number` to append after `length`, cutting off what follows.
    ///
    /// Syncs the file and its directory in any case: a process that was killed may have left whole entries that only the
    /// system's cache holds, and they are about to be relied on.
    pub(super) fn resume(
        segments: &Segments,
        disk: &Arc<dyn Disk>,
        number: u32,
        length: u64,
    ) -> Result<Self, StoreError> {
        let path = segments.path(number);
        let open = || -> io::Result<Box<dyn SegmentFile>> {
            let mut file = disk.open(&path)?;
            let found = fs::metadata(&path)?.len();
            if found != length {
                file.set_len(length)?;
            }
            file.sync()?;
            tell_cut(&path, length, found.saturating_sub(length));
            Ok(file)
        };
        let file = open().map_err(|e| StoreError::io(&path, e))?;
        sync_directory(&**disk, &segments.directory)?;
        let (segments, disk) = (segments.clone(), Arc::clone(disk));
        Ok(Self { segments, disk, number, length, file, broken: false })
    }

    pub(super) fn number(&self) -> u32 {
        self.number
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// The bytes that can still be written on its disk; plenty, where the operating system does not say.
    pub(super) fn free(&self) -> u64 {
        self.disk.free(&self.segments.directory).unwrap_or(u64::MAX)
    }

    pub(super) fn directory(&self) -> &Path {
        &self.segments.directory
    }

    /// Appends `bytes`, durable when this returns. On an error the file is as before, or [`Tail::is_broken`] says that nobody
    /// knows; a failed sync is always of the second kind, because the kernel may have dropped the pages.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.segments.path(self.number);
        if let Err(e) = self.file.append(bytes) {
            self.take_back(self.length);
            return Err(StoreError::io(&path, e));
        }
        if let Err(e) = self.file.sync() {
            self.broken = true;
            return Err(StoreError::io(&path, e));
        }
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Cuts the file back to an earlier length.
    pub(super) fn take_back(&mut self, length: u64) {
        match self.file.set_len(length).and_then(|()| self.file.sync()) {
            Ok(()) => self.length = length,
            Err(_) => self.broken = true,
        }
    }

    /// Goes on to the next segment.
    pub(super) fn roll(&mut self, header: &[u8]) -> Result<(), StoreError> {
        let next = Self::create(&self.segments, &self.disk, self.number + 1, header);
        if next.is_err() && self.segments.path(self.number + 1).exists() {
            self.broken = true;
        }
        *self = next?;
        Ok(())
    }
}
