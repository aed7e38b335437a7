//! What was signed cannot be changed: every member, every byte of a signature, every character of a token.
//!
//! The full sweep (up to ten changes a value, a bit of every byte of the signature) runs over the smallest signed badge; two changes a value
//! over the smallest presentation; every character of header and signature and every fifth of the payload over the smallest token; a short
//! one (every member at the root taken out, two bits of the signature) over every valid vector. Not among the changes, because they change
//! nothing in what JSON-LD says: another order of members or array items, an array around a single value, `{"id": X}` for a reference `X`,
//! an empty array under a name that a context defines.

#![expect(clippy::similar_names, reason = "what is signed and what is signing differ by a letter")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod support;

use badge_verifier::Verdict;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use support::{Input, Vector};

/// Signed JSON of each kind, small, and how many changes each value gets.
const SWEPT: [(&str, usize); 2] = [("verify/eddsa-did-key", usize::MAX), ("present/sound", 1)];
/// A token, small.
const TOKEN: &str = "verify/jwt-eddsa-did-key";

fn vector(name: &str) -> Vector {
    Vector::read(&badge_test_vectors::folder().join(format!("{name}.json")))
}

/// Every valid vector of a form, by name. Images are mutated by what is in them, which other vectors hold too.
fn valid_vectors() -> Vec<(String, Vector)> {
    ["verify", "present"]
        .into_iter()
        .flat_map(|area| badge_test_vectors::files(area).unwrap())
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), Vector::read(&path)))
        .filter(|(_, vector)| vector.outcome.verdict == "valid")
        .collect()
}

/// A changed document and what was done to it.
type Change = (String, Value);

fn child(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The pointer of every value below the root.
fn pointers(value: &Value, pointer: &str, found: &mut Vec<String>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(members) => {
            members.iter().map(|(name, member)| (child(pointer, name), member)).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, item)| (format!("{pointer}/{index}"), item)).collect()
        }
        _ => return,
    };
    for (pointer, inner) in inner {
        pointers(inner, &pointer, found);
        found.push(pointer);
    }
}

fn with(document: &Value, pointer: &str, value: Value) -> Value {
    let mut changed = document.clone();
    *changed.pointer_mut(pointer).unwrap() = value;
    changed
}

fn removed(document: &Value, pointer: &str) -> Value {
    let mut changed = document.clone();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let name = name.replace("~1", "/").replace("~0", "~");
    match changed.pointer_mut(parent).unwrap() {
        Value::Object(members) => drop(members.shift_remove(&name)),
        Value::Array(items) => drop(items.remove(name.parse().unwrap())),
        _ => panic!("{pointer}"),
    }
    changed
}

/// Other values for a value: near ones, and ones of other types.
fn others(value: &Value) -> Vec<Value> {
    match value {
        Value::String(text) => {
            let mut others = vec![
                format!("{text}x").into(),
                format!("{text} ").into(),
                text.chars().skip(1).collect::<String>().into(),
                Value::Null,
                json!([text, "urn:x:extra"]),
            ];
            others.extend(text.parse::<i64>().ok().map(Value::from));
            let upper = text.to_uppercase();
            others.extend((upper != *text).then(|| upper.into()));
            others
        }
        Value::Number(number) => {
            vec![json!(number.as_f64().unwrap() + 1.0), number.to_string().into(), Value::Null]
        }
        Value::Bool(flag) => vec![(!flag).into(), flag.to_string().into(), Value::Null],
        Value::Object(_) => vec![
            json!({}),
            json!([]),
            json!("urn:x:extra"),
            json!([value, {"id": "urn:x:extra"}]),
            Value::Null,
        ],
        Value::Array(_) => vec![json!([]), json!("urn:x:extra"), Value::Null],
        Value::Null => vec![json!("")],
    }
}

/// Members that no context knows, that one knows, that JSON-LD passes over, or that it acts on.
fn extras() -> Vec<(&'static str, Value)> {
    vec![
        ("extra", "x".into()),
        ("description", "ajouté".into()),
        ("validUntil", "2099-01-01T00:00:00Z".into()),
        ("undefinedProperty", json!([])),
        ("narrative", Value::Null),
        ("@ignored", "x".into()),
        ("@id", "urn:x:extra".into()),
        ("https://schema.org/name", "x".into()),
        ("_:b", "x".into()),
    ]
}

/// Every change of a document, member by member: at most so many other values, and additions, in each place.
fn every_change(document: &Value, most: usize) -> Vec<Change> {
    let mut places = Vec::new();
    pointers(document, "", &mut places);
    let mut changes = Vec::new();
    for pointer in &places {
        changes.push((format!("without {pointer}"), removed(document, pointer)));
        for (number, other) in others(document.pointer(pointer).unwrap()).into_iter().enumerate().take(most) {
            changes.push((format!("other value {number} at {pointer}"), with(document, pointer, other)));
        }
    }
    places.push(String::new());
    for pointer in places.iter().filter(|pointer| document.pointer(pointer).unwrap().is_object()) {
        for (name, value) in extras().into_iter().take(most) {
            let mut changed = document.clone();
            let members = changed.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
            if !members.contains_key(name) {
                members.insert(name.to_owned(), value);
                changes.push((format!("{name} added at {pointer:?}"), changed));
            }
        }
    }
    changes
}

/// The signature, or what stands for it in selective disclosure, with one bit of each of these bytes flipped.
fn flipped(document: &Value, bytes: impl Iterator<Item = usize>) -> Vec<Change> {
    let Some(text) = document.pointer("/proof/proofValue").and_then(Value::as_str) else { return Vec::new() };
    let in_base64 = text.starts_with('u');
    let signature = if in_base64 {
        URL_SAFE_NO_PAD.decode(&text[1..]).unwrap()
    } else {
        bs58::decode(&text[1..]).into_vec().unwrap()
    };
    let flip = |at: usize| {
        let mut signature = signature.clone();
        signature[at] ^= 1 << (at % 8);
        if in_base64 {
            format!("u{}", URL_SAFE_NO_PAD.encode(signature))
        } else {
            format!("z{}", bs58::encode(signature).into_string())
        }
    };
    bytes
        .map(|at| {
            (format!("byte {at} of the signature"), with(document, "/proof/proofValue", flip(at).into()))
        })
        .collect()
}

/// Runs changed inputs in two threads, and gives those that are valid.
fn survivors(vector: &Vector, changes: &[(String, Vec<u8>)]) -> Vec<String> {
    let half = changes.len().div_ceil(2).max(1);
    let run = |part: &[(String, Vec<u8>)]| -> Vec<String> {
        let valid = |input: &[u8]| vector.run_on(input).verdict() == Verdict::Valid;
        part.iter().filter(|(_, input)| valid(input)).map(|(what, _)| what.clone()).collect()
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = changes.chunks(half).map(|part| scope.spawn(move || run(part))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

fn bytes(changes: Vec<Change>) -> Vec<(String, Vec<u8>)> {
    changes.into_iter().map(|(what, value)| (what, value.to_string().into_bytes())).collect()
}

fn json_of(vector: &Vector) -> Option<&Value> {
    match &vector.input {
        Input::Json(document) => Some(document),
        _ => None,
    }
}

#[test]
fn no_changed_document_is_valid() {
    for (name, most) in SWEPT {
        let vector = vector(name);
        assert_eq!(vector.run().verdict(), Verdict::Valid, "{name}: the test would prove nothing");
        let document = json_of(&vector).unwrap();
        let mut changes = every_change(document, most);
        changes.extend(flipped(document, 0..64));
        let survivors = survivors(&vector, &bytes(changes));
        assert!(survivors.is_empty(), "{name} is still valid: {survivors:#?}");
    }
}

#[test]
fn no_token_with_another_character_is_valid() {
    let vector = vector(TOKEN);
    assert_eq!(vector.run().verdict(), Verdict::Valid, "the test would prove nothing");
    let token = String::from_utf8(vector.input_bytes()).unwrap();
    let mut changes = Vec::new();
    let dots: Vec<usize> = token.match_indices('.').map(|(at, _)| at).collect();
    for (at, character) in
        token.char_indices().filter(|(at, _)| *at <= dots[0] || *at >= dots[1] || at % 5 == 0)
    {
        let other = if character == 'A' { 'B' } else { 'A' };
        let mut changed = token.clone();
        changed.replace_range(at..=at, &other.to_string());
        changes.push((format!("{other} at {at}"), changed.into_bytes()));
    }
    for at in [0, 1, token.len() / 2, token.len() - 1] {
        changes.push((
            format!("without character {at}"),
            [&token[..at], &token[at + 1..]].concat().into_bytes(),
        ));
    }
    // The last character of a signature has bits to spare: its neighbours spell the same bytes to a careless reader.
    let (rest, last) = token.split_at(token.len() - 1);
    for other in ('A'..='Z')
        .chain('a'..='z')
        .chain('0'..='9')
        .chain(['-', '_'])
        .filter(|other| !last.starts_with(*other))
    {
        changes.push((format!("{other} at the end"), format!("{rest}{other}").into_bytes()));
    }
    let parts: Vec<&str> = token.split('.').collect();
    let payload: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    for (what, changed) in
        every_change(&payload, 0).into_iter().filter(|(what, _)| what.starts_with("without"))
    {
        let payload = URL_SAFE_NO_PAD.encode(changed.to_string());
        changes.push((what, format!("{}.{payload}.{}", parts[0], parts[2]).into_bytes()));
    }
    changes.push(("the payload alone".to_owned(), payload.to_string().into_bytes()));
    let survivors = survivors(&vector, &changes);
    assert!(survivors.is_empty(), "still valid: {survivors:#?}");
}

#[test]
fn no_valid_vector_survives_the_loss_of_a_member_or_a_bit() {
    let mut tried = 0;
    for (name, vector) in valid_vectors() {
        let changes = match &vector.input {
            Input::Json(document) if document.get("proof").is_some_and(Value::is_object) => {
                // An empty array says nothing in RDF: without it the document says the same.
                let says = |(name, value): (&String, &Value)| (*value != json!([])).then(|| child("", name));
                let members = document.as_object().unwrap().iter().filter_map(says);
                let mut changes: Vec<Change> = members
                    .map(|pointer| (format!("without {pointer}"), removed(document, &pointer)))
                    .collect();
                changes.extend(flipped(document, [0, 63].into_iter()));
                bytes(changes)
            }
            Input::Text(token) if token.starts_with("ey") => {
                let near = |at: usize| {
                    let other = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
                    (
                        format!("character {at}"),
                        format!("{}{other}{}", &token[..at], &token[at + 1..]).into_bytes(),
                    )
                };
                let dots: Vec<usize> = token.match_indices('.').map(|(at, _)| at).collect();
                vec![
                    near(dots[0] - 1),
                    near(dots[0] + 9),
                    near(dots[1] - 9),
                    near(dots[1] + 1),
                    near(token.len() - 2),
                ]
            }
            _ => continue,
        };
        let survivors = survivors(&vector, &changes);
        assert!(survivors.is_empty(), "{name} is still valid: {survivors:#?}");
        tried += 1;
    }
    assert!(tried > 60, "only {tried} vectors were tried");
}
