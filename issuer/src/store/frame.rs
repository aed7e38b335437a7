//! One entry of the chain as bytes: a header of 64 bytes, then the record as JSON.
//!
//! ```text
//!  0  magic "BJF1"
//!  4  length of the body, u32
//!  8  sequence, u64, from 1
//! 16  sequence of the first entry of the batch it was written in, u64
//! 24  hash of the previous entry, 32 bytes
//! 56  CRC-32 of the body
//! 60  CRC-32 of bytes 0 to 59
//! ```
//!
//! Integers are little-endian. The hash of an entry is SHA-256 over a label, its sequence, the previous hash and the body: not
//! the length, the batch or the checksums, so that the chain is the same whoever stores it.
//!
//! Why a batch number: entries of one batch become durable together, before any of them is acknowledged. An entry of a *later*
//! batch therefore proves that this one was durable, so if it is damaged now that is corruption, never a torn write. Why a
//! checksum of the header alone: else one flipped bit in a length would look like an entry that the end of the file cuts short.

use super::data::ChainHead;
use super::digest::Digest;
use super::error::Damage;

/// Length of the header in bytes.
pub(super) const HEADER_LENGTH: usize = 64;

/// Longest body: a record holds ids, digests and times, each bounded (`MAX_NAME`), and stays far below this.
pub(super) const MAX_BODY: usize = 64 * 1024;

/// Smallest piece of a file that a disk writes whole; a power cut leaves a whole number of them unwritten.
const SECTOR: usize = 512;

const MAGIC: [u8; 4] = *b"BJF1";

/// The hash of an entry.
pub(super) fn hash(sequence: u64, previous: &Digest, body: &[u8]) -> Digest {
    Digest::of(&[b"badge-issuer journal entry\n", &sequence.to_be_bytes(), previous.as_bytes(), body])
}

/// Appends the entry that follows `head` to `bytes`, and returns the new head.
pub(super) fn encode(bytes: &mut Vec<u8>, head: ChainHead, batch: u64, body: &[u8]) -> ChainHead {
    let sequence = head.sequence + 1;
    let start = bytes.len();
    bytes.extend(MAGIC);
    bytes.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend(sequence.to_le_bytes());
    bytes.extend(batch.to_le_bytes());
    bytes.extend(head.hash.as_bytes());
    bytes.extend(crc32fast::hash(body).to_le_bytes());
    let checksum = crc32fast::hash(&bytes[start..]);
    bytes.extend(checksum.to_le_bytes());
    bytes.extend(body);
    ChainHead { sequence, hash: hash(sequence, &head.hash, body) }
}

/// What stands at an offset of a segment.
pub(super) enum Read<'a> {
    /// A whole entry.
    Whole(Frame<'a>),
    /// An entry that was being written when the machine stopped, and that nobody was told of.
    Torn,
    /// Something that was whole once.
    Damaged(Damage),
}

/// A whole entry, linked to its predecessor.
pub(super) struct Frame<'a> {
    pub(super) head: ChainHead,
    pub(super) body: &'a [u8],
    /// Where the next entry starts.
    pub(super) end: usize,
}

/// Reads the entry after `head` at `offset`, which is before the end of `bytes`.
pub(super) fn read(bytes: &[u8], offset: usize, head: ChainHead) -> Read<'_> {
    let sequence = head.sequence + 1;
    let Some(header) = Header::parse(&bytes[offset..]) else {
        let end = bytes.len().min(offset + HEADER_LENGTH);
        let short = bytes.len() - offset < HEADER_LENGTH;
        return unreadable(bytes, offset, end, sequence, short, Damage::EntryHeader);
    };
    if header.sequence != sequence {
        return Read::Damaged(Damage::Sequence);
    }
    if header.previous != head.hash {
        return Read::Damaged(Damage::Link);
    }
    let start = offset + HEADER_LENGTH;
    let end = start + header.length;
    let Some(body) = bytes.get(start..end) else {
        return unreadable(bytes, offset, bytes.len(), sequence, true, Damage::CutShort);
    };
    if crc32fast::hash(body) != header.body_checksum {
        return unreadable(bytes, offset, end, sequence, false, Damage::EntryBody);
    }
    Read::Whole(Frame { head: ChainHead { sequence, hash: hash(sequence, &head.hash, body) }, body, end })
}

/// Torn or damaged? Torn when nothing later proves that the entry was durable, and either the file ends inside it or a sector
/// of it was never written. A header starts with a letter and a JSON body holds no zero byte, so no entry has such a sector.
fn unreadable(
    bytes: &[u8],
    start: usize,
    end: usize,
    sequence: u64,
    short: bool,
    damage: Damage,
) -> Read<'static> {
    let torn = (short || has_unwritten_sector(bytes, start, end)) && !later_batch(bytes, start + 1, sequence);
    if torn { Read::Torn } else { Read::Damaged(damage) }
}

fn has_unwritten_sector(bytes: &[u8], start: usize, end: usize) -> bool {
    let mut from = start;
    while from < end {
        let to = end.min((from / SECTOR + 1) * SECTOR);
        if bytes[from..to].iter().all(|byte| *byte == 0) {
            return true;
        }
        from = to;
    }
    false
}

/// Is there, anywhere after `from`, an entry of a batch that began after entry `sequence`?
fn later_batch(bytes: &[u8], from: usize, sequence: u64) -> bool {
    bytes[from..]
        .windows(HEADER_LENGTH)
        .filter(|window| window.starts_with(&MAGIC))
        .filter_map(Header::parse)
        .any(|header| header.batch > sequence)
}

struct Header {
    length: usize,
    sequence: u64,
    batch: u64,
    previous: Digest,
    body_checksum: u32,
}

impl Header {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let header: &[u8; HEADER_LENGTH] = bytes.first_chunk()?;
        let (covered, checksum) = header.split_last_chunk::<4>()?;
        if !covered.starts_with(&MAGIC) || crc32fast::hash(covered) != u32::from_le_bytes(*checksum) {
            return None;
        }
        let length = usize::try_from(u32::from_le_bytes(*covered[4..].first_chunk()?)).ok()?;
        Some(Self {
            length: (length <= MAX_BODY).then_some(length)?,
            sequence: u64::from_le_bytes(*covered[8..].first_chunk()?),
            batch: u64::from_le_bytes(*covered[16..].first_chunk()?),
            previous: Digest::from_bytes(*covered[24..].first_chunk()?),
            body_checksum: u32::from_le_bytes(*covered[56..].first_chunk()?),
        })
    }
}
