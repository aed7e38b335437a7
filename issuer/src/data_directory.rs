//! Everything an issuer keeps, in one directory:
//!
//! ```text
//! issuer.json    the public URL and the Profile
//! admin-token    the administrator's token, mode 0600
//! keys/          the signing keys, PKCS#8 PEM, mode 0600
//! store/         the record
//! public/        files for static hosting, written by `badge-issuer issue`
//! ```

use std::path::{Path, PathBuf};
use std::sync::Arc;

use badge_schemas::document::Document;
use badge_schemas::problem::{Code, Problem};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::files::{self, Readers};
use crate::identity::Identity;
use crate::issuer::Issuer;
use crate::keys::{KeyRing, Protection, Wanted};
use crate::public_url::PublicUrl;
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::store::{AwardQuery, EmbeddedStore, Store};

/// The file that keeps the public URL and the Profile.
const RECORD: &str = "issuer.json";

/// What [`RECORD`] holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Record {
    #[serde(skip_serializing_if = "Option::is_none")]
    public_url: Option<String>,
    #[serde(default)]
    profile: Map<String, Value>,
}

/// An opened data directory.
pub struct Opened {
    /// The issuer.
    pub issuer: Arc<Issuer>,
    /// How its keys are kept.
    pub protection: Protection,
    /// The key files that were made now.
    pub created_keys: Vec<PathBuf>,
}

/// Opens a data directory, and furnishes it when it is new. One process at a time.
///
/// `default_url` is the public URL of a directory that has none when the settings give none either.
///
/// # Errors
/// [`Code::DataInUse`], [`Code::PublicUrlChanged`], what the keys and the store say.
pub fn open(settings: &Settings, default_url: Option<PublicUrl>) -> Result<Opened, Refusal> {
    files::make_directory(&settings.data)?;
    let store: Arc<dyn Store> = Arc::new(EmbeddedStore::open(&settings.data.join("store"))?);
    let path = settings.data.join(RECORD);
    let record = read(&path)?;
    let recorded = record.public_url.as_deref().map(PublicUrl::parse).transpose()?;
    let public_url = settle(recorded, settings.public_url.clone(), default_url, store.as_ref())?;

    let web = public_url.as_ref().is_some_and(|url| url.did_web().is_some());
    let wanted = Wanted { p256: web, rsa: settings.rsa };
    let ring = KeyRing::open(&settings.data.join("keys"), settings.passphrase.as_ref(), wanted)?;
    let (protection, created_keys) = (ring.protection, ring.created.clone());

    let profile = settings.profile.clone().unwrap_or_else(|| record.profile.clone());
    let now = Record { public_url: public_url.as_ref().map(ToString::to_string), profile: profile.clone() };
    if now != record {
        let text = serde_json::to_vec_pretty(&now).map_err(|error| Refusal::Failure(error.to_string()))?;
        files::write_whole(&path, &text, Readers::Everyone)?;
    }
    let identity =
        Identity::new(public_url, &ring, profile).map_err(|error| Refusal::Failure(error.to_string()))?;
    Ok(Opened { issuer: Arc::new(Issuer::new(identity, store)), protection, created_keys })
}

fn read(path: &Path) -> Result<Record, Problem> {
    if !path.try_exists().map_err(|error| files::unreadable(path, &error))? {
        return Ok(Record::default());
    }
    let document = Document::parse(files::read_up_to(path, badge_schemas::document::MAX_BYTES)?)?;
    serde_json::from_value(document.into_value()).map_err(|error| {
        Problem::new(Code::DataUnusable).with("reason", format!("{}: {error}", path.display()))
    })
}

/// The public URL: what was given, else what is recorded, else the default. Badges that exist already name the recorded one.
fn settle(
    recorded: Option<PublicUrl>,
    given: Option<PublicUrl>,
    default: Option<PublicUrl>,
    store: &dyn Store,
) -> Result<Option<PublicUrl>, Refusal> {
    match (recorded, given) {
        (Some(recorded), Some(given)) if recorded != given => {
            let first = AwardQuery { limit: 1, ..AwardQuery::default() };
            if store.badges()?.is_empty() && store.awards(&first)?.awards.is_empty() {
                return Ok(Some(given));
            }
            Err(Problem::new(Code::PublicUrlChanged).with("recorded", recorded).with("given", given).into())
        }
        (recorded, given) => Ok(given.or(recorded).or(default)),
    }
}
