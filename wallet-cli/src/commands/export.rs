//! `export`: take a badge out, as it came or as an image.

use std::path::Path;

use badge_schemas::problem::Problem;

use super::{Session, write_out};
use crate::args::{Export, ExportFormat};
use crate::exit::Exit;
use crate::holder::Holder;
use crate::image::{self, Format};
use crate::store::Store;

/// Writes a badge; its securing never changes.
pub(super) fn run(asked: &Export, wallet: &Path, session: &Session<'_>) -> Result<Exit, Problem> {
    Holder::read(wallet)?;
    let badge = Store::new(wallet).find(&asked.id)?.badge;
    let bytes = match asked.format {
        ExportFormat::Original => badge.bytes,
        ExportFormat::Png => image::bake(&badge, Format::Png)?,
        ExportFormat::Svg => image::bake(&badge, Format::Svg)?,
    };
    write_out(&asked.output, &bytes, session.console)?;
    Ok(Exit::Done)
}
