//! Text with signatures under it ([C2SP signed-note](https://c2sp.org/signed-note)).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::securing::keys::{Algorithm, PublicKey};

/// Longest note we read, in bytes: a few lines with a few signatures.
pub const MAX_NOTE: usize = 64 * 1024;

/// Most signatures we look at: a log and its witnesses; each that is ours to check costs a verification.
pub const MAX_SIGNATURES: usize = 64;

/// What stands before a signature: an em dash and a space.
const SIGNATURE: &str = "\u{2014} ";

/// The first byte after a key's name in the input of its id, for a signature by Ed25519.
pub const ED25519: u8 = 1;

/// The same, for a time-stamped cosignature by Ed25519.
pub const COSIGNATURE: u8 = 4;

/// The same, for what has no number.
const OTHER: u8 = 0xff;

/// A text, and who signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note<'a> {
    /// The text, with its last line end: what is signed.
    pub text: &'a str,
    /// The signatures, in the order of their writing.
    pub signatures: Vec<Signature<'a>>,
}

/// A signature under a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature<'a> {
    /// The key's name.
    pub name: &'a str,
    /// The first four bytes of a hash over the key and its name.
    pub id: [u8; 4],
    /// The signature itself.
    pub bytes: Vec<u8>,
}

/// A text has not the form of a signed note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a signed note")]
pub struct NotANote;

impl<'a> Note<'a> {
    /// Reads a note; verifies nothing.
    ///
    /// # Errors
    /// [`NotANote`].
    pub fn parse(note: &'a str) -> Result<Self, NotANote> {
        let end = note.rfind("\n\n").filter(|_| note.len() <= MAX_NOTE).ok_or(NotANote)?;
        let (text, signatures) = (&note[..=end], &note[end + 2..]);
        let control = |c: char| c.is_control() && c != '\n';
        if text.chars().any(control) {
            return Err(NotANote);
        }
        let lines = signatures.strip_suffix('\n').ok_or(NotANote)?.split('\n');
        let signatures =
            lines.map(|line| Signature::parse(line).ok_or(NotANote)).collect::<Result<Vec<_>, _>>()?;
        if signatures.len() > MAX_SIGNATURES { Err(NotANote) } else { Ok(Self { text, signatures }) }
    }

    /// Signatures that say they are by a key of this name and id.
    pub fn by<'n>(&'n self, name: &'n str, id: [u8; 4]) -> impl Iterator<Item = &'n [u8]> {
        let by = move |signature: &&Signature<'_>| signature.name == name && signature.id == id;
        self.signatures.iter().filter(by).map(|signature| signature.bytes.as_slice())
    }
}

impl<'a> Signature<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix(SIGNATURE)?.split_once(' ')?;
        let decoded = STANDARD.decode(encoded).ok()?;
        let (id, bytes) = decoded.split_first_chunk::<4>()?;
        let named = !name.is_empty() && !name.contains('+') && !name.contains(char::is_whitespace);
        (named && !bytes.is_empty()).then(|| Self { name, id: *id, bytes: bytes.to_vec() })
    }
}

/// Writes a signature as a line of a note.
pub fn line(name: &str, id: [u8; 4], signature: &[u8]) -> String {
    format!("{SIGNATURE}{name} {}\n", STANDARD.encode([id.as_slice(), signature].concat()))
}

/// The id of a key: for Ed25519 as the standard says, for others over their thumbprint, with the type for what it does not name.
pub fn key_id(name: &str, key: &PublicKey) -> [u8; 4] {
    match (key.algorithm(), ed25519_bytes(key)) {
        (Algorithm::EdDsa, Some(raw)) => id(name, ED25519, &raw),
        (algorithm, _) => id(name, OTHER, format!("{} {}", algorithm.as_str(), key.thumbprint()).as_bytes()),
    }
}

/// The id of a key of a type, with its bytes: SHA-256(name ‖ line end ‖ type ‖ key), its first four bytes.
pub fn id(name: &str, kind: u8, key: &[u8]) -> [u8; 4] {
    let mut hash = Sha256::new();
    hash.update(name.as_bytes());
    hash.update([b'\n', kind]);
    hash.update(key);
    let digest: [u8; 32] = hash.finalize().into();
    [digest[0], digest[1], digest[2], digest[3]]
}

fn ed25519_bytes(key: &PublicKey) -> Option<Vec<u8>> {
    key.to_jwk().and_then(|jwk| jwk.x).and_then(|x| URL_SAFE_NO_PAD.decode(x).ok())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    const TEXT: &str =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    #[test]
    fn a_note_is_text_an_empty_line_and_signatures() {
        let note = format!("{TEXT}\n{}{}", line("a", [1, 2, 3, 4], b"s"), line("été", [5; 4], b"t"));
        let read = Note::parse(&note).unwrap();
        assert_eq!((read.text, read.signatures.len()), (TEXT, 2));
        assert_eq!(read.by("a", [1, 2, 3, 4]).collect::<Vec<_>>(), [b"s"]);
        assert_eq!(read.by("a", [1, 2, 3, 5]).count() + read.by("b", [1, 2, 3, 4]).count(), 0);
    }

    #[test]
    fn what_is_none_is_refused() {
        let good = format!("{TEXT}\n{}", line("a", [1, 2, 3, 4], b"s"));
        assert!(Note::parse(&good).is_ok());
        for bad in [
            String::new(),
            TEXT.to_owned(),
            format!("{TEXT}\n"),
            good.trim_end().to_owned(),
            good.replace('\u{2014}', "-"),
            good.replacen("20852163", "2085\u{7}2163", 1),
            format!("{TEXT}\n{}", line("a b", [1; 4], b"s")),
            format!("{TEXT}\n{}", line("a+b", [1; 4], b"s")),
            format!("{TEXT}\n{}", line("a", [1; 4], b"")),
            format!("{TEXT}\n\u{2014} a AQI\n"),
            format!("{TEXT}\n{}", line("a", [1; 4], b"s").repeat(MAX_SIGNATURES + 1)),
        ] {
            assert_eq!(Note::parse(&bad), Err(NotANote), "{bad}");
        }
    }
}
