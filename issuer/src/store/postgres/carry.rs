//! Carrying the record out of the tables and into them.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::timeout;

use super::super::data::ChainHead;
use super::super::digest::Digest;
use super::super::error::{Damage, StoreError};
use super::super::record::Record;
use super::super::transfer::{Arrived, Carried, Payload, Transfer, TransferError};
use super::super::view::{View, number};
use super::batch::{self, Names, NewEntry};
use super::connection::finish;
use super::failure::Failure;
use super::{PostgresStore, rows, verify};

/// Pages on their way to the writer: bounds memory.
const AHEAD: usize = 2;

/// How long an export may take: a day; it holds no lock.
const PATIENCE: Duration = Duration::from_hours(24);

#[expect(private_interfaces, reason = "as the trait's")]
impl Transfer for PostgresStore {
    fn carry_out(
        &self,
        visit: &mut dyn FnMut(Carried) -> Result<(), TransferError>,
    ) -> Result<ChainHead, TransferError> {
        let (pages, arriving) = sync_channel(AHEAD);
        let (pool, organisation) = (self.database.pool.clone(), Arc::clone(&self.organisation));
        // One moment of the record, whatever is recorded or erased meanwhile.
        self.database.spawn(async move {
            let walk = async {
                let client = pool.get().await.map_err(Failure::from)?;
                let work = async {
                    client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
                    let mut head = ChainHead::EMPTY;
                    loop {
                        let page = verify::page(&client, &organisation, head).await?;
                        let Some(last) = page.last() else { break };
                        head = last.head;
                        let (pages, ahead) = (pages.clone(), Ok(page));
                        // Waiting for a slow writer must not hold up the thread that drives the connection.
                        let sent = tokio::task::spawn_blocking(move || pages.send(ahead).is_ok()).await;
                        if !sent.unwrap_or(false) {
                            break;
                        }
                    }
                    client.batch_execute("ROLLBACK").await?;
                    Ok(())
                };
                let outcome = timeout(PATIENCE, work).await;
                finish(client, outcome)
            };
            if let Err(failure) = walk.await {
                let _ = tokio::task::spawn_blocking(move || pages.send(Err(StoreError::from(failure)))).await;
            }
        });
        let mut head = ChainHead::EMPTY;
        for page in arriving {
            for entry in page? {
                head = entry.head;
                let missing =
                    StoreError::CorruptEntry { sequence: head.sequence, damage: Damage::PayloadMissing };
                let payload = match (entry.record.commitment(), entry.payload) {
                    (None, _) => Payload::None,
                    (Some(_), None) => return Err(missing.into()),
                    (Some(_), Some((_, None))) => Payload::Erased,
                    (Some(commitment), Some((_, Some(salted)))) => {
                        rows::open(Some(&salted), head.sequence, commitment)?;
                        Payload::Salted(salted)
                    }
                };
                visit(Carried { head, body: entry.body, payload })?;
            }
        }
        Ok(head)
    }

    fn begin(&self, end: ChainHead) -> Result<(), StoreError> {
        const BEGIN: &str = "UPDATE issuer_head SET importing = $2 \
            WHERE organisation = $1 AND (importing IS NULL OR importing = $2)";
        let hash = end.hash.as_bytes().to_vec();
        let begun = self.ask(move |client, organisation| {
            let hash = hash.clone();
            async move { Ok(client.execute(BEGIN, &[&&*organisation, &hash]).await?) }.boxed()
        })?;
        if begun == 1 { Ok(()) } else { Err(StoreError::ImportUnfinished) }
    }

    fn carry_in(&self, entries: &[Arrived]) -> Result<(), TransferError> {
        let (pool, organisation) = (self.database.pool.clone(), Arc::clone(&self.organisation));
        let entries: Vec<Arrived> = entries.iter().map(Arrived::again).collect();
        let outcome = self.database.wait(async move {
            let client = pool.get().await.map_err(Failure::from)?;
            let work = async {
                let locked = batch::lock(&client, &organisation).await?;
                // A retry after an answer that was lost finds them there.
                if let Some(last) = entries.last()
                    && batch::is_recorded(&client, &organisation, last.head).await?
                {
                    client.batch_execute("ROLLBACK").await?;
                    return Ok(None);
                }
                let mut view = View::new(locked.list_length);
                let mut names = Names::default();
                for entry in &entries {
                    names.record(&entry.record, entry.private.as_ref());
                }
                batch::load(&client, &organisation, &mut view, &names, rows::Blank::Awaited).await?;
                load_slots(&client, &organisation, &mut view, &entries).await?;
                let mut head = locked.head;
                let mut new = Vec::with_capacity(entries.len());
                for entry in &entries {
                    let sequence = entry.head.sequence;
                    if batch::follow(head, &entry.body) != entry.head {
                        return Ok(Some((sequence, "it does not follow the record")));
                    }
                    if let Err(reason) = view.fits(&entry.record, entry.private.as_ref()) {
                        return Ok(Some((sequence, reason)));
                    }
                    view.apply(sequence, &entry.record, entry.private.as_ref())?;
                    head = entry.head;
                    new.push(NewEntry {
                        head,
                        body: entry.body.clone(),
                        award: entry.record.award().map(str::to_owned),
                        payload: entry.record.commitment().map(|commitment| match &entry.payload {
                            Payload::Salted(salted) => (*commitment, Some(salted.as_slice())),
                            Payload::None | Payload::Erased => (*commitment, None),
                        }),
                    });
                }
                batch::write(&client, &organisation, &new, &view, head).await?;
                // Somebody may vouch for somebody in what was carried in.
                batch::write_vouched(&client, &organisation, head.hash).await?;
                batch::commit(&client).await?;
                Ok(None)
            };
            let outcome = timeout(super::connection::PATIENCE * 4, work).await;
            let outcome = match outcome {
                // The transaction is open: the connection is not used again.
                Ok(Ok(Some(unlawful))) => {
                    drop(deadpool_postgres::Object::take(client));
                    return Ok(Some(unlawful));
                }
                outcome => finish(client, outcome),
            };
            Ok(outcome?)
        })?;
        match outcome {
            None => Ok(()),
            Some((sequence, reason)) => Err(TransferError::Unlawful { sequence, reason }),
        }
    }

    fn carried_in(&self) -> Result<(), StoreError> {
        const END: &str = "UPDATE issuer_head SET importing = NULL WHERE organisation = $1";
        self.ask(|client, organisation| {
            async move {
                client.execute(END, &[&&*organisation]).await?;
                Ok(())
            }
            .boxed()
        })
    }
}

/// Tells the view which of the indexes that these entries reserve are taken.
async fn load_slots(
    client: &deadpool_postgres::Client,
    organisation: &str,
    view: &mut View,
    entries: &[Arrived],
) -> Result<(), Failure> {
    let mut wanted: std::collections::BTreeMap<u32, Vec<i64>> = std::collections::BTreeMap::new();
    for entry in entries {
        if let Record::Intent { slot: Some(slot), .. } | Record::Seat { slot, .. } = &entry.record
            && let Ok(list) = number(&slot.list)
        {
            wanted.entry(list).or_default().push(i64::from(slot.index));
        }
    }
    for (list, slots) in wanted {
        batch::load_taken(client, organisation, view, list, slots).await?;
    }
    Ok(())
}

/// The end of the import that has begun and not ended, if there is one.
pub(super) fn unfinished(store: &PostgresStore) -> Result<Option<Digest>, StoreError> {
    const READ: &str = "SELECT importing FROM issuer_head WHERE organisation = $1";
    store.ask(|client, organisation| {
        async move {
            let columns = client.query_one(READ, &[&&*organisation]).await?;
            Ok(rows::digest(&columns, 0)?)
        }
        .boxed()
    })
}
