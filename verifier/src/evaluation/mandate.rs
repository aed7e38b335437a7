//! Does an evaluation keep to the mandate it answers?

use badge_schemas::evaluation::{Evaluation, Mandate};
use badge_schemas::problem::{Code, Problem};
use jiff::{SignedDuration, Timestamp};

/// A mandate that was found authentic, and what its credential says beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// The mandate.
    pub mandate: Mandate,
    /// Its id.
    pub id: Option<String>,
    /// Its digest.
    pub digest: String,
    /// Who made it.
    pub candidate: String,
    /// From when on it holds.
    pub from: Timestamp,
    /// Until when, where it ends.
    pub until: Option<Timestamp>,
}

impl Given {
    /// Whether a move made at `made` is within the mandate's period.
    pub(crate) fn period(&self, made: Timestamp, skew: SignedDuration) -> Result<(), Problem> {
        let early = made.saturating_add(skew).is_ok_and(|made| made < self.from);
        let over = self.until.is_some_and(|until| made.saturating_sub(skew).is_ok_and(|made| made > until));
        if early || over {
            let until = self.until.map_or_else(|| "–".to_owned(), |until| until.to_string());
            return Err(Problem::new(Code::MandateExpired).with("validUntil", until).with("made", made));
        }
        Ok(())
    }

    /// Whether an evaluation, in an endorsement of `about`, is what was asked for; `endorser` is who made it.
    pub(crate) fn covers(&self, evaluation: &Evaluation, about: &str, endorser: &str) -> Result<(), Problem> {
        let replayed = |found: &str, expected: &str| {
            Err(Problem::new(Code::MandateReplayed).with("found", found).with("expected", expected))
        };
        match &evaluation.mandate_digest {
            Some(found) if *found == self.digest => {}
            found => return replayed(found.as_deref().unwrap_or("–"), &self.digest),
        }
        if evaluation.candidate != self.candidate {
            return replayed(&evaluation.candidate, &self.candidate);
        }
        self.scope(evaluation)?;
        self.version(evaluation, about, endorser)?;
        self.evidence(evaluation)
    }

    fn scope(&self, evaluation: &Evaluation) -> Result<(), Problem> {
        let skill = &evaluation.evaluated_skill.target_url;
        let beyond = |en: &str, fr: &'static str, value: &str| {
            Err(Problem::new(Code::MandateScopeExceeded).with_words("reason", en, fr).with("value", value))
        };
        let Some(sought) = self.mandate.level_sought(skill) else {
            return beyond(
                "it evaluates a skill that was not asked for",
                "elle évalue une compétence non demandée",
                skill,
            );
        };
        let levels = [Some(&evaluation.target_level), evaluation.reached_level.as_ref()];
        match levels.into_iter().flatten().find(|level| sought.reaches(level) != Some(true)) {
            Some(level) => beyond(
                "it speaks of a level above the one asked for, or on another scale",
                "elle parle d’un niveau supérieur à celui demandé, ou d’une autre échelle",
                &level.code,
            ),
            None => Ok(()),
        }
    }

    fn version(&self, evaluation: &Evaluation, about: &str, endorser: &str) -> Result<(), Problem> {
        let expected = self.mandate.target.as_ref().map_or(self.candidate.as_str(), |target| &target.id);
        if about != expected {
            return Err(Problem::new(Code::EndorsementTargetMismatch).with("target", about));
        }
        let same = |stated: Option<&String>, asked: Option<&badge_schemas::evaluation::Target>| match asked {
            Some(asked) => stated == Some(&asked.digest_multibase),
            None => stated.is_none(),
        };
        let stale = |target: &str| {
            Err(Problem::new(Code::EndorsementStaleVersion).with("endorser", endorser).with("target", target))
        };
        if !same(evaluation.target_digest.as_ref(), self.mandate.target.as_ref()) {
            return stale(about);
        }
        if !same(evaluation.template_digest.as_ref(), self.mandate.template.as_ref()) {
            return stale(self.mandate.template.as_ref().map_or("–", |template| &template.id));
        }
        Ok(())
    }

    fn evidence(&self, evaluation: &Evaluation) -> Result<(), Problem> {
        for seen in &evaluation.seen_evidence {
            let offered = &self.mandate.offered_evidence;
            if offered.iter().any(|one| one.digest_multibase == seen.digest_multibase) {
                continue;
            }
            // The same name with other bytes: it changed between the request and the evaluation.
            if offered.iter().any(|one| one.name == seen.name) {
                return Err(Problem::new(Code::EvidenceChanged).with("name", &seen.name));
            }
            return Err(Problem::new(Code::MandateScopeExceeded)
                .with_words(
                    "reason",
                    "it rests on evidence that was not offered",
                    "elle repose sur une preuve non proposée",
                )
                .with("value", &seen.name));
        }
        Ok(())
    }
}

/// Whether a file is the evidence that was committed to.
///
/// # Errors
/// [`Code::EvidenceChanged`].
pub fn check_evidence(
    committed: &badge_schemas::evaluation::EvidenceCommitment,
    bytes: &[u8],
) -> Result<(), Problem> {
    if super::digest::of_bytes(bytes) == committed.digest_multibase {
        return Ok(());
    }
    Err(Problem::new(Code::EvidenceChanged).with("name", &committed.name))
}
