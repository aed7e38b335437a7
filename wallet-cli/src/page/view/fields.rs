//! Fields of a form: each with its label, its hint, and what is wrong with it, tied together for those who hear the page.

use badge_schemas::evaluation::MAX_TEXT_CHARS;
use badge_schemas::lang::Lang;

use crate::page::html::{Element, Html, el, nothing};
use crate::page::read::Fault;

/// One of several choices.
pub(super) struct Choice<'c> {
    /// What is sent.
    pub(super) value: &'c str,
    /// Its label.
    pub(super) label: Html,
    /// What it means.
    pub(super) hint: Option<String>,
    /// Whether it is chosen.
    pub(super) on: bool,
    /// Whether it can be chosen.
    pub(super) can: bool,
}

/// What is asked.
pub(super) struct Question<'q> {
    /// The field's name.
    pub(super) name: &'static str,
    /// The question.
    pub(super) label: &'q str,
    /// How to answer it.
    pub(super) hint: Option<&'q str>,
}

/// In which language, and what is wrong.
pub(super) struct Form<'f> {
    /// The language.
    pub(super) lang: Lang,
    /// What is wrong.
    pub(super) faults: &'f [Fault],
}

impl Form<'_> {
    /// One choice of several.
    pub(super) fn radios(&self, question: &Question<'_>, choices: &[Choice<'_>]) -> Element {
        self.choices("radio", question, choices)
    }

    /// Any number of several.
    pub(super) fn boxes(&self, question: &Question<'_>, choices: &[Choice<'_>]) -> Element {
        self.choices("checkbox", question, choices)
    }

    fn choices(&self, kind: &'static str, question: &Question<'_>, choices: &[Choice<'_>]) -> Element {
        let Question { name, label, .. } = *question;
        let fault = self.fault(name);
        let options = choices.iter().map(|choice| {
            let id = format!("{name}-{}", choice.value);
            let meaning = format!("{id}-hint");
            let input = el("input")
                .attr("type", kind)
                .attr("id", &id)
                .attr("name", name)
                .attr("value", choice.value)
                .attr_if("aria-describedby", choice.hint.as_ref().map(|_| &meaning))
                .flag("checked", choice.on && choice.can)
                .flag("disabled", !choice.can);
            let hint = choice.hint.as_deref().map(|hint| small(hint).attr("id", &meaning).into());
            el("div").class("choice").with(input).with(
                el("label")
                    .attr("for", &id)
                    .with(el("span").with(choice.label.clone()))
                    .with(hint.unwrap_or_else(nothing)),
            )
        });
        el("fieldset")
            .attr("id", name)
            .attr("class", if fault.is_some() { "field faulty" } else { "field" })
            .attr_if("aria-describedby", self.described(question))
            .with(el("legend").text(label))
            .with(hint(question))
            .with(self.mark(name))
            .all(options)
    }

    /// A text of several lines.
    pub(super) fn area(&self, question: &Question<'_>, value: &str, rows: usize) -> Element {
        let input = el("textarea")
            .attr("rows", rows.to_string())
            .attr("maxlength", MAX_TEXT_CHARS.to_string())
            .attr("spellcheck", "true");
        self.labelled(question, input.text(value))
    }

    /// A text of one line.
    pub(super) fn line(&self, question: &Question<'_>, kind: &'static str, value: &str) -> Element {
        // Never `type="email"`: with that, a browser writes the domain of an address in ASCII, and it is not the one that was typed any more.
        let input = el("input")
            .attr("type", "text")
            .attr("inputmode", if kind == "email" { "email" } else { "text" })
            .attr("autocomplete", kind)
            .attr("spellcheck", "false");
        self.labelled(question, input.attr("value", value))
    }

    /// One of a long list: what is sent, what is shown; the first sends nothing.
    pub(super) fn list(
        &self,
        question: &Question<'_>,
        none: &str,
        choices: &[(String, String)],
        value: &str,
    ) -> Element {
        let options = choices.iter().map(|(sent, shown)| {
            el("option").attr("value", sent).flag("selected", sent == value).text(shown)
        });
        self.labelled(question, el("select").with(el("option").attr("value", "").text(none)).all(options))
    }

    fn labelled(&self, question: &Question<'_>, input: Element) -> Element {
        let name = question.name;
        let fault = self.fault(name);
        let input = input
            .attr("id", name)
            .attr("name", name)
            .attr_if("aria-describedby", self.described(question))
            .attr_if("aria-invalid", fault.map(|_| "true"));
        el("div")
            .attr("class", if fault.is_some() { "field faulty" } else { "field" })
            .with(el("label").attr("for", name).text(question.label))
            .with(hint(question))
            .with(self.mark(name))
            .with(input)
    }

    fn mark(&self, name: &str) -> Html {
        let Some(fault) = self.fault(name) else { return nothing() };
        let word = el("span").class("unseen").text(self.lang.pick("Error: ", "Erreur\u{a0}: "));
        el("p")
            .class("fault")
            .attr("id", format!("{name}-fault"))
            .with(word)
            .text(fault.words(self.lang))
            .into()
    }

    fn described(&self, question: &Question<'_>) -> Option<String> {
        let hint = question.hint.map(|_| format!("{}-hint", question.name));
        let fault = self.fault(question.name).map(|_| format!("{}-fault", question.name));
        let both: Vec<String> = hint.into_iter().chain(fault).collect();
        (!both.is_empty()).then(|| both.join(" "))
    }

    fn fault(&self, name: &str) -> Option<&Fault> {
        self.faults.iter().find(|fault| fault.field == name)
    }
}

fn hint(question: &Question<'_>) -> Html {
    let hint = question.hint.map(|hint| small(hint).attr("id", format!("{}-hint", question.name)).into());
    hint.unwrap_or_else(nothing)
}

/// A remark.
pub(super) fn small(words: &str) -> Element {
    el("span").class("hint").text(words)
}
