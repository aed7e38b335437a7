//! The withdrawals of evaluations in a thread, each judged by itself: for whoever keeps the status of an evaluation.
//!
//! A withdrawal is its evaluator's word about one endorsement, which it names by digest. It holds whatever has become of the mandate, of the
//! candidate's keys, or of the key that signed the endorsement: that key may be why the evaluation is taken back.

use badge_schemas::credential::issuer_id;
use badge_schemas::evaluation::{Evaluation, Reason, Record as _, RecordKind, Withdrawal};
use badge_schemas::problem::{Code, Problem};
use jiff::Timestamp;
use serde_json::Value;

use super::digest;
use super::thread::{named, not_authentic, plain};
use crate::policy::TrustPolicy;
use crate::snapshot::{Resource, Snapshot, sha256_hex};
use crate::verify::verify_each;

/// An evaluation, and the record that takes it back in the name of the same evaluator. Nobody has looked at a signature yet: see [`authentic`].
#[derive(Clone, Debug, PartialEq)]
pub struct TakenBack {
    /// The place of the withdrawal among the records.
    pub index: usize,
    /// Who issues both, by DID.
    pub evaluator: String,
    /// The endorsement, without its proof.
    pub endorsement: Value,
    /// The evaluation in it.
    pub evaluation: Evaluation,
    /// Why it is taken back.
    pub reason: Reason,
}

/// The evaluations that are taken back among these records, in the order of their withdrawals; or why a withdrawal is none. Those of a mandate or
/// of an acceptance are left out.
///
/// In each: [`Code::RecordOutOfPlace`] where what it takes back is not there, [`Code::RecordNotEntitled`] where another issues that, and what
/// [`Record::read`](badge_schemas::evaluation::Record::read) finds.
pub fn taken_back(records: &[Value]) -> Vec<Result<TakenBack, Problem>> {
    let opened: Vec<Opened> = records.iter().filter_map(Opened::of).collect();
    let numbered =
        records.iter().enumerate().filter_map(|(index, record)| Some((index, Opened::of(record)?)));
    let withdrawals = numbered.filter(|(_, record)| record.kind == RecordKind::Withdrawal);
    withdrawals
        .filter_map(|(index, record)| {
            let read = record.takes_back(index, &opened).transpose()?;
            Some(read.map_err(|problem| problem.under(&format!("/verifiableCredential/{index}"))))
        })
        .collect()
}

/// Whether each of these records is its issuer's word, with what was missing to tell. They share the work of one input. Pure.
///
/// [`Code::RecordUnsound`] where it is not. A pass says nothing about any other record.
pub fn authentic(
    records: &[Value],
    policy: &TrustPolicy,
    now: Timestamp,
    snapshot: &Snapshot,
) -> Vec<(Result<(), Problem>, Vec<Resource>)> {
    let input_sha256 = sha256_hex(Value::from(records).to_string().as_bytes());
    let (reports, _) = verify_each(&input_sha256, records, policy, now, snapshot);
    let judged = reports.into_iter().map(|report| {
        let document = report.document();
        let told = |reason: &str| {
            named(Problem::new(Code::RecordUnsound), document.and_then(RecordKind::of))
                .with("issuer", document.and_then(issuer_id).unwrap_or("–"))
                .with("reason", reason)
        };
        (not_authentic(&report).map_or(Ok(()), |reason| Err(told(reason))), report.missing())
    });
    judged.collect()
}

/// A record that can be read, in whatever it is secured.
struct Opened {
    kind: RecordKind,
    document: Value,
    issuer: String,
    digest: String,
}

impl Opened {
    fn of(record: &Value) -> Option<Self> {
        let document = plain(record)?;
        let kind = RecordKind::of(&document)?;
        let issuer = issuer_id(&document)?.to_owned();
        let digest = digest::of_record(&document).ok()?;
        Some(Self { kind, document, issuer, digest })
    }

    fn takes_back(&self, index: usize, all: &[Self]) -> Result<Option<TakenBack>, Problem> {
        let told = |code| {
            Problem::new(code).with("record", RecordKind::Withdrawal.as_str()).with("issuer", &self.issuer)
        };
        let withdrawal = Withdrawal::read(&self.document)?;
        let place = all.iter().find(|record| record.digest == withdrawal.withdrawn);
        let taken = place.ok_or_else(|| told(Code::RecordOutOfPlace))?;
        if taken.kind != RecordKind::Evaluation {
            return Ok(None);
        }
        if taken.issuer != self.issuer {
            return Err(told(Code::RecordNotEntitled).with("entitled", &taken.issuer));
        }
        Ok(Some(TakenBack {
            index,
            evaluator: self.issuer.clone(),
            endorsement: taken.document.clone(),
            evaluation: Evaluation::read(&taken.document)?,
            reason: withdrawal.reason,
        }))
    }
}
