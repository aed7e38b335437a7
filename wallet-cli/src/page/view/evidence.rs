//! What the candidate shows, and what the evaluator looked at.

use super::answer::piece;
use super::fields::{Choice, Form, Question};
use crate::page::draft::Step;
use crate::page::html::{Element, Html, el, nothing};
use crate::page::visit::{Signed, Visit};

/// The page.
pub(super) fn body(visit: &Visit) -> (String, Html) {
    let lang = visit.lang;
    let title = lang.pick("Look at the evidence", "Regardez les preuves");
    let form = Form { lang, faults: &[] };
    let choices: Vec<_> = visit.desk.evidence.iter().enumerate().collect();
    let values: Vec<String> = choices.iter().map(|(index, _)| index.to_string()).collect();
    let choices: Vec<_> = choices
        .into_iter()
        .zip(&values)
        .map(|((_, shown), value)| Choice {
            value,
            label: piece(shown, lang),
            hint: None,
            on: visit.draft.ticked(Step::Evidence, "seen", value),
            can: shown.is_here(),
        })
        .collect();
    let body = el("div")
        .with(accepted(visit))
        .with(el("p").text(lang.pick(
            "Each piece was committed to by its digest when you were asked. Only a file that is still the same, byte for byte, can be opened here. Your browser keeps it in its downloads: open it with care, like any file from somebody else.",
            "Chaque pièce a été annoncée par son empreinte quand on vous a sollicité. Seul un fichier resté identique, octet pour octet, peut être ouvert ici. Votre navigateur le range parmi ses téléchargements\u{a0}: ouvrez-le avec prudence, comme tout fichier venu d’autrui.",
        )))
        .with(links(visit))
        .with(form.boxes(
            &Question {
                name: "seen",
                label: lang.pick("What have you looked at?", "Qu’avez-vous regardé\u{a0}?"),
                hint: Some(lang.pick(
                    "This will stand in your evaluations.",
                    "Cela figurera dans vos évaluations.",
                )),
            },
            &choices,
        ));
    (title.to_owned(), body.into())
}

/// Says once that the acceptance is signed already.
pub(super) fn accepted(visit: &Visit) -> Html {
    let lang = visit.lang;
    if !visit.signed().iter().any(|one| matches!(one, Signed::Answer(_))) {
        return nothing();
    }
    el("p")
        .class("note")
        .attr("role", "status")
        .text(lang.pick(
            "Your acceptance is signed and stands in the file. You can evaluate now, or stop here and come back another day with the same command.",
            "Votre acceptation est signée et figure dans le fichier. Vous pouvez évaluer maintenant, ou vous arrêter là et revenir un autre jour avec la même commande.",
        ))
        .into()
}

/// A link to each piece that is here.
pub(super) fn links(visit: &Visit) -> Element {
    let lang = visit.lang;
    let here = visit.desk.evidence.iter().enumerate().filter(|(_, shown)| shown.is_here());
    let links = here.map(|(index, shown)| {
        let open = lang.pick("Open", "Ouvrir");
        let name = super::clean(&shown.committed.name);
        let link = el("a").attr("href", format!("file-{index}")).attr("download", "");
        el("li").with(link.text(open).text(" ").with(el("bdi").text(&name)))
    });
    el("ul").class("links").all(links)
}
