//! The embedded store under what disks, crashes and other processes do to it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod damage;
mod disk;
mod personal;
mod reopen;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::contract::{award, badge, change, intent, keyed, paged, run_contract};
use super::open::Options;
use super::*;

/// Small segments and lists, so that a few awards cross their borders.
fn small() -> Options {
    Options { journal_segment: 1500, payload_segment: 1500, list_length: 16, ..Options::default() }
}

fn open(directory: &Path) -> EmbeddedStore {
    EmbeddedStore::open_with(directory, &small()).unwrap()
}

/// The answers to every question one can ask, to compare two stores by.
#[derive(Debug, PartialEq)]
struct Everything {
    head: ChainHead,
    badges: Vec<BadgeVersion>,
    awards: Vec<Award>,
    texts: Vec<(Option<String>, Option<Forms>)>,
    lists: Vec<StatusBits>,
    seats: Vec<Option<Seat>>,
    tokens: Vec<Token>,
    found: Vec<Option<Token>>,
    by: Vec<Vec<String>>,
}

fn everything(store: &dyn Store) -> Everything {
    let all = AwardQuery { limit: 7, ..AwardQuery::default() };
    let awards = paged(store, all.clone());
    let texts =
        awards.iter().map(|a| (store.request(&a.id).ok(), store.forms(&a.id).ok().flatten())).collect();
    let lists =
        store.lists().unwrap().iter().map(|list| store.status_bits(&list.list).unwrap().unwrap()).collect();
    let mut by = Vec::new();
    let mut ask = |query| by.push(paged(store, query).into_iter().map(|award| award.id).collect());
    for status in [AwardStatus::Intended, AwardStatus::Active, AwardStatus::Suspended, AwardStatus::Revoked] {
        ask(AwardQuery { status: Some(status), ..all.clone() });
    }
    for award in &awards {
        ask(AwardQuery { recipient: award.recipient.clone(), ..all.clone() });
        ask(AwardQuery { badge: Some(award.badge.clone()), status: Some(award.status), ..all.clone() });
    }
    let seats =
        ["a", "b", "c", "d"].map(|name| store.seat(&contract::evaluations::new_seat(name).seat).unwrap());
    let (head, badges) = (store.head().unwrap(), store.badges().unwrap());
    let tokens = contract::tokens::all(store);
    let found = ["a", "b", "c"]
        .map(|name| store.token_by_digest(&contract::tokens::new_token(name).digest).unwrap())
        .to_vec();
    Everything { head, badges, awards, texts, lists, seats: seats.to_vec(), tokens, found, by }
}

/// A store with some of everything: awards intended, active, suspended, revoked, erased.
fn furnish(store: &dyn Store) {
    badge(store);
    for n in 0..10 {
        let purpose = [Some(Purpose::Revocation), Some(Purpose::Suspension), None][n % 3];
        let name = n.to_string();
        award(store, Intent { purpose, ..keyed(&name, &format!("key-{n}"), b"body") });
    }
    store.record_intent(intent("pending"), contract::entropy()).unwrap();
    let (active, revoked, suspended) = (AwardStatus::Active, AwardStatus::Revoked, AwardStatus::Suspended);
    for (id, to) in [("award-0", revoked), ("award-1", suspended), ("award-3", revoked)] {
        store.record_status_change(change(id, active, to), contract::entropy()).unwrap();
    }
    store.record_status_change(change("award-1", suspended, active), contract::entropy()).unwrap();
    evaluated(store);
    for name in ["a", "b"] {
        contract::tokens::make(store, name);
    }
    store.revoke_token(contract::tokens::revocation("a")).unwrap();
    store.erase_payload(contract::erasure("award-3")).unwrap();
    store.erase_payload(contract::erasure("award-4")).unwrap();
}

/// Places for evaluations, one of them taken back, badges signed again, and evaluators shown.
fn evaluated(store: &dyn Store) {
    for name in ["a", "b", "c"] {
        contract::evaluations::reserve(store, name);
    }
    store.withdraw_seat(contract::evaluations::withdrawal("b")).unwrap();
    for id in ["award-4", "award-5"] {
        let replaces = store.forms(id).unwrap().unwrap();
        let (forms, actor) = (contract::forms("with endorsements"), "awarder".to_owned());
        let (award, vouched) = (id.to_owned(), store.vouched().unwrap());
        let reissue = Reissue { award, replaces, forms, vouched, actor, at: contract::at(6) };
        store.record_reissued(reissue, contract::entropy()).unwrap();
        let (code, actor) = ("dispute".to_owned(), "auditor".to_owned());
        let shown = Revelation { award: id.to_owned(), code, actor, at: contract::at(7) };
        store.record_revealed(shown).unwrap();
    }
}

fn furnished() -> (TempDir, Everything) {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path());
    furnish(&store);
    let everything = everything(&store);
    (directory, everything)
}

/// The files of the record (not of the index), in order.
fn record_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for name in ["journal", "payloads"] {
        files.extend(fs::read_dir(directory.join(name)).unwrap().map(|entry| entry.unwrap().path()));
    }
    files.sort();
    files
}

/// A copy of the record without its index.
fn copy_record(from: &Path) -> TempDir {
    let to = TempDir::new().unwrap();
    for name in ["journal", "payloads"] {
        fs::create_dir(to.path().join(name)).unwrap();
    }
    for file in record_files(from) {
        fs::copy(&file, to.path().join(file.strip_prefix(from).unwrap())).unwrap();
    }
    to
}

#[test]
fn keeps_the_contract() {
    let mut directories = Vec::new();
    run_contract(&mut || {
        let directory = TempDir::new().unwrap();
        let store = EmbeddedStore::open(directory.path()).unwrap();
        directories.push(directory);
        Box::new(store)
    });
}

#[test]
fn lists_open_when_half_full_and_no_index_comes_twice() {
    let directory = TempDir::new().unwrap();
    badge(&open(directory.path()));
    for n in 0..40 {
        // Reopening each time: reservations are remembered by the record, not by the process.
        award(&open(directory.path()), intent(&n.to_string()));
    }
    let store = open(directory.path());
    let used: Vec<u32> = store.lists().unwrap().iter().map(|list| list.used).collect();
    assert_eq!(used, [8, 8, 8, 8, 8]);
    let awards = paged(&store, AwardQuery { limit: 50, ..AwardQuery::default() });
    let slots: std::collections::HashSet<_> =
        awards.iter().map(|award| award.slot.clone().unwrap()).collect();
    assert_eq!(slots.len(), 40);
    assert!(slots.iter().all(|slot| slot.index < 16));
}

#[test]
fn broken_randomness_is_told_and_never_reuses_an_index() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path());
    badge(&store);
    // The same seed draws the same indexes: each award takes the next of them, until a draw of all 128 is used.
    let mut slots = std::collections::HashSet::new();
    for n in 0..40 {
        match store.record_intent(intent(&n.to_string()), Entropy::new([7; 32])) {
            Ok(intended) => assert!(slots.insert(intended.award().slot.clone().unwrap())),
            Err(error) => assert!(matches!(error, StoreError::BrokenEntropy { .. }), "{error}"),
        }
    }
    assert!(slots.len() >= 8);
}
