//! The badge as an image that carries it: baked into the template's own picture, or into a default one.

use badge_schemas::problem::{Code, Problem};
use badge_verifier::container::{Existing, png, svg};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

use crate::badge_image;
use crate::draft::Format;
use crate::refusal::Refusal;
use crate::template::Template;

/// The kinds of image that can carry a badge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// PNG, in an `iTXt` chunk.
    Png,
    /// SVG, in an element.
    Svg,
}

impl Kind {
    /// The image form of a format, if it is one.
    pub fn of(format: Format) -> Option<Self> {
        match format {
            Format::Png => Some(Self::Png),
            Format::Svg => Some(Self::Svg),
            Format::Json | Format::Jwt | Format::EcdsaSd2023 | Format::SdJwt | Format::DcSdJwt => None,
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Svg => "image/svg+xml",
        }
    }
}

/// Bakes a secured badge into the template's picture where that is a `data:` URI of this kind, else into the default picture.
///
/// A badge is baked into a picture without one: a picture that carries another badge is refused when the template is defined.
///
/// # Errors
/// [`Refusal::Failure`].
pub fn bake(kind: Kind, secured: &str, template: &Template, issuer: &str) -> Result<Vec<u8>, Refusal> {
    let failed = |error: &dyn std::fmt::Display| Refusal::Failure(format!("baking: {error}"));
    let picture = match own_picture(kind, template) {
        Some(Ok(picture)) => picture,
        Some(Err(_)) | None => match kind {
            Kind::Png => badge_image::png(template.name(), issuer).map_err(|error| failed(&error))?,
            Kind::Svg => badge_image::svg(template.name(), issuer).into_bytes(),
        },
    };
    put(kind, &picture, secured).map_err(|reason| failed(&reason))
}

/// Whether the template's picture, where it is a `data:` URI of an image we can bake into, is sound.
///
/// # Errors
/// [`Code::MalformedValue`] at `/image/id`.
pub fn check(template: &Template) -> Result<(), Problem> {
    for kind in [Kind::Png, Kind::Svg] {
        let baked = match own_picture(kind, template) {
            None => continue,
            Some(Ok(picture)) => put(kind, &picture, "{}").map(drop),
            Some(Err(reason)) => Err(reason.to_owned()),
        };
        baked.map_err(|reason| {
            Problem::new(Code::MalformedValue).at("/image/id").with("member", "image").with("reason", reason)
        })?;
    }
    Ok(())
}

fn put(kind: Kind, picture: &[u8], secured: &str) -> Result<Vec<u8>, String> {
    match kind {
        Kind::Png => png::bake(picture, secured, Existing::Refuse).map_err(|error| error.to_string()),
        Kind::Svg => svg::bake(picture, secured, Existing::Refuse).map_err(|error| error.to_string()),
    }
}

/// The bytes of a `data:` URI of this kind ([RFC 2397](https://www.rfc-editor.org/rfc/rfc2397)).
fn own_picture(kind: Kind, template: &Template) -> Option<Result<Vec<u8>, &'static str>> {
    let uri = template.achievement.get("image")?.get("id")?.as_str()?;
    let (header, data) = uri.strip_prefix("data:")?.split_once(',')?;
    let mut parts = header.split(';');
    if parts.next()? != kind.media_type() {
        return None;
    }
    Some(if parts.any(|part| part == "base64") {
        STANDARD.decode(data).map_err(|_| "the base64 is broken")
    } else {
        Ok(percent_decode_str(data).collect())
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use serde_json::json;

    use super::*;
    use crate::store::Purpose;

    fn template(image: &str) -> Template {
        let achievement = json!({"name": "Été", "image": {"id": image, "type": "Image"}});
        Template {
            achievement,
            status_purpose: Purpose::Revocation,
            mandatory_pointers: Vec::new(),
            translations: Vec::new(),
            panel: None,
        }
    }

    #[test]
    fn the_templates_own_picture_is_used_and_the_badge_can_be_read_back() {
        let svg_uri = "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%3E%3Cg/%3E%3C/svg%3E";
        let own = bake(Kind::Svg, r#"{"é":1}"#, &template(svg_uri), "École").unwrap();
        assert!(own.len() < 400, "not the default picture");
        assert_eq!(svg::extract(&own).unwrap(), r#"{"é":1}"#.as_bytes());
        let drawn = bake(Kind::Png, r#"{"é":1}"#, &template(svg_uri), "École").unwrap();
        assert_eq!(png::extract(&drawn).unwrap(), r#"{"é":1}"#.as_bytes());
        let uri = format!("data:image/png;base64,{}", STANDARD.encode(badge_image::png("a", "b").unwrap()));
        assert!(check(&template(&uri)).is_ok());
    }

    #[test]
    fn a_picture_that_cannot_carry_a_badge_is_refused_when_it_is_defined() {
        let baked = png::bake(&badge_image::png("a", "b").unwrap(), "x.y.z", Existing::Refuse).unwrap();
        for uri in [
            "data:image/png;base64,####".to_owned(),
            "data:image/png;base64,AAAA".to_owned(),
            "data:image/svg+xml,<html/>".to_owned(),
            format!("data:image/png;base64,{}", STANDARD.encode(baked)),
        ] {
            assert_eq!(check(&template(&uri)).unwrap_err().pointer.as_deref(), Some("/image/id"), "{uri}");
        }
        assert!(check(&template("https://exemple.fr/logo.png")).is_ok());
    }
}
