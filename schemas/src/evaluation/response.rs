//! What the evaluator answers to a mandate.

use serde::{Deserialize, Serialize};

use super::record::{Record, RecordKind};
use super::{Reason, kind};
use crate::lenient::one_or_many;

/// An answer to a mandate, signed by the evaluator, who is its issuer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// Contains `EvaluationResponse`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// The digest of the record before it: the mandate.
    pub previous: String,
    /// The id of the mandate.
    pub mandate: String,
    /// Yes, no, or not as a matter of conscience.
    pub answer: Answer,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The same in the evaluator's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// Where the mandate was sent to an e-mail address: that address, in clear, which the mandate's salted hash must be of. It says that the
    /// one who answers knows to whom the request was sent; that they read that mailbox, the candidate knows from sending it there alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluator_email: Option<String>,
    /// What ties candidate and evaluator, as the evaluator sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflict_of_interest: Option<ConflictOfInterest>,
}

/// What the evaluator says to a mandate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// The evaluator will look.
    Accepted,
    /// The evaluator will not.
    Declined,
    /// The evaluator may not: something ties them to the candidate.
    Recused,
}

impl Answer {
    /// `accepted`, `declined` or `recused`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Recused => "recused",
        }
    }
}

/// What ties two people, as one of them declares it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictOfInterest {
    /// Contains `ConflictOfInterest`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// Which ties there are; `none` alone where there are none.
    #[serde(deserialize_with = "one_or_many")]
    pub relation: Vec<Relation>,
    /// The same in the declarer's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
}

impl ConflictOfInterest {
    /// The declaration of somebody who says that nothing ties them. What is not said is no declaration.
    pub fn none() -> Self {
        Self::declared(vec![Relation::None], None)
    }

    /// A declaration of these ties, of which there is one at least.
    pub fn declared(relation: Vec<Relation>, statement: Option<String>) -> Self {
        Self { kind: kind("ConflictOfInterest"), relation, statement }
    }

    /// Whether it declares any tie.
    pub fn is_declared(&self) -> bool {
        self.relation.iter().any(|relation| *relation != Relation::None)
    }
}

/// A tie between candidate and evaluator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// None that the declarer knows of.
    None,
    /// One works for the other.
    Employment,
    /// They work for the same body.
    Colleague,
    /// One taught the other.
    Teaching,
    /// They are related or live together.
    Family,
    /// Money passes between them.
    Business,
    /// Something else; the statement says what.
    Other,
}

impl Relation {
    /// Every tie, `none` first.
    pub const ALL: [Self; 7] = [
        Self::None,
        Self::Employment,
        Self::Colleague,
        Self::Teaching,
        Self::Family,
        Self::Business,
        Self::Other,
    ];

    /// The code as it stands in a record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Employment => "employment",
            Self::Colleague => "colleague",
            Self::Teaching => "teaching",
            Self::Family => "family",
            Self::Business => "business",
            Self::Other => "other",
        }
    }
}

impl Response {
    /// An answer to the mandate with this id and digest.
    pub fn new(mandate: impl Into<String>, mandate_digest: impl Into<String>, answer: Answer) -> Self {
        Self {
            kind: kind("EvaluationResponse"),
            previous: mandate_digest.into(),
            mandate: mandate.into(),
            answer,
            reason: None,
            statement: None,
            evaluator_email: None,
            conflict_of_interest: None,
        }
    }
}

impl Record for Response {
    const KIND: RecordKind = RecordKind::Response;

    fn previous(&self) -> Option<&str> {
        Some(&self.previous)
    }
}
