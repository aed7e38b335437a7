//! A name for every node of a document that has none, so that its parts can be told apart:
//! [skolemizeCompactJsonLd](https://www.w3.org/TR/vc-di-ecdsa/#skolemizecompactjsonld).

use std::collections::BTreeSet;

use oxrdf::{BlankNode, NamedNode, NamedOrBlankNode, Quad, Term};
use serde_json::{Map, Value};

use super::DisclosureError;
use crate::securing::rdfc::{self, HashFunction};

/// A document whose nodes all have an `id`.
///
/// The specification adds them to the expanded document and compacts that again. We add them to the document as it is: to every object
/// that may be a node, then only to those that turned out to be one (an object inside a JSON literal is none). At the
/// end the result, its names taken away again, must have the canonical form of the document; otherwise it is refused.
#[derive(Clone, Debug)]
pub struct Skolemized {
    document: Value,
    quads: Vec<Quad>,
    word: String,
}

impl Skolemized {
    /// Names the nodes of a document.
    ///
    /// # Errors
    /// [`DisclosureError::Rdf`] when the document has no safe RDF, [`DisclosureError::NotSelectable`] when names change its meaning.
    pub fn new(document: &Value) -> Result<Self, DisclosureError> {
        let plain = rdfc::to_quads(document)?;
        let word = unused_word(document, &plain);
        let mut all = Namer { word: &word, only: None, next: 0 };
        let mut skolemized = Self { document: all.value(document), quads: Vec::new(), word: word.clone() };
        let mut quads = rdfc::to_quads(&skolemized.document)?;
        let nodes = skolemized.nodes_in(&quads);
        if nodes.len() < all.next {
            skolemized.document = Namer { word: &word, only: Some(&nodes), next: 0 }.value(document);
            quads = rdfc::to_quads(&skolemized.document)?;
        }
        skolemized.quads = skolemized.deskolemize(quads);
        let form = |quads: &[Quad]| rdfc::canonical_form(quads, HashFunction::Sha256);
        if form(&plain)?.lines() != form(&skolemized.quads)?.lines() {
            return Err(DisclosureError::NotSelectable);
        }
        Ok(skolemized)
    }

    /// The document, with its nodes named.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// The statements, in which the named nodes are blank again, each under its own label.
    pub fn quads(&self) -> &[Quad] {
        &self.quads
    }

    /// The statements of a part of [`Self::document`]: [toDeskolemizedNQuads](https://www.w3.org/TR/vc-di-ecdsa/#todeskolemizednquads).
    ///
    /// Nodes that a part of the document cannot name, ordered lists and graphs, have labels of their own there.
    ///
    /// # Errors
    /// [`DisclosureError::Rdf`].
    pub fn quads_of(&self, part: &Value) -> Result<Vec<Quad>, DisclosureError> {
        Ok(self.deskolemize(rdfc::to_quads(part)?))
    }

    /// Whether a label is one of ours.
    pub(super) fn names(&self, label: &BlankNode) -> bool {
        label.as_str().starts_with(&self.word)
    }

    fn nodes_in(&self, quads: &[Quad]) -> BTreeSet<usize> {
        let mut nodes = BTreeSet::new();
        for quad in quads {
            if let NamedOrBlankNode::NamedNode(node) = &quad.subject {
                nodes.extend(self.number(node));
            }
            if let Term::NamedNode(node) = &quad.object {
                nodes.extend(self.number(node));
            }
        }
        nodes
    }

    fn number(&self, node: &NamedNode) -> Option<usize> {
        node.as_str().strip_prefix("x-")?.strip_prefix(self.word.as_str())?.strip_prefix("://")?.parse().ok()
    }

    fn blank(&self, node: &NamedNode) -> Option<BlankNode> {
        self.number(node).map(|number| BlankNode::new_unchecked(format!("{}{number}", self.word)))
    }

    fn deskolemize(&self, quads: Vec<Quad>) -> Vec<Quad> {
        let mut quads = quads;
        for quad in &mut quads {
            if let NamedOrBlankNode::NamedNode(node) = &quad.subject
                && let Some(blank) = self.blank(node)
            {
                quad.subject = blank.into();
            }
            if let Term::NamedNode(node) = &quad.object
                && let Some(blank) = self.blank(node)
            {
                quad.object = blank.into();
            }
        }
        quads
    }
}

/// A word that occurs nowhere in the document nor in its statements, so that a name made of it is ours.
fn unused_word(document: &Value, quads: &[Quad]) -> String {
    let mut text = document.to_string();
    for quad in quads {
        text.push_str(&quad.to_string());
    }
    let mut word = "skolem".to_owned();
    while text.contains(&word) {
        word.push('m');
    }
    word
}

/// Gives numbered names in document order.
struct Namer<'a> {
    word: &'a str,
    /// The numbers to give out; the others are passed over.
    only: Option<&'a BTreeSet<usize>>,
    next: usize,
}

impl Namer<'_> {
    fn value(&mut self, value: &Value) -> Value {
        match value {
            Value::Object(members) => Value::Object(self.object(members)),
            Value::Array(items) => Value::Array(items.iter().map(|item| self.value(item)).collect()),
            other => other.clone(),
        }
    }

    fn object(&mut self, members: &Map<String, Value>) -> Map<String, Value> {
        let mut named = Map::new();
        // Values, sets and lists are no nodes, and JSON-LD forbids to name them.
        if !["id", "@value", "@set", "@list"].iter().any(|name| members.contains_key(*name)) {
            if self.only.is_none_or(|only| only.contains(&self.next)) {
                // After `://` no context can give the name another meaning.
                named.insert("id".to_owned(), Value::String(format!("x-{}://{}", self.word, self.next)));
            }
            self.next += 1;
        }
        for (name, value) in members {
            let value = if name == "@context" { value.clone() } else { self.value(value) };
            named.insert(name.clone(), value);
        }
        named
    }
}
