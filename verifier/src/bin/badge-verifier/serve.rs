//! `serve`: verification over HTTP.

use std::io::{self, Write as _};
use std::net::{SocketAddr, TcpListener};

use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::Snapshot;
use badge_verifier::http::{self, BODY_TIME, Settings};
use badge_verifier::net::{Fetcher, NetError};
use badge_verifier::self_signed;
use jiff::Timestamp;

use crate::args::{Profile, ServeRequest};
use crate::files::{self, Trust};
use crate::say;

/// Serves until the process is asked to stop.
pub(crate) fn run(request: &ServeRequest, lang: Lang) -> Result<(), Problem> {
    let failed = |reason: String| {
        Problem::new(Code::OptionInvalid)
            .with("option", format!("--listen {}", request.listen))
            .with("reason", reason)
    };
    let Trust { policy, snapshot } =
        files::trust(request.policy.as_deref(), &[], Snapshot::default(), Timestamp::now(), lang)?;
    let fetcher = fetcher(request, lang)?.map_err(|error| failed(error.to_string()))?;
    let listen = || {
        let listener = TcpListener::bind(request.listen)?;
        listener.set_nonblocking(true)?;
        Ok::<_, io::Error>(listener)
    };
    let listener = listen().map_err(|error| failed(files::reason(&error, lang)))?;
    let settings = Settings { policy, snapshot, fetcher, clock: Timestamp::now, body_time: BODY_TIME };
    let served = match request.profile {
        Profile::Standard => http::run(listener, settings, |address| announce("http", address)),
        Profile::Conformance => {
            let tls = self_signed::generate().map_err(|error| failed(error.to_string()))?;
            warn(lang);
            http::conformance::run(listener, settings, tls, |address| announce("https", address))
        }
    };
    served.map_err(|error| failed(files::reason(&error, lang)))
}

/// A fetcher that trusts the certificate the caller names, if any.
fn fetcher(request: &ServeRequest, lang: Lang) -> Result<Result<Fetcher, NetError>, Problem> {
    let Some(path) = &request.trusted_certificate else { return Ok(Fetcher::new(request.reach)) };
    let unusable = |reason: String| {
        Problem::new(Code::OptionInvalid)
            .with("option", format!("--danger-trust-certificate {}", path.display()))
            .with("reason", reason)
    };
    let pem = std::fs::read(path).map_err(|error| unusable(files::reason(&error, lang)))?;
    let roots = self_signed::certificates(&pem).map_err(|error| unusable(error.to_string()))?;
    Ok(Fetcher::danger_trusting(request.reach, roots))
}

/// Where standard output is closed, nobody waits for the address.
fn announce(scheme: &str, address: SocketAddr) {
    let _ = say(&format!("listening on {scheme}://{address}\n"));
}

/// Nobody should run this profile without knowing it.
fn warn(lang: Lang) {
    let text = lang.pick(
        "WARNING: conformance profile. Endpoints of official test suites, without authentication, for this machine only: not a service for anyone.",
        "ATTENTION\u{a0}: profil de conformité. Points d’accès des suites de tests officielles, sans authentification, pour cette machine seulement\u{a0}: ce n’est pas un service.",
    );
    let _ = writeln!(io::stderr(), "{text}");
}
