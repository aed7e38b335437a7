//! Numbers as JSON-LD signs them.

use serde_json::{Number, Value};

use super::RdfError;
use super::contexts::is_json_term;
use super::input::child;

/// Largest whole number that is read: beyond 2^53 two integers share a double, so what is signed is not what was written
/// ([RFC 7493 §2.2](https://www.rfc-editor.org/rfc/rfc7493#section-2.2)).
const MAX_WHOLE: f64 = 9_007_199_254_740_992.0;
/// From here on JSON-LD makes a whole number an `xsd:double`
/// ([JSON-LD 1.1 API §8.2.2](https://www.w3.org/TR/json-ld11-api/#object-to-rdf-conversion)).
const LEAST_DOUBLE: f64 = 1e21;

/// The document as JSON text in which every double has the sixteen significant digits that JSON-LD converts it to
/// ([JSON-LD 1.1 API §8.6](https://www.w3.org/TR/json-ld11-api/#data-round-tripping): `%1.15E`).
///
/// The processor copies the digits it is given. The shortest spelling of 9.2 would be signed as `9.2E0`, where every other
/// implementation signs `9.199999999999999E0`. Inside a JSON literal numbers keep their shortest spelling
/// ([RFC 8785 §3.2.2.3](https://www.rfc-editor.org/rfc/rfc8785#section-3.2.2.3)).
///
/// # Errors
///
/// [`RdfError::Invalid`]: a whole number that is written as a fraction or with an exponent, and means another to other readers.
pub(super) fn json_text(document: &Value) -> Result<String, RdfError> {
    let mut text = String::new();
    write(document, "", false, &mut text)?;
    Ok(text)
}

fn write(value: &Value, pointer: &str, literal: bool, text: &mut String) -> Result<(), RdfError> {
    match value {
        Value::Number(number) if !literal => text.push_str(&digits(number, pointer)?),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(item, &child(pointer, &index.to_string()), literal, text)?;
            }
            text.push(']');
        }
        Value::Object(members) => {
            text.push('{');
            for (index, (name, member)) in members.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write(member, &child(pointer, name), literal || is_json_term(name), text)?;
            }
            text.push('}');
        }
        other => text.push_str(&other.to_string()),
    }
    Ok(())
}

fn digits(number: &Number, pointer: &str) -> Result<String, RdfError> {
    let Some(value) = number.as_f64().filter(|_| number.is_f64()) else { return Ok(number.to_string()) };
    if value.fract() == 0.0 && value.abs() < LEAST_DOUBLE {
        if value.abs() > MAX_WHOLE {
            return Err(RdfError::Invalid {
                reason: format!("the number {number} at {pointer} is beyond 2^53"),
            });
        }
        return Ok(number.to_string()); // an integer, whatever its spelling
    }
    let rounded = format!("{value:.15e}");
    let significant = |text: &str| {
        text.split_once('e')
            .map(|(mantissa, _)| mantissa.trim_end_matches('0').trim_end_matches('.').to_owned())
    };
    // What needs no rounding keeps its digits, 1.1 for instance.
    let same = significant(&rounded) == significant(&format!("{value:e}"));
    Ok(if same { number.to_string() } else { rounded })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use serde_json::json;

    use super::*;

    #[test]
    fn doubles_have_the_digits_that_json_ld_signs() {
        for (number, expected) in [
            (json!(9.2), "9.199999999999999e0"),
            (json!(0.3), "0.3"),
            (json!(4.5), "4.5"),
            (json!(1.1), "1.1"),
            (json!(33.333_333_333_333_336), "3.333333333333334e1"),
            (json!(2.0), "2.0"),
            (json!(7), "7"),
            (json!(1e-7), "1e-7"),
            (json!(9.933_975_65e28), "9.933975650000001e28"),
            (json!(9_007_199_254_740_992.0), "9007199254740992.0"),
            (json!({"jsonSchema": {"a": [9.2, "é\n"]}}), "{\"jsonSchema\":{\"a\":[9.2,\"é\\n\"]}}"),
        ] {
            assert_eq!(json_text(&number).unwrap(), expected, "{number}");
        }
    }

    #[test]
    fn whole_numbers_beyond_2_to_the_53_are_refused_however_they_are_written() {
        for number in [9_007_199_254_740_994.0, 1e20, -1.234_567_890_123_456_8e20] {
            assert!(json_text(&json!({ "a": [number] })).is_err(), "{number}");
        }
        json_text(&json!(1e21)).unwrap();
        json_text(&json!({"publicKeyJwk": 1e20})).unwrap();
    }
}
