//! Questions to the person at the terminal.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;

use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use zeroize::Zeroizing;

use crate::{files, words};

/// The environment variable that holds a passphrase, for scripts.
const PASSPHRASE_VARIABLE: &str = "BADGE_WALLET_PASSPHRASE";

/// Longest passphrase file we read: 64 KiB, far beyond any passphrase; a larger file is another file.
const MAX_PASSPHRASE_FILE: usize = 64 << 10;

/// Whether a new passphrase is chosen, which is asked for twice, or a known one given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// For a new key.
    Choose,
    /// For a key that is there.
    Open,
}

/// Whether [`passphrase`] asks a person for it.
pub(crate) fn is_typed(file: Option<&Path>) -> bool {
    file.is_none() && std::env::var(PASSPHRASE_VARIABLE).is_err() && io::stdin().is_terminal()
}

/// Gets a passphrase: from a file, else from the environment, else from the terminal without echo.
///
/// One line end at the end of a file does not count. The result may be empty; that is for the caller to judge.
///
/// # Errors
/// An unreadable file, no terminal to ask on, or two answers that differ.
pub(crate) fn passphrase(
    file: Option<&Path>,
    occasion: Occasion,
    lang: Lang,
) -> Result<Zeroizing<String>, Problem> {
    if let Some(path) = file {
        let bytes = Zeroizing::new(files::read(path, MAX_PASSPHRASE_FILE)?);
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            Problem::new(Code::FileUnreadable).with("path", path.display()).with("reason", error)
        })?;
        let line = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
        return Ok(Zeroizing::new(line.to_owned()));
    }
    if let Ok(text) = std::env::var(PASSPHRASE_VARIABLE) {
        return Ok(Zeroizing::new(text));
    }
    if !io::stdin().is_terminal() {
        return Err(Problem::new(Code::PassphraseNeeded));
    }
    let ask = |prompt: &str| {
        rpassword::prompt_password(prompt)
            .map(Zeroizing::new)
            .map_err(|_| Problem::new(Code::PassphraseNeeded))
    };
    let first = ask(words::passphrase_prompt(occasion, lang))?;
    if occasion == Occasion::Choose && *first != *ask(words::passphrase_again(lang))? {
        return Err(Problem::new(Code::PassphraseMismatch));
    }
    Ok(first)
}

/// Asks a question to be answered by yes or no; anything but a clear yes is no.
///
/// # Errors
/// [`Code::ConfirmationNeeded`] where there is no terminal.
pub(crate) fn confirm(question: &str) -> Result<bool, Problem> {
    let needed = |_| Problem::new(Code::ConfirmationNeeded);
    if !io::stdin().is_terminal() {
        return Err(Problem::new(Code::ConfirmationNeeded));
    }
    let mut err = io::stderr().lock();
    write!(err, "{question} ").and_then(|()| err.flush()).map_err(needed)?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(needed)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "o" | "oui"))
}
