//! A file of answers: what an evaluator found, skill by skill, before it is signed. What a person was led through is kept in one where it is not signed.

use std::path::{Path, PathBuf};

use badge_schemas::evaluation::{Finding, Reason};
use badge_schemas::problem::Problem;
use serde::{Deserialize, Serialize};

use super::{clean, whole};
use crate::args::evaluate::Judge;
use crate::commands::Session;
use crate::console::{self, Weight};
use crate::evaluate::moves::{Findings, SkillFinding};
use crate::evaluate::next::Typed;
use crate::evaluate::words;
use crate::files::{self, Access};

/// Most files that are kept beside one thread: a hundred; who needs more has other troubles.
const MAX_KEPT: usize = 100;

/// A file of answers.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answers {
    pub(super) skills: Vec<Answer>,
}

/// What it says of one skill.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    /// By its address, its code or words of its name.
    pub(super) skill: String,
    pub(super) outcome: Finding,
    /// The level reached, by its code on the scale of the level in question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reached: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) statement: Option<String>,
}

impl From<&SkillFinding> for Answer {
    fn from(found: &SkillFinding) -> Self {
        Self {
            skill: found.skill.clone(),
            outcome: found.finding,
            reached: found.reached.as_ref().map(|level| level.code.clone()),
            reason: found.reason,
            comment: found.comment.clone(),
            statement: found.statement.clone(),
        }
    }
}

/// Keeps what was answered in a new file beside the thread, readable by its owner alone, and says with which command it goes on. Where no file can be
/// written, the answers are shown.
pub(super) fn keep(asked: &Judge, thread: &Path, findings: &Findings, session: &Session<'_>) {
    let lang = session.console.lang();
    let answers = Answers { skills: findings.skills.iter().map(Answer::from).collect() };
    let text = serde_json::to_string_pretty(&answers).unwrap_or_default() + "\n";
    let written = place(thread).and_then(|path| {
        files::write(&path, text.as_bytes(), Access::Owner)?;
        Ok(path)
    });
    match written {
        Ok(path) => {
            let again = again(asked, thread, findings, &path).line(session.console.reader());
            console::note(&whole(&words::answers_kept(&clean(&path.to_string_lossy()), &again, lang)));
        }
        Err(problem) => {
            session.console.problem(Weight::Warning, &problem);
            console::note(words::answers_shown(lang));
            for line in text.lines() {
                console::note(&whole(line));
            }
        }
    }
}

/// A path beside the thread at which nothing is yet.
fn place(thread: &Path) -> Result<PathBuf, Problem> {
    let mut path = thread.with_extension("answers.json");
    for number in 2..=MAX_KEPT {
        if files::is_new(&path).is_ok() {
            break;
        }
        path = thread.with_extension(format!("answers-{number}.json"));
    }
    files::is_new(&path)?;
    Ok(path)
}

/// The same command with these answers.
fn again(asked: &Judge, thread: &Path, findings: &Findings, answers: &Path) -> Typed {
    let text = |path: &Path| clean(&path.to_string_lossy());
    let path = |path: &Option<PathBuf>| path.as_deref().map(text);
    let mut typed = Typed::new("evaluate").word(&text(thread)).option("--answers", &text(answers));
    for one in &asked.standing {
        typed = typed.option("--standing", one);
    }
    typed = typed.maybe("--evidence-dir", path(&asked.evidence_dir).as_deref());
    typed = typed.maybe("--template", path(&asked.template).as_deref());
    typed = typed.maybe("--badge", path(&asked.badge).as_deref());
    if let Some(conflict) = &findings.conflict {
        for tie in &conflict.relation {
            typed = typed.option("--tie", tie.as_str());
        }
        typed = typed.maybe("--tie-statement", conflict.statement.as_deref());
    }
    typed = typed.maybe("--name", asked.me.name.as_deref());
    typed = typed.maybe("--organisation", asked.me.organisation.as_deref());
    typed = typed.maybe("--organisation-name", asked.me.organisation_name.as_deref());
    typed = typed.maybe("--at", asked.service.at.as_deref());
    if asked.service.network.danger_allow_loopback {
        typed = typed.flag("--danger-allow-loopback");
    }
    typed = typed.maybe("--passphrase-file", path(&asked.onward.passphrase.passphrase_file).as_deref());
    typed.maybe("--output", path(&asked.onward.output).as_deref())
}
