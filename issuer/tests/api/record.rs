//! The record from outside: what `store` says of it, and the checkpoint it does not start behind.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};

use badge_issuer::commands::{COULD_NOT_RUN, TRY_AGAIN};
use serde_json::json;

use crate::harness::{HOLDER, Service, program, run};

fn settings(directory: &Path, store: &str) -> String {
    let file = directory.join("issuer.toml");
    fs::write(&file, format!("[store]\n{store}\n")).unwrap();
    file.to_str().unwrap().to_owned()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else if entry.path().is_file() {
            // Not the socket that a killed service leaves.
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// Starts the program where it must refuse, and gives what it said.
fn refused(directory: &Path, config: &str) -> String {
    let (code, said) = ended(directory, config);
    assert_eq!(code, Some(COULD_NOT_RUN.into()));
    said
}

/// How a service that does not start ends, and what it says.
fn ended(directory: &Path, config: &str) -> (Option<i32>, String) {
    let output = program()
        .args(["serve", "--lang", "en", "--listen", "127.0.0.1:0", "--data", "data", "--config", config])
        .current_dir(directory)
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

fn store(directory: &Path, verb: &str, config: &str, options: &[&str]) -> (Option<i32>, String, String) {
    let mut arguments = vec!["store", verb, "--data", "data", "--config", config];
    arguments.extend_from_slice(options);
    let output = run(&arguments, directory);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn award(service: &Service, badge: &str, key: &str) {
    service.award(badge, key, &json!({"recipient": {"id": HOLDER}, "format": "jwt"})).expect(201);
}

#[test]
fn a_record_that_lost_its_end_does_not_start_behind_its_checkpoint() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    fs::create_dir(directory.join("elsewhere")).unwrap();
    let config = settings(directory, "checkpoint = 'elsewhere/head'");
    let options = ["--config", config.as_str()];
    let service = Service::start_in(directory, &options);
    let badge = service.define("");
    award(&service, &badge, "a");
    service.stop();
    let early = fs::read_to_string(directory.join("elsewhere/head")).unwrap();
    copy(&directory.join("data"), &directory.join("backup"));

    let service = Service::start_in(directory, &options);
    award(&service, &badge, "b");
    service.stop();
    let note = fs::read_to_string(directory.join("elsewhere/head")).unwrap();
    assert_ne!(early, note);
    let (code, report, _) = store(directory, "verify", &config, &[]);
    assert_eq!(code, Some(0), "{report}");
    assert!(report.contains("the record begins with it") && report.contains("active 2"), "{report}");

    // The whole data directory as it was: index, payloads and local copy agree with one another.
    fs::rename(directory.join("data"), directory.join("newest")).unwrap();
    copy(&directory.join("backup"), &directory.join("data"));
    let said = refused(directory, &config);
    assert!(said.contains("[RECORD_BEHIND_CHECKPOINT]") && said.contains("elsewhere/head"), "{said}");
    assert!(said.contains("ends at entry 4") && said.contains("signed at entry 6"), "{said}");
    let (code, _, said) = store(directory, "checkpoint", &config, &["--lang", "fr"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("la fin du registre est perdue") && said.contains("--accept-loss"), "{said}");
    assert_eq!(fs::read_to_string(directory.join("elsewhere/head")).unwrap(), note, "left alone");

    // Accepted by name, it starts; the newest one is then another history.
    let (code, _, said) = store(directory, "checkpoint", &config, &["--accept-loss"]);
    assert_eq!(code, Some(0), "{said}");
    let service = Service::start_in(directory, &options);
    for key in ["c", "d", "e"] {
        award(&service, &badge, key);
    }
    service.stop();
    fs::rename(directory.join("data"), directory.join("other")).unwrap();
    fs::rename(directory.join("newest"), directory.join("data")).unwrap();
    assert!(refused(directory, &config).contains("[RECORD_BEHIND_CHECKPOINT]"));
    fs::write(directory.join("elsewhere/head"), &note).unwrap();
    drop(Service::start_in(directory, &options));
    fs::rename(directory.join("data"), directory.join("newest")).unwrap();
    fs::rename(directory.join("other"), directory.join("data")).unwrap();
    let said = refused(directory, &config);
    assert!(said.contains("[RECORD_DIFFERS_FROM_CHECKPOINT]"), "{said}");
}

#[test]
fn a_checkpoint_that_is_gone_or_not_ours_stops_the_service() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    fs::create_dir(directory.join("elsewhere")).unwrap();
    let config = settings(directory, "checkpoint = 'elsewhere/head'");
    let options = ["--config", config.as_str()];
    let service = Service::start_in(directory, &options);
    service.define("");
    // Killed, it signed what it had within a second.
    std::thread::sleep(std::time::Duration::from_millis(1500));
    service.kill();
    let head = directory.join("elsewhere/head");
    let note = fs::read_to_string(&head).unwrap();
    assert_eq!(note.lines().nth(1), Some("2"), "the token and the badge: {note}");

    fs::remove_file(&head).unwrap();
    let said = refused(directory, &config);
    assert!(said.contains("[CHECKPOINT_UNUSABLE]") && said.contains("there is none"), "{said}");
    for bad in ["", "x", &note.replacen("\n2\n", "\n0\n", 1), &note[..note.len() - 1]] {
        fs::write(&head, bad).unwrap();
        let said = refused(directory, &config);
        assert!(said.contains("[CHECKPOINT_UNUSABLE]"), "{said}");
        assert_eq!(fs::read_to_string(&head).unwrap(), bad, "left alone");
    }
    fs::write(&head, &note).unwrap();
    drop(Service::start_in(directory, &options));
}

#[test]
fn a_torn_end_is_cut_off_and_told() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let service = Service::start_in(at, &[]);
    service.define("");
    service.kill();
    let journal = fs::read_dir(at.join("data/store/journal")).unwrap().next().unwrap().unwrap().path();
    let whole = fs::read(&journal).unwrap();
    fs::write(&journal, [&whole[..], b"a half"].concat()).unwrap();
    fs::remove_file(at.join("log")).unwrap();
    let service = Service::start_in(at, &[]);
    let byte = whole.len();
    let told = format!("file={} byte={byte} bytes=6", journal.display());
    service.wait_for_log(&told);
    let log = || fs::read_to_string(at.join("log")).unwrap();
    assert_eq!(log().matches("an unfinished end was cut off").count(), 1, "{}", log());
    service.stop();
    assert!(fs::read(&journal).unwrap().starts_with(&whole));
    fs::remove_file(at.join("log")).unwrap();
    Service::start_in(at, &[]).stop();
    assert!(!log().contains("cut off"), "a whole one is not");
    // Whichever command comes first tells it: after it there is nothing left to be told.
    let whole = fs::read(&journal).unwrap();
    fs::write(&journal, [&whole[..], b"a half"].concat()).unwrap();
    let config = settings(at, "");
    for (times, verb) in [(1, "verify"), (0, "verify")] {
        let (code, _, said) = store(at, verb, &config, &[]);
        assert_eq!(code, Some(0), "{said}");
        assert_eq!(said.matches("an unfinished end was cut off").count(), times, "{said}");
    }
}

#[test]
fn that_no_checkpoint_is_kept_elsewhere_is_said_at_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    fs::create_dir_all(at.join("data/organisations/a")).unwrap();
    fs::create_dir(at.join("elsewhere")).unwrap();
    let log = || fs::read_to_string(at.join("log")).unwrap();
    let warned = |log: String| {
        log.lines().filter(|line| line.contains("WARN") && line.contains("no checkpoint")).count()
    };
    let (code, noted) = {
        let output = run(&["check-config", "--lang", "fr", "--data", "data"], at);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(code, Some(0), "it is no mistake");
    assert_eq!(noted.matches("remarque").count(), 2, "{noted}");
    assert!(noted.contains("remarque, organisation a\u{a0}: aucun point de contrôle"), "{noted}");
    Service::start_in(at, &[]).stop();
    assert_eq!(warned(log()), 2, "{}", log());
    fs::remove_file(at.join("log")).unwrap();
    let config = settings(at, "checkpoint = 'elsewhere/head'");
    fs::write(at.join("data/organisations/a/issuer.toml"), "[store]\ncheckpoint = '../../../elsewhere/a'\n")
        .unwrap();
    Service::start_in(at, &["--config", &config]).stop();
    assert_eq!(warned(log()), 0, "{}", log());
}

/// A machine that keeps one text: `GET` and `PUT` with a bearer token.
fn keeper() -> (String, Arc<Mutex<Option<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/head", listener.local_addr().unwrap());
    let kept: Arc<Mutex<Option<String>>> = Arc::default();
    let shared = Arc::clone(&kept);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let mut head = Vec::new();
            loop {
                let mut line = String::new();
                stream.read_line(&mut line).unwrap();
                if line.trim().is_empty() {
                    break;
                }
                head.push(line.trim().to_ascii_lowercase());
            }
            let allowed = head.iter().any(|line| line == "authorization: bearer geheim");
            let length = head.iter().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            stream.read_exact(&mut body).unwrap();
            let mut kept = shared.lock().unwrap();
            let (status, answer) = match (allowed, head[0].starts_with("put"), &*kept) {
                (false, _, _) => ("401 Unauthorized", String::new()),
                (true, true, _) => {
                    *kept = Some(String::from_utf8(body).unwrap());
                    ("204 No Content", String::new())
                }
                (true, false, Some(text)) => ("200 OK", text.clone()),
                (true, false, None) => ("404 Not Found", String::new()),
            };
            let answer = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}",
                answer.len()
            );
            let _ = stream.get_mut().write_all(answer.as_bytes());
        }
    });
    (url, kept)
}

#[test]
fn a_checkpoint_can_be_kept_on_another_machine() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let (url, kept) = keeper();
    fs::write(directory.join("token"), "geheim\n").unwrap();
    let config = settings(directory, &format!("checkpoint = '{url}'\ncheckpoint-token-file = 'token'"));
    let service = Service::start_in(directory, &["--config", &config]);
    service.define("");
    service.stop();
    let note = kept.lock().unwrap().clone().unwrap();
    assert_eq!(note.lines().nth(1), Some("2"), "the token and the badge: {note}");
    *kept.lock().unwrap() = Some(note.replacen("\n2\n", "\n3\n", 1));
    assert!(refused(directory, &config).contains("[CHECKPOINT_UNUSABLE]"));
    *kept.lock().unwrap() = Some(note);
    drop(Service::start_in(directory, &["--config", &config]));
    // Nobody answers, or answers with a refusal: that is not a yes.
    fs::write(directory.join("token"), "other\n").unwrap();
    let said = refused(directory, &config);
    assert!(said.contains("[CHECKPOINT_UNUSABLE]") && said.contains("HTTP 401"), "{said}");
    let config = settings(directory, "checkpoint = 'http://127.0.0.1:9/head'");
    let (code, said) = ended(directory, &config);
    assert_eq!(code, Some(TRY_AGAIN.into()), "it may answer later");
    assert!(said.contains("[CHECKPOINT_UNAVAILABLE]"), "{said}");
}

#[test]
fn store_verify_names_what_is_damaged_and_rebuild_makes_the_index_anew() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let service = Service::start_in(directory, &[]);
    let badge = service.define("");
    award(&service, &badge, "a");
    service.stop();
    let config = settings(directory, "");
    let (code, report, said) = store(directory, "rebuild", &config, &["--lang", "fr"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(report.contains("le registre est intact") && said.contains("index.broken-1"), "{report}{said}");
    let (_, report, _) = store(directory, "verify", &config, &["--lang", "en"]);
    assert!(report.contains("awards        1 (active 1)"), "{report}");

    let journal = directory.join("data/store/journal/00000001.journal");
    let mut bytes = fs::read(&journal).unwrap();
    bytes[200] ^= 1;
    fs::write(&journal, &bytes).unwrap();
    for verb in ["verify", "rebuild"] {
        let (code, report, said) = store(directory, verb, &config, &["--lang", "fr"]);
        assert_eq!((code, report.as_str()), (Some(2), ""));
        assert!(said.contains("00000001.journal est endommagé à l’octet 64"), "{said}");
    }
    assert_eq!(fs::read(&journal).unwrap(), bytes, "nothing was repaired");
    fs::rename(directory.join("data"), directory.join("away")).unwrap();
    let (code, _, said) = store(directory, "verify", &config, &["--lang", "en"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("there is no record there") && !directory.join("data").exists(), "{said}");
}
