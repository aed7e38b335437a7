//! Endorsements gathered after a badge was issued, put into it: the same badge, signed again with more in it.
//!
//! A digest of a badge leaves its endorsements out, so what was said of it before goes on fitting; everything else stays as it was, dates
//! included.

use badge_schemas::credential::issuer_id;
use badge_schemas::document::{Document, MAX_BYTES};
use badge_schemas::evaluation::MAX_SEALED;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::evaluation::digest;
use badge_verifier::securing::jws::CompactJws;
use badge_verifier::verify::Expectations;
use badge_verifier::{TrustPolicy, verify};
use jiff::Timestamp;
use serde_json::Value;

use super::panel::Review;
use super::{PATIENCE, record_vouching};
use crate::award::{JSON, JWT};
use crate::credential::Plan;
use crate::draft::evaluations;
use crate::issuer::{Act, Form, Issuer};
use crate::members::{Members, missing};
use crate::refusal::Refusal;
use crate::store::{Award, AwardStatus, Forms, Reissue, Revelation, StoreError};

/// A badge with its endorsements.
#[derive(Clone, Debug)]
pub struct Folded {
    /// The award.
    pub award: Award,
    /// Its signed forms.
    pub forms: Forms,
    /// How many endorsements were put into it now.
    pub added: usize,
}

/// Who evaluated an award, as it was received.
#[derive(Clone, Debug)]
pub struct Revealed {
    /// The threads and endorsements.
    pub evaluations: Vec<Value>,
    /// Those whose evaluations stand in the badge, by DID.
    pub evaluators: Vec<String>,
}

/// Reads `{"endorsements": […]}`.
///
/// # Errors
/// A [`Problem`] with its pointer.
pub fn parse(document: Document) -> Result<Vec<Value>, Problem> {
    let mut members = Members::of(document.into_value(), "")?;
    let given = evaluations(&mut members, "endorsements")?;
    members.finish()?;
    if given.is_empty() { Err(missing("/endorsements")) } else { Ok(given) }
}

impl Issuer {
    /// Puts endorsements into a badge and signs it again, each form that it has. Those that stand in it already are passed over.
    ///
    /// # Errors
    /// The code of each that is not sound or does not fit; [`Code::EndorsementReciprocal`], [`Code::EndorsementWouldReveal`],
    /// [`Code::FormsNotReissuable`], [`Code::StatusConflict`], [`Code::AwardChanged`].
    pub fn fold(&self, id: &str, given: &[Value], act: Act<'_>) -> Result<Folded, Refusal> {
        let now = act.at;
        let (_, _, judged) = self.foldable(id, now)?;
        let version = digest::of_badge(&judged)?;
        let (items, evaluators) = self.fitting(&judged, given, now)?;
        let plan = Plan::of(id, &self.store.request(id)?)?;
        // Who might close a ring with this, or add to the same badge, waits; what is recorded by now is looked at again.
        let _turn = self.take_turns();
        let (award, forms, _) = self.foldable(id, now)?;
        let candidate = judged.pointer("/credentialSubject/id").and_then(Value::as_str).unwrap_or("–");
        let look = || {
            let vouched = self.store.vouched()?;
            match self.ring(candidate, &evaluators)? {
                Some(problem) => Err(Refusal::from(problem.at("/endorsements"))),
                None => Ok(vouched),
            }
        };
        let vouched = look()?;
        let mut signed = Forms::new();
        let mut added = 0;
        for (name, text) in &forms {
            let before = self.unsigned(text, now)?;
            let is_new = |item: &&Value| !carried(&before).any(|known| known == *item);
            let fresh: Vec<Value> = items.iter().filter(is_new).cloned().collect();
            added = fresh.len();
            let badge = with(&before, fresh);
            let count = carried(&badge).count();
            if count > MAX_SEALED {
                return Err(Problem::new(Code::EvaluationTooLarge)
                    .at("/endorsements")
                    .with("member", "endorsement")
                    .with("count", count)
                    .with("limit", MAX_SEALED)
                    .into());
            }
            // Each form is the badge that the endorsements were judged for.
            if digest::of_badge(&badge)? != version {
                return Err(Refusal::Failure(format!("award {id}: another version of the badge")));
            }
            if added == 0 {
                continue;
            }
            let form = if name == JWT { Form::Jwt } else { Form::Integrity };
            let secured = self.secure(badge, form, now)?;
            let size = secured.as_str().len();
            if size > MAX_BYTES {
                return Err(Problem::new(Code::InputTooLarge)
                    .with("size", size)
                    .with("limit", MAX_BYTES)
                    .into());
            }
            self.check_plain(secured.as_str(), &award, &plan.draft, now)?;
            signed.insert(name.clone(), secured.as_str().to_owned());
        }
        if added == 0 {
            return Ok(Folded { award, forms, added });
        }
        // Only what the record has is handed out: a signature that was not recorded never leaves.
        let issued = record_vouching(PATIENCE, vouched, look, |vouched, entropy| {
            let reissue = Reissue {
                award: id.to_owned(),
                replaces: forms.clone(),
                forms: signed.clone(),
                vouched,
                actor: act.actor.to_owned(),
                at: now,
            };
            self.store.record_reissued(reissue, entropy)
        })?;
        Ok(Folded { award: issued.award, forms: issued.forms, added })
    }

    /// An award that endorsements can be put into, with its forms, and the badge in them without its signature.
    fn foldable(&self, id: &str, now: Timestamp) -> Result<(Award, Forms, Value), Refusal> {
        let award = self.find_award(id)?;
        if award.status != AwardStatus::Active {
            let actual = award.status;
            let expected = AwardStatus::Active;
            return Err(match actual {
                AwardStatus::Intended => Problem::new(Code::AwardNotIssued).into(),
                _ => StoreError::StatusConflict { award: award.id, expected, actual }.into(),
            });
        }
        let forms = self.store.forms(id)?.ok_or_else(|| Problem::new(Code::AwardNotIssued))?;
        let panel = self.template_of(&award)?.panel;
        if panel.is_some_and(|panel| panel.review == Review::Blind) {
            return Err(Problem::new(Code::EndorsementWouldReveal).into());
        }
        if let Some(form) = forms.keys().find(|form| ![JSON, JWT].contains(&form.as_str())) {
            return Err(Problem::new(Code::FormsNotReissuable).with("form", form).into());
        }
        let first = forms.values().next().ok_or_else(|| Problem::new(Code::AwardNotIssued))?;
        let badge = self.unsigned(first, now)?;
        Ok((award, forms, badge))
    }

    /// Shows who evaluated an award, and records that it was shown.
    ///
    /// # Errors
    /// [`Code::NotFound`] where nobody did; [`Code::AwardErased`].
    pub fn reveal(&self, id: &str, ground: &str, act: Act<'_>) -> Result<Revealed, Refusal> {
        let plan = Plan::of(id, &self.store.request(id)?)?;
        let evaluators = plan.result.map(|result| result.evaluators).unwrap_or_default();
        let evaluations = plan.draft.evaluations;
        if evaluations.is_empty() {
            return Err(Problem::new(Code::NotFound)
                .with_words("resource", "evaluation", "évaluation")
                .into());
        }
        // Recorded before it is shown.
        self.store.record_revealed(Revelation {
            award: id.to_owned(),
            code: ground.to_owned(),
            actor: act.actor.to_owned(),
            at: act.at,
        })?;
        Ok(Revealed { evaluations, evaluators })
    }

    /// The badge in a signed form, without its signature.
    fn unsigned(&self, signed: &str, now: Timestamp) -> Result<Value, Refusal> {
        let snapshot = self.identity.snapshot(now);
        let report =
            verify(signed.as_bytes(), &Expectations::default(), &TrustPolicy::default(), now, &snapshot);
        let mut badge = report
            .document()
            .cloned()
            .ok_or_else(|| Refusal::Failure("a recorded badge cannot be read".to_owned()))?;
        if let Some(members) = badge.as_object_mut() {
            members.remove("proof");
        }
        Ok(badge)
    }
}

/// The endorsements that a badge carries.
fn carried(badge: &Value) -> impl Iterator<Item = &Value> {
    ["endorsement", "endorsementJwt"]
        .into_iter()
        .filter_map(|name| badge.get(name))
        .flat_map(|member| member.as_array().map_or(std::slice::from_ref(member), Vec::as_slice))
}

/// The badge with more endorsements.
fn with(badge: &Value, fresh: Vec<Value>) -> Value {
    let mut badge = badge.clone();
    for item in fresh {
        let name = if item.is_string() { "endorsementJwt" } else { "endorsement" };
        let mut all = match badge.get(name) {
            None => Vec::new(),
            Some(Value::Array(items)) => items.clone(),
            Some(single) => vec![single.clone()],
        };
        all.push(item);
        badge[name] = all.into();
    }
    badge
}

/// Who endorses a signed badge, by identifier, as far as it says so openly.
pub(super) fn endorsers(signed: &str) -> Vec<String> {
    let read = |text: &str| -> Option<Value> {
        if text.trim_start().starts_with('{') {
            return serde_json::from_str(text).ok();
        }
        CompactJws::parse(text).ok().map(|token| token.payload().value().clone())
    };
    let Some(badge) = read(signed) else { return Vec::new() };
    carried(&badge)
        .filter_map(|item| match item {
            Value::String(token) => read(token),
            other => Some(other.clone()),
        })
        .filter_map(|endorsement| issuer_id(&endorsement).map(str::to_owned))
        .collect()
}
