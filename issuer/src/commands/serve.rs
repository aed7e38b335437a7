//! `badge-issuer serve`: runs the service.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use badge_schemas::problem::{Code, Problem};
use clap::ArgMatches;
use jiff::Timestamp;

use super::conformance;
use crate::access::{Access, operator};
use crate::app::{self, App, Process};
use crate::args::text_of;
use crate::batch::jobs::Running;
use crate::body::{Limits, TIMEOUT};
use crate::checkpoint::NOT_KEPT;
use crate::commands::{Console, keygen, log_to_stderr};
use crate::data_directory::{self, Opened};
use crate::files;
use crate::headers::Transport;
use crate::keys::{Place, Protection};
use crate::log::PublicLog;
use crate::organisations::{self, Organisation};
use crate::public_url::PublicUrl;
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::tls::Certificate;

/// Opens every organisation; like the first issuer, none is served to other machines with keys that lie open.
fn organisations_of(settings: &Settings, url: Option<&PublicUrl>) -> Result<Vec<Organisation>, Refusal> {
    let organisations = organisations::settings(settings)?;
    if !settings.listen.ip().is_loopback() && organisations.iter().any(|(_, own)| unguarded(own)) {
        return Err(Problem::new(Code::PlainKeysLoopbackOnly).with("listen", settings.listen).into());
    }
    organisations
        .into_iter()
        .map(|(name, own)| organisations::open(name, &own, url, Timestamp::now()))
        .collect()
}

/// Whether an issuer's keys lie in files that whoever reads them can use.
fn unguarded(settings: &Settings) -> bool {
    settings.passphrase.is_none() && matches!(settings.keys, Place::Files)
}

/// Opens the data, listens, says where, and serves until told to stop.
pub(super) fn run(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    if text_of(matches, "profile").as_deref() == Some("conformance") {
        return conformance::run(matches, console);
    }
    let settings = console.settings(matches, true)?;
    // Before anything is opened that may have a warning to give.
    log_to_stderr("info,actix_server=warn");
    let plain = unguarded(&settings);
    if plain && !settings.listen.ip().is_loopback() {
        return Err(Problem::new(Code::PlainKeysLoopbackOnly).with("listen", settings.listen).into());
    }
    let certificate = settings.tls.clone().map(Certificate::open).transpose()?;
    let tls = certificate.as_ref().map(Certificate::server).transpose()?;
    let (scheme, transport) =
        if tls.is_some() { ("https", Transport::Tls) } else { ("http", Transport::Plain) };
    let (listener, address) = listen(settings.listen)?;
    let metrics = settings.metrics_listen.map(listen).transpose()?;
    let opened = data_directory::open(&settings, default_url(scheme, address)?)?;
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
    let store = opened.issuer.store();
    let (access, token) = Access::open(&settings.data, store, Timestamp::now())?;
    let url = opened.issuer.identity().public_url().cloned();
    let organisations = organisations_of(&settings, url.as_ref())?;

    let mut desks = vec![(operator::listen(&settings), access.register().clone())];
    introduce(console, &opened, token.as_deref());
    if let Some(url) = &url {
        elsewhere(console, url, &format!("{scheme}://{address}"));
    }
    for organisation in &organisations {
        console.say(
            format!("organisation {}:", organisation.name),
            format!("organisation {}\u{a0}:", organisation.name),
        );
        introduce(console, &organisation.opened, organisation.token.as_deref());
    }

    let clock: fn() -> Timestamp = Timestamp::now;
    let jobs = opened.jobs(&settings.data, clock)?;
    let mut running = vec![jobs.start(Arc::clone(&opened.issuer))?];
    let log = PublicLog::wanted(&settings, &opened.issuer, clock())?;
    let root = App { name: String::new(), issuer: opened.issuer, access, jobs, log, clock };
    // Kept until the end: they write the checkpoints of the records.
    let mut keepers = vec![opened.checkpoints];
    let others = organisations
        .into_iter()
        .map(|own| {
            let jobs = own.opened.jobs(&own.data, clock)?;
            keepers.push(own.opened.checkpoints);
            desks.push((own.desk, own.access.register().clone()));
            running.push(jobs.start(Arc::clone(&own.opened.issuer))?);
            let (name, issuer) = (own.name, own.opened.issuer);
            Ok(App { name, issuer, access: own.access, jobs, log: own.log, clock })
        })
        .collect::<Result<_, Refusal>>()?;
    let process = Process::new(root, others, settings.limits.clone(), transport, clock());
    let failed = |error: std::io::Error| Refusal::Failure(error.to_string());
    actix_web::rt::System::new().block_on(async {
        let limits = Limits { body_timeout: TIMEOUT };
        let server = app::start(process.clone(), listener, limits, tls).map_err(failed)?;
        let beside = match metrics {
            Some((listener, address)) => {
                let server = app::start_metrics(process.clone(), listener).map_err(failed)?;
                let handle = server.handle();
                actix_web::rt::spawn(server);
                console.say(
                    format!("metrics without a token: http://{address}/metrics"),
                    format!("mesures sans jeton\u{a0}: http://{address}/metrics"),
                );
                Some(handle)
            }
            None => None,
        };
        for (socket, register) in desks {
            if let Some(socket) = socket {
                actix_web::rt::spawn(operator::serve(socket, register, clock));
            }
        }
        // It begins, and listens for signals, before anybody is told that it does: who stops it at once stops it in good order.
        let server = actix_web::rt::spawn(server);
        tokio::task::yield_now().await;
        let tended = actix_web::rt::spawn(app::tend(process, certificate));
        writeln!(console.out, "listening on {scheme}://{address}").map_err(failed)?;
        console.out.flush().map_err(failed)?;
        let ended = server.await.map_err(|error| Refusal::Failure(error.to_string()));
        tended.abort();
        if let Some(handle) = beside {
            handle.stop(false).await;
        }
        ended?.map_err(failed)
    })?;
    Running::stop(running);
    // Every handler is gone; with the last holders of the records these are closed.
    drop(keepers);
    tracing::info!("stopped");
    Ok(())
}

/// Listens, and says where.
fn listen(wanted: SocketAddr) -> Result<(TcpListener, SocketAddr), Problem> {
    let refused = |error: std::io::Error| {
        // An interface that is not up yet; a process that is still ending.
        let late = matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::AddrNotAvailable);
        let code = if late { Code::ListenUnavailable } else { Code::ListenFailed };
        files::reasoned(Problem::new(code).with("listen", wanted), &error)
    };
    let listener = TcpListener::bind(wanted).map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok((listener, address))
}

/// Says of an issuer what whoever starts it should know.
fn introduce(console: &mut Console<'_>, opened: &Opened, token: Option<&Path>) {
    let identity = opened.issuer.identity();
    keygen::encrypted_keys(console, &opened.encrypted_keys);
    if opened.protection == Protection::Plain {
        keygen::plain_keys(console);
    }
    if let Some(path) = token {
        let token = path.display();
        console.say(
            format!("administrator's token: {token} (put it in a safe place, then remove the file)"),
            format!(
                "jeton d’administration\u{a0}: {token} (mettez-le en lieu sûr, puis supprimez le fichier)"
            ),
        );
    }
    console.say(format!("issuer: {}", identity.id()), format!("émetteur\u{a0}: {}", identity.id()));
    if opened.checkpoints.is_none() {
        tracing::warn!(issuer = identity.id(), "{}", NOT_KEPT[0]);
    }
    if let Some(url) = identity.public_url() {
        console.say(format!("public URL: {url}"), format!("adresse publique\u{a0}: {url}"));
    }
}

/// Says where badges name another address than the one that is listened on.
fn elsewhere(console: &mut Console<'_>, url: &PublicUrl, here: &str) {
    if url.did_web().is_none() && url.as_str() != here {
        console.say(
            format!("notice: badges name {url}, and this service listens on {here}"),
            format!("attention\u{a0}: les badges citent {url}, et ce service écoute sur {here}"),
        );
    }
}

/// The public URL of a service that nobody gave one: the address it listens on, if that can be reached under this name.
fn default_url(scheme: &str, address: SocketAddr) -> Result<Option<PublicUrl>, Problem> {
    if address.ip().is_unspecified() {
        return Ok(None);
    }
    PublicUrl::parse(&format!("{scheme}://{address}")).map(Some)
}
