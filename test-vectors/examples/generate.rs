//! Writes the vectors: `cargo run --example generate`. `tests/generated.rs` compares them with what stands in the folder.

#![expect(clippy::unwrap_used, reason = "a tool of the tests")]

#[path = "../tests/generator/mod.rs"]
mod generator;
#[path = "../tests/support/mod.rs"]
mod support;

fn main() {
    for area in ["issue", "verify", "present", "hostile", "evaluate"] {
        let folder = badge_test_vectors::folder().join(area);
        std::fs::create_dir_all(&folder).unwrap();
        for path in badge_test_vectors::files(area).unwrap() {
            std::fs::remove_file(path).unwrap();
        }
    }
    for case in generator::all() {
        std::fs::write(badge_test_vectors::folder().join(case.path()), case.text()).unwrap();
    }
    for case in generator::threads::cases() {
        std::fs::write(badge_test_vectors::folder().join(case.path()), case.text()).unwrap();
    }
}
