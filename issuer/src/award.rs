//! The journey of an award: draft → lint → reserve a status index and record the intent → prepare → sign → seal → verify our own
//! work → record → answer. No arrow goes back; whoever sends the same request again after a crash goes on where it stopped.

use badge_schemas::problem::{Code, Problem};
use badge_verifier::report::{CheckId, NotRun, Outcome, Report};
use badge_verifier::securing::Audience;
use badge_verifier::securing::disclosure::Secrets;
use badge_verifier::securing::sd_jwt::SdJwt;
use badge_verifier::securing::sd_jwt::present::Selection;
use badge_verifier::snapshot::{Resource, ResourceKind, Retrieval};
use badge_verifier::verify::Expectations;
use badge_verifier::{Snapshot, TrustPolicy, verify};
use jiff::Timestamp;

use crate::credential::{Decided, Plan, build, status_entry};
use crate::disclosure;
use crate::draft::{Draft, Format, Signed};
use crate::evaluation::{PATIENCE, record_vouching};
use crate::issuer::{Act, Form, Issuer};
use crate::lint;
use crate::members::malformed;
use crate::profiles::Stage;
use crate::randomness;
use crate::recipient::Recipient;
use crate::refusal::Refusal;
use crate::selective::{self, Selective};
use crate::status_list::ListForm;
use crate::store::{
    Award, AwardStatus, Entropy, Forms, Idempotency, Intended, Intent, Purpose, StatusSlot, StoreError,
};
use crate::template::Template;

/// The name of the form with an embedded proof, in the record.
pub const JSON: &str = "json";

/// The name of the JWT form, in the record.
pub const JWT: &str = "jwt";

/// The name of the form with a base proof of `ecdsa-sd-2023`, in the record; only awards that asked for it have it.
pub const ECDSA_SD_2023: &str = "ecdsa-sd-2023";

/// The name of the SD-JWT form, in the record.
pub const SD_JWT: &str = "sd-jwt";

/// The name of the SD-JWT VC form, in the record.
pub const DC_SD_JWT: &str = "dc+sd-jwt";

/// Which badge, in which version.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The badge's id.
    pub badge: String,
    /// Its version.
    pub version: u32,
    /// Its template in that version.
    pub template: Template,
}

/// Whether an award can be revoked or suspended later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusEntry {
    /// It has a status entry of the template's purpose.
    Kept,
    /// It has none, and stays as it is for ever.
    None,
}

/// Everything drawn at random for one award.
pub struct Draws {
    award: String,
    credential: String,
    subject: String,
    salt: [u8; 16],
    seed: [u8; 32],
    intent: Entropy,
    signing: Signing,
}

/// Everything drawn at random for one signing.
struct Signing {
    issued: Entropy,
    secrets: Secrets,
}

impl Draws {
    /// Draws from the operating system.
    ///
    /// # Errors
    /// [`Code::DataUnusable`] where it gives none.
    pub fn fresh() -> Result<Self, Problem> {
        Ok(Self {
            award: randomness::uuid()?,
            credential: randomness::uuid()?,
            subject: randomness::uuid()?,
            salt: randomness::bytes()?,
            seed: randomness::bytes()?,
            intent: randomness::entropy()?,
            signing: Signing { issued: randomness::entropy()?, secrets: disclosure::secrets()? },
        })
    }
}

/// An award that is recorded as issued.
#[derive(Clone, Debug)]
pub struct Awarded {
    /// The award.
    pub award: Award,
    /// Its signed forms.
    pub forms: Forms,
    /// Whether this request made it, or an earlier one with the same key.
    pub fresh: bool,
    /// What the lint found, short of an error.
    pub warnings: Vec<Problem>,
}

/// An award that was looked at and can be carried out.
pub struct Looked {
    step: Step,
    signing: Signing,
    /// Whether evaluations came with what was asked for.
    evaluated: bool,
}

enum Step {
    /// It was made, or begun, before.
    Known(Award),
    New {
        intent: Box<Intent>,
        entropy: Entropy,
        warnings: Vec<Problem>,
    },
}

/// What an award with evaluations is refused with that another request has taken back, because it may not be signed as it was meant.
fn taken_back(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Request(problems) if problems.iter().any(|one| one.code == Code::AwardErased) => {
            Problem::new(Code::EvaluationsChanged).at("/evaluations").into()
        }
        refusal => refusal,
    }
}

impl Looked {
    /// Whether the award is there already.
    pub fn is_known(&self) -> bool {
        matches!(self.step, Step::Known(_))
    }

    /// What the lint found, short of an error.
    pub fn warnings(&self) -> &[Problem] {
        match &self.step {
            Step::Known(_) => &[],
            Step::New { warnings, .. } => warnings,
        }
    }
}

impl Issuer {
    /// Awards a badge, once for each idempotency key.
    ///
    /// # Errors
    /// What the lint found; [`Code::IdempotencyConflict`]; [`Code::StorageFull`]; [`Refusal::Failure`] when our own work does not verify.
    pub fn award(
        &self,
        subject: &Subject,
        draft: Draft,
        entry: StatusEntry,
        idempotency: Option<Idempotency>,
        draws: Draws,
        act: Act<'_>,
    ) -> Result<Awarded, Refusal> {
        let looked = self.look(subject, draft, entry, idempotency, draws, act)?;
        self.carry_out(looked, act.at)
    }

    /// Looks at an award that is to be made: finds it where it is there already, lints it where it is not. Nothing is recorded.
    ///
    /// # Errors
    /// What the lint found; [`Code::IdempotencyConflict`].
    pub fn look(
        &self,
        subject: &Subject,
        draft: Draft,
        entry: StatusEntry,
        idempotency: Option<Idempotency>,
        draws: Draws,
        act: Act<'_>,
    ) -> Result<Looked, Refusal> {
        let now = act.at;
        let evaluated = !draft.evaluations.is_empty();
        if let Some(known) = self.known(idempotency.as_ref())? {
            return Ok(Looked { step: Step::Known(known), signing: draws.signing, evaluated });
        }
        if draft.format == Format::EcdsaSd2023 {
            self.selective_key()?;
        }
        let recipient = Recipient::from(draft.recipient.clone());
        let template = subject.template.spoken(draft.language.as_deref())?;
        let hex = |bytes: &[u8]| bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        let selective = Selective::of(draft.format);
        if selective.is_none() && draft.disclosable.is_some() {
            return Err(malformed(
                "/disclosable",
                "only badges as sd-jwt or dc+sd-jwt have claims that can be hidden",
                "seuls les badges en sd-jwt ou dc+sd-jwt ont des affirmations qui peuvent être cachées",
            )
            .into());
        }
        let mut plan = Plan {
            draft,
            subject: format!("urn:uuid:{}", draws.subject),
            salt: hex(&draws.salt),
            seed: selective.map(|_| hex(&draws.seed)),
            result: None,
        };
        let credential_id = match self.identity.public_url() {
            Some(url) => url.join(&format!("/credentials/{}", draws.credential)),
            None => format!("urn:uuid:{}", draws.credential),
        };
        let purpose = match entry {
            StatusEntry::Kept => Some(subject.template.status_purpose),
            StatusEntry::None => None,
        };
        let mut unused = Vec::new();
        if template.panel.is_some() || !plan.draft.evaluations.is_empty() {
            let decided = Decided { credential_id: &credential_id, slot: None, at: now };
            let bare = build(&plan, &template, &self.identity, &decided);
            let weighed = self.weigh(&bare, &plan.draft, &template, now)?;
            (plan.result, unused) = (Some(weighed.result), weighed.unused);
        }
        let findings = self.lint_award(&plan, &template, &credential_id, purpose, now);
        if !findings.errors.is_empty() {
            return Err(Refusal::Request(findings.errors));
        }
        if let Some(form) = selective {
            let slot = stand_in(purpose);
            let decided = Decided { credential_id: &credential_id, slot: slot.as_ref(), at: now };
            let sample = build(&plan, &template, &self.identity, &decided);
            selective::check(form, &sample, &plan, now)?;
        }
        let intent = Intent {
            award: draws.award,
            credential_id,
            badge: subject.badge.clone(),
            badge_version: subject.version,
            purpose,
            recipient: recipient.as_str().to_owned(),
            request: serde_json::to_string(&plan).map_err(|error| Refusal::Failure(error.to_string()))?,
            idempotency,
            actor: act.actor.to_owned(),
            at: now,
        };
        let warnings = findings.warnings.into_iter().chain(unused).collect();
        let step = Step::New { intent: Box::new(intent), entropy: draws.intent, warnings };
        Ok(Looked { step, signing: draws.signing, evaluated })
    }

    /// Records the intent of an award that was looked at, signs it, and records that. One that is there already is only finished where
    /// it was interrupted.
    ///
    /// # Errors
    /// [`Code::IdempotencyConflict`]; [`Code::StorageFull`]; [`Refusal::Failure`] when our own work does not verify.
    pub fn carry_out(&self, looked: Looked, now: Timestamp) -> Result<Awarded, Refusal> {
        let Looked { step, signing, evaluated } = looked;
        let (award, warnings, fresh) = match step {
            Step::Known(award) => (award, Vec::new(), false),
            Step::New { intent, entropy, warnings } => match self.store.record_intent(*intent, entropy)? {
                Intended::New(award) => (award, warnings, true),
                Intended::Known(award) => (award, Vec::new(), false),
            },
        };
        let finished = self.finish(award, signing, now, warnings, fresh);
        finished.map_err(|refusal| if evaluated { taken_back(refusal) } else { refusal })
    }

    /// The award that this key already stands for.
    fn known(&self, idempotency: Option<&Idempotency>) -> Result<Option<Award>, Refusal> {
        let Some(Idempotency { key, digest }) = idempotency else { return Ok(None) };
        match self.store.award_by_key(key)? {
            None => Ok(None),
            Some((known, award)) if known == *digest => Ok(Some(award)),
            Some((_, award)) => Err(StoreError::IdempotencyConflict { award: award.id }.into()),
        }
    }

    /// Lints the credential as it will be, with a stand-in for the status index that is not reserved yet.
    fn lint_award(
        &self,
        plan: &Plan,
        template: &Template,
        credential_id: &str,
        purpose: Option<Purpose>,
        now: Timestamp,
    ) -> lint::Findings {
        let slot = stand_in(purpose);
        let decided = Decided { credential_id, slot: slot.as_ref(), at: now };
        let badge = build(plan, template, &self.identity, &decided);
        let mut findings = lint::badge(&badge, now);
        findings.append(self.linting.findings(&badge, Stage::Badge));
        findings.relocated(|pointer| {
            ["/result", "/narrative"]
                .into_iter()
                .find(|member| pointer.starts_with(&format!("/credentialSubject{member}")))
                .and_then(|_| pointer.strip_prefix("/credentialSubject"))
                .unwrap_or(pointer)
                .to_owned()
        })
    }

    /// Signs what is not signed yet, and answers with what is recorded.
    fn finish(
        &self,
        award: Award,
        signing: Signing,
        now: Timestamp,
        warnings: Vec<Problem>,
        fresh: bool,
    ) -> Result<Awarded, Refusal> {
        let id = award.id.clone();
        let refusal = match self.sign(award, signing, now, warnings.clone(), fresh) {
            Ok(awarded) => return Ok(awarded),
            Err(refusal) => refusal,
        };
        // Another request for the same award may have come first: with a signature, or by taking it back because it may not be signed.
        match (self.store.award(&id), self.store.forms(&id)) {
            (Ok(Some(award)), Ok(Some(forms))) => Ok(Awarded { award, forms, fresh: false, warnings }),
            _ => Err(refusal),
        }
    }

    fn sign(
        &self,
        award: Award,
        signing: Signing,
        now: Timestamp,
        warnings: Vec<Problem>,
        fresh: bool,
    ) -> Result<Awarded, Refusal> {
        if award.status != AwardStatus::Intended {
            let forms = self.store.forms(&award.id)?;
            let forms =
                forms.ok_or_else(|| Refusal::Failure(format!("award {}: no signed form", award.id)))?;
            return Ok(Awarded { award, forms, fresh, warnings });
        }
        let plan = Plan::of(&award.id, &self.store.request(&award.id)?)?;
        let template = self.template_of(&award)?.spoken(plan.draft.language.as_deref())?;
        if plan.result.is_some() && !fresh {
            self.weigh_again(&award, &plan, &template, now)?;
        }
        let _turn = plan.result.as_ref().map(|_| self.take_turns());
        let look = |result| self.refuse_rings(&award, result, now);
        let vouched = plan.result.as_ref().map(look).transpose()?;
        let decided =
            Decided { credential_id: &award.credential_id, slot: award.slot.as_ref(), at: award.intended_at };
        let credential = build(&plan, &template, &self.identity, &decided);
        let mut forms = Forms::new();
        let asked = plan.draft.format;
        // Who asks for a JWT gets that and nothing else: the other form takes several times the work.
        let every = plan.draft.signed == Signed::Every && asked != Format::Jwt;
        for (name, form, made_of) in [
            (JSON, Form::Integrity, &[Format::Json, Format::Png, Format::Svg][..]),
            (JWT, Form::Jwt, &[Format::Jwt]),
        ] {
            if !every && !made_of.contains(&asked) {
                continue;
            }
            let secured = self.secure(credential.clone(), form, now)?;
            self.check_plain(secured.as_str(), &award, &plan.draft, now)?;
            forms.insert(name.to_owned(), secured.as_str().to_owned());
        }
        let selective = Selective::of(plan.draft.format);
        let snapshot = if selective.is_some() || plan.draft.format == Format::EcdsaSd2023 {
            self.own_snapshot(award.slot.as_ref(), now)?
        } else {
            Snapshot::default()
        };
        if plan.draft.format == Format::EcdsaSd2023 {
            let base = self.secure_base(&credential, &template, &signing.secrets, now)?;
            check_own_work(base.as_str(), Audience::Holder, &plan.draft, now, &snapshot)?;
            let least = disclosure::least_shown(&base)?;
            check_own_work(&least, Audience::Verifier, &plan.draft, now, &snapshot)?;
            forms.insert(ECDSA_SD_2023.to_owned(), base.as_str().to_owned());
        }
        if let Some(form) = selective {
            let secured =
                self.secure_selective(form, &credential, &plan, award.slot.as_ref(), award.intended_at)?;
            check_own_work(secured.as_str(), Audience::Verifier, &plan.draft, now, &snapshot)?;
            let whole = SdJwt::parse(secured.as_str())?;
            // Whatever its holder hides, it must stay a badge.
            let barest = whole.select(&Selection::Claims(Vec::new()))?;
            check_own_work(&barest, Audience::Verifier, &plan.draft, now, &snapshot)?;
            let name = match form {
                Selective::Credential => SD_JWT,
                Selective::SdJwtVc => DC_SD_JWT,
            };
            forms.insert(name.to_owned(), secured.as_str().to_owned());
        }
        let issued = match (&plan.result, vouched) {
            (Some(result), Some(vouched)) => record_vouching(
                PATIENCE,
                vouched,
                || look(result),
                |vouched, entropy| {
                    self.store.record_issued(&award.id, forms.clone(), Some(vouched), now, entropy)
                },
            )?,
            _ => self.store.record_issued(&award.id, forms, None, now, signing.issued)?,
        };
        Ok(Awarded { award: issued.award, forms: issued.forms, fresh, warnings })
    }

    /// Verifies a badge that was just signed, as a stranger would.
    ///
    /// A status list is the same for many awards, and verifying it takes longer than all the rest: each list, as it is signed, is
    /// verified with the first badge on it. Later badges are held to name the place that was reserved for them in that same list, and the
    /// record must have no bit there.
    pub(crate) fn check_plain(
        &self,
        secured: &str,
        award: &Award,
        draft: &Draft,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (Some(slot), Some(url)) = (&award.slot, self.identity.public_url()) else {
            let snapshot = self.identity.snapshot(now);
            return check_own_work(secured, Audience::Verifier, draft, now, &snapshot);
        };
        let etag = |form| -> Result<String, Refusal> {
            let list = self.status_list(&slot.list, form, now)?;
            Ok(list.map(|list| list.etag).unwrap_or_default())
        };
        let etags = [etag(ListForm::Credential)?, etag(ListForm::Token)?];
        if !self.lists.is_verified(&slot.list, &etags) {
            let snapshot = self.own_snapshot(Some(slot), now)?;
            check_own_work(secured, Audience::Verifier, draft, now, &snapshot)?;
            self.lists.verified(&slot.list, etags);
            return Ok(());
        }
        let refused =
            |detail: &str| Refusal::Failure(format!("{}: status: {detail}", Code::OwnWorkRefused.as_str()));
        let bits = self.store.status_bits(&slot.list)?.ok_or_else(|| refused("no such list"))?;
        if slot.index >= bits.length || bits.set.binary_search(&slot.index).is_ok() {
            return Err(refused("the bit is set, or there is none"));
        }
        let expect = Expectations::default();
        let snapshot = self.identity.snapshot(now);
        let report = verify(secured.as_bytes(), &expect, &TrustPolicy::default(), now, &snapshot);
        let list = url.join(&ListForm::Credential.path(&slot.list));
        let entry = report.document().and_then(|document| document.get("credentialStatus"));
        if entry != Some(&status_entry(&list, slot)) {
            return Err(refused("another entry than the one reserved"));
        }
        judge(&report, draft, now, Some(&list))
    }

    /// Everything a verifier would fetch about a badge of ours, made here: no socket is opened to check our own work.
    fn own_snapshot(&self, slot: Option<&StatusSlot>, now: Timestamp) -> Result<Snapshot, Refusal> {
        let mut snapshot = self.identity.snapshot(now);
        let (Some(slot), Some(url)) = (slot, self.identity.public_url()) else { return Ok(snapshot) };
        for (form, kind) in [
            (ListForm::Credential, ResourceKind::StatusList),
            (ListForm::Token, ResourceKind::StatusListToken),
        ] {
            if let Some(list) = self.status_list(&slot.list, form, now)? {
                let resource = Resource { kind, url: url.join(&form.path(&slot.list)) };
                let outcome = Ok(list.text.as_bytes().to_vec());
                snapshot.insert(resource, Retrieval { fetched_at: now, outcome });
            }
        }
        Ok(snapshot)
    }
}

/// What stands for a status index that is not reserved yet.
fn stand_in(purpose: Option<Purpose>) -> Option<StatusSlot> {
    purpose.map(|purpose| StatusSlot { list: "1".to_owned(), purpose, index: 0 })
}

/// Verifies what was just signed, as a stranger or its holder would with the default policy.
fn check_own_work(
    secured: &str,
    audience: Audience,
    draft: &Draft,
    now: Timestamp,
    own: &Snapshot,
) -> Result<(), Refusal> {
    let expect = Expectations { audience, ..Expectations::default() };
    let report = verify(secured.as_bytes(), &expect, &TrustPolicy::default(), now, own);
    judge(&report, draft, now, None)
}

/// Refuses what did not verify. `list` is a status list that was verified before, so that it may be missing here.
fn judge(report: &Report, draft: &Draft, now: Timestamp, list: Option<&str>) -> Result<(), Refusal> {
    let begins_later = draft.valid_from.as_ref().is_some_and(|from| from.instant() > now);
    match fault(report, begins_later, list) {
        None => Ok(()),
        Some((check, detail)) => {
            Err(Refusal::Failure(format!("{}: {}: {detail}", Code::OwnWorkRefused.as_str(), check.as_str())))
        }
    }
}

/// The first check that keeps a badge of ours from going out. Every check must pass or have nothing to look at; only a badge that
/// is to begin later may be not yet valid.
fn fault(report: &Report, begins_later: bool, list: Option<&str>) -> Option<(CheckId, &'static str)> {
    let needed = [
        CheckId::Container,
        CheckId::Conformance,
        CheckId::Signature,
        CheckId::ProofPurpose,
        CheckId::Controller,
    ];
    report.checks().iter().find_map(|check| {
        let detail = match &check.outcome {
            Outcome::Pass | Outcome::Warn(_) => return None,
            Outcome::NotRun(NotRun::Absent) if !needed.contains(&check.id) => return None,
            Outcome::Fail(problem)
                if begins_later && check.id == CheckId::Validity && problem.code == Code::NotYetValid =>
            {
                return None;
            }
            Outcome::Fail(problem) | Outcome::NotRun(NotRun::Undetermined(problem)) => problem.code.as_str(),
            Outcome::NotRun(NotRun::Missing(resource))
                if check.id == CheckId::Status
                    && resource.kind == ResourceKind::StatusList
                    && Some(resource.url.as_str()) == list =>
            {
                return None;
            }
            Outcome::NotRun(NotRun::Absent) => "absent",
            Outcome::NotRun(NotRun::Blocked(_)) => "blocked",
            Outcome::NotRun(NotRun::Missing(_)) => "missing a resource",
        };
        Some((check.id, detail))
    })
}
