//! Signing moves and adding them to a thread: prepare, sign, seal, and judge the whole before it leaves.

use badge_schemas::controller::Relationship;
use badge_schemas::document::Document;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::evaluation::thread::{judge, records, thread};
use badge_verifier::securing::keys::PublicKey;
use badge_verifier::securing::{Cryptosuite, Mechanism, ProofOptions, SigningRequest, prepare};
use badge_verifier::{Snapshot, TrustPolicy};
use jiff::Timestamp;
use serde_json::Value;

use super::sheet::Sheet;
use crate::holder::OpenHolder;

/// A thread with its newest records, which count.
#[derive(Debug)]
pub(crate) struct Extended {
    /// The file.
    pub(crate) text: String,
    /// The same, read.
    pub(crate) sheet: Sheet,
}

/// Signs these credentials with the holder's key and puts them at the end of a thread; begins one where there is none.
///
/// # Errors
/// What keeps a credential from being signed, or why a new record would not count: nothing is given back in which one does not.
pub(crate) fn extend(
    before: Option<&[u8]>,
    moves: Vec<Value>,
    holder: &OpenHolder,
    now: Timestamp,
    policy: &TrustPolicy,
    snapshot: &Snapshot,
) -> Result<Extended, Problem> {
    let mut all = before.map(records).transpose()?.unwrap_or_default();
    let old = all.len();
    for unsigned in moves {
        all.push(sign(unsigned, holder, now)?);
    }
    let text = format!("{:#}\n", thread(&all));
    let report = judge(text.as_bytes(), policy, now, snapshot);
    if let Some(problem) = report.problem {
        return Err(problem);
    }
    if let Some(problem) = report.records.iter().skip(old).find_map(|record| record.problem.clone()) {
        return Err(problem);
    }
    let sheet = Sheet::of(report, now)?;
    Ok(Extended { text, sheet })
}

/// Signs one record: `eddsa-rdfc-2022`, as an assertion.
///
/// # Errors
/// A credential that cannot be secured.
fn sign(unsigned: Value, holder: &OpenHolder, now: Timestamp) -> Result<Value, Problem> {
    let method = holder.verification_method();
    let key = PublicKey::from_multikey(holder.public()).map_err(|error| error.to_problem(&method))?;
    let options = ProofOptions::new(method, key, Relationship::AssertionMethod, now);
    let prepared = prepare(unsigned, Mechanism::DataIntegrity(Cryptosuite::EddsaRdfc2022), &options)?;
    let signature = match prepared.request() {
        SigningRequest::Bytes(message) => holder.sign(message),
    };
    let secured = prepared.seal(&signature).map_err(|_| Problem::new(Code::SignatureInvalid))?;
    Ok(Document::parse(secured.as_str())?.into_value())
}
