//! Our RDFC-1.0 against two others, over generated credentials and datasets.
//!
//! Only without named graphs: both others put a node once among the related ones where the specification puts it once for
//! every mention (§4.8.1), and a node has several mentions by one related hash only where the related node is a graph's name, or
//! several graphs hold the same triple. There the peers are rdf-canonize and PyLD: see `interop/canonical`.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::collections::HashSet;

use badge_verifier::securing::rdfc::{HashFunction, canonical_form, to_quads};
use oxrdf::dataset::{CanonicalizationAlgorithm, CanonicalizationHashAlgorithm};
use oxrdf::{BlankNode, Dataset, GraphName, NamedNode, NamedOrBlankNode, Quad, Term};
use proptest::collection::vec;
use proptest::prelude::*;
use sophia_api::MownStr;
use sophia_api::quad::Spog;
use sophia_api::term::{BnodeId, IriRef, LanguageTag, SimpleTerm};

fn ours(quads: &[Quad], hash: HashFunction) -> String {
    canonical_form(quads, hash).unwrap().n_quads()
}

fn by_oxrdf(quads: &[Quad], hash: HashFunction) -> String {
    let hash_algorithm = match hash {
        HashFunction::Sha256 => CanonicalizationHashAlgorithm::Sha256,
        HashFunction::Sha384 => CanonicalizationHashAlgorithm::Sha384,
    };
    let mut dataset: Dataset = quads.iter().cloned().collect();
    dataset.canonicalize(CanonicalizationAlgorithm::Rdfc10 { hash_algorithm });
    let mut lines: Vec<String> = dataset.iter().map(|quad| format!("{quad} .\n")).collect();
    lines.sort_unstable();
    lines.concat()
}

fn by_sophia(quads: &[Quad], hash: HashFunction) -> String {
    let dataset: HashSet<Spog<SimpleTerm<'_>>> = quads.iter().map(convert).collect();
    let mut text = Vec::new();
    match hash {
        HashFunction::Sha256 => sophia_c14n::rdfc10::normalize(&dataset, &mut text).unwrap(),
        HashFunction::Sha384 => sophia_c14n::rdfc10::normalize_sha384(&dataset, &mut text).unwrap(),
    }
    String::from_utf8(text).unwrap()
}

/// The same quad in sophia's types, term by term.
fn convert(quad: &Quad) -> Spog<SimpleTerm<'_>> {
    let iri = |value| SimpleTerm::Iri(IriRef::new_unchecked(MownStr::from(value)));
    let blank = |value| SimpleTerm::BlankNode(BnodeId::new_unchecked(MownStr::from(value)));
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

/// A triple between five blank nodes, two names and two predicates: small enough that alike nodes abound. None from a node to
/// itself: oxrdf hashes such a triple twice where rdf-canonize, sophia and the specification hash it once.
fn triple() -> impl Strategy<Value = Quad> {
    (0_u8..7, 0_u8..2, 1_u8..7).prop_map(|(s, p, distance)| {
        let o = (s + distance) % 7;
        let node = |number: u8| match number {
            5.. => NamedOrBlankNode::from(NamedNode::new_unchecked(format!("urn:x:{number}"))),
            _ => BlankNode::new_unchecked(format!("n{number}")).into(),
        };
        let predicate = NamedNode::new_unchecked(format!("urn:p:{p}"));
        Quad::new(node(s), predicate, Term::from(node(o)), GraphName::DefaultGraph)
    })
}

fn agree(quads: &[Quad]) -> Result<(), TestCaseError> {
    for hash in [HashFunction::Sha256, HashFunction::Sha384] {
        let ours = ours(quads, hash);
        prop_assert_eq!(&ours, &by_oxrdf(quads, hash), "oxrdf");
        // Canonical N-Quads escape what is no character of XML 1.1; sophia leaves U+FFFE and U+FFFF as they are.
        if !ours.contains("\\uFFF") {
            prop_assert_eq!(&ours, &by_sophia(quads, hash), "sophia");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(11), ..ProptestConfig::default() })]

    #[test]
    fn a_credential_has_one_canonical_form(credential in support::linked_data::credentials()) {
        let quads = to_quads(&credential).map_err(|error| TestCaseError::fail(format!("{error}: {credential}")))?;
        agree(&quads)?;
    }

    #[test]
    fn a_graph_has_one_canonical_form(quads in vec(triple(), 0..14)) {
        agree(&quads)?;
    }
}
