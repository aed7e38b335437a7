//! Disclosures: one claim each, with the salt that hides it.

use badge_schemas::document::Document;
use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::RESERVED;

/// What reveals one claim ([RFC 9901 §4.2](https://www.rfc-editor.org/rfc/rfc9901#section-4.2)): salt, name and value of an object's
/// member, or salt and value of an array's element.
///
/// The text as it was received is what is hashed; whether any digest answers to it is found in [`super::SdJwt::parse`].
#[derive(Clone, Debug, PartialEq)]
pub struct Disclosure {
    text: String,
    name: Option<String>,
    value: Value,
}

impl Disclosure {
    /// Reads a disclosure strictly; `index` counts from 0 and only serves the finding.
    ///
    /// # Errors
    /// [`Code::DisclosureMalformed`]: not canonical base64url, not strict JSON, not an array of two or three elements, a salt or a name
    /// that is no string; [`Code::DisclosedNameForbidden`].
    pub fn parse(text: &str, index: usize) -> Result<Self, Problem> {
        let malformed = |reason: &str| {
            Problem::new(Code::DisclosureMalformed).with("number", index + 1).with("reason", reason)
        };
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|error| malformed(&error.to_string()))?;
        let document = Document::parse(bytes).map_err(|problem| {
            let [en, fr] = [Lang::En, Lang::Fr].map(|lang| problem.sentence(lang));
            Problem::new(Code::DisclosureMalformed).with("number", index + 1).with_words(
                "reason",
                en.trim_end_matches('.'),
                fr.trim_end_matches('.').to_owned(),
            )
        })?;
        let Value::Array(elements) = document.into_value() else {
            return Err(malformed("it is not a JSON array"));
        };
        let mut elements = elements.into_iter();
        let (name, value) = match (elements.next(), elements.next(), elements.next(), elements.next()) {
            (Some(Value::String(_)), Some(value), None, None) => (None, value),
            (Some(Value::String(_)), Some(Value::String(name)), Some(value), None) => (Some(name), value),
            (Some(Value::String(_)), Some(_), Some(_), None) => {
                return Err(malformed("the name of its claim is not a string"));
            }
            (Some(_), Some(_), _, None) => return Err(malformed("its salt is not a string")),
            _ => return Err(malformed("it has neither two nor three elements")),
        };
        if let Some(name) = name.as_deref().filter(|name| RESERVED.contains(name)) {
            return Err(Problem::new(Code::DisclosedNameForbidden)
                .with("number", index + 1)
                .with("name", name));
        }
        Ok(Self { text: text.to_owned(), name, value })
    }

    /// Writes the disclosure of an object's member (`name` given) or of an array's element.
    pub(super) fn new(salt: &str, name: Option<&str>, value: Value) -> Self {
        let array = match name {
            Some(name) => Value::from(vec![Value::from(salt), Value::from(name), value.clone()]),
            None => Value::from(vec![Value::from(salt), value.clone()]),
        };
        Self { text: URL_SAFE_NO_PAD.encode(array.to_string()), name: name.map(str::to_owned), value }
    }

    /// The disclosure as it travels, in base64url.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The claim's name; `None` for an array's element.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The claim's value, as it stands: what is hidden in it is still hidden.
    pub fn value(&self) -> &Value {
        &self.value
    }
}
