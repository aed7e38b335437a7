//! The page of `evaluate --page`, as a browser and as a stranger see it.

mod browser;
mod http;
mod journeys;
mod kept;
mod strangers;

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStderr, Stdio};

use badge_verifier::evaluation::thread::{ThreadReport, judge};
use badge_verifier::{Snapshot, TrustPolicy};
use jiff::Timestamp;
use serde_json::Value;

use crate::support::{Said, Wallet};

const ESCO: &str = "http://data.europa.eu/esco/skill/b11f499a-5f6c-4e06-a4b0-3bf3b4d6a3a5";

/// What the candidate says, to be shown and never to be run.
const HOSTILE: &str =
    "Dix ans de réseau.<script>document.title='owned'</script><img src=\"http://attacker.example/\">";

/// A candidate, an evaluator, and a request between them.
struct Case {
    candidate: Wallet,
    evaluator: Wallet,
    evaluator_did: String,
}

/// The program, serving its page.
struct Served {
    program: Child,
    talk: BufReader<ChildStderr>,
    /// The address of the page.
    url: String,
}

impl Case {
    fn new() -> Self {
        let (candidate, _) = Wallet::open();
        let (evaluator, evaluator_did) = Wallet::open();
        Self { candidate, evaluator, evaluator_did }
    }

    /// A request for two skills, with one piece of evidence.
    fn ask(&self, more: &[&str]) -> String {
        let evidence = self.candidate.file("schéma réseau.txt", "un réseau");
        let thread = self.candidate.beside("dossier.json").to_str().unwrap().to_owned();
        let second = format!("{ESCO} Dépanner un réseau@DigComp:5");
        let mut args = vec![
            "evaluate",
            "request",
            "--skill",
            "digcomp:1.1@5",
            "--skill",
            &second,
            "--evidence",
            &evidence,
        ];
        args.extend(["--claim", HOSTILE, "--name", "Zoé Lefèvre", "--tie", "none", "--lang", "fr"]);
        args.extend(["-o", &thread]);
        if !more.contains(&"--evaluator-email") {
            args.extend(["--evaluator", &self.evaluator_did]);
        }
        args.extend(more);
        self.candidate.ok(&args);
        thread
    }

    /// The folder of evidence, with this text in the file that was asked about.
    fn evidence(&self, text: &str) -> String {
        let folder = self.evaluator.beside("preuves");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("schéma réseau.txt"), text).unwrap();
        folder.to_str().unwrap().to_owned()
    }

    /// Serves the page.
    fn serve(&self, thread: &str, more: &[&str]) -> Served {
        let mut args = vec!["evaluate", thread, "--page"];
        args.extend(more);
        let mut command = self.evaluator.command(&args);
        let mut program = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut url).unwrap();
        let mut talk = BufReader::new(program.stderr.take().unwrap());
        if !url.starts_with("http://127.0.0.1:") {
            let mut said = String::new();
            talk.read_to_string(&mut said).unwrap();
            unreachable!("no address: {url}{said}");
        }
        Served { program, talk, url: url.trim().to_owned() }
    }
}

impl Served {
    /// The host and port of the page.
    fn authority(&self) -> &str {
        self.url.strip_prefix("http://").unwrap().split('/').next().unwrap()
    }

    /// The path of the page's beginning, which ends with a slash.
    fn path(&self) -> &str {
        self.url.strip_prefix("http://").unwrap().strip_prefix(self.authority()).unwrap()
    }

    /// Waits until it has ended of itself, and gives what it said.
    fn ended(mut self) -> Said {
        let mut err = String::new();
        self.talk.read_to_string(&mut err).unwrap();
        let code = self.program.wait().unwrap().code().unwrap();
        Said { code, out: self.url.clone(), err }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn judged(thread: &str) -> ThreadReport {
    let bytes = std::fs::read(thread).unwrap();
    judge(&bytes, &TrustPolicy::default(), Timestamp::now(), &Snapshot::default())
}

fn records(thread: &str) -> Vec<Value> {
    let thread: Value = serde_json::from_slice(&std::fs::read(thread).unwrap()).unwrap();
    thread["verifiableCredential"].as_array().unwrap().clone()
}
