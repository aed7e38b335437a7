//! Identifiers of French bodies and certifications, and a few others: how they are written, and their check digits.
//!
//! A pass says that the identifier is well formed, not that it was given to anyone: registers are consulted elsewhere. Nothing is
//! tidied up first: what is signed must be exact, so `732 829 320` is refused, and the error says what it would be without spaces.

use std::sync::OnceLock;

use regex_lite::Regex;

use crate::achievement::IdentifierType;
use crate::problem::{Code, Problem};
use crate::profile::IdentifierEntry;

/// Longest identifier we look at, in bytes: an e-mail address has at most 254 ([RFC 5321 §4.5.3.1](https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1)), all others fewer.
pub const MAX_IDENTIFIER_BYTES: usize = 254;

/// A kind of identifier whose form we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentifierKind {
    /// SIREN: a body in the [SIRENE register](https://www.sirene.fr/); 9 digits, the last a Luhn check digit.
    Siren,
    /// SIRET: an establishment; the SIREN and 5 more digits, the last a Luhn check digit. Those of La Poste add up to a multiple of 5 instead.
    Siret,
    /// NDA: the [declaration number of a training body](https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000006904409); 11 digits, the first two a region.
    Nda,
    /// UAI: a school or university; 7 digits and a check letter.
    Uai,
    /// A certification of the [national register](https://www.francecompetences.fr/), `RNCP38596`.
    Rncp,
    /// A certification of the specific register, `RS5875`.
    Rs,
    /// A block of competences of a certification, `RNCP38596BC02`.
    RncpBloc,
    /// A trade in ROME 4.0, `M1805`.
    Rome,
    /// A skill or knowledge concept of [ESCO](https://esco.ec.europa.eu/), `http://data.europa.eu/esco/skill/…`.
    EscoSkill,
    /// An occupation of ESCO, `http://data.europa.eu/esco/occupation/…`.
    EscoOccupation,
    /// An e-mail address, as far as every mail system agrees.
    EmailAddress,
    /// A language tag as [Open Badges writes it](https://www.imsglobal.org/spec/ob/v3p0/#languagecode): `fr`, `fr-FR`, `zh-Hant-TW`.
    LanguageTag,
    /// A country code of [ISO 3166-1](https://www.iso.org/iso-3166-country-codes.html), alpha-2, officially assigned: `FR`.
    CountryCode,
}

/// The `identifierType`s whose form we know.
const TYPES: [(&str, IdentifierKind); 8] = [
    ("ext:frSiren", IdentifierKind::Siren),
    ("ext:frSiret", IdentifierKind::Siret),
    ("ext:frNda", IdentifierKind::Nda),
    ("ext:frUai", IdentifierKind::Uai),
    ("ext:frRncp", IdentifierKind::Rncp),
    ("ext:frRs", IdentifierKind::Rs),
    ("ext:frRncpBloc", IdentifierKind::RncpBloc),
    ("emailAddress", IdentifierKind::EmailAddress),
];

impl IdentifierKind {
    /// Its name, as problems say it; the same in every language.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Siren => "SIREN",
            Self::Siret => "SIRET",
            Self::Nda => "NDA",
            Self::Uai => "UAI",
            Self::Rncp => "RNCP",
            Self::Rs => "RS",
            Self::RncpBloc => "RNCP bloc",
            Self::Rome => "ROME",
            Self::EscoSkill => "ESCO skill",
            Self::EscoOccupation => "ESCO occupation",
            Self::EmailAddress => "e-mail",
            Self::LanguageTag => "BCP 47",
            Self::CountryCode => "ISO 3166-1",
        }
    }

    /// How it is written: a regular expression for the whole text.
    pub fn form(self) -> &'static str {
        match self {
            Self::Siren => "^[0-9]{9}$",
            Self::Siret => "^[0-9]{14}$",
            Self::Nda => "^[0-9]{11}$",
            Self::Uai => "^[0-9]{7}[A-Z]$",
            Self::Rncp => "^RNCP[0-9]{1,5}$",
            Self::Rs => "^RS[0-9]{1,5}$",
            Self::RncpBloc => "^RNCP[0-9]{1,5}BC[0-9]{2}$",
            Self::Rome => "^[A-N][0-9]{4}$",
            Self::EscoSkill => {
                "^http://data\\.europa\\.eu/esco/skill/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
            }
            Self::EscoOccupation => {
                "^http://data\\.europa\\.eu/esco/occupation/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
            }
            // One @, something before it, and a domain of two labels or more, no control character anywhere: what delivers a message
            // decides the rest.
            Self::EmailAddress => {
                "^[^\\s\\x00-\\x1f\\x7f-\\x9f@<>(),;:\"\\[\\]\\\\]{1,64}@[^\\s\\x00-\\x1f\\x7f-\\x9f@<>(),;:\"\\[\\]\\\\.]+(\\.[^\\s\\x00-\\x1f\\x7f-\\x9f@<>(),;:\"\\[\\]\\\\.]+)+$"
            }
            Self::LanguageTag => "^[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$",
            Self::CountryCode => "^[A-Z]{2}$",
        }
    }

    /// The kind an `identifierType` of Open Badges names, where we know it.
    pub fn of_type(identifier_type: &IdentifierType) -> Option<Self> {
        TYPES.into_iter().find(|(name, _)| *name == identifier_type.as_str()).map(|(_, kind)| kind)
    }

    /// Whether to repeat the text in a finding: an e-mail address is a person's.
    fn may_be_shown(self) -> bool {
        self != Self::EmailAddress
    }

    fn regex(self) -> Option<&'static Regex> {
        static COMPILED: [OnceLock<Option<Regex>>; 13] = [const { OnceLock::new() }; 13];
        COMPILED.get(self as usize)?.get_or_init(|| Regex::new(self.form()).ok()).as_ref()
    }
}

/// Why a text is not an identifier of its kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// It contains white space; without, it would be well formed.
    #[error("{} {text:?} contains spaces", kind.as_str())]
    Spaces {
        /// Which kind.
        kind: IdentifierKind,
        /// What was given; empty for an e-mail address.
        text: String,
        /// The same without white space; empty for an e-mail address.
        expected: String,
    },
    /// It does not have the form of its kind.
    #[error("{} {text:?} does not match {}", kind.as_str(), kind.form())]
    Form {
        /// Which kind.
        kind: IdentifierKind,
        /// What was given; empty for an e-mail address.
        text: String,
    },
    /// Its check digit or letter does not fit: it was mistyped.
    #[error("{} {text:?} has a wrong check digit", kind.as_str())]
    CheckDigit {
        /// Which kind.
        kind: IdentifierKind,
        /// What was given.
        text: String,
    },
    /// Its first digits are no region of France.
    #[error("{} {text:?}: no region has the code {region:?}", kind.as_str())]
    Region {
        /// Which kind.
        kind: IdentifierKind,
        /// What was given.
        text: String,
        /// The code found.
        region: String,
    },
    /// It has the form of a country code, and no country has it.
    #[error("no country has the code {code:?}")]
    Country {
        /// The code.
        code: String,
    },
    /// Its type looks like one of ours, and is none: nobody would look at it.
    #[error("{name:?} is no type of identifier")]
    Type {
        /// The type.
        name: String,
    },
}

impl IdentifierError {
    /// The same as a problem; say where with [`Problem::at`].
    pub fn problem(&self) -> Problem {
        match self {
            Self::Spaces { kind, text, expected } => Problem::new(Code::IdentifierSpaces)
                .with("kind", kind.as_str())
                .with("value", text)
                .with("expected", expected),
            Self::Form { kind, text } => Problem::new(Code::IdentifierMalformed)
                .with("kind", kind.as_str())
                .with("value", text)
                .with("expected", kind.form()),
            Self::CheckDigit { kind, text } => {
                Problem::new(Code::IdentifierCheckDigit).with("kind", kind.as_str()).with("value", text)
            }
            Self::Region { kind, text, region } => Problem::new(Code::IdentifierRegion)
                .with("kind", kind.as_str())
                .with("value", text)
                .with("region", region),
            Self::Country { code } => Problem::new(Code::CountryUnknown).with("code", code),
            Self::Type { name } => Problem::new(Code::IdentifierTypeUnknown)
                .with("type", name)
                .with("known", TYPES.map(|(name, _)| name).join(", ")),
        }
    }
}

/// Whether an entry was of a kind we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// It was looked at, and is well formed.
    Yes(IdentifierKind),
    /// We do not know this type: nothing was looked at.
    NotKnown,
}

/// Looks at the form of an identifier.
///
/// # Errors
///
/// Says what is wrong first.
pub fn check(kind: IdentifierKind, text: &str) -> Result<(), IdentifierError> {
    if !has_form(kind, text) {
        return Err(misshapen(kind, text));
    }
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    match kind {
        IdentifierKind::Siren => require(siren(&digits), kind, text),
        IdentifierKind::Siret => {
            let (body, _) = digits.split_at(SIREN_DIGITS);
            let post = text.starts_with(LA_POSTE) && digits.iter().sum::<u32>() % 5 == 0;
            require(siren(body) && (luhn(&digits) || post), kind, text)
        }
        IdentifierKind::Uai => require(text.chars().last() == uai_letter(&digits), kind, text),
        IdentifierKind::Nda => {
            let region = text.get(..2).unwrap_or_default();
            if REGIONS.contains(&region) {
                return Ok(());
            }
            Err(IdentifierError::Region { kind, text: text.to_owned(), region: region.to_owned() })
        }
        IdentifierKind::CountryCode if !COUNTRIES.contains(&text) => {
            Err(IdentifierError::Country { code: text.to_owned() })
        }
        _ => Ok(()),
    }
}

/// Looks at the form of an identifier of a body or of an achievement, where its type is one we know.
///
/// # Errors
///
/// As [`check`]; [`IdentifierError::Type`] for a type that is one of ours but for a slip of the pen.
pub fn check_entry(entry: &IdentifierEntry) -> Result<Checked, IdentifierError> {
    match IdentifierKind::of_type(&entry.identifier_type) {
        Some(kind) => check(kind, &entry.identifier).map(|()| Checked::Yes(kind)),
        None if is_slip(entry.identifier_type.as_str()) => {
            Err(IdentifierError::Type { name: entry.identifier_type.as_str().to_owned() })
        }
        None => Ok(Checked::NotKnown),
    }
}

/// Whether a type that we do not know begins as all of ours do, or is one of them in other letters. Others may name theirs as they like.
fn is_slip(name: &str) -> bool {
    let ours =
        name.strip_prefix("ext:fr").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
    ours || TYPES.into_iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
}

/// Digits of a SIREN.
const SIREN_DIGITS: usize = 9;

/// SIREN of La Poste, which ran out of Luhn numbers for its post offices.
const LA_POSTE: &str = "356000000";

/// First two digits of an NDA: INSEE codes of the regions before and since 2016, both in use because numbers are not re-issued;
/// overseas both the old department codes (95 to 98) and the region codes (01 to 06).
const REGIONS: [&str; 39] = [
    "01", "02", "03", "04", "05", "06", "11", "21", "22", "23", "24", "25", "26", "27", "28", "31", "32",
    "41", "42", "43", "44", "52", "53", "54", "72", "73", "74", "75", "76", "82", "83", "84", "91", "93",
    "94", "95", "96", "97", "98",
];

/// Codes of ISO 3166-1 alpha-2 that are officially assigned, as of 2026; the last to come was SS, in 2011.
const COUNTRIES: [&str; 249] = [
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ", "BA",
    "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS", "BT", "BV",
    "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN", "CO", "CR", "CU",
    "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM", "DO", "DZ", "EC", "EE", "EG", "EH", "ER", "ES",
    "ET", "FI", "FJ", "FK", "FM", "FO", "FR", "GA", "GB", "GD", "GE", "GF", "GG", "GH", "GI", "GL", "GM",
    "GN", "GP", "GQ", "GR", "GS", "GT", "GU", "GW", "GY", "HK", "HM", "HN", "HR", "HT", "HU", "ID", "IE",
    "IL", "IM", "IN", "IO", "IQ", "IR", "IS", "IT", "JE", "JM", "JO", "JP", "KE", "KG", "KH", "KI", "KM",
    "KN", "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC", "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY",
    "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK", "ML", "MM", "MN", "MO", "MP", "MQ", "MR", "MS", "MT",
    "MU", "MV", "MW", "MX", "MY", "MZ", "NA", "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP", "NR", "NU",
    "NZ", "OM", "PA", "PE", "PF", "PG", "PH", "PK", "PL", "PM", "PN", "PR", "PS", "PT", "PW", "PY", "QA",
    "RE", "RO", "RS", "RU", "RW", "SA", "SB", "SC", "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM",
    "SN", "SO", "SR", "SS", "ST", "SV", "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL",
    "TM", "TN", "TO", "TR", "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE",
    "VG", "VI", "VN", "VU", "WF", "WS", "YE", "YT", "ZA", "ZM", "ZW",
];

/// Check letters of a UAI: the alphabet without i, o and q.
const UAI_LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPRSTUVWXYZ";

fn has_form(kind: IdentifierKind, text: &str) -> bool {
    text.len() <= MAX_IDENTIFIER_BYTES && kind.regex().is_some_and(|regex| regex.is_match(text))
}

fn misshapen(kind: IdentifierKind, text: &str) -> IdentifierError {
    let shown = |text: &str| if kind.may_be_shown() { text.to_owned() } else { String::new() };
    if text.len() <= 2 * MAX_IDENTIFIER_BYTES && text.contains(char::is_whitespace) {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if has_form(kind, &compact) {
            return IdentifierError::Spaces { kind, text: shown(text), expected: shown(&compact) };
        }
    }
    IdentifierError::Form { kind, text: shown(text) }
}

fn require(fits: bool, kind: IdentifierKind, text: &str) -> Result<(), IdentifierError> {
    if fits { Ok(()) } else { Err(IdentifierError::CheckDigit { kind, text: text.to_owned() }) }
}

/// A SIREN that fits, and not nine zeros, which fit too.
fn siren(digits: &[u32]) -> bool {
    luhn(digits) && digits.iter().any(|digit| *digit != 0)
}

/// The check of [ISO/IEC 7812-1](https://www.iso.org/standard/70484.html) annex B: every second digit from the right counts double.
fn luhn(digits: &[u32]) -> bool {
    let weigh = |(place, digit): (usize, &u32)| match (place % 2, digit * 2) {
        (0, _) => *digit,
        (_, double) if double > 9 => double - 9,
        (_, double) => double,
    };
    digits.iter().rev().enumerate().map(weigh).sum::<u32>() % 10 == 0
}

fn uai_letter(digits: &[u32]) -> Option<char> {
    let number = digits.iter().fold(0, |number, digit| number * 10 + *digit as usize);
    UAI_LETTERS.get(number % UAI_LETTERS.len()).map(|letter| char::from(*letter))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    const EVERY: [IdentifierKind; 13] = [
        IdentifierKind::Siren,
        IdentifierKind::Siret,
        IdentifierKind::Nda,
        IdentifierKind::Uai,
        IdentifierKind::Rncp,
        IdentifierKind::Rs,
        IdentifierKind::RncpBloc,
        IdentifierKind::Rome,
        IdentifierKind::EscoSkill,
        IdentifierKind::EscoOccupation,
        IdentifierKind::EmailAddress,
        IdentifierKind::LanguageTag,
        IdentifierKind::CountryCode,
    ];

    #[test]
    fn every_form_compiles_and_refuses_odd_texts() {
        for kind in EVERY {
            assert!(kind.regex().is_some(), "{}", kind.as_str());
            for text in ["", "\n", "\u{660}", &"9".repeat(1000), &"a".repeat(100_000)] {
                assert!(check(kind, text).is_err(), "{} {text:?}", kind.as_str());
            }
        }
    }

    #[test]
    fn good_ones_pass() {
        for (kind, text) in [
            (IdentifierKind::Siren, "732829320"),
            (IdentifierKind::Siren, LA_POSTE),
            (IdentifierKind::Siret, "73282932000074"),
            (IdentifierKind::Siret, "35600000000048"), // La Poste: fits Luhn
            (IdentifierKind::Siret, "35600000000001"), // La Poste: adds up to 15, does not fit Luhn
            (IdentifierKind::Nda, "11755555555"),
            (IdentifierKind::Nda, "84691234569"),
            (IdentifierKind::Uai, "0951099D"),
            (IdentifierKind::Rncp, "RNCP38596"),
            (IdentifierKind::Rs, "RS5875"),
            (IdentifierKind::RncpBloc, "RNCP38596BC02"),
            (IdentifierKind::Rome, "M1805"),
            (
                IdentifierKind::EscoSkill,
                "http://data.europa.eu/esco/skill/bc0b0b5d-f6be-405a-b224-b6902a4dbe97",
            ),
            (
                IdentifierKind::EscoOccupation,
                "http://data.europa.eu/esco/occupation/bc0b0b5d-f6be-405a-b224-b6902a4dbe97",
            ),
            (IdentifierKind::EmailAddress, "zoé.o'neil+badge@école.example.fr"),
            (IdentifierKind::LanguageTag, "fr"),
            (IdentifierKind::LanguageTag, "zh-Hant-TW"),
            (IdentifierKind::LanguageTag, "es-419"),
        ] {
            assert_eq!(check(kind, text), Ok(()), "{} {text}", kind.as_str());
        }
        assert!(!luhn(&[3, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]), "the exception is what lets it pass");
    }

    #[test]
    fn wrong_check_digits_are_found() {
        for (kind, text) in [
            (IdentifierKind::Siren, "732829321"),
            (IdentifierKind::Siren, "000000000"),
            (IdentifierKind::Siret, "73282932000075"),
            (IdentifierKind::Siret, "35600000000002"),
            (IdentifierKind::Siret, "00000000000000"),
            // Adds up to a multiple of 5, and is not La Poste.
            (IdentifierKind::Siret, "73282932000004"),
            (IdentifierKind::Uai, "0951099E"),
        ] {
            let error = check(kind, text).unwrap_err();
            assert_eq!(error, IdentifierError::CheckDigit { kind, text: text.to_owned() });
            assert_eq!(error.problem().code, Code::IdentifierCheckDigit);
        }
        // Any single digit mistyped is found.
        for place in 0..14 {
            let mut text = "73282932000074".to_owned().into_bytes();
            text[place] = b'0' + (text[place] - b'0' + 1) % 10;
            let text = String::from_utf8(text).unwrap();
            assert!(check(IdentifierKind::Siret, &text).is_err(), "{text}");
        }
    }

    #[test]
    fn wrong_forms_are_found() {
        for (kind, text) in [
            (IdentifierKind::Siren, "73282932"),
            (IdentifierKind::Siret, "732829320"),
            (IdentifierKind::Siret, "7328293200007A"),
            (IdentifierKind::Siret, "73282932000074\n5"),
            (IdentifierKind::Nda, "1175555555"),
            (IdentifierKind::Uai, "0951099d"),
            (IdentifierKind::Rncp, "38596"),
            (IdentifierKind::Rncp, "RNCP38596BC02"),
            (IdentifierKind::Rncp, "rncp38596"),
            (IdentifierKind::Rs, "RS"),
            (IdentifierKind::RncpBloc, "RNCP38596BC2"),
            (IdentifierKind::Rome, "Z1805"),
            (
                IdentifierKind::EscoSkill,
                "https://data.europa.eu/esco/skill/bc0b0b5d-f6be-405a-b224-b6902a4dbe97",
            ),
            (
                IdentifierKind::EscoSkill,
                "http://data.europa.eu/esco/skill/BC0B0B5D-f6be-405a-b224-b6902a4dbe97",
            ),
            (
                IdentifierKind::EscoSkill,
                "http://data.europa.eu/esco/skill/bc0b0b5d-f6be-405a-b224-b6902a4dbe97/",
            ),
            (
                IdentifierKind::EscoSkill,
                "http://dataXeuropa.eu/esco/skill/bc0b0b5d-f6be-405a-b224-b6902a4dbe97",
            ),
            (IdentifierKind::EmailAddress, "zoé@localhost"),
            (IdentifierKind::EmailAddress, "a@b@c.example"),
            (IdentifierKind::EmailAddress, "a\u{19}@b.example"),
            (IdentifierKind::EmailAddress, "a@b\u{7f}.example"),
            (IdentifierKind::EmailAddress, "a@b.e\u{81}x"),
            (IdentifierKind::EmailAddress, "@c.example"),
            (IdentifierKind::EmailAddress, "a@c..example"),
            (IdentifierKind::EmailAddress, "Zoé <zoe@c.example>"),
            (IdentifierKind::LanguageTag, "FR"),
            (IdentifierKind::LanguageTag, "fr_FR"),
        ] {
            assert!(
                matches!(check(kind, text), Err(IdentifierError::Form { .. })),
                "{} {text}",
                kind.as_str()
            );
        }
        assert!(
            matches!(check(IdentifierKind::Nda, "99755555555"), Err(IdentifierError::Region { region, .. }) if region == "99")
        );
    }

    #[test]
    fn spaces_are_refused_and_said() {
        let error = check(IdentifierKind::Siret, "732 829 320 00074").unwrap_err();
        assert_eq!(error.problem().code, Code::IdentifierSpaces);
        assert_eq!(error.problem().value("expected"), Some("73282932000074"));
        assert!(matches!(
            check(IdentifierKind::Siret, "73282932000074\n"),
            Err(IdentifierError::Spaces { .. })
        ));
        // A no-break space, as typesetting puts it.
        assert!(matches!(
            check(IdentifierKind::Siren, "732\u{202f}829\u{a0}320"),
            Err(IdentifierError::Spaces { .. })
        ));
    }

    #[test]
    fn an_email_address_is_not_repeated() {
        for text in ["zoe@secret", "zoe @secret.example"] {
            let error = check(IdentifierKind::EmailAddress, text).unwrap_err();
            assert!(!format!("{error:?} {error} {:?}", error.problem()).contains("secret"), "{text}");
        }
    }

    #[test]
    fn entries_are_checked_by_their_type() {
        let entry = |kind: &str, identifier: &str| IdentifierEntry {
            kind: "IdentifierEntry".to_owned(),
            identifier: identifier.to_owned(),
            identifier_type: IdentifierType::try_from(kind.to_owned()).unwrap(),
        };
        for (name, identifier, kind) in [
            ("ext:frSiren", "732829320", IdentifierKind::Siren),
            ("ext:frSiret", "73282932000074", IdentifierKind::Siret),
            ("ext:frNda", "11755555555", IdentifierKind::Nda),
            ("ext:frUai", "0951099D", IdentifierKind::Uai),
            ("ext:frRncp", "RNCP38596", IdentifierKind::Rncp),
            ("ext:frRs", "RS5875", IdentifierKind::Rs),
            ("ext:frRncpBloc", "RNCP38596BC02", IdentifierKind::RncpBloc),
            ("emailAddress", "a@b.example", IdentifierKind::EmailAddress),
        ] {
            assert_eq!(check_entry(&entry(name, identifier)), Ok(Checked::Yes(kind)));
            assert!(check_entry(&entry(name, "!")).is_err());
        }
        assert_eq!(check_entry(&entry("ext:unheard", "!")), Ok(Checked::NotKnown));
        assert_eq!(check_entry(&entry("sourcedId", "!")), Ok(Checked::NotKnown));
        assert_eq!(check_entry(&entry("ext:fraternity", "!")), Ok(Checked::NotKnown), "somebody else's");
        for slip in ["ext:frSirem", "ext:FRSIREN", "ext:frsiren", "ext:frX"] {
            let refused = check_entry(&entry(slip, "732829320")).unwrap_err();
            assert_eq!(refused.problem().code, Code::IdentifierTypeUnknown, "{slip}");
        }
    }

    #[test]
    fn a_country_has_its_code() {
        assert!(COUNTRIES.is_sorted(), "each stands there once");
        for (code, found) in [
            ("FR", None),
            ("SS", None),
            ("XX", Some(Code::CountryUnknown)),
            ("EU", Some(Code::CountryUnknown)),
            ("UK", Some(Code::CountryUnknown)),
            ("fr", Some(Code::IdentifierMalformed)),
            ("FRA", Some(Code::IdentifierMalformed)),
            ("France", Some(Code::IdentifierMalformed)),
        ] {
            let refused = check(IdentifierKind::CountryCode, code).err();
            assert_eq!(refused.map(|error| error.problem().code), found, "{code}");
        }
    }
}
