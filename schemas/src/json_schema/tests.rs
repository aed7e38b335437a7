#![expect(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::*;

fn badge() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": "urn:uuid:91537dba-56cb-11ec-bf63-0242ac130002",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Netiquette",
        "issuer": {"id": "did:web:cfa.example.fr", "type": ["Profile"], "name": "CFA Exemple"},
        "validFrom": "2026-11-22T10:00:00Z",
        "credentialSubject": {
            "id": "did:example:holder", "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://cfa.example.fr/achievements/1", "type": ["Achievement"],
                "name": "Netiquette", "description": "Behaves well online", "criteria": {"narrative": "Observed for a month"}
            }
        }
    })
}

fn edited(edit: impl FnOnce(&mut Value)) -> Value {
    let mut badge = badge();
    edit(&mut badge);
    badge
}

fn achievement(edit: impl FnOnce(&mut Value)) -> Value {
    edited(|badge| edit(badge.pointer_mut("/credentialSubject/achievement").unwrap()))
}

fn found(value: &Value) -> Vec<(String, String)> {
    validate(SchemaName::AchievementCredential, value)
        .into_iter()
        .map(|violation| (violation.pointer, violation.reason))
        .collect()
}

#[test]
fn every_schema_is_the_one_we_pinned_and_compiles() {
    for name in SchemaName::ALL.iter().copied() {
        let digest =
            Sha256::digest(name.text()).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        assert_eq!(digest, name.sha256(), "{}", name.as_str());
        assert!(name.validator().is_some(), "{} does not compile", name.as_str());
        assert!(!validate(name, &json!("not an object")).is_empty(), "{} accepts a string", name.as_str());
        let text: Value = serde_json::from_str(name.text()).unwrap();
        assert_eq!(text["$id"], name.id());
        let dialect = text["$schema"].as_str().unwrap();
        let expected = if name.bundled().draft == Draft::Draft201909 { "2019-09" } else { "2020-12" };
        assert!(dialect.contains(expected), "{}", name.as_str());
    }
}

#[test]
fn schemas_are_found_by_their_addresses_and_by_nothing_else() {
    for name in SchemaName::ALL.iter().copied() {
        assert_eq!(SchemaName::by_id(name.id()), Some(name));
        for also in name.bundled().also {
            assert_eq!(SchemaName::by_id(also), Some(name));
        }
    }
    assert_eq!(
        SchemaName::by_id(
            "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_endorsementcredential_schema.json"
        ),
        Some(SchemaName::EndorsementCredential)
    );
    assert_eq!(
        SchemaName::by_id(
            "http://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
        ),
        None,
        "addresses are compared as strings"
    );
    assert_eq!(SchemaName::by_id(""), None);
}

#[test]
fn a_minimal_badge_follows_the_schema() {
    assert_eq!(found(&badge()), []);
}

/// What the published schema lets through: other checks must catch it, or it is allowed.
#[test]
fn cases_the_schema_does_not_catch() {
    let alignment = json!([{"type": ["Alignment"], "targetType": "ext:ESCOSkill", "targetName": "x", "targetUrl": "http://x.example"}]);
    let cases = [
        (
            "credentialSchema",
            edited(|b| {
                b["credentialSchema"] =
                    json!([{"id": "https://x.example", "type": "1EdTechJsonSchemaValidator2019"}]);
            }),
        ),
        ("endorsementJwt", edited(|b| b["endorsementJwt"] = json!(["a.b.c"]))),
        ("language map", achievement(|a| a["name"] = json!({"fr": "Nétiquette", "en": "Netiquette"}))),
        (
            "related",
            achievement(|a| {
                a["inLanguage"] = json!("fr");
                a["related"] =
                    json!([{"id": "https://x.example/en", "type": ["Related"], "inLanguage": "en"}]);
            }),
        ),
        ("ext:ESCOSkill", achievement(|a| a["alignment"] = alignment)),
        (
            "evidence digest",
            edited(|b| {
                b["evidence"] =
                    json!([{"id": "https://x.example", "type": ["Evidence"], "digestMultibase": "uABC"}]);
            }),
        ),
        (
            "relatedResource",
            edited(|b| {
                b["relatedResource"] = json!([{"id": "https://x.example", "digestMultibase": "uABC"}]);
            }),
        ),
        ("termsOfUse", edited(|b| b["termsOfUse"] = json!([{"type": "Unheard"}]))),
        (
            "no subject id",
            edited(|b| {
                b["credentialSubject"].as_object_mut().unwrap().remove("id");
            }),
        ),
        ("empty criteria", achievement(|a| a["criteria"] = json!({}))),
        (
            "integer index",
            edited(
                |b| b["credentialStatus"] = json!({"id": "https://x.example#1", "type": "BitstringStatusListEntry", "statusListIndex": 1}),
            ),
        ),
        ("unknown field", edited(|b| b["unheard"] = json!(1))),
        ("any string as type", edited(|b| b["type"] = json!("Anything"))),
    ];
    for (name, case) in cases {
        assert_eq!(found(&case), [], "{name}");
    }
}

/// What it does catch, where, and how we say so.
#[test]
fn cases_the_schema_catches() {
    let alignment = |kind: &str| {
        json!([{"type": ["Alignment"], "targetName": "x", "targetUrl": "http://x.example"},
                                        {"type": ["Alignment"], "targetType": kind, "targetName": "x", "targetUrl": "http://x.example"}])
    };
    let cases = [
        (
            achievement(|a| a["name"] = json!([{"@value": "x", "@language": "fr"}])),
            "/credentialSubject/achievement/name",
            "oneOf: type: string | type: object",
        ),
        (
            achievement(|a| a["alignment"] = alignment("ESCO")),
            "/credentialSubject/achievement/alignment/1/targetType",
            "oneOf: enum: ceasn:Competency | ",
        ),
        (
            edited(|b| {
                b.as_object_mut().unwrap().remove("validFrom");
            }),
            "",
            "required: validFrom",
        ),
        (edited(|b| b["validFrom"] = json!("2026-11-22T10:00:00")), "/validFrom", "format: date-time"),
        (
            achievement(|a| a["image"] = json!("https://x.example/i.png")),
            "/credentialSubject/achievement/image",
            "type: object",
        ),
        (
            edited(|b| {
                b["credentialStatus"] =
                    json!([{"id": "https://x.example#1", "type": "BitstringStatusListEntry"}]);
            }),
            "/credentialStatus",
            "type: object",
        ),
        (
            edited(|b| b["credentialSubject"] = json!([b["credentialSubject"].clone()])),
            "/credentialSubject",
            "type: object",
        ),
        (edited(|b| b["type"] = json!(["VerifiableCredential", "Anything"])), "/type", "contains"),
        (edited(|b| b["issuer"]["type"] = json!(["Body"])), "/issuer/type", "contains"),
        (
            achievement(|a| {
                a.as_object_mut().unwrap().remove("criteria");
            }),
            "/credentialSubject/achievement",
            "required: criteria",
        ),
    ];
    for (case, pointer, reason) in cases {
        let found = found(&case);
        assert!(
            found.iter().any(|(at, why)| at == pointer && why.starts_with(reason)),
            "{pointer} {reason}: found {found:?}"
        );
        assert!(pointer.is_empty() || case.pointer(pointer).is_some(), "{pointer} points at something");
        assert_eq!(found.len(), 1, "one mistake, one violation: {found:?}");
    }
}

#[test]
fn violations_are_capped_short_and_repeat_no_values() {
    let secret = "s3cret-value".repeat(1000);
    let wrong: Vec<Value> =
        (0..100).map(|_| json!({"type": ["Alignment"], "targetType": secret, "targetUrl": 1})).collect();
    let case = achievement(|a| a["alignment"] = json!(wrong));
    let found = validate(SchemaName::AchievementCredential, &case);
    assert_eq!(found.len(), MAX_VIOLATIONS);
    for violation in &found {
        assert!(violation.reason.chars().count() <= MAX_REASON_CHARS);
        assert!(!violation.reason.contains("s3cret"), "{}", violation.reason);
    }
    let name = format!("evil\u{1b}[2J{}", "x".repeat(5000));
    let case = edited(|b| {
        b["issuer"]["otherIdentifier"] =
            json!([{"type": "IdentifierEntry", "identifier": "x", "identifierType": "name", name: 1}]);
    });
    let found = validate(SchemaName::AchievementCredential, &case);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].reason.chars().count(), MAX_REASON_CHARS);
    assert!(!found[0].reason.contains('\u{1b}'));
}

#[test]
fn problems_say_schema_place_and_reason() {
    let case = edited(|b| drop(b.as_object_mut().unwrap().remove("validFrom")));
    let problems = problems(SchemaName::AchievementCredential, &case);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].code, Code::SchemaViolation);
    assert_eq!(problems[0].pointer.as_deref(), Some(""));
    assert_eq!(problems[0].value("schema"), Some("AchievementCredential"));
    assert_eq!(problems[0].value("reason"), Some("required: validFrom"));
}

#[test]
fn an_inline_schema_is_used() {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://x.example/schema.json",
        "$defs": {"code": {"type": "string", "pattern": "^(a+)+$"}},
        "type": "object", "properties": {"code": {"$ref": "#/$defs/code"}}, "required": ["code"]
    });
    assert_eq!(validate_inline(&schema, &json!({"code": "aaa"})), Ok(vec![]));
    // Takes for ever in an engine that backtracks.
    let hostile = format!("{}!", "a".repeat(50_000));
    let expected = Violation { pointer: "/code".into(), reason: "pattern: ^(a+)+$".into() };
    assert_eq!(validate_inline(&schema, &json!({"code": hostile})), Ok(vec![expected]));
    assert_eq!(validate_inline(&json!(false), &json!(1)).unwrap().len(), 1);
    let old =
        json!({"$schema": "https://json-schema.org/draft/2019-09/schema#", "items": [{"type": "string"}]});
    assert_eq!(validate_inline(&old, &json!([1])).unwrap().len(), 1, "2019-09 has items as a list");
}

#[test]
fn nothing_is_ever_fetched() {
    // Something listens here: a validator that fetched would be answered, and seen.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}/schema.json", listener.local_addr().unwrap());
    for reference in
        [url.as_str(), "file:///etc/hostname", "schema.json", "https://x.example/s#/a", "#anchor"]
    {
        let schema = json!({"properties": {"a": {"$ref": reference}}});
        assert!(
            matches!(validate_inline(&schema, &json!({})), Err(SchemaRefused::ForeignReference { .. })),
            "{reference}"
        );
        // And the validator itself refuses, were the first look to miss one.
        assert!(options(Draft::Draft202012).build(&schema).is_err(), "{reference}");
    }
    let dialect = json!({"$schema": url});
    assert!(matches!(validate_inline(&dialect, &json!({})), Err(SchemaRefused::Dialect { .. })));
    assert!(options(Draft::Draft202012).build(&json!({"$schema": url, "$ref": url})).is_err());
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "nobody called");
}

#[test]
fn hostile_inline_schemas_are_refused() {
    let refused = |schema: &Value| validate_inline(schema, &json!({"a": 1})).unwrap_err();
    assert!(matches!(
        refused(&json!({"description": "x".repeat(MAX_INLINE_BYTES)})),
        SchemaRefused::TooLarge { .. }
    ));
    let deep = (0..200).fold(json!({}), |inner, _| json!({"not": inner}));
    assert!(matches!(refused(&deep), SchemaRefused::TooDeep { .. }));
    assert!(matches!(refused(&json!({"$ref": "#"})), SchemaRefused::Recursive { .. }));
    let circle =
        json!({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"properties": {"x": {"$ref": "#/$defs/a"}}}}});
    assert!(matches!(refused(&circle), SchemaRefused::Recursive { .. }));
    // The same circle in disguise: two spellings of one pointer.
    let disguised = json!({"$defs": {"a": {"not": {"$ref": "#/%24defs/a"}}}, "$ref": "#/$defs/a"});
    assert!(matches!(refused(&disguised), SchemaRefused::Recursive { .. } | SchemaRefused::TooDeep { .. }));
    assert!(matches!(refused(&json!({"$ref": "#/$defs/none"})), SchemaRefused::DanglingReference { .. }));
    for keyword in
        ["$id", "$schema", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "$recursiveAnchor"]
    {
        assert_eq!(refused(&json!({"not": {keyword: "#x"}})), SchemaRefused::Nested { keyword });
    }
    assert_eq!(refused(&json!({"$dynamicRef": "#"})), SchemaRefused::Nested { keyword: "$dynamicRef" });
    assert!(matches!(refused(&json!({"type": "strnig"})), SchemaRefused::NotASchema { .. }));
    assert!(matches!(refused(&json!([1])), SchemaRefused::NotASchema { .. }));
}

#[test]
fn hostile_patterns_are_refused() {
    let refused = |schema: &Value| validate_inline(schema, &json!({"a": "aaaa"})).unwrap_err();
    let long = json!({"pattern": "a".repeat(MAX_INLINE_PATTERN_BYTES + 1)});
    assert!(matches!(refused(&long), SchemaRefused::PatternTooLong { .. }));
    let long = json!({"patternProperties": {"a".repeat(MAX_INLINE_PATTERN_BYTES + 1): true}});
    assert!(matches!(refused(&long), SchemaRefused::PatternTooLong { .. }));
    let many: Vec<Value> = (0..=MAX_INLINE_PATTERNS).map(|n| json!({"pattern": format!("^{n}$")})).collect();
    assert!(matches!(refused(&json!({"allOf": many})), SchemaRefused::TooManyPatterns { .. }));
    for pattern in ["(a{1000}){1000}", "(?=a)b", r"(a)\1", "("] {
        let schema = json!({"properties": {"a": {"pattern": pattern}}});
        assert!(matches!(refused(&schema), SchemaRefused::NotASchema { .. }), "{pattern}");
    }
}

#[test]
fn exponential_schemas_are_refused_before_they_run() {
    // Thirty lines that ask for 2^30 steps.
    let defs: serde_json::Map<String, Value> = (0..30)
        .map(|n| {
            let next = json!({"$ref": format!("#/$defs/d{}", n + 1)});
            (format!("d{n}"), json!({"allOf": [next.clone(), next]}))
        })
        .chain([("d30".to_owned(), json!({"type": "object"}))])
        .collect();
    let bomb = json!({"$defs": defs, "$ref": "#/$defs/d0"});
    assert_eq!(
        validate_inline(&bomb, &json!({})),
        Err(SchemaRefused::TooMuchWork { limit: MAX_INLINE_STEPS })
    );
    // A chain that is cheap and too deep, whichever way it is counted.
    let chain: serde_json::Map<String, Value> = (0..500)
        .map(|n| (format!("d{n:03}"), json!({"$ref": format!("#/$defs/d{:03}", n + 1)})))
        .chain([("d500".to_owned(), json!(true))])
        .rev()
        .collect();
    let chain = json!({"$defs": chain, "$ref": "#/$defs/d000"});
    assert!(matches!(validate_inline(&chain, &json!({})), Err(SchemaRefused::TooDeep { .. })));
    // A harmless schema on an instance that is too large for it.
    let wide = json!({"items": {"anyOf": (0..100).map(|n| json!({"const": n})).collect::<Vec<_>>()}});
    assert_eq!(validate_inline(&wide, &json!(vec![1; 100])), Ok(vec![]));
    assert_eq!(
        validate_inline(&wide, &json!(vec![1; 50_000])),
        Err(SchemaRefused::TooMuchWork { limit: MAX_INLINE_WORK })
    );
}
