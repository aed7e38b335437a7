//! The form of the IETF ([Token Status List](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list)): ZLIB, first entry in
//! the least significant bits. Only its JSON is read and written, not its CBOR.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::write::ZlibEncoder;
use flate2::{Compression, Decompress, FlushDecompress, Status};

use super::{MAX_UNPACKED, StatusIndex, StatusListError, Width};

const ZLIB: StatusListError = StatusListError::Compression { form: "ZLIB" };

/// How many bytes are unpacked at a time.
const CHUNK: usize = 64 << 10;

/// How many bits an entry has ([§4.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list#section-4.1)): none of these
/// widths lets an entry span two bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bits {
    /// Valid or invalid.
    One,
    /// Suspended too.
    Two,
    /// 16 statuses.
    Four,
    /// 256 statuses.
    Eight,
}

impl Bits {
    /// The member `bits`; nothing for any other number.
    pub fn new(bits: u64) -> Option<Self> {
        match bits {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            4 => Some(Self::Four),
            8 => Some(Self::Eight),
            _ => None,
        }
    }

    /// The same as a width.
    pub fn width(self) -> Width {
        Width(match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Four => 4,
            Self::Eight => 8,
        })
    }

    /// A byte with its entries in the opposite order, each as it is. Twice is not at all.
    fn turn(self, byte: u8) -> u8 {
        match self {
            Self::One => byte.reverse_bits(),
            Self::Two => {
                let turned = byte.reverse_bits();
                (turned & 0b0101_0101) << 1 | (turned >> 1) & 0b0101_0101
            }
            Self::Four => byte.rotate_left(4),
            Self::Eight => byte,
        }
    }
}

/// Unpacks a `lst` ([§4.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list#section-4.1)).
///
/// # Errors
/// [`StatusListError::Encoding`], [`StatusListError::Compression`], [`StatusListError::TooLarge`].
pub fn decode(lst: &str, bits: Bits) -> Result<StatusIndex, StatusListError> {
    let packed = URL_SAFE_NO_PAD.decode(lst).map_err(|_| StatusListError::Encoding)?;
    let mut bytes = inflate(&packed)?;
    for byte in &mut bytes {
        *byte = bits.turn(*byte);
    }
    Ok(StatusIndex { packed: bytes })
}

/// Packs a list into a `lst`. The same list gives the same text.
pub fn encode(list: &StatusIndex, bits: Bits) -> String {
    let turned: Vec<u8> = list.packed.iter().map(|byte| bits.turn(*byte)).collect();
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let packed = encoder.write_all(&turned).and_then(|()| encoder.finish()).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(packed)
}

/// One ZLIB stream ([RFC 1950](https://www.rfc-editor.org/rfc/rfc1950)): to its end, with its checksum, without a preset dictionary, and
/// with nothing after it. (The crate's readers take a stream that breaks off for one that ends.)
fn inflate(packed: &[u8]) -> Result<Vec<u8>, StatusListError> {
    let mut inflater = Decompress::new(true);
    let mut bytes = Vec::new();
    loop {
        let (read, written) = (inflater.total_in(), bytes.len());
        let rest = usize::try_from(read).ok().and_then(|read| packed.get(read..)).ok_or(ZLIB)?;
        bytes.reserve(CHUNK);
        let status = inflater.decompress_vec(rest, &mut bytes, FlushDecompress::None).map_err(|_| ZLIB)?;
        if bytes.len() > MAX_UNPACKED {
            return Err(StatusListError::TooLarge { limit: MAX_UNPACKED });
        }
        match status {
            Status::StreamEnd if inflater.total_in() == packed.len() as u64 => return Ok(bytes),
            Status::StreamEnd => return Err(ZLIB),
            _ if inflater.total_in() == read && bytes.len() == written => return Err(ZLIB),
            _ => {}
        }
    }
}
