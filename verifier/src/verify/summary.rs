//! What a document says of itself, for display.

use badge_schemas::achievement::Alignment;
use badge_schemas::credential::{AchievementCredential, issuer_id};
use badge_schemas::data_model::{valid_from, valid_until};
use serde_json::Value;

use super::text;
use crate::checks::conformance::DocumentKind;
use crate::report::{Skill, Summary};

pub(super) fn summary(value: &Value, kind: DocumentKind, badge: Option<&AchievementCredential>) -> Summary {
    let skill = |alignment: &Alignment| Skill {
        name: alignment.target_name.clone(),
        url: alignment.target_url.clone(),
        framework: alignment.target_framework.clone(),
        code: alignment.target_code.clone(),
    };
    let achievement = badge.map(|badge| &badge.credential_subject.achievement);
    Summary {
        kind: Some(kind.as_str()),
        id: text(value, "/id"),
        name: achievement.map(|achievement| achievement.name.clone()).or_else(|| text(value, "/name")),
        issuer: issuer_id(value).map(str::to_owned),
        issuer_name: text(value, "/issuer/name"),
        subject: text(value, "/credentialSubject/id"),
        awarded_date: text(value, "/awardedDate"),
        valid_from: valid_from(value).map(str::to_owned),
        valid_until: valid_until(value).map(str::to_owned),
        skills: achievement
            .map(|achievement| achievement.alignment.iter().map(skill).collect())
            .unwrap_or_default(),
    }
}
