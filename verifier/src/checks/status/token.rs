//! The IETF's lists ([Token Status List §8.3](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list#section-8.3)), as JWT. Their
//! CWT form is not read.

use badge_schemas::did::Did;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::status::{StatusListTokenClaims, TokenStatusReference};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Number, Value};

use super::{
    Freshness, Looker, OpenList, Words, doubtful, list_error, malformed, unknown_meaning, unreliable,
    unsupported,
};
use crate::checks::validity;
use crate::container;
use crate::content::Content;
use crate::report::Outcome;
use crate::securing::jws::CompactJws;
use crate::securing::vc_jwt;
use crate::snapshot::ResourceKind;
use crate::status_list::token::{self, Bits};
use badge_schemas::uri::is_uri;

/// Largest token we read: 2 MiB, as much as is ever fetched; a million entries of which a tenth is set take 100 KiB.
const MAX_TOKEN_BYTES: usize = 2 << 20;

/// Where the claim stands.
const CLAIM: &str = "/status";

/// Looks up what a claim `status` refers to.
pub(super) fn look_up(looker: &Looker<'_>, claim: &Value) -> Outcome {
    read(claim).and_then(|place| in_list(looker, &place)).unwrap_or_else(|outcome| outcome)
}

/// Reads the claim ([§6.2](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list#section-6.2)).
fn read(claim: &Value) -> Result<TokenStatusReference, Outcome> {
    let broken = |reason: Words| Outcome::Fail(malformed(CLAIM, reason));
    let Value::Object(mechanisms) = claim else {
        return Err(broken(("it is not an object", "ce n’est pas un objet")));
    };
    let Some(reference) = mechanisms.get("status_list") else {
        return Err(match mechanisms.keys().next() {
            Some(other) => unsupported(CLAIM, other),
            None => broken(("it names no list", "elle ne nomme aucune liste")),
        });
    };
    let reference = TokenStatusReference::deserialize(reference).map_err(|_| {
        broken((
            "status_list has no idx that is a whole number, or no uri",
            "status_list n’a pas d’idx entier, ou pas d’uri",
        ))
    })?;
    if !is_uri(&reference.uri) {
        return Err(broken(("uri is not a URI", "uri n’est pas une URI")));
    }
    Ok(reference)
}

fn in_list(looker: &Looker<'_>, place: &TokenStatusReference) -> Result<Outcome, Outcome> {
    let url = place.uri.as_str();
    let opened = looker
        .known
        .tokens
        .open(looker.known.work, url, &looker.stated.opened_for(), || open(looker, url))?;
    let (list, bits) = &*opened;
    let status = list
        .statuses
        .get(place.idx, bits.width())
        .map_err(|error| list_error(&error, &format!("{CLAIM}/status_list/idx"), url))?;
    Ok(looker.settle(meaning(status), list.freshness, url))
}

/// What a status means ([§7.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list#section-7.1)). Those left to
/// applications and to the future mean something to somebody, so they are no pass.
fn meaning(status: u8) -> Outcome {
    let problem = |code| Problem::new(code).at(CLAIM);
    match status {
        0 => Outcome::Pass,
        1 => Outcome::Fail(problem(Code::Revoked)),
        2 => Outcome::Fail(problem(Code::Suspended)),
        other => unknown_meaning(CLAIM, "status_list", other),
    }
}

/// Reads a list and establishes that it speaks for the issuer.
fn open(looker: &Looker<'_>, url: &str) -> Result<(OpenList, Bits), Outcome> {
    let (bytes, retrieval) = looker.retrieve(ResourceKind::StatusListToken, url)?;
    let text = container::compact_jws(bytes)
        .ok_or_else(|| doubtful(url, ("it is not a compact JWT", "ce n’est pas un JWT compact")))?;
    let jws = CompactJws::parse_status_list(text, MAX_TOKEN_BYTES)
        .map_err(|problem| unreliable(url, problem.value("reason").unwrap_or(problem.code.as_str())))?;
    let payload = jws.payload().value();
    let claims = StatusListTokenClaims::deserialize(payload).map_err(|_| {
        doubtful(
            url,
            (
                "it lacks a claim of a status list token, or one is malformed",
                "il lui manque une assertion d’un jeton de liste de statuts, ou l’une est mal formée",
            ),
        )
    })?;
    if claims.sub != url {
        return Err(doubtful(url, ("its sub is another list's", "son sub est celui d’une autre liste")));
    }
    // Who is not told that he is in the audience must refuse a token with one.
    if payload.get("aud").is_some() {
        return Err(doubtful(
            url,
            ("it is for somebody else (aud)", "elle est destinée à quelqu’un d’autre (aud)"),
        ));
    }
    let period =
        vc_jwt::signature_period(payload).map_err(|problem| unreliable(url, problem.code.as_str()))?;
    let own_limit = match &claims.ttl {
        Some(ttl) => Some(seconds(ttl).ok_or_else(|| {
            doubtful(url, ("its ttl is not a positive number", "son ttl n’est pas un nombre positif"))
        })?),
        None => None,
    };
    let bits = Bits::new(claims.status_list.bits).ok_or_else(|| {
        doubtful(url, ("its bits are none of 1, 2, 4, 8", "bits n’y vaut ni 1, ni 2, ni 4, ni 8"))
    })?;

    let signer = signer(looker, &claims, jws.header().kid.as_deref()).to_owned();
    let content = Content::Jws(Box::new(jws));
    let facts = looker.authenticate(&content, Some(&signer), url)?;
    let statuses =
        token::decode(&claims.status_list.lst, bits).map_err(|error| list_error(&error, CLAIM, url))?;
    // Without an end of its own, a list is as old as its signature: an old one could be served for ever.
    let at = period.issued_at.and_then(|second| Timestamp::from_second(second).ok());
    let since = match (period.expires, at) {
        (None, Some(at)) => retrieval.fetched_at.min(at),
        _ => retrieval.fetched_at,
    };
    let over = validity::proof(&facts, looker.now, looker.skew()).map(|problem| problem.code);
    Ok((OpenList { statuses, freshness: Freshness { over, own_limit, since } }, bits))
}

/// Who says that it signed: `iss` where the token has one, else whose key it names, else the issuer that the token is about. Whether that
/// is true is for the signature to say.
fn signer<'a>(looker: &'a Looker<'_>, claims: &'a StatusListTokenClaims, kid: Option<&'a str>) -> &'a str {
    if let Some(issuer) = &claims.iss {
        return issuer;
    }
    let named = kid.filter(|kid| kid.starts_with("did:")).and_then(|kid| kid.split('#').next());
    named.filter(|did| Did::parse(did).is_ok()).or(looker.stated.issuer).unwrap_or_default()
}

fn seconds(ttl: &Number) -> Option<SignedDuration> {
    let seconds = ttl.as_f64().filter(|seconds| *seconds > 0.0)?;
    Some(SignedDuration::try_from_secs_f64(seconds).unwrap_or(SignedDuration::MAX))
}
