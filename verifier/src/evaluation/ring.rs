//! Who vouches for whom, as far as one file shows it.

use std::collections::{BTreeMap, BTreeSet};

use badge_schemas::credential::issuer_id;
use serde_json::Value;

use super::standing::is_endorsement;
use crate::did::person;
use crate::report::{Report, Verdict};

/// Everyone whom somebody vouches for in a sound endorsement somewhere in the file, one for each key.
#[derive(Debug, Default)]
pub(crate) struct Ring(BTreeMap<String, BTreeSet<String>>);

impl Ring {
    /// Notes the endorsements of a badge, and those of whatever supports them.
    pub(crate) fn of(badge: &Value, endorsements: &[Report]) -> Self {
        let mut ring = Self::default();
        ring.note(badge, endorsements);
        ring
    }

    /// Whether somebody's vouching for a candidate comes back to them.
    pub(crate) fn closes(&self, endorser: &str, candidate: &str) -> bool {
        let mut seen = BTreeSet::new();
        let endorser = person(endorser);
        let mut open = vec![person(candidate)];
        while let Some(someone) = open.pop() {
            if someone == endorser {
                return true;
            }
            if seen.insert(someone.clone()) {
                open.extend(self.0.get(&someone).into_iter().flatten().cloned());
            }
        }
        false
    }

    fn note(&mut self, badge: &Value, endorsements: &[Report]) {
        let subject = badge.pointer("/credentialSubject/id").and_then(Value::as_str);
        for report in endorsements {
            let Some(document) = report.document() else { continue };
            if report.verdict() == Verdict::Valid
                && let (Some(endorser), Some(subject)) = (issuer_id(document), subject)
            {
                self.0.entry(person(endorser)).or_default().insert(person(subject));
            }
            self.inner(report);
        }
    }

    /// What hangs on a report: badges that show standing, with their own endorsements.
    fn inner(&mut self, report: &Report) {
        for inner in report.credentials() {
            match inner.document() {
                Some(document) if !is_endorsement(document) => self.note(document, inner.endorsements()),
                _ => self.inner(inner),
            }
        }
    }
}
