//! The documents that the vectors vary.

use badge_verifier::status_list::{StatusIndex, Width, bitstring};
use serde_json::{Value, json};

use super::keys::{AUTHORITY, ENDORSER, HOLDER, ISSUER};

pub const V2: &str = "https://www.w3.org/ns/credentials/v2";
pub const OB: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";
pub const EXTENSIONS: &str = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json";
pub const BADGE_ID: &str = "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a1b01";
pub const ACHIEVEMENT_ID: &str = "https://cfa.example/badges/soudure-tig";
pub const LIST_URL: &str = "https://cfa.example/status/1";
pub const REGISTRY_URL: &str = "https://registre.example/issuers.jwt";
pub const ESCO_WELDING: &str = "http://data.europa.eu/esco/skill/a2a1f4f3-5a3a-4d3c-9b3a-8f8f5f4e1c11";

/// The smallest badge that says something.
pub fn badge() -> Value {
    json!({
        "@context": [V2, OB],
        "id": BADGE_ID,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": ISSUER.did(), "type": ["Profile"], "name": "CFA des Métiers"},
        "validFrom": "2026-11-01T00:00:00Z",
        "validUntil": "2029-11-01T00:00:00Z",
        "credentialSubject": {
            "id": HOLDER.did(),
            "type": ["AchievementSubject"],
            "achievement": {
                "id": ACHIEVEMENT_ID,
                "type": ["Achievement"],
                "name": "Soudure TIG – niveau 1",
                "description": "Souder un assemblage simple en acier.",
                "criteria": {"narrative": "Épreuve pratique de deux heures."},
            },
        },
    })
}

/// The badge, changed.
pub fn badge_with(change: impl FnOnce(&mut Value)) -> Value {
    let mut badge = badge();
    change(&mut badge);
    badge
}

/// The badge from another issuer.
pub fn badge_from(issuer: &str) -> Value {
    badge_with(|badge| badge["issuer"]["id"] = issuer.into())
}

/// The badge with an entry in the status list.
pub fn badge_with_status() -> Value {
    badge_with(|badge| badge["credentialStatus"] = entry("revocation"))
}

/// Place 94 of the list.
pub fn entry(purpose: &str) -> Value {
    json!({
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": "94",
        "statusListCredential": LIST_URL,
    })
}

/// The list with some places set; not yet signed.
pub fn list(purpose: &str, set: &[u64]) -> Value {
    let mut bits = StatusIndex::empty(131_072, Width::ONE);
    set.iter().for_each(|index| bits.set(*index, Width::ONE, 1).unwrap());
    list_of(purpose, &bitstring::encode(&bits))
}

pub fn list_of(purpose: &str, encoded: &str) -> Value {
    json!({
        "@context": [V2],
        "id": LIST_URL,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": ISSUER.did(),
        "validFrom": "2026-11-20T00:00:00Z",
        "credentialSubject": {
            "id": format!("{LIST_URL}#list"),
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded,
        },
    })
}

/// A registry with these entries; not yet signed.
pub fn registry(entries: &Value) -> Value {
    json!({
        "@context": [V2, "https://w3id.org/skills-badge/recognition/v1"],
        "id": "https://registre.example/issuers",
        "type": ["VerifiableCredential", "VerifiableRecognitionCredential"],
        "issuer": AUTHORITY.did(),
        "validFrom": "2026-01-01T00:00:00Z",
        "validUntil": "2027-01-01T00:00:00Z",
        "credentialSubject": entries,
    })
}

/// An entry for a body, with the limits of what it is recognised for.
pub fn recognised(id: &str, limits: &Value) -> Value {
    let mut action = json!({"type": "RecognizedAction", "action": "issue"});
    for (name, value) in limits.as_object().unwrap() {
        action[name] = value.clone();
    }
    json!({"id": id, "type": "RecognizedEntity", "name": "CFA des Métiers", "recognizedTo": action})
}

/// An endorsement of the badge; not yet signed.
pub fn endorsement() -> Value {
    endorsement_of(BADGE_ID)
}

pub fn endorsement_of(target: &str) -> Value {
    json!({
        "@context": [V2, OB],
        "id": "urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a1b02",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Avis d’un employeur",
        "issuer": {"id": ENDORSER.did(), "type": ["Profile"], "name": "Chaudronnerie du Léman"},
        "validFrom": "2026-11-03T00:00:00Z",
        "credentialSubject": {
            "id": target,
            "type": ["EndorsementSubject"],
            "endorsementComment": "Travail soigné, cordons réguliers.",
        },
    })
}

/// A presentation of credentials by the holder; not yet signed.
pub fn presentation(credentials: &Value) -> Value {
    json!({
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": HOLDER.did(),
        "verifiableCredential": credentials,
    })
}

/// An alignment with an ESCO skill.
pub fn esco() -> Value {
    json!({
        "type": ["Alignment"],
        "targetName": "soudage TIG",
        "targetUrl": ESCO_WELDING,
        "targetFramework": "ESCO v1.2.1",
        "targetType": "ext:ESCOSkill",
    })
}
