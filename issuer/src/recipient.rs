//! To whom a badge is given: a DID that its holder can prove, or an e-mail address that is hashed before it goes anywhere.

use badge_schemas::did::MAX_DID_LENGTH;
use badge_schemas::problem::{Code, Problem};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::members::Members;

/// Longest e-mail address ([RFC 5321 §4.5.3.1](https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1), with its erratum 1690).
const MAX_EMAIL: usize = 254;

/// The recipient of an award.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// A DID: the holder can prove that the badge is theirs.
    Did(String),
    /// An e-mail address, in lower case.
    ///
    /// The local part may be case-sensitive in theory and is nowhere in practice; lower case is what other issuers hash, and the
    /// holder who types `Ana@…` one day and `ana@…` the next is the same person.
    Email(String),
}

impl Recipient {
    /// Reads `{"id":"did:…"}` or `{"email":"…"}`.
    ///
    /// # Errors
    /// [`Code::RecipientInvalid`], [`Code::MemberUnknown`], [`Code::MalformedValue`].
    pub fn from_json(value: Value, pointer: &str) -> Result<Self, Problem> {
        let mut members = Members::of(value, pointer)?;
        let (id, email) = (members.text("id")?, members.text("email")?);
        members.finish()?;
        match (id, email) {
            (Some(did), None) => Self::did(did).map_err(|problem| problem.at(format!("{pointer}/id"))),
            (None, Some(email)) => {
                Self::email(&email).map_err(|problem| problem.at(format!("{pointer}/email")))
            }
            (Some(_), Some(_)) => Err(invalid("it has both id and email").at(pointer)),
            (None, None) => Err(invalid("it has neither id nor email").at(pointer)),
        }
    }

    /// Reads a DID or an e-mail address, as the command line takes them.
    ///
    /// # Errors
    /// [`Code::RecipientInvalid`].
    pub fn from_text(text: &str) -> Result<Self, Problem> {
        if text.starts_with("did:") { Self::did(text.to_owned()) } else { Self::email(text) }
    }

    /// The text under which the store keeps and finds it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Did(text) | Self::Email(text) => text,
        }
    }

    /// What the API shows: the shape it was given in.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Did(did) => json!({ "id": did }),
            Self::Email(email) => json!({ "email": email }),
        }
    }

    /// A DID ([DID Core §3.1](https://www.w3.org/TR/did-core/#did-syntax)) of any method, without path, query or fragment.
    fn did(text: String) -> Result<Self, Problem> {
        let parts = text.strip_prefix("did:").and_then(|rest| rest.split_once(':'));
        let well_formed = parts.is_some_and(|(method, id)| {
            !method.is_empty()
                && method.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
                && !id.is_empty()
                && id
                    .bytes()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'_' | b':' | b'%'))
        });
        // The store keeps names of up to 1,024 bytes; the longest DID in use, a did:jwk with an RSA key, takes about 700.
        if well_formed && text.len() <= MAX_DID_LENGTH.min(crate::store::MAX_NAME) {
            Ok(Self::Did(text))
        } else {
            Err(invalid("the id is not a DID"))
        }
    }

    fn email(text: &str) -> Result<Self, Problem> {
        let text = text.trim().to_lowercase();
        let well_formed = text
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'));
        let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control());
        if well_formed && plain && text.len() <= MAX_EMAIL {
            Ok(Self::Email(text))
        } else {
            Err(invalid("the email is not an e-mail address"))
        }
    }
}

/// An [IdentityObject](https://www.imsglobal.org/spec/ob/v3p0/#identityobject) that holds a salted hash of an e-mail address.
pub fn hashed_email(email: &str, salt: &str) -> Value {
    let digest = Sha256::new().chain_update(email).chain_update(salt).finalize();
    let hex = digest.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    json!({
        "type": "IdentityObject",
        "hashed": true,
        "identityHash": format!("sha256${hex}"),
        "identityType": "emailAddress",
        "salt": salt,
    })
}

fn invalid(reason: &str) -> Problem {
    Problem::new(Code::RecipientInvalid).with("reason", reason)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn the_hash_is_the_one_of_the_standard() {
        let identity = hashed_email("a@example.com", "Kosher");
        assert_eq!(
            identity["identityHash"],
            "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
        );
    }

    #[test]
    fn a_recipient_is_one_of_two_things() {
        let read = |value| Recipient::from_json(value, "/recipient");
        assert_eq!(
            read(json!({"email": "Ana.É@Exemple.FR"})).unwrap(),
            Recipient::Email("ana.é@exemple.fr".into())
        );
        assert_eq!(read(json!({"id": "did:key:z6Mk"})).unwrap(), Recipient::Did("did:key:z6Mk".into()));
        for (value, pointer) in [
            (json!({}), "/recipient"),
            (json!("a@b"), "/recipient"),
            (json!({"id": "did:key:z", "email": "a@b"}), "/recipient"),
            (json!({"id": "https://a.example"}), "/recipient/id"),
            (json!({"id": "did:key:z#f"}), "/recipient/id"),
            (json!({"id": 1}), "/recipient/id"),
            (json!({"email": "a@"}), "/recipient/email"),
            (json!({"email": "a b@c"}), "/recipient/email"),
            (json!({"email": "a@b@c"}), "/recipient/email"),
            (json!({"email": "a@b", "nom": "x"}), "/recipient/nom"),
        ] {
            assert_eq!(read(value.clone()).unwrap_err().pointer.as_deref(), Some(pointer), "{value}");
        }
    }
}
