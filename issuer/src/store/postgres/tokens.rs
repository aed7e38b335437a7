//! Access tokens in their table.

use std::sync::Arc;

use deadpool_postgres::Client;
use tokio_postgres::Statement;

use super::super::data::{Token, TokenPage, TokenQuery};
use super::super::digest::Digest;
use super::super::error::StoreError;
use super::super::index::end_of;
use super::super::view::View;
use super::batch::{Names, text};
use super::failure::Failure;
use super::{rows, schema};

/// The token with this digest.
///
/// # Errors
/// [`StoreError::OtherTables`] where the tables are a newer program's: what that one means by them is not known here, so nobody is let in.
pub(super) async fn by_digest(
    client: &Client,
    organisation: Arc<str>,
    digest: Digest,
) -> Result<Option<Token>, Failure> {
    const TOKEN: &str = "SELECT m.step, t.state FROM issuer_migration m \
        LEFT JOIN issuer_token t ON t.organisation = $1 AND t.digest = $2 WHERE m.id = 1";
    let found = rows::query_opt(client, TOKEN, &[&&*organisation, &digest.as_bytes().as_slice()]).await?;
    let columns = found.ok_or_else(|| schema::unknown(0))?;
    schema::check(rows::column(&columns, 0)?)?;
    let Some(state) = rows::column::<Option<&str>>(&columns, 1)? else { return Ok(None) };
    let token: Token = rows::parse(state.as_bytes())?;
    if token.digest == digest {
        Ok(Some(token))
    } else {
        Err(StoreError::index(format_args!("token {} stands under another digest", token.id)).into())
    }
}

pub(super) async fn page(
    client: &Client,
    organisation: Arc<str>,
    asked: TokenQuery,
) -> Result<TokenPage, Failure> {
    const ALL: &str = "SELECT state FROM issuer_token WHERE organisation = $1 AND sequence > $2 \
        ORDER BY sequence LIMIT $3";
    const IN_FORCE: &str = "SELECT state FROM issuer_token WHERE organisation = $1 AND sequence > $2 \
        AND revoked IS NULL AND ends > $4 ORDER BY sequence LIMIT $3";
    let after = rows::signed(asked.after.unwrap_or(0));
    let limit = i64::try_from(asked.limit + 1).unwrap_or(i64::MAX);
    let found = match asked.in_force_at {
        None => rows::query(client, ALL, &[&&*organisation, &after, &limit]).await?,
        Some(at) => {
            let now = rows::signed(end_of(Some(at)));
            rows::query(client, IN_FORCE, &[&&*organisation, &after, &limit, &now]).await?
        }
    };
    let tokens = found.iter().map(|columns| rows::token(columns, 0)).collect::<Result<_, _>>()?;
    Ok(TokenPage::of(tokens, asked.limit))
}

/// Fills a view with the tokens of these names, and with those in force where they are to be counted.
pub(super) async fn load(
    client: &Client,
    organisation: &str,
    view: &mut View,
    names: &Names<'_>,
) -> Result<(), Failure> {
    const NAMED: &str = "SELECT state FROM issuer_token WHERE organisation = $1 AND id = ANY($2) \
        UNION SELECT state FROM issuer_token WHERE organisation = $1 AND digest = ANY($3)";
    const IN_FORCE: &str =
        "SELECT id, ends FROM issuer_token WHERE organisation = $1 AND revoked IS NULL AND ends > $2";
    if !names.tokens.is_empty() {
        let ids: Vec<&str> = names.tokens.iter().copied().collect();
        let digests: Vec<&[u8]> = names.digests.iter().map(|digest| digest.as_bytes().as_slice()).collect();
        for columns in rows::query(client, NAMED, &[&organisation, &ids, &digests]).await? {
            view.load_token(rows::token(&columns, 0)?);
        }
    }
    if let Some(from) = names.in_force_from {
        let from = rows::signed(end_of(Some(from)));
        for columns in rows::query(client, IN_FORCE, &[&organisation, &from]).await? {
            view.load_in_force(rows::sequence(&columns, 1)?, rows::column(&columns, 0)?);
        }
    }
    Ok(())
}

pub(super) const WRITE: &str = "INSERT INTO issuer_token (organisation, digest, id, sequence, revoked, ends, state) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) \
    ON CONFLICT (organisation, digest) DO UPDATE SET revoked = excluded.revoked, state = excluded.state";

pub(super) async fn write(
    client: &Client,
    statement: &Statement,
    organisation: &str,
    token: &Token,
) -> Result<u64, Failure> {
    let written = client
        .execute(
            statement,
            &[
                &organisation,
                &token.digest.as_bytes().as_slice(),
                &token.id,
                &rows::signed(token.sequence),
                &token.revoked.as_ref().map(|revoked| rows::signed(revoked.sequence)),
                &rows::signed(end_of(token.expires_at)),
                &text(token)?,
            ],
        )
        .await?;
    Ok(written)
}
