//! What lies before the evaluator: the thread, what was shown with it, and the key. Signing happens here, as at the terminal.

use std::collections::BTreeMap;
use std::path::PathBuf;

use badge_schemas::document::MAX_BYTES;
use badge_schemas::evaluation::Standing;
use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::profile::{Profile, ProfileRef};
use badge_verifier::{Snapshot, TrustPolicy};
use jiff::Timestamp;
use serde_json::Value;

use super::evidence::Shown;
use crate::evaluate::extend::extend;
use crate::evaluate::moves::{self, Findings, Kept, Reply};
use crate::evaluate::sheet::Sheet;
use crate::evaluate::{Mover, Organisation, Seed};
use crate::files::{self, Access, WriteLock};
use crate::holder::OpenHolder;

/// Asks the issuer for the status entry of each evaluation to come.
pub(crate) type Entries = Box<dyn Fn(&[u8], &mut Findings) -> Result<(), Problem> + Send>;

/// What lies before the evaluator.
pub(crate) struct Desk {
    /// The file.
    pub(crate) path: PathBuf,
    /// Where the thread is written: the same file, or another.
    pub(crate) output: PathBuf,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
    /// The same, read.
    pub(crate) sheet: Sheet,
    /// The wallet's lock.
    pub(crate) lock: PathBuf,
    /// The evaluator's key.
    pub(crate) holder: OpenHolder,
    /// The evaluator, as the records will name them.
    pub(crate) issuer: ProfileRef,
    /// What the candidate offers to show, in the order of the request.
    pub(crate) evidence: Vec<Shown>,
    /// The evaluator's own badges.
    pub(crate) badges: Vec<OwnBadge>,
    /// The issuer that keeps the status of the evaluations, and how it is asked.
    pub(crate) at: Option<(String, Entries)>,
    /// What it gave, by skill.
    pub(crate) kept: BTreeMap<String, Kept>,
    /// What time it is.
    pub(crate) clock: fn() -> Timestamp,
    /// What the thread is judged by.
    pub(crate) policy: TrustPolicy,
    /// What was fetched to judge it.
    pub(crate) snapshot: Snapshot,
}

/// A badge of the evaluator's, as a ground of their standing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OwnBadge {
    /// Its name.
    pub(crate) name: String,
    /// Who awarded it.
    pub(crate) issuer: String,
    /// The badge, as it stands in an evaluation.
    pub(crate) standing: Standing,
}

impl Desk {
    /// Signs the answer and writes the thread.
    ///
    /// # Errors
    /// What keeps it from being made or written; then the file is as it was.
    pub(crate) fn answer(&mut self, reply: &Reply, lang: Lang) -> Result<(), Problem> {
        let mover = self.mover(lang)?;
        let response = moves::respond(&self.sheet, reply, &mover)?;
        self.add(vec![response], &mover)
    }

    /// Signs the evaluations and writes the thread.
    ///
    /// # Errors
    /// As [`Desk::answer`].
    pub(crate) fn evaluate(&mut self, findings: &Findings, lang: Lang) -> Result<(), Problem> {
        let mover = self.mover(lang)?;
        let endorsements = moves::evaluate(&self.sheet, &self.with_status(findings), &mover)?;
        self.add(endorsements, &mover)
    }

    /// Asks the issuer for the entries of these evaluations, so that they are seen before they are signed.
    ///
    /// # Errors
    /// What keeps the evaluations from being signed; what the issuer refuses.
    pub(crate) fn ask(&mut self, findings: &Findings, lang: Lang) -> Result<(), Problem> {
        let Some((_, entries)) = &self.at else { return Ok(()) };
        moves::evaluate(&self.sheet, findings, &self.mover(lang)?)?;
        let mut asked = findings.clone();
        entries(&self.bytes, &mut asked)?;
        let given = asked.skills.into_iter().filter_map(|one| Some((one.skill, one.status?)));
        self.kept.extend(given);
        Ok(())
    }

    /// Whether there is an issuer to be asked for the entry of one of these evaluations still.
    pub(crate) fn lacks_entries(&self, findings: &Findings) -> bool {
        self.at.is_some() && findings.skills.iter().any(|one| !self.kept.contains_key(&one.skill))
    }

    /// The findings with what the issuer gave for them.
    fn with_status(&self, findings: &Findings) -> Findings {
        let mut findings = findings.clone();
        for one in &mut findings.skills {
            one.status = self.kept.get(&one.skill).cloned();
        }
        findings
    }

    /// Why these findings could not be signed.
    pub(crate) fn objection(&self, findings: &Findings, lang: Lang) -> Option<Problem> {
        let made = self.mover(lang).and_then(|mover| moves::evaluate(&self.sheet, findings, &mover));
        made.err()
    }

    /// Why this reply could not be signed.
    pub(crate) fn answer_objection(&self, reply: &Reply, lang: Lang) -> Option<Problem> {
        self.mover(lang).and_then(|mover| moves::respond(&self.sheet, reply, &mover)).err()
    }

    /// Names the evaluator and the body they speak for; nothing else of what the records will say of them changes.
    pub(crate) fn call(&mut self, name: Option<String>, organisation: Option<&Organisation>) {
        let before = Organisation::of(&self.issuer);
        if self.issuer.name() == name.as_deref() && before.as_ref() == organisation {
            return;
        }
        let mut profile = match &self.issuer {
            ProfileRef::Profile(profile) => (**profile).clone(),
            ProfileRef::Uri(id) => {
                Profile { id: id.clone(), kind: vec!["Profile".to_owned()], ..Profile::default() }
            }
        };
        profile.name = name;
        if before.as_ref() != organisation {
            profile.parent_org = organisation.map(Organisation::to_profile);
        }
        self.issuer = ProfileRef::Profile(Box::new(profile));
    }

    fn mover(&self, lang: Lang) -> Result<Mover, Problem> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|_| Problem::new(Code::RandomnessMissing))?;
        Ok(Mover { issuer: self.issuer.clone(), now: (self.clock)(), lang, seed: Seed::new(seed) })
    }

    fn add(&mut self, records: Vec<Value>, mover: &Mover) -> Result<(), Problem> {
        // As at the terminal: two commands of this wallet do not overwrite each other, and what was not read is not lost.
        let _lock = WriteLock::take(&self.lock)?;
        let before = self.bytes.as_slice();
        if files::read(&self.path, MAX_BYTES)? != before {
            return Err(Problem::new(Code::ThreadChanged).with("path", self.path.display()));
        }
        let extended = extend(Some(before), records, &self.holder, mover.now, &self.policy, &self.snapshot)?;
        if self.output != self.path {
            files::is_new(&self.output)?;
        }
        files::write(&self.output, extended.text.as_bytes(), Access::Owner)?;
        self.path.clone_from(&self.output);
        self.bytes = extended.text.into_bytes();
        self.sheet = extended.sheet.showing_what(&self.sheet);
        // An entry is one evaluation's.
        self.kept.clear();
        Ok(())
    }
}
