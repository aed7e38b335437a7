//! A report as JSON; `json-schemas/report.json` in `badge-schemas` is its schema.

use badge_schemas::problem::Problem;
use serde::ser::{SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};

use super::{Check, NotRun, Outcome, Recognition, RegistryAnswer, Report, Verdict};

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", self.id.as_str())?;
        map.serialize_entry("outcome", self.outcome.as_str())?;
        if let Some(problem) = self.outcome.problem() {
            map.serialize_entry("problem", problem)?;
        }
        if let Outcome::NotRun(reason) = &self.outcome {
            match reason {
                NotRun::Absent => map.serialize_entry("reason", "absent")?,
                NotRun::Undetermined(_) => map.serialize_entry("reason", "undetermined")?,
                NotRun::Blocked(by) => {
                    map.serialize_entry("reason", "blocked")?;
                    map.serialize_entry("blockedBy", by.as_str())?;
                }
                NotRun::Missing(resource) => {
                    map.serialize_entry("reason", "missing")?;
                    map.serialize_entry("missing", resource)?;
                }
            }
        }
        map.end()
    }
}

impl Serialize for RegistryAnswer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("registry", &self.registry)?;
        map.serialize_entry("answer", self.recognition.as_str())?;
        if let Recognition::OutOfScope { dimension } = self.recognition {
            map.serialize_entry("dimension", dimension)?;
        }
        if let Some(signed_by) = &self.signed_by {
            map.serialize_entry("signedBy", signed_by)?;
        }
        if let Some(listed_as) = &self.listed_as {
            map.serialize_entry("listedAs", listed_as)?;
        }
        if let Some(problem) = &self.problem {
            map.serialize_entry("problem", problem)?;
        }
        map.end()
    }
}

impl Serialize for Report {
    /// A superset of the [W3C verification result](https://www.w3.org/TR/vc-data-model-2.0/#verification): `verified`, `document`
    /// (left out when invalid), `warnings`, `errors`, and ours.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let problems = |wanted: fn(&Outcome) -> bool| -> Vec<&Problem> {
            self.checks
                .iter()
                .filter(|check| wanted(&check.outcome))
                .filter_map(|check| check.outcome.problem())
                .collect()
        };
        let mut out = serializer.serialize_struct("Report", 16)?;
        out.serialize_field("verdict", self.verdict().as_str())?;
        out.serialize_field("verified", &(self.verdict() == Verdict::Valid))?;
        out.serialize_field("checks", &self.checks)?;
        out.serialize_field("warnings", &problems(|outcome| matches!(outcome, Outcome::Warn(_))))?;
        out.serialize_field("errors", &problems(|outcome| matches!(outcome, Outcome::Fail(_))))?;
        out.serialize_field("summary", &self.summary)?;
        out.serialize_field("securing", &self.securing)?;
        if !self.registries.is_empty() {
            out.serialize_field("registries", &self.registries)?;
        }
        if let Some(pointer) = &self.pointer {
            out.serialize_field("pointer", pointer)?;
        }
        if !self.credentials.is_empty() {
            out.serialize_field("credentials", &self.credentials)?;
        }
        if !self.endorsements.is_empty() {
            out.serialize_field("endorsements", &self.endorsements)?;
        }
        if self.attached {
            out.serialize_field("attachedBy", "holder")?;
        }
        if let Some(assessment) = &self.assessment {
            out.serialize_field("assessment", assessment)?;
        }
        if let Some(digest) = &self.input_sha256 {
            out.serialize_field("inputSha256", digest)?;
        }
        out.serialize_field("checkedAt", &self.checked_at)?;
        if let Some(as_of) = &self.as_of {
            out.serialize_field("asOf", as_of)?;
        }
        if !self.used.is_empty() {
            out.serialize_field("used", &self.used)?;
        }
        if self.verdict() == Verdict::Valid
            && let Some(document) = &self.document
        {
            out.serialize_field("document", document)?;
        }
        out.end()
    }
}
