//! Where a credential's status is published.

use serde::{Deserialize, Serialize};

use crate::credential::Credential;
use crate::lenient::{decimal, decimal_string, one_or_many};

/// Fewest entries a status list may have: 131,072 bits, so that an index does not single out a person
/// ([Bitstring Status List §6.1](https://www.w3.org/TR/vc-bitstring-status-list/#privacy-considerations)).
pub const MIN_ENTRIES: u64 = 131_072;

/// One credential's place in a status list ([BitstringStatusListEntry](https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistentry)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BitstringStatusListEntry {
    /// Optional since Open Badges 3.0 document version 1.4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `BitstringStatusListEntry`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `revocation` (final), `suspension` (reversible), `refresh` or `message`.
    pub status_purpose: String,
    /// Position in the list, counted in entries from 0; written as a base-10 string, read also as a number.
    #[serde(deserialize_with = "decimal", serialize_with = "decimal_string")]
    pub status_list_index: u64,
    /// URL of the list credential.
    pub status_list_credential: String,
    /// Bits per entry, 1 where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_size: Option<u64>,
    /// What each value means, where `statusSize` is above 1.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub status_message: Vec<StatusMessage>,
}

/// What one status value means ([statusMessage](https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistentry)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusMessage {
    /// The value, in hexadecimal with `0x`.
    pub status: String,
    /// Its meaning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A published status list ([BitstringStatusListCredential](https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistcredential)).
pub type StatusListCredential = Credential<BitstringStatusList>;

/// The list itself ([BitstringStatusList](https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslist)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BitstringStatusList {
    /// The list's URL with a fragment, usually.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `BitstringStatusList`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// What the list is about; several where it serves several entries' purposes.
    #[serde(deserialize_with = "one_or_many")]
    pub status_purpose: Vec<String>,
    /// `u` and the base64url of the GZIP-compressed bits, first entry in the most significant bit.
    pub encoded_list: String,
    /// How long a copy may be kept, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u64>,
}

/// The deprecated `1EdTechRevocationList` ([Open Badges 3.0 §8.2](https://www.imsglobal.org/spec/vcrl/v1p0/)): read, never written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RevocationList {
    /// Whose list it is.
    pub issuer: String,
    /// What it revokes.
    #[serde(default, deserialize_with = "one_or_many")]
    pub revoked_credential: Vec<RevokedCredential>,
}

/// One line of a [`RevocationList`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct RevokedCredential {
    /// The credential's id.
    pub id: String,
    /// Whether it is revoked; true where absent.
    #[serde(default = "yes")]
    pub revoked: bool,
}

fn yes() -> bool {
    true
}
