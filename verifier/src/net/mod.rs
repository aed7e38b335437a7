//! Guarded HTTP(S) fetching: what a verification misses, and nothing inside our own network.
//!
//! A badge chooses the URLs we ask for (its DID, its status list), so every fetch is a stranger steering our
//! machine: [server-side request forgery](https://cwe.mitre.org/data/definitions/918.html). What holds here:
//!
//! - `https` only, no user information in the URL, ports 443 and 8443 only;
//! - IP addresses written in the URL, in whatever notation, are refused unless they are global unicast;
//! - a name is refused if *any* of its addresses is not global unicast, and the addresses checked are the very ones
//!   connected to, so a name that changes its answer (DNS rebinding) gains nothing;
//! - what is sent ([`Fetcher::post`]) goes through the same checks, and follows no redirect at all;
//! - redirects are followed by hand, at most 3, and each goes through every check again; never from `https` to `http`;
//! - no proxy, no cookies, no referrer, a `User-Agent` that says nothing about who verifies;
//! - time is bounded (connect 3 s, silence 5 s, whole fetch 10 s), bytes are bounded *after* decompression, and at most
//!   2 requests are under way at a host;
//! - a [`Budget`] bounds what one credential or one presentation may ask for altogether.
//!
//! Not covered: a network whose translator (NAT64) uses a prefix of its own choosing maps private IPv4 addresses into
//! global IPv6 ones, and nothing in the address shows it. Conversely a host that reaches IPv4 only through the well-known
//! prefix `64:ff9b::/96` cannot fetch, because that prefix reaches private addresses too.

mod address;
mod budget;
mod error;
mod fetcher;
mod target;
#[cfg(test)]
mod tests;
mod tls;

pub use budget::Budget;
pub use error::{Exhausted, FetchError, NetError};
pub use fetcher::Fetcher;
pub use tls::trusting_system;

/// How far a [`Fetcher`] may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// `https` to global unicast addresses, ports 443 and 8443.
    PublicHttps,
    /// The same, and `http` or `https` on any port of this very machine (`127.0.0.0/8`, `::1`); for tests and
    /// demonstrations. Every other private address stays refused.
    DangerLoopback,
}

/// What is being fetched: decides how large it may be and which media types are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A [status list credential](https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistcredential).
    StatusList,
    /// A [status list token](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list#section-8.1), as JWT.
    StatusListToken,
    /// A [DID document](https://www.w3.org/TR/did-1.0/#core-properties) of `did:web`.
    DidDocument,
    /// A [JWK Set](https://www.rfc-editor.org/rfc/rfc7517#section-5).
    Jwks,
    /// An issuer registry: a credential secured as a JWS.
    Registry,
    /// A credential or presentation, alone or baked into an image.
    Credential,
    /// A badge image.
    Image,
    /// A JSON Schema, or a credential that holds one.
    Schema,
    /// A resource whose digest a document states.
    RelatedResource,
}

/// A bitstring of 2^24 entries is 2 MiB before compression and far less after it.
const STATUS_LIST_BYTES: usize = 2 << 20;
/// Some hundreds of RSA keys; real documents are a few kB.
const KEYS_BYTES: usize = 256 << 10;
/// A national register of some 100,000 bodies at about 500 bytes each.
const REGISTRY_BYTES: usize = 64 << 20;
/// The size at which a document is refused anyway.
const CREDENTIAL_BYTES: usize = 1 << 20;
/// A generous badge image; they are shown at a few hundred pixels.
const IMAGE_BYTES: usize = 4 << 20;
/// A schema in use has 64 KiB at most, in compact JSON; this leaves room for a signature and white space.
const SCHEMA_BYTES: usize = 256 << 10;
/// An image or a document of some pages; a film is not what a digest in a badge is for.
const RELATED_RESOURCE_BYTES: usize = 4 << 20;

/// An answer to what we sent: a few entries, or a problem; 256 KiB holds some hundreds.
const ANSWER_BYTES: usize = 256 << 10;
/// What we read in an answer to what we sent.
const ANSWER_TYPES: &str = "application/json, application/problem+json";

impl Kind {
    /// The most bytes a body may have once decompressed.
    pub const fn max_bytes(self) -> usize {
        match self {
            Self::StatusList | Self::StatusListToken => STATUS_LIST_BYTES,
            Self::DidDocument | Self::Jwks => KEYS_BYTES,
            Self::Registry => REGISTRY_BYTES,
            Self::Credential => CREDENTIAL_BYTES,
            Self::Image => IMAGE_BYTES,
            Self::Schema => SCHEMA_BYTES,
            Self::RelatedResource => RELATED_RESOURCE_BYTES,
        }
    }

    /// The [`Accept`](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1) header to send. Ends in `*/*` because many
    /// static hosts know none of these types; what arrives is judged by its content.
    pub const fn accept(self) -> &'static str {
        match self {
            Self::StatusList => {
                "application/vc+jwt, application/vc, application/jwt;q=0.9, application/json;q=0.8, */*;q=0.1"
            }
            Self::StatusListToken => "application/statuslist+jwt, */*;q=0.1",
            Self::DidDocument => {
                "application/did, application/did+json, application/did+ld+json, application/json;q=0.9, */*;q=0.1"
            }
            Self::Jwks => "application/jwk-set+json, application/json;q=0.9, */*;q=0.1",
            Self::Registry => "application/vc+jwt, application/jwt;q=0.9, */*;q=0.1",
            Self::Credential => {
                "application/vc, application/vc+jwt, application/vp, application/vp+jwt, \
                 application/jwt;q=0.9, application/json;q=0.8, image/png;q=0.5, image/svg+xml;q=0.5, */*;q=0.1"
            }
            Self::Image => "image/png, image/svg+xml, */*;q=0.1",
            Self::Schema => {
                "application/schema+json, application/vc+jwt, application/vc, application/json;q=0.9, */*;q=0.1"
            }
            Self::RelatedResource => "*/*",
        }
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The body after decompression, at most [`Kind::max_bytes`].
    pub bytes: Vec<u8>,
    /// The `Content-Type` in lower case without its parameters (`application/vc+jwt`); what the server claims, not a fact.
    pub media_type: Option<String>,
    /// The URL that answered, after redirects, without fragment.
    pub final_url: String,
}

/// What a service answered to what was sent to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Its HTTP status; never a redirect.
    pub status: u16,
    /// The body after decompression, at most 256 KiB.
    pub bytes: Vec<u8>,
    /// The `Content-Type` in lower case without its parameters; what the server claims, not a fact.
    pub media_type: Option<String>,
}
