//! What a skills badge *is*: Open Badges 3.0 on the W3C Verifiable Credentials Data Model 2.0.
//!
//! This crate performs no I/O and no cryptography and reads no clock. It offers
//!
//! - [`document::Document`]: what was received, byte for byte, parsed strictly;
//! - typed views over a document ([`credential`], [`achievement`], [`endorsement`], [`evaluation`], [`presentation`], [`status`],
//!   [`registry`], [`controller`]);
//! - identifiers and keys ([`did`], [`multikey`], [`jwk`], [`identifiers`]);
//! - the contexts, JSON Schemas and frameworks that come with the program ([`contexts`], [`json_schema`], [`frameworks`]);
//! - one vocabulary of problems ([`problem`]), in English and French ([`lang`]).

pub mod achievement;
pub mod contexts;
pub mod controller;
pub mod credential;
pub mod data_model;
pub mod did;
pub mod document;
pub mod endorsement;
pub mod evaluation;
pub mod frameworks;
pub mod identifiers;
pub mod json_schema;
pub mod jwk;
pub mod lang;
pub mod lenient;
pub mod multikey;
pub mod presentation;
pub mod problem;
pub mod profile;
pub mod registry;
pub mod status;
pub mod timestamp;
pub mod uri;
