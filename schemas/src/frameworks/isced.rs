//! [ISCED-F 2013](https://uis.unesco.org/en/topic/international-standard-classification-education-isced), fields of education and training.

use crate::achievement::Alignment;

/// `targetType` of a field.
pub const FIELD_TYPE: &str = "ext:ISCEDF";

/// `targetFramework` of a field.
pub const TARGET_FRAMEWORK: &str = "ISCED-F 2013";

/// What the URI of a field begins with: that of the EU Vocabularies first, which we write, then ESCO's.
pub const URL_BASES: [&str; 2] =
    ["http://data.europa.eu/snb/isced-f/", "http://data.europa.eu/esco/isced-f/"];

/// Whether a code has the form of a broad (2 digits), narrow (3) or detailed field (4).
pub fn is_field(code: &str) -> bool {
    (2..=4).contains(&code.len()) && code.bytes().all(|c| c.is_ascii_digit())
}

/// An alignment with a field, which the caller names; `None` if the code does not have the form of one.
pub fn alignment(code: &str, name: &str) -> Option<Alignment> {
    let [ours, _] = URL_BASES;
    is_field(code).then(|| {
        super::alignment(FIELD_TYPE, TARGET_FRAMEWORK, Some(code.to_owned()), name, format!("{ours}{code}"))
    })
}
