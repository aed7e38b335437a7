//! The journey of a presentation: select, prepare, sign, seal, check our own work.

use badge_schemas::controller::Relationship;
use badge_schemas::credential::CREDENTIALS_V2;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::report::{CheckId, NotRun, Outcome};
use badge_verifier::securing::keys::PublicKey;
use badge_verifier::securing::sd_jwt::SdJwt;
use badge_verifier::securing::sd_jwt::key_binding::KeyBinding;
use badge_verifier::securing::sd_jwt::present::{self, Selection};
use badge_verifier::securing::{
    Cryptosuite, Mechanism, Prepared, ProofOptions, Secured, SigningRequest, prepare,
};
use badge_verifier::{Expectations, Report, Snapshot, TrustPolicy, verify};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::holder::OpenHolder;
use crate::store::Badge;

/// What a verifier asked for.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Its challenge: a fresh value that makes the presentation good for one use.
    pub(crate) challenge: String,
    /// Its domain: for whom the presentation is made.
    pub(crate) domain: String,
    /// How long the presentation may be used.
    pub(crate) expires: SignedDuration,
    /// What is shown of badges that let their holder choose.
    pub(crate) selection: Selection,
}

/// A presentation that passed its own verification.
#[derive(Clone, Debug)]
pub(crate) struct Presented {
    /// The presentation: JSON, or an SD-JWT with key binding JWT.
    pub(crate) text: String,
    /// What a verifier will hold against the badges in it: which one, by its place, and why.
    pub(crate) cautions: Vec<(usize, Problem)>,
}

/// Why no presentation was made.
#[derive(Clone, Debug)]
pub(crate) enum Refusal {
    /// It could not be made.
    Failed(Problem),
    /// It was made, and did not verify: which check, and what it found.
    Unsound(CheckId, Option<Problem>),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

/// Makes a verifiable presentation of these badges ([VC Data Model 2.0 §4.13](https://www.w3.org/TR/vc-data-model-2.0/#verifiable-presentations)).
///
/// `shown` are the badges as [`reveal::shown`](crate::reveal::shown) gives them; `beside` is what travels beside them, to endorse them or to support
/// that; `snapshot` is what earlier checks of the badges fetched, so that our own check can look as far as a verifier would.
///
/// # Errors
/// [`Refusal`]; nothing unsound leaves this function.
pub(crate) fn present(
    badges: &[&Badge],
    shown: &[Value],
    beside: &[Value],
    holder: &OpenHolder,
    request: &Request,
    now: Timestamp,
    snapshot: &Snapshot,
) -> Result<Presented, Refusal> {
    let options = options(holder, request, now)?;
    // One SD-JWT is presented as itself: its holder signs for it, and no presentation is needed around it.
    if let [Badge { sd_jwt: Some(sd_jwt), .. }] = badges {
        let binding = KeyBinding {
            key: options.key,
            audience: request.domain.clone(),
            nonce: request.challenge.clone(),
            issued_at: now,
            expires: options.expires,
        };
        let secured = sign(present::prepare(sd_jwt, &request.selection, binding)?, holder)?;
        let cautions = self_check_bound(&secured, request, now, snapshot)?;
        return Ok(Presented { text: secured.as_str().to_owned(), cautions });
    }
    let presentation = assemble(&[shown, beside].concat(), &holder.did());
    let prepared = prepare(presentation, Mechanism::DataIntegrity(Cryptosuite::EddsaRdfc2022), &options)?;
    let secured = sign(prepared, holder)?;
    let cautions = self_check(&secured, request, now, snapshot)?;
    Ok(Presented { text: secured.as_str().to_owned(), cautions })
}

fn assemble(shown: &[Value], holder: &str) -> Value {
    json!({
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiablePresentation"],
        "holder": holder,
        "verifiableCredential": shown,
    })
}

fn options(holder: &OpenHolder, request: &Request, now: Timestamp) -> Result<ProofOptions, Problem> {
    let method = holder.verification_method();
    let key = PublicKey::from_multikey(holder.public()).map_err(|error| error.to_problem(&method))?;
    let too_long =
        |_| Problem::new(Code::OptionInvalid).with("option", "--expires").with("reason", request.expires);
    Ok(ProofOptions {
        expires: Some(now.checked_add(request.expires).map_err(too_long)?),
        challenge: Some(request.challenge.clone()),
        domain: Some(request.domain.clone()),
        ..ProofOptions::new(method, key, Relationship::Authentication, now)
    })
}

fn sign(prepared: Prepared, holder: &OpenHolder) -> Result<Secured, Refusal> {
    let signature = match prepared.request() {
        SigningRequest::Bytes(message) => holder.sign(message),
    };
    prepared.seal(&signature).map_err(|_| Refusal::Unsound(CheckId::Signature, None))
}

/// The checks that our own presentation must pass, every one.
const MUST_PASS: [CheckId; 7] = [
    CheckId::Container,
    CheckId::Conformance,
    CheckId::Signature,
    CheckId::ProofPurpose,
    CheckId::Controller,
    CheckId::Challenge,
    CheckId::Domain,
];

/// The checks that no presented badge may fail: one that does is not the badge that was issued.
const MUST_NOT_FAIL: [CheckId; 5] = [
    CheckId::Container,
    CheckId::Conformance,
    CheckId::Signature,
    CheckId::ProofPurpose,
    CheckId::Controller,
];

fn self_check(
    secured: &Secured,
    request: &Request,
    now: Timestamp,
    snapshot: &Snapshot,
) -> Result<Vec<(usize, Problem)>, Refusal> {
    let expect = Expectations {
        challenge: Some(request.challenge.clone()),
        domain: Some(request.domain.clone()),
        ..Expectations::default()
    };
    let report = verify(secured.as_str().as_bytes(), &expect, &TrustPolicy::default(), now, snapshot);
    for id in MUST_PASS {
        if !report.outcome(id).passed() {
            return Err(unsound(&report, id));
        }
    }
    if !matches!(
        report.outcome(CheckId::Validity),
        Outcome::Pass | Outcome::Warn(_) | Outcome::NotRun(NotRun::Absent)
    ) {
        return Err(unsound(&report, CheckId::Validity));
    }
    for inner in report.credentials() {
        if let Some(id) = MUST_NOT_FAIL.into_iter().find(|id| matches!(inner.outcome(*id), Outcome::Fail(_)))
        {
            return Err(unsound(inner, id));
        }
    }
    let against = report.credentials().iter().enumerate().flat_map(|(index, inner)| {
        let against = inner.checks().iter().filter_map(|check| match (check.id, &check.outcome) {
            (_, Outcome::Fail(problem))
            | (CheckId::Presenter, Outcome::NotRun(NotRun::Undetermined(problem))) => Some(problem.clone()),
            _ => None,
        });
        against.map(move |problem| (index, problem))
    });
    Ok(against.collect())
}

/// The same for an SD-JWT: what we added must hold, and nothing of the issuer's may be broken. Its key may not be at hand.
fn self_check_bound(
    secured: &Secured,
    request: &Request,
    now: Timestamp,
    snapshot: &Snapshot,
) -> Result<Vec<(usize, Problem)>, Refusal> {
    let presented = SdJwt::parse(secured.as_str())?;
    presented.verify_key_binding().map_err(|problem| Refusal::Unsound(CheckId::Presenter, Some(problem)))?;
    let expect = Expectations {
        challenge: Some(request.challenge.clone()),
        domain: Some(request.domain.clone()),
        ..Expectations::default()
    };
    let report = verify(secured.as_str().as_bytes(), &expect, &TrustPolicy::default(), now, snapshot);
    let broken = MUST_NOT_FAIL.into_iter().chain([CheckId::Challenge, CheckId::Domain, CheckId::Presenter]);
    for id in broken {
        if matches!(report.outcome(id), Outcome::Fail(_)) {
            return Err(unsound(&report, id));
        }
    }
    let against = report.checks().iter().filter_map(|check| match &check.outcome {
        Outcome::Fail(problem) => Some((0, problem.clone())),
        Outcome::Pass | Outcome::Warn(_) | Outcome::NotRun(_) => None,
    });
    Ok(against.collect())
}

fn unsound(report: &Report, id: CheckId) -> Refusal {
    Refusal::Unsound(id, report.outcome(id).problem().cloned())
}
