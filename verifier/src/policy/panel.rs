//! Which panel must stand behind a badge.

use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

/// The panel that a badge needs: `[panel]` in the policy file. Without it, evaluations are shown and none is required.
///
/// Only evaluators whose standing is proved by a word that is named here count: keys that somebody has just made never make a quorum.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PanelPolicy {
    /// How many evaluators must have found a skill `met` at each level that the badge claims for it, or above, each under an identifier of its
    /// own; at least one.
    pub quorum: NonZeroUsize,
    /// The `targetUrl`s of the skills a panel must vouch for; where there are none, every skill of the badge.
    #[serde(default)]
    pub skills: Vec<String>,
    /// The issuers whose badges prove an evaluator's standing, by DID.
    #[serde(default)]
    pub standing_issuers: Vec<String>,
    /// The registries whose entries (`endorse`) prove it, by their `source` in `registries`.
    #[serde(default)]
    pub standing_registries: Vec<String>,
    /// Whether the evaluator's own badge must show the level evaluated. Default `at-least-evaluated`.
    #[serde(default)]
    pub evaluator_level: EvaluatorLevel,
    /// Whether evaluators must name distinct organisations. Default `distinct`.
    #[serde(default)]
    pub organisations: Organisations,
    /// How old an evaluation may be, in days; any age where absent.
    #[serde(default)]
    pub max_age_days: Option<u32>,
    /// What an evaluation counts whose evaluator the issuer keeps to itself. Default `not-counted`.
    #[serde(default)]
    pub sealed: SealedEvaluations,
}

/// What an evaluator's own level must be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvaluatorLevel {
    /// At least the level that is vouched for, on the same scale.
    #[default]
    AtLeastEvaluated,
    /// Any, or none: a beginner may judge a master.
    DangerAny,
}

/// Whether the members of a panel must come from different bodies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Organisations {
    /// Each must name another organisation (`parentOrg` of the profile it signs). It is the evaluator's own word.
    #[default]
    Distinct,
    /// All may be colleagues.
    DangerAny,
}

/// What is made of sealed evaluations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SealedEvaluations {
    /// They are shown, and count for nothing until they are opened.
    #[default]
    NotCounted,
    /// They count where the issuer of the badge is among the `standing-issuers`.
    OnIssuersWord,
}
