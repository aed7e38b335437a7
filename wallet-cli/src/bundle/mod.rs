//! Evidence for one evaluator: the thread, the files and their names in one encrypted file with an end.
//!
//! A bundle is two lines of text, then bytes:
//!
//! ```text
//! skills-badge evaluation bundle v1
//! {"for":"did:key:z6Mk…","expires":"2026-12-12T10:00:00Z"}
//! ‖ encapsulated key (32 bytes) ‖ ciphertext
//! ```
//!
//! The ciphertext is [HPKE](https://www.rfc-editor.org/rfc/rfc9180) in its base mode, to the X25519 key that
//! [did:key](https://w3c-ccg.github.io/did-key-spec/#document-creation-algorithm) derives from the recipient's Ed25519 key; the two lines are its
//! associated data, so that neither recipient nor end can be changed. Within it come the candidate's signature, a manifest, and the files one
//! after the other. The signature covers the two lines, the encapsulated key and all that follows it: what one evaluator was given cannot be
//! passed on as if it had been made for another, and it stays hidden who the candidate is.
//!
//! Who opens a bundle believes nothing in it before all of that holds. The end is kept by this program; it cannot make anybody forget.

mod agreement;
mod make;
mod names;
mod open;
mod place;
#[cfg(test)]
mod tests;

use badge_schemas::evaluation::{BUNDLE_LINE, MAX_EVIDENCE, Mandate};
use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::evaluation::thread::{ThreadReport, judge};
use badge_verifier::{Snapshot, TrustPolicy};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub(crate) use make::{Evidence, Request, make};
pub(crate) use open::open;
pub(crate) use place::write;

/// What a signature over a bundle begins with: it can be taken for no other signature of the same key.
const SIGNATURE_CONTEXT: &[u8] = b"skills-badge evaluation bundle v1, made by its candidate\0";

/// Largest bundle: 64 MiB, a dozen photographs and a film of a minute. All of it is in memory while it is opened.
pub(crate) const MAX_BUNDLE_BYTES: usize = 64 << 20;

/// Longest second line, in bytes: a DID, a time, and room to spare.
const MAX_HEADER_BYTES: usize = 1 << 10;

/// Largest manifest: a thread may be 1 MiB, twice that as a text in JSON, and 64 names are nothing beside it.
const MAX_MANIFEST_BYTES: usize = (2 << 20) + (64 << 10);

/// Most files: one for every piece of evidence that a mandate may offer.
const MAX_FILES: usize = MAX_EVIDENCE;

/// Bytes of an Ed25519 signature.
const SIGNATURE_LEN: usize = 64;

/// Bytes that say how long the manifest is.
const LENGTH_LEN: usize = 4;

/// What stands in the clear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    /// The evaluator's DID.
    #[serde(rename = "for")]
    recipient: String,
    /// When it ends.
    expires: String,
}

/// What stands before the files.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    /// The thread as it was given, byte for byte.
    thread: String,
    /// The files, in the order of their bytes.
    files: Vec<Listed>,
}

/// One file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Listed {
    /// Its name, as the mandate has it.
    name: String,
    /// Its digest, as the mandate has it.
    digest_multibase: String,
    /// How many bytes it takes.
    size: usize,
}

/// A bundle that was opened: everything in it is the candidate's, and as the mandate says.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The thread, to be answered.
    pub(crate) thread: Vec<u8>,
    /// Who made it.
    pub(crate) candidate: String,
    /// When it ends.
    pub(crate) expires: Timestamp,
    /// The files.
    pub(crate) files: Vec<File>,
    /// The names of what the mandate offers and the bundle does not hold.
    pub(crate) absent: Vec<String>,
}

/// One file of an opened bundle.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct File {
    /// A name that is safe to write, and no other file's.
    pub(crate) name: String,
    /// What the candidate calls it.
    pub(crate) offered: String,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

impl Header {
    /// The lines that stand in the clear.
    fn text(&self) -> Vec<u8> {
        let line = serde_json::to_string(self).unwrap_or_default();
        format!("{BUNDLE_LINE}\n{line}\n").into_bytes()
    }
}

/// What the candidate signs.
fn signed_bytes(header: &[u8], encapsulated: &[u8], content: &[u8]) -> Vec<u8> {
    [SIGNATURE_CONTEXT, &Sha256::digest(header), encapsulated, &Sha256::digest(content)].concat()
}

/// Judges the thread of a bundle and gives its mandate, with who made it and who answers it; the thread itself must hold.
fn read_thread(bytes: &[u8], now: Timestamp) -> Result<ThreadReport, Problem> {
    let report = judge(bytes, &TrustPolicy::default(), now, &Snapshot::default());
    let refused = report.problems().next().filter(|_| report.given.is_none()).cloned();
    refused.map_or(Ok(report), Err)
}

/// The mandate of a thread, its candidate, and its evaluator where a DID is known.
fn parties(report: &ThreadReport) -> Result<(&Mandate, &str, Option<&str>), Problem> {
    let given = report.given.as_ref().ok_or_else(|| Problem::new(Code::ThreadWithoutMandate))?;
    let named = match &given.mandate.evaluator {
        badge_schemas::evaluation::Evaluator::Did(did) => Some(did.as_str()),
        badge_schemas::evaluation::Evaluator::Identity(_) => report.evaluator.as_deref(),
    };
    Ok((&given.mandate, &given.candidate, named))
}

/// What is too large, by name in English and French, how large it is and may be, in bytes.
pub(crate) fn too_large(en: &str, fr: &str, bytes: usize, limit: usize) -> Problem {
    let said = |problem: Problem, name, bytes| {
        problem.with_words(name, &size(bytes, Lang::En), size(bytes, Lang::Fr))
    };
    let problem = Problem::new(Code::BundleTooLarge).with_words("member", en, fr.to_owned());
    said(said(problem, "count", bytes), "limit", limit)
}

fn too_many(count: usize) -> Problem {
    let files = |count: usize| [format!("{count} files"), format!("{count} fichiers")];
    let ([en, fr], [most_en, most_fr]) = (files(count), files(MAX_FILES));
    let problem = Problem::new(Code::BundleTooLarge).with_words("member", "evidence", "les preuves");
    problem.with_words("count", &en, fr).with_words("limit", &most_en, most_fr)
}

/// A number of bytes as people read it, rounded up: what is over a limit never reads like the limit.
pub(crate) fn size(bytes: usize, lang: Lang) -> String {
    const MIB: usize = 1 << 20;
    if bytes < MIB {
        let kib = bytes.div_ceil(1 << 10);
        return lang.pick(format!("{kib} KiB"), format!("{kib} Kio"));
    }
    let tenths = (bytes * 10).div_ceil(MIB);
    let (whole, tenth) = (tenths / 10, tenths % 10);
    lang.pick(format!("{whole}.{tenth} MiB"), format!("{whole},{tenth} Mio"))
}

fn malformed(en: &str, fr: &'static str) -> Problem {
    Problem::new(Code::BundleMalformed).with_words("reason", en, fr)
}
