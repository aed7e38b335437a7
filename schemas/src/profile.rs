//! Who issues, assesses or creates: `Profile` and what hangs on it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::achievement::{IdentifierType, Image};
use crate::lenient::one_or_many;

/// A person or organisation ([Open Badges 3.0 §B.1.19 Profile](https://www.imsglobal.org/spec/ob/v3p0/#profile)).
///
/// Only `id` is certain: a verifier copes with a nameless issuer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// A URI, usually a DID or an `https` URL.
    pub id: String,
    /// Contains `Profile` where given.
    #[serde(
        rename = "type",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub kind: Vec<String>,
    /// The name the body gives itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Home page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// A short description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A logo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    /// Postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// The body it belongs to: a profile, kept as received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_org: Option<Value>,
    /// SIREN, SIRET, UAI and other identifiers of the body.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub other_identifier: Vec<IdentifierEntry>,
    /// Endorsements of this profile, each a credential of its own.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub endorsement: Vec<Value>,
    /// Endorsements of this profile as compact JWS.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub endorsement_jwt: Vec<String>,
}

/// An issuer: a URI alone, or a [`Profile`] ([ProfileRef](https://www.imsglobal.org/spec/ob/v3p0/#profileref)).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ProfileRef {
    /// The identifier alone.
    Uri(String),
    /// The identifier with what the body says of itself.
    Profile(Box<Profile>),
}

impl ProfileRef {
    /// The issuer's identifier.
    pub fn id(&self) -> &str {
        match self {
            Self::Uri(id) => id,
            Self::Profile(profile) => &profile.id,
        }
    }

    /// The name the issuer gives itself.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Uri(_) => None,
            Self::Profile(profile) => profile.name.as_deref(),
        }
    }
}

/// A postal address ([Address](https://www.imsglobal.org/spec/ob/v3p0/#address)).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// Contains `Address`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// Country name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_country: Option<String>,
    /// Country code, ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_country_code: Option<String>,
    /// Region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_region: Option<String>,
    /// Town.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_locality: Option<String>,
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<String>,
    /// Post office box.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_office_box_number: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Coordinates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geo: Option<GeoCoordinates>,
}

/// Coordinates on the Earth, in degrees WGS 84 ([GeoCoordinates](https://www.imsglobal.org/spec/ob/v3p0/#geocoordinates)).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GeoCoordinates {
    /// `GeoCoordinates`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

/// One identifier of a body or of an achievement ([IdentifierEntry](https://www.imsglobal.org/spec/ob/v3p0/#identifierentry)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentifierEntry {
    /// `IdentifierEntry`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The identifier itself.
    pub identifier: String,
    /// In which system; French ones are `ext:frSiren`, `ext:frSiret`, `ext:frNda`, `ext:frUai`, `ext:frRncp`, `ext:frRs`, `ext:frRncpBloc`.
    pub identifier_type: IdentifierType,
}

/// To whom a badge was given, possibly as a salted hash ([IdentityObject](https://www.imsglobal.org/spec/ob/v3p0/#identityobject)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentityObject {
    /// `IdentityObject`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether `identity_hash` is a hash or the identifier in clear.
    pub hashed: bool,
    /// `sha256$<hex>` or `md5$<hex>` of identifier followed by salt, or the identifier in clear.
    pub identity_hash: String,
    /// What kind of identifier, for instance `emailAddress`.
    pub identity_type: IdentifierType,
    /// Appended to the identifier before hashing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
}
