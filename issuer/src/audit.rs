//! The audit log: the chain of the record, as it is told. It names who did what, and holds nothing personal.
//!
//! Each line carries the entry twice: `entry`, to be read, and `body`, the very bytes that its hash covers, so that whoever keeps the
//! lines can compute the chain again: `hash` is SHA-256 over a label, the number, the hash before and the body
//! (see [`crate::store`]).

use serde_json::{Value, json};

use crate::refusal::Refusal;
use crate::store::{ChainEntry, Store};

/// Most entries read for one page; a page that is asked for one actor's may hold fewer, or none, and still have a next one.
pub const MAX_PAGE: usize = 1000;

/// A page of the log.
pub struct Page {
    /// The lines.
    pub entries: Vec<Value>,
    /// The number after which the next page begins; `None` at the end of the chain.
    pub next: Option<u64>,
}

/// Reads up to `limit` entries after number `after`, and shows those of an actor, or all.
///
/// # Errors
/// What the record says.
pub fn page(store: &dyn Store, after: u64, limit: usize, actor: Option<&str>) -> Result<Page, Refusal> {
    let end = store.head()?.sequence;
    let until = after.saturating_add(u64::try_from(limit.clamp(1, MAX_PAGE)).unwrap_or(1)).min(end);
    let mut entries = Vec::new();
    let mut unreadable = None;
    if after < until {
        store.entries(after + 1, until, &mut |entry| {
            match line(&entry) {
                Ok(line) => entries.extend(shown(line, actor)),
                Err(error) => unreadable = Some((entry.head.sequence, error)),
            }
            Ok(())
        })?;
    }
    if let Some((sequence, error)) = unreadable {
        return Err(Refusal::Failure(format!("entry {sequence} of the chain: {error}")));
    }
    Ok(Page { entries, next: (until < end).then_some(until) })
}

fn shown(line: Value, actor: Option<&str>) -> Option<Value> {
    actor.is_none_or(|actor| line["entry"]["actor"] == actor).then_some(line)
}

fn line(entry: &ChainEntry) -> Result<Value, serde_json::Error> {
    let read: Value = serde_json::from_str(&entry.body)?;
    Ok(json!({
        "sequence": entry.head.sequence,
        "hash": entry.head.hash.to_string(),
        "entry": read,
        "body": entry.body,
    }))
}
