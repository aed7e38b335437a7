//! did:key on loopback, did:web behind https; both formats verify with what the service publishes.

use badge_verifier::report::Verdict;
use serde_json::json;

use crate::harness::{HOLDER, Service};

const PUBLIC: &str = "https://badges.exemple.example";

#[test]
fn under_https_the_issuer_is_a_did_web_and_jwts_are_es256() {
    let directory = tempfile::tempdir().unwrap();
    let service = Service::start_in(directory.path(), &["--public-url", PUBLIC]);
    let did = service.get("/.well-known/did.json").expect(200);
    assert_eq!(did["id"], "did:web:badges.exemple.example");
    assert_eq!(did["verificationMethod"].as_array().unwrap().len(), 2);
    let badge = service.define("");
    let award =
        service.award(&badge, "k", &json!({"recipient": {"id": HOLDER}, "format": "jwt"})).expect(201);
    assert!(award["credentialId"].as_str().unwrap().starts_with(PUBLIC));
    let jwt = award["credential"].as_str().unwrap();
    let report = service.verify(jwt.as_bytes(), PUBLIC);
    assert_eq!(report.verdict(), Verdict::Valid, "{:?}", report.checks());
    assert_eq!(report.securing().mechanism.as_deref(), Some("vc-jwt ES256"));
    let id = award["id"].as_str().unwrap();
    // Asked for as a JWT, it is one and nothing else: images carry it, and there is no JSON form.
    assert_eq!(service.admin("GET", &format!("/api/awards/{id}/file"), None).body, jwt.as_bytes());
    let address = award["credentialId"].as_str().unwrap().strip_prefix(PUBLIC).unwrap();
    let published = service.get(address);
    assert_eq!(published.body, jwt.as_bytes());
    assert!(published.headers["content-type"].starts_with("text/plain"));
    let refused = service.admin("GET", &format!("/api/awards/{id}/file?format=json"), None).expect(404);
    assert_eq!(refused["code"], "FORM_ABSENT");
    for format in ["png", "svg"] {
        let image = service.admin("GET", &format!("/api/awards/{id}/file?format={format}"), None).body;
        assert_eq!(service.verify(&image, PUBLIC).verdict(), Verdict::Valid, "{format}");
    }
    let award = service.award(&badge, "k2", &json!({"recipient": {"id": HOLDER}})).expect(201);
    let report = service.verify(award["credential"].to_string().as_bytes(), PUBLIC);
    assert_eq!(report.verdict(), Verdict::Valid, "{:?}", report.checks());
    let keys = service.get("/.well-known/jwks.json").expect(200);
    let kids: Vec<_> = keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].clone()).collect();
    let methods: Vec<_> =
        did["verificationMethod"].as_array().unwrap().iter().map(|m| m["id"].clone()).collect();
    assert_eq!(kids, methods);
    assert!(keys["keys"].as_array().unwrap().iter().all(|key| key.get("d").is_none()));
}

#[test]
fn an_rsa_key_signs_jwts_where_it_was_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let service = Service::start_in(directory.path(), &["--public-url", PUBLIC, "--rsa"]);
    let badge = service.define("");
    let award =
        service.award(&badge, "k", &json!({"recipient": {"id": HOLDER}, "format": "jwt"})).expect(201);
    let report = service.verify(award["credential"].as_str().unwrap().as_bytes(), PUBLIC);
    assert_eq!(report.verdict(), Verdict::Valid, "{:?}", report.checks());
    assert_eq!(report.securing().mechanism.as_deref(), Some("vc-jwt RS256"));
}

#[test]
fn the_profile_comes_from_the_settings_and_is_kept_with_the_data() {
    let directory = tempfile::tempdir().unwrap();
    let settings = directory.path().join("issuer.toml");
    std::fs::write(&settings, "[issuer]\nname = 'Lycée Été'\ncountry = 'FR'\n").unwrap();
    let service = Service::start_in(directory.path(), &["--config", settings.to_str().unwrap()]);
    let profile = service.get("/issuer").expect(200);
    assert_eq!(
        (&profile["name"], &profile["address"]["addressCountryCode"]),
        (&json!("Lycée Été"), &json!("FR"))
    );
    let badge = service.define("");
    let award = service.award(&badge, "k", &json!({"recipient": {"id": HOLDER}})).expect(201);
    assert_eq!(award["credential"]["issuer"], profile);
    let report = service.verify(award["credential"].to_string().as_bytes(), &service.own_url());
    assert_eq!(report.verdict(), Verdict::Valid, "{:?}", report.checks());
    drop(service);
    let service = Service::start_in(directory.path(), &[]);
    assert_eq!(service.get("/issuer").expect(200), profile);
}
