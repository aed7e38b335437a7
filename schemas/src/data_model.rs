//! The two versions of the W3C data model: which one a document follows, and what differs between them.

use serde_json::Value;

use crate::credential::{CREDENTIALS_V1, CREDENTIALS_V2};

/// A version of the data model, as the first `@context` announces it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataModel {
    /// [VC Data Model 1.1](https://www.w3.org/TR/vc-data-model/): Open Badges 3.0 was published on it first. Read, never written.
    V1,
    /// [VC Data Model 2.0](https://www.w3.org/TR/vc-data-model-2.0/).
    V2,
}

/// Contexts that are made for the data model 1.1 and do not combine with that of 2.0.
const CONTEXTS_OF_V1: [&str; 4] = [
    CREDENTIALS_V1,
    "https://purl.imsglobal.org/spec/ob/v3p0/context.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
    "https://w3id.org/security/data-integrity/v1",
];

/// Members that exist in the data model 1.1 only.
const MEMBERS_OF_V1: [&str; 2] = ["issuanceDate", "expirationDate"];

/// Members that exist in the data model 2.0 only.
const MEMBERS_OF_V2: [&str; 3] = ["validFrom", "validUntil", "relatedResource"];

impl DataModel {
    /// The version that the first `@context` of this document announces; `None` where it is another context, or there is none.
    pub fn of(document: &Value) -> Option<Self> {
        let first = match document.get("@context") {
            Some(Value::Array(contexts)) => contexts.first(),
            other => other,
        };
        match first?.as_str()? {
            CREDENTIALS_V1 => Some(Self::V1),
            CREDENTIALS_V2 => Some(Self::V2),
            _ => None,
        }
    }

    /// `1.1` or `2.0`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "1.1",
            Self::V2 => "2.0",
        }
    }

    /// The member that says from when on a credential is valid.
    pub fn valid_from(self) -> &'static str {
        match self {
            Self::V1 => "issuanceDate",
            Self::V2 => "validFrom",
        }
    }

    /// The member that says until when a credential is valid.
    pub fn valid_until(self) -> &'static str {
        match self {
            Self::V1 => "expirationDate",
            Self::V2 => "validUntil",
        }
    }

    /// The members of a document of this version that belong to the other one. A reader of one version would not see them.
    pub fn foreign_members(self, document: &Value) -> Vec<&'static str> {
        let foreign: &[&str] = match self {
            Self::V1 => &MEMBERS_OF_V2,
            Self::V2 => &MEMBERS_OF_V1,
        };
        foreign.iter().copied().filter(|member| document.get(member).is_some()).collect()
    }

    /// The contexts of a document of this version that belong to the other one.
    pub fn foreign_contexts(self, document: &Value) -> Vec<&str> {
        let contexts = match document.get("@context") {
            Some(Value::Array(contexts)) => contexts.as_slice(),
            _ => &[],
        };
        let foreign = |iri: &&str| match self {
            Self::V1 => *iri == CREDENTIALS_V2,
            Self::V2 => CONTEXTS_OF_V1.contains(iri),
        };
        contexts.iter().filter_map(Value::as_str).filter(foreign).collect()
    }
}

/// The member that says from when on this credential is valid, whichever its version; that of 2.0 where it announces none.
pub fn valid_from(credential: &Value) -> Option<&str> {
    credential.get(DataModel::of(credential).unwrap_or(DataModel::V2).valid_from())?.as_str()
}

/// The member that says until when this credential is valid, whichever its version.
pub fn valid_until(credential: &Value) -> Option<&str> {
    credential.get(DataModel::of(credential).unwrap_or(DataModel::V2).valid_until())?.as_str()
}

/// A credential of the data model 1.1, and those embedded in it, written with the members of 2.0: for the rules that are the same in both.
///
/// Never what is hashed, and never what goes out.
pub fn lifted(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(lifted).collect()),
        Value::Object(members) => {
            let old = DataModel::of(value) == Some(DataModel::V1);
            let rename = |name: &str| match name {
                "issuanceDate" if old => "validFrom".to_owned(),
                "expirationDate" if old => "validUntil".to_owned(),
                other => other.to_owned(),
            };
            let mut lifted: serde_json::Map<String, Value> =
                members.iter().map(|(name, member)| (rename(name), self::lifted(member))).collect();
            if old {
                match lifted.get_mut("@context") {
                    Some(Value::Array(contexts)) => {
                        if let Some(first) = contexts.first_mut() {
                            *first = CREDENTIALS_V2.into();
                        }
                    }
                    Some(context) => *context = CREDENTIALS_V2.into(),
                    None => {}
                }
            }
            Value::Object(lifted)
        }
        other => other.clone(),
    }
}

/// The name that a member of a [`lifted`] credential had before.
pub fn original_member(lifted: &str) -> Option<&'static str> {
    match lifted {
        "validFrom" => Some("issuanceDate"),
        "validUntil" => Some("expirationDate"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_context_decides() {
        assert_eq!(DataModel::of(&json!({"@context": CREDENTIALS_V1})), Some(DataModel::V1));
        assert_eq!(
            DataModel::of(&json!({"@context": [CREDENTIALS_V2, CREDENTIALS_V1]})),
            Some(DataModel::V2)
        );
        for context in [json!([]), json!(["https://x.example/", CREDENTIALS_V2]), json!([{}]), json!(null)] {
            assert_eq!(DataModel::of(&json!({"@context": context})), None);
        }
    }

    #[test]
    fn what_belongs_to_the_other_version_is_named() {
        let old = json!({
            "@context": [CREDENTIALS_V1, CREDENTIALS_V2], "issuanceDate": "a", "validUntil": "b", "relatedResource": [],
        });
        assert_eq!(DataModel::V1.foreign_members(&old), ["validUntil", "relatedResource"]);
        assert_eq!(DataModel::V1.foreign_contexts(&old), [CREDENTIALS_V2]);
        assert_eq!(DataModel::V2.foreign_members(&old), ["issuanceDate"]);
        assert_eq!(DataModel::V2.foreign_contexts(&old), [CREDENTIALS_V1]);
        assert_eq!((valid_from(&old), valid_until(&old)), (Some("a"), None));
    }

    #[test]
    fn a_credential_is_lifted_with_those_inside_it() {
        let endorsement = json!({"@context": CREDENTIALS_V1, "issuanceDate": "2026", "credentialSubject": {"issuanceDate": 1}});
        let old = json!({"@context": [CREDENTIALS_V1, "x"], "expirationDate": "2027", "endorsement": [endorsement]});
        let inner = json!({"@context": CREDENTIALS_V2, "validFrom": "2026", "credentialSubject": {"issuanceDate": 1}});
        assert_eq!(
            lifted(&old),
            json!({"@context": [CREDENTIALS_V2, "x"], "validUntil": "2027", "endorsement": [inner]})
        );
    }
}
