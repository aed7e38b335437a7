//! Keeps and presents skills badges for their holder, independent of any platform.
//!
//! One directory holds a wallet: the holder's encrypted key and one file per badge, byte for byte as the issuer made it.
//! Time, the environment and the network enter here and are handed down as arguments.

mod args;
mod ask;
mod attached;
mod bundle;
mod check;
mod commands;
mod console;
mod evaluate;
mod exit;
mod files;
mod french;
mod holder;
mod image;
mod page;
mod present;
mod reveal;
mod skill;
mod store;
mod words;

use std::process::ExitCode;

use badge_schemas::lang::Lang;
use jiff::Timestamp;

use crate::commands::Session;
use crate::console::{Console, Reader};

fn main() -> ExitCode {
    let raw: Vec<_> = std::env::args_os().collect();
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].map(|name| std::env::var(name).ok());
    let named = args::language(&raw);
    let lang = named.unwrap_or_else(|| Lang::from_locale([0, 1, 2].map(|index| locale[index].as_deref())));
    let console = Console::new(Reader { lang, named: named.is_some() });
    let exit = match args::parse(raw, lang) {
        Ok(args) => commands::run(args, &Session { console: &console, clock: Timestamp::now }),
        Err(stop) => stop.say(&console),
    };
    exit.into()
}
