//! What a holder shows to a verifier.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::credential::{CREDENTIALS_V2, has_type};
use crate::lenient::one_or_many;
use crate::problem::{Code, Problem};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// `id` is missing or not a `data:` URL.
    #[error("id is not a data: URL")]
    NotADataUrl,
    /// The base64 of the URL is broken.
    #[error("the data: URL carries broken base64")]
    Base64,
    /// Its `@context` does not name the context that defines envelopes.
    #[error("@context does not define an envelope")]
    Context,
    /// It has other types beside that of an envelope.
    #[error("an envelope has no other type")]
    Type,
}

impl EnvelopeError {
    /// What to tell the one who gave the envelope.
    pub fn to_problem(self) -> Problem {
        let (member, code) = match self {
            Self::NotADataUrl | Self::Base64 => ("id", Code::MalformedValue),
            Self::Context => {
                return Problem::new(Code::ContextOrder).at("/@context").with("expected", CREDENTIALS_V2);
            }
            Self::Type => ("type", Code::MalformedValue),
        };
        Problem::new(code).at(format!("/{member}")).with("member", member).with("reason", self)
    }
}

/// The type of a credential in an envelope.
pub const ENVELOPED_CREDENTIAL: &str = "EnvelopedVerifiableCredential";
/// The type of a presentation in an envelope.
pub const ENVELOPED_PRESENTATION: &str = "EnvelopedVerifiablePresentation";

/// Whether this object is an `EnvelopedVerifiableCredential`.
pub fn is_enveloped_credential(value: &Value) -> bool {
    has_type(value, ENVELOPED_CREDENTIAL)
}

/// Whether this object is an `EnvelopedVerifiablePresentation` ([VC Data Model 2.0 §4.13.3](https://www.w3.org/TR/vc-data-model-2.0/#enveloped-verifiable-presentations)).
pub fn is_enveloped_presentation(value: &Value) -> bool {
    has_type(value, ENVELOPED_PRESENTATION)
}

/// Opens an `EnvelopedVerifiableCredential` or an `EnvelopedVerifiablePresentation`.
///
/// # Errors
/// [`EnvelopeError`] where it does not have the base context, has other types too, or its `id` is not a readable `data:` URL.
pub fn open_envelope(value: &Value) -> Result<Enveloped, EnvelopeError> {
    let one_type = match value.get("type") {
        Some(Value::Array(types)) => types.len() == 1,
        _ => true,
    };
    if !one_type {
        return Err(EnvelopeError::Type);
    }
    let defined = match value.get("@context") {
        Some(Value::Array(contexts)) => contexts.iter().any(|context| context == CREDENTIALS_V2),
        Some(context) => context == CREDENTIALS_V2,
        None => false,
    };
    if !defined {
        return Err(EnvelopeError::Context);
    }
    open_data_url(value.get("id").and_then(Value::as_str).ok_or(EnvelopeError::NotADataUrl)?)
}

/// Takes the line breaks from the end of the `data:` URLs of envelopes in a presentation, as every parser of URLs does
/// ([URL Standard](https://url.spec.whatwg.org/#url-parsing)); some tools leave one there, and with it the URL is no IRI.
///
/// Only for a presentation that is signed character by character: where the RDF is signed, what is no IRI would not be.
pub fn trim_envelopes(presentation: &mut Value) {
    let items = match presentation.get_mut("verifiableCredential") {
        Some(Value::Array(items)) => items.as_mut_slice(),
        Some(single) => std::slice::from_mut(single),
        None => &mut [],
    };
    for item in items.iter_mut().filter(|item| is_enveloped_credential(item)) {
        if let Some(Value::String(id)) = item.get_mut("id")
            && id.starts_with("data:")
        {
            id.truncate(id.trim_end_matches(['\r', '\n']).len());
        }
    }
}

/// Base64 of `data:` URLs: with or without padding, as readers of URLs take it
/// ([Fetch Standard, `data:` URLs](https://fetch.spec.whatwg.org/#data-url-processor)); the bytes are the same.
const DATA_URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Decodes a `data:` URL ([RFC 2397](https://www.rfc-editor.org/rfc/rfc2397)).
///
/// # Errors
/// [`EnvelopeError`] where it is none, or its base64 is broken.
pub fn open_data_url(url: &str) -> Result<Enveloped, EnvelopeError> {
    let (header, data) =
        url.strip_prefix("data:").and_then(|rest| rest.split_once(',')).ok_or(EnvelopeError::NotADataUrl)?;
    let mut parameters = header.split(';');
    let media_type = parameters.next().unwrap_or_default().trim().to_ascii_lowercase();
    let payload = if parameters.any(|parameter| parameter.eq_ignore_ascii_case("base64")) {
        DATA_URL.decode(data).map_err(|_| EnvelopeError::Base64)?
    } else {
        percent_decode_str(data).collect()
    };
    Ok(Enveloped { media_type, payload })
}

/// Wraps a compact JWS in an `EnvelopedVerifiableCredential`.
pub fn envelop_jwt(jws: &str) -> Value {
    envelop("vc+jwt", jws)
}

/// Wraps a token of the media type `application/{subtype}`, such as `vc+jwt` or `dc+sd-jwt`, in an `EnvelopedVerifiableCredential`.
pub fn envelop(subtype: &str, token: &str) -> Value {
    serde_json::json!({
        "@context": CREDENTIALS_V2,
        "id": format!("data:application/{subtype},{token}"),
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
        let envelope = |id: &str| serde_json::json!({"@context": [CREDENTIALS_V2], "type": [ENVELOPED_CREDENTIAL], "id": id});
        assert_eq!(
            open_envelope(&envelope("data:application/jwt;base64,YS5iLmM=")).unwrap().payload,
            b"a.b.c"
        );
        assert_eq!(open_envelope(&envelope("data:application/jwt;base64,YS5iLg")).unwrap().payload, b"a.b.");
        assert_eq!(open_envelope(&envelope("https://x")), Err(EnvelopeError::NotADataUrl));
        assert_eq!(open_envelope(&envelope("data:application/jwt;base64,*")), Err(EnvelopeError::Base64));
        let with = |member: &str, value: Value| {
            let mut envelope = envelope("data:,a.b.c");
            envelope[member] = value;
            open_envelope(&envelope)
        };
        assert!(with("type", ENVELOPED_PRESENTATION.into()).is_ok());
        assert_eq!(
            with("type", serde_json::json!([ENVELOPED_CREDENTIAL, "VerifiableCredential"])),
            Err(EnvelopeError::Type)
        );
        assert_eq!(with("@context", serde_json::json!([])), Err(EnvelopeError::Context));
        assert_eq!(
            with("@context", "https://www.w3.org/ns/credentials/examples/v2".into()),
            Err(EnvelopeError::Context)
        );
    }
}
