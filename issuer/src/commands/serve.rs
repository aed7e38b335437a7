//! `badge-issuer serve`: runs the service.

use std::io::IsTerminal as _;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use badge_schemas::problem::{Code, Problem};
use clap::ArgMatches;
use jiff::Timestamp;
use tracing_subscriber::EnvFilter;

use super::conformance;
use crate::access::Access;
use crate::app::{self, App};
use crate::args::text_of;
use crate::batch::jobs::Jobs;
use crate::body::{Limits, TIMEOUT};
use crate::commands::{Console, keygen};
use crate::data_directory;
use crate::files;
use crate::keys::{Place, Protection};
use crate::public_url::PublicUrl;
use crate::refusal::Refusal;

/// Opens the data, listens, says where, and serves until told to stop.
pub(super) fn run(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    if text_of(matches, "profile").as_deref() == Some("conformance") {
        return conformance::run(matches, console);
    }
    let settings = console.settings(matches, true)?;
    let plain = settings.passphrase.is_none() && matches!(settings.keys, Place::Files);
    if plain && !settings.listen.ip().is_loopback() {
        return Err(Problem::new(Code::PlainKeysLoopbackOnly).with("listen", settings.listen).into());
    }
    let refused = |error: std::io::Error| {
        files::reasoned(Problem::new(Code::ListenFailed).with("listen", settings.listen), &error)
    };
    let listener = TcpListener::bind(settings.listen).map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let opened = data_directory::open(&settings, default_url(address)?)?;
    if opened.issuer.identity().public_url().is_none() {
        // Without an address badges could name no status list, and could never be revoked.
        return Err(Problem::new(Code::PublicUrlInvalid)
            .with("url", "∅")
            .with_words(
                "reason",
                "it is needed when the service listens on every address",
                "il en faut une quand le service écoute sur toutes les adresses",
            )
            .into());
    }
    let (access, token_path) = Access::open(&settings.data, Timestamp::now())?;

    // A second service in one process (tests) finds the subscriber in place; the first one's filter holds.
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,actix_server=warn"));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .try_init();

    let identity = opened.issuer.identity();
    keygen::encrypted_keys(console, &opened.encrypted_keys);
    if opened.protection == Protection::Plain {
        keygen::plain_keys(console);
    }
    if let Some(path) = token_path {
        let token = path.display();
        console.say(
            format!("administrator's token: {token} (put it in a safe place, then remove the file)"),
            format!("jeton d’administration : {token} (mettez-le en lieu sûr, puis supprimez le fichier)"),
        );
    }
    console.say(format!("issuer: {}", identity.id()), format!("émetteur : {}", identity.id()));
    if let Some(url) = identity.public_url() {
        console.say(format!("public URL: {url}"), format!("adresse publique : {url}"));
        if url.did_web().is_none() && url.as_str() != format!("http://{address}") {
            console.say(
                format!("notice: badges name {url}, and this service listens on http://{address}"),
                format!("attention : les badges citent {url}, et ce service écoute sur http://{address}"),
            );
        }
    }

    let jobs = Arc::new(Jobs::open(&settings.data, Timestamp::now)?);
    let running = jobs.start(Arc::clone(&opened.issuer))?;
    let app = App { issuer: opened.issuer, access, jobs, clock: Timestamp::now };
    let failed = |error: std::io::Error| Refusal::Failure(error.to_string());
    actix_web::rt::System::new().block_on(async {
        let server = app::start(app, listener, Limits { body_timeout: TIMEOUT }).map_err(failed)?;
        // It begins, and listens for signals, before anybody is told that it does: who stops it at once stops it in good order.
        let server = actix_web::rt::spawn(server);
        tokio::task::yield_now().await;
        writeln!(console.out, "listening on http://{address}").map_err(failed)?;
        console.out.flush().map_err(failed)?;
        server.await.map_err(|error| Refusal::Failure(error.to_string()))?.map_err(failed)
    })?;
    running.stop();
    Ok(())
}

/// The public URL of a service that nobody gave one: the address it listens on, if that can be reached under this name.
fn default_url(address: SocketAddr) -> Result<Option<PublicUrl>, Problem> {
    if address.ip().is_unspecified() {
        return Ok(None);
    }
    PublicUrl::parse(&format!("http://{address}")).map(Some)
}
