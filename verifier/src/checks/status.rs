//! Has it been revoked or suspended? "We could not look" is never "not revoked".

use badge_schemas::credential::{issuer_id, view};
use badge_schemas::document::Document;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::status::{BitstringStatusListEntry, MIN_ENTRIES, RevocationList, StatusListCredential};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::validity;
use crate::authenticate::{Claimant, ProofFacts, authenticate};
use crate::content::Content;
use crate::policy::{TrustPolicy, WhenUnknown};
use crate::report::{NotRun, Outcome};
use crate::securing::data_integrity;
use crate::securing::vc_jwt::{self, ClaimRules};
use crate::snapshot::{Resource, ResourceKind, Retrieval, Snapshot};
use crate::status_list::{StatusList, StatusListError};

/// Most status entries we follow on one credential: 4; Open Badges allows one, other credentials have two or three.
const MAX_ENTRIES: usize = 4;

/// Looks every status entry up in its list. A pass holds for the lists in the snapshot, at the time they were fetched.
pub fn check(credential: &Value, policy: &TrustPolicy, now: Timestamp, snapshot: &Snapshot) -> Outcome {
    let entries: Vec<&Value> = match credential.get("credentialStatus") {
        None => Vec::new(),
        Some(Value::Array(entries)) => entries.iter().collect(),
        Some(single) => vec![single],
    };
    if entries.is_empty() {
        return if policy.require_status {
            Outcome::Fail(Problem::new(Code::StatusMissing))
        } else {
            Outcome::ABSENT
        };
    }
    if entries.len() > MAX_ENTRIES {
        return Outcome::Fail(malformed("more than 4 entries"));
    }
    let looker = Looker { credential, policy, now, snapshot };
    entries.into_iter().fold(Outcome::ABSENT, |worst, entry| worst.worse(looker.entry(entry)))
}

/// The resources that the status of this credential depends on.
pub(crate) fn resources(credential: &Value) -> Vec<Resource> {
    let entries = match credential.get("credentialStatus") {
        Some(Value::Array(entries)) => entries.iter().collect(),
        Some(single) => vec![single],
        None => Vec::new(),
    };
    let url = |entry: &Value| {
        entry
            .get("statusListCredential")
            .or_else(|| entry.get("id"))
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    entries.into_iter().filter_map(url).map(list_resource).collect()
}

struct Looker<'a> {
    credential: &'a Value,
    policy: &'a TrustPolicy,
    now: Timestamp,
    snapshot: &'a Snapshot,
}

impl Looker<'_> {
    fn entry(&self, entry: &Value) -> Outcome {
        match entry.get("type").and_then(Value::as_str) {
            Some("BitstringStatusListEntry") => match view::<BitstringStatusListEntry>(entry) {
                Ok(entry) => self.bitstring(&entry),
                Err(problem) => Outcome::Fail(malformed(problem.value("reason").unwrap_or("shape"))),
            },
            Some("1EdTechRevocationList") => match entry.get("id").and_then(Value::as_str) {
                Some(url) => self.revocation_list(url),
                None => Outcome::Fail(malformed("id is missing")),
            },
            Some(kind) => undetermined(
                Problem::new(Code::StatusTypeUnsupported).at("/credentialStatus").with("kind", kind),
            ),
            None => Outcome::Fail(malformed("type must be one name")),
        }
    }

    fn retrieve(&self, url: &str) -> Result<(&[u8], &Retrieval), Outcome> {
        let resource = list_resource(url.to_owned());
        let retrieval = self.snapshot.get(&resource).ok_or(Outcome::NotRun(NotRun::Missing(resource)))?;
        let bytes = retrieval.outcome.as_ref().map_err(|reason| {
            let problem = Problem::new(Code::StatusRetrievalError).with("list", url).with("reason", reason);
            weigh(self.policy.unreachable_status, problem)
        })?;
        Ok((bytes, retrieval))
    }

    fn bitstring(&self, entry: &BitstringStatusListEntry) -> Outcome {
        self.look_up(entry).unwrap_or_else(|outcome| outcome)
    }

    fn look_up(&self, entry: &BitstringStatusListEntry) -> Result<Outcome, Outcome> {
        let url = entry.status_list_credential.as_str();
        let (bytes, retrieval) = self.retrieve(url)?;
        let unreliable = |reason: &str| {
            undetermined(Problem::new(Code::StatusVerificationError).with("list", url).with("reason", reason))
        };
        let (_, content) = Content::open(bytes).map_err(|problem| unreliable(problem.code.as_str()))?;
        let value = match &content {
            Content::Json(document) => data_integrity::without_proof(document.value()),
            Content::Jws(jws) => {
                if let Some(problem) =
                    vc_jwt::check_claims(jws.payload().value(), ClaimRules::of(jws.header().typ)).first()
                {
                    return Err(unreliable(problem.code.as_str()));
                }
                vc_jwt::credential(jws.payload().value())
            }
        };
        let list: StatusListCredential =
            view(&value).map_err(|problem| unreliable(problem.pointer.as_deref().unwrap_or_default()))?;
        let is_list = |kinds: &[String], name: &str| kinds.iter().any(|kind| kind == name);
        if !is_list(&list.kind, "BitstringStatusListCredential")
            || !is_list(&list.credential_subject.kind, "BitstringStatusList")
        {
            return Err(unreliable("it is not a BitstringStatusListCredential"));
        }
        if list.id.as_deref().is_some_and(|id| id != url) {
            return Err(unreliable("its id is another list's"));
        }
        let facts = self.signed_by_the_right_one(&content, &value, url)?;
        let problem = |code| Problem::new(code).with("list", url);
        if !list.credential_subject.status_purpose.contains(&entry.status_purpose) {
            let found = list.credential_subject.status_purpose.join(", ");
            return Err(undetermined(
                problem(Code::StatusPurposeMismatch)
                    .with("expected", &entry.status_purpose)
                    .with("found", found),
            ));
        }
        let size = entry.status_size.unwrap_or(1);
        let index = entry.status_list_index;
        let status = StatusList::decode(&list.credential_subject.encoded_list)
            .and_then(|bits| bits.get(index, size))
            .map_err(|error| list_error(&error, url))?;
        let meaning = meaning(entry, status);
        // A list that says "revoked" is believed even when it is old: revocation is final.
        if matches!(meaning, Outcome::Fail(_)) {
            return Ok(meaning);
        }
        Ok(meaning.worse(self.freshness(&list, &facts, retrieval, url)))
    }

    fn signed_by_the_right_one(
        &self,
        content: &Content,
        value: &Value,
        url: &str,
    ) -> Result<ProofFacts, Outcome> {
        let list_issuer = issuer_id(value);
        let authentication = authenticate(content, Claimant::Issuer(list_issuer), self.now, self.snapshot);
        match authentication.worst() {
            Outcome::Pass | Outcome::Warn(_) if authentication.holds() => {}
            Outcome::NotRun(NotRun::Missing(resource)) => {
                return Err(Outcome::NotRun(NotRun::Missing(resource)));
            }
            other => {
                let reason = other.problem().map_or("not authentic", |problem| problem.code.as_str());
                return Err(undetermined(
                    Problem::new(Code::StatusVerificationError).with("list", url).with("reason", reason),
                ));
            }
        }
        let badge_issuer = issuer_id(self.credential).unwrap_or("?");
        let list_issuer = list_issuer.unwrap_or("?");
        let delegated = self
            .policy
            .status_issuers
            .iter()
            .any(|allowed| allowed.issuer == badge_issuer && allowed.list_issuer == list_issuer);
        if list_issuer == badge_issuer || delegated {
            return Ok(authentication.facts);
        }
        Err(undetermined(
            Problem::new(Code::StatusIssuerMismatch)
                .with("list", url)
                .with("found", list_issuer)
                .with("issuer", badge_issuer),
        ))
    }

    /// Status is about now, whatever moment the validity period is looked at.
    fn freshness(
        &self,
        list: &StatusListCredential,
        facts: &ProofFacts,
        retrieval: &Retrieval,
        url: &str,
    ) -> Outcome {
        let skew = SignedDuration::from_secs(i64::from(self.policy.clock_skew_seconds));
        let over = validity::period(list.valid_from.as_ref(), list.valid_until.as_ref(), self.now, skew)
            .or_else(|| validity::proof(facts, self.now, skew));
        if let Some(problem) = over {
            return self.stale(url, problem.code.as_str());
        }
        let own_limit = list
            .credential_subject
            .ttl
            .and_then(|ttl| i64::try_from(ttl).ok())
            .map(SignedDuration::from_millis);
        self.age(own_limit, retrieval, url)
    }

    /// How old a copy may be: as policy says, or less where the list itself says so.
    fn age(&self, own_limit: Option<SignedDuration>, retrieval: &Retrieval, url: &str) -> Outcome {
        let skew = SignedDuration::from_secs(i64::from(self.policy.clock_skew_seconds));
        let policy_limit = SignedDuration::from_secs(i64::from(self.policy.status_max_age_seconds));
        let limit = own_limit.map_or(policy_limit, |own| own.min(policy_limit));
        let age = self.now.duration_since(retrieval.fetched_at);
        // A copy from the future is no fresher than its clock is right.
        if age > limit + skew || age < -skew {
            return self.stale(url, &format!("fetched on {}", retrieval.fetched_at));
        }
        Outcome::Pass
    }

    fn stale(&self, url: &str, reason: &str) -> Outcome {
        weigh(
            self.policy.stale_status,
            Problem::new(Code::StatusListStale).with("list", url).with("reason", reason),
        )
    }

    /// The deprecated, unsigned list: what it says rests on the address it came from.
    fn revocation_list(&self, url: &str) -> Outcome {
        let (bytes, retrieval) = match self.retrieve(url) {
            Ok(retrieved) => retrieved,
            Err(outcome) => return outcome,
        };
        let unreliable = |reason: &str| {
            undetermined(Problem::new(Code::StatusVerificationError).with("list", url).with("reason", reason))
        };
        let document = match Document::parse(bytes) {
            Ok(document) => document,
            Err(problem) => return unreliable(problem.code.as_str()),
        };
        let Ok(list) = RevocationList::deserialize(document.value()) else {
            return unreliable("it is not a 1EdTechRevocationList");
        };
        if Some(list.issuer.as_str()) != issuer_id(self.credential) {
            return unreliable("it belongs to another issuer");
        }
        let Some(id) = self.credential.get("id").and_then(Value::as_str) else {
            return Outcome::Fail(malformed("a credential without id cannot be found in a revocation list"));
        };
        let revoked = list.revoked_credential.iter().any(|line| line.revoked && line.id == id);
        if revoked {
            return Outcome::Fail(Problem::new(Code::Revoked).at("/credentialStatus"));
        }
        // It says nothing about how long it holds; policy does.
        self.age(None, retrieval, url)
    }
}

fn meaning(entry: &BitstringStatusListEntry, status: u8) -> Outcome {
    let problem = |code| Problem::new(code).at("/credentialStatus");
    match (entry.status_purpose.as_str(), status) {
        ("message", value) => {
            let spelled = format!("0x{value:x}");
            let text =
                entry.status_message.iter().find(|message| message.status.eq_ignore_ascii_case(&spelled));
            match (value, text.and_then(|message| message.message.as_deref())) {
                (0, None) => Outcome::Pass,
                (_, text) => {
                    Outcome::Warn(problem(Code::StatusMessage).with("message", text.unwrap_or(&spelled)))
                }
            }
        }
        (_, 0) => Outcome::Pass,
        ("revocation", _) => Outcome::Fail(problem(Code::Revoked)),
        ("suspension", _) => Outcome::Fail(problem(Code::Suspended)),
        (purpose, _) => Outcome::Warn(problem(Code::StatusMessage).with("message", purpose)),
    }
}

fn list_error(error: &StatusListError, url: &str) -> Outcome {
    let problem = |code| Problem::new(code).with("list", url);
    match error {
        StatusListError::TooShort { length, .. } => undetermined(
            problem(Code::StatusListLengthError).with("length", length).with("minimum", MIN_ENTRIES),
        ),
        StatusListError::TooLarge { limit } => {
            undetermined(problem(Code::StatusListTooLarge).with("limit", limit))
        }
        StatusListError::Range { index, .. } => {
            Outcome::Fail(problem(Code::StatusRangeError).with("index", index))
        }
        StatusListError::StatusSize(size) => Outcome::Fail(malformed(&format!("statusSize {size}"))),
        StatusListError::Encoding | StatusListError::Gzip => {
            undetermined(problem(Code::StatusVerificationError).with("reason", error))
        }
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

fn malformed(reason: &str) -> Problem {
    Problem::new(Code::StatusEntryMalformed).at("/credentialStatus").with("reason", reason)
}

fn list_resource(url: String) -> Resource {
    Resource { kind: ResourceKind::StatusList, url }
}
