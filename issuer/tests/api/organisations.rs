//! Several issuers in one process share nothing but the process.

use std::path::Path;

use badge_verifier::report::Verdict;
use serde_json::{Value, json};

use crate::harness::{Answer, HOLDER, Service, achievement, run};

/// Makes the directory of an organisation, with its settings.
fn organise(directory: &Path, name: &str, settings: &str) {
    let own = directory.join("data/organisations").join(name);
    std::fs::create_dir_all(&own).unwrap();
    std::fs::write(own.join("issuer.toml"), settings).unwrap();
}

fn token_of(service: &Service, name: &str) -> String {
    std::fs::read_to_string(service.data.join("organisations").join(name).join("admin-token")).unwrap()
}

fn send(service: &Service, token: &str, method: &str, path: &str, body: Option<&Value>) -> Answer {
    let bearer = format!("Bearer {token}");
    let mut headers = vec![("Authorization", bearer.as_str()), ("Idempotency-Key", "key")];
    if body.is_some() {
        headers.push(("Content-Type", "application/json"));
    }
    service.send(method, path, &headers, body.map(Value::to_string).unwrap_or_default().as_bytes())
}

#[test]
fn each_organisation_is_an_issuer_of_its_own() {
    let directory = tempfile::tempdir().unwrap();
    organise(directory.path(), "lycee-a", "[issuer]\nname = 'Lycée A'");
    organise(directory.path(), "lycee-b", "[issuer]\nname = 'Lycée B'");
    let service = Service::start_in(directory.path(), &["--public-url", "https://badges.example"]);
    let mut seen = Vec::new();
    for (prefix, did) in [
        ("", "did:web:badges.example"),
        ("/o/lycee-a", "did:web:badges.example:o:lycee-a"),
        ("/o/lycee-b", "did:web:badges.example:o:lycee-b"),
    ] {
        let document = service.get(&format!("{prefix}/did.json")).expect(200);
        assert_eq!(document["id"], did);
        assert_eq!(service.get(&format!("{prefix}/issuer")).expect(200)["id"], did);
        let keys: Vec<_> = document["verificationMethod"].as_array().unwrap().clone();
        for key in &keys {
            assert!(key["id"].as_str().unwrap().starts_with(did));
            assert!(!seen.contains(&key["publicKeyMultibase"]), "a key of its own");
        }
        seen.extend(
            keys.into_iter().map(|key| key["publicKeyMultibase"].clone()).filter(|key| !key.is_null()),
        );
    }
    assert_eq!(service.get("/o/lycee-a/issuer").expect(200)["name"], "Lycée A");
    let described = service.get("/o/lycee-a/openapi.json").expect(200);
    assert_eq!(described["servers"][0]["url"], "/o/lycee-a");
    assert_eq!(service.get("/o/lycee-c/issuer").expect(404)["code"], "NOT_FOUND");
    assert_eq!(service.get("/o/lycee-a/nowhere").expect(404)["code"], "NOT_FOUND");
    let refused = service.send("DELETE", "/o/lycee-a/api/badges", &[], b"");
    assert_eq!(refused.expect(405)["values"]["allowed"], "POST, GET, HEAD");

    // A badge of one: its ids, its status and its keys are below its address, and it verifies from what stands there.
    let token = token_of(&service, "lycee-a");
    let made = send(&service, &token, "POST", "/o/lycee-a/api/badges", Some(&achievement())).expect(201);
    let badge = made["id"].as_str().unwrap();
    let awards = format!("/o/lycee-a/api/badges/{badge}/awards");
    let award =
        send(&service, &token, "POST", &awards, Some(&json!({"recipient": {"id": HOLDER}}))).expect(201);
    assert!(
        award["credentialId"].as_str().unwrap().starts_with("https://badges.example/o/lycee-a/credentials/")
    );
    let report = service.verify(award["credential"].to_string().as_bytes(), "https://badges.example");
    assert_eq!(report.verdict(), Verdict::Valid, "{:?}", report.checks());
    for elsewhere in ["", "/o/lycee-b"] {
        assert_eq!(service.get(&format!("{elsewhere}/badges/{badge}")).status, 404);
        assert_eq!(service.get(&format!("{elsewhere}/status/1")).status, 404);
    }
}

#[test]
fn no_token_of_one_organisation_opens_another() {
    let directory = tempfile::tempdir().unwrap();
    organise(directory.path(), "a", "");
    organise(directory.path(), "b", "");
    let service = Service::start_in(directory.path(), &[]);
    let places =
        [("", service.token.clone()), ("/o/a", token_of(&service, "a")), ("/o/b", token_of(&service, "b"))];
    for (home, token) in &places {
        for (prefix, _) in &places {
            for route in badge_issuer::routes::TABLE {
                if route.audience == badge_issuer::routes::Audience::Everyone {
                    continue;
                }
                let path = format!("{prefix}{}", route.path.replace("{id}", "x"));
                let answer = send(&service, token, route.method, &path, Some(&json!([])));
                if home == prefix {
                    assert!(!matches!(answer.status, 401 | 403), "{path}: {}", answer.text());
                } else {
                    assert_eq!(
                        answer.expect(401)["code"],
                        "TOKEN_REQUIRED",
                        "{} {path} from {home}",
                        route.method
                    );
                }
            }
        }
    }
    // What the process counts is for the root alone.
    assert_eq!(send(&service, &places[1].1, "GET", "/o/a/metrics", None).expect(404)["code"], "NOT_FOUND");
    assert_eq!(send(&service, &places[0].1, "GET", "/metrics", None).status, 200);
    // The command line works on an organisation as on any data directory, beside the running service.
    let data = directory.path().join("data/organisations/a");
    let line = ["token", "create", "--account", "lms", "--role", "auditor", "--data", data.to_str().unwrap()];
    let made = String::from_utf8(run(&line, directory.path()).stdout).unwrap();
    assert_eq!(send(&service, made.trim(), "GET", "/o/a/api/awards", None).status, 200);
    assert_eq!(send(&service, made.trim(), "GET", "/o/b/api/awards", None).status, 401);
    assert_eq!(send(&service, made.trim(), "GET", "/api/awards", None).status, 401);
}

/// A warning about an organisation is given where the log is read, like every other.
#[test]
fn an_organisation_without_its_operators_socket_is_told_in_the_log() {
    let directory = tempfile::tempdir().unwrap();
    organise(directory.path(), "lycee-a", "");
    Service::start_in(directory.path(), &[]).stop();
    // Something that is no socket stands where it would be.
    let own = directory.path().join("data/organisations/lycee-a");
    std::fs::create_dir(own.join("store/operator.sock")).unwrap();
    let service = Service::start_in(directory.path(), &[]);
    service.wait_for_log("no operator's socket");
    let log = std::fs::read_to_string(&service.log).unwrap();
    let line = log.lines().find(|line| line.contains("no operator's socket")).unwrap();
    assert!(line.contains("WARN") && line.contains("organisations/lycee-a"), "{line}");
    assert_eq!(service.get("/o/lycee-a/healthz").status, 200, "the service works all the same");
}
