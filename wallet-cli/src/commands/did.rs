//! `did`: who the holder is.

use std::path::Path;

use badge_schemas::problem::Problem;

use crate::console;
use crate::exit::Exit;
use crate::holder::Holder;

/// Prints the holder's DID; needs no passphrase.
pub(super) fn run(wallet: &Path) -> Result<Exit, Problem> {
    console::data(format!("{}\n", Holder::read(wallet)?.did()))?;
    Ok(Exit::Done)
}
