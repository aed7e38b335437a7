//! One vocabulary of problems for all three programs, in English and French.

mod audience;
mod codes;

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use serde::ser::SerializeMap;

pub use audience::Audience;
pub use codes::Code;

use crate::lang::Lang;

/// What kind of problem: the URLs that the W3C defines, and ours where it defines none.
///
/// See [VC Data Model 2.0 §7.1](https://www.w3.org/TR/vc-data-model-2.0/#problem-details),
/// [Data Integrity §4.7](https://www.w3.org/TR/vc-data-integrity/#processing-errors) and
/// [Bitstring Status List §4.3](https://www.w3.org/TR/vc-bitstring-status-list/#processing-errors).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemType {
    /// The input could not be read at all.
    ParsingError,
    /// The securing mechanism could not be verified.
    CryptographicSecurityError,
    /// A member has a value that its definition does not allow.
    MalformedValueError,
    /// A value lies outside its range: a date, an index.
    RangeError,
    /// A proof could not be verified.
    ProofVerificationError,
    /// The document could not be transformed into what is signed.
    ProofTransformationError,
    /// The proof's `domain` is not the one expected.
    InvalidDomainError,
    /// The proof's `challenge` is not the one expected.
    InvalidChallengeError,
    /// The verification method is missing, malformed or not allowed for this purpose.
    InvalidVerificationMethod,
    /// A status list could not be retrieved.
    StatusRetrievalError,
    /// A status list could not be verified.
    StatusVerificationError,
    /// A status list is too short.
    StatusListLengthError,
    /// Ours: the credential is authentic, and its status says it does not count.
    CredentialStatus,
    /// Ours: what a registry says of the issuer.
    IssuerRecognition,
    /// Ours: who presents the credential, and to whom it was given.
    HolderBinding,
    /// Ours: what was embedded (endorsement, presented credential) is not sound.
    EmbeddedCredential,
    /// Ours: a resource could not be fetched safely.
    Retrieval,
    /// Ours: a request to a program of this project cannot be carried out.
    Request,
}

impl ProblemType {
    /// The URL of this type, as used in problem details and reports.
    pub fn url(self) -> &'static str {
        match self {
            Self::ParsingError => "https://www.w3.org/TR/vc-data-model#PARSING_ERROR",
            Self::CryptographicSecurityError => {
                "https://www.w3.org/TR/vc-data-model#CRYPTOGRAPHIC_SECURITY_ERROR"
            }
            Self::MalformedValueError => "https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR",
            Self::RangeError => "https://www.w3.org/TR/vc-data-model#RANGE_ERROR",
            Self::ProofVerificationError => "https://w3id.org/security#PROOF_VERIFICATION_ERROR",
            Self::ProofTransformationError => "https://w3id.org/security#PROOF_TRANSFORMATION_ERROR",
            Self::InvalidDomainError => "https://w3id.org/security#INVALID_DOMAIN_ERROR",
            Self::InvalidChallengeError => "https://w3id.org/security#INVALID_CHALLENGE_ERROR",
            Self::InvalidVerificationMethod => "https://w3id.org/security#INVALID_VERIFICATION_METHOD",
            Self::StatusRetrievalError => {
                "https://www.w3.org/ns/credentials/status-list#STATUS_RETRIEVAL_ERROR"
            }
            Self::StatusVerificationError => {
                "https://www.w3.org/ns/credentials/status-list#STATUS_VERIFICATION_ERROR"
            }
            Self::StatusListLengthError => {
                "https://www.w3.org/ns/credentials/status-list#STATUS_LIST_LENGTH_ERROR"
            }
            Self::CredentialStatus => "https://w3id.org/skills-badge/problems#CREDENTIAL_STATUS",
            Self::IssuerRecognition => "https://w3id.org/skills-badge/problems#ISSUER_RECOGNITION",
            Self::HolderBinding => "https://w3id.org/skills-badge/problems#HOLDER_BINDING",
            Self::EmbeddedCredential => "https://w3id.org/skills-badge/problems#EMBEDDED_CREDENTIAL",
            Self::Retrieval => "https://w3id.org/skills-badge/problems#RETRIEVAL",
            Self::Request => "https://w3id.org/skills-badge/problems#REQUEST",
        }
    }

    /// A short human-readable title, the same for every problem of this type ([RFC 9457 §3.1.3](https://www.rfc-editor.org/rfc/rfc9457#section-3.1.3)).
    pub fn title(self) -> &'static str {
        match self {
            Self::ParsingError => "Parsing error",
            Self::CryptographicSecurityError => "Cryptographic security error",
            Self::MalformedValueError => "Malformed value",
            Self::RangeError => "Value out of range",
            Self::ProofVerificationError => "Proof verification error",
            Self::ProofTransformationError => "Proof transformation error",
            Self::InvalidDomainError => "Invalid domain",
            Self::InvalidChallengeError => "Invalid challenge",
            Self::InvalidVerificationMethod => "Invalid verification method",
            Self::StatusRetrievalError => "Status retrieval error",
            Self::StatusVerificationError => "Status verification error",
            Self::StatusListLengthError => "Status list length error",
            Self::CredentialStatus => "Credential status",
            Self::IssuerRecognition => "Issuer recognition",
            Self::HolderBinding => "Holder binding",
            Self::EmbeddedCredential => "Embedded credential",
            Self::Retrieval => "Retrieval error",
            Self::Request => "Request error",
        }
    }
}

/// One finding: a stable code, where it was found, and the values it speaks of. The words come at the edge.
///
/// Serialises as a [problem details object](https://www.rfc-editor.org/rfc/rfc9457): `type`, `title`, `code`, `detail`, `hint`,
/// `pointer?`, `values?`; `detail` and `hint` are in English whatever the reader's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The stable code.
    pub code: Code,
    /// A JSON Pointer into the input, where one applies ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)); empty for the whole document.
    pub pointer: Option<String>,
    /// The values the sentence speaks of, by placeholder name; in English where they are words.
    pub values: Vec<(&'static str, String)>,
    /// The French of those values that are words.
    french: Vec<(&'static str, Cow<'static, str>)>,
}

/// Longest value we repeat to a reader, in characters: a finding must not become a way to flood a terminal or a log.
pub const MAX_VALUE_CHARS: usize = 200;

impl Problem {
    /// A problem with no place and no values yet.
    pub fn new(code: Code) -> Self {
        Self { code, pointer: None, values: Vec::new(), french: Vec::new() }
    }

    /// The problem that problem details of this vocabulary tell of, to be said in the reader's language; nothing where the code is not known, or
    /// a value of its sentence is not given. A reason is repeated as it came: in English.
    pub fn from_details(details: &serde_json::Value) -> Option<Self> {
        let said = details.get("code")?.as_str()?;
        let code = Code::ALL.iter().copied().find(|code| code.as_str() == said)?;
        let values = placeholders(code.sentence(Lang::En));
        values.into_iter().try_fold(Self::new(code), |problem, name| {
            let value = details.pointer(&format!("/values/{name}"))?.as_str()?;
            Some(match name {
                "reason" => problem.with_words(name, value, format!("«\u{a0}{value}\u{a0}»")),
                _ => problem.with(name, value),
            })
        })
    }

    /// Says where, as a JSON Pointer.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// Adds a value for the placeholder `name`; control characters are replaced and long values are cut at [`MAX_VALUE_CHARS`].
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        let clean = |c: char| if c.is_control() { '\u{fffd}' } else { c };
        let value = value.to_string();
        let mut text: String = value.chars().take(MAX_VALUE_CHARS).map(clean).collect();
        if value.chars().nth(MAX_VALUE_CHARS).is_some() {
            text.push('…');
        }
        self.values.push((name, text));
        self
    }

    /// Adds words for the placeholder `name`, in both languages; JSON carries the English ones.
    #[must_use]
    pub fn with_words(mut self, name: &'static str, en: &str, fr: impl Into<Cow<'static, str>>) -> Self {
        // The French goes through the same cleaning as the English.
        let said = Self::new(self.code).with(name, fr.into());
        self.french.extend(said.values.into_iter().map(|(name, words)| (name, Cow::Owned(words))));
        self.with(name, en)
    }

    /// The value of a placeholder.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// The same problem found inside a part of a larger document: its pointer is prefixed.
    #[must_use]
    pub fn under(mut self, prefix: &str) -> Self {
        self.pointer = Some(format!("{prefix}{}", self.pointer.unwrap_or_default()));
        self
    }

    /// What is wrong, as one sentence in the reader's language.
    pub fn sentence(&self, lang: Lang) -> String {
        self.fill(self.code.sentence(lang), lang)
    }

    /// What to do about it, as one sentence in the reader's language.
    pub fn hint(&self, lang: Lang) -> String {
        self.hint_for(Audience::Reader, lang)
    }

    /// What this audience can do about it, as one sentence in its language.
    pub fn hint_for(&self, audience: Audience, lang: Lang) -> String {
        self.fill(self.code.hint_for(audience, lang), lang)
    }

    fn fill(&self, template: &str, lang: Lang) -> String {
        let french = |name: &str| {
            self.french
                .iter()
                .find(|(known, _)| lang == Lang::Fr && *known == name)
                .map(|(_, words)| words.as_ref())
        };
        let mut text = String::with_capacity(template.len() + 32);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            let Some((name, tail)) = after.split_once('}') else { break };
            text.push_str(french(name).or_else(|| self.value(name)).unwrap_or("?"));
            rest = tail;
        }
        text.push_str(rest);
        text
    }
}

/// The names of the placeholders of a sentence.
fn placeholders(template: &'static str) -> impl Iterator<Item = &'static str> {
    template.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name)
}

impl Serialize for Problem {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kind = self.code.problem_type();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", kind.url())?;
        map.serialize_entry("title", kind.title())?;
        map.serialize_entry("code", self.code.as_str())?;
        map.serialize_entry("detail", &self.sentence(Lang::En))?;
        map.serialize_entry("hint", &self.hint(Lang::En))?;
        if let Some(pointer) = &self.pointer {
            map.serialize_entry("pointer", pointer)?;
        }
        if !self.values.is_empty() {
            let values: serde_json::Map<_, _> =
                self.values.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
            map.serialize_entry("values", &values)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use std::collections::BTreeSet;

    use super::*;

    fn placeholders(template: &'static str) -> BTreeSet<&'static str> {
        super::placeholders(template).collect()
    }

    #[test]
    fn both_languages_say_the_same_thing_about_every_code() {
        let mut seen = BTreeSet::new();
        for code in Code::ALL {
            assert!(seen.insert(code.as_str()), "{} stands twice", code.as_str());
            assert!(code.as_str().bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_'));
            let (en, fr) = (code.sentence(Lang::En), code.sentence(Lang::Fr));
            assert_eq!(placeholders(en), placeholders(fr), "{}", code.as_str());
            assert!(placeholders(code.hint(Lang::En)).is_subset(&placeholders(en)), "{}", code.as_str());
            assert!(placeholders(code.hint(Lang::Fr)).is_subset(&placeholders(en)), "{}", code.as_str());
            for text in [en, fr, code.hint(Lang::En), code.hint(Lang::Fr)] {
                assert!(text.ends_with('.'), "{}: {text:?} is not a sentence", code.as_str());
            }
        }
    }

    #[test]
    fn words_are_said_in_the_readers_language() {
        let problem =
            Problem::new(Code::JwtMalformed).with_words("reason", "no signature", "pas de signature");
        assert!(problem.sentence(Lang::Fr).contains("pas de signature"));
        assert!(problem.sentence(Lang::En).contains("no signature"));
        assert_eq!(serde_json::to_value(&problem).unwrap()["values"]["reason"], "no signature");
    }

    #[test]
    fn what_another_program_found_is_said_in_the_readers_language() {
        let problem = Problem::new(Code::EvaluationNotOurs).with("reason", "it is of another version");
        let again = Problem::from_details(&serde_json::to_value(&problem).unwrap()).unwrap();
        assert_eq!(again.sentence(Lang::En), problem.sentence(Lang::En));
        assert!(again.sentence(Lang::Fr).contains("«\u{a0}it is of another version\u{a0}»"));
        let unsaid = r#"{"code": "EXPIRED"}"#;
        for unknown in ["{}", r#"{"code": "NO_SUCH_CODE"}"#, r#"{"code": 1}"#, "null", unsaid] {
            assert_eq!(Problem::from_details(&serde_json::from_str(unknown).unwrap()), None);
        }
    }

    #[test]
    fn values_are_cleaned_and_cut() {
        let problem =
            Problem::new(Code::ContextUnknown).with("iri", format!("a\u{1b}[2J{}", "é".repeat(500)));
        let value = problem.value("iri").unwrap();
        assert!(!value.contains('\u{1b}'));
        assert_eq!(value.chars().count(), MAX_VALUE_CHARS + 1);
    }

    #[test]
    fn serialises_as_problem_details_in_english() {
        let problem = Problem::new(Code::Expired)
            .at("/validUntil")
            .with("validUntil", "2026-01-01T00:00:00Z")
            .with("now", "n");
        let json = serde_json::to_value(&problem).unwrap();
        assert_eq!(json["code"], "EXPIRED");
        assert_eq!(json["type"], "https://www.w3.org/TR/vc-data-model#RANGE_ERROR");
        assert_eq!(json["pointer"], "/validUntil");
        assert!(json["detail"].as_str().unwrap().contains("2026-01-01"));
    }
}
