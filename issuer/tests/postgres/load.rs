//! Clients that award without pause, send again what was not answered, and remember what was.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle, sleep};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cluster::Cluster;
use crate::harness::{Service, run};

/// The address that badges name, whichever service answers for it.
pub(crate) const PUBLIC: &str = "http://127.0.0.1:1";

/// A directory with settings that name a database.
pub(crate) fn settings(url: &str, extra: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let text = format!("public-url = '{PUBLIC}'\n[store]\nurl = '{url}'\nconnections = 6\n{extra}");
    std::fs::write(directory.path().join("issuer.toml"), text).unwrap();
    directory
}

pub(crate) fn start(directory: &Path) -> Service {
    let config = directory.join("issuer.toml");
    Service::start_in(directory, &["--config", config.to_str().unwrap()])
}

/// A second directory with the same settings and keys.
pub(crate) fn twin(directory: &Path) -> TempDir {
    let twin = tempfile::tempdir().unwrap();
    std::fs::copy(directory.join("issuer.toml"), twin.path().join("issuer.toml")).unwrap();
    std::fs::create_dir(twin.path().join("data")).unwrap();
    let copied = std::process::Command::new("cp")
        .arg("-a")
        .args([directory.join("data/keys"), twin.path().join("data/keys")])
        .status();
    assert!(copied.unwrap().success());
    // The record has the token already: a second service hands over none of its own.
    let token = directory.join("data/admin-token");
    if token.exists() {
        std::fs::copy(token, twin.path().join("data/admin-token")).unwrap();
    }
    twin
}

/// An award that was acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    pub(crate) id: String,
    pub(crate) credential: String,
}

/// Where the service is, and how to get in; changed when it is started again.
pub(crate) type Target = Arc<Mutex<(String, String)>>;

pub(crate) fn target(service: &Service) -> Target {
    Arc::new(Mutex::new((service.address.clone(), service.token.clone())))
}

/// Awards once; `None` when nothing came back that counts.
pub(crate) fn award(target: &Target, badge: &str, key: &str) -> Option<Acknowledged> {
    let (address, token) = target.lock().unwrap().clone();
    let body = json!({"recipient": {"email": format!("{key}@example.org")}}).to_string();
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_mins(1))).ok()?;
    let head = format!(
        "POST /api/badges/{badge}/awards HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nIdempotency-Key: {key}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let text = String::from_utf8(answer).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?;
    assert!(["200", "201", "503"].contains(&status), "{text}");
    if status == "503" {
        return None;
    }
    let value: Value = serde_json::from_str(body).ok()?;
    Some(Acknowledged { id: value["id"].as_str()?.to_owned(), credential: value["credential"].to_string() })
}

/// Clients at work.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    clients: Vec<JoinHandle<()>>,
    acknowledged: Arc<Mutex<BTreeMap<String, Acknowledged>>>,
    pub(crate) count: Arc<AtomicUsize>,
}

impl Load {
    /// Starts clients; each has its own keys, and goes on to the next when the last was answered.
    pub(crate) fn start(clients: usize, target: &Target, badge: &str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let acknowledged = Arc::new(Mutex::new(BTreeMap::new()));
        let count = Arc::new(AtomicUsize::new(0));
        let clients = (0..clients)
            .map(|client| {
                let (stop, acknowledged, count) =
                    (Arc::clone(&stop), Arc::clone(&acknowledged), Arc::clone(&count));
                let (target, badge) = (Arc::clone(target), badge.to_owned());
                thread::spawn(move || {
                    for n in 0.. {
                        let key = format!("k{client}-{n}");
                        let answered = loop {
                            if let Some(answer) = award(&target, &badge, &key) {
                                break answer;
                            }
                            if stop.load(Ordering::Relaxed) {
                                return;
                            }
                            sleep(Duration::from_millis(20));
                        };
                        acknowledged.lock().unwrap().insert(key, answered);
                        count.fetch_add(1, Ordering::Relaxed);
                        if stop.load(Ordering::Relaxed) {
                            return;
                        }
                    }
                })
            })
            .collect();
        Self { stop, clients, acknowledged, count }
    }

    /// Waits until this many more awards are acknowledged.
    pub(crate) fn wait(&self, more: usize) {
        let until = self.count.load(Ordering::Relaxed) + more;
        for _ in 0..12_000 {
            if self.count.load(Ordering::Relaxed) >= until {
                return;
            }
            sleep(Duration::from_millis(10));
        }
        panic!("no award was acknowledged for two minutes");
    }

    /// Stops the clients and gives what was acknowledged, by key.
    pub(crate) fn stop(self) -> BTreeMap<String, Acknowledged> {
        self.stop.store(true, Ordering::Relaxed);
        for client in self.clients {
            client.join().unwrap();
        }
        Arc::into_inner(self.acknowledged).unwrap().into_inner().unwrap()
    }
}

/// The promises: what was acknowledged is there as it was answered, again for the same key, and verifies; no index twice; the record is whole,
/// with an intent before every signature.
pub(crate) fn check(
    cluster: &Cluster,
    service: &Service,
    directory: &Path,
    badge: &str,
    acknowledged: &BTreeMap<String, Acknowledged>,
) {
    let at = target(service);
    let ids: BTreeSet<&str> = acknowledged.values().map(|award| award.id.as_str()).collect();
    assert_eq!(ids.len(), acknowledged.len(), "two keys, one award");
    for (n, (key, award)) in acknowledged.iter().enumerate() {
        assert_eq!(self::award(&at, badge, key).as_ref(), Some(award), "{key} is lost or is another award");
        if n % 16 == 0 {
            let report = service.verify(award.credential.as_bytes(), PUBLIC);
            assert_eq!(format!("{:?}", report.verdict()), "Valid", "{key}");
        }
    }
    let slots = cluster.sql(
        "SELECT count(*) - count(DISTINCT (organisation, list, slot)) FROM issuer_award WHERE slot IS NOT NULL",
    );
    assert_eq!(slots, "0", "a status index was used twice");
    let config: PathBuf = directory.join("issuer.toml");
    let output = run(
        &[
            "store",
            "verify",
            "--config",
            config.to_str().unwrap(),
            "--data",
            directory.join("data").to_str().unwrap(),
        ],
        directory,
    );
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
