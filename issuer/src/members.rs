//! Reads the members of a JSON object that came from outside: each by name and kind, and none that is not known.

use badge_schemas::document::push_pointer;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use serde_json::{Map, Value};

/// The members of an object, each to be taken once; what is left over at the end is unknown.
pub struct Members {
    pointer: String,
    left: Map<String, Value>,
}

impl Members {
    /// Takes the object at `pointer`.
    ///
    /// # Errors
    /// [`Code::MalformedValue`] when it is no object.
    pub fn of(value: Value, pointer: &str) -> Result<Self, Problem> {
        match value {
            Value::Object(left) => Ok(Self { pointer: pointer.to_owned(), left }),
            _ => Err(malformed(pointer, "it is not an object", "ce n’est pas un objet")),
        }
    }

    /// Takes a member of any kind; `null` counts as a value.
    pub fn any(&mut self, name: &str) -> Option<Value> {
        self.left.remove(name)
    }

    /// Takes a text.
    ///
    /// # Errors
    /// [`Code::MalformedValue`] when it is no text, or empty.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, Problem> {
        match self.any(name) {
            None => Ok(None),
            Some(Value::String(text)) if !text.trim().is_empty() => Ok(Some(text)),
            Some(_) => Err(malformed(
                &self.at(name),
                "it is not a text with something in it",
                "ce n’est pas un texte non vide",
            )),
        }
    }

    /// Takes a list of at most `limit` texts; empty ones count.
    ///
    /// # Errors
    /// [`Code::MalformedValue`].
    pub fn texts(&mut self, name: &str, limit: usize) -> Result<Option<Vec<String>>, Problem> {
        let at = self.at(name);
        let Some(value) = self.any(name) else { return Ok(None) };
        let texts: Option<Vec<String>> = value
            .as_array()
            .filter(|items| items.len() <= limit)
            .and_then(|items| items.iter().map(|item| item.as_str().map(str::to_owned)).collect());
        texts.map(Some).ok_or_else(|| {
            malformed(
                &at,
                "it is not a list of texts, or a very long one",
                "ce n’est pas une liste de textes, ou elle est très longue",
            )
        })
    }

    /// Takes a time with its zone.
    ///
    /// # Errors
    /// [`Code::MalformedValue`].
    pub fn time(&mut self, name: &str) -> Result<Option<DateTimeStamp>, Problem> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        DateTimeStamp::parse(&text).map(Some).map_err(|error| of_member(&self.at(name)).with("reason", error))
    }

    /// Takes objects: an array of them, or one standing for an array of one. Each gets `kind` as its type where it has none.
    ///
    /// # Errors
    /// [`Code::MalformedValue`] when one is no object.
    pub fn objects(&mut self, name: &str, kind: &str) -> Result<Vec<Value>, Problem> {
        let at = self.at(name);
        let (items, single) = match self.any(name) {
            None => return Ok(Vec::new()),
            Some(Value::Array(items)) => (items, false),
            Some(item) => (vec![item], true),
        };
        items
            .into_iter()
            .enumerate()
            .map(|(index, item)| {
                let at = if single { at.clone() } else { push_pointer(&at, &index.to_string()) };
                let Value::Object(mut members) = item else {
                    return Err(malformed(&at, "it is not an object", "ce n’est pas un objet"));
                };
                members.entry("type").or_insert_with(|| Value::Array(vec![kind.into()]));
                Ok(Value::Object(members))
            })
            .collect()
    }

    /// Where a member stands.
    pub fn at(&self, name: &str) -> String {
        push_pointer(&self.pointer, name)
    }

    /// Refuses what nobody took.
    ///
    /// # Errors
    /// [`Code::MemberUnknown`] with the pointer of the first one.
    pub fn finish(self) -> Result<(), Problem> {
        match self.left.keys().next() {
            Some(name) => Err(Problem::new(Code::MemberUnknown).at(self.at(name)).with("member", name)),
            None => Ok(()),
        }
    }
}

/// The finding for a member that is not there.
pub fn missing(pointer: &str) -> Problem {
    Problem::new(Code::MemberMissing).at(pointer).with("member", name(pointer))
}

/// The finding for a member of another kind.
pub fn malformed(pointer: &str, en: &str, fr: &'static str) -> Problem {
    of_member(pointer).with_words("reason", en, fr)
}

fn of_member(pointer: &str) -> Problem {
    Problem::new(Code::MalformedValue).at(pointer).with("member", name(pointer))
}

fn name(pointer: &str) -> &str {
    pointer.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("the body")
}
