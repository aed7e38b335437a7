//! Nothing personal in the log or in the chain; erasure leaves both whole.

use std::path::Path;

use badge_issuer::store::Digest;
use badge_verifier::report::{CheckId, Outcome};
use badge_verifier::securing::jws::CompactJws;
use badge_verifier::securing::keys::PublicKey;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::harness::{Service, achievement, run};

/// Every byte of every file below a directory.
fn bytes_below(directory: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(bytes_below(&path));
        } else if path.is_file() {
            all.extend(std::fs::read(&path).unwrap());
        }
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
    service.award(&badge, "k2", &json!({"recipient": {"email": "zoe.secret@@exemple.fr"}})).expect(422);
    service.award(&badge, "k3", &json!({"recipient": {"email": "a@b"}, "narration-intime": 1})).expect(422);
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

/// The claims of a receipt, if the issuer's keys say that it is the issuer's.
fn receipt(service: &Service, receipt: &str) -> Value {
    let jws = CompactJws::parse_up_to(receipt, 65_536);
    assert!(jws.is_err(), "a receipt can stand for nothing else");
    let parts: Vec<&str> = receipt.split('.').collect();
    let part = |index: usize| URL_SAFE_NO_PAD.decode(parts[index]).unwrap();
    let header: Value = serde_json::from_slice(&part(0)).unwrap();
    assert_eq!(header["typ"], "erasure-receipt+jwt");
    let keys = service.get("/.well-known/jwks.json").json();
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]).unwrap();
    let key = PublicKey::from_jwk(&serde_json::from_value(key.clone()).unwrap()).unwrap();
    let input = format!("{}.{}", parts[0], parts[1]);
    key.verify(key.algorithm(), input.as_bytes(), &part(2)).unwrap();
    serde_json::from_slice(&part(1)).unwrap()
}

#[test]
fn after_an_erasure_nothing_personal_is_left_in_any_file() {
    let directory = tempfile::tempdir().unwrap();
    let service = Service::start_in(directory.path(), &[]);
    let badge = service.define("");
    let body = json!({"recipient": {"email": "zoe.secret@exemple.fr"}, "narrative": "narration-intime"});
    let award = service.award(&badge, "cle-de-zoe", &body).expect(201);
    // And in a batch, whose lines name her too.
    let bearer = format!("Bearer {}", service.token);
    let headers =
        [("Authorization", bearer.as_str()), ("Content-Type", "text/csv"), ("Idempotency-Key", "lot")];
    let lines = b"email,narrative\nzoe.secret@exemple.fr,narration-intime-2\nzoe.secret@@exemple.fr,x\n";
    let job =
        service.send("POST", &format!("/api/badges/{badge}/batches?batch=b"), &headers, lines).expect(202);
    let job = format!("/api/batches/{}", job["id"].as_str().unwrap());
    while service.admin("GET", &job, None).expect(200)["endedAt"].is_null() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let awards = service.admin("GET", "/api/awards?recipient=zoe.secret@exemple.fr", None).expect(200);
    let ids: Vec<String> = awards["awards"]
        .as_array()
        .unwrap()
        .iter()
        .map(|award| award["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 2);
    let reason = json!({"status": "revoked", "reason": "raison-intime"});
    service.admin("POST", &format!("/api/awards/{}/status", ids[0]), Some(&reason)).expect(200);

    let identity = &award["credential"]["credentialSubject"]["identifier"][0];
    let secrets = [
        "zoe.secret",
        "narration-intime",
        "raison-intime",
        "cle-de-zoe",
        identity["salt"].as_str().unwrap(),
        identity["identityHash"].as_str().unwrap(),
        award["credential"]["credentialSubject"]["id"].as_str().unwrap(),
    ];
    let before = bytes_below(&service.data);
    for secret in secrets {
        assert!(holds(&before, secret), "{secret} was never there: the test says nothing");
    }
    for (id, ground) in ids.iter().zip(["legal-order", "holder-request"]) {
        let path = format!("/api/awards/{id}/personal-data?ground={ground}");
        let erased = service.admin("DELETE", &path, None).expect(200);
        let claims = receipt(&service, erased["receipt"].as_str().unwrap());
        assert_eq!((&claims["award"], &claims["ground"]), (&json!(id), &json!(ground)));
        assert_eq!((&claims["by"], &claims["erasedAt"]), (&json!("administrator"), &erased["erasedAt"]));
        // Again: nothing more is erased, and the receipt is for the first time and its ground.
        let again = service.admin("DELETE", &format!("/api/awards/{id}/personal-data"), None).expect(200);
        let second = receipt(&service, again["receipt"].as_str().unwrap());
        assert_eq!((&second["record"], &second["ground"]), (&claims["record"], &claims["ground"]));
        let journal = bytes_below(&service.data.join("store/journal"));
        assert!(holds(&journal, ground), "the ground is in the chain");
    }
    let bad = service.admin("DELETE", &format!("/api/awards/{}/personal-data?ground=x", ids[0]), None);
    assert_eq!(bad.expect(400)["code"], "PARAMETER_INVALID");
    let report = service.verify(award["credential"].to_string().as_bytes(), &service.own_url());
    assert!(matches!(report.outcome(CheckId::Status), Outcome::Fail(_)), "the status list still revokes");
    let after = bytes_below(&service.data);
    for secret in secrets {
        assert!(!holds(&after, secret), "{secret} is left in some file");
    }
    drop(service);
    // The chain is whole; and once the index is made anew, not even the digests by which she was found are left.
    let verified = run(&["store", "verify", "--data", "data"], directory.path());
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    let rebuilt = run(&["store", "rebuild", "--data", "data"], directory.path());
    assert!(rebuilt.status.success(), "{}", String::from_utf8_lossy(&rebuilt.stderr));
    // The index that was set aside is for whoever rebuilt it to delete, as the command says.
    for entry in std::fs::read_dir(directory.path().join("data/store")).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("index.")) {
            std::fs::remove_dir_all(&path).unwrap();
        }
    }
    let after = bytes_below(&directory.path().join("data"));
    for (label, text) in [("recipient", "zoe.secret@exemple.fr"), ("idempotency key", "cle-de-zoe")] {
        let digest = Digest::of(&[format!("badge-issuer {label}\n").as_bytes(), text.as_bytes()]);
        let raw = digest.as_bytes();
        assert!(!after.windows(raw.len()).any(|window| window == raw), "the digest of the {label} is left");
        assert!(!holds(&after, &digest.to_string()), "the digest of the {label} is left as text");
    }
}

#[test]
fn the_command_asks_first_and_writes_a_receipt() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    std::fs::write(
        at.join("d.json"),
        json!({"achievement": achievement(), "recipient": {"email": "zoe.secret@exemple.fr"}}).to_string(),
    )
    .unwrap();
    assert!(run(&["issue", "d.json", "--data", "d", "--no-status", "-o", "b.json"], at).status.success());
    let badge: Value = serde_json::from_slice(&std::fs::read(at.join("b.json")).unwrap()).unwrap();
    let id = badge["id"].as_str().unwrap();
    let unsure = run(&["erase", id, "--data", "d"], at);
    assert_eq!(unsure.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unsure.stderr).contains("ERASURE_UNCONFIRMED"));
    assert!(holds(&bytes_below(&at.join("d")), "zoe.secret"));
    let sure = run(&["erase", id, "--data", "d", "--yes", "-o", "receipt.jwt"], at);
    assert!(sure.status.success(), "{}", String::from_utf8_lossy(&sure.stderr));
    assert!(!holds(&bytes_below(&at.join("d")), "zoe.secret"));
    let receipt = std::fs::read_to_string(at.join("receipt.jwt")).unwrap();
    let claims: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(receipt.split('.').nth(1).unwrap()).unwrap()).unwrap();
    assert_eq!((&claims["credential"], &claims["ground"]), (&badge["id"], &json!("holder-request")));
    assert!(!receipt.contains("zoe"));
}
