//! What badges refer to: for everyone.

use actix_web::http::header::{
    ACCEPT, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, ETAG, IF_NONE_MATCH, VARY,
};
use actix_web::{HttpRequest, HttpResponse, web};
use badge_schemas::problem::{Code, Problem};

use crate::app::App;
use crate::draft::Format;
use crate::parameters::Parameters;
use crate::problem::HttpProblem;
use crate::routes::blocking;
use crate::status_list::{ListForm, TTL_SECONDS};

/// `GET /badges/{id}?version=`: what a badge recognises, as an Achievement.
pub(super) async fn badge(
    app: web::Data<App>,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, HttpProblem> {
    let mut parameters = Parameters::parse(request.query_string())?;
    let version =
        parameters.number("version", 1, u32::MAX.into())?.and_then(|version| u32::try_from(version).ok());
    parameters.finish()?;
    let achievement = blocking(&app, move |app| {
        // `ID.LANGUAGE` is the badge in another of its languages; ids have no dots.
        let (id, language) =
            id.split_once('.').map_or((id.as_str(), None), |(id, language)| (id, Some(language)));
        let (_, template) = app.issuer.find_badge(id, version)?;
        let spoken = template.spoken(language);
        Ok(spoken.map_err(|_| Problem::new(Code::NotFound).with("resource", "badge"))?.achievement)
    })
    .await?;
    Ok(HttpResponse::Ok().json(achievement))
}

/// `GET /credentials/{id}?format=`: a badge, for whoever knows its unguessable id.
pub(super) async fn credential(
    app: web::Data<App>,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, HttpProblem> {
    let mut parameters = Parameters::parse(request.query_string())?;
    let format = match parameters.format()? {
        Some(format) => Some(format),
        None => accepted(&request),
    };
    parameters.finish()?;
    let (format, bytes) = blocking(&app, move |app| {
        let absent = || Problem::new(Code::NotFound).with("resource", "credential");
        let url = app.issuer.identity().public_url().ok_or_else(absent)?;
        let award = app.issuer.store.award_by_credential_id(&url.join(&format!("/credentials/{id}")))?;
        app.issuer.public_file(&award.ok_or_else(absent)?, format)
    })
    .await?;
    Ok(HttpResponse::Ok()
        .content_type(format.media_type())
        .insert_header((VARY, "Accept"))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .body(bytes))
}

/// `GET /status/{list}`: a signed status list of the W3C.
pub(super) async fn status_list(
    app: web::Data<App>,
    list: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, HttpProblem> {
    list_in(ListForm::Credential, &app, list, &request).await
}

/// `GET /status-tokens/{list}`: the same list as a status list token of the IETF.
pub(super) async fn status_token(
    app: web::Data<App>,
    list: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, HttpProblem> {
    list_in(ListForm::Token, &app, list, &request).await
}

async fn list_in(
    form: ListForm,
    app: &web::Data<App>,
    list: web::Path<String>,
    request: &HttpRequest,
) -> Result<HttpResponse, HttpProblem> {
    Parameters::parse(request.query_string())?.finish()?;
    let list = blocking(app, move |app| {
        let list = app.issuer.status_list(&list, form, app.now())?;
        list.ok_or_else(|| Problem::new(Code::NotFound).with("resource", "status list").into())
    })
    .await?;
    let unchanged =
        request.headers().get_all(IF_NONE_MATCH).filter_map(|value| value.to_str().ok()).any(|value| {
            value.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == list.etag)
        });
    let mut response = if unchanged { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((ETAG, list.etag))
        // A list is for everyone, verifiers that are a page in a browser among them.
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((CACHE_CONTROL, format!("public, max-age={TTL_SECONDS}")));
    let media_type = match form {
        ListForm::Credential => Format::Json.media_type(),
        ListForm::Token => STATUS_LIST_JWT,
    };
    Ok(if unchanged {
        response.finish()
    } else {
        response.content_type(media_type).body(list.text.to_string())
    })
}

/// The media type of a status list token ([Token Status List §8.2](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list#section-8.2)).
const STATUS_LIST_JWT: &str = "application/statuslist+jwt";

/// The form that `Accept` asks for: the first of ours that it names.
fn accepted(request: &HttpRequest) -> Option<Format> {
    let header = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    header.split(',').find_map(|range| match range.split(';').next().unwrap_or_default().trim() {
        "image/png" => Some(Format::Png),
        "image/svg+xml" => Some(Format::Svg),
        "text/plain" | "application/jwt" | "application/vc+jwt" => Some(Format::Jwt),
        "application/vc+sd-jwt" => Some(Format::SdJwt),
        "application/dc+sd-jwt" => Some(Format::DcSdJwt),
        "application/json" | "application/ld+json" | "application/vc" | "application/vc+ld+json" => {
            Some(Format::Json)
        }
        _ => None,
    })
}
