//! The page over HTTP, on this machine alone. The one place of the wallet that uses `actix-web`.
//!
//! One visit at a time: requests wait for each other. Nothing is logged.

use std::io;
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST,
    HeaderMap, HeaderName, LOCATION, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::http::{KeepAlive, Method, StatusCode};
use actix_web::web::{self, Data, Payload, Query};
use actix_web::{App, HttpRequest, HttpResponse, HttpResponseBuilder, HttpServer};
use tokio::sync::Notify;

use super::gate::{Gate, Knock, Stranger};
use super::visit::{Answer, Visit};

/// Largest form read: 256 KiB. The longest has three texts of 4,000 characters, each at most twelve bytes when encoded.
const MAX_FORM_BYTES: usize = 256 << 10;

/// How long a form may take to arrive: from this very machine.
const FORM_TIME: Duration = Duration::from_secs(10);

/// How long a browser may keep a connection open after the last page was sent, in seconds.
const SHUTDOWN_SECONDS: u64 = 1;

/// What a page may do: be styled by its own sheet and send its own forms. No script, no frame, nothing from elsewhere.
const PAGE_MAY: &str = "default-src 'none'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; style-src ";

/// What a candidate's file may do, should a browser show it rather than keep it: nothing.
const FILE_MAY: &str =
    "sandbox; default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// Why the page is not served any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The visit came to its end.
    Finished,
    /// Nothing was asked for a long time.
    Idle,
    /// The process was asked to stop.
    Interrupted,
}

struct Service {
    gate: Gate,
    visit: Arc<Mutex<Visit>>,
    style: String,
    asked: Notify,
    ended: AtomicBool,
}

/// Serves a visit until it ends; `style` is the CSP source of the style sheet.
///
/// # Errors
/// What the operating system says of the socket.
pub(super) fn serve(
    listener: TcpListener,
    gate: Gate,
    visit: Arc<Mutex<Visit>>,
    style: &str,
    idle: Duration,
    ready: impl FnOnce(),
) -> io::Result<Ending> {
    let service = Data::new(Service {
        gate,
        visit,
        style: format!("{PAGE_MAY}{style}"),
        asked: Notify::new(),
        ended: AtomicBool::new(false),
    });
    let shared = service.clone();
    actix_web::rt::System::new().block_on(async move {
        let server =
            HttpServer::new(move || App::new().app_data(service.clone()).default_service(web::to(answer)))
                .workers(1)
                .keep_alive(KeepAlive::Disabled)
                .shutdown_timeout(SHUTDOWN_SECONDS)
                .listen(listener)?
                .run();
        let handle = server.handle();
        let mut running = actix_web::rt::spawn(server);
        ready();
        let ending = loop {
            tokio::select! {
                stopped = &mut running => {
                    stopped.map_err(io::Error::other)??;
                    return Ok(Ending::Interrupted);
                }
                asked = tokio::time::timeout(idle, shared.asked.notified()) => match asked {
                    Ok(()) if shared.ended.load(Ordering::Acquire) => break Ending::Finished,
                    Ok(()) => {}
                    Err(_) => break Ending::Idle,
                }
            }
        };
        // What is under way is sent first.
        handle.stop(true).await;
        running.await.map_err(io::Error::other)??;
        Ok(ending)
    })
}

async fn answer(request: HttpRequest, payload: Payload, service: Data<Service>) -> HttpResponse {
    let headers = request.headers();
    let is_post = match *request.method() {
        Method::POST => true,
        Method::GET | Method::HEAD => false,
        _ => return plain(StatusCode::METHOD_NOT_ALLOWED),
    };
    let knock = Knock {
        is_post,
        path: request.path(),
        host: single(headers, &HOST),
        origin: single(headers, &ORIGIN),
        site: single(headers, &HeaderName::from_static("sec-fetch-site")),
    };
    let rest = match service.gate.admit(&knock) {
        Ok(rest) => rest.to_owned(),
        Err(Stranger::Misdirected) => return plain(StatusCode::MISDIRECTED_REQUEST),
        Err(Stranger::Unknown) => return plain(StatusCode::NOT_FOUND),
        Err(Stranger::Foreign) => return plain(StatusCode::FORBIDDEN),
    };
    service.asked.notify_one();
    let form = if is_post {
        match form(headers, payload).await {
            Ok(form) => Some(form),
            Err(status) => return plain(status),
        }
    } else {
        None
    };
    let visit = service.visit.clone();
    // Signing and asking an issuer for an entry take their time, and not this thread's.
    let answered = web::block(move || {
        let mut visit = visit.lock().ok()?;
        Some(match form {
            Some(form) => visit.post(&rest, &form),
            None => visit.get(&rest),
        })
    })
    .await;
    match answered {
        Ok(Some(answer)) => response(answer, &service),
        Ok(None) | Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// The one value of a header; nothing where there are several or where it is no text: neither is a browser's.
fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name);
    let first = values.next()?;
    match values.next() {
        None => Some(first.to_str().unwrap_or("?")),
        Some(_) => Some("?"),
    }
}

async fn form(headers: &HeaderMap, payload: Payload) -> Result<Vec<(String, String)>, StatusCode> {
    if single(headers, &CONTENT_TYPE) != Some("application/x-www-form-urlencoded") {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let announced = single(headers, &CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MAX_FORM_BYTES) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let body = tokio::time::timeout(FORM_TIME, payload.to_bytes_limited(MAX_FORM_BYTES))
        .await
        .map_err(|_| StatusCode::REQUEST_TIMEOUT)?
        .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?
        .map_err(|_| StatusCode::BAD_REQUEST)?;
    // A form is written like a query string.
    let text = std::str::from_utf8(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    Query::<Vec<(String, String)>>::from_query(text)
        .map(Query::into_inner)
        .map_err(|_| StatusCode::BAD_REQUEST)
}

fn response(answer: Answer, service: &Service) -> HttpResponse {
    match answer {
        Answer::Page(page) => page_of(page, service),
        Answer::Ended(page) => {
            service.ended.store(true, Ordering::Release);
            service.asked.notify_one();
            page_of(page, service)
        }
        Answer::GoTo(rest) => {
            let mut builder = guarded(StatusCode::SEE_OTHER);
            builder.insert_header((LOCATION, service.gate.path(&rest)));
            builder.finish()
        }
        Answer::File { name, bytes } => {
            let mut builder = guarded(StatusCode::OK);
            builder.insert_header((CONTENT_SECURITY_POLICY, FILE_MAY));
            builder.insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
            builder.content_type("application/octet-stream").body(bytes)
        }
        Answer::Missing => plain(StatusCode::NOT_FOUND),
    }
}

fn page_of(page: String, service: &Service) -> HttpResponse {
    let mut builder = guarded(StatusCode::OK);
    builder.insert_header((CONTENT_SECURITY_POLICY, service.style.as_str()));
    builder.content_type("text/html; charset=utf-8").body(page)
}

fn plain(status: StatusCode) -> HttpResponse {
    let mut builder = guarded(status);
    builder.insert_header((CONTENT_SECURITY_POLICY, FILE_MAY));
    // What was not read of a form is not read: the connection cannot be used again.
    builder.force_close();
    builder.content_type("text/plain; charset=utf-8").body(format!("{status}\n"))
}

/// What every answer says to a browser: keep nothing, guess nothing, tell nobody, show it nowhere else.
fn guarded(status: StatusCode) -> HttpResponseBuilder {
    let mut builder = HttpResponse::build(status);
    builder.insert_header((CACHE_CONTROL, "no-store"));
    builder.insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    builder.insert_header((X_FRAME_OPTIONS, "DENY"));
    // With `no-referrer`, browsers would send forms with `Origin: null`, which says nothing. There is no link to elsewhere.
    builder.insert_header((REFERRER_POLICY, "same-origin"));
    builder.insert_header(("Cross-Origin-Opener-Policy", "same-origin"));
    builder.insert_header(("Cross-Origin-Resource-Policy", "same-origin"));
    builder
}
