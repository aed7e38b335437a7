//! Decentralised identifiers, in the methods this product resolves.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::percent_decode_str;

use crate::jwk::Jwk;
use crate::multikey::{Multikey, MultikeyError};

/// Longest DID or DID URL we read: 2,048 characters, as for URLs; a did:jwk with an RSA key takes about 700.
pub const MAX_DID_LENGTH: usize = 2_048;

/// A DID of a method we resolve ([DID Core §3.1](https://www.w3.org/TR/did-core/#did-syntax)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Did {
    /// `did:key`: the key is the identifier ([did:key](https://w3c-ccg.github.io/did-key-spec/)).
    Key(Multikey),
    /// `did:jwk`: the key is the identifier ([did:jwk](https://github.com/quartzjer/did-jwk/blob/main/spec.md)).
    Jwk(Box<Jwk>),
    /// `did:web`: a document at an `https` URL ([did:web](https://w3c-ccg.github.io/did-method-web/)).
    Web {
        /// Where the DID document is.
        document_url: String,
    },
}

/// Why a text is not a DID we resolve.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DidError {
    /// It does not have the form `did:method:id`.
    #[error("it is not a DID")]
    Syntax,
    /// A method we do not resolve.
    #[error("did method {0} is not supported")]
    Method(String),
    /// A did:key with a key we cannot read.
    #[error("did:key: {0}")]
    Key(#[from] MultikeyError),
    /// A did:jwk that is not base64url of a JWK.
    #[error("did:jwk: {0}")]
    Jwk(&'static str),
    /// A did:web whose host or path could lead elsewhere.
    #[error("did:web: {0}")]
    Web(&'static str),
}

impl DidError {
    /// The same in French.
    pub fn french(&self) -> String {
        match self {
            Self::Syntax => "ce n’est pas un DID".to_owned(),
            Self::Method(method) => format!("la méthode {method} n’est pas prise en charge"),
            Self::Key(_) => "ce did:key ne contient pas de clé lisible".to_owned(),
            Self::Jwk(_) => "ce did:jwk ne contient pas de clé (JWK) utilisable".to_owned(),
            Self::Web(_) => "ce did:web ne désigne pas d’adresse utilisable".to_owned(),
        }
    }
}

impl Did {
    /// Reads a DID without fragment, path or query.
    ///
    /// # Errors
    /// [`DidError`].
    pub fn parse(text: &str) -> Result<Self, DidError> {
        if text.len() > MAX_DID_LENGTH {
            return Err(DidError::Syntax);
        }
        let (method, id) =
            text.strip_prefix("did:").and_then(|rest| rest.split_once(':')).ok_or(DidError::Syntax)?;
        let allowed = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'_' | b':' | b'%');
        if id.is_empty() || !id.bytes().all(allowed) {
            return Err(DidError::Syntax);
        }
        match method {
            "key" => Ok(Self::Key(Multikey::parse(id)?)),
            "jwk" => parse_jwk(id).map(|jwk| Self::Jwk(Box::new(jwk))),
            "web" => web_url(id).map(|document_url| Self::Web { document_url }),
            other => Err(DidError::Method(other.to_owned())),
        }
    }
}

/// Splits a DID URL into the DID and its fragment, without `#`; a path or query is left with the DID and refused there.
pub fn split_fragment(url: &str) -> (&str, Option<&str>) {
    url.split_once('#').map_or((url, None), |(did, fragment)| (did, Some(fragment)))
}

/// The DID of a Multikey.
pub fn did_key(key: &Multikey) -> String {
    format!("did:key:{key}")
}

/// The verification method of a did:key: the only one it has.
pub fn did_key_method(key: &Multikey) -> String {
    format!("did:key:{key}#{key}")
}

/// The did:web of an `https` origin, with an optional port: `https://cfa.example.fr:8443` gives `did:web:cfa.example.fr%3A8443`.
pub fn did_web(host: &str, port: Option<u16>) -> String {
    port.map_or_else(|| format!("did:web:{host}"), |port| format!("did:web:{host}%3A{port}"))
}

fn parse_jwk(id: &str) -> Result<Jwk, DidError> {
    let bytes = URL_SAFE_NO_PAD.decode(id).map_err(|_| DidError::Jwk("broken base64url"))?;
    let document = crate::document::Document::parse(bytes).map_err(|_| DidError::Jwk("not strict JSON"))?;
    let jwk: Jwk = serde_json::from_value(document.into_value()).map_err(|_| DidError::Jwk("not a JWK"))?;
    if jwk.exposes_private_key() { Err(DidError::Jwk("it holds a private key")) } else { Ok(jwk) }
}

/// The URL of a did:web's document ([did:web §3.2](https://w3c-ccg.github.io/did-method-web/#read-resolve)).
fn web_url(id: &str) -> Result<String, DidError> {
    let mut segments = id.split(':');
    let authority = decode(segments.next().unwrap_or_default())?;
    let (host, port) =
        authority.split_once(':').map_or((authority.as_str(), None), |(host, port)| (host, Some(port)));
    let host_is_plain =
        !host.is_empty() && host.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-'));
    if !host_is_plain || host.starts_with('.') || host.contains("..") {
        return Err(DidError::Web("its host is not a plain host name"));
    }
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err(DidError::Web("its port is not a number"));
    }
    let mut path = String::new();
    for segment in segments {
        let plain = decode(segment)?;
        if plain.is_empty()
            || plain == "."
            || plain == ".."
            || plain.contains(['/', '\\', '?', '#', '@', '%', ':'])
            || plain.contains(char::is_control)
        {
            return Err(DidError::Web("its path could lead elsewhere"));
        }
        path.push('/');
        path.push_str(segment);
    }
    Ok(if path.is_empty() {
        format!("https://{authority}/.well-known/did.json")
    } else {
        format!("https://{authority}{path}/did.json")
    })
}

fn decode(segment: &str) -> Result<String, DidError> {
    percent_decode_str(segment)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| DidError::Web("it is not UTF-8"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn url(did: &str) -> Result<String, DidError> {
        match Did::parse(did)? {
            Did::Web { document_url } => Ok(document_url),
            other => panic_with(&other),
        }
    }

    #[expect(clippy::panic, reason = "a test may panic")]
    fn panic_with(did: &Did) -> ! {
        panic!("{did:?}")
    }

    #[test]
    fn did_web_becomes_a_url() {
        assert_eq!(url("did:web:cfa.example.fr").unwrap(), "https://cfa.example.fr/.well-known/did.json");
        assert_eq!(
            url("did:web:example.org%3A8443:u:%C3%A9cole").unwrap(),
            "https://example.org:8443/u/%C3%A9cole/did.json"
        );
    }

    #[test]
    fn did_web_tricks_are_refused() {
        for did in [
            "did:web:",
            "did:web:a:",
            "did:web::b",
            "did:web:a:..",
            "did:web:a:%2e%2e",
            "did:web:a:x%2Fy",
            "did:web:user%40evil.example",
            "did:web:a%2Fb",
            "did:web:a%23b",
            "did:web:a:%3Fx",
            "did:web:a%3A99999",
            "did:web:a%3A",
            "did:web:a/b",
            "did:web:a?x",
            "did:web:a:x%00",
            "did:web:[::1]",
            "did:web:a..b",
            "did:web:a:%255c",
        ] {
            assert!(url(did).is_err(), "{did}");
        }
    }

    #[test]
    fn other_methods_and_broken_keys_are_told_apart() {
        assert_eq!(Did::parse("did:example:1"), Err(DidError::Method("example".into())));
        assert_eq!(Did::parse("https://example.org"), Err(DidError::Syntax));
        assert!(matches!(Did::parse("did:key:z6Mk"), Err(DidError::Key(_))));
        assert!(matches!(Did::parse("did:jwk:e30"), Err(DidError::Jwk("not a JWK"))));
        assert!(
            Did::parse("did:jwk:eyJrdHkiOiJPS1AiLCJjcnYiOiJFZDI1NTE5IiwieCI6IkFBIiwiZCI6IkFBIn0").is_err(),
            "a private key"
        );
        assert_eq!(Did::parse(&format!("did:web:{}", "a".repeat(MAX_DID_LENGTH))), Err(DidError::Syntax));
    }
}
