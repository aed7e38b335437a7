//! Was the badge given to the recipient the caller expects?

use badge_schemas::achievement::{AchievementSubject, IdentifierType};
use badge_schemas::problem::{Code, Problem};
use badge_schemas::profile::IdentityObject;
use sha2::{Digest, Sha256};

use crate::policy::Mismatch;
use crate::report::Outcome;

/// Whether a text can name who was given a badge: an e-mail address, a DID or another URI. A verdict about anything else would only ever be
/// "somebody else's".
pub fn is_recipient(text: &str) -> bool {
    let address = text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
    address && !text.contains(char::is_whitespace) || badge_schemas::uri::is_uri(text)
}

/// Compares an e-mail address or DID with the subject's `id` and identifiers ([Open Badges 3.0 §8.4](https://www.imsglobal.org/spec/ob/v3p0/#verify-recipient)).
///
/// No match means that the badge is about someone else, not that it is forged.
pub fn check(subject: Option<&AchievementSubject>, expected: Option<&str>, policy: Mismatch) -> Outcome {
    let Some(expected) = expected else { return Outcome::ABSENT };
    let mismatch = || {
        let problem =
            Problem::new(Code::RecipientNotMatched).at("/credentialSubject").with("recipient", expected);
        match policy {
            Mismatch::Fail => Outcome::Fail(problem),
            Mismatch::Warn => Outcome::Warn(problem),
        }
    };
    let Some(subject) = subject else { return mismatch() };
    let by_id = subject
        .id
        .as_deref()
        .is_some_and(|id| id == expected || id.strip_prefix("mailto:") == Some(expected));
    if by_id {
        return Outcome::Pass;
    }
    subject
        .identifier
        .iter()
        .enumerate()
        .find_map(|(index, identity)| matches(identity, expected).map(|strength| (index, strength)))
        .map_or_else(mismatch, |(index, strength)| match strength {
            Strength::Sound => Outcome::Pass,
            Strength::Weak => Outcome::Warn(
                Problem::new(Code::RecipientHashWeak)
                    .at(format!("/credentialSubject/identifier/{index}"))
                    .with_words("weakness", "sha256 without salt", "sha256 sans sel"),
            ),
        })
}

/// How well an identity object that matches hides its recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// In clear on purpose, or a salted SHA-256.
    Sound,
    /// A SHA-256 without salt, which can be guessed.
    Weak,
}

/// Whether an identity object is about this identifier. E-mail addresses are tried as given, then in lower case, as issuers do.
pub fn matches(identity: &IdentityObject, expected: &str) -> Option<Strength> {
    // A display name that looks like an address is not an address.
    let is_address = expected.contains('@') && !expected.starts_with("did:");
    let names_a_person = matches!(identity.identity_type, IdentifierType::Name | IdentifierType::UserName);
    if names_a_person || is_address != (identity.identity_type == IdentifierType::EmailAddress) {
        return None;
    }
    let mut spellings = vec![expected.to_owned()];
    if identity.identity_type == IdentifierType::EmailAddress {
        spellings.push(expected.to_lowercase());
    }
    if !identity.hashed {
        return spellings.contains(&identity.identity_hash).then_some(Strength::Sound);
    }
    let salt = identity.salt.as_deref().unwrap_or_default();
    let digest = identity.identity_hash.strip_prefix("sha256$")?;
    let found = spellings.iter().any(|spelling| hash(spelling, salt).eq_ignore_ascii_case(digest));
    found.then_some(if salt.is_empty() { Strength::Weak } else { Strength::Sound })
}

/// Hexadecimal SHA-256 of identifier followed by salt ([IdentityObject](https://www.imsglobal.org/spec/ob/v3p0/#identityobject)).
pub fn hash(identifier: &str, salt: &str) -> String {
    Sha256::digest([identifier, salt].concat())
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(hash: &str, salt: Option<&str>) -> IdentityObject {
        IdentityObject {
            kind: "IdentityObject".into(),
            hashed: true,
            identity_hash: hash.into(),
            identity_type: IdentifierType::EmailAddress,
            salt: salt.map(str::to_owned),
        }
    }

    #[test]
    fn the_salt_is_appended() {
        // The figure of the Open Badges documents.
        let hash = "sha256$B5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399";
        assert_eq!(matches(&identity(hash, Some("Kosher")), "a@example.com"), Some(Strength::Sound));
        assert_eq!(matches(&identity(hash, Some("Kosher")), "A@Example.com"), Some(Strength::Sound));
        assert_eq!(matches(&identity(hash, Some("Kosher")), "b@example.com"), None);
        assert_eq!(matches(&identity(hash, None), "a@example.com"), None);
        assert_eq!(matches(&identity("sha256$", Some("Kosher")), "a@example.com"), None);
    }

    #[test]
    fn a_hash_without_salt_is_weak() {
        let digest = format!("sha256${}", super::hash("zoé@école.example", ""));
        assert!(matches!(matches(&identity(&digest, None), "zoé@école.example"), Some(Strength::Weak)));
    }
}
