//! The words of peer evaluation, in English and French, for terminal and page alike.

use badge_schemas::evaluation::{Answer, Decision, Finding, Reason, Relation, SkillLevel};
use badge_schemas::frameworks::{Framework, eqf};
use badge_schemas::lang::Lang;
use badge_verifier::evaluation::thread::State;

use super::moves::Verb;

/// The title of a request.
pub(crate) fn request_title(lang: Lang) -> &'static str {
    lang.pick("Request for evaluation", "Demande d’évaluation")
}

/// The title of an answer.
pub(crate) fn answer_title(lang: Lang) -> &'static str {
    lang.pick("Answer to a request for evaluation", "Réponse à une demande d’évaluation")
}

/// The title of an evaluation.
pub(crate) fn evaluation_title(skill: &str, lang: Lang) -> String {
    lang.pick(format!("Evaluation: {skill}"), format!("Évaluation : {skill}"))
}

/// The title of a withdrawal.
pub(crate) fn withdrawal_title(lang: Lang) -> &'static str {
    lang.pick("Withdrawal", "Retrait")
}

/// The title of an appeal.
pub(crate) fn appeal_title(lang: Lang) -> &'static str {
    lang.pick("Appeal against an evaluation", "Recours contre une évaluation")
}

/// The title of a decision.
pub(crate) fn decision_title(lang: Lang) -> &'static str {
    lang.pick("Decision on an appeal", "Décision sur un recours")
}

/// What a move does, as it stands in a refusal: English and French.
pub(crate) fn verb(verb: Verb) -> [&'static str; 2] {
    match verb {
        Verb::Answer => ["answer", "répondre"],
        Verb::Evaluate => ["evaluate", "évaluer"],
        Verb::TakeBack => ["take this back", "retirer cela"],
        Verb::Appeal => ["appeal", "former un recours"],
        Verb::Decide => ["decide an appeal", "trancher un recours"],
    }
}

/// A state, in both languages.
pub(crate) fn state_both(state: State) -> [&'static str; 2] {
    match state {
        State::Proposed => ["proposed", "proposée"],
        State::Accepted => ["accepted", "acceptée"],
        State::Submitted => ["submitted", "rendue"],
        State::Declined => ["declined", "déclinée"],
        State::Recused => ["recused", "récusée"],
        State::Expired => ["expired", "expirée"],
        State::Withdrawn => ["withdrawn", "retirée"],
    }
}

/// A state.
pub(crate) fn state(state: State, lang: Lang) -> &'static str {
    let [en, fr] = state_both(state);
    lang.pick(en, fr)
}

/// A state with its meaning.
pub(crate) fn state_meaning(state: State, lang: Lang) -> &'static str {
    match state {
        State::Proposed => lang.pick("nobody has answered yet", "personne n’a encore répondu"),
        State::Accepted => lang.pick(
            "the evaluator has agreed and has not evaluated yet",
            "l’évaluateur a accepté et n’a pas encore évalué",
        ),
        State::Submitted => {
            lang.pick("there is an evaluation that stands", "il y a une évaluation qui tient")
        }
        State::Declined => lang.pick("the evaluator will not", "l’évaluateur ne souhaite pas évaluer"),
        State::Recused => lang.pick(
            "the evaluator may not, being tied to the candidate",
            "l’évaluateur ne le peut pas, étant lié au candidat",
        ),
        State::Expired => lang.pick(
            "the period ended before there was an evaluation",
            "le délai a pris fin avant toute évaluation",
        ),
        State::Withdrawn => lang.pick("it was taken back", "elle a été retirée"),
    }
}

/// An answer.
pub(crate) fn answer(answer: Answer, lang: Lang) -> &'static str {
    match answer {
        Answer::Accepted => lang.pick("accepted", "acceptée"),
        Answer::Declined => lang.pick("declined", "déclinée"),
        Answer::Recused => lang.pick("recused", "récusée"),
    }
}

/// A finding.
pub(crate) fn finding(finding: Finding, lang: Lang) -> &'static str {
    match finding {
        Finding::Met => lang.pick("met", "satisfait"),
        Finding::PartiallyMet => lang.pick("met in part", "satisfait en partie"),
        Finding::NotMet => lang.pick("not met", "non satisfait"),
        Finding::Abstained => lang.pick("no judgement (abstention)", "sans avis (abstention)"),
    }
}

/// A finding as a choice, with its meaning.
pub(crate) fn finding_meaning(finding: Finding, lang: Lang) -> &'static str {
    match finding {
        Finding::Met => {
            lang.pick("the candidate has the skill at this level", "le candidat a la compétence à ce niveau")
        }
        Finding::PartiallyMet => {
            lang.pick("some of it, or a lower level", "une partie, ou un niveau inférieur")
        }
        Finding::NotMet => lang.pick("the candidate does not show it", "le candidat ne la montre pas"),
        Finding::Abstained => lang.pick("I do not judge", "je ne me prononce pas"),
    }
}

/// A decision.
pub(crate) fn decision(decision: Decision, lang: Lang) -> &'static str {
    match decision {
        Decision::Upheld => lang.pick(
            "upheld: the evaluation does not count any more",
            "accueilli : l’évaluation ne compte plus",
        ),
        Decision::Dismissed => lang.pick("dismissed: the evaluation stands", "rejeté : l’évaluation tient"),
    }
}

/// A reason.
pub(crate) fn reason(reason: Reason, lang: Lang) -> &'static str {
    match reason {
        Reason::ConflictOfInterest => {
            lang.pick("the evaluator is tied to the candidate", "l’évaluateur est lié au candidat")
        }
        Reason::OutsideExpertise => {
            lang.pick("outside the evaluator's expertise", "hors du domaine de l’évaluateur")
        }
        Reason::NoTime => lang.pick("no time", "pas le temps"),
        Reason::ScopeUnclear => lang.pick("the request is not clear", "la demande n’est pas claire"),
        Reason::EvidenceInsufficient => {
            lang.pick("what was shown does not suffice", "ce qui a été montré ne suffit pas")
        }
        Reason::EvidenceOutdated => {
            lang.pick("what was shown is too old", "ce qui a été montré est trop ancien")
        }
        Reason::EvidenceNotAuthentic => {
            lang.pick("what was shown is not the candidate's", "ce qui a été montré n’est pas du candidat")
        }
        Reason::EvidenceChanged => {
            lang.pick("what was shown changed afterwards", "ce qui a été montré a changé depuis")
        }
        Reason::LevelNotReached => lang.pick("the level is not reached", "le niveau n’est pas atteint"),
        Reason::ErrorFound => lang.pick("the evaluation was wrong", "l’évaluation comportait une erreur"),
        Reason::KeyCompromised => {
            lang.pick("the key was not the evaluator's alone", "la clé n’était pas à l’évaluateur seul")
        }
        Reason::CandidateRequest => lang.pick("the candidate asked for it", "à la demande du candidat"),
        Reason::NoLongerNeeded => lang.pick("not needed any more", "plus nécessaire"),
        Reason::Procedure => lang.pick("the rules were not followed", "les règles n’ont pas été suivies"),
        Reason::Bias => lang.pick("the evaluator was not impartial", "l’évaluateur n’était pas impartial"),
        Reason::NewEvidence => {
            lang.pick("there is evidence that was not seen", "il y a des preuves qui n’ont pas été vues")
        }
        Reason::Other => lang.pick("another reason", "un autre motif"),
    }
}

/// A tie.
pub(crate) fn relation(relation: Relation, lang: Lang) -> &'static str {
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

/// A level, such as “DigComp 3.0, level 5 (Advanced)”.
pub(crate) fn level(level: &SkillLevel, lang: Lang) -> String {
    let framework = match Framework::from_target_framework(&level.framework) {
        Some((Framework::Eqf, _)) if level.framework == eqf::TARGET_FRAMEWORK => lang.pick("EQF", "CEC"),
        _ => &level.framework,
    };
    let word = lang.pick("level", "niveau");
    match &level.name {
        Some(name) => format!("{framework}, {word} {} ({name})", level.code),
        None => format!("{framework}, {word} {}", level.code),
    }
}
