//! What stands in the folder is, byte for byte, what the generator writes: no vector drifts, none is left over.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod generator;
mod support;

use std::collections::BTreeMap;

#[test]
fn the_vectors_are_those_of_the_generator() {
    let mut generated = BTreeMap::new();
    for case in generator::all() {
        assert!(generated.insert(case.path(), case.text()).is_none(), "{} is made twice", case.path());
    }
    for case in generator::threads::cases() {
        assert!(generated.insert(case.path(), case.text()).is_none(), "{} is made twice", case.path());
    }
    let mut found = BTreeMap::new();
    for area in ["issue", "verify", "present", "hostile", "evaluate"] {
        for path in badge_test_vectors::files(area).unwrap() {
            let name = format!("{area}/{}", path.file_name().unwrap().to_str().unwrap());
            found.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
    let names = |map: &BTreeMap<String, String>| map.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&found), names(&generated));
    for (name, text) in &generated {
        assert!(found[name] == *text, "{name} differs: cargo run --example generate");
    }
}
