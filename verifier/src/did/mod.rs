//! From a key's URL to the key, and to the one who controls it.

mod lifetime;
mod person;

use badge_schemas::controller::{Authorized, ControllerDocument, Relationship, VerificationMethod};
use badge_schemas::credential::view;
use badge_schemas::did::{Did, split_fragment};
use badge_schemas::document::Document;
use badge_schemas::jwk::{Jwk, JwkSet};
use badge_schemas::multikey::Multikey;
use badge_schemas::problem::{Code, Problem};
pub use lifetime::SigningTime;
pub use person::{person, same_person, spellings};

use crate::securing::keys::PublicKey;
use crate::snapshot::{Resource, ResourceKind, Snapshot};

/// Most entries we read in a controller document, in all its lists, or in a set of keys: 256; looking one up compares it with the others.
const MAX_KEYS: usize = 256;

/// A key, and who controls it.
#[derive(Clone, Debug)]
pub struct ResolvedKey {
    /// The key.
    pub key: PublicKey,
    /// Its URL.
    pub method: String,
    /// Who controls it: the subject of the document that publishes it, never what the key says of itself.
    pub controller: String,
    /// Whether the controller allows it for the use asked about.
    pub authorized: Authorized,
}

/// Why a key was not found.
#[derive(Clone, Debug)]
pub enum Unresolved {
    /// A resource must be fetched first.
    Missing(Resource),
    /// It could not be fetched, or it is not known whether the key counted.
    Unavailable(Problem),
    /// It was looked up, and is not right.
    Refused(Problem),
}

/// Resolves a verification method URL for a use ([Controlled Identifiers 1.0 §3.3](https://www.w3.org/TR/cid-1.0/#retrieve-verification-method)).
///
/// # Errors
/// [`Unresolved`].
pub fn resolve(
    method: &str,
    relationship: Relationship,
    when: &SigningTime,
    snapshot: &Snapshot,
) -> Result<ResolvedKey, Unresolved> {
    let (controller, fragment) = split_fragment(method);
    let Some(fragment) = fragment.filter(|fragment| !fragment.is_empty()) else {
        return Err(Unresolved::Refused(unresolved(method)));
    };
    if is_web_origin(controller) {
        return in_document(method, controller, controller, relationship, when, snapshot);
    }
    match Did::parse(controller) {
        Ok(Did::Key(key)) if fragment == key.to_string() => from_multikey(method, controller, &key),
        Ok(Did::Jwk(jwk)) if fragment == "0" => from_jwk(method, controller, &jwk),
        Ok(Did::Key(_) | Did::Jwk(_)) => Err(Unresolved::Refused(unresolved(method))),
        Ok(Did::Web { document_url }) => {
            in_document(method, controller, &document_url, relationship, when, snapshot)
        }
        Err(_) => Err(Unresolved::Refused(Problem::new(Code::DidUnsupported).with("did", controller))),
    }
}

/// The one key of a controller that a message carries itself: it counts only where the controller publishes the same key.
///
/// # Errors
/// [`Unresolved`].
pub fn resolve_carried(
    jwk: &Jwk,
    controller: &str,
    relationship: Relationship,
    when: &SigningTime,
    snapshot: &Snapshot,
) -> Result<ResolvedKey, Unresolved> {
    let carried = PublicKey::from_jwk(jwk).map_err(|error| Unresolved::Refused(error.to_problem("jwk")))?;
    let missing = || Unresolved::Refused(Problem::new(Code::KeyProvenanceMissing).with("issuer", controller));
    let candidates = match Did::parse(controller) {
        Ok(Did::Key(key)) => vec![from_multikey(&format!("{controller}#{key}"), controller, &key)?],
        Ok(Did::Jwk(jwk)) => vec![from_jwk(&format!("{controller}#0"), controller, &jwk)?],
        Ok(Did::Web { document_url }) => {
            let document = controller_document(controller, &document_url, snapshot)?;
            let same =
                |method: &&VerificationMethod| key_of(method, &method.id).is_ok_and(|key| key.is(&carried));
            let published = document.verification_method.iter().find(same).ok_or_else(missing)?;
            return from_document(&document, &absolute(&published.id, controller), relationship, when);
        }
        Err(_) => return Err(missing()),
    };
    candidates.into_iter().find(|candidate| candidate.key.is(&carried)).ok_or_else(missing)
}

/// The key of an issuer with an `https` id, from the JWK Set of its authority ([Open Badges implementation guide](https://www.imsglobal.org/spec/ob/v3p0/impl/#key-management)).
///
/// Looked up by `kid` where the message gives one, else by the key the message carries. The `kid` itself is never fetched.
///
/// # Errors
/// [`Unresolved`].
pub fn resolve_jwks(
    issuer: &str,
    kid: Option<&str>,
    jwk: Option<&Jwk>,
    snapshot: &Snapshot,
) -> Result<ResolvedKey, Unresolved> {
    let no_provenance =
        || Unresolved::Refused(Problem::new(Code::KeyProvenanceMissing).with("issuer", issuer));
    let origin = origin(issuer).ok_or_else(no_provenance)?;
    let url = format!("{origin}/.well-known/jwks.json");
    let document = published(Resource { kind: ResourceKind::Jwks, url: url.clone() }, issuer, snapshot)?;
    key_in_set(document, &url, issuer, kid, jwk)
}

/// The key of an issuer of SD-JWT VCs with an `https` id, from its JWT VC Issuer Metadata
/// ([draft-ietf-oauth-sd-jwt-vc §5](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-sd-jwt-vc)): the key set in it, or the one it refers to.
///
/// The metadata stands between host and path of `issuer`, and must name it.
///
/// # Errors
/// [`Unresolved`].
pub fn resolve_jwt_vc_issuer(
    issuer: &str,
    kid: Option<&str>,
    jwk: Option<&Jwk>,
    snapshot: &Snapshot,
) -> Result<ResolvedKey, Unresolved> {
    let no_provenance =
        || Unresolved::Refused(Problem::new(Code::KeyProvenanceMissing).with("issuer", issuer));
    let origin = origin(issuer).filter(|_| !issuer.contains(['?', '#'])).ok_or_else(no_provenance)?;
    let path = issuer.strip_prefix(origin).unwrap_or_default().trim_end_matches('/');
    let url = format!("{origin}/.well-known/jwt-vc-issuer{path}");
    let mut metadata =
        published(Resource { kind: ResourceKind::JwtVcIssuer, url: url.clone() }, issuer, snapshot)?;
    let invalid = |reason: &str| {
        Unresolved::Refused(
            Problem::new(Code::ControllerDocumentInvalid).with("controller", issuer).with("reason", reason),
        )
    };
    if metadata.get("issuer").and_then(serde_json::Value::as_str) != Some(issuer) {
        return Err(invalid("its issuer is not the one that was asked for"));
    }
    let keys = metadata.as_object_mut().and_then(|members| members.remove("jwks"));
    match (keys, metadata.get("jwks_uri").and_then(serde_json::Value::as_str)) {
        (Some(keys), None) => key_in_set(keys, &url, issuer, kid, jwk),
        (None, Some(uri)) if is_web_origin(uri) => {
            let resource = Resource { kind: ResourceKind::Jwks, url: uri.to_owned() };
            key_in_set(published(resource, issuer, snapshot)?, uri, issuer, kid, jwk)
        }
        _ => Err(invalid("it has neither or both of jwks and jwks_uri")),
    }
}

/// A JSON document that an issuer publishes, as far as it was fetched.
fn published(resource: Resource, issuer: &str, snapshot: &Snapshot) -> Result<serde_json::Value, Unresolved> {
    let bytes = fetched(resource, issuer, snapshot)?;
    Document::parse(bytes).map(Document::into_value).map_err(|problem| {
        Unresolved::Refused(
            Problem::new(Code::ControllerDocumentInvalid)
                .with("controller", issuer)
                .with("reason", problem.code.as_str()),
        )
    })
}

/// The key in a set that a message names by `kid`, else the one it carries.
fn key_in_set(
    set: serde_json::Value,
    url: &str,
    issuer: &str,
    kid: Option<&str>,
    jwk: Option<&Jwk>,
) -> Result<ResolvedKey, Unresolved> {
    let keys: JwkSet = serde_json::from_value(set).map_err(|error| {
        Unresolved::Refused(
            Problem::new(Code::ControllerDocumentInvalid).with("controller", issuer).with("reason", error),
        )
    })?;
    let carried = jwk.and_then(|jwk| PublicKey::from_jwk(jwk).ok());
    let candidates =
        keys.keys.iter().take(MAX_KEYS).filter(|key| key.iss.as_deref().is_none_or(|iss| iss == issuer));
    // Reading a key costs as much as a signature: only those that may be meant are read.
    for candidate in candidates.filter(|key| kid.is_none_or(|kid| key.kid.as_deref() == Some(kid))) {
        let Ok(key) = PublicKey::from_jwk(candidate) else { continue };
        let named = match (kid, &carried) {
            (Some(kid), _) => candidate.kid.as_deref() == Some(kid),
            (None, Some(carried)) => key.is(carried),
            (None, None) => false,
        };
        if named {
            let method = kid.map_or_else(|| url.to_owned(), str::to_owned);
            return Ok(ResolvedKey {
                key,
                method,
                controller: issuer.to_owned(),
                authorized: Authorized::Yes,
            });
        }
    }
    Err(Unresolved::Refused(if keys.keys.len() > MAX_KEYS {
        let reason = "it lists too many keys, and this is none of the first";
        Problem::new(Code::ControllerDocumentInvalid).with("controller", issuer).with("reason", reason)
    } else {
        Problem::new(Code::KeyProvenanceMissing).with("issuer", issuer)
    }))
}

/// Whether an identifier is a web address, which publishes its keys at its own origin.
pub fn is_web_origin(id: &str) -> bool {
    origin(id).is_some()
}

/// Scheme and authority of an `https` (or, for tests on one machine, `http`) URL without user information.
fn origin(url: &str) -> Option<&str> {
    let after_scheme = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let authority_length = after_scheme.find(['/', '?', '#', '\\']).unwrap_or(after_scheme.len());
    let authority = &after_scheme[..authority_length];
    let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b':' | b'[' | b']');
    let scheme_length = url.len() - after_scheme.len();
    (!authority.is_empty() && authority.bytes().all(plain)).then(|| &url[..scheme_length + authority_length])
}

fn in_document(
    method: &str,
    controller: &str,
    document_url: &str,
    relationship: Relationship,
    when: &SigningTime,
    snapshot: &Snapshot,
) -> Result<ResolvedKey, Unresolved> {
    from_document(&controller_document(controller, document_url, snapshot)?, method, relationship, when)
}

/// A key of a document that has been read; its controller is the document's subject, whatever the key says.
fn from_document(
    document: &ControllerDocument,
    method: &str,
    relationship: Relationship,
    when: &SigningTime,
) -> Result<ResolvedKey, Unresolved> {
    let controller = document.id.as_str();
    let (found, authorized) =
        document.find(method, relationship).ok_or_else(|| Unresolved::Refused(unresolved(method)))?;
    if found.controller != controller {
        let reason = "a key in it names another controller";
        return Err(Unresolved::Refused(
            Problem::new(Code::ControllerDocumentInvalid)
                .with("controller", controller)
                .with("reason", reason),
        ));
    }
    lifetime::check(method, &found, when)?;
    // A revoked key is no longer listed among those in use; what it signed before, it was allowed to.
    let authorized = if lifetime::outlived_by(&found, when) && document.formerly(method, relationship) {
        Authorized::Yes
    } else {
        authorized
    };
    let key = key_of(&found, method)?;
    Ok(ResolvedKey { key, method: method.to_owned(), controller: controller.to_owned(), authorized })
}

fn key_of(found: &VerificationMethod, method: &str) -> Result<PublicKey, Unresolved> {
    let malformed = |reason: &str| {
        Unresolved::Refused(Problem::new(Code::KeyMalformed).with("method", method).with("reason", reason))
    };
    match (&found.public_key_multibase, &found.public_key_jwk) {
        (Some(text), None) => {
            let multikey = Multikey::parse(text).map_err(|error| malformed(&error.to_string()))?;
            PublicKey::from_multikey(&multikey).map_err(|error| Unresolved::Refused(error.to_problem(method)))
        }
        (None, Some(jwk)) if jwk.exposes_private_key() => {
            Err(Unresolved::Refused(Problem::new(Code::JwkPrivateKeyExposed)))
        }
        (None, Some(jwk)) => {
            PublicKey::from_jwk(jwk).map_err(|error| Unresolved::Refused(error.to_problem(method)))
        }
        (Some(_), Some(_)) => Err(malformed("it is given in two forms")),
        (None, None) => Err(malformed("it is given in no form that this program reads")),
    }
}

fn controller_document(
    controller: &str,
    url: &str,
    snapshot: &Snapshot,
) -> Result<ControllerDocument, Unresolved> {
    let bytes = fetched(
        Resource { kind: ResourceKind::ControllerDocument, url: url.to_owned() },
        controller,
        snapshot,
    )?;
    let invalid = |reason: &str| {
        Unresolved::Refused(
            Problem::new(Code::ControllerDocumentInvalid)
                .with("controller", controller)
                .with("reason", reason),
        )
    };
    let document = Document::parse(bytes).map_err(|problem| invalid(problem.code.as_str()))?;
    let document: ControllerDocument =
        view(document.value()).map_err(|problem| invalid(problem.value("reason").unwrap_or("shape")))?;
    let keys =
        document.verification_method.len() + document.assertion_method.len() + document.authentication.len();
    if keys > MAX_KEYS {
        return Err(invalid("it lists too many keys"));
    }
    if document.id == controller {
        Ok(document)
    } else {
        Err(invalid("its id is not the identifier that was asked for"))
    }
}

fn fetched<'s>(resource: Resource, controller: &str, snapshot: &'s Snapshot) -> Result<&'s [u8], Unresolved> {
    match snapshot.get(&resource).map(|retrieval| &retrieval.outcome) {
        None => Err(Unresolved::Missing(resource)),
        Some(Ok(bytes)) => Ok(bytes),
        Some(Err(reason)) => Err(Unresolved::Unavailable(
            Problem::new(Code::KeyUnavailable).with("controller", controller).with("reason", reason),
        )),
    }
}

fn from_multikey(method: &str, controller: &str, key: &Multikey) -> Result<ResolvedKey, Unresolved> {
    let key = PublicKey::from_multikey(key).map_err(|error| Unresolved::Refused(error.to_problem(method)))?;
    Ok(ResolvedKey {
        key,
        method: method.to_owned(),
        controller: controller.to_owned(),
        authorized: Authorized::Yes,
    })
}

fn from_jwk(method: &str, controller: &str, jwk: &Jwk) -> Result<ResolvedKey, Unresolved> {
    let key = PublicKey::from_jwk(jwk).map_err(|error| Unresolved::Refused(error.to_problem(method)))?;
    Ok(ResolvedKey {
        key,
        method: method.to_owned(),
        controller: controller.to_owned(),
        authorized: Authorized::Yes,
    })
}

fn absolute(id: &str, controller: &str) -> String {
    if id.starts_with('#') { format!("{controller}{id}") } else { id.to_owned() }
}

fn unresolved(method: &str) -> Problem {
    Problem::new(Code::KeyUnresolved).with("method", method)
}
