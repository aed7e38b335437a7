//! What every store must do, as one suite that each implementation runs.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

pub(super) mod evaluations;
pub(super) mod tokens;

use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread;

use jiff::Timestamp;
use serde_json::json;

use super::{
    Award, AwardQuery, AwardStatus, BadgeVersion, ChainHead, Digest, Entropy, Erasure, Forms, Idempotency,
    Intended, Intent, NewBadge, Purpose, StatusChange, Store, StoreError,
};

/// The badge that [`badge`] records.
pub(super) const BADGE: &str = "badge-1";

/// A seed no test has used before: a counter, hashed.
pub(super) fn entropy() -> Entropy {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    Entropy::new(*Digest::of(&[b"test", &n.to_be_bytes()]).as_bytes())
}

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

pub(super) fn badge(store: &dyn Store) -> BadgeVersion {
    let definition = json!({"name": "Welder", "nested": {"level": 3}});
    let badge = NewBadge {
        badge: BADGE.to_owned(),
        replaces: 0,
        definition,
        actor: "designer".to_owned(),
        at: at(0),
    };
    store.put_badge(badge, entropy()).unwrap()
}

/// An intent with ids made from `name`.
pub(super) fn intent(name: &str) -> Intent {
    Intent {
        award: format!("award-{name}"),
        credential_id: format!("urn:credential:{name}"),
        badge: BADGE.to_owned(),
        badge_version: 1,
        purpose: Some(Purpose::Revocation),
        recipient: format!("{name}@example.org"),
        request: format!("{{\"narrative\":\"about {name}\"}}"),
        idempotency: None,
        actor: "awarder".to_owned(),
        at: at(1),
    }
}

pub(super) fn keyed(name: &str, key: &str, body: &[u8]) -> Intent {
    let idempotency = Some(Idempotency { key: key.to_owned(), digest: Digest::of(&[body]) });
    Intent { idempotency, ..intent(name) }
}

pub(super) fn forms(text: &str) -> Forms {
    Forms::from([("jwt".to_owned(), format!("signed {text}"))])
}

/// Intends and issues.
pub(super) fn award(store: &dyn Store, intent: Intent) -> Award {
    let text = intent.recipient.clone();
    let intended = store.record_intent(intent, entropy()).unwrap();
    store.record_issued(&intended.award().id, forms(&text), None, at(2), entropy()).unwrap().award
}

pub(super) fn change(award: &str, from: AwardStatus, to: AwardStatus) -> StatusChange {
    StatusChange {
        award: award.to_owned(),
        from,
        to,
        code: "error".to_owned(),
        reason: format!("why {award}"),
        actor: "registrar".to_owned(),
        at: at(3),
    }
}

pub(super) fn erasure(award: &str) -> Erasure {
    Erasure {
        award: award.to_owned(),
        only_intent: false,
        code: "holder-request".to_owned(),
        actor: "officer".to_owned(),
        at: at(4),
    }
}

/// Runs the suite; `fresh` gives an empty store each time.
pub(super) fn run_contract(fresh: &mut dyn FnMut() -> Box<dyn Store>) {
    for case in
        [badges, awarding, idempotency, statuses, queries, showing, erasing, refusals, many_at_once, races]
            .into_iter()
            .chain(evaluations::CASES)
            .chain(tokens::CASES)
    {
        case(&*fresh());
    }
}

fn badges(store: &dyn Store) {
    assert_eq!(store.badge(BADGE, None).unwrap(), None);
    assert_eq!(store.badges().unwrap(), []);
    let first = badge(store);
    assert_eq!(first.version, 1);
    let next = |replaces| NewBadge {
        badge: BADGE.to_owned(),
        replaces,
        definition: json!({"name": "Soudeuse"}),
        actor: "designer".to_owned(),
        at: at(1),
    };
    let stale = store.put_badge(next(0), entropy()).unwrap_err();
    assert!(matches!(stale, StoreError::BadgeVersion { expected: 0, actual: 1, .. }), "{stale}");
    let second = store.put_badge(next(1), entropy()).unwrap();
    assert_eq!(second.version, 2);
    assert_eq!(store.badge(BADGE, None).unwrap().unwrap(), second);
    assert_eq!(store.badge(BADGE, Some(1)).unwrap().unwrap(), first);
    assert_eq!(store.badge(BADGE, Some(3)).unwrap(), None);
    assert_eq!(store.badges().unwrap(), [second]);
}

fn awarding(store: &dyn Store) {
    badge(store);
    let before = store.head().unwrap();
    let Intended::New(intended) = store.record_intent(intent("ada"), entropy()).unwrap() else { panic!() };
    assert_eq!(intended.status, AwardStatus::Intended);
    assert_eq!(intended.recipient.as_deref(), Some("ada@example.org"));
    let slot = intended.slot.clone().unwrap();
    assert_eq!((slot.list.as_str(), slot.purpose), ("1", Purpose::Revocation));
    assert_eq!(store.forms("award-ada").unwrap(), None);
    assert_eq!(store.request("award-ada").unwrap(), intent("ada").request);

    let issued = store.record_issued("award-ada", forms("ada"), None, at(2), entropy()).unwrap();
    assert_eq!((issued.award.status, issued.award.issued_at), (AwardStatus::Active, Some(at(2))));
    assert_eq!(issued.award.slot.as_ref(), Some(&slot));
    let again = store.record_issued("award-ada", forms("other"), None, at(9), entropy()).unwrap();
    assert_eq!(again, issued, "the first signature counts");
    assert_eq!(store.forms("award-ada").unwrap().unwrap(), forms("ada"));
    assert_eq!(store.award("award-ada").unwrap().unwrap(), issued.award);
    assert_eq!(store.award_by_credential_id("urn:credential:ada").unwrap().unwrap(), issued.award);
    assert_eq!(store.award_by_credential_id("award-ada").unwrap(), None);

    let plain = store.record_intent(Intent { purpose: None, ..intent("bob") }, entropy()).unwrap();
    assert_eq!(plain.award().slot, None);
    let after = store.head().unwrap();
    assert_eq!(after.sequence, before.sequence + 3);
    assert_ne!(after.hash, before.hash);
    assert_eq!(store.verify_chain().unwrap().head, after);
}

fn idempotency(store: &dyn Store) {
    badge(store);
    let first = award(store, keyed("ada", "key-1", b"body"));
    let head = store.head().unwrap();
    let known = store.record_intent(keyed("another-id", "key-1", b"body"), entropy()).unwrap();
    assert_eq!(known, Intended::Known(first.clone()));
    let conflict = store.record_intent(keyed("another-id", "key-1", b"other body"), entropy()).unwrap_err();
    assert!(
        matches!(&conflict, StoreError::IdempotencyConflict { award } if *award == first.id),
        "{conflict}"
    );
    assert_eq!(store.award_by_key("key-1").unwrap().unwrap(), (Digest::of(&[b"body"]), first));
    assert_eq!(store.award_by_key("key-2").unwrap(), None);
    assert_eq!(store.head().unwrap(), head, "finding is not recording");
}

fn statuses(store: &dyn Store) {
    use AwardStatus::{Active, Intended, Revoked, Suspended};
    badge(store);
    let revocable = award(store, intent("ada"));
    let suspensible = award(store, Intent { purpose: Some(Purpose::Suspension), ..intent("bob") });
    let plain = award(store, Intent { purpose: None, ..intent("cyd") });
    let pending = store.record_intent(intent("dee"), entropy()).unwrap().award().clone();

    for (award, from, to) in [
        (&revocable, Active, Suspended),
        (&revocable, Active, Active),
        (&suspensible, Active, Revoked),
        (&plain, Active, Revoked),
        (&pending, Intended, Revoked),
        (&pending, Intended, Active),
    ] {
        let refused = store.record_status_change(change(&award.id, from, to), entropy()).unwrap_err();
        assert!(matches!(refused, StoreError::NotExpressible { .. }), "{from:?} to {to:?}: {refused}");
    }
    let lists = store.lists().unwrap();
    assert_eq!(
        lists.iter().map(|list| (list.purpose, list.changed)).collect::<Vec<_>>(),
        [(Purpose::Revocation, 0), (Purpose::Suspension, 0)]
    );

    let revoked = store.record_status_change(change(&revocable.id, Active, Revoked), entropy()).unwrap();
    assert_eq!(revoked.status, Revoked);
    let recorded = revoked.changes.first().unwrap();
    assert_eq!((recorded.from, recorded.to, recorded.actor.as_str()), (Active, Revoked, "registrar"));
    assert_eq!(store.reason(&revoked.id, recorded.sequence).unwrap().as_deref(), Some("why award-ada"));
    let stale = store.record_status_change(change(&revocable.id, Active, Revoked), entropy()).unwrap_err();
    assert!(matches!(stale, StoreError::StatusConflict { expected: Active, actual: Revoked, .. }), "{stale}");
    let back = store.record_status_change(change(&revocable.id, Revoked, Active), entropy()).unwrap_err();
    assert!(matches!(back, StoreError::NotExpressible { .. }), "revocation is final: {back}");
    let bits = store.status_bits("1").unwrap().unwrap();
    assert_eq!(bits.set, [revocable.slot.unwrap().index]);
    assert_eq!((bits.list.used, bits.list.changed), (2, recorded.sequence));

    store.record_status_change(change(&suspensible.id, Active, Suspended), entropy()).unwrap();
    assert_eq!(store.status_bits("2").unwrap().unwrap().set, [suspensible.slot.unwrap().index]);
    let back = store.record_status_change(change(&suspensible.id, Suspended, Active), entropy()).unwrap();
    assert_eq!((back.status, back.changes.len()), (Active, 2));
    assert!(store.status_bits("2").unwrap().unwrap().set.is_empty());
    assert_eq!(store.status_bits("3").unwrap(), None);
}

fn queries(store: &dyn Store) {
    badge(store);
    let other = NewBadge {
        badge: "badge-10".to_owned(),
        replaces: 0,
        definition: json!({}),
        actor: "designer".to_owned(),
        at: at(0),
    };
    store.put_badge(other, entropy()).unwrap();
    let mut all = Vec::new();
    for n in 0..12 {
        let badge = if n % 3 == 0 { "badge-10" } else { BADGE };
        let recipient = format!("{}@example.org", n % 4);
        all.push(award(store, Intent { badge: badge.to_owned(), recipient, ..intent(&n.to_string()) }));
    }
    for n in [1, 6] {
        let id = &all[n].id;
        let revoke = change(id, AwardStatus::Active, AwardStatus::Revoked);
        all[n] = store.record_status_change(revoke, entropy()).unwrap();
    }
    for badge in [None, Some(BADGE), Some("badge-10"), Some("badge"), Some("")] {
        for recipient in [None, Some("1@example.org"), Some("1@EXAMPLE.org")] {
            for status in
                [None, Some(AwardStatus::Active), Some(AwardStatus::Revoked), Some(AwardStatus::Intended)]
            {
                for limit in [1, 5, 100] {
                    let fits = |award: &&Award| {
                        badge.is_none_or(|badge| badge == award.badge)
                            && recipient.is_none_or(|recipient| award.recipient.as_deref() == Some(recipient))
                            && status.is_none_or(|status| status == award.status)
                    };
                    let expected: Vec<Award> = all.iter().filter(fits).cloned().collect();
                    let (badge, recipient) = (badge.map(str::to_owned), recipient.map(str::to_owned));
                    let query = AwardQuery { badge, recipient, status, after: None, limit };
                    assert_eq!(paged(store, query.clone()), expected, "{query:?}");
                }
            }
        }
    }
}

/// All pages of a query, each at most as long as asked, and no last page that is empty.
pub(super) fn paged(store: &dyn Store, mut query: AwardQuery) -> Vec<Award> {
    let mut awards = Vec::new();
    loop {
        let page = store.awards(&query).unwrap();
        assert!(page.awards.len() <= query.limit);
        assert!(!page.awards.is_empty() || query.after.is_none());
        awards.extend(page.awards);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return awards,
        }
    }
}

fn showing(store: &dyn Store) {
    let shown = |from, until| {
        let mut entries = Vec::new();
        store.entries(from, until, &mut |entry| {
            entries.push(entry);
            Ok(())
        })?;
        Ok::<_, StoreError>(entries)
    };
    assert_eq!(shown(1, u64::MAX).unwrap(), [], "an empty chain");
    badge(store);
    award(store, intent("ada"));
    award(store, intent("bob"));
    store.erase_payload(erasure("award-bob")).unwrap();
    let entries = shown(1, u64::MAX).unwrap();
    let mut before = ChainHead::EMPTY;
    for entry in &entries {
        assert_eq!(entry.head.sequence, before.sequence + 1);
        assert_eq!(
            entry.head.hash,
            super::frame::hash(entry.head.sequence, &before.hash, entry.body.as_bytes())
        );
        before = entry.head;
    }
    assert_eq!(before, store.head().unwrap());
    assert_eq!(shown(2, 3).unwrap(), entries[1..3]);
    assert_eq!(shown(before.sequence + 1, u64::MAX).unwrap(), []);
    for (index, entry) in entries.iter().enumerate() {
        let record: super::record::Record = serde_json::from_str(&entry.body).unwrap();
        let Some(commitment) = record.commitment() else { continue };
        let opening = store.opening(commitment).unwrap();
        match record.award() {
            Some("award-bob") => assert_eq!(opening, None, "erased: entry {index}"),
            _ => assert_eq!(Digest::of(&[&opening.unwrap()]), *commitment),
        }
    }
    assert_eq!(store.opening(&Digest::of(&[b"nothing"])).unwrap(), None);
    let stopped = store.entries(1, u64::MAX, &mut |_| Err(StoreError::Closed));
    assert!(matches!(stopped, Err(StoreError::Closed)));
}

fn erasing(store: &dyn Store) {
    use AwardStatus::{Active, Revoked};
    badge(store);
    award(store, keyed("ada", "key-1", b"body"));
    let kept = award(store, intent("bob"));
    store.record_status_change(change("award-ada", Active, Revoked), entropy()).unwrap();
    let before = store.verify_chain().unwrap();
    let list = store.status_bits("1").unwrap();

    let erased = store.erase_payload(erasure("award-ada")).unwrap();
    assert_eq!((erased.recipient.as_ref(), erased.erased_at, erased.status), (None, Some(at(4)), Revoked));
    let once = store.head().unwrap();
    assert_eq!(store.erase_payload(erasure("award-ada")).unwrap(), erased);
    assert_eq!(store.head().unwrap(), once);

    let gone = |error: StoreError| assert!(matches!(error, StoreError::Erased { .. }), "{error}");
    gone(store.request("award-ada").unwrap_err());
    gone(store.forms("award-ada").unwrap_err());
    gone(store.reason("award-ada", erased.changes[0].sequence).unwrap_err());
    gone(store.record_issued("award-ada", forms("x"), None, at(5), entropy()).unwrap_err());
    assert_eq!(store.award_by_key("key-1").unwrap(), None);
    let of = |recipient: &str| AwardQuery {
        recipient: Some(recipient.to_owned()),
        limit: 9,
        ..AwardQuery::default()
    };
    assert_eq!(paged(store, of("ada@example.org")), []);
    assert_eq!(paged(store, of("bob@example.org")), [kept]);
    assert_eq!(store.status_bits("1").unwrap(), list, "the status list stays in force");

    let after = store.verify_chain().unwrap();
    assert_eq!((after.head, after.erased), (once, 3), "request, credential, reason");
    assert_eq!(after.payloads, before.payloads - 3);

    // An award erased while in force can still be revoked, and nothing said about it then is kept.
    store.erase_payload(erasure("award-bob")).unwrap();
    let revoked = store.record_status_change(change("award-bob", Active, Revoked), entropy()).unwrap();
    assert_eq!(store.status_bits("1").unwrap().unwrap().set.len(), 2);
    gone(store.reason("award-bob", revoked.changes[0].sequence).unwrap_err());
    store.verify_chain().unwrap();
}

fn refusals(store: &dyn Store) {
    badge(store);
    award(store, intent("ada"));
    let head = store.head().unwrap();
    let refused = |intent| store.record_intent(intent, entropy()).unwrap_err();
    let id_used = |error: StoreError| assert!(matches!(error, StoreError::IdUsed { .. }), "{error}");
    id_used(refused(intent("ada")));
    id_used(refused(Intent { credential_id: "urn:credential:ada".to_owned(), ..intent("bob") }));
    assert!(matches!(refused(Intent { badge_version: 2, ..intent("bob") }), StoreError::UnknownBadge { .. }));
    for actor in ["", "a\0b", "a\n"] {
        let error = refused(Intent { actor: actor.to_owned(), ..intent("bob") });
        assert!(matches!(error, StoreError::BadName { field: "actor" }), "{error}");
    }
    let long = Intent { recipient: "x".repeat(super::MAX_NAME + 1), ..intent("bob") };
    assert!(matches!(refused(long), StoreError::TooLong { field: "recipient", .. }));
    let long = Intent { request: "x".repeat(super::MAX_PAYLOAD), ..intent("bob") };
    assert!(matches!(refused(long), StoreError::TooLong { field: "payload", .. }));

    let unknown = |error: StoreError| assert!(matches!(error, StoreError::UnknownAward { .. }), "{error}");
    unknown(store.record_issued("award-bob", forms("bob"), None, at(2), entropy()).unwrap_err());
    unknown(store.request("award-bob").unwrap_err());
    unknown(store.forms("award-bob").unwrap_err());
    unknown(store.erase_payload(erasure("award-bob")).unwrap_err());
    let revoke = change("award-bob", AwardStatus::Active, AwardStatus::Revoked);
    unknown(store.record_status_change(revoke, entropy()).unwrap_err());
    assert_eq!(store.award("award-bob").unwrap(), None);
    for odd in ["", "\0", "a\0b", "\u{7f}", "\u{10ffff}"] {
        assert_eq!(store.award(odd).unwrap(), None, "{odd:?}");
        assert_eq!(store.award_by_credential_id(odd).unwrap(), None, "{odd:?}");
        assert_eq!(store.award_by_key(odd).unwrap(), None, "{odd:?}");
        assert_eq!(store.badge(odd, None).unwrap(), None, "{odd:?}");
        assert_eq!(store.badge(odd, Some(1)).unwrap(), None, "{odd:?}");
        let (name, nobody) = (Some(odd.to_owned()), AwardQuery { limit: 9, ..AwardQuery::default() });
        for query in [
            AwardQuery { badge: name.clone(), ..nobody.clone() },
            AwardQuery { recipient: name.clone(), ..nobody.clone() },
        ] {
            assert_eq!(store.awards(&query).unwrap().awards, [], "{odd:?}");
        }
    }
    assert_eq!(store.head().unwrap(), head, "a refusal records nothing");
}

/// Sixteen threads, fifty awards each: every one is there, no index twice.
fn many_at_once(store: &dyn Store) {
    badge(store);
    thread::scope(|scope| {
        for thread in 0..16 {
            scope.spawn(move || (0..50).for_each(|n| drop(award(store, intent(&format!("{thread}-{n}"))))));
        }
    });
    let awards = paged(store, AwardQuery { limit: 300, ..AwardQuery::default() });
    let slots: HashSet<_> = awards.iter().map(|award| award.slot.clone().unwrap()).collect();
    let ids: HashSet<_> = awards.iter().map(|award| award.id.clone()).collect();
    assert_eq!((awards.len(), slots.len(), ids.len()), (800, 800, 800));
    assert!(awards.iter().all(|award| award.status == AwardStatus::Active));
    assert_eq!(store.verify_chain().unwrap().head.sequence, 1 + 2 * 800);
}

/// Eight threads send each request at the same moment: one award each, the same signature for all.
fn races(store: &dyn Store) {
    badge(store);
    for round in 0..20 {
        let start = Barrier::new(8);
        let seen = Mutex::new(BTreeSet::new());
        let new = AtomicU64::new(0);
        thread::scope(|scope| {
            for thread in 0..8 {
                let (start, seen, new) = (&start, &seen, &new);
                scope.spawn(move || {
                    let intent = keyed(&format!("{round}-{thread}"), &format!("key-{round}"), b"body");
                    start.wait();
                    let intended = store.record_intent(intent, entropy()).unwrap();
                    new.fetch_add(u64::from(matches!(intended, Intended::New(_))), Ordering::Relaxed);
                    let text = forms(&thread.to_string());
                    let issued =
                        store.record_issued(&intended.award().id, text, None, at(2), entropy()).unwrap();
                    let slot = issued.award.slot.unwrap().index;
                    seen.lock().unwrap().insert((issued.award.id, slot, issued.forms));
                });
            }
        });
        assert_eq!((seen.into_inner().unwrap().len(), new.into_inner()), (1, 1));
    }
    assert_eq!(paged(store, AwardQuery { limit: 100, ..AwardQuery::default() }).len(), 20);
    assert_eq!(store.head().unwrap().sequence, 1 + 2 * 20);

    // Of many who revoke at once, one does.
    let start = Barrier::new(8);
    let done = AtomicU64::new(0);
    let id = store.award_by_key("key-0").unwrap().unwrap().1.id;
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                start.wait();
                let revoke = change(&id, AwardStatus::Active, AwardStatus::Revoked);
                done.fetch_add(
                    u64::from(store.record_status_change(revoke, entropy()).is_ok()),
                    Ordering::Relaxed,
                );
            });
        }
    });
    assert_eq!(done.into_inner(), 1);
}
