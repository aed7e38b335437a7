//! French typography, in everything that people read: a mark that stands apart from its word is held to it by a non-breaking space (U+00A0), so that no
//! line begins with `:`, `;`, `?`, `!`, `%` or `»`, and none ends with `«`. And reports are in French to their reasons.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::Report;
use badge_verifier::report::{NotRun, Outcome};
use badge_verifier::words::localise;
use support::{Input, Vector};

/// Marks that French sets apart from the word before them.
const MARKS: &str = ";:?!";

/// The crates whose texts people read.
const CRATES: [&str; 4] = ["schemas", "verifier", "issuer", "wallet-cli"];

/// Pages with a part in French.
const PAGES: [&str; 5] = [
    "README.md",
    "issuer/EXPLOITATION.md",
    "issuer/ceremony/README.md",
    "verifier/README.md",
    "wallet-cli/README.md",
];

#[test]
fn sentences_of_problems_hold_their_marks() {
    let texts = Code::ALL.iter().flat_map(|code| [code.sentence(Lang::Fr), code.hint(Lang::Fr)]);
    let found: Vec<_> = texts.filter(|text| !slips(text).is_empty() || text.contains(" %")).collect();
    assert_eq!(found, Vec::<&str>::new());
}

/// Reports, pages, help and messages: whatever stands in a string of the program. No English one has a mark apart from its word, nor has code.
#[test]
fn strings_of_the_programs_hold_their_marks() {
    for name in CRATES {
        let mut files = Vec::new();
        sources(&root().join(name).join("src"), &mut files);
        let mut held = 0;
        for file in files {
            let text = strings(&fs::read_to_string(&file).unwrap());
            assert_eq!(slips(&text), Vec::<String>::new(), "{}", file.display());
            held += text.matches("\u{a0}").count();
        }
        assert!(held > 10, "{name}: these are not the texts, only {held} marks are held in them");
    }
}

#[test]
fn french_pages_hold_their_marks() {
    for page in PAGES {
        let text = prose(&fs::read_to_string(root().join(page)).unwrap());
        assert_eq!(slips(&text), Vec::<String>::new(), "{page}");
        assert!(!text.contains(" %"), "{page}");
        assert!(text.contains("\u{a0}"), "{page}: no mark is held in it");
    }
}

/// What the program finds wrong it says wholly in French: of every vector, no reason is left in English but what JSON Schema writes the same everywhere.
#[test]
fn reasons_in_reports_are_in_french() {
    let mut paths = Vec::new();
    for area in ["verify", "present", "hostile"] {
        let folder = badge_test_vectors::folder().join(area);
        paths.extend(fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    }
    let mut heard = 0;
    for path in paths {
        let vector = Vector::read(&path);
        // What is said of a bomb is said of what is small too, and takes long.
        if matches!(vector.input, Input::Repeat { .. }) || path.to_string_lossy().contains("bomb") {
            continue;
        }
        for problem in problems(&vector.run()) {
            let said = localise(&problem, Lang::Fr).sentence(Lang::Fr);
            let english = problem.value("reason").filter(|reason| reason.contains(' '));
            let Some(reason) = english.filter(|reason| !is_of_a_schema(reason)) else { continue };
            heard += 1;
            assert!(!said.contains(reason), "{}: {said}", path.display());
        }
    }
    assert!(heard > 100, "only {heard} reasons were heard");
}

/// Every reason with a French form is one that a source still gives.
#[test]
fn no_reason_is_translated_that_nobody_gives() {
    let mut files = Vec::new();
    for name in ["schemas", "verifier"] {
        sources(&root().join(name).join("src"), &mut files);
    }
    files.retain(|file| !file.ends_with("words/reasons.rs"));
    let given: String = files.iter().map(|file| strings(&fs::read_to_string(file).unwrap())).collect();
    for (english, _) in badge_verifier::words::reasons::OWN {
        let part = english.split("{}").max_by_key(|part| part.len()).unwrap_or_default();
        let part = part.trim_end_matches(": ");
        assert!(given.contains(part), "{english}");
    }
}

#[test]
fn a_slip_is_found_and_code_is_none() {
    for slip in [
        r#"format!("erreur : {why}")"#,
        r#"lang.pick(":", " :")"#,
        r#""Est-il lisible ?","#,
        r#""un mot ; un autre""#,
        r#""« ouvert\u{a0}»""#,
        r#""«\u{a0}fermé »""#,
        "\"au bout \\\n    : suite\"",
        "\"il dit :\\n\"",
    ] {
        assert_eq!(slips(&strings(slip)).len(), 1, "{slip}");
    }
    for sound in [
        r#"format!("erreur\u{a0}: {why}")"#,
        r#""«\u{a0}dit\u{a0}»\u{a0}; fin\u{a0}?""#,
        "if !found && !other { x::y()?; }",
        "fn f<T: ?Sized>(x: &T) -> u8 { ::std::mem::size_of_val(x) }",
        "// un commentaire : rien à dire",
        "#[cfg(test)]\nmod tests {\n    \"erreur : \"\n}",
    ] {
        assert_eq!(slips(&strings(sound)), Vec::<String>::new(), "{sound}");
    }
    assert_eq!(slips(&prose("`code` : dit\n```\nun : code\n```\n`a : b`")), ["x : dit"]);
}

/// The lines of a text where a mark is held by an ordinary space, so that it could begin a line.
fn slips(text: &str) -> Vec<String> {
    text.lines().filter(|line| is_slip(line)).map(|line| line.trim().to_owned()).collect()
}

fn is_slip(line: &str) -> bool {
    let ends_word =
        |after: Option<char>| after.is_none_or(|next| next.is_whitespace() || r#""'\)»,."#.contains(next));
    line.contains("« ")
        || line.contains(" »")
        || line.match_indices(' ').any(|(at, _)| {
            let mut after = line[at + 1..].chars();
            after.next().is_some_and(|mark| MARKS.contains(mark)) && ends_word(after.next())
        })
}

/// A source without comments and tests, strings as they are said: escapes of spaces read, broken lines joined.
fn strings(source: &str) -> String {
    let end = source.find("#[cfg(test)]\nmod tests").unwrap_or(source.len());
    let code = source[..end].lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut joined = String::new();
    for line in code {
        match joined.strip_suffix("\\\n").map(str::len) {
            Some(len) => {
                joined.truncate(len);
                joined += line.trim_start();
            }
            None => joined += line,
        }
        joined.push('\n');
    }
    joined.replace("\\u{a0}", "\u{a0}")
}

/// The problems of a report and of those in it.
fn problems(report: &Report) -> Vec<Problem> {
    let found = report.checks().iter().filter_map(|check| match &check.outcome {
        Outcome::NotRun(NotRun::Undetermined(problem)) => Some(problem.clone()),
        outcome => outcome.problem().cloned(),
    });
    let within = report.credentials().iter().chain(report.endorsements());
    found.chain(within.flat_map(problems)).collect()
}

/// A keyword and its argument, as JSON Schema writes them.
fn is_of_a_schema(reason: &str) -> bool {
    ["oneOf: ", "pattern: ", "required: ", "additionalProperties: "]
        .iter()
        .any(|keyword| reason.contains(keyword))
}

/// A page without what is typed: blocks and spans of code.
fn prose(page: &str) -> String {
    let mut in_block = false;
    let lines = page.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        in_block ^= is_fence;
        !in_block && !is_fence && !line.starts_with("    ")
    });
    let spans = |line: &str| -> String {
        line.split('`').enumerate().map(|(index, part)| if index % 2 == 0 { part } else { "x" }).collect()
    };
    lines.map(spans).collect::<Vec<_>>().join("\n")
}

fn sources(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() && name != "tests" {
            sources(&path, files);
        } else if path.extension().is_some_and(|kind| kind == "rs") && name != "tests.rs" {
            files.push(path);
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
