//! Whatever an issuer lets a holder hide, and whatever the holder shows: it verifies, it is what was chosen, and nothing else is told.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;

use badge_schemas::document::push_pointer;
use badge_schemas::jwk::Jwk;
use badge_verifier::securing::keys::PublicKey;
use badge_verifier::securing::sd_jwt::SdJwt;
use badge_verifier::securing::sd_jwt::hash::HashAlgorithm;
use badge_verifier::securing::sd_jwt::issue::{self, IssueOptions, Seed};
use badge_verifier::securing::sd_jwt::key_binding::KeyBinding;
use badge_verifier::securing::sd_jwt::present::{self, Selection};
use badge_verifier::securing::sd_jwt::profile::Profile;
use badge_verifier::securing::{Prepared, SigningRequest};
use ed25519_dalek::{Signer as _, SigningKey};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

fn signer(seed: u8) -> (SigningKey, PublicKey) {
    let secret = SigningKey::from_bytes(&[seed; 32]);
    let public = PublicKey::from_jwk(&Jwk::ed25519(secret.verifying_key().as_bytes())).unwrap();
    (secret, public)
}

fn sealed(prepared: Prepared, secret: &SigningKey) -> String {
    let SigningRequest::Bytes(message) = prepared.request();
    let signature = secret.sign(message).to_bytes();
    prepared.seal(&signature).unwrap().as_str().to_owned()
}

/// Claims whose leaves are all different.
fn claims() -> impl Strategy<Value = Value> {
    let leaf = Just(Value::Null);
    let tree = leaf.prop_recursive(4, 24, 4, |inner| {
        let name = prop_oneof!["[a-c]", "[a-z/~é ]{0,4}", "__proto__|vct|iss|0|-".prop_map(String::from)];
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((name, inner), 0..4).prop_map(|members| Value::Object(members.into_iter().collect()))
        ]
    });
    tree.prop_map(|tree| {
        let mut claims = json!({"vct": "urn:example:1", "iss": "did:example:1", "x": tree});
        let mut count = 0;
        number(claims.get_mut("x").unwrap(), &mut count);
        claims
    })
}

fn number(value: &mut Value, count: &mut usize) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| number(item, count)),
        Value::Object(members) => members.values_mut().for_each(|member| number(member, count)),
        leaf => {
            *leaf = format!("feuille-{count}.").into();
            *count += 1;
        }
    }
}

/// The pointers below a value, each with the leaf that stands there, if one does.
fn pointers(value: &Value, at: &str, found: &mut Vec<(String, Option<String>)>) {
    let mut visit = |place: String, inner: &Value| {
        found.push((place.clone(), inner.as_str().map(str::to_owned)));
        pointers(inner, &place, found);
    };
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| visit(format!("{at}/{index}"), item));
        }
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| visit(push_pointer(at, name), member));
        }
        _ => {}
    }
}

fn around(place: &str, inner: &str) -> bool {
    inner == place || inner.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(9901), ..ProptestConfig::default() })]

    #[test]
    fn what_is_chosen_is_shown_and_nothing_else(
        claims in claims(),
        hidden in vec(any::<bool>(), 64),
        chosen in vec(any::<bool>(), 64),
        decoys in 0_usize..3,
        seed in any::<[u8; 32]>(),
        hash in 0_usize..3,
    ) {
        let mut all = Vec::new();
        pointers(&claims["x"], "/x", &mut all);
        all.push(("/x".to_owned(), claims["x"].as_str().map(str::to_owned)));
        let pick = |from: &[bool], index: usize| from[index % from.len()];
        let disclosable: Vec<String> =
            all.iter().enumerate().filter(|(index, _)| pick(&hidden, *index)).map(|(_, (place, _))| place.clone()).collect();
        let asked: Vec<String> =
            disclosable.iter().enumerate().filter(|(index, _)| pick(&chosen, *index)).map(|(_, place)| place.clone()).collect();

        let (issuer, issuer_public) = signer(1);
        let (holder, holder_public) = signer(2);
        let options = IssueOptions {
            profile: Profile::SdJwtVc,
            disclosable: disclosable.clone(),
            decoys,
            hash: HashAlgorithm::ALL[hash],
            holder: Some(holder_public.clone()),
            seed: Seed::new(seed),
        };
        let prepared = issue::prepare(claims.clone(), &options, "did:example:1#k", issuer_public.clone()).unwrap();
        let whole = SdJwt::parse(&sealed(prepared, &issuer)).unwrap();
        let mut expected = claims.clone();
        expected["cnf"] = json!({"jwk": holder_public.to_jwk().unwrap()});
        prop_assert_eq!(whole.claims(), &expected);
        let places: BTreeSet<&str> = whole.disclosures().map(|(place, _)| place).collect();
        prop_assert_eq!(places, disclosable.iter().map(String::as_str).collect::<BTreeSet<_>>());

        let binding = KeyBinding {
            key: holder_public,
            audience: "https://v.example".to_owned(),
            nonce: "n".to_owned(),
            issued_at: "2026-11-22T10:00:00Z".parse().unwrap(),
            expires: None,
        };
        let prepared = present::prepare(&whole, &Selection::Claims(asked.clone()), binding).unwrap();
        let presented = SdJwt::parse(&sealed(prepared, &holder)).unwrap();
        presented.issuer_signed().verify(&issuer_public).unwrap();
        presented.verify_key_binding().unwrap();

        // Everything that a reader can see: the payload, and the disclosures that were sent.
        let mut told = presented.issuer_signed().payload().value().to_string();
        presented.disclosures().for_each(|(_, one)| told.push_str(&one.value().to_string()));
        let shown = presented.claims().to_string();
        let open: BTreeSet<&String> =
            disclosable.iter().filter(|place| asked.iter().any(|wanted| around(place, wanted))).collect();
        for (place, leaf) in &all {
            let Some(leaf) = leaf else { continue };
            let visible = disclosable.iter().filter(|around_it| around(around_it, place)).all(|it| open.contains(it));
            prop_assert_eq!(told.contains(leaf), visible, "{} {:?} {:?}", place, disclosable, asked);
            prop_assert_eq!(shown.contains(leaf), visible);
        }
    }
}
