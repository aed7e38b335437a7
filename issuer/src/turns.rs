//! Turns at work that anybody may ask for and that costs the processor: how many are taken at once, and how many wait.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;

use badge_schemas::problem::{Code, Problem};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Most requests that wait for a turn: 16. One takes some milliseconds as a rule, and some seconds at the very most; whoever would wait longer
/// is told to come back.
pub const MOST_WAITING: usize = 16;

/// Most requests of one network address at work or waiting: four, so that one caller takes the turns of nobody else.
pub const MOST_FOR_ONE: usize = MOST_WAITING / 4;

/// When to come back, in seconds.
const RETRY_SECONDS: u64 = 5;

/// The turns of one kind of work; one for the process.
pub struct Turns {
    places: Arc<Semaphore>,
    at_work: Arc<Semaphore>,
    limit: usize,
    callers: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A turn; it ends when this is dropped. It belongs into the work itself, which goes on where a client has hung up.
#[derive(Debug)]
pub struct Turn {
    _caller: Option<Counted>,
    _place: OwnedSemaphorePermit,
    _at_work: OwnedSemaphorePermit,
}

/// One request of an address among those at work or waiting.
#[derive(Debug)]
struct Counted {
    callers: Arc<Mutex<HashMap<IpAddr, usize>>>,
    address: IpAddr,
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = callers.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                callers.remove(&self.address);
            }
        }
    }
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
        let places = Arc::new(Semaphore::new(limit));
        Self { places, at_work: Arc::new(Semaphore::new(at_once)), limit, callers: Arc::default() }
    }

    /// Waits for a turn. `caller` is the network that the rate limiter counts; nobody in particular is held to no share.
    ///
    /// # Errors
    /// [`Code::ServiceBusy`] at once, where as many wait as may, or as many of this caller.
    pub async fn take(&self, caller: Option<IpAddr>) -> Result<Turn, Problem> {
        let busy =
            || Problem::new(Code::ServiceBusy).with("limit", self.limit).with("seconds", RETRY_SECONDS);
        let caller = match caller {
            Some(address) => Some(self.count(address).ok_or_else(busy)?),
            None => None,
        };
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| busy())?;
        let at_work = Arc::clone(&self.at_work).acquire_owned().await.map_err(|_| busy())?;
        Ok(Turn { _caller: caller, _place: place, _at_work: at_work })
    }

    fn count(&self, address: IpAddr) -> Option<Counted> {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        let count = callers.entry(address).or_default();
        if *count >= MOST_FOR_ONE {
            return None;
        }
        *count += 1;
        Some(Counted { callers: Arc::clone(&self.callers), address })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use std::pin::Pin;
    use std::task::{Context, Waker};

    use super::*;

    fn waits<T>(future: &mut Pin<Box<impl Future<Output = T>>>) -> bool {
        future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending()
    }

    fn run<T>(future: impl Future<Output = T>) -> T {
        actix_web::rt::System::new().block_on(future)
    }

    #[test]
    fn one_caller_takes_the_turns_of_nobody_else() {
        let turns = Turns::new(1, MOST_WAITING);
        let [one, other] = ["192.0.2.1", "2001:db8::"].map(|text| text.parse::<IpAddr>().ok());
        run(async {
            let first = turns.take(one).await.unwrap();
            // Three more wait; the next is told to come back, and another caller may still wait.
            let mut waiting: Vec<_> = (1..MOST_FOR_ONE).map(|_| Box::pin(turns.take(one))).collect();
            assert!(waiting.iter_mut().all(waits));
            assert_eq!(turns.take(one).await.unwrap_err().code, Code::ServiceBusy);
            let mut another = Box::pin(turns.take(other));
            assert!(waits(&mut another));
            // Who hangs up while waiting leaves the place to others; a turn that is over does too.
            drop(waiting);
            drop(first);
            drop(another.await.unwrap());
            drop(turns.take(one).await.unwrap());
        });
        assert!(turns.callers.lock().unwrap().is_empty(), "nobody is remembered");
        assert_eq!((turns.places.available_permits(), turns.at_work.available_permits()), (turns.limit, 1));
    }
}
