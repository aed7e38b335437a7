//! The tokens of an issuer, as its record keeps them: digests, never a token.

use std::collections::BTreeSet;
use std::sync::Arc;

use badge_schemas::document::Document;
use badge_schemas::problem::{Code, Problem};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::role::Role;
use super::secret::Secret;
use crate::issuer::OPERATOR;
use crate::members::{Members, malformed, missing};
use crate::randomness;
use crate::refusal::Refusal;
use crate::store::{
    Digest, MAX_PAGE, NewToken, Store, StoreError, Token, TokenPage, TokenQuery, TokenRevocation,
};

/// Most tokens in force at the same time: more than an institution has programs; so many are a mistake or an attack.
pub const MAX_TOKENS: usize = 1000;

/// Most badges that one token names.
const MAX_BADGES: usize = 100;

/// Longest id of a badge that a token names, in bytes: those that we make have 36.
const MAX_BADGE_ID: usize = 100;

/// Longest account name, in characters.
const MAX_ACCOUNT: usize = 64;

/// How long a token counts when nobody says otherwise: a school year.
pub const DEFAULT_VALIDITY: SignedDuration = SignedDuration::from_hours(24 * 365);

/// A token as it is shown: without its digest.
pub fn shown(token: &Token) -> Value {
    let mut shown = json!({ "id": token.id, "account": token.account, "roles": token.roles });
    if !token.badges.is_empty() {
        shown["badges"] = json!(token.badges);
    }
    shown["createdAt"] = json!(token.made_at);
    shown["createdBy"] = json!(token.made_by);
    if let Some(end) = token.expires_at {
        shown["expiresAt"] = json!(end);
    }
    if let Some(revoked) = &token.revoked {
        shown["revokedAt"] = json!(revoked.at);
        shown["revokedBy"] = json!(revoked.actor);
    }
    shown
}

/// A token that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    account: String,
    roles: Vec<Role>,
    badges: BTreeSet<String>,
    expires_at: Timestamp,
}

impl Request {
    /// Checks what was asked for.
    ///
    /// # Errors
    /// [`Code::MalformedValue`] or [`Code::MemberMissing`] with the pointer of the member.
    pub fn new(
        account: String,
        roles: Vec<Role>,
        badges: Vec<String>,
        expires_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let plain = |character: char| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || "-_.".contains(character)
        };
        let sound = account.chars().all(plain)
            && account.starts_with(|first: char| first.is_ascii_lowercase())
            && account.len() <= MAX_ACCOUNT
            && account != crate::issuer::OPERATOR;
        if !sound {
            return Err(malformed(
                "/account",
                "it is up to 64 of a-z, 0-9, - _ and ., begins with a letter, and is not operator; it stays in the record for ever, so let it name a function or a program rather than a person",
                "il a jusqu’à 64 caractères parmi a-z, 0-9, - _ et ., commence par une lettre, et n’est pas operator\u{a0}; il reste à jamais dans le registre\u{a0}: qu’il nomme une fonction ou un programme plutôt qu’une personne",
            ));
        }
        if roles.is_empty() {
            return Err(missing("/roles"));
        }
        let is_id = |badge: &String| {
            (1..=MAX_BADGE_ID).contains(&badge.len()) && badge.bytes().all(|byte| byte.is_ascii_graphic())
        };
        if badges.len() > MAX_BADGES || !badges.iter().all(is_id) {
            return Err(malformed(
                "/badges",
                "it is a list of up to 100 badge ids, each of up to 100 visible ASCII characters",
                "c’est une liste d’au plus 100 identifiants de badges, chacun d’au plus 100 caractères ASCII visibles",
            ));
        }
        if !badges.is_empty() && roles.iter().any(|role| *role != Role::Awarder) {
            return Err(malformed(
                "/badges",
                "only a token whose one role is awarder can be limited to some badges: the others are about all of them",
                "seul un jeton dont l’unique rôle est awarder peut être limité à certains badges\u{a0}: les autres les concernent tous",
            ));
        }
        let expires_at = match expires_at {
            Some(end) if end <= now => {
                return Err(Problem::new(Code::TokenEndPast).at("/expiresAt").with("at", end));
            }
            Some(end) => end,
            None => now.checked_add(DEFAULT_VALIDITY).unwrap_or(Timestamp::MAX),
        };
        let mut roles = roles;
        roles.sort_unstable();
        roles.dedup();
        Ok(Self { account, roles, badges: badges.into_iter().collect(), expires_at })
    }

    /// Reads `{"account":"…","roles":["awarder"],"badges":["…"],"expiresAt":"…"}`.
    ///
    /// # Errors
    /// A [`Problem`] with its pointer.
    pub fn parse(document: Document, now: Timestamp) -> Result<Self, Problem> {
        let mut members = Members::of(document.into_value(), "")?;
        let account = members.text("account")?.ok_or_else(|| missing("/account"))?;
        let roles = members.texts("roles", Role::ALL.len())?.ok_or_else(|| missing("/roles"))?;
        let roles = roles
            .iter()
            .map(|role| {
                Role::parse(role).ok_or_else(|| {
                    malformed(
                        "/roles",
                        "a role is administrator, badge-designer, awarder or auditor",
                        "un rôle est administrator, badge-designer, awarder ou auditor",
                    )
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let badges = members.texts("badges", MAX_BADGES)?.unwrap_or_default();
        let expires_at = members.time("expiresAt")?.map(|time| time.instant());
        members.finish()?;
        Self::new(account, roles, badges, expires_at, now)
    }
}

/// The tokens of an issuer.
#[derive(Clone)]
pub struct Register {
    store: Arc<dyn Store>,
}

impl Register {
    /// Those of this record.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// Makes a token, and records its digest.
    ///
    /// # Errors
    /// [`Code::TokensFull`]; what the record says.
    pub fn create(&self, request: Request, by: &str, now: Timestamp) -> Result<(Token, Secret), Refusal> {
        let secret = Secret::fresh()?;
        let Request { account, roles, badges, expires_at } = request;
        let token = self.make(NewToken {
            token: randomness::uuid()?,
            digest: secret.digest(),
            account,
            roles,
            badges,
            expires_at: Some(expires_at),
            most_in_force: MAX_TOKENS,
            actor: by.to_owned(),
            at: now,
        })?;
        Ok((token, secret))
    }

    /// Revokes a token. Doing it twice is doing it once.
    ///
    /// # Errors
    /// [`Code::NotFound`]; what the record says.
    pub fn revoke(&self, id: &str, by: &str, now: Timestamp) -> Result<Token, Refusal> {
        let revocation = TokenRevocation { token: id.to_owned(), actor: by.to_owned(), at: now };
        self.store.revoke_token(revocation).map_err(|error| match error {
            // Nothing can have such a name.
            StoreError::BadName { .. } | StoreError::TooLong { .. } => {
                StoreError::UnknownToken { token: id.to_owned() }.into()
            }
            error => error.into(),
        })
    }

    /// A page of tokens, oldest first.
    ///
    /// # Errors
    /// What the record says.
    pub fn page(&self, after: Option<u64>, limit: usize) -> Result<TokenPage, Refusal> {
        Ok(self.store.tokens(&TokenQuery { in_force_at: None, after, limit })?)
    }

    /// The tokens that count now.
    ///
    /// # Errors
    /// What the record says.
    pub fn in_force(&self, now: Timestamp) -> Result<Vec<Token>, Refusal> {
        let query = TokenQuery { in_force_at: Some(now), after: None, limit: MAX_PAGE };
        Ok(self.store.tokens(&query)?.tokens)
    }

    /// The token with this digest, whether it counts or not.
    pub(super) fn find(&self, digest: &Digest) -> Result<Option<Token>, StoreError> {
        self.store.token_by_digest(digest)
    }

    /// Records the first administrator's token, whose text somebody else may have chosen. One that is known stays as it is.
    pub(super) fn adopt(&self, digest: Digest, account: &str, now: Timestamp) -> Result<Token, Refusal> {
        self.make(NewToken {
            token: randomness::uuid()?,
            digest,
            account: account.to_owned(),
            roles: vec![Role::Administrator],
            badges: BTreeSet::new(),
            expires_at: None,
            most_in_force: MAX_TOKENS,
            actor: OPERATOR.to_owned(),
            at: now,
        })
    }

    /// Records a token, or finds the one that is kept under its digest.
    pub(super) fn make(&self, token: NewToken) -> Result<Token, Refusal> {
        Ok(self.store.make_token(token, randomness::entropy()?)?)
    }
}
