//! The rules for a presentation and for what it holds ([VC Data Model 2.0 §4.13](https://www.w3.org/TR/vc-data-model-2.0/#verifiable-presentations)).

use badge_schemas::data_model::DataModel;
use badge_schemas::problem::Problem;
use badge_schemas::uri::is_uri;
use serde_json::Value;

use super::{data_model, malformed};

/// What is wrong with `holder` and with the shape of what is presented; each credential is verified on its own.
pub(super) fn problems(value: &Value, model: DataModel) -> Vec<Problem> {
    let mut problems = Vec::new();
    match value.get("holder") {
        None => {}
        Some(Value::String(id)) if is_uri(id) => {}
        Some(holder @ Value::Object(_)) if data_model::has_uri(holder) => {}
        Some(_) => problems.push(malformed("/holder", "a URI, or an object whose id is a URI, is needed")),
    }
    match value.get("verifiableCredential") {
        None => {}
        Some(Value::Array(items)) => {
            problems.extend(items.iter().enumerate().filter_map(|(index, item)| {
                presented(item, &format!("/verifiableCredential/{index}"), model)
            }));
        }
        Some(one) => problems.extend(presented(one, "/verifiableCredential", model)),
    }
    problems
}

/// An object, and nothing else, by the data model 2.0; a token as a string was usual with 1.1.
fn presented(item: &Value, pointer: &str, model: DataModel) -> Option<Problem> {
    match item {
        Value::String(_) if model == DataModel::V1 => None,
        Value::Object(_) => None,
        _ => Some(malformed(
            pointer,
            "a credential is an object; a token stands in an EnvelopedVerifiableCredential",
        )),
    }
}
