//! The status entry of an evaluation, where it is one that this issuer keeps: what can be taken back here.

use badge_schemas::evaluation::Evaluation;
use badge_schemas::problem::{Code, Problem};
use serde_json::Value;

use super::entries::{entry_of, seat_of};
use crate::issuer::Issuer;
use crate::refusal::Refusal;
use crate::store::Seat;

impl Issuer {
    /// The place that is kept here for an evaluation, where its endorsement names it by `names`; a problem where it names another, or none.
    pub(super) fn kept(
        &self,
        endorsement: &Value,
        evaluator: &str,
        evaluation: &Evaluation,
        names: impl Fn(&Value, &Seat) -> bool,
    ) -> Result<Result<Seat, Problem>, Refusal> {
        let foreign = |en: &str, fr: &'static str| {
            let id = endorsement.get("id").and_then(Value::as_str).unwrap_or("–");
            let problem = Problem::new(Code::EvaluationEntryForeign).with("endorsement", id);
            Ok(Err(problem.with_words("reason", en, fr)))
        };
        let skill = &evaluation.evaluated_skill.target_url;
        let mandate = evaluation.mandate_digest.as_deref().unwrap_or_default();
        let Some(seat) = self.store.seat(&seat_of(mandate, evaluator, skill))? else {
            return foreign("none was asked for", "aucune n’a été demandée");
        };
        match endorsement.get("credentialStatus") {
            None => foreign("it has no status", "elle n’a pas de statut"),
            Some(status) if names(status, &seat) => Ok(Ok(seat)),
            Some(_) => foreign("it names another one", "elle en désigne une autre"),
        }
    }

    /// Whether a status is the very entry of this place, at the address where its list is published now.
    pub(super) fn is_entry(&self, status: &Value, seat: &Seat) -> bool {
        self.identity.public_url().is_some_and(|url| *status == entry_of(url, seat))
    }
}
