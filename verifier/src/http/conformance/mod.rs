//! The conformance profile: the endpoints that official test suites call ([VC API](https://w3c-ccg.github.io/vc-api/)), over HTTPS with a
//! certificate made at start.
//!
//! Off by default, without authentication, and never beside `POST /verify`: whoever asks for this profile gets these routes only.
//! They verify with [`verify_online`] like every other door; nothing in it knows that this profile exists. What does not verify is
//! answered with 400, because the suites know no other way to tell.

mod did_key;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{self, Data, Payload, Query, ServiceConfig};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use badge_schemas::credential::is_credential;
use badge_schemas::document::Document;
use badge_schemas::presentation::{is_enveloped_credential, is_presentation};
use badge_schemas::problem::{Code, Problem};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::problem::Refusal;
use super::{MAX_AT_ONCE, SHUTDOWN_SECONDS, Service, Settings, body, refuse};
use crate::online::{Refresh, verify_online};
use crate::policy::TrustPolicy;
use crate::proof_only::{first_finding, proof_only};
use crate::report::{CheckId, Outcome, Report, Verdict};
use crate::securing::disclosure::derive;
use crate::self_signed::SelfSigned;
use crate::snapshot::Snapshot;
use crate::verify::{Expectations, verify};

/// Serves the profile over HTTPS on a socket that is already listening, until the process is asked to stop.
///
/// # Errors
/// What the operating system says of the socket; [`io::ErrorKind::PermissionDenied`] for one that others than this machine can reach.
pub fn run(
    listener: TcpListener,
    settings: Settings,
    tls: SelfSigned,
    ready: impl FnOnce(SocketAddr),
) -> io::Result<()> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let service = Data::from(Arc::new(Service { settings, turns: Semaphore::new(MAX_AT_ONCE) }));
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || App::new().app_data(service.clone()).configure(routes))
            .listen_rustls_0_23(listener, tls.config)?
            .shutdown_timeout(SHUTDOWN_SECONDS)
            .run();
        ready(address);
        server.await
    })
}

/// Where the resolver is; a DID, percent-encoded, follows.
const IDENTIFIERS: &str = "/identifiers/";

/// The route table.
fn routes(config: &mut ServiceConfig) {
    config
        .route("/credentials/verify", web::post().to(credentials))
        .route("/presentations/verify", web::post().to(presentations))
        .route("/credentials/derive", web::post().to(derived))
        .route("/identifiers/{did:.*}", web::get().to(identifiers))
        .default_service(web::to(|| async { refuse(&Refusal::NotFound) }));
}

/// Which checks decide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Checks {
    /// Every check, with the policy of the service.
    #[default]
    All,
    /// The data model and the proof: not who the issuer is, nor dates, status, recipient or presenter.
    Proof,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    #[serde(default)]
    checks: Checks,
}

/// What a request carries beside the document.
#[derive(Default, Deserialize)]
struct Options {
    challenge: Option<String>,
    domain: Option<String>,
}

/// What the endpoint is for.
#[derive(Clone, Copy)]
enum Kind {
    Credential,
    Presentation,
}

impl Kind {
    fn member(self) -> &'static str {
        match self {
            Self::Credential => "verifiableCredential",
            Self::Presentation => "verifiablePresentation",
        }
    }

    /// A presentation where a credential belongs proves nothing about the credential, and the other way round.
    fn fits(self, document: &Value) -> bool {
        match self {
            Self::Credential => {
                (is_credential(document) || is_enveloped_credential(document)) && !is_presentation(document)
            }
            Self::Presentation => {
                is_presentation(document)
                    || badge_schemas::credential::has_type(document, "EnvelopedVerifiablePresentation")
            }
        }
    }
}

async fn credentials(request: HttpRequest, payload: Payload, service: Data<Service>) -> HttpResponse {
    answer(&request, payload, &service, Kind::Credential).await.unwrap_or_else(|refusal| refuse(&refusal))
}

async fn presentations(request: HttpRequest, payload: Payload, service: Data<Service>) -> HttpResponse {
    answer(&request, payload, &service, Kind::Presentation).await.unwrap_or_else(|refusal| refuse(&refusal))
}

async fn answer(
    request: &HttpRequest,
    payload: Payload,
    service: &Service,
    kind: Kind,
) -> Result<HttpResponse, Refusal> {
    let Query(Asked { checks }) = Query::<Asked>::from_query(request.query_string())
        .map_err(|error| Refusal::Parameter(format!("The query string cannot be read: {error}.")))?;
    let _turn = service.turns.try_acquire().map_err(|_| Refusal::Busy)?;
    let settings = &service.settings;
    let bytes = tokio::time::timeout(settings.body_time, body(request.headers(), payload))
        .await
        .map_err(|_| Refusal::TooSlow)??;
    let (document, expect) = match read(bytes, kind) {
        Ok(read) => read,
        Err(problem) => return Ok(refused(&problem, None)),
    };
    let mut snapshot = settings.snapshot.clone();
    let report = verify_online(
        document.to_string().as_bytes(),
        &expect,
        &settings.policy,
        settings.clock,
        &mut snapshot,
        &settings.fetcher,
        Refresh::No,
    )
    .await;
    let verified = match checks {
        Checks::All => all(&report),
        Checks::Proof => proof_only(&report),
    };
    Ok(match verified {
        Ok(()) => HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .json(json!({"verified": true, "report": report})),
        Err(problem) => refused(&problem, Some(&report)),
    })
}

/// Derives, as a holder does, a credential that shows what `options.selectivePointers` select.
async fn derived(request: HttpRequest, payload: Payload, service: Data<Service>) -> HttpResponse {
    let Ok(_turn) = service.turns.try_acquire() else { return refuse(&Refusal::Busy) };
    let settings = &service.settings;
    let bytes = match tokio::time::timeout(settings.body_time, body(request.headers(), payload)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(refusal)) => return refuse(&refusal),
        Err(_) => return refuse(&Refusal::TooSlow),
    };
    match derive_from(bytes, (settings.clock)()) {
        Ok(credential) => HttpResponse::Created()
            .insert_header((CACHE_CONTROL, "no-store"))
            .json(json!({"verifiableCredential": credential})),
        Err(problem) => refused(&problem, None),
    }
}

fn derive_from(bytes: Vec<u8>, now: Timestamp) -> Result<Value, Problem> {
    let body = Document::parse(bytes)?.into_value();
    let pointers = body.pointer("/options/selectivePointers").cloned().unwrap_or_else(|| json!([]));
    let pointers: Vec<String> = serde_json::from_value(pointers).map_err(|error| {
        Problem::new(Code::MalformedValue)
            .at("/options/selectivePointers")
            .with("member", "selectivePointers")
            .with("reason", error)
    })?;
    let base = body.get("verifiableCredential").filter(|credential| Kind::Credential.fits(credential));
    let base = base.ok_or_else(|| Problem::new(Code::NotACredential).at("/verifiableCredential"))?;
    let credential = derive(base, &pointers)?;
    // What goes out must hold: a base proof that was spoiled gives a derived one that is.
    let text = credential.to_string();
    let report =
        verify(text.as_bytes(), &Expectations::default(), &TrustPolicy::default(), now, &Snapshot::default());
    match report.outcome(CheckId::Signature) {
        Outcome::Pass => Ok(credential),
        other => Err(other.problem().cloned().unwrap_or_else(|| first_finding(&report))),
    }
}

/// The document in a request, and what the caller expects of it.
fn read(bytes: Vec<u8>, kind: Kind) -> Result<(Value, Expectations), Problem> {
    let mut body = Document::parse(bytes)?.into_value();
    let malformed = |member: &str, reason: &str| {
        Problem::new(Code::MalformedValue)
            .at(format!("/{member}"))
            .with("member", member)
            .with("reason", reason)
    };
    let document = body.get_mut(kind.member()).map(Value::take);
    let document = match document {
        Some(document @ Value::Object(_)) => document,
        Some(_) => return Err(malformed(kind.member(), "an object is needed")),
        None => return Err(malformed(kind.member(), "it is missing")),
    };
    if !kind.fits(&document) {
        return Err(Problem::new(Code::NotACredential).at(format!("/{}/type", kind.member())));
    }
    let options = match body.get_mut("options").map(Value::take) {
        None | Some(Value::Null) => Options::default(),
        Some(options) => {
            serde_json::from_value(options).map_err(|error| malformed("options", &error.to_string()))?
        }
    };
    let (challenge, domain) = match kind {
        Kind::Credential => (None, None),
        Kind::Presentation => (options.challenge, options.domain),
    };
    Ok((document, Expectations { challenge, domain, ..Expectations::default() }))
}

/// The first finding that keeps a report from being valid.
fn all(report: &Report) -> Result<(), Problem> {
    match report.verdict() {
        Verdict::Valid => Ok(()),
        Verdict::Invalid | Verdict::Indeterminate => Err(first_finding(report)),
    }
}

/// A request that is none, or a document that does not verify.
fn refused(problem: &Problem, report: Option<&Report>) -> HttpResponse {
    let mut body = json!(problem);
    if let Some(members) = body.as_object_mut() {
        members.insert("status".to_owned(), StatusCode::BAD_REQUEST.as_u16().into());
        members.insert("verified".to_owned(), false.into());
        members.insert("report".to_owned(), json!(report));
    }
    HttpResponse::BadRequest()
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("application/problem+json")
        .body(body.to_string())
}

async fn identifiers(request: HttpRequest) -> HttpResponse {
    let Ok(Query(options)) = Query::<did_key::Options>::from_query(request.query_string()) else {
        return refuse(&Refusal::Parameter("The query string cannot be read.".to_owned()));
    };
    // The path as it was sent, decoded once: a DID URL in it has reserved characters of its own.
    let path = request.uri().path().strip_prefix(IDENTIFIERS).unwrap_or_default();
    let (status, answer) = did_key::resolve(&percent_decode_str(path).decode_utf8_lossy(), &options);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    HttpResponse::build(status)
        .content_type(r#"application/ld+json;profile="https://w3id.org/did-resolution""#)
        .body(answer.to_string())
}
