//! One skill: its levels, what was found, and why.

use badge_schemas::evaluation::{Finding, Reason};

use super::answer::why;
use super::evidence::{accepted, links};
use super::fields::{Choice, Form, Question};
use super::{clean, quote};
use crate::evaluate::scale::Rung;
use crate::evaluate::words;
use crate::page::draft::Step;
use crate::page::html::{Element, Html, el, nothing, text};
use crate::page::read::{Fault, LATER};
use crate::page::visit::Visit;

/// The page.
pub(super) fn body(visit: &Visit, index: usize, faults: &[Fault]) -> (String, Html) {
    let (lang, draft, step) = (visit.lang, &visit.draft, Step::Skill(index));
    let Some(sought) = visit.desk.sheet.skills.get(index) else { return (String::new(), nothing()) };
    let form = Form { lang, faults };
    let level = clean(&words::level(&sought.target, lang));
    let rungs = visit.desk.sheet.rungs(sought, lang);
    let chosen = draft.one(step, "finding");
    let mut choices: Vec<_> = Finding::ALL
        .into_iter()
        .map(|finding| Choice {
            value: finding.as_str(),
            label: text(&capital(words::finding(finding, lang))),
            hint: Some(capital(words::finding_meaning(finding, lang))),
            on: chosen == finding.as_str(),
            can: true,
        })
        .collect();
    choices.push(Choice {
        value: LATER,
        label: text(lang.pick("Not now", "Pas maintenant")),
        hint: Some(
            lang.pick("Leave this skill for another day", "Laisser cette compétence pour un autre jour")
                .to_owned(),
        ),
        on: chosen == LATER,
        can: true,
    });
    let reached: Vec<_> = rungs
        .iter()
        .enumerate()
        .filter(|(_, rung)| rung.level.reaches(&sought.target) == Some(false))
        .map(|(place, rung)| (place.to_string(), clean(&words::level(&rung.level, lang))))
        .collect();
    let level_reached: Html = if reached.is_empty() {
        nothing()
    } else {
        el("div")
            .class("level")
            .with(form.list(
                &Question {
                    name: "reached",
                    label: lang.pick("Level reached", "Niveau atteint"),
                    hint: Some(lang.pick(
                        "Where it is a lower one than the level in question.",
                        "S’il est inférieur au niveau en question.",
                    )),
                },
                lang.pick("None that I can name", "Aucun que je puisse nommer"),
                &reached,
                draft.one(step, "reached"),
            ))
            .into()
    };
    let body = el("div")
        .class("judging")
        .with(if visit.desk.evidence.is_empty() { accepted(visit) } else { nothing() })
        .with(
            el("p")
                .class("target")
                .text(lang.pick("Level in question: ", "Niveau en question\u{a0}: "))
                .with(el("strong").text(&level)),
        )
        .with(about(visit, index))
        .with(scale(&rungs, visit))
        .with(evidence(visit))
        .with(form.radios(
            &Question { name: "finding", label: lang.pick("What do you find?", "Que constatez-vous\u{a0}?"), hint: None },
            &choices,
        ))
        .with(
            el("div")
                .class("unless-met")
                .with(level_reached)
                .with(why(visit, step, &Reason::OF_FINDING, &form)),
        )
        .with(el("div").class("comment").with(form.area(
            &Question {
                name: "comment",
                label: lang.pick("Comment, for everybody", "Commentaire, pour tout le monde"),
                hint: Some(lang.pick(
                    "Optional. Whoever is shown the badge can read it: what you saw, what convinced you.",
                    "Facultatif. Quiconque voit le badge peut le lire\u{a0}: ce que vous avez vu, ce qui vous a convaincu.",
                )),
            },
            draft.one(step, "comment"),
            4,
        )));
    (clean(&sought.skill.target_name), body.into())
}

/// What the request says of the skill itself.
fn about(visit: &Visit, index: usize) -> Html {
    let Some(sought) = visit.desk.sheet.skills.get(index) else { return nothing() };
    let framework = sought.skill.target_framework.as_deref().map(clean);
    let code = sought.skill.target_code.as_deref().map(clean);
    let place: Vec<String> = framework.into_iter().chain(code).collect();
    let description = sought.skill.target_description.as_deref().map(|words| quote(words).into());
    el("div")
        .with(
            el("p")
                .class("hint")
                .text(&place.join(" "))
                .text(if place.is_empty() { "" } else { " · " })
                .with(el("code").text(&clean(&sought.skill.target_url))),
        )
        .with(description.unwrap_or_else(nothing))
        .into()
}

/// The levels of the scale, the one in question marked.
fn scale(rungs: &[Rung], visit: &Visit) -> Html {
    let lang = visit.lang;
    if rungs.len() < 2 {
        return nothing();
    }
    let levels = rungs.iter().map(|rung| {
        let name = rung.level.name.as_deref().map(clean).unwrap_or_default();
        let mark = el("span").class("mark good").text(lang.pick("in question", "en question"));
        el("li")
            .attr_if("class", rung.is_target.then_some("asked"))
            .with(el("strong").text(&clean(&rung.level.code)))
            .text(" ")
            .text(&name)
            .text(" ")
            .with(if rung.is_target { mark.into() } else { nothing() })
            .with(rung.meaning.as_deref().map_or_else(nothing, |meaning| quote(meaning).into()))
    });
    el("details")
        .class("scale")
        .flag("open", rungs.iter().any(|rung| rung.meaning.is_some()))
        .with(el("summary").text(lang.pick("The levels of this scale", "Les niveaux de cette échelle")))
        .with(el("ol").all(levels))
        .into()
}

fn evidence(visit: &Visit) -> Html {
    if !visit.desk.evidence.iter().any(crate::page::evidence::Shown::is_here) {
        return nothing();
    }
    let title: Element = el("summary").text(visit.lang.pick("The evidence again", "Revoir les preuves"));
    el("details").with(title).with(links(visit)).into()
}

/// With a capital at its beginning.
pub(super) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
