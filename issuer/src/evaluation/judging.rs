//! Judging what evaluators signed, with everything at hand that it names: our own keys and lists without a socket, registries from
//! files, and what others publish where the settings let it be fetched.

use std::collections::BTreeSet;

use badge_schemas::credential::issuer_id;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::evaluation::thread::{ThreadReport, judge, unverified};
use badge_verifier::net::{Budget, Fetcher, Reach};
use badge_verifier::online::{fetch_missing, is_url};
use badge_verifier::policy::StatusIssuer;
use badge_verifier::snapshot::{Resource, ResourceKind, Retrieval};
use badge_verifier::{Snapshot, TrustPolicy};
use jiff::Timestamp;
use serde_json::Value;

use super::Asker;
use crate::files;
use crate::issuer::Issuer;
use crate::refusal::Refusal;
use crate::status_list::ListForm;

/// Most rounds of looking for what is missing: keys and registries, status lists, and the keys of whoever signed those, of an evaluation
/// and then of what supports it.
const MAX_ROUNDS: usize = 6;

/// Largest registry that is read, in bytes: some ten thousand entries.
const MAX_REGISTRY: usize = 8 * 1024 * 1024;

impl Issuer {
    /// Judges a thread as it is: once, and again only where something of others' was fetched for it.
    pub(super) fn judge_thread(
        &self,
        bytes: &[u8],
        asker: Asker,
        now: Timestamp,
    ) -> Result<ThreadReport, Refusal> {
        let (policy, mut snapshot) = self.at_hand(bytes, now)?;
        let ask = |snapshot: &Snapshot| judge(bytes, &policy, now, snapshot);
        self.complete(&mut snapshot, asker, now, ask, ThreadReport::missing)
    }

    /// The policy under which a thread is judged, and everything of ours that its records name.
    pub(super) fn at_hand(&self, bytes: &[u8], now: Timestamp) -> Result<(TrustPolicy, Snapshot), Refusal> {
        let records = unverified(bytes);
        // An evaluator has no lists: the entries that we keep for them are theirs, and by naming them they say so.
        let evaluators = records.iter().filter_map(issuer_id).map(str::to_owned);
        let policy = self.keeping_lists_for(self.evaluation_policy(), evaluators);
        let mut snapshot = self.evaluation_snapshot(now)?;
        let lists: BTreeSet<&str> = records.iter().flat_map(lists_of).collect();
        for list in lists {
            let resource = Resource { kind: ResourceKind::StatusList, url: list.to_owned() };
            if let Some(bytes) = self.own_list(&resource, now)? {
                snapshot.insert(resource, Retrieval { fetched_at: now, outcome: Ok(bytes) });
            }
        }
        Ok((policy, snapshot))
    }

    /// The policy under which evaluations are judged: the default, and the registries of the settings.
    pub(super) fn evaluation_policy(&self) -> TrustPolicy {
        let registries = self.evaluations.offer.registries.iter();
        TrustPolicy {
            registries: registries.map(|(_, registry)| registry.clone()).collect(),
            ..TrustPolicy::default()
        }
    }

    /// The policy with our lists counting as those of these evaluators.
    fn keeping_lists_for(
        &self,
        policy: TrustPolicy,
        evaluators: impl Iterator<Item = String>,
    ) -> TrustPolicy {
        let kept = |issuer| StatusIssuer { issuer, list_issuer: self.identity.id().to_owned() };
        TrustPolicy { status_issuers: evaluators.map(kept).collect(), ..policy }
    }

    /// Our own keys, and the registries that are files.
    pub(super) fn evaluation_snapshot(&self, now: Timestamp) -> Result<Snapshot, Refusal> {
        let mut snapshot = self.identity.snapshot(now);
        for (path, registry) in &self.evaluations.offer.registries {
            if is_url(&registry.source) {
                continue;
            }
            let outcome = Ok(files::read_up_to(path, MAX_REGISTRY)?);
            let resource = Resource { kind: ResourceKind::Registry, url: registry.source.clone() };
            snapshot.insert(resource, Retrieval { fetched_at: now, outcome });
        }
        Ok(snapshot)
    }

    /// Asks again and again, each time with what was missing the time before, as far as it can be had.
    pub(super) fn complete<R>(
        &self,
        snapshot: &mut Snapshot,
        asker: Asker,
        now: Timestamp,
        ask: impl Fn(&Snapshot) -> R,
        missing: impl Fn(&R) -> Vec<Resource>,
    ) -> Result<R, Refusal> {
        let mut budget = Budget::presentation();
        let mut found = ask(snapshot);
        for _ in 0..MAX_ROUNDS {
            let mut wanted = missing(&found);
            wanted.sort();
            wanted.dedup();
            wanted.retain(|resource| snapshot.get(resource).is_none());
            let mut gained = false;
            let mut elsewhere = Vec::new();
            for resource in wanted {
                if let Some(bytes) = self.own_list(&resource, now)? {
                    snapshot.insert(resource, Retrieval { fetched_at: now, outcome: Ok(bytes) });
                    gained = true;
                } else if is_url(&resource.url) {
                    elsewhere.push(resource);
                }
            }
            if !elsewhere.is_empty() && self.evaluations.offer.fetch.allows(asker) {
                let reach = self.evaluations.reach;
                (*snapshot, budget) = fetched(std::mem::take(snapshot), elsewhere, budget, reach, now)?;
                gained = true;
            }
            if !gained {
                break;
            }
            found = ask(snapshot);
        }
        Ok(found)
    }

    /// A status list of ours: no socket is opened to read it.
    fn own_list(&self, resource: &Resource, now: Timestamp) -> Result<Option<Vec<u8>>, Refusal> {
        let form = match resource.kind {
            ResourceKind::StatusList => ListForm::Credential,
            ResourceKind::StatusListToken => ListForm::Token,
            _ => return Ok(None),
        };
        let Some(url) = self.identity.public_url() else { return Ok(None) };
        let Some(list) = resource.url.strip_prefix(&url.join(&form.path(""))) else { return Ok(None) };
        Ok(self.status_list(list, form, now)?.map(|list| list.text.as_bytes().to_vec()))
    }
}

/// The status lists that a record names, by address.
fn lists_of(record: &Value) -> impl Iterator<Item = &str> {
    let entries = match record.get("credentialStatus") {
        Some(Value::Array(entries)) => entries.as_slice(),
        Some(entry) => std::slice::from_ref(entry),
        None => &[],
    };
    entries.iter().filter_map(|entry| entry.get("statusListCredential")?.as_str())
}

/// Everything that is wrong with a thread, what is wrong with the whole first.
pub(super) fn found_wrong(report: &ThreadReport) -> Vec<Problem> {
    report.problems().cloned().collect()
}

/// Fetches on a thread of its own: the caller may be inside a runtime, where blocking on another is forbidden.
fn fetched(
    mut snapshot: Snapshot,
    wanted: Vec<Resource>,
    mut budget: Budget,
    reach: Reach,
    now: Timestamp,
) -> Result<(Snapshot, Budget), Refusal> {
    let failed = || Problem::new(Code::FetchFailed).with("url", "…").with("reason", "connect");
    let work = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
        let fetcher = Fetcher::new(reach).ok()?;
        runtime.block_on(fetch_missing(wanted, &|| now, &mut snapshot, &fetcher, &mut budget));
        Some((snapshot, budget))
    };
    Ok(std::thread::spawn(work).join().ok().flatten().ok_or_else(failed)?)
}
