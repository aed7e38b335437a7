//! What every store must do for access tokens.

use std::collections::BTreeSet;

use super::super::{NewToken, Token, TokenQuery, TokenRevocation};
use super::{
    AtomicU64, Barrier, Digest, Ordering, Store, StoreError, Timestamp, at, award, badge, entropy, intent,
    thread,
};
use crate::access::Role;

/// A case of the suite.
type Case = fn(&dyn Store);

pub(super) const CASES: [Case; 5] = [making, limits, bad_names, tokens_at_once, chain];

pub(in super::super) fn new_token(name: &str) -> NewToken {
    NewToken {
        token: format!("token-{name}"),
        digest: Digest::of(&[b"secret ", name.as_bytes()]),
        account: format!("account-{name}"),
        roles: vec![Role::Awarder],
        badges: BTreeSet::from(["badge-1".to_owned(), "badge-2".to_owned()]),
        expires_at: Some(at(100)),
        most_in_force: 1000,
        actor: "operator".to_owned(),
        at: at(1),
    }
}

pub(in super::super) fn make(store: &dyn Store, name: &str) -> Token {
    store.make_token(new_token(name), entropy()).unwrap()
}

pub(in super::super) fn revocation(name: &str) -> TokenRevocation {
    TokenRevocation { token: format!("token-{name}"), actor: "officer".to_owned(), at: at(2) }
}

pub(in super::super) fn all(store: &dyn Store) -> Vec<Token> {
    store.tokens(&TokenQuery { limit: 1000, ..TokenQuery::default() }).unwrap().tokens
}

fn in_force(store: &dyn Store, at: Timestamp) -> Vec<String> {
    let query = TokenQuery { in_force_at: Some(at), limit: 1000, ..TokenQuery::default() };
    store.tokens(&query).unwrap().tokens.into_iter().map(|token| token.id).collect()
}

fn making(store: &dyn Store) {
    assert_eq!(all(store), []);
    assert_eq!(store.token_by_digest(&new_token("a").digest).unwrap(), None);
    let first = make(store, "a");
    let NewToken { token, digest, account, roles, badges, expires_at, actor, .. } = new_token("a");
    assert_eq!((&first.id, first.digest, &first.account), (&token, digest, &account));
    assert_eq!((&first.roles, &first.badges, first.expires_at), (&roles, &badges, expires_at));
    assert_eq!((&first.made_by, first.made_at, &first.revoked), (&actor, at(1), &None));
    assert_eq!(first.sequence, store.head().unwrap().sequence);
    assert_eq!(store.token_by_digest(&digest).unwrap().as_ref(), Some(&first));

    let head = store.head().unwrap();
    let again = NewToken { token: "other".to_owned(), roles: vec![Role::Administrator], ..new_token("a") };
    assert_eq!(
        store.make_token(again, entropy()).unwrap(),
        first,
        "what is kept under a digest stays as it is"
    );
    let used = NewToken { digest: Digest::of(&[b"x"]), ..new_token("a") };
    let used = store.make_token(used, entropy()).unwrap_err();
    assert!(matches!(used, StoreError::IdUsed { .. }), "{used}");
    let unknown = store.revoke_token(revocation("b")).unwrap_err();
    assert!(matches!(unknown, StoreError::UnknownToken { .. }), "{unknown}");
    assert_eq!(store.head().unwrap(), head);

    let second = store
        .make_token(NewToken { expires_at: None, badges: BTreeSet::new(), ..new_token("b") }, entropy())
        .unwrap();
    let revoked = store.revoke_token(revocation("a")).unwrap();
    let told = revoked.revoked.as_ref().unwrap();
    assert_eq!((told.sequence, told.actor.as_str(), told.at), (second.sequence + 1, "officer", at(2)));
    assert_eq!(Token { revoked: None, ..revoked.clone() }, first);
    let head = store.head().unwrap();
    let later = TokenRevocation { actor: "another".to_owned(), at: at(9), ..revocation("a") };
    assert_eq!(store.revoke_token(later).unwrap(), revoked, "twice is once");
    assert_eq!(store.make_token(new_token("a"), entropy()).unwrap(), revoked, "and it does not come back");
    assert_eq!(store.head().unwrap(), head);
    assert_eq!(store.token_by_digest(&digest).unwrap(), Some(revoked.clone()));
    assert_eq!(all(store), [revoked.clone(), second.clone()]);
    let page = store.tokens(&TokenQuery { limit: 1, ..TokenQuery::default() }).unwrap();
    assert_eq!((&page.tokens[..], page.next), (&[revoked.clone()][..], Some(revoked.sequence)));
    let rest = store.tokens(&TokenQuery { limit: 1, after: page.next, ..TokenQuery::default() }).unwrap();
    assert_eq!((&rest.tokens[..], rest.next), (&[second][..], None));
    assert_eq!(store.verify_chain().unwrap().payloads, 2);
}

fn limits(store: &dyn Store) {
    let few = |name: &str, second| NewToken { most_in_force: 3, at: at(second), ..new_token(name) };
    let ask = |new: NewToken| store.make_token(new, entropy());
    ask(NewToken { expires_at: Some(at(10)), ..few("a", 1) }).unwrap();
    ask(NewToken { expires_at: None, ..few("b", 1) }).unwrap();
    ask(NewToken { expires_at: Some(at(20)), ..few("c", 1) }).unwrap();
    let head = store.head().unwrap();
    let full = ask(few("d", 9)).unwrap_err();
    assert!(matches!(full, StoreError::TokensFull { limit: 3 }), "{full}");
    assert_eq!(store.head().unwrap(), head, "a refusal records nothing");
    assert_eq!(ask(few("a", 9)).unwrap().id, "token-a", "what is there is found all the same");
    assert_eq!(in_force(store, at(9)), ["token-a", "token-b", "token-c"]);
    assert_eq!(in_force(store, at(10)), ["token-b", "token-c"], "at its end it counts no more");
    // One has ended, one is revoked: two others.
    store.revoke_token(revocation("c")).unwrap();
    ask(few("d", 10)).unwrap();
    ask(few("e", 10)).unwrap();
    assert!(matches!(ask(few("f", 10)).unwrap_err(), StoreError::TokensFull { .. }));
    assert_eq!(in_force(store, at(10)), ["token-b", "token-d", "token-e"]);
    let query = TokenQuery { in_force_at: Some(at(10)), limit: 2, ..TokenQuery::default() };
    let page = store.tokens(&query).unwrap();
    assert_eq!(page.tokens.iter().map(|token| token.id.as_str()).collect::<Vec<_>>(), ["token-b", "token-d"]);
    let rest = store.tokens(&TokenQuery { after: page.next, ..query }).unwrap();
    assert_eq!((rest.tokens.len(), rest.next), (1, None));
    store.verify_chain().unwrap();
}

/// A name that no table can hold is refused before it is recorded, and what else is recorded at that moment takes no harm.
fn bad_names(store: &dyn Store) {
    badge(store);
    let odd = ["", "a\0b", "a\n", "\u{7f}"];
    let spoilt = |odd: &str| {
        let odd = || odd.to_owned();
        [
            (NewToken { token: odd(), ..new_token("a") }, "token"),
            (NewToken { account: odd(), ..new_token("a") }, "account"),
            (NewToken { actor: odd(), ..new_token("a") }, "actor"),
            (NewToken { badges: BTreeSet::from(["b".to_owned(), odd()]), ..new_token("a") }, "badge"),
            (NewToken { roles: Vec::new(), ..new_token("a") }, "roles"),
        ]
    };
    thread::scope(|scope| {
        for n in 0..8 {
            scope.spawn(move || {
                award(store, intent(&n.to_string()));
                make(store, &n.to_string());
            });
            scope.spawn(move || {
                for (new, named) in odd.iter().flat_map(|odd| spoilt(odd)) {
                    let refused = store.make_token(new, entropy()).unwrap_err();
                    assert!(matches!(refused, StoreError::BadName { field } if field == named), "{refused}");
                }
                for odd in odd {
                    let act = TokenRevocation { token: odd.to_owned(), ..revocation("a") };
                    assert!(matches!(store.revoke_token(act).unwrap_err(), StoreError::BadName { .. }));
                    let act = TokenRevocation { actor: odd.to_owned(), ..revocation("0") };
                    assert!(matches!(store.revoke_token(act).unwrap_err(), StoreError::BadName { .. }));
                }
                let long = NewToken { account: "x".repeat(1025), ..new_token("a") };
                assert!(matches!(store.make_token(long, entropy()), Err(StoreError::TooLong { .. })));
            });
        }
    });
    assert_eq!((all(store).len(), store.head().unwrap().sequence), (8, 1 + 3 * 8));
    store.verify_chain().unwrap();
}

/// Of many who hand over the same token at once, and make others, each gets the same; never more than may be in force.
fn tokens_at_once(store: &dyn Store) {
    let start = Barrier::new(8);
    let (made, refused) = (AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        for thread in 0..8 {
            let (start, made, refused) = (&start, &made, &refused);
            scope.spawn(move || {
                start.wait();
                let first = NewToken { token: format!("id-{thread}"), ..new_token("first") };
                let first = store.make_token(first, entropy()).unwrap();
                assert_eq!(first.digest, new_token("first").digest);
                for n in 0..5 {
                    let name = format!("{thread}-{n}");
                    match store.make_token(NewToken { most_in_force: 20, ..new_token(&name) }, entropy()) {
                        Ok(token) => assert_eq!(token.id, format!("token-{name}")),
                        Err(StoreError::TokensFull { .. }) => {
                            refused.fetch_add(1, Ordering::Relaxed);
                            continue;
                        }
                        Err(error) => panic!("{error}"),
                    }
                    made.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!((made.into_inner(), refused.into_inner()), (19, 21));
    assert_eq!(in_force(store, at(5)).len(), 20);
    store.verify_chain().unwrap();
}

/// The chain names who made and revoked a token and for whom, and holds neither its digest nor its badges.
fn chain(store: &dyn Store) {
    make(store, "a");
    store.revoke_token(revocation("a")).unwrap();
    let mut told = Vec::new();
    store
        .entries(1, u64::MAX, &mut |entry| {
            assert_eq!(entry.published()?, entry.body);
            told.push(entry.body);
            Ok(())
        })
        .unwrap();
    let digest = new_token("a").digest.to_string();
    assert!(told.iter().all(|body| !body.contains(&digest) && !body.contains("badge-1")), "{told:?}");
    let told: Vec<serde_json::Value> = told.iter().map(|body| serde_json::from_str(body).unwrap()).collect();
    assert_eq!(told[0]["held"].as_str().map(str::len), Some(64));
    let mut made = told[0].clone();
    made.as_object_mut().unwrap().remove("held");
    let expected = serde_json::json!({
        "kind": "token-made", "token": "token-a", "account": "account-a", "roles": ["awarder"],
        "expires_at": at(100), "actor": "operator", "at": at(1),
    });
    assert_eq!(made, expected);
    let expected =
        serde_json::json!({"kind": "token-revoked", "token": "token-a", "actor": "officer", "at": at(2)});
    assert_eq!(told[1], expected);
    assert_eq!(
        store.opening(&told[0]["held"].as_str().unwrap().parse().unwrap()).unwrap().map(|o| o.len() > 32),
        Some(true)
    );
}
