//! [DigComp](https://joint-research-centre.ec.europa.eu/digcomp_en), the European Digital Competence Framework, editions 2.2 and 3.0.

use std::sync::OnceLock;

use serde::Deserialize;

use super::esco::Concept;
use crate::achievement::Alignment;
use crate::lang::Lang;

/// `targetType` of a competence or an area.
pub const COMPETENCE_TYPE: &str = "ext:DigCompCompetence";

/// `targetType` of a learning outcome of DigComp 3.0.
pub const LEARNING_OUTCOME_TYPE: &str = "ext:DigCompLearningOutcome";

/// An edition of DigComp whose table comes with the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// DigComp 2.2, 2022 ([JRC128415](https://data.europa.eu/doi/10.2760/115376)).
    V2_2,
    /// DigComp 3.0, 2025 ([JRC144121](https://data.europa.eu/doi/10.2760/0001149)).
    V3_0,
}

/// The table of one edition: complete for areas, competences and levels; learning outcomes are not in it.
#[derive(Debug, Default, Deserialize)]
pub struct Table {
    /// The 5 areas.
    pub areas: Vec<Entry>,
    /// The 21 competences.
    pub competences: Vec<Entry>,
    /// The 4 named levels.
    pub bands: Vec<Band>,
    /// The 8 numbered levels.
    pub levels: Vec<Level>,
}

/// An area (`2`) or a competence (`2.6`).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its code.
    pub code: String,
    /// Its area, for a competence.
    pub area: Option<String>,
    /// Its English name, which is the official one.
    pub en: String,
    /// Its French name; a translation by this project, as `frStatus` says in the file.
    pub fr: String,
    /// The ESCO concept this project pairs it with.
    pub esco: Option<Concept>,
    /// The ESCO concept it was paired with before that left the collection.
    pub esco_former: Option<Concept>,
}

/// A named level. DigComp levels are not EQF levels: nothing here maps one to the other.
#[derive(Debug, Deserialize)]
pub struct Band {
    /// 1 to 4.
    pub band: u8,
    /// Its English name, which is the official one.
    pub en: String,
    /// Its French name; a translation by this project.
    pub fr: String,
    /// The numbered levels it covers.
    pub levels: Vec<u8>,
}

/// A numbered level.
#[derive(Debug, Deserialize)]
pub struct Level {
    /// 1 to 8.
    pub level: u8,
    /// The English name of its band: `band` in 2.2, `four` in 3.0.
    #[serde(alias = "four")]
    pub band: String,
    /// Its place on the scale of 6 (`A1` to `C2`), in 3.0.
    pub six: Option<String>,
}

impl Entry {
    /// Its name in a language.
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.en, &self.fr)
    }
}

impl Edition {
    /// Both editions, newest first.
    pub const ALL: [Self; 2] = [Self::V3_0, Self::V2_2];

    /// `2.2` or `3.0`.
    pub fn version(self) -> &'static str {
        match self {
            Self::V2_2 => "2.2",
            Self::V3_0 => "3.0",
        }
    }

    /// The edition with this version, if its table comes with the program.
    pub fn from_version(version: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|edition| edition.version() == version)
    }

    /// `targetFramework`: the name with the version.
    pub fn target_framework(self) -> &'static str {
        match self {
            Self::V2_2 => "DigComp 2.2",
            Self::V3_0 => "DigComp 3.0",
        }
    }

    /// What a `targetUrl` begins with; the code follows.
    ///
    /// DigComp gives its competences no addresses. The code as the fragment of the publication's DOI is a convention of this
    /// project, for both editions: compare codes, not addresses.
    pub fn url_base(self) -> &'static str {
        match self {
            Self::V2_2 => "https://data.europa.eu/doi/10.2760/115376#",
            Self::V3_0 => "https://data.europa.eu/doi/10.2760/0001149#",
        }
    }

    /// The table of this edition.
    pub fn table(self) -> &'static Table {
        static TABLES: [OnceLock<Table>; 2] = [const { OnceLock::new() }; 2];
        let text = match self {
            Self::V2_2 => include_str!("../../frameworks/digcomp-2.2.json"),
            Self::V3_0 => include_str!("../../frameworks/digcomp-3.0.json"),
        };
        let [older, newer] = &TABLES;
        let table = if self == Self::V2_2 { older } else { newer };
        // A file that cannot be read gives an empty table, which `look_up` does not take for a complete one; a test reads both.
        table.get_or_init(|| serde_json::from_str(text).unwrap_or_default())
    }

    /// The area or competence with this code.
    pub fn entry(self, code: &str) -> Option<&'static Entry> {
        let table = self.table();
        table.competences.iter().chain(&table.areas).find(|entry| entry.code == code)
    }

    /// An alignment with an area or a competence, named in a language; `None` if this edition has no such code.
    pub fn alignment(self, code: &str, lang: Lang) -> Option<Alignment> {
        let entry = self.entry(code)?;
        let url = format!("{}{code}", self.url_base());
        Some(super::alignment(
            COMPETENCE_TYPE,
            self.target_framework(),
            Some(code.to_owned()),
            entry.name(lang),
            url,
        ))
    }

    /// An alignment with a learning outcome of DigComp 3.0 (`LO1.1.01`), which the caller names; `None` if the code does not have that
    /// form, belongs to no competence, or the edition is an older one, which has none.
    pub fn learning_outcome(self, code: &str, name: &str) -> Option<Alignment> {
        let competence = outcome_competence(code)?;
        (self == Self::V3_0 && code.starts_with("LO") && self.entry(competence).is_some()).then(|| {
            let url = format!("{}{code}", self.url_base());
            super::alignment(LEARNING_OUTCOME_TYPE, self.target_framework(), Some(code.to_owned()), name, url)
        })
    }
}

/// The competence of a learning outcome (`LO1.1.01`) or competence statement (`CS1.1.01`) of DigComp 3.0; `None` for another form.
pub(super) fn outcome_competence(code: &str) -> Option<&str> {
    let rest = code.strip_prefix("LO").or_else(|| code.strip_prefix("CS"))?;
    let (competence, number) = rest.rsplit_once('.')?;
    let two_digits = number.len() == 2 && number.bytes().all(|c| c.is_ascii_digit());
    (two_digits && is_competence(competence)).then_some(competence)
}

/// Whether a code has the form of a competence, `2.6`.
pub(super) fn is_competence(code: &str) -> bool {
    matches!(code.as_bytes(), [area, b'.', number] if area.is_ascii_digit() && number.is_ascii_digit())
}

/// Whether a code has the form of an area, `2`.
pub(super) fn is_area(code: &str) -> bool {
    matches!(code.as_bytes(), [area] if area.is_ascii_digit())
}

/// The name of an area or competence by our convention for its address.
pub(super) fn label(uri: &str, lang: Lang) -> Option<&'static str> {
    Edition::ALL
        .into_iter()
        .find_map(|edition| edition.entry(uri.strip_prefix(edition.url_base())?))
        .map(|entry| entry.name(lang))
}
