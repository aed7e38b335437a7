//! The commands that need no running service.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use badge_verifier::checks::status::{self, Stated};
use badge_verifier::report::Verdict;
use badge_verifier::snapshot::{Resource, ResourceKind, Retrieval};
use badge_verifier::verify::Expectations;
use badge_verifier::{Outcome, Report, Snapshot, TrustPolicy, verify};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::harness::{HOLDER, Service, achievement, run};

const PUBLIC: &str = "https://badges.exemple.example";

fn draft(directory: &Path) {
    let draft = json!({"achievement": achievement(), "narrative": "Très bien."});
    std::fs::write(directory.join("draft.json"), draft.to_string()).unwrap();
}

/// What was written for static hosting.
fn published(directory: &Path, now: Timestamp) -> Snapshot {
    let mut snapshot = Snapshot::default();
    for (kind, path) in [
        (ResourceKind::ControllerDocument, "/.well-known/did.json"),
        (ResourceKind::StatusList, "/status/1"),
        (ResourceKind::StatusListToken, "/status-tokens/1"),
    ] {
        if let Ok(bytes) = std::fs::read(directory.join(format!("d/public{path}"))) {
            let resource = Resource { kind, url: format!("{PUBLIC}{path}") };
            snapshot.insert(resource, Retrieval { fetched_at: now, outcome: Ok(bytes) });
        }
    }
    snapshot
}

/// Verifies a file with it.
fn check(directory: &Path, file: &str) -> Report {
    let badge = std::fs::read(directory.join(file)).unwrap();
    let now = Timestamp::now();
    verify(&badge, &Expectations::default(), &TrustPolicy::default(), now, &published(directory, now))
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
    let list = std::fs::read_to_string(at.join("d/public/status-tokens/1")).unwrap();
    let header = URL_SAFE_NO_PAD.decode(list.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    assert_eq!((header["alg"].as_str(), header["typ"].as_str()), (Some("ES256"), Some("statuslist+jwt")));
    let claims = json!({"status": {"status_list": {"idx": 5, "uri": format!("{PUBLIC}/status-tokens/1")}}});
    let stated = Stated::by_claims("did:web:badges.exemple.example", &claims);
    let now = Timestamp::now();
    assert_eq!(status::check(&stated, &TrustPolicy::default(), now, &published(at, now)), Outcome::Pass);
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
    assert!(talk.contains("erreur\u{a0}: ") && talk.contains("/achievement/alignment/0"), "{talk}");
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

#[test]
fn output_goes_to_pipes_devices_links_and_the_standard_output() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    draft(at);
    let issue = |output: &str| {
        run(&["issue", "draft.json", "--data", "d", "--to", HOLDER, "--no-status", "-o", output], at)
    };
    let shown = issue("-");
    assert!(shown.status.success(), "{}", String::from_utf8_lossy(&shown.stderr));
    let badge: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(badge["type"][0], "VerifiableCredential");
    assert!(!at.join("-").exists());
    std::os::unix::fs::symlink("kept.json", at.join("link")).unwrap();
    std::fs::write(at.join("kept.json"), "old").unwrap();
    assert!(issue("link").status.success());
    assert!(std::fs::symlink_metadata(at.join("link")).unwrap().is_symlink());
    assert!(std::fs::read(at.join("kept.json")).unwrap().starts_with(b"{"));
    // A device that takes nothing: the badge is not lost, its award is named.
    std::os::unix::fs::symlink("/dev/full", at.join("full")).unwrap();
    let full = issue("full");
    assert_eq!(full.status.code(), Some(2));
    let talk = String::from_utf8_lossy(&full.stderr).into_owned();
    assert!(talk.contains("AWARD_NOT_WRITTEN") && talk.contains("/api/awards/"), "{talk}");
    assert!(!std::fs::metadata(at.join("full")).unwrap().is_file());
    let id = talk.split("The award ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    // Where nothing can be written, nothing is awarded either.
    let nowhere = issue("absent/b.json");
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("FILE_UNWRITABLE"));
    std::fs::rename(at.join("d"), at.join("data")).unwrap();
    let service = Service::start_in(at, &[]);
    assert_eq!(service.admin("GET", &format!("/api/awards/{id}/file"), None).status, 200);
    let awards = service.admin("GET", "/api/awards", None).expect(200);
    assert_eq!(awards["awards"].as_array().unwrap().len(), 3);
}

#[test]
fn a_lost_key_or_another_address_never_makes_another_issuer() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    draft(at);
    let arguments = ["issue", "draft.json", "--data", "d", "--to", HOLDER, "--no-status", "-o", "b.json"];
    let issue = |more: &[&str]| {
        let output = run(&[&arguments[..], more].concat(), at);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(issue(&[]).0, Some(0));
    let (code, talk) = issue(&["--public-url", PUBLIC]);
    assert_eq!(code, Some(2));
    assert!(talk.contains("ISSUER_CHANGED") && talk.contains("did:key:z6Mk"), "{talk}");
    assert!(!at.join("d/keys/p256.pem").exists(), "refused before anything is made");

    let key = at.join("d/keys/ed25519.pem");
    std::fs::rename(&key, at.join("away.pem")).unwrap();
    let (code, talk) = issue(&[]);
    assert_eq!(code, Some(2));
    assert!(talk.contains("DATA_FILE_MISSING") && talk.contains("ed25519.pem"), "{talk}");
    assert!(!key.exists());
    assert!(run(&["keygen", "--data", "other"], at).status.success());
    std::fs::copy(at.join("other/keys/ed25519.pem"), &key).unwrap();
    assert!(issue(&[]).1.contains("KEY_FILE_UNUSABLE"));
    std::fs::rename(at.join("away.pem"), &key).unwrap();
    assert_eq!(issue(&[]).0, Some(0));

    let record = at.join("d/issuer.json");
    std::fs::rename(&record, at.join("away.json")).unwrap();
    let (code, talk) = issue(&[]);
    assert_eq!(code, Some(2));
    assert!(talk.contains("DATA_FILE_MISSING") && talk.contains("issuer.json"), "{talk}");
    // A directory from before the id and the keys were recorded.
    std::fs::write(&record, r#"{"profile":{}}"#).unwrap();
    std::fs::rename(&key, at.join("away.pem")).unwrap();
    assert!(issue(&[]).1.contains("DATA_FILE_MISSING"));
    assert!(issue(&["--public-url", PUBLIC]).1.contains("ISSUER_CHANGED"));
    std::fs::rename(at.join("away.pem"), &key).unwrap();
    assert_eq!(issue(&[]).0, Some(0));
}

#[test]
fn what_is_kept_of_learners_is_closed_to_others_and_what_is_public_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    draft(at);
    let output = run(
        &[
            "issue",
            "draft.json",
            "--data",
            "d",
            "--public-url",
            PUBLIC,
            "--to",
            "zoé@exemple.fr",
            "-o",
            "b.json",
        ],
        at,
    );
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mode = |path: &str| std::fs::metadata(at.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("d") & 0o066, 0);
    for closed in ["d/keys", "d/store", "d/store/journal", "d/store/payloads"] {
        assert_eq!(mode(closed), 0o700, "{closed}");
        for entry in std::fs::read_dir(at.join(closed)).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_file() {
                let found = entry.metadata().unwrap().permissions().mode();
                assert_eq!(found & 0o077, 0, "{}", entry.path().display());
            }
        }
    }
    assert_eq!(mode("d/issuer.json"), 0o600);
    assert_ne!(mode("d") & 0o011, 0, "what is public can be reached");
}

#[test]
fn a_registry_that_has_ended_already_is_not_signed() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    std::fs::write(at.join("list.json"), "[]").unwrap();
    let past = "2020-01-01T00:00:00Z";
    let output = run(
        &[
            "registry",
            "sign",
            "list.json",
            "--data",
            "d",
            "-o",
            "r.jwt",
            "--valid-until",
            past,
            "--lang",
            "fr",
        ],
        at,
    );
    assert_eq!(output.status.code(), Some(2));
    let talk = String::from_utf8(output.stderr).unwrap();
    assert!(talk.contains("--valid-until") && talk.contains("passée"), "{talk}");
    assert!(!at.join("r.jwt").exists());
}

#[test]
fn encrypting_plain_keys_is_said_and_refusals_are_in_french_throughout() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    std::fs::write(at.join("p"), "une phrase\n").unwrap();
    std::fs::write(at.join("q"), "une autre\n").unwrap();
    assert!(run(&["keygen", "--data", "d"], at).status.success());
    let keygen = |file: &str| {
        let output = run(&["keygen", "--data", "d", "--passphrase-file", file, "--lang", "fr"], at);
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(keygen("p").contains("clé chiffrée sur place"));
    assert_eq!(keygen("p"), "");
    assert!(keygen("q").contains("il ne s’ouvre pas avec cette phrase secrète"));
}
