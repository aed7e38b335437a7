//! Merkle trees, and proofs about them ([RFC 9162 §2.1](https://www.rfc-editor.org/rfc/rfc9162#section-2.1)), with SHA-256.

use sha2::{Digest as _, Sha256};

/// A node of the tree.
pub type Hash = [u8; 32];

/// Most hashes in a proof: a tree has at most 2^64 leaves.
pub const MAX_PROOF: usize = 64;

/// The hash of a leaf: SHA-256(0x00 ‖ entry).
pub fn leaf(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// The hash over two nodes: SHA-256(0x01 ‖ left ‖ right). The first byte keeps an entry from passing for a node.
pub fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root that an inclusion proof leads to ([RFC 9162 §2.1.3.2](https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3.2)); `None` when it has
/// the wrong length or the index lies outside the tree.
pub fn root_of_inclusion(index: u64, size: u64, leaf: Hash, path: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let (mut here, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in path {
        if last == 0 {
            return None;
        }
        if here % 2 == 1 || here == last {
            hash = node(sibling, &hash);
            while here.is_multiple_of(2) && here != 0 {
                here >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, sibling);
        }
        here >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(hash)
}

/// How many nodes of one level have one in the next that is kept.
pub const WIDTH: usize = 256;

/// A tree held by its leaves and by the roots over each full [`WIDTH`] of them, over each full [`WIDTH`] of those, and so on: what a log's
/// tiles hold. Memory: 32 bytes for each entry. A root or a proof of any size takes some [`WIDTH`] hashes for each level.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// Adds an entry at the end.
    pub fn push(&mut self, entry: &[u8]) {
        let mut hash = leaf(entry);
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let Some(nodes) = self.levels.get_mut(level) else { return };
            nodes.push(hash);
            if !nodes.len().is_multiple_of(WIDTH) {
                return;
            }
            hash = root(&nodes[nodes.len() - WIDTH..]);
        }
    }

    /// How many entries there are.
    pub fn size(&self) -> u64 {
        self.level(0).len() as u64
    }

    /// The nodes of a level: the hashes of the entries, or the roots over each full [`WIDTH`] of the level below.
    pub fn level(&self, level: usize) -> &[Hash] {
        self.levels.get(level).map_or(&[], Vec::as_slice)
    }

    /// How many levels have a node.
    pub fn height(&self) -> usize {
        self.levels.len()
    }

    /// The root over the first `size` entries; `None` when there are fewer. That of no entries is SHA-256 of nothing.
    pub fn root(&self, size: u64) -> Option<Hash> {
        let mut cut = self.cut(size)?;
        while let Some(above) = cut.above() {
            cut = above;
        }
        Some(root(&cut.nodes(0)))
    }

    /// The proof that entry `index`, from 0, is among the first `size`, from the leaf's sibling upwards; `None` when it is not.
    pub fn inclusion(&self, index: u64, size: u64) -> Option<Vec<Hash>> {
        let mut cut = self.cut(size)?;
        let mut index = usize::try_from(index).ok().filter(|index| *index < cut.whole)?;
        let mut path = Vec::new();
        loop {
            inclusion(index % WIDTH, &cut.nodes(index / WIDTH), &mut path);
            let Some(above) = cut.above() else { return Some(path) };
            (cut, index) = (above, index / WIDTH);
        }
    }

    fn cut(&self, size: u64) -> Option<Cut<'_>> {
        let whole = usize::try_from(size).ok().filter(|size| *size <= self.level(0).len())?;
        Some(Cut { tree: self, level: 0, whole, rest: None })
    }
}

/// A level of the tree over some first entries. Splits fall at powers of two ([RFC 9162 §2.1.1](https://www.rfc-editor.org/rfc/rfc9162#section-2.1.1)), so that
/// this tree is, from here up, the tree over its nodes: the first `whole` of those that are kept, and the root over the rest.
struct Cut<'a> {
    tree: &'a Tree,
    level: usize,
    whole: usize,
    rest: Option<Hash>,
}

impl Cut<'_> {
    /// Up to [`WIDTH`] nodes that have one node in the level above.
    fn nodes(&self, number: usize) -> Vec<Hash> {
        let kept = &self.tree.level(self.level)[..self.whole];
        let kept = kept.iter().copied().chain(self.rest);
        kept.skip(number * WIDTH).take(WIDTH).collect()
    }

    /// The level above; `None` where one node is left of it.
    fn above(&self) -> Option<Self> {
        let count = self.whole + usize::from(self.rest.is_some());
        if count <= WIDTH {
            return None;
        }
        let whole = self.whole / WIDTH;
        let last = self.nodes(whole);
        let rest = (!last.is_empty()).then(|| root(&last));
        Some(Self { tree: self.tree, level: self.level + 1, whole, rest })
    }
}

/// The Merkle Tree Hash of some leaves.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node(&root(left), &root(right))
        }
    }
}

fn inclusion(index: usize, leaves: &[Hash], path: &mut Vec<Hash>) {
    if leaves.len() < 2 {
        return;
    }
    let at = split(leaves.len());
    let (left, right) = leaves.split_at(at);
    if index < at {
        inclusion(index, left, path);
        path.push(root(right));
    } else {
        inclusion(index - at, right, path);
        path.push(root(left));
    }
}

/// The largest power of two below `count`, which is at least 2.
fn split(count: usize) -> usize {
    count.next_power_of_two() / 2
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn tree(size: u64) -> Tree {
        let mut tree = Tree::default();
        (0..size).for_each(|n| tree.push(format!("entrée {n}").as_bytes()));
        tree
    }

    /// The figures of Certificate Transparency's reference tests: eight entries, given in hexadecimal.
    #[test]
    fn roots_are_those_of_the_reference_tests() {
        let entries: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let mut tree = Tree::default();
        for entry in entries {
            tree.push(entry);
        }
        for (size, expected) in [
            (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
            (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
            (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
            (7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
            (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
        ] {
            assert_eq!(hex(&tree.root(size).unwrap()), expected, "{size}");
        }
        assert_eq!(tree.root(9), None);
    }

    fn hex(bytes: &[u8]) -> String {
        use std::fmt::Write as _;
        bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    #[test]
    fn every_entry_of_every_small_tree_is_proved_and_nothing_else_is() {
        let full = tree(70);
        for size in 0..=70 {
            let root = full.root(size).unwrap();
            for index in 0..size {
                let path = full.inclusion(index, size).unwrap();
                let leaf = full.level(0)[usize::try_from(index).unwrap()];
                assert_eq!(root_of_inclusion(index, size, leaf, &path), Some(root), "{index} of {size}");
                // Elsewhere, another entry, longer or shorter: never the same root. (A size that is another may lead to it: the size is
                // signed together with the root.)
                for index in [index + 1, index ^ 1] {
                    assert_ne!(root_of_inclusion(index, size, leaf, &path), Some(root), "{index} of {size}");
                }
                assert_ne!(root_of_inclusion(index, size, super::leaf(b"x"), &path), Some(root));
                let longer = [path.as_slice(), &[leaf]].concat();
                assert_eq!(root_of_inclusion(index, size, leaf, &longer), None);
                if let Some((_, shorter)) = path.split_last() {
                    assert_eq!(root_of_inclusion(index, size, leaf, shorter), None);
                }
            }
            assert_eq!(full.inclusion(size, size), None);
        }
        assert_eq!(root_of_inclusion(0, 0, leaf(b""), &[]), None);
        assert_eq!(full.inclusion(0, 71), None);
    }

    /// The definition itself, over all leaves: what the kept levels only make quicker.
    #[test]
    fn roots_and_proofs_by_levels_are_those_of_the_definition() {
        let full = tree(2 * 65_536 + 300);
        let leaves = full.level(0).to_vec();
        let sizes =
            (0..600).chain([65_535, 65_536, 65_537, 65_792, 65_793, 131_071, 131_072, 131_073, 131_372]);
        for size in sizes {
            let whole = root(&leaves[..size]);
            assert_eq!(full.root(size as u64), Some(whole), "{size}");
            for index in [0, 1, 255, 256, size / 2, size.saturating_sub(2), size.saturating_sub(1)] {
                let mut path = Vec::new();
                if index < size {
                    inclusion(index, &leaves[..size], &mut path);
                    assert_eq!(full.inclusion(index as u64, size as u64), Some(path), "{index} of {size}");
                } else {
                    assert_eq!(full.inclusion(index as u64, size as u64), None);
                }
            }
        }
        assert_eq!(full.height(), 3);
        assert_eq!(full.level(2), [root(&leaves[..65_536]), root(&leaves[65_536..131_072])]);
    }
}
