//! A batch over PostgreSQL whose service or server goes away in the middle: it goes on, at whichever service, and nobody has two badges.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::harness::{Answer, Service};
use crate::load::{settings, start, twin};

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

/// Sends a table, always under the same key.
fn send_table(service: &Service, badge: &str, table: &str) -> Answer {
    let bearer = format!("Bearer {}", service.token);
    let headers =
        [("Authorization", bearer.as_str()), ("Content-Type", "text/csv"), ("Idempotency-Key", "k")];
    let path = format!("/api/badges/{badge}/batches?batch=course&format=jwt&signed=asked");
    service.send("POST", &path, &headers, table.as_bytes())
}

fn table(people: usize) -> String {
    (0..people).fold("email\n".to_owned(), |mut table, number| {
        writeln!(table, "person{number}@example.org").unwrap();
        table
    })
}

/// Sends the table; gives the job's id.
fn send(service: &Service, badge: &str) -> String {
    let begun = send_table(service, badge, &table(PEOPLE)).expect(202);
    begun["id"].as_str().unwrap().to_owned()
}

/// Waits until so many are awarded.
fn until(cluster: &Cluster, wanted: usize) {
    let since = Instant::now();
    while awarded(cluster) < wanted {
        assert!(since.elapsed() < PATIENCE, "{wanted} awards do not come");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Lets the time be over for which a batch belongs to a process that is gone.
fn lapse(cluster: &Cluster) {
    cluster.sql("UPDATE issuer_batch SET lease = 0");
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
fn a_batch_waits_for_its_database_and_goes_on_by_itself() {
    let mut cluster = Cluster::start();
    let directory = settings(&cluster.url(), "");
    let service = start(directory.path());
    let badge = service.define("");
    let id = send(&service, &badge);
    until(&cluster, 20);
    cluster.kill();
    // Longer than the service waits for an answer: the run ends.
    std::thread::sleep(Duration::from_secs(20));
    cluster.boot();
    let ended = end(&service, &id);
    assert_eq!((&ended["state"], &ended["counts"]["lines"]), (&"complete".into(), &PEOPLE.into()), "{ended}");
    assert_eq!(send(&service, &badge), id, "what is complete is not begun again");
    assert_eq!(awarded(&cluster), PEOPLE);
    assert_eq!(cluster.sql("SELECT count(DISTINCT recipient) FROM issuer_award"), PEOPLE.to_string());
    assert_eq!(cluster.sql("SELECT count(*) FROM issuer_batch_input"), "0", "lines are personal");
}

#[test]
fn a_batch_is_known_at_every_service_and_goes_on_at_another() {
    let cluster = Cluster::start();
    let directory = settings(&cluster.url(), "");
    let one = start(directory.path());
    let badge = one.define("");
    let id = send(&one, &badge);
    until(&cluster, 1);
    let twin = twin(directory.path());
    let two = start(twin.path());
    // The first works on it; the second shows it, and knows its key.
    assert_eq!(job(&two, &id)["batch"], "course");
    assert_eq!(send(&two, &badge), id);
    let other = send_table(&two, &badge, &table(3));
    assert_eq!((other.status, other.json()["code"].as_str()), (409, Some("BATCH_CONFLICT")));
    let listed = two.admin("GET", "/api/batches", None).expect(200);
    assert_eq!((listed["batches"].as_array().unwrap().len(), &listed["batches"][0]["id"]), (1, &json!(id)));
    assert_eq!(cluster.sql("SELECT count(*) FROM issuer_batch WHERE state = 'running'"), "1");

    let before = cluster.sql("SELECT claim FROM issuer_batch");
    let _ = one.kill();
    assert_eq!(
        cluster.sql("SELECT claim FROM issuer_batch"),
        before,
        "the second waits for its time to be over"
    );
    lapse(&cluster);
    let ended = end(&two, &id);
    assert_eq!(ended["state"], "complete", "{ended}");
    assert_eq!(awarded(&cluster), PEOPLE);
    assert_eq!(cluster.sql("SELECT count(DISTINCT recipient) FROM issuer_award"), PEOPLE.to_string());
    let results = two.admin("GET", &format!("/api/batches/{id}/results"), None).text();
    assert_eq!(results.lines().count(), PEOPLE, "each line is reported once");
    // In parts, from wherever they begin.
    let half = results.len() / 2;
    let rest = two.admin("GET", &format!("/api/batches/{id}/results?from={half}"), None).text();
    assert_eq!(rest, results[half..]);
    assert_eq!(two.admin("DELETE", &format!("/api/batches/{id}"), None).status, 204);
    assert_eq!(two.admin("GET", &format!("/api/batches/{id}"), None).status, 404);
    for rest in ["issuer_batch", "issuer_batch_input", "issuer_batch_report"] {
        assert_eq!(cluster.sql(&format!("SELECT count(*) FROM {rest}")), "0", "{rest}");
    }
}

#[test]
fn a_process_that_was_taken_to_be_gone_writes_no_more_of_a_batch() {
    let cluster = Cluster::start();
    let directory = settings(&cluster.url(), "");
    let service = start(directory.path());
    let badge = service.define("");
    let id = send(&service, &badge);
    until(&cluster, 1);
    // Somebody else has it now, for a while.
    cluster.sql("UPDATE issuer_batch SET claim = 'other', lease = extract(epoch FROM now())::bigint + 20");
    let counts = cluster.sql("SELECT counts FROM issuer_batch");
    std::thread::sleep(Duration::from_secs(6));
    assert_eq!(cluster.sql("SELECT counts FROM issuer_batch"), counts, "not the first one's any more");
    assert_eq!(cluster.sql("SELECT state, claim FROM issuer_batch"), "running|other");
    // That one was told that it is cancelled, and is gone: whoever looks next ends it.
    service.admin("DELETE", &format!("/api/batches/{id}"), None).expect(202);
    lapse(&cluster);
    let ended = end(&service, &id);
    assert_eq!(ended["state"], "cancelled", "{ended}");
    assert_eq!(cluster.sql("SELECT count(*) FROM issuer_batch_input"), "0", "lines are personal");
}

/// Half a line must not be taken for a whole one.
#[test]
fn a_batch_of_whose_lines_a_piece_is_missing_fails_and_says_how_far_it_came() {
    let cluster = Cluster::start();
    let directory = settings(&cluster.url(), "");
    let service = start(directory.path());
    let badge = service.define("");
    // Two pieces, of which the second is gone before it is read.
    let narrative = "é".repeat(2_000);
    let table = (0..PEOPLE).fold("email,narrative\n".to_owned(), |mut table, number| {
        writeln!(table, "person{number}@example.org,{narrative}").unwrap();
        table
    });
    let begun = send_table(&service, &badge, &table).expect(202);
    cluster.sql("DELETE FROM issuer_batch_input WHERE number = 1");
    assert_eq!(cluster.sql("SELECT count(*) FROM issuer_batch_input"), "1");
    let ended = end(&service, begun["id"].as_str().unwrap());
    assert_eq!(ended["state"], "failed", "{ended}");
    let made = awarded(&cluster);
    assert!((100..PEOPLE).contains(&made), "{made}");
    assert_eq!(ended["counts"]["awarded"], json!(made), "{ended}");
    let page = service.admin("GET", "/api/awards?limit=1000", None).expect(200);
    for award in page["awards"].as_array().unwrap() {
        let id = award["id"].as_str().unwrap();
        let jwt = service.admin("GET", &format!("/api/awards/{id}/file?format=jwt"), None).text();
        let claims = URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1).unwrap()).unwrap();
        assert!(String::from_utf8(claims).unwrap().contains(&narrative), "cut short");
    }
}

#[test]
fn lines_that_never_all_arrive_leave_nothing_and_there_is_room_for_sixteen() {
    let cluster = Cluster::start();
    let directory = settings(&cluster.url(), "");
    let service = start(directory.path());
    let badge = service.define("");
    for number in 0..16 {
        cluster.sql(&format!(
            "INSERT INTO issuer_batches SELECT organisation FROM issuer_head ON CONFLICT DO NOTHING; \
             INSERT INTO issuer_batch SELECT organisation, 'late{number}', 'arriving', '', '', '', '', '', 0, NULL, 0, 0, false, NULL, \
             extract(epoch FROM now())::bigint + 900 FROM issuer_head; \
             INSERT INTO issuer_batch_input SELECT organisation, 'late{number}', 0, 'personal' FROM issuer_head"
        ));
    }
    let refused = send_table(&service, &badge, &table(1));
    assert_eq!((refused.status, refused.json()["code"].as_str()), (409, Some("BATCHES_FULL")));
    assert_eq!(service.admin("GET", "/api/batches", None).expect(200)["batches"], json!([]));
    lapse(&cluster);
    let begun = send_table(&service, &badge, &table(1)).expect(202);
    assert_eq!(end(&service, begun["id"].as_str().unwrap())["state"], "complete");
    // Those that had their time go one by one, whenever somebody looks for work.
    let late = || cluster.sql("SELECT count(*) FROM issuer_batch WHERE id LIKE 'late%'");
    let since = Instant::now();
    let before = late();
    while late() == before {
        assert!(since.elapsed() < PATIENCE, "lines that had their time are still there");
        std::thread::sleep(Duration::from_millis(100));
    }
    cluster.sql("DELETE FROM issuer_batch WHERE id LIKE 'late%'");
    // Nothing arrives: the place is free again.
    assert_eq!(send_table(&service, &badge, "").status, 400);
    let since = Instant::now();
    while cluster.sql("SELECT count(*) FROM issuer_batch") != "1" {
        assert!(since.elapsed() < PATIENCE, "lines that did not arrive are still there");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(cluster.sql("SELECT count(*) FROM issuer_batch_input"), "0");
}

#[test]
fn a_batch_goes_on_after_a_kill_and_nobody_is_awarded_twice() {
    let cluster = Cluster::start();
    let directory = settings(&cluster.url(), "");
    let mut service = start(directory.path());
    let badge = service.define("");
    let id = send(&service, &badge);
    for wanted in [1, PEOPLE / 2] {
        until(&cluster, wanted);
        let _ = service.kill();
        lapse(&cluster);
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
