//! The service's side of a signer of its own: no key is in this process.

use std::io;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use badge_schemas::problem::{Code, Problem};
use badge_verifier::securing::SigningRequest;
use badge_verifier::securing::keys::PublicKey;

use super::keeper::check_published;
use super::protocol::{Answer, Question, Refused};
use super::{KeyHistory, KeyKind, KeyRing, Known, Protection};
use crate::files;
use crate::signer::{Signer, SigningFailed};

/// How long the signer may take: a slow token signs in a second; a request to the service waits no longer than ten.
const TIMEOUT: Duration = Duration::from_secs(8);

/// Connections kept open between signatures.
const MAX_IDLE: usize = 16;

/// The way to a signer. Connections that broke are made again.
struct Line {
    path: PathBuf,
    idle: Mutex<Vec<UnixStream>>,
}

/// A key that a signer holds.
struct RemoteSigner {
    line: Arc<Line>,
    name: String,
    public: PublicKey,
}

/// Asks a signer for its keys.
///
/// # Errors
/// [`Code::SignerUnavailable`]; [`Code::KeyFileUnusable`] where a key that was published is not among them.
pub(super) fn open(path: &Path, known: &Known) -> Result<KeyRing, Problem> {
    let line = Arc::new(Line { path: path.to_owned(), idle: Mutex::new(Vec::new()) });
    let answer = line.ask(&Question::Keys).map_err(|error| {
        files::reasoned(Problem::new(Code::SignerUnavailable).with("path", path.display()), &error)
    })?;
    let Answer::Keys(bytes) = answer else { return Err(unexpected(path)) };
    let history = KeyHistory::from_json(bytes, path)?;
    check_published(&history, known, path)?;
    let signer = |kind: KeyKind| -> Result<Option<Arc<dyn Signer>>, Problem> {
        let Some(key) = history.active(kind) else { return Ok(None) };
        let public = key.public_key(path)?;
        Ok(Some(Arc::new(RemoteSigner { line: Arc::clone(&line), name: key.name.clone(), public })))
    };
    let (p256, rsa) = (signer(KeyKind::P256)?, signer(KeyKind::Rsa)?);
    Ok(KeyRing {
        ed25519: signer(KeyKind::Ed25519)?.ok_or_else(|| unexpected(path))?,
        p256,
        rsa,
        history,
        protection: Protection::Elsewhere,
        created: Vec::new(),
        encrypted: Vec::new(),
    })
}

fn unexpected(path: &Path) -> Problem {
    Problem::new(Code::SignerUnavailable).with("path", path.display()).with_words(
        "reason",
        "what answers there is no signer of badges",
        "ce qui répond n’est pas un signataire de badges",
    )
}

impl Line {
    fn ask(&self, question: &Question) -> io::Result<Answer> {
        let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(stream) = kept {
            // It may have been closed in the meantime: that says nothing of the signer. Asking twice for one signature does no harm.
            if let Ok(answer) = self.ask_on(stream, question) {
                return Ok(answer);
            }
        }
        let stream = UnixStream::connect(&self.path)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
        self.ask_on(stream, question)
    }

    fn ask_on(&self, mut stream: UnixStream, question: &Question) -> io::Result<Answer> {
        question.write(&mut stream)?;
        let answer = Answer::read(&mut stream)?;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MAX_IDLE {
            idle.push(stream);
        }
        Ok(answer)
    }
}

impl Signer for RemoteSigner {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, request: SigningRequest<'_>) -> Result<Vec<u8>, SigningFailed> {
        let SigningRequest::Bytes(message) = request;
        let question = Question::Sign { key: self.name.clone(), message: message.to_vec() };
        match self.line.ask(&question) {
            Ok(Answer::Signature(signature)) => Ok(signature),
            Ok(Answer::Refused(refused @ (Refused::Shape | Refused::Malformed))) => {
                tracing::error!(key = self.name, reason = refused.as_str(), "the signer refused");
                Err(SigningFailed::Refused)
            }
            // A key that was changed under a running service: it counts again after a new start.
            Ok(Answer::Refused(refused)) => {
                tracing::error!(key = self.name, reason = refused.as_str(), "the signer did not sign");
                Err(SigningFailed::Unavailable)
            }
            Ok(Answer::Keys(_)) => Err(SigningFailed::Refused),
            Err(error) => {
                tracing::error!(key = self.name, %error, "the signer does not answer");
                Err(SigningFailed::Unavailable)
            }
        }
    }
}
