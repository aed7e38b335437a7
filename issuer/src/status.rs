//! Changes of an award's status: revoked for good, or suspended and active again, as its template chose.

use badge_schemas::document::Document;
use badge_schemas::problem::Problem;

use crate::issuer::{Act, Issuer};
use crate::members::{Members, malformed, missing};
use crate::randomness;
use crate::refusal::Refusal;
use crate::store::{Award, AwardStatus, StatusChange};

/// Longest reason, in bytes: some paragraphs.
const MAX_REASON: usize = 4096;

/// A change that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRequest {
    /// The status to go to.
    pub to: AwardStatus,
    /// Why, in words.
    pub reason: String,
}

impl ChangeRequest {
    /// Reads `{"status":"revoked"|"suspended"|"active","reason":"…"}`.
    ///
    /// # Errors
    /// A [`Problem`] with its pointer.
    pub fn parse(document: Document) -> Result<Self, Problem> {
        let mut members = Members::of(document.into_value(), "")?;
        let to = match members.text("status")?.as_deref() {
            Some("revoked") => AwardStatus::Revoked,
            Some("suspended") => AwardStatus::Suspended,
            Some("active") => AwardStatus::Active,
            Some(_) => {
                return Err(malformed(
                    "/status",
                    "it is none of revoked, suspended, active",
                    "ce n’est ni revoked, ni suspended, ni active",
                ));
            }
            None => return Err(missing("/status")),
        };
        let reason = members.text("reason")?.ok_or_else(|| missing("/reason"))?;
        if reason.len() > MAX_REASON {
            return Err(malformed("/reason", "it is longer than 4096 bytes", "il dépasse 4096 octets"));
        }
        members.finish()?;
        Ok(Self { to, reason })
    }
}

impl Issuer {
    /// Changes an award's status. Asking for the status it has changes nothing, so that a request can be sent again.
    ///
    /// # Errors
    /// [`Code::NotFound`](badge_schemas::problem::Code::NotFound),
    /// [`Code::StatusNotExpressible`](badge_schemas::problem::Code::StatusNotExpressible) when its status entry cannot say it.
    pub fn change_status(&self, award: &str, request: ChangeRequest, act: Act<'_>) -> Result<Award, Refusal> {
        let known = self.find_award(award)?;
        if known.status == request.to {
            return Ok(known);
        }
        let change = StatusChange {
            award: award.to_owned(),
            from: known.status,
            to: request.to,
            code: "by-request".to_owned(),
            reason: request.reason,
            actor: act.actor.to_owned(),
            at: act.at,
        };
        Ok(self.store.record_status_change(change, randomness::entropy()?)?)
    }
}
