//! A batch that was sent to the service: what is recorded of it, beside the store, so that it survives a restart.
//!
//! ```text
//! batches/JOB/job.json        what was asked for, how far it came, how it ended
//! batches/JOB/input           the lines, until it has ended: they are personal
//! batches/JOB/results.ndjson  what became of each line; names awards, never people
//! batches/JOB/errors.ndjson   those of them that were refused
//! ```

use std::path::Path;

use badge_schemas::document::{Document, MAX_BYTES};
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::run::{Counts, Mode, OnError};
use super::source::{Delimiter, Kind};
use crate::draft::{Format, Signed};
use crate::files::{self, Readers};
use crate::parameters::Parameters;

/// The file in a job's directory that says everything about it.
const RECORD: &str = "job.json";

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It waits for those before it, or for the service to go on after a restart.
    Queued,
    /// Its lines are being awarded.
    Running,
    /// Every line was looked at.
    Complete,
    /// It ended at a line that is not in order; correct it and send the batch again under the same name.
    Stopped,
    /// It was cancelled; what was awarded until then stands.
    Cancelled,
    /// The service could not go on; the same batch can be sent again under the same name.
    Failed,
}

impl State {
    /// Whether nothing will come of it any more.
    pub fn has_ended(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }

    /// Its name, as the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Complete => "complete",
            Self::Stopped => "stopped",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    /// The state of this name.
    pub fn parse(name: &str) -> Option<Self> {
        let all = [Self::Queued, Self::Running, Self::Complete, Self::Stopped, Self::Cancelled, Self::Failed];
        all.into_iter().find(|state| state.as_str() == name)
    }
}

/// What was asked for beside the lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// The badge.
    pub badge: String,
    /// The batch's name.
    pub batch: String,
    kind: String,
    delimiter: String,
    skip_bad_lines: bool,
    dry_run: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<Format>,
    signed: Signed,
}

impl Asked {
    /// Reads the query `batch=&onError=&dryRun=&delimiter=&format=&signed=` of a batch of this media type.
    ///
    /// # Errors
    /// [`Code::ParameterInvalid`], [`Code::BatchNameInvalid`], [`Code::BatchMediaType`].
    pub fn of(badge: &str, media_type: &str, query: &str) -> Result<Self, Problem> {
        let kind = match media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str()
        {
            "text/csv" => "csv",
            "application/jsonl" | "application/x-ndjson" | "application/ndjson" | "application/jsonlines" => {
                "jsonl"
            }
            other => return Err(Problem::new(Code::BatchMediaType).with("found", other)),
        };
        let mut parameters = Parameters::parse(query)?;
        let batch = parameters.text("batch").unwrap_or_default();
        super::run::name(&batch)?;
        let flag = |text: &str| match text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        };
        let asked = Self {
            badge: badge.to_owned(),
            batch,
            kind: kind.to_owned(),
            delimiter: parameters
                .read("delimiter", "it is auto, a comma, a semicolon or tab", Delimiter::parse)?
                .unwrap_or(Delimiter::Auto)
                .as_str()
                .to_owned(),
            dry_run: parameters.read("dryRun", "it is true or false", flag)?.unwrap_or_default(),
            skip_bad_lines: parameters
                .read("onError", "it is stop or skip", |text| match text {
                    "stop" => Some(false),
                    "skip" => Some(true),
                    _ => None,
                })?
                .unwrap_or(true),
            format: parameters.format()?,
            signed: parameters
                .read("signed", "it is every or asked", |text| match text {
                    "every" => Some(Signed::Every),
                    "asked" => Some(Signed::Asked),
                    _ => None,
                })?
                .unwrap_or_default(),
        };
        parameters.finish()?;
        Ok(asked)
    }

    /// How the lines are written.
    pub fn kind(&self) -> Kind {
        match self.kind.as_str() {
            "jsonl" => Kind::JsonLines,
            _ => Kind::Csv(Delimiter::parse(&self.delimiter).unwrap_or(Delimiter::Auto)),
        }
    }

    /// Whether to award.
    pub fn mode(&self) -> Mode {
        if self.dry_run { Mode::DryRun } else { Mode::Award }
    }

    /// What to do with a bad line.
    pub fn on_error(&self) -> OnError {
        if self.skip_bad_lines { OnError::Skip } else { OnError::Stop }
    }

    /// The form asked for.
    pub fn format(&self) -> Option<Format> {
        self.format
    }

    /// Which forms are signed.
    pub fn signed(&self) -> Signed {
        self.signed
    }
}

/// A job, as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// Its id, unguessable.
    pub id: String,
    /// What was asked for.
    pub asked: Asked,
    /// The badge's version when it was asked for: a change of the badge in between changes nothing.
    pub version: u32,
    /// Who asked.
    pub account: String,
    /// SHA-256 of the account's idempotency key.
    pub key: String,
    /// SHA-256 of what was asked for and of the lines.
    pub digest: String,
    /// Where it stands.
    pub state: State,
    /// How far it came; after a restart from the beginning, with what was awarded before counted as there already.
    pub counts: Counts,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// The line at which it stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<u64>,
    /// Why it could not be begun or finished, as problem details.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Value>,
}

impl Job {
    /// Reads the record of a job's directory.
    ///
    /// # Errors
    /// [`Code::DataUnusable`], [`Code::FileUnreadable`].
    pub fn read(directory: &Path) -> Result<Self, Problem> {
        let path = directory.join(RECORD);
        let document = Document::parse(files::read_up_to(&path, MAX_BYTES)?)?;
        serde_json::from_value(document.into_value()).map_err(|error| {
            Problem::new(Code::DataUnusable).with("reason", format!("{}: {error}", path.display()))
        })
    }

    /// Writes it, whole or not at all.
    ///
    /// # Errors
    /// [`Code::FileUnwritable`].
    pub fn write(&self, directory: &Path) -> Result<(), Problem> {
        let bytes = serde_json::to_vec_pretty(self)
            .map_err(|error| Problem::new(Code::DataUnusable).with("reason", error))?;
        files::write_whole(&directory.join(RECORD), &bytes, Readers::Owner)
    }

    /// The job as the API shows it.
    pub fn to_json(&self) -> Value {
        let mut job = json!({
            "id": self.id,
            "badge": self.asked.badge,
            "badgeVersion": self.version,
            "batch": self.asked.batch,
            "dryRun": self.asked.dry_run,
            "onError": if self.asked.skip_bad_lines { "skip" } else { "stop" },
            "account": self.account,
            "state": self.state,
            "counts": self.counts,
            "createdAt": DateTimeStamp::from(self.created_at),
            "results": format!("/api/batches/{}/results", self.id),
            "errors": format!("/api/batches/{}/errors", self.id),
        });
        if let Some(at) = self.ended_at {
            job["endedAt"] = json!(DateTimeStamp::from(at));
        }
        if let Some(line) = self.stopped_at {
            job["stoppedAt"] = json!(line);
        }
        if let Some(problem) = &self.problem {
            job["problem"] = problem.clone();
        }
        job
    }
}
