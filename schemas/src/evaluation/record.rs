//! What the records of a thread have in common: a credential around them, and limits.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{EVALUATION_V1, MAX_TEXT_CHARS};
use crate::credential::{CREDENTIALS_V2, OPEN_BADGES_V3, has_type, view};
use crate::problem::{Code, Problem};
use crate::profile::ProfileRef;
use crate::timestamp::DateTimeStamp;

/// Which move a credential is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordKind {
    /// [`Mandate`](super::Mandate).
    Mandate,
    /// [`Response`](super::Response).
    Response,
    /// [`Evaluation`](super::Evaluation), in an endorsement.
    Evaluation,
    /// [`Withdrawal`](super::Withdrawal).
    Withdrawal,
    /// [`Appeal`](super::Appeal).
    Appeal,
}

impl RecordKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Mandate, Self::Response, Self::Evaluation, Self::Withdrawal, Self::Appeal];

    /// Reads the kind from a credential's `type`; an endorsement counts where its subject has an `evaluation`.
    pub fn of(credential: &Value) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| {
            has_type(credential, kind.credential_type())
                && (*kind != Self::Evaluation || credential.pointer(kind.pointer()).is_some())
        })
    }

    /// The type of the credential, beside `VerifiableCredential`.
    pub fn credential_type(self) -> &'static str {
        match self {
            Self::Mandate => "EvaluationMandateCredential",
            Self::Response => "EvaluationResponseCredential",
            Self::Evaluation => "EndorsementCredential",
            Self::Withdrawal => "EvaluationWithdrawalCredential",
            Self::Appeal => "EvaluationAppealCredential",
        }
    }

    /// The type of the record itself.
    pub fn record_type(self) -> &'static str {
        match self {
            Self::Mandate => "EvaluationMandate",
            Self::Response => "EvaluationResponse",
            Self::Evaluation => "Evaluation",
            Self::Withdrawal => "EvaluationWithdrawal",
            Self::Appeal => "EvaluationAppeal",
        }
    }

    /// `mandate`, `response`, `evaluation`, `withdrawal` or `appeal`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mandate => "mandate",
            Self::Response => "response",
            Self::Evaluation => "evaluation",
            Self::Withdrawal => "withdrawal",
            Self::Appeal => "appeal",
        }
    }

    /// Where the record stands in its credential, as a JSON Pointer.
    pub fn pointer(self) -> &'static str {
        match self {
            Self::Evaluation => "/credentialSubject/evaluation",
            _ => "/credentialSubject",
        }
    }
}

/// What the credential around a record says beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordHead {
    /// Its id: `urn:uuid:` and a random UUID, which the caller draws.
    pub id: String,
    /// A title, for people.
    pub name: String,
    /// Who makes the move.
    pub issuer: ProfileRef,
    /// When it is made.
    pub valid_from: DateTimeStamp,
    /// Until when it holds, where it ends.
    pub valid_until: Option<DateTimeStamp>,
}

/// One move of a thread.
pub trait Record: Serialize + DeserializeOwned {
    /// Which move it is.
    const KIND: RecordKind;

    /// The digest of the record before it.
    fn previous(&self) -> Option<&str> {
        None
    }

    /// Counts what is in it before it is read.
    ///
    /// # Errors
    /// [`Code::EvaluationTooLarge`].
    fn subject_is_small(_: &Value) -> Result<(), Problem> {
        Ok(())
    }

    /// What the types do not say.
    ///
    /// # Errors
    /// [`Code::MalformedValue`].
    fn findings(&self) -> Result<(), Problem> {
        Ok(())
    }

    /// Reads the record in a credential. This says nothing about who signed it.
    ///
    /// # Errors
    /// [`Code::EvaluationTooLarge`] before anything is read; [`Code::MalformedValue`] with a pointer.
    fn read(credential: &Value) -> Result<Self, Problem> {
        let kind = Self::KIND;
        let wrong = |reason: &str| {
            Problem::new(Code::MalformedValue)
                .at(kind.pointer())
                .with("member", kind.record_type())
                .with("reason", reason)
        };
        let subject = credential.pointer(kind.pointer()).ok_or_else(|| wrong("it is missing"))?;
        if !has_type(credential, kind.credential_type()) || !has_type(subject, kind.record_type()) {
            return Err(wrong("its type is another one"));
        }
        Self::subject_is_small(subject)
            .and_then(|()| texts_are_short(subject))
            .map_err(|problem| problem.under(kind.pointer()))?;
        let record: Self = view(subject).map_err(|problem| problem.under(kind.pointer()))?;
        record.findings()?;
        Ok(record)
    }

    /// The credential to sign. Its status, where it has one, is added before signing.
    ///
    /// # Errors
    /// As [`Record::read`]: what could not be read is not written.
    fn to_credential(&self, head: &RecordHead) -> Result<Value, Problem> {
        let subject = json!(self);
        credential::<Self>(head, &subject)
    }
}

impl super::Evaluation {
    /// The endorsement to sign: `about` is what is endorsed, the badge's id or, before there is one, the candidate's DID.
    ///
    /// # Errors
    /// As [`Record::read`].
    pub fn to_endorsement(
        &self,
        head: &RecordHead,
        about: &str,
        comment: Option<&str>,
    ) -> Result<Value, Problem> {
        let mut subject = json!({"id": about, "type": ["EndorsementSubject"], "evaluation": self});
        if let (Some(comment), Some(members)) = (comment, subject.as_object_mut()) {
            members.insert("endorsementComment".to_owned(), comment.into());
        }
        credential::<Self>(head, &subject)
    }
}

fn credential<R: Record>(head: &RecordHead, subject: &Value) -> Result<Value, Problem> {
    let mut credential = json!({
        "@context": [CREDENTIALS_V2, OPEN_BADGES_V3, EVALUATION_V1],
        "id": head.id,
        "type": ["VerifiableCredential", R::KIND.credential_type()],
        "name": head.name,
        "issuer": head.issuer,
        "validFrom": head.valid_from,
        "credentialSubject": subject,
    });
    if let (Some(until), Some(members)) = (&head.valid_until, credential.as_object_mut()) {
        members.insert("validUntil".to_owned(), json!(until));
    }
    R::read(&credential)?;
    Ok(credential)
}

/// Refuses a list that is longer than its limit.
pub(super) fn too_many(subject: &Value, member: &'static str, limit: usize) -> Result<(), Problem> {
    match subject.get(member).and_then(Value::as_array) {
        Some(items) if items.len() > limit => Err(Problem::new(Code::EvaluationTooLarge)
            .at(format!("/{member}"))
            .with("member", member)
            .with("count", items.len())
            .with("limit", limit)),
        _ => Ok(()),
    }
}

/// Refuses texts that nobody reads.
fn texts_are_short(subject: &Value) -> Result<(), Problem> {
    for member in ["claim", "statement"] {
        let length = subject.get(member).and_then(Value::as_str).map_or(0, |text| text.chars().count());
        if length > MAX_TEXT_CHARS {
            return Err(Problem::new(Code::EvaluationTooLarge)
                .at(format!("/{member}"))
                .with("member", member)
                .with("count", length)
                .with("limit", MAX_TEXT_CHARS));
        }
    }
    Ok(())
}
