//! TLS on the way to the database, with a real server and an authority of our own: the right authority and name are accepted, and
//! nothing else is, least of all a server that speaks without TLS where the settings ask for it.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use crate::cluster::Cluster;
use crate::harness::{Service, run};
use crate::load::{award, settings, start, target};

/// An authority, as its certificate and what signs with it.
fn authority() -> (String, Issuer<'static, KeyPair>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key).unwrap().pem();
    (certificate, Issuer::new(params, key))
}

/// Settings for the server at this port, with these options in the address.
fn settings_for(host: &str, port: u16, options: &str) -> tempfile::TempDir {
    settings(&format!("postgres://badges@{host}:{port}/postgres{options}"), "")
}

/// What the program says that does not start with these settings.
#[track_caller]
fn refused(directory: &std::path::Path) -> String {
    let output =
        run(&["store", "verify", "--lang", "en", "--config", "issuer.toml", "--data", "none"], directory);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "it connected: {said}");
    said
}

#[test]
fn only_the_right_authority_and_name_are_accepted_and_plaintext_never_is() {
    let mut cluster = Cluster::start();
    let (ours, issuer) = authority();
    let (other, _) = authority();
    let key = KeyPair::generate().unwrap();
    let named = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let certificate = named.signed_by(&key, &issuer).unwrap().pem();
    let port = cluster.listen(None);
    let with = |name: &str, options: &str, authority: &str| {
        let directory = settings_for(name, port, options);
        std::fs::write(directory.path().join("ca.pem"), authority).unwrap();
        let text = std::fs::read_to_string(directory.path().join("issuer.toml")).unwrap();
        let path = directory.path().join("ca.pem");
        let text = text.replace("CA", path.to_str().unwrap());
        std::fs::write(directory.path().join("issuer.toml"), text).unwrap();
        directory
    };
    let asked = "?sslmode=require&sslrootcert=CA";

    // A server without TLS: whoever asks for it does not go on without, and has sent nothing that is recorded.
    for options in [asked, "?sslmode=verify-full&sslrootcert=CA", "?sslrootcert=CA"] {
        refused(with("127.0.0.1", options, &ours).path());
    }
    assert_eq!(cluster.sql("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'issuer_%'"), "0");

    assert_eq!(cluster.listen(Some((&certificate, &key.serialize_pem()))), port);
    let directory = with("127.0.0.1", asked, &ours);
    let service: Service = start(directory.path());
    let badge = service.define("");
    assert!(award(&target(&service), &badge, "a").is_some());
    let plain = cluster.sql(
        "SELECT count(*) FILTER (WHERE NOT s.ssl), count(*) FILTER (WHERE s.ssl) > 0 FROM pg_stat_ssl s \
         JOIN pg_stat_activity a USING (pid) WHERE a.application_name = 'badge-issuer'",
    );
    assert_eq!(plain, "0|t", "every connection of the service is encrypted");

    let wrong_authority = refused(with("127.0.0.1", asked, &other).path());
    let wrong_name = refused(with("localhost", asked, &ours).path());
    let system = refused(with("127.0.0.1", "?sslmode=require", &ours).path());
    for said in [wrong_authority, wrong_name, system] {
        assert!(said.contains("certificate"), "{said}");
    }
    assert!(award(&target(&service), &badge, "b").is_some(), "the service goes on");
}
