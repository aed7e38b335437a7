//! The awards of a person, found in the record under each way to write their DID.

use badge_schemas::problem::{Code, Problem};
use badge_verifier::did::spellings;

use crate::issuer::Issuer;
use crate::refusal::Refusal;
use crate::store::{Award, AwardQuery, MAX_PAGE};

/// Most awards that are read for one question about people: 10,000, some seconds. Few have ten, and a ring has three people.
const MAX_READ: usize = 10_000;

/// How many awards may still be read.
pub(super) struct Budget {
    most: usize,
    left: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self::of(MAX_READ)
    }
}

impl Budget {
    pub(super) fn of(most: usize) -> Self {
        Self { most, left: most }
    }

    fn spend(&mut self, awards: usize) -> Result<(), Problem> {
        let left = self.left.checked_sub(awards);
        self.left = left.ok_or_else(|| Problem::new(Code::RingNotSearched).with("limit", self.most))?;
        Ok(())
    }
}

impl Issuer {
    /// Every award of a person, page by page.
    ///
    /// # Errors
    /// [`Code::RingNotSearched`] where the budget is not enough.
    pub(super) fn awards_of(&self, someone: &str, budget: &mut Budget) -> Result<Vec<Award>, Refusal> {
        let mut awards = Vec::new();
        for recipient in spellings(someone) {
            let mut query =
                AwardQuery { recipient: Some(recipient), limit: MAX_PAGE, ..AwardQuery::default() };
            loop {
                let page = self.store.awards(&query)?;
                budget.spend(page.awards.len())?;
                awards.extend(page.awards);
                match page.next {
                    Some(next) => query.after = Some(next),
                    None => break,
                }
            }
        }
        Ok(awards)
    }
}
