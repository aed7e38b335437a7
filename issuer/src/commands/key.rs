//! `badge-issuer key`: every key with its state, and the changes of state.

use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use clap::ArgMatches;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::args::text_of;
use crate::commands::Console;
use crate::data_directory;
use crate::keys::{KeyHistory, KeyKeeper, KeyKind, Place};
use crate::refusal::Refusal;
use crate::settings::Settings;

/// Runs the verb that was asked for.
pub(super) fn run(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    let Some((verb, matches)) = matches.subcommand() else { return Err(super::unknown_command()) };
    let settings = console.settings(matches, false)?;
    let now = Timestamp::now();
    match verb {
        "list" => return list(&settings, console),
        "rotate" => rotate(&settings, text_of(matches, "kind").as_deref(), now, console)?,
        "retire" => {
            let name = text_of(matches, "key").unwrap_or_default();
            keeper(&settings)?.retire(&name, now)?;
            console.say(format!("retired: {name}"), format!("retirée\u{a0}: {name}"));
        }
        "compromise" => {
            let name = text_of(matches, "key").unwrap_or_default();
            let since = text_of(matches, "since").unwrap_or_default();
            compromise(&settings, &name, &since, now, console)?;
        }
        _ => return Err(super::unknown_command()),
    }
    console.say(
        "the new keys count once the DID document is published: start the service again, or run badge-issuer publish and upload the files",
        "les nouvelles clés comptent dès que le document DID est publié\u{a0}: relancez le service, ou lancez badge-issuer publish et envoyez les fichiers",
    );
    list(&settings, console)
}

fn list(settings: &Settings, console: &mut Console<'_>) -> Result<(), Refusal> {
    if matches!(settings.keys, Place::Signer(_)) {
        settings.keys.holding(None)?;
    }
    let history = KeyHistory::read(&settings.data.join("keys"))?.unwrap_or_default();
    let thumbprints = history.thumbprints();
    let shown = |key: &crate::keys::KeyEntry| {
        let mut shown = json!(key);
        shown["thumbprint"] = json!(thumbprints.get(&key.name));
        shown
    };
    let keys: Vec<Value> = history.keys().iter().map(shown).collect();
    writeln!(console.out, "{:#}", Value::Array(keys)).map_err(|error| Refusal::Failure(error.to_string()))
}

fn rotate(
    settings: &Settings,
    kind: Option<&str>,
    now: Timestamp,
    console: &mut Console<'_>,
) -> Result<(), Refusal> {
    let keeper = replaceable(settings)?;
    let kinds = if let Some(kind) = kind.and_then(KeyKind::parse) {
        vec![kind]
    } else {
        let history = KeyHistory::read(&settings.data.join("keys"))?.unwrap_or_default();
        KeyKind::ALL.into_iter().filter(|kind| history.active(*kind).is_some()).collect()
    };
    for kind in kinds {
        let rotated = keeper.rotate(kind, now)?;
        console.say(
            format!("signs from now on: {}; retired: {}", rotated.new, rotated.old),
            format!("signe désormais\u{a0}: {}\u{a0}; retirée\u{a0}: {}", rotated.new, rotated.old),
        );
    }
    Ok(())
}

fn compromise(
    settings: &Settings,
    name: &str,
    since: &str,
    now: Timestamp,
    console: &mut Console<'_>,
) -> Result<(), Refusal> {
    let since =
        DateTimeStamp::parse(since).map_err(|_| Problem::new(Code::TimeInvalid).with("value", since))?;
    let successor = replaceable(settings)?.compromise(name, &since, now)?;
    console.say(
        format!("compromised since {since}: {name}; every badge it signed is invalid, unless its reader knows that it existed before: issue them again"),
        format!("compromise depuis le {since}\u{a0}: {name}\u{a0}; tout badge qu’elle a signé est invalide, sauf pour qui sait qu’il existait avant\u{a0}: émettez-les de nouveau"),
    );
    if let Some(new) = successor {
        console.say(format!("signs from now on: {new}"), format!("signe désormais\u{a0}: {new}"));
    }
    Ok(())
}

/// The keeper of keys that can have a successor: a did:key is its key.
fn replaceable(settings: &Settings) -> Result<KeyKeeper, Problem> {
    if let Some(id) = data_directory::recorded_id(&settings.data)?.filter(|id| id.starts_with("did:key:")) {
        return Err(Problem::new(Code::OptionInvalid).with("option", "key").with_words(
            "reason",
            &format!("this issuer is {id}: it is its key, and another key would be another issuer; an https public URL gives one whose keys can change"),
            "cet émetteur est un did:key\u{a0}: il est sa clé, et une autre clé serait un autre émetteur\u{a0}; une adresse publique en https en donne un dont les clés peuvent changer",
        ));
    }
    keeper(settings)
}

fn keeper(settings: &Settings) -> Result<KeyKeeper, Problem> {
    KeyKeeper::new(&settings.data.join("keys"), settings.keys.holding(settings.sealing())?)
}
