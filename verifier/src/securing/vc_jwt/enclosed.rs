//! Tokens of the type `JWT` with the credential in the claim `vc`
//! ([VC Data Model 1.1 §6.3.1](https://www.w3.org/TR/vc-data-model/#json-web-token)), of that data model or, as several issuers write them,
//! of 2.0. Read, never written: VC-JOSE-COSE forbids the claim in its own types of token.

use badge_schemas::data_model::DataModel;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{Claim, Counterpart, Found, claim_of_time, malformed, mismatch, shown};

/// Members of a credential that must not stand beside `vc`: nobody would read them.
const MEMBERS: [&str; 12] = [
    "@context",
    "id",
    "type",
    "issuer",
    "issuanceDate",
    "expirationDate",
    "validFrom",
    "validUntil",
    "credentialSubject",
    "credentialStatus",
    "vp",
    "proof",
];

/// Whether this payload holds a credential in `vc`.
pub(super) fn is_one(payload: &Map<String, Value>) -> bool {
    payload.get("vc").is_some_and(|vc| DataModel::of(vc).is_some())
}

/// The credential in `vc`, with the members that only claims state; where both do, the credential's own (and [`problems`] compares them).
pub(super) fn credential(payload: &Map<String, Value>) -> Value {
    let mut credential = payload.get("vc").cloned().unwrap_or_default();
    let (from, until) = match DataModel::of(&credential) {
        Some(DataModel::V1) => ("issuanceDate", "expirationDate"),
        _ => ("validFrom", "validUntil"),
    };
    let Value::Object(members) = &mut credential else { return credential };
    let text = |claim: &str| payload.get(claim).filter(|value| value.is_string()).cloned();
    if let Some(id) = text("jti") {
        members.entry("id").or_insert(id);
    }
    if let Some(issuer) = text("iss") {
        match members.get_mut("issuer") {
            Some(Value::Object(profile)) => {
                profile.entry("id").or_insert(issuer);
            }
            Some(_) => {}
            None => {
                members.insert("issuer".to_owned(), issuer);
            }
        }
    }
    for (claim, member) in [("nbf", from), ("exp", until)] {
        if let Ok(Some(second)) = claim_of_time(payload, claim)
            && let Ok(instant) = Timestamp::from_second(second)
        {
            let date = DateTimeStamp::from(instant).to_string();
            members.entry(member).or_insert(Value::String(date));
        }
    }
    if let (Some(subject), Some(Value::Object(one))) = (text("sub"), members.get_mut("credentialSubject")) {
        one.entry("id").or_insert(subject);
    }
    credential
}

/// Where claims and credential contradict each other, or members stand where nobody reads them.
pub(super) fn problems(payload: &Map<String, Value>) -> Vec<Problem> {
    let mut problems: Vec<Problem> = MEMBERS
        .into_iter()
        .filter(|name| payload.contains_key(*name))
        .map(|name| Problem::new(Code::VcdmVariantMismatch).at(format!("/{name}")).with("member", name))
        .collect();
    let Some(Value::Object(vc)) = payload.get("vc") else { return problems };
    for claim in Claim::ALL {
        let found = match claim {
            Claim::Nbf | Claim::Exp => match claim_of_time(payload, claim.name()) {
                Ok(found) => found.map(Found::Second),
                Err(problem) => {
                    problems.push(problem);
                    continue;
                }
            },
            Claim::Iss | Claim::Jti | Claim::Sub => match payload.get(claim.name()) {
                Some(text) if !text.is_string() => {
                    problems.push(malformed(claim.name(), "it is not a string"));
                    continue;
                }
                other => other.map(Found::Json),
            },
        };
        let expected = match (&found, claim.counterpart(vc)) {
            // A claim without its member states it; a member without its claim stands for itself.
            (None, _) | (_, Counterpart::Absent) => continue,
            (Some(Found::Json(Value::String(found))), Counterpart::Text(text)) if found == text => continue,
            (Some(Found::Second(found)), Counterpart::Second { second, .. }) if *found == second => continue,
            (_, Counterpart::Text(text) | Counterpart::Second { text, .. }) => text.to_owned(),
            (_, Counterpart::Unreadable) => shown(vc.get(claim.member(vc)).unwrap_or(&Value::Null)),
        };
        problems.push(mismatch(
            claim.name(),
            found.map_or_else(String::new, |found| found.shown()),
            expected,
        ));
    }
    // `sub` names the subject; of several, none is *the* subject.
    if payload.contains_key("sub") && vc.get("credentialSubject").is_some_and(Value::is_array) {
        problems.push(malformed("sub", "the credential has several subjects"));
    }
    problems.extend(claim_of_time(payload, "iat").err());
    if let Some(audience) = payload.get("aud") {
        problems.push(mismatch("aud", shown(audience), "null".to_owned()));
    }
    problems
}
