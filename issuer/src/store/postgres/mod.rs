//! The store in PostgreSQL: for any number of processes at once, over one database that they share.
//!
//! The chain, its hashes and the payloads beside it are those of [`EmbeddedStore`](super::EmbeddedStore), byte for byte
//! (`issuer/migrations` has the tables). What its promises rest on here:
//!
//! - **An answer means durable** as the server defines it: a commit with `synchronous_commit` on, at the synchronous standbys too where
//!   there are any. The server's `fsync` must be on.
//! - **Intent before act, one award for a key, no index twice:** whoever records locks the organisation's head first, decides
//!   by what is recorded, and commits; unique constraints stand behind it. No process keeps anything in memory that another could
//!   change.
//! - **Erasing** sets payloads to NULL. Old row versions go with the next vacuum, and from backups and archives when those end.
//! - **A database behind what it has acknowledged** (a replica that was not synchronous, an old backup) is refused.
//!
//! Nothing here is more than tables, unique constraints, transactions and `SELECT … FOR UPDATE`.

mod act;
mod batch;
mod batches;
mod carry;
mod committer;
mod connection;
mod failure;
mod read;
mod rows;
mod schema;
#[cfg(test)]
mod tests;
mod tokens;
#[cfg(test)]
mod transfer_tests;
mod verify;

use std::sync::Arc;

use deadpool_postgres::Client;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::Timestamp;

use self::act::{Act, Answer};
pub use self::batches::{BatchBegun, BatchEnded, BatchRow, Claim, Pieces};
use self::committer::Committer;
use self::connection::Database;
pub use self::connection::{DEFAULT_CONNECTIONS, DatabaseUrl, NotADatabase};
use self::failure::Failure;
use super::checks::check_names;
use super::data::{
    Award, AwardPage, AwardQuery, BadgeVersion, ChainEntry, ChainHead, ChainReport, Erasure, Forms, Intended,
    Intent, Issued, NewBadge, NewSeat, NewToken, Reissue, Revelation, Seat, SeatWithdrawal, Seated,
    StatusBits, StatusChange, StatusList, Token, TokenPage, TokenQuery, TokenRevocation,
};
use super::digest::Digest;
use super::entropy::Entropy;
use super::error::StoreError;
use super::slots::LIST_LENGTH;
use super::{MAX_PAGE, Store};

/// Longest name of an organisation, in bytes: it stands in every key, and a key of PostgreSQL's has room for 2,704 bytes.
pub const MAX_ORGANISATION: usize = 200;

/// The store of one organisation in a PostgreSQL database.
///
/// See the module for the promises.
pub struct PostgresStore {
    committer: Committer,
    database: Database,
    organisation: Arc<str>,
}

impl PostgresStore {
    /// Connects, makes the tables or brings them up to date, and makes the organisation known.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database cannot be reached, [`StoreError::Database`] when it refuses.
    /// [`StoreError::ImportUnfinished`].
    pub fn open(url: &DatabaseUrl, organisation: &str) -> Result<Self, StoreError> {
        let store = Self::open_with(url, organisation, LIST_LENGTH)?;
        match carry::unfinished(&store)? {
            None => Ok(store),
            Some(_) => Err(StoreError::ImportUnfinished),
        }
    }

    /// The same for an import, be it one that has begun and not ended.
    ///
    /// # Errors
    /// As [`PostgresStore::open`].
    pub fn open_for_import(url: &DatabaseUrl, organisation: &str) -> Result<Self, StoreError> {
        Self::open_with(url, organisation, LIST_LENGTH)
    }

    /// The same with status lists of another length (a power of two), where the organisation is new.
    pub(super) fn open_with(
        url: &DatabaseUrl,
        organisation: &str,
        list_length: u32,
    ) -> Result<Self, StoreError> {
        const NEW: &str = "INSERT INTO issuer_head (organisation, sequence, hash, list_length) \
            VALUES ($1, 0, $2, $3) ON CONFLICT (organisation) DO NOTHING";
        check_names(&[("organisation", organisation)])?;
        if organisation.len() > MAX_ORGANISATION {
            let length = organisation.len();
            return Err(StoreError::TooLong { field: "organisation", length, limit: MAX_ORGANISATION });
        }
        let organisation: Arc<str> = organisation.into();
        let database = Database::new(url)?;
        let name = Arc::clone(&organisation);
        database.read(move |client| {
            let name = Arc::clone(&name);
            async move {
                schema::migrate(client).await?;
                let genesis = Digest::GENESIS.as_bytes().as_slice();
                client.execute(NEW, &[&&*name, &genesis, &i64::from(list_length)]).await?;
                let fsync = client.query_opt("SELECT current_setting('fsync', true)", &[]).await?;
                if fsync.and_then(|row| row.get::<_, Option<String>>(0)).as_deref() == Some("off") {
                    tracing::warn!(
                        "the database runs with fsync off: awards may be lost when its machine stops"
                    );
                }
                Ok(())
            }
            .boxed()
        })?;
        let committer = Committer::start(&database, Arc::clone(&organisation));
        Ok(Self { committer, database, organisation })
    }

    /// Who the issuer is, as the first process recorded it: `identity` if none had, else what stands there.
    ///
    /// # Errors
    /// As any reading.
    pub fn settle_identity(&self, identity: Option<&str>) -> Result<Option<String>, StoreError> {
        const CLAIM: &str =
            "UPDATE issuer_head SET identity = $2 WHERE organisation = $1 AND identity IS NULL";
        const READ: &str = "SELECT identity FROM issuer_head WHERE organisation = $1";
        let identity = identity.map(str::to_owned);
        self.ask(move |client, organisation| {
            let identity = identity.clone();
            async move {
                let organisation = &*organisation;
                if identity.is_some() {
                    client.execute(CLAIM, &[&organisation, &identity]).await?;
                }
                let columns = client.query_one(READ, &[&organisation]).await?;
                Ok(rows::column(&columns, 0)?)
            }
            .boxed()
        })
    }

    /// Replaces what is recorded of who the issuer is, if it still is `before`; answers whether it did.
    ///
    /// # Errors
    /// As any reading.
    pub fn replace_identity(&self, before: &str, identity: &str) -> Result<bool, StoreError> {
        const REPLACE: &str =
            "UPDATE issuer_head SET identity = $3 WHERE organisation = $1 AND identity = $2";
        let (before, identity) = (before.to_owned(), identity.to_owned());
        self.ask(move |client, organisation| {
            let (before, identity) = (before.clone(), identity.clone());
            async move {
                let changed = client.execute(REPLACE, &[&&*organisation, &before, &identity]).await?;
                Ok(changed == 1)
            }
            .boxed()
        })
    }

    fn ask<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'a> Fn(&'a Client, Arc<str>) -> BoxFuture<'a, Result<T, Failure>> + Send + Sync + 'static,
    {
        let organisation = Arc::clone(&self.organisation);
        self.database.read(move |client| work(client, Arc::clone(&organisation)))
    }

    /// Returns once everything that can be read is as durable as what was acknowledged: a server that has restarted shows what
    /// its synchronous standby may not have yet.
    fn settle(&self) -> Result<(), StoreError> {
        self.ask(|client, organisation| {
            async move {
                client.batch_execute("BEGIN").await?;
                committer::touch(client, &organisation).await?;
                batch::commit(client).await
            }
            .boxed()
        })
    }
}

impl Store for PostgresStore {
    fn put_badge(&self, badge: NewBadge, entropy: Entropy) -> Result<BadgeVersion, StoreError> {
        match self.committer.submit(Act::badge(badge, &entropy)?)? {
            Answer::Badge(badge) => Ok(badge),
            _ => Err(wrong()),
        }
    }

    fn badge(&self, badge: &str, version: Option<u32>) -> Result<Option<BadgeVersion>, StoreError> {
        let badge = badge.to_owned();
        self.ask(move |client, organisation| {
            read::badge(client, organisation, badge.clone(), version).boxed()
        })
    }

    fn badges(&self) -> Result<Vec<BadgeVersion>, StoreError> {
        self.ask(|client, organisation| read::badges(client, organisation).boxed())
    }

    fn record_intent(&self, intent: Intent, entropy: Entropy) -> Result<Intended, StoreError> {
        match self.committer.submit(Act::intent(intent, entropy)?)? {
            Answer::Intended(intended) => Ok(intended),
            _ => Err(wrong()),
        }
    }

    fn vouched(&self) -> Result<Digest, StoreError> {
        self.ask(|client, organisation| async move { batch::vouched(client, &organisation).await }.boxed())
    }

    fn record_issued(
        &self,
        award: &str,
        forms: Forms,
        vouched: Option<Digest>,
        at: Timestamp,
        entropy: Entropy,
    ) -> Result<Issued, StoreError> {
        match self.committer.submit(Act::issued(award, forms, vouched, at, &entropy)?)? {
            Answer::Issued(issued) => Ok(issued),
            _ => Err(wrong()),
        }
    }

    fn award(&self, award: &str) -> Result<Option<Award>, StoreError> {
        let award = award.to_owned();
        self.ask(move |client, organisation| {
            let award = award.clone();
            async move { Ok(read::award(client, &organisation, "id", &award).await?.map(read::Found::complete)) }
                .boxed()
        })
    }

    fn award_by_credential_id(&self, credential_id: &str) -> Result<Option<Award>, StoreError> {
        let id = credential_id.to_owned();
        self.ask(move |client, organisation| {
            let id = id.clone();
            async move {
                let found = read::award(client, &organisation, "credential_id", &id).await?;
                Ok(found.map(read::Found::complete))
            }
            .boxed()
        })
    }

    fn award_by_key(&self, key: &str) -> Result<Option<(Digest, Award)>, StoreError> {
        let key = key.to_owned();
        let found =
            self.ask(move |client, organisation| read::by_key(client, organisation, key.clone()).boxed())?;
        if found.is_some() {
            // It is about to be acknowledged again.
            self.settle()?;
        }
        Ok(found)
    }

    fn awards(&self, query: &AwardQuery) -> Result<AwardPage, StoreError> {
        let mut query = query.clone();
        query.limit = query.limit.clamp(1, MAX_PAGE);
        self.ask(move |client, organisation| read::awards(client, organisation, query.clone()).boxed())
    }

    fn request(&self, award: &str) -> Result<String, StoreError> {
        let award = award.to_owned();
        self.ask(move |client, organisation| read::request(client, organisation, award.clone()).boxed())
    }

    fn forms(&self, award: &str) -> Result<Option<Forms>, StoreError> {
        let award = award.to_owned();
        self.ask(move |client, organisation| read::forms(client, organisation, award.clone()).boxed())
    }

    fn reason(&self, award: &str, sequence: u64) -> Result<Option<String>, StoreError> {
        let award = award.to_owned();
        self.ask(move |client, organisation| {
            read::reason(client, organisation, award.clone(), sequence).boxed()
        })
    }

    fn record_status_change(&self, change: StatusChange, entropy: Entropy) -> Result<Award, StoreError> {
        match self.committer.submit(Act::status(change, &entropy)?)? {
            Answer::Award(award) => Ok(award),
            _ => Err(wrong()),
        }
    }

    fn record_reissued(&self, reissue: Reissue, entropy: Entropy) -> Result<Issued, StoreError> {
        match self.committer.submit(Act::reissue(reissue, &entropy)?)? {
            Answer::Issued(issued) => Ok(issued),
            _ => Err(wrong()),
        }
    }

    fn record_revealed(&self, revelation: Revelation) -> Result<Award, StoreError> {
        match self.committer.submit(Act::reveal(revelation)?)? {
            Answer::Award(award) => Ok(award),
            _ => Err(wrong()),
        }
    }

    fn reserve_seat(&self, seat: NewSeat, entropy: Entropy) -> Result<Seated, StoreError> {
        match self.committer.submit(Act::Seat { new: seat, entropy })? {
            Answer::Seated(seated) => Ok(seated),
            _ => Err(wrong()),
        }
    }

    fn seat(&self, seat: &Digest) -> Result<Option<Seat>, StoreError> {
        let seat = *seat;
        self.ask(move |client, organisation| read::seat(client, organisation, seat).boxed())
    }

    fn withdraw_seat(&self, withdrawal: SeatWithdrawal) -> Result<Seat, StoreError> {
        match self.committer.submit(Act::withdraw(withdrawal)?)? {
            Answer::Seat(seat) => Ok(seat),
            _ => Err(wrong()),
        }
    }

    fn make_token(&self, token: NewToken, entropy: Entropy) -> Result<Token, StoreError> {
        match self.committer.submit(Act::make_token(token, &entropy)?)? {
            Answer::Token(token) => Ok(token),
            _ => Err(wrong()),
        }
    }

    fn revoke_token(&self, revocation: TokenRevocation) -> Result<Token, StoreError> {
        match self.committer.submit(Act::revoke_token(revocation)?)? {
            Answer::Token(token) => Ok(token),
            _ => Err(wrong()),
        }
    }

    fn token_by_digest(&self, digest: &Digest) -> Result<Option<Token>, StoreError> {
        let digest = *digest;
        self.ask(move |client, organisation| tokens::by_digest(client, organisation, digest).boxed())
    }

    fn tokens(&self, query: &TokenQuery) -> Result<TokenPage, StoreError> {
        let mut query = query.clone();
        query.limit = query.limit.clamp(1, MAX_PAGE);
        self.ask(move |client, organisation| tokens::page(client, organisation, query.clone()).boxed())
    }

    fn status_bits(&self, list: &str) -> Result<Option<StatusBits>, StoreError> {
        let Ok(number) = list.parse::<u32>() else { return Ok(None) };
        if number.to_string() != list {
            return Ok(None);
        }
        self.ask(move |client, organisation| read::status_bits(client, organisation, number).boxed())
    }

    fn lists(&self) -> Result<Vec<StatusList>, StoreError> {
        self.ask(|client, organisation| read::lists(client, organisation).boxed())
    }

    fn erase_payload(&self, erasure: Erasure) -> Result<Award, StoreError> {
        match self.committer.submit(Act::erase(erasure)?)? {
            Answer::Award(award) => Ok(award),
            _ => Err(wrong()),
        }
    }

    fn head(&self) -> Result<ChainHead, StoreError> {
        self.ask(|client, organisation| read::head(client, organisation).boxed())
    }

    fn head_at(&self, sequence: u64) -> Result<Option<ChainHead>, StoreError> {
        if sequence == 0 {
            return Ok(Some(ChainHead::EMPTY));
        }
        self.ask(move |client, organisation| read::head_at(client, organisation, sequence).boxed())
    }

    fn entries(
        &self,
        from: u64,
        until: u64,
        visit: &mut dyn FnMut(ChainEntry) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut next = from.max(1);
        while next <= until {
            let page = self
                .ask(move |client, organisation| read::entries(client, organisation, next, until).boxed())?;
            let Some(last) = page.last() else { break };
            next = last.head.sequence + 1;
            page.into_iter().try_for_each(&mut *visit)?;
        }
        Ok(())
    }

    fn opening(&self, commitment: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let commitment = *commitment;
        self.ask(move |client, organisation| read::opening(client, organisation, commitment).boxed())
    }

    fn verify_chain(&self) -> Result<ChainReport, StoreError> {
        verify::verify(&self.database, &self.organisation)
    }
}

fn wrong() -> StoreError {
    StoreError::index("another answer than was asked for")
}
