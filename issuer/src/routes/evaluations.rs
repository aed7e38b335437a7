//! Evaluations by peers. For status entries there is no token: the signatures in the thread say who may do what.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::access::Grant;
use crate::app::{App, Process};
use crate::award::{JSON, JWT};
use crate::body::Body;
use crate::evaluation::{Withdrawals, fold};
use crate::members::{Members, malformed, missing};
use crate::parameters::Parameters;
use crate::problem::{HttpProblem, to_author};
use crate::refusal::{Refusal, status_name};
use crate::routes::blocking;

/// Largest thread for which entries are kept: a quarter of a badge, 256 KiB. A mandate and its answer are enough, with every skill, every piece of
/// evidence and the longest texts they take a third of it.
const MAX_THREAD: usize = 256 * 1024;

/// `POST /evaluations/entries`: a status entry for each evaluation that an evaluator has agreed to make.
pub(super) async fn entries(
    app: web::Data<App>,
    process: web::Data<Process>,
    request: HttpRequest,
    body: Body<MAX_THREAD>,
) -> Result<HttpResponse, HttpProblem> {
    Parameters::parse(request.query_string())?.finish()?;
    let network = process.limits.caller(request.peer_addr().map(|peer| peer.ip()), request.headers());
    let turn = process.entry_turns.take(network).await?;
    let reserved = blocking(&app, move |app| {
        let _turn = turn;
        app.issuer.evaluation_entries(body.0.bytes(), network, app.now())
    })
    .await?;
    let mut response = if reserved.fresh { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response.json(json!({"entries": reserved.entries, "keeper": reserved.keeper})))
}

/// `POST /evaluations/withdrawals`: sets the bits of the evaluations that their evaluator has taken back, and says which were refused beside them. The body may be as large as any thread: what
/// was evaluated may carry the evaluator's own badges, and no withdrawal is to be lost for its size.
pub(super) async fn withdrawals(
    app: web::Data<App>,
    process: web::Data<Process>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, HttpProblem> {
    Parameters::parse(request.query_string())?.finish()?;
    let network = process.limits.caller(request.peer_addr().map(|peer| peer.ip()), request.headers());
    let turn = process.withdrawal_turns.take(network).await?;
    let Withdrawals { withdrawn, refused } = blocking(&app, move |app| {
        let _turn = turn;
        app.issuer.withdraw_evaluations(body.0.bytes(), app.now())
    })
    .await?;
    let refused: Vec<_> = refused.iter().map(to_author).collect();
    Ok(HttpResponse::Ok().json(json!({"withdrawn": withdrawn, "refused": refused})))
}

/// On which grounds evaluators may be shown.
const GROUNDS: [&str; 3] = ["dispute", "audit", "legal-order"];

/// `POST /api/awards/{id}/evaluations/reveal`: who evaluated, as it was received. That it was shown, and to whom, is recorded; so it is no `GET`, and the
/// ground is said each time.
pub(super) async fn reveal(
    app: web::Data<App>,
    grant: web::ReqData<Grant>,
    id: web::Path<String>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, HttpProblem> {
    Parameters::parse(request.query_string())?.finish()?;
    let mut members = Members::of(body.0.into_value(), "")?;
    let at = members.at("ground");
    let said = members.text("ground")?.ok_or_else(|| missing(&at))?;
    members.finish()?;
    let ground = GROUNDS.into_iter().find(|ground| *ground == said).ok_or_else(|| {
        malformed(&at, "it is dispute, audit or legal-order", "c’est dispute, audit ou legal-order")
    })?;
    let grant = grant.into_inner();
    let revealed = blocking(&app, move |app| {
        let award = app.issuer.find_award(&id)?;
        grant.require_badge(&award.badge)?;
        app.issuer.reveal(&id, ground, app.act(&grant))
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
