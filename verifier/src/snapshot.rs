//! Everything that had to be fetched, with the time it was fetched: what makes a verification repeatable.

use std::collections::BTreeMap;

use badge_schemas::timestamp::DateTimeStamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::evaluation::thread::ThreadReport;
use crate::report::Report;
use crate::trusted_time::Sha256Hex;

/// What a resource is, which decides how large it may be and how it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResourceKind {
    /// A DID document or controller document.
    ControllerDocument,
    /// A JWK Set at `/.well-known/jwks.json`.
    Jwks,
    /// Where an issuer of SD-JWT VCs publishes its keys: `/.well-known/jwt-vc-issuer`.
    JwtVcIssuer,
    /// A status list credential, or a legacy revocation list.
    StatusList,
    /// A status list token of the IETF.
    StatusListToken,
    /// An issuer registry.
    Registry,
    /// A newer version of a credential.
    Credential,
    /// A JSON Schema that a credential names, or a credential that holds one.
    Schema,
    /// A resource whose digest a document states.
    RelatedResource,
}

/// A resource that a verification needs, by kind and URL; registries from files are named by their path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Resource {
    /// What it is.
    pub kind: ResourceKind,
    /// Where it is.
    pub url: String,
}

/// An attempt to get a resource: when, and with what result. "We could not look" is kept, and is never "not revoked".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retrieval {
    /// When.
    pub fetched_at: Timestamp,
    /// The bytes as received, or why there are none.
    pub outcome: Result<Vec<u8>, String>,
}

/// A resource that a report relied on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Used {
    /// Which.
    #[serde(flatten)]
    pub resource: Resource,
    /// When it was fetched.
    pub fetched_at: String,
    /// SHA-256 of its bytes in hexadecimal; nothing where it could not be had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// Everything fetched so far. Can be saved beside the report and used again with every server gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    entries: BTreeMap<Resource, Retrieval>,
    /// Documents that were checked, by digest, and when first.
    seen: BTreeMap<String, Timestamp>,
}

/// Why a saved snapshot could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// It is not the JSON we write.
    #[error("not a saved snapshot: {0}")]
    Form(#[from] serde_json::Error),
    /// A version we do not know.
    #[error("version {0} is not known")]
    Version(u32),
    /// The bytes of a resource are not those whose digest was saved.
    #[error("the digest of {0} does not match its bytes")]
    Digest(String),
    /// A resource with neither bytes nor a failure, or broken base64 or time.
    #[error("the entry for {0} is broken")]
    Entry(String),
}

const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Saved {
    version: u32,
    resources: Vec<SavedEntry>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    seen: Vec<SavedSeen>,
}

/// A document that was checked.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SavedSeen {
    sha256: Sha256Hex,
    at: DateTimeStamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SavedEntry {
    kind: ResourceKind,
    url: String,
    fetched_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

impl Snapshot {
    /// Adds or replaces a resource.
    pub fn insert(&mut self, resource: Resource, retrieval: Retrieval) {
        self.entries.insert(resource, retrieval);
    }

    /// The size in bytes of the largest document of keys in it.
    pub(crate) fn largest_of_keys(&self) -> usize {
        let keys = |kind| {
            matches!(kind, ResourceKind::ControllerDocument | ResourceKind::Jwks | ResourceKind::JwtVcIssuer)
        };
        let sizes = self.entries.iter().filter(|(resource, _)| keys(resource.kind));
        sizes.filter_map(|(_, retrieval)| retrieval.outcome.as_ref().ok().map(Vec::len)).max().unwrap_or(0)
    }

    /// What is known of a resource.
    pub fn get(&self, resource: &Resource) -> Option<&Retrieval> {
        self.entries.get(resource)
    }

    /// Every resource and what is known of it.
    pub fn entries(&self) -> impl Iterator<Item = (&Resource, &Retrieval)> {
        self.entries.iter()
    }

    /// Remembers that the input of a report, and every document in it, existed when it was checked: evidence for a later verification, should a key be
    /// revoked in between. The verdict does not matter for that.
    pub fn remember(&mut self, report: &Report) {
        self.note_seen(&report.checked_at, &report.digests());
    }

    /// The same of a thread and every record in it.
    pub fn remember_thread(&mut self, thread: &ThreadReport) {
        let records = thread.records.iter().flat_map(|record| record.report.digests());
        let digests: Vec<&str> = std::iter::once(thread.input_sha256.as_str()).chain(records).collect();
        self.note_seen(&thread.checked_at, &digests);
    }

    fn note_seen(&mut self, checked_at: &str, digests: &[&str]) {
        let Ok(at) = checked_at.parse() else { return };
        for digest in digests {
            let first = self.seen.entry((*digest).to_owned()).or_insert(at);
            *first = at.min(*first);
        }
    }

    /// When a document with this digest was first checked.
    pub fn seen(&self, sha256: &str) -> Option<Timestamp> {
        self.seen.get(sha256).copied()
    }

    /// Forgets failed attempts, so that they are made again.
    pub fn forget_failures(&mut self) {
        self.entries.retain(|_, retrieval| retrieval.outcome.is_ok());
    }

    /// A resource as a report mentions it.
    pub(crate) fn used(&self, resource: &Resource) -> Option<Used> {
        self.get(resource).map(|retrieval| Used {
            resource: resource.clone(),
            fetched_at: retrieval.fetched_at.to_string(),
            sha256: retrieval.outcome.as_ref().ok().map(|bytes| sha256_hex(bytes)),
        })
    }

    /// Writes the snapshot as JSON: each resource with kind, URL, time, digest and base64 body, or the failure.
    pub fn to_json(&self) -> String {
        let resources = self.entries.iter().map(|(resource, retrieval)| SavedEntry {
            kind: resource.kind,
            url: resource.url.clone(),
            fetched_at: retrieval.fetched_at.to_string(),
            sha256: retrieval.outcome.as_ref().ok().map(|bytes| sha256_hex(bytes)),
            body: retrieval.outcome.as_ref().ok().map(|bytes| STANDARD.encode(bytes)),
            failure: retrieval.outcome.as_ref().err().cloned(),
        });
        let saved = Saved {
            version: VERSION,
            resources: resources.collect(),
            seen: self.seen.iter().filter_map(SavedSeen::of).collect(),
        };
        serde_json::to_string_pretty(&saved).unwrap_or_default()
    }

    /// Reads a saved snapshot; every digest is compared with its bytes.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn from_json(text: &str) -> Result<Self, SnapshotError> {
        let saved: Saved = serde_json::from_str(text)?;
        if saved.version != VERSION {
            return Err(SnapshotError::Version(saved.version));
        }
        let mut snapshot = Self::default();
        let seen = saved.seen.into_iter();
        snapshot.seen.extend(seen.map(|seen| (seen.sha256.as_str().to_owned(), seen.at.instant())));
        for entry in saved.resources {
            let broken = || SnapshotError::Entry(entry.url.clone());
            let fetched_at = DateTimeStamp::parse(&entry.fetched_at).map_err(|_| broken())?.instant();
            let outcome = match (&entry.body, &entry.failure, &entry.sha256) {
                (Some(body), None, Some(sha256)) => {
                    let bytes = STANDARD.decode(body).map_err(|_| broken())?;
                    if sha256_hex(&bytes) != *sha256 {
                        return Err(SnapshotError::Digest(entry.url));
                    }
                    Ok(bytes)
                }
                (None, Some(failure), None) => Err(failure.clone()),
                _ => return Err(broken()),
            };
            snapshot.insert(Resource { kind: entry.kind, url: entry.url }, Retrieval { fetched_at, outcome });
        }
        Ok(snapshot)
    }
}

impl SavedSeen {
    fn of((sha256, at): (&String, &Timestamp)) -> Option<Self> {
        // In full: a time rounded down would claim more than was seen.
        let at = DateTimeStamp::parse(&at.to_string()).ok()?;
        Some(Self { sha256: sha256.clone().try_into().ok()?, at })
    }
}

/// SHA-256 in lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |hex, byte| hex + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn sample() -> Snapshot {
        let mut snapshot = Snapshot::default();
        let fetched_at = "2026-11-22T10:00:00Z".parse().unwrap();
        let resource = |url: &str| Resource { kind: ResourceKind::StatusList, url: url.into() };
        snapshot.insert(
            resource("https://a.example/é"),
            Retrieval { fetched_at, outcome: Ok(b"bytes\xff".to_vec()) },
        );
        snapshot.insert(
            resource("https://b.example/"),
            Retrieval { fetched_at, outcome: Err("time-out".into()) },
        );
        snapshot.seen.insert(sha256_hex(b"badge"), fetched_at);
        snapshot
    }

    #[test]
    fn a_saved_snapshot_is_the_same_snapshot() {
        assert_eq!(Snapshot::from_json(&sample().to_json()).unwrap(), sample());
    }

    #[test]
    fn a_changed_snapshot_is_noticed() {
        let json = sample().to_json();
        assert!(matches!(
            Snapshot::from_json(&json.replace("Ynl0ZXP/", "Ynl0ZXP+")),
            Err(SnapshotError::Digest(_))
        ));
        assert!(matches!(
            Snapshot::from_json(&json.replace("\"version\": 1", "\"version\": 2")),
            Err(SnapshotError::Version(2))
        ));
        assert!(matches!(
            Snapshot::from_json(&json.replace("\"failure\"", "\"body\"")),
            Err(SnapshotError::Entry(_))
        ));
        assert!(matches!(Snapshot::from_json("{}"), Err(SnapshotError::Form(_))));
    }
}
