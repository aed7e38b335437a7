//! Did a key still count when it signed? What a signature says of its own time only ever counts against it.

use badge_schemas::controller::VerificationMethod;
use badge_schemas::problem::{Code, Problem};
use jiff::Timestamp;

use super::Unresolved;
use crate::policy::ExpiredKey;

/// What is known about when a signature was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SigningTime {
    /// When the verification takes place.
    pub now: Timestamp,
    /// What the signature says of itself (`created`, `iat`): whoever holds the key can write anything there.
    pub claimed: Option<Timestamp>,
    /// A moment at which the signature existed, as somebody else than its signer knows.
    pub existed: Option<Timestamp>,
    /// What a key past its `expires` means where nobody knows that the signature is older.
    pub expired_key: ExpiredKey,
}

impl SigningTime {
    /// Nothing is known but the time of the verification.
    pub fn unknown(now: Timestamp) -> Self {
        Self { now, claimed: None, existed: None, expired_key: ExpiredKey::default() }
    }

    /// The same, for a signature that says when it was made.
    #[must_use]
    pub fn claiming(self, claimed: Option<Timestamp>) -> Self {
        Self { claimed, ..self }
    }

    /// Whether it is established, by other than its own word, that the signature existed before `moment`. A time that is still to come establishes nothing.
    fn precedes(&self, moment: Timestamp) -> bool {
        self.existed.is_some_and(|existed| existed <= self.now && existed < moment)
            && !self.claims_from(moment)
    }

    fn claims_from(&self, moment: Timestamp) -> bool {
        self.claimed.is_some_and(|claimed| claimed >= moment)
    }
}

/// Whether the revocation of a key has come, and leaves signatures that existed before.
pub(super) fn outlived_by(method: &VerificationMethod, when: &SigningTime) -> bool {
    method.revoked.as_ref().is_some_and(|since| since.instant() <= when.now && when.precedes(since.instant()))
}

/// Looks at `revoked`, `retired` and `expires` ([Controlled Identifiers 1.0 §2.2](https://www.w3.org/TR/cid-1.0/#verification-methods),
/// [§5.4](https://www.w3.org/TR/cid-1.0/#revocation-semantics)).
///
/// A pass does not mean that the signature is from the time it names.
///
/// # Errors
/// [`Unresolved::Refused`] where the key did not count, [`Unresolved::Unavailable`] where it is not known whether it did and policy leaves that open.
pub(super) fn check(name: &str, method: &VerificationMethod, when: &SigningTime) -> Result<(), Unresolved> {
    let problem = |code, since| Problem::new(code).with("method", name).with("since", since);
    if let Some(since) = method.revoked.as_ref().filter(|since| since.instant() <= when.now)
        && !when.precedes(since.instant())
    {
        return Err(Unresolved::Refused(problem(Code::KeyRevoked, since)));
    }
    if let Some(since) = &method.retired
        && when.claimed.is_some_and(|claimed| claimed > since.instant())
    {
        return Err(Unresolved::Refused(problem(Code::KeyRetired, since)));
    }
    if let Some(since) = method.expires.as_ref().filter(|since| since.instant() <= when.now)
        && !when.precedes(since.instant())
    {
        let problem = problem(Code::KeyExpired, since);
        let claims_earlier = when.claimed.is_some_and(|claimed| claimed < since.instant());
        return match when.expired_key {
            _ if when.claims_from(since.instant()) => Err(Unresolved::Refused(problem)),
            ExpiredKey::Fail => Err(Unresolved::Refused(problem)),
            ExpiredKey::DangerBelieveSignature if claims_earlier => Ok(()),
            ExpiredKey::Indeterminate | ExpiredKey::DangerBelieveSignature => {
                Err(Unresolved::Unavailable(problem))
            }
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use serde_json::json;

    use super::*;

    const END: &str = "2026-11-10T00:00:00Z";

    /// The code for a key with one member set, refused (`!`) or left open (`?`); nothing where it counts.
    fn found(member: &str, claimed: &str, existed: &str, expired_key: ExpiredKey) -> String {
        let mut method = json!({"id": "#k", "type": "Multikey", "controller": "did:web:a.example"});
        method[member] = END.into();
        let method = serde_json::from_value(method).unwrap();
        let time = |text: &str| if text.is_empty() { None } else { Some(text.parse().unwrap()) };
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        let when = SigningTime { now, claimed: time(claimed), existed: time(existed), expired_key };
        match check("k", &method, &when) {
            Ok(()) => String::new(),
            Err(Unresolved::Refused(problem)) => format!("!{}", problem.code.as_str()),
            Err(Unresolved::Unavailable(problem)) => format!("?{}", problem.code.as_str()),
            Err(Unresolved::Missing(_)) => unreachable!(),
        }
    }

    const BEFORE: &str = "2026-11-09T23:59:59Z";
    const AFTER: &str = "2026-11-10T00:00:01Z";
    const FUTURE: &str = "2027-01-01T00:00:00Z";

    #[test]
    fn a_revoked_key_needs_the_word_of_somebody_else() {
        for (claimed, existed, outcome) in [
            ("", "", "!KEY_REVOKED"),
            (BEFORE, "", "!KEY_REVOKED"),
            (AFTER, "", "!KEY_REVOKED"),
            ("", BEFORE, ""),
            (BEFORE, BEFORE, ""),
            (BEFORE, END, "!KEY_REVOKED"),
            (BEFORE, AFTER, "!KEY_REVOKED"),
            (AFTER, BEFORE, "!KEY_REVOKED"),
            (END, BEFORE, "!KEY_REVOKED"),
        ] {
            for policy in [ExpiredKey::Fail, ExpiredKey::Indeterminate, ExpiredKey::DangerBelieveSignature] {
                assert_eq!(found("revoked", claimed, existed, policy), outcome, "{claimed} {existed}");
            }
        }
    }

    #[test]
    fn a_retired_key_counts_unless_the_signature_itself_says_otherwise() {
        for (claimed, existed, outcome) in [
            ("", "", ""),
            (BEFORE, "", ""),
            (END, "", ""),
            (AFTER, "", "!KEY_RETIRED"),
            (AFTER, BEFORE, "!KEY_RETIRED"),
            (BEFORE, AFTER, ""),
        ] {
            assert_eq!(found("retired", claimed, existed, ExpiredKey::Fail), outcome, "{claimed} {existed}");
        }
    }

    #[test]
    fn an_expired_key_is_left_open_by_default_and_never_believed_without_a_word() {
        use ExpiredKey::{DangerBelieveSignature, Fail, Indeterminate};
        for (policy, claimed, existed, outcome) in [
            (Indeterminate, "", "", "?KEY_EXPIRED"),
            (Indeterminate, BEFORE, "", "?KEY_EXPIRED"),
            (Indeterminate, END, "", "!KEY_EXPIRED"),
            (Indeterminate, BEFORE, BEFORE, ""),
            (Indeterminate, BEFORE, AFTER, "?KEY_EXPIRED"),
            (Fail, BEFORE, "", "!KEY_EXPIRED"),
            (Fail, BEFORE, BEFORE, ""),
            (DangerBelieveSignature, "", "", "?KEY_EXPIRED"),
            (DangerBelieveSignature, BEFORE, "", ""),
            (DangerBelieveSignature, AFTER, BEFORE, "!KEY_EXPIRED"),
        ] {
            assert_eq!(found("expires", claimed, existed, policy), outcome, "{policy:?} {claimed} {existed}");
        }
        assert_eq!(ExpiredKey::default(), Indeterminate);
    }

    #[test]
    fn a_time_to_come_establishes_nothing() {
        let method: VerificationMethod = serde_json::from_value(json!({
            "id": "#k", "type": "Multikey", "controller": "did:web:a.example", "revoked": END,
        }))
        .unwrap();
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        let when = SigningTime { existed: Some(FUTURE.parse().unwrap()), ..SigningTime::unknown(now) };
        assert!(check("k", &method, &when).is_err());
        assert!(!outlived_by(&method, &when));
    }
}
