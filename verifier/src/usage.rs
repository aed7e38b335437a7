//! What is wrong with a command line, in the reader's language: clap speaks English only. Shared by the three programs.

use std::borrow::Cow;
use std::error::Error as _;
use std::ffi::OsString;
use std::fmt;
use std::io::Write as _;
use std::process::ExitCode;

use badge_schemas::lang::Lang;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};

/// The exit code of a program that could not run.
const COULD_NOT_RUN: u8 = 2;

/// Why the value of an option does not do, in both languages: what a value parser says of itself is in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    en: Cow<'static, str>,
    fr: Cow<'static, str>,
}

impl Unfit {
    /// This reason.
    pub fn new(en: impl Into<Cow<'static, str>>, fr: impl Into<Cow<'static, str>>) -> Self {
        Self { en: en.into(), fr: fr.into() }
    }

    /// That it is none of these words, which are all that the option takes.
    pub fn none_of(words: &[&str]) -> Self {
        let Some((last, first)) = words.split_last().filter(|(_, first)| !first.is_empty()) else {
            return Self::new(words.concat(), words.concat());
        };
        let first = first.join(", ");
        Self::new(format!("{first} or {last}"), format!("{first} ou {last}"))
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.en)
    }
}

impl std::error::Error for Unfit {}

/// Shows why no command is run: help and version on standard output with code 0, anything else on standard error with code 2. `meant` is the
/// command whose help says more, as [`meant`] gives it.
pub fn stop(error: &clap::Error, meant: &str, lang: Lang) -> ExitCode {
    // A stream that is closed leaves nobody to tell; the exit code still does.
    if is_help(error) || lang == Lang::En {
        let _ = error.print();
    } else {
        let _ = writeln!(std::io::stderr(), "{}", french(error, meant));
    }
    if error.use_stderr() { ExitCode::from(COULD_NOT_RUN) } else { ExitCode::SUCCESS }
}

/// Help and version are in the reader's language already.
fn is_help(error: &clap::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    )
}

/// The command that a command line names, such as `badge-wallet evaluate accept`: as far as its words are commands and options.
pub fn meant(command: &Command, line: &[OsString]) -> String {
    walk(command, line).0
}

/// Something that a command line gives before the command it would go with, where no option stands but those that every command has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Early {
    /// The option without its value, or the word.
    pub given: String,
    /// The command, as [`meant`] names it.
    pub command: String,
    /// Whether that command takes such an option, or any word.
    pub is_taken: bool,
}

/// What a command line gives too early: `--name` in `badge-wallet evaluate --name X accept FILE`.
pub fn too_early(command: &Command, line: &[OsString]) -> Option<Early> {
    walk(command, line).1
}

/// Goes down a command line as far as its words are commands, and what those above take.
fn walk(command: &Command, line: &[OsString]) -> (String, Option<Early>) {
    let (mut at, mut meant) = (command, command.get_name().to_owned());
    let mut words = line.iter().skip(1).map(|word| word.to_string_lossy()).peekable();
    // What was given to the command that was reached, and to one above it.
    let (mut here, mut above): (Option<String>, Option<String>) = (None, None);
    let mut may_be_value = false;
    while let Some(word) = words.next().filter(|word| word != "--") {
        if word.starts_with('-') && word.len() > 1 {
            let known =
                option(at, &word).or_else(|| option(command, &word).filter(|arg| arg.is_global_set()));
            let takes_value = known.is_some_and(|arg| arg.get_action().takes_values());
            if takes_value && is_whole(&word) {
                words.next();
            }
            let anywhere = known.is_some_and(|arg| {
                arg.is_global_set() || matches!(arg.get_action(), ArgAction::Help | ArgAction::Version)
            });
            if !anywhere {
                here.get_or_insert_with(|| name(&word).to_owned());
            }
            may_be_value = known.is_none();
        } else if let Some(next) = at.find_subcommand(word.as_ref()) {
            meant = format!("{meant} {}", next.get_name());
            (at, above, here) = (next, above.or(here), None);
            may_be_value = false;
        } else if may_be_value {
            may_be_value = false;
        } else if at.has_subcommands() && at.get_positionals().next().is_some() {
            here.get_or_insert_with(|| word.into_owned());
        } else {
            break;
        }
    }
    let early = above.map(|given| {
        let is_taken = if given.starts_with('-') && given.len() > 1 {
            option(at, &given).is_some()
        } else {
            at.get_positionals().next().is_some()
        };
        Early { given, command: meant.clone(), is_taken }
    });
    (meant, early)
}

/// The option of a command that a word names, with or without its value.
fn option<'c>(command: &'c Command, word: &str) -> Option<&'c Arg> {
    let long = name(word).strip_prefix("--");
    let short = name(word).strip_prefix('-').and_then(|short| short.chars().next());
    command.get_arguments().find(|arg| match long {
        Some(long) => arg.get_long() == Some(long),
        None => short.is_some() && arg.get_short() == short,
    })
}

/// An option without its value: `--name` of `--name=X`, `-o` of `-oX`.
fn name(word: &str) -> &str {
    let end = match word.strip_prefix("--") {
        Some(_) => word.find('='),
        None => word.char_indices().nth(2).map(|(index, _)| index),
    };
    end.and_then(|end| word.get(..end)).unwrap_or(word)
}

/// Whether an option stands without its value, which is then the next word.
fn is_whole(word: &str) -> bool {
    name(word) == word
}

/// The same command line with what clap writes itself in French: the values that an option may have, and the headings.
#[must_use]
pub fn in_french(command: Command) -> Command {
    let command = match command.get_subcommand_help_heading() {
        None => command.subcommand_help_heading("Commandes\u{a0}"),
        Some(_) => command,
    };
    let command = command.subcommand_value_name("COMMANDE").mut_args(|arg| {
        let arg = match arg.get_help_heading() {
            None if arg.is_positional() => arg.help_heading("Arguments\u{a0}"),
            None => arg.help_heading("Options\u{a0}"),
            Some(_) => arg,
        };
        let values: Vec<String> =
            arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
        if values.is_empty() || !arg.get_action().takes_values() {
            return arg;
        }
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        arg.hide_possible_values(true)
            .help(format!("{help} [valeurs possibles\u{a0}: {}]", values.join(", ")))
    });
    command.mut_subcommands(in_french)
}

/// What is wrong with a command line, in French; `meant` is the command whose help says more.
pub fn french(error: &clap::Error, meant: &str) -> String {
    let context = |kind| error.get(kind).map(text).unwrap_or_default();
    let argument = context(ContextKind::InvalidArg);
    let said = match error.kind() {
        ErrorKind::UnknownArgument => format!("argument inconnu\u{a0}: {argument}"),
        ErrorKind::InvalidSubcommand => {
            format!("commande inconnue\u{a0}: {}", context(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand => "il manque une commande".to_owned(),
        ErrorKind::MissingRequiredArgument => format!("il manque\u{a0}: {}", alternatives(&argument)),
        ErrorKind::ArgumentConflict if argument.is_empty() => {
            let command = context(ContextKind::InvalidSubcommand);
            format!("{command} ne va pas avec {}", context(ContextKind::PriorArg))
        }
        ErrorKind::ArgumentConflict if context(ContextKind::PriorArg) == argument => {
            format!("{argument} ne peut être donné qu’une fois")
        }
        ErrorKind::ArgumentConflict => {
            format!("{argument} ne va pas avec {}", context(ContextKind::PriorArg))
        }
        ErrorKind::NoEquals | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("il manque une valeur à {argument}")
        }
        ErrorKind::InvalidValue if context(ContextKind::InvalidValue).is_empty() => {
            format!("il manque une valeur à {argument}")
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let unfit = error.source().and_then(|cause| cause.downcast_ref::<Unfit>());
            let why = unfit.map(|unfit| format!("\u{a0}: {}", unfit.fr)).unwrap_or_default();
            format!(
                "la valeur «\u{a0}{}\u{a0}» ne convient pas à {argument}{why}",
                context(ContextKind::InvalidValue)
            )
        }
        ErrorKind::InvalidUtf8 => "un argument n’est pas de l’UTF-8".to_owned(),
        _ => "la ligne de commande n’est pas correcte".to_owned(),
    };
    let valid = match error.get(ContextKind::ValidValue) {
        Some(values) if !text(values).is_empty() => {
            format!("\n  → valeurs possibles\u{a0}: {}", text(values))
        }
        _ => String::new(),
    };
    let said: String = said.chars().filter(|character| !character.is_control()).collect();
    format!("erreur\u{a0}: {said}{valid}\n  → voir {meant} --help --lang fr")
}

/// What is missing, where clap writes one of several as `<--this|--that>`.
fn alternatives(missing: &str) -> String {
    let one_of = |text: &str| Some(text.strip_prefix("<--")?.strip_suffix('>')?.replace('|', " ou "));
    missing
        .split(", ")
        .map(|text| one_of(text).map_or_else(|| text.to_owned(), |one| format!("--{one}")))
        .collect::<Vec<_>>()
        .join(", ")
}

fn text(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(", "),
        ContextValue::Bool(value) => value.to_string(),
        ContextValue::Number(value) => value.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn what_is_given_before_its_command_is_found() {
        let lang = Arg::new("lang").long("lang").global(true);
        let accept = Command::new("accept").arg(Arg::new("thread")).arg(Arg::new("name").long("name"));
        let lodge = Command::new("lodge").arg(Arg::new("thread")).arg(Arg::new("to").long("to"));
        let evaluate = Command::new("evaluate")
            .arg(Arg::new("thread"))
            .arg(Arg::new("name").long("name"))
            .arg(Arg::new("output").short('o').long("output"))
            .arg(Arg::new("page").long("page").action(ArgAction::SetTrue))
            .subcommand(accept)
            .subcommand(Command::new("appeal").subcommand(lodge));
        let version = Arg::new("version").short('V').action(ArgAction::Version);
        let command = Command::new("p").arg(lang).arg(version).subcommand(evaluate);
        let early = |line: &str| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            too_early(&command, &words).map(|early| (early.given, early.command, early.is_taken))
        };
        let accept = "p evaluate accept";
        for (line, given, of, is_taken) in [
            ("p evaluate --name X accept f", "--name", accept, true),
            ("p evaluate --name=X accept f", "--name", accept, true),
            ("p evaluate --page accept f", "--page", accept, false),
            ("p evaluate -o x accept f", "-o", accept, false),
            ("p evaluate -ox accept f", "-o", accept, false),
            ("p evaluate --unknown x accept f", "--unknown", accept, false),
            ("p evaluate f accept", "f", accept, true),
            ("p evaluate - accept", "-", accept, true),
            ("p evaluate --to x appeal lodge f", "--to", "p evaluate appeal lodge", true),
            ("p evaluate appeal --to x lodge f", "--to", "p evaluate appeal lodge", true),
            ("p --name X evaluate f", "--name", "p evaluate", true),
        ] {
            assert_eq!(early(line), Some((given.to_owned(), of.to_owned(), is_taken)), "{line}");
        }
        for line in [
            "p evaluate accept f --name X",
            "p evaluate --lang fr accept f",
            "p --lang fr evaluate --lang=fr accept f",
            "p -V evaluate accept f",
            "p evaluate --name accept",
            "p evaluate -o accept f",
            "p evaluate f --page",
            "p evaluate f --name X",
            "p evaluate -- f accept",
            "p f evaluate accept",
        ] {
            assert_eq!(early(line), None, "{line}");
        }
    }

    fn tie(text: &str) -> Result<String, Unfit> {
        ["none", "family", "other"]
            .contains(&text)
            .then(|| text.to_owned())
            .ok_or(Unfit::none_of(&["none", "family", "other"]))
    }

    fn wrong(line: &str) -> String {
        let check = Command::new("check")
            .arg(Arg::new("file").value_name("FICHIER").required(true))
            .arg(Arg::new("format").long("format").value_parser(["json", "jwt"]))
            .arg(Arg::new("tie").long("tie").value_parser(tie))
            .arg(Arg::new("did").long("did").value_name("DID"))
            .arg(Arg::new("email").long("email").value_name("ADRESSE"))
            .group(clap::ArgGroup::new("who").args(["did", "email"]).required(true));
        let command = Command::new("p").subcommand_required(true).subcommand(check);
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let meant = meant(&command, &words);
        french(&command.try_get_matches_from(words).unwrap_err(), &meant)
    }

    #[test]
    fn what_an_option_may_be_is_said_in_french() {
        let sub = Command::new("check")
            .arg(Arg::new("form").long("form").help("La forme").value_parser(["a", "b"]));
        let mut french = in_french(Command::new("p").subcommand(sub).arg(Arg::new("file").long("file")));
        french = french.disable_help_flag(true).disable_help_subcommand(true);
        let whole = french.render_help().to_string();
        assert!(whole.contains("Commandes\u{a0}:") && whole.contains("Options\u{a0}:"), "{whole}");
        assert!(!whole.contains("Commands:") && !whole.contains("Options:"), "{whole}");
        assert!(whole.contains("[COMMANDE]") && !whole.contains("[COMMAND]"), "{whole}");
        let help = french.find_subcommand_mut("check").unwrap().render_help().to_string();
        assert!(
            help.contains("La forme [valeurs possibles\u{a0}: a, b]") && !help.contains("possible values"),
            "{help}"
        );
    }

    #[test]
    fn every_common_mistake_is_named_in_french() {
        for (line, said) in [
            ("p", "il manque une commande"),
            ("p chek", "commande inconnue\u{a0}: chek"),
            ("p check --did x", "il manque\u{a0}: <FICHIER>"),
            ("p check f", "il manque\u{a0}: --did <DID> ou --email <ADRESSE>"),
            (
                "p check f --tie no",
                "la valeur «\u{a0}no\u{a0}» ne convient pas à --tie <tie>\u{a0}: none, family ou other",
            ),
            ("p check f --formt json", "argument inconnu\u{a0}: --formt"),
            ("p check f --format", "il manque une valeur à --format"),
            ("p check f --format png", "la valeur «\u{a0}png\u{a0}» ne convient pas à --format"),
            ("p check f --format json --format jwt", "ne peut être donné qu’une fois"),
        ] {
            let french = wrong(line);
            assert!(french.contains(said), "{line}: {french}");
            let meant = if line.starts_with("p check") { "p check" } else { "p" };
            assert!(french.ends_with(&format!("→ voir {meant} --help --lang fr")), "{french}");
        }
        assert!(wrong("p check f --format png").contains("valeurs possibles\u{a0}: json, jwt"));
    }
}
