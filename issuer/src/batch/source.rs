//! The lines of a batch, one at a time: CSV ([RFC 4180](https://www.rfc-editor.org/rfc/rfc4180), as spreadsheets write it) or JSON lines.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use badge_schemas::document::Document;
use badge_schemas::problem::{Code, Problem};
use csv::{ByteRecord, StringRecord};

use super::columns::Columns;
use crate::draft::Draft;

/// Longest line, in bytes: a body with long evidence takes some kilobytes. A quote that is never closed makes one line of a whole file.
pub const MAX_LINE: usize = 65_536;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A table whose first line names its columns.
    Csv(Delimiter),
    /// The body of an award on each line.
    JsonLines,
}

/// What stands between two cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimiter {
    /// Whichever of `;`, `,` and the tabulator the first line has most of; French spreadsheets write `;`.
    Auto,
    /// This one.
    Byte(u8),
}

impl Delimiter {
    /// Reads `auto`, `;`, `,` or `tab`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "auto" => Some(Self::Auto),
            ";" => Some(Self::Byte(b';')),
            "," => Some(Self::Byte(b',')),
            "tab" | "\t" => Some(Self::Byte(b'\t')),
            _ => None,
        }
    }

    /// The name that [`Delimiter::parse`] reads.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Byte(b';') => ";",
            Self::Byte(b'\t') => "tab",
            Self::Byte(_) => ",",
        }
    }
}

/// What is wrong with a line, and in which column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The column's name, where it is about one.
    pub column: Option<String>,
    /// What is wrong.
    pub problem: Problem,
}

/// One line that asks for an award.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Where it begins, counted from 1; the first line of a table counts.
    pub line: u64,
    /// What it asks for.
    pub draft: Result<Draft, Vec<Finding>>,
    /// Whether nothing can be read after it.
    pub last: bool,
}

/// A file that is read line by line.
pub struct Source<R: Read> {
    lines: Lines<R>,
    result: Option<String>,
}

enum Lines<R: Read> {
    Csv { reader: Box<csv::Reader<Bounded<BufReader<R>>>>, columns: Columns, read: Rc<Cell<usize>> },
    Json { reader: BufReader<R>, line: u64 },
    Ended,
}

impl<R: Read> Source<R> {
    /// Opens a file, and reads the names of the columns of a table. `result` is the id of the badge's result description, where it
    /// has just one.
    ///
    /// # Errors
    /// What is wrong with the first line, or [`Code::BodyUnreadable`].
    pub fn open(reader: R, kind: Kind, result: Option<String>) -> Result<Self, Problem> {
        let mut reader = BufReader::new(reader);
        skip_mark(&mut reader).map_err(|error| unreadable(&error))?;
        let lines = match kind {
            Kind::JsonLines => Lines::Json { reader, line: 0 },
            Kind::Csv(delimiter) => {
                let delimiter = match delimiter {
                    Delimiter::Byte(byte) => byte,
                    Delimiter::Auto => guess(reader.fill_buf().map_err(|error| unreadable(&error))?),
                };
                let read = Rc::new(Cell::new(0));
                let mut reader = csv::ReaderBuilder::new()
                    .delimiter(delimiter)
                    .flexible(true)
                    .has_headers(false)
                    .from_reader(Bounded {
                        inner: reader,
                        read: Rc::clone(&read),
                        after_return: false,
                        last: b'\n',
                    });
                let mut names = StringRecord::new();
                let there = reader.read_record(&mut names).map_err(|error| of_csv(&error).problem)?;
                if !there {
                    return Err(Problem::new(Code::InputEmpty));
                }
                let columns = Columns::of(names.iter())?;
                Lines::Csv { reader: Box::new(reader), columns, read }
            }
        };
        Ok(Self { lines, result })
    }

    /// The name of the column that a finding is about.
    pub fn column(&self, pointer: Option<&str>) -> Option<String> {
        match &self.lines {
            Lines::Csv { columns, .. } => columns.at(pointer?).map(str::to_owned),
            Lines::Json { .. } | Lines::Ended => None,
        }
    }

    fn next_csv(
        reader: &mut csv::Reader<Bounded<BufReader<R>>>,
        columns: &Columns,
        read: &Cell<usize>,
        result: Option<&str>,
    ) -> Option<Row> {
        let mut record = ByteRecord::new();
        read.set(0);
        let at = reader.position().line();
        let found = |line, finding, last| Some(Row { line, draft: Err(vec![finding]), last });
        match reader.read_byte_record(&mut record) {
            Ok(false) => return None,
            Ok(true) => {}
            Err(error) => return found(at, of_csv(&error), error.is_io_error()),
        }
        // The library counts from before the blank lines that it passes over; lines are counted back from the end of the record.
        let breaks = record.iter().flatten().filter(|byte| **byte == b'\n').count();
        let line = reader.position().line().saturating_sub(1 + u64::try_from(breaks).unwrap_or_default());
        let record = match StringRecord::from_byte_record(record) {
            Ok(record) => record,
            Err(error) => {
                let column = columns.name(error.utf8_error().field()).map(str::to_owned);
                return found(line, Finding { column, problem: Problem::new(Code::BatchNotUtf8) }, false);
            }
        };
        if record.len() != columns.len() {
            let problem =
                Problem::new(Code::BatchRowCells).with("found", record.len()).with("expected", columns.len());
            return found(line, Finding { column: None, problem }, false);
        }
        let draft = columns.body(record.iter(), result).and_then(Draft::of).map_err(|problem| {
            let column = problem.pointer.as_deref().and_then(|pointer| columns.at(pointer));
            vec![Finding { column: column.map(str::to_owned), problem }]
        });
        Some(Row { line, draft, last: false })
    }

    fn next_json(reader: &mut BufReader<R>, line: &mut u64) -> Option<Row> {
        loop {
            *line += 1;
            let found = |problem, last| {
                Some(Row { line: *line, draft: Err(vec![Finding { column: None, problem }]), last })
            };
            let mut text = Vec::new();
            let limit = u64::try_from(MAX_LINE).unwrap_or(u64::MAX) + 1;
            if let Err(error) = reader.by_ref().take(limit).read_until(b'\n', &mut text) {
                return found(unreadable(&error), true);
            }
            if text.is_empty() {
                return None;
            }
            if text.len() > MAX_LINE && text.last() != Some(&b'\n') {
                let too_long = Problem::new(Code::BatchLineTooLong).with("limit", MAX_LINE);
                return match skip_line(reader) {
                    Ok(()) => found(too_long, false),
                    Err(error) => found(unreadable(&error), true),
                };
            }
            if text.trim_ascii().is_empty() {
                continue;
            }
            let draft = Document::parse(text).and_then(Draft::parse);
            let draft = draft.map_err(|problem| vec![Finding { column: None, problem }]);
            return Some(Row { line: *line, draft, last: false });
        }
    }
}

impl<R: Read> Iterator for Source<R> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let row = match &mut self.lines {
            Lines::Ended => None,
            Lines::Csv { reader, columns, read } => {
                Self::next_csv(reader, columns, read, self.result.as_deref())
            }
            Lines::Json { reader, line } => Self::next_json(reader, line),
        };
        if row.as_ref().is_some_and(|row| row.last) {
            self.lines = Lines::Ended;
        }
        row
    }
}

/// A reader that gives up on a record longer than [`MAX_LINE`], whatever the parser would keep of it, and ends every line with one
/// line feed, the last one too, so that lines can be counted and a cell is the same from every spreadsheet.
struct Bounded<R> {
    inner: R,
    read: Rc<Cell<usize>>,
    after_return: bool,
    last: u8,
}

/// How much the CSV parser reads ahead.
const AHEAD: usize = 8 * 1024;

#[derive(Debug, thiserror::Error)]
#[error("a record without end")]
struct WithoutEnd;

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read.get() > MAX_LINE {
            return Err(io::Error::new(io::ErrorKind::InvalidData, WithoutEnd));
        }
        let most = buffer.len().min(AHEAD);
        let buffer = buffer.get_mut(..most).unwrap_or_default();
        loop {
            let count = self.inner.read(buffer)?;
            self.read.set(self.read.get() + count);
            if count == 0 {
                let Some(end) = buffer.first_mut().filter(|_| self.last != b'\n') else { return Ok(0) };
                (*end, self.last) = (b'\n', b'\n');
                return Ok(1);
            }
            let mut kept = 0;
            for index in 0..count {
                let byte = buffer[index];
                let second_half = byte == b'\n' && std::mem::take(&mut self.after_return);
                self.after_return = byte == b'\r';
                if !second_half {
                    buffer[kept] = if byte == b'\r' { b'\n' } else { byte };
                    self.last = buffer[kept];
                    kept += 1;
                }
            }
            if kept > 0 {
                return Ok(kept);
            }
        }
    }
}

fn of_csv(error: &csv::Error) -> Finding {
    let problem = match error.kind() {
        csv::ErrorKind::Utf8 { .. } => Problem::new(Code::BatchNotUtf8),
        csv::ErrorKind::Io(error)
            if error.get_ref().is_some_and(
                <dyn std::error::Error + std::marker::Send + std::marker::Sync + 'static>::is::<WithoutEnd>,
            ) =>
        {
            Problem::new(Code::BatchLineTooLong).with("limit", MAX_LINE)
        }
        csv::ErrorKind::Io(error) => unreadable(error),
        _ => Problem::new(Code::BodyUnreadable).with("reason", error),
    };
    Finding { column: None, problem }
}

fn unreadable(error: &io::Error) -> Problem {
    Problem::new(Code::BodyUnreadable).with("reason", error)
}

/// Passes over the mark that spreadsheets put before UTF-8.
fn skip_mark(reader: &mut impl BufRead) -> io::Result<()> {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    if reader.fill_buf()?.starts_with(MARK) {
        reader.consume(MARK.len());
    }
    Ok(())
}

fn skip_line(reader: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let count = end.map_or(buffer.len(), |end| end + 1);
        reader.consume(count);
        if end.is_some() {
            return Ok(());
        }
    }
}

/// The delimiter that the first line has most of, outside quotes.
fn guess(beginning: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [(b';', 0_u32), (b',', 0), (b'\t', 0)];
    for byte in beginning {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            byte if !quoted => {
                counts.iter_mut().filter(|(known, _)| known == byte).for_each(|(_, count)| *count += 1);
            }
            _ => {}
        }
    }
    counts
        .into_iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .filter(|(_, count)| *count > 0)
        .map_or(b',', |(byte, _)| byte)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn rows(text: &[u8], kind: Kind) -> Vec<Row> {
        Source::open(text, kind, None).unwrap().collect()
    }

    fn csv(text: impl AsRef<[u8]>) -> Vec<Row> {
        rows(text.as_ref(), Kind::Csv(Delimiter::Auto))
    }

    fn refused(row: &Row) -> (u64, Option<&str>, Code) {
        let finding = &row.draft.as_ref().unwrap_err()[0];
        (row.line, finding.column.as_deref(), finding.problem.code)
    }

    #[test]
    fn a_table_from_any_spreadsheet_gives_the_same_drafts() {
        let unix = csv("email,narrative\na@b.fr,\"dit \"\"oui\"\",\nbien\"\nc@d.fr,x\n");
        let excel = csv("\u{feff}courriel;récit\r\na@b.fr;\"dit \"\"oui\"\",\r\nbien\"\r\nc@d.fr;x");
        assert_eq!(unix, excel);
        assert_eq!(
            unix.iter().map(|row| row.line).collect::<Vec<_>>(),
            [2, 4],
            "a cell may have a line break"
        );
        assert_eq!(unix[0].draft.as_ref().unwrap().narrative.as_deref(), Some("dit \"oui\",\nbien"));
        let json = rows(
            b"{\"recipient\":{\"email\":\"a@b.fr\"},\"narrative\":\"dit \\\"oui\\\",\\nbien\"}\n\n{\"recipient\":{\"email\":\"C@d.fr\"},\"narrative\":\"x\"}",
            Kind::JsonLines,
        );
        assert_eq!(json.iter().map(|row| row.line).collect::<Vec<_>>(), [1, 3]);
        assert!(json.iter().zip(&unix).all(|(json, csv)| json.draft == csv.draft));
    }

    #[test]
    fn what_is_wrong_is_said_with_line_and_column_and_reading_goes_on() {
        let mut text = b"email;fin de validit\xc3\xa9\na@b.fr;2030-01-01\n".to_vec();
        text.extend(b"a@@b.fr;\n\nc@d.fr;demain\nc@d.fr\n;\nz\xe9@d.fr;\ne@f.fr;31/12/2030\n");
        let rows = csv(text);
        assert!(rows[0].draft.is_ok());
        assert_eq!(refused(&rows[1]), (3, Some("email"), Code::RecipientInvalid));
        assert_eq!(refused(&rows[2]), (5, Some("fin de validité"), Code::MalformedValue));
        assert_eq!(refused(&rows[3]), (6, None, Code::BatchRowCells));
        assert_eq!(refused(&rows[4]), (7, Some("email"), Code::MemberMissing));
        assert_eq!(refused(&rows[5]), (8, Some("email"), Code::BatchNotUtf8));
        assert_eq!((rows[6].line, rows[6].draft.is_ok()), (9, true));
        assert_eq!(rows.len(), 7);
    }

    #[test]
    fn a_quote_that_is_never_closed_does_not_take_the_whole_file() {
        let text = format!("email,narrative\na@b.fr,x\nc@d.fr,\"{}", "e@f.fr,y\n".repeat(1_000_000));
        let rows = csv(text);
        assert_eq!(rows.len(), 2);
        assert_eq!(refused(&rows[1]).2, Code::BatchLineTooLong);
        assert_eq!(rows[1].line, 3);
        assert!(rows[1].last);
        let long = format!("{{\"x\":\"{}\"}}\n{{}}\n", "x".repeat(MAX_LINE));
        let rows = self::rows(long.as_bytes(), Kind::JsonLines);
        assert_eq!(refused(&rows[0]), (1, None, Code::BatchLineTooLong));
        assert_eq!(refused(&rows[1]), (2, None, Code::MemberMissing));
    }

    #[test]
    fn nothing_is_not_a_table() {
        let open =
            |text: &str| Source::open(text.as_bytes(), Kind::Csv(Delimiter::Auto), None).err().unwrap().code;
        assert_eq!(open(""), Code::InputEmpty);
        assert_eq!(open("nom;email"), Code::BatchColumnUnknown);
        assert_eq!(guess(b"\"a,b,c\";d\ne,f,g"), b';');
        assert_eq!(guess(b"email"), b',');
    }
}
