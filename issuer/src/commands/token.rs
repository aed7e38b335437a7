//! `badge-issuer token`: the tokens of those who use the service, which may be running meanwhile.

use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use clap::ArgMatches;
use jiff::Timestamp;

use crate::access::{Register, Request, Role};
use crate::args::text_of;
use crate::commands::{Console, unknown_command};
use crate::issuer::OPERATOR;
use crate::refusal::Refusal;

/// Makes, lists or revokes.
pub(super) fn run(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    let now = Timestamp::now();
    match matches.subcommand() {
        Some(("create", matches)) => create(matches, console, now),
        Some(("list", matches)) => list(matches, console),
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
    let asked = Request::new(account, roles, several("badge"), expires.map(|time| time.instant()), now)?;
    let (token, secret) = register(matches, console)?.create(asked, OPERATOR, now)?;
    print(console, secret.reveal())?;
    let (id, roles) = (&token.id, Role::names(&token.roles));
    let until = token.expires_at.map(|at| at.to_string()).unwrap_or_default();
    console.say(
        format!("token {id} of {} ({roles}) until {until}; it is shown this once", token.account),
        format!("jeton {id} de {} ({roles}) jusqu’au {until} ; il n’est affiché qu’une fois", token.account),
    );
    Ok(())
}

fn list(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    for token in register(matches, console)?.tokens()? {
        print(console, &token.to_json().to_string())?;
    }
    Ok(())
}

fn revoke(matches: &ArgMatches, console: &mut Console<'_>, now: Timestamp) -> Result<(), Refusal> {
    let id = text_of(matches, "id").unwrap_or_default();
    let token = register(matches, console)?.revoke(&id, OPERATOR, now)?;
    console.say(
        format!("token {id} of {} is revoked", token.account),
        format!("le jeton {id} de {} est révoqué", token.account),
    );
    Ok(())
}

fn register(matches: &ArgMatches, console: &Console<'_>) -> Result<Register, Problem> {
    Register::of(&console.settings(matches, false)?.data)
}

fn print(console: &mut Console<'_>, line: &str) -> Result<(), Refusal> {
    writeln!(console.out, "{line}").map_err(|error| Refusal::Failure(error.to_string()))
}
