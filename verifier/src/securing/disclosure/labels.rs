//! New labels for blank nodes: [createHmacIdLabelMapFunction](https://www.w3.org/TR/vc-di-ecdsa/#createhmacidlabelmapfunction),
//! [createShuffledIdLabelMapFunction](https://www.w3.org/TR/vc-di-bbs/#createshuffledidlabelmapfunction) and
//! [createLabelMapFunction](https://www.w3.org/TR/vc-di-ecdsa/#createlabelmapfunction).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use oxrdf::Quad;
use sha2::Sha256;

use super::DisclosureError;
use crate::securing::rdfc::{self, CanonicalForm, HashFunction};

/// Length of an HMAC key: that of a SHA-256 digest ([vc-di-ecdsa §3.6.2](https://www.w3.org/TR/vc-di-ecdsa/#base-proof-transformation-ecdsa-sd-2023)).
pub const HMAC_KEY_BYTES: usize = 32;

/// The key that makes labels unguessable: whoever has it can tell what hidden statements speak of. It belongs to issuer and holder.
#[derive(Clone, PartialEq, Eq)]
pub struct HmacKey([u8; HMAC_KEY_BYTES]);

impl HmacKey {
    /// A key from fresh randomness, or from a base proof.
    pub fn new(bytes: [u8; HMAC_KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes, as they stand in a base proof.
    pub fn bytes(&self) -> &[u8; HMAC_KEY_BYTES] {
        &self.0
    }

    /// `u` and the base64url HMAC of a canonical label.
    fn id(&self, canonical: &str) -> Option<String> {
        let mut hmac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        hmac.update(canonical.as_bytes());
        Some(format!("u{}", URL_SAFE_NO_PAD.encode(hmac.finalize().into_bytes())))
    }
}

impl fmt::Debug for HmacKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("HmacKey(…)")
    }
}

/// How canonical labels are replaced.
#[derive(Clone, Copy, Debug)]
pub enum LabelReplacement<'a> {
    /// By their HMACs: `ecdsa-sd-2023`.
    HmacId(&'a HmacKey),
    /// By their HMACs' places in order, which tells less: `bbs-2023`.
    ShuffledId(&'a HmacKey),
    /// As a derived proof says, from canonical label to new label.
    Given(&'a BTreeMap<String, String>),
}

impl LabelReplacement<'_> {
    /// The new label of each canonical one, both without `_:`.
    ///
    /// # Errors
    /// [`DisclosureError::LabelMap`]: a given map leaves out a node, names one that is not there, or gives two nodes one label. The
    /// last would let a holder tear one node into two that look like two things.
    pub fn label_map<'c>(
        &self,
        canonical: impl Iterator<Item = &'c str>,
    ) -> Result<BTreeMap<String, String>, DisclosureError> {
        let hmac_ids = |key: &HmacKey, canonical: &mut dyn Iterator<Item = &'c str>| {
            canonical
                .map(|label| Some((label.to_owned(), key.id(label)?)))
                .collect::<Option<BTreeMap<String, String>>>()
                .ok_or(DisclosureError::LabelMap)
        };
        let mut canonical = canonical;
        match self {
            Self::HmacId(key) => hmac_ids(key, &mut canonical),
            Self::ShuffledId(key) => {
                let ids = hmac_ids(key, &mut canonical)?;
                let places: BTreeMap<String, usize> = ids
                    .values()
                    .collect::<BTreeSet<_>>()
                    .into_iter()
                    .enumerate()
                    .map(|(place, id)| (id.clone(), place))
                    .collect();
                ids.into_iter()
                    .map(|(label, id)| Some((label, format!("b{}", places.get(&id)?))))
                    .collect::<Option<_>>()
                    .ok_or(DisclosureError::LabelMap)
            }
            Self::Given(map) => {
                let labels: BTreeSet<&str> = canonical.collect();
                let named: BTreeSet<&str> = map.keys().map(String::as_str).collect();
                let new: BTreeSet<&String> = map.values().collect();
                if labels != named || new.len() != map.len() {
                    return Err(DisclosureError::LabelMap);
                }
                Ok((*map).clone())
            }
        }
    }
}

/// Canonical statements under new labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The statements: N-Quads with their line feeds, in code point order of what they are now.
    pub nquads: Vec<String>,
    /// From the labels in the input to the new ones, both without `_:`.
    pub label_map: BTreeMap<String, String>,
}

/// Canonicalises statements and replaces the labels:
/// [labelReplacementCanonicalizeNQuads](https://www.w3.org/TR/vc-di-ecdsa/#labelreplacementcanonicalizenquads).
///
/// # Errors
/// [`DisclosureError::Rdf`] or [`DisclosureError::LabelMap`].
pub fn label_replacement_canonicalize(
    quads: &[Quad],
    replacement: LabelReplacement<'_>,
) -> Result<Replaced, DisclosureError> {
    relabel(&rdfc::canonical_form(quads, HashFunction::Sha256)?, replacement)
}

/// The same, of a canonical form that is known already.
///
/// # Errors
/// [`DisclosureError::LabelMap`].
pub fn relabel(form: &CanonicalForm, replacement: LabelReplacement<'_>) -> Result<Replaced, DisclosureError> {
    let new = replacement.label_map(form.labels().values().map(String::as_str))?;
    let label_map = form
        .labels()
        .iter()
        .map(|(input, canonical)| Some((input.clone(), new.get(canonical)?.clone())))
        .collect::<Option<_>>()
        .ok_or(DisclosureError::LabelMap)?;
    let mut nquads = relabel_blank_nodes(form.lines(), &new)?;
    nquads.sort_unstable();
    Ok(Replaced { nquads, label_map })
}

/// The same canonical lines under other labels: [relabelBlankNodes](https://www.w3.org/TR/vc-di-ecdsa/#relabelblanknodes).
///
/// # Errors
/// [`DisclosureError::LabelMap`] when a label has no other.
pub fn relabel_blank_nodes(
    nquads: &[String],
    label_map: &BTreeMap<String, String>,
) -> Result<Vec<String>, DisclosureError> {
    nquads
        .iter()
        .map(|line| {
            terms(line)
                .map(|term| match term.strip_prefix("_:") {
                    None => Some(term.to_owned()),
                    Some(label) => label_map.get(label).map(|new| format!("_:{new}")),
                })
                .collect::<Option<Vec<_>>>()
                .map(|terms| terms.join(" "))
                .ok_or(DisclosureError::LabelMap)
        })
        .collect()
}

/// A canonical line, split at the spaces between its terms; the last piece is the full stop and the line feed.
fn terms(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let text = rest?;
        // Only literals contain spaces; inside them a quotation mark is escaped.
        let from = if text.starts_with('"') { end_of_literal(text) } else { 0 };
        let (term, after) = match text.get(from..).and_then(|tail| tail.split_once(' ')) {
            Some((head, after)) => (text.get(..from + head.len()).unwrap_or(text), Some(after)),
            None => (text, None),
        };
        rest = after;
        Some(term)
    })
}

fn end_of_literal(text: &str) -> usize {
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return index + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect()
    }

    #[test]
    fn only_blank_nodes_are_relabelled() {
        let lines = [
            "_:c14n0 <https://example.org/_:c14n1> \"_:c14n0 says \\\" _:c14n1 \\\\\" .\n".to_owned(),
            "<urn:a> <urn:p> _:c14n1 _:c14n0 .\n".to_owned(),
            "<urn:a> <urn:p> \" _:c14n0 \"@fr _:c14n1 .\n".to_owned(),
            "<urn:a> <urn:p> \"\\\\\"^^<urn:t> .\n".to_owned(),
        ];
        let relabelled = relabel_blank_nodes(&lines, &map(&[("c14n0", "x"), ("c14n1", "y")])).unwrap();
        assert_eq!(
            relabelled,
            [
                "_:x <https://example.org/_:c14n1> \"_:c14n0 says \\\" _:c14n1 \\\\\" .\n",
                "<urn:a> <urn:p> _:y _:x .\n",
                "<urn:a> <urn:p> \" _:c14n0 \"@fr _:y .\n",
                "<urn:a> <urn:p> \"\\\\\"^^<urn:t> .\n",
            ]
        );
        assert_eq!(
            relabel_blank_nodes(&lines, &map(&[("c14n0", "x")])),
            Err(DisclosureError::LabelMap),
            "a node without a new label"
        );
    }

    #[test]
    fn a_given_map_names_every_node_once() {
        let check = |pairs: &[(&str, &str)]| {
            let map = map(pairs);
            LabelReplacement::Given(&map).label_map(["c14n0", "c14n1"].into_iter()).is_ok()
        };
        assert!(check(&[("c14n0", "u1"), ("c14n1", "u0")]));
        assert!(!check(&[("c14n0", "u1")]), "one is missing");
        assert!(!check(&[("c14n0", "u1"), ("c14n1", "u0"), ("c14n2", "u2")]), "one too many");
        assert!(!check(&[("c14n0", "u1"), ("c14n1", "u1")]), "two nodes under one label");
    }
}
