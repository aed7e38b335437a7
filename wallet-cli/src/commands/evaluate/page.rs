//! `evaluate THREAD --page`: answer and evaluation on a page of this machine, the key opened here first.

use std::collections::BTreeMap;
use std::path::Path;

use badge_schemas::evaluation::{Answer, Reason};
use badge_schemas::problem::{Code, Problem};
use badge_verifier::evaluation::thread::State;
use badge_verifier::{Snapshot, TrustPolicy};

use super::judge::{standing, with_rubric};
use super::{Thread, clean, new_file, open_holder, own, service};
use crate::args::evaluate::Judge;
use crate::check::Network;
use crate::commands::{Session, issuer};
use crate::console;
use crate::evaluate::moves::{self, Findings, Reply};
use crate::evaluate::{Mover, words};
use crate::exit::Exit;
use crate::files;
use crate::page::{self, Desk, OwnBadge};
use crate::store::Store;

/// Serves the page until it is signed or stopped.
pub(super) fn run(asked: &Judge, path: &Path, wallet: &Path, session: &Session<'_>) -> Result<Exit, Problem> {
    let lang = session.console.lang();
    let output = asked.onward.output.as_deref().unwrap_or(path);
    if files::stream(output, "stdout").is_some() {
        return Err(Problem::new(Code::OptionInvalid).with("option", "--output").with_words(
            "reason",
            "a page may write twice, an answer and then evaluations: name a file",
            "une page peut écrire deux fois, une réponse puis des évaluations\u{a0}: nommez un fichier",
        ));
    }
    let (holder, did) = own(wallet)?;
    let thread = Thread::open(path, session)?;
    let mover = thread.mover(&did, &asked.me, session)?;
    may_begin(&thread, &mover)?;
    service::may_ask(&asked.service)?;
    match &asked.onward.output {
        // The file itself may be named: a page writes in place.
        Some(output) if output != path => new_file(output)?,
        _ => files::is_writable(path)?,
    }
    let shown = page::look(&thread.sheet.mandate().offered_evidence, asked.evidence_dir.as_deref())?;
    let store = Store::new(wallet);
    let desk = Desk {
        sheet: with_rubric(&thread.sheet, asked)?,
        path: path.to_owned(),
        output: output.to_owned(),
        bytes: thread.bytes,
        lock: wallet.join("lock"),
        holder: open_holder(&holder, &asked.onward.passphrase, session)?,
        issuer: mover.issuer,
        evidence: shown,
        badges: badges(&store, &did)?,
        at: entries(asked, &did),
        kept: BTreeMap::new(),
        clock: session.clock,
        policy: TrustPolicy::default(),
        snapshot: Snapshot::default(),
    };
    let ended = page::serve(desk, lang, page::IDLE, |url| {
        console::note(words::page_open(lang));
        // Data, for whoever opens it: a person, or a program.
        let _ = console::data(format!("{url}\n"));
        console::note(words::page_waits(lang));
    })?;
    for signed in &ended.signed {
        console::note(&page::signed_words(*signed, lang));
    }
    if ended.is_idle {
        console::note(words::page_left_alone(lang));
    }
    if ended.signed.is_empty() {
        console::note(words::not_signed(lang));
    } else {
        console::note(&crate::words::written(&clean(&output.to_string_lossy()), lang));
    }
    Ok(Exit::Done)
}

/// Whether there is anything for this evaluator to do, before a passphrase is asked for.
fn may_begin(thread: &Thread, mover: &Mover) -> Result<(), Problem> {
    let sheet = &thread.sheet;
    if sheet.state != State::Proposed {
        return moves::may_evaluate(sheet, mover);
    }
    let (answer, reason) = (Answer::Declined, Some(Reason::NoTime));
    let reply = Reply { answer, reason, statement: None, email: None, conflict: None };
    match moves::respond(sheet, &reply, mover) {
        // The address is asked for on the page.
        Err(problem) if problem.code != Code::EmailNeeded => Err(problem),
        _ => Ok(()),
    }
}

/// The evaluator's own badges that an evaluation can carry.
fn badges(store: &Store, did: &str) -> Result<Vec<OwnBadge>, Problem> {
    let (all, _) = store.all()?;
    let own = all.iter().filter(|stored| stored.badge.subject() == Some(did));
    let badges = own.filter_map(|stored| {
        let standing = standing(std::slice::from_ref(&stored.id), store).ok()?.into_iter().next()?;
        let name = clean(&stored.badge.view.credential_subject.achievement.name);
        Some(OwnBadge { name, issuer: issuer(&stored.badge), standing })
    });
    Ok(badges.collect())
}

/// How the issuer's service is asked, where one was named.
fn entries(asked: &Judge, did: &str) -> Option<(String, page::Entries)> {
    let base = asked.service.at.clone()?;
    let Network::Online(reach) = Network::of(false, asked.service.network.danger_allow_loopback) else {
        return None;
    };
    let (named, did) = (base.clone(), did.to_owned());
    let ask = move |thread: &[u8], findings: &mut Findings| {
        let skills: Vec<String> = findings.skills.iter().map(|one| one.skill.clone()).collect();
        for (skill, kept) in service::entries(&base, thread, &did, &skills, reach)? {
            for one in findings.skills.iter_mut().filter(|one| one.skill == skill) {
                one.status = Some(kept.clone());
            }
        }
        Ok(())
    };
    Some((named, Box::new(ask)))
}
