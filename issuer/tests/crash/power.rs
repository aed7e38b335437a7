//! Simulated power cuts: every change of the record's files is recorded, and from the recording images are cut as a disk might have
//! them: what was not synced is dropped, written in part (in pages of 4 KiB), or there as zeros; a file whose directory was not
//! synced may not be there at all; the index is an older one, or damaged, or none.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

use badge_issuer::inspection::inspect;
use badge_issuer::store::{
    AwardStatus, Digest, Disk, EmbeddedStore, Entropy, Erasure, Forms, Idempotency, Intended, Intent,
    NewBadge, Options, Purpose, SegmentFile, StatusChange, Store, StoreError, SystemDisk,
};
use jiff::Timestamp;

use crate::badge::{Key, assert_verifies};
use crate::client::no_start;
use crate::random::Random;
use crate::runs;

/// The piece of a file that reaches the disk whole or not at all.
const PAGE: usize = 4096;

/// Images cut from one run of the store.
const IMAGES_PER_RUN: usize = 12;

const WORKERS: usize = 8;
const AWARDS_PER_WORKER: usize = 6;
const BADGE: &str = "badge";

#[test]
fn power_cuts() {
    let mut random = Random::seeded("power cuts");
    let images = runs(6, 60, 120);
    let (mut cut, mut promises) = (0, 0);
    while cut < images {
        let recording = record(random.next());
        for _ in 0..IMAGES_PER_RUN.min(images - cut) {
            let seed = random.next();
            promises += check(&recording, &mut Random::from(seed), seed);
            cut += 1;
        }
    }
    println!("power cuts: {images} images, {promises} promises held");
    assert!(promises > 0, "nothing was promised before any cut: nothing was tried");
}

/// What happened, in order.
enum Event {
    Created(PathBuf),
    Appended(PathBuf, Vec<u8>),
    Cut(PathBuf, u64),
    Overwritten(PathBuf, u64, Vec<u8>),
    Removed(PathBuf),
    Synced(PathBuf),
    DirectorySynced(PathBuf),
    /// A credential was signed, for this award.
    Signed(String),
    /// A caller was told.
    Promised(Promise),
    /// A copy of the index was made here.
    Index(PathBuf),
}

#[derive(Clone)]
enum Promise {
    Issued { award: String, jwt: String },
    Revoked { award: String },
    Erased { award: String },
}

type Log = Arc<Mutex<Vec<Event>>>;

struct Recorder(Log);
struct Recorded {
    file: Box<dyn SegmentFile>,
    path: PathBuf,
    log: Log,
}

impl Recorder {
    /// Does it and notes it as one step, so that the order of the notes is that of the acts.
    fn act<T>(&self, event: Event, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        noted(&self.0, event, act)
    }
}

fn noted<T>(log: &Log, event: Event, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let mut log = log.lock().unwrap();
    let done = act()?;
    log.push(event);
    Ok(done)
}

impl Disk for Recorder {
    fn open(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        let fresh = !path.exists();
        let mut log = self.0.lock().unwrap();
        let file = SystemDisk.open(path)?;
        if fresh {
            log.push(Event::Created(path.to_owned()));
        }
        Ok(Box::new(Recorded { file, path: path.to_owned(), log: Arc::clone(&self.0) }))
    }

    fn overwrite(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.act(Event::Overwritten(path.to_owned(), offset, bytes.to_vec()), || {
            SystemDisk.overwrite(path, offset, bytes)
        })?;
        noted(&self.0, Event::Synced(path.to_owned()), || Ok(()))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.act(Event::Removed(path.to_owned()), || SystemDisk.remove(path))
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        self.act(Event::DirectorySynced(path.to_owned()), || SystemDisk.sync_directory(path))
    }
}

impl SegmentFile for Recorded {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let file = &mut self.file;
        noted(&self.log, Event::Appended(self.path.clone(), bytes.to_vec()), || file.append(bytes))
    }

    fn sync(&mut self) -> io::Result<()> {
        let file = &mut self.file;
        noted(&self.log, Event::Synced(self.path.clone()), || file.sync())
    }

    fn set_len(&mut self, length: u64) -> io::Result<()> {
        let file = &mut self.file;
        noted(&self.log, Event::Cut(self.path.clone(), length), || file.set_len(length))
    }
}

/// A run of the store, recorded.
struct Recording {
    directory: tempfile::TempDir,
    events: Vec<Event>,
}

/// Small segments, so that a few awards cross many borders.
fn options(disk: Arc<dyn Disk>) -> Options {
    Options { disk, journal_segment: 9000, payload_segment: 30_000, list_length: 1024, importing: false }
}

/// A seed of its own for each act.
fn entropy(seed: u64, act: &str) -> Entropy {
    Entropy::new(*Digest::of(&[b"crash", &seed.to_be_bytes(), act.as_bytes()]).as_bytes())
}

fn at() -> Timestamp {
    Timestamp::from_second(1_780_000_000).unwrap()
}

fn put_badge(store: &dyn Store, seed: u64) {
    let badge = NewBadge {
        badge: BADGE.to_owned(),
        replaces: 0,
        definition: serde_json::json!({"name": "Soudeuse"}),
        actor: "designer".to_owned(),
        at: at(),
    };
    match store.put_badge(badge, entropy(seed, "badge")) {
        Ok(_) | Err(StoreError::BadgeVersion { .. }) => {}
        Err(error) => panic!("{error}"),
    }
}

/// The journey of an award as the issuer makes it: intent, signature, record, answer.
fn award(store: &dyn Store, key: &Key, name: &str, seed: u64, log: Option<&Log>) -> (String, String) {
    let intent = Intent {
        award: format!("award-{seed}-{name}"),
        credential_id: format!("https://issuer.example/credentials/{seed}-{name}"),
        badge: BADGE.to_owned(),
        badge_version: 1,
        purpose: Some(Purpose::Revocation),
        recipient: format!("{name}@example.org"),
        request: format!("{{\"to\":\"{name}\"}}"),
        idempotency: Some(Idempotency { key: format!("key-{name}"), digest: Digest::of(&[name.as_bytes()]) }),
        actor: "awarder".to_owned(),
        at: at(),
    };
    let intended = store.record_intent(intent, entropy(seed, &format!("intent {name}"))).unwrap();
    let award = match intended {
        Intended::New(award) | Intended::Known(award) => award,
    };
    let jwt = key.sign(&award.credential_id, &format!("urn:example:{name}"));
    if let Some(log) = log {
        log.lock().unwrap().push(Event::Signed(award.id.clone()));
    }
    let forms = Forms::from([("jwt".to_owned(), jwt)]);
    let issued =
        store.record_issued(&award.id, forms, None, at(), entropy(seed, &format!("issued {name}"))).unwrap();
    (issued.award.id, issued.forms["jwt"].clone())
}

fn record(seed: u64) -> Recording {
    let directory = tempfile::tempdir().unwrap();
    let log: Log = Arc::default();
    let path = directory.path().join("store");
    let store = EmbeddedStore::open_with(&path, &options(Arc::new(Recorder(Arc::clone(&log))))).unwrap();
    put_badge(&store, seed);
    let key = Key::new();
    thread::scope(|scope| {
        for worker in 0..WORKERS {
            let (store, key, log, indexes) = (&store, &key, &log, directory.path());
            scope.spawn(move || {
                let promised = |promise| log.lock().unwrap().push(Event::Promised(promise));
                for number in 0..AWARDS_PER_WORKER {
                    let (id, jwt) = award(store, key, &format!("w{worker}n{number}"), seed, Some(log));
                    promised(Promise::Issued { award: id.clone(), jwt });
                    if number % 3 == 1 {
                        let change = StatusChange {
                            award: id.clone(),
                            from: AwardStatus::Active,
                            to: AwardStatus::Revoked,
                            code: "error".to_owned(),
                            reason: "why".to_owned(),
                            actor: "registrar".to_owned(),
                            at: at(),
                        };
                        store.record_status_change(change, entropy(seed, &format!("revoke {id}"))).unwrap();
                        promised(Promise::Revoked { award: id.clone() });
                    }
                    if number % 3 == 2 {
                        let erasure = Erasure {
                            award: id.clone(),
                            only_intent: false,
                            code: "holder-request".to_owned(),
                            actor: "officer".to_owned(),
                            at: at(),
                        };
                        store.erase_payload(erasure).unwrap();
                        promised(Promise::Erased { award: id });
                    }
                    if worker == 0 {
                        // While nothing is written to the record: the index then is no newer than it.
                        let mut log = log.lock().unwrap();
                        let copy = indexes.join(format!("index-{number}"));
                        copy_tree(&indexes.join("store/index"), &copy);
                        log.push(Event::Index(copy));
                    }
                }
            });
        }
    });
    drop(store);
    let events = std::mem::take(&mut *log.lock().unwrap());
    Recording { directory, events }
}

/// A file as the program sees it and as the disk has it.
#[derive(Default)]
struct Copies {
    written: Vec<u8>,
    durable: Vec<u8>,
    named: bool,
}

/// Cuts the power, opens what is left, and holds it to what was promised. Answers how many promises there were.
#[expect(
    clippy::too_many_lines,
    reason = "the image is made from the events, and held to the promises among them"
)]
fn check(recording: &Recording, random: &mut Random, seed: u64) -> usize {
    let cut = random.below(recording.events.len()) + 1;
    let context = format!("image of seed {seed}, cut after event {cut} of {}", recording.events.len());
    let mut files: BTreeMap<PathBuf, Copies> = BTreeMap::new();
    let mut promises = Vec::new();
    let mut signed = BTreeSet::new();
    let mut index = None;
    for event in &recording.events[..cut] {
        match event {
            Event::Created(path) => drop(files.insert(path.clone(), Copies::default())),
            Event::Appended(path, bytes) => files.get_mut(path).unwrap().written.extend(bytes),
            Event::Cut(path, length) => {
                files.get_mut(path).unwrap().written.resize(usize::try_from(*length).unwrap(), 0);
            }
            Event::Overwritten(path, offset, bytes) => {
                let offset = usize::try_from(*offset).unwrap();
                files.get_mut(path).unwrap().written[offset..offset + bytes.len()].copy_from_slice(bytes);
            }
            Event::Removed(path) => drop(files.remove(path)),
            Event::Synced(path) => {
                let file = files.get_mut(path).unwrap();
                file.durable.clone_from(&file.written);
            }
            Event::DirectorySynced(directory) => {
                for (_, file) in files.iter_mut().filter(|(path, _)| path.parent() == Some(directory)) {
                    file.named = true;
                }
            }
            Event::Signed(award) => drop(signed.insert(award.clone())),
            Event::Promised(promise) => promises.push(promise.clone()),
            Event::Index(copy) => index = Some(copy),
        }
    }

    let image = tempfile::tempdir().unwrap();
    let store = image.path().join("store");
    for name in ["journal", "payloads"] {
        fs::create_dir_all(store.join(name)).unwrap();
    }
    for (path, file) in &files {
        if !file.named && random.one_in(2) {
            continue;
        }
        let place = image.path().join(path.strip_prefix(recording.directory.path()).unwrap());
        fs::write(place, torn(&file.durable, &file.written, random)).unwrap();
    }
    if let Some(index) = index.filter(|_| !random.one_in(3)) {
        copy_tree(index, &store.join("index"));
        if random.one_in(2) {
            spoil(&store.join("index"), random);
        }
    }

    let _open = no_start();
    let opened = || {
        EmbeddedStore::open_with(&store, &options(Arc::new(SystemDisk)))
            .unwrap_or_else(|error| panic!("{context}: it does not open: {error}"))
    };
    let hold = |store: &EmbeddedStore| {
        let found = inspect(store).unwrap_or_else(|error| panic!("{context}: {:?}", error.into_problems()));
        // Whoever was about to sign had the intent on record: after a retry there is one award, with the same index.
        for award in &signed {
            assert!(store.award(award).unwrap().is_some(), "{context}: {award} was signed without an intent");
        }
        let mut erased = BTreeSet::new();
        for promise in promises.iter().rev() {
            match promise {
                Promise::Erased { award } => {
                    erased.insert(award.clone());
                    assert!(store.award(award).unwrap().unwrap().erased_at.is_some(), "{context}: {award}");
                    assert!(
                        matches!(store.forms(award), Err(StoreError::Erased { .. })),
                        "{context}: {award}"
                    );
                }
                Promise::Revoked { award } => {
                    let found = store.award(award).unwrap().map(|award| award.status);
                    assert_eq!(found, Some(AwardStatus::Revoked), "{context}: {award}");
                }
                Promise::Issued { award, jwt } => match store.forms(award) {
                    Ok(forms) => assert_eq!(forms.unwrap().get("jwt"), Some(jwt), "{context}: {award}"),
                    // Erased, and the answer to that was cut off.
                    Err(StoreError::Erased { .. }) => {}
                    Err(error) => panic!("{context}: {award}: {error}"),
                },
            }
        }
        found
    };
    let reopened = opened();
    let before = hold(&reopened);
    // Life goes on: the same requests again and new ones, and still no index twice.
    let key = Key::new();
    put_badge(&reopened, seed);
    let mut again = BTreeSet::new();
    for name in ["w0n0", "w1n0", "w2n0", "new-1", "new-2", "new-3"] {
        let done = reopened.award_by_key(&format!("key-{name}")).unwrap().map(|(_, award)| award.id);
        let (id, jwt) = award(&reopened, &key, name, seed, None);
        assert!(done.is_none_or(|done| done == id), "{context}: {name} awarded again as another");
        assert_verifies(&jwt);
        again.insert(id);
    }
    assert_eq!(again.len(), 6, "{context}");
    drop(reopened);
    let after = hold(&opened());
    assert!(after.chain.head.sequence > before.chain.head.sequence);
    for promise in promises.iter().take(3) {
        if let Promise::Issued { jwt, .. } = promise {
            assert_verifies(jwt);
        }
    }
    promises.len()
}

/// What the disk has of a file of which `durable` was synced and `written` was written.
fn torn(durable: &[u8], written: &[u8], random: &mut Random) -> Vec<u8> {
    if durable == written {
        return durable.to_vec();
    }
    let longer = written.len().max(durable.len());
    let shorter = written.len().min(durable.len());
    match random.below(5) {
        0 => durable.to_vec(),
        1 => written.to_vec(),
        // The length has grown, and nothing of what was written has arrived.
        2 => {
            let mut zeros = durable.to_vec();
            zeros.resize(longer, 0);
            zeros.truncate(written.len().max(shorter));
            zeros
        }
        // Some pages have arrived, up to the whole length or up to somewhere before.
        mode => {
            let mut length = written.len();
            if mode == 3 && written.len() > durable.len() {
                length = durable.len() + random.below(written.len() - durable.len() + 1);
            }
            let mut bytes = durable.to_vec();
            bytes.resize(length, 0);
            let mut page = 0;
            while page < length {
                let end = length.min(page + PAGE);
                if random.one_in(2) {
                    bytes[page..end].copy_from_slice(&written[page..end]);
                }
                page += PAGE;
            }
            bytes
        }
    }
}

/// Damages one file of the index.
fn spoil(index: &Path, random: &mut Random) {
    let mut files: Vec<PathBuf> = fs::read_dir(index)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file() && fs::metadata(path).unwrap().len() > 0)
        .collect();
    files.sort();
    let Some(file) = files.get(random.below(files.len().max(1))) else { return };
    let mut bytes = fs::read(file).unwrap();
    let at = random.below(bytes.len());
    match random.below(3) {
        0 => bytes.truncate(at),
        1 => {
            let end = bytes.len().min(at + PAGE);
            bytes[at..end].fill(0);
        }
        _ => bytes[at] ^= 1 << random.below(8),
    }
    fs::write(file, bytes).unwrap();
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            // sled may take a file away meanwhile.
            let _ = fs::copy(entry.path(), target);
        }
    }
}
