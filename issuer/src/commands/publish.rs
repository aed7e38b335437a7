//! `badge-issuer publish`: writes again what an issuer without a running service has to host.

use std::sync::Arc;

use badge_schemas::problem::{Code, Problem};
use clap::ArgMatches;
use jiff::Timestamp;

use crate::commands::{Console, keygen};
use crate::data_directory::{self, Opened};
use crate::issuer::Issuer;
use crate::offline;
use crate::refusal::Refusal;
use crate::settings::Settings;

/// Opens the issuer and writes its files, the status lists signed afresh.
pub(super) fn run(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    let (settings, opened) = existing(matches, console)?;
    if opened.issuer.identity().public_url().is_none() {
        return Err(Problem::new(Code::OptionInvalid)
            .with("option", "publish")
            .with_words(
                "reason",
                "this issuer has no public URL, so there is nothing to publish; give --public-url before the first badge",
                "cet émetteur n’a pas d’adresse publique, il n’y a donc rien à publier\u{a0}; donnez --public-url avant le premier badge",
            )
            .into());
    }
    write(console, &settings, &opened.issuer, Timestamp::now())
}

/// The issuer in the data directory that was named; none is made.
pub(super) fn existing(
    matches: &ArgMatches,
    console: &mut Console<'_>,
) -> Result<(Settings, Opened), Refusal> {
    let settings = console.settings(matches, false)?;
    if settings.database.is_none() && !settings.data.join("store").is_dir() {
        return Err(Problem::new(Code::OptionInvalid)
            .with("option", format!("--data {}", settings.data.display()))
            .with_words(
                "reason",
                "no issuer is kept there; badge-issuer issue or serve makes one",
                "aucun émetteur n’y est conservé\u{a0}; badge-issuer issue ou serve en crée un",
            )
            .into());
    }
    let opened = data_directory::open(&settings, None)?;
    keygen::encrypted_keys(console, &opened.encrypted_keys);
    Ok((settings, opened))
}

/// Writes what the public URL must answer, where there is one, and says what to do with it.
pub(super) fn write(
    console: &mut Console<'_>,
    settings: &Settings,
    issuer: &Arc<Issuer>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let Some(url) = issuer.identity().public_url() else { return Ok(()) };
    let directory = settings.data.join("public");
    let written = offline::publish(issuer, &directory, now)?;
    let shown = directory.display();
    console.say(
        format!("{} files for {url} written in {shown}: publish them as they lie there, and again after each badge and each change; the status lists are valid for a year", written.len()),
        format!("{} fichiers pour {url} écrits dans {shown}\u{a0}: publiez-les tels quels, et de nouveau après chaque badge et chaque changement\u{a0}; les listes de statut valent un an", written.len()),
    );
    Ok(())
}
