//! Numbers as JSON-LD signs them.

use std::io;

use serde::Serialize as _;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

/// The document as JSON text in which every fraction has the sixteen significant digits that JSON-LD converts it to
/// ([JSON-LD 1.1 API §8.6](https://www.w3.org/TR/json-ld11-api/#data-round-tripping): `%1.15E`).
///
/// The processor copies the digits it is given. The shortest spelling of 9.2 would be signed as `9.2E0`, where every other
/// implementation signs `9.199999999999999E0`.
pub(super) fn json_text(document: &Value) -> String {
    let mut text = Vec::new();
    let written = document.serialize(&mut Serializer::with_formatter(&mut text, SixteenDigits));
    match written.map(|()| String::from_utf8(text)) {
        Ok(Ok(text)) => text,
        _ => document.to_string(),
    }
}

struct SixteenDigits;

impl Formatter for SixteenDigits {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        // Whole numbers below 10^21 become xsd:integer and keep their digits; so does what needs no rounding, 1.1 for instance.
        let rounded = format!("{value:.15e}");
        let digits = |text: &str| {
            text.split_once('e')
                .map(|(mantissa, _)| mantissa.trim_end_matches('0').trim_end_matches('.').to_owned())
        };
        if value.fract() == 0.0 || digits(&rounded) == digits(&format!("{value:e}")) {
            write!(writer, "{}", Value::from(value))
        } else {
            writer.write_all(rounded.as_bytes())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_have_the_digits_that_json_ld_signs() {
        for (number, expected) in [
            (serde_json::json!(9.2), "9.199999999999999e0"),
            (serde_json::json!(0.3), "0.3"),
            (serde_json::json!(4.5), "4.5"),
            (serde_json::json!(1.1), "1.1"),
            (serde_json::json!(33.333_333_333_333_336), "3.333333333333334e1"),
            (serde_json::json!(2.0), "2.0"),
            (serde_json::json!(7), "7"),
            (serde_json::json!(1e-7), "1e-7"),
        ] {
            assert_eq!(json_text(&number), expected, "{number}");
        }
    }
}
