//! `badge-issuer doctor`: what is wrong with a draft, a badge or the catalogue, in words, with what to do.
//!
//! Ends with 0 where nothing keeps the badge from being signed, with 1 where something does, with 2 where it could not look.

use std::path::Path;

use badge_schemas::document::{Document, MAX_BYTES};
use badge_schemas::problem::{Audience, Code, Problem};
use badge_verifier::content::{Container, Content};
use badge_verifier::report::Outcome;
use badge_verifier::verify::Expectations;
use badge_verifier::{Snapshot, TrustPolicy, verify};
use clap::ArgMatches;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::args::{path_of, text_of};
use crate::badge::look_at_template;
use crate::commands::{Console, publish};
use crate::credential::{Decided, Plan, compose};
use crate::data_directory;
use crate::draft::InlineDraft;
use crate::files;
use crate::lint::{self, Findings};
use crate::offline;
use crate::profiles::{Linting, Profile, Stage};
use crate::public_url::PublicUrl;
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::template::Template;

/// Largest file looked at: a badge in an image.
const MAX_FILE: usize = 8 * MAX_BYTES;

/// The code that says that something keeps a badge from being signed.
const ERRORS: u8 = 1;

/// Whose id stands for an issuer that has none yet.
const SOMEBODY: &str = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";

/// What was looked at, and what was found.
struct Looked {
    subject: String,
    findings: Findings,
}

/// Looks, and explains.
pub(super) fn run(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    let now = Timestamp::now();
    let settings = console.settings(matches, false)?;
    let named: Vec<Profile> = matches
        .get_many::<String>("profile")
        .map(|names| names.filter_map(|name| Profile::parse(name)).collect())
        .unwrap_or_default();
    let profiles = match (named.is_empty(), settings.linting.profiles.is_empty()) {
        (false, _) => named,
        (true, false) => settings.linting.profiles.clone(),
        (true, true) => vec![Profile::OpenBadges, Profile::PlainLanguage],
    };
    let linting = Linting { profiles, certifications: settings.linting.certifications.clone() };
    let looked = match path_of(matches, "file") {
        Some(path) => vec![file(&path, &settings, &linting, now)?],
        None => catalogue(matches, console, &linting, now)?,
    };
    let errors: usize = looked.iter().map(|looked| looked.findings.errors.len()).sum();
    if matches.get_flag("json") {
        let all: Vec<Value> = looked.iter().map(|looked| to_json(looked, &linting, console)).collect();
        writeln!(console.out, "{}", json!({ "looked": all }))
            .map_err(|error| files::unwritable(Path::new("-"), &error))?;
    } else {
        for looked in &looked {
            explain(looked, console).map_err(|error| files::unwritable(Path::new("-"), &error))?;
        }
    }
    if errors > 0 {
        console.exit = ERRORS;
    }
    Ok(())
}

/// The badges of the catalogue, as they would be awarded now.
fn catalogue(
    matches: &ArgMatches,
    console: &mut Console<'_>,
    linting: &Linting,
    now: Timestamp,
) -> Result<Vec<Looked>, Refusal> {
    let (_, opened) = publish::existing(matches, console)?;
    let issuer = &opened.issuer;
    let badges = match text_of(matches, "badge") {
        Some(badge) => vec![issuer.find_badge(&badge, None)?],
        None => issuer.badges()?,
    };
    let identity = issuer.identity();
    Ok(badges
        .iter()
        .map(|(version, template)| Looked {
            subject: format!("{} ({}, {})", template.name(), version.badge, version.version),
            findings: look_at_template(template, identity.profile(), identity.public_url(), linting, now),
        })
        .collect())
}

/// A file: whatever is signed is verified as far as that needs no network, whatever is not is composed as it would be signed.
fn file(path: &Path, settings: &Settings, linting: &Linting, now: Timestamp) -> Result<Looked, Refusal> {
    let bytes = files::read_up_to(path, MAX_FILE)?;
    let subject = path.display().to_string();
    let unsigned = match Content::open(&bytes)? {
        (Container::Json, Content::Json(document)) if document.value().get("proof").is_none() => {
            Some(document)
        }
        _ => None,
    };
    let findings = match unsigned {
        Some(document) if document.value().get("credentialSubject").is_some() => {
            badge(document.value(), linting, now)
        }
        Some(document) => draft(document, settings, linting, now)?,
        None => signed(&bytes, linting, now),
    };
    Ok(Looked { subject, findings })
}

fn badge(value: &Value, linting: &Linting, now: Timestamp) -> Findings {
    let mut findings = lint::badge(value, now);
    findings.append(linting.findings(value, Stage::Badge));
    findings
}

/// A signed badge: what its verifier says of it without the network, then what its issuer should have known.
fn signed(bytes: &[u8], linting: &Linting, now: Timestamp) -> Findings {
    let report = verify(bytes, &Expectations::default(), &TrustPolicy::default(), now, &Snapshot::default());
    let mut findings = Findings::default();
    for check in report.checks() {
        match &check.outcome {
            Outcome::Fail(problem) => findings.errors.push(problem.clone()),
            Outcome::Warn(problem) => findings.warnings.push(problem.clone()),
            Outcome::Pass | Outcome::NotRun(_) => {}
        }
    }
    if let Some(document) = report.document() {
        let mut others = badge(document, linting, now);
        // What the verifier said already is not said twice.
        others.errors.retain(|problem| !findings.errors.contains(problem));
        others.warnings.retain(|problem| !findings.warnings.contains(problem));
        findings.append(others);
    }
    findings
}

/// A draft, or an achievement alone, as it would be signed by the issuer of the settings or of the data directory.
fn draft(
    document: Document,
    settings: &Settings,
    linting: &Linting,
    now: Timestamp,
) -> Result<Findings, Refusal> {
    let (profile, public_url) = issuer(settings)?;
    let creator = json!({"id": profile["id"], "type": ["Profile"]});
    let names_somebody = document.value().get("recipient").is_some();
    let inline = if names_somebody {
        let inline = InlineDraft::parse(document, None)?;
        (inline.template, Some(inline.draft))
    } else {
        (Template::parse(document)?, None)
    };
    let (template, draft) = inline;
    let id = offline::badge_id(&template);
    let template = template.fill_in_for(&id, creator, public_url.as_ref())?;
    let Some(draft) = draft else {
        let found = look_at_template(&template, &profile, public_url.as_ref(), linting, now);
        return Ok(found.relocated(|pointer| format!("/achievement{pointer}")));
    };
    let plan =
        Plan { draft, subject: format!("urn:uuid:{id}"), salt: "00".repeat(16), seed: None, result: None };
    let decided = Decided { credential_id: &format!("urn:uuid:{id}"), slot: None, at: now };
    let composed = compose(&plan, &template, &profile, public_url.as_ref(), &decided);
    Ok(badge(&composed, linting, now)
        .relocated(|pointer| pointer.strip_prefix("/credentialSubject").unwrap_or(pointer).to_owned()))
}

/// The issuer's Profile and public URL, as far as they are known without opening anything.
fn issuer(settings: &Settings) -> Result<(Value, Option<PublicUrl>), Problem> {
    let (id, recorded, url) = data_directory::recorded_profile(&settings.data)?;
    let url = settings.public_url.clone().or(url);
    let web = url.as_ref().and_then(PublicUrl::did_web).map(str::to_owned);
    let mut profile = Map::new();
    profile.insert("id".to_owned(), json!(web.or(id).unwrap_or_else(|| SOMEBODY.to_owned())));
    profile.insert("type".to_owned(), json!(["Profile"]));
    profile.extend(settings.profile.clone().unwrap_or(recorded));
    Ok((Value::Object(profile), url))
}

fn to_json(looked: &Looked, linting: &Linting, console: &Console<'_>) -> Value {
    let list = |problems: &[Problem]| -> Vec<Value> {
        problems
            .iter()
            .map(|problem| {
                json!({
                    "code": problem.code.as_str(),
                    "pointer": problem.pointer,
                    "detail": problem.sentence(console.lang),
                    "hint": problem.hint_for(Audience::Author, console.lang),
                })
            })
            .collect()
    };
    let profiles: Vec<&str> = linting.profiles.iter().map(|profile| profile.as_str()).collect();
    json!({
        "subject": looked.subject,
        "profiles": profiles,
        "errors": list(&looked.findings.errors),
        "warnings": list(&looked.findings.warnings),
    })
}

fn explain(looked: &Looked, console: &mut Console<'_>) -> std::io::Result<()> {
    let lang = console.lang;
    let Findings { errors, warnings } = &looked.findings;
    writeln!(console.out, "{}", looked.subject)?;
    let labels = [(errors, lang.pick("error", "erreur")), (warnings, lang.pick("advice", "conseil"))];
    for (problems, label) in labels {
        for problem in problems {
            let place = problem.pointer.as_deref().filter(|pointer| !pointer.is_empty());
            let place = place.map(|place| format!(" ({place})")).unwrap_or_default();
            let code: Code = problem.code;
            writeln!(console.out, "  {label}: {}{place} [{}]", problem.sentence(lang), code.as_str())?;
            writeln!(console.out, "    → {}", problem.hint_for(Audience::Author, lang))?;
        }
    }
    match (errors.len(), warnings.len()) {
        (0, 0) => writeln!(console.out, "  {}", lang.pick("nothing found", "rien à signaler")),
        (errors, warnings) => {
            let (en, fr) = (
                format!("  {errors} errors, {warnings} pieces of advice"),
                format!("  {errors} erreurs, {warnings} conseils"),
            );
            writeln!(console.out, "{}", lang.pick(en, fr))
        }
    }
}
