//! The skills badge as an SD-JWT VC: the claims of an Open Badge without its envelope, both ways.
//!
//! `achievement`, `result`, `narrative`, `evidence` … are those of Open Badges 3.0, unchanged; what JWT has a name for goes by that name:
//! `iss`, `jti`, `nbf`, `exp`, `sub`. `issuer` repeats the issuer's profile. The subject's members stand at the top, where a wallet's
//! query finds them.

use badge_schemas::credential::{CREDENTIALS_V2, OPEN_BADGES_V3, issuer_id};
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use serde_json::{Map, Value, json};

use super::profile::insert_period;

/// The `vct` of a skills badge.
pub const VCT: &str = "https://w3id.org/skills-badge/vct/v1";

/// IRI of our context, for what Open Badges has no terms for.
const SKILLS_BADGE_V1: &str = "https://w3id.org/skills-badge/v1";

/// Members of an [AchievementSubject](https://www.imsglobal.org/spec/ob/v3p0/#achievementsubject) that become claims.
const SUBJECT: [&str; 11] = [
    "achievement",
    "activityEndDate",
    "activityStartDate",
    "creditsEarned",
    "identifier",
    "licenseNumber",
    "narrative",
    "result",
    "role",
    "source",
    "term",
];

/// Members of the credential that become claims as they are.
const CREDENTIAL: [&str; 8] =
    ["name", "description", "image", "issuer", "awardedDate", "evidence", "endorsement", "endorsementJwt"];

/// Members of the credential that go by another name, or are said by the media type.
const RENAMED: [&str; 7] =
    ["@context", "id", "type", "validFrom", "validUntil", "credentialSubject", "credentialStatus"];

/// Whether these claims are those of a skills badge.
pub fn is(claims: &Value) -> bool {
    claims.get("vct").and_then(Value::as_str) == Some(VCT)
}

/// Where a member of a badge stands among the claims, by JSON Pointer.
pub fn claim_pointer(pointer: &str) -> String {
    let inside = pointer
        .strip_prefix("/credentialSubject/")
        .filter(|rest| SUBJECT.contains(&rest.split('/').next().unwrap_or_default()));
    inside.map_or_else(|| pointer.to_owned(), |rest| format!("/{rest}"))
}

/// The claims that stand for a badge. A W3C status entry is left out: `status` says it in IETF's way.
///
/// # Errors
/// [`Code::MalformedValue`] for a member that has no claim, which would be lost.
pub fn claims(badge: &Value) -> Result<Value, Problem> {
    let malformed = |pointer: String, reason: &str| {
        let member = pointer.rsplit('/').next().unwrap_or_default().to_owned();
        Problem::new(Code::MalformedValue).at(pointer).with("member", member).with("reason", reason)
    };
    let (Some(members), Some(subject)) = (badge.as_object(), badge.pointer("/credentialSubject")) else {
        return Err(Problem::new(Code::NotACredential));
    };
    let Value::Object(subject) = subject else {
        return Err(malformed("/credentialSubject".to_owned(), "a badge has one subject"));
    };
    let lost = "an SD-JWT VC of this type has no claim for it";
    let known = |name: &str| CREDENTIAL.contains(&name) || RENAMED.contains(&name);
    if let Some(name) = members.keys().find(|name| !known(name)) {
        return Err(malformed(format!("/{name}"), lost));
    }
    let known = |name: &str| SUBJECT.contains(&name) || matches!(name, "id" | "type");
    if let Some(name) = subject.keys().find(|name| !known(name)) {
        return Err(malformed(format!("/credentialSubject/{name}"), lost));
    }
    let mut claims = Map::new();
    let mut insert = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    insert("vct", VCT.into());
    let issuer = issuer_id(badge).ok_or_else(|| malformed("/issuer".to_owned(), "it has no id"))?;
    insert("iss", issuer.into());
    for (claim, text) in [("jti", members.get("id")), ("sub", subject.get("id"))] {
        if let Some(text) = text {
            insert(claim, text.clone());
        }
    }
    for (claim, member) in [("nbf", "validFrom"), ("exp", "validUntil")] {
        let Some(time) = members.get(member) else { continue };
        let stamp = time.as_str().and_then(|text| DateTimeStamp::parse(text).ok());
        let stamp =
            stamp.ok_or_else(|| malformed(format!("/{member}"), "it is not a date and time with a zone"))?;
        insert(claim, stamp.instant().as_second().into());
    }
    for (from, names) in [(members, &CREDENTIAL[..]), (subject, &SUBJECT[..])] {
        for name in names {
            if let Some(value) = from.get(*name) {
                insert(name, value.clone());
            }
        }
    }
    Ok(Value::Object(claims))
}

/// The badge that such claims stand for, as far as they are shown.
pub fn credential(claims: &Value) -> Value {
    let mut badge = Map::new();
    badge.insert("@context".to_owned(), json!([CREDENTIALS_V2, OPEN_BADGES_V3, SKILLS_BADGE_V1]));
    badge.insert("type".to_owned(), json!(["VerifiableCredential", "OpenBadgeCredential"]));
    let mut subject = Map::new();
    subject.insert("type".to_owned(), json!(["AchievementSubject"]));
    for (into, member, claim) in [(&mut badge, "id", "jti"), (&mut subject, "id", "sub")] {
        if let Some(text) = claims.get(claim) {
            into.insert(member.to_owned(), text.clone());
        }
    }
    insert_period(&mut badge, claims);
    for (into, names) in [(&mut badge, &CREDENTIAL[..]), (&mut subject, &SUBJECT[..])] {
        for name in names {
            if let Some(value) = claims.get(*name) {
                into.insert((*name).to_owned(), value.clone());
            }
        }
    }
    // Who signs is who `iss` names; a profile says more about the same one, or nothing.
    if let Some(issuer) = claims.get("iss")
        && badge.get("issuer").and_then(|profile| profile.get("id")) != Some(issuer)
    {
        badge.insert("issuer".to_owned(), issuer.clone());
    }
    badge.insert("credentialSubject".to_owned(), Value::Object(subject));
    Value::Object(badge)
}
