//! `ecdsa-rdfc-2019`: ECDSA over the statements of the document; P-256 with SHA-256, P-384 with SHA-384, blank nodes included
//! ([vc-di-ecdsa §3.2](https://www.w3.org/TR/vc-di-ecdsa/#ecdsa-rdfc-2019)).

use super::{Algorithm, Canonicalization, Suite, UseFor};

pub(super) const SUITE: Suite = Suite {
    proof_type: "DataIntegrityProof",
    cryptosuite: Some("ecdsa-rdfc-2019"),
    canonicalization: Canonicalization::Rdfc,
    algorithms: &[Algorithm::Es256, Algorithm::Es384],
    use_for: UseFor::SigningAndVerifying,
};
