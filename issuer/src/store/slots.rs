//! Reservation of status indexes: random, so that an index tells nothing about when or to whom, and never twice.
//!
//! See [Bitstring Status List v1.0, §6.1](https://www.w3.org/TR/vc-bitstring-status-list/#privacy-considerations).

use std::collections::BTreeMap;

use super::data::{Purpose, StatusSlot};
use super::entropy::Entropy;
use super::error::StoreError;
use super::index::Index;

/// Entries of a status list: the least that
/// [Bitstring Status List v1.0](https://www.w3.org/TR/vc-bitstring-status-list/#bitstring-generation-algorithm) allows,
/// 16 KiB, so that a holder hides among 131,072.
pub const LIST_LENGTH: u32 = 131_072;

/// Draws before the randomness is called broken: with a list at most half full, chance fails this often once in 2^128.
pub(super) const MAX_DRAWS: u32 = 128;

/// The lists that indexes are being reserved in.
pub(super) struct Slots {
    length: u32,
    next_list: u32,
    open: BTreeMap<Purpose, Open>,
}

struct Open {
    list: String,
    reserved: Vec<bool>,
    count: u32,
}

impl Slots {
    /// Takes the last list of each purpose from the index.
    ///
    /// # Errors
    ///
    /// [`StoreError::Index`] when the index contradicts itself.
    pub(super) fn load(index: &Index, length: u32) -> Result<Self, StoreError> {
        let mut slots = Self { length, next_list: 1, open: BTreeMap::new() };
        let mut last = BTreeMap::new();
        for list in index.lists()? {
            // Not the count: a list whose first record failed leaves a gap in the numbers.
            let number: u32 = list.list.parse().map_err(StoreError::index)?;
            slots.next_list = slots.next_list.max(number + 1);
            last.insert(list.purpose, list);
        }
        // Nothing is reserved in earlier lists any more.
        for list in last.into_values() {
            let indexes = index.reserved(&list.list)?;
            if u32::try_from(indexes.len()).ok() != Some(list.used) {
                return Err(StoreError::index(format_args!("list {} has lost reserved indexes", list.list)));
            }
            let mut open = Open::new(list.list, length);
            for index in indexes {
                *open
                    .reserved
                    .get_mut(index as usize)
                    .ok_or_else(|| StoreError::index("index past its list"))? = true;
                open.count += 1;
            }
            slots.open.insert(list.purpose, open);
        }
        Ok(slots)
    }

    /// Reserves an unused index, in a new list when the last is half full (fuller, draws would take longer and longer).
    ///
    /// The index stays reserved in memory even if recording it fails: an index that nobody uses harms nobody.
    pub(super) fn reserve(&mut self, purpose: Purpose, entropy: &Entropy) -> Result<StatusSlot, StoreError> {
        let length = self.length;
        if self.open.get(&purpose).is_none_or(|open| open.count >= length / 2) {
            self.open.insert(purpose, Open::new(self.next_list.to_string(), length));
            self.next_list += 1;
        }
        let open = self.open.entry(purpose).or_insert_with(|| Open::new(String::new(), length));
        for draw in 0..MAX_DRAWS {
            let index = entropy.draw(draw, length);
            if let Some(reserved) = open.reserved.get_mut(index as usize).filter(|reserved| !**reserved) {
                *reserved = true;
                open.count += 1;
                return Ok(StatusSlot { list: open.list.clone(), purpose, index });
            }
        }
        Err(StoreError::BrokenEntropy { draws: MAX_DRAWS })
    }
}

impl Open {
    fn new(list: String, length: u32) -> Self {
        Self { list, reserved: vec![false; length as usize], count: 0 }
    }
}
