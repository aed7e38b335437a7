//! The page with everything that stands around it: a rubric, the evaluator's own badges, and the issuer's real service that keeps a status.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use badge_schemas::evaluation::Finding;
use badge_verifier::evaluation::thread::{State, thread};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::browser::Browser;
use super::http::{request, send};
use super::{Case, judged, records};
use crate::support::Issuer;

/// What stands in the rubric, and nowhere else.
const MEANING: &str = "Choisit ses sources et dit pourquoi.";

/// `badge-issuer serve`, as an issuer runs it.
struct Service {
    program: Child,
    base: String,
    token: String,
    _directory: TempDir,
}

impl Service {
    fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (config, data) = (directory.path().join("issuer.toml"), directory.path().join("data"));
        std::fs::write(&config, "[evaluations]\n").unwrap();
        let mut command = Command::new(program());
        let arguments = ["serve", "--lang", "en", "--listen", "127.0.0.1:0"];
        command.args(arguments).arg("--data").arg(&data).arg("--config").arg(&config);
        let mut program = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let base = line.trim().strip_prefix("listening on ").unwrap().trim_end_matches('/').to_owned();
        let token = std::fs::read_to_string(data.join("admin-token")).unwrap().trim().to_owned();
        Self { program, base, token, _directory: directory }
    }

    /// Asks as the administrator.
    fn ask(&self, method: &str, path: &str, body: &str) -> Value {
        let authority = self.base.strip_prefix("http://").unwrap();
        let headers = [
            format!("Host: {authority}"),
            format!("Authorization: Bearer {}", self.token),
            "Content-Type: application/json".to_owned(),
        ];
        let answer = send(authority, &request(method, path, &headers, body));
        assert!(answer.status < 300, "{} {}", answer.status, answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// The issuer's program lies beside ours: `cargo test --workspace` has built it; where only this package is tested, it is built now.
fn program() -> std::path::PathBuf {
    let beside = Path::new(env!("CARGO_BIN_EXE_badge-wallet")).with_file_name("badge-issuer");
    if !beside.exists() {
        let build = ["build", "--quiet", "--workspace", "--bin", "badge-issuer"];
        assert!(Command::new(env!("CARGO")).args(build).status().unwrap().success());
    }
    beside
}

/// A badge of the catalogue for DigComp 1.1, whose rubric says what each level asks for.
fn achievement() -> Value {
    let level = |code: &str, meaning: &str| {
        json!({"id": format!("urn:uuid:00000000-0000-4000-8000-00000000000{code}"), "type": ["RubricCriterionLevel"],
            "name": format!("Niveau {code}"), "level": code, "description": meaning})
    };
    let skill = json!({"type": ["Alignment"], "targetName": "Naviguer", "targetUrl": "https://data.europa.eu/doi/10.2760/0001149#1.1",
        "targetFramework": "DigComp 3.0", "targetCode": "1.1"});
    json!({
        "name": "Chercher et trier l’information",
        "description": "Sait chercher et trier l’information.",
        "achievementType": "Competency",
        "criteria": {"narrative": "Un entretien avec deux experts."},
        "alignment": [skill],
        "resultDescription": [{
            "id": "urn:uuid:00000000-0000-4000-8000-0000000000aa", "type": ["ResultDescription"], "name": "DigComp 3.0",
            "resultType": "RubricCriterionLevel", "alignment": [skill],
            "rubricCriterionLevel": [level("4", "Suit une méthode."), level("5", MEANING)],
        }],
    })
}

#[test]
fn the_page_shows_rubric_and_own_badges_and_a_real_issuer_keeps_the_status() {
    let service = Service::start();
    let defined = service.ask("POST", "/api/badges", &achievement().to_string());
    let published = service.ask("GET", &format!("/badges/{}", defined["id"].as_str().unwrap()), "");
    let case = Case::new();
    let template = case.candidate.file("modèle.json", published.to_string());
    let thread_file = case.ask(&["--template", &template]);
    let school = Issuer::new(1);
    case.evaluator.add("diplôme.json", school.json(school.draft(&case.evaluator_did)));
    case.evaluator.ok(&["evaluate", "accept", &thread_file, "--tie", "none"]);
    let more = ["--template", &template, "--at", &service.base, "--danger-allow-loopback", "--lang", "fr"];
    let served = case.serve(&thread_file, &more);
    let browser = Browser::start(1280);
    let see = |words: &str| assert!(browser.page().contains(words), "{words}: {}", browser.page());

    browser.open(&served.url);
    browser.push("next");
    see(MEANING);
    browser.choose("finding", "met");
    browser.push("next");
    browser.choose("finding", "later");
    browser.push("next");
    see("Tailleur de pierre");
    see("École de Besançon");
    browser.tick("badge-0");
    assert!(browser.has("#badge-0:checked"));
    browser.push("next");

    // Nothing was sent yet, and nothing can be signed before the answer is seen.
    see(&service.base);
    assert!(!browser.has("#sign"));
    assert_eq!(records(&thread_file).len(), 2);
    browser.push("ask");
    see(&format!("{}/status/", service.base));
    let keeper = service.ask("GET", "/issuer", "")["id"].as_str().unwrap().to_owned();
    see(&keeper);
    see("Tailleur de pierre");
    browser.push("sign");
    assert_eq!(served.ended().code, 0);

    let signed = records(&thread_file);
    let evaluation = &signed[2]["credentialSubject"]["evaluation"];
    assert_eq!(evaluation["statusKeeper"], json!(keeper));
    assert_eq!(evaluation["standing"][0]["credential"]["name"], "Tailleur de pierre");
    assert_eq!(judged(&thread_file).evaluations[0].evaluation.finding, Finding::Met);

    // Taken back, the issuer's list says so to whoever has only the earlier file.
    let state = |expected: State| {
        let earlier = case.candidate.file("avant.json", thread(&signed).to_string());
        let status = ["evaluate", "status", &earlier, "--online", "--danger-allow-loopback", "--json"];
        let told: Value = serde_json::from_str(&case.candidate.run(&status).out).unwrap();
        assert_eq!(
            (&told["state"], &told["verdict"]),
            (&json!(expected.as_str()), &json!("valid")),
            "{told}"
        );
        told
    };
    state(State::Submitted);
    let withdraw = ["evaluate", "withdraw", &thread_file, "--reason", "error-found", "--at", &service.base];
    let said = case.evaluator.run(&[withdraw.as_slice(), &["--danger-allow-loopback"]].concat());
    assert!(said.code == 0 && said.err.contains("has noted it for 1"), "{}", said.err);
    assert_eq!(state(State::Withdrawn)["evaluations"][0]["withdrawn"], json!({"by": "status"}));
}
