//! What a holder shows to a verifier.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::credential::has_type;
use crate::lenient::one_or_many;

/// A verifiable presentation ([VC Data Model 2.0 §4.13](https://www.w3.org/TR/vc-data-model-2.0/#verifiable-presentations)).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Presentation {
    /// IRIs of contexts.
    #[serde(rename = "@context", deserialize_with = "one_or_many")]
    pub context: Vec<Value>,
    /// A URI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Contains `VerifiablePresentation`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// Who presents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<HolderRef>,
    /// What is presented, each as it was issued.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub verifiable_credential: Vec<Value>,
}

/// The holder: an identifier alone, or an object with one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum HolderRef {
    /// The identifier alone.
    Uri(String),
    /// An object with the identifier.
    Object {
        /// The identifier.
        id: String,
    },
}

impl HolderRef {
    /// The holder's identifier.
    pub fn id(&self) -> &str {
        match self {
            Self::Uri(id) | Self::Object { id } => id,
        }
    }
}

/// Whether this is a verifiable presentation.
pub fn is_presentation(value: &Value) -> bool {
    has_type(value, "VerifiablePresentation")
}

/// A credential or presentation wrapped in a `data:` URL ([VC Data Model 2.0 §4.13.2](https://www.w3.org/TR/vc-data-model-2.0/#enveloped-verifiable-credentials)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enveloped {
    /// The media type, without parameters: `application/vc+jwt`, `application/jwt` …
    pub media_type: String,
    /// What the URL carries.
    pub payload: Vec<u8>,
}

/// Why an enveloped credential could not be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// `id` is missing or not a `data:` URL.
    #[error("id is not a data: URL")]
    NotADataUrl,
    /// The base64 of the URL is broken.
    #[error("the data: URL carries broken base64")]
    Base64,
}

/// Whether this object is an `EnvelopedVerifiableCredential`.
pub fn is_enveloped_credential(value: &Value) -> bool {
    has_type(value, "EnvelopedVerifiableCredential")
}

/// Opens an `EnvelopedVerifiableCredential`.
///
/// # Errors
/// [`EnvelopeError`] where its `id` is not a readable `data:` URL.
pub fn open_envelope(value: &Value) -> Result<Enveloped, EnvelopeError> {
    let url = value.get("id").and_then(Value::as_str).ok_or(EnvelopeError::NotADataUrl)?;
    let (header, data) =
        url.strip_prefix("data:").and_then(|rest| rest.split_once(',')).ok_or(EnvelopeError::NotADataUrl)?;
    let mut parameters = header.split(';');
    let media_type = parameters.next().unwrap_or_default().trim().to_ascii_lowercase();
    let payload = if parameters.any(|parameter| parameter.eq_ignore_ascii_case("base64")) {
        STANDARD.decode(data).map_err(|_| EnvelopeError::Base64)?
    } else {
        percent_decode_str(data).collect()
    };
    Ok(Enveloped { media_type, payload })
}

/// Wraps a compact JWS in an `EnvelopedVerifiableCredential`.
pub fn envelop_jwt(jws: &str) -> Value {
    serde_json::json!({
        "@context": crate::credential::CREDENTIALS_V2,
        "id": format!("data:application/vc+jwt,{jws}"),
        "type": "EnvelopedVerifiableCredential",
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn an_envelope_gives_back_what_was_put_in() {
        let opened = open_envelope(&envelop_jwt("aa.bb.cc")).unwrap();
        assert_eq!(
            opened,
            Enveloped { media_type: "application/vc+jwt".into(), payload: b"aa.bb.cc".to_vec() }
        );
        let base64 = serde_json::json!({"id": "data:application/jwt;base64,YS5iLmM="});
        assert_eq!(open_envelope(&base64).unwrap().payload, b"a.b.c");
        assert_eq!(open_envelope(&serde_json::json!({"id": "https://x"})), Err(EnvelopeError::NotADataUrl));
        assert_eq!(
            open_envelope(&serde_json::json!({"id": "data:application/jwt;base64,*"})),
            Err(EnvelopeError::Base64)
        );
    }
}
