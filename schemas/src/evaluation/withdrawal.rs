//! Taking back a mandate or an evaluation.

use serde::{Deserialize, Serialize};

use super::record::{Record, RecordKind};
use super::{Reason, kind};
use crate::lenient::one_or_many;

/// A withdrawal: of the mandate, signed by the candidate, or of an evaluation, signed by its evaluator.
///
/// It says why, which the bit in the status list cannot; that bit is what nobody can hide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Withdrawal {
    /// Contains `EvaluationWithdrawal`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// The digest of the record before it.
    pub previous: String,
    /// The digest of the record that is taken back.
    pub withdrawn: String,
    /// Why.
    pub reason: Reason,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
}

impl Withdrawal {
    /// Takes back the record with the digest `withdrawn`.
    pub fn new(previous: impl Into<String>, withdrawn: impl Into<String>, reason: Reason) -> Self {
        Self {
            kind: kind("EvaluationWithdrawal"),
            previous: previous.into(),
            withdrawn: withdrawn.into(),
            reason,
            statement: None,
        }
    }
}

impl Record for Withdrawal {
    const KIND: RecordKind = RecordKind::Withdrawal;

    fn previous(&self) -> Option<&str> {
        Some(&self.previous)
    }
}
