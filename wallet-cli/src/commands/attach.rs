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
    let records = records(bytes)?;
    for one in fallen {
        let record = records.get(one.index).and_then(Attached::of_record);
        if take_away(one, record.as_ref(), &badges, &store, session)? {
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
    let standing: Vec<Attached> = standing
        .into_iter()
        .map(|one| records.get(one.index).and_then(Attached::of_record))
        .collect::<Option<_>>()
        .ok_or_else(|| Problem::new(Code::NotACredential))?;
    // What was claimed without a badge is not one missing badge for each skill.
    let about_a_claim = report.given.as_ref().filter(|given| given.mandate.target.is_none());
    let speaks =
        |stored: &Stored| standing.iter().any(|one| endorsement::speaks_of(&stored.badge.value, &one.value));
    if let Some(given) = about_a_claim.filter(|_| !badges.iter().any(speaks)) {
        console::note(words::not_kept(lang));
        let problem = Problem::new(Code::ThreadAboutAClaim).with("candidate", &given.candidate);
        console.problem(Weight::Error, &problem);
        return Ok(Exit::Invalid);
    }
    let mut all_kept = true;
    for endorsement in standing {
        all_kept &= keep(&endorsement, &badges, &store, network, session)?;
    }
    Ok(if all_kept { Exit::Done } else { Exit::Invalid })
}

/// Takes away every kept copy of an evaluation that was withdrawn or overturned, in whatever form it is kept, and says from where. One of which that
/// is not known stays: that nothing could be looked at takes nothing away. What was withdrawn is noted beside the badges of which its `record` speaks.
fn take_away(
    one: &Evaluated,
    record: Option<&Attached>,
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
        if one.force() == Force::Withdrawn {
            let about =
                record.is_some_and(|record| endorsement::speaks_of(&stored.badge.value, &record.value));
            if about {
                store.note_withdrawn(&store.lock()?, &stored.id, &one.digest)?;
            }
        }
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
    let digest = digest::of_record(&one.value);
    for stored in badges.iter().filter(|stored| endorsement::speaks_of(&stored.badge.value, &one.value)) {
        let withdrawn = stored.notes.as_ref().map(|notes| &notes.withdrawn);
        if withdrawn.is_some_and(|known| digest.as_ref().is_ok_and(|digest| known.contains(digest))) {
            let endorser = one.endorser().unwrap_or("–");
            against = vec![Problem::new(Code::EndorsementWithdrawn).with("endorser", endorser)];
            continue;
        }
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
        // The same endorsement in another file: white space is no second voice.
        let (attached, _) = store.attached(&stored.id)?;
        let copy = attached.iter().find(|copy| copy.item == one.item).unwrap_or(one);
        store.attach(&store.lock()?, &stored.id, copy, &snapshot)?;
        console::note(&words::attached(copy, &title(&stored.badge, lang), lang));
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
