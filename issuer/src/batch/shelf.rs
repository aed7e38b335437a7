//! Where the service keeps its batches: in its data directory ([`Directory`](super::directory::Directory)), or in the database that keeps the record
//! ([`Tables`](super::tables::Tables)).

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::job::Job;
use super::run::Counts;
use crate::refusal::Refusal;

/// Most batches that are arriving, waiting or running: each has its lines on the disk.
pub const MAX_OPEN: usize = 16;

/// How long all the lines may take to arrive: the largest batch over a slow line.
pub const UPLOAD_TIMEOUT: Duration = Duration::from_mins(10);

/// Most bytes of one page of results.
pub(super) const MAX_PAGE: usize = 1024 * 1024;

/// Which of a job's two reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Every line.
    Results,
    /// Refused lines.
    Errors,
}

/// What became of a request for a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// There is a new job.
    New(Job),
    /// The same key and lines gave this one before.
    Known(Job),
}

/// A part of a report: whole lines, and the byte at which the next part begins, where there is one.
pub type Page = (Vec<u8>, Option<u64>);

/// Whether a job is to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Going {
    /// It is.
    On,
    /// It was cancelled.
    Cancelled,
    /// Somebody else has it, or it is no longer there.
    Elsewhere,
}

/// Where batches are kept. Everything is durable when a call returns.
pub(super) trait Shelf: Send + Sync {
    /// Makes room for lines that arrive.
    fn receive(self: Arc<Self>) -> Result<Box<dyn Arrival>, Refusal>;

    /// A job.
    fn find(&self, id: &str) -> Result<Option<Job>, Refusal>;

    /// Every job, the oldest first.
    fn all(&self) -> Result<Vec<Job>, Refusal>;

    /// Cancels a job that has not ended, which is then still there; removes one that has.
    fn end(&self, id: &str, now: Timestamp) -> Result<Option<Job>, Refusal>;

    /// Whole lines of a report from a byte on, at most [`MAX_PAGE`] bytes.
    fn page(&self, id: &str, which: Which, from: u64) -> Result<Page, Refusal>;

    /// Takes the next job, where there is one to be run.
    fn claim(self: Arc<Self>, now: Timestamp) -> Result<Option<Box<dyn Claimed>>, Refusal>;
}

/// Lines on their way in: what is kept of them goes again, unless they become a job.
pub(super) trait Arrival: Send {
    /// Their job's id.
    fn id(&self) -> &str;

    /// Takes some bytes.
    fn take(&mut self, bytes: &[u8]) -> Result<(), Refusal>;

    /// Makes a job of them, once for each idempotency key. One that failed is begun anew: whom it awarded under its name is not awarded twice.
    fn begin(self: Box<Self>, job: Job) -> Result<Begun, Refusal>;
}

/// A job that is being run.
pub(super) trait Claimed: Send {
    /// The job as it was taken.
    fn job(&self) -> &Job;

    /// Says that it is still being run; called now and then, from another thread.
    fn pulse(&self) -> Box<dyn Fn() + Send>;

    /// Its lines.
    fn input(&self) -> Result<Box<dyn Read + Send>, Refusal>;

    /// Keeps what became of some lines, and says whether to go on.
    fn advance(&mut self, counts: &Counts, results: &[u8], errors: &[u8]) -> Result<Going, Refusal>;

    /// Keeps how it ended; or that it waits again, unless it was cancelled.
    fn leave(self: Box<Self>, job: Job, now: Timestamp) -> Result<(), Refusal>;
}
