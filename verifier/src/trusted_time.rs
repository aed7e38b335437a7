//! When did a document exist, by the word of somebody else than its signer?
//!
//! A signature says of itself when it was made, and a thief of the key writes there what he likes. What places a signature before a
//! compromise is evidence that the very same bytes existed before: an entry of the policy, or an earlier check by this verifier, kept in
//! its saved snapshot.

use badge_schemas::timestamp::DateTimeStamp;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::content::Content;
use crate::securing::jcs;
use crate::snapshot::sha256_hex;

/// Length of a SHA-256 digest in hexadecimal.
const HEX_LENGTH: usize = 64;

/// A document that existed at a time, as the one who verifies has established.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TrustedTime {
    /// The digest of the whole input (`inputSha256` of a report), or of one credential as [`content_sha256`] says (`contentSha256`).
    pub sha256: Sha256Hex,
    /// A moment at which it existed.
    pub time: DateTimeStamp,
    /// How that is known, in words; for those who read the policy.
    #[serde(default)]
    pub evidence: Option<String>,
}

/// A SHA-256 digest in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Sha256Hex(String);

/// It is not 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 digest in lower-case hexadecimal")]
pub struct NotADigest;

impl TryFrom<String> for Sha256Hex {
    type Error = NotADigest;

    fn try_from(text: String) -> Result<Self, NotADigest> {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == HEX_LENGTH && text.bytes().all(hex) { Ok(Self(text)) } else { Err(NotADigest) }
    }
}

impl Sha256Hex {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The digest by which a credential or presentation is recognised in whatever it is wrapped: the SHA-256 of a compact token, of the issuer's part of an
/// SD-JWT, or of the canonical form ([RFC 8785](https://www.rfc-editor.org/rfc/rfc8785)) of JSON with its proofs.
pub fn content_sha256(content: &Content) -> Option<String> {
    match content {
        Content::Json(document) => jcs::canonicalize(document.value()).ok().map(|bytes| sha256_hex(&bytes)),
        Content::Jws(jws) => Some(sha256_hex(jws.as_str().as_bytes())),
        Content::SdJwt(sd_jwt) => Some(sha256_hex(sd_jwt.issuer_signed().as_str().as_bytes())),
    }
}

/// The earliest time at which one of these digests is known to have existed.
pub(crate) fn earliest(digests: &[&str], policy: &[TrustedTime]) -> Option<Timestamp> {
    let known = policy.iter().filter(|known| digests.contains(&known.sha256.as_str()));
    known.map(|known| known.time.instant()).min()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn the_digest_of_json_does_not_depend_on_its_spelling_and_does_on_its_proof() {
        let digest = |text: &str| content_sha256(&Content::open(text.as_bytes()).unwrap().1).unwrap();
        let plain = digest(r#"{"type": ["a"], "proof": {"proofValue": "z1"}}"#);
        assert_eq!(plain, digest(r#"{ "proof":{"proofValue":"z1"},"type":["a"] }"#));
        assert_ne!(plain, digest(r#"{"type": ["a"], "proof": {"proofValue": "z2"}}"#));
    }

    #[test]
    fn only_a_whole_digest_is_one() {
        let digest = |text: &str| Sha256Hex::try_from(text.to_owned());
        assert!(digest(&"a1".repeat(32)).is_ok());
        for wrong in ["", "a1", &"A1".repeat(32), &"g1".repeat(32), &"a1".repeat(33)] {
            assert_eq!(digest(wrong), Err(NotADigest));
        }
    }
}
