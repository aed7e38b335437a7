//! `badge-issuer token`: the tokens of those who use the service, which may be running meanwhile.

use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use clap::ArgMatches;
use jiff::Timestamp;
use serde_json::Value;

use crate::access::Role;
use crate::access::operator::Desk;
use crate::args::text_of;
use crate::commands::{Console, unknown_command};
use crate::refusal::Refusal;

/// Makes, lists or revokes.
pub(super) fn run(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    let now = Timestamp::now();
    match matches.subcommand() {
        Some(("create", matches)) => create(matches, console, now),
        Some(("list", matches)) => list(matches, console, now),
        Some(("revoke", matches)) => revoke(matches, console, now),
        _ => Err(unknown_command()),
    }
}

fn create(matches: &ArgMatches, console: &mut Console<'_>, now: Timestamp) -> Result<(), Refusal> {
    let several = |name: &str| -> Vec<String> {
        matches.get_many::<String>(name).map(|values| values.cloned().collect()).unwrap_or_default()
    };
    let roles = several("role").iter().filter_map(|name| Role::parse(name)).collect();
    let expires = text_of(matches, "expires");
    let expires = expires.as_deref().map(DateTimeStamp::parse).transpose().map_err(|error| {
        Problem::new(Code::OptionInvalid).with("option", "--expires").with("reason", error)
    })?;
    let account = text_of(matches, "account").unwrap_or_default();
    let expires = expires.map(|time| time.instant());
    let (token, text) = desk(matches, console)?.create(account, roles, several("badge"), expires, now)?;
    print(console, &text)?;
    let roles = token["roles"].as_array().map(Vec::as_slice).unwrap_or_default();
    let roles = roles.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ");
    let (id, account, until) = (word(&token, "id"), word(&token, "account"), word(&token, "expiresAt"));
    console.say(
        format!("token {id} of {account} ({roles}) until {until}; it is shown this once"),
        format!("jeton {id} de {account} ({roles}) jusqu’au {until}\u{a0}; il n’est affiché qu’une fois"),
    );
    Ok(())
}

fn list(matches: &ArgMatches, console: &mut Console<'_>, now: Timestamp) -> Result<(), Refusal> {
    for token in desk(matches, console)?.list(now)? {
        print(console, &token.to_string())?;
    }
    Ok(())
}

fn revoke(matches: &ArgMatches, console: &mut Console<'_>, now: Timestamp) -> Result<(), Refusal> {
    let id = text_of(matches, "id").unwrap_or_default();
    let token = desk(matches, console)?.revoke(&id, now)?;
    let account = word(&token, "account");
    console.say(
        format!("token {id} of {account} is revoked"),
        format!("le jeton {id} de {account} est révoqué"),
    );
    Ok(())
}

fn desk(matches: &ArgMatches, console: &Console<'_>) -> Result<Desk, Refusal> {
    Desk::open(&console.settings(matches, false)?)
}

fn word<'a>(token: &'a Value, name: &str) -> &'a str {
    token[name].as_str().unwrap_or_default()
}

fn print(console: &mut Console<'_>, line: &str) -> Result<(), Refusal> {
    writeln!(console.out, "{line}").map_err(|error| Refusal::Failure(error.to_string()))
}
