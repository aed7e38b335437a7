//! Nothing personal in the log or in the chain; erasure leaves both whole.

use std::path::Path;

use badge_verifier::report::{CheckId, Outcome};
use serde_json::json;

use crate::harness::Service;

/// Every byte of every file below a directory.
fn bytes_below(directory: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(bytes_below(&path)) } else { all.extend(std::fs::read(&path).unwrap()) }
    }
    all
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn nothing_personal_stands_in_the_log_or_in_the_chain() {
    let service = Service::start();
    let badge = service.define("");
    let body = json!({"recipient": {"email": "zoe.secret@exemple.fr"}, "narrative": "narration-intime"});
    let award = service.award(&badge, "cle-de-zoe", &body).expect(201);
    let id = award["id"].as_str().unwrap();
    let reason = json!({"status": "revoked", "reason": "raison-intime"});
    service.admin("POST", &format!("/api/awards/{id}/status"), Some(&reason)).expect(200);
    service.admin("GET", "/api/awards?recipient=zoe.secret@exemple.fr", None).expect(200);
    // Refusals too: what was wrong may be what is personal.
    service.award(&badge, "k2", &json!({"recipient": {"email": "zoe.secret@@exemple.fr"}})).expect(400);
    service.award(&badge, "k3", &json!({"recipient": {"email": "a@b"}, "narration-intime": 1})).expect(400);
    let path = award["credentialId"].as_str().unwrap().strip_prefix(&service.own_url()).unwrap();
    assert_eq!(service.get(path).status, 200);

    let secrets = ["zoe.secret", "narration-intime", "raison-intime", "cle-de-zoe", &service.token, path];
    let log = std::fs::read(&service.log).unwrap();
    assert!(holds(&log, "/api/badges/{id}/awards"), "the log is there, with routes and not paths");
    let journal = bytes_below(&service.data.join("store/journal"));
    assert!(holds(&journal, id), "the chain is there");
    for secret in secrets {
        assert!(!holds(&log, secret), "{secret} is in the log");
    }
    for secret in &secrets[..4] {
        assert!(!holds(&journal, secret), "{secret} is in the chain");
    }
}

#[test]
fn erasure_leaves_ids_and_status() {
    let service = Service::start();
    let badge = service.define("");
    let body = json!({"recipient": {"email": "zoe.secret@exemple.fr"}, "narrative": "narration-intime"});
    let award = service.award(&badge, "k", &body).expect(201);
    let id = award["id"].as_str().unwrap();
    let reason = json!({"status": "revoked", "reason": "raison-intime"});
    service.admin("POST", &format!("/api/awards/{id}/status"), Some(&reason)).expect(200);
    let erased = service.admin("DELETE", &format!("/api/awards/{id}/personal-data"), None).expect(200);
    assert_eq!((&erased["recipient"], &erased["status"]), (&json!(null), &json!("revoked")));
    assert_eq!(erased["changes"][0]["reason"], json!(null));
    let file = service.admin("GET", &format!("/api/awards/{id}/file"), None);
    assert_eq!(file.expect(410)["code"], "AWARD_ERASED");
    let path = award["credentialId"].as_str().unwrap().strip_prefix(&service.own_url()).unwrap();
    assert_eq!(service.get(path).status, 410);
    let report = service.verify(award["credential"].to_string().as_bytes(), &service.own_url());
    assert!(matches!(report.outcome(CheckId::Status), Outcome::Fail(_)), "the status stays published");
    let everything = bytes_below(&service.data.join("store/payloads"));
    assert!(!holds(&everything, "narration-intime"));
}
