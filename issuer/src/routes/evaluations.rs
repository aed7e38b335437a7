//! Evaluations by peers. For status entries there is no token: the signatures in the thread say who may do what.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::access::Grant;
use crate::app::App;
use crate::award::{JSON, JWT};
use crate::body::Body;
use crate::evaluation::fold;
use crate::parameters::Parameters;
use crate::problem::HttpProblem;
use crate::refusal::{Refusal, status_name};
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
    Ok(response.json(json!({"entries": reserved.entries, "keeper": reserved.keeper})))
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

/// On which grounds evaluators may be shown.
const GROUNDS: [&str; 3] = ["dispute", "audit", "legal-order"];

/// `GET /api/awards/{id}/evaluations?ground=`: who evaluated, as it was received. That it was shown, and to whom, is recorded.
pub(super) async fn reveal(
    app: web::Data<App>,
    grant: web::ReqData<Grant>,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, HttpProblem> {
    let mut parameters = Parameters::parse(request.query_string())?;
    let ground = parameters.read("ground", "it is dispute, audit or legal-order", |text| {
        GROUNDS.into_iter().find(|ground| *ground == text)
    })?;
    parameters.finish()?;
    let grant = grant.into_inner();
    let revealed = blocking(&app, move |app| {
        let award = app.issuer.find_award(&id)?;
        grant.require_badge(&award.badge)?;
        app.issuer.reveal(&id, ground.unwrap_or(GROUNDS[0]), app.act(&grant))
    })
    .await?;
    let body = json!({"evaluations": revealed.evaluations, "evaluators": revealed.evaluators});
    Ok(HttpResponse::Ok().json(body))
}

/// `POST /api/awards/{id}/endorsements`: puts endorsements into a badge and signs it again.
pub(super) async fn fold(
    app: web::Data<App>,
    grant: web::ReqData<Grant>,
    id: web::Path<String>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, HttpProblem> {
    Parameters::parse(request.query_string())?.finish()?;
    let given = fold::parse(body.0)?;
    let grant = grant.into_inner();
    let answer = blocking(&app, move |app| {
        let award = app.issuer.find_award(&id)?;
        grant.require_badge(&award.badge)?;
        let folded = app.issuer.fold(&id, &given, app.act(&grant))?;
        let form = |name: &str| folded.forms.get(name);
        let read = |text: &String| serde_json::from_str(text).unwrap_or_else(|_| json!(text));
        let credential = form(JSON).map(read).or_else(|| form(JWT).map(|token| json!(token)));
        Ok::<_, Refusal>(json!({
            "id": folded.award.id,
            "credentialId": folded.award.credential_id,
            "status": status_name(folded.award.status),
            "added": folded.added,
            "credential": credential,
        }))
    })
    .await?;
    Ok(HttpResponse::Ok().json(answer))
}
