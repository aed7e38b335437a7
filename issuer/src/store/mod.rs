//! The issuer's record of what it intended, signed and changed; named by intent, so that any engine can stand behind it.
//!
//! [`EmbeddedStore`] keeps it in one directory:
//!
//! ```text
//! lock        one process at a time
//! journal/    the record: a hash chain of acts, append-only    (ids, digests, times, actors, codes)
//! payloads/   beside it: what may be personal, erasable         (recipients, requests, credentials, reasons)
//! index/      keys to find things by; rebuilt from the two above at any time
//! ```
//!
//! What a caller may count on:
//!
//! - **An answer means durable.** What a method has recorded survives a power cut from the moment it returns. An error other than
//!   [`StoreError::DiskFull`] after a write may leave it recorded or not; asking again with the same idempotency key finds out.
//! - **Intent before act.** The status index is reserved in the same entry that records the intent; one key gives one award with
//!   one index, however many ask at once and whenever the machine stops.
//! - **No index twice,** in any list, ever.
//! - **The chain holds commitments, never personal data.** Erasing a payload leaves the chain whole and the status list in force.
//! - **Damage is told, not repaired.** Only an unfinished last batch, which nobody was told of, is cut off.
//!
//! Methods block; a service calls them from its blocking threads. Time and randomness are arguments.
//!
//! ```no_run
//! use badge_issuer::store::{EmbeddedStore, Store as _};
//!
//! let store = EmbeddedStore::open("data/store".as_ref())?;
//! assert_eq!(store.head()?, store.verify_chain()?.head);
//! # Ok::<(), badge_issuer::store::StoreError>(())
//! ```

use jiff::Timestamp;

mod busy;
mod carry;
mod checks;
mod committer;
#[cfg(test)]
mod contract;
mod data;
mod digest;
mod embedded;
mod entropy;
mod error;
mod frame;
mod index;
mod journal;
mod open;
mod payload;
mod postgres;
mod record;
mod segment;
mod sled;
mod slots;
#[cfg(test)]
mod tests;
mod transfer;
mod verify;
mod view;

pub use data::{
    Award, AwardPage, AwardQuery, AwardStatus, BadgeVersion, ChainEntry, ChainHead, ChainReport, Erasure,
    Forms, Idempotency, Intended, Intent, Issued, NewBadge, NewSeat, NewToken, Purpose, RecordedChange,
    Reissue, Revelation, RevokedToken, Seat, SeatWithdrawal, Seated, StatusBits, StatusChange, StatusList,
    StatusSlot, Token, TokenPage, TokenQuery, TokenRevocation,
};
pub use digest::{Digest, NotADigest};
pub use embedded::EmbeddedStore;
pub use entropy::Entropy;
pub use error::{Damage, StoreError};
pub use open::Options;
pub use payload::MAX_PAYLOAD;
pub use postgres::{
    BatchBegun, BatchEnded, BatchRow, Claim, DEFAULT_CONNECTIONS, DatabaseUrl, NotADatabase, Pieces,
    PostgresStore,
};
pub use segment::{Disk, SegmentFile, SystemDisk};
pub use slots::LIST_LENGTH;
pub use transfer::{Carried, Fault, Imported, Payload, Transfer, TransferError, check, export, import};

/// Longest id, actor, code, recipient or idempotency key in bytes: longer than any URL or e-mail address in use, short enough
/// that an entry of the chain stays small.
pub const MAX_NAME: usize = 1024;

/// Most awards on one page.
pub const MAX_PAGE: usize = 1000;

/// The issuer's record.
///
/// The order of an award: [`record_intent`](Store::record_intent), sign, [`record_issued`](Store::record_issued), answer.
/// A retry after a crash goes the same way: the intent is found by its idempotency key, with the same id and status index.
pub trait Store: Send + Sync {
    /// Records the next version of a badge template.
    ///
    /// # Errors
    ///
    /// [`StoreError::BadgeVersion`] when the badge is not at the version that the caller means to replace.
    fn put_badge(&self, badge: NewBadge, entropy: Entropy) -> Result<BadgeVersion, StoreError>;

    /// A version of a badge, or its latest.
    fn badge(&self, badge: &str, version: Option<u32>) -> Result<Option<BadgeVersion>, StoreError>;

    /// The latest version of every badge, in the order of their ids.
    fn badges(&self) -> Result<Vec<BadgeVersion>, StoreError>;

    /// Reserves a status index and records the intent to award, in one step; or finds what the key already stands for.
    ///
    /// # Errors
    ///
    /// [`StoreError::IdempotencyConflict`] when the key stands for another request, [`StoreError::IdUsed`] when the award's or
    /// credential's id is taken, [`StoreError::UnknownBadge`].
    fn record_intent(&self, intent: Intent, entropy: Entropy) -> Result<Intended, StoreError>;

    /// A mark that is another one after each signature by which somebody vouches for somebody, whichever process recorded it; none comes twice.
    ///
    /// Whoever signs such a one reads this, looks who vouches for whom, and records with what was read: so nobody has recorded another
    /// since. It says nothing else, and is not part of the chain.
    fn vouched(&self) -> Result<Digest, StoreError>;

    /// Records the signed credential of an intent. The first one counts: later ones get what the first recorded.
    ///
    /// Where somebody vouches for somebody in it, `vouched` is what [`vouched`](Store::vouched) answered before it was looked for others.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnknownAward`] when no intent is recorded, [`StoreError::Erased`]; [`StoreError::VouchedMeanwhile`], where nothing is
    /// recorded.
    fn record_issued(
        &self,
        award: &str,
        forms: Forms,
        vouched: Option<Digest>,
        at: Timestamp,
        entropy: Entropy,
    ) -> Result<Issued, StoreError>;

    /// An award.
    fn award(&self, award: &str) -> Result<Option<Award>, StoreError>;

    /// An award by its credential's `id`.
    fn award_by_credential_id(&self, credential_id: &str) -> Result<Option<Award>, StoreError>;

    /// The award that an idempotency key stands for, with the digest of its request. Erasing an award forgets its key.
    fn award_by_key(&self, key: &str) -> Result<Option<(Digest, Award)>, StoreError>;

    /// A page of awards, oldest first.
    fn awards(&self, query: &AwardQuery) -> Result<AwardPage, StoreError>;

    /// The request that an award's intent recorded.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnknownAward`], [`StoreError::Erased`].
    fn request(&self, award: &str) -> Result<String, StoreError>;

    /// The signed credential of an award; `None` when it is not signed yet.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnknownAward`], [`StoreError::Erased`].
    fn forms(&self, award: &str) -> Result<Option<Forms>, StoreError>;

    /// The words of the reason given for a change of status, named by its chain entry.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnknownAward`], [`StoreError::Erased`].
    fn reason(&self, award: &str, sequence: u64) -> Result<Option<String>, StoreError>;

    /// Records a change of status, and with it the bit of the award's status entry.
    ///
    /// # Errors
    ///
    /// [`StoreError::StatusConflict`] when the award is not in the state named, [`StoreError::NotExpressible`] when its status
    /// entry cannot say it.
    fn record_status_change(&self, change: StatusChange, entropy: Entropy) -> Result<Award, StoreError>;

    /// Records a signed credential in the place of the one that is recorded; that one stays in the record until it is erased.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnknownAward`], [`StoreError::NotIssued`], [`StoreError::FormsChanged`], [`StoreError::Erased`],
    /// [`StoreError::VouchedMeanwhile`].
    fn record_reissued(&self, reissue: Reissue, entropy: Entropy) -> Result<Issued, StoreError>;

    /// Records that the evaluators of an award were shown.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnknownAward`], [`StoreError::Erased`].
    fn record_revealed(&self, revelation: Revelation) -> Result<Award, StoreError>;

    /// Keeps a place in a status list for an evaluation, or finds the one that is kept under this name; never two.
    ///
    /// # Errors
    ///
    /// [`StoreError::SeatsTaken`].
    fn reserve_seat(&self, seat: NewSeat, entropy: Entropy) -> Result<Seated, StoreError>;

    /// The place that is kept under a name.
    fn seat(&self, seat: &Digest) -> Result<Option<Seat>, StoreError>;

    /// Records that the evaluation in a place was taken back, and with it the bit of the place. Twice is once, and there is no way back.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnknownSeat`].
    fn withdraw_seat(&self, withdrawal: SeatWithdrawal) -> Result<Seat, StoreError>;

    /// Makes a token, or finds the one that is kept under its digest, as it is; never two.
    ///
    /// # Errors
    ///
    /// [`StoreError::TokensFull`]; [`StoreError::IdUsed`] when the id is that of another token.
    fn make_token(&self, token: NewToken, entropy: Entropy) -> Result<Token, StoreError>;

    /// Records that a token counts no more: no reading that begins after this has returned finds it in force, in whichever process.
    /// Twice is once, and there is no way back.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnknownToken`].
    fn revoke_token(&self, revocation: TokenRevocation) -> Result<Token, StoreError>;

    /// The token whose text has this digest, whether it counts or not.
    fn token_by_digest(&self, digest: &Digest) -> Result<Option<Token>, StoreError>;

    /// A page of tokens, oldest first.
    fn tokens(&self, query: &TokenQuery) -> Result<TokenPage, StoreError>;

    /// The bits of a status list.
    fn status_bits(&self, list: &str) -> Result<Option<StatusBits>, StoreError>;

    /// The status lists opened so far, in that order.
    fn lists(&self) -> Result<Vec<StatusList>, StoreError>;

    /// Erases everything personal about an award; ids, times and status stay. Erasing twice is erasing once.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnknownAward`]; [`StoreError::StatusConflict`] when only an intent was to be erased and the award is signed.
    fn erase_payload(&self, erasure: Erasure) -> Result<Award, StoreError>;

    /// The end of the chain.
    fn head(&self) -> Result<ChainHead, StoreError>;

    /// The head that the chain had when entry `sequence` was its last; `None` when it has no such entry. 0 gives the empty chain.
    ///
    /// A signed checkpoint kept elsewhere is compared with it.
    fn head_at(&self, sequence: u64) -> Result<Option<ChainHead>, StoreError>;

    /// Shows the entries of the chain numbered `from` to `until`, both included, in order; those that are not there yet are left out.
    /// What `visit` returns as an error ends it.
    fn entries(
        &self,
        from: u64,
        until: u64,
        visit: &mut dyn FnMut(ChainEntry) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Salt and payload behind a commitment of the chain, whose SHA-256 is the commitment; `None` after erasure, or for a digest
    /// that the chain does not hold. Whoever is shown them can check what an entry is about.
    fn opening(&self, commitment: &Digest) -> Result<Option<Vec<u8>>, StoreError>;

    /// Checks the whole record, payloads included.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corruption`] at the first thing that is not as recorded.
    fn verify_chain(&self) -> Result<ChainReport, StoreError>;
}
