//! What was typed so far, step by step; kept as it was typed, until it is signed or the page ends.

use std::collections::BTreeMap;

use badge_schemas::evaluation::MAX_TEXT_CHARS;

/// Most characters kept of one value: a text that is too long is kept whole enough to be shortened.
const MAX_KEPT_CHARS: usize = 4 * MAX_TEXT_CHARS;

/// Most values kept of one step: every choice of the longest list, and some.
const MAX_VALUES: usize = 256;

/// One page of questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// Who asks what; whether the evaluator will.
    Answer,
    /// What the answer will say.
    Confirm,
    /// What the candidate shows.
    Evidence,
    /// One skill, by its place in the request.
    Skill(usize),
    /// Why the evaluator's word counts.
    Standing,
    /// What the evaluations will say.
    Review,
}

impl Step {
    /// Its path, behind the secret; without a slash, so that pages lead to each other without knowing it.
    pub(crate) fn path(self) -> String {
        match self {
            Self::Answer => "answer".to_owned(),
            Self::Confirm => "confirm".to_owned(),
            Self::Evidence => "evidence".to_owned(),
            Self::Skill(index) => format!("skill-{index}"),
            Self::Standing => "standing".to_owned(),
            Self::Review => "review".to_owned(),
        }
    }

    /// The step with this path.
    pub(crate) fn at(path: &str) -> Option<Self> {
        Some(match path {
            "answer" => Self::Answer,
            "confirm" => Self::Confirm,
            "evidence" => Self::Evidence,
            "standing" => Self::Standing,
            "review" => Self::Review,
            other => Self::Skill(other.strip_prefix("skill-")?.parse().ok()?),
        })
    }

    /// The fields of its form.
    fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Answer => &[
                "answer",
                "name",
                "organisation",
                "organisation-name",
                "email",
                "tie",
                "tie-words",
                "reason",
                "statement",
            ],
            Self::Evidence => &["seen"],
            Self::Skill(_) => &["finding", "reached", "reason", "statement", "comment"],
            Self::Standing => &["badge", "standing", "tie", "tie-words"],
            Self::Confirm | Self::Review => &[],
        }
    }
}

/// What was typed, by step and field.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    steps: BTreeMap<Step, Vec<(String, String)>>,
}

impl Draft {
    /// Keeps what a form sent; what an earlier one sent for the same step is replaced. Fields that the step does not have are passed over.
    pub(crate) fn keep(&mut self, step: Step, sent: &[(String, String)]) {
        let known = sent.iter().filter(|(name, _)| step.fields().contains(&name.as_str()));
        // A browser sends line ends as CR LF; people type one.
        let value = |text: &str| text.replace("\r\n", "\n").chars().take(MAX_KEPT_CHARS).collect();
        let kept = known.take(MAX_VALUES).map(|(name, text)| (name.clone(), value(text)));
        self.steps.insert(step, kept.collect());
    }

    /// The value of a field; empty where there is none.
    pub(crate) fn one(&self, step: Step, field: &str) -> &str {
        let sent = self.steps.get(&step).map(Vec::as_slice).unwrap_or_default();
        sent.iter().find(|(name, _)| name == field).map_or("", |(_, value)| value)
    }

    /// Whether a box is ticked.
    pub(crate) fn ticked(&self, step: Step, field: &str, value: &str) -> bool {
        let sent = self.steps.get(&step).map(Vec::as_slice).unwrap_or_default();
        sent.iter().any(|(name, one)| name == field && one == value)
    }

    /// A text without blanks around it; `None` where nothing was typed.
    pub(crate) fn text(&self, step: Step, field: &str) -> Option<String> {
        let text = self.one(step, field).trim();
        (!text.is_empty()).then(|| text.to_owned())
    }
}
