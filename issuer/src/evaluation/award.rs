//! A badge from a panel's result: evaluations in, what stands in the badge out.

use std::collections::BTreeSet;

use badge_schemas::credential::has_type;
use badge_schemas::document::MAX_BYTES;
use badge_schemas::evaluation::{Evaluation, Finding, MAX_SEALED, SealedEvaluation, THREAD_TYPE};
use badge_schemas::problem::{Code, Problem};
use badge_verifier::did::same_person;
use badge_verifier::evaluation::assessment::SkillAssessment;
use badge_verifier::evaluation::digest;
use badge_verifier::evaluation::gathered::{Gathered, gather};
use badge_verifier::evaluation::thread::{self, State};
use badge_verifier::policy::PanelPolicy;
use badge_verifier::report::{NotRun, Outcome};
use badge_verifier::{Snapshot, TrustPolicy};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::judging::found_wrong;
use super::panel::{Panel, Review};
use super::quorum::{Voice, Vouched};
use super::{Asker, MOST_FOLDED};
use crate::credential::{Decided, Plan, build};
use crate::draft::{Draft, RecipientRecord};
use crate::issuer::Issuer;
use crate::refusal::Refusal;
use crate::store::Award;
use crate::template::Template;

/// What the evaluations of an award came to, as its intent records it: what a retry builds the badge from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PanelResult {
    /// Endorsements with a proof, for the badge.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endorsements: Vec<Value>,
    /// Endorsements that are JWTs, for the badge.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tokens: Vec<String>,
    /// What the badge says of evaluators it does not name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sealed: Vec<Value>,
    /// Who evaluated, by DID: those whose evaluations stand in the badge, named or not.
    pub evaluators: Vec<String>,
    /// What the one who evaluated says of itself, where it is one and named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Value>,
    /// Whether the badge is written in French.
    #[serde(default)]
    pub french: bool,
    /// Whether the template asked for a panel: only then does the badge say that one assessed.
    #[serde(default)]
    pub panel: bool,
    /// The evaluations that made the panel.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub voices: Vec<Voice>,
    /// What the panel vouched for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vouched: Vec<Vouched>,
}

impl PanelResult {
    /// Whether a badge can hold them.
    fn fits(&self) -> Result<(), Problem> {
        let size = json!([self.endorsements, self.tokens]).to_string().len();
        if size <= MOST_FOLDED {
            return Ok(());
        }
        Err(Problem::new(Code::InputTooLarge)
            .at("/evaluations")
            .with("size", size)
            .with("limit", MOST_FOLDED))
    }

    /// Seals an evaluation. Seals are counted, and name nobody whom a reader could see to speak twice: one evaluator has one for a skill, the highest.
    fn seal(&mut self, voice: Voice, seal: Value) {
        let known = self.voices.iter_mut().zip(&mut self.sealed).find(|(known, _)| known.is_of(&voice));
        match known {
            Some((known, _)) if known.level.reaches(&voice.level) == Some(true) => {}
            Some(known) => (*known.0, *known.1) = (voice, seal),
            None => {
                self.voices.push(voice);
                self.sealed.push(seal);
            }
        }
    }

    /// [`source`](https://www.imsglobal.org/spec/ob/v3p0/#achievementsubject) of the subject: who assessed on behalf of the issuer. One evaluator
    /// by their own profile; several, or some who are not named, as a panel.
    pub(crate) fn source(&self, credential_id: &str) -> Value {
        if let Some(profile) = &self.profile {
            return profile.clone();
        }
        let count = self.evaluators.len();
        let name = match (self.french, count) {
            (true, 1) => "Jury d’un évaluateur".to_owned(),
            (true, _) => format!("Jury de {count} évaluateurs"),
            (false, 1) => "Panel of one evaluator".to_owned(),
            (false, _) => format!("Panel of {count} evaluators"),
        };
        json!({"id": format!("{credential_id}#panel"), "type": ["Profile"], "name": name})
    }
}

/// What evaluations weigh for a badge.
pub(crate) struct Weighed {
    /// What stands in the badge.
    pub(crate) result: PanelResult,
    /// Why others do not.
    pub(crate) unused: Vec<Problem>,
}

/// One endorsement as it was received, and where.
struct Item {
    value: Value,
    pointer: String,
}

impl Issuer {
    /// Weighs the evaluations of an award for the badge as it will be, all but what they add to it.
    ///
    /// # Errors
    /// The code of each evaluation that is not sound; [`Code::PanelQuorumNotMet`] with the reasons why others are not counted;
    /// [`Code::EndorsementReciprocal`]; [`Code::EvaluationEntryForeign`] for one that would be sealed and could not be taken back.
    pub(crate) fn weigh(
        &self,
        badge: &Value,
        draft: &Draft,
        template: &Template,
        now: Timestamp,
    ) -> Result<Weighed, Refusal> {
        let snapshot = self.evaluation_snapshot(now)?;
        self.weigh_with(badge, draft, template, now, snapshot)
    }

    /// The same with what is at hand already.
    pub(super) fn weigh_with(
        &self,
        badge: &Value,
        draft: &Draft,
        template: &Template,
        now: Timestamp,
        snapshot: Snapshot,
    ) -> Result<Weighed, Refusal> {
        let RecipientRecord::Id(candidate) = &draft.recipient else {
            return Err(Problem::new(Code::RecipientInvalid)
                .at("/recipient")
                .with_words(
                    "reason",
                    "evaluations are about a DID, and the recipient has none",
                    "les évaluations portent sur un DID, et le destinataire n’en a pas",
                )
                .into());
        };
        let items = self.unfold(&draft.evaluations, "/evaluations", now)?;
        let panel = template.panel.as_ref().map(Panel::policy);
        let gathered = self.gathered(badge, &items, panel, now, snapshot)?;
        let mut errors = Vec::new();
        for (item, sound) in items.iter().zip(&gathered.sound) {
            match sound {
                Ok(Some(_)) => {}
                Ok(None) => errors.push(not_an_evaluation(&item.pointer)),
                Err(problem) => errors.push(problem.clone().at(&item.pointer)),
            }
        }
        if !errors.is_empty() {
            return Err(Refusal::Request(errors));
        }
        let weighed = gathered.assessment.as_ref().map(|found| found.evaluations.as_slice());
        let reasons = weighed.unwrap_or_default().iter().zip(&items);
        let reasons: Vec<Option<Problem>> =
            reasons.map(|(one, item)| one.problem.clone().map(|problem| problem.at(&item.pointer))).collect();
        if let Some(problem) = short(&gathered, template) {
            let reasons = reasons.into_iter().flatten();
            return Err(Refusal::Request(std::iter::once(problem).chain(reasons).collect()));
        }
        let blind = template.panel.as_ref().is_some_and(|panel| panel.review == Review::Blind);
        let language = template.achievement.get("inLanguage").and_then(Value::as_str).unwrap_or_default();
        let mut result = PanelResult {
            french: language.starts_with("fr"),
            panel: template.panel.is_some(),
            ..PanelResult::default()
        };
        let (mut profiles, mut foreign) = (Vec::new(), Vec::new());
        let counted =
            |index: usize| template.panel.is_none() || reasons.get(index).is_some_and(Option::is_none);
        for (index, (item, report)) in items.iter().zip(&gathered.endorsements).enumerate() {
            let Some(Ok(Some(evaluation))) = gathered.sound.get(index) else { continue };
            // What was found otherwise is kept with the request, and the badge says what was met.
            if evaluation.finding != Finding::Met || !counted(index) {
                continue;
            }
            let document = report.document().cloned().unwrap_or_default();
            let evaluator = report.summary().issuer.clone().unwrap_or_default();
            let kept =
                self.kept(&document, &evaluator, evaluation, |status, seat| self.is_entry(status, seat))?;
            let voice = Voice {
                record_digest: digest::of_record(&document)?,
                evaluator: evaluator.clone(),
                skill: evaluation.evaluated_skill.target_url.clone(),
                level: evaluation.level().unwrap_or(&evaluation.target_level).clone(),
                seat: kept.as_ref().ok().map(|seat| seat.seat),
            };
            if !result.evaluators.iter().any(|known| same_person(known, &evaluator)) {
                result.evaluators.push(evaluator);
                profiles.push(profile(&document));
            }
            if blind {
                if let Err(problem) = kept {
                    foreign.push(problem.at(&item.pointer));
                    continue;
                }
                let seal = json!(sealed(evaluation, &document)?);
                result.seal(voice, seal);
            } else {
                result.voices.push(voice);
                match &item.value {
                    Value::String(token) => result.tokens.push(token.clone()),
                    value => result.endorsements.push(value.clone()),
                }
            }
        }
        if template.panel.is_some() {
            let skills = gathered.assessment.iter().flat_map(|found| &found.skills);
            let vouched =
                |one: &SkillAssessment| Vouched { skill: one.skill.clone(), levels: one.counted_at.clone() };
            result.vouched = skills.map(vouched).collect();
        }
        // What cannot be taken back here is not sealed: nobody but this issuer could say that it was.
        if !foreign.is_empty() {
            return Err(Refusal::Request(foreign));
        }
        if let ([profile], false) = (profiles.as_slice(), blind) {
            result.profile = Some(profile.clone());
        }
        result.fits()?;
        if let Some(problem) = self.ring(candidate, &result.evaluators)? {
            return Err(problem.at("/evaluations").into());
        }
        let unused = if template.panel.is_some() { reasons } else { Vec::new() };
        Ok(Weighed { result, unused: unused.into_iter().flatten().collect() })
    }

    /// Weighs endorsements for a badge, with everything at hand that they name.
    fn gathered(
        &self,
        badge: &Value,
        items: &[Item],
        panel: Option<PanelPolicy>,
        now: Timestamp,
        mut snapshot: Snapshot,
    ) -> Result<Gathered, Refusal> {
        let policy = TrustPolicy { panel, ..self.evaluation_policy() };
        let values: Vec<Value> = items.iter().map(|item| item.value.clone()).collect();
        self.complete(
            &mut snapshot,
            Asker::Token,
            now,
            |snapshot| gather(badge, &values, &policy, now, snapshot),
            Gathered::missing,
        )
    }

    /// Each endorsement by itself: threads are judged as a whole, and give those of their evaluations that stand.
    fn unfold(&self, given: &[Value], at: &str, now: Timestamp) -> Result<Vec<Item>, Refusal> {
        let mut items: Vec<Item> = Vec::new();
        for (index, value) in given.iter().enumerate() {
            let pointer = format!("{at}/{index}");
            if !has_type(value, THREAD_TYPE) {
                items.push(Item { value: value.clone(), pointer });
                continue;
            }
            let bytes = value.to_string().into_bytes();
            let report = self.judge_thread(&bytes, Asker::Token, now)?;
            let problems = found_wrong(&report);
            if !problems.is_empty() {
                return Err(Refusal::Request(
                    problems.into_iter().map(|problem| problem.under(&pointer)).collect(),
                ));
            }
            let records = thread::records(&bytes)?;
            let standing = report.evaluations.iter().filter(|evaluated| evaluated.stands());
            let before = items.len();
            items.extend(standing.filter_map(|evaluated| {
                let value = records.get(evaluated.index)?.clone();
                Some(Item { value, pointer: format!("{pointer}/verifiableCredential/{}", evaluated.index) })
            }));
            if items.len() == before {
                let evaluator = report.evaluator.as_deref().unwrap_or("–");
                return Err(match report.state {
                    Some(State::Withdrawn) => {
                        Problem::new(Code::EndorsementWithdrawn).with("endorser", evaluator)
                    }
                    state => {
                        let state = state.map_or("–", State::as_str);
                        Problem::new(Code::ThreadWithoutEvaluation).with("state", state)
                    }
                }
                .at(pointer)
                .into());
            }
        }
        // The same endorsement in a thread and by itself is one.
        let mut seen = BTreeSet::new();
        items.retain(|item| seen.insert(item.value.to_string()));
        if items.len() > MAX_SEALED {
            return Err(Problem::new(Code::EvaluationTooLarge)
                .at(at)
                .with("member", "evaluations")
                .with("count", items.len())
                .with("limit", MAX_SEALED)
                .into());
        }
        Ok(items)
    }

    /// Weighs the evaluations of an award once more whose signature did not follow its intent: since then one may have been taken back. The intent
    /// is taken back with it where it can never be signed as it was meant; whoever asks again is weighed anew.
    ///
    /// # Errors
    /// As [`Issuer::weigh`]; [`Code::EvaluationsChanged`] where they come to something else now.
    pub(crate) fn weigh_again(
        &self,
        award: &Award,
        plan: &Plan,
        template: &Template,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let bare = Plan { result: None, ..plan.clone() };
        let decided = Decided { credential_id: &award.credential_id, slot: None, at: award.intended_at };
        let badge = build(&bare, template, &self.identity, &decided);
        let over = |problem: &Problem| {
            matches!(problem.code, Code::EndorsementWithdrawn | Code::EndorsementReciprocal)
        };
        let problems = match self.weigh(&badge, &plan.draft, template, now) {
            Ok(weighed) if plan.result.as_ref() == Some(&weighed.result) => return Ok(()),
            Ok(_) => vec![Problem::new(Code::EvaluationsChanged).at("/evaluations")],
            Err(Refusal::Request(problems)) if problems.iter().any(over) => problems,
            Err(other) => return Err(other),
        };
        self.take_back(award, now)?;
        Err(Refusal::Request(problems))
    }

    /// Endorsements for a badge that is there, each of which must be sound and fit it; and who made them.
    pub(super) fn fitting(
        &self,
        badge: &Value,
        given: &[Value],
        now: Timestamp,
    ) -> Result<(Vec<Value>, Vec<String>), Refusal> {
        let items = self.unfold(given, "/endorsements", now)?;
        let gathered = self.gathered(badge, &items, None, now, self.evaluation_snapshot(now)?)?;
        let mut errors = Vec::new();
        for (item, sound) in items.iter().zip(&gathered.sound) {
            errors.extend(sound.as_ref().err().map(|problem| problem.clone().at(&item.pointer)));
        }
        if !errors.is_empty() {
            return Err(Refusal::Request(errors));
        }
        let evaluators = gathered.endorsements.iter().filter_map(|report| report.summary().issuer.clone());
        Ok((items.into_iter().map(|item| item.value).collect(), evaluators.collect()))
    }
}

/// What the badge says of an evaluation whose evaluator it does not name, with the status entry that it stands under.
fn sealed(evaluation: &Evaluation, endorsement: &Value) -> Result<SealedEvaluation, Problem> {
    let seal = SealedEvaluation::new(evaluation, digest::of_record(endorsement)?);
    Ok(match endorsement.get("credentialStatus") {
        Some(entry) => seal.with_status(entry.clone()),
        None => seal,
    })
}

/// Why the panel that a template asks for is not there.
fn short(gathered: &Gathered, template: &Template) -> Option<Problem> {
    let panel = template.panel.as_ref()?;
    match &gathered.panel {
        Outcome::Pass | Outcome::Warn(_) => None,
        Outcome::Fail(problem) | Outcome::NotRun(NotRun::Undetermined(problem)) => Some(problem.clone()),
        Outcome::NotRun(NotRun::Missing(resource)) => {
            Some(Problem::new(Code::FetchFailed).with("url", &resource.url).with("reason", "not-at-hand"))
        }
        Outcome::NotRun(_) => Some(
            Problem::new(Code::PanelQuorumNotMet)
                .with("skill", "–")
                .with("counted", 0)
                .with("quorum", panel.quorum),
        ),
    }
}

fn not_an_evaluation(pointer: &str) -> Problem {
    crate::members::malformed(
        pointer,
        "it is an endorsement without an evaluation, and says nothing of a skill",
        "c’est un soutien sans évaluation, qui ne dit rien d’une compétence",
    )
}

/// An endorser's profile as `source`: who it is, by the name it gives itself.
fn profile(endorsement: &Value) -> Value {
    let issuer = endorsement.get("issuer").cloned().unwrap_or_default();
    let id = issuer.as_str().or_else(|| issuer.get("id")?.as_str()).unwrap_or_default();
    let mut profile = json!({"id": id, "type": ["Profile"]});
    if let Some(name) = issuer.get("name").filter(|name| name.is_string()) {
        profile["name"] = name.clone();
    }
    profile
}

const _: () = assert!(MOST_FOLDED < MAX_BYTES);
