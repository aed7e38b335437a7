//! The verification itself: bytes in, report out; pure, and it never fails.

mod beside;
mod findings;
mod presentation;
mod summary;

use std::cell::{Cell, OnceCell, RefCell};

use badge_schemas::credential::{AchievementCredential, issuer_id};
use badge_schemas::did::did_key;
use badge_schemas::lenient::text_of;
use badge_schemas::problem::{Code, Problem};
use jiff::Timestamp;
use serde_json::Value;

use self::findings::Findings;
use crate::authenticate::{Authentication, Claimant, ProofFacts, authenticate_for};
use crate::checks::conformance::{self, DocumentKind};
use crate::checks::credential_schema::Question;
use crate::checks::issuer::Registries;
use crate::checks::key_binding::KeyBinding;
use crate::checks::{
    credential_schema, holder, issuer, key_binding, recipient, related_resource, status, validity,
};
use crate::content::{Container, Content};
use crate::did::SigningTime;
use crate::evaluation::panel::{self, Voices};
use crate::policy::{TrustPolicy, UnlistedIssuer};
use crate::report::{CheckId, NotRun, Outcome, RegistryAnswer, Report, Securing, Summary};
use crate::securing::rdfc::Rdf;
use crate::securing::sd_jwt::SdJwt;
use crate::securing::sd_jwt::profile::Profile;
use crate::securing::{Audience, data_integrity, vc_jwt, vp_jwt};
use crate::snapshot::{Resource, Snapshot, Used, sha256_hex};
use crate::trusted_time;
use crate::work::{Exhausted, Work};
use beside::Sibling;
use summary::summary;

/// Deepest embedding we follow: 4 levels (a presentation, a badge, its endorsement, the endorser's endorsement).
pub const MAX_NESTING: usize = 4;

/// Most credentials we verify for one input: 256; beyond that the work is not that of one person's badges.
pub const MAX_CREDENTIALS: usize = 256;

/// What it costs to open a credential, in steps, before anything in it is looked at.
const STEPS_PER_CREDENTIAL: u64 = 100;

/// What the caller expects of this input, beside what its policy says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectations {
    /// The challenge that was sent to the holder.
    pub challenge: Option<String>,
    /// The caller's own domain.
    pub domain: Option<String>,
    /// To whom the badge must have been given: an e-mail address or a DID.
    pub recipient: Option<String>,
    /// The moment at which validity period and registry scope are looked at; now, where absent. It never back-dates a status.
    pub at: Option<Timestamp>,
    /// For whom the verification is done; a verifier, where nothing else is said.
    pub audience: Audience,
}

/// Verifies a badge or a presentation ([Open Badges 3.0 §8](https://www.imsglobal.org/spec/ob/v3p0/#verification), [VC Data Model 2.0 §4.12](https://www.w3.org/TR/vc-data-model-2.0/#verifiable-presentations)).
///
/// `input` is JSON, a compact JWT, an SD-JWT with or without key binding JWT, or a baked PNG or SVG. The same arguments give the same report. What the snapshot lacks is
/// named by [`Report::missing`]. A valid verdict means: authentic, in force, and as policy wants it; it does not judge the skill.
pub fn verify(
    input: &[u8],
    expect: &Expectations,
    policy: &TrustPolicy,
    now: Timestamp,
    snapshot: &Snapshot,
) -> Report {
    let work = Work::default();
    let input_sha256 = sha256_hex(input);
    let run = Run::new(expect, policy, now, snapshot, &input_sha256, &work);
    let mut report = match Content::open(input) {
        Ok((container, content)) => run.outermost(container, &content),
        Err(problem) => run.unreadable(problem, None),
    };
    report.used = run.used.into_inner();
    report.input_sha256 = Some(input_sha256);
    report
}

/// Verifies credentials that travel together and are nobody's presentation: the records of an evaluation. They share the work of one input;
/// with the reports comes what they used from the snapshot.
pub(crate) fn verify_each(
    input_sha256: &str,
    credentials: &[Value],
    policy: &TrustPolicy,
    now: Timestamp,
    snapshot: &Snapshot,
) -> (Vec<Report>, Vec<Used>) {
    let (work, expect) = (Work::default(), Expectations::default());
    let run = Run::new(&expect, policy, now, snapshot, input_sha256, &work);
    let pointer = |index| format!("/verifiableCredential/{index}");
    let reports = credentials
        .iter()
        .enumerate()
        .map(|(index, item)| run.embedded(item, &pointer(index), Place::Beside, 1))
        .collect();
    (reports, run.used.into_inner())
}

/// Verifies endorsements as if they stood in this badge, and looks up the status of those it has sealed. They share the work of one input.
pub(crate) fn verify_endorsing(
    badge: &Value,
    endorsements: &[Value],
    policy: &TrustPolicy,
    now: Timestamp,
    snapshot: &Snapshot,
) -> (Vec<Report>, Vec<Outcome>) {
    let (work, expect) = (Work::default(), Expectations::default());
    let input_sha256 = sha256_hex(Value::from(endorsements).to_string().as_bytes());
    let run = Run::new(&expect, policy, now, snapshot, &input_sha256, &work);
    let place = Place::Endorsing { host: issuer_id(badge) };
    let reports = endorsements
        .iter()
        .enumerate()
        .map(|(index, item)| run.embedded(item, &format!("/endorsement/{index}"), place, 1))
        .collect();
    (reports, run.seals(badge))
}

struct Run<'a> {
    expect: &'a Expectations,
    policy: &'a TrustPolicy,
    now: Timestamp,
    snapshot: &'a Snapshot,
    input_sha256: &'a str,
    verified: Cell<usize>,
    used: RefCell<Vec<Used>>,
    work: &'a Work,
    lists: status::Known<'a>,
    registries: OnceCell<Registries<'a>>,
    /// What stands beside one another in a presentation.
    siblings: RefCell<Vec<Sibling>>,
}

/// Where a credential stands: on its own, presented by someone, or inside another credential.
#[derive(Clone, Copy)]
enum Place<'p> {
    Alone,
    Presented {
        by: &'p Presenter,
        /// The endorsements of it that the holder attached.
        attached: &'p [Sibling],
    },
    /// Beside others, to support what they say: it is nobody's to present.
    Beside,
    /// An endorsement of what `host` issued, inside it or attached to it.
    Endorsing {
        host: Option<&'p str>,
    },
}

/// Who signed the presentation around a credential, or why that is not known.
type Presenter = Option<String>;

impl<'a> Run<'a> {
    fn new(
        expect: &'a Expectations,
        policy: &'a TrustPolicy,
        now: Timestamp,
        snapshot: &'a Snapshot,
        input_sha256: &'a str,
        work: &'a Work,
    ) -> Self {
        Self {
            expect,
            policy,
            now,
            snapshot,
            input_sha256,
            verified: Cell::new(0),
            used: RefCell::new(Vec::new()),
            work,
            lists: status::Known::new(work),
            registries: OnceCell::new(),
            siblings: RefCell::new(Vec::new()),
        }
    }
}

impl Run<'_> {
    fn at(&self) -> Timestamp {
        self.expect.at.unwrap_or(self.now)
    }

    fn outermost(&self, container: Container, content: &Content) -> Report {
        let value = plain_value(content);
        let mut report = match kind_of(content, &value) {
            None => self.unreadable(Problem::new(Code::NotACredential).at("/type"), Some(value)),
            Some(DocumentKind::Presentation) => self.presentation(content, value),
            Some(kind) => self.credential(content, value, kind, Place::Alone, 0),
        };
        report.securing.container = Some(container.as_str());
        report
    }

    /// A report on something that could not be read as a document at all: everything else is blocked.
    fn unreadable(&self, problem: Problem, document: Option<Value>) -> Report {
        let mut findings = Findings::default();
        findings.set(CheckId::Container, Outcome::Fail(problem));
        for id in [
            CheckId::Conformance,
            CheckId::Signature,
            CheckId::ProofPurpose,
            CheckId::Controller,
            CheckId::Validity,
        ] {
            findings.set(id, Outcome::NotRun(NotRun::Blocked(CheckId::Container)));
        }
        self.report(findings, Summary::default(), document)
    }

    /// A credential inside a presentation, or an endorsement inside a credential, in any of its forms.
    fn embedded(&self, item: &Value, pointer: &str, place: Place<'_>, depth: usize) -> Report {
        let mut report = match self.open_embedded(item, depth) {
            Err(problem) => self.unreadable(problem, None),
            Ok(content) => {
                let value = plain_value(&content);
                match (kind_of(&content, &value), place) {
                    (None | Some(DocumentKind::Presentation), _) => {
                        self.unreadable(Problem::new(Code::NotACredential).at("/type"), Some(value))
                    }
                    (Some(kind), Place::Endorsing { .. }) if kind != DocumentKind::Endorsement => {
                        let reason = "an EndorsementCredential is needed here";
                        let problem = Problem::new(Code::MalformedValue)
                            .at("/type")
                            .with("member", "type")
                            .with("reason", reason);
                        self.unreadable(problem, Some(value))
                    }
                    (Some(kind), place) => self.credential(&content, value, kind, place, depth),
                }
            }
        };
        report.pointer = Some(pointer.to_owned());
        report
    }

    fn open_embedded(&self, item: &Value, depth: usize) -> Result<Content, Problem> {
        if depth > MAX_NESTING {
            return Err(Problem::new(Code::NestingTooDeep).with("limit", MAX_NESTING));
        }
        if self.verified.get() >= MAX_CREDENTIALS {
            return Err(Problem::new(Code::TooManyCredentials).with("limit", MAX_CREDENTIALS));
        }
        self.verified.set(self.verified.get() + 1);
        self.work.spend(STEPS_PER_CREDENTIAL).map_err(Exhausted::to_problem)?;
        Content::of_item(item)
    }

    fn credential(
        &self,
        content: &Content,
        value: Value,
        kind: DocumentKind,
        place: Place<'_>,
        depth: usize,
    ) -> Report {
        let mut findings = Findings::default();
        findings.set(CheckId::Container, Outcome::Pass);
        let bare = data_integrity::without_proof(&value);
        let rdf = Rdf::new(&bare, self.work);
        findings.set(CheckId::Conformance, conformance::check(content, &rdf, kind));
        // What is presented or embedded is for verifiers, whoever looks.
        let audience = if matches!(place, Place::Alone) { self.expect.audience } else { Audience::Verifier };
        let authentication =
            self.authenticate(audience, content, &rdf, Claimant::Issuer(issuer_id(&bare)), &mut findings);
        let authentic = authentication.holds();
        findings.set(CheckId::CredentialSchema, self.schemas(&value, authentic));
        findings.set(CheckId::RelatedResource, self.related_resources(&value, authentic));
        let blocked = || Outcome::NotRun(NotRun::Blocked(CheckId::Signature));
        let sd_jwt = match content {
            Content::SdJwt(sd_jwt) => Some(sd_jwt.as_ref()),
            Content::Json(_) | Content::Jws(_) => None,
        };
        // The holder's key is the one that the issuer confirmed: without the issuer's signature it is anybody's.
        let binding = sd_jwt.filter(|_| authentic).and_then(|sd_jwt| self.key_binding(sd_jwt));
        let in_force = validity::check(
            &value,
            &authentication.facts,
            self.at(),
            self.now,
            self.policy.clock_skew_seconds,
        );
        findings.set(CheckId::Validity, in_time(in_force, binding.as_ref()));
        // Nothing that an unauthentic document names is looked up: it could name anything.
        let host = match place {
            Place::Endorsing { host } => host,
            Place::Alone | Place::Presented { .. } | Place::Beside => None,
        };
        findings.set(CheckId::Status, if authentic { self.status(content, &value, host) } else { blocked() });
        let mut answers = Vec::new();
        let recognition = if authentic { self.recognition(&value, kind, &mut answers) } else { blocked() };
        findings.set(CheckId::Issuer, recognition);

        let badge = AchievementCredential::view(&value).ok().filter(|_| kind == DocumentKind::Badge);
        let subject = badge.as_ref().map(|badge| &badge.credential_subject);
        let recipient = match place {
            Place::Alone | Place::Presented { .. } => {
                recipient::check(subject, self.expect.recipient.as_deref(), self.policy.recipient_mismatch)
            }
            Place::Beside | Place::Endorsing { .. } => Outcome::ABSENT,
        };
        self.answers(sd_jwt, binding.as_ref(), place, &mut findings);
        if let Place::Presented { by, .. } = place {
            let confirmed = sd_jwt.filter(|_| authentic).and_then(confirmed_did);
            let subject_id = text(&value, "/credentialSubject/id");
            let presenter = match by {
                // The issuer names the holder's key itself: whoever presents with it is the holder.
                Some(presenter) if confirmed.as_ref() == Some(presenter) => Outcome::Pass,
                // Where it names one, no e-mail address makes somebody else the holder.
                Some(presenter)
                    if subject_id.as_ref() != Some(presenter)
                        && sd_jwt.is_some_and(SdJwt::names_a_key)
                        && !binding.as_ref().is_some_and(|binding| binding.presenter.passed()) =>
                {
                    let named = confirmed.as_deref().unwrap_or("cnf");
                    holder::not_the_holder("/cnf", named, presenter, self.policy.presenter_mismatch)
                }
                Some(presenter) => holder::presenter(
                    subject_id.as_deref(),
                    presenter,
                    &recipient,
                    self.policy.presenter_mismatch,
                ),
                None => blocked(),
            };
            let held = binding.as_ref().map_or(Outcome::ABSENT, |binding| binding.presenter.clone());
            findings.set(CheckId::Presenter, presenter.worse(held));
        }
        findings.set(CheckId::Recipient, recipient);

        let seals = if authentic { self.seals(&value) } else { Vec::new() };
        let endorsements = self.endorsements(&value, authentic, &seals, place, depth, &mut findings);
        let assessed = matches!(place, Place::Alone | Place::Presented { .. }) && kind == DocumentKind::Badge;
        let assessment = (assessed && authentic)
            .then(|| {
                panel::assess(
                    &value,
                    Voices { endorsements: &endorsements, seals: &seals },
                    self.policy,
                    self.at(),
                )
            })
            .flatten();
        if assessed && self.policy.panel.is_some() {
            let found =
                assessment.as_ref().map(|assessment| panel::outcome(assessment, &endorsements, &seals));
            findings.set(CheckId::Panel, found.unwrap_or_else(blocked));
        }
        let supporting = if kind == DocumentKind::Endorsement && authentic {
            self.supporting(&value, depth)
        } else {
            Vec::new()
        };
        let summary = summary(&value, kind, badge.as_ref());
        let mut report = self.report(findings, summary, Some(value));
        report.securing = securing(&authentication);
        report.registries = answers;
        report.endorsements = endorsements;
        report.seals = seals;
        report.credentials = supporting;
        report.assessment = assessment;
        report
    }

    /// What the key binding of an SD-JWT says, where it has one; its signature and the key are paid for.
    fn key_binding(&self, sd_jwt: &SdJwt) -> Option<KeyBinding> {
        key_binding::check(sd_jwt, self.expect, self.policy, self.now, self.work)
    }

    /// What a presentation answers: in its own proof or claims, in the key binding of an SD-JWT, or in both, which must then agree. At
    /// last, whether the holder's key bound it, where it claims so.
    fn presentation_answers(
        &self,
        facts: &ProofFacts,
        binding: Option<&KeyBinding>,
    ) -> (Outcome, Outcome, Outcome) {
        let challenge = holder::challenge(facts, self.expect.challenge.as_deref());
        let domain = holder::domain(facts, self.expect.domain.as_deref());
        let Some(binding) = binding else { return (challenge, domain, Outcome::ABSENT) };
        let both = |said: bool, own: Outcome, bound: &Outcome| {
            if said { own.worse(bound.clone()) } else { bound.clone() }
        };
        (
            both(facts.challenge.is_some(), challenge, &binding.challenge),
            both(!facts.domains.is_empty(), domain, &binding.domain),
            binding.presenter.clone(),
        )
    }

    /// What a credential on its own answers to an expected challenge: nothing, unless its holder's key binding does.
    fn answers(
        &self,
        sd_jwt: Option<&SdJwt>,
        binding: Option<&KeyBinding>,
        place: Place<'_>,
        findings: &mut Findings,
    ) {
        if let Some(binding) = binding {
            findings.set(CheckId::Challenge, binding.challenge.clone());
            findings.set(CheckId::Domain, binding.domain.clone());
            findings.set(CheckId::Presenter, binding.presenter.clone());
        } else if sd_jwt.is_some_and(|sd_jwt| sd_jwt.key_binding().is_some()) {
            for id in [CheckId::Challenge, CheckId::Domain, CheckId::Presenter] {
                findings.set(id, Outcome::NotRun(NotRun::Blocked(CheckId::Signature)));
            }
        } else if matches!(place, Place::Alone) {
            // The caller asked for a presentation: a badge alone answers no challenge, whoever sent it.
            let unsigned = ProofFacts::default();
            if let Some(challenge) = &self.expect.challenge {
                let unanswered = holder::challenge(&unsigned, Some(challenge));
                let outcome = if sd_jwt.is_some() { key_binding::missing() } else { unanswered };
                findings.set(CheckId::Challenge, outcome);
            }
            if let Some(domain) = &self.expect.domain {
                findings.set(CheckId::Domain, holder::domain(&unsigned, Some(domain)));
            }
        }
    }

    fn authenticate(
        &self,
        audience: Audience,
        content: &Content,
        rdf: &Rdf<'_>,
        claimant: Claimant<'_>,
        findings: &mut Findings,
    ) -> Authentication {
        let content_sha256 = trusted_time::content_sha256(content);
        let existed = self.existed(content_sha256.as_deref());
        let when =
            SigningTime { existed, expired_key: self.policy.expired_key, ..SigningTime::unknown(self.now) };
        let mut authentication = authenticate_for(audience, content, rdf, claimant, &when, self.snapshot);
        authentication.content_sha256 = content_sha256;
        authentication.existed = existed;
        findings.set(CheckId::Signature, authentication.signature.clone());
        findings.set(CheckId::ProofPurpose, authentication.proof_purpose.clone());
        findings.set(CheckId::Controller, authentication.controller.clone());
        authentication
    }

    /// The earliest time at which the whole input, or this document in it, is known to have existed.
    fn existed(&self, content_sha256: Option<&str>) -> Option<Timestamp> {
        let digests: Vec<&str> = std::iter::once(self.input_sha256).chain(content_sha256).collect();
        let seen = digests.iter().filter_map(|digest| self.snapshot.seen(digest));
        let told = trusted_time::earliest(&digests, &self.policy.trusted_times);
        seen.chain(told).filter(|existed| *existed <= self.now).min()
    }

    fn schemas(&self, document: &Value, authentic: bool) -> Outcome {
        for resource in credential_schema::resources(document) {
            self.note(&resource);
        }
        let Self { policy, now, snapshot, work, .. } = *self;
        credential_schema::check(Question { document, authentic, policy, at: self.at(), now, snapshot, work })
    }

    fn related_resources(&self, value: &Value, authentic: bool) -> Outcome {
        for resource in related_resource::resources(value) {
            self.note(&resource);
        }
        related_resource::check(value, authentic, self.policy.related_resources, self.snapshot)
    }

    fn status(&self, content: &Content, value: &Value, host: Option<&str>) -> Outcome {
        self.look_up(&status::Stated::by_credential(content, value).or_by_host(host))
    }

    fn look_up(&self, stated: &status::Stated<'_>) -> Outcome {
        for resource in stated.resources() {
            self.note(&resource);
        }
        status::check_within(stated, self.policy, self.now, self.snapshot, &self.lists)
    }

    fn recognition(&self, value: &Value, kind: DocumentKind, answers: &mut Vec<RegistryAnswer>) -> Outcome {
        // A credential that is no badge is nobody's to recognise, unless policy wants every issuer listed.
        if kind == DocumentKind::Credential && self.policy.unlisted_issuer != UnlistedIssuer::Fail {
            return Outcome::ABSENT;
        }
        let registries = self.registries.get_or_init(|| {
            self.policy.registries.iter().for_each(|source| self.note(&issuer::resource(source)));
            Registries::open(self.policy, self.now, self.snapshot)
        });
        let question = issuer::Question {
            issuer: issuer_id(value).unwrap_or_default(),
            credential: value,
            kind,
            at: self.at(),
        };
        let (outcome, given) = registries.ask(question);
        *answers = given;
        outcome
    }

    /// Notes a resource that the report relies on; its digest is worked out once.
    fn note(&self, resource: &Resource) {
        if self.used.borrow().iter().all(|entry| entry.resource != *resource) {
            self.used.borrow_mut().extend(self.snapshot.used(resource));
        }
    }

    fn report(&self, findings: Findings, summary: Summary, document: Option<Value>) -> Report {
        Report {
            checks: findings.complete(),
            summary,
            securing: Securing::default(),
            registries: Vec::new(),
            pointer: None,
            credentials: Vec::new(),
            endorsements: Vec::new(),
            seals: Vec::new(),
            assessment: None,
            attached: false,
            input_sha256: None,
            checked_at: self.now.to_string(),
            as_of: self.expect.at.map(|at| at.to_string()),
            used: Vec::new(),
            document,
        }
    }
}

/// Whether a presentation bears a proof that does not hold. One without any proof presents nothing, yet a service may be asked about
/// its content; one whose key is not at hand may still hold.
fn forged(signature: &Outcome) -> bool {
    matches!(signature, Outcome::Fail(problem) if problem.code != Code::NoProof)
}

/// The period of a document, and the times of the key binding over it.
fn in_time(in_force: Outcome, binding: Option<&KeyBinding>) -> Outcome {
    match binding.and_then(|binding| binding.times.clone()) {
        Some(problem) => in_force.worse(Outcome::Fail(problem)),
        None => in_force,
    }
}

fn too_many(pointer: &str) -> Problem {
    Problem::new(Code::TooManyCredentials).at(pointer).with("limit", MAX_CREDENTIALS)
}

/// What kind of document this is; a presentation calls itself one in its media type too, and a credential does not.
fn kind_of(content: &Content, value: &Value) -> Option<DocumentKind> {
    let kind = DocumentKind::of(value)?;
    match content {
        Content::SdJwt(sd_jwt)
            if (sd_jwt.profile() == Profile::Presentation) != (kind == DocumentKind::Presentation) =>
        {
            None
        }
        _ => Some(kind),
    }
}

/// The did:key of the key that an SD-JWT names as its holder's.
fn confirmed_did(sd_jwt: &SdJwt) -> Option<String> {
    let key = sd_jwt.confirmation_key().ok().flatten()?;
    key.to_multikey().map(|multikey| did_key(&multikey))
}

/// The credential or presentation as data: without proof, without JWT claims.
pub(crate) fn plain_value(content: &Content) -> Value {
    match content {
        Content::Json(document) => data_integrity::without_proof(document.value()),
        Content::Jws(jws) if vp_jwt::is_one(jws.payload().value()) => {
            vp_jwt::presentation(jws.payload().value())
        }
        Content::Jws(jws) => vc_jwt::credential(jws.payload().value()),
        Content::SdJwt(sd_jwt) => sd_jwt.document(),
    }
}

fn securing(authentication: &Authentication) -> Securing {
    Securing {
        container: None,
        mechanism: authentication.mechanism.clone(),
        verification_method: authentication.verification_method.clone(),
        content_sha256: authentication.content_sha256.clone(),
        existed: authentication.existed.map(|existed| existed.to_string()),
    }
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer).and_then(text_of).map(str::to_owned)
}
