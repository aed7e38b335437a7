#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use super::*;

const V2: &str = "https://www.w3.org/ns/credentials/v2";
const OB: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";

fn document() -> Value {
    json!({
        "@context": [V2, OB, {"ex": "https://example.org/", "torch": "ex:torch"}],
        "id": "urn:x:credential",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "did:example:i", "type": "Profile", "name": "Académie"},
        "credentialSubject": {"id": "did:example:s", "type": "AchievementSubject", "torch": ["TIG", 4.5, true],
            "achievement": {"id": "urn:x:a", "type": "Achievement", "name": "n"}}
    })
}

/// The claim in this module's documentation: without a sentinel in them, these are the quads of a plain expansion.
#[test]
fn the_sentinel_pass_gives_the_quads_of_a_plain_pass() {
    let ours: BTreeSet<String> = to_quads(&document()).unwrap().iter().map(ToString::to_string).collect();
    let plain: BTreeSet<String> =
        expand(&document(), None).unwrap().iter().map(ToString::to_string).collect();
    assert!(ours.len() > 10);
    assert_eq!(ours, plain);
}

/// What the passes are for: the processor by itself says nothing.
#[test]
fn a_plain_pass_drops_without_a_word() {
    let count = |document: &Value| expand(document, None).unwrap().len();
    for (pointer, key, value) in [
        ("", "undefinedProperty", json!("x")),
        ("/issuer", "undefinedProperty", json!("x")),
        ("/issuer", "url", Value::Null),
        ("/credentialSubject/achievement", "undefinedProperty", json!([])),
        ("", "has space", json!("x")),
    ] {
        let mut more = document();
        more.pointer_mut(pointer).unwrap().as_object_mut().unwrap().insert(key.to_owned(), value);
        assert_eq!(count(&more), count(&document()), "{key}");
        assert!(to_quads(&more).is_err(), "{key}");
    }
}

/// Each pass alone would let something through.
#[test]
fn both_passes_are_needed() {
    let sentinel_alone = |document: &Value| {
        refuse_sentinels(&expand(&with_sentinel(document.clone()), Some(SENTINEL_BASE)).unwrap(), document)
    };
    let marks_alone = |document: &Value| {
        let quads = expand(&with_sentinel(document.clone()), Some(SENTINEL_BASE)).unwrap();
        let marked = marks::mark(document, &quads);
        let seen = expand(&with_sentinel(marked.document().clone()), Some(SENTINEL_BASE)).unwrap();
        marked.check(&seen, input::count_types(document))
    };
    let mut undefined = document();
    undefined["undefinedProperty"] = json!("x");
    assert!(sentinel_alone(&undefined).is_err());
    assert!(marks_alone(&undefined).is_ok());
    let mut malformed = document();
    malformed["has space"] = json!("x");
    assert!(sentinel_alone(&malformed).is_ok());
    assert_eq!(marks_alone(&malformed), Err(RdfError::Dropped { pointer: "/has space".to_owned() }));
}

/// What `input` and `marks` take for granted about the contexts this program carries.
#[test]
fn known_contexts_use_only_what_this_module_accounts_for() {
    fn look(name: &str, value: &Value, iri: &str) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| look(name, item, iri)),
            Value::Object(members) => {
                for (member, value) in members {
                    match member.as_str() {
                        "@container" => assert!(
                            value == "@set"
                                || value == "@list"
                                || (value == "@graph" && input::GRAPHS.contains(&name)),
                            "{iri}: {name}: {value}"
                        ),
                        "@import" | "@base" | "@language" | "@direction" | "@nest" | "@reverse"
                        | "@index" => {
                            assert!(value.is_null() && member == "@base", "{iri}: {name}: {member}");
                        }
                        _ => {}
                    }
                    let meaning = value
                        .as_str()
                        .or_else(|| value.get("@id").and_then(Value::as_str))
                        .unwrap_or_default();
                    if !member.starts_with('@') && meaning.starts_with('@') {
                        assert!(
                            [("id", "@id"), ("type", "@type")].contains(&(member.as_str(), meaning)),
                            "{iri}: {member}"
                        );
                    }
                    assert!(member.starts_with('@') || !value.is_null(), "{iri}: {member} means nothing");
                    look(member, value, iri);
                }
            }
            _ => {}
        }
    }
    for iri in [
        V2,
        OB,
        "https://www.w3.org/2018/credentials/v1",
        "https://www.w3.org/ns/credentials/examples/v2",
        "https://w3id.org/security/data-integrity/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
        "https://w3id.org/security/multikey/v1",
    ] {
        let text = badge_schemas::contexts::lookup(iri).unwrap();
        look("", &serde_json::from_str(text).unwrap(), iri);
    }
}

/// The processor meets terms in random order; a term's protection may not depend on it.
#[test]
fn protection_does_not_depend_on_the_order_of_terms() {
    let mut redefined = document();
    redefined["@context"][2]["OpenBadgeCredential"] = json!("https://example.org/other");
    let inline = json!({"@context": [
        {"@protected": true, "a": "b", "b": "https://example.org/b", "c": "b:c"},
        {"b": "https://example.org/other"},
    ], "a": "x"});
    for _ in 0..64 {
        for document in [&redefined, &inline] {
            let error = expand(document, None).unwrap_err();
            assert!(
                matches!(&error, RdfError::InlineContext { member, .. } if ["OpenBadgeCredential", "b"].contains(&member.as_str())),
                "{error:?}"
            );
        }
    }
}

#[test]
fn a_context_inside_a_json_literal_is_content() {
    // Numbers keep their spelling; names are in the order of UTF-16, in which U+1F600 comes before U+FB33.
    let schema = json!({"@context": {"@protected": true, "x": "https://example.org/x"}, "\u{1F600}": 9.2, "\u{FB33}": 1e20});
    let document = json!({"@context": V2, "type": "VerifiableCredential", "credentialSchema": {
        "id": "urn:x:s", "type": "JsonSchema", "jsonSchema": schema
    }});
    let literal = expand(&document, None).unwrap().into_iter().find_map(|quad| match quad.object {
        Term::Literal(literal) if literal.datatype().as_str().ends_with("#JSON") => {
            Some(literal.value().to_owned())
        }
        _ => None,
    });
    let expected = "{\"@context\":{\"@protected\":true,\"x\":\"https://example.org/x\"},\"\u{1F600}\":9.2,\"\u{FB33}\":100000000000000000000}";
    assert_eq!(literal.as_deref(), Some(expected));
    to_quads(&document).unwrap();
}

#[test]
fn a_long_prefix_is_not_repeated_without_end() {
    let names = (0..4_000).map(|n| (format!("p:{n}"), json!(1)));
    let mut document: serde_json::Map<String, Value> = names.collect();
    document
        .insert("@context".to_owned(), json!({"p": format!("https://example.org/{}/", "x".repeat(10_000))}));
    let error = to_quads(&Value::Object(document)).unwrap_err();
    assert!(matches!(error, RdfError::TooComplex { limit: "bytes of RDF", .. }), "{error:?}");
}

/// The processor by itself keeps the terms of the last type alone.
#[test]
fn every_type_of_a_node_brings_its_terms() {
    let scoped = |term: &str| json!({"@id": format!("https://example.org/{term}"), "@context": {term.to_lowercase(): format!("https://example.org/own-{term}")}});
    let document = |types: Value| {
        json!({
            "@context": [V2, {"A": scoped("A"), "B": scoped("B"), "C": "https://example.org/C"}],
            "type": "VerifiableCredential",
            "credentialSubject": {"type": types, "a": "1", "b": "2"},
        })
    };
    let expected = [
        "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://example.org/A>",
        "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://example.org/B>",
        "<https://example.org/own-A> \"1\"",
        "<https://example.org/own-B> \"2\"",
    ];
    for types in [json!(["A", "B"]), json!(["C", "B", "A"])] {
        let canonical = canonicalize(&document(types)).unwrap();
        for statement in expected {
            assert!(canonical.contains(statement), "{statement} in {canonical}");
        }
        assert!(!canonical.contains("x-types"), "{canonical}");
    }
    for types in [json!("A"), json!(["A", "C"]), json!(["A", "~types-0"]), json!(["A", "B", "~z"])] {
        assert!(matches!(to_quads(&document(types)), Err(RdfError::UndefinedTerm { .. })));
    }
    let mut redefined = document(json!(["A", "B"]));
    redefined["credentialSubject"]["@context"] = json!({"B": "https://example.org/another"});
    assert!(matches!(to_quads(&redefined), Err(RdfError::UndefinedTerm { .. })), "B brings nothing there");
    let mut forged = document(json!(["A", "B", "x-types://0"]));
    assert!(matches!(to_quads(&forged), Err(RdfError::Dropped { .. })), "a type that would go unseen");
    forged["credentialSubject"] = json!({"type": ["A", "x-types://1"]});
    assert!(to_quads(&forged).is_err());
}
