//! What can go wrong in the store, as values.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::data::{AwardStatus, Purpose};

/// Why the store did not do what it was asked.
///
/// Three families, which a service answers differently: the request does not fit what is recorded (4xx), the disk is full
/// ([`StoreError::DiskFull`], 503), the record is damaged or unreachable (500, and the operator is told which file).
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// No badge of this id, or no such version of it.
    #[error("no badge {badge} (version {version:?})")]
    UnknownBadge {
        /// The badge asked for.
        badge: String,
        /// The version asked for; `None` is the latest.
        version: Option<u32>,
    },
    /// No award of this id.
    #[error("no award {award}")]
    UnknownAward {
        /// The award asked for.
        award: String,
    },
    /// The badge has moved on since the caller read it.
    #[error("badge {badge} is at version {actual}, not {expected}")]
    BadgeVersion {
        /// The badge.
        badge: String,
        /// The version the caller meant to replace; 0 is "none yet".
        expected: u32,
        /// The version recorded.
        actual: u32,
    },
    /// The award id or credential id is already used by another award.
    #[error("id {id} is already used")]
    IdUsed {
        /// The id.
        id: String,
    },
    /// The idempotency key was used with another request body.
    #[error("idempotency key already used, for another request, by award {award}")]
    IdempotencyConflict {
        /// The award recorded under the key.
        award: String,
    },
    /// The award is not in the state that the caller believes.
    #[error("award {award} is {actual:?}, not {expected:?}")]
    StatusConflict {
        /// The award.
        award: String,
        /// The state the caller named.
        expected: AwardStatus,
        /// The state recorded.
        actual: AwardStatus,
    },
    /// The award's one status entry cannot say this.
    #[error("award {award} has a status entry of purpose {purpose:?}: it cannot go from {from:?} to {to:?}")]
    NotExpressible {
        /// The award.
        award: String,
        /// The purpose of its status entry; `None` when it has no entry.
        purpose: Option<Purpose>,
        /// The state recorded.
        from: AwardStatus,
        /// The state asked for.
        to: AwardStatus,
    },
    /// Other forms of the award are recorded than the caller began with.
    #[error("award {award} was signed again meanwhile")]
    FormsChanged {
        /// The award.
        award: String,
    },
    /// The award is not signed yet.
    #[error("award {award} is not signed")]
    NotIssued {
        /// The award.
        award: String,
    },
    /// A signature by which somebody vouches for somebody was recorded since the caller looked who does.
    #[error("who vouches for whom has changed since it was looked at")]
    VouchedMeanwhile,
    /// No place of this name is kept for an evaluation.
    #[error("no place is kept under this name")]
    UnknownSeat,
    /// As many places were reserved today as the caller allows.
    #[error("{limit} places for evaluations were reserved today")]
    SeatsTaken {
        /// How many.
        limit: u32,
    },
    /// No token of this id.
    #[error("no token {token}")]
    UnknownToken {
        /// The token asked for.
        token: String,
    },
    /// As many tokens count as the caller allows.
    #[error("{limit} tokens are in force")]
    TokensFull {
        /// How many.
        limit: usize,
    },
    /// The payload was erased at the request of the person it was about.
    #[error("the payload of award {award} was erased")]
    Erased {
        /// The award.
        award: String,
    },
    /// A value is longer than the store keeps.
    #[error("{field} is {length} bytes long; the limit is {limit}")]
    TooLong {
        /// The field.
        field: &'static str,
        /// Its length in bytes.
        length: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A name is empty or holds a control character.
    #[error("{field} is empty or holds a control character")]
    BadName {
        /// The field.
        field: &'static str,
    },
    /// Every draw fell on a used index: the source of randomness is broken.
    #[error("no unused status index found in {draws} draws")]
    BrokenEntropy {
        /// How many draws were made.
        draws: u32,
    },
    /// The disk (or the quota) is full; nothing was recorded, and the same call may succeed later.
    #[error("{}: no space left on the device", file.display())]
    DiskFull {
        /// The file that could not grow.
        file: PathBuf,
    },
    /// The operating system refused a read or a write.
    #[error("{}: {source}", file.display())]
    Io {
        /// The file or directory.
        file: PathBuf,
        /// What the operating system said.
        source: Arc<io::Error>,
    },
    /// The database cannot be reached, or did not answer in time. What was asked is recorded or not; asking again with the
    /// same idempotency key finds out.
    #[error("the database does not answer: {detail}")]
    Unavailable {
        /// What the database or the network said; never a password.
        detail: String,
    },
    /// The database refused: its rights, its version or its tables are not what is needed.
    #[error("the database refuses: {detail}")]
    Database {
        /// What the database said; never a value or a password.
        detail: String,
    },
    /// The database's tables are not those of this program: one of another version has changed them, or has not yet.
    #[error("the tables are at step {found}; this program knows step {known}")]
    OtherTables {
        /// The last step that was taken.
        found: i64,
        /// The step of this program.
        known: i64,
    },
    /// An import into this record has begun and not ended.
    #[error("an import has begun and not ended")]
    ImportUnfinished,
    /// An entry of the record is damaged; nothing was changed.
    #[error("entry {sequence}: {damage}")]
    CorruptEntry {
        /// The entry's number in the chain.
        sequence: u64,
        /// What is wrong with it.
        damage: Damage,
    },
    /// Another process holds the data directory.
    #[error("{}: locked by another process", file.display())]
    Locked {
        /// The lock file.
        file: PathBuf,
    },
    /// An earlier write failed in a way that leaves the files' state unknown; reopen the store.
    #[error("closed after a failed write; reopen the store")]
    Closed,
    /// The record itself is damaged; nothing was changed.
    #[error("{}: {damage} at byte {offset}", file.display())]
    Corruption {
        /// The damaged file.
        file: PathBuf,
        /// Where in it, in bytes from its start.
        offset: u64,
        /// What is wrong there.
        damage: Damage,
    },
    /// The journal ends before entries that were already acknowledged; nothing was changed.
    #[error("the journal ends at entry {journal}, but {} has seen entry {witness}", file.display())]
    TailLost {
        /// The last entry of the journal.
        journal: u64,
        /// An entry that was acknowledged.
        witness: u64,
        /// The file that proves it.
        file: PathBuf,
    },
    /// The index failed or contradicts itself; reopening the store rebuilds it from the journal.
    #[error("index: {detail}")]
    Index {
        /// What the index engine said.
        detail: String,
    },
}

/// What is wrong at a place in a file of the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// The segment's first bytes are not a segment header, or belong to another segment.
    #[error("damaged segment header")]
    SegmentHeader,
    /// A segment between others is absent.
    #[error("missing segment")]
    MissingSegment,
    /// The file ends inside an entry that is not the last.
    #[error("file cut short")]
    CutShort,
    /// An entry's header fails its checksum.
    #[error("damaged entry header")]
    EntryHeader,
    /// An entry's body fails its checksum.
    #[error("damaged entry body")]
    EntryBody,
    /// The entry's number does not follow its predecessor's.
    #[error("entry out of sequence")]
    Sequence,
    /// The entry's link is not the hash of its predecessor.
    #[error("broken hash link")]
    Link,
    /// The entry's body is whole but is not a record this version knows.
    #[error("unknown record")]
    UnknownRecord,
    /// The chain commits to a payload that is not there.
    #[error("missing payload")]
    PayloadMissing,
    /// A payload is not what the chain commits to.
    #[error("payload differs from its commitment")]
    PayloadAltered,
    /// A payload is blank although the chain records no erasure.
    #[error("payload blank without a recorded erasure")]
    PayloadBlank,
    /// What the record is found by is not what the chain says.
    #[error("table differs from the chain")]
    Derived,
    /// A payload is still there although the chain records its erasure.
    #[error("payload present after its recorded erasure")]
    PayloadKept,
}

impl StoreError {
    /// Wraps what the operating system said about `file`, telling a full disk from the rest.
    pub(super) fn io(file: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::DiskFull { file: file.to_owned() }
            }
            _ => Self::Io { file: file.to_owned(), source: Arc::new(source) },
        }
    }

    pub(super) fn damaged(file: &Path, offset: u64, damage: Damage) -> Self {
        Self::Corruption { file: file.to_owned(), offset, damage }
    }

    pub(super) fn index(detail: impl std::fmt::Display) -> Self {
        Self::Index { detail: detail.to_string() }
    }
}
