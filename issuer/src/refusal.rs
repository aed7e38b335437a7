//! Why a request was not carried out: findings about the request, or a failure that is ours.

use badge_schemas::problem::{Code, Problem};
use badge_verifier::securing::SealError;

use crate::signer::SigningFailed;
use crate::store::{AwardStatus, Damage, Purpose, StoreError};

/// A request that was not carried out. Nothing was recorded, except where a [`Refusal::Failure`] says otherwise.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// The request cannot be carried out as it stands: at least one finding.
    Request(Vec<Problem>),
    /// Something failed on our side. The text is for the operator's log and holds nothing personal; clients are told nothing of it.
    Failure(String),
}

impl Refusal {
    /// The findings, for a person at a terminal; a failure becomes [`Code::DataUnusable`].
    pub fn into_problems(self) -> Vec<Problem> {
        match self {
            Self::Request(problems) => problems,
            Self::Failure(reason) => vec![Problem::new(Code::DataUnusable).with("reason", reason)],
        }
    }

    /// Whether all that stands in the way is late: [`is_late`].
    pub fn is_late(&self) -> bool {
        match self {
            Self::Request(problems) => problems.iter().all(|problem| is_late(problem.code)),
            Self::Failure(_) => false,
        }
    }
}

/// Whether a finding is that something does not answer yet, or no longer: the same command can succeed in a while, with nothing changed.
pub fn is_late(code: Code) -> bool {
    matches!(
        code,
        Code::DatabaseUnavailable
            | Code::SignerUnavailable
            | Code::KeysUnavailable
            | Code::TokenAbsent
            | Code::CheckpointUnavailable
            | Code::ListenUnavailable
    )
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Request(vec![problem])
    }
}

impl From<SigningFailed> for Refusal {
    fn from(error: SigningFailed) -> Self {
        if error == SigningFailed::Unavailable {
            return Problem::new(Code::KeysUnavailable).into();
        }
        Self::Failure(error.to_string())
    }
}

impl From<SealError> for Refusal {
    fn from(error: SealError) -> Self {
        Self::Failure(error.to_string())
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let problem = match &error {
            StoreError::UnknownBadge { .. } => Problem::new(Code::NotFound).with("resource", "badge"),
            StoreError::UnknownAward { .. } => {
                Problem::new(Code::NotFound).with_words("resource", "award", "badge attribué")
            }
            StoreError::UnknownToken { .. } => {
                Problem::new(Code::NotFound).with_words("resource", "token", "jeton")
            }
            StoreError::TokensFull { limit } => Problem::new(Code::TokensFull).with("limit", limit),
            StoreError::BadgeVersion { actual, .. } => {
                Problem::new(Code::BadgeVersionConflict).with("actual", actual)
            }
            StoreError::IdempotencyConflict { award } => {
                Problem::new(Code::IdempotencyConflict).with("award", award)
            }
            StoreError::StatusConflict { actual, .. } => {
                Problem::new(Code::StatusConflict).with("actual", status_name(*actual))
            }
            StoreError::NotExpressible { purpose, from, to, .. } => Problem::new(Code::StatusNotExpressible)
                .at("/status")
                .with("from", status_name(*from))
                .with("to", status_name(*to))
                .with("purpose", purpose_words(*purpose)),
            StoreError::Erased { .. } => Problem::new(Code::AwardErased),
            StoreError::FormsChanged { .. } => Problem::new(Code::AwardChanged),
            StoreError::VouchedMeanwhile => Problem::new(Code::VouchedMeanwhile),
            StoreError::NotIssued { .. } => Problem::new(Code::AwardNotIssued),
            StoreError::TooLong { length, limit, .. } => {
                Problem::new(Code::InputTooLarge).with("size", length).with("limit", limit)
            }
            StoreError::DiskFull { .. } => Problem::new(Code::StorageFull),
            StoreError::Closed => Problem::new(Code::RecordClosed),
            StoreError::Corruption { file, offset, damage } => {
                let (en, fr) = damage_words(*damage);
                Problem::new(Code::RecordDamaged)
                    .with("path", file.display())
                    .with("offset", offset)
                    .with_words("reason", en, fr)
            }
            StoreError::Index { detail } => {
                let french = format!("l’index\u{a0}: {detail}");
                Problem::new(Code::RecordInconsistent).with_words("reason", &error.to_string(), french)
            }
            StoreError::TailLost { journal, witness, file } => Problem::new(Code::RecordTailLost)
                .with("path", file.display())
                .with("journal", journal)
                .with("witness", witness),
            StoreError::Unavailable { detail } => {
                Problem::new(Code::DatabaseUnavailable).with("reason", detail)
            }
            StoreError::Database { detail } => Problem::new(Code::DatabaseRefuses).with("reason", detail),
            StoreError::OtherTables { found, known } => {
                Problem::new(Code::DatabaseRefuses).with_words(
                    "reason",
                    &format!("its tables are at step {found}, and this program knows step {known}: stop every process over it, then run the newest program alone"),
                    format!("ses tables en sont à l’étape {found}, et ce programme connaît l’étape {known}\u{a0}: arrêtez tous les processus qui l’utilisent, puis lancez seul le programme le plus récent"),
                )
            }
            StoreError::ImportUnfinished => Problem::new(Code::ImportUnfinished),
            StoreError::CorruptEntry { sequence, damage } => {
                let (en, fr) = damage_words(*damage);
                Problem::new(Code::EntryDamaged).with("sequence", sequence).with_words("reason", en, fr)
            }
            StoreError::Locked { file } => Problem::new(Code::DataInUse).with("path", file.display()),
            _ => return Self::Failure(error.to_string()),
        };
        Self::Request(vec![problem])
    }
}

/// The name of a status, as the API writes it.
pub fn status_name(status: AwardStatus) -> &'static str {
    match status {
        AwardStatus::Intended => "intended",
        AwardStatus::Active => "active",
        AwardStatus::Suspended => "suspended",
        AwardStatus::Revoked => "revoked",
    }
}

pub(crate) fn damage_words(damage: Damage) -> (&'static str, &'static str) {
    match damage {
        Damage::SegmentHeader => ("damaged segment header", "en-tête de segment endommagé"),
        Damage::MissingSegment => ("missing segment", "segment manquant"),
        Damage::CutShort => ("file cut short", "fichier tronqué"),
        Damage::EntryHeader => ("damaged entry header", "en-tête d’entrée endommagé"),
        Damage::EntryBody => ("damaged entry", "entrée endommagée"),
        Damage::Sequence => ("entry out of sequence", "entrée hors séquence"),
        Damage::Link => ("broken hash link", "chaînage rompu"),
        Damage::UnknownRecord => ("unknown record", "entrée de nature inconnue"),
        Damage::PayloadMissing => ("missing payload", "contenu manquant"),
        Damage::PayloadAltered => {
            ("payload differs from its commitment", "contenu différent de son empreinte")
        }
        Damage::PayloadBlank => {
            ("payload blank without a recorded erasure", "contenu vide sans effacement enregistré")
        }
        Damage::Derived => ("table differs from the chain", "table différente de ce que dit la chaîne"),
        Damage::PayloadKept => {
            ("payload present after its recorded erasure", "contenu présent après son effacement enregistré")
        }
    }
}

fn purpose_words(purpose: Option<Purpose>) -> &'static str {
    purpose.map_or("nothing (∅)", crate::credential::purpose_name)
}
