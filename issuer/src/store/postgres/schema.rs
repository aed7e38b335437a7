//! The tables, made and brought up to date by whichever process comes first.

use deadpool_postgres::Client;
use tokio_postgres::error::SqlState;

use super::super::error::StoreError;
use super::failure::Failure;
use super::rows;

/// Each step, in order; a step that has been released never changes.
const STEPS: &[&str] = &[
    include_str!("../../../migrations/0001_record.sql"),
    include_str!("../../../migrations/0002_evaluations.sql"),
    include_str!("../../../migrations/0003_tokens.sql"),
    include_str!("../../../migrations/0004_vouched.sql"),
    include_str!("../../../migrations/0005_batches.sql"),
];

/// The step that this program's tables are at.
#[expect(clippy::cast_possible_wrap, reason = "there are few")]
const KNOWN: i64 = STEPS.len() as i64;

/// The step that made the tables of batches, which have a lock of their own.
const BATCHES: i64 = 5;

/// Refuses tables that this program does not know: beside a newer one it would record what that one no longer expects, and read
/// otherwise what it finds.
///
/// # Errors
/// [`StoreError::OtherTables`].
pub(super) fn check(step: i64) -> Result<(), StoreError> {
    if step == KNOWN { Ok(()) } else { Err(unknown(step)) }
}

/// The tables are at another step than this program's.
pub(super) fn unknown(step: i64) -> StoreError {
    StoreError::OtherTables { found: step, known: KNOWN }
}

/// Looks at the step within a transaction.
///
/// # Errors
/// As [`check`].
pub(super) async fn is_ours(client: &Client) -> Result<(), Failure> {
    const STEP: &str = "SELECT step FROM issuer_migration WHERE id = 1";
    let columns = rows::query_opt(client, STEP, &[]).await?;
    let step = columns.map(|columns| rows::column(&columns, 0)).transpose()?;
    Ok(check(step.unwrap_or(0))?)
}

/// Brings the tables up to date. The row lock makes processes that start at the same time take turns.
///
/// # Errors
/// [`StoreError::OtherTables`] when a newer program has changed them, [`StoreError::Database`] when the database does not keep text as UTF-8.
pub(super) async fn migrate(client: &Client) -> Result<(), Failure> {
    let encoding: String = client.query_one("SELECT current_setting('server_encoding')", &[]).await?.get(0);
    if encoding != "UTF8" {
        let detail = format!("its encoding is {encoding}; make it with ENCODING 'UTF8'");
        return Err(StoreError::Database { detail }.into());
    }
    let started =
        "CREATE TABLE IF NOT EXISTS issuer_migration (id bigint NOT NULL PRIMARY KEY, step bigint NOT NULL)";
    match client.batch_execute(started).await {
        // Another process makes it at this moment, or it is there and this user may not make tables.
        Err(error)
            if [
                SqlState::UNIQUE_VIOLATION,
                SqlState::DUPLICATE_TABLE,
                SqlState::DUPLICATE_OBJECT,
                SqlState::INSUFFICIENT_PRIVILEGE,
            ]
            .iter()
            .any(|code| error.code() == Some(code)) => {}
        made => made?,
    }
    if step(client, "").await? == Some(KNOWN) {
        return Ok(());
    }
    client
        .execute("INSERT INTO issuer_migration (id, step) VALUES (1, 0) ON CONFLICT (id) DO NOTHING", &[])
        .await?;
    client.batch_execute("BEGIN").await?;
    let done = step(client, " FOR UPDATE").await?.unwrap_or(0);
    if done > KNOWN {
        return Err(unknown(done).into());
    }
    if done > 0 {
        // Whoever is recording ends first; whoever records next sees the new step, and an older program stops at it.
        client.execute("SELECT organisation FROM issuer_head ORDER BY organisation FOR UPDATE", &[]).await?;
        if done >= BATCHES {
            client
                .execute("SELECT organisation FROM issuer_batches ORDER BY organisation FOR UPDATE", &[])
                .await?;
        }
    }
    for (number, step) in (1..).zip(STEPS) {
        if number > done {
            client.batch_execute(step).await?;
        }
    }
    client.execute("UPDATE issuer_migration SET step = $1 WHERE id = 1", &[&KNOWN]).await?;
    client.batch_execute("COMMIT").await?;
    Ok(())
}

async fn step(client: &Client, lock: &str) -> Result<Option<i64>, Failure> {
    let query = format!("SELECT step FROM issuer_migration WHERE id = 1{lock}");
    Ok(client.query_opt(&query, &[]).await?.map(|row| row.get(0)))
}
