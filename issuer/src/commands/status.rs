//! `badge-issuer status`: revokes, suspends or restores an award without a running service.

use badge_schemas::problem::{Code, Problem};
use clap::ArgMatches;
use jiff::Timestamp;

use crate::args::text_of;
use crate::commands::{Console, publish};
use crate::issuer::Act;
use crate::refusal::{Refusal, status_name};
use crate::status::ChangeRequest;
use crate::store::AwardStatus;

/// Changes the status, and writes what has to be published with it.
pub(super) fn run(matches: &ArgMatches, console: &mut Console<'_>) -> Result<(), Refusal> {
    let now = Timestamp::now();
    let missing = |option: &str| Problem::new(Code::OptionInvalid).with("option", option).with("reason", "∅");
    let named = text_of(matches, "award").ok_or_else(|| missing("AWARD"))?;
    let reason = text_of(matches, "reason").ok_or_else(|| missing("--reason"))?;
    let to = match text_of(matches, "to").as_deref() {
        Some("revoked") => AwardStatus::Revoked,
        Some("suspended") => AwardStatus::Suspended,
        Some("active") => AwardStatus::Active,
        _ => return Err(missing("STATUS").into()),
    };
    let (settings, opened) = publish::existing(matches, console)?;
    let issuer = &opened.issuer;
    let award = match issuer.store.award_by_credential_id(&named)? {
        Some(award) => award,
        None => issuer.find_award(&named)?,
    };
    let changed = issuer.change_status(&award.id, ChangeRequest { to, reason }, Act::by_operator(now))?;
    let (id, is, badge) = (&changed.id, status_name(changed.status), &changed.credential_id);
    console.say(
        format!("award {id} is {is} (badge {badge})"),
        format!("l’attribution {id} est à l’état {is} (badge {badge})"),
    );
    publish::write(console, &settings, issuer, now)
}
