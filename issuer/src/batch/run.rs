//! A batch from its first line to its last: look at some lines, award those that are in order, say what became of each, and go on.
//!
//! Memory is that of one portion ([`PORTION`] lines of at most [`MAX_LINE`](super::source::MAX_LINE) bytes, with what is signed for them),
//! whatever the length of the file.

use std::io::Read;
use std::sync::{Mutex, PoisonError};
use std::thread;

use badge_schemas::problem::{Code, Problem};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::report::{Line, Outcome};
use super::source::{Finding, Row, Source};
use crate::award::{Awarded, Draws, Looked, StatusEntry, Subject};
use crate::draft::{Draft, Format, Signed};
use crate::issuer::{Act, Issuer};
use crate::problem::is_ours;
use crate::refusal::Refusal;
use crate::store::{Digest, Idempotency};

/// Lines that are worked on together: enough that many awards share one write to the disk.
pub const PORTION: usize = 128;

/// Threads that look and sign: more than there are processors, because each waits for the disk.
const WORKERS: usize = 16;

/// Longest name of a batch, in characters.
const MAX_NAME: usize = 100;

/// What to do with a line that cannot be awarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnError {
    /// End there: nothing after it is awarded.
    Stop,
    /// Leave it out, and go on.
    Skip,
}

/// Whether to award.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Look at every line, and record nothing.
    DryRun,
    /// Award.
    Award,
}

/// What is to be done.
pub struct Batch<'a> {
    /// Which badge.
    pub subject: &'a Subject,
    /// The batch's name; see [`name`].
    pub name: &'a str,
    /// Whether to award.
    pub mode: Mode,
    /// What to do with a bad line.
    pub on_error: OnError,
    /// Whether the awards can be revoked.
    pub entry: StatusEntry,
    /// The form asked for, where the lines do not say.
    pub format: Option<Format>,
    /// Which forms are signed, where the lines do not say.
    pub signed: Signed,
    /// Who acts.
    pub actor: &'a str,
    /// The clock.
    pub clock: fn() -> Timestamp,
}

/// How many lines came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Counts {
    /// Lines seen.
    pub lines: u64,
    /// Awarded now.
    pub awarded: u64,
    /// Awarded by an earlier run, or by an earlier line that says the same.
    pub already: u64,
    /// In order, and not awarded because this is a dry run.
    pub ready: u64,
    /// Not in order.
    pub refused: u64,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// After the last line.
    Complete,
    /// At this line, which is not in order.
    Stopped(u64),
    /// Between two portions, because somebody asked for it.
    Interrupted,
}

/// What hears of each line, in order, and may ask to end.
pub trait Listener {
    /// Hears of a line; the award comes along where there is one.
    ///
    /// # Errors
    /// A [`Refusal`] ends the run.
    fn line(&mut self, line: &Line, awarded: Option<&Awarded>) -> Result<(), Refusal>;

    /// After each portion: whether to go on.
    ///
    /// # Errors
    /// A [`Refusal`] ends the run.
    fn portion(&mut self, counts: &Counts) -> Result<bool, Refusal>;
}

/// Reads the name of a batch: 1 to 100 characters, none of them a control character.
///
/// # Errors
/// [`Code::BatchNameInvalid`].
pub fn name(text: &str) -> Result<&str, Problem> {
    let fits = !text.is_empty() && text.chars().count() <= MAX_NAME && !text.chars().any(char::is_control);
    if fits { Ok(text) } else { Err(Problem::new(Code::BatchNameInvalid)) }
}

/// Runs a batch. Running it again, after whatever end, awards what is missing and nothing twice.
///
/// # Errors
/// A [`Refusal`] where the store or a key fails: what was recorded until then stands.
pub fn run<R: Read>(
    issuer: &Issuer,
    batch: &Batch<'_>,
    mut source: Source<R>,
    listener: &mut dyn Listener,
) -> Result<(Counts, End), Refusal> {
    let mut counts = Counts::default();
    loop {
        let rows: Vec<Row> = source.by_ref().take(PORTION).collect();
        if rows.is_empty() {
            return Ok((counts, End::Complete));
        }
        let act = Act { actor: batch.actor, at: (batch.clock)() };
        let seen = side_by_side(rows, |row| (row.line, row.last, look(issuer, batch, row, act)));
        // Nothing after a bad line is awarded, where one ends the batch.
        let mut seen = seen;
        let bad = |(_, _, looked): &(u64, bool, Result<Looked, Bad>)| looked.is_err();
        let end = match (batch.on_error, seen.iter().position(bad)) {
            (OnError::Stop, Some(at)) => {
                seen.truncate(at + 1);
                seen.last().map(|(line, ..)| End::Stopped(*line))
            }
            // What cannot be read to its end is not complete, whatever was asked for.
            _ => seen.iter().find(|(_, last, _)| *last).map(|(line, ..)| End::Stopped(*line)),
        };
        let done = side_by_side(seen, |(line, _, looked)| (line, carry_out(issuer, batch, looked, act)));
        for (number, done) in done {
            counts.lines += 1;
            let (outcome, findings, awarded) = match done {
                Ok(Done::Awarded(awarded)) => {
                    let outcome = if awarded.fresh { Outcome::Awarded } else { Outcome::Already };
                    (outcome, Vec::new(), Some(awarded))
                }
                Ok(Done::Seen { known: true }) => (Outcome::Already, Vec::new(), None),
                Ok(Done::Seen { known: false }) => (Outcome::Ready, Vec::new(), None),
                Err(Bad::Line(findings)) => (Outcome::Refused, findings, None),
                Err(Bad::Ours(refusal)) => return Err(refusal),
            };
            match outcome {
                Outcome::Awarded => counts.awarded += 1,
                Outcome::Already => counts.already += 1,
                Outcome::Ready => counts.ready += 1,
                Outcome::Refused => counts.refused += 1,
            }
            let findings = findings
                .into_iter()
                .map(|finding| Finding {
                    column: finding.column.or_else(|| source.column(finding.problem.pointer.as_deref())),
                    ..finding
                })
                .collect();
            let award = awarded.as_ref().map(|awarded| awarded.award.id.clone());
            listener.line(&Line { line: number, outcome, award, findings }, awarded.as_deref())?;
        }
        if !listener.portion(&counts)? {
            return Ok((counts, end.unwrap_or(End::Interrupted)));
        }
        if let Some(end) = end {
            return Ok((counts, end));
        }
    }
}

/// Why a line is not awarded.
enum Bad {
    Line(Vec<Finding>),
    /// Nothing to do with the line.
    Ours(Refusal),
}

enum Done {
    Awarded(Box<Awarded>),
    Seen { known: bool },
}

fn look(issuer: &Issuer, batch: &Batch<'_>, row: Row, act: Act<'_>) -> Result<Looked, Bad> {
    let mut draft = row.draft.map_err(Bad::Line)?;
    let idempotency = idempotency(batch, &draft).map_err(Bad::of)?;
    draft.format = batch.format.unwrap_or(draft.format);
    if batch.signed == Signed::Asked {
        draft.signed = Signed::Asked;
    }
    let draws = Draws::fresh().map_err(|problem| Bad::Ours(problem.into()))?;
    issuer.look(batch.subject, draft, batch.entry, Some(idempotency), draws, act).map_err(Bad::of)
}

fn carry_out(
    issuer: &Issuer,
    batch: &Batch<'_>,
    looked: Result<Looked, Bad>,
    act: Act<'_>,
) -> Result<Done, Bad> {
    let looked = looked?;
    match batch.mode {
        Mode::DryRun => Ok(Done::Seen { known: looked.is_known() }),
        Mode::Award => {
            issuer.carry_out(looked, act.at).map(|awarded| Done::Awarded(Box::new(awarded))).map_err(Bad::of)
        }
    }
}

/// The name under which the store knows a line: made of what it asks for, the badge and the batch; not of the form it is answered in.
fn idempotency(batch: &Batch<'_>, draft: &Draft) -> Result<Idempotency, Refusal> {
    let asked = Draft { format: Format::Json, signed: Signed::Every, ..draft.clone() };
    let asked = serde_json::to_vec(&asked).map_err(|error| Refusal::Failure(error.to_string()))?;
    let digest = Sha256::new()
        .chain_update(b"badge-issuer batch\n")
        .chain_update(batch.subject.badge.as_bytes())
        .chain_update(b"\n")
        .chain_update(batch.name.as_bytes())
        .chain_update(b"\n")
        .chain_update(&asked)
        .finalize();
    let key = digest.iter().fold("batch:".to_owned(), |hex, byte| hex + &format!("{byte:02x}"));
    Ok(Idempotency { key, digest: Digest::of(&[&asked]) })
}

impl Bad {
    fn of(refusal: Refusal) -> Self {
        let ours = |problem: &Problem| is_ours(problem.code) || problem.code == Code::DataInUse;
        match refusal {
            Refusal::Request(problems) if !problems.iter().any(ours) => {
                Self::Line(problems.into_iter().map(|problem| Finding { column: None, problem }).collect())
            }
            refusal => Self::Ours(refusal),
        }
    }
}

/// Does the same with each of some things on several threads, and keeps their order.
fn side_by_side<T: Send, U: Send>(things: Vec<T>, work: impl Fn(T) -> U + Sync) -> Vec<U> {
    let workers = WORKERS.min(things.len());
    let done = Mutex::new(Vec::with_capacity(things.len()));
    let waiting = Mutex::new(things.into_iter().enumerate());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((index, thing)) = next() {
                    let result = work(thing);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}
