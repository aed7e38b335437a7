//! Resolves a did:key, or dereferences a DID URL with one, as a service
//! ([DID Resolution](https://www.w3.org/TR/did-resolution/), [did:key §3](https://w3c-ccg.github.io/did-key-spec/#create)).

use badge_schemas::did::{MAX_DID_LENGTH, did_key_method};
use badge_schemas::multikey::{KeyKind, Multikey, MultikeyError};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::securing::keys::PublicKey;

/// What the caller asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Options {
    /// How keys are written.
    public_key_format: Option<String>,
    /// Whether formats count that the specification calls experimental; we write none of them either way.
    #[serde(rename = "enableExperimentalPublicKeyTypes")]
    _experimental: Option<bool>,
}

/// How a key is written in the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Multikey,
    JsonWebKey2020,
    Ed25519VerificationKey2020,
}

/// Formats that exist and that we do not write: experimental ones, and those of keys that encrypt.
const NOT_WRITTEN: [&str; 4] = [
    "Ed25519VerificationKey2018",
    "EcdsaSecp256k1VerificationKey2019",
    "X25519KeyAgreementKey2019",
    "X25519KeyAgreementKey2020",
];

/// An error as the specifications name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    InvalidDid,
    InvalidDidUrl,
    MethodNotSupported,
    InvalidPublicKeyLength,
    InvalidPublicKey,
    UnsupportedPublicKeyType,
    InvalidPublicKeyType,
    NotFound,
}

impl Refused {
    fn name(self) -> &'static str {
        match self {
            Self::InvalidDid => "invalidDid",
            Self::InvalidDidUrl => "invalidDidUrl",
            Self::MethodNotSupported => "methodNotSupported",
            Self::InvalidPublicKeyLength => "invalidPublicKeyLength",
            Self::InvalidPublicKey => "invalidPublicKey",
            Self::UnsupportedPublicKeyType => "unsupportedPublicKeyType",
            Self::InvalidPublicKeyType => "invalidPublicKeyType",
            Self::NotFound => "notFound",
        }
    }

    fn status(self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::MethodNotSupported | Self::UnsupportedPublicKeyType => 501,
            _ => 400,
        }
    }
}

/// Status and body for a DID (its document) or a DID URL with a fragment (that key).
pub(super) fn resolve(url: &str, options: &Options) -> (u16, Value) {
    let metadata =
        if url.contains(['/', '?', '#']) { "didDereferencingMetadata" } else { "didResolutionMetadata" };
    let (status, found, about) = match find(url, options) {
        Ok(found) => (200, found, json!({"contentType": "application/did+ld+json"})),
        Err(refused) => (refused.status(), json!({}), json!({"error": refused.name()})),
    };
    let mut answer = json!({
        "@context": "https://w3id.org/did-resolution/v1",
        "didDocument": found,
        "didDocumentMetadata": {},
    });
    answer[metadata] = about;
    (status, answer)
}

fn find(url: &str, options: &Options) -> Result<Value, Refused> {
    if url.len() > MAX_DID_LENGTH || !url.bytes().all(in_url) {
        return Err(if url.contains(['/', '?', '#']) { Refused::InvalidDidUrl } else { Refused::InvalidDid });
    }
    let end = url.find(['/', '?', '#']).unwrap_or(url.len());
    let (did, rest) = url.split_at(end);
    let key = key(did)?;
    let format = format(options.public_key_format.as_deref(), key.kind())?;
    let public = PublicKey::from_multikey(&key).map_err(|_| Refused::InvalidPublicKey)?;
    let method = method(did, &key, &public, format);
    match rest.strip_prefix('#') {
        Some(fragment) if fragment == key.to_string() => {
            let mut found = Map::from_iter([("@context".to_owned(), context(format))]);
            found.extend(method);
            Ok(Value::Object(found))
        }
        Some(_) => Err(Refused::NotFound),
        // A key has neither paths nor queries.
        None if !rest.is_empty() => Err(Refused::NotFound),
        None => {
            let id = did_key_method(&key);
            Ok(json!({
                "@context": context(format),
                "id": did,
                "verificationMethod": [method],
                "authentication": [id],
                "assertionMethod": [id],
                "capabilityDelegation": [id],
                "capabilityInvocation": [id],
            }))
        }
    }
}

/// What may stand in a URL ([RFC 3986 §2](https://www.rfc-editor.org/rfc/rfc3986#section-2)).
fn in_url(c: u8) -> bool {
    c.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&c)
}

fn key(did: &str) -> Result<Multikey, Refused> {
    let key = did.strip_prefix("did:").and_then(|rest| rest.split_once(':')).ok_or(Refused::InvalidDid)?;
    match key {
        ("key", id) => Multikey::parse(id).map_err(|error| match error {
            MultikeyError::Length { .. } => Refused::InvalidPublicKeyLength,
            MultikeyError::UnknownCodec(..) => Refused::UnsupportedPublicKeyType,
            _ => Refused::InvalidDid,
        }),
        (_, _) => Err(Refused::MethodNotSupported),
    }
}

fn format(asked: Option<&str>, kind: KeyKind) -> Result<Format, Refused> {
    match asked {
        None | Some("Multikey") => Ok(Format::Multikey),
        Some("JsonWebKey2020") if kind == KeyKind::Bls12381G2 => Err(Refused::InvalidPublicKeyType),
        Some("JsonWebKey2020") => Ok(Format::JsonWebKey2020),
        Some("Ed25519VerificationKey2020") if kind == KeyKind::Ed25519 => {
            Ok(Format::Ed25519VerificationKey2020)
        }
        Some("Ed25519VerificationKey2020") => Err(Refused::InvalidPublicKeyType),
        Some(other) if NOT_WRITTEN.contains(&other) => Err(Refused::InvalidPublicKeyType),
        Some(_) => Err(Refused::UnsupportedPublicKeyType),
    }
}

fn context(format: Format) -> Value {
    let suite = match format {
        Format::Multikey => "https://w3id.org/security/multikey/v1",
        Format::JsonWebKey2020 => "https://w3id.org/security/suites/jws-2020/v1",
        Format::Ed25519VerificationKey2020 => "https://w3id.org/security/suites/ed25519-2020/v1",
    };
    json!(["https://www.w3.org/ns/did/v1", suite])
}

fn method(did: &str, key: &Multikey, public: &PublicKey, format: Format) -> Map<String, Value> {
    let (kind, member, value) = match format {
        Format::Multikey => ("Multikey", "publicKeyMultibase", key.to_string().into()),
        Format::JsonWebKey2020 => ("JsonWebKey2020", "publicKeyJwk", json!(public.to_jwk())),
        Format::Ed25519VerificationKey2020 => {
            ("Ed25519VerificationKey2020", "publicKeyMultibase", key.to_string().into())
        }
    };
    Map::from_iter([
        ("id".to_owned(), did_key_method(key).into()),
        ("type".to_owned(), kind.into()),
        ("controller".to_owned(), did.into()),
        (member.to_owned(), value),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The Ed25519 key of the W3C test vectors for eddsa-rdfc-2022.
    const DID: &str = "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
    const KEY: &str = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";

    fn error(url: &str, format: Option<&str>) -> (u16, String) {
        let options = Options { public_key_format: format.map(str::to_owned), ..Options::default() };
        let (status, answer) = resolve(url, &options);
        let about = answer.get("didResolutionMetadata").or_else(|| answer.get("didDereferencingMetadata"));
        let error = about.and_then(|about| about["error"].as_str()).unwrap_or_default().to_owned();
        (status, error)
    }

    #[test]
    fn a_did_gives_its_document_and_a_fragment_its_key() {
        let (status, answer) = resolve(DID, &Options::default());
        assert_eq!((status, &answer["didDocument"]["id"]), (200, &json!(DID)));
        assert_eq!(answer["didDocument"]["verificationMethod"][0]["publicKeyMultibase"], KEY);
        let (status, answer) = resolve(&format!("{DID}#{KEY}"), &Options::default());
        assert_eq!((status, &answer["didDocument"]["controller"]), (200, &json!(DID)));
        let jwk = Options { public_key_format: Some("JsonWebKey2020".into()), ..Options::default() };
        let (_, answer) = resolve(DID, &jwk);
        assert_eq!(answer["didDocument"]["verificationMethod"][0]["publicKeyJwk"]["crv"], "Ed25519");
    }

    #[test]
    fn each_way_to_be_wrong_has_its_name() {
        let cases = [
            (DID.replacen("did:", "dod:", 1), None, 400, "invalidDid"),
            (DID.replacen(":key:", ":web:", 1), None, 501, "methodNotSupported"),
            (DID.replacen(":z", ":-1:z", 1), None, 400, "invalidDid"),
            (DID.replacen(":z6", ":6", 1), None, 400, "invalidDid"),
            ("did:key:@".to_owned(), None, 400, "invalidDid"),
            (format!("did:key:{}", "z".repeat(MAX_DID_LENGTH)), None, 400, "invalidDid"),
            // Ed25519's prefix before three bytes.
            (
                format!("did:key:z{}", bs58::encode([0xed, 1, 2, 3, 4]).into_string()),
                None,
                400,
                "invalidPublicKeyLength",
            ),
            // X25519: a key that encrypts.
            (
                format!("did:key:z{}", bs58::encode([[0xec, 1].as_slice(), &[9; 32]].concat()).into_string()),
                None,
                501,
                "unsupportedPublicKeyType",
            ),
            // No point of the curve has this encoding.
            (
                format!(
                    "did:key:z{}",
                    bs58::encode([[0x80, 0x24, 2].as_slice(), &[0xff; 32]].concat()).into_string()
                ),
                None,
                400,
                "invalidPublicKey",
            ),
            (DID.to_owned(), Some("Other"), 501, "unsupportedPublicKeyType"),
            (format!("{DID}#{KEY}"), Some("Ed25519VerificationKey2018"), 400, "invalidPublicKeyType"),
            (format!("{DID}#other"), None, 404, "notFound"),
            (format!("{DID}/path"), None, 404, "notFound"),
            (format!("{DID}/<x>#{KEY}"), None, 400, "invalidDidUrl"),
        ];
        for (url, format, status, name) in cases {
            assert_eq!(error(&url, format), (status, name.to_owned()), "{url}");
        }
    }
}
