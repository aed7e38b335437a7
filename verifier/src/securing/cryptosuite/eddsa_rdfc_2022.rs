//! `eddsa-rdfc-2022`: Ed25519 over the statements of the document, hashed with SHA-256
//! ([vc-di-eddsa §3.2](https://www.w3.org/TR/vc-di-eddsa/#eddsa-rdfc-2022)).

use super::{Algorithm, Canonicalization, Suite, UseFor};

pub(super) const SUITE: Suite = Suite {
    proof_type: "DataIntegrityProof",
    cryptosuite: Some("eddsa-rdfc-2022"),
    canonicalization: Canonicalization::Rdfc,
    algorithms: &[Algorithm::EdDsa],
    use_for: UseFor::SigningAndVerifying,
};
