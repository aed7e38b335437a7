//! Rings: who vouches for whom, in badges of this issuer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{MutexGuard, PoisonError};

use badge_schemas::problem::{Code, Problem};
use badge_verifier::did::{person, same_person};
use jiff::Timestamp;

use super::award::PanelResult;
use super::people::Budget;
use crate::issuer::Issuer;
use crate::randomness;
use crate::refusal::Refusal;
use crate::store::{Award, AwardStatus, Entropy, Erasure, StoreError};

/// People in the longest ring that is refused: three. Two who vouch for each other, and three in a circle, have each an interest in it; longer
/// circles are how a profession that judges its own works.
const RING: usize = 3;

/// How often who vouches for whom is looked at again because it has changed meanwhile. Each time another process has recorded a signature,
/// so among a few processes each comes to its turn long before.
const LOOKS: usize = 100;

impl Issuer {
    /// Makes those who might close a ring with one another take turns in this process, so that none of them has to look twice.
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
    pub(super) fn ring(&self, candidate: &str, evaluators: &[String]) -> Result<Option<Problem>, Refusal> {
        let mut budget = Budget::default();
        let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for evaluator in evaluators {
            let mut near = BTreeSet::from([evaluator.clone()]);
            for _ in 1..RING {
                let mut next = BTreeSet::new();
                for someone in near {
                    let found = match known.get(&person(&someone)) {
                        Some(found) => found.clone(),
                        None => self.evaluators_of(&someone, &mut budget)?,
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

    /// Who vouched for a person in badges of this issuer: those that are signed and were not revoked. An intent is nobody's badge, and looked
    /// at when it is signed.
    fn evaluators_of(&self, someone: &str, budget: &mut Budget) -> Result<BTreeSet<String>, Refusal> {
        let mut found = BTreeSet::new();
        for award in self.awards_of(someone, budget)? {
            if !matches!(award.status, AwardStatus::Active | AwardStatus::Suspended)
                || award.erased_at.is_some()
            {
                continue;
            }
            let result = self.plan_of(&award)?.and_then(|plan| plan.result);
            let evaluators = result.into_iter().flat_map(|result| result.evaluators);
            found.extend(evaluators);
            if let Ok(Some(forms)) = self.store.forms(&award.id) {
                found.extend(forms.values().take(1).flat_map(|form| super::fold::endorsers(form)));
            }
        }
        Ok(found)
    }

    /// Refuses an award that closes a ring, and takes its intent back. Answers with what [`record_vouching`] begins with.
    ///
    /// # Errors
    /// [`Code::EndorsementReciprocal`]; as [`Issuer::ring`].
    pub(crate) fn refuse_rings(
        &self,
        award: &Award,
        result: &PanelResult,
        now: Timestamp,
    ) -> Result<u64, Refusal> {
        // Counted before it is looked at: what is recorded after this line is noticed.
        let counted = self.store.vouchings()?;
        let Some(candidate) = &award.recipient else { return Ok(counted) };
        let Some(problem) = self.ring(candidate, &result.evaluators)? else { return Ok(counted) };
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

/// Records a signature by which somebody vouches for somebody, if no other was recorded since `counted`; else `look`s again first.
///
/// # Errors
/// As `look` and `record`; [`Code::ServiceBusy`] where others always came first.
pub(crate) fn record_vouching<T>(
    mut counted: u64,
    look: impl Fn() -> Result<u64, Refusal>,
    record: impl Fn(u64, Entropy) -> Result<T, StoreError>,
) -> Result<T, Refusal> {
    for _ in 0..LOOKS {
        match record(counted, randomness::entropy()?) {
            Err(StoreError::VouchedMeanwhile) => counted = look()?,
            recorded => return Ok(recorded?),
        }
    }
    Err(Problem::new(Code::ServiceBusy).with("limit", LOOKS).into())
}
