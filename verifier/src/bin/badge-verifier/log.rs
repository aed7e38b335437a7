//! `log`: an issuer's whole log, or the receipt of one act in it.

use std::path::Path;

use badge_schemas::did::Did;
use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};
use badge_verifier::content::Content;
use badge_verifier::did::SigningTime;
use badge_verifier::render::sanitise;
use badge_verifier::snapshot::{Resource, ResourceKind, Retrieval, Snapshot};
use badge_verifier::tlog::checkpoint::{Signed, signed};
use badge_verifier::tlog::note::{MAX_NOTE, Note};
use badge_verifier::tlog::receipt::Proven;
use badge_verifier::tlog::tiles::{CHECKPOINT, MAX_ENTRY, WIDTH, bundle_path, entries, tiles};
use badge_verifier::tlog::{Receipt, Tree, Witness};
use badge_verifier::words;
use jiff::Timestamp;
use serde_json::Value;

use crate::args::LogRequest;
use crate::{files, say};

/// Longest bundle of entries, in bytes.
const MAX_BUNDLE: usize = WIDTH * (MAX_ENTRY + 2);

/// Most entries of a log that we read: ten million, which take 320 MB.
const MAX_ENTRIES: u64 = 10_000_000;

/// Longest word of the log shown on a terminal.
const MAX_SHOWN: usize = 200;

/// Checks, says what it found, and gives the exit code: 0 when it holds, 1 when it does not.
pub(crate) fn run(request: &LogRequest, lang: Lang) -> Result<u8, Problem> {
    let now = Timestamp::now();
    let snapshot = known(request.did_document.as_deref(), now, lang)?;
    let witnesses =
        request.witnesses.iter().map(|text| witness(text, lang)).collect::<Result<Vec<_>, _>>()?;
    let found = if request.path.is_dir() {
        whole(request, now, &snapshot, lang)
    } else {
        receipt(request, &witnesses, now, &snapshot, lang)
    };
    match found {
        Ok(text) => shown(&text, lang).map(|()| 0),
        // What the file itself says is a verdict; all else is a reason not to have one.
        Err(problem) if is_verdict(problem.code) => {
            let problem = words::localise(&problem, lang);
            let verdict = lang.pick("INVALID", "NON VALIDE");
            let sentence = sanitise(&problem.sentence(lang), MAX_SHOWN * 5);
            let text = format!("{verdict}\n{sentence} ({})\n{}\n", problem.code.as_str(), problem.hint(lang));
            shown(&text, lang).map(|()| 1)
        }
        Err(problem) => Err(problem),
    }
}

fn is_verdict(code: Code) -> bool {
    matches!(
        code,
        Code::LogMalformed
            | Code::LogNotSigned
            | Code::LogProofWrong
            | Code::LogOtherBadge
            | Code::LogDiffers
            | Code::LogRewritten
            | Code::KeyRevoked
            | Code::KeyExpired
    )
}

fn receipt(
    request: &LogRequest,
    witnesses: &[Witness],
    now: Timestamp,
    snapshot: &Snapshot,
    lang: Lang,
) -> Result<String, Problem> {
    let receipt = Receipt::parse(&files::input(&request.path, lang)?)?;
    let badge = match &request.badge {
        Some(path) => Some(Content::open(&files::input(path, lang)?)?.1),
        None => None,
    };
    let proven = receipt.verify(badge.as_ref(), witnesses, now, snapshot)?;
    Ok(told(&proven, witnesses.len(), lang))
}

fn told(proven: &Proven, asked: usize, lang: Lang) -> String {
    let word =
        |member: &str| proven.entry.get(member).and_then(Value::as_str).map(|text| sanitise(text, MAX_SHOWN));
    let size = proven.signed.checkpoint.size;
    let mut lines = vec![
        lang.pick("LOGGED", "INSCRIT AU JOURNAL").to_owned(),
        format!(
            "{:<13} {}",
            lang.pick("log", "journal"),
            sanitise(&proven.signed.checkpoint.origin, MAX_SHOWN)
        ),
        format!("{:<13} {}", lang.pick("signed by", "signé par"), sanitise(&proven.signed.method, MAX_SHOWN)),
        format!("{:<13} {} / {size}", lang.pick("entry", "entrée"), proven.number),
    ];
    for (member, en, fr) in [
        ("kind", "act", "acte"),
        ("award", "award", "attribution"),
        ("actor", "by", "par"),
        ("at", "time", "heure"),
    ] {
        lines.extend(word(member).map(|word| format!("{:<13} {word}", lang.pick(en, fr))));
    }
    if proven.badge.is_some() {
        lines.push(lang.pick(
            "badge         this very badge is what the entry records as issued".to_owned(),
            "badge         c’est bien ce badge dont l’entrée enregistre l’émission".to_owned(),
        ));
    }
    for (name, time) in &proven.seen {
        let name = sanitise(name, MAX_SHOWN);
        lines.push(lang.pick(
            format!("{:<13} {name} saw it in the log at {time}", "witness"),
            format!("{:<13} {name} l’a vue au journal le {time}", "témoin"),
        ));
    }
    match (proven.existed(), &proven.badge) {
        (Some(time), Some(digest)) => lines.push(format!(
            "\n{}\n\n[[trusted-times]]\nsha256 = \"{digest}\"\ntime = \"{time}\"",
            lang.pick(
                "For a policy file, should the issuer's key ever be revoked:",
                "Pour une politique de confiance, si la clé de l’émetteur venait à être révoquée\u{a0}:"
            )
        )),
        (None, _) => lines.push(
            lang.pick(
                if asked == 0 {
                    "The time is the issuer's own word; --witness names somebody else who has seen it."
                } else {
                    "None of the witnesses named has signed this checkpoint: the time is the issuer's own word."
                },
                if asked == 0 {
                    "L’heure n’engage que l’émetteur\u{a0}; --witness nomme un tiers qui l’a vue."
                } else {
                    "Aucun des témoins nommés n’a signé ce point de contrôle\u{a0}: l’heure n’engage que l’émetteur."
                },
            )
            .to_owned(),
        ),
        _ => {}
    }
    lines.join("\n") + "\n"
}

fn whole(request: &LogRequest, now: Timestamp, snapshot: &Snapshot, lang: Lang) -> Result<String, Problem> {
    if request.badge.is_some() {
        return Err(Problem::new(Code::OptionInvalid).with("option", "--badge").with(
            "reason",
            lang.pick(
                "it goes with a receipt, not with a whole log",
                "elle va avec un reçu, non avec un journal entier",
            ),
        ));
    }
    let log = signed_in(&request.path.join(CHECKPOINT), now, snapshot, lang)?;
    let origin = log.checkpoint.origin.clone();
    let differs = |file: &str| Problem::new(Code::LogDiffers).with("origin", &origin).with("file", file);
    if log.checkpoint.size > MAX_ENTRIES {
        return Err(Problem::new(Code::InputTooLarge)
            .with("size", log.checkpoint.size)
            .with("limit", MAX_ENTRIES));
    }
    let mut tree = Tree::default();
    let mut number = 0;
    while tree.size() < log.checkpoint.size {
        let rest = usize::try_from(log.checkpoint.size - tree.size()).unwrap_or(WIDTH);
        let path = bundle_path(number, rest.min(WIDTH));
        let bundle = files::read(&request.path.join(&path), MAX_BUNDLE, lang)?;
        let found = entries(&bundle).filter(|found| found.len() == rest.min(WIDTH));
        found.ok_or_else(|| differs(&path))?.into_iter().for_each(|entry| tree.push(entry));
        number += 1;
    }
    if tree.root(log.checkpoint.size) != Some(log.checkpoint.root) {
        return Err(differs(CHECKPOINT));
    }
    let tiles = tiles(&tree);
    for (path, expected) in &tiles {
        if files::read(&request.path.join(path), WIDTH * 32 + 1, lang)? != *expected {
            return Err(differs(path));
        }
    }
    let mut lines = vec![
        lang.pick("WHOLE", "INTACT").to_owned(),
        format!("{:<13} {}", lang.pick("log", "journal"), sanitise(&origin, MAX_SHOWN)),
        format!("{:<13} {}", lang.pick("signed by", "signé par"), sanitise(&log.method, MAX_SHOWN)),
        format!("{:<13} {}", lang.pick("entries", "entrées"), log.checkpoint.size),
        format!("{:<13} {}", lang.pick("tiles", "tuiles"), tiles.len()),
    ];
    if let Some(path) = &request.since {
        let before = signed_in(path, now, snapshot, lang)?.checkpoint;
        let same = before.origin == origin && tree.root(before.size) == Some(before.root);
        if !same {
            return Err(Problem::new(Code::LogRewritten).with("origin", &origin).with("size", before.size));
        }
        let size = before.size;
        lines.push(lang.pick(
            format!("{:<13} it begins with the {size} entries of the checkpoint you kept", "since"),
            format!("{:<13} il commence par les {size} entrées du point de contrôle gardé", "depuis"),
        ));
    }
    Ok(lines.join("\n") + "\n")
}

fn signed_in(path: &Path, now: Timestamp, snapshot: &Snapshot, lang: Lang) -> Result<Signed, Problem> {
    let malformed = || Problem::new(Code::LogMalformed).with("part", "checkpoint");
    let bytes = files::read(path, MAX_NOTE, lang)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| malformed())?;
    signed(&Note::parse(text).map_err(|_| malformed())?, &SigningTime::unknown(now), snapshot)
}

/// A snapshot with the issuer's DID document in it, if one was given.
fn known(did_document: Option<&Path>, now: Timestamp, lang: Lang) -> Result<Snapshot, Problem> {
    let mut snapshot = Snapshot::default();
    let Some(path) = did_document else { return Ok(snapshot) };
    let bytes = files::input(path, lang)?;
    let id = serde_json::from_slice::<Value>(&bytes)
        .ok()
        .and_then(|document| document.get("id")?.as_str().map(str::to_owned));
    match id.as_deref().map(Did::parse) {
        Some(Ok(Did::Web { document_url })) => {
            let resource = Resource { kind: ResourceKind::ControllerDocument, url: document_url };
            snapshot.insert(resource, Retrieval { fetched_at: now, outcome: Ok(bytes) });
            Ok(snapshot)
        }
        _ => Err(Problem::new(Code::OptionInvalid)
            .with("option", format!("--did-document {}", path.display()))
            .with(
                "reason",
                lang.pick(
                    "it is not the DID document of a did:web",
                    "ce n’est pas le document DID d’un did:web",
                ),
            )),
    }
}

fn witness(text: &str, lang: Lang) -> Result<Witness, Problem> {
    text.parse().map_err(|_| {
        Problem::new(Code::OptionInvalid).with("option", format!("--witness {text}")).with(
            "reason",
            lang.pick(
                "it is not NAME+ID+KEY of a witness with an Ed25519 key (C2SP tlog-cosignature)",
                "ce n’est pas NOM+ID+CLÉ d’un témoin à clé Ed25519 (C2SP tlog-cosignature)",
            ),
        )
    })
}

fn shown(text: &str, lang: Lang) -> Result<(), Problem> {
    say(text).map_err(|error| {
        Problem::new(Code::FileUnwritable).with("path", "-").with("reason", files::reason(&error, lang))
    })
}
