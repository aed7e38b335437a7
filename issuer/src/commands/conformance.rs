//! `badge-issuer serve --profile conformance`: the endpoints that official test suites call, and nothing else.

use std::net::{SocketAddr, TcpListener};

use badge_schemas::problem::{Code, Problem};
use badge_verifier::self_signed;
use clap::ArgMatches;
use clap::parser::ValueSource;
use jiff::Timestamp;

use crate::args::text_of;
use crate::body::{Limits, TIMEOUT};
use crate::commands::Console;
use crate::conformance;
use crate::files;
use crate::refusal::Refusal;

/// Where the profile listens when nobody says: on this machine, at a free port.
const LISTEN: &str = "127.0.0.1:0";

/// Options of the ordinary service. Here they would be ignored, so they are refused.
const FOREIGN: [&str; 5] = ["data", "config", "passphrase-file", "public-url", "rsa"];

/// Listens, says so loudly, and serves until told to stop.
pub(super) fn run(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    if let Some(option) =
        FOREIGN.into_iter().find(|option| matches.value_source(option) == Some(ValueSource::CommandLine))
    {
        return Err(Problem::new(Code::OptionInvalid)
            .with("option", format!("--{option}"))
            .with_words(
                "reason",
                "the conformance profile makes its own keys and keeps nothing",
                "le profil de conformité crée ses propres clés et ne conserve rien",
            )
            .into());
    }
    let listen = text_of(matches, "listen").unwrap_or_else(|| LISTEN.to_owned());
    let wanted: SocketAddr = listen.parse().map_err(|error: std::net::AddrParseError| {
        Problem::new(Code::OptionInvalid).with("option", format!("--listen {listen}")).with("reason", error)
    })?;
    let refused = |error: std::io::Error| {
        files::reasoned(Problem::new(Code::ListenFailed).with("listen", wanted), &error)
    };
    let listener = TcpListener::bind(wanted).map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let tls = self_signed::generate().map_err(|error| Refusal::Failure(error.to_string()))?;
    let failed = |error: std::io::Error| Refusal::Failure(error.to_string());
    actix_web::rt::System::new().block_on(async {
        let server =
            conformance::start(listener, tls, Timestamp::now, Limits { body_timeout: TIMEOUT })?;
        console.say(
            "WARNING: conformance profile. Signs whatever it is sent, for official test suites, without authentication, with keys that end with this process: not a service for anyone.",
            "ATTENTION\u{a0}: profil de conformité. Signe tout ce qu’on lui envoie, pour les suites de tests officielles, sans authentification, avec des clés qui finissent avec ce processus\u{a0}: ce n’est pas un service.",
        );
        writeln!(console.out, "listening on https://{address}").map_err(failed)?;
        console.out.flush().map_err(failed)?;
        server.await.map_err(failed)
    })
}
