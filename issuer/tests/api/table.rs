//! A table of a hundred thousand lines: looked at in bounded memory, with its one bad line named.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{achievement, program};

const LINES: usize = 100_000;

/// Where a bad line stands; the table's head is line 1.
const BAD: usize = 73_112;

/// How far memory may rise beside that of a small table, in KiB.
const RISE: u64 = 24 << 10;

fn table(at: &Path, name: &str, lines: usize) {
    let mut table = "email,narrative\n".to_owned();
    for line in 2..lines + 2 {
        let bad = if line == BAD { "@" } else { "" };
        writeln!(table, "personne-{line}@{bad}exemple.fr,Très bien.").unwrap();
    }
    fs::write(at.join(name), table).unwrap();
}

/// Looks at a table; gives the most memory it took in KiB, its report, and what it said.
fn looked_at(at: &Path, name: &str) -> (u64, String, String) {
    let out = fs::File::create(at.join("report")).unwrap();
    let talk = fs::File::create(at.join("talk")).unwrap();
    let mut child = program()
        .args([
            "batch",
            name,
            "--badge",
            "badge.json",
            "--data",
            "d",
            "--no-status",
            "--dry-run",
            "--lang",
            "fr",
        ])
        .current_dir(at)
        .stdout(Stdio::from(out))
        .stderr(Stdio::from(talk))
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        most = most.max(peak.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(2));
    }
    let read = |name: &str| fs::read_to_string(at.join(name)).unwrap();
    (most, read("report"), read("talk"))
}

#[test]
fn a_bad_line_among_a_hundred_thousand_is_named_and_memory_is_bounded() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    fs::write(at.join("badge.json"), json!({"achievement": achievement()}).to_string()).unwrap();
    table(at, "petite.csv", 1_000);
    table(at, "promotion.csv", LINES);
    let (small, ..) = looked_at(at, "petite.csv");
    let (large, report, talk) = looked_at(at, "promotion.csv");
    assert!(small > 0, "the measure works");
    assert!(large < small + RISE, "{small} KiB for a thousand lines, {large} KiB for {LINES}");

    let refused: Vec<Value> = report
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|line| line["outcome"] != "ready")
        .collect();
    assert_eq!((report.lines().count(), refused.len()), (LINES, 1), "{refused:?}");
    assert_eq!((&refused[0]["line"], &refused[0]["outcome"]), (&json!(BAD), &json!("refused")));
    assert_eq!(refused[0]["problems"][0]["column"], "email");
    assert!(talk.contains(&format!("ligne {BAD}, colonne email")), "{talk}");
    assert!(talk.contains("100000 lignes") && talk.contains("99999 prêtes, 1 refusées"), "{talk}");
}

/// What somebody at a terminal sees, in both languages. `script` makes the terminal.
#[test]
fn a_terminal_shows_how_far_it_came() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    fs::write(at.join("badge.json"), json!({"achievement": achievement()}).to_string()).unwrap();
    table(at, "p.csv", 3_000);
    for (lang, words) in [("en", "% 128 lines, "), ("fr", " % 128 lignes, encore ")] {
        let line = format!(
            "{} batch p.csv --badge badge.json --data d --no-status --dry-run --lang {lang} > report",
            env!("CARGO_BIN_EXE_badge-issuer")
        );
        let shown = Command::new("script")
            .args(["--quiet", "--return", "--command", &line, "screen"])
            .current_dir(at)
            .env("TERM", "xterm")
            .env("COLUMNS", "100")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let screen = fs::read_to_string(at.join("screen")).unwrap();
        assert!(shown.status.success(), "{screen}");
        assert!(screen.contains(words), "{lang}: {screen:?}");
        assert_eq!(fs::read_to_string(at.join("report")).unwrap().lines().count(), 3_000, "no bar in it");
    }
}
