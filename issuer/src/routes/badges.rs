//! Badges, for the administrator.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use badge_schemas::problem::Problem;
use serde_json::{Value, json};

use crate::app::App;
use crate::badge::{Defined, to_json};
use crate::body::Body;
use crate::parameters::Parameters;
use crate::problem::HttpProblem;
use crate::routes::blocking;
use crate::store::Purpose;
use crate::template::Template;

/// `POST /api/badges?statusPurpose=`: defines a badge.
pub(super) async fn define(
    app: web::Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, HttpProblem> {
    let purpose = purpose(&request)?.unwrap_or(Purpose::Revocation);
    let template = Template { achievement: body.0.into_value(), status_purpose: purpose };
    let defined = blocking(&app, move |app| app.issuer.define(None, template, app.now())).await?;
    let mut response = HttpResponse::Created();
    if let Some(url) = app.issuer.identity().public_url() {
        response.insert_header((LOCATION, url.join(&format!("/badges/{}", defined.badge))));
    }
    Ok(response.json(answer(&defined)))
}

/// `PUT /api/badges/{id}?statusPurpose=`: records the next version of a badge.
pub(super) async fn replace(
    app: web::Data<App>,
    id: web::Path<String>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, HttpProblem> {
    let purpose = purpose(&request)?;
    let achievement = body.0.into_value();
    let defined = blocking(&app, move |app| {
        let (_, before) = app.issuer.find_badge(&id, None)?;
        let status_purpose = purpose.unwrap_or(before.status_purpose);
        app.issuer.define(Some(&id), Template { achievement, status_purpose }, app.now())
    })
    .await?;
    Ok(HttpResponse::Ok().json(answer(&defined)))
}

/// `GET /api/badges`: every badge in its latest version.
pub(super) async fn list(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, HttpProblem> {
    Parameters::parse(request.query_string())?.finish()?;
    let badges = blocking(&app, |app| app.issuer.badges()).await?;
    let badges: Vec<Value> = badges
        .iter()
        .map(|(version, template)| to_json(&version.badge, version.version, template, &[]))
        .collect();
    Ok(HttpResponse::Ok().json(json!({ "badges": badges })))
}

fn answer(defined: &Defined) -> Value {
    to_json(&defined.badge, defined.version, &defined.template, &defined.warnings)
}

fn purpose(request: &HttpRequest) -> Result<Option<Purpose>, Problem> {
    let mut parameters = Parameters::parse(request.query_string())?;
    let purpose = parameters.read("statusPurpose", "it is revocation or suspension", |text| match text {
        "revocation" => Some(Purpose::Revocation),
        "suspension" => Some(Purpose::Suspension),
        _ => None,
    })?;
    parameters.finish()?;
    Ok(purpose)
}
