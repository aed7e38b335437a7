//! Who recognises whom, and for what: the first format of our issuer registry.

use serde::{Deserialize, Serialize};

use crate::credential::Credential;
use crate::lenient::one_or_many;
use crate::profile::ProfileRef;
use crate::timestamp::DateTimeStamp;

/// IRI of our versioned recognition context.
pub const RECOGNITION_V1: &str = "https://w3id.org/skills-badge/recognition/v1";

/// Largest registry we read: 64 MiB, room for about 100,000 issuers; a national list of training bodies has 148,000 lines, few of which issue.
pub const MAX_REGISTRY_BYTES: usize = 64 << 20;

/// The two type names a registry may carry: the first public working draft's and the editor's draft's.
pub const REGISTRY_TYPES: [&str; 2] = ["VerifiableRecognitionCredential", "RecognizedEntityCredential"];

/// A list of recognised issuers as a credential ([W3C Recognized Entities](https://www.w3.org/TR/vc-recognized-entities/)).
pub type RecognitionCredential = Credential<RecognizedEntities>;

/// The entries of a registry, one or many.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecognizedEntities(#[serde(deserialize_with = "one_or_many")] pub Vec<RecognizedEntity>);

/// One recognised body ([RecognizedEntity](https://www.w3.org/TR/vc-recognized-entities/)).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecognizedEntity {
    /// Its identifier, compared as a string with the badge's issuer.
    pub id: String,
    /// Contains `RecognizedEntity`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// The name the registry gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its legal name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_name: Option<String>,
    /// Its home page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What it is recognised to do; several where scopes differ.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub recognized_to: Vec<RecognizedAction>,
}

/// What a body is recognised to do, and within which scope. An absent dimension does not restrict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecognizedAction {
    /// Contains `RecognizedAction`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// `issue` for issuers of badges.
    pub action: String,
    /// Who recognises it, where that is not the registry's issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recognized_by: Option<ProfileRef>,
    /// Alignment `targetUrl`s it may certify.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub skill: Vec<String>,
    /// Frameworks it may certify in, by name without version: `ESCO`, `DigComp`, `RNCP`.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub framework: Vec<String>,
    /// Achievement types it may issue.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub achievement_type: Vec<String>,
    /// Countries where it may, ISO 3166-1 alpha-2, compared with the issuer's address.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub territory: Vec<String>,
    /// From when on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<DateTimeStamp>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<DateTimeStamp>,
}
