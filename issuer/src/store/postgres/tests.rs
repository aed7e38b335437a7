//! The PostgreSQL store over a server of its own.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

#[path = "../../../tests/postgres/cluster.rs"]
#[expect(dead_code, reason = "the tests of the services need more of it")]
pub(super) mod cluster;

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::thread;

use self::cluster::Cluster;
use super::super::contract::{
    award, badge, change, entropy, erasure, evaluations, intent, keyed, paged, run_contract, tokens,
};
use super::super::error::Damage;
use super::super::{AwardStatus, Purpose};
use super::*;

/// One server for all tests that run at the same time.
pub(super) fn shared() -> Arc<Cluster> {
    static SERVER: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());
    let mut server = SERVER.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    server.upgrade().unwrap_or_else(|| {
        let new = Arc::new(Cluster::start());
        *server = Arc::downgrade(&new);
        new
    })
}

pub(super) fn url(cluster: &Cluster) -> DatabaseUrl {
    DatabaseUrl::parse(&cluster.url()).unwrap().with_connections(4)
}

/// A name that no test has used before.
pub(super) fn organisation() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("organisation-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

fn new(cluster: &Cluster) -> PostgresStore {
    PostgresStore::open(&url(cluster), &organisation()).unwrap()
}

#[test]
fn keeps_the_contract() {
    let cluster = shared();
    run_contract(&mut || Box::new(new(&cluster)));
}

#[test]
fn two_processes_make_the_tables_at_once_and_share_one_record() {
    let cluster = Cluster::start();
    let stores: Vec<PostgresStore> = thread::scope(|scope| {
        let open = || PostgresStore::open(&url(&cluster), "same").unwrap();
        let opening: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
        opening.into_iter().map(|store| store.join().unwrap()).collect()
    });
    badge(&stores[0]);
    for (n, store) in stores.iter().enumerate() {
        award(store, intent(&n.to_string()));
    }
    let all = AwardQuery { limit: 9, ..AwardQuery::default() };
    for store in &stores {
        assert_eq!(paged(store, all.clone()).len(), 4);
        assert_eq!(store.head().unwrap().sequence, 9);
    }
    let other = PostgresStore::open(&url(&cluster), "other").unwrap();
    assert_eq!(other.head().unwrap(), ChainHead::EMPTY, "organisations do not see each other");
    assert_eq!(paged(&other, all).len(), 0);
}

#[test]
fn stores_that_reserve_in_the_same_small_list_never_collide() {
    let cluster = shared();
    let name = organisation();
    let stores: Vec<PostgresStore> =
        (0..2).map(|_| PostgresStore::open_with(&url(&cluster), &name, 32).unwrap()).collect();
    badge(&stores[0]);
    thread::scope(|scope| {
        for store in &stores {
            for thread in 0..8 {
                let of = std::ptr::from_ref(store) as usize;
                scope.spawn(move || {
                    for n in 0..8 {
                        award(store, intent(&format!("{of}-{thread}-{n}")));
                    }
                });
            }
        }
    });
    let awards = paged(&stores[1], AwardQuery { limit: 50, ..AwardQuery::default() });
    let slots: HashSet<_> = awards.iter().map(|award| award.slot.clone().unwrap()).collect();
    assert_eq!((awards.len(), slots.len()), (128, 128));
    let used: Vec<u32> = stores[0].lists().unwrap().iter().map(|list| list.used).collect();
    assert_eq!(used, [16; 8], "each list is opened when the one before is half full");
    stores[0].verify_chain().unwrap();
}

#[test]
fn two_services_keep_one_place_for_an_evaluation_and_no_index_twice() {
    let cluster = shared();
    let name = organisation();
    let stores: Vec<PostgresStore> =
        (0..2).map(|_| PostgresStore::open_with(&url(&cluster), &name, 64).unwrap()).collect();
    badge(&stores[0]);
    let seats = Mutex::new(HashSet::new());
    thread::scope(|scope| {
        for (of, store) in stores.iter().enumerate() {
            for thread in 0..4 {
                let seats = &seats;
                scope.spawn(move || {
                    for n in 0..8 {
                        // Both services are asked for the same places, and award beside it.
                        let seat = evaluations::reserve(store, &format!("{thread}-{n}"));
                        seats.lock().unwrap().insert((seat.seat, seat.slot));
                        award(store, intent(&format!("{of}-{thread}-{n}")));
                    }
                });
            }
        }
    });
    let seats = seats.into_inner().unwrap();
    assert_eq!(seats.len(), 32, "each service gives the same place");
    let awards = paged(&stores[1], AwardQuery { limit: 50, ..AwardQuery::default() });
    let mut slots: HashSet<_> = awards.iter().map(|award| award.slot.clone().unwrap()).collect();
    slots.extend(seats.into_iter().map(|(_, slot)| slot));
    assert_eq!(slots.len(), 64 + 32);
    for (store, name) in stores.iter().zip(["0-0", "0-0"]) {
        store.withdraw_seat(evaluations::withdrawal(name)).unwrap();
    }
    let bits: usize = stores[0]
        .lists()
        .unwrap()
        .iter()
        .map(|list| stores[1].status_bits(&list.list).unwrap().unwrap().set.len())
        .sum();
    assert_eq!(bits, 1, "withdrawn by both is withdrawn once");
    stores[0].verify_chain().unwrap();
}

#[test]
fn broken_randomness_is_told_and_never_reuses_an_index() {
    let cluster = shared();
    let store = PostgresStore::open_with(&url(&cluster), &organisation(), 16).unwrap();
    badge(&store);
    let mut slots = HashSet::new();
    for n in 0..40 {
        match store.record_intent(intent(&n.to_string()), Entropy::new([7; 32])) {
            Ok(intended) => assert!(slots.insert(intended.award().slot.clone().unwrap())),
            Err(error) => assert!(matches!(error, StoreError::BrokenEntropy { .. }), "{error}"),
        }
    }
    assert!(slots.len() >= 8);
}

/// One idempotency key sent to two stores at once is one award, however often.
#[test]
fn one_key_at_two_stores_is_one_award() {
    let cluster = shared();
    let name = organisation();
    let stores: Vec<PostgresStore> =
        (0..2).map(|_| PostgresStore::open(&url(&cluster), &name).unwrap()).collect();
    badge(&stores[0]);
    let news = AtomicU32::new(0);
    thread::scope(|scope| {
        for thread in 0..16 {
            let (store, news) = (&stores[thread % 2], &news);
            scope.spawn(move || {
                for round in 0..10 {
                    let intent = keyed(&format!("{thread}-{round}"), &format!("key-{round}"), b"body");
                    let intended = store.record_intent(intent, entropy()).unwrap();
                    news.fetch_add(u32::from(matches!(intended, Intended::New(_))), Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(news.into_inner(), 10);
    assert_eq!(stores[0].head().unwrap().sequence, 11);
}

/// What somebody changes behind our back is found, table by table.
#[test]
fn tampering_is_found() {
    let cluster = shared();
    for (sql, damage) in [
        (
            "UPDATE issuer_entry SET body = replace(convert_from(body, 'UTF8'), 'awarder', 'nobody')::bytea WHERE sequence = 2",
            Damage::Link,
        ),
        ("DELETE FROM issuer_payload WHERE sequence = 3", Damage::PayloadMissing),
        ("UPDATE issuer_payload SET commitment = sha256('x') WHERE sequence = 3", Damage::Derived),
        ("UPDATE issuer_payload SET salted = NULL WHERE sequence = 3", Damage::PayloadBlank),
        ("UPDATE issuer_payload SET salted = NULL WHERE sequence = 1", Damage::PayloadBlank),
        (
            "UPDATE issuer_payload SET salted = salted || 'x'::bytea WHERE sequence = 3",
            Damage::PayloadAltered,
        ),
        (
            "UPDATE issuer_payload SET salted = (SELECT salted FROM issuer_payload p WHERE p.organisation = $o AND p.sequence = 3) WHERE sequence = 6",
            Damage::PayloadAltered,
        ),
        ("UPDATE issuer_head SET sequence = 6", Damage::CutShort),
        ("UPDATE issuer_award SET status = 1 WHERE id = 'award-bob'", Damage::Derived),
        (
            "UPDATE issuer_award SET state = replace(state, 'revoked', 'active') WHERE id = 'award-bob'",
            Damage::Derived,
        ),
        ("UPDATE issuer_award SET slot = 5 WHERE id = 'award-bob'", Damage::Derived),
        ("UPDATE issuer_award SET recipient = NULL WHERE id = 'award-bob'", Damage::Derived),
        ("DELETE FROM issuer_award WHERE id = 'award-bob'", Damage::Derived),
        ("UPDATE issuer_list SET state = replace(state, '\"used\":3', '\"used\":1')", Damage::Derived),
        ("DELETE FROM issuer_list WHERE list = 1", Damage::Derived),
        ("UPDATE issuer_seat SET slot = 5", Damage::Derived),
        ("UPDATE issuer_seat SET withdrawn = NULL", Damage::Derived),
        ("UPDATE issuer_seat SET day = 1", Damage::Derived),
        (
            "UPDATE issuer_seat SET state = replace(state, '\"withdrawn\":9', '\"withdrawn\":null')",
            Damage::Derived,
        ),
        ("DELETE FROM issuer_seat", Damage::Derived),
        ("DELETE FROM issuer_token WHERE id = 'token-b'", Damage::Derived),
        ("UPDATE issuer_token SET revoked = NULL WHERE id = 'token-a'", Damage::Derived),
        ("UPDATE issuer_token SET revoked = 12 WHERE id = 'token-b'", Damage::Derived),
        ("UPDATE issuer_token SET ends = ends + 1 WHERE id = 'token-b'", Damage::Derived),
        ("UPDATE issuer_token SET digest = sha256('x') WHERE id = 'token-b'", Damage::Derived),
        (
            "UPDATE issuer_token SET state = replace(state, 'awarder', 'administrator') WHERE id = 'token-b'",
            Damage::Derived,
        ),
        ("UPDATE issuer_token SET state = replace(state, 'badge-1', 'badge-3')", Damage::Derived),
        (
            "INSERT INTO issuer_token SELECT organisation, sha256('x'), 'x', 2, NULL, ends, state FROM issuer_token WHERE id = 'token-b'",
            Damage::Derived,
        ),
        (
            "INSERT INTO issuer_place SELECT organisation, list, slot + 1, holder FROM issuer_place WHERE holder = 'seat'",
            Damage::Derived,
        ),
    ] {
        let name = organisation();
        let store = PostgresStore::open(&url(&cluster), &name).unwrap();
        badge(&store);
        award(&store, keyed("ada", "key", b"body"));
        award(&store, intent("bob"));
        store
            .record_status_change(change("award-bob", AwardStatus::Active, AwardStatus::Revoked), entropy())
            .unwrap();
        store.erase_payload(erasure("award-ada")).unwrap();
        evaluations::reserve(&store, "a");
        store.withdraw_seat(evaluations::withdrawal("a")).unwrap();
        for name in ["a", "b"] {
            tokens::make(&store, name);
        }
        store.revoke_token(tokens::revocation("a")).unwrap();
        store.verify_chain().unwrap();
        let quoted = format!("'{name}'");
        let (act, condition) = match sql.rsplit_once(" WHERE ") {
            Some((act, condition)) => (act, format!("{condition} AND organisation = {quoted}")),
            None => (sql, format!("organisation = {quoted}")),
        };
        let sql = format!("{act} WHERE {condition}").replace("$o", &quoted);
        // Sequence 3 is of an award that is erased: those cases take bob's.
        let sql = sql.replace("sequence = 3", "sequence = 5");
        // Whoever owns the database can get past its constraints.
        cluster.sql(&format!("SET session_replication_role = replica; {sql}"));
        let found = store.verify_chain().unwrap_err();
        assert!(matches!(found, StoreError::CorruptEntry { damage: d, .. } if d == damage), "{sql}: {found}");
    }
}

/// Whatever program writes, an award and an evaluation never have the same place: the database itself refuses it.
#[test]
fn the_database_refuses_one_place_for_two() {
    let cluster = shared();
    let name = organisation();
    let store = PostgresStore::open(&url(&cluster), &name).unwrap();
    badge(&store);
    let award = award(&store, intent("ada")).slot.unwrap().index;
    let seat = evaluations::reserve(&store, "a").slot.index;
    // A row at a place, like that of the award but for its own names; with a holder where it tries to pass for the other kind.
    let row = |table: &str, own: (&str, &str), slot: u32, holder: Option<&str>| {
        let (more, value) = holder.map_or_else(Default::default, |it| (", holder", format!(", '{it}'")));
        format!(
            "INSERT INTO {table} (organisation, sequence, list, slot, state, {}{more}) \
             SELECT organisation, 1, list, {slot}, state, {}{value} FROM issuer_award WHERE organisation = '{name}'",
            own.0, own.1
        )
    };
    let seat_at = |slot, holder| row("issuer_seat", ("seat, day", "sha256('x'), 0"), slot, holder);
    let award_at = |slot, holder| {
        row("issuer_award", ("id, credential_id, badge, status", "'x', 'x', 'x', 0"), slot, holder)
    };
    let place = |slot: u32, holder: &str| {
        format!("INSERT INTO issuer_place VALUES ('{name}', 1, {slot}, '{holder}')")
    };
    let free = (0..8).find(|slot| ![award, seat].contains(slot)).unwrap();
    for (sql, refused) in [
        (seat_at(award, None), "foreign key"),
        (seat_at(award, Some("award")), "check constraint"),
        (seat_at(seat, None), "issuer_seat_slot"),
        // As a program does that knows nothing of places.
        (seat_at(free, None), "foreign key"),
        (award_at(seat, None), "foreign key"),
        (award_at(seat, Some("seat")), "check constraint"),
        (award_at(award, None), "issuer_award_slot"),
        (award_at(free, None), "foreign key"),
        (place(award, "seat"), "issuer_place_pkey"),
        (place(seat, "award"), "issuer_place_pkey"),
        (
            format!(
                "UPDATE issuer_place SET holder = 'seat' WHERE organisation = '{name}' AND slot = {award}"
            ),
            "foreign key",
        ),
        (format!("DELETE FROM issuer_place WHERE organisation = '{name}' AND slot = {award}"), "foreign key"),
        (place(free, "nobody"), "check constraint"),
    ] {
        let said = cluster.try_sql(&sql).unwrap_err();
        assert!(said.contains(refused), "{sql}: {said}");
    }
    // With its place the same rows go in, so that it was the place that was missing.
    cluster.sql(&place(free, "seat"));
    cluster.sql(&seat_at(free, None));
}

/// Over tables that a newer program has changed nothing is recorded and nobody let in; over those of an older one neither.
#[test]
fn tables_of_another_step_are_refused() {
    let cluster = Cluster::start();
    let store = PostgresStore::open(&url(&cluster), "one").unwrap();
    badge(&store);
    let token = tokens::make(&store, "a");
    let step: i64 = cluster.sql("SELECT step FROM issuer_migration").parse().unwrap();
    for other in [step + 1, step - 1] {
        cluster.sql(&format!("UPDATE issuer_migration SET step = {other}"));
        let head = store.head().unwrap();
        let refusals = [
            store.record_intent(intent("ada"), entropy()).err(),
            store.revoke_token(tokens::revocation("a")).err(),
            store.token_by_digest(&token.digest).err(),
        ];
        for refused in refusals {
            let refused = refused.unwrap();
            let same = matches!(refused, StoreError::OtherTables { found, known } if (found, known) == (other, step));
            assert!(same, "{refused}");
        }
        assert_eq!(store.head().unwrap(), head);
    }
    cluster.sql(&format!("UPDATE issuer_migration SET step = {}", step + 1));
    let refused = PostgresStore::open(&url(&cluster), "one").err().unwrap();
    assert!(matches!(refused, StoreError::OtherTables { .. }), "{refused}");
    cluster.sql(&format!("UPDATE issuer_migration SET step = {step}"));
    award(&store, intent("ada"));
    assert!(store.token_by_digest(&token.digest).unwrap().is_some());
    store.verify_chain().unwrap();
}

#[test]
fn whoever_vouches_at_one_store_has_seen_who_vouched_at_the_other() {
    let cluster = shared();
    let name = organisation();
    let [one, two] = [(); 2].map(|()| PostgresStore::open(&url(&cluster), &name).unwrap());
    evaluations::vouch_at_once(&[&one, &two]);
    one.verify_chain().unwrap();
}

/// Tables from before there were places: those that are taken are known afterwards.
#[test]
fn places_taken_before_are_taken_after_a_migration() {
    let cluster = Cluster::start();
    let store = PostgresStore::open_with(&url(&cluster), "one", 16).unwrap();
    badge(&store);
    for n in 0..4 {
        award(&store, intent(&n.to_string()));
        evaluations::reserve(&store, &n.to_string());
    }
    drop(store);
    let back = "ALTER TABLE issuer_award DROP COLUMN holder; ALTER TABLE issuer_seat DROP COLUMN holder; \
        DROP TABLE issuer_place; DROP TABLE issuer_token; DROP TABLE issuer_vouched; \
        DROP TABLE issuer_batch_input; DROP TABLE issuer_batch_report; DROP TABLE issuer_batch; DROP TABLE issuer_batches; \
        UPDATE issuer_migration SET step = 2";
    cluster.sql(back);
    let store = PostgresStore::open(&url(&cluster), "one").unwrap();
    assert_eq!(cluster.sql("SELECT count(*) FROM issuer_place"), "8");
    store.verify_chain().unwrap();
    award(&store, intent("last"));
    store.verify_chain().unwrap();
}

#[test]
fn a_token_revoked_at_one_store_is_revoked_at_the_other() {
    let cluster = shared();
    let name = organisation();
    let stores: Vec<PostgresStore> =
        (0..2).map(|_| PostgresStore::open(&url(&cluster), &name).unwrap()).collect();
    let digest = tokens::new_token("a").digest;
    let made = tokens::make(&stores[0], "a");
    assert_eq!(stores[1].token_by_digest(&digest).unwrap(), Some(made));
    let revoked = stores[1].revoke_token(tokens::revocation("a")).unwrap();
    assert_eq!(stores[0].token_by_digest(&digest).unwrap(), Some(revoked));
}

#[test]
fn erasing_leaves_nothing_in_the_tables() {
    let cluster = shared();
    let name = organisation();
    let store = PostgresStore::open(&url(&cluster), &name).unwrap();
    badge(&store);
    let personal = "zoe.doe@example.org";
    award(&store, super::super::Intent { recipient: personal.to_owned(), ..keyed("zoe", personal, b"x") });
    let hashes = "SELECT count(recipient) + count(idempotency_key) + count(request) FROM issuer_award";
    let salted = "SELECT count(salted) FROM issuer_payload WHERE sequence > 1 AND";
    let count = |sql: &str, word: &str| cluster.sql(&format!("{sql} {word} organisation = '{name}'"));
    assert_eq!((count(hashes, "WHERE"), count(salted, "")), ("3".to_owned(), "2".to_owned()));
    store.erase_payload(erasure("award-zoe")).unwrap();
    assert_eq!((count(hashes, "WHERE"), count(salted, "")), ("0".to_owned(), "0".to_owned()));
    store.verify_chain().unwrap();
}

/// A database set back to before what was acknowledged: nothing is added to a chain that has lost entries.
#[test]
fn a_database_that_forgot_is_refused() {
    let cluster = shared();
    let name = organisation();
    let store = PostgresStore::open(&url(&cluster), &name).unwrap();
    badge(&store);
    award(&store, super::super::Intent { purpose: Some(Purpose::Suspension), ..intent("ada") });
    cluster.sql(&format!("UPDATE issuer_head SET sequence = 2 WHERE organisation = '{name}'"));
    let refused = store.record_intent(intent("bob"), entropy()).unwrap_err();
    assert!(matches!(refused, StoreError::TailLost { journal: 2, witness: 3, .. }), "{refused}");
}

#[test]
fn the_first_identity_counts() {
    let cluster = shared();
    let store = new(&cluster);
    assert_eq!(store.settle_identity(None).unwrap(), None);
    assert_eq!(store.settle_identity(Some("one")).unwrap().as_deref(), Some("one"));
    assert_eq!(store.settle_identity(Some("two")).unwrap().as_deref(), Some("one"));
    assert!(!store.replace_identity("two", "three").unwrap());
    assert!(store.replace_identity("one", "three").unwrap());
    assert_eq!(store.settle_identity(None).unwrap().as_deref(), Some("three"));
}

#[test]
fn a_server_that_is_gone_is_said_and_its_return_is_noticed() {
    let mut cluster = Cluster::start();
    let store = new(&cluster);
    badge(&store);
    award(&store, intent("ada"));
    cluster.kill();
    // A process of the server that was at work may answer once more before it notices.
    let gone = (0..100).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        store.award("award-ada").err()
    });
    assert!(matches!(gone, Some(StoreError::Unavailable { .. })), "{gone:?}");
    cluster.boot();
    assert!(store.award("award-ada").unwrap().is_some());
    award(&store, intent("bob"));
    store.verify_chain().unwrap();
    let nobody = DatabaseUrl::parse("postgres://badges@127.0.0.1:1/postgres").unwrap();
    assert!(matches!(PostgresStore::open(&nobody, "x"), Err(StoreError::Unavailable { .. })));
}

/// However long a portion takes, the batch is its process's: as long as that says so, and nobody else.
#[test]
fn a_batch_is_kept_by_who_claimed_it_and_taken_from_who_is_silent() {
    let cluster = Cluster::start();
    let store = new(&cluster);
    assert!(store.batch_arrives("b", 1).unwrap());
    assert!(!store.batch_arrives("c", 1).unwrap(), "there is room for one");
    let text = |text: &str| text.to_owned();
    let (id, state) = (text("b"), text("queued"));
    let (key, digest, request, counts, outcome) = (text("k"), text("d"), text("r"), text("0"), text("o"));
    let row = BatchRow {
        id,
        state,
        key,
        digest,
        request,
        counts,
        outcome,
        created: 1,
        ended: None,
        pieces: 0,
        bytes: 0,
    };
    assert!(matches!(store.batch_begins(row).unwrap(), BatchBegun::New));
    let claim = |name: &str| store.batch_claims(name, "0", 2).unwrap().map(|row| row.id);
    assert_eq!(claim("one"), Some(text("b")));
    assert_eq!(claim("one"), Some(text("b")), "the answer may be lost: it is asked again");
    let lapse = || cluster.sql("UPDATE issuer_batch SET lease = 0");
    lapse();
    assert!(!store.batch_pulse("b", "two").unwrap());
    assert!(store.batch_pulse("b", "one").unwrap());
    assert_eq!(claim("two"), None, "it is still the first one's");
    lapse();
    assert_eq!(claim("two"), Some(text("b")));
    assert!(!store.batch_pulse("b", "one").unwrap());
    assert_eq!(store.batch_advances("b", "one", "1", Pieces::default()).unwrap(), Claim::Lost);
    assert_eq!(store.batch_advances("b", "two", "1", Pieces::default()).unwrap(), Claim::Held);
}
