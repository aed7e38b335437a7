//! `badge-issuer check-config`: everything that is wrong with the settings, before the service is started with them.

use badge_schemas::problem::{Audience, Code};
use clap::ArgMatches;

use crate::checkpoint::NOT_KEPT;
use crate::commands::{Console, TRY_AGAIN};
use crate::organisations;
use crate::refusal::{Refusal, is_late};
use crate::settings::{Settings, check};

/// The code with which the program ends where there is something to be put right.
const FOUND: u8 = 1;

/// Tells every finding on the standard output; the program ends with 0 where there is none, with [`TRY_AGAIN`] where all that is found is late,
/// else with [`FOUND`].
pub(super) fn run(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    let options = console.options(matches, true);
    let findings = check::check(&options)?;
    let failed = |error: std::io::Error| Refusal::Failure(error.to_string());
    for finding in &findings {
        let path = finding.path.display();
        let line = finding.line.map(|line| format!(":{line}")).unwrap_or_default();
        let place =
            if finding.path.as_os_str().is_empty() { String::new() } else { format!("{path}{line}: ") };
        let (problem, lang) = (&finding.problem, console.lang);
        let code: Code = problem.code;
        writeln!(console.out, "{place}{} [{}]", problem.sentence(lang), code.as_str()).map_err(failed)?;
        writeln!(console.out, "  {}", problem.hint_for(Audience::Author, lang)).map_err(failed)?;
    }
    if findings.is_empty() {
        console.say("the settings are sound", "les réglages sont bons");
        note(&Settings::resolve(options)?, console)?;
    } else if findings.iter().all(|finding| is_late(finding.problem.code)) {
        console.say("what is named does not answer", "ce qui est nommé ne répond pas");
        console.exit = TRY_AGAIN;
    } else {
        let count = findings.len();
        console.say(format!("{count} to be put right"), format!("{count} à corriger"));
        console.exit = FOUND;
    }
    Ok(())
}

/// Says what is no mistake, and should be known.
fn note(settings: &Settings, console: &mut Console<'_>) -> Result<(), Refusal> {
    let evaluations = &settings.evaluations;
    if let (Some(_), Some([en, fr])) = (evaluations.entries_per_day, evaluations.fetch.leaves_out()) {
        console.say(format!("evaluations.fetch: {en}"), format!("evaluations.fetch\u{a0}: {fr}"));
    }
    let [en, fr] = NOT_KEPT;
    if settings.checkpoint.is_none() {
        console.say(format!("note: {en}"), format!("remarque\u{a0}: {fr}"));
    }
    for (name, own) in organisations::settings(settings)? {
        if own.checkpoint.is_none() {
            console.say(
                format!("note, organisation {name}: {en}"),
                format!("remarque, organisation {name}\u{a0}: {fr}"),
            );
        }
    }
    Ok(())
}
