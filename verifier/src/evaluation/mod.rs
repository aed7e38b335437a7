//! Peer evaluations: what state a thread of records is in, and what an evaluation counts for a badge.

pub mod digest;
pub(crate) mod mandate;
mod state;
pub mod thread;
