//! The statements of a document, and which of them each selection covers:
//! [canonicalizeAndGroup](https://www.w3.org/TR/vc-di-ecdsa/#canonicalizeandgroup).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::labels::{self, LabelReplacement};
use super::skolemize::Skolemized;
use super::{DisclosureError, residual, select_json_ld};
use crate::securing::rdfc::{self, HashFunction};

/// A document's statements under replaced labels, and its groups in the order they were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grouped<const N: usize> {
    /// Every statement: N-Quads with their line feeds, in code point order.
    pub nquads: Vec<String>,
    /// What each selection covers.
    pub groups: [Group; N],
}

/// The statements that a selection covers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Their places among all statements.
    pub matching: BTreeSet<usize>,
    /// From the canonical labels of the selected part, as whoever receives only that part will compute them, to the replaced ones.
    pub label_map: BTreeMap<String, String>,
}

impl<const N: usize> Grouped<N> {
    /// The statements at these places, in order.
    pub fn at(&self, places: &BTreeSet<usize>) -> Vec<&str> {
        let all = self.nquads.iter().enumerate();
        all.filter(|(place, _)| places.contains(place)).map(|(_, line)| line.as_str()).collect()
    }

    /// The statements at all other places, in order.
    pub fn not_at(&self, places: &BTreeSet<usize>) -> Vec<&str> {
        let all = self.nquads.iter().enumerate();
        all.filter(|(place, _)| !places.contains(place)).map(|(_, line)| line.as_str()).collect()
    }
}

/// Canonicalises a document, replaces its labels and groups its statements by the pointers that select them. No pointers, no
/// statements.
///
/// # Errors
/// [`DisclosureError`].
pub fn canonicalize_and_group<const N: usize>(
    document: &Value,
    replacement: LabelReplacement<'_>,
    definitions: [&[&str]; N],
) -> Result<Grouped<N>, DisclosureError> {
    let skolemized = Skolemized::new(document)?;
    let all = labels::label_replacement_canonicalize(skolemized.quads(), replacement)?;
    let places: HashMap<&str, usize> =
        all.nquads.iter().enumerate().map(|(place, line)| (line.as_str(), place)).collect();
    let mut groups: [Group; N] = std::array::from_fn(|_| Group::default());
    for (group, pointers) in groups.iter_mut().zip(definitions) {
        if !pointers.is_empty() {
            *group = select_canonical_nquads(&skolemized, pointers, &all.label_map, &places)?;
        }
    }
    Ok(Grouped { nquads: all.nquads, groups })
}

/// [selectCanonicalNQuads](https://www.w3.org/TR/vc-di-ecdsa/#selectcanonicalnquads), and where the lines stand among all.
fn select_canonical_nquads(
    skolemized: &Skolemized,
    pointers: &[&str],
    label_map: &BTreeMap<String, String>,
    places: &HashMap<&str, usize>,
) -> Result<Group, DisclosureError> {
    let selection = select_json_ld(skolemized.document(), pointers.iter().copied())?;
    let quads = residual::relabel(skolemized, skolemized.quads_of(&selection)?)?;
    let form = rdfc::canonical_form(&quads, HashFunction::Sha256)?;
    let label_map: BTreeMap<String, String> = form
        .labels()
        .iter()
        .map(|(label, canonical)| Some((canonical.clone(), label_map.get(label)?.clone())))
        .collect::<Option<_>>()
        .ok_or(DisclosureError::NotSelectable)?;
    let matching = labels::relabel_blank_nodes(form.lines(), &label_map)?
        .iter()
        .map(|line| places.get(line.as_str()).copied())
        .collect::<Option<_>>()
        .ok_or(DisclosureError::NotSelectable)?;
    Ok(Group { matching, label_map })
}
