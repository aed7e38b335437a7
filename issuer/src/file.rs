//! An award as a file, in any of its forms.

use badge_schemas::problem::{Code, Problem};

use crate::award::{DC_SD_JWT, ECDSA_SD_2023, JSON, JWT, SD_JWT};
use crate::draft::Format;
use crate::image::{self, Kind};
use crate::issuer::Issuer;
use crate::refusal::Refusal;
use crate::store::{Award, Forms};

impl Issuer {
    /// The bytes of an award in one form; without a format, the JSON form, or the one there is. Images carry the JSON form, or the JWT where the award was made as that alone.
    ///
    /// # Errors
    /// [`Refusal`]; [`Code::AwardErased`] after an erasure, [`Code::AwardNotIssued`] where it is not signed yet.
    pub fn file(&self, award: &Award, format: Option<Format>) -> Result<(Format, Vec<u8>), Refusal> {
        let forms = self.store.forms(&award.id)?;
        let forms = forms.ok_or_else(|| Problem::new(Code::AwardNotIssued))?;
        self.render_one(award, &forms, format)
    }

    fn render_one(
        &self,
        award: &Award,
        forms: &Forms,
        format: Option<Format>,
    ) -> Result<(Format, Vec<u8>), Refusal> {
        let only = if jwt_alone(forms) { Format::Jwt } else { Format::Json };
        let format = format.unwrap_or(only);
        Ok((format, self.render(award, forms, format)?))
    }

    /// The same, for whoever knows the badge's address. A badge that its holder shows in part names that address in every part: it
    /// is not given out there, or the rest could be fetched.
    ///
    /// # Errors
    /// As [`Issuer::file`], and [`Code::NotFound`].
    pub fn public_file(&self, award: &Award, format: Option<Format>) -> Result<(Format, Vec<u8>), Refusal> {
        let forms = self.store.forms(&award.id)?;
        let forms = forms.ok_or_else(|| Problem::new(Code::AwardNotIssued))?;
        if [ECDSA_SD_2023, SD_JWT, DC_SD_JWT].iter().any(|form| forms.contains_key(*form)) {
            return Err(Problem::new(Code::NotFound)
                .with_words("resource", "credential", "justificatif")
                .into());
        }
        self.render_one(award, &forms, format)
    }

    /// The same, from forms already at hand.
    ///
    /// # Errors
    /// As [`Issuer::file`].
    pub fn render(&self, award: &Award, forms: &Forms, format: Format) -> Result<Vec<u8>, Refusal> {
        let form = |name: &str| forms.get(name).ok_or_else(|| not_made(format));
        match (format, Kind::of(format)) {
            (_, Some(kind)) => {
                let carried = if jwt_alone(forms) { JWT } else { JSON };
                image::bake(kind, form(carried)?, &self.template_of(award)?, self.identity.name())
            }
            (Format::Jwt, None) => Ok(form(JWT)?.clone().into_bytes()),
            (Format::SdJwt, None) => Ok(selective(forms, SD_JWT)?.as_bytes().to_vec()),
            (Format::DcSdJwt, None) => Ok(selective(forms, DC_SD_JWT)?.as_bytes().to_vec()),
            (Format::EcdsaSd2023, None) => match forms.get(ECDSA_SD_2023) {
                Some(base) => Ok(base.clone().into_bytes()),
                None => Err(not_made(format).into()),
            },
            (Format::Json | Format::Png | Format::Svg, None) => Ok(form(JSON)?.clone().into_bytes()),
        }
    }
}

/// Whether the award was made as a JWT and not as JSON.
fn jwt_alone(forms: &Forms) -> bool {
    forms.contains_key(JWT) && !forms.contains_key(JSON)
}

/// The finding for a form that was not signed when the award was made.
fn not_made(format: Format) -> Problem {
    Problem::new(Code::FormAbsent).with("format", format.as_str())
}

/// A form that is signed only where the award was made with it.
pub(crate) fn selective<'f>(forms: &'f Forms, name: &str) -> Result<&'f str, Problem> {
    let form = forms.get(name).map(String::as_str);
    form.ok_or_else(|| {
        Problem::new(Code::NotFound).with_words("resource", &format!("{name} form"), format!("forme {name}"))
    })
}
