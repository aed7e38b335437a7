//! The bridge from the errors of the inner modules to the vocabulary of problems: one exhaustive match each.

use badge_schemas::problem::{Code, Problem};

use crate::container::png::PngError;
use crate::container::svg::SvgError;
use crate::securing::rdfc::RdfError;
use crate::work::{Exhausted, MAX_STEPS};

impl PngError {
    /// What to tell the one who gave the image.
    pub fn to_problem(&self) -> Problem {
        let damaged = |offset: &usize, en: &str, fr: &'static str| {
            Problem::new(Code::PngDamaged).with("offset", offset).with_words("reason", en, fr)
        };
        let form =
            |en: &str, fr: &'static str| Problem::new(Code::PngBadgeChunkForm).with_words("reason", en, fr);
        match self {
            Self::TooLarge { len, limit } | Self::TextTooLarge { len, limit } => {
                Problem::new(Code::InputTooLarge).with("size", len).with("limit", limit)
            }
            Self::TooManyChunks { .. } => damaged(&0, "too many chunks", "trop de blocs"),
            Self::NotPng => damaged(&0, "it does not begin like a PNG", "il ne commence pas comme un PNG"),
            Self::BadChunkType { offset } => {
                damaged(offset, "a chunk has an impossible name", "un bloc a un nom impossible")
            }
            Self::LengthLies { offset, .. } => damaged(offset, "a chunk is cut off", "un bloc est tronqué"),
            Self::BadCrc { offset } => {
                damaged(offset, "a checksum does not match", "une somme de contrôle ne correspond pas")
            }
            Self::NoIend { offset } => damaged(offset, "the end is missing", "la fin manque"),
            Self::AfterIend { offset, .. } => {
                damaged(offset, "something follows the end", "quelque chose suit la fin")
            }
            Self::NoBadge => Problem::new(Code::PngNoBadgeChunk),
            Self::Ob2Badge { .. } => Problem::new(Code::Ob2BadgeDetected),
            Self::Multiple { .. } => form("there are two badges", "il y a deux badges"),
            Self::WrongChunk { .. } => form("it is not in an iTXt chunk", "il n’est pas dans un bloc iTXt"),
            Self::Compressed { .. } => form("it is compressed", "il est compressé"),
            Self::MalformedText { .. } => form("its iTXt chunk is malformed", "son bloc iTXt est mal formé"),
            Self::NotUtf8 { .. } => form("it is not UTF-8", "il n’est pas en UTF-8"),
            Self::Empty => form("it is empty", "il est vide"),
            Self::AlreadyBaked { .. } => {
                form("the image carries a badge already", "l’image contient déjà un badge")
            }
        }
    }
}

impl SvgError {
    /// What to tell the one who gave the image.
    pub fn to_problem(&self) -> Problem {
        let damaged =
            |en: &str, fr: &'static str| Problem::new(Code::SvgDamaged).with_words("reason", en, fr);
        match self {
            Self::TooLarge { len, limit } | Self::TextTooLarge { len, limit } => {
                Problem::new(Code::InputTooLarge).with("size", len).with("limit", limit)
            }
            Self::NotUtf8 { offset } => Problem::new(Code::JsonInvalidUtf8).with("offset", offset),
            Self::NotDeclaredUtf8 { .. } => {
                damaged("its encoding is not UTF-8", "son encodage n’est pas UTF-8")
            }
            Self::DtdForbidden { .. } => Problem::new(Code::SvgDtdForbidden),
            Self::TooDeep { .. } => {
                damaged("its elements nest too deep", "ses éléments s’imbriquent trop profondément")
            }
            Self::TooManyAttributes { .. } => {
                damaged("an element has too many attributes", "un élément a trop d’attributs")
            }
            Self::TooManyNamespaces { .. } => {
                damaged("it declares too many namespaces", "il déclare trop d’espaces de noms")
            }
            Self::NodeLimit { .. } => damaged("it has too many elements", "il a trop d’éléments"),
            Self::Xml { line, column } => Problem::new(Code::SvgDamaged)
                .with("reason", format!("XML, line/ligne {line}, column/colonne {column}")),
            Self::NotSvg { .. } => damaged("its root is not svg", "sa racine n’est pas svg"),
            Self::NoBadge => Problem::new(Code::SvgNoBadge),
            Self::Ob2Badge { .. } => Problem::new(Code::Ob2BadgeDetected),
            Self::Multiple { .. } => Problem::new(Code::SvgMultipleBadges),
            Self::Misplaced { .. } => {
                damaged("the badge is not directly inside svg", "le badge n’est pas directement dans svg")
            }
            Self::UnexpectedMarkup { .. } => {
                damaged("the badge holds markup", "le badge contient du balisage")
            }
            Self::Empty => damaged("the badge is empty", "le badge est vide"),
            Self::NotXmlChar { .. } => {
                damaged("a character cannot stand in XML", "un caractère ne peut pas figurer en XML")
            }
            Self::AlreadyBaked { .. } => {
                damaged("the image carries a badge already", "l’image contient déjà un badge")
            }
        }
    }
}

impl RdfError {
    /// What keeps a document from being signed or verified.
    pub fn to_problem(&self) -> Problem {
        match self {
            Self::UnknownContext { iri } => {
                Problem::new(Code::ContextUnknown).at("/@context").with("iri", iri)
            }
            Self::InlineContext { pointer, member } => {
                Problem::new(Code::ContextInlineForbidden).at(pointer).with("member", member)
            }
            Self::UndefinedTerm { pointer, term } => {
                Problem::new(Code::JsonldUndefinedTerm).at(pointer).with("term", term)
            }
            Self::RelativeIri { pointer, value } => {
                let problem = Problem::new(Code::JsonldRelativeIri).with("value", value);
                match pointer {
                    Some(pointer) => problem.at(pointer),
                    None => problem,
                }
            }
            Self::Keyword { pointer, keyword } => {
                Problem::new(Code::JsonldInvalid).at(pointer).with("reason", keyword)
            }
            Self::Dropped { pointer } => Problem::new(Code::JsonldInvalid).at(pointer).with_words(
                "reason",
                "this member has no meaning that a signature could cover",
                "ce membre n’a aucun sens qu’une signature pourrait couvrir",
            ),
            Self::Alias { pointer, iri } => Problem::new(Code::JsonldInvalid).at(pointer).with("reason", iri),
            Self::TooComplex { limit, found, allowed } => Problem::new(Code::CanonicalizationLimit)
                .with("reason", format!("{limit}: {found} > {allowed}")),
            Self::Exhausted => Exhausted.to_problem(),
            Self::Invalid { reason } => Problem::new(Code::JsonldInvalid).with("reason", reason),
        }
    }
}

impl Exhausted {
    /// What is left undone.
    pub fn to_problem(self) -> Problem {
        Problem::new(Code::WorkLimit).with("limit", MAX_STEPS)
    }
}
