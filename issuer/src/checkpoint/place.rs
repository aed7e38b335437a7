//! Where checkpoints are kept: a file, or a resource on another machine that answers `GET` and takes `PUT`. The one file of the issuer
//! that uses `reqwest`.

use std::path::PathBuf;
use std::time::Duration;
use std::{fmt, io, thread};

use badge_schemas::problem::Problem;
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
    /// The note that is kept there; `None` where there is none yet.
    ///
    /// # Errors
    /// [`Code::CheckpointUnusable`](badge_schemas::problem::Code::CheckpointUnusable) when nobody can tell.
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
                    Err(reason) => return Err(unusable(self).with("reason", reason)),
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
    /// [`Code::CheckpointUnusable`](badge_schemas::problem::Code::CheckpointUnusable), [`Code::FileUnwritable`](badge_schemas::problem::Code::FileUnwritable).
    pub(super) fn write(&self, note: &str) -> Result<(), Problem> {
        match self {
            Self::File(path) => files::write_whole(path, note.as_bytes(), Readers::Everyone),
            Self::Remote { url, token } => {
                let (url, token, body) = (url.clone(), token.clone(), note.to_owned());
                apart(move || request(&url, token.as_deref().map(String::as_str), Some(body)))
                    .map(drop)
                    .map_err(|reason| unusable(self).with("reason", reason))
            }
        }
    }
}

/// Runs on a thread of its own: the caller may be inside a runtime, where blocking on another is forbidden.
fn apart<T: Send + 'static>(work: impl FnOnce() -> Result<T, String> + Send + 'static) -> Result<T, String> {
    thread::spawn(work).join().unwrap_or_else(|_| Err("the request failed".to_owned()))
}

/// One `GET`, or one `PUT` of `body`. `None` is a `404` or `410` to a `GET`.
fn request(url: &str, token: Option<&str>, body: Option<String>) -> Result<Option<Vec<u8>>, String> {
    let said = |error: &dyn std::error::Error| {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            text = error.to_string();
            source = error.source();
        }
        text
    };
    let tls = trusting_system(Vec::new()).map_err(|error| said(&error))?;
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        // A note that has moved is for the operator to say.
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build()
        .map_err(|error| said(&error.without_url()))?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| said(&error))?;
    runtime.block_on(async {
        let reading = body.is_none();
        let mut request = match body {
            None => client.get(url),
            Some(body) => client.put(url).header("content-type", "text/plain; charset=utf-8").body(body),
        };
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let mut response = request.send().await.map_err(|error| said(&error.without_url()))?;
        let status = response.status();
        if reading && matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE) {
            return Ok(None);
        }
        if !status.is_success() {
            return Err(format!("HTTP {}", status.as_u16()));
        }
        let mut bytes = Vec::new();
        while reading
            && let Some(chunk) = response.chunk().await.map_err(|error| said(&error.without_url()))?
        {
            if bytes.len() + chunk.len() > MAX_NOTE {
                return Err(format!("> {MAX_NOTE} bytes"));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Some(bytes))
    })
}
