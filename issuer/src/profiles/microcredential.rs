//! The mandatory elements of a micro-credential: Council Recommendation of 16 June 2022 (2022/C 243/02), annex I, in its order.

use badge_schemas::problem::{Code, Problem};
use serde_json::Value;

use super::{ACHIEVEMENT, Stage, items, text};
use crate::lint::Findings;

/// Where the levels of the European Qualifications Framework stand.
const EQF: &str = "http://data.europa.eu/snb/eqf/";

pub(super) fn look(badge: &Value, stage: Stage, findings: &mut Findings) {
    let achievement = |member: &str| format!("{ACHIEVEMENT}/{member}");
    let mut needs = |there: bool, code: Code, at: &str| {
        if !there {
            findings.error(Problem::new(code).at(at));
        }
    };
    let learner = text(badge, "/credentialSubject/id").is_some()
        || !items(badge, "/credentialSubject/identifier").is_empty();
    needs(stage == Stage::Template || learner, Code::McLearner, "/credentialSubject");
    needs(text(badge, &achievement("name")).is_some(), Code::McTitle, &achievement("name"));
    let country = ["addressCountryCode", "addressCountry"]
        .iter()
        .any(|member| text(badge, &format!("/issuer/address/{member}")).is_some());
    needs(country, Code::McCountry, "/issuer/address");
    needs(text(badge, "/issuer/name").is_some(), Code::McAwardingBody, "/issuer/name");
    needs(text(badge, "/validFrom").is_some(), Code::McDate, "/validFrom");

    let alignments = items(badge, &achievement("alignment"));
    let is_level = |alignment: &Value| {
        alignment.get("targetType").and_then(Value::as_str) == Some("ext:EQFLevel")
            || alignment.get("targetUrl").and_then(Value::as_str).is_some_and(|url| url.starts_with(EQF))
    };
    let outcomes = text(badge, &achievement("criteria/narrative")).is_some()
        && alignments.iter().any(|(_, alignment)| !is_level(alignment));
    needs(outcomes, Code::McLearningOutcomes, &achievement("alignment"));
    needs(workload(badge), Code::McWorkload, &achievement("notionalWorkload"));
    let assessed = text(badge, &achievement("typeOfAssessment")).is_some();
    needs(assessed, Code::McAssessment, &achievement("typeOfAssessment"));
    let form = text(badge, &achievement("formOfParticipation")).is_some();
    needs(form, Code::McParticipation, &achievement("formOfParticipation"));
    let quality = text(badge, &achievement("qualityAssurance")).is_some();
    needs(quality, Code::McQualityAssurance, &achievement("qualityAssurance"));
    // “If applicable”, says the Recommendation: only its issuer knows.
    if !alignments.iter().any(|(_, alignment)| is_level(alignment)) {
        findings.warning(Problem::new(Code::McLevel).at(achievement("alignment")));
    }
}

/// Credits, which are ECTS where nothing else is said, or a workload with its unit.
fn workload(badge: &Value) -> bool {
    let positive = |value: &Value| {
        let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
        number.is_some_and(|number| number > 0.0)
    };
    let credits = badge.pointer(&format!("{ACHIEVEMENT}/creditsAvailable")).is_some_and(positive);
    let workload = badge.pointer(&format!("{ACHIEVEMENT}/notionalWorkload"));
    credits
        || workload.is_some_and(|workload| {
            workload.get("value").is_some_and(positive)
                && matches!(workload.get("unit").and_then(Value::as_str), Some("ECTS" | "hours"))
        })
}
