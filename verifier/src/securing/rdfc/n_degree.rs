//! [Hash N-Degree Quads](https://www.w3.org/TR/rdf-canon/#hash-nd-quads), the costly step of RDFC-1.0, with its work counted.

use std::collections::{BTreeMap, HashMap};

use super::RdfError;
use super::canonical::{Dataset, HashFunction, bounded};
use crate::work::Work;

/// Most calls of Hash N-Degree Quads for a document. A badge needs none, or a few for members that are alike without an id;
/// ten nodes that all know each other would need millions. <https://www.w3.org/TR/rdf-canon/#dataset-poisoning>
pub const MAX_N_DEGREE_CALLS: usize = 4_000;
/// Most steps in those calls. A step is a mention hashed, a label copied or a name written: about a microsecond.
pub const MAX_N_DEGREE_STEPS: usize = 400_000;
/// Deepest recursion of those calls, so that the stack is safe. In a document without blank node identifiers it is at most
/// twice the nesting.
pub const MAX_N_DEGREE_DEPTH: usize = 256;

/// An [identifier issuer](https://www.w3.org/TR/rdf-canon/#dfn-identifier-issuer): numbers nodes in the order of their coming.
#[derive(Clone, Default)]
pub(super) struct Issuer {
    order: Vec<usize>,
    issued: HashMap<usize, usize>,
}

impl Issuer {
    pub(super) fn issue(&mut self, node: usize) {
        let next = self.order.len();
        if *self.issued.entry(node).or_insert(next) == next {
            self.order.push(node);
        }
    }

    pub(super) fn number(&self, node: usize) -> Option<usize> {
        self.issued.get(&node).copied()
    }

    pub(super) fn in_order(&self) -> impl Iterator<Item = usize> {
        self.order.iter().copied()
    }
}

/// What all calls for one document share: the dataset and the count of what was done.
pub(super) struct Search<'d> {
    dataset: &'d Dataset<'d>,
    /// The first-degree hash of each node.
    first: &'d [String],
    hash: HashFunction,
    /// What is left for the input that the document is part of.
    work: &'d Work,
    calls: usize,
    steps: usize,
}

impl<'d> Search<'d> {
    pub(super) fn new(
        dataset: &'d Dataset<'d>,
        first: &'d [String],
        hash: HashFunction,
        work: &'d Work,
    ) -> Self {
        Self { dataset, first, hash, work, calls: 0, steps: 0 }
    }

    /// Tells a node from those that look the same, by the shortest way to write down what surrounds it.
    pub(super) fn hash_n_degree(
        &mut self,
        node: usize,
        mut issuer: Issuer,
        canonical: &Issuer,
        depth: usize,
    ) -> Result<(String, Issuer), RdfError> {
        self.count(1, 0)?;
        bounded(depth, MAX_N_DEGREE_DEPTH, "n-degree hash depth")?;
        let mut data = String::new();
        for (hash, mut related) in self.related(node, &issuer, canonical)? {
            data.push_str(&hash);
            // Repetitions stay in the list: the path has a name "once for every mention" (§4.8.1). Their own orders are all
            // the same path, so only orders that differ are tried; without that, a node in a named graph would cost the
            // factorial of the number of its quads.
            related.sort_unstable();
            // What following all orders costs at least: refused before the first of them is followed.
            let least = orders(&related).saturating_mul(cost(&issuer, &related));
            bounded(self.steps.saturating_add(least), MAX_N_DEGREE_STEPS, "n-degree hash steps")?;
            let mut chosen: Option<(String, Issuer)> = None;
            loop {
                if let Some(found) = self.follow(&related, &issuer, canonical, chosen.as_ref(), depth)? {
                    chosen = Some(found);
                }
                if !next_order(&mut related) {
                    break;
                }
            }
            if let Some((path, found)) = chosen {
                data.push_str(&path);
                issuer = found;
            }
        }
        Ok((self.hash.hex(&data), issuer))
    }

    /// Nodes that a node's quads mention beside it, by [related hash](https://www.w3.org/TR/rdf-canon/#hash-related-blank-node).
    fn related(
        &mut self,
        node: usize,
        issuer: &Issuer,
        canonical: &Issuer,
    ) -> Result<BTreeMap<String, Vec<usize>>, RdfError> {
        let mut result: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut known: HashMap<(char, &str, usize), String> = HashMap::new();
        for quad in self.dataset.mentions(node) {
            for (position, other) in quad.nodes().filter(|(_, other)| *other != node) {
                self.count(0, 1)?;
                let predicate = if position == 'g' { "" } else { quad.predicate };
                let hash = known.entry((position, predicate, other)).or_insert_with(|| {
                    let name = if let Some(number) = canonical.number(other) {
                        format!("_:c14n{number}")
                    } else if let Some(number) = issuer.number(other) {
                        format!("_:b{number}")
                    } else {
                        self.first.get(other).cloned().unwrap_or_default()
                    };
                    let predicate = if position == 'g' { String::new() } else { format!("<{predicate}>") };
                    self.hash.hex(&format!("{position}{predicate}{name}"))
                });
                result.entry(hash.clone()).or_default().push(other);
            }
        }
        Ok(result)
    }

    /// The path through the nodes in this order and the names it issued, unless a shorter one is known.
    fn follow(
        &mut self,
        order: &[usize],
        issuer: &Issuer,
        canonical: &Issuer,
        chosen: Option<&(String, Issuer)>,
        depth: usize,
    ) -> Result<Option<(String, Issuer)>, RdfError> {
        self.count(0, cost(issuer, order))?;
        let mut issuer = issuer.clone();
        let mut path = String::new();
        let mut nameless = Vec::new();
        // Longer paths that begin with a greater one are greater still.
        let hopeless = |path: &str| {
            chosen.is_some_and(|(chosen, _)| path.len() >= chosen.len() && path > chosen.as_str())
        };
        for node in order {
            if let Some(number) = canonical.number(*node) {
                path.push_str("_:c14n");
                path.push_str(&number.to_string());
            } else {
                if issuer.number(*node).is_none() {
                    nameless.push(*node);
                }
                path.push_str(&issue(&mut issuer, *node));
            }
            if hopeless(&path) {
                return Ok(None);
            }
        }
        for node in nameless {
            let (hash, after) = self.hash_n_degree(node, issuer, canonical, depth + 1)?;
            issuer = after;
            path.push_str(&issue(&mut issuer, node));
            path.extend(["<", &hash, ">"]);
            if hopeless(&path) {
                return Ok(None);
            }
        }
        Ok(chosen.is_none_or(|(chosen, _)| path < *chosen).then_some((path, issuer)))
    }

    fn count(&mut self, calls: usize, steps: usize) -> Result<(), RdfError> {
        self.calls += calls;
        self.steps += steps;
        bounded(self.calls, MAX_N_DEGREE_CALLS, "n-degree hash calls")?;
        bounded(self.steps, MAX_N_DEGREE_STEPS, "n-degree hash steps")?;
        Ok(self.work.spend((calls + steps) as u64)?)
    }
}

/// The steps of following one order, recursion aside: labels to copy and names to write.
fn cost(issuer: &Issuer, order: &[usize]) -> usize {
    issuer.order.len() + order.len()
}

/// The temporary name of a node, issued if need be, as it stands in a path.
fn issue(issuer: &mut Issuer, node: usize) -> String {
    issuer.issue(node);
    issuer.number(node).map_or_else(String::new, |number| format!("_:b{number}"))
}

/// How many different orders a sorted list has: n! over the factorials of the repetitions.
fn orders(sorted: &[usize]) -> usize {
    let (mut result, mut same) = (1_u128, 0);
    for (index, node) in sorted.iter().enumerate() {
        let again = index.checked_sub(1).and_then(|before| sorted.get(before)) == Some(node);
        same = if again { same + 1 } else { 1 };
        result = result.saturating_mul(index as u128 + 1) / same;
        if result > MAX_N_DEGREE_STEPS as u128 {
            return usize::MAX;
        }
    }
    usize::try_from(result).unwrap_or(usize::MAX)
}

/// The next order in lexicographic succession, each different one once; false after the last.
fn next_order(list: &mut [usize]) -> bool {
    let Some(pivot) = list.windows(2).rposition(|pair| pair[0] < pair[1]) else { return false };
    let Some(successor) = list.iter().rposition(|node| *node > list[pivot]) else { return false };
    list.swap(pivot, successor);
    list[pivot + 1..].reverse();
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_different_order_comes_once() {
        for (list, count) in
            [(&[][..], 1), (&[7], 1), (&[1, 2, 3], 6), (&[1, 1, 1, 1, 1, 1, 1, 1], 1), (&[1, 1, 2, 2, 3], 30)]
        {
            let mut order = list.to_vec();
            let mut met = vec![order.clone()];
            while next_order(&mut order) {
                met.push(order.clone());
            }
            assert_eq!(met.len(), count, "{list:?}");
            assert_eq!(orders(list), count, "{list:?}");
            met.dedup();
            assert_eq!(met.len(), count, "{list:?}");
        }
        assert_eq!(orders(&(0..40).collect::<Vec<_>>()), usize::MAX);
    }
}
