//! A batch over PostgreSQL whose service or server goes away in the middle: it goes on, and nobody has two badges.

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

/// Sends the table, always under the same key; gives the job's id.
fn send(service: &Service, badge: &str) -> String {
    let mut table = "email\n".to_owned();
    for number in 0..PEOPLE {
        writeln!(table, "person{number}@example.org").unwrap();
    }
    let bearer = format!("Bearer {}", service.token);
    let headers =
        [("Authorization", bearer.as_str()), ("Content-Type", "text/csv"), ("Idempotency-Key", "k")];
    let path = format!("/api/badges/{badge}/batches?batch=course&format=jwt&signed=asked");
    let begun = service.send("POST", &path, &headers, table.as_bytes()).expect(202);
    begun["id"].as_str().unwrap().to_owned()
}

/// The job when it has ended.
fn end(service: &Service, id: &str) -> Value {
    let since = Instant::now();
    loop {
        let shown = job(service, id);
        if !matches!(shown["state"].as_str(), Some("queued" | "running")) {
            return shown;
        }
        assert!(since.elapsed() < PATIENCE, "{shown}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_batch_that_the_database_ended_is_sent_again_under_the_same_key() {
    let mut cluster = Cluster::start();
    let directory = settings(&cluster.url(), "");
    let service = start(directory.path());
    let badge = service.define("");
    let first = send(&service, &badge);
    let since = Instant::now();
    while awarded(&cluster) < 20 {
        assert!(since.elapsed() < PATIENCE, "{}", job(&service, &first));
        std::thread::sleep(Duration::from_millis(5));
    }
    cluster.kill();
    // Nobody is let in while the database is away: the job is looked at on the disk.
    let kept = directory.path().join("data/batches").join(&first).join("job.json");
    while !std::fs::read_to_string(&kept).is_ok_and(|text| text.contains("\"failed\"")) {
        assert!(since.elapsed() < PATIENCE, "the job goes on without its database");
        std::thread::sleep(Duration::from_millis(100));
    }
    cluster.boot();
    let failed = end(&service, &first);
    assert_eq!(
        (&failed["state"], &failed["problem"]["code"]),
        (&"failed".into(), &"DATABASE_UNAVAILABLE".into())
    );
    let second = send(&service, &badge);
    assert_ne!(second, first);
    assert_eq!(end(&service, &second)["state"], "complete");
    assert_eq!(send(&service, &badge), second, "what is complete is not begun again");
    assert_eq!(awarded(&cluster), PEOPLE);
    assert_eq!(cluster.sql("SELECT count(DISTINCT recipient) FROM issuer_award"), PEOPLE.to_string());
}

#[test]
fn a_batch_goes_on_after_a_kill_and_nobody_is_awarded_twice() {
    let cluster = Cluster::start();
    let directory = settings(&cluster.url(), "");
    let mut service = start(directory.path());
    let badge = service.define("");
    let id = send(&service, &badge);
    let since = Instant::now();
    for wanted in [1, PEOPLE / 2] {
        while awarded(&cluster) < wanted {
            assert!(since.elapsed() < PATIENCE, "{}", job(&service, &id));
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = service.kill();
        service = start(directory.path());
    }
    let ended = end(&service, &id);
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
