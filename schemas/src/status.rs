//! Where a credential's status is published.

use serde::{Deserialize, Serialize};
use serde_json::Number;

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
    /// `BitstringStatusListEntry`, and nothing else.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// `revocation` (final), `suspension` (reversible), `refresh`, `message`, or another word between those who use it.
    pub status_purpose: String,
    /// Position in the list, counted in entries from 0; written as a base-10 string, read also as a number. The standard allows any
    /// size: what exceeds 64 bits is read as their largest value, which lies in no list.
    #[serde(deserialize_with = "decimal", serialize_with = "decimal_string")]
    pub status_list_index: u64,
    /// URL of the list credential.
    pub status_list_credential: String,
    /// Bits per entry, 1 where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_size: Option<u64>,
    /// What each value means: all of them or none, and all of them where `statusSize` is above 1.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub status_message: Vec<StatusMessage>,
    /// URLs of material about the status; never fetched.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub status_reference: Vec<String>,
}

/// What one status value means ([statusMessage](https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistentry)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusMessage {
    /// The value, in hexadecimal with `0x`.
    pub status: String,
    /// Its meaning, for those who debug; `undefined` where it has none yet.
    pub message: String,
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
    /// Bits per entry, where the list says so too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_size: Option<u64>,
    /// `u` and the base64url of the GZIP-compressed bits, first entry in the most significant bit.
    pub encoded_list: String,
    /// How long a copy may be kept, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u64>,
}

/// A token's place in a Token Status List: the member `status_list` of its claim `status`
/// ([Token Status List §6.2](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list#section-6.2)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenStatusReference {
    /// Position in the list, counted in entries from 0.
    pub idx: u64,
    /// URI of the list's token.
    pub uri: String,
}

/// The claims of a Status List Token
/// ([Token Status List §5.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list#section-5.1)); others may stand beside them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatusListTokenClaims {
    /// Who says so; the standard leaves it to the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// The token's own URI, equal to the `uri` of every token that refers to it.
    pub sub: String,
    /// When it was signed, in seconds since 1970.
    pub iat: Number,
    /// Until when it may be relied on, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<Number>,
    /// How long a copy may be kept, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<Number>,
    /// The list itself.
    pub status_list: TokenStatusList,
}

/// The statuses in a Status List Token
/// ([Token Status List §4.2](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list#section-4.2)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenStatusList {
    /// Bits per entry: 1, 2, 4 or 8.
    pub bits: u64,
    /// Base64url of the ZLIB-compressed bytes, first entry in the least significant bits.
    pub lst: String,
    /// Where the issuer names all its lists; never fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aggregation_uri: Option<String>,
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
