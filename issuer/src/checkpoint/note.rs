//! A checkpoint as text: a [signed note](https://github.com/C2SP/C2SP/blob/main/signed-note.md) of three lines, in the order of a
//! [C2SP checkpoint](https://github.com/C2SP/C2SP/blob/main/tlog-checkpoint.md):
//!
//! ```text
//! did:web:badges.example.org/record
//! 20412
//! wYtBXtwUCgUVpcfYOdVrqLxZqNZ1xkZHT3Xqz0fVYMk=
//!
//! — did:web:badges.example.org#KEY vS3cZ…
//! ```
//!
//! The origin, the number of entries of the record, and the hash of the last one: the head of the hash chain, not the root of a
//! Merkle tree. The text is no input of any other signature of the issuer: it holds line ends, which a JWT's never does, and it
//! is longer than the two hashes of a Data Integrity proof.

use badge_verifier::securing::SigningRequest;
use badge_verifier::securing::keys::PublicKey;
use badge_verifier::tlog::note::{self, Note};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::identity::NamedKey;
use crate::signer::SigningFailed;
use crate::store::{ChainHead, Digest};

/// Longest note we read, in bytes: a few lines with a few signatures.
pub(super) const MAX_NOTE: usize = 16 * 1024;

/// Why a text is not a checkpoint of this issuer's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotACheckpoint {
    /// It has not the form of one.
    #[error("malformed")]
    Malformed,
    /// It is about another record.
    #[error("of another issuer")]
    OtherOrigin,
    /// No key of the issuer signed it.
    #[error("not signed by this issuer")]
    Unsigned,
    /// A signature that names a key of the issuer does not verify.
    #[error("its signature does not verify")]
    BadSignature,
}

/// The origin of the checkpoints of an issuer's record.
pub(super) fn origin(issuer: &str) -> String {
    format!("{issuer}/record")
}

/// Signs the head of a record.
///
/// # Errors
/// [`SigningFailed`].
pub(super) fn sign(origin: &str, head: ChainHead, key: &NamedKey) -> Result<String, SigningFailed> {
    let text = text(origin, head);
    let signature = key.signer.sign(SigningRequest::Bytes(text.as_bytes()))?;
    let id = note::key_id(&key.method, key.signer.public_key());
    Ok(format!("{text}\n{}", note::line(&key.method, id, &signature)))
}

/// Reads a note: at least one of `keys` must have signed it, and none wrongly. Signatures of others are passed over.
///
/// # Errors
/// [`NotACheckpoint`].
pub(super) fn open(
    note: &str,
    origin: &str,
    keys: &[(&str, &PublicKey)],
) -> Result<ChainHead, NotACheckpoint> {
    let head = read(note, origin)?;
    let note = Note::parse(note).map_err(|_| NotACheckpoint::Malformed)?;
    let mut signed = false;
    for (method, public) in keys {
        for signature in note.by(method, note::key_id(method, public)) {
            public
                .verify(public.algorithm(), note.text.as_bytes(), signature)
                .map_err(|_| NotACheckpoint::BadSignature)?;
            signed = true;
        }
    }
    if signed { Ok(head) } else { Err(NotACheckpoint::Unsigned) }
}

/// Reads the head that a note names, without a look at who signed it.
///
/// # Errors
/// [`NotACheckpoint::Malformed`], [`NotACheckpoint::OtherOrigin`].
pub(super) fn read(note: &str, wanted: &str) -> Result<ChainHead, NotACheckpoint> {
    let (found, head) = parse(note).ok_or(NotACheckpoint::Malformed)?;
    if found == wanted { Ok(head) } else { Err(NotACheckpoint::OtherOrigin) }
}

fn parse(note: &str) -> Option<(&str, ChainHead)> {
    let (text, _) = note.split_once("\n\n")?;
    let mut lines = text.split('\n');
    let (origin, size, hash) = (lines.next()?, lines.next()?, lines.next()?);
    let sequence: u64 = size.parse().ok()?;
    let hash: [u8; 32] = STANDARD.decode(hash).ok()?.try_into().ok()?;
    // One spelling only: no sign, no leading zero, nothing after the hash.
    (lines.next().is_none() && sequence.to_string() == size)
        .then_some((origin, ChainHead { sequence, hash: Digest::from_bytes(hash) }))
}

fn text(origin: &str, head: ChainHead) -> String {
    format!("{origin}\n{}\n{}\n", head.sequence, STANDARD.encode(head.hash.as_bytes()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use std::sync::Arc;

    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::signer::{Ed25519Signer, P256Signer};

    fn open(note: &str, origin: &str, keys: &[NamedKey]) -> Result<ChainHead, NotACheckpoint> {
        let keys: Vec<_> = keys.iter().map(|key| (key.method.as_str(), key.signer.public_key())).collect();
        super::open(note, origin, &keys)
    }

    fn ed25519(seed: u8) -> NamedKey {
        let secret = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]);
        NamedKey { method: "did:web:a#k".to_owned(), signer: Arc::new(Ed25519Signer::new(secret).unwrap()) }
    }

    fn p256() -> NamedKey {
        let secret = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
        NamedKey { method: "did:web:a#p".to_owned(), signer: Arc::new(P256Signer::new(secret).unwrap()) }
    }

    fn head() -> ChainHead {
        ChainHead { sequence: 12, hash: Digest::of(&[b"x"]) }
    }

    #[test]
    fn a_note_opens_with_the_key_that_signed_it() {
        for key in [ed25519(1), p256()] {
            let note = sign("did:web:a/record", head(), &key).unwrap();
            assert_eq!(open(&note, "did:web:a/record", &[ed25519(9), key]), Ok(head()), "{note}");
        }
    }

    #[test]
    fn what_is_not_a_checkpoint_of_ours_is_told_apart() {
        let (origin, key) = ("did:web:a/record", ed25519(1));
        let note = sign(origin, head(), &key).unwrap();
        let keys = [key];
        assert_eq!(open(&note, "did:web:b/record", &keys), Err(NotACheckpoint::OtherOrigin));
        assert_eq!(open(&note, origin, &[ed25519(2)]), Err(NotACheckpoint::Unsigned));
        assert_eq!(open(&note, origin, &[]), Err(NotACheckpoint::Unsigned));
        assert_eq!(
            open(&note.replacen("\n12\n", "\n11\n", 1), origin, &keys),
            Err(NotACheckpoint::BadSignature)
        );
        // No byte of the note can be changed without being noticed.
        for at in 0..note.len() {
            let mut bytes = note.clone().into_bytes();
            bytes[at] ^= 1;
            if let Ok(text) = String::from_utf8(bytes) {
                assert!(open(&text, origin, &keys).is_err(), "byte {at}");
            }
        }
        for (bad, at) in [("", 0), ("\n\n", 0), ("a\n1\n\n", 0)] {
            assert_eq!(open(bad, origin, &keys), Err(NotACheckpoint::Malformed), "{at}");
        }
        for (from, to) in [("\n12\n", "\n012\n"), ("\n12\n", "\n+12\n"), ("=\n\n", "=\nmore\n\n")] {
            let changed = note.replacen(from, to, 1);
            assert_eq!(open(&changed, origin, &keys), Err(NotACheckpoint::Malformed), "{changed}");
        }
    }

    /// The key id of the vector in the standard's [section on Ed25519](https://github.com/C2SP/C2SP/blob/main/signed-note.md#signatures),
    /// computed by hand: SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key).
    #[test]
    fn the_key_id_is_the_standards() {
        let key = ed25519(1);
        let raw = ed25519_dalek::SigningKey::from_bytes(&[1; 32]).verifying_key();
        let mut input = b"did:web:a#k\n\x01".to_vec();
        input.extend(raw.as_bytes());
        assert_eq!(note::key_id(&key.method, key.signer.public_key()), Sha256::digest(&input)[..4]);
    }
}
