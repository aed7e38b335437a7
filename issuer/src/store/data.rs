//! What the store keeps, as plain data.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::error::{Damage, StoreError};
use super::record::published;
use crate::access::Role;

/// What a status entry can say: `statusPurpose` of
/// [Bitstring Status List v1.0, §2.1](https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistentry).
///
/// Open Badges 3.0 allows one entry for a credential, so a badge's template chooses one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Final: the credential will never be in force again.
    Revocation,
    /// Reversible: the credential is out of force for a time.
    Suspension,
}

/// Where an award stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AwardStatus {
    /// The intent is recorded; no signature is recorded yet.
    Intended,
    /// Signed and in force.
    Active,
    /// Out of force for a time.
    Suspended,
    /// Out of force for ever.
    Revoked,
}

/// One position of one status list; never given to two awards.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StatusSlot {
    /// The list's id: a decimal number as text, counted from 1 over all purposes.
    pub list: String,
    /// The list's purpose.
    pub purpose: Purpose,
    /// `statusListIndex`, in entries from 0.
    pub index: u32,
}

/// A badge template to record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewBadge {
    /// The badge's id.
    pub badge: String,
    /// The version this one replaces; 0 when the badge is new.
    pub replaces: u32,
    /// The template: an Achievement and what the issuer says beside it.
    pub definition: serde_json::Value,
    /// Who acts: an account or token name, never a holder.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// One version of a badge template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BadgeVersion {
    /// The badge's id.
    pub badge: String,
    /// Counted from 1.
    pub version: u32,
    /// The template.
    pub definition: serde_json::Value,
    /// Who recorded it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// The client's name for a request, so that sending it twice awards once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Idempotency {
    /// The key, as the client sent it (a service with several clients prefixes it with the client).
    pub key: String,
    /// Digest of the request body; the same key with another digest is a conflict.
    pub digest: Digest,
}

/// The intent to award: everything needed to sign, recorded before the signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The award's id, unguessable.
    pub award: String,
    /// The credential's `id`.
    pub credential_id: String,
    /// The badge awarded.
    pub badge: String,
    /// The version of its template.
    pub badge_version: u32,
    /// What the status entry can say; `None` awards without a status entry.
    pub purpose: Option<Purpose>,
    /// Whom it is for: a DID or an e-mail address. Personal: kept in the payload only.
    pub recipient: String,
    /// The request, from which the credential can be built again after a crash. Personal: kept in the payload only.
    pub request: String,
    /// The client's key for it, if it sent one. Kept in the payload only.
    pub idempotency: Option<Idempotency>,
    /// Who acts: an account or token name.
    pub actor: String,
    /// When; the credential built from the intent takes its times from here, so that a retry builds the same one.
    pub at: Timestamp,
}

/// The answer to [`Store::record_intent`](super::Store::record_intent).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intended {
    /// Recorded now: sign it, then record it as issued.
    New(Award),
    /// The same key and request were recorded before. When its status is [`AwardStatus::Intended`] the first attempt has not
    /// finished (it is still signing, or it crashed): build the credential from
    /// [`Store::request`](super::Store::request), sign, and record it as issued.
    Known(Award),
}

impl Intended {
    /// The award, whether new or known.
    pub fn award(&self) -> &Award {
        match self {
            Self::New(award) | Self::Known(award) => award,
        }
    }
}

/// A signed credential in each form it was secured in: format name (`json`, `jwt`) to the exact text.
pub type Forms = BTreeMap<String, String>;

/// The answer to [`Store::record_issued`](super::Store::record_issued).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The award, as recorded.
    pub award: Award,
    /// The forms recorded: the caller's, or those of whoever was first.
    pub forms: Forms,
}

/// A change of status to record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChange {
    /// The award.
    pub award: String,
    /// The state the caller believes it is in.
    pub from: AwardStatus,
    /// The state it goes to.
    pub to: AwardStatus,
    /// A short code for the reason (`issued-in-error`); stands in the chain, so never about the person.
    pub code: String,
    /// The reason in words. May be personal: kept in the payload only.
    pub reason: String,
    /// Who acts: an account or token name.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// The erasure of an award's payloads to record
/// ([GDPR, art. 17](https://eur-lex.europa.eu/eli/reg/2016/679/oj#art_17)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// The award.
    pub award: String,
    /// Whether only an intent is to be erased, and an award that is signed by now left as it is.
    pub only_intent: bool,
    /// A short code for the ground (`holder-request`); stands in the chain.
    pub code: String,
    /// Who acts: an account or token name.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// A signed credential to record in the place of the one that is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reissue {
    /// The award.
    pub award: String,
    /// The forms that the caller began with: if others are recorded by now, nothing is.
    pub replaces: Forms,
    /// The new forms.
    pub forms: Forms,
    /// What [`vouched`](super::Store::vouched) answered before it was looked who vouches for whom.
    pub vouched: Digest,
    /// Who acts: an account or token name.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// That the evaluators of an award were shown, to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revelation {
    /// The award.
    pub award: String,
    /// A short code for the ground (`dispute`); stands in the chain.
    pub code: String,
    /// Who was shown them: an account or token name.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// A place in a status list to keep for an evaluation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSeat {
    /// What it is found by: a digest over something unguessable, which says nothing about anybody to who does not know that.
    pub seat: Digest,
    /// When.
    pub at: Timestamp,
    /// How many may be reserved in one day (UTC).
    pub most_in_a_day: u32,
}

/// That the evaluation in a place was taken back, to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatWithdrawal {
    /// The place.
    pub seat: Digest,
    /// A short code for the reason (`error-found`); stands in the chain, so never about the person.
    pub code: String,
    /// When.
    pub at: Timestamp,
}

/// A place in a status list that is kept for an evaluation, as recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// The chain entry of its reservation.
    pub sequence: u64,
    /// What it is found by.
    pub seat: Digest,
    /// Where it is.
    pub slot: StatusSlot,
    /// When it was reserved.
    pub reserved_at: Timestamp,
    /// The chain entry that records that the evaluation was taken back; `None` while it stands.
    pub withdrawn: Option<u64>,
}

/// The answer to [`Store::reserve_seat`](super::Store::reserve_seat).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seated {
    /// Reserved now.
    New(Seat),
    /// Reserved before.
    Known(Seat),
}

impl Seated {
    /// The place, whether new or known.
    pub fn seat(&self) -> &Seat {
        match self {
            Self::New(seat) | Self::Known(seat) => seat,
        }
    }
}

/// A token to make, or to find: whoever shows what has this digest acts as the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Its public id.
    pub token: String,
    /// SHA-256 of its text; kept in the payload only.
    pub digest: Digest,
    /// Whose it is: the name that the chain gives to who acts.
    pub account: String,
    /// What it may do; at least one.
    pub roles: Vec<Role>,
    /// The badges it is limited to; none named means all. Kept in the payload only.
    pub badges: BTreeSet<String>,
    /// Until when it counts; `None` for ever.
    pub expires_at: Option<Timestamp>,
    /// How many may count at the same time.
    pub most_in_force: usize,
    /// Who makes it: an account.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// That a token counts no more, to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRevocation {
    /// Its public id.
    pub token: String,
    /// Who revokes it: an account.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// A token, as recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// The chain entry of its making: the order of tokens, and the cursor of a query.
    pub sequence: u64,
    /// Its public id.
    pub id: String,
    /// SHA-256 of its text.
    pub digest: Digest,
    /// Whose it is.
    pub account: String,
    /// What it may do.
    pub roles: Vec<Role>,
    /// The badges it is limited to; none named means all.
    pub badges: BTreeSet<String>,
    /// When it was made.
    pub made_at: Timestamp,
    /// By whom.
    pub made_by: String,
    /// Until when it counts; `None` for ever.
    pub expires_at: Option<Timestamp>,
    /// Its revocation, if there was one.
    pub revoked: Option<RevokedToken>,
}

impl Token {
    /// Whether it counts at a time.
    pub fn counts(&self, at: Timestamp) -> bool {
        self.revoked.is_none() && self.expires_at.is_none_or(|end| at < end)
    }
}

/// The revocation of a token, as recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedToken {
    /// Its entry in the chain.
    pub sequence: u64,
    /// Who revoked it.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// Which tokens, and from where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenQuery {
    /// Only those that count at this time, to the microsecond.
    pub in_force_at: Option<Timestamp>,
    /// Only those recorded after this [`Token::sequence`].
    pub after: Option<u64>,
    /// At most this many; more than [`MAX_PAGE`](super::MAX_PAGE) counts as that.
    pub limit: usize,
}

/// A page of tokens, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenPage {
    /// The tokens.
    pub tokens: Vec<Token>,
    /// The `after` of the next page; `None` when this is the last.
    pub next: Option<u64>,
}

impl TokenPage {
    /// Up to `limit` of `tokens`, which has one more where there is a next page.
    pub(super) fn of(mut tokens: Vec<Token>, limit: usize) -> Self {
        let more = tokens.len() > limit;
        tokens.truncate(limit);
        let next = tokens.last().map(|token| token.sequence).filter(|_| more);
        Self { tokens, next }
    }
}

/// A change of status, as recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedChange {
    /// Its entry in the chain.
    pub sequence: u64,
    /// The state before.
    pub from: AwardStatus,
    /// The state after.
    pub to: AwardStatus,
    /// The code for the reason.
    pub code: String,
    /// Who acted.
    pub actor: String,
    /// When.
    pub at: Timestamp,
    /// What the chain says of the reason in words; [`Store::reason`](super::Store::reason) reads it.
    pub reason: Digest,
}

/// An award, as recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Award {
    /// The chain entry of its intent: the order of awards, and the cursor of a query.
    pub sequence: u64,
    /// Its id.
    pub id: String,
    /// The credential's `id`.
    pub credential_id: String,
    /// The badge awarded.
    pub badge: String,
    /// The version of its template.
    pub badge_version: u32,
    /// Whom it is for; `None` after erasure.
    pub recipient: Option<String>,
    /// Its status entry, if it has one.
    pub slot: Option<StatusSlot>,
    /// Where it stands.
    pub status: AwardStatus,
    /// Who awarded it.
    pub actor: String,
    /// When the intent was recorded.
    pub intended_at: Timestamp,
    /// When the signature was recorded.
    pub issued_at: Option<Timestamp>,
    /// When its payloads were erased.
    pub erased_at: Option<Timestamp>,
    /// Its changes of status, oldest first.
    pub changes: Vec<RecordedChange>,
}

/// Which awards, and from where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AwardQuery {
    /// Only of this badge.
    pub badge: Option<String>,
    /// Only for this recipient, compared byte for byte.
    pub recipient: Option<String>,
    /// Only in this state.
    pub status: Option<AwardStatus>,
    /// Only those recorded after this [`Award::sequence`].
    pub after: Option<u64>,
    /// At most this many; more than [`MAX_PAGE`](super::MAX_PAGE) counts as that.
    pub limit: usize,
}

/// A page of awards, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardPage {
    /// The awards.
    pub awards: Vec<Award>,
    /// The `after` of the next page; `None` when this is the last.
    pub next: Option<u64>,
}

/// A status list that has been opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusList {
    /// Its id.
    pub list: String,
    /// Its purpose.
    pub purpose: Purpose,
    /// When its first index was reserved.
    pub opened_at: Timestamp,
    /// How many indexes are reserved.
    pub used: u32,
    /// The chain entry that last changed a bit; 0 when none has. A change of this number is a change of the list.
    pub changed: u64,
}

/// The bits of a status list at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusBits {
    /// The list.
    pub list: StatusList,
    /// Its length in entries.
    pub length: u32,
    /// The indexes whose bit is 1, ascending; all others are 0.
    pub set: Vec<u32>,
}

/// The end of the chain: number and hash of its last entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainHead {
    /// The last entry's number; 0 for an empty chain.
    pub sequence: u64,
    /// Its hash; [`Digest::GENESIS`] for an empty chain.
    pub hash: Digest,
}

impl ChainHead {
    /// The head of an empty chain.
    pub const EMPTY: Self = Self { sequence: 0, hash: Digest::GENESIS };
}

/// One entry of the chain: ids, digests, times, actors and codes, never anything personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainEntry {
    /// Its number, and its hash.
    pub head: ChainHead,
    /// The record as JSON, exactly as hashed.
    pub body: String,
}

impl ChainEntry {
    /// The entry as strangers may read it: its body byte for byte, but `sha256:` and a digest for the id of a credential.
    ///
    /// The id is the address at which the service gives out the badge. It holds 122 random bits (a UUID of version 4), so nobody finds
    /// it from a digest without salt; and whoever has the badge finds its entry without a receipt.
    ///
    /// # Errors
    /// [`StoreError::CorruptEntry`] when the body is no record of this version: what is not understood is not published.
    pub fn published(&self) -> Result<String, StoreError> {
        published(&self.body)
            .ok_or(StoreError::CorruptEntry { sequence: self.head.sequence, damage: Damage::UnknownRecord })
    }
}

/// What a check of the whole record found in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainReport {
    /// The head up to which the chain was checked.
    pub head: ChainHead,
    /// How many payloads equal their commitments.
    pub payloads: u64,
    /// How many payloads are blank, each with a recorded erasure.
    pub erased: u64,
}
