//! Define, award, verify, revoke, verify again; and all of it still there after a restart.

use badge_verifier::container::{png, svg};
use badge_verifier::report::{CheckId, Outcome, Verdict};
use serde_json::json;

use crate::harness::{HOLDER, Service};

#[test]
fn a_badge_is_defined_awarded_verified_and_revoked() {
    let service = Service::start();
    let url = service.own_url();
    let badge = service.define("");
    let listed = service.admin("GET", "/api/badges", None).expect(200);
    assert_eq!(listed["badges"][0]["id"], badge);
    let public = service.get(&format!("/badges/{badge}")).expect(200);
    assert_eq!(public["id"], format!("{url}/badges/{badge}"));
    assert_eq!(public["type"], json!(["Achievement"]));
    assert!(public["creator"]["id"].as_str().unwrap().starts_with("did:key:z6Mk"));

    let body = json!({
        "recipient": {"id": HOLDER},
        "narrative": "Très bien.",
        "evidence": [{"name": "Dossier", "description": "Analyse d’un jeu de données"}],
        "validUntil": "2099-01-01T00:00:00+01:00",
    });
    let award = service.award(&badge, "first", &body).expect(201);
    assert_eq!(award["status"], "active");
    let credential = &award["credential"];
    assert_eq!(credential["id"], award["credentialId"]);
    assert_eq!(credential["@context"].as_array().unwrap().len(), 2, "only the standard contexts");
    assert_eq!(credential["credentialSubject"]["id"], HOLDER);
    assert_eq!(credential["credentialStatus"]["statusPurpose"], "revocation");
    assert!(credential["credentialStatus"]["statusListIndex"].is_string());
    assert_eq!(
        award["warnings"][0]["code"], "ALIGNMENT_NOT_LOOKED_UP",
        "no complete table of ESCO is loaded"
    );

    let id = award["id"].as_str().unwrap();
    let file = |format: &str| service.admin("GET", &format!("/api/awards/{id}/file?format={format}"), None);
    let path = award["credentialId"].as_str().unwrap().strip_prefix(&url).unwrap().to_owned();
    for format in ["json", "jwt", "png", "svg"] {
        let answer = file(format);
        assert_eq!(answer.status, 200, "{format}");
        assert_eq!(service.get(&format!("{path}?format={format}")).body, answer.body, "{format}");
        let report = service.verify(&answer.body, &url);
        assert_eq!(report.verdict(), Verdict::Valid, "{format}: {:?}", report.checks());
        assert_eq!(*report.outcome(CheckId::Status), Outcome::Pass, "{format}");
    }
    assert_eq!(png::extract(&file("png").body).unwrap(), file("json").body);
    assert_eq!(svg::extract(&file("svg").body).unwrap(), file("json").body);
    let accept =
        |accept: &str| service.send("GET", &path, &[("Accept", accept)], b"").headers["content-type"].clone();
    assert_eq!(accept("*/*"), "application/vc+ld+json");
    assert_eq!(accept("image/png"), "image/png");
    assert_eq!(accept("text/html, application/vc+jwt;q=0.5"), "text/plain; charset=utf-8");

    let revoke = json!({"status": "revoked", "reason": "Délivré par erreur."});
    let revoked = service.admin("POST", &format!("/api/awards/{id}/status"), Some(&revoke)).expect(200);
    assert_eq!(revoked["status"], "revoked");
    assert_eq!(revoked["changes"][0]["reason"], "Délivré par erreur.");
    assert_eq!(revoked["changes"][0]["actor"], "administrator");
    for format in ["json", "jwt"] {
        let report = service.verify(&file(format).body, &url);
        assert_eq!(report.verdict(), Verdict::Invalid, "{format}");
        let problem = report.outcome(CheckId::Status).problem().unwrap();
        assert_eq!(problem.code.as_str(), "REVOKED", "{format}");
    }
}

#[test]
fn everything_is_still_there_after_a_crash() {
    let service = Service::start();
    let (badge, token) = (service.define(""), service.token.clone());
    let body = json!({"recipient": {"email": "zoe@exemple.fr"}, "format": "jwt"});
    let before = service.award(&badge, "key", &body).expect(201);
    let id = before["id"].as_str().unwrap().to_owned();
    let revoke = json!({"status": "revoked", "reason": "x"});
    service.admin("POST", &format!("/api/awards/{id}/status"), Some(&revoke)).expect(200);
    let (did, url) = (service.get("/issuer").expect(200), service.own_url());
    let jwt = service.admin("GET", &format!("/api/awards/{id}/file?format=jwt"), None).body;
    let directory = service.kill().unwrap();

    let service = Service::start_in(directory.path(), &[]);
    assert_eq!(service.token, token);
    assert_eq!(service.get("/issuer").expect(200), did);
    let again = service.award(&badge, "key", &body).expect(200);
    assert_eq!((&again["id"], &again["credential"]), (&before["id"], &before["credential"]));
    assert_eq!(again["status"], "revoked");
    assert_eq!(service.admin("GET", &format!("/api/awards/{id}/file?format=jwt"), None).body, jwt);
    let report = service.verify(&jwt, &url);
    assert_eq!(report.outcome(CheckId::Status).problem().unwrap().code.as_str(), "REVOKED");
    drop(service);
    drop(directory);
}

#[test]
fn an_email_recipient_is_hashed_with_a_salt_and_can_be_checked() {
    let service = Service::start();
    let badge = service.define("");
    let award = |key: &str, email: &str| {
        service.award(&badge, key, &json!({"recipient": {"email": email}})).expect(201)["credential"].clone()
    };
    let (one, two) = (award("1", "Zoé@Exemple.FR"), award("2", "zoé@exemple.fr"));
    let identity = |badge: &serde_json::Value| badge["credentialSubject"]["identifier"][0].clone();
    assert_eq!(identity(&one)["hashed"], true);
    assert!(identity(&one)["salt"].as_str().unwrap().len() >= 32, "16 bytes in hexadecimal");
    assert_ne!(identity(&one)["identityHash"], identity(&two)["identityHash"], "another salt");
    assert!(one["credentialSubject"]["id"].as_str().unwrap().starts_with("urn:uuid:"));
    assert!(!one.to_string().to_lowercase().contains("exemple.fr"));
    let listed = service.admin("GET", "/api/awards?recipient=ZO%C3%89@exemple.fr", None).expect(200);
    assert_eq!(listed["awards"].as_array().unwrap().len(), 2);
    assert_eq!(listed["awards"][0]["recipient"], json!({"email": "zoé@exemple.fr"}));

    let report = |email: &str| {
        let expect =
            badge_verifier::verify::Expectations { recipient: Some(email.into()), ..Default::default() };
        badge_verifier::verify(
            one.to_string().as_bytes(),
            &expect,
            &badge_verifier::TrustPolicy::default(),
            jiff::Timestamp::now(),
            &badge_verifier::Snapshot::default(),
        )
    };
    assert!(report("zoé@exemple.fr").outcome(CheckId::Recipient).passed());
    assert!(!report("zoe@exemple.fr").outcome(CheckId::Recipient).passed());
}

#[test]
fn awards_are_listed_page_by_page() {
    let service = Service::start();
    let (badge, other) = (service.define(""), service.define(""));
    let mut ids = Vec::new();
    for (number, badge) in [&badge, &other, &badge, &badge].into_iter().enumerate() {
        let body = json!({"recipient": {"id": HOLDER}, "narrative": format!("n° {number}")});
        ids.push(service.award(badge, &format!("k{number}"), &body).expect(201)["id"].clone());
    }
    let page = |query: &str| service.admin("GET", &format!("/api/awards?{query}"), None).expect(200);
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = page(&format!("limit=2{after}"));
        seen.extend(page["awards"].as_array().unwrap().iter().map(|award| award["id"].clone()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ids, "oldest first, each once");
    assert_eq!(page(&format!("badge={badge}"))["awards"].as_array().unwrap().len(), 3);
    assert_eq!(page("status=revoked")["awards"].as_array().unwrap().len(), 0);
}

#[test]
fn a_changed_badge_is_a_new_version_and_awards_keep_theirs() {
    let service = Service::start();
    let badge = service.define("");
    let body = json!({"recipient": {"id": HOLDER}});
    let first = service.award(&badge, "1", &body).expect(201);
    let mut changed = crate::harness::achievement();
    changed["name"] = json!("Évaluer, 2e édition");
    let answer = service.admin("PUT", &format!("/api/badges/{badge}"), Some(&changed)).expect(200);
    assert_eq!(answer["version"], 2);
    let second = service.award(&badge, "2", &body).expect(201);
    let name =
        |award: &serde_json::Value| award["credential"]["credentialSubject"]["achievement"]["name"].clone();
    assert_eq!(name(&first), "Évaluer des données");
    assert_eq!(name(&second), "Évaluer, 2e édition");
    assert_eq!(service.get(&format!("/badges/{badge}?version=1")).expect(200)["name"], "Évaluer des données");
    assert_eq!(service.get(&format!("/badges/{badge}")).expect(200)["name"], "Évaluer, 2e édition");
    let again = service.award(&badge, "1", &body).expect(200);
    assert_eq!(name(&again), "Évaluer des données");
}
