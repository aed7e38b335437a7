//! Nodes of several types, each of which brings its own terms.
//!
//! JSON-LD puts the scoped contexts of a node's types one on the other, in the order of the types' names
//! ([expansion, step 11](https://www.w3.org/TR/json-ld11-api/#expansion-algorithm)); the processor keeps the last one alone, so that the terms of the
//! others would be undefined. Such a node is given one more type, whose scoped context is all of theirs and whose name comes last; its
//! statement is taken out again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use badge_schemas::contexts;
use oxrdf::{Quad, Term};
use serde_json::{Map, Value, json};

use super::input::is_type_key;

/// How the names of added types begin: after every letter, so that the processor takes their context.
const TERM: &str = "~types-";
/// What they stand for.
const IRI: &str = "x-types://";
/// Most sets of types that are put together in one document; what more there are have undefined terms.
const MAX_SETS: usize = 64;

static KNOWN: LazyLock<HashMap<&str, Value>> = LazyLock::new(|| {
    let context = |context: &contexts::Context| {
        let mut document: Value = serde_json::from_str(context.text).unwrap_or_default();
        (context.iri, document.get_mut("@context").map(Value::take).unwrap_or_default())
    };
    contexts::ALL.iter().map(context).collect()
});

/// The document with such types added, and their definitions as its last context.
pub(super) fn join(document: &Value) -> Value {
    let scopes = Scopes::of(document);
    let mut sets = BTreeMap::new();
    let mut joined = scopes.join(document, &mut sets);
    if sets.is_empty() {
        return joined;
    }
    let definitions: Map<String, Value> = sets
        .into_iter()
        .map(|(types, number)| {
            let all: Vec<&Value> = types.iter().filter_map(|name| scopes.contexts.get(name)).collect();
            (format!("{TERM}{number}"), json!({"@id": format!("{IRI}{number}"), "@context": all}))
        })
        .collect();
    if let Some(context) = joined.get_mut("@context") {
        let before = context.take();
        *context = match before {
            Value::Array(mut entries) => {
                entries.push(Value::Object(definitions));
                Value::Array(entries)
            }
            single => json!([single, definitions]),
        };
    }
    joined
}

/// Whether a statement is about an added type. One that the document itself makes is lost with them, and found missing by the marks.
pub(super) fn is_added(quad: &Quad) -> bool {
    matches!(&quad.object, Term::NamedNode(node) if node.as_str().starts_with(IRI))
        && quad.predicate.as_str() == "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
}

/// The scoped contexts of terms that mean the same wherever they stand.
#[derive(Default)]
struct Scopes {
    contexts: BTreeMap<String, Value>,
    /// Terms that a scoped context defines too: which definition holds depends on the place.
    ambiguous: BTreeSet<String>,
    /// Terms whose values are JSON literals: what is in them are no nodes.
    literals: BTreeSet<String>,
    /// The known contexts at the top of the document.
    top: BTreeSet<String>,
}

impl Scopes {
    fn of(document: &Value) -> Self {
        let mut scopes = Self::default();
        if let Value::Object(members) = document {
            scopes.collect(members.get("@context").unwrap_or(&Value::Null), false);
            members.iter().filter(|(name, _)| *name != "@context").for_each(|(_, value)| scopes.below(value));
        }
        for term in &scopes.ambiguous {
            scopes.contexts.remove(term);
        }
        scopes
    }

    /// The contexts of parts of the document.
    fn below(&mut self, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.below(item)),
            Value::Object(members) => {
                for (name, value) in members {
                    if name == "@context" { self.collect(value, true) } else { self.below(value) }
                }
            }
            _ => {}
        }
    }

    fn collect(&mut self, context: &Value, scoped: bool) {
        match context {
            Value::Array(entries) => entries.iter().for_each(|entry| self.collect(entry, scoped)),
            // Named again further down, a context changes nothing.
            Value::String(iri) if !(scoped && self.top.contains(iri)) => {
                if !scoped {
                    self.top.insert(iri.clone());
                }
                KNOWN.get(iri.as_str()).into_iter().for_each(|known| self.collect(known, scoped));
            }
            Value::Object(terms) => {
                for (term, definition) in terms.iter().filter(|(term, _)| !term.starts_with('@')) {
                    let own = definition.get("@context");
                    if definition.get("@type").and_then(Value::as_str) == Some("@json") {
                        self.literals.insert(term.clone());
                    }
                    if scoped {
                        self.ambiguous.insert(term.clone());
                    } else {
                        self.contexts.remove(term);
                        self.contexts.extend(own.map(|own| (term.clone(), own.clone())));
                    }
                    if let Some(own) = own {
                        self.collect(own, true);
                    }
                }
            }
            _ => {}
        }
    }

    fn join(&self, value: &Value, sets: &mut BTreeMap<Vec<String>, usize>) -> Value {
        match value {
            Value::Array(items) => items.iter().map(|item| self.join(item, sets)).collect(),
            Value::Object(members) => {
                let added = self.added(members, sets);
                let member = |(name, value): (&String, &Value)| {
                    let value = match (&added, value) {
                        (Some(added), Value::Array(types)) if is_type_key(name) => {
                            types.iter().cloned().chain([Value::from(added.as_str())]).collect()
                        }
                        _ if name == "@context" || self.literals.contains(name) => value.clone(),
                        _ => self.join(value, sets),
                    };
                    (name.clone(), value)
                };
                Value::Object(members.iter().map(member).collect())
            }
            other => other.clone(),
        }
    }

    /// The name of the type that stands for those of a node, where several bring terms.
    fn added(&self, members: &Map<String, Value>, sets: &mut BTreeMap<Vec<String>, usize>) -> Option<String> {
        let types: BTreeSet<&str> = members
            .iter()
            .filter(|(name, _)| is_type_key(name))
            .filter_map(|(_, value)| value.as_array())
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        // A name after ours would have the last word.
        if types.last().is_some_and(|last| *last >= TERM) {
            return None;
        }
        let scoped: Vec<String> =
            types.into_iter().filter(|name| self.contexts.contains_key(*name)).map(str::to_owned).collect();
        if scoped.len() < 2 || (sets.len() >= MAX_SETS && !sets.contains_key(&scoped)) {
            return None;
        }
        let next = sets.len();
        Some(format!("{TERM}{}", sets.entry(scoped).or_insert(next)))
    }
}
