//! Does the document follow the schemas it names itself?

use badge_schemas::credential::TypedReference;
use badge_schemas::json_schema::{self, SchemaName};
use badge_schemas::problem::{Code, Problem};
use serde::Deserialize;
use serde_json::Value;

use crate::report::Outcome;

/// Validates against each `credentialSchema` that this program carries; others are named in a warning and never fetched.
pub fn check(value: &Value) -> Outcome {
    let items: Vec<&Value> = match value.get("credentialSchema") {
        None => return Outcome::ABSENT,
        Some(Value::Array(items)) => items.iter().collect(),
        Some(single) => vec![single],
    };
    items.into_iter().fold(Outcome::ABSENT, |worst, item| worst.worse(one(item, value)))
}

fn one(item: &Value, value: &Value) -> Outcome {
    let Ok(reference) = TypedReference::deserialize(item) else {
        let problem = Problem::new(Code::MalformedValue).at("/credentialSchema");
        return Outcome::Fail(
            problem.with("member", "credentialSchema").with("reason", "id and type are needed"),
        );
    };
    let kind = reference.kind.first().map_or("?", String::as_str);
    let json_schema = matches!(kind, "1EdTechJsonSchemaValidator2019" | "JsonSchema");
    match SchemaName::by_id(&reference.id).filter(|_| json_schema) {
        Some(name) => match json_schema::problems(name, value).into_iter().next() {
            Some(problem) => Outcome::Fail(problem),
            None => Outcome::Pass,
        },
        None => Outcome::Warn(
            Problem::new(Code::CredentialSchemaUnsupported)
                .at("/credentialSchema")
                .with("schema", &reference.id)
                .with("kind", kind),
        ),
    }
}
