//! Checking the whole record: every entry, every payload against the chain, and every table against what the chain means.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use deadpool_postgres::Client;
use jiff::Timestamp;
use tokio::time::timeout;

use super::super::data::{ChainHead, ChainReport, RevokedToken, Seat, StatusList, StatusSlot, Token};
use super::super::digest::Digest;
use super::super::error::{Damage, StoreError};
use super::super::index::{day_of, end_of};
use super::super::record::{IntentPayload, Private, Record};
use super::super::view::{View, number};
use super::batch::follow;
use super::connection::{Database, finish};
use super::failure::Failure;
use super::{read, rows};

/// Entries or awards read at once: bounds memory, some megabytes at most with ordinary badges.
const PAGE: i64 = 256;

/// How long a whole check may take: a day; it holds no lock.
const PATIENCE: std::time::Duration = std::time::Duration::from_hours(24);

/// Checks everything as it is at one moment; what is recorded meanwhile is left to the next check.
pub(super) fn verify(database: &Database, organisation: &Arc<str>) -> Result<ChainReport, StoreError> {
    let (pool, organisation) = (database.pool.clone(), Arc::clone(organisation));
    database.wait(async move {
        let client = pool.get().await.map_err(Failure::from)?;
        let check = async {
            client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
            let report = Check::new(&client, &organisation).run().await?;
            client.batch_execute("ROLLBACK").await?;
            Ok(report)
        };
        let outcome = timeout(PATIENCE, check).await;
        Ok(finish(client, outcome)?)
    })
}

/// One entry as the tables have it.
pub(super) struct Stored {
    pub(super) head: ChainHead,
    pub(super) body: Vec<u8>,
    pub(super) record: Record,
    pub(super) award: Option<String>,
    /// Commitment and salted bytes, `None` where they are erased; or no row at all.
    pub(super) payload: Option<(Digest, Option<Vec<u8>>)>,
}

/// The entries after `head`, each checked against the one before it.
pub(super) async fn page(
    client: &Client,
    organisation: &str,
    mut head: ChainHead,
) -> Result<Vec<Stored>, Failure> {
    const ENTRIES: &str = "SELECT e.sequence, e.hash, e.body, e.award, p.commitment, p.salted FROM issuer_entry e \
        LEFT JOIN issuer_payload p ON p.organisation = e.organisation AND p.sequence = e.sequence \
        WHERE e.organisation = $1 AND e.sequence > $2 ORDER BY e.sequence LIMIT $3";
    let mut entries = Vec::new();
    for columns in rows::query(client, ENTRIES, &[&organisation, &rows::signed(head.sequence), &PAGE]).await?
    {
        let sequence = rows::sequence(&columns, 0)?;
        let damaged = |damage| StoreError::CorruptEntry { sequence, damage };
        if sequence != head.sequence + 1 {
            return Err(damaged(Damage::Sequence).into());
        }
        let body: Vec<u8> = rows::column(&columns, 2)?;
        head = follow(head, &body);
        if rows::digest(&columns, 1)? != Some(head.hash) {
            return Err(damaged(Damage::Link).into());
        }
        let record: Record = serde_json::from_slice(&body).map_err(|_| damaged(Damage::UnknownRecord))?;
        let there = rows::digest(&columns, 4)?;
        let salted: Option<Vec<u8>> = rows::column(&columns, 5)?;
        let award = rows::column(&columns, 3)?;
        entries.push(Stored {
            head,
            body,
            record,
            award,
            payload: there.map(|commitment| (commitment, salted)),
        });
    }
    Ok(entries)
}

struct Check<'a> {
    client: &'a Client,
    organisation: &'a str,
    head: ChainHead,
    /// Awards with a payload so far, and the first entry of each: an erasure must find none of it left.
    kept: BTreeMap<String, u64>,
    blank: BTreeMap<String, u64>,
    erased: BTreeSet<String>,
    lists: BTreeMap<u32, StatusList>,
    payloads: u64,
    blanks: u64,
    intents: u64,
    badges: u64,
    seats: u64,
    withdrawals: u64,
    places: u64,
    tokens: u64,
    revocations: u64,
}

impl<'a> Check<'a> {
    fn new(client: &'a Client, organisation: &'a str) -> Self {
        Self {
            client,
            organisation,
            head: ChainHead::EMPTY,
            kept: BTreeMap::new(),
            blank: BTreeMap::new(),
            erased: BTreeSet::new(),
            lists: BTreeMap::new(),
            payloads: 0,
            blanks: 0,
            intents: 0,
            badges: 0,
            seats: 0,
            withdrawals: 0,
            places: 0,
            tokens: 0,
            revocations: 0,
        }
    }

    async fn run(mut self) -> Result<ChainReport, Failure> {
        let head = read::head(self.client, self.organisation.into()).await?;
        loop {
            let entries = page(self.client, self.organisation, self.head).await?;
            let Some(last) = entries.last() else { break };
            self.head = last.head;
            for entry in &entries {
                self.entry(entry)?;
            }
        }
        if self.head != head {
            let sequence = self.head.sequence.min(head.sequence) + 1;
            return Err(StoreError::CorruptEntry { sequence, damage: Damage::CutShort }.into());
        }
        if let Some((_, sequence)) = self.blank.iter().find(|(award, _)| !self.erased.contains(*award)) {
            return Err(StoreError::CorruptEntry { sequence: *sequence, damage: Damage::PayloadBlank }.into());
        }
        self.awards().await?;
        self.seats().await?;
        self.tokens().await?;
        self.others().await?;
        Ok(ChainReport { head, payloads: self.payloads, erased: self.blanks })
    }

    fn entry(&mut self, entry: &Stored) -> Result<(), StoreError> {
        let sequence = entry.head.sequence;
        let damaged = |damage| Err(StoreError::CorruptEntry { sequence, damage });
        if entry.award.as_deref() != entry.record.award() {
            return damaged(Damage::Derived);
        }
        match &entry.record {
            Record::Erased { award, .. } => {
                if let Some(sequence) = self.kept.remove(award) {
                    return Err(StoreError::CorruptEntry { sequence, damage: Damage::PayloadKept });
                }
                self.erased.insert(award.clone());
            }
            Record::Intent { slot, at, .. } => {
                self.intents += 1;
                if let Some(slot) = slot {
                    self.slot(slot, *at)?;
                }
            }
            Record::Seat { slot, at, .. } => {
                self.seats += 1;
                self.slot(slot, *at)?;
            }
            Record::SeatWithdrawn { .. } => self.withdrawals += 1,
            Record::Badge { .. } => self.badges += 1,
            Record::TokenMade { .. } => self.tokens += 1,
            Record::TokenRevoked { .. } => self.revocations += 1,
            Record::Issued { .. }
            | Record::Reissued { .. }
            | Record::Revealed { .. }
            | Record::Status { .. } => {}
        }
        let Some(commitment) = entry.record.commitment() else { return Ok(()) };
        match &entry.payload {
            None => damaged(Damage::PayloadMissing),
            Some((found, _)) if found != commitment => damaged(Damage::Derived),
            Some((_, Some(salted))) => {
                rows::open(Some(salted), sequence, commitment)?;
                self.payloads += 1;
                if let Some(award) = entry.record.award().filter(|award| !self.erased.contains(*award)) {
                    self.kept.entry(award.to_owned()).or_insert(sequence);
                }
                Ok(())
            }
            Some((_, None)) => {
                self.blanks += 1;
                match entry.record.award() {
                    Some(award) => drop(self.blank.entry(award.to_owned()).or_insert(sequence)),
                    None => return damaged(Damage::PayloadBlank),
                }
                Ok(())
            }
        }
    }

    /// Counts a place in a list.
    fn slot(&mut self, slot: &StatusSlot, at: Timestamp) -> Result<(), StoreError> {
        let list = self.lists.entry(number(&slot.list)?).or_insert_with(|| StatusList {
            list: slot.list.clone(),
            purpose: slot.purpose,
            opened_at: at,
            used: 0,
            changed: 0,
        });
        list.used += 1;
        self.places += 1;
        Ok(())
    }

    /// Computes each place for an evaluation again from its own entries, and compares.
    async fn seats(&mut self) -> Result<(), Failure> {
        const SEATS: &str = "SELECT s.sequence, s.seat, s.withdrawn, s.list, s.slot, s.day, s.state, e.body, w.body \
            FROM issuer_seat s \
            JOIN issuer_entry e ON e.organisation = s.organisation AND e.sequence = s.sequence \
            LEFT JOIN issuer_entry w ON w.organisation = s.organisation AND w.sequence = s.withdrawn \
            WHERE s.organisation = $1 AND s.sequence > $2 ORDER BY s.sequence LIMIT $3";
        let (mut after, mut count, mut withdrawals) = (0_i64, 0_u64, 0_u64);
        loop {
            let found = rows::query(self.client, SEATS, &[&self.organisation, &after, &PAGE]).await?;
            let Some(last) = found.last() else { break };
            after = rows::column(last, 0)?;
            count += found.len() as u64;
            for columns in &found {
                let state = rows::seat(columns, 6)?;
                let withdrawn: Option<i64> = rows::column(columns, 2)?;
                let same = rows::sequence(columns, 0)? == state.sequence
                    && rows::digest(columns, 1)? == Some(state.seat)
                    && withdrawn == state.withdrawn.map(rows::signed)
                    && rows::column::<i64>(columns, 3)? == i64::from(number(&state.slot.list)?)
                    && rows::column::<i64>(columns, 4)? == i64::from(state.slot.index)
                    && rows::sequence(columns, 5)? == day_of(state.reserved_at)
                    && said(columns, &state)?;
                if !same {
                    let (sequence, damage) = (state.sequence, Damage::Derived);
                    return Err(StoreError::CorruptEntry { sequence, damage }.into());
                }
                if let Some(sequence) = state.withdrawn {
                    withdrawals += 1;
                    if let Some(list) = self.lists.get_mut(&number(&state.slot.list)?) {
                        list.changed = list.changed.max(sequence);
                    }
                }
            }
        }
        self.count((count, withdrawals) == (self.seats, self.withdrawals))
    }

    /// Computes each token again from its own entries, and compares.
    async fn tokens(&mut self) -> Result<(), Failure> {
        const TOKENS: &str = "SELECT t.sequence, t.digest, t.id, t.revoked, t.ends, t.state, e.body, p.salted, r.body \
            FROM issuer_token t \
            JOIN issuer_entry e ON e.organisation = t.organisation AND e.sequence = t.sequence \
            JOIN issuer_payload p ON p.organisation = t.organisation AND p.sequence = t.sequence \
            LEFT JOIN issuer_entry r ON r.organisation = t.organisation AND r.sequence = t.revoked \
            WHERE t.organisation = $1 AND t.sequence > $2 ORDER BY t.sequence LIMIT $3";
        let (mut after, mut count, mut revocations) = (0_i64, 0_u64, 0_u64);
        loop {
            let found = rows::query(self.client, TOKENS, &[&self.organisation, &after, &PAGE]).await?;
            let Some(last) = found.last() else { break };
            after = rows::column(last, 0)?;
            count += found.len() as u64;
            for columns in &found {
                let state = rows::token(columns, 5)?;
                let revoked: Option<i64> = rows::column(columns, 3)?;
                revocations += u64::from(revoked.is_some());
                let same = rows::digest(columns, 1)? == Some(state.digest)
                    && rows::column::<&str>(columns, 2)? == state.id
                    && rows::column::<i64>(columns, 4)? == rows::signed(end_of(state.expires_at))
                    && token_of(columns)?.as_ref() == Some(&state);
                if !same {
                    let (sequence, damage) = (rows::sequence(columns, 0)?, Damage::Derived);
                    return Err(StoreError::CorruptEntry { sequence, damage }.into());
                }
            }
        }
        self.count((count, revocations) == (self.tokens, self.revocations))
    }

    /// Computes each award again from its own entries, and compares.
    async fn awards(&mut self) -> Result<(), Failure> {
        const ENTRIES: &str = "SELECT sequence, body FROM issuer_entry \
            WHERE organisation = $1 AND award = ANY($2) ORDER BY sequence";
        let awards = format!("{} AND a.sequence > $2 ORDER BY a.sequence LIMIT $3", rows::AWARD);
        let (mut after, mut count) = (0, 0);
        loop {
            let found = rows::query(self.client, &awards, &[&self.organisation, &after, &PAGE]).await?;
            let rows = found
                .iter()
                .map(|row| rows::award(row, rows::Blank::Damage))
                .collect::<Result<Vec<_>, _>>()?;
            let Some((last, _)) = rows.last() else { break };
            after = rows::signed(last.state.award.sequence);
            count += rows.len() as u64;
            let ids: Vec<&str> = rows.iter().map(|(row, _)| row.state.award.id.as_str()).collect();
            let private: BTreeMap<&str, Private> = rows
                .iter()
                .filter_map(|(row, private)| Some((row.state.award.id.as_str(), private.clone()?)))
                .map(|(award, private)| (award, Private::Intent(private)))
                .collect();
            let mut view = View::new(u32::MAX);
            for list in self.lists.values() {
                view.load_list(list.clone())?;
            }
            for columns in rows::query(self.client, ENTRIES, &[&self.organisation, &ids]).await? {
                let record: Record = rows::parse(rows::column(&columns, 1)?)?;
                let private = record.award().and_then(|award| private.get(award));
                view.apply(rows::sequence(&columns, 0)?, &record, private)?;
            }
            for (row, _) in &rows {
                if view.row(&row.state.award.id) != Some(row) {
                    let sequence = row.state.award.sequence;
                    return Err(StoreError::CorruptEntry { sequence, damage: Damage::Derived }.into());
                }
                for change in &row.state.award.changes {
                    if let Some(slot) = &row.state.award.slot
                        && let Some(list) = self.lists.get_mut(&number(&slot.list)?)
                    {
                        list.changed = list.changed.max(change.sequence);
                    }
                }
            }
            self.columns(&rows).await?;
        }
        self.count(count == self.intents)
    }

    /// The columns by which awards are found say what their states say.
    async fn columns(
        &self,
        rows: &[(super::super::view::Row, Option<IntentPayload>)],
    ) -> Result<(), Failure> {
        const COLUMNS: &str = "SELECT id, issued, credential_id, badge, status, list, slot FROM issuer_award \
            WHERE organisation = $1 AND id = ANY($2)";
        let by_id: BTreeMap<&str, &super::super::view::Row> =
            rows.iter().map(|(row, _)| (row.state.award.id.as_str(), row)).collect();
        let ids: Vec<&str> = by_id.keys().copied().collect();
        for columns in rows::query(self.client, COLUMNS, &[&self.organisation, &ids]).await? {
            let Some(row) = by_id.get(rows::column::<&str>(&columns, 0)?) else { continue };
            let award = &row.state.award;
            let slot = award.slot.as_ref();
            let list = slot.map(|slot| number(&slot.list)).transpose()?.map(i64::from);
            let same = rows::column::<Option<i64>>(&columns, 1)?
                == row.state.forms.map(|signed| rows::signed(signed.sequence))
                && rows::column::<&str>(&columns, 2)? == award.credential_id
                && rows::column::<&str>(&columns, 3)? == award.badge
                && rows::column::<i64>(&columns, 4)? == rows::status_number(award.status)
                && rows::column::<Option<i64>>(&columns, 5)? == list
                && rows::column::<Option<i64>>(&columns, 6)? == slot.map(|slot| i64::from(slot.index));
            if !same {
                let damage = Damage::Derived;
                return Err(StoreError::CorruptEntry { sequence: award.sequence, damage }.into());
            }
        }
        Ok(())
    }

    /// The lists and the badges.
    async fn others(&self) -> Result<(), Failure> {
        const BADGES: &str = "SELECT count(*) FROM issuer_badge b \
            JOIN issuer_entry e ON e.organisation = b.organisation AND e.sequence = b.sequence \
            WHERE b.organisation = $1";
        const PLACES: &str = "SELECT count(*) FROM issuer_place WHERE organisation = $1";
        let columns = rows::query_opt(self.client, PLACES, &[&self.organisation]).await?;
        let places = columns.map(|columns| rows::sequence(&columns, 0)).transpose()?;
        // Each award and seat has its own by a foreign key: so many are neither more nor others.
        self.count(places == Some(self.places))?;
        let lists = read::lists(self.client, self.organisation.into()).await?;
        self.count(lists.iter().eq(self.lists.values()))?;
        let columns = rows::query_opt(self.client, BADGES, &[&self.organisation]).await?;
        let badges = columns.map(|columns| rows::sequence(&columns, 0)).transpose()?;
        self.count(badges == Some(self.badges))
    }

    fn count(&self, same: bool) -> Result<(), Failure> {
        let sequence = self.head.sequence;
        if same { Ok(()) } else { Err(StoreError::CorruptEntry { sequence, damage: Damage::Derived }.into()) }
    }
}

/// A token as its entries say, of its sequence, its own entry and payload, and the entry that revokes it.
fn token_of(columns: &tokio_postgres::Row) -> Result<Option<Token>, StoreError> {
    let sequence = rows::sequence(columns, 0)?;
    let made: Record = rows::parse(rows::column(columns, 6)?)?;
    let Some(commitment) = made.commitment() else { return Ok(None) };
    let payload = rows::open(rows::column(columns, 7)?, sequence, commitment)?;
    let private = Private::read(&made, payload).map_err(StoreError::index)?;
    let token = private.as_ref().and_then(Private::token).and_then(|private| made.token(sequence, private));
    let Some(token) = token else { return Ok(None) };
    let (at, revoked): (Option<i64>, Option<&[u8]>) = (rows::column(columns, 3)?, rows::column(columns, 8)?);
    Ok(match (at, revoked.map(rows::parse::<Record>).transpose()?) {
        (None, None) => Some(token),
        (Some(revoked), Some(Record::TokenRevoked { token: id, actor, at })) if id == token.id => {
            Some(Token {
                revoked: Some(RevokedToken { sequence: rows::unsigned(revoked)?, actor, at }),
                ..token
            })
        }
        _ => None,
    })
}

/// Whether the entries of a place, in the last two columns, say what is told of it.
fn said(columns: &tokio_postgres::Row, told: &Seat) -> Result<bool, StoreError> {
    let reserved: Record = rows::parse(rows::column(columns, 7)?)?;
    let Record::Seat { seat, slot, at } = reserved else { return Ok(false) };
    if (&seat, &slot, at) != (&told.seat, &told.slot, told.reserved_at) {
        return Ok(false);
    }
    match (told.withdrawn, rows::column::<Option<&[u8]>>(columns, 8)?) {
        (None, None) => Ok(true),
        (Some(_), Some(body)) => Ok(matches!(
            rows::parse::<Record>(body)?,
            Record::SeatWithdrawn { seat, .. } if seat == told.seat
        )),
        _ => Ok(false),
    }
}
