//! The batches of a service: one runs at a time, the others wait; a restart goes on with those that have not ended. Of those that have, the
//! last are kept ([`kept`]).

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::job::{Asked, Job, State};
use super::kept;
use super::report::{Line, Outcome, Report};
use super::run::{self, Batch, Counts, End, Listener};
use super::source::Source;
use crate::award::{Awarded, StatusEntry, Subject};
use crate::files::{self, Readers};
use crate::issuer::Issuer;
use crate::randomness;
use crate::refusal::Refusal;

/// Largest batch, in bytes: a million lines of an address and a sentence.
pub const MAX_BATCH: u64 = 256 * 1024 * 1024;

/// Most batches that are arriving, waiting or running: each has its lines on the disk.
pub const MAX_OPEN: usize = 16;

/// Most bytes of one page of results.
const MAX_PAGE: usize = 1024 * 1024;

/// Portions between two records of how far a job came: a record waits for the disk.
const RECORD_EVERY: u32 = 16;

const INPUT: &str = "input";

/// A file that says that a running job was cancelled.
const CANCELLED: &str = "cancelled";

/// Which of a job's two reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Every line.
    Results,
    /// Refused lines.
    Errors,
}

impl Which {
    fn file(self) -> &'static str {
        match self {
            Self::Results => "results.ndjson",
            Self::Errors => "errors.ndjson",
        }
    }
}

/// The batches of one data directory.
pub struct Jobs {
    directory: PathBuf,
    clock: fn() -> Timestamp,
    known: Mutex<Known>,
    changed: Condvar,
    /// Shared with every upload, so that they can be counted.
    arriving: Arc<()>,
}

#[derive(Default)]
struct Known {
    jobs: BTreeMap<String, Job>,
    cancelled: Vec<String>,
    stopping: bool,
}

/// The thread that runs them; ends with [`Running::stop`].
pub struct Running {
    jobs: Arc<Jobs>,
    thread: JoinHandle<()>,
}

/// Lines on their way in: a file that goes again unless they become a job.
pub struct Upload {
    id: String,
    directory: PathBuf,
    file: File,
    digest: Sha256,
    length: u64,
    kept: bool,
    _arriving: Arc<()>,
}

/// What became of a request for a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// There is a new job.
    New(Job),
    /// The same key and lines gave this one before.
    Known(Job),
}

impl Jobs {
    /// Reads what is recorded in `DATA/batches`; jobs that were running wait to be run again, and what was never recorded goes.
    ///
    /// # Errors
    /// [`Code::FileUnreadable`], [`Code::FileUnwritable`], [`Code::DataUnusable`].
    pub fn open(data: &Path, clock: fn() -> Timestamp) -> Result<Self, Problem> {
        let directory = data.join("batches");
        files::make_private_directory(&directory)?;
        let mut known = Known::default();
        let entries = fs::read_dir(&directory).map_err(|error| files::unreadable(&directory, &error))?;
        for entry in entries {
            let path = entry.map_err(|error| files::unreadable(&directory, &error))?.path();
            if !path.is_dir() {
                continue;
            }
            if !path.join("job.json").exists() {
                // An upload that never became a job; its lines are personal.
                fs::remove_dir_all(&path).map_err(|error| files::unwritable(&path, &error))?;
                continue;
            }
            let mut job = Job::read(&path)?;
            if job.state == State::Running {
                job.state = State::Queued;
            }
            if !job.state.has_ended() && path.join(CANCELLED).exists() {
                job.state = State::Cancelled;
                job.ended_at = Some(clock());
                job.write(&path)?;
            }
            if job.state.has_ended() {
                forget_input(&path)?;
            }
            known.jobs.insert(job.id.clone(), job);
        }
        let jobs = Self {
            directory,
            clock,
            known: Mutex::new(known),
            changed: Condvar::new(),
            arriving: Arc::new(()),
        };
        jobs.forget_surplus();
        Ok(jobs)
    }

    /// Runs them, one after the other.
    ///
    /// # Errors
    /// [`Refusal::Failure`] where the operating system gives no thread.
    pub fn start(self: &Arc<Self>, issuer: Arc<Issuer>) -> Result<Running, Refusal> {
        let jobs = Arc::clone(self);
        let work = move || {
            while let Some(id) = jobs.next() {
                jobs.work(&issuer, &id);
            }
        };
        let thread = std::thread::Builder::new().name("batches".to_owned()).spawn(work);
        let thread = thread.map_err(|error| Refusal::Failure(error.to_string()))?;
        Ok(Running { jobs: Arc::clone(self), thread })
    }

    /// Makes room for lines that arrive.
    ///
    /// # Errors
    /// [`Code::BatchesFull`], [`Code::FileUnwritable`].
    pub fn upload(&self) -> Result<Upload, Problem> {
        let arriving = {
            let known = self.lock();
            let open = known.jobs.values().filter(|job| !job.state.has_ended()).count();
            // One of them is ours.
            if open + Arc::strong_count(&self.arriving) > MAX_OPEN {
                return Err(Problem::new(Code::BatchesFull).with("limit", MAX_OPEN));
            }
            Arc::clone(&self.arriving)
        };
        let id = randomness::uuid()?;
        let directory = self.directory.join(&id);
        files::make_private_directory(&directory)?;
        let path = directory.join(INPUT);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let file = file.map_err(|error| full_or_unwritable(&path, &error))?;
        Ok(Upload { id, directory, file, digest: Sha256::new(), length: 0, kept: false, _arriving: arriving })
    }

    /// Makes a job of lines that have arrived, once for each idempotency key.
    ///
    /// # Errors
    /// [`Code::BatchConflict`], [`Code::BatchesFull`], [`Code::FileUnwritable`].
    pub fn begin(
        &self,
        mut upload: Upload,
        asked: Asked,
        version: u32,
        account: &str,
        key: &str,
    ) -> Result<Begun, Refusal> {
        let text = serde_json::to_string(&asked).map_err(|error| Refusal::Failure(error.to_string()))?;
        upload.digest.update(text.as_bytes());
        let digest = hex(&upload.digest.clone().finalize());
        let key = hex(&Sha256::digest(key.as_bytes()));
        upload.file.sync_all().map_err(|error| full_or_unwritable(&upload.directory, &error))?;
        let mut known = self.lock();
        let same_key = || known.jobs.values().filter(|job| job.key == key);
        if let Some(job) = same_key().find(|job| job.digest != digest) {
            return Err(Problem::new(Code::BatchConflict).with("job", &job.id).into());
        }
        // One that the service could not go on with is begun anew; whom it awarded under this name is not awarded twice.
        if let Some(job) = same_key().find(|job| job.state != State::Failed) {
            return Ok(Begun::Known(job.clone()));
        }
        if known.jobs.values().filter(|job| !job.state.has_ended()).count() >= MAX_OPEN {
            return Err(Problem::new(Code::BatchesFull).with("limit", MAX_OPEN).into());
        }
        let job = Job {
            id: upload.id.clone(),
            asked,
            version,
            account: account.to_owned(),
            key,
            digest,
            state: State::Queued,
            counts: Counts::default(),
            created_at: (self.clock)(),
            ended_at: None,
            stopped_at: None,
            problem: None,
        };
        job.write(&upload.directory)?;
        upload.kept = true;
        known.jobs.insert(job.id.clone(), job.clone());
        self.changed.notify_all();
        Ok(Begun::New(job))
    }

    /// A job.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub fn find(&self, id: &str) -> Result<Job, Problem> {
        let job = self.lock().jobs.get(id).cloned();
        job.ok_or_else(|| Problem::new(Code::NotFound).with("resource", "batch"))
    }

    /// Every job, the oldest first.
    pub fn all(&self) -> Vec<Job> {
        let mut jobs: Vec<Job> = self.lock().jobs.values().cloned().collect();
        jobs.sort_by_key(|job| job.created_at);
        jobs
    }

    /// Cancels a job that has not ended, which is then still there; removes one that has.
    ///
    /// # Errors
    /// [`Code::NotFound`], [`Code::FileUnwritable`].
    pub fn end(&self, id: &str) -> Result<Option<Job>, Problem> {
        let mut known = self.lock();
        let Some(job) = known.jobs.get_mut(id) else {
            return Err(Problem::new(Code::NotFound).with("resource", "batch"));
        };
        let directory = self.directory.join(id);
        match job.state {
            State::Queued => {
                job.state = State::Cancelled;
                job.ended_at = Some((self.clock)());
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

    /// A page of a job's report: whole lines from a byte on, and where the next page begins, where there is one.
    ///
    /// # Errors
    /// [`Code::FileUnreadable`].
    pub fn page(&self, job: &Job, which: Which, from: u64) -> Result<(Vec<u8>, Option<u64>), Problem> {
        let path = self.directory.join(&job.id).join(which.file());
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

    /// The next job to run; waits for one, and is `None` when there is to be no more.
    fn next(&self) -> Option<String> {
        let mut known = self.lock();
        loop {
            if known.stopping {
                return None;
            }
            let queued = known.jobs.values().filter(|job| job.state == State::Queued);
            if let Some(id) = queued.min_by_key(|job| job.created_at).map(|job| job.id.clone()) {
                if let Some(job) = known.jobs.get_mut(&id) {
                    job.state = State::Running;
                }
                return Some(id);
            }
            known = self.changed.wait(known).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Runs one job to whatever end.
    fn work(&self, issuer: &Issuer, id: &str) {
        let Ok(job) = self.find(id) else { return };
        let directory = self.directory.join(id);
        let ran = self.run(issuer, &job, &directory);
        let mut known = self.lock();
        let cancelled = known.cancelled.iter().any(|cancelled| cancelled == id);
        known.cancelled.retain(|cancelled| cancelled != id);
        let interrupted = known.stopping && !cancelled;
        let Some(job) = known.jobs.get_mut(id) else { return };
        match ran {
            // The service is stopping: it goes on at the next start.
            Ok((_, End::Interrupted)) if interrupted => {
                job.state = State::Queued;
                if let Err(problem) = job.write(&directory) {
                    tracing::error!(job = id, code = problem.code.as_str(), "a batch could not be recorded");
                }
                return;
            }
            Ok((counts, end)) => {
                job.counts = counts;
                (job.state, job.stopped_at) = match end {
                    End::Complete => (State::Complete, None),
                    End::Stopped(line) => (State::Stopped, Some(line)),
                    End::Interrupted => (State::Cancelled, None),
                };
            }
            Err(refusal) => {
                job.state = State::Failed;
                job.problem = Some(explained(id, refusal));
            }
        }
        job.ended_at = Some((self.clock)());
        let job = job.clone();
        drop(known);
        if let Err(problem) = job.write(&directory).and_then(|()| forget_input(&directory)) {
            tracing::error!(job = id, code = problem.code.as_str(), "a batch could not be recorded");
        }
        self.forget_surplus();
    }

    /// Removes the oldest of the jobs that have ended, where there are too many. One that cannot be removed stays and is tried again.
    fn forget_surplus(&self) {
        let mut known = self.lock();
        let ended = known.jobs.values().filter(|job| job.state.has_ended());
        let sized = ended.map(|job| (job, kept::size(&self.directory.join(&job.id)))).collect();
        for id in kept::surplus(sized) {
            match fs::remove_dir_all(self.directory.join(&id)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    tracing::error!(job = id, %error, "an old batch could not be removed");
                }
                _ => drop(known.jobs.remove(&id)),
            }
        }
    }

    fn run(&self, issuer: &Issuer, job: &Job, directory: &Path) -> Result<(Counts, End), Refusal> {
        let (version, template) = issuer.find_badge(&job.asked.badge, Some(job.version))?;
        let subject = Subject { badge: version.badge, version: version.version, template };
        let path = directory.join(INPUT);
        let input = File::open(&path).map_err(|error| files::unreadable(&path, &error))?;
        let source = Source::open(input, job.asked.kind(), subject.template.only_result())?;
        let report = |which: Which| {
            let path = directory.join(which.file());
            let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path);
            file.map(|file| Report::Ndjson(BufWriter::new(file), Lang::En))
                .map_err(|error| full_or_unwritable(&path, &error))
        };
        let mut listener = Listening {
            jobs: self,
            id: &job.id,
            directory,
            results: report(Which::Results)?,
            errors: report(Which::Errors)?,
            portions: 0,
        };
        let batch = Batch {
            subject: &subject,
            name: &job.asked.batch,
            mode: job.asked.mode(),
            on_error: job.asked.on_error(),
            entry: StatusEntry::Kept,
            format: job.asked.format(),
            signed: job.asked.signed(),
            actor: &job.account,
            clock: self.clock,
        };
        let ran = run::run(issuer, &batch, source, &mut listener);
        listener.flush()?;
        ran
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    /// Ends after the portion at work; what has not ended goes on at the next start.
    pub fn stop(self) {
        self.jobs.lock().stopping = true;
        self.jobs.changed.notify_all();
        if self.thread.join().is_err() {
            tracing::error!("the thread of the batches ended early");
        }
    }
}

impl Upload {
    /// Takes some bytes.
    ///
    /// # Errors
    /// [`Code::InputTooLarge`] beyond [`MAX_BATCH`], [`Code::StorageFull`], [`Code::FileUnwritable`].
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        self.length += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if self.length > MAX_BATCH {
            return Err(Problem::new(Code::InputTooLarge).with("size", self.length).with("limit", MAX_BATCH));
        }
        self.digest.update(bytes);
        self.file.write_all(bytes).map_err(|error| full_or_unwritable(&self.directory, &error))
    }

    /// Whether nothing has arrived.
    pub fn is_empty(&self) -> bool {
        self.length == 0
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

struct Listening<'j> {
    jobs: &'j Jobs,
    id: &'j str,
    directory: &'j Path,
    results: Report<BufWriter<File>>,
    errors: Report<BufWriter<File>>,
    portions: u32,
}

impl Listening<'_> {
    fn flush(&mut self) -> Result<(), Refusal> {
        let flushed = self.results.flush().and_then(|()| self.errors.flush());
        flushed.map_err(|error| full_or_unwritable(self.directory, &error).into())
    }
}

impl Listener for Listening<'_> {
    fn line(&mut self, line: &Line, _: Option<&Awarded>) -> Result<(), Refusal> {
        let mut written = self.results.line(line);
        if line.outcome == Outcome::Refused {
            written = written.and_then(|()| self.errors.line(line));
        }
        written.map_err(|error| full_or_unwritable(self.directory, &error).into())
    }

    fn portion(&mut self, counts: &Counts) -> Result<bool, Refusal> {
        self.flush()?;
        let mut known = self.jobs.lock();
        let go_on = !known.stopping && !known.cancelled.iter().any(|id| id == self.id);
        let Some(job) = known.jobs.get_mut(self.id) else { return Ok(false) };
        job.counts = *counts;
        let job = job.clone();
        drop(known);
        if self.portions.is_multiple_of(RECORD_EVERY) {
            job.write(self.directory)?;
        }
        self.portions += 1;
        Ok(go_on)
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

/// Why a job could not go on, for whoever sent it; a failure of ours goes to the log, and the job's id leads there.
fn explained(id: &str, refusal: Refusal) -> Value {
    match refusal {
        Refusal::Request(problems) => problems.first().map(|problem| json!(problem)).unwrap_or_default(),
        Refusal::Failure(reason) => {
            tracing::error!(job = id, reason, "a batch failed");
            json!({"title": "Internal server error"})
        }
    }
}

fn full_or_unwritable(path: &Path, error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Problem::new(Code::StorageFull),
        _ => files::unwritable(path, error),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}
