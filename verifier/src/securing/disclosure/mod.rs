//! Selective disclosure: which statements of a document are revealed, under which names. Shared by `ecdsa-sd-2023` and `bbs-2023`.
//! [vc-di-ecdsa §3.4](https://www.w3.org/TR/vc-di-ecdsa/#selective-disclosure-functions)
//!
//! A document becomes canonical N-Quads, one statement a line; JSON Pointers select a part of the document, and with it some of the
//! lines. The labels of blank nodes are replaced before that, because canonical ones tell how many nodes are hidden and where.
//!
//! Two places differ from the letter of the specification, not from its outcome:
//!
//! - documents are skolemised where they stand, without expanding and compacting them ([`skolemize`]); that the result still means
//!   the same is checked, not assumed;
//! - a selection whose statements are not all statements of the document is an error. The specification would go on and make
//!   a proof that nobody can verify.

mod base;
pub mod cbor;
pub mod group;
pub mod labels;
mod residual;
pub mod select;
pub mod skolemize;
pub(super) mod statements;

use badge_schemas::problem::{Code, Problem};

use super::rdfc::RdfError;

pub use base::{BaseProof, Secrets, UnsignedBase, UnsignedBbsBase, base_proof, derive};
pub(super) use base::{prepare, prepare_bbs, verify};
pub use group::{Group, Grouped, canonicalize_and_group};
pub use labels::{
    HMAC_KEY_BYTES, HmacKey, LabelReplacement, Replaced, label_replacement_canonicalize, relabel,
};
pub use select::select_json_ld;

/// Why statements could not be selected or named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DisclosureError {
    /// Not a JSON Pointer ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)), or one that leads nowhere in this document.
    #[error("{pointer:?} selects nothing")]
    Pointer {
        /// The pointer.
        pointer: String,
    },
    /// More pointers than anyone needs.
    #[error("{found} pointers, {allowed} allowed")]
    TooManyPointers {
        /// How many there are.
        found: usize,
        /// How many are allowed.
        allowed: usize,
    },
    /// Nothing would be revealed.
    #[error("no pointers: nothing is selected")]
    NothingSelected,
    /// The selected part says something that the whole does not say: a part of an ordered list, for example.
    #[error("a part of the document cannot be selected by itself")]
    NotSelectable,
    /// The map of blank node labels does not name each blank node of the document once, and nothing else.
    #[error("the label map does not fit the document")]
    LabelMap,
    /// The document has no RDF that may be signed.
    #[error(transparent)]
    Rdf(#[from] RdfError),
}

impl DisclosureError {
    /// What to tell the one who signs, derives or verifies.
    pub fn to_problem(&self) -> Problem {
        match self {
            Self::Pointer { pointer } => Problem::new(Code::DisclosurePointer).with("pointer", pointer),
            Self::TooManyPointers { found, allowed } => Problem::new(Code::CanonicalizationLimit)
                .with("reason", format!("JSON Pointers: {found} > {allowed}")),
            Self::NothingSelected => Problem::new(Code::DisclosureEmpty),
            Self::NotSelectable => Problem::new(Code::DisclosureImpossible),
            Self::LabelMap => Problem::new(Code::ProofMalformed).with_words(
                "reason",
                "its label map does not name each blank node of the document once",
                "sa table d’étiquettes ne nomme pas une fois chaque nœud anonyme du document",
            ),
            Self::Rdf(error) => error.to_problem(),
        }
    }
}

#[cfg(test)]
mod tests;
