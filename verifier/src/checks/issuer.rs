//! What do the registries say of the issuer? Each answers separately; an unknown issuer is neutral.

use std::collections::HashMap;

use badge_schemas::achievement::Alignment;
use badge_schemas::credential::{has_type, view};
use badge_schemas::frameworks;
use badge_schemas::json_schema::{self, SchemaName};
use badge_schemas::problem::{Code, Problem};
use badge_schemas::registry::{
    MAX_REGISTRY_BYTES, REGISTRY_TYPES, RecognitionCredential, RecognizedAction, RecognizedEntity,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::conformance::DocumentKind;
use super::validity;
use crate::authenticate::{Claimant, ProofFacts, authenticate};
use crate::content::Content;
use crate::policy::{RegistrySource, TrustPolicy, UnlistedIssuer};
use crate::report::{NotRun, Outcome, Recognition, RegistryAnswer};
use crate::securing::jws::CompactJws;
use crate::securing::rdfc::Rdf;
use crate::securing::vc_jwt::{self, ClaimRules};
use crate::snapshot::{Resource, ResourceKind, Snapshot};
use crate::work::Work;

/// What a registry is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The issuer's identifier.
    pub issuer: &'a str,
    /// The credential, for the scope.
    pub credential: &'a Value,
    /// What kind of credential it is: badges are issued, endorsements endorse.
    pub kind: DocumentKind,
    /// As of when.
    pub at: Timestamp,
}

/// Whether a registry's source is an address to fetch from, rather than a file that the caller chose.
pub fn is_url(source: &str) -> bool {
    let scheme = source.split_once("://").map_or("", |(scheme, _)| scheme);
    scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")
}

/// The resource of a registry, as the policy names it.
pub fn resource(source: &RegistrySource) -> Resource {
    Resource { kind: ResourceKind::Registry, url: source.source.clone() }
}

/// The registries of a policy, each read and authenticated once for a whole input.
#[derive(Debug)]
pub struct Registries<'a> {
    policy: &'a TrustPolicy,
    opened: Vec<(&'a RegistrySource, Opened)>,
}

/// What can be said of a registry before it is asked about anyone.
#[derive(Debug)]
enum Opened {
    /// It answers.
    Ready { registry: Box<RecognitionCredential>, signer: String, by_id: HashMap<String, Vec<usize>> },
    /// It answers the same to everybody.
    Silent(RegistryAnswer),
    /// It is not at hand, or what its signature is verified with is not.
    Missing(Resource),
}

impl<'a> Registries<'a> {
    /// Reads the registries of the policy that are in the snapshot.
    pub fn open(policy: &'a TrustPolicy, now: Timestamp, snapshot: &Snapshot) -> Self {
        let opened = policy.registries.iter().map(|source| (source, read(source, policy, now, snapshot)));
        Self { policy, opened: opened.collect() }
    }

    /// Asks every registry, and weighs the answers.
    pub fn ask(&self, question: Question<'_>) -> (Outcome, Vec<RegistryAnswer>) {
        let answers: Vec<_> =
            self.opened.iter().map(|(source, opened)| answer(source, opened, question)).collect();
        (weigh(question, &answers, self.policy), answers)
    }
}

fn weigh(question: Question<'_>, answers: &[RegistryAnswer], policy: &TrustPolicy) -> Outcome {
    if answers.is_empty() {
        // Without any registry nobody was asked; a policy that insists on a listing cannot be met.
        return match policy.unlisted_issuer {
            UnlistedIssuer::Fail => {
                Outcome::Fail(Problem::new(Code::IssuerUnknown).at("/issuer").with("issuer", question.issuer))
            }
            UnlistedIssuer::Warn | UnlistedIssuer::Ignore => Outcome::ABSENT,
        };
    }
    // One listing is enough, whatever the others would say; and a policy that does not care needs none.
    if answers.iter().any(|answer| answer.recognition == Recognition::Listed) {
        return Outcome::Pass;
    }
    if policy.unlisted_issuer == UnlistedIssuer::Ignore {
        return Outcome::Pass;
    }
    if let Some(resource) = answers.iter().find_map(|answer| answer.missing.clone()) {
        return Outcome::NotRun(NotRun::Missing(resource));
    }
    let out_of_scope = answers.iter().find_map(|answer| match answer.recognition {
        Recognition::OutOfScope { dimension } => Some((answer, dimension)),
        _ => None,
    });
    let unanswered = answers.iter().find_map(|answer| answer.problem.clone());
    // A registry that could not answer might have said "listed", whatever the others say.
    if policy.unlisted_issuer == UnlistedIssuer::Fail
        && let Some(problem) = unanswered
    {
        return Outcome::NotRun(NotRun::Undetermined(problem));
    }
    let problem = match (out_of_scope, unanswered) {
        (Some((answer, dimension)), _) => Problem::new(Code::IssuerOutOfScope)
            .at("/issuer")
            .with("registry", &answer.registry)
            .with("dimension", dimension),
        (None, Some(problem)) => problem,
        (None, None) => Problem::new(Code::IssuerUnknown).at("/issuer").with("issuer", question.issuer),
    };
    if policy.unlisted_issuer == UnlistedIssuer::Fail {
        Outcome::Fail(problem)
    } else {
        Outcome::Warn(problem)
    }
}

/// Reads one registry, as far as that does not depend on who is looked up in it.
fn read(source: &RegistrySource, policy: &TrustPolicy, now: Timestamp, snapshot: &Snapshot) -> Opened {
    let resource = resource(source);
    let Some(retrieval) = snapshot.get(&resource) else { return Opened::Missing(resource) };
    let unchecked = |reason: &str| {
        let problem =
            Problem::new(Code::RegistryUnchecked).with("registry", &source.source).with("reason", reason);
        Opened::Silent(unanswered(source, Recognition::Unchecked, problem))
    };
    let bytes = match &retrieval.outcome {
        Ok(bytes) => bytes,
        Err(reason) => return unchecked(reason),
    };
    let (registry, signer, facts) = match open(bytes, source, now, snapshot) {
        Ok(opened) => opened,
        Err(Refusal::Missing(resource)) => return Opened::Missing(resource),
        Err(Refusal::Unchecked(reason)) => return unchecked(&reason),
        Err(Refusal::Invalid(reason)) => {
            let problem =
                Problem::new(Code::RegistryInvalid).with("registry", &source.source).with("reason", reason);
            return Opened::Silent(unanswered(source, Recognition::ListInvalid, problem));
        }
    };
    let skew = SignedDuration::from_secs(i64::from(policy.clock_skew_seconds));
    // Whether the registry may still be relied on is about now; whether the issuer was recognised is about the moment asked for.
    let over = validity::period(registry.valid_from.as_ref(), registry.valid_until.as_ref(), now, skew)
        .or_else(|| validity::proof(&facts, now, skew));
    if let Some(problem) = over {
        let recognition = match problem.code {
            Code::Expired | Code::ProofExpired => Recognition::ListExpired,
            _ => Recognition::ListInvalid,
        };
        let told = match problem.value("validUntil").or_else(|| problem.value("expires")) {
            Some(until) if recognition == Recognition::ListExpired => {
                Problem::new(Code::RegistryExpired).with("registry", &source.source).with("validUntil", until)
            }
            _ => Problem::new(Code::RegistryInvalid)
                .with("registry", &source.source)
                .with("reason", problem.code.as_str()),
        };
        return Opened::Silent(RegistryAnswer {
            signed_by: Some(signer),
            ..unanswered(source, recognition, told)
        });
    }
    let mut by_id: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, entity) in registry.credential_subject.0.iter().enumerate() {
        by_id.entry(entity.id.clone()).or_default().push(index);
    }
    Opened::Ready { registry: Box::new(registry), signer, by_id }
}

/// One registry's answer to one question.
fn answer(source: &RegistrySource, opened: &Opened, question: Question<'_>) -> RegistryAnswer {
    match opened {
        Opened::Missing(resource) => {
            let problem = Problem::new(Code::RegistryUnchecked).with("registry", &source.source).with_words(
                "reason",
                "it is not at hand",
                "il n’est pas disponible ici",
            );
            RegistryAnswer {
                missing: Some(resource.clone()),
                ..unanswered(source, Recognition::Unchecked, problem)
            }
        }
        Opened::Silent(answer) => answer.clone(),
        Opened::Ready { registry, signer, by_id } => {
            let entities = by_id.get(question.issuer).into_iter().flatten();
            let entities = entities.filter_map(|index| registry.credential_subject.0.get(*index));
            let (recognition, entity) = recognition(entities, question);
            let listed_as =
                entity.and_then(|entity| entity.name.clone().or_else(|| entity.legal_name.clone()));
            RegistryAnswer {
                registry: source.source.clone(),
                signed_by: Some(signer.clone()),
                listed_as,
                recognition,
                problem: None,
                missing: None,
            }
        }
    }
}

enum Refusal {
    Missing(Resource),
    Unchecked(String),
    Invalid(String),
}

/// Reads and authenticates a registry: a JWS with its own size limit, signed by the one the policy names.
fn open(
    bytes: &[u8],
    source: &RegistrySource,
    now: Timestamp,
    snapshot: &Snapshot,
) -> Result<(RecognitionCredential, String, ProofFacts), Refusal> {
    let invalid = |reason: &str| Refusal::Invalid(reason.to_owned());
    let text = std::str::from_utf8(bytes).map_err(|_| invalid("it is not a compact JWS"))?.trim();
    let jws = CompactJws::parse_up_to(text, MAX_REGISTRY_BYTES)
        .map_err(|problem| invalid(problem.code.as_str()))?;
    if let Some(problem) =
        vc_jwt::check_claims(jws.payload().value(), ClaimRules::of(jws.header().typ)).first()
    {
        return Err(invalid(problem.code.as_str()));
    }
    let value = vc_jwt::credential(jws.payload().value());
    if !REGISTRY_TYPES.iter().any(|name| has_type(&value, name)) {
        return Err(invalid("it is not a registry of recognised entities"));
    }
    if let Some(problem) = json_schema::problems(SchemaName::IssuerRegistry, &value).first() {
        return Err(Refusal::Invalid(format!(
            "{} {}",
            problem.pointer.as_deref().unwrap_or_default(),
            problem.value("reason").unwrap_or_default()
        )));
    }
    let registry: RecognitionCredential =
        view(&value).map_err(|problem| invalid(problem.pointer.as_deref().unwrap_or_default()))?;
    let issuer = registry.issuer.id().to_owned();
    if source.issuer.as_ref().is_some_and(|expected| *expected != issuer) {
        return Err(Refusal::Invalid(format!("it is issued by {issuer}, not by the one the policy names")));
    }
    if source.issuer.is_none() && is_url(&source.source) {
        return Err(invalid("the policy does not say who must have signed it (issuer)"));
    }
    // The caller chose its registries: their work is not that of the input.
    let work = Work::default();
    let rdf = Rdf::new(&value, &work);
    let authentication =
        authenticate(&Content::Jws(Box::new(jws)), &rdf, Claimant::Issuer(Some(&issuer)), now, snapshot);
    if authentication.holds() {
        return Ok((registry, issuer, authentication.facts));
    }
    Err(match authentication.worst() {
        Outcome::NotRun(NotRun::Missing(resource)) => Refusal::Missing(resource),
        Outcome::NotRun(NotRun::Undetermined(problem)) => {
            Refusal::Unchecked(problem.code.as_str().to_owned())
        }
        other => Refusal::Invalid(
            other.problem().map_or("not authentic", |problem| problem.code.as_str()).to_owned(),
        ),
    })
}

/// Looks the issuer up. Recognised for any one scope is enough; otherwise the first scope says what excludes it.
fn recognition<'r>(
    entities: impl Iterator<Item = &'r RecognizedEntity>,
    question: Question<'_>,
) -> (Recognition, Option<&'r RecognizedEntity>) {
    let mut excluded = None;
    for entity in entities {
        if entity.recognized_to.is_empty() {
            excluded.get_or_insert(("action", entity));
        }
        for scope in &entity.recognized_to {
            match excludes(scope, question) {
                None => return (Recognition::Listed, Some(entity)),
                Some(dimension) => {
                    excluded.get_or_insert((dimension, entity));
                }
            }
        }
    }
    match excluded {
        Some((dimension, entity)) => (Recognition::OutOfScope { dimension }, Some(entity)),
        None => (Recognition::NotListed, None),
    }
}

/// The first dimension of a scope that does not cover the question. A dimension restricts every alignment of the badge.
fn excludes(scope: &RecognizedAction, question: Question<'_>) -> Option<&'static str> {
    let action = match question.kind {
        DocumentKind::Endorsement => "endorse",
        _ => "issue",
    };
    if scope.action != action {
        return Some("action");
    }
    let outside = scope.valid_from.as_ref().is_some_and(|from| question.at < from.instant())
        || scope.valid_until.as_ref().is_some_and(|until| question.at > until.instant());
    if outside {
        return Some("date");
    }
    let achievement = question.credential.pointer("/credentialSubject/achievement");
    let kind = achievement.and_then(|achievement| achievement.get("achievementType")).and_then(Value::as_str);
    if !scope.achievement_type.is_empty()
        && !kind.is_some_and(|kind| scope.achievement_type.iter().any(|known| known == kind))
    {
        return Some("achievementType");
    }
    let country = question.credential.pointer("/issuer/address/addressCountryCode").and_then(Value::as_str);
    if !scope.territory.is_empty()
        && !country
            .is_some_and(|country| scope.territory.iter().any(|known| known.eq_ignore_ascii_case(country)))
    {
        return Some("territory");
    }
    let alignments = match question.kind {
        // An evaluator is recognised for the skill they evaluate.
        DocumentKind::Endorsement => question
            .credential
            .pointer("/credentialSubject/evaluation/evaluatedSkill")
            .and_then(|skill| serde_json::from_value(skill.clone()).ok())
            .into_iter()
            .collect(),
        _ => achievement.map(alignments).unwrap_or_default(),
    };
    let every =
        |covered: &dyn Fn(&Alignment) -> bool| !alignments.is_empty() && alignments.iter().all(covered);
    if !scope.skill.is_empty() && !every(&|alignment| scope.skill.contains(&alignment.target_url)) {
        return Some("skill");
    }
    let framework = |alignment: &Alignment| {
        frameworks::family(alignment)
            .is_some_and(|family| scope.framework.iter().any(|known| known == family))
    };
    if !scope.framework.is_empty() && !every(&framework) {
        return Some("framework");
    }
    None
}

/// The achievement's alignments, one or many; one that cannot be read makes the badge fail conformance elsewhere.
fn alignments(achievement: &Value) -> Vec<Alignment> {
    match achievement.get("alignment") {
        Some(Value::Array(items)) => {
            items.iter().filter_map(|item| serde_json::from_value(item.clone()).ok()).collect()
        }
        Some(single) => serde_json::from_value(single.clone()).into_iter().collect(),
        None => Vec::new(),
    }
}

fn unanswered(source: &RegistrySource, recognition: Recognition, problem: Problem) -> RegistryAnswer {
    RegistryAnswer {
        registry: source.source.clone(),
        signed_by: None,
        listed_as: None,
        recognition,
        problem: Some(problem),
        missing: None,
    }
}
