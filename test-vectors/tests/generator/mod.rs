//! Makes the vectors. What goes in is computed; what must come out is written by hand, from the standards and the policy's
//! documentation, and never taken from a run.

#![allow(dead_code, unreachable_pub, reason = "each test program uses a part of this module")]
#![allow(
    clippy::assigning_clones,
    clippy::items_after_statements,
    clippy::needless_for_each,
    clippy::panic,
    clippy::semicolon_if_nothing_returned,
    clippy::too_many_lines,
    clippy::trivially_copy_pass_by_ref,
    reason = "tables of vectors, written to be read from top to bottom"
)]

mod bbs_prover;
mod bounds;
mod combined;
mod data_model;
pub mod documents;
mod enveloped;
mod evaluate;
mod evasion;
mod excess;
mod hostile;
mod images;
mod issue;
mod jose;
pub mod keys;
mod lessons;
mod lifetimes;
mod panel_levels;
mod panel_people;
mod panel_seals;
mod panel_standing;
mod present;
mod registry;
mod resources;
mod sd_jwt;
mod sd_jwt_presentations;
mod selective;
mod selective_bbs;
mod status;
mod status_token;
mod suites;
pub mod threads;
mod unsaid;
mod vcdm1;
mod verify;
mod vocabulary;

use std::collections::BTreeMap;

use badge_verifier::report::CheckId;
use badge_verifier::snapshot::ResourceKind;
use serde_json::Value;

use crate::support::{AtHand, Body, Expect, Expected, Input, Vector};

/// The moment of every verification.
pub const NOW: &str = "2026-11-22T10:00:00Z";
/// When what is at hand was fetched.
pub const FETCHED: &str = "2026-11-22T09:00:00Z";

/// A vector and the file it stands in.
pub struct Case {
    pub area: &'static str,
    pub name: String,
    pub vector: Vector,
}

/// Every vector but those of the W3C.
pub fn all() -> Vec<Case> {
    let mut cases = verify::cases();
    cases.extend(lifetimes::cases());
    cases.extend(suites::cases());
    cases.extend(jose::cases());
    cases.extend(status::cases());
    cases.extend(status_token::cases());
    cases.extend(registry::cases());
    cases.extend(present::cases());
    cases.extend(sd_jwt::cases());
    cases.extend(sd_jwt_presentations::cases());
    cases.extend(enveloped::cases());
    cases.extend(lessons::cases());
    cases.extend(combined::cases());
    cases.extend(hostile::cases());
    cases.extend(bounds::cases());
    cases.extend(excess::cases());
    cases.extend(unsaid::cases());
    cases.extend(evasion::cases());
    cases.extend(vocabulary::cases());
    cases.extend(evaluate::cases());
    cases.extend(panel_levels::cases());
    cases.extend(panel_people::cases());
    cases.extend(panel_seals::cases());
    cases.extend(panel_standing::cases());
    cases.extend(selective::cases());
    cases.extend(selective_bbs::cases());
    cases.extend(issue::cases());
    cases.extend(data_model::cases());
    cases.extend(vcdm1::cases());
    cases.extend(resources::cases());
    cases
}

impl Case {
    pub fn path(&self) -> String {
        format!("{}/{}.json", self.area, self.name)
    }

    pub fn text(&self) -> String {
        serde_json::to_string_pretty(&self.vector).unwrap() + "\n"
    }

    fn policy(mut self, toml: impl Into<String>) -> Self {
        self.vector.policy = Some(toml.into());
        self
    }

    fn at(mut self, at: &str) -> Self {
        self.vector.expect.at = Some(at.to_owned());
        self
    }

    fn recipient(mut self, recipient: &str) -> Self {
        self.vector.expect.recipient = Some(recipient.to_owned());
        self
    }

    fn challenge(mut self, challenge: &str) -> Self {
        self.vector.expect.challenge = Some(challenge.to_owned());
        self
    }

    fn domain(mut self, domain: &str) -> Self {
        self.vector.expect.domain = Some(domain.to_owned());
        self
    }

    fn at_hand(mut self, kind: ResourceKind, url: &str, body: Body) -> Self {
        self.vector.snapshot.push(AtHand { kind, url: url.to_owned(), fetched_at: FETCHED.to_owned(), body });
        self
    }

    /// When everything at hand was fetched.
    fn fetched(mut self, when: &str) -> Self {
        when.clone_into(&mut self.vector.snapshot.last_mut().unwrap().fetched_at);
        self
    }

    fn document(self, url: &str, document: Value) -> Self {
        self.at_hand(ResourceKind::ControllerDocument, url, Body::Json(document))
    }

    fn list(self, list: Value) -> Self {
        self.at_hand(ResourceKind::StatusList, documents::LIST_URL, Body::Json(list))
    }

    fn registries(mut self, answers: &[&str]) -> Self {
        self.vector.outcome.registries = answers.iter().map(|answer| (*answer).to_owned()).collect();
        self
    }

    fn embedded(mut self, pointer: &str, outcome: Expected) -> Self {
        self.vector.outcome.embedded.insert(pointer.to_owned(), outcome);
        self
    }
}

fn case(area: &'static str, name: &str, lesson: &str, input: Input, outcome: Expected) -> Case {
    let vector = Vector {
        lesson: lesson.to_owned(),
        input,
        now: NOW.to_owned(),
        expect: Expect::default(),
        policy: None,
        snapshot: Vec::new(),
        outcome,
    };
    Case { area, name: name.to_owned(), vector }
}

/// Check and outcome, where they differ from those of a plain sound badge.
type Differences<'d> = &'d [(&'d str, &'d str)];

/// What blocks where the badge is not authentic: nothing it names is looked up.
const NOT_LOOKED_UP: Differences<'static> =
    &[("status", "blocked signature"), ("issuer", "blocked signature")];
/// A signature that does not fit.
const FORGED: Differences<'static> = &[
    ("signature", "fail SIGNATURE_INVALID"),
    ("status", "blocked signature"),
    ("issuer", "blocked signature"),
];

/// A plain sound badge: no schema of its own, no status, no registry asked, nothing embedded, not presented.
fn expected(verdict: &str, differences: &[Differences<'_>]) -> Expected {
    let asked = ["container", "conformance", "signature", "proof-purpose", "controller", "validity"];
    let mut checks: BTreeMap<String, String> = CheckId::ALL
        .iter()
        .filter(|id| **id != CheckId::Panel)
        .map(|id| {
            (id.as_str().to_owned(), if asked.contains(&id.as_str()) { "pass" } else { "absent" }.to_owned())
        })
        .collect();
    for (id, words) in differences.iter().copied().flatten() {
        assert!(*id == "panel" || checks.contains_key(*id), "{id}");
        checks.insert((*id).to_owned(), (*words).to_owned());
    }
    Expected {
        verdict: verdict.to_owned(),
        checks,
        registries: Vec::new(),
        evaluations: Vec::new(),
        embedded: BTreeMap::new(),
    }
}

fn valid(differences: Differences<'_>) -> Expected {
    expected("valid", &[differences])
}

fn invalid(differences: Differences<'_>) -> Expected {
    expected("invalid", &[differences])
}

fn indeterminate(differences: Differences<'_>) -> Expected {
    expected("indeterminate", &[differences])
}

/// Not signed by whom it says: nothing is looked up.
fn not_authentic(differences: Differences<'_>) -> Expected {
    expected("invalid", &[NOT_LOOKED_UP, differences])
}

fn forged() -> Expected {
    invalid(FORGED)
}

fn forged_with(differences: Differences<'_>) -> Expected {
    expected("invalid", &[FORGED, differences])
}

/// There is no key to verify the signature with.
fn no_key(verdict: &str, signature: &str) -> Expected {
    let blocked = "blocked signature";
    expected(
        verdict,
        &[NOT_LOOKED_UP, &[("signature", signature), ("proof-purpose", blocked), ("controller", blocked)]],
    )
}

/// No document could be read.
fn unreadable(code: &str) -> Expected {
    let container = format!("fail {code}");
    let blocked = "blocked container";
    invalid(&[
        ("container", &container),
        ("conformance", blocked),
        ("signature", blocked),
        ("proof-purpose", blocked),
        ("controller", blocked),
        ("validity", blocked),
    ])
}

impl Expected {
    fn and(mut self, differences: Differences<'_>) -> Self {
        for (id, words) in differences {
            *self.checks.get_mut(*id).unwrap() = (*words).to_owned();
        }
        self
    }

    fn with_embedded(mut self, pointer: &str, outcome: Self) -> Self {
        self.embedded.insert(pointer.to_owned(), outcome);
        self
    }

    fn verdict(mut self, verdict: &str) -> Self {
        verdict.clone_into(&mut self.verdict);
        self
    }
}
