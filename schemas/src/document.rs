//! What was received, byte for byte, and the JSON it holds.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::problem::{Code, Problem};

/// Largest document we parse: 1 MiB. A badge is a few kilobytes, an image in it some hundreds; more is a mistake or a bomb.
pub const MAX_BYTES: usize = 1 << 20;

/// Deepest nesting we accept: 64 levels. A badge with embedded endorsements needs about 15; parsers overflow from 128 on.
pub const MAX_DEPTH: usize = 64;

/// Largest integer that every JSON reader keeps exactly: 2^53 − 1 ([RFC 7493 §2.2](https://www.rfc-editor.org/rfc/rfc7493#section-2.2)).
pub const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// A JSON document as it was received: the bytes, and the value they spell ([RFC 8259](https://www.rfc-editor.org/rfc/rfc8259), [I-JSON](https://www.rfc-editor.org/rfc/rfc7493)).
///
/// The bytes are what is stored and hashed; the value is a view. A `Document` says nothing about authenticity.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    bytes: Vec<u8>,
    value: Value,
}

impl Document {
    /// Parses strictly: UTF-8, no duplicate member names, I-JSON numbers, at most [`MAX_BYTES`] and [`MAX_DEPTH`].
    ///
    /// # Errors
    /// A [`Problem`] with the JSON Pointer or the byte offset of what is wrong.
    pub fn parse(bytes: impl Into<Vec<u8>>) -> Result<Self, Problem> {
        Self::parse_up_to(bytes, MAX_BYTES)
    }

    /// Like [`Document::parse`], with another size limit in bytes (issuer registries may be large).
    ///
    /// # Errors
    /// As [`Document::parse`].
    pub fn parse_up_to(bytes: impl Into<Vec<u8>>, max_bytes: usize) -> Result<Self, Problem> {
        let bytes = bytes.into();
        if bytes.len() > max_bytes {
            return Err(Problem::new(Code::InputTooLarge).with("size", bytes.len()).with("limit", max_bytes));
        }
        let text = std::str::from_utf8(&bytes)
            .map_err(|error| Problem::new(Code::JsonInvalidUtf8).with("offset", error.valid_up_to()))?;
        let walk = Walk::default();
        let mut json = serde_json::Deserializer::from_str(text);
        let parsed = Strict { walk: &walk, depth: 0 }
            .deserialize(&mut json)
            .and_then(|value| json.end().map(|()| value));
        match parsed {
            Ok(value) => Ok(Self { bytes, value }),
            Err(error) => Err(walk.problem.take().unwrap_or_else(|| syntax_problem(text, &error))),
        }
    }

    /// The bytes as received.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The parsed value.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The parsed value, giving up the bytes.
    pub fn into_value(self) -> Value {
        self.value
    }
}

/// Appends one reference token to a JSON Pointer ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)).
pub fn push_pointer(pointer: &str, token: &str) -> String {
    format!("{pointer}/{}", token.replace('~', "~0").replace('/', "~1"))
}

/// Where the parser is, and the finding that stopped it: serde's own errors carry sentences only.
#[derive(Default)]
struct Walk {
    path: RefCell<Vec<String>>,
    problem: RefCell<Option<Problem>>,
}

impl Walk {
    fn stop<E: serde::de::Error>(&self, problem: Problem) -> E {
        let pointer =
            self.path.borrow().iter().fold(String::new(), |pointer, token| push_pointer(&pointer, token));
        *self.problem.borrow_mut() = Some(problem.at(pointer));
        E::custom("refused")
    }
}

struct Strict<'w> {
    walk: &'w Walk,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'w> Strict<'w> {
    fn inner<E: serde::de::Error>(&self) -> Result<Strict<'w>, E> {
        if self.depth >= MAX_DEPTH {
            return Err(self.walk.stop(Problem::new(Code::JsonTooDeep).with("limit", MAX_DEPTH)));
        }
        Ok(Strict { walk: self.walk, depth: self.depth + 1 })
    }

    fn number<E: serde::de::Error>(&self, text: impl fmt::Display) -> E {
        self.walk.stop(Problem::new(Code::JsonNumber).with("value", text))
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        if value.unsigned_abs() > MAX_SAFE_INTEGER { Err(self.number(value)) } else { Ok(value.into()) }
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        if value > MAX_SAFE_INTEGER { Err(self.number(value)) } else { Ok(value.into()) }
    }

    /// An integer too large for 64 bits arrives here as a double: whole numbers beyond 2^53 are refused in either spelling.
    #[expect(clippy::cast_precision_loss, reason = "2^53 - 1 is exact in a double")]
    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        if value.fract() == 0.0 && value.abs() > MAX_SAFE_INTEGER as f64 {
            return Err(self.number(value));
        }
        Number::from_f64(value).map(Value::Number).ok_or_else(|| self.number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        loop {
            self.walk.path.borrow_mut().push(items.len().to_string());
            let item = seq.next_element_seed(self.inner()?)?;
            self.walk.path.borrow_mut().pop();
            match item {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            self.walk.path.borrow_mut().push(name.clone());
            if members.contains_key(&name) {
                return Err(self.walk.stop(Problem::new(Code::JsonDuplicateKey).with("name", &name)));
            }
            let value = map.next_value_seed(self.inner()?)?;
            self.walk.path.borrow_mut().pop();
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

fn syntax_problem(text: &str, error: &serde_json::Error) -> Problem {
    let line_start: usize =
        text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let offset = (line_start + error.column().saturating_sub(1)).min(text.len());
    let reason = error.to_string();
    let reason = reason.rsplit_once(" at line ").map_or(reason.as_str(), |(reason, _)| reason);
    let code = if reason.contains("recursion limit") {
        return Problem::new(Code::JsonTooDeep).with("limit", MAX_DEPTH);
    } else if reason.contains("number out of range") {
        return Problem::new(Code::JsonNumber).with_words(
            "value",
            &format!("at byte {offset}"),
            format!("à l’octet {offset}"),
        );
    } else {
        Code::JsonSyntax
    };
    let (en, fr) = syntax_words(reason);
    Problem::new(code).with("offset", offset).with_words("reason", en, fr)
}

/// What a parser's reason means, in our words: it speaks English alone, and to programmers.
fn syntax_words(reason: &str) -> (&'static str, &'static str) {
    match reason {
        "expected value" | "expected ident" => {
            ("there is no JSON value here", "il n’y a pas ici de valeur JSON")
        }
        "expected `:`" => ("a colon is missing after a name", "il manque un deux-points après un nom"),
        "expected `,` or `]`" => {
            ("a comma or the end of the list is missing", "il manque une virgule ou la fin de la liste")
        }
        "expected `,` or `}`" => {
            ("a comma or the end of the object is missing", "il manque une virgule ou la fin de l’objet")
        }
        "key must be a string" | "expected `\"`" => {
            ("a name must stand between double quotes", "un nom doit être entre guillemets droits")
        }
        "trailing comma" => ("there is a comma before the end", "il y a une virgule avant la fin"),
        "trailing characters" => ("something follows the end", "quelque chose suit la fin"),
        "invalid number" => {
            ("a number is not written as JSON writes it", "un nombre n’est pas écrit comme en JSON")
        }
        "invalid escape"
        | "invalid unicode code point"
        | "lone leading surrogate in hex escape"
        | "unexpected end of hex escape" => (
            "what follows a backslash is no character",
            "ce qui suit une barre oblique inverse n’est pas un caractère",
        ),
        _ if reason.starts_with("control character") => (
            "a line break or another control character stands in a text",
            "un saut de ligne ou un autre caractère de contrôle figure dans un texte",
        ),
        _ if reason.starts_with("EOF") => ("it ends too early", "il s’arrête trop tôt"),
        _ => ("this is not how JSON is written", "ce n’est pas ainsi que s’écrit le JSON"),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;
    use crate::lang::Lang;

    fn refused(text: &str) -> Problem {
        Document::parse(text).unwrap_err()
    }

    #[test]
    fn keeps_the_bytes_it_was_given() {
        let bytes = b" {\"b\":1.0,\n\"a\":\"\\u00e9\"} ".to_vec();
        let document = Document::parse(bytes.clone()).unwrap();
        assert_eq!(document.bytes(), bytes);
        assert_eq!(document.value()["a"], "é");
    }

    #[test]
    fn duplicate_names_are_refused_at_any_depth_and_spelling() {
        let problem = refused(r#"{"a":[{"x/y":1,"x\/y":2}]}"#);
        assert_eq!(problem.code, Code::JsonDuplicateKey);
        assert_eq!(problem.pointer.as_deref(), Some("/a/0/x~1y"));
        assert_eq!(refused(r#"{"a":1,"\u0061":2}"#).code, Code::JsonDuplicateKey);
    }

    #[test]
    fn numbers_that_readers_disagree_on_are_refused() {
        for number in
            ["9007199254740992", "-9007199254740992", "18446744073709551616", "1e400", "-1e400", "1e300"]
        {
            assert_eq!(refused(&format!("[{number}]")).code, Code::JsonNumber, "{number}");
        }
        for number in ["9007199254740991", "-9007199254740991", "0.1", "4.5", "1e-300", "-0"] {
            assert!(Document::parse(format!("[{number}]")).is_ok(), "{number}");
        }
    }

    #[test]
    fn depth_and_size_are_limits_not_crashes() {
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(Document::parse(nested(MAX_DEPTH)).is_ok());
        assert_eq!(refused(&nested(MAX_DEPTH + 1)).code, Code::JsonTooDeep);
        assert_eq!(refused(&nested(100_000)).code, Code::JsonTooDeep);
        assert_eq!(refused(&" ".repeat(MAX_BYTES + 1)).code, Code::InputTooLarge);
    }

    #[test]
    fn bad_text_is_located() {
        let problem = refused("{\"a\":\n tru}");
        assert_eq!(problem.code, Code::JsonSyntax);
        assert_eq!(problem.value("offset"), Some("10"));
        assert_eq!(Document::parse(b"\"\xff\"".to_vec()).unwrap_err().code, Code::JsonInvalidUtf8);
        assert_eq!(refused("\"\\ud800\"").code, Code::JsonSyntax, "a lone surrogate");
        assert_eq!(refused("{} {}").code, Code::JsonSyntax, "something after the end");
        assert_eq!(refused("").code, Code::JsonSyntax);
    }

    #[test]
    fn bad_text_is_explained_in_both_languages() {
        for (text, en, fr) in [
            ("%PDF", "there is no JSON value", "pas ici de valeur JSON"),
            ("tru ", "there is no JSON value", "pas ici de valeur JSON"),
            ("{\"a\" 1}", "a colon is missing", "un deux-points"),
            ("[1 2]", "the end of the list", "la fin de la liste"),
            ("{\"a\":1 2}", "the end of the object", "la fin de l’objet"),
            ("{a:1}", "between double quotes", "guillemets droits"),
            ("[1,]", "a comma before the end", "une virgule avant la fin"),
            ("{} x", "follows the end", "suit la fin"),
            ("[01]", "a number is not written", "un nombre n’est pas écrit"),
            ("\"\\x\"", "follows a backslash", "barre oblique inverse"),
            ("\"\\ud800\"", "follows a backslash", "barre oblique inverse"),
            ("\"a\nb\"", "a line break", "un saut de ligne"),
            ("{\"a\":", "ends too early", "s’arrête trop tôt"),
        ] {
            let problem = refused(text);
            assert!(problem.sentence(Lang::En).contains(en), "{text}: {}", problem.sentence(Lang::En));
            assert!(problem.sentence(Lang::Fr).contains(fr), "{text}: {}", problem.sentence(Lang::Fr));
        }
    }
}
