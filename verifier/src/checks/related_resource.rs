//! Do the resources it names have the bytes whose digests it states? ([VC Data Model 2.0 §5.3](https://www.w3.org/TR/vc-data-model-2.0/#integrity-of-related-resources))

use std::borrow::Cow;
use std::collections::BTreeSet;

use badge_schemas::contexts;
use badge_schemas::document::push_pointer;
use badge_schemas::presentation::open_data_url;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::uri::is_uri;
use serde_json::Value;

use crate::integrity::Digests;
use crate::policy::RelatedResources;
use crate::report::{CheckId, NotRun, Outcome};
use crate::snapshot::{Resource, ResourceKind, Snapshot};

/// Most resources of which a document may state digests: 64; a badge with its image and a page for each piece of evidence has ten.
pub const MAX_RELATED_RESOURCES: usize = 64;

/// Members that hold credentials of their own, with a report of their own.
const EMBEDDED: [&str; 3] = ["endorsement", "endorsementJwt", "verifiableCredential"];

/// A resource and the digests that the document states of it.
struct Stated<'v> {
    pointer: String,
    id: &'v str,
    digests: Digests,
}

/// What is wrong with the digests of a document, as far as that can be told without fetching anything: what an issuer asks before signing.
///
/// The contexts that come with the program and `data:` URLs are compared; nothing else is.
pub fn findings(document: &Value) -> Vec<Problem> {
    let nothing = Snapshot::default();
    match stated(document) {
        Err(problem) => vec![problem],
        Ok(resources) => resources
            .iter()
            .filter(|resource| {
                at_hand(resource.id, &nothing).is_some_and(|bytes| !resource.digests.are_of(&bytes))
            })
            .map(mismatch)
            .collect(),
    }
}

/// Compares every stated digest with the bytes that are at hand.
///
/// A pass means that all of them were compared and fit. A resource that nobody has looked at is a warning, unless policy wants it
/// fetched: then it is missing. Nothing that an unauthentic document names is fetched.
pub(crate) fn check(
    document: &Value,
    authentic: bool,
    policy: RelatedResources,
    snapshot: &Snapshot,
) -> Outcome {
    let resources = match stated(document) {
        Err(problem) => return Outcome::Fail(problem),
        Ok(resources) => resources,
    };
    resources.iter().fold(Outcome::ABSENT, |worst, resource| {
        worst.worse(match at_hand(resource.id, snapshot) {
            Some(bytes) if resource.digests.are_of(&bytes) => Outcome::Pass,
            Some(_) => Outcome::Fail(mismatch(resource)),
            None => not_at_hand(resource, authentic, policy, snapshot),
        })
    })
}

/// What the check would read from the snapshot, for the report's list of data used.
pub(crate) fn resources(document: &Value) -> Vec<Resource> {
    stated(document).unwrap_or_default().iter().map(resource).collect()
}

fn not_at_hand(
    stated: &Stated<'_>,
    authentic: bool,
    policy: RelatedResources,
    snapshot: &Snapshot,
) -> Outcome {
    let problem = |code| Problem::new(code).at(&stated.pointer).with("resource", stated.id);
    if policy == RelatedResources::NotFetched || !stated.id.starts_with("https://") {
        return Outcome::Warn(problem(Code::RelatedResourceNotLookedAt));
    }
    if !authentic {
        return Outcome::NotRun(NotRun::Blocked(CheckId::Signature));
    }
    let resource = resource(stated);
    match snapshot.get(&resource).map(|retrieval| &retrieval.outcome) {
        Some(Err(reason)) => Outcome::NotRun(NotRun::Undetermined(
            problem(Code::RelatedResourceUnavailable).with("reason", reason),
        )),
        _ => Outcome::NotRun(NotRun::Missing(resource)),
    }
}

fn resource(stated: &Stated<'_>) -> Resource {
    Resource { kind: ResourceKind::RelatedResource, url: stated.id.to_owned() }
}

fn mismatch(stated: &Stated<'_>) -> Problem {
    Problem::new(Code::RelatedResourceMismatch).at(&stated.pointer).with("resource", stated.id)
}

/// The bytes of a resource that need no fetching: a context that comes with the program (its published bytes are what is used),
/// a `data:` URL, or whatever was fetched from there before, for any purpose.
fn at_hand<'s>(id: &str, snapshot: &'s Snapshot) -> Option<Cow<'s, [u8]>> {
    if let Some(context) = contexts::lookup(id) {
        return Some(Cow::Borrowed(context.as_bytes()));
    }
    if id.starts_with("data:") {
        return open_data_url(id).ok().map(|data| Cow::Owned(data.payload));
    }
    snapshot.entries().filter(|(resource, _)| resource.url == id).find_map(|(_, retrieval)| {
        retrieval.outcome.as_ref().ok().map(|bytes| Cow::Borrowed(bytes.as_slice()))
    })
}

/// Every digest a document states: those of `relatedResource`, and those beside the `id` of any other object in it.
fn stated(document: &Value) -> Result<Vec<Stated<'_>>, Problem> {
    let mut found = Vec::new();
    listed(document, &mut found)?;
    if let Value::Object(members) = document {
        for (name, member) in members {
            if name != "relatedResource" && !EMBEDDED.contains(&name.as_str()) {
                annotated(member, &push_pointer("", name), &mut found)?;
            }
        }
    }
    if found.len() > MAX_RELATED_RESOURCES {
        return Err(Problem::new(Code::TooManyRelatedResources).with("limit", MAX_RELATED_RESOURCES));
    }
    Ok(found)
}

fn listed<'v>(document: &'v Value, found: &mut Vec<Stated<'v>>) -> Result<(), Problem> {
    let items: Vec<(String, &Value)> = match document.get("relatedResource") {
        None => return Ok(()),
        Some(Value::Array(items)) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (format!("/relatedResource/{index}"), item))
            .collect(),
        Some(one) => vec![("/relatedResource".to_owned(), one)],
    };
    let malformed = |pointer: &str, reason: &str| {
        Problem::new(Code::MalformedValue)
            .at(pointer)
            .with("member", "relatedResource")
            .with("reason", reason)
    };
    if items.is_empty() {
        return Err(malformed("/relatedResource", "one or more objects are needed"));
    }
    let mut seen = BTreeSet::new();
    for (pointer, item) in items {
        if !item.is_object() {
            return Err(malformed(&pointer, "an object is needed"));
        }
        let id = match item.get("id").and_then(Value::as_str) {
            Some(id) if is_uri(id) => id,
            _ => return Err(malformed(&format!("{pointer}/id"), "a URL is needed as id")),
        };
        if !seen.insert(id) {
            return Err(Problem::new(Code::RelatedResourceDuplicate).at(pointer).with("resource", id));
        }
        if item.get("mediaType").is_some_and(|kind| !kind.as_str().is_some_and(|kind| kind.contains('/'))) {
            return Err(malformed(&format!("{pointer}/mediaType"), "a media type is needed"));
        }
        match Digests::of(item).map_err(|problem| problem.under(&pointer))? {
            Some(digests) => found.push(Stated { pointer, id, digests }),
            None => {
                return Err(Problem::new(Code::RelatedResourceDigestMissing)
                    .at(pointer)
                    .with("resource", id));
            }
        }
    }
    Ok(())
}

fn annotated<'v>(value: &'v Value, pointer: &str, found: &mut Vec<Stated<'v>>) -> Result<(), Problem> {
    match value {
        Value::Object(members) => {
            if let Some(id) = members.get("id").and_then(Value::as_str)
                && let Some(digests) = Digests::of(value).map_err(|problem| problem.under(pointer))?
            {
                found.push(Stated { pointer: pointer.to_owned(), id, digests });
            }
            members
                .iter()
                .filter(|(name, _)| !EMBEDDED.contains(&name.as_str()))
                .try_for_each(|(name, member)| annotated(member, &push_pointer(pointer, name), found))
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| annotated(item, &format!("{pointer}/{index}"), found)),
        _ => Ok(()),
    }
}
