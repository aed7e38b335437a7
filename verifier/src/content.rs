//! From bytes to a document and the way it is secured.

use badge_schemas::document::Document;
use badge_schemas::presentation::{
    EnvelopeError, is_enveloped_credential, is_enveloped_presentation, open_envelope,
};
use badge_schemas::problem::{Code, Problem};
use serde_json::Value;

use crate::container::{self, Kind, png, svg};
use crate::securing::jws::CompactJws;
use crate::securing::sd_jwt::SdJwt;
use crate::securing::sd_jwt::profile::Profile;
use crate::securing::vp_jwt;

/// What a document was wrapped in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// A JSON file.
    Json,
    /// A compact JWS.
    Jwt,
    /// An SD-JWT.
    SdJwt,
    /// A baked PNG image.
    Png,
    /// A baked SVG image.
    Svg,
}

impl Container {
    /// `json`, `jwt`, `sd-jwt`, `png` or `svg`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Jwt => "jwt",
            Self::SdJwt => "sd-jwt",
            Self::Png => "png",
            Self::Svg => "svg",
        }
    }
}

/// A parsed document, by its securing mechanism; nothing is verified yet.
#[derive(Clone, Debug)]
pub enum Content {
    /// JSON, with or without embedded proofs.
    Json(Document),
    /// A compact JWS.
    Jws(Box<CompactJws>),
    /// An SD-JWT, its disclosures in their places.
    SdJwt(Box<SdJwt>),
}

impl Content {
    /// Unwraps the container and parses what is in it.
    ///
    /// # Errors
    /// A [`Problem`] that says what the input is instead, or where it is broken.
    pub fn open(bytes: &[u8]) -> Result<(Container, Self), Problem> {
        match container::sniff(bytes) {
            Kind::Png => Ok((
                Container::Png,
                Self::of_text(&png::extract(bytes).map_err(|error| error.to_problem())?)?,
            )),
            Kind::Svg => Ok((
                Container::Svg,
                Self::of_text(&svg::extract(bytes).map_err(|error| error.to_problem())?)?,
            )),
            Kind::Json => Ok((Container::Json, Self::of_text(bytes)?)),
            Kind::CompactJws => Ok((Container::Jwt, Self::of_text(bytes)?)),
            Kind::SdJwt => Ok((Container::SdJwt, Self::of_text(bytes)?)),
            Kind::NotBakeable { format } => {
                Err(Problem::new(Code::UnsupportedContainer).with("found", format.name()))
            }
            Kind::EvidenceBundle => Err(Problem::new(Code::EvidenceBundleGiven)),
            Kind::Unknown if bytes.trim_ascii().is_empty() => Err(Problem::new(Code::InputEmpty)),
            Kind::Unknown => Err(Problem::new(Code::UnsupportedContainer).with_words(
                "found",
                "a file of another kind",
                "un fichier d’une autre sorte",
            )),
        }
    }

    /// Parses what stands in a document as a credential of its own: JSON, an envelope, or a token as a string.
    ///
    /// # Errors
    /// As [`Content::open`]; [`Code::NotACredential`] for anything else.
    pub(crate) fn of_item(item: &Value) -> Result<Self, Problem> {
        match item {
            Value::String(jws) => Self::open(jws.as_bytes()).map(|(_, content)| content),
            Value::Object(_) => Self::of_envelope(item)
                .unwrap_or_else(|| Self::open(item.to_string().as_bytes()).map(|(_, content)| content)),
            _ => Err(Problem::new(Code::NotACredential)),
        }
    }

    /// Parses JSON, a compact JWS or an SD-JWT, as it stands in a file or inside an image.
    fn of_text(bytes: &[u8]) -> Result<Self, Problem> {
        if let Some(text) = container::compact_jws(bytes) {
            return CompactJws::parse(text).map(|jws| Self::Jws(Box::new(jws)));
        }
        if let Some(text) = container::sd_jwt(bytes) {
            return SdJwt::parse(text).map(|sd_jwt| Self::SdJwt(Box::new(sd_jwt)));
        }
        let without_mark = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let document = Document::parse(without_mark)?;
        let has = |name: &str| document.value().get(name).is_some();
        if has("payload") && (has("signature") || has("signatures")) {
            return Err(Problem::new(Code::JwsJsonUnsupported));
        }
        Self::of_envelope(document.value()).unwrap_or(Ok(Self::Json(document)))
    }

    /// What an envelope holds: a token of the kind that its type says, and nothing else. `None` where this is no envelope.
    pub(crate) fn of_envelope(value: &Value) -> Option<Result<Self, Problem>> {
        let of_presentation = is_enveloped_presentation(value);
        if !of_presentation && !is_enveloped_credential(value) {
            return None;
        }
        let malformed = |reason: &str| {
            Problem::new(Code::MalformedValue).at("/type").with("member", "type").with("reason", reason)
        };
        Some(open_envelope(value).map_err(EnvelopeError::to_problem).and_then(|envelope| {
            // Looked at before it is parsed: envelopes in envelopes are not followed, and no JSON or image passes for a token.
            match container::sniff(&envelope.payload) {
                Kind::CompactJws | Kind::SdJwt => {}
                Kind::NotBakeable { .. } | Kind::EvidenceBundle | Kind::Unknown => {
                    let found = Problem::new(Code::UnsupportedContainer).with("found", &envelope.media_type);
                    return Err(found.at("/id"));
                }
                Kind::Json | Kind::Png | Kind::Svg => return Err(malformed("an envelope holds a token")),
            }
            let content = Self::of_text(&envelope.payload)?;
            if matches!(content, Self::SdJwt(_)) != envelope.media_type.ends_with("sd-jwt") {
                return Err(Problem::new(Code::MalformedValue)
                    .at("/id")
                    .with("member", "id")
                    .with("reason", "the media type of the data: URL is not that of what it carries"));
            }
            let is_presentation = match &content {
                Self::Jws(jws) => vp_jwt::is_one(jws.payload().value()),
                Self::SdJwt(sd_jwt) => sd_jwt.profile() == Profile::Presentation,
                Self::Json(_) => false,
            };
            if is_presentation != of_presentation {
                return Err(malformed("the envelope says it holds something else than it does"));
            }
            Ok(content)
        }))
    }
}
