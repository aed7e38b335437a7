//! Throw-away PostgreSQL servers: made by `initdb`, reached through a socket in their own directory, gone with their value.
//!
//! They are started as the user `postgres` when the tests run as root, which PostgreSQL refuses.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long a server may take to start or to be gone: crash recovery on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server with its data.
pub(crate) struct Cluster {
    directory: TempDir,
    programs: PathBuf,
    user: Option<u32>,
    guard: Option<Child>,
    /// Where it is not the usual one: it names the socket too.
    port: Option<u16>,
}

impl Cluster {
    /// Makes and starts a server.
    pub(crate) fn start() -> Self {
        let mut cluster = Self::empty();
        let data = cluster.data();
        cluster
            .run("initdb", &["-D", &data, "-U", "badges", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]);
        fs::write(
            Path::new(&data).join("postgresql.auto.conf"),
            "listen_addresses = ''\nfsync = on\nmax_connections = 60\nshared_buffers = '32MB'\n",
        )
        .unwrap();
        cluster.boot();
        cluster
    }

    /// Makes a standby that streams from `primary` under this name, and starts it.
    pub(crate) fn standby(primary: &Self, name: &str) -> Self {
        let mut cluster = Self::empty();
        let from = format!("host={} user=badges application_name={name}", primary.socket());
        cluster
            .run("pg_basebackup", &["-D", &cluster.data(), "-d", &from, "-R", "-X", "stream", "-c", "fast"]);
        cluster.boot();
        cluster
    }

    fn empty() -> Self {
        let programs = programs();
        let directory = tempfile::Builder::new().prefix("pg").tempdir().unwrap();
        let mut user = None;
        if fs::metadata(directory.path()).unwrap().uid() == 0 {
            let id = Command::new("id").args(["-u", "postgres"]).output().unwrap();
            let id = String::from_utf8(id.stdout).unwrap().trim().parse().unwrap_or_else(|_| {
                panic!("no user postgres, and PostgreSQL refuses to run as root: install Debian's postgresql")
            });
            chown(directory.path(), Some(id), None).unwrap();
            user = Some(id);
        }
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o700)).unwrap();
        Self { directory, programs, user, guard: None, port: None }
    }

    /// The socket's directory.
    pub(crate) fn socket(&self) -> String {
        self.directory.path().to_str().unwrap().to_owned()
    }

    /// The socket's directory as it stands in an address.
    pub(crate) fn host(&self) -> String {
        self.socket().replace('/', "%2F")
    }

    /// The address of its database.
    pub(crate) fn url(&self) -> String {
        format!("postgres://badges@{}/postgres", self.host())
    }

    fn data(&self) -> String {
        self.directory.path().join("data").to_str().unwrap().to_owned()
    }

    /// Runs SQL and gives what it answers, bare.
    pub(crate) fn sql(&self, sql: &str) -> String {
        self.try_sql(sql).unwrap_or_else(|said| panic!("{sql}: {said}"))
    }

    /// The same; an error is what the server said.
    pub(crate) fn try_sql(&self, sql: &str) -> Result<String, String> {
        let arguments = ["-U", "badges", "-d", "postgres", "-Atqc", sql];
        let output = self.command("psql").args(["-h", &self.socket()]).args(arguments).output().unwrap();
        if output.status.success() {
            Ok(String::from_utf8(output.stdout).unwrap().trim().to_owned())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }

    /// Adds a line to the settings and has the server read them.
    pub(crate) fn set(&self, line: &str) {
        let path = Path::new(&self.data()).join("postgresql.auto.conf");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{text}{line}\n")).unwrap();
        self.sql("SELECT pg_reload_conf()");
    }

    /// Starts the server again, or for the first time; it stops when this process ends, however it ends.
    pub(crate) fn boot(&mut self) {
        const GUARD: &str = "exec 3<&0; \"$1\" -D \"$2\" -k \"$3\" </dev/null & server=$!; \
            ( cat <&3 >/dev/null; kill -INT $server 2>/dev/null ) & wait $server";
        let begun = Instant::now();
        loop {
            let log = fs::File::options().create(true).append(true).open(self.log()).unwrap();
            let mut command = Command::new("sh");
            command.args(["-c", GUARD, "sh"]);
            command.arg(self.programs.join("postgres")).args([self.data(), self.socket()]);
            command.stdin(Stdio::piped()).stdout(log.try_clone().unwrap()).stderr(log);
            let mut guard = self.as_user(&mut command).spawn().unwrap();
            loop {
                if self.command("pg_isready").args(["-q", "-h", &self.socket()]).status().unwrap().success() {
                    self.guard = Some(guard);
                    return;
                }
                // The processes of a server that was killed may still be there: it is started again until they are gone.
                if guard.try_wait().unwrap().is_some() {
                    break;
                }
                assert!(begun.elapsed() < PATIENCE, "{}", fs::read_to_string(self.log()).unwrap());
                sleep(Duration::from_millis(20));
            }
            assert!(begun.elapsed() < PATIENCE, "{}", fs::read_to_string(self.log()).unwrap());
            sleep(Duration::from_millis(50));
        }
    }

    /// Starts the server again so that it listens on this machine, with TLS by this certificate and key or without; gives the port.
    pub(crate) fn listen(&mut self, tls: Option<(&str, &str)>) -> u16 {
        let path = Path::new(&self.data()).join("postgresql.auto.conf");
        let text = fs::read_to_string(&path).unwrap();
        let known = text.lines().filter_map(|line| line.strip_prefix("port = ")?.parse().ok()).next_back();
        let port = known.unwrap_or_else(|| {
            let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            free.local_addr().unwrap().port()
        });
        let mut added = format!("listen_addresses = '127.0.0.1'\nport = {port}\n");
        if let Some((certificate, key)) = tls {
            for (name, content) in [("server.crt", certificate), ("server.key", key)] {
                let file = Path::new(&self.data()).join(name);
                fs::write(&file, content).unwrap();
                fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
                chown(&file, self.user, None).unwrap();
            }
            added.push_str("ssl = on\n");
        }
        fs::write(&path, format!("{text}{added}")).unwrap();
        self.run("pg_ctl", &["stop", "-s", "-w", "-m", "fast", "-D", &self.data()]);
        self.reap();
        self.port = Some(port);
        self.boot();
        port
    }

    /// Kills the server, as a power cut would (of the machine's processes, not of its disk).
    pub(crate) fn kill(&mut self) {
        let file = Path::new(&self.data()).join("postmaster.pid");
        let pid = fs::read_to_string(file).unwrap().lines().next().unwrap().to_owned();
        assert!(self.as_user(Command::new("kill").args(["-KILL", &pid])).status().unwrap().success());
        self.reap();
    }

    /// Makes a standby the primary.
    pub(crate) fn promote(&self) {
        self.run("pg_ctl", &["promote", "-w", "-D", &self.data()]);
    }

    /// Lets this user in only with a password.
    pub(crate) fn require_password(&self, user: &str) {
        let path = Path::new(&self.data()).join("pg_hba.conf");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("local all {user} scram-sha-256\n{text}")).unwrap();
        self.sql("SELECT pg_reload_conf()");
    }

    fn log(&self) -> PathBuf {
        self.directory.path().join("log")
    }

    fn reap(&mut self) {
        if let Some(mut guard) = self.guard.take() {
            drop(guard.stdin.take());
            let _ = guard.wait();
        }
    }

    fn as_user<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.current_dir(self.directory.path()).env("LC_ALL", "C");
        if let Some(user) = self.user {
            command.uid(user);
        }
        command
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        self.as_user(&mut command);
        if let Some(port) = self.port {
            command.env("PGPORT", port.to_string());
        }
        command
    }

    fn run(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.command(program).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.guard.is_some() {
            let _ = self
                .command("pg_ctl")
                .args(["stop", "-s", "-w", "-m", "immediate", "-D", &self.data()])
                .status();
        }
        self.reap();
    }
}

/// Where the programs of the newest PostgreSQL are.
fn programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut debian: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    debian.sort();
    places.extend(debian.into_iter().rev().map(|(_, place)| place));
    places
        .into_iter()
        .find(|place| ["initdb", "postgres", "pg_basebackup"].iter().all(|name| place.join(name).is_file()))
        .unwrap_or_else(|| panic!("no PostgreSQL server: install it (Debian: apt-get install postgresql)"))
}
