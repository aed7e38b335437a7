//! What judging a thread found: its state, its evaluations and what became of them, and each record.

use badge_schemas::did::Did;
use badge_schemas::evaluation::{Decision, Evaluation, Evaluator, Reason, RecordKind};
use badge_schemas::problem::Problem;
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::Given;
use crate::report::{Report, Verdict};
use crate::snapshot::{Resource, Used};

/// How far a mandate has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Asked, not answered.
    Proposed,
    /// The evaluator has agreed.
    Accepted,
    /// There is an evaluation, and no word that it was taken back.
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
    /// What could not be looked at and may have taken it back, or is suspended.
    pub undetermined: Option<Problem>,
}

impl Evaluated {
    /// What has become of it. An appeal that is open takes nothing away.
    pub fn force(&self) -> Force {
        if self.withdrawn.is_some() {
            Force::Withdrawn
        } else if matches!(self.appeal, Some(AppealState::Resolved { decision: Decision::Upheld, .. })) {
            Force::Overturned
        } else if self.undetermined.is_some() {
            Force::Undetermined
        } else {
            Force::Stands
        }
    }

    /// Whether it is known to stand. Where that is not known, it does not.
    pub fn stands(&self) -> bool {
        self.force() == Force::Stands
    }

    /// Whether it was taken back or overturned, and leaves room for a new one.
    pub(in crate::evaluation) fn fell(&self) -> bool {
        matches!(self.force(), Force::Withdrawn | Force::Overturned)
    }
}

/// What has become of an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Force {
    /// Nobody took it back, and everything that could say so was looked at.
    Stands,
    /// Something that could have taken it back was not looked at, or is suspended.
    Undetermined,
    /// The evaluator took it back.
    Withdrawn,
    /// An appeal against it was upheld.
    Overturned,
}

impl Force {
    /// `stands`, `undetermined`, `withdrawn` or `overturned`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stands => "stands",
            Self::Undetermined => "undetermined",
            Self::Withdrawn => "withdrawn",
            Self::Overturned => "overturned",
        }
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

/// Whether the keys of somebody who is to decide can be found by their identifier; otherwise no decision of theirs can ever count.
pub fn is_resolvable(addressee: &str) -> bool {
    Did::parse(addressee).is_ok()
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
    /// Invalid where it does not count, or a check failed; indeterminate where that, or its status, could not be looked at.
    pub verdict: Verdict,
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
    /// The resources that were used from the snapshot, each with the time it was fetched.
    pub used: Vec<Used>,
    /// SHA-256 of the bytes.
    pub input_sha256: String,
    /// When it was judged.
    pub checked_at: String,
}

impl ThreadReport {
    /// Every problem found, of the thread first; what its first record alone has against it stands once.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        let of_records = self.records.iter().filter_map(|record| record.problem.as_ref());
        self.problem.iter().chain(of_records.filter(|problem| self.problem.as_ref() != Some(*problem)))
    }

    /// Whether the thread is what it seems: invalid where a record does not count; else indeterminate where something could not be looked
    /// at; else valid. It says nothing of the state, which a thread can be in for good reasons.
    pub fn verdict(&self) -> Verdict {
        let any = |verdict| self.records.iter().any(|record| record.verdict == verdict);
        if any(Verdict::Invalid) {
            Verdict::Invalid
        } else if any(Verdict::Indeterminate) {
            Verdict::Indeterminate
        } else if self.problem.is_some() {
            Verdict::Invalid
        } else {
            Verdict::Valid
        }
    }

    /// The same, where the caller wants a warning to count as a failure (`--strict`).
    pub fn strict_verdict(&self) -> Verdict {
        let verdict = self.verdict();
        let warns = self.records.iter().any(|record| record.report.warns());
        if verdict == Verdict::Valid && warns { Verdict::Invalid } else { verdict }
    }

    /// Every resource that was asked for and not in the snapshot, each once.
    pub fn missing(&self) -> Vec<Resource> {
        let mut missing = Vec::new();
        for resource in self.records.iter().flat_map(|record| record.report.missing()) {
            if !missing.contains(&resource) {
                missing.push(resource);
            }
        }
        missing
    }

    pub(super) fn refused(problem: Problem, input_sha256: &str, now: Timestamp) -> Self {
        Self {
            state: None,
            given: None,
            evaluator: None,
            evaluations: Vec::new(),
            last: None,
            records: Vec::new(),
            problem: Some(problem),
            used: Vec::new(),
            input_sha256: input_sha256.to_owned(),
            checked_at: now.to_string(),
        }
    }
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
                    "force": one.force().as_str(),
                    "stands": one.stands(),
                });
                if let Some(level) = one.evaluation.level() {
                    value["level"] = json!(level);
                }
                if let (Force::Undetermined, Some(problem)) = (one.force(), &one.undetermined) {
                    value["undetermined"] = json!(problem);
                }
                if let Some(withdrawn) = one.withdrawn {
                    value["withdrawn"] = match withdrawn {
                        Withdrawn::ByStatus => json!({"by": "status"}),
                        Withdrawn::ByRecord(reason) => json!({"by": "record", "reason": reason}),
                    };
                }
                if let Some(appeal) = &one.appeal {
                    value["appeal"] = match appeal {
                        AppealState::Lodged { addressee, reason } => {
                            json!({"step": "lodged", "addressee": addressee, "chosenBy": "candidate",
                                "resolvable": is_resolvable(addressee), "reason": reason})
                        }
                        AppealState::Resolved { by, decision } => {
                            json!({"step": "resolved", "by": by, "chosenBy": "candidate", "decision": decision})
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
                    "verdict": record.verdict.as_str(),
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
            "kind": "evaluation-thread",
            "verdict": self.verdict().as_str(),
            "verified": self.verdict() == Verdict::Valid,
            "state": self.state.map(State::as_str),
            "candidate": given.map(|given| &given.candidate),
            "evaluator": self.evaluator,
            "asked": given.map(|given| match given.mandate.evaluator {
                Evaluator::Did(_) => json!({"by": "did"}),
                // That the evaluator reads the mailbox is nowhere proved.
                Evaluator::Identity(_) => json!({"by": "email", "mailboxProved": false}),
            }),
            "mandate": given.map(|given| json!({"id": given.id, "digest": given.digest})),
            "evaluations": evaluations,
            "last": self.last,
            "records": records,
            "problem": self.problem,
            "inputSha256": self.input_sha256,
            "checkedAt": self.checked_at,
            "used": self.used,
        })
        .serialize(serializer)
    }
}
