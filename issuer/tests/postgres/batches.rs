//! A batch over PostgreSQL whose service is killed in the middle: it goes on by itself at the next start, and nobody has two badges.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cluster::Cluster;
use crate::harness::Service;
use crate::load::{settings, start};

/// People in the table: enough that a kill comes in the middle.
const PEOPLE: usize = 400;

/// How long all of it may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(3);

fn job(service: &Service, id: &str) -> Value {
    service.admin("GET", &format!("/api/batches/{id}"), None).expect(200)
}

fn awarded(cluster: &Cluster) -> usize {
    cluster.sql("SELECT count(*) FROM issuer_award").parse().unwrap()
}

#[test]
fn a_batch_goes_on_after_a_kill_and_nobody_is_awarded_twice() {
    let cluster = Cluster::start();
    let directory = settings(&cluster.url(), "");
    let mut service = start(directory.path());
    let badge = service.define("");
    let mut table = "email\n".to_owned();
    for number in 0..PEOPLE {
        writeln!(table, "person{number}@example.org").unwrap();
    }
    let bearer = format!("Bearer {}", service.token);
    let headers =
        [("Authorization", bearer.as_str()), ("Content-Type", "text/csv"), ("Idempotency-Key", "k")];
    let path = format!("/api/badges/{badge}/batches?batch=course&format=jwt&signed=asked");
    let begun = service.send("POST", &path, &headers, table.as_bytes()).expect(202);
    let id = begun["id"].as_str().unwrap().to_owned();

    let since = Instant::now();
    for wanted in [1, PEOPLE / 2] {
        while awarded(&cluster) < wanted {
            assert!(since.elapsed() < PATIENCE, "{}", job(&service, &id));
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = service.kill();
        service = start(directory.path());
    }
    let ended = loop {
        let shown = job(&service, &id);
        if !matches!(shown["state"].as_str(), Some("queued" | "running")) {
            break shown;
        }
        assert!(since.elapsed() < PATIENCE, "{shown}");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(ended["state"], "complete", "{ended}");
    let counts = &ended["counts"];
    let count = |name: &str| usize::try_from(counts[name].as_u64().unwrap()).unwrap();
    assert_eq!((count("lines"), count("awarded") + count("already")), (PEOPLE, PEOPLE), "{ended}");

    let page = service.admin("GET", "/api/awards?limit=1000", None).expect(200);
    let awards = page["awards"].as_array().unwrap();
    let people: BTreeSet<String> = awards.iter().map(|award| award["recipient"].to_string()).collect();
    assert_eq!((awards.len(), people.len()), (PEOPLE, PEOPLE), "one badge for each, and for nobody two");
    assert_eq!(awarded(&cluster), PEOPLE);
    assert_eq!(
        cluster.sql("SELECT count(*) - count(DISTINCT (list, slot)) FROM issuer_award"),
        "0",
        "no index twice"
    );
    let results = service.admin("GET", &format!("/api/batches/{id}/results"), None).text();
    let lines: BTreeSet<u64> = results
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["line"].as_u64().unwrap())
        .collect();
    assert_eq!((results.lines().count(), lines.len()), (PEOPLE, PEOPLE), "each line is reported once");
    service.stop();
    let verified = crate::harness::run(
        &["store", "verify", "--config", "issuer.toml", "--data", "data"],
        directory.path(),
    );
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}
