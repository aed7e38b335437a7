//! Base direction as a datatype of the [`i18n` namespace](https://www.w3.org/TR/json-ld11/#the-i18n-namespace).
//!
//! Without it JSON-LD drops `@direction` on the way to RDF, and no signature would cover it. No standard says yet which form the
//! `-rdfc-` cryptosuites use; this is the one that implementations agree on in practice (`rdfDirection: i18n-datatype`).

use serde_json::{Map, Value};

use super::contexts::is_json_term;

/// What the datatypes begin with.
pub(super) const NAMESPACE: &str = "https://www.w3.org/ns/i18n#";

/// Whether the members of a value object with `@direction` are what JSON-LD allows, and name a datatype without doubt.
pub(super) fn is_sound(object: &Map<String, Value>) -> bool {
    let language = |tag: &str| !tag.is_empty() && tag.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
    object.get("@value").is_some_and(Value::is_string)
        && matches!(object.get("@direction").and_then(Value::as_str), Some("ltr" | "rtl"))
        && object.get("@language").is_none_or(|tag| tag.as_str().is_some_and(language))
        && object.keys().all(|key| matches!(key.as_str(), "@value" | "@language" | "@direction"))
}

/// The document with every directed string written as a typed one.
pub(super) fn as_datatypes(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(as_datatypes).collect()),
        Value::Object(object) => match object.get("@direction").and_then(Value::as_str) {
            Some(direction) if object.contains_key("@value") => {
                let language = object.get("@language").and_then(Value::as_str).unwrap_or_default();
                let datatype = format!("{NAMESPACE}{}_{direction}", language.to_ascii_lowercase());
                let value = object.get("@value").cloned().unwrap_or_default();
                Value::Object(Map::from_iter([
                    ("@value".to_owned(), value),
                    ("@type".to_owned(), Value::String(datatype)),
                ]))
            }
            _ => Value::Object(
                object
                    .iter()
                    .map(|(name, member)| {
                        // Contexts are not data, and JSON literals keep what they hold.
                        let kept = name == "@context" || is_json_term(name);
                        let member = if kept { member.clone() } else { as_datatypes(member) };
                        (name.clone(), member)
                    })
                    .collect(),
            ),
        },
        other => other.clone(),
    }
}
