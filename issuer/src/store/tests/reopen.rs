use super::*;

#[test]
fn reopening_changes_nothing() {
    let (directory, before) = furnished();
    let report = open(directory.path()).verify_chain().unwrap();
    assert_eq!(report.head, before.head);
    assert_eq!(everything(&open(directory.path())), before);
}

#[test]
fn index_is_rebuilt_equal_when_missing() {
    let (directory, before) = furnished();
    fs::remove_dir_all(directory.path().join("index")).unwrap();
    assert_eq!(everything(&open(directory.path())), before);
    let (_, report) =
        (fs::remove_dir_all(directory.path().join("index")), open(directory.path()).verify_chain());
    assert_eq!(report.unwrap().head, before.head);
}

#[test]
fn index_is_caught_up_when_behind() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path());
    badge(&store);
    award(&store, intent("early"));
    drop(store);
    let old = directory.path().join("old");
    copy_tree(&directory.path().join("index"), &old);
    let store = open(directory.path());
    award(&store, intent("late"));
    store.erase_payload(contract::erasure("award-early")).unwrap();
    let before = everything(&store);
    drop(store);
    fs::remove_dir_all(directory.path().join("index")).unwrap();
    fs::rename(old, directory.path().join("index")).unwrap();
    assert_eq!(everything(&open(directory.path())), before);
    assert!(!directory.path().join("index.broken-1").exists(), "caught up, not rebuilt");
}

#[test]
fn broken_index_is_set_aside_and_rebuilt() {
    let (directory, before) = furnished();
    for n in 1..=2 {
        let index = directory.path().join("index");
        for entry in fs::read_dir(&index).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                fs::write(path, b"not what sled wrote").unwrap();
            }
        }
        assert_eq!(everything(&open(directory.path())), before);
        assert!(directory.path().join(format!("index.broken-{n}")).exists());
    }
}

#[test]
fn index_that_failed_once_is_not_trusted_again() {
    let (directory, before) = furnished();
    fs::write(directory.path().join("index.failed"), b"").unwrap();
    assert_eq!(everything(&open(directory.path())), before);
    assert!(directory.path().join("index.broken-1").exists());
    assert!(!directory.path().join("index.failed").exists());
}

#[test]
fn index_of_another_journal_is_set_aside() {
    let (directory, before) = furnished();
    let (other, _) = furnished();
    fs::remove_dir_all(directory.path().join("index")).unwrap();
    copy_tree(&other.path().join("index"), &directory.path().join("index"));
    assert_eq!(everything(&open(directory.path())), before);
    assert!(directory.path().join("index.broken-1").exists());
}

#[test]
fn second_process_is_refused_with_the_file() {
    let directory = TempDir::new().unwrap();
    let first = open(directory.path());
    let Err(StoreError::Locked { file }) = EmbeddedStore::open(directory.path()) else {
        panic!("not locked")
    };
    assert_eq!(file, directory.path().join("lock"));
    drop(first);
    drop(open(directory.path()));
}

#[test]
fn retry_after_a_crash_resumes_the_same_intent() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path());
    badge(&store);
    let first = store.record_intent(keyed("ada", "key-1", b"body"), contract::entropy()).unwrap();
    drop(store);

    let store = open(directory.path());
    let retry = store.record_intent(keyed("another-id", "key-1", b"body"), contract::entropy()).unwrap();
    assert_eq!(
        retry,
        Intended::Known(first.award().clone()),
        "same id, same status index, still to be signed"
    );
    assert_eq!(retry.award().status, AwardStatus::Intended);
    assert_eq!(store.request(&retry.award().id).unwrap(), intent("ada").request);
    let at = contract::at(9);
    let issued =
        store.record_issued("award-ada", contract::forms("ada"), None, at, contract::entropy()).unwrap();
    assert_eq!(issued.award.slot, first.award().slot);
    assert_eq!(store.lists().unwrap().iter().map(|list| list.used).sum::<u32>(), 1);
}

#[test]
fn every_prefix_of_the_record_is_a_store() {
    // A crash between any two acts: the store opens, and the acts before are all there.
    let directory = TempDir::new().unwrap();
    badge(&open(directory.path()));
    for n in 0..4 {
        let store = open(directory.path());
        award(&store, intent(&n.to_string()));
        let before = everything(&store);
        let copy = copy_record(directory.path());
        assert_eq!(everything(&open(copy.path())), before);
    }
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
