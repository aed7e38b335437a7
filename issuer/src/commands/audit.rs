//! `badge-issuer audit`: the audit log, one JSON object a line.

use badge_schemas::problem::{Code, Problem};
use clap::ArgMatches;

use crate::args::text_of;
use crate::audit::{MAX_PAGE, page};
use crate::commands::{Console, publish};
use crate::refusal::Refusal;

/// Writes every entry, or those of one actor.
pub(super) fn run(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    let wrong = |reason| Problem::new(Code::OptionInvalid).with("option", "--after").with("reason", reason);
    let after = text_of(matches, "after").map(|text| text.parse::<u64>()).transpose();
    let mut next = Some(after.map_err(|error| wrong(error.to_string()))?.unwrap_or_default());
    let actor = text_of(matches, "actor");
    let (_, opened) = publish::existing(matches, console)?;
    while let Some(after) = next {
        let page = page(opened.issuer.store.as_ref(), after, MAX_PAGE, actor.as_deref())?;
        for entry in page.entries {
            writeln!(console.out, "{entry}").map_err(|error| Refusal::Failure(error.to_string()))?;
        }
        next = page.next;
    }
    Ok(())
}
