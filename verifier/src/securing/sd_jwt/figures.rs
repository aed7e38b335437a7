//! The figures of [RFC 9901](https://www.rfc-editor.org/rfc/rfc9901), stage by stage.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::{Value, json};

use super::SdJwt;
use super::disclosure::Disclosure;
use super::hash::HashAlgorithm;
use super::key_binding::KeyBindingJwt;
use super::present::Selection;
use super::processing::process;
use super::profile::Profile;
use crate::securing::keys::PublicKey;

fn figures() -> Value {
    let path = badge_test_vectors::folder().join("ietf/rfc9901.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn key(jwk: &Value) -> PublicKey {
    PublicKey::from_jwk(&serde_json::from_value(jwk.clone()).unwrap()).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn disclosures_and_digests_are_those_of_the_specification() {
    let figures = figures();
    for figure in figures["disclosures"].as_array().unwrap() {
        let disclosure = Disclosure::parse(text(&figure["disclosure"]), 0).unwrap();
        assert_eq!(disclosure.name(), figure["name"].as_str());
        assert_eq!(disclosure.value(), &figure["value"]);
        assert_eq!(HashAlgorithm::Sha256.digest(disclosure.as_str()), text(&figure["digest"]));
    }
    let spellings = &figures["spellings"];
    let mut digests = std::collections::BTreeSet::new();
    for spelling in spellings["disclosures"].as_array().unwrap() {
        let disclosure = Disclosure::parse(text(spelling), 0).unwrap();
        assert_eq!(
            (disclosure.name(), disclosure.value()),
            (spellings["name"].as_str(), &spellings["value"])
        );
        digests.insert(HashAlgorithm::Sha256.digest(disclosure.as_str()));
    }
    assert_eq!(digests.len(), 4, "the spelling is what is hashed");
    assert!(digests.contains(text(&spellings["digestOfTheFirst"])));
    let element = Disclosure::parse(text(&figures["element"]["disclosure"]), 0).unwrap();
    assert_eq!((element.name(), element.value()), (None, &figures["element"]["value"]));
    assert_eq!(HashAlgorithm::Sha256.digest(element.as_str()), text(&figures["element"]["digest"]));
}

#[test]
fn the_main_example_is_processed_as_the_specification_has_it() {
    let figures = figures();
    let whole = text(&figures["presentation"]["sdJwt"]);
    let (sd_jwt, binding) = whole.rsplit_once('~').unwrap();
    let mut parts = sd_jwt.split('~');
    let mut jwt = parts.next().unwrap().split('.');
    let (header, payload, signature) = (jwt.next().unwrap(), jwt.next().unwrap(), jwt.next().unwrap());
    let decode = |text: &str| crate::securing::keys::testing::base64url(text);
    let signed = format!("{header}.{payload}");
    let issuer = key(&figures["keys"]["issuer"]);
    issuer.verify(issuer.algorithm(), signed.as_bytes(), &decode(signature)).unwrap();
    let payload: Value = serde_json::from_slice(&decode(payload)).unwrap();
    let shown: Vec<_> = parts.map(|part| Disclosure::parse(part, 0).unwrap()).collect();
    let processed = process(&payload, &shown, HashAlgorithm::of_payload(&payload).unwrap()).unwrap();
    assert_eq!(processed.payload, figures["presentation"]["processed"]);
    assert_eq!(processed.places, ["/family_name", "/address", "/given_name", "/nationalities/0"]);

    let expected = &figures["presentation"];
    let binding = KeyBindingJwt::parse(binding).unwrap();
    assert_eq!(HashAlgorithm::Sha256.digest(&format!("{sd_jwt}~")), text(&expected["sdHash"]));
    assert_eq!(binding.sd_hash, text(&expected["sdHash"]));
    assert_eq!((binding.nonce.as_str(), binding.audience.as_str()), ("1234567890", text(&expected["aud"])));
    assert_eq!(json!(binding.issued_at), expected["iat"]);
    binding.jwt.verify(&key(&figures["keys"]["holder"])).unwrap();

    let all: Vec<_> = figures["disclosures"].as_array().unwrap().iter().collect();
    let shown: Vec<_> =
        all.iter().map(|one| Disclosure::parse(text(&one["disclosure"]), 0).unwrap()).collect();
    let processed = process(&payload, &shown, HashAlgorithm::Sha256).unwrap();
    assert!(processed.hidden.is_empty());
    for (figure, place) in all.iter().zip(&processed.places) {
        assert_eq!(place, text(&figure["pointer"]));
        assert_eq!(processed.payload.pointer(place), Some(&figure["value"]));
    }
}

#[test]
fn the_person_identification_is_an_sd_jwt_vc_bound_to_its_holder() {
    let figures = figures();
    let example = &figures["personIdentification"];
    let sd_jwt = SdJwt::parse(text(&example["sdJwt"])).unwrap();
    assert_eq!(sd_jwt.profile(), Profile::SdJwtVc);
    assert_eq!(sd_jwt.claims(), &example["processed"]);
    sd_jwt.issuer_signed().verify(&key(&figures["keys"]["issuer"])).unwrap();
    sd_jwt.verify_key_binding().unwrap();
    assert_eq!(sd_jwt.key_binding().unwrap().sd_hash, text(&example["sdHash"]));
    assert!(sd_jwt.claim_findings().is_empty());
    assert_eq!(sd_jwt.disclosure_findings(), (vec![], vec![]));
    let less = sd_jwt.select(&Selection::Claims(vec!["/nationalities".into()])).unwrap();
    let less = SdJwt::parse(&less).unwrap();
    assert_eq!(less.claims()["age_equal_or_over"], json!({}));
    assert_eq!(less.claims()["nationalities"], json!(["DE"]));
}
