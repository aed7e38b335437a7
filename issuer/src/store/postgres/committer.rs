//! The group committer: one task that records for a whole process, so that many callers share one commit.
//!
//! An attempt that comes to nothing is made again where that is safe. It always is before the commit was sent. After that, the
//! next attempt first finds out, under the same lock, whether the entries are there: nobody can record them later.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use deadpool_postgres::{Client, Pool};
use tokio::sync::mpsc::{Receiver, Sender, channel, error::TrySendError};
use tokio::time::timeout;

use super::super::data::ChainHead;
use super::super::error::StoreError;
use super::act::{Act, Answer};
use super::batch::{ATTEMPT, commit, decide, is_recorded, lock, write, write_vouched};
use super::connection::{Database, PATIENCE, finish};
use super::failure::Failure;

/// Most acts in one transaction: the lock is held for some tens of milliseconds at most.
const MAX_BATCH: usize = 256;

/// Payload bytes after which a batch takes no more.
const MAX_BATCH_BYTES: usize = 4 * 1024 * 1024;

/// Most acts that wait: more than the service has threads to wait on.
const MAX_WAITING: usize = 1024;

/// The wait before an attempt is made again, times the number of attempts so far.
const PAUSE: Duration = Duration::from_millis(50);

struct Job {
    act: Act,
    answer: SyncSender<Result<Answer, StoreError>>,
}

/// The handle of the committer's task.
pub(super) struct Committer {
    queue: Sender<Job>,
}

impl Committer {
    pub(super) fn start(database: &Database, organisation: Arc<str>) -> Self {
        let (queue, jobs) = channel(MAX_WAITING);
        let state = State { pool: database.pool.clone(), organisation, seen: AtomicU64::new(0) };
        database.spawn(state.run(jobs));
        Self { queue }
    }

    /// Records an act, or finds that it needs no record; the answer is durable.
    pub(super) fn submit(&self, act: Act) -> Result<Answer, StoreError> {
        let (answer, wait) = sync_channel(1);
        self.queue.try_send(Job { act, answer }).map_err(|error| match error {
            TrySendError::Full(_) => {
                StoreError::Unavailable { detail: "too many requests wait for it".into() }
            }
            TrySendError::Closed(_) => StoreError::Closed,
        })?;
        wait.recv().map_err(|_| StoreError::Closed)?
    }
}

struct State {
    pool: Pool,
    organisation: Arc<str>,
    /// The furthest head that was acknowledged: a database that is behind it has lost something.
    seen: AtomicU64,
}

/// What was sent to be committed, and whose outcome is not known.
struct Pending {
    head: ChainHead,
    answers: Vec<Result<Answer, StoreError>>,
}

impl State {
    async fn run(self, mut jobs: Receiver<Job>) {
        while let Some(first) = jobs.recv().await {
            let mut size = first.act.weight();
            let mut batch = vec![first];
            while batch.len() < MAX_BATCH && size < MAX_BATCH_BYTES {
                let Ok(job) = jobs.try_recv() else { break };
                size += job.act.weight();
                batch.push(job);
            }
            let acts: Vec<&Act> = batch.iter().map(|job| &job.act).collect();
            let answers = match self.record(&acts).await {
                Ok(answers) => answers,
                // One act may have spoilt the transaction of all.
                Err(
                    StoreError::Database { .. } | StoreError::Index { .. } | StoreError::CorruptEntry { .. },
                ) if acts.len() > 1 => {
                    let mut answers = Vec::with_capacity(acts.len());
                    for act in &acts {
                        let alone = self.record(&[act]).await;
                        answers.push(alone.and_then(|mut one| one.pop().unwrap_or(Err(StoreError::Closed))));
                    }
                    answers
                }
                Err(error) => vec![Err(error); acts.len()],
            };
            for (job, answer) in batch.into_iter().zip(answers) {
                // Nobody waits any more: the record stands all the same.
                let _ = job.answer.send(answer);
            }
        }
    }

    /// Records a batch, as often as it takes and time allows.
    async fn record(&self, acts: &[&Act]) -> Result<Vec<Result<Answer, StoreError>>, StoreError> {
        let begun = Instant::now();
        let pending = Mutex::new(None);
        let mut tries = 0;
        loop {
            tries += 1;
            let outcome = match self.pool.get().await {
                Ok(client) => {
                    let outcome = timeout(ATTEMPT, self.attempt(&client, acts, &pending)).await;
                    finish(client, outcome)
                }
                Err(error) => Err(error.into()),
            };
            let failure = match outcome {
                Ok(answers) => return Ok(answers),
                Err(failure @ Failure::Final(_)) => return Err(failure.into()),
                Err(failure) => failure,
            };
            self.pool.retain(|client, _| !client.is_closed());
            let pause = PAUSE * tries;
            if begun.elapsed() + pause > PATIENCE {
                return Err(failure.into());
            }
            tracing::debug!(?failure, tries, "a batch is tried again");
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt(
        &self,
        client: &Client,
        acts: &[&Act],
        pending: &Mutex<Option<Pending>>,
    ) -> Result<Vec<Result<Answer, StoreError>>, Failure> {
        let locked = lock(client, &self.organisation).await?;
        if locked.importing.is_some() {
            return Err(StoreError::ImportUnfinished.into());
        }
        let seen = self.seen.load(Ordering::Relaxed);
        if locked.head.sequence < seen {
            let (journal, file) = (locked.head.sequence, "database".into());
            return Err(StoreError::TailLost { journal, witness: seen, file }.into());
        }
        // It stays pending until it is known not to be recorded: a second failure in between must not make us decide anew against our own work.
        let before = pending
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(|before| (before.head, before.answers.clone()));
        if let Some((head, answers)) = before {
            if is_recorded(client, &self.organisation, head).await? {
                // Committed again with a write of its own: a standby that must have it has it before anybody is told.
                touch(client, &self.organisation).await?;
                commit(client).await?;
                self.seen.fetch_max(head.sequence, Ordering::Relaxed);
                return Ok(answers);
            }
            *pending.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        let decided = decide(client, &self.organisation, &locked, acts).await?;
        if decided.answers.iter().all(Result::is_err) {
            client.batch_execute("ROLLBACK").await?;
            return Ok(decided.answers);
        }
        // Where there is nothing new to record, the head is written all the same: an answer that repeats what was recorded
        // before is as durable as the first one.
        write(client, &self.organisation, &decided.entries, &decided.desk.view, decided.head).await?;
        if acts.iter().any(|act| act.vouches()) {
            write_vouched(client, &self.organisation, decided.desk.vouched).await?;
        }
        let answers = decided.answers.clone();
        *pending.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Pending { head: decided.head, answers: decided.answers });
        commit(client).await?;
        self.seen.fetch_max(decided.head.sequence, Ordering::Relaxed);
        Ok(answers)
    }
}

/// Writes the head as it is.
pub(super) async fn touch(client: &Client, organisation: &str) -> Result<(), Failure> {
    const TOUCH: &str = "UPDATE issuer_head SET sequence = sequence WHERE organisation = $1";
    client.execute(TOUCH, &[&organisation]).await?;
    Ok(())
}
