//! How the service is run: limits, headers, metrics, TLS and its renewal, stopping.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::json;

use crate::harness::{HOLDER, Service};

#[test]
fn an_address_is_held_to_its_limit_and_others_are_not() {
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("issuer.toml");
    let limits = "[limits]\naddress-per-second = 1\naddress-burst = 3\ntoken-per-second = 1\ntoken-burst = 4\ntrusted-proxies = ['127.0.0.1']";
    std::fs::write(&config, limits).unwrap();
    let service = Service::start_in(directory.path(), &["--config", config.to_str().unwrap()]);
    let from = |address: &str, path: &str, token: Option<&str>| {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut headers = vec![("X-Forwarded-For", address)];
        headers.extend(bearer.as_deref().map(|bearer| ("Authorization", bearer)));
        service.send("GET", path, &headers, b"")
    };
    for path in ["/issuer", "/nowhere", "/api/badges"] {
        assert_ne!(from("192.0.2.1", path, None).status, 429, "{path}");
    }
    // Spent: for public addresses, for unknown ones, and for guessing tokens alike.
    for (path, token) in [("/issuer", None), ("/nowhere", None), ("/api/badges", Some("guess"))] {
        let refused = from("192.0.2.1", path, token);
        let body = refused.expect(429);
        assert_eq!(body["code"], "RATE_LIMITED", "{path}");
        assert!(refused.headers["retry-after"].parse::<u64>().unwrap() >= 1);
        assert_eq!(refused.headers["content-type"], "application/problem+json");
    }
    assert_eq!(from("192.0.2.2", "/issuer", None).status, 200, "another address");
    // A token has an allowance of its own, wherever it is used from.
    for _ in 0..4 {
        assert_eq!(from("192.0.2.1", "/api/badges", Some(&service.token)).status, 200);
    }
    assert_eq!(from("192.0.2.3", "/api/badges", Some(&service.token)).expect(429)["code"], "RATE_LIMITED");
}

#[test]
fn answers_carry_the_headers_that_keep_browsers_from_harm() {
    let service = Service::start();
    let badge = service.define("");
    let award = service.award(&badge, "k", &json!({"recipient": {"id": HOLDER}})).expect(201);
    let id = award["id"].as_str().unwrap();
    let path = award["credentialId"].as_str().unwrap().strip_prefix(&service.own_url()).unwrap().to_owned();
    let public =
        [service.get("/issuer"), service.get(&format!("{path}?format=svg")), service.get("/status/1")];
    let private = [
        service.admin("GET", "/api/awards", None),
        service.admin("GET", &format!("/api/awards/{id}/file?format=svg"), None),
        service.get("/api/awards"),
        service.get("/nowhere"),
        service.admin("GET", "/metrics", None),
    ];
    for answer in public.iter().chain(&private) {
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        let policy = &answer.headers["content-security-policy"];
        assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{policy}");
        assert_eq!(answer.headers["x-frame-options"], "DENY");
        assert_eq!(answer.headers["referrer-policy"], "no-referrer");
        assert!(!answer.headers.contains_key("strict-transport-security"), "not over plain HTTP");
        assert_eq!(answer.headers["x-request-id"].len(), 36);
    }
    for answer in &public {
        assert_eq!(answer.headers["access-control-allow-origin"], "*");
        assert_ne!(answer.headers.get("cache-control").map(String::as_str), Some("no-store"));
    }
    for answer in &private {
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
    }
    // The id of a refusal is the one in the log, with its code.
    let refused = service.get("/api/awards");
    let request = refused.json()["requestId"].as_str().unwrap().to_owned();
    assert_eq!(refused.headers["x-request-id"], request);
    let log = std::fs::read_to_string(&service.log).unwrap();
    let line = log.lines().find(|line| line.contains(&request)).unwrap();
    assert!(
        line.contains("TOKEN_REQUIRED") && line.contains("/api/awards") && line.contains("401"),
        "{line}"
    );
}

#[test]
fn metrics_count_and_never_name_what_a_stranger_says() {
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("issuer.toml");
    std::fs::write(&config, "[operation]\nmetrics-listen = '127.0.0.1:0'").unwrap();
    let service = Service::start_in(directory.path(), &["--config", config.to_str().unwrap()]);
    let badge = service.define("");
    service.award(&badge, "k", &json!({"recipient": {"email": "zoe.secret@exemple.fr"}})).expect(201);
    service.get("/invented-path?invented=query");
    service.send("INVENTED", "/api/badges", &[], b"");
    service.admin("POST", "/api/tokens", Some(&json!({"account": "a", "roles": ["auditor"]}))).expect(201);
    let text = service.admin("GET", "/metrics", None).text();
    for line in [
        "badge_issuer_requests_total{organisation=\"\",method=\"POST\",route=\"/api/badges/{id}/awards\",status=\"201\"} 1",
        "badge_issuer_requests_total{organisation=\"\",method=\"GET\",route=\"none\",status=\"404\"} 1",
        "badge_issuer_requests_total{organisation=\"\",method=\"other\",route=\"/api/badges\",status=\"405\"} 1",
        "badge_issuer_refusals_total{organisation=\"\",code=\"NOT_FOUND\"} 1",
        "badge_issuer_chain_entries{organisation=\"\"} 5",
        "badge_issuer_record_readable{organisation=\"\"} 1",
        "badge_issuer_tokens_in_force{organisation=\"\"} 2",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert!(text.contains("badge_issuer_next_token_end_seconds{"));
    for private in ["zoe", "nvented", &badge] {
        assert!(!text.contains(private), "{private}");
    }
    let log = std::fs::read_to_string(&service.log).unwrap();
    let beside = log.lines().find_map(|line| line.strip_prefix("metrics without a token: http://")).unwrap();
    let address = beside.strip_suffix("/metrics").unwrap();
    let answer = crate::harness::send(address, "GET", "/metrics", &[], b"");
    assert_eq!(answer.status, 200);
    assert!(answer.headers["content-type"].starts_with("application/openmetrics-text"));
    assert_eq!(crate::harness::send(address, "GET", "/api/badges", &[], b"").status, 404, "and nothing else");
}

#[test]
fn it_is_alive_and_ready() {
    let service = Service::start();
    assert_eq!(service.get("/healthz").expect(200), json!({"status": "ok"}));
    assert_eq!(service.get("/readyz").expect(200), json!({"status": "ready"}));
}

/// Writes a certificate for `localhost` with its key, and gives it as DER.
fn certify(directory: &Path) -> CertificateDer<'static> {
    let key = rcgen::KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned()];
    let certificate = rcgen::CertificateParams::new(names).unwrap().self_signed(&key).unwrap();
    std::fs::write(directory.join("key.pem"), key.serialize_pem()).unwrap();
    std::fs::write(directory.join("cert.pem"), certificate.pem()).unwrap();
    CertificateDer::from_pem_slice(certificate.pem().as_bytes()).unwrap()
}

type Tls = StreamOwned<ClientConnection, TcpStream>;

/// Opens a connection that trusts one certificate alone.
fn connect(address: &str, trusted: &CertificateDer<'static>) -> std::io::Result<Tls> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let mut connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(Duration::from_secs(10)))?;
    connection.complete_io(&mut socket)?;
    Ok(StreamOwned::new(connection, socket))
}

/// Asks for the Profile on a connection that stays open, and gives the head of the answer.
fn ask(stream: &mut Tls) -> String {
    stream.write_all(b"GET /issuer HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
        head += &line;
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    head
}

#[test]
fn a_renewed_certificate_is_taken_up_while_open_connections_go_on() {
    let directory = tempfile::tempdir().unwrap();
    let first = certify(directory.path());
    let config = directory.path().join("issuer.toml");
    let settings = "public-url = 'https://badges.example'\n[tls]\ncertificate = 'cert.pem'\nkey = 'key.pem'";
    std::fs::write(&config, settings).unwrap();
    let service = Service::start_in(directory.path(), &["--config", config.to_str().unwrap()]);
    let mut open = connect(&service.address, &first).unwrap();
    let head = ask(&mut open);
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.to_ascii_lowercase().contains("strict-transport-security: max-age=31536000"), "{head}");

    // A key that does not fit changes nothing.
    let key = std::fs::read(directory.path().join("key.pem")).unwrap();
    std::fs::write(directory.path().join("key.pem"), rcgen::KeyPair::generate().unwrap().serialize_pem())
        .unwrap();
    service.signal("HUP");
    service.wait_for_log("the certificate was not renewed");
    assert!(connect(&service.address, &first).is_ok());
    std::fs::write(directory.path().join("key.pem"), key).unwrap();

    let second = certify(directory.path());
    service.signal("HUP");
    service.wait_for_log("the certificate was renewed");
    let mut fresh = connect(&service.address, &second).unwrap();
    assert!(ask(&mut fresh).starts_with("HTTP/1.1 200"));
    assert!(connect(&service.address, &first).is_err(), "the first is no longer shown");
    assert!(ask(&mut open).starts_with("HTTP/1.1 200"), "what was open goes on");
}

#[test]
fn told_to_stop_it_answers_what_has_begun_and_closes_the_record() {
    let directory = tempfile::tempdir().unwrap();
    let mut service = Service::start_in(directory.path(), &[]);
    let badge = service.define("");
    let body = json!({"recipient": {"id": HOLDER}}).to_string();
    let mut stream = TcpStream::connect(&service.address).unwrap();
    let head = format!(
        "POST /api/badges/{badge}/awards HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nIdempotency-Key: k\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        service.token,
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body.as_bytes()[..5]).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    service.signal("TERM");
    std::thread::sleep(Duration::from_millis(200));
    assert!(TcpStream::connect(&service.address).is_err() || !service.ended(), "no new work is taken");
    stream.write_all(&body.as_bytes()[5..]).unwrap();
    let answer = crate::harness::read_answer(&mut stream);
    let id = answer.expect(201)["id"].as_str().unwrap().to_owned();
    drop(stream);
    let begun = Instant::now();
    while !service.ended() {
        assert!(begun.elapsed() < Duration::from_secs(25), "it stops");
        std::thread::sleep(Duration::from_millis(50));
    }
    service.wait_for_log("stopped");
    drop(service);
    let again = Service::start_in(directory.path(), &[]);
    assert_eq!(again.admin("GET", &format!("/api/awards/{id}"), None).expect(200)["status"], "active");
}

#[test]
fn check_config_tells_files_and_lines_in_the_language_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("issuer.toml");
    std::fs::write(&config, "listn = 'x'\n[keys]\nrsa = 1\n").unwrap();
    let check = |lang: &str| {
        let line = ["check-config", "--config", "issuer.toml", "--lang", lang];
        let done = crate::harness::run(&line, directory.path());
        (done.status.code(), String::from_utf8(done.stdout).unwrap())
    };
    let (code, told) = check("fr");
    assert_eq!(code, Some(1));
    assert!(
        told.contains("issuer.toml:1: Les réglages") && told.contains("issuer.toml:3: Les réglages"),
        "{told}"
    );
    let (code, told) = check("en");
    assert_eq!(code, Some(1));
    assert!(told.contains("issuer.toml:1: The settings") && told.contains("unknown field `listn`"), "{told}");
    std::fs::write(&config, "public-url = 'https://a.example'").unwrap();
    assert_eq!(check("en"), (Some(0), String::new()));
    for (fetch, expected) in
        [("for-awards", "n’obtiennent pas d’entrées"), ("never", "retirer"), ("always", "")]
    {
        std::fs::write(&config, format!("[evaluations]\nfetch = '{fetch}'\n")).unwrap();
        let line = ["check-config", "--config", "issuer.toml", "--lang", "fr"];
        let done = crate::harness::run(&line, directory.path());
        let said = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(0), "who is left out is no mistake: {said}");
        assert_eq!(said.contains("evaluations.fetch"), fetch != "always", "{said}");
        assert!(said.contains(expected), "{said}");
    }
    std::fs::remove_file(&config).unwrap();
    assert_eq!(check("en").0, Some(2), "no file is not a finding");
}
