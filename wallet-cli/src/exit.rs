//! What the program tells the one that called it.

use std::process::ExitCode;

use badge_verifier::Verdict;

/// How a command ended. Errors of any kind are [`Exit::CouldNotRun`]; the rest says what became of a badge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It did what was asked.
    Done,
    /// A badge is invalid, and nothing was kept or written.
    Invalid,
    /// The command could not be carried out.
    CouldNotRun,
    /// A verdict was asked for, and something could not be looked at.
    Indeterminate,
}

impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Valid => Self::Done,
            Verdict::Invalid => Self::Invalid,
            Verdict::Indeterminate => Self::Indeterminate,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Invalid => 1,
            Exit::CouldNotRun => 2,
            Exit::Indeterminate => 3,
        })
    }
}
