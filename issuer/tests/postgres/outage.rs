//! A database that goes away in the middle: the service says so, says what to do, and goes on when it is back.

use crate::cluster::Cluster;
use crate::harness::{achievement, run};
use crate::load::{award, settings, start, target};

#[test]
fn an_outage_is_a_503_that_says_what_to_do() {
    let mut cluster = Cluster::start();
    let directory = settings(&cluster.url(), "");
    let service = start(directory.path());
    let badge = service.define("");
    let first = award(&target(&service), &badge, "a").unwrap();
    cluster.kill();
    for (method, path, body) in [
        ("GET", "/api/awards".to_owned(), None),
        ("POST", "/api/badges".to_owned(), Some(achievement())),
        ("GET", "/status/1".to_owned(), None),
    ] {
        let answer = service.admin(method, &path, body.as_ref());
        let problem = answer.expect(503);
        assert_eq!(problem["code"], "DATABASE_UNAVAILABLE", "{method} {path}");
        assert!(problem["hint"].as_str().unwrap().contains("idempotency key"));
        assert!(answer.headers.contains_key("retry-after"));
    }
    cluster.boot();
    assert_eq!(award(&target(&service), &badge, "a"), Some(first));
    assert!(award(&target(&service), &badge, "b").is_some());
}

/// A password is asked for, found in a file, and never shown.
#[test]
fn a_password_is_never_shown() {
    let cluster = Cluster::start();
    cluster.sql("CREATE ROLE clerk LOGIN PASSWORD 'geheim-1'; GRANT ALL ON SCHEMA public TO clerk");
    cluster.require_password("clerk");
    let url = cluster.url().replace("badges@", "clerk@");
    let directory = settings(&url, "password-file = 'password'\n");
    std::fs::write(directory.path().join("password"), "geheim-1\n").unwrap();
    let service = start(directory.path());
    service.define("");
    drop(service);
    std::fs::write(directory.path().join("password"), "geheim-2\n").unwrap();
    let config = directory.path().join("issuer.toml");
    let output = run(&["store", "verify", "--config", config.to_str().unwrap()], directory.path());
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
    assert!(!output.status.success() && said.contains("DATABASE_REFUSES"), "{said}");
    let log = std::fs::read_to_string(directory.path().join("log")).unwrap();
    assert!(!said.contains("geheim") && !log.contains("geheim"), "{said}");
}
