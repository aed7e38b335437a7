//! What `deploy/` starts: the commands of the systemd unit and of the container, taken out of the files and run.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use badge_issuer::commands::{COULD_NOT_RUN, TRY_AGAIN};

use crate::harness::program;

const UNIT: &str = include_str!("../../deploy/badge-issuer.service");
const CONTAINER: &str = include_str!("../../deploy/Dockerfile");
const LEFT_OUT: &str = include_str!("../../deploy/Dockerfile.dockerignore");

/// What stands before `=` or a space, and what stands after it.
fn values<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let value = |line: &'a str| line.strip_prefix(name).and_then(|rest| rest.strip_prefix(['=', ' ']));
    text.lines().filter_map(value).collect()
}

fn value<'a>(text: &'a str, name: &str) -> &'a str {
    let [value] = values(text, name)[..] else { panic!("{name} stands there once") };
    value
}

/// The places of a deployed service, in a directory of this test.
struct Machine(tempfile::TempDir);

impl Machine {
    fn new(settings: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let of = |name: &str| directory.path().join(name);
        std::fs::write(of("issuer.toml"), settings).unwrap();
        std::fs::write(of("passphrase"), "une phrase secrète\n").unwrap();
        Self(directory)
    }

    /// A command as it is deployed, with this machine's places.
    fn command(&self, words: &[&str]) -> Command {
        let here = |name: &str| self.0.path().join(name).into_os_string().into_string().unwrap();
        let placed = |word: &str| match word {
            "/etc/badge-issuer/issuer.toml" => here("issuer.toml"),
            "/var/lib/badge-issuer" => here("data"),
            "${CREDENTIALS_DIRECTORY}/passphrase" => here("passphrase"),
            other => {
                assert!(!other.contains('/'), "{other} is a place that this test does not know");
                other.to_owned()
            }
        };
        let (name, arguments) = words.split_first().unwrap();
        assert_eq!(*name, "/usr/local/bin/badge-issuer");
        let mut command = program();
        command.args(arguments.iter().map(|word| placed(word))).stderr(Stdio::piped());
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Starts the service, sees it listen, and stops it as the deployment does.
    #[track_caller]
    fn serve_and_stop(&self, words: &[&str], signal: &str) {
        let mut child = self.command(words).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        if !line.starts_with("listening on http") {
            let output = child.wait_with_output().unwrap();
            panic!("{line:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        let sent = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        assert!(child.wait().unwrap().success(), "it ends by itself, and in peace");
        assert!(
            self.0.path().join("data/issuer.json").exists(),
            "what it keeps is where the deployment keeps it"
        );
    }
}

const SOUND: &str = "listen = '127.0.0.1:0'\n[issuer]\nname = 'Lycée des Métiers'\n";

#[test]
fn the_unit_serves_and_stops() {
    let machine = Machine::new(SOUND);
    let serve: Vec<&str> = value(UNIT, "ExecStart").split(' ').collect();
    let signal = value(UNIT, "KillSignal").strip_prefix("SIG").unwrap();
    machine.serve_and_stop(&serve, signal);
    // The keys are under the passphrase that the unit hands over.
    std::fs::write(machine.0.path().join("passphrase"), "une autre\n").unwrap();
    assert_eq!(machine.run(&serve).status.code(), Some(COULD_NOT_RUN.into()));
}

/// What the unit does with each code, by systemd.service(5): both lists are about the main process alone, so nothing may stand before it.
#[test]
fn the_unit_stops_for_mistakes_and_tries_again_what_is_late() {
    assert_eq!(value(UNIT, "RestartPreventExitStatus"), COULD_NOT_RUN.to_string());
    assert_eq!(value(UNIT, "RestartForceExitStatus"), TRY_AGAIN.to_string());
    for other in ["ExecStartPre", "ExecStartPost", "ExecCondition", "SuccessExitStatus"] {
        assert_eq!(values(UNIT, other), Vec::<&str>::new(), "{other}");
    }
    // Were the window shorter than its starts take, they would never be too many.
    let seconds = |name: &str| -> u64 { value(UNIT, name).parse().unwrap() };
    assert!(seconds("StartLimitBurst") * seconds("RestartSec") * 2 < seconds("StartLimitIntervalSec"));

    let serve: Vec<&str> = value(UNIT, "ExecStart").split(' ').collect();
    // A port that nobody listens on, a socket that somebody did, and one that is not there; a port that is taken, an address that is not ours.
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap();
    let left = tempfile::tempdir().unwrap();
    let socket = left.path().join("socket");
    drop(UnixListener::bind(&socket).unwrap());
    let socket = socket.display();
    for (late, code) in [
        (format!("[store]\nurl = 'postgres://u@127.0.0.1:{port}/b'"), "DATABASE_UNAVAILABLE"),
        (format!("[store]\nurl = 'postgres://u@nobody.invalid:{port}/b'"), "DATABASE_UNAVAILABLE"),
        ("[keys]\nsocket = 'none'".to_owned(), "SIGNER_UNAVAILABLE"),
        (format!("[keys]\nsocket = '{socket}'"), "SIGNER_UNAVAILABLE"),
        (format!("[store]\ncheckpoint = 'http://127.0.0.1:{port}/head'"), "CHECKPOINT_UNAVAILABLE"),
        (format!("listen = '{taken}'"), "LISTEN_UNAVAILABLE"),
        ("listen = '192.0.2.1:1'".to_owned(), "LISTEN_UNAVAILABLE"),
    ] {
        let listen = if late.starts_with("listen") { "" } else { "listen = '127.0.0.1:0'\n" };
        let output = Machine::new(&format!("{listen}{late}\n")).run(&serve);
        let talk = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(TRY_AGAIN.into()), "{late}: {talk}");
        assert!(talk.contains(&format!("[{code}]")), "{late}: {talk}");
    }
    for mistake in [
        "listenn = '127.0.0.1:0'",
        "[store]\nurl = 'mysql://u@127.0.0.1/b'",
        "[store]\ncheckpoint = 'none/head'",
        "[keys.pkcs11]\nmodule = 'none.so'\ntoken = 't'\npin-file = 'passphrase'",
    ] {
        let output = Machine::new(&format!("{mistake}\n")).run(&serve);
        let talk = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(COULD_NOT_RUN.into()), "{mistake}: {talk}");
    }
}

#[test]
fn the_container_starts_what_it_builds() {
    let words = |name: &str| -> Vec<String> { serde_json::from_str(value(CONTAINER, name)).unwrap() };
    let words = [words("ENTRYPOINT"), words("CMD")].concat();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let signal = value(CONTAINER, "STOPSIGNAL").strip_prefix("SIG").unwrap();
    Machine::new(SOUND).serve_and_stop(&words, signal);
    let built = values(CONTAINER, "COPY").into_iter().find_map(|copy| copy.strip_prefix("--from=build "));
    assert_eq!(built, Some("/build/target/release/badge-issuer /usr/local/bin/badge-issuer"));
}

/// The build sees every member of the workspace and the very toolchain of the project, and nothing that a clone does not hold.
#[test]
fn the_container_is_built_from_the_whole_workspace() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |name: &str| std::fs::read_to_string(root.join(name)).unwrap();
    let toolchain = read("rust-toolchain.toml");
    let (_, image) = values(CONTAINER, "FROM")[0].split_once("rust:").unwrap();
    let version = image.split('-').next().unwrap();
    assert!(toolchain.contains(&format!("\"{version}")), "{version} is not that of {toolchain}");
    let members: toml::Table = read("Cargo.toml").parse().unwrap();
    for member in members["workspace"]["members"].as_array().unwrap() {
        for pattern in LEFT_OUT.lines() {
            let found = below(&root.join(member.as_str().unwrap()), pattern.trim_start_matches("**/"));
            assert_eq!(found, None, "{pattern} leaves out what the build may need");
        }
    }
}

/// A file or directory of this name below a member, other than what builds leave there.
fn below(directory: &Path, name: &str) -> Option<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let kept = |path: &PathBuf| !path.ends_with("test-vectors/fuzz");
    entries.filter(kept).find_map(|path| {
        if path.ends_with(name) {
            return Some(path);
        }
        path.is_dir().then(|| below(&path, name)).flatten()
    })
}
