//! Where the files of a log lie, and what is in them ([C2SP tlog-tiles](https://c2sp.org/tlog-tiles)).

pub use super::merkle::WIDTH;
use super::merkle::{Hash, Tree};

/// Longest entry, in bytes: its length is written in two.
pub const MAX_ENTRY: usize = 65_535;

/// The name of the file with the signed checkpoint.
pub const CHECKPOINT: &str = "checkpoint";

/// The path of a tile: level, number and width.
pub fn tile_path(level: usize, number: usize, width: usize) -> String {
    format!("tile/{level}/{}", numbered(number, width))
}

/// The path of a bundle of entries: number and width.
pub fn bundle_path(number: usize, width: usize) -> String {
    format!("tile/entries/{}", numbered(number, width))
}

/// Three digits to a folder, all but the last with an `x` before it; what is not full says how wide it is.
fn numbered(number: usize, width: usize) -> String {
    let mut path = format!("{:03}", number % 1000);
    let mut rest = number / 1000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    if width < WIDTH { format!("{path}.p/{width}") } else { path }
}

/// Every tile of a tree: path and content.
pub fn tiles(tree: &Tree) -> Vec<(String, Vec<u8>)> {
    let tile = |(level, (number, tile)): (usize, (usize, &[Hash]))| {
        (tile_path(level, number, tile.len()), tile.concat())
    };
    let levels = (0..tree.height())
        .flat_map(|level| tree.level(level).chunks(WIDTH).enumerate().map(move |numbered| (level, numbered)));
    levels.map(tile).collect()
}

/// What a path of a log asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The hashes of a tile.
    Tile {
        /// Its level, from 0.
        level: usize,
        /// Its number, from 0.
        number: usize,
        /// How many hashes.
        width: usize,
    },
    /// The entries of a bundle.
    Bundle {
        /// Its number, from 0.
        number: usize,
        /// How many entries.
        width: usize,
    },
}

impl Asked {
    /// Reads a path in the one spelling that the standard gives it; `None` for any other.
    pub fn parse(path: &str) -> Option<Self> {
        let (kind, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let (digits, width) = match rest.split_once(".p/") {
            Some((digits, width)) => (digits, width.parse().ok()?),
            None => (rest, WIDTH),
        };
        let number = digits.split('/').try_fold(0_usize, |number, group| {
            number.checked_mul(1000)?.checked_add(group.trim_start_matches('x').parse().ok()?)
        })?;
        let asked = match kind {
            "entries" => Self::Bundle { number, width },
            level => Self::Tile { level: level.parse().ok()?, number, width },
        };
        ((1..=WIDTH).contains(&width) && asked.path() == path).then_some(asked)
    }

    /// Its path.
    pub fn path(self) -> String {
        match self {
            Self::Tile { level, number, width } => tile_path(level, number, width),
            Self::Bundle { number, width } => bundle_path(number, width),
        }
    }
}

/// Adds an entry to a bundle: its length in two bytes, then itself; false when it is too long.
#[must_use]
pub fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> bool {
    let Ok(length) = u16::try_from(entry.len()) else { return false };
    bundle.extend(length.to_be_bytes());
    bundle.extend(entry);
    true
}

/// The entries of a bundle; `None` when it does not end where an entry ends.
pub fn entries(bundle: &[u8]) -> Option<Vec<&[u8]>> {
    let (mut rest, mut entries) = (bundle, Vec::new());
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk::<2>()?;
        let (entry, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        rest = after;
    }
    Some(entries)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn paths_are_those_of_the_standard() {
        assert_eq!(tile_path(0, 1_234_067, WIDTH), "tile/0/x001/x234/067");
        assert_eq!(tile_path(1, 0, 17), "tile/1/000.p/17");
        assert_eq!(bundle_path(273, 112), "tile/entries/273.p/112");
    }

    #[test]
    fn a_path_is_read_in_its_one_spelling() {
        for asked in [
            Asked::Tile { level: 0, number: 1_234_067, width: WIDTH },
            Asked::Tile { level: 5, number: 0, width: 1 },
            Asked::Bundle { number: 1000, width: 255 },
            Asked::Bundle { number: 0, width: WIDTH },
        ] {
            assert_eq!(Asked::parse(&asked.path()), Some(asked));
        }
        for path in [
            "",
            "tile/0",
            "tile/0/",
            "tile/0/0",
            "tile/0/0000",
            "tile/0/x000/001",
            "tile/0/001/001",
            "tile/0/x001/x001",
            "tile/0/001.p/0",
            "tile/0/001.p/256",
            "tile/0/001.p/01",
            "tile/0/001.p/1.p/1",
            "tile/00/001",
            "tile/-1/001",
            "tile/+1/001",
            "tile/0/+01",
            "tile/entries/../000",
            "tile/entries/x999/x999/x999/x999/x999/x999/x999/999",
            "tiles/0/001",
            "/tile/0/001",
        ] {
            assert_eq!(Asked::parse(path), None, "{path}");
        }
    }

    /// The standard's own examples: 256 entries, and 70,000 of them.
    #[test]
    fn a_tree_has_the_tiles_of_the_standards_examples() {
        let tree = |size: u32| {
            let mut tree = Tree::default();
            (0..size).for_each(|n| tree.push(&n.to_be_bytes()));
            tree
        };
        let paths: Vec<_> = tiles(&tree(256)).into_iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["tile/0/000", "tile/1/000.p/1"]);
        let tree = tree(70_000);
        let files = tiles(&tree);
        let count = |start: &str| files.iter().filter(|(path, _)| path.starts_with(start)).count();
        assert_eq!((count("tile/0/"), count("tile/1/"), count("tile/2/")), (274, 2, 1));
        let has = |path: &str| files.iter().find(|(name, _)| name == path).map(|(_, bytes)| bytes.len() / 32);
        assert_eq!(
            (has("tile/0/273.p/112"), has("tile/1/001.p/17"), has("tile/2/000.p/1")),
            (Some(112), Some(17), Some(1))
        );
        assert_eq!(tiles(&Tree::default()), []);
    }

    #[test]
    fn bundles_are_read_as_written() {
        let mut bundle = Vec::new();
        for entry in [b"".as_slice(), "é".as_bytes(), &vec![7; MAX_ENTRY]] {
            assert!(push_entry(&mut bundle, entry));
        }
        assert!(!push_entry(&mut bundle, &vec![0; MAX_ENTRY + 1]));
        let read = entries(&bundle).unwrap();
        assert_eq!(read.iter().map(|entry| entry.len()).collect::<Vec<_>>(), [0, 2, MAX_ENTRY]);
        assert_eq!(entries(&bundle[..bundle.len() - 1]), None);
        assert_eq!(entries(&[0]), None);
    }
}
