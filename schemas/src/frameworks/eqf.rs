//! The [European Qualifications Framework](https://europass.europa.eu/en/europass-digital-tools/european-qualifications-framework): 8 levels and their URIs.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::achievement::Alignment;
use crate::lang::Lang;

/// `targetType` of a level.
pub const LEVEL_TYPE: &str = "ext:EQFLevel";

/// `targetFramework` of a level; the framework has no versions.
pub const TARGET_FRAMEWORK: &str = "European Qualifications Framework";

/// What the URI of a level begins with; the number follows.
pub const URL_BASE: &str = "http://data.europa.eu/snb/eqf/";

/// A level.
#[derive(Debug, Deserialize)]
pub struct Level {
    /// 1 to 8.
    pub level: u8,
    /// Its URI in the EU Vocabularies.
    pub uri: String,
    /// Its English name; ours.
    pub en: String,
    /// Its French name; ours.
    pub fr: String,
}

/// The 8 levels.
pub fn levels() -> &'static [Level] {
    #[derive(Default, Deserialize)]
    struct Table {
        levels: Vec<Level>,
    }
    static TABLE: OnceLock<Table> = OnceLock::new();
    // A file that cannot be read gives an empty table, which `look_up` does not take for a complete one; a test reads it.
    &TABLE
        .get_or_init(|| serde_json::from_str(include_str!("../../frameworks/eqf.json")).unwrap_or_default())
        .levels
}

/// An alignment with a level, named in a language; `None` if there is no such level.
pub fn alignment(level: u8, lang: Lang) -> Option<Alignment> {
    let level = levels().iter().find(|known| known.level == level)?;
    let (code, name) = (level.level.to_string(), lang.pick(&level.en, &level.fr));
    Some(super::alignment(LEVEL_TYPE, TARGET_FRAMEWORK, Some(code), name, level.uri.clone()))
}

pub(super) fn label(uri: &str, lang: Lang) -> Option<&'static str> {
    let level = levels().iter().find(|level| level.uri == uri)?;
    Some(lang.pick(level.en.as_str(), level.fr.as_str()))
}
