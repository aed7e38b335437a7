//! How long batches that have ended are kept: the last ones, as many as a person looks at and a disk can spare.

use std::fs;
use std::path::Path;

use super::job::Job;

/// Most ended batches that are kept: a batch for each working day of four years. One is about a kibibyte of memory.
pub const MAX_KEPT: usize = 1_000;

/// Most bytes of reports of ended batches, together: those of some ten of the largest batches.
pub const MAX_KEPT_BYTES: u64 = 4 * 1024 * 1024 * 1024;

/// Which ended batches are to go, given each with the size of its reports: the oldest first, never the one that ended last.
pub(super) fn surplus(mut ended: Vec<(&Job, u64)>) -> Vec<String> {
    ended.sort_by_key(|(job, _)| std::cmp::Reverse((job.ended_at, job.created_at)));
    let mut bytes = 0_u64;
    let mut full = false;
    let mut gone = Vec::new();
    for (index, (job, size)) in ended.into_iter().enumerate() {
        bytes = bytes.saturating_add(size);
        full |= index >= MAX_KEPT || (index > 0 && bytes > MAX_KEPT_BYTES);
        if full {
            gone.push(job.id.clone());
        }
    }
    gone
}

/// The bytes of the files in a batch's directory; those that cannot be looked at count for nothing.
pub(super) fn size(directory: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(directory) else { return 0 };
    entries.filter_map(|entry| Some(entry.ok()?.metadata().ok()?.len())).sum()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use jiff::Timestamp;

    use super::super::job::{Asked, State};
    use super::super::run::Counts;
    use super::*;

    fn ended(number: i64) -> Job {
        Job {
            id: number.to_string(),
            asked: Asked::of("b", "text/csv", "batch=a").unwrap(),
            version: 1,
            account: "a".to_owned(),
            key: String::new(),
            digest: String::new(),
            state: State::Complete,
            counts: Counts::default(),
            created_at: Timestamp::UNIX_EPOCH,
            ended_at: Some(Timestamp::from_second(number).unwrap()),
            stopped_at: None,
            problem: None,
        }
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many_or_they_are_too_large() {
        let jobs: Vec<Job> = (0..i64::try_from(MAX_KEPT).unwrap() + 2).map(ended).collect();
        let with = |size: &dyn Fn(usize) -> u64| {
            surplus(jobs.iter().enumerate().map(|(index, job)| (job, size(index))).collect())
        };
        assert_eq!(with(&|_| 0), ["1", "0"]);
        // The last three fill the space; what is older goes, however small.
        let last = jobs.len() - 1;
        let filling = |index: usize| if index + 3 > last { MAX_KEPT_BYTES / 3 } else { 2 };
        let gone = with(&filling);
        assert_eq!((gone.len(), gone.first().unwrap().as_str()), (jobs.len() - 3, "998"));
    }

    #[test]
    fn the_report_of_the_last_batch_is_there_to_be_read_whatever_its_size() {
        let jobs = [ended(1), ended(2)];
        assert_eq!(surplus(jobs.iter().map(|job| (job, u64::MAX)).collect()), ["1"]);
    }
}
