//! The process, for whoever runs it.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use badge_schemas::problem::{Code, Problem};
use serde_json::json;

use crate::app::{App, Process};
use crate::metrics::{MEDIA_TYPE, Reading};
use crate::problem::HttpProblem;
use crate::refusal::Refusal;
use crate::routes::blocking;

/// `GET /healthz`: whether the process answers. It reads nothing: one organisation's trouble must not restart all of them.
pub(super) async fn health() -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(json!({"status": "ok"}))
}

/// `GET /readyz`: whether every record can be read; below an organisation, whether its own can.
pub(super) async fn ready(
    app: web::Data<App>,
    process: web::Data<Process>,
) -> Result<HttpResponse, HttpProblem> {
    let apps = if app.name.is_empty() { process.apps.clone() } else { vec![app.clone()] };
    blocking(&app, move |_| {
        for app in &apps {
            app.issuer.store.head().map_err(|error| {
                tracing::error!(organisation = app.name, reason = %error, "the record cannot be read");
                Problem::new(Code::NotReady)
            })?;
        }
        Ok(())
    })
    .await?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(json!({"status": "ready"})))
}

/// `GET /metrics`: what the process counts, over all organisations; for the root's people alone.
pub(super) async fn metrics(
    app: web::Data<App>,
    process: web::Data<Process>,
) -> Result<HttpResponse, HttpProblem> {
    if !app.name.is_empty() {
        return Err(Problem::new(Code::NotFound).with("resource", "address").into());
    }
    tell(process).await
}

/// The same, on a listener of its own that asks for no token.
pub(crate) async fn tell(process: web::Data<Process>) -> Result<HttpResponse, HttpProblem> {
    let text = web::block(move || {
        let readings: Vec<Reading> = process.apps.iter().map(|app| read(app)).collect();
        process.metrics.text(&readings, process.limits.remembered())
    })
    .await
    .map_err(|error| Refusal::Failure(error.to_string()))?
    .map_err(|error| Refusal::Failure(error.to_string()))?;
    Ok(HttpResponse::Ok().content_type(MEDIA_TYPE).insert_header((CACHE_CONTROL, "no-store")).body(text))
}

fn read(app: &App) -> Reading {
    let now = app.now();
    let in_force = app.access.register().in_force(now).unwrap_or_default();
    Reading {
        organisation: app.name.clone(),
        entries: app.issuer.store.head().ok().map(|head| head.sequence),
        tokens: in_force.len(),
        short_panels: app.issuer.evaluations.short(),
        token_end: in_force.iter().filter_map(|token| token.expires_at).min().map(jiff::Timestamp::as_second),
    }
}
