//! What gives an evaluator's word its weight: badges of their own, and registries; never what they say of themselves.

use badge_schemas::credential::{has_type, is_achievement_credential, issuer_id};
use badge_schemas::evaluation::{Evaluation, SkillLevel};
use badge_schemas::frameworks::eqf;
use badge_schemas::lenient::text_of;
use badge_schemas::problem::{Code, Problem};
use serde_json::Value;

use super::assessment::Standing;
use super::claim::skills;
use crate::policy::{EvaluatorLevel, PanelPolicy};
use crate::report::{Recognition, Report, Verdict};

/// Every ground of an evaluator's standing that was found, as a chain to show.
pub(super) fn chain(
    endorsement: &Report,
    evaluation: &Evaluation,
    policy: Option<&PanelPolicy>,
) -> Vec<Standing> {
    let badges = endorsement
        .credentials()
        .iter()
        .filter(|report| report.document().is_some_and(is_achievement_credential))
        .map(|report| of_badge(endorsement, report, evaluation, policy));
    let listings = endorsement.registries().iter().filter(|answer| answer.recognition == Recognition::Listed);
    let listings = listings.map(|answer| Standing::Registry {
        registry: answer.registry.clone(),
        listed_as: answer.listed_as.clone(),
        counts: policy.is_none_or(|policy| policy.standing_registries.contains(&answer.registry)),
    });
    badges.chain(listings).collect()
}

/// Why nothing in the chain carries; nothing where one ground does.
pub(super) fn lacking(chain: &[Standing], endorser: &str) -> Option<Problem> {
    if chain.iter().any(Standing::counts) {
        return None;
    }
    let refused = chain.iter().find_map(|ground| match ground {
        Standing::Badge { refused, .. } => *refused,
        Standing::Registry { .. } => None,
    });
    let (en, fr) = refused.unwrap_or(Refused::Nothing).words();
    Some(Problem::new(Code::EndorserUnqualified).with("endorser", endorser).with_words("reason", en, fr))
}

/// Why a badge of the evaluator's does not show that they may evaluate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is no ground at all.
    Nothing,
    /// It does not verify, or that is not known.
    NotValid,
    /// It was given to somebody else.
    OfAnother,
    /// Policy does not name its issuer.
    IssuerNotNamed,
    /// It is about other skills.
    OtherSkill,
    /// It shows no level, or a lower one.
    Level,
}

impl Refused {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Nothing => ("there is neither a badge nor a listing", "il n’y a ni badge ni inscription"),
            Self::NotValid => {
                ("the badge shown does not verify", "le badge montré ne passe pas la vérification")
            }
            Self::OfAnother => {
                ("the badge shown is somebody else's", "le badge montré appartient à un autre")
            }
            Self::IssuerNotNamed => (
                "the policy does not name the issuer of the badge shown",
                "la politique ne désigne pas l’émetteur du badge montré",
            ),
            Self::OtherSkill => {
                ("the badge shown is about other skills", "le badge montré porte sur d’autres compétences")
            }
            Self::Level => {
                ("the badge shown does not show this level", "le badge montré ne montre pas ce niveau")
            }
        }
    }
}

fn of_badge(
    endorsement: &Report,
    report: &Report,
    evaluation: &Evaluation,
    policy: Option<&PanelPolicy>,
) -> Standing {
    let nothing = Value::Null;
    let badge = report.document().unwrap_or(&nothing);
    let endorser = endorsement.document().and_then(issuer_id);
    let skill = evaluation.evaluated_skill.target_url.as_str();
    let levels = levels(badge, skill);
    let wanted = evaluation.level().unwrap_or(&evaluation.target_level);
    let reaching = levels.iter().find(|level| level.reaches(wanted) == Some(true));
    let issuer = issuer_id(badge).unwrap_or("?");
    let refused = if report.verdict() != Verdict::Valid {
        Some(Refused::NotValid)
    } else if endorser.is_none() || badge.pointer("/credentialSubject/id").and_then(Value::as_str) != endorser
    {
        Some(Refused::OfAnother)
    } else if !policy.is_some_and(|policy| policy.standing_issuers.iter().any(|named| named == issuer)) {
        Some(Refused::IssuerNotNamed)
    } else if !skills(badge).any(|(known, _)| known == skill) {
        Some(Refused::OtherSkill)
    } else if reaching.is_none()
        && policy.is_none_or(|policy| policy.evaluator_level == EvaluatorLevel::AtLeastEvaluated)
    {
        Some(Refused::Level)
    } else {
        None
    };
    Standing::Badge {
        pointer: report.pointer().unwrap_or_default().to_owned(),
        name: report.summary().name.clone(),
        issuer: issuer.to_owned(),
        level: reaching.or(levels.first()).cloned(),
        refused,
    }
}

/// The levels that a badge shows for a skill: achieved levels of its results, and levels of the European Qualifications Framework it is
/// aligned with. A result counts for the skill its description is aligned with, or for the whole achievement where it names none.
fn levels(badge: &Value, skill: &str) -> Vec<SkillLevel> {
    let mut levels = by_result(badge, skill);
    levels.extend(by_framework(badge));
    levels
}

/// The levels that a badge claims for a skill, which an evaluation must reach to stand behind it: those of its results, or else that of the
/// European Qualifications Framework, which speaks of the achievement as a whole.
pub(super) fn claimed(badge: &Value, skill: &str) -> Vec<SkillLevel> {
    let levels = by_result(badge, skill);
    if levels.is_empty() { by_framework(badge) } else { levels }
}

fn achievement(badge: &Value) -> &Value {
    badge.pointer("/credentialSubject/achievement").unwrap_or(&Value::Null)
}

fn by_result(badge: &Value, skill: &str) -> Vec<SkillLevel> {
    let descriptions = many(achievement(badge).get("resultDescription"));
    let results = many(badge.pointer("/credentialSubject/result"));
    let by_result = results.iter().filter_map(|result| {
        let named = result.get("resultDescription").and_then(Value::as_str)?;
        let achieved = result.get("achievedLevel").and_then(Value::as_str)?;
        let description =
            descriptions.iter().find(|one| one.get("id").and_then(Value::as_str) == Some(named))?;
        let about = many(description.get("alignment"));
        let is_skill = |one: &&Value| one.get("targetUrl").and_then(Value::as_str) == Some(skill);
        if !about.is_empty() && !about.iter().any(is_skill) {
            return None;
        }
        let levels = many(description.get("rubricCriterionLevel"));
        let level = levels.iter().find(|one| one.get("id").and_then(Value::as_str) == Some(achieved))?;
        let scale = many(level.get("alignment")).into_iter().find_map(|alignment| {
            Some((text(alignment, "targetFramework")?, text(alignment, "targetCode")?))
        });
        match scale {
            Some((framework, code)) => Some(SkillLevel::new(framework, code)),
            None => Some(SkillLevel::new(text(description, "name")?, text(level, "level")?)),
        }
    });
    by_result.collect()
}

fn by_framework(badge: &Value) -> Vec<SkillLevel> {
    let levels = many(achievement(badge).get("alignment")).into_iter().filter_map(|alignment| {
        (text(alignment, "targetType")? == eqf::LEVEL_TYPE).then_some(())?;
        Some(SkillLevel::new(eqf::TARGET_FRAMEWORK, text(alignment, "targetCode")?))
    });
    levels.collect()
}

/// The organisation that an evaluator names in the profile it signs: `parentOrg`. Nobody else vouches for it.
pub(super) fn organisation(endorsement: &Value) -> Option<&str> {
    let organisation = endorsement.pointer("/issuer/parentOrg")?;
    organisation.as_str().or_else(|| organisation.get("id")?.as_str())
}

fn many(value: Option<&Value>) -> Vec<&Value> {
    match value {
        None => Vec::new(),
        Some(Value::Array(items)) => items.iter().collect(),
        Some(single) => vec![single],
    }
}

fn text<'v>(value: &'v Value, member: &str) -> Option<&'v str> {
    value.get(member).and_then(text_of)
}

/// Whether a document is an endorsement.
pub(super) fn is_endorsement(document: &Value) -> bool {
    has_type(document, "EndorsementCredential")
}
