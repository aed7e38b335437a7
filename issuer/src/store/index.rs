//! The index over the journal: what each record means for the keys, and how they are read.
//!
//! ```text
//! m head | payloads                     how far the index has come
//! b badge ␀ version                     a badge version           B badge → latest version
//! a award → Row                         an award                  n sequence → award    c credential → award
//! x badge ␀ status sequence → award     and y badge ␀ sequence, t status sequence, r SHA-256(recipient) sequence
//! i SHA-256(idempotency key) → Key      a client's key            l list → StatusList
//! u list ␀ index                        a reserved index          s list ␀ index        a bit that is 1
//! p commitment → Location               where a payload lies
//! e seat → Seat                         a place for an evaluation d day → how many were reserved on it
//! k token → Token                       an access token           h SHA-256(token) → token
//! o sequence → token                    and f end token, while it is not revoked
//! ```
//!
//! Numbers in keys are big-endian, so that keys sort as numbers do. Recipients and idempotency keys stand here only as hashes,
//! and erasure removes them.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::data::{
    Award, AwardQuery, AwardStatus, ChainHead, Purpose, RecordedChange, RevokedToken, Seat, StatusList,
    StatusSlot, Token, TokenQuery,
};
use super::digest::Digest;
use super::error::StoreError;
use super::payload::{Location, Place};
use super::record::{IntentPayload, Private, Record, to_json};
use super::sled::{Tree, Writes};

/// Keys read at once while walking: bounds memory, and the time the engine is busy for one caller.
const WALK: usize = 512;

/// Sees a key and its value; answers whether to go on.
type Visitor<'a> = dyn FnMut(&[u8], &[u8]) -> Result<bool, StoreError> + 'a;

/// An award as the index keeps it: without the recipient, which stays in the payload.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) award: Award,
    pub(super) request: Digest,
    pub(super) forms: Option<Digest>,
    /// The forms before those, where the award was signed again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) earlier: Vec<Digest>,
    recipient: Option<Digest>,
    key: Option<Digest>,
}

impl Row {
    /// The hash of the idempotency key that it is found by.
    pub(super) fn key_hash(&self) -> Option<Digest> {
        self.key
    }

    /// Every payload the chain commits to for this award.
    pub(super) fn commitments(&self) -> impl Iterator<Item = Digest> {
        [self.request]
            .into_iter()
            .chain(self.forms)
            .chain(self.earlier.iter().copied())
            .chain(self.award.changes.iter().map(|change| change.reason))
    }
}

/// A badge version as the index keeps it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BadgeRow {
    pub(super) version: u32,
    pub(super) definition: Digest,
    pub(super) actor: String,
    pub(super) at: jiff::Timestamp,
}

/// What is known of an idempotency key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Key {
    pub(super) award: String,
    pub(super) digest: Digest,
}

/// The index, for reading; [`Changes`] writes it.
pub(super) struct Index {
    pub(super) tree: Tree,
}

impl Index {
    pub(super) fn head(&self) -> Result<ChainHead, StoreError> {
        Ok(self.read(b"mhead")?.unwrap_or(ChainHead::EMPTY))
    }

    pub(super) fn payload_end(&self) -> Result<Place, StoreError> {
        Ok(self.read(b"mpayloads")?.unwrap_or(Place::START))
    }

    pub(super) fn row(&self, award: &str) -> Result<Option<Row>, StoreError> {
        self.read(&key(b'a', &[award.as_bytes()]))
    }

    pub(super) fn award_of_credential(&self, credential: &str) -> Result<Option<String>, StoreError> {
        self.read(&key(b'c', &[credential.as_bytes()]))
    }

    pub(super) fn idempotency(&self, name: &str) -> Result<Option<Key>, StoreError> {
        self.read(&key(b'i', &[key_hash(name).as_bytes()]))
    }

    pub(super) fn latest_version(&self, badge: &str) -> Result<u32, StoreError> {
        Ok(self.read(&key(b'B', &[badge.as_bytes()]))?.unwrap_or(0))
    }

    pub(super) fn badge(&self, badge: &str, version: u32) -> Result<Option<BadgeRow>, StoreError> {
        self.read(&badge_key(badge, version))
    }

    pub(super) fn seat(&self, seat: &Digest) -> Result<Option<Seat>, StoreError> {
        self.read(&key(b'e', &[seat.as_bytes()]))
    }

    pub(super) fn token(&self, token: &str) -> Result<Option<Token>, StoreError> {
        self.read(&key(b'k', &[token.as_bytes()]))
    }

    /// The id of the token with this digest.
    pub(super) fn token_of(&self, digest: &Digest) -> Result<Option<String>, StoreError> {
        self.read(&key(b'h', &[digest.as_bytes()]))
    }

    /// Up to `limit` tokens that `query` asks for, oldest first. Those in force are few: they are read whole.
    pub(super) fn tokens(&self, query: &TokenQuery, limit: usize) -> Result<Vec<Token>, StoreError> {
        let mut tokens = Vec::new();
        let mut add = |token: &str| {
            let found = self.token(token)?;
            tokens.push(found.ok_or_else(|| StoreError::index(format_args!("no token {token}")))?);
            Ok::<_, StoreError>(())
        };
        let Some(at) = query.in_force_at else {
            let after = query.after.map_or_else(Vec::new, |after| sequence_key(b'o', &[], after));
            let mut left = limit;
            self.walk(b"o", &after, &mut |_, value| {
                add(&parse::<String>(value)?)?;
                left = left.saturating_sub(1);
                Ok(left > 0)
            })?;
            return Ok(tokens);
        };
        self.walk(b"f", &in_force_key(end_of(Some(at)), "\u{10ffff}"), &mut |_, value| {
            add(&parse::<String>(value)?)?;
            Ok(true)
        })?;
        tokens.retain(|token| query.after.is_none_or(|after| token.sequence > after));
        tokens.sort_by_key(|token| token.sequence);
        tokens.truncate(limit);
        Ok(tokens)
    }

    /// How many places for evaluations were reserved on a day.
    pub(super) fn seats_on(&self, day: u64) -> Result<u32, StoreError> {
        Ok(self.read(&key(b'd', &[&day.to_be_bytes()]))?.unwrap_or(0))
    }

    pub(super) fn badge_ids(&self) -> Result<Vec<String>, StoreError> {
        let mut ids = Vec::new();
        self.walk(b"B", b"", &mut |key, _| {
            ids.push(String::from_utf8_lossy(&key[1..]).into_owned());
            Ok(true)
        })?;
        Ok(ids)
    }

    pub(super) fn location(&self, commitment: &Digest) -> Result<Option<Location>, StoreError> {
        self.read(&key(b'p', &[commitment.as_bytes()]))
    }

    pub(super) fn list(&self, list: &str) -> Result<Option<StatusList>, StoreError> {
        self.read(&list_key(list))
    }

    /// All lists, in the order they were opened.
    pub(super) fn lists(&self) -> Result<Vec<StatusList>, StoreError> {
        let mut lists: Vec<StatusList> = Vec::new();
        self.walk(b"l", b"", &mut |_, value| {
            lists.push(parse(value)?);
            Ok(true)
        })?;
        lists.sort_by_key(|list| list.list.parse::<u32>().unwrap_or(u32::MAX));
        Ok(lists)
    }

    /// The indexes of `list` that are reserved, ascending.
    pub(super) fn reserved(&self, list: &str) -> Result<Vec<u32>, StoreError> {
        self.indexes(b'u', list)
    }

    /// Is this index reserved?
    pub(super) fn is_reserved(&self, slot: &StatusSlot) -> Result<bool, StoreError> {
        Ok(self.read::<bool>(&index_key(b'u', slot))?.is_some())
    }

    /// The indexes of `list` whose bit is 1, ascending.
    pub(super) fn bits(&self, list: &str) -> Result<Vec<u32>, StoreError> {
        self.indexes(b's', list)
    }

    /// Up to `limit` rows that `query` asks for, oldest first, walking the narrowest index there is.
    pub(super) fn rows(&self, query: &AwardQuery, limit: usize) -> Result<Vec<Row>, StoreError> {
        let recipient = query.recipient.as_deref().map(recipient_hash);
        let prefix = match (&recipient, &query.badge, query.status) {
            (Some(recipient), _, _) => key(b'r', &[recipient.as_bytes()]),
            (None, Some(badge), Some(status)) => {
                key(b'x', &[badge.as_bytes(), b"\0", &[status_byte(status)]])
            }
            (None, Some(badge), None) => key(b'y', &[badge.as_bytes(), b"\0"]),
            (None, None, Some(status)) => key(b't', &[&[status_byte(status)]]),
            (None, None, None) => vec![b'n'],
        };
        let after = query.after.map_or_else(Vec::new, |after| [&prefix[..], &after.to_be_bytes()].concat());
        let mut rows = Vec::new();
        self.walk(&prefix, &after, &mut |_, value| {
            let award: String = parse(value)?;
            let row = self
                .row(&award)?
                .ok_or_else(|| StoreError::index(format_args!("no row for award {award}")))?;
            let fits = query.badge.as_ref().is_none_or(|badge| *badge == row.award.badge)
                && query.status.is_none_or(|status| status == row.award.status);
            if fits {
                rows.push(row);
            }
            Ok(rows.len() < limit)
        })?;
        Ok(rows)
    }

    fn indexes(&self, kind: u8, list: &str) -> Result<Vec<u32>, StoreError> {
        let prefix = key(kind, &[list.as_bytes(), b"\0"]);
        let mut indexes = Vec::new();
        self.walk(&prefix, b"", &mut |key, _| {
            let index = key.last_chunk::<4>().ok_or_else(|| StoreError::index("short key"))?;
            indexes.push(u32::from_be_bytes(*index));
            Ok(true)
        })?;
        Ok(indexes)
    }

    /// Shows keys and values under `prefix` after `after` until the visitor answers `false`.
    fn walk(&self, prefix: &[u8], after: &[u8], visit: &mut Visitor<'_>) -> Result<(), StoreError> {
        let mut after = after.to_vec();
        loop {
            let page = self.tree.page(prefix, &after, WALK)?;
            for (key, value) in &page {
                if !visit(key, value)? {
                    return Ok(());
                }
            }
            match page.into_iter().last() {
                Some((key, _)) => after = key,
                None => return Ok(()),
            }
        }
    }

    fn read<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, StoreError> {
        self.tree.get(key)?.as_deref().map(parse).transpose()
    }
}

/// Changes to the index, seen by the records that follow in the same batch, and applied together.
pub(super) struct Changes<'a> {
    index: &'a Index,
    writes: Writes,
}

impl<'a> Changes<'a> {
    pub(super) fn new(index: &'a Index) -> Self {
        Self { index, writes: BTreeMap::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.writes.len()
    }

    pub(super) fn apply(self) -> Result<(), StoreError> {
        self.index.tree.apply(self.writes)
    }

    pub(super) fn head(&mut self, head: ChainHead) -> Result<(), StoreError> {
        self.put(b"mhead".to_vec(), &head)
    }

    pub(super) fn payload_end(&mut self, end: Place) -> Result<(), StoreError> {
        self.put(b"mpayloads".to_vec(), &end)
    }

    pub(super) fn location(&mut self, commitment: &Digest, location: Location) -> Result<(), StoreError> {
        self.put(key(b'p', &[commitment.as_bytes()]), &location)
    }

    /// The row of an award, changes included.
    pub(super) fn row(&self, award: &str) -> Result<Row, StoreError> {
        self.get(&key(b'a', &[award.as_bytes()]))?
            .ok_or_else(|| StoreError::index(format_args!("no row for award {award}")))
    }

    /// Adds what `record`, entry `sequence` of the chain, means. `private` is its payload, where things are found by it and it is not erased.
    pub(super) fn record(
        &mut self,
        sequence: u64,
        record: &Record,
        private: Option<&Private>,
    ) -> Result<(), StoreError> {
        match record {
            Record::Badge { badge, version, definition, actor, at } => {
                let row =
                    BadgeRow { version: *version, definition: *definition, actor: actor.clone(), at: *at };
                self.put(badge_key(badge, *version), &row)?;
                self.put(key(b'B', &[badge.as_bytes()]), version)
            }
            Record::Intent { award, credential_id, badge, badge_version, slot, request, actor, at } => {
                if let Some(slot) = slot {
                    self.reserve(slot, *at)?;
                }
                let award = Award {
                    sequence,
                    id: award.clone(),
                    credential_id: credential_id.clone(),
                    badge: badge.clone(),
                    badge_version: *badge_version,
                    recipient: None,
                    slot: slot.clone(),
                    status: AwardStatus::Intended,
                    actor: actor.clone(),
                    intended_at: *at,
                    issued_at: None,
                    erased_at: None,
                    changes: Vec::new(),
                };
                self.intent(award, *request, private.and_then(Private::intent))
            }
            Record::Issued { award, forms, at } => {
                let mut row = self.row(award)?;
                row.forms = Some(*forms);
                row.award.issued_at = Some(*at);
                self.restate(row, AwardStatus::Active)
            }
            Record::Status { award, from, to, code, reason, actor, at } => {
                let mut row = self.row(award)?;
                let (code, actor) = (code.clone(), actor.clone());
                let change =
                    RecordedChange { sequence, from: *from, to: *to, code, actor, at: *at, reason: *reason };
                row.award.changes.push(change);
                if let Some(slot) = &row.award.slot {
                    self.set_bit(slot, *to, sequence)?;
                }
                self.restate(row, *to)
            }
            Record::Reissued { award, forms, .. } => {
                let mut row = self.row(award)?;
                row.earlier.extend(row.forms.replace(*forms));
                self.put(key(b'a', &[award.as_bytes()]), &row)
            }
            Record::Revealed { .. } => Ok(()),
            Record::Seat { seat, slot, at } => {
                self.reserve(slot, *at)?;
                let day = key(b'd', &[&day_of(*at).to_be_bytes()]);
                let count: u32 = self.get(&day)?.unwrap_or(0);
                self.put(day, &count.saturating_add(1))?;
                let (slot, reserved_at) = (slot.clone(), *at);
                let row = Seat { sequence, seat: *seat, slot, reserved_at, withdrawn: None };
                self.put(key(b'e', &[seat.as_bytes()]), &row)
            }
            Record::SeatWithdrawn { seat, .. } => {
                let name = key(b'e', &[seat.as_bytes()]);
                let row: Option<Seat> = self.get(&name)?;
                let mut row = row.ok_or_else(|| StoreError::index(format_args!("no seat {seat}")))?;
                self.set_bit(&row.slot, AwardStatus::Revoked, sequence)?;
                row.withdrawn = Some(sequence);
                self.put(name, &row)
            }
            Record::TokenMade { .. } => {
                let private = private.and_then(Private::token);
                let token = private.and_then(|private| record.token(sequence, private));
                self.make_token(&token.ok_or_else(|| StoreError::index("token without its payload"))?)
            }
            Record::TokenRevoked { token, actor, at } => {
                let name = key(b'k', &[token.as_bytes()]);
                let row: Option<Token> = self.get(&name)?;
                let mut row = row.ok_or_else(|| StoreError::index(format_args!("no token {token}")))?;
                self.remove(in_force_key(end_of(row.expires_at), token));
                row.revoked = Some(RevokedToken { sequence, actor: actor.clone(), at: *at });
                self.put(name, &row)
            }
            Record::Erased { award, at, .. } => {
                let mut row = self.row(award)?;
                if let Some(recipient) = row.recipient.take() {
                    self.remove(sequence_key(b'r', &[recipient.as_bytes()], row.award.sequence));
                }
                if let Some(name) = row.key.take() {
                    self.remove(key(b'i', &[name.as_bytes()]));
                }
                row.award.erased_at = Some(*at);
                self.put(key(b'a', &[award.as_bytes()]), &row)
            }
        }
    }

    fn intent(
        &mut self,
        award: Award,
        request: Digest,
        private: Option<&IntentPayload>,
    ) -> Result<(), StoreError> {
        let (sequence, id) = (award.sequence, award.id.clone());
        let recipient = private.map(|private| recipient_hash(&private.recipient));
        let idempotency = private.and_then(|private| private.idempotency.as_ref());
        let name = idempotency.map(|idempotency| key_hash(&idempotency.key));
        self.put(sequence_key(b'n', &[], sequence), &id)?;
        self.put(key(b'c', &[award.credential_id.as_bytes()]), &id)?;
        self.put(sequence_key(b'y', &[award.badge.as_bytes(), b"\0"], sequence), &id)?;
        if let Some(recipient) = &recipient {
            self.put(sequence_key(b'r', &[recipient.as_bytes()], sequence), &id)?;
        }
        if let (Some(name), Some(idempotency)) = (&name, idempotency) {
            let value = Key { award: id.clone(), digest: idempotency.digest };
            self.put(key(b'i', &[name.as_bytes()]), &value)?;
        }
        let status = award.status;
        self.restate(Row { award, request, forms: None, earlier: Vec::new(), recipient, key: name }, status)
    }

    fn make_token(&mut self, token: &Token) -> Result<(), StoreError> {
        let id = &token.id;
        self.put(key(b'h', &[token.digest.as_bytes()]), id)?;
        self.put(sequence_key(b'o', &[], token.sequence), id)?;
        self.put(in_force_key(end_of(token.expires_at), id), id)?;
        self.put(key(b'k', &[id.as_bytes()]), token)
    }

    /// Writes a row under its new status.
    fn restate(&mut self, mut row: Row, status: AwardStatus) -> Result<(), StoreError> {
        for key in status_keys(&row.award) {
            self.remove(key);
        }
        row.award.status = status;
        for key in status_keys(&row.award) {
            self.put(key, &row.award.id)?;
        }
        self.put(key(b'a', &[row.award.id.as_bytes()]), &row)
    }

    fn reserve(&mut self, slot: &StatusSlot, at: jiff::Timestamp) -> Result<(), StoreError> {
        let used = index_key(b'u', slot);
        if self.get::<bool>(&used)?.is_some() {
            return Err(StoreError::index(format_args!(
                "index {} of list {} used twice",
                slot.index, slot.list
            )));
        }
        self.put(used, &true)?;
        let list: Option<StatusList> = self.get(&list_key(&slot.list))?;
        let mut list = list.unwrap_or_else(|| StatusList {
            list: slot.list.clone(),
            purpose: slot.purpose,
            opened_at: at,
            used: 0,
            changed: 0,
        });
        list.used += 1;
        self.put(list_key(&slot.list), &list)
    }

    fn set_bit(&mut self, slot: &StatusSlot, to: AwardStatus, sequence: u64) -> Result<(), StoreError> {
        let bit = index_key(b's', slot);
        let set = matches!(
            (slot.purpose, to),
            (Purpose::Revocation, AwardStatus::Revoked) | (Purpose::Suspension, AwardStatus::Suspended)
        );
        if set {
            self.put(bit, &true)?;
        } else {
            self.remove(bit);
        }
        let mut list: StatusList = self
            .get(&list_key(&slot.list))?
            .ok_or_else(|| StoreError::index(format_args!("no row for list {}", slot.list)))?;
        list.changed = sequence;
        self.put(list_key(&slot.list), &list)
    }

    fn get<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, StoreError> {
        match self.writes.get(key) {
            Some(value) => value.as_deref().map(parse).transpose(),
            None => self.index.read(key),
        }
    }

    fn put<T: Serialize>(&mut self, key: Vec<u8>, value: &T) -> Result<(), StoreError> {
        self.writes.insert(key, Some(to_json(value)?));
        Ok(())
    }

    fn remove(&mut self, key: Vec<u8>) {
        self.writes.insert(key, None);
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(bytes).map_err(StoreError::index)
}

fn key(kind: u8, parts: &[&[u8]]) -> Vec<u8> {
    let mut key = vec![kind];
    for part in parts {
        key.extend(*part);
    }
    key
}

fn sequence_key(kind: u8, parts: &[&[u8]], sequence: u64) -> Vec<u8> {
    let mut key = key(kind, parts);
    key.extend(sequence.to_be_bytes());
    key
}

fn badge_key(badge: &str, version: u32) -> Vec<u8> {
    key(b'b', &[badge.as_bytes(), b"\0", &version.to_be_bytes()])
}

fn list_key(list: &str) -> Vec<u8> {
    key(b'l', &[list.as_bytes()])
}

fn index_key(kind: u8, slot: &StatusSlot) -> Vec<u8> {
    key(kind, &[slot.list.as_bytes(), b"\0", &slot.index.to_be_bytes()])
}

fn in_force_key(end: u64, token: &str) -> Vec<u8> {
    key(b'f', &[&end.to_be_bytes(), token.as_bytes()])
}

/// The keys under which an award is found by its status.
fn status_keys(award: &Award) -> [Vec<u8>; 2] {
    let status = [status_byte(award.status)];
    [
        sequence_key(b'x', &[award.badge.as_bytes(), b"\0", &status], award.sequence),
        sequence_key(b't', &[&status], award.sequence),
    ]
}

const fn status_byte(status: AwardStatus) -> u8 {
    match status {
        AwardStatus::Intended => b'i',
        AwardStatus::Active => b'a',
        AwardStatus::Suspended => b's',
        AwardStatus::Revoked => b'r',
    }
}

/// The day of a time, counted from 1970 in UTC.
pub(super) fn day_of(at: jiff::Timestamp) -> u64 {
    u64::try_from(at.as_second().div_euclid(86_400)).unwrap_or(0)
}

/// The end of a token in microseconds from 1970; the largest number of PostgreSQL's where it has none.
pub(super) fn end_of(expires_at: Option<jiff::Timestamp>) -> u64 {
    let last = i64::MAX.unsigned_abs();
    expires_at.map_or(last, |end| u64::try_from(end.as_microsecond()).unwrap_or(0))
}

pub(super) fn recipient_hash(recipient: &str) -> Digest {
    Digest::of(&[b"badge-issuer recipient\n", recipient.as_bytes()])
}

/// How an idempotency key is named in the index.
pub(super) fn key_hash(key: &str) -> Digest {
    Digest::of(&[b"badge-issuer idempotency key\n", key.as_bytes()])
}
