//! Peer evaluations: what state a thread of records is in, and what an evaluation counts for a badge.

pub mod assessment;
pub(crate) mod claim;
pub mod digest;
pub mod gathered;
pub(crate) mod mandate;
pub(crate) mod panel;
pub(crate) mod ring;
mod standing;
mod state;
pub mod thread;
pub mod withdrawals;

/// The addresses of a badge's skills: of every alignment of its achievement, and of what hangs on it.
pub fn skills_of(badge: &serde_json::Value) -> Vec<String> {
    claim::skills(badge).map(|(address, _)| address.to_owned()).collect()
}
