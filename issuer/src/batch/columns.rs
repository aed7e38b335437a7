//! The columns of a table of recipients: what their names mean, in English or in French, and how a row becomes the body of an award.

use badge_schemas::problem::{Code, Problem};
use serde_json::{Map, Value, json};

use crate::members::malformed;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Recipient,
    Id,
    Email,
    Narrative,
    ValidFrom(Dates),
    ValidUntil(Dates),
    EvidenceId,
    EvidenceName,
    EvidenceDescription,
    Result,
    Language,
    /// Its name begins with `#`: for the writer of the table alone.
    Passed,
}

/// How dates without a time are read beside `2026-12-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dates {
    Iso,
    /// `31/12/2026`: the day first, which is what a French name of the column says.
    DayFirst,
}

/// The columns of one table, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    columns: Vec<(String, Column)>,
}

/// Most columns of a table: there are twelve that mean something.
const MAX_COLUMNS: usize = 64;

impl Columns {
    /// Reads the first line of a table.
    ///
    /// # Errors
    /// [`Code::BatchColumnUnknown`], [`Code::BatchColumnTwice`], [`Code::BatchRecipientColumnMissing`].
    pub fn of<'n>(names: impl Iterator<Item = &'n str>) -> Result<Self, Problem> {
        let mut columns: Vec<(String, Column)> = Vec::new();
        for name in names.take(MAX_COLUMNS + 1) {
            let name = name.trim().to_owned();
            let unknown = || Problem::new(Code::BatchColumnUnknown).with("column", &name);
            let column = Column::named(&name).ok_or_else(unknown)?;
            let is_there = column != Column::Passed
                && columns
                    .iter()
                    .any(|(_, known)| std::mem::discriminant(known) == std::mem::discriminant(&column));
            if is_there {
                return Err(Problem::new(Code::BatchColumnTwice).with("column", &name));
            }
            if columns.len() == MAX_COLUMNS {
                return Err(unknown());
            }
            columns.push((name, column));
        }
        let recipient =
            |(_, column): &(String, Column)| matches!(column, Column::Recipient | Column::Id | Column::Email);
        if !columns.iter().any(recipient) {
            return Err(Problem::new(Code::BatchRecipientColumnMissing));
        }
        Ok(Self { columns })
    }

    /// How many cells a row has.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there is no column; never for what [`Columns::of`] made.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// The name of a column, counted from 0.
    pub fn name(&self, index: usize) -> Option<&str> {
        self.columns.get(index).map(|(name, _)| name.as_str())
    }

    /// The name of the column that a finding is about, by its pointer into the body that [`Columns::body`] made.
    pub fn at(&self, pointer: &str) -> Option<&str> {
        let is = |column: &Column| match column {
            Column::Recipient => pointer.starts_with("/recipient"),
            Column::Id => pointer == "/recipient/id" || pointer == "/recipient",
            Column::Email => pointer == "/recipient/email" || pointer == "/recipient",
            Column::Narrative => pointer == "/narrative",
            Column::ValidFrom(_) => pointer == "/validFrom",
            Column::ValidUntil(_) => pointer == "/validUntil",
            Column::EvidenceName => pointer.starts_with("/evidence") && pointer.ends_with("/name"),
            Column::EvidenceDescription => {
                pointer.starts_with("/evidence") && pointer.ends_with("/description")
            }
            Column::EvidenceId => pointer.starts_with("/evidence"),
            Column::Result => pointer.starts_with("/result"),
            Column::Language => pointer == "/language",
            Column::Passed => false,
        };
        self.columns.iter().find(|(_, column)| is(column)).map(|(name, _)| name.as_str())
    }

    /// The body of the award that a row asks for; an empty cell says nothing. `result` is the id of the badge's result description,
    /// where it has just one.
    ///
    /// # Errors
    /// [`Code::MalformedValue`] at the member that the cell would be.
    pub fn body<'c>(
        &self,
        cells: impl Iterator<Item = &'c str>,
        result: Option<&str>,
    ) -> Result<Value, Problem> {
        let mut body = Map::new();
        let mut recipient = Map::new();
        let mut evidence = Map::new();
        for ((_, column), cell) in self.columns.iter().zip(cells) {
            let cell = cell.trim();
            if cell.is_empty() {
                continue;
            }
            let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
            match column {
                Column::Recipient if cell.starts_with("did:") => {
                    recipient.insert("id".to_owned(), json!(cell));
                }
                Column::Recipient | Column::Email => {
                    recipient.insert("email".to_owned(), json!(cell));
                }
                Column::Id => {
                    recipient.insert("id".to_owned(), json!(cell));
                }
                Column::Narrative => drop(put("narrative", json!(cell))),
                Column::ValidFrom(dates) => drop(put("validFrom", json!(time(cell, *dates, "T00:00:00Z")))),
                Column::ValidUntil(dates) => drop(put("validUntil", json!(time(cell, *dates, "T23:59:59Z")))),
                Column::EvidenceId => drop(evidence.insert("id".to_owned(), json!(cell))),
                Column::EvidenceName => drop(evidence.insert("name".to_owned(), json!(cell))),
                Column::EvidenceDescription => drop(evidence.insert("description".to_owned(), json!(cell))),
                Column::Language => drop(put("language", json!(cell))),
                Column::Result => {
                    let described = result.ok_or_else(|| {
                        malformed(
                            "/result",
                            "the badge has not just one result description, so this column says too little; send JSON lines",
                            "le badge n’a pas une seule description de résultat, cette colonne en dit donc trop peu\u{a0}; envoyez des lignes JSON",
                        )
                    })?;
                    put("result", json!([{"resultDescription": described, "value": cell}]));
                }
                Column::Passed => {}
            }
        }
        if !recipient.is_empty() {
            body.insert("recipient".to_owned(), Value::Object(recipient));
        }
        if !evidence.is_empty() {
            body.insert("evidence".to_owned(), json!([evidence]));
        }
        Ok(Value::Object(body))
    }
}

impl Column {
    fn named(name: &str) -> Option<Self> {
        if name.starts_with('#') {
            return Some(Self::Passed);
        }
        Some(match folded(name).as_str() {
            "recipient" | "destinataire" => Self::Recipient,
            "id" | "did" | "identifiant" => Self::Id,
            "email" | "emailaddress" | "mail" | "courriel" | "adresseelectronique" | "adresseemail" => {
                Self::Email
            }
            "narrative" | "recit" => Self::Narrative,
            "validfrom" => Self::ValidFrom(Dates::Iso),
            "debutdevalidite" => Self::ValidFrom(Dates::DayFirst),
            "validuntil" => Self::ValidUntil(Dates::Iso),
            "findevalidite" => Self::ValidUntil(Dates::DayFirst),
            "evidence" | "evidenceurl" | "preuve" | "urldelapreuve" => Self::EvidenceId,
            "evidencename" | "nomdelapreuve" => Self::EvidenceName,
            "evidencedescription" | "descriptiondelapreuve" => Self::EvidenceDescription,
            "result" | "resultat" => Self::Result,
            "language" | "langue" => Self::Language,
            _ => return None,
        })
    }
}

/// A name without case, accents, spaces, hyphens and underscores.
fn folded(name: &str) -> String {
    name.chars()
        .flat_map(char::to_lowercase)
        .filter_map(|c| match c {
            'à' | 'â' | 'ä' => Some('a'),
            'é' | 'è' | 'ê' | 'ë' => Some('e'),
            'î' | 'ï' => Some('i'),
            'ô' | 'ö' => Some('o'),
            'ù' | 'û' | 'ü' => Some('u'),
            'ç' => Some('c'),
            '\u{300}'..='\u{36f}' => None,
            c if c.is_whitespace() || matches!(c, '-' | '_' | '\'' | '’') => None,
            c => Some(c),
        })
        .collect()
}

/// A cell as a time: a date alone is taken in UTC, from its first second or until its last.
fn time(cell: &str, dates: Dates, time_of_day: &str) -> String {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|c| c.is_ascii_digit());
    let parts = |separator: char| -> Option<[&str; 3]> {
        let parts: Vec<&str> = cell.split(separator).collect();
        parts.try_into().ok()
    };
    if let Some([year, month, day]) = parts('-')
        && digits(year, 4)
        && digits(month, 2)
        && digits(day, 2)
    {
        return format!("{cell}{time_of_day}");
    }
    if dates == Dates::DayFirst
        && let Some([day, month, year]) = parts('/')
        && digits(year, 4)
        && digits(month, 2)
        && digits(day, 2)
    {
        return format!("{year}-{month}-{day}{time_of_day}");
    }
    // Anything else must be a time with its zone; the draft says so where it is not.
    cell.to_owned()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn code(names: &[&str]) -> Code {
        Columns::of(names.iter().copied()).unwrap_err().code
    }

    #[test]
    fn names_are_known_in_both_languages_however_they_are_typed() {
        let french = Columns::of(["Courriel", "Récit", "Fin de validité", "# nom"].into_iter()).unwrap();
        let body = french.body(["a@b.fr", "Bien.", "31/12/2030", "Zoé"].into_iter(), None).unwrap();
        assert_eq!(
            body,
            json!({"recipient": {"email": "a@b.fr"}, "narrative": "Bien.", "validUntil": "2030-12-31T23:59:59Z"})
        );
        let english = Columns::of(["e-mail", "NARRATIVE", "valid_until"].into_iter()).unwrap();
        let body = english.body(["a@b.fr", "Bien.", "2030-12-31"].into_iter(), None).unwrap();
        assert_eq!(body["validUntil"], "2030-12-31T23:59:59Z", "the same award from either");
        let body = english.body(["", "", "12/31/2030"].into_iter(), None).unwrap();
        assert_eq!(body, json!({"validUntil": "12/31/2030"}), "no guess: the draft refuses it");
        assert_eq!(french.at("/recipient/email"), Some("Courriel"));
        assert_eq!(french.at("/validUntil"), Some("Fin de validité"));
    }

    #[test]
    fn a_column_that_means_nothing_is_refused() {
        assert_eq!(code(&["email", "nom"]), Code::BatchColumnUnknown);
        assert_eq!(code(&["email", ""]), Code::BatchColumnUnknown);
        assert_eq!(code(&["email", "Courriel"]), Code::BatchColumnTwice);
        assert_eq!(code(&["validUntil", "fin de validité", "email"]), Code::BatchColumnTwice);
        assert_eq!(code(&["narrative"]), Code::BatchRecipientColumnMissing);
        assert_eq!(code(&[]), Code::BatchRecipientColumnMissing);
        let many = vec!["#"; MAX_COLUMNS + 1];
        assert_eq!(code(&many), Code::BatchColumnUnknown);
    }

    #[test]
    fn a_result_needs_one_description() {
        let columns = Columns::of(["recipient", "résultat"].into_iter()).unwrap();
        let row = || ["did:key:z", "12"].into_iter();
        let body = columns.body(row(), Some("urn:x:r")).unwrap();
        assert_eq!(body["result"], json!([{"resultDescription": "urn:x:r", "value": "12"}]));
        assert_eq!(columns.body(row(), None).unwrap_err().pointer.as_deref(), Some("/result"));
    }
}
