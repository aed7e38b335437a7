//! Who is let in: only a browser on this machine that was given the address, and only from the page itself.
//!
//! The address is secret: it holds 128 random bits, so another account of this machine that finds the port finds nothing. `Host` must be the address
//! that is served, so that no name of an attacker's can be pointed here ([DNS rebinding](https://en.wikipedia.org/wiki/DNS_rebinding)). What changes
//! something must come from a page of this very origin ([Fetch Metadata](https://www.w3.org/TR/fetch-metadata/), `Origin`).

use std::net::SocketAddr;

use badge_schemas::problem::{Code, Problem};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;

/// Random bytes of the address: 128 bits, out of reach of any number of guesses.
const SECRET_BYTES: usize = 16;

/// What stands before every path, and for whom it is good.
pub(crate) struct Gate {
    host: String,
    origin: String,
    secret: String,
}

/// A request, as far as it decides who is let in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Knock<'r> {
    /// Whether it asks to change something.
    pub(crate) is_post: bool,
    /// The path.
    pub(crate) path: &'r str,
    /// `Host`; `None` too where there are several.
    pub(crate) host: Option<&'r str>,
    /// `Origin`.
    pub(crate) origin: Option<&'r str>,
    /// `Sec-Fetch-Site`.
    pub(crate) site: Option<&'r str>,
}

/// Why a request is turned away. It is told no more than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stranger {
    /// It was meant for another host.
    Misdirected,
    /// It does not know the address.
    Unknown,
    /// It comes from another page.
    Foreign,
}

impl Gate {
    /// A gate for this address, with a secret that is drawn now.
    ///
    /// # Errors
    /// [`Code::RandomnessMissing`].
    pub(crate) fn new(address: SocketAddr) -> Result<Self, Problem> {
        let mut secret = [0; SECRET_BYTES];
        getrandom::fill(&mut secret).map_err(|_| Problem::new(Code::RandomnessMissing))?;
        Ok(Self::with_secret(address, secret))
    }

    fn with_secret(address: SocketAddr, secret: [u8; SECRET_BYTES]) -> Self {
        let host = address.to_string();
        Self { origin: format!("http://{host}"), host, secret: URL_SAFE_NO_PAD.encode(secret) }
    }

    /// The address to open.
    pub(crate) fn url(&self) -> String {
        format!("{}/{}/", self.origin, self.secret)
    }

    /// The path of a page or file.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/{}/{rest}", self.secret)
    }

    /// Lets a request in, and gives what it asks for behind the secret.
    ///
    /// # Errors
    /// [`Stranger`].
    pub(crate) fn admit<'r>(&self, knock: &Knock<'r>) -> Result<&'r str, Stranger> {
        if knock.host != Some(&self.host) {
            return Err(Stranger::Misdirected);
        }
        let (secret, rest) =
            knock.path.strip_prefix('/').and_then(|path| path.split_once('/')).ok_or(Stranger::Unknown)?;
        if !bool::from(secret.as_bytes().ct_eq(self.secret.as_bytes())) {
            return Err(Stranger::Unknown);
        }
        let same_site = match knock.site {
            None => None,
            Some("same-origin") => Some(true),
            // Typed or opened from outside any page; that can look, and cannot send a form.
            Some("none") => Some(!knock.is_post),
            Some(_) => Some(false),
        };
        let same_origin = knock.origin.map(|origin| origin == self.origin);
        let welcome = match (same_site, same_origin) {
            (Some(false), _) | (_, Some(false)) => false,
            // Every browser says at least one of the two with a form.
            (None, None) => !knock.is_post,
            _ => true,
        };
        if welcome { Ok(rest) } else { Err(Stranger::Foreign) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate() -> Gate {
        Gate::with_secret(SocketAddr::from(([127, 0, 0, 1], 4711)), [7; SECRET_BYTES])
    }

    /// A form sent by the page itself.
    fn knock(path: &str) -> Knock<'_> {
        Knock {
            is_post: true,
            path,
            host: Some("127.0.0.1:4711"),
            origin: Some("http://127.0.0.1:4711"),
            site: Some("same-origin"),
        }
    }

    fn form(gate: &Gate) -> String {
        gate.path("answer")
    }

    #[test]
    fn the_page_itself_is_let_in() {
        let gate = gate();
        let path = form(&gate);
        let knock = knock(&path);
        assert_eq!(gate.admit(&knock), Ok("answer"));
        assert_eq!(gate.admit(&Knock { site: None, ..knock }), Ok("answer"));
        assert_eq!(gate.admit(&Knock { origin: None, ..knock }), Ok("answer"));
        let opened = Knock { is_post: false, origin: None, site: Some("none"), ..knock };
        assert_eq!(gate.admit(&opened), Ok("answer"));
        assert_eq!(gate.admit(&Knock { site: None, ..opened }), Ok("answer"));
        assert!(
            gate.url().starts_with("http://127.0.0.1:4711/")
                && gate.url().len() > "http://127.0.0.1:4711/".len() + 21
        );
    }

    #[test]
    fn another_host_another_secret_another_origin_are_not() {
        let gate = gate();
        let path = form(&gate);
        let knock = knock(&path);
        for host in [
            None,
            Some(""),
            Some("localhost:4711"),
            Some("attacker.example:4711"),
            Some("127.0.0.1"),
            Some("127.0.0.1:4712"),
        ] {
            assert_eq!(gate.admit(&Knock { host, ..knock }), Err(Stranger::Misdirected), "{host:?}");
        }
        let shorter = &path[..path.len() - "/answer".len() - 1];
        let other = path.replacen('B', "C", 1);
        for path in [
            "",
            "/",
            "/answer",
            "//answer",
            &format!("{shorter}/answer"),
            &other,
            &format!("/.{path}"),
            &path[..20],
        ] {
            assert_eq!(gate.admit(&Knock { path, ..knock }), Err(Stranger::Unknown), "{path}");
        }
        for origin in [
            "null",
            "",
            "http://localhost:4711",
            "https://127.0.0.1:4711",
            "http://127.0.0.1:47110",
            "http://attacker.example",
        ] {
            let knock = Knock { origin: Some(origin), ..knock };
            assert_eq!(gate.admit(&knock), Err(Stranger::Foreign), "{origin}");
            assert_eq!(gate.admit(&Knock { site: None, ..knock }), Err(Stranger::Foreign), "{origin}");
        }
        for site in ["cross-site", "same-site", "none", "", "SAME-ORIGIN"] {
            assert_eq!(gate.admit(&Knock { site: Some(site), ..knock }), Err(Stranger::Foreign), "{site}");
        }
        assert_eq!(gate.admit(&Knock { site: None, origin: None, ..knock }), Err(Stranger::Foreign));
        for site in ["cross-site", "same-site"] {
            let knock = Knock { is_post: false, origin: None, site: Some(site), ..knock };
            assert_eq!(gate.admit(&knock), Err(Stranger::Foreign), "a link on another page: {site}");
        }
    }
}
