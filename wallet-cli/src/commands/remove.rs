//! `remove`: forget a badge.

use std::path::Path;

use badge_schemas::problem::Problem;

use super::{Session, title};
use crate::args::Remove;
use crate::ask;
use crate::console;
use crate::exit::Exit;
use crate::holder::Holder;
use crate::store::Store;
use crate::words;

/// Removes a badge and everything noted beside it, after asking.
pub(super) fn run(asked: &Remove, wallet: &Path, session: &Session<'_>) -> Result<Exit, Problem> {
    let lang = session.console.lang();
    Holder::read(wallet)?;
    let store = Store::new(wallet);
    let stored = store.find(&asked.id)?;
    let name = title(&stored.badge, lang);
    if !asked.yes && !ask::confirm(&words::remove_question(&name, lang))? {
        console::note(words::not_removed(lang));
        return Ok(Exit::Done);
    }
    store.remove(&store.lock()?, &stored)?;
    console::note(&words::removed(&name, lang));
    Ok(Exit::Done)
}
