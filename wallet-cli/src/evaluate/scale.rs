//! The levels of a scale with their names, for those who choose one.

use badge_schemas::achievement::{Achievement, Alignment, ResultDescription, RubricCriterionLevel};
use badge_schemas::evaluation::SkillLevel;
use badge_schemas::frameworks::digcomp::Edition;
use badge_schemas::frameworks::{Framework, eqf};
use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};

/// The levels of the Common European Framework of Reference for Languages, the lowest first.
const LANGUAGES: [&str; 6] = ["A1", "A2", "B1", "B2", "C1", "C2"];

/// One level of a scale, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rung {
    /// The level, as it stands in a record.
    pub(crate) level: SkillLevel,
    /// What it asks for, where a rubric says so.
    pub(crate) meaning: Option<String>,
    /// Whether it is the level in question.
    pub(crate) is_target: bool,
}

/// Reads `FRAMEWORK:CODE`, such as `DigComp:5` or `EQF:6`, into a level with its name.
///
/// # Errors
/// [`Code::LevelWithoutFramework`]; [`Code::LevelUnknown`] for a level that the framework does not have, or that could never be compared with another.
pub(crate) fn level(text: &str, lang: Lang) -> Result<SkillLevel, Problem> {
    let unknown = |framework: &str, code: &str| {
        Problem::new(Code::LevelUnknown).with("level", code).with("framework", framework)
    };
    let without = || Problem::new(Code::LevelWithoutFramework).with("level", text.trim());
    let (framework, code) = text.rsplit_once(':').ok_or_else(without)?;
    let (framework, code) = (framework.trim(), code.trim());
    let level = known(framework, code, lang).ok_or_else(|| unknown(framework, code))?;
    // A level that does not even reach itself could never be found to be reached.
    if framework.is_empty() || !level.is_ranked() {
        return Err(unknown(framework, code));
    }
    Ok(level)
}

fn known(framework: &str, code: &str, lang: Lang) -> Option<SkillLevel> {
    match Framework::from_target_framework(framework) {
        Some((Framework::DigComp, version)) => {
            let edition = version.map_or(Some(Edition::ALL[0]), Edition::from_version)?;
            digcomp(edition, lang).into_iter().find(|level| level.code == code)
        }
        Some((Framework::Eqf, None)) => europe(lang).into_iter().find(|level| level.code == code),
        Some((Framework::Eqf, Some(_))) => None,
        _ => Some(SkillLevel::new(framework, code)),
    }
}

fn digcomp(edition: Edition, lang: Lang) -> Vec<SkillLevel> {
    let table = edition.table();
    let levels = table.levels.iter().map(|level| {
        let band = table.bands.iter().find(|band| band.levels.contains(&level.level));
        let name = band.map(|band| lang.pick(band.en.clone(), band.fr.clone()));
        SkillLevel { name, ..SkillLevel::new(edition.target_framework(), level.level.to_string()) }
    });
    levels.collect()
}

fn europe(lang: Lang) -> Vec<SkillLevel> {
    let levels = eqf::levels().iter().map(|level| SkillLevel {
        name: Some(lang.pick(level.en.clone(), level.fr.clone())),
        ..SkillLevel::new(eqf::TARGET_FRAMEWORK, level.level.to_string())
    });
    levels.collect()
}

/// The scale on which `target` stands, the lowest level first: that of a rubric for this skill where `achievement` has one, else that of
/// the framework; the level alone where neither is known.
pub(crate) fn rungs(
    achievement: Option<&Achievement>,
    skill: &str,
    target: &SkillLevel,
    lang: Lang,
) -> Vec<Rung> {
    let rubric = achievement.map(|achievement| rubric(achievement, skill, target)).unwrap_or_default();
    let levels = if rubric.is_empty() { framework(target, lang) } else { rubric };
    let mut rungs: Vec<Rung> = levels
        .into_iter()
        .map(|(level, meaning)| {
            let is_target = level.reaches(target) == Some(true) && target.reaches(&level) == Some(true);
            Rung { level, meaning, is_target }
        })
        .collect();
    if rungs.iter().all(|rung| !rung.is_target) {
        rungs = vec![Rung { level: target.clone(), meaning: None, is_target: true }];
    }
    rungs
}

fn framework(target: &SkillLevel, lang: Lang) -> Vec<(SkillLevel, Option<String>)> {
    let levels = match Framework::from_target_framework(&target.framework) {
        Some((Framework::DigComp, version)) => {
            digcomp(version.and_then(Edition::from_version).unwrap_or(Edition::ALL[0]), lang)
        }
        Some((Framework::Eqf, _)) => europe(lang),
        _ if LANGUAGES.iter().any(|code| code.eq_ignore_ascii_case(target.code.trim())) => {
            LANGUAGES.map(|code| SkillLevel::new(&target.framework, code)).to_vec()
        }
        _ => Vec::new(),
    };
    // In the words of the request, so that the two are seen to be of one scale.
    let level = |level| SkillLevel { framework: target.framework.clone(), ..level };
    levels.into_iter().map(|one| (level(one), None)).collect()
}

/// The levels of the rubric that measures this skill, on the scale of `target`.
fn rubric(achievement: &Achievement, skill: &str, target: &SkillLevel) -> Vec<(SkillLevel, Option<String>)> {
    let about = |description: &&ResultDescription| {
        description.alignment.iter().any(|alignment| alignment.target_url == skill)
    };
    let descriptions = &achievement.result_description;
    // One that names the skill, else those that name none and so measure the whole.
    let named = descriptions.iter().filter(about);
    let whole = descriptions.iter().filter(|description| description.alignment.is_empty());
    named
        .chain(whole)
        .map(|description| {
            let levels = description.rubric_criterion_level.iter();
            let levels = levels.filter_map(|one| Some((of_rubric(description, one)?, meaning(one))));
            levels.filter(|(level, _)| level.reaches(target).is_some()).collect::<Vec<_>>()
        })
        .find(|levels| !levels.is_empty())
        .unwrap_or_default()
}

/// As the verifier reads the level of a result: by its alignment with a framework, else by its place in the rubric itself.
fn of_rubric(description: &ResultDescription, one: &RubricCriterionLevel) -> Option<SkillLevel> {
    let scale = one.alignment.iter().find_map(|alignment: &Alignment| {
        Some((alignment.target_framework.as_deref()?, alignment.target_code.as_deref()?))
    });
    let (framework, code) = match scale {
        Some(scale) => scale,
        None => (description.name.as_str(), one.level.as_deref()?),
    };
    Some(SkillLevel { name: Some(one.name.clone()), ..SkillLevel::new(framework, code) })
}

fn meaning(one: &RubricCriterionLevel) -> Option<String> {
    one.description.clone()
}
