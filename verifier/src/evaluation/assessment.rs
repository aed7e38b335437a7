//! What the evaluations of a badge say, and what they weigh: level and assurance for each skill, beside the verdict and never mixed with it.

use badge_schemas::evaluation::{Evaluation, Finding, SkillLevel};
use badge_schemas::problem::{Code, Problem};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

pub use super::standing::Refused;
use crate::report::Outcome;

/// Who stands behind a skill, as far as the one who verifies recognises them. Computed, whatever the badge says of itself; the words are those
/// of `qualityAssuranceLevel`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Assurance {
    /// The issuer and the candidate alone.
    SelfAsserted,
    /// At least one evaluator whose standing is proved, at the level that the badge claims.
    ThirdPartyAssessed,
    /// A panel that meets the quorum of the policy, at that level.
    AuditedAssessment,
}

impl Assurance {
    /// `self-asserted`, `third-party-assessed` or `audited-assessment`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SelfAsserted => "self-asserted",
            Self::ThirdPartyAssessed => "third-party-assessed",
            Self::AuditedAssessment => "audited-assessment",
        }
    }
}

/// One ground of an evaluator's standing.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// A badge of the evaluator's own; its report is among those of the endorsement.
    Badge {
        /// Where it stands.
        pointer: String,
        /// What it is called.
        name: Option<String>,
        /// Who issued it.
        issuer: String,
        /// The level it shows for the skill.
        level: Option<SkillLevel>,
        /// Why it does not count; nothing where it does.
        refused: Option<Refused>,
    },
    /// An entry in a registry that lets the evaluator endorse in this skill, at every level.
    Registry {
        /// The registry, as the policy names it.
        registry: String,
        /// The name it gives the evaluator.
        listed_as: Option<String>,
        /// Whether the policy lets this registry's word count for standing.
        counts: bool,
    },
}

impl Standing {
    /// Whether it shows that the evaluator may evaluate this skill at this level.
    pub fn counts(&self) -> bool {
        match self {
            Self::Badge { refused, .. } => refused.is_none(),
            Self::Registry { counts, .. } => *counts,
        }
    }
}

/// Where an evaluation comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In the badge: the issuer put it there.
    Issuer,
    /// Beside the badge: the holder attached it, and the issuer knows nothing of it.
    Holder,
    /// Sealed in the badge: the issuer vouches for it without naming the evaluator.
    Sealed,
    /// Sealed in the badge and opened: the endorsement with this digest is there.
    Opened,
}

impl Origin {
    /// `issuer`, `holder`, `sealed` or `opened`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issuer => "issuer",
            Self::Holder => "holder",
            Self::Sealed => "sealed",
            Self::Opened => "opened",
        }
    }
}

/// One evaluation and what it weighs.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighed {
    /// Where it stands in the document.
    pub pointer: String,
    /// Where it comes from.
    pub origin: Origin,
    /// Who evaluates, by identifier; nothing where that is sealed.
    pub evaluator: Option<String>,
    /// The name the evaluator gives itself.
    pub evaluator_name: Option<String>,
    /// The organisation the evaluator names; nobody vouches for it.
    pub organisation: Option<String>,
    /// What it says; nothing for a plain endorsement, or one that cannot be read.
    pub said: Option<Said>,
    /// The grounds of the evaluator's standing.
    pub standing: Vec<Standing>,
    /// Why it is not counted; nothing where it is.
    pub problem: Option<Problem>,
}

impl Weighed {
    /// Whether it is counted; a plain endorsement says nothing that could be.
    pub fn counts(&self) -> bool {
        self.said.is_some() && self.problem.is_none()
    }
}

/// What an evaluation says.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// The skill's address.
    pub skill: String,
    /// Its name.
    pub name: String,
    /// The level in question.
    pub target_level: SkillLevel,
    /// The level vouched for, where there is one.
    pub level: Option<SkillLevel>,
    /// What was found.
    pub finding: Finding,
}

impl Said {
    /// Whether it vouches for at least this level. What cannot be compared does not.
    pub(super) fn reaches(&self, level: &SkillLevel) -> bool {
        self.level.as_ref().is_some_and(|own| own.reaches(level) == Some(true))
    }
}

impl From<&Evaluation> for Said {
    fn from(evaluation: &Evaluation) -> Self {
        Self {
            skill: evaluation.evaluated_skill.target_url.clone(),
            name: evaluation.evaluated_skill.target_name.clone(),
            target_level: evaluation.target_level.clone(),
            level: evaluation.level().cloned(),
            finding: evaluation.finding,
        }
    }
}

/// What is known of one skill.
#[derive(Clone, Debug, PartialEq)]
pub struct SkillAssessment {
    /// The skill's address.
    pub skill: String,
    /// Its name.
    pub name: String,
    /// What the evaluations that count found, each with its level.
    pub found: Vec<(Finding, Option<SkillLevel>)>,
    /// The levels they are counted at: all that the badge claims, or the lowest that those who are counted speak of; none where nobody is and
    /// the badge claims none.
    pub counted_at: Vec<SkillLevel>,
    /// How many evaluators stand behind each of these levels and count towards the quorum.
    pub counted: usize,
    /// Who stands behind it.
    pub assurance: Assurance,
}

/// The evaluations of one badge.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// Each skill that was evaluated, or that policy wants evaluated.
    pub skills: Vec<SkillAssessment>,
    /// Each evaluation.
    pub evaluations: Vec<Weighed>,
    /// How many evaluators policy wants for each skill, where it wants any.
    pub quorum: Option<usize>,
    /// Whether people vouch for each other; not known from one file, unless it shows it.
    pub reciprocity: Outcome,
}

impl Assessment {
    /// The first skill that lacks its quorum.
    pub(crate) fn short_of_quorum(&self) -> Option<Problem> {
        let quorum = self.quorum?;
        let short = self.skills.iter().find(|skill| skill.counted < quorum)?;
        Some(
            Problem::new(Code::PanelQuorumNotMet)
                .with("skill", if short.name.is_empty() { &short.skill } else { &short.name })
                .with("counted", short.counted)
                .with("quorum", quorum),
        )
    }
}

impl Serialize for Assessment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let skills: Vec<Value> = self
            .skills
            .iter()
            .map(|one| {
                let found: Vec<Value> = one
                    .found
                    .iter()
                    .map(|(finding, level)| match level {
                        Some(level) => json!({"outcome": finding, "level": level}),
                        None => json!({"outcome": finding}),
                    })
                    .collect();
                json!({"skill": one.skill, "name": one.name, "found": found, "countedAt": one.counted_at,
                    "counted": one.counted, "assurance": one.assurance.as_str()})
            })
            .collect();
        let mut out = json!({
            "skills": skills,
            "evaluations": self.evaluations.iter().map(weighed).collect::<Vec<_>>(),
            "reciprocity": {"outcome": self.reciprocity.as_str(), "problem": self.reciprocity.problem()},
        });
        if let Some(quorum) = self.quorum {
            out["quorum"] = quorum.into();
        }
        out.serialize(serializer)
    }
}

fn weighed(one: &Weighed) -> Value {
    let mut out = json!({"pointer": one.pointer, "origin": one.origin.as_str(), "counted": one.counts()});
    let mut set = |name: &str, value: Option<Value>| {
        if let (Some(value), Some(members)) = (value, out.as_object_mut()) {
            members.insert(name.to_owned(), value);
        }
    };
    set("evaluator", one.evaluator.as_ref().map(|text| json!(text)));
    set("evaluatorName", one.evaluator_name.as_ref().map(|text| json!(text)));
    set("organisation", one.organisation.as_ref().map(|text| json!(text)));
    if let Some(said) = &one.said {
        set("skill", Some(json!(said.skill)));
        set("targetLevel", Some(json!(said.target_level)));
        set("level", said.level.as_ref().map(|level| json!(level)));
        set("outcome", Some(json!(said.finding)));
    }
    let standing: Vec<Value> = one
        .standing
        .iter()
        .map(|ground| match ground {
            Standing::Badge { pointer, name, issuer, level, refused } => json!({
                "kind": "badge", "pointer": pointer, "name": name, "issuer": issuer, "level": level, "counts": refused.is_none(),
            }),
            Standing::Registry { registry, listed_as, counts } => {
                json!({"kind": "registry", "registry": registry, "listedAs": listed_as, "counts": counts})
            }
        })
        .collect();
    set("standing", (!standing.is_empty()).then_some(json!(standing)));
    set("problem", one.problem.as_ref().map(|problem| json!(problem)));
    out
}
