//! Status entries for evaluations by peers. There is no token: the signatures in the thread say who may do what.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::app::App;
use crate::body::Body;
use crate::parameters::Parameters;
use crate::problem::HttpProblem;
use crate::routes::blocking;

/// `POST /evaluations/entries`: a status entry for each evaluation that an evaluator has agreed to make.
pub(super) async fn entries(
    app: web::Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, HttpProblem> {
    Parameters::parse(request.query_string())?.finish()?;
    let reserved =
        blocking(&app, move |app| app.issuer.evaluation_entries(body.0.bytes(), app.now())).await?;
    let mut response = if reserved.fresh { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response.json(json!({ "entries": reserved.entries })))
}

/// `POST /evaluations/withdrawals`: sets the bits of the evaluations that their evaluator has taken back.
pub(super) async fn withdrawals(
    app: web::Data<App>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, HttpProblem> {
    Parameters::parse(request.query_string())?.finish()?;
    let withdrawn =
        blocking(&app, move |app| app.issuer.withdraw_evaluations(body.0.bytes(), app.now())).await?;
    Ok(HttpResponse::Ok().json(json!({ "withdrawn": withdrawn })))
}
