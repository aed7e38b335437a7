//! The withdrawal of evaluations that have a status entry here.
//!
//! Three things make one: an endorsement that names the entry kept for it, the record by which its evaluator takes it back, and the entry itself,
//! which was given for an accepted mandate and is found by that mandate's digest. Nothing else of the thread needs to verify: a candidate whose
//! domain is gone, or who takes it down, stops no withdrawal.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use badge_schemas::did::Did;
use badge_schemas::evaluation::Reason;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::Snapshot;
use badge_verifier::evaluation::thread::records;
use badge_verifier::evaluation::withdrawals::{TakenBack, authentic, taken_back};
use badge_verifier::snapshot::{Resource, ResourceKind};
use jiff::Timestamp;
use serde_json::Value;

use super::Asker;
use super::kept::is_place;
use crate::issuer::Issuer;
use crate::refusal::Refusal;
use crate::store::{Digest, Seat, SeatWithdrawal};

/// What became of the withdrawals in a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawals {
    /// The endorsements that are taken back, by id: at least one.
    pub withdrawn: Vec<String>,
    /// Why the others are not; each problem points at the record that asked for it.
    pub refused: Vec<Problem>,
}

/// An entry that is to be set, once the record that asks for it is seen to be the evaluator's.
struct Claim {
    record: Value,
    index: usize,
    evaluator: String,
    candidate: String,
    endorsement: String,
    seat: Seat,
    reason: Reason,
}

impl Issuer {
    /// Takes back the evaluations whose withdrawals a thread holds, each by itself. Twice is once.
    ///
    /// # Errors
    /// Where none is taken back, why not: [`Code::EvaluationsNotOffered`], [`Code::WithdrawalMissing`], [`Code::EvaluationEntryForeign`],
    /// [`Code::RecordUnsound`] and [`Code::RecordNotEntitled`] for a record that is not the evaluator's, [`Code::EvaluationKeysNotFetched`];
    /// what [`records`] finds.
    pub fn withdraw_evaluations(&self, thread: &[u8], now: Timestamp) -> Result<Withdrawals, Refusal> {
        self.withdraw_with(thread, now, self.identity.snapshot(now))
    }

    /// The same, with what is at hand.
    pub(super) fn withdraw_with(
        &self,
        thread: &[u8],
        now: Timestamp,
        snapshot: Snapshot,
    ) -> Result<Withdrawals, Refusal> {
        let records = records(thread)?;
        let mut refused = Vec::new();
        let mut claims = Vec::new();
        for found in taken_back(&records) {
            let claim = match found {
                Ok(taken) => self.claim(taken, &records)?,
                Err(problem) => Err(problem),
            };
            match claim {
                Ok(claim) => claims.push(claim),
                Err(problem) => refused.push(problem),
            }
        }
        // Only where an entry is kept is a signature looked at, and a key fetched.
        let problems = self.not_signed(&claims, now, snapshot)?;
        let claimed = !claims.is_empty();
        let mut withdrawn = Vec::new();
        let mut failed = None;
        let mut fresh: BTreeMap<String, Vec<Digest>> = BTreeMap::new();
        for (claim, problem) in claims.into_iter().zip(problems) {
            if let Some(problem) = problem {
                refused.push(problem);
                continue;
            }
            let (seat, code) = (claim.seat.seat, claim.reason.as_str().to_owned());
            // What was recorded before is told all the same.
            if let Err(error) = self.store.withdraw_seat(SeatWithdrawal { seat, code, at: now }) {
                failed = Some(error);
                break;
            }
            if claim.seat.withdrawn.is_none() {
                fresh.entry(claim.candidate).or_default().push(seat);
            }
            withdrawn.push(claim.endorsement);
        }
        self.tell_of_panels(&fresh);
        if let Some(error) = failed {
            return Err(error.into());
        }
        if !withdrawn.is_empty() {
            return Ok(Withdrawals { withdrawn, refused });
        }
        // What was given out can be taken back also where no more is offered; who never had anything is told that.
        if !claimed {
            self.offer()?;
        }
        if refused.is_empty() {
            refused.push(Problem::new(Code::WithdrawalMissing));
        }
        Err(Refusal::Request(refused))
    }

    /// Tells the operator which awards fell short of their panel by this. The withdrawal is recorded and stands, whatever becomes of this; each
    /// award says of itself what is left of its panel.
    fn tell_of_panels(&self, fresh: &BTreeMap<String, Vec<Digest>>) {
        let issuer = self.identity.id();
        for (candidate, seats) in fresh {
            match self.short_of_panel(candidate, seats) {
                Ok(awards) if awards.is_empty() => {}
                Ok(awards) => {
                    let count = u64::try_from(awards.len()).unwrap_or(u64::MAX);
                    self.evaluations.short.fetch_add(count, Ordering::Relaxed);
                    tracing::warn!(
                        issuer,
                        ?awards,
                        "an evaluation was withdrawn, and these awards no longer have the panel that their badge asks for"
                    );
                }
                Err(_) => tracing::warn!(
                    issuer,
                    "an evaluation was withdrawn, and which awards stand on it could not be found out"
                ),
            }
        }
    }

    /// The entry that is kept for an evaluation; a problem where the endorsement names another, or none.
    fn claim(&self, taken: TakenBack, records: &[Value]) -> Result<Result<Claim, Problem>, Refusal> {
        let among = |status: &Value, seat: &Seat| match status {
            Value::Array(entries) => entries.iter().any(|entry| is_place(entry, seat)),
            entry => is_place(entry, seat),
        };
        let seat = match self.kept(&taken.endorsement, &taken.evaluator, &taken.evaluation, among)? {
            Ok(seat) => seat,
            Err(problem) => return Ok(Err(problem.under(&at(taken.index)))),
        };
        let id = taken.endorsement.get("id").and_then(Value::as_str).unwrap_or("–").to_owned();
        let record = records.get(taken.index).cloned().unwrap_or_default();
        let (index, reason) = (taken.index, taken.reason);
        let candidate = taken.evaluation.candidate;
        Ok(Ok(Claim { record, index, evaluator: taken.evaluator, candidate, endorsement: id, seat, reason }))
    }

    /// Why the record of each claim is not its evaluator's word; nothing where it is.
    fn not_signed(
        &self,
        claims: &[Claim],
        now: Timestamp,
        mut snapshot: Snapshot,
    ) -> Result<Vec<Option<Problem>>, Refusal> {
        let policy = self.evaluation_policy();
        let records: Vec<Value> = claims.iter().map(|claim| claim.record.clone()).collect();
        // The keys of evaluators who have an entry, and nothing else that a record may name.
        let theirs: Vec<Resource> = claims.iter().filter_map(|claim| keys_of(&claim.evaluator)).collect();
        let judged = self.complete(
            &mut snapshot,
            Asker::Seated,
            now,
            |snapshot| authentic(&records, &policy, now, snapshot),
            |judged| {
                let missing = judged.iter().flat_map(|(_, missing)| missing.clone());
                missing.filter(|resource| theirs.contains(resource)).collect()
            },
        )?;
        let told = |(claim, (signed, missing)): (&Claim, (Result<(), Problem>, Vec<Resource>))| {
            let problem = signed.err()?;
            let unfetched = self.not_fetched(Asker::Seated, missing.iter());
            Some(unfetched.unwrap_or(problem).under(&at(claim.index)))
        };
        Ok(claims.iter().zip(judged).map(told).collect())
    }

    /// That the settings let no keys be fetched, where some are missing.
    pub(super) fn not_fetched<'a>(
        &self,
        asker: Asker,
        missing: impl IntoIterator<Item = &'a Resource>,
    ) -> Option<Problem> {
        let fetch = self.evaluations.offer.fetch;
        let keys = |resource: &&Resource| resource.kind == ResourceKind::ControllerDocument;
        let lacking = missing.into_iter().find(keys).filter(|_| !fetch.allows(asker))?;
        let problem = Problem::new(Code::EvaluationKeysNotFetched).with("url", &lacking.url);
        Some(problem.with("setting", fetch.as_str()))
    }
}

/// Where a record of a thread is.
fn at(index: usize) -> String {
    format!("/verifiableCredential/{index}")
}

/// Where somebody publishes their keys, where they do.
fn keys_of(did: &str) -> Option<Resource> {
    match Did::parse(did).ok()? {
        Did::Web { document_url } => {
            Some(Resource { kind: ResourceKind::ControllerDocument, url: document_url })
        }
        _ => None,
    }
}
