//! Who the issuer is: its DID, its Profile, its keys as published, and the keys it signs with.

use std::sync::Arc;

use badge_schemas::did::Did;
use badge_schemas::jwk::Jwk;
use badge_verifier::Snapshot;
use badge_verifier::securing::keys::{Algorithm, PublicKey};
use badge_verifier::snapshot::{Resource, ResourceKind, Retrieval};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::keys::{KeyEntry, KeyRing, KeyState, Lock};
use crate::public_url::PublicUrl;
use crate::signer::Signer;

/// A key with the name under which verifiers find it.
#[derive(Clone)]
pub struct NamedKey {
    /// Its DID URL: the `verificationMethod` of a proof, the `kid` of a JWT.
    pub method: String,
    /// The key.
    pub signer: Arc<dyn Signer>,
}

/// The issuer, as badges name it.
pub struct Identity {
    id: String,
    public_url: Option<PublicUrl>,
    profile: Value,
    /// Every key that badges may be signed with.
    keys: Vec<NamedKey>,
    integrity: NamedKey,
    jwt: NamedKey,
    status_token: NamedKey,
    /// Every key that badges were signed with before, and that is published.
    former: Vec<FormerKey>,
    /// The right to use the keys, where this process has taken it.
    _lock: Option<Lock>,
}

/// A key that signs no more, and that badges name.
struct FormerKey {
    method: String,
    public: PublicKey,
    state: KeyState,
}

/// A key that cannot be written as a Multikey cannot be a did:key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the Ed25519 key has no Multikey form")]
pub struct NoMultikey;

impl Identity {
    /// Puts an identity together: did:web where the public URL is `https`, did:key otherwise.
    ///
    /// Under did:key the one Ed25519 key signs both formats. Under did:web JWTs are signed with RSA where there is such a key, else
    /// with P-256, because the field's validator accepts only those.
    ///
    /// `profile` holds what the issuer says of itself, without `id` and `type`.
    ///
    /// # Errors
    /// [`NoMultikey`].
    pub fn new(
        public_url: Option<PublicUrl>,
        ring: &KeyRing,
        profile: Map<String, Value>,
    ) -> Result<Self, NoMultikey> {
        let web = public_url.as_ref().and_then(PublicUrl::did_web).map(str::to_owned);
        let mut former = Vec::new();
        let (id, integrity, jwt, status_token, keys) = if let Some(did) = web {
            former.extend(ring.history.keys().iter().filter_map(|key| FormerKey::of(key, &did)));
            let name = |signer: &Arc<dyn Signer>| NamedKey {
                method: format!("{did}#{}", signer.public_key().thumbprint()),
                signer: Arc::clone(signer),
            };
            let integrity = name(&ring.ed25519);
            let keys: Vec<NamedKey> = [Some(&ring.ed25519), ring.p256.as_ref(), ring.rsa.as_ref()]
                .into_iter()
                .flatten()
                .map(name)
                .collect();
            let jwt = ring.rsa.as_ref().or(ring.p256.as_ref()).map_or_else(|| integrity.clone(), name);
            let status_token = ring.p256.as_ref().map_or_else(|| integrity.clone(), name);
            (did, integrity, jwt, status_token, keys)
        } else {
            let multikey = ring.ed25519.public_key().to_multikey().ok_or(NoMultikey)?.to_string();
            let did = format!("did:key:{multikey}");
            let key = NamedKey { method: format!("{did}#{multikey}"), signer: Arc::clone(&ring.ed25519) };
            (did, key.clone(), key.clone(), key.clone(), vec![key])
        };
        let mut members = Map::new();
        members.insert("id".to_owned(), json!(id));
        members.insert("type".to_owned(), json!(["Profile"]));
        members.extend(profile.into_iter().filter(|(name, _)| name != "id" && name != "type"));
        Ok(Self {
            id,
            public_url,
            profile: Value::Object(members),
            keys,
            integrity,
            jwt,
            status_token,
            former,
            _lock: None,
        })
    }

    /// Keeps the right to use the keys for as long as this identity is used.
    #[must_use]
    pub fn holding(self, lock: Option<Lock>) -> Self {
        Self { _lock: lock, ..self }
    }

    /// The DID.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The public URL, where there is one.
    pub fn public_url(&self) -> Option<&PublicUrl> {
        self.public_url.as_ref()
    }

    /// The [Profile](https://www.imsglobal.org/spec/ob/v3p0/#profile) that stands in every badge.
    pub fn profile(&self) -> &Value {
        &self.profile
    }

    /// The name the issuer gives itself, or its DID.
    pub fn name(&self) -> &str {
        self.profile.get("name").and_then(Value::as_str).unwrap_or(&self.id)
    }

    /// What is said of the issuer as the creator of an achievement: id, type, name.
    pub fn creator(&self) -> Value {
        let mut members = Map::new();
        for name in ["id", "type", "name"] {
            if let Some(value) = self.profile.get(name) {
                members.insert(name.to_owned(), value.clone());
            }
        }
        Value::Object(members)
    }

    /// Every key that this issuer signs with or did, by its DID URL: what its own record is read with, whatever has become of the key.
    pub fn known_keys(&self) -> Vec<(&str, &PublicKey)> {
        let active = self.keys.iter().map(|key| (key.method.as_str(), key.signer.public_key()));
        active.chain(self.former.iter().map(|key| (key.method.as_str(), &key.public))).collect()
    }

    /// The key for Data Integrity proofs.
    pub fn integrity_key(&self) -> &NamedKey {
        &self.integrity
    }

    /// The key for JWTs.
    pub fn jwt_key(&self) -> &NamedKey {
        &self.jwt
    }

    /// The key for status list tokens: P-256 where there is one, because every wallet and verifier of such tokens knows ES256, else Ed25519.
    pub fn status_token_key(&self) -> &NamedKey {
        &self.status_token
    }

    /// The key for `ecdsa-sd-2023`, which takes P-256; an issuer under a did:key has none.
    pub fn selective_key(&self) -> Option<&NamedKey> {
        self.keys.iter().find(|key| key.signer.public_key().algorithm() == Algorithm::Es256)
    }

    /// The [DID document](https://www.w3.org/TR/did-core/#core-properties): every key, for signing credentials.
    ///
    /// A retired key is still listed, so that what it signed verifies everywhere, with `retired`. A compromised one has `revoked` and is listed nowhere but
    /// in `formerAssertionMethod`. `expires` is never written: verifiers would refuse what was signed before it.
    pub fn did_document(&self) -> Value {
        let mut contexts =
            vec![json!("https://www.w3.org/ns/did/v1"), json!("https://w3id.org/security/multikey/v1")];
        let mut methods = Vec::new();
        let active =
            self.keys.iter().map(|key| (key.method.as_str(), key.signer.public_key(), &KeyState::Active));
        let former = self.former.iter().map(|key| (key.method.as_str(), &key.public, &key.state));
        let (mut ids, mut former_ids) = (Vec::new(), Vec::new());
        for (id, public, state) in active.chain(former) {
            let mut method = json!({"id": id, "type": "Multikey", "controller": self.id});
            if let Some(multikey) = public.to_multikey() {
                method["publicKeyMultibase"] = json!(multikey.to_string());
            } else {
                method["type"] = json!("JsonWebKey");
                method["publicKeyJwk"] = json!(public.to_jwk());
                if contexts.len() == 2 {
                    contexts.push(json!("https://w3id.org/security/jwk/v1"));
                }
            }
            match state {
                KeyState::Active => ids.push(id),
                KeyState::Retired { since } => {
                    method["retired"] = json!(since);
                    ids.push(id);
                }
                KeyState::Compromised { since, .. } => {
                    method["revoked"] = json!(since);
                    former_ids.push(id);
                }
            }
            methods.push(method);
        }
        if !self.former.is_empty() {
            contexts.push(former_terms());
        }
        let mut document = json!({
            "@context": contexts,
            "id": self.id,
            "verificationMethod": methods,
            "assertionMethod": ids,
        });
        if !former_ids.is_empty() {
            document["formerAssertionMethod"] = json!(former_ids);
        }
        document
    }

    /// The same keys as a [JWK Set](https://www.rfc-editor.org/rfc/rfc7517#section-5), each with the `kid` that JWTs name. A compromised key
    /// is not among them: such a set has no word for that.
    pub fn jwks(&self) -> Value {
        let active = self.keys.iter().filter_map(|key| published(key.signer.public_key(), &key.method));
        let retired = self.former.iter().filter(|key| matches!(key.state, KeyState::Retired { .. }));
        let retired = retired.filter_map(|key| published(&key.public, &key.method));
        let keys: Vec<Jwk> = active.chain(retired).collect();
        json!({ "keys": keys })
    }

    /// What a verifier would fetch to know our keys, made here: the snapshot in which we verify our own work.
    pub fn snapshot(&self, now: Timestamp) -> Snapshot {
        let mut snapshot = Snapshot::default();
        if let Ok(Did::Web { document_url }) = Did::parse(&self.id) {
            let resource = Resource { kind: ResourceKind::ControllerDocument, url: document_url };
            let body = self.did_document().to_string().into_bytes();
            snapshot.insert(resource, Retrieval { fetched_at: now, outcome: Ok(body) });
        }
        snapshot
    }
}

impl FormerKey {
    fn of(key: &KeyEntry, did: &str) -> Option<Self> {
        // A history has only keys that were read as such.
        let public = PublicKey::from_jwk(&key.public_key_jwk).ok().filter(|_| !key.is_active())?;
        let method = format!("{did}#{}", public.thumbprint());
        Some(Self { method, public, state: key.state.clone() })
    }
}

/// The two terms of ours in a DID document, defined where they are used.
fn former_terms() -> Value {
    json!({
        "retired": {
            "@id": "https://w3id.org/skills-badge/vocab#retired",
            "@type": "http://www.w3.org/2001/XMLSchema#dateTime",
        },
        "formerAssertionMethod": {
            "@id": "https://w3id.org/skills-badge/vocab#formerAssertionMethod",
            "@type": "@id",
            "@container": "@set",
        },
    })
}

fn published(key: &PublicKey, method: &str) -> Option<Jwk> {
    let mut jwk = key.to_jwk()?;
    jwk.kid = Some(method.to_owned());
    jwk.alg = Some(key.algorithm().as_str().to_owned());
    jwk.public_use = Some("sig".to_owned());
    Some(jwk)
}
