//! `badge-issuer issue`: one badge without a running service, for a small body.

use badge_schemas::document::{Document, MAX_BYTES};
use badge_schemas::problem::{Code, Problem};
use clap::ArgMatches;
use jiff::Timestamp;

use crate::args::{path_of, text_of};
use crate::award::{Draws, StatusEntry, Subject};
use crate::commands::{Console, keygen, publish};
use crate::data_directory;
use crate::draft::{Format, InlineDraft};
use crate::files::{self, Output};
use crate::issuer::Act;
use crate::keys::Protection;
use crate::offline;
use crate::recipient::Recipient;
use crate::refusal::Refusal;

/// Reads the draft, awards, writes the badge, and writes what has to be published with it.
pub(super) fn run(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    let now = Timestamp::now();
    let settings = console.settings(matches, false)?;
    let (Some(draft_path), Some(output)) = (path_of(matches, "draft"), path_of(matches, "output")) else {
        return Err(Problem::new(Code::OptionInvalid)
            .with("option", "DRAFT.json")
            .with("reason", "∅")
            .into());
    };
    let document = Document::parse(files::read_up_to(&draft_path, MAX_BYTES)?)?;
    let to = text_of(matches, "to").as_deref().map(Recipient::from_text).transpose()?;
    let mut inline = InlineDraft::parse(document, to)?;
    let format = text_of(matches, "format").as_deref().and_then(Format::parse).unwrap_or(inline.draft.format);
    // What is signed depends on some of them; the others are made of what always is.
    inline.draft.format = format;
    let entry = if matches.get_flag("no-status") { StatusEntry::None } else { StatusEntry::Kept };
    // Opened first: an award should not be recorded for a badge that has nowhere to go.
    let place = Output::named(&output)?;

    let opened = data_directory::open(&settings, None)?;
    let issuer = &opened.issuer;
    if entry == StatusEntry::Kept && issuer.identity().public_url().is_none() {
        return Err(Problem::new(Code::OptionInvalid)
            .with("option", "issue")
            .with_words(
                "reason",
                "--public-url is needed to publish the status; or give --no-status",
                "--public-url est nécessaire pour publier le statut\u{a0}; ou donnez --no-status",
            )
            .into());
    }
    keygen::encrypted_keys(console, &opened.encrypted_keys);
    if opened.protection == Protection::Plain && !opened.created_keys.is_empty() {
        keygen::plain_keys(console);
    }
    let badge = offline::badge_id(&inline.template);
    let defined = issuer
        .define_as(badge, inline.template, Act::by_operator(now))
        .map_err(offline::within_achievement)?;
    console.warn(&defined.warnings);
    let subject = Subject { badge: defined.badge, version: defined.version, template: defined.template };
    let awarded =
        issuer.award(&subject, inline.draft, entry, None, Draws::fresh()?, Act::by_operator(now))?;
    let bytes = issuer.render(&awarded.award, &awarded.forms, format)?;
    place.finish(&bytes, console.out).map_err(|problem| not_written(problem, &awarded.award.id))?;
    let shown = output.display();
    console.say(
        format!("badge written: {shown} (award {})", awarded.award.id),
        format!("badge écrit\u{a0}: {shown} (attribution {})", awarded.award.id),
    );
    publish::write(console, &settings, issuer, now)
}

/// The badge that is recorded and could not be handed over: its award must be found again.
fn not_written(mut problem: Problem, award: &str) -> Problem {
    problem.code = Code::AwardNotWritten;
    problem.with("award", award)
}
