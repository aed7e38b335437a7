use super::*;

const PERSONAL: [&str; 4] = ["zoe.doe@example.org", "lives in Brest", "signed zoe", "lost her licence"];

fn with_zoe(store: &dyn Store) {
    badge(store);
    let zoe = Intent {
        recipient: PERSONAL[0].to_owned(),
        request: PERSONAL[1].to_owned(),
        ..keyed("1", PERSONAL[0], PERSONAL[1].as_bytes())
    };
    award(store, zoe);
    let revoke = change("award-1", AwardStatus::Active, AwardStatus::Revoked);
    store
        .record_status_change(StatusChange { reason: PERSONAL[3].to_owned(), ..revoke }, contract::entropy())
        .unwrap();
    award(store, intent("bob"));
}

/// Which of the personal texts, or the bare digests of them, a directory's files hold.
fn found(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(self::found(&path));
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let holds = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
        for text in PERSONAL {
            let digest = Digest::of(&[text.as_bytes()]);
            if holds(text.as_bytes()) || holds(digest.as_bytes()) || holds(digest.to_string().as_bytes()) {
                found.push(text.to_owned());
            }
        }
    }
    found
}

#[test]
fn personal_data_is_in_the_payloads_only_and_erasing_removes_it() {
    let directory = TempDir::new().unwrap();
    let store = EmbeddedStore::open(directory.path()).unwrap();
    with_zoe(&store);
    assert_eq!(found(&directory.path().join("journal")), Vec::<String>::new());
    assert_eq!(
        found(&directory.path().join("payloads")),
        PERSONAL,
        "else this test looks in the wrong place"
    );
    let journal = fs::read(directory.path().join("journal/00000001.journal")).unwrap();

    store.erase_payload(contract::erasure("award-1")).unwrap();
    assert_eq!(found(&directory.path().join("payloads")), Vec::<String>::new());
    let after = fs::read(directory.path().join("journal/00000001.journal")).unwrap();
    assert_eq!(after[..journal.len()], journal, "the chain only grows");
    assert_eq!(store.verify_chain().unwrap().erased, 3);
    assert_eq!(store.forms("award-bob").unwrap().unwrap(), contract::forms("bob@example.org"));
    assert_eq!(store.status_bits("1").unwrap().unwrap().set.len(), 1);
    drop(store);
    let store = EmbeddedStore::open(directory.path()).unwrap();
    assert_eq!(store.award("award-1").unwrap().unwrap().recipient, None);
}

#[test]
fn erasure_cut_short_is_finished_at_the_next_start() {
    let directory = TempDir::new().unwrap();
    let store = EmbeddedStore::open(directory.path()).unwrap();
    with_zoe(&store);
    let file = directory.path().join("payloads/00000001.payload");
    let payloads = fs::read(&file).unwrap();
    store.erase_payload(contract::erasure("award-1")).unwrap();
    drop(store);
    // As after a crash between the record of the erasure and the erasure: payloads still there, index behind.
    fs::write(&file, &payloads).unwrap();
    {
        let store = EmbeddedStore::open(directory.path()).unwrap();
        let kept = store.verify_chain();
        assert!(matches!(kept, Err(StoreError::Corruption { damage: Damage::PayloadKept, .. })), "{kept:?}");
    }
    fs::remove_dir_all(directory.path().join("index")).unwrap();
    let store = EmbeddedStore::open(directory.path()).unwrap();
    assert_eq!(found(&directory.path().join("payloads")), Vec::<String>::new());
    assert_eq!(store.verify_chain().unwrap().erased, 3);
}
