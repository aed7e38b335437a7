//! Verification as the wallet does it: online through the guard, or with what was kept.

use badge_schemas::problem::{Code, Problem};
use badge_verifier::evaluation::thread::{self, ThreadReport};
use badge_verifier::net::{Budget, Fetcher, Kind, Reach};
use badge_verifier::online::{Refresh, fetch_problem, judge_online, verify_offline, verify_online};
use badge_verifier::report::{CheckId, NotRun, Outcome};
use badge_verifier::securing::Audience;
use badge_verifier::{Expectations, Report, Snapshot, TrustPolicy, words};
use jiff::Timestamp;

/// The checks that must have passed before a badge is known to come from the issuer it names.
const PROVEN: [CheckId; 3] = [CheckId::Signature, CheckId::ProofPurpose, CheckId::Controller];

/// Whether and how far the network may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Network {
    /// No socket is opened.
    Offline,
    /// Within this reach.
    Online(Reach),
}

impl Network {
    /// From the options of the command line.
    pub(crate) fn of(offline: bool, danger_allow_loopback: bool) -> Self {
        match (offline, danger_allow_loopback) {
            (true, _) => Self::Offline,
            (false, true) => Self::Online(Reach::DangerLoopback),
            (false, false) => Self::Online(Reach::PublicHttps),
        }
    }
}

/// Verifies a badge on its own; what was fetched is added to the snapshot.
///
/// # Errors
/// [`Code::FetchFailed`] where the network library cannot even start.
pub(crate) fn verify(
    input: &[u8],
    network: Network,
    clock: fn() -> Timestamp,
    snapshot: &mut Snapshot,
) -> Result<Report, Problem> {
    // The wallet is the holder's: a base proof is in its place here, and verified as such.
    let expect = Expectations { audience: Audience::Holder, ..Expectations::default() };
    let policy = TrustPolicy::default();
    match network {
        Network::Offline => Ok(verify_offline(input, &expect, &policy, clock(), snapshot, Refresh::No)),
        Network::Online(reach) => {
            let (runtime, fetcher) = start(reach)?;
            Ok(runtime.block_on(verify_online(
                input,
                &expect,
                &policy,
                clock,
                snapshot,
                &fetcher,
                Refresh::No,
            )))
        }
    }
}

/// Judges a thread of an evaluation; what was fetched is added to the snapshot.
///
/// # Errors
/// [`Code::FetchFailed`] where the network library cannot even start.
pub(crate) fn judge(
    input: &[u8],
    policy: &TrustPolicy,
    network: Network,
    clock: fn() -> Timestamp,
    snapshot: &mut Snapshot,
) -> Result<ThreadReport, Problem> {
    match network {
        Network::Offline => Ok(thread::judge(input, policy, clock(), snapshot)),
        Network::Online(reach) => {
            let (runtime, fetcher) = start(reach)?;
            Ok(runtime.block_on(judge_online(input, policy, clock, snapshot, &fetcher)))
        }
    }
}

/// Whether anything may be sent to a service that the user named, as far as its address tells.
///
/// # Errors
/// [`Code::FetchRefused`].
pub(crate) fn may_post(url: &str, reach: Reach) -> Result<(), Problem> {
    Fetcher::permits(url, reach).map_err(|error| fetch_problem(url, &error))
}

/// Sends JSON to a service that the user named, and gives its status and answer.
///
/// # Errors
/// [`Code::FetchRefused`], [`Code::FetchFailed`].
pub(crate) fn post(url: &str, body: &[u8], reach: Reach) -> Result<(u16, Vec<u8>), Problem> {
    let (runtime, fetcher) = start(reach)?;
    let mut budget = Budget::credential();
    let answer = runtime.block_on(fetcher.post(url, body.to_vec(), &mut budget));
    answer.map(|answered| (answered.status, answered.bytes)).map_err(|error| fetch_problem(url, &error))
}

/// Fetches a badge that the user named by its URL.
///
/// # Errors
/// [`Code::FetchRefused`], [`Code::FetchFailed`].
pub(crate) fn fetch(url: &str, reach: Reach) -> Result<Vec<u8>, Problem> {
    let (runtime, fetcher) = start(reach)?;
    let mut budget = Budget::credential();
    let answer = runtime.block_on(fetcher.fetch(url, Kind::Credential, &mut budget));
    answer.map(|fetched| fetched.bytes).map_err(|error| fetch_problem(url, &error))
}

/// Whether the report establishes that the badge comes from the issuer it names.
pub(crate) fn is_proven(report: &Report) -> bool {
    PROVEN.into_iter().all(|id| report.outcome(id).passed())
}

/// What speaks against a badge, or keeps its verdict open: the findings behind a verdict that is not valid.
pub(crate) fn findings(report: &Report, lang: badge_schemas::lang::Lang) -> Vec<Problem> {
    let own = report.checks().iter().filter_map(|check| match &check.outcome {
        Outcome::Fail(problem) | Outcome::NotRun(NotRun::Undetermined(problem)) => Some(problem.clone()),
        Outcome::NotRun(NotRun::Missing(resource)) => Some(words::missing(resource, lang)),
        Outcome::Pass | Outcome::Warn(_) | Outcome::NotRun(NotRun::Absent | NotRun::Blocked(_)) => None,
    });
    own.collect()
}

fn start(reach: Reach) -> Result<(tokio::runtime::Runtime, Fetcher), Problem> {
    let failed = |error: &dyn std::fmt::Display| {
        Problem::new(Code::FetchFailed).with("url", "–").with("reason", error)
    };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| failed(&error))?;
    let fetcher = Fetcher::new(reach).map_err(|error| failed(&error))?;
    Ok((runtime, fetcher))
}
