//! Badges from which their holder can show parts.

use badge_verifier::report::{CheckId, Verdict};
use badge_verifier::securing::disclosure::{base_proof, derive};
use serde_json::{Value, json};

use crate::harness::{HOLDER, Service, achievement, codes};

const PUBLIC: &str = "https://badges.exemple.example";

#[test]
fn a_badge_is_awarded_to_be_shown_in_part() {
    let directory = tempfile::tempdir().unwrap();
    let service = Service::start_in(directory.path(), &["--public-url", PUBLIC]);
    let badge = service.define("?mandatoryPointers=%5B%22%2FcredentialSubject%2Fresult%22%5D");
    for slip in ["/credentialSubject/reslut", "/credentialSubject/achievement/critera", "/evidense"] {
        let asked = format!("/api/badges?mandatoryPointers=%5B%22{}%22%5D", slip.replace('/', "%2F"));
        let refusal = service.admin("POST", &asked, Some(&achievement())).expect(422);
        assert_eq!(codes(&refusal)[0].0, "POINTER_NOWHERE");
        assert!(refusal.to_string().contains(slip), "{refusal}");
    }
    let listed = service.admin("GET", "/api/badges", None).expect(200);
    assert_eq!(listed["badges"][0]["mandatoryPointers"], json!(["/credentialSubject/result"]));
    let body = json!({
        "recipient": {"id": HOLDER},
        "narrative": "Très bien.",
        "evidence": [{"name": "Dossier"}],
        "result": [{"value": "A"}],
        "format": "ecdsa-sd-2023",
    });
    let award = service.award(&badge, "first", &body).expect(201);
    let base = &award["credential"];
    assert_eq!(base["proof"]["cryptosuite"], "ecdsa-sd-2023");
    let mandatory = base_proof(base).unwrap().mandatory_pointers;
    for pointer in
        ["/issuer", "/credentialStatus", "/credentialSubject/achievement/name", "/credentialSubject/result"]
    {
        assert!(mandatory.iter().any(|one| one == pointer), "{pointer}");
    }

    let shown = derive(base, &["/credentialSubject/narrative".to_owned()]).unwrap();
    let report = service.verify(shown.to_string().as_bytes(), PUBLIC);
    assert_eq!(report.verdict(), Verdict::Valid, "{:?}", report.checks());
    assert!(shown.get("evidence").is_none());
    assert_eq!(shown["credentialSubject"]["narrative"], "Très bien.");
    assert_eq!(shown["credentialSubject"]["result"][0]["value"], "A");
    let report = service.verify(base.to_string().as_bytes(), PUBLIC);
    assert_eq!(report.outcome(CheckId::Signature).problem().unwrap().code.as_str(), "BASE_PROOF_PRESENTED");

    let id = award["id"].as_str().unwrap();
    let file = service.admin("GET", &format!("/api/awards/{id}/file?format=ecdsa-sd-2023"), None);
    assert_eq!(file.expect(200), *base);
    assert!(file.headers["content-disposition"].ends_with(".json\""));
    // Its address stands in every part that is shown: the rest is not to be had there.
    let path = award["credentialId"].as_str().unwrap().strip_prefix(PUBLIC).unwrap();
    for format in ["json", "jwt", "png", "ecdsa-sd-2023"] {
        assert_eq!(service.get(&format!("{path}?format={format}")).status, 404, "{format}");
    }
    let again = service.award(&badge, "first", &body).expect(200);
    assert_eq!(again["credential"], *base, "the same base proof, not a second one");

    let plain = service.award(&badge, "second", &json!({"recipient": {"id": HOLDER}})).expect(201);
    let id = plain["id"].as_str().unwrap();
    let refused =
        service.admin("GET", &format!("/api/awards/{id}/file?format=ecdsa-sd-2023"), None).expect(404);
    assert_eq!(codes(&refused)[0].0, "FORM_ABSENT");
}

#[test]
fn an_issuer_without_a_p256_key_says_so() {
    let service = Service::start();
    let badge = service.define("");
    let body: Value = json!({"recipient": {"id": HOLDER}, "format": "ecdsa-sd-2023"});
    let refused = service.award(&badge, "first", &body);
    assert!((400..500).contains(&refused.status));
    assert_eq!(codes(&refused.json()), [("FORM_UNAVAILABLE".to_owned(), "/format".to_owned())]);
    assert_eq!(service.admin("GET", "/api/awards", None).expect(200)["awards"], json!([]));
}
