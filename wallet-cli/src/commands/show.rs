//! `show`: one badge, and a fresh report on it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use badge_schemas::lang::Lang;
use badge_schemas::problem::Problem;
use badge_verifier::render::{Strictness, Style, json_text, report_text};
use badge_verifier::securing::disclosure::base_proof;
use badge_verifier::securing::sd_jwt::SdJwt;
use badge_verifier::snapshot::sha256_hex;
use badge_verifier::words::localise;
use serde_json::{Value, json};

use super::attach::whole;
use super::list::{beside, describe};
use super::{Session, clean};
use crate::args::Show;
use crate::attached::{Attached, Fit, judge};
use crate::check::{self, Network};
use crate::console;
use crate::exit::Exit;
use crate::holder::Holder;
use crate::store::{LastCheck, Notes, Store, Stored};
use crate::words;

/// Shows a badge. Offline, the exit code says only whether it could be shown; with `--online`, the verdict is the result.
pub(super) fn run(asked: &Show, wallet: &Path, session: &Session<'_>) -> Result<Exit, Problem> {
    let lang = session.console.lang();
    Holder::read(wallet)?;
    let store = Store::new(wallet);
    let mut stored = store.find(&asked.id)?;
    let network = Network::of(!asked.online, asked.network.danger_allow_loopback);
    let mut snapshot = match network {
        Network::Offline => store.snapshot(&stored.id),
        // What was fetched before may be out of date: look again at everything.
        Network::Online(_) => badge_verifier::Snapshot::default(),
    };
    let report = check::verify(&stored.badge.bytes, network, session.clock, &mut snapshot)?;
    let mut attached = Vec::new();
    for one in beside(&stored, &store, session.console)? {
        let fit = match whole(&stored)? {
            Some(shown) => judge(
                &shown,
                Some(&stored.badge.value),
                &one,
                network,
                session.clock,
                &mut snapshot,
                session.console.lang(),
            )?,
            None => Fit::Open(Vec::new()),
        };
        attached.push((one, fit));
    }
    if asked.online {
        let now = (session.clock)();
        let last_check = LastCheck::of(&report, now);
        let notes = match stored.notes.take() {
            Some(notes) => Notes { last_check, ..notes },
            None => Notes {
                added_at: last_check.at.clone(),
                source: None,
                last_check,
                withdrawn: BTreeSet::new(),
            },
        };
        let lock = store.lock()?;
        // It may have been removed while we looked; then there is nothing to note anything beside.
        if store.find(&stored.id).is_ok() {
            store.note(&lock, &stored.id, &notes, &snapshot)?;
        }
        stored.notes = Some(notes);
    }
    if asked.json {
        let mut value = describe(&stored);
        value["report"] = json!(report);
        if let Some(sd_jwt) = &stored.badge.sd_jwt {
            let places = pointers(sd_jwt);
            value["disclosable"] = json!(places);
        }
        if !attached.is_empty() {
            value["endorsements"] = attached.iter().map(|(one, fit)| described(one, fit)).collect();
        }
        console::data(format!("{}\n", json_text(&value)))?;
    } else {
        let report = report_text(&report, Strictness::Lenient, lang, Style::Plain);
        console::data(format!(
            "{}\n{}\n\n{report}",
            facts(&stored, lang),
            words::checked_with(asked.online, lang)
        ))?;
        console::data(endorsements(&attached, lang))?;
    }
    Ok(if asked.online { report.verdict().into() } else { Exit::Done })
}

/// An attached endorsement and what was found of it, as JSON.
fn described(one: &Attached, fit: &Fit) -> Value {
    let mut value = one.describe();
    let (found, problems) = match fit {
        Fit::Sound => ("sound", &[][..]),
        Fit::Open(problems) => ("indeterminate", problems.as_slice()),
        Fit::Unfit(problems) => ("unsound", problems.as_slice()),
    };
    value["found"] = json!(found);
    if !problems.is_empty() {
        value["problems"] = json!(problems);
    }
    value
}

/// The same as text.
fn endorsements(attached: &[(Attached, Fit)], lang: Lang) -> String {
    let mut text = String::new();
    if !attached.is_empty() {
        let _ = writeln!(text, "\n{}", words::attached_heading(lang));
    }
    for (one, fit) in attached {
        let _ = writeln!(text, "  {} — {}", words::endorsement_entry(one, lang), words::fit(fit, lang));
        if let Some(comment) = one.comment() {
            let _ = writeln!(text, "    {}", words::comment(&clean(comment), lang));
        }
        if let Fit::Open(problems) | Fit::Unfit(problems) = fit {
            for problem in problems {
                let problem = localise(problem, lang);
                let _ = writeln!(text, "    {} ({})", clean(&problem.sentence(lang)), problem.code.as_str());
            }
        }
    }
    text
}

fn facts(stored: &Stored, lang: badge_schemas::lang::Lang) -> String {
    let [id, file, digest, added, check] = words::labels(lang);
    let mut text = String::new();
    let mut line = |label: &str, value: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{label:<17} {}", clean(value));
    };
    line(id, &stored.id);
    line(file, &stored.path.to_string_lossy());
    line(digest, &sha256_hex(&stored.badge.bytes));
    if let Some(notes) = &stored.notes {
        line(added, &notes.added_at);
        let verdict = words::noted_verdict(Some(&notes.last_check.verdict), lang);
        line(check, &format!("{verdict} {}", notes.last_check.at));
    }
    if let Some(base) = base_proof(&stored.badge.value) {
        line(words::always_shown(lang), &base.mandatory_pointers.join(" "));
    }
    if let Some(sd_jwt) = &stored.badge.sd_jwt {
        line(words::disclosable(lang), &pointers(sd_jwt).join(" "));
    }
    text
}

/// The pointers of the claims that the holder can hide, in the order of the document.
fn pointers(sd_jwt: &SdJwt) -> Vec<&str> {
    let mut pointers: Vec<&str> = sd_jwt.disclosures().map(|(place, _)| place).collect();
    pointers.sort_unstable();
    pointers
}
