//! `badge-issuer`: a signing service for skills badges.

use std::ffi::OsString;
use std::io::{stderr, stdout};
use std::process::ExitCode;

use badge_issuer::args;
use badge_issuer::commands::{Console, exit_code, explain, run};
use badge_issuer::passphrase::VARIABLE;
use badge_issuer::settings::PIN_VARIABLE;
use badge_issuer::settings::STORE_PASSWORD;
use badge_verifier::usage;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].map(|name| std::env::var(name).ok());
    let lang = args::language(&arguments, locale.each_ref().map(Option::as_deref));
    let command = args::command(lang);
    let meant = usage::meant(&command, &arguments);
    let matches = match command.try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(stop) => return usage::stop(&stop, &meant, lang),
    };
    let (passphrase, pin) = (std::env::var(VARIABLE).ok(), std::env::var(PIN_VARIABLE).ok());
    let store_password = std::env::var(STORE_PASSWORD).ok();
    let (out, talk) = (&mut stdout(), &mut stderr());
    let mut console = Console { lang, out, talk, passphrase, pin, exit: 0, store_password };
    match run(&matches, &mut console) {
        Ok(()) => ExitCode::from(console.exit),
        Err(refusal) => {
            let code = exit_code(&refusal);
            // With no terminal left to talk to, the code still tells.
            let _ = explain(refusal, lang, &mut stderr());
            ExitCode::from(code)
        }
    }
}
