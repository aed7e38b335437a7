//! What became of each line, as NDJSON or as a table for a spreadsheet. Lines and awards are named, people never.

use std::io::{self, Write};

use badge_schemas::lang::Lang;
use badge_schemas::problem::Audience;
use serde_json::{Value, json};

use super::source::Finding;

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Awarded now.
    Awarded,
    /// There already.
    Already,
    /// In order; this is a dry run.
    Ready,
    /// Not in order.
    Refused,
}

impl Outcome {
    /// `awarded`, `already`, `ready` or `refused`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Awarded => "awarded",
            Self::Already => "already",
            Self::Ready => "ready",
            Self::Refused => "refused",
        }
    }
}

/// What became of one line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Where the line begins, counted from 1.
    pub line: u64,
    /// What became of it.
    pub outcome: Outcome,
    /// The award's id, where there is one.
    pub award: Option<String>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

impl Line {
    /// The line as one object; sentences in the reader's language.
    pub fn to_json(&self, lang: Lang) -> Value {
        let mut line = json!({"line": self.line, "outcome": self.outcome.as_str()});
        if let Some(award) = &self.award {
            line["award"] = json!(award);
        }
        if !self.findings.is_empty() {
            line["problems"] = self.findings.iter().map(|finding| finding.to_json(lang)).collect();
        }
        line
    }
}

impl Finding {
    fn to_json(&self, lang: Lang) -> Value {
        let mut finding = json!({
            "code": self.problem.code.as_str(),
            "detail": self.problem.sentence(lang),
            "hint": self.problem.hint_for(Audience::Author, lang),
        });
        if let Some(column) = &self.column {
            finding["column"] = json!(column);
        }
        if let Some(pointer) = &self.problem.pointer {
            finding["pointer"] = json!(pointer);
        }
        finding
    }
}

/// A report being written.
pub enum Report<W: Write> {
    /// One object a line.
    Ndjson(W, Lang),
    /// A table, as the spreadsheets of the reader's country open it: `;` in French.
    Csv(Box<csv::Writer<W>>, Lang),
}

impl<W: Write> Report<W> {
    /// Begins a table, with the mark by which spreadsheets know UTF-8.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn csv(mut writer: W, lang: Lang) -> io::Result<Self> {
        writer.write_all(b"\xef\xbb\xbf")?;
        let mut table = csv::WriterBuilder::new().delimiter(lang.pick(b',', b';')).from_writer(writer);
        table.write_record(lang.pick(
            ["line", "outcome", "award", "column", "code", "what is wrong", "what to do"],
            ["ligne", "résultat", "attribution", "colonne", "code", "ce qui ne va pas", "que faire"],
        ))?;
        Ok(Self::Csv(Box::new(table), lang))
    }

    /// Writes a line.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn line(&mut self, line: &Line) -> io::Result<()> {
        match self {
            Self::Ndjson(writer, lang) => writeln!(writer, "{}", line.to_json(*lang)),
            Self::Csv(table, lang) => {
                let number = line.line.to_string();
                let outcome = match line.outcome {
                    Outcome::Awarded => lang.pick("awarded", "attribué"),
                    Outcome::Already => lang.pick("already there", "déjà là"),
                    Outcome::Ready => lang.pick("ready", "prêt"),
                    Outcome::Refused => lang.pick("refused", "refusé"),
                };
                let award = line.award.as_deref().unwrap_or_default();
                let mut row = |column: &str, code: &str, sentence: &str, hint: &str| {
                    let cells = [&number, outcome, award, column, code, sentence, hint];
                    table.write_record(cells.map(harmless)).map_err(io::Error::from)
                };
                for finding in &line.findings {
                    let Finding { column, problem } = finding;
                    let hint = problem.hint_for(Audience::Author, *lang);
                    let column = column.as_deref().unwrap_or_default();
                    row(column, problem.code.as_str(), &problem.sentence(*lang), &hint)?;
                }
                if line.findings.is_empty() { row("", "", "", "") } else { Ok(()) }
            }
        }
    }

    /// Writes what is still held.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Ndjson(writer, _) => writer.flush(),
            Self::Csv(table, _) => table.flush(),
        }
    }
}

impl Report<Vec<u8>> {
    /// What was written since this was last asked.
    pub fn taken(&mut self) -> Vec<u8> {
        match self {
            Self::Ndjson(bytes, _) => std::mem::take(bytes),
            Self::Csv(..) => Vec::new(),
        }
    }
}

/// A cell that no spreadsheet takes for a formula: what was sent to us must not run on the machine of whoever reads the report.
pub fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use badge_schemas::problem::{Code, Problem};

    use super::*;

    #[test]
    fn a_report_is_a_table_without_formulas() {
        let problem = Problem::new(Code::BatchRowCells).with("found", 2).with("expected", 3);
        let finding = Finding { column: Some("=HYPERLINK(\"http://x\")".to_owned()), problem };
        let line = Line { line: 73_112, outcome: Outcome::Refused, award: None, findings: vec![finding] };
        let mut bytes = Vec::new();
        let mut report = Report::csv(&mut bytes, Lang::Fr).unwrap();
        report.line(&line).unwrap();
        report
            .line(&Line { line: 2, outcome: Outcome::Already, award: Some("-1".into()), findings: vec![] })
            .unwrap();
        report.flush().unwrap();
        drop(report);
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("\u{feff}ligne;résultat;"));
        assert!(
            lines[1].starts_with("73112;refusé;;\"'=HYPERLINK(\"\"http://x\"\")\";BATCH_ROW_CELLS;"),
            "{}",
            lines[1]
        );
        assert_eq!(lines[2], "2;déjà là;'-1;;;;");
        let json = line.to_json(Lang::En);
        assert_eq!((json["line"].as_u64(), json["outcome"].as_str()), (Some(73_112), Some("refused")));
        assert!(json["problems"][0]["hint"].is_string());
    }
}
