//! The record as a transparency log that anybody can check ([C2SP tlog-tiles](https://c2sp.org/tlog-tiles)).
//!
//! A folder that any web server hands out: `checkpoint`, `tile/…` and `tile/entries/…`; or the same under `/log` of the service
//! ([`PublicLog`]). The entries are those of the chain as
//! [published](ChainEntry::published): byte for byte, but for the id of a credential, at whose address its badge is. So the log names who
//! did what, nothing personal, and leads to no badge. [`Receipt`]s prove one of them.
//!
//! A checkpoint, once given out, binds the issuer: [`export`] refuses to write over one that the record no longer begins with.

mod public;

use std::fs;
use std::path::{Path, PathBuf};

use badge_schemas::problem::{Code, Problem};
use badge_verifier::securing::SigningRequest;
use badge_verifier::tlog::note::{self, Note};
use badge_verifier::tlog::receipt::{Opening, Receipt};
use badge_verifier::tlog::tiles::{CHECKPOINT, MAX_ENTRY, WIDTH, bundle_path, push_entry, tiles};
use badge_verifier::tlog::{Checkpoint, InclusionProof, Tree, origin};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::files::{self, Readers};
use crate::issuer::Issuer;
use crate::refusal::Refusal;
use crate::signer::SigningFailed;
use crate::store::{ChainEntry, Digest, Store, StoreError};

pub use public::{FRESH, PublicLog};

/// Length of the salt before a payload, in bytes.
const SALT: usize = 32;

/// What an export wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Entries in the log.
    pub entries: u64,
    /// Files written now; the others were there and are right.
    pub written: usize,
}

/// Writes the log into a folder, or what is new of it; the checkpoint last, so that whoever copies the folder meanwhile gets a log that holds.
///
/// Memory: 32 bytes for each entry of the record.
///
/// # Errors
/// [`Code::LogRewritten`] when the folder has a checkpoint that this record does not begin with; [`Code::FileUnwritable`].
pub fn export(issuer: &Issuer, directory: &Path) -> Result<Exported, Refusal> {
    let mut tree = Tree::default();
    let mut written = 0;
    let mut put = |path: &str, bytes: &[u8]| -> Result<(), Problem> {
        let path: PathBuf = directory.join(path);
        if fs::read(&path).is_ok_and(|found| found == bytes) {
            return Ok(());
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| files::unwritable(folder, &error))?;
        }
        written += 1;
        files::write_whole(&path, bytes, Readers::Everyone)
    };
    // The whole tree is known before the first file is written: a record that was cut writes nothing over a longer log.
    let mut bundle = Vec::new();
    extend(&mut tree, issuer.store.as_ref())?;
    goes_on(issuer, directory, &tree)?;
    let mut refused = None;
    let mut number = 0;
    let mut width = 0;
    let head = tree.size();
    walk(issuer.store.as_ref(), 1, head, &mut |entry, leaf| {
        if refused.is_some() {
            return Ok(());
        }
        if !push_entry(&mut bundle, leaf.as_bytes()) {
            refused = Some(too_long(&leaf));
            return Ok(());
        }
        width += 1;
        if width == WIDTH || entry.head.sequence == head {
            refused = put(&bundle_path(number, width), &bundle).err();
            bundle.clear();
            (number, width) = (number + 1, 0);
        }
        Ok(())
    })?;
    if let Some(problem) = refused {
        return Err(problem.into());
    }
    for (path, bytes) in tiles(&tree) {
        put(&path, &bytes)?;
    }
    let note = sign(issuer, &tree)?;
    put(CHECKPOINT, note.as_bytes())?;
    Ok(Exported { entries: tree.size(), written })
}

/// The receipt of an award's signature: its entry, the proof of it, and what opens its commitment. With `checkpoint`, a note of this log
/// that witnesses may have signed too, the proof is for that one; else for one signed now.
///
/// # Errors
/// [`Code::NotFound`] when no signature is recorded, [`Code::LogRewritten`] when the checkpoint is not one of this record, or is too short for this award.
pub fn receipt(issuer: &Issuer, award: &str, checkpoint: Option<&str>) -> Result<Receipt, Refusal> {
    let signatures = signatures(issuer, award)?;
    let mut tree = Tree::default();
    extend(&mut tree, issuer.store.as_ref())?;
    let note = match checkpoint {
        Some(note) => note.to_owned(),
        None => sign(issuer, &tree)?,
    };
    prove(issuer, &tree, note, signatures)
}

/// The entries that record an award's signature, with their leaves, oldest first and at least one: a badge that was signed again has several.
fn signatures(issuer: &Issuer, award: &str) -> Result<Vec<(ChainEntry, String)>, Refusal> {
    let store = issuer.store.as_ref();
    let award = match store.award_by_credential_id(award)? {
        Some(award) => award,
        None => issuer.find_award(award)?,
    };
    let mut found = Vec::new();
    store.entries(award.sequence, store.head()?.sequence, &mut |entry| {
        // Most entries are about others, and need not be read to know that.
        if entry.body.contains(&award.id) && records_signature(&entry, &award.id) {
            let leaf = entry.published()?;
            found.push((entry, leaf));
        }
        Ok(())
    })?;
    if found.is_empty() {
        let signed = ("signed award", "attribution signée");
        return Err(Problem::new(Code::NotFound).with_words("resource", signed.0, signed.1).into());
    }
    Ok(found)
}

/// The proof that the last of these that a checkpoint of this tree covers, what the holder had then, is in it.
fn prove(
    issuer: &Issuer,
    tree: &Tree,
    note: String,
    signatures: Vec<(ChainEntry, String)>,
) -> Result<Receipt, Refusal> {
    let size = size_in(issuer, &note, tree)?;
    let within = signatures.into_iter().rev().find(|(entry, _)| entry.head.sequence <= size);
    let (entry, leaf) = within.ok_or_else(|| rewritten(issuer, size))?;
    let index = entry.head.sequence - 1;
    let path = tree.inclusion(index, size).ok_or_else(|| rewritten(issuer, size))?;
    let proof = InclusionProof { index, path, checkpoint: note }.to_text();
    let opening = match commitment(&entry) {
        Some(commitment) => issuer.store.opening(&commitment)?.as_deref().and_then(open),
        None => None,
    };
    Ok(Receipt { entry: leaf, proof, opening })
}

/// Brings a tree up to the end of the record.
fn extend(tree: &mut Tree, store: &dyn Store) -> Result<(), StoreError> {
    walk(store, tree.size() + 1, store.head()?.sequence, &mut |_, leaf| {
        tree.push(leaf.as_bytes());
        Ok(())
    })
}

/// Entries with their [published](ChainEntry::published) leaves.
fn walk(
    store: &dyn Store,
    from: u64,
    until: u64,
    visit: &mut dyn FnMut(ChainEntry, String) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    store.entries(from, until, &mut |entry| {
        let leaf = entry.published()?;
        visit(entry, leaf)
    })
}

fn member(entry: &ChainEntry, name: &str) -> Option<String> {
    let record: Value = serde_json::from_str(&entry.body).ok()?;
    record.get(name)?.as_str().map(str::to_owned)
}

fn records_signature(entry: &ChainEntry, award: &str) -> bool {
    let signs = matches!(member(entry, "kind").as_deref(), Some("issued" | "reissued"));
    signs && member(entry, "award").as_deref() == Some(award)
}

fn commitment(entry: &ChainEntry) -> Option<Digest> {
    member(entry, "forms")?.parse().ok()
}

fn open(salted: &[u8]) -> Option<Opening> {
    let (salt, payload) = salted.split_at_checked(SALT)?;
    let payload = String::from_utf8(payload.to_vec()).ok()?;
    Some(Opening { salt: URL_SAFE_NO_PAD.encode(salt), payload })
}

/// A checkpoint of the whole tree, signed. Its text is no input of any other signature of the issuer: it has three lines, and what is signed
/// elsewhere is a token without line ends, two hashes, or the head of the record under another origin.
fn sign(issuer: &Issuer, tree: &Tree) -> Result<String, SigningFailed> {
    let root = tree.root(tree.size()).unwrap_or_default();
    let checkpoint = Checkpoint { origin: origin(issuer.identity().id()), size: tree.size(), root };
    let text = checkpoint.text();
    let key = issuer.identity().integrity_key();
    let signature = key.signer.sign(SigningRequest::Bytes(text.as_bytes()))?;
    let id = note::key_id(&key.method, key.signer.public_key());
    Ok(format!("{text}\n{}", note::line(&key.method, id, &signature)))
}

/// The record must begin with what the folder's checkpoint says, if it has one.
fn goes_on(issuer: &Issuer, directory: &Path, tree: &Tree) -> Result<(), Problem> {
    let path = directory.join(CHECKPOINT);
    if !path.try_exists().map_err(|error| files::unreadable(&path, &error))? {
        return Ok(());
    }
    let bytes = files::read_up_to(&path, note::MAX_NOTE)?;
    let text = String::from_utf8(bytes).map_err(|_| malformed())?;
    size_in(issuer, &text, tree).map(drop)
}

/// The size that a checkpoint of this log says, if this record begins with it.
fn size_in(issuer: &Issuer, note: &str, tree: &Tree) -> Result<u64, Problem> {
    let note = Note::parse(note).map_err(|_| malformed())?;
    let checkpoint = Checkpoint::parse(note.text).ok_or_else(malformed)?;
    let ours = checkpoint.origin == origin(issuer.identity().id());
    if ours && tree.root(checkpoint.size) == Some(checkpoint.root) {
        Ok(checkpoint.size)
    } else {
        Err(rewritten(issuer, checkpoint.size))
    }
}

fn rewritten(issuer: &Issuer, size: u64) -> Problem {
    Problem::new(Code::LogRewritten).with("origin", origin(issuer.identity().id())).with("size", size)
}

fn malformed() -> Problem {
    Problem::new(Code::LogMalformed).with("part", "checkpoint")
}

fn too_long(leaf: &str) -> Problem {
    Problem::new(Code::InputTooLarge).with("size", leaf.len()).with("limit", MAX_ENTRY)
}
