//! The status entry of an evaluation, where it is one that this issuer keeps: what can be taken back here.

use badge_schemas::evaluation::Evaluation;
use badge_schemas::problem::{Code, Problem};
use serde_json::Value;

use super::entries::{entry_of, seat_of};
use crate::issuer::Issuer;
use crate::refusal::Refusal;
use crate::store::Seat;

impl Issuer {
    /// The place that is kept here for an evaluation and that its endorsement names; a problem where the endorsement names another, or none.
    pub(super) fn kept(
        &self,
        endorsement: &Value,
        evaluator: &str,
        evaluation: &Evaluation,
    ) -> Result<Result<Seat, Problem>, Refusal> {
        let foreign = |en: &str, fr: &'static str| {
            let id = endorsement.get("id").and_then(Value::as_str).unwrap_or("–");
            let problem = Problem::new(Code::EvaluationEntryForeign).with("endorsement", id);
            Ok(Err(problem.with_words("reason", en, fr)))
        };
        let Some(named) = endorsement.get("credentialStatus") else {
            return foreign("it has no status", "elle n’a pas de statut");
        };
        let skill = &evaluation.evaluated_skill.target_url;
        let mandate = evaluation.mandate_digest.as_deref();
        let seat = mandate.map(|mandate| self.store.seat(&seat_of(mandate, evaluator, skill)));
        let (Some(seat), Some(url)) = (seat.transpose()?.flatten(), self.identity.public_url()) else {
            return foreign("none was asked for", "aucune n’a été demandée");
        };
        if *named == entry_of(url, &seat) {
            return Ok(Ok(seat));
        }
        foreign("it names another one", "elle en désigne une autre")
    }
}
