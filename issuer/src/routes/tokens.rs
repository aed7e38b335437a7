//! Tokens, for administrators.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use crate::access::register::shown;
use crate::access::{Grant, Request};
use crate::app::App;
use crate::body::Body;
use crate::parameters::Parameters;
use crate::problem::HttpProblem;
use crate::routes::blocking;
use crate::store::MAX_PAGE;

/// `POST /api/tokens`: makes a token; its text is in the answer, once.
pub(super) async fn create(
    app: web::Data<App>,
    grant: web::ReqData<Grant>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, HttpProblem> {
    Parameters::parse(request.query_string())?.finish()?;
    let asked = Request::parse(body.0, app.now())?;
    let grant = grant.into_inner();
    let (token, secret) =
        blocking(&app, move |app| app.access.register().create(asked, grant.account(), app.now())).await?;
    let mut answer = shown(&token);
    answer["token"] = json!(secret.reveal());
    Ok(HttpResponse::Created().insert_header((CACHE_CONTROL, "no-store")).json(answer))
}

/// `GET /api/tokens?after=&limit=`: tokens, oldest first, without their texts, which are not kept.
pub(super) async fn list(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, HttpProblem> {
    let mut parameters = Parameters::parse(request.query_string())?;
    let after = parameters.place("after")?;
    let limit = parameters.count("limit", MAX_PAGE)?.unwrap_or(MAX_PAGE);
    parameters.finish()?;
    let page = blocking(&app, move |app| app.access.register().page(after, limit)).await?;
    let tokens: Vec<Value> = page.tokens.iter().map(shown).collect();
    let mut answer = json!({ "tokens": tokens });
    if let Some(next) = page.next {
        answer["next"] = json!(next.to_string());
    }
    Ok(HttpResponse::Ok().json(answer))
}

/// `DELETE /api/tokens/{id}`: revokes a token, from the next request on.
pub(super) async fn revoke(
    app: web::Data<App>,
    grant: web::ReqData<Grant>,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, HttpProblem> {
    Parameters::parse(request.query_string())?.finish()?;
    let grant = grant.into_inner();
    let token =
        blocking(&app, move |app| app.access.register().revoke(&id, grant.account(), app.now())).await?;
    Ok(HttpResponse::Ok().json(shown(&token)))
}
