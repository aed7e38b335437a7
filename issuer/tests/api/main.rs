//! The issuer from outside: the real program, over real sockets.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod access;
mod batch;
mod ceremony;
mod deployed;
mod described;
mod doctor;
mod errors;
mod evaluations;
mod harness;
mod idempotency;
mod identity;
mod journey;
mod languages;
mod log;
mod offline;
mod operation;
mod organisations;
mod panels;
mod peers;
mod privacy;
mod quorum;
mod record;
mod rings;
mod rotation;
mod sd_jwt;
mod selective;
mod signer;
mod slow;
mod status;
mod table;
