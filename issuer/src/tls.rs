//! TLS by rustls, from certificate files that may change while the service runs.
//!
//! A renewed certificate is taken up when the files change (looked at every [`LOOK`]) or at SIGHUP. Connections that are open keep what
//! they began with; new ones get the new certificate. Files that do not fit together are said in the log and change nothing.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use badge_schemas::problem::{Code, Problem};
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use serde::Deserialize;

use crate::files;

/// How often the files are looked at.
pub const LOOK: Duration = Duration::from_secs(10);

/// Largest file we read, in bytes: a chain of some certificates.
const MAX_FILE: usize = 1 << 20;

/// `[tls]` of the settings.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TlsFiles {
    /// The certificate and those above it, PEM.
    pub certificate: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
}

impl TlsFiles {
    /// The files, named relative to a directory.
    #[must_use]
    pub fn beside(self, directory: &Path) -> Self {
        Self { certificate: directory.join(self.certificate), key: directory.join(self.key) }
    }
}

/// The certificate in use.
pub struct Certificate {
    files: TlsFiles,
    provider: Arc<CryptoProvider>,
    current: RwLock<(Times, Arc<CertifiedKey>)>,
}

/// When the two files last changed.
type Times = [Option<SystemTime>; 2];

impl std::fmt::Debug for Certificate {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Certificate").field("files", &self.files).finish_non_exhaustive()
    }
}

impl Certificate {
    /// Reads the files.
    ///
    /// # Errors
    /// [`Code::FileUnreadable`]; [`Code::TlsFilesInvalid`] for what is no certificate, no key, or a key of another certificate.
    pub fn open(files: TlsFiles) -> Result<Arc<Self>, Problem> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let current = read(&files, &provider)?;
        Ok(Arc::new(Self { files, provider, current: RwLock::new(current) }))
    }

    /// The settings of a server that shows it: TLS 1.2 and 1.3, HTTP/1.1.
    ///
    /// # Errors
    /// [`Code::TlsFilesInvalid`] where the library refuses.
    pub fn server(self: &Arc<Self>) -> Result<ServerConfig, Problem> {
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Self>::clone(self);
        ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map(|builder| builder.with_no_client_auth().with_cert_resolver(resolver))
            .map_err(|error| invalid(&self.files.certificate, &error.to_string()))
    }

    /// Takes up the files where they have changed; `Ok(true)` where they had.
    ///
    /// # Errors
    /// As [`Certificate::open`]; what was in use stays in use.
    pub fn look_again(&self) -> Result<bool, Problem> {
        if times(&self.files) == self.current.read().unwrap_or_else(PoisonError::into_inner).0 {
            return Ok(false);
        }
        let read = read(&self.files, &self.provider)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(true)
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner).1))
    }
}

fn times(files: &TlsFiles) -> Times {
    [&files.certificate, &files.key]
        .map(|path| std::fs::metadata(path).and_then(|found| found.modified()).ok())
}

fn read(files: &TlsFiles, provider: &CryptoProvider) -> Result<(Times, Arc<CertifiedKey>), Problem> {
    // The times first: what changes during the reading is read again at the next look.
    let times = times(files);
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(&files::read_up_to(&files.certificate, MAX_FILE)?)
            .collect::<Result<_, _>>()
            .map_err(|error| invalid(&files.certificate, &error.to_string()))?;
    if chain.is_empty() {
        return Err(invalid(&files.certificate, "∅"));
    }
    let secret = zeroize::Zeroizing::new(files::read_up_to(&files.key, MAX_FILE)?);
    let key =
        PrivateKeyDer::from_pem_slice(&secret).map_err(|error| invalid(&files.key, &error.to_string()))?;
    // Also refuses a key that is not the certificate's.
    let certified = CertifiedKey::from_der(chain, key, provider)
        .map_err(|error| invalid(&files.certificate, &error.to_string()))?;
    Ok((times, Arc::new(certified)))
}

fn invalid(path: &Path, reason: &str) -> Problem {
    Problem::new(Code::TlsFilesInvalid).with("path", path.display()).with("reason", reason)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn write(directory: &Path, name: &str) -> (String, String) {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate =
            rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap().self_signed(&key).unwrap();
        let pems = (certificate.pem(), key.serialize_pem());
        std::fs::write(directory.join("cert.pem"), &pems.0).unwrap();
        std::fs::write(directory.join("key.pem"), &pems.1).unwrap();
        pems
    }

    fn files(directory: &Path) -> TlsFiles {
        TlsFiles { certificate: "cert.pem".into(), key: "key.pem".into() }.beside(directory)
    }

    #[test]
    fn a_key_of_another_certificate_is_refused_and_what_is_in_use_stays() {
        let directory = tempfile::tempdir().unwrap();
        let (_, other_key) = write(directory.path(), "one.example");
        let (certificate, key) = write(directory.path(), "two.example");
        let open = Certificate::open(files(directory.path())).unwrap();
        let shown = || Arc::clone(&open.current.read().unwrap().1);
        let before = shown();
        assert!(!open.look_again().unwrap(), "nothing has changed");
        let later = SystemTime::now() + Duration::from_secs(5);
        let touch = |name: &str, text: &str, later| {
            let path = directory.path().join(name);
            std::fs::write(&path, text).unwrap();
            std::fs::File::options().write(true).open(&path).unwrap().set_modified(later).unwrap();
        };
        for (name, text) in [
            ("key.pem", other_key.as_str()),
            ("key.pem", "rubbish"),
            ("cert.pem", ""),
            ("cert.pem", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"),
        ] {
            touch(name, text, later);
            assert_eq!(open.look_again().unwrap_err().code, Code::TlsFilesInvalid, "{text}");
            assert!(Arc::ptr_eq(&before, &shown()));
            touch("key.pem", &key, later);
            touch("cert.pem", &certificate, later);
        }
        write(directory.path(), "three.example");
        assert!(open.look_again().unwrap());
        assert!(!Arc::ptr_eq(&before, &shown()));
    }
}
