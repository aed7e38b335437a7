//! A thread of evaluation records as text: the verdict, the state apart from it, who asked whom, the evaluations, and every record.

use badge_schemas::achievement::Alignment;
use badge_schemas::evaluation::{Appeal, AppealStep, Evaluator, Record as _, RecordKind};
use badge_schemas::lang::Lang;
use badge_schemas::problem::Problem;
use serde_json::{Value, json};

use super::{Ink, Page, Strictness, Style, clean, ink_of, json_text};
use crate::evaluation::thread::{
    AppealState, Evaluated, Force, RecordReport, ThreadReport, Withdrawn, is_resolvable,
};
use crate::report::{Check, CheckId, NotRun, Outcome, Verdict};
use crate::words;
use crate::words::evaluation as said;

/// The report on a thread as text.
pub fn thread_text(report: &ThreadReport, strictness: Strictness, lang: Lang, style: Style) -> String {
    let mut page = Page { text: String::new(), lang, style };
    page.thread(report, strictness);
    page.text
}

/// The report on a thread as JSON, indented.
pub fn thread_json(report: &ThreadReport, strictness: Strictness) -> String {
    let mut value = json!(report);
    if let (Strictness::Strict, Some(members)) = (strictness, value.as_object_mut()) {
        let verdict = report.strict_verdict();
        members.insert("strict".to_owned(), Value::Bool(true));
        members.insert("verdict".to_owned(), verdict.as_str().into());
        members.insert("verified".to_owned(), Value::Bool(verdict == Verdict::Valid));
    }
    json_text(&value)
}

impl Page {
    fn thread(&mut self, report: &ThreadReport, strictness: Strictness) {
        let lang = self.lang;
        let verdict = strictness.thread_verdict(report);
        let meaning = if verdict == report.verdict() {
            said::thread_verdict(verdict, lang)
        } else {
            words::strict_meaning(lang)
        };
        let word = self.ink(ink_of(verdict), words::verdict(verdict, lang));
        self.line(0, &format!("{} — {meaning}.", said::thread_heading(&word, report, lang)));
        // What is said of the first record is not said twice.
        let own = |problem: &&Problem| {
            report.records.iter().all(|record| record.problem.as_ref() != Some(*problem))
        };
        if let Some(problem) = report.problem.as_ref().filter(own) {
            self.problem(problem, 2);
        }
        self.blank();
        self.parties(report);
        if !report.evaluations.is_empty() {
            self.blank();
            self.heading(0, lang.pick("Evaluations", "Évaluations"));
            for one in &report.evaluations {
                self.evaluated(one);
            }
        }
        if !report.records.is_empty() {
            self.blank();
            self.heading(0, lang.pick("Records", "Enregistrements"));
            for (index, record) in report.records.iter().enumerate() {
                self.record(index, record);
            }
        }
        self.blank();
        self.data(&report.input_sha256, &report.used, &report.checked_at);
        self.blank();
        self.line(0, said::thread_limits(lang));
    }

    /// The state, and who asked whom for what.
    fn parties(&mut self, report: &ThreadReport) {
        let lang = self.lang;
        self.heading(0, lang.pick("Thread of an evaluation", "Dossier d’évaluation"));
        let label = lang.pick("State", "État");
        match report.state {
            Some(state) => {
                let mut text = format!("{} — {}", said::state(state, lang), said::state_meaning(state, lang));
                if report.verdict() == Verdict::Indeterminate {
                    text += lang.pick("; as far as could be seen", "\u{a0}; pour ce qui a pu être examiné");
                }
                self.field(0, label, &text);
            }
            None => {
                self.field(
                    0,
                    label,
                    lang.pick("none: no request counts", "aucun\u{a0}: aucune demande ne compte"),
                );
            }
        }
        let Some(given) = &report.given else { return };
        self.field(0, lang.pick("Candidate", "Candidat"), &clean(&given.candidate));
        let evaluator = match (&report.evaluator, &given.mandate.evaluator) {
            (Some(evaluator), _) | (None, Evaluator::Did(evaluator)) => clean(evaluator),
            (None, Evaluator::Identity(_)) => said::asked_by_email(false, lang).to_owned(),
        };
        self.field(0, lang.pick("Evaluator", "Évaluateur"), &evaluator);
        if let (Some(_), Evaluator::Identity(_)) = (&report.evaluator, &given.mandate.evaluator) {
            self.field(0, "", said::asked_by_email(true, lang));
        }
        if let Some(id) = &given.id {
            self.field(0, lang.pick("Request", "Demande"), &clean(id));
        }
        let from = given.from;
        let period = match given.until {
            Some(until) => lang.pick(format!("from {from} until {until}"), format!("du {from} au {until}")),
            None => lang.pick(format!("from {from}, without end"), format!("dès le {from}, sans fin")),
        };
        self.field(0, lang.pick("Period", "Période"), &period);
        for target in given.mandate.target.iter().chain(&given.mandate.template) {
            self.field(0, lang.pick("About", "Porte sur"), &clean(&target.id));
        }
        for (index, sought) in given.mandate.sought_skill.iter().enumerate() {
            let label = if index == 0 { lang.pick("Asked for", "Demandé") } else { "" };
            let (name, url) = (skill_name(&sought.skill), clean(&sought.skill.target_url));
            let level = &sought.target_level;
            let text = format!("{name} <{url}> — {} {}", clean(&level.framework), clean(&level.code));
            self.field(0, label, &text);
        }
        self.asked(given);
    }

    fn evaluated(&mut self, one: &Evaluated) {
        let lang = self.lang;
        let (mark, ink) = match one.force() {
            Force::Stands => ("✓", Ink::Good),
            Force::Undetermined => ("?", Ink::Doubt),
            Force::Withdrawn | Force::Overturned => ("✗", Ink::Bad),
        };
        let skill = &one.evaluation.evaluated_skill;
        let level = one.evaluation.level().unwrap_or(&one.evaluation.target_level);
        let found = clean(&said::found(one.evaluation.finding, Some(level), lang));
        let force = self.ink(ink, said::force(one.force(), lang));
        let (mark, name, url) = (self.ink(ink, mark), skill_name(skill), clean(&skill.target_url));
        self.line(1, &format!("{mark} {name} <{url}> — {found} — {force}"));
        match one.withdrawn {
            Some(Withdrawn::ByStatus) => {
                self.line(
                    3,
                    lang.pick("by the status list it names", "par la liste de statuts qu’elle désigne"),
                );
            }
            Some(Withdrawn::ByRecord(reason)) => {
                let reason = said::reason(reason, lang);
                let text = lang.pick(
                    format!("by a signed record: {reason}"),
                    format!("par un enregistrement signé\u{a0}: {reason}"),
                );
                self.line(3, &text);
            }
            None => {}
        }
        match &one.appeal {
            Some(AppealState::Lodged { addressee, reason }) => {
                let (to, reason) = (clean(addressee), said::reason(*reason, lang));
                let text = lang.pick(
                    format!("appealed to {to} ({reason}); not decided"),
                    format!("recours auprès de {to} ({reason})\u{a0}; pas encore tranché"),
                );
                self.line(3, &text);
                self.line(3, said::addressee_limits(is_resolvable(addressee), lang));
            }
            Some(AppealState::Resolved { by, decision }) => {
                let (by, decision) = (clean(by), said::decision(*decision, lang));
                let text =
                    lang.pick(format!("appeal {decision} by {by}"), format!("recours {decision} par {by}"));
                self.line(3, &text);
                self.line(3, said::addressee_limits(true, lang));
            }
            None => {}
        }
        if let (Force::Undetermined, Some(problem)) = (one.force(), &one.undetermined) {
            self.problem(problem, 3);
        }
    }

    fn record(&mut self, index: usize, record: &RecordReport) {
        let lang = self.lang;
        let word = match (record.verdict, &record.problem) {
            (Verdict::Valid, _) => lang.pick("counts", "compte"),
            (_, None) => lang.pick("counts, with a doubt", "compte, sous réserve"),
            (Verdict::Indeterminate, Some(_)) => lang.pick(
                "not counted, for what could not be looked at",
                "non compté, faute d’avoir pu l’examiner",
            ),
            (_, Some(_)) => lang.pick("does not count", "ne compte pas"),
        };
        let mark = match record.verdict {
            Verdict::Valid => "✓",
            Verdict::Indeterminate => "?",
            Verdict::Invalid => "✗",
        };
        let summary = record.report.summary();
        let kind = match record.kind {
            None => lang.pick("not a record", "pas un enregistrement"),
            Some(RecordKind::Appeal) if is_decision(record) => said::decision_on_appeal(lang),
            Some(kind) => said::record(kind, lang),
        };
        let by = match (&summary.issuer_name, &summary.issuer) {
            (Some(name), Some(id)) => format!("{} ({})", clean(name), clean(id)),
            (name, id) => name.as_deref().or(id.as_deref()).map_or_else(|| "–".to_owned(), clean),
        };
        let when = summary.valid_from.as_deref().map_or_else(|| "–".to_owned(), clean);
        let (mark, word) = (self.ink(ink_of(record.verdict), mark), self.ink(ink_of(record.verdict), word));
        let by = lang.pick(format!("by {by}"), words::of_in_french(&by));
        let (number, on) = (index + 1, lang.pick("on", "le"));
        self.line(1, &format!("{mark} {number}. {kind} {by}, {on} {when} — {word}"));
        self.saying(record);
        if let Some(problem) = &record.problem {
            self.problem(problem, 3);
        }
        for Check { id, outcome } in record.report.checks() {
            self.finding(*id, outcome, record.problem.is_some());
        }
    }

    /// What a reader should know of a record beside whether it counts.
    fn finding(&mut self, id: CheckId, outcome: &Outcome, refused: bool) {
        let lang = self.lang;
        match outcome {
            Outcome::Pass | Outcome::NotRun(NotRun::Absent | NotRun::Blocked(_)) => {}
            Outcome::NotRun(NotRun::Missing(resource)) => self.problem(&words::missing(resource, lang), 3),
            Outcome::NotRun(NotRun::Undetermined(problem)) | Outcome::Warn(problem) => {
                self.problem(problem, 3);
            }
            // Of a record that counts it is said already what its period and its status made of it.
            Outcome::Fail(_) if !refused && matches!(id, CheckId::Validity | CheckId::Status) => {}
            Outcome::Fail(problem) => self.problem(problem, 3),
        }
    }
}

/// A skill's name, with its code where the address does not show it.
fn skill_name(skill: &Alignment) -> String {
    let name = clean(&skill.target_name);
    match skill.target_code.as_deref().filter(|code| !skill.target_url.contains(code)) {
        Some(code) => format!("{name} [{}]", clean(code)),
        None => name,
    }
}

/// Whether a move in an appeal is the decision, not the lodging.
fn is_decision(record: &RecordReport) -> bool {
    let appeal = record.report.document().and_then(|document| Appeal::read(document).ok());
    appeal.is_some_and(|appeal| appeal.step == AppealStep::Resolved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::thread::judge;
    use crate::{Snapshot, TrustPolicy};

    #[test]
    fn what_is_no_thread_says_so_in_both_languages() {
        let now = jiff::Timestamp::UNIX_EPOCH;
        let report = judge(b"{}", &TrustPolicy::default(), now, &Snapshot::default());
        for (lang, verdict, state) in [
            (Lang::En, "INVALID thread – no request counts — ", "none: no request counts"),
            (
                Lang::Fr,
                "Dossier INVALIDE – aucune demande ne compte — ",
                "aucun\u{a0}: aucune demande ne compte",
            ),
        ] {
            let text = thread_text(&report, Strictness::Lenient, lang, Style::Plain);
            assert!(text.starts_with(verdict) && text.contains(state), "{text}");
            assert!(text.contains("(NOT_A_THREAD)"), "{text}");
        }
    }
}
