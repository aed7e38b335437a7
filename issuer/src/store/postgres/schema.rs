//! The tables, made and brought up to date by whichever process comes first.

use deadpool_postgres::Client;
use tokio_postgres::error::SqlState;

use super::super::error::StoreError;
use super::failure::Failure;

/// Each step, in order; a step that has been released never changes.
const STEPS: &[&str] = &[
    include_str!("../../../migrations/0001_record.sql"),
    include_str!("../../../migrations/0002_evaluations.sql"),
];

/// Brings the tables up to date. The row lock makes processes that start at the same time take turns.
///
/// # Errors
/// [`StoreError::Database`] when a newer program has changed them, or when the database does not keep text as UTF-8.
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
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if step(client, "").await? == Some(known) {
        return Ok(());
    }
    client
        .execute("INSERT INTO issuer_migration (id, step) VALUES (1, 0) ON CONFLICT (id) DO NOTHING", &[])
        .await?;
    client.batch_execute("BEGIN").await?;
    let done = step(client, " FOR UPDATE").await?.unwrap_or(0);
    if done > known {
        let detail =
            format!("its tables are at step {done}, and this program knows {known}: run the newer program");
        return Err(StoreError::Database { detail }.into());
    }
    for (number, step) in (1..).zip(STEPS) {
        if number > done {
            client.batch_execute(step).await?;
        }
    }
    client.execute("UPDATE issuer_migration SET step = $1 WHERE id = 1", &[&known]).await?;
    client.batch_execute("COMMIT").await?;
    Ok(())
}

async fn step(client: &Client, lock: &str) -> Result<Option<i64>, Failure> {
    let query = format!("SELECT step FROM issuer_migration WHERE id = 1{lock}");
    Ok(client.query_opt(&query, &[]).await?.map(|row| row.get(0)))
}
