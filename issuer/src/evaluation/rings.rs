//! Rings: who vouches for whom, in badges of this issuer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{MutexGuard, PoisonError};

use badge_schemas::problem::{Code, Problem};
use badge_verifier::did::{person, same_person};
use jiff::{SignedDuration, Timestamp};

use super::award::PanelResult;
use super::people::Budget;
use crate::issuer::Issuer;
use crate::refusal::Refusal;
use crate::store::{Award, AwardStatus, Erasure};

/// People in the longest ring that is refused: three. Two who vouch for each other, and three in a circle, have each an interest in it; longer
/// circles are how a profession that judges its own works.
const RING: usize = 3;

/// How long an intent without a signature counts as an award that is being made: ten minutes, far longer than one takes. After that its
/// process has died; nobody holds a badge of it, and whoever asks for it again is weighed again.
const BEING_MADE: SignedDuration = SignedDuration::from_mins(10);

/// Which awards without a signature count.
#[derive(Clone, Copy)]
pub(super) struct Made {
    /// Now.
    pub(super) at: Timestamp,
    /// Only intents before this entry of the chain: of two awards that are made at once the later one sees the earlier.
    pub(super) before: Option<u64>,
}

impl Made {
    /// Whether an award vouches for anybody: one that is signed and was not revoked, or one that is being made at this moment.
    fn counts(self, award: &Award) -> bool {
        match award.status {
            AwardStatus::Active | AwardStatus::Suspended => award.erased_at.is_none(),
            AwardStatus::Revoked => false,
            AwardStatus::Intended => {
                award.erased_at.is_none()
                    && self.before.is_none_or(|before| award.sequence < before)
                    && self.at.duration_since(award.intended_at).abs() < BEING_MADE
            }
        }
    }
}

impl Issuer {
    /// Makes those who might close a ring with one another take turns in this process, from looking for rings until what was signed is recorded.
    pub(crate) fn take_turns(&self) -> MutexGuard<'_, ()> {
        self.evaluations.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a candidate has vouched, in badges of this issuer, for one of these evaluators, or for somebody who has. People are compared by
    /// the key that their DID is, where it is one.
    ///
    /// Looked up in the requests that the record keeps with each award, by its recipient: so it is as durable as they are, and erased with them.
    ///
    /// # Errors
    /// [`Code::RingNotSearched`] where more awards would have to be read than one question may cost.
    pub(super) fn ring(
        &self,
        candidate: &str,
        evaluators: &[String],
        made: Made,
    ) -> Result<Option<Problem>, Refusal> {
        let mut budget = Budget::default();
        let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for evaluator in evaluators {
            let mut near = BTreeSet::from([evaluator.clone()]);
            for _ in 1..RING {
                let mut next = BTreeSet::new();
                for someone in near {
                    let found = match known.get(&person(&someone)) {
                        Some(found) => found.clone(),
                        None => self.evaluators_of(&someone, made, &mut budget)?,
                    };
                    next.extend(found.iter().cloned());
                    known.insert(person(&someone), found);
                }
                if next.iter().any(|someone| same_person(someone, candidate)) {
                    return Ok(Some(
                        Problem::new(Code::EndorsementReciprocal)
                            .with("endorser", evaluator)
                            .with("candidate", candidate),
                    ));
                }
                near = next;
            }
        }
        Ok(None)
    }

    /// Who vouched for a person in badges of this issuer.
    fn evaluators_of(
        &self,
        someone: &str,
        made: Made,
        budget: &mut Budget,
    ) -> Result<BTreeSet<String>, Refusal> {
        let mut found = BTreeSet::new();
        for award in self.awards_of(someone, budget)? {
            if !made.counts(&award) {
                continue;
            }
            let result = self.plan_of(&award)?.and_then(|plan| plan.result);
            let evaluators = result.into_iter().flat_map(|result| result.evaluators);
            found.extend(evaluators);
            if award.status != AwardStatus::Intended
                && let Ok(Some(forms)) = self.store.forms(&award.id)
            {
                found.extend(forms.values().take(1).flat_map(|form| super::fold::endorsers(form)));
            }
        }
        Ok(found)
    }

    /// Refuses an award that closes a ring with one that was being made at the same time, and takes its intent back.
    ///
    /// # Errors
    /// [`Code::EndorsementReciprocal`]; as [`Issuer::ring`].
    pub(crate) fn refuse_rings(
        &self,
        award: &Award,
        result: &PanelResult,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let Some(candidate) = &award.recipient else { return Ok(()) };
        let made = Made { at: now, before: Some(award.sequence) };
        let Some(problem) = self.ring(candidate, &result.evaluators, made)? else { return Ok(()) };
        self.take_back(award, now)?;
        Err(problem.at("/evaluations").into())
    }

    /// Takes an intent back of which nothing was signed: what it holds of the people in it goes, and with it its weight in rings.
    pub(super) fn take_back(&self, award: &Award, now: Timestamp) -> Result<(), Refusal> {
        self.store.erase_payload(Erasure {
            award: award.id.clone(),
            code: "refused".to_owned(),
            actor: award.actor.clone(),
            at: now,
        })?;
        Ok(())
    }
}
