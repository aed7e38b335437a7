//! What a document may contain before a JSON-LD processor sees it.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use badge_schemas::contexts;
use serde_json::{Map, Value};

use super::canonical::bounded;
use super::{RdfError, direction};
use crate::work::Work;

/// Deepest nesting of a document: a presentation of an endorsed badge with its proofs needs 15; serde_json stops at 128.
pub const MAX_DEPTH: usize = 64;
/// Most values in a document: a badge has 50 to 200, so this is a presentation of a hundred.
pub const MAX_VALUES: usize = 20_000;
/// Most `@context` entries in a document: each is processed anew where it stands, for some 4 ms.
pub const MAX_CONTEXTS: usize = 128;
/// Most terms in inline contexts; the largest context we carry has some two hundred.
pub const MAX_INLINE_TERMS: usize = 5_000;
/// Deepest nesting of scoped contexts inside an inline context; the known contexts need 2.
pub const MAX_CONTEXT_DEPTH: usize = 8;
/// Most term definitions copied during expansion, estimated: about two microseconds each,
/// both passes together, so a second; a badge needs about 10,000. The
/// processor copies all terms in force for every type and every scoped value, and builds them anew for every context.
pub const MAX_EXPANSION_STEPS: usize = 500_000;
/// What it costs to look at a document and its known contexts, in steps of the whole input, before expansion is paid for.
const STEPS_PER_INSPECTION: u64 = 1_000;
/// What it costs to expand a value, in steps of the whole input, beside the terms that are copied for it.
const STEPS_PER_VALUE: usize = 4;
/// What one `@context` entry costs, measured in types.
const STEPS_PER_CONTEXT: usize = 12;
/// How many objects without a type cost as much as one type.
const OBJECTS_PER_STEP: usize = 8;
/// Most look-ups to find out what names stand for: a badge needs two for each compact IRI among its names.
pub const MAX_ALIAS_STEPS: usize = 100_000;

/// Keywords of the document's body. The others can hide content (`@index`), move it out of sight
/// (`@graph`, `@included`, `@reverse`, `@nest`), or belong into a context.
const KEYWORDS: [&str; 8] =
    ["@context", "@id", "@type", "@value", "@language", "@direction", "@list", "@set"];

/// The terms of known contexts whose values are graphs (a test looks for others).
pub(crate) const GRAPHS: [&str; 2] = ["proof", "verifiableCredential"];

/// What the second pass needs to know of a document.
pub(super) struct Facts {
    /// Number of types, as [`count_types`] counts.
    pub(super) types: usize,
}

/// Refuses what must not reach the processor, and pays for what may.
pub(super) fn inspect(document: &Value, work: &Work) -> Result<Facts, RdfError> {
    let Value::Object(root) = document else {
        return Err(RdfError::Invalid { reason: "not a JSON object".to_owned() });
    };
    work.spend(STEPS_PER_INSPECTION)?;
    let mut inspector = Inspector {
        root_names_badge: names_badge(root),
        reserved: OWN_WORDS.clone(),
        ..Inspector::default()
    };
    inspector.object(root, "", 0)?;
    inspector.vocabularies()?;
    let types = count_types(document);
    let copies = types
        + inspector.contexts * STEPS_PER_CONTEXT
        + inspector.objects / OBJECTS_PER_STEP
        + if inspector.inline_scoped { inspector.values } else { 0 };
    let terms = inspector.inline_terms + inspector.names.len();
    let steps = terms.saturating_mul(copies);
    bounded(steps, MAX_EXPANSION_STEPS, "expansion steps")?;
    work.spend((steps + inspector.values * STEPS_PER_VALUE) as u64)?;
    inspector.aliases(root, "")?;
    Ok(Facts { types })
}

/// How many strings a value has under type keys, outside of contexts and value objects.
pub(super) fn count_types(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(count_types).sum(),
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| match type_leaves(value) {
                _ if key == "@context" => 0,
                Some(_) if is_type_key(key) && object.contains_key("@value") => 0,
                Some(types) if is_type_key(key) => types.len(),
                _ => count_types(value),
            })
            .sum(),
        _ => 0,
    }
}

/// `@type`, or the only alias of it that known contexts define (a test holds them to it) and inline ones may not.
pub(super) fn is_type_key(key: &str) -> bool {
    key == "type" || key == "@type"
}

/// The strings of a type member, or nothing when it is not made of strings alone.
pub(super) fn type_leaves(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(text) => Some(vec![text]),
        Value::Array(items) if !items.is_empty() => items.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

/// Extends a JSON Pointer (RFC 6901).
pub(super) fn child(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// The first key or string outside of contexts that satisfies a condition.
pub(super) fn find(document: &Value, matches: &dyn Fn(&str) -> bool) -> Option<String> {
    fn search(value: &Value, pointer: &str, matches: &dyn Fn(&str) -> bool) -> Option<String> {
        match value {
            Value::String(text) => matches(text).then(|| pointer.to_owned()),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .find_map(|(n, item)| search(item, &child(pointer, &n.to_string()), matches)),
            Value::Object(object) => {
                object.iter().filter(|(key, _)| *key != "@context").find_map(|(key, value)| {
                    let pointer = child(pointer, key);
                    if matches(key) { Some(pointer) } else { search(value, &pointer, matches) }
                })
            }
            _ => None,
        }
    }
    search(document, "", matches)
}

#[derive(Default)]
struct Inspector {
    values: usize,
    objects: usize,
    contexts: usize,
    inline_terms: usize,
    /// The known contexts in use.
    known: HashSet<&'static str>,
    /// What names stand for in the known contexts in use.
    names: HashMap<String, HashSet<String>>,
    /// The IRIs those names stand for.
    reserved: HashSet<String>,
    /// What names stand for in inline contexts.
    inline: HashMap<String, HashSet<String>>,
    alias_steps: usize,
    /// Whether an inline context has scoped contexts, which then may be processed for every value.
    inline_scoped: bool,
    /// Vocabularies of the document's own, each with its place.
    vocabularies: Vec<(String, String)>,
    /// Whether the document is a badge, an endorsement or a presentation: nothing in it is named by a vocabulary of its own.
    root_names_badge: bool,
}

/// Where our own contexts have their words.
const OWN_CONTEXTS: &str = "https://w3id.org/skills-badge/";

/// The IRIs of our own words, whether or not the document lists a context that has them: contexts are not signed, so one could be taken out
/// and its words spelt as IRIs, under the same signature; nobody who reads the JSON would find an evaluation, or a sealed one, any more.
static OWN_WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut all = Inspector::default();
    for context in contexts::ALL.iter().filter(|context| context.iri.starts_with(OWN_CONTEXTS)) {
        if let Ok(context) = serde_json::from_str(context.text) {
            all.collect(&context);
        }
    }
    all.reserved.retain(|iri| iri.starts_with(OWN_CONTEXTS));
    all.reserved
});

/// The types of documents that have all the words they need, so that another one is a slip or worse.
const WITHOUT_OWN_WORDS: [&str; 4] =
    ["OpenBadgeCredential", "AchievementCredential", "EndorsementCredential", "VerifiablePresentation"];

fn names_badge(root: &Map<String, Value>) -> bool {
    let types = root.get("type").and_then(type_leaves).unwrap_or_default();
    types.iter().any(|kind| WITHOUT_OWN_WORDS.contains(kind))
}

/// The authority of an absolute `http` or `https` IRI.
fn authority(iri: &str) -> Option<&str> {
    let rest = iri.strip_prefix("https://").or_else(|| iri.strip_prefix("http://"))?;
    rest.split(['/', '?', '#', '"']).next().filter(|authority| !authority.is_empty())
}

impl Inspector {
    fn object(&mut self, object: &Map<String, Value>, pointer: &str, depth: usize) -> Result<(), RdfError> {
        self.objects += 1;
        bounded(depth, MAX_DEPTH, "depth")?;
        for (key, value) in object {
            let pointer = child(pointer, key);
            if key == "@context" {
                self.context(value, &pointer)?;
                continue;
            }
            // Every key that starts so: the processor ignores those that have the form of a keyword.
            if key.starts_with('@') && !KEYWORDS.contains(&key.as_str()) {
                return Err(RdfError::Keyword { pointer, keyword: key.clone() });
            }
            // Every context we carry calls them `id` and `type`, and that is what readers of the JSON look at: under the
            // keyword a signed type or subject would keep its signature and lose its reader.
            if key == "@id" || (key == "@type" && !object.contains_key("@value")) {
                return Err(RdfError::Alias { pointer, iri: key.clone() });
            }
            if key == "@value" && value.is_null() {
                return Err(RdfError::Dropped { pointer });
            }
            if key == "@language" && (!value.is_string() || !object.contains_key("@value")) {
                return Err(RdfError::Dropped { pointer });
            }
            if key == "@direction" && !direction::is_sound(object) {
                return Err(RdfError::Dropped { pointer });
            }
            // What `@language` and `@direction` say, where no reader of the JSON looks for it.
            if key == "@type"
                && let Some(datatype) = value.as_str().filter(|kind| kind.starts_with(direction::NAMESPACE))
            {
                return Err(RdfError::Alias { pointer, iri: datatype.to_owned() });
            }
            // A graph around nothing but a reference is empty.
            if GRAPHS.contains(&key.as_str()) && type_leaves(value).is_some() {
                return Err(RdfError::Dropped { pointer });
            }
            self.value(value, &pointer, depth + 1)?;
        }
        Ok(())
    }

    fn value(&mut self, value: &Value, pointer: &str, depth: usize) -> Result<(), RdfError> {
        self.values += 1;
        bounded(self.values, MAX_VALUES, "values")?;
        bounded(depth, MAX_DEPTH, "depth")?;
        match value {
            Value::Object(object) => self.object(object, pointer, depth),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .try_for_each(|(n, item)| self.value(item, &child(pointer, &n.to_string()), depth + 1)),
            _ => Ok(()),
        }
    }

    fn context(&mut self, context: &Value, pointer: &str) -> Result<(), RdfError> {
        let entries = match context {
            Value::Array(entries) => entries.as_slice(),
            one => std::slice::from_ref(one),
        };
        for entry in entries {
            self.contexts += 1;
            bounded(self.contexts, MAX_CONTEXTS, "contexts")?;
            match entry {
                Value::String(iri) => self.known_context(iri)?,
                Value::Object(definitions)
                    if definitions.len() == 1 && definitions.contains_key("@vocab") =>
                {
                    self.vocabulary(definitions, pointer)?;
                }
                Value::Object(definitions) => {
                    self.inline_context(
                        super::contexts::wrapped(definitions).unwrap_or(definitions),
                        pointer,
                        1,
                    )?;
                }
                // Null among them: it would lift the protection of terms.
                other => {
                    return Err(RdfError::InlineContext {
                        pointer: pointer.to_owned(),
                        member: other.to_string(),
                    });
                }
            }
        }
        Ok(())
    }

    /// A context of the root that says nothing but `@vocab`: names without a meaning get one of the document's own, so that nothing is dropped.
    fn vocabulary(&mut self, definitions: &Map<String, Value>, pointer: &str) -> Result<(), RdfError> {
        let forbidden = |c: char| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`@".contains(c);
        let own = definitions.get("@vocab").and_then(Value::as_str).filter(|iri| {
            // Complete up to the name: an IRI that a name could go on spelling the authority of is none.
            authority(iri).is_some() && iri.ends_with(['#', '/']) && !iri.contains(forbidden)
        });
        match own {
            Some(iri) if pointer == "/@context" && !self.root_names_badge => {
                self.vocabularies.push((iri.to_owned(), pointer.to_owned()));
                Ok(())
            }
            _ => Err(RdfError::InlineContext { pointer: pointer.to_owned(), member: "@vocab".to_owned() }),
        }
    }

    /// Refuses a vocabulary that lies where a known context has its words: with `https://www.w3.org/2018/` the name
    /// `credentials#credentialStatus` would be the status, under the same signature, and no reader of the JSON would find it.
    fn vocabularies(&self) -> Result<(), RdfError> {
        let known = |host: &str| {
            let mut iris =
                self.known.iter().flat_map(|text| text.match_indices("http").map(|(at, _)| &text[at..]));
            iris.any(|iri| authority(iri) == Some(host))
        };
        for (iri, pointer) in &self.vocabularies {
            if authority(iri).is_none_or(known) {
                return Err(RdfError::InlineContext {
                    pointer: pointer.clone(),
                    member: "@vocab".to_owned(),
                });
            }
        }
        Ok(())
    }

    fn known_context(&mut self, iri: &str) -> Result<(), RdfError> {
        let text = contexts::lookup(iri).ok_or_else(|| RdfError::UnknownContext { iri: iri.to_owned() })?;
        if self.known.insert(text) {
            let context: Value = serde_json::from_str(text)
                .map_err(|error| RdfError::Invalid { reason: error.to_string() })?;
            self.collect(&context);
        }
        Ok(())
    }

    /// Remembers all names and IRIs that a known context defines, at any depth, and the contexts it refers to.
    fn collect(&mut self, context: &Value) {
        match context {
            Value::Array(items) => items.iter().for_each(|item| self.collect(item)),
            Value::Object(object) => {
                for (name, value) in object {
                    let iri = value.as_str().or_else(|| value.get("@id").and_then(Value::as_str));
                    if let Some(iri) = iri.filter(|_| !name.starts_with('@')) {
                        self.names.entry(name.clone()).or_default().insert(iri.to_owned());
                        if iri.contains(':') {
                            self.reserved.insert(iri.to_owned());
                        }
                    }
                    self.collect(value);
                }
            }
            _ => {}
        }
    }

    fn inline_context(
        &mut self,
        definitions: &Map<String, Value>,
        pointer: &str,
        depth: usize,
    ) -> Result<(), RdfError> {
        bounded(depth, MAX_CONTEXT_DEPTH, "context depth")?;
        for (term, definition) in definitions {
            let refuse = |member: &str| {
                Err(RdfError::InlineContext { pointer: child(pointer, term), member: member.to_owned() })
            };
            match term.as_str() {
                "@version" if definition.as_f64() == Some(1.1) => continue,
                "@protected" if definition.is_boolean() => continue,
                // Keywords, and the aliases of two of them that this module relies on.
                name if name.starts_with('@') || name == "id" || name == "type" => return refuse(name),
                _ => {}
            }
            self.inline_terms += 1;
            bounded(self.inline_terms, MAX_INLINE_TERMS, "inline terms")?;
            let iri = match definition {
                Value::String(iri) => iri,
                Value::Object(members) => {
                    for (member, value) in members {
                        let plain = match (member.as_str(), value) {
                            ("@id", Value::String(_)) | ("@protected" | "@prefix", Value::Bool(_)) => true,
                            // `@json` only where a known context says so: see `marks`.
                            ("@type", Value::String(kind)) => {
                                !kind.starts_with('@') || kind == "@id" || kind == "@vocab"
                            }
                            ("@container", Value::String(kind)) => kind == "@set" || kind == "@list",
                            ("@context", Value::Object(scoped)) => {
                                let pointer = child(&child(pointer, term), "@context");
                                self.inline_scoped = true;
                                self.inline_context(scoped, &pointer, depth + 1)?;
                                true
                            }
                            _ => false,
                        };
                        if !plain {
                            return refuse(member);
                        }
                    }
                    match members.get("@id") {
                        Some(Value::String(iri)) => iri,
                        _ => return refuse("@id"),
                    }
                }
                // Null takes the meaning from a term, and with it the member from the RDF.
                other => return refuse(&other.to_string()),
            };
            // A term that stands for no IRI would be dropped with what it is used for.
            if iri.starts_with(['@', '_']) || !iri.contains(':') || iri.contains(char::is_whitespace) {
                return refuse(iri);
            }
            self.inline.entry(term.clone()).or_default().insert(iri.clone());
        }
        Ok(())
    }

    /// Refuses other spellings of names that the known contexts define, in inline definitions, keys and types; and of IRIs in values
    /// ([`Self::respelled`]).
    ///
    /// Without this, `validUntil` of a signed document could be renamed to its IRI: the quads, and so the signature, stay
    /// the same, and whoever reads the JSON sees a badge that does not expire.
    fn aliases(&mut self, root: &Map<String, Value>, pointer: &str) -> Result<(), RdfError> {
        let terms: Vec<String> = self.inline.keys().cloned().collect();
        terms.iter().try_for_each(|term| self.unaliased(term, &child("/@context", term)))?;
        self.aliases_in(root, pointer)
    }

    fn aliases_in(&mut self, object: &Map<String, Value>, pointer: &str) -> Result<(), RdfError> {
        for (key, value) in object.iter().filter(|(key, _)| *key != "@context") {
            let here = child(pointer, key);
            self.unaliased(key, &here)?;
            if is_type_key(key) && !object.contains_key("@value") {
                type_leaves(value)
                    .unwrap_or_default()
                    .iter()
                    .try_for_each(|kind| self.unaliased(kind, &here))?;
            } else {
                self.respelled(value, &here)?;
            }
            self.aliases_in_value(value, &here)?;
        }
        Ok(())
    }

    /// Refuses a value that an inline context could make another spelling of an IRI.
    ///
    /// Contexts are not signed: with `{"q": "urn:uuid:"}` added, `"q:1"` is the node `urn:uuid:1`, its quads and so its signature
    /// the same, and whoever compares ids in the JSON finds another one. A text with white space is no IRI.
    fn respelled(&self, value: &Value, pointer: &str) -> Result<(), RdfError> {
        let texts: &[Value] = match value {
            Value::Array(items) => items,
            single => std::slice::from_ref(single),
        };
        let compact = |text: &&str| {
            !text.contains(char::is_whitespace)
                && (self.inline.contains_key(*text)
                    || text.split_once(':').is_some_and(|(prefix, suffix)| {
                        !suffix.starts_with("//") && self.inline.contains_key(prefix)
                    }))
        };
        match texts.iter().filter_map(Value::as_str).find(compact) {
            Some(text) => Err(RdfError::Alias { pointer: pointer.to_owned(), iri: text.to_owned() }),
            None => Ok(()),
        }
    }

    fn aliases_in_value(&mut self, value: &Value, pointer: &str) -> Result<(), RdfError> {
        match value {
            Value::Object(object) => self.aliases_in(object, pointer),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .try_for_each(|(n, item)| self.aliases_in_value(item, &child(pointer, &n.to_string()))),
            _ => Ok(()),
        }
    }

    fn unaliased(&mut self, name: &str, pointer: &str) -> Result<(), RdfError> {
        if !name.contains(':') && !self.inline.contains_key(name) {
            return Ok(()); // a name of a known context, or of none
        }
        for iri in self.meanings(name, 0)? {
            let own = self.names.get(name);
            if self.reserved.contains(&iri) && !own.is_some_and(|known| known.contains(&iri)) {
                return Err(RdfError::Alias { pointer: pointer.to_owned(), iri });
            }
        }
        Ok(())
    }

    /// Everything a name could stand for, whichever context is in force: more than the processor would find, never less.
    fn meanings(&mut self, name: &str, depth: usize) -> Result<Vec<String>, RdfError> {
        let mut result = vec![name.to_owned()];
        self.alias_steps += 1;
        bounded(self.alias_steps, MAX_ALIAS_STEPS, "alias steps")?;
        // A chain of prefixes longer than this would be a meaning not found.
        bounded(depth, MAX_CONTEXT_DEPTH, "prefix chain")?;
        for iri in self.definitions(name) {
            result.extend(self.meanings(&iri, depth + 1)?);
        }
        if let Some((prefix, suffix)) = name.split_once(':')
            && !suffix.starts_with("//")
        {
            for namespace in self.definitions(prefix) {
                for namespace in self.meanings(&namespace, depth + 1)? {
                    result.push(format!("{namespace}{suffix}"));
                }
            }
        }
        Ok(result)
    }

    fn definitions(&self, term: &str) -> Vec<String> {
        let all = self.inline.get(term).into_iter().chain(self.names.get(term)).flatten();
        all.filter(|iri| *iri != term).cloned().collect()
    }
}
