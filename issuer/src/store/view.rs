//! What is recorded about the names that some acts turn on, and what those acts may do: decisions without a disk.
//!
//! An engine fills a [`View`] with everything that the acts of a batch name, while nobody else can record anything; then the
//! acts are decided one after the other, each seeing what those before it did.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::checks::{can_say, check_names};
use super::data::{
    Award, AwardStatus, Purpose, RecordedChange, RevokedToken, Seat, StatusList, StatusSlot, Token,
};
use super::digest::Digest;
use super::entropy::Entropy;
use super::error::StoreError;
use super::index::{day_of, end_of, key_hash, recipient_hash};
use super::record::{Private, Record};
use super::slots::MAX_DRAWS;

/// The signed credential of an award: the entry that records it, and its commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Signed {
    pub(super) sequence: u64,
    pub(super) commitment: Digest,
}

/// What the chain says of an award.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    /// The award, without its recipient.
    pub(super) award: Award,
    pub(super) request: Digest,
    pub(super) forms: Option<Signed>,
    /// Those before, where the award was signed again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) earlier: Vec<Signed>,
}

/// An award with the hashes that it is found by; erasure removes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) state: State,
    pub(super) recipient: Option<Digest>,
    pub(super) key: Option<KeyRow>,
}

/// A client's idempotency key, hashed, with the digest of the request that it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KeyRow {
    pub(super) name: Digest,
    pub(super) request: Digest,
}

/// A badge version that was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BadgeRow {
    pub(super) badge: String,
    pub(super) version: u32,
    pub(super) sequence: u64,
}

/// What some acts turn on, and what has changed of it.
pub(super) struct View {
    length: u32,
    awards: HashMap<String, Row>,
    credentials: HashMap<String, String>,
    keys: HashMap<Digest, String>,
    badges: HashMap<String, u32>,
    lists: BTreeMap<u32, StatusList>,
    taken: HashSet<(u32, u32)>,
    seats: HashMap<Digest, Seat>,
    /// How many places for evaluations were reserved on a day.
    days: HashMap<u64, u32>,
    tokens: HashMap<String, Token>,
    /// SHA-256 of a token to its id.
    digests: HashMap<Digest, String>,
    /// End and id of each token that is not revoked, as far as the view was told.
    in_force: BTreeSet<(u64, String)>,
    /// Lists opened here: nothing is reserved in them but what stands in `taken`.
    opened: BTreeSet<u32>,
    pub(super) changed: Changed,
}

/// Who has a place in a status list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    /// An award.
    Award,
    /// An evaluation.
    Seat,
}

/// What is to be written.
#[derive(Default)]
pub(super) struct Changed {
    pub(super) awards: BTreeSet<String>,
    pub(super) badges: Vec<BadgeRow>,
    pub(super) lists: BTreeSet<u32>,
    pub(super) seats: BTreeSet<Digest>,
    pub(super) tokens: BTreeSet<String>,
    /// Places in status lists that were given now, and to whom.
    pub(super) places: Vec<((u32, u32), Holder)>,
    /// Awards whose payloads are to be erased, those recorded before this entry.
    pub(super) erased: BTreeMap<String, u64>,
}

impl View {
    /// An empty view over lists of this length.
    pub(super) fn new(length: u32) -> Self {
        Self {
            length,
            awards: HashMap::new(),
            credentials: HashMap::new(),
            keys: HashMap::new(),
            badges: HashMap::new(),
            lists: BTreeMap::new(),
            taken: HashSet::new(),
            seats: HashMap::new(),
            days: HashMap::new(),
            tokens: HashMap::new(),
            digests: HashMap::new(),
            in_force: BTreeSet::new(),
            opened: BTreeSet::new(),
            changed: Changed::default(),
        }
    }

    // ── Filling ──

    pub(super) fn load_award(&mut self, row: Row) {
        let id = &row.state.award.id;
        self.credentials.insert(row.state.award.credential_id.clone(), id.clone());
        if let Some(key) = &row.key {
            self.keys.insert(key.name, id.clone());
        }
        self.awards.insert(id.clone(), row);
    }

    pub(super) fn load_badge(&mut self, badge: String, latest: u32) {
        self.badges.insert(badge, latest);
    }

    pub(super) fn load_list(&mut self, list: StatusList) -> Result<(), StoreError> {
        self.lists.insert(number(&list.list)?, list);
        Ok(())
    }

    pub(super) fn load_taken(&mut self, list: u32, slot: u32) {
        self.taken.insert((list, slot));
    }

    pub(super) fn load_seat(&mut self, seat: Seat) {
        self.seats.insert(seat.seat, seat);
    }

    pub(super) fn load_day(&mut self, day: u64, count: u32) {
        self.days.insert(day, count);
    }

    pub(super) fn load_token(&mut self, token: Token) {
        self.digests.insert(token.digest, token.id.clone());
        self.tokens.insert(token.id.clone(), token);
    }

    pub(super) fn load_in_force(&mut self, end: u64, token: String) {
        self.in_force.insert((end, token));
    }

    // ── Asking ──

    pub(super) fn token(&self, token: &str) -> Option<&Token> {
        self.tokens.get(token)
    }

    pub(super) fn token_by_digest(&self, digest: &Digest) -> Option<&Token> {
        self.digests.get(digest).and_then(|token| self.tokens.get(token))
    }

    /// How many tokens count at a time; the view must have been told of those that do.
    pub(super) fn in_force_at(&self, at: jiff::Timestamp) -> usize {
        let now = end_of(Some(at));
        self.in_force.iter().rev().take_while(|(end, _)| *end > now).count()
    }

    pub(super) fn seat(&self, seat: &Digest) -> Option<&Seat> {
        self.seats.get(seat)
    }

    pub(super) fn seats_on(&self, day: u64) -> u32 {
        self.days.get(&day).copied().unwrap_or(0)
    }

    pub(super) fn row(&self, award: &str) -> Option<&Row> {
        self.awards.get(award)
    }

    pub(super) fn list(&self, number: u32) -> Option<&StatusList> {
        self.lists.get(&number)
    }

    pub(super) fn known(&self, award: &str) -> Result<&Row, StoreError> {
        self.row(award).ok_or_else(|| StoreError::UnknownAward { award: award.to_owned() })
    }

    pub(super) fn by_key(&self, key: &str) -> Option<&Row> {
        self.keys.get(&key_hash(key)).and_then(|award| self.awards.get(award))
    }

    pub(super) fn is_award(&self, id: &str) -> bool {
        self.awards.contains_key(id)
    }

    pub(super) fn is_credential(&self, id: &str) -> bool {
        self.credentials.contains_key(id)
    }

    pub(super) fn latest_version(&self, badge: &str) -> u32 {
        self.badges.get(badge).copied().unwrap_or(0)
    }

    /// The list in which the next index of this purpose is reserved; `None` when a new one has to be opened.
    pub(super) fn open_list(&self, purpose: Purpose) -> Option<u32> {
        let (number, list) = self.lists.iter().rev().find(|(_, list)| list.purpose == purpose)?;
        (list.used < self.length / 2).then_some(*number)
    }

    /// An unused index from the first `draws` draws; `None` when all of them are used. In a list that the database has, the view
    /// must have been told which of these draws are taken.
    pub(super) fn draw(&self, purpose: Purpose, entropy: &Entropy, draws: u32) -> Option<StatusSlot> {
        let number = self
            .open_list(purpose)
            .unwrap_or_else(|| self.lists.last_key_value().map_or(1, |(last, _)| last.saturating_add(1)));
        let fresh = !self.lists.contains_key(&number) || self.opened.contains(&number);
        let draws = if fresh { MAX_DRAWS } else { draws };
        (0..draws)
            .map(|n| entropy.draw(n, self.length))
            .find(|slot| !self.taken.contains(&(number, *slot)))
            .map(|index| StatusSlot { list: number.to_string(), purpose, index })
    }

    /// Would this record be a lawful next one? Answers what is wrong with it.
    pub(super) fn fits(&self, record: &Record, private: Option<&Private>) -> Result<(), &'static str> {
        let must = |holds: bool, otherwise: &'static str| if holds { Ok(()) } else { Err(otherwise) };
        match record {
            Record::Badge { badge, version, .. } => {
                must(self.latest_version(badge).checked_add(1) == Some(*version), "badge version out of turn")
            }
            Record::Intent { award, credential_id, badge, badge_version, slot, .. } => {
                must(!self.is_award(award), "award id used twice")?;
                must(!self.is_credential(credential_id), "credential id used twice")?;
                let known = (1..=self.latest_version(badge)).contains(badge_version);
                must(known, "award of a badge version that is not recorded")?;
                let private = private.and_then(Private::intent);
                let key = private.and_then(|private| private.idempotency.as_ref());
                must(key.is_none_or(|key| self.by_key(&key.key).is_none()), "idempotency key used twice")?;
                slot.as_ref().map_or(Ok(()), |slot| self.slot_fits(slot))
            }
            Record::Issued { award, .. } => {
                let row = self.awards.get(award).ok_or("signature without an intent")?;
                must(row.state.award.status == AwardStatus::Intended, "signature recorded twice")?;
                must(row.state.award.erased_at.is_none(), "signature after the erasure")
            }
            Record::Status { award, from, to, .. } => {
                let row = self.awards.get(award).ok_or("change of an award that is not recorded")?;
                must(row.state.award.status == *from, "change from a status that the award is not in")?;
                let purpose = row.state.award.slot.as_ref().map(|slot| slot.purpose);
                must(can_say(purpose, *from, *to), "change that the status entry cannot say")
            }
            Record::Reissued { award, .. } => {
                let row = self.awards.get(award).ok_or("signature without an intent")?;
                must(row.state.forms.is_some(), "second signature without a first")?;
                must(row.state.award.erased_at.is_none(), "signature after the erasure")
            }
            Record::Revealed { award, .. } => {
                let row = self.awards.get(award).ok_or("evaluators of an award that is not recorded")?;
                must(row.state.award.erased_at.is_none(), "evaluators shown after the erasure")
            }
            Record::Seat { seat, slot, .. } => {
                must(!self.seats.contains_key(seat), "place reserved twice")?;
                must(slot.purpose == Purpose::Revocation, "place in a list of another purpose")?;
                self.slot_fits(slot)
            }
            Record::SeatWithdrawn { seat, .. } => {
                let seat = self.seats.get(seat).ok_or("withdrawal from a place that is not recorded")?;
                must(seat.withdrawn.is_none(), "withdrawn twice")
            }
            Record::TokenMade { token, account, roles, actor, .. } => {
                let private = private.and_then(Private::token).ok_or("token without its payload")?;
                must(!self.tokens.contains_key(token), "token id used twice")?;
                must(!self.digests.contains_key(&private.digest), "token made twice")?;
                must(!roles.is_empty(), "token without a role")?;
                let badges = private.badges.iter().map(|badge| ("badge", badge.as_str()));
                let names = [("token", token.as_str()), ("account", account), ("actor", actor)];
                let names: Vec<_> = names.into_iter().chain(badges).collect();
                check_names(&names).map_err(|_| "token with a name that there cannot be")
            }
            Record::TokenRevoked { token, .. } => {
                let token = self.tokens.get(token).ok_or("revocation of a token that is not recorded")?;
                must(token.revoked.is_none(), "token revoked twice")
            }
            Record::Erased { award, .. } => {
                let row = self.awards.get(award).ok_or("erasure of an award that is not recorded")?;
                must(row.state.award.erased_at.is_none(), "erased twice")
            }
        }
    }

    /// Whether a place in a status list may be reserved.
    fn slot_fits(&self, slot: &StatusSlot) -> Result<(), &'static str> {
        let must = |holds: bool, otherwise: &'static str| if holds { Ok(()) } else { Err(otherwise) };
        let list = number(&slot.list).map_err(|_| "status list without a number")?;
        must(list.to_string() == slot.list && list > 0, "status list without a number")?;
        must(slot.index < self.length, "status index past its list")?;
        must(!self.taken.contains(&(list, slot.index)), "status index used twice")?;
        let purpose = self.lists.get(&list).map(|list| list.purpose);
        must(purpose.is_none_or(|purpose| purpose == slot.purpose), "status list of two purposes")
    }

    // ── Changing ──

    /// Adds what `record`, entry `sequence` of the chain, means. It must fit. `private` is its payload, where things are found by it
    /// and it is not erased.
    pub(super) fn apply(
        &mut self,
        sequence: u64,
        record: &Record,
        private: Option<&Private>,
    ) -> Result<(), StoreError> {
        match record {
            Record::Badge { badge, version, .. } => {
                self.badges.insert(badge.clone(), *version);
                self.changed.badges.push(BadgeRow { badge: badge.clone(), version: *version, sequence });
            }
            Record::Intent { award, credential_id, badge, badge_version, slot, request, actor, at } => {
                if let Some(slot) = slot {
                    self.reserve(slot, Holder::Award, *at)?;
                }
                let state = State {
                    award: Award {
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
                    },
                    request: *request,
                    forms: None,
                    earlier: Vec::new(),
                };
                let private = private.and_then(Private::intent);
                let key = private.and_then(|private| private.idempotency.as_ref());
                let key = key.map(|key| KeyRow { name: key_hash(&key.key), request: key.digest });
                let recipient = private.map(|private| recipient_hash(&private.recipient));
                self.changed.awards.insert(award.clone());
                self.load_award(Row { state, recipient, key });
            }
            Record::Issued { award, forms, at } => {
                let row = self.touch(award)?;
                row.state.forms = Some(Signed { sequence, commitment: *forms });
                row.state.award.issued_at = Some(*at);
                row.state.award.status = AwardStatus::Active;
            }
            Record::Status { award, from, to, code, reason, actor, at } => {
                let row = self.touch(award)?;
                let (code, actor) = (code.clone(), actor.clone());
                let change =
                    RecordedChange { sequence, from: *from, to: *to, code, actor, at: *at, reason: *reason };
                row.state.award.changes.push(change);
                row.state.award.status = *to;
                if let Some(slot) = row.state.award.slot.clone() {
                    self.change_list(&slot, sequence)?;
                }
            }
            Record::Reissued { award, forms, .. } => {
                let state = &mut self.touch(award)?.state;
                state.earlier.extend(state.forms.replace(Signed { sequence, commitment: *forms }));
            }
            Record::Revealed { .. } => {}
            Record::Seat { seat, slot, at } => {
                self.reserve(slot, Holder::Seat, *at)?;
                let count = self.days.entry(day_of(*at)).or_default();
                *count = count.saturating_add(1);
                let (slot, reserved_at) = (slot.clone(), *at);
                self.load_seat(Seat { sequence, seat: *seat, slot, reserved_at, withdrawn: None });
                self.changed.seats.insert(*seat);
            }
            Record::SeatWithdrawn { seat, .. } => {
                let row = self.seats.get_mut(seat).ok_or(StoreError::UnknownSeat)?;
                row.withdrawn = Some(sequence);
                let slot = row.slot.clone();
                self.change_list(&slot, sequence)?;
                self.changed.seats.insert(*seat);
            }
            Record::TokenMade { .. } => {
                let private = private.and_then(Private::token);
                let token = private.and_then(|private| record.token(sequence, private));
                let token = token.ok_or_else(|| StoreError::index("token without its payload"))?;
                self.changed.tokens.insert(token.id.clone());
                self.load_in_force(end_of(token.expires_at), token.id.clone());
                self.load_token(token);
            }
            Record::TokenRevoked { token, actor, at } => {
                let row = self.tokens.get_mut(token);
                let row = row.ok_or_else(|| StoreError::UnknownToken { token: token.clone() })?;
                row.revoked = Some(RevokedToken { sequence, actor: actor.clone(), at: *at });
                self.in_force.remove(&(end_of(row.expires_at), token.clone()));
                self.changed.tokens.insert(token.clone());
            }
            Record::Erased { award, at, .. } => {
                let row = self.touch(award)?;
                row.state.award.erased_at = Some(*at);
                row.recipient = None;
                if let Some(key) = row.key.take() {
                    self.keys.remove(&key.name);
                }
                self.changed.erased.insert(award.clone(), sequence);
            }
        }
        Ok(())
    }

    fn touch(&mut self, award: &str) -> Result<&mut Row, StoreError> {
        self.changed.awards.insert(award.to_owned());
        self.awards.get_mut(award).ok_or_else(|| StoreError::UnknownAward { award: award.to_owned() })
    }

    /// Notes the entry that changes a bit of a list.
    fn change_list(&mut self, slot: &StatusSlot, sequence: u64) -> Result<(), StoreError> {
        let number = number(&slot.list)?;
        let list = self.lists.get_mut(&number);
        list.ok_or_else(|| StoreError::index(format_args!("no list {number}")))?.changed = sequence;
        self.changed.lists.insert(number);
        Ok(())
    }

    fn reserve(&mut self, slot: &StatusSlot, holder: Holder, at: jiff::Timestamp) -> Result<(), StoreError> {
        let number = number(&slot.list)?;
        if !self.taken.insert((number, slot.index)) {
            return Err(StoreError::index(format_args!("index {} of list {number} used twice", slot.index)));
        }
        let opened = &mut self.opened;
        let list = self.lists.entry(number).or_insert_with(|| {
            opened.insert(number);
            StatusList { list: slot.list.clone(), purpose: slot.purpose, opened_at: at, used: 0, changed: 0 }
        });
        list.used += 1;
        self.changed.places.push(((number, slot.index), holder));
        self.changed.lists.insert(number);
        Ok(())
    }
}

/// The number that a list's id is.
pub(super) fn number(list: &str) -> Result<u32, StoreError> {
    list.parse().map_err(|_| StoreError::index(format_args!("list {list:?} has no number")))
}
