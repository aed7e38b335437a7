//! A signed checkpoint of the record, kept where the record is not: so that nobody, and no restored backup, can take away the end of the
//! record unseen.
//!
//! No storage engine notices that its own tail is gone: a shorter record is a whole record. So the issuer signs how many entries its
//! record has and what the last one's hash is, keeps that elsewhere, and does not start behind it.
//!
//! A pass means: at the time of the last checkpoint the record was a prefix of what it is now. What was recorded after that checkpoint
//! (at most [`EVERY`], and what a place that cannot be reached delays, which is logged) could still go unseen, if the whole data
//! directory were put back together with its index.

mod note;
mod place;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use badge_schemas::problem::{Code, Problem};

pub use note::NotACheckpoint;
pub use place::Place;

use crate::files::{self, Readers};
use crate::identity::NamedKey;
use crate::issuer::Issuer;
use crate::refusal::Refusal;
use crate::store::{ChainHead, Store};

/// How often a record that grows is signed.
pub const EVERY: Duration = Duration::from_secs(1);

/// After how many failures in a row the operator is told again.
const TELL_AGAIN: u32 = 60;

/// The name of the copy in the data directory: it proves that there was a checkpoint elsewhere, should that be gone.
const COPY: &str = "checkpoint";

/// What is said of a record that has none, in English and French.
pub const NOT_KEPT: [&str; 2] = [
    "no checkpoint is kept elsewhere ([store] checkpoint in the settings), so a loss of the end of the record together with its index would go unseen",
    "aucun point de contrôle n’est gardé ailleurs ([store] checkpoint dans les réglages)\u{a0}; la perte de la fin du registre avec son index passerait donc inaperçue",
];

/// The checkpoints of one record.
#[derive(Clone)]
pub struct Checkpoints {
    place: Place,
    copy: PathBuf,
    issuer: Arc<Issuer>,
}

/// What a comparison of record and checkpoint found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is no checkpoint yet.
    First,
    /// The record begins with what the checkpoint names.
    Holds(ChainHead),
}

impl Checkpoints {
    /// Those of the record in `data`, kept at `place`.
    pub fn new(place: Place, data: &Path, issuer: Arc<Issuer>) -> Self {
        Self { place, copy: data.join(COPY), issuer }
    }

    /// Compares the record with the checkpoint, and with its copy.
    ///
    /// # Errors
    /// [`Code::CheckpointUnusable`] when it cannot be read or is gone, [`Code::CheckpointUnavailable`] when its place does not answer, [`Code::RecordBehindCheckpoint`],
    /// [`Code::RecordDiffersFromCheckpoint`].
    pub fn check(&self) -> Result<Standing, Refusal> {
        let copy = Place::File(self.copy.clone());
        let copied = self.opened(&copy)?;
        let Some(head) = self.opened(&self.place)? else {
            if copied.is_none() {
                return Ok(Standing::First);
            }
            return Err(unusable(&self.place)
                .with_words(
                    "reason",
                    "there is none, though one was written there or elsewhere before",
                    "il n’y en a pas, alors qu’un point de contrôle y a été écrit, ou ailleurs, auparavant",
                )
                .into());
        };
        self.compare(&self.place, head)?;
        if let Some(head) = copied {
            self.compare(&copy, head)?;
        }
        Ok(Standing::Holds(head))
    }

    /// Signs the record as it is and writes that down, whatever was there before.
    ///
    /// # Errors
    /// As the place's; [`Refusal::Failure`] when it cannot be signed.
    pub fn write(&self) -> Result<ChainHead, Refusal> {
        let head = self.issuer.store.head()?;
        self.write_head(head)?;
        Ok(head)
    }

    /// Starts to write a checkpoint whenever the record has grown, at most once in [`EVERY`], and at the end.
    ///
    /// # Errors
    /// As [`Checkpoints::write`]: the first one must succeed.
    pub fn keep(self) -> Result<Keeper, Refusal> {
        let mut written = self.write()?;
        let (stop, stopped) = channel::<()>();
        let run = move || {
            let mut failures = 0_u32;
            loop {
                let end = stopped.recv_timeout(EVERY) != Err(RecvTimeoutError::Timeout);
                match self.catch_up(written) {
                    Ok(head) => {
                        written = head;
                        failures = 0;
                    }
                    Err(refusal) => {
                        if end || failures.is_multiple_of(TELL_AGAIN) {
                            let problems = refusal.into_problems();
                            let reason = problems
                                .first()
                                .map(|problem| problem.sentence(badge_schemas::lang::Lang::En));
                            tracing::error!(
                                place = %self.place, entry = written.sequence, reason,
                                "no checkpoint written: until it is, a loss of what was recorded after this entry could go unseen"
                            );
                        }
                        failures = failures.saturating_add(1);
                    }
                }
                if end {
                    return;
                }
            }
        };
        let thread = thread::Builder::new()
            .name("checkpoints".to_owned())
            .spawn(run)
            .map_err(|error| Refusal::Failure(error.to_string()))?;
        Ok(Keeper { stop: Some(stop), thread: Some(thread) })
    }

    fn catch_up(&self, written: ChainHead) -> Result<ChainHead, Refusal> {
        let head = self.issuer.store.head()?;
        if head != written {
            self.write_head(head)?;
        }
        Ok(head)
    }

    /// The copy last: it must never say more than the place.
    fn write_head(&self, head: ChainHead) -> Result<(), Refusal> {
        let note = note::sign(&self.origin(), head, self.key())?;
        self.place.write(&note)?;
        files::write_whole(&self.copy, note.as_bytes(), Readers::Owner)?;
        Ok(())
    }

    fn opened(&self, place: &Place) -> Result<Option<ChainHead>, Problem> {
        let Some(note) = place.read()? else { return Ok(None) };
        note::open(&note, &self.origin(), &self.issuer.identity().known_keys()).map(Some).map_err(|error| {
            let (en, fr) = words(error);
            unusable(place).with_words("reason", en, fr)
        })
    }

    fn compare(&self, place: &Place, expected: ChainHead) -> Result<(), Refusal> {
        compare(self.issuer.store.as_ref(), place, expected)
    }

    fn origin(&self) -> String {
        note::origin(self.issuer.identity().id())
    }

    fn key(&self) -> &NamedKey {
        self.issuer.identity().integrity_key()
    }
}

/// Holds a record against the head that a checkpoint names.
fn compare(store: &dyn Store, place: &Place, expected: ChainHead) -> Result<(), Refusal> {
    match store.head_at(expected.sequence)? {
        Some(found) if found == expected => Ok(()),
        Some(_) => Err(Problem::new(Code::RecordDiffersFromCheckpoint)
            .with("place", place)
            .with("sequence", expected.sequence)
            .into()),
        None => Err(Problem::new(Code::RecordBehindCheckpoint)
            .with("place", place)
            .with("expected", expected.sequence)
            .with("found", store.head()?.sequence)
            .into()),
    }
}

/// Writes checkpoints until it is dropped, and one last time then.
pub struct Keeper {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn unusable(place: &Place) -> Problem {
    Problem::new(Code::CheckpointUnusable).with("place", place)
}

fn words(error: NotACheckpoint) -> (&'static str, &'static str) {
    match error {
        NotACheckpoint::Malformed => ("it is not a checkpoint", "ce n’est pas un point de contrôle"),
        NotACheckpoint::OtherOrigin => {
            ("it is about another issuer’s record", "il porte sur le registre d’un autre émetteur")
        }
        NotACheckpoint::Unsigned => {
            ("no key of this issuer signed it", "aucune clé de cet émetteur ne l’a signé")
        }
        NotACheckpoint::BadSignature => ("its signature does not verify", "sa signature n’est pas valide"),
    }
}
