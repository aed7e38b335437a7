//! `badge-issuer check-config`: everything that is wrong with the settings, before the service is started with them.

use badge_schemas::problem::{Audience, Code};
use clap::ArgMatches;

use crate::commands::Console;
use crate::refusal::Refusal;
use crate::settings::{Settings, check};

/// The code with which the program ends where there is something to be put right.
const FOUND: u8 = 1;

/// Tells every finding on the standard output; the program ends with 0 where there is none, with [`FOUND`] where there is one.
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
        let evaluations = Settings::resolve(options)?.evaluations;
        if let (Some(_), Some([en, fr])) = (evaluations.entries_per_day, evaluations.fetch.leaves_out()) {
            console.say(format!("evaluations.fetch: {en}"), format!("evaluations.fetch : {fr}"));
        }
    } else {
        let count = findings.len();
        console.say(format!("{count} to be put right"), format!("{count} à corriger"));
        console.exit = FOUND;
    }
    Ok(())
}
