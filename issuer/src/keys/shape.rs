//! Is this something that an issuer of badges signs? What a signer can see without the web-facing service's word.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::KeyKind;

/// The two hashes that a Data Integrity proof signs ([VC Data Integrity](https://www.w3.org/TR/vc-data-integrity/), SHA-256): options and document.
const INTEGRITY: usize = 64;

/// What the base proof of `ecdsa-sd-2023` signs: a hash, a P-256 key as Multikey, a hash.
const BASE_PROOF: usize = 32 + 35 + 32;

/// What a message can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Hashes of a Data Integrity proof.
    Integrity,
    /// The signing input of a JWS whose header names the algorithm of the key.
    Jws,
    /// The text of a checkpoint.
    Checkpoint,
}

impl Shape {
    /// The shape of a message for a kind of key; nothing where an issuer signs no such thing with it.
    ///
    /// It does not tell what the hashes are of, nor whether the badge in a JWS is a right one: only the service knows that.
    pub(super) fn of(message: &[u8], kind: KeyKind) -> Option<Self> {
        let length = message.len();
        if length == INTEGRITY && kind == KeyKind::Ed25519 || length == BASE_PROOF && kind == KeyKind::P256 {
            return Some(Self::Integrity);
        }
        let text = std::str::from_utf8(message).ok()?;
        if is_checkpoint(text) {
            return Some(Self::Checkpoint);
        }
        is_jws(text, kind).then_some(Self::Jws)
    }
}

fn is_jws(text: &str, kind: KeyKind) -> bool {
    let Some((header, payload)) = text.split_once('.') else { return false };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let Ok(header) = URL_SAFE_NO_PAD.decode(header) else { return false };
    let Ok(Value::Object(header)) = serde_json::from_slice(&header) else { return false };
    let algorithm = header.get("alg").and_then(Value::as_str);
    algorithm == Some(kind.algorithm().as_str()) && !payload.is_empty() && payload.bytes().all(plain)
}

/// Origin, size, hash, each on a line.
fn is_checkpoint(text: &str) -> bool {
    let mut lines = text.split('\n');
    let (Some(origin), Some(size), Some(hash), Some(""), None) =
        (lines.next(), lines.next(), lines.next(), lines.next(), lines.next())
    else {
        return false;
    };
    !origin.is_empty()
        && !size.is_empty()
        && size.bytes().all(|byte| byte.is_ascii_digit())
        && STANDARD.decode(hash).is_ok_and(|hash| hash.len() == 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_issuers_sign_has_a_shape() {
        let jws = |alg: &str, payload: &str| {
            format!("{}.{payload}", URL_SAFE_NO_PAD.encode(format!("{{\"alg\":\"{alg}\"}}")))
        };
        let shape = |message: &[u8], kind| Shape::of(message, kind);
        assert_eq!(shape(&[9; 64], KeyKind::Ed25519), Some(Shape::Integrity));
        assert_eq!(shape(&[9; 99], KeyKind::P256), Some(Shape::Integrity));
        assert_eq!(shape(jws("ES256", "e30").as_bytes(), KeyKind::P256), Some(Shape::Jws));
        assert_eq!(shape(jws("EdDSA", "e30").as_bytes(), KeyKind::Ed25519), Some(Shape::Jws));
        let note = format!("did:web:a/record\n12\n{}\n", STANDARD.encode([1; 32]));
        assert_eq!(shape(note.as_bytes(), KeyKind::Ed25519), Some(Shape::Checkpoint));
        for (message, kind) in [
            (vec![9; 64], KeyKind::P256),
            (vec![9; 32], KeyKind::Ed25519),
            (vec![9; 64], KeyKind::Rsa),
            (b"".to_vec(), KeyKind::Ed25519),
            (b"send 100 euros".to_vec(), KeyKind::Ed25519),
            (jws("ES256", "e30").into_bytes(), KeyKind::Ed25519),
            (jws("none", "e30").into_bytes(), KeyKind::P256),
            (jws("ES256", "").into_bytes(), KeyKind::P256),
            (jws("ES256", "a.b").into_bytes(), KeyKind::P256),
            (note.replace("\n12\n", "\n-1\n").into_bytes(), KeyKind::Ed25519),
            (format!("{note}more").into_bytes(), KeyKind::Ed25519),
        ] {
            assert_eq!(shape(&message, kind), None, "{}", String::from_utf8_lossy(&message));
        }
    }
}
