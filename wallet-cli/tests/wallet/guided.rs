//! An evaluator at a terminal is refused before the first question, or loses no answer.

use serde_json::{Value, json};

use crate::evaluating::{Case, Service, judged, records, refused};
use crate::support::{PASSPHRASE, Wallet};
use badge_verifier::evaluation::thread::State;

/// Both skills of the request met, the second with a comment.
const BOTH_MET: [(&str, &str); 4] = [
    ("[1-4]", "1"),
    ("A comment for everybody", ""),
    ("[1-4]", "1"),
    ("A comment for everybody", "Très sûre d’elle."),
];

/// The command that is printed after these words, as a shell splits it.
fn command_after(said: &str, words: &str) -> Vec<String> {
    let (_, typed) = said.split_once(words).unwrap_or_else(|| unreachable!("{words}: {said}"));
    let typed = typed.lines().next().unwrap().trim().strip_prefix("badge-wallet ").unwrap();
    let script = format!("for word in {typed}; do printf '%s\\n' \"$word\"; done");
    let words = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
    String::from_utf8(words.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn answers(path: &std::path::Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn a_wrong_passphrase_is_asked_for_again_before_the_first_question() {
    let (zoé, _) = Wallet::open();
    let (ève, ève_did) = Wallet::made();
    let case = Case { zoé_did: String::new(), zoé, ève, ève_did };
    let thread = case.accepted();
    let evaluate = ["evaluate", &thread];
    let wrong = [
        ("Passphrase: ", "pierre"),
        ("does not open the key", "feuille"),
        ("does not open the key", "ciseaux"),
    ];
    let said = case.ève.at_terminal(&evaluate, &wrong);
    assert!(said.code == 2 && said.err.contains("PASSPHRASE_WRONG"), "{}", said.err);
    assert!(!said.err.contains("[1-4]"), "no question was asked: {}", said.err);
    let typed = [
        &[("Passphrase: ", "pierre"), ("does not open the key", PASSPHRASE)][..],
        &BOTH_MET,
        &[("[y/N]", "y")],
    ]
    .concat();
    let said = case.ève.at_terminal(&evaluate, &typed);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(judged(&thread).state, Some(State::Submitted));
    // A file is not asked twice.
    let file = case.ève.file("phrase.txt", "pierre");
    let said = case.ève.at_terminal(
        &["evaluate", "withdraw", &thread, "--reason", "error-found", "--passphrase-file", &file],
        &[],
    );
    assert!(
        said.code == 2 && said.err.contains("PASSPHRASE_WRONG") && !said.err.contains("Passphrase:"),
        "{}",
        said.err
    );
}

#[test]
fn a_place_where_nothing_can_be_written_is_refused_before_the_first_question() {
    let case = Case::new();
    let thread = case.accepted();
    let there = case.ève.file("déjà là.json", "{}");
    let nowhere = case.ève.beside("nulle part").join("dossier.json").to_str().unwrap().to_owned();
    for (output, code) in [(&there, "FILE_EXISTS"), (&nowhere, "FILE_UNWRITABLE")] {
        let said = case.ève.at_terminal(&["evaluate", &thread, "-o", output], &[]);
        assert!(
            said.code == 2 && said.err.contains(code) && !said.err.contains("[1-4]"),
            "{output}: {}",
            said.err
        );
    }
    let names = std::fs::read_dir(case.ève.beside("")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(
        names.into_iter().all(|name| !name.to_string_lossy().contains(".tmp-")),
        "the trial leaves nothing"
    );
    let said = case.ève.at_terminal(&["evaluate", &thread, "--at", "http://127.0.0.1:9/"], &[]);
    assert!(
        said.code == 2 && said.err.contains("FETCH_REFUSED") && !said.err.contains("[1-4]"),
        "{}",
        said.err
    );
    // Before the ties, too.
    let request = [
        "evaluate",
        "request",
        "--evaluator",
        &case.ève_did,
        "--skill",
        "digcomp:1.1@5",
        "--claim",
        "x",
        "-o",
        &there,
    ];
    let said = case.zoé.at_terminal(&request, &[]);
    assert!(
        said.code == 2 && said.err.contains("FILE_EXISTS") && !said.err.contains("[1-7]"),
        "{}",
        said.err
    );
}

#[test]
fn what_was_answered_is_kept_where_the_service_refuses() {
    let case = Case::new();
    let thread = case.ask(&[]);
    case.ève.ok(&["evaluate", "accept", &thread, "--tie", "teaching", "--tie-statement", "Un cours."]);
    let service = Service::start(|_, _| (503, r#"{"code":"STORAGE_FULL"}"#.to_owned()));
    let evaluate = ["evaluate", &thread, "--at", &service.base, "--danger-allow-loopback", "--lang", "en"];
    let said = case.ève.at_terminal(&evaluate, &[&BOTH_MET[..], &[("[y/N]", "y")]].concat());
    assert!(said.code == 2 && said.err.contains("SERVICE_REFUSES"), "{}", said.err);
    assert_eq!(judged(&thread).state, Some(State::Accepted));
    let kept = std::path::Path::new(&thread).with_extension("answers.json");
    assert_eq!(answers(&kept)["skills"][1]["comment"], "Très sûre d’elle.");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            std::fs::metadata(&kept).unwrap().permissions().mode() & 0o077,
            0,
            "others cannot read it"
        );
    }
    let typed = command_after(&said.err, "To go on: ");
    assert!(typed.ends_with(&["--lang".to_owned(), "en".to_owned()]), "{typed:?}");
    let place = typed.iter().position(|word| *word == service.base).unwrap();
    let fair = Service::fair();
    let typed: Vec<&str> = typed
        .iter()
        .enumerate()
        .map(|(at, word)| if at == place { &fair.base } else { word.as_str() })
        .collect();
    case.ève.ok(&[typed.as_slice(), &["--yes"]].concat());
    let record = &records(&thread)[3]["credentialSubject"];
    assert_eq!(record["endorsementComment"], "Très sûre d’elle.");
    assert_eq!(record["evaluation"]["conflictOfInterest"]["relation"], json!(["teaching"]));
    assert_eq!(record["evaluation"]["conflictOfInterest"]["statement"], "Un cours.");
}

#[test]
fn what_was_answered_is_kept_where_the_evaluator_says_no_or_stops_or_the_thread_changed() {
    let case = Case::new();
    let thread = case.accepted();
    let evaluate = ["evaluate", &thread];
    let said = case.ève.at_terminal(&evaluate, &[&BOTH_MET[..], &[("[y/N]", "n")]].concat());
    assert!(said.code == 0 && said.err.contains("Nothing was signed."), "{}", said.err);
    let kept = |name: &str| answers(&std::path::Path::new(&thread).with_extension(name))["skills"].clone();
    assert_eq!(kept("answers.json").as_array().unwrap().len(), 2);
    // What is there is not written over. Ctrl-D after the first skill:
    let said = case.ève.at_terminal(&evaluate, &[&BOTH_MET[..2], &[("[1-4]", "\u{4}")]].concat());
    assert!(said.code == 2 && said.err.contains("INPUT_ENDED"), "{}", said.err);
    assert_eq!(kept("answers-2.json").as_array().unwrap().len(), 1);
    let typed = command_after(&said.err, "To go on: ");
    let typed: Vec<&str> = typed.iter().map(String::as_str).collect();
    case.ève.ok(&[typed.as_slice(), &["--yes"]].concat());
    assert_eq!(judged(&thread).evaluations.len(), 1);
}

#[test]
fn what_is_evaluated_already_is_said_to_be_and_nothing_is_asked() {
    let case = Case::new();
    let thread = case.accepted();
    case.ève.ok(&["evaluate", &thread, "--skill", "digcomp:1.1@5", "--outcome", "met", "--yes"]);
    let said = case.ève.at_terminal(&["evaluate", &thread, "--skill", "1.1"], &[]);
    assert!(
        said.code == 2 && said.err.contains("EVALUATED_ALREADY") && !said.err.contains("[1-4]"),
        "{}",
        said.err
    );
    case.ève.ok(&["evaluate", &thread, "--outcome", "met", "--yes"]);
    for more in [
        &[][..],
        &["--page"],
        &["--outcome", "met", "--yes"],
        &["--skill", "chant", "--outcome", "met", "--yes"],
    ] {
        let said =
            refused(&case.ève, &thread, &[&["evaluate", &thread][..], more].concat(), "EVALUATED_ALREADY");
        assert!(
            said.err.contains("Dépanner un réseau") && said.err.contains("evaluate withdraw FILE"),
            "{}",
            said.err
        );
    }
    let said = case.ève.at_terminal(&["evaluate", &thread], &[]);
    assert!(said.code == 2 && said.err.contains("EVALUATED_ALREADY"), "{}", said.err);
}
