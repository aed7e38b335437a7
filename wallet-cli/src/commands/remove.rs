//! `remove`: forget a badge, or an endorsement beside it.

use std::path::Path;

use badge_schemas::problem::{Code, Problem};

use super::{Session, title};
use crate::args::Remove;
use crate::ask;
use crate::attached::Attached;
use crate::console;
use crate::exit::Exit;
use crate::holder::Holder;
use crate::store::Store;
use crate::words;

/// Removes a badge and everything noted beside it, or one endorsement beside it, after asking.
pub(super) fn run(asked: &Remove, wallet: &Path, session: &Session<'_>) -> Result<Exit, Problem> {
    let lang = session.console.lang();
    Holder::read(wallet)?;
    let store = Store::new(wallet);
    let stored = store.find(&asked.id)?;
    let badge = title(&stored.badge, lang);
    let endorsement = match &asked.endorsement {
        Some(wanted) => Some(endorsement(&store, &stored.id, wanted)?),
        None => None,
    };
    let name = match &endorsement {
        Some(one) => words::endorsement_beside(one, &badge, lang),
        None => badge,
    };
    if !asked.yes && !ask::confirm(&words::remove_question(&name, lang))? {
        console::note(words::not_removed(lang));
        return Ok(Exit::Done);
    }
    let lock = store.lock()?;
    match &endorsement {
        Some(one) => store.detach(&lock, &stored.id, one)?,
        None => store.remove(&lock, &stored)?,
    }
    console::note(&words::removed(&name, lang));
    Ok(Exit::Done)
}

/// The one endorsement beside a badge whose identifier begins so.
fn endorsement(store: &Store, badge: &str, wanted: &str) -> Result<Attached, Problem> {
    let unfit = |en: &str, fr: &'static str| {
        Problem::new(Code::OptionInvalid).with("option", "--endorsement").with_words("reason", en, fr)
    };
    let prefix = wanted.trim().to_ascii_lowercase();
    let (attached, _) = store.attached(badge)?;
    let mut found = attached.into_iter().filter(|one| one.id().starts_with(&prefix));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err(unfit(
            "several endorsements beside this badge have an identifier that begins so; badge-wallet show --json shows them in full",
            "plusieurs endossements à côté de ce badge ont un identifiant qui commence ainsi\u{a0}; badge-wallet show --json les montre en entier",
        )),
        (None, _) => Err(unfit(
            "no endorsement beside this badge has an identifier that begins so; badge-wallet show shows them",
            "aucun endossement à côté de ce badge n’a un identifiant qui commence ainsi\u{a0}; badge-wallet show les montre",
        )),
    }
}
