//! `list`: what is in the wallet.

use std::path::Path;

use badge_schemas::credential::issuer_id;
use badge_schemas::problem::Problem;
use badge_verifier::content::Container;
use badge_verifier::render::json_text;
use badge_verifier::report::Skill;
use badge_verifier::securing::disclosure::base_proof;
use badge_verifier::snapshot::sha256_hex;
use serde_json::{Value, json};

use super::{Session, clean, issuer};
use crate::args::List;
use crate::attached::Attached;
use crate::console::{self, Console, Weight};
use crate::exit::Exit;
use crate::holder::Holder;
use crate::skill;
use crate::store::{Badge, Store, Stored};
use crate::words::{self, SHORT};

/// Columns of the table.
const COLUMNS: usize = 6;

/// Widest column of names, in characters.
const MAX_COLUMN: usize = 40;

/// Lists the badges, all or those for a skill; damaged files are named on stderr and passed over.
pub(super) fn run(asked: &List, wallet: &Path, session: &Session<'_>) -> Result<Exit, Problem> {
    let (console, lang) = (session.console, session.console.lang());
    Holder::read(wallet)?;
    let store = Store::new(wallet);
    let (all, damage) = store.all()?;
    let mut badges: Vec<&Stored> = all.iter().collect();
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
        let badges: Vec<Value> = badges
            .iter()
            .map(|stored| {
                let mut value = describe(stored);
                let attached = beside(stored, &store, console)?;
                if !attached.is_empty() {
                    value["endorsements"] = attached.iter().map(Attached::describe).collect();
                }
                if let Some(twin) = stored.revoked_twin(&all) {
                    value["revokedAs"] = json!(twin.id);
                }
                Ok(value)
            })
            .collect::<Result<_, Problem>>()?;
        console::data(format!("{}\n", json_text(&json!({ "badges": badges }))))?;
    } else if badges.is_empty() {
        console::note(words::nothing(asked.skill.is_some(), lang));
    } else {
        let rows = badges.iter().map(|stored| row(stored, &all, lang)).collect();
        let mut lines = table(words::headings(lang).map(str::to_owned), rows);
        for (stored, line) in badges.iter().zip(lines.iter_mut().skip(1)) {
            for attached in beside(stored, &store, console)? {
                let by = lang.pick("attached by you", "ajouté par vous");
                *line = format!("{line}\n  + {} ({by})", words::endorsement_line(&attached, lang));
            }
        }
        console::data(lines.join("\n") + "\n")?;
    }
    Ok(Exit::Done)
}

/// The endorsements beside a badge; those that are damaged are named and passed over.
pub(super) fn beside(stored: &Stored, store: &Store, console: &Console) -> Result<Vec<Attached>, Problem> {
    let (attached, damage) = store.attached(&stored.id)?;
    for problem in &damage {
        console.problem(Weight::Warning, problem);
    }
    Ok(attached)
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

fn row(stored: &Stored, all: &[Stored], lang: badge_schemas::lang::Lang) -> [String; COLUMNS] {
    let view = &stored.badge.view;
    let awarded = view.awarded_date.as_ref().or(view.valid_from.as_ref());
    let twin = stored.revoked_twin(all);
    let check = twin.unwrap_or(stored).notes.as_ref().map(|notes| &notes.last_check);
    let verdict = words::noted_verdict(check.map(|check| check.verdict.as_str()), lang);
    let day = |text: &str| clean(text).chars().take(10).collect::<String>();
    let short = |stored: &Stored| stored.id.chars().take(SHORT).collect::<String>();
    let found = check.map_or_else(|| verdict.to_owned(), |check| format!("{verdict} {}", day(&check.at)));
    [
        short(stored),
        clean(&view.credential_subject.achievement.name),
        issuer(&stored.badge),
        form(&stored.badge).to_owned(),
        awarded.map_or_else(|| "–".to_owned(), |date| day(date.as_str())),
        twin.map_or_else(|| found.clone(), |twin| format!("{found} {}", words::as_twin(&short(twin), lang))),
    ]
}

/// In what a badge is kept: its container, or the suite of a JSON that can be shown in part.
fn form(badge: &Badge) -> &'static str {
    match badge.container {
        Container::Json if base_proof(&badge.value).is_some() => "ecdsa-sd",
        container => container.as_str(),
    }
}

/// The lines of the table, the headings first.
fn table(headings: [String; COLUMNS], rows: Vec<[String; COLUMNS]>) -> Vec<String> {
    let cut = |cell: &String| match cell.chars().count() {
        0..=MAX_COLUMN => cell.clone(),
        _ => cell.chars().take(MAX_COLUMN - 1).chain(['…']).collect(),
    };
    let rows: Vec<[String; COLUMNS]> =
        std::iter::once(headings).chain(rows).map(|row| row.each_ref().map(cut)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: [usize; COLUMNS] = std::array::from_fn(width);
    let line = |row: &[String; COLUMNS]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}
