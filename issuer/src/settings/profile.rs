//! `[issuer]`: what the issuer says of itself, members of [Profile](https://www.imsglobal.org/spec/ob/v3p0/#profile).

use std::path::Path;

use badge_schemas::identifiers::{self, IdentifierError, IdentifierKind};
use badge_schemas::problem::Problem;
use badge_schemas::profile::IdentifierEntry;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use toml::Spanned;
use url::Url;

use super::refused::{Misfit, found, invalid};

/// The table.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub(super) struct Issuer {
    name: Option<String>,
    url: Option<Spanned<String>>,
    email: Option<Spanned<String>>,
    phone: Option<String>,
    description: Option<String>,
    /// URL or `data:` URI of a logo.
    image: Option<Spanned<String>>,
    /// Country code, ISO 3166-1 alpha-2; registries compare it with the territory of a recognition.
    country: Option<Spanned<String>>,
    region: Option<String>,
    locality: Option<String>,
    postal_code: Option<String>,
    street: Option<String>,
    identifiers: Vec<Spanned<Identifier>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Identifier {
    #[serde(rename = "type")]
    kind: String,
    value: String,
}

impl Issuer {
    /// The members, and everything that does not fit.
    pub(super) fn profile(self, path: &Path) -> (Map<String, Value>, Vec<Misfit>) {
        let misfits = self.misfits(path);
        let plain = |given: Option<Spanned<String>>| given.map(Spanned::into_inner);
        let mut members = Map::new();
        let texts = [
            ("name", self.name),
            ("url", plain(self.url)),
            ("email", plain(self.email)),
            ("phone", self.phone),
            ("description", self.description),
        ];
        members.extend(texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), json!(text?)))));
        if let Some(image) = plain(self.image) {
            members.insert("image".to_owned(), json!({"id": image, "type": "Image"}));
        }
        let lines = [
            ("addressCountryCode", plain(self.country)),
            ("addressRegion", self.region),
            ("addressLocality", self.locality),
            ("postalCode", self.postal_code),
            ("streetAddress", self.street),
        ];
        let mut address: Map<String, Value> =
            lines.into_iter().filter_map(|(name, text)| Some((name.to_owned(), json!(text?)))).collect();
        if !address.is_empty() {
            address.insert("type".to_owned(), json!(["Address"]));
            members.insert("address".to_owned(), Value::Object(address));
        }
        let entries: Vec<Value> = self.identifiers.iter().map(|given| given.get_ref().entry()).collect();
        if !entries.is_empty() {
            members.insert("otherIdentifier".to_owned(), Value::Array(entries));
        }
        (members, misfits)
    }

    fn misfits(&self, path: &Path) -> Vec<Misfit> {
        let mut misfits = Vec::new();
        let mut look = |given: &Option<Spanned<String>>, refuse: &dyn Fn(&str) -> Option<Problem>| {
            if let Some(given) = given
                && let Some(problem) = refuse(given.get_ref())
            {
                misfits.push(Misfit::of(given, problem));
            }
        };
        look(&self.url, &|text| {
            (!is_web(text)).then(|| {
                invalid(
                    path,
                    &format!("issuer.url: {text} is not an http or https URL"),
                    format!("issuer.url\u{a0}: {text} n’est pas une URL en http ou https"),
                )
            })
        });
        look(&self.image, &|text| {
            (!is_web(text) && !text.starts_with("data:image/")).then(|| {
                let shown: String = text.chars().take(MAX_SHOWN).collect();
                invalid(
                    path,
                    &format!("issuer.image: {shown} is neither an http or https URL nor a data:image/… URI"),
                    format!(
                        "issuer.image\u{a0}: {shown} n’est ni une URL en http ou https, ni une URI data:image/…"
                    ),
                )
            })
        });
        let refused = |checked: Result<(), IdentifierError>| Some(found(path, &checked.err()?.problem()));
        look(&self.email, &|text| refused(identifiers::check(IdentifierKind::EmailAddress, text)));
        look(&self.country, &|text| refused(identifiers::check(IdentifierKind::CountryCode, text)));
        for given in &self.identifiers {
            if let Err(problem) = given.get_ref().look() {
                misfits.push(Misfit::of(given, found(path, &problem)));
            }
        }
        misfits
    }
}

/// Most characters of a text that a finding repeats: an image may be long.
const MAX_SHOWN: usize = 60;

fn is_web(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host())
}

impl Identifier {
    fn entry(&self) -> Value {
        json!({"type": "IdentifierEntry", "identifier": self.value, "identifierType": self.kind})
    }

    fn look(&self) -> Result<(), Problem> {
        let typed: IdentifierEntry = badge_schemas::credential::view(&self.entry())?;
        identifiers::check_entry(&typed).map(drop).map_err(|error| error.problem())
    }
}
