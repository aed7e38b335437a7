//! Tokens from before the record kept them: `access.json` in the data directory, taken over once and then set aside.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use badge_schemas::problem::{Code, Problem};
use jiff::Timestamp;
use serde::Deserialize;

use super::register::Register;
use super::role::Role;
use crate::files;
use crate::refusal::Refusal;
use crate::store::{Digest, NewToken};

/// The file.
const FILE: &str = "access.json";

/// Its name once it has been taken over.
const DONE: &str = "access.json.taken-over";

/// Largest file we read, in bytes: 1,000 tokens that each name some badges.
const MAX_FILE: usize = 8 << 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    tokens: Vec<Former>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Former {
    id: String,
    account: String,
    roles: Vec<Role>,
    #[serde(default)]
    badges: BTreeSet<String>,
    digest: Digest,
    created_at: Timestamp,
    created_by: String,
    expires_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    revoked_by: Option<String>,
}

/// The file of a data directory.
pub fn path(data: &Path) -> PathBuf {
    data.join(FILE)
}

/// Whether the file can be taken over, where there is one.
///
/// # Errors
/// [`Code::FileUnreadable`], [`Code::DataUnusable`].
pub fn check(data: &Path) -> Result<(), Problem> {
    read(data).map(drop)
}

/// Records every token of the file with its dates and its revocation, and sets the file aside. Where it stops, it goes on the next time.
///
/// # Errors
/// As [`check`]; what the record says.
pub(super) fn take_over(data: &Path, register: &Register) -> Result<(), Refusal> {
    let Some(content) = read(data)? else { return Ok(()) };
    for former in content.tokens {
        let token = register.make(NewToken {
            token: former.id,
            digest: former.digest,
            account: former.account,
            roles: former.roles,
            badges: former.badges,
            expires_at: former.expires_at,
            // Those that are there are not refused.
            most_in_force: usize::MAX,
            actor: former.created_by,
            at: former.created_at,
        })?;
        if let Some(at) = former.revoked_at {
            let by = former.revoked_by.unwrap_or_else(|| crate::issuer::OPERATOR.to_owned());
            register.revoke(&token.id, &by, at)?;
        }
    }
    let path = path(data);
    std::fs::rename(&path, data.join(DONE)).map_err(|error| files::unwritable(&path, &error))?;
    Ok(())
}

fn read(data: &Path) -> Result<Option<Content>, Problem> {
    let path = path(data);
    if !path.try_exists().map_err(|error| files::unreadable(&path, &error))? {
        return Ok(None);
    }
    // Not a document from outside: its members are ours, its size is not that of a request.
    let read = serde_json::from_slice(&files::read_up_to(&path, MAX_FILE)?);
    read.map(Some).map_err(|error| {
        Problem::new(Code::DataUnusable).with("reason", format!("{}: {error}", path.display()))
    })
}
