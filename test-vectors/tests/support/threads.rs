//! Vectors of evaluation threads: records in, state out.

use badge_verifier::evaluation::thread::{AppealState, Force, State, ThreadReport, Withdrawn, judge};
use badge_verifier::snapshot::{Resource, Retrieval};
use badge_verifier::{Snapshot, TrustPolicy};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::AtHand;

/// One vector, as it stands in a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThreadVector {
    pub lesson: String,
    pub thread: Value,
    pub now: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub snapshot: Vec<AtHand>,
    pub outcome: Course,
}

/// What must be found of a thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Course {
    /// The state, or the code of what is wrong with the whole.
    pub state: String,
    /// Of each record: `counts`, or the code of why it does not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<String>,
    /// Of each evaluation that was made within the mandate: `met`, `not-met` and so on, then what became of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evaluations: Vec<String>,
}

impl ThreadVector {
    pub fn run(&self) -> ThreadReport {
        let mut snapshot = Snapshot::default();
        for entry in &self.snapshot {
            let outcome = entry.body.outcome();
            let resource = Resource { kind: entry.kind, url: entry.url.clone() };
            snapshot.insert(resource, Retrieval { fetched_at: entry.fetched_at.parse().unwrap(), outcome });
        }
        let policy = self
            .policy
            .as_deref()
            .map_or_else(TrustPolicy::default, |text| TrustPolicy::from_toml(text).unwrap());
        judge(self.thread.to_string().as_bytes(), &policy, self.now.parse().unwrap(), &snapshot)
    }
}

/// What a report found, in the words of the format.
pub fn course(report: &ThreadReport) -> Course {
    let code = |problem: &badge_schemas::problem::Problem| problem.code.as_str().to_owned();
    let evaluations = report.evaluations.iter().map(|one| {
        let mut words = one.evaluation.finding.as_str().to_owned();
        match one.withdrawn {
            Some(Withdrawn::ByStatus) => words += ", withdrawn by status",
            Some(Withdrawn::ByRecord(reason)) => words = format!("{words}, withdrawn: {}", reason.as_str()),
            None => {}
        }
        if let (Force::Undetermined, Some(problem)) = (one.force(), &one.undetermined) {
            words = format!("{words}, undetermined: {}", problem.code.as_str());
        }
        match &one.appeal {
            Some(AppealState::Lodged { .. }) => words += ", appeal lodged",
            Some(AppealState::Resolved { decision, .. }) => {
                words = format!("{words}, appeal {}", decision.as_str());
            }
            None => {}
        }
        words
    });
    Course {
        state: match (&report.problem, report.state) {
            (Some(problem), _) => code(problem),
            (None, state) => state.map_or("none", State::as_str).to_owned(),
        },
        records: report
            .records
            .iter()
            .map(|record| record.problem.as_ref().map_or_else(|| "counts".to_owned(), code))
            .collect(),
        evaluations: evaluations.collect(),
    }
}
