//! The issuer's record as a transparency log: who did what, in a form that anybody can check without trusting the issuer's word.
//!
//! The layout is that of [C2SP tlog-tiles](https://c2sp.org/tlog-tiles): a Merkle tree ([RFC 9162 §2.1](https://www.rfc-editor.org/rfc/rfc9162#section-2.1))
//! over the entries of the record, a signed [checkpoint](https://c2sp.org/tlog-checkpoint), and files that any web server can
//! hand out. An entry is one act of the record: JSON with ids, digests, times, actors and codes, never anything personal.
//!
//! What a pass means: the issuer has committed itself to this entry, at this place, in a list it cannot shorten or rewrite unseen by anyone who
//! keeps an older checkpoint. *When* it did so is only its own word, unless a [witness](https://c2sp.org/tlog-cosignature)
//! that the caller trusts has signed a time. It does not mean that what the entry says is true.

pub mod checkpoint;
pub mod merkle;
pub mod note;
pub mod proof;
pub mod receipt;
pub mod tiles;
pub mod witness;

pub use checkpoint::{Checkpoint, origin};
pub use merkle::Tree;
pub use proof::InclusionProof;
pub use receipt::Receipt;
pub use witness::Witness;
