//! What every store must do for evaluations by peers: places in status lists, badges signed again, evaluators shown.

use super::super::{Erasure, MAX_PAGE, NewSeat, Reissue, Revelation, Seat, SeatWithdrawal, Seated};
use super::{
    AtomicU64, AwardQuery, AwardStatus, Barrier, Digest, HashSet, Mutex, Ordering, Purpose, Store,
    StoreError, at, award, badge, change, entropy, erasure, forms, intent, thread,
};

/// A case of the suite.
type Case = fn(&dyn Store);

pub(super) const CASES: [Case; 8] =
    [seats, a_day, seats_at_once, reissuing, vouching, vouching_at_once, taking_back, revealing];

/// A place with a name made from `name`.
pub(in super::super) fn new_seat(name: &str) -> NewSeat {
    NewSeat { seat: Digest::of(&[b"seat", name.as_bytes()]), at: at(1), most_in_a_day: 1000 }
}

pub(in super::super) fn reserve(store: &dyn Store, name: &str) -> Seat {
    store.reserve_seat(new_seat(name), entropy()).unwrap().seat().clone()
}

pub(in super::super) fn withdrawal(name: &str) -> SeatWithdrawal {
    SeatWithdrawal { seat: new_seat(name).seat, code: "error-found".to_owned(), at: at(5) }
}

fn seats(store: &dyn Store) {
    badge(store);
    let awarded = award(store, intent("ada")).slot.unwrap();
    assert_eq!(store.seat(&new_seat("a").seat).unwrap(), None);
    let Seated::New(first) = store.reserve_seat(new_seat("a"), entropy()).unwrap() else {
        unreachable!("it is the first");
    };
    assert_eq!(first.slot.purpose, Purpose::Revocation);
    assert_eq!(first.slot.list, awarded.list, "one list for all: nobody sees which bit is an evaluation's");
    assert_eq!(store.seat(&first.seat).unwrap().as_ref(), Some(&first));
    let head = store.head().unwrap();
    let again = store.reserve_seat(new_seat("a"), entropy()).unwrap();
    assert_eq!(again, Seated::Known(first.clone()), "asked for twice, reserved once");
    assert_eq!(store.head().unwrap(), head);
    let second = reserve(store, "b");
    assert_eq!(HashSet::from([awarded.index, first.slot.index, second.slot.index]).len(), 3);
    let list = store.status_bits(&first.slot.list).unwrap().unwrap();
    assert_eq!((list.list.used, list.list.changed, list.set.len()), (3, 0, 0));

    let unknown = store.withdraw_seat(withdrawal("c")).unwrap_err();
    assert!(matches!(unknown, StoreError::UnknownSeat), "{unknown}");
    let back = store.withdraw_seat(withdrawal("a")).unwrap();
    let head = store.head().unwrap();
    assert_eq!(back.withdrawn, Some(head.sequence));
    assert_eq!(store.withdraw_seat(withdrawal("a")).unwrap(), back, "twice is once");
    assert_eq!(store.head().unwrap(), head);
    let list = store.status_bits(&first.slot.list).unwrap().unwrap();
    assert_eq!((list.set.as_slice(), list.list.changed), ([first.slot.index].as_slice(), head.sequence));
    assert_eq!(store.seat(&second.seat).unwrap(), Some(second), "no other is taken back");

    // Bits of awards and of evaluations stand side by side.
    let revoke = change("award-ada", AwardStatus::Active, AwardStatus::Revoked);
    store.record_status_change(revoke, entropy()).unwrap();
    let mut expected = vec![first.slot.index, awarded.index];
    expected.sort_unstable();
    assert_eq!(store.status_bits(&first.slot.list).unwrap().unwrap().set, expected);
    assert_eq!(store.verify_chain().unwrap().head, store.head().unwrap());
}

fn a_day(store: &dyn Store) {
    let few = |name: &str, second| NewSeat { most_in_a_day: 2, at: at(second), ..new_seat(name) };
    let ask = |name: &str, second| store.reserve_seat(few(name, second), entropy());
    // 1,700,000,000 is 22:13:20 in UTC: midnight comes 6,400 seconds later.
    ask("a", 0).unwrap();
    ask("b", 6_399).unwrap();
    let head = store.head().unwrap();
    let full = ask("c", 6_399).unwrap_err();
    assert!(matches!(full, StoreError::SeatsTaken { limit: 2 }), "{full}");
    assert_eq!(store.head().unwrap(), head, "a refusal records nothing");
    assert!(matches!(ask("a", 6_399).unwrap(), Seated::Known(_)), "what is there is given at any time");
    assert!(matches!(ask("c", 6_400).unwrap(), Seated::New(_)), "a new day");
    store.withdraw_seat(withdrawal("a")).unwrap();
    ask("d", 6_401).unwrap();
    assert!(ask("e", 6_402).is_err());
}

/// Of many who ask for the same place at once each gets the same; no place twice, and never more than a day may have.
fn seats_at_once(store: &dyn Store) {
    badge(store);
    let start = Barrier::new(16);
    let (slots, fresh, refused) = (Mutex::new(HashSet::new()), AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        for thread in 0..16 {
            let (start, slots, fresh, refused) = (&start, &slots, &fresh, &refused);
            scope.spawn(move || {
                start.wait();
                for n in 0..12 {
                    // Two threads ask for each name.
                    let new = NewSeat { most_in_a_day: 60, ..new_seat(&format!("{}-{n}", thread / 2)) };
                    match store.reserve_seat(new, entropy()) {
                        Ok(seated) => {
                            fresh.fetch_add(u64::from(matches!(seated, Seated::New(_))), Ordering::Relaxed);
                            slots.lock().unwrap().insert((seated.seat().seat, seated.seat().slot.clone()));
                        }
                        Err(StoreError::SeatsTaken { .. }) => {
                            refused.fetch_add(1, Ordering::Relaxed);
                        }
                        Err(error) => panic!("{error}"),
                    }
                    award(store, intent(&format!("{thread}-{n}")));
                }
            });
        }
    });
    let slots = slots.into_inner().unwrap();
    let places: HashSet<_> = slots.iter().map(|(_, slot)| slot.clone()).collect();
    assert_eq!((slots.len(), places.len(), fresh.into_inner()), (60, 60, 60));
    assert!(refused.into_inner() > 0);
    let used: u32 = store.lists().unwrap().iter().map(|list| list.used).sum();
    assert_eq!(used, 60 + 16 * 12);
    store.verify_chain().unwrap();
}

fn reissuing(store: &dyn Store) {
    badge(store);
    let reissue = |award: &str, replaces: &str, new: &str| Reissue {
        award: award.to_owned(),
        replaces: forms(replaces),
        forms: forms(new),
        vouched: store.vouched().unwrap(),
        actor: "awarder".to_owned(),
        at: at(6),
    };
    store.record_intent(intent("ada"), entropy()).unwrap();
    let early = store.record_reissued(reissue("award-ada", "x", "y"), entropy()).unwrap_err();
    assert!(matches!(early, StoreError::NotIssued { .. }), "{early}");
    let before = store.record_issued("award-ada", forms("1"), None, at(2), entropy()).unwrap().award;
    let again = store.record_reissued(reissue("award-ada", "1", "2"), entropy()).unwrap();
    assert_eq!((&again.award, &again.forms), (&before, &forms("2")), "all but the forms stays as it was");
    assert_eq!(store.forms("award-ada").unwrap().unwrap(), forms("2"));
    let head = store.head().unwrap();
    let behind = store.record_reissued(reissue("award-ada", "1", "3"), entropy()).unwrap_err();
    assert!(matches!(behind, StoreError::FormsChanged { .. }), "nobody's work is lost: {behind}");
    let unknown = store.record_reissued(reissue("award-bob", "1", "3"), entropy()).unwrap_err();
    assert!(matches!(unknown, StoreError::UnknownAward { .. }), "{unknown}");
    assert_eq!(store.head().unwrap(), head);
    store.record_reissued(reissue("award-ada", "2", "3"), entropy()).unwrap();
    let payloads = store.verify_chain().unwrap().payloads;

    store.erase_payload(erasure("award-ada")).unwrap();
    let report = store.verify_chain().unwrap();
    assert_eq!((report.erased, report.payloads), (4, payloads - 4), "request and all three signed forms");
    let gone = store.record_reissued(reissue("award-ada", "3", "4"), entropy()).unwrap_err();
    assert!(matches!(gone, StoreError::Erased { .. }), "{gone}");
}

fn vouching(store: &dyn Store) {
    badge(store);
    for name in ["ada", "bob", "cyd"] {
        store.record_intent(intent(name), entropy()).unwrap();
    }
    let issue = |name: &str, looked| {
        store.record_issued(&format!("award-{name}"), forms(name), looked, at(2), entropy())
    };
    let before = store.vouched().unwrap();
    issue("ada", None).unwrap();
    assert_eq!(store.vouched().unwrap(), before, "nobody vouches in it");
    issue("bob", Some(before)).unwrap();
    let after = store.vouched().unwrap();
    assert_ne!(after, before);

    let head = store.head().unwrap();
    let stale = issue("cyd", Some(before)).unwrap_err();
    assert!(matches!(stale, StoreError::VouchedMeanwhile), "{stale}");
    let reissue = |replaces: &str, new: &str, vouched| {
        let reissue = Reissue {
            award: "award-ada".to_owned(),
            replaces: forms(replaces),
            forms: forms(new),
            vouched,
            actor: "awarder".to_owned(),
            at: at(6),
        };
        store.record_reissued(reissue, entropy())
    };
    let stale = reissue("ada", "2", before).unwrap_err();
    assert!(matches!(stale, StoreError::VouchedMeanwhile), "{stale}");
    assert_eq!((store.head().unwrap(), store.vouched().unwrap()), (head, after), "nothing is recorded");
    assert_eq!(issue("bob", Some(before)).unwrap().forms, forms("bob"), "what is recorded is answered");
    assert_eq!(store.vouched().unwrap(), after);

    reissue("ada", "2", after).unwrap();
    let stale = issue("cyd", Some(after)).unwrap_err();
    assert!(matches!(stale, StoreError::VouchedMeanwhile), "{stale}");
    issue("cyd", Some(store.vouched().unwrap())).unwrap();
}

fn vouching_at_once(store: &dyn Store) {
    vouch_at_once(&[store]);
}

/// Whoever vouches has seen everybody who did before: among many at once, at these stores over one record, each sees another number of them.
pub(in super::super) fn vouch_at_once(stores: &[&dyn Store]) {
    const PEOPLE: usize = 24;
    badge(stores[0]);
    let seen = Mutex::new(Vec::new());
    let overtaken = AtomicU64::new(0);
    let begin = Barrier::new(PEOPLE);
    let active = AwardQuery { status: Some(AwardStatus::Active), limit: MAX_PAGE, ..AwardQuery::default() };
    thread::scope(|scope| {
        for name in 0..PEOPLE {
            let (store, seen, active) = (stores[name % stores.len()], &seen, &active);
            let (overtaken, begin) = (&overtaken, &begin);
            scope.spawn(move || {
                let award =
                    store.record_intent(intent(&name.to_string()), entropy()).unwrap().award().id.clone();
                let mut first = true;
                loop {
                    let looked = store.vouched().unwrap();
                    let found = store.awards(active).unwrap().awards.len();
                    if std::mem::take(&mut first) {
                        // All have looked before anybody records.
                        begin.wait();
                    }
                    match store.record_issued(&award, forms("1"), Some(looked), at(2), entropy()) {
                        Ok(_) => break seen.lock().unwrap().push(found),
                        Err(StoreError::VouchedMeanwhile) => {
                            overtaken.fetch_add(1, Ordering::Relaxed);
                        }
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
    });
    let mut seen = seen.into_inner().unwrap();
    seen.sort_unstable();
    assert_eq!(seen, (0..PEOPLE).collect::<Vec<_>>());
    assert!(overtaken.into_inner() >= 23, "all looked at once, and one of them was first");
}

/// What was only meant is taken back; what another has signed by then is not.
fn taking_back(store: &dyn Store) {
    badge(store);
    store.record_intent(intent("ada"), entropy()).unwrap();
    let signed = award(store, intent("bob"));
    let only_intent = |award: &str| Erasure { only_intent: true, ..erasure(award) };
    let taken = store.erase_payload(only_intent("award-ada")).unwrap();
    assert_eq!((taken.recipient, taken.status), (None, AwardStatus::Intended));
    let head = store.head().unwrap();
    let kept = store.erase_payload(only_intent("award-bob")).unwrap_err();
    assert!(matches!(kept, StoreError::StatusConflict { .. }), "{kept}");
    assert_eq!((store.head().unwrap(), store.award("award-bob").unwrap().unwrap()), (head, signed));
    store.erase_payload(erasure("award-bob")).unwrap();
    store.erase_payload(only_intent("award-bob")).unwrap();
}

fn revealing(store: &dyn Store) {
    badge(store);
    let ada = award(store, intent("ada"));
    let show = |award: &str| {
        store.record_revealed(Revelation {
            award: award.to_owned(),
            code: "dispute".to_owned(),
            actor: "auditor".to_owned(),
            at: at(7),
        })
    };
    assert_eq!(show("award-ada").unwrap(), ada);
    let mut told = None;
    let head = store.head().unwrap().sequence;
    store
        .entries(head, head, &mut |entry| {
            told = Some(entry.body);
            Ok(())
        })
        .unwrap();
    let told: serde_json::Value = serde_json::from_str(&told.unwrap()).unwrap();
    assert_eq!((&told["kind"], &told["actor"]), (&"revealed".into(), &"auditor".into()));
    show("award-ada").unwrap();
    assert_eq!(store.head().unwrap().sequence, head + 1, "each time is recorded");
    assert!(matches!(show("award-bob").unwrap_err(), StoreError::UnknownAward { .. }));
    store.erase_payload(erasure("award-ada")).unwrap();
    assert!(matches!(show("award-ada").unwrap_err(), StoreError::Erased { .. }));
    store.verify_chain().unwrap();
}
