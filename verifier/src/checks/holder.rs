//! Does the presentation answer this verifier, now; and is the presenter the one the badge was given to?

use badge_schemas::problem::{Code, Problem};

use crate::authenticate::ProofFacts;
use crate::did::is_web_origin;
use crate::policy::PresenterMismatch;
use crate::report::{NotRun, Outcome};

/// Compares the proof's challenge with the expected one. Without an expected one a replay cannot be told from a fresh presentation.
pub(crate) fn challenge(facts: &ProofFacts, expected: Option<&str>) -> Outcome {
    match (expected, &facts.challenge) {
        (None, _) => Outcome::NotRun(NotRun::Undetermined(Problem::new(Code::ChallengeNotExpected))),
        (Some(expected), Some(found)) if expected == found => Outcome::Pass,
        (Some(expected), found) => Outcome::Fail(
            Problem::new(Code::ChallengeMismatch)
                .at("/proof/challenge")
                .with("found", found.as_deref().unwrap_or("–"))
                .with("expected", expected),
        ),
    }
}

/// Compares the proof's domain with the expected one.
pub(crate) fn domain(facts: &ProofFacts, expected: Option<&str>) -> Outcome {
    let found = if facts.domains.is_empty() { "–".to_owned() } else { facts.domains.join(", ") };
    match expected {
        None if facts.domains.is_empty() => Outcome::ABSENT,
        None => Outcome::Warn(Problem::new(Code::DomainNotExpected).at("/proof/domain").with("found", found)),
        Some(expected) if facts.domains.iter().any(|domain| domain == expected) => Outcome::Pass,
        Some(expected) => Outcome::Fail(
            Problem::new(Code::DomainMismatch)
                .at("/proof/domain")
                .with("found", found)
                .with("expected", expected),
        ),
    }
}

/// Somebody else presents than the one named at `pointer`.
pub(crate) fn not_the_holder(
    pointer: &str,
    holder: &str,
    presenter: &str,
    policy: PresenterMismatch,
) -> Outcome {
    let problem = Problem::new(Code::PresenterNotSubject)
        .at(pointer)
        .with("subject", holder)
        .with("presenter", presenter);
    match policy {
        PresenterMismatch::Fail => Outcome::Fail(problem),
        PresenterMismatch::DangerWarn => Outcome::Warn(problem),
    }
}

/// Compares who proved to present with whom the badge was given to: a stolen badge is refused.
///
/// `presenter` is the one who controls the key that signed the presentation; `recipient` is the outcome of that check.
pub(crate) fn presenter(
    subject: Option<&str>,
    presenter: &str,
    recipient: &Outcome,
    policy: PresenterMismatch,
) -> Outcome {
    // A recipient that policy lets differ has not been identified.
    let identified = match recipient {
        Outcome::Pass => true,
        Outcome::Warn(problem) => problem.code == Code::RecipientHashWeak,
        Outcome::Fail(_) | Outcome::NotRun(_) => false,
    };
    match subject {
        Some(subject) if subject == presenter => Outcome::Pass,
        // A subject that is not a DID (a hashed e-mail beside a urn:uuid, for instance) cannot sign anything.
        Some(subject) if subject.starts_with("did:") || is_web_origin(subject) => {
            not_the_holder("/credentialSubject/id", subject, presenter, policy)
        }
        other => {
            let kind = other.map_or("identifier", |id| id.split(':').next().unwrap_or(id));
            let problem = Problem::new(Code::PresenterUnprovable)
                .at("/credentialSubject")
                .with("kind", kind)
                .with("presenter", presenter);
            if identified { Outcome::Warn(problem) } else { Outcome::NotRun(NotRun::Undetermined(problem)) }
        }
    }
}
