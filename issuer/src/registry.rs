//! A registry of recognised issuers, signed: the first format of [Recognized Entities](https://www.w3.org/TR/vc-recognized-entities/) that the verifier reads.

use badge_schemas::credential::{CREDENTIALS_V2, issuer_id};
use badge_schemas::document::Document;
use badge_schemas::json_schema::{self, SchemaName};
use badge_schemas::problem::{Code, Problem};
use badge_schemas::registry::RECOGNITION_V1;
use badge_schemas::timestamp::DateTimeStamp;
use badge_verifier::checks::conformance::DocumentKind;
use badge_verifier::checks::issuer::{Question, Registries, resource};
use badge_verifier::policy::{RegistrySource, TrustPolicy};
use badge_verifier::report::Recognition;
use badge_verifier::securing::{SigningRequest, jws, rdfc, vc_jwt};
use badge_verifier::snapshot::Retrieval;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::issuer::Issuer;
use crate::members::malformed;
use crate::refusal::Refusal;

/// How long a registry made from an array counts when nobody says otherwise: 90 days, so that a body that lost its recognition does
/// not stay listed in old copies for ever.
pub const DEFAULT_VALIDITY: SignedDuration = SignedDuration::from_hours(24 * 90);

/// Entries whose terms are checked at once: each chunk stays far below what one document may hold, whatever the registry's size.
const CHUNK: usize = 50;

/// The registry as a credential: what was given, or made from an array of entries.
///
/// # Errors
/// [`Code::SchemaViolation`] and others, with pointers into what was given.
pub fn credential(
    document: Document,
    issuer: &Issuer,
    now: Timestamp,
    valid_until: Option<&DateTimeStamp>,
) -> Result<Value, Refusal> {
    let identity = issuer.identity();
    let (credential, prefix) = match document.into_value() {
        Value::Array(entries) => {
            let until = match valid_until {
                Some(until) if until.instant() <= now => {
                    return Err(Problem::new(Code::OptionInvalid)
                        .with("option", "--valid-until")
                        .with_words(
                            "reason",
                            "it is in the past, and nobody would read the registry",
                            "cette date est passée, et personne ne lirait le registre",
                        )
                        .into());
                }
                Some(until) => until.clone(),
                None => now
                    .checked_add(DEFAULT_VALIDITY)
                    .map_err(|error| Refusal::Failure(error.to_string()))?
                    .into(),
            };
            let credential = json!({
                "@context": [CREDENTIALS_V2, RECOGNITION_V1],
                "type": ["VerifiableCredential", "RecognizedEntityCredential"],
                "issuer": identity.id(),
                "validFrom": DateTimeStamp::from(now),
                "validUntil": until,
                "credentialSubject": entries,
            });
            (credential, "/credentialSubject")
        }
        Value::Object(mut members) => {
            if valid_until.is_some() {
                return Err(Problem::new(Code::OptionInvalid)
                    .with("option", "--valid-until")
                    .with_words(
                        "reason",
                        "the list is a whole credential and says it itself",
                        "la liste est un justificatif entier, qui le dit lui-même",
                    )
                    .into());
            }
            members.entry("issuer").or_insert_with(|| json!(identity.id()));
            (Value::Object(members), "")
        }
        _ => {
            return Err(malformed(
                "",
                "it is neither an array of entries nor a credential",
                "ce n’est ni un tableau d’entrées ni un justificatif",
            )
            .into());
        }
    };
    let mut problems = json_schema::problems(SchemaName::IssuerRegistry, &credential);
    if credential.get("proof").is_some() {
        problems.push(malformed(
            "/proof",
            "the list is signed as a whole: it carries no proof",
            "la liste est signée en entier\u{a0}: elle ne porte pas de preuve",
        ));
    }
    if issuer_id(&credential) != Some(identity.id()) {
        problems.push(malformed(
            "/issuer",
            &format!("only {} can sign with this key", identity.id()),
            "cette clé est celle d’un autre émetteur",
        ));
    }
    let until = credential.get("validUntil").and_then(Value::as_str);
    if until.and_then(|text| DateTimeStamp::parse(text).ok()).is_some_and(|until| until.instant() <= now) {
        problems.push(malformed("/validUntil", "it is in the past", "cette date est passée"));
    }
    if problems.is_empty() {
        problems.extend(undefined_terms(&credential));
    }
    if problems.is_empty() {
        return Ok(credential);
    }
    for problem in &mut problems {
        let shorter = problem.pointer.as_deref().and_then(|pointer| pointer.strip_prefix(prefix));
        if let Some(shorter) = shorter.map(str::to_owned) {
            problem.pointer = Some(shorter);
        }
    }
    Err(Refusal::Request(problems))
}

/// Signs a registry as a compact JWS, and asks it about its first entry, as a verifier would.
///
/// # Errors
/// [`Refusal::Failure`] when our own work does not answer.
pub fn sign(credential: &Value, issuer: &Issuer, now: Timestamp) -> Result<String, Refusal> {
    let key = issuer.identity().jwt_key();
    let public = key.signer.public_key();
    let header = vc_jwt::header(public.algorithm(), &key.method);
    let input = jws::signing_input(&header, &vc_jwt::payload(credential)?);
    let signature = key.signer.sign(SigningRequest::Bytes(input.as_bytes()))?;
    let signed = jws::compact(&input, &signature);
    match own_answer(&signed, credential, issuer, now) {
        Some(Recognition::Listed | Recognition::OutOfScope { .. } | Recognition::NotListed) => Ok(signed),
        answer => {
            let answer = answer.map_or("none", |answer| answer.as_str());
            Err(Problem::new(Code::OwnWorkRefused).with("reason", answer).into())
        }
    }
}

/// What the signed registry answers about its first entry.
fn own_answer(signed: &str, credential: &Value, issuer: &Issuer, now: Timestamp) -> Option<Recognition> {
    let entries = credential.get("credentialSubject")?;
    let first = entries.get(0).unwrap_or(entries).get("id")?.as_str()?;
    let source = RegistrySource { source: "own".to_owned(), issuer: Some(issuer.identity().id().to_owned()) };
    let mut snapshot = issuer.identity().snapshot(now);
    let outcome = Ok(signed.as_bytes().to_vec());
    snapshot.insert(resource(&source), Retrieval { fetched_at: now, outcome });
    let policy = TrustPolicy { registries: vec![source], ..TrustPolicy::default() };
    let question = Question { issuer: first, credential: &Value::Null, kind: DocumentKind::Badge, at: now };
    let (_, answers) = Registries::open(&policy, now, &snapshot).ask(question);
    answers.into_iter().next().map(|answer| answer.recognition)
}

/// Terms that no context defines, looked for a few entries at a time.
fn undefined_terms(credential: &Value) -> Option<Problem> {
    let subject = credential.get("credentialSubject")?;
    let entries = subject.as_array().map_or(std::slice::from_ref(subject), Vec::as_slice);
    let mut part = credential.clone();
    entries.chunks(CHUNK).enumerate().find_map(|(index, chunk)| {
        part["credentialSubject"] = json!(chunk);
        let problem = rdfc::to_quads(&part).err()?.to_problem();
        let entry = problem
            .pointer
            .as_deref()
            .and_then(|pointer| pointer.strip_prefix("/credentialSubject/"))
            .and_then(|rest| {
                let (entry, rest) = rest.split_once('/').unwrap_or((rest, ""));
                Some((entry.parse::<usize>().ok()? + index * CHUNK, rest.to_owned()))
            });
        Some(match entry {
            Some((entry, rest)) => problem.at(format!("/credentialSubject/{entry}/{rest}")),
            None => problem,
        })
    })
}
