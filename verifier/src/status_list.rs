//! The bits of a Bitstring Status List: bounded unpacking, packing, and looking up.

use std::io::{Read as _, Write as _};

use badge_schemas::status::MIN_ENTRIES;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;

/// Largest list we unpack: 8 MiB, that is 2^26 entries of one bit; a larger one is a bomb or a mistake.
pub const MAX_UNPACKED: usize = 8 << 20;

/// Widest entry we read, in bits: 8, that is 256 different statuses.
pub const MAX_STATUS_SIZE: u64 = 8;

/// An unpacked list: the first entry stands in the most significant bits of the first byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusList {
    bits: Vec<u8>,
}

/// Why a list could not be read, or has no such entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatusListError {
    /// `encodedList` is not `u` and base64url.
    #[error("encodedList is not multibase base64url")]
    Encoding,
    /// It is not one GZIP member and nothing else.
    #[error("encodedList is not one GZIP member")]
    Gzip,
    /// It unpacks to more than [`MAX_UNPACKED`] bytes.
    #[error("larger than {limit} bytes unpacked")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// It has fewer entries than privacy requires.
    #[error("{length} entries where {minimum} are required")]
    TooShort {
        /// Entries found.
        length: u64,
        /// Entries required.
        minimum: u64,
    },
    /// `statusSize` is 0 or above [`MAX_STATUS_SIZE`].
    #[error("statusSize {0}")]
    StatusSize(u64),
    /// The index lies beyond the last entry.
    #[error("index {index} of {length}")]
    Range {
        /// The index asked for.
        index: u64,
        /// Entries in the list.
        length: u64,
    },
}

impl StatusList {
    /// An empty list of `entries` bits, rounded up to whole bytes.
    pub fn empty(entries: u64) -> Self {
        Self { bits: vec![0; usize::try_from(entries.div_ceil(8)).unwrap_or(0)] }
    }

    /// Unpacks `encodedList` ([Bitstring Status List §3.3](https://www.w3.org/TR/vc-bitstring-status-list/#bitstring-expansion-algorithm)).
    ///
    /// # Errors
    /// [`StatusListError`] other than `Range`.
    pub fn decode(encoded: &str) -> Result<Self, StatusListError> {
        let packed = encoded.strip_prefix('u').ok_or(StatusListError::Encoding)?;
        let packed = URL_SAFE_NO_PAD.decode(packed).map_err(|_| StatusListError::Encoding)?;
        let mut decoder = GzDecoder::new(packed.as_slice());
        let mut bits = Vec::new();
        let limit = MAX_UNPACKED as u64 + 1;
        decoder.by_ref().take(limit).read_to_end(&mut bits).map_err(|_| StatusListError::Gzip)?;
        if bits.len() > MAX_UNPACKED {
            return Err(StatusListError::TooLarge { limit: MAX_UNPACKED });
        }
        // A second member would be invisible to some readers and not to others.
        if !decoder.into_inner().is_empty() {
            return Err(StatusListError::Gzip);
        }
        Ok(Self { bits })
    }

    /// Packs the list into `encodedList` ([Bitstring Status List §3.2](https://www.w3.org/TR/vc-bitstring-status-list/#bitstring-generation-algorithm)).
    pub fn encode(&self) -> String {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        let packed = encoder.write_all(&self.bits).and_then(|()| encoder.finish()).unwrap_or_default();
        format!("u{}", URL_SAFE_NO_PAD.encode(packed))
    }

    /// How many entries of `size` bits the list holds.
    pub fn length(&self, size: u64) -> u64 {
        (self.bits.len() as u64 * 8).checked_div(size).unwrap_or(0)
    }

    /// The value of an entry of `size` bits; the list's length is checked first.
    ///
    /// # Errors
    /// [`StatusListError::StatusSize`], [`StatusListError::TooShort`], [`StatusListError::Range`].
    pub fn get(&self, index: u64, size: u64) -> Result<u8, StatusListError> {
        if size == 0 || size > MAX_STATUS_SIZE {
            return Err(StatusListError::StatusSize(size));
        }
        let length = self.length(size);
        if length < MIN_ENTRIES {
            return Err(StatusListError::TooShort { length, minimum: MIN_ENTRIES });
        }
        if index >= length {
            return Err(StatusListError::Range { index, length });
        }
        let first_bit = index * size;
        Ok((first_bit..first_bit + size).fold(0, |value, bit| (value << 1) | u8::from(self.bit(bit))))
    }

    /// Sets one bit of a list with entries of one bit.
    ///
    /// # Errors
    /// [`StatusListError::Range`].
    pub fn set(&mut self, index: u64, value: bool) -> Result<(), StatusListError> {
        let length = self.length(1);
        let byte = usize::try_from(index / 8).ok().and_then(|byte| self.bits.get_mut(byte));
        let byte = byte.ok_or(StatusListError::Range { index, length })?;
        let mask = 0x80 >> (index % 8);
        *byte = if value { *byte | mask } else { *byte & !mask };
        Ok(())
    }

    fn bit(&self, bit: u64) -> bool {
        let byte = usize::try_from(bit / 8).ok().and_then(|byte| self.bits.get(byte)).copied().unwrap_or(0);
        byte & (0x80 >> (bit % 8)) != 0
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn multibase(packed: &[u8]) -> String {
        format!("u{}", URL_SAFE_NO_PAD.encode(packed))
    }

    #[test]
    fn the_first_entry_is_the_most_significant_bit() {
        let mut bits = vec![0; 16_384];
        bits[0] = 0b1000_0001;
        let list = StatusList::decode(&multibase(&gzip(&bits))).unwrap();
        assert_eq!([0, 1, 6, 7, 8].map(|index| list.get(index, 1).unwrap()), [1, 0, 0, 1, 0]);
    }

    #[test]
    fn what_is_set_is_read_back_and_nothing_else() {
        let mut list = StatusList::empty(MIN_ENTRIES);
        list.set(131_071, true).unwrap();
        list.set(12, true).unwrap();
        list.set(12, false).unwrap();
        let back = StatusList::decode(&list.encode()).unwrap();
        assert_eq!(
            (0..MIN_ENTRIES).filter(|index| back.get(*index, 1) == Ok(1)).collect::<Vec<_>>(),
            [131_071]
        );
        assert_eq!(
            list.set(131_072, true),
            Err(StatusListError::Range { index: 131_072, length: MIN_ENTRIES })
        );
    }

    #[test]
    fn wider_entries_are_read_across_bytes() {
        let mut bits = vec![0; 16_384 * 3];
        bits[0] = 0b0010_1011;
        bits[1] = 0b1000_0000;
        let list = StatusList { bits };
        assert_eq!([0, 1, 2].map(|index| list.get(index, 3).unwrap()), [1, 2, 7]);
        for size in [0, 9] {
            assert_eq!(list.get(0, size), Err(StatusListError::StatusSize(size)));
        }
        assert!(matches!(StatusList::empty(MIN_ENTRIES).get(0, 2), Err(StatusListError::TooShort { .. })));
    }

    #[test]
    fn bombs_short_lists_and_hidden_members_are_refused() {
        let bomb = multibase(&gzip(&vec![0; MAX_UNPACKED + 1]));
        assert_eq!(StatusList::decode(&bomb), Err(StatusListError::TooLarge { limit: MAX_UNPACKED }));
        let short = StatusList::decode(&multibase(&gzip(&[0; 16_383]))).unwrap();
        assert!(matches!(short.get(0, 1), Err(StatusListError::TooShort { length: 131_064, .. })));
        let mut two = gzip(&[0; 16_384]);
        two.extend(gzip(&[0xff; 16_384]));
        assert_eq!(StatusList::decode(&multibase(&two)), Err(StatusListError::Gzip));
        let mut truncated = gzip(&[0; 16_384]);
        truncated.truncate(truncated.len() - 4);
        assert_eq!(StatusList::decode(&multibase(&truncated)), Err(StatusListError::Gzip));
        let good = multibase(&gzip(&[0; 16_384]));
        assert_eq!(StatusList::decode(&good[1..]), Err(StatusListError::Encoding));
        assert_eq!(StatusList::decode(&format!("{good}=")), Err(StatusListError::Encoding));
        assert!(matches!(
            StatusList::empty(MIN_ENTRIES).get(MIN_ENTRIES, 1),
            Err(StatusListError::Range { .. })
        ));
    }
}
