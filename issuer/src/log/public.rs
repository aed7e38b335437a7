//! The log as the running service shows it: the files of an export, made from the record and a tree in memory.

use std::sync::{Arc, Mutex, PoisonError};

use badge_schemas::lang::Lang;
use badge_verifier::tlog::tiles::{Asked, WIDTH, push_entry};
use badge_verifier::tlog::{Receipt, Tree};
use jiff::{SignedDuration, Timestamp};

use super::{extend, prove, sign, signatures, too_long, walk};
use crate::issuer::Issuer;
use crate::refusal::Refusal;
use crate::settings::Settings;

/// How long a checkpoint is shown before a newer one is signed: requests of strangers do not make the keys work.
pub const FRESH: SignedDuration = SignedDuration::from_secs(10);

/// The log of a running service. Memory: 32 bytes for each entry of the record.
pub struct PublicLog {
    issuer: Arc<Issuer>,
    shown: Mutex<Shown>,
}

/// What is shown: the checkpoint, and a tree that it covers or begins.
struct Shown {
    tree: Tree,
    checkpoint: String,
    /// How many entries the checkpoint covers.
    size: u64,
    /// When the keys were last asked for one.
    asked_at: Timestamp,
}

impl PublicLog {
    /// The log of an issuer whose settings want one.
    ///
    /// # Errors
    /// As [`PublicLog::open`].
    pub fn wanted(
        settings: &Settings,
        issuer: &Arc<Issuer>,
        now: Timestamp,
    ) -> Result<Option<Self>, Refusal> {
        settings.public_log.then(|| Self::open(Arc::clone(issuer), now)).transpose()
    }

    /// Reads the whole record.
    ///
    /// # Errors
    /// What the record and the signer say.
    pub fn open(issuer: Arc<Issuer>, now: Timestamp) -> Result<Self, Refusal> {
        let mut shown = Shown { tree: Tree::default(), checkpoint: String::new(), size: 0, asked_at: now };
        shown.renew(&issuer, now)?;
        Ok(Self { issuer, shown: Mutex::new(shown) })
    }

    /// The signed checkpoint, which is [`FRESH`]; where a newer one cannot be signed now, the one before, which holds as well.
    ///
    /// # Errors
    /// What the record says.
    pub fn checkpoint(&self, now: Timestamp) -> Result<String, Refusal> {
        self.with(|shown| {
            // A clock that was set back makes it old too.
            let fresh = (shown.asked_at..shown.asked_at + FRESH).contains(&now);
            if !fresh
                && self.issuer.store.head()?.sequence != shown.size
                && let Err(refusal) = shown.renew(&self.issuer, now)
            {
                let reasons: Vec<String> =
                    refusal.into_problems().iter().map(|problem| problem.sentence(Lang::En)).collect();
                tracing::warn!(reason = reasons.join(" "), "the log shows an old checkpoint");
            }
            Ok(shown.checkpoint.clone())
        })
    }

    /// A tile or a bundle of the record as it is; `None` for what lies beyond. What another process has signed a checkpoint for is in it.
    ///
    /// # Errors
    /// What the record says.
    pub fn file(&self, asked: Asked) -> Result<Option<Vec<u8>>, Refusal> {
        self.with(|shown| {
            if !shown.reaches(asked) && self.issuer.store.head()?.sequence > shown.tree.size() {
                extend(&mut shown.tree, self.issuer.store.as_ref())?;
            }
            Ok(())
        })?;
        match asked {
            Asked::Tile { level, number, width } => self.with(|shown| {
                let hashes = shown.tree.level(level);
                Ok(range(number, width).and_then(|range| hashes.get(range)).map(<[_]>::concat))
            }),
            Asked::Bundle { number, width } => {
                let size = self.with(|shown| Ok(shown.tree.level(0).len()))?;
                let Some(range) = range(number, width).filter(|range| range.end <= size) else {
                    return Ok(None);
                };
                let mut bundle = Vec::new();
                let mut refused = None;
                let (from, until) = (range.start as u64 + 1, range.end as u64);
                walk(self.issuer.store.as_ref(), from, until, &mut |_, leaf| {
                    if !push_entry(&mut bundle, leaf.as_bytes()) {
                        refused = Some(too_long(&leaf));
                    }
                    Ok(())
                })?;
                refused.map_or(Ok(Some(bundle)), |problem| Err(problem.into()))
            }
        }
    }

    /// The [receipt](super::receipt) of an award under the checkpoint that is shown, or under a newer one where that does not cover it.
    ///
    /// # Errors
    /// As [`super::receipt`].
    pub fn receipt(&self, award: &str, now: Timestamp) -> Result<Receipt, Refusal> {
        let signatures = signatures(&self.issuer, award)?;
        self.with(|shown| {
            let last = signatures.last().map_or(0, |(entry, _)| entry.head.sequence);
            if last > shown.size {
                shown.renew(&self.issuer, now)?;
            }
            prove(&self.issuer, &shown.tree, shown.checkpoint.clone(), signatures)
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut Shown) -> Result<T, Refusal>) -> Result<T, Refusal> {
        // A panic while the tree was extended leaves whole entries in it, and the checkpoint before.
        work(&mut self.shown.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Shown {
    fn renew(&mut self, issuer: &Issuer, now: Timestamp) -> Result<(), Refusal> {
        self.asked_at = now;
        extend(&mut self.tree, issuer.store.as_ref())?;
        self.checkpoint = sign(issuer, &self.tree)?;
        self.size = self.tree.size();
        Ok(())
    }

    fn reaches(&self, asked: Asked) -> bool {
        let (level, number, width) = match asked {
            Asked::Tile { level, number, width } => (level, number, width),
            Asked::Bundle { number, width } => (0, number, width),
        };
        range(number, width).is_some_and(|range| range.end <= self.tree.level(level).len())
    }
}

/// The entries or hashes of a file; `None` beyond what can be counted.
fn range(number: usize, width: usize) -> Option<std::ops::Range<usize>> {
    let start = number.checked_mul(WIDTH)?;
    Some(start..start.checked_add(width)?)
}
