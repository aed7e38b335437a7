//! The issuer's side of evaluations by peers: status entries for evaluations to come, withdrawals, and badges from a panel's result.
//!
//! What a thread has come to and what a panel weighs is computed by the verifier; here is what needs the record or a key.

mod award;
mod entries;
pub mod fold;
mod judging;
mod kept;
mod panel;
mod people;
mod quorum;
mod rings;
mod withdrawals;

pub(crate) use self::rings::{PATIENCE, record_vouching};

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use badge_verifier::net::Reach;
use badge_verifier::policy::RegistrySource;
use jiff::Timestamp;
use serde::Deserialize;

pub use self::award::PanelResult;
pub use self::entries::Reserved;
pub use self::panel::{Panel, Review};
pub use self::quorum::{Standing, Voice, Vouched};
pub use self::withdrawals::Withdrawals;
use crate::store::Digest;

/// Status entries for evaluations that are reserved in one day when the settings say nothing: 2,000. Keys cost nothing, so what bounds how
/// fast lists fill is a number for all together; at this rate a list lasts a month, and a university does not need as many.
pub const ENTRIES_PER_DAY: NonZeroU32 = NonZeroU32::MIN.saturating_add(1_999);

/// Status entries in one day for one candidate, and for one evaluator, in this process: 128, four mandates of the most skills. So that no
/// single one takes what is there for all; nothing about them is recorded for it.
pub const ENTRIES_PER_PERSON: u32 = 128;

/// The part of a day's entries for candidates who hold no badge of this issuer: half of them, rounded up. Their keys may be anybody's, made a
/// minute ago; the rest is kept for those whom somebody with a token has awarded a badge.
fn for_strangers(per_day: NonZeroU32) -> u32 {
    per_day.get().div_ceil(2)
}

/// The part of a day's entries for such candidates that one network address gets, in this process: a quarter, rounded up. So that what one
/// machine with many keys takes leaves something for the others; a whole school may be behind one address.
fn for_one_network(per_day: NonZeroU32) -> u32 {
    per_day.get().div_ceil(4)
}

/// Most bytes of endorsements in one badge: half of what a verifier reads, so that the rest of the badge has room.
pub const MOST_FOLDED: usize = 512 * 1024;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// What an issuer does for evaluations by peers, as its operator decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// How many status entries are reserved in one day; `None` offers none.
    pub entries_per_day: Option<NonZeroU32>,
    /// When what evaluators and their badges name is fetched.
    pub fetch: Fetch,
    /// The registries that a panel may name, and where each is as a file.
    pub registries: Vec<(PathBuf, RegistrySource)>,
}

/// When documents are fetched that evaluators and their badges name: their keys and status lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fetch {
    /// Never: evaluators under `did:key` and `did:jwk` can be verified, others cannot.
    Never,
    /// For an award, which a token holder asks for, and the keys of an evaluator who takes back what has an entry here.
    #[default]
    ForAwards,
    /// For threads that anybody sends, too.
    Always,
}

/// For whom something is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asker {
    /// The holder of a token.
    Token,
    /// An evaluator for whom an entry is kept.
    Seated,
    /// Anybody.
    Anybody,
}

impl Fetch {
    /// As it stands in the settings.
    fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::ForAwards => "for-awards",
            Self::Always => "always",
        }
    }

    /// Who is left out where entries are offered, in English and French, for the operator to know.
    pub fn leaves_out(self) -> Option<[&'static str; 2]> {
        match self {
            Self::Never => Some([
                "under did:web nobody gets status entries for evaluations, and nobody can withdraw (always fetches their keys for both, for-awards for withdrawals)",
                "sous did:web, personne n’obtient d’entrées de statut pour des évaluations ni ne peut en retirer (always télécharge leurs clés pour les deux, for-awards pour les retraits)",
            ]),
            Self::ForAwards => Some([
                "candidates and evaluators under did:web get no status entries for evaluations (always fetches their keys); what has an entry can be withdrawn",
                "les candidats et évaluateurs sous did:web n’obtiennent pas d’entrées de statut pour des évaluations (always télécharge leurs clés)\u{a0}; ce qui a une entrée peut être retiré",
            ]),
            Self::Always => None,
        }
    }

    fn allows(self, asker: Asker) -> bool {
        match self {
            Self::Never => false,
            Self::ForAwards => matches!(asker, Asker::Token | Asker::Seated),
            Self::Always => true,
        }
    }
}

/// The offer at work.
#[derive(Debug)]
pub(crate) struct Evaluations {
    pub(crate) offer: Offer,
    /// How far is fetched.
    reach: Reach,
    shares: Mutex<Shares>,
    /// Held from looking for rings until what was signed is recorded.
    turns: Mutex<()>,
    /// How many awards fell short of their panel since the start.
    short: AtomicU64,
}

/// How many entries each person and each network have taken today, by a hash; forgotten the next day.
#[derive(Debug, Default)]
struct Shares {
    day: i64,
    taken: HashMap<Digest, u32>,
}

/// Somebody for whom an entry counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sharer {
    who: Digest,
    /// Most entries in a day.
    most: u32,
}

impl Default for Evaluations {
    fn default() -> Self {
        Self::new(Offer::default())
    }
}

impl Evaluations {
    pub(crate) fn new(offer: Offer) -> Self {
        Self {
            offer,
            reach: Reach::PublicHttps,
            shares: Mutex::default(),
            turns: Mutex::default(),
            short: AtomicU64::default(),
        }
    }

    /// How many awards fell short of their panel since the process started.
    pub(crate) fn short(&self) -> u64 {
        self.short.load(Ordering::Relaxed)
    }

    /// Takes one entry for each of these, or says which of them has had all of its own; then nothing is taken.
    fn take(&self, sharers: &[Sharer], now: Timestamp) -> Result<(), Sharer> {
        let mut known = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        let day = now.as_second().div_euclid(DAY);
        if known.day != day {
            *known = Shares { day, taken: HashMap::new() };
        }
        let full = |sharer: &&Sharer| known.taken.get(&sharer.who).is_some_and(|taken| *taken >= sharer.most);
        if let Some(full) = sharers.iter().find(full) {
            return Err(*full);
        }
        for sharer in sharers {
            *known.taken.entry(sharer.who).or_default() += 1;
        }
        Ok(())
    }

    /// Gives back what was taken for an entry that was there before, or that could not be had.
    fn give_back(&self, sharers: &[Sharer]) {
        let mut known = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        for sharer in sharers {
            if let Some(taken) = known.taken.get_mut(&sharer.who) {
                *taken = taken.saturating_sub(1);
                if *taken == 0 {
                    known.taken.remove(&sharer.who);
                }
            }
        }
    }
}

/// Seconds until the next day begins in UTC.
fn until_tomorrow(now: Timestamp) -> i64 {
    DAY - now.as_second().rem_euclid(DAY)
}

#[cfg(test)]
mod tests;
