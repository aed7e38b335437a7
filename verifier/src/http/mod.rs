//! Verification over HTTP: `POST /verify`, report as JSON. The one place that uses `actix-web`.
//!
//! A report is a 200 whatever its verdict; what is not a request for one is answered with
//! [problem details](https://www.rfc-editor.org/rfc/rfc9457). Nothing is logged, nothing is kept between requests.

pub mod conformance;
mod problem;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, RETRY_AFTER,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Data, Payload, Query, ServiceConfig};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::Semaphore;

use self::problem::Refusal;
use crate::checks::recipient::is_recipient;
use crate::evaluation::thread::is_thread;
use crate::net::Fetcher;
use crate::online::{Refresh, judge_online, verify_online};
use crate::policy::TrustPolicy;
use crate::snapshot::Snapshot;
use crate::verify::Expectations;

/// Largest body read: the largest image a badge is read from.
pub const MAX_BODY_BYTES: usize = 8 << 20;

/// How long a body may take. The server itself never gives up on a body that stalls.
pub const BODY_TIME: Duration = Duration::from_secs(10);

/// Requests under way at once: with their bodies, at most 512 MiB.
const MAX_AT_ONCE: usize = 64;

/// How long requests under way may still take when the service is asked to stop, in seconds: one presentation's fetches.
const SHUTDOWN_SECONDS: u64 = 60;

/// Longest query string read, in bytes: four values of a generous length.
const MAX_QUERY_BYTES: usize = 8 << 10;

/// What the service needs to know.
pub struct Settings {
    /// The policy for every request.
    pub policy: TrustPolicy,
    /// What every verification starts from: the registries that were read from files.
    pub snapshot: Snapshot,
    /// Fetches what is missing.
    pub fetcher: Fetcher,
    /// The clock.
    pub clock: fn() -> Timestamp,
    /// How long a body may take; [`BODY_TIME`] but for tests.
    pub body_time: Duration,
}

struct Service {
    settings: Settings,
    turns: Semaphore,
}

/// Serves on a socket that is already listening, until the process is asked to stop. `ready` is called once requests are accepted.
///
/// # Errors
/// What the operating system says of the socket.
pub fn run(listener: TcpListener, settings: Settings, ready: impl FnOnce(SocketAddr)) -> io::Result<()> {
    let address = listener.local_addr()?;
    let service = Data::from(Arc::new(Service { settings, turns: Semaphore::new(MAX_AT_ONCE) }));
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || App::new().app_data(service.clone()).configure(routes))
            .listen(listener)?
            .shutdown_timeout(SHUTDOWN_SECONDS)
            .run();
        ready(address);
        server.await
    })
}

/// The route table.
fn routes(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/verify")
                .route(web::post().to(verify_body))
                .default_service(web::to(|| async { refuse(&Refusal::Method("POST")) })),
        )
        .service(
            web::resource("/healthz")
                .route(web::get().to(health))
                .route(web::method(Method::HEAD).to(health))
                .default_service(web::to(|| async { refuse(&Refusal::Method("GET, HEAD")) })),
        )
        .default_service(web::to(|| async { refuse(&Refusal::NotFound) }));
}

async fn health() -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(json!({"status": "ok"}))
}

/// What the caller expects, as query parameters.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    challenge: Option<String>,
    domain: Option<String>,
    recipient: Option<String>,
    at: Option<String>,
}

async fn verify_body(request: HttpRequest, payload: Payload, service: Data<Service>) -> HttpResponse {
    match answer(&request, payload, &service).await {
        Ok(response) => response,
        Err(refusal) => refuse(&refusal),
    }
}

async fn answer(request: &HttpRequest, payload: Payload, service: &Service) -> Result<HttpResponse, Refusal> {
    let expect = expectations(request.query_string())?;
    media_type(request.headers())?;
    let _turn = service.turns.try_acquire().map_err(|_| Refusal::Busy)?;
    let settings = &service.settings;
    let input = tokio::time::timeout(settings.body_time, body(request.headers(), payload))
        .await
        .map_err(|_| Refusal::TooSlow)??;
    let mut snapshot = settings.snapshot.clone();
    let Settings { policy, fetcher, clock, .. } = settings;
    if is_thread(&input) {
        if expect != Expectations::default() {
            return Err(Refusal::Parameter(
                "The body is a thread of an evaluation: nobody presents it, and it takes no parameters."
                    .to_owned(),
            ));
        }
        return Ok(found(judge_online(&input, policy, clock, &mut snapshot, fetcher).await));
    }
    let report = verify_online(&input, &expect, policy, clock, &mut snapshot, fetcher, Refresh::No).await;
    Ok(found(report))
}

/// A report, whatever it says.
fn found(report: impl Serialize) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .json(report)
}

fn expectations(query: &str) -> Result<Expectations, Refusal> {
    if query.len() > MAX_QUERY_BYTES {
        return Err(Refusal::Parameter(format!("The query string is longer than {MAX_QUERY_BYTES} bytes.")));
    }
    let Query(asked) = Query::<Asked>::from_query(query)
        .map_err(|error| Refusal::Parameter(format!("The query string cannot be read: {error}.")))?;
    let at = asked.at.map(|text| DateTimeStamp::parse(&text)).transpose().map_err(|_| {
        Refusal::Parameter("at is not a date and time with a zone, like 2026-11-22T10:00:00Z.".to_owned())
    })?;
    if asked.recipient.as_deref().is_some_and(|text| !is_recipient(text)) {
        return Err(Refusal::Parameter("recipient is neither an e-mail address nor a DID.".to_owned()));
    }
    Ok(Expectations {
        challenge: asked.challenge,
        domain: asked.domain,
        recipient: asked.recipient,
        at: at.map(|stamp| stamp.instant()),
        ..Expectations::default()
    })
}

/// The container is told from the bytes; the header only has to name something a badge could be.
fn media_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(encoding) =
        text(&CONTENT_ENCODING).filter(|encoding| !encoding.eq_ignore_ascii_case("identity"))
    {
        return Err(Refusal::MediaType(format!(
            "content encoding {}",
            crate::render::sanitise(encoding, 80)
        )));
    }
    let Some(value) = text(&CONTENT_TYPE) else { return Ok(()) };
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let taken = matches!(
        essence.as_str(),
        "application/octet-stream"
            | "application/json"
            | "application/ld+json"
            | "application/jwt"
            | "application/vc"
            | "application/vp"
            | "application/svg+xml"
            | "image/png"
            | "image/svg+xml"
            | "text/plain"
    ) || ["application/vc+", "application/vp+"].iter().any(|prefix| essence.starts_with(prefix));
    if taken { Ok(()) } else { Err(Refusal::MediaType(crate::render::sanitise(&essence, 80))) }
}

/// The whole body, counted as it comes; a length announced beyond the limit is not even waited for.
async fn body(headers: &HeaderMap, payload: Payload) -> Result<Vec<u8>, Refusal> {
    let too_large =
        |size: &str| Problem::new(Code::InputTooLarge).with("size", size).with("limit", MAX_BODY_BYTES);
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if let Some(length) = announced.filter(|length| *length > MAX_BODY_BYTES as u64) {
        return Err(Refusal::TooLarge(too_large(&length.to_string())));
    }
    match payload.to_bytes_limited(MAX_BODY_BYTES).await {
        Err(_) => Err(Refusal::TooLarge(too_large(&format!("> {MAX_BODY_BYTES}")))),
        Ok(Err(_)) => Err(Refusal::Broken),
        Ok(Ok(bytes)) if bytes.is_empty() => Err(Refusal::Empty(Problem::new(Code::InputEmpty))),
        Ok(Ok(bytes)) => Ok(bytes.to_vec()),
    }
}

fn refuse(refusal: &Refusal) -> HttpResponse {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    response.insert_header((CACHE_CONTROL, "no-store"));
    match refusal {
        Refusal::Method(allowed) => {
            response.insert_header((ALLOW, *allowed));
        }
        Refusal::Busy => {
            response.insert_header((RETRY_AFTER, "5"));
        }
        // The rest of the body is not read: the connection cannot be used again.
        Refusal::TooSlow | Refusal::TooLarge(_) => {
            response.force_close();
        }
        _ => {}
    }
    response.content_type("application/problem+json").body(refusal.body().to_string())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;
    use std::sync::mpsc;

    use super::*;
    use crate::net::Reach;

    /// Serves on a thread that lives as long as the test program.
    fn start(body_time: Duration) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            let settings = Settings {
                policy: TrustPolicy::default(),
                snapshot: Snapshot::default(),
                fetcher: Fetcher::new(Reach::PublicHttps).unwrap(),
                clock: || Timestamp::UNIX_EPOCH,
                body_time,
            };
            run(listener, settings, |address| tell.send(address).unwrap()).unwrap();
        });
        told.recv().unwrap()
    }

    #[test]
    fn a_body_that_stalls_is_given_up() {
        let mut stream = TcpStream::connect(start(Duration::from_millis(50))).unwrap();
        stream.write_all(b"POST /verify HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n{").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.contains("BODY_TOO_SLOW"), "{answer}");
    }

    #[test]
    fn media_types_that_a_badge_may_have() {
        let headers = |name, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            headers
        };
        for taken in [
            "application/vc",
            "Application/VC+JWT; charset=utf-8",
            "image/png",
            "application/vp+ld+json",
            "text/plain",
        ] {
            assert_eq!(media_type(&headers(CONTENT_TYPE, taken)), Ok(()), "{taken}");
        }
        assert_eq!(media_type(&HeaderMap::new()), Ok(()));
        for refused in ["", "text/html", "application/vcx", "multipart/form-data"] {
            assert!(
                matches!(media_type(&headers(CONTENT_TYPE, refused)), Err(Refusal::MediaType(_))),
                "{refused}"
            );
        }
        assert_eq!(media_type(&headers(CONTENT_ENCODING, "Identity")), Ok(()));
        assert!(matches!(
            media_type(&headers(CONTENT_ENCODING, "gzip, identity")),
            Err(Refusal::MediaType(_))
        ));
    }
}
