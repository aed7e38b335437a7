//! The evaluations of a badge as text: level and assurance for each skill, then each evaluation and why it counts or not.

use std::fmt::Write as _;

use badge_schemas::evaluation::{Finding, SkillLevel};
use badge_schemas::lang::Lang;

use super::{Ink, Page, clean};
use crate::evaluation::assessment::{Assessment, Assurance, Origin, Said, Standing, Weighed};
use crate::words;

/// Most evaluations shown; the JSON report has them all.
const MAX_EVALUATIONS: usize = 40;

impl Page {
    pub(super) fn assessment(&mut self, assessment: &Assessment, depth: usize) {
        let lang = self.lang;
        self.blank();
        self.heading(
            depth,
            lang.pick("Evaluations (apart from the verdict)", "Évaluations (à part du verdict)"),
        );
        for skill in assessment.skills.iter().take(MAX_EVALUATIONS) {
            let name = if skill.name.is_empty() { clean(&skill.skill) } else { clean(&skill.name) };
            self.field(depth, lang.pick("Skill", "Compétence"), &format!("{name} <{}>", clean(&skill.skill)));
            let found: Vec<String> = skill
                .found
                .iter()
                .map(|(finding, level)| found_text(*finding, level.as_ref(), lang))
                .collect();
            let found = if found.is_empty() { "–".to_owned() } else { found.join("\u{a0}; ") };
            self.field(depth, lang.pick("Level", "Niveau"), &found);
            self.field(
                depth,
                lang.pick("Assurance", "Assurance"),
                assurance(skill.assurance, assessment.quorum.is_some(), lang),
            );
            if let Some(quorum) = assessment.quorum {
                let counted = skill.counted;
                let text = lang.pick(
                    format!("{counted} of {quorum} evaluators (quorum)"),
                    match counted {
                        0 | 1 => format!("{counted} évaluateur sur {quorum} (quorum)"),
                        _ => format!("{counted} évaluateurs sur {quorum} (quorum)"),
                    },
                );
                let levels: Vec<String> = skill.counted_at.iter().map(level_text).collect();
                let at = match levels.as_slice() {
                    [] => String::new(),
                    levels => format!("{}{}", lang.pick(" at level ", " au niveau "), levels.join(", ")),
                };
                self.field(depth, lang.pick("Panel", "Jury"), &format!("{text}{at}"));
            }
        }
        for one in assessment.evaluations.iter().take(MAX_EVALUATIONS) {
            self.evaluation(one, depth);
        }
        if let Some(problem) = assessment.reciprocity.problem() {
            let mark = self.ink(Ink::Faint, "–");
            let label = lang
                .pick("Do people vouch for each other?", "Se porte-t-on garants les uns des autres\u{a0}?");
            self.line(depth + 1, &format!("{mark} {label}"));
            self.problem(problem, depth + 3);
        }
    }

    fn evaluation(&mut self, one: &Weighed, depth: usize) {
        let lang = self.lang;
        let (mark, ink, word) = match (one.counts(), &one.problem) {
            (true, _) => ("✓", Ink::Good, lang.pick("counted", "comptée")),
            (false, Some(_)) => ("!", Ink::Doubt, lang.pick("not counted", "non comptée")),
            (false, None) => {
                ("–", Ink::Faint, lang.pick("a comment, not an evaluation", "un avis, pas une évaluation"))
            }
        };
        let mut line = format!("{} {word}", self.ink(ink, mark));
        let who = match (&one.evaluator_name, &one.evaluator) {
            (Some(name), Some(id)) => format!("{} ({})", clean(name), clean(id)),
            (None, Some(id)) => clean(id),
            _ => lang.pick("evaluator not named", "évaluateur non nommé").to_owned(),
        };
        let _ = write!(line, "{} {who}", lang.pick(":", "\u{a0}:"));
        if let Some(Said { name, target_level, level, finding, .. }) = &one.said {
            let level = level.as_ref().unwrap_or(target_level);
            let _ = write!(line, " — {}, {}", clean(name), found_text(*finding, Some(level), lang));
        }
        let _ = write!(line, " — {}", origin(one.origin, lang));
        self.line(depth + 1, &line);
        for ground in &one.standing {
            self.standing(ground, depth + 2);
        }
        if let Some(problem) = &one.problem {
            self.problem(problem, depth + 3);
        }
    }

    fn standing(&mut self, ground: &Standing, depth: usize) {
        let lang = self.lang;
        let mark = if ground.counts() { self.ink(Ink::Good, "✓") } else { self.ink(Ink::Faint, "–") };
        let text = match ground {
            Standing::Badge { pointer, name, issuer, level, .. } => {
                let name = name.as_deref().map_or_else(|| "–".to_owned(), clean);
                let level =
                    level.as_ref().map(|level| format!(", {}", level_text(level))).unwrap_or_default();
                let (issuer, pointer) = (clean(issuer), clean(pointer));
                let from = lang.pick(format!("from {issuer}"), words::of_in_french(&issuer));
                format!("{} {name} {from}{level} [{pointer}]", lang.pick("badge", "badge"))
            }
            Standing::Registry { registry, listed_as, .. } => {
                let name = listed_as.as_deref().map(|name| format!(" ({})", clean(name))).unwrap_or_default();
                format!("{} {}{name}", lang.pick("listed in", "inscrit dans"), clean(registry))
            }
        };
        let label = lang.pick("standing:", "légitimité\u{a0}:");
        self.line(depth, &format!("{mark} {label} {text}"));
    }
}

/// Who stands behind a skill, in words; `by_policy` says whether policy told whose evaluations count.
fn assurance(assurance: Assurance, by_policy: bool, lang: Lang) -> &'static str {
    let (en, fr) = match assurance {
        Assurance::SelfAsserted if !by_policy => (
            "self-asserted — no trust policy says whose evaluations count (--policy): nobody but the issuer",
            "auto-déclarée — aucune politique de confiance ne dit quelles évaluations comptent (--policy)\u{a0}: personne d’autre que l’émetteur",
        ),
        Assurance::SelfAsserted => (
            "self-asserted — nobody but the issuer, as far as this policy recognises",
            "auto-déclarée — personne d’autre que l’émetteur, au sens de cette politique",
        ),
        Assurance::ThirdPartyAssessed => (
            "third-party-assessed — an evaluator whose standing is proved",
            "évaluée par un tiers — un évaluateur dont la légitimité est prouvée",
        ),
        Assurance::AuditedAssessment => (
            "audited-assessment — a panel that meets the quorum",
            "évaluation collégiale — un jury qui atteint le quorum",
        ),
    };
    lang.pick(en, fr)
}

fn origin(origin: Origin, lang: Lang) -> &'static str {
    let (en, fr) = match origin {
        Origin::Issuer => ("in the badge", "dans le badge"),
        Origin::Holder => {
            ("attached by the holder, not by the issuer", "ajoutée par le détenteur, et non par l’émetteur")
        }
        Origin::Sealed => ("sealed by the issuer", "scellée par l’émetteur"),
        Origin::Opened => ("sealed by the issuer, and opened", "scellée par l’émetteur, puis ouverte"),
    };
    lang.pick(en, fr)
}

fn found_text(finding: Finding, level: Option<&SkillLevel>, lang: Lang) -> String {
    clean(&words::evaluation::found(finding, level, lang))
}

fn level_text(level: &SkillLevel) -> String {
    format!("{} {}", clean(&level.framework), clean(&level.code))
}
