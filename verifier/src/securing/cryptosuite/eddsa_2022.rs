//! `eddsa-2022`: the name that drafts gave to `eddsa-rdfc-2022`; the same transformation, read only
//! ([vc-di-eddsa, draft of 2023](https://www.w3.org/TR/2023/WD-vc-di-eddsa-20230714/#eddsa-2022)).

use super::{Canonicalization, Suite, UseFor, eddsa_rdfc_2022};

pub(super) const SUITE: Suite = Suite {
    cryptosuite: Some("eddsa-2022"),
    canonicalization: Canonicalization::Rdfc,
    use_for: UseFor::Verifying,
    ..eddsa_rdfc_2022::SUITE
};
