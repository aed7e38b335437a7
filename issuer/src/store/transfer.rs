//! The record as a file: for backups, and the way from one engine to another.
//!
//! One JSON value on each line, in this order and with these members, so that the same record is always the same bytes:
//!
//! ```text
//! {"format":"badge-issuer record","version":1}
//! {"sequence":1,"record":"{\"kind\":\"badge\",…}","salt":"5f…","payload":"{\"name\":…}"}     an entry with its payload
//! {"sequence":5,"record":"{\"kind\":\"intent\",…}","erased":true}                            one whose payload is erased
//! {"sequence":9,"record":"{\"kind\":\"erased\",…}"}                                          one that has none
//! {"head":{"sequence":9,"hash":"ab…"}}                                                       the end: nothing is missing
//! ```
//!
//! `record` is the text that the chain hashes; the commitment in it is SHA-256 of `salt` (32 bytes, in hexadecimal here) and `payload`.
//! The file holds personal data. An erased payload is in no file that is written afterwards.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read as _, Write};

use serde::{Deserialize, Serialize};

use super::Store;
use super::data::{ChainHead, Forms};
use super::digest::Digest;
use super::entropy::SALT_LENGTH;
use super::error::{Damage, StoreError};
use super::frame;
use super::payload::MAX_PAYLOAD;
use super::record::{Private, Record, to_json};

const FORMAT: &str = "badge-issuer record";
const VERSION: u32 = 1;

/// Longest line, in bytes: the longest payload with each byte escaped (`\u0000`), and an entry.
const MAX_LINE: u64 = MAX_PAYLOAD as u64 * 6 + 1024 * 1024;

/// Entries written together.
const BATCH: usize = 256;

/// Bytes of payloads after which a batch takes no more.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// What goes with an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// Nothing: the entry commits to no payload.
    None,
    /// Salt and payload.
    Salted(Vec<u8>),
    /// It was erased.
    Erased,
}

/// One entry of the chain on its way.
#[derive(Debug, Clone)]
pub struct Carried {
    /// The head of the chain after it.
    pub head: ChainHead,
    /// The exact bytes of the record.
    pub body: Vec<u8>,
    /// Its payload.
    pub payload: Payload,
}

/// An entry that was read from a file and checked by itself.
pub(super) struct Arrived {
    pub(super) head: ChainHead,
    pub(super) body: Vec<u8>,
    pub(super) record: Record,
    pub(super) payload: Payload,
    pub(super) private: Option<Private>,
}

impl Arrived {
    /// The same once more, for an attempt on another thread.
    pub(super) fn again(&self) -> Self {
        Self {
            head: self.head,
            body: self.body.clone(),
            record: self.record.clone(),
            payload: self.payload.clone(),
            private: self.private.clone(),
        }
    }
}

/// A store whose record can be carried out and in.
#[expect(private_interfaces, reason = "only the stores of this module can be imported into")]
pub trait Transfer: Store {
    /// Shows every entry up to the head as it is now, in order.
    ///
    /// # Errors
    /// Those of the store and of `visit`.
    fn carry_out(
        &self,
        visit: &mut dyn FnMut(Carried) -> Result<(), TransferError>,
    ) -> Result<ChainHead, TransferError>;

    /// Begins or goes on with an import that ends at `end`; until [`Transfer::carried_in`] nothing else is recorded.
    ///
    /// # Errors
    /// [`StoreError::ImportUnfinished`] when another import has begun.
    fn begin(&self, end: ChainHead) -> Result<(), StoreError>;

    /// Records entries that follow the head, all of them or none, each a lawful next act.
    ///
    /// # Errors
    /// [`TransferError::Unlawful`] names the first that is not.
    fn carry_in(&self, entries: &[Arrived]) -> Result<(), TransferError>;

    /// Ends the import: everything up to its end is recorded.
    ///
    /// # Errors
    /// Those of the store.
    fn carried_in(&self) -> Result<(), StoreError>;
}

/// Why a record could not be carried.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file could not be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A line is not what it should be.
    #[error("line {line}: {fault}")]
    Line {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        fault: Fault,
    },
    /// An entry is no lawful next act.
    #[error("entry {sequence}: {reason}")]
    Unlawful {
        /// The entry.
        sequence: u64,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The store holds another record.
    #[error("the store holds another record: they part at or before entry {sequence}")]
    Another {
        /// The last entry that was compared.
        sequence: u64,
    },
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The file does not begin as an export does.
    #[error("not an export of a record, or one of a newer version")]
    Format,
    /// The line is too long, no JSON, or has other members.
    #[error("not a line of an export")]
    Line,
    /// The file ends without its last line, or goes on after it.
    #[error("the file does not end where its last line says")]
    End,
    /// The entry is damaged.
    #[error("{0}")]
    Entry(Damage),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    format: String,
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Middle {
    sequence: u64,
    record: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    salt: Option<Digest>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    payload: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    erased: Option<bool>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Last {
    head: ChainHead,
}

/// Writes the record.
///
/// # Errors
/// Those of the store and of the writer.
pub fn export(store: &dyn Transfer, out: &mut dyn Write) -> Result<ChainHead, TransferError> {
    line(out, &First { format: FORMAT.to_owned(), version: VERSION })?;
    let head = store.carry_out(&mut |entry| {
        let sequence = entry.head.sequence;
        let text = |bytes: Vec<u8>| {
            let damage = Damage::UnknownRecord;
            String::from_utf8(bytes).map_err(|_| StoreError::CorruptEntry { sequence, damage })
        };
        let (salt, payload, erased) = match entry.payload {
            Payload::None => (None, None, None),
            Payload::Erased => (None, None, Some(true)),
            Payload::Salted(mut salted) => {
                let damaged = StoreError::CorruptEntry { sequence, damage: Damage::PayloadAltered };
                let salt: [u8; SALT_LENGTH] = *salted.first_chunk().ok_or(damaged)?;
                let payload = salted.split_off(SALT_LENGTH);
                (Some(Digest::from_bytes(salt)), Some(text(payload)?), None)
            }
        };
        line(out, &Middle { sequence, record: text(entry.body)?, salt, payload, erased })
    })?;
    line(out, &Last { head })?;
    out.flush()?;
    Ok(head)
}

fn line<T: Serialize>(out: &mut dyn Write, value: &T) -> Result<(), TransferError> {
    let mut bytes = to_json(value)?;
    bytes.push(b'\n');
    Ok(out.write_all(&bytes)?)
}

/// An export being read: every line is checked by itself and against the one before it.
struct Reader<'a> {
    input: &'a mut dyn BufRead,
    line: u64,
    head: ChainHead,
}

impl<'a> Reader<'a> {
    fn new(input: &'a mut dyn BufRead) -> Result<Self, TransferError> {
        let mut reader = Self { input, line: 0, head: ChainHead::EMPTY };
        let first: Option<First> = reader.bytes()?.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        match first {
            Some(first) if first.format == FORMAT && first.version == VERSION => Ok(reader),
            _ => Err(reader.fault(Fault::Format)),
        }
    }

    fn fault(&self, fault: Fault) -> TransferError {
        TransferError::Line { line: self.line, fault }
    }

    /// The next line; `None` at the end of the file.
    fn bytes(&mut self) -> Result<Option<Vec<u8>>, TransferError> {
        let mut bytes = Vec::new();
        self.line += 1;
        self.input.take(MAX_LINE).read_until(b'\n', &mut bytes)?;
        match bytes.pop() {
            None => Ok(None),
            Some(b'\n') => Ok(Some(bytes)),
            Some(_) => Err(self.fault(Fault::End)),
        }
    }

    /// The next entry; `None` after the last, when the file ends as it says.
    fn next(&mut self) -> Result<Option<Arrived>, TransferError> {
        let Some(bytes) = self.bytes()? else { return Err(self.fault(Fault::End)) };
        if let Ok(Last { head }) = serde_json::from_slice(&bytes) {
            return if head == self.head && self.bytes()?.is_none() {
                Ok(None)
            } else {
                Err(self.fault(Fault::End))
            };
        }
        let middle: Middle = serde_json::from_slice(&bytes).map_err(|_| self.fault(Fault::Line))?;
        let damaged = |damage| Err(self.fault(Fault::Entry(damage)));
        if middle.sequence != self.head.sequence + 1 {
            return damaged(Damage::Sequence);
        }
        let body = middle.record.into_bytes();
        let record: Record = match serde_json::from_slice(&body) {
            Ok(record) => record,
            Err(_) => return damaged(Damage::UnknownRecord),
        };
        // A record that would be written otherwise could not keep its hash.
        if body.len() > frame::MAX_BODY || to_json(&record)? != body {
            return damaged(Damage::UnknownRecord);
        }
        let payload = match (record.commitment(), middle.salt, middle.payload, middle.erased) {
            (None, None, None, None) => Payload::None,
            (Some(_), None, None, Some(true)) => Payload::Erased,
            (Some(commitment), Some(salt), Some(text), None) => {
                let salted = [salt.as_bytes().as_slice(), text.as_bytes()].concat();
                if text.len() > MAX_PAYLOAD || Digest::of(&[&salted]) != *commitment {
                    return damaged(Damage::PayloadAltered);
                }
                Payload::Salted(salted)
            }
            (Some(_), None, None, None) => return damaged(Damage::PayloadMissing),
            _ => return Err(self.fault(Fault::Line)),
        };
        let private = match &payload {
            Payload::Salted(salted) => {
                let text = salted.get(SALT_LENGTH..).unwrap_or_default();
                let known = match &record {
                    Record::Issued { .. } | Record::Reissued { .. } => {
                        serde_json::from_slice::<Forms>(text).is_ok()
                    }
                    Record::Badge { .. } => serde_json::from_slice::<serde_json::Value>(text).is_ok(),
                    _ => true,
                };
                match Private::read(&record, text) {
                    Ok(private) if known => private,
                    _ => return damaged(Damage::PayloadAltered),
                }
            }
            Payload::None | Payload::Erased => None,
        };
        let sequence = middle.sequence;
        self.head = ChainHead { sequence, hash: frame::hash(sequence, &self.head.hash, &body) };
        Ok(Some(Arrived { head: self.head, body, record, payload, private }))
    }
}

/// Reads a whole export without writing anything: the chain, every payload, and that what is erased is so by an act.
///
/// A pass does not mean that each entry is a lawful act: that is asked of each when it is imported.
///
/// # Errors
/// [`TransferError::Line`] at the first line that is wrong.
pub fn check(input: &mut dyn BufRead) -> Result<ChainHead, TransferError> {
    let mut reader = Reader::new(input)?;
    // Awards with a payload that is erased, and the line where that was seen: an act must follow.
    let mut blank: BTreeMap<String, u64> = BTreeMap::new();
    while let Some(entry) = reader.next()? {
        match (&entry.record, &entry.payload) {
            (Record::Erased { award, .. }, _) => drop(blank.remove(award)),
            (record, Payload::Erased) => match record.award() {
                Some(award) => drop(blank.entry(award.to_owned()).or_insert(reader.line)),
                None => return Err(reader.fault(Fault::Entry(Damage::PayloadBlank))),
            },
            _ => {}
        }
    }
    match blank.values().min() {
        Some(line) => Err(TransferError::Line { line: *line, fault: Fault::Entry(Damage::PayloadBlank) }),
        None => Ok(reader.head),
    }
}

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// The head of the store before: that many entries were there already.
    pub before: ChainHead,
    /// The end of the file.
    pub end: ChainHead,
}

/// Records what a checked export holds and the store does not yet; `progress` is told the last entry recorded.
///
/// # Errors
/// [`TransferError::Another`] when the store's record is not a beginning of the file's, or the other way round.
pub fn import(
    store: &dyn Transfer,
    input: &mut dyn BufRead,
    end: ChainHead,
    progress: &mut dyn FnMut(u64),
) -> Result<Imported, TransferError> {
    let before = store.head()?;
    let shared = before.sequence.min(end.sequence);
    if before.sequence >= end.sequence {
        return match store.head_at(end.sequence)? {
            Some(head) if head == end => {
                store.begin(end).and_then(|()| store.carried_in())?;
                Ok(Imported { before, end })
            }
            _ => Err(TransferError::Another { sequence: shared }),
        };
    }
    let mut reader = Reader::new(input)?;
    let (mut batch, mut size, mut begun) = (Vec::new(), 0, false);
    while let Some(entry) = reader.next()? {
        let sequence = entry.head.sequence;
        if sequence <= before.sequence {
            if sequence == before.sequence && entry.head != before {
                return Err(TransferError::Another { sequence });
            }
            continue;
        }
        if !begun {
            store.begin(end)?;
            begun = true;
        }
        size += match &entry.payload {
            Payload::Salted(salted) => salted.len(),
            Payload::None | Payload::Erased => 0,
        };
        batch.push(entry);
        if batch.len() >= BATCH || size >= BATCH_BYTES {
            store.carry_in(&batch)?;
            progress(sequence);
            (size, batch) = (0, Vec::new());
        }
    }
    if !batch.is_empty() {
        store.carry_in(&batch)?;
        progress(reader.head.sequence);
    }
    if reader.head != end {
        return Err(reader.fault(Fault::End));
    }
    store.carried_in()?;
    Ok(Imported { before, end })
}
