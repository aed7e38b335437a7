//! How much work one input may cause over everything that is embedded in it: counted before it is done.
//!
//! Each document has limits of its own ([`rdfc`](crate::securing::rdfc)), yet an input may embed many documents. Each costly act
//! announces its price, in steps, and is refused once they are used up. A time-out would be no protection: the work would be
//! done, and the verdict would depend on the machine.

use std::cell::Cell;

use serde_json::Value;

/// Most steps one input may cost. A step is about a microsecond of one core, measured on copied terms, quads, calls of Hash
/// N-Degree Quads and signatures, so this is the two seconds that one input may take. A badge costs about 15,000, in a presentation
/// 20,000: as many as one document may embed still fit.
pub const MAX_STEPS: u64 = 2_000_000;

/// What checking one signature costs: the slowest algorithm, whichever it is.
pub(crate) const SIGNATURE: u64 = 1_000;

/// What reading a public key costs: finding the point that its bytes stand for.
pub(crate) const KEY: u64 = 500;

/// What a value costs to hold against the data model and its JSON Schema.
const PER_VALUE: u64 = 8;
/// How many bytes of text are read for one step.
const BYTES_PER_STEP: usize = 64;

/// What reading a document of so many bytes costs, once.
pub(crate) fn of_bytes(bytes: usize) -> u64 {
    (bytes / BYTES_PER_STEP) as u64
}

/// What it costs to check the shape of a document, whatever the rules for its kind.
pub(crate) fn of_value(value: &Value) -> u64 {
    let inner = match value {
        Value::Object(members) => members.values().map(of_value).sum(),
        Value::Array(items) => items.iter().map(of_value).sum(),
        Value::String(text) => (text.len() / BYTES_PER_STEP) as u64,
        _ => 0,
    };
    PER_VALUE + inner
}

/// What is left to spend on one input.
#[derive(Debug)]
pub struct Work {
    left: Cell<u64>,
}

/// The work was not begun: it costs more than is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than {MAX_STEPS} steps")]
pub struct Exhausted;

impl Default for Work {
    fn default() -> Self {
        Self { left: Cell::new(MAX_STEPS) }
    }
}

impl Work {
    /// Pays for work that is about to be done.
    ///
    /// # Errors
    /// [`Exhausted`]; nothing is left then, so that no cheaper work is begun either and the verdict does not depend on luck.
    pub fn spend(&self, steps: u64) -> Result<(), Exhausted> {
        let left = self.left.get().checked_sub(steps);
        self.left.set(left.unwrap_or(0));
        left.map(|_| ()).ok_or(Exhausted)
    }

    /// Steps spent so far.
    pub fn spent(&self) -> u64 {
        MAX_STEPS - self.left.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_is_gone_and_a_refusal_ends_it() {
        let work = Work::default();
        assert_eq!(work.spend(MAX_STEPS - 10), Ok(()));
        assert_eq!(work.spend(10), Ok(()));
        assert_eq!(work.spend(0), Ok(()));
        assert_eq!(work.spend(1), Err(Exhausted));
        let work = Work::default();
        assert_eq!(work.spend(u64::MAX), Err(Exhausted));
        assert_eq!(work.spend(1), Err(Exhausted));
    }
}
