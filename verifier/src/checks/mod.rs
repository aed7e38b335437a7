//! One file per question that a verification answers.

pub mod conformance;
pub mod credential_schema;
pub mod endorsement;
pub mod holder;
pub mod issuer;
pub(crate) mod key_binding;
pub mod recipient;
pub mod related_resource;
pub mod status;
pub mod validity;
