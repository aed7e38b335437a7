//! `evaluate request`: a candidate asks an evaluator of their choice.

use std::path::Path;

use badge_schemas::achievement::{Achievement, Alignment};
use badge_schemas::evaluation::Target;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::evaluation::digest;
use badge_verifier::{Snapshot, TrustPolicy};
use serde_json::Value;

use super::{
    ask_ties, clean, declared, evidence, given, is_did, mover, new_file, open_holder, own, say, say_next,
    say_state, whereabouts,
};
use crate::args::evaluate::Request;
use crate::commands::Session;
use crate::commands::write_new;
use crate::console;
use crate::evaluate::extend::extend;
use crate::evaluate::moves::{self, Asked};
use crate::evaluate::sheet::Role;
use crate::evaluate::{next, sought, words};
use crate::exit::Exit;
use crate::store::{Badge, Store};

/// Begins a thread.
pub(super) fn run(asked: &Request, wallet: &Path, session: &Session<'_>) -> Result<Exit, Problem> {
    if asked.claim.is_none() && asked.badge.is_none() && asked.template.is_none() {
        return Err(Problem::new(Code::OptionInvalid).with("option", "evaluate request").with_words(
            "reason",
            "add --claim, --badge or --template",
            "ajoutez --claim, --badge ou --template",
        ));
    }
    let (holder, did) = own(wallet)?;
    let now = (session.clock)();
    let mover = mover(&did, &asked.me, None, now, session)?;
    let skills = asked.skills.iter().map(|text| sought::skill(text, mover.lang));
    let mut skills: Vec<_> = skills.collect::<Result<_, _>>()?;
    let badge = asked.badge.as_deref().map(|named| badge(named, wallet, &did)).transpose()?;
    let template =
        asked.template.as_deref().map(|path| given::achievement("--template", path)).transpose()?;
    let aims = badge.iter().map(|badge| &badge.view.credential_subject.achievement);
    let aims: Vec<&Alignment> =
        aims.chain(template.iter().map(|(_, read)| read)).flat_map(|aim| &aim.alignment).collect();
    for sought in &mut skills {
        as_aligned(&mut sought.skill, &aims);
    }
    if let Some(badge) = &badge {
        let known = badge_verifier::evaluation::skills_of(&badge.value);
        if let Some(missing) = skills.iter().find(|sought| !known.contains(&sought.skill.target_url)) {
            let known = if known.is_empty() { "–".to_owned() } else { known.join(", ") };
            return Err(Problem::new(Code::BadgeWithoutSkill)
                .with("skill", &missing.skill.target_url)
                .with("known", known));
        }
    }
    let mut request = moves::Request {
        evaluator: evaluator(asked)?,
        skills,
        claim: asked.claim.clone(),
        target: badge.as_ref().map(target).transpose()?,
        template: template.map(|(achievement, read)| template_target(&achievement, read)).transpose()?,
        evidence: evidence::commit(&asked.evidence)?,
        conflict: declared(&asked.ties)?,
        valid: asked.valid,
    };
    for (name, bytes) in evidence::too_large_for_a_bundle(&asked.evidence) {
        console::note(&words::beyond_a_bundle(&clean(&name), bytes, session.console.lang()));
    }
    new_file(&asked.output)?;
    let mandate = match moves::propose(&request, &mover) {
        Err(problem) if problem.code == Code::TiesUnsaid => {
            request.conflict = Some(ask_ties(Role::Candidate, session)?);
            moves::propose(&request, &mover)?
        }
        made => made?,
    };
    let holder = open_holder(&holder, &asked.passphrase, session)?;
    let begun = extend(None, vec![mandate], &holder, now, &TrustPolicy::default(), &Snapshot::default())?;
    write_new(&asked.output, begun.text.as_bytes(), session.console)?;
    say_state(&begun.sheet, session);
    let lang = session.console.lang();
    say([next::asked(&begun.sheet, &whereabouts(&asked.output, lang), lang)]);
    say_next(&begun.sheet, &asked.output, session);
    Ok(Exit::Done)
}

fn evaluator(asked: &Request) -> Result<Asked, Problem> {
    if let Some(address) = &asked.whom.evaluator_email {
        return Ok(Asked::Email(address.clone()));
    }
    let did = asked.whom.evaluator.clone().unwrap_or_default();
    is_did("--evaluator", &did)?;
    Ok(Asked::Did(did))
}

/// A badge of the candidate's own: from the wallet, else from a file.
fn badge(named: &str, wallet: &Path, did: &str) -> Result<Badge, Problem> {
    let path = Path::new(named);
    let badge =
        if path.exists() { given::badge("--badge", path)? } else { Store::new(wallet).find(named)?.badge };
    match badge.subject() {
        Some(subject) if subject == did => Ok(badge),
        Some(subject) => Err(Problem::new(Code::BadgeOfAnother).with("subject", subject)),
        None => Err(Problem::new(Code::BadgeNotBound)),
    }
}

fn target(badge: &Badge) -> Result<Target, Problem> {
    let id = badge.view.id.as_deref().ok_or_else(|| {
        Problem::new(Code::OptionInvalid).with("option", "--badge").with_words(
            "reason",
            "the badge has no id",
            "le badge n’a pas d’identifiant",
        )
    })?;
    Ok(Target::new(id, digest::of_badge(&badge.value)?))
}

fn template_target(achievement: &Value, read: Achievement) -> Result<Target, Problem> {
    Ok(Target::new(read.id, digest::of_achievement(achievement)?))
}

/// Names a skill by the address that the badge or template has for its code: it is looked for there.
fn as_aligned(skill: &mut Alignment, aims: &[&Alignment]) {
    let same = |aim: &&&Alignment| {
        aim.target_code.is_some()
            && aim.target_code == skill.target_code
            && aim.target_type == skill.target_type
    };
    if let (Some(aim), false) =
        (aims.iter().find(same), aims.iter().any(|aim| aim.target_url == skill.target_url))
    {
        skill.target_url.clone_from(&aim.target_url);
    }
}
