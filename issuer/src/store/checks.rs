//! What every store refuses, whatever stands behind it.

use super::MAX_NAME;
use super::data::{Award, AwardStatus, Intent, NewToken, Purpose};
use super::error::StoreError;

/// Can a status entry of this purpose express the change?
pub(super) fn can_say(purpose: Option<Purpose>, from: AwardStatus, to: AwardStatus) -> bool {
    use AwardStatus::{Active, Revoked, Suspended};
    matches!(
        (purpose, from, to),
        (Some(Purpose::Revocation), Active, Revoked)
            | (Some(Purpose::Suspension), Active, Suspended)
            | (Some(Purpose::Suspension), Suspended, Active)
    )
}

/// Is it an intent, where only an intent is to be erased?
pub(super) fn may_erase(award: &Award, only_intent: bool) -> Result<(), StoreError> {
    let (expected, actual) = (AwardStatus::Intended, award.status);
    if only_intent && actual != expected {
        return Err(StoreError::StatusConflict { award: award.id.clone(), expected, actual });
    }
    Ok(())
}

pub(super) fn check_intent(intent: &Intent) -> Result<(), StoreError> {
    check_names(&[
        ("award", &intent.award),
        ("credential_id", &intent.credential_id),
        ("badge", &intent.badge),
        ("recipient", &intent.recipient),
        ("actor", &intent.actor),
    ])?;
    intent.idempotency.as_ref().map_or(Ok(()), |idempotency| check_names(&[("key", &idempotency.key)]))
}

/// Is this a token that may be recorded?
pub(super) fn check_token(new: &NewToken) -> Result<(), StoreError> {
    check_names(&[("token", &new.token), ("account", &new.account), ("actor", &new.actor)])?;
    if new.roles.is_empty() {
        return Err(StoreError::BadName { field: "roles" });
    }
    new.badges.iter().try_for_each(|badge| check_names(&[("badge", badge)]))
}

pub(super) fn check_names(names: &[(&'static str, &str)]) -> Result<(), StoreError> {
    for &(field, name) in names {
        if name.len() > MAX_NAME {
            return Err(StoreError::TooLong { field, length: name.len(), limit: MAX_NAME });
        }
        if name.is_empty() || name.chars().any(char::is_control) {
            return Err(StoreError::BadName { field });
        }
    }
    Ok(())
}
