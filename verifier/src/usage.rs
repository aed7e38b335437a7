//! What is wrong with a command line, in the reader's language: clap speaks English only. Shared by the three programs.

use std::io::Write as _;
use std::process::ExitCode;

use badge_schemas::lang::Lang;
use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// The exit code of a program that could not run.
const COULD_NOT_RUN: u8 = 2;

/// Shows why no command is run: help and version on standard output with code 0, anything else on standard error with code 2.
pub fn stop(error: &clap::Error, program: &str, lang: Lang) -> ExitCode {
    // A stream that is closed leaves nobody to tell; the exit code still does.
    if is_help(error) || lang == Lang::En {
        let _ = error.print();
    } else {
        let _ = writeln!(std::io::stderr(), "{}", french(error, program));
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

/// The same command line with the values an option may have named in French: clap writes `possible values` itself.
#[must_use]
pub fn values_in_french(command: Command) -> Command {
    let command = command.mut_args(|arg| {
        let values: Vec<String> =
            arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
        if values.is_empty() || !arg.get_action().takes_values() {
            return arg;
        }
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        arg.hide_possible_values(true).help(format!("{help} [valeurs possibles : {}]", values.join(", ")))
    });
    command.mut_subcommands(values_in_french)
}

/// What is wrong with a command line, in French.
pub fn french(error: &clap::Error, program: &str) -> String {
    let context = |kind| error.get(kind).map(text).unwrap_or_default();
    let argument = context(ContextKind::InvalidArg);
    let said = match error.kind() {
        ErrorKind::UnknownArgument => format!("argument inconnu : {argument}"),
        ErrorKind::InvalidSubcommand => {
            format!("commande inconnue : {}", context(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand => "il manque une commande".to_owned(),
        ErrorKind::MissingRequiredArgument => format!("il manque : {argument}"),
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
            format!("la valeur « {} » ne convient pas à {argument}", context(ContextKind::InvalidValue))
        }
        ErrorKind::InvalidUtf8 => "un argument n’est pas de l’UTF-8".to_owned(),
        _ => "la ligne de commande n’est pas correcte".to_owned(),
    };
    let valid = match error.get(ContextKind::ValidValue) {
        Some(values) if !text(values).is_empty() => format!("\n  → valeurs possibles : {}", text(values)),
        _ => String::new(),
    };
    let said: String = said.chars().filter(|character| !character.is_control()).collect();
    format!("erreur : {said}{valid}\n  → voir {program} --help --lang fr")
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
    use clap::Arg;

    use super::*;

    fn wrong(line: &str) -> String {
        let check = Command::new("check")
            .arg(Arg::new("file").value_name("FICHIER").required(true))
            .arg(Arg::new("format").long("format").value_parser(["json", "jwt"]));
        let command = Command::new("p").subcommand_required(true).subcommand(check);
        french(&command.try_get_matches_from(line.split(' ')).unwrap_err(), "p")
    }

    #[test]
    fn what_an_option_may_be_is_said_in_french() {
        let sub = Command::new("check")
            .arg(Arg::new("form").long("form").help("La forme").value_parser(["a", "b"]));
        let mut french = values_in_french(Command::new("p").subcommand(sub));
        let help = french.find_subcommand_mut("check").unwrap().render_help().to_string();
        assert!(
            help.contains("La forme [valeurs possibles : a, b]") && !help.contains("possible values"),
            "{help}"
        );
    }

    #[test]
    fn every_common_mistake_is_named_in_french() {
        for (line, said) in [
            ("p", "il manque une commande"),
            ("p chek", "commande inconnue : chek"),
            ("p check", "il manque : <FICHIER>"),
            ("p check f --formt json", "argument inconnu : --formt"),
            ("p check f --format", "il manque une valeur à --format"),
            ("p check f --format png", "la valeur « png » ne convient pas à --format"),
            ("p check f --format json --format jwt", "ne peut être donné qu’une fois"),
        ] {
            let french = wrong(line);
            assert!(french.contains(said), "{line}: {french}");
            assert!(french.ends_with("→ voir p --help --lang fr"), "{french}");
        }
        assert!(wrong("p check f --format png").contains("valeurs possibles : json, jwt"));
    }
}
