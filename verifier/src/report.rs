//! What a verification found, check by check.

mod json;

use badge_schemas::credential::AchievementCredential;
use badge_schemas::problem::Problem;
use serde::Serialize;
use serde_json::Value;

use crate::evaluation::assessment::Assessment;
use crate::snapshot::{Resource, Used};

/// One question that a verification answers. Every report holds an entry for every one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckId {
    /// Can the container and the document in it be read?
    Container,
    /// Does the document follow the data model, its contexts and its JSON Schema?
    Conformance,
    /// Does it follow the schemas it names itself?
    CredentialSchema,
    /// Do the resources it names have the bytes whose digests it states?
    RelatedResource,
    /// Does the signature match the content?
    Signature,
    /// Was the proof made for this purpose, and does the key's controller allow it?
    ProofPurpose,
    /// Does the key belong to the issuer (or, for a presentation, to the holder)?
    Controller,
    /// Is it within its validity period, and its proof too?
    Validity,
    /// Has it been revoked or suspended?
    Status,
    /// What do the registries say of the issuer?
    Issuer,
    /// Does the presentation answer the challenge that was sent?
    Challenge,
    /// Was the presentation made for this verifier?
    Domain,
    /// Is the one who presents the one to whom it was given?
    Presenter,
    /// Was it given to the recipient the caller expects?
    Recipient,
    /// Are the embedded endorsements sound, and about this badge?
    Endorsements,
    /// Are the presented credentials valid?
    Credentials,
    /// Was a newer version asked for, and could it be used?
    Refresh,
    /// Does the panel stand behind it that policy asks for?
    Panel,
}

impl CheckId {
    /// Every check, in the order of a report.
    pub const ALL: [Self; 18] = [
        Self::Container,
        Self::Conformance,
        Self::CredentialSchema,
        Self::RelatedResource,
        Self::Signature,
        Self::ProofPurpose,
        Self::Controller,
        Self::Validity,
        Self::Status,
        Self::Issuer,
        Self::Challenge,
        Self::Domain,
        Self::Presenter,
        Self::Recipient,
        Self::Endorsements,
        Self::Credentials,
        Self::Refresh,
        Self::Panel,
    ];

    /// The stable name of this check.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Conformance => "conformance",
            Self::CredentialSchema => "credential-schema",
            Self::RelatedResource => "related-resource",
            Self::Signature => "signature",
            Self::ProofPurpose => "proof-purpose",
            Self::Controller => "controller",
            Self::Validity => "validity",
            Self::Status => "status",
            Self::Issuer => "issuer",
            Self::Challenge => "challenge",
            Self::Domain => "domain",
            Self::Presenter => "presenter",
            Self::Recipient => "recipient",
            Self::Endorsements => "endorsements",
            Self::Credentials => "credentials",
            Self::Refresh => "refresh",
            Self::Panel => "panel",
        }
    }
}

/// The answer to one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Asked and answered well.
    Pass,
    /// Acceptable, and the reader should know.
    Warn(Problem),
    /// Not acceptable.
    Fail(Problem),
    /// Not answered, and why.
    NotRun(NotRun),
}

/// Why a check gave no answer. None of these is a pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRun {
    /// There was nothing to check, and policy does not ask for it.
    Absent,
    /// Another check must succeed first.
    Blocked(CheckId),
    /// A resource is needed that the snapshot does not hold.
    Missing(Resource),
    /// Looked at, and no answer can be given.
    Undetermined(Problem),
}

impl Outcome {
    /// Not asked, nothing to check.
    pub const ABSENT: Self = Self::NotRun(NotRun::Absent);

    /// Whether this is a plain pass.
    pub fn passed(&self) -> bool {
        matches!(self, Self::Pass | Self::Warn(_))
    }

    /// `pass`, `warn`, `fail` or `not-run`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn(_) => "warn",
            Self::Fail(_) => "fail",
            Self::NotRun(_) => "not-run",
        }
    }

    /// The problem this outcome carries.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Warn(problem) | Self::Fail(problem) | Self::NotRun(NotRun::Undetermined(problem)) => {
                Some(problem)
            }
            Self::Pass | Self::NotRun(_) => None,
        }
    }

    /// The worse of two outcomes: fail, then undetermined or missing, then blocked, then warn, then pass, then absent.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        if other.weight() > self.weight() { other } else { self }
    }

    fn weight(&self) -> u8 {
        match self {
            Self::NotRun(NotRun::Absent) => 0,
            Self::Pass => 1,
            Self::Warn(_) => 2,
            Self::NotRun(NotRun::Blocked(_)) => 3,
            Self::NotRun(NotRun::Undetermined(_)) => 4,
            Self::NotRun(NotRun::Missing(_)) => 5,
            Self::Fail(_) => 6,
        }
    }
}

/// One check and its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which question.
    pub id: CheckId,
    /// Its answer.
    pub outcome: Outcome,
}

/// The answer to the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Some check that matters gave no answer.
    Indeterminate,
    /// Some check failed.
    Invalid,
    /// Every check that matters passed; not a judgement of the skill.
    Valid,
}

impl Verdict {
    /// `valid`, `invalid` or `indeterminate`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Indeterminate => "indeterminate",
            Self::Invalid => "invalid",
            Self::Valid => "valid",
        }
    }

    /// The exit code of the command line: 0 valid, 1 invalid, 3 indeterminate (2 is "could not run").
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::Invalid => 1,
            Self::Indeterminate => 3,
        }
    }
}

/// What a registry answers about an issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recognition {
    /// Listed, and for this badge.
    Listed,
    /// Listed, and not for this badge: which dimension of its scope excludes it.
    OutOfScope {
        /// `action`, `skill`, `framework`, `achievementType`, `territory` or `date`.
        dimension: &'static str,
    },
    /// Not listed.
    NotListed,
    /// The registry could not be had.
    Unchecked,
    /// The registry is past its `validUntil`.
    ListExpired,
    /// The registry is not authentic or not well formed.
    ListInvalid,
}

impl Recognition {
    /// `listed`, `out-of-scope`, `not-listed`, `unchecked`, `list-expired` or `list-invalid`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::OutOfScope { .. } => "out-of-scope",
            Self::NotListed => "not-listed",
            Self::Unchecked => "unchecked",
            Self::ListExpired => "list-expired",
            Self::ListInvalid => "list-invalid",
        }
    }
}

/// One registry's separate answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryAnswer {
    /// Where the registry came from, as the policy names it.
    pub registry: String,
    /// Who signed the registry, where that could be established.
    pub signed_by: Option<String>,
    /// Under which name the registry lists the issuer.
    pub listed_as: Option<String>,
    /// The answer.
    pub recognition: Recognition,
    /// Why it could not answer.
    pub problem: Option<Problem>,
    /// What must be fetched before it can.
    pub missing: Option<Resource>,
}

/// What the document says of itself, for display. Nothing in it is established unless the verdict is valid.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// `badge`, `endorsement`, `presentation`, `credential`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The achievement's name, or the credential's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The issuer's (or holder's) identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The name the issuer gives itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer_name: Option<String>,
    /// The subject's identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// When it was first earned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awarded_date: Option<String>,
    /// From when on it is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// Until when it is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    /// The skills it is aligned with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<Skill>,
}

/// One alignment, for display.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Skill {
    /// Its name as the issuer wrote it.
    pub name: String,
    /// Its URI.
    pub url: String,
    /// Its framework.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub framework: Option<String>,
    /// Its code there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// How the document was secured, for display.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Securing {
    /// `json`, `jwt`, `png` or `svg`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<&'static str>,
    /// A cryptosuite's name, or `vc-jwt EdDSA` and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mechanism: Option<String>,
    /// The key's URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification_method: Option<String>,
    /// The digest by which this document is recognised in whatever it is wrapped ([`content_sha256`](crate::trusted_time::content_sha256)).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_sha256: Option<String>,
    /// The earliest time at which it is known to have existed, by the policy or an earlier check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub existed: Option<String>,
}

/// Everything a verification found. Made only by [`verify`](crate::verify::verify).
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    pub(crate) checks: Vec<Check>,
    pub(crate) summary: Summary,
    pub(crate) securing: Securing,
    pub(crate) registries: Vec<RegistryAnswer>,
    pub(crate) pointer: Option<String>,
    pub(crate) credentials: Vec<Report>,
    pub(crate) endorsements: Vec<Report>,
    /// The status of each sealed evaluation, in the order of the badge.
    pub(crate) seals: Vec<Outcome>,
    pub(crate) assessment: Option<Assessment>,
    pub(crate) attached: bool,
    pub(crate) input_sha256: Option<String>,
    pub(crate) checked_at: String,
    pub(crate) as_of: Option<String>,
    pub(crate) used: Vec<Used>,
    pub(crate) document: Option<Value>,
}

impl Report {
    /// The answer to the whole: any failure makes it invalid, then anything left open makes it indeterminate.
    pub fn verdict(&self) -> Verdict {
        let open =
            |outcome: &Outcome| matches!(outcome, Outcome::NotRun(reason) if *reason != NotRun::Absent);
        if self.checks.iter().any(|check| matches!(check.outcome, Outcome::Fail(_))) {
            Verdict::Invalid
        } else if self.checks.iter().any(|check| open(&check.outcome)) {
            Verdict::Indeterminate
        } else {
            Verdict::Valid
        }
    }

    /// Whether no other check fails than this one.
    pub(crate) fn only_fails(&self, id: CheckId) -> bool {
        self.checks.iter().all(|check| check.id == id || !matches!(check.outcome, Outcome::Fail(_)))
    }

    /// The same as [`verdict`](Self::verdict), where the caller wants a warning to count as a failure (`--strict`), here or in what is embedded.
    pub fn strict_verdict(&self) -> Verdict {
        let verdict = self.verdict();
        if verdict == Verdict::Valid && self.warns() { Verdict::Invalid } else { verdict }
    }

    pub(crate) fn warns(&self) -> bool {
        self.checks.iter().any(|check| matches!(check.outcome, Outcome::Warn(_)))
            || self.credentials.iter().chain(&self.endorsements).any(Self::warns)
    }

    /// Every check, in the order of [`CheckId::ALL`].
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// The outcome of one check.
    pub fn outcome(&self, id: CheckId) -> &Outcome {
        const NEVER: &Outcome = &Outcome::ABSENT;
        self.checks.iter().find(|check| check.id == id).map_or(NEVER, |check| &check.outcome)
    }

    /// What the document says of itself.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// How it was secured.
    pub fn securing(&self) -> &Securing {
        &self.securing
    }

    /// Each registry's answer.
    pub fn registries(&self) -> &[RegistryAnswer] {
        &self.registries
    }

    /// Where in the enclosing document this one stands; nothing for the outermost.
    pub fn pointer(&self) -> Option<&str> {
        self.pointer.as_deref()
    }

    /// Reports on the presented credentials; of an endorsement, on what supports it: badges of the endorser's own, the mandate it answers.
    pub fn credentials(&self) -> &[Report] {
        &self.credentials
    }

    /// Reports on the endorsements: those inside, then those that the holder attached.
    pub fn endorsements(&self) -> &[Report] {
        &self.endorsements
    }

    /// Whether this is an endorsement that the holder attached, of which the issuer of the badge knows nothing.
    pub fn is_attached(&self) -> bool {
        self.attached
    }

    /// What the evaluations of a badge say and weigh: level and assurance, beside the verdict and never mixed with it.
    pub fn assessment(&self) -> Option<&Assessment> {
        self.assessment.as_ref()
    }

    /// The resources this verification used from the snapshot, each with the time it was fetched.
    pub fn used(&self) -> &[Used] {
        &self.used
    }

    /// The digests of the input and of every document in it.
    pub(crate) fn digests(&self) -> Vec<&str> {
        let own = self.input_sha256.iter().chain(&self.securing.content_sha256).map(String::as_str);
        let inner = self.credentials.iter().chain(&self.endorsements).flat_map(Self::digests);
        own.chain(inner).collect()
    }

    /// The document that was checked, for display; the report of a container that could not be read has none.
    pub fn document(&self) -> Option<&Value> {
        self.document.as_ref()
    }

    /// Every resource that was asked for and not in the snapshot, here and in what is embedded, each once. A registry may be among
    /// them although the verdict does not depend on its answer.
    pub fn missing(&self) -> Vec<Resource> {
        let mut missing = Vec::new();
        self.collect_missing(&mut missing);
        missing
    }

    fn collect_missing(&self, missing: &mut Vec<Resource>) {
        let outcomes = self.checks.iter().map(|check| &check.outcome).chain(&self.seals);
        let checks = outcomes.filter_map(|outcome| match outcome {
            Outcome::NotRun(NotRun::Missing(resource)) => Some(resource),
            _ => None,
        });
        let registries = self.registries.iter().filter_map(|answer| answer.missing.as_ref());
        for resource in checks.chain(registries) {
            if !missing.contains(resource) {
                missing.push(resource.clone());
            }
        }
        for inner in self.credentials.iter().chain(&self.endorsements) {
            inner.collect_missing(missing);
        }
    }

    /// Replaces the outcome of one check: only [`crate::online`] does so, for `refresh`.
    #[cfg(feature = "net")]
    pub(crate) fn set(&mut self, id: CheckId, outcome: Outcome) {
        if let Some(check) = self.checks.iter_mut().find(|check| check.id == id) {
            check.outcome = outcome;
        }
    }

    /// The only way to a [`Verified`] badge.
    ///
    /// # Errors
    /// The report itself, when the verdict is not valid or the document is not a skills badge.
    pub fn accept(self) -> Result<Verified<AchievementCredential>, Box<Self>> {
        if self.verdict() != Verdict::Valid {
            return Err(Box::new(self));
        }
        let view = self
            .document
            .as_ref()
            .filter(|document| badge_schemas::credential::is_achievement_credential(document))
            .and_then(|document| AchievementCredential::view(document).ok());
        match view {
            Some(credential) => Ok(Verified { credential, report: self }),
            None => Err(Box::new(self)),
        }
    }
}

/// A credential whose report is valid. Only [`Report::accept`] makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified<T> {
    credential: T,
    report: Report,
}

impl<T> Verified<T> {
    /// The credential.
    pub fn credential(&self) -> &T {
        &self.credential
    }

    /// The report that established it.
    pub fn report(&self) -> &Report {
        &self.report
    }
}
