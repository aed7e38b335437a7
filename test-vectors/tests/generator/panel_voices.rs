//! What becomes of each evaluation where a policy asks for a panel: beside the panel's own answer, the reason of every voice that is not counted.

use std::collections::BTreeMap;

use super::Case;
use crate::support::Expected;

const C: &str = "counts";
const UNQUALIFIED: &str = "ENDORSER_UNQUALIFIED";
const COLLEAGUE: &str = "EVALUATOR_ORGANISATION";
const MISMATCH: &str = "SEALED_EVALUATION_MISMATCH";
const WITHDRAWN: &str = "ENDORSEMENT_WITHDRAWN";
const SUSPENDED: &str = "RECORD_SUSPENDED";
const UNKNOWN: &str = "ENDORSEMENT_INDETERMINATE";
const OLD: &str = "EVALUATION_TOO_OLD";

/// A vector and its evaluations: the badge's endorsements in their order, then its seals that nothing opens.
const VOICES: &[(&str, &[&str])] = &[
    ("present/panel-beside", &[C, C]),
    ("verify/panel", &[C, C]),
    ("verify/panel-by-registry", &[C, C]),
    ("verify/panel-by-registry-not-named", &[UNQUALIFIED, UNQUALIFIED]),
    ("verify/panel-by-registry-other-skill", &[UNQUALIFIED, UNQUALIFIED]),
    ("verify/panel-colleagues", &[C, COLLEAGUE]),
    ("verify/panel-colleagues-allowed", &[C, C]),
    ("verify/panel-forged", &[C, "ENDORSEMENT_INVALID"]),
    ("verify/panel-fresh-enough", &[C, C]),
    ("verify/panel-fresh-keys", &[UNQUALIFIED, UNQUALIFIED]),
    ("verify/panel-key-missing", &[UNKNOWN]),
    // Who is of standing counts, for the level they found: that of the badge is the panel's matter.
    ("verify/panel-level-claimed-above", &[C, C]),
    ("verify/panel-level-claimed-below", &[C, C]),
    ("verify/panel-level-claimed-by-one", &[C, C]),
    ("verify/panel-level-claimed-on-another-scale", &[C, C]),
    ("verify/panel-level-claimed-reached", &[C, C]),
    ("verify/panel-level-not-claimed", &[C, C]),
    ("verify/panel-level-scales-apart", &[C, C]),
    // One for each organisation: the one that stands behind the claim.
    ("verify/panel-level-found-later", &[COLLEAGUE, C, C]),
    ("verify/panel-level-below", &[C, UNQUALIFIED]),
    ("verify/panel-level-below-allowed", &[C, C]),
    ("verify/panel-level-equal", &[C, C]),
    ("verify/panel-level-own-on-another-scale", &[C, UNQUALIFIED]),
    ("verify/panel-of-one", &[C]),
    // Two sound evaluations, one voice.
    ("verify/panel-one-key-two-names", &[C, C]),
    ("verify/panel-one-twice", &[C, C]),
    ("verify/panel-other-skill", &[C, C]),
    ("verify/panel-partially-met", &[C, C]),
    ("verify/panel-reciprocal", &[C, "ENDORSEMENT_RECIPROCAL"]),
    ("verify/panel-standing-borrowed", &[C, UNQUALIFIED]),
    ("verify/panel-standing-endorsement", &[C, UNQUALIFIED]),
    ("verify/panel-standing-expired", &[C, UNQUALIFIED]),
    ("verify/panel-standing-forged", &[C, UNQUALIFIED]),
    ("verify/panel-standing-in-force", &[C, C]),
    ("verify/panel-standing-issuer-claimed", &[C, UNQUALIFIED]),
    ("verify/panel-standing-issuer-key-stolen", &[C, UNQUALIFIED]),
    ("verify/panel-standing-other-skill", &[C, UNQUALIFIED]),
    ("verify/panel-standing-revoked", &[C, UNQUALIFIED]),
    ("verify/panel-standing-self-made", &[C, UNQUALIFIED]),
    ("verify/panel-standing-status-missing", &[C, UNQUALIFIED]),
    ("verify/panel-standing-suspended", &[C, UNQUALIFIED]),
    ("verify/panel-suspended", &[SUSPENDED, C]),
    ("verify/panel-too-old", &[OLD, OLD]),
    ("verify/panel-unnamed-issuer", &[UNQUALIFIED, UNQUALIFIED]),
    ("verify/sealed", &[UNQUALIFIED, UNQUALIFIED]),
    ("verify/sealed-elsewhere-opened", &[MISMATCH, C]),
    ("verify/sealed-in-force", &[C, C]),
    ("verify/sealed-in-pieces", &[MISMATCH, C]),
    ("verify/sealed-list-ended", &[UNKNOWN, UNKNOWN]),
    ("verify/sealed-list-missing", &[UNKNOWN, UNKNOWN]),
    ("verify/sealed-list-missing-not-counted", &[UNQUALIFIED, UNQUALIFIED]),
    ("verify/sealed-list-of-stranger", &[UNKNOWN, UNKNOWN]),
    ("verify/sealed-on-issuers-word", &[C, C]),
    ("verify/sealed-on-strangers-word", &[UNQUALIFIED, UNQUALIFIED]),
    ("verify/sealed-opened", &[C, C]),
    ("verify/sealed-opened-otherwise", &[MISMATCH, MISMATCH]),
    ("verify/sealed-suspended", &[SUSPENDED, C]),
    ("verify/sealed-twice", &[C]),
    ("verify/sealed-twice-otherwise", &[MISMATCH, C]),
    ("verify/sealed-withdrawn", &[WITHDRAWN, C]),
    ("verify/sealed-withdrawn-of-enough", &[WITHDRAWN, C]),
];

/// Fills them in, where the panel's answer stands: of the badge, or of the one badge that is presented.
pub fn fill(cases: &mut [Case]) {
    let mut voices: BTreeMap<&str, &[&str]> = VOICES.iter().copied().collect();
    for case in cases {
        let name = format!("{}/{}", case.area, case.name);
        if let Some(words) = voices.remove(name.as_str()) {
            let outcome =
                with_panel(&mut case.vector.outcome).unwrap_or_else(|| panic!("{name} has no panel"));
            outcome.evaluations = words.iter().map(|word| (*word).to_owned()).collect();
        }
    }
    assert!(voices.is_empty(), "no such vector: {voices:?}");
}

fn with_panel(outcome: &mut Expected) -> Option<&mut Expected> {
    if outcome.checks.contains_key("panel") {
        return Some(outcome);
    }
    outcome.embedded.values_mut().find_map(with_panel)
}
