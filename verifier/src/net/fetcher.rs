//! The one file that uses `reqwest`.

use super::address::Zone;
use super::budget::Budget;
use super::error::{FetchError, NetError};
use super::target::Target;
use super::{ANSWER_BYTES, ANSWER_TYPES, Answered, Fetched, Kind, Reach, tls};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, LOCATION};
use reqwest::{Client, Response, StatusCode};
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use std::collections::HashMap;
use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};

/// Says what we are and nothing about who runs us: the host learns enough from being asked.
const USER_AGENT: &str = "badge-verifier/0.1";

/// Redirects followed: permanent-identifier services use one or two; more is a loop or a maze.
const MAX_REDIRECTS: usize = 3;

/// Requests under way at a host at once: no badge may turn us into its load generator.
const REQUESTS_PER_HOST: usize = 2;

/// How long an idle connection is kept: the rounds of one verification, not the next visitor's.
const IDLE: Duration = Duration::from_secs(10);

/// How patient a fetch is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// Name resolution, TCP and TLS.
    pub(super) connect: Duration,
    /// Silence between two pieces of an answer.
    pub(super) read: Duration,
    /// The whole fetch: waiting for a turn, redirects and body included.
    pub(super) total: Duration,
}

/// Three seconds reach the other side of the world; a host that drips is cut at ten.
const PATIENCE: Patience = Patience {
    connect: Duration::from_secs(3),
    read: Duration::from_secs(5),
    total: Duration::from_secs(10),
};

/// Finds the addresses of a name: the operating system, or a table in tests.
pub(super) type Lookup = Arc<dyn Fn(String) -> Found + Send + Sync>;
pub(super) type Found = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Fetches what strangers name, within the guards [this module](super) lists.
///
/// One serves a whole program, from any number of tasks; it must be used within a tokio runtime with time and I/O. The
/// system's trusted roots are read at the first `https` request.
pub struct Fetcher {
    reach: Reach,
    patience: Patience,
    lookup: Lookup,
    extra_roots: Vec<CertificateDer<'static>>,
    lanes: Lanes,
    plain: Client,
    secure: OnceCell<Secure>,
}

/// The `https` clients. The zone belongs to the client because its resolver is told a name and nothing else.
struct Secure {
    wide: Client,
    loopback: Client,
}

/// Where one request led.
enum Hop {
    Arrived(Fetched),
    Moved(Target),
}

impl Fetcher {
    /// Makes a fetcher; opens no socket and reads no file.
    ///
    /// # Errors
    ///
    /// [`NetError`] when the HTTP or TLS library refuses its settings.
    pub fn new(reach: Reach) -> Result<Self, NetError> {
        Self::assemble(reach, PATIENCE, system_lookup(), Vec::new())
    }

    /// The same, trusting further certificates beside the operating system's: for services of the conformance profile, which make
    /// their own.
    ///
    /// # Errors
    ///
    /// As [`Fetcher::new`].
    pub fn danger_trusting(reach: Reach, roots: Vec<CertificateDer<'static>>) -> Result<Self, NetError> {
        Self::assemble(reach, PATIENCE, system_lookup(), roots)
    }

    pub(super) fn assemble(
        reach: Reach,
        patience: Patience,
        lookup: Lookup,
        extra_roots: Vec<CertificateDer<'static>>,
    ) -> Result<Self, NetError> {
        let tls = tls::trusting_nobody().map_err(|error| NetError::Tls { detail: error.to_string() })?;
        let guard = Guard { zone: Zone::Loopback, lookup: lookup.clone() };
        let plain =
            client(tls, guard, patience).map_err(|error| NetError::Client { detail: root_cause(&error) })?;
        Ok(Self {
            reach,
            patience,
            lookup,
            extra_roots,
            lanes: Lanes::default(),
            plain,
            secure: OnceCell::new(),
        })
    }

    /// Gets a URL, following redirects, within the limits of its kind and of the budget.
    ///
    /// The fetch is taken from the budget once the URL has passed the checks that need no network.
    ///
    /// # Errors
    ///
    /// [`FetchError`]: refused, unreachable, too slow, too large, or an answer other than 200.
    pub async fn fetch(&self, url: &str, kind: Kind, budget: &mut Budget) -> Result<Fetched, FetchError> {
        let target = Target::parse(url, self.reach)?;
        let host = target.host.clone();
        let left = budget.take()?;
        let started = Instant::now();
        let outcome = tokio::time::timeout(self.patience.total.min(left), self.follow(target, kind)).await;
        budget.spend(started.elapsed());
        outcome.unwrap_or_else(|_elapsed| {
            Err(if left < self.patience.total { budget.out_of_time() } else { FetchError::Timeout { host } })
        })
    }

    /// Whether a URL passes the checks that need no network: asked before a person works for what will be sent there.
    ///
    /// # Errors
    ///
    /// [`FetchError`]: refused.
    pub fn permits(url: &str, reach: Reach) -> Result<(), FetchError> {
        Target::parse(url, reach).map(|_| ())
    }

    /// Sends JSON to a URL that the caller's user named, within the same guard and limits as [`fetch`](Self::fetch). Redirects are not followed: what is
    /// sent goes to whom it was addressed or to nobody.
    ///
    /// # Errors
    ///
    /// [`FetchError`]: refused, unreachable, too slow, too large, or a redirect. Any other status is an answer.
    pub async fn post(&self, url: &str, json: Vec<u8>, budget: &mut Budget) -> Result<Answered, FetchError> {
        let target = Target::parse(url, self.reach)?;
        let host = target.host.clone();
        let left = budget.take()?;
        let started = Instant::now();
        let outcome = tokio::time::timeout(self.patience.total.min(left), self.send(&target, json)).await;
        budget.spend(started.elapsed());
        outcome.unwrap_or_else(|_elapsed| {
            Err(if left < self.patience.total { budget.out_of_time() } else { FetchError::Timeout { host } })
        })
    }

    async fn send(&self, target: &Target, json: Vec<u8>) -> Result<Answered, FetchError> {
        let _turn = self.lanes.enter(&target.host).await;
        let request = self.client(target).await?.post(target.url.clone());
        let request =
            request.header(ACCEPT, ANSWER_TYPES).header(CONTENT_TYPE, "application/json").body(json);
        let response = request.send().await.map_err(|error| explain(&error, &target.host))?;
        let status = response.status();
        if status.is_redirection() || status.is_informational() {
            return Err(FetchError::Status { code: status.as_u16() });
        }
        let fetched = arrive(response, target, ANSWER_BYTES).await?;
        Ok(Answered { status: status.as_u16(), bytes: fetched.bytes, media_type: fetched.media_type })
    }

    async fn follow(&self, mut target: Target, kind: Kind) -> Result<Fetched, FetchError> {
        for _ in 0..=MAX_REDIRECTS {
            match self.hop(&target, kind).await? {
                Hop::Arrived(fetched) => return Ok(fetched),
                Hop::Moved(next) => target = next,
            }
        }
        Err(FetchError::TooManyRedirects { limit: MAX_REDIRECTS })
    }

    /// One request. Its turn at the host ends with it, so that two hosts redirecting to each other cannot lock us up.
    async fn hop(&self, target: &Target, kind: Kind) -> Result<Hop, FetchError> {
        let _turn = self.lanes.enter(&target.host).await;
        let request = self.client(target).await?.get(target.url.clone()).header(ACCEPT, kind.accept());
        let response = request.send().await.map_err(|error| explain(&error, &target.host))?;
        match response.status() {
            StatusCode::OK => arrive(response, target, kind.max_bytes()).await.map(Hop::Arrived),
            StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT => moved(&response, target).map(Hop::Moved),
            other => Err(FetchError::Status { code: other.as_u16() }),
        }
    }

    async fn client(&self, target: &Target) -> Result<&Client, FetchError> {
        if !target.secure {
            return Ok(&self.plain);
        }
        let secure = self.secure.get_or_try_init(|| self.make_secure(&target.host)).await?;
        Ok(if target.zone == Zone::Loopback { &secure.loopback } else { &secure.wide })
    }

    async fn make_secure(&self, host: &str) -> Result<Secure, FetchError> {
        let failed = |detail: String| FetchError::Tls { host: host.to_owned(), detail };
        let roots = self.extra_roots.clone();
        let tls = tokio::task::spawn_blocking(move || tls::trusting_system(roots))
            .await
            .map_err(|error| failed(error.to_string()))?
            .map_err(|error| failed(error.to_string()))?;
        let make = |zone: Zone| {
            client(tls.clone(), Guard { zone, lookup: self.lookup.clone() }, self.patience)
                .map_err(|error| failed(root_cause(&error)))
        };
        let wide = match self.reach {
            Reach::PublicHttps => Zone::Public,
            Reach::DangerLoopback => Zone::PublicOrLoopback,
        };
        Ok(Secure { wide: make(wide)?, loopback: make(Zone::Loopback)? })
    }
}

fn client(tls: ClientConfig, guard: Guard, patience: Patience) -> reqwest::Result<Client> {
    Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(guard)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .user_agent(USER_AGENT)
        .connect_timeout(patience.connect)
        .read_timeout(patience.read)
        .timeout(patience.total)
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(REQUESTS_PER_HOST)
        .build()
}

fn moved(response: &Response, target: &Target) -> Result<Target, FetchError> {
    let location = header(response.headers(), &LOCATION)
        .ok_or(FetchError::RedirectInvalid { code: response.status().as_u16() })?;
    target.redirected(location).map_err(|error| match error {
        FetchError::NotAUrl => FetchError::RedirectInvalid { code: response.status().as_u16() },
        other => other,
    })
}

async fn arrive(mut response: Response, target: &Target, limit: usize) -> Result<Fetched, FetchError> {
    // reqwest takes this header away when it decompresses; one that is left is one we cannot read.
    match header(response.headers(), &CONTENT_ENCODING) {
        Some(encoding) if !encoding.eq_ignore_ascii_case("identity") => {
            return Err(FetchError::Encoding { encoding: encoding.to_owned() });
        }
        _ => {}
    }
    if response.content_length().is_some_and(|length| usize::try_from(length).is_ok_and(|n| n > limit)) {
        return Err(FetchError::TooLarge { limit });
    }
    let media_type = header(response.headers(), &CONTENT_TYPE)
        .and_then(|value| value.split(';').next())
        .map(|essence| essence.trim().to_ascii_lowercase())
        .filter(|essence| !essence.is_empty());
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| explain(&error, &target.host))? {
        if chunk.len() > limit - bytes.len() {
            return Err(FetchError::TooLarge { limit });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Fetched { bytes, media_type, final_url: target.url.to_string() })
}

fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Resolves names for one client, and refuses those that leave its zone. What it returns is what is connected to.
struct Guard {
    zone: Zone,
    lookup: Lookup,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (zone, host) = (self.zone, name.as_str().to_owned());
        let found = (self.lookup)(host.clone());
        Box::pin(async move {
            let addresses = found.await.map_err(|_| FetchError::Dns { host: host.clone() })?;
            zone.admit(&host, &addresses)?;
            // Port 0 stands for the URL's.
            let sockets = addresses.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(sockets) as Addrs)
        })
    }
}

fn system_lookup() -> Lookup {
    Arc::new(|host| {
        Box::pin(
            async move { Ok(tokio::net::lookup_host((host, 0)).await?.map(|socket| socket.ip()).collect()) },
        )
    })
}

/// Turns at hosts. Hosts nobody is waiting for are forgotten.
#[derive(Default)]
pub(super) struct Lanes(Mutex<HashMap<String, Weak<Semaphore>>>);

impl Lanes {
    /// Waits for a turn at a host; it ends when the permit is dropped. Never absent: the semaphores are never closed.
    pub(super) async fn enter(&self, host: &str) -> Option<OwnedSemaphorePermit> {
        self.lane(host).acquire_owned().await.ok()
    }

    fn lane(&self, host: &str) -> Arc<Semaphore> {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = lanes.get(host).and_then(Weak::upgrade) {
            return lane;
        }
        lanes.retain(|_, lane| lane.strong_count() > 0);
        let lane = Arc::new(Semaphore::new(REQUESTS_PER_HOST));
        lanes.insert(host.to_owned(), Arc::downgrade(&lane));
        lane
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// Finds in the chain of causes the one that says what happened.
fn explain(error: &reqwest::Error, host: &str) -> FetchError {
    let host = host.to_owned();
    for cause in causes(error) {
        if let Some(ours) = cause.downcast_ref::<FetchError>() {
            return ours.clone();
        }
        if let Some(detail) = tls::tls_cause(cause) {
            return FetchError::Tls { host, detail };
        }
    }
    if error.is_timeout() {
        FetchError::Timeout { host }
    } else if error.is_dns() {
        FetchError::Dns { host }
    } else if error.is_connect() {
        FetchError::Connect { host, detail: root_cause(error) }
    } else {
        FetchError::Broken { host, detail: root_cause(error) }
    }
}

/// An error and its causes, outermost first. An `io::Error` hides the error it wraps from `source`, so it is opened.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&cause| {
        match cause.downcast_ref::<io::Error>().map(io::Error::get_ref) {
            Some(Some(inner)) => Some(inner as &(dyn Error + 'static)),
            _ => cause.source(),
        }
    })
}

fn root_cause(error: &reqwest::Error) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}
