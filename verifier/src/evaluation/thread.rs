//! What state a thread of signed records is in: computed from the records each time, never stored.

use badge_schemas::credential::{has_type, issuer_id};
use badge_schemas::data_model::{valid_from, valid_until};
use badge_schemas::document::Document;
use badge_schemas::evaluation::{
    Appeal, Decision, Evaluation, MAX_RECORDS, Mandate, Reason, Record, RecordKind, Response, THREAD_TYPE,
    Withdrawal,
};
use badge_schemas::presentation::is_presentation;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

pub use super::mandate::{Given, check_evidence};

use super::digest;
use super::state::{Course, Move, What};
use crate::policy::TrustPolicy;
use crate::report::{CheckId, Outcome, Report};
use crate::snapshot::{Snapshot, sha256_hex};
use crate::verify::verify_each;

/// How far a mandate has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Asked, not answered.
    Proposed,
    /// The evaluator has agreed.
    Accepted,
    /// There is an evaluation that stands.
    Submitted,
    /// The evaluator will not.
    Declined,
    /// The evaluator may not.
    Recused,
    /// The period ended before there was an evaluation.
    Expired,
    /// The candidate took the mandate back, or the evaluator everything they said.
    Withdrawn,
}

impl State {
    /// `proposed`, `accepted`, `submitted`, `declined`, `recused`, `expired` or `withdrawn`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Accepted => "accepted",
            Self::Submitted => "submitted",
            Self::Declined => "declined",
            Self::Recused => "recused",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// One evaluation of a thread.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluated {
    /// Its place among the records.
    pub index: usize,
    /// Its digest.
    pub digest: String,
    /// What it says.
    pub evaluation: Evaluation,
    /// Whether the evaluator took it back, and how that is known.
    pub withdrawn: Option<Withdrawn>,
    /// Whether the candidate appealed against it.
    pub appeal: Option<AppealState>,
}

impl Evaluated {
    /// Whether it still counts: not withdrawn, and no appeal against it was upheld. An appeal that is open takes nothing away.
    pub fn stands(&self) -> bool {
        let upheld = matches!(self.appeal, Some(AppealState::Resolved { decision: Decision::Upheld, .. }));
        self.withdrawn.is_none() && !upheld
    }
}

/// How an evaluation was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawn {
    /// The status list that it names says so.
    ByStatus,
    /// A signed record says so, and why.
    ByRecord(Reason),
}

/// How far an appeal has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppealState {
    /// Nobody has decided yet.
    Lodged {
        /// Who is to decide.
        addressee: String,
        /// Why it was lodged.
        reason: Reason,
    },
    /// It was decided.
    Resolved {
        /// Who decided.
        by: String,
        /// How.
        decision: Decision,
    },
}

/// One record and what was found of it.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordReport {
    /// Which move it is.
    pub kind: Option<RecordKind>,
    /// Its digest: what the next record names as `previous`.
    pub digest: Option<String>,
    /// The verification of its credential.
    pub report: Report,
    /// Why it does not count; nothing where it does.
    pub problem: Option<Problem>,
}

/// What a thread has come to.
#[derive(Clone, Debug, PartialEq)]
pub struct ThreadReport {
    /// How far it has come; nothing where it has no mandate that counts.
    pub state: Option<State>,
    /// The mandate and what its credential says.
    pub given: Option<Given>,
    /// The evaluator who answered, by DID.
    pub evaluator: Option<String>,
    /// The evaluations that were made within the mandate, withdrawn ones too.
    pub evaluations: Vec<Evaluated>,
    /// The digest of the last record that counts: what the next move names as `previous`.
    pub last: Option<String>,
    /// Every record, in the order of the thread.
    pub records: Vec<RecordReport>,
    /// What is wrong with the thread as a whole.
    pub problem: Option<Problem>,
}

impl ThreadReport {
    /// Every problem found, of the thread first.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.problem.iter().chain(self.records.iter().filter_map(|record| record.problem.as_ref()))
    }

    fn refused(problem: Problem) -> Self {
        Self {
            state: None,
            given: None,
            evaluator: None,
            evaluations: Vec::new(),
            last: None,
            records: Vec::new(),
            problem: Some(problem),
        }
    }
}

/// A thread of these records, in order, to be sent as a file. It is not signed: each record is.
pub fn thread(records: &[Value]) -> Value {
    json!({
        "@context": [badge_schemas::credential::CREDENTIALS_V2, badge_schemas::evaluation::EVALUATION_V1],
        "type": ["VerifiablePresentation", THREAD_TYPE],
        "verifiableCredential": records,
    })
}

/// The records of a thread, in order.
///
/// # Errors
/// Those of [`Document::parse`]; [`Code::ThreadWithoutMandate`] for another document; [`Code::EvaluationTooLarge`].
pub fn records(bytes: &[u8]) -> Result<Vec<Value>, Problem> {
    let document = Document::parse(bytes)?.into_value();
    if !is_presentation(&document) || !has_type(&document, THREAD_TYPE) {
        return Err(Problem::new(Code::ThreadWithoutMandate).at("/type"));
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

/// Judges a thread. Pure: the same arguments give the same report; what the snapshot lacks, the records' reports name.
///
/// A record counts where it is authentic, signed by the party whose move it is, follows the last one that counts by digest, and was made
/// within the mandate's period by the time it states itself. One that does not is passed over and says why. The state says what was agreed and
/// signed; it does not judge the skill, nor the evaluator's standing.
pub fn judge(bytes: &[u8], policy: &TrustPolicy, now: Timestamp, snapshot: &Snapshot) -> ThreadReport {
    let records = match records(bytes) {
        Ok(records) => records,
        Err(problem) => return ThreadReport::refused(problem),
    };
    let reports = verify_each(&sha256_hex(bytes), &records, policy, now, snapshot);
    let skew = SignedDuration::from_secs(i64::from(policy.clock_skew_seconds));
    let mut course: Option<Course> = None;
    let mut judged = Vec::with_capacity(records.len());
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
        judged.push(RecordReport { kind, digest, report, problem });
    }
    let Some(mut course) = course else {
        return ThreadReport {
            records: judged,
            ..ThreadReport::refused(Problem::new(Code::ThreadWithoutMandate).at("/verifiableCredential"))
        };
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
    }
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
        Problem::new(Code::RecordUnsound)
            .with("record", kind.map_or("?", RecordKind::as_str))
            .with("issuer", issuer_id(document).unwrap_or("?"))
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
    let status = report.outcome(CheckId::Status);
    Ok(Move {
        index,
        issuer,
        id: document.get("id").and_then(Value::as_str).map(str::to_owned),
        digest: digest.ok_or_else(|| unsound(Code::JsonNumber.as_str()))?.to_owned(),
        made,
        until: stamp(valid_until(document)).map(|until| until.instant()),
        about: document.pointer("/credentialSubject/id").and_then(Value::as_str).unwrap_or("–").to_owned(),
        revoked: matches!(status, Outcome::Fail(_)),
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
        other => Some(other.problem().map_or(id.as_str(), |problem| problem.code.as_str())),
    })
}

impl Serialize for ThreadReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let evaluations: Vec<Value> = self
            .evaluations
            .iter()
            .map(|one| {
                let mut value = json!({
                    "record": one.index,
                    "digest": one.digest,
                    "skill": one.evaluation.evaluated_skill.target_url,
                    "targetLevel": one.evaluation.target_level,
                    "outcome": one.evaluation.finding,
                    "stands": one.stands(),
                });
                if let Some(withdrawn) = one.withdrawn {
                    value["withdrawn"] = match withdrawn {
                        Withdrawn::ByStatus => json!({"by": "status"}),
                        Withdrawn::ByRecord(reason) => json!({"by": "record", "reason": reason}),
                    };
                }
                if let Some(appeal) = &one.appeal {
                    value["appeal"] = match appeal {
                        AppealState::Lodged { addressee, reason } => {
                            json!({"step": "lodged", "addressee": addressee, "reason": reason})
                        }
                        AppealState::Resolved { by, decision } => {
                            json!({"step": "resolved", "by": by, "decision": decision})
                        }
                    };
                }
                value
            })
            .collect();
        let records: Vec<Value> = self
            .records
            .iter()
            .map(|record| {
                let mut value = json!({
                    "kind": record.kind.map(RecordKind::as_str),
                    "digest": record.digest,
                    "issuer": record.report.summary().issuer,
                    "counts": record.problem.is_none(),
                    "report": record.report,
                });
                if let Some(problem) = &record.problem {
                    value["problem"] = json!(problem);
                }
                value
            })
            .collect();
        let given = self.given.as_ref();
        json!({
            "state": self.state.map(State::as_str),
            "candidate": given.map(|given| &given.candidate),
            "evaluator": self.evaluator,
            "mandate": given.map(|given| json!({"id": given.id, "digest": given.digest})),
            "evaluations": evaluations,
            "last": self.last,
            "records": records,
            "problem": self.problem,
        })
        .serialize(serializer)
    }
}
