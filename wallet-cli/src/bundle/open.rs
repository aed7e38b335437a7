//! Opening a bundle: by the evaluator it was made for. Nothing in it is believed, and nothing given out, before all of it holds.

use badge_schemas::evaluation::{BUNDLE_LINE, Mandate};
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use badge_verifier::evaluation::thread::check_evidence;
use ed25519_dalek::Signature;
use jiff::Timestamp;

use super::names::Names;
use super::{
    File, Header, LENGTH_LEN, MAX_BUNDLE_BYTES, MAX_FILES, MAX_HEADER_BYTES, MAX_MANIFEST_BYTES, Manifest,
    Opened, SIGNATURE_LEN, agreement, malformed, parties, read_thread, signed_bytes, too_large, too_many,
};
use crate::holder::OpenHolder;

/// The parts of a bundle, none of them believed.
struct Parts<'b> {
    header: Header,
    text: &'b [u8],
    encapsulated: &'b [u8],
    sealed: &'b [u8],
}

/// Opens a bundle that was made for this holder.
///
/// # Errors
/// [`Code::BundleMalformed`], [`Code::BundleTooLarge`]; [`Code::BundleOfAnother`] where it is for somebody else; [`Code::BundleDamaged`] where
/// it was changed; [`Code::BundleNotByCandidate`]; [`Code::BundleExpired`]; [`Code::BundleMandateUnfit`] where its mandate asks somebody else;
/// [`Code::EvidenceChanged`]; those of the thread.
pub(crate) fn open(bytes: &[u8], holder: &OpenHolder, now: Timestamp) -> Result<Opened, Problem> {
    let Parts { header, text, encapsulated, sealed } = split(bytes)?;
    if header.recipient != holder.did() {
        return Err(Problem::new(Code::BundleOfAnother)
            .with("recipient", &header.recipient)
            .with("own", holder.did()));
    }
    let content = agreement::unseal(holder, text, encapsulated, sealed)
        .ok_or_else(|| Problem::new(Code::BundleDamaged))?;
    let (signature, content) = content.split_at_checked(SIGNATURE_LEN).ok_or_else(cut_short)?;
    let (mut manifest, data) = manifest(content)?;
    let thread = std::mem::take(&mut manifest.thread).into_bytes();
    let report = read_thread(&thread, now)?;
    let (mandate, candidate, evaluator) = parties(&report)?;
    by_candidate(candidate, signature, &signed_bytes(text, encapsulated, content))?;
    let expires = DateTimeStamp::parse(&header.expires)
        .map_err(|_| malformed("its end is no time", "sa fin n’est pas une date"))?
        .instant();
    if expires <= now {
        return Err(Problem::new(Code::BundleExpired).with("expires", &header.expires));
    }
    if evaluator != Some(header.recipient.as_str()) {
        return Err(Problem::new(Code::BundleMandateUnfit).with_words(
            "reason",
            "it asks somebody else",
            "il s’adresse à quelqu’un d’autre",
        ));
    }
    let files = files(&manifest, data, mandate)?;
    let absent = mandate.offered_evidence.iter().filter(|offered| {
        !manifest.files.iter().any(|listed| listed.digest_multibase == offered.digest_multibase)
    });
    let absent = absent.map(|offered| offered.name.clone()).collect();
    Ok(Opened { candidate: candidate.to_owned(), expires, files, absent, thread })
}

fn split(bytes: &[u8]) -> Result<Parts<'_>, Problem> {
    if bytes.len() > MAX_BUNDLE_BYTES {
        return Err(too_large("all of it", "l’ensemble", bytes.len(), MAX_BUNDLE_BYTES));
    }
    let no_bundle = || malformed("it does not begin like one", "il ne commence pas comme il faut");
    let after = bytes
        .strip_prefix(BUNDLE_LINE.as_bytes())
        .and_then(|rest| rest.strip_prefix(b"\n"))
        .ok_or_else(no_bundle)?;
    let end = after
        .iter()
        .take(MAX_HEADER_BYTES)
        .position(|byte| *byte == b'\n')
        .ok_or_else(|| malformed("its second line has no end", "sa seconde ligne n’a pas de fin"))?;
    let (line, rest) = after.split_at(end);
    let header = serde_json::from_slice(line)
        .map_err(|_| malformed("its second line cannot be read", "sa seconde ligne est illisible"))?;
    let rest = rest.get(1..).unwrap_or_default();
    let text = bytes.get(..bytes.len() - rest.len()).unwrap_or_default();
    let (encapsulated, sealed) = rest.split_at_checked(agreement::ENCAPSULATED_LEN).ok_or_else(cut_short)?;
    Ok(Parts { header, text, encapsulated, sealed })
}

fn manifest(content: &[u8]) -> Result<(Manifest, &[u8]), Problem> {
    let (length, rest) = content.split_at_checked(LENGTH_LEN).ok_or_else(cut_short)?;
    let length = length.try_into().map(u32::from_be_bytes).map_err(|_| cut_short())? as usize;
    if length > MAX_MANIFEST_BYTES {
        return Err(too_large("its manifest", "son bordereau", length, MAX_MANIFEST_BYTES));
    }
    let (text, data) = rest.split_at_checked(length).ok_or_else(cut_short)?;
    let manifest: Manifest = serde_json::from_slice(text)
        .map_err(|_| malformed("its manifest cannot be read", "son bordereau est illisible"))?;
    if manifest.files.len() > MAX_FILES {
        return Err(too_many(manifest.files.len()));
    }
    Ok((manifest, data))
}

/// The mandate's candidate signed all of it, for this recipient and this encryption.
fn by_candidate(candidate: &str, signature: &[u8], message: &[u8]) -> Result<(), Problem> {
    let refused = || Problem::new(Code::BundleNotByCandidate).with("candidate", candidate);
    let key = agreement::signing_key(candidate).map_err(|_| refused())?;
    let signature = Signature::from_slice(signature).map_err(|_| refused())?;
    key.verify_strict(message, &signature).map_err(|_| refused())
}

/// The files, each as the mandate offers it, and nothing left over.
fn files(manifest: &Manifest, mut data: &[u8], mandate: &Mandate) -> Result<Vec<File>, Problem> {
    let mut names = Names::default();
    let mut files = Vec::with_capacity(manifest.files.len());
    for listed in &manifest.files {
        let (bytes, rest) = data.split_at_checked(listed.size).ok_or_else(cut_short)?;
        data = rest;
        let committed = mandate
            .offered_evidence
            .iter()
            .find(|offered| {
                offered.name == listed.name && offered.digest_multibase == listed.digest_multibase
            })
            .ok_or_else(|| Problem::new(Code::EvidenceChanged).with("name", &listed.name))?;
        check_evidence(committed, bytes)?;
        files.push(File {
            name: names.take(&listed.name),
            offered: listed.name.clone(),
            bytes: bytes.to_vec(),
        });
    }
    if !data.is_empty() {
        return Err(malformed("there is more in it than it lists", "il contient plus qu’il n’annonce"));
    }
    Ok(files)
}

fn cut_short() -> Problem {
    malformed("it is cut short", "il est tronqué")
}
