//! Whether the panel that a badge was awarded from still stands: of the evaluations it was made of, those that were taken back here.

use std::collections::BTreeSet;

use badge_schemas::evaluation::SkillLevel;
use badge_verifier::did::{person, same_person};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::people::Budget;
use crate::credential::Plan;
use crate::issuer::Issuer;
use crate::refusal::Refusal;
use crate::store::{Award, AwardStatus, Digest, StoreError};

/// One evaluation that counted, as the award's intent records it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Voice {
    /// The digest of the endorsement, without its proof.
    pub record_digest: String,
    /// Who evaluated, by DID.
    pub evaluator: String,
    /// The skill, by `targetUrl`.
    pub skill: String,
    /// The level it vouches for.
    pub level: SkillLevel,
    /// The place that is kept here for it, where one is; elsewhere kept, its status is not known here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<Digest>,
}

impl Voice {
    /// Whether it is of the same evaluator about the same skill.
    pub(super) fn is_of(&self, other: &Self) -> bool {
        self.skill == other.skill && same_person(&self.evaluator, &other.evaluator)
    }
}

/// A skill that the panel vouched for, and the levels at which it was counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Vouched {
    /// The skill, by `targetUrl`.
    pub skill: String,
    /// The levels that the badge claims for it, or at which its evaluators agreed.
    pub levels: Vec<SkillLevel>,
}

/// What is left of a panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// How many evaluators the badge asks for.
    pub quorum: usize,
    /// Each skill, and how many stand behind it now.
    pub skills: Vec<(String, usize)>,
    /// The digests of the endorsements that were taken back.
    pub withdrawn: Vec<String>,
}

impl Standing {
    /// Whether enough stand behind each skill.
    pub fn met(&self) -> bool {
        self.skills.iter().all(|(_, counted)| *counted >= self.quorum)
    }

    /// As an award's `panel` shows it: nobody is named, whatever the review.
    pub fn to_json(&self) -> Value {
        let skill = |(skill, counted): &(String, usize)| json!({"skill": skill, "counted": counted});
        let skills: Vec<Value> = self.skills.iter().map(skill).collect();
        json!({"quorum": self.quorum, "met": self.met(), "skills": skills, "withdrawn": self.withdrawn})
    }
}

impl Issuer {
    /// What is left of the panel that an award was made from; nothing where it was made from none, or is erased. Endorsements that were put
    /// into the badge afterwards are not counted: they were never weighed.
    ///
    /// # Errors
    /// Those of the record.
    pub fn standing_panel(&self, award: &Award) -> Result<Option<Standing>, Refusal> {
        let Some(plan) = self.plan_of(award)? else { return Ok(None) };
        let Some(result) = plan.result.filter(|result| result.panel && !result.vouched.is_empty()) else {
            return Ok(None);
        };
        let Some(panel) = self.template_of(award)?.panel else { return Ok(None) };
        let (mut standing, mut withdrawn) = (Vec::new(), Vec::new());
        for voice in &result.voices {
            let seat = voice.seat.as_ref().map(|seat| self.store.seat(seat)).transpose()?.flatten();
            if seat.is_some_and(|seat| seat.withdrawn.is_some()) {
                withdrawn.push(voice.record_digest.clone());
            } else {
                standing.push(voice);
            }
        }
        let behind = |skill: &str, level: &SkillLevel| {
            let reaching = standing
                .iter()
                .filter(|voice| voice.skill == skill && voice.level.reaches(level) == Some(true));
            reaching.map(|voice| person(&voice.evaluator)).collect::<BTreeSet<_>>().len()
        };
        let counted = |vouched: &Vouched| {
            let counted = vouched.levels.iter().map(|level| behind(&vouched.skill, level)).min();
            (vouched.skill.clone(), counted.unwrap_or_default())
        };
        let skills = result.vouched.iter().map(counted).collect();
        Ok(Some(Standing { quorum: panel.quorum.get(), skills, withdrawn }))
    }

    /// The awards of a candidate that were made from the evaluation in one of these places and whose panel is no longer there.
    ///
    /// # Errors
    /// Those of the record; [`Code::RingNotSearched`](badge_schemas::problem::Code::RingNotSearched) where there are too many awards to look at.
    pub(super) fn short_of_panel(&self, candidate: &str, seats: &[Digest]) -> Result<Vec<String>, Refusal> {
        let mut short = Vec::new();
        for award in self.awards_of(candidate, &mut Budget::default())? {
            let stands_on = |plan: &Plan| {
                let voices = plan.result.iter().flat_map(|result| &result.voices);
                voices.filter_map(|voice| voice.seat).any(|seat| seats.contains(&seat))
            };
            let in_force = matches!(award.status, AwardStatus::Active | AwardStatus::Suspended);
            if in_force
                && self.plan_of(&award)?.as_ref().is_some_and(stands_on)
                && self.standing_panel(&award)?.is_some_and(|standing| !standing.met())
            {
                short.push(award.id);
            }
        }
        Ok(short)
    }

    /// What an award was built from; nothing where it is erased.
    pub(super) fn plan_of(&self, award: &Award) -> Result<Option<Plan>, Refusal> {
        match self.store.request(&award.id) {
            Ok(request) => Plan::of(&award.id, &request).map(Some),
            Err(StoreError::Erased { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
