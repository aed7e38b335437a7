//! Does the holder whom an SD-JWT names present it, to this verifier, now?

use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use jiff::{SignedDuration, Timestamp};

use super::{holder, validity};
use crate::authenticate::ProofFacts;
use crate::policy::TrustPolicy;
use crate::report::{CheckId, NotRun, Outcome};
use crate::securing::sd_jwt::SdJwt;
use crate::securing::sd_jwt::key_binding::KeyBindingJwt;
use crate::verify::Expectations;
use crate::work::{Exhausted, KEY, SIGNATURE, Work};

/// What a key binding JWT answers ([RFC 9901 §7.3](https://www.rfc-editor.org/rfc/rfc9901#section-7.3)).
pub(crate) struct KeyBinding {
    /// Whether the key that the issuer confirmed signed it, over what is presented.
    pub(crate) presenter: Outcome,
    /// Whether its `nonce` is the expected challenge.
    pub(crate) challenge: Outcome,
    /// Whether its `aud` is the expected domain.
    pub(crate) domain: Outcome,
    /// What is wrong with its times, if anything.
    pub(crate) times: Option<Problem>,
}

/// Checks the key binding of an SD-JWT whose issuer's signature has been verified; nothing where it has none.
///
/// Whether a key binding was to be had is not asked here: an expected challenge asks for it.
pub(crate) fn check(
    sd_jwt: &SdJwt,
    expect: &Expectations,
    policy: &TrustPolicy,
    now: Timestamp,
    work: &Work,
) -> Option<KeyBinding> {
    let binding = sd_jwt.key_binding()?;
    let blocked = || Outcome::NotRun(NotRun::Blocked(CheckId::Presenter));
    let paid = work.spend(KEY + SIGNATURE).map_err(Exhausted::to_problem);
    if let Err(problem) = paid.and_then(|()| sd_jwt.verify_key_binding()) {
        let presenter = Outcome::Fail(problem);
        return Some(KeyBinding { presenter, challenge: blocked(), domain: blocked(), times: None });
    }
    let facts = facts(binding);
    Some(KeyBinding {
        presenter: Outcome::Pass,
        challenge: at("/nonce", holder::challenge(&facts, expect.challenge.as_deref())),
        domain: at("/aud", holder::domain(&facts, expect.domain.as_deref())),
        times: times(binding, &facts, policy, now),
    })
}

/// What stands for a key binding that is not there, where one was asked for.
pub(crate) fn missing() -> Outcome {
    Outcome::Fail(Problem::new(Code::KeyBindingMissing))
}

fn facts(binding: &KeyBindingJwt) -> ProofFacts {
    ProofFacts {
        created: stamp(Some(binding.issued_at.max(binding.not_before.unwrap_or(i64::MIN)))),
        expires: stamp(binding.expires),
        challenge: Some(binding.nonce.clone()),
        domains: vec![binding.audience.clone()],
        ..ProofFacts::default()
    }
}

/// Not from the future, not past its own end, and not older than policy has it.
fn times(
    binding: &KeyBindingJwt,
    facts: &ProofFacts,
    policy: &TrustPolicy,
    now: Timestamp,
) -> Option<Problem> {
    let skew = SignedDuration::from_secs(i64::from(policy.clock_skew_seconds));
    if let Some(problem) = validity::proof(facts, now, skew) {
        return Some(problem.at("/iat"));
    }
    let limit = i64::from(policy.key_binding_max_age_seconds);
    let age = now.as_second().saturating_sub(binding.issued_at);
    (age > limit.saturating_add(i64::from(policy.clock_skew_seconds))).then(|| {
        let issued_at = stamp(Some(binding.issued_at)).map(|stamp| stamp.to_string()).unwrap_or_default();
        Problem::new(Code::KeyBindingStale)
            .at("/iat")
            .with("issuedAt", issued_at)
            .with("limit", limit)
            .with("now", now)
    })
}

fn stamp(second: Option<i64>) -> Option<DateTimeStamp> {
    second.and_then(|second| Timestamp::from_second(second).ok()).map(DateTimeStamp::from)
}

/// The same finding at its place in the key binding JWT.
fn at(pointer: &str, outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Warn(problem) => Outcome::Warn(problem.at(pointer)),
        Outcome::Fail(problem) => Outcome::Fail(problem.at(pointer)),
        other => other,
    }
}
