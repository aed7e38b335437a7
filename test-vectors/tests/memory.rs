//! No input makes a verification hold more than 128 MiB: measured, not guessed, as the peak of this process' memory.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use support::Vector;
use support::threads::ThreadVector;

/// The most that one input may take, in KiB.
const MAX_KIB: u64 = 128 << 10;

/// A line of `/proc/self/status`, in KiB.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// How far memory rises while `work` runs.
fn rise(work: impl FnOnce()) -> u64 {
    // Sets the peak (VmHWM) back to what is held now: proc(5).
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = memory("VmRSS:");
    work();
    memory("VmHWM:").saturating_sub(before)
}

/// One test in this file: its peak must be nobody else's.
#[test]
fn no_vector_takes_more_than_its_share() {
    let held = rise(|| drop(std::hint::black_box(vec![1_u8; 64 << 20])));
    assert!((60 << 10..80 << 10).contains(&held), "the measure works: {held} KiB for 64 MiB");
    let within = |path: &std::path::Path, rise: u64| {
        assert!(rise <= MAX_KIB, "{}: {rise} KiB", path.display());
    };
    for area in ["hostile", "issue", "present", "verify"] {
        for path in badge_test_vectors::files(area).unwrap() {
            let vector = Vector::read(&path);
            let input = vector.input_bytes();
            within(&path, rise(|| drop(vector.run_on(&input))));
        }
    }
    for path in badge_test_vectors::files("evaluate").unwrap() {
        let vector: ThreadVector = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        within(&path, rise(|| drop(vector.run())));
    }
}
