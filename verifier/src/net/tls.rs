//! TLS settings: rustls with ring, the operating system's roots, HTTP/1.1.
//!
//! The provider is named here rather than installed for the whole process, so it neither fails nor interferes when the
//! program that embeds us has chosen another.

use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use rustls_platform_verifier::Verifier;
use std::sync::Arc;

/// Settings that trust no certificate at all, for a client that only speaks `http`.
pub(super) fn trusting_nobody() -> Result<ClientConfig, rustls::Error> {
    Ok(builder()?.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

/// Settings that trust the operating system's roots and `extra` ones.
///
/// Reads files: call it off the async threads.
///
/// # Errors
/// On a machine that has no roots.
pub fn trusting_system(extra: Vec<CertificateDer<'static>>) -> Result<ClientConfig, rustls::Error> {
    let builder = builder()?;
    let verifier = Verifier::new_with_extra_roots(extra, builder.crypto_provider().clone())?;
    let mut config =
        builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn builder() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()
}

/// The TLS library's own words, if an error is from it.
pub(super) fn tls_cause(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    error.downcast_ref::<rustls::Error>().map(ToString::to_string)
}
