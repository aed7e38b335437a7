//! The outcomes of the checks, as they are found.

use crate::report::{Check, CheckId, Outcome};

/// The outcomes found so far; whatever is not set stays absent.
#[derive(Default)]
pub(super) struct Findings(Vec<Check>);

impl Findings {
    pub(super) fn set(&mut self, id: CheckId, outcome: Outcome) {
        self.0.retain(|check| check.id != id);
        self.0.push(Check { id, outcome });
    }

    pub(super) fn passed(&self, id: CheckId) -> bool {
        self.0.iter().any(|check| check.id == id && check.outcome.passed())
    }

    pub(super) fn complete(self) -> Vec<Check> {
        let outcome = |id| {
            self.0.iter().find(|check| check.id == id).map_or(Outcome::ABSENT, |check| check.outcome.clone())
        };
        CheckId::ALL.into_iter().map(|id| Check { id, outcome: outcome(id) }).collect()
    }
}
