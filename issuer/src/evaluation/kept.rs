//! The status entry of an evaluation, where it is one that this issuer keeps: what can be taken back here.

use badge_schemas::credential::has_type;
use badge_schemas::evaluation::Evaluation;
use badge_schemas::problem::{Code, Problem};
use serde_json::Value;
use url::Url;

use super::entries::{entry_of, seat_of};
use crate::credential::purpose_name;
use crate::issuer::Issuer;
use crate::refusal::Refusal;
use crate::status_list::ListForm;
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
            // Readers look where the endorsement says: a list that has moved answers nobody there.
            Some(status) if self.is_from_elsewhere(status, &seat) => foreign(
                "it names its place at an address where this service no longer publishes lists; have it made again, for a new request",
                "elle désigne sa place à une adresse où ce service ne publie plus de listes\u{a0}; faites-la refaire, pour une nouvelle demande",
            ),
            Some(_) => foreign("it names another one", "elle en désigne une autre"),
        }
    }

    /// Whether a status is the entry of this place under another address than that where its list is published now.
    fn is_from_elsewhere(&self, status: &Value, seat: &Seat) -> bool {
        const LIST: &str = "statusListCredential";
        let now = self.identity.public_url().map(|url| entry_of(url, seat));
        is_place(status, seat) && now.is_none_or(|entry| entry.get(LIST) != status.get(LIST))
    }

    /// Whether a status is the very entry of this place, at the address where its list is published now.
    pub(super) fn is_entry(&self, status: &Value, seat: &Seat) -> bool {
        self.identity.public_url().is_some_and(|url| *status == entry_of(url, seat))
    }
}

/// Whether a status entry is the one in this place, under whatever address the list was published when it was signed: the service may have moved
/// since. That the place is this evaluation's own was found by the mandate's digest; the number of a list and an index alone prove nothing.
pub(super) fn is_place(entry: &Value, seat: &Seat) -> bool {
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let path = ListForm::Credential.path(&seat.slot.list);
    has_type(entry, "BitstringStatusListEntry")
        && text("statusPurpose") == Some(purpose_name(seat.slot.purpose))
        && text("statusListIndex") == Some(seat.slot.index.to_string().as_str())
        && text("statusListCredential").and_then(|list| Url::parse(list).ok()).is_some_and(|list| {
            list.path().ends_with(&path) && list.query().is_none() && list.fragment().is_none()
        })
}
