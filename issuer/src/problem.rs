//! The bridge to HTTP: a refusal as problem details ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)).

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use badge_schemas::lang::Lang;
use badge_schemas::problem::{Audience, Code, Problem};
use serde_json::{Value, json};

use crate::refusal::Refusal;

tokio::task_local! {
    /// The id of the request being answered.
    pub(crate) static REQUEST_ID: String;
}

/// The media type of problem details.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// When to ask again after a 503, in seconds: somebody has to make room on a disk, or a supervisor to start the service again.
const RETRY_SECONDS: u64 = 30;

/// A refusal on its way out. A failure of ours gives a title and the request's id, nothing else.
#[derive(Debug)]
pub struct HttpProblem(pub Refusal);

impl<R: Into<Refusal>> From<R> for HttpProblem {
    fn from(refusal: R) -> Self {
        Self(refusal.into())
    }
}

impl fmt::Display for HttpProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Refusal::Request(problems) => {
                formatter.write_str(problems.first().map_or("refused", |problem| problem.code.as_str()))
            }
            Refusal::Failure(_) => formatter.write_str("internal failure"),
        }
    }
}

impl HttpProblem {
    /// What to answer to a token that does not count ([RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750#section-3)).
    fn challenge(&self) -> &'static str {
        let ended = match &self.0 {
            Refusal::Request(problems) => problems
                .first()
                .is_some_and(|problem| matches!(problem.code, Code::TokenExpired | Code::TokenRevoked)),
            Refusal::Failure(_) => false,
        };
        if ended { "Bearer error=\"invalid_token\"" } else { "Bearer" }
    }

    /// A value of the first finding where it has this code: the methods that the address takes, where another was used
    /// ([RFC 9110 §10.2.1](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.1)); when to come back.
    fn value(&self, code: Code, name: &str) -> Option<String> {
        let Refusal::Request(problems) = &self.0 else { return None };
        problems.first().filter(|problem| problem.code == code)?.value(name).map(str::to_owned)
    }
}

impl ResponseError for HttpProblem {
    fn status_code(&self) -> StatusCode {
        match &self.0 {
            Refusal::Request(problems) => {
                problems.first().map_or(StatusCode::INTERNAL_SERVER_ERROR, |problem| status(problem.code))
            }
            Refusal::Failure(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.status_code();
        let id = REQUEST_ID.try_with(Clone::clone).unwrap_or_default();
        let body = match &self.0 {
            // What is ours to put right is told to the operator alone.
            Refusal::Request(problems) if status == StatusCode::INTERNAL_SERVER_ERROR => {
                let reason = problems.first().map(|problem| problem.sentence(Lang::En)).unwrap_or_default();
                tracing::error!(request = id, reason, "failed");
                failure(&id)
            }
            Refusal::Request(problems) => details(problems, status, &id),
            Refusal::Failure(reason) => {
                tracing::error!(request = id, reason, "failed");
                failure(&id)
            }
        };
        let mut response = HttpResponse::build(status);
        response.content_type(MEDIA_TYPE).insert_header((CACHE_CONTROL, "no-store"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((RETRY_AFTER, RETRY_SECONDS));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, self.challenge()));
        } else if status == StatusCode::FORBIDDEN {
            response.insert_header((WWW_AUTHENTICATE, "Bearer error=\"insufficient_scope\""));
        }
        let limited = [Code::RateLimited, Code::EvaluationLimit, Code::ServiceBusy];
        if let Some(seconds) = limited.into_iter().find_map(|code| self.value(code, "seconds")) {
            response.insert_header((RETRY_AFTER, seconds));
        }
        if let Some(allowed) = self.value(Code::MethodNotAllowed, "allowed") {
            response.insert_header((ALLOW, allowed));
        }
        let mut response = response.body(body.to_string());
        let code = match &self.0 {
            Refusal::Request(problems) => problems.first().map_or("FAILURE", |problem| problem.code.as_str()),
            Refusal::Failure(_) => "FAILURE",
        };
        response.extensions_mut().insert(AnsweredCode(code));
        response
    }
}

/// The code of a refusal, for the log and the metrics: it travels with the answer, not in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AnsweredCode(pub(crate) &'static str);

/// A finding, with what whoever wrote the request can do about it.
pub(crate) fn to_author(problem: &Problem) -> Value {
    let mut details = json!(problem);
    details["hint"] = json!(problem.hint_for(Audience::Author, Lang::En));
    details
}

/// The first finding, and all of them under `errors` where there are several.
fn details(problems: &[Problem], status: StatusCode, id: &str) -> Value {
    let mut body = problems.first().map(to_author).unwrap_or_default();
    body["status"] = json!(status.as_u16());
    body["requestId"] = json!(id);
    if problems.len() > 1 {
        body["errors"] = problems.iter().map(to_author).collect();
    }
    body
}

fn failure(id: &str) -> Value {
    json!({"title": "Internal server error", "status": 500, "requestId": id})
}

/// Whether a finding is about us rather than about the request: a full disk, a damaged record.
pub fn is_ours(code: Code) -> bool {
    status(code).is_server_error()
}

/// The status of each code. 400 is for what the description of the service rules out by its shape; findings about what a sound shape
/// says, of a badge, a recipient, an end or a number, are 422.
fn status(code: Code) -> StatusCode {
    match code {
        Code::TokenRequired | Code::TokenExpired | Code::TokenRevoked => StatusCode::UNAUTHORIZED,
        Code::RoleInsufficient | Code::BadgeOutOfScope => StatusCode::FORBIDDEN,
        Code::NotFound | Code::FormAbsent | Code::EvaluationsNotOffered | Code::LogNotPublic => {
            StatusCode::NOT_FOUND
        }
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
        Code::IdempotencyConflict
        | Code::BadgeVersionConflict
        | Code::StatusNotExpressible
        | Code::StatusConflict
        | Code::AwardNotIssued
        | Code::AwardChanged
        | Code::BatchConflict
        | Code::BatchesFull
        | Code::TokensFull => StatusCode::CONFLICT,
        Code::AwardErased => StatusCode::GONE,
        Code::RateLimited | Code::EvaluationLimit => StatusCode::TOO_MANY_REQUESTS,
        Code::InputTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::MediaTypeUnsupported | Code::BatchMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::ServiceBusy
        | Code::VouchedMeanwhile
        | Code::StorageFull
        | Code::RecordClosed
        | Code::KeysUnavailable
        | Code::NotReady
        | Code::DatabaseUnavailable
        | Code::ImportUnfinished => StatusCode::SERVICE_UNAVAILABLE,
        Code::DataUnusable
        | Code::OwnWorkRefused
        | Code::RecordDamaged
        | Code::DatabaseRefuses
        | Code::EntryDamaged
        | Code::RecordInconsistent
        | Code::RecordTailLost => StatusCode::INTERNAL_SERVER_ERROR,
        Code::InputEmpty
        | Code::JsonSyntax
        | Code::JsonInvalidUtf8
        | Code::JsonDuplicateKey
        | Code::JsonTooDeep
        | Code::BodyUnreadable
        | Code::MemberUnknown
        | Code::MemberMissing
        | Code::MalformedValue
        | Code::ParameterInvalid
        | Code::BatchNameInvalid
        | Code::IdempotencyKeyRequired => StatusCode::BAD_REQUEST,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}
