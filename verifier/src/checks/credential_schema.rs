//! Does the document follow the schemas it names itself?
//! ([VC Data Model 2.0 §4.11](https://www.w3.org/TR/vc-data-model-2.0/#data-schemas), [VC JSON Schema](https://www.w3.org/TR/vc-json-schema/))

use badge_schemas::credential::{TypedReference, has_type, issuer_id};
use badge_schemas::document::Document;
use badge_schemas::json_schema::{self, SchemaName};
use badge_schemas::problem::{Code, Problem};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::conformance::{self, DocumentKind};
use crate::authenticate::{Claimant, authenticate};
use crate::checks::validity;
use crate::content::Content;
use crate::integrity::Digests;
use crate::policy::{CredentialSchemas, TrustPolicy};
use crate::report::{CheckId, NotRun, Outcome};
use crate::securing::data_integrity;
use crate::securing::rdfc::Rdf;
use crate::snapshot::{Resource, ResourceKind, Snapshot};
use crate::verify::plain_value;
use crate::work::Work;

/// Most schemas of one document that are used: 8; a badge has its standard's own, and perhaps that of a programme.
pub const MAX_SCHEMAS: usize = 8;

/// Largest document we parse for a schema, in bytes; the schema in it is held to [`json_schema::MAX_INLINE_BYTES`].
const MAX_SCHEMA_DOCUMENT: usize = 256 << 10;

/// A dialect that `1EdTechJsonSchemaValidator2019` stands for ([VC JSON Schema of 1EdTech](https://purl.imsglobal.org/spec/vccs/v1p0/)).
const DRAFT_2019: &str = "https://json-schema.org/draft/2019-09/schema";

/// The kinds of schemas we read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    JsonSchema,
    OneEdTech,
    JsonSchemaCredential,
}

impl Kind {
    fn of(types: &[String]) -> Option<Self> {
        types.iter().find_map(|kind| match kind.as_str() {
            "JsonSchema" => Some(Self::JsonSchema),
            "1EdTechJsonSchemaValidator2019" => Some(Self::OneEdTech),
            "JsonSchemaCredential" => Some(Self::JsonSchemaCredential),
            _ => None,
        })
    }
}

/// What a document is checked with.
#[derive(Clone, Copy)]
pub(crate) struct Question<'q> {
    pub(crate) document: &'q Value,
    /// Whether its signature holds: nothing that an unauthentic document names is fetched.
    pub(crate) authentic: bool,
    pub(crate) policy: &'q TrustPolicy,
    pub(crate) at: Timestamp,
    pub(crate) now: Timestamp,
    pub(crate) snapshot: &'q Snapshot,
    pub(crate) work: &'q Work,
}

/// Validates against each `credentialSchema`: those that this program carries, and others where policy wants them fetched.
///
/// A pass means that the document follows every schema it names. A schema that is not used is a warning, or leaves the verdict open
/// where policy asked for it.
pub(crate) fn check(question: Question<'_>) -> Outcome {
    let items = schemas(question.document);
    if items.len() > MAX_SCHEMAS {
        let problem = Problem::new(Code::MalformedValue).at("/credentialSchema");
        let reason = format!("{} schemas; at most {MAX_SCHEMAS} are used", items.len());
        return Outcome::Fail(problem.with("member", "credentialSchema").with("reason", reason));
    }
    items.into_iter().fold(Outcome::ABSENT, |worst, item| worst.worse(one(item, question)))
}

/// The schemas that could be read from the snapshot, for the report's list of data used.
pub(crate) fn resources(document: &Value) -> Vec<Resource> {
    let named = |item: &&Value| item.get("id").and_then(Value::as_str).map(resource);
    schemas(document).iter().filter_map(named).collect()
}

fn schemas(document: &Value) -> Vec<&Value> {
    match document.get("credentialSchema") {
        None => Vec::new(),
        Some(Value::Array(items)) => items.iter().collect(),
        Some(single) => vec![single],
    }
}

fn resource(url: &str) -> Resource {
    Resource { kind: ResourceKind::Schema, url: url.to_owned() }
}

fn one(item: &Value, question: Question<'_>) -> Outcome {
    let Ok(reference) = TypedReference::deserialize(item) else {
        let problem = Problem::new(Code::MalformedValue).at("/credentialSchema");
        return Outcome::Fail(
            problem.with("member", "credentialSchema").with("reason", "id and type are needed"),
        );
    };
    let kind = Kind::of(&reference.kind);
    let carried = SchemaName::by_id(&reference.id).filter(|_| kind != Some(Kind::JsonSchemaCredential));
    match (kind, carried) {
        (Some(_), Some(name)) => {
            let found = conformance::schema_problems(name, question.document);
            found.into_iter().next().map_or(Outcome::Pass, Outcome::Fail)
        }
        (Some(kind), None)
            if question.policy.credential_schemas == CredentialSchemas::Fetched
                && reference.id.starts_with("https://") =>
        {
            fetched(item, kind, &reference.id, question)
        }
        _ => Outcome::Warn(
            Problem::new(Code::CredentialSchemaUnsupported)
                .at("/credentialSchema")
                .with("schema", &reference.id)
                .with("kind", reference.kind.first().map_or("?", String::as_str)),
        ),
    }
}

fn fetched(item: &Value, kind: Kind, url: &str, question: Question<'_>) -> Outcome {
    if !question.authentic {
        return Outcome::NotRun(NotRun::Blocked(CheckId::Signature));
    }
    let resource = resource(url);
    let bytes = match question.snapshot.get(&resource).map(|retrieval| &retrieval.outcome) {
        None => return Outcome::NotRun(NotRun::Missing(resource)),
        Some(Err(reason)) => {
            return Outcome::NotRun(NotRun::Undetermined(
                Problem::new(Code::CredentialSchemaUnavailable)
                    .at("/credentialSchema")
                    .with("schema", url)
                    .with("reason", reason),
            ));
        }
        Some(Ok(bytes)) => bytes,
    };
    // A schema whose digest does not fit is not the one that was named; the other check says so.
    if Digests::of(item).is_ok_and(|digests| digests.is_some_and(|digests| !digests.are_of(bytes))) {
        return Outcome::NotRun(NotRun::Blocked(CheckId::RelatedResource));
    }
    let schema = match kind {
        Kind::JsonSchemaCredential => from_credential(bytes, url, question),
        Kind::JsonSchema | Kind::OneEdTech => from_document(bytes, kind, url),
    };
    let schema = match schema {
        Ok(schema) => schema,
        Err(outcome) => return outcome,
    };
    match json_schema::validate_inline(&schema, question.document) {
        Err(refused_because) => refused(url, refused_because),
        Ok(violations) => violations.into_iter().next().map_or(Outcome::Pass, |violation| {
            Outcome::Fail(
                Problem::new(Code::SchemaViolation)
                    .at(violation.pointer)
                    .with("schema", url)
                    .with("reason", violation.reason),
            )
        }),
    }
}

/// A schema as it stands in a file. Without `$schema` it MUST NOT be processed
/// ([VC JSON Schema §4](https://www.w3.org/TR/vc-json-schema/#processing)); 1EdTech's type says the dialect itself.
fn from_document(bytes: &[u8], kind: Kind, url: &str) -> Result<Value, Outcome> {
    let mut schema = Document::parse_up_to(bytes, MAX_SCHEMA_DOCUMENT)
        .map_err(|problem| refused(url, problem.code.as_str()))?
        .into_value();
    if kind == Kind::OneEdTech && schema.is_object() && schema.get("$schema").is_none() {
        schema["$schema"] = json!(DRAFT_2019);
    }
    dialect_named(schema, url)
}

/// The schema in a credential, which must be authentic and in force itself
/// ([VC JSON Schema §2.2](https://www.w3.org/TR/vc-json-schema/#jsonschemacredential)). Its own status is not looked up.
fn from_credential(bytes: &[u8], url: &str, question: Question<'_>) -> Result<Value, Outcome> {
    let Question { policy, at, now, snapshot, work, .. } = question;
    if bytes.len() > MAX_SCHEMA_DOCUMENT {
        return Err(refused(url, Code::InputTooLarge.as_str()));
    }
    let (_, content) = Content::open(bytes).map_err(|problem| refused(url, problem.code.as_str()))?;
    let value = plain_value(&content);
    if DocumentKind::of(&value) != Some(DocumentKind::Credential) || !has_type(&value, "JsonSchemaCredential")
    {
        return Err(refused(url, "it is no JsonSchemaCredential"));
    }
    let bare = data_integrity::without_proof(&value);
    let rdf = Rdf::new(&bare, work);
    let authentication = authenticate(&content, &rdf, Claimant::Issuer(issuer_id(&value)), now, snapshot);
    for outcome in [
        conformance::check(&content, &rdf, DocumentKind::Credential),
        authentication.worst(),
        validity::check(&value, &authentication.facts, at, now, policy.clock_skew_seconds),
    ] {
        match outcome {
            passed if passed.passed() => {}
            Outcome::NotRun(NotRun::Missing(resource)) => {
                return Err(Outcome::NotRun(NotRun::Missing(resource)));
            }
            other => {
                let code = other.problem().map_or("?", |problem| problem.code.as_str());
                return Err(refused(url, code));
            }
        }
    }
    if value.get("id").is_some_and(|id| id != url) {
        return Err(refused(url, "it has another id"));
    }
    let Some(subject) = value.get("credentialSubject").filter(|subject| has_type(subject, "JsonSchema"))
    else {
        return Err(refused(url, "its subject is no JsonSchema"));
    };
    match subject.get("jsonSchema") {
        Some(schema @ Value::Object(_)) => dialect_named(schema.clone(), url),
        _ => Err(refused(url, "it holds no jsonSchema")),
    }
}

fn dialect_named(schema: Value, url: &str) -> Result<Value, Outcome> {
    if schema.get("$schema").is_some_and(Value::is_string) {
        Ok(schema)
    } else {
        Err(refused(url, "it does not name its dialect in $schema"))
    }
}

/// The verdict stays open: whether the document follows a schema that is not used is not known.
fn refused(url: &str, reason: impl std::fmt::Display) -> Outcome {
    Outcome::NotRun(NotRun::Undetermined(
        Problem::new(Code::CredentialSchemaRefused)
            .at("/credentialSchema")
            .with("schema", url)
            .with("reason", reason),
    ))
}
