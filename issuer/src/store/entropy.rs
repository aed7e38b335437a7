//! Randomness as an argument: one seed per act, expanded by hashing.

use std::fmt;

use super::digest::Digest;

/// Length of the salt that hides a payload behind its commitment: as long as the digest, so that guessing it is no easier.
pub(super) const SALT_LENGTH: usize = 32;

/// Thirty-two fresh bytes from the operating system, used for one act of the store and no other.
///
/// The store derives a salt and its draws of a status index from it, so a test that passes the seed knows the outcome.
/// It can be neither copied nor shown.
pub struct Entropy([u8; 32]);

impl Entropy {
    /// Takes the seed; reusing one makes salts repeat, which would link two commitments.
    pub const fn new(seed: [u8; 32]) -> Self {
        Self(seed)
    }

    pub(super) fn salt(&self) -> [u8; SALT_LENGTH] {
        *Digest::of(&[b"badge-issuer salt\n", &self.0]).as_bytes()
    }

    /// The `n`th draw of a number below `bound`, which is a power of two.
    pub(super) fn draw(&self, n: u32, bound: u32) -> u32 {
        let digest = Digest::of(&[b"badge-issuer draw\n", &n.to_be_bytes(), &self.0]);
        digest.as_bytes().first_chunk().map_or(0, |word| u32::from_be_bytes(*word)) & (bound - 1)
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy(…)")
    }
}
