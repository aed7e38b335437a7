//! A thread as a person needs to see it: who asks whom for what, what was answered and found, and what can be done next.

use badge_schemas::achievement::{Achievement, Alignment};
use badge_schemas::credential::AchievementCredential;
use badge_schemas::evaluation::{
    Answer, Appeal, AppealStep, ConflictOfInterest, Decision, Evaluation, Evaluator, Finding, Mandate,
    Reason, Record as _, RecordKind, Response, SkillLevel, Withdrawal,
};
use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::profile::ProfileRef;
use badge_verifier::evaluation::digest;
use badge_verifier::evaluation::thread::{
    AppealState, Evaluated, Given, RecordReport, State, ThreadReport, Withdrawn, judge,
};
use badge_verifier::report::{CheckId, Outcome};
use badge_verifier::{Snapshot, TrustPolicy};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::scale::{self, Rung};

/// A thread that begins with a mandate that counts.
#[derive(Clone, Debug)]
pub(crate) struct Sheet {
    /// How far it has come.
    pub(crate) state: State,
    /// The mandate, and what its credential says.
    pub(crate) given: Given,
    /// Who asks.
    pub(crate) candidate: Party,
    /// Who answered.
    pub(crate) evaluator: Option<Party>,
    /// The skills in question, in the order of the request.
    pub(crate) skills: Vec<SoughtLine>,
    /// Every record, in the order of the thread.
    pub(crate) lines: Vec<Line>,
    report: ThreadReport,
    now: Timestamp,
    achievement: Option<Achievement>,
}

/// Somebody who signed a record, as they name themselves. The DID is proved; the name is their word.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Party {
    /// The DID.
    pub(crate) did: String,
    /// The name.
    pub(crate) name: Option<String>,
    /// All that the record says of its issuer.
    pub(crate) profile: ProfileRef,
}

/// One skill of the request, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SoughtLine {
    /// The skill.
    pub(crate) skill: Alignment,
    /// The level aimed at.
    pub(crate) target: SkillLevel,
    /// The evaluation that holds now: its place among [`Sheet::evaluations`].
    pub(crate) evaluated: Option<usize>,
}

/// One record of the thread.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Which move it is.
    pub(crate) kind: Option<RecordKind>,
    /// Who signed it.
    pub(crate) by: Party,
    /// Its digest.
    pub(crate) digest: Option<String>,
    /// What it says.
    pub(crate) said: Said,
    /// Why it does not count.
    pub(crate) problem: Option<Problem>,
}

/// What a record says, in short.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Said {
    /// The request.
    Asked,
    /// The answer to it.
    Answered {
        /// Yes, no, or not as a matter of conscience.
        answer: Answer,
        /// Why not.
        reason: Option<Reason>,
        /// In the evaluator's words.
        statement: Option<String>,
    },
    /// What was found of one skill.
    Evaluated {
        /// The skill.
        skill: String,
        /// What was found.
        finding: Finding,
        /// The level that it vouches for.
        level: Option<SkillLevel>,
        /// Why it is not favourable.
        reason: Option<Reason>,
        /// In the evaluator's words, for everybody who receives it.
        statement: Option<String>,
        /// The comment, for everybody.
        comment: Option<String>,
        /// The list in which its status can be looked up, so that taking it back cannot be hidden.
        status_list: Option<String>,
    },
    /// Something was taken back.
    TookBack {
        /// The digest of what was.
        what: String,
        /// Why.
        reason: Reason,
        /// In words.
        statement: Option<String>,
    },
    /// A move in an appeal.
    Appealed {
        /// The digest of the evaluation in question.
        what: String,
        /// Lodged or resolved.
        step: AppealStep,
        /// Why.
        reason: Option<Reason>,
        /// How it ended.
        decision: Option<Decision>,
        /// In words.
        statement: Option<String>,
    },
    /// Nothing that can be read.
    Unreadable,
}

/// What somebody is in a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Who asked.
    Candidate,
    /// Who was asked by DID, or has answered.
    Evaluator,
    /// Who decides an appeal.
    Addressee,
    /// Nobody that the thread names.
    Stranger,
}

impl Role {
    /// `candidate`, `evaluator`, `addressee` or `stranger`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Evaluator => "evaluator",
            Self::Addressee => "addressee",
            Self::Stranger => "stranger",
        }
    }
}

/// A move that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Open {
    /// The evaluator answers.
    Answer,
    /// The evaluator evaluates these skills, by `targetUrl`.
    Evaluate(Vec<String>),
    /// The candidate takes the request back.
    TakeRequestBack,
    /// The evaluator takes an evaluation back: the place among [`Sheet::evaluations`].
    TakeEvaluationBack(usize),
    /// The evaluator tells the service that keeps the status of an evaluation that it was taken back: the place among [`Sheet::evaluations`].
    TellService(usize),
    /// The candidate appeals against an evaluation.
    Appeal(usize),
    /// The one with this DID decides the appeal against an evaluation.
    Decide(usize, String),
    /// The candidate asks anew: nothing more comes of this thread.
    AskAnew,
}

impl Sheet {
    /// Reads a thread.
    ///
    /// # Errors
    /// What is wrong with the thread as a whole, or why its mandate does not count.
    pub(crate) fn read(
        thread: &[u8],
        now: Timestamp,
        policy: &TrustPolicy,
        snapshot: &Snapshot,
    ) -> Result<Self, Problem> {
        Self::of(judge(thread, policy, now, snapshot), now)
    }

    /// The same of a thread that was judged already, for instance with what was fetched for it.
    ///
    /// # Errors
    /// As [`Sheet::read`].
    pub(crate) fn of(report: ThreadReport, now: Timestamp) -> Result<Self, Problem> {
        let (Some(state), Some(given)) = (report.state, report.given.clone()) else {
            return Err(report.problem.unwrap_or_else(|| Problem::new(Code::ThreadWithoutMandate)));
        };
        let lines: Vec<Line> = report.records.iter().map(line).collect();
        let party = |did: &str, kind: RecordKind| {
            let signed = lines
                .iter()
                .find(|line| line.kind == Some(kind) && line.problem.is_none() && line.by.did == did);
            signed.map_or_else(|| Party::unnamed(did), |line| line.by.clone())
        };
        let candidate = party(&given.candidate, RecordKind::Mandate);
        let evaluator = report.evaluator.as_deref().map(|did| party(did, RecordKind::Response));
        let skills = given.mandate.sought_skill.iter().map(|sought| SoughtLine {
            skill: sought.skill.clone(),
            target: sought.target_level.clone(),
            evaluated: report.evaluations.iter().position(|one| {
                !fell(one) && one.evaluation.evaluated_skill.target_url == sought.skill.target_url
            }),
        });
        let skills = skills.collect();
        Ok(Self { state, given, candidate, evaluator, skills, lines, report, now, achievement: None })
    }

    /// Shows the levels of the template that the request aims at: `achievement` is that template, which its digest proves.
    ///
    /// # Errors
    /// [`Code::NotTheOneAsked`]; [`Code::MalformedValue`] where it is no achievement.
    pub(crate) fn with_template(mut self, achievement: &Value) -> Result<Self, Problem> {
        let asked = self.given.mandate.template.as_ref();
        if !asked
            .is_some_and(|asked| digest::of_achievement(achievement).as_ref() == Ok(&asked.digest_multibase))
        {
            return Err(Problem::new(Code::NotTheOneAsked).with_words("what", "template", "modèle"));
        }
        self.achievement = Some(badge_schemas::credential::view(achievement)?);
        Ok(self)
    }

    /// The same with the badge that is to be evaluated.
    ///
    /// # Errors
    /// As [`Sheet::with_template`].
    pub(crate) fn with_badge(mut self, badge: &Value) -> Result<Self, Problem> {
        let asked = self.given.mandate.target.as_ref();
        if !asked.is_some_and(|asked| digest::of_badge(badge).as_ref() == Ok(&asked.digest_multibase)) {
            return Err(Problem::new(Code::NotTheOneAsked).with_words("what", "badge", "badge"));
        }
        self.achievement = Some(AchievementCredential::view(badge)?.credential_subject.achievement);
        Ok(self)
    }

    /// Shows the levels that `before` showed, which the thread had before it was extended.
    pub(crate) fn showing_what(mut self, before: &Self) -> Self {
        self.achievement.clone_from(&before.achievement);
        self
    }

    /// The mandate.
    pub(crate) fn mandate(&self) -> &Mandate {
        &self.given.mandate
    }

    /// The evaluations that were made within the mandate, withdrawn ones too.
    pub(crate) fn evaluations(&self) -> &[Evaluated] {
        &self.report.evaluations
    }

    /// The digest of the last record that counts: what the next one names as `previous`.
    pub(crate) fn last(&self) -> &str {
        self.report.last.as_deref().unwrap_or(&self.given.digest)
    }

    /// The DID of the one who is asked, or who has answered; `None` where an e-mail address was asked and nobody has answered.
    pub(crate) fn evaluator_did(&self) -> Option<&str> {
        match (&self.evaluator, &self.given.mandate.evaluator) {
            (Some(party), _) => Some(&party.did),
            (None, Evaluator::Did(did)) => Some(did),
            (None, Evaluator::Identity(_)) => None,
        }
    }

    /// The ties that the evaluator declared with the answer.
    pub(crate) fn ties_of_evaluator(&self) -> Option<ConflictOfInterest> {
        let counted = self.report.records.iter().filter(|record| record.problem.is_none());
        let mut answers = counted.filter(|record| record.kind == Some(RecordKind::Response));
        Response::read(answers.next()?.report.document()?).ok()?.conflict_of_interest
    }

    /// The levels of the scale of a sought skill, the lowest first.
    pub(crate) fn rungs(&self, sought: &SoughtLine, lang: Lang) -> Vec<Rung> {
        scale::rungs(self.achievement.as_ref(), &sought.skill.target_url, &sought.target, lang)
    }

    /// What the one with this DID is here.
    pub(crate) fn role(&self, did: &str) -> Role {
        let decides = |one: &Evaluated| match &one.appeal {
            Some(AppealState::Lodged { addressee, .. }) => addressee == did,
            Some(AppealState::Resolved { by, .. }) => by == did,
            None => false,
        };
        if did == self.candidate.did {
            Role::Candidate
        } else if self.evaluator_did() == Some(did) {
            Role::Evaluator
        } else if self.evaluations().iter().any(decides) {
            Role::Addressee
        } else {
            Role::Stranger
        }
    }

    /// The moves that are open, the most obvious first.
    pub(crate) fn open(&self) -> Vec<Open> {
        let mut open = Vec::new();
        for (index, one) in self.evaluations().iter().enumerate() {
            if let Some(AppealState::Lodged { addressee, .. }) = &one.appeal {
                open.push(Open::Decide(index, addressee.clone()));
            }
        }
        let mut services = Vec::new();
        for (index, one) in self.evaluations().iter().enumerate() {
            let (Some(Withdrawn::ByRecord(_)), Some(list)) = (&one.withdrawn, self.status_list(index)) else {
                continue;
            };
            if self.is_told(one.index) {
                continue;
            }
            if !services.contains(&base_of(list)) {
                services.push(base_of(list));
                open.push(Open::TellService(index));
            }
        }
        match self.state {
            State::Proposed => open.extend([Open::Answer, Open::TakeRequestBack]),
            State::Accepted => open.extend([Open::Evaluate(self.left()), Open::TakeRequestBack]),
            State::Submitted => {
                if !self.left().is_empty() && !self.is_over() {
                    open.push(Open::Evaluate(self.left()));
                }
                for (index, one) in self.evaluations().iter().enumerate() {
                    if one.withdrawn.is_none() {
                        if one.appeal.is_none() {
                            open.push(Open::Appeal(index));
                        }
                        open.push(Open::TakeEvaluationBack(index));
                    }
                }
            }
            State::Withdrawn if !self.evaluations().is_empty() && !self.is_over() => {
                open.extend([Open::Evaluate(self.left()), Open::AskAnew]);
            }
            State::Declined | State::Recused | State::Expired | State::Withdrawn => open.push(Open::AskAnew),
        }
        open
    }

    /// Whether the list that keeps the status of a record was seen, and says that it was taken back; by its place among the records.
    fn is_told(&self, record: usize) -> bool {
        let status = self.report.records.get(record).map(|record| record.report.outcome(CheckId::Status));
        matches!(status, Some(Outcome::Fail(problem)) if problem.code == Code::Revoked)
    }

    /// The list that keeps the status of an evaluation, by its place among [`Self::evaluations`].
    pub(crate) fn status_list(&self, evaluation: usize) -> Option<&str> {
        let line = self.lines.get(self.evaluations().get(evaluation)?.index)?;
        match &line.said {
            Said::Evaluated { status_list, .. } => status_list.as_deref(),
            _ => None,
        }
    }

    /// The skills without an evaluation that holds.
    pub(crate) fn left(&self) -> Vec<String> {
        let left = self.skills.iter().filter(|sought| sought.evaluated.is_none());
        left.map(|sought| sought.skill.target_url.clone()).collect()
    }

    /// The names of the skills without an evaluation that holds, of which one that fell has a status: its entry takes no other one, so that another
    /// with a status needs a new request.
    pub(crate) fn with_spent_entries(&self) -> Vec<&str> {
        let spent = |sought: &&SoughtLine| {
            let fell = self.evaluations().iter().enumerate();
            sought.evaluated.is_none()
                && fell.into_iter().any(|(index, one)| {
                    one.evaluation.evaluated_skill.target_url == sought.skill.target_url
                        && self.status_list(index).is_some()
                })
        };
        self.skills.iter().filter(spent).map(|sought| sought.skill.target_name.as_str()).collect()
    }

    /// Whether the period of the mandate is over: nothing more can be answered or evaluated. Clocks may differ by as much as a verifier allows.
    pub(crate) fn is_over(&self) -> bool {
        let skew = SignedDuration::from_secs(i64::from(TrustPolicy::default().clock_skew_seconds));
        let over = |until| self.now.saturating_sub(skew).is_ok_and(|now| now > until);
        self.state == State::Expired || self.given.until.is_some_and(over)
    }
}

/// Under which address a service publishes a list.
pub(crate) fn base_of(list: &str) -> &str {
    list.rsplit_once("/status/").map_or(list, |(base, _)| base)
}

/// Whether an evaluation was taken back, or an appeal against it was upheld: then there is room for another.
pub(crate) fn fell(one: &Evaluated) -> bool {
    let upheld = matches!(one.appeal, Some(AppealState::Resolved { decision: Decision::Upheld, .. }));
    one.withdrawn.is_some() || upheld
}

impl Party {
    /// Somebody of whom nothing but the DID is known.
    pub(crate) fn unnamed(did: &str) -> Self {
        Self { did: did.to_owned(), name: None, profile: ProfileRef::Uri(did.to_owned()) }
    }
}

fn line(record: &RecordReport) -> Line {
    let nothing = Value::Null;
    let document = record.report.document().unwrap_or(&nothing);
    let issuer =
        document.get("issuer").and_then(|issuer| serde_json::from_value::<ProfileRef>(issuer.clone()).ok());
    let by = match issuer {
        Some(profile) => {
            Party { did: profile.id().to_owned(), name: profile.name().map(str::to_owned), profile }
        }
        None => Party::unnamed(record.report.summary().issuer.as_deref().unwrap_or("–")),
    };
    Line {
        kind: record.kind,
        by,
        digest: record.digest.clone(),
        said: record.kind.and_then(|kind| said(kind, document)).unwrap_or(Said::Unreadable),
        problem: record.problem.clone(),
    }
}

fn said(kind: RecordKind, document: &Value) -> Option<Said> {
    Some(match kind {
        RecordKind::Mandate => Said::Asked,
        RecordKind::Response => {
            let Response { answer, reason, statement, .. } = Response::read(document).ok()?;
            Said::Answered { answer, reason, statement }
        }
        RecordKind::Evaluation => {
            let evaluation = Evaluation::read(document).ok()?;
            let level = evaluation.level().cloned();
            let comment = document.pointer("/credentialSubject/endorsementComment").and_then(Value::as_str);
            Said::Evaluated {
                skill: evaluation.evaluated_skill.target_name,
                finding: evaluation.finding,
                level,
                reason: evaluation.reason,
                statement: evaluation.statement,
                comment: comment.map(str::to_owned),
                status_list: document
                    .pointer("/credentialStatus/statusListCredential")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
            }
        }
        RecordKind::Withdrawal => {
            let Withdrawal { withdrawn, reason, statement, .. } = Withdrawal::read(document).ok()?;
            Said::TookBack { what: withdrawn, reason, statement }
        }
        RecordKind::Appeal => {
            let Appeal { appealed, step, reason, decision, statement, .. } = Appeal::read(document).ok()?;
            Said::Appealed { what: appealed, step, reason, decision, statement }
        }
    })
}
