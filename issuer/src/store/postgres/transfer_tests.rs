//! The record carried from the journal to the tables and back.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use tempfile::TempDir;

use super::super::contract::{
    at, award, badge, change, entropy, erasure, evaluations, forms, intent, keyed, tokens,
};
use super::super::error::Damage;
use super::super::transfer::{Fault, Transfer, TransferError, check, export, import};
use super::super::{AwardStatus, EmbeddedStore, Purpose};
use super::tests::{organisation, shared, url};
use super::*;

/// Some of everything.
fn furnish(store: &dyn Store) {
    use AwardStatus::{Active, Revoked, Suspended};
    badge(store);
    for n in 0..12 {
        let purpose = [Some(Purpose::Revocation), Some(Purpose::Suspension), None][n % 3];
        award(store, Intent { purpose, ..keyed(&n.to_string(), &format!("key-{n}"), b"body") });
    }
    store.record_intent(intent("pending"), entropy()).unwrap();
    for (id, to) in [("award-0", Revoked), ("award-1", Suspended), ("award-3", Revoked)] {
        store.record_status_change(change(id, Active, to), entropy()).unwrap();
    }
    for name in ["a", "b", "c"] {
        evaluations::reserve(store, name);
    }
    store.withdraw_seat(evaluations::withdrawal("b")).unwrap();
    for id in ["award-3", "award-7"] {
        let (replaces, forms) = (store.forms(id).unwrap().unwrap(), forms("with endorsements"));
        let (award, actor) = (id.to_owned(), "awarder".to_owned());
        let vouched = store.vouched().unwrap();
        let reissue = Reissue { award, replaces, forms, vouched, actor, at: at(6) };
        store.record_reissued(reissue, entropy()).unwrap();
        let (award, code, actor) = (id.to_owned(), "dispute".to_owned(), "auditor".to_owned());
        store.record_revealed(Revelation { award, code, actor, at: at(7) }).unwrap();
    }
    for name in ["a", "b"] {
        tokens::make(store, name);
    }
    store.revoke_token(tokens::revocation("a")).unwrap();
    store.erase_payload(erasure("award-3")).unwrap();
    store.erase_payload(erasure("award-6")).unwrap();
    store.record_status_change(change("award-6", Active, Revoked), entropy()).unwrap();
    award(store, intent("last"));
}

fn exported(store: &dyn Transfer) -> Vec<u8> {
    let mut bytes = Vec::new();
    export(store, &mut bytes).unwrap();
    bytes
}

fn imported(store: &dyn Transfer, mut bytes: &[u8]) -> Result<u64, TransferError> {
    let end = check(&mut { bytes })?;
    import(store, &mut bytes, end, &mut |_| {})
        .map(|imported| imported.end.sequence - imported.before.sequence.min(imported.end.sequence))
}

fn tables() -> PostgresStore {
    PostgresStore::open_for_import(&url(&shared_kept()), &organisation()).unwrap()
}

/// The shared server, kept for as long as the process runs its tests one after the other.
fn shared_kept() -> Arc<super::tests::cluster::Cluster> {
    thread_local!(static KEPT: std::cell::RefCell<Option<Arc<super::tests::cluster::Cluster>>> = const { std::cell::RefCell::new(None) });
    KEPT.with_borrow_mut(|kept| Arc::clone(kept.get_or_insert_with(shared)))
}

#[test]
fn there_and_back_is_byte_for_byte_the_same() {
    let directory = TempDir::new().unwrap();
    let first = EmbeddedStore::open(&directory.path().join("a")).unwrap();
    furnish(&first);
    let bytes = exported(&first);
    assert_eq!(check(&mut bytes.as_slice()).unwrap(), first.head().unwrap());

    let database = tables();
    assert_eq!(imported(&database, &bytes).unwrap(), first.head().unwrap().sequence);
    assert_eq!(exported(&database), bytes);
    assert_eq!(database.verify_chain().unwrap(), first.verify_chain().unwrap());
    let all = AwardQuery { limit: 100, ..AwardQuery::default() };
    assert_eq!(database.awards(&all).unwrap(), first.awards(&all).unwrap());
    assert_eq!(database.lists().unwrap(), first.lists().unwrap());
    for name in ["a", "b", "c", "d"] {
        let seat = evaluations::new_seat(name).seat;
        assert_eq!(database.seat(&seat).unwrap(), first.seat(&seat).unwrap());
    }
    assert_eq!(tokens::all(&database), tokens::all(&first));
    for name in ["a", "b"] {
        let digest = tokens::new_token(name).digest;
        assert_eq!(database.token_by_digest(&digest).unwrap(), first.token_by_digest(&digest).unwrap());
    }
    assert_eq!(database.forms("award-7").unwrap(), first.forms("award-7").unwrap());
    for list in first.lists().unwrap() {
        assert_eq!(database.status_bits(&list.list).unwrap(), first.status_bits(&list.list).unwrap());
    }

    let second = EmbeddedStore::open_for_import(&directory.path().join("b")).unwrap();
    imported(&second, &bytes).unwrap();
    assert_eq!(exported(&second), bytes);
    assert_eq!(second.verify_chain().unwrap(), first.verify_chain().unwrap());
    assert_eq!(imported(&second, &bytes).unwrap(), 0, "twice is once");
    assert_eq!(imported(&database, &bytes).unwrap(), 0);

    // It goes on from there: keys, ids and indexes are known.
    let known = second.record_intent(keyed("x", "key-5", b"body"), entropy()).unwrap();
    assert_eq!(known.award().id, "award-5");
    award(&second, intent("new"));
    award(&database, intent("other"));
    drop(second);
    let second = EmbeddedStore::open(&directory.path().join("b")).unwrap();
    second.verify_chain().unwrap();
    // A later export brings an earlier import up to date; one that has parted is refused.
    assert_eq!(imported(&first, &exported(&second)).unwrap(), 2);
    let parted = imported(&database, &exported(&second)).unwrap_err();
    assert!(matches!(parted, TransferError::Another { .. }), "{parted}");
    let text = String::from_utf8(exported(&second)).unwrap();
    assert!(!text.contains("3@example.org") && !text.contains("about 6"), "what is erased stays erased");
}

/// An import that stops anywhere goes on from there, and nothing else is recorded in between.
#[test]
fn an_import_goes_on_where_it_stopped() {
    let directory = TempDir::new().unwrap();
    let source = EmbeddedStore::open(&directory.path().join("a")).unwrap();
    furnish(&source);
    let bytes = exported(&source);
    let end = check(&mut bytes.as_slice()).unwrap();
    let lines: Vec<&str> = std::str::from_utf8(&bytes).unwrap().lines().collect();
    for cut in [1, 9, 30] {
        // A process that was killed has recorded the beginning, payloads already erased among it, and left its mark.
        let head = source.head_at(cut).unwrap().unwrap();
        let last = serde_json::json!({ "head": head }).to_string();
        let part = lines[..=usize::try_from(cut).unwrap()].join("\n") + "\n" + &last + "\n";
        let path = directory.path().join(format!("b{cut}"));
        let name = organisation();
        let server = shared_kept();
        let stores: [Box<dyn Transfer>; 2] = [
            Box::new(EmbeddedStore::open_for_import(&path).unwrap()),
            Box::new(PostgresStore::open_for_import(&url(&server), &name).unwrap()),
        ];
        for store in stores {
            import(store.as_ref(), &mut part.as_bytes(), head, &mut |_| {}).unwrap();
            store.begin(end).unwrap();
            assert!(matches!(store.begin(head), Err(StoreError::ImportUnfinished)), "one import at a time");
        }
        // Its index may be behind: it is made again from what is there.
        std::fs::remove_dir_all(path.join("index")).unwrap();
        assert!(matches!(EmbeddedStore::open(&path), Err(StoreError::ImportUnfinished)));
        assert!(matches!(PostgresStore::open(&url(&server), &name), Err(StoreError::ImportUnfinished)));
        let stores: [Box<dyn Transfer>; 2] = [
            Box::new(EmbeddedStore::open_for_import(&path).unwrap()),
            Box::new(PostgresStore::open_for_import(&url(&server), &name).unwrap()),
        ];
        for store in stores {
            imported(store.as_ref(), &bytes).unwrap();
            assert_eq!(exported(store.as_ref()), bytes);
            store.verify_chain().unwrap();
        }
        EmbeddedStore::open(&path).unwrap();
        PostgresStore::open(&url(&server), &name).unwrap();
    }
}

/// Every line changed, left out, doubled or exchanged is found before anything is recorded.
#[test]
fn a_changed_export_is_refused_whole() {
    let directory = TempDir::new().unwrap();
    let source = EmbeddedStore::open(directory.path()).unwrap();
    furnish(&source);
    let bytes = exported(&source);
    let text = String::from_utf8(bytes.clone()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let whole = |lines: &[&str]| lines.join("\n") + "\n";
    for at in 0..lines.len() {
        let mut less = lines.clone();
        less.remove(at);
        assert!(check(&mut whole(&less).as_bytes()).is_err(), "without line {at}");
        let mut twice = lines.clone();
        twice.insert(at, lines[at]);
        assert!(check(&mut whole(&twice).as_bytes()).is_err(), "line {at} twice");
        if at > 0 {
            let mut exchanged = lines.clone();
            exchanged.swap(at, at - 1);
            assert!(check(&mut whole(&exchanged).as_bytes()).is_err(), "line {at} before its turn");
        }
    }
    for (from, to) in [
        ("\"salt\":\"", "\"salt\":\"0"),
        ("awarder", "nobody"),
        ("signed 1@", "signed 2@"),
        ("\"version\":1}", "\"version\":2}"),
        ("\"erased\":true", "\"erased\":false"),
        (",\"erased\":true", ""),
        ("\"sequence\":4,", "\"sequence\":4,\"more\":1,"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        assert!(check(&mut changed.as_bytes()).is_err(), "{from}");
    }
    assert!(check(&mut &bytes[..bytes.len() - 1]).is_err(), "without its last byte");
    // A payload left out, as if it had been erased.
    let line = lines.iter().position(|line| line.contains("signed 1@")).unwrap();
    let mut middle: serde_json::Value = serde_json::from_str(lines[line]).unwrap();
    let members = middle.as_object_mut().unwrap();
    members.remove("salt");
    members.remove("payload");
    members.insert("erased".to_owned(), true.into());
    let blank = middle.to_string();
    let mut changed = lines.clone();
    changed[line] = &blank;
    let refused = check(&mut whole(&changed).as_bytes()).unwrap_err();
    assert!(
        matches!(refused, TransferError::Line { fault: Fault::Entry(Damage::PayloadBlank), .. }),
        "{refused}"
    );
}

/// A chain that is whole but says what no act could have: nothing of its batch is recorded.
#[test]
fn an_unlawful_chain_is_refused() {
    let directory = TempDir::new().unwrap();
    let source = EmbeddedStore::open(&directory.path().join("a")).unwrap();
    badge(&source);
    award(&source, intent("ada"));
    tokens::make(&source, "a");
    source.revoke_token(tokens::revocation("a")).unwrap();
    let text = String::from_utf8(exported(&source)).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // The same acts once more, chained on as if they were new.
    for (again, reason) in [
        (2, "award id used twice"),
        (3, "signature recorded twice"),
        (1, "badge version out of turn"),
        (4, "token id used twice"),
        (5, "token revoked twice"),
    ] {
        let mut head = source.head().unwrap();
        let mut more = lines[again].clone();
        let body = more["record"].as_str().unwrap().to_owned();
        head = batch::follow(head, body.as_bytes());
        more["sequence"] = head.sequence.into();
        let mut forged: Vec<String> = text.lines().map(str::to_owned).collect();
        forged.pop();
        forged.push(more.to_string());
        forged.push(serde_json::json!({ "head": head }).to_string());
        let forged = forged.join("\n") + "\n";
        let end = check(&mut forged.as_bytes()).unwrap();
        let embedded = EmbeddedStore::open_for_import(&directory.path().join(reason)).unwrap();
        let database = tables();
        for store in [&embedded as &dyn Transfer, &database] {
            let refused = import(store, &mut forged.as_bytes(), end, &mut |_| {}).unwrap_err();
            assert!(
                matches!(refused, TransferError::Unlawful { reason: found, .. } if found == reason),
                "{refused}"
            );
            assert_eq!(store.head().unwrap(), ChainHead::EMPTY);
        }
    }
}
