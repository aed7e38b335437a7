//! What comes from files and goes to them: the input, the policy with its registries, snapshots.

use std::fs::{self, File};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};

use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::registry::MAX_REGISTRY_BYTES;
use badge_verifier::container::{Kind, sniff};
use badge_verifier::online::is_url;
use badge_verifier::policy::{RegistrySource, TrustPolicy};
use badge_verifier::snapshot::{Resource, ResourceKind, Retrieval, Snapshot, SnapshotError};
use jiff::Timestamp;

/// Largest input read from a file or from standard input: twice the largest badge image, so that the core can say what is too large about it.
const MAX_INPUT_BYTES: usize = 16 << 20;

/// Largest policy file: some thousand registries.
const MAX_POLICY_BYTES: usize = 1 << 20;

/// Largest snapshot: two of the largest registries in base64, and as much again for the rest.
const MAX_SNAPSHOT_BYTES: usize = 256 << 20;

/// Reads a badge from a file.
pub(crate) fn input(path: &Path, lang: Lang) -> Result<Vec<u8>, Problem> {
    read(path, MAX_INPUT_BYTES, lang).map_err(|problem| match problem.code {
        Code::InputTooLarge if is_bundle(path) => Problem::new(Code::EvidenceBundleGiven),
        _ => problem,
    })
}

/// Whether a file begins as a bundle of evidence, which may be larger than any badge.
fn is_bundle(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(1 << 10).read_to_end(&mut head));
    read.is_ok() && sniff(&head) == Kind::EvidenceBundle
}

/// Reads a badge from standard input.
pub(crate) fn stdin(lang: Lang) -> Result<Vec<u8>, Problem> {
    read_all(io::stdin().lock(), MAX_INPUT_BYTES)
        .map_err(|error| unreadable("-", &error, lang))?
        .ok_or_else(|| too_large(MAX_INPUT_BYTES))
}

/// A policy and the registries it reads from files, ready for a verification.
pub(crate) struct Trust {
    pub(crate) policy: TrustPolicy,
    pub(crate) snapshot: Snapshot,
}

/// Reads the policy file and every registry that is a file: those of the policy beside it, the others where the caller stands.
///
/// A registry that the snapshot already holds is taken from there: a saved snapshot is there to be used again.
pub(crate) fn trust(
    policy: Option<&Path>,
    registries: &[String],
    mut snapshot: Snapshot,
    now: Timestamp,
    lang: Lang,
) -> Result<Trust, Problem> {
    let mut trust = match policy {
        Some(path) => read_policy(path, lang)?,
        None => TrustPolicy::default(),
    };
    let beside = policy.and_then(Path::parent).unwrap_or_else(|| Path::new(""));
    for registry in trust.registries.iter().filter(|registry| !is_url(&registry.source)) {
        take_registry(&registry.source, &beside.join(&registry.source), &mut snapshot, now, lang)?;
    }
    for source in registries {
        if is_url(source) {
            return Err(Problem::new(Code::OptionInvalid)
                .with("option", format!("--registry {source}"))
                .with(
                "reason",
                lang.pick(
                    "a registry on the network needs an issuer; name both in a policy file",
                    "un registre en ligne demande un émetteur\u{a0}; indiquez les deux dans une politique",
                ),
            ));
        }
        take_registry(source, Path::new(source), &mut snapshot, now, lang)?;
        trust.registries.push(RegistrySource { source: source.clone(), issuer: None });
    }
    Ok(Trust { policy: trust, snapshot })
}

fn read_policy(path: &Path, lang: Lang) -> Result<TrustPolicy, Problem> {
    let invalid = |reason: &str| {
        Problem::new(Code::PolicyInvalid)
            .with("path", path.display())
            .with("reason", reason.trim_end_matches(['.', '\n']))
    };
    let bytes = read(path, MAX_POLICY_BYTES, lang)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        invalid(
            &lang.pick(format!("not UTF-8 at byte {offset}"), format!("pas de l’UTF-8 à l’octet {offset}")),
        )
    })?;
    let policy = TrustPolicy::from_toml(&text).map_err(|error| {
        let (line, column) = place(&text, error.span().map_or(0, |span| span.start));
        let message = error.message();
        invalid(&lang.pick(
            format!("line {line}, column {column}: {message}"),
            // The words are those of the TOML library, which has no French.
            format!("ligne {line}, colonne {column}\u{a0}: «\u{a0}{message}\u{a0}»"),
        ))
    })?;
    match policy.registries.iter().find(|registry| is_url(&registry.source) && registry.issuer.is_none()) {
        Some(registry) => Err(invalid(&lang.pick(
            format!("the registry {} is on the network and needs an issuer", registry.source),
            format!("le registre {} est en ligne et demande un émetteur (issuer)", registry.source),
        ))),
        None => Ok(policy),
    }
}

/// Line and column, counted from 1, of a byte offset.
fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or_default();
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

fn take_registry(
    source: &str,
    path: &Path,
    snapshot: &mut Snapshot,
    now: Timestamp,
    lang: Lang,
) -> Result<(), Problem> {
    let resource = Resource { kind: ResourceKind::Registry, url: source.to_owned() };
    if snapshot.get(&resource).is_some_and(|retrieval| retrieval.outcome.is_ok()) {
        return Ok(());
    }
    let bytes = read(path, MAX_REGISTRY_BYTES, lang)?;
    snapshot.insert(resource, Retrieval { fetched_at: now, outcome: Ok(bytes) });
    Ok(())
}

/// Reads a saved snapshot.
pub(crate) fn snapshot(path: &Path, lang: Lang) -> Result<Snapshot, Problem> {
    let invalid = |reason: String| {
        Problem::new(Code::SnapshotInvalid).with("path", path.display()).with("reason", reason)
    };
    let bytes = read(path, MAX_SNAPSHOT_BYTES, lang)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        invalid(
            lang.pick(format!("not UTF-8 at byte {offset}"), format!("pas de l’UTF-8 à l’octet {offset}")),
        )
    })?;
    Snapshot::from_json(&text).map_err(|error| {
        let french = match &error {
            SnapshotError::Form(error) => {
                format!("ce n’est pas un instantané enregistré\u{a0}: «\u{a0}{error}\u{a0}»")
            }
            SnapshotError::Version(version) => format!("la version {version} n’est pas connue"),
            SnapshotError::Digest(url) => format!("l’empreinte de {url} ne correspond pas à ses octets"),
            SnapshotError::Entry(url) => format!("l’entrée pour {url} est abîmée"),
        };
        invalid(lang.pick(error.to_string(), french))
    })
}

/// Saves a snapshot: wholly, or not at all.
pub(crate) fn save(path: &Path, snapshot: &Snapshot, lang: Lang) -> Result<(), Problem> {
    write_whole(path, snapshot.to_json().as_bytes()).map_err(|error| {
        Problem::new(Code::FileUnwritable).with("path", path.display()).with("reason", reason(&error, lang))
    })
}

/// Writes beside the file and renames: a reader sees the old file or the new one, never half of it.
///
/// Something that is not a plain file (a device, a pipe) is written to directly; a symbolic link is followed.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => replace(&fs::canonicalize(path)?, bytes),
        Ok(_) => File::options().write(true).open(path).and_then(|mut file| file.write_all(bytes)),
        Err(_) => replace(path, bytes),
    }
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut beside = std::ffi::OsString::from(".");
    beside.push(name);
    beside.push(format!(".{}.tmp", std::process::id()));
    let beside: PathBuf = path.with_file_name(beside);
    let written = File::create_new(&beside)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // Already on the way to an error; a leftover would only add to it.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Reads a file that may hold `limit` bytes at most.
pub(crate) fn read(path: &Path, limit: usize, lang: Lang) -> Result<Vec<u8>, Problem> {
    File::open(path)
        .and_then(|file| read_all(file, limit))
        .map_err(|error| unreadable(path.display(), &error, lang))?
        .ok_or_else(|| too_large(limit))
}

/// Everything, or nothing where there is more than `limit`.
fn read_all(reader: impl Read, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    // Reading one byte too many is how "more" is noticed, on pipes too.
    reader.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= limit).then_some(bytes))
}

fn too_large(limit: usize) -> Problem {
    Problem::new(Code::InputTooLarge).with("size", format!("> {limit}")).with("limit", limit)
}

fn unreadable(path: impl std::fmt::Display, error: &io::Error, lang: Lang) -> Problem {
    Problem::new(Code::FileUnreadable).with("path", path).with("reason", reason(error, lang))
}

/// What the operating system said, in the reader's language for what people meet most.
pub(crate) fn reason(error: &io::Error, lang: Lang) -> String {
    let (en, fr) = match error.kind() {
        io::ErrorKind::NotFound => ("there is no such file", "ce fichier n’existe pas"),
        io::ErrorKind::PermissionDenied => ("permission denied", "permission refusée"),
        io::ErrorKind::IsADirectory => ("it is a directory", "c’est un répertoire"),
        io::ErrorKind::NotADirectory => {
            ("part of the path is not a directory", "une partie du chemin n’est pas un répertoire")
        }
        io::ErrorKind::StorageFull => ("no space left", "plus d’espace disponible"),
        io::ErrorKind::AddrInUse => ("the address is in use", "l’adresse est déjà utilisée"),
        io::ErrorKind::AddrNotAvailable => {
            ("this machine does not have that address", "cette machine n’a pas cette adresse")
        }
        _ => return error.to_string(),
    };
    lang.pick(en, fr).to_owned()
}
