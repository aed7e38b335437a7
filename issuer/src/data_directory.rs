//! Everything an issuer keeps, in one directory:
//!
//! ```text
//! issuer.json    the public URL, the Profile, the issuer's id and the thumbprints of its keys
//! admin-token    the first administrator's token, handed over, mode 0600
//! keys/          the signing keys, PKCS#8 PEM or age, and the history of all keys, mode 0600 in a directory of mode 0700
//! store/         the record, in a directory of mode 0700; while a service runs, the operator's socket in it
//! batches/       batches that were sent to the service, in a directory of mode 0700
//! checkpoint     a copy of the signed checkpoint that is kept elsewhere
//! public/        files for static hosting, written by `badge-issuer issue`, `status` and `publish`
//! ```
//!
//! With the record in a database (`[store] url`), `store/`, `batches/` and `issuer.json` are there instead, and any number of processes may run at once,
//! each with a directory that holds the same keys.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use badge_schemas::document::Document;
use badge_schemas::problem::{Code, Problem};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::batch::jobs::Jobs;
use crate::checkpoint::{Checkpoints, Keeper};
use crate::files::{self, Readers};
use crate::identity::Identity;
use crate::issuer::Issuer;
use crate::keys::{ED25519_FILE, KeyState, Known, P256_FILE, Protection, Wanted};
use crate::public_url::PublicUrl;
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::store::{AwardQuery, EmbeddedStore, PostgresStore, Store};

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
    /// Who the issuer was when the directory was last opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// The thumbprint of each key that is published, by its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    keys: BTreeMap<String, String>,
    /// The state of each of them that signs no more. In a database: what one process has retired or declared compromised, none lets sign.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    ended: BTreeMap<String, KeyState>,
}

/// An opened data directory.
pub struct Opened {
    /// The issuer.
    pub issuer: Arc<Issuer>,
    /// How its keys are kept.
    pub protection: Protection,
    /// The key files that were made now.
    pub created_keys: Vec<PathBuf>,
    /// The key files that were plain and were encrypted now.
    pub encrypted_keys: Vec<PathBuf>,
    /// Writes checkpoints of the record as long as it is kept, where the settings name a place for them.
    pub checkpoints: Option<Keeper>,
    /// The database that keeps the record, where one does.
    pub database: Option<Arc<PostgresStore>>,
}

/// Opens a data directory, and furnishes it when it is new. One process at a time.
///
/// `default_url` is the public URL of a directory that has none when the settings give none either.
///
/// # Errors
/// [`Code::DataInUse`], [`Code::PublicUrlChanged`], [`Code::IssuerChanged`], [`Code::DataFileMissing`], what the keys, the store and its
/// checkpoint say.
pub fn open(settings: &Settings, default_url: Option<PublicUrl>) -> Result<Opened, Refusal> {
    let mut opened = open_unchecked(settings, default_url)?;
    if let Some(checkpoints) = opened.checkpoints_at(settings) {
        checkpoints.check()?;
        opened.checkpoints = Some(checkpoints.keep()?);
    }
    Ok(opened)
}

impl Opened {
    /// The batches that were sent to the issuer's service: kept where its record is.
    ///
    /// # Errors
    /// As [`Jobs::in_directory`].
    pub fn jobs(&self, data: &Path, clock: fn() -> Timestamp) -> Result<Arc<Jobs>, Problem> {
        let jobs = match &self.database {
            Some(database) => {
                let before = data.join("batches");
                if std::fs::read_dir(&before).is_ok_and(|mut entries| entries.next().is_some()) {
                    tracing::warn!(path = %before.display(), "batches from before the record was in a database lie here, which nobody runs any more");
                }
                Jobs::in_database(Arc::clone(database), clock)
            }
            None => Jobs::in_directory(data, clock)?,
        };
        Ok(Arc::new(jobs))
    }

    /// The checkpoints of the record, where the settings name a place for them.
    pub fn checkpoints_at(&self, settings: &Settings) -> Option<Checkpoints> {
        let place = settings.checkpoint.clone()?;
        Some(Checkpoints::new(place, &settings.data, Arc::clone(&self.issuer)))
    }
}

/// The same without a look at the checkpoint: for who means to replace it.
///
/// # Errors
/// As [`open`].
pub fn open_unchecked(settings: &Settings, default_url: Option<PublicUrl>) -> Result<Opened, Refusal> {
    files::make_data_directory(&settings.data)?;
    let shared = match &settings.database {
        Some(database) => Some(Arc::new(PostgresStore::open(&database.url, &database.organisation)?)),
        None => None,
    };
    let store: Arc<dyn Store> = match &shared {
        Some(shared) => Arc::clone(shared) as Arc<dyn Store>,
        None => Arc::new(EmbeddedStore::open(&settings.data.join("store"))?),
    };
    let path = settings.data.join(RECORD);
    let told = match &shared {
        Some(shared) => shared.settle_identity(None)?,
        None => None,
    };
    // A record that was imported into the database brings its identity from the directory.
    let record = match &told {
        Some(told) => parse(told.as_bytes().to_vec(), "issuer_head")?,
        None => read(&path)?,
    };
    let recorded = record.public_url.as_deref().map(PublicUrl::parse).transpose()?;
    let has_awards = has_issued(store.as_ref())?;
    if has_awards && told.is_none() && !exists(&path)? {
        return Err(missing(&path).into());
    }
    let before = recorded.as_ref().and_then(PublicUrl::did_web).map(str::to_owned);
    let public_url = settle(recorded, settings.public_url.clone(), default_url, has_awards)?;

    let web = public_url.as_ref().is_some_and(|url| url.did_web().is_some());
    let wanted = Wanted { p256: web, rsa: settings.rsa };
    let now_web = public_url.as_ref().and_then(PublicUrl::did_web);
    if has_awards && before.as_deref() != now_web {
        let recorded = record.id.as_deref().or(before.as_deref()).unwrap_or("did:key");
        return Err(changed(recorded, now_web.unwrap_or("did:key")).into());
    }
    let key_directory = settings.data.join("keys");
    let known = known_keys(&record, has_awards, web);
    let (ring, lock) = settings.keys.open(&key_directory, settings.sealing(), wanted, &known)?;
    let (protection, created_keys, encrypted_keys) =
        (ring.protection, ring.created.clone(), ring.encrypted.clone());

    let profile = settings.profile.clone().unwrap_or_else(|| record.profile.clone());
    let url = public_url.as_ref().map(ToString::to_string);
    let identity = Identity::new(public_url, &ring, profile.clone())
        .map_err(|error| Refusal::Failure(error.to_string()))?
        .holding(lock);
    if let Some(recorded) = record.id.as_deref().filter(|recorded| has_awards && *recorded != identity.id()) {
        return Err(changed(recorded, identity.id()).into());
    }
    let (keys, ended) = (ring.history.thumbprints(), ring.history.ended());
    let now = Record { public_url: url, profile, id: Some(identity.id().to_owned()), keys, ended };
    if now != record {
        let text = serde_json::to_vec_pretty(&now).map_err(|error| Refusal::Failure(error.to_string()))?;
        match &shared {
            Some(shared) => settle_shared(shared, told.as_deref(), &now, text)?,
            None => files::write_whole(&path, &text, Readers::Owner)?,
        }
    } else if let (Some(shared), None) = (&shared, &told) {
        let text = serde_json::to_vec_pretty(&now).map_err(|error| Refusal::Failure(error.to_string()))?;
        settle_shared(shared, None, &now, text)?;
    }
    let issuer = Issuer::new(identity, store)
        .with_linting(settings.linting.clone())
        .with_evaluations(settings.evaluations.clone());
    let issuer = Arc::new(issuer);
    Ok(Opened { issuer, protection, created_keys, encrypted_keys, checkpoints: None, database: shared })
}

/// Records in the database who the issuer is, unless another process has just recorded something else.
fn settle_shared(
    shared: &PostgresStore,
    told: Option<&str>,
    now: &Record,
    text: Vec<u8>,
) -> Result<(), Refusal> {
    let text = String::from_utf8(text).map_err(|error| Refusal::Failure(error.to_string()))?;
    let standing = match told {
        Some(told) if shared.replace_identity(told, &text)? => Some(text),
        Some(_) => shared.settle_identity(None)?,
        None => shared.settle_identity(Some(&text))?,
    };
    let standing = parse(standing.unwrap_or_default().into_bytes(), "issuer_head")?;
    if (&standing.id, &standing.keys, &standing.ended) == (&now.id, &now.keys, &now.ended) {
        return Ok(());
    }
    let words = |id: &Option<String>| id.clone().unwrap_or_default();
    Err(changed(&words(&standing.id), &words(&now.id)).into())
}

/// What is known of the keys: without one that was used, or with another in its place, this would be another issuer.
///
/// A directory from before keys were recorded must have those that every issuer has, once it has issued.
fn known_keys(record: &Record, issued: bool, web: bool) -> Known {
    let always = [(ED25519_FILE, true), (P256_FILE, web)].into_iter();
    let always = always.filter(|(_, made)| *made && issued && record.keys.is_empty());
    let files = always.map(|(file, _)| file).collect();
    Known { thumbprints: record.keys.clone(), states: record.ended.clone(), files }
}

/// The DID that the directory was last opened with; nothing where it was not.
///
/// # Errors
/// [`Code::DataUnusable`], [`Code::FileUnreadable`].
pub fn recorded_id(data: &Path) -> Result<Option<String>, Problem> {
    Ok(read(&data.join(RECORD))?.id)
}

/// An issuer's id, Profile and public URL, as recorded.
pub type RecordedProfile = (Option<String>, Map<String, Value>, Option<PublicUrl>);

/// What a directory says of its issuer, without opening it: the issuer's id, its Profile's members and its public URL, as far as they are known.
///
/// # Errors
/// [`Code::FileUnreadable`], [`Code::DataUnusable`].
pub fn recorded_profile(data: &Path) -> Result<RecordedProfile, Problem> {
    let record = read(&data.join(RECORD))?;
    let url = record.public_url.as_deref().map(PublicUrl::parse).transpose()?;
    Ok((record.id, record.profile, url))
}

fn has_issued(store: &dyn Store) -> Result<bool, Refusal> {
    let first = AwardQuery { limit: 1, ..AwardQuery::default() };
    Ok(!store.badges()?.is_empty() || !store.awards(&first)?.awards.is_empty())
}

fn exists(path: &Path) -> Result<bool, Problem> {
    path.try_exists().map_err(|error| files::unreadable(path, &error))
}

fn missing(path: &Path) -> Problem {
    Problem::new(Code::DataFileMissing).with("path", path.display())
}

fn changed(recorded: &str, given: &str) -> Problem {
    Problem::new(Code::IssuerChanged).with("recorded", recorded).with("given", given)
}

fn read(path: &Path) -> Result<Record, Problem> {
    if !exists(path)? {
        return Ok(Record::default());
    }
    parse(files::read_up_to(path, badge_schemas::document::MAX_BYTES)?, &path.display().to_string())
}

fn parse(bytes: Vec<u8>, place: &str) -> Result<Record, Problem> {
    let document = Document::parse(bytes)?;
    serde_json::from_value(document.into_value())
        .map_err(|error| Problem::new(Code::DataUnusable).with("reason", format!("{place}: {error}")))
}

/// The public URL: what was given, else what is recorded, else the default. Badges that exist already name the recorded one.
fn settle(
    recorded: Option<PublicUrl>,
    given: Option<PublicUrl>,
    default: Option<PublicUrl>,
    issued: bool,
) -> Result<Option<PublicUrl>, Problem> {
    match (recorded, given) {
        (Some(recorded), Some(given)) if recorded != given => {
            if !issued {
                return Ok(Some(given));
            }
            Err(Problem::new(Code::PublicUrlChanged).with("recorded", recorded).with("given", given))
        }
        (recorded, given) => Ok(given.or(recorded).or(default)),
    }
}
