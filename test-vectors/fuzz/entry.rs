//! The entry points for bytes from strangers, each with what must hold whatever they are. The fuzz targets call them, and so
//! does the property test `hostile_bytes`. A panic is a finding, and so is a hang: work is counted, never timed.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use badge_schemas::document::Document;
use badge_schemas::multikey::{KeyKind, Multikey};
use badge_verifier::container::{self, Kind, png, svg};
use badge_verifier::content::Content;
use badge_verifier::securing::rdfc::{self, HashFunction};
use badge_verifier::securing::{jws, keys::Algorithm, vc_jwt};
use badge_verifier::snapshot::{Resource, ResourceKind, Retrieval};
use badge_verifier::status_list::token::{self, Bits};
use badge_verifier::status_list::{MAX_UNPACKED, StatusIndex, Width, bitstring};
use badge_verifier::{Expectations, Report, Snapshot, TrustPolicy, Verdict};
use ed25519_dalek::{Signer as _, SigningKey};
use oxrdf::{BlankNode, GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term};
use serde_json::Value;

/// `Document::parse`: what was read can be written and read again, and is the same.
pub fn document(data: &[u8]) {
    let Ok(document) = Document::parse(data) else { return };
    assert_eq!(document.bytes(), data, "the bytes received are kept");
    let again = Document::parse(document.value().to_string()).expect("what was read can be read again");
    assert_eq!(again.value(), document.value());
}

/// Containers: the badge that was put in is the one that comes out.
pub fn container(data: &[u8]) {
    let _ = Content::open(data);
    let badge = r#"{"a":"<&>\"'é\u0000"}"#;
    match container::sniff(data) {
        Kind::Png => {
            if let Ok(baked) = png::bake(data, badge, container::Existing::Replace) {
                assert_eq!(png::extract(&baked).as_deref(), Ok(badge.as_bytes()));
            }
        }
        Kind::Svg => {
            if let Ok(baked) = svg::bake(data, badge, container::Existing::Replace) {
                assert_eq!(svg::extract(&baked).as_deref(), Ok(badge.as_bytes()));
            }
        }
        _ => {}
    }
}

/// JSON-LD to RDF: twice the same, although the processor meets terms in random order.
pub fn json_ld(data: &[u8]) {
    let Ok(document) = Document::parse(data) else { return };
    let first = rdfc::canonicalize(document.value());
    let second = rdfc::canonicalize(document.value());
    assert_eq!(first.is_ok(), second.is_ok(), "{first:?} {second:?}");
    if let (Ok(first), Ok(second)) = (first, second) {
        assert_eq!(first, second);
    }
}

/// Canonicalisation of a dataset written in three-byte quads: neither the labels nor the order of its quads matter.
///
/// Except where blank nodes name graphs. There RDFC-1.0 itself gives no canonical form: its hash of a node does not say which of
/// the node's quads stands in which graph, so `_:a p _:b _:g`, `_:b p _:a _:h` and one more quad about `_:h` come out in two
/// ways, of rdf-canonize too. No document changes its meaning by it; a signature may be refused that another order would keep.
pub fn canonical(data: &[u8]) {
    let quads = |turn: u8| -> Vec<Quad> { data.chunks_exact(3).map(|bytes| quad(bytes, turn)).collect() };
    let plain = rdfc::canonical_form(&quads(0), HashFunction::Sha256);
    let mut other = quads(37);
    let in_blank_graphs = other.iter().any(|quad| matches!(quad.graph_name, GraphName::BlankNode(_)));
    other.reverse();
    let other = rdfc::canonical_form(&other, HashFunction::Sha256);
    // At the limit one may be refused and not the other: which of several equal paths is met first decides how many others are
    // cut short.
    let (Ok(plain), Ok(other)) = (plain, other) else { return };
    if !in_blank_graphs {
        assert_eq!(plain.n_quads(), other.n_quads());
    }
    let labels: BTreeSet<&String> = plain.labels().values().collect();
    assert_eq!(labels.len(), plain.labels().len(), "no two nodes share a label");
}

/// Subject and object among eight blank nodes and a few names, a predicate, a graph.
fn quad(bytes: &[u8], turn: u8) -> Quad {
    let blank = |number: u8| {
        BlankNode::new_unchecked(format!("n{}", (number & 7).wrapping_mul(5).wrapping_add(turn) & 7))
    };
    let name = |number: u8| NamedNode::new_unchecked(format!("urn:x:{}", number & 3));
    let (s, o, rest) = (bytes[0], bytes[1], bytes[2]);
    Quad {
        subject: if s & 0x80 == 0 { NamedOrBlankNode::from(blank(s)) } else { name(s).into() },
        predicate: name(rest),
        object: match o >> 6 {
            0 | 1 => Term::from(blank(o)),
            2 => name(o).into(),
            _ => Literal::new_simple_literal(char::from(o).to_string()).into(),
        },
        graph_name: match rest >> 5 {
            0 => GraphName::from(name(rest >> 3)),
            1 | 2 => blank(rest >> 2).into(),
            _ => GraphName::DefaultGraph,
        },
    }
}

/// Status lists: unpacked within bounds, and packed again the same.
pub fn status_list(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(list) = bitstring::decode(text) {
        assert_eq!(bitstring::decode(&bitstring::encode(&list)).as_ref(), Ok(&list));
        look_up(&list);
    }
    for bits in [Bits::One, Bits::Two, Bits::Four, Bits::Eight] {
        if let Ok(list) = token::decode(text, bits) {
            assert_eq!(token::decode(&token::encode(&list, bits), bits).as_ref(), Ok(&list));
            look_up(&list);
        }
    }
}

fn look_up(list: &StatusIndex) {
    for width in (0..=9).filter_map(Width::new) {
        let length = list.length(width);
        assert!(length * width.bits() <= MAX_UNPACKED as u64 * 8);
        for index in [0, 1, length.saturating_sub(1), length, u64::MAX / 8, u64::MAX] {
            assert_eq!(list.get(index, width).is_ok(), index < length);
            let _ = bitstring::look_up(list, index, width);
        }
    }
}

/// An issuer registry, signed by who may, so that its content is read; and the same bytes unsigned.
pub fn registry(data: &[u8]) {
    let unsigned = ask(data);
    assert!(
        unsigned
            .registries()
            .iter()
            .all(|answer| answer.recognition.as_str() != "listed" || data.contains(&b'.'))
    );
    if let Ok(document) = Document::parse(data) {
        ask(signed(document.value()).as_bytes());
    }
}

fn ask(registry: &[u8]) -> Report {
    static POLICY: LazyLock<TrustPolicy> =
        LazyLock::new(|| TrustPolicy::from_toml("[[registries]]\nsource = 'fuzz.jwt'\n").expect("a policy"));
    static BADGE: LazyLock<String> = LazyLock::new(|| {
        let vector: Value =
            serde_json::from_str(include_str!("../vectors/verify/registry-listed.json")).expect("JSON");
        vector["input"]["json"].to_string()
    });
    let mut snapshot = Snapshot::default();
    let resource = Resource { kind: ResourceKind::Registry, url: "fuzz.jwt".to_owned() };
    snapshot.insert(resource, Retrieval { fetched_at: now(), outcome: Ok(registry.to_vec()) });
    badge_verifier::verify(BADGE.as_bytes(), &Expectations::default(), &POLICY, now(), &snapshot)
}

/// As a JWT by a did:key of a published secret.
fn signed(payload: &Value) -> String {
    static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_bytes(&[7; 32]));
    static DID: LazyLock<String> = LazyLock::new(|| {
        let key = Multikey::new(KeyKind::Ed25519, KEY.verifying_key().to_bytes()).expect("32 bytes");
        format!("did:key:{key}")
    });
    let mut payload = payload.clone();
    if let Some(members) = payload.as_object_mut() {
        members.insert("issuer".to_owned(), Value::from(DID.as_str()));
        members.insert("iss".to_owned(), Value::from(DID.as_str()));
    }
    let key = DID.trim_start_matches("did:key:");
    let input = jws::signing_input(&vc_jwt::header(Algorithm::EdDsa, &format!("{}#{key}", *DID)), &payload);
    jws::compact(&input, &KEY.sign(input.as_bytes()).to_bytes())
}

/// The whole verification: a report always, and a valid one twice.
pub fn verify(data: &[u8]) {
    let run = |input: &[u8]| {
        badge_verifier::verify(
            input,
            &Expectations::default(),
            &TrustPolicy::default(),
            now(),
            &Snapshot::default(),
        )
    };
    let report = run(data);
    let written = serde_json::to_string(&report).expect("a report can be written");
    if report.verdict() == Verdict::Valid {
        assert_eq!(serde_json::to_string(&run(data)).expect("a report can be written"), written);
    }
}

fn now<T: std::str::FromStr<Err: std::fmt::Debug>>() -> T {
    "2026-11-15T12:00:00Z".parse().expect("a time")
}
