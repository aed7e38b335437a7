//! [ESCO](https://esco.ec.europa.eu/), the European classification of skills and occupations: how its identifiers are written.
//!
//! The program does not carry the classification, only the concepts paired with DigComp. An identifier begins with `http`, not
//! `https`, and is compared as a string. This service uses the ESCO classification of the European Commission.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::digcomp::Edition;
use crate::achievement::Alignment;
use crate::identifiers::{IdentifierError, IdentifierKind, check};
use crate::lang::Lang;

/// `targetType` of a skill or knowledge concept.
pub const SKILL_TYPE: &str = "ext:ESCOSkill";

/// `targetType` of an occupation.
pub const OCCUPATION_TYPE: &str = "ext:ESCOOccupation";

/// A concept of ESCO paired with DigComp.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Concept {
    /// Its identifier.
    pub uri: String,
    /// Its English label.
    pub en: String,
    /// Its French label, of ESCO's own.
    pub fr: String,
    /// English labels it had in earlier versions, by version; a badge that bears one is neither wrong nor altered.
    #[serde(default)]
    pub en_former: BTreeMap<String, String>,
}

/// An alignment with a skill or knowledge concept.
///
/// `version` is the ESCO version the label was taken from, for instance `1.2.1`: concepts leave ESCO, so it belongs to the alignment.
///
/// # Errors
///
/// If `uri` is not written as ESCO writes it.
pub fn skill(uri: &str, name: &str, version: &str) -> Result<Alignment, IdentifierError> {
    check(IdentifierKind::EscoSkill, uri)?;
    Ok(super::alignment(SKILL_TYPE, &format!("ESCO v{version}"), None, name, uri.to_owned()))
}

/// An alignment with an occupation.
///
/// # Errors
///
/// As [`skill`].
pub fn occupation(uri: &str, name: &str, version: &str) -> Result<Alignment, IdentifierError> {
    check(IdentifierKind::EscoOccupation, uri)?;
    Ok(super::alignment(OCCUPATION_TYPE, &format!("ESCO v{version}"), None, name, uri.to_owned()))
}

/// A concept we carry, by its identifier: those paired with DigComp, today or formerly.
pub fn concept(uri: &str) -> Option<&'static Concept> {
    Edition::ALL
        .into_iter()
        .map(Edition::table)
        .flat_map(|table| table.competences.iter().chain(&table.areas))
        .flat_map(|entry| [entry.esco.as_ref(), entry.esco_former.as_ref()])
        .flatten()
        .find(|concept| concept.uri == uri)
}

pub(super) fn label(uri: &str, lang: Lang) -> Option<&'static str> {
    concept(uri).map(|concept| lang.pick(concept.en.as_str(), concept.fr.as_str()))
}
