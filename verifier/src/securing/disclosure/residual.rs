//! Blank nodes that no `id` can name, ordered lists and graphs, found again in a part of a document by what stands around them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use oxrdf::{BlankNode, GraphName, NamedOrBlankNode, Quad, Term};

use super::DisclosureError;
use super::skolemize::Skolemized;

/// What stands around a node in one statement: the statement without it.
type Surroundings = (String, String, String, String);

/// The part's statements under the labels of the whole.
///
/// Both speak of named nodes by the same labels already. The others are taken one by one: each statement about a node that speaks
/// otherwise only of known ones leaves few candidates, and a single one is it.
///
/// # Errors
/// [`DisclosureError::NotSelectable`] when a node has no counterpart, or more than one.
pub(super) fn relabel(whole: &Skolemized, part: Vec<Quad>) -> Result<Vec<Quad>, DisclosureError> {
    let unnamed = |quad: &Quad| -> BTreeSet<String> {
        labels(quad).filter(|label| !whole.names(label)).map(|label| label.as_str().to_owned()).collect()
    };
    let of_part: Vec<BTreeSet<String>> = part.iter().map(&unnamed).collect();
    let mut around: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, labels) in of_part.iter().enumerate() {
        for label in labels {
            around.entry(label).or_default().push(index);
        }
    }
    if around.is_empty() {
        return Ok(part);
    }
    let mut candidates: HashMap<Surroundings, BTreeSet<String>> = HashMap::new();
    for quad in whole.quads() {
        for label in unnamed(quad) {
            candidates.entry(surroundings(quad, &label, &BTreeMap::new())).or_default().insert(label);
        }
    }

    let mut known: BTreeMap<String, String> = BTreeMap::new();
    let mut taken: HashSet<String> = HashSet::new();
    let mut queue: Vec<&str> = around.keys().copied().collect();
    while let Some(label) = queue.pop() {
        if known.contains_key(label) {
            continue;
        }
        let mut possible: Option<BTreeSet<String>> = None;
        for index in around.get(label).into_iter().flatten() {
            let (Some(quad), Some(labels)) = (part.get(*index), of_part.get(*index)) else { continue };
            if labels.iter().all(|other| other == label || known.contains_key(other)) {
                let here = candidates.get(&surroundings(quad, label, &known)).cloned().unwrap_or_default();
                possible = Some(match possible {
                    None => here,
                    Some(before) => before.intersection(&here).cloned().collect(),
                });
            }
        }
        let Some(possible) = possible else { continue };
        let mut possible = possible.into_iter().filter(|label| !taken.contains(label));
        match (possible.next(), possible.next()) {
            (Some(one), None) => {
                taken.insert(one.clone());
                known.insert(label.to_owned(), one);
                // Its neighbours may be found now.
                for index in around.get(label).into_iter().flatten() {
                    let neighbours = of_part.get(*index).into_iter().flatten().map(String::as_str);
                    queue.extend(neighbours.filter(|other| !known.contains_key(*other)));
                }
            }
            (None, _) => return Err(DisclosureError::NotSelectable),
            (Some(_), Some(_)) => {}
        }
    }
    if known.len() < around.len() {
        return Err(DisclosureError::NotSelectable);
    }
    let renamed = |node: &BlankNode| known.get(node.as_str()).map(BlankNode::new_unchecked);
    Ok(part.iter().map(|quad| rename(quad, &renamed)).collect())
}

fn labels(quad: &Quad) -> impl Iterator<Item = &BlankNode> {
    let subject = match &quad.subject {
        NamedOrBlankNode::BlankNode(node) => Some(node),
        NamedOrBlankNode::NamedNode(_) => None,
    };
    let object = match &quad.object {
        Term::BlankNode(node) => Some(node),
        _ => None,
    };
    let graph = match &quad.graph_name {
        GraphName::BlankNode(node) => Some(node),
        _ => None,
    };
    [subject, object, graph].into_iter().flatten()
}

fn surroundings(quad: &Quad, own: &str, known: &BTreeMap<String, String>) -> Surroundings {
    let quad = rename(quad, &|node| {
        let label = known.get(node.as_str()).map_or(node.as_str(), String::as_str);
        // Not a character of any label.
        Some(BlankNode::new_unchecked(if node.as_str() == own { "?" } else { label }))
    });
    let predicate = quad.predicate.into_string();
    (quad.subject.to_string(), predicate, quad.object.to_string(), quad.graph_name.to_string())
}

fn rename(quad: &Quad, new: &dyn Fn(&BlankNode) -> Option<BlankNode>) -> Quad {
    let mut quad = quad.clone();
    if let NamedOrBlankNode::BlankNode(node) = &quad.subject
        && let Some(other) = new(node)
    {
        quad.subject = other.into();
    }
    if let Term::BlankNode(node) = &quad.object
        && let Some(other) = new(node)
    {
        quad.object = other.into();
    }
    if let GraphName::BlankNode(node) = &quad.graph_name
        && let Some(other) = new(node)
    {
        quad.graph_name = other.into();
    }
    quad
}
