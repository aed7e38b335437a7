//! The issuer of skills badges: what `badge-issuer` does, as a library.
//!
//! The program in `main.rs` parses its arguments and calls this crate; tests call it directly.

pub mod access;
pub mod app;
pub mod args;
pub mod award;
pub mod badge;
mod badge_image;
pub mod batch;
pub mod body;
pub mod checkpoint;
pub mod commands;
pub mod conformance;
pub mod credential;
pub mod data_directory;
pub mod disclosure;
pub mod draft;
pub mod erasure;
pub mod file;
pub mod files;
pub mod identity;
pub mod image;
pub mod inspection;
pub mod issuer;
pub mod keys;
pub mod lint;
pub mod members;
pub mod offline;
pub mod parameters;
pub mod passphrase;
pub mod problem;
pub mod profiles;
pub mod public_url;
pub mod randomness;
pub mod recipient;
pub mod refusal;
pub mod registry;
pub mod routes;
mod selective;
pub mod settings;
pub mod signer;
pub mod signer_ec;
pub mod signer_rsa;
pub mod status;
pub mod status_list;
pub mod store;
pub mod template;
