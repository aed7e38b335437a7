//! Typed views over a verifiable credential.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::achievement::{AchievementSubject, Image};
use crate::lenient::{one_or_many, with_plain_texts};
use crate::problem::{Code, Problem};
use crate::profile::ProfileRef;
use crate::timestamp::DateTimeStamp;

/// IRI of the VC Data Model 2.0 context.
pub const CREDENTIALS_V2: &str = "https://www.w3.org/ns/credentials/v2";
/// IRI of the VC Data Model 1.1 context.
pub const CREDENTIALS_V1: &str = "https://www.w3.org/2018/credentials/v1";
/// IRI of the Open Badges 3.0 context that we write.
pub const OPEN_BADGES_V3: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";

/// A verifiable credential about a subject `S` ([VC Data Model 2.0 §4](https://www.w3.org/TR/vc-data-model-2.0/#basic-concepts)).
///
/// A view for reading: unknown members are left in the document. Having one says nothing about authenticity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Credential<S> {
    /// IRIs of contexts, or inline contexts.
    #[serde(rename = "@context", deserialize_with = "one_or_many")]
    pub context: Vec<Value>,
    /// A URI; Open Badges requires it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Contains `VerifiableCredential`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// A title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    /// Who says so.
    pub issuer: ProfileRef,
    /// From when on it is valid; not when it was earned. The data model 1.1 called it `issuanceDate`.
    #[serde(alias = "issuanceDate", skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<DateTimeStamp>,
    /// Until when it is valid. The data model 1.1 called it `expirationDate`.
    #[serde(alias = "expirationDate", skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<DateTimeStamp>,
    /// When it was first earned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awarded_date: Option<DateTimeStamp>,
    /// Of whom, and what.
    pub credential_subject: S,
    /// Where its status is published; kept as received, see [`crate::status`].
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub credential_status: Vec<Value>,
    /// Schemas it names.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub credential_schema: Vec<TypedReference>,
    /// Where a newer version can be had; never fetched unless asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_service: Option<TypedReference>,
    /// What supports it.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// Endorsements, each a credential of its own.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub endorsement: Vec<Value>,
    /// Endorsements as compact JWS.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub endorsement_jwt: Vec<String>,
}

/// A skills badge ([AchievementCredential](https://www.imsglobal.org/spec/ob/v3p0/#achievementcredential)).
pub type AchievementCredential = Credential<AchievementSubject>;

impl<S: DeserializeOwned> Credential<S> {
    /// Reads a view from a parsed document; of a text in several languages, the first.
    ///
    /// # Errors
    /// [`Code::MalformedValue`] with the pointer of the member that has another shape.
    pub fn view(value: &Value) -> Result<Self, Problem> {
        view(&with_plain_texts(value))
    }
}

/// Reads any typed view, turning a mismatch into a [`Problem`] with a pointer.
///
/// # Errors
/// [`Code::MalformedValue`].
pub fn view<T: DeserializeOwned>(value: &Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let pointer = error.path().iter().fold(String::new(), |pointer, segment| match segment {
            serde_path_to_error::Segment::Seq { index } => format!("{pointer}/{index}"),
            serde_path_to_error::Segment::Map { key } => crate::document::push_pointer(&pointer, key),
            _ => pointer,
        });
        let member =
            pointer.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("the document").to_owned();
        Problem::new(Code::MalformedValue).at(pointer).with("member", member).with("reason", error.inner())
    })
}

/// Whether `type` of this value contains `name`, written alone or in an array.
pub fn has_type(value: &Value, name: &str) -> bool {
    match value.get("type") {
        Some(Value::String(kind)) => kind == name,
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == name),
        _ => false,
    }
}

/// Whether this is a verifiable credential.
pub fn is_credential(value: &Value) -> bool {
    has_type(value, "VerifiableCredential")
}

/// Whether this is a skills badge, under either of its names.
pub fn is_achievement_credential(value: &Value) -> bool {
    is_credential(value)
        && (has_type(value, "AchievementCredential") || has_type(value, "OpenBadgeCredential"))
}

/// The issuer's identifier, whether written alone or in a profile.
pub fn issuer_id(value: &Value) -> Option<&str> {
    match value.get("issuer")? {
        Value::String(id) => Some(id),
        profile => profile.get("id")?.as_str(),
    }
}

/// What a badge rests on ([Evidence](https://www.imsglobal.org/spec/ob/v3p0/#evidence)).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// A URL; never fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Contains `Evidence`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub narrative: Option<String>,
    /// A title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What kind of evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub genre: Option<String>,
    /// For whom it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
}

/// Something elsewhere, named by `id` and `type`: a schema, a refresh service ([VC Data Model 2.0 §5](https://www.w3.org/TR/vc-data-model-2.0/#advanced-concepts)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedReference {
    /// Its URL.
    pub id: String,
    /// Its type.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn a_wrong_shape_is_located() {
        let value = serde_json::json!({
            "@context": CREDENTIALS_V2, "type": ["VerifiableCredential"], "issuer": "did:example:é",
            "credentialSubject": {"type": "AchievementSubject", "achievement": {"id": 4}},
        });
        let problem = AchievementCredential::view(&value).unwrap_err();
        assert_eq!(problem.code, Code::MalformedValue);
        assert_eq!(problem.pointer.as_deref(), Some("/credentialSubject/achievement/id"));
    }
}
