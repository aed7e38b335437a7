//! `badge-issuer signer`: holds the keys and signs for a service of another process, over a Unix socket.

use badge_schemas::problem::{Code, Problem};
use clap::ArgMatches;

use crate::args::{path_of, text_of};
use crate::commands::{Console, keygen, log_to_stderr};
use crate::keys::service::{self, Allowed, Service};
use crate::keys::{KeyKeeper, Known, Protection, Wanted};
use crate::refusal::Refusal;

/// Opens the keys, listens, says where, and signs until the process is told to end.
pub(super) fn run(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    let settings = console.settings(matches, false)?;
    let path = path_of(matches, "socket").unwrap_or_default();
    let allowed = allowed(matches)?;
    // A service under a did:key passes over the P-256 key; one under a did:web needs it.
    let wanted = Wanted { p256: true, rsa: settings.rsa };
    let holding = settings.keys.holding(settings.sealing())?;
    let keeper = KeyKeeper::new(&settings.data.join("keys"), holding)?;
    let ring = keeper.open(wanted, &Known::default())?;
    let service = Service::bind(&path, &ring, &allowed)?;

    log_to_stderr("info");
    for created in &ring.created {
        let created = created.display();
        console.say(format!("key made: {created}"), format!("clé créée\u{a0}: {created}"));
    }
    keygen::encrypted_keys(console, &ring.encrypted);
    if ring.protection == Protection::Plain {
        console.say(
            "notice: the key files are not encrypted (no passphrase was given)",
            "attention\u{a0}: les fichiers de clés ne sont pas chiffrés (aucune phrase secrète)",
        );
    }
    let failed = |error: std::io::Error| Refusal::Failure(error.to_string());
    writeln!(console.out, "signing on {}", path.display()).map_err(failed)?;
    console.out.flush().map_err(failed)?;
    let ended = service.run().map_err(failed);
    drop(keeper);
    ended
}

fn allowed(matches: &ArgMatches) -> Result<Allowed, Problem> {
    let invalid = |option: &str| {
        Problem::new(Code::OptionInvalid).with("option", option).with_words(
            "reason",
            "it is not a number that can stand there",
            "ce n’est pas un nombre admis ici",
        )
    };
    let uids = match matches.get_many::<String>("allow-uid") {
        Some(given) => given
            .map(|uid| uid.parse().map_err(|_| invalid("--allow-uid")))
            .collect::<Result<Vec<u32>, Problem>>()?,
        None => vec![service::own_uid()],
    };
    let mode = match text_of(matches, "mode").as_deref() {
        Some("0660") => 0o660,
        _ => 0o600,
    };
    let rate = match text_of(matches, "rate") {
        Some(rate) => rate.parse().ok().filter(|rate| *rate > 0).ok_or_else(|| invalid("--rate"))?,
        None => service::DEFAULT_RATE,
    };
    Ok(Allowed { uids, mode, rate })
}
