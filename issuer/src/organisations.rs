//! Several issuers in one process: the organisations below the data directory.
//!
//! ```text
//! DATA/                          the issuer at the root
//! DATA/organisations/NAME/       another issuer, served under /o/NAME: a data directory of its own, with its own keys, record,
//!                                tokens, and its own settings in issuer.toml
//! ```
//!
//! An organisation shares the process and nothing else: its DID, Profile, keys, status lists and tokens are its own. Every command
//! of the program works on it with `--data DATA/organisations/NAME`.

use std::path::{Path, PathBuf};

use badge_schemas::problem::{Code, Problem};
use jiff::Timestamp;

use crate::access::{Access, operator};
use crate::data_directory::{self, Opened};
use crate::files;
use crate::log::PublicLog;
use crate::public_url::PublicUrl;
use crate::refusal::Refusal;
use crate::settings::{Options, Scope, Settings};

/// The directory below the data directory.
pub const DIRECTORY: &str = "organisations";

/// The settings of an organisation, in its directory.
pub const SETTINGS: &str = "issuer.toml";

/// Most organisations in one process: each has an index and threads of its own.
pub const MAX: usize = 100;

/// Longest name, in characters: that of a label in a host name.
const MAX_NAME: usize = 63;

/// An organisation that was opened.
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// Its data directory.
    pub data: PathBuf,
    /// Its issuer.
    pub opened: Opened,
    /// Who may act in it.
    pub access: Access,
    /// Its record as a log for everyone, where it is one.
    pub log: Option<PublicLog>,
    /// Where its operator asks, where its record is this process's alone.
    pub desk: Option<operator::Socket>,
    /// Where the first administrator's token is handed over, where it still is.
    pub token: Option<PathBuf>,
}

/// The path below which an organisation is served.
pub fn path(name: &str) -> String {
    format!("/o/{name}")
}

/// Reads the settings of every organisation, in the order of their names.
///
/// # Errors
/// [`Code::OrganisationInvalid`] for a name that no address can hold; what the settings say.
pub fn settings(process: &Settings) -> Result<Vec<(String, Settings)>, Problem> {
    named(&process.data)?
        .into_iter()
        .map(|(name, directory)| {
            let file = directory.join(SETTINGS);
            let config = file.try_exists().map_err(|error| files::unreadable(&file, &error))?.then_some(file);
            let options =
                Options { data: Some(directory), config, scope: Scope::Organisation, ..Options::default() };
            let mut own = Settings::resolve(options)?;
            if own.passphrase.is_none() {
                own.passphrase.clone_from(&process.passphrase);
            }
            if own.encryption.is_none() {
                own.encryption = process.encryption;
            }
            Ok((name, own))
        })
        .collect()
}

/// The directory of every organisation, with its settings file where it has one.
///
/// # Errors
/// As [`settings`], of the names.
pub fn files(data: &Path) -> Result<Vec<(PathBuf, Option<PathBuf>)>, Problem> {
    let with_settings = |(_, directory): (String, PathBuf)| {
        let file = directory.join(SETTINGS);
        (directory, file.exists().then_some(file))
    };
    Ok(named(data)?.into_iter().map(with_settings).collect())
}

/// Opens an organisation; without a public URL of its own it lives below that of the root.
///
/// # Errors
/// As [`data_directory::open`] and [`Access::open`].
pub fn open(
    name: String,
    settings: &Settings,
    root: Option<&PublicUrl>,
    now: Timestamp,
) -> Result<Organisation, Refusal> {
    let default = root.map(|url| PublicUrl::parse(&url.join(&path(&name)))).transpose()?;
    let opened = data_directory::open(settings, default)?;
    let (access, token) = Access::open(&settings.data, opened.issuer.store(), now)?;
    let log = PublicLog::wanted(settings, &opened.issuer, now)?;
    let desk = operator::listen(settings);
    Ok(Organisation { name, data: settings.data.clone(), opened, access, log, desk, token })
}

/// The names and directories of the organisations.
fn named(data: &Path) -> Result<Vec<(String, PathBuf)>, Problem> {
    let directory = data.join(DIRECTORY);
    let entries = match std::fs::read_dir(&directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(files::unreadable(&directory, &error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| files::unreadable(&directory, &error))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // What an editor or a backup leaves beside them; an organisation is a directory.
        if !path.is_dir() {
            continue;
        }
        let refuse = |en: &str, fr: &'static str| {
            Problem::new(Code::OrganisationInvalid).with("path", path.display()).with_words("reason", en, fr)
        };
        if !is_name(&name) {
            return Err(refuse(
                "its name is not made of a-z, 0-9 and hyphens between them",
                "son nom n’est pas fait de a-z, 0-9 et de traits d’union entre eux",
            ));
        }
        found.push((name, path));
        if found.len() > MAX {
            return Err(Problem::new(Code::OrganisationInvalid)
                .with("path", directory.display())
                .with_words("reason", "it holds more than 100", "il en contient plus de 100"));
        }
    }
    found.sort();
    Ok(found)
}

fn is_name(name: &str) -> bool {
    let plain = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
    (1..=MAX_NAME).contains(&name.len())
        && name.split('-').all(|part| !part.is_empty() && part.chars().all(plain))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn a_directory_with_a_name_that_no_address_holds_is_refused() {
        let data = tempfile::tempdir().unwrap();
        assert!(named(data.path()).unwrap().is_empty());
        for name in ["lycee-a", "b2"] {
            std::fs::create_dir_all(data.path().join(DIRECTORY).join(name)).unwrap();
        }
        std::fs::write(data.path().join(DIRECTORY).join("README"), "").unwrap();
        let found: Vec<_> = named(data.path()).unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(found, ["b2", "lycee-a"]);
        for name in ["Lycee", "lycée", "a_b", "-a", "a--b", "..x", "a b"] {
            let path = data.path().join(DIRECTORY).join(name);
            std::fs::create_dir(&path).unwrap();
            assert_eq!(named(data.path()).unwrap_err().code, Code::OrganisationInvalid, "{name}");
            std::fs::remove_dir(&path).unwrap();
        }
    }

    #[test]
    fn what_belongs_to_the_process_is_refused_in_an_organisation() {
        let data = tempfile::tempdir().unwrap();
        let own = data.path().join(DIRECTORY).join("a");
        std::fs::create_dir_all(&own).unwrap();
        let process =
            Settings::resolve(Options { data: Some(data.path().to_owned()), ..Options::default() }).unwrap();
        for text in [
            "listen = '127.0.0.1:1'",
            "data = 'x'",
            "[limits]",
            "[operation]",
            "[tls]\ncertificate = 'c'\nkey = 'k'",
        ] {
            std::fs::write(own.join(SETTINGS), text).unwrap();
            assert_eq!(settings(&process).unwrap_err().code, Code::SettingsInvalid, "{text}");
        }
        std::fs::write(own.join(SETTINGS), "[issuer]\nname = 'A'").unwrap();
        let read = settings(&process).unwrap();
        assert_eq!(read[0].1.profile.as_ref().unwrap()["name"], "A");
        assert!(read[0].1.data.ends_with("organisations/a"));
    }
}
