//! Looks for faults before anything is recorded: once signed, a fault can only be revoked.

use badge_schemas::achievement::{Achievement, Alignment};
use badge_schemas::credential::AchievementCredential;
use badge_schemas::frameworks::{LookUp, look_up};
use badge_schemas::identifiers::{self, IdentifierKind};
use badge_schemas::problem::{Code, Problem};
use badge_schemas::profile::{IdentifierEntry, Profile, ProfileRef};
use badge_verifier::checks::conformance::{self, DocumentKind};
use jiff::Timestamp;
use serde_json::Value;

/// What was found in a badge that is not signed yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// What keeps it from being signed.
    pub errors: Vec<Problem>,
    /// What its issuer should know.
    pub warnings: Vec<Problem>,
}

impl Findings {
    /// Rewrites the pointers of all findings, from the credential to the request it came from.
    #[must_use]
    pub fn relocated(mut self, relocate: impl Fn(&str) -> String) -> Self {
        for problem in self.errors.iter_mut().chain(&mut self.warnings) {
            problem.pointer = problem.pointer.as_deref().map(&relocate);
        }
        self
    }
}

/// Lints an unsigned badge: everything the verifier will ask about its form, then what only an issuer asks:
/// criteria that say something, alignments that exist, identifiers that can be right, and a validity period with something left of it.
///
/// An alignment is looked up where the complete table of its framework comes with the program; elsewhere its form is checked, and a
/// warning says that it was not looked up.
pub fn badge(value: &Value, now: Timestamp) -> Findings {
    let mut findings =
        Findings { errors: conformance::findings(value, DocumentKind::Badge), ..Findings::default() };
    if let Ok(badge) = AchievementCredential::view(value) {
        findings.period(&badge, now);
        if let ProfileRef::Profile(issuer) = &badge.issuer {
            findings.profile(issuer, "/issuer");
        }
        let subject = &badge.credential_subject;
        findings.achievement(&subject.achievement);
        for (index, result) in subject.result.iter().enumerate() {
            findings.alignments(&result.alignment, &format!("/credentialSubject/result/{index}/alignment"));
        }
        if let Some(source) = &subject.source {
            findings.profile(source, "/credentialSubject/source");
        }
    }
    findings
}

impl Findings {
    fn period(&mut self, badge: &AchievementCredential, now: Timestamp) {
        let Some(until) = &badge.valid_until else { return };
        if until.instant() <= now {
            self.errors.push(
                Problem::new(Code::Expired).at("/validUntil").with("validUntil", until).with("now", now),
            );
        }
        if let Some(from) = badge.valid_from.as_ref().filter(|from| from.instant() >= until.instant()) {
            self.errors.push(
                Problem::new(Code::ValidityReversed)
                    .at("/validUntil")
                    .with("validFrom", from)
                    .with("validUntil", until),
            );
        }
    }

    fn achievement(&mut self, achievement: &Achievement) {
        let at = "/credentialSubject/achievement";
        self.alignments(&achievement.alignment, &format!("{at}/alignment"));
        self.identifiers(&achievement.other_identifier, &format!("{at}/otherIdentifier"));
        if let Some(creator) = &achievement.creator {
            self.profile(creator, &format!("{at}/creator"));
        }
        for (index, description) in achievement.result_description.iter().enumerate() {
            let at = format!("{at}/resultDescription/{index}");
            self.alignments(&description.alignment, &format!("{at}/alignment"));
            for (level, rubric) in description.rubric_criterion_level.iter().enumerate() {
                self.alignments(&rubric.alignment, &format!("{at}/rubricCriterionLevel/{level}/alignment"));
            }
        }
    }

    fn profile(&mut self, profile: &Profile, at: &str) {
        self.identifiers(&profile.other_identifier, &format!("{at}/otherIdentifier"));
        let country = profile.address.as_ref().and_then(|address| address.address_country_code.as_deref());
        if let Some(Err(error)) = country.map(|code| identifiers::check(IdentifierKind::CountryCode, code)) {
            self.errors.push(error.problem().at(format!("{at}/address/addressCountryCode")));
        }
    }

    fn alignments(&mut self, alignments: &[Alignment], at: &str) {
        for (index, alignment) in alignments.iter().enumerate() {
            let found = look_up(alignment);
            let Some(problem) = found.problem(alignment) else { continue };
            let problem = problem.at(format!("{at}/{index}"));
            match found {
                LookUp::NotInTable { .. } | LookUp::Malformed(_) => self.errors.push(problem),
                LookUp::NotLookedUp { .. } | LookUp::LabelDiffers { .. } => self.warnings.push(problem),
                LookUp::Found { .. } => {}
            }
        }
    }

    fn identifiers(&mut self, entries: &[IdentifierEntry], at: &str) {
        for (index, entry) in entries.iter().enumerate() {
            if let Err(error) = identifiers::check_entry(entry) {
                self.errors.push(error.problem().at(format!("{at}/{index}/identifier")));
            }
        }
    }
}
