//! Who asks what, and whether the evaluator will.

use badge_schemas::evaluation::{Answer, Evaluator, Reason, Relation};
use badge_schemas::lang::Lang;

use super::fields::{Choice, Form, Question};
use super::skill::capital;
use super::{clean, person, quote};
use crate::evaluate::words;
use crate::page::draft::Step;
use crate::page::evidence::{Found, Shown};
use crate::page::html::{Element, Html, el, nothing, text};
use crate::page::read::Fault;
use crate::page::visit::Visit;

/// The page.
pub(super) fn body(visit: &Visit, faults: &[Fault]) -> (String, Html) {
    let lang = visit.lang;
    let title = lang.pick("You are asked for an evaluation", "On vous demande une évaluation");
    let body = el("div").with(request(visit)).with(questions(visit, faults));
    (title.to_owned(), body.into())
}

/// What the candidate asks.
fn request(visit: &Visit) -> Element {
    let lang = visit.lang;
    let sheet = &visit.desk.sheet;
    let mandate = sheet.mandate();
    let skills = sheet.skills.iter().map(|sought| {
        el("li")
            .with(el("strong").with(el("bdi").text(&clean(&sought.skill.target_name))))
            .with(el("br"))
            .text(&clean(&words::level(&sought.target, lang)))
    });
    let ties = mandate.conflict_of_interest.relation.iter().map(|tie| words::relation(*tie, lang));
    let ties = ties.collect::<Vec<_>>().join(", ");
    let entry = |name: &str, value: Html| el("div").with(el("dt").text(name)).with(el("dd").with(value));
    let target = |name: &str, id: Option<&str>| match id {
        Some(id) => entry(name, el("code").text(&clean(id)).into()).into(),
        None => nothing(),
    };
    let evidence = match visit.desk.evidence.as_slice() {
        [] => text(lang.pick("nothing", "rien")),
        shown => el("ul").all(shown.iter().map(|one| el("li").with(piece(one, lang)))).into(),
    };
    let until = sheet.given.until.map(|until| until.to_string());
    let words_of_ties = mandate.conflict_of_interest.statement.as_deref().map(|words| quote(words).into());
    let claim = mandate.claim.as_deref();
    el("dl")
        .class("request")
        .with(entry(lang.pick("Who asks", "Qui demande"), person(&sheet.candidate)))
        .with(entry(lang.pick("For what", "Pour quoi"), el("ul").all(skills).into()))
        .with(claim.map_or_else(nothing, |claim| {
            entry(lang.pick("What they say", "Ce que la personne en dit"), quote(claim).into()).into()
        }))
        .with(target(
            lang.pick("The badge in question", "Le badge en question"),
            mandate.target.as_ref().map(|target| target.id.as_str()),
        ))
        .with(target(
            lang.pick("The badge aimed at", "Le badge visé"),
            mandate.template.as_ref().map(|target| target.id.as_str()),
        ))
        .with(entry(lang.pick("What they show", "Ce que la personne montre"), evidence))
        .with(entry(
            lang.pick("Ties to you, as they see them", "Liens avec vous, selon la personne"),
            el("div").text(&ties).with(words_of_ties.unwrap_or_else(nothing)).into(),
        ))
        .with(until.map_or_else(nothing, |until| {
            let day = until.chars().take(10).collect::<String>();
            entry(lang.pick("Until", "Jusqu’au"), el("time").attr("datetime", &until).text(&day).into())
                .into()
        }))
}

/// A piece of evidence, and whether the file at hand is it.
pub(super) fn piece(shown: &Shown, lang: Lang) -> Html {
    let (mark, state) = match shown.found {
        Found::Same(_) => ("good", lang.pick("here, and unchanged", "présent et inchangé")),
        Found::Different => (
            "bad",
            lang.pick(
                "changed: not what was committed to",
                "modifié\u{a0}: ce n’est pas ce qui a été annoncé",
            ),
        ),
        Found::Missing => ("open", lang.pick("not here", "absent")),
    };
    el("span")
        .with(el("bdi").text(&clean(&shown.committed.name)))
        .text(" ")
        .with(el("span").attr("class", format!("mark {mark}")).text(state))
        .into()
}

fn questions(visit: &Visit, faults: &[Fault]) -> Element {
    let (lang, draft, step) = (visit.lang, &visit.draft, Step::Answer);
    let form = Form { lang, faults };
    let choice = |answer: Answer, label: &str, hint: &str| Choice {
        value: answer.as_str(),
        label: text(label),
        hint: Some(hint.to_owned()),
        on: draft.one(step, "answer") == answer.as_str(),
        can: true,
    };
    let answers = [
        choice(
            Answer::Accepted,
            lang.pick("I accept", "J’accepte"),
            lang.pick(
                "You evaluate next, now or another day.",
                "Vous évaluez ensuite, maintenant ou un autre jour.",
            ),
        ),
        choice(
            Answer::Declined,
            lang.pick("I decline", "Je décline"),
            lang.pick(
                "You will not, for a reason of yours.",
                "Vous ne le ferez pas, pour un motif qui vous est propre.",
            ),
        ),
        choice(
            Answer::Recused,
            lang.pick("I recuse myself", "Je me récuse"),
            lang.pick(
                "You may not: something ties you to this person.",
                "Vous ne le pouvez pas\u{a0}: un lien vous unit à cette personne.",
            ),
        ),
    ];
    let email = matches!(visit.desk.sheet.mandate().evaluator, Evaluator::Identity(_)).then(|| {
        let question = Question {
            name: "email",
            label: lang.pick("Your e-mail address", "Votre adresse électronique"),
            hint: Some(lang.pick(
                "The one at which you received this request. It will stand in your answer.",
                "Celle à laquelle vous avez reçu cette demande. Elle figurera dans votre réponse.",
            )),
        };
        form.line(&question, "email", draft.one(step, "email")).into()
    });
    el("div")
        .class("answering")
        .with(form.radios(
            &Question {
                name: "answer",
                label: lang.pick("Will you evaluate?", "Allez-vous évaluer\u{a0}?"),
                hint: None,
            },
            &answers,
        ))
        .with(el("div").class("unless-met").with(why(visit, step, &Reason::OF_REFUSAL, &form)))
        .with(form.line(
            &Question {
                name: "name",
                label: lang.pick("Your name", "Votre nom"),
                hint: Some(lang.pick(
                    "Optional. As everybody will read it beside your key.",
                    "Facultatif. Tel que tout le monde le lira à côté de votre clé.",
                )),
            },
            "name",
            draft.one(step, "name"),
        ))
        .with(form.line(
            &Question {
                name: "organisation",
                label: lang.pick(
                    "The organisation you speak for: its address or DID",
                    "L’organisme pour lequel vous parlez\u{a0}: son adresse ou son DID",
                ),
                hint: Some(lang.pick(
                    "Optional, such as https://lycee.example. A panel may count one voice for each organisation, and none of who names none.",
                    "Facultatif, par exemple https://lycee.example. Un jury peut compter une voix par organisme, et aucune de qui n’en nomme pas.",
                )),
            },
            "url",
            draft.one(step, "organisation"),
        ))
        .with(form.line(
            &Question {
                name: "organisation-name",
                label: lang.pick("Name of that organisation", "Nom de cet organisme"),
                hint: Some(lang.pick("Optional.", "Facultatif.")),
            },
            "organization",
            draft.one(step, "organisation-name"),
        ))
        .with(email.unwrap_or_else(nothing))
        .with(ties(visit, step, &form))
}

/// The reason of what is not favourable, and words for it.
pub(super) fn why(visit: &Visit, step: Step, known: &[Reason], form: &Form<'_>) -> Element {
    let (lang, draft) = (visit.lang, &visit.draft);
    let (label, hint) = match step {
        Step::Skill(_) => (
            lang.pick("The reason, in your words", "La raison, dans vos mots"),
            lang.pick(
                "Optional, unless the reason is another one. It is signed into the evaluation: whoever receives that can read it.",
                "Facultatif, sauf pour un autre motif. Signé dans l’évaluation\u{a0}: quiconque la reçoit peut le lire.",
            ),
        ),
        _ => (
            lang.pick("In your words, for the candidate", "Dans vos mots, pour le candidat"),
            lang.pick(
                "Optional, unless the reason is another one. It stays in the file of the request.",
                "Facultatif, sauf pour un autre motif. Reste dans le fichier de la demande.",
            ),
        ),
    };
    let reasons: Vec<_> = known
        .iter()
        .map(|reason| (reason.as_str().to_owned(), words::own_reason(*reason, lang).to_owned()))
        .collect();
    el("div")
        .with(form.list(
            &Question { name: "reason", label: lang.pick("Reason", "Motif"), hint: None },
            lang.pick("Choose a reason", "Choisissez un motif"),
            &reasons,
            draft.one(step, "reason"),
        ))
        .with(form.area(
            &Question { name: "statement", label, hint: Some(hint) },
            draft.one(step, "statement"),
            3,
        ))
}

/// The ties that the evaluator knows of: all of them asked for with an answer, or where that said nothing; later only new ones.
pub(super) fn ties(visit: &Visit, step: Step, form: &Form<'_>) -> Element {
    let (lang, draft) = (visit.lang, &visit.draft);
    let before = visit.desk.sheet.ties_of_evaluator();
    let first = before.is_none();
    let known = Relation::ALL.into_iter().filter(|tie| first || *tie != Relation::None);
    let choices: Vec<_> = known
        .map(|tie| Choice {
            value: tie.as_str(),
            label: text(&capital(words::own_tie(tie, lang))),
            hint: None,
            on: draft.ticked(step, "tie", tie.as_str()),
            can: true,
        })
        .collect();
    let (label, hint) = match before.map(|before| clean(&words::own_ties(&before, lang))) {
        None => (
            lang.pick("What ties you to this person?", "Quels liens avez-vous avec cette personne\u{a0}?"),
            lang.pick(
                "A tie that is said does not exclude you by itself; one that is hidden discredits the evaluation.",
                "Un lien déclaré n’exclut pas à lui seul\u{a0}; un lien caché discrédite l’évaluation.",
            ).to_owned(),
        ),
        Some(before) => (
            lang.pick("New ties since you accepted", "Nouveaux liens depuis votre acceptation"),
            lang.pick(
                format!("When you accepted you declared: {before}. That will stand in the evaluation; leave this empty where nothing is new."),
                format!("En acceptant, vous avez déclaré\u{a0}: {before}. Cela figurera dans l’évaluation\u{a0}; laissez vide s’il n’y a rien de nouveau."),
            ),
        ),
    };
    el("div").with(form.boxes(&Question { name: "tie", label, hint: Some(&hint) }, &choices)).with(form.area(
        &Question {
            name: "tie-words",
            label: lang.pick("About these ties, in your words", "À propos de ces liens, dans vos mots"),
            hint: Some(
                lang.pick("Optional, unless there is another tie.", "Facultatif, sauf pour un autre lien."),
            ),
        },
        draft.one(step, "tie-words"),
        2,
    ))
}
