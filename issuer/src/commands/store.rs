//! `badge-issuer store`: works on the record itself.

use std::time::Instant;

use badge_schemas::problem::{Code, Problem};
use clap::ArgMatches;

use crate::checkpoint::{NOT_KEPT, Standing};
use crate::commands::{Console, keygen};
use crate::data_directory;
use crate::inspection::{self, Inspection};
use crate::refusal::{Refusal, status_name};
use crate::settings::Settings;
use crate::store::{EmbeddedStore, PostgresStore, Store};

/// Reads the whole record and says what it found.
pub(super) fn verify(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    let settings = existing(matches, console)?;
    let begun = Instant::now();
    let store = open(&settings, console)?;
    let found = inspection::inspect(store.as_ref())?;
    report(console, &found, begun)?;
    drop(store);
    if settings.checkpoint.is_some() {
        let opened = data_directory::open_unchecked(&settings, None)?;
        if let Some(checkpoints) = opened.checkpoints_at(&settings) {
            let standing = checkpoints.check()?;
            told(console, standing)?;
        }
    } else {
        let [en, fr] = NOT_KEPT;
        console.say(format!("notice: {en}"), format!("attention\u{a0}: {fr}"));
    }
    Ok(())
}

/// Sets the index aside, makes it anew, and reads the whole record.
pub(super) fn rebuild(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    let settings = existing(matches, console)?;
    if settings.database.is_some() {
        return Err(Problem::new(Code::OptionInvalid)
            .with("option", "store rebuild")
            .with_words(
                "reason",
                "the record is in a database, whose tables are written together with the chain; store verify compares them",
                "le registre est dans une base de données, dont les tables sont écrites avec la chaîne\u{a0}; store verify les compare",
            )
            .into());
    }
    let directory = settings.data.join("store");
    let begun = Instant::now();
    let aside = EmbeddedStore::forget_index(&directory)?;
    let store = EmbeddedStore::open(&directory)?;
    let found = inspection::inspect(&store)?;
    if aside.exists() {
        let aside = aside.display();
        console.say(
            format!("index made anew; the old one is in {aside} and can be deleted"),
            format!("index refait\u{a0}; l’ancien est dans {aside} et peut être supprimé"),
        );
    }
    report(console, &found, begun)
}

/// Compares the record with its checkpoint, and signs a new one.
pub(super) fn checkpoint(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    let settings = existing(matches, console)?;
    let opened = data_directory::open_unchecked(&settings, None)?;
    keygen::encrypted_keys(console, &opened.encrypted_keys);
    let Some(checkpoints) = opened.checkpoints_at(&settings) else {
        return Err(Problem::new(Code::OptionInvalid)
            .with("option", "store checkpoint")
            .with_words(
                "reason",
                "the settings name no place for it; give checkpoint under [store]",
                "les réglages ne lui donnent pas d’emplacement\u{a0}; indiquez checkpoint sous [store]",
            )
            .into());
    };
    match checkpoints.check() {
        Ok(standing) => told(console, standing)?,
        Err(refusal) if matches.get_flag("accept-loss") => {
            let problems = refusal.into_problems();
            let said = |lang| problems.first().map(|problem| problem.sentence(lang)).unwrap_or_default();
            let (en, fr) = (said(badge_schemas::lang::Lang::En), said(badge_schemas::lang::Lang::Fr));
            console.say(format!("accepted: {en}"), format!("accepté\u{a0}: {fr}"));
        }
        Err(refusal) => return Err(refusal),
    }
    let head = checkpoints.write()?;
    let sequence = head.sequence;
    console.say(
        format!("checkpoint signed at entry {sequence}"),
        format!("point de contrôle signé à l’entrée {sequence}"),
    );
    Ok(())
}

/// The settings, if they name a data directory with a record in it; none is made.
pub(super) fn existing(matches: &ArgMatches, console: &mut Console<'_>) -> Result<Settings, Refusal> {
    let settings = console.settings(matches, false)?;
    if settings.database.is_some() || settings.data.join("store").is_dir() {
        return Ok(settings);
    }
    Err(Problem::new(Code::OptionInvalid)
        .with("option", format!("--data {}", settings.data.display()))
        .with_words("reason", "there is no record there", "il n’y a pas de registre à cet endroit")
        .into())
}

/// The record, wherever the settings say it is.
fn open(settings: &Settings, console: &mut Console<'_>) -> Result<Box<dyn Store>, Refusal> {
    if let Some(database) = &settings.database {
        return Ok(Box::new(PostgresStore::open(&database.url, &database.organisation)?));
    }
    let store = EmbeddedStore::open(&settings.data.join("store"))?;
    if let Some(aside) = store.index_set_aside() {
        let aside = aside.display();
        console.say(
            format!("index set aside and made anew: it could not be used; it is in {aside}"),
            format!("index mis de côté et refait\u{a0}: il était inutilisable\u{a0}; il est dans {aside}"),
        );
    }
    Ok(Box::new(store))
}

fn report(console: &mut Console<'_>, found: &Inspection, begun: Instant) -> Result<(), Refusal> {
    let Inspection { chain, badges, awards, lists } = found;
    let (head, hash) = (chain.head.sequence, chain.head.hash);
    let (payloads, erased) = (chain.payloads, chain.erased);
    let states: Vec<String> =
        awards.iter().map(|(state, count)| format!("{} {count}", status_name(*state))).collect();
    let total: u64 = awards.values().sum();
    let (reserved, count) = (lists.values().sum::<u64>(), lists.len());
    let states = if states.is_empty() { String::new() } else { format!(" ({})", states.join(", ")) };
    let seconds = begun.elapsed().as_secs_f32();
    let text = console.lang.pick(
        format!(
            "journal       {head} entries, whole, in order, each linked to the one before it\n\
             head          {hash}\n\
             payloads      {payloads} as the journal commits to them, {erased} erased as it says\n\
             badges        {badges}\n\
             awards        {total}{states}, each signed one intended before\n\
             status lists  {count}, with {reserved} indexes given, none twice\n\
             the record is whole ({seconds:.1} s)\n"
        ),
        format!(
            "journal            {head} entrées, intactes, en ordre, chacune liée à la précédente\n\
             dernière           {hash}\n\
             contenus           {payloads} conformes à leur empreinte, {erased} effacés comme il est dit\n\
             badges             {badges}\n\
             attributions       {total}{states}, aucune signée sans intention préalable\n\
             listes de statut   {count}, avec {reserved} index donnés, aucun deux fois\n\
             le registre est intact ({seconds:.1} s)\n"
        ),
    );
    console.out.write_all(text.as_bytes()).map_err(|error| Refusal::Failure(error.to_string()))
}

fn told(console: &mut Console<'_>, standing: Standing) -> Result<(), Refusal> {
    let text = match standing {
        Standing::First => console
            .lang
            .pick("checkpoint    none yet\n".to_owned(), "point de contrôle  aucun encore\n".to_owned()),
        Standing::Holds(head) => {
            let sequence = head.sequence;
            console.lang.pick(
                format!("checkpoint    signed at entry {sequence}; the record begins with it\n"),
                format!(
                    "point de contrôle  signé à l’entrée {sequence}\u{a0}; le registre commence bien ainsi\n"
                ),
            )
        }
    };
    console.out.write_all(text.as_bytes()).map_err(|error| Refusal::Failure(error.to_string()))
}
