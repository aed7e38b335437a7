//! `list`: what is in the wallet.

use std::path::Path;

use badge_schemas::credential::issuer_id;
use badge_schemas::problem::Problem;
use badge_verifier::render::json_text;
use badge_verifier::report::Skill;
use badge_verifier::securing::disclosure::base_proof;
use badge_verifier::snapshot::sha256_hex;
use serde_json::{Value, json};

use super::{Session, clean, issuer};
use crate::args::List;
use crate::console::{self, Weight};
use crate::exit::Exit;
use crate::holder::Holder;
use crate::skill;
use crate::store::{Store, Stored};
use crate::words;

/// Digits of the identifier that the table shows: enough to be told apart in any wallet, short enough to type.
const SHORT: usize = 8;

/// Widest column of names, in characters.
const MAX_COLUMN: usize = 40;

/// Lists the badges, all or those for a skill; damaged files are named on stderr and passed over.
pub(super) fn run(asked: &List, wallet: &Path, session: &Session<'_>) -> Result<Exit, Problem> {
    let (console, lang) = (session.console, session.console.lang());
    Holder::read(wallet)?;
    let (mut badges, damage) = Store::new(wallet).all()?;
    for problem in &damage {
        console.problem(Weight::Warning, problem);
    }
    if let Some(wanted) = &asked.skill {
        badges.retain(|stored| {
            let alignment = &stored.badge.view.credential_subject.achievement.alignment;
            alignment.iter().any(|one| skill::matches(one, wanted))
        });
    }
    if asked.json {
        let badges: Vec<Value> = badges.iter().map(describe).collect();
        console::data(format!("{}\n", json_text(&json!({ "badges": badges }))))?;
    } else if badges.is_empty() {
        console::note(words::nothing(asked.skill.is_some(), lang));
    } else {
        let rows = badges.iter().map(|stored| row(stored, lang)).collect();
        console::data(table(words::headings(lang).map(str::to_owned), rows))?;
    }
    Ok(Exit::Done)
}

/// A badge of the wallet as JSON, with what is noted beside it.
pub(super) fn describe(stored: &Stored) -> Value {
    let badge = &stored.badge;
    let achievement = &badge.view.credential_subject.achievement;
    let skills = achievement.alignment.iter().map(|alignment| Skill {
        name: alignment.target_name.clone(),
        url: alignment.target_url.clone(),
        framework: alignment.target_framework.clone(),
        code: alignment.target_code.clone(),
    });
    let mut value = json!({
        "id": stored.id,
        "file": stored.path.to_string_lossy(),
        "format": badge.container.as_str(),
        "sha256": sha256_hex(&badge.bytes),
        "credentialId": badge.view.id,
        "name": achievement.name,
        "issuer": issuer_id(&badge.value),
        "issuerName": badge.value.pointer("/issuer/name"),
        "subject": badge.subject(),
        "awardedDate": badge.view.awarded_date,
        "validFrom": badge.view.valid_from,
        "validUntil": badge.view.valid_until,
        "skills": skills.collect::<Vec<_>>(),
        "mandatoryPointers": base_proof(&badge.value).map(|base| base.mandatory_pointers),
        "addedAt": stored.notes.as_ref().map(|notes| &notes.added_at),
        "source": stored.notes.as_ref().map(|notes| &notes.source),
        "lastCheck": stored.notes.as_ref().map(|notes| &notes.last_check),
    });
    if let Some(members) = value.as_object_mut() {
        members.retain(|_, member| !member.is_null());
    }
    value
}

fn row(stored: &Stored, lang: badge_schemas::lang::Lang) -> [String; 5] {
    let view = &stored.badge.view;
    let awarded = view.awarded_date.as_ref().or(view.valid_from.as_ref());
    let check = stored.notes.as_ref().map(|notes| &notes.last_check);
    let verdict = words::noted_verdict(check.map(|check| check.verdict.as_str()), lang);
    let day = |text: &str| clean(text).chars().take(10).collect::<String>();
    [
        stored.id.chars().take(SHORT).collect(),
        clean(&view.credential_subject.achievement.name),
        issuer(&stored.badge),
        awarded.map_or_else(|| "–".to_owned(), |date| day(date.as_str())),
        check.map_or_else(|| verdict.to_owned(), |check| format!("{verdict} {}", day(&check.at))),
    ]
}

fn table(headings: [String; 5], rows: Vec<[String; 5]>) -> String {
    let cut = |cell: &String| match cell.chars().count() {
        0..=MAX_COLUMN => cell.clone(),
        _ => cell.chars().take(MAX_COLUMN - 1).chain(['…']).collect(),
    };
    let rows: Vec<[String; 5]> =
        std::iter::once(headings).chain(rows).map(|row| row.each_ref().map(cut)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths = [0, 1, 2, 3, 4].map(width);
    let line = |row: &[String; 5]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}
