//! Turns at work that anybody may ask for and that costs the processor: how many are taken at once, and how many wait.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;

use badge_schemas::problem::{Code, Problem};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Most requests that wait for a turn: 16. One takes two seconds at the very most and some milliseconds as a rule; whoever would wait longer is
/// told to come back.
pub const MOST_WAITING: usize = 16;

/// When to come back, in seconds.
const RETRY_SECONDS: u64 = 5;

/// The turns of one kind of work; one for the process.
pub struct Turns {
    places: Arc<Semaphore>,
    at_work: Arc<Semaphore>,
    limit: usize,
}

/// A turn; it ends when this is dropped. It belongs into the work itself, which goes on where a client has hung up.
#[derive(Debug)]
pub struct Turn {
    _place: OwnedSemaphorePermit,
    _at_work: OwnedSemaphorePermit,
}

impl Default for Turns {
    /// As many at once as the machine has cores.
    fn default() -> Self {
        Self::new(available_parallelism().map_or(1, NonZeroUsize::get), MOST_WAITING)
    }
}

impl Turns {
    /// So many at once, and so many waiting.
    pub fn new(at_once: usize, waiting: usize) -> Self {
        let limit = at_once + waiting;
        Self { places: Arc::new(Semaphore::new(limit)), at_work: Arc::new(Semaphore::new(at_once)), limit }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// [`Code::ServiceBusy`] at once, where as many wait as may.
    pub async fn take(&self) -> Result<Turn, Problem> {
        let busy =
            || Problem::new(Code::ServiceBusy).with("limit", self.limit).with("seconds", RETRY_SECONDS);
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| busy())?;
        let at_work = Arc::clone(&self.at_work).acquire_owned().await.map_err(|_| busy())?;
        Ok(Turn { _place: place, _at_work: at_work })
    }
}
