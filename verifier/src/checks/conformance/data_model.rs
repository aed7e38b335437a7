//! The rules of the data model that hold for every document
//! ([VC Data Model 2.0 §4](https://www.w3.org/TR/vc-data-model-2.0/#basic-concepts), [VC Data Model 1.1 §4](https://www.w3.org/TR/vc-data-model/#basic-concepts)).

use badge_schemas::credential::CREDENTIALS_V2;
use badge_schemas::data_model::DataModel;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use badge_schemas::uri::is_uri;
use serde_json::Value;

use super::{DocumentKind, malformed};

/// The first findings about the contexts and members of a document; empty where it follows the version that it announces.
pub(super) fn problems(value: &Value, kind: DocumentKind) -> Vec<Problem> {
    let Some(model) = DataModel::of(value) else {
        return vec![Problem::new(Code::ContextOrder).at("/@context").with("expected", CREDENTIALS_V2)];
    };
    let mut problems = variant(value, model);
    problems.extend(types(value));
    problems.extend(optional_id(value, ""));
    for member in ["name", "description"] {
        problems.extend(language_string(value, member, ""));
    }
    for member in ["termsOfUse", "evidence", "refreshService"] {
        problems.extend(typed_objects(value, member, false));
    }
    if kind == DocumentKind::Presentation {
        problems.extend(super::presentation::problems(value, model));
    } else {
        problems.extend(credential(value, model));
    }
    problems
}

/// Contexts and members of the other version: a reader of this version would not see them, or see them otherwise.
fn variant(value: &Value, model: DataModel) -> Vec<Problem> {
    let contexts = model.foreign_contexts(value).into_iter().map(|iri| {
        Problem::new(Code::VcdmContextsMixed).at("/@context").with("iri", iri).with("version", model.as_str())
    });
    let members = model.foreign_members(value).into_iter().map(|member| {
        Problem::new(Code::VcdmVariantMismatch).at(format!("/{member}")).with("member", member)
    });
    contexts.chain(members).collect()
}

/// `type` is one or more strings; whether each has a meaning, the contexts say.
fn types(value: &Value) -> Option<Problem> {
    let sound = match value.get("type") {
        Some(Value::String(_)) => true,
        Some(Value::Array(types)) => !types.is_empty() && types.iter().all(Value::is_string),
        _ => false,
    };
    (!sound).then(|| malformed("/type", "one or more terms or URLs are needed"))
}

fn credential(value: &Value, model: DataModel) -> Vec<Problem> {
    let mut problems = Vec::new();
    match value.get("issuer") {
        Some(Value::String(id)) if is_uri(id) => {}
        Some(issuer @ Value::Object(_)) if has_uri(issuer) => {
            for member in ["name", "description"] {
                problems.extend(language_string(issuer, member, "/issuer"));
            }
        }
        Some(_) => problems.push(malformed("/issuer", "a URI, or an object whose id is a URI, is needed")),
        None => problems.push(malformed("/issuer", "it is missing")),
    }
    problems.extend(subjects(value));
    for member in [model.valid_from(), model.valid_until()] {
        if let Some(date) = value.get(member)
            && date.as_str().is_none_or(|text| DateTimeStamp::parse(text).is_err())
        {
            problems.push(malformed(&format!("/{member}"), "a date and time with a zone is needed"));
        }
    }
    if model == DataModel::V1 && value.get("issuanceDate").is_none() {
        problems.push(malformed("/issuanceDate", "it is missing"));
    }
    problems.extend(typed_objects(value, "credentialStatus", false));
    problems.extend(typed_objects(value, "credentialSchema", true));
    problems
}

fn subjects(value: &Value) -> Vec<Problem> {
    let (subjects, several) = match value.get("credentialSubject") {
        None => return vec![malformed("/credentialSubject", "it is missing")],
        Some(Value::Array(subjects)) => (subjects.as_slice(), true),
        Some(one) => (std::slice::from_ref(one), false),
    };
    let sound = |subject: &Value| subject.as_object().is_some_and(|members| !members.is_empty());
    if subjects.is_empty() || !subjects.iter().all(sound) {
        let reason = "an object, or several, with at least one member is needed";
        return vec![malformed("/credentialSubject", reason)];
    }
    let mut problems = Vec::new();
    for (index, subject) in subjects.iter().enumerate() {
        let pointer =
            if several { format!("/credentialSubject/{index}") } else { "/credentialSubject".to_owned() };
        // A relative id has a finding of its own, from the contexts.
        if subject.get("id").is_some_and(|id| !id.is_string()) {
            problems.push(malformed(&format!("{pointer}/id"), "a single URI is needed"));
        }
        for member in ["name", "description"] {
            problems.extend(language_string(subject, member, &pointer));
        }
    }
    problems
}

/// One or more objects, each with a `type`, and an `id` that is a URI where it is there or must be.
fn typed_objects(value: &Value, member: &str, id_needed: bool) -> Option<Problem> {
    let (items, several) = match value.get(member)? {
        Value::Array(items) => (items.as_slice(), true),
        one => (std::slice::from_ref(one), false),
    };
    items.iter().enumerate().find_map(|(index, item)| {
        let pointer = if several { format!("/{member}/{index}") } else { format!("/{member}") };
        if !item.is_object() {
            return Some(malformed(&pointer, "one or more objects are needed"));
        }
        if types(item).is_some() {
            return Some(malformed(&pointer, "each must have a type"));
        }
        if id_needed && item.get("id").is_none() {
            return Some(malformed(&pointer, "each must have an id"));
        }
        optional_id(item, &pointer)
    })
}

/// `id` is a single URI ([VC Data Model 2.0 §4.4](https://www.w3.org/TR/vc-data-model-2.0/#identifiers)).
fn optional_id(object: &Value, pointer: &str) -> Option<Problem> {
    let id = object.get("id")?;
    (!id.as_str().is_some_and(is_uri)).then(|| malformed(&format!("{pointer}/id"), "a URI is needed"))
}

/// Whether an object has an `id` that is a URI.
pub(super) fn has_uri(object: &Value) -> bool {
    object.get("id").and_then(Value::as_str).is_some_and(is_uri)
}

/// A string, or one or more language value objects
/// ([VC Data Model 2.0 §12.1](https://www.w3.org/TR/vc-data-model-2.0/#language-and-base-direction)).
fn language_string(object: &Value, member: &str, pointer: &str) -> Option<Problem> {
    let value = object.get(member)?;
    let sound = |one: &Value| match one {
        Value::String(_) => true,
        Value::Object(members) => {
            members.get("@value").is_some_and(Value::is_string)
                && members.iter().all(|(name, value)| match name.as_str() {
                    "@value" => true,
                    "@language" => value.as_str().is_some_and(is_language_tag),
                    "@direction" => matches!(value.as_str(), Some("ltr" | "rtl")),
                    _ => false,
                })
        }
        _ => false,
    };
    let sound = match value {
        Value::Array(several) => !several.is_empty() && several.iter().all(sound),
        one => sound(one),
    };
    let reason = "a string is needed, or objects of @value, @language and @direction";
    (!sound).then(|| malformed(&format!("{pointer}/{member}"), reason))
}

/// The form of a language tag ([BCP 47 §2.1](https://www.rfc-editor.org/rfc/rfc5646#section-2.1)): parts of at most eight letters and digits.
fn is_language_tag(text: &str) -> bool {
    text.split('-').enumerate().all(|(index, part)| {
        (1..=8).contains(&part.len())
            && part
                .bytes()
                .all(|c| if index == 0 { c.is_ascii_alphabetic() } else { c.is_ascii_alphanumeric() })
    })
}
