//! The status lists as published: [Bitstring Status List 1.0](https://www.w3.org/TR/vc-bitstring-status-list/) credentials, signed by the issuer.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use badge_schemas::credential::CREDENTIALS_V2;
use badge_schemas::timestamp::DateTimeStamp;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::{Compression, GzBuilder};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::credential::purpose_name;
use crate::issuer::{Form, Issuer};
use crate::public_url::PublicUrl;
use crate::refusal::Refusal;
use crate::store::StatusBits;

/// How long a reader may keep a copy, in seconds: a revocation is seen everywhere within five minutes.
pub const TTL_SECONDS: u32 = 300;

/// How long a list from the service is valid: a day, so that an old copy cannot hide a revocation for longer. It is signed again
/// when half of that has passed.
pub const SERVED: SignedDuration = SignedDuration::from_hours(24);

/// How long a list written for static hosting is valid: a year, because nobody signs it again by himself.
pub const STATIC: SignedDuration = SignedDuration::from_hours(24 * 366);

/// A signed list and what caches need to know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedList {
    /// The credential, as JSON.
    pub text: Arc<str>,
    /// Its entity tag: the SHA-256 of the text.
    pub etag: String,
    changed: u64,
    renew_at: Timestamp,
}

/// The lists signed so far, so that a list is signed when it changes and not whenever somebody looks.
#[derive(Debug, Default)]
pub struct Published(Mutex<HashMap<String, SignedList>>);

impl Issuer {
    /// A status list as it goes out now; `None` where there is no such list.
    ///
    /// # Errors
    /// [`Refusal`] when it cannot be read or signed.
    pub fn status_list(&self, list: &str, now: Timestamp) -> Result<Option<SignedList>, Refusal> {
        let Some(url) = self.identity.public_url() else { return Ok(None) };
        let Some(bits) = self.store.status_bits(list)? else { return Ok(None) };
        let kept = self.lists.0.lock().unwrap_or_else(PoisonError::into_inner).get(list).cloned();
        if let Some(kept) = kept.filter(|kept| kept.changed == bits.list.changed && now < kept.renew_at) {
            return Ok(Some(kept));
        }
        let signed = self.sign_list(&bits, url, SERVED, now)?;
        let mut lists = self.lists.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever read the record last wins: an older list never takes the place of a newer one.
        if lists.get(list).is_none_or(|kept| kept.changed <= signed.changed) {
            lists.insert(list.to_owned(), signed.clone());
        }
        Ok(Some(signed))
    }

    /// A status list for static hosting, valid for [`STATIC`].
    ///
    /// # Errors
    /// As [`Issuer::status_list`].
    pub fn static_status_list(&self, list: &str, now: Timestamp) -> Result<Option<SignedList>, Refusal> {
        match (self.identity.public_url(), self.store.status_bits(list)?) {
            (Some(url), Some(bits)) => self.sign_list(&bits, url, STATIC, now).map(Some),
            _ => Ok(None),
        }
    }

    fn sign_list(
        &self,
        bits: &StatusBits,
        url: &PublicUrl,
        valid_for: SignedDuration,
        now: Timestamp,
    ) -> Result<SignedList, Refusal> {
        let overflow = |error: jiff::Error| Refusal::Failure(error.to_string());
        let until = now.checked_add(valid_for).map_err(overflow)?;
        let renew_at = now.checked_add(valid_for / 2).map_err(overflow)?;
        let address = url.join(&format!("/status/{}", bits.list.list));
        let document = document(bits, &address, self.identity.id(), now, until)?;
        let text: Arc<str> = self.secure(document, Form::Integrity, now)?.as_str().into();
        let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes())));
        Ok(SignedList { text, etag, changed: bits.list.changed, renew_at })
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
            "encodedList": encode(bits)?,
            "ttl": u64::from(TTL_SECONDS) * 1000,
        },
    }))
}

/// Multibase `u`: base64url of the GZIP-compressed bits, entry 0 in the highest bit of the first byte
/// ([§3.3](https://www.w3.org/TR/vc-bitstring-status-list/#bitstring-generation-algorithm)).
fn encode(bits: &StatusBits) -> Result<String, Refusal> {
    let mut bytes = vec![0u8; (bits.length as usize).div_ceil(8)];
    for index in &bits.set {
        let byte = bytes.get_mut(*index as usize / 8).ok_or_else(|| {
            Refusal::Failure(format!("list {}: index {index} past its end", bits.list.list))
        })?;
        *byte |= 0x80 >> (index % 8);
    }
    let failed = |error: std::io::Error| Refusal::Failure(error.to_string());
    // No file time: the same bits give the same text.
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    encoder.write_all(&bytes).map_err(failed)?;
    Ok(format!("u{}", URL_SAFE_NO_PAD.encode(encoder.finish().map_err(failed)?)))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use std::io::Read as _;

    use super::*;
    use crate::store::{Purpose, StatusList};

    #[test]
    fn the_first_entry_is_the_highest_bit_of_the_first_byte() {
        let list = StatusList {
            list: "1".into(),
            purpose: Purpose::Revocation,
            opened_at: Timestamp::UNIX_EPOCH,
            used: 3,
            changed: 1,
        };
        let bits = StatusBits { list, length: 131_072, set: vec![0, 9, 131_071] };
        let text = encode(&bits).unwrap();
        let compressed = URL_SAFE_NO_PAD.decode(text.strip_prefix('u').unwrap()).unwrap();
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(compressed.as_slice()).read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes.len(), 16_384);
        assert_eq!((bytes[0], bytes[1], bytes[16_383]), (0b1000_0000, 0b0100_0000, 0b0000_0001));
        assert_eq!(bytes.iter().map(|byte| byte.count_ones()).sum::<u32>(), 3);
        assert_eq!(encode(&bits).unwrap(), text, "deterministic");
        assert!(encode(&StatusBits { set: vec![131_072], ..bits }).is_err());
    }
}
