//! The body of a request: JSON, of bounded size, within a bounded time, strictly parsed.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::{FromRequest, HttpRequest, web};
use badge_schemas::document::{Document, MAX_BYTES};
use badge_schemas::problem::{Code, Problem};

use crate::problem::HttpProblem;

/// How long a body may take to arrive: the HTTP library bounds headers but never a slow or stalled body.
pub const TIMEOUT: Duration = Duration::from_secs(15);

/// A JSON body, and the bytes it came in; at most so many.
#[derive(Debug)]
pub struct Body<const MOST: usize = MAX_BYTES>(pub Document);

impl<const MOST: usize> FromRequest for Body<MOST> {
    type Error = HttpProblem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, HttpProblem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let media_type = media_type(request);
        let limit = request.app_data::<Limits>().map_or(TIMEOUT, |limits| limits.body_timeout);
        let announced =
            request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let payload = web::Payload::from_request(request, payload).into_inner();
        Box::pin(async move {
            media_type?;
            if announced.is_some_and(|length: usize| length > MOST) {
                return Err(too_large(MOST).into());
            }
            let bytes = tokio::time::timeout(
                limit,
                payload.map_err(|error| unreadable(&error))?.to_bytes_limited(MOST),
            )
            .await
            .map_err(|_| Problem::new(Code::BodyTimeout).with("seconds", limit.as_secs()))?
            .map_err(|_| too_large(MOST))?
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

fn too_large(limit: usize) -> Problem {
    Problem::new(Code::InputTooLarge).with("size", format!("more than {limit}")).with("limit", limit)
}

fn unreadable(error: &actix_web::Error) -> Problem {
    Problem::new(Code::BodyUnreadable).with("reason", error)
}
