//! What will be signed, in words, before it is.

use badge_schemas::evaluation::{Answer, ConflictOfInterest, Finding, Standing};
use badge_schemas::lang::Lang;

use super::skill::capital;
use super::{clean, person, quote};
use crate::evaluate::Organisation;
use crate::evaluate::moves::SkillFinding;
use crate::evaluate::words;
use crate::page::draft::Step;
use crate::page::html::{Element, Html, el, nothing};
use crate::page::read;
use crate::page::visit::Visit;

/// The page.
pub(super) fn body(visit: &Visit, step: Step) -> (String, Html) {
    let lang = visit.lang;
    let title = lang.pick("Read it again, then sign", "Relisez, puis signez");
    let body = match statement(visit, step) {
        Some(statement) => el("div")
            .with(el("p").text(lang.pick(
                "This is everything that you will sign. What is signed cannot be changed; an evaluation can be taken back.",
                "Voici tout ce que vous allez signer. Ce qui est signé ne se modifie plus\u{a0}; une évaluation peut être retirée.",
            )))
            .with(el("div").class("statement").with(statement)),
        None => el("div").with(el("p").text(lang.pick(
            "You left every skill for another day: there is nothing to sign. Go back, or stop here.",
            "Vous avez laissé toutes les compétences pour un autre jour\u{a0}: il n’y a rien à signer. Revenez en arrière, ou arrêtez-vous là.",
        ))),
    };
    (title.to_owned(), body.into())
}

/// What will be signed; `None` where there is nothing.
pub(super) fn statement(visit: &Visit, step: Step) -> Option<Html> {
    match step {
        Step::Confirm => answer(visit),
        Step::Review => findings(visit),
        _ => None,
    }
}

fn answer(visit: &Visit) -> Option<Html> {
    let lang = visit.lang;
    let reply = read::reply(&visit.draft, &visit.desk, lang).ok()?;
    let answer = match reply.answer {
        Answer::Accepted => lang.pick("You accept to evaluate", "Vous acceptez d’évaluer"),
        Answer::Declined => lang.pick("You decline to evaluate", "Vous déclinez l’évaluation de"),
        Answer::Recused => {
            lang.pick("You recuse yourself from evaluating", "Vous vous récusez de l’évaluation de")
        }
    };
    let skills = visit.desk.sheet.skills.iter().map(|sought| {
        let level = clean(&words::level(&sought.target, lang));
        el("li").with(el("bdi").text(&clean(&sought.skill.target_name))).text(" – ").text(&level)
    });
    let email = reply.email.as_deref();
    let statement =
        el("div")
            .with(el("p").with(
                el("strong").text(answer).text(" ").with(person(&visit.desk.sheet.candidate)).text("."),
            ))
            .with(el("ul").all(skills))
            .with(line(
                lang.pick("Reason", "Motif"),
                reply.reason.map(|reason| words::own_reason(reason, lang)),
                lang,
            ))
            .with(said(lang.pick("In your words", "Dans vos mots"), reply.statement.as_deref()))
            .with(line(lang.pick("Your e-mail address", "Votre adresse électronique"), email, lang))
            .with(organisation(visit))
            .with(ties(reply.conflict.as_ref(), lang))
            .with(change(Step::Answer, visit));
    Some(statement.into())
}

fn findings(visit: &Visit) -> Option<Html> {
    let lang = visit.lang;
    let findings = read::findings(&visit.draft, &visit.desk, lang).ok()?;
    if findings.skills.is_empty() {
        return None;
    }
    let sheet = &visit.desk.sheet;
    let skills = findings.skills.iter().map(|found| {
        let index = sheet.skills.iter().position(|sought| sought.skill.target_url == found.skill);
        one(found, index.unwrap_or_default(), visit)
    });
    let seen = findings.seen_evidence.iter().map(|one| el("li").with(el("bdi").text(&clean(&one.name))));
    let seen: Html = if findings.seen_evidence.is_empty() {
        el("p")
            .text(lang.pick(
                "You name no evidence that you looked at.",
                "Vous ne nommez aucune preuve que vous auriez regardée.",
            ))
            .into()
    } else {
        el("div")
            .with(el("p").text(lang.pick("You looked at:", "Vous avez regardé\u{a0}:")))
            .with(el("ul").all(seen))
            .into()
    };
    let evidence: Html =
        if visit.desk.evidence.is_empty() { nothing() } else { change(Step::Evidence, visit).into() };
    let status = match &visit.desk.at {
        Some((base, _)) if visit.desk.lacks_entries(&findings) => el("p")
            .text(lang.pick("Before you sign, an entry is asked for at ", "Avant la signature, une entrée est demandée à "))
            .with(el("code").text(&clean(base)))
            .text(lang.pick(
                ", so that nobody can hide it should you take the evaluation back. The request and your acceptance are sent there, and nothing of what you found. You see the answer before you sign.",
                ", pour que personne ne puisse cacher que vous retirez l’évaluation, si vous le faites. La demande et votre acceptation y sont envoyées, et rien de vos constats. Vous voyez la réponse avant de signer.",
            )),
        Some(_) => el("div").all(findings.skills.iter().filter_map(|one| {
            let kept = visit.desk.kept.get(&one.skill)?;
            let words = words::kept_by(kept.list(), kept.keeper.as_deref(), lang);
            let skill = sheet.skills.iter().find(|sought| sought.skill.target_url == one.skill)?;
            let name = clean(&skill.skill.target_name);
            Some(el("p").class("kept").with(el("bdi").text(&name)).text(lang.pick(": ", "\u{a0}: ")).text(&clean(&words)))
        })),
        None => el("p").text(lang.pick(
            "Without the address of the issuer (--at), you can take an evaluation back only by a record that others may not see.",
            "Sans l’adresse de l’émetteur (--at), une évaluation ne se retire que par un document que d’autres peuvent ne pas voir.",
        )),
    };
    let statement = el("div")
        .with(
            el("p")
                .text(lang.pick("Of ", "À propos de "))
                .with(person(&sheet.candidate))
                .text(lang.pick(", you say:", ", vous dites\u{a0}:")),
        )
        .all(skills)
        .with(
            el("section")
                .with(el("h2").text(lang.pick("For all of it", "Pour l’ensemble")))
                .with(seen)
                .with(evidence)
                .with(organisation(visit))
                .with(standing(&findings.standing, visit))
                .with(findings.conflict.as_ref().map_or_else(nothing, |conflict| ties(Some(conflict), lang)))
                .with(change(Step::Standing, visit))
                .with(status),
        );
    Some(statement.into())
}

fn one(found: &SkillFinding, index: usize, visit: &Visit) -> Element {
    let lang = visit.lang;
    let Some(sought) = visit.desk.sheet.skills.get(index) else { return el("section") };
    let target = clean(&words::level(&sought.target, lang));
    let finding = capital(words::finding(found.finding, lang));
    let verdict = match found.finding {
        Finding::Met => lang.pick(format!("{finding}: {target}."), format!("{finding}\u{a0}: {target}.")),
        _ => lang.pick(format!("{finding}, for {target}."), format!("{finding}, pour {target}.")),
    };
    let reached = found.reached.as_ref().map(|level| clean(&words::level(level, lang)));
    el("section")
        .with(el("h2").with(el("bdi").text(&clean(&sought.skill.target_name))))
        .with(el("p").with(el("strong").text(&verdict)))
        .with(line(lang.pick("Level reached", "Niveau atteint"), reached.as_deref(), lang))
        .with(line(
            lang.pick("Reason", "Motif"),
            found.reason.map(|reason| words::own_reason(reason, lang)),
            lang,
        ))
        .with(said(
            lang.pick("The reason, in your words", "La raison, dans vos mots"),
            found.statement.as_deref(),
        ))
        .with(said(lang.pick("For everybody", "Pour tout le monde"), found.comment.as_deref()))
        .with(change(Step::Skill(index), visit))
}

fn standing(standing: &[Standing], visit: &Visit) -> Html {
    let lang = visit.lang;
    if standing.is_empty() {
        let words = lang.pick("You claim no standing.", "Vous n’invoquez aucun titre.");
        return el("p").text(words).into();
    }
    let grounds = standing.iter().map(|ground| {
        let badge = visit.desk.badges.iter().find(|badge| badge.standing == *ground);
        match (badge, &ground.statement) {
            (Some(badge), _) => el("li")
                .with(el("bdi").text(&clean(&badge.name)))
                .text(" (")
                .text(&clean(&badge.issuer))
                .text(")"),
            (None, statement) => el("li").with(quote(statement.as_deref().unwrap_or("–"))),
        }
    });
    el("div")
        .with(el("p").text(lang.pick("Why your word counts:", "Ce qui donne du poids à votre avis\u{a0}:")))
        .with(el("ul").all(grounds))
        .into()
}

fn ties(conflict: Option<&ConflictOfInterest>, lang: Lang) -> Html {
    let Some(conflict) = conflict else {
        return line(
            lang.pick("Ties", "Liens"),
            Some(lang.pick("you say nothing of them", "vous n’en dites rien")),
            lang,
        );
    };
    let named: Vec<_> = conflict.relation.iter().map(|tie| words::own_tie(*tie, lang)).collect();
    el("div")
        .with(line(lang.pick("Ties", "Liens"), Some(&named.join(", ")), lang))
        .with(conflict.statement.as_deref().map_or_else(nothing, |words| quote(words).into()))
        .into()
}

/// The body that the evaluator says they speak for.
fn organisation(visit: &Visit) -> Html {
    let named = Organisation::of(&visit.desk.issuer).map(|one| match one.name {
        Some(name) => format!("{name} ({})", one.id),
        None => one.id,
    });
    line(visit.lang.pick("You speak for", "Vous parlez pour"), named.as_deref(), visit.lang)
}

fn line(name: &str, value: Option<&str>, lang: Lang) -> Html {
    let Some(value) = value else { return nothing() };
    el("p").text(name).text(lang.pick(": ", "\u{a0}: ")).text(&clean(value)).into()
}

fn said(name: &str, words: Option<&str>) -> Html {
    let Some(words) = words else { return nothing() };
    el("div").with(el("p").class("hint").text(name)).with(quote(words)).into()
}

/// A link back to where it was said.
fn change(step: Step, visit: &Visit) -> Element {
    let lang = visit.lang;
    let what = match step {
        Step::Answer => lang.pick("the answer", "la réponse").to_owned(),
        Step::Evidence => lang.pick("the evidence", "les preuves").to_owned(),
        Step::Standing => lang.pick("what holds for all of it", "ce qui vaut pour l’ensemble").to_owned(),
        Step::Skill(index) => visit
            .desk
            .sheet
            .skills
            .get(index)
            .map(|sought| clean(&sought.skill.target_name))
            .unwrap_or_default(),
        Step::Confirm | Step::Review => String::new(),
    };
    let link = el("a").attr("href", step.path());
    let link =
        link.text(lang.pick("Change", "Modifier")).with(el("span").class("unseen").text(" ").text(&what));
    el("p").class("change").with(link)
}
