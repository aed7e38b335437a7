//! Checking the whole record: every entry of the chain, and every payload against what the chain says of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::data::ChainReport;
use super::embedded::EmbeddedStore;
use super::error::{Damage, StoreError};
use super::open::parse;
use super::payload::Content;
use super::record::Record;

/// Reads everything up to the head as it is now. What is recorded meanwhile is left to the next check.
pub(super) fn verify(store: &EmbeddedStore) -> Result<ChainReport, StoreError> {
    let head = store.index().head()?;
    store.payloads().check_labels()?;
    let mut kept: BTreeMap<String, (PathBuf, u64)> = BTreeMap::new();
    let mut blank: BTreeMap<String, (PathBuf, u64)> = BTreeMap::new();
    let mut erased: BTreeSet<String> = BTreeSet::new();
    let (mut payloads, mut blanks) = (0, 0);
    let end = store.journal.scan(1, head.sequence, &mut |entry| {
        let record = parse(&entry)?;
        if let Record::Erased { award, .. } = &record {
            erased.insert(award.clone());
            // What was recorded before the erasure must be blank: nothing later makes up for it.
            return match kept.remove(award) {
                Some((file, offset)) => Err(StoreError::damaged(&file, offset, Damage::PayloadKept)),
                None => Ok(()),
            };
        }
        let Some(commitment) = record.commitment() else { return Ok(()) };
        let location = store.index().location(commitment)?;
        let location =
            location.ok_or_else(|| StoreError::damaged(entry.file, entry.offset, Damage::PayloadMissing))?;
        let place = || (store.payloads().file(location.place), location.place.offset);
        match store.payloads().read(location, commitment)? {
            Content::Kept(_) => {
                payloads += 1;
                if let Some(award) = record.award().filter(|award| !erased.contains(*award)) {
                    kept.entry(award.to_owned()).or_insert_with(place);
                }
            }
            Content::Blank => {
                blanks += 1;
                match record.award() {
                    Some(award) => drop(blank.entry(award.to_owned()).or_insert_with(place)),
                    None => return Err(blank_error(place())),
                }
            }
        }
        Ok(())
    })?;
    if end.head != head {
        return Err(StoreError::damaged(&end.file, 0, Damage::CutShort));
    }
    for (award, place) in blank {
        // An erasure after the head we started from counts too.
        let recorded = erased.contains(&award)
            || store.index().row(&award)?.is_some_and(|row| row.award.erased_at.is_some());
        if !recorded {
            return Err(blank_error(place));
        }
    }
    Ok(ChainReport { head, payloads, erased: blanks })
}

fn blank_error((file, offset): (PathBuf, u64)) -> StoreError {
    StoreError::damaged(&file, offset, Damage::PayloadBlank)
}
