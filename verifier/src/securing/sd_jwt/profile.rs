//! What kind of credential an SD-JWT is: an SD-JWT VC, or a credential or presentation of the VC Data Model.

use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::SdJwt;
use super::skills_badge;
use crate::securing::jws::{CompactJws, TokenType};
use crate::securing::vc_jwt::{self, ClaimRules};
use crate::securing::vp_jwt;

/// Which standard says what the claims mean. `vc+sd-jwt` once named what is now `dc+sd-jwt`, so what it carries decides: `vct` or `@context`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// An SD-JWT VC, by its `vct` ([draft-ietf-oauth-sd-jwt-vc §2](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-sd-jwt-vc)).
    SdJwtVc,
    /// A credential of the VC Data Model 2.0, by its `@context` ([VC-JOSE-COSE §3.2.1](https://www.w3.org/TR/vc-jose-cose/#secure-with-sd-jwt)).
    Credential,
    /// A presentation of the VC Data Model 2.0 ([VC-JOSE-COSE §3.2.2](https://www.w3.org/TR/vc-jose-cose/#securing-vps-sd-jwt)).
    Presentation,
}

/// Claims of an SD-JWT VC that no disclosure may carry, nor any part of them
/// ([draft-ietf-oauth-sd-jwt-vc §2.2.2.2](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-sd-jwt-vc)); `aud` is from
/// [RFC 9901 §9.7](https://www.rfc-editor.org/rfc/rfc9901#section-9.7).
const ALWAYS_SHOWN_VC: [&str; 9] =
    ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status", "aud"];

/// What decides whether a W3C credential counts: the claims of [RFC 9901 §9.7](https://www.rfc-editor.org/rfc/rfc9901#section-9.7) and the
/// members of [VC-JOSE-COSE §3.2.1](https://www.w3.org/TR/vc-jose-cose/#secure-with-sd-jwt); and sealed evaluations, since one without its status
/// would count though it was taken back.
const ALWAYS_SHOWN_W3C: [&str; 14] = [
    "@context",
    "type",
    "issuer",
    "validFrom",
    "validUntil",
    "credentialStatus",
    "credentialSchema",
    "relatedResource",
    "iss",
    "nbf",
    "exp",
    "cnf",
    "aud",
    "sealedEvaluation",
];

/// What decides whether a presentation answers, who presents, and what: whoever passes it on could leave a disclosure out.
const MISSED_IN_A_PRESENTATION: [&str; 13] = [
    "@context",
    "type",
    "holder",
    "verifiableCredential",
    "termsOfUse",
    "relatedResource",
    "iss",
    "nbf",
    "exp",
    "iat",
    "cnf",
    "aud",
    "nonce",
];

impl Profile {
    /// The profile of an issuer-signed JWT, by its `typ` and what it carries in plain sight.
    ///
    /// # Errors
    /// [`Code::SdJwtMalformed`] for another or no `typ`; [`Code::SdJwtProfileUndecided`] for both or neither of `vct` and `@context`.
    pub fn of(issuer_signed: &CompactJws) -> Result<Self, Problem> {
        let has = |name: &str| issuer_signed.payload().value().get(name).is_some();
        let undecided = |found| Err(Problem::new(Code::SdJwtProfileUndecided).with("found", found));
        let typ = issuer_signed.header().typ;
        match (typ, has("vct"), has("@context")) {
            (Some(TokenType::DcSdJwt | TokenType::VcSdJwt), true, false) => Ok(Self::SdJwtVc),
            (Some(TokenType::VcSdJwt), false, true) => Ok(Self::Credential),
            (Some(TokenType::VpSdJwt), false, true) => Ok(Self::Presentation),
            (Some(TokenType::DcSdJwt | TokenType::VcSdJwt | TokenType::VpSdJwt), true, true) => {
                undecided("vct, @context")
            }
            (Some(TokenType::DcSdJwt), false, true) => undecided("@context, dc+sd-jwt"),
            (Some(TokenType::VpSdJwt), true, false) => undecided("vct, vp+sd-jwt"),
            (Some(TokenType::DcSdJwt | TokenType::VcSdJwt | TokenType::VpSdJwt), false, false) => {
                undecided("∅")
            }
            _ => Err(super::malformed("its typ is none of dc+sd-jwt, vc+sd-jwt and vp+sd-jwt")),
        }
    }

    /// The `typ` we write, which is also the media type after `application/`.
    pub fn token_type(self) -> TokenType {
        match self {
            Self::SdJwtVc => TokenType::DcSdJwt,
            Self::Credential => TokenType::VcSdJwt,
            Self::Presentation => TokenType::VpSdJwt,
        }
    }

    /// The claims that decide whether it counts, and so may not be hidden.
    pub fn always_shown(self) -> &'static [&'static str] {
        match self {
            Self::SdJwtVc => &ALWAYS_SHOWN_VC,
            Self::Credential | Self::Presentation => &ALWAYS_SHOWN_W3C,
        }
    }

    /// Those that a reader misses when they are hidden: of a presentation, what its holder may let go and whoever passes it on may not take away.
    fn missed(self) -> &'static [&'static str] {
        match self {
            Self::SdJwtVc | Self::Credential => self.always_shown(),
            Self::Presentation => &MISSED_IN_A_PRESENTATION,
        }
    }
}

impl SdJwt {
    /// Findings about claims that may not be hidden, as failures and warnings.
    ///
    /// A digest without disclosure in such a claim hides what would decide, and fails; a disclosed one fails in an SD-JWT VC, which
    /// forbids it, and is a warning in a W3C credential, which advises against it. At the root of a presentation every digest without disclosure
    /// fails: nobody can tell whether it is a decoy, or hides the time it ends or what is presented.
    pub fn disclosure_findings(&self) -> (Vec<Problem>, Vec<Problem>) {
        let decisive = |place: &str| {
            if place.is_empty() {
                return self.profile == Profile::Presentation;
            }
            let name = place.trim_start_matches('/').split('/').next().unwrap_or_default();
            self.profile.missed().contains(&name.replace("~1", "/").replace("~0", "~").as_str())
        };
        let finding = |place: &String| {
            let claim = if place.is_empty() { "/_sd" } else { place };
            Problem::new(Code::ClaimNotDisclosable).at(place).with("claim", claim)
        };
        let mut failures: Vec<_> =
            self.hidden().iter().filter(|place| decisive(place)).map(finding).collect();
        let mut warnings = Vec::new();
        let disclosed = self.processed.places.iter().filter(|place| decisive(place)).map(finding);
        match self.profile {
            Profile::SdJwtVc => failures.extend(disclosed),
            Profile::Credential | Profile::Presentation => warnings.extend(disclosed),
        }
        (failures, warnings)
    }

    /// Findings about the claims themselves, by the rules of the profile; whether they are in force is for the caller.
    pub fn claim_findings(&self) -> Vec<Problem> {
        match self.profile {
            Profile::SdJwtVc => sd_jwt_vc(self.claims()),
            Profile::Credential => vc_jwt::check_claims(self.claims(), ClaimRules::JoseCose),
            Profile::Presentation => vp_jwt::claim_problems(self.claims()),
        }
    }

    /// The credential or presentation as the checks and the report read it.
    ///
    /// - A W3C document: the claims without those of JWT.
    /// - An SD-JWT VC of the type of [`skills_badge`]: the badge it stands for.
    /// - Another SD-JWT VC: what is common to all, in the names of the VC Data Model: `id`, `issuer`, `validFrom`, `validUntil`, the
    ///   subject's `id`; `name` is the `vct`.
    pub fn document(&self) -> Value {
        match self.profile {
            Profile::Credential | Profile::Presentation => {
                let mut document = match self.profile {
                    Profile::Presentation => vp_jwt::presentation(self.claims()),
                    _ => vc_jwt::credential(self.claims()),
                };
                if let Value::Object(members) = &mut document {
                    members.remove("cnf");
                }
                document
            }
            Profile::SdJwtVc => {
                let claims = self.claims();
                if skills_badge::is(claims) { skills_badge::credential(claims) } else { common(claims) }
            }
        }
    }
}

/// The rules for every SD-JWT VC.
fn sd_jwt_vc(claims: &Value) -> Vec<Problem> {
    let Value::Object(claims) = claims else { return vec![Problem::new(Code::NotACredential)] };
    let malformed = |name: &str, reason: &str| {
        Problem::new(Code::MalformedValue).at(format!("/{name}")).with("member", name).with("reason", reason)
    };
    let mut problems = Vec::new();
    match claims.get("vct") {
        Some(Value::String(vct)) if is_collision_resistant(vct) => {}
        _ => problems.push(malformed("vct", "a collision-resistant name is needed: a URI")),
    }
    match claims.get("iss") {
        Some(Value::String(issuer)) if !issuer.is_empty() => {}
        Some(_) => problems.push(malformed("iss", "a string is needed")),
        None => problems.push(malformed("iss", "it is missing, and no certificate stands for it")),
    }
    for name in ["sub", "jti"] {
        if claims.get(name).is_some_and(|value| !value.is_string()) {
            problems.push(malformed(name, "a string is needed"));
        }
    }
    problems.extend(
        ["nbf", "exp", "iat"].into_iter().filter_map(|name| vc_jwt::claim_of_time(claims, name).err()),
    );
    for name in ["cnf", "status"] {
        if claims.get(name).is_some_and(|value| !value.is_object()) {
            problems.push(malformed(name, "an object is needed"));
        }
    }
    if let Some(others) = claims.get("aka_vcts") {
        let fits = others.as_array().is_some_and(|others| {
            !others.is_empty()
                && others.iter().all(|name| {
                    name.as_str().is_some_and(is_collision_resistant) && claims.get("vct") != Some(name)
                })
        });
        if !fits {
            problems.push(malformed("aka_vcts", "other types than vct are needed, each a URI"));
        }
    }
    if let Some(integrity) = claims.get("vct#integrity")
        && !integrity.as_str().is_some_and(is_integrity_metadata)
    {
        problems.push(malformed("vct#integrity", "a hash as in Subresource Integrity is needed"));
    }
    if let Some(audience) = claims.get("aud") {
        // Whoever is not told that he is in the audience must refuse (RFC 7519 §4.1.3), and a credential is for everyone.
        let found = audience.as_str().map_or_else(|| audience.to_string(), str::to_owned);
        problems.push(
            Problem::new(Code::ClaimMismatch)
                .at("/aud")
                .with("claim", "aud")
                .with("found", found)
                .with("expected", "null"),
        );
    }
    problems
}

/// A Collision-Resistant Name ([RFC 7515 §2](https://www.rfc-editor.org/rfc/rfc7515#section-2)): a URI, or a name in a namespace with dots or colons.
fn is_collision_resistant(name: &str) -> bool {
    name.contains([':', '.']) && !name.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// One or more of `sha256-…`, `sha384-…`, `sha512-…` ([Subresource Integrity §3.5](https://www.w3.org/TR/SRI/#the-integrity-attribute)).
fn is_integrity_metadata(text: &str) -> bool {
    let one = |hash: &str| {
        let Some((name, digest)) = hash.split_once('-') else { return false };
        let length = match name {
            "sha256" => 32,
            "sha384" => 48,
            "sha512" => 64,
            _ => return false,
        };
        STANDARD
            .decode(digest.split('?').next().unwrap_or_default())
            .is_ok_and(|digest| digest.len() == length)
    };
    !text.trim().is_empty() && text.split_ascii_whitespace().all(one)
}

/// What every SD-JWT VC has, in the names of the VC Data Model.
fn common(claims: &Value) -> Value {
    let mut document = Map::new();
    document.insert("type".to_owned(), json!(["VerifiableCredential"]));
    for (member, claim) in [("id", "jti"), ("name", "vct"), ("issuer", "iss")] {
        if let Some(Value::String(text)) = claims.get(claim) {
            document.insert(member.to_owned(), text.as_str().into());
        }
    }
    insert_period(&mut document, claims);
    if let Some(Value::String(subject)) = claims.get("sub") {
        document.insert("credentialSubject".to_owned(), json!({ "id": subject }));
    }
    Value::Object(document)
}

/// `nbf` and `exp` as `validFrom` and `validUntil`.
pub(super) fn insert_period(document: &mut Map<String, Value>, claims: &Value) {
    let Value::Object(claims) = claims else { return };
    for (member, claim) in [("validFrom", "nbf"), ("validUntil", "exp")] {
        let second = vc_jwt::claim_of_time(claims, claim).ok().flatten();
        if let Some(time) = second.and_then(|second| Timestamp::from_second(second).ok()) {
            document.insert(member.to_owned(), DateTimeStamp::from(time).as_str().into());
        }
    }
}
