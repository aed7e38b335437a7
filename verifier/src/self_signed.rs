//! A certificate made at start, for a service that speaks HTTPS to this very machine only. The one file that uses `rcgen`.
//!
//! The conformance profile needs it: official test suites call their endpoints over HTTPS and accept any certificate. The key is
//! never written anywhere and ends with the process.

use std::sync::Arc;

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject as _};

/// The names the certificate is valid for: those by which this machine reaches itself.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// A certificate with its key inside the settings of a server.
pub struct SelfSigned {
    /// TLS settings for HTTP/1.1.
    pub config: ServerConfig,
    /// The certificate as PEM ([RFC 7468](https://www.rfc-editor.org/rfc/rfc7468)), for clients that should trust it.
    pub pem: String,
}

/// Why no certificate could be made or read; says nothing of the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SelfSignedError(String);

/// Makes a key and a certificate for `localhost`, `127.0.0.1` and `::1`.
///
/// # Errors
/// [`SelfSignedError`] when there is no randomness.
pub fn generate() -> Result<SelfSigned, SelfSignedError> {
    let failed = |error: rcgen::Error| SelfSignedError(error.to_string());
    let key = KeyPair::generate().map_err(failed)?;
    let mut params = CertificateParams::new(NAMES.map(str::to_owned)).map_err(failed)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "skills badge conformance profile");
    let certificate = params.self_signed(&key).map_err(failed)?;
    let secret = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    // The provider is named rather than installed for the whole process, so that it cannot interfere with another one.
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], secret)
        })
        .map_err(|error| SelfSignedError(error.to_string()))?;
    Ok(SelfSigned { config, pem: certificate.pem() })
}

/// Reads the certificates of a PEM file.
///
/// # Errors
/// [`SelfSignedError`] when it holds none, or one that is no PEM.
pub fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, SelfSignedError> {
    let found: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|error| SelfSignedError(error.to_string()))?;
    if found.is_empty() { Err(SelfSignedError("no certificate in it".to_owned())) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn each_start_has_a_certificate_of_its_own_that_can_be_read_back() {
        let (one, other) = (generate().unwrap(), generate().unwrap());
        assert_ne!(one.pem, other.pem);
        assert_eq!(certificates(one.pem.as_bytes()).unwrap().len(), 1);
        assert!(!one.pem.contains("PRIVATE"));
    }

    #[test]
    fn a_file_without_certificate_is_refused() {
        for text in ["", "rubbish", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"] {
            assert!(certificates(text.as_bytes()).is_err(), "{text}");
        }
    }
}
