//! Points in time as credentials write them.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A time with its zone, as written: `xsd:dateTimeStamp` ([VC Data Model 2.0 §4.9](https://www.w3.org/TR/vc-data-model-2.0/#validity-period)).
///
/// Keeps the text it was read from; the instant is what is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateTimeStamp {
    text: String,
    instant: Timestamp,
}

/// Why a text is not an `xsd:dateTimeStamp`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a date and time with a zone")]
pub struct NotADateTimeStamp {
    /// The text that was given.
    pub text: String,
}

impl DateTimeStamp {
    /// Reads `2026-11-22T10:00:00Z`, with optional fractions and any numeric offset; the zone is mandatory.
    ///
    /// # Errors
    /// [`NotADateTimeStamp`] for a missing zone, a bracketed zone name, a space for the `T`, a leap second, or an impossible date.
    pub fn parse(text: &str) -> Result<Self, NotADateTimeStamp> {
        let refuse = || NotADateTimeStamp { text: text.to_owned() };
        if !has_the_shape(text.as_bytes()) {
            return Err(refuse());
        }
        let instant = text.parse().ok().or_else(|| end_of_time(text)).ok_or_else(refuse)?;
        Ok(Self { text: text.to_owned(), instant })
    }

    /// The instant this text names.
    pub fn instant(&self) -> Timestamp {
        self.instant
    }

    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl From<Timestamp> for DateTimeStamp {
    /// Writes the instant in UTC, to the second, as peers expect.
    fn from(instant: Timestamp) -> Self {
        let instant = Timestamp::from_second(instant.as_second()).unwrap_or(instant);
        Self { text: instant.to_string(), instant }
    }
}

impl fmt::Display for DateTimeStamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Serialize for DateTimeStamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for DateTimeStamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// The last hours of the year 9999, which people write for "for ever", lie beyond the library's last instant: that stands for them.
fn end_of_time(text: &str) -> Option<Timestamp> {
    let local: jiff::civil::DateTime = text.get(..19)?.parse().ok()?;
    (local.year() == 9999 && local.month() == 12 && local.day() >= 30).then_some(Timestamp::MAX)
}

/// `YYYY-MM-DDThh:mm:ss[.f+](Z|±hh:mm)`; the library reads more (space, lower case, zone names, the second 60) than the standard writes.
fn has_the_shape(text: &[u8]) -> bool {
    let Some((date_time, rest)) = text.split_at_checked(19) else { return false };
    let picture = b"dddd-dd-ddTdd:dd:dd";
    let matches = |text: &[u8], picture: &[u8]| {
        text.len() == picture.len()
            && text.iter().zip(picture).all(|(c, p)| if *p == b'd' { c.is_ascii_digit() } else { c == p })
    };
    let zone = match rest.strip_prefix(b".") {
        Some(fraction) => {
            let digits = fraction.iter().take_while(|c| c.is_ascii_digit()).count();
            if digits == 0 {
                return false;
            }
            &fraction[digits..]
        }
        None => rest,
    };
    matches(date_time, picture)
        && !date_time.ends_with(b":60")
        && (zone == b"Z" || matches(zone, b"+dd:dd") || matches(zone, b"-dd:dd"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn a_zone_is_mandatory_and_the_text_is_kept() {
        let stamp = DateTimeStamp::parse("2026-11-22T10:00:00.250+01:00").unwrap();
        assert_eq!(stamp.as_str(), "2026-11-22T10:00:00.250+01:00");
        assert_eq!(stamp.instant(), "2026-11-22T09:00:00.25Z".parse().unwrap());
        assert_eq!(DateTimeStamp::parse("9999-12-31T23:59:59Z").unwrap().instant(), Timestamp::MAX);
        for bad in [
            "",
            "2026-11-22",
            "2026-11-22T10:00:00",
            "2026-11-22 10:00:00Z",
            "2026-11-22t10:00:00z",
            "2026-02-30T10:00:00Z",
            "2026-11-22T10:00:00Z[Europe/Paris]",
            "9999-12-32T10:00:00Z",
            "2026-11-22T25:00:00Z",
            "2028-12-31T23:59:60Z",
            "2028-12-31T23:59:60.5+01:00",
            "9999-12-31T23:59:60Z",
            "2026-11-22T10:00:00.Z",
            "2026-11-22T10:00Z",
            "12026-11-22T10:00:00Z",
            "2026-11-22T10:00:00+01",
            "2026-11-22T10:00:00+99:99",
            "20\u{0663}6-11-22T10:00:00Z",
        ] {
            assert!(DateTimeStamp::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_instant_is_written_to_the_second() {
        let stamp = DateTimeStamp::from("2026-11-22T09:00:00.987Z".parse::<Timestamp>().unwrap());
        assert_eq!(stamp.as_str(), "2026-11-22T09:00:00Z");
    }
}
