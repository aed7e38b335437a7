//! The text of a token: `bdgi_`, 256 random bits, and a checksum, in hexadecimal.
//!
//! The prefix lets scanners of repositories and logs recognise a token that leaked; the checksum (CRC-32 of all that is before it)
//! lets them be sure, and lets the service say of a token that lost a character that it is not whole rather than unknown.

use zeroize::Zeroizing;

use crate::randomness;
use crate::store::Digest;
use badge_schemas::problem::Problem;

/// How every token begins.
pub const PREFIX: &str = "bdgi_";

/// Hexadecimal digits of the random part.
const RANDOM_DIGITS: usize = 64;

/// Hexadecimal digits of the checksum.
const CHECKSUM_DIGITS: usize = 8;

/// A token as its bearer holds it; the service keeps its digest alone.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Makes a token from the operating system's randomness.
    ///
    /// # Errors
    /// As [`randomness::bytes`].
    pub fn fresh() -> Result<Self, Problem> {
        let random = Zeroizing::new(randomness::bytes::<{ RANDOM_DIGITS / 2 }>()?);
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + RANDOM_DIGITS + CHECKSUM_DIGITS));
        text.push_str(PREFIX);
        for byte in random.iter() {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
            }
        }
        let sum = checksum(&text);
        text.push_str(&sum);
        Ok(Self(text))
    }

    /// The text, to hand it over once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the service keeps of it.
    pub fn digest(&self) -> Digest {
        digest(self.0.as_bytes())
    }
}

/// SHA-256 of what was sent as a token.
///
/// One pass of SHA-256 is enough here, where a password would need a slow hash: the secret has 256 random bits, so that nobody
/// can try all of them whatever a try costs, and a slow hash would only make every request dear.
pub fn digest(text: &[u8]) -> Digest {
    Digest::of(&[text])
}

/// Whether a text has the form of a token and its checksum is wrong: it was cut, or mistyped.
pub fn is_damaged(text: &[u8]) -> bool {
    let Some(text) = std::str::from_utf8(text).ok().filter(|text| text.starts_with(PREFIX)) else {
        return false;
    };
    match text.len().checked_sub(CHECKSUM_DIGITS).and_then(|at| text.split_at_checked(at)) {
        Some((body, sum)) => {
            text.len() != PREFIX.len() + RANDOM_DIGITS + CHECKSUM_DIGITS || sum != checksum(body)
        }
        None => true,
    }
}

fn checksum(text: &str) -> String {
    format!("{:08x}", crc32fast::hash(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn a_token_is_recognised_and_a_damaged_one_too() {
        let (one, two) = (Secret::fresh().unwrap(), Secret::fresh().unwrap());
        assert_ne!(one.reveal(), two.reveal());
        assert!(one.reveal().starts_with(PREFIX) && one.reveal().len() == 77);
        assert!(!is_damaged(one.reveal().as_bytes()));
        let text = one.reveal();
        for cut in 0..text.len() {
            let short = &text[..cut];
            assert_eq!(is_damaged(short.as_bytes()), cut >= PREFIX.len(), "{cut}");
        }
        let mut typo = text.as_bytes().to_vec();
        typo[20] = if typo[20] == b'0' { b'1' } else { b'0' };
        assert!(is_damaged(&typo));
        assert!(is_damaged("bdgi_é".as_bytes()) && !is_damaged(b"other") && !is_damaged(b"\xff"));
    }
}
