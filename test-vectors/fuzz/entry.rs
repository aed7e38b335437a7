//! The entry points for bytes from strangers, each with what must hold whatever they are. The fuzz targets call them, and so
//! does the property test `hostile_bytes`. A panic is a finding, and so is a hang: work is counted, never timed.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use badge_schemas::document::Document;
use badge_schemas::multikey::{KeyKind, Multikey};
use badge_verifier::container::{self, Kind, png, svg};
use badge_verifier::content::Content;
use badge_verifier::evaluation::{digest, thread};
use badge_verifier::securing::rdfc::{self, HashFunction};
use badge_verifier::securing::sd_jwt::SdJwt;
use badge_verifier::securing::sd_jwt::hash::HashAlgorithm;
use badge_verifier::securing::{jws, keys::Algorithm, vc_jwt};
use badge_verifier::snapshot::{Resource, ResourceKind, Retrieval};
use badge_verifier::status_list::token::{self, Bits};
use badge_verifier::status_list::{MAX_UNPACKED, StatusIndex, Width, bitstring};
use badge_verifier::{Expectations, Report, Snapshot, TrustPolicy, Verdict};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
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
/// Except where alike nodes differ only in which graphs their quads stand in. There RDFC-1.0 itself gives no canonical form: its hash of a
/// related node does not say in which graph the relation stands, so `_:a p _:b _:g`, `_:b p _:a _:h` and one more quad about `_:h`
/// come out in two ways, and so do four nodes that all know each other, some in the graph `urn:x:0` and some in none; of rdf-canonize 5
/// too, with the same two results. No document changes its meaning by it; a signature may be refused that another order would keep.
pub fn canonical(data: &[u8]) {
    let quads = |turn: u8| -> Vec<Quad> { data.chunks_exact(3).map(|bytes| quad(bytes, turn)).collect() };
    let plain = rdfc::canonical_form(&quads(0), HashFunction::Sha256);
    let mut other = quads(37);
    let excused = in_several_graphs(&other);
    other.reverse();
    let other = rdfc::canonical_form(&other, HashFunction::Sha256);
    // At the limit one may be refused and not the other: which of several equal paths is met first decides how many others are
    // cut short.
    let (Ok(plain), Ok(other)) = (plain, other) else { return };
    if !excused {
        assert_eq!(plain.n_quads(), other.n_quads());
    }
    let labels: BTreeSet<&String> = plain.labels().values().collect();
    assert_eq!(labels.len(), plain.labels().len(), "no two nodes share a label");
}

/// Whether blank nodes name graphs, or are related to each other in more than one.
fn in_several_graphs(quads: &[Quad]) -> bool {
    let related = |quad: &&Quad| quad.subject.is_blank_node() && quad.object.is_blank_node();
    let graphs: BTreeSet<String> =
        quads.iter().filter(related).map(|quad| quad.graph_name.to_string()).collect();
    graphs.len() > 1 || quads.iter().any(|quad| quad.graph_name.is_blank_node())
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

/// SD-JWTs, taken apart so that mutations reach what is inside the base64url and the digests: a line with the issuer's claims, one for each
/// disclosure, and the claims of a key binding JWT after an empty line. `#0` in claims and disclosures stands for the digest of the first one.
///
/// Nothing that conveys digests is left in what was read, and it is found the same when it is read again.
pub fn sd_jwt(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Some(text) = compose_sd_jwt(text) else { return };
    if let Ok(read) = SdJwt::parse(&text) {
        assert!(text.starts_with(read.without_key_binding()));
        assert!(no_digests(read.claims()), "{}", read.claims());
        let again = SdJwt::parse(read.without_key_binding()).expect("it can be read without its binding");
        assert_eq!(again.claims(), read.claims());
        let _ = read.verify_key_binding();
    }
    let expect = Expectations {
        challenge: Some("c".to_owned()),
        domain: Some("d".to_owned()),
        ..Expectations::default()
    };
    for expect in [Expectations::default(), expect] {
        let report = badge_verifier::verify(
            text.as_bytes(),
            &expect,
            &TrustPolicy::default(),
            now(),
            &Snapshot::default(),
        );
        serde_json::to_string(&report).expect("a report can be written");
    }
}

/// The SD-JWT that the lines describe, signed by the fuzzer's key; `None` where there are no claims.
fn compose_sd_jwt(text: &str) -> Option<String> {
    let (lines, binding) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = lines.lines();
    let claims = lines.next()?;
    let (mut names, mut after) = (Vec::new(), "~".to_owned());
    let with_digests = |text: &str, names: &[String]| {
        names
            .iter()
            .enumerate()
            .rev()
            .fold(text.to_owned(), |text, (number, digest)| text.replace(&format!("#{number}\""), digest))
    };
    for line in lines.take(16) {
        let disclosure = URL_SAFE_NO_PAD.encode(with_digests(line, &names));
        names.push(HashAlgorithm::Sha256.digest(&disclosure) + "\"");
        after = after + &disclosure + "~";
    }
    let typ = if claims.contains("\"vct\"") { "dc+sd-jwt" } else { "vc+sd-jwt" };
    let claims = with_digests(claims, &names);
    let sd_jwt = token(typ, claims.as_bytes()) + &after;
    if binding.is_empty() {
        return Some(sd_jwt);
    }
    let binding = binding.replace("#sd", &HashAlgorithm::Sha256.digest(&sd_jwt));
    Some(sd_jwt + &token("kb+jwt", binding.as_bytes()))
}

fn no_digests(value: &Value) -> bool {
    match value {
        Value::Object(members) => {
            members.iter().all(|(name, value)| name != "_sd" && name != "..." && no_digests(value))
        }
        Value::Array(items) => items.iter().all(no_digests),
        _ => true,
    }
}

/// Status lists: unpacked within bounds, and packed again the same. What is JSON is the claims of a Status List Token.
pub fn status_list(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if text.starts_with('{') {
        return status_list_token(data);
    }
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

/// The token of a list, signed by who may, so that its claims are read: a badge that refers to it is found valid only by a list that says so.
fn status_list_token(claims: &[u8]) {
    const LIST: &str = "https://cfa.example/status-tokens/1";
    static BADGE: LazyLock<String> = LazyLock::new(|| {
        let vector: Value =
            serde_json::from_str(include_str!("../vectors/verify/status-token-valid.json")).expect("JSON");
        let jwt = vector["input"]["text"].as_str().expect("a token");
        let payload = URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1).expect("a payload")).expect("base64url");
        signed(&serde_json::from_slice(&payload).expect("JSON"))
    });
    let mut snapshot = Snapshot::default();
    let resource = Resource { kind: ResourceKind::StatusListToken, url: LIST.to_owned() };
    let outcome = Ok(token("statuslist+jwt", claims).into_bytes());
    snapshot.insert(resource, Retrieval { fetched_at: now(), outcome });
    let report = badge_verifier::verify(
        BADGE.as_bytes(),
        &Expectations::default(),
        &TrustPolicy::default(),
        now(),
        &snapshot,
    );
    if report.verdict() == Verdict::Valid {
        let claims: Value = serde_json::from_slice(claims).expect("what was read is JSON");
        assert_eq!(claims["sub"], LIST);
        assert!(claims["status_list"]["lst"].is_string());
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

/// A published secret, and its did:key.
struct Party {
    key: SigningKey,
    did: String,
}

static PARTY: LazyLock<Party> = LazyLock::new(|| Party::new(7));

impl Party {
    fn new(seed: u8) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let public = Multikey::new(KeyKind::Ed25519, key.verifying_key().to_bytes()).expect("32 bytes");
        Self { key, did: format!("did:key:{public}") }
    }

    /// A token of this key with any payload.
    fn token(&self, typ: &str, payload: &[u8]) -> String {
        let kid = format!("{}#{}", self.did, self.did.trim_start_matches("did:key:"));
        let header = format!(r#"{{"alg":"EdDSA","kid":"{kid}","typ":"{typ}"}}"#);
        let input = URL_SAFE_NO_PAD.encode(header) + "." + &URL_SAFE_NO_PAD.encode(payload);
        jws::compact(&input, &self.key.sign(input.as_bytes()).to_bytes())
    }
}

/// A token of the fuzzer's key with any payload.
fn token(typ: &str, payload: &[u8]) -> String {
    PARTY.token(typ, payload)
}

/// As a JWT by that did:key, in its name.
fn signed(payload: &Value) -> String {
    let mut payload = payload.clone();
    if let Some(members) = payload.as_object_mut() {
        members.insert("issuer".to_owned(), Value::from(PARTY.did.as_str()));
        members.insert("iss".to_owned(), Value::from(PARTY.did.as_str()));
    }
    let kid = format!("{}#{}", PARTY.did, PARTY.did.trim_start_matches("did:key:"));
    let input = jws::signing_input(&vc_jwt::header(Algorithm::EdDsa, &kid), &payload);
    jws::compact(&input, &PARTY.key.sign(input.as_bytes()).to_bytes())
}

/// Threads of evaluation. Whoever issues the first record is the candidate; the others get keys in the order of their appearance, and each record is
/// signed again with the digests it would then have to name, so that mutations reach the course of the moves and not the signatures alone.
///
/// What counts is told without contradiction, and the same bytes are judged the same.
pub fn thread(data: &[u8]) {
    consistent(data);
    if let Ok(document) = Document::parse(data)
        && let Some(records) = document.value().get("verifiableCredential").and_then(Value::as_array)
    {
        consistent(thread::thread(&signed_again(records)).to_string().as_bytes());
    }
}

fn consistent(data: &[u8]) {
    let run = || thread::judge(data, &TrustPolicy::default(), now(), &Snapshot::default());
    let report = run();
    let counts = |index: usize| report.records.get(index).is_some_and(|record| record.problem.is_none());
    assert!(report.evaluations.iter().all(|one| counts(one.index)));
    let last = report.records.iter().rev().find(|record| record.problem.is_none());
    assert_eq!(last.and_then(|record| record.digest.as_deref()), report.last.as_deref());
    if report.state == Some(thread::State::Submitted) {
        assert!(report.evaluations.iter().any(|one| one.withdrawn.is_none()), "one is not taken back");
    }
    if let (Some(given), Some(evaluator)) = (&report.given, &report.evaluator) {
        assert_ne!(given.candidate, *evaluator);
    }
    let written = serde_json::to_string(&report).expect("a report can be written");
    assert_eq!(serde_json::to_string(&run()).expect("a report can be written"), written);
}

/// The records signed by the fuzzer's parties.
pub fn signed_again(records: &[Value]) -> Vec<Value> {
    static PARTIES: LazyLock<Vec<Party>> = LazyLock::new(|| (11..19).map(Party::new).collect());
    let mut known: Vec<String> = Vec::new();
    let mut renamed: Vec<(String, String)> = Vec::new();
    let mut again = Vec::new();
    for record in records.iter().take(16) {
        let issuer = record.get("issuer").map(|issuer| issuer.get("id").unwrap_or(issuer));
        let Some(issuer) = issuer.and_then(Value::as_str).filter(|issuer| issuer.len() > 8) else {
            again.push(record.clone());
            continue;
        };
        let place = known.iter().position(|one| one == issuer).unwrap_or_else(|| {
            known.push(issuer.to_owned());
            known.len() - 1
        });
        // The evaluator is named before they speak.
        let named = record.pointer("/credentialSubject/evaluator").and_then(Value::as_str);
        if let Some(named) = named.filter(|named| named.len() > 8 && !known.iter().any(|one| one == named)) {
            known.push(named.to_owned());
        }
        for (did, party) in known.iter().zip(PARTIES.iter()) {
            if !renamed.iter().any(|(from, _)| from == did) {
                renamed.push((did.clone(), party.did.clone()));
            }
        }
        let Some(party) = PARTIES.get(place) else { break };
        let mut plain = record.clone();
        if let Some(members) = plain.as_object_mut() {
            members.remove("proof");
        }
        let old = digest::of_record(&plain);
        let text = renamed.iter().fold(plain.to_string(), |text, (from, to)| text.replace(from.as_str(), to));
        let Ok(renewed) = serde_json::from_str::<Value>(&text) else { break };
        if let (Ok(old), Ok(new)) = (old, digest::of_record(&renewed)) {
            renamed.push((old, new));
        }
        again.push(Value::from(party.token("vc+jwt", renewed.to_string().as_bytes())));
    }
    again
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
    "2026-11-22T10:00:00Z".parse().expect("a time")
}
