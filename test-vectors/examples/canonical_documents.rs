//! Prints documents with our canonical form, one JSON object on each line, for `interop/canonical` to compare with what other
//! implementations make of them: `canonical_documents COUNT` generates them, `canonical_documents -` reads them from stdin.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool of the tests")]

use badge_verifier::securing::rdfc::{HashFunction, canonicalize_with};
use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

#[path = "../tests/support/mod.rs"]
mod support;

fn main() {
    let print = |document: Value| {
        let form = |hash| canonicalize_with(&document, hash).map_err(|error| error.to_string());
        let line = match (form(HashFunction::Sha256), form(HashFunction::Sha384)) {
            (Ok(sha256), Ok(sha384)) => json!({"document": document, "sha256": sha256, "sha384": sha384}),
            (Err(error), _) | (_, Err(error)) => json!({"document": document, "refused": error}),
        };
        println!("{line}");
    };
    let count = std::env::args().nth(1).unwrap_or_else(|| "300".to_owned());
    if count == "-" {
        for line in std::io::stdin().lines() {
            print(serde_json::from_str::<Value>(&line.unwrap()).unwrap()["document"].take());
        }
        return;
    }
    let mut runner = TestRunner::deterministic();
    for _ in 0..count.parse::<usize>().unwrap() {
        print(support::linked_data::credentials().new_tree(&mut runner).unwrap().current());
        print(support::linked_data::presentations().new_tree(&mut runner).unwrap().current());
    }
}
