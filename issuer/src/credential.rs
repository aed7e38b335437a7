//! The credential itself, from a draft, a template and an identity: pure, so that a crash between intent and signature changes nothing.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use badge_schemas::contexts;
use badge_schemas::credential::{CREDENTIALS_V2, OPEN_BADGES_V3};
use badge_schemas::evaluation::EVALUATION_V1;
use badge_schemas::timestamp::DateTimeStamp;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::draft::Draft;
use crate::evaluation::PanelResult;
use crate::identity::Identity;
use crate::public_url::PublicUrl;
use crate::recipient::{Recipient, hashed_email};
use crate::refusal::Refusal;
use crate::status_list::ListForm;
use crate::store::{Purpose, StatusSlot};
use crate::template::Template;

/// IRI of our context, for what Open Badges has no terms for.
const SKILLS_BADGE_V1: &str = "https://w3id.org/skills-badge/v1";

/// What the intent records of a request: the draft, and what was drawn at random for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What was asked for.
    pub draft: Draft,
    /// The subject's id where the recipient has no DID: a `urn:uuid:`, because a JWT needs one.
    pub subject: String,
    /// Salt of the hashed e-mail address: 128 random bits in hexadecimal.
    pub salt: String,
    /// What the salts of an SD-JWT are drawn from: 256 random bits in hexadecimal; absent in older records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
    /// What the evaluations came to, where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<PanelResult>,
}

impl Plan {
    /// Reads what the intent of `award` recorded.
    ///
    /// # Errors
    /// [`Refusal::Failure`] where it cannot be read.
    pub(crate) fn of(award: &str, request: &str) -> Result<Self, Refusal> {
        serde_json::from_str(request)
            .map_err(|error| Refusal::Failure(format!("award {award}: its request, {:?}", error.classify())))
    }
}

/// What the store decided about an award.
pub struct Decided<'a> {
    /// The credential's `id`.
    pub credential_id: &'a str,
    /// Its status entry, if it has one.
    pub slot: Option<&'a StatusSlot>,
    /// When the intent was recorded; the award's date.
    pub at: Timestamp,
}

/// The unsigned badge ([AchievementCredential](https://www.imsglobal.org/spec/ob/v3p0/#achievementcredential)). The same arguments give the same badge.
pub fn build(plan: &Plan, template: &Template, identity: &Identity, decided: &Decided<'_>) -> Value {
    compose(plan, template, identity.profile(), identity.public_url(), decided)
}

/// The same, for an issuer of which no more than this is known.
pub fn compose(
    plan: &Plan,
    template: &Template,
    profile: &Value,
    public_url: Option<&PublicUrl>,
    decided: &Decided<'_>,
) -> Value {
    let draft = &plan.draft;
    let awarded = DateTimeStamp::from(decided.at);
    let mut subject = Map::new();
    match Recipient::from(draft.recipient.clone()) {
        Recipient::Did(did) => {
            subject.insert("id".to_owned(), json!(did));
            subject.insert("type".to_owned(), json!(["AchievementSubject"]));
        }
        Recipient::Email(email) => {
            subject.insert("id".to_owned(), json!(plan.subject));
            subject.insert("type".to_owned(), json!(["AchievementSubject"]));
            subject.insert("identifier".to_owned(), json!([hashed_email(&email, &plan.salt)]));
        }
    }
    subject.insert("achievement".to_owned(), template.achievement.clone());
    if let Some(result) = plan.result.as_ref().filter(|result| result.panel && !result.evaluators.is_empty())
    {
        subject.insert("source".to_owned(), result.source(decided.credential_id));
    }
    if let Some(narrative) = &draft.narrative {
        subject.insert("narrative".to_owned(), json!(narrative));
    }
    if !draft.result.is_empty() {
        subject.insert("result".to_owned(), json!(draft.result));
    }

    let mut credential = Map::new();
    let mut insert = |name: &str, value: Value| credential.insert(name.to_owned(), value);
    let mut context = vec![CREDENTIALS_V2, OPEN_BADGES_V3];
    let result = plan.result.as_ref();
    if result.is_some_and(|result| !result.sealed.is_empty()) {
        context.push(EVALUATION_V1);
    }
    if uses_our_terms(&template.achievement) || draft.evidence.iter().chain(&draft.result).any(uses_our_terms)
    {
        context.push(SKILLS_BADGE_V1);
    }
    insert("@context", json!(context));
    insert("id", json!(decided.credential_id));
    insert("type", json!(["VerifiableCredential", "OpenBadgeCredential"]));
    insert("name", json!(template.name()));
    insert("issuer", profile.clone());
    insert("validFrom", json!(draft.valid_from.as_ref().unwrap_or(&awarded)));
    if let Some(until) = &draft.valid_until {
        insert("validUntil", json!(until));
    }
    insert("awardedDate", json!(awarded));
    insert("credentialSubject", Value::Object(subject));
    if !draft.evidence.is_empty() {
        insert("evidence", json!(draft.evidence));
    }
    if let Some(result) = result {
        for (name, items) in [
            ("endorsement", &result.endorsements),
            ("endorsementJwt", &result.tokens.iter().map(|token| json!(token)).collect()),
            ("sealedEvaluation", &result.sealed),
        ] {
            if !items.is_empty() {
                insert(name, json!(items));
            }
        }
    }
    if let (Some(slot), Some(url)) = (decided.slot, public_url) {
        let list = url.join(&ListForm::Credential.path(&slot.list));
        insert("credentialStatus", status_entry(&list, slot));
    }
    Value::Object(credential)
}

/// `revocation` or `suspension`.
pub fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Revocation => "revocation",
        Purpose::Suspension => "suspension",
    }
}

/// A [BitstringStatusListEntry](https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistentry); the index is a text, as the standard has it.
pub(crate) fn status_entry(list: &str, slot: &StatusSlot) -> Value {
    json!({
        "id": format!("{list}#{}", slot.index),
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose_name(slot.purpose),
        "statusListIndex": slot.index.to_string(),
        "statusListCredential": list,
    })
}

/// The claim `status` of a token with the same place
/// ([Token Status List §6.2](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list#section-6.2)).
pub fn status_claim(url: &PublicUrl, slot: &StatusSlot) -> Value {
    json!({"status_list": {"idx": slot.index, "uri": url.join(&ListForm::Token.path(&slot.list))}})
}

/// Whether any member at any depth has a name that only our context defines.
fn uses_our_terms(value: &Value) -> bool {
    match value {
        Value::Object(members) => {
            members.iter().any(|(name, value)| our_terms().contains(name.as_str()) || uses_our_terms(value))
        }
        Value::Array(items) => items.iter().any(uses_our_terms),
        _ => false,
    }
}

fn our_terms() -> &'static BTreeSet<String> {
    static TERMS: OnceLock<BTreeSet<String>> = OnceLock::new();
    TERMS.get_or_init(|| {
        contexts::lookup(SKILLS_BADGE_V1)
            .and_then(|text| serde_json::from_str::<Value>(text).ok())
            .and_then(|document| document.get("@context").and_then(Value::as_object).cloned())
            .map(|terms| {
                terms.into_iter().map(|(name, _)| name).filter(|name| !name.starts_with('@')).collect()
            })
            .unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_context_is_named_only_where_it_is_needed() {
        assert!(!our_terms().is_empty());
        assert!(uses_our_terms(&json!({"x": [{"typeOfAssessment": "oral"}]})));
        assert!(!uses_our_terms(&json!({"name": "typeOfAssessment"})));
    }
}
