//! What 1EdTech asks of a badge beyond the standard's schema: its validator's probes, and its certification guide. What needs the network
//! (keys, status, refreshed badges, remote schemas) is for `badge-verifier`.

use badge_schemas::problem::{Code, Problem};
use serde_json::Value;

use super::{ACHIEVEMENT, items, text};
use crate::lint::Findings;

/// The context that defines the types of 1EdTech outside Open Badges itself.
const EXTENSIONS: &str = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json";

/// Cryptosuites that certification takes.
const CERTIFIED: [&str; 2] = ["eddsa-rdfc-2022", "ecdsa-sd-2023"];

/// How an issuer may be named so that the validator finds its keys.
const FOUND: [&str; 4] = ["did:web:", "did:key:", "https://", "http://localhost"];

pub(super) fn look(badge: &Value, findings: &mut Findings) {
    let used = ["/credentialSchema", "/credentialStatus", "/refreshService"]
        .iter()
        .flat_map(|pointer| items(badge, pointer))
        .filter_map(|(at, item)| Some((at, item.get("type")?.as_str()?)))
        .find(|(_, kind)| kind.starts_with("1EdTech"));
    let named = items(badge, "/@context").iter().any(|(_, context)| context.as_str() == Some(EXTENSIONS));
    if let Some((at, kind)) = used.filter(|_| !named) {
        findings.error(
            Problem::new(Code::LintExtensionsContext).at(at).with("type", kind).with("context", EXTENSIONS),
        );
    }
    for (at, evidence) in items(badge, "/evidence") {
        let says = ["id", "narrative"].iter().any(|member| evidence.get(member).is_some());
        if !says {
            findings.warning(Problem::new(Code::LintEvidenceEmpty).at(at));
        }
    }
    let issuer = text(badge, "/issuer/id").or_else(|| text(badge, "/issuer"));
    if let Some(issuer) = issuer.filter(|issuer| !FOUND.iter().any(|found| issuer.starts_with(found))) {
        findings.warning(Problem::new(Code::LintIssuerNotFound).at("/issuer/id").with("issuer", issuer));
    }
    for (at, proof) in items(badge, "/proof") {
        let suite =
            proof.get("cryptosuite").or_else(|| proof.get("type")).and_then(Value::as_str).unwrap_or("?");
        if !CERTIFIED.contains(&suite) {
            findings.warning(Problem::new(Code::LintSuiteNotCertified).at(at).with("suite", suite));
        }
    }
    for place in [format!("{ACHIEVEMENT}/otherIdentifier"), "/issuer/otherIdentifier".to_owned()] {
        for (at, entry) in items(badge, &place) {
            let kind = entry.get("identifierType").and_then(Value::as_str).unwrap_or_default();
            if kind.starts_with("ext:") && kind.contains('-') {
                findings.error(
                    Problem::new(Code::LintIdentifierTypeHyphen)
                        .at(format!("{at}/identifierType"))
                        .with("type", kind),
                );
            }
        }
    }
}
