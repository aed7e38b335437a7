//! `evaluate withdraw`: taking back a request, an acceptance or evaluations.

use std::path::Path;

use badge_schemas::problem::Problem;
use badge_verifier::evaluation::thread::State;

use super::{Thread, clean, open_holder, own, say, service, whereabouts, whole};
use crate::args::evaluate::Withdraw;
use crate::check::Network;
use crate::commands::Session;
use crate::console;
use crate::evaluate::moves::{self, TakenBack};
use crate::evaluate::sheet::{Role, Said, Sheet};
use crate::evaluate::{next, words};
use crate::exit::Exit;
use crate::files;

/// Takes back what the wallet's holder said in this thread, and tells the service that keeps its status.
pub(super) fn run(asked: &Withdraw, wallet: &Path, session: &Session<'_>) -> Result<Exit, Problem> {
    let lang = session.console.lang();
    let (holder, did) = own(wallet)?;
    let thread = Thread::open(&asked.thread, session)?;
    let Some(reason) = asked.reason else {
        service::only_keepers(&asked.at, &thread.sheet, &did, &[])?;
        tell(asked, &thread.bytes, &thread.sheet, &did, session)?;
        return Ok(Exit::Done);
    };
    let what = what(&thread, &did, &asked.skills)?;
    let over = what == TakenBack::Evaluations(Vec::new()) && took_back(&thread.sheet, &did);
    if over && !asked.at.is_empty() {
        // The record was written, and the service not reached: only that is left to do.
        service::only_keepers(&asked.at, &thread.sheet, &did, &[])?;
        console::note(words::only_told(lang));
        tell(asked, &thread.bytes, &thread.sheet, &did, session)?;
        return Ok(Exit::Done);
    }
    let mover = thread.mover(&did, &asked.me, session)?;
    let records = moves::withdraw(&thread.sheet, &what, reason, asked.statement.as_deref(), &mover)?;
    let soon: &[String] = if let TakenBack::Evaluations(digests) = &what { digests } else { &[] };
    service::only_keepers(&asked.at, &thread.sheet, &did, soon)?;
    let holder = open_holder(&holder, &asked.onward.passphrase, session)?;
    let extended = thread.go_on(records, &holder, &asked.onward, wallet, session)?;
    let sent_to =
        if extended.sheet.role(&did) == Role::Candidate { Role::Evaluator } else { Role::Candidate };
    let file = whereabouts(thread.written(&asked.onward), lang);
    say([next::told(&extended.sheet, sent_to, &file, lang)]);
    if matches!(what, TakenBack::Evaluations(_)) {
        tell(asked, extended.text.as_bytes(), &extended.sheet, &did, session)?;
    }
    Ok(Exit::Done)
}

fn what(thread: &Thread, did: &str, skills: &[String]) -> Result<TakenBack, Problem> {
    let sheet = &thread.sheet;
    let candidates = sheet.role(did) == Role::Candidate;
    if candidates {
        return Ok(TakenBack::Request);
    }
    if sheet.evaluations().is_empty() {
        let proposed = sheet.state == State::Proposed;
        return Ok(if proposed { TakenBack::Request } else { TakenBack::Acceptance });
    }
    let urls = skills.iter().map(|wanted| thread.skill(wanted).map(|line| &line.skill.target_url));
    let urls: Vec<_> = urls.collect::<Result<_, _>>()?;
    let standing = sheet.evaluations().iter().filter(|one| one.withdrawn.is_none());
    let meant =
        standing.filter(|one| urls.is_empty() || urls.contains(&&one.evaluation.evaluated_skill.target_url));
    Ok(TakenBack::Evaluations(meant.map(|one| one.digest.clone()).collect()))
}

/// Whether this evaluator took something back by a record before.
fn took_back(sheet: &Sheet, did: &str) -> bool {
    sheet.lines.iter().any(|line| {
        line.problem.is_none() && line.by.did == did && matches!(line.said, Said::TookBack { .. })
    })
}

/// Tells each service what it keeps, and says of each what became of that. One that refuses keeps nobody from telling the next.
fn tell(
    asked: &Withdraw,
    bytes: &[u8],
    sheet: &Sheet,
    did: &str,
    session: &Session<'_>,
) -> Result<(), Problem> {
    let lang = session.console.lang();
    let keepers = service::keepers(bytes, sheet, did)?;
    if keepers.is_empty() {
        console::note(words::taken_back_without_status(lang));
        return Ok(());
    }
    let network = Network::of(false, asked.network.danger_allow_loopback);
    let mut refused = None;
    for keeper in &keepers {
        let untold =
            |count| words::status_not_told(&keeper.base, count, &again(asked, &keeper.base, session), lang);
        let base = asked.at.iter().find(|base| keeper.is_at(base));
        let (Some(base), Network::Online(reach)) = (base, network) else {
            console::note(&whole(&untold(keeper.count)));
            continue;
        };
        console::note(&whole(&words::status_telling(base, keeper.count, lang)));
        let problem = match service::tell(base, keeper, reach) {
            Ok(unnoted) => {
                let noted = keeper.count.saturating_sub(unnoted.len());
                if noted > 0 {
                    console::note(&whole(&words::status_set(base, noted, lang)));
                }
                for one in &unnoted {
                    console::note(&whole(&words::status_not_set(base, &one.what, one.why.as_deref(), lang)));
                }
                (!unnoted.is_empty()).then(|| service::incomplete(base))
            }
            Err(problem) => {
                console::note(&whole(&untold(keeper.count)));
                Some(problem)
            }
        };
        if let (Some(_), Some(problem)) = (&refused, &problem) {
            console::note(&whole(&problem.sentence(lang)));
        }
        refused = refused.or(problem);
    }
    refused.map_or(Ok(()), Err)
}

/// The command that is left to run: it tells the service that keeps the status, whichever address was tried.
fn again(asked: &Withdraw, base: &str, session: &Session<'_>) -> String {
    // The file that holds the withdrawals: the one that was written, where that is another.
    let holding = match asked.onward.output.as_deref().unwrap_or(&asked.thread) {
        stream if files::stream(stream, "stdout").is_some() => {
            session.console.lang().pick("FILE", "FICHIER").to_owned()
        }
        file => clean(&file.to_string_lossy()),
    };
    let command = next::tell_at(&holding, base);
    let command =
        if asked.network.danger_allow_loopback { command.flag("--danger-allow-loopback") } else { command };
    command.line(session.console.reader())
}
