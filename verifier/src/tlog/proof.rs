//! A proof that an entry stands in a log, as text ([C2SP tlog-proof](https://c2sp.org/tlog-proof)).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::merkle::{Hash, MAX_PROOF};
use super::note::MAX_NOTE;

const LABEL: &str = "c2sp.org/tlog-proof@v1";

/// Where an entry stands, the way from it to the root, and the checkpoint with that root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof {
    /// The entry's place in the log, from 0.
    pub index: u64,
    /// The hashes beside the way, from the leaf's sibling upwards.
    pub path: Vec<Hash>,
    /// The checkpoint, a signed note.
    pub checkpoint: String,
}

impl InclusionProof {
    /// Writes it.
    pub fn to_text(&self) -> String {
        let path: String = self.path.iter().map(|hash| STANDARD.encode(hash) + "\n").collect();
        format!("{LABEL}\nindex {}\n{path}\n{}", self.index, self.checkpoint)
    }

    /// Reads one; verifies nothing. Extra data is passed over: nothing signs it.
    pub fn parse(text: &str) -> Option<Self> {
        let (head, checkpoint) = text.split_once("\n\n").filter(|_| text.len() <= 2 * MAX_NOTE)?;
        let mut lines = head.split('\n');
        let mut line = lines.next().filter(|line| *line == LABEL).and_then(|_| lines.next())?;
        if let Some(extra) = line.strip_prefix("extra ") {
            STANDARD.decode(extra).ok()?;
            line = lines.next()?;
        }
        let number = line.strip_prefix("index ")?;
        let index: u64 = number.parse().ok().filter(|index: &u64| index.to_string() == number)?;
        let hash = |line: &str| -> Option<Hash> { STANDARD.decode(line).ok()?.try_into().ok() };
        let path = lines.map(hash).collect::<Option<Vec<_>>>().filter(|path| path.len() <= MAX_PROOF)?;
        Some(Self { index, path, checkpoint: checkpoint.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_read_as_it_was_written() {
        for path in [vec![], vec![[1; 32], [2; 32]]] {
            let proof = InclusionProof { index: 9, path, checkpoint: "o\n10\nr\n\n\u{2014} k s\n".into() };
            let text = proof.to_text();
            assert_eq!(InclusionProof::parse(&text), Some(proof.clone()));
            let extra = text.replacen("index", "extra w6k=\nindex", 1);
            assert_eq!(InclusionProof::parse(&extra), Some(proof));
            for bad in [
                text.replace("@v1", "@v2"),
                text.replace("index 9", "index 09"),
                text.replace("index 9", "index -9"),
                text.replace("index 9\n", ""),
                text.replacen("index", "extra !\nindex", 1),
                text.replace("\n\n", "\nxx\n\n"),
            ] {
                assert_eq!(InclusionProof::parse(&bad), None, "{bad}");
            }
        }
        let long = InclusionProof { index: 0, path: vec![[0; 32]; MAX_PROOF + 1], checkpoint: "c".into() };
        assert_eq!(InclusionProof::parse(&long.to_text()).map(|proof| proof.path.len()), None);
    }
}
