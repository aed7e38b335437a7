//! The status lists of one input, each read, authenticated and unpacked once however many credentials refer to it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use super::bitstring::About;
use super::{OpenList, undetermined};
use crate::report::Outcome;
use crate::status_list::token::Bits;
use crate::work::{Exhausted, Work};

/// Most lists of each kind kept unpacked: 4, at most 32 MiB of the 128 MiB that one input may take.
const MAX_KEPT: usize = 4;

/// What it costs to read and unpack the largest list, in steps, beside its signature.
const STEPS_PER_LIST: u64 = 20_000;

/// What one verification has read of status lists so far.
pub(crate) struct Known<'a> {
    pub(super) work: &'a Work,
    pub(super) bitstrings: Kept<About>,
    pub(super) tokens: Kept<Bits>,
}

impl<'a> Known<'a> {
    pub(crate) fn new(work: &'a Work) -> Self {
        Self { work, bitstrings: Kept::default(), tokens: Kept::default() }
    }
}

/// What was found of a list that was opened.
type Found<T> = Result<Rc<(OpenList, T)>, Outcome>;

/// The lists of one kind, by address and by those they were opened for.
pub(super) struct Kept<T>(RefCell<VecDeque<(String, String, Found<T>)>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(RefCell::new(VecDeque::new()))
    }
}

impl<T> Kept<T> {
    /// The list at an address, opened if it is not at hand.
    pub(super) fn open(
        &self,
        work: &Work,
        url: &str,
        opened_for: &str,
        open: impl FnOnce() -> Result<(OpenList, T), Outcome>,
    ) -> Found<T> {
        let at_hand = |(known, by, _): &&(String, String, Found<T>)| known == url && by == opened_for;
        if let Some((_, _, found)) = self.0.borrow().iter().find(at_hand) {
            return found.clone();
        }
        work.spend(STEPS_PER_LIST).map_err(Exhausted::to_problem).map_err(undetermined)?;
        let found = open().map(Rc::new);
        let mut kept = self.0.borrow_mut();
        if kept.len() == MAX_KEPT {
            kept.pop_front();
        }
        kept.push_back((url.to_owned(), opened_for.to_owned(), found.clone()));
        found
    }
}
