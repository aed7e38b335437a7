//! `badge-issuer registry sign`: signs a registry of recognised issuers.

use badge_schemas::document::Document;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::registry::MAX_REGISTRY_BYTES;
use badge_schemas::timestamp::DateTimeStamp;
use clap::ArgMatches;
use jiff::Timestamp;

use crate::args::{path_of, text_of};
use crate::commands::{Console, keygen};
use crate::data_directory;
use crate::files::{self, Output};
use crate::refusal::Refusal;
use crate::registry;

/// Reads the list, signs it with the issuer's key, and writes it.
pub(super) fn sign(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    let now = Timestamp::now();
    let settings = console.settings(matches, false)?;
    let (Some(list), Some(output)) = (path_of(matches, "list"), path_of(matches, "output")) else {
        return Err(Problem::new(Code::OptionInvalid).with("option", "LIST.json").with("reason", "∅").into());
    };
    let until = match text_of(matches, "valid-until") {
        Some(text) => Some(
            DateTimeStamp::parse(&text).map_err(|_| Problem::new(Code::TimeInvalid).with("value", &text))?,
        ),
        None => None,
    };
    let bytes = files::read_up_to(&list, MAX_REGISTRY_BYTES)?;
    let document = Document::parse_up_to(bytes, MAX_REGISTRY_BYTES)?;
    let place = Output::named(&output)?;
    let opened = data_directory::open(&settings, None)?;
    keygen::encrypted_keys(console, &opened.encrypted_keys);
    let credential = registry::credential(document, &opened.issuer, now, until.as_ref())?;
    let signed = registry::sign(&credential, &opened.issuer, now)?;
    place.finish(signed.as_bytes(), console.out)?;
    let (shown, id) = (output.display(), opened.issuer.identity().id());
    console.say(
        format!("registry written: {shown}, signed by {id}"),
        format!("registre écrit\u{a0}: {shown}, signé par {id}"),
    );
    Ok(())
}
