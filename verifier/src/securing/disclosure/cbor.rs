//! Proof values of selective disclosure: a prefix of three bytes, then one CBOR array ([RFC 8949](https://www.rfc-editor.org/rfc/rfc8949)),
//! in multibase base64url.
//!
//! Reading is strict. There are no tags, no indefinite lengths, no longer spelling than needed, no repeated key and nothing after the
//! end; what is not of the shape that the suite defines is refused. No memory is set aside for what a length only claims.

use std::collections::BTreeMap;

use badge_schemas::problem::{Code, Problem};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use minicbor::data::Type;
use minicbor::{Decoder, Encoder};

/// Longest proof value we read, in characters: the base proof of a badge with a thousand statements has some 90,000.
pub const MAX_PROOF_VALUE: usize = 256 * 1024;

/// Most items in one array or map of a proof value: one for each statement or blank node.
pub const MAX_ITEMS: u64 = 1_000;

/// Why a proof value was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofValueError {
    /// It does not begin with `u`, or is not base64url in its one spelling.
    #[error("proofValue is not base64url, beginning with u")]
    Multibase,
    /// It is longer than [`MAX_PROOF_VALUE`].
    #[error("proofValue is too long")]
    TooLong,
    /// Its first three bytes are those of another kind of proof.
    #[error("proofValue begins like another kind of proof")]
    Prefix([u8; 3]),
    /// It is not the CBOR it should be.
    #[error("proofValue is not the CBOR array that this suite defines")]
    Shape,
    /// An array or a map has more than [`MAX_ITEMS`] items.
    #[error("proofValue lists too many items")]
    TooManyItems,
}

impl From<minicbor::decode::Error> for ProofValueError {
    fn from(_: minicbor::decode::Error) -> Self {
        Self::Shape
    }
}

impl ProofValueError {
    /// What to tell the one who verifies.
    pub fn to_problem(self) -> Problem {
        let words =
            |en: &str, fr: &'static str| Problem::new(Code::ProofMalformed).with_words("reason", en, fr);
        match self {
            Self::Multibase => words(
                "proofValue must be base64url without padding, beginning with u",
                "proofValue doit être en base64url sans remplissage et commencer par u",
            ),
            Self::TooLong | Self::TooManyItems => words(
                "proofValue is larger than this program reads",
                "proofValue est plus grand que ce que ce programme lit",
            ),
            Self::Prefix(_) => words(
                "proofValue begins like another kind of proof",
                "proofValue commence comme une preuve d’un autre genre",
            ),
            Self::Shape => words(
                "proofValue is not the CBOR array that its suite defines",
                "proofValue n’est pas le tableau CBOR que définit sa suite",
            ),
        }
    }
}

/// The three bytes that a proof value begins with, where it is one.
pub fn prefix(proof_value: &str) -> Option<[u8; 3]> {
    // Four characters are three bytes.
    let start = URL_SAFE_NO_PAD.decode(proof_value.strip_prefix('u')?.get(..4)?).ok()?;
    start.try_into().ok()
}

/// Reads the components of a proof value one after the other.
#[derive(Debug)]
pub struct Components<'b> {
    decoder: Decoder<'b>,
    /// The same, written again: what differs was not in its shortest spelling.
    again: Vec<u8>,
    bytes: &'b [u8],
}

/// The bytes after the prefix.
///
/// # Errors
/// [`ProofValueError`].
pub fn decode(proof_value: &str, expected: [u8; 3]) -> Result<Vec<u8>, ProofValueError> {
    if proof_value.len() > MAX_PROOF_VALUE {
        return Err(ProofValueError::TooLong);
    }
    let encoded = proof_value.strip_prefix('u').ok_or(ProofValueError::Multibase)?;
    let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| ProofValueError::Multibase)?;
    let (found, rest) = bytes.split_first_chunk::<3>().ok_or(ProofValueError::Shape)?;
    if *found != expected {
        return Err(ProofValueError::Prefix(*found));
    }
    Ok(rest.to_vec())
}

impl<'b> Components<'b> {
    /// Begins to read an array of this many components.
    ///
    /// # Errors
    /// [`ProofValueError::Shape`].
    pub fn new(bytes: &'b [u8], count: u64) -> Result<Self, ProofValueError> {
        let mut components = Self { decoder: Decoder::new(bytes), again: Vec::new(), bytes };
        if components.array()? == count { Ok(components) } else { Err(ProofValueError::Shape) }
    }

    /// A byte string.
    ///
    /// # Errors
    /// [`ProofValueError::Shape`].
    pub fn bytes(&mut self) -> Result<&'b [u8], ProofValueError> {
        // `Decoder::bytes` would not tell a definite length from an indefinite one.
        if self.decoder.datatype()? != Type::Bytes {
            return Err(ProofValueError::Shape);
        }
        let bytes = self.decoder.bytes()?;
        write(&mut self.again, |encoder| encoder.bytes(bytes).map(drop));
        Ok(bytes)
    }

    /// A byte string of one length.
    ///
    /// # Errors
    /// [`ProofValueError::Shape`].
    pub fn bytes_of<const N: usize>(&mut self) -> Result<[u8; N], ProofValueError> {
        self.bytes()?.try_into().map_err(|_| ProofValueError::Shape)
    }

    /// An array of items, each read by `item`.
    ///
    /// # Errors
    /// [`ProofValueError`].
    pub fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, ProofValueError>,
    ) -> Result<Vec<T>, ProofValueError> {
        let count = self.array()?;
        limit(count)?;
        (0..count).map(|_| item(self)).collect()
    }

    /// A text string.
    ///
    /// # Errors
    /// [`ProofValueError::Shape`].
    pub fn text(&mut self) -> Result<String, ProofValueError> {
        if self.decoder.datatype()? != Type::String {
            return Err(ProofValueError::Shape);
        }
        let text = self.decoder.str()?;
        write(&mut self.again, |encoder| encoder.str(text).map(drop));
        Ok(text.to_owned())
    }

    /// An unsigned integer.
    ///
    /// # Errors
    /// [`ProofValueError::Shape`].
    pub fn integer(&mut self) -> Result<u64, ProofValueError> {
        let number = self.decoder.u64()?;
        write(&mut self.again, |encoder| encoder.u64(number).map(drop));
        Ok(number)
    }

    /// An array of different places, in any order.
    ///
    /// # Errors
    /// [`ProofValueError`].
    pub fn places(&mut self) -> Result<Vec<usize>, ProofValueError> {
        let places =
            self.list(|this| usize::try_from(this.integer()?).map_err(|_| ProofValueError::Shape))?;
        let different: std::collections::BTreeSet<_> = places.iter().collect();
        if different.len() == places.len() { Ok(places) } else { Err(ProofValueError::Shape) }
    }

    /// A map from integers to items, in any order.
    ///
    /// # Errors
    /// [`ProofValueError`].
    pub fn map<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, ProofValueError>,
    ) -> Result<BTreeMap<u64, T>, ProofValueError> {
        let count = self.decoder.map()?.ok_or(ProofValueError::Shape)?;
        limit(count)?;
        write(&mut self.again, |encoder| encoder.map(count).map(drop));
        let mut map = BTreeMap::new();
        for _ in 0..count {
            let key = self.integer()?;
            if map.insert(key, item(self)?).is_some() {
                return Err(ProofValueError::Shape);
            }
        }
        Ok(map)
    }

    /// Ends the reading: nothing is left, and everything was in its shortest spelling.
    ///
    /// # Errors
    /// [`ProofValueError::Shape`].
    pub fn end(self) -> Result<(), ProofValueError> {
        if self.again == self.bytes { Ok(()) } else { Err(ProofValueError::Shape) }
    }

    fn array(&mut self) -> Result<u64, ProofValueError> {
        let count = self.decoder.array()?.ok_or(ProofValueError::Shape)?;
        write(&mut self.again, |encoder| encoder.array(count).map(drop));
        Ok(count)
    }
}

fn limit(count: u64) -> Result<(), ProofValueError> {
    if count > MAX_ITEMS { Err(ProofValueError::TooManyItems) } else { Ok(()) }
}

type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

fn write(buffer: &mut Vec<u8>, item: impl FnOnce(&mut Encoder<&mut Vec<u8>>) -> Written) {
    // Writing to memory does not fail: its error has no values.
    let _ = item(&mut Encoder::new(buffer));
}

/// A proof value being written.
#[derive(Debug)]
pub struct ProofValue(Vec<u8>);

impl ProofValue {
    /// Begins a proof value with its prefix and an array of this many components.
    pub fn new(prefix: [u8; 3], count: u64) -> Self {
        let mut bytes = prefix.to_vec();
        write(&mut bytes, |encoder| encoder.array(count).map(drop));
        Self(bytes)
    }

    /// Adds a byte string.
    #[must_use]
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        write(&mut self.0, |encoder| encoder.bytes(bytes).map(drop));
        self
    }

    /// Adds an array of byte strings.
    #[must_use]
    pub fn byte_strings<'b>(mut self, items: impl ExactSizeIterator<Item = &'b [u8]>) -> Self {
        write(&mut self.0, |encoder| encoder.array(items.len() as u64).map(drop));
        items.fold(self, Self::bytes)
    }

    /// Adds an array of text strings.
    #[must_use]
    pub fn texts(mut self, items: &[String]) -> Self {
        write(&mut self.0, |encoder| {
            encoder.array(items.len() as u64)?;
            items.iter().try_for_each(|item| encoder.str(item).map(drop))
        });
        self
    }

    /// Adds an array of places.
    #[must_use]
    pub fn places(mut self, items: &[usize]) -> Self {
        write(&mut self.0, |encoder| {
            encoder.array(items.len() as u64)?;
            items.iter().try_for_each(|item| encoder.u64(*item as u64).map(drop))
        });
        self
    }

    /// Adds a map from integers to byte strings.
    #[must_use]
    pub fn byte_map(mut self, map: &BTreeMap<u64, Vec<u8>>) -> Self {
        write(&mut self.0, |encoder| {
            encoder.map(map.len() as u64)?;
            map.iter().try_for_each(|(key, value)| encoder.u64(*key)?.bytes(value).map(drop))
        });
        self
    }

    /// Adds a map from integers to integers.
    #[must_use]
    pub fn integer_map(mut self, map: &BTreeMap<u64, u64>) -> Self {
        write(&mut self.0, |encoder| {
            encoder.map(map.len() as u64)?;
            map.iter().try_for_each(|(key, value)| encoder.u64(*key)?.u64(*value).map(drop))
        });
        self
    }

    /// The text that stands in `proofValue`.
    pub fn text(&self) -> String {
        format!("u{}", URL_SAFE_NO_PAD.encode(&self.0))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    const PREFIX: [u8; 3] = [0xd9, 0x5d, 0x01];

    type Read = (BTreeMap<u64, [u8; 1]>, Vec<usize>);

    fn read(bytes: &[u8]) -> Result<Read, ProofValueError> {
        let mut components = Components::new(bytes, 2)?;
        let result = (components.map(Components::bytes_of)?, components.places()?);
        components.end().map(|()| result)
    }

    #[test]
    fn what_is_written_is_read() {
        let map = BTreeMap::from([(3, vec![7]), (300, vec![8])]);
        let text = ProofValue::new(PREFIX, 2).byte_map(&map).places(&[0, 24, 256]).text();
        assert!(text.starts_with("u2V0B"));
        assert_eq!(prefix(&text), Some(PREFIX));
        let bytes = decode(&text, PREFIX).unwrap();
        assert_eq!(read(&bytes), Ok((BTreeMap::from([(3, [7]), (300, [8])]), vec![0, 24, 256])));
        for shorter in 0..bytes.len() {
            assert_eq!(read(&bytes[..shorter]), Err(ProofValueError::Shape), "cut after {shorter} bytes");
        }
        assert_eq!(
            read(&[bytes.as_slice(), &[0]].concat()),
            Err(ProofValueError::Shape),
            "something follows"
        );
        assert_eq!(decode(&text, [0xd9, 0x5d, 0x00]), Err(ProofValueError::Prefix(PREFIX)));
    }

    #[test]
    fn only_the_shortest_spelling_is_read() {
        let good = [0x82, 0xa1, 0x03, 0x41, 0x07, 0x81, 0x05];
        assert!(read(&good).is_ok());
        for (bytes, why) in [
            (vec![0x98, 0x02, 0xa1, 0x03, 0x41, 0x07, 0x81, 0x05], "a longer array length"),
            (vec![0x82, 0xb8, 0x01, 0x03, 0x41, 0x07, 0x81, 0x05], "a longer map length"),
            (vec![0x82, 0xa1, 0x18, 0x03, 0x41, 0x07, 0x81, 0x05], "a longer integer"),
            (vec![0x82, 0xa1, 0x03, 0x58, 0x01, 0x07, 0x81, 0x05], "a longer byte string length"),
            (vec![0x9f, 0xa1, 0x03, 0x41, 0x07, 0x81, 0x05, 0xff], "an indefinite array"),
            (vec![0x82, 0xbf, 0x03, 0x41, 0x07, 0xff, 0x81, 0x05], "an indefinite map"),
            (vec![0x82, 0xa1, 0x03, 0x5f, 0x41, 0x07, 0xff, 0x81, 0x05], "an indefinite byte string"),
            (vec![0xd9, 0xd9, 0xf7, 0x82, 0xa1, 0x03, 0x41, 0x07, 0x81, 0x05], "a tag"),
            (vec![0x82, 0xa1, 0x03, 0xc2, 0x41, 0x07, 0x81, 0x05], "a tag inside"),
            (vec![0x82, 0xa1, 0x23, 0x41, 0x07, 0x81, 0x05], "a negative key"),
            (vec![0x82, 0xa2, 0x03, 0x41, 0x07, 0x03, 0x41, 0x08, 0x81, 0x05], "a repeated key"),
            (vec![0x82, 0xa1, 0x03, 0x41, 0x07, 0x82, 0x05, 0x05], "a repeated place"),
            (vec![0x82, 0xa1, 0x03, 0x41, 0x07, 0x81, 0x20], "a negative place"),
            (vec![0x82, 0xa1, 0x03, 0x41, 0x07, 0x81, 0xf9, 0x45, 0x00], "a float"),
            (vec![0x82, 0xa1, 0x03, 0x61, 0x07, 0x81, 0x05], "text instead of bytes"),
            (vec![0x82, 0xa1, 0x03, 0x42, 0x07, 0x08, 0x81, 0x05], "a byte too many"),
            (vec![0x83, 0xa1, 0x03, 0x41, 0x07, 0x81, 0x05, 0x80], "a component too many"),
            (vec![0xa1, 0x03, 0x41, 0x07], "no array"),
        ] {
            assert_eq!(read(&bytes), Err(ProofValueError::Shape), "{why}");
        }
        let other_order = [0x82, 0xa2, 0x05, 0x41, 0x07, 0x03, 0x41, 0x08, 0x82, 0x05, 0x01];
        assert!(read(&other_order).is_ok(), "no order is prescribed");
    }

    #[test]
    fn a_claimed_length_costs_nothing() {
        let huge = [0x82, 0xbb, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(read(&huge), Err(ProofValueError::TooManyItems));
        let bytes = [0x82, 0xa1, 0x03, 0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(read(&bytes), Err(ProofValueError::Shape));
        let long = format!("u{}", "A".repeat(MAX_PROOF_VALUE));
        assert_eq!(decode(&long, PREFIX), Err(ProofValueError::TooLong));
        for text in ["", "u", "z2V0B", "2V0B", "u2V0B=", "u2V0B\n", "u2V0BgQ=="] {
            assert!(decode(text, PREFIX).is_err(), "{text:?}");
        }
    }
}
