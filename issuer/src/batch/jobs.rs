//! The batches of a service: one runs at a time, the others wait; a restart goes on with those that have not ended, and so does another
//! service over the same database. Of those that have, the last are kept ([`kept`](super::kept)).

use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::directory::Directory;
use super::job::{Asked, Job, State};
use super::report::{Line, Outcome, Report};
use super::run::{self, Batch, Counts, End, Listener};
use super::shelf::{Arrival, Claimed, Going, Page, Shelf};
pub use super::shelf::{Begun, MAX_OPEN, UPLOAD_TIMEOUT, Which};
use super::source::Source;
use super::tables::Tables;
use crate::award::{Awarded, StatusEntry, Subject};
use crate::issuer::Issuer;
use crate::refusal::Refusal;
use crate::store::{PostgresStore, StoreError};

/// Largest batch, in bytes: a million lines of an address and a sentence.
pub const MAX_BATCH: u64 = 256 * 1024 * 1024;

/// How long the thread sleeps where nothing tells it of a batch: another service's may have to be gone on with.
const PAUSE: Duration = Duration::from_secs(5);

/// How long a job waits for what does not answer before it is tried again.
const LATE: Duration = Duration::from_secs(20);

/// Time between two signs that a job is still being run: a portion takes as long as its signer does.
const PULSE: Duration = Duration::from_secs(10);

/// The batches of one issuer.
pub struct Jobs {
    shelf: Arc<dyn Shelf>,
    clock: fn() -> Timestamp,
    turn: Mutex<Turn>,
    changed: Condvar,
}

/// What the thread that runs them is told.
#[derive(Default)]
struct Turn {
    stopping: bool,
    /// Counts what might have made something to do.
    news: u64,
}

/// The thread that runs them; ends with [`Running::stop`].
pub struct Running {
    jobs: Arc<Jobs>,
    thread: JoinHandle<()>,
}

/// Lines on their way in: they go again unless they become a job.
pub struct Upload {
    arrival: Box<dyn Arrival>,
    digest: Sha256,
    length: u64,
}

impl Jobs {
    /// Those of a data directory.
    ///
    /// # Errors
    /// [`Code::FileUnreadable`], [`Code::FileUnwritable`], [`Code::DataUnusable`].
    pub fn in_directory(data: &Path, clock: fn() -> Timestamp) -> Result<Self, Problem> {
        Ok(Self::on(Arc::new(Directory::open(data, clock())?), clock))
    }

    /// Those of an organisation in a database.
    pub fn in_database(store: Arc<PostgresStore>, clock: fn() -> Timestamp) -> Self {
        Self::on(Arc::new(Tables::new(store)), clock)
    }

    fn on(shelf: Arc<dyn Shelf>, clock: fn() -> Timestamp) -> Self {
        Self { shelf, clock, turn: Mutex::default(), changed: Condvar::new() }
    }

    /// Runs them, one after the other.
    ///
    /// # Errors
    /// [`Refusal::Failure`] where the operating system gives no thread.
    pub fn start(self: &Arc<Self>, issuer: Arc<Issuer>) -> Result<Running, Refusal> {
        let jobs = Arc::clone(self);
        let thread = std::thread::Builder::new().name("batches".to_owned()).spawn(move || jobs.work(&issuer));
        let thread = thread.map_err(|error| Refusal::Failure(error.to_string()))?;
        Ok(Running { jobs: Arc::clone(self), thread })
    }

    /// Makes room for lines that arrive.
    ///
    /// # Errors
    /// [`Code::BatchesFull`], [`Code::FileUnwritable`], what a database says.
    pub fn upload(&self) -> Result<Upload, Refusal> {
        Ok(Upload { arrival: Arc::clone(&self.shelf).receive()?, digest: Sha256::new(), length: 0 })
    }

    /// Makes a job of lines that have arrived, once for each idempotency key.
    ///
    /// # Errors
    /// [`Code::BatchConflict`], [`Code::BatchesFull`], [`Code::FileUnwritable`], what a database says.
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
        let job = Job {
            id: upload.arrival.id().to_owned(),
            asked,
            version,
            account: account.to_owned(),
            key: hex(&Sha256::digest(key.as_bytes())),
            digest: hex(&upload.digest.finalize()),
            state: State::Queued,
            counts: Counts::default(),
            created_at: (self.clock)(),
            ended_at: None,
            stopped_at: None,
            problem: None,
        };
        let begun = upload.arrival.begin(job)?;
        self.lock().news += 1;
        self.changed.notify_all();
        Ok(begun)
    }

    /// A job.
    ///
    /// # Errors
    /// [`Code::NotFound`], what a database says.
    pub fn find(&self, id: &str) -> Result<Job, Refusal> {
        Ok(self.shelf.find(id)?.ok_or_else(unknown)?)
    }

    /// Every job, the oldest first.
    ///
    /// # Errors
    /// What a database says.
    pub fn all(&self) -> Result<Vec<Job>, Refusal> {
        self.shelf.all()
    }

    /// Cancels a job that has not ended, which is then still there; removes one that has.
    ///
    /// # Errors
    /// [`Code::NotFound`], [`Code::FileUnwritable`], what a database says.
    pub fn end(&self, id: &str) -> Result<Option<Job>, Refusal> {
        self.shelf.end(id, (self.clock)())
    }

    /// A page of a job's report: whole lines from a byte on, and where the next page begins, where there is one.
    ///
    /// # Errors
    /// [`Code::FileUnreadable`], what a database says.
    pub fn page(&self, job: &Job, which: Which, from: u64) -> Result<Page, Refusal> {
        self.shelf.page(&job.id, which, from)
    }

    /// Runs what there is to run until the service stops.
    fn work(&self, issuer: &Issuer) {
        let mut away = false;
        loop {
            let news = {
                let turn = self.lock();
                if turn.stopping {
                    return;
                }
                turn.news
            };
            match Arc::clone(&self.shelf).claim((self.clock)()) {
                Ok(Some(claimed)) => {
                    away = false;
                    if self.run(issuer, claimed) == Left::Late {
                        let turn = self.lock();
                        drop(self.changed.wait_timeout_while(turn, LATE, |turn| !turn.stopping));
                    }
                    continue;
                }
                Ok(None) => away = false,
                Err(refusal) => {
                    // Once, not every few seconds.
                    if !away {
                        tracing::warn!(reason = said(&refusal), "batches wait: nothing can be read of them");
                    }
                    away = true;
                }
            }
            let turn = self.lock();
            let nothing = |turn: &mut Turn| !turn.stopping && turn.news == news;
            drop(self.changed.wait_timeout_while(turn, PAUSE, nothing));
        }
    }

    /// Runs one job to whatever end.
    fn run(&self, issuer: &Issuer, mut claimed: Box<dyn Claimed>) -> Left {
        let mut job = claimed.job().clone();
        let pulse = claimed.pulse();
        let mut listener = Listening {
            jobs: self,
            claimed: claimed.as_mut(),
            results: Report::Ndjson(Vec::new(), Lang::En),
            errors: Report::Ndjson(Vec::new(), Lang::En),
            counts: Counts::default(),
            going: Going::On,
        };
        let ran = std::thread::scope(|scope| {
            let (running, over) = channel::<()>();
            scope.spawn(move || {
                while over.recv_timeout(PULSE) == Err(RecvTimeoutError::Timeout) {
                    pulse();
                }
            });
            let ran = catch_unwind(AssertUnwindSafe(|| listener.run(issuer, &job, self.clock)));
            drop(running);
            ran.unwrap_or_else(|_| Err(Refusal::Failure("it panicked".to_owned())))
        });
        let going = listener.going;
        job.counts = listener.counts;
        let mut left = Left::Done;
        match ran {
            _ if going == Going::Elsewhere => return left,
            Ok((counts, end)) => {
                job.counts = counts;
                (job.state, job.stopped_at) = match end {
                    End::Complete => (State::Complete, None),
                    End::Stopped(line) => (State::Stopped, Some(line)),
                    End::Interrupted if going == Going::Cancelled => (State::Cancelled, None),
                    // The service is stopping: it goes on at the next start.
                    End::Interrupted => (State::Queued, None),
                };
            }
            // Neither the lines nor the service are at fault: it waits, and goes on when what is missing is back.
            Err(refusal) if refusal.is_late() && going != Going::Cancelled => {
                tracing::warn!(job = job.id, reason = said(&refusal), "a batch waits");
                job.state = State::Queued;
                left = Left::Late;
            }
            Err(refusal) if refusal.is_late() => job.state = State::Cancelled,
            Err(refusal) => {
                job.state = State::Failed;
                job.problem = Some(explained(&job.id, refusal));
            }
        }
        job.ended_at = job.state.has_ended().then(self.clock);
        let id = job.id.clone();
        if let Err(refusal) = claimed.leave(job, (self.clock)()) {
            tracing::error!(job = id, reason = said(&refusal), "a batch could not be recorded");
        }
        left
    }

    fn lock(&self) -> MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a job was left.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    /// There is nothing to wait for.
    Done,
    /// Something does not answer that every job needs.
    Late,
}

impl Running {
    /// Ends all of these after the portion at work; what has not ended goes on at the next start.
    pub fn stop(all: Vec<Self>) {
        // Each may be waiting for something: all are told before one is waited for.
        for running in &all {
            running.jobs.lock().stopping = true;
            running.jobs.changed.notify_all();
        }
        for running in all {
            if running.thread.join().is_err() {
                tracing::error!("the thread of the batches ended early");
            }
        }
    }
}

impl Upload {
    /// Takes some bytes.
    ///
    /// # Errors
    /// [`Code::InputTooLarge`] beyond [`MAX_BATCH`], [`Code::StorageFull`], [`Code::FileUnwritable`], what a database says.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.length += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if self.length > MAX_BATCH {
            return Err(Problem::new(Code::InputTooLarge)
                .with("size", self.length)
                .with("limit", MAX_BATCH)
                .into());
        }
        self.digest.update(bytes);
        self.arrival.take(bytes)
    }

    /// Whether nothing has arrived.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }
}

/// Hears of each line, and keeps what it hears portion by portion.
struct Listening<'j> {
    jobs: &'j Jobs,
    claimed: &'j mut dyn Claimed,
    results: Report<Vec<u8>>,
    errors: Report<Vec<u8>>,
    counts: Counts,
    going: Going,
}

impl Listening<'_> {
    fn run(
        &mut self,
        issuer: &Issuer,
        job: &Job,
        clock: fn() -> Timestamp,
    ) -> Result<(Counts, End), Refusal> {
        let (version, template) = issuer.find_badge(&job.asked.badge, Some(job.version))?;
        let subject = Subject { badge: version.badge, version: version.version, template };
        let failure = Arc::new(Mutex::new(None));
        let input = Watched { lines: self.claimed.input()?, failure: Arc::clone(&failure) };
        let source = Source::open(input, job.asked.kind(), subject.template.only_result());
        let source = source.map_err(|problem| taken(&failure).unwrap_or_else(|| problem.into()))?;
        let batch = Batch {
            subject: &subject,
            name: &job.asked.batch,
            mode: job.asked.mode(),
            on_error: job.asked.on_error(),
            entry: StatusEntry::Kept,
            format: job.asked.format(),
            signed: job.asked.signed(),
            actor: &job.account,
            clock,
        };
        let ran = run::run(issuer, &batch, source, self);
        // What became of the lines of a portion that did not end.
        let kept = self.keep();
        let ran = taken(&failure).map_or(ran, Err)?;
        kept.map(|()| ran)
    }

    fn keep(&mut self) -> Result<(), Refusal> {
        let (results, errors) = (self.results.taken(), self.errors.taken());
        self.going = self.claimed.advance(&self.counts, &results, &errors)?;
        Ok(())
    }
}

impl Listener for Listening<'_> {
    fn line(&mut self, line: &Line, _: Option<&Awarded>) -> Result<(), Refusal> {
        let mut written = self.results.line(line);
        if line.outcome == Outcome::Refused {
            written = written.and_then(|()| self.errors.line(line));
        }
        written.map_err(|error| Refusal::Failure(error.to_string()))
    }

    fn portion(&mut self, counts: &Counts) -> Result<bool, Refusal> {
        self.counts = *counts;
        self.keep()?;
        Ok(self.going == Going::On && !self.jobs.lock().stopping)
    }
}

/// The lines of a job, which we have whole: that they cannot be read is no fault of theirs.
struct Watched {
    lines: Box<dyn Read + Send>,
    failure: Arc<Mutex<Option<Refusal>>>,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.lines.read(buffer).map_err(|error| {
            if error.kind() == io::ErrorKind::Interrupted {
                return error;
            }
            let reason = error.to_string();
            let refusal = match error.downcast::<StoreError>() {
                Ok(error) => error.into(),
                Err(error) => Refusal::Failure(format!("lines of a batch: {error}")),
            };
            self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(refusal);
            io::Error::other(reason)
        })
    }
}

/// There is no such job.
pub(super) fn unknown() -> Problem {
    Problem::new(Code::NotFound).with("resource", "batch")
}

/// What a reader of lines could not do.
fn taken(failure: &Mutex<Option<Refusal>>) -> Option<Refusal> {
    failure.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// A refusal for the log.
fn said(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Request(problems) => {
            problems.first().map(|problem| problem.sentence(Lang::En)).unwrap_or_default()
        }
        Refusal::Failure(reason) => reason.clone(),
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

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}
