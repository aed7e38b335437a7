//! The payloads beside the chain: what may be personal, kept so that it can be erased.
//!
//! **Why a log and not a file for each award.** A payload must be durable before its award is acknowledged. A file each would
//! cost an fsync of the file and one of its directory for every award; a log shares one fdatasync among all awards of a batch.
//! Erasing from a log is overwriting in place: zeros over salt and payload, then fdatasync. The entry's header stays, so the log
//! can still be walked, and what the chain holds is SHA-256(salt ‖ payload) with the salt gone: it says nothing any more.
//! (Zeros written by a file system that copies on write, or by a flash drive, may leave the old blocks until they are reused;
//! an operator who needs more encrypts the volume.)
//!
//! A segment starts with the label `BADGE-PAYLOAD-1\n`. Then entries: a header of 60 bytes, the salt, the payload.
//!
//! ```text
//!  0  magic "BPR1"
//!  4  length of salt and payload together, u32
//!  8  sequence of the chain entry that commits to it, u64
//! 16  sequence of the first chain entry of its batch, u64
//! 24  commitment, 32 bytes
//! 56  CRC-32 of bytes 0 to 55
//! ```
//!
//! Payloads are durable before the chain entries that commit to them, so a power cut can leave payloads whose entries never
//! were: all of the batch that follows the chain's last. They are cut off at the next start. A payload of a still later batch
//! proves that the journal lost its tail.

use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::entropy::{Entropy, SALT_LENGTH};
use super::error::{Damage, StoreError};
use super::segment::{Disk, Segments, Tail, read_at};

/// Longest payload: a badge with a large image baked in, twice over; a longer one is a mistake.
pub const MAX_PAYLOAD: usize = 8 * 1024 * 1024;

/// Bytes left free on the disk, 32 MiB: what the index engine writes by itself some time later finds room, so a full disk stops awards
/// and never the index.
const RESERVE: u64 = 32 * 1024 * 1024;

const LABEL: &[u8; 16] = b"BADGE-PAYLOAD-1\n";
const MAGIC: [u8; 4] = *b"BPR1";
const HEADER_LENGTH: usize = 60;

/// A payload with its salt and its commitment, ready to be written.
pub(super) struct Sealed {
    pub(super) commitment: Digest,
    salted: Vec<u8>,
}

impl Sealed {
    pub(super) fn new(payload: &[u8], entropy: &Entropy) -> Result<Self, StoreError> {
        if payload.len() > MAX_PAYLOAD {
            return Err(StoreError::TooLong { field: "payload", length: payload.len(), limit: MAX_PAYLOAD });
        }
        let mut salted = entropy.salt().to_vec();
        salted.extend(payload);
        Ok(Self { commitment: Digest::of(&[&salted]), salted })
    }

    /// One that was sealed before.
    pub(super) fn of(commitment: Digest, salted: Vec<u8>) -> Self {
        Self { commitment, salted }
    }

    /// One that is erased already: zeros as long as a salt.
    pub(super) fn blank(commitment: Digest) -> Self {
        Self { commitment, salted: vec![0; SALT_LENGTH] }
    }

    pub(super) fn length(&self) -> usize {
        self.salted.len()
    }

    /// Salt and payload, as they are kept.
    pub(super) fn salted(&self) -> &[u8] {
        &self.salted
    }
}

/// A place in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) segment: u32,
    pub(super) offset: u64,
}

impl Place {
    /// Before the first entry of the first segment.
    pub(super) const START: Self = Self { segment: 1, offset: LABEL.len() as u64 };
}

/// Where a payload lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Location {
    pub(super) place: Place,
    /// Length of salt and payload.
    pub(super) length: u32,
}

/// One entry, as a scan shows it.
pub(super) struct Found {
    pub(super) sequence: u64,
    pub(super) batch: u64,
    pub(super) commitment: Digest,
    pub(super) location: Location,
}

/// What is at a location.
pub(super) enum Content {
    Kept(Vec<u8>),
    Blank,
}

/// The payload log, for reading and erasing.
pub(super) struct Payloads {
    segments: Segments,
    disk: Arc<dyn Disk>,
}

impl Payloads {
    pub(super) fn new(directory: &Path, disk: &Arc<dyn Disk>) -> Self {
        Self { segments: Segments::new(directory.to_owned(), "payload"), disk: Arc::clone(disk) }
    }

    pub(super) fn file(&self, place: Place) -> std::path::PathBuf {
        self.segments.path(place.segment)
    }

    /// Shows the entries from `from` on, and returns where they end. A last entry that is torn is not shown and not an error:
    /// the chain tells whether it mattered.
    pub(super) fn scan(
        &self,
        from: Place,
        visit: &mut dyn FnMut(Found) -> Result<(), StoreError>,
    ) -> Result<Place, StoreError> {
        let count = self.segments.count()?;
        if from != Place::START && from.segment > count {
            return Err(StoreError::damaged(&self.segments.path(from.segment), 0, Damage::MissingSegment));
        }
        let mut place = from;
        for number in from.segment..=count {
            if number != from.segment {
                place = Place { segment: number, ..Place::START };
            }
            let path = self.segments.path(number);
            let (end, whole) = scan_segment(&path, place, visit)?;
            if !whole && number != count {
                return Err(StoreError::damaged(&path, end.offset, Damage::EntryHeader));
            }
            place = end;
        }
        Ok(place)
    }

    /// Reads a payload without its salt.
    ///
    /// # Errors
    ///
    /// [`Damage::PayloadAltered`] when it is not what `commitment` commits to.
    pub(super) fn read(&self, location: Location, commitment: &Digest) -> Result<Content, StoreError> {
        let salted = self.salted(location, commitment)?;
        Ok(salted.map_or(Content::Blank, |salted| {
            Content::Kept(salted.get(SALT_LENGTH..).unwrap_or_default().to_vec())
        }))
    }

    /// Salt and payload as they were hashed; `None` when they are blank.
    pub(super) fn salted(
        &self,
        location: Location,
        commitment: &Digest,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let file = self.file(location.place);
        let offset = location.place.offset;
        let length = HEADER_LENGTH + location.length as usize;
        let bytes = read_at(&file, offset, length)?
            .ok_or_else(|| StoreError::damaged(&file, offset, Damage::PayloadMissing))?;
        let (header, salted) = bytes.split_at(HEADER_LENGTH);
        if parse_header(header).is_none_or(|found| found.2 != *commitment) {
            return Err(StoreError::damaged(&file, offset, Damage::EntryHeader));
        }
        if salted.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        if Digest::of(&[salted]) != *commitment {
            return Err(StoreError::damaged(&file, offset, Damage::PayloadAltered));
        }
        Ok(Some(salted.to_vec()))
    }

    /// Overwrites salt and payload with zeros, durably; a payload already blank stays so.
    pub(super) fn erase(&self, location: Location) -> Result<(), StoreError> {
        let path = self.file(location.place);
        let offset = location.place.offset + HEADER_LENGTH as u64;
        let zeros = vec![0; location.length as usize];
        self.disk.overwrite(&path, offset, &zeros).map_err(|e| StoreError::io(&path, e))
    }

    /// Checks the label of every segment.
    pub(super) fn check_labels(&self) -> Result<(), StoreError> {
        for number in 1..=self.segments.count()? {
            let path = self.segments.path(number);
            if read_at(&path, 0, LABEL.len())?.is_none_or(|label| label != LABEL) {
                return Err(StoreError::damaged(&path, 0, Damage::SegmentHeader));
            }
        }
        Ok(())
    }

    /// Opens the log for appending at `end`, cutting off what follows.
    pub(super) fn resume(&self, end: Place, limit: u64) -> Result<Writer, StoreError> {
        let disk = &self.disk;
        let tail = if end.segment > self.segments.count()? || end.offset < Place::START.offset {
            Tail::create(&self.segments, disk, end.segment, LABEL)?
        } else {
            Tail::resume(&self.segments, disk, end.segment, end.offset)?
        };
        Ok(Writer { tail, limit })
    }
}

/// The payload log, open for appending.
pub(super) struct Writer {
    tail: Tail,
    limit: u64,
}

impl Writer {
    pub(super) fn end(&self) -> Place {
        Place { segment: self.tail.number(), offset: self.tail.length() }
    }

    pub(super) fn is_broken(&self) -> bool {
        self.tail.is_broken()
    }

    /// Refuses a batch of `length` bytes when its disk would have less than [`RESERVE`] left.
    pub(super) fn check_space(&self, length: usize) -> Result<(), StoreError> {
        if self.tail.free() < RESERVE.saturating_add(length as u64) {
            return Err(StoreError::DiskFull { file: self.tail.directory().to_owned() });
        }
        Ok(())
    }

    /// Goes on to the next segment if this one is full; done before a batch, so that a batch lies in one segment.
    pub(super) fn make_room(&mut self) -> Result<(), StoreError> {
        if self.tail.length() >= self.limit { self.tail.roll(LABEL) } else { Ok(()) }
    }

    /// Appends the payloads of one batch, each with the sequence of the entry that will commit to it; all durable when this
    /// returns.
    pub(super) fn append(
        &mut self,
        batch: u64,
        payloads: &[(u64, &Sealed)],
    ) -> Result<Vec<Location>, StoreError> {
        let mut bytes = Vec::new();
        let mut locations = Vec::with_capacity(payloads.len());
        let Place { segment, offset } = self.end();
        for (sequence, sealed) in payloads {
            let length = u32::try_from(sealed.salted.len()).unwrap_or(u32::MAX);
            locations
                .push(Location { place: Place { segment, offset: offset + bytes.len() as u64 }, length });
            let start = bytes.len();
            bytes.extend(MAGIC);
            bytes.extend(length.to_le_bytes());
            bytes.extend(sequence.to_le_bytes());
            bytes.extend(batch.to_le_bytes());
            bytes.extend(sealed.commitment.as_bytes());
            let checksum = crc32fast::hash(&bytes[start..]);
            bytes.extend(checksum.to_le_bytes());
            bytes.extend(&sealed.salted);
        }
        if !bytes.is_empty() {
            self.tail.append(&bytes)?;
        }
        Ok(locations)
    }

    /// Cuts back to `end`, because the chain did not take the batch.
    pub(super) fn take_back(&mut self, end: Place) {
        if end != self.end() {
            self.tail.take_back(end.offset);
        }
    }
}

/// Walks one segment; the flag says whether it ended where an entry ends.
fn scan_segment(
    path: &Path,
    from: Place,
    visit: &mut dyn FnMut(Found) -> Result<(), StoreError>,
) -> Result<(Place, bool), StoreError> {
    let fail = |e| StoreError::io(path, e);
    let mut file = BufReader::new(File::open(path).map_err(fail)?);
    let size = file.get_ref().metadata().map_err(fail)?.len();
    let mut place = from;
    if from.offset == Place::START.offset {
        let mut label = [0; LABEL.len()];
        let short = size < LABEL.len() as u64;
        if !short {
            file.read_exact(&mut label).map_err(fail)?;
        }
        if short || label == [0; LABEL.len()] {
            return Ok((Place { offset: 0, ..from }, false));
        }
        if label != *LABEL {
            return Err(StoreError::damaged(path, 0, Damage::SegmentHeader));
        }
    } else if size < from.offset {
        return Err(StoreError::damaged(path, size, Damage::CutShort));
    }
    file.seek(SeekFrom::Start(place.offset)).map_err(fail)?;
    let mut header = [0; HEADER_LENGTH];
    while place.offset + HEADER_LENGTH as u64 <= size {
        file.read_exact(&mut header).map_err(fail)?;
        let Some((sequence, batch, commitment, length)) = parse_header(&header) else {
            return Ok((place, false));
        };
        let end = place.offset + HEADER_LENGTH as u64 + u64::from(length);
        if end > size {
            return Ok((place, false));
        }
        visit(Found { sequence, batch, commitment, location: Location { place, length } })?;
        file.seek_relative(i64::from(length)).map_err(fail)?;
        place.offset = end;
    }
    Ok((place, place.offset == size))
}

fn parse_header(bytes: &[u8]) -> Option<(u64, u64, Digest, u32)> {
    let header: &[u8; HEADER_LENGTH] = bytes.first_chunk()?;
    let (covered, checksum) = header.split_last_chunk::<4>()?;
    let sound = covered.starts_with(&MAGIC) && crc32fast::hash(covered) == u32::from_le_bytes(*checksum);
    sound.then_some(())?;
    let length = u32::from_le_bytes(*covered[4..].first_chunk()?);
    let sequence = u64::from_le_bytes(*covered[8..].first_chunk()?);
    let batch = u64::from_le_bytes(*covered[16..].first_chunk()?);
    Some((sequence, batch, Digest::from_bytes(*covered[24..].first_chunk()?), length))
}
