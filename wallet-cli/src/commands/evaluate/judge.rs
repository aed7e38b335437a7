//! `evaluate THREAD`: the evaluation itself, guided at a terminal or told by options or a file.

use std::io::{self, BufReader, IsTerminal as _};
use std::path::Path;

use badge_schemas::evaluation::{SkillLevel, Standing};
use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::securing::sd_jwt::present::Selection;
use serde_json::Value;

use super::answers::{Answer, Answers, keep};
use super::{
    Thread, ask_ties, clean, declared, evidence, given, guide, open_holder, own, page, say, service,
    whereabouts, whole,
};
use crate::args::evaluate::{Judge, MOVES, no_move};
use crate::ask;
use crate::check::Network;
use crate::commands::Session;
use crate::console::{self, Weight};
use crate::evaluate::moves::{self, Findings, SkillFinding};
use crate::evaluate::sheet::{Role, Sheet, SoughtLine};
use crate::evaluate::{next, words};
use crate::exit::Exit;
use crate::holder::OpenHolder;
use crate::reveal;
use crate::store::Store;

/// Evaluates what a request asks for.
pub(super) fn run(asked: &Judge, wallet: &Path, session: &Session<'_>) -> Result<Exit, Problem> {
    let lang = session.console.lang();
    let path = asked.thread.as_deref().ok_or_else(|| {
        Problem::new(Code::OptionInvalid).with("option", "evaluate").with_words(
            "reason",
            &format!("name a thread to evaluate, or a move: {MOVES}"),
            format!("nommez un dossier à évaluer, ou un acte\u{a0}: {MOVES}"),
        )
    })?;
    if let Some(problem) = path.to_str().and_then(no_move) {
        return Err(problem);
    }
    if asked.page {
        return page::run(asked, path, wallet, session);
    }
    let (holder, did) = own(wallet)?;
    let thread = Thread::open(path, session)?;
    moves::may_evaluate(&thread.sheet, &thread.mover(&did, &asked.me, session)?)?;
    let sheet = with_rubric(&thread.sheet, asked)?;
    let seen = seen(&sheet, asked, lang)?;
    let mut findings = Findings {
        skills: Vec::new(),
        standing: standing(&asked.standing, &Store::new(wallet))?,
        seen_evidence: seen,
        conflict: declared(&asked.ties)?,
    };
    let typed = typed(asked, &thread)?;
    // What can be refused is, before a person answers question after question.
    thread.is_writable(&asked.onward)?;
    service::may_ask(&asked.service)?;
    if typed.is_none() && !io::stdin().is_terminal() {
        return Err(Problem::new(Code::AnswersNeeded));
    }
    let holder = open_holder(&holder, &asked.onward.passphrase, session)?;
    if findings.conflict.is_none()
        && let Some(before) = thread.sheet.ties_of_evaluator()
    {
        console::note(&whole(&words::ties_kept(&before, lang)));
        findings.conflict = Some(before);
    }
    if let Some(typed) = typed {
        findings.skills = finding(typed, &thread, &sheet, lang)?;
        return sign(asked, &thread, &sheet, &mut findings, &holder, wallet, session).map(|_| Exit::Done);
    }
    let led = lead(asked, &thread, &sheet, &mut findings, lang);
    let signed = led.and_then(|()| sign(asked, &thread, &sheet, &mut findings, &holder, wallet, session));
    if findings.skills.is_empty() {
        return signed.map(|_| Exit::Done);
    }
    match signed {
        Ok(Signed::Yes) => Ok(Exit::Done),
        Ok(Signed::No) => {
            keep(asked, &thread.path, &findings, session);
            Ok(Exit::Done)
        }
        // What went wrong first, and the command that goes on last, where it is seen.
        Err(problem) => {
            session.console.problem(Weight::Error, &problem);
            keep(asked, &thread.path, &findings, session);
            Ok(Exit::CouldNotRun)
        }
    }
}

/// Whether it was signed in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signed {
    /// It was.
    Yes,
    /// The evaluator said no.
    No,
}

/// Shows what was found, asks whether to sign it, asks the service for its entries, signs and writes.
fn sign(
    asked: &Judge,
    before: &Thread,
    sheet: &Sheet,
    findings: &mut Findings,
    holder: &OpenHolder,
    wallet: &Path,
    session: &Session<'_>,
) -> Result<Signed, Problem> {
    let lang = session.console.lang();
    let did = holder.did();
    // Answering takes its time: the record says when it was signed, in the thread as it is then.
    let thread = Thread::open(&before.path, session)?;
    if thread.bytes != before.bytes {
        return Err(Problem::new(Code::ThreadChanged).with("path", thread.path.display()));
    }
    let mover = thread.mover(&did, &asked.me, session)?;
    // What could not be signed is refused before anybody reserves anything for it.
    match moves::evaluate(&thread.sheet, findings, &mover) {
        Err(problem) if problem.code == Code::TiesUnsaid => {
            findings.conflict = Some(ask_ties(Role::Evaluator, session)?);
        }
        made => drop(made?),
    }
    if asked.service.at.is_none() {
        console::note(words::without_status(lang));
    }
    if findings.seen_evidence.is_empty() && !sheet.mandate().offered_evidence.is_empty() {
        console::note(words::no_evidence_seen(lang));
    }
    // Nothing leaves this machine, and nobody reserves anything, before the evaluator has agreed to all of it.
    if !asked.yes && !confirmed(sheet, findings, asked.service.at.as_deref(), &did, lang)? {
        console::note(words::not_signed(lang));
        return Ok(Signed::No);
    }
    if let Some(base) = &asked.service.at {
        let network = Network::of(false, asked.service.network.danger_allow_loopback);
        if let Network::Online(reach) = network {
            let skills: Vec<String> = findings.skills.iter().map(|one| one.skill.clone()).collect();
            for (skill, kept) in service::entries(base, &thread.bytes, &did, &skills, reach)
                .inspect_err(|_| console::note(words::not_signed(lang)))?
            {
                console::note(&whole(&words::kept_by(kept.list(), kept.keeper.as_deref(), lang)));
                for one in findings.skills.iter_mut().filter(|one| one.skill == skill) {
                    one.status = Some(kept.clone());
                }
            }
        }
    }
    let endorsements = moves::evaluate(&thread.sheet, findings, &mover)?;
    let extended = thread.go_on(endorsements, holder, &asked.onward, wallet, session)?;
    let file = whereabouts(thread.written(&asked.onward), lang);
    say(next::evaluated(&extended.sheet, &file, session.console.reader()));
    Ok(Signed::Yes)
}

pub(super) fn with_rubric(sheet: &Sheet, asked: &Judge) -> Result<Sheet, Problem> {
    let sheet = sheet.clone();
    match (&asked.template, &asked.badge) {
        (Some(path), _) => sheet.with_template(&given::achievement("--template", path)?.0),
        (None, Some(path)) => sheet.with_badge(&given::badge("--badge", path)?.value),
        (None, None) => Ok(sheet),
    }
}

/// The evidence that was looked at, each file checked; what is not there is said and not named as seen.
fn seen(
    sheet: &Sheet,
    asked: &Judge,
    lang: Lang,
) -> Result<Vec<badge_schemas::evaluation::EvidenceCommitment>, Problem> {
    let Some(directory) = &asked.evidence_dir else { return Ok(Vec::new()) };
    let found = evidence::check(&sheet.mandate().offered_evidence, directory)?;
    for (one, path) in &found.seen {
        console::note(&words::evidence_found(&clean(&one.name), &clean(&path.to_string_lossy()), lang));
    }
    for name in &found.missing {
        console::note(&words::evidence_missing(&clean(name), lang));
    }
    Ok(found.seen.into_iter().map(|(one, _)| one).collect())
}

/// Badges of the evaluator's own, carried in the evaluation.
pub(super) fn standing(ids: &[String], store: &Store) -> Result<Vec<Standing>, Problem> {
    ids.iter()
        .map(|id| {
            let badge = store.find(id)?.badge;
            if badge.sd_jwt.is_some() {
                return Err(Problem::new(Code::OptionInvalid).with("option", "--standing").with_words(
                    "reason",
                    "an SD-JWT cannot be carried in an evaluation; take the badge in another form",
                    "un SD-JWT ne peut pas être porté par une évaluation\u{a0}; prenez le badge sous une autre forme",
                ));
            }
            if badge.is_jwt() {
                return Ok(Standing::carrying(Value::String(badge.text)));
            }
            let nothing = Selection::Claims(Vec::new());
            let shown = reveal::shown(&[&badge], &[], &nothing)?;
            Ok(Standing::carrying(shown.into_iter().next().unwrap_or(badge.value)))
        })
        .collect()
}

/// What the command line says was found, from a file or by options; nothing where it is to be asked for.
fn typed(asked: &Judge, thread: &Thread) -> Result<Option<Vec<Answer>>, Problem> {
    if let Some(path) = &asked.answers {
        let answers: Answers = given::answers("--answers", path)?;
        return Ok(Some(answers.skills));
    }
    let meant = meant(asked, thread)?;
    let Some(outcome) = asked.outcome else { return Ok(None) };
    let answers = meant.into_iter().map(|line| Answer {
        skill: line.skill.target_url.clone(),
        outcome,
        reached: asked.reached.clone(),
        reason: asked.reason,
        comment: asked.comment.clone(),
        statement: asked.statement.clone(),
    });
    Ok(Some(answers.collect()))
}

/// The same as findings.
fn finding(
    answers: Vec<Answer>,
    thread: &Thread,
    sheet: &Sheet,
    lang: Lang,
) -> Result<Vec<SkillFinding>, Problem> {
    let found = answers.into_iter().map(|one| {
        let line = thread.skill(&one.skill)?;
        Ok(SkillFinding {
            skill: line.skill.target_url.clone(),
            finding: one.outcome,
            reached: one.reached.map(|code| reached(sheet, line, &code, lang)),
            reason: one.reason,
            statement: one.statement,
            comment: one.comment,
            status: None,
        })
    });
    found.collect()
}

/// Asks for what was found, one by one; what was answered stays in the findings whatever ends it.
fn lead(
    asked: &Judge,
    thread: &Thread,
    sheet: &Sheet,
    findings: &mut Findings,
    lang: Lang,
) -> Result<(), Problem> {
    let meant = meant(asked, thread)?;
    let mut guide = guide::Guide { input: &mut BufReader::new(io::stdin()), output: &mut io::stderr(), lang };
    guide.introduce(sheet)?;
    if findings.conflict.is_none() {
        findings.conflict = Some(guide.ties(Role::Evaluator)?);
    }
    guide.lead(sheet, &meant, &mut findings.skills)
}

/// The skills that were named, else all that have no evaluation.
fn meant<'t>(asked: &Judge, thread: &'t Thread) -> Result<Vec<&'t SoughtLine>, Problem> {
    if asked.skills.is_empty() {
        return Ok(thread.sheet.skills.iter().filter(|line| line.evaluated.is_none()).collect());
    }
    let named: Vec<_> = asked.skills.iter().map(|wanted| thread.skill(wanted)).collect::<Result<_, _>>()?;
    let mut again = named.iter().copied().filter(|line| line.evaluated.is_some()).peekable();
    match again.peek() {
        Some(_) => Err(moves::evaluated_already(again)),
        None => Ok(named),
    }
}

/// A level on the scale of the skill, with its name where it is known.
fn reached(sheet: &Sheet, line: &SoughtLine, code: &str, lang: Lang) -> SkillLevel {
    let rungs = sheet.rungs(line, lang);
    let known = rungs.into_iter().find(|rung| rung.level.code.eq_ignore_ascii_case(code.trim()));
    known.map_or_else(|| SkillLevel::new(&line.target.framework, code.trim()), |rung| rung.level)
}

fn confirmed(
    sheet: &Sheet,
    findings: &Findings,
    service: Option<&str>,
    did: &str,
    lang: Lang,
) -> Result<bool, Problem> {
    console::note("");
    for one in &findings.skills {
        let line = sheet.skills.iter().find(|line| line.skill.target_url == one.skill);
        let name = line.map_or(one.skill.as_str(), |line| line.skill.target_name.as_str());
        console::note(&whole(&words::found_line(name, line.map(|line| &line.target), one, lang)));
    }
    for line in words::said_for_all(findings, service, lang) {
        console::note(&whole(&line));
    }
    ask::confirm(&words::sign_question(did, lang))
}
