//! Why the evaluator's word counts.

use super::answer::ties;
use super::fields::{Choice, Form, Question};
use crate::page::draft::Step;
use crate::page::html::{Html, el, nothing};
use crate::page::read::Fault;
use crate::page::visit::Visit;

/// The page.
pub(super) fn body(visit: &Visit, faults: &[Fault]) -> (String, Html) {
    let (lang, draft, step) = (visit.lang, &visit.draft, Step::Standing);
    let title = lang.pick("Why your word counts", "Ce qui donne du poids à votre avis");
    let form = Form { lang, faults };
    let values: Vec<String> = (0..visit.desk.badges.len()).map(|index| index.to_string()).collect();
    let choices: Vec<_> = visit
        .desk
        .badges
        .iter()
        .zip(&values)
        .map(|(badge, value)| Choice {
            value,
            label: el("bdi").text(&super::clean(&badge.name)).into(),
            hint: Some(super::clean(&badge.issuer)),
            on: draft.ticked(step, "badge", value),
            can: true,
        })
        .collect();
    let question = Question {
        name: "badge",
        label: lang.pick("Badges of yours to show", "Vos badges à montrer"),
        hint: Some(lang.pick(
            "They go into each evaluation whole, and everybody who reads it reads them. Whoever awards the badge may ask for one.",
            "Ils entrent en entier dans chaque évaluation, et quiconque la lit les lit. Qui décerne le badge peut en demander un.",
        )),
    };
    let badges: Html = if choices.is_empty() {
        el("p")
            .class("hint")
            .text(lang.pick(
                "There is no badge of yours in this wallet that could be shown.",
                "Ce portefeuille ne contient aucun badge à vous qui puisse être montré.",
            ))
            .into()
    } else {
        form.boxes(&question, &choices).into()
    };
    let body = el("div")
        .with(badges)
        .with(form.area(
            &Question {
                name: "standing",
                label: lang.pick("Your experience, in your words", "Votre expérience, dans vos mots"),
                hint: Some(lang.pick(
                    "Optional. It proves nothing by itself, and tells a reader who judges.",
                    "Facultatif. Cela ne prouve rien à soi seul, et dit au lecteur qui juge.",
                )),
            },
            draft.one(step, "standing"),
            3,
        ))
        .with(ties(visit, step, &form))
        .with(nothing());
    (title.to_owned(), body.into())
}
