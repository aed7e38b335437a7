//! The operator's desk: tokens from the command line, whether a service runs or not.
//!
//! Where nobody holds the record, it is opened. Where a service holds it, the service does what is asked, over a Unix socket,
//! `DATA/store/operator.sock`: whoever can write the data directory can make tokens, so there is always a way back in. The socket has
//! mode 0600 in a directory of mode 0700, and answers its own user and root alone. A question is one line of JSON, the answer another, and
//! the connection ends. A record in a database is opened beside those who work with it.

use std::fs::{self, File, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use badge_schemas::problem::{Code, Problem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::time::timeout;

use super::former;
use super::register::{MAX_TOKENS, Register, Request, shown};
use super::role::Role;
use crate::files;
use crate::issuer::OPERATOR;
use crate::keys::service::own_uid;
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::store::{EmbeddedStore, PostgresStore, Store, StoreError};

/// The socket, in the directory of the record.
const SOCKET: &str = "operator.sock";

/// Longest path of a Unix socket, in bytes ([unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html)).
const MAX_ADDRESS: usize = 107;

/// Longest question, in bytes: a token that names 100 badges of 100 characters, each byte escaped.
const MAX_QUESTION: u64 = 128 * 1024;

/// Longest answer, in bytes: [`PAGE`] tokens like that.
const MAX_ANSWER: u64 = 16 * 1024 * 1024;

/// Tokens in one answer.
const PAGE: usize = 100;

/// How long a conversation may take on the service's side; one at a time.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long the command waits: longer, so that it is the service that gives up.
const WAIT: Duration = Duration::from_secs(30);

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Question {
    Create { account: String, roles: Vec<Role>, badges: Vec<String>, expires_at: Option<Timestamp> },
    List { after: Option<u64> },
    Revoke { id: String },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Answer {
    Created { token: Value, text: String },
    Page { tokens: Vec<Value>, next: Option<u64> },
    Revoked { token: Value },
    Refused { code: String, reason: String },
}

/// Where tokens are made, listed and revoked from the command line; each is shown as JSON, without its digest.
pub enum Desk {
    /// The record itself.
    Record(Register),
    /// The service that holds the record in this directory.
    Service(PathBuf),
}

impl Desk {
    /// Opens the record that the settings name, or finds that a service has it open.
    ///
    /// # Errors
    /// [`Code::FileUnreadable`] where there is no data directory; what the record says.
    pub fn open(settings: &Settings) -> Result<Self, Refusal> {
        let data = &settings.data;
        fs::metadata(data).map_err(|error| files::unreadable(data, &error))?;
        let store: Arc<dyn Store> = match &settings.database {
            Some(database) => Arc::new(PostgresStore::open(&database.url, &database.organisation)?),
            None => match EmbeddedStore::open(&data.join("store")) {
                Ok(store) => Arc::new(store),
                Err(StoreError::Locked { .. }) => return Ok(Self::Service(data.join("store"))),
                Err(error) => return Err(error.into()),
            },
        };
        let register = Register::new(store);
        former::take_over(data, &register)?;
        Ok(Self::Record(register))
    }

    /// Makes a token; gives it and its text.
    ///
    /// # Errors
    /// As [`Request::new`] and [`Register::create`]; [`Code::DataInUse`] where whoever holds the record is no service.
    pub fn create(
        &self,
        account: String,
        roles: Vec<Role>,
        badges: Vec<String>,
        expires_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(Value, String), Refusal> {
        // Here too, so that a refusal has its own words.
        Request::new(account.clone(), roles.clone(), badges.clone(), expires_at, now)?;
        match self.ask(Question::Create { account, roles, badges, expires_at }, now)? {
            Answer::Created { token, text } => Ok((token, text)),
            _ => Err(unexpected()),
        }
    }

    /// Every token, oldest first.
    ///
    /// # Errors
    /// As [`Desk::create`].
    pub fn list(&self, now: Timestamp) -> Result<Vec<Value>, Refusal> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let Answer::Page { tokens, next } = self.ask(Question::List { after }, now)? else {
                return Err(unexpected());
            };
            all.extend(tokens);
            match next {
                Some(next) => after = Some(next),
                None => return Ok(all),
            }
        }
    }

    /// Revokes a token, and gives it.
    ///
    /// # Errors
    /// [`Code::NotFound`]; as [`Desk::create`].
    pub fn revoke(&self, id: &str, now: Timestamp) -> Result<Value, Refusal> {
        match self.ask(Question::Revoke { id: id.to_owned() }, now)? {
            Answer::Revoked { token } => Ok(token),
            _ => Err(unexpected()),
        }
    }

    fn ask(&self, question: Question, now: Timestamp) -> Result<Answer, Refusal> {
        let directory = match self {
            Self::Record(register) => return carry_out(register, question, now),
            Self::Service(directory) => directory,
        };
        let question = serde_json::to_vec(&question).map_err(|error| Refusal::Failure(error.to_string()))?;
        let bytes = converse(directory, question).map_err(|error| {
            let nobody = matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused);
            let path = directory.join(if nobody { "lock" } else { SOCKET });
            let code = if nobody { Code::DataInUse } else { Code::FileUnreadable };
            files::reasoned(Problem::new(code).with("path", path.display()), &error)
        })?;
        match serde_json::from_slice(&bytes) {
            Ok(Answer::Refused { code, reason }) => Err(told(&code, &reason).into()),
            Ok(answer) => Ok(answer),
            Err(_) => Err(unexpected()),
        }
    }
}

/// One question and its answer.
fn converse(directory: &Path, mut question: Vec<u8>) -> io::Result<Vec<u8>> {
    let (address, _directory) = address(directory)?;
    let mut stream = UnixStream::connect(address)?;
    stream.set_read_timeout(Some(WAIT))?;
    stream.set_write_timeout(Some(WAIT))?;
    question.push(b'\n');
    stream.write_all(&question)?;
    let mut answer = Vec::new();
    stream.take(MAX_ANSWER).read_to_end(&mut answer)?;
    Ok(answer)
}

/// Does what is asked.
fn carry_out(register: &Register, question: Question, now: Timestamp) -> Result<Answer, Refusal> {
    Ok(match question {
        Question::Create { account, roles, badges, expires_at } => {
            let asked = Request::new(account, roles, badges, expires_at, now)?;
            let (token, secret) = register.create(asked, OPERATOR, now)?;
            Answer::Created { token: shown(&token), text: secret.reveal().to_owned() }
        }
        Question::List { after } => {
            let page = register.page(after, PAGE)?;
            Answer::Page { tokens: page.tokens.iter().map(shown).collect(), next: page.next }
        }
        Question::Revoke { id } => Answer::Revoked { token: shown(&register.revoke(&id, OPERATOR, now)?) },
    })
}

/// What the service has refused, in words of both languages where they are known here.
fn told(code: &str, reason: &str) -> Problem {
    let known = [Code::NotFound, Code::TokensFull, Code::StorageFull, Code::RecordClosed];
    match known.into_iter().find(|known| known.as_str() == code) {
        Some(Code::NotFound) => Problem::new(Code::NotFound).with_words("resource", "token", "jeton"),
        Some(code) => Problem::new(code).with("limit", MAX_TOKENS),
        None => Problem::new(Code::DataUnusable).with("reason", format!("{reason} [{code}]")),
    }
}

fn unexpected() -> Refusal {
    Refusal::Failure("the service gave another answer than was asked for".to_owned())
}

/// The address of the socket: through the directory's own descriptor where its path is longer than an address may be.
fn address(directory: &Path) -> io::Result<(PathBuf, Option<File>)> {
    let path = directory.join(SOCKET);
    if path.as_os_str().len() <= MAX_ADDRESS {
        return Ok((path, None));
    }
    let directory = File::open(directory)?;
    let path = PathBuf::from(format!("/proc/self/fd/{}", directory.as_raw_fd())).join(SOCKET);
    Ok((path, Some(directory)))
}

/// A socket that listens; removed when dropped, so that whoever copies the directory of a stopped service finds files alone.
pub struct Socket {
    listener: UnixListener,
    address: PathBuf,
    _directory: Option<File>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        // One that is left is replaced by the next service.
        let _ = fs::remove_file(&self.address);
    }
}

/// Listens at the desk, where the record is in the data directory and this process holds it. Without a socket the service works all the same.
pub fn listen(settings: &Settings) -> Option<Socket> {
    if settings.database.is_some() {
        return None;
    }
    match bind(&settings.data) {
        Ok(socket) => Some(socket),
        Err(error) => {
            let data = settings.data.display();
            tracing::warn!(%data, %error, "no operator's socket: badge-issuer token works while the service is stopped");
            None
        }
    }
}

fn bind(data: &Path) -> io::Result<Socket> {
    let (address, directory) = address(&data.join("store"))?;
    // Only who holds the record listens: what stands there is left over.
    if fs::symlink_metadata(&address).is_ok_and(|found| found.file_type().is_socket()) {
        fs::remove_file(&address)?;
    }
    let listener = UnixListener::bind(&address)?;
    let socket = Socket { listener, address, _directory: directory };
    fs::set_permissions(&socket.address, Permissions::from_mode(0o600))?;
    socket.listener.set_nonblocking(true)?;
    Ok(socket)
}

/// Answers at the desk, one after the other, until it is aborted.
pub async fn serve(socket: Socket, register: Register, clock: fn() -> Timestamp) {
    let listener = socket.listener.try_clone().and_then(tokio::net::UnixListener::from_std);
    let listener = match listener {
        Ok(listener) => listener,
        Err(error) => return tracing::warn!(%error, "nobody is at the operator's socket"),
    };
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection of the operator's was not accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let uid = stream.peer_cred().map(|peer| peer.uid());
        if !matches!(uid, Ok(uid) if uid == own_uid() || uid == 0) {
            tracing::warn!(?uid, "a user who is not the operator was turned away");
            continue;
        }
        match timeout(PATIENCE, answer(stream, &register, clock)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "a connection of the operator's broke"),
            Err(_) => tracing::warn!("a connection of the operator's took too long"),
        }
    }
}

async fn answer(
    mut stream: tokio::net::UnixStream,
    register: &Register,
    clock: fn() -> Timestamp,
) -> io::Result<()> {
    let mut line = Vec::new();
    BufReader::new(&mut stream).take(MAX_QUESTION).read_until(b'\n', &mut line).await?;
    let register = register.clone();
    let answer = tokio::task::spawn_blocking(move || {
        let question = serde_json::from_slice(&line)
            .map_err(|error| Refusal::Failure(format!("the question was not understood: {error}")))?;
        carry_out(&register, question, clock())
    });
    let answer = answer.await.map_err(io::Error::other)?;
    let answer = answer.unwrap_or_else(|refusal| {
        let problem = refusal.into_problems().into_iter().next();
        let problem = problem.unwrap_or_else(|| Problem::new(Code::DataUnusable).with("reason", "∅"));
        let reason = problem.sentence(badge_schemas::lang::Lang::En);
        Answer::Refused { code: problem.code.as_str().to_owned(), reason }
    });
    let mut bytes = serde_json::to_vec(&answer)?;
    bytes.push(b'\n');
    stream.write_all(&bytes).await?;
    stream.shutdown().await
}
