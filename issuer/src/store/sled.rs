//! The index engine: sorted keys in a sled tree, and the only file that knows sled.
//!
//! sled 0.34 loses acknowledged writes at a power cut and may panic on what is left, so nothing here is the record: the tree can
//! be rebuilt from the journal at any time. A panic or an error becomes [`StoreError::Index`] and leaves a mark beside the tree;
//! the next start then sets the tree aside and rebuilds it.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::error::StoreError;

/// Memory for sled's page cache, in bytes: enough for the hot pages of a million awards, small beside a small machine's memory.
const CACHE: u64 = 64 * 1024 * 1024;

/// Changes to apply together: a key to its new value, or to nothing.
pub(super) type Writes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// A key and its value.
pub(super) type Entry = (Vec<u8>, Vec<u8>);

/// A sorted map of byte strings on disk.
pub(super) struct Tree {
    db: ::sled::Db,
    distrust: PathBuf,
}

impl Tree {
    /// Opens the tree in `directory`, creating it if missing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Index`] when it fails, panics, or failed earlier.
    pub(super) fn open(directory: &Path) -> Result<Self, StoreError> {
        let distrust = directory.with_extension("failed");
        if distrust.exists() {
            return Err(StoreError::index("failed earlier"));
        }
        let db = guarded(&distrust, || {
            ::sled::Config::new()
                .path(directory)
                .cache_capacity(CACHE)
                .mode(::sled::Mode::HighThroughput)
                .open()
        })?;
        Ok(Self { db, distrust })
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        guarded(&self.distrust, || self.db.get(key).map(|value| value.map(|value| value.to_vec())))
    }

    /// Up to `limit` keys and values that start with `prefix` and come after `after`, in order.
    pub(super) fn page(&self, prefix: &[u8], after: &[u8], limit: usize) -> Result<Vec<Entry>, StoreError> {
        guarded(&self.distrust, || {
            let start = if after < prefix { Bound::Included(prefix) } else { Bound::Excluded(after) };
            self.db
                .range::<&[u8], _>((start, Bound::Unbounded))
                .take_while(|entry| entry.as_ref().map_or(true, |(key, _)| key.starts_with(prefix)))
                .take(limit)
                .map(|entry| entry.map(|(key, value)| (key.to_vec(), value.to_vec())))
                .collect()
        })
    }

    /// Applies all of `writes`, or none.
    pub(super) fn apply(&self, writes: Writes) -> Result<(), StoreError> {
        guarded(&self.distrust, || {
            let mut batch = ::sled::Batch::default();
            for (key, value) in writes {
                match value {
                    Some(value) => batch.insert(key, value),
                    None => batch.remove(key),
                }
            }
            self.db.apply_batch(batch)
        })
    }
}

/// Moves the tree in `directory` to `index.broken-1`, `-2`, …, so that somebody can look at it, and clears the mark. Returns where.
pub(super) fn set_aside(directory: &Path) -> Result<PathBuf, StoreError> {
    let aside =
        (1..u32::MAX).map(|n| directory.with_extension(format!("broken-{n}"))).find(|path| !path.exists());
    let aside = aside.unwrap_or_else(|| directory.with_extension("broken"));
    if directory.exists() {
        fs::rename(directory, &aside).map_err(|e| StoreError::io(directory, e))?;
    }
    let distrust = directory.with_extension("failed");
    if distrust.exists() {
        fs::remove_file(&distrust).map_err(|e| StoreError::io(&distrust, e))?;
    }
    Ok(aside)
}

fn guarded<T>(distrust: &Path, act: impl FnOnce() -> ::sled::Result<T>) -> Result<T, StoreError> {
    let error = match catch_unwind(AssertUnwindSafe(act)) {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(::sled::Error::Io(source))) if is_full(&source) => StoreError::io(distrust, source),
        Ok(Err(error)) => StoreError::index(error),
        Err(_) => StoreError::index("panicked"),
    };
    // If the mark cannot be written, the next start meets the same failure and sets the tree aside all the same.
    drop(fs::write(distrust, b""));
    Err(error)
}

fn is_full(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]
    use super::*;

    /// sled panics at some damage instead of telling it.
    #[test]
    fn a_panic_is_an_error_and_the_tree_is_not_trusted_again() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("index");
        let tree = Tree::open(&path).unwrap();
        tree.apply(Writes::from([(b"k".to_vec(), Some(b"v".to_vec()))])).unwrap();
        drop(tree);
        let panicked: Result<(), _> = guarded(&path.with_extension("failed"), || panic!("as sled does"));
        assert!(matches!(panicked, Err(StoreError::Index { .. })), "{panicked:?}");
        assert!(matches!(Tree::open(&path), Err(StoreError::Index { .. })));
        // Aside, for somebody to look at; what is made anew is trusted.
        assert_eq!(set_aside(&path).unwrap(), directory.path().join("index.broken-1"));
        assert_eq!(Tree::open(&path).unwrap().get(b"k").unwrap(), None);
    }
}
