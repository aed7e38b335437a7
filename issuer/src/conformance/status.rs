//! The status lists of a suite: kept in memory, published like the issuer's own.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use badge_schemas::problem::{Code, Problem};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::issue::secure;
use super::suite::{Securing, StatusEntry, SuiteKey};
use crate::randomness;
use crate::refusal::Refusal;
use crate::status_list::{SERVED, document};
use crate::store::{LIST_LENGTH, Purpose, StatusBits, StatusList};

/// The one list of a suite.
const LIST: &str = "1";

/// Most credentials one run enters: enough for any suite, and memory stays small.
const MAX_ENTRIES: usize = 10_000;

/// Which credential has which index, and which indexes are set.
#[derive(Default)]
pub(super) struct Lists(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    index_of: HashMap<String, u32>,
    used: Vec<u32>,
    set: Vec<u32>,
}

impl Lists {
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a credential a random index of the list, and the entry that says so.
    ///
    /// # Errors
    /// [`Code::StorageFull`] after [`MAX_ENTRIES`]; [`Code::DataUnusable`] without randomness.
    pub(super) fn enter(&self, credential: &mut Value, base: &str, suite: &str) -> Result<(), Problem> {
        let Some(members) = credential.as_object_mut() else { return Ok(()) };
        let index = {
            let mut entries = self.entries();
            if entries.used.len() >= MAX_ENTRIES {
                return Err(Problem::new(Code::StorageFull));
            }
            let index = loop {
                let drawn = u32::from_be_bytes(randomness::bytes()?) % LIST_LENGTH;
                if !entries.used.contains(&drawn) {
                    break drawn;
                }
            };
            entries.used.push(index);
            if let Some(id) = members.get("id").and_then(Value::as_str) {
                entries.index_of.insert(id.to_owned(), index);
            }
            index
        };
        let list = address(base, suite);
        let entry = json!({
            "id": format!("{list}#{index}"),
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": index.to_string(),
            "statusListCredential": list,
        });
        members.insert("credentialStatus".to_owned(), entry);
        Ok(())
    }

    /// Revokes the credential that a request names (`credentialId`).
    ///
    /// # Errors
    /// [`Code::NotFound`] where no such credential was issued here.
    pub(super) fn change(&self, body: &Value) -> Result<(), Problem> {
        let id = body.get("credentialId").and_then(Value::as_str).ok_or_else(|| {
            Problem::new(Code::MemberMissing).at("/credentialId").with("member", "credentialId")
        })?;
        let mut entries = self.entries();
        let index = entries.index_of.get(id).copied();
        let index = index.ok_or_else(|| Problem::new(Code::NotFound).with("resource", "credential"))?;
        if !entries.set.contains(&index) {
            entries.set.push(index);
        }
        Ok(())
    }

    fn bits(&self, now: Timestamp) -> StatusBits {
        let entries = self.entries();
        let list = StatusList {
            list: LIST.to_owned(),
            purpose: Purpose::Revocation,
            opened_at: now,
            used: u32::try_from(entries.used.len()).unwrap_or(u32::MAX),
            changed: 0,
        };
        StatusBits { list, length: LIST_LENGTH, set: entries.set.clone() }
    }
}

/// A list as it is published now, signed by the suite's issuer.
///
/// # Errors
/// [`Code::NotFound`] for another list than the one there is.
pub(super) fn published(key: &SuiteKey, base: &str, list: &str, now: Timestamp) -> Result<String, Refusal> {
    let (LIST, StatusEntry::Bitstring, Securing::Whole(mechanism)) =
        (list, key.suite.status, key.suite.securing)
    else {
        return Err(Problem::new(Code::NotFound).with("resource", "status list").into());
    };
    let until = now.checked_add(SERVED).map_err(|error| Refusal::Failure(error.to_string()))?;
    let document = document(&key.lists.bits(now), &address(base, key.suite.name), &key.did, now, until)?;
    Ok(secure(key, mechanism, document, now)?.as_str().to_owned())
}

fn address(base: &str, suite: &str) -> String {
    format!("{base}/suites/{suite}/status/{LIST}")
}
