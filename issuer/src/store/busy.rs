//! Names that one thread is deciding about, so that a decision and its record are one step.

use std::collections::HashSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The names being decided about in this process.
#[derive(Default)]
pub(super) struct Busy {
    names: Mutex<HashSet<String>>,
    freed: Condvar,
}

impl Busy {
    /// Waits until none of `names` is held, then holds all of them at once (so two callers cannot wait for each other).
    pub(super) fn hold(&self, names: Vec<String>) -> Held<'_> {
        let taken = self.lock();
        let mut taken = self
            .freed
            .wait_while(taken, |taken| names.iter().any(|name| taken.contains(name)))
            .unwrap_or_else(PoisonError::into_inner);
        taken.extend(names.iter().cloned());
        drop(taken);
        Held { busy: self, names }
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<String>> {
        // A poisoned lock is taken all the same: the set is changed in single steps.
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Names held until this is dropped.
pub(super) struct Held<'a> {
    busy: &'a Busy,
    names: Vec<String>,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let mut taken = self.busy.lock();
        for name in &self.names {
            taken.remove(name);
        }
        drop(taken);
        self.busy.freed.notify_all();
    }
}
