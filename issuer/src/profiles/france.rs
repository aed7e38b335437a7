//! French identifiers: those of bodies belong together, and those of certifications belong to whoever may award them. Their form and check
//! digits are looked at before every signature, in [`lint`](crate::lint), with or without this profile.

use badge_schemas::identifiers::{self, IdentifierKind};
use badge_schemas::problem::{Code, Problem};
use serde_json::Value;

use super::{ACHIEVEMENT, items, text};
use crate::lint::Findings;

/// The identifiers of a body that tell who it is in France.
const OF_BODIES: [&str; 4] = ["ext:frSiren", "ext:frSiret", "ext:frUai", "ext:frNda"];

pub(super) fn look(badge: &Value, certifications: &[String], findings: &mut Findings) {
    body(badge, findings);
    let achievement = |member: &str| format!("{ACHIEVEMENT}/{member}");
    for (at, entry) in items(badge, &achievement("otherIdentifier")) {
        if let Some((kind, value)) = entry_of(entry)
            && matches!(kind, "ext:frRncp" | "ext:frRs" | "ext:frRncpBloc")
        {
            own(value, &format!("{at}/identifier"), certifications, findings);
        }
    }
    if let Some(code) = text(badge, &achievement("humanCode")).filter(|code| named_in(code).is_some()) {
        own(code, &achievement("humanCode"), certifications, findings);
    }
    // A title is what readers take for the certification itself.
    if let Some(code) = text(badge, &achievement("name")).and_then(named_in) {
        own(&code, &achievement("name"), certifications, findings);
    }
    if text(badge, &achievement("inLanguage")).is_none() {
        findings.warning(Problem::new(Code::FrLanguageMissing).at(achievement("inLanguage")));
    }
}

/// A certification or bloc that the badge names as its own.
fn own(code: &str, at: &str, certifications: &[String], findings: &mut Findings) {
    let kinds = [IdentifierKind::Rncp, IdentifierKind::Rs, IdentifierKind::RncpBloc];
    if !kinds.into_iter().any(|kind| identifiers::check(kind, code).is_ok()) {
        findings.error(Problem::new(Code::FrCertificationMalformed).at(at).with("code", code));
        return;
    }
    let whole = code.split_once("BC").map_or(code, |(whole, _)| whole);
    if !certifications.iter().any(|held| held == whole || held == code) {
        findings.error(Problem::new(Code::FrCertificationNotHeld).at(at).with("code", code));
    }
}

fn body(badge: &Value, findings: &mut Findings) {
    let place = "/issuer/otherIdentifier";
    let entries: Vec<(String, &str, &str)> = items(badge, place)
        .into_iter()
        .filter_map(|(at, entry)| entry_of(entry).map(|(kind, value)| (at, kind, value)))
        .collect();
    if !entries.iter().any(|(_, kind, _)| OF_BODIES.contains(kind)) {
        findings.warning(Problem::new(Code::FrBodyUnidentified).at(place));
    }
    let siren = entries.iter().find(|(_, kind, _)| *kind == "ext:frSiren").map(|(_, _, value)| *value);
    for (at, _, siret) in entries.iter().filter(|(_, kind, _)| *kind == "ext:frSiret") {
        if let Some(siren) = siren.filter(|siren| !siret.starts_with(siren)) {
            findings.error(
                Problem::new(Code::FrSiretOfAnother)
                    .at(format!("{at}/identifier"))
                    .with("siret", siret)
                    .with("siren", siren),
            );
        }
    }
}

fn entry_of(entry: &Value) -> Option<(&str, &str)> {
    Some((entry.get("identifierType")?.as_str()?, entry.get("identifier")?.as_str()?))
}

/// The first word of a text that begins as a number of the RNCP or the RS does: letters, then digits at once.
fn named_in(text: &str) -> Option<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.map(str::to_ascii_uppercase).find(|word| {
        let digits = word.strip_prefix("RNCP").or_else(|| word.strip_prefix("RS"));
        digits.is_some_and(|digits| digits.starts_with(|c: char| c.is_ascii_digit()))
    })
}
