//! The service: what surrounds every request.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use actix_web::middleware::{Next, from_fn};
use actix_web::{App as Service, Error, HttpMessage as _, HttpServer, ResponseError as _, web};
use badge_schemas::document::MAX_BYTES;
use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use jiff::Timestamp;
use tokio::signal::unix::{SignalKind, signal};

use crate::access::{Access, Grant, Role};
use crate::batch::jobs::Jobs;
use crate::body::Limits;
use crate::headers::{self, Readers, Transport};
use crate::issuer::{Act, Issuer};
use crate::limits::{self, RateLimits, Rates};
use crate::log::PublicLog;
use crate::metrics::{self, Metrics};
use crate::organisations;
use crate::problem::{AnsweredCode, HttpProblem, REQUEST_ID};
use crate::randomness;
use crate::refusal::Refusal;
use crate::routes::{self, Audience};
use crate::tls::{self, Certificate};
use crate::turns::Turns;

/// How long requests may take to finish after the service was told to stop: a body's time-out and some signing.
const STOP_SECONDS: u64 = 20;

/// How long the head of a request may take to arrive: a slow client must not hold a connection for ever.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a client may take to close a connection that we have ended.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Threads that answer requests; reading the record and signing have their own.
const WORKERS: usize = 2;

/// One issuer, as its handlers share it.
pub struct App {
    /// The organisation's name; empty for the issuer at the root.
    pub name: String,
    /// The issuer.
    pub issuer: Arc<Issuer>,
    /// Who may act.
    pub access: Access,
    /// Batches of awards.
    pub jobs: Arc<Jobs>,
    /// The record as a log for everyone, where it is one.
    pub log: Option<PublicLog>,
    /// The clock.
    pub clock: fn() -> Timestamp,
}

impl App {
    /// The time.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// What the bearer of a token does now.
    pub fn act<'a>(&self, grant: &'a Grant) -> Act<'a> {
        Act { actor: grant.account(), at: self.now() }
    }

    /// The path below which it is served; empty at the root.
    pub fn prefix(&self) -> String {
        if self.name.is_empty() { String::new() } else { organisations::path(&self.name) }
    }
}

/// Everything that one process serves, and what its issuers share.
pub struct Process {
    /// The issuers, that of the root first.
    pub apps: Vec<web::Data<App>>,
    /// How many requests are taken.
    pub limits: RateLimits,
    /// Turns at judging threads for whom entries are kept: anybody may send one.
    pub entry_turns: Turns,
    /// Turns at withdrawals, apart: who floods the entries holds up no withdrawal.
    pub withdrawal_turns: Turns,
    /// What is counted.
    pub metrics: Metrics,
    /// How answers travel.
    pub transport: Transport,
}

impl Process {
    /// Puts a process together.
    pub fn new(
        root: App,
        organisations: Vec<App>,
        rates: Rates,
        transport: Transport,
        now: Timestamp,
    ) -> web::Data<Self> {
        web::Data::new(Self {
            apps: std::iter::once(root).chain(organisations).map(web::Data::new).collect(),
            limits: RateLimits::new(rates),
            entry_turns: Turns::default(),
            withdrawal_turns: Turns::default(),
            metrics: Metrics::new(now.as_second()),
            transport,
        })
    }
}

/// Starts the service on a socket that already listens. It stops when the process is told to (SIGTERM, SIGINT), after
/// answering what has begun; or through its handle.
///
/// # Errors
/// What the operating system says of the socket.
pub fn start(
    process: web::Data<Process>,
    listener: TcpListener,
    limits: Limits,
    tls: Option<rustls::ServerConfig>,
) -> std::io::Result<Server> {
    let server = HttpServer::new(move || {
        let mut service = Service::new()
            .app_data(process.clone())
            .app_data(limits)
            .app_data(web::PayloadConfig::new(MAX_BYTES))
            .app_data(web::JsonConfig::default().limit(MAX_BYTES));
        for app in &process.apps {
            service = if app.name.is_empty() {
                service.app_data(app.clone())
            } else {
                let below = web::scope(&app.prefix()).app_data(app.clone()).configure(routes::configure);
                service.service(below)
            };
        }
        service.configure(routes::configure).wrap(from_fn(surround))
    })
    .workers(WORKERS)
    .client_request_timeout(HEAD_TIMEOUT)
    .client_disconnect_timeout(DISCONNECT_TIMEOUT)
    .shutdown_timeout(STOP_SECONDS);
    let server = match tls {
        Some(tls) => server.tls_handshake_timeout(HEAD_TIMEOUT).listen_rustls_0_23(listener, tls)?,
        None => server.listen(listener)?,
    };
    Ok(server.run())
}

/// Starts a listener that tells the metrics without a token, and nothing else.
///
/// # Errors
/// What the operating system says of the socket.
pub fn start_metrics(process: web::Data<Process>, listener: TcpListener) -> std::io::Result<Server> {
    let server = HttpServer::new(move || {
        Service::new().app_data(process.clone()).route("/metrics", web::get().to(routes::operation::tell))
    })
    .workers(1)
    .disable_signals()
    .client_request_timeout(HEAD_TIMEOUT)
    .listen(listener)?
    .run();
    Ok(server)
}

/// Keeps house while the process serves: takes up renewed certificates, at SIGHUP at once, and forgets callers that went quiet.
pub async fn tend(process: web::Data<Process>, certificate: Option<Arc<Certificate>>) {
    // Without a handler SIGHUP would end the process; where none can be had, the clock is enough.
    let mut hangup = signal(SignalKind::hangup()).ok();
    let mut look = tokio::time::interval(tls::LOOK);
    let mut forget = tokio::time::interval(limits::FORGET);
    loop {
        let told = async {
            match &mut hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = told => tracing::info!("told to look at the certificates"),
            _ = look.tick() => {}
            _ = forget.tick() => process.limits.forget(),
        }
        match certificate.as_ref().map(|certificate| certificate.look_again()) {
            Some(Ok(true)) => tracing::info!("the certificate was renewed"),
            Some(Err(problem)) => {
                process.metrics.certificate_failure();
                tracing::error!(reason = problem.sentence(Lang::En), "the certificate was not renewed");
            }
            Some(Ok(false)) | None => {}
        }
    }
}

/// Gives each request an id, counts it, and writes one line about it: method, route, status and time; never a path, a query, a
/// body or a token.
async fn surround(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = randomness::uuid().unwrap_or_default();
    let begun = Instant::now();
    let mut response = REQUEST_ID.scope(id.clone(), next.call(request)).await?;
    let elapsed = begun.elapsed();
    let app = response.request().app_data::<web::Data<App>>().cloned();
    let process = response.request().app_data::<web::Data<Process>>().cloned();
    let organisation = app.as_ref().map_or("", |app| app.name.as_str());
    let pattern = response.request().match_pattern();
    let prefix = app.as_ref().map(|app| app.prefix()).unwrap_or_default();
    let route = routes::known(pattern.as_deref().and_then(|pattern| pattern.strip_prefix(&prefix)));
    let method = routes::known_method(response.request().method().as_str());
    let status = response.status().as_u16();
    let code = response.response().extensions().get::<AnsweredCode>().map(|code| code.0);
    tracing::info!(
        request = id,
        organisation,
        method,
        route = route.map_or("none", |route| route.path),
        status,
        code,
        milliseconds = elapsed.as_millis(),
        "answered"
    );
    if let Some(process) = &process {
        process.metrics.request(&metrics::Request {
            organisation,
            method,
            route: route.map_or("none", |route| route.path),
            status,
            code,
            seconds: elapsed.as_secs_f64(),
        });
    }
    let readers = match route.map(|route| route.audience) {
        Some(Audience::Everyone) => Readers::Everyone,
        Some(Audience::Roles(_)) | None => Readers::Bearer,
    };
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    headers::complete(headers, readers, process.map_or(Transport::Plain, |process| process.transport));
    Ok(response)
}

/// Lets a request through whose token is in force and has one of the roles, before its body is read; its [`Grant`] goes with it.
pub(crate) async fn admit<B: MessageBody + 'static>(
    roles: &'static [Role],
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let granted = grant(&request).await;
    match granted.and_then(|grant| Ok(grant.require(roles).map(|()| grant)?)) {
        Ok(grant) => {
            request.extensions_mut().insert(grant);
            next.call(request).await.map(ServiceResponse::map_into_left_body)
        }
        Err(refusal) => Ok(refuse(request, refusal)),
    }
}

/// Lets a request through that needs no token, unless its address has made too many.
pub(crate) async fn count<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let peer = request.peer_addr().map(|peer| peer.ip());
    let counted = request
        .app_data::<web::Data<Process>>()
        .map_or(Ok(()), |process| process.limits.address(peer, request.headers()));
    match counted {
        Ok(()) => next.call(request).await.map(ServiceResponse::map_into_left_body),
        Err(problem) => Ok(refuse(request, problem.into())),
    }
}

/// What the token of a request opens. Each request counts once: for its token, or, without one that counts, for its address.
async fn grant(request: &ServiceRequest) -> Result<Grant, Refusal> {
    let lost = || Problem::new(Code::TokenRequired).with("reason", "∅");
    let app = request.app_data::<web::Data<App>>().ok_or_else(lost)?.clone();
    let process = request.app_data::<web::Data<Process>>().ok_or_else(lost)?;
    let header = request.headers().get(AUTHORIZATION).cloned();
    // On a thread where it may wait: a record in a database lets it.
    let admitted =
        web::block(move || app.access.admit(header.as_ref().map(HeaderValue::as_bytes), app.now()));
    match admitted.await.unwrap_or_else(|error| Err(Refusal::Failure(error.to_string()))) {
        Ok(grant) => {
            process.limits.token(grant.token())?;
            Ok(grant)
        }
        Err(refusal) => {
            process.limits.address(request.peer_addr().map(|peer| peer.ip()), request.headers())?;
            Err(refusal)
        }
    }
}

fn refuse<B>(request: ServiceRequest, refusal: Refusal) -> ServiceResponse<EitherBody<B>> {
    request.into_response(HttpProblem(refusal).error_response()).map_into_right_body()
}
