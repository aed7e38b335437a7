//! Batches: many awards in one request, worked on after it was answered.

use std::pin::Pin;
use std::time::{Duration, Instant};

use actix_web::body::{BodyStream, MessageBody as _};
use actix_web::http::header::{CONTENT_TYPE, LINK, LOCATION};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use badge_schemas::problem::{Code, Problem};
use serde_json::{Value, json};

use crate::access::Grant;
use crate::app::App;
use crate::batch::job::{Asked, Job};
use crate::batch::jobs::{Begun, UPLOAD_TIMEOUT, Upload, Which};
use crate::body::{Limits, TIMEOUT};
use crate::parameters::Parameters;
use crate::problem::HttpProblem;
use crate::routes::awards::idempotency_key;
use crate::routes::blocking;

/// Furthest byte of a report that can be asked for: the largest whole number that every reader of JSON keeps exactly.
const MAX_FROM: u64 = (1 << 53) - 1;

/// `POST /api/badges/{id}/batches?batch=&onError=&dryRun=&delimiter=&format=&signed=`: takes the lines, and answers before they are
/// awarded.
pub(super) async fn begin(
    app: web::Data<App>,
    grant: web::ReqData<Grant>,
    badge: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, HttpProblem> {
    grant.require_badge(&badge)?;
    let grant = grant.into_inner();
    let key = grant.key(&idempotency_key(request.headers())?);
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("∅");
    let asked = Asked::of(&badge, media_type, request.query_string())?;
    let (version, mut upload) = blocking(&app, move |app| {
        let (version, _) = app.issuer.find_badge(&badge, None)?;
        Ok((version.version, app.jobs.upload()?))
    })
    .await?;
    let pause = request.app_data::<Limits>().map_or(TIMEOUT, |limits| limits.body_timeout);
    let begun = Instant::now();
    let mut payload = Box::pin(BodyStream::new(payload));
    while let Some(bytes) = next(&mut payload, pause).await? {
        if begun.elapsed() > UPLOAD_TIMEOUT {
            return Err(Problem::new(Code::BodyTimeout).with("seconds", UPLOAD_TIMEOUT.as_secs()).into());
        }
        upload = take(&app, upload, bytes).await?;
    }
    if upload.is_empty() {
        return Err(Problem::new(Code::InputEmpty).into());
    }
    let begun =
        blocking(&app, move |app| app.jobs.begin(upload, asked, version, grant.account(), &key)).await?;
    let (Begun::New(job) | Begun::Known(job)) = begun;
    Ok(HttpResponse::Accepted()
        .insert_header((LOCATION, format!("/api/batches/{}", job.id)))
        .json(job.to_json()))
}

async fn take(app: &web::Data<App>, mut upload: Upload, bytes: Bytes) -> Result<Upload, HttpProblem> {
    blocking(app, move |_| {
        upload.take(&bytes)?;
        Ok(upload)
    })
    .await
}

/// The next bytes of a body; a pause may not be longer than a whole body of any other request.
async fn next(
    payload: &mut Pin<Box<BodyStream<web::Payload>>>,
    pause: Duration,
) -> Result<Option<Bytes>, HttpProblem> {
    let bytes = std::future::poll_fn(|context| payload.as_mut().poll_next(context));
    match tokio::time::timeout(pause, bytes).await {
        Err(_) => Err(Problem::new(Code::BodyTimeout).with("seconds", pause.as_secs()).into()),
        Ok(None) => Ok(None),
        Ok(Some(Ok(bytes))) => Ok(Some(bytes)),
        Ok(Some(Err(error))) => Err(Problem::new(Code::BodyUnreadable).with("reason", error).into()),
    }
}

/// `GET /api/batches`: every job, the oldest first.
pub(super) async fn list(
    app: web::Data<App>,
    grant: web::ReqData<Grant>,
    request: HttpRequest,
) -> Result<HttpResponse, HttpProblem> {
    Parameters::parse(request.query_string())?.finish()?;
    let jobs = blocking(&app, |app| app.jobs.all()).await?;
    let jobs: Vec<Value> =
        jobs.iter().filter(|job| grant.covers(&job.asked.badge)).map(Job::to_json).collect();
    Ok(HttpResponse::Ok().json(json!({ "batches": jobs })))
}

/// `GET /api/batches/{id}`: where a job stands.
pub(super) async fn show(
    app: web::Data<App>,
    grant: web::ReqData<Grant>,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, HttpProblem> {
    Parameters::parse(request.query_string())?.finish()?;
    Ok(HttpResponse::Ok().json(find(&app, &grant, &id).await?.to_json()))
}

/// `GET /api/batches/{id}/results?from=`: what became of each line.
pub(super) async fn results(
    app: web::Data<App>,
    grant: web::ReqData<Grant>,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, HttpProblem> {
    page(Which::Results, &app, &grant, id, &request).await
}

/// `GET /api/batches/{id}/errors?from=`: the lines that were refused.
pub(super) async fn errors(
    app: web::Data<App>,
    grant: web::ReqData<Grant>,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, HttpProblem> {
    page(Which::Errors, &app, &grant, id, &request).await
}

async fn page(
    which: Which,
    app: &web::Data<App>,
    grant: &Grant,
    id: web::Path<String>,
    request: &HttpRequest,
) -> Result<HttpResponse, HttpProblem> {
    let mut parameters = Parameters::parse(request.query_string())?;
    let from = parameters.number("from", 0, MAX_FROM)?;
    parameters.finish()?;
    let job = find(app, grant, &id).await?;
    let (page, next) = blocking(app, move |app| app.jobs.page(&job, which, from.unwrap_or(0))).await?;
    let mut response = HttpResponse::Ok();
    if let Some(next) = next {
        response.insert_header((LINK, format!("<{}?from={next}>; rel=\"next\"", request.path())));
    }
    Ok(response.content_type("application/x-ndjson").body(page))
}

/// `DELETE /api/batches/{id}`: cancels a job that has not ended; removes one that has.
pub(super) async fn end(
    app: web::Data<App>,
    grant: web::ReqData<Grant>,
    id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, HttpProblem> {
    Parameters::parse(request.query_string())?.finish()?;
    find(&app, &grant, &id).await?;
    let ended = blocking(&app, move |app| app.jobs.end(&id)).await?;
    Ok(match ended {
        Some(job) => HttpResponse::Accepted().json(job.to_json()),
        None => HttpResponse::NoContent().finish(),
    })
}

/// A job that this token may see.
async fn find(app: &web::Data<App>, grant: &Grant, id: &str) -> Result<Job, HttpProblem> {
    let id = id.to_owned();
    let job = blocking(app, move |app| app.jobs.find(&id)).await?;
    grant.require_badge(&job.asked.badge)?;
    Ok(job)
}
