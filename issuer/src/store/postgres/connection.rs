//! The way to the database: its address, TLS, a bounded number of connections, and how long anything may take.

use std::fmt;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use deadpool_postgres::{
    Client, Hook, HookError, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime as PoolRuntime,
};
use futures_util::future::BoxFuture;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;
use tokio::runtime::Runtime;
use tokio::time::error::Elapsed;
use tokio::time::timeout;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::super::error::StoreError;
use super::failure::Failure;

/// Connections of one process when nobody says otherwise: one writes, the others read for two web workers.
pub const DEFAULT_CONNECTIONS: usize = 8;

/// How long one host may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(3);

/// How long a caller waits for an answer: longer than the server may take for one statement, shorter than a client's patience.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);

/// How long a dead network may keep what was sent to it.
const UNACKNOWLEDGED: Duration = Duration::from_secs(10);

/// What every connection is told. A statement or a lock that takes longer is given up by the server; whoever falls silent inside a
/// transaction is cut off, so that a process that hangs does not stop the others; and a commit is durable before it is answered.
const SESSION: &str = "SET statement_timeout = '10s'; SET lock_timeout = '8s'; \
    SET idle_in_transaction_session_timeout = '10s'; \
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local')";

/// The address of a database, with what is needed to get in; never shown whole.
///
/// A [connection URI](https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS). TLS is used and the
/// server's certificate verified unless the server is on this machine or the address says `sslmode=disable`.
#[derive(Clone)]
pub struct DatabaseUrl {
    config: Config,
    roots: Option<PathBuf>,
    connections: usize,
}

/// The text is not the address of a database that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotADatabase {
    /// Another scheme.
    #[error("it does not begin with postgres://")]
    Scheme,
    /// The client library does not understand it.
    #[error("it is not an address as PostgreSQL writes them")]
    Form,
    /// No host.
    #[error("it names no host")]
    Host,
    /// No database.
    #[error("it names no database")]
    Database,
    /// Another `sslmode` than those that say whether the certificate is verified.
    #[error("sslmode is none of disable, require, verify-full")]
    TlsMode,
}

impl DatabaseUrl {
    /// Reads `postgres://user@host[:port][,host…]/database?option=value…`.
    ///
    /// Beside the options of the client library: `sslmode` is `disable`, `require` or `verify-full` (the last two both verify the
    /// certificate and the name in it), `sslrootcert` is a PEM file of the authorities that count instead of the system's.
    ///
    /// # Errors
    /// [`NotADatabase`], which never repeats the address.
    pub fn parse(text: &str) -> Result<Self, NotADatabase> {
        if !Self::is_one(text) {
            return Err(NotADatabase::Scheme);
        }
        let (address, query) = text.split_once('?').unwrap_or((text, ""));
        let (mut mode, mut roots, mut rest) = (None, None, Vec::new());
        for option in query.split('&').filter(|option| !option.is_empty()) {
            match option.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value.to_owned()),
                Some(("sslrootcert", value)) => {
                    let path = percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned();
                    roots = Some(PathBuf::from(path));
                }
                _ => rest.push(option),
            }
        }
        let address =
            if rest.is_empty() { address.to_owned() } else { format!("{address}?{}", rest.join("&")) };
        let mut config = Config::from_str(&address).map_err(|_| NotADatabase::Form)?;
        if config.get_hosts().is_empty() {
            return Err(NotADatabase::Host);
        }
        if config.get_dbname().is_none() {
            return Err(NotADatabase::Database);
        }
        let here = config.get_hosts().iter().all(|host| match host {
            Host::Tcp(name) => {
                name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
            }
            Host::Unix(_) => true,
        });
        config.ssl_mode(match mode.as_deref() {
            Some("disable") => SslMode::Disable,
            None if here && roots.is_none() => SslMode::Disable,
            None | Some("require" | "verify-full") => SslMode::Require,
            Some(_) => return Err(NotADatabase::TlsMode),
        });
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        config.keepalives_idle(Duration::from_secs(15)).tcp_user_timeout(UNACKNOWLEDGED);
        // A standby shows what was, and what is decided by it would be recorded elsewhere.
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        if config.get_application_name().is_none() {
            config.application_name("badge-issuer");
        }
        Ok(Self { config, roots, connections: DEFAULT_CONNECTIONS })
    }

    /// Does the text look like the address of a database?
    pub fn is_one(text: &str) -> bool {
        text.starts_with("postgres://") || text.starts_with("postgresql://")
    }

    /// Whether the address holds a password.
    pub fn has_password(&self) -> bool {
        self.config.get_password().is_some()
    }

    /// The same with a password.
    #[must_use]
    pub fn with_password(mut self, password: &[u8]) -> Self {
        self.config.password(password);
        self
    }

    /// The same with this many connections at most; at least two, one to write and one to read.
    #[must_use]
    pub fn with_connections(mut self, connections: usize) -> Self {
        self.connections = connections.max(2);
        self
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://")?;
        for (position, host) in self.config.get_hosts().iter().enumerate() {
            let comma = if position == 0 { "" } else { "," };
            match host {
                Host::Tcp(name) => write!(f, "{comma}{name}")?,
                Host::Unix(path) => write!(f, "{comma}{}", path.display())?,
            }
            let ports = self.config.get_ports();
            if let Some(port) = ports.get(position).or_else(|| ports.first()) {
                write!(f, ":{port}")?;
            }
        }
        write!(f, "/{}", self.config.get_dbname().unwrap_or_default())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The database, from threads that block.
pub(super) struct Database {
    runtime: Option<Runtime>,
    pub(super) pool: Pool,
}

impl Database {
    /// Makes ready; the first connection is made when it is needed.
    pub(super) fn new(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let refused = |error: &dyn fmt::Display| StoreError::Database { detail: error.to_string() };
        let tls = tls(url).map_err(|error| refused(&error))?;
        let manager = Manager::from_config(
            url.config.clone(),
            MakeRustlsConnect::new(tls),
            ManagerConfig { recycling_method: RecyclingMethod::Fast },
        );
        let session = Hook::async_fn(|client: &mut deadpool_postgres::ClientWrapper, _| {
            Box::pin(async move { client.batch_execute(SESSION).await.map_err(HookError::Backend) })
        });
        let pool = Pool::builder(manager)
            .max_size(url.connections)
            .runtime(PoolRuntime::Tokio1)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .recycle_timeout(Some(PATIENCE))
            .post_create(session)
            .build()
            .map_err(|error| refused(&error))?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("store-postgres")
            .enable_all()
            .build()
            .map_err(|error| StoreError::io(Path::new("thread"), error))?;
        Ok(Self { runtime: Some(runtime), pool })
    }

    /// Starts work that goes on by itself.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.runtime {
            drop(runtime.spawn(work));
        }
    }

    /// Runs what only reads, a second time on another connection where the first one is lost.
    pub(super) fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'a> Fn(&'a Client) -> BoxFuture<'a, Result<T, Failure>> + Send + Sync + 'static,
    {
        let pool = self.pool.clone();
        self.wait(async move {
            let mut lost = 0;
            loop {
                let outcome = match pool.get().await {
                    Ok(client) => {
                        let outcome = timeout(PATIENCE, work(&client)).await;
                        finish(client, outcome)
                    }
                    Err(error) => Err(error.into()),
                };
                match outcome {
                    // Every connection of the pool may have died with the server.
                    Err(Failure::Lost(_) | Failure::Again(_)) if lost < 2 => lost += 1,
                    outcome => return outcome.map_err(StoreError::from),
                }
                pool.retain(|client, _| !client.is_closed());
            }
        })
    }

    /// Waits for work on the database's own thread, from any thread.
    pub(super) fn wait<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, wait) = sync_channel(1);
        self.spawn(async move {
            // Nobody may be waiting any more.
            let _ = answer.send(work.await);
        });
        wait.recv().map_err(|_| StoreError::Closed)?
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Not by waiting: this may happen on a thread that must not block.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Gives a connection back after its work. One whose work failed or did not end is closed, never used again: it may be inside a
/// transaction.
pub(super) fn finish<T>(client: Client, outcome: Result<Result<T, Failure>, Elapsed>) -> Result<T, Failure> {
    match outcome {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(failure)) => {
            drop(Object::take(client));
            Err(failure)
        }
        Err(_) => {
            drop(Object::take(client));
            Err(StoreError::Unavailable { detail: "no answer in time".to_owned() }.into())
        }
    }
}

fn tls(url: &DatabaseUrl) -> Result<ClientConfig, Box<dyn std::error::Error>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
    if url.config.get_ssl_mode() == SslMode::Disable {
        return Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth());
    }
    if let Some(path) = &url.roots {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(path).map_err(|error| named(path, &error))? {
            roots.add(certificate.map_err(|error| named(path, &error))?)?;
        }
        if roots.is_empty() {
            return Err(named(path, &"no certificate in it"));
        }
        return Ok(builder.with_root_certificates(roots).with_no_client_auth());
    }
    let verifier = Arc::new(Verifier::new(provider)?);
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

fn named(path: &Path, error: &dyn fmt::Display) -> Box<dyn std::error::Error> {
    format!("sslrootcert {}: {error}", path.display()).into()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn tls_is_left_out_only_on_this_machine_or_by_name() {
        for (url, mode) in [
            ("postgres://u@localhost/b", SslMode::Disable),
            ("postgres://u@127.0.0.1:5,[::1]:6/b", SslMode::Disable),
            ("postgres://u@%2Frun%2Fpostgresql/b", SslMode::Disable),
            ("postgres://u@db.example/b?sslmode=disable", SslMode::Disable),
            ("postgres://u@db.example/b", SslMode::Require),
            ("postgres://u@localhost,db.example/b", SslMode::Require),
            ("postgres://u@localhost/b?sslmode=verify-full", SslMode::Require),
            ("postgres://u@localhost/b?sslrootcert=/etc/ca.pem", SslMode::Require),
            ("postgresql://u@db.example/b?sslmode=require&target_session_attrs=read-write", SslMode::Require),
        ] {
            assert_eq!(DatabaseUrl::parse(url).unwrap().config.get_ssl_mode(), mode, "{url}");
        }
        for url in [
            "mysql://u@h/b",
            "postgres://u@h",
            "postgres:///b",
            "postgres://u@h/b?sslmode=prefer",
            "postgres://u@h/b?sslmode=allow",
            "postgres://u@h/b?nonsense=1",
        ] {
            assert!(DatabaseUrl::parse(url).is_err(), "{url}");
        }
    }

    #[test]
    fn the_password_is_never_shown() {
        let url = DatabaseUrl::parse("postgres://u:geheim@a,b:6432/badges?sslmode=require").unwrap();
        assert!(url.has_password());
        assert_eq!(url.to_string(), "postgres://a:5432,b:6432/badges");
        assert_eq!(format!("{url:?}"), url.to_string());
        let broken = DatabaseUrl::parse("postgres://u:geheim@a/b?port=x").unwrap_err();
        assert!(!broken.to_string().contains("geheim") && !format!("{broken:?}").contains("geheim"));
    }
}
