//! Awards by the thousand: one badge for every line of a file, streamed, and resumable with no award made twice.
//!
//! A line is named by what it asks for, the badge and the name of the batch, never by its place: the same line under the same name is
//! one award however often the file is sent, whatever was corrected around it, with `,` or `;`, as CSV or as JSON lines.

pub mod columns;
mod directory;
pub mod job;
pub mod jobs;
pub mod kept;
pub mod report;
pub mod run;
mod shelf;
pub mod source;
mod tables;

pub use report::{Line, Outcome};
pub use run::{Batch, Counts, End, Mode, OnError, run};
pub use source::{Delimiter, Kind, Source};
