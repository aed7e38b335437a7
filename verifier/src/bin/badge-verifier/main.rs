//! `badge-verifier`: checks a badge, shows one, or serves verification over HTTP.

mod args;
mod check;
mod files;
mod inspect;
mod log;
mod serve;

use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use badge_schemas::lang::Lang;
use badge_schemas::problem::Problem;
use badge_verifier::render::{Style, sanitise};
use badge_verifier::words;

use crate::args::{Invocation, Verb};

/// The exit code of "could not run"; a verdict has its own, see [`badge_verifier::Verdict::exit_code`].
const COULD_NOT_RUN: u8 = 2;

/// Longest sentence written to standard error: it may repeat a path or a URL.
const MAX_SENTENCE_CHARS: usize = 1_000;

fn main() -> ExitCode {
    match args::parse() {
        Ok(Invocation { verb, lang }) => run(verb, lang),
        Err(shown) => shown,
    }
}

fn run(verb: Verb, lang: Lang) -> ExitCode {
    let outcome = match verb {
        Verb::Check(request) => check::run(&request, lang),
        Verb::Inspect(input) => inspect::run(&input, lang).map(|()| 0),
        Verb::Log(request) => log::run(&request, lang),
        Verb::Serve(request) => serve::run(&request, lang).map(|()| 0),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(problem) => {
            explain(&problem, lang);
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}

/// Message, then hint, on standard error.
fn explain(problem: &Problem, lang: Lang) {
    let problem = words::localise(problem, lang);
    let (error, hint) = lang.pick(("error:", "hint:"), ("erreur\u{a0}:", "conseil\u{a0}:"));
    let sentence = sanitise(&problem.sentence(lang), MAX_SENTENCE_CHARS);
    let advice = sanitise(&problem.hint(lang), MAX_SENTENCE_CHARS);
    // Where standard error is closed there is nobody left to tell; the exit code still does.
    let _ = writeln!(io::stderr(), "{error} {sentence} ({})\n{hint} {advice}", problem.code.as_str());
}

/// Writes to standard output. A reader that went away (`| head`) is no error: the exit code still carries the verdict.
fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Colours only where a terminal looks and nobody asked for none (<https://no-color.org>).
fn style() -> Style {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    if io::stdout().is_terminal() && !set("NO_COLOR") && !dumb { Style::Colour } else { Style::Plain }
}
