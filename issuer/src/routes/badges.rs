//! Badges, for those who write and award them.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use badge_schemas::problem::Problem;
use serde_json::{Value, json};

use crate::access::Grant;
use crate::app::App;
use crate::badge::{Defined, to_json};
use crate::body::Body;
use crate::parameters::Parameters;
use crate::problem::HttpProblem;
use crate::routes::blocking;
use crate::store::Purpose;
use crate::template::{Template, read_pointers};

/// `POST /api/badges?statusPurpose=&mandatoryPointers=`: defines a badge.
pub(super) async fn define(
    app: web::Data<App>,
    grant: web::ReqData<Grant>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, HttpProblem> {
    let Asked { purpose, mandatory_pointers } = Asked::of(&request)?;
    let grant = grant.into_inner();
    let template = Template::of(
        body.0.into_value(),
        purpose.unwrap_or(Purpose::Revocation),
        mandatory_pointers.unwrap_or_default(),
    )?;
    let defined = blocking(&app, move |app| app.issuer.define(None, template, app.act(&grant))).await?;
    let mut response = HttpResponse::Created();
    if let Some(url) = app.issuer.identity().public_url() {
        response.insert_header((LOCATION, url.join(&format!("/badges/{}", defined.badge))));
    }
    Ok(response.json(answer(&defined)))
}

/// `PUT /api/badges/{id}?statusPurpose=&mandatoryPointers=`: records the next version of a badge.
pub(super) async fn replace(
    app: web::Data<App>,
    grant: web::ReqData<Grant>,
    id: web::Path<String>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, HttpProblem> {
    let Asked { purpose, mandatory_pointers } = Asked::of(&request)?;
    let grant = grant.into_inner();
    let achievement = body.0.into_value();
    let defined = blocking(&app, move |app| {
        let (_, before) = app.issuer.find_badge(&id, None)?;
        let status_purpose = purpose.unwrap_or(before.status_purpose);
        let mandatory_pointers = mandatory_pointers.unwrap_or(before.mandatory_pointers);
        let template = Template::of(achievement, status_purpose, mandatory_pointers)?;
        app.issuer.define(Some(&id), template, app.act(&grant))
    })
    .await?;
    Ok(HttpResponse::Ok().json(answer(&defined)))
}

/// `GET /api/badges`: every badge in its latest version.
pub(super) async fn list(
    app: web::Data<App>,
    grant: web::ReqData<Grant>,
    request: HttpRequest,
) -> Result<HttpResponse, HttpProblem> {
    Parameters::parse(request.query_string())?.finish()?;
    let badges = blocking(&app, |app| app.issuer.badges()).await?;
    let badges: Vec<Value> = badges
        .iter()
        .filter(|(version, _)| grant.covers(&version.badge))
        .map(|(version, template)| to_json(&version.badge, version.version, template, &[]))
        .collect();
    Ok(HttpResponse::Ok().json(json!({ "badges": badges })))
}

fn answer(defined: &Defined) -> Value {
    to_json(&defined.badge, defined.version, &defined.template, &defined.warnings)
}

/// What the query string says of a badge; absent members are as they were.
struct Asked {
    purpose: Option<Purpose>,
    mandatory_pointers: Option<Vec<String>>,
}

impl Asked {
    fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let mut parameters = Parameters::parse(request.query_string())?;
        let purpose =
            parameters.read("statusPurpose", "it is revocation or suspension", |text| match text {
                "revocation" => Some(Purpose::Revocation),
                "suspension" => Some(Purpose::Suspension),
                _ => None,
            })?;
        let wanted = "it is a JSON array of a few JSON Pointers";
        let mandatory_pointers = parameters.read("mandatoryPointers", wanted, |text| {
            read_pointers(serde_json::from_str(text).ok()?, "").ok()
        })?;
        parameters.finish()?;
        Ok(Self { purpose, mandatory_pointers })
    }
}
