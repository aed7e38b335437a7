//! Credentials as JWT payloads: Open Badges' VC-JWT, and what of VC-JOSE-COSE and of the data model 1.1 differs.

mod enclosed;

use badge_schemas::credential::CREDENTIALS_V1;
use badge_schemas::data_model::DataModel;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use jiff::Timestamp;
use serde_json::{Map, Number, Value, json};

use super::ProofOptions;
use super::jws::TokenType;
use super::keys::Algorithm;

/// The registered claims that stand beside a credential's own members ([RFC 7519 §4.1](https://www.rfc-editor.org/rfc/rfc7519#section-4.1),
/// [Token Status List §6.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list#section-6.1)).
pub const CLAIMS: [&str; 8] = ["iss", "jti", "nbf", "sub", "exp", "iat", "aud", "status"];

/// The second in which the year 0 begins: no earlier time can be written in RFC 3339.
pub const MIN_NUMERIC_DATE: i64 = -62_167_219_200;

/// The last second of the year 9999: no later time can be written in RFC 3339.
pub const MAX_NUMERIC_DATE: i64 = 253_402_300_799;

/// Which standard says what the registered claims of a token mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimRules {
    /// [Open Badges 3.0 §8.2.4](https://www.imsglobal.org/spec/ob/v3p0#jwt-proof): `iss`, `jti`, `nbf`, `sub` and `exp` repeat members of the
    /// credential; each is there where its counterpart is, and says the same.
    OpenBadges,
    /// [VC-JOSE-COSE §3.1.3](https://www.w3.org/TR/vc-jose-cose/#jose-header-parameters-jwt-claims): all are optional; `iss`, `jti` and `sub` must not
    /// contradict the credential; `iat`, `nbf` and `exp` are about the signature ([`signature_period`]), not the credential.
    JoseCose,
}

impl ClaimRules {
    /// The rules for a token with this `typ`; without one, those of Open Badges.
    pub fn of(typ: Option<TokenType>) -> Self {
        match typ {
            Some(TokenType::Jwt) | None => Self::OpenBadges,
            Some(_) => Self::JoseCose,
        }
    }
}

/// When a signature says it was made and how long it holds, in seconds since 1970 UTC ([RFC 7519 §4.1](https://www.rfc-editor.org/rfc/rfc7519#section-4.1)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignaturePeriod {
    /// `iat`: when it was made.
    pub issued_at: Option<i64>,
    /// `nbf`: from when on it counts.
    pub not_before: Option<i64>,
    /// `exp`: until when it counts.
    pub expires: Option<i64>,
}

/// The header of an Open Badges VC-JWT ([Open Badges 3.0 §8.2.4.1](https://www.imsglobal.org/spec/ob/v3p0#jose-header)).
pub fn header(alg: Algorithm, kid: &str) -> Value {
    json!({ "alg": alg.as_str(), "kid": kid, "typ": TokenType::Jwt.as_str() })
}

/// The payload of an Open Badges VC-JWT: the credential's members, and the claims that repeat them
/// ([Open Badges 3.0 §8.2.4.2](https://www.imsglobal.org/spec/ob/v3p0#jwt-payload)).
///
/// Times become whole seconds, rounded down.
///
/// # Errors
/// [`Code::NotACredential`] for what is no object, [`Code::MalformedValue`] for a missing issuer, a time that cannot be read, or a
/// credential that already has a member named like a claim: it could not be told apart again.
pub fn payload(credential: &Value) -> Result<Value, Problem> {
    let Value::Object(members) = credential else { return Err(Problem::new(Code::NotACredential)) };
    if let Some(name) = CLAIMS.iter().chain(&["vc", "vp"]).find(|name| members.contains_key(**name)) {
        return Err(malformed(name, "this name belongs to a JWT claim"));
    }
    if DataModel::of(credential) == Some(DataModel::V1) {
        return Err(Problem::new(Code::VcdmVersionUnsupported).at("/@context").with("version", "1.1"));
    }
    let mut payload = members.clone();
    if issuer(members).is_none() {
        return Err(malformed("issuer", "it is neither a URL nor an object with an id"));
    }
    for claim in Claim::ALL {
        let value = match claim.counterpart(members) {
            Counterpart::Absent => continue,
            Counterpart::Text(text) => Value::from(text),
            Counterpart::Second { second, .. } => Value::from(second),
            Counterpart::Unreadable => {
                return Err(malformed(claim.member(members), "it is not a date and time with a zone"));
            }
        };
        payload.insert(claim.name().to_owned(), value);
    }
    Ok(Value::Object(payload))
}

/// The header of a VC-JOSE-COSE credential ([VC-JOSE-COSE §3.1.1](https://www.w3.org/TR/vc-jose-cose/#securing-with-jose)).
pub fn jose_header(alg: Algorithm, kid: &str) -> Value {
    json!({ "alg": alg.as_str(), "kid": kid, "typ": TokenType::VcJwt.as_str(), "cty": "vc" })
}

/// The payload of a VC-JOSE-COSE credential: the credential itself, and when it was signed (`iat`, `exp`).
///
/// # Errors
/// [`Code::NotACredential`], or [`Code::MalformedValue`] for a credential that already has a member named like a claim.
pub fn jose_payload(credential: &Value, options: &ProofOptions) -> Result<Value, Problem> {
    let Value::Object(members) = credential else { return Err(Problem::new(Code::NotACredential)) };
    if DataModel::of(credential) == Some(DataModel::V1) {
        return Err(Problem::new(Code::VcdmVersionUnsupported).at("/@context").with("version", "1.1"));
    }
    if let Some(name) = CLAIMS.iter().chain(&["vc", "vp"]).find(|name| members.contains_key(**name)) {
        return Err(malformed(name, "this name belongs to a JWT claim"));
    }
    let mut payload = members.clone();
    payload.insert("iat".to_owned(), options.created.as_second().into());
    if let Some(expires) = options.expires {
        payload.insert("exp".to_owned(), expires.as_second().into());
    }
    Ok(Value::Object(payload))
}

/// The credential in a payload: everything but [`CLAIMS`] at the top level; what lies deeper is left alone. In a token that encloses
/// its credential, what stands in `vc`, completed from the claims.
///
/// Says nothing about whether the claims fit: see [`check_claims`].
pub fn credential(payload: &Value) -> Value {
    if let Value::Object(members) = payload
        && !members.contains_key("@context")
        && enclosed::is_one(members)
    {
        return enclosed::credential(members);
    }
    let mut credential = payload.clone();
    if let Value::Object(members) = &mut credential {
        members.retain(|name, _| !CLAIMS.contains(&name.as_str()));
    }
    credential
}

/// Compares the claims of a credential's payload with the credential itself; nothing found means they agree.
///
/// - A claim that differs from its counterpart is a [`Code::ClaimMismatch`] with `claim`, `found`, `expected`; `null` stands for "absent".
/// - Times are compared as whole seconds, rounded down on both sides. A time that is no number between the years 0 and 9999 is a
///   [`Code::MalformedValue`].
/// - `aud` is refused: who is not told that he is in the audience must refuse a token with one
///   ([RFC 7519 §4.1.3](https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3)), and a credential is for everyone.
/// - A payload with the credential in `vc` is compared by the rules of the VC Data Model 1.1; any other `vc` or `vp`, and one in a token
///   of VC-JOSE-COSE, is a [`Code::VcdmVariantMismatch`].
/// - An `iat` that cannot be read is a [`Code::IssuedAtUnreadable`] in a token of VC-JOSE-COSE: nothing depends on it, and there are such tokens.
///
/// It has no clock: whether `exp` has passed under [`ClaimRules::JoseCose`] is for the caller, with [`signature_period`].
pub fn check_claims(payload: &Value, rules: ClaimRules) -> Vec<Problem> {
    let Value::Object(members) = payload else { return vec![Problem::new(Code::NotACredential)] };
    if rules == ClaimRules::OpenBadges && enclosed::is_one(members) {
        return enclosed::problems(members);
    }
    let mut problems: Vec<Problem> = ["vc", "vp"]
        .into_iter()
        .filter(|name| members.contains_key(*name))
        .map(|name| Problem::new(Code::VcdmVariantMismatch).at(format!("/{name}")).with("member", name))
        .collect();
    problems.extend(Claim::ALL.into_iter().filter_map(|claim| claim.check(members, rules)));
    problems.extend(issued_at_problem(members, rules));
    if let Some(audience) = members.get("aud") {
        problems.push(mismatch("aud", shown(audience), "null".to_owned()));
    }
    problems
}

/// What is wrong with `iat`, which tells when a token was made and decides nothing.
pub(super) fn issued_at_problem(members: &Map<String, Value>, rules: ClaimRules) -> Option<Problem> {
    let problem = claim_of_time(members, "iat").err()?;
    Some(match rules {
        ClaimRules::OpenBadges => problem,
        ClaimRules::JoseCose => {
            let found = members.get("iat").map(shown).unwrap_or_default();
            Problem::new(Code::IssuedAtUnreadable).at("/iat").with("found", found)
        }
    })
}

/// When the signature of a VC-JOSE-COSE token counts, by `iat`, `nbf` and `exp`; fractions of a second are dropped.
///
/// An `iat` that cannot be read counts as absent: it is looked at by [`check_claims`].
///
/// # Errors
/// [`Code::MalformedValue`] for an `nbf` or `exp` that is no number between the years 0 and 9999.
pub fn signature_period(payload: &Value) -> Result<SignaturePeriod, Problem> {
    let Value::Object(members) = payload else { return Ok(SignaturePeriod::default()) };
    Ok(SignaturePeriod {
        issued_at: claim_of_time(members, "iat").unwrap_or_default(),
        not_before: claim_of_time(members, "nbf")?,
        expires: claim_of_time(members, "exp")?,
    })
}

/// A claim that repeats a member of the credential.
#[derive(Clone, Copy)]
enum Claim {
    Iss,
    Jti,
    Nbf,
    Sub,
    Exp,
}

/// What a claim is compared with.
enum Counterpart<'c> {
    Absent,
    Text(&'c str),
    Second { second: i64, text: &'c str },
    Unreadable,
}

impl Claim {
    const ALL: [Self; 5] = [Self::Iss, Self::Jti, Self::Nbf, Self::Sub, Self::Exp];

    fn name(self) -> &'static str {
        match self {
            Self::Iss => "iss",
            Self::Jti => "jti",
            Self::Nbf => "nbf",
            Self::Sub => "sub",
            Self::Exp => "exp",
        }
    }

    /// The member it repeats, by the credential's data model.
    fn member(self, credential: &Map<String, Value>) -> &'static str {
        let model = if begins_with(credential.get("@context"), CREDENTIALS_V1) {
            DataModel::V1
        } else {
            DataModel::V2
        };
        match self {
            Self::Iss => "issuer",
            Self::Jti => "id",
            Self::Nbf => model.valid_from(),
            Self::Sub => "credentialSubject",
            Self::Exp => model.valid_until(),
        }
    }

    fn counterpart(self, credential: &Map<String, Value>) -> Counterpart<'_> {
        let text = match self {
            Self::Iss => issuer(credential),
            Self::Sub => subject(credential),
            Self::Jti => credential.get("id").and_then(Value::as_str),
            Self::Nbf | Self::Exp => match credential.get(self.member(credential)) {
                None => None,
                Some(Value::String(text)) => {
                    return match DateTimeStamp::parse(text) {
                        Ok(stamp) => Counterpart::Second { second: floor(stamp.instant()), text },
                        Err(_) => Counterpart::Unreadable,
                    };
                }
                Some(_) => return Counterpart::Unreadable,
            },
        };
        text.map_or(Counterpart::Absent, Counterpart::Text)
    }

    fn check(self, members: &Map<String, Value>, rules: ClaimRules) -> Option<Problem> {
        let about_the_signature = rules == ClaimRules::JoseCose && matches!(self, Self::Nbf | Self::Exp);
        let found = match self {
            // Malformed times are refused whatever they are about.
            Self::Nbf | Self::Exp => match claim_of_time(members, self.name()) {
                Ok(found) => found.map(Found::Second),
                Err(problem) => return Some(problem),
            },
            Self::Iss | Self::Jti | Self::Sub => members.get(self.name()).map(Found::Json),
        };
        if about_the_signature {
            return None;
        }
        let counterpart = self.counterpart(members);
        let agrees = match (&found, &counterpart) {
            (Some(Found::Json(Value::String(found))), Counterpart::Text(expected)) => found == expected,
            (Some(Found::Second(found)), Counterpart::Second { second, .. }) => found == second,
            (Some(_), _) => false,
            (None, Counterpart::Absent) => true,
            (None, _) => rules == ClaimRules::JoseCose,
        };
        let expected = match counterpart {
            _ if agrees => return None,
            Counterpart::Absent => "null".to_owned(),
            Counterpart::Text(text) | Counterpart::Second { text, .. } => text.to_owned(),
            Counterpart::Unreadable => shown(members.get(self.member(members)).unwrap_or(&Value::Null)),
        };
        Some(mismatch(self.name(), found.map_or_else(|| "null".to_owned(), |found| found.shown()), expected))
    }
}

enum Found<'c> {
    Json(&'c Value),
    Second(i64),
}

impl Found<'_> {
    fn shown(&self) -> String {
        match self {
            Self::Json(value) => shown(value),
            Self::Second(second) => {
                Timestamp::from_second(*second).map_or_else(|_| second.to_string(), |time| time.to_string())
            }
        }
    }
}

fn issuer(credential: &Map<String, Value>) -> Option<&str> {
    match credential.get("issuer")? {
        Value::String(id) => Some(id),
        profile => profile.get("id")?.as_str(),
    }
}

/// The id of the one subject; of several subjects none is *the* subject.
fn subject(credential: &Map<String, Value>) -> Option<&str> {
    let subject = match credential.get("credentialSubject")? {
        Value::Array(subjects) => match subjects.as_slice() {
            [subject] => subject,
            _ => return None,
        },
        subject => subject,
    };
    subject.get("id")?.as_str()
}

fn begins_with(context: Option<&Value>, iri: &str) -> bool {
    let first = match context {
        Some(Value::Array(contexts)) => contexts.first(),
        other => other,
    };
    first.and_then(Value::as_str) == Some(iri)
}

/// A NumericDate ([RFC 7519 §2](https://www.rfc-editor.org/rfc/rfc7519#section-2)), rounded down to the second.
pub(super) fn claim_of_time(
    members: &Map<String, Value>,
    claim: &'static str,
) -> Result<Option<i64>, Problem> {
    let second = match members.get(claim) {
        None => return Ok(None),
        Some(Value::Number(number)) => whole_second(number),
        Some(_) => None,
    };
    second
        .filter(|second| (MIN_NUMERIC_DATE..=MAX_NUMERIC_DATE).contains(second))
        .map(Some)
        .ok_or_else(|| malformed(claim, "it is not a number of seconds between the years 0 and 9999"))
}

/// 2^53: beyond it, doubles skip whole numbers; far beyond any date.
const EXACT: f64 = 9_007_199_254_740_992.0;

fn whole_second(number: &Number) -> Option<i64> {
    if let Some(second) = number.as_i64() {
        return Some(second);
    }
    let second = number.as_f64()?.floor();
    #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
    (second.abs() < EXACT).then_some(second as i64)
}

fn floor(instant: Timestamp) -> i64 {
    instant.as_second() - i64::from(instant.subsec_nanosecond() < 0)
}

/// A claim as a reader sees it: text bare, anything else as JSON.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn mismatch(claim: &'static str, found: String, expected: String) -> Problem {
    Problem::new(Code::ClaimMismatch)
        .at(format!("/{claim}"))
        .with("claim", claim)
        .with("found", found)
        .with("expected", expected)
}

fn malformed(member: &str, reason: &'static str) -> Problem {
    Problem::new(Code::MalformedValue).at(format!("/{member}")).with("member", member).with("reason", reason)
}

#[cfg(test)]
mod tests;
