//! The issuer's part: hiding claims behind digests.

use std::collections::BTreeSet;

use badge_schemas::document::push_pointer;
use badge_schemas::jwk::Jwk;
use badge_schemas::problem::{Code, Problem};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::disclosure::Disclosure;
use super::hash::HashAlgorithm;
use super::profile::Profile;
use super::{ELLIPSIS, MAX_DISCLOSURES, RESERVED, SD, SD_ALG};
use crate::securing::jws;
use crate::securing::keys::{KeyError, PublicKey};
use crate::securing::{Prepared, Shape};

/// Most decoys for one object or array: 64; more make a badge long and hide nothing more.
pub const MAX_DECOYS: usize = 64;

/// 256 random bits from which every salt and decoy of one SD-JWT is drawn; never used for another one, never shown.
///
/// With the same seed and claims the same SD-JWT is prepared again, after a crash for instance.
#[derive(Clone, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// From random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl std::fmt::Debug for Seed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Seed(…)")
    }
}

/// How an SD-JWT is made.
#[derive(Clone, Debug, PartialEq)]
pub struct IssueOptions {
    /// What it is.
    pub profile: Profile,
    /// Which claims its holder can hide, by JSON Pointer: members of objects and elements of arrays, also within one another.
    pub disclosable: Vec<String>,
    /// How many decoys are put beside the digests of each object and array that has some ([RFC 9901 §4.2.5](https://www.rfc-editor.org/rfc/rfc9901#section-4.2.5)).
    pub decoys: usize,
    /// The hash function.
    pub hash: HashAlgorithm,
    /// The holder's key, if presentations are to be bound to it.
    pub holder: Option<PublicKey>,
    /// Randomness.
    pub seed: Seed,
}

/// Everything but the issuer's signature ([RFC 9901 §4](https://www.rfc-editor.org/rfc/rfc9901#section-4)); sealing gives an SD-JWT with all its disclosures.
///
/// # Errors
/// A [`Problem`]: [`Code::DisclosureRefused`] for a pointer that leads nowhere or to what must always be shown; [`Code::SdMemberMisplaced`] for
/// claims with reserved names; [`Code::TooManyDisclosures`]; [`Code::KeyMalformed`] for a holder's key that no JWK carries.
pub fn prepare(
    claims: Value,
    options: &IssueOptions,
    kid: &str,
    key: PublicKey,
) -> Result<Prepared, Problem> {
    let Value::Object(mut claims) = claims else { return Err(Problem::new(Code::NotACredential)) };
    if let Some(holder) = &options.holder {
        let jwk = holder.to_jwk().ok_or_else(|| KeyError::NoJwk.to_problem("holder"))?;
        claims.insert("cnf".to_owned(), json!({ "jwk": jwk }));
    }
    let (payload, disclosures) = conceal(Value::Object(claims), options)?;
    let algorithm = key.algorithm();
    let mut header = json!({ "alg": algorithm.as_str(), "kid": kid });
    if let Value::Object(header) = &mut header {
        header.insert("typ".to_owned(), options.profile.token_type().as_str().into());
        match options.profile {
            Profile::SdJwtVc => {}
            Profile::Credential => drop(header.insert("cty".to_owned(), "vc".into())),
            Profile::Presentation => drop(header.insert("cty".to_owned(), "vp".into())),
        }
    }
    let after = disclosures.iter().fold("~".to_owned(), |tail, one| tail + one.as_str() + "~");
    Ok(Prepared {
        to_sign: jws::signing_input(&header, &payload).into_bytes(),
        algorithm,
        key,
        shape: Shape::SdJwt { before: String::new(), after },
    })
}

/// The holder's key as `cnf` names it, from the DID or JWK the issuer knows.
///
/// # Errors
/// What is wrong with the key.
pub fn holder_key(jwk: &Jwk) -> Result<PublicKey, Problem> {
    PublicKey::from_jwk(jwk).map_err(|error| error.to_problem("cnf.jwk"))
}

/// The payload with digests in the place of claims, and the disclosures, in no telling order.
///
/// Digests are sorted, and so is the order of disclosures: neither shows in which order the claims stood.
///
/// # Errors
/// As [`prepare`].
pub fn conceal(claims: Value, options: &IssueOptions) -> Result<(Value, Vec<Disclosure>), Problem> {
    let wanted: BTreeSet<&str> = options.disclosable.iter().map(String::as_str).collect();
    if wanted.len() > MAX_DISCLOSURES {
        return Err(Problem::new(Code::TooManyDisclosures)
            .with("count", wanted.len())
            .with("limit", MAX_DISCLOSURES));
    }
    for pointer in &wanted {
        check_pointer(&claims, pointer, options.profile)?;
    }
    let decoys = options.decoys.min(MAX_DECOYS);
    let mut draw =
        Draw { seed: &options.seed, drawn: 0, wanted, hash: options.hash, decoys, disclosures: Vec::new() };
    let mut payload = draw.conceal(claims, "")?;
    if let (false, Value::Object(members)) = (draw.disclosures.is_empty(), &mut payload) {
        members.insert(SD_ALG.to_owned(), options.hash.as_str().into());
    }
    let mut disclosures = draw.disclosures;
    disclosures.sort_by_cached_key(|disclosure| options.hash.digest(disclosure.as_str()));
    Ok((payload, disclosures))
}

/// A pointer must lead to a claim that may be hidden; only what lies below the top can be hidden.
fn check_pointer(claims: &Value, pointer: &str, profile: Profile) -> Result<(), Problem> {
    let refused = |en: &str, fr: &'static str| {
        Err(Problem::new(Code::DisclosureRefused).with("pointer", pointer).with_words("reason", en, fr))
    };
    if pointer.is_empty() || claims.pointer(pointer).is_none() {
        return refused("no claim stands there", "aucune affirmation ne s’y trouve");
    }
    let first = pointer.trim_start_matches('/').split('/').next().unwrap_or_default();
    let first = first.replace("~1", "/").replace("~0", "~");
    if profile.always_shown().contains(&first.as_str()) {
        return refused(
            "it decides whether the credential counts and must always be shown",
            "elle décide si l’attestation compte et doit toujours être montrée",
        );
    }
    Ok(())
}

/// Hides claims from the inside out, drawing salts and decoys as it goes.
struct Draw<'o> {
    seed: &'o Seed,
    drawn: u64,
    wanted: BTreeSet<&'o str>,
    hash: HashAlgorithm,
    decoys: usize,
    disclosures: Vec<Disclosure>,
}

impl Draw<'_> {
    fn conceal(&mut self, value: Value, pointer: &str) -> Result<Value, Problem> {
        match value {
            Value::Object(members) => self.object(members, pointer),
            Value::Array(items) => self.array(items, pointer),
            plain => Ok(plain),
        }
    }

    fn object(&mut self, members: Map<String, Value>, pointer: &str) -> Result<Value, Problem> {
        let (mut plain, mut digests) = (Map::new(), Vec::new());
        for (name, value) in members {
            if RESERVED.contains(&name.as_str()) {
                return Err(Problem::new(Code::SdMemberMisplaced).at(pointer).with("name", name));
            }
            let place = push_pointer(pointer, &name);
            let value = self.conceal(value, &place)?;
            if self.wanted.contains(place.as_str()) {
                digests.push(self.disclose(Some(&name), value));
            } else {
                plain.insert(name, value);
            }
        }
        if !digests.is_empty() {
            for _ in 0..self.decoys {
                digests.push(self.decoy());
            }
            digests.sort();
            plain.insert(SD.to_owned(), digests.into());
        }
        Ok(Value::Object(plain))
    }

    fn array(&mut self, items: Vec<Value>, pointer: &str) -> Result<Value, Problem> {
        let (mut shown, mut some_hidden) = (Vec::with_capacity(items.len()), false);
        for (index, item) in items.into_iter().enumerate() {
            let place = format!("{pointer}/{index}");
            let item = self.conceal(item, &place)?;
            let hidden = self.wanted.contains(place.as_str());
            some_hidden |= hidden;
            shown.push(if hidden { json!({ ELLIPSIS: self.disclose(None, item) }) } else { item });
        }
        if some_hidden {
            for _ in 0..self.decoys {
                let decoy = json!({ ELLIPSIS: self.decoy() });
                // At the end they would all be known for what they are.
                let place = self.below(shown.len() + 1);
                shown.insert(place, decoy);
            }
        }
        Ok(Value::Array(shown))
    }

    fn disclose(&mut self, name: Option<&str>, value: Value) -> String {
        // 128 bits, as recommended (RFC 9901 §9.3).
        let drawn = self.random();
        let (salt, _) = drawn.split_at(16);
        let disclosure = Disclosure::new(&URL_SAFE_NO_PAD.encode(salt), name, value);
        let digest = self.hash.digest(disclosure.as_str());
        self.disclosures.push(disclosure);
        digest
    }

    /// A digest over nothing but randomness.
    fn decoy(&mut self) -> String {
        let drawn = self.random();
        self.hash.digest(&URL_SAFE_NO_PAD.encode(drawn))
    }

    fn below(&mut self, limit: usize) -> usize {
        let drawn = self.random().iter().take(8).fold(0_u64, |drawn, byte| (drawn << 8) | u64::from(*byte));
        usize::try_from(drawn % limit.max(1) as u64).unwrap_or_default()
    }

    /// The next 256 bits: SHA-256 over the seed and a counter, both of fixed length.
    fn random(&mut self) -> [u8; 32] {
        self.drawn += 1;
        Sha256::new().chain_update(self.seed.0).chain_update(self.drawn.to_be_bytes()).finalize().into()
    }
}
