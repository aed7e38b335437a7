//! `badge-issuer store export` and `import`: the record as a file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, IsTerminal as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use badge_schemas::problem::{Code, Problem};
use clap::ArgMatches;

use crate::args::path_of;
use crate::commands::{Console, store};
use crate::files;
use crate::refusal::{Refusal, damage_words};
use crate::settings::Settings;
use crate::store::{self as record, EmbeddedStore, Fault, Imported, PostgresStore, Transfer, TransferError};

/// Entries between two words about how far it is.
const TELL: u64 = 4096;

/// Writes the whole record to a file, which is there whole or not at all, or to the standard output.
pub(super) fn export(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    let settings = store::existing(matches, console)?;
    let path = required(matches, "output")?;
    let store: Box<dyn Transfer> = match &settings.database {
        Some(database) => Box::new(PostgresStore::open(&database.url, &database.organisation)?),
        None => Box::new(EmbeddedStore::open(&settings.data.join("store"))?),
    };
    let head = if path.as_os_str() == "-" {
        record::export(store.as_ref(), &mut BufWriter::new(&mut *console.out))
            .map_err(|e| refused(e, &path))?
    } else {
        let partial = beside(&path)?;
        // For its owner alone: it holds personal data.
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial.0);
        let file = file.map_err(|error| files::unwritable(&partial.0, &error))?;
        let mut out = BufWriter::new(file);
        let head = record::export(store.as_ref(), &mut out).map_err(|error| refused(error, &path))?;
        let whole = out.into_inner().map_err(io::IntoInnerError::into_error).and_then(|file| file.sync_all());
        whole
            .and_then(|()| fs::rename(&partial.0, &path))
            .map_err(|error| files::unwritable(&path, &error))?;
        head
    };
    let (sequence, hash) = (head.sequence, head.hash);
    console.say(
        format!("{sequence} entries, up to {hash}; the file holds personal data"),
        format!("{sequence} entrées, jusqu’à {hash}\u{a0}; le fichier contient des données personnelles"),
    );
    Ok(())
}

/// Checks the whole export, then records what is not there yet.
pub(super) fn import(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    let settings = console.settings(matches, false)?;
    let path = required(matches, "file")?;
    let read = || File::open(&path).map(BufReader::new).map_err(|error| files::unreadable(&path, &error));
    let end = record::check(&mut read()?).map_err(|error| refused(error, &path))?;
    let store = open(&settings)?;
    let shows = io::stderr().is_terminal();
    let lang = console.lang;
    let mut told = 0;
    let Imported { before, end } = record::import(store.as_ref(), &mut read()?, end, &mut |sequence| {
        if shows && sequence >= told + TELL {
            told = sequence;
            let word = lang.pick("entry", "entrée");
            let _ = writeln!(console.talk, "{word} {sequence}/{}", end.sequence);
        }
    })
    .map_err(|error| refused(error, &path))?;
    let (had, sequence) = (before.sequence, end.sequence);
    let new = sequence.saturating_sub(had);
    console.say(
        format!("{new} entries recorded ({had} were there), up to entry {sequence} of the export"),
        format!(
            "{new} entrées enregistrées ({had} étaient déjà là), jusqu’à l’entrée {sequence} de l’export"
        ),
    );
    Ok(())
}

fn open(settings: &Settings) -> Result<Box<dyn Transfer>, Refusal> {
    if let Some(database) = &settings.database {
        return Ok(Box::new(PostgresStore::open_for_import(&database.url, &database.organisation)?));
    }
    files::make_data_directory(&settings.data)?;
    Ok(Box::new(EmbeddedStore::open_for_import(&settings.data.join("store"))?))
}

fn required(matches: &ArgMatches, name: &str) -> Result<PathBuf, Problem> {
    path_of(matches, name)
        .ok_or_else(|| Problem::new(Code::OptionInvalid).with("option", name).with("reason", "∅"))
}

/// A file that does not outlive its value, unless it has been renamed.
struct Partial(PathBuf);

impl Drop for Partial {
    fn drop(&mut self) {
        // Nothing to remove after the renaming.
        let _ = fs::remove_file(&self.0);
    }
}

/// A new name beside a file's.
fn beside(path: &Path) -> Result<Partial, Problem> {
    let Some(name) = path.file_name() else {
        return Err(files::unwritable(path, &io::ErrorKind::InvalidFilename.into()));
    };
    let name = format!(".{}.{}", name.to_string_lossy(), uuid::Uuid::new_v4());
    Ok(Partial(path.with_file_name(name)))
}

fn refused(error: TransferError, path: &Path) -> Refusal {
    match error {
        TransferError::Store(error) => error.into(),
        TransferError::Io(error) => files::unwritable(path, &error).into(),
        TransferError::Line { line, fault } => {
            let (en, fr) = match fault {
                Fault::Format => (
                    "this is no export of a record, or one of a newer version",
                    "ce n’est pas un export de registre, ou il est d’une version plus récente",
                ),
                Fault::Line => ("it is no line of an export", "ce n’est pas une ligne d’export"),
                Fault::End => (
                    "the file does not end where its last line says",
                    "le fichier ne finit pas où sa dernière ligne le dit",
                ),
                Fault::Entry(damage) => damage_words(damage),
            };
            Problem::new(Code::ImportLine).with("line", line).with_words("reason", en, fr).into()
        }
        TransferError::Unlawful { sequence, reason } => {
            Problem::new(Code::ImportUnlawful).with("sequence", sequence).with("reason", reason).into()
        }
        TransferError::Another { sequence } => {
            Problem::new(Code::ImportAnother).with("sequence", sequence).into()
        }
    }
}
