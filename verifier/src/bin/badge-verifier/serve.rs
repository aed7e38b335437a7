//! `serve`: verification over HTTP.

use std::io;
use std::net::TcpListener;

use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::Snapshot;
use badge_verifier::http::{self, BODY_TIME, Settings};
use badge_verifier::net::Fetcher;
use jiff::Timestamp;

use crate::args::ServeRequest;
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
    let fetcher = Fetcher::new(request.reach).map_err(|error| failed(error.to_string()))?;
    let listen = || {
        let listener = TcpListener::bind(request.listen)?;
        listener.set_nonblocking(true)?;
        Ok::<_, io::Error>(listener)
    };
    let listener = listen().map_err(|error| failed(files::reason(&error, lang)))?;
    let settings = Settings { policy, snapshot, fetcher, clock: Timestamp::now, body_time: BODY_TIME };
    let ready = |address| {
        // Where standard output is closed, nobody waits for the address.
        let _ = say(&format!("listening on http://{address}\n"));
    };
    http::run(listener, settings, ready).map_err(|error| failed(files::reason(&error, lang)))
}
