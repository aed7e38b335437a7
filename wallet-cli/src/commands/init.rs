//! `init`: a new holder.

use std::path::Path;

use badge_schemas::problem::{Code, Problem};

use super::{Session, clean};
use crate::args::Init;
use crate::ask::{self, Occasion};
use crate::console::{self, Weight};
use crate::exit::Exit;
use crate::files::{self, WriteLock};
use crate::holder::{Holder, Protection};
use crate::words;

/// Makes a wallet and prints its DID.
pub(super) fn run(asked: &Init, wallet: &Path, session: &Session<'_>) -> Result<Exit, Problem> {
    let (console, lang) = (session.console, session.console.lang());
    refuse_existing(wallet)?;
    let passphrase = if asked.danger_no_passphrase {
        None
    } else {
        Some(ask::passphrase(asked.passphrase.passphrase_file.as_deref(), Occasion::Choose, lang)?)
    };
    let protection = match &passphrase {
        None => Protection::DangerNone,
        Some(text) if text.is_empty() => return Err(Problem::new(Code::PassphraseEmpty)),
        Some(text) => Protection::Passphrase(text),
    };
    files::make_directory(wallet)?;
    let _lock = WriteLock::take(&wallet.join("lock"))?;
    refuse_existing(wallet)?;
    let did = Holder::create(wallet, &protection)?;
    console::note(&words::created(&clean(&wallet.to_string_lossy()), lang));
    match protection {
        Protection::Passphrase(_) => console::note(words::created_advice(lang)),
        Protection::DangerNone => console::note(words::created_in_clear(lang)),
    }
    if let Some(exposure) = Holder::read(wallet)?.exposure() {
        console.problem(Weight::Warning, &exposure);
    }
    console::data(format!("{did}\n"))?;
    Ok(Exit::Done)
}

fn refuse_existing(wallet: &Path) -> Result<(), Problem> {
    match std::fs::symlink_metadata(Holder::path(wallet)) {
        Ok(_) => Err(Problem::new(Code::WalletExists).with("path", wallet.display())),
        Err(_) => Ok(()),
    }
}
