//! The statuses of a list by their indexes, and the two forms in which such lists are published: [`bitstring`] and [`token`].
//!
//! The two write bits in opposite orders; [`StatusIndex`] is the same for both, and what is looked up in it depends on neither.

pub mod bitstring;
pub mod token;

/// Largest list we unpack: 8 MiB, that is 2^26 entries of one bit; a larger one is a bomb or a mistake.
pub const MAX_UNPACKED: usize = 8 << 20;

/// Widest entry we read, in bits: 8, that is 256 different statuses.
pub const MAX_WIDTH: u8 = 8;

/// How many bits an entry has: 1 to [`MAX_WIDTH`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Width(u8);

impl Width {
    /// One bit: set or not.
    pub const ONE: Self = Self(1);

    /// A width; nothing for 0 and for more than [`MAX_WIDTH`].
    pub fn new(bits: u64) -> Option<Self> {
        u8::try_from(bits).ok().filter(|bits| (1..=MAX_WIDTH).contains(bits)).map(Self)
    }

    /// In bits.
    pub fn bits(self) -> u64 {
        u64::from(self.0)
    }

    /// How many different statuses an entry can have: 2 to 256.
    pub fn values(self) -> u64 {
        1 << self.0
    }
}

/// The statuses of a list: a number for each index.
///
/// How wide an entry is may stand elsewhere than in the list, so it is said with every look-up.
#[derive(Clone, PartialEq, Eq)]
pub struct StatusIndex {
    /// Entry after entry, each with its most significant bit first.
    packed: Vec<u8>,
}

impl std::fmt::Debug for StatusIndex {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "StatusIndex({} bytes)", self.packed.len())
    }
}

/// Why a list could not be read or written, or has no such entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatusListError {
    /// `encodedList` is not `u` and base64url; `lst` is not base64url.
    #[error("the list is not base64url as its form wants it")]
    Encoding,
    /// It is not one compressed stream, whole, and nothing else.
    #[error("the list is not one whole {form} stream and nothing else")]
    Compression {
        /// `GZIP` or `ZLIB`.
        form: &'static str,
    },
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
    /// The index lies beyond the last entry.
    #[error("index {index} of {length}")]
    Range {
        /// The index asked for.
        index: u64,
        /// Entries in the list.
        length: u64,
    },
    /// The status does not fit into an entry.
    #[error("status {value} in {bits} bits")]
    Value {
        /// The status.
        value: u8,
        /// The width of an entry.
        bits: u64,
    },
}

impl StatusIndex {
    /// A list of `entries` entries, rounded up to whole bytes, each 0.
    pub fn empty(entries: u64, width: Width) -> Self {
        let bytes = entries.saturating_mul(width.bits()).div_ceil(8);
        Self { packed: vec![0; usize::try_from(bytes).unwrap_or(0)] }
    }

    /// How many whole entries it holds.
    pub fn length(&self, width: Width) -> u64 {
        self.packed.len() as u64 * 8 / width.bits()
    }

    /// The status at an index.
    ///
    /// # Errors
    /// [`StatusListError::Range`].
    pub fn get(&self, index: u64, width: Width) -> Result<u8, StatusListError> {
        let bits = self.place(index, width)?;
        Ok(bits.fold(0, |value, bit| (value << 1) | u8::from(self.bit(bit))))
    }

    /// Changes the status at an index.
    ///
    /// # Errors
    /// [`StatusListError::Range`]; [`StatusListError::Value`] where it does not fit into `width`.
    pub fn set(&mut self, index: u64, width: Width, value: u8) -> Result<(), StatusListError> {
        if u64::from(value) >= width.values() {
            return Err(StatusListError::Value { value, bits: width.bits() });
        }
        let bits = self.place(index, width)?;
        for (shift, bit) in (0..width.bits()).rev().zip(bits) {
            if let Some(byte) = usize::try_from(bit / 8).ok().and_then(|byte| self.packed.get_mut(byte)) {
                let mask = 0x80 >> (bit % 8);
                *byte = if value >> shift & 1 == 1 { *byte | mask } else { *byte & !mask };
            }
        }
        Ok(())
    }

    /// The bits of an entry.
    fn place(&self, index: u64, width: Width) -> Result<std::ops::Range<u64>, StatusListError> {
        let length = self.length(width);
        if index >= length {
            return Err(StatusListError::Range { index, length });
        }
        let first = index * width.bits();
        Ok(first..first + width.bits())
    }

    fn bit(&self, bit: u64) -> bool {
        let byte = usize::try_from(bit / 8).ok().and_then(|byte| self.packed.get(byte)).copied().unwrap_or(0);
        byte & (0x80 >> (bit % 8)) != 0
    }
}

#[cfg(test)]
mod tests;
