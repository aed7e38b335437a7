//! What the fuzz targets start from: the vectors' inputs and resources, sorted by entry point.

use badge_verifier::container::{self, Kind, sniff};
use badge_verifier::securing::sd_jwt::hash::HashAlgorithm;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::{Body, Vector};

/// The largest seed: a fuzzer learns nothing from the large ones that a small one does not teach.
const MAX_SEED: usize = 32 << 10;

/// Target and bytes.
pub fn all() -> Vec<(&'static str, Vec<u8>)> {
    let mut seeds = Vec::new();
    for area in ["issue", "verify", "present", "hostile"] {
        for path in badge_test_vectors::files(area).unwrap() {
            of_vector(&Vector::read(&path), &mut seeds);
        }
    }
    for path in badge_test_vectors::files("evaluate").unwrap() {
        let vector: super::threads::ThreadVector =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        seeds.push(("thread", vector.thread.to_string().into_bytes()));
    }
    for seed in datasets() {
        seeds.push(("canonical", seed));
    }
    seeds.retain(|(_, seed)| seed.len() <= MAX_SEED);
    seeds.sort();
    seeds.dedup();
    seeds
}

fn of_vector(vector: &Vector, seeds: &mut Vec<(&'static str, Vec<u8>)>) {
    let input = vector.input_bytes();
    seeds.push(("verify", input.clone()));
    if let Some(text) = container::sd_jwt(&input) {
        seeds.push(("sd_jwt", taken_apart(text).into_bytes()));
    }
    match sniff(&input) {
        Kind::Json => {
            seeds.push(("document", input.clone()));
            seeds.push(("json_ld", without_proof(&input)));
        }
        _ => seeds.push(("container", input)),
    }
    for resource in &vector.snapshot {
        let (text, value) = match &resource.body {
            Body::Text(text) => (text.clone(), payload(text)),
            Body::Json(value) => (value.to_string(), value.clone()),
            Body::Failure(_) | Body::Repeat { .. } => continue,
        };
        if let Some(list) = value.pointer("/credentialSubject/encodedList").and_then(Value::as_str) {
            seeds.push(("status_list", list.as_bytes().to_vec()));
        }
        if let Some(list) = value.pointer("/status_list/lst").and_then(Value::as_str) {
            seeds.push(("status_list", list.as_bytes().to_vec()));
            seeds.push(("status_list", value.to_string().into_bytes()));
        }
        if value.pointer("/type").is_some_and(|kind| kind.to_string().contains("Recogni")) {
            seeds.push(("registry", value.to_string().into_bytes()));
        }
        seeds.push(("verify", text.into_bytes()));
    }
}

/// The payload of a token, or what the text is as JSON.
fn payload(text: &str) -> Value {
    let part = text.split('.').nth(1).unwrap_or_default();
    serde_json::from_str(&decoded(part)).or_else(|_| serde_json::from_str(text)).unwrap_or_default()
}

/// An SD-JWT in the lines of the target `sd_jwt`: claims, disclosures and the claims of a key binding JWT, `#0` for the first digest.
fn taken_apart(text: &str) -> String {
    let (sd_jwt, binding) = text.rsplit_once('~').unwrap_or((text, ""));
    let mut left: Vec<&str> = sd_jwt.split('~').skip(1).collect();
    let mut disclosures = Vec::new();
    // Each after those whose digests it holds.
    while !left.is_empty() {
        let holds = |one: &str, other: &&str| {
            *other != one && decoded(one).contains(&HashAlgorithm::Sha256.digest(other))
        };
        let next =
            left.iter().position(|one| !left.iter().any(|other| holds(one, other))).unwrap_or_default();
        disclosures.push(left.remove(next));
    }
    let without_digests = |text: String| {
        disclosures.iter().enumerate().fold(text, |text, (number, disclosure)| {
            text.replace(&HashAlgorithm::Sha256.digest(disclosure), &format!("#{number}"))
        })
    };
    let mut lines: Vec<String> = vec![payload(sd_jwt).to_string()];
    lines.extend(disclosures.iter().map(|disclosure| decoded(disclosure)));
    let mut text = without_digests(lines.join("\n"));
    if !binding.is_empty() {
        let own = HashAlgorithm::Sha256.digest(&format!("{sd_jwt}~"));
        text = text + "\n\n" + &payload(binding).to_string().replace(&own, "#sd");
    }
    text
}

fn decoded(base64url: &str) -> String {
    let bytes = URL_SAFE_NO_PAD.decode(base64url).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn without_proof(input: &[u8]) -> Vec<u8> {
    match serde_json::from_slice::<Value>(input) {
        Ok(Value::Object(mut members)) => {
            members.remove("proof");
            Value::Object(members).to_string().into_bytes()
        }
        _ => input.to_vec(),
    }
}

/// Cycles, cliques, stars and graphs in the three-byte quads of the target `canonical`.
fn datasets() -> Vec<Vec<u8>> {
    let clique = |size: u8| -> Vec<u8> {
        let pairs = (0..size).flat_map(|a| (0..size).filter(move |b| *b != a).map(move |b| [a, b, 0x60]));
        pairs.flatten().collect()
    };
    let cycle = |size: u8| -> Vec<u8> { (0..size).flat_map(|a| [a, (a + 1) % size, 0x60]).collect() };
    let graph = |size: u8| -> Vec<u8> { (0..size).flat_map(|a| [a, 0x80, 0x20 | (a << 2)]).collect() };
    (2..=8).flat_map(|size| [clique(size), cycle(size), graph(size)]).collect()
}
