//! Peer evaluations: what state a thread of records is in, and what an evaluation counts for a badge.

pub mod assessment;
pub(crate) mod claim;
pub mod digest;
pub(crate) mod mandate;
pub(crate) mod panel;
pub(crate) mod ring;
mod standing;
mod state;
pub mod thread;
