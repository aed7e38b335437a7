//! To whom a badge is given: a DID that its holder can prove, or an e-mail address that is hashed before it goes anywhere.

use badge_schemas::did::{Did, DidError};
use badge_schemas::identifiers::{self, IdentifierKind};
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
            (Some(_), Some(_)) => {
                Err(invalid("it has both id and email", "il a à la fois id et email").at(pointer))
            }
            (None, None) => Err(invalid("it has neither id nor email", "il n’a ni id ni email").at(pointer)),
        }
    }

    /// Reads a DID or an e-mail address, as the command line takes them.
    ///
    /// # Errors
    /// [`Code::RecipientInvalid`].
    pub fn from_text(text: &str) -> Result<Self, Problem> {
        if text.starts_with("did:") { Self::did(text.to_owned()) } else { Self::email(text) }
    }

    /// A recipient as the store keeps it: looked at when it was recorded, and not again.
    pub fn recorded(text: &str) -> Self {
        if text.starts_with("did:") { Self::Did(text.to_owned()) } else { Self::Email(text.to_owned()) }
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

    /// A DID ([DID Core §3.1](https://www.w3.org/TR/did-core/#did-syntax)), without path, query or fragment: decoded where its
    /// method is one we know, so that no badge goes to a key that nobody can have; of any other method the form alone is checked.
    fn did(text: String) -> Result<Self, Problem> {
        let method = text.strip_prefix("did:").and_then(|rest| rest.split(':').next()).unwrap_or_default();
        let well_formed = match Did::parse(&text) {
            Ok(_) => true,
            Err(DidError::Method(_)) => {
                !method.is_empty() && method.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
            }
            Err(_) => false,
        };
        // The store keeps names of up to 1,024 bytes; the longest DID in use, a did:jwk with an RSA key, takes about 700.
        if well_formed && text.len() <= crate::store::MAX_NAME {
            return Ok(Self::Did(text));
        }
        Err(match method {
            "key" | "jwk" | "web" => invalid(
                "the id is a did:key, did:jwk or did:web that does not decode",
                "l’id est un did:key, did:jwk ou did:web qui ne se décode pas",
            ),
            _ => invalid("the id is not a DID", "l’id n’est pas un DID"),
        })
    }

    fn email(text: &str) -> Result<Self, Problem> {
        let text = text.trim().to_lowercase();
        let text = text.strip_prefix("mailto:").unwrap_or(&text);
        if identifiers::check(IdentifierKind::EmailAddress, text).is_ok() && text.len() <= MAX_EMAIL {
            Ok(Self::Email(text.to_owned()))
        } else {
            Err(invalid("the email is not an e-mail address", "l’email n’est pas une adresse électronique"))
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

fn invalid(en: &str, fr: &'static str) -> Problem {
    Problem::new(Code::RecipientInvalid).with_words("reason", en, fr)
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
        assert_eq!(
            read(json!({"email": "Mailto:ana@exemple.fr"})).unwrap(),
            Recipient::Email("ana@exemple.fr".into())
        );
        for did in [
            "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
            "did:web:exemple.fr:ana",
            "did:ebsi:zr2rWDHHrUCdZAW7wsSb5nQ",
        ] {
            assert_eq!(read(json!({"id": did})).unwrap(), Recipient::Did(did.into()));
        }
        for (value, pointer) in [
            (json!({}), "/recipient"),
            (json!("a@b"), "/recipient"),
            (json!({"id": "did:key:z", "email": "a@b"}), "/recipient"),
            (json!({"id": "https://a.example"}), "/recipient/id"),
            (json!({"id": "did:key:z#f"}), "/recipient/id"),
            (json!({"id": "did:key:z6Mk"}), "/recipient/id"),
            (json!({"id": "did:jwk:e30"}), "/recipient/id"),
            (json!({"id": "did:web:"}), "/recipient/id"),
            (json!({"id": "did:EBSI:z"}), "/recipient/id"),
            (json!({"id": "did::z"}), "/recipient/id"),
            (json!({"id": 1}), "/recipient/id"),
            (json!({"email": "a@"}), "/recipient/email"),
            (json!({"email": "a b@c"}), "/recipient/email"),
            (json!({"email": "a@b@c"}), "/recipient/email"),
            (json!({"email": "a@b"}), "/recipient/email"),
            (json!({"email": "a@b.fr", "nom": "x"}), "/recipient/nom"),
        ] {
            assert_eq!(read(value.clone()).unwrap_err().pointer.as_deref(), Some(pointer), "{value}");
        }
    }
}
