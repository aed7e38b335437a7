//! A badge signed as the issuer signs: prepare, sign, seal.

use badge_issuer::signer::{Ed25519Signer, Signer as _};
use badge_schemas::controller::Relationship;
use badge_verifier::report::{CheckId, Verdict};
use badge_verifier::securing::{Mechanism, ProofOptions, prepare};
use badge_verifier::{Expectations, Snapshot, TrustPolicy, verify};
use jiff::Timestamp;
use serde_json::json;

/// A key that is always the same.
pub(crate) struct Key {
    signer: Ed25519Signer,
    did: String,
    method: String,
}

impl Key {
    pub(crate) fn new() -> Self {
        let signer = Ed25519Signer::new(ed25519_dalek::SigningKey::from_bytes(&[7; 32])).unwrap();
        let multikey = signer.public_key().to_multikey().unwrap().to_string();
        let did = format!("did:key:{multikey}");
        Self { method: format!("{did}#{multikey}"), signer, did }
    }

    pub(crate) fn sign(&self, credential: &str, recipient: &str) -> String {
        let document = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
            "id": credential,
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "issuer": {"id": self.did, "type": ["Profile"], "name": "Lycée des Métiers"},
            "validFrom": "2026-01-01T00:00:00Z",
            "name": "Soudeuse",
            "credentialSubject": {
                "id": recipient,
                "type": ["AchievementSubject"],
                "achievement": {
                    "id": "urn:uuid:5e1cf7c4-8c1a-4f6c-9d4e-000000000001",
                    "type": ["Achievement"],
                    "name": "Soudeuse",
                    "description": "Sait souder.",
                    "criteria": {"narrative": "Trois cordons."},
                },
            },
        });
        let public = self.signer.public_key();
        let mechanism = Mechanism::VcJwt(public.algorithm());
        let now = Timestamp::now();
        let options =
            ProofOptions::new(self.method.clone(), public.clone(), Relationship::AssertionMethod, now);
        let prepared = prepare(document, mechanism, &options).unwrap();
        let signature = self.signer.sign(prepared.request()).unwrap();
        prepared.seal(&signature).unwrap().as_str().to_owned()
    }
}

pub(crate) fn assert_verifies(jwt: &str) {
    let report = verify(
        jwt.as_bytes(),
        &Expectations::default(),
        &TrustPolicy::default(),
        Timestamp::now(),
        &Snapshot::default(),
    );
    assert_eq!(report.verdict(), Verdict::Valid, "{:?}", report.checks());
}

/// Whether the signature is good, of this issuer; its status list is elsewhere.
pub(crate) fn assert_signed(jwt: &str, issuer: &str) {
    let (expectations, policy) = (Expectations::default(), TrustPolicy::default());
    let report = verify(jwt.as_bytes(), &expectations, &policy, Timestamp::now(), &Snapshot::default());
    assert!(report.outcome(CheckId::Signature).passed(), "{:?}", report.checks());
    let method = report.securing().verification_method.clone().unwrap_or_default();
    assert!(method.starts_with(issuer), "{method}");
}
