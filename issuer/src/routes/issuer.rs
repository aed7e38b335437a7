//! The issuer itself: for everyone.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

use crate::app::App;
use crate::problem::HttpProblem;
use crate::refusal::Refusal;
use crate::routes::OPENAPI;

/// `GET /.well-known/did.json`: the [DID document](https://www.w3.org/TR/did-core/).
pub(super) async fn did_document(app: web::Data<App>) -> HttpResponse {
    cached("application/did+json", &app.issuer.identity().did_document())
}

/// `GET /.well-known/jwks.json`: the same keys as a [JWK Set](https://www.rfc-editor.org/rfc/rfc7517#section-5).
pub(super) async fn jwks(app: web::Data<App>) -> HttpResponse {
    cached("application/jwk-set+json", &app.issuer.identity().jwks())
}

/// `GET /issuer`: the [Profile](https://www.imsglobal.org/spec/ob/v3p0/#profile).
pub(super) async fn profile(app: web::Data<App>) -> HttpResponse {
    cached("application/json", app.issuer.identity().profile())
}

/// `GET /openapi.json`: this service, described.
pub(super) async fn openapi(app: web::Data<App>) -> Result<HttpResponse, HttpProblem> {
    let mut response = HttpResponse::Ok();
    response.content_type("application/json");
    if app.name.is_empty() {
        return Ok(response.body(OPENAPI));
    }
    let mut description: Value =
        serde_json::from_str(OPENAPI).map_err(|error| Refusal::Failure(error.to_string()))?;
    description["servers"] = json!([{"url": app.prefix()}]);
    Ok(response.body(description.to_string()))
}

fn cached(media_type: &str, value: &Value) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(media_type)
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .body(value.to_string())
}
