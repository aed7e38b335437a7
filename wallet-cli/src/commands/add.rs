//! `add`: verify a badge and keep it as it is; an endorsement is kept beside the badge that it speaks of.

use std::collections::BTreeSet;
use std::path::Path;

use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use badge_verifier::evaluation::thread::is_thread;
use badge_verifier::online::is_url;
use badge_verifier::{Snapshot, Verdict};

use super::{Session, attach, title};
use crate::args::Add;
use crate::attached::Attached;
use crate::check::{self, Network};
use crate::console::{self, Weight};
use crate::exit::Exit;
use crate::files;
use crate::holder::Holder;
use crate::store::{Badge, Kept, LastCheck, MAX_BADGE_LEN, Notes, Store};
use crate::words;

/// Refuses what is invalid; keeps the rest, byte for byte, and says what is not known about it.
pub(super) fn run(asked: &Add, wallet: &Path, session: &Session<'_>) -> Result<Exit, Problem> {
    let (console, lang) = (session.console, session.console.lang());
    let holder = Holder::read(wallet)?;
    let network = Network::of(asked.offline, asked.network.danger_allow_loopback);
    let (bytes, source) = input(&asked.input, network)?;

    if is_thread(&bytes) {
        return attach::thread(&bytes, network, wallet, session);
    }
    if let Some(endorsement) = Attached::read(&bytes) {
        return attach::endorsement(&endorsement, network, wallet, session);
    }

    let mut snapshot = Snapshot::default();
    let report = check::verify(&bytes, network, session.clock, &mut snapshot)?;
    if let Some(kind) = report.summary().kind.filter(|kind| *kind != "badge") {
        return Err(Problem::new(Code::NotKeptInWallet).with_words(
            "kind",
            badge_verifier::words::kind(Some(kind), Lang::En),
            badge_verifier::words::kind(Some(kind), Lang::Fr),
        ));
    }
    let verdict = report.verdict();
    console::note(&words::verdict_line(verdict, lang));
    let findings = check::findings(&report, lang);
    if verdict == Verdict::Invalid {
        console::note(words::not_kept(lang));
        for problem in &findings {
            console.problem(Weight::Error, problem);
        }
        return Ok(Exit::Invalid);
    }

    let badge = Badge::read(bytes)?;
    let now = (session.clock)();
    let notes = Notes {
        added_at: DateTimeStamp::from(now).to_string(),
        source,
        last_check: LastCheck::of(&report, now),
        withdrawn: BTreeSet::new(),
    };
    let store = Store::new(wallet);
    let kept = store.keep(&store.lock()?, &badge, &notes, &snapshot)?;
    if let Kept::Older { newer } = &kept {
        console.problem(Weight::Warning, &Problem::new(Code::BadgeOlderThanKept).with("id", newer));
        console::data(format!("{newer}\n"))?;
        return Ok(Exit::Done);
    }
    console::note(&words::kept(&kept, &title(&badge, lang), lang));
    if verdict == Verdict::Indeterminate {
        console::note(words::open_because(lang));
        for problem in &findings {
            console.problem(Weight::Warning, problem);
        }
    }
    if let Some(problem) = not_ours(badge.subject(), holder.did()) {
        console.problem(Weight::Warning, &problem);
    }
    console::data(format!("{}\n", badge.id()))?;
    Ok(Exit::Done)
}

/// What will stand in the way of presenting a badge, by whom it names as the one it was given to.
fn not_ours(subject: Option<&str>, holder: &str) -> Option<Problem> {
    match subject {
        Some(subject) if subject == holder => None,
        Some(subject) if subject.starts_with("did:") => {
            Some(Problem::new(Code::BadgeOfAnother).with("subject", subject))
        }
        _ => Some(Problem::new(Code::BadgeNotBound)),
    }
}

/// The bytes, and the URL where they came from one.
fn input(named: &str, network: Network) -> Result<(Vec<u8>, Option<String>), Problem> {
    if is_url(named) {
        let Network::Online(reach) = network else {
            return Err(Problem::new(Code::OptionInvalid).with("option", "--offline").with_words(
                "reason",
                "the badge is to be fetched from a URL",
                "le badge est à télécharger depuis une URL",
            ));
        };
        return Ok((check::fetch(named, reach)?, Some(named.to_owned())));
    }
    let path = Path::new(named);
    let bytes = match files::stream(path, "stdin") {
        Some(stdin) => files::read_from(std::io::stdin().lock(), &stdin, MAX_BADGE_LEN)?,
        None => files::read(path, MAX_BADGE_LEN)?,
    };
    Ok((bytes, None))
}
