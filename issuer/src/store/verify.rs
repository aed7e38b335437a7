//! Checking the whole record: every entry of the chain, every payload against what the chain says of it, and the index against both.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::Store as _;
use super::data::{ChainReport, Token, TokenQuery};
use super::digest::Digest;
use super::embedded::EmbeddedStore;
use super::error::{Damage, StoreError};
use super::index::Row;
use super::open::parse;
use super::payload::Content;
use super::record::{Private, Record};

/// Reads everything up to the head as it is now. What is recorded meanwhile is left to the next check.
///
/// Memory: one segment, and a few words for each award that was erased.
pub(super) fn verify(store: &EmbeddedStore) -> Result<ChainReport, StoreError> {
    let head = store.index().head()?;
    store.payloads().check_labels()?;
    let mut kept: BTreeMap<String, (PathBuf, u64)> = BTreeMap::new();
    let mut blank: BTreeMap<String, (PathBuf, u64)> = BTreeMap::new();
    let mut erased: BTreeSet<String> = BTreeSet::new();
    let (mut payloads, mut blanks, mut tokens, mut revocations) = (0, 0, 0, 0);
    let end = store.journal.scan(1, head.sequence, &mut |entry| {
        let record = parse(&entry)?;
        let row = match record.award() {
            Some(award) => Some(
                store
                    .index()
                    .row(award)?
                    .ok_or_else(|| StoreError::index(format_args!("award {award} is missing")))?,
            ),
            None => None,
        };
        agrees(entry.head.sequence, &record, row.as_ref(), store)?;
        revocations += usize::from(matches!(record, Record::TokenRevoked { .. }));
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
        let is_erased = row.as_ref().is_some_and(|row| row.award.erased_at.is_some());
        match store.payloads().read(location, commitment)? {
            Content::Kept(payload) => {
                payloads += 1;
                if let Record::TokenMade { .. } = &record {
                    tokens += 1;
                    token_agrees(entry.head.sequence, &record, &payload, store)?;
                }
                if let Some(award) = record.award().filter(|award| is_erased && !erased.contains(*award)) {
                    kept.entry(award.to_owned()).or_insert_with(place);
                }
            }
            Content::Blank => {
                blanks += 1;
                match record.award() {
                    Some(_) if is_erased => {}
                    // It may be being erased just now: looked at again in the end.
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
    // One that no entry made would open what nobody meant to open.
    let mut known = store.index().tokens(&TokenQuery::default(), usize::MAX)?;
    known.retain(|token| token.sequence <= head.sequence);
    let revoked = known.iter().filter_map(|token| token.revoked.as_ref());
    let revoked = revoked.filter(|revoked| revoked.sequence <= head.sequence).count();
    if (known.len(), revoked) != (tokens, revocations) {
        return Err(StoreError::index("other tokens stand there than were made and revoked"));
    }
    for (award, place) in blank {
        if store.index().row(&award)?.is_none_or(|row| row.award.erased_at.is_none()) {
            return Err(blank_error(place));
        }
    }
    Ok(ChainReport { head, payloads, erased: blanks })
}

/// Does the index say what an entry of the chain says?
fn agrees(
    sequence: u64,
    record: &Record,
    row: Option<&Row>,
    store: &EmbeddedStore,
) -> Result<(), StoreError> {
    let same = match (record, row) {
        (Record::Badge { badge, version, definition, .. }, _) => {
            store.index().badge(badge, *version)?.is_some_and(|row| row.definition == *definition)
        }
        (Record::Intent { credential_id, slot, request, badge, badge_version, .. }, Some(row)) => {
            row.award.sequence == sequence
                && row.award.credential_id == *credential_id
                && row.award.slot == *slot
                && (&row.award.badge, row.award.badge_version) == (badge, *badge_version)
                && row.request == *request
                && store.index().award_of_credential(credential_id)?.as_ref() == Some(&row.award.id)
        }
        (Record::Issued { forms, at, .. }, Some(row)) => {
            row.award.sequence < sequence && signed(row, forms) && row.award.issued_at == Some(*at)
        }
        (Record::Reissued { forms, .. }, Some(row)) => row.award.sequence < sequence && signed(row, forms),
        (Record::Revealed { .. }, Some(row)) => row.award.sequence < sequence,
        (Record::Seat { seat, slot, at }, _) => store
            .index()
            .seat(seat)?
            .is_some_and(|row| (row.sequence, &row.slot, row.reserved_at) == (sequence, slot, *at)),
        (Record::SeatWithdrawn { seat, .. }, _) => store
            .index()
            .seat(seat)?
            .is_some_and(|row| row.sequence < sequence && row.withdrawn == Some(sequence)),
        // Looked at with its payload.
        (Record::TokenMade { .. }, _) => true,
        (Record::TokenRevoked { token, actor, at }, _) => store
            .index()
            .token(token)?
            .filter(|row| row.sequence < sequence)
            .and_then(|row| row.revoked)
            .is_some_and(|told| (told.sequence, &told.actor, told.at) == (sequence, actor, *at)),
        (Record::Status { to, .. }, Some(row)) => {
            let recorded = row.award.changes.iter().find(|change| change.sequence == sequence);
            recorded.is_some_and(|change| change.to == *to)
                && row.award.changes.last().is_some_and(|last| last.to == row.award.status)
        }
        (Record::Erased { at, .. }, Some(row)) => row.award.erased_at == Some(*at),
        (_, None) => false,
    };
    if same {
        Ok(())
    } else {
        Err(StoreError::index(format_args!("entry {sequence} stands there otherwise")))
    }
}

/// Does the index say of a token what its entry and payload say, and find it by nothing else?
fn token_agrees(
    sequence: u64,
    record: &Record,
    payload: &[u8],
    store: &EmbeddedStore,
) -> Result<(), StoreError> {
    let private = Private::read(record, payload).map_err(StoreError::index)?;
    let made = private.as_ref().and_then(Private::token).and_then(|private| record.token(sequence, private));
    let found = match &made {
        Some(made) => store.token_by_digest(&made.digest)?,
        None => None,
    };
    // A revocation has an entry of its own.
    if made.is_some() && found.map(|found| Token { revoked: None, ..found }) == made {
        Ok(())
    } else {
        Err(StoreError::index(format_args!("entry {sequence} stands there otherwise")))
    }
}

/// Whether these are the forms of an award, or were before it was signed again.
fn signed(row: &Row, forms: &Digest) -> bool {
    row.forms == Some(*forms) || row.earlier.contains(forms)
}

fn blank_error((file, offset): (PathBuf, u64)) -> StoreError {
    StoreError::damaged(&file, offset, Damage::PayloadBlank)
}
