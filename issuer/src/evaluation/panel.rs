//! The panel of a template: who must have found the skills met before the badge is awarded, in the words of the verifier's policy.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use badge_schemas::evaluation::MAX_SEALED;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::evaluation::skills_of;
use badge_verifier::policy::{EvaluatorLevel, Organisations, PanelPolicy, SealedEvaluations};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::issuer::Issuer;
use crate::members::malformed;
use crate::template::Template;

/// The panel that a badge needs. What each member means stands at [`PanelPolicy`], which is made from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Panel {
    /// How many evaluators must have found each skill met.
    pub quorum: NonZeroUsize,
    /// The skills a panel must vouch for, by `targetUrl`; where there are none, every skill of the badge.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<String>,
    /// The issuers whose badges prove an evaluator's standing, by DID.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub standing_issuers: Vec<String>,
    /// The registries whose entries prove it, by their `source` in the settings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub standing_registries: Vec<String>,
    /// Whether the evaluator's own badge must show the level evaluated.
    #[serde(default)]
    pub evaluator_level: EvaluatorLevel,
    /// Whether evaluators must name distinct organisations.
    #[serde(default)]
    pub organisations: Organisations,
    /// How old an evaluation may be, in days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_days: Option<u32>,
    /// Whether the badge names the evaluators.
    #[serde(default)]
    pub review: Review,
}

/// Whether third parties learn who evaluated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Review {
    /// Their endorsements stand in the badge.
    #[default]
    Open,
    /// The issuer says in the badge what they found, and keeps their endorsements.
    Blind,
}

impl Panel {
    /// Reads a panel.
    ///
    /// # Errors
    /// [`Code::MalformedValue`](badge_schemas::problem::Code::MalformedValue) at `at`.
    pub fn parse(value: Value, at: &str) -> Result<Self, Problem> {
        let panel: Self = serde_json::from_value(value).map_err(|error| {
            let reason = error.to_string();
            malformed(at, &reason, "ce n’est pas la description d’un jury (panel)")
        })?;
        if panel.quorum.get() > MAX_SEALED {
            return Err(malformed(
                &format!("{at}/quorum"),
                "it is more than a badge can hold (64)",
                "il dépasse ce qu’un badge peut contenir (64)",
            ));
        }
        if panel.standing_issuers.is_empty() && panel.standing_registries.is_empty() {
            return Err(malformed(
                at,
                "it names neither standingIssuers nor standingRegistries, so nobody could ever count",
                "il ne nomme ni standingIssuers ni standingRegistries\u{a0}: personne ne pourrait jamais compter",
            ));
        }
        Ok(panel)
    }

    /// The same for the verifier.
    pub fn policy(&self) -> PanelPolicy {
        PanelPolicy {
            quorum: self.quorum,
            skills: self.skills.clone(),
            standing_issuers: self.standing_issuers.clone(),
            standing_registries: self.standing_registries.clone(),
            evaluator_level: self.evaluator_level,
            organisations: self.organisations,
            max_age_days: self.max_age_days,
            sealed: SealedEvaluations::NotCounted,
        }
    }
}

impl Issuer {
    /// Whether evaluators get status entries here.
    fn offers_entries(&self) -> bool {
        self.identity.public_url().is_some() && self.evaluations.offer.entries_per_day.is_some()
    }

    /// What is wrong with a template's panel: skills that its badge does not have, registries that the settings do not name, a blind review
    /// where nothing could be taken back, translations about other skills than those who evaluate are asked about.
    pub(crate) fn panel_findings(&self, template: &Template) -> Vec<Problem> {
        let Some(panel) = &template.panel else { return Vec::new() };
        let alignments = template.achievement.get("alignment").cloned().unwrap_or_default();
        let aligned = |skill: &String| {
            let items = alignments.as_array().map_or(std::slice::from_ref(&alignments), Vec::as_slice);
            items.iter().any(|item| item.get("targetUrl").and_then(Value::as_str) == Some(skill))
        };
        let strange = panel.skills.iter().enumerate().filter(|(_, skill)| !aligned(skill));
        let strange = strange.map(|(index, _)| {
            malformed(
                &format!("/panel/skills/{index}"),
                "the badge is not aligned with this skill",
                "le badge n’est pas aligné sur cette compétence",
            )
        });
        let known = |source: &String| {
            self.evaluations.offer.registries.iter().any(|(_, registry)| registry.source == *source)
        };
        let unknown = panel.standing_registries.iter().enumerate().filter(|(_, source)| !known(source));
        let unknown = unknown.map(|(index, _)| {
            malformed(
                &format!("/panel/standingRegistries/{index}"),
                "no registry of this source stands in the settings under [evaluations]",
                "aucun registre de cette source ne figure dans les réglages, sous [evaluations]",
            )
        });
        let without_skill = (panel.skills.is_empty() && alignments.is_null()).then(|| {
            malformed(
                "/panel",
                "the badge is aligned with no skill that a panel could vouch for",
                "le badge n’est aligné sur aucune compétence dont un jury pourrait répondre",
            )
        });
        let unsealable = (panel.review == Review::Blind && !self.offers_entries()).then(|| {
            malformed(
                "/panel/review",
                "what is sealed must be able to be taken back, and this service keeps no status entries for evaluations (public-url, entries-per-day)",
                "ce qui est scellé doit pouvoir être retiré, et ce service ne tient pas d’entrées de statut pour les évaluations (public-url, entries-per-day)",
            )
        });
        let others = template.translations.iter().enumerate();
        let otherwise =
            others.filter(|(_, translation)| skills(translation) != skills(&template.achievement));
        let otherwise = otherwise.map(|(index, translation)| {
            let language = translation.get("inLanguage").and_then(Value::as_str).unwrap_or("–");
            Problem::new(Code::TranslationSkillsDiffer)
                .at(format!("/translations/{index}/alignment"))
                .with("language", language)
        });
        strange.chain(unknown).chain(without_skill).chain(unsealable).chain(otherwise).collect()
    }
}

/// What an achievement says somebody can do, whatever the language: the targets of its alignments, and of what hangs on it.
fn skills(achievement: &Value) -> BTreeSet<String> {
    skills_of(&json!({"credentialSubject": {"achievement": achievement}})).into_iter().collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn a_panel_nobody_could_sit_on_is_refused() {
        let read = |value: Value| Panel::parse(value, "/panel");
        for wrong in [
            json!({}),
            json!({"quorum": 2}),
            json!({"quorum": 0, "standingIssuers": ["did:example:g"]}),
            json!({"quorum": 65, "standingIssuers": ["did:example:g"]}),
            json!({"quorum": 2, "standingIssuers": ["did:example:g"], "sealed": "on-issuers-word"}),
            json!({"quorum": 2, "standingIssuers": ["did:example:g"], "review": "secret"}),
        ] {
            assert_eq!(read(wrong.clone()).unwrap_err().code, Code::MalformedValue, "{wrong}");
        }
        let panel = read(json!({"quorum": 2, "standingIssuers": ["did:example:g"]})).unwrap();
        assert_eq!((panel.review, panel.organisations), (Review::Open, Organisations::Distinct));
        let text = serde_json::to_value(&panel).unwrap();
        assert_eq!(read(text).unwrap(), panel);
    }
}
