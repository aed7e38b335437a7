//! Reading a skill and the level aimed at, as a candidate writes them.

use badge_schemas::achievement::{Alignment, AlignmentTargetType};
use badge_schemas::evaluation::SoughtSkill;
use badge_schemas::frameworks::digcomp::Edition;
use badge_schemas::frameworks::{Framework, esco, french, label};
use badge_schemas::identifiers::{IdentifierError, IdentifierKind, check};
use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::uri::is_uri;

use super::scale;

/// Reads one skill with its level:
///
/// - `digcomp:1.1@5`: a DigComp competence (`digcomp2.2:1.1@5` for that edition), named from our table; the level is DigComp's;
/// - `rncp:RNCP38596BC02 NAME@EQF:6`: a block or a certification of the French registers (`rncp:`, `rs:`, `rome:`);
/// - `URI NAME@FRAMEWORK:LEVEL`: anything else; the name may be left out where we know it. A URI has no blanks, so it ends where the name begins.
///
/// # Errors
/// [`Code::SkillUnreadable`], [`Code::LevelWithoutFramework`], [`Code::LevelUnknown`].
pub(crate) fn skill(text: &str, lang: Lang) -> Result<SoughtSkill, Problem> {
    let unreadable = |en: &str, fr: &'static str| {
        Problem::new(Code::SkillUnreadable).with("value", text).with_words("reason", en, fr)
    };
    let (what, level) = text
        .rsplit_once('@')
        .ok_or_else(|| unreadable("there is no @ with a level", "il n’y a pas de @ suivi d’un niveau"))?;
    let what = what.trim();
    let (address, name) = what.split_once(char::is_whitespace).unwrap_or((what, ""));
    let (address, name) = (address.trim(), name.trim());
    if let Some((edition, code)) = digcomp(address) {
        let skill = edition.alignment(code, lang).ok_or_else(|| {
            unreadable("DigComp has no such competence", "DigComp n’a pas cette compétence")
        })?;
        let own = edition.target_framework();
        let level = if level.contains(':') { level.to_owned() } else { format!("{own}:{}", level.trim()) };
        let level = scale::level(&level, lang)?;
        return Ok(SoughtSkill::new(skill, level));
    }
    let level = scale::level(level, lang)?;
    if let Some(skill) = register(address, name) {
        let skill = skill
            .map_err(|error| unreadable(&error.to_string(), "le code n’a pas la forme de ce répertoire"))?;
        if name.is_empty() {
            return Err(unreadable("its name is missing", "son nom manque"));
        }
        return Ok(SoughtSkill::new(skill, level));
    }
    if !is_uri(address) {
        return Err(unreadable("it has no address (URI)", "elle n’a pas d’adresse (URI)"));
    }
    let known = label(address, lang);
    let name = if name.is_empty() { known } else { Some(name) };
    let name = name.ok_or_else(|| unreadable("its name is missing", "son nom manque"))?;
    Ok(SoughtSkill::new(alignment(address, name), level))
}

/// The address of a skill as a candidate writes it, with its level or without; `None` where it is none.
pub(crate) fn address(text: &str) -> Option<String> {
    let what = text.rsplit_once('@').map_or(text, |(what, _)| what).trim();
    let (address, name) = what.split_once(char::is_whitespace).unwrap_or((what, ""));
    if let Some((edition, code)) = digcomp(address) {
        return Some(edition.alignment(code, Lang::En)?.target_url);
    }
    match register(address, name) {
        Some(skill) => Some(skill.ok()?.target_url),
        None => is_uri(address).then(|| address.to_owned()),
    }
}

fn digcomp(address: &str) -> Option<(Edition, &str)> {
    let (scheme, code) = address.split_once(':')?;
    let version = scheme.to_ascii_lowercase();
    let edition = match version.strip_prefix("digcomp")? {
        "" => Edition::ALL.into_iter().next()?,
        version => Edition::from_version(version)?,
    };
    Some((edition, code))
}

fn register(address: &str, name: &str) -> Option<Result<Alignment, IdentifierError>> {
    let (scheme, code) = address.split_once(':')?;
    match scheme.to_ascii_lowercase().as_str() {
        "rncp" if code.contains("BC") => Some(french::rncp_bloc(code, name)),
        "rncp" => Some(french::rncp(code, name)),
        "rs" => Some(french::rs(code, name)),
        "rome" => Some(french::rome(code, name)),
        _ => None,
    }
}

/// A link to a skill by its address; only what is known of it is said.
fn alignment(address: &str, name: &str) -> Alignment {
    let is_esco = check(IdentifierKind::EscoSkill, address).is_ok();
    Alignment {
        kind: vec!["Alignment".to_owned()],
        target_code: None,
        target_description: None,
        target_name: name.to_owned(),
        target_framework: is_esco.then(|| Framework::Esco.name().to_owned()),
        target_type: is_esco.then(|| AlignmentTargetType::Ext(esco::SKILL_TYPE.to_owned())),
        target_url: address.to_owned(),
    }
}
