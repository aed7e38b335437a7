//! Are the embedded endorsements sound, and about this badge?

use badge_schemas::credential::issuer_id;
use badge_schemas::problem::{Code, Problem};
use serde_json::Value;

use crate::report::{NotRun, Outcome, Report, Verdict};

/// Sums up the reports on the embedded endorsements. An endorsement that does not hold is not counted and warned about:
/// the badge itself stands on its issuer's word.
pub fn check(badge: &Value, endorsements: &[Report]) -> Outcome {
    endorsements.iter().fold(Outcome::ABSENT, |worst, report| worst.worse(one(badge, report)))
}

fn one(badge: &Value, report: &Report) -> Outcome {
    let endorser = report.summary().issuer.as_deref().unwrap_or("?");
    let pointer = report.pointer().unwrap_or_default();
    let problem = |code| Problem::new(code).at(pointer).with("endorser", endorser);
    match report.verdict() {
        Verdict::Invalid => return Outcome::Warn(problem(Code::EndorsementInvalid)),
        Verdict::Indeterminate => return Outcome::Warn(problem(Code::EndorsementIndeterminate)),
        Verdict::Valid => {}
    }
    let target = report.summary().subject.as_deref().unwrap_or("?");
    if !targets(badge).contains(&target) {
        return Outcome::Warn(
            Problem::new(Code::EndorsementTargetMismatch).at(pointer).with("target", target),
        );
    }
    if Some(endorser) == issuer_id(badge) {
        return Outcome::Warn(problem(Code::EndorserSelf));
    }
    Outcome::Pass
}

/// What an endorsement inside this badge may be about: the credential, its achievement, the achievement's creator, the issuer.
fn targets(badge: &Value) -> Vec<&str> {
    ["/id", "/credentialSubject/achievement/id", "/credentialSubject/achievement/creator/id"]
        .iter()
        .filter_map(|pointer| badge.pointer(pointer)?.as_str())
        .chain(issuer_id(badge))
        .collect()
}

/// Sums up the reports on the credentials of a presentation.
pub fn presented(credentials: &[Report]) -> Outcome {
    if credentials.is_empty() {
        return Outcome::Fail(Problem::new(Code::PresentationEmpty).at("/verifiableCredential"));
    }
    credentials.iter().fold(Outcome::Pass, |worst, report| {
        let pointer = report.pointer().unwrap_or_default();
        worst.worse(match report.verdict() {
            Verdict::Valid => Outcome::Pass,
            Verdict::Invalid => Outcome::Fail(Problem::new(Code::CredentialInvalid).at(pointer)),
            Verdict::Indeterminate => {
                Outcome::NotRun(NotRun::Undetermined(Problem::new(Code::CredentialIndeterminate).at(pointer)))
            }
        })
    })
}
