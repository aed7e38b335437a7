//! The command line. English stands here as documentation; [`crate::french`] has the other half.

pub(crate) mod evaluate;

use std::ffi::OsString;
use std::path::PathBuf;

use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::usage::{self, Unfit};
use clap::error::ErrorKind;
use clap::{ArgAction, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use jiff::SignedDuration;

use crate::console::{self, Console, Weight};
use crate::exit::Exit;
use crate::french;

/// Longest time for which a presentation may be used, in seconds: 31 days. It answers one request; a longer one is a badge of its own.
const MAX_EXPIRES: i64 = 31 * 24 * 60 * 60;

/// Keeps and presents your skills badges, independent of any platform.
#[derive(Debug, Parser)]
#[command(
    name = "badge-wallet",
    version,
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true,
    arg_required_else_help = true
)]
pub(crate) struct Args {
    /// Directory of the wallet [default: $BADGE_WALLET_DIR, else badge-wallet in your data directory]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "BADGE_WALLET_DIR",
        hide_env = true,
        display_order = 100
    )]
    pub(crate) wallet: Option<PathBuf>,

    /// Language of messages: en or fr [default: your locale]
    #[arg(long, global = true, value_name = "LANG", value_parser = parse_lang, display_order = 101)]
    lang: Option<Lang>,

    /// Show help
    #[arg(short, long, global = true, action = ArgAction::Help, display_order = 102)]
    help: Option<bool>,

    /// Show the version
    #[arg(short = 'V', long, action = ArgAction::Version, display_order = 103)]
    version: Option<bool>,

    /// What to do.
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Make a wallet: a key of your own, and its identifier (DID)
    Init(Init),
    /// Print your identifier, to give to those who award badges
    Did,
    /// Verify a badge and keep it, byte for byte; an endorsement, or the evaluations of a thread, beside the badge they speak of
    Add(Add),
    /// List the badges
    List(List),
    /// Show a badge and a fresh report on it
    Show(Show),
    /// Present badges to a verifier that sent you a challenge
    Present(Present),
    /// Take a badge out, as it came or as an image
    Export(Export),
    /// Remove a badge for good, or an endorsement beside it
    Remove(Remove),
    /// Peer evaluation: evaluate what a candidate asks of you, or ask an expert of your choice
    Evaluate(Box<evaluate::Evaluate>),
}

/// Where the passphrase comes from.
#[derive(Debug, clap::Args)]
pub(crate) struct Passphrase {
    /// Read the passphrase from this file [default: $BADGE_WALLET_PASSPHRASE, else asked for]
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

/// How far the network may be used.
#[derive(Debug, clap::Args)]
pub(crate) struct Reach {
    /// Also fetch from this very machine over http: for tests and demonstrations only
    #[arg(long)]
    pub(crate) danger_allow_loopback: bool,
}

/// `init`.
#[derive(Debug, clap::Args)]
pub(crate) struct Init {
    /// Where the passphrase comes from.
    #[command(flatten)]
    pub(crate) passphrase: Passphrase,
    /// Leave the key unencrypted: whoever reads the file can present your badges
    #[arg(long, conflicts_with = "passphrase_file")]
    pub(crate) danger_no_passphrase: bool,
}

/// `add`.
#[derive(Debug, clap::Args)]
pub(crate) struct Add {
    /// The badge, endorsement or thread: a file (.json, .jwt, .sd-jwt, .png, .svg), an https URL, or - for standard input
    #[arg(value_name = "FILE|URL|-", value_parser = parse_text)]
    pub(crate) input: String,
    /// Use no network; what cannot be looked at is said
    #[arg(long)]
    pub(crate) offline: bool,
    /// How far the network may be used.
    #[command(flatten)]
    pub(crate) network: Reach,
}

/// `list`.
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    /// Only badges for this skill: its URI, or words of its name or code; accents and capitals do not matter
    #[arg(long, value_name = "TEXT|URI", value_parser = parse_text)]
    pub(crate) skill: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// `show`.
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// The badge's identifier in the wallet, or its beginning
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Check again online, note the result, and end with its exit code (0 valid, 1 invalid, 3 indeterminate)
    #[arg(long)]
    pub(crate) online: bool,
    /// How far the network may be used.
    #[command(flatten)]
    pub(crate) network: Reach,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// `present`.
#[derive(Debug, clap::Args)]
pub(crate) struct Present {
    /// The badges' identifiers in the wallet, or their beginnings
    #[arg(value_name = "ID", required = true)]
    pub(crate) ids: Vec<String>,
    /// The challenge that the verifier sent
    #[arg(long, value_name = "TEXT", value_parser = parse_text)]
    pub(crate) challenge: String,
    /// The verifier's domain
    #[arg(long, value_name = "TEXT", value_parser = parse_text)]
    pub(crate) domain: String,
    /// A claim to show that the badge lets you hide, as a JSON Pointer, such as /credentialSubject/result; show lists them
    #[arg(long, value_name = "POINTER", value_parser = parse_text, conflicts_with = "disclose_all")]
    pub(crate) disclose: Vec<String>,
    /// Show every claim that the badges let you hide; without --disclose or this, none is shown
    #[arg(long)]
    pub(crate) disclose_all: bool,
    /// How long it may be used: a number with s, m, h or d [default: 10m]
    #[arg(long, value_name = "TIME", value_parser = parse_period, default_value = "10m", hide_default_value = true)]
    pub(crate) expires: SignedDuration,
    /// What to show of badges that can be shown in part, besides what their issuer makes mandatory: a JSON Pointer such as
    /// /credentialSubject/narrative; may be given again
    #[arg(long, value_name = "POINTER")]
    pub(crate) reveal: Vec<String>,
    /// Leave out the endorsements that you attached to the badges
    #[arg(long)]
    pub(crate) without_endorsements: bool,
    /// Where to write it; - for standard output
    #[arg(short, long, value_name = "FILE|-")]
    pub(crate) output: PathBuf,
    /// Where the passphrase comes from.
    #[command(flatten)]
    pub(crate) passphrase: Passphrase,
}

/// `export`.
#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// The badge's identifier in the wallet, or its beginning
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// original (the bytes that were added), png or svg (the same signed badge in an image)
    #[arg(long, value_name = "FORMAT", hide_possible_values = true)]
    pub(crate) format: ExportFormat,
    /// Where to write it; - for standard output
    #[arg(short, long, value_name = "FILE|-")]
    pub(crate) output: PathBuf,
}

/// As what a badge is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// The bytes that were added.
    Original,
    /// Baked into a PNG image.
    Png,
    /// Baked into an SVG image.
    Svg,
}

/// `remove`.
#[derive(Debug, clap::Args)]
pub(crate) struct Remove {
    /// The badge's identifier in the wallet, or its beginning
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Remove only this endorsement that you attached: its identifier, as badge-wallet show prints it, or its beginning
    #[arg(long, value_name = "ENDORSEMENT", value_parser = parse_text)]
    pub(crate) endorsement: Option<String>,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Why no command is run: help or version was asked for, or the command line is wrong.
#[derive(Debug)]
pub(crate) enum Stop {
    /// As clap says it, and the command whose help says more.
    Usage(clap::Error, String),
    /// In our words.
    Problem(Problem),
}

impl Stop {
    /// Says it, in the reader's language.
    pub(crate) fn say(&self, console: &Console) -> Exit {
        let (error, meant) = match self {
            Self::Usage(error, meant) => (error, meant),
            Self::Problem(problem) => {
                console.problem(Weight::Error, problem);
                return Exit::CouldNotRun;
            }
        };
        match (error.kind(), console.lang()) {
            (ErrorKind::DisplayHelp | ErrorKind::DisplayVersion, _) => {
                let said = console::data(error.render().to_string());
                if said.is_ok() { Exit::Done } else { Exit::CouldNotRun }
            }
            (ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand, _) | (_, Lang::En) => {
                console::note(error.render().to_string().trim_end());
                Exit::CouldNotRun
            }
            (_, Lang::Fr) => {
                console::note(&usage::french(error, meant));
                Exit::CouldNotRun
            }
        }
    }
}

/// The language that `--lang` names, wherever it stands. Needed before anything else can be said.
pub(crate) fn language(raw: &[OsString]) -> Option<Lang> {
    let texts: Vec<_> = raw.iter().map(|arg| arg.to_string_lossy()).take_while(|text| text != "--").collect();
    let named = texts.iter().enumerate().filter_map(|(index, text)| match text.strip_prefix("--lang") {
        Some("") => texts.get(index + 1).map(AsRef::as_ref),
        Some(rest) => rest.strip_prefix('='),
        None => None,
    });
    named.filter_map(|tag| parse_lang(tag).ok()).next_back()
}

/// Reads the command line.
///
/// # Errors
/// [`Stop`].
pub(crate) fn parse(raw: Vec<OsString>, lang: Lang) -> Result<Args, Stop> {
    let command = match lang {
        Lang::En => Args::command(),
        Lang::Fr => french::command(Args::command()),
    };
    if let Some(early) = usage::too_early(&command, &raw) {
        return Err(Stop::Problem(misplaced(&early)));
    }
    let meant = usage::meant(&command, &raw);
    let no_move = raw.iter().skip_while(|word| *word != "evaluate").nth(1).map(|word| word.to_string_lossy());
    let no_move =
        no_move.filter(|_| meant == "badge-wallet evaluate").and_then(|word| evaluate::no_move(&word));
    let stop = |error: clap::Error| match no_move {
        Some(problem)
            if matches!(error.kind(), ErrorKind::InvalidSubcommand | ErrorKind::UnknownArgument) =>
        {
            Stop::Problem(problem)
        }
        _ => Stop::Usage(error, meant),
    };
    command
        .try_get_matches_from(raw)
        .and_then(|mut matches| Args::from_arg_matches_mut(&mut matches))
        .map_err(stop)
}

/// That something goes after the command, or does not go with it.
fn misplaced(early: &usage::Early) -> Problem {
    let usage::Early { given, command, is_taken } = early;
    let problem = Problem::new(Code::OptionInvalid).with("option", given);
    if *is_taken {
        problem.with_words(
            "reason",
            &format!("it goes after the command, as in {command} … {given}"),
            format!("sa place est après la commande, comme dans {command} … {given}"),
        )
    } else {
        problem.with_words(
            "reason",
            &format!("{command} does not take it"),
            format!("{command} ne le prend pas"),
        )
    }
}

fn parse_lang(text: &str) -> Result<Lang, Unfit> {
    match text {
        "en" => Ok(Lang::En),
        "fr" => Ok(Lang::Fr),
        _ => Err(Unfit::none_of(&["en", "fr"])),
    }
}

fn parse_text(text: &str) -> Result<String, Unfit> {
    if text.trim().is_empty() { Err(Unfit::new("it is empty", "elle est vide")) } else { Ok(text.to_owned()) }
}

/// Reads `90s`, `10m`, `2h`, `1d` or `1j`, up to [`MAX_EXPIRES`].
fn parse_period(text: &str) -> Result<SignedDuration, Unfit> {
    period(text, MAX_EXPIRES).ok_or_else(|| no_period(31))
}

/// What a period is, and the longest one, in days.
fn no_period(limit: i64) -> Unfit {
    Unfit::new(
        format!("a number followed by s, m, h or d (days), and at most {limit}d"),
        format!("un nombre suivi de s, m, h ou j (jours), et au plus {limit}j"),
    )
}

/// A number and a unit, up to `limit` seconds.
fn period(text: &str, limit: i64) -> Option<SignedDuration> {
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1))?;
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        // A day is "jour" in French.
        "d" | "j" => 24 * 60 * 60,
        _ => return None,
    };
    let plain = !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
    let number: i64 = if plain { number.parse().ok()? } else { return None };
    let seconds = number.checked_mul(unit).filter(|seconds| (1..=limit).contains(seconds))?;
    Some(SignedDuration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn the_definition_is_sound_in_both_languages() {
        Args::command().debug_assert();
        french::command(Args::command()).debug_assert();
    }

    #[test]
    fn periods_have_a_unit_and_an_end() {
        assert_eq!(parse_period("10m").unwrap().as_secs(), 600);
        assert_eq!(parse_period("31d").unwrap().as_secs(), MAX_EXPIRES);
        assert_eq!(parse_period("31j").unwrap().as_secs(), MAX_EXPIRES);
        for bad in [
            "",
            "m",
            "10",
            "-1m",
            "+1m",
            "0s",
            "32d",
            "1w",
            "1.5h",
            "99999999999999999999s",
            "9223372036854775807d",
            "1é",
        ] {
            assert!(parse_period(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_language_is_found_before_anything_is_parsed() {
        let found = |raw: &[&str]| language(&raw.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(found(&["badge-wallet", "list", "--lang", "fr"]), Some(Lang::Fr));
        assert_eq!(found(&["badge-wallet", "--lang=fr", "nonsense"]), Some(Lang::Fr));
        assert_eq!(found(&["badge-wallet", "--lang=de"]), None);
        assert_eq!(found(&["badge-wallet", "--lang"]), None);
        assert_eq!(found(&["badge-wallet", "show", "--", "--lang=fr"]), None);
    }
}
