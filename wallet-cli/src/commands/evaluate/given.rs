//! A file that an option names: read as what is wanted there, else told for what it is.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use badge_schemas::achievement::Achievement;
use badge_schemas::credential::{has_type, view};
use badge_schemas::document::{Document, MAX_BYTES};
use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::checks::conformance::DocumentKind;
use badge_verifier::container::{Kind, sniff};
use badge_verifier::words;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::bundle::MAX_BUNDLE_BYTES;
use crate::files;
use crate::store::{Badge, MAX_BADGE_LEN};

/// Largest file of answers we read: 1 MiB; thirty-two skills with a page each are some 300 kB.
const MAX_ANSWERS_LEN: usize = 1 << 20;

/// How much of a file that is too large is read, to say what it is: every kind that is no text shows itself in its first bytes.
const BEGINNING: u64 = 4096;

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// A badge in any form.
    Badge,
    /// An achievement as JSON, alone or in a badge.
    Template,
    /// Answers as JSON.
    Answers,
    /// An evidence bundle.
    Bundle,
}

/// A badge.
///
/// # Errors
/// [`Code::FileOfAnotherKind`]; [`Code::OptionInvalid`], with the reason, for a badge that cannot be read; [`Code::FileUnreadable`].
pub(super) fn badge(option: &str, path: &Path) -> Result<Badge, Problem> {
    let given = Given { option, path, wanted: Wanted::Badge };
    let bytes = given.read(MAX_BADGE_LEN)?;
    Badge::read(bytes.clone()).map_err(|problem| given.refused(&bytes, &problem))
}

/// The achievement in a file, alone or in a badge, as data and as a view.
///
/// # Errors
/// As [`badge`].
pub(super) fn achievement(option: &str, path: &Path) -> Result<(Value, Achievement), Problem> {
    let given = Given { option, path, wanted: Wanted::Template };
    let bytes = given.read(MAX_BYTES)?;
    let read = || {
        let document = Document::parse(bytes.clone())?.into_value();
        let achievement = document.pointer("/credentialSubject/achievement").cloned().unwrap_or(document);
        let read = view(&achievement)?;
        Ok((achievement, read))
    };
    read().map_err(|problem: Problem| given.refused(&bytes, &problem))
}

/// Answers.
///
/// # Errors
/// As [`badge`].
pub(super) fn answers<A: DeserializeOwned>(option: &str, path: &Path) -> Result<A, Problem> {
    let given = Given { option, path, wanted: Wanted::Answers };
    let bytes = given.read(MAX_ANSWERS_LEN)?;
    serde_json::from_slice(&bytes).map_err(|error| {
        given.check(&bytes).err().unwrap_or_else(|| {
            let (line, column, said) = (error.line(), error.column(), error.to_string());
            let why = said.split(" at line ").next().unwrap_or_default();
            let french = format!(
                "la réponse à la ligne {line}, colonne {column} ne peut pas être lue («\u{a0}{why}\u{a0}»)"
            );
            given.invalid(&said, french)
        })
    })
}

/// An evidence bundle, not opened yet.
///
/// # Errors
/// As [`badge`].
pub(super) fn bundle(option: &str, path: &Path) -> Result<Vec<u8>, Problem> {
    let given = Given { option, path, wanted: Wanted::Bundle };
    let bytes = given.read(MAX_BUNDLE_BYTES)?;
    given.check(&bytes)?;
    Ok(bytes)
}

/// A file, and where it was given.
struct Given<'g> {
    option: &'g str,
    path: &'g Path,
    wanted: Wanted,
}

impl Given<'_> {
    fn read(&self, limit: usize) -> Result<Vec<u8>, Problem> {
        files::read(self.path, limit).map_err(|problem| match problem.code {
            Code::InputTooLarge => self.refused(&self.beginning(), &problem),
            _ => problem,
        })
    }

    /// The first bytes, where they can be had.
    fn beginning(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let read = File::open(self.path).and_then(|file| file.take(BEGINNING).read_to_end(&mut bytes));
        if read.is_err() {
            bytes.clear();
        }
        bytes
    }

    /// Why a file is refused: for what it is, else for what is wrong in it.
    fn refused(&self, bytes: &[u8], problem: &Problem) -> Problem {
        let [en, fr] = [Lang::En, Lang::Fr].map(|lang| problem.sentence(lang));
        self.check(bytes)
            .err()
            .unwrap_or_else(|| self.invalid(en.trim_end_matches('.'), fr.trim_end_matches('.').to_owned()))
    }

    /// # Errors
    /// [`Code::FileOfAnotherKind`].
    fn check(&self, bytes: &[u8]) -> Result<(), Problem> {
        if self.wanted.may_be(bytes) {
            return Ok(());
        }
        let [en, fr] = [Lang::En, Lang::Fr].map(|lang| words::file::file(bytes, lang));
        let [wanted_en, wanted_fr] = [Lang::En, Lang::Fr].map(|lang| self.wanted.words(lang));
        Err(Problem::new(Code::FileOfAnotherKind)
            .with("option", self.option)
            .with("path", self.path.display())
            .with_words("found", &en, fr)
            .with_words("wanted", wanted_en, wanted_fr))
    }

    fn invalid(&self, reason: &str, french: String) -> Problem {
        let option = format!("{} {}", self.option, self.path.display());
        Problem::new(Code::OptionInvalid).with("option", option).with_words("reason", reason, french)
    }
}

impl Wanted {
    /// Whether these bytes look like it; of JSON that is broken, nobody knows.
    fn may_be(self, bytes: &[u8]) -> bool {
        match (sniff(bytes), self) {
            (Kind::EvidenceBundle, wanted) => wanted == Self::Bundle,
            (Kind::Png | Kind::Svg | Kind::CompactJws | Kind::SdJwt, wanted) => wanted == Self::Badge,
            (Kind::Json, Self::Bundle) | (Kind::NotBakeable { .. } | Kind::Unknown, _) => false,
            (Kind::Json, wanted) => Document::parse(bytes).map_or(true, |read| {
                let kind = DocumentKind::of(read.value());
                let template = kind.is_none() && has_type(read.value(), "Achievement");
                match wanted {
                    Self::Badge => kind == Some(DocumentKind::Badge),
                    Self::Template => template || kind == Some(DocumentKind::Badge),
                    _ => kind.is_none() && !template,
                }
            }),
        }
    }

    fn words(self, lang: Lang) -> &'static str {
        let (en, fr) = match self {
            Self::Badge => ("a badge", "un badge"),
            Self::Template => {
                ("the template of a badge, or a badge, as JSON", "le modèle d’un badge, ou un badge, en JSON")
            }
            Self::Answers => ("answers as JSON", "des réponses en JSON"),
            Self::Bundle => ("an encrypted bundle of evidence", "un paquet de preuves chiffré"),
        };
        lang.pick(en, fr)
    }
}
