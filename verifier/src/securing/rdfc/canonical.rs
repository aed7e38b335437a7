//! Quads to canonical N-Quads: [RDFC-1.0](https://www.w3.org/TR/rdf-canon/#canon-algorithm), with its work counted.

use std::collections::{BTreeMap, HashMap, HashSet};

use oxrdf::{GraphName, NamedOrBlankNode, Quad, Term};
use sha2::{Digest as _, Sha256, Sha384};

use super::RdfError;
use super::n_degree::{Issuer, Search};
use crate::work::Work;

/// Most quads of a document: a badge has about 120.
pub const MAX_QUADS: usize = 20_000;
/// Most blank nodes of a document: a badge has about 10.
pub const MAX_BLANK_NODES: usize = 4_000;
/// What a quad costs to write, sort and hash, in steps of the whole input.
const STEPS_PER_QUAD: u64 = 10;

/// The [hash algorithm](https://www.w3.org/TR/rdf-canon/#dfn-hash-algorithm) that tells blank nodes apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HashFunction {
    /// RDFC-1.0's own, and that of every cryptosuite over Ed25519 or P-256.
    Sha256,
    /// What `ecdsa-rdfc-2019` takes with a P-384 key.
    Sha384,
}

impl HashFunction {
    pub(super) fn hex(self, data: &str) -> String {
        let digest = match self {
            Self::Sha256 => Sha256::digest(data).to_vec(),
            Self::Sha384 => Sha384::digest(data).to_vec(),
        };
        let nibble = |value: u8| char::from(b"0123456789abcdef"[usize::from(value)]);
        digest.iter().flat_map(|byte| [nibble(byte >> 4), nibble(byte & 15)]).collect()
    }
}

/// A [canonicalized dataset](https://www.w3.org/TR/rdf-canon/#dfn-canonicalized-dataset) and how its blank nodes were called before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanonicalForm {
    lines: Vec<String>,
    labels: BTreeMap<String, String>,
}

impl CanonicalForm {
    /// The lines of the canonical N-Quads in code point order, each with its line feed.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// From the labels of blank nodes in the input to canonical ones, both without `_:`
    /// ([issued identifiers map](https://www.w3.org/TR/rdf-canon/#dfn-issued-identifiers-map)).
    pub fn labels(&self) -> &BTreeMap<String, String> {
        &self.labels
    }

    /// The canonical N-Quads: the [serialized canonical form](https://www.w3.org/TR/rdf-canon/#dfn-serialized-canonical-form).
    pub fn n_quads(&self) -> String {
        self.lines.concat()
    }
}

/// The canonical form of a dataset; repeated quads count once.
///
/// # Errors
///
/// [`RdfError::TooComplex`]: too many quads or blank nodes, or blank nodes too alike to be told apart in bounded work.
pub fn canonical_form(quads: &[Quad], hash: HashFunction) -> Result<CanonicalForm, RdfError> {
    canonical_form_within(quads, hash, &Work::default())
}

/// As [`canonical_form`], within the work of the input that the dataset is part of.
pub(super) fn canonical_form_within(
    quads: &[Quad],
    hash: HashFunction,
    work: &Work,
) -> Result<CanonicalForm, RdfError> {
    bounded(quads.len(), MAX_QUADS, "quads")?;
    work.spend(quads.len() as u64 * STEPS_PER_QUAD)?;
    let dataset = Dataset::new(quads)?;
    let canonical = label(&dataset, hash, work)?;
    let names: Vec<String> = (0..dataset.nodes.len())
        .map(|node| canonical.number(node).map_or_else(String::new, |number| format!("c14n{number}")))
        .collect();
    let mut lines: Vec<String> = dataset
        .quads
        .iter()
        .map(|quad| quad.line(|node| names.get(node).map_or("", String::as_str)))
        .collect();
    lines.sort_unstable();
    let labels = dataset.nodes.into_iter().map(str::to_owned).zip(names).collect();
    Ok(CanonicalForm { lines, labels })
}

/// `found <= allowed`, or the error that says so.
pub(super) fn bounded(found: usize, allowed: usize, limit: &'static str) -> Result<(), RdfError> {
    if found > allowed {
        return Err(RdfError::TooComplex { limit, found: found as u64, allowed: allowed as u64 });
    }
    Ok(())
}

/// The [canonicalization algorithm](https://www.w3.org/TR/rdf-canon/#canon-algorithm-algo), steps 2 to 5: a number for every blank node.
fn label(dataset: &Dataset<'_>, hash: HashFunction, work: &Work) -> Result<Issuer, RdfError> {
    let first: Vec<String> =
        (0..dataset.nodes.len()).map(|node| hash.hex(&dataset.first_degree(node))).collect();
    let mut alike: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (node, hash) in first.iter().enumerate() {
        alike.entry(hash).or_default().push(node);
    }

    let mut canonical = Issuer::default();
    for node in
        alike.values().filter_map(|nodes| if let [node] = nodes.as_slice() { Some(node) } else { None })
    {
        canonical.issue(*node);
    }
    let mut search = Search::new(dataset, &first, hash, work);
    for nodes in alike.values().filter(|nodes| nodes.len() > 1) {
        let mut results = Vec::new();
        for node in nodes {
            if canonical.number(*node).is_some() {
                continue;
            }
            let mut temporary = Issuer::default();
            temporary.issue(*node);
            results.push(search.hash_n_degree(*node, temporary, &canonical, 0)?);
        }
        results.sort_by(|a, b| a.0.cmp(&b.0));
        for (_, temporary) in results {
            temporary.in_order().for_each(|node| canonical.issue(node));
        }
    }
    Ok(canonical)
}

/// Quads without repetition, their blank nodes numbered.
pub(super) struct Dataset<'q> {
    quads: Vec<Line<'q>>,
    /// The label of each blank node.
    nodes: Vec<&'q str>,
    /// The quads that mention each blank node.
    mentions: Vec<Vec<usize>>,
}

impl<'q> Dataset<'q> {
    fn new(quads: &'q [Quad]) -> Result<Self, RdfError> {
        let mut dataset = Self { quads: Vec::new(), nodes: Vec::new(), mentions: Vec::new() };
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        let mut met: HashSet<&Quad> = HashSet::new();
        for quad in quads.iter().filter(|quad| met.insert(quad)) {
            let mut number = |label: &'q str| {
                let next = dataset.nodes.len();
                let number = *numbers.entry(label).or_insert(next);
                if number == next {
                    dataset.nodes.push(label);
                    dataset.mentions.push(Vec::new());
                }
                Part::Node(number)
            };
            let line = Line {
                subject: match &quad.subject {
                    NamedOrBlankNode::BlankNode(node) => number(node.as_str()),
                    NamedOrBlankNode::NamedNode(node) => Part::Text(node.to_string()),
                },
                predicate: quad.predicate.as_str(),
                object: match &quad.object {
                    Term::BlankNode(node) => number(node.as_str()),
                    other => Part::Text(other.to_string()),
                },
                graph: match &quad.graph_name {
                    GraphName::BlankNode(node) => Some(number(node.as_str())),
                    GraphName::NamedNode(node) => Some(Part::Text(node.to_string())),
                    GraphName::DefaultGraph => None,
                },
            };
            bounded(dataset.nodes.len(), MAX_BLANK_NODES, "blank nodes")?;
            let index = dataset.quads.len();
            for (_, node) in line.nodes() {
                if let Some(mentions) = dataset.mentions.get_mut(node)
                    && mentions.last() != Some(&index)
                {
                    mentions.push(index);
                }
            }
            dataset.quads.push(line);
        }
        Ok(dataset)
    }

    /// The quads that mention a node.
    pub(super) fn mentions(&self, node: usize) -> impl ExactSizeIterator<Item = &Line<'q>> {
        let mentions = self.mentions.get(node).map_or(&[][..], Vec::as_slice);
        mentions.iter().map(|index| &self.quads[*index])
    }

    /// What [Hash First Degree Quads](https://www.w3.org/TR/rdf-canon/#hash-1d-quads) hashes.
    fn first_degree(&self, own: usize) -> String {
        let mut lines: Vec<String> =
            self.mentions(own).map(|quad| quad.line(|node| if node == own { "a" } else { "z" })).collect();
        lines.sort_unstable();
        lines.concat()
    }
}

/// A quad, its terms other than blank nodes written in canonical N-Quads.
pub(super) struct Line<'q> {
    subject: Part,
    pub(super) predicate: &'q str,
    object: Part,
    graph: Option<Part>,
}

enum Part {
    Node(usize),
    Text(String),
}

impl Line<'_> {
    /// The blank nodes and their positions, as [Hash Related Blank Node](https://www.w3.org/TR/rdf-canon/#hash-related-blank-node) calls them.
    pub(super) fn nodes(&self) -> impl Iterator<Item = (char, usize)> {
        [('s', Some(&self.subject)), ('o', Some(&self.object)), ('g', self.graph.as_ref())]
            .into_iter()
            .filter_map(|(position, part)| match part {
                Some(Part::Node(node)) => Some((position, *node)),
                _ => None,
            })
    }

    fn line<'n>(&self, name: impl Fn(usize) -> &'n str) -> String {
        let mut line = String::new();
        let mut term = |part: &Part| match part {
            Part::Node(node) => {
                line.push_str("_:");
                line.push_str(name(*node));
                line.push(' ');
            }
            Part::Text(text) => {
                line.push_str(text);
                line.push(' ');
            }
        };
        term(&self.subject);
        term(&Part::Text(format!("<{}>", self.predicate)));
        term(&self.object);
        self.graph.iter().for_each(term);
        line.push_str(".\n");
        line
    }
}
