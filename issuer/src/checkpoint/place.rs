//! Where checkpoints are kept: a file, or a resource on another machine that answers `GET` and takes `PUT`. The one file of the issuer
//! that uses `reqwest`.

use std::path::PathBuf;
use std::time::Duration;
use std::{fmt, io, thread};

use badge_schemas::problem::{Code, Problem};
use badge_verifier::net::trusting_system;
use reqwest::{Client, StatusCode};
use zeroize::Zeroizing;

use super::note::MAX_NOTE;
use super::unusable;
use crate::files::{self, Readers};

/// How long the other machine has for one answer: a note is a few hundred bytes.
const PATIENCE: Duration = Duration::from_secs(10);

/// A place outside the data directory.
#[derive(Clone)]
pub enum Place {
    /// A file, best on another disk.
    File(PathBuf),
    /// A resource on another machine.
    Remote {
        /// Its `https` or `http` URL.
        url: String,
        /// What authorises us there, sent as a bearer token.
        token: Option<Zeroizing<String>>,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(formatter),
            // A query may hold a secret.
            Self::Remote { url, .. } => {
                formatter.write_str(url.split_once('?').map_or(url.as_str(), |(url, _)| url))
            }
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Place {
    /// Looks whether a note could be kept there, and leaves nothing behind: a file can be written, another machine answers.
    ///
    /// # Errors
    /// [`Code::FileUnwritable`]; [`Code::CheckpointUnusable`], [`Code::CheckpointUnavailable`].
    pub fn look(&self) -> Result<(), Problem> {
        if let Self::File(path) = self {
            files::can_write(path)?;
        }
        self.read().map(drop)
    }

    /// The note that is kept there; `None` where there is none yet.
    ///
    /// # Errors
    /// [`Code::CheckpointUnusable`], [`Code::CheckpointUnavailable`] when nobody can tell.
    pub(super) fn read(&self) -> Result<Option<String>, Problem> {
        let bytes = match self {
            Self::File(path) => match std::fs::metadata(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(files::reasoned(unusable(self), &error)),
                Ok(_) => files::read_up_to(path, MAX_NOTE)?,
            },
            Self::Remote { url, token } => {
                let (url, token) = (url.clone(), token.clone());
                match apart(move || request(&url, token.as_deref().map(String::as_str), None)) {
                    Ok(Some(bytes)) => bytes,
                    Ok(None) => return Ok(None),
                    Err(unkept) => return Err(unkept.at(self)),
                }
            }
        };
        String::from_utf8(bytes)
            .map(Some)
            .map_err(|_| unusable(self).with_words("reason", "it is not text", "ce n’est pas du texte"))
    }

    /// Puts a note there in place of the one before it, durably where it is a file.
    ///
    /// # Errors
    /// [`Code::CheckpointUnusable`], [`Code::CheckpointUnavailable`], [`Code::FileUnwritable`].
    pub(super) fn write(&self, note: &str) -> Result<(), Problem> {
        match self {
            Self::File(path) => files::write_whole(path, note.as_bytes(), Readers::Everyone),
            Self::Remote { url, token } => {
                let (url, token, body) = (url.clone(), token.clone(), note.to_owned());
                apart(move || request(&url, token.as_deref().map(String::as_str), Some(body)))
                    .map(drop)
                    .map_err(|unkept| unkept.at(self))
            }
        }
    }
}

/// Why the other machine did not do what was asked.
enum Unkept {
    /// It did not answer, or said that it cannot at the moment.
    Silent(String),
    /// It answered, and will answer the same again.
    Refused(String),
}

impl Unkept {
    fn at(self, place: &Place) -> Problem {
        let (code, reason) = match self {
            Self::Silent(reason) => (Code::CheckpointUnavailable, reason),
            Self::Refused(reason) => (Code::CheckpointUnusable, reason),
        };
        Problem::new(code).with("place", place).with("reason", reason)
    }
}

impl From<reqwest::Error> for Unkept {
    fn from(error: reqwest::Error) -> Self {
        let never_sent = error.is_builder();
        let said = innermost(&error.without_url());
        if never_sent { Self::Refused(said) } else { Self::Silent(said) }
    }
}

/// The cause below all others: it says what happened.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = error.to_string();
        source = error.source();
    }
    text
}

/// Runs on a thread of its own: the caller may be inside a runtime, where blocking on another is forbidden.
fn apart<T: Send + 'static>(work: impl FnOnce() -> Result<T, Unkept> + Send + 'static) -> Result<T, Unkept> {
    thread::spawn(work).join().unwrap_or_else(|_| Err(Unkept::Refused("the request failed".to_owned())))
}

/// One `GET`, or one `PUT` of `body`. `None` is a `404` or `410` to a `GET`.
fn request(url: &str, token: Option<&str>, body: Option<String>) -> Result<Option<Vec<u8>>, Unkept> {
    let ours = |error: &dyn std::error::Error| Unkept::Refused(innermost(error));
    let tls = trusting_system(Vec::new()).map_err(|error| ours(&error))?;
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        // A note that has moved is for the operator to say.
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build()?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| ours(&error))?;
    runtime.block_on(async {
        let reading = body.is_none();
        let mut request = match body {
            None => client.get(url),
            Some(body) => client.put(url).header("content-type", "text/plain; charset=utf-8").body(body),
        };
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let mut response = request.send().await?;
        let status = response.status();
        if reading && matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE) {
            return Ok(None);
        }
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Unkept::Silent(format!("HTTP {}", status.as_u16())));
        }
        if !status.is_success() {
            return Err(Unkept::Refused(format!("HTTP {}", status.as_u16())));
        }
        let mut bytes = Vec::new();
        while reading && let Some(chunk) = response.chunk().await? {
            if bytes.len() + chunk.len() > MAX_NOTE {
                return Err(Unkept::Refused(format!("> {MAX_NOTE} bytes")));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Some(bytes))
    })
}
