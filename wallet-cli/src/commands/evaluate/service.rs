//! The issuer's service that keeps the status of evaluations: entries asked for before signing, withdrawals told after.
//!
//! No token: the records' own signatures are what the service judges.

use badge_schemas::credential::{has_type, issuer_id};
use badge_schemas::evaluation::{Answer, Record as _, RecordKind, Response};
use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::evaluation::digest;
use badge_verifier::evaluation::thread::{plain, records, thread};
use badge_verifier::net::Reach;
use serde::Deserialize;
use serde_json::Value;

use crate::args::evaluate::Service;
use crate::check::{self, Network};
use crate::evaluate::moves::Kept;
use crate::evaluate::sheet::{Line, Said, Sheet, base_of};

/// One status entry, reserved for the evaluation of one skill.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    /// The skill, by its `targetUrl`.
    skill: String,
    /// What goes into the endorsement.
    credential_status: Value,
}

#[derive(Deserialize)]
struct Entries {
    /// The DID that signs the lists: the evaluator names it beside the entry.
    keeper: Option<String>,
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Withdrawn {
    withdrawn: Vec<String>,
    #[serde(default)]
    refused: Vec<Refused>,
}

/// Why one withdrawal was refused.
#[derive(Deserialize)]
struct Refused {
    /// Where its record is in what was sent.
    pointer: Option<String>,
    code: Option<String>,
    detail: Option<String>,
}

/// A withdrawal that a service does not say to have noted.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Unnoted {
    /// The skill of its evaluation, by `targetUrl`, where it can be read; or else the endorsement's id.
    pub(super) what: String,
    /// Code and words of the service, where it says why.
    pub(super) why: Option<String>,
}

/// Refuses an address at which no service can be asked, before anybody is asked anything.
///
/// # Errors
/// [`Code::FetchRefused`].
pub(super) fn may_ask(asked: &Service) -> Result<(), Problem> {
    match (&asked.at, Network::of(false, asked.network.danger_allow_loopback)) {
        (Some(base), Network::Online(reach)) => check::may_post(&address(base, "entries"), reach),
        _ => Ok(()),
    }
}

/// Asks the service for the status entries of these skills, as the evaluator with this DID; the request and their acceptance of it are sent, and
/// say who asks.
///
/// # Errors
/// [`Code::StatusKeptBefore`] where the entry is that of an evaluation of the same skill that was taken back; [`Code::ServiceRefuses`], also for an
/// entry that is none, stands twice, or belongs to another evaluation;
/// [`Code::FetchRefused`], [`Code::FetchFailed`].
pub(super) fn entries(
    base: &str,
    thread: &[u8],
    did: &str,
    skills: &[String],
    reach: Reach,
) -> Result<Vec<(String, Kept)>, Problem> {
    let url = address(base, "entries");
    let known = records(thread)?;
    let said: Vec<Value> = known.iter().map(|record| plain(record).unwrap_or_default()).collect();
    let body = accepted(&known, &said, did).ok_or_else(|| Problem::new(Code::ThreadWithoutMandate))?;
    let answer: Entries = ask(&url, &body, reach)?;
    let is_did = |keeper: &String| badge_schemas::did::Did::parse(keeper).is_ok();
    if answer.keeper.as_ref().is_some_and(|keeper| !is_did(keeper)) {
        return Err(Problem::new(Code::ServiceRefuses).with("url", &url).with_words(
            "reason",
            "what it names as keeper is no DID",
            "ce qu’il désigne comme tenant le statut n’est pas un DID",
        ));
    }
    let unfit = |en: &str, fr: &'static str| {
        Problem::new(Code::ServiceRefuses).with("url", &url).with_words("reason", en, fr)
    };
    let mut used: Vec<(Value, Option<&str>)> = said
        .iter()
        .filter_map(|record| Some((record.get("credentialStatus").and_then(place)?, skill_of(record))))
        .collect();
    let mut entries = Vec::with_capacity(skills.len());
    for skill in skills {
        let entry = answer.entries.iter().find(|entry| entry.skill == *skill).ok_or_else(|| {
            unfit("it gives no entry for a skill", "il ne donne pas d’entrée pour une compétence")
        })?;
        let place = place(&entry.credential_status).ok_or_else(|| {
            unfit("what it gives is no status entry", "ce qu’il donne n’est pas une entrée de statut")
        })?;
        // An entry is one evaluation's: one that was withdrawn would take the next one with it.
        let taken = used.iter().find(|(used, _)| *used == place);
        // A service has one entry for each skill of a mandate: that of the evaluation that was taken back.
        if taken.is_some_and(|(_, evaluated)| *evaluated == Some(skill)) {
            return Err(Problem::new(Code::StatusKeptBefore).with("url", base).with("skill", skill));
        }
        if taken.is_some() {
            return Err(unfit(
                "it gives an entry that another evaluation has",
                "il donne une entrée qu’une autre évaluation possède",
            ));
        }
        used.push((place, None));
        let kept = Kept { entry: entry.credential_status.clone(), keeper: answer.keeper.clone() };
        entries.push((entry.skill.clone(), kept));
    }
    Ok(entries)
}

/// The skill that a record evaluates, by its `targetUrl`.
fn skill_of(record: &Value) -> Option<&str> {
    record.pointer("/credentialSubject/evaluation/evaluatedSkill/targetUrl").and_then(Value::as_str)
}

/// What of a thread says that its mandate was accepted by the evaluator with this DID: the mandate and that answer, and no other record. Nothing where
/// one of them is missing, which an evaluation that may be signed never meets.
fn accepted(records: &[Value], said: &[Value], did: &str) -> Option<Vec<u8>> {
    let all = || records.iter().zip(said);
    let (mandate, asked) = all().find(|(_, said)| RecordKind::of(said) == Some(RecordKind::Mandate))?;
    let named = digest::of_record(asked).ok()?;
    let accepts = |said: &Value| {
        let read = Response::read(said);
        read.is_ok_and(|one| one.answer == Answer::Accepted && one.previous == named)
            && issuer_id(said) == Some(did)
    };
    let (answer, _) = all().find(|(_, said)| accepts(said))?;
    Some(thread(&[mandate.clone(), answer.clone()]).to_string().into_bytes())
}

/// A service, and what it keeps of that was taken back.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Keeper {
    /// Its address, as the lists are published under it.
    pub(super) base: String,
    /// How many withdrawals concern it.
    pub(super) count: usize,
    /// The endorsements and their withdrawals: all that it needs, and nothing of what others keep.
    records: Vec<Value>,
}

impl Keeper {
    /// Whether somebody means this service by an address.
    pub(super) fn is_at(&self, base: &str) -> bool {
        is_at(&self.base, base)
    }
}

/// The services that keep the status of what this evaluator took back in a thread, each once.
///
/// # Errors
/// Those of reading the thread.
pub(super) fn keepers(bytes: &[u8], sheet: &Sheet, did: &str) -> Result<Vec<Keeper>, Problem> {
    let all = records(bytes)?;
    let mut keepers: Vec<Keeper> = Vec::new();
    for (line, record) in sheet.lines.iter().zip(&all) {
        let Said::TookBack { what, .. } = &line.said else { continue };
        if line.problem.is_some() || line.by.did != did {
            continue;
        }
        let taken = sheet.lines.iter().zip(&all).find(|(line, _)| line.digest.as_ref() == Some(what));
        let Some((Line { said: Said::Evaluated { status_list: Some(list), .. }, .. }, endorsement)) = taken
        else {
            continue;
        };
        let base = base_of(list).to_owned();
        let place = keepers.iter().position(|known| known.base == base).unwrap_or_else(|| {
            keepers.push(Keeper { base, count: 0, records: Vec::new() });
            keepers.len() - 1
        });
        if let Some(keeper) = keepers.get_mut(place) {
            keeper.count += 1;
            keeper.records.extend([endorsement.clone(), record.clone()]);
        }
    }
    Ok(keepers)
}

/// Refuses an address that keeps no status of what this evaluator took back, or is about to: `soon` are the digests of those evaluations.
/// Who keeps one is named by the evaluation itself, and nobody else is sent it.
///
/// # Errors
/// [`Code::OptionInvalid`], naming the keepers with the option for each.
pub(super) fn only_keepers(at: &[String], sheet: &Sheet, did: &str, soon: &[String]) -> Result<(), Problem> {
    let taken: Vec<&String> = sheet
        .lines
        .iter()
        .filter(|line| line.problem.is_none() && line.by.did == did)
        .filter_map(|line| match &line.said {
            Said::TookBack { what, .. } => Some(what),
            _ => None,
        })
        .chain(soon)
        .collect();
    let mut keepers: Vec<&str> = sheet
        .lines
        .iter()
        .filter(|line| line.digest.as_ref().is_some_and(|digest| taken.contains(&digest)))
        .filter_map(|line| match &line.said {
            Said::Evaluated { status_list, .. } => status_list.as_deref().map(base_of),
            _ => None,
        })
        .collect();
    keepers.sort_unstable();
    keepers.dedup();
    let Some(stranger) = at.iter().find(|at| !keepers.iter().any(|keeper| is_at(keeper, at))) else {
        return Ok(());
    };
    let [en, fr] = match keepers.as_slice() {
        [] => [
            "nobody keeps a status of what is taken back; nothing was sent or signed. Leave it out".to_owned(),
            "personne ne tient de statut pour ce qui est retiré\u{a0}; rien n’a été envoyé ni signé. Omettez-la".to_owned(),
        ],
        keepers => {
            let options: Vec<String> = keepers.iter().map(|keeper| format!("--at {keeper}")).collect();
            let options = options.join(" ");
            [
                format!("no status of what is taken back is kept there; nothing was sent or signed. Who keeps one: {options}"),
                format!("aucun statut de ce qui est retiré n’y est tenu\u{a0}; rien n’a été envoyé ni signé. Qui en tient un\u{a0}: {options}"),
            ]
        }
    };
    Err(Problem::new(Code::OptionInvalid)
        .with("option", format!("--at {stranger}"))
        .with_words("reason", &en, fr))
}

/// Whether somebody means the service at `keeper` by an address.
fn is_at(keeper: &str, address: &str) -> bool {
    address.trim_end_matches('/').eq_ignore_ascii_case(keeper)
}

/// Tells a service what was taken back of what it keeps; gives what it does not say to have noted.
///
/// # Errors
/// As [`entries`].
pub(super) fn tell(base: &str, keeper: &Keeper, reach: Reach) -> Result<Vec<Unnoted>, Problem> {
    let url = address(base, "withdrawals");
    let answer: Withdrawn = ask(&url, thread(&keeper.records).to_string().as_bytes(), reach)?;
    // Each endorsement is sent before its withdrawal.
    let pairs = keeper.records.chunks(2).enumerate();
    Ok(pairs.filter_map(|(number, pair)| unnoted(number, pair.first()?, &answer)).collect())
}

/// That the service does not name an endorsement among those it noted, or names its withdrawal among those it refused.
fn unnoted(number: usize, endorsement: &Value, answer: &Withdrawn) -> Option<Unnoted> {
    let id = endorsement.get("id").and_then(Value::as_str).unwrap_or("–");
    let place = format!("/verifiableCredential/{}", 2 * number + 1);
    let at_it = |refused: &&Refused| {
        let rest = refused.pointer.as_deref().and_then(|pointer| pointer.strip_prefix(place.as_str()));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let refused = answer.refused.iter().find(at_it);
    if refused.is_none() && answer.withdrawn.iter().any(|known| known == id) {
        return None;
    }
    let why = refused.map(|refused| {
        let words: Vec<&str> =
            [&refused.code, &refused.detail].into_iter().flatten().map(String::as_str).collect();
        words.join(", ")
    });
    Some(Unnoted {
        what: skill_of(endorsement).unwrap_or(id).to_owned(),
        why: why.filter(|why| !why.is_empty()),
    })
}

/// That a service has not noted everything it was told.
pub(super) fn incomplete(base: &str) -> Problem {
    Problem::new(Code::ServiceRefuses).with("url", address(base, "withdrawals")).with_words(
        "reason",
        "it does not say that it has noted each withdrawal",
        "il ne dit pas avoir noté chaque retrait",
    )
}

/// Where an entry stands: its list and index; nothing where it is no entry by which something can be revoked.
fn place(status: &Value) -> Option<Value> {
    let text = |member: &str| status.get(member).and_then(Value::as_str);
    let revokes = has_type(status, "BitstringStatusListEntry") && text("statusPurpose") == Some("revocation");
    let index = text("statusListIndex").filter(|index| index.parse::<u64>().is_ok())?;
    let list = text("statusListCredential").filter(|list| badge_schemas::uri::is_uri(list))?;
    revokes.then(|| serde_json::json!([list, index]))
}

fn address(base: &str, what: &str) -> String {
    format!("{}/evaluations/{what}", base.trim_end_matches('/'))
}

fn ask<A: for<'de> Deserialize<'de>>(url: &str, body: &[u8], reach: Reach) -> Result<A, Problem> {
    let (status, answer) = check::post(url, body, reach)?;
    let refused = |en: &str, fr: String| {
        Problem::new(Code::ServiceRefuses).with("url", url).with_words("reason", en, fr)
    };
    if status / 100 == 2 {
        let unread = "its answer cannot be read";
        return serde_json::from_slice(&answer)
            .map_err(|_| refused(unread, "sa réponse est illisible".to_owned()));
    }
    let details: Value = serde_json::from_slice(&answer).unwrap_or_default();
    let [en, fr] = refusal(status, &details);
    Err(refused(&en, fr))
}

/// Why a service refuses, in English and French, as the end of a sentence: in our words where they are those of its code, else in its own.
fn refusal(status: u16, details: &Value) -> [String; 2] {
    let said =
        |member: &str| details.get(member).and_then(Value::as_str).map(|text| text.trim_end_matches('.'));
    let coded = |words: &str| match said("code") {
        Some(code) => format!("{words} ({code})"),
        None => words.to_owned(),
    };
    if let Some(known) = Problem::from_details(details) {
        return [Lang::En, Lang::Fr].map(|lang| coded(known.sentence(lang).trim_end_matches('.')));
    }
    match said("detail").or_else(|| said("title")) {
        Some(words) => [coded(words), coded(&format!("«\u{a0}{words}\u{a0}»"))],
        None => [format!("HTTP {status}"), format!("HTTP {status}")],
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;

    /// As it stands in a thread where somebody signed it as a JWT. What is signed is no matter here.
    fn token(said: &Value) -> Value {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let header = json!({"alg": "EdDSA", "typ": "vc+jwt", "kid": "did:key:z6Mk#z6Mk"});
        json!(format!("{}.{}.{}", part(&header), part(said), URL_SAFE_NO_PAD.encode([0; 64])))
    }

    #[test]
    fn only_the_mandate_and_ones_own_acceptance_are_sent_in_whatever_form() {
        let record = |kind: RecordKind, subject: Value, by: &str| {
            json!({
                "@context": ["https://www.w3.org/ns/credentials/v2"],
                "type": ["VerifiableCredential", kind.credential_type()],
                "issuer": by,
                "credentialSubject": subject,
            })
        };
        let asked = record(RecordKind::Mandate, json!({"type": "EvaluationMandate"}), "did:key:zoe");
        let named = digest::of_record(&asked).unwrap_or_default();
        let answer = |by: &str, answer: &str| {
            let said = json!({"type": "EvaluationResponse", "previous": named, "mandate": "urn:x", "answer": answer});
            record(RecordKind::Response, said, by)
        };
        let [stranger, declined, own] = [
            answer("did:key:max", "accepted"),
            answer("did:key:eve", "declined"),
            answer("did:key:eve", "accepted"),
        ];
        let found = record(RecordKind::Evaluation, json!({"evaluation": {}}), "did:key:eve");
        for form in [Value::clone, token] {
            let known: Vec<Value> = [&asked, &stranger, &declined, &own, &found].map(form).to_vec();
            let said: Vec<Value> = known.iter().map(|record| plain(record).unwrap_or_default()).collect();
            let sent = accepted(&known, &said, "did:key:eve").unwrap_or_default();
            assert_eq!(records(&sent), Ok(vec![form(&asked), form(&own)]));
            assert_eq!(accepted(&known, &said, "did:key:ida"), None);
        }
    }

    #[test]
    fn a_refusal_is_in_the_readers_language_and_ends_without_a_stop() {
        let of = |details: Value| refusal(422, &details);
        let known = of(
            json!({"code": "EVALUATIONS_NOT_OFFERED", "detail": "This issuer keeps no status entries for evaluations."}),
        );
        assert_eq!(known[0], "This issuer keeps no status entries for evaluations (EVALUATIONS_NOT_OFFERED)");
        assert_eq!(
            known[1],
            "Cet émetteur ne tient pas d’entrées de statut pour les évaluations (EVALUATIONS_NOT_OFFERED)"
        );
        let foreign = of(json!({"code": "BUSY", "detail": "Come back."}));
        assert_eq!(foreign, ["Come back (BUSY)", "«\u{a0}Come back\u{a0}» (BUSY)"]);
        assert_eq!(of(Value::Null)[1], "HTTP 422");
    }
}
