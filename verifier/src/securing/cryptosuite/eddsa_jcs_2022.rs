//! `eddsa-jcs-2022`: Ed25519 over the JSON of the document, hashed with SHA-256
//! ([vc-di-eddsa §3.3](https://www.w3.org/TR/vc-di-eddsa/#eddsa-jcs-2022)).

use super::{Algorithm, Canonicalization, Suite, UseFor};

pub(super) const SUITE: Suite = Suite {
    proof_type: "DataIntegrityProof",
    cryptosuite: Some("eddsa-jcs-2022"),
    canonicalization: Canonicalization::Jcs,
    algorithms: &[Algorithm::EdDsa],
    use_for: UseFor::SigningAndVerifying,
};
