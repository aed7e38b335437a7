//! What the candidate asks of an evaluator.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::record::{Record, RecordKind, too_many};
use super::{ConflictOfInterest, MAX_EVIDENCE, MAX_SKILLS, SkillLevel, kind};
use crate::achievement::Alignment;
use crate::lenient::one_or_many;
use crate::problem::{Code, Problem};
use crate::profile::IdentityObject;

/// A request for evaluation, signed by the candidate, who is its issuer. Its period is the credential's.
///
/// Its id is unguessable (`urn:uuid`, version 4) and used once: everything that answers it names its digest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mandate {
    /// Contains `EvaluationMandate`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// Who is asked.
    #[serde(flatten)]
    pub evaluator: Evaluator,
    /// The skills in question, each with the level aimed at.
    #[serde(deserialize_with = "one_or_many")]
    pub sought_skill: Vec<SoughtSkill>,
    /// What the candidate says of itself, where there is no badge yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    /// The badge to be evaluated, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// The template of the badge aimed at: the id of its achievement and the digest of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<Target>,
    /// Commitments to what the evaluator will be shown; the files stay with the candidate.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub offered_evidence: Vec<EvidenceCommitment>,
    /// What ties candidate and evaluator, as the candidate sees it.
    pub conflict_of_interest: ConflictOfInterest,
}

/// Who is asked: by DID, or by an e-mail address that is bound to a DID when the evaluator accepts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Evaluator {
    /// A DID.
    #[serde(rename = "evaluator")]
    Did(String),
    /// A salted hash of an e-mail address.
    #[serde(rename = "evaluatorIdentity")]
    Identity(IdentityObject),
}

/// One skill and the level aimed at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SoughtSkill {
    /// Contains `SoughtSkill`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// The skill; compared by its `targetUrl`.
    pub skill: Alignment,
    /// The level aimed at.
    pub target_level: SkillLevel,
}

impl SoughtSkill {
    /// A skill at a level.
    pub fn new(skill: Alignment, target_level: SkillLevel) -> Self {
        Self { kind: kind("SoughtSkill"), skill, target_level }
    }
}

/// One exact version of something: its id and a digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// Its id.
    pub id: String,
    /// Contains `EvaluationTarget`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// Its digest, as the verifier's `evaluation::digest` works it out: not that of any file's bytes, so it is no `digestMultibase` of the data model.
    #[serde(rename = "versionDigest")]
    pub digest_multibase: String,
}

impl Target {
    /// A version of something.
    pub fn new(id: impl Into<String>, digest_multibase: impl Into<String>) -> Self {
        Self { id: id.into(), kind: kind("EvaluationTarget"), digest_multibase: digest_multibase.into() }
    }
}

/// A piece of evidence by its digest: it cannot change unseen, and it is not given away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceCommitment {
    /// Contains `EvidenceCommitment`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// What it is called, for people.
    pub name: String,
    /// Its media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// The digest of its bytes.
    pub digest_multibase: String,
}

impl EvidenceCommitment {
    /// A commitment to a file.
    pub fn new(
        name: impl Into<String>,
        media_type: Option<String>,
        digest_multibase: impl Into<String>,
    ) -> Self {
        Self {
            kind: kind("EvidenceCommitment"),
            name: name.into(),
            media_type,
            digest_multibase: digest_multibase.into(),
        }
    }
}

impl Mandate {
    /// A request to this evaluator for these skills; what is evaluated is added in its members.
    pub fn new(evaluator: Evaluator, sought_skill: Vec<SoughtSkill>, conflict: ConflictOfInterest) -> Self {
        Self {
            kind: kind("EvaluationMandate"),
            evaluator,
            sought_skill,
            claim: None,
            target: None,
            template: None,
            offered_evidence: Vec::new(),
            conflict_of_interest: conflict,
        }
    }

    /// The level this mandate asks for in a skill, by the skill's `targetUrl`; `None` where it does not ask.
    pub fn level_sought(&self, skill: &str) -> Option<&SkillLevel> {
        let sought = self.sought_skill.iter().find(|sought| sought.skill.target_url == skill)?;
        Some(&sought.target_level)
    }
}

impl Record for Mandate {
    const KIND: RecordKind = RecordKind::Mandate;

    fn subject_is_small(subject: &Value) -> Result<(), Problem> {
        too_many(subject, "soughtSkill", MAX_SKILLS)?;
        too_many(subject, "offeredEvidence", MAX_EVIDENCE)
    }

    fn findings(&self) -> Result<(), Problem> {
        let malformed = |member: &'static str, reason: &str, french: &'static str| {
            Err(Problem::new(Code::MalformedValue)
                .at(format!("/credentialSubject/{member}"))
                .with("member", member)
                .with_words("reason", reason, french))
        };
        if self.sought_skill.is_empty() {
            return malformed("soughtSkill", "it names no skill", "il ne désigne aucune compétence");
        }
        if self.claim.is_none() && self.target.is_none() && self.template.is_none() {
            return malformed(
                "claim",
                "there is neither a claim nor a badge nor a template to evaluate (--claim, --badge, --template)",
                "il n’y a ni déclaration, ni badge, ni modèle à évaluer (--claim, --badge, --template)",
            );
        }
        let mut skills: Vec<_> =
            self.sought_skill.iter().map(|sought| sought.skill.target_url.as_str()).collect();
        skills.sort_unstable();
        if skills.windows(2).any(|pair| pair.first() == pair.last()) {
            return malformed(
                "soughtSkill",
                "a skill stands in it twice",
                "une compétence y figure deux fois",
            );
        }
        Ok(())
    }
}
