//! A badge as its issuer defines it: the Achievement, and what its status entries can say.

use badge_schemas::document::Document;
use badge_schemas::problem::{Code, Problem};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::evaluation::Panel;
use crate::identity::Identity;
use crate::languages;
use crate::members::{Members, malformed, missing};
use crate::public_url::PublicUrl;
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
    /// The same in other languages; see [`languages`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub translations: Vec<Value>,
    /// The panel that must stand behind each award, where one must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub panel: Option<Panel>,
}

/// Reads such pointers: an array of texts, each empty or beginning with `/` ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)).
///
/// # Errors
/// [`Code::MalformedValue`] at `at`.
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

/// Members of the badges made here ([AchievementCredential](https://www.imsglobal.org/spec/ob/v3p0/#achievementcredential)).
const ROOT: [&str; 17] = [
    "@context",
    "id",
    "type",
    "name",
    "description",
    "image",
    "issuer",
    "validFrom",
    "validUntil",
    "awardedDate",
    "credentialStatus",
    "credentialSchema",
    "refreshService",
    "termsOfUse",
    "evidence",
    "endorsement",
    "endorsementJwt",
];

/// Members of their subjects ([AchievementSubject](https://www.imsglobal.org/spec/ob/v3p0/#achievementsubject)).
const SUBJECT: [&str; 13] = [
    "id",
    "type",
    "identifier",
    "image",
    "narrative",
    "result",
    "source",
    "role",
    "term",
    "activityStartDate",
    "activityEndDate",
    "creditsEarned",
    "licenseNumber",
];

/// Most pointers of one template: a badge has some fifty members.
const MAX_POINTERS: usize = 64;

impl Template {
    /// Puts a template together; `translations` and `panel` in the achievement are those of the badge.
    ///
    /// # Errors
    /// [`Code::MalformedValue`] where they are none.
    pub fn of(
        mut achievement: Value,
        status_purpose: Purpose,
        mandatory_pointers: Vec<String>,
    ) -> Result<Self, Problem> {
        let given = achievement.as_object_mut().and_then(|members| members.remove("translations"));
        let translations = match given {
            None => Vec::new(),
            Some(Value::Array(translations)) if !translations.is_empty() => translations,
            Some(_) => {
                return Err(malformed(
                    "/translations",
                    "it is not an array with something in it",
                    "ce n’est pas un tableau non vide",
                ));
            }
        };
        let given = achievement.as_object_mut().and_then(|members| members.remove("panel"));
        let panel = given.map(|given| Panel::parse(given, "/panel")).transpose()?;
        Ok(Self { achievement, status_purpose, mandatory_pointers, translations, panel })
    }

    /// The template in a language; as it is where none is asked for.
    ///
    /// # Errors
    /// [`Code::LanguageUnknown`].
    pub fn spoken(&self, language: Option<&str>) -> Result<Self, Problem> {
        let achievement = languages::spoken(&self.achievement, &self.translations, language)?.clone();
        Ok(Self { achievement, ..self.clone() })
    }

    /// Reads a badge that comes as a document: the members of [`Template::take`], or an Achievement alone.
    ///
    /// # Errors
    /// [`Code::MemberUnknown`],
    /// [`Code::MalformedValue`], each with its pointer.
    pub fn parse(document: Document) -> Result<Self, Problem> {
        let mut value = document.into_value();
        if value.is_object() && value.get("achievement").is_none() {
            value = json!({ "achievement": value });
        }
        let mut members = Members::of(value, "")?;
        let template = Self::take(&mut members)?;
        members.finish()?;
        Ok(template)
    }

    /// Takes `achievement`, and perhaps `statusPurpose`, `mandatoryPointers` and `panel`.
    ///
    /// # Errors
    /// As [`Template::parse`], and [`Code::MemberMissing`].
    pub fn take(members: &mut Members) -> Result<Self, Problem> {
        let mut achievement = members.any("achievement").ok_or_else(|| missing("/achievement"))?;
        let Some(inside) = achievement.as_object_mut() else {
            return Err(malformed("/achievement", "it is not an object", "ce n’est pas un objet"));
        };
        if let Some(panel) = members.any("panel") {
            inside.insert("panel".to_owned(), panel);
        }
        let purpose = match members.text("statusPurpose")?.as_deref() {
            None | Some("revocation") => Purpose::Revocation,
            Some("suspension") => Purpose::Suspension,
            Some(_) => {
                return Err(malformed(
                    "/statusPurpose",
                    "it is neither revocation nor suspension",
                    "ce n’est ni revocation ni suspension",
                ));
            }
        };
        let mandatory_pointers = match members.any("mandatoryPointers") {
            Some(pointers) => read_pointers(pointers, "/mandatoryPointers")?,
            None => Vec::new(),
        };
        Self::of(achievement, purpose, mandatory_pointers)
    }

    /// Fills in what the issuer knows: `id` (the badge's public address), `type`, `creator`. What the client gave stays.
    ///
    /// # Errors
    /// [`Code::MalformedValue`] when the achievement is no object.
    pub fn fill_in(self, badge: &str, identity: &Identity) -> Result<Self, Problem> {
        self.fill_in_for(badge, identity.creator(), identity.public_url())
    }

    /// The same, for an issuer of which no more than this is known.
    ///
    /// # Errors
    /// As [`Template::fill_in`].
    pub fn fill_in_for(
        mut self,
        badge: &str,
        creator: Value,
        public_url: Option<&PublicUrl>,
    ) -> Result<Self, Problem> {
        let Value::Object(given) = self.achievement else {
            return Err(malformed("", "it is not an object", "ce n’est pas un objet"));
        };
        let id = match public_url {
            Some(url) => url.join(&format!("/badges/{badge}")),
            None => format!("urn:uuid:{badge}"),
        };
        let mut members = Map::new();
        members.insert("id".to_owned(), json!(id));
        members.insert("type".to_owned(), json!(["Achievement"]));
        members.insert("creator".to_owned(), creator);
        members.extend(given);
        self.translations = languages::complete(badge, public_url, &mut members, self.translations)?;
        self.achievement = Value::Object(members);
        Ok(self)
    }

    /// The id of its result description, where it has just one.
    pub fn only_result(&self) -> Option<String> {
        match self.achievement.get("resultDescription")? {
            Value::Array(descriptions) => match descriptions.as_slice() {
                [one] => one.get("id"),
                _ => None,
            },
            one => one.get("id"),
        }
        .and_then(Value::as_str)
        .map(str::to_owned)
    }

    /// A mandatory pointer that leads nowhere in any badge made from this template, a slip of the pen, by its place in the list.
    ///
    /// In the achievement it must lead to something, elsewhere begin with names that such a badge can have: evidence or a result may be
    /// there in one award and not in another.
    pub fn stray_pointer(&self) -> Option<Problem> {
        let number = self.mandatory_pointers.iter().position(|pointer| !self.may_lead_somewhere(pointer))?;
        let pointer = self.mandatory_pointers.get(number)?;
        Some(
            Problem::new(Code::PointerNowhere)
                .at(format!("/mandatoryPointers/{number}"))
                .with("member", pointer),
        )
    }

    fn may_lead_somewhere(&self, pointer: &str) -> bool {
        let mut names = pointer.split('/').skip(1);
        let Some(first) = names.next() else { return true };
        if first != "credentialSubject" {
            return ROOT.contains(&first);
        }
        let Some(second) = names.next() else { return true };
        if second != "achievement" {
            return SUBJECT.contains(&second);
        }
        let inside = names.fold(String::new(), |inside, name| inside + "/" + name);
        self.achievement.pointer(&inside).is_some()
    }

    /// The badge's name, for people.
    pub fn name(&self) -> &str {
        self.achievement.get("name").and_then(Value::as_str).unwrap_or_default()
    }
}
