//! Is it within its validity period, and its proof too?

use badge_schemas::data_model::{DataModel, original_member, valid_from, valid_until};
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::authenticate::ProofFacts;
use crate::report::Outcome;

/// Compares `validFrom` and `validUntil` (`issuanceDate` and `expirationDate` in the data model 1.1) with `at`, and the proof's own
/// times with `now`; the clock may be off by `skew` seconds.
pub(crate) fn check(value: &Value, facts: &ProofFacts, at: Timestamp, now: Timestamp, skew: u32) -> Outcome {
    let read = |text: Option<&str>| text.and_then(|text| DateTimeStamp::parse(text).ok());
    let skew = SignedDuration::from_secs(i64::from(skew));
    // The proof first: a proof that is past its time is one whatever the badge's own dates.
    proof(facts, now, skew)
        .or_else(|| {
            period(read(valid_from(value)).as_ref(), read(valid_until(value)).as_ref(), at, skew)
                .map(|problem| by_its_name(problem, value))
        })
        .map_or(Outcome::Pass, Outcome::Fail)
}

/// Points at the member as the document's data model calls it.
fn by_its_name(mut problem: Problem, value: &Value) -> Problem {
    if DataModel::of(value) == Some(DataModel::V1)
        && let Some(pointer) = &problem.pointer
        && let Some(original) = original_member(pointer.trim_start_matches('/'))
    {
        problem.pointer = Some(format!("/{original}"));
    }
    problem
}

/// What is wrong with a period at a time, if anything.
pub(crate) fn period(
    from: Option<&DateTimeStamp>,
    until: Option<&DateTimeStamp>,
    at: Timestamp,
    skew: SignedDuration,
) -> Option<Problem> {
    if let (Some(from), Some(until)) = (from, until)
        && until.instant() < from.instant()
    {
        return Some(
            Problem::new(Code::ValidityReversed)
                .at("/validUntil")
                .with("validFrom", from)
                .with("validUntil", until),
        );
    }
    if let Some(from) = from
        && from.instant() > later(at, skew)
    {
        return Some(
            Problem::new(Code::NotYetValid).at("/validFrom").with("validFrom", from).with("now", at),
        );
    }
    if let Some(until) = until
        && until.instant() < earlier(at, skew)
    {
        return Some(Problem::new(Code::Expired).at("/validUntil").with("validUntil", until).with("now", at));
    }
    None
}

/// What is wrong with the times of a proof, if anything, or with those of another proof beside it: a document stands on all of its proofs
/// that are read ([Data Integrity §4.5](https://www.w3.org/TR/vc-data-integrity/#verify-proof-sets-and-chains)).
pub(crate) fn proof(facts: &ProofFacts, now: Timestamp, skew: SignedDuration) -> Option<Problem> {
    times(facts, now, skew).or_else(|| facts.others.iter().find_map(|other| times(other, now, skew)))
}

fn times(facts: &ProofFacts, now: Timestamp, skew: SignedDuration) -> Option<Problem> {
    let at = |member: &str| match facts.pointer.as_str() {
        "" => format!("/proof/{member}"),
        pointer => format!("{pointer}/{member}"),
    };
    if let Some(created) = &facts.created
        && created.instant() > later(now, skew)
    {
        return Some(
            Problem::new(Code::ProofFromTheFuture)
                .at(at("created"))
                .with("created", created)
                .with("now", now),
        );
    }
    if let Some(expires) = &facts.expires
        && expires.instant() < earlier(now, skew)
    {
        return Some(
            Problem::new(Code::ProofExpired).at(at("expires")).with("expires", expires).with("now", now),
        );
    }
    None
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}

fn earlier(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_sub(by).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn code(from: Option<&str>, until: Option<&str>, at: &str) -> Option<Code> {
        let stamp = |text: &str| DateTimeStamp::parse(text).unwrap();
        let (from, until) = (from.map(stamp), until.map(stamp));
        period(from.as_ref(), until.as_ref(), at.parse().unwrap(), SignedDuration::from_secs(60))
            .map(|problem| problem.code)
    }

    #[test]
    fn a_minute_of_skew_is_allowed_on_both_sides_and_no_more() {
        let (from, until) = (Some("2026-01-01T00:00:00Z"), Some("2026-12-31T00:00:00Z"));
        assert_eq!(code(from, until, "2025-12-31T23:59:00Z"), None);
        assert_eq!(code(from, until, "2025-12-31T23:58:59Z"), Some(Code::NotYetValid));
        assert_eq!(code(from, until, "2026-12-31T00:01:00Z"), None);
        assert_eq!(code(from, until, "2026-12-31T00:01:01Z"), Some(Code::Expired));
        assert_eq!(code(until, from, "2026-06-01T00:00:00Z"), Some(Code::ValidityReversed));
        assert_eq!(code(None, None, "2026-06-01T00:00:00Z"), None);
        assert_eq!(code(None, Some("9999-12-30T23:59:59Z"), "2026-06-01T00:00:00Z"), None);
    }

    #[test]
    fn the_times_of_the_proof_are_named_before_those_of_the_badge() {
        let past = "2020-01-01T00:00:00Z";
        let facts = ProofFacts { expires: DateTimeStamp::parse(past).ok(), ..ProofFacts::default() };
        let now = "2026-06-01T00:00:00Z".parse().unwrap();
        let code = |facts: &ProofFacts| {
            let outcome = check(&serde_json::json!({"validUntil": past}), facts, now, now, 60);
            outcome.problem().map(|problem| problem.code)
        };
        assert_eq!(code(&facts), Some(Code::ProofExpired));
        assert_eq!(code(&ProofFacts::default()), Some(Code::Expired));
    }
}
