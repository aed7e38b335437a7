//! Reads a vector, runs it, and says what every check found in the words of the format.

#![allow(dead_code, reason = "each test program uses a part of this module, and some use all")]
#![expect(clippy::panic, unreachable_pub, reason = "a module of several programs, and a test may panic")]

pub mod linked_data;
pub mod seeds;
pub mod threads;

use std::collections::BTreeMap;
use std::path::Path;

use badge_verifier::report::{CheckId, NotRun, Outcome, Recognition};
use badge_verifier::snapshot::{Resource, ResourceKind, Retrieval};
use badge_verifier::{Expectations, Report, Snapshot, TrustPolicy, verify};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One vector, as it stands in a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    pub lesson: String,
    pub input: Input,
    pub now: String,
    #[serde(default, skip_serializing_if = "Expect::is_default")]
    pub expect: Expect,
    /// A trust policy in TOML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub snapshot: Vec<AtHand>,
    pub outcome: Expected,
}

/// What is verified, in exactly one form.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Input {
    /// A document whose spelling does not matter.
    Json(Value),
    /// Text whose spelling matters.
    Text(String),
    /// Bytes.
    Base64(String),
    /// Bytes that a small program writes: too large to keep. `repeat` is written `times` times between the two ends.
    Repeat { before: String, repeat: String, times: usize, after: String },
}

/// What the verifier expects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

impl Expect {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A resource at hand.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AtHand {
    pub kind: ResourceKind,
    pub url: String,
    pub fetched_at: String,
    /// Its bytes as text, or why there are none.
    #[serde(flatten)]
    pub body: Body,
}

/// The result of a retrieval.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Body {
    Text(String),
    Json(Value),
    Failure(String),
    /// As [`Input::Repeat`].
    Repeat {
        before: String,
        repeat: String,
        times: usize,
        after: String,
    },
}

impl Body {
    /// The bytes, or why there are none.
    pub fn outcome(&self) -> Result<Vec<u8>, String> {
        match self {
            Self::Text(text) => Ok(text.clone().into_bytes()),
            Self::Json(value) => Ok(value.to_string().into_bytes()),
            Self::Failure(reason) => Err(reason.clone()),
            Self::Repeat { before, repeat, times, after } => Ok(repeated(before, repeat, *times, after)),
        }
    }
}

fn repeated(before: &str, repeat: &str, times: usize, after: &str) -> Vec<u8> {
    format!("{before}{}{after}", repeat.repeat(times)).into_bytes()
}

/// What must be found. Every check is named; embedded documents by their pointer.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    pub verdict: String,
    pub checks: BTreeMap<String, String>,
    /// One answer for each registry, in the order of the policy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub registries: Vec<String>,
    /// Where a policy asks for a panel, of each evaluation: `counts`, or the code of why it is not counted; from `vectors/evaluations.json`.
    #[serde(skip)]
    pub evaluations: Vec<String>,
    /// Reports on embedded credentials and endorsements, by pointer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub embedded: BTreeMap<String, Expected>,
}

impl Expected {
    /// The badge of which a panel is asked: this one, or the first that is presented.
    fn with_panel(&mut self) -> Option<&mut Self> {
        if self.checks.contains_key("panel") {
            return Some(self);
        }
        self.embedded.values_mut().find_map(Self::with_panel)
    }
}

/// What becomes of each evaluation, by vector: written by hand.
pub fn evaluations_stated() -> BTreeMap<String, Vec<String>> {
    let text = std::fs::read_to_string(badge_test_vectors::folder().join("evaluations.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

impl Vector {
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let mut vector: Self =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.strip_prefix(badge_test_vectors::folder()).unwrap().with_extension("");
        if let Some(words) = evaluations_stated().remove(name.to_str().unwrap()) {
            let outcome = vector.outcome.with_panel();
            outcome.unwrap_or_else(|| panic!("{} has no panel", name.display())).evaluations = words;
        }
        vector
    }

    pub fn input_bytes(&self) -> Vec<u8> {
        match &self.input {
            Input::Json(value) => value.to_string().into_bytes(),
            Input::Text(text) => text.clone().into_bytes(),
            Input::Base64(text) => STANDARD.decode(text).unwrap(),
            Input::Repeat { before, repeat, times, after } => repeated(before, repeat, *times, after),
        }
    }

    pub fn snapshot(&self) -> Snapshot {
        let mut snapshot = Snapshot::default();
        for entry in &self.snapshot {
            let outcome = entry.body.outcome();
            let resource = Resource { kind: entry.kind, url: entry.url.clone() };
            snapshot.insert(resource, Retrieval { fetched_at: entry.fetched_at.parse().unwrap(), outcome });
        }
        snapshot
    }

    pub fn run_on(&self, input: &[u8]) -> Report {
        let policy = self
            .policy
            .as_deref()
            .map_or_else(TrustPolicy::default, |text| TrustPolicy::from_toml(text).unwrap());
        let expect = Expectations {
            challenge: self.expect.challenge.clone(),
            domain: self.expect.domain.clone(),
            recipient: self.expect.recipient.clone(),
            at: self.expect.at.as_deref().map(|at| at.parse().unwrap()),
            ..Expectations::default()
        };
        verify(input, &expect, &policy, self.now.parse().unwrap(), &self.snapshot())
    }

    pub fn run(&self) -> Report {
        self.run_on(&self.input_bytes())
    }
}

/// What a report found, in the words of the format.
pub fn found(report: &Report) -> Expected {
    let embedded = report.credentials().iter().chain(report.endorsements());
    Expected {
        verdict: report.verdict().as_str().to_owned(),
        checks: CheckId::ALL
            .iter()
            .map(|id| (id.as_str().to_owned(), words(report.outcome(*id))))
            // Few policies ask for a panel: a vector says so only where one does.
            .filter(|(id, words)| id != CheckId::Panel.as_str() || words != "absent")
            .collect(),
        registries: report.registries().iter().map(|answer| answer_words(&answer.recognition)).collect(),
        evaluations: evaluations(report),
        embedded: embedded
            .map(|inner| (inner.pointer().unwrap_or_default().to_owned(), found(inner)))
            .collect(),
    }
}

/// Of each evaluation, where a policy asks for a panel: `counts`, or the code of why it does not; `plain` for an endorsement that evaluates nothing.
fn evaluations(report: &Report) -> Vec<String> {
    let asked = report.assessment().filter(|assessment| assessment.quorum.is_some());
    let weighed = asked.iter().flat_map(|assessment| &assessment.evaluations);
    weighed
        .map(|one| match &one.problem {
            Some(problem) => problem.code.as_str().to_owned(),
            None => if one.counts() { "counts" } else { "plain" }.to_owned(),
        })
        .collect()
}

/// `listed`, `not-listed` and so on; `out-of-scope DIMENSION`.
fn answer_words(recognition: &Recognition) -> String {
    match recognition {
        Recognition::OutOfScope { dimension } => format!("{} {dimension}", recognition.as_str()),
        _ => recognition.as_str().to_owned(),
    }
}

/// `pass`, `warn CODE`, `fail CODE`, `absent`, `blocked CHECK`, `missing KIND`, `undetermined CODE`.
pub fn words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Pass => "pass".to_owned(),
        Outcome::Warn(problem) => format!("warn {}", problem.code.as_str()),
        Outcome::Fail(problem) => format!("fail {}", problem.code.as_str()),
        Outcome::NotRun(NotRun::Absent) => "absent".to_owned(),
        Outcome::NotRun(NotRun::Blocked(by)) => format!("blocked {}", by.as_str()),
        Outcome::NotRun(NotRun::Missing(resource)) => {
            format!("missing {}", serde_json::to_value(resource.kind).unwrap().as_str().unwrap())
        }
        Outcome::NotRun(NotRun::Undetermined(problem)) => format!("undetermined {}", problem.code.as_str()),
    }
}
