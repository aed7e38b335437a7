//! Keys in a process of their own: real processes, a real socket.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use badge_issuer::commands::TRY_AGAIN;
use badge_verifier::report::Verdict;
use serde_json::json;

use crate::harness::{HOLDER, Service, program, run};

const PUBLIC: &str = "https://badges.exemple.example";

/// A running signer; stopped when dropped.
pub(crate) struct Signing(Child);

impl Signing {
    pub(crate) fn start(at: &Path, options: &[&str]) -> Self {
        let log = std::fs::File::options().create(true).append(true).open(at.join("signer-log")).unwrap();
        let mut child = program()
            .args(["signer", "--lang", "en", "--socket", "socket", "--data", "vault"])
            .args(options)
            .current_dir(at)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let log = || std::fs::read_to_string(at.join("signer-log")).unwrap();
        assert_eq!(line.trim_end(), "signing on socket", "{}", log());
        Self(child)
    }
}

impl Drop for Signing {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn configured(at: &Path) -> String {
    std::fs::write(at.join("issuer.toml"), "[keys]\nsocket = 'socket'\n").unwrap();
    at.join("issuer.toml").to_str().unwrap().to_owned()
}

fn question(stream: &mut UnixStream, body: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    stream.write_all(&[&length[..], body].concat()).ok()?;
    let mut head = [0; 4];
    stream.read_exact(&mut head).ok()?;
    let mut answer = vec![0; usize::try_from(u32::from_be_bytes(head)).unwrap()];
    stream.read_exact(&mut answer).ok()?;
    Some(answer)
}

#[test]
fn the_service_signs_without_a_key_and_outlives_its_signer() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let config = configured(at);
    let options = ["--config", config.as_str(), "--public-url", PUBLIC];
    // Without its signer the service does not start, and says why.
    let refused = run(&[&["serve", "--lang", "fr", "--data", "data"], &options[..]].concat(), at);
    let talk = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(TRY_AGAIN.into()));
    assert!(talk.contains("SIGNER_UNAVAILABLE") && talk.contains("il n’existe pas"), "{talk}");

    let check = ["check-config", "--lang", "en", "--config", config.as_str()];
    let checked = run(&check, at);
    assert_eq!(
        checked.status.code(),
        Some(TRY_AGAIN.into()),
        "its signer is late, and nothing else is wrong"
    );
    assert!(String::from_utf8(checked.stdout).unwrap().contains("issuer.toml:2: The signer at"));

    let signing = Signing::start(at, &["--rsa"]);
    assert_eq!(run(&check, at).status.code(), Some(0));
    let mode = std::fs::metadata(at.join("socket")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let service = Service::start_in(at, &options);
    assert!(!at.join("data/keys").exists(), "no key where the service is");
    let badge = service.define("");
    let request = json!({"recipient": {"id": HOLDER}, "format": "jwt"});
    let award = service.award(&badge, "one", &request).expect(201);
    let report = service.verify(award["credential"].as_str().unwrap().as_bytes(), PUBLIC);
    assert_eq!(report.verdict(), Verdict::Valid, "{:?}", report.checks());
    assert_eq!(report.securing().mechanism.as_deref(), Some("vc-jwt RS256"));
    for format in ["ecdsa-sd-2023", "sd-jwt"] {
        service.award(&badge, format, &json!({"recipient": {"id": HOLDER}, "format": format})).expect(201);
    }

    // The signer dies: 503 with a code, nothing lost, and the same request succeeds once it is back.
    drop(signing);
    let answer = service.award(&badge, "two", &request);
    assert_eq!(answer.expect(503)["code"], "KEYS_UNAVAILABLE");
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(service.get("/.well-known/did.json").status, 200);
    let signing = Signing::start(at, &["--rsa"]);
    // The award was begun, and is finished now.
    let award = service.award(&badge, "two", &request).expect(200);
    let report = service.verify(award["credential"].as_str().unwrap().as_bytes(), PUBLIC);
    assert_eq!(report.verdict(), Verdict::Valid, "{:?}", report.checks());

    // Its keys change behind the service: it signs with none that the world does not know, and starts again with the new ones.
    let key = ["key", "rotate", "--data", "vault"];
    assert_eq!(run(&key, at).status.code(), Some(2), "while it runs");
    drop(signing);
    assert!(run(&key, at).status.success());
    let _signing = Signing::start(at, &["--rsa"]);
    assert_eq!(service.award(&badge, "three", &request).expect(503)["code"], "KEYS_UNAVAILABLE");
    drop(service);
    let service = Service::start_in(at, &options);
    let old = award["credential"].as_str().unwrap().as_bytes();
    let award = service.award(&badge, "three", &request).expect(200);
    for jwt in [old, award["credential"].as_str().unwrap().as_bytes()] {
        assert_eq!(service.verify(jwt, PUBLIC).verdict(), Verdict::Valid);
    }
}

/// Neither the lines nor the service are at fault.
#[test]
fn a_batch_waits_for_its_signer() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let config = configured(at);
    let options = ["--config", config.as_str(), "--public-url", PUBLIC];
    let signing = Signing::start(at, &["--public-url", PUBLIC]);
    let service = Service::start_in(at, &options);
    let badge = service.define("");
    drop(signing);
    let bearer = format!("Bearer {}", service.token);
    let headers =
        [("Authorization", bearer.as_str()), ("Content-Type", "text/csv"), ("Idempotency-Key", "lot")];
    let path = format!("/api/badges/{badge}/batches?batch=lot&format=jwt&signed=asked");
    let table = "email\nada@exemple.fr\nzoé@exemple.fr\n";
    let job = service.send("POST", &path, &headers, table.as_bytes()).expect(202);
    let show =
        || service.admin("GET", &format!("/api/batches/{}", job["id"].as_str().unwrap()), None).expect(200);
    service.wait_for_log("a batch waits");
    let since = Instant::now();
    while show()["state"] == "running" {
        assert!(since.elapsed() < Duration::from_secs(30), "{}", show());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(show()["state"], "queued");
    let _signing = Signing::start(at, &["--public-url", PUBLIC]);
    while show()["state"] != "complete" {
        assert!(since.elapsed() < Duration::from_mins(2), "{}", show());
        std::thread::sleep(Duration::from_millis(100));
    }
    let counts = show()["counts"].clone();
    let count = |name: &str| counts[name].as_u64().unwrap();
    assert_eq!((count("lines"), count("awarded") + count("already")), (2, 2), "{counts}");
}

#[test]
fn another_signer_in_the_place_of_the_first_is_noticed() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let config = configured(at);
    let options = ["--config", config.as_str(), "--public-url", PUBLIC];
    let signing = Signing::start(at, &[]);
    let service = Service::start_in(at, &options);
    let badge = service.define("");
    drop(signing);
    std::fs::rename(at.join("vault"), at.join("first")).unwrap();
    let _signing = Signing::start(at, &[]);
    // Its signatures are not those of the keys that were published: our own work is checked before it leaves.
    assert!(service.award(&badge, "one", &json!({"recipient": {"id": HOLDER}})).status >= 500);
    drop(service);
    let refused = run(&[&["serve", "--lang", "en", "--data", "data"], &options[..]].concat(), at);
    let talk = String::from_utf8(refused.stderr).unwrap();
    assert!(talk.contains("KEY_FILE_UNUSABLE") && talk.contains("another key"), "{talk}");
}

#[test]
fn the_signer_turns_strangers_away_and_signs_only_what_issuers_sign() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let signing = Signing::start(at, &["--rate", "5"]);
    let connect = || UnixStream::connect(at.join("socket")).unwrap();
    let sign = |stream: &mut UnixStream, key: &str, message: &[u8]| {
        let length = u8::try_from(key.len()).unwrap();
        let answer = question(stream, &[b"S", &[length][..], key.as_bytes(), message].concat()).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    };
    let mut stream = connect();
    let keys = question(&mut stream, b"K").unwrap();
    let text = String::from_utf8(keys).unwrap();
    assert!(text.contains("ed25519.pem") && !text.contains("PRIVATE") && !text.contains("\"d\""), "{text}");
    for (key, message, answer) in [
        ("ed25519.pem", &b"transfer 100 euros"[..], "eshape"),
        ("p256.pem", &[0; 64], "eshape"),
        ("rsa.pem", &[0; 64], "eno-such-key"),
        ("../issuer.json", &[0; 64], "eno-such-key"),
        ("", &[0; 64], "eno-such-key"),
    ] {
        assert_eq!(sign(&mut stream, key, message), answer, "{key}");
    }
    let answers: Vec<String> = (0..20).map(|_| sign(&mut stream, "ed25519.pem", &[1; 64])).collect();
    let signed = answers.iter().filter(|answer| answer.starts_with('s')).count();
    assert!((5..10).contains(&signed), "{signed}");
    assert!(answers.iter().all(|answer| answer.starts_with('s') || answer == "erate"));
    // What is no question ends the connection, and the others go on.
    assert_eq!(question(&mut connect(), b"?").as_deref(), Some(&b"emalformed"[..]));
    let mut lying = connect();
    lying.write_all(b"\xff\xff\xff\xff").unwrap();
    assert_eq!(lying.read(&mut [0; 8]).unwrap_or(0), 0);
    let mut silent = connect();
    silent.write_all(b"\0\0\0\x50S").unwrap();
    assert!(question(&mut connect(), b"K").is_some(), "one that says nothing holds up nobody");
    // One signer for one directory of keys, and one for one socket.
    let second = run(&["signer", "--socket", "other", "--data", "vault", "--lang", "en"], at);
    assert!(String::from_utf8(second.stderr).unwrap().contains("DATA_IN_USE"));
    let second = run(&["signer", "--socket", "socket", "--data", "other", "--lang", "en"], at);
    assert!(String::from_utf8(second.stderr).unwrap().contains("DATA_IN_USE"));
    std::fs::write(at.join("precious"), "x").unwrap();
    let third = run(&["signer", "--socket", "precious", "--data", "other", "--lang", "en"], at);
    assert!(String::from_utf8(third.stderr).unwrap().contains("DATA_IN_USE"));
    assert_eq!(std::fs::read(at.join("precious")).unwrap(), b"x");
    drop(signing);

    // Whoever is not on the list is turned away before a word is said.
    let _signing = Signing::start(at, &["--allow-uid", "4294967294"]);
    let mut stream = connect();
    assert_eq!(question(&mut stream, b"K"), None);
    let log = std::fs::read_to_string(at.join("signer-log")).unwrap();
    assert!(log.contains("turned away"), "{log}");
}

#[test]
fn a_signer_that_hangs_is_not_waited_for_for_ever() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let config = configured(at);
    let signing = Signing::start(at, &[]);
    let service = Service::start_in(at, &["--config", config.as_str(), "--public-url", PUBLIC]);
    let badge = service.define("");
    drop(signing);
    std::fs::remove_file(at.join("socket")).unwrap();
    // Something that takes the connection and never answers.
    let _listener = std::os::unix::net::UnixListener::bind(at.join("socket")).unwrap();
    let begun = Instant::now();
    let answer = service.award(&badge, "one", &json!({"recipient": {"id": HOLDER}}));
    assert_eq!(answer.expect(503)["code"], "KEYS_UNAVAILABLE");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}
