//! The conformance profile: the issuing endpoints that official test suites call ([VC API](https://w3c-ccg.github.io/vc-api/)), over HTTPS
//! with a certificate made at start.
//!
//! Off by default and without authentication, so it has nothing worth protecting: its keys are made at start and end with the
//! process, it opens no data directory, keeps no record, and listens on this machine only. It never runs beside the ordinary routes.

mod issue;
mod status;
mod suite;

use std::io;
use std::net::TcpListener;

use actix_web::dev::Server;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{self, Data, Path};
use actix_web::{App, HttpResponse, HttpServer};
use badge_schemas::document::MAX_BYTES;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::self_signed::SelfSigned;
use jiff::Timestamp;
use serde_json::json;

use crate::body::{Body, Limits};
use crate::conformance::suite::{Suite, SuiteKey};
use crate::problem::HttpProblem;
use crate::refusal::Refusal;

/// The profile at work.
pub struct Conformance {
    base: String,
    certificate: String,
    suites: Vec<SuiteKey>,
    clock: fn() -> Timestamp,
}

impl Conformance {
    /// Makes a key for each suite.
    ///
    /// # Errors
    /// [`Refusal`] where the operating system gives no randomness.
    fn new(base: String, certificate: String, clock: fn() -> Timestamp) -> Result<Self, Refusal> {
        let suites = Suite::ALL.iter().map(SuiteKey::generate).collect::<Result<_, _>>()?;
        Ok(Self { base, certificate, suites, clock })
    }

    fn suite(&self, name: &str) -> Result<&SuiteKey, Problem> {
        self.suites
            .iter()
            .find(|key| key.suite.name == name)
            .ok_or_else(|| Problem::new(Code::NotFound).with("resource", "suite"))
    }
}

/// Starts the profile on a socket that already listens.
///
/// # Errors
/// [`Refusal`] where the socket can be reached from elsewhere, or the operating system does not play along.
pub fn start(
    listener: TcpListener,
    tls: SelfSigned,
    clock: fn() -> Timestamp,
    limits: Limits,
) -> Result<Server, Refusal> {
    let failed = |error: io::Error| Refusal::Failure(error.to_string());
    let address = listener.local_addr().map_err(failed)?;
    if !address.ip().is_loopback() {
        return Err(Problem::new(Code::OptionInvalid)
            .with("option", format!("--listen {address}"))
            .with_words(
                "reason",
                "the conformance profile listens on this machine only",
                "le profil de conformité n’écoute que sur cette machine",
            )
            .into());
    }
    let profile = Data::new(Conformance::new(format!("https://{address}"), tls.pem, clock)?);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(profile.clone())
            .app_data(limits)
            .app_data(web::PayloadConfig::new(MAX_BYTES))
            .route("/suites", web::get().to(suites))
            .route("/certificate.pem", web::get().to(certificate))
            .route("/suites/{suite}/credentials/issue", web::post().to(issue_credential))
            .route("/suites/{suite}/credentials/status", web::post().to(change_status))
            .route("/suites/{suite}/status/{list}", web::get().to(status_list))
            .default_service(web::to(nowhere))
    })
    .workers(1)
    .listen_rustls_0_23(listener, tls.config)
    .map_err(failed)?
    .run();
    Ok(server)
}

/// What a test suite's configuration needs to know: each suite with its issuer and its endpoint.
async fn suites(profile: Data<Conformance>) -> HttpResponse {
    let rows: Vec<_> = profile
        .suites
        .iter()
        .map(|key| {
            json!({
                "suite": key.suite.name,
                "id": key.did,
                "endpoint": format!("{}/suites/{}/credentials/issue", profile.base, key.suite.name),
            })
        })
        .collect();
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(rows)
}

/// The certificate, for a verifier that is to fetch status lists from here.
async fn certificate(profile: Data<Conformance>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/pem-certificate-chain").body(profile.certificate.clone())
}

async fn issue_credential(
    profile: Data<Conformance>,
    suite: Path<String>,
    body: Body,
) -> Result<HttpResponse, HttpProblem> {
    let key = profile.suite(&suite)?;
    let secured = issue::issue(key, &profile.base, body.0, (profile.clock)())?;
    Ok(HttpResponse::Created()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(json!({"verifiableCredential": secured})))
}

async fn change_status(
    profile: Data<Conformance>,
    suite: Path<String>,
    body: Body,
) -> Result<HttpResponse, HttpProblem> {
    profile.suite(&suite)?.lists.change(body.0.value())?;
    Ok(HttpResponse::Ok().json(json!({})))
}

async fn status_list(
    profile: Data<Conformance>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, HttpProblem> {
    let (suite, list) = path.into_inner();
    let key = profile.suite(&suite)?;
    let text = status::published(key, &profile.base, &list, (profile.clock)())?;
    // The general type of what is an `application/vc`: the suites read a body only where its type says JSON.
    Ok(HttpResponse::Ok()
        .content_type("application/ld+json")
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(text))
}

async fn nowhere() -> Result<HttpResponse, HttpProblem> {
    Err(Problem::new(Code::NotFound).with("resource", "address").into())
}
