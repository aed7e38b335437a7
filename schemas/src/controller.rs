//! The document in which a controller publishes its keys.

use serde::Deserialize;
use serde_json::Value;

use crate::jwk::Jwk;
use crate::lenient::one_or_many;

/// A controller document or DID document ([Controlled Identifiers 1.0](https://www.w3.org/TR/cid-1.0/#controlled-identifier-documents)).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ControllerDocument {
    /// The controller's identifier; must be the one that was asked for.
    pub id: String,
    /// Keys.
    #[serde(default, deserialize_with = "one_or_many")]
    pub verification_method: Vec<VerificationMethod>,
    /// Keys that may sign credentials: ids, or keys in place.
    #[serde(default, deserialize_with = "one_or_many")]
    pub assertion_method: Vec<Value>,
    /// Keys that may sign presentations: ids, or keys in place.
    #[serde(default, deserialize_with = "one_or_many")]
    pub authentication: Vec<Value>,
    /// Ids of keys that might sign credentials until they were revoked: a term of ours (`https://w3id.org/skills-badge/vocab#`).
    #[serde(default, deserialize_with = "one_or_many")]
    pub former_assertion_method: Vec<Value>,
}

/// One key of a controller ([verification method](https://www.w3.org/TR/cid-1.0/#verification-methods)).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerificationMethod {
    /// Its DID URL, absolute or only a fragment.
    pub id: String,
    /// `Multikey`, `JsonWebKey`, or an older name.
    #[serde(rename = "type")]
    pub kind: String,
    /// Who controls it.
    pub controller: String,
    /// The key as a Multikey.
    pub public_key_multibase: Option<String>,
    /// The key as a JWK.
    pub public_key_jwk: Option<Jwk>,
    /// Since when it must not be used any more.
    pub revoked: Option<crate::timestamp::DateTimeStamp>,
    /// Until when it may be used.
    pub expires: Option<crate::timestamp::DateTimeStamp>,
    /// Since when its controller makes no signatures with it, and still stands by those made before: a term of ours
    /// (`https://w3id.org/skills-badge/vocab#`).
    pub retired: Option<crate::timestamp::DateTimeStamp>,
}

impl ControllerDocument {
    /// The key with this id, and whether `relationship` lists it.
    pub fn find(
        &self,
        method_id: &str,
        relationship: Relationship,
    ) -> Option<(VerificationMethod, Authorized)> {
        let listed = match relationship {
            Relationship::AssertionMethod => &self.assertion_method,
            Relationship::Authentication => &self.authentication,
        };
        let in_place = listed
            .iter()
            .filter_map(|entry| serde_json::from_value::<VerificationMethod>(entry.clone()).ok());
        if let Some(method) = in_place.into_iter().find(|method| self.absolute(&method.id) == method_id) {
            return Some((method, Authorized::Yes));
        }
        let method = self.verification_method.iter().find(|method| self.absolute(&method.id) == method_id)?;
        let named = listed.iter().filter_map(Value::as_str).any(|id| self.absolute(id) == method_id);
        Some((method.clone(), if named { Authorized::Yes } else { Authorized::No }))
    }

    /// Whether a key that is no longer in use might sign for this use before.
    pub fn formerly(&self, method_id: &str, relationship: Relationship) -> bool {
        let listed = match relationship {
            Relationship::AssertionMethod => self.former_assertion_method.as_slice(),
            // A presentation answers a challenge of today.
            Relationship::Authentication => &[],
        };
        listed.iter().filter_map(Value::as_str).any(|id| self.absolute(id) == method_id)
    }

    /// An id written as a fragment belongs to this document.
    fn absolute(&self, id: &str) -> String {
        if id.starts_with('#') { format!("{}{id}", self.id) } else { id.to_owned() }
    }
}

/// What a key is allowed for ([verification relationships](https://www.w3.org/TR/cid-1.0/#verification-relationships)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relationship {
    /// Signing credentials.
    AssertionMethod,
    /// Signing presentations.
    Authentication,
}

impl Relationship {
    /// The name used in `proofPurpose` and in controller documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AssertionMethod => "assertionMethod",
            Self::Authentication => "authentication",
        }
    }
}

/// Whether the controller lists a key under the relationship asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authorized {
    /// It does.
    Yes,
    /// The key exists, for other uses.
    No,
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn a_key_is_authorized_only_where_its_relationship_lists_it() {
        let document: ControllerDocument = serde_json::from_value(serde_json::json!({
            "id": "did:web:école.example",
            "verificationMethod": [
                {"id": "#k1", "type": "Multikey", "controller": "did:web:école.example", "publicKeyMultibase": "z6Mk"},
                {"id": "did:web:école.example#k2", "type": "Multikey", "controller": "did:web:école.example"}],
            "assertionMethod": ["did:web:école.example#k1", {"id": "#k3", "type": "Multikey", "controller": "x"}],
            "authentication": "#k2",
        })).unwrap();
        let find = |fragment: &str, relationship| {
            document.find(&format!("did:web:école.example{fragment}"), relationship).map(|found| found.1)
        };
        assert_eq!(find("#k1", Relationship::AssertionMethod), Some(Authorized::Yes));
        assert_eq!(find("#k1", Relationship::Authentication), Some(Authorized::No));
        assert_eq!(find("#k2", Relationship::Authentication), Some(Authorized::Yes));
        assert_eq!(find("#k3", Relationship::AssertionMethod), Some(Authorized::Yes));
        assert_eq!(find("#k3", Relationship::Authentication), None);
        assert_eq!(find("#none", Relationship::AssertionMethod), None);
    }
}
