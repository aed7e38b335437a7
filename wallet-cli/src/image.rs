//! Badges as images: the same signed text, put into a picture.

use badge_schemas::problem::{Code, Problem};
use badge_verifier::container::{Existing, Kind, png, sniff, svg};
use badge_verifier::content::Container;
use badge_verifier::securing::disclosure::base_proof;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::store::Badge;

/// A plain medallion for badges that bring no picture of their own.
const DEFAULT_PNG: &[u8] = include_bytes!("../assets/badge.png");
const DEFAULT_SVG: &[u8] = include_bytes!("../assets/badge.svg");

/// An image format that can carry a badge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// PNG.
    Png,
    /// SVG.
    Svg,
}

/// Puts a badge into an image; the signed text does not change.
///
/// The picture is, in this order: the image the badge came in, its own embedded (`data:`) picture, a plain default. A picture that
/// is only linked to is not fetched: that would tell the issuer.
///
/// # Errors
/// [`Code::ImageUnfit`].
pub(crate) fn bake(badge: &Badge, format: Format) -> Result<Vec<u8>, Problem> {
    if badge.sd_jwt.is_some() {
        return Err(Problem::new(Code::ImageUnfit).with_words(
            "reason",
            "Open Badges has no images with an SD-JWT in them",
            "Open Badges ne connaît pas d’images portant un SD-JWT",
        ));
    }
    if base_proof(&badge.value).is_some() {
        return Err(Problem::new(Code::ImageUnfit).with_words(
            "reason",
            "its proof is the holder's alone, and no verifier accepts it as it is: what the badge shows is chosen when it is presented",
            "sa preuve n’est que pour son titulaire, et aucun vérificateur ne l’accepte telle quelle\u{a0}: ce que le badge montre se choisit à la présentation",
        ));
    }
    let came_in_it =
        matches!((badge.container, format), (Container::Png, Format::Png) | (Container::Svg, Format::Svg));
    if came_in_it {
        return Ok(badge.bytes.clone());
    }
    let own = own_picture(badge).filter(|bytes| {
        matches!((sniff(bytes), format), (Kind::Png, Format::Png) | (Kind::Svg, Format::Svg))
    });
    let unfit = |error: &dyn std::fmt::Display| Problem::new(Code::ImageUnfit).with("reason", error);
    // Its own picture may be broken or too large; the default one always fits.
    match (format, own) {
        (Format::Png, own) => {
            own.and_then(|picture| png::bake(&picture, &badge.text, Existing::Replace).ok()).map_or_else(
                || png::bake(DEFAULT_PNG, &badge.text, Existing::Replace).map_err(|error| unfit(&error)),
                Ok,
            )
        }
        (Format::Svg, own) => {
            own.and_then(|picture| svg::bake(&picture, &badge.text, Existing::Replace).ok()).map_or_else(
                || svg::bake(DEFAULT_SVG, &badge.text, Existing::Replace).map_err(|error| unfit(&error)),
                Ok,
            )
        }
    }
}

/// The picture that the badge carries in a `data:` URL: the achievement's, else the credential's.
fn own_picture(badge: &Badge) -> Option<Vec<u8>> {
    let image = badge.view.credential_subject.achievement.image.as_ref().or(badge.view.image.as_ref())?;
    let (header, data) = image.id.strip_prefix("data:")?.split_once(',')?;
    header.ends_with(";base64").then(|| STANDARD.decode(data).ok()).flatten()
}
