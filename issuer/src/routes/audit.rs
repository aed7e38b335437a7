//! The audit log, for auditors.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::app::App;
use crate::audit::{MAX_PAGE, page};
use crate::parameters::Parameters;
use crate::problem::HttpProblem;
use crate::routes::blocking;

/// Entries on a page when nobody says how many.
const DEFAULT_PAGE: usize = 100;

/// `GET /api/audit?after=&limit=&actor=`: who did what, oldest first.
pub(super) async fn log(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, HttpProblem> {
    let mut parameters = Parameters::parse(request.query_string())?;
    let actor = parameters.text("actor");
    let after = parameters.place("after")?;
    let limit = parameters.count("limit", MAX_PAGE)?.unwrap_or(DEFAULT_PAGE);
    parameters.finish()?;
    let page = blocking(&app, move |app| {
        page(app.issuer.store.as_ref(), after.unwrap_or_default(), limit, actor.as_deref())
    })
    .await?;
    let mut answer = json!({ "entries": page.entries });
    if let Some(next) = page.next {
        answer["next"] = json!(next.to_string());
    }
    Ok(HttpResponse::Ok().json(answer))
}
