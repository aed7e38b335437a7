//! Starts the real program on a free port, and speaks HTTP to it by hand.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use badge_verifier::snapshot::{Resource, ResourceKind, Retrieval};
use badge_verifier::verify::Expectations;
use badge_verifier::{Report, Snapshot, TrustPolicy, verify};
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A running service; stopped when dropped.
pub(crate) struct Service {
    child: Child,
    pub(crate) address: String,
    pub(crate) token: String,
    pub(crate) data: PathBuf,
    pub(crate) log: PathBuf,
    directory_kept: Option<TempDir>,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {:?}", String::from_utf8_lossy(&self.body)))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// The answer as JSON, if its status is the one expected.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }
}

impl Service {
    pub(crate) fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut service = Self::start_in(directory.path(), &[]);
        service.directory_kept = Some(directory);
        service
    }

    pub(crate) fn start_in(directory: &Path, options: &[&str]) -> Self {
        Self::start_with(directory, "data", options, &[])
    }

    /// On a data directory of another name.
    pub(crate) fn start_in_named(directory: &Path, name: &str, options: &[&str]) -> Self {
        Self::start_with(directory, name, options, &[])
    }

    /// The same, with more in its environment.
    pub(crate) fn start_with(
        directory: &Path,
        name: &str,
        options: &[&str],
        environment: &[(&str, &Path)],
    ) -> Self {
        let data = directory.join(name);
        let log = directory.join("log");
        let talk = File::options().create(true).append(true).open(&log).unwrap();
        let mut child = program()
            .args(["serve", "--lang", "en", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .args(options)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(talk)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("listening on ").and_then(|url| url.split_once("://"));
        let address = address.map(|(_, address)| address);
        let address = address
            .unwrap_or_else(|| panic!("{line:?}: {}", std::fs::read_to_string(&log).unwrap()))
            .to_owned();
        let token = std::fs::read_to_string(data.join("admin-token")).unwrap();
        Self { child, address, token, data, log, directory_kept: None }
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Whether the process has ended.
    pub(crate) fn ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits until the log says something.
    #[track_caller]
    pub(crate) fn wait_for_log(&self, text: &str) {
        for _ in 0..200 {
            if std::fs::read_to_string(&self.log).unwrap().contains(text) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("{text} is not in the log: {}", std::fs::read_to_string(&self.log).unwrap());
    }

    /// Kills the process, as a power cut would.
    pub(crate) fn kill(mut self) -> Option<TempDir> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.directory_kept.take()
    }

    /// Stops the process as a supervisor would (SIGTERM), and waits for it.
    pub(crate) fn stop(mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap();
    }

    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        send(&self.address, method, path, headers, body)
    }

    /// A request of the administrator's.
    pub(crate) fn admin(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.admin_with(method, path, &[], body)
    }

    pub(crate) fn admin_with(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let mut all = vec![("Authorization", bearer.as_str())];
        all.extend_from_slice(headers);
        if body.is_some() {
            all.push(("Content-Type", "application/json"));
        }
        self.send(method, path, &all, body.map(Value::to_string).unwrap_or_default().as_bytes())
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"")
    }

    /// Defines the badge of the tests and gives its id.
    #[track_caller]
    pub(crate) fn define(&self, query: &str) -> String {
        let answer = self.admin("POST", &format!("/api/badges{query}"), Some(&achievement())).expect(201);
        answer["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn award(&self, badge: &str, key: &str, body: &Value) -> Answer {
        let headers = [("Idempotency-Key", key)];
        self.admin_with("POST", &format!("/api/badges/{badge}/awards"), &headers, Some(body))
    }

    /// Verifies a badge as a stranger would, with everything it needs fetched from the service under its public URL.
    pub(crate) fn verify(&self, badge: &[u8], public_url: &str) -> Report {
        self.verify_under(badge, public_url, &TrustPolicy::default())
    }

    /// The same under a policy.
    pub(crate) fn verify_under(&self, badge: &[u8], public_url: &str, policy: &TrustPolicy) -> Report {
        let now = Timestamp::now();
        let mut snapshot = Snapshot::default();
        for _ in 0..3 {
            let report = verify(badge, &Expectations::default(), policy, now, &snapshot);
            let missing = report.missing();
            if missing.is_empty() {
                return report;
            }
            for Resource { kind, url } in missing {
                assert!(matches!(
                    kind,
                    ResourceKind::StatusList
                        | ResourceKind::StatusListToken
                        | ResourceKind::ControllerDocument
                ));
                let path = url.strip_prefix(public_url).unwrap();
                let outcome = Ok(self.get(path).body);
                snapshot.insert(Resource { kind, url: url.clone() }, Retrieval { fetched_at: now, outcome });
            }
        }
        panic!("resources are missing for ever");
    }

    pub(crate) fn own_url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Already gone where a test killed it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program, without the surroundings' passphrase and locale.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_badge-issuer"));
    for name in ["BADGE_ISSUER_PASSPHRASE", "BADGE_ISSUER_PIN", "LC_ALL", "LC_MESSAGES", "LANG", "RUST_LOG"] {
        command.env_remove(name);
    }
    command
}

/// Runs the program to its end.
pub(crate) fn run(arguments: &[&str], directory: &Path) -> Output {
    program().args(arguments).current_dir(directory).output().unwrap()
}

pub(crate) fn send(address: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head += &[name, ": ", value, "\r\n"].concat();
    }
    head += &["Content-Length: ", &body.len().to_string(), "\r\n\r\n"].concat();
    stream.write_all(head.as_bytes()).unwrap();
    // A server that refuses a body may close before it has read it: its answer is what counts.
    let _ = stream.write_all(body);
    read_answer(&mut stream)
}

pub(crate) fn read_answer(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    }
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: BTreeMap<String, String> = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let mut body = bytes[end + 4..].to_vec();
    if headers.get("transfer-encoding").is_some_and(|coding| coding == "chunked") {
        body = dechunk(&body);
    }
    Answer { status, headers, body }
}

fn dechunk(mut bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = bytes.windows(2).position(|window| window == b"\r\n").unwrap();
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&bytes[end + 2..end + 2 + size]);
        bytes = &bytes[end + 2 + size + 2..];
    }
}

/// A holder's DID.
pub(crate) const HOLDER: &str = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";

/// The badge of the tests.
pub(crate) fn achievement() -> Value {
    json!({
        "name": "Évaluer des données",
        "description": "Sait évaluer des données, des informations et des contenus numériques.",
        "achievementType": "Competency",
        "criteria": {"narrative": "Trois mises en situation réussies."},
        "alignment": [{
            "type": ["Alignment"],
            "targetName": "evaluate data, information and digital content",
            "targetUrl": "http://data.europa.eu/esco/skill/1d6c7de4-350e-4868-a47b-333b4b0d9650",
            "targetFramework": "ESCO v1.2.0",
            "targetType": "ext:ESCOSkill",
        }],
    })
}

/// The codes and pointers of a refusal, one or several.
pub(crate) fn codes(answer: &Value) -> Vec<(String, String)> {
    let single = std::slice::from_ref(answer);
    let problems = answer["errors"].as_array().map_or(single, Vec::as_slice);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    problems.iter().map(|problem| (text(&problem["code"]), text(&problem["pointer"]))).collect()
}
