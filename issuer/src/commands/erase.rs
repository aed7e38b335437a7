//! `badge-issuer erase`: erases what is personal about an award, and writes the receipt.

use std::path::Path;

use badge_schemas::problem::{Code, Problem};
use clap::ArgMatches;
use jiff::Timestamp;

use crate::args::{path_of, text_of};
use crate::commands::{Console, publish};
use crate::erasure::Ground;
use crate::files::Output;
use crate::issuer::Act;
use crate::refusal::Refusal;

/// Erases, and writes the receipt.
pub(super) fn run(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    let named = text_of(matches, "award").unwrap_or_default();
    let output = path_of(matches, "output").unwrap_or_else(|| Path::new("-").to_owned());
    let ground = text_of(matches, "ground").as_deref().and_then(Ground::parse).unwrap_or_default();
    if !matches.get_flag("yes") {
        return Err(Problem::new(Code::ErasureUnconfirmed).with("award", named).into());
    }
    // Opened first: a receipt that has nowhere to go should stop what cannot be undone.
    let place = Output::named(&output)?;
    let (_, opened) = publish::existing(matches, console)?;
    let issuer = &opened.issuer;
    let award = match issuer.store.award_by_credential_id(&named)? {
        Some(award) => award,
        None => issuer.find_award(&named)?,
    };
    let erased = issuer.erase(&award.id, ground, Act::by_operator(Timestamp::now()))?;
    place.finish(format!("{}\n", erased.receipt).as_bytes(), console.out)?;
    let (id, entry) = (&erased.award.id, &erased.claims["record"]["entry"]);
    console.say(
        format!("what was personal about award {id} is erased (entry {entry} of the record); its status stays published. Erase it too where you wrote badges to, and from backups; take the person out of tables that are sent again; badge-issuer store rebuild, and deleting the index that it sets aside, makes the index forget the digests by which it was found."),
        format!("ce qui était personnel dans l’attribution {id} est effacé (entrée {entry} du registre)\u{a0}; son statut reste publié. Effacez-le aussi là où vous avez écrit des badges, et des sauvegardes\u{a0}; retirez la personne des tableaux que vous renverrez\u{a0}; badge-issuer store rebuild, puis la suppression de l’index qu’il met de côté, fait oublier à l’index les empreintes qui permettaient de la trouver."),
    );
    Ok(())
}
