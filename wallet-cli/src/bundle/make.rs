//! Making a bundle: by the candidate, for the evaluator of the mandate.

use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use badge_verifier::evaluation::digest;
use badge_verifier::evaluation::thread::State;
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::{
    Header, Listed, MAX_BUNDLE_BYTES, MAX_FILES, Manifest, agreement, parties, read_thread, signed_bytes,
    too_large, too_many,
};
use crate::holder::OpenHolder;

/// A file that the candidate gives.
pub(crate) struct Evidence {
    /// What it is called on this machine, for messages only.
    pub(crate) name: String,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

/// What is to be bundled.
pub(crate) struct Request<'r> {
    /// The thread, whole.
    pub(crate) thread: &'r [u8],
    /// The files.
    pub(crate) evidence: Vec<Evidence>,
    /// When it is to end; the mandate's own end comes first.
    pub(crate) expires: Timestamp,
    /// Now.
    pub(crate) now: Timestamp,
}

/// Encrypts the thread and the files to the evaluator; gives the bundle, its evaluator, its end, and the names of what was announced and is not in it.
///
/// # Errors
/// [`Code::BundleMandateUnfit`] where the mandate is not this holder's or nobody is to answer it now; [`Code::EvidenceNotOffered`] for a file that
/// the mandate does not offer; [`Code::BundleExpired`], [`Code::BundleTooLarge`], [`Code::BundleKeyUnsuitable`].
pub(crate) fn make(
    request: &Request<'_>,
    holder: &OpenHolder,
) -> Result<(Vec<u8>, String, Timestamp, Vec<String>), Problem> {
    let unfit =
        |en: &str, fr: &'static str| Problem::new(Code::BundleMandateUnfit).with_words("reason", en, fr);
    let report = read_thread(request.thread, request.now)?;
    let (mandate, candidate, evaluator) = parties(&report)?;
    if candidate != holder.did() {
        return Err(unfit("the mandate is not this wallet’s", "la demande n’est pas de ce portefeuille"));
    }
    if !matches!(report.state, Some(State::Proposed | State::Accepted | State::Submitted)) {
        return Err(unfit(
            "it was declined, withdrawn, or its time is over",
            "il a été décliné, retiré, ou son temps est passé",
        ));
    }
    let evaluator = evaluator.ok_or_else(|| {
        unfit(
            "the evaluator was asked by e-mail and has not answered, so no key of theirs is known",
            "l’évaluateur a été sollicité par courriel et n’a pas répondu\u{a0}: aucune clé de lui n’est connue",
        )
    })?;
    let mut files = Vec::with_capacity(request.evidence.len());
    if request.evidence.len() > MAX_FILES {
        return Err(too_many(request.evidence.len()));
    }
    for one in &request.evidence {
        let found = digest::of_bytes(&one.bytes);
        let committed = mandate
            .offered_evidence
            .iter()
            .find(|offered| offered.digest_multibase == found)
            .ok_or_else(|| Problem::new(Code::EvidenceNotOffered).with("name", &one.name))?;
        files.push(Listed { name: committed.name.clone(), digest_multibase: found, size: one.bytes.len() });
    }
    let until = report.given.as_ref().and_then(|given| given.until);
    let expires = until.map_or(request.expires, |until| until.min(request.expires));
    if expires <= request.now {
        return Err(Problem::new(Code::BundleExpired).with("expires", DateTimeStamp::from(expires)));
    }
    let thread = String::from_utf8_lossy(request.thread).into_owned();
    let header =
        Header { recipient: evaluator.to_owned(), expires: DateTimeStamp::from(expires).to_string() };
    let evidence: Vec<&[u8]> = request.evidence.iter().map(|one| one.bytes.as_slice()).collect();
    let whole = evidence.iter().map(|one| one.len()).sum();
    if whole > MAX_BUNDLE_BYTES {
        return Err(too_large("the files together", "les fichiers ensemble", whole, MAX_BUNDLE_BYTES));
    }
    let is_in = |digest: &String| files.iter().any(|file| file.digest_multibase == *digest);
    let absent = mandate.offered_evidence.iter().filter(|offered| !is_in(&offered.digest_multibase));
    let absent = absent.map(|offered| offered.name.clone()).collect();
    let bundle = encrypt(&header, &Manifest { thread, files }, &evidence, holder)?;
    if bundle.len() > MAX_BUNDLE_BYTES {
        return Err(too_large("all of it", "l’ensemble", bundle.len(), MAX_BUNDLE_BYTES));
    }
    Ok((bundle, header.recipient, expires, absent))
}

/// Signs and encrypts. Nothing is asked here: what is asked of a bundle is asked by whoever opens it.
pub(super) fn encrypt(
    header: &Header,
    manifest: &Manifest,
    files: &[&[u8]],
    holder: &OpenHolder,
) -> Result<Vec<u8>, Problem> {
    let text = header.text();
    let manifest = serde_json::to_vec(manifest).unwrap_or_default();
    let length = u32::try_from(manifest.len()).unwrap_or(u32::MAX).to_be_bytes();
    let content = Zeroizing::new([&length[..], &manifest, &files.concat()].concat());
    let sealed = agreement::seal(&header.recipient, &text, |encapsulated| {
        let signature = holder.sign(&signed_bytes(&text, encapsulated, &content));
        Zeroizing::new([&signature[..], &content].concat())
    })?;
    Ok([text, sealed].concat())
}
