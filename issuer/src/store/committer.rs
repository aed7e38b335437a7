//! The group committer: one thread that writes, so that many callers share one fdatasync.
//!
//! While one batch is being made durable the next one gathers. Of each batch, in this order: payloads written and synced, chain
//! entries written and synced, payloads erased and synced, index changed, callers answered. Readers therefore see nothing that a
//! power cut could take back, and the index is never ahead of the journal.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::data::ChainHead;
use super::error::StoreError;
use super::index::{Changes, Index};
use super::journal;
use super::payload::{self, Payloads, Sealed};
use super::record::{Private, Record, to_json};

/// Most records in a batch: beyond this the fdatasync is shared so widely that waiting longer gains nothing.
const MAX_BATCH: usize = 512;

/// Payload bytes after which a batch takes no more: bounds memory, one payload may go past it.
const MAX_BATCH_BYTES: usize = 4 * 1024 * 1024;

/// One record to write, with its payload.
pub(super) struct Submission {
    pub(super) record: Record,
    pub(super) payload: Option<Sealed>,
    pub(super) private: Option<Private>,
}

struct Job {
    submission: Submission,
    body: Vec<u8>,
    answer: SyncSender<Result<u64, StoreError>>,
}

/// The handle of the committer's thread.
pub(super) struct Committer {
    queue: Mutex<Option<Sender<Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Committer {
    pub(super) fn start(
        journal: journal::Writer,
        payloads: payload::Writer,
        reader: Arc<(Index, Payloads)>,
    ) -> Result<Self, StoreError> {
        let (queue, jobs) = channel();
        let mut state = State { journal, payloads, reader, failed: false };
        let thread = thread::Builder::new()
            .name("store-committer".to_owned())
            .spawn(move || state.run(&jobs))
            .map_err(|e| StoreError::io("thread".as_ref(), e))?;
        Ok(Self { queue: Mutex::new(Some(queue)), thread: Some(thread) })
    }

    /// Writes a record; its sequence comes back once it is durable.
    pub(super) fn commit(&self, submission: Submission) -> Result<u64, StoreError> {
        let body = to_json(&submission.record)?;
        let (answer, wait) = sync_channel(1);
        {
            let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            let queue = queue.as_ref().ok_or(StoreError::Closed)?;
            queue.send(Job { submission, body, answer }).map_err(|_| StoreError::Closed)?;
        }
        wait.recv().map_err(|_| StoreError::Closed)?
    }
}

impl Committer {
    /// Writes records in their order, as few batches as hold them; all are durable when this returns.
    pub(super) fn commit_all(&self, submissions: Vec<Submission>) -> Result<(), StoreError> {
        let mut waiting = Vec::with_capacity(submissions.len());
        {
            let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            let queue = queue.as_ref().ok_or(StoreError::Closed)?;
            for submission in submissions {
                let body = to_json(&submission.record)?;
                let (answer, wait) = sync_channel(1);
                queue.send(Job { submission, body, answer }).map_err(|_| StoreError::Closed)?;
                waiting.push(wait);
            }
        }
        waiting.into_iter().try_for_each(|wait| wait.recv().map_err(|_| StoreError::Closed)?.map(drop))
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        // Without a sender the thread ends after what is queued.
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

struct State {
    journal: journal::Writer,
    payloads: payload::Writer,
    reader: Arc<(Index, Payloads)>,
    /// A step failed after which memory, journal and index may differ: everything is refused until the store is reopened.
    failed: bool,
}

impl State {
    fn run(&mut self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let mut size = weight(&first);
            let mut batch = vec![first];
            while batch.len() < MAX_BATCH && size < MAX_BATCH_BYTES {
                let Ok(job) = jobs.try_recv() else { break };
                size += weight(&job);
                batch.push(job);
            }
            let outcome = catch_unwind(AssertUnwindSafe(|| self.commit(&batch))).unwrap_or_else(|_| {
                self.failed = true;
                Err(StoreError::Closed)
            });
            for (position, job) in batch.into_iter().enumerate() {
                let answer = match &outcome {
                    Ok(heads) => heads.get(position).map(|head| head.sequence).ok_or(StoreError::Closed),
                    Err(error) => Err(error.clone()),
                };
                // Nobody waits any more: the record stands all the same.
                drop(job.answer.send(answer));
            }
        }
    }

    fn commit(&mut self, batch: &[Job]) -> Result<Vec<ChainHead>, StoreError> {
        if self.failed || self.journal.is_broken() || self.payloads.is_broken() {
            return Err(StoreError::Closed);
        }
        // An erasure takes less than it gives back: it is done on a full disk too.
        if batch.iter().any(|job| job.submission.record.needs_room()) {
            self.payloads.check_space(batch.iter().map(weight).sum())?;
        }
        let first = self.journal.head().sequence + 1;
        let payloads: Vec<(u64, &Sealed)> =
            (first..).zip(batch).filter_map(|(n, job)| Some((n, job.submission.payload.as_ref()?))).collect();
        if !payloads.is_empty() {
            self.payloads.make_room()?;
        }
        let before = self.payloads.end();
        let locations = self.payloads.append(first, &payloads)?;
        let bodies: Vec<&[u8]> = batch.iter().map(|job| job.body.as_slice()).collect();
        let heads = self.journal.append(&bodies).inspect_err(|_| {
            // A broken journal may hold the batch after all: then its payloads must stay.
            if !self.journal.is_broken() {
                self.payloads.take_back(before);
            }
        })?;

        // From here on the batch is on record: whatever fails, only a replay of the journal puts it right.
        let placed =
            payloads.iter().zip(locations).map(|((_, sealed), location)| (sealed.commitment, location));
        let index = self.index(batch, &heads, placed);
        self.failed = index.is_err();
        index.map(|()| heads)
    }

    fn index(
        &self,
        batch: &[Job],
        heads: &[ChainHead],
        placed: impl Iterator<Item = (super::digest::Digest, payload::Location)>,
    ) -> Result<(), StoreError> {
        let (index, payloads) = &*self.reader;
        let mut changes = Changes::new(index);
        for (commitment, location) in placed {
            changes.location(&commitment, location)?;
        }
        for (job, head) in batch.iter().zip(heads) {
            let record = &job.submission.record;
            if let Record::Erased { award, .. } = record {
                erase(index, payloads, &changes, award)?;
            }
            changes.record(head.sequence, record, job.submission.private.as_ref())?;
            changes.head(*head)?;
        }
        changes.payload_end(self.payloads.end())?;
        changes.apply()
    }
}

/// Blanks every payload of an award.
pub(super) fn erase(
    index: &Index,
    payloads: &Payloads,
    changes: &Changes<'_>,
    award: &str,
) -> Result<(), StoreError> {
    for commitment in changes.row(award)?.commitments() {
        let location = index.location(&commitment)?;
        let location = location.ok_or_else(|| StoreError::index("payload without location"))?;
        payloads.erase(location)?;
    }
    Ok(())
}

fn weight(job: &Job) -> usize {
    job.body.len() + job.submission.payload.as_ref().map_or(0, Sealed::length)
}
