//! Compact JWS, read strictly: nothing reaches a signature check before every part has one meaning only.

use badge_schemas::document::{self, Document};
use badge_schemas::jwk::Jwk;
use badge_schemas::problem::{Code, Problem};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::keys::{Algorithm, PublicKey, SignatureRefused};

/// Longest header we read, encoded: 16 KiB. A kid that is a did:jwk of an 8192-bit RSA key beside the same key as jwk takes about 4 KiB.
pub const MAX_HEADER_CHARS: usize = 16 << 10;

/// Longest signature we read, encoded: an 8192-bit RSA signature takes 1366 characters.
pub const MAX_SIGNATURE_CHARS: usize = 2 << 10;

/// Longest token we read: a document of the largest size we parse, in base64url, with the longest header and signature.
pub const MAX_BYTES: usize = document::MAX_BYTES.div_ceil(3) * 4 + MAX_HEADER_CHARS + MAX_SIGNATURE_CHARS + 2;

/// Longest `kid` we accept, in bytes: the largest key as did:jwk takes about 2 KiB.
pub const MAX_KID_BYTES: usize = 4 << 10;

/// A compact JWS over a JSON object ([RFC 7515 §7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1)).
///
/// It was read, not verified: see [`CompactJws::verify`]. Two different texts never read as the same token.
#[derive(Clone, Debug, PartialEq)]
pub struct CompactJws {
    text: String,
    signing_input_length: usize,
    header: Header,
    payload: Document,
    signature: Vec<u8>,
}

/// The header of a token: the members that Open Badges and VC-JOSE-COSE use, and no other
/// ([Open Badges 3.0 §8.2.4.1](https://www.imsglobal.org/spec/ob/v3p0#jose-header)).
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// The algorithm the token says it was signed with.
    pub alg: Algorithm,
    /// Which key it was signed with, usually a URL; never empty.
    pub kid: Option<String>,
    /// The key itself; it proves nothing about whose it is.
    pub jwk: Option<Jwk>,
    /// What kind of token it is.
    pub typ: Option<TokenType>,
    /// The media type of the payload as written: `vc` or `vp`; only beside a `typ` of VC-JOSE-COSE.
    pub cty: Option<String>,
}

/// What `typ` says a token is; media types are compared without regard to case, with or without `application/`
/// ([RFC 7515 §4.1.9](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.9)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenType {
    /// `JWT`: what Open Badges 3.0 uses.
    Jwt,
    /// `vc+jwt`, or `vc+ld+json+jwt` as drafts had it: a credential ([VC-JOSE-COSE §3.1.1](https://www.w3.org/TR/vc-jose-cose/#securing-with-jose)).
    VcJwt,
    /// `vp+jwt`, or `vp+ld+json+jwt`: a presentation ([VC-JOSE-COSE §3.1.2](https://www.w3.org/TR/vc-jose-cose/#securing-vps-with-jose)).
    VpJwt,
    /// `statuslist+jwt`: a list of statuses ([Token Status List §5.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list#section-5.1)).
    /// Read by [`CompactJws::parse_status_list`] alone, so that it can never stand for anything else.
    StatusListJwt,
    /// `dc+sd-jwt`: the issuer's part of an SD-JWT VC ([draft-ietf-oauth-sd-jwt-vc §2.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-sd-jwt-vc)).
    DcSdJwt,
    /// `vc+sd-jwt`: the issuer's part of a credential as SD-JWT ([VC-JOSE-COSE §3.2.1](https://www.w3.org/TR/vc-jose-cose/#secure-with-sd-jwt)).
    VcSdJwt,
    /// `vp+sd-jwt`: a presentation as SD-JWT ([VC-JOSE-COSE §3.2.2](https://www.w3.org/TR/vc-jose-cose/#securing-vps-sd-jwt)).
    VpSdJwt,
    /// `kb+jwt`: the holder's part of an SD-JWT ([RFC 9901 §4.3](https://www.rfc-editor.org/rfc/rfc9901#section-4.3)).
    KbJwt,
}

impl TokenType {
    /// Reads `typ`; `None` for kinds of tokens that are something else (access tokens, key bindings …).
    pub fn parse(typ: &str) -> Option<Self> {
        match short_media_type(typ).as_str() {
            "jwt" => Some(Self::Jwt),
            "vc+jwt" | "vc+ld+json+jwt" => Some(Self::VcJwt),
            "vp+jwt" | "vp+ld+json+jwt" => Some(Self::VpJwt),
            "statuslist+jwt" => Some(Self::StatusListJwt),
            "dc+sd-jwt" => Some(Self::DcSdJwt),
            "vc+sd-jwt" => Some(Self::VcSdJwt),
            "vp+sd-jwt" => Some(Self::VpSdJwt),
            "kb+jwt" => Some(Self::KbJwt),
            _ => None,
        }
    }

    /// The spelling we write.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jwt => "JWT",
            Self::VcJwt => "vc+jwt",
            Self::VpJwt => "vp+jwt",
            Self::StatusListJwt => "statuslist+jwt",
            Self::DcSdJwt => "dc+sd-jwt",
            Self::VcSdJwt => "vc+sd-jwt",
            Self::VpSdJwt => "vp+sd-jwt",
            Self::KbJwt => "kb+jwt",
        }
    }

    /// Whether such a token is a part of an SD-JWT, and nothing on its own.
    fn is_in_sd_jwt(self) -> bool {
        matches!(self, Self::DcSdJwt | Self::VcSdJwt | Self::VpSdJwt | Self::KbJwt)
    }
}

impl CompactJws {
    /// Reads a token of at most [`MAX_BYTES`].
    ///
    /// # Errors
    /// A [`Problem`]: what is wrong with the text, the header, or the JSON of the payload (its pointers are into the payload).
    pub fn parse(text: &str) -> Result<Self, Problem> {
        Self::parse_up_to(text, MAX_BYTES)
    }

    /// Like [`CompactJws::parse`], with another limit in bytes on the whole token (issuer registries may be large).
    ///
    /// # Errors
    /// As [`CompactJws::parse`].
    pub fn parse_up_to(text: &str, max_bytes: usize) -> Result<Self, Problem> {
        let jws = Self::read(text, max_bytes)?;
        match jws.header.typ {
            Some(TokenType::StatusListJwt) => Err(malformed("it is a status list")),
            Some(typ) if typ.is_in_sd_jwt() => {
                Err(malformed(format_args!("its typ is {}: a part of an SD-JWT stands alone", typ.as_str())))
            }
            _ => Ok(jws),
        }
    }

    /// Reads a Status List Token and nothing else, with a limit in bytes.
    ///
    /// # Errors
    /// As [`CompactJws::parse`]; [`Code::JwtMalformed`] where `typ` is absent or another.
    pub fn parse_status_list(text: &str, max_bytes: usize) -> Result<Self, Problem> {
        let jws = Self::read(text, max_bytes)?;
        match jws.header.typ {
            Some(TokenType::StatusListJwt) => Ok(jws),
            _ => Err(malformed("its typ is not statuslist+jwt")),
        }
    }

    /// Reads one of the tokens of an SD-JWT; which one it is, is for the caller.
    ///
    /// # Errors
    /// As [`CompactJws::parse`].
    pub(super) fn parse_in_sd_jwt(text: &str) -> Result<Self, Problem> {
        Self::read(text, MAX_BYTES)
    }

    fn read(text: &str, max_bytes: usize) -> Result<Self, Problem> {
        if text.len() > max_bytes {
            return Err(too_large(text.len(), max_bytes));
        }
        let mut parts = text.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            let count = text.split('.').count();
            return Err(malformed(format_args!("it has {count} part(s) where 3 are needed")));
        };
        if header.len() > MAX_HEADER_CHARS {
            return Err(too_large(header.len(), MAX_HEADER_CHARS));
        }
        if signature.len() > MAX_SIGNATURE_CHARS {
            return Err(too_large(signature.len(), MAX_SIGNATURE_CHARS));
        }
        let signing_input_length = header.len() + 1 + payload.len();
        let header = Document::parse(decode("header", header)?).map_err(in_header)?;
        let header = Header::read(header.into_value())?;
        if signature.is_empty() {
            return Err(Problem::new(Code::NoProof));
        }
        let signature = decode("signature", signature)?;
        let payload = Document::parse_up_to(decode("payload", payload)?, max_bytes)?;
        if !payload.value().is_object() {
            return Err(malformed("the payload is not a JSON object"));
        }
        Ok(Self { text: text.to_owned(), signing_input_length, header, payload, signature })
    }

    /// The token as it was received.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What the signature is over: header and payload as they were received ([RFC 7515 §5.1](https://www.rfc-editor.org/rfc/rfc7515#section-5.1)).
    pub fn signing_input(&self) -> &str {
        self.text.get(..self.signing_input_length).unwrap_or(&self.text)
    }

    /// The signature's bytes.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The payload, a JSON object.
    pub fn payload(&self) -> &Document {
        &self.payload
    }

    /// Checks that `key` signed this token, with the algorithm that the header names and this key is for.
    ///
    /// A token that carries another key (`jwk`) is refused even where the signature fits. A pass does not mean that the key is the issuer's.
    ///
    /// # Errors
    /// [`Code::AlgForbidden`], [`Code::KidJwkDisagree`], [`Code::SignatureInvalid`], and what [`CompactJws::check_jwk_agrees`] finds.
    pub fn verify(&self, key: &PublicKey) -> Result<(), Problem> {
        if !key.accepts(self.header.alg) {
            return Err(Problem::new(Code::AlgForbidden).with("alg", self.header.alg));
        }
        self.check_jwk_agrees(key)?;
        key.verify(self.header.alg, self.signing_input().as_bytes(), &self.signature).map_err(|refused| {
            match refused {
                SignatureRefused::Algorithm { asked, .. } => {
                    Problem::new(Code::AlgForbidden).with("alg", asked)
                }
                SignatureRefused::Length { .. } | SignatureRefused::Mismatch | SignatureRefused::Key => {
                    Problem::new(Code::SignatureInvalid)
                }
            }
        })
    }

    /// Checks that the key carried in the header, if any, is `key`, by thumbprint ([RFC 7638](https://www.rfc-editor.org/rfc/rfc7638)).
    ///
    /// # Errors
    /// [`Code::KidJwkDisagree`], or [`Code::KeyMalformed`] for a carried key that cannot be read.
    pub fn check_jwk_agrees(&self, key: &PublicKey) -> Result<(), Problem> {
        let Some(jwk) = &self.header.jwk else { return Ok(()) };
        let carried = PublicKey::from_jwk(jwk).map_err(|error| error.to_problem("jwk"))?;
        if carried.is(key) { Ok(()) } else { Err(Problem::new(Code::KidJwkDisagree)) }
    }
}

impl Header {
    fn read(header: Value) -> Result<Self, Problem> {
        let Value::Object(mut header) = header else {
            return Err(malformed("the header is not a JSON object"));
        };
        let typ = match text_member(&mut header, "typ")? {
            Some(typ) => Some(
                TokenType::parse(&typ)
                    .ok_or_else(|| malformed(format_args!("its typ is {typ:?}, another kind of token")))?,
            ),
            None => None,
        };
        let alg = text_member(&mut header, "alg")?.ok_or_else(|| malformed("its header has no alg"))?;
        let alg = Algorithm::parse(&alg).ok_or_else(|| Problem::new(Code::AlgForbidden).with("alg", &alg))?;
        let kid = text_member(&mut header, "kid")?;
        if let Some(kid) = &kid {
            if kid.is_empty() {
                return Err(malformed("its kid is empty"));
            }
            if kid.len() > MAX_KID_BYTES {
                return Err(too_large(kid.len(), MAX_KID_BYTES));
            }
        }
        let jwk = header.remove("jwk").map(read_jwk).transpose()?;
        let cty = match typ {
            Some(TokenType::VcJwt | TokenType::VpJwt | TokenType::VcSdJwt | TokenType::VpSdJwt) => {
                text_member(&mut header, "cty")?
            }
            Some(TokenType::Jwt | TokenType::StatusListJwt | TokenType::DcSdJwt | TokenType::KbJwt)
            | None => None,
        };
        if let Some(cty) = &cty {
            let fits = match typ {
                Some(TokenType::VcJwt | TokenType::VcSdJwt) => ["vc", "vc+ld+json"],
                _ => ["vp", "vp+ld+json"],
            };
            if !fits.contains(&short_media_type(cty).as_str()) {
                return Err(malformed(format_args!("its cty {cty:?} does not fit its typ")));
            }
        }
        match header.keys().next() {
            Some(name) => Err(Problem::new(Code::JoseHeaderUnexpected).with("name", name)),
            None => Ok(Self { alg, kid, jwk, typ, cty }),
        }
    }
}

/// Header and payload in the form that is signed, for writing a token ([RFC 7515 §5.1](https://www.rfc-editor.org/rfc/rfc7515#section-5.1)).
pub fn signing_input(header: &Value, payload: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(payload))
}

/// A signing input and the signature over it, as a token.
pub fn compact(signing_input: &str, signature: &[u8]) -> String {
    format!("{signing_input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// Members of private and symmetric keys ([RFC 7518 §6](https://www.rfc-editor.org/rfc/rfc7518#section-6)).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

fn read_jwk(value: Value) -> Result<Jwk, Problem> {
    // Looked for before the typed view: a complete RSA private key has several of them.
    if PRIVATE_MEMBERS.iter().any(|name| value.get(name).is_some()) {
        return Err(Problem::new(Code::JwkPrivateKeyExposed));
    }
    serde_json::from_value(value)
        .map_err(|error| Problem::new(Code::KeyMalformed).with("method", "jwk").with("reason", error))
}

fn text_member(header: &mut Map<String, Value>, name: &'static str) -> Result<Option<String>, Problem> {
    match header.remove(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(malformed(format_args!("its {name} is not a string"))),
    }
}

/// Strict base64url: one spelling for each sequence of bytes, no padding, no white space ([RFC 7515 §2](https://www.rfc-editor.org/rfc/rfc7515#section-2)).
fn decode(part: &str, text: &str) -> Result<Vec<u8>, Problem> {
    URL_SAFE_NO_PAD.decode(text).map_err(|error| malformed(format_args!("the {part}: {error}")))
}

fn short_media_type(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    lower.strip_prefix("application/").unwrap_or(&lower).to_owned()
}

/// A pointer into the header would read as one into the payload.
fn in_header(mut problem: Problem) -> Problem {
    problem.pointer = None;
    problem.with("part", "header")
}

fn malformed(reason: impl std::fmt::Display) -> Problem {
    Problem::new(Code::JwtMalformed).with("reason", reason)
}

fn too_large(size: usize, limit: usize) -> Problem {
    Problem::new(Code::InputTooLarge).with("size", size).with("limit", limit)
}

#[cfg(test)]
mod tests;
