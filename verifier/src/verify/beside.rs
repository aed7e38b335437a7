//! What stands beside one another in a presentation: badges, endorsements that the holder attached, and what supports those.

use std::collections::BTreeSet;

use badge_schemas::credential::{has_type, is_achievement_credential, issuer_id};
use badge_schemas::endorsement::{Embedded, embedded};
use badge_schemas::evaluation::{MAX_STANDING, RecordKind, SealedEvaluation, sealed};
use jiff::SignedDuration;
use serde_json::Value;

use super::{Findings, MAX_CREDENTIALS, Place, Run, STEPS_PER_CREDENTIAL, plain_value, too_many};
use crate::checks::endorsement::{self, targets};
use crate::checks::status;
use crate::content::Content;
use crate::evaluation::{claim, digest};
use crate::report::{CheckId, NotRun, Outcome, Report};
use crate::securing::data_integrity;
use crate::work::Work;

/// One item of a presentation, read and not verified.
#[derive(Clone, Debug)]
pub(super) struct Sibling {
    pub(super) pointer: String,
    /// As it was presented.
    pub(super) item: Value,
    /// The credential in it; null where it cannot be read.
    pub(super) value: Value,
    /// Its digest.
    pub(super) digest: Option<String>,
}

/// What an item of a presentation is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The holder shows it.
    Presented,
    /// It endorses the item at this place.
    Attached(usize),
    /// It supports an endorsement: an evaluator's own badge, a record of the evaluation.
    Supporting,
}

/// Reads the items of a presentation; one that costs too much is not, and is found so when it is verified.
pub(super) fn siblings(work: &Work, items: &[(String, &Value)]) -> Vec<Sibling> {
    items
        .iter()
        .map(|(pointer, item)| {
            let value = work.spend(STEPS_PER_CREDENTIAL).ok().and_then(|()| read(item)).unwrap_or_default();
            let digest = digest::of_record(&value).ok().filter(|_| value.is_object());
            Sibling { pointer: pointer.clone(), item: (*item).clone(), value, digest }
        })
        .collect()
}

/// Says of each item what it is there for. An endorsement of something that is not there is presented like anything else.
pub(super) fn roles(siblings: &[Sibling]) -> Vec<Role> {
    let named = named_as_standing(siblings);
    siblings
        .iter()
        .map(|sibling| {
            let of_thread = RecordKind::of(&sibling.value).is_some_and(|kind| kind != RecordKind::Evaluation);
            if of_thread || sibling.digest.as_ref().is_some_and(|digest| named.contains(digest)) {
                return Role::Supporting;
            }
            if !has_type(&sibling.value, "EndorsementCredential") {
                return Role::Presented;
            }
            badge_of(&sibling.value, siblings).map_or(Role::Presented, Role::Attached)
        })
        .collect()
}

/// The badge that an endorsement speaks of; before there was one, a badge of the candidate's for the skill evaluated, or any.
fn badge_of(endorsement: &Value, siblings: &[Sibling]) -> Option<usize> {
    let target = endorsement.pointer("/credentialSubject/id").and_then(Value::as_str)?;
    let skill =
        endorsement.pointer("/credentialSubject/evaluation/evaluatedSkill/targetUrl").and_then(Value::as_str);
    let badge = |fits: &dyn Fn(&Value) -> bool| {
        siblings.iter().position(|one| is_achievement_credential(&one.value) && fits(&one.value))
    };
    badge(&|badge| targets(badge).contains(&target))
        .or_else(|| {
            badge(&|badge| {
                claim::is_about_the_subject(badge, endorsement)
                    && claim::skills(badge).any(|(known, _)| Some(known) == skill)
            })
        })
        .or_else(|| badge(&|badge| claim::is_about_the_subject(badge, endorsement)))
}

/// The digests of badges that some evaluation names as its evaluator's standing.
fn named_as_standing(siblings: &[Sibling]) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for sibling in siblings {
        note_standing(&sibling.value, &mut named);
        for inner in embedded(&sibling.value) {
            note_standing(&read(inner.value).unwrap_or_default(), &mut named);
        }
    }
    named
}

fn note_standing(endorsement: &Value, named: &mut BTreeSet<String>) {
    let digests = standing(endorsement).filter_map(|one| one.get("recordDigest").and_then(Value::as_str));
    named.extend(digests.map(str::to_owned));
}

/// The grounds of standing that an endorsement names, as many as are read.
fn standing(endorsement: &Value) -> impl Iterator<Item = &Value> {
    let standing = endorsement.pointer("/credentialSubject/evaluation/standing");
    let items = match standing {
        Some(Value::Array(items)) => items.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => &[],
    };
    items.iter().take(MAX_STANDING)
}

/// The credential in an item, whatever secures it.
fn read(item: &Value) -> Option<Value> {
    let content = match item {
        Value::String(token) => Content::open(token.as_bytes()).map(|(_, content)| content),
        Value::Object(_) => match Content::of_envelope(item) {
            Some(content) => content,
            None => return Some(data_integrity::without_proof(item)),
        },
        _ => return None,
    };
    content.ok().map(|content| plain_value(&content))
}

impl Run<'_> {
    /// Verifies the endorsements of a credential: those in it, and those that the holder attached to it.
    pub(super) fn endorsements(
        &self,
        value: &Value,
        authentic: bool,
        seals: &[Outcome],
        place: Place<'_>,
        depth: usize,
        findings: &mut Findings,
    ) -> Vec<Report> {
        let found = embedded(value);
        let attached = match place {
            Place::Presented { attached, .. } => attached,
            Place::Alone | Place::Beside | Place::Endorsing { .. } => &[],
        };
        let endorsing = Place::Endorsing { host: issuer_id(value) };
        let endorsements: Vec<Report> = if authentic && found.len() <= MAX_CREDENTIALS {
            let verify = |one: &Embedded<'_>| self.embedded(one.value, &one.pointer, endorsing, depth + 1);
            let beside = |one: &Sibling| {
                let report = self.embedded(&one.item, &one.pointer, endorsing, depth + 1);
                Report { attached: true, ..report }
            };
            found.iter().map(verify).chain(attached.iter().map(beside)).collect()
        } else {
            Vec::new()
        };
        let skew = SignedDuration::from_secs(i64::from(self.policy.clock_skew_seconds));
        findings.set(
            CheckId::Endorsements,
            if found.len() > MAX_CREDENTIALS {
                Outcome::Fail(too_many("/endorsement"))
            } else if authentic || found.is_empty() && attached.is_empty() {
                endorsement::check(value, &endorsements, seals, skew)
            } else {
                Outcome::NotRun(NotRun::Blocked(CheckId::Signature))
            },
        );
        endorsements
    }

    /// The status of each evaluation that the badge's issuer sealed. Which badge it is must be established; seals that cannot be read have none.
    pub(super) fn seals(&self, badge: &Value) -> Vec<Outcome> {
        let status = |seal: &SealedEvaluation| self.look_up(&status::Stated::by_seal(badge, seal));
        sealed(badge).unwrap_or_default().iter().map(status).collect()
    }

    /// Verifies what supports an endorsement: badges that show its evaluator's standing, carried within or beside; its mandate and its
    /// withdrawal, where they are beside.
    pub(super) fn supporting(&self, endorsement: &Value, depth: usize) -> Vec<Report> {
        let siblings = self.siblings.borrow();
        let beside = |wanted: &dyn Fn(&Sibling) -> bool| siblings.iter().find(|sibling| wanted(sibling));
        let verify =
            |sibling: &Sibling| self.embedded(&sibling.item, &sibling.pointer, Place::Beside, depth + 1);
        let text = |value: &Value, member: &str| value.get(member).and_then(Value::as_str).map(str::to_owned);
        let mut reports = Vec::new();
        for (index, ground) in standing(endorsement).enumerate() {
            let pointer = format!("/credentialSubject/evaluation/standing/{index}/credential");
            if let Some(credential) = ground.get("credential") {
                reports.push(self.embedded(credential, &pointer, Place::Beside, depth + 1));
            } else if let Some(digest) = text(ground, "recordDigest") {
                let named = text(ground, "id");
                let found = beside(&|sibling| {
                    sibling.digest.as_ref() == Some(&digest) && named == text(&sibling.value, "id")
                });
                reports.extend(found.map(verify));
            }
        }
        let evaluation = endorsement.pointer("/credentialSubject/evaluation").unwrap_or(&Value::Null);
        if let Some(mandate) = text(evaluation, "mandateDigest") {
            let found = beside(&|sibling| {
                RecordKind::of(&sibling.value) == Some(RecordKind::Mandate)
                    && sibling.digest.as_ref() == Some(&mandate)
            });
            reports.extend(found.map(verify));
        }
        if let Ok(own) = digest::of_record(endorsement) {
            let found = beside(&|sibling| {
                let withdrawn = sibling.value.pointer("/credentialSubject/withdrawn").and_then(Value::as_str);
                RecordKind::of(&sibling.value) == Some(RecordKind::Withdrawal)
                    && withdrawn == Some(own.as_str())
            });
            reports.extend(found.map(verify));
        }
        reports
    }
}
