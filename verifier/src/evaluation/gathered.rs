//! Endorsements gathered for a badge that is not signed yet, or that is to carry more of them: what they weigh. For issuers.

use badge_schemas::evaluation::Evaluation;
use badge_schemas::problem::Problem;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::assessment::Assessment;
use super::panel::{self, Voices};
use crate::checks::endorsement;
use crate::policy::TrustPolicy;
use crate::report::{Outcome, Report};
use crate::snapshot::{Resource, Snapshot};
use crate::verify::verify_endorsing;

/// What was found of endorsements for a badge.
#[derive(Clone, Debug, PartialEq)]
pub struct Gathered {
    /// The verification of each, in the order given.
    pub endorsements: Vec<Report>,
    /// The evaluation in each that is sound and fits the badge, `None` for a plain endorsement; or why it does not count.
    pub sound: Vec<Result<Option<Evaluation>, Problem>>,
    /// What they weigh together, in the same order; nothing where policy asks for no panel and none is an evaluation.
    pub assessment: Option<Assessment>,
    /// Whether they make the panel that policy asks for.
    pub panel: Outcome,
}

impl Gathered {
    /// What was not at hand.
    pub fn missing(&self) -> Vec<Resource> {
        self.endorsements.iter().flat_map(Report::missing).collect()
    }
}

/// Weighs endorsements as if they stood in this badge, which need not be signed. Pure.
///
/// They are judged by the very code that judges those of a signed badge; so once they stand in it, unchanged, with the achievement and the subject
/// that it has here, a verifier under the same policy finds the same. The badge itself is not verified.
pub fn gather(
    badge: &Value,
    endorsements: &[Value],
    policy: &TrustPolicy,
    now: Timestamp,
    snapshot: &Snapshot,
) -> Gathered {
    let skew = SignedDuration::from_secs(i64::from(policy.clock_skew_seconds));
    let (reports, seals) = verify_endorsing(badge, endorsements, policy, now, snapshot);
    let sound = reports.iter().map(|report| endorsement::sound(badge, report, skew)).collect();
    let assessment = panel::assess(badge, Voices { endorsements: &reports, seals: &seals }, policy, now);
    let panel = match (&policy.panel, &assessment) {
        (Some(_), Some(assessment)) => panel::outcome(assessment, &reports, &seals),
        _ => Outcome::ABSENT,
    };
    Gathered { endorsements: reports, sound, assessment, panel }
}
