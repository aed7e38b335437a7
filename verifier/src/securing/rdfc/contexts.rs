//! Contexts in the form in which the processor reads them right.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use badge_schemas::contexts::ALL;
use badge_schemas::credential::CREDENTIALS_V2;
use serde_json::{Map, Value, json};

const DATA_INTEGRITY_V2: &str = "https://w3id.org/security/data-integrity/v2";

/// The known contexts, each term's protection spelt out.
static KNOWN: LazyLock<HashMap<&'static str, Vec<u8>>> =
    LazyLock::new(|| ALL.iter().map(|context| (context.iri, written(context.text, None))).collect());

/// The Data Integrity context without the one term that the data model's context defines identically (a test holds them to it).
static DATA_INTEGRITY_AGAIN: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let text = badge_schemas::contexts::lookup(DATA_INTEGRITY_V2).unwrap_or_default();
    written(text, Some("DataIntegrityProof"))
});

fn written(text: &str, without: Option<&str>) -> Vec<u8> {
    let mut document: Value = serde_json::from_str(text).unwrap_or_default();
    if let Some(context) = document.get_mut("@context") {
        protect(context);
        if let (Some(terms), Some(term)) = (context.as_object_mut(), without) {
            terms.remove(term);
        }
    }
    document.to_string().into_bytes()
}

/// The terms whose values are [JSON literals](https://www.w3.org/TR/json-ld11/#json-literals): what is in them is no context.
static JSON_TERMS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    fn collect(value: &Value, terms: &mut HashSet<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| collect(item, terms)),
            Value::Object(members) => {
                for (name, value) in members {
                    if value.get("@type").and_then(Value::as_str) == Some("@json") {
                        terms.insert(name.clone());
                    }
                    collect(value, terms);
                }
            }
            _ => {}
        }
    }
    let mut terms = HashSet::new();
    for context in ALL {
        collect(&serde_json::from_str(context.text).unwrap_or_default(), &mut terms);
    }
    terms
});

/// Whether a known context says that this term's value is a JSON literal. Inline contexts may not: see `input`.
pub(super) fn is_json_term(name: &str) -> bool {
    JSON_TERMS.contains(name)
}

/// The document of a known context; with `again`, the Data Integrity context fits after the data model's.
pub(super) fn document(iri: &str, again: bool) -> Option<Vec<u8>> {
    if again && iri == DATA_INTEGRITY_V2 {
        return Some(DATA_INTEGRITY_AGAIN.clone());
    }
    KNOWN.get(iri).cloned()
}

/// Whether the document names the Data Integrity context after the context of the data model, which contains it: needless and
/// common. JSON-LD allows a protected term to be defined again when the definition is the same
/// ([JSON-LD 1.1 API §4.2.2](https://www.w3.org/TR/json-ld11-api/#create-term-definition)); the processor compares texts and would refuse.
pub(super) fn names_data_integrity_twice(document: &Value) -> bool {
    let names: Vec<&str> = match document.get("@context") {
        Some(Value::Array(entries)) => entries.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    names.first() == Some(&CREDENTIALS_V2) && names.contains(&DATA_INTEGRITY_V2)
}

/// The document with the protection of terms spelt out in its inline contexts.
///
/// The processor takes the terms of a context in random order, and one that another term's definition refers to is defined on
/// the way, without the context's `@protected`. So `OpenBadgeCredential`, by which `AchievementCredential` is defined, could
/// be given another meaning in one run out of six.
pub(super) fn spelt_out(document: &Value) -> Value {
    match document {
        Value::Array(items) => items.iter().map(spelt_out).collect(),
        Value::Object(members) => {
            let member = |(key, value): (&String, &Value)| {
                let value = if key == "@context" {
                    let mut context = value.clone();
                    protect(&mut context);
                    context
                } else if is_json_term(key) {
                    value.clone()
                } else {
                    spelt_out(value)
                };
                (key.clone(), value)
            };
            Value::Object(members.iter().map(member).collect())
        }
        other => other.clone(),
    }
}

/// The definitions in an inline context that is written like a context document, `{"@context": {…}}`.
///
/// The algorithm has no such form ([JSON-LD 1.1 API §4.1.2](https://www.w3.org/TR/json-ld11-api/#context-processing-algorithm)); the processor
/// in widest use reads it as what is inside, documents in use carry it, and it has no other meaning.
pub(super) fn wrapped(context: &Map<String, Value>) -> Option<&Map<String, Value>> {
    match (context.len(), context.get("@context")) {
        (1, Some(Value::Object(inner))) => Some(inner),
        _ => None,
    }
}

/// Gives every term of a protected context its own `@protected`, in scoped contexts too.
fn protect(context: &mut Value) {
    match context {
        Value::Array(contexts) => contexts.iter_mut().for_each(protect),
        Value::Object(terms) => {
            if let Some(inner) = wrapped(terms) {
                *context = Value::Object(inner.clone());
                return protect(context);
            }
            let protected = terms.get("@protected") == Some(&Value::Bool(true));
            for (_, definition) in terms.iter_mut().filter(|(term, _)| !term.starts_with('@')) {
                if protected {
                    spell_out(definition);
                }
                if let Some(scoped) = definition.get_mut("@context") {
                    protect(scoped);
                }
            }
        }
        _ => {}
    }
}

fn spell_out(definition: &mut Value) {
    if !definition.is_object() {
        // A term that is defined by a string alone may be a prefix; the processor decides that by the string in either form.
        *definition = json!({"@id": definition.take()});
    }
    if let Some(members) = definition.as_object_mut() {
        members.entry("@protected").or_insert(Value::Bool(true));
    }
}
