//! Which suites there are, and the key each issuer has: one line in the table, one did:key made at start.

use badge_schemas::did::did_key;
use badge_schemas::multikey::{self, Multikey};
use badge_schemas::problem::{Code, Problem};
use badge_verifier::securing::bbs;
use badge_verifier::securing::keys::{Algorithm, PublicKey};
use badge_verifier::securing::{Cryptosuite, Mechanism, SigningRequest};

use super::status::Lists;
use crate::randomness;
use crate::refusal::Refusal;
use crate::signer::{Ed25519Signer, P256Signer, Signer, SigningFailed};
use crate::signer_ec::P384Signer;

/// One way to secure, under the name that stands in the address.
#[derive(Clone, Copy, Debug)]
pub(super) struct Suite {
    pub(super) name: &'static str,
    pub(super) securing: Securing,
    pub(super) key: KeyKind,
    pub(super) status: StatusEntry,
}

/// How a suite signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Securing {
    /// In one piece.
    Whole(Mechanism),
    /// With a base proof, from which the holder derives others: of `ecdsa-sd-2023`, or of `bbs-2023` where the key is one for that.
    Base,
}

/// The kind of key that signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyKind {
    Ed25519,
    P256,
    P384,
    Bls12381,
}

/// Whether credentials get a status entry of the suite's own list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StatusEntry {
    None,
    Bitstring,
}

const fn integrity(name: &'static str, cryptosuite: Cryptosuite, key: KeyKind) -> Suite {
    Suite {
        name,
        securing: Securing::Whole(Mechanism::DataIntegrity(cryptosuite)),
        key,
        status: StatusEntry::None,
    }
}

impl Suite {
    /// The table.
    pub(super) const ALL: [Self; 10] = [
        integrity("eddsa-rdfc-2022", Cryptosuite::EddsaRdfc2022, KeyKind::Ed25519),
        integrity("eddsa-jcs-2022", Cryptosuite::EddsaJcs2022, KeyKind::Ed25519),
        integrity("ecdsa-rdfc-2019-p256", Cryptosuite::EcdsaRdfc2019, KeyKind::P256),
        integrity("ecdsa-rdfc-2019-p384", Cryptosuite::EcdsaRdfc2019, KeyKind::P384),
        integrity("ecdsa-jcs-2019-p256", Cryptosuite::EcdsaJcs2019, KeyKind::P256),
        integrity("ecdsa-jcs-2019-p384", Cryptosuite::EcdsaJcs2019, KeyKind::P384),
        Self {
            name: "vc-jwt-es256",
            securing: Securing::Whole(Mechanism::VcJose(Algorithm::Es256)),
            key: KeyKind::P256,
            status: StatusEntry::None,
        },
        Self {
            name: "ecdsa-sd-2023",
            securing: Securing::Base,
            key: KeyKind::P256,
            status: StatusEntry::None,
        },
        Self {
            name: "bbs-2023",
            securing: Securing::Base,
            key: KeyKind::Bls12381,
            status: StatusEntry::None,
        },
        Self {
            status: StatusEntry::Bitstring,
            ..integrity("bitstring-status-list", Cryptosuite::EddsaRdfc2022, KeyKind::Ed25519)
        },
    ];
}

/// A suite with its issuer: the key, the DID that is the key, and what it has published.
pub(super) struct SuiteKey {
    pub(super) suite: &'static Suite,
    pub(super) signer: SuiteSigner,
    pub(super) did: String,
    pub(super) method: String,
    pub(super) lists: Lists,
}

/// What signs for a suite: one message at a time, or a list of messages at once.
pub(super) enum SuiteSigner {
    Message(Box<dyn Signer>),
    Messages(Box<bbs::SecretKey>, PublicKey),
}

impl SuiteSigner {
    pub(super) fn public_key(&self) -> &PublicKey {
        match self {
            Self::Message(signer) => signer.public_key(),
            Self::Messages(_, public) => public,
        }
    }

    pub(super) fn sign(&self, request: SigningRequest<'_>) -> Result<Vec<u8>, SigningFailed> {
        match self {
            Self::Message(signer) => signer.sign(request),
            Self::Messages(..) => Err(SigningFailed::Refused),
        }
    }
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

fn generate(kind: KeyKind) -> Result<SuiteSigner, Refusal> {
    let signer: Box<dyn Signer> = match kind {
        KeyKind::Ed25519 => {
            let secret = randomness::bytes()?;
            Box::new(Ed25519Signer::new(ed25519_dalek::SigningKey::from_bytes(&secret))?)
        }
        KeyKind::P256 => {
            let secret = drawn(|bytes: [u8; 32]| p256::ecdsa::SigningKey::from_slice(&bytes).ok())?;
            Box::new(P256Signer::new(secret)?)
        }
        KeyKind::P384 => {
            let secret = drawn(|bytes: [u8; 48]| p384::ecdsa::SigningKey::from_slice(&bytes).ok())?;
            Box::new(P384Signer::new(secret)?)
        }
        KeyKind::Bls12381 => {
            let unreadable = |_| SigningFailed::Unreadable;
            let secret = bbs::SecretKey::from_randomness(randomness::bytes()?).map_err(unreadable)?;
            let octets = secret.public_key().bytes().to_vec();
            let public = Multikey::new(multikey::KeyKind::Bls12381G2, octets)
                .ok()
                .and_then(|multikey| PublicKey::from_multikey(&multikey).ok())
                .ok_or(SigningFailed::Unreadable)?;
            return Ok(SuiteSigner::Messages(Box::new(secret), public));
        }
    };
    Ok(SuiteSigner::Message(signer))
}

/// Draws until the bytes are a key: each draw fails once in 2^32.
fn drawn<K, const N: usize>(key: impl Fn([u8; N]) -> Option<K>) -> Result<K, Problem> {
    const DRAWS: usize = 8;
    for _ in 0..DRAWS {
        if let Some(key) = key(randomness::bytes()?) {
            return Ok(key);
        }
    }
    Err(Problem::new(Code::DataUnusable).with("reason", "randomness: no key in it"))
}
