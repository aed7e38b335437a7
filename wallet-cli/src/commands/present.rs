//! `present`: answer a verifier's challenge.

use std::path::Path;

use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use badge_verifier::evaluation::digest;
use badge_verifier::securing::sd_jwt::present::Selection;
use badge_verifier::{Snapshot, words as verifier_words};
use serde_json::Value;

use super::attach::whole;
use super::list::beside;
use super::{Session, open_holder, title, write_out};
use crate::args::Present;
use crate::attached::{Fit, judge};
use crate::check::Network;
use crate::console::{self, Weight};
use crate::exit::Exit;
use crate::holder::Holder;
use crate::present::{Refusal, Request, present};
use crate::reveal;
use crate::store::{Badge, Store, Stored};
use crate::words;

/// Makes a presentation, checks it, and only then writes it.
pub(super) fn run(asked: &Present, wallet: &Path, session: &Session<'_>) -> Result<Exit, Problem> {
    let (console, lang) = (session.console, session.console.lang());
    let holder = Holder::read(wallet)?;
    let store = Store::new(wallet);
    let badges = chosen(&asked.ids, &store)?;
    let mut snapshot = Snapshot::default();
    for stored in &badges {
        for (resource, retrieval) in store.snapshot(&stored.id).entries() {
            snapshot.insert(resource.clone(), retrieval.clone());
        }
    }
    let holder = open_holder(&holder, &asked.passphrase, session)?;
    let request = Request {
        challenge: asked.challenge.clone(),
        domain: asked.domain.clone(),
        expires: asked.expires,
        selection: selection(asked, &badges)?,
    };
    let now = (session.clock)();
    let shown: Vec<&Badge> = badges.iter().map(|stored| &stored.badge).collect();
    let revealed = reveal::shown(&shown, &asked.reveal, &request.selection)?;
    let beside = if asked.without_endorsements {
        Vec::new()
    } else {
        endorsements(&badges, &revealed, &store, &mut snapshot, session)?
    };
    let presented = match present(&shown, &revealed, &beside, &holder, &request, now, &snapshot) {
        Ok(presented) => presented,
        Err(Refusal::Failed(problem)) => return Err(problem),
        Err(Refusal::Unsound(check, finding)) => {
            let question = |lang| verifier_words::check_question(check, lang);
            let problem = Problem::new(Code::PresentationUnsound).with_words(
                "check",
                question(Lang::En),
                question(Lang::Fr),
            );
            console.problem(Weight::Error, &problem);
            if let Some(problem) = &finding {
                console.problem(Weight::Error, problem);
            }
            return Ok(Exit::Invalid);
        }
    };
    for (index, problem) in &presented.cautions {
        if let Some(badge) = shown.get(*index) {
            console::note(&words::caution(&title(badge, lang), lang));
        }
        console.problem(Weight::Warning, problem);
    }
    write_out(&asked.output, format!("{}\n", presented.text).as_bytes(), console)?;
    if let Ok(until) = now.checked_add(asked.expires) {
        console::note(&words::usable_until(DateTimeStamp::from(until).as_str(), lang));
    }
    Ok(Exit::Done)
}

/// The endorsements that the holder attached to these badges and that go with what is shown of them, and the evaluators' own badges that they name
/// and that are here.
fn endorsements(
    badges: &[Stored],
    shown: &[Value],
    store: &Store,
    snapshot: &mut Snapshot,
    session: &Session<'_>,
) -> Result<Vec<Value>, Problem> {
    let lang = session.console.lang();
    let alone = matches!(badges, [Stored { badge: Badge { sd_jwt: Some(_), .. }, .. }]);
    let (mut beside_it, mut standing) = (Vec::<Value>::new(), Vec::new());
    for (stored, shown) in badges.iter().zip(shown) {
        for one in beside(stored, store, session.console)? {
            if alone {
                console::note(words::presented_alone(lang));
                return Ok(Vec::new());
            }
            if let Fit::Unfit(problems) =
                judge(shown, None, &one, Network::Offline, session.clock, snapshot, session.console.lang())?
            {
                console::note(&words::endorsement_left_out(&one, lang));
                for problem in &problems {
                    session.console.problem(Weight::Warning, problem);
                }
            } else if !beside_it.contains(&one.item) {
                standing.extend(one.standing());
                beside_it.push(one.item);
            }
        }
    }
    if beside_it.is_empty() {
        return Ok(beside_it);
    }
    console::note(&words::sent_along(beside_it.len(), lang));
    let (all, _) = store.all()?;
    for stored in &all {
        let named = digest::of_record(&stored.badge.value).is_ok_and(|digest| standing.contains(&digest));
        let Some(item) = whole(stored)?.filter(|_| named) else { continue };
        if !shown.contains(&item) && !beside_it.contains(&item) {
            beside_it.push(item);
        }
    }
    Ok(beside_it)
}

/// The badges that were named, each once, in the order they were named; two files of one badge (its JSON and its image) are one.
fn chosen(ids: &[String], store: &Store) -> Result<Vec<Stored>, Problem> {
    let mut badges: Vec<Stored> = Vec::with_capacity(ids.len());
    for id in ids {
        let stored = store.find(id)?;
        if badges.iter().all(|one| one.id != stored.id && one.badge.text != stored.badge.text) {
            badges.push(stored);
        }
    }
    Ok(badges)
}

/// What is shown of badges that let their holder choose: nothing that was not asked for. Pointers need one badge that they point into.
fn selection(asked: &Present, badges: &[Stored]) -> Result<Selection, Problem> {
    if asked.disclose_all {
        if badges.iter().any(|stored| stored.badge.sd_jwt.is_some()) {
            return Ok(Selection::All);
        }
        return Err(Problem::new(Code::OptionInvalid).with("option", "--disclose-all").with_words(
            "reason",
            "none of these badges is an SD-JWT; what other badges can hide is shown with --reveal",
            "aucun de ces badges n’est un SD-JWT\u{a0}; ce que d’autres badges peuvent cacher se montre avec --reveal",
        ));
    }
    match badges {
        _ if asked.disclose.is_empty() => {}
        [Stored { badge: Badge { sd_jwt: Some(_), .. }, .. }] => {}
        _ => {
            return Err(Problem::new(Code::OptionInvalid).with("option", "--disclose").with_words(
                "reason",
                "it needs one badge, an SD-JWT; what other badges can hide is shown with --reveal",
                "il faut un seul badge, un SD-JWT\u{a0}; ce que d’autres badges peuvent cacher se montre avec --reveal",
            ));
        }
    }
    Ok(Selection::Claims(asked.disclose.clone()))
}
