//! Selective disclosure: SD-JWT ([RFC 9901](https://www.rfc-editor.org/rfc/rfc9901)), and the credentials that travel as one.
//!
//! Reading: [`SdJwt::parse`], then who signed it is for `authenticate`, and whether its holder presents it for
//! [`SdJwt::verify_key_binding`]. Writing goes `prepare → sign elsewhere → seal`, as everywhere: [`issue`] for the issuer,
//! [`present`] for the holder. Only the compact serialisation is read; the JWS JSON serialisation of RFC 9901 §8 is optional, two more
//! ways to write the same thing, and refused by name ([`Code::JwsJsonUnsupported`]).

pub mod disclosure;
pub mod hash;
pub mod issue;
pub mod key_binding;
pub mod present;
pub mod processing;
pub mod profile;
pub mod skills_badge;

use badge_schemas::problem::{Code, Problem};
use serde_json::Value;

use super::jws::{self, CompactJws};
use super::keys::PublicKey;
use disclosure::Disclosure;
use hash::HashAlgorithm;
use key_binding::KeyBindingJwt;
use processing::{Processed, process};
use profile::Profile;

/// Most disclosures we read: 1,024. A badge hides a dozen claims; digests are compared with all of them.
pub const MAX_DISCLOSURES: usize = 1 << 10;

/// Longest SD-JWT we read, with everything that travels in it: as long as the longest JWT.
pub const MAX_BYTES: usize = jws::MAX_BYTES;

/// The member that holds the digests of an object's hidden members.
const SD: &str = "_sd";

/// The member that stands for a hidden element of an array.
const ELLIPSIS: &str = "...";

/// The member that names the hash function.
const SD_ALG: &str = "_sd_alg";

/// Names that no claim may have.
const RESERVED: [&str; 3] = [SD, ELLIPSIS, SD_ALG];

/// An SD-JWT in compact serialisation, with or without key binding JWT ([RFC 9901 §4](https://www.rfc-editor.org/rfc/rfc9901#section-4)).
///
/// It was read and its disclosures were put into their places; no signature was verified.
#[derive(Clone, Debug, PartialEq)]
pub struct SdJwt {
    /// Everything up to and with the last `~`.
    text: String,
    issuer_signed: CompactJws,
    profile: Profile,
    hash: HashAlgorithm,
    disclosures: Vec<Disclosure>,
    processed: Processed,
    key_binding: Option<KeyBindingJwt>,
}

impl SdJwt {
    /// Reads an SD-JWT of at most [`MAX_BYTES`] and [`MAX_DISCLOSURES`], and processes its disclosures.
    ///
    /// # Errors
    /// A [`Problem`]: what is wrong with the text, one of its JWTs, its disclosures or its digests.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        if text.len() > MAX_BYTES {
            return Err(Problem::new(Code::InputTooLarge).with("size", text.len()).with("limit", MAX_BYTES));
        }
        let Some((before, last)) = text.rsplit_once('~') else {
            return Err(malformed("it has no ~, with which the issuer-signed JWT and every disclosure end"));
        };
        let mut parts = before.split('~');
        let issuer_signed = CompactJws::parse_in_sd_jwt(parts.next().unwrap_or_default())?;
        let profile = Profile::of(&issuer_signed)?;
        let count = before.bytes().filter(|byte| *byte == b'~').count();
        if count > MAX_DISCLOSURES {
            return Err(Problem::new(Code::TooManyDisclosures)
                .with("count", count)
                .with("limit", MAX_DISCLOSURES));
        }
        let disclosures = parts
            .enumerate()
            .map(|(index, part)| Disclosure::parse(part, index))
            .collect::<Result<Vec<_>, _>>()?;
        let hash = HashAlgorithm::of_payload(issuer_signed.payload().value())?;
        let processed = process(issuer_signed.payload().value(), &disclosures, hash)?;
        let key_binding = match last {
            "" => None,
            jwt => Some(KeyBindingJwt::parse(jwt)?),
        };
        let text = text.get(..text.len() - last.len()).unwrap_or(text).to_owned();
        Ok(Self { text, issuer_signed, profile, hash, disclosures, processed, key_binding })
    }

    /// The issuer-signed JWT and the disclosures, as received, with the `~` after each: what a key binding JWT is about.
    pub fn without_key_binding(&self) -> &str {
        &self.text
    }

    /// The issuer-signed JWT.
    pub fn issuer_signed(&self) -> &CompactJws {
        &self.issuer_signed
    }

    /// What kind of credential or presentation it is.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// The hash function of its digests.
    pub fn hash(&self) -> HashAlgorithm {
        self.hash
    }

    /// The disclosures that came with it, each with the JSON Pointer of its claim in [`SdJwt::claims`].
    pub fn disclosures(&self) -> impl Iterator<Item = (&str, &Disclosure)> {
        self.processed.places.iter().map(String::as_str).zip(&self.disclosures)
    }

    /// Where claims are hidden, or seem to be: pointers of the objects and arrays that keep unanswered digests.
    pub fn hidden(&self) -> &[String] {
        &self.processed.hidden
    }

    /// The claims that are shown: the processed SD-JWT payload ([RFC 9901 §7.1](https://www.rfc-editor.org/rfc/rfc9901#section-7.1)).
    pub fn claims(&self) -> &Value {
        &self.processed.payload
    }

    /// The key binding JWT, if one came with it.
    pub fn key_binding(&self) -> Option<&KeyBindingJwt> {
        self.key_binding.as_ref()
    }

    /// Whether the issuer says which key may present it, readable or not.
    pub fn names_a_key(&self) -> bool {
        self.issuer_signed.payload().value().get("cnf").is_some()
    }

    /// The holder's key: `cnf.jwk`, which the issuer must have signed in plain sight
    /// ([RFC 7800 §3.2](https://www.rfc-editor.org/rfc/rfc7800#section-3.2)); `None` where there is no `cnf`.
    ///
    /// # Errors
    /// [`Code::ConfirmationUnusable`] for a `cnf` without readable `jwk`, and what is wrong with the key.
    pub fn confirmation_key(&self) -> Result<Option<PublicKey>, Problem> {
        let Some(confirmation) = self.issuer_signed.payload().value().get("cnf") else { return Ok(None) };
        let unusable =
            |reason: String| Problem::new(Code::ConfirmationUnusable).at("/cnf").with("reason", reason);
        let jwk = confirmation.get("jwk").ok_or_else(|| unusable("it has no jwk".to_owned()))?;
        let jwk = serde_json::from_value(jwk.clone()).map_err(|error| unusable(error.to_string()))?;
        PublicKey::from_jwk(&jwk).map(Some).map_err(|error| error.to_problem("cnf.jwk").at("/cnf/jwk"))
    }

    /// Checks that the holder's key signed the key binding JWT, over this issuer-signed JWT and these disclosures
    /// ([RFC 9901 §7.3](https://www.rfc-editor.org/rfc/rfc9901#section-7.3)).
    ///
    /// A pass says nothing about `nonce`, `aud` and `iat`, which are for the caller, nor about the issuer's signature.
    ///
    /// # Errors
    /// [`Code::KeyBindingMissing`], [`Code::ConfirmationUnusable`], [`Code::KeyBindingHashMismatch`], and what [`CompactJws::verify`] finds.
    pub fn verify_key_binding(&self) -> Result<(), Problem> {
        let binding = self.key_binding().ok_or_else(|| Problem::new(Code::KeyBindingMissing))?;
        let key = self.confirmation_key()?.ok_or_else(|| {
            Problem::new(Code::ConfirmationUnusable).at("/cnf").with("reason", "it is missing")
        })?;
        if binding.sd_hash != self.hash.digest(&self.text) {
            return Err(Problem::new(Code::KeyBindingHashMismatch));
        }
        binding.jwt.verify(&key)
    }
}

fn malformed(reason: &str) -> Problem {
    Problem::new(Code::SdJwtMalformed).with("reason", reason)
}

#[cfg(test)]
mod figures;
#[cfg(test)]
mod tests;
