//! What an entry of the chain says, as JSON: ids, digests, times, actors and codes, never anything personal.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::data::{AwardStatus, Idempotency, StatusSlot, Token};
use super::digest::Digest;
use super::error::StoreError;
use crate::access::Role;

/// An act, as recorded. An unknown kind or member is an error: skipping what one does not understand would be losing it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Record {
    /// A version of a badge template.
    Badge { badge: String, version: u32, definition: Digest, actor: String, at: Timestamp },
    /// The intent to award, with the status index reserved for it: one entry, so one step.
    Intent {
        award: String,
        credential_id: String,
        badge: String,
        badge_version: u32,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        slot: Option<StatusSlot>,
        request: Digest,
        actor: String,
        at: Timestamp,
    },
    /// The signed credential.
    Issued { award: String, forms: Digest, at: Timestamp },
    /// A change of status.
    Status {
        award: String,
        from: AwardStatus,
        to: AwardStatus,
        code: String,
        reason: Digest,
        actor: String,
        at: Timestamp,
    },
    /// The erasure of an award's payloads.
    Erased { award: String, code: String, actor: String, at: Timestamp },
    /// The signed credential once more, with more endorsements in it.
    Reissued { award: String, forms: Digest, actor: String, at: Timestamp },
    /// The evaluators of an award were shown to somebody, whom the badge does not show them to.
    Revealed { award: String, code: String, actor: String, at: Timestamp },
    /// A place in a status list, kept for an evaluation that is still to be made.
    Seat { seat: Digest, slot: StatusSlot, at: Timestamp },
    /// The evaluation in such a place was taken back by its evaluator.
    SeatWithdrawn { seat: Digest, code: String, at: Timestamp },
    /// A token was made. What it is found by, and the badges that it names, are in the payload.
    TokenMade {
        token: String,
        account: String,
        roles: Vec<Role>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        expires_at: Option<Timestamp>,
        held: Digest,
        actor: String,
        at: Timestamp,
    },
    /// A token counts no more.
    TokenRevoked { token: String, actor: String, at: Timestamp },
}

impl Record {
    /// The payload it commits to, if any.
    pub(super) fn commitment(&self) -> Option<&Digest> {
        match self {
            Self::Badge { definition: digest, .. }
            | Self::Intent { request: digest, .. }
            | Self::Issued { forms: digest, .. }
            | Self::Reissued { forms: digest, .. }
            | Self::Status { reason: digest, .. }
            | Self::TokenMade { held: digest, .. } => Some(digest),
            Self::Erased { .. }
            | Self::Revealed { .. }
            | Self::Seat { .. }
            | Self::SeatWithdrawn { .. }
            | Self::TokenRevoked { .. } => None,
        }
    }

    /// The award it is about, if any.
    pub(super) fn award(&self) -> Option<&str> {
        match self {
            Self::Badge { .. }
            | Self::Seat { .. }
            | Self::SeatWithdrawn { .. }
            | Self::TokenMade { .. }
            | Self::TokenRevoked { .. } => None,
            Self::Intent { award, .. }
            | Self::Issued { award, .. }
            | Self::Status { award, .. }
            | Self::Erased { award, .. }
            | Self::Reissued { award, .. }
            | Self::Revealed { award, .. } => Some(award),
        }
    }

    /// The token that it makes, as entry `sequence`; nothing where it makes none.
    pub(super) fn token(&self, sequence: u64, private: &TokenPayload) -> Option<Token> {
        let Self::TokenMade { token, account, roles, expires_at, actor, at, .. } = self else { return None };
        Some(Token {
            sequence,
            id: token.clone(),
            digest: private.digest,
            account: account.clone(),
            roles: roles.clone(),
            badges: private.badges.clone(),
            made_at: *at,
            made_by: actor.clone(),
            expires_at: *expires_at,
            revoked: None,
        })
    }

    /// Whether recording it takes room that a full disk does not have. What takes something back is recorded all the same.
    pub(super) fn needs_room(&self) -> bool {
        !matches!(self, Self::Erased { .. } | Self::SeatWithdrawn { .. } | Self::TokenRevoked { .. })
    }
}

/// A record as strangers may read it ([`ChainEntry::published`](super::ChainEntry::published)); nothing where it is no record.
///
/// The one member is exchanged in the text and the rest left alone, so that a later version, which may write members in another order,
/// makes the same leaf of an old entry.
pub(super) fn published(body: &str) -> Option<String> {
    let record: Record = serde_json::from_str(body).ok()?;
    let Record::Intent { credential_id, .. } = record else { return Some(body.to_owned()) };
    let member = |value: &str| Some(format!("\"credential_id\":{}", serde_json::to_string(value).ok()?));
    let hidden = format!("sha256:{}", Digest::of(&[credential_id.as_bytes()]));
    // A quote within a string has a backslash before it, so only the member itself is this text.
    let (before, after) = body.split_once(&member(&credential_id)?)?;
    Some([before, &member(&hidden)?, after].concat())
}

/// The payload of an intent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IntentPayload {
    pub(super) recipient: String,
    pub(super) request: String,
    pub(super) idempotency: Option<Idempotency>,
}

/// The payload of a token's making.
///
/// Apart from the chain, which strangers read: the first token may be one that a person chose, and whoever had its digest could try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenPayload {
    /// SHA-256 of the token.
    pub(super) digest: Digest,
    /// The badges that it is limited to.
    pub(super) badges: BTreeSet<String>,
}

/// A payload that things are found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Private {
    /// An intent's.
    Intent(IntentPayload),
    /// A token's.
    Token(TokenPayload),
}

impl Private {
    /// Reads the payload of a record; nothing where nothing is found by it.
    pub(super) fn read(record: &Record, payload: &[u8]) -> serde_json::Result<Option<Self>> {
        match record {
            Record::Intent { .. } => serde_json::from_slice(payload).map(Self::Intent).map(Some),
            Record::TokenMade { .. } => serde_json::from_slice(payload).map(Self::Token).map(Some),
            _ => Ok(None),
        }
    }

    pub(super) fn intent(&self) -> Option<&IntentPayload> {
        match self {
            Self::Intent(payload) => Some(payload),
            Self::Token(_) => None,
        }
    }

    pub(super) fn token(&self) -> Option<&TokenPayload> {
        match self {
            Self::Token(payload) => Some(payload),
            Self::Intent(_) => None,
        }
    }
}

/// Writes a value as JSON bytes.
pub(super) fn to_json<T: Serialize>(value: &T) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value).map_err(StoreError::index)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn intent(actor: &str, credential_id: &str) -> String {
        let record = Record::Intent {
            award: "a".to_owned(),
            credential_id: credential_id.to_owned(),
            badge: "b".to_owned(),
            badge_version: 1,
            slot: None,
            request: Digest::GENESIS,
            actor: actor.to_owned(),
            at: Timestamp::UNIX_EPOCH,
        };
        String::from_utf8(to_json(&record).unwrap()).unwrap()
    }

    #[test]
    fn an_intent_is_published_without_the_address_and_otherwise_as_it_is() {
        // A name that looks like the member, and an id that JSON escapes, are no way around it.
        for (actor, id) in [
            ("anne", "https://a.example/credentials/7"),
            (r#"x","credential_id":"urn:7"#, "urn:7"),
            ("anne", r#"urn:"\7"#),
        ] {
            let body = intent(actor, id);
            let leaf = published(&body).unwrap();
            let hidden = format!("sha256:{}", Digest::of(&[id.as_bytes()]));
            assert_eq!(leaf, intent(actor, &hidden));
        }
    }

    #[test]
    fn what_is_no_record_is_not_published_and_what_hides_nothing_is_unchanged() {
        assert_eq!(published(r#"{"kind":"later","credential_id":"urn:7"}"#), None);
        let issued = r#"{"kind":"issued","award":"a","forms":"@","at":"2026-01-01T00:00:00Z"}"#
            .replace('@', &Digest::GENESIS.to_string());
        assert_eq!(published(&issued), Some(issued.clone()));
    }
}
