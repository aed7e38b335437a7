//! What the embedded store promises, tried: the process killed, the power cut, the disk full, every file damaged.
//!
//! The promises, checked after each: every acknowledged award is present, as it was answered, and verifies; no status index was given
//! twice; nothing is signed without a recorded intent; no loss of the end of the record goes unseen.
//!
//! `CRASH_RUNS=short` (part of `cargo test`), `default` (`make crash`) or `long` (`make crash LONG=1`) says how often. What is random
//! comes from a seed that is printed; `CRASH_SEED=N` plays it again.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may panic and says what it did"
)]

mod badge;
mod client;
mod damage;
mod full;
mod kill;
mod power;
mod random;

/// How often, out of what `CRASH_RUNS` says.
fn runs(short: usize, default: usize, long: usize) -> usize {
    match std::env::var("CRASH_RUNS").as_deref() {
        Err(_) | Ok("" | "short") => short,
        Ok("default") => default,
        Ok("long") => long,
        Ok(other) => panic!("CRASH_RUNS={other}: it is short, default or long"),
    }
}
