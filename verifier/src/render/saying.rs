//! What the records of a thread say, each in a line or two: who reads a thread decides on it.

use badge_schemas::evaluation::{
    Answer, Appeal, AppealStep, ConflictOfInterest, Evaluation, Reason, Record as _, RecordKind, Response,
    Withdrawal,
};
use badge_schemas::lang::Lang;
use serde_json::Value;

use super::{Page, clean, endorsement_comment};
use crate::evaluation::thread::{Given, RecordReport};
use crate::words::evaluation as said;

/// Most items of a list shown.
const MOST: usize = 32;

impl Page {
    /// What the candidate says, shows and declares.
    pub(super) fn asked(&mut self, given: &Given) {
        let lang = self.lang;
        let mandate = &given.mandate;
        self.optional(0, lang.pick("Says", "Dit"), mandate.claim.as_deref());
        for (index, evidence) in mandate.offered_evidence.iter().take(MOST).enumerate() {
            let label = if index == 0 { lang.pick("Evidence", "Preuves") } else { "" };
            self.field(0, label, &clean(&evidence.name));
        }
        let ties = &mandate.conflict_of_interest;
        let words = tie_words(ties, lang);
        let text = lang.pick(format!("{words} — by the candidate"), format!("{words} — par le candidat"));
        self.field(0, lang.pick("Ties declared", "Liens déclarés"), &text);
        self.optional(0, "", ties.statement.as_deref());
    }

    /// What a record says beside what stands elsewhere in the report.
    pub(super) fn saying(&mut self, record: &RecordReport) {
        let Some((kind, document)) = record.kind.zip(record.report.document()) else { return };
        let lang = self.lang;
        let text = |pointer: &str| document.pointer(pointer).and_then(Value::as_str);
        if let Some(organisation) = text("/issuer/parentOrg/name").or_else(|| text("/issuer/parentOrg/id")) {
            self.quoted(lang.pick("for", "pour"), organisation);
        }
        match kind {
            RecordKind::Mandate => {}
            RecordKind::Response => {
                let Ok(response) = Response::read(document) else { return };
                let answer = match response.answer {
                    Answer::Accepted => lang.pick("accepts", "accepte"),
                    Answer::Declined => lang.pick("declines", "décline"),
                    Answer::Recused => lang.pick("recuses themselves", "se récuse"),
                };
                self.because(answer, response.reason, response.statement.as_deref());
                if response.answer == Answer::Accepted || response.conflict_of_interest.is_some() {
                    self.ties(response.conflict_of_interest.as_ref());
                }
            }
            RecordKind::Evaluation => {
                let Ok(evaluation) = Evaluation::read(document) else { return };
                let skill = clean(&evaluation.evaluated_skill.target_name);
                self.because(&skill, evaluation.reason, evaluation.statement.as_deref());
                self.ties(evaluation.conflict_of_interest.as_ref());
                if let Some(comment) = endorsement_comment(document) {
                    self.quoted(lang.pick("comment", "commentaire"), comment);
                }
            }
            RecordKind::Withdrawal => {
                let Ok(withdrawal) = Withdrawal::read(document) else { return };
                let takes_back = lang.pick("takes back", "retire");
                self.because(takes_back, Some(withdrawal.reason), withdrawal.statement.as_deref());
            }
            RecordKind::Appeal => {
                let Ok(appeal) = Appeal::read(document) else { return };
                let step = match (appeal.step, appeal.decision) {
                    (AppealStep::Lodged, _) => {
                        lang.pick("contests the evaluation", "conteste l’évaluation").to_owned()
                    }
                    (AppealStep::Resolved, Some(decision)) => lang.pick(
                        format!("decides: {}", said::decision(decision, lang)),
                        format!("tranche\u{a0}: {}", said::decision(decision, lang)),
                    ),
                    (AppealStep::Resolved, None) => lang.pick("decides", "tranche").to_owned(),
                };
                self.because(&step, appeal.reason, appeal.statement.as_deref());
            }
        }
    }

    /// What ties an evaluator says there are to the candidate; that nothing is said is said too.
    fn ties(&mut self, conflict: Option<&ConflictOfInterest>) {
        let lang = self.lang;
        let words = match conflict {
            Some(conflict) => tie_words(conflict, lang),
            None => lang.pick("nothing is said of them", "rien n’en est dit").to_owned(),
        };
        self.line(3, &lang.pick(format!("ties: {words}"), format!("liens\u{a0}: {words}")));
        if let Some(statement) = conflict.and_then(|conflict| conflict.statement.as_deref()) {
            self.quoted(lang.pick("in their words", "en ses mots"), statement);
        }
    }

    fn because(&mut self, what: &str, reason: Option<Reason>, statement: Option<&str>) {
        let lang = self.lang;
        let reason = reason.map(|reason| format!(" — {}", said::reason(reason, lang))).unwrap_or_default();
        self.line(3, &format!("{what}{reason}"));
        if let Some(statement) = statement {
            self.quoted(lang.pick("in their words", "en ses mots"), statement);
        }
    }

    fn quoted(&mut self, label: &str, text: &str) {
        let text = clean(text);
        let line = match self.lang {
            Lang::En => format!("{label}: “{text}”"),
            Lang::Fr => format!("{label}\u{a0}: «\u{a0}{text}\u{a0}»"),
        };
        self.line(3, &line);
    }
}

fn tie_words(conflict: &ConflictOfInterest, lang: Lang) -> String {
    let words: Vec<&str> = conflict.relation.iter().map(|tie| said::tie(*tie, lang)).collect();
    words.join(", ")
}
