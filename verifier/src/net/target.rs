//! What a URL must look like before any socket opens.

use super::Reach;
use super::address::{Zone, forbidden_range};
use super::error::FetchError;
use std::net::IpAddr;
use url::{Host, Url};

/// Ports we connect to beyond loopback: https, and its usual alternative where did:web hosts run unprivileged.
const PORTS: [u16; 2] = [443, 8443];

/// Longest URL we take: what RFC 9110 §4.1 asks everybody to support.
const URL_BYTES: usize = 8_000;

/// A URL that passed every check that needs no network, and the zone its addresses must lie in.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) url: Url,
    pub(super) host: String,
    pub(super) zone: Zone,
    pub(super) secure: bool,
    reach: Reach,
}

impl Target {
    pub(super) fn parse(text: &str, reach: Reach) -> Result<Self, FetchError> {
        plain(text)?;
        Self::vet(Url::parse(text).map_err(|_| FetchError::NotAUrl)?, reach)
    }

    /// Where a `Location` leads from here: the same checks, and never from `https` to `http`.
    pub(super) fn redirected(&self, location: &str) -> Result<Self, FetchError> {
        plain(location)?;
        let next = Self::vet(self.url.join(location).map_err(|_| FetchError::NotAUrl)?, self.reach)?;
        if self.secure && !next.secure {
            return Err(FetchError::SchemeForbidden { scheme: next.url.scheme().to_owned() });
        }
        Ok(next)
    }

    fn vet(mut url: Url, reach: Reach) -> Result<Self, FetchError> {
        let secure = match (url.scheme(), reach) {
            ("https", _) => true,
            ("http", Reach::DangerLoopback) => false,
            (scheme, _) => return Err(FetchError::SchemeForbidden { scheme: scheme.to_owned() }),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FetchError::UserInfo);
        }
        let port = url.port_or_known_default().ok_or(FetchError::NotAUrl)?;
        let zone = match reach {
            Reach::PublicHttps if PORTS.contains(&port) => Zone::Public,
            Reach::PublicHttps => return Err(FetchError::PortForbidden { port }),
            Reach::DangerLoopback if secure && PORTS.contains(&port) => Zone::PublicOrLoopback,
            Reach::DangerLoopback => Zone::Loopback,
        };
        let literal = match url.host().ok_or(FetchError::NotAUrl)? {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
        };
        let host = url.host_str().unwrap_or_default().to_owned();
        if let Some(address) = literal {
            zone.admit(&host, &[address]).map_err(|error| match forbidden_range(address) {
                Some(_) => error,
                // A public address in the loopback zone: what was wrong is how it was asked for.
                None if secure => FetchError::PortForbidden { port },
                None => FetchError::SchemeForbidden { scheme: url.scheme().to_owned() },
            })?;
        }
        url.set_fragment(None);
        Ok(Self { url, host, zone, secure, reach })
    }
}

/// Refuses what the URL parser would repair (blanks, controls, backslashes) or take for ever over.
fn plain(text: &str) -> Result<(), FetchError> {
    let repaired = |c: char| c.is_whitespace() || c.is_control() || c == '\\';
    if text.len() > URL_BYTES || text.contains(repaired) { Err(FetchError::NotAUrl) } else { Ok(()) }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn outcome(url: &str, reach: Reach) -> String {
        match Target::parse(url, reach) {
            Ok(target) => format!("{:?} {}", target.zone, target.url),
            Err(FetchError::AddressForbidden { address, .. }) => format!("address {address}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn hostile_urls_are_refused_on_sight() {
        for (url, expected) in [
            ("", "not a URL"),
            ("badge.example", "not a URL"),
            ("//badge.example/", "not a URL"),
            ("https://", "not a URL"),
            ("https:///", "not a URL"),
            ("https://badge.example/a b", "not a URL"),
            (" https://badge.example/", "not a URL"),
            ("https://badge\n.example/", "not a URL"),
            ("https://badge.example\\@127.0.0.1/", "not a URL"),
            ("https://badge.example:99999/", "not a URL"),
            ("https://[fe80::1%25eth0]/", "not a URL"),
            ("https://1.2.3.4.5/", "not a URL"),
            ("https://256.0.0.1/", "not a URL"),
            ("http://badge.example/", "scheme http forbidden"),
            ("HTTP://badge.example/", "scheme http forbidden"),
            ("ftp://badge.example/", "scheme ftp forbidden"),
            ("file:///etc/passwd", "scheme file forbidden"),
            ("data:application/json,{}", "scheme data forbidden"),
            ("gopher://127.0.0.1:6379/_x", "scheme gopher forbidden"),
            ("did:web:badge.example", "scheme did forbidden"),
            ("https://user@badge.example/", "user information in the URL"),
            ("https://user:pass@badge.example/", "user information in the URL"),
            ("https://:pass@badge.example/", "user information in the URL"),
            ("https://badge.example@127.0.0.1/", "user information in the URL"),
            ("https://badge.example:22/", "port 22 forbidden"),
            ("https://badge.example:80/", "port 80 forbidden"),
            ("https://badge.example:6443/", "port 6443 forbidden"),
            ("https://badge.example:0/", "port 0 forbidden"),
            ("https://127.0.0.1/", "address 127.0.0.1"),
            ("https://127.0.0.1./", "address 127.0.0.1"),
            ("https://127.1/", "address 127.0.0.1"),
            ("https://2130706433/", "address 127.0.0.1"),
            ("https://0x7f.1/", "address 127.0.0.1"),
            ("https://0x7f000001/", "address 127.0.0.1"),
            ("https://0177.0.0.1/", "address 127.0.0.1"),
            ("https://017700000001/", "address 127.0.0.1"),
            ("https://127.0.0.1:443/", "address 127.0.0.1"),
            ("https://%31%32%37.0.0.1/", "address 127.0.0.1"),
            ("https://１２７。０。０。１/", "address 127.0.0.1"),
            ("https:127.0.0.1", "address 127.0.0.1"),
            ("https:/127.0.0.1", "address 127.0.0.1"),
            ("https://0/", "address 0.0.0.0"),
            ("https://10.1/", "address 10.0.0.1"),
            ("https://169.254.169.254/latest/meta-data/", "address 169.254.169.254"),
            ("https://2852039166/", "address 169.254.169.254"),
            ("https://192.168.1.1/", "address 192.168.1.1"),
            ("https://[::1]/", "address ::1"),
            ("https://[::]/", "address ::"),
            ("https://[0:0:0:0:0:0:0:1]/", "address ::1"),
            ("https://[::ffff:127.0.0.1]/", "address ::ffff:127.0.0.1"),
            ("https://[::ffff:7f00:1]/", "address ::ffff:127.0.0.1"),
            ("https://[::127.0.0.1]/", "address ::7f00:1"),
            ("https://[64:ff9b::10.0.0.1]/", "address 64:ff9b::a00:1"),
            ("https://[2002:7f00:1::]/", "address 2002:7f00:1::"),
            ("https://[fd00::1]/", "address fd00::1"),
        ] {
            assert_eq!(outcome(url, Reach::PublicHttps), expected, "{url}");
        }
        let long = format!("https://badge.example/{}", "a".repeat(URL_BYTES));
        assert_eq!(outcome(&long, Reach::PublicHttps), "not a URL");
    }

    #[test]
    fn ordinary_urls_pass() {
        for (url, expected) in [
            ("https://badge.example/status/1", "Public https://badge.example/status/1"),
            ("https://badge.example:443/", "Public https://badge.example/"),
            ("https://badge.example:8443/x?y=1#z", "Public https://badge.example:8443/x?y=1"),
            ("https://8.8.8.8/", "Public https://8.8.8.8/"),
            ("https://[2606:4700::1111]/", "Public https://[2606:4700::1111]/"),
            ("https://académie.example/", "Public https://xn--acadmie-eya.example/"),
            // A name is judged when it resolves.
            ("https://localhost/", "Public https://localhost/"),
        ] {
            assert_eq!(outcome(url, Reach::PublicHttps), expected, "{url}");
        }
    }

    #[test]
    fn danger_loopback_opens_loopback_and_nothing_else() {
        for (url, expected) in [
            ("http://127.0.0.1:8080/", "Loopback http://127.0.0.1:8080/"),
            ("http://[::1]:8080/", "Loopback http://[::1]:8080/"),
            ("http://localhost:8080/", "Loopback http://localhost:8080/"),
            ("http://badge.example/", "Loopback http://badge.example/"),
            ("https://127.0.0.1:9000/", "Loopback https://127.0.0.1:9000/"),
            ("https://127.0.0.1/", "PublicOrLoopback https://127.0.0.1/"),
            ("https://badge.example/", "PublicOrLoopback https://badge.example/"),
            ("https://badge.example:9000/", "Loopback https://badge.example:9000/"),
            ("http://8.8.8.8/", "scheme http forbidden"),
            ("https://8.8.8.8:9000/", "port 9000 forbidden"),
            ("http://10.0.0.1/", "address 10.0.0.1"),
            ("https://10.0.0.1/", "address 10.0.0.1"),
            ("http://0.0.0.0:8080/", "address 0.0.0.0"),
            ("http://[::ffff:127.0.0.1]:8080/", "address ::ffff:127.0.0.1"),
            ("http://169.254.169.254/", "address 169.254.169.254"),
            ("http://user@127.0.0.1/", "user information in the URL"),
            ("ftp://127.0.0.1/", "scheme ftp forbidden"),
        ] {
            assert_eq!(outcome(url, Reach::DangerLoopback), expected, "{url}");
        }
    }

    #[test]
    fn a_redirect_meets_the_same_checks_and_never_loses_tls() {
        let follow =
            |from: &str, to: &str, reach: Reach| match Target::parse(from, reach).unwrap().redirected(to) {
                Ok(target) => target.url.to_string(),
                Err(FetchError::AddressForbidden { address, .. }) => format!("address {address}"),
                Err(error) => error.to_string(),
            };
        let public = Reach::PublicHttps;
        let from = "https://badge.example/a/b";
        assert_eq!(follow(from, "c", public), "https://badge.example/a/c");
        assert_eq!(follow(from, "/c#d", public), "https://badge.example/c");
        assert_eq!(follow(from, "//other.example/", public), "https://other.example/");
        assert_eq!(follow(from, "//127.0.0.1/", public), "address 127.0.0.1");
        assert_eq!(follow(from, "https://0x7f.1/", public), "address 127.0.0.1");
        assert_eq!(follow(from, "http://badge.example/", public), "scheme http forbidden");
        assert_eq!(follow(from, "file:///etc/passwd", public), "scheme file forbidden");
        assert_eq!(follow(from, "https://u:p@badge.example/", public), "user information in the URL");
        assert_eq!(follow(from, "https://badge.example:22/", public), "port 22 forbidden");
        assert_eq!(follow(from, "https://[", public), "not a URL");

        let danger = Reach::DangerLoopback;
        assert_eq!(follow(from, "http://127.0.0.1/", danger), "scheme http forbidden");
        assert_eq!(follow("http://127.0.0.1/", "http://127.0.0.1:81/", danger), "http://127.0.0.1:81/");
        assert_eq!(follow("http://127.0.0.1/", "http://10.0.0.1/", danger), "address 10.0.0.1");
    }
}
