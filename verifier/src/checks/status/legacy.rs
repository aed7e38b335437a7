//! The older list of Open Badges, deprecated and unsigned ([1EdTech Revocation List](https://www.imsglobal.org/spec/vcrl/v1p0/)): what it says
//! rests on the address it came from.

use badge_schemas::document::Document;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::status::RevocationList;
use serde::Deserialize;
use serde_json::Value;

use super::{Freshness, Looker, doubtful, malformed, unreliable};
use crate::report::Outcome;
use crate::snapshot::ResourceKind;
use crate::work;

/// Looks the credential's id up in the list that the entry's `id` names.
pub(super) fn look_up(looker: &Looker<'_>, pointer: &str, entry: &Value) -> Outcome {
    match entry.get("id").and_then(Value::as_str) {
        Some(url) => in_list(looker, pointer, url).unwrap_or_else(|outcome| outcome),
        None => Outcome::Fail(malformed(pointer, ("id is missing", "id manque"))),
    }
}

fn in_list(looker: &Looker<'_>, pointer: &str, url: &str) -> Result<Outcome, Outcome> {
    let (bytes, retrieval) = looker.retrieve(ResourceKind::StatusList, url)?;
    // It is read again for each credential that names it.
    looker
        .known
        .work
        .spend(work::of_bytes(bytes.len()))
        .map_err(|exhausted| Outcome::Fail(exhausted.to_problem()))?;
    let document = Document::parse(bytes).map_err(|problem| unreliable(url, problem.code.as_str()))?;
    let list = RevocationList::deserialize(document.value()).map_err(|_| {
        doubtful(url, ("it is not a 1EdTechRevocationList", "ce n’est pas une 1EdTechRevocationList"))
    })?;
    if Some(list.issuer.as_str()) != looker.stated.issuer {
        return Err(doubtful(url, ("it belongs to another issuer", "elle appartient à un autre émetteur")));
    }
    let Some(id) = looker.stated.id else {
        let reason = (
            "a credential without id cannot be found in a revocation list",
            "un justificatif sans id ne se trouve pas dans une liste de révocation",
        );
        return Err(Outcome::Fail(malformed(pointer, reason)));
    };
    let revoked = list.revoked_credential.iter().any(|line| line.revoked && line.id == id);
    let meaning =
        if revoked { Outcome::Fail(Problem::new(Code::Revoked).at(pointer)) } else { Outcome::Pass };
    // It says nothing about how long it holds; policy does.
    let freshness = Freshness { over: None, own_limit: None, since: retrieval.fetched_at };
    Ok(looker.settle(meaning, freshness, url))
}
