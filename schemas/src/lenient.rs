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
