//! What an entry of the chain says, as JSON: ids, digests, times, actors and codes, never anything personal.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::data::{AwardStatus, Idempotency, StatusSlot};
use super::digest::Digest;
use super::error::StoreError;

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
}

impl Record {
    /// The payload it commits to, if any.
    pub(super) fn commitment(&self) -> Option<&Digest> {
        match self {
            Self::Badge { definition: digest, .. }
            | Self::Intent { request: digest, .. }
            | Self::Issued { forms: digest, .. }
            | Self::Status { reason: digest, .. } => Some(digest),
            Self::Erased { .. } => None,
        }
    }

    /// The award it is about, if any.
    pub(super) fn award(&self) -> Option<&str> {
        match self {
            Self::Badge { .. } => None,
            Self::Intent { award, .. }
            | Self::Issued { award, .. }
            | Self::Status { award, .. }
            | Self::Erased { award, .. } => Some(award),
        }
    }
}

/// The payload of an intent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IntentPayload {
    pub(super) recipient: String,
    pub(super) request: String,
    pub(super) idempotency: Option<Idempotency>,
}

/// Writes a value as JSON bytes.
pub(super) fn to_json<T: Serialize>(value: &T) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value).map_err(StoreError::index)
}
