//! Has it been revoked or suspended? "We could not look" is never "not revoked".
//!
//! Three kinds of lists are read, each in its file: the W3C's (`bitstring`), the IETF's (`token`), and the older one of Open Badges
//! (`legacy`). Where a document names several, every one of them is looked up and the worst answer counts.

mod bitstring;
mod known;
mod legacy;
mod token;

use badge_schemas::credential::issuer_id;
use badge_schemas::evaluation::{RecordKind, SealedEvaluation};
use badge_schemas::problem::{Code, Problem};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::authenticate::{Authentication, Claimant, ProofFacts, authenticate};
use crate::content::Content;
use crate::policy::{TrustPolicy, WhenUnknown};
use crate::report::{NotRun, Outcome};
use crate::securing::data_integrity;
use crate::securing::rdfc::Rdf;
use crate::snapshot::{Resource, ResourceKind, Retrieval, Snapshot};
use crate::status_list::{StatusIndex, StatusListError};
use crate::work::Work;

pub(crate) use known::Known;

/// Most status entries we follow on one credential: 4; Open Badges allows one, other credentials have two or three.
const MAX_ENTRIES: usize = 4;

/// Where a document says that its status is published. Everything it says is looked up.
#[derive(Clone, Copy, Debug)]
pub struct Stated<'a> {
    issuer: Option<&'a str>,
    /// Who issued what an endorsement speaks of.
    host: Option<&'a str>,
    /// Whom an evaluator names, under their signature, as the one who keeps the status of what they sign.
    keeper: Option<&'a str>,
    id: Option<&'a str>,
    entries: Option<&'a Value>,
    claim: Option<&'a Value>,
}

impl<'a> Stated<'a> {
    /// What a credential says in its `credentialStatus`, and the token around it in its claim `status`.
    ///
    /// In a credential that is no token, `status` is a member like any other; it is not one of the data model.
    pub(crate) fn by_credential(content: &'a Content, credential: &'a Value) -> Self {
        Self {
            issuer: issuer_id(credential),
            host: None,
            keeper: keeper(credential),
            id: credential.get("id").and_then(Value::as_str),
            entries: credential.get("credentialStatus"),
            claim: match content {
                Content::Jws(jws) => jws.payload().value().get("status"),
                Content::SdJwt(sd_jwt) => sd_jwt.claims().get("status"),
                Content::Json(_) => None,
            },
        }
    }

    /// What a token that is no W3C credential says in its claim `status`
    /// ([Token Status List §6.2](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list#section-6.2)).
    ///
    /// `issuer` is whoever was found to have signed the token; `claims` are those its signature covers in the clear.
    pub fn by_claims(issuer: &'a str, claims: &'a Value) -> Self {
        Self {
            issuer: Some(issuer),
            host: None,
            keeper: None,
            id: None,
            entries: None,
            claim: claims.get("status"),
        }
    }

    /// What a badge says of one evaluation that its issuer sealed: nobody else's list speaks of it, unless policy lets it.
    pub(crate) fn by_seal(badge: &'a Value, seal: &'a SealedEvaluation) -> Self {
        Self {
            issuer: issuer_id(badge),
            host: None,
            keeper: None,
            id: None,
            entries: seal.credential_status.as_ref(),
            claim: None,
        }
    }

    /// The same for an endorsement of what `host` issued. The endorser who names a list of the host's lets the host keep it.
    pub(crate) fn or_by_host(self, host: Option<&'a str>) -> Self {
        Self { host, ..self }
    }

    /// For whom lists are opened: the issuer, and those who may speak for it.
    fn opened_for(&self) -> String {
        [self.issuer, self.host, self.keeper].map(Option::unwrap_or_default).join("\n")
    }

    fn entries(&self) -> Vec<(String, &'a Value)> {
        let at = "/credentialStatus";
        match self.entries {
            None => Vec::new(),
            Some(Value::Array(entries)) => {
                entries.iter().enumerate().map(|(n, entry)| (format!("{at}/{n}"), entry)).collect()
            }
            Some(single) => vec![(at.to_owned(), single)],
        }
    }

    /// The resources that the answer depends on.
    pub(crate) fn resources(&self) -> Vec<Resource> {
        let url = |entry: &Value| {
            let url = entry.get("statusListCredential").or_else(|| entry.get("id"))?;
            Some(Resource { kind: ResourceKind::StatusList, url: url.as_str()?.to_owned() })
        };
        let token = self.claim.and_then(|claim| claim.pointer("/status_list/uri")).and_then(Value::as_str);
        let token = token.map(|uri| Resource { kind: ResourceKind::StatusListToken, url: uri.to_owned() });
        self.entries().into_iter().filter_map(|(_, entry)| url(entry)).chain(token).collect()
    }
}

/// The `statusKeeper` of an evaluation. Other credentials have none: their issuers have lists of their own.
fn keeper(credential: &Value) -> Option<&str> {
    (RecordKind::of(credential) == Some(RecordKind::Evaluation)).then_some(())?;
    credential.pointer("/credentialSubject/evaluation/statusKeeper")?.as_str()
}

/// Looks the status up wherever it is stated. A pass holds for the lists in the snapshot, at the time they were fetched.
pub fn check(stated: &Stated<'_>, policy: &TrustPolicy, now: Timestamp, snapshot: &Snapshot) -> Outcome {
    check_within(stated, policy, now, snapshot, &Known::new(&Work::default()))
}

/// The same for a part of an input, within its work and with the lists it has read already.
pub(crate) fn check_within(
    stated: &Stated<'_>,
    policy: &TrustPolicy,
    now: Timestamp,
    snapshot: &Snapshot,
    known: &Known<'_>,
) -> Outcome {
    let entries = stated.entries();
    if entries.is_empty() && stated.claim.is_none() {
        return if policy.require_status {
            Outcome::Fail(Problem::new(Code::StatusMissing))
        } else {
            Outcome::ABSENT
        };
    }
    if entries.len() > MAX_ENTRIES {
        return Outcome::Fail(malformed("/credentialStatus", ("more than 4 entries", "plus de 4 entrées")));
    }
    let looker = Looker { stated, policy, now, snapshot, known };
    let by_entries = entries
        .iter()
        .fold(Outcome::ABSENT, |worst, (pointer, entry)| worst.worse(looker.entry(pointer, entry)));
    match stated.claim {
        Some(claim) => by_entries.worse(token::look_up(&looker, claim)),
        None => by_entries,
    }
}

/// What every look-up for one document depends on.
struct Looker<'a> {
    stated: &'a Stated<'a>,
    policy: &'a TrustPolicy,
    now: Timestamp,
    snapshot: &'a Snapshot,
    known: &'a Known<'a>,
}

/// A list that was read, and signed by one who may speak for the issuer. It depends on its address, the issuer, the policy, the time and
/// the snapshot, and not on the entry that asks: one that was opened can be looked up in again and again.
struct OpenList {
    statuses: StatusIndex,
    freshness: Freshness,
}

/// What is known of the age of a list.
#[derive(Clone, Copy)]
struct Freshness {
    /// What makes it out of date by its own words, if anything does.
    over: Option<Code>,
    /// How long a copy may be kept by its own words.
    own_limit: Option<SignedDuration>,
    /// From when on its age is counted.
    since: Timestamp,
}

impl Looker<'_> {
    fn entry(&self, pointer: &str, entry: &Value) -> Outcome {
        let kind = match entry.get("type") {
            Some(Value::Array(kinds)) => match kinds.as_slice() {
                [only] => only.as_str(),
                _ => None,
            },
            Some(kind) => kind.as_str(),
            None => None,
        };
        match kind {
            Some("BitstringStatusListEntry") => bitstring::look_up(self, pointer, entry),
            Some("1EdTechRevocationList") => legacy::look_up(self, pointer, entry),
            Some(kind) => unsupported(pointer, kind),
            None => {
                Outcome::Fail(malformed(pointer, ("type must be one name", "type doit être un seul nom")))
            }
        }
    }

    fn retrieve(&self, kind: ResourceKind, url: &str) -> Result<(&[u8], &Retrieval), Outcome> {
        let resource = Resource { kind, url: url.to_owned() };
        let retrieval = self.snapshot.get(&resource).ok_or(Outcome::NotRun(NotRun::Missing(resource)))?;
        let bytes = retrieval.outcome.as_ref().map_err(|reason| {
            let problem = Problem::new(Code::StatusRetrievalError).with("list", url).with("reason", reason);
            weigh(self.policy.unreachable_status, problem)
        })?;
        Ok((bytes, retrieval))
    }

    /// Establishes that `signer` may sign lists for the issuer, and signed this one. In this order: of a body that may not, not even the
    /// keys are asked for.
    fn authenticate(
        &self,
        content: &Content,
        signer: Option<&str>,
        url: &str,
    ) -> Result<ProofFacts, Outcome> {
        self.may_speak(signer.unwrap_or("?"), url)?;
        let bare = match content {
            Content::Json(document) => data_integrity::without_proof(document.value()),
            Content::Jws(_) | Content::SdJwt(_) => Value::Null, // the signature covers the token, not its RDF
        };
        let rdf = Rdf::new(&bare, self.known.work);
        let authentication: Authentication =
            authenticate(content, &rdf, Claimant::Issuer(signer), self.now, self.snapshot);
        match authentication.worst() {
            Outcome::Pass | Outcome::Warn(_) if authentication.holds() => Ok(authentication.facts),
            Outcome::NotRun(NotRun::Missing(resource)) => Err(Outcome::NotRun(NotRun::Missing(resource))),
            other => {
                let reason = other.problem().map_or("not authentic", |problem| problem.code.as_str());
                Err(unreliable(url, reason))
            }
        }
    }

    /// A list speaks for the issuer if it is the issuer's, if the signed document lets its signer speak, or policy does.
    fn may_speak(&self, signer: &str, url: &str) -> Result<(), Outcome> {
        let issuer = self.stated.issuer.unwrap_or("?");
        let delegated = self
            .policy
            .status_issuers
            .iter()
            .any(|allowed| allowed.issuer == issuer && allowed.list_issuer == signer);
        let named = [self.stated.host, self.stated.keeper].contains(&Some(signer));
        if signer == issuer || named || delegated {
            return Ok(());
        }
        Err(undetermined(
            Problem::new(Code::StatusIssuerMismatch)
                .with("list", url)
                .with("found", signer)
                .with("issuer", issuer),
        ))
    }

    fn skew(&self) -> SignedDuration {
        SignedDuration::from_secs(i64::from(self.policy.clock_skew_seconds))
    }

    /// Whether a list still holds: by its own words, and by how old a copy may be, as policy says or less where the list says so.
    /// Status is about now, whatever moment the validity period is looked at.
    fn weigh_age(&self, freshness: Freshness, url: &str) -> Outcome {
        let stale = |reason: &str| {
            let problem = Problem::new(Code::StatusListStale).with("list", url).with("reason", reason);
            weigh(self.policy.stale_status, problem)
        };
        if let Some(code) = freshness.over {
            return stale(code.as_str());
        }
        let policy_limit = SignedDuration::from_secs(i64::from(self.policy.status_max_age_seconds));
        let limit = freshness.own_limit.map_or(policy_limit, |own| own.min(policy_limit));
        let age = self.now.duration_since(freshness.since);
        // A copy from the future is no fresher than its clock is right.
        if age > limit.saturating_add(self.skew()) || age < -self.skew() {
            return stale(&format!("of {}", freshness.since));
        }
        Outcome::Pass
    }

    /// What a status means, given how old the list is that says so.
    fn settle(&self, meaning: Outcome, freshness: Freshness, url: &str) -> Outcome {
        let age = self.weigh_age(freshness, url);
        match (&meaning, &age) {
            // Revocation is final: an old list can only be too kind.
            (Outcome::Fail(problem), _) if problem.code == Code::Revoked => meaning,
            // Suspension is not: whether it still holds is not known.
            (Outcome::Fail(problem), Outcome::NotRun(_)) if problem.code == Code::Suspended => age,
            _ => meaning.worse(age),
        }
    }
}

/// What follows when there is no status to be read in a list.
fn list_error(error: &StatusListError, pointer: &str, url: &str) -> Outcome {
    let problem = |code| Problem::new(code).with("list", url);
    match error {
        StatusListError::TooShort { length, minimum } => {
            undetermined(problem(Code::StatusListLengthError).with("length", length).with("minimum", minimum))
        }
        StatusListError::TooLarge { limit } => {
            undetermined(problem(Code::StatusListTooLarge).with("limit", limit))
        }
        StatusListError::Range { index, .. } => {
            Outcome::Fail(problem(Code::StatusRangeError).at(pointer).with("index", index))
        }
        StatusListError::Encoding => doubtful(
            url,
            (
                "it is not base64url as its form wants it",
                "elle n’est pas en base64url comme sa forme le veut",
            ),
        ),
        StatusListError::Compression { .. } | StatusListError::Value { .. } => doubtful(
            url,
            ("it is not one whole compressed stream", "elle n’est pas un flux compressé unique et entier"),
        ),
    }
}

fn weigh(rule: WhenUnknown, problem: Problem) -> Outcome {
    match rule {
        WhenUnknown::Fail => Outcome::Fail(problem),
        WhenUnknown::Warn => Outcome::Warn(problem),
        WhenUnknown::Indeterminate => undetermined(problem),
    }
}

fn undetermined(problem: Problem) -> Outcome {
    Outcome::NotRun(NotRun::Undetermined(problem))
}

/// A reason in English and in French.
type Words = (&'static str, &'static str);

/// The list proves nothing, for a reason that is a code.
fn unreliable(url: &str, reason: &str) -> Outcome {
    undetermined(Problem::new(Code::StatusVerificationError).with("list", url).with("reason", reason))
}

/// The list proves nothing, for a reason in words.
fn doubtful(url: &str, (en, fr): Words) -> Outcome {
    let problem = Problem::new(Code::StatusVerificationError).with("list", url);
    undetermined(problem.with_words("reason", en, fr))
}

/// A set status whose meaning is not ours to guess.
fn unknown_meaning(pointer: &str, purpose: &str, status: u8) -> Outcome {
    undetermined(
        Problem::new(Code::StatusMeaningUnknown)
            .at(pointer)
            .with("status", hexadecimal(status))
            .with("purpose", purpose),
    )
}

fn unsupported(pointer: &str, kind: impl std::fmt::Display) -> Outcome {
    undetermined(Problem::new(Code::StatusTypeUnsupported).at(pointer).with("kind", kind))
}

fn malformed(pointer: &str, (en, fr): Words) -> Problem {
    Problem::new(Code::StatusEntryMalformed).at(pointer).with_words("reason", en, fr)
}

/// A status as both standards write it.
fn hexadecimal(status: u8) -> String {
    format!("0x{status:x}")
}

#[cfg(test)]
mod tests;
