//! Tokens, for administrators.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use crate::access::{Grant, Request, Token};
use crate::app::App;
use crate::body::Body;
use crate::parameters::Parameters;
use crate::problem::HttpProblem;
use crate::routes::blocking;

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
        blocking(&app, move |app| Ok(app.access.register().create(asked, grant.account(), app.now())?))
            .await?;
    let mut answer = token.to_json();
    answer["token"] = json!(secret.reveal());
    Ok(HttpResponse::Created().insert_header((CACHE_CONTROL, "no-store")).json(answer))
}

/// `GET /api/tokens`: every token, without its text, which is not kept.
pub(super) async fn list(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, HttpProblem> {
    Parameters::parse(request.query_string())?.finish()?;
    let tokens = blocking(&app, |app| Ok(app.access.register().tokens()?)).await?;
    let tokens: Vec<Value> = tokens.iter().map(Token::to_json).collect();
    Ok(HttpResponse::Ok().json(json!({ "tokens": tokens })))
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
        blocking(&app, move |app| Ok(app.access.register().revoke(&id, grant.account(), app.now())?)).await?;
    Ok(HttpResponse::Ok().json(token.to_json()))
}
