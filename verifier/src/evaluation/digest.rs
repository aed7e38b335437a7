//! The digests that bind evaluations to what they speak of.
//!
//! All are SHA-256 as a [multihash in multibase](https://www.w3.org/TR/vc-data-model-2.0/#integrity-of-related-resources) (base64url). That of a file
//! is a `digestMultibase`. JSON is hashed in its canonical form ([RFC 8785](https://www.rfc-editor.org/rfc/rfc8785)), so that neither spelling nor the
//! order of members matters; such a digest stands under other names, because it is not that of any bytes that could be fetched.

use badge_schemas::problem::Problem;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::securing::jcs;

/// The digest of a file's bytes.
pub fn of_bytes(bytes: &[u8]) -> String {
    let multihash = [[0x12, 0x20].as_slice(), &Sha256::digest(bytes)].concat();
    format!("u{}", URL_SAFE_NO_PAD.encode(multihash))
}

/// The digest of a record of a thread, or of an endorsement that is sealed: the credential without `proof`.
///
/// It stays the same whoever signs it how; what it says is what it identifies. Of a credential in a JWT, give the credential itself.
///
/// # Errors
/// [`Code::JsonNumber`](badge_schemas::problem::Code::JsonNumber) for a number outside I-JSON.
pub fn of_record(credential: &Value) -> Result<String, Problem> {
    without(credential, &["proof"])
}

/// The digest of one version of a badge: the credential without `proof` and without the `endorsement` and `endorsementJwt` at its top.
///
/// So it stays the same when endorsements are put into the badge, and any other change makes another version.
///
/// # Errors
/// As [`of_record`].
pub fn of_badge(badge: &Value) -> Result<String, Problem> {
    without(badge, &["proof", "endorsement", "endorsementJwt"])
}

/// The digest of a badge's achievement, which is what its template says: the object without its own `endorsement` and `endorsementJwt`.
///
/// # Errors
/// As [`of_record`].
pub fn of_achievement(achievement: &Value) -> Result<String, Problem> {
    without(achievement, &["endorsement", "endorsementJwt"])
}

fn without(value: &Value, left_out: &[&str]) -> Result<String, Problem> {
    let canonical = match value {
        Value::Object(members) => {
            let kept = members.iter().filter(|(name, _)| !left_out.contains(&name.as_str()));
            let kept: serde_json::Map<_, _> =
                kept.map(|(name, member)| (name.clone(), member.clone())).collect();
            jcs::canonicalize(&Value::Object(kept))?
        }
        other => jcs::canonicalize(other)?,
    };
    Ok(of_bytes(&canonical))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use serde_json::json;

    use super::*;

    #[test]
    fn a_digest_is_a_multihash() {
        // SHA-256 of nothing, from the standard (e3b0c442…), after 0x12 0x20.
        assert_eq!(of_bytes(b""), "uEiDjsMRCmPwcFJr79MiZb7kkJ65B5GSbk0yklZkbeFK4VQ");
    }

    #[test]
    fn embedding_and_signing_change_no_version() {
        let badge =
            json!({"id": "urn:x", "validFrom": "2026-01-01T00:00:00Z", "credentialSubject": {"n": 1}});
        let mut carrying = badge.clone();
        carrying["endorsement"] = json!([{"id": "urn:e"}]);
        carrying["endorsementJwt"] = json!(["a.b.c"]);
        carrying["proof"] = json!({"type": "x"});
        assert_eq!(of_badge(&carrying), of_badge(&badge));
        assert_ne!(of_record(&carrying), of_record(&badge), "a record has no endorsements to leave out");
        let mut reissued = badge.clone();
        reissued["validFrom"] = json!("2026-01-02T00:00:00Z");
        assert_ne!(of_badge(&reissued), of_badge(&badge));
        let mut inside = badge.clone();
        inside["credentialSubject"]["endorsement"] = json!([]);
        assert_ne!(of_badge(&inside).unwrap(), of_badge(&badge).unwrap(), "only at the top");
    }
}
