//! A signed checkpoint: how long a log is, and the root over all of it ([C2SP tlog-checkpoint](https://c2sp.org/tlog-checkpoint)).

use badge_schemas::controller::{Authorized, Relationship};
use badge_schemas::did::split_fragment;
use badge_schemas::problem::{Code, Problem};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::merkle::Hash;
use super::note::{self, Note};
use crate::did::{self, SigningTime, Unresolved};
use crate::snapshot::Snapshot;

/// What a log's origin ends with, after the issuer's id.
const LOG: &str = "/log";

/// What a checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: its issuer's id, and `/log`.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// The root over all of them.
    pub root: Hash,
}

/// The origin of the log of an issuer.
pub fn origin(issuer: &str) -> String {
    format!("{issuer}{LOG}")
}

impl Checkpoint {
    /// The text to be signed.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }

    /// Reads the text of a checkpoint. Extension lines are passed over, as its standard allows.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let number: u64 = size.parse().ok()?;
        let root = STANDARD.decode(root).ok()?.try_into().ok()?;
        // One spelling only: no sign, no leading zero, no empty line.
        let sound = !origin.is_empty() && number.to_string() == size && lines.all(|line| !line.is_empty());
        sound.then(|| Self { origin: origin.to_owned(), size: number, root })
    }

    /// The issuer whose log this says it is of.
    pub fn issuer(&self) -> Option<&str> {
        self.origin.strip_suffix(LOG).filter(|issuer| !issuer.is_empty())
    }
}

/// A checkpoint with a valid signature of the issuer whose log it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// The key that signed it, as a DID URL.
    pub method: String,
}

/// Reads a note and verifies that the issuer it names has signed it, with a key that counts for what is known of when it did.
///
/// # Errors
/// [`Code::LogMalformed`], [`Code::LogNotSigned`], and those of resolving the issuer's key.
pub fn signed(note: &Note<'_>, when: &SigningTime, snapshot: &Snapshot) -> Result<Signed, Problem> {
    let malformed = || Problem::new(Code::LogMalformed).with("part", "checkpoint");
    let checkpoint = Checkpoint::parse(note.text).ok_or_else(malformed)?;
    let unsigned = || Problem::new(Code::LogNotSigned).with("origin", &checkpoint.origin);
    let issuer = checkpoint.issuer().ok_or_else(unsigned)?;
    let mut reason = None;
    for signature in &note.signatures {
        // Only the issuer's own keys make it the issuer's log; all other names are witnesses, or strangers.
        if split_fragment(signature.name).0 != issuer {
            continue;
        }
        let key = match did::resolve(signature.name, Relationship::AssertionMethod, when, snapshot) {
            Ok(key) if key.authorized == Authorized::Yes => key,
            // Where the document is missing, the hint of the problem below says how to give it.
            Ok(_) | Err(Unresolved::Missing(_)) => continue,
            Err(Unresolved::Unavailable(problem) | Unresolved::Refused(problem)) => {
                reason = Some(problem);
                continue;
            }
        };
        let right = signature.id == note::key_id(signature.name, &key.key)
            && key.key.verify(key.key.algorithm(), note.text.as_bytes(), &signature.bytes).is_ok();
        if !right {
            return Err(unsigned());
        }
        return Ok(Signed { method: signature.name.to_owned(), checkpoint });
    }
    Err(reason.unwrap_or_else(unsigned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_has_one_spelling() {
        let checkpoint = Checkpoint { origin: origin("did:web:a.example"), size: 12, root: [7; 32] };
        let text = checkpoint.text();
        assert_eq!(Checkpoint::parse(&text), Some(checkpoint.clone()));
        assert_eq!(checkpoint.issuer(), Some("did:web:a.example"));
        assert_eq!(Checkpoint::parse(&format!("{text}extension\n")), Some(checkpoint));
        for bad in [
            text.trim_end().to_owned(),
            text.replace("\n12\n", "\n012\n"),
            text.replace("\n12\n", "\n+12\n"),
            text.replace("\n12\n", "\n-1\n"),
            format!("\n{text}"),
            format!("{text}\n"),
            text.replace("Bw", "B"),
        ] {
            assert_eq!(Checkpoint::parse(&bad), None, "{bad}");
        }
        assert_eq!(Checkpoint { origin: "/log".into(), size: 0, root: [0; 32] }.issuer(), None);
    }
}
