//! Drafts that must not be signed: what the verifier finds in them, an issuer finds before signing.

use serde_json::{Value, json};

use super::documents::{OB, V2, badge, badge_with, esco};
use super::{Case, case, no_key};
use crate::support::Input;

fn draft(name: &str, lesson: &str, document: Value, conformance: &str) -> Case {
    let outcome = no_key("invalid", "fail NO_PROOF").and(&[("conformance", conformance)]);
    case("issue", name, lesson, Input::Json(document), outcome)
}

fn without(pointer: &str, name: &str) -> Value {
    badge_with(|badge| {
        badge.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(name);
    })
}

pub fn cases() -> Vec<Case> {
    let schema = "fail SCHEMA_VIOLATION";
    let malformed = "fail MALFORMED_VALUE";
    let changed = |pointer: &'static str, name: &'static str, value: Value| {
        badge_with(|badge| badge.pointer_mut(pointer).unwrap()[name] = value)
    };
    let subject = "/credentialSubject";
    let achievement = "/credentialSubject/achievement";
    let mut bare = esco();
    bare["targetType"] = "ESCO".into();
    let mut undated = changed("", "validUntil", "2029-11-01".into());
    undated["name"] = "sans heure".into();
    vec![
        draft(
            "sound",
            "A sound draft lacks nothing but its proof.",
            changed(achievement, "alignment", json!([esco()])),
            "pass",
        ),
        draft(
            "undefined-term",
            "A member that no context defines could not be signed.",
            changed(subject, "mention", "très bien".into()),
            "fail JSONLD_UNDEFINED_TERM",
        ),
        draft(
            "undefined-type",
            "A type that no context defines could not be signed.",
            changed(achievement, "type", json!(["Achievement", "Chef-d’œuvre"])),
            "fail JSONLD_UNDEFINED_TERM",
        ),
        draft("relative-id", "The badge's id is a URI.", changed("", "id", "badge-1".into()), malformed),
        draft(
            "relative-issuer",
            "The issuer's id is a URI.",
            changed("/issuer", "id", "cfa.example".into()),
            malformed,
        ),
        draft(
            "relative-subject",
            "A relative id names nobody once the badge has left its place.",
            changed(subject, "id", "zoe".into()),
            "fail JSONLD_RELATIVE_IRI",
        ),
        draft(
            "esco-bare",
            "ESCO alone is no type of alignment; ext:ESCOSkill is.",
            changed(achievement, "alignment", json!([bare])),
            schema,
        ),
        draft(
            "valid-from-missing",
            "A badge says from when on it is valid.",
            without("", "validFrom"),
            schema,
        ),
        draft("achievement-name-missing", "An achievement has a name.", without(achievement, "name"), schema),
        draft(
            "criteria-missing",
            "An achievement says what was required.",
            without(achievement, "criteria"),
            schema,
        ),
        draft("issuer-missing", "A badge has an issuer.", without("", "issuer"), malformed),
        draft(
            "subject-unidentified",
            "A badge says to whom it is given.",
            without(subject, "id"),
            "fail SUBJECT_UNIDENTIFIED",
        ),
        draft(
            "criteria-empty",
            "Criteria that say nothing are worth a warning.",
            changed(achievement, "criteria", json!({})),
            "warn CRITERIA_EMPTY",
        ),
        draft(
            "context-unknown",
            "A context that readers do not carry leaves them without its meaning.",
            changed("", "@context", json!([V2, OB, "https://cfa.example/context.json"])),
            "fail CONTEXT_UNKNOWN",
        ),
        draft(
            "context-order",
            "A draft begins with the context of the data model.",
            changed("", "@context", json!([OB, V2])),
            "fail CONTEXT_ORDER",
        ),
        draft("date-without-time", "A period ends at a time with a zone, not on a day.", undated, malformed),
        draft(
            "period-of-1-1",
            "The members of the data model 1.1 do not belong into a badge of 2.0.",
            changed("", "issuanceDate", "2026-11-01T00:00:00Z".into()),
            "fail VCDM_VARIANT_MISMATCH",
        ),
        draft(
            "null",
            "Nothing is said by leaving out, not by null.",
            changed("", "awardedDate", Value::Null),
            schema,
        ),
        draft(
            "result-dangling",
            "A result answers to a description.",
            changed(
                subject,
                "result",
                json!([{"type": ["Result"], "value": "14", "resultDescription": "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a1b12"}]),
            ),
            "fail RESULT_DESCRIPTION_DANGLING",
        ),
        draft(
            "two-subjects",
            "A badge has one subject.",
            changed(
                "",
                "credentialSubject",
                json!([badge()["credentialSubject"], badge()["credentialSubject"]]),
            ),
            schema,
        ),
    ]
}
