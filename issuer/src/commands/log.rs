//! `badge-issuer log`: the record as a transparency log, and receipts from it.

use badge_schemas::problem::{Code, Problem};
use badge_verifier::tlog::note::MAX_NOTE;
use clap::ArgMatches;

use crate::args::{path_of, text_of};
use crate::commands::Console;
use crate::files::{self, Readers};
use crate::log;
use crate::refusal::Refusal;
use crate::{data_directory, refusal};

/// Writes the log, or what is new of it, into a folder.
pub(super) fn export(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    let opened = data_directory::open_unchecked(&console.settings(matches, false)?, None)?;
    let directory = path_of(matches, "directory").unwrap_or_default();
    let log::Exported { entries, written } = log::export(&opened.issuer, &directory)?;
    let shown = directory.display();
    console.say(
        format!(
            "{shown}: {entries} entries, {written} files written; anybody checks it with badge-verifier log"
        ),
        format!(
            "{shown}\u{a0}: {entries} entrées, {written} fichiers écrits\u{a0}; chacun peut le contrôler par badge-verifier log"
        ),
    );
    Ok(())
}

/// Writes the receipt of one award.
pub(super) fn receipt(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    let opened = data_directory::open_unchecked(&console.settings(matches, false)?, None)?;
    let award = text_of(matches, "award").unwrap_or_default();
    let output = path_of(matches, "output").unwrap_or_default();
    let checkpoint = match path_of(matches, "checkpoint") {
        Some(path) => Some(
            String::from_utf8(files::read_up_to(&path, MAX_NOTE)?)
                .map_err(|_| Problem::new(Code::LogMalformed).with("part", "checkpoint"))?,
        ),
        None => None,
    };
    let receipt = log::receipt(&opened.issuer, &award, checkpoint.as_deref())?;
    let text = serde_json::to_string_pretty(&receipt)
        .map_err(|error| refusal::Refusal::Failure(error.to_string()))?;
    files::write_whole(&output, (text + "\n").as_bytes(), Readers::Owner)?;
    let shown = output.display();
    console.say(
        format!("{shown}: the receipt; it shows the badge in it to whoever reads it"),
        format!("{shown}\u{a0}: le reçu\u{a0}; il montre le badge qu’il contient à qui le lit"),
    );
    Ok(())
}
