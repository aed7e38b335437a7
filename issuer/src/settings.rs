//! What the operator decides: a TOML file, options that override it, and the environment for the passphrase.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use badge_schemas::problem::{Code, Problem};
use badge_verifier::policy::RegistrySource;
use serde::Deserialize;
use serde_json::{Map, Value};

use self::lint::Lint;
use self::profile::Issuer;
use self::refused::{all_fit, invalid, not_utf8};
use crate::checkpoint::Place;
use crate::evaluation::{ENTRIES_PER_DAY, Fetch, Offer};
use crate::files;
use crate::keys::{Encryption, Place as KeyPlace, Sealing, TokenSettings};
use crate::limits::Rates;
use crate::passphrase::Passphrase;
use crate::profiles::Linting;
use crate::public_url::PublicUrl;
use crate::store::{DatabaseUrl, NotADatabase};
use crate::tls::TlsFiles;

pub mod check;
mod french;
mod lint;
mod profile;
mod refused;

/// Where the data is kept when nobody says otherwise.
pub const DEFAULT_DATA: &str = "badge-issuer-data";

/// Where the service listens when nobody says otherwise: this machine alone.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

/// The environment variable that may hold the password of the database, for scripts and containers.
pub const STORE_PASSWORD: &str = "BADGE_ISSUER_STORE_PASSWORD";

/// The organisation whose record is kept in a database when nobody says otherwise.
pub const DEFAULT_ORGANISATION: &str = "default";

/// Most connections of one process: a server has some hundred for all.
const MAX_CONNECTIONS: usize = 64;

/// Largest settings file we read, in bytes: it holds a few dozen lines.
const MAX_FILE: usize = 65_536;

/// The environment variable that may hold the PIN of a token.
pub const PIN_VARIABLE: &str = "BADGE_ISSUER_PIN";

/// What the command line says; every member may be absent.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `--data`.
    pub data: Option<PathBuf>,
    /// `--listen`.
    pub listen: Option<String>,
    /// `--config`.
    pub config: Option<PathBuf>,
    /// `--public-url`.
    pub public_url: Option<String>,
    /// `--passphrase-file`.
    pub passphrase_file: Option<PathBuf>,
    /// The value of the environment variable [`crate::passphrase::VARIABLE`].
    pub passphrase: Option<String>,
    /// The value of the environment variable [`STORE_PASSWORD`].
    pub store_password: Option<String>,
    /// The value of the environment variable [`PIN_VARIABLE`].
    pub pin: Option<String>,
    /// `--rsa`.
    pub rsa: bool,
    /// `--encryption`.
    pub encryption: Option<Encryption>,
    /// Whose settings they are.
    pub scope: Scope,
}

/// Whose settings: the process's, with those of the issuer at its root; or an organisation's, which shares the process with others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Everything may be said.
    #[default]
    Process,
    /// What belongs to the process is refused.
    Organisation,
}

/// A record in a database.
#[derive(Clone, Debug)]
pub struct Database {
    /// Its address.
    pub url: DatabaseUrl,
    /// Whose record it is.
    pub organisation: String,
}

/// Everything decided.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The data directory.
    pub data: PathBuf,
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The public URL, where one was given.
    pub public_url: Option<PublicUrl>,
    /// The passphrase of the key files, where one was given.
    pub passphrase: Option<Passphrase>,
    /// How key files that are made are encrypted, where that was said.
    pub encryption: Option<Encryption>,
    /// Members of the issuer's Profile, where the settings hold any.
    pub profile: Option<Map<String, Value>>,
    /// Whether to make an RSA key too.
    pub rsa: bool,
    /// What is asked of every badge before it is signed.
    pub linting: Linting,
    /// Where the private keys are.
    pub keys: KeyPlace,
    /// Where signed checkpoints of the record are kept, where the operator says so.
    pub checkpoint: Option<Place>,
    /// The database that keeps the record; `None` keeps it in the data directory.
    pub database: Option<Database>,
    /// The certificate files, where TLS ends in this process.
    pub tls: Option<TlsFiles>,
    /// How many requests are taken.
    pub limits: Rates,
    /// What is done for evaluations by peers.
    pub evaluations: Offer,
    /// Whether the record is a log for everyone, under `/log`.
    pub public_log: bool,
    /// Where the metrics are told without a token, where anywhere.
    pub metrics_listen: Option<SocketAddr>,
}

/// The settings file. Unknown members are refused, so that a misspelt one is not silently ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
struct SettingsFile {
    data: Option<PathBuf>,
    listen: Option<String>,
    public_url: Option<String>,
    passphrase_file: Option<PathBuf>,
    issuer: Option<Issuer>,
    keys: Keys,
    store: Store,
    lint: Lint,
    tls: Option<TlsFiles>,
    limits: Option<Rates>,
    operation: Option<Operation>,
    evaluations: Option<Evaluations>,
    log: Log,
}

/// The record as a log that anybody can check.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
struct Log {
    /// Whether the service shows it, under `/log`.
    public: bool,
}

/// What is done for evaluations by peers. Without the table no status entries are kept for them.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
struct Evaluations {
    /// How many status entries are reserved in one day.
    entries_per_day: Option<NonZeroU32>,
    /// When what evaluators and their badges name is fetched.
    fetch: Fetch,
    /// The registries that a template's panel may name.
    registries: Vec<RegistrySource>,
}

impl Evaluations {
    fn offer(given: Option<Self>, beside: &Path) -> Offer {
        let Some(given) = given else { return Offer::default() };
        let registries =
            given.registries.into_iter().map(|registry| (beside.join(&registry.source), registry)).collect();
        Offer {
            entries_per_day: Some(given.entries_per_day.unwrap_or(ENTRIES_PER_DAY)),
            fetch: given.fetch,
            registries,
        }
    }
}

/// The record.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
struct Store {
    /// A file, best on another disk, or an `https` or `http` URL that answers `GET` and takes `PUT`.
    checkpoint: Option<String>,
    /// A file whose first line is the bearer token for that URL.
    checkpoint_token_file: Option<PathBuf>,
    /// The address of a PostgreSQL database that keeps the record; without it, the data directory does.
    url: Option<String>,
    /// A file whose first line is the password for it.
    password_file: Option<PathBuf>,
    /// Most connections to it.
    connections: Option<usize>,
    /// Whose record it is, where several share the database.
    organisation: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
struct Operation {
    /// Address and port of `/metrics` without a token: for a network of the operator's own.
    metrics_listen: Option<SocketAddr>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
struct Keys {
    rsa: bool,
    /// How key files that are made are encrypted.
    encryption: Option<Encryption>,
    /// The socket of a signer that holds the keys.
    socket: Option<PathBuf>,
    /// The token that holds them.
    pkcs11: Option<Pkcs11>,
}

/// A token that speaks PKCS#11.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Pkcs11 {
    /// The module: a shared library.
    module: PathBuf,
    /// The label of the token.
    token: String,
    /// A file whose first line is the PIN.
    pin_file: Option<PathBuf>,
}

impl Keys {
    fn place(&self, beside: &Path, file: &Path, pin: Option<String>) -> Result<KeyPlace, Problem> {
        match (&self.socket, &self.pkcs11) {
            (None, None) => Ok(KeyPlace::Files),
            (Some(socket), None) => Ok(KeyPlace::Signer(beside.join(socket))),
            (None, Some(token)) => {
                let pin = match (&token.pin_file, pin) {
                    (Some(path), _) => Passphrase::from_file(&beside.join(path))?,
                    (None, Some(text)) => Passphrase::new(text, PIN_VARIABLE)?,
                    (None, None) => {
                        return Err(invalid(
                            file,
                            "[keys.pkcs11] needs pin-file, or BADGE_ISSUER_PIN",
                            "[keys.pkcs11] demande pin-file, ou BADGE_ISSUER_PIN",
                        ));
                    }
                };
                let (module, label) = (beside.join(&token.module), token.token.clone());
                Ok(KeyPlace::Token(TokenSettings { module, label, pin }))
            }
            (Some(_), Some(_)) => Err(invalid(
                file,
                "[keys] has both socket and pkcs11: the keys are in one place",
                "[keys] a à la fois socket et pkcs11\u{a0}: les clés sont à un seul endroit",
            )),
        }
    }
}

impl Settings {
    /// What key files are encrypted with; nothing where they lie open.
    pub fn sealing(&self) -> Option<Sealing> {
        let passphrase = self.passphrase.clone()?;
        Some(Sealing { passphrase, encryption: self.encryption.unwrap_or_default() })
    }

    /// Decides: options first, then the file, then the defaults. Paths in the file are relative to the file.
    ///
    /// # Errors
    /// [`Code::SettingsInvalid`], [`Code::OptionInvalid`], [`Code::PublicUrlInvalid`], [`Code::FileUnreadable`].
    pub fn resolve(options: Options) -> Result<Self, Problem> {
        let (file, beside) = match &options.config {
            Some(path) => (read(path)?, path.parent().unwrap_or(Path::new("")).to_owned()),
            None => (SettingsFile::default(), PathBuf::new()),
        };
        if options.scope == Scope::Organisation {
            file.refuse_of_process(options.config.as_deref().unwrap_or(Path::new("")))?;
        }
        let linting = all_fit(file.lint.linting(options.config.as_deref().unwrap_or(Path::new(""))))?;
        let listen = options.listen.or(file.listen).unwrap_or_else(|| DEFAULT_LISTEN.to_owned());
        let listen = listen.parse().map_err(|_| {
            Problem::new(Code::OptionInvalid).with("option", format!("--listen {listen}")).with_words(
                "reason",
                "it is not ADDRESS:PORT",
                "ce n’est pas ADRESSE:PORT",
            )
        })?;
        let passphrase_file =
            options.passphrase_file.or_else(|| file.passphrase_file.map(|path| beside.join(path)));
        let passphrase = match (passphrase_file, options.passphrase) {
            (Some(path), _) => Some(Passphrase::from_file(&path)?),
            (None, Some(text)) => Some(Passphrase::new(text, crate::passphrase::VARIABLE)?),
            (None, None) => None,
        };
        let encryption = options.encryption.or(file.keys.encryption);
        // An organisation may inherit the passphrase.
        if let (Some(wanted), None, Scope::Process) = (encryption, &passphrase, options.scope) {
            return Err(unkeyed(wanted));
        }
        let profile = match file.issuer {
            Some(issuer) => {
                Some(all_fit(issuer.profile(options.config.as_deref().unwrap_or(Path::new(""))))?)
            }
            None => None,
        };
        let place = options.config.as_deref().unwrap_or(Path::new(""));
        let database = file.store.database(&beside, place, options.store_password)?;
        Ok(Self {
            data: options
                .data
                .or_else(|| file.data.map(|path| beside.join(path)))
                .unwrap_or_else(|| DEFAULT_DATA.into()),
            listen,
            public_url: options
                .public_url
                .or(file.public_url)
                .as_deref()
                .map(PublicUrl::parse)
                .transpose()?,
            passphrase,
            encryption,
            profile,
            rsa: options.rsa || file.keys.rsa,
            linting,
            keys: file.keys.place(&beside, place, options.pin)?,
            checkpoint: file.store.checkpoint(&beside, place)?,
            database,
            tls: file.tls.map(|files| files.beside(&beside)),
            limits: file.limits.unwrap_or_default(),
            evaluations: Evaluations::offer(file.evaluations, &beside),
            public_log: file.log.public,
            metrics_listen: file.operation.unwrap_or_default().metrics_listen,
        })
    }
}

/// An encryption was asked for, and nothing to encrypt with was given.
fn unkeyed(wanted: Encryption) -> Problem {
    Problem::new(Code::OptionInvalid).with("option", format!("encryption {}", wanted.as_str())).with_words(
        "reason",
        "there is no passphrase: give --passphrase-file, or BADGE_ISSUER_PASSPHRASE",
        "il n’y a pas de phrase secrète\u{a0}: donnez --passphrase-file, ou BADGE_ISSUER_PASSPHRASE",
    )
}

impl SettingsFile {
    /// Refuses in an organisation's file what belongs to the process.
    fn refuse_of_process(&self, path: &Path) -> Result<(), Problem> {
        match self.of_process() {
            None => Ok(()),
            Some(name) => Err(Problem::new(Code::SettingsInvalid).with("path", path.display()).with_words(
                "reason",
                &format!("{name} belongs to the settings of the process, and these are an organisation's"),
                format!("{name} relève des réglages du processus, et ceux-ci sont ceux d’une organisation"),
            )),
        }
    }

    /// What is said here of the process.
    fn of_process(&self) -> Option<&'static str> {
        let said = [
            ("data", self.data.is_some()),
            ("listen", self.listen.is_some()),
            ("tls", self.tls.is_some()),
            ("limits", self.limits.is_some()),
            ("operation", self.operation.is_some()),
        ];
        said.into_iter().find(|(_, said)| *said).map(|(name, _)| name)
    }
}

fn read(path: &Path) -> Result<SettingsFile, Problem> {
    let bytes = files::read_up_to(path, MAX_FILE)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| not_utf8(path))?;
    toml::from_str(text).map_err(|error| {
        let line = check::line_at(text, error.span().unwrap_or_default().start);
        let message = error.message().replace('\n', " ");
        invalid(
            path,
            &format!("line {line}: {message}"),
            format!("ligne {line}\u{a0}: {}", french::of(&message)),
        )
    })
}

impl Store {
    fn database(
        &self,
        beside: &Path,
        file: &Path,
        password: Option<String>,
    ) -> Result<Option<Database>, Problem> {
        let Some(given) = &self.url else {
            let alone = [
                ("password-file", self.password_file.is_some()),
                ("connections", self.connections.is_some()),
                ("organisation", self.organisation.is_some()),
            ];
            return match alone.into_iter().find(|(_, given)| *given) {
                Some((name, _)) => Err(invalid(
                    file,
                    &format!("[store] {name} without url"),
                    format!("[store] {name} sans url"),
                )),
                None => Ok(None),
            };
        };
        let mut url = DatabaseUrl::parse(given).map_err(|error| {
            let french = match error {
                NotADatabase::Scheme => "elle ne commence pas par postgres://",
                NotADatabase::Form => "ce n’est pas une adresse telle que PostgreSQL les écrit",
                NotADatabase::Host => "elle ne nomme aucun hôte",
                NotADatabase::Database => "elle ne nomme aucune base",
                NotADatabase::TlsMode => "sslmode n’est ni disable, ni require, ni verify-full",
            };
            invalid(file, &format!("[store] url: {error}"), format!("[store] url\u{a0}: {french}"))
        })?;
        let password = match (&self.password_file, password) {
            (Some(path), _) => Some(Passphrase::from_file(&beside.join(path))?),
            (None, Some(text)) => Some(Passphrase::new(text, STORE_PASSWORD)?),
            (None, None) => None,
        };
        if let Some(password) = password {
            if url.has_password() {
                return Err(invalid(
                    file,
                    "[store] url holds a password, and another one is given",
                    "[store] url contient un mot de passe, et un autre est donné",
                ));
            }
            url = url.with_password(password.as_bytes());
        }
        if let Some(connections) = self.connections {
            if !(2..=MAX_CONNECTIONS).contains(&connections) {
                return Err(invalid(
                    file,
                    &format!("[store] connections is not 2 to {MAX_CONNECTIONS}"),
                    format!("[store] connections n’est pas entre 2 et {MAX_CONNECTIONS}"),
                ));
            }
            url = url.with_connections(connections);
        }
        let organisation = self.organisation.clone().unwrap_or_else(|| DEFAULT_ORGANISATION.to_owned());
        Ok(Some(Database { url, organisation }))
    }

    fn checkpoint(self, beside: &Path, file: &Path) -> Result<Option<Place>, Problem> {
        let Some(given) = self.checkpoint else {
            return match self.checkpoint_token_file {
                Some(_) => Err(invalid(
                    file,
                    "checkpoint-token-file without checkpoint",
                    "checkpoint-token-file sans checkpoint",
                )),
                None => Ok(None),
            };
        };
        let remote = url::Url::parse(&given).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
        if !remote && given.contains("://") {
            return Err(invalid(
                file,
                "checkpoint is neither a file nor an https or http URL",
                "checkpoint n’est ni un fichier, ni une URL en https ou http",
            ));
        }
        match (remote, self.checkpoint_token_file) {
            (false, Some(_)) => Err(invalid(
                file,
                "checkpoint-token-file is for a URL",
                "checkpoint-token-file ne vaut que pour une URL",
            )),
            (false, None) => Ok(Some(Place::File(beside.join(given)))),
            (true, Some(_)) if in_clear(&given) => Err(invalid(
                file,
                "checkpoint-token-file would send its token in clear: give checkpoint as an https URL",
                "checkpoint-token-file enverrait son jeton en clair\u{a0}: donnez pour checkpoint une URL en https",
            )),
            (true, token) => {
                let token = token.map(|path| Passphrase::from_file(&beside.join(path))).transpose()?;
                let token = token.map(|token| {
                    zeroize::Zeroizing::new(String::from_utf8_lossy(token.as_bytes()).into_owned())
                });
                Ok(Some(Place::Remote { url: given, token }))
            }
        }
    }
}

/// Whether what is sent there can be read on the way: plain http to another machine.
fn in_clear(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| {
        url.scheme() == "http"
            && !matches!(url.host(), Some(url::Host::Ipv4(ip)) if ip.is_loopback())
            && !matches!(url.host(), Some(url::Host::Ipv6(ip)) if ip.is_loopback())
            && url.host_str() != Some("localhost")
    })
}

#[cfg(test)]
mod tests;
