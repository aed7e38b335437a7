//! A full disk: awards are answered with 503 and can be sent again, nothing that was acknowledged goes, and it is never taken for damage.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use badge_issuer::access::Role;
use badge_issuer::store::{
    Digest, Disk, EmbeddedStore, Entropy, Forms, Intent, NewBadge, NewToken, Options, SegmentFile,
    Store as _, StoreError, SystemDisk, TokenRevocation,
};
use jiff::Timestamp;

use crate::client::{Home, spawned};

/// A small disk of its own; unmounted when dropped.
struct Mounted(std::path::PathBuf);

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = spawned(Command::new("umount").arg("-l").arg(&self.0)).wait();
    }
}

/// A tmpfs of 48 MiB, where this process may mount one.
fn small_disk(place: &Path) -> Option<Mounted> {
    fs::create_dir_all(place).unwrap();
    let mut mount = Command::new("mount");
    mount.args(["-t", "tmpfs", "-o", "size=48m,mode=0700", "crash-test"]).arg(place);
    let done = spawned(mount.stderr(Stdio::null())).wait().unwrap();
    done.success().then(|| Mounted(place.to_owned()))
}

#[test]
fn a_real_disk_that_fills_up_is_told_and_passes() {
    let directory = tempfile::tempdir().unwrap();
    let home = Home::new(directory.path());
    let Some(disk) = small_disk(&home.data) else {
        println!("full disk: no right to mount a small disk here; the store's own disk is filled instead");
        return a_disk_without_room_refuses_and_loses_nothing();
    };
    let service = home.start();
    let mut client = service.client();
    let badge = client.define();
    let first = client.award(&badge, "before").unwrap();
    assert_eq!(first.status, 201);
    let first = first.json();

    // So full that what is kept in reserve is all that is left, then with nothing left at all.
    for (round, left) in [20 * 1024 * 1024, 0].into_iter().enumerate() {
        let ballast = home.data.join("ballast");
        fill(&ballast, &home.data, left);
        for attempt in 0..3 {
            let answer = client.award(&badge, &format!("full-{round}")).unwrap();
            let said = answer.json();
            assert_eq!(
                (answer.status, said["code"].as_str()),
                (503, Some("STORAGE_FULL")),
                "{attempt}: {said}"
            );
            assert!(answer.head.contains("retry-after: "), "{}", answer.head);
            assert!(answer.head.contains("content-type: application/problem+json"), "{}", answer.head);
        }
        // Reading goes on.
        let id = first["id"].as_str().unwrap();
        let served = client.get(&format!("/api/awards/{id}/file?format=jwt"));
        assert_eq!(served.body, first["credential"].as_str().unwrap().as_bytes());
        fs::remove_file(&ballast).unwrap();
        let answer = client.award(&badge, &format!("full-{round}")).unwrap();
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    }
    service.stop();
    let output = home.run(&["store", "verify"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("3 (active 3)"));
    drop(disk);
}

/// Writes until `left` bytes are free.
fn fill(ballast: &Path, disk: &Path, left: u64) {
    let free = SystemDisk.free(disk).unwrap();
    let mut file = fs::File::create(ballast).unwrap();
    let wanted = free.saturating_sub(left);
    let block = vec![1_u8; 4096];
    for _ in 0..wanted / 4096 + u64::from(left == 0) {
        if io::Write::write_all(&mut file, &block).is_err() {
            break;
        }
    }
}

/// A disk that says how much is free.
struct Short(AtomicU64);
struct Shared(Arc<Short>);

impl Disk for Shared {
    fn open(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        SystemDisk.open(path)
    }

    fn free(&self, _path: &Path) -> io::Result<u64> {
        Ok(self.0.0.load(Ordering::Relaxed))
    }
}

#[test]
fn a_disk_without_room_refuses_and_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let short = Arc::new(Short(AtomicU64::new(u64::MAX)));
    let options = Options { disk: Arc::new(Shared(Arc::clone(&short))), ..Options::default() };
    let store = EmbeddedStore::open_with(directory.path(), &options).unwrap();
    let at = Timestamp::UNIX_EPOCH;
    let badge = NewBadge {
        badge: "b".to_owned(),
        replaces: 0,
        definition: serde_json::json!({}),
        actor: "a".to_owned(),
        at,
    };
    store.put_badge(badge, Entropy::new([1; 32])).unwrap();
    let intent = |name: &str| Intent {
        award: format!("award-{name}"),
        credential_id: format!("urn:{name}"),
        badge: "b".to_owned(),
        badge_version: 1,
        purpose: None,
        recipient: name.to_owned(),
        request: "{}".to_owned(),
        idempotency: None,
        actor: "a".to_owned(),
        at,
    };
    store.record_intent(intent("one"), Entropy::new([2; 32])).unwrap();
    let token = |name: &str| NewToken {
        token: name.to_owned(),
        digest: Digest::of(&[name.as_bytes()]),
        account: "a".to_owned(),
        roles: vec![Role::Administrator],
        badges: BTreeSet::new(),
        expires_at: None,
        most_in_force: 9,
        actor: "a".to_owned(),
        at,
    };
    store.make_token(token("stolen"), Entropy::new([6; 32])).unwrap();
    let head = store.head().unwrap();
    for free in [0, 1, 32 * 1024 * 1024] {
        short.0.store(free, Ordering::Relaxed);
        let forms = Forms::from([("jwt".to_owned(), "x".to_owned())]);
        let refused = store.record_issued("award-one", forms, None, at, Entropy::new([3; 32])).unwrap_err();
        assert!(matches!(refused, StoreError::DiskFull { .. }), "{refused}");
        let refused = store.record_intent(intent("two"), Entropy::new([4; 32])).unwrap_err();
        assert!(matches!(refused, StoreError::DiskFull { .. }), "{refused}");
        assert_eq!(store.head().unwrap(), head);
        assert!(store.award("award-one").unwrap().is_some(), "reading goes on");
        let refused = store.make_token(token("new"), Entropy::new([7; 32])).unwrap_err();
        assert!(matches!(refused, StoreError::DiskFull { .. }), "{refused}");
    }
    // What takes something back is recorded in the room that is kept free.
    let revocation = TokenRevocation { token: "stolen".to_owned(), actor: "a".to_owned(), at };
    store.revoke_token(revocation).unwrap();
    let stolen = store.token_by_digest(&token("stolen").digest).unwrap().unwrap();
    assert!(!stolen.counts(at) && stolen.revoked.is_some());
    short.0.store(u64::MAX, Ordering::Relaxed);
    store.record_intent(intent("two"), Entropy::new([5; 32])).unwrap();
    store.verify_chain().unwrap();
}
