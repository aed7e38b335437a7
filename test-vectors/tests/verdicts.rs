//! Every vector gives the outcome it states, check by check.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod support;

use badge_schemas::json_schema::{self, SchemaName};
use support::{Expected, Vector, found};

#[test]
fn every_vector_gives_the_outcome_it_states() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for area in ["issue", "verify", "present", "hostile"] {
        for path in badge_test_vectors::files(area).unwrap() {
            let vector = Vector::read(&path);
            let found = found(&vector.run());
            if found != vector.outcome {
                let name = path.strip_prefix(badge_test_vectors::folder()).unwrap().display().to_string();
                let mut lines = vec![format!("{name}: {}", vector.lesson)];
                differences("", &vector.outcome, &found, &mut lines);
                wrong.push(lines.join("\n  "));
            }
            count += 1;
        }
    }
    assert!(wrong.is_empty(), "{} of {count} vectors:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 0, "no vector was found");
}

#[test]
fn evaluations_are_stated_of_vectors_that_are_there() {
    let stated = support::evaluations_stated();
    for name in stated.keys() {
        let path = badge_test_vectors::folder().join(format!("{name}.json"));
        assert!(!Vector::read(&path).lesson.is_empty());
    }
    for code in ["ENDORSER_UNQUALIFIED", "ENDORSEMENT_RECIPROCAL"] {
        assert!(stated.values().flatten().any(|word| word == code), "{code}");
    }
}

/// `valid` alone would not show it: a resource may be asked for and change no verdict.
#[test]
fn an_address_that_is_only_named_is_no_resource() {
    let path = badge_test_vectors::folder().join("hostile/addresses-only-named.json");
    let report = Vector::read(&path).run();
    assert_eq!((report.missing(), report.used().len()), (Vec::new(), 0));
    // The same question of an address that is followed.
    let path = badge_test_vectors::folder().join("hostile/did-web-loopback.json");
    assert_eq!(Vector::read(&path).run().missing().len(), 1);
}

/// What differs, here and in what is embedded.
fn differences(at: &str, expected: &Expected, found: &Expected, lines: &mut Vec<String>) {
    if expected.verdict != found.verdict {
        lines.push(format!("{at} verdict: expected {}, found {}", expected.verdict, found.verdict));
    }
    for (id, words) in &expected.checks {
        if found.checks.get(id) != Some(words) {
            lines.push(format!("{at} {id}: expected {words}, found {:?}", found.checks.get(id)));
        }
    }
    if expected.registries != found.registries {
        lines.push(format!(
            "{at} registries: expected {:?}, found {:?}",
            expected.registries, found.registries
        ));
    }
    if expected.evaluations != found.evaluations {
        lines.push(format!(
            "{at} evaluations: expected {:?}, found {:?}",
            expected.evaluations, found.evaluations
        ));
    }
    let (wanted, given): (Vec<_>, Vec<_>) =
        (expected.embedded.keys().collect(), found.embedded.keys().collect());
    if wanted != given {
        lines.push(format!("{at} embedded: expected {wanted:?}, found {given:?}"));
    }
    for (pointer, inner) in &expected.embedded {
        if let Some(found) = found.embedded.get(pointer) {
            differences(&format!("{at}{pointer}"), inner, found, lines);
        }
    }
}

#[test]
fn every_vector_follows_its_schema_and_names_its_own_lesson() {
    let mut lessons = std::collections::BTreeMap::new();
    for area in ["issue", "verify", "present", "hostile"] {
        for path in badge_test_vectors::files(area).unwrap() {
            let value: serde_json::Value =
                serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            let problems = json_schema::validate(SchemaName::TestVector, &value);
            assert!(problems.is_empty(), "{}: {problems:?}", path.display());
            if let Some(other) = lessons.insert(value["lesson"].to_string(), path.clone()) {
                panic!("{} and {} teach the same lesson", other.display(), path.display());
            }
        }
    }
}
