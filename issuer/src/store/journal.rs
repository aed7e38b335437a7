//! The journal: the hash chain on disk, in segments, each entry checked whenever it is read.
//!
//! A segment starts with 64 bytes: the label `BADGE-JOURNAL-1\n`, the number of its first entry (u64), the hash before it, four
//! zero bytes and a CRC-32 of all that; so a reader can start at any segment. Then entries, as [`frame`] lays
//! them out.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{fs, thread};

use super::data::ChainHead;
use super::digest::Digest;
use super::error::{Damage, StoreError};
use super::frame::{self, Read};
use super::segment::{Disk, Segments, Tail};

/// Length of a segment's header in bytes.
pub(super) const SEGMENT_HEADER: usize = 64;

/// Most segments read at once while the whole chain is checked: beyond this the disk is busy, and each takes a segment of memory.
const MAX_READERS: usize = 4;

const LABEL: &[u8; 16] = b"BADGE-JOURNAL-1\n";

/// One entry, as a scan shows it.
pub(super) struct Entry<'a> {
    pub(super) head: ChainHead,
    pub(super) body: &'a [u8],
    pub(super) file: &'a Path,
    pub(super) offset: u64,
}

type Visit<'v> = dyn FnMut(Entry<'_>) -> Result<(), StoreError> + 'v;

/// One segment, checked.
struct Walked {
    /// The head it starts from; `None` when its header was torn.
    start: Option<ChainHead>,
    end: ChainHead,
    length: u64,
    file: PathBuf,
}

/// Where the chain ends, and where the next entry goes.
pub(super) struct End {
    pub(super) head: ChainHead,
    segment: u32,
    length: u64,
    /// The last segment's own header was torn: the file is to be created again.
    recreate: bool,
    pub(super) file: PathBuf,
}

/// The journal, read only.
pub(super) struct Journal {
    segments: Segments,
}

impl Journal {
    pub(super) fn new(directory: &Path) -> Self {
        Self { segments: Segments::new(directory.to_owned(), "journal") }
    }

    /// Checks every entry from the segment that holds entry `from`, and shows those from `from` to `until`.
    ///
    /// A torn last batch is not shown and not an error; nothing is changed on disk.
    pub(super) fn scan(&self, from: u64, until: u64, visit: &mut Visit<'_>) -> Result<End, StoreError> {
        let count = self.segments.count()?;
        let first = self.segment_of(from, count)?;
        let mut head: Option<ChainHead> = None;
        for number in first..=count {
            let walked = self.walk(number, number == count, until, &mut |entry| {
                if entry.head.sequence >= from { visit(entry) } else { Ok(()) }
            })?;
            let Some(start) = walked.start else {
                let head = head.unwrap_or(ChainHead::EMPTY);
                return Ok(End { head, segment: number, length: 0, recreate: true, file: walked.file });
            };
            follows(number, start, head, &walked.file)?;
            head = Some(walked.end);
            if number == count || walked.end.sequence >= until {
                let (head, length, file) = (walked.end, walked.length, walked.file);
                return Ok(End { head, segment: number, length, recreate: false, file });
            }
        }
        Ok(End { head: ChainHead::EMPTY, segment: 1, length: 0, recreate: true, file: self.segments.path(1) })
    }

    /// Checks every entry of every segment, some segments at a time; also gives the head at entry `sequence`, if there is one.
    ///
    /// Each segment names the head it starts from, so that segments are checked apart and then held together. Memory: one segment
    /// for each of [`MAX_READERS`].
    pub(super) fn check(&self, sequence: u64) -> Result<(End, Option<ChainHead>), StoreError> {
        let count = self.segments.count()?;
        let readers = thread::available_parallelism().map_or(1, usize::from).min(MAX_READERS);
        let next = AtomicU32::new(1);
        let read = |_| {
            let mut found = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number > count {
                    return found;
                }
                let mut met = None;
                let walked = self.walk(number, number == count, u64::MAX, &mut |entry| {
                    if entry.head.sequence == sequence {
                        met = Some(entry.head);
                    }
                    Ok(())
                });
                let failed = walked.is_err();
                found.push((number, walked.map(|walked| (walked, met))));
                if failed {
                    // The other readers stop too; what comes before this segment is already being read.
                    next.store(count.saturating_add(1), Ordering::Relaxed);
                }
            }
        };
        let read = &read;
        let mut walked: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..readers).map(|n| scope.spawn(move || read(n))).collect();
            threads.into_iter().map(thread::ScopedJoinHandle::join).collect::<Result<Vec<_>, _>>()
        })
        .map_err(|_| StoreError::Closed)?
        .into_iter()
        .flatten()
        .collect();
        walked.sort_by_key(|(number, _)| *number);
        let (mut head, mut met) = (None, None);
        for (number, segment) in walked {
            let (segment, here) = segment?;
            let Some(start) = segment.start else {
                let head = head.unwrap_or(ChainHead::EMPTY);
                return Ok((
                    End { head, segment: number, length: 0, recreate: true, file: segment.file },
                    met,
                ));
            };
            follows(number, start, head, &segment.file)?;
            met = met.or(here);
            head = Some(segment.end);
            if number == count {
                let (head, length, file) = (segment.end, segment.length, segment.file);
                return Ok((End { head, segment: number, length, recreate: false, file }, met));
            }
        }
        let (head, file) = (ChainHead::EMPTY, self.segments.path(1));
        Ok((End { head, segment: 1, length: 0, recreate: true, file }, met))
    }

    /// Checks one segment and shows its entries up to `until`. Only the last one may end in a torn batch, or be torn itself.
    fn walk(&self, number: u32, last: bool, until: u64, visit: &mut Visit<'_>) -> Result<Walked, StoreError> {
        let file = self.segments.path(number);
        let bytes = fs::read(&file).map_err(|e| StoreError::io(&file, e))?;
        let Some(start) = parse_header(&bytes) else {
            if last && torn_header(&bytes) {
                return Ok(Walked { start: None, end: ChainHead::EMPTY, length: 0, file });
            }
            return Err(StoreError::damaged(&file, 0, Damage::SegmentHeader));
        };
        let mut here = start;
        let mut offset = SEGMENT_HEADER;
        while offset < bytes.len() && here.sequence < until {
            match frame::read(&bytes, offset, here) {
                Read::Whole(frame) => {
                    here = frame.head;
                    visit(Entry { head: here, body: frame.body, file: &file, offset: offset as u64 })?;
                    offset = frame.end;
                }
                Read::Torn if last => break,
                Read::Torn => return Err(StoreError::damaged(&file, offset as u64, Damage::CutShort)),
                Read::Damaged(damage) => return Err(StoreError::damaged(&file, offset as u64, damage)),
            }
        }
        Ok(Walked { start: Some(start), end: here, length: offset as u64, file })
    }

    /// The last segment that starts at or before entry `sequence`.
    fn segment_of(&self, sequence: u64, count: u32) -> Result<u32, StoreError> {
        for number in (2..=count).rev() {
            let file = self.segments.path(number);
            let bytes = super::segment::read_at(&file, 0, SEGMENT_HEADER)?;
            if let Some(start) = bytes.as_deref().and_then(parse_header)
                && start.sequence < sequence
            {
                return Ok(number);
            }
        }
        Ok(1)
    }

    /// Opens the journal for appending after `end`, cutting off a torn batch.
    pub(super) fn resume(&self, end: &End, disk: &Arc<dyn Disk>, limit: u64) -> Result<Writer, StoreError> {
        let tail = if end.recreate {
            Tail::create(&self.segments, disk, end.segment, &header(end.head))?
        } else {
            Tail::resume(&self.segments, disk, end.segment, end.length)?
        };
        Ok(Writer { tail, head: end.head, limit })
    }
}

/// The journal, open for appending.
pub(super) struct Writer {
    tail: Tail,
    head: ChainHead,
    limit: u64,
}

impl Writer {
    pub(super) fn head(&self) -> ChainHead {
        self.head
    }

    pub(super) fn is_broken(&self) -> bool {
        self.tail.is_broken()
    }

    /// Appends one batch; all of it is durable when this returns, or none of it was written, or the journal is broken.
    pub(super) fn append(&mut self, bodies: &[&[u8]]) -> Result<Vec<ChainHead>, StoreError> {
        if self.tail.length() >= self.limit {
            self.tail.roll(&header(self.head))?;
        }
        let batch = self.head.sequence + 1;
        let mut head = self.head;
        let mut bytes = Vec::new();
        let mut heads = Vec::with_capacity(bodies.len());
        for body in bodies {
            head = frame::encode(&mut bytes, head, batch, body);
            heads.push(head);
        }
        self.tail.append(&bytes)?;
        self.head = head;
        Ok(heads)
    }
}

/// A segment goes on where the one before it ended; the first one starts a chain.
fn follows(number: u32, start: ChainHead, before: Option<ChainHead>, file: &Path) -> Result<(), StoreError> {
    if before.is_some_and(|before| before != start) || (number == 1 && start != ChainHead::EMPTY) {
        return Err(StoreError::damaged(file, 0, Damage::SegmentHeader));
    }
    Ok(())
}

fn header(head: ChainHead) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(SEGMENT_HEADER);
    bytes.extend(LABEL);
    bytes.extend((head.sequence + 1).to_le_bytes());
    bytes.extend(head.hash.as_bytes());
    bytes.extend([0; 4]);
    let checksum = crc32fast::hash(&bytes);
    bytes.extend(checksum.to_le_bytes());
    bytes
}

/// The head before the segment's first entry.
fn parse_header(bytes: &[u8]) -> Option<ChainHead> {
    let header: &[u8; SEGMENT_HEADER] = bytes.first_chunk()?;
    let (covered, checksum) = header.split_last_chunk::<4>()?;
    let sound = covered.starts_with(LABEL) && crc32fast::hash(covered) == u32::from_le_bytes(*checksum);
    let first = u64::from_le_bytes(*covered[16..].first_chunk()?);
    let hash = Digest::from_bytes(*covered[24..].first_chunk()?);
    sound.then_some(ChainHead { sequence: first.checked_sub(1)?, hash })
}

/// A segment is created with its header alone and synced before any entry: a creation cut short leaves nothing behind the
/// header, and a header that is short or blank.
fn torn_header(bytes: &[u8]) -> bool {
    bytes.len() < SEGMENT_HEADER || bytes.iter().all(|byte| *byte == 0)
}
