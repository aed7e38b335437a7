//! What a badge names elsewhere: resources whose digests it states, and schemas that it says it follows.

use badge_verifier::snapshot::ResourceKind;
use serde_json::{Value, json};

use super::data_model::sri_of;
use super::documents::{V2, badge_with};
use super::keys::{ISSUER, STRANGER};
use super::{Case, case, indeterminate, invalid, valid};
use crate::support::{Body, Expected, Input};

const PAGE_URL: &str = "https://cfa.example/epreuve.html";
const PAGE: &str = "<p>Deux heures, acier S235.</p>";
const SCHEMA_URL: &str = "https://cfa.example/schemas/soudure.json";
const CREDENTIAL_URL: &str = "https://cfa.example/schemas/soudure.jwt";
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
const FETCH: &str = "related-resources = \"fetched\"\ncredential-schemas = \"fetched\"\n";

pub fn cases() -> Vec<Case> {
    let mut cases = pages();
    cases.extend(schemas());
    cases.extend(hostile());
    cases.extend(credentials());
    cases
}

fn verify(name: &str, lesson: &str, badge: &Value, outcome: Expected) -> Case {
    case("verify", name, lesson, Input::Json(badge.clone()), outcome)
}

fn pages() -> Vec<Case> {
    let badge = ISSUER.seal(&badge_with(|badge| {
        badge["relatedResource"] = json!([{"id": PAGE_URL, "digestSRI": sri_of(PAGE.as_bytes())}]);
    }));
    let case = |name: &str, lesson: &str, outcome: Expected| verify(name, lesson, &badge, outcome);
    let page = |case: Case, body: Body| case.at_hand(ResourceKind::RelatedResource, PAGE_URL, body);
    let only = |words: &'static str| -> [(&'static str, &'static str); 1] { [("related-resource", words)] };
    let mut forged = badge.clone();
    forged["credentialSubject"]["achievement"]["name"] = "Soudure TIG – niveau 9".into();
    vec![
        case(
            "related-not-fetched",
            "Without being asked nobody looks at what a badge names.",
            valid(&only("warn RELATED_RESOURCE_NOT_LOOKED_AT")),
        ),
        page(
            case("related-at-hand", "What is at hand is compared, asked or not.", valid(&only("pass"))),
            Body::Text(PAGE.to_owned()),
        ),
        case(
            "related-missing",
            "Policy may want every named resource fetched.",
            indeterminate(&only("missing related-resource")),
        )
        .policy(FETCH),
        page(
            case(
                "related-fetched",
                "A fetched resource with its digest is the one the issuer meant.",
                valid(&only("pass")),
            )
            .policy(FETCH),
            Body::Text(PAGE.to_owned()),
        ),
        page(
            case(
                "related-changed",
                "A fetched resource that has changed is refused.",
                invalid(&only("fail RELATED_RESOURCE_MISMATCH")),
            )
            .policy(FETCH),
            Body::Text(format!("{PAGE}\n")),
        ),
        page(
            case(
                "related-gone",
                "A resource that is gone leaves the verdict open.",
                indeterminate(&only("undetermined RELATED_RESOURCE_UNAVAILABLE")),
            )
            .policy(FETCH),
            Body::Failure("http-404".to_owned()),
        ),
        verify(
            "related-forged",
            "Nothing that a forged badge names is fetched.",
            &forged,
            super::forged().and(&only("blocked signature")),
        )
        .policy(FETCH),
    ]
}

/// A badge that says it follows a schema.
fn following(id: &str, kind: &str) -> Value {
    ISSUER.seal(&badge_with(|badge| badge["credentialSchema"] = json!({"id": id, "type": kind})))
}

/// A schema that wants the achievement to be called something.
fn schema(named: &str) -> Value {
    json!({
        "$id": SCHEMA_URL,
        "$schema": DIALECT,
        "properties": {"credentialSubject": {"properties": {"achievement": {"$ref": "#/$defs/named"}}}},
        "$defs": {"named": {"required": ["name"], "properties": {"name": {"pattern": named}}}},
    })
}

fn with_schema(name: &str, lesson: &str, schema: Body, outcome: Expected) -> Case {
    verify(name, lesson, &following(SCHEMA_URL, "JsonSchema"), outcome).policy(FETCH).at_hand(
        ResourceKind::Schema,
        SCHEMA_URL,
        schema,
    )
}

const REFUSED: super::Differences<'static> =
    &[("credential-schema", "undetermined CREDENTIAL_SCHEMA_REFUSED")];
const VIOLATED: super::Differences<'static> = &[("credential-schema", "fail SCHEMA_VIOLATION")];
const FOLLOWED: super::Differences<'static> = &[("credential-schema", "pass")];

fn schemas() -> Vec<Case> {
    let badge = following(SCHEMA_URL, "JsonSchema");
    let pinned = |schema: &Value| {
        ISSUER.seal(&badge_with(|badge| {
            badge["credentialSchema"] =
                json!({"id": SCHEMA_URL, "type": "JsonSchema", "digestSRI": sri_of(schema.to_string().as_bytes())});
        }))
    };
    let mut forged = badge.clone();
    forged["credentialSubject"]["achievement"]["name"] = "Soudure TIG – niveau 9".into();
    let mut nameless = schema("^Soudure");
    nameless.as_object_mut().unwrap().remove("$schema");
    let mut old = schema("^Soudure");
    old["$schema"] = "http://json-schema.org/draft-07/schema#".into();
    let mut of_2019 = schema("^Soudure");
    of_2019["$schema"] = "https://json-schema.org/draft/2019-09/schema".into();
    vec![
        verify(
            "schema-missing",
            "Policy may want every named schema fetched.",
            &badge,
            indeterminate(&[("credential-schema", "missing schema")]),
        )
        .policy(FETCH),
        with_schema(
            "schema-followed",
            "A badge that follows a fetched schema is valid.",
            Body::Json(schema("^Soudure")),
            valid(FOLLOWED),
        ),
        with_schema(
            "schema-2019",
            "A schema may be written in the dialect of 2019.",
            Body::Json(of_2019),
            valid(FOLLOWED),
        ),
        with_schema(
            "schema-violated",
            "A badge that does not follow a fetched schema is invalid.",
            Body::Json(schema("^Chaudronnerie")),
            invalid(VIOLATED),
        ),
        with_schema(
            "schema-gone",
            "A schema that is gone leaves the verdict open.",
            Body::Failure("http-404".to_owned()),
            indeterminate(&[("credential-schema", "undetermined CREDENTIAL_SCHEMA_UNAVAILABLE")]),
        ),
        with_schema(
            "schema-no-json",
            "A schema that is no JSON is not used.",
            Body::Text("<html>".to_owned()),
            indeterminate(REFUSED),
        ),
        with_schema(
            "schema-no-dialect",
            "A schema that does not name its dialect must not be used.",
            Body::Json(nameless),
            indeterminate(REFUSED),
        ),
        with_schema(
            "schema-old-dialect",
            "A schema in a dialect that nobody here reads leaves the verdict open.",
            Body::Json(old),
            indeterminate(REFUSED),
        ),
        verify(
            "schema-pinned",
            "A schema may be pinned by its digest.",
            &pinned(&schema("^Soudure")),
            valid(&[("credential-schema", "pass"), ("related-resource", "pass")]),
        )
        .policy(FETCH)
        .at_hand(ResourceKind::Schema, SCHEMA_URL, Body::Json(schema("^Soudure"))),
        verify(
            "schema-pinned-changed",
            "A pinned schema that has changed is not used.",
            &pinned(&schema("^Soudure")),
            invalid(&[
                ("credential-schema", "blocked related-resource"),
                ("related-resource", "fail RELATED_RESOURCE_MISMATCH"),
            ]),
        )
        .policy(FETCH)
        .at_hand(ResourceKind::Schema, SCHEMA_URL, Body::Json(schema("Soudure"))),
        verify(
            "schema-forged",
            "No schema is fetched for a forged badge.",
            &forged,
            super::forged().and(&[("credential-schema", "blocked signature")]),
        )
        .policy(FETCH),
        verify(
            "schema-insecure",
            "A schema that could not be fetched safely is named in a warning.",
            &following("http://cfa.example/schemas/soudure.json", "JsonSchema"),
            valid(&[("credential-schema", "warn CREDENTIAL_SCHEMA_UNSUPPORTED")]),
        )
        .policy(FETCH),
    ]
}

fn hostile() -> Vec<Case> {
    let of = |members: Value| {
        let mut schema = members;
        schema["$schema"] = DIALECT.into();
        Body::Json(schema)
    };
    // Each level asks for the next one twice: a thousand million steps in thirty lines.
    let mut doubled = json!({"$defs": {}, "$ref": "#/$defs/a0"});
    for level in 0..30 {
        let next = format!("#/$defs/a{}", level + 1);
        doubled["$defs"][format!("a{level}")] = json!({"allOf": [{"$ref": next}, {"$ref": next}]});
    }
    doubled["$defs"]["a30"] = json!({"type": "object"});
    let mut deep = json!({"type": "string"});
    for _ in 0..60 {
        deep = json!({"not": deep});
    }
    let many: Vec<Value> = (0..9_000).map(|n| json!({"const": n})).collect();
    let refused = || indeterminate(REFUSED);
    let case = |name: &str, lesson: &str, schema: Body, outcome: Expected| {
        let mut case = with_schema(name, lesson, schema, outcome);
        case.area = "hostile";
        case
    };
    vec![
        case(
            "schema-pattern",
            "A pattern that makes some readers hang is matched in linear time.",
            of(
                json!({"properties": {"id": {"pattern": "^urn:(([0-9a-f:-])+)+ZZ$"}, "credentialSubject": {"properties": {"id": {"pattern": "^(a+)+$"}}}}}),
            ),
            invalid(VIOLATED),
        ),
        case(
            "schema-remote",
            "A schema that refers to another address is not used.",
            of(json!({"$ref": "https://autre.example/schema.json"})),
            refused(),
        ),
        case(
            "schema-file",
            "Nor one that refers to a file.",
            of(json!({"allOf": [{"$ref": "file:///etc/passwd"}]})),
            refused(),
        ),
        case(
            "schema-doubling",
            "References that double at every step are counted before they are followed.",
            of(doubled),
            refused(),
        ),
        case(
            "schema-circle",
            "References that turn in circles are not followed.",
            of(
                json!({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}),
            ),
            refused(),
        ),
        case(
            "schema-dynamic",
            "References whose goal depends on the way there are not followed.",
            of(json!({"$dynamicRef": "#x", "$defs": {"x": {"$dynamicAnchor": "x"}}})),
            refused(),
        ),
        case(
            "schema-deep",
            "A schema of choices in choices costs twice as much at every level.",
            of(deep),
            refused(),
        ),
        case(
            "schema-huge",
            "A schema larger than any in use is not used.",
            of(json!({"enum": many})),
            refused(),
        ),
        case(
            "schema-look-around",
            "A pattern that no linear engine matches is not used.",
            of(json!({"properties": {"id": {"pattern": "^(?=urn)"}}})),
            refused(),
        ),
    ]
}

/// A credential that holds a schema; not yet signed.
fn schema_credential(id: &str) -> Value {
    json!({
        "@context": [V2],
        "id": id,
        "type": ["VerifiableCredential", "JsonSchemaCredential"],
        "issuer": ISSUER.did(),
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": SCHEMA_URL, "type": "JsonSchema", "jsonSchema": schema("^Soudure")},
    })
}

fn credentials() -> Vec<Case> {
    let badge = following(CREDENTIAL_URL, "JsonSchemaCredential");
    let case = |name: &str, lesson: &str, credential: Body, outcome: Expected| {
        verify(name, lesson, &badge, outcome).policy(FETCH).at_hand(
            ResourceKind::Schema,
            CREDENTIAL_URL,
            credential,
        )
    };
    let token = |document: &Value| Body::Text(ISSUER.vc_jwt(document));
    let mut ended = schema_credential(CREDENTIAL_URL);
    ended["validUntil"] = "2026-02-01T00:00:00Z".into();
    let mut strict = schema_credential(CREDENTIAL_URL);
    strict["credentialSubject"]["jsonSchema"] = schema("^Chaudronnerie");
    let mut altered = ISSUER.seal(&schema_credential(CREDENTIAL_URL));
    altered["credentialSubject"]["jsonSchema"]["$defs"]["named"]["properties"]["name"]["pattern"] =
        "^S".into();
    vec![
        case(
            "schema-credential",
            "A schema may come in a credential of its own.",
            token(&schema_credential(CREDENTIAL_URL)),
            valid(FOLLOWED),
        ),
        case(
            "schema-credential-proof",
            "That credential may be secured by a proof.",
            Body::Json(ISSUER.seal(&schema_credential(CREDENTIAL_URL))),
            valid(FOLLOWED),
        ),
        case(
            "schema-credential-violated",
            "The schema in a credential is followed, or the badge is invalid.",
            token(&strict),
            invalid(VIOLATED),
        ),
        case(
            "schema-credential-altered",
            "A schema changed inside its signed credential is not used.",
            Body::Json(altered),
            indeterminate(REFUSED),
        ),
        case(
            "schema-credential-of-another",
            "A schema is not used where its credential was signed by someone else than its issuer.",
            Body::Text(STRANGER.vc_jwt(&schema_credential(CREDENTIAL_URL))),
            indeterminate(REFUSED),
        ),
        case(
            "schema-credential-unsigned",
            "An unsigned credential gives no schema.",
            Body::Json(schema_credential(CREDENTIAL_URL)),
            indeterminate(REFUSED),
        ),
        case(
            "schema-credential-ended",
            "A schema whose credential has expired is not used.",
            token(&ended),
            indeterminate(REFUSED),
        ),
        case(
            "schema-credential-elsewhere",
            "A credential with another id does not stand for the one that was named.",
            token(&schema_credential("https://cfa.example/autre")),
            indeterminate(REFUSED),
        ),
    ]
}
