//! Encryption to one did:key, by HPKE. The one file that names the crate `hpke`.
//!
//! DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305. The keys are those that did:key derives from Ed25519 for `keyAgreement`: the same
//! point in the coordinates of X25519. That one key may serve both is shown in [Thormarker 2021](https://eprint.iacr.org/2021/509).

use badge_schemas::did::Did;
use badge_schemas::evaluation::BUNDLE_LINE;
use badge_schemas::multikey::KeyKind;
use badge_schemas::problem::{Code, Problem};
use ed25519_dalek::VerifyingKey;
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable as _, Kem, OpModeR, OpModeS, Serializable as _, setup_receiver, setup_sender};
use zeroize::Zeroizing;

use crate::holder::OpenHolder;

type Agreement = X25519HkdfSha256;

/// Bytes of an encapsulated key.
pub(super) const ENCAPSULATED_LEN: usize = 32;

/// The Ed25519 key of a DID, which is its only one.
///
/// # Errors
/// [`Code::BundleKeyUnsuitable`] for other DIDs, and for points that are no honest key.
pub(super) fn signing_key(did: &str) -> Result<VerifyingKey, Problem> {
    let unsuitable = || Problem::new(Code::BundleKeyUnsuitable).with("did", did);
    let Ok(Did::Key(key)) = Did::parse(did) else { return Err(unsuitable()) };
    if key.kind() != KeyKind::Ed25519 {
        return Err(unsuitable());
    }
    let bytes: [u8; 32] = key.bytes().try_into().map_err(|_| unsuitable())?;
    VerifyingKey::from_bytes(&bytes).ok().filter(|key| !key.is_weak()).ok_or_else(unsuitable)
}

/// The X25519 key of a DID, as did:key derives it.
pub(super) fn agreement_key(did: &str) -> Result<[u8; 32], Problem> {
    Ok(signing_key(did)?.to_montgomery().to_bytes())
}

/// Encrypts to a DID. `content` is told the encapsulated key before it is made.
///
/// # Errors
/// [`Code::BundleKeyUnsuitable`], [`Code::RandomnessMissing`].
pub(super) fn seal(
    recipient: &str,
    associated: &[u8],
    content: impl FnOnce(&[u8]) -> Zeroizing<Vec<u8>>,
) -> Result<Vec<u8>, Problem> {
    let unsuitable = |_| Problem::new(Code::BundleKeyUnsuitable).with("did", recipient);
    // The library draws randomness itself and would panic without it.
    getrandom::fill(&mut [0; 1]).map_err(|_| Problem::new(Code::RandomnessMissing))?;
    let key = <Agreement as Kem>::PublicKey::from_bytes(&agreement_key(recipient)?).map_err(unsuitable)?;
    let (encapsulated, mut sender) =
        setup_sender::<ChaCha20Poly1305, HkdfSha256, Agreement>(&OpModeS::Base, &key, BUNDLE_LINE.as_bytes())
            .map_err(unsuitable)?;
    let encapsulated = encapsulated.to_bytes();
    let sealed = sender.seal(&content(&encapsulated), associated).map_err(unsuitable)?;
    Ok([encapsulated.as_slice(), &sealed].concat())
}

/// Decrypts what was encrypted to this holder; nothing where it was not, or was changed.
pub(super) fn unseal(
    holder: &OpenHolder,
    associated: &[u8],
    encapsulated: &[u8],
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let secret = holder.agreement_secret();
    let key = <Agreement as Kem>::PrivateKey::from_bytes(secret.as_slice()).ok()?;
    let encapsulated = <Agreement as Kem>::EncappedKey::from_bytes(encapsulated).ok()?;
    let mut context = setup_receiver::<ChaCha20Poly1305, HkdfSha256, Agreement>(
        &OpModeR::Base,
        &key,
        &encapsulated,
        BUNDLE_LINE.as_bytes(),
    )
    .ok()?;
    context.open(sealed, associated).ok().map(Zeroizing::new)
}
