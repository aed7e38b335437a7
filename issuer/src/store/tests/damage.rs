use super::*;
use crate::store::frame::{self, Read};
use crate::store::journal::{Journal, SEGMENT_HEADER};

/// A store with one journal segment, whose last three entries were each a batch; and where those entries start.
fn journal() -> (TempDir, Vec<u8>, Vec<usize>) {
    let directory = TempDir::new().unwrap();
    let store = EmbeddedStore::open(directory.path()).unwrap();
    badge(&store);
    award(&store, intent("ada"));
    store.record_intent(intent("bob"), contract::entropy()).unwrap();
    drop(store);
    fs::remove_dir_all(directory.path().join("index")).unwrap();
    let bytes = fs::read(segment(directory.path())).unwrap();
    let (mut starts, mut offset, mut head) = (Vec::new(), SEGMENT_HEADER, ChainHead::EMPTY);
    while offset < bytes.len() {
        starts.push(offset);
        let Read::Whole(frame) = frame::read(&bytes, offset, head) else { panic!() };
        (offset, head) = (frame.end, frame.head);
    }
    assert_eq!(starts.len(), 4);
    (directory, bytes, starts)
}

fn segment(directory: &Path) -> PathBuf {
    directory.join("journal/00000001.journal")
}

fn reopened(directory: &Path, journal: &[u8]) -> Result<EmbeddedStore, StoreError> {
    drop(fs::remove_dir_all(directory.join("index")));
    fs::write(segment(directory), journal).unwrap();
    EmbeddedStore::open(directory)
}

/// Where the journal ends, read without the index or the payloads.
fn scan(directory: &Path) -> Result<ChainHead, StoreError> {
    Journal::new(&directory.join("journal")).scan(1, u64::MAX, &mut |_| Ok(())).map(|end| end.head)
}

#[test]
fn torn_last_entry_is_cut_off_at_every_byte() {
    let (directory, bytes, starts) = journal();
    for cut in starts[3]..bytes.len() {
        fs::write(segment(directory.path()), &bytes[..cut]).unwrap();
        assert_eq!(scan(directory.path()).unwrap().sequence, 3, "cut at {cut}");
        if cut % 16 != 0 && cut != starts[3] {
            continue;
        }
        // Opening cuts the orphaned payload off, so each cut starts from a fresh copy.
        let copy = copy_record(directory.path());
        let store = reopened(copy.path(), &bytes[..cut]).unwrap();
        assert_eq!(store.head().unwrap().sequence, 3, "cut at {cut}");
        assert_eq!(fs::read(segment(copy.path())).unwrap(), bytes[..starts[3]]);
        let again = store.record_intent(intent("bob"), contract::entropy()).unwrap();
        assert!(matches!(again, Intended::New(_)));
        assert_eq!(store.verify_chain().unwrap().head.sequence, 4);
    }
}

#[test]
fn lost_tail_is_not_taken_for_a_torn_one() {
    let (directory, bytes, starts) = journal();
    // The payload of the last entry proves that the entry before it was durable.
    for cut in starts[2]..starts[3] {
        let Err(StoreError::TailLost { journal: 2, witness: 3, file }) =
            reopened(directory.path(), &bytes[..cut])
        else {
            panic!("cut at {cut}")
        };
        assert!(file.ends_with("payloads/00000001.payload"));
        assert_eq!(fs::read(segment(directory.path())).unwrap(), bytes[..cut], "left as found");
    }
    // So does the index, of the last entry itself.
    drop(reopened(directory.path(), &bytes).unwrap());
    fs::write(segment(directory.path()), &bytes[..starts[3]]).unwrap();
    let Err(StoreError::TailLost { journal: 3, witness: 4, file }) = EmbeddedStore::open(directory.path())
    else {
        panic!()
    };
    assert_eq!(file, directory.path().join("index"));
    fs::remove_file(segment(directory.path())).unwrap();
    assert!(matches!(EmbeddedStore::open(directory.path()), Err(StoreError::TailLost { journal: 0, .. })));
}

#[test]
fn unwritten_sectors_at_the_end_are_torn() {
    let (directory, bytes, starts) = journal();
    let mut images =
        vec![[&bytes[..starts[3]], &[0; 3000]].concat(), [&bytes[..starts[3]], &[0; 9]].concat()];
    // The last entry with any of its sectors never written.
    for sector in (starts[3] / 512)..=(bytes.len() / 512) {
        let mut image = bytes.clone();
        let (from, to) = ((sector * 512).max(starts[3]), ((sector + 1) * 512).min(image.len()));
        image[from..to].fill(0);
        images.push(image);
    }
    for image in images {
        let copy = copy_record(directory.path());
        assert_eq!(reopened(copy.path(), &image).unwrap().head().unwrap().sequence, 3);
    }
    // The same inside the record is damage: a later entry proves that this was written.
    let mut image = bytes.clone();
    image[starts[2]..starts[3]].fill(0);
    let Err(StoreError::Corruption { offset, .. }) = reopened(directory.path(), &image) else { panic!() };
    assert_eq!(offset, starts[2] as u64);
}

#[test]
fn every_flipped_byte_of_the_journal_is_found_and_named() {
    let (directory, bytes, starts) = journal();
    for position in 0..bytes.len() {
        let mut image = bytes.clone();
        image[position] ^= 0x10;
        fs::write(segment(directory.path()), &image).unwrap();
        let Err(StoreError::Corruption { file, offset, .. }) = scan(directory.path()) else {
            panic!("flip at {position} not found")
        };
        if position % 64 == 0 {
            let opened = EmbeddedStore::open(directory.path());
            assert!(matches!(opened, Err(StoreError::Corruption { offset: o, .. }) if o == offset));
        }
        let expected = starts.iter().rev().find(|start| **start <= position).copied().unwrap_or(0);
        assert_eq!((file, offset), (segment(directory.path()), expected as u64), "flip at {position}");
    }
    drop(reopened(directory.path(), &bytes).unwrap());
}

#[test]
fn every_flipped_byte_of_the_payloads_is_found() {
    let (directory, _, _) = journal();
    let store = EmbeddedStore::open(directory.path()).unwrap();
    let file = directory.path().join("payloads/00000001.payload");
    let bytes = fs::read(&file).unwrap();
    for position in 0..bytes.len() {
        let mut image = bytes.clone();
        image[position] ^= 0x10;
        fs::write(&file, &image).unwrap();
        let found = store.verify_chain();
        assert!(
            matches!(&found, Err(StoreError::Corruption { file: f, .. }) if *f == file),
            "{position}: {found:?}"
        );
    }
    // Blanking a payload without recording it is no erasure.
    fs::write(&file, &bytes).unwrap();
    store.verify_chain().unwrap();
    let (label, header, rest) = (16, 60, 32 + 8);
    let mut image = bytes.clone();
    image[label + header..][..rest].fill(0);
    fs::write(&file, &image).unwrap();
    assert!(store.verify_chain().is_err());
}

#[test]
fn damaged_payload_headers_stop_a_rebuild() {
    let (directory, _, _) = journal();
    let file = directory.path().join("payloads/00000001.payload");
    let bytes = fs::read(&file).unwrap();
    for position in 0..76 {
        let mut image = bytes.clone();
        image[position] ^= 0x10;
        fs::write(&file, &image).unwrap();
        drop(fs::remove_dir_all(directory.path().join("index")));
        let found = EmbeddedStore::open(directory.path()).err();
        assert!(matches!(found, Some(StoreError::Corruption { .. })), "{position}: {found:?}");
        assert_eq!(fs::read(&file).unwrap(), image, "left as found");
    }
    // Cut short: what the chain commits to is missing.
    for length in [0, 10, 16, 50, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&file, &bytes[..length]).unwrap();
        drop(fs::remove_dir_all(directory.path().join("index")));
        let found = EmbeddedStore::open(directory.path()).err();
        assert!(matches!(found, Some(StoreError::Corruption { .. })), "{length}: {found:?}");
    }
}

#[test]
fn missing_and_exchanged_segments_are_found() {
    let (directory, _) = furnished();
    let files = record_files(directory.path());
    assert!(files.iter().filter(|file| file.extension().unwrap() == "journal").count() >= 3);
    assert!(files.iter().filter(|file| file.extension().unwrap() == "payload").count() >= 3);
    for keep_index in [true, false] {
        for file in &files {
            let aside = directory.path().join("aside");
            if !keep_index {
                drop(fs::remove_dir_all(directory.path().join("index")));
            }
            fs::rename(file, &aside).unwrap();
            let found = EmbeddedStore::open_with(directory.path(), &small());
            let found = found.and_then(|store| store.verify_chain());
            fs::rename(&aside, file).unwrap();
            assert!(
                matches!(found, Err(StoreError::Corruption { .. } | StoreError::TailLost { .. })),
                "{}: {found:?}",
                file.display()
            );
        }
    }
    let journal = |n: u32| directory.path().join(format!("journal/{n:08}.journal"));
    let (second, third) = (fs::read(journal(2)).unwrap(), fs::read(journal(3)).unwrap());
    fs::write(journal(2), third).unwrap();
    fs::write(journal(3), second).unwrap();
    let Err(StoreError::Corruption { file, damage, .. }) = EmbeddedStore::open(directory.path()) else {
        panic!()
    };
    assert_eq!((file, damage), (journal(2), Damage::SegmentHeader));
}

#[test]
fn torn_new_segments_are_made_again() {
    for length in [0, 1, 15, 16, 63, 64] {
        let (directory, before) = furnished();
        let count = |extension: &str| {
            record_files(directory.path())
                .iter()
                .filter(|file| file.extension().unwrap() == extension)
                .count()
        };
        let journal = directory.path().join(format!("journal/{:08}.journal", count("journal") + 1));
        let payload = directory.path().join(format!("payloads/{:08}.payload", count("payload") + 1));
        fs::write(journal, vec![0; length]).unwrap();
        fs::write(payload, vec![0; length.min(16)]).unwrap();
        let store = open(directory.path());
        assert_eq!(everything(&store), before);
        award(&store, intent("after"));
        store.verify_chain().unwrap();
        drop(store);
        assert_eq!(open(directory.path()).head().unwrap().sequence, before.head.sequence + 2);
    }
}

#[test]
fn torn_batch_is_cut_off_as_long_as_no_later_batch_follows() {
    let directory = TempDir::new().unwrap();
    let parent = directory.path().join("journal");
    fs::create_dir(&parent).unwrap();
    let journal = Journal::new(&parent);
    let options = Options::default();
    let empty = journal.scan(1, u64::MAX, &mut |_| Ok(())).unwrap();
    let mut writer = journal.resume(&empty, &options.disk, options.journal_segment).unwrap();
    let file = segment(directory.path());
    let body = format!("{{\"{}\":1}}", "x".repeat(1200)).into_bytes();
    writer.append(&[&body]).unwrap();
    let second = fs::read(&file).unwrap().len();
    writer.append(&[&body, &body, &body]).unwrap();
    let batch = fs::read(&file).unwrap();
    let length = (batch.len() - second) / 3;

    let with = |bytes: &[u8], range: std::ops::Range<usize>, value: u8| {
        let mut image = bytes.to_vec();
        image[range].fill(value);
        fs::write(&file, image).unwrap();
        scan(directory.path())
    };
    // A sector of the batch was not written although later ones were: the batch is cut off from there.
    for sector in (second / 512 + 1)..(batch.len() / 512) {
        let start = sector * 512;
        let head = with(&batch, start..start + 512, 0).unwrap();
        assert_eq!(head.sequence, 1 + ((start - second) / length) as u64, "sector {sector}");
    }
    // Other bytes than were written are no torn write, even in the last batch.
    for at in [second + 10, second + 100, second + length + 10, second + 2 * length + 100] {
        assert!(matches!(with(&batch, at..at + 1, 0xff), Err(StoreError::Corruption { .. })), "{at}");
    }
    // Once a later batch is there, a blank sector is damage.
    fs::write(&file, &batch).unwrap();
    writer.append(&[&body]).unwrap();
    let bytes = fs::read(&file).unwrap();
    for sector in (second / 512 + 1)..(batch.len() / 512) {
        let start = sector * 512;
        assert!(
            matches!(with(&bytes, start..start + 512, 0), Err(StoreError::Corruption { .. })),
            "{sector}"
        );
    }
}
