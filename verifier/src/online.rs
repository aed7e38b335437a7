//! Verification that fetches what it misses: [`verify`], fetch, verify again, a bounded number of times.

use badge_schemas::credential::{has_type, is_credential, issuer_id};
use badge_schemas::presentation::is_presentation;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use jiff::Timestamp;
use serde_json::Value;

pub use crate::checks::issuer::is_url;
use crate::evaluation::thread::{ThreadReport, judge};
use crate::net::{Budget, FetchError, Fetcher, Kind};
use crate::policy::TrustPolicy;
use crate::report::{CheckId, NotRun, Outcome, Report};
use crate::snapshot::{Resource, ResourceKind, Retrieval, Snapshot};
use crate::verify::{Expectations, verify};

/// Most rounds of fetching: the issuer's keys and the registries; the status list; the keys of whoever signed those.
const MAX_ROUNDS: usize = 3;

/// Rounds added when a refresh was asked for: the newer version, and its status list.
const REFRESH_ROUNDS: usize = 2;

/// The one kind of refresh service we know ([1EdTech Credential Refresh](https://www.imsglobal.org/spec/vcrs/v1p0/)).
const REFRESH_TYPE: &str = "1EdTechCredentialRefresh";

/// Whether a newer version of the credential may be asked for. It tells the issuer that somebody looks, so never by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Refresh {
    /// `refreshService` is not followed.
    #[default]
    No,
    /// It is followed once, after the original's signature has been verified.
    Once,
}

/// Verifies, fetching what the snapshot misses; what was fetched, and what could not be, is added to the snapshot.
///
/// Registries named by a path are never read here: the caller puts them into the snapshot.
/// The budget is that of one credential, or of one presentation where the input is one.
pub async fn verify_online(
    input: &[u8],
    expect: &Expectations,
    policy: &TrustPolicy,
    clock: impl Fn() -> Timestamp,
    snapshot: &mut Snapshot,
    fetcher: &Fetcher,
    refresh: Refresh,
) -> Report {
    let mut report = settle(input, expect, policy, clock(), snapshot, refresh);
    let mut budget = match report.summary().kind {
        Some("presentation") => Budget::presentation(),
        _ => Budget::credential(),
    };
    let rounds = match refresh {
        Refresh::No => MAX_ROUNDS,
        Refresh::Once => MAX_ROUNDS + REFRESH_ROUNDS,
    };
    for _ in 0..rounds {
        if !fetch_missing(report.missing(), &clock, snapshot, fetcher, &mut budget).await {
            break;
        }
        report = settle(input, expect, policy, clock(), snapshot, refresh);
    }
    give_up_refresh(report)
}

/// Judges a thread of evaluation records ([`judge`]), fetching what the snapshot misses in the same way, within the budget of a presentation.
pub async fn judge_online(
    input: &[u8],
    policy: &TrustPolicy,
    clock: impl Fn() -> Timestamp,
    snapshot: &mut Snapshot,
    fetcher: &Fetcher,
) -> ThreadReport {
    let mut report = judge(input, policy, clock(), snapshot);
    let mut budget = Budget::presentation();
    for _ in 0..MAX_ROUNDS {
        if !fetch_missing(report.missing(), &clock, snapshot, fetcher, &mut budget).await {
            break;
        }
        report = judge(input, policy, clock(), snapshot);
    }
    report
}

/// The same with what the snapshot holds and nothing else: opens no socket.
pub fn verify_offline(
    input: &[u8],
    expect: &Expectations,
    policy: &TrustPolicy,
    now: Timestamp,
    snapshot: &Snapshot,
    refresh: Refresh,
) -> Report {
    give_up_refresh(settle(input, expect, policy, now, snapshot, refresh))
}

/// Fetches what is missing and can be fetched; whether there was any such thing.
pub async fn fetch_missing(
    mut wanted: Vec<Resource>,
    clock: &impl Fn() -> Timestamp,
    snapshot: &mut Snapshot,
    fetcher: &Fetcher,
    budget: &mut Budget,
) -> bool {
    wanted.sort();
    wanted.retain(|resource| {
        snapshot.get(resource).is_none() && (resource.kind != ResourceKind::Registry || is_url(&resource.url))
    });
    let any = !wanted.is_empty();
    for resource in wanted {
        let outcome = match fetcher.fetch(&resource.url, net_kind(resource.kind), budget).await {
            Ok(answer) => Ok(answer.bytes),
            Err(error) => Err(retrieval_code(&error)),
        };
        snapshot.insert(resource, Retrieval { fetched_at: clock(), outcome });
    }
    any
}

fn net_kind(kind: ResourceKind) -> Kind {
    match kind {
        ResourceKind::ControllerDocument => Kind::DidDocument,
        // Metadata with a JWK Set in it: of the same size.
        ResourceKind::Jwks | ResourceKind::JwtVcIssuer => Kind::Jwks,
        ResourceKind::StatusList => Kind::StatusList,
        ResourceKind::StatusListToken => Kind::StatusListToken,
        ResourceKind::Registry => Kind::Registry,
        ResourceKind::Credential => Kind::Credential,
        ResourceKind::Schema => Kind::Schema,
        ResourceKind::RelatedResource => Kind::RelatedResource,
    }
}

/// A short stable code for a failed fetch, which [`words::retrieval`](crate::words::retrieval) puts into words.
///
/// Says neither addresses nor what a library said: a report may go to a stranger, and a name's addresses are not theirs to learn.
pub fn retrieval_code(error: &FetchError) -> String {
    let code = match error {
        FetchError::Status { code } => return format!("http-{code}"),
        FetchError::NotAUrl => "not-a-url",
        FetchError::SchemeForbidden { .. } => "scheme-forbidden",
        FetchError::UserInfo => "user-info",
        FetchError::PortForbidden { .. } => "port-forbidden",
        FetchError::AddressForbidden { .. } => "address-forbidden",
        FetchError::Dns { .. } => "dns",
        FetchError::Connect { .. } => "connect",
        FetchError::Tls { .. } => "tls",
        FetchError::Timeout { .. } => "timeout",
        FetchError::TooManyRedirects { .. } | FetchError::RedirectInvalid { .. } => "redirects",
        FetchError::TooLarge { .. } => "too-large",
        FetchError::Encoding { .. } | FetchError::Broken { .. } => "broken",
        FetchError::Budget(_) => "budget",
    };
    code.to_owned()
}

/// A fetch that the caller itself asked for and that failed, as a problem: refused by our guard, or tried in vain.
pub fn fetch_problem(url: &str, error: &FetchError) -> Problem {
    let code = match error {
        FetchError::NotAUrl
        | FetchError::SchemeForbidden { .. }
        | FetchError::UserInfo
        | FetchError::PortForbidden { .. }
        | FetchError::AddressForbidden { .. } => Code::FetchRefused,
        _ => Code::FetchFailed,
    };
    Problem::new(code).with("url", url).with("reason", retrieval_code(error))
}

/// Verifies with what is there; where a newer version was asked for and is there, that one, if it may stand for the original.
fn settle(
    input: &[u8],
    expect: &Expectations,
    policy: &TrustPolicy,
    now: Timestamp,
    snapshot: &Snapshot,
    refresh: Refresh,
) -> Report {
    let mut report = verify(input, expect, policy, now, snapshot);
    if refresh == Refresh::No {
        return report;
    }
    let resource = match offer(&report) {
        Offer::None => return report,
        Offer::Unproven(check) => {
            report.set(CheckId::Refresh, Outcome::NotRun(NotRun::Blocked(check)));
            return report;
        }
        Offer::Unsupported => {
            report.set(CheckId::Refresh, failed("unsupported"));
            return report;
        }
        Offer::At(url) => Resource { kind: ResourceKind::Credential, url },
    };
    let bytes = match snapshot.get(&resource).map(|retrieval| &retrieval.outcome) {
        None => {
            report.set(CheckId::Refresh, Outcome::NotRun(NotRun::Missing(resource)));
            return report;
        }
        Some(Err(reason)) => {
            report.set(CheckId::Refresh, failed(reason));
            report.used.extend(snapshot.used(&resource));
            return report;
        }
        Some(Ok(bytes)) => bytes,
    };
    let mut newer = verify(bytes, expect, policy, now, snapshot);
    match may_replace(&report, &newer) {
        Outcome::Pass => {
            newer.set(CheckId::Refresh, Outcome::Pass);
            newer.used.extend(snapshot.used(&resource));
            newer
        }
        other => {
            report.set(CheckId::Refresh, other);
            report.used.extend(snapshot.used(&resource));
            report
        }
    }
}

/// After the last round, a newer version that could not be had is a warning about the original, never a reason to doubt it.
fn give_up_refresh(mut report: Report) -> Report {
    if matches!(report.outcome(CheckId::Refresh), Outcome::NotRun(NotRun::Missing(_))) {
        report.set(CheckId::Refresh, failed("not-at-hand"));
    }
    report
}

fn failed(reason: &str) -> Outcome {
    Outcome::Warn(Problem::new(Code::RefreshFailed).at("/refreshService").with("reason", reason))
}

enum Offer {
    None,
    Unproven(CheckId),
    Unsupported,
    At(String),
}

/// The checks that must have passed before a word of the document is acted upon, or another one takes its place.
const PROVEN: [CheckId; 3] = [CheckId::Signature, CheckId::ProofPurpose, CheckId::Controller];

/// Where a newer version is offered. Read only from a credential, and believed only once its signature has been verified.
fn offer(report: &Report) -> Offer {
    let services = match report
        .document()
        .filter(|document| is_credential(document) && !is_presentation(document))
        .and_then(|it| it.get("refreshService"))
    {
        None => return Offer::None,
        Some(Value::Array(services)) if services.is_empty() => return Offer::None,
        Some(Value::Array(services)) => services.as_slice(),
        Some(service) => std::slice::from_ref(service),
    };
    if let Some(check) = PROVEN.into_iter().find(|id| !report.outcome(*id).passed()) {
        return Offer::Unproven(check);
    }
    let known = services.iter().find(|service| has_type(service, REFRESH_TYPE));
    known
        .and_then(|service| service.get("id")?.as_str())
        .map_or(Offer::Unsupported, |url| Offer::At(url.to_owned()))
}

/// Whether a newer version may stand for the original: proven, the same id, the same issuer, and not older.
fn may_replace(original: &Report, newer: &Report) -> Outcome {
    for id in PROVEN {
        match newer.outcome(id) {
            outcome if outcome.passed() => {}
            Outcome::NotRun(NotRun::Missing(resource)) => {
                return Outcome::NotRun(NotRun::Missing(resource.clone()));
            }
            _ => return failed("not-valid"),
        }
    }
    let (Some(old), Some(new)) = (original.document(), newer.document()) else { return failed("not-valid") };
    if !is_credential(new) {
        return failed("not-valid");
    }
    let changed = |member| {
        Outcome::Warn(Problem::new(Code::RefreshIdChanged).at("/refreshService").with("member", member))
    };
    let id = |document: &Value| document.get("id").and_then(Value::as_str).map(str::to_owned);
    if id(old).is_none() || id(old) != id(new) {
        return changed("id");
    }
    if issuer_id(old).is_none() || issuer_id(old) != issuer_id(new) {
        return changed("issuer");
    }
    if original.summary().kind != newer.summary().kind {
        return changed("type");
    }
    if original.summary().subject != newer.summary().subject {
        return changed("credentialSubject.id");
    }
    // What was revoked stays revoked, whatever a newer version leaves out.
    if matches!(original.outcome(CheckId::Status), Outcome::Fail(_)) {
        return failed("revoked");
    }
    // `None` sorts before every instant: a newer version without a date does not replace one that has it.
    if start(new) < start(old) { failed("older") } else { Outcome::Pass }
}

fn start(document: &Value) -> Option<Timestamp> {
    let text = document.get("validFrom").or_else(|| document.get("issuanceDate"))?.as_str()?;
    DateTimeStamp::parse(text).ok().map(|stamp| stamp.instant())
}
