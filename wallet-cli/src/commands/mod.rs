//! The verbs, in the order of a holder's day.

mod add;
mod attach;
mod did;
mod evaluate;
mod export;
mod init;
mod list;
mod present;
mod remove;
mod show;

use std::path::{Path, PathBuf};

use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::render::{MAX_TEXT_CHARS, sanitise};
use jiff::Timestamp;

use crate::args::{Args, Passphrase, Verb};
use crate::ask::{self, Occasion};
use crate::console::{self, Console, Weight};
use crate::exit::Exit;
use crate::files::{self, Access};
use crate::holder::{Holder, OpenHolder};
use crate::store::Badge;
use crate::words;

/// How often a passphrase may be typed: three times, as people expect; a program that guesses has the key file and needs no prompt.
const MAX_ATTEMPTS: usize = 3;

/// What every verb is given beside its own arguments.
pub(crate) struct Session<'s> {
    /// Where it speaks.
    pub(crate) console: &'s Console,
    /// What time it is.
    pub(crate) clock: fn() -> Timestamp,
}

/// Carries out a command.
pub(crate) fn run(args: Args, session: &Session<'_>) -> Exit {
    let outcome = wallet(args.wallet).and_then(|wallet| match &args.verb {
        Verb::Init(asked) => init::run(asked, &wallet, session),
        Verb::Did => did::run(&wallet),
        Verb::Add(asked) => add::run(asked, &wallet, session),
        Verb::List(asked) => list::run(asked, &wallet, session),
        Verb::Show(asked) => show::run(asked, &wallet, session),
        Verb::Present(asked) => present::run(asked, &wallet, session),
        Verb::Export(asked) => export::run(asked, &wallet, session),
        Verb::Remove(asked) => remove::run(asked, &wallet, session),
        Verb::Evaluate(asked) => evaluate::run(asked, &wallet, session),
    });
    outcome.unwrap_or_else(|problem| {
        session.console.problem(Weight::Error, &problem);
        Exit::CouldNotRun
    })
}

/// The wallet's directory: named, or in the user's data directory ([XDG Base Directory](https://specifications.freedesktop.org/basedir/latest/)).
fn wallet(named: Option<PathBuf>) -> Result<PathBuf, Problem> {
    let data = || {
        std::env::var_os("XDG_DATA_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .or_else(|| Some(std::env::home_dir()?.join(".local/share")))
            .filter(|path| path.is_absolute())
            .map(|path| path.join("badge-wallet"))
    };
    named.or_else(data).ok_or_else(|| Problem::new(Code::WalletNowhere))
}

/// Opens the holder's key, warning of a file that others can read. A passphrase that is typed wrong is asked for again.
fn open_holder(
    holder: &Holder,
    passphrase: &Passphrase,
    session: &Session<'_>,
) -> Result<OpenHolder, Problem> {
    let console = session.console;
    if let Some(exposure) = holder.exposure() {
        console.problem(Weight::Warning, &exposure);
    }
    if !holder.is_encrypted() {
        return holder.open("");
    }
    let file = passphrase.passphrase_file.as_deref();
    let mut attempts = if ask::is_typed(file) { MAX_ATTEMPTS } else { 1 };
    loop {
        let opened = holder.open(&ask::passphrase(file, Occasion::Open, console.lang())?);
        attempts -= 1;
        match opened {
            Err(problem) if problem.code == Code::PassphraseWrong && attempts > 0 => {
                console::note(words::passphrase_wrong(console.lang()));
            }
            opened => return opened,
        }
    }
}

/// A badge's name and its issuer's, fit for a terminal.
fn title(badge: &Badge, lang: Lang) -> String {
    let name = clean(&badge.view.credential_subject.achievement.name);
    let quoted = lang.pick(format!("“{name}”"), format!("«\u{a0}{name}\u{a0}»"));
    format!("{quoted} ({})", issuer(badge))
}

/// The name the issuer gives itself, else its identifier.
fn issuer(badge: &Badge) -> String {
    let text = |pointer| badge.value.pointer(pointer).and_then(serde_json::Value::as_str);
    clean(text("/issuer/name").or_else(|| text("/issuer/id")).or_else(|| text("/issuer")).unwrap_or("–"))
}

fn clean(text: &str) -> String {
    sanitise(text, MAX_TEXT_CHARS)
}

/// Writes what goes out: to a file, whole or not at all, or to stdout for `-`.
fn write_out(path: &Path, bytes: &[u8], console: &Console) -> Result<(), Problem> {
    write_with(path, bytes, Access::Default, console)
}

/// The same for what is other people's business too: a new file that its owner alone can read, and never over another one.
fn write_new(path: &Path, bytes: &[u8], console: &Console) -> Result<(), Problem> {
    if files::stream(path, "stdout").is_none() {
        files::is_new(path)?;
    }
    write_with(path, bytes, Access::Owner, console)
}

fn write_with(path: &Path, bytes: &[u8], access: Access, console: &Console) -> Result<(), Problem> {
    if files::stream(path, "stdout").is_some() {
        return console::data(bytes);
    }
    files::write(path, bytes, access)?;
    console::note(&words::written(&clean(&path.to_string_lossy()), console.lang()));
    Ok(())
}
