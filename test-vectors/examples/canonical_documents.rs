//! Prints generated documents with our canonical form, one JSON object on each line, for `interop/canonical` to compare with
//! what other implementations make of them.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool of the tests")]

use badge_verifier::securing::rdfc::{HashFunction, canonicalize_with};
use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

#[path = "../tests/support/mod.rs"]
mod support;

fn main() {
    let mut runner = TestRunner::deterministic();
    let count = std::env::args().nth(1).map_or(300, |count| count.parse().unwrap());
    let mut print = |document: Value| {
        let form = |hash| canonicalize_with(&document, hash).map_err(|error| error.to_string());
        let line = match (form(HashFunction::Sha256), form(HashFunction::Sha384)) {
            (Ok(sha256), Ok(sha384)) => json!({"document": document, "sha256": sha256, "sha384": sha384}),
            (Err(error), _) | (_, Err(error)) => json!({"document": document, "refused": error}),
        };
        println!("{line}");
    };
    for _ in 0..count {
        print(support::linked_data::credentials().new_tree(&mut runner).unwrap().current());
        print(support::linked_data::presentations().new_tree(&mut runner).unwrap().current());
    }
}
