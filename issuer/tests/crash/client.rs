//! The real program, and clients that keep a connection to it.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use serde_json::{Value, json};

/// Held while a store is open in this process: a process that is being started has, for a moment, a copy of every open file, locks
/// included, and the store would seem to be open still.
static OPEN: RwLock<()> = RwLock::new(());

/// While this is kept, no process is started.
pub(crate) fn no_start() -> RwLockReadGuard<'static, ()> {
    OPEN.read().unwrap_or_else(PoisonError::into_inner)
}

/// Starts a process while no store is open in this one.
pub(crate) fn spawned(command: &mut Command) -> Child {
    let _alone = OPEN.write().unwrap_or_else(PoisonError::into_inner);
    command.spawn().unwrap()
}

/// The address that badges name, whatever port a start gets.
pub(crate) const PUBLIC_URL: &str = "http://127.0.0.1:8080";

/// A data directory with a checkpoint kept beside it.
pub(crate) struct Home {
    pub(crate) data: PathBuf,
    pub(crate) config: PathBuf,
    pub(crate) log: PathBuf,
}

impl Home {
    pub(crate) fn new(directory: &Path) -> Self {
        let config = directory.join("issuer.toml");
        std::fs::create_dir_all(directory.join("elsewhere")).unwrap();
        let text = format!("public-url = '{PUBLIC_URL}'\n[store]\ncheckpoint = 'elsewhere/head'\n");
        std::fs::write(&config, text).unwrap();
        Self { data: directory.join("data"), config, log: directory.join("log") }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_badge-issuer"));
        for name in ["BADGE_ISSUER_PASSPHRASE", "LC_ALL", "LC_MESSAGES", "LANG"] {
            command.env_remove(name);
        }
        command.env("RUST_LOG", "warn").args(arguments);
        command.arg("--data").arg(&self.data).arg("--config").arg(&self.config).args(["--lang", "en"]);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        spawned(command.stdout(Stdio::piped()).stderr(Stdio::piped())).wait_with_output().unwrap()
    }

    /// Starts the program; it may not be listening yet.
    pub(crate) fn spawn(&self) -> Child {
        let talk = File::options().create(true).append(true).open(&self.log).unwrap();
        spawned(self.command(&["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(talk))
    }

    pub(crate) fn start(&self) -> Service {
        self.try_start().unwrap_or_else(|_| panic!("it did not start: {}", self.said()))
    }

    /// The service, or the exit code where it does not start.
    pub(crate) fn try_start(&self) -> Result<Service, Option<i32>> {
        let mut child = self.spawn();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Some(address) = line.trim_end().strip_prefix("listening on http://") else {
            return Err(child.wait().unwrap().code());
        };
        let token = std::fs::read_to_string(self.data.join("admin-token")).unwrap();
        Ok(Service { child, address: address.to_owned(), token: token.trim().to_owned() })
    }

    /// What the services of this directory have said until now.
    pub(crate) fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }
}

/// A running service; killed when dropped.
pub(crate) struct Service {
    child: Child,
    address: String,
    token: String,
}

impl Service {
    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and the end waited for.
    pub(crate) fn stop(mut self) {
        let id = self.child.id().to_string();
        assert!(spawned(Command::new("kill").args(["-TERM", &id])).wait().unwrap().success());
        let status = self.child.wait().unwrap();
        assert!(status.success(), "stopped with {status}");
    }

    pub(crate) fn client(&self) -> Client {
        Client { address: self.address.clone(), token: self.token.clone(), stream: None }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}: {}", self.head, String::from_utf8_lossy(&self.body)))
    }
}

/// One connection at a time, opened again when it was closed.
pub(crate) struct Client {
    address: String,
    token: String,
    stream: Option<BufReader<TcpStream>>,
}

impl Client {
    pub(crate) fn define(&mut self) -> String {
        let badge = json!({
            "name": "Évaluer des données",
            "description": "Sait évaluer des données.",
            "criteria": {"narrative": "Trois mises en situation réussies."},
        });
        let answer = self.send("POST", "/api/badges", "", &badge.to_string()).unwrap();
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn award(&mut self, badge: &str, key: &str) -> std::io::Result<Answer> {
        let body = json!({"recipient": {"email": format!("{key}@example.org")}, "format": "jwt"}).to_string();
        self.send("POST", &format!("/api/badges/{badge}/awards"), key, &body)
    }

    pub(crate) fn revoke(&mut self, award: &str) -> std::io::Result<Answer> {
        let body = json!({"status": "revoked", "reason": "Délivré par erreur."}).to_string();
        self.send("POST", &format!("/api/awards/{award}/status"), "", &body)
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "", "").unwrap()
    }

    /// Sends a request and reads its whole answer; an error when the other side is gone in between.
    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        key: &str,
        body: &str,
    ) -> std::io::Result<Answer> {
        let sent = self.exchange(method, path, key, body);
        if sent.is_err() {
            self.stream = None;
        }
        sent
    }

    fn exchange(&mut self, method: &str, path: &str, key: &str, body: &str) -> std::io::Result<Answer> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let stream = TcpStream::connect(&self.address)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(Duration::from_mins(1)))?;
                none.insert(BufReader::new(stream))
            }
        };
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n",
            self.token,
            body.len()
        );
        if !key.is_empty() {
            request = format!("{request}Idempotency-Key: {key}\r\n");
        }
        if !body.is_empty() {
            let kind = if path.contains("/batches") { "text/csv" } else { "application/json" };
            request = format!("{request}Content-Type: {kind}\r\n");
        }
        request += "\r\n";
        request += body;
        stream.get_mut().write_all(request.as_bytes())?;
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
        let lower = head.to_ascii_lowercase();
        let length =
            lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
        let mut bytes = vec![0; length.unwrap_or(0)];
        stream.read_exact(&mut bytes)?;
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        if lower.contains("connection: close") {
            self.stream = None;
        }
        Ok(Answer { status, head: lower, body: bytes })
    }
}
