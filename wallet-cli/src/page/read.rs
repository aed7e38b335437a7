//! From what was typed to what will be signed; what does not do is said at its field.

use badge_schemas::evaluation::{
    Answer, ConflictOfInterest, Evaluator, Finding, MAX_STANDING, MAX_TEXT_CHARS, Reason, Relation, Standing,
};
use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::uri::is_uri;

use super::desk::Desk;
use super::draft::{Draft, Step};
use crate::evaluate::Organisation;
use crate::evaluate::moves::{Findings, Reply, SkillFinding};

/// The choice to leave a skill for another day.
pub(super) const LATER: &str = "later";

/// What does not do, and at which field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The field.
    pub(super) field: &'static str,
    words: [String; 2],
}

impl Fault {
    fn new(field: &'static str, en: &str, fr: &str) -> Self {
        Self { field, words: [en.to_owned(), fr.to_owned()] }
    }

    fn of(field: &'static str, problem: &Problem) -> Self {
        Self { field, words: [problem.sentence(Lang::En), problem.sentence(Lang::Fr)] }
    }

    /// The words for it.
    pub(super) fn words(&self, lang: Lang) -> &str {
        let [en, fr] = &self.words;
        lang.pick(en, fr)
    }
}

/// The answer that was typed.
pub(super) fn reply(draft: &Draft, desk: &Desk, lang: Lang) -> Result<Reply, Vec<Fault>> {
    let step = Step::Answer;
    let mut faults = Vec::new();
    let answer = [Answer::Accepted, Answer::Declined, Answer::Recused]
        .into_iter()
        .find(|answer| answer.as_str() == draft.one(step, "answer"));
    let by_email = matches!(desk.sheet.mandate().evaluator, Evaluator::Identity(_));
    let email = draft.text(step, "email").filter(|_| by_email);
    if answer.is_none() {
        faults.push(Fault::new("answer", "Say whether you will evaluate.", "Dites si vous allez évaluer."));
    }
    if by_email && email.is_none() {
        faults.push(Fault::new(
            "email",
            "Type the address at which you received the request.",
            "Indiquez l’adresse à laquelle vous avez reçu la demande.",
        ));
    }
    words(draft, step, "name", &mut faults);
    words(draft, step, "organisation-name", &mut faults);
    faults.extend(organisation(draft).err());
    let over_ties =
        answer == Some(Answer::Recused) && draft.one(step, "reason") == Reason::ConflictOfInterest.as_str();
    let conflict = ties(draft, step, answer == Some(Answer::Accepted) || over_ties, &mut faults);
    let (reason, statement) = match answer {
        Some(Answer::Accepted) | None => (None, None),
        Some(Answer::Declined) => explanation(draft, step, &Reason::OF_REFUSAL, &mut faults),
        Some(Answer::Recused) => {
            if draft.one(step, "reason").is_empty() || recusal(draft.one(step, "reason")) {
                explanation(draft, step, &Reason::OF_RECUSAL, &mut faults)
            } else {
                faults.push(Fault::new(
                    "reason",
                    "Who recuses themselves is tied to the candidate, or says another reason in words. For this reason, decline.",
                    "Qui se récuse est lié au candidat, ou dit un autre motif dans ses mots. Pour ce motif, déclinez.",
                ));
                (None, words(draft, step, "statement", &mut faults))
            }
        }
    };
    let Some(answer) = answer.filter(|_| faults.is_empty()) else { return Err(faults) };
    let reply = Reply { answer, reason, statement, email, conflict };
    match desk.answer_objection(&reply, lang) {
        None => Ok(reply),
        Some(problem) => {
            let field = if matches!(problem.code, Code::EmailNeeded | Code::EmailNotAsked) {
                "email"
            } else {
                "answer"
            };
            Err(vec![Fault::of(field, &problem)])
        }
    }
}

/// The body that the evaluator says they speak for.
pub(super) fn organisation(draft: &Draft) -> Result<Option<Organisation>, Fault> {
    let text = |field| draft.text(Step::Answer, field);
    match (text("organisation"), text("organisation-name")) {
        (Some(id), name) if is_uri(&id) => Ok(Some(Organisation { id, name })),
        (Some(_), _) => Err(Fault::new(
            "organisation",
            "This is no address and no DID: write one like https://lycee.example or did:web:lycee.example.",
            "Ce n’est ni une adresse ni un DID\u{a0}: écrivez par exemple https://lycee.example ou did:web:lycee.example.",
        )),
        (None, Some(_)) => Err(Fault::new(
            "organisation",
            "An organisation is told from others by its address or DID: write it, or leave its name out too.",
            "Un organisme se distingue par son adresse ou son DID\u{a0}: écrivez-le, ou retirez aussi son nom.",
        )),
        (None, None) => Ok(None),
    }
}

/// Whether a reason is one for which an evaluator may not take a request.
fn recusal(reason: &str) -> bool {
    Reason::OF_RECUSAL.iter().any(|known| known.as_str() == reason)
}

/// What was typed of one skill; `None` where it is left for another day.
pub(super) fn finding(
    draft: &Draft,
    desk: &Desk,
    index: usize,
    lang: Lang,
) -> Result<Option<SkillFinding>, Vec<Fault>> {
    let step = Step::Skill(index);
    let Some(sought) = desk.sheet.skills.get(index) else { return Ok(None) };
    let chosen = draft.one(step, "finding");
    if chosen == LATER {
        return Ok(None);
    }
    let mut faults = Vec::new();
    let found = Finding::ALL.into_iter().find(|finding| finding.as_str() == chosen);
    if found.is_none() {
        faults.push(Fault::new(
            "finding",
            "Say what you found, or leave this skill for another day.",
            "Dites ce que vous constatez, ou laissez cette compétence pour un autre jour.",
        ));
    }
    let (reason, statement) = match found {
        Some(Finding::Met) | None => (None, None),
        Some(_) => explanation(draft, step, &Reason::OF_FINDING, &mut faults),
    };
    let rungs = desk.sheet.rungs(sought, lang);
    let reached = draft.one(step, "reached").parse().ok().and_then(|rung: usize| rungs.get(rung));
    // Where the skill is met, its level is the one in question; who abstains finds none.
    let reached = reached.filter(|_| matches!(found, Some(Finding::PartiallyMet | Finding::NotMet)));
    let comment = words(draft, step, "comment", &mut faults);
    let Some(found) = found.filter(|_| faults.is_empty()) else { return Err(faults) };
    let finding = SkillFinding {
        skill: sought.skill.target_url.clone(),
        finding: found,
        reached: reached.map(|rung| rung.level.clone()),
        reason,
        statement,
        comment,
        status: None,
    };
    let alone = Findings { skills: vec![finding.clone()], ..Findings::default() };
    match desk.objection(&alone, lang) {
        None => Ok(Some(finding)),
        // What ties them holds for all skills, and has a step of its own.
        Some(problem) if problem.code == Code::TiesUnsaid => Ok(Some(finding)),
        Some(problem) => {
            let field =
                if problem.code == Code::FindingsUnfit && reached.is_some() { "reached" } else { "finding" };
            Err(vec![Fault::of(field, &problem)])
        }
    }
}

/// What was typed of the evaluator's standing; and the ties that were declared with the answer, with what is new since.
pub(super) fn standing(
    draft: &Draft,
    desk: &Desk,
) -> Result<(Vec<Standing>, Option<ConflictOfInterest>), Vec<Fault>> {
    let step = Step::Standing;
    let mut faults = Vec::new();
    let badges = desk.badges.iter().enumerate();
    let chosen = badges.filter(|(index, _)| draft.ticked(step, "badge", &index.to_string()));
    let mut standing: Vec<Standing> = chosen.map(|(_, badge)| badge.standing.clone()).collect();
    if let Some(stated) = words(draft, step, "standing", &mut faults) {
        standing.push(Standing::stated(Some(stated)));
    }
    if standing.len() > MAX_STANDING {
        faults.push(Fault::new(
            "badge",
            &format!("At most {MAX_STANDING} can be named, your own words among them."),
            &format!("Il peut y en avoir {MAX_STANDING} au plus, vos propres mots compris."),
        ));
    }
    let before = desk.sheet.ties_of_evaluator();
    let new = ties(draft, step, before.is_none(), &mut faults);
    let conflict = match (before, new) {
        (Some(before), Some(new)) => Some(both(before, new, &mut faults)),
        (before, new) => before.or(new),
    };
    if faults.is_empty() { Ok((standing, conflict)) } else { Err(faults) }
}

/// Everything that will be said of the skills; where something does not do, the first step at which it is.
pub(super) fn findings(draft: &Draft, desk: &Desk, lang: Lang) -> Result<Findings, Step> {
    let mut findings = Findings::default();
    for (index, sought) in desk.sheet.skills.iter().enumerate() {
        if sought.evaluated.is_none() {
            findings.skills.extend(finding(draft, desk, index, lang).map_err(|_| Step::Skill(index))?);
        }
    }
    (findings.standing, findings.conflict) = standing(draft, desk).map_err(|_| Step::Standing)?;
    let evidence = desk.evidence.iter().enumerate();
    let seen = evidence
        .filter(|(index, shown)| shown.is_here() && draft.ticked(Step::Evidence, "seen", &index.to_string()));
    findings.seen_evidence = seen.map(|(_, shown)| shown.committed.clone()).collect();
    Ok(findings)
}

/// The ties that were ticked; where they are asked for, "none" has to be said.
fn ties(draft: &Draft, step: Step, asked: bool, faults: &mut Vec<Fault>) -> Option<ConflictOfInterest> {
    let named: Vec<Relation> =
        Relation::ALL.into_iter().filter(|relation| draft.ticked(step, "tie", relation.as_str())).collect();
    let said = words(draft, step, "tie-words", faults);
    let none = named.contains(&Relation::None);
    if none && named.len() > 1 {
        faults.push(Fault::new(
            "tie",
            "There is either no tie or one of the others.",
            "Il n’y a aucun lien, ou il y en a un autre\u{a0}: pas les deux.",
        ));
    }
    if named.contains(&Relation::Other) && said.is_none() {
        faults.push(Fault::new(
            "tie-words",
            "Say which other tie there is.",
            "Dites quel autre lien il y a.",
        ));
    }
    if named.is_empty() && asked {
        faults.push(Fault::new(
            "tie",
            "Say which ties there are, or that there are none.",
            "Dites quels liens il y a, ou qu’il n’y en a aucun.",
        ));
    }
    if named.is_empty() && said.is_some() && !asked {
        faults.push(Fault::new("tie", "Say which kind of tie it is.", "Dites de quel lien il s’agit."));
    }
    (!named.is_empty()).then(|| ConflictOfInterest::declared(named, said))
}

/// The ties of two declarations of the same person: "none" of the one holds only where the other says it too.
fn both(before: ConflictOfInterest, new: ConflictOfInterest, faults: &mut Vec<Fault>) -> ConflictOfInterest {
    let named = [before.relation, new.relation].concat();
    let mut relation: Vec<Relation> =
        Relation::ALL.into_iter().filter(|tie| *tie != Relation::None && named.contains(tie)).collect();
    if relation.is_empty() {
        relation.push(Relation::None);
    }
    let said: Vec<String> = [before.statement, new.statement].into_iter().flatten().collect();
    let statement = (!said.is_empty()).then(|| said.join("\n"));
    if statement.as_ref().is_some_and(|words| words.chars().count() > MAX_TEXT_CHARS) {
        faults.push(Fault::new(
            "tie-words",
            "Together with what you said when you accepted, this is too long.",
            "Avec ce que vous avez dit en acceptant, c’est trop long.",
        ));
    }
    ConflictOfInterest::declared(relation, statement)
}

/// A reason of those that fit, and words; "other" needs words.
fn explanation(
    draft: &Draft,
    step: Step,
    known: &[Reason],
    faults: &mut Vec<Fault>,
) -> (Option<Reason>, Option<String>) {
    let reason = known.iter().copied().find(|reason| reason.as_str() == draft.one(step, "reason"));
    let statement = words(draft, step, "statement", faults);
    match reason {
        None => faults.push(Fault::new("reason", "Choose a reason.", "Choisissez un motif.")),
        Some(Reason::Other) if statement.is_none() => {
            faults.push(Fault::new(
                "statement",
                "Say which other reason it is.",
                "Dites quel est cet autre motif.",
            ));
        }
        Some(_) => {}
    }
    (reason, statement)
}

/// A text that is not too long.
fn words(draft: &Draft, step: Step, field: &'static str, faults: &mut Vec<Fault>) -> Option<String> {
    let text = draft.text(step, field)?;
    let length = text.chars().count();
    if length > MAX_TEXT_CHARS {
        faults.push(Fault::new(
            field,
            &format!("This text has {length} characters; {MAX_TEXT_CHARS} are the most."),
            &format!("Ce texte a {length} caractères\u{a0}; {MAX_TEXT_CHARS} au plus."),
        ));
    }
    Some(text)
}
