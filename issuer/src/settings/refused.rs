//! Why settings cannot be used, in both languages.

use std::borrow::Cow;
use std::path::Path;

use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use toml::Spanned;

/// A value that does not fit, and where it stands.
#[derive(Debug)]
pub(super) struct Misfit {
    /// Its first byte in the text.
    pub(super) offset: usize,
    /// What is wrong with it.
    pub(super) problem: Problem,
}

impl Misfit {
    /// That of a value.
    pub(super) fn of<T>(value: &Spanned<T>, problem: Problem) -> Self {
        Self { offset: value.span().start, problem }
    }
}

/// What was read, if nothing of it is a misfit; else the first that is.
pub(super) fn all_fit<T>((read, misfits): (T, Vec<Misfit>)) -> Result<T, Problem> {
    match misfits.into_iter().next() {
        None => Ok(read),
        Some(misfit) => Err(misfit.problem),
    }
}

/// Settings that cannot be used, and why.
pub(super) fn invalid(path: &Path, en: &str, fr: impl Into<Cow<'static, str>>) -> Problem {
    Problem::new(Code::SettingsInvalid).with("path", path.display()).with_words("reason", en, fr)
}

/// They are no text.
pub(super) fn not_utf8(path: &Path) -> Problem {
    invalid(path, "it is not UTF-8", "ce n’est pas de l’UTF-8")
}

/// What another check of ours says of a value in it.
pub(super) fn found(path: &Path, problem: &Problem) -> Problem {
    invalid(path, &problem.sentence(Lang::En), problem.sentence(Lang::Fr))
}
