//! Batches in the database that keeps the record: whichever service over it is asked knows them all, and whichever is free works on the next.

use std::io::{self, Read};
use std::sync::Arc;

use badge_schemas::problem::{Code, Problem};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::job::{Asked, Job, State};
use super::kept;
use super::run::Counts;
use super::shelf::{Arrival, Begun, Claimed, Going, MAX_OPEN, MAX_PAGE, Page, Shelf, UPLOAD_TIMEOUT, Which};
use crate::randomness;
use crate::refusal::Refusal;
use crate::store::{BatchBegun, BatchEnded, BatchRow, Claim, Pieces, PostgresStore};

/// Bytes of one piece of the lines.
const PIECE: usize = 1024 * 1024;

/// The batches of one organisation in a database.
pub(super) struct Tables {
    store: Arc<PostgresStore>,
}

/// What [`BatchRow::request`] holds.
#[derive(Serialize, Deserialize)]
struct Request {
    asked: Asked,
    version: u32,
    account: String,
}

/// What [`BatchRow::outcome`] holds.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped_at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Value>,
}

impl Tables {
    /// The batches of the store's organisation.
    pub(super) fn new(store: Arc<PostgresStore>) -> Self {
        Self { store }
    }

    /// Removes the oldest of those that have ended, where there are too many.
    fn forget_surplus(&self) -> Result<(), Refusal> {
        let rows = self.store.batches()?;
        let jobs = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let sizes = rows.iter().map(|row| u64::try_from(row.bytes).unwrap_or_default());
        let ended = jobs.iter().zip(sizes).filter(|(job, _)| job.state.has_ended()).collect();
        let surplus = kept::surplus(ended);
        if !surplus.is_empty() {
            self.store.batches_go(surplus)?;
        }
        Ok(())
    }
}

impl Which {
    fn word(self) -> &'static str {
        match self {
            Self::Results => "results",
            Self::Errors => "errors",
        }
    }
}

impl Shelf for Tables {
    fn receive(self: Arc<Self>) -> Result<Box<dyn Arrival>, Refusal> {
        let id = randomness::uuid()?;
        if !self.store.batch_arrives(&id, i64::try_from(MAX_OPEN).unwrap_or(i64::MAX))? {
            return Err(Problem::new(Code::BatchesFull).with("limit", MAX_OPEN).into());
        }
        Ok(Box::new(Upload { id, store: Arc::clone(&self.store), piece: Vec::new(), pieces: 0, kept: false }))
    }

    fn find(&self, id: &str) -> Result<Option<Job>, Refusal> {
        self.store.batch(id)?.as_ref().map(read).transpose()
    }

    fn all(&self) -> Result<Vec<Job>, Refusal> {
        self.store.batches()?.iter().map(read).collect()
    }

    fn end(&self, id: &str, now: Timestamp) -> Result<Option<Job>, Refusal> {
        match self.store.batch_ends(id, now.as_microsecond())? {
            BatchEnded::Missing => Err(super::jobs::unknown().into()),
            BatchEnded::Cancelled(row) => {
                self.forget_surplus()?;
                read(&row).map(Some)
            }
            BatchEnded::Removed => Ok(None),
        }
    }

    fn page(&self, id: &str, which: Which, from: u64) -> Result<Page, Refusal> {
        let from = i64::try_from(from).unwrap_or(i64::MAX);
        let (pieces, ends) = self.store.batch_report(id, which.word(), from)?;
        let mut page = Vec::new();
        for (start, bytes) in pieces {
            let skip = usize::try_from(from.saturating_sub(start)).unwrap_or_default();
            page.extend_from_slice(bytes.get(skip..).unwrap_or_default());
            if page.len() >= MAX_PAGE {
                break;
            }
        }
        page.truncate(MAX_PAGE);
        page.truncate(page.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1));
        let next = from.saturating_add(i64::try_from(page.len()).unwrap_or_default());
        Ok((page, u64::try_from(next).ok().filter(|_| next < ends)))
    }

    fn claim(self: Arc<Self>, now: Timestamp) -> Result<Option<Box<dyn Claimed>>, Refusal> {
        let claim = randomness::uuid()?;
        let Some(row) = self.store.batch_claims(&claim, &text(&Counts::default())?, now.as_microsecond())?
        else {
            return Ok(None);
        };
        let mut job = read(&row)?;
        job.state = State::Running;
        job.counts = Counts::default();
        Ok(Some(Box::new(Run { shelf: self, job, claim, pieces: row.pieces, results: 0, errors: 0 })))
    }
}

struct Upload {
    id: String,
    store: Arc<PostgresStore>,
    piece: Vec<u8>,
    pieces: i64,
    kept: bool,
}

impl Upload {
    fn send(&mut self) -> Result<(), Refusal> {
        let piece = std::mem::take(&mut self.piece);
        self.store.batch_takes(&self.id, self.pieces, piece)?;
        self.pieces += 1;
        Ok(())
    }
}

impl Arrival for Upload {
    fn id(&self) -> &str {
        &self.id
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() < PIECE { Ok(()) } else { self.send() }
    }

    fn begin(mut self: Box<Self>, job: Job) -> Result<Begun, Refusal> {
        if !self.piece.is_empty() {
            self.send()?;
        }
        match self.store.batch_begins(BatchRow { pieces: self.pieces, ..row(&job)? })? {
            BatchBegun::New => {
                self.kept = true;
                Ok(Begun::New(job))
            }
            BatchBegun::Known(row) => Ok(Begun::Known(read(&row)?)),
            BatchBegun::Conflict(id) => Err(Problem::new(Code::BatchConflict).with("job", id).into()),
            BatchBegun::Late => {
                Err(Problem::new(Code::BodyTimeout).with("seconds", UPLOAD_TIMEOUT.as_secs()).into())
            }
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.kept {
            self.store.batch_gives_up(&self.id);
        }
    }
}

struct Run {
    shelf: Arc<Tables>,
    job: Job,
    claim: String,
    pieces: i64,
    results: i64,
    errors: i64,
}

impl Claimed for Run {
    fn job(&self) -> &Job {
        &self.job
    }

    fn pulse(&self) -> Box<dyn Fn() + Send> {
        let (store, id, claim) = (Arc::clone(&self.shelf.store), self.job.id.clone(), self.claim.clone());
        Box::new(move || {
            // Where it cannot be said now, the next portion finds out whose the job is.
            if let Err(error) = store.batch_pulse(&id, &claim) {
                tracing::debug!(%error, job = id, "a batch could not be kept");
            }
        })
    }

    fn input(&self) -> Result<Box<dyn Read + Send>, Refusal> {
        let store = Arc::clone(&self.shelf.store);
        let (id, claim) = (self.job.id.clone(), self.claim.clone());
        Ok(Box::new(Lines { store, id, claim, next: 0, pieces: self.pieces, piece: io::Cursor::default() }))
    }

    fn advance(&mut self, counts: &Counts, results: &[u8], errors: &[u8]) -> Result<Going, Refusal> {
        let pieces =
            Pieces { results: (self.results, results.to_vec()), errors: (self.errors, errors.to_vec()) };
        let held = self.shelf.store.batch_advances(&self.job.id, &self.claim, &text(counts)?, pieces)?;
        self.results += i64::try_from(results.len()).unwrap_or_default();
        self.errors += i64::try_from(errors.len()).unwrap_or_default();
        Ok(match held {
            Claim::Held => Going::On,
            Claim::Cancelled => Going::Cancelled,
            Claim::Lost => Going::Elsewhere,
        })
    }

    fn leave(self: Box<Self>, job: Job, _: Timestamp) -> Result<(), Refusal> {
        if self.shelf.store.batch_leaves(row(&job)?, &self.claim)? && job.state.has_ended() {
            self.shelf.forget_surplus()?;
        }
        Ok(())
    }
}

/// The lines, read piece by piece.
struct Lines {
    store: Arc<PostgresStore>,
    id: String,
    claim: String,
    next: i64,
    pieces: i64,
    piece: io::Cursor<Vec<u8>>,
}

impl Read for Lines {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.piece.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            if self.next == self.pieces {
                return Ok(0);
            }
            // An end before the last piece would make a line of half a line.
            let piece = self.store.batch_input(&self.id, &self.claim, self.next).map_err(io::Error::other)?;
            let piece = piece.ok_or_else(|| io::Error::other(format!("piece {} is not there", self.next)))?;
            self.piece = io::Cursor::new(piece);
            self.next += 1;
        }
    }
}

fn row(job: &Job) -> Result<BatchRow, Refusal> {
    let request = Request { asked: job.asked.clone(), version: job.version, account: job.account.clone() };
    Ok(BatchRow {
        id: job.id.clone(),
        state: job.state.as_str().to_owned(),
        key: job.key.clone(),
        digest: job.digest.clone(),
        request: text(&request)?,
        counts: text(&job.counts)?,
        outcome: text(&Outcome { stopped_at: job.stopped_at, problem: job.problem.clone() })?,
        created: job.created_at.as_microsecond(),
        ended: job.ended_at.map(Timestamp::as_microsecond),
        pieces: 0,
        bytes: 0,
    })
}

fn read(row: &BatchRow) -> Result<Job, Refusal> {
    let Request { asked, version, account } = parse(&row.id, &row.request)?;
    let Outcome { stopped_at, problem } = parse(&row.id, &row.outcome)?;
    let at = |time| Timestamp::from_microsecond(time).map_err(|error| unusable(&row.id, &error));
    Ok(Job {
        id: row.id.clone(),
        asked,
        version,
        account,
        key: row.key.clone(),
        digest: row.digest.clone(),
        state: State::parse(&row.state).ok_or_else(|| unusable(&row.id, &row.state))?,
        counts: parse(&row.id, &row.counts)?,
        created_at: at(row.created)?,
        ended_at: row.ended.map(at).transpose()?,
        stopped_at,
        problem,
    })
}

fn text<T: Serialize>(value: &T) -> Result<String, Refusal> {
    serde_json::to_string(value).map_err(|error| Refusal::Failure(error.to_string()))
}

fn parse<T: DeserializeOwned>(id: &str, text: &str) -> Result<T, Refusal> {
    serde_json::from_str(text).map_err(|error| unusable(id, &error))
}

fn unusable(id: &str, reason: &dyn std::fmt::Display) -> Refusal {
    Refusal::Failure(format!("batch {id} in the database cannot be read: {reason}"))
}
