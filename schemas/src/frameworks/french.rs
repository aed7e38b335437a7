//! The French registers of certifications ([France compétences](https://www.francecompetences.fr/)) and the directory of trades
//! ([ROME 4.0](https://www.francetravail.org/)): alignments with them. The code is what counts; the address is for people.
//!
//! An alignment says that a badge prepares for or overlaps with a certification. That a badge *is* the certification is said by
//! `otherIdentifier` of the achievement, and only a certifying body may say so.

use crate::achievement::Alignment;
use crate::identifiers::{IdentifierError, IdentifierKind, check};

/// `targetType` of a certification in the RNCP.
pub const RNCP_TYPE: &str = "ext:RNCP";

/// `targetType` of a block of competences of a certification in the RNCP.
pub const RNCP_BLOC_TYPE: &str = "ext:RNCPBloc";

/// `targetType` of a certification in the RS.
pub const RS_TYPE: &str = "ext:RS";

/// `targetType` of a trade.
pub const ROME_TYPE: &str = "ext:ROME";

/// `targetFramework` of a trade.
pub const ROME_FRAMEWORK: &str = "ROME 4.0";

/// What the page of an RNCP certification begins with; number and a slash follow.
pub const RNCP_URL_BASE: &str = "https://www.francecompetences.fr/recherche/rncp/";

/// What the page of an RS certification begins with; number and a slash follow.
pub const RS_URL_BASE: &str = "https://www.francecompetences.fr/recherche/rs/";

/// What the page of a trade begins with; the code follows. The pattern is observed, not promised.
pub const ROME_URL_BASE: &str = "https://candidat.francetravail.fr/metierscope/fiche-metier/";

/// An alignment with a certification in the RNCP, `RNCP38596`.
///
/// # Errors
///
/// If the code is not written so.
pub fn rncp(code: &str, name: &str) -> Result<Alignment, IdentifierError> {
    check(IdentifierKind::Rncp, code)?;
    Ok(super::alignment(RNCP_TYPE, "RNCP", Some(code.to_owned()), name, page(RNCP_URL_BASE, code)))
}

/// An alignment with a block of competences, `RNCP38596BC02`. Its page is that of the certification; its code follows as fragment, since skills are
/// told apart by their address.
///
/// # Errors
///
/// If the code is not written so.
pub fn rncp_bloc(code: &str, name: &str) -> Result<Alignment, IdentifierError> {
    check(IdentifierKind::RncpBloc, code)?;
    let url = format!("{}#{code}", page(RNCP_URL_BASE, code));
    Ok(super::alignment(RNCP_BLOC_TYPE, "RNCP", Some(code.to_owned()), name, url))
}

/// An alignment with a certification in the RS, `RS5875`.
///
/// # Errors
///
/// If the code is not written so.
pub fn rs(code: &str, name: &str) -> Result<Alignment, IdentifierError> {
    check(IdentifierKind::Rs, code)?;
    Ok(super::alignment(RS_TYPE, "RS", Some(code.to_owned()), name, page(RS_URL_BASE, code)))
}

/// An alignment with a trade, `M1805`.
///
/// # Errors
///
/// If the code is not written so.
pub fn rome(code: &str, name: &str) -> Result<Alignment, IdentifierError> {
    check(IdentifierKind::Rome, code)?;
    Ok(super::alignment(
        ROME_TYPE,
        ROME_FRAMEWORK,
        Some(code.to_owned()),
        name,
        format!("{ROME_URL_BASE}{code}"),
    ))
}

/// The number of the certification in a code of the RNCP or RS: `38596` of `RNCP38596BC02`.
pub(super) fn number(code: &str) -> &str {
    let digits = code.trim_start_matches(|c: char| c.is_ascii_uppercase());
    digits.split_once("BC").map_or(digits, |(number, _)| number)
}

fn page(base: &str, code: &str) -> String {
    format!("{base}{}/", number(code))
}
