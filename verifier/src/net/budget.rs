use super::error::{Exhausted, FetchError};
use std::time::Duration;

/// Most fetches one credential may cause: DID document, status list, the list's issuer, a registry, and as many again
/// for its endorsements. With 3 redirects each, at most 32 requests.
const CREDENTIAL_FETCHES: u32 = 8;
/// Longest one credential may keep us fetching: a person is waiting.
const CREDENTIAL_TIME: Duration = Duration::from_secs(15);
/// Most fetches one presentation may cause: eight credentials' worth.
const PRESENTATION_FETCHES: u32 = 64;
/// Longest one presentation may keep us fetching: a proxy in front of a service gives up about then.
const PRESENTATION_TIME: Duration = Duration::from_mins(1);

/// What one credential or one presentation may still fetch; keep one for each, through all its rounds.
///
/// Time counts only while a fetch is under way. A URL refused on sight costs nothing.
#[derive(Debug)]
pub struct Budget {
    fetches: u32,
    max_fetches: u32,
    spent: Duration,
    max_time: Duration,
}

impl Budget {
    /// 8 fetches, 15 seconds.
    pub const fn credential() -> Self {
        Self::new(CREDENTIAL_FETCHES, CREDENTIAL_TIME)
    }

    /// 64 fetches, 60 seconds.
    pub const fn presentation() -> Self {
        Self::new(PRESENTATION_FETCHES, PRESENTATION_TIME)
    }

    pub(super) const fn new(max_fetches: u32, max_time: Duration) -> Self {
        Self { fetches: 0, max_fetches, spent: Duration::ZERO, max_time }
    }

    /// How many fetches have been taken.
    pub const fn fetches(&self) -> u32 {
        self.fetches
    }

    /// Takes one fetch and says how long it may last.
    pub(super) fn take(&mut self) -> Result<Duration, FetchError> {
        if self.fetches >= self.max_fetches {
            return Err(FetchError::Budget(Exhausted::Fetches { limit: self.max_fetches }));
        }
        let left = self.max_time.saturating_sub(self.spent);
        if left.is_zero() {
            return Err(self.out_of_time());
        }
        self.fetches += 1;
        Ok(left)
    }

    pub(super) fn spend(&mut self, time: Duration) {
        self.spent = self.spent.saturating_add(time);
    }

    pub(super) const fn out_of_time(&self) -> FetchError {
        FetchError::Budget(Exhausted::Time { limit: self.max_time })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_fetches_and_time_separately() {
        let mut budget = Budget::new(2, Duration::from_secs(3));
        assert_eq!(budget.take(), Ok(Duration::from_secs(3)));
        budget.spend(Duration::from_secs(1));
        assert_eq!(budget.take(), Ok(Duration::from_secs(2)));
        assert_eq!(budget.take(), Err(FetchError::Budget(Exhausted::Fetches { limit: 2 })));
        assert_eq!(budget.fetches(), 2, "a refused fetch is not taken");

        let mut budget = Budget::new(2, Duration::from_secs(3));
        budget.spend(Duration::from_secs(4));
        assert_eq!(budget.take(), Err(budget.out_of_time()));
        assert_eq!(budget.fetches(), 0);
    }

    #[test]
    fn the_two_budgets_are_as_documented() {
        for (mut budget, fetches, seconds) in
            [(Budget::credential(), 8, 15), (Budget::presentation(), 64, 60)]
        {
            for _ in 0..fetches {
                assert_eq!(budget.take(), Ok(Duration::from_secs(seconds)));
            }
            assert_eq!(budget.take(), Err(FetchError::Budget(Exhausted::Fetches { limit: fetches })));
        }
    }
}
