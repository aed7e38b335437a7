//! Quads to canonical N-Quads, with the work bounded before it is done.

use std::collections::{BTreeMap, HashMap, HashSet};

use oxrdf::{GraphName, NamedOrBlankNode, Quad, Term};
use sophia_api::MownStr;
use sophia_api::quad::Spog;
use sophia_api::term::{BnodeId, IriRef, LanguageTag, SimpleTerm};
use sophia_c14n::C14nError;
use sophia_c14n::hash::Sha256;
use sophia_c14n::rdfc10::normalize_with;

use super::RdfError;

/// Most quads of a document: a badge has about 120.
pub const MAX_QUADS: usize = 20_000;
/// Most blank nodes of a document: a badge has about 10.
pub const MAX_BLANK_NODES: usize = 4_000;
/// Most calls of Hash N-Degree Quads, estimated from above. A badge needs none, or a few for members that are alike without
/// an id. The estimate is coarse: of W3C's computable tests it refuses three made to be hard (044 to 046); ten nodes that
/// all know each other would take years. <https://www.w3.org/TR/rdf-canon/#dataset-poisoning>
pub const MAX_N_DEGREE_CALLS: usize = 4_000;
/// Largest group of nodes that sophia_c14n may permute: 6! = 720 orders. The second net; ours is met first.
const PERMUTATION_LIMIT: usize = 6;
/// Deepest recursion of sophia_c14n, per blank node.
const DEPTH_FACTOR: f32 = 1.0;

/// Canonical N-Quads of a dataset.
pub(super) fn n_quads(quads: &[Quad]) -> Result<String, RdfError> {
    bounded(quads.len(), MAX_QUADS, "quads")?;
    bound_n_degree_calls(quads)?;
    let dataset: HashSet<Spog<SimpleTerm<'_>>> = quads.iter().map(convert).collect();
    let mut result = Vec::new();
    normalize_with::<Sha256, _, _>(&dataset, &mut result, DEPTH_FACTOR, PERMUTATION_LIMIT).map_err(
        |error| match error {
            C14nError::ToxicGraph(_) => RdfError::TooComplex {
                limit: "permutations",
                found: PERMUTATION_LIMIT as u64 + 1,
                allowed: PERMUTATION_LIMIT as u64,
            },
            other => RdfError::Invalid { reason: other.to_string() },
        },
    )?;
    String::from_utf8(result).map_err(|error| RdfError::Invalid { reason: error.to_string() })
}

/// `found <= allowed`, or the error that says so.
pub(super) fn bounded(found: usize, allowed: usize, limit: &'static str) -> Result<(), RdfError> {
    if found > allowed {
        return Err(RdfError::TooComplex { limit, found: found as u64, allowed: allowed as u64 });
    }
    Ok(())
}

/// Refuses datasets whose blank nodes are too alike.
///
/// Nodes with a unique [first-degree hash](https://www.w3.org/TR/rdf-canon/#hash-1d-quads) cost nothing more. Take the others,
/// and the components in which they touch each other. A Hash N-Degree Quads call tries every order of every group of neighbours
/// that look the same, and between two such choices meets a node once. So one start in a component of `c` nodes makes at most
/// `c` times (the product of the factorials of all its groups' sizes) calls, and there are `c` starts.
fn bound_n_degree_calls(quads: &[Quad]) -> Result<(), RdfError> {
    let quads: HashSet<&Quad> = quads.iter().collect();
    let mut of_node: HashMap<&str, Vec<&Quad>> = HashMap::new();
    for quad in quads {
        let nodes: HashSet<&str> = blank_nodes(quad).into_iter().map(|(_, node)| node).collect();
        for node in nodes {
            of_node.entry(node).or_default().push(quad);
        }
    }
    bounded(of_node.len(), MAX_BLANK_NODES, "blank nodes")?;

    let mut same: HashMap<Vec<String>, Vec<&str>> = HashMap::new();
    for (node, quads) in &of_node {
        let mut look: Vec<String> = quads.iter().map(|quad| first_degree(quad, node)).collect();
        look.sort_unstable();
        same.entry(look).or_default().push(node);
    }
    // The group of each node that is not alone in its group.
    let group: HashMap<&str, usize> = same
        .into_values()
        .filter(|nodes| nodes.len() > 1)
        .enumerate()
        .flat_map(|(group, nodes)| nodes.into_iter().map(move |node| (node, group)))
        .collect();

    let mut met: HashSet<&str> = HashSet::new();
    let mut total: u64 = 0;
    for start in group.keys() {
        if !met.insert(start) {
            continue;
        }
        let (mut nodes, mut orders, mut queue): (u64, u64, Vec<&str>) = (0, 1, vec![start]);
        while let Some(node) = queue.pop() {
            nodes += 1;
            let mut alike: BTreeMap<(u8, &str, usize), u64> = BTreeMap::new();
            for quad in of_node.get(node).into_iter().flatten() {
                for (position, related) in blank_nodes(quad) {
                    if related == node {
                        continue;
                    }
                    let Some(group) = group.get(related) else { continue };
                    let predicate = if position == b'g' { "" } else { quad.predicate.as_str() };
                    let size = alike.entry((position, predicate, *group)).or_default();
                    *size += 1;
                    orders = orders.saturating_mul(*size); // 1 · 2 · 3 …: the factorial, as the group grows
                    if met.insert(related) {
                        queue.push(related);
                    }
                }
            }
        }
        total = total.saturating_add(nodes.saturating_mul(nodes).saturating_mul(orders));
    }
    if total > MAX_N_DEGREE_CALLS as u64 {
        return Err(RdfError::TooComplex {
            limit: "n-degree hash calls",
            found: total,
            allowed: MAX_N_DEGREE_CALLS as u64,
        });
    }
    Ok(())
}

/// A quad as its blank node sees it: what Hash First Degree Quads hashes.
fn first_degree(quad: &Quad, own: &str) -> String {
    let name = |node: &str| if node == own { "_:a" } else { "_:z" };
    let subject = match &quad.subject {
        NamedOrBlankNode::BlankNode(node) => name(node.as_str()).to_owned(),
        NamedOrBlankNode::NamedNode(node) => node.to_string(),
    };
    let object = match &quad.object {
        Term::BlankNode(node) => name(node.as_str()).to_owned(),
        other => other.to_string(),
    };
    let graph = match &quad.graph_name {
        GraphName::BlankNode(node) => name(node.as_str()).to_owned(),
        other => other.to_string(),
    };
    format!("{subject} {} {object} {graph}", quad.predicate)
}

/// The blank nodes of a quad and their positions.
fn blank_nodes(quad: &Quad) -> Vec<(u8, &str)> {
    let mut nodes = Vec::new();
    if let NamedOrBlankNode::BlankNode(node) = &quad.subject {
        nodes.push((b's', node.as_str()));
    }
    if let Term::BlankNode(node) = &quad.object {
        nodes.push((b'o', node.as_str()));
    }
    if let GraphName::BlankNode(node) = &quad.graph_name {
        nodes.push((b'g', node.as_str()));
    }
    nodes
}

/// The same quad in the canonicaliser's types, term by term: no text in between, no blank node renamed.
fn convert(quad: &Quad) -> Spog<SimpleTerm<'_>> {
    let subject = match &quad.subject {
        NamedOrBlankNode::NamedNode(node) => iri(node.as_str()),
        NamedOrBlankNode::BlankNode(node) => blank(node.as_str()),
    };
    let object = match &quad.object {
        Term::NamedNode(node) => iri(node.as_str()),
        Term::BlankNode(node) => blank(node.as_str()),
        Term::Literal(literal) => match literal.language() {
            Some(language) => SimpleTerm::LiteralLanguage(
                MownStr::from(literal.value()),
                LanguageTag::new_unchecked(MownStr::from(language)),
                None,
            ),
            None => SimpleTerm::LiteralDatatype(
                MownStr::from(literal.value()),
                IriRef::new_unchecked(MownStr::from(literal.datatype().as_str())),
            ),
        },
    };
    let graph = match &quad.graph_name {
        GraphName::NamedNode(node) => Some(iri(node.as_str())),
        GraphName::BlankNode(node) => Some(blank(node.as_str())),
        GraphName::DefaultGraph => None,
    };
    ([subject, iri(quad.predicate.as_str()), object], graph)
}

fn iri(value: &str) -> SimpleTerm<'_> {
    SimpleTerm::Iri(IriRef::new_unchecked(MownStr::from(value)))
}

fn blank(value: &str) -> SimpleTerm<'_> {
    SimpleTerm::BlankNode(BnodeId::new_unchecked(MownStr::from(value)))
}
