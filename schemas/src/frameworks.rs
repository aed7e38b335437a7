//! The frameworks a badge may be aligned with: small tables of DigComp and EQF, and how the others write their identifiers.
//!
//! Nothing here is a verdict on a badge: an alignment says what its issuer means, and these functions say whether that exists.

pub mod digcomp;
pub mod eqf;
pub mod esco;
pub mod french;
pub mod isced;
mod look_up;

pub use look_up::{Fault, LookUp, look_up};

use crate::achievement::{Alignment, AlignmentTargetType};
use crate::lang::Lang;
use crate::problem::{Code, Problem};

/// A framework this program knows by name ([Alignment](https://www.imsglobal.org/spec/ob/v3p0/#alignment) `targetFramework`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framework {
    /// European Digital Competence Framework.
    DigComp,
    /// European Qualifications Framework.
    Eqf,
    /// European Skills, Competences, Qualifications and Occupations.
    Esco,
    /// Entrepreneurship Competence Framework.
    EntreComp,
    /// European sustainability competence framework.
    GreenComp,
    /// ISCED Fields of Education and Training 2013.
    IscedF,
    /// European Framework for Personal, Social and Learning to Learn Key Competence.
    LifeComp,
    /// French national register of professional certifications.
    Rncp,
    /// French operational directory of trades and jobs.
    Rome,
    /// French specific register of certifications.
    Rs,
}

impl Framework {
    /// Every framework this program knows, in the order of `frameworks/frameworks.json`.
    pub const ALL: &[Self] = &[
        Self::DigComp,
        Self::Eqf,
        Self::Esco,
        Self::EntreComp,
        Self::GreenComp,
        Self::IscedF,
        Self::LifeComp,
        Self::Rncp,
        Self::Rome,
        Self::Rs,
    ];

    /// The name without a version, by which registries limit what an issuer is recognised for.
    pub fn name(self) -> &'static str {
        match self {
            Self::DigComp => "DigComp",
            Self::Eqf => "EQF",
            Self::Esco => "ESCO",
            Self::EntreComp => "EntreComp",
            Self::GreenComp => "GreenComp",
            Self::IscedF => "ISCED-F",
            Self::LifeComp => "LifeComp",
            Self::Rncp => "RNCP",
            Self::Rome => "ROME",
            Self::Rs => "RS",
        }
    }

    /// Its full name, which some issuers write instead.
    fn full_name(self) -> &'static str {
        match self {
            Self::DigComp => "European Digital Competence Framework",
            Self::Eqf => "European Qualifications Framework",
            Self::Esco => "European Skills, Competences, Qualifications and Occupations",
            Self::EntreComp => "Entrepreneurship Competence Framework",
            Self::GreenComp => "European sustainability competence framework",
            Self::IscedF => "ISCED Fields of Education and Training 2013",
            Self::LifeComp => "European Framework for Personal, Social and Learning to Learn Key Competence",
            Self::Rncp => "French national register of professional certifications",
            Self::Rome => "French operational directory of trades and jobs",
            Self::Rs => "French specific register of certifications",
        }
    }

    /// Reads `targetFramework`: a name and perhaps a version, `ESCO v1.2.1` or `DigComp 3.0`; anything else after the name makes it another framework.
    pub fn from_target_framework(text: &str) -> Option<(Self, Option<&str>)> {
        let text = text.trim();
        Self::ALL.iter().copied().find_map(|framework| {
            [framework.name(), framework.full_name()].into_iter().find_map(|name| {
                let head = text.get(..name.len()).filter(|head| head.eq_ignore_ascii_case(name))?;
                let rest = text.get(head.len()..)?;
                if rest.is_empty() {
                    return Some((framework, None));
                }
                let number = rest.strip_prefix(char::is_whitespace)?.trim_start();
                let number = number.strip_prefix(['v', 'V']).unwrap_or(number);
                is_version(number).then_some((framework, Some(number)))
            })
        })
    }

    /// Reads the `ext:` names this project writes in `targetType`.
    pub fn from_target_type(target_type: &AlignmentTargetType) -> Option<Self> {
        match target_type.as_str() {
            digcomp::COMPETENCE_TYPE | digcomp::LEARNING_OUTCOME_TYPE => Some(Self::DigComp),
            eqf::LEVEL_TYPE => Some(Self::Eqf),
            esco::SKILL_TYPE | esco::OCCUPATION_TYPE => Some(Self::Esco),
            isced::FIELD_TYPE => Some(Self::IscedF),
            french::RNCP_TYPE | french::RNCP_BLOC_TYPE => Some(Self::Rncp),
            french::RS_TYPE => Some(Self::Rs),
            french::ROME_TYPE => Some(Self::Rome),
            _ => None,
        }
    }

    /// Reads the beginning of `targetUrl`, `http` or `https` alike: what is claimed, not whether it is well formed.
    pub fn from_target_url(url: &str) -> Option<Self> {
        let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"))?;
        let families: [(&str, Self); 11] = [
            ("data.europa.eu/esco/isced-f/", Self::IscedF),
            ("data.europa.eu/snb/isced-f/", Self::IscedF),
            ("data.europa.eu/esco/", Self::Esco),
            ("esco.ec.europa.eu/", Self::Esco),
            ("data.europa.eu/snb/eqf/", Self::Eqf),
            ("data.europa.eu/snb/dcf/", Self::DigComp),
            ("data.europa.eu/doi/10.2760/0001149#", Self::DigComp),
            ("data.europa.eu/doi/10.2760/115376#", Self::DigComp),
            ("www.francecompetences.fr/recherche/rncp/", Self::Rncp),
            ("www.francecompetences.fr/recherche/rs/", Self::Rs),
            ("candidat.francetravail.fr/metierscope/fiche-metier/", Self::Rome),
        ];
        families.into_iter().find(|(prefix, _)| rest.starts_with(prefix)).map(|(_, family)| family)
    }
}

/// Whether a text is a version, `1.2.1`.
fn is_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && text.bytes().all(|c| c.is_ascii_digit() || c == b'.')
}

/// Which framework the three members of an alignment claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// None that we know.
    None,
    /// One and the same, wherever one is named.
    One(Framework),
    /// Two different ones.
    Two(Framework, Framework),
}

/// Which framework an alignment claims by `targetType`, `targetFramework` and `targetUrl`, which must not contradict each other:
/// otherwise a registry would read one of them and a person another.
pub fn claim(alignment: &Alignment) -> Claim {
    let by_type = alignment.target_type.as_ref().and_then(Framework::from_target_type);
    let by_name = alignment.target_framework.as_deref().and_then(Framework::from_target_framework);
    let by_url = Framework::from_target_url(&alignment.target_url);
    let mut claim = Claim::None;
    for framework in [by_type, by_name.map(|(framework, _)| framework), by_url].into_iter().flatten() {
        claim = match claim {
            Claim::None => Claim::One(framework),
            Claim::One(first) if first == framework => continue,
            // ESCO publishes the fields of ISCED-F among its own concepts.
            Claim::One(Framework::Esco) if is_esco_field(alignment, framework) => continue,
            Claim::One(first) => Claim::Two(first, framework),
            two @ Claim::Two(..) => two,
        };
    }
    claim
}

fn is_esco_field(alignment: &Alignment, framework: Framework) -> bool {
    framework == Framework::IscedF && alignment.target_url.contains("//data.europa.eu/esco/isced-f/")
}

/// The framework of an alignment, by the name registries use (`ESCO`, `DigComp`, …): only if the alignment names no other one and
/// is written as that framework writes it. So nothing malformed falls within what an issuer is recognised for.
pub fn family(alignment: &Alignment) -> Option<&'static str> {
    match (claim(alignment), look_up(alignment)) {
        (_, LookUp::Malformed(_) | LookUp::NotInTable { .. }) => None,
        (Claim::One(framework), _) => Some(framework.name()),
        _ => None,
    }
}

/// Says that an alignment's `targetType` is an extension this program does not know; it is then not read, which is no error.
pub fn unknown_target_type(alignment: &Alignment) -> Option<Problem> {
    let kind = alignment.target_type.as_ref()?;
    let unknown = matches!(kind, AlignmentTargetType::Ext(_)) && Framework::from_target_type(kind).is_none();
    unknown.then(|| Problem::new(Code::TargetTypeUnknown).with("value", kind.as_str()))
}

/// The name of a skill or level by its address, where we have it: ESCO concepts paired with DigComp, DigComp competences and areas, EQF levels.
///
/// French names other than those of ESCO are translations by this project.
pub fn label(uri: &str, lang: Lang) -> Option<&'static str> {
    esco::label(uri, lang).or_else(|| digcomp::label(uri, lang)).or_else(|| eqf::label(uri, lang))
}

/// An alignment with its mandatory members.
fn alignment(target_type: &str, framework: &str, code: Option<String>, name: &str, url: String) -> Alignment {
    Alignment {
        kind: vec!["Alignment".to_owned()],
        target_code: code,
        target_description: None,
        target_name: name.to_owned(),
        target_framework: Some(framework.to_owned()),
        target_type: Some(AlignmentTargetType::Ext(target_type.to_owned())),
        target_url: url,
    }
}

#[cfg(test)]
mod tests;
