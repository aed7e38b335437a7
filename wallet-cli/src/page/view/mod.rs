//! The pages: what stands on each, in both languages.

mod answer;
mod evidence;
mod fields;
mod review;
mod skill;
mod standing;

use badge_schemas::evaluation::Answer;
use badge_schemas::lang::Lang;
use badge_verifier::render::{MAX_TEXT_CHARS, sanitise};
use badge_verifier::words::localise;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::draft::Step;
use super::html::{Element, Html, el, nothing};
use super::read;
use super::read::Fault;
use super::visit::{Signed, Visit};
use crate::evaluate::sheet::Party;

/// The style of every page.
const STYLE: &str = include_str!("../../../assets/page.css");

/// Longest text of a stranger's that is shown: the longest that a record may hold.
const MAX_SHOWN: usize = badge_schemas::evaluation::MAX_TEXT_CHARS;

/// The style sheet as a source of a [content security policy](https://www.w3.org/TR/CSP3/#framework-directive-source-list): by its digest.
pub(super) fn style_source() -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(STYLE)))
}

/// The page of a step.
pub(super) fn page(visit: &Visit, step: Step) -> String {
    let lang = visit.lang;
    let faults = visit.faults(step);
    let (title, body) = match step {
        Step::Answer => answer::body(visit, &faults),
        Step::Evidence => evidence::body(visit),
        Step::Skill(index) => skill::body(visit, index, &faults),
        Step::Standing => standing::body(visit, &faults),
        Step::Confirm | Step::Review => review::body(visit, step),
    };
    let steps = visit.steps();
    let place = steps.iter().position(|one| *one == step).map_or(1, |place| place + 1);
    let progress =
        lang.pick(format!("Step {place} of {}", steps.len()), format!("Étape {place} sur {}", steps.len()));
    let main = el("main")
        .attr("id", "main")
        .with(el("p").class("progress").text(&progress))
        .with(el("h1").text(&title))
        .with(wrong(visit, &faults))
        .with(body);
    let form = el("form")
        .attr("method", "post")
        .attr("action", step.path())
        .attr("novalidate", "")
        .attr("accept-charset", "utf-8")
        // The button that Enter presses in a field is the first of the form.
        .with(button("next", "").attr("class", "unseen").attr("tabindex", "-1").attr("aria-hidden", "true"))
        .with(header(visit, true))
        .with(main)
        .with(buttons(visit, step, place))
        .with(stop(lang));
    let title = if faults.is_empty() && visit.trouble.is_none() {
        title
    } else {
        lang.pick(format!("Error: {title}"), format!("Erreur\u{a0}: {title}"))
    };
    document(&title, &form.into(), lang)
}

/// What will be signed at a step, in words; `None` where nothing is signed there, or not yet.
pub(super) fn review(visit: &Visit, step: Step) -> Option<Html> {
    review::statement(visit, step)
}

/// The page after the last signature.
pub(super) fn done(visit: &Visit) -> String {
    let lang = visit.lang;
    let title = lang.pick("Signed", "Signé");
    let candidate = person(&visit.desk.sheet.candidate);
    let path = clean(&visit.desk.output.to_string_lossy());
    let before = lang.pick("Send this file back to ", "Renvoyez ce fichier à ");
    let main = el("main")
        .attr("id", "main")
        .attr("tabindex", "-1")
        .attr("autofocus", "")
        .with(el("h1").text(title))
        .with(
            el("ul").class("signed").all(visit.signed().iter().map(|one| el("li").text(&signed(*one, lang)))),
        )
        .with(el("p").text(before).with(candidate).text(lang.pick(":", "\u{a0}:")))
        .with(el("p").with(el("code").attr("id", "file").text(&path)))
        .with(what_next(visit))
        .with(close(lang));
    whole(visit, title, main)
}

/// What becomes of evaluations; an answer needs no explanation.
fn what_next(visit: &Visit) -> Html {
    if !visit.signed().iter().any(|one| matches!(one, Signed::Evaluations(_))) {
        return nothing();
    }
    let words = visit.lang.pick(
        "They add it to their badge, or hand it to whoever awards it. Keep a copy: with it you can take an evaluation back later.",
        "Il ou elle le joint à son badge, ou le remet à qui le décerne. Gardez-en une copie\u{a0}: elle permet de retirer plus tard une évaluation.",
    );
    el("p").text(words).into()
}

/// The page after the evaluator stopped.
pub(super) fn stopped(visit: &Visit) -> String {
    let lang = visit.lang;
    let title = lang.pick("Stopped", "Arrêté");
    let said = match visit.signed() {
        [] => lang.pick("Nothing was signed.", "Rien n’a été signé."),
        _ => lang.pick(
            "Nothing more was signed. Your acceptance stands in the file:",
            "Rien de plus n’a été signé. Votre acceptation est dans le fichier\u{a0}:",
        ),
    };
    let file = match visit.signed() {
        [] => nothing(),
        _ => el("p").with(el("code").text(&clean(&visit.desk.output.to_string_lossy()))).into(),
    };
    let main = el("main")
        .attr("id", "main")
        .attr("tabindex", "-1")
        .attr("autofocus", "")
        .with(el("h1").text(title))
        .with(el("p").text(said))
        .with(file)
        .with(close(lang));
    whole(visit, title, main)
}

/// What was signed, in words.
pub(super) fn signed(signed: Signed, lang: Lang) -> String {
    match signed {
        Signed::Answer(answer) => {
            let answer = match answer {
                Answer::Accepted => lang.pick("you accept", "vous acceptez"),
                Answer::Declined => lang.pick("you decline", "vous déclinez"),
                Answer::Recused => lang.pick("you recuse yourself", "vous vous récusez"),
            };
            lang.pick(format!("Your answer: {answer}."), format!("Votre réponse\u{a0}: {answer}."))
        }
        Signed::Evaluations(1) => lang.pick("One evaluation.", "Une évaluation.").to_owned(),
        Signed::Evaluations(count) => {
            lang.pick(format!("{count} evaluations."), format!("{count} évaluations."))
        }
    }
}

fn close(lang: Lang) -> Element {
    el("p").class("hint").text(lang.pick(
        "The program in the terminal has ended. You can close this page.",
        "Le programme du terminal est terminé. Vous pouvez fermer cette page.",
    ))
}

fn whole(visit: &Visit, title: &str, main: Element) -> String {
    document(title, &el("div").with(header(visit, false)).with(main).into(), visit.lang)
}

fn document(title: &str, body: &Html, lang: Lang) -> String {
    let title = format!("{title} – badge-wallet");
    let head = el("head")
        .with(el("meta").attr("charset", "utf-8"))
        .with(el("title").text(&title))
        .with(el("meta").attr("name", "viewport").attr("content", "width=device-width, initial-scale=1"))
        .with(el("meta").attr("name", "color-scheme").attr("content", "light dark"))
        .with(el("link").attr("rel", "icon").attr("href", "data:,"))
        .with(el("style").style(STYLE));
    let skip =
        el("a").class("skip").attr("href", "#main").text(lang.pick("To the content", "Aller au contenu"));
    let page = el("html").attr("lang", lang.tag()).with(head).with(el("body").with(skip).with(body.clone()));
    format!("<!DOCTYPE html>\n{}\n", Html::from(page).as_str())
}

fn header(visit: &Visit, can_switch: bool) -> Element {
    let lang = visit.lang;
    let (tag, name) = lang.pick(("fr", "Français"), ("en", "English"));
    let switch =
        el("div").class("languages").with(button(tag, name).attr("lang", tag).attr("id", "language"));
    let own = visit.desk.issuer.name().map(clean).unwrap_or_default();
    let who = el("p")
        .class("who")
        .text(lang.pick("You sign as ", "Vous signez en tant que "))
        .with(if own.is_empty() { nothing() } else { el("bdi").text(&own).into() })
        .text(if own.is_empty() { "" } else { ", " })
        .with(el("code").attr("title", visit.desk.issuer.id()).text(&short(visit.desk.issuer.id())));
    el("header")
        .with(el("p").class("brand").text(lang.pick("Peer evaluation", "Évaluation par les pairs")))
        .with(if can_switch { switch.into() } else { nothing() })
        .with(who)
}

fn buttons(visit: &Visit, step: Step, place: usize) -> Element {
    let lang = visit.lang;
    let asks = step == Step::Review
        && read::findings(&visit.draft, &visit.desk, lang)
            .is_ok_and(|findings| visit.desk.lacks_entries(&findings));
    let on = match step {
        Step::Review if asks => [
            button("ask", lang.pick("Ask for the entry", "Demander l’entrée"))
                .attr("class", "first")
                .attr("id", "ask")
                .into(),
            nothing(),
        ],
        Step::Confirm | Step::Review => match review(visit, step) {
            Some(review) => {
                let shown = el("input").attr("type", "hidden").attr("name", "shown");
                let sign =
                    button("sign", lang.pick("Sign", "Signer")).attr("class", "first").attr("id", "sign");
                [shown.attr("value", Visit::digest(review.as_str())).into(), sign.into()]
            }
            None => [nothing(), nothing()],
        },
        _ => [
            button("next", lang.pick("Continue", "Continuer"))
                .attr("class", "first")
                .attr("id", "next")
                .into(),
            nothing(),
        ],
    };
    let back = button("back", lang.pick("Back", "Retour")).attr("id", "back");
    el("div").class("buttons").all(on).with(if place > 1 { back.into() } else { nothing() })
}

/// Stopping loses what was typed, so it takes two keys.
fn stop(lang: Lang) -> Element {
    el("details")
        .class("stop")
        .with(el("summary").text(lang.pick("Stop here", "S’arrêter là")))
        .with(el("p").text(lang.pick(
            "Nothing more will be signed, and what you typed here is lost.",
            "Rien de plus ne sera signé, et ce que vous avez saisi ici sera perdu.",
        )))
        .with(button("stop", lang.pick("Stop without signing", "Arrêter sans signer")).attr("id", "stop"))
}

fn button(does: &'static str, label: &str) -> Element {
    el("button").attr("type", "submit").attr("name", "go").attr("value", does).text(label)
}

/// What is wrong, at the top, where the page begins to be read; each leads to its field.
fn wrong(visit: &Visit, faults: &[Fault]) -> Html {
    let (lang, trouble) = (visit.lang, visit.trouble.as_ref());
    let asks_all_ties = visit.desk.sheet.ties_of_evaluator().is_none();
    if faults.is_empty() && trouble.is_none() {
        return nothing();
    }
    let list = faults.iter().map(|fault| {
        el("li").with(
            el("a").attr("href", format!("#{}", anchor(fault.field, asks_all_ties))).text(fault.words(lang)),
        )
    });
    let trouble = trouble.map(|problem| {
        let problem = localise(problem, lang);
        el("div")
            .with(
                el("p")
                    .text(&clean(&problem.sentence(lang)))
                    .text(" (")
                    .with(el("code").text(problem.code.as_str()))
                    .text(")"),
            )
            .with(el("p").text(&clean(&problem.hint(lang))))
            .into()
    });
    el("div")
        .class("wrong")
        .attr("role", "alert")
        .attr("tabindex", "-1")
        .attr("autofocus", "")
        .with(el("h2").text(match trouble {
            Some(_) => lang.pick("Nothing was signed", "Rien n’a été signé"),
            None => lang.pick("Something is not right", "Quelque chose ne va pas"),
        }))
        .with(trouble.unwrap_or_else(nothing))
        .with(if faults.is_empty() { nothing() } else { el("ul").all(list).into() })
        .into()
}

/// Where the keyboard goes for a field: the first of its choices, where it has some.
fn anchor(field: &'static str, asks_all_ties: bool) -> &'static str {
    match field {
        "answer" => "answer-accepted",
        "finding" => "finding-met",
        "tie" if asks_all_ties => "tie-none",
        "tie" => "tie-employment",
        "badge" => "badge-0",
        other => other,
    }
}

/// A text of somebody else's, on one line, that can neither hide nor turn anything round it.
fn clean(text: &str) -> String {
    sanitise(text, MAX_SHOWN)
}

/// The same with its lines.
fn quote(words: &str) -> Element {
    let lines = words.lines().map(|line| el("span").class("line").text(&clean(line)));
    el("blockquote").attr("dir", "auto").all(lines)
}

/// Somebody, by name and identifier. The identifier is proved; the name is their word.
fn person(party: &Party) -> Html {
    let did = sanitise(&party.did, MAX_TEXT_CHARS);
    match &party.name {
        Some(name) => el("span")
            .with(el("bdi").text(&clean(name)))
            .text(" ")
            .with(el("code").attr("title", &did).text(&short(&did)))
            .into(),
        None => el("code").text(&did).into(),
    }
}

/// The beginning and the end of an identifier, enough to be told apart; the whole is in its title.
fn short(did: &str) -> String {
    let clean = sanitise(did, MAX_TEXT_CHARS);
    let count = clean.chars().count();
    if count <= 28 {
        return clean;
    }
    let (head, tail): (String, String) =
        (clean.chars().take(18).collect(), clean.chars().skip(count - 6).collect());
    format!("{head}…{tail}")
}
