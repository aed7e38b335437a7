//! A badge as its issuer defines it: the Achievement, and what its status entries can say.

use badge_schemas::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::identity::Identity;
use crate::members::malformed;
use crate::store::Purpose;

/// A badge template ([Achievement](https://www.imsglobal.org/spec/ob/v3p0/#achievement)); each change of it is a new version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Template {
    /// The Achievement, as it will stand in every badge.
    pub achievement: Value,
    /// What the one status entry of each award can say.
    pub status_purpose: Purpose,
}

impl Template {
    /// Fills in what the issuer knows: `id` (the badge's public address), `type`, `creator`. What the client gave stays.
    ///
    /// # Errors
    /// [`Code::MalformedValue`](badge_schemas::problem::Code::MalformedValue) when the achievement is no object.
    pub fn fill_in(mut self, badge: &str, identity: &Identity) -> Result<Self, Problem> {
        let Value::Object(given) = self.achievement else {
            return Err(malformed("", "it is not an object", "ce n’est pas un objet"));
        };
        let id = match identity.public_url() {
            Some(url) => url.join(&format!("/badges/{badge}")),
            None => format!("urn:uuid:{badge}"),
        };
        let mut members = Map::new();
        members.insert("id".to_owned(), json!(id));
        members.insert("type".to_owned(), json!(["Achievement"]));
        members.insert("creator".to_owned(), identity.creator());
        members.extend(given);
        self.achievement = Value::Object(members);
        Ok(self)
    }

    /// The badge's name, for people.
    pub fn name(&self) -> &str {
        self.achievement.get("name").and_then(Value::as_str).unwrap_or_default()
    }
}
