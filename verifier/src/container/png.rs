//! A badge inside a PNG image: one uncompressed `iTXt` chunk with the keyword `openbadgecredential`
//! ([Open Badges 3.0 §5.3.1](https://www.imsglobal.org/spec/ob/v3p0/#pngs)).
//!
//! Only the chunks are walked ([PNG §5](https://www.w3.org/TR/png-3/#5DataRep)): no pixel is decoded and nothing is
//! inflated, so neither a 60,000 × 60,000 image nor a compressed text can ask for memory. Every CRC is checked.

use super::{Existing, MAX_TEXT_LEN};

/// The eight bytes a PNG starts with ([PNG §5.2](https://www.w3.org/TR/png-3/#5PNG-file-signature)).
pub const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// The keyword of the badge's chunk.
pub const KEYWORD: &[u8] = b"openbadgecredential";

/// The keyword of Open Badges 1.0 and 2.0.
pub const KEYWORD_OB2: &[u8] = b"openbadges";

/// Largest PNG read or written: 8 MiB; badge images have some hundred kilobytes, and one input must stay well below 128 MiB of memory.
pub const MAX_PNG_LEN: usize = 8 << 20;

/// Most chunks in a PNG: 65,536; 8 MiB in the 8 KiB chunks of common encoders are 1,024.
pub const MAX_CHUNKS: usize = 1 << 16;

/// What a PNG did wrong. Offsets are bytes from its start, and those of chunks point at their length field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PngError {
    /// Longer than [`MAX_PNG_LEN`], or it would be after baking.
    #[error("PNG of {len} bytes, limit {limit}")]
    TooLarge {
        /// Length in bytes.
        len: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A badge text longer than [`MAX_TEXT_LEN`].
    #[error("badge text of {len} bytes, limit {limit}")]
    TextTooLarge {
        /// Length in bytes.
        len: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// More chunks than [`MAX_CHUNKS`].
    #[error("more than {limit} chunks")]
    TooManyChunks {
        /// The limit.
        limit: usize,
    },
    /// The signature, or the `IHDR` chunk after it, is missing.
    #[error("not a PNG")]
    NotPng,
    /// A chunk type that is not four ASCII letters.
    #[error("invalid chunk type at byte {offset}")]
    BadChunkType {
        /// Where the chunk starts.
        offset: usize,
    },
    /// A chunk that declares more bytes than there are.
    #[error("chunk at byte {offset} declares {declared} bytes, {available} are left")]
    LengthLies {
        /// Where the chunk starts.
        offset: usize,
        /// The declared length of its data.
        declared: u32,
        /// What is left for its data.
        available: usize,
    },
    /// A chunk whose CRC does not match its bytes.
    #[error("wrong CRC in the chunk at byte {offset}")]
    BadCrc {
        /// Where the chunk starts.
        offset: usize,
    },
    /// The file ends without an `IEND` chunk.
    #[error("no IEND chunk before the end at byte {offset}")]
    NoIend {
        /// Where the next chunk should start.
        offset: usize,
    },
    /// Bytes after the `IEND` chunk.
    #[error("{len} bytes after the IEND chunk, at byte {offset}")]
    AfterIend {
        /// The first byte after the image.
        offset: usize,
        /// How many there are.
        len: usize,
    },
    /// A PNG without a badge.
    #[error("no badge in this PNG")]
    NoBadge,
    /// The badge is of Open Badges 1.0 or 2.0 (keyword `openbadges`).
    #[error("Open Badges 2.0 badge at byte {offset}")]
    Ob2Badge {
        /// Where its chunk starts.
        offset: usize,
    },
    /// More than one chunk with the badge's keyword.
    #[error("two badges, at bytes {first} and {second}")]
    Multiple {
        /// Where the first chunk starts.
        first: usize,
        /// Where the second chunk starts.
        second: usize,
    },
    /// The badge's keyword in a `tEXt` or `zTXt` chunk; it must be `iTXt`.
    #[error("badge in a {} chunk at byte {offset}, not iTXt", chunk.escape_ascii())]
    WrongChunk {
        /// Where the chunk starts.
        offset: usize,
        /// Its type.
        chunk: [u8; 4],
    },
    /// A compressed badge; the standard forbids compression.
    #[error("compressed badge at byte {offset}")]
    Compressed {
        /// Where its chunk starts.
        offset: usize,
    },
    /// The badge's chunk lacks one of its fields, or its compression flag is neither 0 nor 1.
    #[error("malformed iTXt chunk at byte {offset}")]
    MalformedText {
        /// Where the chunk starts.
        offset: usize,
    },
    /// The badge's text is not UTF-8.
    #[error("badge text is not UTF-8 at byte {offset}")]
    NotUtf8 {
        /// The first byte that is wrong.
        offset: usize,
    },
    /// The chunk is there but its text is empty, or an empty text was to be baked.
    #[error("empty badge")]
    Empty,
    /// The image has a badge already and [`Existing::Refuse`] was asked.
    #[error("badge already present at byte {offset}")]
    AlreadyBaked {
        /// Where its chunk starts.
        offset: usize,
    },
}

/// Reads the one badge of a PNG, byte for byte
/// ([Open Badges 3.0 §5.3.1.2](https://www.imsglobal.org/spec/ob/v3p0/#extracting)).
///
/// The standard lets a reader take the first badge of several; here several are refused, so that no two readers see
/// different ones. An Open Badges 2.0 badge beside it is passed over.
///
/// # Errors
/// [`PngError`]: not a whole and undamaged PNG, or without exactly one Open Badges 3.0 badge.
pub fn extract(image: &[u8]) -> Result<Vec<u8>, PngError> {
    let (mut badge, mut ob2) = (None::<Chunk<'_>>, None);
    for chunk in chunks(image)? {
        match chunk.keyword() {
            Some(KEYWORD) => {
                if let Some(first) = badge {
                    return Err(PngError::Multiple { first: first.offset, second: chunk.offset });
                }
                badge = Some(chunk);
            }
            Some(KEYWORD_OB2) => ob2 = ob2.or(Some(chunk.offset)),
            _ => {}
        }
    }
    match (badge, ob2) {
        (Some(chunk), _) => chunk.badge_text(),
        (None, Some(offset)) => Err(PngError::Ob2Badge { offset }),
        (None, None) => Err(PngError::NoBadge),
    }
}

/// Puts a badge into a PNG, directly after `IHDR`
/// ([Open Badges 3.0 §5.3.1.1](https://www.imsglobal.org/spec/ob/v3p0/#baking-0)).
///
/// The standard leaves the place open. There, readers that stop at the first pixel data find it too; before `IEND` they
/// would not. Every other byte of the image stays as it was.
///
/// # Errors
/// [`PngError`]: the image or the text is one that [`extract`] would refuse, or a badge is there and must not be replaced.
pub fn bake(image: &[u8], badge: &str, existing: Existing) -> Result<Vec<u8>, PngError> {
    check_text_len(badge.len())?;
    let chunks = chunks(image)?;
    let mut baked = Vec::with_capacity(image.len() + badge.len() + 64);
    baked.extend_from_slice(&SIGNATURE);
    for (index, chunk) in chunks.into_iter().enumerate() {
        if matches!(chunk.keyword(), Some(KEYWORD | KEYWORD_OB2)) {
            match existing {
                Existing::Refuse => return Err(PngError::AlreadyBaked { offset: chunk.offset }),
                Existing::Replace => continue,
            }
        }
        baked.extend_from_slice(chunk.bytes);
        if index == 0 {
            push_badge(&mut baked, badge)?;
        }
    }
    extract(&baked)?; // what we write, we can read
    Ok(baked)
}

/// One chunk: length, type, data, CRC ([PNG §5.3](https://www.w3.org/TR/png-3/#5Chunk-layout)).
#[derive(Debug, Clone, Copy)]
struct Chunk<'a> {
    offset: usize,
    kind: [u8; 4],
    data: &'a [u8],
    /// The whole chunk.
    bytes: &'a [u8],
}

impl<'a> Chunk<'a> {
    /// The keyword of a text chunk of any of the three types.
    fn keyword(&self) -> Option<&'a [u8]> {
        let text = matches!(&self.kind, b"iTXt" | b"tEXt" | b"zTXt");
        text.then(|| self.data.split(|&b| b == 0).next()).flatten()
    }

    /// The text of an `iTXt` chunk: keyword, flag, method, language, translated keyword, text
    /// ([PNG §11.3.3.4](https://www.w3.org/TR/png-3/#11iTXt)).
    fn badge_text(&self) -> Result<Vec<u8>, PngError> {
        let offset = self.offset;
        let malformed = PngError::MalformedText { offset };
        if self.kind != *b"iTXt" {
            return Err(PngError::WrongChunk { offset, chunk: self.kind });
        }
        let rest = self.data.get(KEYWORD.len()..).unwrap_or_default();
        let (flag, rest) = match rest {
            [0, flag, _method, rest @ ..] => (*flag, rest),
            _ => return Err(malformed),
        };
        match flag {
            0 => {}
            1 => return Err(PngError::Compressed { offset }),
            _ => return Err(malformed),
        }
        let Some(text) = rest.splitn(3, |&b| b == 0).nth(2) else {
            return Err(malformed);
        };
        check_text_len(text.len())?;
        // The text ends where the chunk's CRC starts.
        let start = offset + self.bytes.len() - 4 - text.len();
        let wrong = |error: std::str::Utf8Error| PngError::NotUtf8 { offset: start + error.valid_up_to() };
        std::str::from_utf8(text).map_err(wrong)?;
        Ok(text.to_vec())
    }
}

/// Every chunk, once the whole file has been found sound.
fn chunks(image: &[u8]) -> Result<Vec<Chunk<'_>>, PngError> {
    if image.len() > MAX_PNG_LEN {
        return Err(PngError::TooLarge { len: image.len(), limit: MAX_PNG_LEN });
    }
    if !image.starts_with(&SIGNATURE) {
        return Err(PngError::NotPng);
    }
    let mut chunks = Vec::new();
    let mut at = SIGNATURE.len();
    loop {
        if chunks.len() == MAX_CHUNKS {
            return Err(PngError::TooManyChunks { limit: MAX_CHUNKS });
        }
        let chunk = chunk(image, at)?;
        if chunks.is_empty() && !(chunk.kind == *b"IHDR" && chunk.data.len() == 13) {
            return Err(PngError::NotPng);
        }
        at += chunk.bytes.len();
        chunks.push(chunk);
        if chunk.kind == *b"IEND" {
            break;
        }
    }
    match image.len() - at {
        0 => Ok(chunks),
        len => Err(PngError::AfterIend { offset: at, len }),
    }
}

fn chunk(image: &[u8], offset: usize) -> Result<Chunk<'_>, PngError> {
    let here = image.get(offset..).unwrap_or_default();
    let Some((&[a, b, c, d, kind @ ..], rest)) = here.split_first_chunk::<8>() else {
        return Err(PngError::NoIend { offset });
    };
    if !kind.iter().all(u8::is_ascii_alphabetic) {
        return Err(PngError::BadChunkType { offset });
    }
    let declared = u32::from_be_bytes([a, b, c, d]);
    let lies = PngError::LengthLies { offset, declared, available: rest.len().saturating_sub(4) };
    let Some((data, rest)) = usize::try_from(declared).ok().and_then(|len| rest.split_at_checked(len)) else {
        return Err(lies);
    };
    let Some(crc) = rest.first_chunk::<4>() else {
        return Err(lies);
    };
    if crc32(kind, data) != u32::from_be_bytes(*crc) {
        return Err(PngError::BadCrc { offset });
    }
    let bytes = here.get(..8 + data.len() + 4).unwrap_or_default();
    Ok(Chunk { offset, kind, data, bytes })
}

fn push_badge(image: &mut Vec<u8>, badge: &str) -> Result<(), PngError> {
    // Keyword, its end, not compressed, method 0, no language, no translated keyword.
    let data = [KEYWORD, &[0, 0, 0, 0, 0], badge.as_bytes()].concat();
    let too_large = |_| PngError::TextTooLarge { len: badge.len(), limit: MAX_TEXT_LEN };
    image.extend_from_slice(&u32::try_from(data.len()).map_err(too_large)?.to_be_bytes());
    image.extend_from_slice(b"iTXt");
    image.extend_from_slice(&data);
    image.extend_from_slice(&crc32(*b"iTXt", &data).to_be_bytes());
    Ok(())
}

fn crc32(kind: [u8; 4], data: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&kind);
    hasher.update(data);
    hasher.finalize()
}

fn check_text_len(len: usize) -> Result<(), PngError> {
    match len {
        0 => Err(PngError::Empty),
        1..=MAX_TEXT_LEN => Ok(()),
        _ => Err(PngError::TextTooLarge { len, limit: MAX_TEXT_LEN }),
    }
}

#[cfg(test)]
mod tests;
