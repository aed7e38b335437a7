//! JSON as canonical bytes: what the `-jcs-` cryptosuites hash.
//! <https://www.rfc-editor.org/rfc/rfc8785>

use badge_schemas::problem::{Code, Problem};
use serde_json::Value;

/// The canonical form of a JSON value ([RFC 8785 §3](https://www.rfc-editor.org/rfc/rfc8785#section-3)): members in the order of their UTF-16 code units,
/// numbers as ECMAScript writes them, no white space.
///
/// # Errors
/// [`Code::JsonNumber`] for a number outside I-JSON, which `Document::parse` refuses before.
///
/// ```
/// let value = serde_json::json!({"é": 1.0, "b": [true, "\u{7f}"], "a": 1e30});
/// let canonical = badge_verifier::securing::jcs::canonicalize(&value).unwrap();
/// assert_eq!(canonical, "{\"a\":1e+30,\"b\":[true,\"\u{7f}\"],\"é\":1}".as_bytes());
/// ```
pub fn canonicalize(value: &Value) -> Result<Vec<u8>, Problem> {
    serde_json_canonicalizer::to_vec(value).map_err(|_| Problem::new(Code::JsonNumber).with("value", "?"))
}
