//! The conformance profile over real sockets: both services over HTTPS, and every status code of the contract.
//!
//! What official suites send stands here in our words, so that it is asked again at every change; the suites themselves are run by
//! hand (`README.md` beside the vectors).
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]
#![expect(
    clippy::similar_names,
    reason = "an issuer issues what is issued, a verifier verifies what is verified"
)]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use badge_issuer::body::Limits;
use badge_verifier::http::{self, Settings};
use badge_verifier::net::{Fetcher, Reach};
use badge_verifier::{Snapshot, TrustPolicy, self_signed};
use jiff::Timestamp;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::{Value, json};

const BODY_TIME: Duration = Duration::from_secs(10);

/// A service, and what its certificate is.
struct Service {
    address: SocketAddr,
    tls: Arc<ClientConfig>,
}

impl Service {
    /// Sends a request over TLS that trusts this service's certificate and no other.
    fn ask(&self, method: &str, target: &str, body: Option<&Value>) -> (u16, Value) {
        let text = body.map(Value::to_string).unwrap_or_default();
        self.send(method, target, &text)
    }

    fn send(&self, method: &str, target: &str, body: &str) -> (u16, Value) {
        let name = ServerName::try_from("localhost").unwrap();
        let connection = ClientConnection::new(self.tls.clone(), name).unwrap();
        let mut stream = StreamOwned::new(connection, TcpStream::connect(self.address).unwrap());
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // A server may close without saying goodbye in TLS: what it sent has arrived all the same.
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or_default())
    }
}

fn trusting(pem: &str) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for certificate in self_signed::certificates(pem.as_bytes()).unwrap() {
        roots.add(certificate).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    Arc::new(builder.with_root_certificates(roots).with_no_client_auth())
}

fn listener() -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    listener
}

/// Starts the issuer on a thread that lives as long as the test program; gives its certificate too.
fn issuer() -> (Service, String) {
    let (listener, tls) = (listener(), self_signed::generate().unwrap());
    let (address, pem) = (listener.local_addr().unwrap(), tls.pem.clone());
    thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let limits = Limits { body_timeout: BODY_TIME };
            badge_issuer::conformance::start(listener, tls, Timestamp::now, limits).unwrap().await.unwrap();
        });
    });
    (Service { address, tls: trusting(&pem) }, pem)
}

/// Starts the verifier, which trusts the issuer's certificate when it fetches status lists.
fn verifier(issuer_pem: &str) -> Service {
    let (listener, tls) = (listener(), self_signed::generate().unwrap());
    let pem = tls.pem.clone();
    let roots = self_signed::certificates(issuer_pem.as_bytes()).unwrap();
    let settings = Settings {
        policy: TrustPolicy::default(),
        snapshot: Snapshot::default(),
        fetcher: Fetcher::danger_trusting(Reach::DangerLoopback, roots).unwrap(),
        clock: Timestamp::now,
        body_time: BODY_TIME,
    };
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        http::conformance::run(listener, settings, tls, |address| tell.send(address).unwrap()).unwrap();
    });
    Service { address: told.recv().unwrap(), tls: trusting(&pem) }
}

fn both() -> (Service, Service) {
    let (issuer, pem) = issuer();
    let verifier = verifier(&pem);
    (issuer, verifier)
}

/// The DID of a suite's issuer.
fn did(issuer: &Service, suite: &str) -> String {
    let (status, suites) = issuer.ask("GET", "/suites", None);
    assert_eq!(status, 200);
    let row = suites.as_array().unwrap().iter().find(|row| row["suite"] == suite).unwrap().clone();
    row["id"].as_str().unwrap().to_owned()
}

fn credential(issuer: &str) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "urn:uuid:9f4d0c2e-0f0a-4f43-8b1b-6f3f4b4a5c6d",
        "type": ["VerifiableCredential"],
        "issuer": issuer,
        "credentialSubject": {"id": "did:example:élève", "name": "Zoé"},
    })
}

fn issue(issuer: &Service, suite: &str, credential: &Value) -> (u16, Value) {
    let (status, mut answer) = issuer.ask(
        "POST",
        &format!("/suites/{suite}/credentials/issue"),
        Some(&json!({"credential": credential, "options": {}})),
    );
    (status, if status == 201 { answer["verifiableCredential"].take() } else { answer })
}

fn verify(verifier: &Service, query: &str, credential: &Value) -> (u16, Value) {
    verifier.ask(
        "POST",
        &format!("/credentials/verify{query}"),
        Some(&json!({"verifiableCredential": credential})),
    )
}

fn suites(issuer: &Service) -> Vec<String> {
    let (_, rows) = issuer.ask("GET", "/suites", None);
    rows.as_array().unwrap().iter().map(|row| row["suite"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_each_suite_issues_verifies_and_what_is_changed_does_not() {
    let (issuer, verifier) = both();
    let names = suites(&issuer);
    assert!(names.len() >= 10, "{names:?}");
    for suite in names {
        let (status, mut issued) = issue(&issuer, &suite, &credential(&did(&issuer, &suite)));
        assert_eq!(status, 201, "{suite}: {issued}");
        if ["ecdsa-sd-2023", "bbs-2023"].contains(&suite.as_str()) {
            assert_eq!(verify(&verifier, "?checks=proof", &issued).1["code"], "BASE_PROOF_PRESENTED");
            let asked = |credential: &Value| json!({"verifiableCredential": credential, "options": {"selectivePointers": ["/issuer", "/credentialSubject"]}});
            let mut spoiled = issued.clone();
            spoiled["credentialSubject"]["name"] = json!("Zoë");
            assert_eq!(verifier.ask("POST", "/credentials/derive", Some(&asked(&spoiled))).0, 400);
            let (status, mut answer) = verifier.ask("POST", "/credentials/derive", Some(&asked(&issued)));
            assert_eq!(status, 201, "{answer}");
            issued = answer["verifiableCredential"].take();
        }
        for query in ["", "?checks=proof"] {
            let (status, answer) = verify(&verifier, query, &issued);
            assert_eq!((status, &answer["verified"]), (200, &json!(true)), "{suite}{query}: {answer}");
        }
        let mut changed = issued.clone();
        match changed["id"].as_str().unwrap().strip_prefix("data:") {
            // The first letter of the signature.
            Some(token) => {
                let (signed, signature) = token.rsplit_once('.').unwrap();
                let first = if signature.starts_with('A') { 'B' } else { 'A' };
                changed["id"] = json!(format!("data:{signed}.{first}{}", &signature[1..]));
            }
            None => changed["credentialSubject"]["name"] = json!("Zoë"),
        }
        for query in ["", "?checks=proof"] {
            let (status, answer) = verify(&verifier, query, &changed);
            assert_eq!((status, &answer["verified"]), (400, &json!(false)), "{suite}{query}: {answer}");
        }
    }
}

#[test]
fn a_credential_that_is_none_is_not_signed() {
    let (issuer, _) = issuer();
    let did = did(&issuer, "eddsa-rdfc-2022");
    let sound = credential(&did);
    let set = |member: &str, value: Value| {
        let mut broken = sound.clone();
        broken[member] = value;
        broken
    };
    let without = |member: &str| {
        let mut broken = sound.clone();
        broken.as_object_mut().unwrap().remove(member);
        broken
    };
    let mut broken: Vec<Value> =
        ["@context", "type", "issuer", "credentialSubject"].into_iter().map(without).collect();
    for odd in [json!(null), json!(true), json!(4), json!([])] {
        broken.extend(["type", "issuer", "credentialSubject"].map(|member| set(member, odd.clone())));
    }
    for odd in [json!({"foo": true}), json!(4), json!(false), json!(null)] {
        broken.push(set("@context", odd));
    }
    broken.push(set("credentialSubject", json!("did:example:1")));
    broken.push(set("undefined", json!("a term that no context defines")));
    broken.push(set("type", json!(["VerifiableCredential", "Undefined"])));
    broken.push(set("type", json!(["VerifiablePresentation"])));
    for credential in &broken {
        let (status, answer) = issue(&issuer, "eddsa-rdfc-2022", credential);
        assert!(matches!(status, 400 | 422), "{status} {credential} {answer}");
        assert!(answer["code"].is_string(), "{answer}");
    }
    let path = "/suites/eddsa-rdfc-2022/credentials/issue";
    for body in [
        json!({"verifiableCredential": sound}).to_string(),
        json!({"credential": "text"}).to_string(),
        "[]".to_owned(),
        "{".to_owned(),
        String::new(),
        r#"{"credential":{},"credential":{}}"#.to_owned(),
    ] {
        assert_eq!(issuer.send("POST", path, &body).0, 400, "{body}");
    }
    assert_eq!(
        issuer.ask("POST", "/suites/none/credentials/issue", Some(&json!({"credential": sound}))).0,
        404
    );
    assert_eq!(issuer.ask("POST", "/api/badges", Some(&json!({}))).0, 404, "no ordinary route is served");
}

#[test]
fn a_credential_of_the_older_data_model_goes_out_as_one_of_the_newer() {
    let (issuer, verifier) = both();
    let mut old = credential(&did(&issuer, "eddsa-rdfc-2022"));
    old["@context"] = json!(["https://www.w3.org/2018/credentials/v1"]);
    old["issuanceDate"] = json!("2026-01-01T00:00:00Z");
    old["expirationDate"] = json!("9999-01-01T00:00:00Z");
    old["credentialSubject"] = json!({"id": "did:example:élève"});
    let (status, issued) = issue(&issuer, "eddsa-rdfc-2022", &old);
    assert_eq!(status, 201, "{issued}");
    assert_eq!(issued["@context"], json!(["https://www.w3.org/ns/credentials/v2"]));
    assert_eq!(issued["validUntil"], "9999-01-01T00:00:00Z");
    assert_eq!(verify(&verifier, "", &issued).0, 200);
    // What is mandatory follows the members that get other names.
    for suite in ["ecdsa-sd-2023", "bbs-2023"] {
        old["issuer"] = json!(did(&issuer, suite));
        let body = json!({"credential": old, "options": {"mandatoryPointers": ["/issuanceDate", "/issuer"]}});
        let (status, mut answer) =
            issuer.ask("POST", &format!("/suites/{suite}/credentials/issue"), Some(&body));
        assert_eq!(status, 201, "{answer}");
        let base = json!({"verifiableCredential": answer["verifiableCredential"].take()});
        let (status, answer) = verifier.ask("POST", "/credentials/derive", Some(&base));
        assert_eq!(status, 201, "{answer}");
        let derived = &answer["verifiableCredential"];
        assert_eq!(derived["validFrom"], "2026-01-01T00:00:00Z");
        assert!(derived.get("validUntil").is_none());
    }
}

#[test]
fn the_default_policy_binds_the_issuer_and_the_proof_only_policy_says_that_it_does_not() {
    let (issuer, verifier) = both();
    let (status, issued) = issue(&issuer, "eddsa-rdfc-2022", &credential("https://issuer.example/1"));
    assert_eq!(status, 201, "{issued}");
    let (status, answer) = verify(&verifier, "", &issued);
    assert_eq!((status, &answer["code"]), (400, &json!("CONTROLLER_NOT_ISSUER")), "{answer}");
    assert_eq!(verify(&verifier, "?checks=proof", &issued).0, 200);
    let mut expired = credential(&did(&issuer, "eddsa-rdfc-2022"));
    expired["validUntil"] = json!("2020-01-01T00:00:00Z");
    let (status, issued) = issue(&issuer, "eddsa-rdfc-2022", &expired);
    assert_eq!(status, 201, "{issued}");
    assert_eq!(verify(&verifier, "", &issued).1["code"], "EXPIRED");
    assert_eq!(verify(&verifier, "?checks=proof", &issued).0, 200);
    // The weaker policy is in the address, and only spelt one way.
    for query in ["?checks=none", "?check=proof", "?checks=proof&checks=all"] {
        assert_eq!(verify(&verifier, query, &issued).0, 400, "{query}");
    }
    let asked = json!({"verifiableCredential": issued, "options": {"checks": ["proof"]}});
    assert_eq!(verifier.ask("POST", "/credentials/verify", Some(&asked)).0, 400, "a body does not weaken");
}

#[test]
fn what_is_not_a_document_of_the_right_kind_is_400() {
    let (issuer, verifier) = both();
    let (_, issued) = issue(&issuer, "eddsa-rdfc-2022", &credential(&did(&issuer, "eddsa-rdfc-2022")));
    let as_presentation = json!({"verifiablePresentation": issued});
    for (path, body) in [
        ("/credentials/verify", json!({"verifiableCredential": "a string"}).to_string()),
        ("/credentials/verify", json!({"verifiableCredential": null}).to_string()),
        (
            "/credentials/verify",
            json!({"verifiableCredential": {"type": ["NonconformingDocument"]}}).to_string(),
        ),
        ("/credentials/verify", as_presentation.to_string()),
        ("/presentations/verify", as_presentation.to_string()),
        ("/presentations/verify", json!({"verifiableCredential": issued}).to_string()),
        (
            "/credentials/verify",
            json!({"verifiableCredential": issued, "options": {"challenge": 4}}).to_string(),
        ),
        ("/credentials/verify", "{".to_owned()),
        ("/credentials/verify", String::new()),
    ] {
        for query in ["", "?checks=proof"] {
            let (status, answer) = verifier.send("POST", &format!("{path}{query}"), &body);
            assert_eq!(status, 400, "{path} {body} {answer}");
        }
    }
    assert_eq!(verifier.send("POST", "/verify", "{}").0, 404, "the ordinary route is not served here");
}

#[test]
fn a_status_is_looked_up_over_https_and_a_revocation_is_seen() {
    let (issuer, verifier) = both();
    let suite = "bitstring-status-list";
    let (status, issued) = issue(&issuer, suite, &credential(&did(&issuer, suite)));
    assert_eq!(status, 201, "{issued}");
    let entry = &issued["credentialStatus"];
    assert!(entry["statusListIndex"].is_string(), "{entry}");
    let list = entry["statusListCredential"].as_str().unwrap();
    let path = list.strip_prefix(&format!("https://{}", issuer.address)).unwrap();
    let (status, published) = issuer.ask("GET", path, None);
    assert_eq!((status, &published["credentialSubject"]["type"]), (200, &json!("BitstringStatusList")));
    assert_eq!(verify(&verifier, "", &published).0, 200, "the list is a conforming credential itself");
    assert_eq!(verify(&verifier, "", &issued).0, 200);
    let change = |id: &Value| {
        let body = json!({"credentialId": id, "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}});
        issuer.ask("POST", &format!("/suites/{suite}/credentials/status"), Some(&body)).0
    };
    assert_eq!(change(&json!("urn:uuid:other")), 404);
    assert_eq!(change(&json!(4)), 400);
    assert_eq!(change(&issued["id"]), 200);
    let (status, answer) = verify(&verifier, "", &issued);
    assert_eq!((status, &answer["code"]), (400, &json!("REVOKED")), "{answer}");
}

#[test]
fn a_verifier_that_does_not_know_the_certificate_does_not_say_valid() {
    let (issuer, _) = issuer();
    let (_, other_pem) = self::issuer();
    let verifier = verifier(&other_pem);
    let suite = "bitstring-status-list";
    let (_, issued) = issue(&issuer, suite, &credential(&did(&issuer, suite)));
    let (status, answer) = verify(&verifier, "", &issued);
    assert_eq!((status, &answer["report"]["verdict"]), (400, &json!("indeterminate")), "{answer}");
}

#[test]
fn a_did_key_is_resolved() {
    let (issuer, pem) = issuer();
    let verifier = verifier(&pem);
    let did = did(&issuer, "ecdsa-rdfc-2019-p256");
    let encoded = did.replace(':', "%3A");
    let (status, answer) = verifier.ask("GET", &format!("/identifiers/{encoded}"), None);
    assert_eq!((status, &answer["didDocument"]["id"]), (200, &json!(did)), "{answer}");
    let (status, answer) = verifier.ask("GET", &format!("/identifiers/{encoded}%2F%5Ex%5E%23y"), None);
    assert_eq!(
        (status, &answer["didDereferencingMetadata"]["error"]),
        (400, &json!("invalidDidUrl")),
        "{answer}"
    );
    assert_eq!(verifier.ask("GET", &format!("/identifiers/{encoded}?unknown=1"), None).0, 400);
}

#[test]
fn nobody_else_can_be_served() {
    let Ok(listener) = TcpListener::bind("0.0.0.0:0") else { return };
    let address = listener.local_addr().unwrap();
    assert!(!address.ip().is_loopback());
    let refused = actix_web::rt::System::new().block_on(async move {
        let limits = Limits { body_timeout: BODY_TIME };
        badge_issuer::conformance::start(listener, self_signed::generate().unwrap(), Timestamp::now, limits)
            .is_err()
    });
    assert!(refused);
}
