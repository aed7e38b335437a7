//! What the tests of the program share: an issuer who signs, a server on this machine, and the program itself.
#![allow(dead_code, clippy::allow_attributes, reason = "each test file uses its part, and one uses all")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use badge_schemas::controller::Relationship;
use badge_schemas::did::{did_key, did_key_method};
use badge_schemas::multikey::{KeyKind, Multikey};
use badge_verifier::securing::keys::{Algorithm, PublicKey};
use badge_verifier::securing::{Cryptosuite, Mechanism, ProofOptions, SigningRequest, prepare};
use badge_verifier::status_list::{StatusIndex, Width, bitstring};
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};

/// Someone with an Ed25519 key under `did:key`; the same number gives the same key.
pub(crate) struct Issuer {
    key: SigningKey,
    multikey: Multikey,
}

impl Issuer {
    pub(crate) fn new(number: u8) -> Self {
        let key = SigningKey::from_bytes(&[number; 32]);
        let multikey = Multikey::new(KeyKind::Ed25519, key.verifying_key().to_bytes()).unwrap();
        Self { key, multikey }
    }

    pub(crate) fn did(&self) -> String {
        did_key(&self.multikey)
    }

    pub(crate) fn sign(&self, document: Value, mechanism: Mechanism) -> String {
        let options = ProofOptions::new(
            did_key_method(&self.multikey),
            PublicKey::from_multikey(&self.multikey).unwrap(),
            Relationship::AssertionMethod,
            "2026-01-02T00:00:00Z".parse().unwrap(),
        );
        let prepared = prepare(document, mechanism, &options).unwrap();
        let SigningRequest::Bytes(bytes) = prepared.request();
        let signature = self.key.sign(bytes).to_bytes();
        prepared.seal(&signature).unwrap().as_str().to_owned()
    }

    /// A signed badge; `change` has the last word on the document before it is signed.
    pub(crate) fn badge(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut document = badge(&self.did());
        change(&mut document);
        self.sign(document, Mechanism::DataIntegrity(Cryptosuite::EddsaRdfc2022))
    }

    /// A signed status list in which the given positions are set.
    pub(crate) fn status_list(&self, url: &str, set: &[u64]) -> String {
        let mut list = StatusIndex::empty(131_072, Width::ONE);
        for index in set {
            list.set(*index, Width::ONE, 1).unwrap();
        }
        let document = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "id": url,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": self.did(),
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": {
                "id": format!("{url}#list"), "type": "BitstringStatusList", "statusPurpose": "revocation",
                "encodedList": bitstring::encode(&list),
            },
        });
        self.sign(document, Mechanism::DataIntegrity(Cryptosuite::EddsaRdfc2022))
    }

    /// A signed registry that lists one issuer, whatever the skill.
    pub(crate) fn registry(&self, listed: &str) -> String {
        let document = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2", "https://w3id.org/skills-badge/recognition/v1"],
            "id": "urn:uuid:6f0f0b3e-9e43-4b5e-8a53-3a6c2cf5a001",
            "type": ["VerifiableCredential", "VerifiableRecognitionCredential"],
            "issuer": self.did(),
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": [{
                "id": listed, "type": "RecognizedEntity", "name": "Chambre des métiers",
                "recognizedTo": [{"type": "RecognizedAction", "action": "issue"}],
            }],
        });
        self.sign(document, Mechanism::VcJwt(Algorithm::EdDsa))
    }
}

/// An unsigned badge.
pub(crate) fn badge(issuer: &str) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": "urn:uuid:6f0f0b3e-9e43-4b5e-8a53-3a6c2cf5a000",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Tailleur de pierre",
        "issuer": {"id": issuer, "type": ["Profile"], "name": "Chambre des métiers"},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:eleve",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "urn:uuid:6f0f0b3e-9e43-4b5e-8a53-3a6c2cf5a002",
                "type": ["Achievement"],
                "name": "Tailleur de pierre",
                "description": "Taille la pierre de construction.",
                "criteria": {"narrative": "A taillé une clé de voûte."},
            },
        },
    })
}

/// The status entry of a badge.
pub(crate) fn status_entry(list: &str, index: u64) -> Value {
    json!({
        "id": format!("{list}#{index}"), "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
        "statusListIndex": index.to_string(), "statusListCredential": list,
    })
}

/// A server on this machine that says what it was told to say, and remembers what it was asked.
pub(crate) struct Server {
    address: SocketAddr,
    pages: Arc<Mutex<BTreeMap<String, String>>>,
    asked: Arc<Mutex<Vec<String>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let pages = Arc::new(Mutex::new(BTreeMap::<String, String>::new()));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let (its_pages, its_asked, its_stop) = (pages.clone(), asked.clone(), stop.clone());
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if its_stop.load(Ordering::SeqCst) {
                    return;
                }
                let mut stream = stream.unwrap();
                let mut head = Vec::new();
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                    head.push(byte[0]);
                }
                let head = String::from_utf8_lossy(&head).into_owned();
                let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                let page = its_pages.lock().unwrap().get(&path).cloned();
                its_asked.lock().unwrap().push(path);
                let (status, body) = page.map_or(("404 Not Found", String::new()), |body| ("200 OK", body));
                let length = body.len();
                // The client may have gone away; that is its affair.
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
                );
            }
        });
        Self { address, pages, asked, stop, thread: Some(thread) }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn say(&self, path: &str, body: impl Into<String>) {
        self.pages.lock().unwrap().insert(path.to_owned(), body.into());
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What the program answered.
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }

    /// The outcome and the code of the problem of one check.
    pub(crate) fn check(&self, id: &str) -> (String, String) {
        let report = self.json();
        let check =
            report["checks"].as_array().unwrap().iter().find(|check| check["id"] == id).unwrap().clone();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&check["outcome"]), text(&check["problem"]["code"]))
    }
}

/// The program, in English unless told otherwise, in a directory of the test's own.
pub(crate) fn program(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_badge-verifier"));
    command.current_dir(directory).env_clear().env("LC_ALL", "C").stdin(Stdio::null());
    command
}

pub(crate) fn run(directory: &Path, arguments: &[&str]) -> Answer {
    run_with(directory, arguments, b"")
}

pub(crate) fn run_with(directory: &Path, arguments: &[&str], input: &[u8]) -> Answer {
    let mut child = program(directory)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // The program may stop reading before the end; that is what some tests are about.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Answer {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Ends a process with the test that started it.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
