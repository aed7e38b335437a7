//! Marks on every leaf of a document, to see that expansion drops none.

use std::collections::HashSet;

use oxrdf::{BlankNode, GraphName, NamedOrBlankNode, Quad, Term};
use serde_json::{Map, Number, Value, json};

use super::input::{child, count_types, is_type_key, type_leaves};
use super::{RdfError, SENTINEL_VOCAB};

const RDF_TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
pub(super) const RDF_JSON: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON";

/// A property of our own, dropped whenever the way to its object is. After `://` no context can give it another meaning.
const LINK: &str = "x-mark://link";

/// A copy of a document in which every leaf is different and recognisable.
///
/// - A string keeps its beginning and gets a mark of letters at its end, so it stays what it was: an absolute, compact or
///   relative IRI, a blank node, a keyword, or malformed.
/// - A number or a boolean becomes a number: JSON-LD treats both as native values.
/// - Null, which stands for nothing except inside a JSON literal, becomes a number that counts only there; so does an empty array
///   that is not the value of a member.
/// - An empty array that is the value of a member leaves no quad either, and says no more than its absence: it becomes a number that
///   shows whether the member has a meaning at all.
/// - The empty object becomes a node with a marked id.
/// - Types, languages and contexts steer the expansion and stay. Types are counted instead, and an object with types gets
///   a marked property of ours.
pub(super) struct Marked {
    document: Value,
    word: String,
    digits: u64,
    leaves: Vec<Leaf>,
}

struct Leaf {
    pointer: String,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Says something.
    Full,
    /// Says no more than the absence of its member: an empty array.
    Empty,
    /// Stands for nothing outside a JSON literal.
    Hollow,
}

/// Marks a document whose quads, unmarked, are known.
pub(super) fn mark(document: &Value, quads: &[Quad]) -> Marked {
    // Neither the mark word nor its digits may already be there, or a leaf could vouch for another one. The quads count
    // too: a prefix that ends in half a word and a name that begins with the other half meet only there.
    let mut text = document.to_string();
    for quad in quads {
        text.push_str(&quad.to_string());
    }
    let mut word = "Mk".to_owned();
    while text.contains(&word) {
        word.push('k');
    }
    let mut digits = 415_926;
    while text.contains(&digits.to_string()) {
        digits += 1;
    }
    let mut marked = Marked { document: Value::Null, word, digits, leaves: Vec::new() };
    marked.document = match document {
        Value::Object(object) => marked.object(object, ""),
        other => other.clone(),
    };
    marked
}

impl Marked {
    pub(super) fn document(&self) -> &Value {
        &self.document
    }

    /// Where the first null or empty array is.
    pub(super) fn first_hollow(&self) -> Option<String> {
        self.leaves.iter().find(|leaf| leaf.kind != Kind::Full).map(|leaf| leaf.pointer.clone())
    }

    /// Finds every mark in the quads of the marked document, and as many `rdf:type` quads as the document has types.
    pub(super) fn check(&self, quads: &[Quad], types: usize) -> Result<(), RdfError> {
        let mut seen = HashSet::new();
        let mut type_quads = 0;
        let mut json_types = 0;
        for quad in quads {
            match &quad.subject {
                NamedOrBlankNode::NamedNode(node) => self.words(node.as_str(), &mut seen),
                NamedOrBlankNode::BlankNode(node) => self.words(node.as_str(), &mut seen),
            }
            // Keys are not marked: nothing to look for in the predicate.
            match &quad.graph_name {
                GraphName::NamedNode(node) => self.words(node.as_str(), &mut seen),
                GraphName::BlankNode(node) => self.words(BlankNode::as_str(node), &mut seen),
                GraphName::DefaultGraph => {}
            }
            match &quad.object {
                Term::NamedNode(node) => {
                    if quad.predicate.as_str() == RDF_TYPE && !node.as_str().contains(&self.word) {
                        type_quads += 1;
                    }
                    self.words(node.as_str(), &mut seen);
                }
                Term::BlankNode(node) => {
                    if quad.predicate.as_str() == RDF_TYPE && !node.as_str().contains(&self.word) {
                        return Err(RdfError::Invalid { reason: "blank node as a type".to_owned() });
                    }
                    self.words(node.as_str(), &mut seen);
                }
                Term::Literal(literal) if literal.datatype().as_str() == RDF_JSON => {
                    // A string that merely claims to be JSON carries a mark behind its end, so it does not parse.
                    let json: Value = serde_json::from_str(literal.value()).map_err(|_| {
                        RdfError::Invalid { reason: "rdf:JSON written as a string".to_owned() }
                    })?;
                    json_types += count_types(&json);
                    self.inside_json(&json, false, &mut seen);
                }
                Term::Literal(literal) => {
                    self.words(literal.value(), &mut seen);
                    self.native(literal.value(), quad.predicate.as_str(), &mut seen)?;
                }
            }
        }
        if let Some((_, leaf)) = self.leaves.iter().enumerate().find(|(index, _)| !seen.contains(index)) {
            return Err(RdfError::Dropped { pointer: leaf.pointer.clone() });
        }
        // No more than one quad can come from one type, and from nothing else, so equal counts leave none out.
        if type_quads + json_types != types {
            return Err(RdfError::Dropped { pointer: String::new() });
        }
        Ok(())
    }

    /// Marks of strings in a text. A mark is the word, the index in letters, and `Z`.
    fn words(&self, text: &str, seen: &mut HashSet<usize>) {
        for part in text.split(self.word.as_str()).skip(1) {
            let letters = part.bytes().take_while(u8::is_ascii_lowercase);
            let index = letters.fold(0_usize, |index, byte| {
                index.saturating_mul(26).saturating_add(usize::from(byte - b'a'))
            });
            seen.insert(index);
        }
    }

    /// The mark of a number or a boolean, as an integer or as a double, or of an empty array. Hollow ones do not count here.
    ///
    /// The first pass has no quad for an empty array, and so could not see that its member has no meaning.
    fn native(&self, text: &str, predicate: &str, seen: &mut HashSet<usize>) -> Result<(), RdfError> {
        if text.contains(&self.word) {
            return Ok(()); // a string that looks like one of our numbers
        }
        let mantissa = text.split(['E', 'e']).next().unwrap_or_default().replace('.', "");
        let Some(index) = self.index_of(&mantissa) else { return Ok(()) };
        let Some(leaf) = self.leaves.get(index) else { return Ok(()) };
        if let (Kind::Empty, Some(term)) = (leaf.kind, predicate.strip_prefix(SENTINEL_VOCAB)) {
            return Err(RdfError::UndefinedTerm { pointer: leaf.pointer.clone(), term: term.to_owned() });
        }
        if leaf.kind != Kind::Hollow {
            seen.insert(index);
        }
        Ok(())
    }

    fn index_of(&self, digits: &str) -> Option<usize> {
        digits
            .strip_prefix(&self.digits.to_string())?
            .strip_suffix('1')
            .filter(|index| index.len() == 6)?
            .parse()
            .ok()
    }

    /// All marks in a JSON literal; a hollow one only below its root, where it is a value of its own.
    fn inside_json(&self, json: &Value, below: bool, seen: &mut HashSet<usize>) {
        match json {
            Value::Number(number) => {
                if let Some(index) = self.index_of(&number.to_string())
                    && self.leaves.get(index).is_some_and(|leaf| below || leaf.kind != Kind::Hollow)
                {
                    seen.insert(index);
                }
            }
            Value::String(text) => self.words(text, seen),
            Value::Array(items) => items.iter().for_each(|item| self.inside_json(item, true, seen)),
            Value::Object(members) => {
                members.values().for_each(|member| self.inside_json(member, true, seen));
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn object(&mut self, object: &Map<String, Value>, pointer: &str) -> Value {
        if object.keys().all(|key| key == "@context") && !pointer.is_empty() {
            let mut node = object.clone();
            node.insert("@id".to_owned(), json!(self.string("urn:x", pointer)));
            return Value::Object(node);
        }
        let mut members = Map::new();
        let mut has_types = false;
        for (key, value) in object {
            let types = is_type_key(key) && type_leaves(value).is_some();
            has_types |= types;
            let steers = types || key == "@context" || key == "@language";
            let empty =
                value.as_array().is_some_and(Vec::is_empty) && !key.starts_with('@') && !is_type_key(key);
            let value = match (steers, empty) {
                (true, _) => value.clone(),
                (false, true) => self.number(&child(pointer, key), Kind::Empty),
                (false, false) => self.value(value, &child(pointer, key)),
            };
            members.insert(key.clone(), value);
        }
        if has_types && !object.contains_key("@value") {
            // The processor keeps the types of an object even where it drops the property that leads to it.
            members.insert(LINK.to_owned(), json!(self.string("", pointer)));
        }
        Value::Object(members)
    }

    fn value(&mut self, value: &Value, pointer: &str) -> Value {
        match value {
            Value::Object(object) => self.object(object, pointer),
            Value::Array(items) if !items.is_empty() => Value::Array(
                items
                    .iter()
                    .enumerate()
                    .map(|(n, item)| self.value(item, &child(pointer, &n.to_string())))
                    .collect(),
            ),
            Value::String(text) => Value::String(self.string(text, pointer)),
            Value::Number(_) | Value::Bool(_) => self.number(pointer, Kind::Full),
            Value::Null | Value::Array(_) => self.number(pointer, Kind::Hollow),
        }
    }

    fn string(&mut self, text: &str, pointer: &str) -> String {
        let mut index = self.leaf(pointer, Kind::Full);
        let mut letters = Vec::new();
        while index > 0 {
            letters.push(char::from(b'a' + u8::try_from(index % 26).unwrap_or_default()));
            index /= 26;
        }
        let letters: String = letters.iter().rev().collect();
        // `/` ends a port or a bracketed host; a blank node or a keyword may not contain it.
        let joint = if text.starts_with("_:") || text.starts_with('@') { "" } else { "/" };
        format!("{text}{joint}{}{letters}Z", self.word)
    }

    fn number(&mut self, pointer: &str, kind: Kind) -> Value {
        let index = self.leaf(pointer, kind) as u64;
        // The last digit is never zero, because a double loses its zeros at the end.
        Value::Number(Number::from(self.digits * 10_000_000 + index * 10 + 1))
    }

    fn leaf(&mut self, pointer: &str, kind: Kind) -> usize {
        self.leaves.push(Leaf { pointer: pointer.to_owned(), kind });
        self.leaves.len() - 1
    }
}
