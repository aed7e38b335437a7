//! Every vector gives the outcome it states, check by check.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod support;

use badge_schemas::json_schema::{self, SchemaName};
use support::{Vector, found};

#[test]
fn every_vector_gives_the_outcome_it_states() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for area in ["issue", "verify", "present", "hostile"] {
        for path in badge_test_vectors::files(area).unwrap() {
            let vector = Vector::read(&path);
            let found = found(&vector.run());
            if found != vector.outcome {
                let differences: Vec<String> = vector
                    .outcome
                    .checks
                    .iter()
                    .filter(|(id, expected)| found.checks.get(*id) != Some(expected))
                    .map(|(id, expected)| {
                        format!("  {id}: expected {expected}, found {:?}", found.checks.get(id))
                    })
                    .collect();
                let name = path.strip_prefix(badge_test_vectors::folder()).unwrap().display().to_string();
                wrong.push(format!(
                    "{name}: {}\n  verdict: expected {}, found {}\n{}\n  registries {:?} {:?}\n  embedded {:?}\n           {:?}",
                    vector.lesson,
                    vector.outcome.verdict,
                    found.verdict,
                    differences.join("\n"),
                    vector.outcome.registries,
                    found.registries,
                    vector.outcome.embedded,
                    found.embedded,
                ));
            }
            count += 1;
        }
    }
    assert!(wrong.is_empty(), "{} of {count} vectors:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 0, "no vector was found");
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
