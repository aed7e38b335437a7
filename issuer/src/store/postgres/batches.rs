//! Batches of awards in their tables, for all processes over one database: who sends one to any of them finds it at each, and it goes on at
//! another where the one that works on it ends.
//!
//! Whoever decides about an organisation's batches locks its row of `issuer_batches` first. A process that works on one holds a claim with a
//! lease, told by the database's clock, and everything it writes asks for that claim: one that was taken to be gone writes nothing more.
//! Every step can be made twice, because the answer to the first may be lost.

use std::sync::Arc;

use deadpool_postgres::{Client, GenericClient as _};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::time::timeout;
use tokio_postgres::Row as Columns;

use super::super::error::StoreError;
use super::connection::{PATIENCE, finish};
use super::failure::Failure;
use super::{PostgresStore, batch, rows, schema};

/// Seconds for which a batch belongs to the process that works on it, counted anew with every portion and [`batch_pulse`](PostgresStore::batch_pulse).
const LEASE: i64 = 30;

/// Seconds that lines may take to arrive: longer than the service waits for them.
const ARRIVAL: i64 = 15 * 60;

/// A batch in its table. What it is about is text to the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchRow {
    /// Its id.
    pub id: String,
    /// Where it stands, by one word.
    pub state: String,
    /// The hash of its idempotency key.
    pub key: String,
    /// The hash of what was asked for.
    pub digest: String,
    /// What was asked for.
    pub request: String,
    /// How far it came.
    pub counts: String,
    /// Why it ended early.
    pub outcome: String,
    /// When it was asked for, in microseconds from 1970.
    pub created: i64,
    /// When it ended.
    pub ended: Option<i64>,
    /// Pieces of its lines.
    pub pieces: i64,
    /// Bytes of its reports.
    pub bytes: i64,
}

/// What became of lines that have arrived.
#[derive(Clone, Debug)]
pub enum BatchBegun {
    /// They wait to be worked on.
    New,
    /// Their key stood for the same.
    Known(BatchRow),
    /// Their key stands for something else, in the batch of this id.
    Conflict(String),
    /// They took too long to arrive.
    Late,
}

/// What became of a batch that is to end.
#[derive(Clone, Debug)]
pub enum BatchEnded {
    /// There is none of this id.
    Missing,
    /// It will not run, or will end with the portion at work.
    Cancelled(Box<BatchRow>),
    /// It had ended, and is removed.
    Removed,
}

/// What a process that works on a batch is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Go on.
    Held,
    /// End it: it was cancelled.
    Cancelled,
    /// Another process has it.
    Lost,
}

/// A part of a report, and the byte of the report at which it begins.
pub type Piece = (i64, Vec<u8>);

/// Pieces of the two reports, with the byte at which each begins.
#[derive(Clone, Debug, Default)]
pub struct Pieces {
    /// Of every line.
    pub results: Piece,
    /// Of the refused ones.
    pub errors: Piece,
}

const COLUMNS: &str = "id, state, key, digest, request, counts, outcome, created, ended, pieces, bytes";

const FORGET_INPUT: &str = "DELETE FROM issuer_batch_input WHERE organisation = $1 AND id = $2";

impl PostgresStore {
    /// Makes room for the lines of a batch; `false` where there are `limit` already that have not ended.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Database`]; so do all the others.
    pub fn batch_arrives(&self, id: &str, limit: i64) -> Result<bool, StoreError> {
        const NEW: &str = "INSERT INTO issuer_batch \
            (organisation, id, state, key, digest, request, counts, outcome, created, pieces, bytes, cancel, lease) \
            VALUES ($1, $2, 'arriving', '', '', '', '', '', 0, 0, 0, false, extract(epoch FROM now())::bigint + $3) \
            ON CONFLICT (organisation, id) DO NOTHING";
        let open = format!(
            "SELECT count(*) FROM issuer_batch WHERE organisation = $1 AND id <> $2 \
             AND (state IN ('queued', 'running') OR state = 'arriving' AND NOT ({LATE}))"
        );
        let shared = Arc::new((id.to_owned(), open));
        self.under_lock(move |client, organisation| {
            let shared = Arc::clone(&shared);
            async move {
                let (id, open) = &*shared;
                let organisation = &*organisation;
                let open: i64 = client.query_one(open.as_str(), &[&organisation, id]).await?.get(0);
                if open >= limit && one_of(client, organisation, id).await?.is_none() {
                    return Ok(false);
                }
                client.execute(NEW, &[&organisation, id, &ARRIVAL]).await?;
                Ok(true)
            }
            .boxed()
        })
    }

    /// Keeps a piece of the lines.
    ///
    /// # Errors
    /// See [`batch_arrives`](Self::batch_arrives); [`StoreError::Database`] where the batch is no longer there.
    pub fn batch_takes(&self, id: &str, number: i64, bytes: Vec<u8>) -> Result<(), StoreError> {
        const PIECE: &str = "INSERT INTO issuer_batch_input (organisation, id, number, bytes) \
            VALUES ($1, $2, $3, $4) ON CONFLICT (organisation, id, number) DO NOTHING";
        let (id, bytes) = (id.to_owned(), Arc::new(bytes));
        self.ask(move |client, organisation| {
            let (id, bytes) = (id.clone(), Arc::clone(&bytes));
            async move {
                client.execute(PIECE, &[&&*organisation, &id, &number, &bytes.as_slice()]).await?;
                Ok(())
            }
            .boxed()
        })
    }

    /// Forgets lines that were arriving, without anybody waiting for it: what cannot be forgotten now goes when its time is over.
    pub fn batch_gives_up(&self, id: &str) {
        const FORGET: &str =
            "DELETE FROM issuer_batch WHERE organisation = $1 AND id = $2 AND state = 'arriving'";
        let (pool, organisation, id) =
            (self.database.pool.clone(), Arc::clone(&self.organisation), id.to_owned());
        self.database.spawn(async move {
            let Ok(client) = pool.get().await else { return };
            let forgotten = timeout(PATIENCE, client.execute(FORGET, &[&&*organisation, &id])).await;
            let outcome = forgotten.map(|done| done.map_err(Failure::from));
            if let Err(failure) = finish(client, outcome) {
                tracing::debug!(?failure, "lines that did not all arrive are forgotten later");
            }
        });
    }

    /// Lets a batch wait for its turn whose lines have arrived, once for each key that has not failed.
    ///
    /// # Errors
    /// See [`batch_arrives`](Self::batch_arrives).
    pub fn batch_begins(&self, new: BatchRow) -> Result<BatchBegun, StoreError> {
        const BEGIN: &str = "UPDATE issuer_batch SET state = 'queued', key = $3, digest = $4, request = $5, \
            counts = $6, outcome = $7, created = $8, pieces = $9, lease = 0 WHERE organisation = $1 AND id = $2 AND state = 'arriving'";
        let same_key = format!(
            "SELECT {COLUMNS} FROM issuer_batch WHERE organisation = $1 AND key = $2 AND state <> 'arriving' ORDER BY created"
        );
        let shared = Arc::new((new, same_key));
        self.under_lock(move |client, organisation| {
            let shared = Arc::clone(&shared);
            async move {
                let (new, same_key) = (&shared.0, shared.1.as_str());
                let organisation = &*organisation;
                let found = rows::query(client, same_key, &[&organisation, &new.key]).await?;
                let found = found.iter().map(read).collect::<Result<Vec<_>, _>>()?;
                if found.iter().any(|row| row.id == new.id) {
                    return Ok(BatchBegun::New);
                }
                if let Some(other) = found.iter().find(|row| row.digest != new.digest) {
                    return Ok(BatchBegun::Conflict(other.id.clone()));
                }
                if let Some(known) = found.into_iter().find(|row| row.state != "failed") {
                    return Ok(BatchBegun::Known(known));
                }
                let written = client
                    .execute(
                        BEGIN,
                        &[
                            &organisation,
                            &new.id,
                            &new.key,
                            &new.digest,
                            &new.request,
                            &new.counts,
                            &new.outcome,
                            &new.created,
                            &new.pieces,
                        ],
                    )
                    .await?;
                Ok(if written == 1 { BatchBegun::New } else { BatchBegun::Late })
            }
            .boxed()
        })
    }

    /// A batch whose lines have arrived.
    ///
    /// # Errors
    /// See [`batch_arrives`](Self::batch_arrives).
    pub fn batch(&self, id: &str) -> Result<Option<BatchRow>, StoreError> {
        let id = id.to_owned();
        self.ask(move |client, organisation| {
            let id = id.clone();
            async move { one(client, &organisation, &id).await }.boxed()
        })
    }

    /// All of them, the oldest first.
    ///
    /// # Errors
    /// See [`batch_arrives`](Self::batch_arrives).
    pub fn batches(&self) -> Result<Vec<BatchRow>, StoreError> {
        let all = format!(
            "SELECT {COLUMNS} FROM issuer_batch WHERE organisation = $1 AND state <> 'arriving' ORDER BY created, id"
        );
        self.ask(move |client, organisation| {
            let all = all.clone();
            async move {
                let found = rows::query(client, &all, &[&&*organisation]).await?;
                Ok(found.iter().map(read).collect::<Result<_, _>>()?)
            }
            .boxed()
        })
    }

    /// Cancels one that has not ended; removes one that has.
    ///
    /// # Errors
    /// See [`batch_arrives`](Self::batch_arrives).
    pub fn batch_ends(&self, id: &str, now: i64) -> Result<BatchEnded, StoreError> {
        const CANCEL: &str =
            "UPDATE issuer_batch SET state = 'cancelled', ended = $3 WHERE organisation = $1 AND id = $2";
        const ASK: &str = "UPDATE issuer_batch SET cancel = true WHERE organisation = $1 AND id = $2";
        let id = id.to_owned();
        self.under_lock(move |client, organisation| {
            let id = id.clone();
            async move {
                let organisation = &*organisation;
                let Some(mut row) = one(client, organisation, &id).await? else {
                    return Ok(BatchEnded::Missing);
                };
                match row.state.as_str() {
                    "queued" => {
                        client.execute(CANCEL, &[&organisation, &id, &now]).await?;
                        client.execute(FORGET_INPUT, &[&organisation, &id]).await?;
                        "cancelled".clone_into(&mut row.state);
                        row.ended = Some(now);
                    }
                    "running" => drop(client.execute(ASK, &[&organisation, &id]).await?),
                    // The first answer to this same step was lost.
                    "cancelled" if row.ended == Some(now) => {}
                    _ => {
                        remove(client, organisation, &id).await?;
                        return Ok(BatchEnded::Removed);
                    }
                }
                Ok(BatchEnded::Cancelled(Box::new(row)))
            }
            .boxed()
        })
    }

    /// The pieces of a report from that which holds this byte on, some of them, each with the byte at which it begins; and where the report ends. All as
    /// they are at one moment.
    ///
    /// # Errors
    /// See [`batch_arrives`](Self::batch_arrives).
    pub fn batch_report(
        &self,
        id: &str,
        report: &'static str,
        from: i64,
    ) -> Result<(Vec<Piece>, i64), StoreError> {
        const PIECES: &str = "WITH r AS (SELECT start, bytes FROM issuer_batch_report \
                WHERE organisation = $1 AND id = $2 AND report = $3), \
            last AS (SELECT start + length(bytes) AS ends FROM r ORDER BY start DESC LIMIT 1), \
            first AS (SELECT start FROM r WHERE start <= $4 ORDER BY start DESC LIMIT 1) \
            SELECT r.start, r.bytes, last.ends FROM r, last, first WHERE r.start >= first.start ORDER BY r.start LIMIT 64";
        let id = id.to_owned();
        self.ask(move |client, organisation| {
            let id = id.clone();
            async move {
                let found = rows::query(client, PIECES, &[&&*organisation, &id, &report, &from]).await?;
                let ends = found.first().map(|columns| rows::column(columns, 2)).transpose()?;
                let piece = |columns: &Columns| Ok((rows::column(columns, 0)?, rows::column(columns, 1)?));
                let pieces = found.iter().map(piece).collect::<Result<_, StoreError>>()?;
                Ok((pieces, ends.unwrap_or_default()))
            }
            .boxed()
        })
    }

    /// Takes the oldest batch that waits, or whose process is gone, where none of the organisation's is being worked on. Its reports begin anew.
    ///
    /// `claim` is a name that nobody else uses; what was cancelled meanwhile ends at `now`.
    ///
    /// # Errors
    /// See [`batch_arrives`](Self::batch_arrives).
    pub fn batch_claims(&self, claim: &str, counts: &str, now: i64) -> Result<Option<BatchRow>, StoreError> {
        const ANY: &str = "SELECT 1 FROM issuer_batch \
            WHERE organisation = $1 AND state IN ('arriving', 'queued', 'running') LIMIT 1";
        // Whose process is gone, and who was to be cancelled.
        const CANCELLED: &str = "UPDATE issuer_batch SET state = 'cancelled', ended = $2, claim = NULL \
            WHERE organisation = $1 AND state IN ('queued', 'running') AND cancel RETURNING id";
        const TAKE: &str = "UPDATE issuer_batch SET state = 'running', claim = $3, counts = $4, bytes = 0, \
            lease = extract(epoch FROM now())::bigint + $5 WHERE organisation = $1 AND id = $2";
        const REPORTS: &str = "DELETE FROM issuer_batch_report WHERE organisation = $1 AND id = $2";
        // A lease that is longer than any is another clock's.
        let busy = format!(
            "SELECT 1 FROM issuer_batch WHERE organisation = $1 AND state = 'running' AND claim <> $2 \
             AND lease > extract(epoch FROM now())::bigint AND lease <= extract(epoch FROM now())::bigint + {LEASE} LIMIT 1"
        );
        let next = format!(
            "SELECT {COLUMNS} FROM issuer_batch WHERE organisation = $1 AND state IN ('queued', 'running') \
             ORDER BY created, id LIMIT 1"
        );
        // Most of the time there is nothing to do, and nothing to lock for it.
        let any = self.ask(move |client, organisation| {
            async move { Ok(rows::query_opt(client, ANY, &[&&*organisation]).await?.is_some()) }.boxed()
        })?;
        if !any {
            return Ok(None);
        }
        let shared = Arc::new((claim.to_owned(), counts.to_owned(), next, busy));
        self.under_lock(move |client, organisation| {
            let shared = Arc::clone(&shared);
            async move {
                let (claim, counts, next, busy) = &*shared;
                let organisation = &*organisation;
                forget_late(client, organisation).await?;
                if rows::query_opt(client, busy, &[&organisation, claim]).await?.is_some() {
                    return Ok(None);
                }
                for cancelled in client.query(CANCELLED, &[&organisation, &now]).await? {
                    client.execute(FORGET_INPUT, &[&organisation, &cancelled.get::<_, String>(0)]).await?;
                }
                let Some(columns) = rows::query_opt(client, next, &[&organisation]).await? else {
                    return Ok(None);
                };
                let row = read(&columns)?;
                client.execute(TAKE, &[&organisation, &row.id, claim, counts, &LEASE]).await?;
                client.execute(REPORTS, &[&organisation, &row.id]).await?;
                Ok(Some(row))
            }
            .boxed()
        })
    }

    /// A piece of the lines, counted from 0; `None` where it is not there, or another process has the batch.
    ///
    /// # Errors
    /// See [`batch_arrives`](Self::batch_arrives).
    pub fn batch_input(&self, id: &str, claim: &str, number: i64) -> Result<Option<Vec<u8>>, StoreError> {
        const PIECE: &str = "SELECT i.bytes FROM issuer_batch b \
            JOIN issuer_batch_input i ON i.organisation = b.organisation AND i.id = b.id AND i.number = $4 \
            WHERE b.organisation = $1 AND b.id = $2 AND b.claim = $3 AND b.state = 'running'";
        let shared = Arc::new((id.to_owned(), claim.to_owned()));
        self.ask(move |client, organisation| {
            let shared = Arc::clone(&shared);
            async move {
                let (id, claim) = &*shared;
                let found = rows::query_opt(client, PIECE, &[&&*organisation, id, claim, &number]).await?;
                Ok(found.map(|columns| rows::column(&columns, 0)).transpose()?)
            }
            .boxed()
        })
    }

    /// Keeps one for another while, however long a portion takes; `false` where another process has it.
    ///
    /// # Errors
    /// See [`batch_arrives`](Self::batch_arrives).
    pub fn batch_pulse(&self, id: &str, claim: &str) -> Result<bool, StoreError> {
        const PULSE: &str = "UPDATE issuer_batch SET lease = extract(epoch FROM now())::bigint + $4 \
            WHERE organisation = $1 AND id = $2 AND claim = $3 AND state = 'running'";
        let shared = Arc::new((id.to_owned(), claim.to_owned()));
        self.ask(move |client, organisation| {
            let shared = Arc::clone(&shared);
            async move {
                let (id, claim) = &*shared;
                Ok(client.execute(PULSE, &[&&*organisation, id, claim, &LEASE]).await? == 1)
            }
            .boxed()
        })
    }

    /// Records how far one came, and keeps it for another while.
    ///
    /// # Errors
    /// See [`batch_arrives`](Self::batch_arrives).
    pub fn batch_advances(
        &self,
        id: &str,
        claim: &str,
        counts: &str,
        pieces: Pieces,
    ) -> Result<Claim, StoreError> {
        const ADVANCE: &str = "UPDATE issuer_batch SET counts = $4, bytes = $5, \
            lease = extract(epoch FROM now())::bigint + $6 \
            WHERE organisation = $1 AND id = $2 AND claim = $3 AND state = 'running' RETURNING cancel";
        const PIECE: &str = "INSERT INTO issuer_batch_report (organisation, id, report, start, bytes) \
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (organisation, id, report, start) DO NOTHING";
        let shared = Arc::new((id.to_owned(), claim.to_owned(), counts.to_owned(), pieces));
        self.under_lock(move |client, organisation| {
            let shared = Arc::clone(&shared);
            async move {
                let (id, claim, counts, pieces) = &*shared;
                let organisation = &*organisation;
                let both = [("results", &pieces.results), ("errors", &pieces.errors)];
                let ends = |(start, bytes): &Piece| start.saturating_add(length(bytes));
                let bytes = ends(&pieces.results).saturating_add(ends(&pieces.errors));
                let held =
                    client.query_opt(ADVANCE, &[&organisation, id, claim, counts, &bytes, &LEASE]).await?;
                let Some(held) = held else { return Ok(Claim::Lost) };
                for (report, (start, bytes)) in both {
                    if !bytes.is_empty() {
                        client
                            .execute(PIECE, &[&organisation, id, &report, start, &bytes.as_slice()])
                            .await?;
                    }
                }
                Ok(if held.get(0) { Claim::Cancelled } else { Claim::Held })
            }
            .boxed()
        })
    }

    /// Records that one has ended, or waits again where its state is `queued`; `false` where another process has it.
    ///
    /// # Errors
    /// See [`batch_arrives`](Self::batch_arrives).
    pub fn batch_leaves(&self, row: BatchRow, claim: &str) -> Result<bool, StoreError> {
        const LEAVE: &str = "UPDATE issuer_batch SET state = $4, counts = $5, outcome = $6, ended = $7, claim = NULL, lease = 0 \
            WHERE organisation = $1 AND id = $2 AND claim = $3";
        let shared = Arc::new((row, claim.to_owned()));
        self.under_lock(move |client, organisation| {
            let shared = Arc::clone(&shared);
            async move {
                let (row, claim) = &*shared;
                let organisation = &*organisation;
                let left = client
                    .execute(
                        LEAVE,
                        &[&organisation, &row.id, claim, &row.state, &row.counts, &row.outcome, &row.ended],
                    )
                    .await?;
                if left == 1 && row.ended.is_some() {
                    client.execute(FORGET_INPUT, &[&organisation, &row.id]).await?;
                }
                Ok(left == 1)
            }
            .boxed()
        })
    }

    /// Removes these, where they have ended.
    ///
    /// # Errors
    /// See [`batch_arrives`](Self::batch_arrives).
    pub fn batches_go(&self, ids: Vec<String>) -> Result<(), StoreError> {
        let ids = Arc::new(ids);
        self.under_lock(move |client, organisation| {
            let ids = Arc::clone(&ids);
            async move {
                for id in ids.iter() {
                    remove(client, &organisation, id).await?;
                }
                Ok(())
            }
            .boxed()
        })
    }

    /// Works in a transaction that nobody else's decision about the organisation's batches comes between.
    fn under_lock<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'a> Fn(&'a Client, Arc<str>) -> BoxFuture<'a, Result<T, Failure>> + Send + Sync + 'static,
    {
        const ROW: &str =
            "INSERT INTO issuer_batches (organisation) VALUES ($1) ON CONFLICT (organisation) DO NOTHING";
        const LOCK: &str = "SELECT organisation FROM issuer_batches WHERE organisation = $1 FOR UPDATE";
        let work = Arc::new(work);
        self.ask(move |client, organisation| {
            let work = Arc::clone(&work);
            async move {
                client.batch_execute("BEGIN").await?;
                if client.query(LOCK, &[&&*organisation]).await?.is_empty() {
                    client.execute(ROW, &[&&*organisation]).await?;
                    client.query(LOCK, &[&&*organisation]).await?;
                }
                // Whoever changes the tables holds that lock as well.
                schema::is_ours(client).await?;
                let done = work(client, organisation).await?;
                batch::commit(client).await?;
                Ok(done)
            }
            .boxed()
        })
    }
}

async fn one(client: &Client, organisation: &str, id: &str) -> Result<Option<BatchRow>, Failure> {
    let one = format!(
        "SELECT {COLUMNS} FROM issuer_batch WHERE organisation = $1 AND id = $2 AND state <> 'arriving'"
    );
    let found = rows::query_opt(client, &one, &[&organisation, &id]).await?;
    Ok(found.map(|columns| read(&columns)).transpose()?)
}

/// Whether lines that are arriving have had their time; a lease that is longer than any is another clock's.
const LATE: &str =
    "lease < extract(epoch FROM now())::bigint OR lease > extract(epoch FROM now())::bigint + 900";

/// Forgets lines whose process was gone before all had arrived; those of one batch, because there may be many.
async fn forget_late(client: &Client, organisation: &str) -> Result<(), Failure> {
    let late = format!(
        "DELETE FROM issuer_batch WHERE organisation = $1 AND id IN (SELECT id FROM issuer_batch \
         WHERE organisation = $1 AND state = 'arriving' AND ({LATE}) LIMIT 1)"
    );
    client.execute(&late, &[&organisation]).await?;
    Ok(())
}

/// Whether there is one of this id, arriving or not.
async fn one_of(client: &Client, organisation: &str, id: &str) -> Result<Option<Columns>, Failure> {
    const ONE: &str = "SELECT 1 FROM issuer_batch WHERE organisation = $1 AND id = $2";
    rows::query_opt(client, ONE, &[&organisation, &id]).await
}

/// Removes one that has ended, with all that belongs to it.
async fn remove(client: &Client, organisation: &str, id: &str) -> Result<(), Failure> {
    const REMOVE: &str = "DELETE FROM issuer_batch WHERE organisation = $1 AND id = $2 AND ended IS NOT NULL";
    client.execute(REMOVE, &[&organisation, &id]).await?;
    Ok(())
}

fn length(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

fn read(columns: &Columns) -> Result<BatchRow, StoreError> {
    Ok(BatchRow {
        id: rows::column(columns, 0)?,
        state: rows::column(columns, 1)?,
        key: rows::column(columns, 2)?,
        digest: rows::column(columns, 3)?,
        request: rows::column(columns, 4)?,
        counts: rows::column(columns, 5)?,
        outcome: rows::column(columns, 6)?,
        created: rows::column(columns, 7)?,
        ended: rows::column(columns, 8)?,
        pieces: rows::column(columns, 9)?,
        bytes: rows::column(columns, 10)?,
    })
}
