//! The commands that need no running service.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use badge_verifier::report::Verdict;
use badge_verifier::snapshot::{Resource, ResourceKind, Retrieval};
use badge_verifier::verify::Expectations;
use badge_verifier::{Report, Snapshot, TrustPolicy, verify};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::harness::{HOLDER, Service, achievement, run};

const PUBLIC: &str = "https://badges.exemple.example";

fn draft(directory: &Path) {
    let draft = json!({"achievement": achievement(), "narrative": "Très bien."});
    std::fs::write(directory.join("draft.json"), draft.to_string()).unwrap();
}

/// Verifies a file with what was written for static hosting.
fn check(directory: &Path, file: &str) -> Report {
    let badge = std::fs::read(directory.join(file)).unwrap();
    let now = Timestamp::now();
    let mut snapshot = Snapshot::default();
    for (kind, path) in
        [(ResourceKind::ControllerDocument, "/.well-known/did.json"), (ResourceKind::StatusList, "/status/1")]
    {
        if let Ok(bytes) = std::fs::read(directory.join(format!("d/public{path}"))) {
            let resource = Resource { kind, url: format!("{PUBLIC}{path}") };
            snapshot.insert(resource, Retrieval { fetched_at: now, outcome: Ok(bytes) });
        }
    }
    verify(&badge, &Expectations::default(), &TrustPolicy::default(), now, &snapshot)
}

#[test]
fn a_small_body_issues_without_a_service() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    draft(at);
    for (format, file) in [("json", "b.json"), ("jwt", "b.jwt"), ("png", "b.png"), ("svg", "b.svg")] {
        let output = run(
            &[
                "issue",
                "draft.json",
                "--data",
                "d",
                "--public-url",
                PUBLIC,
                "--to",
                HOLDER,
                "--format",
                format,
                "-o",
                file,
            ],
            at,
        );
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stdout.is_empty());
        let report = check(at, file);
        assert_eq!(report.verdict(), Verdict::Valid, "{format}: {:?}", report.checks());
    }
    assert_eq!(
        std::fs::read_dir(at.join("d/public/badges")).unwrap().count(),
        1,
        "the same badge every time"
    );
    // The same data, served: the awards are there, and can be revoked.
    let service = crate::harness::program()
        .args(["serve", "--data", "d", "--public-url", "https://other.example", "--listen", "127.0.0.1:0"])
        .current_dir(at)
        .output()
        .unwrap();
    assert_eq!(service.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&service.stderr).contains("PUBLIC_URL_CHANGED"));
}

#[test]
fn without_status_no_public_url_is_needed() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    draft(at);
    let arguments = ["issue", "draft.json", "--data", "d", "--to", "zoé@exemple.fr", "-o", "b.json"];
    let refused = run(&arguments, at);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--no-status"));
    assert!(!at.join("b.json").exists());
    let output = run(&[&arguments[..], &["--no-status"]].concat(), at);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let badge: Value = serde_json::from_slice(&std::fs::read(at.join("b.json")).unwrap()).unwrap();
    assert!(badge.get("credentialStatus").is_none());
    assert!(badge["id"].as_str().unwrap().starts_with("urn:uuid:"));
    assert_eq!(check(at, "b.json").verdict(), Verdict::Valid);
}

#[test]
fn a_bad_draft_writes_nothing_and_says_why_in_french() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let mut bad = achievement();
    bad["alignment"][0]["targetType"] = json!("ESCO");
    std::fs::write(at.join("draft.json"), json!({"achievement": bad}).to_string()).unwrap();
    let output = run(
        &[
            "issue",
            "draft.json",
            "--data",
            "d",
            "--to",
            HOLDER,
            "--no-status",
            "-o",
            "b.json",
            "--lang",
            "fr",
        ],
        at,
    );
    assert_eq!(output.status.code(), Some(2));
    let talk = String::from_utf8(output.stderr).unwrap();
    assert!(talk.contains("erreur : ") && talk.contains("/achievement/alignment/0"), "{talk}");
    assert!(!at.join("b.json").exists());
    let missing = run(&["issue", "absent.json", "--data", "d", "--to", HOLDER, "-o", "b.json"], at);
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("FILE_UNREADABLE"));
}

#[test]
fn keys_are_made_encrypted_with_a_passphrase_and_only_then_is_the_world_listened_to() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    std::fs::write(at.join("p"), "une phrase\n").unwrap();
    let made = run(&["keygen", "--data", "d", "--passphrase-file", "p"], at);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let answer: Value = serde_json::from_slice(&made.stdout).unwrap();
    assert!(answer["id"].as_str().unwrap().starts_with("did:key:z6Mk"));
    let key = at.join("d/keys/ed25519.pem");
    assert!(std::fs::read_to_string(&key).unwrap().starts_with("-----BEGIN ENCRYPTED PRIVATE KEY"));
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    let again = run(&["keygen", "--data", "d", "--passphrase-file", "p"], at);
    assert_eq!(again.stdout, made.stdout);
    let without = run(&["keygen", "--data", "d"], at);
    assert_eq!(without.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&without.stderr).contains("PASSPHRASE_REQUIRED"));
    let open = run(&["serve", "--data", "e", "--listen", "0.0.0.0:0"], at);
    assert_eq!(open.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&open.stderr).contains("PLAIN_KEYS_LOOPBACK_ONLY"));
}

#[test]
fn a_running_service_is_not_disturbed() {
    let service = Service::start();
    let directory = tempfile::tempdir().unwrap();
    let output = run(&["keygen", "--data", service.data.to_str().unwrap()], directory.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("DATA_IN_USE"));
    assert_eq!(service.get("/healthz").status, 200);
}

#[test]
fn a_registry_is_signed_from_its_entries() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let entries = json!([{
        "id": "did:web:ecole.example", "type": "RecognizedEntity", "name": "École",
        "recognizedTo": [{"type": "RecognizedAction", "action": "issue", "framework": ["ESCO"]}],
    }]);
    std::fs::write(at.join("list.json"), entries.to_string()).unwrap();
    let output = run(&["registry", "sign", "list.json", "--data", "d", "-o", "registry.jwt"], at);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let jwt = std::fs::read_to_string(at.join("registry.jwt")).unwrap();
    assert_eq!(jwt.split('.').count(), 3);
    for (list, pointer) in [
        (
            json!([{"id": "did:web:ecole.example", "type": "RecognizedEntity", "recognizedTo": [{"type": "RecognizedAction"}]}]),
            "/0",
        ),
        (json!([{"id": "did:web:ecole.example", "type": "RecognizedEntity", "nmae": "x"}]), "/0"),
        (json!([]), ""),
    ] {
        std::fs::write(at.join("bad.json"), list.to_string()).unwrap();
        let output = run(&["registry", "sign", "bad.json", "--data", "d", "-o", "bad.jwt"], at);
        let talk = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{list}");
        assert!(talk.contains(pointer), "{talk}");
        assert!(!at.join("bad.jwt").exists());
    }
}
