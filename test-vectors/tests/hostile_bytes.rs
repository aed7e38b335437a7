//! The fuzz targets' entry points under mutations of every seed: what `make fuzz` looks for at length, in short and always.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../fuzz/entry.rs"]
#[expect(clippy::expect_used, reason = "a finding is a panic")]
mod entry;
mod support;

use proptest::collection::vec;
use proptest::prelude::*;

/// The entry point of a target's name.
fn target(name: &str) -> fn(&[u8]) {
    match name {
        "document" => entry::document,
        "container" => entry::container,
        "json_ld" => entry::json_ld,
        "canonical" => entry::canonical,
        "status_list" => entry::status_list,
        "registry" => entry::registry,
        "sd_jwt" => entry::sd_jwt,
        "thread" => entry::thread,
        "verify" => entry::verify,
        other => unreachable!("{other}"),
    }
}

#[test]
fn every_target_has_seeds_and_survives_them() {
    let mut names: Vec<&str> = Vec::new();
    // The whole verification of every vector is `verdicts`' work.
    for (name, seed) in support::seeds::all() {
        names.push(name);
        if name != "verify" {
            target(name)(&seed);
        }
    }
    names.dedup();
    assert_eq!(
        names,
        [
            "canonical",
            "container",
            "document",
            "json_ld",
            "registry",
            "sd_jwt",
            "status_list",
            "thread",
            "verify"
        ]
    );
}

#[test]
fn threads_signed_again_come_as_far_as_they_did() {
    let mut reached = std::collections::BTreeSet::new();
    for path in badge_test_vectors::files("evaluate").unwrap() {
        let vector: support::threads::ThreadVector =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let records = vector.thread["verifiableCredential"].as_array().unwrap();
        let again = badge_verifier::evaluation::thread::thread(&entry::signed_again(records));
        let report = support::threads::ThreadVector { thread: again, ..vector }.run();
        reached.extend(report.state.map(badge_verifier::evaluation::thread::State::as_str));
    }
    let states = ["accepted", "declined", "expired", "proposed", "recused", "submitted", "withdrawn"];
    assert_eq!(reached.into_iter().collect::<Vec<_>>(), states);
}

/// One change: where, what kind, with what.
type Change = (usize, u8, Vec<u8>);

fn changed(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for (place, kind, with) in changes {
        let at = place % (bytes.len() + 1);
        let to = (at + with.len()).min(bytes.len());
        match kind % 4 {
            0 => drop(bytes.splice(at..at, with.iter().copied())),
            1 => drop(bytes.splice(at..to, with.iter().copied())),
            2 => drop(bytes.drain(at..to)),
            _ => bytes.extend_from_within(at..to),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(5), ..ProptestConfig::default() })]

    #[test]
    fn mutated_seeds_end_in_an_answer(
        which in any::<prop::sample::Index>(),
        changes in vec((any::<usize>(), any::<u8>(), prop_oneof![vec(any::<u8>(), 1..6), "[{}\\[\\]\",:@0-9eE.-]{1,4}".prop_map(String::into_bytes)]), 1..5),
    ) {
        static SEEDS: std::sync::LazyLock<Vec<(&'static str, Vec<u8>)>> = std::sync::LazyLock::new(support::seeds::all);
        let (name, seed) = which.get(&SEEDS);
        target(name)(&changed(seed.clone(), &changes));
    }

    #[test]
    fn arbitrary_datasets_are_canonical_whatever_their_labels(bytes in vec(any::<u8>(), 0..60)) {
        entry::canonical(&bytes);
    }
}
