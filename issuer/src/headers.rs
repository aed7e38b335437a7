//! What every answer tells a browser: nothing here is a page, so nothing of it is to be run, framed, guessed at or referred from.

use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue,
    REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

/// A year, in seconds, and names below: the shortest time that lists of such hosts take.
const HSTS: &str = "max-age=31536000; includeSubDomains";

/// An image of a badge may be shown; whatever else it carries is inert, scripts in an SVG above all.
const POLICY: &str =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox";

/// Whom an answer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Everyone, pages of other origins among them.
    Everyone,
    /// Whoever asked, with a token.
    Bearer,
}

/// How the answer travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// TLS that ends in this process.
    Tls,
    /// Plain HTTP, behind a proxy or on this machine.
    Plain,
}

/// Adds what is missing; a handler that says otherwise is right.
pub fn complete(headers: &mut HeaderMap, readers: Readers, transport: Transport) {
    let mut add = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    add(X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(CONTENT_SECURITY_POLICY, POLICY);
    add(X_FRAME_OPTIONS, "DENY");
    add(REFERRER_POLICY, "no-referrer");
    let resource_policy = HeaderName::from_static("cross-origin-resource-policy");
    match readers {
        Readers::Everyone => {
            add(resource_policy, "cross-origin");
            add(ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        }
        Readers::Bearer => {
            add(resource_policy, "same-origin");
            add(CACHE_CONTROL, "no-store");
        }
    }
    // Over plain HTTP the header means nothing (RFC 6797 §7.2): the proxy that ends TLS sends it.
    if transport == Transport::Tls {
        add(STRICT_TRANSPORT_SECURITY, HSTS);
    }
}
