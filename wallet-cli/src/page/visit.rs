//! One visit: what is shown next, what a form does, and what was signed in the end.
//!
//! A form is kept before anything else, whatever its button does; then the browser is sent on to a page of its own, so that reloading repeats
//! nothing. What is signed is what was shown: the review is digested, and a signature is made only over what the form names by that digest.

use std::collections::BTreeSet;

use badge_schemas::evaluation::Answer as Said;
use badge_schemas::lang::Lang;
use badge_schemas::problem::Problem;
use badge_verifier::evaluation::thread::State;
use badge_verifier::snapshot::sha256_hex;

use super::desk::Desk;
use super::draft::{Draft, Step};
use super::read::{self, Fault};
use super::view;
use crate::evaluate::Organisation;

/// What a request is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// A page.
    Page(String),
    /// The last page.
    Ended(String),
    /// Another page, behind the secret.
    GoTo(String),
    /// A file to keep.
    File {
        /// Its name, ours.
        name: String,
        /// Its bytes, a stranger's.
        bytes: Vec<u8>,
    },
    /// Nothing of that name.
    Missing,
}

/// What was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signed {
    /// An answer.
    Answer(Said),
    /// So many evaluations.
    Evaluations(usize),
}

/// One visit of one evaluator.
pub(crate) struct Visit {
    /// What lies before them.
    pub(super) desk: Desk,
    /// What they typed.
    pub(super) draft: Draft,
    /// In which language they read.
    pub(super) lang: Lang,
    /// What was signed so far.
    pub(super) signed: Vec<Signed>,
    /// What stood in the way of the last signature.
    pub(super) trouble: Option<Problem>,
    checked: BTreeSet<Step>,
}

impl Visit {
    /// A visit that begins.
    pub(super) fn new(desk: Desk, lang: Lang) -> Self {
        let mut draft = Draft::default();
        let organisation = Organisation::of(&desk.issuer);
        let known = [
            ("name", desk.issuer.name().map(str::to_owned)),
            ("organisation", organisation.as_ref().map(|one| one.id.clone())),
            ("organisation-name", organisation.and_then(|one| one.name)),
        ];
        let known = known.into_iter().filter_map(|(field, text)| Some((field.to_owned(), text?)));
        draft.keep(Step::Answer, &known.collect::<Vec<_>>());
        Self { desk, draft, lang, signed: Vec::new(), trouble: None, checked: BTreeSet::new() }
    }

    /// What was signed.
    pub(super) fn signed(&self) -> &[Signed] {
        &self.signed
    }

    /// The steps of what is to be done now.
    pub(super) fn steps(&self) -> Vec<Step> {
        if self.desk.sheet.state == State::Proposed {
            return vec![Step::Answer, Step::Confirm];
        }
        let skills = self.desk.sheet.skills.iter().enumerate();
        let left =
            skills.filter(|(_, sought)| sought.evaluated.is_none()).map(|(index, _)| Step::Skill(index));
        let evidence = (!self.desk.evidence.is_empty()).then_some(Step::Evidence);
        evidence.into_iter().chain(left).chain([Step::Standing, Step::Review]).collect()
    }

    /// What does not do at a step, where its form was sent on.
    pub(super) fn faults(&self, step: Step) -> Vec<Fault> {
        if self.checked.contains(&step) { self.judge(step) } else { Vec::new() }
    }

    /// Shows a page, or hands on a piece of evidence.
    pub(super) fn get(&mut self, rest: &str) -> Answer {
        if let Some(index) = rest.strip_prefix("file-") {
            return self.evidence(index);
        }
        let steps = self.steps();
        let first = steps.first().copied().unwrap_or(Step::Review);
        match Step::at(rest).filter(|step| steps.contains(step)) {
            None if rest.is_empty() || Step::at(rest).is_some() => Answer::GoTo(first.path()),
            None => Answer::Missing,
            Some(step) => match self.unfinished(step) {
                Some(earlier) => {
                    self.checked.insert(earlier);
                    Answer::GoTo(earlier.path())
                }
                None => Answer::Page(view::page(self, step)),
            },
        }
    }

    /// Keeps what a form sent, and does what its button says.
    pub(super) fn post(&mut self, rest: &str, sent: &[(String, String)]) -> Answer {
        let steps = self.steps();
        let Some(place) = Step::at(rest).and_then(|step| steps.iter().position(|one| *one == step)) else {
            // A form of a page that is over, in another window for instance.
            return Answer::GoTo(String::new());
        };
        let step = steps[place];
        let named =
            |field: &str| sent.iter().find(|(name, _)| name == field).map(|(_, value)| value.as_str());
        self.draft.keep(step, sent);
        self.trouble = None;
        if step == Step::Answer {
            let organisation = read::organisation(&self.draft).unwrap_or_default();
            self.desk.call(self.draft.text(step, "name"), organisation.as_ref());
        }
        match named("go") {
            Some("en") => self.lang = Lang::En,
            Some("fr") => self.lang = Lang::Fr,
            Some("back") => return Answer::GoTo(steps[place.saturating_sub(1)].path()),
            Some("stop") => return Answer::Ended(view::stopped(self)),
            Some("next") => {
                self.checked.insert(step);
                if let (true, Some(next)) = (self.judge(step).is_empty(), steps.get(place + 1)) {
                    return Answer::GoTo(next.path());
                }
            }
            Some("ask") if step == Step::Review => {
                if let Ok(findings) = read::findings(&self.draft, &self.desk, self.lang) {
                    self.trouble = self.desk.ask(&findings, self.lang).err();
                }
            }
            Some("sign") => return self.sign(step, named("shown").unwrap_or_default()),
            _ => {}
        }
        Answer::GoTo(step.path())
    }

    /// The digest of a review, as it is shown now.
    pub(super) fn digest(review: &str) -> String {
        sha256_hex(review.as_bytes())
    }

    fn sign(&mut self, step: Step, shown: &str) -> Answer {
        let review = view::review(self, step);
        // Changed meanwhile, in another window: it is shown again, and nothing is signed.
        if review.is_none_or(|review| Self::digest(review.as_str()) != shown) {
            return Answer::GoTo(step.path());
        }
        let done = match step {
            Step::Confirm => self.sign_answer(),
            Step::Review => self.sign_findings(),
            _ => None,
        };
        match done {
            Some(Ok(Signed::Answer(Said::Accepted))) => Answer::GoTo(String::new()),
            Some(Ok(_)) => Answer::Ended(view::done(self)),
            Some(Err(problem)) => {
                self.trouble = Some(problem);
                Answer::GoTo(step.path())
            }
            None => Answer::GoTo(step.path()),
        }
    }

    fn sign_answer(&mut self) -> Option<Result<Signed, Problem>> {
        let reply = read::reply(&self.draft, &self.desk, self.lang).ok()?;
        Some(self.desk.answer(&reply, self.lang).map(|()| self.note(Signed::Answer(reply.answer))))
    }

    fn sign_findings(&mut self) -> Option<Result<Signed, Problem>> {
        let findings = read::findings(&self.draft, &self.desk, self.lang).ok()?;
        // What was not shown is not signed: who keeps the status, too.
        if self.desk.lacks_entries(&findings) {
            return None;
        }
        let count = findings.skills.len();
        Some(self.desk.evaluate(&findings, self.lang).map(|()| self.note(Signed::Evaluations(count))))
    }

    fn note(&mut self, signed: Signed) -> Signed {
        self.signed.push(signed);
        signed
    }

    /// The first step before this one that does not do yet; only a review asks.
    fn unfinished(&self, step: Step) -> Option<Step> {
        match step {
            Step::Confirm => (!self.judge(Step::Answer).is_empty()).then_some(Step::Answer),
            Step::Review => read::findings(&self.draft, &self.desk, self.lang).err(),
            _ => None,
        }
    }

    fn judge(&self, step: Step) -> Vec<Fault> {
        let Self { draft, desk, lang, .. } = self;
        match step {
            Step::Answer => read::reply(draft, desk, *lang).err(),
            Step::Skill(index) => read::finding(draft, desk, index, *lang).err(),
            Step::Standing => read::standing(draft, desk).err(),
            Step::Evidence | Step::Confirm | Step::Review => None,
        }
        .unwrap_or_default()
    }

    fn evidence(&self, index: &str) -> Answer {
        let shown = index.parse().ok().and_then(|index: usize| Some((index, self.desk.evidence.get(index)?)));
        let read = shown.and_then(|(index, shown)| Some((shown.file_name(index), shown.read()?)));
        read.map_or(Answer::Missing, |(name, bytes)| Answer::File { name, bytes })
    }
}
