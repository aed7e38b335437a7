//! What the evaluator found: the member `evaluation` of an endorsement's subject.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::record::{Record, RecordKind, too_many};
use super::{ConflictOfInterest, EvidenceCommitment, MAX_EVIDENCE, MAX_STANDING, Reason, SkillLevel, kind};
use crate::achievement::Alignment;
use crate::lenient::one_or_many;
use crate::problem::{Code, Problem};

/// One skill, one level, one finding, bound to exactly what it speaks of; signed by the evaluator, who issues the endorsement.
///
/// Before there is a badge, the endorsement's subject is the candidate (`id` is its DID) and the template may be named; afterwards its
/// `id` is the badge's and [`target_digest`](Self::target_digest) says which version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evaluation {
    /// Contains `Evaluation`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// The candidate's DID.
    pub candidate: String,
    /// The digest of the record before it in the thread: the acceptance, or another evaluation. Not needed to verify the endorsement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// The id of the mandate that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mandate: Option<String>,
    /// The digest of that mandate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mandate_digest: Option<String>,
    /// The digest of the badge that was evaluated, without proof and without endorsements.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_digest: Option<String>,
    /// The digest of the achievement that was aimed at, without endorsements.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_digest: Option<String>,
    /// The skill; compared by its `targetUrl`.
    pub evaluated_skill: Alignment,
    /// The level in question.
    pub target_level: SkillLevel,
    /// What was found.
    #[serde(rename = "outcome")]
    pub finding: Finding,
    /// The level that was found, where it is not the one in question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached_level: Option<SkillLevel>,
    /// Why it is not wholly favourable, or was not made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The same in the evaluator's words; the endorsement's own comment is for everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// What gives the evaluator's word its weight, as they claim it.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub standing: Vec<Standing>,
    /// The evidence that was looked at.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub seen_evidence: Vec<EvidenceCommitment>,
    /// What ties candidate and evaluator, as the evaluator sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflict_of_interest: Option<ConflictOfInterest>,
    /// Who keeps the list that the endorsement's `credentialStatus` names, by DID: whoever signs that list speaks for the evaluator, who says so
    /// by signing this. Without it, only the evaluator does, and the issuer of the badge that the endorsement speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_keeper: Option<String>,
}

/// What an evaluator found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// The candidate has the skill at this level.
    Met,
    /// In part.
    PartiallyMet,
    /// Not.
    NotMet,
    /// No judgement.
    Abstained,
}

impl Finding {
    /// Every finding, the best first.
    pub const ALL: [Self; 4] = [Self::Met, Self::PartiallyMet, Self::NotMet, Self::Abstained];

    /// `met`, `partially-met`, `not-met` or `abstained`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::PartiallyMet => "partially-met",
            Self::NotMet => "not-met",
            Self::Abstained => "abstained",
        }
    }
}

/// One ground of an evaluator's standing: a statement, which proves nothing, a credential to be found beside, or a whole one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// The id of a credential that travels beside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Contains `EvaluatorStanding`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// The digest of that credential, without its proof.
    #[serde(rename = "recordDigest", skip_serializing_if = "Option::is_none")]
    pub digest_multibase: Option<String>,
    /// The credential itself, as a JSON literal: an object with its proof, or a compact JWT.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<Value>,
    /// In the evaluator's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
}

impl Standing {
    /// A credential of the evaluator's, carried within.
    pub fn carrying(credential: Value) -> Self {
        Self { credential: Some(credential), ..Self::stated(None) }
    }

    /// A credential of the evaluator's that travels beside.
    pub fn beside(id: impl Into<String>, digest_multibase: impl Into<String>) -> Self {
        Self { id: Some(id.into()), digest_multibase: Some(digest_multibase.into()), ..Self::stated(None) }
    }

    /// Words alone.
    pub fn stated(statement: Option<String>) -> Self {
        Self {
            id: None,
            kind: kind("EvaluatorStanding"),
            digest_multibase: None,
            credential: None,
            statement,
        }
    }
}

impl Evaluation {
    /// A finding about a candidate's skill at a level.
    pub fn new(
        candidate: impl Into<String>,
        evaluated_skill: Alignment,
        target_level: SkillLevel,
        finding: Finding,
    ) -> Self {
        Self {
            kind: kind("Evaluation"),
            candidate: candidate.into(),
            previous: None,
            mandate: None,
            mandate_digest: None,
            target_digest: None,
            template_digest: None,
            evaluated_skill,
            target_level,
            finding,
            reached_level: None,
            reason: None,
            statement: None,
            standing: Vec::new(),
            seen_evidence: Vec::new(),
            conflict_of_interest: None,
            status_keeper: None,
        }
    }

    /// The level that this evaluation vouches for: the one in question where it is met, the one reached where that is said.
    pub fn level(&self) -> Option<&SkillLevel> {
        match (self.finding, &self.reached_level) {
            (Finding::Met | Finding::PartiallyMet | Finding::NotMet, Some(reached)) => Some(reached),
            (Finding::Met, None) => Some(&self.target_level),
            (Finding::Abstained, _) | (Finding::PartiallyMet | Finding::NotMet, None) => None,
        }
    }
}

impl Record for Evaluation {
    const KIND: RecordKind = RecordKind::Evaluation;

    fn previous(&self) -> Option<&str> {
        self.previous.as_deref()
    }

    fn subject_is_small(subject: &Value) -> Result<(), Problem> {
        too_many(subject, "standing", MAX_STANDING)?;
        too_many(subject, "seenEvidence", MAX_EVIDENCE)
    }

    fn findings(&self) -> Result<(), Problem> {
        // "Met" and a level below the one in question contradict each other; one on another scale cannot be compared with it.
        let short = self
            .reached_level
            .as_ref()
            .is_some_and(|reached| reached.reaches(&self.target_level) != Some(true));
        if self.finding == Finding::Met && short {
            return Err(Problem::new(Code::MalformedValue)
                .at("/credentialSubject/evaluation/reachedLevel")
                .with("member", "reachedLevel")
                .with("reason", "the outcome is “met” and the level reached is lower, or on another scale"));
        }
        Ok(())
    }
}
