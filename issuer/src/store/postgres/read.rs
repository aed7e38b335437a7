//! What the store answers from the tables.

use std::sync::Arc;

use deadpool_postgres::Client;
use tokio_postgres::types::ToSql;

use super::super::data::{
    Award, AwardPage, AwardQuery, AwardStatus, BadgeVersion, ChainEntry, ChainHead, Forms, Seat, StatusBits,
    StatusList,
};
use super::super::digest::Digest;
use super::super::error::{Damage, StoreError};
use super::super::index::{key_hash, recipient_hash};
use super::super::record::{IntentPayload, Record};
use super::super::view::Row;
use super::failure::Failure;
use super::rows::{self, column, query, query_opt, signed};

/// An award as it was found.
pub(super) struct Found {
    pub(super) row: Row,
    private: Option<IntentPayload>,
}

impl Found {
    pub(super) fn complete(self) -> Award {
        Award { recipient: self.private.map(|private| private.recipient), ..self.row.state.award }
    }
}

fn whole(columns: &tokio_postgres::Row) -> Result<(Row, Option<IntentPayload>), StoreError> {
    rows::award(columns, rows::Blank::Damage)
}

/// Whether nothing can have this name: a text of PostgreSQL holds no zero byte, and asking for one is an error of the server.
fn is_nobodys(name: &str) -> bool {
    name.contains('\0')
}

/// The award whose `name` column is this.
pub(super) async fn award(
    client: &Client,
    organisation: &str,
    name: &'static str,
    value: &str,
) -> Result<Option<Found>, Failure> {
    if is_nobodys(value) {
        return Ok(None);
    }
    let sql = format!("{} AND a.{name} = $2", rows::AWARD);
    let columns = query_opt(client, &sql, &[&organisation, &value]).await?;
    Ok(columns.as_ref().map(whole).transpose()?.map(|(row, private)| Found { row, private }))
}

async fn known(client: &Client, organisation: &str, id: &str) -> Result<Found, Failure> {
    let found = award(client, organisation, "id", id).await?;
    Ok(found.ok_or_else(|| StoreError::UnknownAward { award: id.to_owned() })?)
}

pub(super) async fn by_key(
    client: &Client,
    organisation: Arc<str>,
    key: String,
) -> Result<Option<(Digest, Award)>, Failure> {
    let sql = format!("{} AND a.idempotency_key = $2", rows::AWARD);
    let name = key_hash(&key);
    let columns = query_opt(client, &sql, &[&&*organisation, &name.as_bytes().as_slice()]).await?;
    let Some((row, private)) = columns.as_ref().map(whole).transpose()? else { return Ok(None) };
    let request = row.key.map(|key| key.request);
    Ok(request.map(|request| (request, Found { row, private }.complete())))
}

pub(super) async fn awards(
    client: &Client,
    organisation: Arc<str>,
    asked: AwardQuery,
) -> Result<AwardPage, Failure> {
    if asked.badge.as_deref().is_some_and(is_nobodys) {
        return Ok(AwardPage { awards: Vec::new(), next: None });
    }
    let organisation = &*organisation;
    let recipient = asked.recipient.as_deref().map(|recipient| recipient_hash(recipient).as_bytes().to_vec());
    let status = asked.status.map(rows::status_number);
    let after = asked.after.map(signed);
    let limit = i64::try_from(asked.limit + 1).unwrap_or(i64::MAX);
    let mut sql = rows::AWARD.to_owned();
    let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![&organisation];
    let conditions: [(&str, Option<&(dyn ToSql + Sync)>); 4] = [
        ("badge =", asked.badge.as_ref().map(|badge| badge as _)),
        ("recipient =", recipient.as_ref().map(|recipient| recipient as _)),
        ("status =", status.as_ref().map(|status| status as _)),
        ("sequence >", after.as_ref().map(|after| after as _)),
    ];
    for (condition, value) in conditions {
        if let Some(value) = value {
            parameters.push(value);
            sql = format!("{sql} AND a.{condition} ${}", parameters.len());
        }
    }
    parameters.push(&limit);
    sql = format!("{sql} ORDER BY a.sequence LIMIT ${}", parameters.len());
    let mut awards = Vec::new();
    for columns in query(client, &sql, &parameters).await? {
        let (row, private) = whole(&columns)?;
        awards.push(Found { row, private }.complete());
    }
    let more = awards.len() > asked.limit;
    awards.truncate(asked.limit);
    let next = awards.last().map(|award| award.sequence).filter(|_| more);
    Ok(AwardPage { awards, next })
}

pub(super) async fn request(
    client: &Client,
    organisation: Arc<str>,
    award: String,
) -> Result<String, Failure> {
    let found = known(client, &organisation, &award).await?;
    Ok(found.private.map(|private| private.request).ok_or(StoreError::Erased { award })?)
}

pub(super) async fn forms(
    client: &Client,
    organisation: Arc<str>,
    award: String,
) -> Result<Option<Forms>, Failure> {
    let found = known(client, &organisation, &award).await?;
    let Some(signed) = found.row.state.forms else { return Ok(None) };
    if found.row.state.award.erased_at.is_some() {
        return Err(StoreError::Erased { award }.into());
    }
    let payload = payload(client, &organisation, signed.sequence, &signed.commitment).await?;
    let payload = still_there(client, &organisation, &award, payload).await?;
    Ok(Some(rows::parse(&payload)?))
}

pub(super) async fn reason(
    client: &Client,
    organisation: Arc<str>,
    award: String,
    sequence: u64,
) -> Result<Option<String>, Failure> {
    let found = known(client, &organisation, &award).await?;
    let changes = found.row.state.award.changes;
    let Some(change) = changes.into_iter().find(|change| change.sequence == sequence) else {
        return Ok(None);
    };
    if found.row.state.award.erased_at.is_some() {
        return Err(StoreError::Erased { award }.into());
    }
    let payload = payload(client, &organisation, sequence, &change.reason).await?;
    let payload = still_there(client, &organisation, &award, payload).await?;
    Ok(Some(String::from_utf8(payload).map_err(StoreError::index)?))
}

/// A payload that is gone is in order if its award was erased since it was looked up.
async fn still_there(
    client: &Client,
    organisation: &str,
    award: &str,
    payload: Result<Vec<u8>, StoreError>,
) -> Result<Vec<u8>, Failure> {
    match payload {
        Err(StoreError::CorruptEntry { sequence, damage }) => {
            let now = known(client, organisation, award).await?;
            Err(match now.row.state.award.erased_at {
                Some(_) => StoreError::Erased { award: award.to_owned() },
                None => StoreError::CorruptEntry { sequence, damage },
            }
            .into())
        }
        payload => Ok(payload?),
    }
}

async fn payload(
    client: &Client,
    organisation: &str,
    sequence: u64,
    commitment: &Digest,
) -> Result<Result<Vec<u8>, StoreError>, Failure> {
    const PAYLOAD: &str = "SELECT salted FROM issuer_payload WHERE organisation = $1 AND sequence = $2";
    let columns = query_opt(client, PAYLOAD, &[&organisation, &signed(sequence)]).await?;
    let salted: Option<&[u8]> = match &columns {
        Some(columns) => column(columns, 0)?,
        None => None,
    };
    Ok(rows::open(salted, sequence, commitment).map(<[u8]>::to_vec))
}

/// A version of a badge with its entry and its definition.
const BADGE: &str = "SELECT b.badge, b.version, b.sequence, e.body, p.salted FROM issuer_badge b \
    JOIN issuer_entry e ON e.organisation = b.organisation AND e.sequence = b.sequence \
    JOIN issuer_payload p ON p.organisation = b.organisation AND p.sequence = b.sequence \
    WHERE b.organisation = $1";

pub(super) async fn badge(
    client: &Client,
    organisation: Arc<str>,
    badge: String,
    version: Option<u32>,
) -> Result<Option<BadgeVersion>, Failure> {
    if is_nobodys(&badge) {
        return Ok(None);
    }
    let columns = if let Some(version) = version {
        let sql = format!("{BADGE} AND b.badge = $2 AND b.version = $3");
        query_opt(client, &sql, &[&&*organisation, &badge, &i64::from(version)]).await?
    } else {
        let sql = format!("{BADGE} AND b.badge = $2 ORDER BY b.version DESC LIMIT 1");
        query_opt(client, &sql, &[&&*organisation, &badge]).await?
    };
    Ok(columns.as_ref().map(badge_version).transpose()?)
}

pub(super) async fn badges(client: &Client, organisation: Arc<str>) -> Result<Vec<BadgeVersion>, Failure> {
    let sql = format!(
        "{BADGE} AND b.version = (SELECT max(version) FROM issuer_badge m \
         WHERE m.organisation = b.organisation AND m.badge = b.badge)"
    );
    let columns = query(client, &sql, &[&&*organisation]).await?;
    let mut badges = columns.iter().map(badge_version).collect::<Result<Vec<_>, _>>()?;
    // Here and not there: the database may sort by its own language.
    badges.sort_by(|one, other| one.badge.cmp(&other.badge));
    Ok(badges)
}

fn badge_version(columns: &tokio_postgres::Row) -> Result<BadgeVersion, StoreError> {
    let sequence = rows::sequence(columns, 2)?;
    let record: Record = rows::parse(column(columns, 3)?)?;
    let Record::Badge { badge, version, definition, actor, at } = record else {
        return Err(StoreError::index(format_args!("entry {sequence} is no badge")));
    };
    let definition = rows::parse(rows::open(column(columns, 4)?, sequence, &definition)?)?;
    Ok(BadgeVersion { badge, version, definition, actor, at })
}

/// List and bits in one statement, so that they belong together.
pub(super) async fn status_bits(
    client: &Client,
    organisation: Arc<str>,
    number: u32,
) -> Result<Option<StatusBits>, Failure> {
    const BITS: &str = "SELECT l.state, h.list_length, ARRAY( \
        SELECT a.slot FROM issuer_award a WHERE a.organisation = l.organisation AND a.list = l.list \
        AND a.status = ANY($3) UNION ALL \
        SELECT s.slot FROM issuer_seat s WHERE s.organisation = l.organisation AND s.list = l.list \
        AND s.withdrawn IS NOT NULL ORDER BY slot) \
        FROM issuer_list l JOIN issuer_head h ON h.organisation = l.organisation \
        WHERE l.organisation = $1 AND l.list = $2";
    let set = [AwardStatus::Revoked, AwardStatus::Suspended].map(rows::status_number).to_vec();
    let columns = query_opt(client, BITS, &[&&*organisation, &i64::from(number), &set]).await?;
    let Some(columns) = columns else { return Ok(None) };
    let slots: Vec<i64> = column(&columns, 2)?;
    Ok(Some(StatusBits {
        list: rows::list(&columns, 0)?,
        length: rows::unsigned(column(&columns, 1)?)?,
        set: slots.into_iter().map(rows::unsigned).collect::<Result<_, _>>()?,
    }))
}

pub(super) async fn seat(
    client: &Client,
    organisation: Arc<str>,
    seat: Digest,
) -> Result<Option<Seat>, Failure> {
    const SEAT: &str = "SELECT state FROM issuer_seat WHERE organisation = $1 AND seat = $2";
    let columns = query_opt(client, SEAT, &[&&*organisation, &seat.as_bytes().as_slice()]).await?;
    Ok(columns.map(|columns| rows::seat(&columns, 0)).transpose()?)
}

pub(super) async fn lists(client: &Client, organisation: Arc<str>) -> Result<Vec<StatusList>, Failure> {
    const LISTS: &str = "SELECT state FROM issuer_list WHERE organisation = $1 ORDER BY list";
    let columns = query(client, LISTS, &[&&*organisation]).await?;
    Ok(columns.iter().map(|columns| rows::list(columns, 0)).collect::<Result<_, _>>()?)
}

pub(super) async fn head_at(
    client: &Client,
    organisation: Arc<str>,
    sequence: u64,
) -> Result<Option<ChainHead>, Failure> {
    const ENTRY: &str = "SELECT hash FROM issuer_entry WHERE organisation = $1 AND sequence = $2";
    let columns = query_opt(client, ENTRY, &[&&*organisation, &signed(sequence)]).await?;
    let hash = columns.map(|columns| rows::digest(&columns, 0)).transpose()?.flatten();
    Ok(hash.map(|hash| ChainHead { sequence, hash }))
}

/// Up to a page of entries from this one on.
pub(super) async fn entries(
    client: &Client,
    organisation: Arc<str>,
    from: u64,
    until: u64,
) -> Result<Vec<ChainEntry>, Failure> {
    const ENTRIES: &str = "SELECT sequence, hash, body FROM issuer_entry \
        WHERE organisation = $1 AND sequence >= $2 AND sequence <= $3 ORDER BY sequence LIMIT 256";
    let mut entries = Vec::new();
    for columns in query(client, ENTRIES, &[&&*organisation, &signed(from), &signed(until)]).await? {
        let sequence = rows::sequence(&columns, 0)?;
        let hash = rows::digest(&columns, 1)?.unwrap_or(Digest::GENESIS);
        let damage = Damage::UnknownRecord;
        let body = String::from_utf8(column(&columns, 2)?)
            .map_err(|_| StoreError::CorruptEntry { sequence, damage })?;
        entries.push(ChainEntry { head: ChainHead { sequence, hash }, body });
    }
    Ok(entries)
}

/// Salt and payload, where they are what was committed to.
pub(super) async fn opening(
    client: &Client,
    organisation: Arc<str>,
    commitment: Digest,
) -> Result<Option<Vec<u8>>, Failure> {
    const SALTED: &str =
        "SELECT sequence, salted FROM issuer_payload WHERE organisation = $1 AND commitment = $2";
    let bytes = commitment.as_bytes().as_slice();
    let Some(columns) = query_opt(client, SALTED, &[&&*organisation, &bytes]).await? else { return Ok(None) };
    let Some(salted) = column::<Option<Vec<u8>>>(&columns, 1)? else { return Ok(None) };
    rows::open(Some(&salted), rows::sequence(&columns, 0)?, &commitment)?;
    Ok(Some(salted))
}

pub(super) async fn head(client: &Client, organisation: Arc<str>) -> Result<ChainHead, Failure> {
    const HEAD: &str = "SELECT sequence, hash FROM issuer_head WHERE organisation = $1";
    let columns = query_opt(client, HEAD, &[&&*organisation]).await?;
    let Some(columns) = columns else { return Ok(ChainHead::EMPTY) };
    let hash = rows::digest(&columns, 1)?.unwrap_or(Digest::GENESIS);
    Ok(ChainHead { sequence: rows::sequence(&columns, 0)?, hash })
}
