//! Reads leniently where the standards do; everything is written strictly.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Reads an array, or a single value standing for an array of one ([JSON-LD 1.1 compaction](https://www.w3.org/TR/json-ld11/#compacted-document-form)).
///
/// # Errors
/// Where an item is not a `T`.
pub fn one_or_many<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let items = match Value::deserialize(deserializer)? {
        Value::Array(items) => items,
        single => vec![single],
    };
    items.into_iter().map(|item| T::deserialize(item).map_err(serde::de::Error::custom)).collect()
}

/// The text of a string, of a language value object, or of the first of several
/// ([VC Data Model 2.0 §12.1](https://www.w3.org/TR/vc-data-model-2.0/#language-and-base-direction)).
pub fn text_of(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Object(members)
            if members.keys().all(|name| matches!(name.as_str(), "@value" | "@language" | "@direction")) =>
        {
            members.get("@value")?.as_str()
        }
        Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_object) => {
            let mut texts = items.iter().map(text_of);
            let first = texts.next()??;
            texts.all(|text| text.is_some()).then_some(first)
        }
        _ => None,
    }
}

/// The document with every text in a language, or in several, written as a plain one: for readers who know strings only.
///
/// Never what is hashed, and never what goes out.
pub fn with_plain_texts(value: &Value) -> Value {
    if let Some(text) = text_of(value) {
        return Value::String(text.to_owned());
    }
    match value {
        Value::Array(items) => Value::Array(items.iter().map(with_plain_texts).collect()),
        Value::Object(members) => Value::Object(
            members.iter().map(|(name, value)| (name.clone(), with_plain_texts(value))).collect(),
        ),
        other => other.clone(),
    }
}

/// Reads a non-negative integer written as a base-10 string (the standard) or as a number (what Open Badges examples do).
///
/// A text of any length is a number; what exceeds 64 bits is read as [`u64::MAX`].
///
/// # Errors
/// For signs, blanks, leading `+`, and fractions.
pub fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let refuse = || serde::de::Error::custom("expected a non-negative integer");
    match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_u64().ok_or_else(refuse),
        Value::String(text) if !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit()) => {
            Ok(text.parse().unwrap_or(u64::MAX))
        }
        _ => Err(refuse()),
    }
}

/// Writes an integer as the base-10 string that the standard asks for.
///
/// # Errors
/// Those of the serializer.
pub fn decimal_string<S: serde::Serializer>(number: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_is_found_in_every_form() {
        let french = json!({"@value": "été", "@language": "fr"});
        for value in [json!("été"), french.clone(), json!([french, {"@value": "summer", "@language": "en"}])]
        {
            assert_eq!(text_of(&value), Some("été"), "{value}");
        }
        for value in [
            json!({"@value": 1}),
            json!({"@value": "x", "id": "y"}),
            json!([]),
            json!(["a"]),
            json!([french, 1]),
        ] {
            assert_eq!(text_of(&value), None, "{value}");
        }
        assert_eq!(
            with_plain_texts(&json!({"tag": ["a", french], "name": [french], "n": {"x": 1}})),
            json!({"tag": ["a", "été"], "name": "été", "n": {"x": 1}})
        );
    }
}
