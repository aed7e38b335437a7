//! The moves of a thread, one after the other: which are allowed, and what follows. Nothing here looks at signatures.

use badge_schemas::evaluation::{
    Answer, Appeal, AppealStep, Decision, Evaluation, Evaluator, Mandate, Reason, RecordKind, Response,
    Withdrawal,
};
use badge_schemas::problem::{Code, Problem};
use jiff::{SignedDuration, Timestamp};

use super::mandate::Given;
use super::thread::{AppealState, Evaluated, State, Withdrawn, named};
use crate::checks::recipient;
use crate::did::same_person;

/// One record that was found authentic.
#[derive(Clone, Debug)]
pub(super) struct Move {
    pub(super) index: usize,
    pub(super) issuer: String,
    pub(super) id: Option<String>,
    pub(super) digest: String,
    pub(super) made: Timestamp,
    pub(super) until: Option<Timestamp>,
    /// The endorsement's subject.
    pub(super) about: String,
    pub(super) status: Seen,
    pub(super) what: What,
}

/// What the status of a record says.
#[derive(Clone, Debug)]
pub(super) enum Seen {
    /// It has none, or everything was looked at and nothing takes it back.
    Clear,
    /// Its issuer took it back.
    TakenBack,
    /// It could not be looked at, or it is suspended: this is why.
    Open(Problem),
}

impl Seen {
    fn is_taken_back(&self) -> bool {
        matches!(self, Self::TakenBack)
    }

    fn doubt(&self) -> Option<Problem> {
        match self {
            Self::Open(problem) => Some(problem.clone()),
            Self::Clear | Self::TakenBack => None,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) enum What {
    Mandate(Box<Mandate>),
    Response(Box<Response>),
    Evaluation(Box<Evaluation>),
    Withdrawal(Box<Withdrawal>),
    Appeal(Box<Appeal>),
}

impl What {
    fn kind(&self) -> RecordKind {
        match self {
            Self::Mandate(_) => RecordKind::Mandate,
            Self::Response(_) => RecordKind::Response,
            Self::Evaluation(_) => RecordKind::Evaluation,
            Self::Withdrawal(_) => RecordKind::Withdrawal,
            Self::Appeal(_) => RecordKind::Appeal,
        }
    }

    fn previous(&self) -> Option<&str> {
        match self {
            Self::Mandate(_) => None,
            Self::Response(response) => Some(&response.previous),
            Self::Evaluation(evaluation) => evaluation.previous.as_deref(),
            Self::Withdrawal(withdrawal) => Some(&withdrawal.previous),
            Self::Appeal(appeal) => Some(&appeal.previous),
        }
    }
}

/// What the moves so far have come to.
#[derive(Clone, Debug)]
pub(super) struct Course {
    pub(super) state: State,
    pub(super) given: Given,
    pub(super) evaluator: Option<String>,
    pub(super) evaluations: Vec<Evaluated>,
    /// The digest of the last record that counted.
    pub(super) last: String,
    response: Option<String>,
    skew: SignedDuration,
    /// Why it is not known whether the mandate or the answer was taken back; then nothing that rests on it is known to stand.
    doubt: Option<Problem>,
}

impl Course {
    /// Begins with a mandate.
    pub(super) fn begin(first: Move, skew: SignedDuration) -> Result<Self, Problem> {
        let What::Mandate(mandate) = first.what else {
            return Err(Problem::new(Code::ThreadWithoutMandate));
        };
        if matches!(&mandate.evaluator, Evaluator::Did(evaluator) if same_person(evaluator, &first.issuer)) {
            return Err(is_candidate(&first.issuer));
        }
        let given = Given {
            mandate: *mandate,
            id: first.id,
            digest: first.digest.clone(),
            candidate: first.issuer,
            from: first.made,
            until: first.until,
        };
        let doubt = first.status.doubt();
        let state = if first.status.is_taken_back() { State::Withdrawn } else { State::Proposed };
        Ok(Self {
            state,
            given,
            evaluator: None,
            evaluations: Vec::new(),
            last: first.digest,
            response: None,
            skew,
            doubt,
        })
    }

    /// Makes one more move, or says why it is none.
    pub(super) fn advance(&mut self, next: &Move) -> Result<(), Problem> {
        let kind = next.what.kind();
        if next.what.previous() != Some(self.last.as_str()) {
            return Err(told(Code::RecordOutOfPlace, kind, &next.issuer));
        }
        match &next.what {
            What::Mandate(_) => return Err(self.unexpected(kind, &next.issuer)),
            What::Response(response) => self.respond(next, response)?,
            What::Evaluation(evaluation) => self.evaluate(next, evaluation)?,
            What::Withdrawal(withdrawal) => self.withdraw(next, withdrawal)?,
            What::Appeal(appeal) => self.appeal(next, appeal)?,
        }
        self.last.clone_from(&next.digest);
        Ok(())
    }

    /// Where the mandate ran out before it was fulfilled.
    pub(super) fn settle(&mut self, now: Timestamp) {
        let open = matches!(self.state, State::Proposed | State::Accepted);
        if open && self.given.period(now, self.skew).is_err() {
            self.state = State::Expired;
        }
    }

    fn respond(&mut self, next: &Move, response: &Response) -> Result<(), Problem> {
        let kind = RecordKind::Response;
        if self.state != State::Proposed {
            return Err(self.unexpected(kind, &next.issuer));
        }
        if same_person(&next.issuer, &self.given.candidate) {
            return Err(is_candidate(&next.issuer));
        }
        match &self.given.mandate.evaluator {
            Evaluator::Did(evaluator) if *evaluator != next.issuer => {
                return Err(not_entitled(kind, &next.issuer, evaluator));
            }
            Evaluator::Did(_) => {}
            Evaluator::Identity(identity) => {
                let email = response.evaluator_email.as_deref();
                if email.and_then(|email| recipient::matches(identity, email)).is_none() {
                    return Err(not_entitled(kind, &next.issuer, &identity.identity_hash));
                }
            }
        }
        if self.given.id.as_deref() != Some(&response.mandate) {
            return Err(Problem::new(Code::MandateReplayed)
                .with("found", &response.mandate)
                .with("expected", self.given.id.as_deref().unwrap_or("–")));
        }
        self.given.period(next.made, self.skew)?;
        self.evaluator = Some(next.issuer.clone());
        self.response = Some(next.digest.clone());
        self.doubt = self.doubt.take().or_else(|| next.status.doubt());
        self.state = match response.answer {
            Answer::Accepted if next.status.is_taken_back() => State::Withdrawn,
            Answer::Accepted => State::Accepted,
            Answer::Declined => State::Declined,
            Answer::Recused => State::Recused,
        };
        Ok(())
    }

    fn evaluate(&mut self, next: &Move, evaluation: &Evaluation) -> Result<(), Problem> {
        let kind = RecordKind::Evaluation;
        // An evaluation that was taken back, or appealed against with success, leaves room for a new one. Where that is not known of the
        // first, it is not known of the second.
        let skill = &evaluation.evaluated_skill.target_url;
        let mut before = self
            .evaluations
            .iter()
            .filter(|known| !known.fell() && known.evaluation.evaluated_skill.target_url == *skill);
        let in_doubt = before.clone().find_map(|known| known.undetermined.clone());
        let again = before.any(Evaluated::stands);
        if !matches!(self.state, State::Accepted | State::Submitted) && !self.all_withdrawn() || again {
            return Err(self.unexpected(kind, &next.issuer));
        }
        if same_person(&next.issuer, &self.given.candidate) {
            return Err(is_candidate(&next.issuer));
        }
        let evaluator = self.evaluator.as_deref().unwrap_or("–");
        if next.issuer != evaluator {
            return Err(not_entitled(kind, &next.issuer, evaluator));
        }
        self.given.period(next.made, self.skew)?;
        self.given.covers(evaluation, &next.about, &next.issuer)?;
        self.evaluations.push(Evaluated {
            index: next.index,
            digest: next.digest.clone(),
            evaluation: evaluation.clone(),
            withdrawn: next.status.is_taken_back().then_some(Withdrawn::ByStatus),
            appeal: None,
            undetermined: next.status.doubt().or(in_doubt).or_else(|| self.doubt.clone()),
        });
        self.state = if self.all_withdrawn() { State::Withdrawn } else { State::Submitted };
        Ok(())
    }

    fn withdraw(&mut self, next: &Move, withdrawal: &Withdrawal) -> Result<(), Problem> {
        let kind = RecordKind::Withdrawal;
        let entitled = |entitled: &str| {
            if next.issuer == entitled { Ok(()) } else { Err(not_entitled(kind, &next.issuer, entitled)) }
        };
        let evaluator = self.evaluator.clone().unwrap_or_else(|| "–".to_owned());
        let open = matches!(self.state, State::Proposed | State::Accepted);
        if withdrawal.withdrawn == self.given.digest {
            entitled(&self.given.candidate)?;
            if !open {
                return Err(self.unexpected(kind, &next.issuer));
            }
        } else if self.response.as_ref() == Some(&withdrawal.withdrawn) {
            entitled(&evaluator)?;
            if !open {
                return Err(self.unexpected(kind, &next.issuer));
            }
        } else {
            let place = self.evaluations.iter_mut().find(|known| known.digest == withdrawal.withdrawn);
            let Some(evaluated) = place else {
                return Err(told(Code::RecordOutOfPlace, kind, &next.issuer));
            };
            entitled(&evaluator)?;
            evaluated.withdrawn = Some(Withdrawn::ByRecord(withdrawal.reason));
            if !self.all_withdrawn() {
                return Ok(());
            }
        }
        self.state = State::Withdrawn;
        Ok(())
    }

    fn appeal(&mut self, next: &Move, appeal: &Appeal) -> Result<(), Problem> {
        let kind = RecordKind::Appeal;
        let unexpected = self.unexpected(kind, &next.issuer);
        let candidate = self.given.candidate.clone();
        let place = self.evaluations.iter_mut().find(|known| known.digest == appeal.appealed);
        let Some(evaluated) = place else { return Err(told(Code::RecordOutOfPlace, kind, &next.issuer)) };
        match (appeal.step, &evaluated.appeal) {
            (AppealStep::Lodged, None) if next.issuer == candidate => {
                let addressee = appeal.addressee.clone().unwrap_or_default();
                // Nobody decides their own case: neither the candidate nor who is appealed against.
                if addressee == candidate || self.evaluator.as_deref() == Some(addressee.as_str()) {
                    return Err(not_entitled(kind, &addressee, "–"));
                }
                let reason = appeal.reason.unwrap_or(Reason::Other);
                evaluated.appeal = Some(AppealState::Lodged { addressee, reason });
                Ok(())
            }
            (AppealStep::Lodged, None) => Err(not_entitled(kind, &next.issuer, &candidate)),
            (AppealStep::Resolved, Some(AppealState::Lodged { addressee, .. })) => {
                if next.issuer != *addressee {
                    return Err(not_entitled(kind, &next.issuer, addressee));
                }
                let decision = appeal.decision.unwrap_or(Decision::Dismissed);
                evaluated.appeal = Some(AppealState::Resolved { by: next.issuer.clone(), decision });
                Ok(())
            }
            _ => Err(unexpected),
        }
    }

    fn all_withdrawn(&self) -> bool {
        !self.evaluations.is_empty() && self.evaluations.iter().all(|known| known.withdrawn.is_some())
    }

    fn unexpected(&self, kind: RecordKind, issuer: &str) -> Problem {
        told(Code::RecordUnexpected, kind, issuer).with("state", self.state.as_str())
    }
}

fn is_candidate(evaluator: &str) -> Problem {
    Problem::new(Code::EvaluatorIsCandidate).with("evaluator", evaluator)
}

fn not_entitled(kind: RecordKind, issuer: &str, entitled: &str) -> Problem {
    told(Code::RecordNotEntitled, kind, issuer).with("entitled", entitled)
}

fn told(code: Code, kind: RecordKind, issuer: &str) -> Problem {
    named(Problem::new(code), Some(kind)).with("issuer", issuer)
}
