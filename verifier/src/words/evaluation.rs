//! What is said of evaluations and their threads, in English and in French. What a skill or a name is called comes from its author.

use badge_schemas::evaluation::{Decision, Finding, Reason, RecordKind, Relation, SkillLevel};
use badge_schemas::lang::Lang;

use crate::evaluation::thread::{AppealState, Evaluated, Force, State, ThreadReport};
use crate::report::Verdict;

/// The state of a thread, in a word.
pub fn state(state: State, lang: Lang) -> &'static str {
    let (en, fr) = match state {
        State::Proposed => ("proposed", "proposé"),
        State::Accepted => ("accepted", "accepté"),
        State::Submitted => ("submitted", "rendu"),
        State::Declined => ("declined", "décliné"),
        State::Recused => ("recused", "récusé"),
        State::Expired => ("expired", "échu"),
        State::Withdrawn => ("withdrawn", "retiré"),
    };
    lang.pick(en, fr)
}

/// What a state means, as a phrase.
pub fn state_meaning(state: State, lang: Lang) -> &'static str {
    let (en, fr) = match state {
        State::Proposed => ("asked, and not answered", "demandé, et sans réponse"),
        State::Accepted => (
            "the evaluator has agreed; there is no evaluation in this file",
            "l’évaluateur a dit oui\u{a0}; ce fichier ne contient pas d’évaluation",
        ),
        State::Submitted => ("an evaluation was handed in", "une évaluation a été rendue"),
        State::Declined => ("the evaluator will not", "l’évaluateur ne veut pas"),
        State::Recused => ("the evaluator may not", "l’évaluateur ne peut pas\u{a0}: il est lié au candidat"),
        State::Expired => {
            ("the period ended before there was an evaluation", "la période a pris fin sans évaluation")
        }
        State::Withdrawn => (
            "the candidate took the request back, or the evaluator what they had said",
            "le candidat a repris sa demande, ou l’évaluateur ce qu’il avait dit",
        ),
    };
    lang.pick(en, fr)
}

/// What has become of an evaluation.
pub fn force(force: Force, lang: Lang) -> &'static str {
    let (en, fr) = match force {
        Force::Stands => ("stands", "tient"),
        Force::Undetermined => {
            ("undetermined: it is not known to stand", "indéterminée\u{a0}: on ne sait pas si elle tient")
        }
        Force::Withdrawn => ("withdrawn by the evaluator", "retirée par l’évaluateur"),
        Force::Overturned => ("overturned: the appeal was upheld", "annulée\u{a0}: le recours a été admis"),
    };
    lang.pick(en, fr)
}

/// A kind of record.
pub fn record(kind: RecordKind, lang: Lang) -> &'static str {
    let (en, fr) = match kind {
        RecordKind::Mandate => ("request", "demande"),
        RecordKind::Response => ("answer", "réponse"),
        RecordKind::Evaluation => ("evaluation", "évaluation"),
        RecordKind::Withdrawal => ("withdrawal", "retrait"),
        RecordKind::Appeal => ("appeal", "recours"),
    };
    lang.pick(en, fr)
}

/// The record that ends an appeal.
pub fn decision_on_appeal(lang: Lang) -> &'static str {
    lang.pick("decision on the appeal", "décision sur le recours")
}

/// A finding, and the level it speaks of where there is one.
pub fn found(finding: Finding, level: Option<&SkillLevel>, lang: Lang) -> String {
    let word = found_word(finding, lang);
    match level {
        Some(level) => format!("{word} ({} {})", level.framework, level.code),
        None => word.to_owned(),
    }
}

fn found_word(finding: Finding, lang: Lang) -> &'static str {
    match finding {
        Finding::Met => lang.pick("met", "acquis"),
        Finding::PartiallyMet => lang.pick("partially met", "partiellement acquis"),
        Finding::NotMet => lang.pick("not met", "non acquis"),
        Finding::Abstained => lang.pick("abstained", "abstention"),
    }
}

/// How an appeal ended.
pub fn decision(decision: Decision, lang: Lang) -> &'static str {
    match decision {
        Decision::Upheld => lang.pick("upheld", "admis"),
        Decision::Dismissed => lang.pick("dismissed", "rejeté"),
    }
}

/// What ties two people, as one of them declares it.
pub fn tie(relation: Relation, lang: Lang) -> &'static str {
    match relation {
        Relation::None => lang.pick("none", "aucun"),
        Relation::Employment => lang.pick("one works for the other", "l’un travaille pour l’autre"),
        Relation::Colleague => {
            lang.pick("they work for the same body", "ils travaillent pour le même organisme")
        }
        Relation::Teaching => lang.pick("one taught the other", "l’un a enseigné à l’autre"),
        Relation::Family => lang.pick("family", "famille"),
        Relation::Business => lang.pick("business", "affaires"),
        Relation::Other => lang.pick("another tie", "un autre lien"),
    }
}

/// Why a move was made.
pub fn reason(reason: Reason, lang: Lang) -> &'static str {
    let (en, fr) = match reason {
        Reason::ConflictOfInterest => ("conflict of interest", "conflit d’intérêts"),
        Reason::OutsideExpertise => ("outside the evaluator’s expertise", "hors du domaine de l’évaluateur"),
        Reason::NoTime => ("no time", "manque de temps"),
        Reason::ScopeUnclear => ("the request is unclear", "demande peu claire"),
        Reason::EvidenceInsufficient => ("the evidence does not suffice", "preuves insuffisantes"),
        Reason::EvidenceOutdated => ("the evidence is too old", "preuves trop anciennes"),
        Reason::EvidenceNotAuthentic => {
            ("the evidence is not the candidate’s", "preuves qui ne sont pas du candidat")
        }
        Reason::EvidenceChanged => ("the evidence changed", "preuves modifiées depuis"),
        Reason::LevelNotReached => ("the level is not reached", "niveau non atteint"),
        Reason::ErrorFound => ("an error was found", "erreur constatée"),
        Reason::KeyCompromised => {
            ("the key was not the evaluator’s alone", "la clé n’était pas à l’évaluateur seul")
        }
        Reason::CandidateRequest => ("the candidate asked for it", "à la demande du candidat"),
        Reason::NoLongerNeeded => ("no longer needed", "devenu inutile"),
        Reason::Procedure => ("the rules were not followed", "règles non respectées"),
        Reason::Bias => ("the evaluator was not impartial", "évaluateur partial"),
        Reason::NewEvidence => ("there is new evidence", "preuves nouvelles"),
        Reason::Other => ("another reason", "autre raison"),
    };
    lang.pick(en, fr)
}

/// What a verdict on a thread means, as a sentence without its full stop.
pub fn thread_verdict(verdict: Verdict, lang: Lang) -> &'static str {
    let (en, fr) = match verdict {
        Verdict::Valid => (
            "every record is its author’s and in its place",
            "chaque enregistrement est bien de son auteur et à sa place",
        ),
        Verdict::Invalid => (
            "do not rely on it as it is: not every record counts",
            "ne vous y fiez pas tel quel\u{a0}: certains enregistrements ne comptent pas",
        ),
        Verdict::Indeterminate => (
            "neither confirmed nor refuted: something could not be looked at, or is suspended",
            "ni confirmé ni infirmé\u{a0}: un élément n’a pas pu être examiné, ou est suspendu",
        ),
    };
    lang.pick(en, fr)
}

/// The verdict on a thread with its state, so that nobody takes the one for the other: a declined request can be a sound thread. `verdict` is the
/// word for the verdict, inked or not.
pub fn thread_heading(verdict: &str, report: &ThreadReport, lang: Lang) -> String {
    let state = match report.state {
        None => lang.pick("no request counts", "aucune demande ne compte").to_owned(),
        Some(found) => {
            let evaluations = tally(&report.evaluations, lang);
            let word = state(found, lang);
            // A thread is withdrawn where every evaluation is: there is nothing to count.
            let apart = evaluations.is_empty() || found == State::Withdrawn;
            if apart { word.to_owned() } else { format!("{word} ({evaluations})") }
        }
    };
    lang.pick(format!("{verdict} thread – {state}"), format!("Dossier {verdict} – {state}"))
}

/// How many evaluations came to what: the finding of those that stand, else what became of them; and how many are contested.
fn tally(evaluations: &[Evaluated], lang: Lang) -> String {
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for one in evaluations {
        let word = match one.force() {
            Force::Stands => found_word(one.evaluation.finding, lang),
            Force::Undetermined => lang.pick("undetermined", "indéterminée"),
            Force::Withdrawn => lang.pick("withdrawn", "retirée"),
            Force::Overturned => lang.pick("overturned", "annulée"),
        };
        match counted.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counted.push((word, 1)),
        }
    }
    let pending = |one: &&Evaluated| matches!(one.appeal, Some(AppealState::Lodged { .. }));
    if let count @ 1.. = evaluations.iter().filter(pending).count() {
        counted.push((lang.pick("contested", "contestée"), count));
    }
    let of = |(word, count): &(&str, usize)| {
        lang.pick(format!("{word}: {count}"), format!("{word}\u{a0}: {count}"))
    };
    counted.iter().map(of).collect::<Vec<_>>().join(", ")
}

/// What follows from who decides on an appeal; `resolvable` says whether their keys can be found.
pub fn addressee_limits(resolvable: bool, lang: Lang) -> &'static str {
    if resolvable {
        lang.pick(
            "the candidate chose who decides; that they may, or have agreed to, is not proved",
            "le candidat a choisi qui tranche\u{a0}; rien ne prouve que cette personne en a le droit ni qu’elle l’a accepté",
        )
    } else {
        lang.pick(
            "the candidate chose who decides, under an identifier whose keys cannot be found: no decision of theirs can count",
            "le candidat a choisi qui tranche, sous un identifiant dont les clés sont introuvables\u{a0}: aucune décision de cette personne ne peut compter",
        )
    }
}

/// What is known of an evaluator who was asked at an e-mail address.
pub fn asked_by_email(answered: bool, lang: Lang) -> &'static str {
    if answered {
        lang.pick(
            "asked at an e-mail address, which they name in their answer; that the mailbox is theirs is not proved",
            "demandé à une adresse électronique, qu’il indique dans sa réponse\u{a0}; rien ne prouve que cette boîte est la sienne",
        )
    } else {
        lang.pick(
            "asked at an e-mail address, not known by a DID yet; whoever knows the address can answer",
            "demandé à une adresse électronique, DID encore inconnu\u{a0}; quiconque connaît l’adresse peut répondre",
        )
    }
}

/// What a verdict on a thread does not say.
pub fn thread_limits(lang: Lang) -> &'static str {
    lang.pick(
        "The verdict is about the records: who signed them, and in which order. It judges neither the skill nor the evaluator’s standing, and the times are those that the signers state.",
        "Le verdict porte sur les enregistrements\u{a0}: qui les a signés, et dans quel ordre. Il ne juge ni la compétence ni la légitimité de l’évaluateur, et les dates sont celles que les signataires indiquent.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reads_the_same_in_both_languages_unless_the_word_is_the_same() {
        for state in [
            State::Proposed,
            State::Accepted,
            State::Submitted,
            State::Declined,
            State::Recused,
            State::Expired,
            State::Withdrawn,
        ] {
            assert_ne!(super::state(state, Lang::En), super::state(state, Lang::Fr));
            assert_ne!(state_meaning(state, Lang::En), state_meaning(state, Lang::Fr));
        }
        for force in [Force::Stands, Force::Undetermined, Force::Withdrawn, Force::Overturned] {
            assert_ne!(super::force(force, Lang::En), super::force(force, Lang::Fr));
        }
        for verdict in [Verdict::Valid, Verdict::Invalid, Verdict::Indeterminate] {
            assert_ne!(thread_verdict(verdict, Lang::En), thread_verdict(verdict, Lang::Fr));
        }
        for kind in RecordKind::ALL {
            assert_ne!(record(kind, Lang::En), record(kind, Lang::Fr));
        }
    }
}
