//! How well a skill is mastered: a level of a framework.

use serde::{Deserialize, Serialize};

use super::kind;
use crate::frameworks::Framework;
use crate::lenient::one_or_many;

/// A level on a scale: the framework and its code there, such as `DigComp 2.2` and `5`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkillLevel {
    /// Contains `SkillLevel`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// The name of the scale, with or without a version.
    pub framework: String,
    /// Its code on the scale: a number, or one of `A1` to `C2`.
    pub code: String,
    /// Its name, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl SkillLevel {
    /// A level of a framework.
    pub fn new(framework: impl Into<String>, code: impl Into<String>) -> Self {
        Self { kind: kind("SkillLevel"), framework: framework.into(), code: code.into(), name: None }
    }

    /// Whether its code has a place on a scale that we know, so that it can be compared with others and not only with itself.
    pub fn is_ranked(&self) -> bool {
        rank(&self.code).is_some()
    }

    /// Whether this level is at least `other`; `None` where the two cannot be compared, which is never a yes.
    pub fn reaches(&self, other: &Self) -> Option<bool> {
        (family(&self.framework) == family(&other.framework)).then_some(())?;
        if self.code.trim().eq_ignore_ascii_case(other.code.trim()) {
            return Some(true);
        }
        Some(rank(&self.code)? >= rank(&other.code)?)
    }
}

/// The scale without its version: levels keep their meaning from one version to the next.
fn family(framework: &str) -> String {
    match Framework::from_target_framework(framework) {
        Some((framework, _)) => framework.name().to_lowercase(),
        None => framework.trim().to_lowercase(),
    }
}

/// Where a code stands on its scale: numbers by value, the six levels of the Common European Framework of Reference for Languages in order.
fn rank(code: &str) -> Option<u32> {
    let code = code.trim();
    if !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit()) {
        return code.parse().ok();
    }
    let at = ["A1", "A2", "B1", "B2", "C1", "C2"].iter().position(|name| name.eq_ignore_ascii_case(code))?;
    u32::try_from(at).ok()
}
