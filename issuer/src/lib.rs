//! The issuer of skills badges: what `badge-issuer` does, as a library.
//!
//! The program in `main.rs` parses its arguments and calls this crate; tests call it directly.

pub mod store;
