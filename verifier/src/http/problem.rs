//! Why a request got no report, as [problem details](https://www.rfc-editor.org/rfc/rfc9457).

use badge_schemas::problem::{Problem, ProblemType};
use serde_json::{Value, json};

/// A request that cannot be answered with a report. What is wrong with a *badge* is never one of these: it stands in the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// 400: the body is empty.
    Empty(Problem),
    /// 400: a parameter that is not known, stands twice, or has a value that cannot be read.
    Parameter(String),
    /// 400: the body broke off.
    Broken,
    /// 404: nothing is here.
    NotFound,
    /// 405: another method is expected; which ones.
    Method(&'static str),
    /// 408: the body did not arrive in time.
    TooSlow,
    /// 413: the body is larger than we read.
    TooLarge(Problem),
    /// 415: a media type or content encoding that no badge has.
    MediaType(String),
    /// 503: as many requests are under way as we carry.
    Busy,
}

impl Refusal {
    /// The status code.
    pub(super) fn status(&self) -> u16 {
        match self {
            Self::Empty(_) | Self::Parameter(_) | Self::Broken => 400,
            Self::NotFound => 404,
            Self::Method(_) => 405,
            Self::TooSlow => 408,
            Self::TooLarge(_) => 413,
            Self::MediaType(_) => 415,
            Self::Busy => 503,
        }
    }

    /// The body: `type`, `title`, `status`, and where there is more to say `code`, `detail`, `hint`, `values`.
    pub(super) fn body(&self) -> Value {
        let mut body = match self {
            Self::Empty(problem) | Self::TooLarge(problem) => json!(problem),
            Self::Parameter(reason) => request(
                "PARAMETER_INVALID",
                reason,
                "The parameters are challenge, domain, recipient and at, each at most once.",
            ),
            Self::Broken => {
                request("BODY_INCOMPLETE", "The body broke off before its end.", "Send the request again.")
            }
            Self::NotFound => {
                request("NOT_FOUND", "Nothing is here.", "The paths are POST /verify and GET /healthz.")
            }
            Self::Method(allowed) => request(
                "METHOD_NOT_ALLOWED",
                "This path does not answer to that method.",
                &format!("Use {allowed}."),
            ),
            Self::TooSlow => request(
                "BODY_TOO_SLOW",
                "The body did not arrive in time.",
                "Send the request again, on a better connection.",
            ),
            Self::MediaType(found) => request(
                "MEDIA_TYPE_UNSUPPORTED",
                &format!("A badge does not come as {found}."),
                "Send the badge itself as the body, for instance with Content-Type: application/octet-stream.",
            ),
            Self::Busy => request("BUSY", "Too many requests are under way.", "Try again in a few seconds."),
        };
        if let Some(members) = body.as_object_mut() {
            members.insert("status".to_owned(), self.status().into());
        }
        body
    }
}

fn request(code: &str, detail: &str, hint: &str) -> Value {
    let kind = ProblemType::Request;
    json!({"type": kind.url(), "title": kind.title(), "code": code, "detail": detail, "hint": hint})
}
