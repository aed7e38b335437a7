//! The form of the W3C ([Bitstring Status List v1.0](https://www.w3.org/TR/vc-bitstring-status-list/)): GZIP, first entry in the most
//! significant bits.

use std::io::{Read as _, Write as _};

use badge_schemas::status::MIN_ENTRIES;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::bufread::GzDecoder;
use flate2::{Compression, GzBuilder};

use super::{MAX_UNPACKED, StatusIndex, StatusListError, Width};

const GZIP: StatusListError = StatusListError::Compression { form: "GZIP" };

/// Unpacks an `encodedList` ([Bitstring Expansion Algorithm](https://www.w3.org/TR/vc-bitstring-status-list/#bitstring-expansion-algorithm)).
///
/// # Errors
/// [`StatusListError::Encoding`], [`StatusListError::Compression`], [`StatusListError::TooLarge`].
pub fn decode(encoded: &str) -> Result<StatusIndex, StatusListError> {
    let packed = encoded.strip_prefix('u').ok_or(StatusListError::Encoding)?;
    let packed = URL_SAFE_NO_PAD.decode(packed).map_err(|_| StatusListError::Encoding)?;
    let mut decoder = GzDecoder::new(packed.as_slice());
    let mut bytes = Vec::new();
    let limit = MAX_UNPACKED as u64 + 1;
    decoder.by_ref().take(limit).read_to_end(&mut bytes).map_err(|_| GZIP)?;
    if bytes.len() > MAX_UNPACKED {
        return Err(StatusListError::TooLarge { limit: MAX_UNPACKED });
    }
    // A second member would be invisible to some readers and not to others.
    if !decoder.into_inner().is_empty() {
        return Err(GZIP);
    }
    Ok(StatusIndex { packed: bytes })
}

/// Packs a list into `encodedList`
/// ([Bitstring Generation Algorithm](https://www.w3.org/TR/vc-bitstring-status-list/#bitstring-generation-algorithm)).
/// The same list gives the same text.
pub fn encode(list: &StatusIndex) -> String {
    // As the standard's own example: no file time, and an operating system that is nobody's.
    let mut encoder =
        GzBuilder::new().mtime(0).operating_system(UNIX).write(Vec::new(), Compression::default());
    let packed = encoder.write_all(&list.packed).and_then(|()| encoder.finish()).unwrap_or_default();
    format!("u{}", URL_SAFE_NO_PAD.encode(packed))
}

/// What [RFC 1952 §2.3.1](https://www.rfc-editor.org/rfc/rfc1952#section-2.3) calls Unix, and most writers write wherever they run.
const UNIX: u8 = 3;

/// The status at an index of a list that is long enough
/// ([Validate Algorithm, steps 8 and 9](https://www.w3.org/TR/vc-bitstring-status-list/#validate-algorithm)).
///
/// # Errors
/// [`StatusListError::TooShort`] for fewer than [`MIN_ENTRIES`] entries, then [`StatusListError::Range`].
pub fn look_up(list: &StatusIndex, index: u64, width: Width) -> Result<u8, StatusListError> {
    let length = list.length(width);
    if length < MIN_ENTRIES {
        return Err(StatusListError::TooShort { length, minimum: MIN_ENTRIES });
    }
    list.get(index, width)
}
