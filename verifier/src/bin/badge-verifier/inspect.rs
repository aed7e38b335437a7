//! `inspect`: what a badge says, without a word on whether it is true.

use badge_schemas::lang::Lang;
use badge_schemas::presentation::is_enveloped_credential;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::render::{json_text, summary_text};
use badge_verifier::report::{CheckId, Outcome};
use badge_verifier::{Expectations, Report, Snapshot, TrustPolicy, verify};
use jiff::Timestamp;
use serde_json::Value;

use crate::args::Source;
use crate::{check, files, say, style};

/// Whether a presented credential is an object of its own rather than a part of the document.
fn is_enveloped(document: &Value, inner: &Report) -> bool {
    let part = inner.pointer().and_then(|pointer| document.pointer(pointer));
    part.is_some_and(|part| part.is_string() || is_enveloped_credential(part))
}

/// Shows the badge in a file.
pub(crate) fn run(source: &Source, lang: Lang) -> Result<(), Problem> {
    let input = check::local(source, lang)?;
    // The core reads the container and the document; what it says beyond that is not shown here.
    let report = verify(
        &input,
        &Expectations::default(),
        &TrustPolicy::default(),
        Timestamp::now(),
        &Snapshot::default(),
    );
    let Some(document) = report.document() else {
        return Err(match report.outcome(CheckId::Container) {
            Outcome::Fail(problem) => problem.clone(),
            _ => Problem::new(Code::UnsupportedContainer).with("found", "?"),
        });
    };
    let notice = lang.pick(
        "NOTHING WAS VERIFIED: anyone can write what follows. To verify it, use badge-verifier check.",
        "RIEN N’A ÉTÉ VÉRIFIÉ\u{a0}: n’importe qui peut écrire ce qui suit. Pour le vérifier\u{a0}: badge-verifier check.",
    );
    let summary = summary_text(&report, lang, style());
    let mut text = format!("{notice}\n\n{summary}\n{}\n", json_text(document));
    // A badge in an envelope is a token in the document, and legible only here.
    for inner in report.credentials().iter().filter(|inner| is_enveloped(document, inner)) {
        if let (Some(pointer), Some(credential)) = (inner.pointer(), inner.document()) {
            let summary = summary_text(inner, lang, style());
            text = format!("{text}\n{pointer}\n{summary}\n{}\n", json_text(credential));
        }
    }
    let text = format!("{text}\n{notice}\n");
    say(&text).map_err(|error| {
        Problem::new(Code::FileUnwritable).with("path", "-").with("reason", files::reason(&error, lang))
    })
}
