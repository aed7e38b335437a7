//! Lint profiles: what a badge should say beyond what makes it a badge, by name and with stable codes.
//!
//! | Profile | What it asks |
//! |---|---|
//! | `open-badges` | what the validator and the certification of 1EdTech ask, as far as it can be known without the network |
//! | `eu-microcredential` | the mandatory elements of a micro-credential ([Recommendation 2022/C 243/02](https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:32022H0627(02)), annex I) |
//! | `fr` | French identifiers that belong together, and certifications named as one's own by those alone who may |
//! | `plain-language` | texts that their readers understand; hints, never errors |
//!
//! A pass says that nothing was found, not that the badge is good, recognised or lawful.

mod france;
mod microcredential;
mod open_badges;
mod plain_language;

use badge_schemas::problem::Problem;
use serde_json::Value;

use crate::lint::Findings;

/// A lint profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    /// `open-badges`
    OpenBadges,
    /// `eu-microcredential`
    EuMicrocredential,
    /// `fr`
    Fr,
    /// `plain-language`
    PlainLanguage,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 4] = [Self::OpenBadges, Self::EuMicrocredential, Self::Fr, Self::PlainLanguage];

    /// The name, as settings and options write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenBadges => "open-badges",
            Self::EuMicrocredential => "eu-microcredential",
            Self::Fr => "fr",
            Self::PlainLanguage => "plain-language",
        }
    }

    /// Reads the name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.as_str() == name)
    }
}

/// How far along a badge is when it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// A template: nobody is named yet, and nothing is signed.
    Template,
    /// A badge for somebody, signed or not.
    Badge,
}

/// What the operator asks of every badge before it is signed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Linting {
    /// The profiles.
    pub profiles: Vec<Profile>,
    /// The certifications (`RNCP…`, `RS…`) that the issuer may award, because it holds them or is an authorised partner.
    pub certifications: Vec<String>,
}

impl Linting {
    /// What these profiles find in a badge, by pointers into it.
    pub fn findings(&self, badge: &Value, stage: Stage) -> Findings {
        let mut findings = Findings::default();
        for profile in &self.profiles {
            match profile {
                Profile::OpenBadges => open_badges::look(badge, &mut findings),
                Profile::EuMicrocredential => microcredential::look(badge, stage, &mut findings),
                Profile::Fr => france::look(badge, &self.certifications, &mut findings),
                Profile::PlainLanguage => plain_language::look(badge, &mut findings),
            }
        }
        findings
    }
}

impl Findings {
    fn error(&mut self, problem: Problem) {
        self.errors.push(problem);
    }

    fn warning(&mut self, problem: Problem) {
        self.warnings.push(problem);
    }

    /// Adds what others found.
    pub fn append(&mut self, others: Self) {
        self.errors.extend(others.errors);
        self.warnings.extend(others.warnings);
    }
}

/// Where the achievement stands in a badge.
const ACHIEVEMENT: &str = "/credentialSubject/achievement";

/// A member of the badge that is a text with something in it.
fn text<'b>(badge: &'b Value, pointer: &str) -> Option<&'b str> {
    badge.pointer(pointer)?.as_str().filter(|text| !text.trim().is_empty())
}

/// The items of a member, each with its pointer; one that stands alone counts as an array of one.
fn items<'b>(badge: &'b Value, pointer: &str) -> Vec<(String, &'b Value)> {
    match badge.pointer(pointer) {
        None => Vec::new(),
        Some(Value::Array(items)) => {
            items.iter().enumerate().map(|(index, item)| (format!("{pointer}/{index}"), item)).collect()
        }
        Some(item) => vec![(pointer.to_owned(), item)],
    }
}

#[cfg(test)]
mod tests;
