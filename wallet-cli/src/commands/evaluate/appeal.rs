//! `evaluate appeal`: contesting an evaluation, and deciding on that.

use std::path::Path;

use badge_schemas::problem::{Code, Problem};

use super::{Thread, clean, is_did, open_holder, own};
use crate::args::evaluate::{Lodge, Resolve};
use crate::commands::Session;
use crate::console;
use crate::evaluate::{moves, next};
use crate::exit::Exit;

/// The candidate contests an evaluation.
pub(super) fn lodge(asked: &Lodge, wallet: &Path, session: &Session<'_>) -> Result<Exit, Problem> {
    let (holder, did) = own(wallet)?;
    let thread = Thread::open(&asked.thread, session)?;
    is_did("--to", &asked.to)?;
    let appealed = appealed(&thread, asked.skill.as_deref(), |one| one.appeal.is_none())?;
    let mover = thread.mover(&did, &asked.me, session)?;
    let statement = asked.statement.as_deref();
    let appeal = moves::lodge(&thread.sheet, &appealed, &asked.to, asked.reason, statement, &mover)?;
    let holder = open_holder(&holder, &asked.onward.passphrase, session)?;
    thread.go_on(vec![appeal], &holder, &asked.onward, wallet, session)?;
    console::note(&next::appeal_lodged(&clean(&asked.to), session.console.lang()));
    Ok(Exit::Done)
}

/// The addressee decides.
pub(super) fn resolve(asked: &Resolve, wallet: &Path, session: &Session<'_>) -> Result<Exit, Problem> {
    let (holder, did) = own(wallet)?;
    let thread = Thread::open(&asked.thread, session)?;
    let appealed = appealed(&thread, asked.skill.as_deref(), |one| one.appeal.is_some())?;
    let mover = thread.mover(&did, &asked.me, session)?;
    let statement = asked.statement.as_deref();
    let appeal = moves::resolve(&thread.sheet, &appealed, asked.decision, statement, &mover)?;
    let holder = open_holder(&holder, &asked.onward.passphrase, session)?;
    thread.go_on(vec![appeal], &holder, &asked.onward, wallet, session)?;
    console::note(next::appeal_decided(asked.decision, session.console.lang()));
    Ok(Exit::Done)
}

/// The digest of the evaluation that is meant: of the skill that is named, the newest that fits; without a name, the only one.
fn appealed(
    thread: &Thread,
    skill: Option<&str>,
    fits: impl Fn(&badge_verifier::evaluation::thread::Evaluated) -> bool,
) -> Result<String, Problem> {
    let url = skill.map(|wanted| thread.skill(wanted)).transpose()?.map(|line| &line.skill.target_url);
    let named: Vec<_> = thread
        .sheet
        .evaluations()
        .iter()
        .filter(|one| one.withdrawn.is_none())
        .filter(|one| url.is_none_or(|url| *url == one.evaluation.evaluated_skill.target_url))
        .collect();
    let fitting: Vec<_> = named.iter().filter(|one| fits(one)).collect();
    match (fitting.as_slice(), url) {
        ([one], _) | ([.., one], Some(_)) => Ok(one.digest.clone()),
        // The move itself says why it is not one that can be made now.
        ([], _) => Ok(named.last().map_or_else(|| "–".to_owned(), |one| one.digest.clone())),
        (_, None) => Err(Problem::new(Code::OptionInvalid).with("option", "--skill").with_words(
            "reason",
            "there are several evaluations: say which",
            "il y a plusieurs évaluations\u{a0}: dites laquelle",
        )),
    }
}
