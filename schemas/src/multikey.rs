//! Public keys as Multikey writes them.

/// Which algorithm a key belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Ed25519: 32 bytes.
    Ed25519,
    /// ECDSA over P-256: 33 bytes, SEC 1 compressed.
    P256,
    /// ECDSA over P-384: 49 bytes, SEC 1 compressed.
    P384,
    /// ECDSA over P-521: 67 bytes, SEC 1 compressed.
    P521,
    /// BBS over BLS12-381: 96 bytes, a compressed point of G2.
    Bls12381G2,
}

impl KeyKind {
    const ALL: [Self; 5] = [Self::Ed25519, Self::P256, Self::P384, Self::P521, Self::Bls12381G2];

    /// The two-byte multicodec prefix ([Multikey §2.2.2](https://www.w3.org/TR/cid-1.0/#Multikey)).
    fn prefix(self) -> [u8; 2] {
        match self {
            Self::Ed25519 => [0xed, 0x01],
            Self::P256 => [0x80, 0x24],
            Self::P384 => [0x81, 0x24],
            Self::P521 => [0x82, 0x24],
            Self::Bls12381G2 => [0xeb, 0x01],
        }
    }

    fn length(self) -> usize {
        match self {
            Self::Ed25519 => 32,
            Self::P256 => 33,
            Self::P384 => 49,
            Self::P521 => 67,
            Self::Bls12381G2 => 96,
        }
    }
}

/// A public key as `z` base58btc of multicodec prefix and bytes ([Multikey](https://www.w3.org/TR/cid-1.0/#Multikey)).
///
/// The length is checked; whether the bytes are a point on the curve is for the one who uses them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Multikey {
    kind: KeyKind,
    bytes: Vec<u8>,
}

/// Why a text is not a Multikey we read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MultikeyError {
    /// It does not begin with `z`.
    #[error("a Multikey begins with z")]
    NotBase58Btc,
    /// The base58 is broken or longer than any key.
    #[error("broken base58btc")]
    Base58,
    /// Another algorithm.
    #[error("multicodec 0x{0:02x}{1:02x} is not supported")]
    UnknownCodec(u8, u8),
    /// The wrong number of bytes for its algorithm.
    #[error("{found} bytes where {expected} are needed")]
    Length {
        /// Bytes found after the prefix.
        found: usize,
        /// Bytes the algorithm needs.
        expected: usize,
    },
}

/// Longest text we decode: base58 decoding is quadratic, and the longest key we know takes 134 characters.
const MAX_TEXT: usize = 160;

impl Multikey {
    /// A key from its algorithm and bytes.
    ///
    /// # Errors
    /// [`MultikeyError::Length`].
    pub fn new(kind: KeyKind, bytes: impl Into<Vec<u8>>) -> Result<Self, MultikeyError> {
        let bytes = bytes.into();
        if bytes.len() == kind.length() {
            Ok(Self { kind, bytes })
        } else {
            Err(MultikeyError::Length { found: bytes.len(), expected: kind.length() })
        }
    }

    /// Reads `z…`.
    ///
    /// # Errors
    /// [`MultikeyError`].
    pub fn parse(text: &str) -> Result<Self, MultikeyError> {
        let encoded = text.strip_prefix('z').ok_or(MultikeyError::NotBase58Btc)?;
        if encoded.len() > MAX_TEXT {
            return Err(MultikeyError::Base58);
        }
        let bytes = bs58::decode(encoded).into_vec().map_err(|_| MultikeyError::Base58)?;
        let &[first, second, ref key @ ..] = bytes.as_slice() else { return Err(MultikeyError::Base58) };
        let kind = KeyKind::ALL
            .into_iter()
            .find(|kind| kind.prefix() == [first, second])
            .ok_or(MultikeyError::UnknownCodec(first, second))?;
        Self::new(kind, key)
    }

    /// The algorithm.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The key's bytes, without prefix.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl std::fmt::Display for Multikey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = [self.kind.prefix().as_slice(), &self.bytes].concat();
        write!(formatter, "z{}", bs58::encode(bytes).into_string())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn the_specification_example_round_trips() {
        // The Ed25519 key of the W3C test vectors for eddsa-rdfc-2022.
        let text = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
        let key = Multikey::parse(text).unwrap();
        assert_eq!(key.kind(), KeyKind::Ed25519);
        assert_eq!(key.to_string(), text);
    }

    #[test]
    fn the_longest_key_round_trips() {
        // The BLS12-381 key of the W3C test vectors for bbs-2023.
        let text = "zUC7DerdEmfZ8f4pFajXgGwJoMkV1ofMTmEG5UoNvnWiPiLuGKNeqgRpLH2TV4Xe5mJ2cXV76gRN7LFQwapF1VFu6x2yrr5ci1mXqC1WNUrnHnLgvfZfMH7h6xP6qsf9EKRQrPQ";
        let key = Multikey::parse(text).unwrap();
        assert_eq!((key.kind(), key.bytes().len()), (KeyKind::Bls12381G2, 96));
        assert_eq!(key.to_string(), text);
    }

    #[test]
    fn wrong_lengths_and_codecs_are_refused() {
        let encode = |bytes: &[u8]| format!("z{}", bs58::encode(bytes).into_string());
        assert!(matches!(
            Multikey::parse(&encode(&[0xed, 0x01, 1])),
            Err(MultikeyError::Length { found: 1, expected: 32 })
        ));
        assert!(matches!(
            Multikey::parse(&encode(&[0x12, 0x00, 1])),
            Err(MultikeyError::UnknownCodec(0x12, 0))
        ));
        assert_eq!(Multikey::parse("z"), Err(MultikeyError::Base58));
        assert_eq!(Multikey::parse("m6Mk"), Err(MultikeyError::NotBase58Btc));
        assert_eq!(Multikey::parse(&format!("z{}", "1".repeat(1000))), Err(MultikeyError::Base58));
    }
}
