//! `evaluate accept`, `decline`, `recuse`: the evaluator's answer.

use std::path::Path;

use badge_schemas::evaluation::{Answer, Reason};
use badge_schemas::problem::{Code, Problem};

use super::{Thread, ask_ties, declared, open_holder, own, say, whereabouts};
use crate::args::evaluate::{Accept, Recuse, Refuse};
use crate::commands::Session;
use crate::evaluate::moves::{self, Reply};
use crate::evaluate::next;
use crate::evaluate::sheet::Role;
use crate::exit::Exit;

/// Says yes, and binds the address to which the request was sent.
pub(super) fn accept(asked: &Accept, wallet: &Path, session: &Session<'_>) -> Result<Exit, Problem> {
    answer(asked, Answer::Accepted, None, None, wallet, session)
}

/// Says no.
pub(super) fn decline(asked: &Refuse, wallet: &Path, session: &Session<'_>) -> Result<Exit, Problem> {
    let (reason, statement) = (asked.reason, asked.statement.as_deref());
    answer(&asked.answer, Answer::Declined, reason, statement, wallet, session)
}

/// Says no as a matter of conscience; a tie is the reason unless another one is given.
pub(super) fn recuse(asked: &Recuse, wallet: &Path, session: &Session<'_>) -> Result<Exit, Problem> {
    let reason = asked.reason.or(Some(Reason::ConflictOfInterest));
    answer(&asked.answer, Answer::Recused, reason, asked.statement.as_deref(), wallet, session)
}

fn answer(
    asked: &Accept,
    answer: Answer,
    reason: Option<Reason>,
    statement: Option<&str>,
    wallet: &Path,
    session: &Session<'_>,
) -> Result<Exit, Problem> {
    let (holder, did) = own(wallet)?;
    let thread = Thread::open(&asked.thread, session)?;
    let mover = thread.mover(&did, &asked.me, session)?;
    let mut reply = Reply {
        answer,
        reason,
        statement: statement.map(str::to_owned),
        email: asked.email.clone(),
        conflict: declared(&asked.ties)?,
    };
    thread.is_writable(&asked.onward)?;
    let response = match moves::respond(&thread.sheet, &reply, &mover) {
        Err(problem) if problem.code == Code::TiesUnsaid => {
            reply.conflict = Some(ask_ties(Role::Evaluator, session)?);
            moves::respond(&thread.sheet, &reply, &mover)?
        }
        made => made?,
    };
    let holder = open_holder(&holder, &asked.onward.passphrase, session)?;
    let extended = thread.go_on(vec![response], &holder, &asked.onward, wallet, session)?;
    let file = whereabouts(thread.written(&asked.onward), session.console.lang());
    say(next::answered(&extended.sheet, answer, &file, session.console.reader()));
    Ok(Exit::Done)
}
