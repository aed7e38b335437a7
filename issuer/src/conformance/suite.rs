//! Which suites there are, and the key each issuer has: one line in the table, one did:key made at start.

use badge_schemas::did::did_key;
use badge_verifier::securing::{Cryptosuite, Mechanism};

use super::status::Lists;
use crate::randomness;
use crate::refusal::Refusal;
use crate::signer::{Ed25519Signer, Signer, SigningFailed};

/// One way to secure, under the name that stands in the address.
#[derive(Clone, Copy, Debug)]
pub(super) struct Suite {
    pub(super) name: &'static str,
    pub(super) mechanism: Mechanism,
    pub(super) key: KeyKind,
    pub(super) status: StatusEntry,
}

/// The kind of key that signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyKind {
    Ed25519,
}

/// Whether credentials get a status entry of the suite's own list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StatusEntry {
    None,
    Bitstring,
}

const fn suite(name: &'static str, mechanism: Mechanism, key: KeyKind) -> Suite {
    Suite { name, mechanism, key, status: StatusEntry::None }
}

impl Suite {
    /// The table.
    pub(super) const ALL: [Self; 2] = [
        suite("eddsa-rdfc-2022", Mechanism::DataIntegrity(Cryptosuite::EddsaRdfc2022), KeyKind::Ed25519),
        Self {
            status: StatusEntry::Bitstring,
            ..suite(
                "bitstring-status-list",
                Mechanism::DataIntegrity(Cryptosuite::EddsaRdfc2022),
                KeyKind::Ed25519,
            )
        },
    ];
}

/// A suite with its issuer: the key, the DID that is the key, and what it has published.
pub(super) struct SuiteKey {
    pub(super) suite: &'static Suite,
    pub(super) signer: Box<dyn Signer>,
    pub(super) did: String,
    pub(super) method: String,
    pub(super) lists: Lists,
}

impl SuiteKey {
    /// Makes the key.
    ///
    /// # Errors
    /// [`Refusal`] where the operating system gives no randomness.
    pub(super) fn generate(suite: &'static Suite) -> Result<Self, Refusal> {
        let signer = generate(suite.key)?;
        let multikey = signer.public_key().to_multikey().ok_or(SigningFailed::Unreadable)?;
        let did = did_key(&multikey);
        let method = format!("{did}#{multikey}");
        Ok(Self { suite, signer, did, method, lists: Lists::default() })
    }
}

fn generate(kind: KeyKind) -> Result<Box<dyn Signer>, Refusal> {
    Ok(match kind {
        KeyKind::Ed25519 => {
            let secret = randomness::bytes()?;
            Box::new(Ed25519Signer::new(ed25519_dalek::SigningKey::from_bytes(&secret))?)
        }
    })
}
