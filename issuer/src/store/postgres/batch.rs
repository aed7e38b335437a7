//! One transaction that records a batch: lock the head, read what the acts turn on, decide, write, commit.
//!
//! The lock on the organisation's row of `issuer_head` is the whole of the concurrency: whoever holds it is the only one who
//! records, so what was read stays true until the commit. The unique constraints stand behind it.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use deadpool_postgres::{Client, GenericClient as _};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, try_join_all};
use tokio_postgres::Statement;
use tokio_postgres::types::ToSql;

use super::super::data::{ChainHead, Purpose, Seat};
use super::super::digest::Digest;
use super::super::error::StoreError;
use super::super::frame;
use super::super::index::{day_of, key_hash};
use super::super::record::{IntentPayload, Private, Record, to_json};
use super::super::slots::MAX_DRAWS;
use super::super::view::{Row, View, number};
use super::act::{Act, Answer, Desk};
use super::failure::Failure;
use super::{rows, schema, tokens};

/// Draws of a status index that are looked up together for a whole batch; in a list at most half full, one intent in 256 needs
/// more than these, and is looked up by itself.
const FIRST_DRAWS: u32 = 8;

/// The organisation's head under lock.
pub(super) struct Locked {
    pub(super) head: ChainHead,
    pub(super) list_length: u32,
    /// The end of an import that is under way.
    pub(super) importing: Option<Digest>,
}

/// An entry to write: what [`frame`] hashes, and the payload beside it; `None` inside is a payload that is erased already.
pub(super) struct NewEntry<'a> {
    pub(super) head: ChainHead,
    pub(super) body: Vec<u8>,
    pub(super) award: Option<String>,
    pub(super) payload: Option<(Digest, Option<&'a [u8]>)>,
}

/// What the decisions of a batch came to.
pub(super) struct Decided<'a> {
    pub(super) answers: Vec<Result<Answer, StoreError>>,
    pub(super) entries: Vec<NewEntry<'a>>,
    pub(super) head: ChainHead,
    pub(super) desk: Desk,
}

/// Begins a transaction and locks the head.
pub(super) async fn lock(client: &Client, organisation: &str) -> Result<Locked, Failure> {
    const HEAD: &str =
        "SELECT sequence, hash, list_length, importing FROM issuer_head WHERE organisation = $1 FOR UPDATE";
    client.batch_execute("BEGIN").await?;
    let columns = rows::query_opt(client, HEAD, &[&organisation]).await?;
    // Asked for under the lock: a newer program takes all locks before it changes the tables.
    schema::is_ours(client).await?;
    let columns = columns.ok_or_else(|| StoreError::Database {
        detail: format!("organisation {organisation} has no row in issuer_head any more"),
    })?;
    let hash = rows::digest(&columns, 1)?.unwrap_or(Digest::GENESIS);
    let head = ChainHead { sequence: rows::sequence(&columns, 0)?, hash };
    let importing = rows::digest(&columns, 3)?;
    Ok(Locked { head, list_length: rows::unsigned(rows::column(&columns, 2)?)?, importing })
}

/// Was the entry at the end of `head` recorded?
pub(super) async fn is_recorded(
    client: &Client,
    organisation: &str,
    head: ChainHead,
) -> Result<bool, Failure> {
    const ENTRY: &str = "SELECT hash FROM issuer_entry WHERE organisation = $1 AND sequence = $2";
    let columns = rows::query_opt(client, ENTRY, &[&organisation, &rows::signed(head.sequence)]).await?;
    let hash = columns.map(|columns| rows::digest(&columns, 0)).transpose()?.flatten();
    Ok(hash == Some(head.hash))
}

/// Decides a batch under the lock.
pub(super) async fn decide<'a>(
    client: &Client,
    organisation: &str,
    locked: &Locked,
    acts: &[&'a Act],
) -> Result<Decided<'a>, Failure> {
    let mut desk = read(client, organisation, locked, acts).await?;
    let mut head = locked.head;
    let (mut answers, mut entries) = (Vec::with_capacity(acts.len()), Vec::new());
    for act in acts {
        let mut decided = desk.decide(act, head.sequence + 1, FIRST_DRAWS);
        if let (Err(StoreError::BrokenEntropy { .. }), Some((purpose, entropy))) = (&decided, act.draws())
            && let Some(list) = desk.view.open_list(purpose)
        {
            let draws = (0..MAX_DRAWS).map(|n| i64::from(entropy.draw(n, locked.list_length))).collect();
            load_taken(client, organisation, &mut desk.view, list, draws).await?;
            decided = desk.decide(act, head.sequence + 1, MAX_DRAWS);
        }
        match decided {
            Ok((entry, answer)) => {
                if let Some(entry) = entry {
                    let body = to_json(&entry.record)?;
                    head = follow(head, &body);
                    if act.vouches() {
                        desk.vouched = head.hash;
                    }
                    let award = entry.record.award().map(str::to_owned);
                    let payload = entry.payload.map(|sealed| (sealed.commitment, Some(sealed.salted())));
                    entries.push(NewEntry { head, body, award, payload });
                }
                answers.push(Ok(answer));
            }
            Err(error) => answers.push(Err(error)),
        }
    }
    Ok(Decided { answers, entries, head, desk })
}

/// The head after one more entry.
pub(super) fn follow(head: ChainHead, body: &[u8]) -> ChainHead {
    let sequence = head.sequence + 1;
    ChainHead { sequence, hash: frame::hash(sequence, &head.hash, body) }
}

/// Reads what the acts turn on.
async fn read(client: &Client, organisation: &str, locked: &Locked, acts: &[&Act]) -> Result<Desk, Failure> {
    let mut names = Names::default();
    let mut issued: Vec<&str> = Vec::new();
    for act in acts {
        match act {
            Act::Badge { new, .. } => drop(names.badges.insert(&new.badge)),
            Act::Intent { intent, private, .. } => {
                names.intent(&intent.award, &intent.credential_id, &intent.badge, private.intent());
            }
            Act::Issued { award, .. } => {
                issued.push(award);
                names.awards.insert(award);
            }
            Act::Status { change, .. } => drop(names.awards.insert(&change.award)),
            Act::Erase(erasure) => drop(names.awards.insert(&erasure.award)),
            Act::Reissue { reissue, .. } => {
                issued.push(&reissue.award);
                names.awards.insert(&reissue.award);
            }
            Act::Reveal(revelation) => drop(names.awards.insert(&revelation.award)),
            Act::Seat { new, .. } => {
                names.seats.insert(new.seat);
                names.days.insert(day_of(new.at));
            }
            Act::Withdraw(withdrawal) => drop(names.seats.insert(withdrawal.seat)),
            Act::MakeToken { new, .. } => names.token(&new.token, new.digest, new.at),
            Act::RevokeToken(revocation) => drop(names.tokens.insert(&revocation.token)),
        }
    }
    let mut view = View::new(locked.list_length);
    let found = load(client, organisation, &mut view, &names, rows::Blank::Damage).await?;
    let recipients = found.into_iter().map(|(award, private)| (award, private.recipient)).collect();
    issued.retain(|award| view.row(award).is_some_and(|row| row.state.forms.is_some()));
    let forms =
        if issued.is_empty() { HashMap::new() } else { rows::forms(client, organisation, &issued).await? };
    for purpose in [Purpose::Revocation, Purpose::Suspension] {
        let Some(list) = view.open_list(purpose) else { continue };
        let draws: Vec<i64> = acts
            .iter()
            .filter_map(|act| act.draws())
            .filter(|(wanted, _)| *wanted == purpose)
            .flat_map(|(_, entropy)| (0..FIRST_DRAWS).map(|n| i64::from(entropy.draw(n, locked.list_length))))
            .collect();
        if !draws.is_empty() {
            load_taken(client, organisation, &mut view, list, draws).await?;
        }
    }
    let vouched = if acts.iter().any(|act| act.vouches()) {
        vouched(client, organisation).await?
    } else {
        Digest::GENESIS
    };
    Ok(Desk { view, recipients, forms, vouched })
}

/// The names that some acts or records turn on.
#[derive(Default)]
pub(super) struct Names<'a> {
    pub(super) awards: BTreeSet<&'a str>,
    pub(super) credentials: BTreeSet<&'a str>,
    pub(super) keys: BTreeSet<Digest>,
    pub(super) badges: BTreeSet<&'a str>,
    pub(super) seats: BTreeSet<Digest>,
    /// Days whose places for evaluations are to be counted.
    pub(super) days: BTreeSet<u64>,
    pub(super) tokens: BTreeSet<&'a str>,
    pub(super) digests: BTreeSet<Digest>,
    /// From when on tokens in force are to be counted.
    pub(super) in_force_from: Option<jiff::Timestamp>,
}

impl<'a> Names<'a> {
    pub(super) fn intent(
        &mut self,
        award: &'a str,
        credential: &'a str,
        badge: &'a str,
        private: Option<&IntentPayload>,
    ) {
        self.awards.insert(award);
        self.credentials.insert(credential);
        self.badges.insert(badge);
        let key = private.and_then(|private| private.idempotency.as_ref());
        self.keys.extend(key.map(|key| key_hash(&key.key)));
    }

    fn token(&mut self, token: &'a str, digest: Digest, at: jiff::Timestamp) {
        self.tokens.insert(token);
        self.digests.insert(digest);
        self.in_force_from = Some(self.in_force_from.map_or(at, |from| from.min(at)));
    }

    pub(super) fn record(&mut self, record: &'a Record, private: Option<&Private>) {
        match record {
            Record::Badge { badge, .. } => drop(self.badges.insert(badge)),
            Record::Intent { award, credential_id, badge, .. } => {
                self.intent(award, credential_id, badge, private.and_then(Private::intent));
            }
            Record::Issued { award, .. }
            | Record::Status { award, .. }
            | Record::Erased { award, .. }
            | Record::Reissued { award, .. }
            | Record::Revealed { award, .. } => {
                self.awards.insert(award);
            }
            Record::Seat { seat, .. } | Record::SeatWithdrawn { seat, .. } => {
                self.seats.insert(*seat);
            }
            Record::TokenMade { token, .. } => {
                self.tokens.insert(token);
                self.digests.extend(private.and_then(Private::token).map(|private| private.digest));
            }
            Record::TokenRevoked { token, .. } => drop(self.tokens.insert(token)),
        }
    }
}

/// Fills a view with what is recorded under these names and with all lists; gives back the payloads of the awards found.
pub(super) async fn load(
    client: &Client,
    organisation: &str,
    view: &mut View,
    names: &Names<'_>,
    blank: rows::Blank,
) -> Result<HashMap<String, IntentPayload>, Failure> {
    const BADGES: &str = "SELECT badge, max(version) FROM issuer_badge \
        WHERE organisation = $1 AND badge = ANY($2) GROUP BY badge";
    const LISTS: &str = "SELECT state FROM issuer_list WHERE organisation = $1";
    let awards: Vec<&str> = names.awards.iter().copied().collect();
    let credentials: Vec<&str> = names.credentials.iter().copied().collect();
    let keys: Vec<&[u8]> = names.keys.iter().map(|key| key.as_bytes().as_slice()).collect();
    let badges: Vec<&str> = names.badges.iter().copied().collect();
    let mut private = HashMap::new();
    let by_id = format!("{} AND a.id = ANY($2)", rows::AWARD);
    let by_credential = format!("{} AND a.credential_id = ANY($2)", rows::AWARD);
    let by_key = format!("{} AND a.idempotency_key = ANY($2)", rows::AWARD);
    let lookups: [(&str, &(dyn ToSql + Sync), bool); 3] = [
        (&by_id, &awards, awards.is_empty()),
        (&by_credential, &credentials, credentials.is_empty()),
        (&by_key, &keys, keys.is_empty()),
    ];
    let wanted = lookups.iter().filter(|(_, _, none)| !none);
    let asked = wanted.map(|(sql, names, _)| async move {
        let parameters: [&(dyn ToSql + Sync); 2] = [&organisation, *names];
        rows::query(client, sql, &parameters).await
    });
    for columns in try_join_all(asked).await?.into_iter().flatten() {
        let (row, payload) = rows::award(&columns, blank)?;
        if let Some(payload) = payload {
            private.insert(row.state.award.id.clone(), payload);
        }
        view.load_award(row);
    }
    if !badges.is_empty() {
        for columns in rows::query(client, BADGES, &[&organisation, &badges]).await? {
            view.load_badge(rows::column(&columns, 0)?, rows::unsigned(rows::column(&columns, 1)?)?);
        }
    }
    for columns in rows::query(client, LISTS, &[&organisation]).await? {
        view.load_list(rows::list(&columns, 0)?)?;
    }
    load_seats(client, organisation, view, names).await?;
    tokens::load(client, organisation, view, names).await?;
    Ok(private)
}

/// Fills a view with the places for evaluations of these names, and how many there are on these days.
async fn load_seats(
    client: &Client,
    organisation: &str,
    view: &mut View,
    names: &Names<'_>,
) -> Result<(), Failure> {
    const SEATS: &str = "SELECT state FROM issuer_seat WHERE organisation = $1 AND seat = ANY($2)";
    const DAYS: &str = "SELECT day, count(*) FROM issuer_seat \
        WHERE organisation = $1 AND day = ANY($2) GROUP BY day";
    if !names.seats.is_empty() {
        let seats: Vec<&[u8]> = names.seats.iter().map(|seat| seat.as_bytes().as_slice()).collect();
        for columns in rows::query(client, SEATS, &[&organisation, &seats]).await? {
            view.load_seat(rows::seat(&columns, 0)?);
        }
    }
    if !names.days.is_empty() {
        let days: Vec<i64> = names.days.iter().map(|day| rows::signed(*day)).collect();
        for columns in rows::query(client, DAYS, &[&organisation, &days]).await? {
            let count = rows::unsigned(rows::column(&columns, 1)?)?;
            view.load_day(rows::sequence(&columns, 0)?, count);
        }
    }
    Ok(())
}

/// Tells the view which of these indexes of a list are reserved.
pub(super) async fn load_taken(
    client: &Client,
    organisation: &str,
    view: &mut View,
    list: u32,
    slots: Vec<i64>,
) -> Result<(), Failure> {
    const TAKEN: &str =
        "SELECT slot FROM issuer_place WHERE organisation = $1 AND list = $2 AND slot = ANY($3)";
    for columns in rows::query(client, TAKEN, &[&organisation, &i64::from(list), &slots]).await? {
        view.load_taken(list, rows::unsigned(rows::column(&columns, 0)?)?);
    }
    Ok(())
}

/// Writes entries, payloads and what they mean, and the new head; not committed yet.
pub(super) async fn write(
    client: &Client,
    organisation: &str,
    entries: &[NewEntry<'_>],
    view: &View,
    head: ChainHead,
) -> Result<(), Failure> {
    const ENTRY: &str =
        "INSERT INTO issuer_entry (organisation, sequence, hash, body, award) VALUES ($1, $2, $3, $4, $5)";
    const PAYLOAD: &str =
        "INSERT INTO issuer_payload (organisation, sequence, commitment, salted) VALUES ($1, $2, $3, $4)";
    const BADGE: &str =
        "INSERT INTO issuer_badge (organisation, badge, version, sequence) VALUES ($1, $2, $3, $4)";
    const LIST: &str = "INSERT INTO issuer_list (organisation, list, state) VALUES ($1, $2, $3) \
        ON CONFLICT (organisation, list) DO UPDATE SET state = excluded.state";
    // Salt and payload of everything about the award that was recorded before its erasure.
    const ERASE: &str = "UPDATE issuer_payload SET salted = NULL WHERE organisation = $1 AND sequence IN \
        (SELECT sequence FROM issuer_entry WHERE organisation = $1 AND award = $2 AND sequence < $3)";
    const HEAD: &str = "UPDATE issuer_head SET sequence = $2, hash = $3 WHERE organisation = $1";
    let (entry, payload) = (client.prepare_cached(ENTRY).await?, client.prepare_cached(PAYLOAD).await?);
    let (a_badge, a_list) = (client.prepare_cached(BADGE).await?, client.prepare_cached(LIST).await?);
    let an_award = client.prepare_cached(AWARD).await?;
    let a_seat = client.prepare_cached(SEAT).await?;
    let (a_place, a_token) =
        (client.prepare_cached(PLACE).await?, client.prepare_cached(tokens::WRITE).await?);
    // All statements are on their way before the first answer comes back; the server takes them in this order.
    let mut steps: Vec<BoxFuture<'_, Result<u64, Failure>>> = Vec::new();
    for new in entries {
        let (entry, payload) = (&entry, &payload);
        let sequence = rows::signed(new.head.sequence);
        steps.push(
            async move {
                let hash = new.head.hash.as_bytes().as_slice();
                Ok(client.execute(entry, &[&organisation, &sequence, &hash, &new.body, &new.award]).await?)
            }
            .boxed(),
        );
        if let Some((commitment, salted)) = new.payload {
            steps.push(
                async move {
                    let commitment = commitment.as_bytes().as_slice();
                    Ok(client.execute(payload, &[&organisation, &sequence, &commitment, &salted]).await?)
                }
                .boxed(),
            );
        }
    }
    for badge in &view.changed.badges {
        let a_badge = &a_badge;
        steps.push(
            async move {
                let (version, sequence) = (i64::from(badge.version), rows::signed(badge.sequence));
                Ok(client.execute(a_badge, &[&organisation, &badge.badge, &version, &sequence]).await?)
            }
            .boxed(),
        );
    }
    for list in view.changed.lists.iter().filter_map(|number| view.list(*number)) {
        let a_list = &a_list;
        steps.push(
            async move {
                let number = i64::from(number(&list.list)?);
                let state = text(list)?;
                Ok(client.execute(a_list, &[&organisation, &number, &state]).await?)
            }
            .boxed(),
        );
    }
    // Before the awards and evaluations that have them.
    for ((list, slot), holder) in &view.changed.places {
        let a_place = &a_place;
        steps.push(
            async move {
                let (list, slot) = (i64::from(*list), i64::from(*slot));
                Ok(client.execute(a_place, &[&organisation, &list, &slot, &holder.word()]).await?)
            }
            .boxed(),
        );
    }
    for row in view.changed.awards.iter().filter_map(|award| view.row(award)) {
        steps.push(award(client, &an_award, organisation, row).boxed());
    }
    for row in view.changed.seats.iter().filter_map(|seat| view.seat(seat)) {
        steps.push(seat(client, &a_seat, organisation, row).boxed());
    }
    for row in view.changed.tokens.iter().filter_map(|token| view.token(token)) {
        steps.push(tokens::write(client, &a_token, organisation, row).boxed());
    }
    try_join_all(steps).await?;
    for (award, before) in &view.changed.erased {
        let statement = client.prepare_cached(ERASE).await?;
        client.execute(&statement, &[&organisation, award, &rows::signed(*before)]).await?;
    }
    let statement = client.prepare_cached(HEAD).await?;
    let hash = head.hash.as_bytes().as_slice();
    client.execute(&statement, &[&organisation, &rows::signed(head.sequence), &hash]).await?;
    Ok(())
}

/// The hash of the entry that last recorded a signature by which somebody vouches for somebody, or of an import after it.
pub(super) async fn vouched(client: &Client, organisation: &str) -> Result<Digest, Failure> {
    const READ: &str = "SELECT hash FROM issuer_vouched WHERE organisation = $1";
    let columns = rows::query_opt(client, READ, &[&organisation]).await?;
    let hash = columns.map(|columns| rows::digest(&columns, 0)).transpose()?.flatten();
    Ok(hash.unwrap_or(Digest::GENESIS))
}

/// Writes that hash.
pub(super) async fn write_vouched(client: &Client, organisation: &str, hash: Digest) -> Result<(), Failure> {
    const WRITE: &str = "INSERT INTO issuer_vouched (organisation, hash) VALUES ($1, $2) \
        ON CONFLICT (organisation) DO UPDATE SET hash = excluded.hash";
    client.execute(WRITE, &[&organisation, &hash.as_bytes().as_slice()]).await?;
    Ok(())
}

/// Ends the transaction. A server that waits for its synchronous standby answers a cancelled wait as if it had succeeded, so nothing may cancel it: not even
/// the time that statements are given.
pub(super) async fn commit(client: &Client) -> Result<(), Failure> {
    client.batch_execute("SET LOCAL statement_timeout = 0").await?;
    Ok(client.batch_execute("COMMIT").await?)
}

/// How long one attempt may take on the client's side.
pub(super) const ATTEMPT: Duration = super::connection::PATIENCE;

const AWARD: &str = "INSERT INTO issuer_award \
    (organisation, id, sequence, issued, credential_id, badge, status, list, slot, recipient, idempotency_key, request, state) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
    ON CONFLICT (organisation, id) DO UPDATE SET issued = excluded.issued, status = excluded.status, \
    recipient = excluded.recipient, idempotency_key = excluded.idempotency_key, request = excluded.request, \
    state = excluded.state";

async fn award(
    client: &Client,
    statement: &Statement,
    organisation: &str,
    row: &Row,
) -> Result<u64, Failure> {
    let award = &row.state.award;
    let slot = award.slot.as_ref();
    let list = slot.map(|slot| number(&slot.list)).transpose()?.map(i64::from);
    let bytes = |digest: &Digest| digest.as_bytes().to_vec();
    let written = client
        .execute(
            statement,
            &[
                &organisation,
                &award.id,
                &rows::signed(award.sequence),
                &row.state.forms.map(|signed| rows::signed(signed.sequence)),
                &award.credential_id,
                &award.badge,
                &rows::status_number(award.status),
                &list,
                &slot.map(|slot| i64::from(slot.index)),
                &row.recipient.as_ref().map(bytes),
                &row.key.as_ref().map(|key| bytes(&key.name)),
                &row.key.as_ref().map(|key| bytes(&key.request)),
                &text(&row.state)?,
            ],
        )
        .await?;
    Ok(written)
}

const SEAT: &str = "INSERT INTO issuer_seat (organisation, seat, sequence, withdrawn, list, slot, day, state) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
    ON CONFLICT (organisation, seat) DO UPDATE SET withdrawn = excluded.withdrawn, state = excluded.state";

async fn seat(
    client: &Client,
    statement: &Statement,
    organisation: &str,
    row: &Seat,
) -> Result<u64, Failure> {
    let written = client
        .execute(
            statement,
            &[
                &organisation,
                &row.seat.as_bytes().as_slice(),
                &rows::signed(row.sequence),
                &row.withdrawn.map(rows::signed),
                &i64::from(number(&row.slot.list)?),
                &i64::from(row.slot.index),
                &rows::signed(day_of(row.reserved_at)),
                &text(row)?,
            ],
        )
        .await?;
    Ok(written)
}

const PLACE: &str = "INSERT INTO issuer_place (organisation, list, slot, holder) VALUES ($1, $2, $3, $4)";

pub(super) fn text<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(StoreError::index)
}
