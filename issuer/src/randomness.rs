//! The operating system's randomness, in the few shapes that the issuer needs.

use badge_schemas::problem::{Code, Problem};

use crate::store::Entropy;

/// Fresh bytes from the operating system.
///
/// # Errors
/// [`Code::DataUnusable`] where the operating system gives none: nothing can be signed or named without it.
pub fn bytes<const N: usize>() -> Result<[u8; N], Problem> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| Problem::new(Code::DataUnusable).with("reason", format!("randomness: {error}")))?;
    Ok(bytes)
}

/// The randomness of one act of the store.
///
/// # Errors
/// As [`bytes`].
pub fn entropy() -> Result<Entropy, Problem> {
    bytes().map(Entropy::new)
}

/// An unguessable id: UUID version 4 ([RFC 9562 §5.4](https://www.rfc-editor.org/rfc/rfc9562#section-5.4)), 122 random bits.
///
/// # Errors
/// As [`bytes`].
pub fn uuid() -> Result<String, Problem> {
    Ok(uuid::Builder::from_random_bytes(bytes()?).into_uuid().to_string())
}
