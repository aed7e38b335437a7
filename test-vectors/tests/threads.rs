//! Every thread of an evaluation is in the state that its vector states, record by record.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use support::threads::{ThreadVector, course};

#[test]
fn every_thread_is_in_the_state_it_states() {
    let mut wrong = Vec::new();
    let mut lessons = std::collections::BTreeSet::new();
    let files = badge_test_vectors::files("evaluate").unwrap();
    for path in &files {
        let vector: ThreadVector = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        assert!(lessons.insert(vector.lesson.clone()), "{} teaches nothing new", path.display());
        let report = vector.run();
        let found = course(&report);
        if found != vector.outcome {
            let reasons: Vec<_> = report.problems().collect();
            let name = path.file_stem().unwrap().to_string_lossy();
            wrong.push(format!("{name}: expected {:?}\n  found {found:?}\n  {reasons:?}", vector.outcome));
        }
    }
    assert!(wrong.is_empty(), "{} of {} threads:\n{}", wrong.len(), files.len(), wrong.join("\n"));
    assert!(!files.is_empty(), "no vector was found");
}
