//! `ecdsa-jcs-2019`: ECDSA over the JSON of the document; P-256 with SHA-256, P-384 with SHA-384
//! ([vc-di-ecdsa §3.3](https://www.w3.org/TR/vc-di-ecdsa/#ecdsa-jcs-2019)).

use super::{Algorithm, Canonicalization, Suite, UseFor};

pub(super) const SUITE: Suite = Suite {
    proof_type: "DataIntegrityProof",
    cryptosuite: Some("ecdsa-jcs-2019"),
    canonicalization: Canonicalization::Jcs,
    algorithms: &[Algorithm::Es256, Algorithm::Es384],
    use_for: UseFor::SigningAndVerifying,
};
