//! Batches: streamed, resumed after a kill, and every line awarded once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Answer, Service, achievement, program, run};

const PUBLIC: &str = "https://badges.exemple.example";

fn badge_file(directory: &Path) {
    let badge = json!({"achievement": achievement()});
    std::fs::write(directory.join("badge.json"), badge.to_string()).unwrap();
}

fn table(lines: usize) -> String {
    (0..lines).fold("email,narrative\n".to_owned(), |mut table, number| {
        writeln!(table, "personne-{number}@exemple.fr,Bien.").unwrap();
        table
    })
}

fn arguments<'a>(file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let fixed =
        ["batch", file, "--badge", "badge.json", "--data", "d", "--public-url", PUBLIC, "--lang", "en"];
    [&fixed[..], more].concat()
}

const JWT: [&str; 5] = ["--out", "out", "--format", "jwt", "--only-format"];

/// Outcomes and their numbers in a report.
fn outcomes(report: &str) -> BTreeMap<String, usize> {
    let mut outcomes = BTreeMap::new();
    for line in report.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        *outcomes.entry(line["outcome"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    outcomes
}

/// Every award of the data directory, as the service shows them: recipients and places in status lists.
fn recorded(directory: &Path) -> Vec<(String, String)> {
    let service = Service::start_in_named(directory, "d", &["--public-url", PUBLIC]);
    let (mut found, mut after) = (Vec::new(), String::new());
    loop {
        let page = service.admin("GET", &format!("/api/awards?limit=1000{after}"), None).expect(200);
        for award in page["awards"].as_array().unwrap() {
            let file = format!("/api/awards/{}/file?format=jwt", award["id"].as_str().unwrap());
            let jwt = service.admin("GET", &file, None);
            assert_eq!(jwt.status, 200);
            let badge = claims(&jwt.text());
            let entry = &badge["credentialStatus"];
            let place = format!("{}#{}", entry["statusListCredential"], entry["statusListIndex"]);
            found.push((award["recipient"]["email"].as_str().unwrap().to_owned(), place));
        }
        let Some(next) = page["next"].as_str() else { return found };
        after = format!("&after={next}");
    }
}

fn claims(jwt: &str) -> Value {
    use base64::Engine as _;
    let payload = jwt.split('.').nth(1).unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[test]
fn a_kill_in_the_middle_costs_nothing_and_awards_nothing_twice() {
    const LINES: usize = 200;
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    badge_file(at);
    std::fs::write(at.join("promotion.csv"), table(LINES)).unwrap();
    let arguments = arguments("promotion.csv", &JWT);
    let mut killed = 0;
    // Killed wherever it happens to be, several times, each time a little later.
    for milliseconds in [200, 500, 900] {
        let mut child = program()
            .args(&arguments)
            .current_dir(at)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        killed += usize::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(killed > 0, "nothing was interrupted: the test says nothing");
    let output = run(&arguments, at);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report = outcomes(&std::fs::read_to_string(at.join("out/report.ndjson")).unwrap());
    assert_eq!(report.values().sum::<usize>(), LINES);
    let files = std::fs::read_dir(at.join("out")).unwrap();
    let badges = files.filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|e| e == "jwt"));
    assert_eq!(badges.count(), LINES);

    let recorded = recorded(at);
    assert_eq!(recorded.len(), LINES, "no award is there twice");
    let people: BTreeSet<&String> = recorded.iter().map(|(person, _)| person).collect();
    assert_eq!(people.len(), LINES, "and nobody was left out");
    let places: BTreeSet<&String> = recorded.iter().map(|(_, place)| place).collect();
    assert_eq!(places.len(), LINES, "no status index is used twice");

    let again = run(&arguments, at);
    assert!(again.status.success());
    let talk = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(talk.contains("200 lines: 0 awarded, 200 there already"), "{talk}");
}

#[test]
fn a_bad_line_is_named_and_stops_or_is_left_out() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    badge_file(at);
    let mut lines: Vec<String> = table(80).lines().map(str::to_owned).collect();
    lines[60] = "personne@@exemple.fr,Bien.".to_owned();
    std::fs::write(at.join("p.csv"), lines.join("\n")).unwrap();

    let dry = run(&arguments("p.csv", &["--dry-run"]), at);
    assert_eq!(dry.status.code(), Some(1));
    let report = String::from_utf8(dry.stdout).unwrap();
    assert_eq!(outcomes(&report), BTreeMap::from([("ready".to_owned(), 79), ("refused".to_owned(), 1)]));
    assert!(!report.contains("@exemple.fr"), "the report names lines, never people");

    let stopped = run(&arguments("p.csv", &JWT), at);
    assert_eq!(stopped.status.code(), Some(1));
    let talk = String::from_utf8_lossy(&stopped.stderr).into_owned();
    assert!(talk.contains("line 61, column email: ") && talk.contains("[RECIPIENT_INVALID]"), "{talk}");
    assert!(talk.contains("60 lines: 59 awarded, 0 there already, 0 ready, 1 refused"), "{talk}");
    assert!(talk.contains("stopped at line 61"), "{talk}");

    // Corrected, as another table with another delimiter: it goes on, and the corrected line is new.
    lines[60] = "personne@exemple.fr,Bien.".to_owned();
    let french = lines.join("\r\n").replace(',', ";").replace("email;narrative", "\u{feff}Courriel;Récit");
    std::fs::write(at.join("p.csv"), french).unwrap();
    let went_on = run(&arguments("p.csv", &JWT), at);
    assert!(went_on.status.success(), "{}", String::from_utf8_lossy(&went_on.stderr));
    let talk = String::from_utf8_lossy(&went_on.stderr).into_owned();
    assert!(talk.contains("80 lines: 21 awarded, 59 there already, 0 ready, 0 refused"), "{talk}");

    // Left out instead; the table of what became of each is for a spreadsheet.
    lines[60] = "=personne,Bien.".to_owned();
    lines[61] = "trop,de,cellules".to_owned();
    std::fs::write(at.join("q.csv"), lines.join("\n")).unwrap();
    let more =
        ["--out", "o", "--on-error", "skip", "--batch", "p.csv", "--report", "r.csv", "--format", "jwt"];
    let skipped = run(&arguments("q.csv", &more), at);
    assert_eq!(skipped.status.code(), Some(1));
    let report = std::fs::read_to_string(at.join("r.csv")).unwrap();
    assert!(report.contains("61,refused,,email,RECIPIENT_INVALID,"), "{report}");
    assert!(report.contains("62,refused,,,BATCH_ROW_CELLS,"), "{report}");
    assert_eq!(report.matches("already there").count(), 78);
}

#[test]
fn json_lines_go_through_pipes() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    badge_file(at);
    let lines = "{\"recipient\":{\"email\":\"a@exemple.fr\"}}\n{\"recipient\":{\"email\":\"A@exemple.fr\"}}\n{\"recipient\":\n";
    std::fs::write(at.join("in"), lines).unwrap();
    let send = |more: &[&str]| {
        let input = std::fs::File::open(at.join("in")).unwrap();
        let more = [&["--input", "jsonl", "--out", "-", "--on-error", "skip"][..], more].concat();
        program().args(arguments("-", &more)).current_dir(at).stdin(input).output().unwrap()
    };
    let nameless = send(&[]);
    assert_eq!(nameless.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&nameless.stderr).contains("BATCH_NAME_INVALID"));
    let output = send(&["--batch", "n"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    let outcomes: Vec<&str> = lines.iter().map(|line| line["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == "awarded").count(), 1, "one person, one award");
    assert_eq!(lines[0]["award"], lines[1]["award"]);
    assert_eq!(lines[0]["badge"]["type"][1], "OpenBadgeCredential");
    assert_eq!((outcomes[2], &lines[2]["problems"][0]["code"]), ("refused", &json!("JSON_SYNTAX")));
}

fn post(service: &Service, badge: &str, query: &str, key: &str, kind: &str, body: &str) -> Answer {
    let bearer = format!("Bearer {}", service.token);
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", kind), ("Idempotency-Key", key)];
    service.send("POST", &format!("/api/badges/{badge}/batches?{query}"), &headers, body.as_bytes())
}

fn wait(service: &Service, job: &str) -> Value {
    let begun = Instant::now();
    loop {
        let shown = service.admin("GET", &format!("/api/batches/{job}"), None).expect(200);
        if !matches!(shown["state"].as_str(), Some("queued" | "running")) {
            return shown;
        }
        assert!(begun.elapsed() < Duration::from_mins(2), "{shown}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_job_answers_at_once_and_survives_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let mut service = Service::start_in(directory.path(), &[]);
    let badge = service.define("");
    let mut body = table(150);
    body += "personne@@exemple.fr,x\n";
    let query = "batch=promotion&format=jwt&signed=asked";
    let answer = post(&service, &badge, query, "k", "text/csv", &body);
    let job = answer.expect(202);
    let id = job["id"].as_str().unwrap().to_owned();
    assert_eq!(answer.headers["location"], format!("/api/batches/{id}"));
    let same = post(&service, &badge, query, "k", "text/csv", &body).expect(202);
    assert_eq!(same["id"], job["id"], "the same key and lines are the same job");
    let other = post(&service, &badge, query, "k", "text/csv", &table(1)).expect(409);
    assert_eq!(other["code"], "BATCH_CONFLICT");

    std::thread::sleep(Duration::from_millis(150));
    let _ = service.kill();
    service = Service::start_in(
        directory.path(),
        &["--public-url", &format!("http://{}", job_url(directory.path()))],
    );
    let ended = wait(&service, &id);
    assert_eq!(ended["state"], "complete", "{ended}");
    let counts = &ended["counts"];
    assert_eq!((counts["lines"].as_u64(), counts["refused"].as_u64()), (Some(151), Some(1)), "{ended}");
    assert_eq!(counts["awarded"].as_u64().unwrap() + counts["already"].as_u64().unwrap(), 150, "{ended}");
    let awards = service.admin("GET", "/api/awards?limit=1000", None).expect(200);
    assert_eq!(awards["awards"].as_array().unwrap().len(), 150, "nobody twice");
    let results = service.admin("GET", &format!("/api/batches/{id}/results"), None).text();
    assert_eq!(results.lines().count(), 151);
    assert!(!results.contains("@exemple.fr"));
    let errors = service.admin("GET", &format!("/api/batches/{id}/errors"), None).text();
    let error: Value = serde_json::from_str(&errors).unwrap();
    assert_eq!((&error["line"], &error["problems"][0]["column"]), (&json!(152), &json!("email")));
    let kept = service.data.join("batches").join(&id);
    assert!(kept.join("job.json").exists() && !kept.join("input").exists(), "the lines are gone");
    assert_eq!(service.admin("DELETE", &format!("/api/batches/{id}"), None).status, 204);
    assert!(!kept.exists());
    assert_eq!(service.admin("GET", &format!("/api/batches/{id}"), None).status, 404);
}

/// The address that the first start recorded.
fn job_url(directory: &Path) -> String {
    let record: Value =
        serde_json::from_slice(&std::fs::read(directory.join("data/issuer.json")).unwrap()).unwrap();
    record["publicUrl"].as_str().unwrap().trim_start_matches("http://").to_owned()
}

#[test]
fn what_is_no_batch_is_refused_and_leaves_nothing() {
    let service = Service::start();
    let badge = service.define("");
    let refused = |query: &str, kind: &str, body: &str, status: u16| {
        post(&service, &badge, query, "k", kind, body).expect(status)["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(refused("", "text/csv", "email\na@b.fr\n", 400), "BATCH_NAME_INVALID");
    assert_eq!(refused("batch=b", "application/json", "[]", 415), "BATCH_MEDIA_TYPE");
    assert_eq!(refused("batch=b&onError=x", "text/csv", "x", 400), "PARAMETER_INVALID");
    assert_eq!(refused("batch=b&x=1", "text/csv", "x", 400), "PARAMETER_INVALID");
    assert_eq!(refused("batch=b", "text/csv", "", 400), "INPUT_EMPTY");
    let unknown = post(&service, "none", "batch=b", "k", "text/csv", "x").expect(404);
    assert_eq!(unknown["code"], "NOT_FOUND");
    assert_eq!(std::fs::read_dir(service.data.join("batches")).unwrap().count(), 0);

    // What only the lines show is the job's to say.
    let job = post(&service, &badge, "batch=b", "k", "text/csv", "nom\nx\n").expect(202);
    let ended = wait(&service, job["id"].as_str().unwrap());
    assert_eq!(
        (&ended["state"], &ended["problem"]["code"]),
        (&json!("failed"), &json!("BATCH_COLUMN_UNKNOWN"))
    );
    let dry = post(
        &service,
        &badge,
        "batch=b&dryRun=true&onError=stop",
        "k2",
        "application/jsonl",
        "{\"recipient\":{\"email\":\"a@b.fr\"}}\n{}\n{}\n",
    );
    let ended = wait(&service, dry.expect(202)["id"].as_str().unwrap());
    assert_eq!((&ended["state"], &ended["stoppedAt"]), (&json!("stopped"), &json!(2)));
    assert_eq!((&ended["counts"]["ready"], &ended["counts"]["refused"]), (&json!(1), &json!(1)));
    let awards = service.admin("GET", "/api/awards", None).expect(200);
    assert_eq!(awards["awards"], json!([]));
}

#[test]
fn a_cancelled_job_ends_and_what_was_awarded_stands() {
    let service = Service::start();
    let badge = service.define("");
    let job =
        post(&service, &badge, "batch=b&format=jwt&signed=asked", "k", "text/csv", &table(1000)).expect(202);
    let waiting = post(&service, &badge, "batch=c", "k2", "text/csv", &table(1)).expect(202);
    let cancelled =
        service.admin("DELETE", &format!("/api/batches/{}", waiting["id"].as_str().unwrap()), None);
    assert_eq!(cancelled.expect(202)["state"], "cancelled");
    let id = job["id"].as_str().unwrap();
    assert_eq!(service.admin("DELETE", &format!("/api/batches/{id}"), None).status, 202);
    let ended = wait(&service, id);
    assert_eq!(ended["state"], "cancelled");
    let lines = ended["counts"]["lines"].as_u64().unwrap();
    assert!(lines < 1000, "{ended}");
    let listed = service.admin("GET", "/api/batches", None).expect(200);
    assert_eq!(listed["batches"].as_array().unwrap().len(), 2);
}
