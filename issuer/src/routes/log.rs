//! The record as a log that anybody can check, and receipts from it.

use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL};
use actix_web::{HttpRequest, HttpResponse, web};
use badge_schemas::problem::{Code, Problem};
use badge_verifier::tlog::tiles::Asked;

use crate::access::Grant;
use crate::app::App;
use crate::log::{FRESH, PublicLog};
use crate::parameters::Parameters;
use crate::problem::HttpProblem;
use crate::routes::{awards, blocking};

/// `GET /log/checkpoint`: how long the log is and the root over it, signed.
pub(super) async fn checkpoint(
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<HttpResponse, HttpProblem> {
    Parameters::parse(request.query_string())?.finish()?;
    let note = blocking(&app, |app| shown(app)?.checkpoint(app.now())).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((CACHE_CONTROL, format!("public, max-age={}", FRESH.as_secs())))
        .body(note))
}

/// `GET /log/tile/{path}`: a tile of hashes, or a bundle of entries. It never changes.
pub(super) async fn file(
    app: web::Data<App>,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, HttpProblem> {
    Parameters::parse(request.query_string())?.finish()?;
    let absent = || Problem::new(Code::NotFound).with_words("resource", "tile", "tuile");
    let asked = Asked::parse(&format!("tile/{path}"));
    let bytes = blocking(&app, move |app| {
        let log = shown(app)?;
        Ok(log.file(asked.ok_or_else(absent)?)?.ok_or_else(absent)?)
    })
    .await?;
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(bytes))
}

/// `GET /api/awards/{id}/receipt`: the proof that an award's signature is in the log, for its holder.
pub(super) async fn receipt(
    app: web::Data<App>,
    grant: web::ReqData<Grant>,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, HttpProblem> {
    Parameters::parse(request.query_string())?.finish()?;
    let grant = grant.into_inner();
    let receipt = blocking(&app, move |app| {
        let award = awards::find(app, &grant, &id)?;
        shown(app)?.receipt(&award.id, app.now())
    })
    .await?;
    Ok(HttpResponse::Ok().json(receipt))
}

/// The log, where the settings want one.
fn shown(app: &App) -> Result<&PublicLog, Problem> {
    app.log.as_ref().ok_or_else(|| Problem::new(Code::LogNotPublic))
}
