//! JSON-LD to canonical N-Quads: W3C vectors, and every way a member could be lost or work could explode.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use badge_verifier::securing::rdfc::{
    MAX_CONTEXT_DEPTH, MAX_CONTEXTS, MAX_INLINE_TERMS, RdfError, canonicalize, to_quads,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const V2: &str = "https://www.w3.org/ns/credentials/v2";
const EXAMPLES: &str = "https://www.w3.org/ns/credentials/examples/v2";
const OB: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// A small but complete Open Badges 3.0 credential.
fn badge() -> Value {
    json!({
        "@context": [V2, OB],
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Soudure TIG",
        "issuer": {"id": "did:web:example.org", "type": "Profile", "name": "Lycée des métiers"},
        "validFrom": "2026-01-01T00:00:00Z",
        "validUntil": "2027-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:ada",
            "type": "AchievementSubject",
            "achievement": {
                "id": "urn:uuid:2a2c9b7e-0000-4000-8000-000000000001",
                "type": "Achievement",
                "name": "Soudure TIG",
                "description": "Souder à l'arc",
                "criteria": {"narrative": "Réussir l'épreuve"},
                "creditsAvailable": 4.5,
                "alignment": [
                    {"type": "Alignment", "targetName": "A", "targetUrl": "https://example.org/a"}
                ]
            },
            "result": [
                {"type": "Result", "value": "12"},
                {"type": "Result", "value": "12"}
            ]
        }
    })
}

/// The badge with one value put at a JSON Pointer.
fn badge_with(pointer: &str, key: &str, value: Value) -> Value {
    let mut badge = badge();
    badge.pointer_mut(pointer).unwrap().as_object_mut().unwrap().insert(key.to_owned(), value);
    badge
}

fn badge_with_context(context: Value) -> Value {
    let mut badge = badge();
    badge["@context"].as_array_mut().unwrap().push(context);
    badge
}

#[test]
fn w3c_eddsa_rdfc_2022_document_and_proof_options() {
    let contexts = json!([V2, EXAMPLES]);
    let document = json!({
        "@context": contexts,
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "AlumniCredential"],
        "name": "Alumni Credential",
        "description": "A minimum viable example of an Alumni Credential.",
        "issuer": "https://vc.example/issuers/5678",
        "validFrom": "2023-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"}
    });
    let key = "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
    let options = json!({
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2023-02-24T23:36:38Z",
        "verificationMethod": format!("{key}#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"),
        "proofPurpose": "assertionMethod",
        "@context": contexts
    });
    let canonical = canonicalize(&document).unwrap();
    assert_eq!(
        sha256(&canonical),
        "517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017",
        "{canonical}"
    );
    let canonical = canonicalize(&options).unwrap();
    assert_eq!(
        canonical,
        [
            "_:c14n0 <http://purl.org/dc/terms/created> \"2023-02-24T23:36:38Z\"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n",
            "_:c14n0 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/security#DataIntegrityProof> .\n",
            "_:c14n0 <https://w3id.org/security#cryptosuite> \"eddsa-rdfc-2022\"^^<https://w3id.org/security#cryptosuiteString> .\n",
            "_:c14n0 <https://w3id.org/security#proofPurpose> <https://w3id.org/security#assertionMethod> .\n",
            &format!("_:c14n0 <https://w3id.org/security#verificationMethod> <{key}#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2> .\n"),
        ]
        .concat()
    );
    assert_eq!(sha256(&canonical), "bea7b7acfbad0126b135104024a5f1733e705108f42d59668b05c0c50004c6b0");
}

#[test]
fn a_badge_is_canonical_whatever_the_order_of_its_members() {
    let canonical = canonicalize(&badge()).unwrap();
    assert!(
        canonical.contains("<https://purl.imsglobal.org/spec/vc/ob/vocab.html#creditsAvailable> \"4.5E0\""),
        "{canonical}"
    );
    let text = badge().to_string();
    let reordered: std::collections::BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    let reordered: Value = Value::Object(reordered.into_iter().rev().collect());
    assert_ne!(reordered.to_string(), text);
    assert_eq!(canonicalize(&reordered).unwrap(), canonical);
    // Two results that look the same are two nodes.
    assert_eq!(canonical.matches("ob/vocab.html#Result>").count(), 2, "{canonical}");
}

#[test]
fn literals_are_written_as_json_ld_and_rdfc_say() {
    let context = json!({"v": "https://example.org/v", "s": "https://example.org/s"});
    let double = "^^<http://www.w3.org/2001/XMLSchema#double>";
    let integer = "^^<http://www.w3.org/2001/XMLSchema#integer>";
    for (number, expected) in [
        ("4.5", format!("\"4.5E0\"{double}")),
        ("1.0", format!("\"1\"{integer}")),
        ("-0.0", format!("\"0\"{integer}")),
        ("1e3", format!("\"1000\"{integer}")),
        ("9007199254740993", format!("\"9007199254740993\"{integer}")),
        ("1e21", format!("\"1.0E21\"{double}")),
        ("0.1", format!("\"1.0E-1\"{double}")),
        ("1.5e-7", format!("\"1.5E-7\"{double}")),
    ] {
        let number: Value = serde_json::from_str(number).unwrap();
        let canonical = canonicalize(&json!({"@context": context, "v": number})).unwrap();
        assert_eq!(canonical, format!("_:c14n0 <https://example.org/v> {expected} .\n"));
    }
    let text = "\u{0}\u{8}\t\n\u{b}\u{c}\r\u{1b}\"\\\u{7f}é\u{80}";
    assert_eq!(
        canonicalize(&json!({"@context": context, "s": text})).unwrap(),
        "_:c14n0 <https://example.org/s> \"\\u0000\\b\\t\\n\\u000B\\f\\r\\u001B\\\"\\\\\\u007Fé\u{80}\" .\n"
    );
    // The https datatype of the Open Badges context is what everybody signs.
    let badge = badge_with(
        "/credentialSubject/achievement",
        "resultDescription",
        json!({
            "id": "urn:x:1", "type": "ResultDescription", "name": "n", "resultType": "Status",
            "rubricCriterionLevel": [{"id": "urn:x:2", "type": "RubricCriterionLevel", "name": "n"}]
        }),
    );
    assert!(canonicalize(&badge).unwrap().contains("urn:x:2"));
    let badge = badge_with(
        "/issuer",
        "otherIdentifier",
        json!({
            "type": "IdentifierEntry", "identifier": "x", "identifierType": "lisSourcedId"
        }),
    );
    to_quads(&badge).unwrap();
    let mut identity = self::badge();
    identity["credentialSubject"]["identifier"] = json!([{
        "type": "IdentityObject", "hashed": false, "identityHash": "a@example.org", "identityType": "emailAddress"
    }]);
    let canonical = canonicalize(&identity).unwrap();
    assert!(canonical.contains("\"false\"^^<https://www.w3.org/2001/XMLSchema#boolean>"), "{canonical}");
}

#[test]
fn undefined_names_are_found_at_any_depth() {
    for (pointer, key, value) in [
        ("", "undefinedProperty", json!("x")),
        ("/credentialSubject/achievement/criteria", "undefinedProperty", json!({"narrative": "x"})),
        ("/credentialSubject/result/1", "undefinedProperty", json!(["x"])),
        ("/credentialSubject", "undefinedProperty", json!(true)),
        ("", "proofPurpose", json!("defined, but only inside another type")),
    ] {
        let error = to_quads(&badge_with(pointer, key, value)).map(|_| ()).unwrap_err();
        assert_eq!(
            error,
            RdfError::UndefinedTerm { pointer: format!("{pointer}/{key}"), term: key.to_owned() }
        );
    }
    let error = to_quads(&badge_with("/issuer", "type", json!(["Profile", "Undefined"]))).unwrap_err();
    assert_eq!(
        error,
        RdfError::UndefinedTerm { pointer: "/issuer/type/1".to_owned(), term: "Undefined".to_owned() }
    );
    let typed = json!({"@value": "x", "@type": "undefinedDatatype"});
    assert!(matches!(to_quads(&badge_with("", "name", typed)), Err(RdfError::UndefinedTerm { .. })));
    // A value whose type is @vocab.
    let proof = json!({"@context": V2, "type": "DataIntegrityProof", "proofPurpose": "undefinedPurpose"});
    assert!(matches!(to_quads(&proof), Err(RdfError::UndefinedTerm { .. })));
    // No context at all.
    assert!(matches!(to_quads(&json!({"name": "x"})), Err(RdfError::UndefinedTerm { .. })));
}

#[test]
fn relative_iris_are_found() {
    for value in ["relative", "./x", "../../../x", "//host/x", "/x", "?x", "#x", ""] {
        let error = to_quads(&badge_with("/credentialSubject", "id", json!(value))).unwrap_err();
        assert!(matches!(error, RdfError::RelativeIri { .. }), "{value}: {error:?}");
    }
    // The value of a term of type @id.
    let error = to_quads(&badge_with(
        "/credentialSubject/achievement",
        "image",
        json!({"id": "img.png", "type": "Image"}),
    ));
    assert!(matches!(error, Err(RdfError::RelativeIri { .. })), "{error:?}");
    let context = json!({"friend": {"@id": "https://example.org/f", "@type": "@id"}});
    let error = to_quads(&json!({"@context": context, "friend": "bob"})).unwrap_err();
    assert_eq!(error, RdfError::RelativeIri { pointer: Some("/friend".to_owned()), value: "bob".to_owned() });
}

/// Each of these would vanish without an error in an ordinary JSON-LD processor.
#[test]
fn nothing_added_after_signing_is_ignored() {
    let hidden = json!({"narrative": "hidden"});
    for (pointer, key, value) in [
        ("", "name", Value::Null),
        ("", "name", json!(["shown", null])),
        ("", "evidence", json!([[]])),
        ("", "has space", json!([])),
        ("", "_:b", json!([])),
        ("", "name", json!({"@value": null})),
        ("", "name", json!({"@value": "x", "@language": "not a language"})),
        ("", "name", json!({"@value": "x", "@language": null})),
        ("", "name", json!({"@value": "x", "@index": "hidden"})),
        ("", "name", json!({"@set": []})),
        ("", "name", json!({"@set": ["shown"], "@language": "hidden"})),
        ("", "@index", json!("hidden")),
        ("", "@foo", json!("hidden")),
        ("", "@foo1", json!("hidden")),
        ("", "@", json!("hidden")),
        ("", "@language", json!("fr")),
        ("", "@id", json!("urn:x:second")),
        ("", "@graph", json!([hidden])),
        ("", "@included", json!([hidden])),
        ("", "@reverse", json!({"issuer": hidden})),
        ("", "@nest", json!({"name": "hidden"})),
        ("", "_:b", json!("hidden")),
        ("", "has space", json!("hidden")),
        ("", "https://example.org/has space", json!("hidden")),
        ("", "https://example.org/<", json!({"name": "hidden"})),
        ("", "has space", json!({})),
        ("", "has space", json!({"type": "Profile"})),
        ("", "has space", json!([{"id": "urn:x:hidden"}])),
        ("", "has space", json!([{"id": "urn:x:hidden", "type": "Profile"}])),
        ("", "has space", json!({"name": {"type": "Profile"}})),
        ("", "proof", json!({})),
        ("", "proof", json!({"id": "urn:x:free-floating"})),
        ("", "proof", json!("urn:x:free-floating")),
        ("", "type", json!(["VerifiableCredential", "OpenBadgeCredential", "https://example.org/<"])),
        ("", "type", json!(["VerifiableCredential", "OpenBadgeCredential", "@foo"])),
        ("", "type", json!(["VerifiableCredential", "OpenBadgeCredential", null])),
        ("", "type", json!(["VerifiableCredential", "OpenBadgeCredential", "_:b"])),
        ("", "type", json!([])),
        ("/credentialSubject", "id", Value::Null),
        ("/credentialSubject", "id", json!("https://example.org/<")),
        ("/credentialSubject", "id", json!("_:not a label")),
        ("/credentialSubject", "id", json!("@foo")),
        ("/credentialSubject", "id", json!("@type")),
        ("/credentialSubject", "id", json!(["urn:x"])),
    ] {
        let document = badge_with(pointer, key, value.clone());
        let result = to_quads(&document);
        assert!(result.is_err(), "{key}: {value}");
    }
    assert_eq!(
        to_quads(&badge_with("/issuer", "url", Value::Null)),
        Err(RdfError::Dropped { pointer: "/issuer/url".to_owned() })
    );
    assert_eq!(
        to_quads(&json!({"@context": V2, "id": "urn:x"})),
        Err(RdfError::Dropped { pointer: "/id".to_owned() })
    );
    let undefined = to_quads(&badge_with("/issuer", "undefinedProperty", json!([])));
    let (pointer, term) = ("/issuer/undefinedProperty".to_owned(), "undefinedProperty".to_owned());
    assert_eq!(undefined, Err(RdfError::UndefinedTerm { pointer, term }));
    let proof_purpose = json!({"@context": V2, "type": "DataIntegrityProof", "proofPurpose": "@foo"});
    assert_eq!(to_quads(&proof_purpose), Err(RdfError::Dropped { pointer: "/proofPurpose".to_owned() }));
}

/// An empty array says what the absence of its member says, in every member that has a meaning.
#[test]
fn an_empty_array_is_as_good_as_nothing() {
    let plain = canonicalize(&badge()).unwrap();
    for (pointer, key) in [
        ("", "evidence"),
        ("", "proof"),
        ("/issuer", "url"),
        ("/issuer", "email"),
        ("/credentialSubject/achievement", "tag"),
    ] {
        let with = canonicalize(&badge_with(pointer, key, json!([])));
        assert_eq!(with.as_deref(), Ok(plain.as_str()), "{pointer}/{key}");
    }
}

#[test]
fn a_presentation_embeds_credentials_that_are_held_to_the_same() {
    let presentation = |credential: Value| json!({"@context": [V2], "id": "urn:x:vp", "type": "VerifiablePresentation", "verifiableCredential": [credential]});
    let canonical = canonicalize(&presentation(badge())).unwrap();
    assert!(
        canonical.contains("\"4.5E0\"") && canonical.contains("credentials#verifiableCredential> _:c14n"),
        "{canonical}"
    );
    // The context of `verifiableCredential` is null: the embedded document starts anew, without our sentinel @vocab.
    for (pointer, key, value) in [
        ("", "undefinedProperty", json!("x")),
        ("/issuer", "undefinedProperty", json!({"type": "Profile"})),
        ("/issuer", "type", json!(["Profile", "Undefined"])),
        ("/credentialSubject", "id", json!("relative")),
    ] {
        let result = to_quads(&presentation(badge_with(pointer, key, value)));
        assert!(result.is_err(), "{key}");
    }
    let mut bare = badge();
    bare.as_object_mut().unwrap().remove("@context");
    assert!(to_quads(&presentation(bare)).is_err());
}

#[test]
fn a_json_literal_keeps_everything_and_hides_nothing() {
    let schema = |value: Value| {
        json!({"@context": V2, "type": "VerifiableCredential", "issuer": "did:example:i",
            "credentialSubject": {"id": "urn:x:s", "type": "JsonSchema", "jsonSchema": value}})
    };
    let document = schema(
        json!({"type": ["object", "null"], "default": null, "required": [], "properties": {"type": {"x": 1.0}}, "e": {}}),
    );
    let canonical = canonicalize(&document).unwrap();
    assert!(
        canonical.contains(
            r#""{\"default\":null,\"e\":{},\"properties\":{\"type\":{\"x\":1}},\"required\":[],\"type\":[\"object\",\"null\"]}"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>"#
        ),
        "{canonical}"
    );
    // A string that claims to be JSON could vouch for types that were dropped elsewhere.
    let fake = json!({"@value": "{\"type\":\"Hidden\"}", "@type": "http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON"});
    assert!(to_quads(&badge_with("", "name", fake)).is_err());
    let mut hidden = schema(json!({"type": "object"}));
    hidden["credentialSubject"]["nothing"] = Value::Null;
    assert!(to_quads(&hidden).is_err());
}

#[test]
fn marks_cannot_be_forged() {
    // What the marks look like is known to the attacker; a document that contains them gets others.
    for text in ["x/MkZ", "x/MkbZ", "MkcZMkdZMkeZ", "4159260000001", "4.159260000011E12"] {
        let mut document = badge_with("", "name", json!(text));
        assert!(to_quads(&document).is_ok(), "{text}");
        document["evidence"] = Value::Null;
        assert!(to_quads(&document).is_err(), "{text}");
        document["evidence"] = json!({"id": "https://example.org/<"});
        assert!(to_quads(&document).is_err(), "{text}");
    }
}

#[test]
fn unknown_contexts_are_named_and_never_fetched() {
    for iri in [
        "https://example.org/context",
        "http://127.0.0.1:1/",
        "file:///etc/passwd",
        "credentials/v2",
        "",
        "//www.w3.org/ns/credentials/v2",
        "https://www.w3.org/ns/credentials/v2#",
    ] {
        assert_eq!(
            to_quads(&badge_with_context(json!(iri))),
            Err(RdfError::UnknownContext { iri: iri.to_owned() })
        );
        let nested = badge_with("/issuer", "@context", json!([iri]));
        assert_eq!(to_quads(&nested), Err(RdfError::UnknownContext { iri: iri.to_owned() }));
    }
}

#[test]
fn inline_contexts_hold_plain_definitions_only() {
    to_quads(&badge_with_context(json!({
        "@version": 1.1, "@protected": true,
        "ex": {"@id": "https://example.org/", "@prefix": true},
        "wage": {"@id": "ex:wage", "@type": "http://www.w3.org/2001/XMLSchema#integer", "@container": "@set"},
        "Welder": {"@id": "ex:Welder", "@context": {"torch": "ex:torch"}}
    })))
    .unwrap();
    let mut used = badge_with_context(json!({"ex": "https://example.org/", "torch": "ex:torch"}));
    used["credentialSubject"]["torch"] = json!("TIG");
    assert!(canonicalize(&used).unwrap().contains("<https://example.org/torch> \"TIG\""));

    for (context, member) in [
        (json!({"@import": V2}), "@import"),
        (json!({"@base": "https://example.org/"}), "@base"),
        (json!({"@vocab": "https://example.org/"}), "@vocab"),
        (json!({"@propagate": false}), "@propagate"),
        (json!({"@language": "fr"}), "@language"),
        (json!({"@direction": "ltr"}), "@direction"),
        (json!({"@type": {"@container": "@set"}}), "@type"),
        (json!({"@version": 1.0}), "@version"),
        (json!({"@foo": "https://example.org/"}), "@foo"),
        (json!({"id": "https://example.org/id"}), "id"),
        (json!({"type": "@type"}), "type"),
        (json!({"x": null}), "null"),
        (json!({"x": {"@id": null}}), "@id"),
        (json!({"x": {}}), "@id"),
        (json!({"x": "@type"}), "@type"),
        (json!({"x": "@index"}), "@index"),
        (json!({"x": "@foo"}), "@foo"),
        (json!({"x": "_:b"}), "_:b"),
        (json!({"x": "relative"}), "relative"),
        (json!({"x": {"@reverse": "https://example.org/x"}}), "@reverse"),
        (json!({"x": {"@id": "https://example.org/x", "@nest": "@nest"}}), "@nest"),
        (json!({"x": {"@id": "https://example.org/x", "@index": "y"}}), "@index"),
        (json!({"x": {"@id": "https://example.org/x", "@language": "fr"}}), "@language"),
        (json!({"x": {"@id": "https://example.org/x", "@direction": "ltr"}}), "@direction"),
        (json!({"x": {"@id": "https://example.org/x", "@type": "@json"}}), "@type"),
        (json!({"x": {"@id": "https://example.org/x", "@type": "@none"}}), "@type"),
        (json!({"x": {"@id": "https://example.org/x", "@container": "@index"}}), "@container"),
        (json!({"x": {"@id": "https://example.org/x", "@container": "@language"}}), "@container"),
        (json!({"x": {"@id": "https://example.org/x", "@container": "@graph"}}), "@container"),
        (json!({"x": {"@id": "https://example.org/x", "@context": null}}), "@context"),
        (json!({"x": {"@id": "https://example.org/x", "@context": "https://example.org/c"}}), "@context"),
        (Value::Null, "null"),
        (json!(1), "1"),
        (json!([{}]), "[{}]"),
    ] {
        let error = to_quads(&badge_with_context(context.clone())).unwrap_err();
        assert!(
            matches!(&error, RdfError::InlineContext { member: found, .. } if found == member),
            "{context}: {error:?}"
        );
    }
    let nullified = badge_with("/issuer", "@context", Value::Null);
    assert!(matches!(to_quads(&nullified), Err(RdfError::InlineContext { .. })));
}

#[test]
fn protected_terms_keep_their_meaning() {
    let canonical = canonicalize(&badge()).unwrap();
    for term in
        ["issuer", "name", "VerifiableCredential", "validUntil", "achievement", "Achievement", "narrative"]
    {
        let context = json!({ term: "https://example.org/other" });
        for document in [
            badge_with_context(context.clone()),
            badge_with("/issuer", "@context", context.clone()),
            badge_with("/credentialSubject", "@context", context.clone()),
            badge_with("/credentialSubject/achievement/criteria", "@context", context),
        ] {
            // Refused, or without effect, because a type brings its own terms after this one.
            match canonicalize(&document) {
                Ok(other) => assert_eq!(other, canonical, "{term}"),
                // By the processor: its protection must not depend on what this module looks at first.
                Err(RdfError::InlineContext { pointer, member }) => {
                    assert_eq!((pointer.as_str(), member.as_str()), ("/@context", term));
                }
                Err(other) => assert_eq!(other, RdfError::Invalid { reason: String::new() }, "{term}"),
            }
        }
    }
    for term in ["name", "VerifiableCredential", "OpenBadgeCredential", "Achievement"] {
        let error = to_quads(&badge_with_context(json!({ term: "https://example.org/other" })))
            .map(|_| ())
            .unwrap_err();
        let expected = RdfError::InlineContext { pointer: "/@context".to_owned(), member: term.to_owned() };
        assert_eq!(error, expected);
    }
}

/// Contexts are not signed: one of ours could be taken out and its words spelt as IRIs, and no reader of the JSON would find an evaluation.
#[test]
fn a_word_of_ours_is_not_spelt_as_an_iri_where_its_context_is_gone() {
    for word in ["evaluation", "sealedEvaluation"] {
        let iri = format!("https://w3id.org/skills-badge/vocab#{word}");
        let mut respelt = badge();
        respelt[&iri] = json!({"@type": "@json", "@value": {"finding": "not-met"}});
        let by_iri = to_quads(&respelt);
        assert!(matches!(by_iri, Err(RdfError::Alias { .. })), "{word}: {by_iri:?}");
        let mut prefixed = badge();
        let contexts = prefixed["@context"].as_array_mut().unwrap();
        contexts.push(json!({"s": "https://w3id.org/skills-badge/vocab#"}));
        prefixed[format!("s:{word}")] = json!("x");
        assert!(matches!(to_quads(&prefixed), Err(RdfError::Alias { .. })), "{word}");
    }
}

#[test]
fn a_signed_member_cannot_be_renamed_out_of_sight() {
    let canonical = canonicalize(&badge()).unwrap();
    let until =
        json!({"@value": "2027-01-01T00:00:00Z", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"});
    let mut renamed = badge();
    renamed.as_object_mut().unwrap().remove("validUntil");
    assert_ne!(canonicalize(&renamed).unwrap(), canonical);
    let iri = "https://www.w3.org/2018/credentials#validUntil";

    let mut by_iri = renamed.clone();
    by_iri[iri] = until.clone();
    assert_eq!(
        to_quads(&by_iri),
        Err(RdfError::Alias { pointer: format!("/{}", iri.replace('/', "~1")), iri: iri.to_owned() })
    );

    for (context, key) in [
        (json!({"cred": "https://www.w3.org/2018/credentials#"}), "cred:validUntil"),
        (json!({"until": iri}), "until"),
        (json!({"w": "https://www.w3.org/", "c": "w:2018/credentials#", "until": "c:validUntil"}), "until"),
    ] {
        let mut aliased = renamed.clone();
        aliased["@context"].as_array_mut().unwrap().push(context);
        aliased[key] = until.clone();
        assert!(matches!(to_quads(&aliased), Err(RdfError::Alias { .. })), "{key}");
    }
    let types = json!([
        "VerifiableCredential",
        "https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential"
    ]);
    assert!(matches!(to_quads(&badge_with("", "type", types)), Err(RdfError::Alias { .. })));
    // An IRI of one's own is nobody's alias.
    to_quads(&badge_with("", "https://example.org/own", json!("x"))).unwrap();
}

#[test]
fn contexts_are_counted_before_they_are_processed() {
    let many = badge_with("", "@context", json!(vec![V2; MAX_CONTEXTS + 1]));
    assert!(matches!(to_quads(&many), Err(RdfError::TooComplex { limit: "contexts", .. })));
    let terms: serde_json::Map<String, Value> = (0..=MAX_INLINE_TERMS)
        .map(|n| (format!("t{n}"), json!(format!("https://example.org/{n}"))))
        .collect();
    let error = to_quads(&badge_with_context(Value::Object(terms))).unwrap_err();
    assert!(matches!(error, RdfError::TooComplex { limit: "inline terms", .. }));
    let nested = |depth: usize| {
        (1..depth).fold(
            json!({"x": "https://example.org/x"}),
            |inner, _| json!({"x": {"@id": "https://example.org/x", "@context": inner}}),
        )
    };
    to_quads(&badge_with_context(nested(MAX_CONTEXT_DEPTH))).unwrap();
    let error = to_quads(&badge_with_context(nested(MAX_CONTEXT_DEPTH + 1))).unwrap_err();
    assert!(matches!(error, RdfError::TooComplex { limit: "context depth", .. }), "{error:?}");
    // Prefixes that refer to each other in every way: eight levels of twenty choices.
    let web: Vec<Value> = (0..20)
        .map(|n| {
            Value::Object(
                (0..20).map(|m| (format!("p{m}"), json!(format!("p{}:x", (m + n + 1) % 20)))).collect(),
            )
        })
        .collect();
    let mut document = badge();
    document["@context"].as_array_mut().unwrap().extend(web);
    assert!(matches!(to_quads(&document), Err(RdfError::TooComplex { .. })));
}

#[test]
fn many_objects_under_large_contexts_are_refused() {
    let objects: Vec<Value> =
        (0..6_000).map(|n| json!({"id": format!("urn:x:{n}"), "type": "Evidence"})).collect();
    let error = to_quads(&badge_with("", "evidence", json!(objects))).map(|_| ()).unwrap_err();
    assert!(matches!(error, RdfError::TooComplex { limit: "expansion steps", .. }), "{error:?}");
    let deep = (0..70).fold(json!({}), |inner, _| json!({ "evidence": inner }));
    assert!(matches!(
        to_quads(&badge_with("", "evidence", deep)),
        Err(RdfError::TooComplex { limit: "depth", .. })
    ));
}

#[test]
fn poisonous_datasets_are_refused_by_counting() {
    let context = json!({"p": "https://example.org/p", "q": "https://example.org/q"});
    // Nested objects, all alike.
    let tree = (0..4).fold(json!({"q": "x"}), |inner, _| json!({"p": [inner, inner, inner]}));
    let chain = (0..60).fold(json!({"q": "x"}), |inner, _| json!({ "p": inner }));
    let clique: Vec<Value> = (0..10)
        .map(|n| json!({"id": format!("_:c{n}"), "p": (0..10).filter(|m| *m != n).map(|m| json!({"id": format!("_:c{m}")})).collect::<Vec<_>>()}))
        .collect();
    let star = json!([{"p": [{"p": [{}, {}, {}, {}, {}, {}, {}]}, {"p": [{}, {}, {}, {}, {}, {}, {}]}]}]);
    for (name, document, refused) in [
        ("tree", json!({"@context": context, "p": tree}), true),
        ("chain", json!({"@context": context, "p": [chain, chain]}), true),
        ("clique", json!({"@context": [V2, context], "p": clique}), true),
        ("star", json!({"@context": context, "p": star}), true),
        (
            "few alike",
            json!({"@context": context, "p": [{"q": "x"}, {"q": "x"}, {"q": "x"}, {"p": {"q": "y"}}, {"p": {"q": "y"}}]}),
            false,
        ),
    ] {
        let result = canonicalize(&document);
        if refused {
            assert!(
                matches!(result, Err(RdfError::TooComplex { limit, found, allowed }) if limit.starts_with("n-degree hash") && found > allowed),
                "{name}: {result:?}"
            );
        } else {
            assert!(result.is_ok(), "{name}: {result:?}");
        }
    }
}

/// The digits are those that two other implementations (jsonld.js, PyLD) sign.
#[test]
fn fractions_are_signed_with_sixteen_digits() {
    for (credits, literal) in [
        (json!(9.2), "9.199999999999999E0"),
        (json!(0.3), "3.0E-1"),
        (json!(8.2), "8.199999999999999E0"),
        (json!(2.5), "2.5E0"),
        (json!(4.35), "4.35E0"),
    ] {
        let badge = badge_with("/credentialSubject/achievement", "creditsAvailable", credits);
        let canonical = canonicalize(&badge).unwrap();
        assert!(canonical.contains(&format!("\"{literal}\"^^")), "{literal} in {canonical}");
    }
}

#[test]
fn naming_the_data_integrity_context_twice_changes_nothing() {
    let context =
        |iri: &str| -> Value { serde_json::from_str(badge_schemas::contexts::lookup(iri).unwrap()).unwrap() };
    assert_eq!(
        context("https://www.w3.org/ns/credentials/v2")["@context"]["DataIntegrityProof"],
        context("https://w3id.org/security/data-integrity/v2")["@context"]["DataIntegrityProof"],
    );
    let plain = badge();
    let mut twice = plain.clone();
    twice["@context"].as_array_mut().unwrap().push(json!("https://w3id.org/security/data-integrity/v2"));
    assert_eq!(canonicalize(&twice).unwrap(), canonicalize(&plain).unwrap());
}

#[test]
fn a_context_written_like_a_context_document_is_what_is_inside() {
    let terms = json!({"level": "https://example.org/level", "@protected": true});
    let with = |context: Value| {
        let mut badge = badge_with_context(context);
        badge["credentialSubject"]["level"] = json!("B2");
        badge
    };
    let plain = canonicalize(&with(terms.clone())).unwrap();
    assert_eq!(canonicalize(&with(json!({"@context": terms}))).unwrap(), plain);
    // Twice, with something beside it, or with something in it that an inline context may not say.
    for refused in [
        json!({"@context": {"@context": terms}}),
        json!({"@context": terms, "level": "https://example.org/other"}),
        json!({"@context": [terms]}),
        json!({"@context": {"@vocab": "https://example.org/"}}),
        json!({"@context": {"id": "https://example.org/id"}}),
    ] {
        assert!(to_quads(&with(refused.clone())).is_err(), "{refused}");
    }
}

#[test]
fn an_iri_is_not_spelt_another_way_through_a_context() {
    let plain = to_quads(&badge()).unwrap();
    for (prefix, namespace, pointer, key, value) in [
        ("q", "urn:uuid:", "", "id", json!("q:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a1b01")),
        ("q", "did:key:", "/credentialSubject", "id", json!("q:z6Mk")),
        ("q", "https://example.org/", "/issuer", "url", json!("q:page")),
        ("q", "https://example.org/page", "/issuer", "url", json!("q")),
        ("q", "https://example.org/", "/issuer", "url", json!(["https://example.org/a", "q:b"])),
    ] {
        let mut document = badge_with(pointer, key, value.clone());
        let contexts = document["@context"].as_array_mut().unwrap();
        contexts.push(json!({ prefix: namespace }));
        let found = to_quads(&document).map(|_| ());
        assert!(matches!(found, Err(RdfError::Alias { .. })), "{value}: {found:?}");
    }
    // A text is no IRI, and types may be compact.
    let mut document = badge();
    document["@context"].as_array_mut().unwrap().push(json!({"q": "https://example.org/terms#"}));
    document["type"].as_array_mut().unwrap().push("q:Kind".into());
    document["name"] = "q: what was asked".into();
    assert!(to_quads(&document).is_ok());
    // An absolute IRI is taken as it is written: no dots are resolved, no case is folded.
    for id in
        ["https://example.org/a/../b", "https://example.org/./b", "HTTPS://example.org/b", "urn:x:a/../b"]
    {
        let quads = to_quads(&badge_with("", "id", json!(id))).unwrap();
        assert!(quads.iter().any(|quad| quad.subject.to_string() == format!("<{id}>")), "{id}");
        assert_ne!(quads.len(), 0);
    }
    assert!(!plain.is_empty());
}
