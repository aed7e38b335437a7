//! Writes the seed corpus of the fuzz targets from the vectors: `cargo run -p badge-test-vectors --example fuzz_seeds`.

#![expect(clippy::unwrap_used, reason = "a tool of the tests")]

use std::fs;
use std::path::Path;

#[path = "../tests/support/mod.rs"]
mod support;

fn main() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for (target, seed) in support::seeds::all() {
        let folder = corpus.join(target);
        fs::create_dir_all(&folder).unwrap();
        let name = seed.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
        fs::write(folder.join(format!("{name:016x}")), seed).unwrap();
    }
}
