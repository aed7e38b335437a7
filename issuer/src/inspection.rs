//! The whole record of an issuer, looked through: what a person wants to know of it, and whether it contradicts itself.

use std::collections::BTreeMap;

use badge_schemas::problem::{Code, Problem};

use crate::refusal::{Refusal, status_name};
use crate::store::{AwardQuery, AwardStatus, ChainReport, MAX_PAGE, Store};

/// What was found in a record that is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// The chain and its payloads.
    pub chain: ChainReport,
    /// How many badges there are, each in one or more versions.
    pub badges: usize,
    /// How many awards stand in each state.
    pub awards: BTreeMap<AwardStatus, u64>,
    /// How many status indexes are reserved in each list.
    pub lists: BTreeMap<String, u64>,
}

/// Reads the whole record: every entry, every payload, every award.
///
/// A pass means: every entry is whole, in order and linked; every payload is the one its entry commits to, or blank after a recorded
/// erasure; the index says what the journal says; no status index stands for two awards; whatever is signed was intended before. It
/// does not mean that the signatures verify (each was verified before it was recorded), nor that nothing is missing at the end: that
/// is what a [checkpoint](crate::checkpoint) is for.
///
/// Memory: a bit for each status index that is reserved.
///
/// # Errors
/// [`Code::RecordDamaged`], [`Code::RecordInconsistent`], [`Code::RecordTailLost`]; [`Refusal::Failure`] when it cannot be read.
pub fn inspect(store: &dyn Store) -> Result<Inspection, Refusal> {
    let chain = store.verify_chain()?;
    let mut inspection =
        Inspection { chain, badges: store.badges()?.len(), awards: BTreeMap::new(), lists: BTreeMap::new() };
    let mut reserved: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let mut query = AwardQuery { limit: MAX_PAGE, ..AwardQuery::default() };
    loop {
        let page = store.awards(&query)?;
        for award in &page.awards {
            *inspection.awards.entry(award.status).or_default() += 1;
            if award.issued_at.is_some() != (award.status != AwardStatus::Intended) {
                let state = status_name(award.status);
                return Err(contradiction((
                    format!("award {} is {state}, signed at {:?}", award.id, award.issued_at),
                    format!(
                        "l’attribution {} est à l’état {state}, signée à {:?}",
                        award.id, award.issued_at
                    ),
                )));
            }
            let Some(slot) = &award.slot else { continue };
            *inspection.lists.entry(slot.list.clone()).or_default() += 1;
            let bits = reserved.entry(slot.list.clone()).or_default();
            let (word, bit) = (slot.index as usize / 64, slot.index % 64);
            if bits.len() <= word {
                bits.resize(word + 1, 0);
            }
            if bits.get(word).is_some_and(|found| found >> bit & 1 == 1) {
                let (index, list) = (slot.index, &slot.list);
                return Err(contradiction((
                    format!(
                        "index {index} of status list {list} stands for two awards, one of them {}",
                        award.id
                    ),
                    format!(
                        "l’index {index} de la liste de statut {list} vaut pour deux attributions, dont {}",
                        award.id
                    ),
                )));
            }
            if let Some(found) = bits.get_mut(word) {
                *found |= 1 << bit;
            }
        }
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok(inspection),
        }
    }
}

fn contradiction((en, fr): (String, String)) -> Refusal {
    Problem::new(Code::RecordInconsistent).with_words("reason", en.as_str(), fr).into()
}
