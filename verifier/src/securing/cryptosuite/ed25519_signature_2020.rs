//! `Ed25519Signature2020`: the suite before `eddsa-rdfc-2022`; the same transformation under a proof type of its own, read only
//! ([vc-di-eddsa §A.2](https://www.w3.org/TR/vc-di-eddsa/#the-ed25519signature2020-suite)).
//!
//! The terms of its proof come from the context `https://w3id.org/security/suites/ed25519-2020/v1`, which the document must name.

use super::{Suite, UseFor, eddsa_rdfc_2022};

pub(super) const SUITE: Suite = Suite {
    proof_type: "Ed25519Signature2020",
    cryptosuite: None,
    use_for: UseFor::Verifying,
    ..eddsa_rdfc_2022::SUITE
};
