//! What of each badge is shown: all of it, or what its holder reveals.

use badge_schemas::presentation::{envelop, envelop_jwt};
use badge_schemas::problem::{Code, Problem};
use badge_verifier::securing::disclosure::{base_proof, derive};
use badge_verifier::securing::sd_jwt::present::Selection;
use serde_json::Value;

use crate::store::Badge;

/// The badges as they travel: a compact JWS in its envelope, a badge with a base proof as what is derived from it,
/// an SD-JWT with what was selected of it, any other as it is.
///
/// A pointer counts for every badge with a base proof in which it leads somewhere; where it leads nowhere at all, it was a slip, and
/// nothing is shown.
///
/// # Errors
/// [`Code::NoBaseProof`], [`Code::DisclosurePointer`], and what keeps a proof from being derived.
pub(crate) fn shown(
    badges: &[&Badge],
    pointers: &[String],
    selection: &Selection,
) -> Result<Vec<Value>, Problem> {
    let in_part: Vec<&&Badge> =
        badges.iter().filter(|badge| !badge.is_jwt() && base_proof(&badge.value).is_some()).collect();
    for pointer in pointers {
        if in_part.is_empty() && badges.iter().any(|badge| badge.sd_jwt.is_some()) {
            return Err(Problem::new(Code::OptionInvalid).with("option", "--reveal").with_words(
                "reason",
                "this badge is an SD-JWT: use --disclose",
                "ce badge est un SD-JWT\u{a0}: utilisez --disclose",
            ));
        }
        if in_part.is_empty() {
            return Err(Problem::new(Code::NoBaseProof));
        }
        if in_part.iter().all(|badge| badge.value.pointer(pointer).is_none()) {
            return Err(Problem::new(Code::DisclosurePointer).with("pointer", pointer));
        }
    }
    badges
        .iter()
        .map(|badge| {
            if let Some(sd_jwt) = &badge.sd_jwt {
                let subtype = sd_jwt.profile().token_type().as_str();
                return Ok(envelop(subtype, &sd_jwt.select(selection)?));
            }
            if badge.is_jwt() {
                return Ok(envelop_jwt(&badge.text));
            }
            if base_proof(&badge.value).is_none() {
                return Ok(badge.value.clone());
            }
            let mine: Vec<String> =
                pointers.iter().filter(|pointer| badge.value.pointer(pointer).is_some()).cloned().collect();
            derive(&badge.value, &mine)
        })
        .collect()
}
