//! How many requests are taken: from each address without a token, and from each token. The one file that uses `governor`.
//!
//! A request that its token opens counts for the token, so that a learning platform behind one address is not held to what a
//! stranger may ask; every other request counts for the address it comes from, wrong tokens among them.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use actix_web::http::header::HeaderMap;
use badge_schemas::problem::{Code, Problem};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use ipnet::IpNet;
use serde::Deserialize;

/// How often what is known of callers that went quiet is forgotten: memory holds the addresses of a minute, not of a month.
pub const FORGET: Duration = Duration::from_mins(1);

/// Bits of an IPv6 address that tell one subscriber from another: providers give each a /64 at least.
const IPV6_PREFIX: u32 = 64;

/// `[limits]` of the settings.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct Rates {
    /// Requests a second from each address.
    pub address_per_second: NonZeroU32,
    /// Requests that an address may make at once.
    pub address_burst: NonZeroU32,
    /// Requests a second with each token.
    pub token_per_second: NonZeroU32,
    /// Requests that may be made at once with a token.
    pub token_burst: NonZeroU32,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
}

impl Default for Rates {
    /// A verifier fetches a handful of files for a badge; a token is held by a program that may award a whole promotion.
    fn default() -> Self {
        Self {
            address_per_second: number(50),
            address_burst: number(200),
            token_per_second: number(5000),
            token_burst: number(5000),
            trusted_proxies: Vec::new(),
        }
    }
}

fn number(value: u32) -> NonZeroU32 {
    NonZeroU32::new(value).unwrap_or(NonZeroU32::MIN)
}

/// How the finding on something that is no [`Network`] ends.
pub const NOT_A_NETWORK: &str = " is neither an address nor a network like 10.0.0.0/8";

/// An address, or a network like `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network(IpNet);

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let network = text.parse::<IpAddr>().map(IpNet::from).or_else(|_| text.parse::<IpNet>());
        network.map(Self).map_err(|_| format!("{text}{NOT_A_NETWORK}"))
    }
}

/// The limits at work; one for the process.
pub struct RateLimits {
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    tokens: DefaultKeyedRateLimiter<String>,
    rates: Rates,
    clock: DefaultClock,
}

impl RateLimits {
    /// Limits at these rates.
    pub fn new(rates: Rates) -> Self {
        let quota = |rate, burst| Quota::per_second(rate).allow_burst(burst);
        Self {
            addresses: RateLimiter::keyed(quota(rates.address_per_second, rates.address_burst)),
            tokens: RateLimiter::keyed(quota(rates.token_per_second, rates.token_burst)),
            rates,
            clock: DefaultClock::default(),
        }
    }

    /// Counts a request without a token.
    ///
    /// # Errors
    /// [`Code::RateLimited`].
    pub fn address(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Result<(), Problem> {
        let Some(address) = self.caller(peer, headers) else { return Ok(()) };
        self.addresses.check_key(&address).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            limited(self.rates.address_per_second, "address", "adresse", wait)
        })
    }

    /// Counts a request with a token, named by its id.
    ///
    /// # Errors
    /// [`Code::RateLimited`].
    pub fn token(&self, token: &str) -> Result<(), Problem> {
        self.tokens.check_key(&token.to_owned()).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            limited(self.rates.token_per_second, "token", "jeton", wait)
        })
    }

    /// Forgets who has been quiet; called every [`FORGET`].
    pub fn forget(&self) {
        self.addresses.retain_recent();
        self.tokens.retain_recent();
        self.addresses.shrink_to_fit();
    }

    /// Who calls: the peer, or, where that is a trusted proxy, the last address in `X-Forwarded-For` that is none.
    ///
    /// Nobody in particular where this very machine calls and is not named as a proxy: whoever is behind it cannot be told apart, and
    /// all of them together are not to be held to the limit of one.
    pub fn caller(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        let trusted =
            |address: IpAddr| self.rates.trusted_proxies.iter().any(|network| network.0.contains(&address));
        let peer = peer?.to_canonical();
        if !trusted(peer) {
            return (!peer.is_loopback()).then(|| subscriber(peer));
        }
        let forwarded: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        // From the end: what is before the first address that we do not trust was written by whoever that is.
        for text in forwarded.iter().rev() {
            let Ok(address) = text.trim().parse::<IpAddr>() else { break };
            let address = address.to_canonical();
            if !trusted(address) {
                return Some(subscriber(address));
            }
        }
        Some(subscriber(peer))
    }
}

/// One key for one subscriber.
fn subscriber(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(long) => {
            IpAddr::V6(Ipv6Addr::from_bits(long.to_bits() & (u128::MAX << (128 - IPV6_PREFIX))))
        }
    }
}

fn limited(rate: NonZeroU32, en: &str, fr: &'static str, wait: Duration) -> Problem {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    Problem::new(Code::RateLimited)
        .with("limit", rate)
        .with_words("whom", en, fr)
        .with("seconds", seconds.max(1))
}

/// The addresses and tokens that count towards limits now, for the metrics.
impl RateLimits {
    /// How many addresses and tokens are remembered.
    pub fn remembered(&self) -> BTreeMap<&'static str, usize> {
        BTreeMap::from([("address", self.addresses.len()), ("token", self.tokens.len())])
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn limits(trusted: &[&str]) -> RateLimits {
        let trusted_proxies =
            trusted.iter().map(|text| Network::try_from((*text).to_owned()).unwrap()).collect();
        let (one, two) = (number(1), number(2));
        RateLimits::new(Rates {
            address_per_second: one,
            address_burst: two,
            token_per_second: one,
            token_burst: two,
            trusted_proxies,
        })
    }

    fn caller(limits: &RateLimits, peer: &str, forwarded: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            let name = HeaderName::from_static("x-forwarded-for");
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        limits.caller(peer.parse().ok(), &headers).map(|address| address.to_string())
    }

    #[test]
    fn a_caller_cannot_choose_the_address_it_counts_for() {
        let open = limits(&[]);
        let told = |peer, forwarded: &[&str]| caller(&open, peer, forwarded).unwrap_or_default();
        assert_eq!(told("192.0.2.1", &["198.51.100.7"]), "192.0.2.1", "nobody is trusted");
        assert_eq!(told("127.0.0.1", &["198.51.100.7"]), "", "this machine counts for nobody");
        assert_eq!(told("2001:db8:1:2:3:4:5:6", &[]), "2001:db8:1:2::");
        assert_eq!(told("::ffff:192.0.2.1", &[]), "192.0.2.1", "one address, however it is written");
        let behind = limits(&["127.0.0.1", "10.0.0.0/8"]);
        let told = |forwarded: &[&str]| caller(&behind, "127.0.0.1", forwarded).unwrap();
        assert_eq!(told(&["198.51.100.7"]), "198.51.100.7");
        assert_eq!(
            told(&["203.0.113.9, 198.51.100.7"]),
            "198.51.100.7",
            "the first was made up by the caller"
        );
        assert_eq!(told(&["203.0.113.9", "198.51.100.7, 10.1.2.3"]), "198.51.100.7", "two proxies");
        assert_eq!(told(&["198.51.100.7, nonsense"]), "127.0.0.1");
        assert_eq!(told(&[]), "127.0.0.1");
    }

    #[test]
    fn each_has_its_own_allowance_and_is_told_when_to_come_back() {
        let limits = limits(&[]);
        let none = HeaderMap::new();
        let ask = |peer: &str| limits.address(peer.parse().ok(), &none);
        assert!(ask("192.0.2.1").is_ok() && ask("192.0.2.1").is_ok());
        let refused = ask("192.0.2.1").unwrap_err();
        assert_eq!(refused.code, Code::RateLimited);
        assert_eq!(refused.value("seconds"), Some("1"));
        assert!(ask("192.0.2.2").is_ok() && ask("127.0.0.1").is_ok());
        assert!(limits.token("a").is_ok() && limits.token("a").is_ok() && limits.token("b").is_ok());
        assert_eq!(limits.token("a").unwrap_err().code, Code::RateLimited);
        limits.forget();
        assert_eq!(limits.token("a").unwrap_err().code, Code::RateLimited, "what is recent is not forgotten");
    }

    #[test]
    fn settings_are_strict() {
        let read = |text: &str| toml::from_str::<Rates>(text);
        assert_eq!(read("").unwrap(), Rates::default());
        assert_eq!(read("trusted-proxies = ['10.0.0.0/8', '::1']").unwrap().trusted_proxies.len(), 2);
        for wrong in ["address-burst = 0", "adress-burst = 1", "trusted-proxies = ['proxy.example']"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
