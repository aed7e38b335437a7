//! The verbs of the program.

mod audit;
mod batch;
mod check_config;
mod conformance;
mod doctor;
mod erase;
mod issue;
mod key;
mod keygen;
mod log;
mod publish;
mod registry;
mod serve;
mod signer;
mod status;
mod store;
mod token;
mod transfer;

use std::io::{self, IsTerminal as _, Write};

use badge_schemas::lang::Lang;
use badge_schemas::problem::{Audience, Code, Problem};
use clap::ArgMatches;
use tracing_subscriber::EnvFilter;

use crate::args::{path_of, text_of};
use crate::keys::Encryption;
use crate::refusal::Refusal;
use crate::settings::{Options, Scope, Settings};

/// The code of a program that could not do what was asked, as clap's own.
pub const COULD_NOT_RUN: u8 = 2;

/// The code where the only reason is that something does not answer yet: `EX_TEMPFAIL` of `sysexits.h`.
pub const TRY_AGAIN: u8 = 75;

/// What a command needs of the world around it.
pub struct Console<'a> {
    /// The language to speak.
    pub lang: Lang,
    /// Data: what another program may read.
    pub out: &'a mut dyn Write,
    /// Talk: what a person reads.
    pub talk: &'a mut dyn Write,
    /// The value of [`crate::passphrase::VARIABLE`].
    pub passphrase: Option<String>,
    /// The code with which a program ends that could do what was asked: 0, unless its answer is another.
    pub exit: u8,
    /// The value of [`crate::settings::STORE_PASSWORD`].
    pub store_password: Option<String>,
    /// The value of [`crate::settings::PIN_VARIABLE`].
    pub pin: Option<String>,
}

/// Runs the command that was asked for.
///
/// # Errors
/// A [`Refusal`]; the program then ends with [`exit_code`].
pub fn run(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    if !matches!(matches.subcommand_name(), Some("serve" | "signer")) {
        // What is put right in passing is told, whichever command opens the record first; services say more.
        log_to_stderr("warn");
    }
    match matches.subcommand() {
        Some(("serve", matches)) => serve::run(matches, console),
        Some(("issue", matches)) => issue::run(matches, console),
        Some(("batch", matches)) => batch::run(matches, console),
        Some(("doctor", matches)) => doctor::run(matches, console),
        Some(("erase", matches)) => erase::run(matches, console),
        Some(("status", matches)) => status::run(matches, console),
        Some(("publish", matches)) => publish::run(matches, console),
        Some(("keygen", matches)) => keygen::run(matches, console),
        Some(("signer", matches)) => signer::run(matches, console),
        Some(("key", matches)) => key::run(matches, console),
        Some(("audit", matches)) => audit::run(matches, console),
        Some(("check-config", matches)) => check_config::run(matches, console),
        Some(("token", matches)) => token::run(matches, console),
        Some(("registry", matches)) => match matches.subcommand() {
            Some(("sign", matches)) => registry::sign(matches, console),
            _ => Err(unknown_command()),
        },
        Some(("log", matches)) => match matches.subcommand() {
            Some(("export", matches)) => log::export(matches, console),
            Some(("receipt", matches)) => log::receipt(matches, console),
            _ => Err(unknown_command()),
        },
        Some(("store", matches)) => match matches.subcommand() {
            Some(("export", matches)) => transfer::export(matches, console),
            Some(("import", matches)) => transfer::import(matches, console),
            Some(("verify", matches)) => store::verify(matches, console),
            Some(("rebuild", matches)) => store::rebuild(matches, console),
            Some(("checkpoint", matches)) => store::checkpoint(matches, console),
            _ => Err(unknown_command()),
        },
        _ => Err(unknown_command()),
    }
}

/// What happens goes to standard error, at the levels that `RUST_LOG` names, else at these.
fn log_to_stderr(levels: &str) {
    // A second command in one process (tests) finds the subscriber in place; the first one's filter holds.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(levels));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .try_init();
}

/// The code that a refusal ends the program with.
pub fn exit_code(refusal: &Refusal) -> u8 {
    if refusal.is_late() { TRY_AGAIN } else { COULD_NOT_RUN }
}

/// Writes refusals for a person: what is wrong, where, and what to do.
///
/// # Errors
/// Those of the writer.
pub fn explain(refusal: Refusal, lang: Lang, talk: &mut dyn Write) -> io::Result<()> {
    for problem in refusal.into_problems() {
        let place = problem.pointer.as_deref().filter(|pointer| !pointer.is_empty());
        let place = place.map(|pointer| format!(" ({pointer})")).unwrap_or_default();
        let label = lang.pick("error: ", "erreur\u{a0}: ");
        writeln!(talk, "{label}{}{place} [{}]", problem.sentence(lang), problem.code.as_str())?;
        writeln!(talk, "  {}", problem.hint_for(Audience::Author, lang))?;
    }
    Ok(())
}

impl Console<'_> {
    /// Says something to the person at the terminal. A terminal that is gone is no reason to stop.
    pub(crate) fn say(&mut self, en: impl AsRef<str>, fr: impl AsRef<str>) {
        let _ = writeln!(self.talk, "{}", self.lang.pick(en.as_ref(), fr.as_ref()));
    }

    /// Shows what the lint found, short of an error.
    pub(crate) fn warn(&mut self, problems: &[Problem]) {
        for problem in problems {
            let place = problem.pointer.as_deref().unwrap_or_default();
            let _ = writeln!(
                self.talk,
                "{}{} ({place}) [{}]",
                self.lang.pick("note: ", "remarque\u{a0}: "),
                problem.sentence(self.lang),
                problem.code.as_str()
            );
        }
    }

    /// The settings that the options name.
    fn settings(&self, matches: &ArgMatches, listens: bool) -> Result<Settings, Problem> {
        Settings::resolve(self.options(matches, listens))
    }

    /// What the command line says.
    fn options(&self, matches: &ArgMatches, listens: bool) -> Options {
        Options {
            data: path_of(matches, "data"),
            listen: if listens { text_of(matches, "listen") } else { None },
            config: path_of(matches, "config"),
            public_url: text_of(matches, "public-url"),
            passphrase_file: path_of(matches, "passphrase-file"),
            passphrase: self.passphrase.clone(),
            store_password: self.store_password.clone(),
            pin: self.pin.clone(),
            rsa: matches.try_get_one::<bool>("rsa").ok().flatten().copied().unwrap_or_default(),
            encryption: matches
                .try_get_one::<String>("encryption")
                .ok()
                .flatten()
                .and_then(|name| Encryption::parse(name)),
            scope: Scope::Process,
        }
    }
}

fn unknown_command() -> Refusal {
    Problem::new(Code::OptionInvalid).with("option", "badge-issuer").with("reason", "∅").into()
}
