//! Batches in a data directory, of which one process at a time has the use; how they lie there stands in [`job`](super::job).

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use badge_schemas::problem::{Code, Problem};
use jiff::Timestamp;

use super::job::{Job, State};
use super::kept;
use super::run::Counts;
use super::shelf::{Arrival, Begun, Claimed, Going, MAX_OPEN, MAX_PAGE, Page, Shelf, Which};
use crate::files::{self, Readers};
use crate::randomness;
use crate::refusal::Refusal;

/// Portions between two records of how far a job came: a record waits for the disk.
const RECORD_EVERY: u32 = 16;

const INPUT: &str = "input";

/// A file that says that a running job was cancelled.
const CANCELLED: &str = "cancelled";

impl Which {
    fn file(self) -> &'static str {
        match self {
            Self::Results => "results.ndjson",
            Self::Errors => "errors.ndjson",
        }
    }
}

/// The batches of one data directory.
pub(super) struct Directory {
    path: PathBuf,
    known: Mutex<Known>,
    /// Shared with every arrival, so that they can be counted.
    arriving: Arc<()>,
}

#[derive(Default)]
struct Known {
    jobs: BTreeMap<String, Job>,
    cancelled: Vec<String>,
}

impl Directory {
    /// Reads what is recorded in `DATA/batches`; jobs that were running wait to be run again, and what was never recorded goes.
    ///
    /// # Errors
    /// [`Code::FileUnreadable`], [`Code::FileUnwritable`], [`Code::DataUnusable`].
    pub(super) fn open(data: &Path, now: Timestamp) -> Result<Self, Problem> {
        let path = data.join("batches");
        files::make_private_directory(&path)?;
        let mut known = Known::default();
        let entries = fs::read_dir(&path).map_err(|error| files::unreadable(&path, &error))?;
        for entry in entries {
            let path = entry.map_err(|error| files::unreadable(&path, &error))?.path();
            if !path.is_dir() {
                continue;
            }
            if !path.join("job.json").exists() {
                // Lines that never became a job; they are personal.
                fs::remove_dir_all(&path).map_err(|error| files::unwritable(&path, &error))?;
                continue;
            }
            let mut job = Job::read(&path)?;
            if job.state == State::Running {
                job.state = State::Queued;
            }
            if !job.state.has_ended() && path.join(CANCELLED).exists() {
                job.state = State::Cancelled;
                job.ended_at = Some(now);
                job.write(&path)?;
            }
            if job.state.has_ended() {
                forget_input(&path)?;
            }
            known.jobs.insert(job.id.clone(), job);
        }
        let directory = Self { path, known: Mutex::new(known), arriving: Arc::new(()) };
        directory.forget_surplus();
        Ok(directory)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes the oldest of the jobs that have ended, where there are too many. One that cannot be removed stays and is tried again.
    fn forget_surplus(&self) {
        let mut known = self.lock();
        let ended = known.jobs.values().filter(|job| job.state.has_ended());
        let sized = ended.map(|job| (job, kept::size(&self.path.join(&job.id)))).collect();
        for id in kept::surplus(sized) {
            match fs::remove_dir_all(self.path.join(&id)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    tracing::error!(job = id, %error, "an old batch could not be removed");
                }
                _ => drop(known.jobs.remove(&id)),
            }
        }
    }
}

impl Known {
    fn open(&self) -> usize {
        self.jobs.values().filter(|job| !job.state.has_ended()).count()
    }
}

impl Shelf for Directory {
    fn receive(self: Arc<Self>) -> Result<Box<dyn Arrival>, Refusal> {
        let arriving = {
            let known = self.lock();
            // One of them is ours.
            if known.open() + Arc::strong_count(&self.arriving) > MAX_OPEN {
                return Err(Problem::new(Code::BatchesFull).with("limit", MAX_OPEN).into());
            }
            Arc::clone(&self.arriving)
        };
        let id = randomness::uuid()?;
        let directory = self.path.join(&id);
        files::make_private_directory(&directory)?;
        let path = directory.join(INPUT);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let file = file.map_err(|error| full_or_unwritable(&path, &error))?;
        Ok(Box::new(Upload { id, directory, file, shelf: self, kept: false, _arriving: arriving }))
    }

    fn find(&self, id: &str) -> Result<Option<Job>, Refusal> {
        Ok(self.lock().jobs.get(id).cloned())
    }

    fn all(&self) -> Result<Vec<Job>, Refusal> {
        let mut jobs: Vec<Job> = self.lock().jobs.values().cloned().collect();
        jobs.sort_by_key(|job| job.created_at);
        Ok(jobs)
    }

    fn end(&self, id: &str, now: Timestamp) -> Result<Option<Job>, Refusal> {
        let mut known = self.lock();
        let Some(job) = known.jobs.get_mut(id) else { return Err(super::jobs::unknown().into()) };
        let directory = self.path.join(id);
        match job.state {
            State::Queued => {
                job.state = State::Cancelled;
                job.ended_at = Some(now);
                job.write(&directory)?;
                let job = job.clone();
                drop(known);
                forget_input(&directory)?;
                self.forget_surplus();
                Ok(Some(job))
            }
            State::Running => {
                let job = job.clone();
                // Whoever was told that it is cancelled finds it so, even if the service stops before the portion ends.
                files::write_whole(&directory.join(CANCELLED), b"", Readers::Owner)?;
                known.cancelled.push(id.to_owned());
                Ok(Some(job))
            }
            State::Complete | State::Stopped | State::Cancelled | State::Failed => {
                fs::remove_dir_all(&directory).map_err(|error| files::unwritable(&directory, &error))?;
                known.jobs.remove(id);
                Ok(None)
            }
        }
    }

    fn page(&self, id: &str, which: Which, from: u64) -> Result<Page, Refusal> {
        let path = self.path.join(id).join(which.file());
        let read = || -> io::Result<(Vec<u8>, u64)> {
            let mut file = File::open(&path)?;
            let length = file.metadata()?.len();
            // Beyond its end there is nothing, and some file systems refuse to look there.
            file.seek(SeekFrom::Start(from.min(length)))?;
            let mut page = Vec::new();
            file.take(u64::try_from(MAX_PAGE).unwrap_or(u64::MAX)).read_to_end(&mut page)?;
            Ok((page, length))
        };
        let (mut page, length) = match read() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Vec::new(), None)),
            read => read.map_err(|error| files::unreadable(&path, &error))?,
        };
        page.truncate(page.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1));
        let next = from + u64::try_from(page.len()).unwrap_or_default();
        Ok((page, Some(next).filter(|next| *next < length)))
    }

    fn claim(self: Arc<Self>, _: Timestamp) -> Result<Option<Box<dyn Claimed>>, Refusal> {
        let mut known = self.lock();
        let queued = known.jobs.values_mut().filter(|job| job.state == State::Queued);
        let Some(job) = queued.min_by_key(|job| job.created_at) else { return Ok(None) };
        job.state = State::Running;
        let job = job.clone();
        drop(known);
        let directory = self.path.join(&job.id);
        Ok(Some(Box::new(Run { shelf: self, directory, job, portions: 0 })))
    }
}

struct Upload {
    id: String,
    directory: PathBuf,
    file: File,
    shelf: Arc<Directory>,
    kept: bool,
    _arriving: Arc<()>,
}

impl Arrival for Upload {
    fn id(&self) -> &str {
        &self.id
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.file.write_all(bytes).map_err(|error| full_or_unwritable(&self.directory, &error).into())
    }

    fn begin(mut self: Box<Self>, job: Job) -> Result<Begun, Refusal> {
        self.file.sync_all().map_err(|error| full_or_unwritable(&self.directory, &error))?;
        let directory = Arc::clone(&self.shelf);
        let mut known = directory.lock();
        let same_key = || known.jobs.values().filter(|known| known.key == job.key);
        if let Some(other) = same_key().find(|known| known.digest != job.digest) {
            return Err(Problem::new(Code::BatchConflict).with("job", &other.id).into());
        }
        if let Some(known) = same_key().find(|known| known.state != State::Failed) {
            return Ok(Begun::Known(known.clone()));
        }
        if known.open() >= MAX_OPEN {
            return Err(Problem::new(Code::BatchesFull).with("limit", MAX_OPEN).into());
        }
        job.write(&self.directory)?;
        self.kept = true;
        known.jobs.insert(job.id.clone(), job.clone());
        Ok(Begun::New(job))
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.kept {
            // What cannot be removed now is removed at the next start.
            let _ = fs::remove_dir_all(&self.directory);
        }
    }
}

struct Run {
    shelf: Arc<Directory>,
    directory: PathBuf,
    job: Job,
    portions: u32,
}

impl Run {
    fn append(&self, which: Which, bytes: &[u8]) -> Result<(), Problem> {
        let path = self.directory.join(which.file());
        // The reports begin anew with every run.
        let first = self.portions == 0;
        let mut options = OpenOptions::new();
        options.create(true).mode(0o600);
        if first {
            options.write(true).truncate(true)
        } else {
            options.append(true)
        };
        let written = options.open(&path).and_then(|mut file| file.write_all(bytes));
        written.map_err(|error| full_or_unwritable(&path, &error))
    }
}

impl Claimed for Run {
    fn job(&self) -> &Job {
        &self.job
    }

    fn pulse(&self) -> Box<dyn Fn() + Send> {
        // Nobody else has the use of the directory.
        Box::new(|| ())
    }

    fn input(&self) -> Result<Box<dyn Read + Send>, Refusal> {
        let path = self.directory.join(INPUT);
        let input = File::open(&path).map_err(|error| files::unreadable(&path, &error))?;
        Ok(Box::new(input))
    }

    fn advance(&mut self, counts: &Counts, results: &[u8], errors: &[u8]) -> Result<Going, Refusal> {
        self.append(Which::Results, results)?;
        self.append(Which::Errors, errors)?;
        let mut known = self.shelf.lock();
        let cancelled = known.cancelled.contains(&self.job.id);
        let Some(job) = known.jobs.get_mut(&self.job.id) else { return Ok(Going::Elsewhere) };
        job.counts = *counts;
        let job = job.clone();
        drop(known);
        if self.portions.is_multiple_of(RECORD_EVERY) {
            job.write(&self.directory)?;
        }
        self.portions = self.portions.saturating_add(1);
        Ok(if cancelled { Going::Cancelled } else { Going::On })
    }

    fn leave(self: Box<Self>, mut job: Job, now: Timestamp) -> Result<(), Refusal> {
        let mut known = self.shelf.lock();
        if !job.state.has_ended() && known.cancelled.contains(&job.id) {
            // Whoever was told that it is cancelled finds it so, however it was left.
            job.state = State::Cancelled;
            job.ended_at = Some(now);
        }
        known.cancelled.retain(|cancelled| *cancelled != job.id);
        known.jobs.insert(job.id.clone(), job.clone());
        drop(known);
        job.write(&self.directory)?;
        if job.state.has_ended() {
            forget_input(&self.directory)?;
            self.shelf.forget_surplus();
        }
        Ok(())
    }
}

/// Removes the lines of a job: they name people, and nothing needs them any more.
fn forget_input(directory: &Path) -> Result<(), Problem> {
    let path = directory.join(INPUT);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(files::unwritable(&path, &error)),
        _ => Ok(()),
    }
}

fn full_or_unwritable(path: &Path, error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Problem::new(Code::StorageFull),
        _ => files::unwritable(path, error),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::super::job::Asked;
    use super::*;

    #[test]
    fn a_job_that_was_cancelled_while_it_ran_does_not_wait_again() {
        let data = tempfile::tempdir().unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let shelf = Arc::new(Directory::open(data.path(), now).unwrap());
        let mut arrival = Arc::clone(&shelf).receive().unwrap();
        arrival.take(b"email\n").unwrap();
        let job = Job {
            id: arrival.id().to_owned(),
            asked: Asked::of("b", "text/csv", "batch=a").unwrap(),
            version: 1,
            account: "a".to_owned(),
            key: String::new(),
            digest: String::new(),
            state: State::Queued,
            counts: Counts::default(),
            created_at: now,
            ended_at: None,
            stopped_at: None,
            problem: None,
        };
        let id = job.id.clone();
        arrival.begin(job).unwrap();
        let claimed = Arc::clone(&shelf).claim(now).unwrap().unwrap();
        assert_eq!(shelf.end(&id, now).unwrap().unwrap().state, State::Running);
        let waiting = Job { state: State::Queued, ..claimed.job().clone() };
        claimed.leave(waiting, now).unwrap();
        let left = shelf.find(&id).unwrap().unwrap();
        assert_eq!((left.state, left.ended_at), (State::Cancelled, Some(now)));
        assert!(shelf.claim(now).unwrap().is_none());
    }
}
