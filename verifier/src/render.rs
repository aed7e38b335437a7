//! A report as text for people: legible without colour, in English and French, with every untrusted text made harmless.

mod assessment;
mod saying;
#[cfg(test)]
mod tests;
mod thread;

use std::fmt::Write as _;

use badge_schemas::lang::Lang;
use badge_schemas::problem::Problem;
use serde::Serialize;
use serde_json::{Value, json};

pub use self::thread::{thread_json, thread_text};
use crate::evaluation::thread::ThreadReport;
use crate::report::{Check, NotRun, Outcome, Report, Skill, Summary, Verdict};
use crate::snapshot::Used;
use crate::words;

/// Longest untrusted text shown in one place, in characters: a name must not push the verdict off the screen.
pub const MAX_TEXT_CHARS: usize = 200;

/// Longest sentence shown: it repeats several untrusted texts, each already cut.
const MAX_SENTENCE_CHARS: usize = 1_000;

/// Most skills shown; the JSON report has them all.
const MAX_SKILLS: usize = 40;

/// Whether the text carries colours; it says the same without them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// For files, pipes and `NO_COLOR`.
    #[default]
    Plain,
    /// For a terminal, with ANSI sequences.
    Colour,
}

/// What a warning means for the verdict that is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strictness {
    /// A warning is for the reader to judge.
    #[default]
    Lenient,
    /// A warning fails (`--strict`).
    Strict,
}

impl Strictness {
    /// The verdict of a report under this strictness.
    pub fn verdict(self, report: &Report) -> Verdict {
        match self {
            Self::Lenient => report.verdict(),
            Self::Strict => report.strict_verdict(),
        }
    }

    /// The verdict of a report on a thread under this strictness.
    pub fn thread_verdict(self, report: &ThreadReport) -> Verdict {
        match self {
            Self::Lenient => report.verdict(),
            Self::Strict => report.strict_verdict(),
        }
    }
}

/// The report as text.
pub fn report_text(report: &Report, strictness: Strictness, lang: Lang, style: Style) -> String {
    let mut page = Page { text: String::new(), lang, style };
    page.report(report, strictness);
    page.text
}

/// What a document says of itself, as text, without a word on whether it is true.
pub fn summary_text(report: &Report, lang: Lang, style: Style) -> String {
    let mut page = Page { text: String::new(), lang, style };
    page.summary(report.summary(), 0);
    page.securing(report, 0);
    page.text
}

/// The report as JSON, indented. Where strictness turns the verdict, `verdict` and `verified` say so and `document` is left out.
pub fn report_json(report: &Report, strictness: Strictness) -> String {
    match strictness {
        Strictness::Lenient => json_text(report),
        Strictness::Strict => {
            let verdict = report.strict_verdict();
            let mut value = json!(report);
            if let Some(members) = value.as_object_mut() {
                members.insert("strict".to_owned(), Value::Bool(true));
                members.insert("verdict".to_owned(), verdict.as_str().into());
                members.insert("verified".to_owned(), Value::Bool(verdict == Verdict::Valid));
                if verdict != Verdict::Valid {
                    members.remove("document");
                }
            }
            json_text(&value)
        }
    }
}

/// Any JSON, indented, with the characters that [`sanitise`] removes written as `\u` escapes: the same JSON, safe on a terminal.
pub fn json_text(value: &impl Serialize) -> String {
    let plain = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut text = String::with_capacity(plain.len());
    for character in plain.chars() {
        if character != '\n' && is_unsafe(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                // Writing to a String cannot fail.
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(character);
        }
    }
    text
}

/// Text from a stranger, on one line, without anything that moves the cursor, reorders or hides text, cut at `limit` characters.
pub fn sanitise(text: &str, limit: usize) -> String {
    let mut clean: String = text
        .trim()
        .chars()
        .map(|character| match character {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
            other if is_unsafe(other) => '\u{fffd}',
            other => other,
        })
        .take(limit)
        .collect();
    if text.trim().chars().nth(limit).is_some() {
        clean.push('…');
    }
    clean
}

/// Control characters, bidirectional controls ([UAX #9 §2](https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters)),
/// line and paragraph separators, and characters without a shape that hide differences. Joiners stay: scripts and emoji need them.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[derive(Clone, Copy)]
enum Ink {
    Good,
    Doubt,
    Bad,
    Faint,
    Bold,
}

struct Page {
    text: String,
    lang: Lang,
    style: Style,
}

impl Page {
    fn report(&mut self, report: &Report, strictness: Strictness) {
        let lang = self.lang;
        let verdict = strictness.verdict(report);
        let meaning = if verdict == report.verdict() {
            words::verdict_meaning(verdict, lang)
        } else {
            words::strict_meaning(lang)
        };
        let word = self.ink(ink_of(verdict), words::verdict(verdict, lang));
        self.line(0, &format!("{word} — {meaning}."));
        self.blank();
        self.body(report, 0);
        self.used(report);
        self.blank();
        self.line(0, words::limits(lang));
    }

    /// Everything but the verdict and the data used; the same for the outermost document and for what is embedded.
    fn body(&mut self, report: &Report, depth: usize) {
        self.summary(report.summary(), depth);
        if report.summary().kind == Some("endorsement") {
            let comment = report.document().and_then(endorsement_comment);
            self.optional(depth, self.lang.pick("Comment", "Commentaire"), comment);
        }
        self.securing(report, depth);
        self.blank();
        self.heading(depth, self.lang.pick("Checks", "Contrôles"));
        // What does not arise in an embedded document stands once, in a number: its questions are those above.
        let (absent, checks): (Vec<_>, Vec<_>) =
            report.checks().iter().partition(|check| depth > 0 && check.outcome == Outcome::ABSENT);
        for check in checks {
            self.check(check, depth);
        }
        if !absent.is_empty() {
            self.absent(absent.len(), depth);
        }
        self.registries(report, depth);
        if let Some(assessment) = report.assessment() {
            self.assessment(assessment, depth);
        }
        let lang = self.lang;
        let endorsement = lang.pick("Endorsement", "Endossement");
        let credential = if report.summary().kind == Some("endorsement") {
            lang.pick("In support", "À l’appui")
        } else {
            lang.pick("Presented", "Présenté")
        };
        for inner in report.credentials() {
            self.embedded(inner, credential, depth + 1);
        }
        for inner in report.endorsements() {
            let attached = lang.pick(
                "Endorsement attached by the holder, not by the issuer",
                "Endossement ajouté par le détenteur, et non par l’émetteur",
            );
            self.embedded(inner, if inner.is_attached() { attached } else { endorsement }, depth + 1);
        }
    }

    fn embedded(&mut self, report: &Report, title: &str, depth: usize) {
        self.blank();
        let verdict = report.verdict();
        let word = self.ink(ink_of(verdict), words::verdict(verdict, self.lang));
        let place = report.pointer().map(|pointer| format!(" ({})", clean(pointer))).unwrap_or_default();
        let separator = self.lang.pick(":", "\u{a0}:");
        self.line(
            depth,
            &format!("{title}{place}{separator} {word} — {}", words::verdict_meaning(verdict, self.lang)),
        );
        self.body(report, depth);
    }

    fn summary(&mut self, summary: &Summary, depth: usize) {
        let lang = self.lang;
        let kind = words::kind(summary.kind, lang);
        let names = match (&summary.name, &summary.id) {
            (Some(name), _) => clean(name),
            (None, Some(id)) => clean(id),
            (None, None) => lang.pick("without a name", "sans nom").to_owned(),
        };
        self.field(depth, kind, &names);
        if summary.name.is_some() && summary.id.is_some() {
            self.optional(depth, lang.pick("Identifier", "Identifiant"), summary.id.as_deref());
        }
        let signer = if summary.kind == Some("presentation") {
            lang.pick("Holder", "Détenteur")
        } else {
            lang.pick("Issuer", "Émetteur")
        };
        match (&summary.issuer_name, &summary.issuer) {
            (Some(name), Some(id)) => self.field(depth, signer, &format!("{} ({})", clean(name), clean(id))),
            (name, id) => self.optional(depth, signer, name.as_deref().or(id.as_deref())),
        }
        self.optional(depth, lang.pick("Recipient", "Destinataire"), summary.subject.as_deref());
        self.optional(depth, lang.pick("Awarded", "Attribué le"), summary.awarded_date.as_deref());
        self.optional(depth, lang.pick("Valid from", "Valable dès le"), summary.valid_from.as_deref());
        self.optional(depth, lang.pick("Valid until", "Valable jusqu’au"), summary.valid_until.as_deref());
        for (index, skill) in summary.skills.iter().take(MAX_SKILLS).enumerate() {
            let label = if index == 0 { lang.pick("Skills", "Compétences") } else { "" };
            self.field(depth, label, &skill_text(skill));
        }
        if let Some(more @ 1..) = summary.skills.len().checked_sub(MAX_SKILLS) {
            self.field(depth, "", &lang.pick(format!("… and {more} more"), format!("… et {more} de plus")));
        }
    }

    fn securing(&mut self, report: &Report, depth: usize) {
        let securing = report.securing();
        let parts =
            [securing.container, securing.mechanism.as_deref(), securing.verification_method.as_deref()];
        let parts: Vec<_> = parts.into_iter().flatten().map(clean).collect();
        if !parts.is_empty() {
            self.field(depth, self.lang.pick("Secured by", "Sécurisé par"), &parts.join(", "));
        }
    }

    fn check(&mut self, check: &Check, depth: usize) {
        let lang = self.lang;
        let (mark, ink) = match &check.outcome {
            Outcome::Pass => ("✓", Ink::Good),
            Outcome::Warn(_) => ("!", Ink::Doubt),
            Outcome::Fail(_) => ("✗", Ink::Bad),
            Outcome::NotRun(NotRun::Absent) => ("–", Ink::Faint),
            Outcome::NotRun(_) => ("?", Ink::Doubt),
        };
        let mut line = format!(
            "{} {} {}",
            self.ink(ink, mark),
            words::check_question(check.id, lang),
            self.ink(ink, words::answer(&check.outcome, lang))
        );
        match &check.outcome {
            Outcome::NotRun(reason @ (NotRun::Absent | NotRun::Blocked(_))) => {
                let _ =
                    write!(line, "{} {}", lang.pick(":", "\u{a0}:"), words::not_run(check.id, reason, lang));
            }
            Outcome::Pass | Outcome::Warn(_) | Outcome::Fail(_) | Outcome::NotRun(_) => {}
        }
        self.line(depth + 1, &line);
        match &check.outcome {
            Outcome::NotRun(NotRun::Missing(resource)) => {
                self.problem(&words::missing(resource, lang), depth + 3);
            }
            outcome => {
                if let Some(problem) = outcome.problem() {
                    self.problem(problem, depth + 3);
                }
            }
        }
    }

    fn absent(&mut self, count: usize, depth: usize) {
        let (en, fr) = match count {
            1 => (
                "one more question was not asked of it".to_owned(),
                "une autre question est sans objet ici".to_owned(),
            ),
            _ => (
                format!("{count} more questions were not asked of it"),
                format!("{count} autres questions sont sans objet ici"),
            ),
        };
        let line = format!("{} {}", self.ink(Ink::Faint, "–"), self.ink(Ink::Faint, &self.lang.pick(en, fr)));
        self.line(depth + 1, &line);
    }

    fn problem(&mut self, problem: &Problem, depth: usize) {
        let lang = self.lang;
        let problem = words::localise(problem, lang);
        let mut sentence = sanitise(&problem.sentence(lang), MAX_SENTENCE_CHARS);
        if let Some(pointer) = problem.pointer.as_deref().filter(|pointer| !pointer.is_empty()) {
            let _ = write!(sentence, " [{}]", clean(pointer));
        }
        let _ = write!(sentence, " ({})", problem.code.as_str());
        self.line(depth, &sentence);
        self.line(depth, &format!("→ {}", sanitise(&problem.hint(lang), MAX_SENTENCE_CHARS)));
    }

    fn registries(&mut self, report: &Report, depth: usize) {
        if report.registries().is_empty() {
            return;
        }
        self.blank();
        self.heading(depth, self.lang.pick("Registries", "Registres"));
        for answer in report.registries() {
            let mut line =
                format!("{} {}", clean(&answer.registry), words::recognition(&answer.recognition, self.lang));
            if let Some(name) = &answer.listed_as {
                let _ = write!(line, "{} {}", self.lang.pick(", as", ", sous le nom de"), clean(name));
            }
            if let Some(signer) = &answer.signed_by {
                let _ = write!(line, " ({} {})", self.lang.pick("signed by", "signé par"), clean(signer));
            }
            self.line(depth + 1, &line);
            if let Some(problem) = &answer.problem {
                self.problem(problem, depth + 3);
            }
        }
    }

    fn used(&mut self, report: &Report) {
        self.blank();
        self.data(report.input_sha256.as_deref().unwrap_or("–"), report.used(), &report.checked_at);
        if let Some(as_of) = &report.as_of {
            let as_of = clean(as_of);
            self.line(
                1,
                &self.lang.pick(
                    format!("dates and registries as of {as_of}; status as of now"),
                    format!("dates et registres au {as_of}\u{a0}; statut à ce jour"),
                ),
            );
        }
    }

    /// The input, what was used from the snapshot, and when.
    fn data(&mut self, input_sha256: &str, used: &[Used], checked_at: &str) {
        self.heading(0, self.lang.pick("Data used", "Données utilisées"));
        let lang = self.lang;
        self.line(1, &format!("{} SHA-256 {}", lang.pick("input", "entrée"), clean(input_sha256)));
        for used in used {
            let age = match (used.fetched_at.parse(), checked_at.parse()) {
                (Ok(then), Ok(now)) => words::age(then, now, lang),
                _ => String::new(),
            };
            let nothing =
                if used.sha256.is_some() { "" } else { lang.pick(", without success", ", sans succès") };
            let what = clean(&words::resource(&used.resource, lang));
            self.line(1, &format!("{what} — {age} ({}){nothing}", clean(&used.fetched_at)));
        }
        self.line(1, &format!("{} {}", lang.pick("checked at", "vérifié le"), clean(checked_at)));
    }

    fn optional(&mut self, depth: usize, label: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.field(depth, label, &clean(value));
        }
    }

    fn field(&mut self, depth: usize, label: &str, value: &str) {
        self.line(depth + 1, &format!("{label:<17} {value}"));
    }

    fn heading(&mut self, depth: usize, title: &str) {
        let title = self.ink(Ink::Bold, title);
        self.line(depth, &title);
    }

    fn line(&mut self, depth: usize, text: &str) {
        self.text.push_str(&"  ".repeat(depth));
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn blank(&mut self) {
        self.text.push('\n');
    }

    fn ink(&self, ink: Ink, text: &str) -> String {
        let code = match ink {
            Ink::Good => "32",
            Ink::Doubt => "33",
            Ink::Bad => "31",
            Ink::Faint => "2",
            Ink::Bold => "1",
        };
        match self.style {
            Style::Plain => text.to_owned(),
            Style::Colour => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}

/// What an endorser says in words
/// ([Open Badges 3.0 §B.2](https://www.imsglobal.org/spec/ob/v3p0/#endorsementsubject)).
fn endorsement_comment(endorsement: &Value) -> Option<&str> {
    endorsement.pointer("/credentialSubject/endorsementComment").and_then(Value::as_str)
}

fn ink_of(verdict: Verdict) -> Ink {
    match verdict {
        Verdict::Valid => Ink::Good,
        Verdict::Invalid => Ink::Bad,
        Verdict::Indeterminate => Ink::Doubt,
    }
}

fn clean(text: &str) -> String {
    sanitise(text, MAX_TEXT_CHARS)
}

/// `Name — ESCO 1234-5678 <https://…>`.
fn skill_text(skill: &Skill) -> String {
    let mut text = clean(&skill.name);
    let place: Vec<_> =
        [&skill.framework, &skill.code].into_iter().flatten().map(|part| clean(part)).collect();
    if !place.is_empty() {
        let _ = write!(text, " — {}", place.join(" "));
    }
    let _ = write!(text, " <{}>", clean(&skill.url));
    text
}
