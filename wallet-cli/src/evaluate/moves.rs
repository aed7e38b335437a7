//! The moves of a thread, each as the credential to sign. What the state or the mover's role does not allow is refused before anything is signed.

use badge_schemas::achievement::IdentifierType;
use badge_schemas::evaluation::{
    Answer, Appeal, ConflictOfInterest, Decision, Evaluation, Evaluator, EvidenceCommitment, Finding,
    MAX_MANDATE_DAYS, Mandate, Reason, Record as _, RecordHead, Relation, Response, SkillLevel, SoughtSkill,
    Standing, Target, Withdrawal,
};
use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::profile::IdentityObject;
use badge_schemas::timestamp::DateTimeStamp;
use badge_verifier::checks::recipient;
use badge_verifier::evaluation::digest;
use badge_verifier::evaluation::thread::{AppealState, Evaluated, State};
use jiff::SignedDuration;
use serde_json::Value;

use super::sheet::{Sheet, SoughtLine, fell};
use super::{Mover, words};

/// Whom a candidate asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The one with this DID.
    Did(String),
    /// Whoever reads this mailbox: the record holds a salted hash of the address, and the answer says it in clear.
    Email(String),
}

/// What a candidate asks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request {
    /// Whom.
    pub(crate) evaluator: Asked,
    /// For which skills, at which levels.
    pub(crate) skills: Vec<SoughtSkill>,
    /// What the candidate says of itself.
    pub(crate) claim: Option<String>,
    /// The badge to be evaluated.
    pub(crate) target: Option<Target>,
    /// The template aimed at.
    pub(crate) template: Option<Target>,
    /// What the evaluator will be shown.
    pub(crate) evidence: Vec<EvidenceCommitment>,
    /// The ties that the candidate knows of; without them nothing is asked.
    pub(crate) conflict: Option<ConflictOfInterest>,
    /// How long the request may be answered and fulfilled.
    pub(crate) valid: SignedDuration,
}

/// What an evaluator answers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reply {
    /// Yes, no, or not as a matter of conscience.
    pub(crate) answer: Answer,
    /// Why not.
    pub(crate) reason: Option<Reason>,
    /// The same in words.
    pub(crate) statement: Option<String>,
    /// The address to which the request was sent, where it was sent to one.
    pub(crate) email: Option<String>,
    /// The ties that the evaluator knows of; an acceptance says them, and a recusal over ties.
    pub(crate) conflict: Option<ConflictOfInterest>,
}

/// What an evaluator found: one [`SkillFinding`] for each skill they speak of now, and what holds for all.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Findings {
    /// Skill by skill; those left out can be evaluated later.
    pub(crate) skills: Vec<SkillFinding>,
    /// What gives the evaluator's word its weight.
    pub(crate) standing: Vec<Standing>,
    /// The evidence that was looked at.
    pub(crate) seen_evidence: Vec<EvidenceCommitment>,
    /// The ties that the evaluator knows of; no evaluation is made without them.
    pub(crate) conflict: Option<ConflictOfInterest>,
}

/// What an evaluator found of one skill.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SkillFinding {
    /// The skill, by its `targetUrl`.
    pub(crate) skill: String,
    /// What was found.
    pub(crate) finding: Finding,
    /// The level reached, where that is not the one in question.
    pub(crate) reached: Option<SkillLevel>,
    /// Why it is not wholly favourable.
    pub(crate) reason: Option<Reason>,
    /// The same in words, for everybody who receives the evaluation: it is signed into it.
    pub(crate) statement: Option<String>,
    /// A comment, for everybody who sees the endorsement.
    pub(crate) comment: Option<String>,
    /// Where the badge's issuer keeps the status of this evaluation.
    pub(crate) status: Option<Kept>,
}

/// A status that a service keeps for an evaluation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Kept {
    /// The `credentialStatus`.
    pub(crate) entry: Value,
    /// Who signs its list, by DID: the evaluator names them, so that their list counts wherever the evaluation is seen.
    pub(crate) keeper: Option<String>,
}

impl Kept {
    /// The address of the list in which it stands.
    pub(crate) fn list(&self) -> &str {
        self.entry.get("statusListCredential").and_then(Value::as_str).unwrap_or("–")
    }
}

/// What is taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TakenBack {
    /// The request, by the candidate.
    Request,
    /// The acceptance, by the evaluator.
    Acceptance,
    /// Evaluations, by their digests.
    Evaluations(Vec<String>),
}

/// Which move it is, for the words of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// [`respond`].
    Answer,
    /// [`evaluate`].
    Evaluate,
    /// [`withdraw`].
    TakeBack,
    /// [`lodge`].
    Appeal,
    /// [`resolve`].
    Decide,
}

/// A request: the first record of a thread.
///
/// # Errors
/// [`Code::SelfEvaluation`], [`Code::LevelUnknown`], [`Code::EvaluationTooLarge`] beyond the limits of a mandate, [`Code::OptionInvalid`]
/// for two skills at one address and a period beyond [`MAX_MANDATE_DAYS`]; last of all [`Code::TiesUnsaid`].
pub(crate) fn propose(request: &Request, mover: &Mover) -> Result<Value, Problem> {
    let evaluator = match &request.evaluator {
        Asked::Did(did) if did == mover.did() => return Err(is_candidate(did)),
        Asked::Did(did) => Evaluator::Did(did.clone()),
        Asked::Email(address) => Evaluator::Identity(hashed(address, mover)),
    };
    for sought in &request.skills {
        let level = &sought.target_level;
        if !level.is_ranked() {
            return Err(Problem::new(Code::LevelUnknown)
                .with("level", &level.code)
                .with("framework", &level.framework));
        }
    }
    distinct(&request.skills)?;
    let too_long = || {
        Problem::new(Code::OptionInvalid).with("option", "--valid").with_words(
            "reason",
            &format!("a request runs for {MAX_MANDATE_DAYS} days at most"),
            format!("une demande court {MAX_MANDATE_DAYS} jours au plus"),
        )
    };
    if request.valid > SignedDuration::from_hours(24 * MAX_MANDATE_DAYS) || !request.valid.is_positive() {
        return Err(too_long());
    }
    let until = mover.now.checked_add(request.valid).map_err(|_| too_long())?;
    let conflict = request.conflict.clone().ok_or_else(ties_unsaid)?;
    let mut mandate = Mandate::new(evaluator, request.skills.clone(), conflict);
    mandate.claim.clone_from(&request.claim);
    mandate.target.clone_from(&request.target);
    mandate.template.clone_from(&request.template);
    mandate.offered_evidence.clone_from(&request.evidence);
    let head = RecordHead {
        valid_until: Some(DateTimeStamp::from(until)),
        ..head(mover, 0, words::request_title(mover.lang))
    };
    mandate.to_credential(&head)
}

/// Skills are told apart by their address, in every record that follows.
fn distinct(skills: &[SoughtSkill]) -> Result<(), Problem> {
    let names = skills.iter().enumerate().find_map(|(index, one)| {
        let earlier = skills.iter().take(index).find(|two| two.skill.target_url == one.skill.target_url)?;
        Some([&earlier.skill, &one.skill])
    });
    let Some([one, two]) = names else { return Ok(()) };
    let (url, one, two) = (&one.target_url, &one.target_name, &two.target_name);
    Err(Problem::new(Code::OptionInvalid).with("option", "--skill").with_words(
        "reason",
        &format!(
            "“{one}” and “{two}” have the same address ({url}), by which skills are told apart. Name one that is given twice once; give two that differ each an address of its own, for instance with # and its code at the end"
        ),
        format!(
            "«\u{a0}{one}\u{a0}» et «\u{a0}{two}\u{a0}» ont la même adresse ({url}), qui distingue les compétences. Ne donnez qu’une fois celle qui figure deux fois\u{a0}; si elles diffèrent, donnez à chacune une adresse à elle, par exemple avec # et son code à la fin"
        ),
    ))
}

/// The evaluator's answer.
///
/// # Errors
/// [`Code::MoveNotNow`], [`Code::MandateExpired`], [`Code::SelfEvaluation`], [`Code::MoveNotYours`], [`Code::EmailNeeded`], [`Code::EmailNotAsked`], [`Code::ReasonUnfit`], [`Code::ReasonMissing`];
/// last of all [`Code::TiesUnsaid`] for an acceptance, and for a recusal over ties.
pub(crate) fn respond(sheet: &Sheet, reply: &Reply, mover: &Mover) -> Result<Value, Problem> {
    not_the_candidate(sheet, mover)?;
    if let Evaluator::Did(did) = &sheet.mandate().evaluator {
        yours(Verb::Answer, did, mover)?;
    }
    in_time(sheet, mover)?;
    if sheet.state != State::Proposed {
        return Err(not_now(Verb::Answer, sheet));
    }
    let mut response =
        Response::new(sheet.given.id.as_deref().unwrap_or_default(), &sheet.given.digest, reply.answer);
    if let Evaluator::Identity(identity) = &sheet.mandate().evaluator {
        let email = reply.email.as_deref().ok_or_else(|| Problem::new(Code::EmailNeeded))?;
        if recipient::matches(identity, email).is_none() {
            return Err(Problem::new(Code::EmailNotAsked).with("email", email));
        }
        response.evaluator_email.clone_from(&reply.email);
    }
    match (reply.answer, reply.reason) {
        (Answer::Accepted, Some(reason)) => {
            return Err(unfit(reason, &[], "an acceptance needs none", "une acceptation n’en demande pas"));
        }
        (Answer::Accepted, None) => {}
        (Answer::Declined, reason) => explained(reason, &Reason::OF_REFUSAL, reply.statement.as_deref())?,
        (Answer::Recused, reason) => explained(reason, &Reason::OF_RECUSAL, reply.statement.as_deref())?,
    }
    let ties_asked = reply.answer == Answer::Accepted || is_over_ties(reply.answer, reply.reason);
    if ties_asked && reply.conflict.is_none() {
        return Err(ties_unsaid());
    }
    response.reason = reply.reason;
    response.statement.clone_from(&reply.statement);
    response.conflict_of_interest.clone_from(&reply.conflict);
    response.to_credential(&head(mover, 0, words::answer_title(mover.lang)))
}

/// Whether an answer is a recusal over what ties the two: then it says which tie that is.
pub(crate) fn is_over_ties(answer: Answer, reason: Option<Reason>) -> bool {
    answer == Answer::Recused && reason == Some(Reason::ConflictOfInterest)
}

/// The evaluator's findings: one endorsement for each skill, each following the one before.
///
/// # Errors
/// [`Code::MoveNotNow`], [`Code::MandateExpired`], [`Code::SelfEvaluation`], [`Code::MoveNotYours`], [`Code::MandateScopeExceeded`] for a skill
/// that was not asked for, [`Code::EvaluatedAlready`], [`Code::FindingsUnfit`], [`Code::ReasonUnfit`], [`Code::ReasonMissing`]; last of all [`Code::TiesUnsaid`].
pub(crate) fn evaluate(sheet: &Sheet, findings: &Findings, mover: &Mover) -> Result<Vec<Value>, Problem> {
    may_evaluate(sheet, mover)?;
    let mut previous = sheet.last().to_owned();
    let mut endorsements: Vec<Value> = Vec::with_capacity(findings.skills.len());
    for (index, found) in findings.skills.iter().enumerate() {
        let again = findings.skills.iter().take(index).any(|earlier| earlier.skill == found.skill);
        let evaluation = evaluation(sheet, found, findings, again)?;
        let evaluation = Evaluation { previous: Some(previous), ..evaluation };
        let about = sheet.mandate().target.as_ref().map_or(&sheet.given.candidate, |target| &target.id);
        let title = words::evaluation_title(&evaluation.evaluated_skill.target_name, mover.lang);
        let mut endorsement =
            evaluation.to_endorsement(&head(mover, index, title), about, found.comment.as_deref())?;
        if let (Some(status), Some(members)) = (&found.status, endorsement.as_object_mut()) {
            members.insert("credentialStatus".to_owned(), status.entry.clone());
        }
        previous = digest::of_record(&endorsement)?;
        endorsements.push(endorsement);
    }
    if endorsements.is_empty() {
        return Err(Problem::new(Code::OptionInvalid).with("option", "--answers").with_words(
            "reason",
            "it says nothing of any skill",
            "il ne dit rien d’aucune compétence",
        ));
    }
    if findings.conflict.is_none() {
        return Err(ties_unsaid());
    }
    Ok(endorsements)
}

/// Whether this mover may evaluate now; asked before a person is led through every question.
///
/// # Errors
/// As [`evaluate`].
pub(crate) fn may_evaluate(sheet: &Sheet, mover: &Mover) -> Result<(), Problem> {
    not_the_candidate(sheet, mover)?;
    if let Some(did) = sheet.evaluator_did() {
        yours(Verb::Evaluate, did, mover)?;
    }
    in_time(sheet, mover)?;
    let withdrawn = sheet.state == State::Withdrawn && !sheet.evaluations().is_empty();
    if !matches!(sheet.state, State::Accepted | State::Submitted) && !withdrawn {
        return Err(not_now(Verb::Evaluate, sheet));
    }
    if sheet.left().is_empty() {
        return Err(evaluated_already(sheet.skills.iter()));
    }
    Ok(())
}

/// That these skills were evaluated, and the evaluations hold.
pub(crate) fn evaluated_already<'s>(skills: impl Iterator<Item = &'s SoughtLine>) -> Problem {
    let names: Vec<_> = skills.map(|line| line.skill.target_name.as_str()).collect();
    Problem::new(Code::EvaluatedAlready).with_words("skills", &names.join("; "), names.join("\u{a0}; "))
}

fn evaluation(
    sheet: &Sheet,
    found: &SkillFinding,
    findings: &Findings,
    again: bool,
) -> Result<Evaluation, Problem> {
    let sought = sheet.skills.iter().find(|sought| sought.skill.target_url == found.skill);
    let sought = sought.ok_or_else(|| {
        Problem::new(Code::MandateScopeExceeded)
            .with_words(
                "reason",
                "it evaluates a skill that was not asked for",
                "elle évalue une compétence non demandée",
            )
            .with("value", &found.skill)
    })?;
    let name = &sought.skill.target_name;
    if sought.evaluated.is_some() {
        return Err(evaluated_already([sought].into_iter()));
    }
    if again {
        return Err(unfit_findings(name, "it is evaluated twice", "elle est évaluée deux fois"));
    }
    levels_fit(found, sought)?;
    match (found.finding, found.reason) {
        (Finding::Met, Some(reason)) => {
            return Err(unfit(reason, &[], "what is met needs none", "ce qui est acquis n’en demande pas"));
        }
        (Finding::Met, None) => {}
        (_, reason) => explained(reason, &Reason::OF_FINDING, found.statement.as_deref())?,
    }
    let mandate = sheet.mandate();
    let evaluation =
        Evaluation::new(&sheet.given.candidate, sought.skill.clone(), sought.target.clone(), found.finding);
    Ok(Evaluation {
        mandate: sheet.given.id.clone(),
        mandate_digest: Some(sheet.given.digest.clone()),
        target_digest: mandate.target.as_ref().map(|target| target.digest_multibase.clone()),
        template_digest: mandate.template.as_ref().map(|template| template.digest_multibase.clone()),
        // "Met" at the very level in question needs no second one.
        reached_level: found.reached.clone().filter(|_| found.finding != Finding::Met),
        reason: found.reason,
        status_keeper: found.status.as_ref().and_then(|status| status.keeper.clone()),
        statement: found.statement.clone(),
        standing: findings.standing.clone(),
        seen_evidence: findings.seen_evidence.clone(),
        conflict_of_interest: findings.conflict.clone(),
        ..evaluation
    })
}

/// Whether the level reached fits what was found, and is within what was asked.
fn levels_fit(found: &SkillFinding, sought: &SoughtLine) -> Result<(), Problem> {
    let Some(reached) = &found.reached else { return Ok(()) };
    let unfit = |en: &str, fr: &'static str| Err(unfit_findings(&sought.skill.target_name, en, fr));
    match (found.finding, reached.reaches(&sought.target)) {
        (Finding::Abstained, _) => {
            unfit("who abstains finds no level", "qui s’abstient ne constate aucun niveau")
        }
        (_, None) => {
            unfit("the level reached is on another scale", "le niveau atteint est d’une autre échelle")
        }
        (_, Some(true)) if sought.target.reaches(reached) != Some(true) => unfit(
            "the level reached is above the one asked for",
            "le niveau atteint est supérieur à celui demandé",
        ),
        (Finding::Met, Some(true)) | (Finding::PartiallyMet | Finding::NotMet, Some(false)) => Ok(()),
        (Finding::Met, Some(false)) => unfit(
            "it is met, and the level reached is lower",
            "elle est acquise, et le niveau atteint est inférieur",
        ),
        (Finding::PartiallyMet | Finding::NotMet, Some(true)) => unfit(
            "the level in question is reached, and it is not met",
            "le niveau visé est atteint, et elle n’est pas acquise",
        ),
    }
}

/// A request, an acceptance or evaluations taken back: one record for each, each following the one before.
///
/// # Errors
/// [`Code::MoveNotNow`], [`Code::MoveNotYours`], [`Code::ReasonUnfit`], [`Code::ReasonMissing`].
pub(crate) fn withdraw(
    sheet: &Sheet,
    what: &TakenBack,
    reason: Reason,
    statement: Option<&str>,
    mover: &Mover,
) -> Result<Vec<Value>, Problem> {
    explained(Some(reason), &Reason::OF_WITHDRAWAL, statement)?;
    let open = matches!(sheet.state, State::Proposed | State::Accepted);
    let evaluator = sheet.evaluator_did().unwrap_or("–");
    let digests = match what {
        TakenBack::Request => {
            yours(Verb::TakeBack, &sheet.given.candidate, mover)?;
            if !open {
                return Err(not_now(Verb::TakeBack, sheet));
            }
            vec![sheet.given.digest.clone()]
        }
        TakenBack::Acceptance => {
            yours(Verb::TakeBack, evaluator, mover)?;
            let answer = sheet.lines.iter().find(|line| {
                line.problem.is_none() && matches!(line.said, super::sheet::Said::Answered { .. })
            });
            let digest = answer.and_then(|line| line.digest.clone());
            match digest.filter(|_| sheet.state == State::Accepted) {
                Some(digest) => vec![digest],
                None => return Err(not_now(Verb::TakeBack, sheet)),
            }
        }
        TakenBack::Evaluations(digests) => {
            yours(Verb::TakeBack, evaluator, mover)?;
            for digest in digests {
                let known = sheet.evaluations().iter().find(|one| one.digest == *digest);
                if known.is_none_or(|one| one.withdrawn.is_some()) {
                    return Err(not_now(Verb::TakeBack, sheet));
                }
            }
            digests.clone()
        }
    };
    if digests.is_empty() {
        return Err(not_now(Verb::TakeBack, sheet));
    }
    let mut previous = sheet.last().to_owned();
    let mut records = Vec::with_capacity(digests.len());
    for (index, digest) in digests.into_iter().enumerate() {
        let mut withdrawal = Withdrawal::new(previous, digest, reason);
        withdrawal.statement = statement.map(str::to_owned);
        let record = withdrawal.to_credential(&head(mover, index, words::withdrawal_title(mover.lang)))?;
        previous = digest::of_record(&record)?;
        records.push(record);
    }
    Ok(records)
}

/// The candidate's appeal against the evaluation with this digest, to the one with the DID `addressee`.
///
/// # Errors
/// [`Code::AppealPending`], [`Code::MoveNotNow`], [`Code::MoveNotYours`], [`Code::ReasonUnfit`], [`Code::ReasonMissing`]; [`Code::AppealToParty`] where candidate or evaluator would decide.
pub(crate) fn lodge(
    sheet: &Sheet,
    appealed: &str,
    addressee: &str,
    reason: Reason,
    statement: Option<&str>,
    mover: &Mover,
) -> Result<Value, Problem> {
    yours(Verb::Appeal, &sheet.given.candidate, mover)?;
    explained(Some(reason), &Reason::OF_APPEAL, statement)?;
    let one = appealable(sheet, appealed, Verb::Appeal)?;
    if let Some(AppealState::Lodged { addressee, .. }) = &one.appeal {
        let skill = &one.evaluation.evaluated_skill.target_name;
        return Err(Problem::new(Code::AppealPending).with("skill", skill).with("addressee", addressee));
    }
    if one.appeal.is_some() || fell(one) {
        return Err(not_now(Verb::Appeal, sheet));
    }
    let party = |en: &str, fr: &'static str| {
        Err(Problem::new(Code::AppealToParty).with("addressee", addressee).with_words("role", en, fr))
    };
    if addressee == sheet.given.candidate {
        return party("candidate", "le candidat");
    }
    if sheet.evaluator_did() == Some(addressee) {
        return party("evaluator", "l’évaluateur");
    }
    let mut appeal = Appeal::lodged(sheet.last(), appealed, addressee, reason);
    appeal.statement = statement.map(str::to_owned);
    appeal.to_credential(&head(mover, 0, words::appeal_title(mover.lang)))
}

/// The addressee's decision on the appeal against the evaluation with this digest.
///
/// # Errors
/// [`Code::MoveNotNow`], [`Code::MoveNotYours`].
pub(crate) fn resolve(
    sheet: &Sheet,
    appealed: &str,
    decision: Decision,
    statement: Option<&str>,
    mover: &Mover,
) -> Result<Value, Problem> {
    let one = appealable(sheet, appealed, Verb::Decide)?;
    let Some(AppealState::Lodged { addressee, .. }) = &one.appeal else {
        return Err(not_now(Verb::Decide, sheet));
    };
    yours(Verb::Decide, addressee, mover)?;
    let mut appeal = Appeal::resolved(sheet.last(), appealed, decision);
    appeal.statement = statement.map(str::to_owned);
    appeal.to_credential(&head(mover, 0, words::decision_title(mover.lang)))
}

fn appealable<'s>(sheet: &'s Sheet, digest: &str, verb: Verb) -> Result<&'s Evaluated, Problem> {
    sheet.evaluations().iter().find(|one| one.digest == digest).ok_or_else(|| not_now(verb, sheet))
}

fn head(mover: &Mover, index: usize, name: impl Into<String>) -> RecordHead {
    RecordHead {
        id: mover.seed.id(index),
        name: name.into(),
        issuer: mover.issuer.clone(),
        valid_from: DateTimeStamp::from(mover.now),
        valid_until: None,
    }
}

/// A salted hash of an address ([IdentityObject](https://www.imsglobal.org/spec/ob/v3p0/#identityobject)); in lower case, as it will be compared.
fn hashed(address: &str, mover: &Mover) -> IdentityObject {
    let salt = mover.seed.salt();
    let hash = recipient::hash(&address.trim().to_lowercase(), &salt);
    IdentityObject {
        kind: "IdentityObject".to_owned(),
        hashed: true,
        identity_hash: format!("sha256${hash}"),
        identity_type: IdentifierType::EmailAddress,
        salt: Some(salt),
    }
}

fn not_the_candidate(sheet: &Sheet, mover: &Mover) -> Result<(), Problem> {
    if mover.did() == sheet.given.candidate { Err(is_candidate(mover.did())) } else { Ok(()) }
}

fn is_candidate(did: &str) -> Problem {
    Problem::new(Code::SelfEvaluation).with("own", did)
}

fn yours(verb: Verb, entitled: &str, mover: &Mover) -> Result<(), Problem> {
    if mover.did() == entitled { Ok(()) } else { Err(not_yours(verb, entitled, mover.did())) }
}

fn not_yours(verb: Verb, entitled: &str, own: &str) -> Problem {
    let [en, fr] = words::verb(verb);
    Problem::new(Code::MoveNotYours).with("entitled", entitled).with_words("move", en, fr).with("own", own)
}

fn not_now(verb: Verb, sheet: &Sheet) -> Problem {
    let [en, fr] = match (verb, sheet.state) {
        (Verb::Evaluate, State::Proposed) => words::evaluate_unaccepted(),
        _ => words::verb(verb),
    };
    let state = |lang| badge_verifier::words::evaluation::state(sheet.state, lang);
    Problem::new(Code::MoveNotNow)
        .with_words("state", state(Lang::En), state(Lang::Fr))
        .with_words("move", en, fr)
}

fn in_time(sheet: &Sheet, mover: &Mover) -> Result<(), Problem> {
    if !sheet.is_over() {
        return Ok(());
    }
    let until = sheet.given.until.map_or_else(|| "–".to_owned(), |until| until.to_string());
    let made = DateTimeStamp::from(mover.now);
    Err(Problem::new(Code::MandateExpired).with("validUntil", until).with("made", made))
}

/// That somebody has to say what ties them before they sign; which words there are for it.
pub(crate) fn ties_unsaid() -> Problem {
    let known: Vec<_> =
        Relation::ALL.into_iter().filter(|tie| *tie != Relation::None).map(Relation::as_str).collect();
    Problem::new(Code::TiesUnsaid).with("known", known.join(", "))
}

fn unfit_findings(skill: &str, en: &str, fr: &'static str) -> Problem {
    Problem::new(Code::FindingsUnfit).with("skill", skill).with_words("reason", en, fr)
}

/// Whether a reason is given, is one for this occasion, and says something: "other" needs words.
fn explained(
    reason: Option<Reason>,
    known: &'static [Reason],
    statement: Option<&str>,
) -> Result<(), Problem> {
    let said = statement.is_some_and(|statement| !statement.trim().is_empty());
    match reason {
        None => Err(Problem::new(Code::ReasonMissing).with("known", listed(known))),
        Some(reason) if !known.contains(&reason) => {
            Err(unfit(reason, known, "it is for another occasion", "il vaut pour une autre occasion"))
        }
        Some(Reason::Other) if !said => Err(Problem::new(Code::ReasonUnsaid)),
        Some(_) => Ok(()),
    }
}

fn unfit(reason: Reason, known: &[Reason], en: &str, fr: &'static str) -> Problem {
    let problem = Problem::new(Code::ReasonUnfit).with("value", reason.as_str()).with_words("reason", en, fr);
    problem.with("known", if known.is_empty() { "–".to_owned() } else { listed(known) })
}

fn listed(reasons: &[Reason]) -> String {
    reasons.iter().map(|reason| reason.as_str()).collect::<Vec<_>>().join(", ")
}
