//! `badge-issuer keygen`: makes the signing keys that are not there yet, and prints the public ones.

use std::path::PathBuf;

use clap::ArgMatches;
use serde_json::json;

use crate::commands::Console;
use crate::data_directory;
use crate::keys::Protection;
use crate::refusal::Refusal;

/// Opens the data directory, which makes the keys, and prints the DID and its document.
pub(super) fn run(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    let settings = console.settings(matches, false)?;
    let opened = data_directory::open(&settings, None)?;
    for path in &opened.created_keys {
        let path = path.display();
        console.say(format!("key made: {path}"), format!("clé créée\u{a0}: {path}"));
    }
    encrypted_keys(console, &opened.encrypted_keys);
    if opened.protection == Protection::Plain {
        plain_keys(console);
    }
    let identity = opened.issuer.identity();
    let answer =
        json!({"id": identity.id(), "didDocument": identity.did_document(), "jwks": identity.jwks()});
    writeln!(console.out, "{answer:#}").map_err(|error| Refusal::Failure(error.to_string()))
}

/// Says which keys can no longer be read without the passphrase.
pub(super) fn encrypted_keys(console: &mut Console<'_>, paths: &[PathBuf]) {
    for path in paths {
        let path = path.display();
        console.say(
            format!("key encrypted in its place, from now on with this passphrase only: {path}"),
            format!(
                "clé chiffrée sur place, désormais lisible avec cette phrase secrète seulement\u{a0}: {path}"
            ),
        );
    }
}

/// Says that the keys are not encrypted.
pub(super) fn plain_keys(console: &mut Console<'_>) {
    console.say(
        "notice: the key files are not encrypted (no passphrase was given); the service listens on loopback only",
        "attention\u{a0}: les fichiers de clés ne sont pas chiffrés (aucune phrase secrète)\u{a0}; le service n’écoute que sur la boucle locale",
    );
}
