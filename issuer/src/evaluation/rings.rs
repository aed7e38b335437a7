//! Rings: who vouches for whom, in badges of this issuer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use badge_schemas::problem::{Code, Problem};
use badge_verifier::did::{person, same_person};
use jiff::Timestamp;

use super::award::PanelResult;
use super::people::Budget;
use crate::issuer::Issuer;
use crate::randomness;
use crate::refusal::Refusal;
use crate::store::{Award, AwardStatus, Digest, Entropy, Erasure, StoreError};

/// People in the longest ring that is refused: three. Two who vouch for each other, and three in a circle, have each an interest in it; longer
/// circles are how a profession that judges its own works.
const RING: usize = 3;

/// How long it is looked again because others vouched meanwhile. Each time another process has recorded a signature, and a look takes some
/// milliseconds, so a few processes come to their turns long before.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

impl Issuer {
    /// Makes those who might close a ring with one another take turns in this process, so that none of them makes another look again.
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
            // What cannot be read could name anybody: nothing is signed on half a look.
            let forms = match self.store.forms(&award.id) {
                Err(StoreError::Erased { .. }) => None,
                forms => forms?,
            };
            let form = forms.as_ref().and_then(|forms| forms.values().next());
            found.extend(form.into_iter().flat_map(|form| super::fold::endorsers(form)));
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
    ) -> Result<Digest, Refusal> {
        // Read before the look: what is recorded after this line is noticed.
        let vouched = self.store.vouched()?;
        let Some(candidate) = &award.recipient else { return Ok(vouched) };
        let Some(problem) = self.ring(candidate, &result.evaluators)? else { return Ok(vouched) };
        self.take_back(award, now)?;
        Err(problem.at("/evaluations").into())
    }

    /// Takes an intent back of which nothing was signed: what it holds of the people in it goes. One that another request has finished by now
    /// stays as it is.
    pub(super) fn take_back(&self, award: &Award, now: Timestamp) -> Result<(), Refusal> {
        let erased = self.store.erase_payload(Erasure {
            award: award.id.clone(),
            only_intent: true,
            code: "refused".to_owned(),
            actor: award.actor.clone(),
            at: now,
        });
        match erased {
            Ok(_) | Err(StoreError::StatusConflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Records a signature by which somebody vouches for somebody, if nobody has vouched since `vouched`; else `look`s again first, for as long as
/// `patience` lasts.
///
/// # Errors
/// As `look` and `record`; [`Code::VouchedMeanwhile`] where others always came first.
pub(crate) fn record_vouching<T>(
    patience: Duration,
    mut vouched: Digest,
    look: impl Fn() -> Result<Digest, Refusal>,
    record: impl Fn(Digest, Entropy) -> Result<T, StoreError>,
) -> Result<T, Refusal> {
    let begun = Instant::now();
    loop {
        match record(vouched, randomness::entropy()?) {
            Err(StoreError::VouchedMeanwhile) if begun.elapsed() < patience => vouched = look()?,
            recorded => return Ok(recorded?),
        }
    }
}
