//! Tells whether a skills badge is authentic, in force, and issued by someone a registry recognises for that skill.
//!
//! The core computes and nothing else: [`verify`](verify::verify) takes the input, what the caller expects, a policy, the time
//! and a snapshot of everything that had to be fetched, and gives a [`Report`]. It performs no I/O, reads no
//! clock and holds no private key; the same arguments give the same report, today and in ten years.
//!
//! Features, all additive: `net` fetches what a verification misses, `http` serves verification over HTTP, `cli` is the
//! `badge-verifier` program, `usage` says in French what is wrong with a command line, `openssl` is a second implementation of RS256 and ES256.

pub(crate) mod authenticate;
pub mod checks;
pub mod container;
pub mod content;
pub mod did;
pub mod evaluation;
#[cfg(feature = "http")]
pub mod http;
pub mod integrity;
#[cfg(feature = "net")]
pub mod net;
#[cfg(feature = "net")]
pub mod online;
pub mod policy;
mod problems;
pub mod proof_only;
pub mod render;
pub mod report;
pub mod securing;
#[cfg(feature = "self-signed")]
pub mod self_signed;
pub mod snapshot;
pub mod status_list;
pub mod tlog;
pub mod trusted_time;
#[cfg(feature = "usage")]
pub mod usage;
pub mod verify;
pub mod words;
pub mod work;

pub use policy::TrustPolicy;
pub use report::{Outcome, Report, Verdict, Verified};
pub use snapshot::Snapshot;
pub use verify::{Expectations, verify};
