//! Presentations as JWT payloads: VC-JOSE-COSE's `vp+jwt`; and tokens of the type `JWT` with the presentation in the claim `vp`
//! ([VC Data Model 1.1 §6.3.1](https://www.w3.org/TR/vc-data-model/#json-web-token)), which are read and not written.

use badge_schemas::presentation::{is_presentation, trim_envelopes};
use badge_schemas::problem::{Code, Problem};
use serde_json::{Map, Value, json};

use super::ProofOptions;
use super::jws::{CompactJws, TokenType};
use super::keys::Algorithm;
use super::vc_jwt;

/// The claims that stand beside a presentation's own members ([RFC 7519 §4.1](https://www.rfc-editor.org/rfc/rfc7519#section-4.1),
/// [OpenID Connect Core §2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken) for `nonce`).
pub const CLAIMS: [&str; 8] = ["iss", "jti", "nbf", "sub", "exp", "iat", "aud", "nonce"];

/// The header of a presentation ([VC-JOSE-COSE §3.1.2](https://www.w3.org/TR/vc-jose-cose/#securing-vps-with-jose)).
pub fn header(alg: Algorithm, kid: &str) -> Value {
    json!({ "alg": alg.as_str(), "kid": kid, "typ": TokenType::VpJwt.as_str(), "cty": "vp" })
}

/// The payload: the presentation's members, and when, for whom and in answer to what it was signed (`iat`, `exp`, `aud`, `nonce`).
///
/// # Errors
/// [`Code::MalformedValue`] for a presentation that already has a member named like a claim.
pub fn payload(presentation: &Value, options: &ProofOptions) -> Result<Value, Problem> {
    let Value::Object(members) = presentation else { return Err(Problem::new(Code::NotACredential)) };
    if let Some(name) = CLAIMS.iter().chain(&["vc", "vp"]).find(|name| members.contains_key(**name)) {
        return Err(malformed(name, "this name belongs to a JWT claim"));
    }
    let mut payload = members.clone();
    let text = |value: &Option<String>| value.clone().map(Value::from);
    for (claim, value) in [
        ("iat", Some(options.created.as_second().into())),
        ("exp", options.expires.map(|expires| expires.as_second().into())),
        ("aud", text(&options.domain)),
        ("nonce", text(&options.challenge)),
    ] {
        payload.extend(value.map(|value| (claim.to_owned(), value)));
    }
    Ok(Value::Object(payload))
}

/// Whether a payload holds a presentation, as it is or in `vp`.
pub fn is_one(payload: &Value) -> bool {
    is_presentation(payload) || enclosed(payload).is_some()
}

/// The presentation in `vp`, if there is one and nothing of a presentation beside it.
fn enclosed(payload: &Value) -> Option<&Value> {
    let members = payload.as_object().filter(|members| !members.contains_key("@context"))?;
    members.get("vp").filter(|vp| is_presentation(vp))
}

/// The presentation in a payload: everything but [`CLAIMS`] at the top level; or what stands in `vp`, completed from `iss` and `jti`.
///
/// Envelopes in it have their URLs as a URL parser reads them: the token signs each character, so nothing is lost that was signed.
/// Says nothing about whether the claims fit: see [`check_claims`].
pub fn presentation(payload: &Value) -> Value {
    let mut presentation = enclosed(payload).unwrap_or(payload).clone();
    if let Value::Object(members) = &mut presentation {
        if enclosed(payload).is_none() {
            members.retain(|name, _| !CLAIMS.contains(&name.as_str()));
        } else {
            for (claim, member) in [("iss", "holder"), ("jti", "id")] {
                if let Some(text) = payload.get(claim).filter(|value| value.is_string()) {
                    members.entry(member).or_insert_with(|| text.clone());
                }
            }
        }
    }
    trim_envelopes(&mut presentation);
    presentation
}

/// What does not fit in a presentation's token; nothing found means that type and claims agree with the presentation.
///
/// `iss` is the holder and `jti` the id, where both are given; `aud` and `nonce` are what the verifier's own are compared with
/// ([`answers`]); `sub` has no meaning here and is refused, as is `vc`; `vp` stands in tokens of the type `JWT` only, and alone
/// ([VC-JOSE-COSE §3.1.3](https://www.w3.org/TR/vc-jose-cose/#jose-header-parameters-jwt-claims)).
pub fn check_claims(jws: &CompactJws) -> Vec<Problem> {
    let mut problems = Vec::new();
    let payload = jws.payload().value();
    let typ = jws.header().typ;
    let vp = enclosed(payload);
    let wanted = if vp.is_some() { "JWT" } else { "vp+jwt" };
    let fits = match typ {
        Some(TokenType::VpJwt) => vp.is_none(),
        Some(TokenType::Jwt) | None => vp.is_some(),
        Some(_) => false,
    };
    if !fits {
        let found = typ.map_or("none", TokenType::as_str);
        let reason = format!("its typ is {found} where a presentation of this form has {wanted}");
        problems.push(Problem::new(Code::JwtMalformed).with("reason", reason));
    }
    problems.extend(claim_problems(payload));
    problems
}

/// What does not fit between a presentation's claims and the presentation itself, whatever the token is called.
pub(super) fn claim_problems(payload: &Value) -> Vec<Problem> {
    let Value::Object(members) = payload else { return vec![Problem::new(Code::NotACredential)] };
    let mut problems = Vec::new();
    let vp = enclosed(payload);
    let stray: &[&str] = match vp {
        Some(_) => &["vc", "id", "type", "holder", "verifiableCredential", "proof"],
        None => &["vc", "vp"],
    };
    for name in stray.iter().filter(|name| members.contains_key(**name)) {
        problems.push(Problem::new(Code::VcdmVariantMismatch).at(format!("/{name}")).with("member", name));
    }
    problems.extend(vc_jwt::signature_period(payload).err());
    problems.extend(vc_jwt::issued_at_problem(members, vc_jwt::ClaimRules::JoseCose));
    let own = vp.and_then(Value::as_object).unwrap_or(members);
    let own_id = own.get("id").and_then(Value::as_str);
    for (claim, own) in [("iss", holder(own)), ("jti", own_id), ("sub", None)] {
        let Some(found) = members.get(claim) else { continue };
        let fits = match own {
            Some(own) => found.as_str() == Some(own),
            // The issuer of the token of a presentation that names no holder.
            None => claim != "sub" && found.is_string(),
        };
        if !fits {
            problems.push(
                Problem::new(Code::ClaimMismatch)
                    .at(format!("/{claim}"))
                    .with("claim", claim)
                    .with("found", found.as_str().map_or_else(|| found.to_string(), str::to_owned))
                    .with("expected", own.unwrap_or("null")),
            );
        }
    }
    if members.get("nonce").is_some_and(|nonce| !nonce.is_string()) {
        problems.push(malformed("nonce", "a string is needed"));
    }
    let texts = |value: &Value| match value {
        Value::Array(items) => !items.is_empty() && items.iter().all(Value::is_string),
        single => single.is_string(),
    };
    if members.get("aud").is_some_and(|audience| !texts(audience)) {
        problems.push(malformed("aud", "a string is needed, or several"));
    }
    problems
}

/// Who presents: `holder`, or `iss` where the presentation names none.
pub fn presenter(payload: &Value) -> Option<&str> {
    let own = enclosed(payload).unwrap_or(payload).as_object()?;
    holder(own).or_else(|| payload.get("iss").and_then(Value::as_str))
}

/// In answer to what, and for whom, a presentation was signed: `nonce` and `aud`.
pub fn answers(payload: &Value) -> (Option<String>, Vec<String>) {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let audience = match payload.get("aud") {
        Some(Value::Array(items)) => items.iter().filter_map(text).collect(),
        Some(single) => text(single).into_iter().collect(),
        None => Vec::new(),
    };
    (payload.get("nonce").and_then(text), audience)
}

fn holder(members: &Map<String, Value>) -> Option<&str> {
    match members.get("holder")? {
        Value::String(id) => Some(id),
        object => object.get("id")?.as_str(),
    }
}

fn malformed(member: &str, reason: &'static str) -> Problem {
    Problem::new(Code::MalformedValue).at(format!("/{member}")).with("member", member).with("reason", reason)
}
