//! The tables of `schemas/README.md` list every file we embed, with its digest.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

/// The cells of a table row between backquotes that name a file or look like a SHA-256.
fn row(line: &str) -> Option<(String, String)> {
    let quoted: Vec<&str> = line.strip_prefix('|')?.split('`').skip(1).step_by(2).collect();
    let file =
        quoted.iter().find(|cell| cell.strip_suffix(".json").is_some_and(|name| !name.contains('/')))?;
    let digest =
        quoted.iter().find(|cell| cell.len() == 64 && cell.bytes().all(|c| c.is_ascii_hexdigit()))?;
    Some(((*file).to_owned(), (*digest).to_owned()))
}

#[test]
fn the_digests_in_the_readme_are_those_of_the_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let mut total = 0;
    for folder in ["contexts", "json-schemas", "frameworks"] {
        let heading = format!("(`{folder}/`)");
        let section = readme
            .split("\n## ")
            .find(|section| section.lines().next().unwrap().ends_with(&heading))
            .unwrap();
        let listed: Vec<(String, String)> = section.lines().filter_map(row).collect();
        let unique: BTreeMap<String, String> = listed.iter().cloned().collect();
        assert_eq!(unique.len(), listed.len(), "{folder}: a file stands twice");
        let actual: BTreeMap<String, String> = fs::read_dir(root.join(folder))
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                let digest = Sha256::digest(fs::read(&path).unwrap());
                let digest = digest.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
                (path.file_name().unwrap().to_str().unwrap().to_owned(), digest)
            })
            .collect();
        assert_eq!(unique, actual, "{folder}");
        total += actual.len();
    }
    assert_eq!(total, 33, "files we embed");
}
