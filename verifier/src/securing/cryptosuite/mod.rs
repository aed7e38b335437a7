//! The Data Integrity cryptosuites, one file each: what distinguishes a suite stands there, what all share in `data_integrity`.
//!
//! Adding one: its file, its line in [`Cryptosuite`], its vectors.

pub mod bbs_2023;
mod ecdsa_jcs_2019;
mod ecdsa_rdfc_2019;
pub mod ecdsa_sd_2023;
mod ed25519_signature_2020;
mod eddsa_2022;
mod eddsa_jcs_2022;
mod eddsa_rdfc_2022;

use badge_schemas::problem::{Code, Problem};
use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha384};

use super::jcs;
use super::keys::{Algorithm, PublicKey};
use super::rdfc::{HashFunction, Rdf};
use crate::work::{self, Exhausted, Work};

/// A way to secure a document with an embedded proof ([Data Integrity §3.1](https://www.w3.org/TR/vc-data-integrity/#cryptographic-suites)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cryptosuite {
    /// [eddsa-rdfc-2022](https://www.w3.org/TR/vc-di-eddsa/#eddsa-rdfc-2022).
    EddsaRdfc2022,
    /// [eddsa-jcs-2022](https://www.w3.org/TR/vc-di-eddsa/#eddsa-jcs-2022).
    EddsaJcs2022,
    /// [ecdsa-rdfc-2019](https://www.w3.org/TR/vc-di-ecdsa/#ecdsa-rdfc-2019).
    EcdsaRdfc2019,
    /// [ecdsa-jcs-2019](https://www.w3.org/TR/vc-di-ecdsa/#ecdsa-jcs-2019).
    EcdsaJcs2019,
    /// [ecdsa-sd-2023](https://www.w3.org/TR/vc-di-ecdsa/#ecdsa-sd-2023): selective disclosure.
    EcdsaSd2023,
    /// [bbs-2023](https://www.w3.org/TR/vc-di-bbs/#bbs-2023): selective disclosure, with proofs that cannot be linked.
    Bbs2023,
    /// `eddsa-2022`, what drafts called eddsa-rdfc-2022; read only.
    Eddsa2022,
    /// [Ed25519Signature2020](https://www.w3.org/TR/vc-di-eddsa/#the-ed25519signature2020-suite), the suite before; read only.
    Ed25519Signature2020,
}

/// How a suite that hashes and signs in one piece does it.
#[derive(Clone, Copy, Debug)]
struct Suite {
    /// `type` of the proof.
    proof_type: &'static str,
    /// `cryptosuite` of the proof, where it has one.
    cryptosuite: Option<&'static str>,
    /// What makes the same content the same bytes.
    canonicalization: Canonicalization,
    /// The algorithms of the keys it takes.
    algorithms: &'static [Algorithm],
    /// Whether we sign with it, or only read it.
    use_for: UseFor,
}

/// Whether new proofs are made with a suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum UseFor {
    /// Both ways.
    SigningAndVerifying,
    /// Superseded: old badges are still read.
    Verifying,
}

/// What makes the same content the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Canonicalization {
    /// [RDF Dataset Canonicalization](https://www.w3.org/TR/rdf-canon/): the same statements.
    Rdfc,
    /// [JSON Canonicalization Scheme](https://www.rfc-editor.org/rfc/rfc8785): the same JSON.
    Jcs,
}

impl Cryptosuite {
    /// Every suite we read.
    pub const ALL: [Self; 8] = [
        Self::EddsaRdfc2022,
        Self::EddsaJcs2022,
        Self::EcdsaRdfc2019,
        Self::EcdsaJcs2019,
        Self::EcdsaSd2023,
        Self::Bbs2023,
        Self::Eddsa2022,
        Self::Ed25519Signature2020,
    ];

    fn suite(self) -> Suite {
        match self {
            Self::EddsaRdfc2022 => eddsa_rdfc_2022::SUITE,
            Self::EddsaJcs2022 => eddsa_jcs_2022::SUITE,
            Self::EcdsaRdfc2019 => ecdsa_rdfc_2019::SUITE,
            Self::EcdsaJcs2019 => ecdsa_jcs_2019::SUITE,
            Self::EcdsaSd2023 => ecdsa_sd_2023::SUITE,
            Self::Bbs2023 => bbs_2023::SUITE,
            Self::Eddsa2022 => eddsa_2022::SUITE,
            Self::Ed25519Signature2020 => ed25519_signature_2020::SUITE,
        }
    }

    /// The suite that a proof names by `type` and `cryptosuite`; `None` for one that we do not read.
    pub fn named(proof_type: &str, cryptosuite: Option<&str>) -> Option<Self> {
        Self::ALL.into_iter().find(|one| {
            let suite = one.suite();
            suite.proof_type == proof_type && suite.cryptosuite == cryptosuite
        })
    }

    /// Its name: the value of `cryptosuite`, or of `type` for suites from before that member.
    pub fn as_str(self) -> &'static str {
        let suite = self.suite();
        suite.cryptosuite.unwrap_or(suite.proof_type)
    }

    /// Whether new proofs may be made with it; the others are read only.
    pub fn signs(self) -> bool {
        self.suite().use_for == UseFor::SigningAndVerifying
    }

    /// Whether it signs statements one by one, so that its holder may show some of them: its proofs are prepared by
    /// [`prepare_base`](super::prepare_base) or [`prepare_bbs_base`](super::prepare_bbs_base).
    pub fn is_selective(self) -> bool {
        matches!(self, Self::EcdsaSd2023 | Self::Bbs2023)
    }

    /// Whether this kind of key belongs to it.
    pub fn accepts(self, key: &PublicKey) -> bool {
        self.suite().algorithms.contains(&key.algorithm())
    }

    /// What makes the same content the same bytes.
    pub fn canonicalization(self) -> Canonicalization {
        self.suite().canonicalization
    }

    /// The `type` of its proofs.
    pub(super) fn proof_type(self) -> &'static str {
        self.suite().proof_type
    }

    /// The `cryptosuite` of its proofs.
    pub(super) fn cryptosuite(self) -> Option<&'static str> {
        self.suite().cryptosuite
    }

    /// The hash function that goes with a key: as strong as its curve.
    pub(super) fn hash_function(key: &PublicKey) -> HashFunction {
        match key.algorithm() {
            Algorithm::Es384 => HashFunction::Sha384,
            _ => HashFunction::Sha256,
        }
    }
}

impl Canonicalization {
    /// The hash of the canonical form of a document or a proof configuration.
    ///
    /// # Errors
    /// What keeps it from being canonicalised: undefined terms, relative IRIs, too complex.
    pub(super) fn hash(self, value: &Value, function: HashFunction, work: &Work) -> Result<Vec<u8>, Problem> {
        match self {
            Self::Rdfc => hash_rdf(&Rdf::new(value, work), function),
            Self::Jcs => {
                work.spend(work::of_value(value)).map_err(Exhausted::to_problem)?;
                Ok(digest(function, &jcs::canonicalize(value)?))
            }
        }
    }
}

/// The hash of the canonical N-Quads of a document.
pub(super) fn hash_rdf(rdf: &Rdf<'_>, function: HashFunction) -> Result<Vec<u8>, Problem> {
    let form = rdf.canonical(function).map_err(|error| error.to_problem())?;
    Ok(digest(function, form.n_quads().as_bytes()))
}

fn digest(function: HashFunction, canonical: &[u8]) -> Vec<u8> {
    match function {
        HashFunction::Sha256 => Sha256::digest(canonical).to_vec(),
        HashFunction::Sha384 => Sha384::digest(canonical).to_vec(),
    }
}

/// The problem for a key of another kind than the suite's.
pub(super) fn wrong_key(suite: Cryptosuite, key: &PublicKey) -> Problem {
    Problem::new(Code::KeyCryptosuiteMismatch).with("suite", suite.as_str()).with("alg", key.algorithm())
}
