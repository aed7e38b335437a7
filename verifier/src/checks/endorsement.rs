//! Are the endorsements of a badge sound, and about this very badge?

use badge_schemas::credential::issuer_id;
use badge_schemas::evaluation::{Evaluation, sealed};
use badge_schemas::problem::{Code, Problem};
use jiff::SignedDuration;
use serde_json::Value;

use crate::did::same_person;
use crate::evaluation::claim;
use crate::report::{CheckId, NotRun, Outcome, Report, Verdict};

/// Sums up the reports on the endorsements, those that the issuer embedded and those that the holder attached, and the statuses of the sealed
/// ones, in the order of the badge. An endorsement that does not hold is not counted and warned about: the badge itself stands on its issuer's
/// word.
pub fn check(badge: &Value, endorsements: &[Report], seals: &[Outcome], skew: SignedDuration) -> Outcome {
    let readable = match sealed(badge) {
        Ok(_) => Outcome::ABSENT,
        Err(problem) => Outcome::Warn(problem),
    };
    let seals = seals.iter().enumerate().fold(readable, |worst, (index, status)| match status {
        Outcome::NotRun(NotRun::Absent) => worst,
        status => worst.worse(in_force(index, status).map_or_else(Outcome::Warn, |()| Outcome::Pass)),
    });
    endorsements.iter().fold(seals, |worst, report| {
        worst.worse(sound(badge, report, skew).map_or_else(Outcome::Warn, |_| Outcome::Pass))
    })
}

/// Whether the sealed evaluation in this place still stands, by its status.
///
/// # Errors
/// Why it does not count.
pub fn in_force(index: usize, status: &Outcome) -> Result<(), Problem> {
    let pointer = format!("/sealedEvaluation/{index}");
    let problem = |code| Problem::new(code).at(&pointer).with("endorser", "–");
    match status {
        Outcome::Pass | Outcome::Warn(_) | Outcome::NotRun(NotRun::Absent) => Ok(()),
        Outcome::Fail(found) if found.code == Code::Revoked => Err(problem(Code::EndorsementWithdrawn)),
        Outcome::Fail(found) if found.code == Code::Suspended => Err(suspended().at(&pointer)),
        Outcome::Fail(found) => Err(found.clone().under(&pointer)),
        Outcome::NotRun(_) => Err(problem(Code::EndorsementIndeterminate)),
    }
}

/// The evaluation in an endorsement that is sound and about this badge; `None` where it is a plain one.
///
/// # Errors
/// Why it does not count.
pub fn sound(badge: &Value, report: &Report, skew: SignedDuration) -> Result<Option<Evaluation>, Problem> {
    let endorser = report.summary().issuer.as_deref().unwrap_or("?");
    let pointer = report.pointer().unwrap_or_default();
    let problem = |code| Err(Problem::new(code).at(pointer).with("endorser", endorser));
    // The status list says that the endorser, or who keeps the list for them, took it back, or has not decided yet.
    match report.outcome(CheckId::Status) {
        Outcome::Fail(found) if found.code == Code::Revoked => return problem(Code::EndorsementWithdrawn),
        Outcome::Fail(found) if found.code == Code::Suspended && report.only_fails(CheckId::Status) => {
            return Err(suspended().at(pointer));
        }
        _ => {}
    }
    match report.verdict() {
        Verdict::Invalid => return problem(Code::EndorsementInvalid),
        Verdict::Indeterminate => return problem(Code::EndorsementIndeterminate),
        Verdict::Valid => {}
    }
    let target = report.summary().subject.as_deref().unwrap_or("?");
    let of_subject = report.document().is_some_and(|document| claim::is_about_the_subject(badge, document));
    if !targets(badge).contains(&target) && !of_subject {
        return Err(Problem::new(Code::EndorsementTargetMismatch).at(pointer).with("target", target));
    }
    if issuer_id(badge).is_some_and(|issuer| same_person(issuer, endorser)) {
        return problem(Code::EndorserSelf);
    }
    claim::check(badge, report, skew).map_err(|problem| problem.at(pointer))
}

/// A suspension is neither a withdrawal nor nothing: whoever can lift it has not decided.
fn suspended() -> Problem {
    Problem::new(Code::RecordSuspended).with_words("record", "endorsement", "endossement")
}

/// Whether an endorsement speaks of this badge, or of its subject where it is an evaluation; whether it is sound is another question.
pub fn speaks_of(badge: &Value, endorsement: &Value) -> bool {
    let target = endorsement.pointer("/credentialSubject/id").and_then(Value::as_str);
    target.is_some_and(|target| targets(badge).contains(&target))
        || claim::is_about_the_subject(badge, endorsement)
}

/// What an endorsement of this badge may be about: the credential, its achievement, the achievement's creator, the issuer.
pub(crate) fn targets(badge: &Value) -> Vec<&str> {
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
