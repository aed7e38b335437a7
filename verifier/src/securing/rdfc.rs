//! A JSON-LD document as canonical N-Quads: what the `-rdfc-` cryptosuites hash.
//! <https://www.w3.org/TR/rdf-canon/>
//!
//! Three promises, beyond the transformation itself:
//!
//! - nothing is fetched: contexts come from [`badge_schemas::contexts`] by exact IRI, or they are refused;
//! - nothing is dropped: a member that would leave no trace in the quads is an error, so nobody can add one to a
//!   signed document unseen, nor rename one away ([`RdfError::Alias`]);
//! - work is bounded by counted limits, before it is done.
//!
//! How "nothing is dropped" is kept. The document is expanded twice.
//!
//! 1. With a sentinel `@vocab` and base IRI. A name without a meaning becomes an IRI that starts with the sentinel, and
//!    is found in the quads. These quads are the result: `@vocab` and the base act only through steps 7 and 8 of
//!    [IRI expansion](https://www.w3.org/TR/json-ld11-api/#iri-expansion), whose outcome starts with the sentinel, so
//!    quads without a sentinel are the quads of an expansion without one (a test compares the two).
//! 2. With every leaf marked. A mark that is missing from the quads shows a leaf that was dropped, for whatever reason:
//!    a term mapped to null, a language tag or an IRI that is not well formed, a second `@id`, a free-floating node.

mod canonical;
mod contexts;
mod direction;
mod input;
mod marks;
mod n_degree;
mod numbers;
mod shapes;
mod type_scopes;

use std::cell::{Cell, OnceCell};
use std::sync::{Arc, Mutex, PoisonError};

use oxjsonld::{JsonLdErrorCode, JsonLdParser, JsonLdRemoteDocument, JsonLdSyntaxError};
use oxrdf::{Literal, NamedOrBlankNode, Quad, Term};
use serde_json::{Value, json};

use super::jcs;
use crate::work::{Exhausted, MAX_STEPS, Work};

pub use canonical::{CanonicalForm, HashFunction, MAX_BLANK_NODES, MAX_QUADS, canonical_form};
pub(crate) use input::GRAPHS;
pub use input::{
    MAX_ALIAS_STEPS, MAX_CONTEXT_DEPTH, MAX_CONTEXTS, MAX_DEPTH, MAX_EXPANSION_STEPS, MAX_INLINE_TERMS,
    MAX_VALUES,
};
pub use n_degree::{MAX_N_DEGREE_CALLS, MAX_N_DEGREE_DEPTH, MAX_N_DEGREE_STEPS};

/// Most text in the quads of a document, before it is sorted and hashed: 16 MiB, sixteen times the document. A prefix is written
/// once and repeated in every quad.
pub const MAX_RDF_BYTES: usize = 16 << 20;

/// The meaning given to names that have none. `.invalid` is reserved by RFC 2606.
const SENTINEL_VOCAB: &str = "x-undefined-term://vocab.invalid/#";
/// The base of IRIs that are relative. Its own scheme, because `//host/path` keeps nothing else of the base.
const SENTINEL_BASE: &str = "x-relative-iri://base.invalid/a/";
/// What every IRI resolved against [`SENTINEL_BASE`] starts with.
const SENTINEL_BASE_SCHEME: &str = "x-relative-iri:";

/// Why a document has no RDF that may be signed or verified.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RdfError {
    /// A context that this program does not carry; none is ever fetched.
    #[error("unknown context {iri}")]
    UnknownContext {
        /// The context's IRI.
        iri: String,
    },
    /// An inline context with more than plain term definitions.
    #[error("inline context at {pointer}: {member}")]
    InlineContext {
        /// JSON Pointer (RFC 6901) to the context or the definition.
        pointer: String,
        /// The member that is refused.
        member: String,
    },
    /// A name without a meaning in the contexts.
    #[error("undefined term {term} at {pointer}")]
    UndefinedTerm {
        /// JSON Pointer to the first place where the term occurs.
        pointer: String,
        /// The term.
        term: String,
    },
    /// A relative IRI where RDF wants an absolute one.
    #[error("relative IRI {value}")]
    RelativeIri {
        /// JSON Pointer, where it could be found out.
        pointer: Option<String>,
        /// The IRI, relative to a base the document does not have.
        value: String,
    },
    /// A JSON-LD keyword that can hide content and that no credential needs.
    #[error("keyword {keyword} at {pointer}")]
    Keyword {
        /// JSON Pointer to the member.
        pointer: String,
        /// The keyword.
        keyword: String,
    },
    /// A member that would leave no trace in the RDF.
    #[error("no RDF for {pointer}")]
    Dropped {
        /// JSON Pointer to the member; empty when it could not be found out.
        pointer: String,
    },
    /// Another spelling of a name that a known context defines: the RDF sees the property, a reader of the JSON does not.
    #[error("{pointer} is another name for {iri}")]
    Alias {
        /// JSON Pointer to the member or the definition.
        pointer: String,
        /// What it stands for.
        iri: String,
    },
    /// A limit was met before the work was done.
    #[error("too complex: {limit} {found} > {allowed}")]
    TooComplex {
        /// The limit's name.
        limit: &'static str,
        /// What the document needs, counted or estimated from above.
        found: u64,
        /// What is allowed.
        allowed: u64,
    },
    /// The input as a whole would cost more than one input may.
    #[error("more than {MAX_STEPS} steps for one input")]
    Exhausted,
    /// The JSON-LD or RDF processor refused the document.
    #[error("{reason}")]
    Invalid {
        /// The processor's words.
        reason: String,
    },
}

impl From<Exhausted> for RdfError {
    fn from(_: Exhausted) -> Self {
        Self::Exhausted
    }
}

/// The RDF of one document of an input, worked out once however many checks ask for it, within the work of the whole input.
#[derive(Debug)]
pub struct Rdf<'d> {
    document: &'d Value,
    work: &'d Work,
    /// Whether the work for the quads is paid for.
    paid: Cell<bool>,
    quads: OnceCell<Result<Vec<Quad>, RdfError>>,
    sha256: OnceCell<Result<CanonicalForm, RdfError>>,
    sha384: OnceCell<Result<CanonicalForm, RdfError>>,
}

impl<'d> Rdf<'d> {
    /// The RDF of a document without its proofs; nothing is worked out yet.
    pub fn new(document: &'d Value, work: &'d Work) -> Self {
        Self {
            document,
            work,
            paid: Cell::new(false),
            quads: OnceCell::new(),
            sha256: OnceCell::new(),
            sha384: OnceCell::new(),
        }
    }

    /// The document.
    pub fn document(&self) -> &'d Value {
        self.document
    }

    /// The work of the input that the document is part of.
    pub fn work(&self) -> &'d Work {
        self.work
    }

    /// As [`to_quads`].
    ///
    /// # Errors
    /// Those of [`to_quads`], and [`RdfError::Exhausted`].
    pub fn quads(&self) -> Result<&[Quad], RdfError> {
        let quads = self.quads.get_or_init(|| {
            if self.paid.get() {
                to_quads_within(self.document, &Work::default())
            } else {
                to_quads_within(self.document, self.work)
            }
        });
        quads.as_deref().map_err(Clone::clone)
    }

    /// Whether it has RDF: what [`Rdf::quads`] would answer, without the quads, for the same work. A document that differs from one
    /// seen before only in such identifiers, times and hashes as cannot matter is not expanded again.
    ///
    /// # Errors
    /// As [`Rdf::quads`].
    pub fn sound(&self) -> Result<(), RdfError> {
        if self.quads.get().is_some() {
            return self.quads().map(drop);
        }
        let shape = shapes::of(self.document);
        if let Some(cost) = shape.and_then(shapes::cost) {
            self.work.spend(cost)?;
            self.paid.set(true);
            return Ok(());
        }
        let before = self.work.spent();
        self.quads()?;
        if let Some(shape) = shape {
            shapes::remember(shape, self.work.spent() - before);
        }
        Ok(())
    }

    /// As [`canonical_form`].
    ///
    /// # Errors
    /// Those of [`to_quads`] and [`canonical_form`], and [`RdfError::Exhausted`].
    pub fn canonical(&self, hash: HashFunction) -> Result<&CanonicalForm, RdfError> {
        let known = match hash {
            HashFunction::Sha256 => &self.sha256,
            HashFunction::Sha384 => &self.sha384,
        };
        let form = || canonical::canonical_form_within(self.quads()?, hash, self.work);
        known.get_or_init(form).as_ref().map_err(Clone::clone)
    }
}

/// The RDF dataset of a JSON-LD document, in safe mode: [JSON-LD to RDF](https://www.w3.org/TR/json-ld11-api/#deserialize-json-ld-to-rdf-algorithm).
///
/// Quads come in document order, may repeat, and name blank nodes at random.
///
/// # Errors
///
/// [`RdfError`]: whatever has no RDF, is ambiguous, or is too much.
pub fn to_quads(document: &Value) -> Result<Vec<Quad>, RdfError> {
    to_quads_within(document, &Work::default())
}

fn to_quads_within(document: &Value, work: &Work) -> Result<Vec<Quad>, RdfError> {
    let facts = input::inspect(document, work)?;
    let document = &direction::as_datatypes(document);
    let quads = expand(&with_sentinel(document.clone()), Some(SENTINEL_BASE))?;
    refuse_sentinels(&quads, document)?;
    let marked = marks::mark(document, &quads);
    let seen = match expand(&with_sentinel(marked.document().clone()), Some(SENTINEL_BASE)) {
        Ok(seen) => seen,
        Err(error) => {
            return Err(marked.first_hollow().map_or(error, |pointer| RdfError::Dropped { pointer }));
        }
    };
    marked.check(&seen, facts.types)?;
    Ok(quads)
}

/// The canonical N-Quads of a JSON-LD document: [RDFC-1.0](https://www.w3.org/TR/rdf-canon/#canon-algorithm) with SHA-256.
///
/// ```
/// let document = serde_json::json!({"@context": {"name": "https://schema.org/name"}, "name": "Ada"});
/// let canonical = badge_verifier::securing::rdfc::canonicalize(&document)?;
/// assert_eq!(canonical, "_:c14n0 <https://schema.org/name> \"Ada\" .\n");
/// # Ok::<(), badge_verifier::securing::rdfc::RdfError>(())
/// ```
///
/// # Errors
///
/// Those of [`to_quads`], and [`RdfError::TooComplex`] when blank nodes are too alike to be told apart in bounded work.
pub fn canonicalize(document: &Value) -> Result<String, RdfError> {
    canonicalize_with(document, HashFunction::Sha256)
}

/// The canonical N-Quads of a JSON-LD document, its blank nodes told apart by this hash function. To know what they were called
/// before, take [`canonical_form`] of [`to_quads`].
///
/// # Errors
///
/// As [`canonicalize`].
pub fn canonicalize_with(document: &Value, hash: HashFunction) -> Result<String, RdfError> {
    let work = Work::default();
    Ok(Rdf::new(document, &work).canonical(hash)?.n_quads())
}

/// Puts the sentinel `@vocab` before the document's own contexts, which may replace it by a real one.
fn with_sentinel(mut document: Value) -> Value {
    let sentinel = json!({"@vocab": SENTINEL_VOCAB});
    if let Some(object) = document.as_object_mut() {
        let context = match object.remove("@context") {
            None => vec![sentinel],
            Some(Value::Array(contexts)) => [vec![sentinel], contexts].concat(),
            Some(context) => vec![sentinel, context],
        };
        object.insert("@context".to_owned(), Value::Array(context));
    }
    document
}

/// JSON-LD to quads, with contexts from memory.
fn expand(document: &Value, base: Option<&str>) -> Result<Vec<Quad>, RdfError> {
    let text = numbers::json_text(&contexts::spelt_out(&type_scopes::join(document)))?;
    let again = contexts::names_data_integrity_twice(document);
    let mut parser = JsonLdParser::new();
    if let Some(base) = base {
        parser =
            parser.with_base_iri(base).map_err(|error| RdfError::Invalid { reason: error.to_string() })?;
    }
    let missing = Arc::new(Mutex::new(None));
    let note = Arc::clone(&missing);
    let quads = parser.for_slice(text.as_bytes()).with_load_document_callback(move |iri, _options| {
        let Some(document) = contexts::document(iri, again) else {
            *note.lock().unwrap_or_else(PoisonError::into_inner) = Some(iri.to_owned());
            return Err("unknown context".into());
        };
        Ok(JsonLdRemoteDocument { document, document_url: iri.to_owned() })
    });
    let (mut result, mut bytes) = (Vec::new(), 0);
    for quad in quads {
        let quad = quad.map_err(|error| {
            let missing = missing.lock().unwrap_or_else(PoisonError::into_inner).take();
            missing.map_or_else(|| processor_error(&error), |iri| RdfError::UnknownContext { iri })
        })?;
        if type_scopes::is_added(&quad) {
            continue;
        }
        canonical::bounded(result.len() + 1, MAX_QUADS, "quads")?;
        bytes += size(&quad);
        canonical::bounded(bytes, MAX_RDF_BYTES, "bytes of RDF")?;
        result.push(json_literal(quad)?);
    }
    Ok(result)
}

/// How much text a quad is, about.
fn size(quad: &Quad) -> usize {
    let subject = match &quad.subject {
        NamedOrBlankNode::NamedNode(node) => node.as_str().len(),
        NamedOrBlankNode::BlankNode(node) => node.as_str().len(),
    };
    let object = match &quad.object {
        Term::NamedNode(node) => node.as_str().len(),
        Term::BlankNode(node) => node.as_str().len(),
        Term::Literal(literal) => literal.value().len() + literal.datatype().as_str().len(),
    };
    let graph = match &quad.graph_name {
        oxrdf::GraphName::NamedNode(node) => node.as_str().len(),
        oxrdf::GraphName::BlankNode(node) => node.as_str().len(),
        oxrdf::GraphName::DefaultGraph => 0,
    };
    subject + quad.predicate.as_str().len() + object + graph
}

/// A JSON literal in the form of [RFC 8785](https://www.rfc-editor.org/rfc/rfc8785), which JSON-LD prescribes; the processor sorts
/// names by code points instead of UTF-16 code units.
fn json_literal(mut quad: Quad) -> Result<Quad, RdfError> {
    if let Term::Literal(literal) = &quad.object
        && literal.datatype().as_str() == marks::RDF_JSON
        && let Ok(value) = serde_json::from_str::<Value>(literal.value())
    {
        let invalid = |reason: String| RdfError::Invalid { reason };
        let canonical =
            jcs::canonicalize(&value).map_err(|problem| invalid(problem.code.as_str().to_owned()))?;
        let canonical = String::from_utf8(canonical).map_err(|error| invalid(error.to_string()))?;
        quad.object = Literal::new_typed_literal(canonical, literal.datatype()).into();
    }
    Ok(quad)
}

fn processor_error(error: &JsonLdSyntaxError) -> RdfError {
    if let Some(JsonLdErrorCode::ProtectedTermRedefinition | JsonLdErrorCode::InvalidContextNullification) =
        error.code()
    {
        // The processor names the term in a sentence of its own.
        let said = error.to_string();
        let member = said.strip_prefix("Overriding the protected term ").unwrap_or(&said).to_owned();
        return RdfError::InlineContext { pointer: "/@context".to_owned(), member };
    }
    RdfError::Invalid { reason: error.to_string() }
}

/// Looks for the sentinels in every term of every quad.
fn refuse_sentinels(quads: &[Quad], document: &Value) -> Result<(), RdfError> {
    for quad in quads {
        each_iri(quad, |iri| {
            if let Some(term) = iri.strip_prefix(SENTINEL_VOCAB) {
                let pointer = input::find(document, &|text| text == term).unwrap_or_default();
                return Err(RdfError::UndefinedTerm { pointer, term: term.to_owned() });
            }
            if let Some(rest) = iri.strip_prefix(SENTINEL_BASE_SCHEME) {
                let value = iri.strip_prefix(SENTINEL_BASE).unwrap_or(rest).to_owned();
                let pointer = input::find(document, &|text| {
                    let tail = text.trim_start_matches(['.', '/']);
                    text == value || (!tail.is_empty() && value.ends_with(tail))
                });
                return Err(RdfError::RelativeIri { pointer, value });
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Every IRI of a quad, datatypes included.
fn each_iri(quad: &Quad, mut visit: impl FnMut(&str) -> Result<(), RdfError>) -> Result<(), RdfError> {
    if let NamedOrBlankNode::NamedNode(node) = &quad.subject {
        visit(node.as_str())?;
    }
    visit(quad.predicate.as_str())?;
    match &quad.object {
        Term::NamedNode(node) => visit(node.as_str())?,
        Term::Literal(literal) => visit(literal.datatype().as_str())?,
        Term::BlankNode(_) => {}
    }
    if let oxrdf::GraphName::NamedNode(node) = &quad.graph_name {
        visit(node.as_str())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
