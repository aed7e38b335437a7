//! BBS over BLS12-381 with SHA-256 ([draft-irtf-cfrg-bbs-signatures](https://datatracker.ietf.org/doc/draft-irtf-cfrg-bbs-signatures/)): one signature over a list of messages, and
//! proofs of it that show some of them. Two proofs of one signature cannot be told from proofs of two.
//!
//! The arithmetic is that of `zkryptium`, which gives the draft's figures but trusts its input: it accepts proofs whose points are the identity,
//! which anybody can make under any key, panics on short ones, and takes disclosed indexes in any order. Therefore every octet is parsed
//! here first, as the draft says; only what is well formed reaches it, and nothing else in this crate names it.
//!
//! It draws the randomness of [`derive()`] itself, from the operating system: it has no way to be given any.

use bls12_381_plus::{G1Affine, G2Affine, Scalar};
use zkryptium::bbsplus::keys::{BBSplusPublicKey, BBSplusSecretKey};
use zkryptium::keys::pair::KeyPair;
use zkryptium::schemes::algorithms::BbsBls12381Sha256;
use zkryptium::schemes::generics::{PoKSignature, Signature};

/// A compressed point of G2.
pub const PUBLIC_KEY_BYTES: usize = 96;
/// A scalar.
pub const SECRET_KEY_BYTES: usize = SCALAR_BYTES;
/// A compressed point of G1 and a scalar.
pub const SIGNATURE_BYTES: usize = POINT_BYTES + SCALAR_BYTES;
/// The shortest proof: three points of G1 and four scalars. Each hidden message adds a scalar.
pub const MIN_PROOF_BYTES: usize = 3 * POINT_BYTES + 4 * SCALAR_BYTES;

/// Most messages of one signature: a statement each, as many as a proof of `ecdsa-sd-2023` may have. A verification takes some 0.8 ms for each.
pub const MAX_MESSAGES: usize = 1_000;

const POINT_BYTES: usize = 48;
const SCALAR_BYTES: usize = 32;

/// What a verification costs beside its messages, in steps of [`work`](crate::work): three points, two pairings.
const STEPS: u64 = 5_000;
/// What each message costs: its generator is found by hashing, and multiplied.
const STEPS_PER_MESSAGE: u64 = 1_000;

/// Why octets were refused, or nothing was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BbsError {
    /// The octets have a length that nothing of their kind has.
    #[error("{found} bytes are no key, signature or proof")]
    Length {
        /// How many there are.
        found: usize,
    },
    /// A point that is not compressed as it must be, not on the curve, not in the subgroup of order r, or the identity.
    #[error("not a point of the right subgroup, in its one spelling")]
    Point,
    /// A scalar that is zero, or r or more.
    #[error("not a scalar between 1 and r − 1")]
    Scalar,
    /// Disclosed indexes that do not ascend, lie beyond the last message, or are not one for each message.
    #[error("the indexes of the disclosed messages do not ascend, or do not fit them")]
    Indexes,
    /// More messages than [`MAX_MESSAGES`].
    #[error("more than {MAX_MESSAGES} messages")]
    TooManyMessages,
    /// Well formed, and not made with this key over these messages.
    #[error("the signature or proof does not verify")]
    Refused,
    /// The library could not make a signature or proof.
    #[error("the library made no signature or proof")]
    Failed,
}

/// A public key: a point of G2 in the subgroup of order r, not the identity
/// ([`octets_to_pubkey`](https://datatracker.ietf.org/doc/draft-irtf-cfrg-bbs-signatures/)).
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    octets: [u8; PUBLIC_KEY_BYTES],
    key: BBSplusPublicKey,
}

impl PublicKey {
    /// Reads the compressed point.
    ///
    /// # Errors
    /// [`BbsError::Length`], [`BbsError::Point`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BbsError> {
        let octets: [u8; PUBLIC_KEY_BYTES] =
            bytes.try_into().map_err(|_| BbsError::Length { found: bytes.len() })?;
        let point: Option<G2Affine> = G2Affine::from_compressed(&octets).into();
        let point = point.ok_or(BbsError::Point)?;
        if bool::from(point.is_identity()) || point.to_compressed() != octets {
            return Err(BbsError::Point);
        }
        let key = BBSplusPublicKey::from_bytes(&octets).map_err(|_| BbsError::Point)?;
        Ok(Self { octets, key })
    }

    /// The compressed point.
    pub fn bytes(&self) -> &[u8; PUBLIC_KEY_BYTES] {
        &self.octets
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("bbs::PublicKey(…)")
    }
}

/// A key pair, for the one who issues. The library does not wipe it from memory.
pub struct SecretKey {
    secret: BBSplusSecretKey,
    public: PublicKey,
}

impl SecretKey {
    /// Makes a key of fresh randomness ([`KeyGen`](https://datatracker.ietf.org/doc/draft-irtf-cfrg-bbs-signatures/)).
    ///
    /// # Errors
    /// [`BbsError::Scalar`], once in 2^255.
    pub fn from_randomness(key_material: [u8; 32]) -> Result<Self, BbsError> {
        let pair = KeyPair::<BbsBls12381Sha256>::generate(&key_material, None, None)
            .map_err(|_| BbsError::Failed)?;
        Self::from_bytes(&pair.private_key().to_bytes())
    }

    /// Reads a secret scalar, big-endian.
    ///
    /// # Errors
    /// [`BbsError::Length`], [`BbsError::Scalar`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BbsError> {
        if bytes.len() != SECRET_KEY_BYTES {
            return Err(BbsError::Length { found: bytes.len() });
        }
        scalar(bytes)?;
        let secret = BBSplusSecretKey::from_bytes(bytes).map_err(|_| BbsError::Scalar)?;
        let public = PublicKey::from_bytes(&secret.public_key().to_bytes())?;
        Ok(Self { secret, public })
    }

    /// The public half.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Signs a header and a list of messages; the same every time
    /// ([`Sign`](https://datatracker.ietf.org/doc/draft-irtf-cfrg-bbs-signatures/)).
    ///
    /// # Errors
    /// [`BbsError::TooManyMessages`], [`BbsError::Failed`].
    pub fn sign(&self, header: &[u8], messages: &[Vec<u8>]) -> Result<[u8; SIGNATURE_BYTES], BbsError> {
        at_most(messages.len())?;
        let signature = Signature::<BbsBls12381Sha256>::sign(
            Some(messages),
            &self.secret,
            &self.public.key,
            Some(header),
        )
        .map_err(|_| BbsError::Failed)?
        .to_bytes();
        parse_signature(&signature)?;
        Ok(signature)
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("bbs::SecretKey(…)")
    }
}

/// Verifies a signature over a header and all its messages, as the holder does
/// ([`Verify`](https://datatracker.ietf.org/doc/draft-irtf-cfrg-bbs-signatures/)).
///
/// # Errors
/// [`BbsError`].
pub fn verify(
    key: &PublicKey,
    signature: &[u8],
    header: &[u8],
    messages: &[Vec<u8>],
) -> Result<(), BbsError> {
    at_most(messages.len())?;
    let signature = parse_signature(signature)?;
    let signature = Signature::<BbsBls12381Sha256>::from_bytes(&signature).map_err(|_| BbsError::Refused)?;
    signature.verify(&key.key, Some(messages), Some(header)).map_err(|_| BbsError::Refused)
}

/// Makes a proof that shows the messages at these places, bound to a presentation header
/// ([`ProofGen`](https://datatracker.ietf.org/doc/draft-irtf-cfrg-bbs-signatures/)). Another one every time.
///
/// # Errors
/// [`BbsError`]; whether the signature verifies is not looked at.
pub fn derive(
    key: &PublicKey,
    signature: &[u8],
    header: &[u8],
    presentation_header: &[u8],
    messages: &[Vec<u8>],
    disclosed: &[usize],
) -> Result<Vec<u8>, BbsError> {
    at_most(messages.len())?;
    let signature = parse_signature(signature)?;
    ascending(disclosed, messages.len())?;
    let proof = PoKSignature::<BbsBls12381Sha256>::proof_gen(
        &key.key,
        &signature,
        Some(header),
        Some(presentation_header),
        Some(messages),
        Some(disclosed),
    )
    .map_err(|_| BbsError::Failed)?
    .to_bytes();
    parse_proof(&proof)?;
    Ok(proof)
}

/// How many messages a proof of this length hides.
///
/// # Errors
/// [`BbsError::Length`].
pub fn hidden_messages(proof: &[u8]) -> Result<usize, BbsError> {
    let found = proof.len();
    let scalars = found.checked_sub(MIN_PROOF_BYTES).filter(|rest| rest % SCALAR_BYTES == 0);
    scalars.map(|rest| rest / SCALAR_BYTES).ok_or(BbsError::Length { found })
}

/// What it costs to verify a signature or a proof over so many messages, in steps of [`work`](crate::work).
pub fn steps(messages: usize) -> u64 {
    STEPS_PER_MESSAGE.saturating_mul(messages as u64).saturating_add(STEPS)
}

/// Verifies a proof: whoever made it had a signature of this key over the header and a list of messages with `messages` at the places
/// `disclosed` ([`ProofVerify`](https://datatracker.ietf.org/doc/draft-irtf-cfrg-bbs-signatures/)).
///
/// # Errors
/// [`BbsError`].
pub fn verify_proof(
    key: &PublicKey,
    proof: &[u8],
    header: &[u8],
    presentation_header: &[u8],
    messages: &[Vec<u8>],
    disclosed: &[usize],
) -> Result<(), BbsError> {
    let all = hidden_messages(proof)?.saturating_add(messages.len());
    at_most(all)?;
    if disclosed.len() != messages.len() {
        return Err(BbsError::Indexes);
    }
    ascending(disclosed, all)?;
    parse_proof(proof)?;
    PoKSignature::<BbsBls12381Sha256>::from_bytes(proof)
        .and_then(|proof| {
            proof.proof_verify(
                &key.key,
                Some(messages),
                Some(disclosed),
                Some(header),
                Some(presentation_header),
            )
        })
        .map_err(|_| BbsError::Refused)
}

/// Holds a proof to [`octets_to_proof`](https://datatracker.ietf.org/doc/draft-irtf-cfrg-bbs-signatures/): three points, then scalars to the last octet.
///
/// With Abar and Bbar the identity, the equation of the pairings holds under every key.
fn parse_proof(proof: &[u8]) -> Result<(), BbsError> {
    hidden_messages(proof)?;
    let (points, scalars) = proof.split_at_checked(3 * POINT_BYTES).ok_or(BbsError::Point)?;
    points.chunks(POINT_BYTES).try_for_each(point)?;
    scalars.chunks(SCALAR_BYTES).try_for_each(scalar)
}

/// Holds a signature to [`octets_to_signature`](https://datatracker.ietf.org/doc/draft-irtf-cfrg-bbs-signatures/): a point, then a scalar.
fn parse_signature(signature: &[u8]) -> Result<[u8; SIGNATURE_BYTES], BbsError> {
    let octets: [u8; SIGNATURE_BYTES] =
        signature.try_into().map_err(|_| BbsError::Length { found: signature.len() })?;
    let (a, e) = octets.split_at(POINT_BYTES);
    point(a)?;
    scalar(e)?;
    Ok(octets)
}

/// A compressed point of G1, of order r, in its one spelling.
fn point(octets: &[u8]) -> Result<(), BbsError> {
    let octets: &[u8; POINT_BYTES] = octets.try_into().map_err(|_| BbsError::Point)?;
    let point: Option<G1Affine> = G1Affine::from_compressed(octets).into();
    match point {
        Some(point) if !bool::from(point.is_identity()) && point.to_compressed() == *octets => Ok(()),
        _ => Err(BbsError::Point),
    }
}

/// A scalar from 1 to r − 1, big-endian.
fn scalar(octets: &[u8]) -> Result<(), BbsError> {
    let octets: &[u8; SCALAR_BYTES] = octets.try_into().map_err(|_| BbsError::Scalar)?;
    let scalar: Option<Scalar> = Scalar::from_be_bytes(octets).into();
    match scalar {
        Some(scalar) if scalar != Scalar::ZERO => Ok(()),
        _ => Err(BbsError::Scalar),
    }
}

fn at_most(messages: usize) -> Result<(), BbsError> {
    if messages > MAX_MESSAGES { Err(BbsError::TooManyMessages) } else { Ok(()) }
}

/// The library sorts indexes without their messages, so their order is checked before it.
fn ascending(indexes: &[usize], messages: usize) -> Result<(), BbsError> {
    let ascend = indexes.windows(2).all(|pair| matches!(pair, [one, next] if one < next));
    if ascend && indexes.last().is_none_or(|last| *last < messages) { Ok(()) } else { Err(BbsError::Indexes) }
}
