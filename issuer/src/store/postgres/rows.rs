//! The tables' rows: how they are asked for, and how they are read.

use std::collections::HashMap;

use deadpool_postgres::{Client, GenericClient as _};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Row as Columns, types::FromSql};

use super::super::data::{AwardStatus, Forms, Seat, StatusList, Token};
use super::super::digest::Digest;
use super::super::entropy::SALT_LENGTH;
use super::super::error::{Damage, StoreError};
use super::super::record::IntentPayload;
use super::super::view::{Holder, KeyRow, Row, State};
use super::failure::Failure;

/// The columns of an award, with the payload of its intent.
pub(super) const AWARD: &str = "SELECT a.state, a.recipient, a.idempotency_key, a.request, p.salted \
    FROM issuer_award a LEFT JOIN issuer_payload p ON p.organisation = a.organisation AND p.sequence = a.sequence \
    WHERE a.organisation = $1";

/// The parameters of a statement.
pub(super) type Parameters<'a> = [&'a (dyn ToSql + Sync)];

/// Rows of a statement that is prepared once for each connection.
pub(super) async fn query(
    client: &Client,
    sql: &str,
    parameters: &Parameters<'_>,
) -> Result<Vec<Columns>, Failure> {
    let statement = client.prepare_cached(sql).await?;
    Ok(client.query(&statement, parameters).await?)
}

/// The only row of a statement, if there is one.
pub(super) async fn query_opt(
    client: &Client,
    sql: &str,
    parameters: &Parameters<'_>,
) -> Result<Option<Columns>, Failure> {
    Ok(query(client, sql, parameters).await?.into_iter().next())
}

pub(super) fn column<'a, T: FromSql<'a>>(columns: &'a Columns, at: usize) -> Result<T, StoreError> {
    columns.try_get(at).map_err(|error| StoreError::Database { detail: error.to_string() })
}

pub(super) fn digest(columns: &Columns, at: usize) -> Result<Option<Digest>, StoreError> {
    let bytes: Option<&[u8]> = column(columns, at)?;
    let whole = |bytes: &[u8]| {
        let bytes = bytes.try_into().map_err(|_| StoreError::index(format_args!("digest in column {at}")))?;
        Ok(Digest::from_bytes(bytes))
    };
    bytes.map(whole).transpose()
}

pub(super) fn sequence(columns: &Columns, at: usize) -> Result<u64, StoreError> {
    unsigned(column(columns, at)?)
}

/// A number as the database keeps it.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn unsigned<T: TryFrom<i64>>(number: i64) -> Result<T, StoreError> {
    number.try_into().map_err(|_| StoreError::index(format_args!("number {number}")))
}

pub(super) fn status_number(status: AwardStatus) -> i64 {
    match status {
        AwardStatus::Intended => 0,
        AwardStatus::Active => 1,
        AwardStatus::Suspended => 2,
        AwardStatus::Revoked => 3,
    }
}

impl Holder {
    /// How the tables name it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Award => "award",
            Self::Seat => "seat",
        }
    }
}

/// What a payload that is gone means when no erasure of it is recorded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Blank {
    /// Damage.
    Damage,
    /// Nothing yet: an import is under way, and the record of the erasure is still to come.
    Awaited,
}

/// An award of [`AWARD`], and the payload of its intent where it is not erased.
pub(super) fn award(columns: &Columns, blank: Blank) -> Result<(Row, Option<IntentPayload>), StoreError> {
    let state: State = parse(column::<&str>(columns, 0)?.as_bytes())?;
    let key = match (digest(columns, 2)?, digest(columns, 3)?) {
        (Some(name), Some(request)) => Some(KeyRow { name, request }),
        _ => None,
    };
    let salted: Option<&[u8]> = column(columns, 4)?;
    let private = if state.award.erased_at.is_some() || (salted.is_none() && blank == Blank::Awaited) {
        None
    } else {
        Some(parse(open(salted, state.award.sequence, &state.request)?)?)
    };
    Ok((Row { state, recipient: digest(columns, 1)?, key }, private))
}

pub(super) fn seat(columns: &Columns, at: usize) -> Result<Seat, StoreError> {
    parse(column::<&str>(columns, at)?.as_bytes())
}

pub(super) fn token(columns: &Columns, at: usize) -> Result<Token, StoreError> {
    parse(column::<&str>(columns, at)?.as_bytes())
}

pub(super) fn list(columns: &Columns, at: usize) -> Result<StatusList, StoreError> {
    parse(column::<&str>(columns, at)?.as_bytes())
}

/// The payload in salted bytes, if they are what the chain commits to.
pub(super) fn open<'a>(
    salted: Option<&'a [u8]>,
    sequence: u64,
    commitment: &Digest,
) -> Result<&'a [u8], StoreError> {
    let damaged = |damage| StoreError::CorruptEntry { sequence, damage };
    let salted = salted.ok_or_else(|| damaged(Damage::PayloadBlank))?;
    if Digest::of(&[salted]) != *commitment {
        return Err(damaged(Damage::PayloadAltered));
    }
    salted.get(SALT_LENGTH..).ok_or_else(|| damaged(Damage::PayloadAltered))
}

pub(super) fn parse<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(bytes).map_err(StoreError::index)
}

/// The signed forms of some awards, where they are signed and not erased.
pub(super) async fn forms(
    client: &Client,
    organisation: &str,
    awards: &[&str],
) -> Result<HashMap<String, Forms>, Failure> {
    const FORMS: &str = "SELECT a.id, a.state, p.salted FROM issuer_award a \
        JOIN issuer_payload p ON p.organisation = a.organisation AND p.sequence = a.issued \
        WHERE a.organisation = $1 AND a.id = ANY($2)";
    let mut found = HashMap::new();
    for columns in query(client, FORMS, &[&organisation, &awards]).await? {
        let state: State = parse(column::<&str>(&columns, 1)?.as_bytes())?;
        if let Some(signed) = state.forms.filter(|_| state.award.erased_at.is_none()) {
            let bytes = open(column(&columns, 2)?, signed.sequence, &signed.commitment)?;
            found.insert(column(&columns, 0)?, parse(bytes)?);
        }
    }
    Ok(found)
}
