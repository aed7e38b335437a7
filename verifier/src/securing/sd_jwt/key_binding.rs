//! Key binding JWTs: the holder's signature over what is presented, to whom, and now.

use badge_schemas::problem::{Code, Problem};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::hash::HashAlgorithm;
use crate::securing::jws::{self, CompactJws, TokenType};
use crate::securing::keys::PublicKey;
use crate::securing::vc_jwt;
use crate::securing::{Prepared, Shape};

/// A key binding JWT ([RFC 9901 §4.3](https://www.rfc-editor.org/rfc/rfc9901#section-4.3)): read, not verified.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyBindingJwt {
    pub(super) jwt: CompactJws,
    /// The digest of the issuer-signed JWT and the disclosures.
    pub sd_hash: String,
    /// When it was made, in seconds since 1970 UTC.
    pub issued_at: i64,
    /// For whom: one receiver.
    pub audience: String,
    /// What ties it to one transaction.
    pub nonce: String,
    /// From when on it counts, where it says so.
    pub not_before: Option<i64>,
    /// Until when it counts, where it says so.
    pub expires: Option<i64>,
}

impl KeyBindingJwt {
    /// Reads the part after the last `~`.
    ///
    /// # Errors
    /// [`Code::KeyBindingMalformed`] for another `typ` than `kb+jwt`, a missing claim or one of another kind; what the JWT's own parser finds.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let jwt = CompactJws::parse_in_sd_jwt(text)?;
        if jwt.header().typ != Some(TokenType::KbJwt) {
            return Err(malformed("its typ is not kb+jwt"));
        }
        let Some(claims) = jwt.payload().value().as_object() else {
            return Err(malformed("its payload is not an object"));
        };
        let text = |name: &str| match claims.get(name) {
            Some(Value::String(text)) => Ok(text.clone()),
            _ => Err(malformed(&format!("{name} is not one string"))),
        };
        let (sd_hash, audience, nonce) = (text("sd_hash")?, text("aud")?, text("nonce")?);
        let second = |name: &'static str| second(claims, name);
        let issued_at = second("iat")?.ok_or_else(|| malformed("iat is missing"))?;
        let (not_before, expires) = (second("nbf")?, second("exp")?);
        Ok(Self { jwt, sd_hash, issued_at, audience, nonce, not_before, expires })
    }

    /// The algorithm it was signed with.
    pub fn algorithm(&self) -> crate::securing::keys::Algorithm {
        self.jwt.header().alg
    }
}

/// What a key binding JWT says beside the digest.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyBinding {
    /// The holder's public key, which `cnf` names.
    pub key: PublicKey,
    /// The verifier: its domain, or what its protocol takes for it.
    pub audience: String,
    /// The verifier's challenge.
    pub nonce: String,
    /// Now.
    pub issued_at: Timestamp,
    /// Until when it may be used, where the holder limits that; verifiers have a limit of their own.
    pub expires: Option<Timestamp>,
}

/// Everything but the holder's signature; `sd_jwt` is what is presented, with its last `~`.
pub(super) fn prepare(sd_jwt: &str, hash: HashAlgorithm, binding: KeyBinding) -> Prepared {
    let algorithm = binding.key.algorithm();
    let header = json!({ "alg": algorithm.as_str(), "typ": TokenType::KbJwt.as_str() });
    let mut payload = json!({
        "iat": binding.issued_at.as_second(),
        "aud": binding.audience,
        "nonce": binding.nonce,
        "sd_hash": hash.digest(sd_jwt),
    });
    if let (Some(expires), Value::Object(claims)) = (binding.expires, &mut payload) {
        claims.insert("exp".to_owned(), expires.as_second().into());
    }
    Prepared {
        to_sign: jws::signing_input(&header, &payload).into_bytes(),
        algorithm,
        key: binding.key,
        shape: Shape::SdJwt { before: sd_jwt.to_owned(), after: String::new() },
    }
}

fn second(claims: &Map<String, Value>, name: &'static str) -> Result<Option<i64>, Problem> {
    vc_jwt::claim_of_time(claims, name).map_err(|_| malformed(&format!("{name} is not a time")))
}

fn malformed(reason: &str) -> Problem {
    Problem::new(Code::KeyBindingMalformed).with("reason", reason)
}
