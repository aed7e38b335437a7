//! The status lists as published, each in two forms over the same indexes and signed together, so that both always say the same:
//! [Bitstring Status List 1.0](https://www.w3.org/TR/vc-bitstring-status-list/) credentials, and
//! [Status List Tokens](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list) for tokens that carry the claim `status`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use badge_schemas::credential::CREDENTIALS_V2;
use badge_schemas::timestamp::DateTimeStamp;
use badge_verifier::securing::SigningRequest;
use badge_verifier::securing::jws::{self, TokenType};
use badge_verifier::status_list::token::{self, Bits};
use badge_verifier::status_list::{StatusIndex, Width, bitstring};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::credential::purpose_name;
use crate::identity::NamedKey;
use crate::issuer::{Form, Issuer};
use crate::public_url::PublicUrl;
use crate::refusal::Refusal;
use crate::store::{Purpose, StatusBits};

/// How long a reader may keep a copy, in seconds: a revocation is seen everywhere within five minutes.
pub const TTL_SECONDS: u32 = 300;

/// How long a list from the service is valid: a day, so that an old copy cannot hide a revocation for longer. It is signed again
/// when half of that has passed.
pub const SERVED: SignedDuration = SignedDuration::from_hours(24);

/// How long a list written for static hosting is valid: a year, because nobody signs it again by himself.
pub const STATIC: SignedDuration = SignedDuration::from_hours(24 * 366);

/// The form of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListForm {
    /// A [BitstringStatusListCredential](https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistcredential), as JSON.
    Credential,
    /// A [Status List Token](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list#section-5.1), as JWT.
    Token,
}

impl ListForm {
    /// Where lists of this form stand, under the public URL.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Credential => "status",
            Self::Token => "status-tokens",
        }
    }

    /// The path of a list.
    pub fn path(self, list: &str) -> String {
        format!("/{}/{list}", self.folder())
    }
}

/// A signed list in one form, and what caches need to know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedList {
    /// The credential or the token.
    pub text: Arc<str>,
    /// Its entity tag: the SHA-256 of the text.
    pub etag: String,
}

/// A list in both forms, made from the same record at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Both {
    credential: SignedList,
    token: SignedList,
    changed: u64,
    renew_at: Timestamp,
}

/// The lists signed so far, so that a list is signed when it changes and not whenever somebody looks.
#[derive(Debug, Default)]
pub struct Published {
    signed: Mutex<HashMap<String, Both>>,
    /// The entity tags of each list, in both forms, with which a badge of ours was verified.
    verified: Mutex<HashMap<String, [String; 2]>>,
}

impl Published {
    /// Whether a badge of ours was verified with a list of these entity tags.
    pub(crate) fn is_verified(&self, list: &str, etags: &[String; 2]) -> bool {
        self.verified.lock().unwrap_or_else(PoisonError::into_inner).get(list) == Some(etags)
    }

    /// Remembers that one was.
    pub(crate) fn verified(&self, list: &str, etags: [String; 2]) {
        self.verified.lock().unwrap_or_else(PoisonError::into_inner).insert(list.to_owned(), etags);
    }
}

impl Issuer {
    /// A status list as it goes out now; `None` where there is no such list.
    ///
    /// # Errors
    /// [`Refusal`] when it cannot be read or signed.
    pub fn status_list(
        &self,
        list: &str,
        form: ListForm,
        now: Timestamp,
    ) -> Result<Option<SignedList>, Refusal> {
        let Some(url) = self.identity.public_url() else { return Ok(None) };
        let Some(bits) = self.store.status_bits(list)? else { return Ok(None) };
        let kept = self.lists.signed.lock().unwrap_or_else(PoisonError::into_inner).get(list).cloned();
        if let Some(kept) = kept.filter(|kept| kept.changed == bits.list.changed && now < kept.renew_at) {
            return Ok(Some(kept.form(form)));
        }
        let signed = self.sign_list(&bits, url, SERVED, now)?;
        let mut lists = self.lists.signed.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever read the record last wins: an older list never takes the place of a newer one.
        if lists.get(list).is_none_or(|kept| kept.changed <= signed.changed) {
            lists.insert(list.to_owned(), signed.clone());
        }
        Ok(Some(signed.form(form)))
    }

    /// A status list for static hosting in each form, valid for [`STATIC`].
    ///
    /// # Errors
    /// As [`Issuer::status_list`].
    pub fn static_status_list(
        &self,
        list: &str,
        now: Timestamp,
    ) -> Result<Vec<(ListForm, SignedList)>, Refusal> {
        let (Some(url), Some(bits)) = (self.identity.public_url(), self.store.status_bits(list)?) else {
            return Ok(Vec::new());
        };
        let Both { credential, token, .. } = self.sign_list(&bits, url, STATIC, now)?;
        Ok(vec![(ListForm::Credential, credential), (ListForm::Token, token)])
    }

    fn sign_list(
        &self,
        bits: &StatusBits,
        url: &PublicUrl,
        valid_for: SignedDuration,
        now: Timestamp,
    ) -> Result<Both, Refusal> {
        let overflow = |error: jiff::Error| Refusal::Failure(error.to_string());
        let until = now.checked_add(valid_for).map_err(overflow)?;
        let renew_at = now.checked_add(valid_for / 2).map_err(overflow)?;
        let address = |form: ListForm| url.join(&form.path(&bits.list.list));
        let issuer = self.identity.id();
        let document = document(bits, &address(ListForm::Credential), issuer, now, until)?;
        let credential = self.secure(document, Form::Integrity, now)?;
        let claims = claims(bits, &address(ListForm::Token), issuer, now, until)?;
        let token = sign_token(self.identity.status_token_key(), &claims)?;
        Ok(Both {
            credential: SignedList::of(credential.as_str()),
            token: SignedList::of(&token),
            changed: bits.list.changed,
            renew_at,
        })
    }
}

impl SignedList {
    fn of(text: &str) -> Self {
        let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes())));
        Self { text: text.into(), etag }
    }
}

impl Both {
    fn form(self, form: ListForm) -> SignedList {
        match form {
            ListForm::Credential => self.credential,
            ListForm::Token => self.token,
        }
    }
}

/// The unsigned [BitstringStatusListCredential](https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistcredential).
pub(crate) fn document(
    bits: &StatusBits,
    address: &str,
    issuer: &str,
    from: Timestamp,
    until: Timestamp,
) -> Result<Value, Refusal> {
    Ok(json!({
        "@context": [CREDENTIALS_V2],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": DateTimeStamp::from(from),
        "validUntil": DateTimeStamp::from(until),
        "credentialSubject": {
            "id": format!("{address}#list"),
            "type": "BitstringStatusList",
            "statusPurpose": purpose_name(bits.list.purpose),
            "encodedList": bitstring::encode(&index(bits, Width::ONE, 1)?),
            "ttl": u64::from(TTL_SECONDS) * 1000,
        },
    }))
}

/// The claims of a [Status List Token](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list#section-5.1): INVALID for what is
/// revoked, SUSPENDED, which needs two bits, for what is suspended.
fn claims(
    bits: &StatusBits,
    address: &str,
    issuer: &str,
    from: Timestamp,
    until: Timestamp,
) -> Result<Value, Refusal> {
    let (wide, status) = match bits.list.purpose {
        Purpose::Revocation => (Bits::One, 1),
        Purpose::Suspension => (Bits::Two, 2),
    };
    Ok(json!({
        "iss": issuer,
        "sub": address,
        "iat": from.as_second(),
        "exp": until.as_second(),
        "ttl": TTL_SECONDS,
        "status_list": {
            "bits": wide.width().bits(),
            "lst": token::encode(&index(bits, wide.width(), status)?, wide),
        },
    }))
}

/// The list with `status` wherever the record has a 1.
fn index(bits: &StatusBits, width: Width, status: u8) -> Result<StatusIndex, Refusal> {
    let mut index = StatusIndex::empty(u64::from(bits.length), width);
    for place in &bits.set {
        index
            .set(u64::from(*place), width, status)
            .map_err(|error| Refusal::Failure(format!("list {}: {error}", bits.list.list)))?;
    }
    Ok(index)
}

/// Signs the claims; the signature is checked before the token leaves.
fn sign_token(key: &NamedKey, claims: &Value) -> Result<String, Refusal> {
    let public = key.signer.public_key();
    let algorithm = public.algorithm();
    let header =
        json!({"alg": algorithm.as_str(), "kid": key.method, "typ": TokenType::StatusListJwt.as_str()});
    let input = jws::signing_input(&header, claims);
    let signature = key.signer.sign(SigningRequest::Bytes(input.as_bytes()))?;
    public
        .verify(algorithm, input.as_bytes(), &signature)
        .map_err(|error| Refusal::Failure(format!("a status list token: {error}")))?;
    Ok(jws::compact(&input, &signature))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;
    use crate::store::StatusList;

    fn bits(purpose: Purpose, set: Vec<u32>) -> StatusBits {
        let list =
            StatusList { list: "1".into(), purpose, opened_at: Timestamp::UNIX_EPOCH, used: 3, changed: 1 };
        StatusBits { list, length: 131_072, set }
    }

    fn set(index: &StatusIndex, width: Width) -> Vec<(u64, u8)> {
        let status = |place| (place, index.get(place, width).unwrap());
        (0..index.length(width)).map(status).filter(|(_, status)| *status != 0).collect()
    }

    #[test]
    fn both_forms_say_what_the_record_says() {
        let places = [0, 9, 131_071];
        let now = Timestamp::UNIX_EPOCH;
        for (purpose, wide, status) in
            [(Purpose::Revocation, Bits::One, 1), (Purpose::Suspension, Bits::Two, 2)]
        {
            let bits = bits(purpose, vec![0, 9, 131_071]);
            let document =
                document(&bits, "https://a.example/status/1", "did:web:a.example", now, now).unwrap();
            let encoded = document["credentialSubject"]["encodedList"].as_str().unwrap();
            let read = bitstring::decode(encoded).unwrap();
            assert_eq!(set(&read, Width::ONE), places.map(|place| (place, 1)));
            let claims =
                claims(&bits, "https://a.example/status-tokens/1", "did:web:a.example", now, now).unwrap();
            assert_eq!(claims["status_list"]["bits"], wide.width().bits());
            let read = token::decode(claims["status_list"]["lst"].as_str().unwrap(), wide).unwrap();
            assert_eq!(read.length(wide.width()), 131_072);
            assert_eq!(set(&read, wide.width()), places.map(|place| (place, status)));
        }
        assert!(index(&bits(Purpose::Revocation, vec![131_072]), Width::ONE, 1).is_err());
    }
}
