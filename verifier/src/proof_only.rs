//! The proof-only policy: is this a conforming document, and does its proof hold?
//!
//! The test vectors of several specifications name an issuer that has nothing to do with the key that signed, or are past their
//! dates. This policy passes over exactly those questions. It is a reading of a complete report, so it cannot make a check pass that did
//! not; and it makes nothing [`Verified`](crate::Verified). For conformance tests, not for anyone who relies on a badge.

use badge_schemas::problem::{Code, Problem};

use crate::report::{CheckId, NotRun, Outcome, Report};

/// The checks that decide about every document.
const DECIDING: [CheckId; 4] =
    [CheckId::Container, CheckId::Conformance, CheckId::Signature, CheckId::ProofPurpose];

/// What the proof of a presentation answers.
const ANSWERING: [CheckId; 2] = [CheckId::Challenge, CheckId::Domain];

/// Whether document and proof hold, here and in every presented credential.
///
/// # Errors
/// The first finding.
pub fn proof_only(report: &Report) -> Result<(), Problem> {
    outermost(report)?;
    for id in ANSWERING {
        settled(id, report.outcome(id))?;
    }
    // Credentials that were not looked at are not taken for granted.
    let unseen = match report.outcome(CheckId::Credentials) {
        Outcome::NotRun(NotRun::Blocked(_)) => true,
        Outcome::Fail(problem) => problem.code == Code::TooManyCredentials,
        _ => false,
    };
    if unseen {
        return Err(first_finding(report));
    }
    report.credentials().iter().try_for_each(proof_only)
}

/// The same for the outermost document alone, whatever is in it and whether or not anybody asked for it.
///
/// # Errors
/// The first finding.
pub fn outermost(report: &Report) -> Result<(), Problem> {
    for id in DECIDING {
        settled(id, report.outcome(id))?;
    }
    // Digests are the document's own words about what it names: a wrong one is not a matter of policy.
    if let Outcome::Fail(problem) = report.outcome(CheckId::RelatedResource) {
        return Err(problem.clone());
    }
    match report.outcome(CheckId::Validity) {
        Outcome::Fail(problem) if !is_about_the_document(problem.code) => Err(problem.clone()),
        _ => Ok(()),
    }
}

/// A deciding check must have passed, or have had nothing to check.
fn settled(id: CheckId, outcome: &Outcome) -> Result<(), Problem> {
    match outcome {
        Outcome::Pass | Outcome::Warn(_) | Outcome::NotRun(NotRun::Absent) => Ok(()),
        Outcome::Fail(problem) | Outcome::NotRun(NotRun::Undetermined(problem)) => Err(problem.clone()),
        Outcome::NotRun(NotRun::Blocked(_) | NotRun::Missing(_)) => Err(not_run(id)),
    }
}

/// The dates of the document itself; those of the proof decide, and so does a period that ends before it begins.
fn is_about_the_document(code: Code) -> bool {
    matches!(code, Code::Expired | Code::NotYetValid)
}

/// The finding that a reader should see first.
pub fn first_finding(report: &Report) -> Problem {
    let failed = report.checks().iter().find_map(|check| match &check.outcome {
        Outcome::Fail(problem) => Some(problem.clone()),
        _ => None,
    });
    let open = || {
        report.checks().iter().find_map(|check| match &check.outcome {
            Outcome::NotRun(NotRun::Undetermined(problem)) => Some(problem.clone()),
            Outcome::NotRun(NotRun::Missing(_) | NotRun::Blocked(_)) => Some(not_run(check.id)),
            _ => None,
        })
    };
    failed.or_else(open).unwrap_or_else(|| Problem::new(Code::SignatureInvalid))
}

fn not_run(id: CheckId) -> Problem {
    Problem::new(Code::MalformedValue).with("member", id.as_str()).with("reason", "the check could not run")
}
