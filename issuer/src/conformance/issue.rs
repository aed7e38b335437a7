//! Issues what a suite sends: check, prepare, sign, seal, verify our own work.

use badge_schemas::controller::Relationship;
use badge_schemas::credential::{CREDENTIALS_V1, CREDENTIALS_V2, issuer_id};
use badge_schemas::document::{Document, push_pointer};
use badge_schemas::presentation::envelop;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::checks::conformance::{self, DocumentKind};
use badge_verifier::policy::TrustPolicy;
use badge_verifier::report::CheckId;
use badge_verifier::securing::disclosure::{HmacKey, Secrets, derive};
use badge_verifier::securing::{Mechanism, ProofOptions, Secured, prepare, prepare_base, prepare_bbs_base};
use badge_verifier::snapshot::Snapshot;
use badge_verifier::{Expectations, verify};
use jiff::Timestamp;
use serde_json::Value;

use super::suite::{Securing, StatusEntry, SuiteKey, SuiteSigner};
use crate::randomness;
use crate::refusal::Refusal;
use crate::signer::SigningFailed;

/// What our own work must pass before it goes out. The rest is the suite's business: it names issuers that are not ours.
const OWN_WORK: [CheckId; 4] =
    [CheckId::Container, CheckId::Conformance, CheckId::Signature, CheckId::ProofPurpose];

/// The credential of a request, secured.
///
/// # Errors
/// [`Refusal::Request`]: what keeps it from being a credential, or from being secured without loss.
pub(super) fn issue(key: &SuiteKey, base: &str, body: Document, now: Timestamp) -> Result<Value, Refusal> {
    let mut mandatory = mandatory_pointers(&body)?;
    let mut credential = credential(body)?;
    let kind = match DocumentKind::of(&credential) {
        Some(DocumentKind::Presentation) | None => {
            return Err(Problem::new(Code::NotACredential).at("/credential/type").into());
        }
        Some(kind) => kind,
    };
    if key.suite.status == StatusEntry::Bitstring {
        key.lists.enter(&mut credential, base, key.suite.name)?;
    }
    lift(&mut credential, &mut mandatory);
    let problems = conformance::findings(&credential, kind);
    if let Some(first) = problems.into_iter().find(|problem| problem.code != Code::CriteriaEmpty) {
        return Err(first.under("/credential").into());
    }
    if issuer_id(&credential).is_none() {
        return Err(Problem::new(Code::MemberMissing)
            .at("/credential/issuer")
            .with("member", "issuer")
            .into());
    }
    let secured = match key.suite.securing {
        Securing::Whole(mechanism) => {
            let secured = secure(key, mechanism, credential, now)?;
            check_own_work(secured.as_str(), now)?;
            secured
        }
        Securing::Base => {
            let secured = secure_base(key, &credential, &mandatory, now)?;
            // A base proof is for the holder alone: what is checked is a derived one that shows everything.
            check_own_work(&derive(&parsed(&secured)?, &every_member(&credential))?.to_string(), now)?;
            secured
        }
    };
    match &secured {
        Secured::Json(_) => parsed(&secured),
        Secured::Jwt(text) => Ok(envelop("vc+jwt", text)),
        Secured::SdJwt(text) => Ok(envelop("vc+sd-jwt", text)),
    }
}

/// Signs with the suite's key.
pub(super) fn secure(
    key: &SuiteKey,
    mechanism: Mechanism,
    document: Value,
    now: Timestamp,
) -> Result<Secured, Refusal> {
    let prepared = prepare(document, mechanism, &options(key, now))?;
    let signature = key.signer.sign(prepared.request())?;
    Ok(prepared.seal(&signature)?)
}

fn secure_base(
    key: &SuiteKey,
    document: &Value,
    mandatory: &[String],
    now: Timestamp,
) -> Result<Secured, Refusal> {
    if let SuiteSigner::Messages(secret, _) = &key.signer {
        let hmac_key = HmacKey::new(randomness::bytes()?);
        let unsigned = prepare_bbs_base(document, &options(key, now), mandatory, &hmac_key)?;
        let signature =
            secret.sign(unsigned.header(), unsigned.messages()).map_err(|_| SigningFailed::Refused)?;
        return Ok(unsigned.seal(&signature)?);
    }
    let secrets = Secrets::from_randomness(randomness::bytes()?, randomness::bytes()?);
    let prepared = prepare_base(document, &options(key, now), mandatory, &secrets)?;
    let signature = key.signer.sign(prepared.request())?;
    Ok(prepared.seal(&signature)?)
}

fn options(key: &SuiteKey, now: Timestamp) -> ProofOptions {
    ProofOptions::new(key.method.clone(), key.signer.public_key().clone(), Relationship::AssertionMethod, now)
}

fn parsed(secured: &Secured) -> Result<Value, Refusal> {
    serde_json::from_str(secured.as_str()).map_err(|error| Refusal::Failure(error.to_string()))
}

/// `options.mandatoryPointers`: what the holder of a base proof cannot hide.
fn mandatory_pointers(body: &Document) -> Result<Vec<String>, Problem> {
    let Some(pointers) = body.value().pointer("/options/mandatoryPointers") else { return Ok(Vec::new()) };
    serde_json::from_value(pointers.clone()).map_err(|error| {
        Problem::new(Code::MalformedValue)
            .at("/options/mandatoryPointers")
            .with("member", "mandatoryPointers")
            .with("reason", error)
    })
}

/// Pointers that select a whole credential; context, id and types are always there.
fn every_member(credential: &Value) -> Vec<String> {
    let members = credential.as_object().into_iter().flatten().map(|(name, _)| push_pointer("", name));
    members.filter(|pointer| !matches!(pointer.as_str(), "/@context" | "/id" | "/type")).collect()
}

fn credential(body: Document) -> Result<Value, Problem> {
    let missing = || Problem::new(Code::MemberMissing).at("/credential").with("member", "credential");
    let mut body = body.into_value();
    match body.get_mut("credential").map(Value::take) {
        Some(credential @ Value::Object(_)) => Ok(credential),
        Some(_) => Err(Problem::new(Code::MalformedValue)
            .at("/credential")
            .with("member", "credential")
            .with("reason", "an object is needed")),
        None => Err(missing()),
    }
}

/// A credential of the data model 1.1 is issued as one of 2.0: that one is read here, and no longer written
/// ([VC Data Model 2.0 §B.1](https://www.w3.org/TR/vc-data-model-2.0/#base-context) has the same terms under the newer context). Pointers to a member that gets another name follow it.
fn lift(credential: &mut Value, pointers: &mut [String]) {
    let Some(members) = credential.as_object_mut() else { return };
    let Some(Value::Array(contexts)) = members.get_mut("@context") else { return };
    match contexts.first_mut() {
        Some(first) if first == CREDENTIALS_V1 => *first = CREDENTIALS_V2.into(),
        _ => return,
    }
    for (old, new) in [("issuanceDate", "validFrom"), ("expirationDate", "validUntil")] {
        if let Some(date) = members.remove(old) {
            members.insert(new.to_owned(), date);
            let old = push_pointer("", old);
            pointers
                .iter_mut()
                .filter(|pointer| **pointer == old)
                .for_each(|one| *one = push_pointer("", new));
        }
    }
}

/// Our own verifier must find our own work sound.
fn check_own_work(secured: &str, now: Timestamp) -> Result<(), Refusal> {
    let report = verify(
        secured.as_bytes(),
        &Expectations::default(),
        &TrustPolicy::default(),
        now,
        &Snapshot::default(),
    );
    let refused = OWN_WORK.into_iter().find(|id| !report.outcome(*id).passed());
    match refused {
        None => Ok(()),
        Some(id) => Err(report.outcome(id).problem().cloned().map_or_else(
            || Refusal::Failure(format!("our own work: {}", id.as_str())),
            |problem| Refusal::Failure(format!("our own work: {} {}", id.as_str(), problem.code.as_str())),
        )),
    }
}
