//! Blind review: what an issuer says in a badge of an evaluation whose evaluator is not named.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Finding, MAX_SEALED, SkillLevel, kind};
use crate::achievement::Alignment;
use crate::credential::view;
use crate::lenient::one_or_many;
use crate::problem::{Code, Problem};

/// One evaluation that the issuer has seen and vouches for: the digest of the endorsement, without its proof. Its id is unguessable, so the
/// digest gives nothing away; on dispute the endorsement is shown, and the digest proves that it is the one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SealedEvaluation {
    /// Contains `SealedEvaluation`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// The skill; compared by its `targetUrl`.
    pub evaluated_skill: Alignment,
    /// The level in question.
    pub target_level: SkillLevel,
    /// What was found.
    #[serde(rename = "outcome")]
    pub finding: Finding,
    /// The digest of the endorsement, without its proof.
    #[serde(rename = "recordDigest")]
    pub digest_multibase: String,
    /// The status entry of the endorsement, the very one, kept by the badge's issuer; as it was received. It is a number in a list, and names nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_status: Option<Value>,
}

impl SealedEvaluation {
    /// Seals an evaluation.
    pub fn new(evaluation: &super::Evaluation, digest_multibase: impl Into<String>) -> Self {
        Self {
            kind: kind("SealedEvaluation"),
            evaluated_skill: evaluation.evaluated_skill.clone(),
            target_level: evaluation.target_level.clone(),
            finding: evaluation.finding,
            digest_multibase: digest_multibase.into(),
            credential_status: None,
        }
    }

    /// The same with the status entry of the endorsement.
    #[must_use]
    pub fn with_status(self, entry: Value) -> Self {
        Self { credential_status: Some(entry), ..self }
    }
}

/// The sealed evaluations in a badge's `sealedEvaluation`.
///
/// # Errors
/// [`Code::EvaluationTooLarge`], [`Code::MalformedValue`].
pub fn sealed(badge: &Value) -> Result<Vec<SealedEvaluation>, Problem> {
    let items = match badge.get("sealedEvaluation") {
        None => return Ok(Vec::new()),
        Some(Value::Array(items)) => items.as_slice(),
        Some(single) => std::slice::from_ref(single),
    };
    if items.len() > MAX_SEALED {
        return Err(Problem::new(Code::EvaluationTooLarge)
            .at("/sealedEvaluation")
            .with("member", "sealedEvaluation")
            .with("count", items.len())
            .with("limit", MAX_SEALED));
    }
    items
        .iter()
        .enumerate()
        .map(|(index, item)| {
            view(item).map_err(|problem: Problem| problem.under(&format!("/sealedEvaluation/{index}")))
        })
        .collect()
}
