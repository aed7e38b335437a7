//! What the store in PostgreSQL promises, tried with real services and real servers: two services that try to collide, services and
//! servers killed under load, a failover.
//!
//! `CRASH_RUNS=short` (part of `cargo test`), `default` (`make crash`) or `long` (`make crash LONG=1`) says how often.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may panic and says what it did"
)]

mod batches;
mod cluster;
mod collide;
mod failover;
#[path = "../api/harness.rs"]
#[expect(dead_code, reason = "the harness of the other tests: not everything in it is needed here")]
mod harness;
mod kill;
mod load;
mod log;
mod outage;
#[path = "../api/peers.rs"]
#[expect(dead_code, reason = "the people of the other tests: not everything about them is needed here")]
mod peers;
mod rings;
mod tls;
mod tokens;

/// How often, out of what `CRASH_RUNS` says.
fn runs(short: usize, default: usize, long: usize) -> usize {
    match std::env::var("CRASH_RUNS").as_deref() {
        Err(_) | Ok("" | "short") => short,
        Ok("default") => default,
        Ok("long") => long,
        Ok(other) => panic!("CRASH_RUNS={other}: it is short, default or long"),
    }
}
