use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use super::*;
use crate::store::segment::{Disk, SegmentFile, SystemDisk};

/// A disk with room for so many bytes more, and so many syncs before they fail.
#[derive(Default)]
struct Small {
    room: AtomicI64,
    syncs: AtomicI64,
    synced: AtomicU64,
}

struct SmallDisk(Arc<Small>);
struct SmallFile(Box<dyn SegmentFile>, Arc<Small>);

impl Disk for SmallDisk {
    fn open(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        Ok(Box::new(SmallFile(SystemDisk.open(path)?, Arc::clone(&self.0))))
    }
}

impl SegmentFile for SmallFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let wanted = i64::try_from(bytes.len()).unwrap();
        let room = self.1.room.fetch_sub(wanted, Ordering::Relaxed);
        if room >= wanted {
            return self.0.append(bytes);
        }
        // A disk that fills up takes what fits.
        self.0.append(&bytes[..usize::try_from(room.max(0)).unwrap()])?;
        Err(io::ErrorKind::StorageFull.into())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.1.synced.fetch_add(1, Ordering::Relaxed);
        if self.1.syncs.fetch_sub(1, Ordering::Relaxed) <= 0 {
            return Err(io::Error::other("the disk went away"));
        }
        self.0.sync()
    }

    fn set_len(&mut self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }
}

const PLENTY: i64 = 1 << 40;

fn on_small_disk(directory: &Path) -> (EmbeddedStore, Arc<Small>) {
    let disk = Arc::new(Small::default());
    disk.room.store(PLENTY, Ordering::Relaxed);
    disk.syncs.store(PLENTY, Ordering::Relaxed);
    let options = Options { disk: Arc::new(SmallDisk(Arc::clone(&disk))), ..small() };
    (EmbeddedStore::open_with(directory, &options).unwrap(), disk)
}

#[test]
fn full_disk_is_told_takes_nothing_and_passes() {
    let directory = TempDir::new().unwrap();
    let (store, disk) = on_small_disk(directory.path());
    badge(&store);
    let mut refused = 0;
    // Rooms that make the write stop inside payloads, entries and new segments, while those move on under it.
    for (round, room) in (0..1200).step_by(17).enumerate() {
        let name = room.to_string();
        let before = store.head().unwrap();
        disk.room.store(room, Ordering::Relaxed);
        let full = store.record_intent(keyed(&name, &name, b"body"), contract::entropy());
        disk.room.store(PLENTY, Ordering::Relaxed);
        if let Err(error) = full {
            assert!(matches!(error, StoreError::DiskFull { .. }), "{error}");
            assert_eq!(store.head().unwrap(), before);
            assert_eq!(store.award_by_key(&name).unwrap(), None);
            refused += 1;
        }
        if round % 8 == 0 {
            award(&store, keyed(&format!("again-{room}"), &name, b"body"));
            store.verify_chain().unwrap();
        }
    }
    assert!(refused > 20);
    let before = everything(&store);
    drop(store);
    fs::remove_dir_all(directory.path().join("index")).unwrap();
    assert_eq!(everything(&open(directory.path())), before);
}

#[test]
fn failed_sync_closes_the_store_until_it_is_reopened() {
    // The first sync of an award is the payload's, the second the journal's.
    for syncs in [0, 1] {
        let directory = TempDir::new().unwrap();
        let (store, disk) = on_small_disk(directory.path());
        badge(&store);
        disk.syncs.store(syncs, Ordering::Relaxed);
        let failed = store.record_intent(keyed("ada", "key", b"body"), contract::entropy()).unwrap_err();
        assert!(matches!(failed, StoreError::Io { .. }), "{failed}");
        disk.syncs.store(PLENTY, Ordering::Relaxed);
        let closed = store.record_intent(keyed("bob", "key-2", b"body"), contract::entropy()).unwrap_err();
        assert!(matches!(closed, StoreError::Closed), "{closed}");
        assert_eq!(store.badges().unwrap().len(), 1, "reading goes on");
        drop(store);

        // Whether the failed one is there or not, the key finds out, and there is one award in the end.
        let store = open(directory.path());
        let retry = store.record_intent(keyed("again", "key", b"body"), contract::entropy()).unwrap();
        assert_eq!(matches!(retry, Intended::Known(_)), syncs == 1);
        assert_eq!(paged(&store, AwardQuery { limit: 9, ..AwardQuery::default() }).len(), 1);
        store.verify_chain().unwrap();
    }
}

#[test]
fn many_callers_share_a_sync() {
    let directory = TempDir::new().unwrap();
    let (store, disk) = on_small_disk(directory.path());
    badge(&store);
    let before = disk.synced.load(Ordering::Relaxed);
    award(&store, intent("alone"));
    assert_eq!(
        disk.synced.load(Ordering::Relaxed) - before,
        4,
        "payload and journal, for intent and credential"
    );
}

#[test]
fn what_a_killed_process_wrote_is_synced_before_it_is_relied_on() {
    let (directory, before) = furnished();
    let (store, disk) = on_small_disk(directory.path());
    assert_eq!(everything(&store), before);
    assert_eq!(disk.synced.load(Ordering::Relaxed), 2, "the ends of journal and payloads");
}
