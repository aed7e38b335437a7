//! Weighing the evaluations of a badge: who counts, for which skill, and whether that is a panel.

use std::collections::BTreeSet;

use badge_schemas::credential::issuer_id;
use badge_schemas::data_model::valid_from;
use badge_schemas::evaluation::{Finding, SealedEvaluation, SkillLevel, sealed};
use badge_schemas::frameworks::eqf;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::assessment::{Assessment, Assurance, Origin, Said, SkillAssessment, Weighed};
use super::ring::Ring;
use super::{claim, digest, standing};
use crate::checks::endorsement;
use crate::did::person;
use crate::policy::{Organisations, PanelPolicy, SealedEvaluations, TrustPolicy};
use crate::report::{CheckId, NotRun, Outcome, Report, Verdict};

/// One endorsement of a badge: its report, and whether the holder attached it.
#[derive(Clone, Copy)]
pub(crate) struct Endorsing<'r> {
    pub(crate) report: &'r Report,
    pub(crate) attached: bool,
}

/// What speaks for a badge: reports on its endorsements, and the status of each evaluation that its issuer sealed, in the badge's order.
#[derive(Clone, Copy)]
pub(crate) struct Voices<'r> {
    pub(crate) endorsements: &'r [Report],
    pub(crate) seals: &'r [Outcome],
}

/// Weighs what there is; nothing where the badge has no evaluation and policy asks for none.
pub(crate) fn assess(
    badge: &Value,
    voices: Voices<'_>,
    policy: &TrustPolicy,
    at: Timestamp,
) -> Option<Assessment> {
    let reports = voices.endorsements;
    let panel = policy.panel.as_ref();
    let skew = SignedDuration::from_secs(i64::from(policy.clock_skew_seconds));
    let sealed = sealed(badge).unwrap_or_default();
    let ring = Ring::of(badge, reports);
    let mut evaluations: Vec<Weighed> = reports
        .iter()
        .map(|report| weigh(badge, Endorsing { report, attached: report.attached }, &ring, panel, at, skew))
        .collect();
    open_seals(badge, &sealed, voices, &mut evaluations, panel);
    if panel.is_none() && evaluations.iter().all(|one| one.said.is_none()) {
        return None;
    }
    if panel.is_some_and(|panel| panel.organisations == Organisations::Distinct) {
        distinct_organisations(badge, &mut evaluations);
    }
    let skills = skills(badge, &evaluations, panel);
    let reciprocal = evaluations.iter().find_map(|one| {
        one.problem.as_ref().filter(|problem| problem.code == Code::EndorsementReciprocal).cloned()
    });
    let reciprocity = match reciprocal {
        Some(problem) => Outcome::Warn(problem),
        None => Outcome::NotRun(NotRun::Undetermined(Problem::new(Code::ReciprocityNotKnown))),
    };
    Some(Assessment { skills, evaluations, quorum: panel.map(|panel| panel.quorum.get()), reciprocity })
}

/// Whether the panel that policy asks for is there.
pub(crate) fn outcome(assessment: &Assessment, reports: &[Report], seals: &[Outcome]) -> Outcome {
    let Some(problem) = assessment.short_of_quorum() else { return Outcome::Pass };
    // What is not at hand might have made the quorum: of seals, those that would count if they were known to stand. So might what is suspended.
    let is = |one: &Weighed, code| one.problem.as_ref().is_some_and(|problem| problem.code == code);
    let open = |one: &Weighed| one.origin == Origin::Sealed && is(one, Code::EndorsementIndeterminate);
    let open_seals = assessment.evaluations.iter().any(open);
    let suspended = assessment.evaluations.iter().any(|one| is(one, Code::RecordSuspended));
    let of_seals = seals.iter().filter(|_| open_seals).find_map(|status| match status {
        Outcome::NotRun(NotRun::Missing(resource)) => Some(resource.clone()),
        _ => None,
    });
    if let Some(resource) = reports.iter().flat_map(Report::missing).next().or(of_seals) {
        return Outcome::NotRun(NotRun::Missing(resource));
    }
    let supporting = reports.iter().flat_map(Report::credentials);
    if open_seals
        || suspended
        || reports.iter().chain(supporting).any(|report| report.verdict() == Verdict::Indeterminate)
    {
        return Outcome::NotRun(NotRun::Undetermined(problem));
    }
    Outcome::Fail(problem)
}

fn weigh(
    badge: &Value,
    endorsing: Endorsing<'_>,
    ring: &Ring,
    panel: Option<&PanelPolicy>,
    at: Timestamp,
    skew: SignedDuration,
) -> Weighed {
    let Endorsing { report, attached } = endorsing;
    let nothing = Value::Null;
    let document = report.document().unwrap_or(&nothing);
    let mut weighed = Weighed {
        pointer: report.pointer().unwrap_or_default().to_owned(),
        origin: if attached { Origin::Holder } else { Origin::Issuer },
        evaluator: issuer_id(document).map(str::to_owned),
        evaluator_name: report.summary().issuer_name.clone(),
        organisation: standing::organisation(document).map(str::to_owned),
        said: None,
        standing: Vec::new(),
        problem: None,
    };
    let evaluation = match endorsement::sound(badge, report, skew) {
        Ok(Some(evaluation)) => evaluation,
        Ok(None) => return weighed,
        Err(problem) => {
            // What it would have said is shown, so that a reader sees what is missing.
            weighed.said = badge_schemas::evaluation::Record::read(document)
                .ok()
                .map(|evaluation: badge_schemas::evaluation::Evaluation| Said::from(&evaluation));
            return Weighed { problem: Some(problem), ..weighed };
        }
    };
    let endorser = weighed.evaluator.clone().unwrap_or_default();
    weighed.standing = standing::chain(report, &evaluation, panel);
    weighed.said = Some(Said::from(&evaluation));
    weighed.problem = if ring.closes(&endorser, &evaluation.candidate) {
        Some(
            Problem::new(Code::EndorsementReciprocal)
                .with("endorser", &endorser)
                .with("candidate", &evaluation.candidate),
        )
    } else {
        standing::lacking(&weighed.standing, &endorser).or_else(|| too_old(document, panel, at))
    };
    weighed.problem = weighed.problem.map(|problem| problem.at(&weighed.pointer));
    weighed
}

fn too_old(document: &Value, panel: Option<&PanelPolicy>, at: Timestamp) -> Option<Problem> {
    let limit = panel?.max_age_days?;
    let made = valid_from(document).and_then(|text| DateTimeStamp::parse(text).ok())?;
    let age = at.duration_since(made.instant());
    (age > SignedDuration::from_hours(i64::from(limit) * 24))
        .then(|| Problem::new(Code::EvaluationTooOld).with("validFrom", &made).with("limit", limit))
}

/// What the issuer sealed: an endorsement with its digest opens it; without one, the issuer's word stands alone.
fn open_seals(
    badge: &Value,
    sealed: &[SealedEvaluation],
    voices: Voices<'_>,
    evaluations: &mut Vec<Weighed>,
    panel: Option<&PanelPolicy>,
) {
    let documents: Vec<Option<&Value>> = voices.endorsements.iter().map(Report::document).collect();
    let digests: Vec<Option<String>> =
        documents.iter().map(|document| digest::of_record((*document)?).ok()).collect();
    let issuer = issuer_id(badge).unwrap_or("?");
    let on_word = panel.is_some_and(|panel| {
        panel.sealed == SealedEvaluations::OnIssuersWord
            && panel.standing_issuers.iter().any(|named| named == issuer)
    });
    let mut seen = BTreeSet::new();
    for (index, seal) in sealed.iter().enumerate() {
        // The same evaluation sealed twice is one; one about which its seals differ is none.
        if !seen.insert(&seal.digest_multibase) {
            continue;
        }
        let contradicted = sealed
            .iter()
            .any(|other| other.digest_multibase == seal.digest_multibase && other != seal)
            .then(|| Problem::new(Code::SealedEvaluationMismatch).with("member", "sealedEvaluation"));
        let opened = digests.iter().position(|digest| digest.as_ref() == Some(&seal.digest_multibase));
        if let Some((opened, document)) =
            opened.and_then(|index| Some((evaluations.get_mut(index)?, documents.get(index)?)))
        {
            opened.origin = Origin::Opened;
            let differs = differs(seal, opened.said.as_ref(), *document);
            let differs =
                differs.map(|member| Problem::new(Code::SealedEvaluationMismatch).with("member", member));
            opened.problem = opened.problem.take().or(contradicted).or(differs);
            continue;
        }
        let unqualified = Problem::new(Code::EndorserUnqualified).with("endorser", "–").with_words(
            "reason",
            "the evaluator is not named, and the policy does not take this issuer's word for it",
            "l’évaluateur n’est pas nommé, et la politique n’accepte pas la parole de cet émetteur à ce sujet",
        );
        let unknown = &Outcome::NotRun(NotRun::Blocked(CheckId::Signature));
        let stands = endorsement::in_force(index, voices.seals.get(index).unwrap_or(unknown));
        // Whose word is not taken is not waited for.
        let problem = match stands {
            Err(problem) if problem.code == Code::EndorsementWithdrawn || on_word => Some(problem),
            _ => (!on_word).then_some(unqualified),
        };
        let problem = contradicted.or(problem);
        evaluations.push(Weighed {
            pointer: format!("/sealedEvaluation/{index}"),
            origin: Origin::Sealed,
            evaluator: None,
            evaluator_name: None,
            organisation: None,
            said: Some(Said {
                skill: seal.evaluated_skill.target_url.clone(),
                name: seal.evaluated_skill.target_name.clone(),
                target_level: seal.target_level.clone(),
                level: (seal.finding == Finding::Met).then(|| seal.target_level.clone()),
                finding: seal.finding,
            }),
            standing: Vec::new(),
            problem,
        });
    }
}

/// In what an opened evaluation is not what was sealed. The digest fits: the issuer said something else about it.
fn differs(
    seal: &SealedEvaluation,
    said: Option<&Said>,
    endorsement: Option<&Value>,
) -> Option<&'static str> {
    let Some(said) = said else { return Some("evaluation") };
    if said.skill != seal.evaluated_skill.target_url {
        Some("evaluatedSkill")
    } else if said.target_level != seal.target_level {
        Some("targetLevel")
    } else if said.finding != seal.finding {
        Some("outcome")
    } else if seal.credential_status.is_some()
        && seal.credential_status.as_ref() != endorsement.and_then(|one| one.get("credentialStatus"))
    {
        // Under another entry, what its evaluator takes back would go on counting.
        Some("credentialStatus")
    } else {
        None
    }
}

/// Of those who count for one skill, one for each organisation they name; who names none is not known to be of another. Whoever stands behind
/// what the badge claims comes first: an earlier or a lower evaluation does not take the place of the one that counts.
fn distinct_organisations(badge: &Value, evaluations: &mut [Weighed]) {
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    let behind = |one: &Weighed| {
        one.said.as_ref().is_some_and(|said| {
            said.finding == Finding::Met
                && standing::claimed(badge, &said.skill).iter().all(|level| said.reaches(level))
        })
    };
    let mut ordered: Vec<&mut Weighed> = evaluations.iter_mut().collect();
    ordered.sort_by_key(|one| !behind(one));
    for one in ordered {
        let Some(said) = one.said.as_ref().filter(|_| one.problem.is_none() && one.origin != Origin::Sealed)
        else {
            continue;
        };
        let fresh = one
            .organisation
            .as_ref()
            .is_some_and(|organisation| seen.insert((said.skill.clone(), organisation.clone())));
        if !fresh {
            let endorser = one.evaluator.as_deref().unwrap_or("–");
            one.problem =
                Some(Problem::new(Code::EvaluatorOrganisation).at(&one.pointer).with("endorser", endorser));
        }
    }
}

fn skills(badge: &Value, evaluations: &[Weighed], panel: Option<&PanelPolicy>) -> Vec<SkillAssessment> {
    let mut wanted: Vec<(String, String)> = match panel {
        Some(panel) if !panel.skills.is_empty() => {
            panel.skills.iter().map(|skill| (skill.clone(), name_of(badge, skill))).collect()
        }
        Some(_) => claim::skills(badge)
            .filter(|(skill, _)| !skill.starts_with(eqf::URL_BASE))
            .map(|(skill, name)| (skill.to_owned(), name.to_owned()))
            .collect(),
        None => evaluations
            .iter()
            .filter_map(|one| one.said.as_ref())
            .map(|said| (said.skill.clone(), said.name.clone()))
            .collect(),
    };
    // A badge without a skill has none that a panel could have vouched for.
    if wanted.is_empty() && panel.is_some() {
        wanted.push(("–".to_owned(), String::new()));
    }
    let mut seen = BTreeSet::new();
    wanted.retain(|(skill, _)| seen.insert(skill.clone()));
    let quorum = panel.map(|panel| panel.quorum.get());
    wanted
        .into_iter()
        .map(|(skill, name)| {
            let claimed = standing::claimed(badge, &skill);
            one_skill(skill, name, claimed, evaluations, quorum)
        })
        .collect()
}

/// Counts who stands behind a skill at the levels that the badge claims for it, each of them; where it claims none, at the lowest level of
/// those who can be compared: whoever speaks of a lower level, or of another scale, is no voice for a higher one.
fn one_skill(
    skill: String,
    name: String,
    claimed: Vec<SkillLevel>,
    evaluations: &[Weighed],
    quorum: Option<usize>,
) -> SkillAssessment {
    let counting: Vec<(&Weighed, &Said)> = evaluations
        .iter()
        .filter(|one| one.problem.is_none())
        .filter_map(|one| Some((one, one.said.as_ref().filter(|said| said.skill == skill)?)))
        .collect();
    let met: Vec<(&Weighed, &Said)> =
        counting.iter().copied().filter(|(_, said)| said.finding == Finding::Met).collect();
    let (counted_at, counted) = if claimed.is_empty() {
        lowest_common(&met)
    } else {
        let counted = claimed.iter().map(|level| voices(&met, level)).min().unwrap_or_default();
        (claimed, counted)
    };
    let assurance = if quorum.is_some_and(|quorum| counted >= quorum) {
        Assurance::AuditedAssessment
    } else if counted > 0 {
        Assurance::ThirdPartyAssessed
    } else {
        Assurance::SelfAsserted
    };
    let found = counting.iter().map(|(_, said)| (said.finding, said.level.clone())).collect();
    SkillAssessment { skill, name, found, counted_at, counted, assurance }
}

/// How many stand behind a level. One evaluator is one voice, however often they speak and however they write their key. A seal that is not opened may be by one of those who
/// are named, in other words or the same ones written otherwise: the two kinds are not added up.
fn voices(met: &[(&Weighed, &Said)], level: &SkillLevel) -> usize {
    let behind = || met.iter().filter(|(_, said)| said.reaches(level));
    let named: BTreeSet<String> =
        behind().filter_map(|(one, _)| one.evaluator.as_deref().map(person)).collect();
    let sealed = behind().filter(|(one, _)| one.evaluator.is_none()).count();
    named.len().max(sealed)
}

/// The level that most stand behind, and how many they are: on the scale that most speak of, the lowest they speak of.
fn lowest_common(met: &[(&Weighed, &Said)]) -> (Vec<SkillLevel>, usize) {
    let mut best: Option<(&SkillLevel, usize)> = None;
    for level in met.iter().filter_map(|(_, said)| said.level.as_ref()) {
        let counted = voices(met, level);
        let better = best.is_none_or(|(known, most)| {
            counted > most || (counted == most && level.reaches(known) == Some(true))
        });
        if better {
            best = Some((level, counted));
        }
    }
    best.map_or_else(Default::default, |(level, counted)| (vec![level.clone()], counted))
}

fn name_of(badge: &Value, skill: &str) -> String {
    claim::skills(badge)
        .find(|(known, _)| *known == skill)
        .map_or_else(String::new, |(_, name)| name.to_owned())
}
