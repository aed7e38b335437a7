//! The command line that the official [VC-JOSE-COSE](https://www.w3.org/TR/vc-jose-cose/) test suite calls. Not a tool for anyone else: its
//! keys come as JWK files in the clear.
//!
//! ```text
//! vc-jose-cose issue|verify --input FILE --key FILE --feature NAME --output FILE [--sd PATHS] [--now RFC3339]
//! ```
//!
//! Writes `{"result": "success" | "failure" | "indeterminate", "data": …}`. The key file is a verification method with `publicKeyJwk` and,
//! for issuing, `secretKeyJwk`. Verifying goes through the library's one door, [`verify`](badge_verifier::verify()), with the proof-only
//! policy; the key given is put where the issuer's keys would be fetched from, and no other key is at hand, so presented credentials of
//! other keys are named as not verified. `--now` is the moment to judge by: the suite's tokens have an `exp` of long ago.
#![expect(clippy::print_stderr, reason = "a program of the command line")]

use std::error::Error;
use std::process::ExitCode;

use badge_issuer::randomness;
use badge_issuer::signer::{Ed25519Signer, P256Signer, Signer};
use badge_issuer::signer_ec::{P384Signer, P521Signer};
use badge_schemas::controller::Relationship;
use badge_schemas::document::Document;
use badge_schemas::presentation::trim_envelopes;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::checks::conformance::{self, DocumentKind};
use badge_verifier::proof_only::{outermost, proof_only};
use badge_verifier::report::{CheckId, Outcome};
use badge_verifier::securing::sd_jwt;
use badge_verifier::securing::sd_jwt::hash::HashAlgorithm;
use badge_verifier::securing::sd_jwt::issue::{IssueOptions, Seed};
use badge_verifier::securing::sd_jwt::profile::Profile;
use badge_verifier::securing::{Mechanism, ProofOptions, prepare};
use badge_verifier::snapshot::{Resource, ResourceKind, Retrieval, Snapshot};
use badge_verifier::{Expectations, Report, TrustPolicy, verify};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Members that the data model gives the root of a credential or presentation ([VC Data Model 2.0 §4](https://www.w3.org/TR/vc-data-model-2.0/)).
///
/// The suite's context defines every name whatsoever (`@vocab`), and it wants names of nobody's refused when issuing.
const ROOT: [&str; 19] = [
    "@context",
    "id",
    "type",
    "name",
    "description",
    "issuer",
    "holder",
    "credentialSubject",
    "verifiableCredential",
    "validFrom",
    "validUntil",
    "credentialStatus",
    "credentialSchema",
    "evidence",
    "termsOfUse",
    "refreshService",
    "relatedResource",
    "confidenceMethod",
    "renderMethod",
];

/// How a call ended, as the suite names it.
enum Answer {
    Success(String),
    Failure(Problem),
    Indeterminate(&'static str),
}

/// What is asked for.
struct Call {
    verb: String,
    input: Vec<u8>,
    key: Value,
    feature: String,
    disclosable: Vec<String>,
    output: String,
    now: Timestamp,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let call = Call::read(std::env::args().skip(1))?;
    let answer = match (call.verb.as_str(), call.feature.split_once('_')) {
        ("issue", Some((kind @ ("credential" | "presentation"), form @ ("jose" | "sdjwt")))) => {
            issue(&call, kind, form)?
        }
        ("verify", Some((kind @ ("credential" | "presentation"), form @ ("jose" | "sdjwt")))) => {
            check(&call, kind, form)?
        }
        _ => Answer::Indeterminate("this feature is not there"),
    };
    let answer = match answer {
        Answer::Success(data) => json!({"result": "success", "data": data}),
        Answer::Failure(problem) => json!({"result": "failure", "data": json!(problem).to_string()}),
        Answer::Indeterminate(reason) => json!({"result": "indeterminate", "data": reason}),
    };
    Ok(std::fs::write(&call.output, answer.to_string())?)
}

impl Call {
    fn read(arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let words: Vec<String> = arguments.collect();
        let option = |name: &str| {
            let at = words.iter().position(|word| word == name)?;
            words.get(at + 1).cloned()
        };
        let needed = |name: &str| option(name).ok_or_else(|| format!("{name} is missing"));
        let key = std::fs::read(needed("--key")?)?;
        Ok(Self {
            verb: words.first().cloned().unwrap_or_default(),
            input: std::fs::read(needed("--input")?)?.trim_ascii().to_vec(),
            key: serde_json::from_slice(&key)?,
            feature: needed("--feature")?,
            disclosable: option("--sd").map_or(Ok(Vec::new()), |paths| pointers(&paths))?,
            output: needed("--output")?,
            now: option("--now").map_or_else(|| Ok(Timestamp::now()), |text| text.parse())?,
        })
    }

    /// The key's URL, and its controller.
    fn text(&self, pointer: &str) -> Result<&str, Box<dyn Error>> {
        let found = self.key.pointer(pointer).and_then(Value::as_str);
        Ok(found.ok_or_else(|| format!("the key file has no {pointer}"))?)
    }

    fn signer(&self) -> Result<Box<dyn Signer>, Box<dyn Error>> {
        let secret = URL_SAFE_NO_PAD.decode(self.text("/secretKeyJwk/d")?)?;
        Ok(match self.text("/secretKeyJwk/crv")? {
            "Ed25519" => {
                let secret: [u8; 32] = secret.as_slice().try_into()?;
                Box::new(Ed25519Signer::new(ed25519_dalek::SigningKey::from_bytes(&secret))?)
            }
            "P-256" => Box::new(P256Signer::new(p256::ecdsa::SigningKey::from_slice(&secret)?)?),
            "P-384" => Box::new(P384Signer::new(p384::ecdsa::SigningKey::from_slice(&secret)?)?),
            "P-521" => Box::new(P521Signer::new(p521::ecdsa::SigningKey::from_slice(&secret)?)?),
            other => return Err(format!("no signer for {other}").into()),
        })
    }

    /// What a verifier would have fetched: the key, in the key set of its controller.
    fn snapshot(&self) -> Result<Snapshot, Box<dyn Error>> {
        let controller = self.text("/controller")?;
        let host = controller.strip_prefix("https://").and_then(|rest| rest.split('/').next());
        let host = host.ok_or("the controller is no https URL")?;
        let keys = json!({"keys": [self.key.get("publicKeyJwk")]}).to_string().into_bytes();
        let resource =
            Resource { kind: ResourceKind::Jwks, url: format!("https://{host}/.well-known/jwks.json") };
        let mut snapshot = Snapshot::default();
        snapshot.insert(resource, Retrieval { fetched_at: self.now, outcome: Ok(keys) });
        Ok(snapshot)
    }
}

/// The suite's paths (`a.b[0]`) as JSON Pointers.
fn pointers(paths: &str) -> Result<Vec<String>, serde_json::Error> {
    let paths: Vec<String> = serde_json::from_str(paths)?;
    Ok(paths.iter().map(|path| format!("/{}", path.replace(['.', '['], "/").replace(']', ""))).collect())
}

/// Checks and signs.
fn issue(call: &Call, kind: &str, form: &str) -> Result<Answer, Box<dyn Error>> {
    let mut document = match Document::parse(call.input.clone()) {
        Ok(document) => document.into_value(),
        Err(problem) => return Ok(Answer::Failure(problem)),
    };
    // What is written has its URLs as they are meant.
    trim_envelopes(&mut document);
    if let Some(problem) = unknown_member(&document) {
        return Ok(Answer::Failure(problem));
    }
    let found = DocumentKind::of(&document);
    let kind_fits = (found == Some(DocumentKind::Presentation)) == (kind == "presentation");
    let Some(found) = found.filter(|_| kind_fits) else {
        return Ok(Answer::Failure(Problem::new(Code::NotACredential).at("/type")));
    };
    if let Some(problem) = conformance::findings(&document, found).into_iter().next() {
        return Ok(Answer::Failure(problem));
    }
    let signer = call.signer()?;
    let algorithm = signer.public_key().algorithm();
    let (mechanism, purpose, profile) = match kind {
        "presentation" => (Mechanism::VpJwt(algorithm), Relationship::Authentication, Profile::Presentation),
        _ => (Mechanism::VcJose(algorithm), Relationship::AssertionMethod, Profile::Credential),
    };
    let (method, key) = (call.text("/id")?, signer.public_key().clone());
    let prepared = if form == "sdjwt" {
        let options = IssueOptions {
            profile,
            disclosable: call.disclosable.clone(),
            decoys: 0,
            hash: HashAlgorithm::Sha256,
            holder: None,
            seed: Seed::new(randomness::bytes().map_err(|problem| problem.code.as_str())?),
        };
        sd_jwt::issue::prepare(document, &options, method, key)
    } else {
        prepare(document, mechanism, &ProofOptions::new(method, key, purpose, call.now))
    };
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(problem) => return Ok(Answer::Failure(problem)),
    };
    let signature = signer.sign(prepared.request())?;
    Ok(Answer::Success(prepared.seal(&signature)?.as_str().to_owned()))
}

fn unknown_member(document: &Value) -> Option<Problem> {
    let name = document.as_object()?.keys().find(|name| !ROOT.contains(&name.as_str()))?;
    let reason = "the data model gives a root no such member";
    Some(
        Problem::new(Code::MalformedValue).at(format!("/{name}")).with("member", name).with("reason", reason),
    )
}

/// Verifies with the one key that was given.
fn check(call: &Call, kind: &str, form: &str) -> Result<Answer, Box<dyn Error>> {
    let policy = TrustPolicy::default();
    let report = verify(&call.input, &Expectations::default(), &policy, call.now, &call.snapshot()?);
    let is_presentation = report.summary().kind == Some(DocumentKind::Presentation.as_str());
    let form_fits = (report.securing().container == Some("sd-jwt")) == (form == "sdjwt");
    let verified = if is_presentation == (kind == "presentation") && form_fits {
        if is_presentation { presentation(&report) } else { proof_only(&report).map(|()| String::new()) }
    } else {
        let unreadable = report.outcome(CheckId::Container).problem().cloned();
        Err(unreadable.unwrap_or_else(|| Problem::new(Code::NotACredential).at("/type")))
    };
    Ok(match verified {
        Ok(data) => Answer::Success(data),
        Err(problem) => Answer::Failure(problem),
    })
}

/// The presentation itself must hold. What is in it must be enveloped, and must not be found bad; what no key is at hand for is counted.
fn presentation(report: &Report) -> Result<String, Problem> {
    outermost(report)?;
    let mut open = 0;
    for inner in report.credentials() {
        match proof_only(inner) {
            Ok(()) => {}
            Err(_) if not_looked_at(inner) => open += 1,
            Err(problem) => return Err(problem),
        }
    }
    Ok(format!("credentials presented: {}, of which not verified: {open}", report.credentials().len()))
}

/// Whether a credential is open only because its key is not at hand, or because it is in a form that this program does not read.
fn not_looked_at(report: &Report) -> bool {
    match (report.outcome(CheckId::Container), report.outcome(CheckId::Signature)) {
        (Outcome::Fail(problem), _) => problem.code == Code::UnsupportedContainer,
        (_, Outcome::NotRun(_)) => true,
        (_, Outcome::Fail(problem)) => problem.code == Code::KeyProvenanceMissing,
        _ => false,
    }
}
