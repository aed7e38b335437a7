//! The real program, in directories of its own, with badges signed here.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod endorsing;
mod evaluating;
mod guided;
mod holder;
mod keeping;
mod mistakes;
mod page;
mod presenting;
mod revealing;
mod selective;
mod steps;
mod support;
mod ties;
