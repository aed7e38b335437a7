//! Nodes in pieces: in RDF, the members of a node may be written on any JSON objects with the node's `id`, under the same signature. Whoever
//! reads the JSON looks at one of these objects, and does not find what was moved to another.

use std::collections::HashMap;

use badge_schemas::document::push_pointer;
use badge_schemas::problem::{Code, Problem};
use serde_json::Value;

use super::malformed;
use crate::securing::rdfc::GRAPHS;

/// The first member that stands where nobody looks for it, or could: of the document itself on another object, or of a node that its array
/// holds twice. A label of a blank node is no URL ([VC Data Model 2.0 §4.4](https://www.w3.org/TR/vc-data-model-2.0/#identifiers)), and
/// would let anybody take any object without an `id` to pieces.
pub(super) fn in_pieces(value: &Value) -> Option<Problem> {
    moved_away(value).or_else(|| taken_apart(value, ""))
}

/// Members that decide about the document as a whole: they must stand at its root and nowhere else under its id.
const ROOT_MEMBERS: [&str; 12] = [
    "issuer",
    "validFrom",
    "validUntil",
    "issuanceDate",
    "expirationDate",
    "relatedResource",
    "credentialSubject",
    "credentialStatus",
    "credentialSchema",
    "refreshService",
    "termsOfUse",
    "holder",
];

/// In RDF, members of a node may be written on any JSON object with the node's id. A signed `validUntil` moved from the root to
/// another object with the same id would keep its signature and lose its reader.
fn moved_away(value: &Value) -> Option<Problem> {
    let id = value.get("id")?.as_str()?;
    value.as_object()?.iter().find_map(|(name, member)| moved_in(member, &push_pointer("", name), id))
}

fn moved_in(value: &Value, pointer: &str, root: &str) -> Option<Problem> {
    match value {
        Value::Object(members) => {
            let same_node = members.get("id").and_then(Value::as_str) == Some(root);
            if same_node && let Some(name) = ROOT_MEMBERS.iter().find(|name| members.contains_key(**name)) {
                let reason = "it stands on another object with the id of the document";
                let problem = Problem::new(Code::MalformedValue).at(push_pointer(pointer, name));
                return Some(problem.with("member", name).with("reason", reason));
            }
            members.iter().find_map(|(name, member)| moved_in(member, &push_pointer(pointer, name), root))
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| moved_in(item, &format!("{pointer}/{index}"), root)),
        _ => None,
    }
}

fn taken_apart(value: &Value, pointer: &str) -> Option<Problem> {
    match value {
        Value::Object(members) => {
            let id = members.get("id").and_then(Value::as_str);
            if id.is_some_and(|id| id.starts_with("_:")) {
                let reason = "it is the label of a blank node, not a URL";
                return Some(malformed(&push_pointer(pointer, "id"), reason));
            }
            members.iter().filter(|(name, _)| *name != "@context").find_map(|(name, member)| {
                let here = push_pointer(pointer, name);
                // Graphs of their own, whose nodes have nothing to do with those of another; and what has a rule of its own.
                let apart = GRAPHS.contains(&name.as_str()) || name == "relatedResource";
                let twice = if apart { None } else { twice(member, &here, &mut HashMap::new()) };
                twice.or_else(|| taken_apart(member, &here))
            })
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| taken_apart(item, &push_pointer(pointer, &index.to_string()))),
        _ => None,
    }
}

/// A node that is written twice among the values of one member, not the same both times. References alone are no writing.
fn twice<'a>(value: &'a Value, pointer: &str, seen: &mut HashMap<&'a str, &'a Value>) -> Option<Problem> {
    let below = |name: &str| push_pointer(pointer, name);
    match value {
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| twice(item, &below(&index.to_string()), seen))
        }
        Value::Object(members) => {
            for name in ["@set", "@list"] {
                if let Some(problem) = members.get(name).and_then(|inner| twice(inner, &below(name), seen)) {
                    return Some(problem);
                }
            }
            let id = members.get("id").and_then(Value::as_str).filter(|_| members.len() > 1)?;
            let other = seen.insert(id, value)?;
            let reason = "another object beside it has the same id and other members";
            (other != value).then(|| malformed(&below("id"), reason))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use serde_json::json;

    use super::*;

    #[test]
    fn a_node_stands_in_one_place_or_is_the_same_everywhere() {
        let place = |document: Value| in_pieces(&document).map(|problem| problem.pointer.unwrap());
        for (pointer, document) in [
            ("/a/id", json!({"a": {"id": "_:b", "x": 1}})),
            ("/a/0/b/id", json!({"a": [{"b": {"id": "_:"}}]})),
            ("/a/1/id", json!({"a": [{"id": "urn:x", "x": 1}, {"id": "urn:x", "y": 1}]})),
            ("/a/2/0/id", json!({"a": [{"id": "urn:x", "x": 1}, "urn:y", [{"id": "urn:x", "y": 1}]]})),
            ("/a/1/id", json!({"a": [{"@set": [{"id": "urn:x", "x": 1}]}, {"id": "urn:x", "y": 1}]})),
            ("/a/@list/1/id", json!({"a": {"@list": [{"id": "urn:x", "x": 1}, {"id": "urn:x", "y": 1}]}})),
            ("/a/0/b/1/id", json!({"a": [{"b": [{"id": "urn:x", "x": 1}, {"id": "urn:x", "x": 2}]}]})),
            (
                "/a/validUntil",
                json!({"id": "urn:r", "a": {"id": "urn:r", "validUntil": "2027-01-01T00:00:00Z"}}),
            ),
        ] {
            assert_eq!(place(document.clone()).as_deref(), Some(pointer), "{document}");
        }
        for document in [
            json!({"a": [{"id": "urn:x", "x": 1}, {"id": "urn:x"}, "urn:x"]}),
            json!({"a": [{"id": "urn:x", "x": 1}, {"id": "urn:x", "x": 1}]}),
            json!({"a": {"id": "urn:x", "x": 1}, "b": {"id": "urn:x", "y": 1}}),
            json!({"verifiableCredential": [{"id": "urn:x", "x": 1}, {"id": "urn:x", "y": 1}]}),
            json!({"@context": {"id": "_:b"}, "a": [{"x": 1}, {"y": 1}], "b": "_:b"}),
        ] {
            assert_eq!(place(document.clone()), None, "{document}");
        }
    }
}
