//! Does an endorsement that verifies speak of this very badge, this candidate and one of its skills, and within its mandate?

use badge_schemas::credential::issuer_id;
use badge_schemas::data_model::{valid_from, valid_until};
use badge_schemas::evaluation::{Evaluation, Mandate, Record, RecordKind, Withdrawal};
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::digest;
use super::mandate::Given;
use crate::did::same_person;
use crate::report::{Report, Verdict};

/// The evaluation in an endorsement, where it has one; `None` for a plain endorsement, about which nothing more is asked.
///
/// # Errors
/// Why it does not count for this badge. A pass says nothing about who the evaluator is.
pub(crate) fn check(
    badge: &Value,
    endorsement: &Report,
    skew: SignedDuration,
) -> Result<Option<Evaluation>, Problem> {
    let Some(document) = endorsement.document() else { return Ok(None) };
    let endorser = issuer_id(document).unwrap_or("?");
    let subject = text(badge, "/credentialSubject/id");
    let is_candidate = || Problem::new(Code::EvaluatorIsCandidate).with("evaluator", endorser);
    if subject.is_some_and(|subject| same_person(subject, endorser)) {
        return Err(is_candidate());
    }
    withdrawn(endorsement, document, endorser)?;
    if RecordKind::of(document) != Some(RecordKind::Evaluation) {
        return Ok(None);
    }
    let evaluation = Evaluation::read(document)?;
    if same_person(&evaluation.candidate, endorser) {
        return Err(is_candidate());
    }
    let about = text(document, "/credentialSubject/id").unwrap_or("?");
    let elsewhere = |target: &str| Problem::new(Code::EndorsementTargetMismatch).with("target", target);
    if subject != Some(evaluation.candidate.as_str()) {
        return Err(elsewhere(&evaluation.candidate));
    }
    version(badge, &evaluation, about, endorser)?;
    let skill = &evaluation.evaluated_skill.target_url;
    if !skills(badge).any(|known| known.0 == skill) {
        return Err(Problem::new(Code::SkillNotInBadge).with("skill", skill));
    }
    if let Some(given) = mandate_beside(endorsement, &evaluation) {
        given.covers(&evaluation, about, endorser)?;
        let made = stamp(valid_from(document)).unwrap_or(Timestamp::MIN);
        given.period(made, skew)?;
    }
    Ok(Some(evaluation))
}

/// Whether an evaluation may be about this badge before its target is looked at closely: it speaks of the badge's subject.
pub(crate) fn is_about_the_subject(badge: &Value, endorsement: &Value) -> bool {
    let candidate = text(endorsement, "/credentialSubject/evaluation/candidate");
    candidate.is_some()
        && candidate == text(endorsement, "/credentialSubject/id")
        && candidate == text(badge, "/credentialSubject/id")
}

/// The skills of a badge: address and name of every alignment of its achievement, and of what hangs on it.
pub(crate) fn skills(badge: &Value) -> impl Iterator<Item = (&str, &str)> {
    let mut found = Vec::new();
    if let Some(subject) = badge.get("credentialSubject") {
        collect(subject, &mut found);
    }
    found.into_iter()
}

fn collect<'b>(value: &'b Value, found: &mut Vec<(&'b str, &'b str)>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match name.as_str() {
                    // What an endorsement aligns is not what the badge says.
                    "endorsement" | "endorsementJwt" => {}
                    "alignment" => {
                        let items = member.as_array().map_or(std::slice::from_ref(member), Vec::as_slice);
                        found.extend(items.iter().filter_map(|item| {
                            Some((text(item, "/targetUrl")?, text(item, "/targetName").unwrap_or_default()))
                        }));
                    }
                    _ => collect(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

fn version(badge: &Value, evaluation: &Evaluation, about: &str, endorser: &str) -> Result<(), Problem> {
    let stale = |target: &str| {
        Err(Problem::new(Code::EndorsementStaleVersion).with("endorser", endorser).with("target", target))
    };
    let fits = |stated: &str, found: Result<String, Problem>| found.is_ok_and(|found| found == stated);
    match &evaluation.target_digest {
        Some(stated) if !fits(stated, digest::of_badge(badge)) => return stale(about),
        // Whoever speaks of a badge says which version they saw.
        None if text(badge, "/id") == Some(about) => return stale(about),
        Some(_) | None => {}
    }
    if let Some(stated) = &evaluation.template_digest {
        let achievement = badge.pointer("/credentialSubject/achievement").unwrap_or(&Value::Null);
        if !fits(stated, digest::of_achievement(achievement)) {
            return stale(text(achievement, "/id").unwrap_or("–"));
        }
    }
    Ok(())
}

/// A withdrawal that travels beside, signed by the evaluator itself.
fn withdrawn(endorsement: &Report, document: &Value, endorser: &str) -> Result<(), Problem> {
    let Ok(own) = digest::of_record(document) else { return Ok(()) };
    let taken_back = beside(endorsement, RecordKind::Withdrawal)
        .filter(|record| issuer_id(record) == Some(endorser))
        .filter_map(|record| Withdrawal::read(record).ok())
        .any(|withdrawal| withdrawal.withdrawn == own);
    if taken_back {
        return Err(Problem::new(Code::EndorsementWithdrawn).with("endorser", endorser));
    }
    Ok(())
}

/// The mandate that an evaluation names, where it travels beside and is authentic. Its period may be over by now.
fn mandate_beside(endorsement: &Report, evaluation: &Evaluation) -> Option<Given> {
    let named = evaluation.mandate_digest.as_ref()?;
    beside(endorsement, RecordKind::Mandate).find_map(|record| {
        let digest = digest::of_record(record).ok().filter(|digest| digest == named)?;
        Some(Given {
            mandate: Mandate::read(record).ok()?,
            id: text(record, "/id").map(str::to_owned),
            digest,
            candidate: issuer_id(record)?.to_owned(),
            from: stamp(valid_from(record))?,
            until: stamp(valid_until(record)),
        })
    })
}

/// Authentic records of a kind among what supports an endorsement.
fn beside(endorsement: &Report, kind: RecordKind) -> impl Iterator<Item = &Value> {
    endorsement
        .credentials()
        .iter()
        .filter(|report| report.verdict() == Verdict::Valid || super::thread::not_authentic(report).is_none())
        .filter_map(Report::document)
        .filter(move |document| RecordKind::of(document) == Some(kind))
}

fn stamp(text: Option<&str>) -> Option<Timestamp> {
    text.and_then(|text| DateTimeStamp::parse(text).ok()).map(|stamp| stamp.instant())
}

fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer).and_then(Value::as_str)
}
