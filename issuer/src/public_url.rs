//! The address at which the world reaches the issuer, from which ids, status lists and a did:web are made.

use std::fmt;

use badge_schemas::did::Did;
use badge_schemas::problem::{Code, Problem};
use url::Url;

/// Longest public URL we take, in bytes: ids are made by adding to it and must stay well below what readers accept.
const MAX_LENGTH: usize = 512;

/// An `http` or `https` address without query, fragment or final slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    text: String,
    did_web: Option<String>,
}

impl PublicUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// [`Code::PublicUrlInvalid`] for another scheme, credentials, a query, a fragment, or a host that no did:web can name.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let refuse = |en: &str, fr: &'static str| {
            Problem::new(Code::PublicUrlInvalid).with("url", text).with_words("reason", en, fr)
        };
        let url = Url::parse(text).map_err(|error| refuse(&error.to_string(), "ce n’est pas une URL"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refuse("only http and https are served", "seuls http et https sont servis"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse(
                "it holds a user name or password",
                "elle contient un nom d’utilisateur ou un mot de passe",
            ));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("it has a query or a fragment", "elle a une requête ou un fragment"));
        }
        let normal = url.as_str().trim_end_matches('/').to_owned();
        if normal.len() > MAX_LENGTH {
            return Err(refuse("it is too long", "elle est trop longue"));
        }
        let did_web = if url.scheme() == "https" {
            Some(did_web(&url).ok_or_else(|| {
                refuse(
                    "a did:web cannot name this host or path",
                    "un did:web ne peut pas nommer cet hôte ou ce chemin",
                )
            })?)
        } else {
            None
        };
        Ok(Self { text: normal, did_web })
    }

    /// The address, without a final slash.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The did:web of this address; none for `http`, whose answers anybody on the way can change.
    pub fn did_web(&self) -> Option<&str> {
        self.did_web.as_deref()
    }

    /// An address below this one; `path` begins with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// The DID ([did:web §3.1](https://w3c-ccg.github.io/did-method-web/#method-specific-identifier)); checked by reading it back.
fn did_web(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    let port = url.port().map(|port| format!("%3A{port}")).unwrap_or_default();
    let path = url
        .path_segments()?
        .filter(|segment| !segment.is_empty())
        .fold(String::new(), |path, segment| path + ":" + segment);
    let did = format!("did:web:{host}{port}{path}");
    match Did::parse(&did) {
        Ok(Did::Web { document_url }) => {
            let document_url = Url::parse(&document_url).ok()?;
            (document_url.origin() == url.origin()).then_some(did)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn an_https_address_has_a_did_web() {
        let did = |text: &str| PublicUrl::parse(text).unwrap().did_web().map(str::to_owned);
        assert_eq!(did("https://Badges.Example.fr/").unwrap(), "did:web:badges.example.fr");
        assert_eq!(did("https://example.fr:8443/école").unwrap(), "did:web:example.fr%3A8443:%C3%A9cole");
        assert_eq!(did("https://école.example").unwrap(), "did:web:xn--cole-9oa.example");
        assert_eq!(did("http://127.0.0.1:8080"), None);
    }

    #[test]
    fn ids_are_made_below_it() {
        let url = PublicUrl::parse("https://example.fr/b/").unwrap();
        assert_eq!(url.join("/status/1"), "https://example.fr/b/status/1");
    }

    #[test]
    fn addresses_that_could_lead_elsewhere_are_refused() {
        for text in [
            "ftp://a.example",
            "https://u:p@a.example",
            "https://a.example?x",
            "https://a.example#x",
            "https://[::1]",
            "nonsense",
            "https://a.example/x%2Fy",
        ] {
            assert_eq!(PublicUrl::parse(text).unwrap_err().code, Code::PublicUrlInvalid, "{text}");
        }
        let long = format!("https://a.example/{}", "x".repeat(600));
        assert_eq!(PublicUrl::parse(&long).unwrap_err().code, Code::PublicUrlInvalid);
    }
}
