//! A verifier's own saved snapshot remembers when it first saw a document, and that outlives the revocation of the key.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use badge_verifier::report::{CheckId, Verdict};
use badge_verifier::snapshot::{Resource, ResourceKind, Retrieval};
use badge_verifier::{Expectations, Report, Snapshot, TrustPolicy, verify};
use jiff::Timestamp;
use serde_json::{Value, json};

const URL: &str = "https://cfa.example/.well-known/did.json";

fn vector() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/verify/did-web-revoked-key.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn publish(snapshot: &mut Snapshot, document: &Value, now: Timestamp) {
    let resource = Resource { kind: ResourceKind::ControllerDocument, url: URL.to_owned() };
    snapshot.insert(resource, Retrieval { fetched_at: now, outcome: Ok(document.to_string().into_bytes()) });
}

fn check(input: &str, now: Timestamp, snapshot: &Snapshot) -> Report {
    verify(input.as_bytes(), &Expectations::default(), &TrustPolicy::default(), now, snapshot)
}

#[test]
fn what_was_seen_before_the_revocation_is_valid_after_it() {
    let vector = vector();
    let badge = &vector["input"]["json"];
    let compact = badge.to_string();
    let spelt_otherwise = format!("{badge:#}");
    let revoked = vector["snapshot"][0]["json"].clone();
    let mut sound = revoked.clone();
    sound["verificationMethod"][0].as_object_mut().unwrap().remove("revoked").unwrap();
    let (before, after): (Timestamp, Timestamp) =
        ("2026-11-09T08:00:00.25Z".parse().unwrap(), "2026-11-22T08:00:00Z".parse().unwrap());

    let mut snapshot = Snapshot::default();
    publish(&mut snapshot, &sound, before);
    let report = check(&compact, before, &snapshot);
    assert_eq!(report.verdict(), Verdict::Valid);
    assert_eq!(report.securing().existed, None);
    snapshot.remember(&report);
    // A later sight does not replace the first.
    snapshot.remember(&check(&compact, after, &snapshot));
    let mut snapshot = Snapshot::from_json(&snapshot.to_json()).unwrap();
    publish(&mut snapshot, &revoked, after);

    for text in [&compact, &spelt_otherwise] {
        let report = check(text, after, &snapshot);
        assert_eq!(report.verdict(), Verdict::Valid, "{:?}", report.checks());
        assert_eq!(report.securing().existed.as_deref(), Some("2026-11-09T08:00:00.25Z"));
    }
    // Who first sees it after the revocation cannot tell.
    let mut fresh = Snapshot::default();
    publish(&mut fresh, &revoked, after);
    let refused = check(&compact, after, &fresh);
    assert_eq!(refused.outcome(CheckId::Signature).problem().unwrap().code.as_str(), "KEY_REVOKED");
    fresh.remember(&refused);
    assert_eq!(check(&compact, after, &fresh).verdict(), Verdict::Invalid);
    // Nor does a time that has been moved before the first sight.
    let mut moved: Value = serde_json::from_str(&snapshot.to_json()).unwrap();
    moved["seen"] = json!([{"sha256": "00", "at": "2020-01-01T00:00:00Z"}]);
    assert!(Snapshot::from_json(&moved.to_string()).is_err());
}
