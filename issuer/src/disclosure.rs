//! What every holder of an `ecdsa-sd-2023` badge shows, whatever else they keep to themselves.

use badge_schemas::controller::Relationship;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::securing::disclosure::{Secrets, derive};
use badge_verifier::securing::{ProofOptions, Secured, prepare_base};
use jiff::Timestamp;
use serde_json::Value;

use crate::draft::Format;
use crate::identity::NamedKey;
use crate::issuer::Issuer;
use crate::randomness;
use crate::refusal::Refusal;
use crate::template::Template;

/// What makes a badge understandable and checkable: who gave it to whom and for what, whether it is in force. Open Badges demands the
/// members of the achievement, so that without them the rest is no badge. Sealed evaluations go whole: shown without its status, one that was
/// taken back would count.
pub const ALWAYS: [&str; 13] = [
    "/issuer",
    "/validFrom",
    "/validUntil",
    "/credentialStatus",
    "/credentialSchema",
    "/refreshService",
    "/termsOfUse",
    "/sealedEvaluation",
    "/credentialSubject/id",
    "/credentialSubject/achievement/id",
    "/credentialSubject/achievement/name",
    "/credentialSubject/achievement/description",
    "/credentialSubject/achievement/criteria",
];

/// The mandatory pointers of a badge: [`ALWAYS`], and what its template adds; those of them that lead somewhere in it.
///
/// A badge that was given to an e-mail address says so in `identifier`, and that goes along: without it the badge is nobody's.
pub fn mandatory_pointers(template: &Template, credential: &Value) -> Vec<String> {
    let has_id = credential.pointer("/credentialSubject/id").is_some_and(|id| !is_urn(id));
    let identifier = (!has_id).then_some("/credentialSubject/identifier");
    let mut pointers: Vec<String> = Vec::new();
    for pointer in
        ALWAYS.into_iter().chain(identifier).chain(template.mandatory_pointers.iter().map(String::as_str))
    {
        if credential.pointer(pointer).is_some() && !pointers.iter().any(|known| known == pointer) {
            pointers.push(pointer.to_owned());
        }
    }
    pointers
}

fn is_urn(id: &Value) -> bool {
    id.as_str().is_some_and(|id| id.starts_with("urn:"))
}

/// Fresh secrets for one base proof.
///
/// # Errors
/// As [`randomness::bytes`].
pub fn secrets() -> Result<Secrets, Problem> {
    Ok(Secrets::from_randomness(randomness::bytes()?, randomness::bytes()?))
}

impl Issuer {
    /// The key that signs base proofs.
    ///
    /// # Errors
    /// [`Code::FormUnavailable`], where there is no such key.
    pub(crate) fn selective_key(&self) -> Result<&NamedKey, Problem> {
        self.identity.selective_key().ok_or_else(|| {
            Problem::new(Code::FormUnavailable).at("/format").with("format", Format::EcdsaSd2023.as_str())
        })
    }

    /// Secures a credential with a base proof: prepare, sign, seal.
    pub(crate) fn secure_base(
        &self,
        credential: &Value,
        template: &Template,
        secrets: &Secrets,
        now: Timestamp,
    ) -> Result<Secured, Refusal> {
        let key = self.selective_key()?;
        let options = ProofOptions::new(
            key.method.clone(),
            key.signer.public_key().clone(),
            Relationship::AssertionMethod,
            now,
        );
        let prepared =
            prepare_base(credential, &options, &mandatory_pointers(template, credential), secrets)?;
        let signature = key.signer.sign(prepared.request())?;
        Ok(prepared.seal(&signature)?)
    }
}

/// The least that a holder can show of a badge with a base proof.
///
/// # Errors
/// [`Refusal::Failure`]: the base proof is our own work.
pub(crate) fn least_shown(base: &Secured) -> Result<String, Refusal> {
    let document: Value =
        serde_json::from_str(base.as_str()).map_err(|error| Refusal::Failure(error.to_string()))?;
    let derived = derive(&document, &[])
        .map_err(|problem| Refusal::Failure(format!("a base proof: {}", problem.code.as_str())))?;
    Ok(derived.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::store::Purpose;

    #[test]
    fn what_is_there_is_mandatory_once() {
        let template = Template {
            achievement: json!({}),
            status_purpose: Purpose::Revocation,
            mandatory_pointers: vec![
                "/credentialSubject/narrative".into(),
                "/issuer".into(),
                "/nowhere".into(),
            ],
            translations: Vec::new(),
            panel: None,
        };
        let badge = |id: &str| {
            json!({"issuer": {}, "credentialSubject": {
                "id": id, "identifier": [], "narrative": "n", "achievement": {"id": "urn:x:a", "tag": []},
            }})
        };
        let mut sealed = badge("did:example:h");
        sealed["sealedEvaluation"] = json!([{"credentialStatus": {}}]);
        assert!(mandatory_pointers(&template, &sealed).contains(&"/sealedEvaluation".to_owned()));
        let common = ["/issuer", "/credentialSubject/id", "/credentialSubject/achievement/id"];
        let to_did = mandatory_pointers(&template, &badge("did:example:h"));
        assert_eq!(to_did, [&common[..], &["/credentialSubject/narrative"]].concat());
        let to_email = mandatory_pointers(&template, &badge("urn:uuid:1"));
        let more = ["/credentialSubject/identifier", "/credentialSubject/narrative"];
        assert_eq!(to_email, [&common[..], &more].concat());
    }
}
