//! The service: what surrounds every request.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, AUTHORIZATION, HeaderName, HeaderValue};
use actix_web::middleware::{Next, from_fn};
use actix_web::{App as Service, Error, HttpMessage as _, HttpServer, ResponseError as _, web};
use badge_schemas::document::MAX_BYTES;
use badge_schemas::problem::{Code, Problem};
use jiff::Timestamp;

use crate::access::{Access, Grant, Role};
use crate::batch::jobs::Jobs;
use crate::body::Limits;
use crate::issuer::{Act, Issuer};
use crate::problem::{HttpProblem, REQUEST_ID};
use crate::randomness;
use crate::routes;

/// How long requests may take to finish after the service was told to stop: a body's time-out and some signing.
const STOP_SECONDS: u64 = 20;

/// How long the head of a request may take to arrive: a slow client must not hold a connection for ever.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Threads that answer requests; reading the record and signing have their own.
const WORKERS: usize = 2;

/// What every handler shares.
pub struct App {
    /// The issuer.
    pub issuer: Arc<Issuer>,
    /// Who may act.
    pub access: Access,
    /// Batches of awards.
    pub jobs: Arc<Jobs>,
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
}

/// Starts the service on a socket that already listens. It stops when the process is told to (SIGTERM, SIGINT), after
/// answering what has begun; or through its handle.
///
/// # Errors
/// What the operating system says of the socket.
pub fn start(app: App, listener: TcpListener, limits: Limits) -> std::io::Result<Server> {
    let app = web::Data::new(app);
    let server = HttpServer::new(move || {
        Service::new()
            .app_data(app.clone())
            .app_data(limits)
            .app_data(web::PayloadConfig::new(MAX_BYTES))
            .app_data(web::JsonConfig::default().limit(MAX_BYTES))
            .wrap(from_fn(surround))
            .configure(routes::configure)
    })
    .workers(WORKERS)
    .client_request_timeout(HEAD_TIMEOUT)
    .shutdown_timeout(STOP_SECONDS)
    .listen(listener)?
    .run();
    Ok(server)
}

/// Gives each request an id, and writes one line about it: method, route, status and time; never a path, a query, a body or a token.
async fn surround(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = randomness::uuid().unwrap_or_default();
    let begun = Instant::now();
    let method = request.method().clone();
    let mut response = REQUEST_ID.scope(id.clone(), next.call(request)).await?;
    let pattern = response.request().match_pattern();
    tracing::info!(
        request = id,
        method = %method,
        route = pattern.as_deref().unwrap_or("none"),
        status = response.status().as_u16(),
        milliseconds = begun.elapsed().as_millis(),
        "answered"
    );
    let public = pattern.is_some_and(|pattern| !pattern.starts_with("/api/"));
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    headers.insert(HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));
    if public {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    Ok(response)
}

/// Lets a request through whose token is in force and has one of the roles, before its body is read; its [`Grant`] goes with it.
pub(crate) async fn admit<B: MessageBody + 'static>(
    roles: &'static [Role],
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let admitted = request
        .app_data::<web::Data<App>>()
        .ok_or_else(|| Problem::new(Code::TokenRequired).with("reason", "∅"))
        .and_then(|app| {
            let header = request.headers().get(AUTHORIZATION).map(HeaderValue::as_bytes);
            let grant = app.access.admit(header, app.now())?;
            grant.require(roles)?;
            Ok(grant)
        });
    match admitted {
        Ok(grant) => {
            request.extensions_mut().insert(grant);
            next.call(request).await.map(ServiceResponse::map_into_left_body)
        }
        Err(problem) => {
            let response = HttpProblem::from(problem).error_response();
            Ok(request.into_response(response).map_into_right_body())
        }
    }
}
