//! The command line of peer evaluation. English stands here as documentation; [`crate::french`] has the other half.

use std::path::PathBuf;

use badge_schemas::evaluation::{Decision, Finding, Reason, Relation};
use badge_schemas::problem::{Code, Problem};
use badge_verifier::usage::Unfit;
use clap::Subcommand;
use jiff::SignedDuration;

use super::{Passphrase, Reach, no_period, parse_text, period};

/// Longest time a request may run, in seconds: 366 days, as the records allow.
const MAX_VALID: i64 = badge_schemas::evaluation::MAX_MANDATE_DAYS * 24 * 60 * 60;

/// `evaluate`: one of its verbs, or a thread to evaluate.
#[derive(Debug, clap::Args)]
#[command(
    subcommand_negates_reqs = true,
    arg_required_else_help = true,
    override_usage = "badge-wallet evaluate <THREAD> [OPTIONS]\n       badge-wallet evaluate <COMMAND>"
)]
pub(crate) struct Evaluate {
    /// Another move.
    #[command(subcommand)]
    pub(crate) verb: Option<EvaluateVerb>,
    /// The evaluation itself.
    #[command(flatten)]
    pub(crate) judge: Judge,
}

/// The moves of a thread beside the evaluation itself.
#[derive(Debug, Subcommand)]
pub(crate) enum EvaluateVerb {
    /// Ask an evaluator of your choice: begins a thread
    Request(Box<Request>),
    /// Accept a request
    Accept(Accept),
    /// Decline a request
    Decline(Refuse),
    /// Recuse yourself: something ties you to the candidate
    Recuse(Recuse),
    /// Take back a request, an acceptance or an evaluation
    Withdraw(Withdraw),
    /// Contest an evaluation, or decide on that
    Appeal(Appeal),
    /// Encrypt the evidence to the evaluator, with an end
    Bundle(Bundle),
    /// Open the evidence that a candidate encrypted to you
    Open(Open),
    /// Say how far a thread has come, and what can be done next
    Status(Status),
}

/// Whose words these are. Kept from your earlier records of the thread where it is not given again.
#[derive(Debug, clap::Args)]
pub(crate) struct Me {
    /// Your name, as the record will show it
    #[arg(long, value_name = "NAME", value_parser = parse_text)]
    pub(crate) name: Option<String>,
    /// The organisation you speak from, by its DID or address
    #[arg(long, value_name = "URI", value_parser = parse_text)]
    pub(crate) organisation: Option<String>,
    /// That organisation's name
    #[arg(long, value_name = "NAME", value_parser = parse_text, requires = "organisation")]
    pub(crate) organisation_name: Option<String>,
}

/// What ties two people.
#[derive(Debug, clap::Args)]
pub(crate) struct Ties {
    /// What ties you and the other: none, employment, colleague, teaching, family, business or other; may be given again
    #[arg(long = "tie", value_name = "TIE", value_parser = parse_tie)]
    pub(crate) ties: Vec<Relation>,
    /// The same in your words
    #[arg(long, value_name = "TEXT", value_parser = parse_text, requires = "ties")]
    pub(crate) tie_statement: Option<String>,
}

/// Where a thread goes, and what opens the key.
#[derive(Debug, clap::Args)]
pub(crate) struct Onward {
    /// Write the thread here and leave the file as it is; - for standard output [default: in place]
    #[arg(id = "thread_output", short = 'o', long = "output", value_name = "FILE|-")]
    pub(crate) output: Option<PathBuf>,
    /// Where the passphrase comes from.
    #[command(flatten)]
    pub(crate) passphrase: Passphrase,
}

/// The service that keeps the status of evaluations.
#[derive(Debug, clap::Args)]
pub(crate) struct Service {
    /// The issuer's service that keeps the status of evaluations, so that one taken back cannot be shown as if it stood
    #[arg(long, value_name = "URL", value_parser = parse_text)]
    pub(crate) at: Option<String>,
    /// How far the network may be used.
    #[command(flatten)]
    pub(crate) network: Reach,
}

/// Who is asked: one of the two.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Whom {
    /// The evaluator's identifier (DID), as badge-wallet did prints it
    #[arg(long, value_name = "DID", value_parser = parse_text)]
    pub(crate) evaluator: Option<String>,
    /// Instead, the e-mail address you send the request to; only a salted hash of it stands in the request
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    pub(crate) evaluator_email: Option<String>,
}

/// `evaluate request`.
#[derive(Debug, clap::Args)]
pub(crate) struct Request {
    /// Who is asked.
    #[command(flatten)]
    pub(crate) whom: Whom,
    /// A skill and the level aimed at: digcomp:1.1@5, or 'URI NAME@FRAMEWORK:LEVEL'; may be given again
    #[arg(long = "skill", value_name = "SKILL@LEVEL", required = true, value_parser = parse_text)]
    pub(crate) skills: Vec<String>,
    /// What you say of yourself
    #[arg(long, value_name = "TEXT", value_parser = parse_text)]
    pub(crate) claim: Option<String>,
    /// The badge to be evaluated: a file, or its identifier in the wallet
    #[arg(long, value_name = "FILE|ID", value_parser = parse_text)]
    pub(crate) badge: Option<String>,
    /// The template of the badge aimed at: its achievement as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) template: Option<PathBuf>,
    /// A file you will show the evaluator; only its name and digest stand in the request; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) evidence: Vec<PathBuf>,
    /// The ties.
    #[command(flatten)]
    pub(crate) ties: Ties,
    /// How long the request runs: a number with s, m, h or d [default: 30d]
    #[arg(long, value_name = "TIME", value_parser = parse_valid, default_value = "30d", hide_default_value = true)]
    pub(crate) valid: SignedDuration,
    /// Who asks.
    #[command(flatten)]
    pub(crate) me: Me,
    /// Where to write it; - for standard output
    #[arg(short, long, value_name = "FILE|-")]
    pub(crate) output: PathBuf,
    /// Where the passphrase comes from.
    #[command(flatten)]
    pub(crate) passphrase: Passphrase,
}

/// `evaluate accept`.
#[derive(Debug, clap::Args)]
pub(crate) struct Accept {
    /// The thread, a file
    #[arg(value_name = "THREAD")]
    pub(crate) thread: PathBuf,
    /// The address at which the request reached you, where it was sent to one
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    pub(crate) email: Option<String>,
    /// The ties.
    #[command(flatten)]
    pub(crate) ties: Ties,
    /// Who answers.
    #[command(flatten)]
    pub(crate) me: Me,
    /// Where it goes.
    #[command(flatten)]
    pub(crate) onward: Onward,
}

/// `evaluate decline`.
#[derive(Debug, clap::Args)]
pub(crate) struct Refuse {
    /// What every answer has.
    #[command(flatten)]
    pub(crate) answer: Accept,
    /// Why: conflict-of-interest, outside-expertise, no-time, scope-unclear or other
    #[arg(long, value_name = "REASON", value_parser = parse_reason)]
    pub(crate) reason: Option<Reason>,
    /// The same in your words
    #[arg(long, value_name = "TEXT", value_parser = parse_text)]
    pub(crate) statement: Option<String>,
}

/// `evaluate recuse`.
#[derive(Debug, clap::Args)]
pub(crate) struct Recuse {
    /// What every answer has.
    #[command(flatten)]
    pub(crate) answer: Accept,
    /// Why: conflict-of-interest, or other with --statement [default: conflict-of-interest]
    #[arg(long, value_name = "REASON", value_parser = parse_reason)]
    pub(crate) reason: Option<Reason>,
    /// The same in your words
    #[arg(long, value_name = "TEXT", value_parser = parse_text)]
    pub(crate) statement: Option<String>,
}

/// `evaluate THREAD`.
#[derive(Debug, clap::Args)]
pub(crate) struct Judge {
    /// The thread, a file
    #[arg(value_name = "THREAD")]
    pub(crate) thread: Option<PathBuf>,
    /// Answer and evaluate on a page in your browser, served on this machine alone
    #[arg(long, conflicts_with_all = ["skills", "outcome", "answers", "standing", "ties", "tie_statement", "yes"])]
    pub(crate) page: bool,
    /// A skill of the request, by its URI, code or words of its name [default: all that are left]; may be given again
    #[arg(long = "skill", value_name = "SKILL", value_parser = parse_text)]
    pub(crate) skills: Vec<String>,
    /// What you found: met, partially-met, not-met or abstained [default: asked for, skill by skill]
    #[arg(long, value_name = "OUTCOME", value_parser = parse_outcome)]
    pub(crate) outcome: Option<Finding>,
    /// The level reached, where it is a lower one: its code on the same scale
    #[arg(long, value_name = "LEVEL", value_parser = parse_text, requires = "outcome")]
    pub(crate) reached: Option<String>,
    /// Why it is not met: evidence-insufficient, evidence-outdated, evidence-not-authentic, level-not-reached, outside-expertise,
    /// conflict-of-interest or other
    #[arg(long, value_name = "REASON", value_parser = parse_reason, requires = "outcome")]
    pub(crate) reason: Option<Reason>,
    /// A comment for everybody who sees the endorsement
    #[arg(long, value_name = "TEXT", value_parser = parse_text, requires = "outcome")]
    pub(crate) comment: Option<String>,
    /// The reason in your words
    #[arg(long, value_name = "TEXT", value_parser = parse_text, requires = "outcome")]
    pub(crate) statement: Option<String>,
    /// Take the answers from this file instead: {"skills": [{"skill", "outcome", "reached", "reason", "comment", "statement"}]}
    #[arg(long, value_name = "FILE", conflicts_with_all = ["skills", "outcome"])]
    pub(crate) answers: Option<PathBuf>,
    /// A badge of your own, by its identifier in the wallet, that shows you may evaluate this; may be given again
    #[arg(long, value_name = "ID", value_parser = parse_text)]
    pub(crate) standing: Vec<String>,
    /// The directory with the candidate's evidence: each file is checked against the request, and named as seen
    #[arg(long, value_name = "DIR")]
    pub(crate) evidence_dir: Option<PathBuf>,
    /// The template aimed at, a file: its rubric is shown
    #[arg(long, value_name = "FILE")]
    pub(crate) template: Option<PathBuf>,
    /// The badge in question, a file: its rubric is shown
    #[arg(long, value_name = "FILE", conflicts_with = "template")]
    pub(crate) badge: Option<PathBuf>,
    /// The ties.
    #[command(flatten)]
    pub(crate) ties: Ties,
    /// Who evaluates.
    #[command(flatten)]
    pub(crate) me: Me,
    /// Where the status will be kept.
    #[command(flatten)]
    pub(crate) service: Service,
    /// Sign without asking
    #[arg(long)]
    pub(crate) yes: bool,
    /// Where it goes.
    #[command(flatten)]
    pub(crate) onward: Onward,
}

/// `evaluate withdraw`.
#[derive(Debug, clap::Args)]
pub(crate) struct Withdraw {
    /// The thread, a file
    #[arg(value_name = "THREAD")]
    pub(crate) thread: PathBuf,
    /// Why: error-found, evidence-changed, conflict-of-interest, key-compromised, candidate-request, no-longer-needed or other
    #[arg(long, value_name = "REASON", value_parser = parse_reason, required_unless_present = "tell")]
    pub(crate) reason: Option<Reason>,
    /// The same in your words
    #[arg(long, value_name = "TEXT", value_parser = parse_text)]
    pub(crate) statement: Option<String>,
    /// Only tell the service what this thread says you took back: nothing is taken back or signed now
    #[arg(long, requires = "at", conflicts_with_all = ["reason", "statement", "skills", "thread_output"])]
    pub(crate) tell: bool,
    /// Only the evaluation of this skill [default: every evaluation of yours that stands]; may be given again
    #[arg(long = "skill", value_name = "SKILL", value_parser = parse_text)]
    pub(crate) skills: Vec<String>,
    /// Who takes it back.
    #[command(flatten)]
    pub(crate) me: Me,
    /// The issuer's service that keeps the status, told of what is taken back; may be given again where several do
    #[arg(long, value_name = "URL", value_parser = parse_text)]
    pub(crate) at: Vec<String>,
    /// How far the network may be used.
    #[command(flatten)]
    pub(crate) network: Reach,
    /// Where it goes.
    #[command(flatten)]
    pub(crate) onward: Onward,
}

/// `evaluate appeal`.
#[derive(Debug, clap::Args)]
pub(crate) struct Appeal {
    /// Which step.
    #[command(subcommand)]
    pub(crate) step: AppealVerb,
}

/// The steps of an appeal.
#[derive(Debug, Subcommand)]
pub(crate) enum AppealVerb {
    /// Contest an evaluation of yours, as the candidate
    Lodge(Lodge),
    /// Decide, as the one to whom the appeal was addressed
    Resolve(Resolve),
}

/// `evaluate appeal lodge`.
#[derive(Debug, clap::Args)]
pub(crate) struct Lodge {
    /// The thread, a file
    #[arg(value_name = "THREAD")]
    pub(crate) thread: PathBuf,
    /// The skill whose evaluation is contested [default: the only one]
    #[arg(long, value_name = "SKILL", value_parser = parse_text)]
    pub(crate) skill: Option<String>,
    /// Who is to decide, by DID: for instance the body behind the badge
    #[arg(long, value_name = "DID", value_parser = parse_text)]
    pub(crate) to: String,
    /// Why: error-found, procedure, bias, new-evidence or other
    #[arg(long, value_name = "REASON", value_parser = parse_reason)]
    pub(crate) reason: Reason,
    /// The same in your words
    #[arg(long, value_name = "TEXT", value_parser = parse_text)]
    pub(crate) statement: Option<String>,
    /// Who appeals.
    #[command(flatten)]
    pub(crate) me: Me,
    /// Where it goes.
    #[command(flatten)]
    pub(crate) onward: Onward,
}

/// `evaluate appeal resolve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Resolve {
    /// The thread, a file
    #[arg(value_name = "THREAD")]
    pub(crate) thread: PathBuf,
    /// The skill whose evaluation is contested [default: the only one]
    #[arg(long, value_name = "SKILL", value_parser = parse_text)]
    pub(crate) skill: Option<String>,
    /// upheld (the evaluation does not count any more) or dismissed (it stands)
    #[arg(long, value_name = "DECISION", value_parser = parse_decision)]
    pub(crate) decision: Decision,
    /// The same in your words
    #[arg(long, value_name = "TEXT", value_parser = parse_text)]
    pub(crate) statement: Option<String>,
    /// Who decides.
    #[command(flatten)]
    pub(crate) me: Me,
    /// Where it goes.
    #[command(flatten)]
    pub(crate) onward: Onward,
}

/// `evaluate bundle`.
#[derive(Debug, clap::Args)]
pub(crate) struct Bundle {
    /// The thread, a file
    #[arg(value_name = "THREAD")]
    pub(crate) thread: PathBuf,
    /// A file that the request offers as evidence; may be given again
    #[arg(long, value_name = "FILE")]
    pub(crate) evidence: Vec<PathBuf>,
    /// How long it can be opened, at most as long as the request runs: a number with s, m, h or d [default: 14d]
    #[arg(long, value_name = "TIME", value_parser = parse_valid, default_value = "14d", hide_default_value = true)]
    pub(crate) expires: SignedDuration,
    /// Where to write it; - for standard output
    #[arg(short, long, value_name = "FILE|-")]
    pub(crate) output: PathBuf,
    /// Where the passphrase comes from.
    #[command(flatten)]
    pub(crate) passphrase: Passphrase,
}

/// `evaluate open`.
#[derive(Debug, clap::Args)]
pub(crate) struct Open {
    /// The bundle, a file
    #[arg(value_name = "BUNDLE")]
    pub(crate) bundle: PathBuf,
    /// A new folder for the thread and the files
    #[arg(id = "folder", short = 'o', long = "output", value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Where the passphrase comes from.
    #[command(flatten)]
    pub(crate) passphrase: Passphrase,
}

/// `evaluate status`.
#[derive(Debug, clap::Args)]
pub(crate) struct Status {
    /// The thread, a file
    #[arg(value_name = "THREAD")]
    pub(crate) thread: PathBuf,
    /// Look online whether an evaluation was taken back
    #[arg(long)]
    pub(crate) online: bool,
    /// How far the network may be used.
    #[command(flatten)]
    pub(crate) network: Reach,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Reads a period of at most 366 days.
fn parse_valid(text: &str) -> Result<SignedDuration, Unfit> {
    period(text, MAX_VALID).ok_or_else(|| no_period(badge_schemas::evaluation::MAX_MANDATE_DAYS))
}

fn parse_address(text: &str) -> Result<String, Unfit> {
    let whole = text.contains('@') && badge_verifier::checks::recipient::is_recipient(text);
    let unfit = || Unfit::new("it is no e-mail address", "ce n’est pas une adresse électronique");
    whole.then(|| text.to_owned()).ok_or_else(unfit)
}

fn parse_tie(text: &str) -> Result<Relation, Unfit> {
    let found = Relation::ALL.into_iter().find(|relation| relation.as_str() == text);
    found.ok_or_else(|| Unfit::none_of(&Relation::ALL.map(Relation::as_str)))
}

fn parse_outcome(text: &str) -> Result<Finding, Unfit> {
    let found = Finding::ALL.into_iter().find(|finding| finding.as_str() == text);
    found.ok_or_else(|| Unfit::none_of(&Finding::ALL.map(Finding::as_str)))
}

fn parse_decision(text: &str) -> Result<Decision, Unfit> {
    let known = [Decision::Upheld, Decision::Dismissed];
    let found = known.into_iter().find(|decision| decision.as_str() == text);
    found.ok_or_else(|| Unfit::none_of(&known.map(Decision::as_str)))
}

/// The moves of `evaluate`, as they are typed.
pub(crate) const MOVES: &str = "request, accept, decline, recuse, withdraw, appeal, bundle, open, status";

/// That a word after `evaluate` is neither a move nor a file; nothing where it may be a file.
pub(crate) fn no_move(word: &str) -> Option<Problem> {
    let plain = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
    (plain && !word.starts_with('-') && !std::path::Path::new(word).exists()).then(|| {
        Problem::new(Code::OptionInvalid).with("option", format!("evaluate {word}")).with_words(
            "reason",
            &format!("there is no such file, and no such move; the moves are {MOVES}"),
            format!("il n’y a ni fichier ni acte de ce nom\u{a0}; les actes sont {MOVES}"),
        )
    })
}

/// Any reason code; whether it fits the occasion is for the move to say, with those that do.
fn parse_reason(text: &str) -> Result<Reason, Unfit> {
    serde_json::from_value(text.into()).map_err(|_| {
        let mut known: Vec<&str> =
            [Reason::OF_REFUSAL.as_slice(), &Reason::OF_FINDING, &Reason::OF_WITHDRAWAL, &Reason::OF_APPEAL]
                .concat()
                .into_iter()
                .map(Reason::as_str)
                .collect();
        known.sort_unstable();
        known.dedup();
        Unfit::none_of(&known)
    })
}
