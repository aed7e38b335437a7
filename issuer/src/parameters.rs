//! The parameters of a query string, each known and given at most once.

use std::collections::BTreeMap;

use badge_schemas::problem::{Code, Problem};

use crate::draft::Format;

/// Most digits of a place: more entries than a record can have, and a number that every reader can hold.
const MAX_PLACE_DIGITS: usize = 18;

/// The parameters, each to be taken once; what is left over is unknown.
pub struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Reads a query string.
    ///
    /// # Errors
    /// [`Code::ParameterInvalid`] for one that is given twice.
    pub fn parse(query: &str) -> Result<Self, Problem> {
        let mut parameters = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if parameters.insert(name.to_string(), value.to_string()).is_some() {
                return Err(invalid(&name, &value, "it is given twice"));
            }
        }
        Ok(Self(parameters))
    }

    /// Takes a parameter as text.
    pub fn text(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    /// Takes a parameter that is read by `read`; `wanted` says what it should be.
    ///
    /// # Errors
    /// [`Code::ParameterInvalid`].
    pub fn read<T>(
        &mut self,
        name: &str,
        wanted: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        match self.text(name) {
            None => Ok(None),
            Some(text) => read(&text).map(Some).ok_or_else(|| invalid(name, &text, wanted)),
        }
    }

    /// Takes a number between two, both included: digits alone, as the description of the service says.
    ///
    /// # Errors
    /// [`Code::ParameterInvalid`].
    pub fn number(&mut self, name: &str, from: u64, to: u64) -> Result<Option<u64>, Problem> {
        self.read(name, &format!("it is a number from {from} to {to}"), |text| {
            let plain =
                text.bytes().all(|digit| digit.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
            text.parse().ok().filter(|number| plain && (from..=to).contains(number))
        })
    }

    /// Takes how many things may be on a page: 1 to `most`.
    ///
    /// # Errors
    /// [`Code::ParameterInvalid`].
    pub fn count(&mut self, name: &str, most: usize) -> Result<Option<usize>, Problem> {
        let number = self.number(name, 1, u64::try_from(most).unwrap_or(u64::MAX))?;
        Ok(number.and_then(|number| usize::try_from(number).ok()))
    }

    /// Takes the place where an earlier page said that the next one begins: up to 18 digits.
    ///
    /// # Errors
    /// [`Code::ParameterInvalid`].
    pub fn place(&mut self, name: &str) -> Result<Option<u64>, Problem> {
        self.read(name, "it is the next of an earlier page", |text| {
            let plain = text.len() <= MAX_PLACE_DIGITS && text.bytes().all(|digit| digit.is_ascii_digit());
            text.parse().ok().filter(|_| plain)
        })
    }

    /// Takes `format`.
    ///
    /// # Errors
    /// [`Code::ParameterInvalid`].
    pub fn format(&mut self) -> Result<Option<Format>, Problem> {
        self.read("format", "it is json, jwt, png, svg, ecdsa-sd-2023, sd-jwt or dc+sd-jwt", Format::parse)
    }

    /// Refuses what nobody took.
    ///
    /// # Errors
    /// [`Code::ParameterInvalid`].
    pub fn finish(self) -> Result<(), Problem> {
        match self.0.into_iter().next() {
            Some((name, value)) => Err(invalid(&name, &value, "this address has no such parameter")),
            None => Ok(()),
        }
    }
}

fn invalid(name: &str, value: &str, reason: &str) -> Problem {
    Problem::new(Code::ParameterInvalid).with("parameter", name).with("value", value).with("reason", reason)
}
