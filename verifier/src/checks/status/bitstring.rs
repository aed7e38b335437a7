//! The W3C's lists ([Bitstring Status List v1.0, Validate Algorithm](https://www.w3.org/TR/vc-bitstring-status-list/#validate-algorithm)).

use std::collections::BTreeMap;

use badge_schemas::credential::{issuer_id, view};
use badge_schemas::problem::{Code, Problem};
use badge_schemas::status::{BitstringStatusListEntry, StatusListCredential, StatusMessage};
use jiff::SignedDuration;
use serde_json::Value;

use super::{
    Freshness, Looker, OpenList, Words, doubtful, hexadecimal, list_error, malformed, undetermined,
    unknown_meaning, unreliable, unsupported,
};
use crate::checks::validity;
use crate::content::Content;
use crate::report::Outcome;
use crate::securing::data_integrity;
use crate::securing::vc_jwt::{self, ClaimRules};
use crate::snapshot::ResourceKind;
use crate::status_list::{Width, bitstring};
use badge_schemas::uri::is_uri;

/// The message that stands for none ([§2.1](https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistentry)).
const UNDEFINED: &str = "undefined";

/// Looks an entry up in its list.
pub(super) fn look_up(looker: &Looker<'_>, pointer: &str, entry: &Value) -> Outcome {
    Place::read(pointer, entry).and_then(|place| in_list(looker, &place)).unwrap_or_else(|outcome| outcome)
}

fn in_list(looker: &Looker<'_>, place: &Place<'_>) -> Result<Outcome, Outcome> {
    let url = place.list.as_str();
    let opened = looker
        .known
        .bitstrings
        .open(looker.known.work, url, &looker.stated.opened_for(), || open(looker, url))?;
    let (list, about) = &*opened;
    if !about.purposes.contains(&place.purpose) {
        return Err(undetermined(
            Problem::new(Code::StatusPurposeMismatch)
                .with("list", url)
                .with("expected", &place.purpose)
                .with("found", about.purposes.join(", ")),
        ));
    }
    // On another grid, the bits would be those of other credentials.
    if about.size.is_some_and(|size| size != place.width.bits()) {
        return Err(doubtful(
            url,
            ("its statusSize is not the entry's", "sa statusSize n’est pas celle de l’entrée"),
        ));
    }
    let status = bitstring::look_up(&list.statuses, place.index, place.width)
        .map_err(|error| list_error(&error, place.pointer, url))?;
    Ok(looker.settle(place.meaning(status), list.freshness, url))
}

/// What a list says of itself, beside what it holds.
pub(super) struct About {
    purposes: Vec<String>,
    size: Option<u64>,
}

/// Reads a list and establishes that it speaks for the issuer.
fn open(looker: &Looker<'_>, url: &str) -> Result<(OpenList, About), Outcome> {
    let (bytes, retrieval) = looker.retrieve(ResourceKind::StatusList, url)?;
    let (_, content) = Content::open(bytes).map_err(|problem| unreliable(url, problem.code.as_str()))?;
    let value = match &content {
        Content::Json(document) => data_integrity::without_proof(document.value()),
        Content::Jws(jws) => {
            let claims = jws.payload().value();
            if let Some(problem) = vc_jwt::check_claims(claims, ClaimRules::of(jws.header().typ)).first() {
                return Err(unreliable(url, problem.code.as_str()));
            }
            vc_jwt::credential(claims)
        }
        Content::SdJwt(_) => return Err(unreliable(url, "an SD-JWT")),
    };
    let list: StatusListCredential = view(&value).map_err(|_| {
        doubtful(url, ("a member is missing or malformed", "un membre manque ou est mal formé"))
    })?;
    let is = |kinds: &[String], name: &str| kinds.iter().any(|kind| kind == name);
    if !is(&list.kind, "BitstringStatusListCredential")
        || !is(&list.credential_subject.kind, "BitstringStatusList")
    {
        return Err(doubtful(
            url,
            ("it is not a BitstringStatusListCredential", "ce n’est pas une BitstringStatusListCredential"),
        ));
    }
    if list.id.as_deref().is_some_and(|id| id != url) {
        return Err(doubtful(url, ("its id is another list's", "son id est celui d’une autre liste")));
    }
    let facts = looker.authenticate(&content, issuer_id(&value), url)?;
    let statuses = bitstring::decode(&list.credential_subject.encoded_list)
        .map_err(|error| list_error(&error, "/credentialStatus", url))?;
    let over =
        validity::period(list.valid_from.as_ref(), list.valid_until.as_ref(), looker.now, looker.skew())
            .or_else(|| validity::proof(&facts, looker.now, looker.skew()));
    let ttl = list.credential_subject.ttl.and_then(|ttl| i64::try_from(ttl).ok());
    let freshness = Freshness {
        over: over.map(|problem| problem.code),
        own_limit: ttl.map(SignedDuration::from_millis),
        since: retrieval.fetched_at,
    };
    let about =
        About { purposes: list.credential_subject.status_purpose, size: list.credential_subject.status_size };
    Ok((OpenList { statuses, freshness }, about))
}

/// Where in which list a status stands, and what its values mean; an entry that keeps every rule of
/// [§2.1](https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistentry).
struct Place<'a> {
    pointer: &'a str,
    purpose: String,
    index: u64,
    width: Width,
    list: String,
    messages: BTreeMap<u64, String>,
    references: Vec<String>,
}

impl<'a> Place<'a> {
    fn read(pointer: &'a str, entry: &Value) -> Result<Self, Outcome> {
        let broken = |reason: Words| Outcome::Fail(malformed(pointer, reason));
        let entry: BitstringStatusListEntry = view(entry).map_err(|problem| {
            let reason = problem.value("reason").unwrap_or("a member is missing or malformed");
            let problem = Problem::new(Code::StatusEntryMalformed).at(pointer);
            Outcome::Fail(problem.with_words("reason", reason, "un membre manque ou est mal formé"))
        })?;
        if !is_uri(&entry.status_list_credential) {
            return Err(broken((
                "statusListCredential is not a URL",
                "statusListCredential n’est pas une URL",
            )));
        }
        if entry.id.as_ref() == Some(&entry.status_list_credential) {
            return Err(broken(("its id is the list's", "son id est celui de la liste")));
        }
        if !entry.status_reference.iter().all(|reference| is_uri(reference)) {
            return Err(broken(("statusReference is not a URL", "statusReference n’est pas une URL")));
        }
        let size = entry.status_size.unwrap_or(1);
        let width = match Width::new(size) {
            Some(width) => width,
            None if size == 0 => return Err(broken(("statusSize is 0", "statusSize vaut 0"))),
            None => {
                return Err(unsupported(
                    pointer,
                    format_args!("BitstringStatusListEntry, statusSize {size}"),
                ));
            }
        };
        let messages = messages(&entry.status_message, width).map_err(broken)?;
        Ok(Self {
            pointer,
            purpose: entry.status_purpose,
            index: entry.status_list_index,
            width,
            list: entry.status_list_credential,
            messages,
            references: entry.status_reference,
        })
    }

    fn meaning(&self, status: u8) -> Outcome {
        let problem = |code| Problem::new(code).at(self.pointer);
        match (self.purpose.as_str(), status) {
            ("message", status) => self.message(status),
            (_, 0) => Outcome::Pass,
            ("revocation", _) => Outcome::Fail(problem(Code::Revoked)),
            ("suspension", _) => Outcome::Fail(problem(Code::Suspended)),
            ("refresh", _) => Outcome::Warn(problem(Code::StatusRefresh)),
            (purpose, status) => unknown_meaning(self.pointer, purpose, status),
        }
    }

    /// The message is for those who debug: it is among the values and not in the sentence, as
    /// [§2.1](https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistentry) wants it.
    fn message(&self, status: u8) -> Outcome {
        let message = match self.messages.get(&u64::from(status)).map(String::as_str) {
            Some(UNDEFINED) | None if status == 0 => return Outcome::Pass,
            Some(message) => message,
            None => "set",
        };
        let mut problem = Problem::new(Code::StatusMessage)
            .at(self.pointer)
            .with("status", hexadecimal(status))
            .with("message", message);
        if let Some(reference) = self.references.first() {
            problem = problem.with("reference", reference);
        }
        Outcome::Warn(problem)
    }
}

/// The messages by their values: one for every possible value, or, for entries of one bit, none at all.
fn messages(given: &[StatusMessage], width: Width) -> Result<BTreeMap<u64, String>, Words> {
    if given.is_empty() {
        return if width == Width::ONE {
            Ok(BTreeMap::new())
        } else {
            Err((
                "statusSize is above 1 and there is no statusMessage",
                "statusSize dépasse 1 sans statusMessage",
            ))
        };
    }
    let mut messages = BTreeMap::new();
    for StatusMessage { status, message } in given {
        let value = status
            .strip_prefix("0x")
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u64::from_str_radix(digits, 16).ok())
            .filter(|value| *value < width.values())
            .ok_or((
                "a statusMessage has no possible status",
                "un statusMessage n’a pas de status possible",
            ))?;
        if messages.insert(value, message.clone()).is_some() {
            return Err(("two statusMessages have the same status", "deux statusMessage ont le même status"));
        }
    }
    if messages.len() as u64 != width.values() {
        return Err((
            "statusMessage does not name every possible status",
            "statusMessage ne nomme pas tous les status possibles",
        ));
    }
    Ok(messages)
}
