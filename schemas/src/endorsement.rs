//! What someone says in support of a badge, an achievement or a body.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::credential::Credential;
use crate::lenient::one_or_many;

/// A signed endorsement ([EndorsementCredential](https://www.imsglobal.org/spec/ob/v3p0/#endorsementcredential)).
pub type EndorsementCredential = Credential<EndorsementSubject>;

/// What is endorsed ([EndorsementSubject](https://www.imsglobal.org/spec/ob/v3p0/#endorsementsubject)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EndorsementSubject {
    /// The id of the endorsed credential, achievement or profile.
    pub id: String,
    /// Contains `EndorsementSubject`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// What the endorser says, in Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endorsement_comment: Option<String>,
}

/// One endorsement found in a document: where, and as what.
#[derive(Clone, Debug, PartialEq)]
pub struct Embedded<'a> {
    /// JSON Pointer of the endorsement.
    pub pointer: String,
    /// The endorsement itself: an object with a proof, or a string holding a compact JWS.
    pub value: &'a Value,
}

/// Every `endorsement` and `endorsementJwt` at any depth, outside the endorsements themselves
/// ([Open Badges 3.0 §8.3](https://www.imsglobal.org/spec/ob/v3p0/#verify-endorsement)); theirs are found when they are verified.
pub fn embedded(document: &Value) -> Vec<Embedded<'_>> {
    let mut found = Vec::new();
    collect(document, "", &mut found);
    found
}

fn collect<'a>(value: &'a Value, pointer: &str, found: &mut Vec<Embedded<'a>>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let pointer = crate::document::push_pointer(pointer, name);
                match (name.as_str(), member) {
                    ("endorsement" | "endorsementJwt", Value::Array(items)) => {
                        found.extend(
                            items.iter().enumerate().map(|(index, value)| Embedded {
                                pointer: format!("{pointer}/{index}"),
                                value,
                            }),
                        );
                    }
                    // What shows an evaluator's standing has endorsements of its own.
                    ("standing", _) if pointer == "/credentialSubject/evaluation/standing" => {}
                    ("endorsement" | "endorsementJwt", value) => found.push(Embedded { pointer, value }),
                    (_, member) => collect(member, &pointer, found),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, &format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endorsements_are_found_at_every_depth() {
        let badge = serde_json::json!({
            "endorsement": {"a": {"endorsement": ["inner"]}},
            "credentialSubject": {"achievement": {"endorsementJwt": ["x.y.z"], "creator": {"endorsement": [{}, {}]}}},
        });
        let mut pointers: Vec<String> = embedded(&badge).into_iter().map(|found| found.pointer).collect();
        pointers.sort();
        assert_eq!(
            pointers,
            [
                "/credentialSubject/achievement/creator/endorsement/0",
                "/credentialSubject/achievement/creator/endorsement/1",
                "/credentialSubject/achievement/endorsementJwt/0",
                "/endorsement",
            ]
        );
    }
}
