use std::net::IpAddr;
use std::time::Duration;

/// Why a [`Fetcher`](super::Fetcher) could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// The TLS library refused its own defaults.
    #[error("TLS set-up: {detail}")]
    Tls {
        /// What the library said.
        detail: String,
    },
    /// The HTTP library refused its settings.
    #[error("HTTP client: {detail}")]
    Client {
        /// What the library said.
        detail: String,
    },
}

/// Which part of a [`Budget`](super::Budget) ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Exhausted {
    /// The number of fetches.
    #[error("{limit} fetches")]
    Fetches {
        /// How many there were to begin with.
        limit: u32,
    },
    /// The time spent fetching.
    #[error("{limit:?} of fetching")]
    Time {
        /// How much there was to begin with.
        limit: Duration,
    },
}

/// Why a fetch gave nothing. None of these says anything about the credential: only that we could not look.
///
/// `AddressForbidden` tells what a name resolves to here; do not show it to an untrusted client of a service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Not an absolute URL with a host, or longer than 8,000 bytes.
    #[error("not a URL")]
    NotAUrl,
    /// A scheme other than `https`; or `http` beyond loopback; or a redirect from `https` to `http`.
    #[error("scheme {scheme} forbidden")]
    SchemeForbidden {
        /// The scheme in lower case.
        scheme: String,
    },
    /// The URL carries a user name or a password.
    #[error("user information in the URL")]
    UserInfo,
    /// A port outside the allow-list.
    #[error("port {port} forbidden")]
    PortForbidden {
        /// The port asked for.
        port: u16,
    },
    /// The URL's address, or one of its name's, is not one we connect to.
    #[error("address {address} forbidden: {range}")]
    AddressForbidden {
        /// The first such address.
        address: IpAddr,
        /// The range it belongs to.
        range: &'static str,
    },
    /// The name has no address.
    #[error("{host} does not resolve")]
    Dns {
        /// The name.
        host: String,
    },
    /// No connection.
    #[error("cannot connect to {host}: {detail}")]
    Connect {
        /// The name or address.
        host: String,
        /// What the system said.
        detail: String,
    },
    /// No TLS session: a bad certificate, no common version, or no trusted roots on this machine.
    #[error("TLS with {host}: {detail}")]
    Tls {
        /// The name or address.
        host: String,
        /// What the TLS library said.
        detail: String,
    },
    /// Too slow in connecting, in going on, or altogether.
    #[error("{host} took too long")]
    Timeout {
        /// The host of the first URL, or the one that fell silent.
        host: String,
    },
    /// More redirects than we follow.
    #[error("more than {limit} redirects")]
    TooManyRedirects {
        /// How many we follow.
        limit: usize,
    },
    /// A redirect without a usable `Location`.
    #[error("redirect {code} without a usable location")]
    RedirectInvalid {
        /// The status code.
        code: u16,
    },
    /// An answer other than 200.
    #[error("status {code}")]
    Status {
        /// The status code.
        code: u16,
    },
    /// A `Content-Encoding` we did not ask for.
    #[error("content encoding {encoding} not asked for")]
    Encoding {
        /// Its value.
        encoding: String,
    },
    /// The body is larger than its kind allows.
    #[error("larger than {limit} bytes")]
    TooLarge {
        /// How many decompressed bytes were allowed.
        limit: usize,
    },
    /// The answer broke off or is not HTTP.
    #[error("broken answer from {host}: {detail}")]
    Broken {
        /// The name or address.
        host: String,
        /// What the HTTP library said.
        detail: String,
    },
    /// The budget does not allow it.
    #[error("budget exhausted: {0}")]
    Budget(Exhausted),
}
