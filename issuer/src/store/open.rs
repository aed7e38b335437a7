//! Opening the embedded store: check the chain, bring the index up to it, cut off what was torn, and only then write.
//!
//! 1. Every entry of the journal is checked (checksum, sequence, link): a service that signs does not start over a damaged
//!    record. The index must not be ahead of it, and must name the same hash at its own head.
//! 2. The payload log is walked from where the index stopped. What belongs to the batch after the journal's last was never
//!    acknowledged; anything later proves that the journal lost its tail.
//! 3. Entries the index has not seen are replayed, erasures included. Each payload they commit to must be there.
//! 4. Torn ends are cut off, durably.
//!
//! Nothing is changed in journal or payloads before step 3 has succeeded, so an operator can look at what was found.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::carry::mark;
use super::committer::{Committer, erase};
use super::data::ChainHead;
use super::error::{Damage, StoreError};
use super::index::{Changes, Index};
use super::journal::{End, Entry, Journal};
use super::payload::{Content, Payloads, Place};
use super::record::{Private, Record};
use super::segment::{Disk, SystemDisk, create_directory};
use super::sled::{Tree, set_aside};
use super::slots::{LIST_LENGTH, Slots};

/// Changes to the index that are applied together while it is made anew. Larger batches are no faster, and the engine holds far more memory
/// for them: 830 MB at 8,192, 245 MB at 512, for a record of 110,000 awards.
const REPLAY_WRITES: usize = 512;

/// How often, and how far apart, the lock is asked for again: for a fifth of a second.
const LOCK_ATTEMPTS: u32 = 10;
const LOCK_PAUSE: std::time::Duration = std::time::Duration::from_millis(20);

/// The disk and the sizes, which tests replace.
#[derive(Clone)]
pub struct Options {
    /// What writes.
    pub disk: Arc<dyn Disk>,
    /// A journal segment is left after this many bytes: it is read whole, so this bounds memory.
    pub journal_segment: u64,
    /// A payload segment is left after this many bytes: files that backup tools handle well.
    pub payload_segment: u64,
    /// Entries of a status list, a power of two.
    pub list_length: u32,
    /// Whether the store is opened for an import, be it one that has begun and not ended.
    pub importing: bool,
}

impl Default for Options {
    fn default() -> Self {
        const MIB: u64 = 1024 * 1024;
        Self {
            disk: Arc::new(SystemDisk),
            journal_segment: 32 * MIB,
            payload_segment: 256 * MIB,
            list_length: LIST_LENGTH,
            importing: false,
        }
    }
}

/// The parts of an open store.
pub(super) struct Parts {
    pub(super) journal: Journal,
    pub(super) reader: Arc<(Index, Payloads)>,
    pub(super) slots: Slots,
    pub(super) committer: Committer,
    pub(super) lock: File,
    /// Where an index went that could not be used.
    pub(super) aside: Option<PathBuf>,
}

/// Sets the index of the store in `directory` aside, so that the next opening makes it anew. Returns where it went.
pub(super) fn forget_index(directory: &Path) -> Result<PathBuf, StoreError> {
    let _lock = lock(directory)?;
    set_aside(&directory.join("index"))
}

/// Opens the store in `directory`, creating it if missing.
pub(super) fn open(directory: &Path, options: &Options) -> Result<Parts, StoreError> {
    create_directory(directory)?;
    let lock = lock(directory)?;
    let unfinished = mark(directory);
    let unfinished = unfinished.try_exists().map_err(|e| StoreError::io(&unfinished, e))?;
    if unfinished && !options.importing {
        return Err(StoreError::ImportUnfinished);
    }
    for name in ["journal", "payloads"] {
        create_directory(&directory.join(name))?;
    }
    let opening = Opening {
        journal: Journal::new(&directory.join("journal")),
        payloads: Payloads::new(&directory.join("payloads"), &options.disk),
        index: directory.join("index"),
    };
    let mut set_aside_as = None;
    let ready = match opening.prepare(options) {
        Err(StoreError::Index { detail }) => {
            let aside = set_aside(&opening.index)?;
            set_aside_as = Some(aside.clone());
            tracing::warn!(index = %opening.index.display(), detail, aside = %aside.display(), "index set aside, rebuilt from the journal");
            opening.prepare(options)?
        }
        prepared => prepared?,
    };
    let payloads = opening.payloads.resume(ready.payload_end, options.payload_segment)?;
    let journal = opening.journal.resume(&ready.end, &options.disk, options.journal_segment)?;
    let reader = Arc::new((ready.index, opening.payloads));
    let committer = Committer::start(journal, payloads, Arc::clone(&reader))?;
    let (journal, slots) = (opening.journal, ready.slots);
    Ok(Parts { journal, reader, slots, committer, lock, aside: set_aside_as })
}

/// One process for one data directory. The lock goes with the process, however it ends.
fn lock(directory: &Path) -> Result<File, StoreError> {
    let path = directory.join("lock");
    let open = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
    let file = open.map_err(|e| StoreError::io(&path, e))?;
    let mut attempts = 0;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            // A process that another thread is starting holds every open file for a moment.
            Err(TryLockError::WouldBlock) if attempts < LOCK_ATTEMPTS => {
                attempts += 1;
                std::thread::sleep(LOCK_PAUSE);
            }
            Err(TryLockError::WouldBlock) => return Err(StoreError::Locked { file: path }),
            Err(TryLockError::Error(e)) => return Err(StoreError::io(&path, e)),
        }
    }
}

struct Opening {
    journal: Journal,
    payloads: Payloads,
    index: PathBuf,
}

struct Ready {
    index: Index,
    slots: Slots,
    end: End,
    payload_end: Place,
}

impl Opening {
    fn prepare(&self, options: &Options) -> Result<Ready, StoreError> {
        let index = Index { tree: Tree::open(&self.index)? };
        let seen = index.head()?;
        let end = self.check_chain(seen)?;
        let (payload_end, whole) = self.place_payloads(&index, end.head)?;
        self.replay(&index, seen, end.head, whole, options.importing)?;
        let mut changes = Changes::new(&index);
        changes.payload_end(payload_end)?;
        changes.apply()?;
        let slots = Slots::load(&index, options.list_length)?;
        Ok(Ready { index, slots, end, payload_end })
    }

    /// Checks the whole chain, and the index's head against it.
    fn check_chain(&self, seen: ChainHead) -> Result<End, StoreError> {
        let (end, met) = self.journal.check(seen.sequence)?;
        let same = seen == ChainHead::EMPTY || met == Some(seen);
        if seen.sequence > end.head.sequence {
            let (journal, witness) = (end.head.sequence, seen.sequence);
            return Err(StoreError::TailLost { journal, witness, file: self.index.clone() });
        }
        if same { Ok(end) } else { Err(StoreError::index("belongs to another journal")) }
    }

    /// Tells the index where the payloads lie that it has not seen. Returns where the log is to go on, and where the walk of
    /// whole entries ended.
    fn place_payloads(&self, index: &Index, head: ChainHead) -> Result<(Place, Place), StoreError> {
        let from = index.payload_end()?;
        let mut changes = Changes::new(index);
        let mut orphan: Option<Place> = None;
        let end = self.payloads.scan(from, &mut |found| {
            if found.batch > head.sequence + 1 {
                let file = self.payloads.file(found.location.place);
                return Err(StoreError::TailLost { journal: head.sequence, witness: found.batch - 1, file });
            }
            if found.sequence > head.sequence {
                orphan.get_or_insert(found.location.place);
                return Ok(());
            }
            changes.location(&found.commitment, found.location)?;
            if changes.len() >= REPLAY_WRITES {
                std::mem::replace(&mut changes, Changes::new(index)).apply()?;
            }
            Ok(())
        })?;
        changes.apply()?;
        Ok((orphan.unwrap_or(end), end))
    }

    /// Gives the index the entries after `seen`. `end` is where a missing payload would have been.
    ///
    /// While an import goes on, erased payloads come before the record of their erasure.
    fn replay(
        &self,
        index: &Index,
        seen: ChainHead,
        head: ChainHead,
        end: Place,
        importing: bool,
    ) -> Result<(), StoreError> {
        if seen == head {
            return Ok(());
        }
        let mut changes = Changes::new(index);
        let mut blank = BTreeSet::new();
        self.journal.scan(seen.sequence + 1, head.sequence, &mut |entry| {
            let record = parse(&entry)?;
            let private = self.private(index, &record, end, &mut blank)?;
            if let Record::Erased { award, .. } = &record {
                erase(index, &self.payloads, &changes, award)?;
                blank.remove(award);
            }
            changes.record(entry.head.sequence, &record, private.as_ref())?;
            changes.head(entry.head)?;
            if changes.len() >= REPLAY_WRITES {
                std::mem::replace(&mut changes, Changes::new(index)).apply()?;
            }
            Ok(())
        })?;
        if let Some(award) = blank.first().filter(|_| !importing) {
            let location = index.location(&changes.row(award)?.request)?;
            let place = location.map_or(end, |location| location.place);
            return Err(StoreError::damaged(&self.payloads.file(place), place.offset, Damage::PayloadBlank));
        }
        changes.apply()
    }

    /// Checks that a record's payload is there, and reads it where things are found by it. An intent whose payload is blank goes into
    /// `blank` until the record of its erasure comes.
    fn private(
        &self,
        index: &Index,
        record: &Record,
        end: Place,
        blank: &mut BTreeSet<String>,
    ) -> Result<Option<Private>, StoreError> {
        let Some(commitment) = record.commitment() else { return Ok(None) };
        let Some(location) = index.location(commitment)? else {
            return Err(StoreError::damaged(&self.payloads.file(end), end.offset, Damage::PayloadMissing));
        };
        if !matches!(record, Record::Intent { .. } | Record::TokenMade { .. }) {
            return Ok(None);
        }
        let damaged =
            |damage| StoreError::damaged(&self.payloads.file(location.place), location.place.offset, damage);
        match (record, self.payloads.read(location, commitment)?) {
            (_, Content::Kept(payload)) => {
                Private::read(record, &payload).map_err(|_| damaged(Damage::UnknownRecord))
            }
            (Record::Intent { award, .. }, Content::Blank) => {
                blank.insert(award.clone());
                Ok(None)
            }
            (_, Content::Blank) => Err(damaged(Damage::PayloadBlank)),
        }
    }
}

/// Reads an entry as a record.
pub(super) fn parse(entry: &Entry<'_>) -> Result<Record, StoreError> {
    serde_json::from_slice(entry.body)
        .map_err(|_| StoreError::damaged(entry.file, entry.offset, Damage::UnknownRecord))
}
