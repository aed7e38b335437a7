//! `add` for what speaks of badges that are here: an endorsement, or the evaluations of a thread that stand.

use std::path::Path;

use badge_schemas::problem::{Code, Problem};
use badge_verifier::checks::endorsement;
use badge_verifier::evaluation::digest;
use badge_verifier::evaluation::thread::{Evaluated, Force, records};
use badge_verifier::securing::sd_jwt::present::Selection;
use badge_verifier::{Snapshot, TrustPolicy, Verdict};
use serde_json::Value;

use super::{Session, title};
use crate::attached::{Attached, Fit, judge};
use crate::check::{self, Network};
use crate::console::{self, Weight};
use crate::exit::Exit;
use crate::reveal;
use crate::store::{Store, Stored};
use crate::words;

/// Keeps an endorsement beside every badge that it speaks of.
pub(super) fn endorsement(
    endorsement: &Attached,
    network: Network,
    wallet: &Path,
    session: &Session<'_>,
) -> Result<Exit, Problem> {
    let store = Store::new(wallet);
    let (badges, _) = store.all()?;
    let kept = keep(endorsement, &badges, &store, network, session)?;
    Ok(if kept { Exit::Done } else { Exit::Invalid })
}

/// Keeps the evaluations of a thread that stand, each beside every badge that it speaks of, and takes away what is kept of those that the
/// thread shows to have fallen.
pub(super) fn thread(
    bytes: &[u8],
    network: Network,
    wallet: &Path,
    session: &Session<'_>,
) -> Result<Exit, Problem> {
    let (console, lang) = (session.console, session.console.lang());
    let policy = TrustPolicy::default();
    let report = check::judge(bytes, &policy, network, session.clock, &mut Snapshot::default())?;
    for problem in report.problems() {
        let weight = if report.given.is_none() { Weight::Error } else { Weight::Warning };
        console.problem(weight, problem);
    }
    if report.given.is_none() {
        return Ok(if report.verdict() == Verdict::Invalid { Exit::Invalid } else { Exit::Indeterminate });
    }
    let (standing, fallen): (Vec<&Evaluated>, Vec<&Evaluated>) =
        report.evaluations.iter().partition(|one| one.stands());
    let store = Store::new(wallet);
    let (badges, _) = store.all()?;
    let mut taken_away = false;
    for one in fallen {
        if take_away(one, &badges, &store, session)? {
            taken_away = true;
            continue;
        }
        console::note(&words::evaluation_left_out(one, lang));
        if let (Force::Undetermined, Some(problem)) = (one.force(), &one.undetermined) {
            console.problem(Weight::Warning, problem);
        }
    }
    if standing.is_empty() && taken_away {
        return Ok(Exit::Done);
    }
    if standing.is_empty() {
        console.problem(Weight::Error, &Problem::new(Code::ThreadHasNothingToKeep));
        return Ok(Exit::Invalid);
    }
    let records = records(bytes)?;
    let mut all_kept = true;
    for one in standing {
        let endorsement = records.get(one.index).and_then(Attached::of_record);
        let endorsement = endorsement.ok_or_else(|| Problem::new(Code::NotACredential))?;
        all_kept &= keep(&endorsement, &badges, &store, network, session)?;
    }
    Ok(if all_kept { Exit::Done } else { Exit::Invalid })
}

/// Takes away every kept copy of an evaluation that was withdrawn or overturned, in whatever form it is kept, and says from where. One of which that
/// is not known stays: that nothing could be looked at takes nothing away.
fn take_away(
    one: &Evaluated,
    badges: &[Stored],
    store: &Store,
    session: &Session<'_>,
) -> Result<bool, Problem> {
    let lang = session.console.lang();
    if !matches!(one.force(), Force::Withdrawn | Force::Overturned) {
        return Ok(false);
    }
    let mut taken = false;
    for stored in badges {
        let (attached, _) = store.attached(&stored.id)?;
        for copy in attached.iter().filter(|copy| digest::of_record(&copy.value).as_ref() == Ok(&one.digest))
        {
            store.detach(&store.lock()?, &stored.id, copy)?;
            console::note(&words::taken_away(copy, one.force(), &title(&stored.badge, lang), lang));
            taken = true;
        }
    }
    Ok(taken)
}

/// Keeps one endorsement beside the badges it fits, and says which; or says why it fits none.
fn keep(
    one: &Attached,
    badges: &[Stored],
    store: &Store,
    network: Network,
    session: &Session<'_>,
) -> Result<bool, Problem> {
    let (console, lang) = (session.console, session.console.lang());
    let mut kept = false;
    let mut against: Vec<Problem> = Vec::new();
    for stored in badges.iter().filter(|stored| endorsement::speaks_of(&stored.badge.value, &one.value)) {
        let Some(shown) = whole(stored)? else { continue };
        let mut snapshot = store.snapshot(&stored.id);
        let fit = judge(
            &shown,
            Some(&stored.badge.value),
            one,
            network,
            session.clock,
            &mut snapshot,
            session.console.lang(),
        )?;
        let open = match fit {
            Fit::Unfit(problems) => {
                against = problems;
                continue;
            }
            Fit::Open(problems) => problems,
            Fit::Sound => Vec::new(),
        };
        store.attach(&store.lock()?, &stored.id, one, &snapshot)?;
        console::note(&words::attached(one, &title(&stored.badge, lang), lang));
        if !open.is_empty() {
            console::note(words::open_because(lang));
        }
        for problem in &open {
            console.problem(Weight::Warning, problem);
        }
        console::data(format!("{}\n", stored.id))?;
        kept = true;
    }
    if kept {
        return Ok(true);
    }
    console::note(words::not_kept(lang));
    if against.is_empty() {
        against.push(Problem::new(Code::EndorsementWithoutBadge).with("target", one.target()));
    }
    for problem in &against {
        console.problem(Weight::Error, problem);
    }
    Ok(false)
}

/// A badge as it travels when all of it is shown.
pub(super) fn whole(stored: &Stored) -> Result<Option<Value>, Problem> {
    Ok(reveal::shown(&[&stored.badge], &[], &Selection::All)?.pop())
}
