//! Who stands behind a DID, as far as it says so itself: did:key and did:jwk are a key, and one key is one person, however it is written.

use badge_schemas::did::{Did, did_key};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::securing::jcs;
use crate::securing::keys::PublicKey;

/// What two DIDs of one key have in common; a DID that is not a key stands for itself.
pub fn person(did: &str) -> String {
    spellings(did).into_iter().next().unwrap_or_else(|| did.to_owned())
}

/// Whether two DIDs are the same, or of the same key.
pub fn same_person(one: &str, other: &str) -> bool {
    one == other || person(one) == person(other)
}

/// The ways to write a DID, the one they have in common first: where it is a key, as did:key (but for RSA) and as the did:jwk of the key and
/// nothing else, in canonical JSON; last as it is. A did:jwk may say more than its key and be written in any order: those cannot be listed.
pub fn spellings(did: &str) -> Vec<String> {
    let key = match Did::parse(did) {
        Ok(Did::Key(key)) => PublicKey::from_multikey(&key).ok(),
        Ok(Did::Jwk(jwk)) => PublicKey::from_jwk(&jwk).ok(),
        Ok(Did::Web { .. }) | Err(_) => None,
    };
    let multikey = key.as_ref().and_then(PublicKey::to_multikey).map(|key| did_key(&key));
    let jwk = key.as_ref().and_then(PublicKey::to_jwk).and_then(|jwk| serde_json::to_value(jwk).ok());
    let jwk = jwk.and_then(|jwk| jcs::canonicalize(&jwk).ok());
    let jwk = jwk.map(|text| format!("did:jwk:{}", URL_SAFE_NO_PAD.encode(text)));
    let mut all: Vec<String> = multikey.into_iter().chain(jwk).collect();
    if all.iter().all(|known| known != did) {
        all.push(did.to_owned());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp";

    fn jwk(text: &str) -> String {
        format!("did:jwk:{}", URL_SAFE_NO_PAD.encode(text))
    }

    #[test]
    fn one_key_is_one_person_however_it_is_written() {
        let x = "O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik";
        let plain = jwk(&format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#));
        let more = jwk(&format!(r#"{{"kty":"OKP","use":"sig","x":"{x}","crv":"Ed25519","kid":"k"}}"#));
        assert_eq!(spellings(KEY), [KEY, &plain]);
        assert_eq!(spellings(&more), [KEY, &plain, &more]);
        for same in [&plain, &more] {
            assert!(same_person(KEY, same) && person(same) == KEY, "{same}");
        }
        let other = jwk(r#"{"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#);
        assert!(!same_person(KEY, &other));
        for itself in ["did:web:a.example", "did:jwk:!", "", "did:key:z6Mk"] {
            assert_eq!(person(itself), itself);
        }
        assert!(!same_person("did:web:a.example", "did:web:b.example"));
    }
}
