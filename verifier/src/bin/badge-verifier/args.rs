//! The command line: an exact contract, read once and turned into what each verb needs. The one file that uses `clap`.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use badge_schemas::lang::Lang;
use badge_verifier::checks::recipient::is_recipient;
use badge_verifier::net::Reach;
use badge_verifier::online::Refresh;
use badge_verifier::render::Strictness;
use badge_verifier::usage::{self, Unfit};
use clap::{
    Arg, ArgAction, ArgMatches, Args, Command, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum,
};

/// What was asked for, and in which language to answer.
pub(crate) struct Invocation {
    pub(crate) verb: Verb,
    pub(crate) lang: Lang,
}

/// What to do.
pub(crate) enum Verb {
    Check(Box<CheckRequest>),
    Inspect(Source),
    Log(LogRequest),
    Serve(ServeRequest),
}

/// Where the input comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Stdin,
    File(PathBuf),
    Url(String),
}

/// Whether the network may be used, and how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Network {
    Off,
    On(Reach),
}

/// How the report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Json,
}

/// `check`.
pub(crate) struct CheckRequest {
    pub(crate) source: Source,
    pub(crate) policy: Option<PathBuf>,
    pub(crate) registries: Vec<String>,
    pub(crate) challenge: Option<String>,
    pub(crate) domain: Option<String>,
    pub(crate) recipient: Option<String>,
    pub(crate) at: Option<String>,
    pub(crate) network: Network,
    pub(crate) refresh: Refresh,
    pub(crate) snapshot: Option<PathBuf>,
    pub(crate) save_snapshot: Option<PathBuf>,
    pub(crate) form: Form,
    pub(crate) strictness: Strictness,
}

/// `log`.
pub(crate) struct LogRequest {
    pub(crate) path: PathBuf,
    pub(crate) badge: Option<PathBuf>,
    pub(crate) did_document: Option<PathBuf>,
    pub(crate) witnesses: Vec<String>,
    pub(crate) since: Option<PathBuf>,
}

/// `serve`.
pub(crate) struct ServeRequest {
    pub(crate) listen: SocketAddr,
    pub(crate) policy: Option<PathBuf>,
    pub(crate) reach: Reach,
    pub(crate) profile: Profile,
    pub(crate) trusted_certificate: Option<PathBuf>,
}

/// Which routes are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    /// `POST /verify`.
    Standard,
    /// The endpoints that official test suites call.
    Conformance,
}

/// Reads the command line.
///
/// # Errors
/// The exit code, once help, version or a usage error has been shown.
pub(crate) fn parse() -> Result<Invocation, ExitCode> {
    let raw: Vec<OsString> = std::env::args_os().collect();
    let lang = preferred_lang(&raw);
    let command = command(lang);
    let meant = usage::meant(&command, &raw);
    let cli =
        command.try_get_matches_from(raw).and_then(|matches: ArgMatches| Cli::from_arg_matches(&matches));
    match cli {
        Ok(cli) => Ok(Invocation { verb: cli.verb.into(), lang }),
        Err(stop) => Err(usage::stop(&stop, &meant, lang)),
    }
}

/// The language, before the command line can be read properly: `--lang`, else the locale.
fn preferred_lang(raw: &[OsString]) -> Lang {
    let words: Vec<_> =
        raw.iter().filter_map(|word| word.to_str()).take_while(|word| *word != "--").collect();
    let joined = words.iter().filter_map(|word| word.strip_prefix("--lang=")).next_back();
    let apart = words.windows(2).filter(|pair| pair[0] == "--lang").map(|pair| pair[1]).next_back();
    if let Some(tag) = joined.or(apart) {
        return Lang::from_tag(tag);
    }
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].map(|name| std::env::var(name).ok());
    Lang::from_locale(locale.each_ref().map(Option::as_deref))
}

/// Tells whether a skills badge is authentic, in force, and issued by someone a registry recognises.
#[derive(Parser)]
#[command(name = "badge-verifier", version, disable_help_subcommand = true, after_help = EXIT_CODES_EN)]
struct Cli {
    /// Language of messages and reports, en or fr [default: that of the locale]
    #[arg(long, value_name = "LANG", global = true, value_parser = ["en", "fr"], hide_possible_values = true)]
    lang: Option<String>,
    #[command(subcommand)]
    verb: CliVerb,
}

#[derive(Subcommand)]
enum CliVerb {
    /// Checks a badge, a presentation, or a thread of an evaluation
    Check(CliCheck),
    /// Shows what a badge says, and verifies nothing
    Inspect {
        /// The badge: JSON, JWT, PNG or SVG; - for standard input
        file: PathBuf,
    },
    /// Checks an issuer's log, or the receipt of one act in it; opens no socket
    Log {
        /// The folder of a whole log (C2SP tlog-tiles), or the file of a receipt
        #[arg(value_name = "DIR|RECEIPT")]
        path: PathBuf,
        /// The badge that the receipt must record as issued
        #[arg(long, value_name = "FILE")]
        badge: Option<PathBuf>,
        /// The issuer's DID document, where its id is a did:web
        #[arg(long, value_name = "FILE")]
        did_document: Option<PathBuf>,
        /// A witness whose times you trust, as NAME+ID+KEY; may be repeated
        #[arg(long = "witness", value_name = "KEY")]
        witnesses: Vec<String>,
        /// A checkpoint you kept: the log must still begin with what it says
        #[arg(long, value_name = "FILE")]
        since: Option<PathBuf>,
    },
    /// Serves verification over HTTP: POST /verify, GET /healthz
    Serve {
        /// Address and port to listen on; port 0 takes a free one
        #[arg(long, value_name = "ADDR")]
        listen: SocketAddr,
        /// Trust policy (TOML)
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
        /// Which routes: standard, or conformance for official test suites (HTTPS on loopback, without authentication) [default: standard]
        #[arg(
            long,
            value_name = "NAME",
            default_value = "standard",
            hide_default_value = true,
            hide_possible_values = true
        )]
        profile: Profile,
        /// Also fetch from this machine, over http too; for tests only
        #[arg(long)]
        danger_allow_loopback: bool,
        /// A certificate (PEM) to trust beside the system's, when fetching; for tests only
        #[arg(long, value_name = "FILE")]
        danger_trust_certificate: Option<PathBuf>,
    },
}

#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of the command line; they become enums at once")]
struct CliCheck {
    /// A file (JSON, JWT, PNG or SVG), - for standard input, or an https URL
    #[arg(value_name = "FILE|-|URL")]
    input: OsString,
    /// Trust policy (TOML)
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Issuer registry to ask, besides those of the policy; may be repeated
    #[arg(long = "registry", value_name = "FILE")]
    registries: Vec<String>,
    /// The challenge you sent to the holder
    #[arg(long, value_name = "TEXT")]
    challenge: Option<String>,
    /// Your own domain, as you told it to the holder
    #[arg(long, value_name = "TEXT")]
    domain: Option<String>,
    /// Who the badge must have been given to
    #[arg(long, value_name = "EMAIL|DID", value_parser = recipient)]
    recipient: Option<String>,
    /// Dates and registries as of then (RFC 3339); the status stays that of today
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Open no socket
    #[arg(long)]
    offline: bool,
    /// Ask the issuer once for a newer version; it learns that somebody checks
    #[arg(long)]
    refresh: bool,
    /// Use what an earlier check fetched
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// Save everything that was fetched
    #[arg(long, value_name = "FILE")]
    save_snapshot: Option<PathBuf>,
    /// Report as JSON
    #[arg(long)]
    json: bool,
    /// A warning fails
    #[arg(long)]
    strict: bool,
    /// Also fetch from this machine, over http too; for tests only
    #[arg(long)]
    danger_allow_loopback: bool,
}

/// Who may have been given a badge: what is neither e-mail address nor identifier can be nobody's.
fn recipient(text: &str) -> Result<String, Unfit> {
    if is_recipient(text) {
        Ok(text.to_owned())
    } else {
        Err(Unfit::new(
            "it is neither an e-mail address nor a DID",
            "ce n’est ni une adresse électronique ni un DID",
        ))
    }
}

impl From<CliVerb> for Verb {
    fn from(verb: CliVerb) -> Self {
        match verb {
            CliVerb::Check(check) => Self::Check(Box::new(check.into())),
            CliVerb::Inspect { file } => {
                Self::Inspect(if file.as_os_str() == "-" { Source::Stdin } else { Source::File(file) })
            }
            CliVerb::Log { path, badge, did_document, witnesses, since } => {
                Self::Log(LogRequest { path, badge, did_document, witnesses, since })
            }
            CliVerb::Serve { listen, policy, profile, danger_allow_loopback, danger_trust_certificate } => {
                Self::Serve(ServeRequest {
                    listen,
                    policy,
                    reach: reach(danger_allow_loopback),
                    profile,
                    trusted_certificate: danger_trust_certificate,
                })
            }
        }
    }
}

impl From<CliCheck> for CheckRequest {
    fn from(cli: CliCheck) -> Self {
        Self {
            source: source(cli.input),
            policy: cli.policy,
            registries: cli.registries,
            challenge: cli.challenge,
            domain: cli.domain,
            recipient: cli.recipient,
            at: cli.at,
            network: if cli.offline { Network::Off } else { Network::On(reach(cli.danger_allow_loopback)) },
            refresh: if cli.refresh { Refresh::Once } else { Refresh::No },
            snapshot: cli.snapshot,
            save_snapshot: cli.save_snapshot,
            form: if cli.json { Form::Json } else { Form::Text },
            strictness: if cli.strict { Strictness::Strict } else { Strictness::Lenient },
        }
    }
}

fn source(input: OsString) -> Source {
    match input.to_str() {
        Some("-") => Source::Stdin,
        Some(text) if badge_verifier::online::is_url(text) => Source::Url(text.to_owned()),
        _ => Source::File(input.into()),
    }
}

fn reach(danger_allow_loopback: bool) -> Reach {
    if danger_allow_loopback { Reach::DangerLoopback } else { Reach::PublicHttps }
}

const EXIT_CODES_EN: &str =
    "Exit codes of check and log: 0 valid, 1 invalid, 2 could not run, 3 indeterminate.";
const EXIT_CODES_FR: &str =
    "Codes de sortie de check et log\u{a0}: 0 valide, 1 invalide, 2 exécution impossible, 3 indéterminé.";

/// What `--help` says in French: verb (empty for the program itself), option (empty for the verb itself), text.
const FRENCH: &[(&str, &str, &str)] = &[
    (
        "",
        "",
        "Dit si un badge de compétences est authentique, en vigueur, et délivré par un émetteur qu’un registre reconnaît.",
    ),
    ("", "lang", "Langue des messages et des rapports, en ou fr [défaut\u{a0}: celle du système]"),
    ("check", "", "Vérifie un badge, une présentation ou un dossier d’évaluation"),
    ("check", "input", "Un fichier (JSON, JWT, PNG ou SVG), - pour l’entrée standard, ou une URL https"),
    ("check", "policy", "Politique de confiance (TOML)"),
    (
        "check",
        "registries",
        "Registre d’émetteurs à consulter, outre ceux de la politique\u{a0}; peut être répété",
    ),
    ("check", "challenge", "Le défi que vous avez envoyé au détenteur"),
    ("check", "domain", "Votre propre domaine, tel qu’indiqué au détenteur"),
    ("check", "recipient", "À qui le badge doit avoir été remis"),
    ("check", "at", "Dates et registres à cet instant (RFC 3339)\u{a0}; le statut reste celui du jour"),
    ("check", "offline", "N’ouvrir aucune connexion"),
    (
        "check",
        "refresh",
        "Demander une fois à l’émetteur une version plus récente\u{a0}; il apprend qu’on vérifie",
    ),
    ("check", "snapshot", "Utiliser ce qu’une vérification antérieure a téléchargé"),
    ("check", "save_snapshot", "Enregistrer tout ce qui a été téléchargé"),
    ("check", "json", "Rapport en JSON"),
    ("check", "strict", "Un avertissement vaut échec"),
    (
        "check",
        "danger_allow_loopback",
        "Consulter aussi cette machine, même en http\u{a0}; pour des essais seulement",
    ),
    ("inspect", "", "Montre ce que dit un badge, sans rien vérifier"),
    ("inspect", "file", "Le badge\u{a0}: JSON, JWT, PNG ou SVG\u{a0}; - pour l’entrée standard"),
    (
        "log",
        "",
        "Contrôle le journal d’un émetteur, ou le reçu d’un de ses actes\u{a0}; n’ouvre aucune connexion",
    ),
    ("log", "path", "Le dossier d’un journal entier (C2SP tlog-tiles), ou le fichier d’un reçu"),
    ("log", "badge", "Le badge dont le reçu doit enregistrer l’émission"),
    ("log", "did_document", "Le document DID de l’émetteur, si son identifiant est un did:web"),
    (
        "log",
        "witnesses",
        "Un témoin dont vous acceptez l’heure, sous la forme NOM+ID+CLÉ\u{a0}; peut être répété",
    ),
    (
        "log",
        "since",
        "Un point de contrôle que vous avez gardé\u{a0}: le journal doit encore commencer ainsi",
    ),
    ("serve", "", "Offre la vérification en HTTP\u{a0}: POST /verify, GET /healthz"),
    ("serve", "listen", "Adresse et port d’écoute\u{a0}; le port 0 en prend un libre"),
    ("serve", "policy", "Politique de confiance (TOML)"),
    (
        "serve",
        "profile",
        "Quelles routes\u{a0}: standard, ou conformance pour les suites de tests officielles (HTTPS en boucle locale, sans authentification) [défaut\u{a0}: standard]",
    ),
    (
        "serve",
        "danger_allow_loopback",
        "Consulter aussi cette machine, même en http\u{a0}; pour des essais seulement",
    ),
    (
        "serve",
        "danger_trust_certificate",
        "Certificat (PEM) à accepter en plus de ceux du système pour les téléchargements\u{a0}; pour des essais seulement",
    ),
];

/// The command line with its help in the reader's language.
fn command(lang: Lang) -> Command {
    let mut command = with_help(Cli::command().disable_version_flag(true), lang).arg(
        Arg::new("version")
            .short('V')
            .long("version")
            .action(ArgAction::Version)
            .help(lang.pick("Print the version", "Affiche la version")),
    );
    for verb in ["check", "inspect", "log", "serve"] {
        command = command.mut_subcommand(verb, |verb| with_help(verb, lang));
    }
    if lang == Lang::En {
        return command;
    }
    command = command.after_help(EXIT_CODES_FR).help_template(TEMPLATE_FR);
    command = in_french(command, "");
    for verb in ["check", "inspect", "log", "serve"] {
        command = command.mut_subcommand(verb, |command| in_french(command, verb).help_template(TEMPLATE_FR));
    }
    usage::in_french(command)
}

/// Puts the texts of [`FRENCH`] where they belong; `mut_args` rather than `mut_arg`, which would move what it touches to the end.
fn in_french(command: Command, verb: &str) -> Command {
    let text = |option: &str| FRENCH.iter().find(|row| (row.0, row.1) == (verb, option)).map(|row| row.2);
    let command = match text("") {
        Some(about) => command.about(about),
        None => command,
    };
    command.mut_args(|arg| match text(arg.get_id().as_str()) {
        Some(help) => arg.help(help),
        None => arg,
    })
}

const TEMPLATE_FR: &str = "{about-with-newline}\nUtilisation\u{a0}: {usage}\n\n{all-args}{after-help}";

fn with_help(command: Command, lang: Lang) -> Command {
    command.disable_help_flag(true).arg(
        Arg::new("help")
            .short('h')
            .long("help")
            .action(ArgAction::Help)
            .help(lang.pick("Print this help", "Affiche cette aide")),
    )
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn the_command_line_is_well_formed_in_both_languages() {
        command(Lang::En).debug_assert();
        command(Lang::Fr).debug_assert();
    }

    #[test]
    fn every_option_is_explained_in_french() {
        let (en, fr) = (command(Lang::En), command(Lang::Fr));
        let pairs = std::iter::once((&en, &fr)).chain(en.get_subcommands().zip(fr.get_subcommands()));
        let mut seen = 0;
        for (en, fr) in pairs {
            assert_ne!(
                en.get_about().unwrap().to_string(),
                fr.get_about().unwrap().to_string(),
                "{}",
                en.get_name()
            );
            for (left, right) in en.get_arguments().zip(fr.get_arguments()) {
                assert_eq!(left.get_id(), right.get_id());
                assert_ne!(
                    left.get_help().unwrap().to_string(),
                    right.get_help().unwrap().to_string(),
                    "{}",
                    left.get_id()
                );
                seen += 1;
            }
        }
        assert!(seen >= 24, "{seen}");
    }

    #[test]
    fn the_language_is_known_before_anything_else() {
        let lang = |words: &[&str]| preferred_lang(&words.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(lang(&["x", "check", "--lang", "fr", "a"]), Lang::Fr);
        assert_eq!(lang(&["x", "--lang=fr"]), Lang::Fr);
        assert_eq!(lang(&["x", "--lang", "en", "--", "--lang", "fr"]), Lang::En);
    }

    #[test]
    fn the_input_is_a_file_unless_it_says_otherwise() {
        assert_eq!(source("-".into()), Source::Stdin);
        assert_eq!(source("HTTPS://a.example/b".into()), Source::Url("HTTPS://a.example/b".into()));
        assert_eq!(source("https".into()), Source::File("https".into()));
        assert_eq!(source("ftp://a.example/b".into()), Source::File("ftp://a.example/b".into()));
    }
}
