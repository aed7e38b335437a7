//! Does the document follow the data model, its contexts and its JSON Schema?

mod data_model;
mod nodes;
mod presentation;

use badge_schemas::achievement::{AchievementSubject, ResultDescription};
use badge_schemas::credential::{
    AchievementCredential, has_type, is_achievement_credential, is_credential, view,
};
use badge_schemas::data_model::{DataModel, lifted, original_member, valid_from, valid_until};
use badge_schemas::endorsement::EndorsementCredential;
use badge_schemas::json_schema::{self, SchemaName};
use badge_schemas::lenient::with_plain_texts;
use badge_schemas::presentation::{Presentation, is_presentation};
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use serde_json::Value;

use super::related_resource;
use crate::content::Content;
use crate::report::Outcome;
use crate::securing::jws::TokenType;
use crate::securing::rdfc::Rdf;
use crate::securing::sd_jwt::profile::Profile;
use crate::securing::sd_jwt::skills_badge;
use crate::securing::vc_jwt::{self, ClaimRules};
use crate::securing::{data_integrity, vp_jwt};
use crate::work::{self, Work};

/// What kind of document this is, for the rules that apply to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// An Open Badges `AchievementCredential`.
    Badge,
    /// An Open Badges `EndorsementCredential`.
    Endorsement,
    /// Another verifiable credential: a status list, a registry, a stranger's.
    Credential,
    /// A verifiable presentation.
    Presentation,
}

impl DocumentKind {
    /// Reads the kind from `type`.
    pub fn of(value: &Value) -> Option<Self> {
        if is_presentation(value) {
            Some(Self::Presentation)
        } else if is_achievement_credential(value) {
            Some(Self::Badge)
        } else if is_credential(value) && has_type(value, "EndorsementCredential") {
            Some(Self::Endorsement)
        } else if is_credential(value) {
            Some(Self::Credential)
        } else {
            None
        }
    }

    /// `badge`, `endorsement`, `credential` or `presentation`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Badge => "badge",
            Self::Endorsement => "endorsement",
            Self::Credential => "credential",
            Self::Presentation => "presentation",
        }
    }
}

/// Checks the document as a whole; `rdf` is that of the credential or presentation without proofs and JWT claims.
///
/// A pass means that every member has a meaning that a signature covers, and the shape the standard gives it.
pub fn check(content: &Content, rdf: &Rdf<'_>, kind: DocumentKind) -> Outcome {
    let mut problems = Vec::new();
    let mut advice = Vec::new();
    match content {
        Content::Json(_) => {}
        Content::Jws(jws) => {
            problems.extend(match kind {
                DocumentKind::Presentation => vp_jwt::check_claims(jws),
                _ => vc_jwt::check_claims(jws.payload().value(), ClaimRules::of(jws.header().typ)),
            });
            if kind != DocumentKind::Presentation && jws.header().typ == Some(TokenType::VpJwt) {
                let reason = "its typ is vp+jwt, and it holds no presentation";
                problems.push(Problem::new(Code::JwtMalformed).with("reason", reason));
            }
        }
        Content::SdJwt(sd_jwt) => {
            let (failures, warnings) = sd_jwt.disclosure_findings();
            problems.extend(failures);
            problems.extend(sd_jwt.claim_findings());
            advice = warnings;
        }
    }
    // An SD-JWT VC of a type we do not know has rules of its own, and none of the data model's.
    let another_type = matches!(content, Content::SdJwt(sd_jwt)
        if sd_jwt.profile() == Profile::SdJwtVc && !skills_badge::is(sd_jwt.claims()));
    if !another_type {
        problems.extend(follows(rdf, kind));
    }
    let (warnings, failures): (Vec<_>, Vec<_>) = problems.into_iter().partition(is_warning);
    let mut warnings = warnings.into_iter().chain(advice);
    match (failures.into_iter().next(), warnings.next()) {
        (Some(failure), _) => Outcome::Fail(failure),
        (None, Some(warning)) => Outcome::Warn(warning),
        (None, None) => Outcome::Pass,
    }
}

/// What is worth saying and keeps nobody from relying on the document.
fn is_warning(problem: &Problem) -> bool {
    matches!(problem.code, Code::CriteriaEmpty | Code::IssuedAtUnreadable)
}

/// Every finding about a credential or presentation that is about to be signed; empty where it may be issued.
///
/// Everything that [`check`] finds, and what a verifier finds elsewhere or lets pass: digests that do not fit, a period that ends before it
/// begins, a text with a language where the schema of Open Badges has a plain one.
/// The data model 1.1 is read and not written.
pub fn findings(value: &Value, kind: DocumentKind) -> Vec<Problem> {
    let mut problems = Vec::new();
    if DataModel::of(value) == Some(DataModel::V1) {
        problems.push(Problem::new(Code::VcdmVersionUnsupported).at("/@context").with("version", "1.1"));
    }
    let bare = data_integrity::without_proof(value);
    problems.extend(follows(&Rdf::new(&bare, &Work::default()), kind));
    // A reader of the schema alone knows no text but a plain one.
    match kind {
        DocumentKind::Badge if problems.is_empty() => {
            problems.extend(json_schema::problems(SchemaName::AchievementCredential, value));
        }
        DocumentKind::Endorsement if problems.is_empty() => {
            problems.extend(json_schema::problems(SchemaName::EndorsementCredential, value));
        }
        _ => {}
    }
    problems.extend(related_resource::findings(value));
    let stamp = |text: Option<&str>| text.and_then(|text| DateTimeStamp::parse(text).ok());
    if let (Some(from), Some(until)) = (stamp(valid_from(value)), stamp(valid_until(value)))
        && until.instant() < from.instant()
    {
        problems.push(
            Problem::new(Code::ValidityReversed)
                .at("/validUntil")
                .with("validFrom", from)
                .with("validUntil", until),
        );
    }
    problems
}

/// What keeps a document from being one of its kind, by its own data model.
fn follows(rdf: &Rdf<'_>, kind: DocumentKind) -> Vec<Problem> {
    let value = rdf.document();
    if let Err(exhausted) = rdf.work().spend(work::of_value(value)) {
        return vec![exhausted.to_problem()];
    }
    let mut problems = data_model::problems(value, kind);
    problems.extend(nodes::in_pieces(value));
    match kind {
        DocumentKind::Badge => {
            problems.extend(schema_problems(SchemaName::AchievementCredential, value));
            problems.extend(subject_is_one(value));
            match AchievementCredential::view(value) {
                Ok(badge) => problems.extend(badge_rules(&badge)),
                Err(problem) => problems.push(problem),
            }
        }
        DocumentKind::Endorsement => {
            problems.extend(schema_problems(SchemaName::EndorsementCredential, value));
            problems.extend(EndorsementCredential::view(value).err());
        }
        // What has the shape of a badge must say that it is one, or the rules for badges would not apply to it.
        DocumentKind::Credential if value.pointer("/credentialSubject/achievement").is_some() => {
            problems.push(malformed(
                "/type",
                "a credential with an achievement must be an AchievementCredential",
            ));
        }
        DocumentKind::Credential => {}
        DocumentKind::Presentation => problems.extend(view::<Presentation>(value).err()),
    }
    // A warning about empty criteria must not switch the terms check off.
    if problems.iter().all(is_warning) {
        problems.extend(rdf.sound().err().map(|error| error.to_problem()));
    }
    problems
}

/// Where a document does not follow a schema of Open Badges. These are written for the data model 2.0, and for plain texts; a credential
/// of 1.1 has the same shape under other names, and the data model lets a text say its language.
pub(crate) fn schema_problems(name: SchemaName, value: &Value) -> Vec<Problem> {
    let value = &with_plain_texts(value);
    if DataModel::of(value) != Some(DataModel::V1) {
        return json_schema::problems(name, value);
    }
    let renamed = |mut problem: Problem| {
        if let Some((before, member)) =
            problem.pointer.as_deref().and_then(|pointer| pointer.rsplit_once('/'))
            && let Some(original) = original_member(member)
        {
            problem.pointer = Some(format!("{before}/{original}"));
        }
        problem
    };
    json_schema::problems(name, &lifted(value)).into_iter().map(renamed).collect()
}

/// A member whose value the standard does not allow.
fn malformed(pointer: &str, reason: &str) -> Problem {
    let member = pointer.trim_start_matches('/').to_owned();
    Problem::new(Code::MalformedValue).at(pointer).with("member", member).with("reason", reason)
}

/// A badge has one subject.
fn subject_is_one(value: &Value) -> Option<Problem> {
    let subjects = value.get("credentialSubject")?.as_array()?;
    let reason = format!("a badge has one subject, not an array of {}", subjects.len());
    Some(
        Problem::new(Code::MalformedValue)
            .at("/credentialSubject")
            .with("member", "credentialSubject")
            .with("reason", reason),
    )
}

/// What no schema says ([Open Badges 3.0 §8.1](https://www.imsglobal.org/spec/ob/v3p0/#verification)).
fn badge_rules(badge: &AchievementCredential) -> Vec<Problem> {
    let subject = &badge.credential_subject;
    let mut problems = Vec::new();
    for (kind, name, pointer) in [
        (&subject.kind, "AchievementSubject", "/credentialSubject/type"),
        (&subject.achievement.kind, "Achievement", "/credentialSubject/achievement/type"),
    ] {
        if !kind.iter().any(|kind| kind == name) {
            let reason = format!("it must contain {name}");
            problems.push(
                Problem::new(Code::MalformedValue).at(pointer).with("member", "type").with("reason", reason),
            );
        }
    }
    if subject.id.is_none() && subject.identifier.is_empty() {
        problems.push(Problem::new(Code::SubjectUnidentified).at("/credentialSubject"));
    }
    let criteria = &subject.achievement.criteria;
    if criteria.id.is_none() && criteria.narrative.is_none() {
        problems.push(Problem::new(Code::CriteriaEmpty).at("/credentialSubject/achievement/criteria"));
    }
    problems.extend(result_rules(subject));
    problems
}

/// Results must answer to descriptions of the same achievement, with values these allow.
fn result_rules(subject: &AchievementSubject) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, result) in subject.result.iter().enumerate() {
        let pointer = format!("/credentialSubject/result/{index}");
        let dangling = |member: &str, reference: &str| {
            Problem::new(Code::ResultDescriptionDangling)
                .at(format!("{pointer}/{member}"))
                .with("reference", reference)
        };
        let descriptions = &subject.achievement.result_description;
        let wanted = result.result_description.as_ref();
        let description = wanted.and_then(|id| descriptions.iter().find(|description| description.id == *id));
        if let (Some(id), None) = (wanted, description) {
            problems.push(dangling("resultDescription", id));
            continue;
        }
        if let Some(level) = &result.achieved_level {
            let known = description
                .map_or_else(|| descriptions.iter().collect::<Vec<_>>(), |description| vec![description])
                .iter()
                .any(|description| description.rubric_criterion_level.iter().any(|known| known.id == *level));
            if !known {
                problems.push(dangling("achievedLevel", level));
            }
        }
        if let (Some(value), Some(description)) = (&result.value, description)
            && !allows(description, value)
        {
            problems.push(
                Problem::new(Code::ResultValueOutOfRange).at(format!("{pointer}/value")).with("value", value),
            );
        }
    }
    problems
}

fn allows(description: &ResultDescription, value: &str) -> bool {
    if !description.allowed_value.is_empty() {
        return description.allowed_value.iter().any(|allowed| allowed == value);
    }
    let bound = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<f64>().ok());
    match (bound(&description.value_min), bound(&description.value_max)) {
        (None, None) => true,
        (min, max) => value.parse::<f64>().is_ok_and(|value| {
            value.is_finite() && min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max)
        }),
    }
}
