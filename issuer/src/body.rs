//! The body of a request: JSON, of bounded size, within a bounded time, strictly parsed.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest, web};
use badge_schemas::document::{Document, MAX_BYTES};
use badge_schemas::problem::{Code, Problem};

use crate::problem::HttpProblem;

/// How long a body may take to arrive: the HTTP library bounds headers but never a slow or stalled body.
pub const TIMEOUT: Duration = Duration::from_secs(15);

/// A JSON body, and the bytes it came in.
#[derive(Debug)]
pub struct Body(pub Document);

impl FromRequest for Body {
    type Error = HttpProblem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, HttpProblem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let media_type = media_type(request);
        let limit = request.app_data::<Limits>().map_or(TIMEOUT, |limits| limits.body_timeout);
        let bytes = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            media_type?;
            let bytes = tokio::time::timeout(limit, bytes)
                .await
                .map_err(|_| Problem::new(Code::BodyTimeout).with("seconds", limit.as_secs()))?
                .map_err(|error| unreadable(&error))?;
            if bytes.is_empty() {
                return Err(Problem::new(Code::InputEmpty).into());
            }
            Ok(Self(Document::parse(bytes.to_vec())?))
        })
    }
}

/// Limits that tests shorten.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// See [`TIMEOUT`].
    pub body_timeout: Duration,
}

fn media_type(request: &HttpRequest) -> Result<(), Problem> {
    let Some(header) = request.headers().get(CONTENT_TYPE) else { return Ok(()) };
    let text = header.to_str().unwrap_or("?");
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if ["application/json", "application/vc", "application/vp"].contains(&essence.as_str())
        || (essence.starts_with("application/") && essence.ends_with("+json"))
    {
        Ok(())
    } else {
        Err(Problem::new(Code::MediaTypeUnsupported).with("found", essence))
    }
}

fn unreadable(error: &actix_web::Error) -> Problem {
    if error.as_response_error().status_code() == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::new(Code::InputTooLarge)
            .with("size", format!("more than {MAX_BYTES}"))
            .with("limit", MAX_BYTES)
    } else {
        Problem::new(Code::BodyUnreadable).with("reason", error)
    }
}
