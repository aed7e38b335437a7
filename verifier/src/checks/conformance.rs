//! Does the document follow the data model, its contexts and its JSON Schema?

use badge_schemas::achievement::{AchievementSubject, ResultDescription};
use badge_schemas::credential::{
    AchievementCredential, CREDENTIALS_V1, CREDENTIALS_V2, has_type, is_achievement_credential,
    is_credential, view,
};
use badge_schemas::document::push_pointer;
use badge_schemas::endorsement::EndorsementCredential;
use badge_schemas::json_schema::{self, SchemaName};
use badge_schemas::presentation::{Presentation, is_presentation};
use badge_schemas::problem::{Code, Problem};
use badge_schemas::profile::ProfileRef;
use badge_schemas::timestamp::DateTimeStamp;
use serde::Deserialize;
use serde_json::Value;

use crate::content::Content;
use crate::report::Outcome;
use crate::securing::jws::TokenType;
use crate::securing::vc_jwt::{self, ClaimRules};
use crate::securing::{data_integrity, rdfc, vp_jwt};

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

/// Checks the document as a whole; `value` is the credential or presentation without JWT claims.
///
/// A pass means that every member has a meaning that a signature covers, and the shape the standard gives it.
pub fn check(content: &Content, value: &Value, kind: DocumentKind) -> Outcome {
    let mut problems = Vec::new();
    if let Content::Jws(jws) = content {
        problems.extend(match kind {
            DocumentKind::Presentation => vp_jwt::check_claims(jws),
            _ => vc_jwt::check_claims(jws.payload().value(), ClaimRules::of(jws.header().typ)),
        });
        if kind != DocumentKind::Presentation && jws.header().typ == Some(TokenType::VpJwt) {
            let reason = "its typ is vp+jwt, and it holds no presentation";
            problems.push(Problem::new(Code::JwtMalformed).with("reason", reason));
        }
    }
    problems.extend(findings(value, kind));
    let (warnings, failures): (Vec<_>, Vec<_>) =
        problems.into_iter().partition(|problem| problem.code == Code::CriteriaEmpty);
    match (failures.into_iter().next(), warnings.into_iter().next()) {
        (Some(failure), _) => Outcome::Fail(failure),
        (None, Some(warning)) => Outcome::Warn(warning),
        (None, None) => Outcome::Pass,
    }
}

/// Every finding about a credential or presentation that is not yet, or no longer, inside a JWT: what an issuer asks before signing too.
pub fn findings(value: &Value, kind: DocumentKind) -> Vec<Problem> {
    let mut problems = data_model(value, kind);
    problems.extend(members_moved_away(value));
    match kind {
        DocumentKind::Badge => {
            problems.extend(json_schema::problems(SchemaName::AchievementCredential, value));
            problems.extend(subject_is_one(value));
            match AchievementCredential::view(value) {
                Ok(badge) => problems.extend(badge_rules(&badge)),
                Err(problem) => problems.push(problem),
            }
        }
        DocumentKind::Endorsement => {
            problems.extend(json_schema::problems(SchemaName::EndorsementCredential, value));
            problems.extend(EndorsementCredential::view(value).err());
        }
        // What has the shape of a badge must say that it is one, or the rules for badges would not apply to it.
        DocumentKind::Credential if value.pointer("/credentialSubject/achievement").is_some() => {
            let reason = "a credential with an achievement must be an AchievementCredential";
            problems.push(
                Problem::new(Code::MalformedValue).at("/type").with("member", "type").with("reason", reason),
            );
        }
        DocumentKind::Credential => {}
        DocumentKind::Presentation => problems.extend(view::<Presentation>(value).err()),
    }
    // A warning about empty criteria must not switch the terms check off.
    if problems.iter().all(|problem| problem.code == Code::CriteriaEmpty) {
        problems.extend(
            rdfc::to_quads(&data_integrity::without_proof(value)).err().map(|error| error.to_problem()),
        );
    }
    problems
}

/// The rules of the data model that hold for every document ([VC Data Model 2.0 §4](https://www.w3.org/TR/vc-data-model-2.0/#basic-concepts)).
fn data_model(value: &Value, kind: DocumentKind) -> Vec<Problem> {
    let mut problems = Vec::new();
    let first_context = match value.get("@context") {
        Some(Value::Array(contexts)) => contexts.first(),
        other => other,
    };
    match first_context.and_then(Value::as_str) {
        Some(CREDENTIALS_V2) => {}
        Some(CREDENTIALS_V1) => {
            problems.push(Problem::new(Code::VcdmVersionUnsupported).at("/@context").with("version", "1.1"));
            return problems;
        }
        _ => problems.push(Problem::new(Code::ContextOrder).at("/@context").with("expected", CREDENTIALS_V2)),
    }
    for member in ["issuanceDate", "expirationDate"] {
        if value.get(member).is_some() {
            problems.push(
                Problem::new(Code::VcdmVariantMismatch).at(format!("/{member}")).with("member", member),
            );
        }
    }
    if kind == DocumentKind::Presentation {
        return problems;
    }
    let malformed = |pointer: &str, reason: &str| {
        let member = pointer.trim_start_matches('/').to_owned();
        Problem::new(Code::MalformedValue).at(pointer).with("member", member).with("reason", reason)
    };
    match value.get("issuer").map(ProfileRef::deserialize) {
        Some(Ok(issuer)) if is_uri(issuer.id()) => {}
        Some(_) => problems.push(malformed("/issuer", "a URI, or an object whose id is a URI, is needed")),
        None => problems.push(malformed("/issuer", "it is missing")),
    }
    match value.get("credentialSubject") {
        Some(Value::Object(subject)) if !subject.is_empty() => {}
        Some(Value::Array(subjects))
            if !subjects.is_empty()
                && subjects.iter().all(|subject| subject.as_object().is_some_and(|s| !s.is_empty())) => {}
        Some(_) => problems.push(malformed(
            "/credentialSubject",
            "an object, or several, with at least one member is needed",
        )),
        None => problems.push(malformed("/credentialSubject", "it is missing")),
    }
    if let Some(id) = value.get("id")
        && !id.as_str().is_some_and(is_uri)
    {
        problems.push(malformed("/id", "a URI is needed"));
    }
    for member in ["validFrom", "validUntil"] {
        if let Some(date) = value.get(member)
            && date.as_str().is_none_or(|text| DateTimeStamp::parse(text).is_err())
        {
            problems.push(malformed(&format!("/{member}"), "a date and time with a zone is needed"));
        }
    }
    problems
}

/// A scheme, a colon, and something after it, without blanks or controls ([RFC 3986 §3](https://www.rfc-editor.org/rfc/rfc3986#section-3)).
pub(super) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let mut scheme = scheme.bytes();
    scheme.next().is_some_and(|first| first.is_ascii_alphabetic())
        && scheme.all(|c| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'-' | b'.'))
        && !rest.is_empty()
        && !rest.chars().any(|c| {
            c.is_whitespace()
                || c.is_control()
                || matches!(c, '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`')
        })
}

/// Members that decide about the document as a whole: they must stand at its root and nowhere else under its id.
const ROOT_MEMBERS: [&str; 9] = [
    "issuer",
    "validFrom",
    "validUntil",
    "credentialSubject",
    "credentialStatus",
    "credentialSchema",
    "refreshService",
    "termsOfUse",
    "holder",
];

/// In RDF, members of a node may be written on any JSON object with the node's id. A signed `validUntil` moved from the root to
/// another object with the same id would keep its signature and lose its reader.
fn members_moved_away(value: &Value) -> Option<Problem> {
    let id = value.get("id")?.as_str()?;
    value.as_object()?.iter().find_map(|(name, member)| moved_in(member, &push_pointer("", name), id))
}

fn moved_in(value: &Value, pointer: &str, root: &str) -> Option<Problem> {
    match value {
        Value::Object(members) => {
            let same_node = members.get("id").and_then(Value::as_str) == Some(root);
            if same_node && let Some(name) = ROOT_MEMBERS.iter().find(|name| members.contains_key(**name)) {
                let reason = "it stands on another object with the id of the document";
                let problem = Problem::new(Code::MalformedValue).at(push_pointer(pointer, name));
                return Some(problem.with("member", name).with("reason", reason));
            }
            members.iter().find_map(|(name, member)| moved_in(member, &push_pointer(pointer, name), root))
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| moved_in(item, &format!("{pointer}/{index}"), root)),
        _ => None,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_told_from_relative_references() {
        for uri in ["did:web:école.example", "urn:uuid:1", "https://a.example/x?y#z", "mailto:a@b.example"] {
            assert!(is_uri(uri), "{uri}");
        }
        for text in ["", "x", "/x", ":x", "https:", "1a:b", "a b:c", "https://a b", "did:web:<x>", "a\n:b"] {
            assert!(!is_uri(text), "{text}");
        }
    }
}
