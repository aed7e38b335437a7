//! The signer: a process of its own that holds the keys and signs for the service over a Unix socket.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use badge_schemas::problem::{Code, Problem};
use badge_verifier::securing::SigningRequest;

use super::protocol::{Answer, MAX_MESSAGE, Question, Refused};
use super::shape::Shape;
use super::{KeyKind, KeyRing};
use crate::files;
use crate::signer::Signer;

/// Connections at a time: one for each thread of a few services; more is a leak or an attack.
const MAX_CONNECTIONS: usize = 64;

/// How long a connection may say nothing: a service keeps a few open between awards.
const IDLE: Duration = Duration::from_mins(5);

/// How long an answer may take to be taken.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// Signatures a second where nothing else is said: two for each of 1,000 awards, and as much again.
pub const DEFAULT_RATE: u32 = 4000;

/// Who may ask, and how much.
#[derive(Clone, Debug)]
pub struct Allowed {
    /// The users, by number.
    pub uids: Vec<u32>,
    /// The mode of the socket: 0600, or 0660 where another user of its group asks.
    pub mode: u32,
    /// Signatures a second.
    pub rate: u32,
}

/// A signer that listens.
pub struct Service {
    listener: UnixListener,
    desk: Arc<Desk>,
}

/// What every connection shares.
struct Desk {
    keys: BTreeMap<String, (KeyKind, Arc<dyn Signer>)>,
    history: Vec<u8>,
    uids: Vec<u32>,
    rate: Mutex<Rate>,
    open: AtomicUsize,
}

impl Service {
    /// Listens. A socket that nobody listens on any more is replaced, anything else at its place is left alone.
    ///
    /// # Errors
    /// [`Code::DataInUse`] where a signer listens there; [`Code::FileUnwritable`].
    pub fn bind(path: &Path, ring: &KeyRing, allowed: &Allowed) -> Result<Self, Problem> {
        let unwritable = |error: io::Error| files::unwritable(path, &error);
        clear(path)?;
        let listener = UnixListener::bind(path).map_err(unwritable)?;
        // Whoever connects before this is told apart by who they are.
        fs::set_permissions(path, Permissions::from_mode(allowed.mode)).map_err(unwritable)?;
        let active = ring.history.keys().iter().filter(|key| key.is_active());
        let signer = |kind| match kind {
            KeyKind::Ed25519 => Some(&ring.ed25519),
            KeyKind::P256 => ring.p256.as_ref(),
            KeyKind::Rsa => ring.rsa.as_ref(),
        };
        let keys =
            active.filter_map(|key| Some((key.name.clone(), (key.kind, Arc::clone(signer(key.kind)?)))));
        let desk = Desk {
            keys: keys.collect(),
            history: ring.history.to_json(),
            uids: allowed.uids.clone(),
            rate: Mutex::new(Rate::new(allowed.rate, Instant::now())),
            open: AtomicUsize::new(0),
        };
        Ok(Self { listener, desk: Arc::new(desk) })
    }

    /// Answers until the process ends.
    ///
    /// # Errors
    /// What the operating system says of the socket.
    pub fn run(self) -> io::Result<()> {
        for stream in self.listener.incoming() {
            let stream = match stream {
                Ok(stream) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    std::thread::sleep(Duration::from_millis(50));
                    continue;
                }
            };
            if !self.desk.admits(&stream) {
                continue;
            }
            let desk = Arc::clone(&self.desk);
            let spawned = std::thread::Builder::new().name("signer".to_owned()).spawn(move || {
                if let Err(error) = desk.serve(stream)
                    && !matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
                {
                    tracing::warn!(%error, "a connection broke");
                }
                desk.open.fetch_sub(1, Ordering::SeqCst);
            });
            if spawned.is_err() {
                self.desk.open.fetch_sub(1, Ordering::SeqCst);
            }
        }
        Ok(())
    }
}

impl Desk {
    /// Whether this is somebody who may ask, and there is room.
    fn admits(&self, stream: &UnixStream) -> bool {
        let uid = match rustix::net::sockopt::socket_peercred(stream) {
            Ok(peer) => peer.uid.as_raw(),
            Err(error) => {
                tracing::warn!(%error, "who is asking could not be found out");
                return false;
            }
        };
        if !self.uids.contains(&uid) {
            tracing::warn!(uid, "a user who may not ask was turned away");
            return false;
        }
        let open = self.open.fetch_add(1, Ordering::SeqCst);
        if open >= MAX_CONNECTIONS {
            self.open.fetch_sub(1, Ordering::SeqCst);
            tracing::warn!(open, "too many connections: one was turned away");
            return false;
        }
        true
    }

    fn serve(&self, mut stream: UnixStream) -> io::Result<()> {
        stream.set_read_timeout(Some(IDLE))?;
        stream.set_write_timeout(Some(WRITE_TIMEOUT))?;
        while let Some(question) = Question::read(&mut stream)? {
            let answer = match question {
                Ok(Question::Keys) => Answer::Keys(self.history.clone()),
                Ok(Question::Sign { key, message }) => match self.sign(&key, &message) {
                    Ok(signature) => Answer::Signature(signature),
                    Err(refused) => {
                        tracing::warn!(key, length = message.len(), reason = refused.as_str(), "not signed");
                        Answer::Refused(refused)
                    }
                },
                Err(refused) => {
                    Answer::Refused(refused).write(&mut stream)?;
                    return Ok(());
                }
            };
            answer.write(&mut stream)?;
        }
        Ok(())
    }

    fn sign(&self, name: &str, message: &[u8]) -> Result<Vec<u8>, Refused> {
        let (kind, signer) = self.keys.get(name).ok_or(Refused::NoSuchKey)?;
        let shape =
            Shape::of(message, *kind).filter(|_| message.len() <= MAX_MESSAGE).ok_or(Refused::Shape)?;
        let mut rate = self.rate.lock().unwrap_or_else(PoisonError::into_inner);
        if !rate.take(Instant::now()) {
            return Err(Refused::Rate);
        }
        drop(rate);
        let signature = signer.sign(SigningRequest::Bytes(message)).map_err(|_| Refused::Failed)?;
        tracing::debug!(key = name, ?shape, length = message.len(), "signed");
        Ok(signature)
    }
}

/// A bucket that fills as fast as signatures are allowed, and holds those of a second.
struct Rate {
    per_second: f64,
    left: f64,
    at: Instant,
}

impl Rate {
    fn new(per_second: u32, at: Instant) -> Self {
        let per_second = f64::from(per_second);
        Self { per_second, left: per_second, at }
    }

    fn take(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.left = (self.left + passed * self.per_second).min(self.per_second);
        self.at = now;
        let granted = self.left >= 1.0;
        if granted {
            self.left -= 1.0;
        }
        granted
    }
}

/// Makes room for the socket where one is left over from a signer that is gone.
fn clear(path: &Path) -> Result<(), Problem> {
    let Ok(found) = fs::symlink_metadata(path) else { return Ok(()) };
    let taken = || Problem::new(Code::DataInUse).with("path", path.display());
    if !found.file_type().is_socket() || UnixStream::connect(path).is_ok() {
        return Err(taken());
    }
    fs::remove_file(path).map_err(|error| files::unwritable(path, &error))
}

/// The user this process runs as.
pub fn own_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_a_second() {
        let begin = Instant::now();
        let mut rate = Rate::new(3, begin);
        let taken = |rate: &mut Rate, now| (0..10).filter(|_| rate.take(now)).count();
        assert_eq!(taken(&mut rate, begin), 3);
        assert_eq!(taken(&mut rate, begin + Duration::from_millis(400)), 1);
        assert_eq!(taken(&mut rate, begin + Duration::from_mins(1)), 3);
        assert_eq!(taken(&mut Rate::new(0, begin), begin + Duration::from_secs(9)), 0);
    }
}
