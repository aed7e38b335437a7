//! Contesting an evaluation, and the answer to that.

use serde::{Deserialize, Serialize};

use super::record::{Record, RecordKind};
use super::{Reason, kind};
use crate::lenient::one_or_many;
use crate::problem::{Code, Problem};

/// An appeal against an evaluation: lodged by the candidate, resolved by the one it was addressed to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Appeal {
    /// Contains `EvaluationAppeal`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// The digest of the record before it.
    pub previous: String,
    /// The digest of the evaluation in question.
    pub appealed: String,
    /// Which move this is.
    pub step: AppealStep,
    /// Where it is lodged: the DID of the one who is to decide, for instance the body behind the badge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addressee: Option<String>,
    /// Where it is resolved: how.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
}

/// A move in an appeal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AppealStep {
    /// By the candidate.
    Lodged,
    /// By the addressee.
    Resolved,
}

/// How an appeal ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// The candidate is right: the evaluation does not count any more.
    Upheld,
    /// The evaluation stands.
    Dismissed,
}

impl Decision {
    /// `upheld` or `dismissed`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upheld => "upheld",
            Self::Dismissed => "dismissed",
        }
    }
}

impl Appeal {
    /// An appeal to `addressee` against the evaluation with the digest `appealed`.
    pub fn lodged(
        previous: impl Into<String>,
        appealed: impl Into<String>,
        addressee: impl Into<String>,
        reason: Reason,
    ) -> Self {
        Self {
            addressee: Some(addressee.into()),
            reason: Some(reason),
            ..Self::of(previous.into(), appealed.into(), AppealStep::Lodged)
        }
    }

    /// The answer to an appeal against that evaluation.
    pub fn resolved(previous: impl Into<String>, appealed: impl Into<String>, decision: Decision) -> Self {
        Self { decision: Some(decision), ..Self::of(previous.into(), appealed.into(), AppealStep::Resolved) }
    }

    fn of(previous: String, appealed: String, step: AppealStep) -> Self {
        Self {
            kind: kind("EvaluationAppeal"),
            previous,
            appealed,
            step,
            addressee: None,
            decision: None,
            reason: None,
            statement: None,
        }
    }
}

impl Record for Appeal {
    const KIND: RecordKind = RecordKind::Appeal;

    fn previous(&self) -> Option<&str> {
        Some(&self.previous)
    }

    fn findings(&self) -> Result<(), Problem> {
        let lacking = |member: &'static str| {
            Err(Problem::new(Code::MalformedValue)
                .at(format!("/credentialSubject/{member}"))
                .with("member", member)
                .with("reason", "it is missing"))
        };
        match self.step {
            AppealStep::Lodged if self.addressee.is_none() => lacking("addressee"),
            AppealStep::Resolved if self.decision.is_none() => lacking("decision"),
            AppealStep::Lodged | AppealStep::Resolved => Ok(()),
        }
    }
}
