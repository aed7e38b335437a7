//! Who signed a document, and whether that is who it claims to be from: shared by badges, status lists and registries.

use badge_schemas::controller::{Authorized, Relationship};
use badge_schemas::jwk::Jwk;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use jiff::Timestamp;
use serde_json::Value;

use crate::content::Content;
use crate::did::{self, ResolvedKey, SigningTime, Unresolved};
use crate::report::{CheckId, NotRun, Outcome};
use crate::securing::data_integrity::{FoundProof, SecuredDocument};
use crate::securing::jws::{CompactJws, TokenType};
use crate::securing::rdfc::Rdf;
use crate::securing::sd_jwt::SdJwt;
use crate::securing::sd_jwt::profile::Profile;
use crate::securing::vc_jwt::{self, ClaimRules};
use crate::securing::{Audience, Cryptosuite, vp_jwt};
use crate::snapshot::Snapshot;
use crate::work::{self, Exhausted, KEY, SIGNATURE, Work};

/// What was found about the proof of a document.
#[derive(Clone, Debug)]
pub(crate) struct Authentication {
    pub(crate) signature: Outcome,
    pub(crate) proof_purpose: Outcome,
    pub(crate) controller: Outcome,
    /// Who controls the key, where the signature was verified with it.
    pub(crate) signer: Option<String>,
    pub(crate) mechanism: Option<String>,
    pub(crate) verification_method: Option<String>,
    pub(crate) facts: ProofFacts,
    /// The digest of the document, and a time at which it is known to have existed; set by the one who asks.
    pub(crate) content_sha256: Option<String>,
    pub(crate) existed: Option<Timestamp>,
}

/// What the proof says about itself; meaningful only where the signature passed.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProofFacts {
    pub(crate) created: Option<DateTimeStamp>,
    pub(crate) expires: Option<DateTimeStamp>,
    pub(crate) challenge: Option<String>,
    pub(crate) domains: Vec<String>,
    /// Where it stands; empty for the signature of a token.
    pub(crate) pointer: String,
    /// The other proofs that this program reads, in a set or a chain: each must be in force.
    pub(crate) others: Vec<ProofFacts>,
}

impl Authentication {
    /// Signed, for this purpose, by the one it claims to be from.
    pub(crate) fn holds(&self) -> bool {
        [&self.signature, &self.proof_purpose, &self.controller].into_iter().all(Outcome::passed)
    }

    /// The worst of the three findings.
    pub(crate) fn worst(&self) -> Outcome {
        self.signature.clone().worse(self.proof_purpose.clone()).worse(self.controller.clone())
    }

    fn unsigned(problem: Problem) -> Self {
        Self { signature: Outcome::Fail(problem), ..Self::blocked() }
    }

    fn blocked() -> Self {
        let blocked = || Outcome::NotRun(NotRun::Blocked(CheckId::Signature));
        Self {
            signature: blocked(),
            proof_purpose: blocked(),
            controller: blocked(),
            signer: None,
            mechanism: None,
            verification_method: None,
            facts: ProofFacts::default(),
            content_sha256: None,
            existed: None,
        }
    }
}

/// Who a document claims to be from, and what its key must be allowed for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Claimant<'a> {
    /// The issuer of a credential.
    Issuer(Option<&'a str>),
    /// The holder of a presentation; a presentation may leave it out.
    Holder(Option<&'a str>),
}

impl Claimant<'_> {
    fn relationship(self) -> Relationship {
        match self {
            Self::Issuer(_) => Relationship::AssertionMethod,
            Self::Holder(_) => Relationship::Authentication,
        }
    }

    /// Whether the one who controls the key is the one the document names.
    fn check(self, controller: &str) -> Outcome {
        match self {
            Self::Issuer(Some(issuer)) if issuer == controller => Outcome::Pass,
            Self::Issuer(issuer) => Outcome::Fail(
                Problem::new(Code::ControllerNotIssuer)
                    .at("/issuer")
                    .with("controller", controller)
                    .with("issuer", issuer.unwrap_or("?")),
            ),
            Self::Holder(None) => Outcome::Pass,
            Self::Holder(Some(holder)) if holder == controller => Outcome::Pass,
            Self::Holder(Some(holder)) => Outcome::Fail(
                Problem::new(Code::ControllerNotHolder)
                    .at("/holder")
                    .with("controller", controller)
                    .with("holder", holder),
            ),
        }
    }
}

/// Establishes who signed. A pass says nothing about validity period, status or recognition.
///
/// `rdf` is that of the document without its proofs; its work pays for the signatures.
pub(crate) fn authenticate(
    content: &Content,
    rdf: &Rdf<'_>,
    claimant: Claimant<'_>,
    now: Timestamp,
    snapshot: &Snapshot,
) -> Authentication {
    authenticate_for(Audience::Verifier, content, rdf, claimant, &SigningTime::unknown(now), snapshot)
}

/// The same, for the holder of the document or for someone to whom it was presented.
pub(crate) fn authenticate_for(
    audience: Audience,
    content: &Content,
    rdf: &Rdf<'_>,
    claimant: Claimant<'_>,
    when: &SigningTime,
    snapshot: &Snapshot,
) -> Authentication {
    match content {
        Content::Json(document) => embedded_proofs(audience, document.value(), rdf, claimant, when, snapshot),
        Content::Jws(jws) => compact_jws(jws, rdf.work(), claimant, when, snapshot),
        Content::SdJwt(sd_jwt) => issuer_signed(sd_jwt, rdf.work(), claimant, when, snapshot),
    }
}

/// Every proof that this program reads must verify; at least one must be the claimant's. Proofs of other kinds are passed over.
fn embedded_proofs(
    audience: Audience,
    document: &Value,
    rdf: &Rdf<'_>,
    claimant: Claimant<'_>,
    when: &SigningTime,
    snapshot: &Snapshot,
) -> Authentication {
    let document = match SecuredDocument::within(document, rdf) {
        Ok(document) => document,
        Err(problem) => return Authentication::unsigned(problem),
    };
    let mut all: Vec<Authentication> = document
        .proofs()
        .iter()
        .filter_map(|found| found.proof.suite().map(|suite| (found, suite)))
        .map(|(found, suite)| one_proof(audience, &document, found, suite, claimant, when, snapshot))
        .collect();
    if all.is_empty() {
        let suite = document.proofs().first().map_or("?", |found| found.proof.suite_name());
        return Authentication::unsigned(
            Problem::new(Code::CryptosuiteUnsupported).at("/proof").with("suite", suite),
        );
    }
    let worst_signature = all.iter().fold(Outcome::ABSENT, |worst, one| worst.worse(one.signature.clone()));
    let principal = all.iter().position(Authentication::holds).unwrap_or(0);
    let mut found = all.remove(principal);
    found.facts.others = all.into_iter().map(|other| other.facts).collect();
    Authentication { signature: worst_signature, ..found }
}

fn one_proof(
    audience: Audience,
    document: &SecuredDocument<'_>,
    found_proof: &FoundProof,
    suite: Cryptosuite,
    claimant: Claimant<'_>,
    when: &SigningTime,
    snapshot: &Snapshot,
) -> Authentication {
    let FoundProof { pointer, proof, .. } = found_proof;
    let mut found =
        Authentication { mechanism: Some(suite.as_str().to_owned()), ..Authentication::blocked() };
    let wanted = claimant.relationship();
    found.verification_method.clone_from(&proof.verification_method);
    let Some(method) = &proof.verification_method else {
        let problem =
            Problem::new(Code::ProofMalformed).at(pointer).with("reason", "verificationMethod is missing");
        return Authentication { signature: Outcome::Fail(problem), ..found };
    };
    let purpose = proof.proof_purpose.as_deref().unwrap_or_default();
    // Finding the key is paid for before it is done: a document of keys is read for each proof that names one.
    if let Err(exhausted) = document.work().spend(price_of_key(method, snapshot)) {
        return Authentication { signature: Outcome::Fail(exhausted.to_problem()), ..found };
    }
    let created = proof.created.as_ref().map(DateTimeStamp::instant);
    let resolved = match did::resolve(method, wanted, &when.claiming(created), snapshot) {
        Ok(resolved) => resolved,
        Err(error) => return Authentication { signature: not_resolved(error, pointer), ..found },
    };
    found.proof_purpose = if purpose == wanted.as_str() {
        authorization(&resolved, wanted)
    } else {
        Outcome::Fail(
            Problem::new(Code::ProofPurposeWrong)
                .at(format!("{pointer}/proofPurpose"))
                .with("found", if purpose.is_empty() { "?" } else { purpose })
                .with("expected", wanted.as_str()),
        )
    };
    found.controller = claimant.check(&resolved.controller);
    match document.verify_for(audience, found_proof, suite, &resolved.key) {
        Ok(()) => {
            found.signature = Outcome::Pass;
            found.signer = Some(resolved.controller);
        }
        Err(problem) => found.signature = Outcome::Fail(problem),
    }
    found.facts = ProofFacts {
        created: proof.created.clone(),
        expires: proof.expires.clone(),
        challenge: proof.challenge.clone(),
        domains: proof.domain.clone(),
        pointer: pointer.clone(),
        others: Vec::new(),
    };
    found
}

fn compact_jws(
    jws: &CompactJws,
    work: &Work,
    claimant: Claimant<'_>,
    when: &SigningTime,
    snapshot: &Snapshot,
) -> Authentication {
    let name = format!("{} {}", token_name(jws.header().typ), jws.header().alg.as_str());
    let found = signed_token(jws, name, did::resolve_jwks, work, claimant, when, snapshot);
    Authentication { facts: token_facts(jws), ..found }
}

/// The issuer's part of an SD-JWT; the holder's is looked at elsewhere.
fn issuer_signed(
    sd_jwt: &SdJwt,
    work: &Work,
    claimant: Claimant<'_>,
    when: &SigningTime,
    snapshot: &Snapshot,
) -> Authentication {
    let jws = sd_jwt.issuer_signed();
    let name = format!("{} {}", sd_jwt.profile().token_type().as_str(), jws.header().alg.as_str());
    let at_origin = match sd_jwt.profile() {
        Profile::SdJwtVc => did::resolve_jwt_vc_issuer,
        Profile::Credential | Profile::Presentation => did::resolve_jwks,
    };
    let found = signed_token(jws, name, at_origin, work, claimant, when, snapshot);
    let facts = match sd_jwt.profile() {
        // `nbf` and `exp` are the credential's own period, which is checked as such.
        Profile::SdJwtVc => {
            let issued_at = vc_jwt::signature_period(sd_jwt.claims()).unwrap_or_default().issued_at;
            ProofFacts { created: stamp(issued_at), ..ProofFacts::default() }
        }
        Profile::Credential => claimed_period(sd_jwt.claims()),
        // The holder signs it as a whole, and says there for whom and in answer to what.
        Profile::Presentation => {
            let (challenge, domains) = vp_jwt::answers(sd_jwt.claims());
            ProofFacts { challenge, domains, ..claimed_period(sd_jwt.claims()) }
        }
    };
    Authentication { facts, ..found }
}

/// How the key of a web origin is found: its id, the message's `kid` and `jwk`, what was fetched.
type AtOrigin = fn(&str, Option<&str>, Option<&Jwk>, &Snapshot) -> Result<ResolvedKey, Unresolved>;

fn signed_token(
    jws: &CompactJws,
    mechanism: String,
    at_origin: AtOrigin,
    work: &Work,
    claimant: Claimant<'_>,
    when: &SigningTime,
    snapshot: &Snapshot,
) -> Authentication {
    let header = jws.header();
    let wanted = claimant.relationship();
    let mut found = Authentication { mechanism: Some(mechanism), ..Authentication::blocked() };
    let claimed = match claimant {
        Claimant::Issuer(id) | Claimant::Holder(id) => id.unwrap_or_default(),
    };
    if let Err(exhausted) = work.spend(price_of_key(header.kid.as_deref().unwrap_or_default(), snapshot)) {
        return Authentication { signature: Outcome::Fail(exhausted.to_problem()), ..found };
    }
    let when = &when.claiming(issued_at(jws));
    let resolved = match (header.kid.as_deref(), &header.jwk) {
        (Some(kid), _) if kid.starts_with("did:") => did::resolve(kid, wanted, when, snapshot),
        (Some(kid), _) if kid.starts_with('#') && claimed.starts_with("did:") => {
            did::resolve(&format!("{claimed}{kid}"), wanted, when, snapshot)
        }
        (kid, jwk) if did::is_web_origin(claimed) => at_origin(claimed, kid, jwk.as_ref(), snapshot),
        (None, Some(jwk)) => did::resolve_carried(jwk, claimed, wanted, when, snapshot),
        _ => Err(Unresolved::Refused(Problem::new(Code::KeyProvenanceMissing).with("issuer", claimed))),
    };
    let resolved = match resolved {
        Ok(resolved) => resolved,
        Err(error) => return Authentication { signature: not_resolved(error, ""), ..found },
    };
    found.verification_method = Some(resolved.method.clone());
    found.proof_purpose = authorization(&resolved, wanted);
    found.controller = claimant.check(&resolved.controller);
    let paid = work.spend(SIGNATURE).map_err(Exhausted::to_problem);
    match paid.and_then(|()| jws.verify(&resolved.key)).and_then(|()| jws.check_jwk_agrees(&resolved.key)) {
        Ok(()) => {
            found.signature = Outcome::Pass;
            found.signer = Some(resolved.controller);
        }
        Err(problem) => found.signature = Outcome::Fail(problem),
    }
    found
}

/// What finding a key costs: one that is its own identifier is read from it, others stand in a document, of which the largest at hand is paid.
fn price_of_key(method: &str, snapshot: &Snapshot) -> u64 {
    let own = method.starts_with("did:key:") || method.starts_with("did:jwk:");
    KEY + if own { 0 } else { work::of_bytes(snapshot.largest_of_keys()) }
}

/// What secures a token, in a report.
fn token_name(typ: Option<TokenType>) -> &'static str {
    match typ {
        Some(TokenType::Jwt | TokenType::StatusListJwt) | None => "vc-jwt",
        Some(typ) => typ.as_str(),
    }
}

/// What a token says about its signature. Open Badges repeats the credential's own period, which is checked as such.
fn token_facts(jws: &CompactJws) -> ProofFacts {
    let presentation = vp_jwt::is_one(jws.payload().value());
    if ClaimRules::of(jws.header().typ) == ClaimRules::OpenBadges && !presentation {
        return ProofFacts::default();
    }
    let (challenge, domains) = match jws.header().typ {
        // In the type of credentials, neither claim means this.
        Some(TokenType::VcJwt) => (None, Vec::new()),
        _ if presentation => vp_jwt::answers(jws.payload().value()),
        _ => (None, Vec::new()),
    };
    ProofFacts { challenge, domains, ..claimed_period(jws.payload().value()) }
}

/// When a token says it was made. Its `nbf` says from when on it counts, which is another matter.
fn issued_at(jws: &CompactJws) -> Option<Timestamp> {
    let second = vc_jwt::signature_period(jws.payload().value()).unwrap_or_default().issued_at?;
    Timestamp::from_second(second).ok()
}

fn claimed_period(claims: &Value) -> ProofFacts {
    let period = vc_jwt::signature_period(claims).unwrap_or_default();
    ProofFacts {
        created: stamp(period.issued_at.max(period.not_before)),
        expires: stamp(period.expires),
        ..ProofFacts::default()
    }
}

fn stamp(second: Option<i64>) -> Option<DateTimeStamp> {
    second.and_then(|second| Timestamp::from_second(second).ok()).map(DateTimeStamp::from)
}

fn authorization(resolved: &ResolvedKey, wanted: Relationship) -> Outcome {
    match resolved.authorized {
        Authorized::Yes => Outcome::Pass,
        Authorized::No => Outcome::Fail(
            Problem::new(Code::PurposeNotAuthorized)
                .with("controller", &resolved.controller)
                .with("purpose", wanted.as_str()),
        ),
    }
}

fn not_resolved(error: Unresolved, pointer: &str) -> Outcome {
    match error {
        Unresolved::Missing(resource) => Outcome::NotRun(NotRun::Missing(resource)),
        Unresolved::Unavailable(problem) => Outcome::NotRun(NotRun::Undetermined(problem)),
        Unresolved::Refused(problem) if problem.pointer.is_none() && !pointer.is_empty() => {
            Outcome::Fail(problem.at(format!("{pointer}/verificationMethod")))
        }
        Unresolved::Refused(problem) => Outcome::Fail(problem),
    }
}
