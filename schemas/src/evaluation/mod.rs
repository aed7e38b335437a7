//! Peer evaluation: the candidate chooses an evaluator, each move is a signed credential, and the evaluation itself is an
//! ordinary [EndorsementCredential](https://www.imsglobal.org/spec/ob/v3p0/#endorsementcredential).
//!
//! Every move is a credential of its own, in the order [`Mandate`], [`Response`], [`Evaluation`] (one for each skill), and perhaps
//! [`Withdrawal`] and [`Appeal`]. Each but the first names its predecessor by digest, so that none can be moved to another thread. What
//! goes beyond Open Badges is defined by [`EVALUATION_V1`]; a reader that does not know it still reads a plain endorsement.
//!
//! These are views and builders: what state a thread of records is in is computed by the verifier.

mod appeal;
mod assessment;
mod level;
mod mandate;
mod record;
mod response;
mod sealed;
mod withdrawal;

use serde::{Deserialize, Serialize};

pub use appeal::{Appeal, AppealStep, Decision};
pub use assessment::{Evaluation, Finding, Standing};
pub use level::SkillLevel;
pub use mandate::{Evaluator, EvidenceCommitment, Mandate, SoughtSkill, Target};
pub use record::{Record, RecordHead, RecordKind};
pub use response::{Answer, ConflictOfInterest, Relation, Response};
pub use sealed::{SealedEvaluation, sealed};
pub use withdrawal::Withdrawal;

/// IRI of our versioned context of evaluations.
pub const EVALUATION_V1: &str = "https://w3id.org/skills-badge/evaluation/v1";

/// The type of a presentation that holds the records of one mandate, in order.
pub const THREAD_TYPE: &str = "EvaluationThread";

/// The first line of an encrypted bundle of evidence. Another version would have another line.
pub const BUNDLE_LINE: &str = "skills-badge evaluation bundle v1";

/// Most skills one mandate may name: 32. A certification block has ten at most, a whole French certification thirty; ten thousand would
/// be a weapon against whoever is asked.
pub const MAX_SKILLS: usize = 32;

/// Most pieces of evidence one mandate may offer, or one evaluation may name: 64, two for each skill.
pub const MAX_EVIDENCE: usize = 64;

/// Most claims of standing in one evaluation: 8; one credential for the skill is enough, and each costs a verification.
pub const MAX_STANDING: usize = 8;

/// Most sealed evaluations in one badge: 64, a panel of two for each of [`MAX_SKILLS`].
pub const MAX_SEALED: usize = 64;

/// Longest text that people write in a record, in characters: 4,000, a page; what is longer is evidence.
pub const MAX_TEXT_CHARS: usize = 4_000;

/// Longest a mandate may run, in days: 366. An evaluator's word is asked for a purpose, not for ever.
pub const MAX_MANDATE_DAYS: i64 = 366;

/// Most records of one thread: 128, an evaluation, a withdrawal, an appeal and its answer for most of [`MAX_SKILLS`].
pub const MAX_RECORDS: usize = 128;

/// Why a move was made: what a bit in a status list cannot say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The evaluator is tied to the candidate.
    ConflictOfInterest,
    /// The evaluator does not master the subject.
    OutsideExpertise,
    /// The evaluator has no time.
    NoTime,
    /// The request cannot be understood.
    ScopeUnclear,
    /// What was shown does not suffice.
    EvidenceInsufficient,
    /// What was shown is too old.
    EvidenceOutdated,
    /// What was shown is not the candidate's.
    EvidenceNotAuthentic,
    /// What was shown changed afterwards.
    EvidenceChanged,
    /// The candidate does not reach the level.
    LevelNotReached,
    /// The evaluation was wrong.
    ErrorFound,
    /// The key was not the evaluator's alone.
    KeyCompromised,
    /// The candidate asked for it.
    CandidateRequest,
    /// It is not needed any more.
    NoLongerNeeded,
    /// The rules were not followed.
    Procedure,
    /// The evaluator was not impartial.
    Bias,
    /// There is evidence that was not seen.
    NewEvidence,
    /// Something else; the statement says what.
    Other,
}

impl Reason {
    /// Why an evaluator does not take a mandate.
    pub const OF_REFUSAL: [Self; 5] =
        [Self::ConflictOfInterest, Self::OutsideExpertise, Self::NoTime, Self::ScopeUnclear, Self::Other];
    /// Why an evaluator may not take a mandate: what ties them, or something that they say in words.
    pub const OF_RECUSAL: [Self; 2] = [Self::ConflictOfInterest, Self::Other];
    /// Why an evaluation is not, or not wholly, favourable, or was not made.
    pub const OF_FINDING: [Self; 7] = [
        Self::EvidenceInsufficient,
        Self::EvidenceOutdated,
        Self::EvidenceNotAuthentic,
        Self::LevelNotReached,
        Self::OutsideExpertise,
        Self::ConflictOfInterest,
        Self::Other,
    ];
    /// Why a mandate or an evaluation is taken back.
    pub const OF_WITHDRAWAL: [Self; 7] = [
        Self::ErrorFound,
        Self::EvidenceChanged,
        Self::ConflictOfInterest,
        Self::KeyCompromised,
        Self::CandidateRequest,
        Self::NoLongerNeeded,
        Self::Other,
    ];
    /// Why an evaluation is appealed against.
    pub const OF_APPEAL: [Self; 5] =
        [Self::ErrorFound, Self::Procedure, Self::Bias, Self::NewEvidence, Self::Other];

    /// The code as it stands in a record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ConflictOfInterest => "conflict-of-interest",
            Self::OutsideExpertise => "outside-expertise",
            Self::NoTime => "no-time",
            Self::ScopeUnclear => "scope-unclear",
            Self::EvidenceInsufficient => "evidence-insufficient",
            Self::EvidenceOutdated => "evidence-outdated",
            Self::EvidenceNotAuthentic => "evidence-not-authentic",
            Self::EvidenceChanged => "evidence-changed",
            Self::LevelNotReached => "level-not-reached",
            Self::ErrorFound => "error-found",
            Self::KeyCompromised => "key-compromised",
            Self::CandidateRequest => "candidate-request",
            Self::NoLongerNeeded => "no-longer-needed",
            Self::Procedure => "procedure",
            Self::Bias => "bias",
            Self::NewEvidence => "new-evidence",
            Self::Other => "other",
        }
    }
}

/// The `type` of a part of ours.
fn kind(name: &str) -> Vec<String> {
    vec![name.to_owned()]
}

#[cfg(test)]
mod tests;
