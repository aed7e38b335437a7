//! What state a thread of signed records is in: computed from the records each time, never stored.

mod report;

use badge_schemas::credential::{has_type, issuer_id};
use badge_schemas::data_model::{valid_from, valid_until};
use badge_schemas::document::Document;
use badge_schemas::evaluation::{
    Appeal, Evaluation, MAX_RECORDS, Mandate, Record, RecordKind, Response, THREAD_TYPE, Withdrawal,
};
use badge_schemas::lang::Lang;
use badge_schemas::presentation::is_presentation;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

pub use self::report::{
    AppealState, Evaluated, Force, RecordReport, State, ThreadReport, Withdrawn, is_resolvable,
};
pub use super::mandate::{Given, check_evidence};

use super::digest;
use super::state::{Course, Move, Seen, What};
use crate::container::{Kind, sniff};
use crate::content::Content;
use crate::policy::TrustPolicy;
use crate::report::{CheckId, NotRun, Outcome, Report, Verdict};
use crate::snapshot::{Snapshot, sha256_hex};
use crate::verify::{plain_value, verify_each};
use crate::words;

/// A thread of these records, in order, to be sent as a file. It is not signed: each record is.
pub fn thread(records: &[Value]) -> Value {
    json!({
        "@context": [badge_schemas::credential::CREDENTIALS_V2, badge_schemas::evaluation::EVALUATION_V1],
        "type": ["VerifiablePresentation", THREAD_TYPE],
        "verifiableCredential": records,
    })
}

/// Whether these bytes are a thread, to be judged by [`judge`]. One that is signed as a whole is a presentation like any other, and
/// answers for that signature.
pub fn is_thread(bytes: &[u8]) -> bool {
    Document::parse(bytes).is_ok_and(|document| {
        let value = document.value();
        is_presentation(value) && has_type(value, THREAD_TYPE) && value.get("proof").is_none()
    })
}

/// The records of a thread, in order.
///
/// # Errors
/// [`Code::EvidenceBundleGiven`] and [`Code::NotAThread`] for another file; those of [`Document::parse`]; [`Code::EvaluationTooLarge`].
pub fn records(bytes: &[u8]) -> Result<Vec<Value>, Problem> {
    let other = || {
        let [en, fr] = [Lang::En, Lang::Fr].map(|lang| words::file::file(bytes, lang));
        Problem::new(Code::NotAThread).with_words("found", &en, fr)
    };
    match sniff(bytes) {
        Kind::Json => {}
        Kind::EvidenceBundle => return Err(Problem::new(Code::EvidenceBundleGiven)),
        _ => return Err(other()),
    }
    let document = Document::parse(bytes)?.into_value();
    if !is_presentation(&document) || !has_type(&document, THREAD_TYPE) {
        return Err(other().at("/type"));
    }
    let records = match document.get("verifiableCredential") {
        Some(Value::Array(records)) => records.clone(),
        Some(single) => vec![single.clone()],
        None => Vec::new(),
    };
    if records.len() > MAX_RECORDS {
        return Err(Problem::new(Code::EvaluationTooLarge)
            .at("/verifiableCredential")
            .with("member", "verifiableCredential")
            .with("count", records.len())
            .with("limit", MAX_RECORDS));
    }
    Ok(records)
}

/// What the records of a thread say, without what secures them, as far as they can be read; of what is no thread, nothing. None of it is verified.
pub fn unverified(bytes: &[u8]) -> Vec<Value> {
    records(bytes).unwrap_or_default().iter().filter_map(plain).collect()
}

/// What a record says, in whatever it is secured; none of it is verified.
pub fn plain(record: &Value) -> Option<Value> {
    Content::of_item(record).ok().map(|content| plain_value(&content))
}

/// Judges a thread. Pure: the same arguments give the same report; what the snapshot lacks, the records' reports name.
///
/// A record counts where it is authentic, signed by the party whose move it is, follows the last one that counts by digest, and was made
/// within the mandate's period by the time it states itself. One that does not is passed over and says why. The state says what was agreed and
/// signed; it does not judge the skill, nor the evaluator's standing.
pub fn judge(bytes: &[u8], policy: &TrustPolicy, now: Timestamp, snapshot: &Snapshot) -> ThreadReport {
    let input_sha256 = sha256_hex(bytes);
    let refused = |problem| ThreadReport::refused(problem, &input_sha256, now);
    let records = match records(bytes) {
        Ok(records) => records,
        Err(problem) => return refused(problem),
    };
    let (reports, used) = verify_each(&input_sha256, &records, policy, now, snapshot);
    let skew = SignedDuration::from_secs(i64::from(policy.clock_skew_seconds));
    let mut course: Option<Course> = None;
    let mut judged = Vec::with_capacity(records.len());
    // Whether an earlier record could not be looked at: what follows it may be in its place or not.
    let mut hangs = false;
    for (index, report) in reports.into_iter().enumerate() {
        // What was verified is what is read: the credential in its token, not the token.
        let document = report.document().cloned().unwrap_or_default();
        let kind = RecordKind::of(&document);
        let digest = digest::of_record(&document).ok();
        let problem = read(index, kind, digest.as_deref(), &document, &report)
            .and_then(|next| match &mut course {
                Some(course) => course.advance(&next),
                None => Course::begin(next, skew).map(|begun| course = Some(begun)),
            })
            .err()
            .map(|problem| problem.under(&format!("/verifiableCredential/{index}")));
        let unseen = kind.is_some()
            && report.verdict() == Verdict::Indeterminate
            && problem.as_ref().is_some_and(|problem| problem.code == Code::RecordUnsound);
        let verdict = match &problem {
            None => verdict_of_move(&report),
            Some(_) if unseen => Verdict::Indeterminate,
            Some(problem) if hangs && hangs_on_another(problem.code) => Verdict::Indeterminate,
            Some(_) => Verdict::Invalid,
        };
        hangs |= unseen;
        judged.push(RecordReport { kind, digest, report, problem, verdict });
    }
    let Some(mut course) = course else {
        let problem = no_request(&judged);
        return ThreadReport { records: judged, used, ..refused(problem) };
    };
    course.settle(now);
    ThreadReport {
        state: Some(course.state),
        given: Some(course.given),
        evaluator: course.evaluator,
        evaluations: course.evaluations,
        last: Some(course.last),
        records: judged,
        problem: None,
        used,
        input_sha256,
        checked_at: now.to_string(),
    }
}

/// Why nothing counts in a thread: its request is not its author's word, does not count for another reason, or is not there.
fn no_request(judged: &[RecordReport]) -> Problem {
    let first = judged.first().filter(|first| first.kind == Some(RecordKind::Mandate));
    let refused = first.and_then(|first| first.problem.as_ref().map(|problem| (first, problem)));
    let Some((first, problem)) = refused else {
        return Problem::new(Code::ThreadWithoutMandate).at("/verifiableCredential");
    };
    let proofs = [CheckId::Signature, CheckId::ProofPurpose, CheckId::Controller];
    let forged = proofs.into_iter().any(|id| matches!(first.report.outcome(id), Outcome::Fail(_)));
    if !forged || problem.code != Code::RecordUnsound {
        return problem.clone();
    }
    let issuer = first.report.summary().issuer.as_deref().unwrap_or("–");
    Problem::new(Code::MandateNotAuthentic).at("/verifiableCredential/0").with("issuer", issuer)
}

/// Whether a record is refused only because of what came before it.
fn hangs_on_another(code: Code) -> bool {
    matches!(code, Code::RecordOutOfPlace | Code::RecordUnexpected | Code::ThreadWithoutMandate)
}

/// The verdict on a record that counts. That its period is over, or that it was taken back, is part of the course and no fault of the thread. One that
/// is suspended waits for a decision.
fn verdict_of_move(report: &Report) -> Verdict {
    let part_of_the_course = |id: CheckId, problem: &Problem| match id {
        CheckId::Validity => problem.code == Code::Expired,
        CheckId::Status => problem.code == Code::Revoked,
        _ => false,
    };
    let mut verdict = Verdict::Valid;
    for check in report.checks() {
        match &check.outcome {
            Outcome::Fail(problem) if part_of_the_course(check.id, problem) => {}
            Outcome::Fail(problem) if check.id == CheckId::Status && problem.code == Code::Suspended => {
                verdict = Verdict::Indeterminate;
            }
            Outcome::Fail(_) => return Verdict::Invalid,
            Outcome::NotRun(NotRun::Absent) | Outcome::Pass | Outcome::Warn(_) => {}
            Outcome::NotRun(_) => verdict = Verdict::Indeterminate,
        }
    }
    verdict
}

/// What the status of a record says. Only one that is revoked takes it back; any failure but that and a suspension is policy's, about what could not be
/// seen.
fn seen(kind: RecordKind, report: &Report) -> Seen {
    match report.outcome(CheckId::Status) {
        Outcome::Pass | Outcome::Warn(_) | Outcome::NotRun(NotRun::Absent) => Seen::Clear,
        Outcome::Fail(problem) if problem.code == Code::Revoked => Seen::TakenBack,
        Outcome::Fail(problem) if problem.code == Code::Suspended => {
            Seen::Open(named(Problem::new(Code::RecordSuspended), Some(kind)))
        }
        Outcome::Fail(problem) | Outcome::NotRun(NotRun::Undetermined(problem)) => {
            Seen::Open(problem.clone())
        }
        Outcome::NotRun(NotRun::Missing(resource)) => {
            let said = |lang| words::resource(resource, lang);
            let missing = Problem::new(Code::ResourceMissing);
            Seen::Open(missing.with_words("resource", &said(Lang::En), said(Lang::Fr)))
        }
        Outcome::NotRun(NotRun::Blocked(by)) => {
            Seen::Open(Problem::new(Code::ResourceMissing).with("resource", by.as_str()))
        }
    }
}

/// A problem with the kind of the record it speaks of, as readers call it.
pub(super) fn named(problem: Problem, kind: Option<RecordKind>) -> Problem {
    let said = |lang| kind.map_or("–", |kind| words::evaluation::record(kind, lang));
    problem.with_words("record", said(Lang::En), said(Lang::Fr))
}

/// A record that is authentic, as a move.
fn read(
    index: usize,
    kind: Option<RecordKind>,
    digest: Option<&str>,
    document: &Value,
    report: &Report,
) -> Result<Move, Problem> {
    let unsound = |reason: &str| {
        named(Problem::new(Code::RecordUnsound), kind)
            .with("issuer", issuer_id(document).unwrap_or("–"))
            .with("reason", reason)
    };
    let kind = kind.ok_or_else(|| unsound(Code::NotACredential.as_str()))?;
    if let Some(problem) = not_authentic(report) {
        return Err(unsound(problem));
    }
    let issuer = issuer_id(document).ok_or_else(|| unsound("issuer"))?.to_owned();
    let stamp = |text: Option<&str>| text.and_then(|text| DateTimeStamp::parse(text).ok());
    let made = stamp(valid_from(document)).ok_or_else(|| unsound("validFrom"))?.instant();
    let what = match kind {
        RecordKind::Mandate => What::Mandate(Box::new(Mandate::read(document)?)),
        RecordKind::Response => What::Response(Box::new(Response::read(document)?)),
        RecordKind::Evaluation => What::Evaluation(Box::new(Evaluation::read(document)?)),
        RecordKind::Withdrawal => What::Withdrawal(Box::new(Withdrawal::read(document)?)),
        RecordKind::Appeal => What::Appeal(Box::new(Appeal::read(document)?)),
    };
    Ok(Move {
        index,
        issuer,
        id: document.get("id").and_then(Value::as_str).map(str::to_owned),
        digest: digest.ok_or_else(|| unsound(Code::JsonNumber.as_str()))?.to_owned(),
        made,
        until: stamp(valid_until(document)).map(|until| until.instant()),
        about: document.pointer("/credentialSubject/id").and_then(Value::as_str).unwrap_or("–").to_owned(),
        status: seen(kind, report),
        what,
    })
}

/// Why a record is not its issuer's word. That its period is over makes it no less so; that it was revoked is told apart.
pub(super) fn not_authentic(report: &Report) -> Option<&'static str> {
    let ids = [
        CheckId::Container,
        CheckId::Conformance,
        CheckId::Signature,
        CheckId::ProofPurpose,
        CheckId::Controller,
        CheckId::Validity,
    ];
    ids.into_iter().find_map(|id| match report.outcome(id) {
        Outcome::Fail(problem) if id == CheckId::Validity && problem.code == Code::Expired => None,
        Outcome::Pass | Outcome::Warn(_) => None,
        Outcome::NotRun(NotRun::Missing(_)) => Some(Code::ResourceMissing.as_str()),
        other => Some(other.problem().map_or(id.as_str(), |problem| problem.code.as_str())),
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn what_was_taken_for_a_thread_is_named() {
        let badge = br#"{"type":["VerifiableCredential","OpenBadgeCredential"]}"#;
        for (bytes, en, fr) in [
            (&b"%PDF-1.7\n\0"[..], "another kind (PDF)", "d’une autre sorte (PDF)"),
            (badge, "a badge", "un badge"),
            (br#"{"type":"VerifiablePresentation"}"#, "a presentation", "une présentation"),
        ] {
            let problem = records(bytes).unwrap_err();
            assert_eq!(problem.code, Code::NotAThread);
            for (lang, said) in [(Lang::En, en), (Lang::Fr, fr)] {
                let sentence = problem.sentence(lang);
                assert!(sentence.contains(said), "{sentence}");
            }
        }
        let bundle = b"skills-badge evaluation bundle v1\n{}\n";
        assert_eq!(records(bundle).unwrap_err().code, Code::EvidenceBundleGiven);
        assert_eq!(records(b"{\"type\":").unwrap_err().code, Code::JsonSyntax, "broken JSON stays that");
    }
}
