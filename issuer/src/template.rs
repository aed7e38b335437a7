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
    /// What holders of an `ecdsa-sd-2023` badge show besides what all show: JSON Pointers into the badge; one that leads nowhere in a
    /// badge counts for nothing there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mandatory_pointers: Vec<String>,
}

/// Reads such pointers: an array of texts, each empty or beginning with `/` ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)).
///
/// # Errors
/// [`Code::MalformedValue`](badge_schemas::problem::Code::MalformedValue) at `at`.
pub fn read_pointers(value: Value, at: &str) -> Result<Vec<String>, Problem> {
    let pointers: Option<Vec<String>> = serde_json::from_value(value).ok();
    pointers
        .filter(|pointers| {
            pointers.len() <= MAX_POINTERS
                && pointers.iter().all(|pointer| pointer.is_empty() || pointer.starts_with('/'))
        })
        .ok_or_else(|| {
            malformed(
                at,
                "it is not an array of a few JSON Pointers, each beginning with /",
                "ce n’est pas un tableau de quelques pointeurs JSON, chacun commençant par /",
            )
        })
}

/// Most pointers of one template: a badge has some fifty members.
const MAX_POINTERS: usize = 64;

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
