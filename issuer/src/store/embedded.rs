//! The embedded store: what may be recorded is decided here; the committer records it; the index answers.
//!
//! A decision and its record are one step because the names it turns on (an idempotency key, an award, a badge) are held
//! until the record is durable *and* indexed: whoever waited for a name sees what was recorded under it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::busy::Busy;
use super::checks::{can_say, check_intent, check_names, check_token, may_erase};
use super::committer::{Committer, Submission};
use super::data::{
    Award, AwardPage, AwardQuery, BadgeVersion, ChainEntry, ChainHead, ChainReport, Erasure, Forms,
    Idempotency, Intended, Intent, Issued, NewBadge, NewSeat, NewToken, Purpose, Reissue, Revelation, Seat,
    SeatWithdrawal, Seated, StatusBits, StatusChange, StatusList, Token, TokenPage, TokenQuery,
    TokenRevocation,
};
use super::digest::Digest;
use super::entropy::Entropy;
use super::error::{Damage, StoreError};
use super::index::{BadgeRow, Index, Row, day_of, key_hash};
use super::journal::Journal;
use super::open::{Options, Parts, open};
use super::payload::{Content, Payloads, Sealed};
use super::record::{IntentPayload, Private, Record, TokenPayload, to_json};
use super::slots::Slots;
use super::{MAX_PAGE, Store};

/// The name that is held while a signature is recorded by which somebody vouches for somebody.
const VOUCHING: &str = "vouching";

/// The store for one process and one directory: a hash-chained journal with an index beside it.
///
/// See the [module](super) for the promises, and its files `journal`, `payload` and `open` for the format.
pub struct EmbeddedStore {
    // Dropped first: it ends the writing thread before the lock goes.
    pub(super) committer: Committer,
    pub(super) journal: Journal,
    pub(super) reader: Arc<(Index, Payloads)>,
    pub(super) slots: Mutex<Slots>,
    pub(super) list_length: u32,
    pub(super) directory: PathBuf,
    busy: Busy,
    /// The head of the chain when a signature by which somebody vouches was last recorded. Not kept: nobody else records any.
    vouched: Mutex<Digest>,
    _lock: File,
    aside: Option<PathBuf>,
}

impl EmbeddedStore {
    /// Opens the store in `directory`, creating it if missing; rebuilds the index when it must.
    ///
    /// # Errors
    ///
    /// [`StoreError::Locked`] when another process has it open, [`StoreError::Corruption`] when the record is damaged,
    /// [`StoreError::TailLost`] when acknowledged entries are gone.
    pub fn open(directory: &Path) -> Result<Self, StoreError> {
        Self::open_with(directory, &Options::default())
    }

    /// The same, with a disk and sizes of the caller's.
    ///
    /// # Errors
    ///
    /// As [`EmbeddedStore::open`].
    pub fn open_with(directory: &Path, options: &Options) -> Result<Self, StoreError> {
        let Parts { journal, reader, slots, committer, lock, aside } = open(directory, options)?;
        let (slots, busy) = (Mutex::new(slots), Busy::default());
        let (list_length, directory) = (options.list_length, directory.to_owned());
        let vouched = Mutex::new(Digest::GENESIS);
        Ok(Self {
            committer,
            journal,
            reader,
            slots,
            list_length,
            directory,
            busy,
            vouched,
            _lock: lock,
            aside,
        })
    }

    /// Sets the index of the store in `directory` aside; the next opening makes it anew from journal and payloads. Returns where it went.
    ///
    /// # Errors
    ///
    /// [`StoreError::Locked`] when a process has the store open, [`StoreError::Io`].
    pub fn forget_index(directory: &Path) -> Result<PathBuf, StoreError> {
        super::open::forget_index(directory)
    }

    /// Where the index went that this opening could not use, and made anew.
    pub fn index_set_aside(&self) -> Option<&Path> {
        self.aside.as_deref()
    }

    pub(super) fn index(&self) -> &Index {
        &self.reader.0
    }

    pub(super) fn payloads(&self) -> &Payloads {
        &self.reader.1
    }

    /// Records a signature by which somebody vouches, if none was recorded since `looked`. The caller holds [`VOUCHING`].
    fn write_vouching(&self, looked: Digest, record: Record, payload: Sealed) -> Result<(), StoreError> {
        if self.vouched()? != looked {
            return Err(StoreError::VouchedMeanwhile);
        }
        self.write(record, payload)?;
        // Only now that whoever looks sees it.
        *self.vouched.lock().unwrap_or_else(PoisonError::into_inner) = self.head()?.hash;
        Ok(())
    }

    fn write(&self, record: Record, payload: Sealed) -> Result<u64, StoreError> {
        self.committer.commit(Submission { record, payload: Some(payload), private: None })
    }

    fn row(&self, award: &str) -> Result<Row, StoreError> {
        self.index().row(award)?.ok_or_else(|| StoreError::UnknownAward { award: award.to_owned() })
    }

    /// A payload; `None` when it was erased.
    fn payload(&self, commitment: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let location = self.index().location(commitment)?;
        let location = location.ok_or_else(|| StoreError::index("payload without location"))?;
        match self.payloads().read(location, commitment)? {
            Content::Kept(payload) => Ok(Some(payload)),
            Content::Blank => Ok(None),
        }
    }

    fn intent_payload(&self, row: &Row) -> Result<Option<IntentPayload>, StoreError> {
        if row.award.erased_at.is_some() {
            return Ok(None);
        }
        let payload = self.payload(&row.request)?;
        payload.map(|payload| serde_json::from_slice(&payload).map_err(StoreError::index)).transpose()
    }

    fn complete(&self, row: Row) -> Result<Award, StoreError> {
        let recipient = self.intent_payload(&row)?.map(|payload| payload.recipient);
        Ok(Award { recipient, ..row.award })
    }

    fn forms_of(&self, row: &Row) -> Result<Option<Forms>, StoreError> {
        let Some(forms) = &row.forms else { return Ok(None) };
        let payload = if row.award.erased_at.is_some() { None } else { self.payload(forms)? };
        let payload = payload.ok_or_else(|| erased(row))?;
        serde_json::from_slice(&payload).map(Some).map_err(StoreError::index)
    }

    fn badge_version(&self, badge: String, row: BadgeRow) -> Result<BadgeVersion, StoreError> {
        let payload =
            self.payload(&row.definition)?.ok_or_else(|| StoreError::index("blank badge definition"))?;
        let definition = serde_json::from_slice(&payload).map_err(StoreError::index)?;
        Ok(BadgeVersion { badge, version: row.version, definition, actor: row.actor, at: row.at })
    }

    /// The award recorded under a key, if any; the request must be the same.
    fn known(&self, idempotency: Option<&Idempotency>) -> Result<Option<Award>, StoreError> {
        let Some(idempotency) = idempotency else { return Ok(None) };
        let Some(known) = self.index().idempotency(&idempotency.key)? else { return Ok(None) };
        if known.digest != idempotency.digest {
            return Err(StoreError::IdempotencyConflict { award: known.award });
        }
        self.complete(self.row(&known.award)?).map(Some)
    }
}

impl Store for EmbeddedStore {
    fn put_badge(&self, badge: NewBadge, entropy: Entropy) -> Result<BadgeVersion, StoreError> {
        check_names(&[("badge", &badge.badge), ("actor", &badge.actor)])?;
        let NewBadge { badge, replaces, definition, actor, at } = badge;
        let payload = Sealed::new(&to_json(&definition)?, &entropy)?;
        let _held = self.busy.hold(vec![format!("badge {badge}")]);
        let actual = self.index().latest_version(&badge)?;
        if actual != replaces {
            return Err(StoreError::BadgeVersion { badge, expected: replaces, actual });
        }
        let version = actual + 1;
        let (id, by) = (badge.clone(), actor.clone());
        self.write(
            Record::Badge { badge: id, version, definition: payload.commitment, actor: by, at },
            payload,
        )?;
        Ok(BadgeVersion { badge, version, definition, actor, at })
    }

    fn badge(&self, badge: &str, version: Option<u32>) -> Result<Option<BadgeVersion>, StoreError> {
        let version = version.map_or_else(|| self.index().latest_version(badge), Ok)?;
        let row = self.index().badge(badge, version)?;
        row.map(|row| self.badge_version(badge.to_owned(), row)).transpose()
    }

    fn badges(&self) -> Result<Vec<BadgeVersion>, StoreError> {
        let mut badges = Vec::new();
        for id in self.index().badge_ids()? {
            badges.extend(self.badge(&id, None)?);
        }
        Ok(badges)
    }

    fn record_intent(&self, intent: Intent, entropy: Entropy) -> Result<Intended, StoreError> {
        check_intent(&intent)?;
        let Intent {
            award,
            credential_id,
            badge,
            badge_version,
            purpose,
            recipient,
            request,
            idempotency,
            actor,
            at,
        } = intent;
        let mut names = vec![format!("award {award}"), format!("credential {credential_id}")];
        names.extend(idempotency.iter().map(|idempotency| format!("key {}", key_hash(&idempotency.key))));
        let _held = self.busy.hold(names);

        if let Some(award) = self.known(idempotency.as_ref())? {
            return Ok(Intended::Known(award));
        }
        if self.index().row(&award)?.is_some() {
            return Err(StoreError::IdUsed { id: award });
        }
        if self.index().award_of_credential(&credential_id)?.is_some() {
            return Err(StoreError::IdUsed { id: credential_id });
        }
        if self.index().badge(&badge, badge_version)?.is_none() {
            return Err(StoreError::UnknownBadge { badge, version: Some(badge_version) });
        }
        let private = IntentPayload { recipient, request, idempotency };
        let payload = Sealed::new(&to_json(&private)?, &entropy)?;
        let slot = match purpose {
            Some(purpose) => {
                let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
                Some(slots.reserve(purpose, &entropy)?)
            }
            None => None,
        };
        let id = award.clone();
        let record = Record::Intent {
            award,
            credential_id,
            badge,
            badge_version,
            slot,
            request: payload.commitment,
            actor,
            at,
        };
        let private = Some(Private::Intent(private));
        self.committer.commit(Submission { record, payload: Some(payload), private })?;
        self.complete(self.row(&id)?).map(Intended::New)
    }

    fn vouched(&self) -> Result<Digest, StoreError> {
        Ok(*self.vouched.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn record_issued(
        &self,
        award: &str,
        forms: Forms,
        vouched: Option<Digest>,
        at: Timestamp,
        entropy: Entropy,
    ) -> Result<Issued, StoreError> {
        let payload = Sealed::new(&to_json(&forms)?, &entropy)?;
        let mut names = vec![format!("award {award}")];
        names.extend(vouched.map(|_| VOUCHING.to_owned()));
        let _held = self.busy.hold(names);
        let row = self.row(award)?;
        if row.award.erased_at.is_some() {
            return Err(erased(&row));
        }
        if let Some(forms) = self.forms_of(&row)? {
            return Ok(Issued { award: self.complete(row)?, forms });
        }
        let record = Record::Issued { award: award.to_owned(), forms: payload.commitment, at };
        match vouched {
            Some(looked) => self.write_vouching(looked, record, payload)?,
            None => drop(self.write(record, payload)?),
        }
        Ok(Issued { award: self.complete(self.row(award)?)?, forms })
    }

    fn award(&self, award: &str) -> Result<Option<Award>, StoreError> {
        self.index().row(award)?.map(|row| self.complete(row)).transpose()
    }

    fn award_by_credential_id(&self, credential_id: &str) -> Result<Option<Award>, StoreError> {
        let award = self.index().award_of_credential(credential_id)?;
        award.map_or(Ok(None), |award| self.award(&award))
    }

    fn award_by_key(&self, key: &str) -> Result<Option<(Digest, Award)>, StoreError> {
        let Some(known) = self.index().idempotency(key)? else { return Ok(None) };
        Ok(self.award(&known.award)?.map(|award| (known.digest, award)))
    }

    fn awards(&self, query: &AwardQuery) -> Result<AwardPage, StoreError> {
        let limit = query.limit.clamp(1, MAX_PAGE);
        let mut rows = self.index().rows(query, limit + 1)?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let awards = rows.into_iter().map(|row| self.complete(row)).collect::<Result<Vec<_>, _>>()?;
        let next = awards.last().map(|award| award.sequence).filter(|_| more);
        Ok(AwardPage { awards, next })
    }

    fn request(&self, award: &str) -> Result<String, StoreError> {
        let row = self.row(award)?;
        let payload = self.intent_payload(&row)?;
        payload.map(|payload| payload.request).ok_or_else(|| erased(&row))
    }

    fn forms(&self, award: &str) -> Result<Option<Forms>, StoreError> {
        self.forms_of(&self.row(award)?)
    }

    fn reason(&self, award: &str, sequence: u64) -> Result<Option<String>, StoreError> {
        let row = self.row(award)?;
        let Some(change) = row.award.changes.iter().find(|change| change.sequence == sequence) else {
            return Ok(None);
        };
        if row.award.erased_at.is_some() {
            return Err(erased(&row));
        }
        let payload = self.payload(&change.reason)?.ok_or_else(|| erased(&row))?;
        String::from_utf8(payload).map(Some).map_err(StoreError::index)
    }

    fn record_status_change(&self, change: StatusChange, entropy: Entropy) -> Result<Award, StoreError> {
        check_names(&[("code", &change.code), ("actor", &change.actor)])?;
        let StatusChange { award, from, to, code, reason, actor, at } = change;
        let payload = Sealed::new(reason.as_bytes(), &entropy)?;
        let _held = self.busy.hold(vec![format!("award {award}")]);
        let row = self.row(&award)?;
        let actual = row.award.status;
        if actual != from {
            return Err(StoreError::StatusConflict { award, expected: from, actual });
        }
        let purpose = row.award.slot.map(|slot| slot.purpose);
        if !can_say(purpose, from, to) {
            return Err(StoreError::NotExpressible { award, purpose, from, to });
        }
        // After an erasure no new personal data may be kept about the award: the change goes on record, its words do not.
        let payload = if row.award.erased_at.is_some() { Sealed::new(b"", &entropy)? } else { payload };
        let id = award.clone();
        self.write(Record::Status { award, from, to, code, reason: payload.commitment, actor, at }, payload)?;
        self.complete(self.row(&id)?)
    }

    fn record_reissued(&self, reissue: Reissue, entropy: Entropy) -> Result<Issued, StoreError> {
        check_names(&[("actor", &reissue.actor)])?;
        let Reissue { award, replaces, forms, vouched, actor, at } = reissue;
        let payload = Sealed::new(&to_json(&forms)?, &entropy)?;
        let _held = self.busy.hold(vec![format!("award {award}"), VOUCHING.to_owned()]);
        let row = self.row(&award)?;
        match self.forms_of(&row)? {
            None => return Err(StoreError::NotIssued { award }),
            Some(known) if known != replaces => return Err(StoreError::FormsChanged { award }),
            Some(_) => {}
        }
        let id = award.clone();
        let record = Record::Reissued { award, forms: payload.commitment, actor, at };
        self.write_vouching(vouched, record, payload)?;
        Ok(Issued { award: self.complete(self.row(&id)?)?, forms })
    }

    fn record_revealed(&self, revelation: Revelation) -> Result<Award, StoreError> {
        check_names(&[("code", &revelation.code), ("actor", &revelation.actor)])?;
        let Revelation { award, code, actor, at } = revelation;
        let _held = self.busy.hold(vec![format!("award {award}")]);
        let row = self.row(&award)?;
        if row.award.erased_at.is_some() {
            return Err(erased(&row));
        }
        let record = Record::Revealed { award, code, actor, at };
        self.committer.commit(Submission { record, payload: None, private: None })?;
        self.complete(row)
    }

    fn reserve_seat(&self, new: NewSeat, entropy: Entropy) -> Result<Seated, StoreError> {
        let NewSeat { seat, at, most_in_a_day } = new;
        // One at a time, so that the count of a day is right.
        let _held = self.busy.hold(vec!["seats".to_owned(), format!("seat {seat}")]);
        if let Some(known) = self.index().seat(&seat)? {
            return Ok(Seated::Known(known));
        }
        if self.index().seats_on(day_of(at))? >= most_in_a_day {
            return Err(StoreError::SeatsTaken { limit: most_in_a_day });
        }
        let slot = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            slots.reserve(Purpose::Revocation, &entropy)?
        };
        let record = Record::Seat { seat, slot, at };
        self.committer.commit(Submission { record, payload: None, private: None })?;
        let recorded = self.index().seat(&seat)?;
        recorded.map(Seated::New).ok_or_else(|| StoreError::index(format_args!("no seat {seat}")))
    }

    fn seat(&self, seat: &Digest) -> Result<Option<Seat>, StoreError> {
        self.index().seat(seat)
    }

    fn withdraw_seat(&self, withdrawal: SeatWithdrawal) -> Result<Seat, StoreError> {
        check_names(&[("code", &withdrawal.code)])?;
        let SeatWithdrawal { seat, code, at } = withdrawal;
        let _held = self.busy.hold(vec![format!("seat {seat}")]);
        let known = self.index().seat(&seat)?.ok_or(StoreError::UnknownSeat)?;
        if known.withdrawn.is_some() {
            return Ok(known);
        }
        let record = Record::SeatWithdrawn { seat, code, at };
        self.committer.commit(Submission { record, payload: None, private: None })?;
        self.index().seat(&seat)?.ok_or_else(|| StoreError::index(format_args!("no seat {seat}")))
    }

    fn make_token(&self, new: NewToken, entropy: Entropy) -> Result<Token, StoreError> {
        check_token(&new)?;
        // One at a time, so that the count of those in force is right.
        let _held = self.busy.hold(vec!["tokens".to_owned()]);
        if let Some(known) = self.token_by_digest(&new.digest)? {
            return Ok(known);
        }
        if self.index().token(&new.token)?.is_some() {
            return Err(StoreError::IdUsed { id: new.token });
        }
        let in_force = TokenQuery { in_force_at: Some(new.at), ..TokenQuery::default() };
        if self.index().tokens(&in_force, new.most_in_force)?.len() >= new.most_in_force {
            return Err(StoreError::TokensFull { limit: new.most_in_force });
        }
        let NewToken { token, digest, account, roles, badges, expires_at, actor, at, .. } = new;
        let private = TokenPayload { digest, badges };
        let payload = Sealed::new(&to_json(&private)?, &entropy)?;
        let (id, held) = (token.clone(), payload.commitment);
        let record = Record::TokenMade { token, account, roles, expires_at, held, actor, at };
        let private = Some(Private::Token(private));
        self.committer.commit(Submission { record, payload: Some(payload), private })?;
        self.index().token(&id)?.ok_or(StoreError::UnknownToken { token: id })
    }

    fn revoke_token(&self, revocation: TokenRevocation) -> Result<Token, StoreError> {
        check_names(&[("token", &revocation.token), ("actor", &revocation.actor)])?;
        let TokenRevocation { token, actor, at } = revocation;
        let _held = self.busy.hold(vec!["tokens".to_owned()]);
        let unknown = || StoreError::UnknownToken { token: token.clone() };
        let known = self.index().token(&token)?.ok_or_else(unknown)?;
        if known.revoked.is_some() {
            return Ok(known);
        }
        let record = Record::TokenRevoked { token: token.clone(), actor, at };
        self.committer.commit(Submission { record, payload: None, private: None })?;
        self.index().token(&token)?.ok_or_else(unknown)
    }

    fn token_by_digest(&self, digest: &Digest) -> Result<Option<Token>, StoreError> {
        let Some(token) = self.index().token_of(digest)? else { return Ok(None) };
        let found = self.index().token(&token)?.filter(|found| found.digest == *digest);
        found.map(Some).ok_or_else(|| StoreError::index(format_args!("no token {token}")))
    }

    fn tokens(&self, query: &TokenQuery) -> Result<TokenPage, StoreError> {
        let limit = query.limit.clamp(1, MAX_PAGE);
        Ok(TokenPage::of(self.index().tokens(query, limit + 1)?, limit))
    }

    fn status_bits(&self, list: &str) -> Result<Option<StatusBits>, StoreError> {
        loop {
            let Some(before) = self.index().list(list)? else { return Ok(None) };
            let set = self.index().bits(list)?;
            // Read again when a bit changed meanwhile, so that bits and change number belong together.
            if self.index().list(list)?.is_some_and(|after| after.changed == before.changed) {
                return Ok(Some(StatusBits { list: before, length: self.list_length, set }));
            }
        }
    }

    fn lists(&self) -> Result<Vec<StatusList>, StoreError> {
        self.index().lists()
    }

    fn erase_payload(&self, erasure: Erasure) -> Result<Award, StoreError> {
        check_names(&[("code", &erasure.code), ("actor", &erasure.actor)])?;
        let Erasure { award, only_intent, code, actor, at } = erasure;
        let _held = self.busy.hold(vec![format!("award {award}")]);
        let row = self.row(&award)?;
        if row.award.erased_at.is_some() {
            return self.complete(row);
        }
        may_erase(&row.award, only_intent)?;
        let id = award.clone();
        let record = Record::Erased { award, code, actor, at };
        self.committer.commit(Submission { record, payload: None, private: None })?;
        self.complete(self.row(&id)?)
    }

    fn head(&self) -> Result<ChainHead, StoreError> {
        self.index().head()
    }

    fn head_at(&self, sequence: u64) -> Result<Option<ChainHead>, StoreError> {
        if sequence == 0 {
            return Ok(Some(ChainHead::EMPTY));
        }
        if sequence > self.head()?.sequence {
            return Ok(None);
        }
        let end = self.journal.scan(sequence, sequence, &mut |_| Ok(()))?;
        Ok((end.head.sequence == sequence).then_some(end.head))
    }

    fn entries(
        &self,
        from: u64,
        until: u64,
        visit: &mut dyn FnMut(ChainEntry) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        // What is durable and not indexed yet nobody was told of.
        let until = until.min(self.head()?.sequence);
        if from > until {
            return Ok(());
        }
        let end = self.journal.scan(from, until, &mut |entry| {
            let body = std::str::from_utf8(entry.body)
                .map_err(|_| StoreError::damaged(entry.file, entry.offset, Damage::UnknownRecord))?;
            visit(ChainEntry { head: entry.head, body: body.to_owned() })
        });
        end.map(drop)
    }

    fn opening(&self, commitment: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(location) = self.index().location(commitment)? else { return Ok(None) };
        self.payloads().salted(location, commitment)
    }

    fn verify_chain(&self) -> Result<ChainReport, StoreError> {
        super::verify::verify(self)
    }
}

fn erased(row: &Row) -> StoreError {
    StoreError::Erased { award: row.award.id.clone() }
}
