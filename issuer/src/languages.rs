//! A badge in several languages: one Achievement for each, with its own id, that name each other in `related` with their `inLanguage`.
//!
//! It is the one form that the schema of Open Badges and strict JSON-LD both accept: language maps are refused by the schema. A reader
//! finds the other languages under `related`; a badge is awarded, and signed, in one of them.

use badge_schemas::problem::{Code, Problem};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::members::{malformed, missing};
use crate::public_url::PublicUrl;

/// Most languages of one badge beside its own: those of the European Union.
const MAX_TRANSLATIONS: usize = 24;

/// What must be said anew in each language.
const SAID_ANEW: [&str; 3] = ["name", "description", "criteria"];

/// What is the same in each language because we say it.
const OURS: [&str; 4] = ["id", "type", "creator", "related"];

/// Completes the achievements of a badge: the ids of its translations, and `related` in each. What a translation does not say is as in
/// the badge's own language. Completing twice is completing once.
///
/// # Errors
/// [`Code::MemberMissing`] where a text or a language is missing, [`Code::LanguageTwice`] where one stands twice.
pub fn complete(
    badge: &str,
    public_url: Option<&PublicUrl>,
    own: &mut Map<String, Value>,
    translations: Vec<Value>,
) -> Result<Vec<Value>, Problem> {
    if translations.is_empty() {
        return Ok(translations);
    }
    if translations.len() > MAX_TRANSLATIONS {
        return Err(malformed("/translations", "there are too many", "il y en a trop"));
    }
    let language = |members: &Map<String, Value>, at: &str| {
        let language = members.get("inLanguage").and_then(Value::as_str).map(str::to_owned);
        language.ok_or_else(|| missing(&format!("{at}/inLanguage")))
    };
    let mut known = vec![(language(own, "")?, own.get("id").cloned().unwrap_or_default())];
    let mut spoken = Vec::new();
    for (index, translation) in translations.into_iter().enumerate() {
        let at = format!("/translations/{index}");
        let Value::Object(said) = translation else {
            return Err(malformed(&at, "it is not an object", "ce n’est pas un objet"));
        };
        let its = language(&said, &at)?;
        if known.iter().any(|(known, _)| *known == its) {
            return Err(Problem::new(Code::LanguageTwice)
                .at(format!("{at}/inLanguage"))
                .with("language", its));
        }
        if let Some(name) = SAID_ANEW.into_iter().find(|name| !said.contains_key(*name)) {
            return Err(missing(&format!("{at}/{name}")));
        }
        let mut members = own.clone();
        members.remove("related");
        members.extend(said.into_iter().filter(|(name, _)| !OURS.contains(&name.as_str())));
        let id = json!(id(badge, public_url, &its));
        members.insert("id".to_owned(), id.clone());
        known.push((its, id));
        spoken.push(members);
    }
    let related = |own_id: Option<&Value>| -> Vec<Value> {
        let others = known.iter().filter(|(_, id)| Some(id) != own_id);
        others.map(|(language, id)| json!({"id": id, "type": ["Related"], "inLanguage": language})).collect()
    };
    for members in &mut spoken {
        members.insert("related".to_owned(), json!(related(members.get("id"))));
    }
    // What its author related it to otherwise stays.
    let is_ours = |entry: &Value| known.iter().any(|(_, id)| entry.get("id") == Some(id));
    let mut all = match own.remove("related") {
        Some(Value::Array(given)) => given,
        Some(one) => vec![one],
        None => Vec::new(),
    };
    all.retain(|entry| !is_ours(entry));
    all.extend(related(own.get("id")));
    own.insert("related".to_owned(), json!(all));
    Ok(spoken.into_iter().map(Value::Object).collect())
}

/// The achievement in a language; the badge's own where none is asked for.
///
/// # Errors
/// [`Code::LanguageUnknown`].
pub fn spoken<'a>(
    own: &'a Value,
    translations: &'a [Value],
    asked: Option<&str>,
) -> Result<&'a Value, Problem> {
    let Some(asked) = asked else { return Ok(own) };
    let language =
        |achievement: &&Value| achievement.get("inLanguage").and_then(Value::as_str) == Some(asked);
    std::iter::once(own).chain(translations).find(language).ok_or_else(|| {
        let known: Vec<&str> = std::iter::once(own)
            .chain(translations)
            .filter_map(|achievement| achievement.get("inLanguage").and_then(Value::as_str))
            .collect();
        let known = if known.is_empty() { "∅".to_owned() } else { known.join(", ") };
        Problem::new(Code::LanguageUnknown).at("/language").with("language", asked).with("known", known)
    })
}

/// The id of a translation: beside the badge's address, or a UUID made from both (version 8).
fn id(badge: &str, public_url: Option<&PublicUrl>, language: &str) -> String {
    if let Some(url) = public_url {
        url.join(&format!("/badges/{badge}.{language}"))
    } else {
        let digest = Sha256::new().chain_update(badge).chain_update(b"\n").chain_update(language).finalize();
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest.iter()).for_each(|(to, from)| *to = *from);
        format!("urn:uuid:{}", uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn own() -> Map<String, Value> {
        let own = json!({"id": "urn:x:b", "inLanguage": "fr", "name": "Trier", "description": "d", "criteria": {}, "tag": ["t"],
            "related": {"id": "urn:x:older", "type": ["Related"]}});
        own.as_object().unwrap().clone()
    }

    fn english() -> Value {
        json!({"inLanguage": "en", "name": "Sort", "description": "d", "criteria": {}})
    }

    #[test]
    fn each_language_names_the_others_once_however_often_it_is_completed() {
        let mut french = own();
        let german = json!({"inLanguage": "de", "name": "Sortieren", "description": "d", "criteria": {}, "id": "urn:x:mine"});
        let first = complete("b", None, &mut french, vec![english(), german]).unwrap();
        let before = french.clone();
        let second = complete("b", None, &mut french, first.clone()).unwrap();
        assert_eq!((&first, &before), (&second, &french));
        let related: Vec<&Value> =
            french["related"].as_array().unwrap().iter().map(|entry| &entry["id"]).collect();
        assert_eq!(related, [&json!("urn:x:older"), &first[0]["id"], &first[1]["id"]]);
        assert_eq!(first[0]["related"][0], json!({"id": "urn:x:b", "type": ["Related"], "inLanguage": "fr"}));
        assert_eq!(first[0]["related"][1]["inLanguage"], "de");
        assert_eq!(first[0]["tag"], json!(["t"]), "what is not said anew is the same");
        assert_ne!(first[1]["id"], "urn:x:mine");
        let own = Value::Object(french);
        assert_eq!(spoken(&own, &first, Some("en")).unwrap()["name"], "Sort");
        assert_eq!(spoken(&own, &first, None).unwrap()["name"], "Trier");
        let unknown = spoken(&own, &first, Some("it")).unwrap_err();
        assert_eq!((unknown.code, unknown.value("known")), (Code::LanguageUnknown, Some("fr, en, de")));
    }

    #[test]
    fn a_translation_that_says_too_little_is_refused_where_it_stands() {
        let refused = |translation: Value| {
            let problem = complete("b", None, &mut own(), vec![english(), translation]).unwrap_err();
            problem.pointer.unwrap()
        };
        assert_eq!(refused(json!("x")), "/translations/1");
        assert_eq!(refused(json!({"name": "x"})), "/translations/1/inLanguage");
        assert_eq!(refused(english()), "/translations/1/inLanguage");
        assert_eq!(refused(json!({"inLanguage": "fr", "name": "x"})), "/translations/1/inLanguage");
        assert_eq!(
            refused(json!({"inLanguage": "de", "name": "x", "description": "d"})),
            "/translations/1/criteria"
        );
        let mut nameless = own();
        nameless.remove("inLanguage");
        let problem = complete("b", None, &mut nameless, vec![english()]).unwrap_err();
        assert_eq!(problem.pointer.as_deref(), Some("/inLanguage"));
    }
}
